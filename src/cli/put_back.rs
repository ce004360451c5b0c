//! `callsheet put-back`: somebody who was taken out, put back from what was saved of them.

use super::{
    Status, changeset,
    output::{self, Format},
    paper,
    writing::{ConsentArguments, Place, block_on},
};
use crate::{
    changes::{Changeset, apply::Previews, build, removal::put_back::put_back, run::Outcome},
    config::Config,
    failure::{Failure, FailureKind},
    report::removal as report,
    store::Store,
};
use std::{collections::BTreeMap, path::PathBuf};

/// Put somebody back who was taken out, as far as the account still has their places.
///
/// What cannot be restored is said first. No code is sent: devices stay silent, and each is activated on the desk with its
/// person. Whatever others have changed meanwhile stays.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Arguments {
    /// The file that was saved when they were taken out.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    consent: ConsentArguments,
}

const AFTER_HELP: &str = "\
Examples:
  callsheet put-back removed/20261124T093000Z-anna.json --plan-only
  callsheet put-back removed/20261124T093000Z-anna.json --arm 3333

Exit status:
  0    Everything can come back, or came back; devices are silent all the same.
  1    Something cannot come back, or the changeset stopped before its end.
  2    The command line, the file or the AWS settings are wrong.
  4    The account could not be read at all.";

/// Puts somebody back.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    block_on(put(arguments, config))
}

async fn put(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    let definition = Store::read_definition(&arguments.file)?;
    let place = Box::pin(Place::open(config)).await?;
    if let Some(digits) = &arguments.consent.arm {
        changeset::arm(&place.scope.account, digits)?;
    }
    let stopped = |why: String| Failure::new(FailureKind::Access, "They cannot be put back.").because(why);
    let back = put_back(&place.inventory, &definition, &BTreeMap::new(), super::now())
        .map_err(|why| stopped(why.to_string()))?;
    let name = place.name(arguments.consent.name.as_deref())?;
    let built = Changeset::build(&place.inventory, name, back.draft.clone(), &Previews::new())
        .map_err(|why| stopped(why.to_string()))?;
    let guards = build::guards(&place.inventory, &built.subjects, |name| {
        super::remove::is_by_code(config, name)
    });
    if let Some(guard) = guards.into_iter().find(|guard| !guard.is_answerable) {
        return Err(stopped(guard.why).hint(guard.would_let_go_on));
    }
    let recorded = place.recorded(&built);
    let text = match arguments.consent.format {
        Format::Table => report::put_back_table(&back, &recorded, &place.scope, paper::layout()),
        Format::Json => report::put_back_json(&back, &recorded),
    };
    output::write(text.as_bytes())?;
    if built.is_empty() || arguments.consent.plan_only {
        return Ok(if back.lost.is_empty() {
            Status::Success
        } else {
            Status::Findings
        });
    }
    changeset::consent(arguments.consent.yes.as_deref(), &recorded.progress.planned, "yes")?;
    let outcome = Box::pin(place.carry_out(&recorded, None)).await?;
    if outcome == Outcome::Done {
        output::write(report::put_back_ended(&back.silent, paper::layout()).as_bytes())?;
    }
    Ok(changeset::status_of(&outcome))
}

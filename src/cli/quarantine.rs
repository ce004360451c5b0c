//! `callsheet quarantine`: who is in quarantine, and for how long yet.

use super::{
    Status,
    output::{self, Format},
    paper, reading,
};
use crate::{
    changes::removal::quarantine, config::Config, domain::inventory::SectionState, failure::Failure,
    report::removal as report,
};

/// List the people who were taken out and are in quarantine, with the days that are left.
///
/// Nothing pages them; a tag says since when. Afterwards they are deleted (callsheet remove PERSON --delete) or put back.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Arguments {
    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  callsheet quarantine
  callsheet quarantine --format json

Exit status:
  0    The list is complete.
  3    The tags of somebody were not read, or not everybody is known.
  4    The account could not be read at all.";

/// Prints who is in quarantine.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    let Some(inventory) = reading::read(config)? else {
        return Ok(Status::Stopped);
    };
    let (found, unread) = quarantine::list(&inventory);
    let today = super::now().with_timezone(&config.time_zone).date_naive();
    let text = match arguments.format {
        Format::Table => report::quarantine_table(&found, &unread, (today, config.quarantine_days), paper::layout()),
        Format::Json => report::quarantine_json(&found, &unread, (today, config.quarantine_days)),
    };
    output::write(text.as_bytes())?;
    let is_complete = unread.is_empty() && inventory.contacts.state == SectionState::Complete;
    Ok(if is_complete {
        Status::Success
    } else {
        Status::Incomplete
    })
}

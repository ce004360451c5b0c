//! `callsheet ledger export` and `callsheet ledger co-sign`: what an auditor is handed, and the second signature.
#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help texts, where backticks would be noise"
)]

use super::{Status, demo::Wanted, judging, output, remembered::Remembered, writing::SignedIn};
use crate::{
    config::{Config, Signing, at_home},
    domain::{
        graph::Graph,
        ids::Scope,
        inventory::{Inventory, Snapshot},
        text::neutral,
    },
    failure::{Failure, FailureKind},
    findings::{
        evaluate::{self, Findings},
        facts::Facts,
        registry,
    },
    ledger::{
        Entry,
        entry::{Exported, Population},
        record::Record,
    },
    report::evidence::{self, Evidence, Files, Kept, Seen},
    review::{
        Reviews,
        campaign::Campaign,
        digest,
        found::Found,
        gate::{self, LedgerState, Refusal},
    },
    store::{
        self, Store, ledger,
        signature::{self, Prompt},
    },
};
use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Write the evidence of a review into a folder: a summary, the decisions, the rows, the changes, the ledger, the signatures.
///
/// VERIFY.md in it says how to check all of it without callsheet. What could not be read, or is not done yet, is told first.
/// Nothing is asked of AWS: what is told of the account as it is now is of its last snapshot. Addresses are masked.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXPORT_HELP)]
pub(super) struct ExportArguments {
    /// The review, by its name.
    #[arg(long, value_name = "NAME")]
    review: String,

    /// The folder to write to. It is made where there is none.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,

    /// Write even where something lies in the folder already.
    #[arg(long)]
    overwrite: bool,
}

const EXPORT_HELP: &str = "\
Exit status:
  0    The evidence is written, and it is that of a complete review.
  2    The command line is wrong, something lies in the folder, or there is no such review.
  3    The evidence is written, and something is missing in the review: nobody has signed off, a row is not decided, a
       decision is not carried out, something could not be read or is not at hand. The output says what.
  5    The ledger does not check, or a file could not be read or written.";

/// Agree to a review that somebody else has signed off, as its second reviewer.
///
/// AWS is asked who is signed in, and nothing else. Where the settings or --key name an SSH key, the head of the ledger is
/// signed with it by ssh-keygen. Keep the head that is printed in another place.
#[derive(Debug, clap::Args)]
pub(super) struct CoSignArguments {
    /// The review, by its name.
    #[arg(long, value_name = "NAME")]
    review: String,

    /// Your name, as it is to stand under the review.
    #[arg(long, value_name = "NAME")]
    name: String,

    /// The SSH key to sign with, or the public half of one that an agent holds; signing_key of the settings, unless it is said.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// The account as it was read last, and what the checks say of it.
struct Last {
    inventory: Inventory,
    graph: Graph,
    findings: Findings,
}

/// Writes the evidence of a review.
pub(super) fn export(arguments: &ExportArguments, config: &Config) -> Result<Status, Failure> {
    let store = Store::new(config);
    let path = super::ledger::find(&store, config)?;
    let (bytes, chain) = ledger::read_with_bytes(&path)?;
    super::ledger::in_its_place(&store, &path, &chain)?;
    if let Some(fault) = &chain.state.fault {
        return Err(fault.failure(&path));
    }
    let remembered = Remembered::of_chain(&path, &chain);
    let campaign = find(&remembered.reviews, &arguments.review)?;
    let Some(scope) = chain.state.scope() else {
        return Err(Failure::new(FailureKind::Bug, "A ledger with a review has no scope."));
    };
    let last = last(&store, scope, &remembered, config)?;
    let signed = campaign
        .sign_off
        .as_ref()
        .map(|signed| signed.sign_off.population.as_str());
    let folder = path.parent().unwrap_or(Path::new("."));
    let (opened, signing) = (campaign.reading_opened(), campaign.reading_signed());
    let (found_opened, found_signed) = (found(folder, opened), found(folder, signing));
    let evidence = Evidence {
        scope,
        campaign,
        found_opened: kept(opened, found_opened.as_ref()),
        found_signed: match campaign.sign_off {
            Some(_) => kept(signing, found_signed.as_ref()),
            None => Kept::NotYet,
        },
        reviews: &remembered.reviews,
        frozen: remembered.population(&campaign.population),
        signed: signed.and_then(|digest| remembered.population(digest)),
        records: chain.proven(),
        ledger: &bytes,
        head: chain.state.head,
        at: super::now(),
        now: last.as_ref().map(|last| Seen {
            inventory: &last.inventory,
            graph: &last.graph,
            findings: &last.findings,
            resolve_schedules: config.resolve_schedules,
        }),
    };
    if evidence.rows().is_none() {
        let what = format!("The rows of the review {} are not at hand.", neutral(&campaign.name));
        return Err(Failure::new(FailureKind::Disk, what)
            .because(format!(
                "there is no file of the population {}",
                neutral(&campaign.population)
            ))
            .hint("put the folder “populations” back beside the ledger"));
    }
    let files = evidence::files(&evidence)
        .map_err(|error| Failure::new(FailureKind::Bug, "The evidence could not be written.").because_of(&error))?;
    store::evidence::write(&arguments.to, &files, arguments.overwrite)?;
    let records = record(&store, scope, arguments, &files)?;
    output::lines(&written(arguments, &evidence, &files, &records))?;
    Ok(if evidence.incomplete().is_empty() {
        Status::Success
    } else {
        Status::Incomplete
    })
}

/// Returns what was found at a reading. A file that does not check is told, and is not at hand.
fn found(folder: &Path, reading: Option<&Population>) -> Option<Found> {
    let digest = reading?.findings.as_ref()?;
    store::found::read(folder, digest).unwrap_or_else(|failure| {
        super::report(&failure);
        None
    })
}

fn kept<'a>(reading: Option<&'a Population>, found: Option<&'a Found>) -> Kept<'a> {
    match (found, reading.and_then(|reading| reading.findings.as_ref())) {
        (Some(found), _) => Kept::Found(found),
        (None, Some(digest)) => Kept::NotAtHand(digest),
        (None, None) => Kept::NotRecorded,
    }
}

fn find<'a>(reviews: &'a Reviews, name: &str) -> Result<&'a Campaign, Failure> {
    reviews.campaign(name).ok_or_else(|| {
        let names: Vec<_> = reviews
            .campaigns()
            .iter()
            .map(|campaign| neutral(&campaign.name))
            .collect();
        let failure = Failure::new(
            FailureKind::Usage,
            format!("There is no review “{}” in the ledger.", neutral(name)),
        );
        if names.is_empty() {
            failure.hint("open one on the desk")
        } else {
            failure.hint(format!("name one of these: {}", names.join(", ")))
        }
    })
}

/// Returns what the last snapshot shows. One that is of no use is told, and none is at hand then.
fn last(store: &Store, scope: &Scope, remembered: &Remembered, config: &Config) -> Result<Option<Last>, Failure> {
    let snapshot = store.snapshot(scope).unwrap_or_else(|failure| {
        super::report(&failure);
        None
    });
    let Some(Snapshot { saved_at, inventory }) = snapshot else {
        return Ok(None);
    };
    let mut judging = judging::read(config, &registry::codes())?;
    judging.recorded = Some(Arc::new(remembered.recorded()));
    let graph = Graph::build(&inventory);
    // What hurts soon is meant from the time at which the account was read.
    let at = inventory.ended_at.unwrap_or(saved_at);
    let findings = evaluate::evaluate(&Facts::new(&inventory, &graph, &judging, at));
    Ok(Some(Last {
        inventory,
        graph,
        findings,
    }))
}

fn record(store: &Store, scope: &Scope, arguments: &ExportArguments, files: &Files) -> Result<Vec<Record>, Failure> {
    // Nobody asked AWS who it is: the user of the machine is known.
    let (mut ledger, _) = ledger::Ledger::open(store, scope, ledger::actor("not asked"))?;
    let digests = files
        .iter()
        .map(|(name, bytes)| (name.clone(), digest::of_bytes(bytes)));
    let exported = Entry::Exported(Exported {
        review: arguments.review.clone(),
        folder: arguments.to.display().to_string(),
        files: digests.collect(),
    });
    ledger.append(super::now(), &[exported]).map_err(|failure| {
        failure.because(format!(
            "the evidence was written to {}, and the ledger does not know of it",
            arguments.to.display()
        ))
    })
}

fn written(arguments: &ExportArguments, evidence: &Evidence<'_>, files: &Files, records: &[Record]) -> String {
    let mut text = format!("{}\n", neutral(&arguments.to.display().to_string()));
    for name in files.keys() {
        text.push_str("  ");
        text.push_str(name);
        text.push('\n');
    }
    for line in evidence.incomplete() {
        writeln!(text, "INCOMPLETE: {line}.").ok();
    }
    writeln!(text, "head of the ledger in it: {}", evidence.head).ok();
    if let Some(record) = records.last() {
        writeln!(text, "recorded as {}, head now: {}", record.seq, record.hash).ok();
    }
    text
}

/// Records the agreement of a second reviewer.
pub(super) fn co_sign(arguments: &CoSignArguments, config: &Config) -> Result<Status, Failure> {
    let runtime = super::multi_threaded()?;
    let signed_in = runtime.block_on(SignedIn::connect(config, Wanted::Look));
    // A look-up of a name that hangs must not hold up the end.
    runtime.shutdown_background();
    let SignedIn { scope, caller, .. } = signed_in?;
    let store = Store::new(config);
    let actor = ledger::actor(&caller);
    let (mut ledger, chain) = ledger::Ledger::open(&store, &scope, actor.clone())?;
    let reviews = Reviews::of_records(chain.proven());
    let campaign = find(&reviews, &arguments.review)?;
    let state = LedgerState::of(&chain.state);
    let summary = gate::co_sign(campaign, &state, &arguments.name, &actor).map_err(|refusals| refused(&refusals))?;
    let lines = summary.lines.iter();
    let shown = lines.fold(String::new(), |text, line| text + &neutral(line) + "\n");
    output::lines(&shown)?;
    let signing = Signing {
        key: arguments
            .key
            .clone()
            .map(at_home)
            .or_else(|| config.signing.key.clone()),
        ..config.signing.clone()
    };
    let prompt = if io::stdin().is_terminal() {
        Prompt::Terminal
    } else {
        Prompt::Never
    };
    let head = summary.head;
    let signature = signature::sign_with(&signing, &summary.name, head, prompt)?;
    let how = signature.as_ref().map_or_else(
        || "without a key".to_owned(),
        |signature| format!("with the key of {}", neutral(&signature.principal)),
    );
    let records = ledger.append_to_head(super::now(), &[Entry::SignOff(summary.entry(signature))], head)?;
    let told = records.last().map_or_else(String::new, |record| {
        format!(
            "Signed by {} {how}, record {}. Keep this head elsewhere: {}\n",
            neutral(&summary.name),
            record.seq,
            record.hash
        )
    });
    output::lines(&told)?;
    Ok(Status::Success)
}

fn refused(refusals: &[Refusal]) -> Failure {
    let failure = Failure::new(FailureKind::Usage, "It cannot be signed.");
    let failure = refusals
        .iter()
        .fold(failure, |failure, refusal| failure.because(refusal.to_string()));
    match refusals.first() {
        Some(refusal) => failure.hint(refusal.remedy()),
        None => failure,
    }
}

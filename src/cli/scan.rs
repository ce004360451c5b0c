//! `callsheet scan`: what the checks say of the account, without a screen.

use super::{Status, chosen, judging, output, paper, reading, remembered::Remembered};
use crate::{
    config::Config,
    domain::{graph::Graph, inventory::Inventory, text::neutral},
    failure::{Failure, FailureKind},
    findings::{evaluate, facts::Facts, registry, severity::Severity},
    report::scan::{Scan, baseline::Baseline, csv, json, junit, markdown, sarif, table},
    review::since::SinceSignOff,
    store::Store,
};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Say what is unverified, wrong or out of date in the account, without a screen.
///
/// Every check of "callsheet checks" is asked about everything that can be read. The exit status says what came of it, so
/// that a nightly job or a pipeline can act on it. Nothing is written to the account. Progress is shown on standard error
/// when that is a terminal.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Arguments {
    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Exit with 1 when a finding is at least this severe.
    #[arg(long, value_name = "SEVERITY", default_value = "high", value_parser = severity())]
    fail_on: Severity,

    /// Exit with 1 for new findings only: those that are not in this earlier "scan --format json".
    ///
    /// It has to be of the same account and Region. A finding is the same one when its check and its subject are the
    /// same. One that was unknown or waived then and fails now is new.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Tell besides what has changed since that: rows of a review that are new, gone, or say something else.
    ///
    /// What was signed is looked up in the ledger of the account, and in the files of its populations. Where those are not
    /// at hand, what has changed is unknown, and the answer is incomplete. For --format table, json and markdown.
    #[arg(long, value_name = "WHEN", value_enum)]
    since: Option<Since>,

    /// Tell only what these checks or families of checks say.
    ///
    /// Give codes such as CH02 or families such as devices, separated by commas or each with an --only of its own.
    #[arg(long, value_name = "CODE|FAMILY", value_delimiter = ',')]
    only: Vec<String>,
}

const AFTER_HELP: &str = "\
Examples:
  callsheet scan
  callsheet scan --format json > tonight.json
  callsheet scan --baseline tonight.json --fail-on medium
  callsheet scan --only devices,RP01 --format csv > devices.csv
  callsheet scan --since last-sign-off

Exit status:
  0    No finding is at or above --fail-on, and the answer is complete.
  1    A finding is at or above --fail-on; with --baseline, a new one. The answer may be incomplete besides.
  2    The command line, a file that it names or the AWS settings are wrong.
  3    Nothing that was found is at or above --fail-on, but something unknown could hide a finding.
  4    The account could not be read at all.";

impl Arguments {
    /// Returns what a scan is asked without any argument.
    pub(super) fn of_everything() -> Self {
        Self {
            format: Format::Table,
            fail_on: Severity::High,
            baseline: None,
            since: None,
            only: Vec::new(),
        }
    }
}

/// What changes are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Since {
    /// The last review that somebody signed off.
    LastSignOff,
}

/// How a scan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for people, the worst first.
    Table,
    /// One JSON object with everything.
    Json,
    /// One row for each finding as comma-separated values, safe to open in a spreadsheet.
    Csv,
    /// Tables for a ticket.
    Markdown,
    /// SARIF 2.1.0, for tools that collect findings.
    Sarif,
    /// JUnit XML, for build servers.
    Junit,
}

/// Returns what reads a severity from the command line.
fn severity() -> impl clap::builder::TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::word))
        .try_map(|word| Severity::parse(&word).ok_or("no severity"))
}

/// Reads the account, asks the checks, and prints what they say.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    if arguments.since.is_some() && !arguments.format.tells_changes() {
        return Err(no_changes());
    }
    let selection = chosen::selection(&arguments.only)?;
    let baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
    let mut judging = judging::read(config, &registry::codes())?;
    let config = &judging::with_horizon(config.clone(), &judging);
    let Some(mut inventory) = reading::read(config)? else {
        return Ok(Status::Stopped);
    };
    let remembered = remembered(&mut inventory, config)?;
    judging.recorded = remembered.as_ref().map(|remembered| Arc::new(remembered.recorded()));
    if let (Some(baseline), Some(path)) = (&baseline, &arguments.baseline) {
        check_scope(baseline, path, &inventory)?;
    }
    let graph = Graph::build(&inventory);
    let facts = Facts::new(&inventory, &graph, &judging, super::now());
    let findings = selection.narrow(evaluate::evaluate(&facts));
    let since = arguments.since.map(|Since::LastSignOff| match &remembered {
        Some(remembered) => {
            let population = |digest: &str| remembered.population(digest);
            SinceSignOff::of(&remembered.reviews, population, &inventory, &graph)
        }
        None if inventory.account().is_some() => SinceSignOff::default(),
        None => SinceSignOff {
            unknown: vec!["it is not known which account this is, and so which ledger".to_owned()],
            ..SinceSignOff::default()
        },
    });
    let scan = Scan {
        inventory: &inventory,
        since: since.as_ref(),
        findings: &findings,
        selection: &selection,
        judging: &judging,
        baseline: baseline.as_ref(),
        fail_on: arguments.fail_on,
    };
    output::write(&written(&scan, arguments.format, config)?)?;
    Ok(status(&scan))
}

/// Returns what the ledger of the account says, if there is one; addresses are given the fingerprints that it knows them by.
fn remembered(inventory: &mut Inventory, config: &Config) -> Result<Option<Remembered>, Failure> {
    if inventory.account().is_none() {
        return Ok(None);
    }
    let store = Store::new(config);
    let remembered = Remembered::of_scope(&store, &inventory.scope())?;
    if remembered.is_some() {
        reading::add_fingerprints(inventory, &store);
    }
    Ok(remembered)
}

fn no_changes() -> Failure {
    let what = "Changes since the last sign-off are told in a table, as JSON and as Markdown only.";
    Failure::new(FailureKind::Usage, what).hint("name another --format, or leave --since out")
}

impl Format {
    fn tells_changes(self) -> bool {
        match self {
            Self::Table | Self::Json | Self::Markdown => true,
            Self::Csv | Self::Sarif | Self::Junit => false,
        }
    }
}

fn written(scan: &Scan<'_>, format: Format, config: &Config) -> Result<Vec<u8>, Failure> {
    let unwritten = |error: &(dyn std::error::Error + 'static)| {
        Failure::new(FailureKind::Bug, "The findings could not be written.").because_of(error)
    };
    Ok(match format {
        Format::Table => table::table(scan, paper::coloured(config)).into_bytes(),
        Format::Json => json::json(scan).into_bytes(),
        Format::Csv => csv::csv(scan).map_err(|error| unwritten(&error))?,
        Format::Markdown => markdown::markdown(scan).into_bytes(),
        Format::Sarif => sarif::sarif(scan).into_bytes(),
        Format::Junit => junit::junit(scan).map_err(|error| unwritten(&error))?.into_bytes(),
    })
}

/// Says what came of a scan. What was found goes before what could not be seen.
fn status(scan: &Scan<'_>) -> Status {
    if reading::is_unread(scan.inventory) {
        Status::Unread
    } else if scan.has_failed() {
        Status::Findings
    } else if scan.is_complete() {
        Status::Success
    } else {
        Status::Incomplete
    }
}

fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        no_baseline(path, "could not be read")
            .because_of(&error)
            .hint(HOW_TO_MAKE_ONE)
    })?;
    // Some shells begin every file with a byte order mark.
    Baseline::parse(text.trim_start_matches('\u{feff}'))
        .map_err(|error| no_baseline(path, "is none").because_of(&error).hint(HOW_TO_MAKE_ONE))
}

const HOW_TO_MAKE_ONE: &str = "make one with: callsheet scan --format json > baseline.json";

fn no_baseline(path: &Path, what: &str) -> Failure {
    Failure::new(FailureKind::Usage, format!("The baseline {} {what}.", path.display()))
}

/// Refuses the baseline of another account, whose findings are others however alike they look.
fn check_scope(baseline: &Baseline, path: &Path, inventory: &Inventory) -> Result<(), Failure> {
    if baseline.is_of(inventory) {
        return Ok(());
    }
    let words = |account: Option<&str>, region: &str| {
        let account = account.unwrap_or("an unknown account");
        format!("{} in {}", neutral(account), neutral(region))
    };
    Err(no_baseline(path, "is not of this account and Region")
        .because(format!(
            "it is of {}, and this scan is of {}",
            words(baseline.account.as_deref(), &baseline.region),
            words(inventory.account(), &inventory.region),
        ))
        .hint("name a baseline of this account and Region, or leave --baseline out"))
}

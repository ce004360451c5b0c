//! The command line: what can be typed, and one file for each subcommand.
//!
//! A subcommand returns the exit status of the program, or the [`Failure`] that `main` prints. Scripts rely on the
//! statuses, so they are listed in one place: `Status`.

mod changeset;
mod checks;
mod chosen;
mod completions;
mod config;
mod demo;
mod desk;
mod emulator;
mod evidence;
mod inventory;
mod judging;
pub mod keys;
mod ledger;
mod log;
mod man;
mod naming;
mod output;
mod overview;
mod paper;
mod policy;
mod progress;
mod put_back;
mod quarantine;
mod reading;
mod remembered;
mod remove;
mod scan;
mod settings;
mod simulate;
mod writing;

use crate::{
    config::{Config, Environment, Flags, switch},
    domain::{
        Timestamp,
        text::{excerpt, explanation, neutral, neutral_lines},
    },
    failure::{Failure, FailureKind},
    runtime::panics,
};
use clap::{
    CommandFactory as _, Parser as _,
    builder::StyledStr,
    error::{ContextKind, ContextValue},
};
use std::{ffi::OsString, panic, process::ExitCode};

/// What can be typed.
#[derive(Debug, clap::Parser)]
#[command(
    name = "callsheet",
    bin_name = "callsheet",
    version,
    max_term_width = 100,
    infer_subcommands = false,
    disable_help_subcommand = true,
    about = "Review, verify and clean up who gets paged by AWS Systems Manager Incident Manager.",
    long_about = LONG_ABOUT,
    after_help = "Try it without an AWS account: callsheet --demo\nEvery option at length:       callsheet --help",
    after_long_help = AFTER_LONG_HELP,
)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,

    #[command(subcommand)]
    command: Option<Command>,
}

const LONG_ABOUT: &str = "\
Review, verify and clean up who gets paged by AWS Systems Manager Incident Manager.

Without a command, callsheet opens the review desk: every contact, device, escalation plan, on-call schedule and \
response plan of an account, how they hang together, and what could not be read. It signs in the way the AWS CLI \
does, and it changes nothing unless the session is armed and the change was shown and agreed to.";

const AFTER_LONG_HELP: &str = "\
Examples:
  callsheet --demo                       Look around in an embedded account. Nothing leaves this machine.
  callsheet --profile audit              Open the desk on the account of a profile.
  callsheet scan                         Say what is wrong in it, for people, pipelines and tickets.
  callsheet simulate critical --worst    Say who would be paged, and when, at the worst time to start.
  callsheet inventory > inventory.json   Write down everything that can be read, for a script or an auditor.
  callsheet ledger verify                Check that nobody has altered what was recorded.
  callsheet --endpoint-url http://127.0.0.1:4010
                                         Open the desk on a server that speaks the same protocol.

Exit status:
  0    It worked, and the answer is complete.
  1    A scan found something at or above --fail-on, a page that was simulated reaches nobody,
       a ledger does not check, a guard stops a removal, or a changeset stopped before its end.
  2    The command line, the configuration file or the AWS settings are wrong.
  3    The answer is incomplete: something could not be read, and the output says what.
  4    The account could not be read at all.
  5    A file could not be read or written, or callsheet itself is at fault.
  129  The terminal of the desk has gone away (SIGHUP).
  130  You stopped it with Ctrl-C.
  143  The desk was told to end (SIGTERM). As in 129, the write that was on its way was seen to its end,
       and callsheet changeset resume goes on from there.";

/// The subcommands; without one, the desk opens.
#[derive(Debug, clap::Subcommand)]
enum Command {
    Scan(scan::Arguments),
    Simulate(simulate::Arguments),
    Inventory(inventory::Arguments),
    Ledger(ledger::Arguments),
    Changeset(changeset::Arguments),
    Remove(Box<remove::Arguments>),
    Quarantine(quarantine::Arguments),
    PutBack(put_back::Arguments),
    Policy(policy::Arguments),
    Checks(checks::Arguments),
    Emulator(Box<emulator::Arguments>),
    Config(config::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// The exit statuses that scripts can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// It worked, and the answer is complete.
    Success,
    /// Something is wrong in the account or in a ledger, and bad enough to be told by the status.
    Findings,
    /// The command line, the configuration file or the AWS settings are wrong.
    Usage,
    /// The answer is there, and something in it is unknown.
    Incomplete,
    /// The account could not be read at all.
    Unread,
    /// A file could not be read or written, or an invariant of ours does not hold.
    Local,
    /// The operator stopped it.
    Stopped,
    /// The terminal of the desk has gone away.
    HungUp,
    /// The desk was told to end by a signal.
    Terminated,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        let code: u8 = match status {
            Status::Success => 0,
            Status::Findings => 1,
            Status::Usage => 2,
            Status::Incomplete => 3,
            Status::Unread => 4,
            Status::Local => 5,
            // 128 and the number of the signal, as shells count.
            Status::HungUp => 129,
            Status::Stopped => 130,
            Status::Terminated => 143,
        };
        Self::from(code)
    }
}

impl Status {
    /// Returns the status of a run that ended with a message of the argument parser.
    fn of_message(told: &clap::Error) -> Self {
        if told.use_stderr() { Self::Usage } else { Self::Success }
    }
}

impl From<FailureKind> for Status {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Usage | FailureKind::Configuration => Self::Usage,
            FailureKind::Credentials
            | FailureKind::Access
            | FailureKind::Throttled
            | FailureKind::Service
            | FailureKind::NotOnboarded
            | FailureKind::NotFound => Self::Unread,
            FailureKind::Disk | FailureKind::Bug => Self::Local,
        }
    }
}

/// Runs the program with these arguments, the first of which is its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<ExitCode, Failure> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    panics::watch(None);
    // The panic has been told of by then.
    panic::catch_unwind(|| run_watched(&arguments)).unwrap_or_else(|_| {
        let failure = Failure::new(FailureKind::Bug, "A part of callsheet failed.");
        Err(failure.hint("please report this with the lines above"))
    })
}

fn run_watched(arguments: &[OsString]) -> Result<ExitCode, Failure> {
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        // Help and version come this way, too.
        Err(told) if !is_plain_asked(arguments) => {
            let told = harmless(told);
            if told.use_stderr() {
                // Not with its colours: behind them stands what was typed, which may hold some of its own.
                output::tell(&neutral_lines(&told.render().to_string()));
            } else {
                output::written(told.print())?;
            }
            return Ok(Status::of_message(&told).into());
        }
        Err(_) => return plain_message(arguments),
    };
    let Arguments { flags, command } = parsed;
    let flags = flags.at_home();
    output::be_plain(Config::is_plain(&flags));
    log::start(flags.log.as_deref())?;
    let settings = || Config::load(&flags, &Environment::read());
    let status = match command {
        None if output::is_plain() => overview::run(&settings()?),
        None => desk::run(settings()?),
        Some(Command::Scan(arguments)) => scan::run(&arguments, &settings()?),
        Some(Command::Simulate(arguments)) => simulate::run(&arguments, &settings()?),
        Some(Command::Inventory(arguments)) => inventory::run(&arguments, &settings()?),
        Some(Command::Ledger(arguments)) => ledger::run(&arguments, &settings()?),
        Some(Command::Changeset(arguments)) => changeset::run(&arguments, &settings()?),
        Some(Command::Remove(arguments)) => remove::run(&arguments, &settings()?),
        Some(Command::Quarantine(arguments)) => quarantine::run(&arguments, &settings()?),
        Some(Command::PutBack(arguments)) => put_back::run(&arguments, &settings()?),
        Some(Command::Policy(arguments)) => policy::run(&arguments, &settings()?),
        Some(Command::Emulator(arguments)) => emulator::run(*arguments, flags.demo.demo),
        // These need no settings, and have to work where the settings are broken.
        Some(Command::Checks(arguments)) => checks::run(&arguments),
        Some(Command::Config(arguments)) => config::run(&arguments, &flags),
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::Man(arguments)) => man::run(&arguments),
    }?;
    Ok(status.into())
}

/// Returns whether plain lines are asked for by arguments that could not be understood as a whole.
fn is_plain_asked(arguments: &[OsString]) -> bool {
    let asked = arguments.iter().filter_map(|argument| argument.to_str());
    let mut asked = asked.filter_map(|argument| match argument {
        "--plain" => Some(true),
        _ => argument.strip_prefix("--plain=").and_then(|word| switch(word).ok()),
    });
    let by_environment = || switch(Environment::read().get("CALLSHEET_PLAIN")?).ok();
    asked.next_back().or_else(by_environment).unwrap_or_default()
}

/// Returns a message of the argument parser in which what was typed does nothing: a script may have taken it from anywhere.
fn harmless(mut told: clap::Error) -> clap::Error {
    let mended = |value: &ContextValue| {
        if let ContextValue::String(text) = value {
            Some(ContextValue::String(excerpt(text)))
        } else if let ContextValue::Strings(texts) = value {
            Some(ContextValue::Strings(texts.iter().map(|text| excerpt(text)).collect()))
        } else if let ContextValue::StyledStrs(tips) = value {
            // Tips repeat what was typed; without it they would not be needed.
            let plain = tips.iter().map(|tip| StyledStr::from(explanation(&tip.to_string())));
            Some(ContextValue::StyledStrs(plain.collect()))
        } else {
            None
        }
    };
    let context: Vec<(ContextKind, ContextValue)> = told
        .context()
        .filter_map(|(kind, value)| Some((kind, mended(value)?)))
        .collect();
    for (kind, value) in context {
        told.insert(kind, value);
    }
    told
}

/// Prints help, the version or what is wrong with the arguments in plain lines: not broken, not in columns.
fn plain_message(arguments: &[OsString]) -> Result<ExitCode, Failure> {
    output::be_plain(true);
    let linear = Arguments::command().term_width(0).next_line_help(true);
    let Err(told) = linear.try_get_matches_from(arguments) else {
        return Err(Failure::new(
            FailureKind::Bug,
            "Arguments were refused once, and then taken.",
        ));
    };
    let told = harmless(told);
    let (status, text) = (Status::of_message(&told), neutral_lines(&told.render().to_string()));
    if told.use_stderr() {
        output::tell(&text);
    } else {
        output::lines(&text)?;
    }
    Ok(status.into())
}

/// Prints a failure on standard error, in up to five lines, and returns the exit status that goes with it.
pub fn report(failure: &Failure) -> ExitCode {
    let mut lines = vec![format!("error: {}", neutral(failure.what()))];
    // The outermost reasons say what was being done, the innermost what is wrong.
    let skipped = failure.why().len().saturating_sub(MAX_REASONS);
    lines.extend(
        failure
            .why()
            .iter()
            .skip(skipped)
            .map(|reason| format!("  because: {}", neutral(reason))),
    );
    lines.extend(failure.next_action().map(|hint| format!("  next: {}", neutral(hint))));
    tracing::error!(kind = ?failure.kind(), why = ?failure.why(), "{}", failure.what());
    output::tell(&format!("{}\n", lines.join("\n")));
    Status::from(failure.kind()).into()
}

/// How many reasons are printed: with the sentence and the next action that makes five lines.
const MAX_REASONS: usize = 3;

/// Returns a runtime for a subcommand that talks to the network.
fn multi_threaded() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(FailureKind::Bug, "The threads for the network did not start.").because_of(&error)
        })
}

#[expect(clippy::disallowed_methods, reason = "the subcommands are told the time from here")]
fn now() -> Timestamp {
    chrono::Utc::now()
}

/// Returns the whole command, as the completions, the manual and whoever goes through all of it need it.
pub fn command() -> clap::Command {
    Arguments::command()
}

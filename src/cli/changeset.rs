//! `callsheet changeset`: the changesets that a ledger knows, and those that were left half done.

use super::{
    Status,
    ledger::Named,
    output::{self, Format},
    paper,
    writing::Place,
};
use crate::{
    changes::{
        Run,
        fact::ChangesetPlanned,
        removal::{proof, put_back},
        run::{Direction, Outcome, Why},
    },
    config::Config,
    domain::{ids::Scope, text::neutral},
    failure::{Failure, FailureKind},
    ledger::replay::{Changesets, Recorded},
    report::{changeset as report, removal},
    runtime::{
        changeset::{CodeSlot, Hands, Order, Recorder, Told},
        signals::EndSignals,
        terminal,
    },
    store::ledger,
};
use secrecy::ExposeSecret as _;
use std::{
    future,
    io::{self, BufRead as _, IsTerminal as _},
};
use tokio::sync::mpsc;

/// Show what was changed in an account, and finish or take back what was left half done.
///
/// A changeset is a list of writes that somebody has seen and consented to. The ledger knows of each write whether it was
/// begun and whether it worked.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  callsheet changeset list
  callsheet changeset show 20261124T093000Z
  callsheet changeset resume 20261124T093000Z --arm 3333
  callsheet changeset resume 20261124T093000Z --arm 3333 --roll-back
  callsheet changeset resume 20261124T093000Z --arm 3333 --close \"done by hand in the console\"";

/// What can be done with changesets.
#[derive(Debug, clap::Subcommand)]
enum Command {
    List(ListArguments),
    Show(ShowArguments),
    Resume(ResumeArguments),
}

/// List the changesets, the newest first. Nothing is asked of AWS.
#[derive(Debug, clap::Args)]
struct ListArguments {
    #[command(flatten)]
    named: Named,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Show one changeset with all its steps. Nothing is asked of AWS.
#[derive(Debug, clap::Args)]
struct ShowArguments {
    #[command(flatten)]
    named: Named,

    /// Its name, as the list tells it.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Finish a changeset that was left half done, take it back, or close it as it is.
///
/// It is shown first. Before each write the account is read again and compared with what was there when somebody consented;
/// at the first difference it stops, and says what is done and what is not.
#[derive(Debug, clap::Args)]
struct ResumeArguments {
    /// Its name, as the list tells it.
    #[arg(value_name = "NAME")]
    name: String,

    /// Allow changes in this account: the last four digits of its number.
    #[arg(long, value_name = "LAST4")]
    arm: String,

    /// Take it back instead.
    #[arg(long, conflicts_with = "close")]
    roll_back: bool,

    /// Leave everything as it is, and record why.
    #[arg(long, value_name = "NOTE")]
    close: Option<String>,

    /// Consent without being asked: the digest that the preview shows.
    #[arg(long, value_name = "DIGEST")]
    yes: Option<String>,
}

/// Reports that may wait before the run does.
pub(super) const WAITING_REPORTS: usize = 16;

/// How many digits of the account arm.
const DIGITS: usize = 4;

/// Does what was asked with changesets.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    match &arguments.command {
        Command::List(arguments) => list(arguments, config),
        Command::Show(arguments) => show(arguments, config),
        Command::Resume(arguments) => {
            let runtime = super::multi_threaded()?;
            let resumed = runtime.block_on(resume(arguments, config));
            // A look-up of a name that hangs must not hold up the end.
            runtime.shutdown_background();
            resumed
        }
    }
}

fn list(arguments: &ListArguments, config: &Config) -> Result<Status, Failure> {
    let (_, chain) = super::ledger::read(&arguments.named, config)?;
    let changesets = Changesets::of(chain.proven());
    let text = match arguments.format {
        Format::Table => report::table(&changesets, paper::layout()),
        Format::Json => report::json(&changesets),
    };
    output::write(text.as_bytes())?;
    Ok(status(chain.state.fault.is_none()))
}

fn show(arguments: &ShowArguments, config: &Config) -> Result<Status, Failure> {
    let (_, chain) = super::ledger::read(&arguments.named, config)?;
    let changesets = Changesets::of(chain.proven());
    let recorded = named(&changesets, &arguments.name)?;
    let scope = chain.state.scope().cloned().unwrap_or_else(|| Scope {
        account: String::new(),
        region: String::new(),
        endpoint: None,
    });
    output::write(report::preview(recorded, &scope, paper::layout()).as_bytes())?;
    Ok(status(chain.state.fault.is_none()))
}

fn status(is_good: bool) -> Status {
    if is_good { Status::Success } else { Status::Findings }
}

pub(super) fn named<'a>(changesets: &'a Changesets, name: &str) -> Result<&'a Recorded, Failure> {
    changesets.get(name).ok_or_else(|| {
        Failure::new(FailureKind::Usage, "There is no changeset of this name in the ledger.")
            .hint("see callsheet changeset list")
    })
}

async fn resume(arguments: &ResumeArguments, config: &Config) -> Result<Status, Failure> {
    let place = Box::pin(Place::connect(config)).await?;
    arm(&place.scope.account, &arguments.arm)?;
    let (ledger, chain) = ledger::Ledger::open(&place.store, &place.scope, ledger::actor(&place.caller))?;
    if let Some(fault) = &chain.state.fault {
        return Err(fault.failure(ledger.path()));
    }
    let changesets = Changesets::of(&chain.records);
    let recorded = named(&changesets, &arguments.name)?;
    if let Some(people) = proof::is_missing(&recorded.progress) {
        drop(ledger);
        output::write(b"Every step was seen to have worked, and it is not proven yet.\n")?;
        return Box::pin(place.prove(recorded, people)).await;
    }
    if !recorded.progress.is_open() {
        let what = format!("The changeset is {}.", report::ending(&recorded.progress));
        return Err(Failure::new(FailureKind::Usage, what).hint("make a new one on the desk"));
    }
    output::write(report::preview(recorded, &place.scope, paper::layout()).as_bytes())?;
    consent(arguments.yes.as_deref(), &recorded.progress.planned, "yes")?;

    let (told, waiting) = mpsc::channel(WAITING_REPORTS);
    let hands = Hands {
        account: place.account.clone(),
        ledger: Recorder::of(ledger),
        key: place.key.clone(),
        code: CodeSlot::default(),
        told,
    };
    if let Some(note) = &arguments.close {
        drop(waiting);
        hands.record(vec![recorded.progress.abandoned(note.clone())]).await?;
        output::write(b"Closed as it is.\n")?;
        return Ok(Status::Success);
    }
    let direction = if arguments.roll_back {
        Direction::Back
    } else {
        Direction::Forward
    };
    let run = Run::new(recorded.progress.clone(), direction);
    let outcome = carry_out(hands, run, waiting, recorded).await;
    output::lines(&told_of(&outcome, recorded))?;
    output::lines(&offer_to_rebuild(&outcome, recorded))?;
    if outcome == Outcome::Done && direction == Direction::Forward && put_back::is_of(&recorded.progress.planned) {
        let fresh = Box::pin(place.read()).await?;
        let silent = put_back::silent_after(&fresh, &recorded.progress.planned);
        let words = removal::put_back_ended(&silent.unwrap_or_default(), paper::layout());
        output::write(words.as_bytes())?;
    }
    // What the run has recorded since is in the ledger only.
    let ended = place.recorded_as(&arguments.name)?;
    match proof::is_missing(&ended.progress) {
        Some(people) if outcome == Outcome::Done => Box::pin(place.prove(&ended, people)).await,
        Some(_) | None => Ok(status_of(&outcome)),
    }
}

/// Returns how a removal that stopped since the account is not what was shown can be planned anew; otherwise nothing.
pub(super) fn offer_to_rebuild(outcome: &Outcome, recorded: &Recorded) -> String {
    let planned = &recorded.progress.planned;
    let helps = matches!(outcome, Outcome::Stopped(stop) if matches!(stop.why, Why::Changed | Why::Refused));
    if !helps || planned.removal.is_none() || recorded.progress.is_rolling_back {
        return String::new();
    }
    let name = neutral(&planned.changeset);
    format!(
        "Plan it anew from a fresh reading, what is done stays done: callsheet remove --rebuild {name} --plan-only\n"
    )
}

/// Returns the exit status of a run.
pub(super) fn status_of(outcome: &Outcome) -> Status {
    match outcome {
        Outcome::Done | Outcome::RolledBack { .. } | Outcome::Closed => Status::Success,
        Outcome::Stopped(stop) if stop.why == Why::Operator => Status::Stopped,
        Outcome::Stopped(_) => Status::Findings,
    }
}

/// Lets changes be made in the account whose last digits were typed.
pub(super) fn arm(account: &str, digits: &str) -> Result<(), Failure> {
    if digits.len() == DIGITS && account.ends_with(digits) {
        return Ok(());
    }
    let what = "These are not the last four digits of the account, so nothing is changed.";
    Err(Failure::new(FailureKind::Usage, what).hint("look which account the settings lead to, with callsheet config"))
}

/// Asks whether what was shown is to be done, unless its digest says so. `word` is what has to be typed.
pub(super) fn consent(yes: Option<&str>, planned: &ChangesetPlanned, word: &str) -> Result<(), Failure> {
    let refused = |what: &str| Failure::new(FailureKind::Usage, what).hint("nothing was changed");
    if !planned.is_as_consented() {
        return Err(refused("The steps in the ledger are not those that were consented to."));
    }
    if let Some(digest) = yes {
        return if *digest == planned.digest {
            Ok(())
        } else {
            Err(refused("The digest of --yes is not that of the changeset."))
        };
    }
    if !io::stdin().is_terminal() {
        return Err(
            refused("Nobody can be asked for consent, because the input is no terminal.")
                .hint("give the digest of the preview with --yes"),
        );
    }
    output::ask(&format!("Type {word} to go on: "));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == word {
        Ok(())
    } else {
        Err(refused("It was not consented to."))
    }
}

/// Carries a run to its end, asks for codes, and lets Ctrl-C and the other signals that end a program stop it where
/// nothing is on its way.
pub(super) async fn carry_out(
    hands: Hands,
    mut run: Run,
    mut waiting: mpsc::Receiver<Told>,
    recorded: &Recorded,
) -> Outcome {
    let (orders, mut wanted) = mpsc::channel(1);
    let slot = hands.code.clone();
    let _quiet = terminal::Unechoed::new();
    let doing = async {
        // The channel closes with this, and the loop below ends.
        let hands = hands;
        hands.carry_out(&mut run, &mut wanted).await
    };
    let telling = async {
        // Where nobody can be heard a signal ends the program at once, and the ledger knows what was begun.
        let mut signals = EndSignals::listen().ok();
        let mut is_stopping = false;
        loop {
            tokio::select! {
                () = told_to_end(signals.as_mut()), if !is_stopping => {
                    is_stopping = true;
                    orders.try_send(Order::Stop).ok();
                }
                told = waiting.recv() => match told {
                    None => break,
                    Some(Told::NeedsCode { step, problem, .. }) => {
                        let words = words_of(recorded, step);
                        let order = ask_for_code(&slot, &words, problem.as_deref(), signals.as_mut()).await;
                        orders.send(order).await.ok();
                    }
                    Some(Told::Sending { step }) => output::tell(&format!("{}\n", words_of(recorded, step))),
                    Some(Told::Reading(_) | Told::Called(_) | Told::Recorded(_) | Told::Ended(_)) => {}
                },
            }
        }
    };
    tokio::join!(doing, telling).0
}

async fn told_to_end(signals: Option<&mut EndSignals>) {
    match signals {
        Some(signals) => {
            signals.next().await;
        }
        None => future::pending().await,
    }
}

fn words_of(recorded: &Recorded, step: usize) -> String {
    let step = recorded.progress.planned.steps.get(step);
    step.map(|step| step.words.clone()).unwrap_or_default()
}

/// Has the code typed that the device has received. Nothing of it is shown.
async fn ask_for_code(slot: &CodeSlot, words: &str, problem: Option<&str>, signals: Option<&mut EndSignals>) -> Order {
    let Some(signals) = signals.filter(|_| io::stdin().is_terminal()) else {
        return Order::Stop;
    };
    if let Some(problem) = problem {
        output::tell(&format!("{problem}\n"));
    }
    output::tell(&format!("{words}\n"));
    output::ask("The code (hidden), n for a new one, nothing to stop here: ");
    let Some(typed) = terminal::hidden_line(signals).await else {
        return Order::Stop;
    };
    match typed.expose_secret() {
        "" => Order::Stop,
        "n" => Order::NewCode,
        _ => {
            slot.put(typed);
            Order::CodeGiven
        }
    }
}

/// Returns how a run ended, in lines.
pub(super) fn told_of(outcome: &Outcome, recorded: &Recorded) -> String {
    let planned = &recorded.progress.planned;
    match outcome {
        Outcome::Done => "Every step was seen to have worked.\n".to_owned(),
        Outcome::RolledBack { left } if left.is_empty() => "Everything was taken back.\n".to_owned(),
        Outcome::RolledBack { left } => {
            let numbers: Vec<String> = left.iter().map(|place| (place + 1).to_string()).collect();
            format!("Taken back, but for steps that cannot be: {}.\n", numbers.join(", "))
        }
        Outcome::Closed => "Somebody has closed it meanwhile.\n".to_owned(),
        Outcome::Stopped(stop) => {
            let mut text = stop.lines(planned).join("\n");
            text.push('\n');
            text
        }
    }
}

//! What the screen of a changeset says: what is changed, what it takes, how far it has come, and what to say aloud.

use super::{
    ChangeView, Changing, CodeField, Phase, Plan, activated, all,
    consent::{self, Consent},
    open, progress,
};
use crate::{
    app::{
        measure::wrap,
        model::{Mode, Model},
        removal,
        style::{Line, Role},
        time,
    },
    changes::{
        Write,
        fact::{ChangesetPlanned, PlannedStep},
        outcome::NotSentKind,
        progress::{Progress, StepState},
        removal::put_back,
        run::{Direction, Outcome, Stop, Why},
    },
    domain::{
        address::Address,
        contact::{Channel, ChannelKind, Contact},
        ids::Arn,
        text::neutral,
    },
};
use chrono::Duration;

/// What the screen of a changeset says.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The text, broken into rows.
    pub rows: Vec<Line>,
    /// What is asked, and what the keys do; always on the screen.
    pub foot: Vec<Line>,
}

/// Returns what is said about the changeset on the desk, for a screen of this width.
pub fn page(model: &Model, view: &ChangeView, width: u16) -> Page {
    let Some(changing) = &model.changing else {
        return Page::default();
    };
    let mut lines = Vec::new();
    state(model, changing, &mut lines);
    if let Some((device, owner)) = device(model, changing)
        && changing.phase == Phase::Asking
    {
        lines.extend(all::progress_line(model, owner));
        say_aloud(device, owner, &mut lines);
    }
    if changing.planned().is_some_and(|planned| changes_address(planned)) {
        lines.push(Line::of(
            "Whatever the service says of the device after that: nobody has confirmed that address. a on it does, and sends \
             it a code.",
            Role::Warning,
        ));
    }
    if let (Some(plan), Some(progress)) = (&changing.plan, progress(model)) {
        for answer in &progress.planned.answers {
            let line = Line::of(&answer.guard, Role::Warning);
            lines.push(line.and("; answered: ", Role::Dim).and(&answer.answer, Role::Normal));
        }
        steps(model, plan, progress, view.has_aws_forms, &mut lines);
    }
    let mut foot = Vec::new();
    if let Some(error) = &view.error {
        foot.push(Line::of("error: ", Role::Danger).and(error, Role::Normal));
    }
    foot.extend(question(model));
    foot.push(keys(model, changing, view.input.is_some()));
    broken(&lines, &foot, width)
}

/// Returns what is said while a code is entered, for a screen of this width.
pub fn code_page(model: &Model, field: CodeField, width: u16) -> Page {
    let Some(changing) = &model.changing else {
        return Page::default();
    };
    let mut lines = Vec::new();
    state(model, changing, &mut lines);
    let is_over = matches!(changing.phase, Phase::Ended(_) | Phase::NotBegun(_));
    if let Some((device, owner)) = device(model, changing)
        && !is_over
    {
        ask_aloud(device, owner, &mut lines);
        if model.setup.is_demo {
            arrived(model, &device.arn, &mut lines);
        }
    }
    if let (Some(plan), Some(progress)) = (&changing.plan, progress(model))
        && is_over
    {
        steps(model, plan, progress, false, &mut lines);
    }
    let mut foot = Vec::new();
    if is_over {
        foot.push(keys(model, changing, false));
    } else {
        foot.push(
            Line::of("code  ", Role::Title)
                .and("●".repeat(field.count), Role::Input)
                .and(
                    if field.count == 0 {
                        "type the digits; they are not shown"
                    } else {
                        ""
                    },
                    Role::Dim,
                ),
        );
        let mut line = Line::default();
        if matches!(changing.phase, Phase::NeedsCode { .. }) {
            line = key(key(line, "enter", "check it"), "n", "send a new code");
        }
        foot.push(key(line, "esc", "stop here; a on the device goes on later"));
    }
    broken(&lines, &foot, width)
}

fn broken(lines: &[Line], foot: &[Line], width: u16) -> Page {
    let width = usize::from(width);
    Page {
        rows: lines.iter().flat_map(|line| wrap(line, width)).collect(),
        foot: foot.iter().flat_map(|line| wrap(line, width)).collect(),
    }
}

/// Returns the device that the changeset activates, with its person.
fn device<'a>(model: &'a Model, changing: &Changing) -> Option<(&'a Channel, &'a Contact)> {
    let channel = changing.activates()?;
    let (device, owner) = model.shown.inventory.channel(channel)?;
    Some((device, owner.as_ref()))
}

fn changes_address(planned: &ChangesetPlanned) -> bool {
    let is_it = |step: &PlannedStep| matches!(step.write, Write::UpdateContactChannel { address: Some(_), .. });
    planned.steps.iter().any(is_it)
}

/// Says where it stands.
fn state(model: &Model, changing: &Changing, lines: &mut Vec<Line>) {
    match &changing.phase {
        Phase::Drafting => lines.push(Line::of("working out what it changes …", Role::Dim)),
        Phase::Asking => {
            let is_recorded = changing.plan.as_ref().is_some_and(|plan| plan.is_recorded);
            if let Some(progress) = progress(model).filter(|_| is_recorded) {
                lines.push(Line::of(unfinished(progress), Role::Warning));
            }
            if changing
                .plan
                .as_ref()
                .is_some_and(|plan| plan.direction == Direction::Back)
            {
                lines.push(Line::of("what is done is taken back", Role::Warning));
            }
        }
        Phase::Running { doing, is_stopping } => {
            let line = Line::of("▸ ", Role::Progress).and(doing, Role::Normal);
            lines.push(if *is_stopping {
                line.and("; then it stops", Role::Warning)
            } else {
                line.and(" …", Role::Normal)
            });
        }
        Phase::NeedsCode { problem, .. } => {
            if let Some(problem) = problem {
                lines.push(Line::of(problem, Role::Danger));
                if has_service_words(problem) {
                    lines.push(Line::of(
                        "Wrong, used or too old: have it read once more, or send a new code. Only the newest counts.",
                        Role::Normal,
                    ));
                }
            } else {
                lines.push(Line::of("The code is on its way to the device.", Role::Good));
            }
        }
        Phase::Ended(outcome) => {
            ended(changing, outcome, lines);
            if *outcome == Outcome::Done {
                silent(model, changing, lines);
            }
            proven(model, changing, lines);
        }
        Phase::NotBegun(failure) => {
            lines.push(Line::of("It did not begin, and nothing was sent.", Role::Danger));
            lines.push(Line::plain(failure.what()));
            lines.extend(failure.why().iter().map(Line::plain));
            lines.extend(
                failure
                    .next_action()
                    .map(|hint| Line::of(format!("→ {hint}"), Role::Key)),
            );
        }
    }
}

/// Returns whether a sentence tells of an answer of the service to a code.
fn has_service_words(problem: &str) -> bool {
    problem.starts_with("ActivateContactChannel")
}

fn unfinished(progress: &Progress) -> String {
    match (progress.codes.is_empty(), progress.uncertain().is_empty()) {
        (false, true) => "A code was sent, and is waited for: go on with the one that the person has, or have a new \
                          one sent."
            .to_owned(),
        (_, false) => "It is not known whether a step took effect: going on reads the account first.".to_owned(),
        (true, true) => "It was begun and not finished.".to_owned(),
    }
}

fn ended(changing: &Changing, outcome: &Outcome, lines: &mut Vec<Line>) {
    match outcome {
        Outcome::Done => {
            lines.push(Line::of(
                "Done: every step was read again and seen to have worked.",
                Role::Good,
            ));
            if changing.activates().is_some() {
                lines.push(Line::plain(
                    "The device reads ACTIVATED, and whose it is was confirmed: both are in the ledger. Tell the person \
                     that they are done.",
                ));
            }
        }
        Outcome::RolledBack { left } if left.is_empty() => {
            lines.push(Line::of("Everything was taken back.", Role::Good));
        }
        Outcome::RolledBack { left } => {
            let numbers: Vec<String> = left.iter().map(|place| (place + 1).to_string()).collect();
            let text = format!("Taken back, but for what cannot be: steps {}.", numbers.join(", "));
            lines.push(Line::of(text, Role::Warning));
        }
        Outcome::Closed => lines.push(Line::of("It was closed before.", Role::Warning)),
        Outcome::Stopped(stop) => stopped(stop, lines),
    }
}

/// Says which devices are silent after somebody was put back.
fn silent(model: &Model, changing: &Changing, lines: &mut Vec<Line>) {
    let Some(plan) = changing
        .plan
        .as_ref()
        .filter(|plan| plan.direction == Direction::Forward)
    else {
        return;
    };
    let Some(silent) = put_back::silent_after(&model.shown.inventory, &plan.progress.planned) else {
        return;
    };
    for device in &silent {
        lines.push(Line::of(format!("silent: {device}"), Role::Warning));
    }
    if !silent.is_empty() {
        lines.push(Line::of("→ ", Role::Key).and(put_back::ACTIVATE, Role::Normal));
    }
}

/// Says what the account proves after people were taken out.
fn proven(model: &Model, changing: &Changing, lines: &mut Vec<Line>) {
    if removal::can_plan_anew(model) {
        lines.push(Line::of("→ ", Role::Key).and(
            "n plans what is left anew, from a fresh reading: it is shown whole and agreed to again",
            Role::Normal,
        ));
    }
    let name = changing.planned().map(|planned| planned.changeset.as_str());
    if let Some(proven) = &changing.proven {
        let role = if proven.is_proven { Role::Good } else { Role::Warning };
        lines.push(Line::of(&proven.words, role).and("; this is in the ledger", Role::Dim));
    } else if model.proving.as_ref().map(|proving| proving.changeset.as_str()) == name && name.is_some() {
        lines.push(Line::of(
            "reading the account again, for the proof that nothing names them …",
            Role::Progress,
        ));
    }
}

fn stopped(stop: &Stop, lines: &mut Vec<Line>) {
    let role = if stop.why == Why::Operator {
        Role::Warning
    } else {
        Role::Danger
    };
    lines.push(Line::of(format!("Stopped at step {}: ", stop.step + 1), role).and(&stop.sentence, Role::Normal));
    lines.push(Line::of("→ ", Role::Key).and(what_now(stop), Role::Normal));
}

/// Returns what to do next.
fn what_now(stop: &Stop) -> String {
    let words = match stop.why {
        Why::Changed => {
            "somebody changed it since you saw it, and nothing more was sent: close this with c, read it again, and \
             begin anew from what is there now"
        }
        Why::NotRead => "nothing is sent blindly: r tries again",
        Why::NotRecorded => "nothing is sent that cannot be recorded: mend the ledger, then go on with r",
        Why::Uncertain => "r reads the account, finds out what became of it, and goes on from there",
        Why::AddressGone => {
            "the whole address was only in the memory of the session before: close this with c, and begin anew"
        }
        Why::Operator => "r goes on, now or later",
        Why::Refused => return stop.against.as_ref().map_or_else(|| MEND.to_owned(), advice),
    };
    words.to_owned()
}

/// What is advised where nothing better is known.
const MEND: &str = "put that right, then go on with r";

/// Returns what can be done about a refusal.
fn advice(against: &NotSentKind) -> String {
    let words = match against {
        NotSentKind::Denied { permission } => {
            return format!(
                "have {} added (callsheet policy reviewer prints a policy), then go on with r",
                neutral(permission)
            );
        }
        NotSentKind::Quota => "wait an hour and go on with r; if it stays so, ask AWS for more under Service Quotas",
        NotSentKind::Encryption => {
            "whoever manages the KMS key of Incident Manager has to enable it and let you use it; then go on with r"
        }
        NotSentKind::Throttled => "somebody else uses up the rate: wait a minute, then go on with r",
        NotSentKind::Credentials => "sign in again in another terminal, then go on with r",
        NotSentKind::NotFound => "somebody deleted it: close this with c, and read the account again",
        NotSentKind::Conflict { .. } => "take away what stands in its way, then go on with r",
        NotSentKind::Validation => {
            "what was planned is not what the service takes: close this with c, and begin anew with what it asks for"
        }
        NotSentKind::TimedOut | NotSentKind::Unreachable => {
            "nothing was changed: look whether the network is up, then go on with r"
        }
        NotSentKind::Unsendable | NotSentKind::Other => MEND,
    };
    words.to_owned()
}

/// Returns the end of an address that the person knows it by, without showing more than the mask does.
fn end(address: &Address) -> String {
    let shown = address.masked().rsplit(Address::DOT).next().unwrap_or_default();
    if address.masked().contains('@') {
        format!("at {}", address.masked())
    } else if shown.is_empty() {
        "they have just confirmed".to_owned()
    } else {
        format!("that ends in {shown}")
    }
}

/// Returns what arrives, and where.
fn what_arrives(device: &Channel) -> (String, String) {
    let end = end(&device.address);
    match &device.kind {
        ChannelKind::Sms => ("a text message".to_owned(), format!("on the phone {end}")),
        ChannelKind::Voice => (
            "a call in which a voice says digits".to_owned(),
            format!("on the phone {end}"),
        ),
        ChannelKind::Email => ("a mail".to_owned(), format!("in the mailbox {end}")),
        ChannelKind::Other(_) => ("a message".to_owned(), format!("on the device {end}")),
    }
}

/// Writes what the operator says before the code is sent.
fn say_aloud(device: &Channel, owner: &Contact, lines: &mut Vec<Line>) {
    let (what, place) = what_arrives(device);
    lines.push(Line::of(
        format!("SAY TO {}", owner.label().to_uppercase()),
        Role::Heading,
    ));
    lines.push(Line::plain(format!(
        "“In a moment {what} from AWS Incident Manager arrives {place}. It is a test and no page. Read the code in it to \
         me now, on this line, and to nobody else.”"
    )));
    if device.kind == ChannelKind::Sms {
        lines.push(Line::plain(
            "Ask: “Did you ever answer UNSUBSCRIBE or STOP to such a message?” Then they text START to its sender first: \
             until they do, nothing arrives.",
        ));
    }
    lines.push(Line::of(
        "If the address turns out to be wrong: esc, and correct-address puts it right before anything is sent.",
        Role::Dim,
    ));
}

/// Writes what the operator says while the code is awaited.
fn ask_aloud(device: &Channel, owner: &Contact, lines: &mut Vec<Line>) {
    let (what, place) = what_arrives(device);
    lines.push(Line::of(
        format!("SAY TO {}", owner.label().to_uppercase()),
        Role::Heading,
    ));
    lines.push(Line::plain(format!(
        "“Please read me the digits of the code. It came as {what} {place}.” Type what they say."
    )));
    let lost = match device.kind {
        ChannelKind::Sms => {
            "Nothing after two minutes? They text START to the sender, then n sends a new code. A number that cannot \
             get text messages never will: esc, and correct-address."
        }
        ChannelKind::Voice => "They missed the call? n has it called again.",
        ChannelKind::Email => "Nothing after two minutes? They look into the folder for spam; n sends a new code.",
        ChannelKind::Other(_) => "Nothing after two minutes? n sends a new code.",
    };
    lines.push(Line::of(lost, Role::Dim));
}

/// Writes what has arrived on a device of the demo account, which nobody can look at otherwise.
fn arrived(model: &Model, channel: &Arn, lines: &mut Vec<Line>) {
    let mut arrivals = model.arrivals.iter().rev();
    if let Some(arrival) = arrivals.find(|arrival| arrival.channel == *channel) {
        lines.push(Line::of("IN THE DEMO, THEIR DEVICE SHOWS (SCREEN 9)", Role::Heading));
        lines.push(Line::plain(format!("“{}”", arrival.text)));
    }
}

fn steps(model: &Model, plan: &Plan, progress: &Progress, has_aws_forms: bool, lines: &mut Vec<Line>) {
    let scope = model.shown.inventory.scope();
    lines.push(Line::of("STEPS", Role::Heading));
    let is_running = model.changing.as_ref().is_some_and(Changing::is_running);
    for (place, (step, known)) in progress.planned.steps.iter().zip(&progress.steps).enumerate() {
        let (sign, role) = sign(&known.state, plan.is_recorded);
        let shown = plan.steps.get(place);
        let title = shown.map_or(step.words.as_str(), |step| step.title.as_str());
        lines.push(
            Line::of(format!("{sign} "), role)
                .and(format!("{}. ", place + 1), Role::Dim)
                .and(title, Role::Normal),
        );
        if !is_running && let Some(shown) = shown {
            let gone = shown.before.iter().filter(|line| !shown.after.contains(line));
            let new = shown.after.iter().filter(|line| !shown.before.contains(line));
            lines.extend(gone.map(|line| Line::of("     before  ", Role::Dim).and(line, Role::Normal)));
            lines.extend(new.map(|line| Line::of("     after   ", Role::Dim).and(line, Role::Normal)));
        }
        if !is_running && activated(&progress.planned).is_none() {
            lines.push(Line::of(format!("     {}", step.undo.words()), Role::Dim));
        }
        if let Some(reason) = &known.reason {
            lines.push(Line::of("     failed: ", Role::Danger).and(reason, Role::Normal));
        }
        if has_aws_forms {
            lines.push(Line::of(format!("     {}", step.write.aws_form(&scope)), Role::Key));
        }
    }
    if let Some(seconds) = plan.seconds_per_write
        && !plan.is_recorded
    {
        let seconds = i64::try_from(progress.planned.seconds(seconds)).unwrap_or(i64::MAX);
        let length = Duration::try_seconds(seconds).map(time::length);
        let text = match length {
            Some(length) if seconds > 60 => format!("takes about {length} at the rate that AWS allows"),
            Some(_) | None if seconds == 0 => "takes a moment".to_owned(),
            Some(_) | None => format!("takes about {seconds} seconds at the rate that AWS allows"),
        };
        lines.push(Line::of(text, Role::Dim));
    }
}

fn sign(state: &StepState, is_recorded: bool) -> (&'static str, Role) {
    match state {
        StepState::Waiting if is_recorded => ("·", Role::Dim),
        StepState::Waiting => (" ", Role::Normal),
        StepState::Done => ("✓", Role::Good),
        StepState::RolledBack => ("↩", Role::Good),
        StepState::Uncertain { .. } | StepState::BackUncertain { .. } => ("?", Role::Unknown),
    }
}

/// Returns what is asked, where more than a key is.
fn question(model: &Model) -> Option<Line> {
    if model.mode != Mode::Armed {
        consent::needed(model)?;
        return Some(Line::of(
            "This session is read-only. Enter arms it for this account, with the last four digits of its number.",
            Role::Warning,
        ));
    }
    match consent::needed(model)? {
        Consent::Enter => None,
        Consent::Yes => Some(Line::of(
            "Taking it back needs a new code from the person.",
            Role::Warning,
        )),
        Consent::Type { text, what } => Some(
            Line::of("To agree type ", Role::Warning)
                .and(text, Role::Title)
                .and(format!(": {what}."), Role::Warning),
        ),
    }
}

fn keys(model: &Model, changing: &Changing, is_typed: bool) -> Line {
    let mut line = Line::default();
    let is_armed = model.mode == Mode::Armed;
    match &changing.phase {
        Phase::Drafting => line = key(line, "esc", "drop it"),
        Phase::Asking => {
            let does = match (is_armed, changing.activates().is_some(), changing.plan.as_ref()) {
                (false, ..) => "arm",
                (true, _, Some(plan)) if plan.direction == Direction::Back => "take it back",
                (true, _, Some(plan)) if plan.is_recorded => "go on",
                (true, true, _) => "send the code",
                (true, false, _) => "do it",
            };
            let agrees = match consent::needed(model) {
                Some(Consent::Yes) if is_armed => "y",
                Some(Consent::Yes | Consent::Enter | Consent::Type { .. }) | None => "enter",
            };
            line = key(line, agrees, does);
            if open::stands_still(model) && !is_typed {
                line = key(line, "b", "take back");
                if removal::can_plan_anew(model) {
                    line = key(line, "n", "plan anew");
                }
                line = key(line, "c", "close with a note");
            }
            if !is_typed {
                line = key(line, "@", "aws");
            }
            line = key(line, "esc", "drop it");
        }
        Phase::Running { .. } | Phase::NeedsCode { .. } => line = key(line, "esc", "stop after this step"),
        Phase::Ended(_) | Phase::NotBegun(_) => {
            line = key(line, "enter", "close");
            if open::stands_still(model) {
                line = key(key(line, "r", "go on"), "b", "take back");
                if removal::can_plan_anew(model) {
                    line = key(line, "n", "plan anew");
                }
                line = key(line, "c", "close with a note");
            }
        }
    }
    line
}

fn key(line: Line, key: &str, word: &str) -> Line {
    let line = if line.spans.is_empty() {
        line
    } else {
        line.and("  ", Role::Normal)
    };
    line.and(key, Role::Key).and(format!(" {word}"), Role::Dim)
}

//! A changeset on the desk: shown, agreed to, carried out, and told to its end.
//!
//! It lies over the screen until it has ended. Nothing is sent before the operator has seen all of it, has armed the
//! session and has agreed; what is on its way is seen to its end, whatever is pressed. How far each step has come is read
//! from the ledger, as everybody else would read it. The code of an activation is not here: the runtime keeps its digits
//! to itself and tells how many there are.

pub mod activate;
pub mod all;
pub mod consent;
pub mod open;
pub mod small;
pub mod told;

use super::{
    act, arm,
    command::CommandId,
    edit,
    effect::{Effect, Ticket},
    key::{Key, KeyCode},
    model::{Load, Mode, Model},
    overlay::{Overlay, Prompt, Purpose},
    removal::{
        self,
        proving::{self, Proven},
    },
    request, reveal, review,
};
use crate::{
    changes::{
        Changeset, Write,
        build::{Guard, NoDraft, guards},
        changeset::{Draft, Step, new_name},
        fact::{Answer, ChangesetPlanned, PlannedStep},
        progress::Progress,
        removal::definition::Definition,
        run::{Direction, Outcome, Stop, Why},
    },
    domain::{call::Call, ids::Arn},
    failure::{Failure, FailureKind},
    ledger::replay::Recorded,
};
use consent::Consent;
use std::sync::Arc;
use tui_input::Input;

/// How many digits a code has.
pub const CODE_DIGITS: std::ops::RangeInclusive<usize> = 6..=10;

/// What the operator wants of a changeset that is being carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The code that was typed is to be sent.
    CodeGiven,
    /// Send another code to the device.
    NewCode,
    /// Stop as soon as what is being sent is seen to its end.
    Stop,
}

/// What happens while a changeset is carried out. What is recorded comes as records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A subject is being read.
    Reading(Arn),
    /// A write is on its way.
    Sending {
        /// The place of the step in the changeset.
        step: usize,
    },
    /// Somebody was saved in this file, so that they can be put back.
    Saved(String),
    /// These calls were made.
    Called(Vec<Call>),
    /// The code that a device has received is wanted.
    NeedsCode {
        /// The place of the step in the changeset.
        step: usize,
        /// The device.
        channel: Arn,
        /// What is the matter with the code before, when something is.
        problem: Option<String>,
    },
    /// It has ended.
    Ended(Outcome),
    /// It did not begin, and nothing was sent.
    NotBegun(Failure),
}

/// A changeset as it was worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// The steps with what they change.
    pub changeset: Changeset,
    /// The seconds that pass from one write to the next.
    pub seconds_per_write: u64,
}

/// The changeset that lies over the screen.
#[derive(Debug)]
pub struct Changing {
    /// The question to the outside that is not answered yet, or the last one that was.
    pub ticket: Ticket,
    /// What it is for.
    pub title: String,
    /// What is to be sent; absent while that is worked out.
    pub plan: Option<Plan>,
    /// How far it has come.
    pub phase: Phase,
    /// What it was made for, where it takes people out, deletes or puts back.
    pub leaving: Option<Leaving>,
    /// What the account proves afterwards, once it was read.
    pub proven: Option<Proven>,
}

/// What a changeset was made for that takes people out, deletes or puts back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// What has to be typed to agree, where a key is not enough.
    pub word: Option<String>,
    /// What is saved before the first write.
    pub saving: Saving,
}

/// What is saved before the first write of a changeset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Saving {
    /// Those who go, as they are.
    pub definitions: Vec<Definition>,
    /// The changeset that stopped half-way, in place of which this one is agreed to: it is closed by the same record.
    pub former: Option<Progress>,
}

/// What is to be sent.
#[derive(Debug)]
pub struct Plan {
    /// How far it was carried out when it came onto the screen.
    pub progress: Progress,
    /// What each step changes, line by line; empty where only the ledger knows it.
    pub steps: Vec<Step>,
    /// Whether the ledger has it.
    pub is_recorded: bool,
    /// The seconds that pass from one write to the next, where that is known.
    pub seconds_per_write: Option<u64>,
    /// Which way it is carried out.
    pub direction: Direction,
}

/// How far a changeset on the desk has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// What it changes is worked out.
    Drafting,
    /// The operator is asked whether it may be done.
    Asking,
    /// It is carried out.
    Running {
        /// What is being done, in a few words.
        doing: String,
        /// Whether the operator has asked it to stop.
        is_stopping: bool,
    },
    /// The code of a device is waited for.
    NeedsCode {
        /// The device.
        channel: Arn,
        /// What is the matter with the code before, when something is.
        problem: Option<String>,
    },
    /// It has ended.
    Ended(Outcome),
    /// It did not begin.
    NotBegun(Failure),
}

/// The screen of a changeset.
#[derive(Debug, Clone, Default)]
pub struct ChangeView {
    /// The first row on the screen, of those that the text is broken into there.
    pub offset: usize,
    /// What is typed where agreeing takes more than a key.
    pub input: Option<Input>,
    /// Whether the `aws` form of each step is shown.
    pub has_aws_forms: bool,
    /// What was wrong with the last answer.
    pub error: Option<String>,
}

/// The field for a code: of the code itself only the number of its digits is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodeField {
    /// How many digits were typed.
    pub count: usize,
    /// The first row of the text on the screen.
    pub offset: usize,
}

impl Changing {
    /// Returns whether something may be on its way to the account.
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running { .. } | Phase::NeedsCode { .. })
    }

    /// Returns what was consented to, or is to be.
    pub fn planned(&self) -> Option<&Arc<ChangesetPlanned>> {
        self.plan.as_ref().map(|plan| &plan.progress.planned)
    }

    /// Returns the device that it activates, when it activates one.
    pub fn activates(&self) -> Option<&Arn> {
        activated(self.planned()?)
    }
}

/// Returns the device that a changeset activates, when it activates one.
pub fn activated(planned: &ChangesetPlanned) -> Option<&Arn> {
    let is_it = |step: &&PlannedStep| matches!(step.write, Write::ActivateContactChannel { .. });
    planned.steps.iter().find(is_it).map(|step| step.write.subject())
}

/// Returns how far the changeset on the desk has come: as the ledger knows it, once it does.
pub fn progress(model: &Model) -> Option<&Progress> {
    let plan = model.changing.as_ref()?.plan.as_ref()?;
    // Another session may have recorded one of the same name: it is not this one.
    let is_it = |recorded: &&Recorded| recorded.progress.planned.digest == plan.progress.planned.digest;
    let recorded = model.ledger.changesets.get(&plan.progress.planned.changeset);
    let recorded = recorded.filter(is_it);
    Some(recorded.map_or(&plan.progress, |recorded| &recorded.progress))
}

/// Returns why no changeset can be begun now, if none can.
pub fn hindrance(model: &Model) -> Option<String> {
    if model.changing.is_some() {
        return Some("another changeset is on the desk".to_owned());
    }
    model.ledger.hindrance()
}

/// A draft with what was answered to the guards that stopped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    draft: Draft,
    answers: Vec<Answer>,
}

/// Has it worked out what `draft` changes, and shows that; or says why there is nothing to do.
pub fn begin(model: &mut Model, draft: Result<Draft, NoDraft>) -> Vec<Effect> {
    match draft {
        Ok(draft) => proceed(
            model,
            Pending {
                draft,
                answers: Vec::new(),
            },
        ),
        Err(why) => {
            model.say(why.to_string());
            Vec::new()
        }
    }
}

/// Takes the answer to what stops a draft.
pub fn answer_guard(model: &mut Model, mut pending: Pending, text: &str) -> Vec<Effect> {
    let Some(guard) = guard(model, &pending) else {
        model.overlays.pop();
        return proceed(model, pending);
    };
    if text.is_empty() {
        if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
            prompt.error = Some("it stays in the ledger why this may go on".to_owned());
        }
        return Vec::new();
    }
    model.overlays.pop();
    pending.answers.push(Answer {
        guard: stops(&guard),
        answer: text.to_owned(),
    });
    proceed(model, pending)
}

fn stops(guard: &Guard) -> String {
    format!("{}: {}", guard.what, guard.why)
}

/// Returns what still stops a draft. That code manages a device is no reason not to activate it: activating changes
/// nothing that code describes.
fn guard(model: &Model, pending: &Pending) -> Option<Guard> {
    let is_code = |write: &Write| {
        matches!(
            write,
            Write::SendActivationCode { .. } | Write::ActivateContactChannel { .. }
        )
    };
    let is_activation = pending.draft.writes.iter().all(is_code);
    let is_answered = |guard: &Guard| pending.answers.iter().any(|answer| answer.guard == stops(guard));
    guards(&model.shown.inventory, &pending.draft.subjects, |name| {
        model.setup.is_by_code(name)
    })
    .into_iter()
    .find(|guard| !guard.is_answerable || !(is_activation || is_answered(guard)))
}

fn proceed(model: &mut Model, pending: Pending) -> Vec<Effect> {
    if let Some(why) = hindrance(model) {
        model.say(why);
        return Vec::new();
    }
    if let Some(guard) = guard(model, &pending) {
        if guard.is_answerable {
            model.overlays.push(Overlay::Prompt(Prompt {
                question: format!("{}: {}. Why may it be done here all the same?", guard.what, guard.why),
                input: Input::default(),
                error: None,
                purpose: Purpose::AnswerGuard(Box::new(pending)),
            }));
        } else {
            model.say(format!("{}; {}", stops(&guard), guard.would_let_go_on));
        }
        return Vec::new();
    }
    let Pending { draft, answers } = pending;
    let name = new_name(model.now, &model.ledger.changesets.names());
    let ticket = model.next_ticket();
    model.changing = Some(Changing {
        ticket,
        title: draft.title.clone(),
        plan: None,
        phase: Phase::Drafting,
        leaving: None,
        proven: None,
    });
    model.overlays.push(Overlay::Change(ChangeView::default()));
    vec![Effect::PlanChangeset {
        ticket,
        scope: model.fresh.scope(),
        inventory: Arc::clone(&model.shown.inventory),
        name,
        draft: Box::new(draft),
        answers,
    }]
}

/// Shows a changeset that was worked out already, so that it is agreed to.
pub fn preview(model: &mut Model, changeset: Changeset, seconds_per_write: u64, leaving: Leaving) -> Vec<Effect> {
    if let Some(why) = hindrance(model) {
        model.say(why);
        return Vec::new();
    }
    let planned = review::carry_out::planned(model, &changeset);
    let ticket = model.next_ticket();
    model.changing = Some(Changing {
        ticket,
        title: changeset.title.clone(),
        plan: Some(Plan {
            progress: Progress::new(Arc::new(planned)),
            steps: changeset.steps,
            is_recorded: false,
            seconds_per_write: Some(seconds_per_write),
            direction: Direction::Forward,
        }),
        phase: Phase::Asking,
        leaving: Some(leaving),
        proven: None,
    });
    model.overlays.push(Overlay::Change(ChangeView::default()));
    ask(model);
    Vec::new()
}

/// Returns where the changeset on the desk has stopped, if it has.
pub fn stop_of(model: &Model) -> Option<&Stop> {
    match &model.changing.as_ref()?.phase {
        Phase::Ended(Outcome::Stopped(stop)) => Some(stop),
        Phase::Ended(Outcome::Done | Outcome::RolledBack { .. } | Outcome::Closed)
        | Phase::Drafting
        | Phase::Asking
        | Phase::Running { .. }
        | Phase::NeedsCode { .. }
        | Phase::NotBegun(_) => None,
    }
}

/// Returns whether a changeset has the keys.
pub fn is_on_top(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Change(_) | Overlay::Code(_)))
}

/// Moves the text of a changeset, or the one above the field for a code.
pub fn move_by(model: &mut Model, rows: isize) {
    let inside = model.layout().overlay_inside;
    let (page, offset) = match model.overlays.last() {
        Some(Overlay::Change(view)) => (told::page(model, view, inside.width), view.offset),
        Some(Overlay::Code(field)) => (told::code_page(model, *field, inside.width), field.offset),
        Some(Overlay::Menu(_) | Overlay::Pager(_) | Overlay::Prompt(_) | Overlay::Removal(_)) | None => return,
    };
    let height = usize::from(inside.height).saturating_sub(page.foot.len() + 1);
    let last = page.rows.len().saturating_sub(height);
    set_offset(model, offset.min(last).saturating_add_signed(rows).min(last));
}

fn set_offset(model: &mut Model, offset: usize) {
    match model.overlays.last_mut() {
        Some(Overlay::Change(view)) => view.offset = offset,
        Some(Overlay::Code(field)) => field.offset = offset,
        Some(Overlay::Menu(_) | Overlay::Pager(_) | Overlay::Prompt(_) | Overlay::Removal(_)) | None => {}
    }
}

/// Takes in what a draft changes.
pub fn take_draft(model: &mut Model, ticket: Ticket, result: Result<Drafted, Failure>) {
    let is_awaited = |changing: &&mut Changing| changing.ticket == ticket && changing.phase == Phase::Drafting;
    let planned = result.as_ref().ok();
    let planned = planned.map(|drafted| review::carry_out::planned(model, &drafted.changeset));
    let Some(changing) = model.changing.as_mut().filter(is_awaited) else {
        return;
    };
    match result {
        Ok(drafted) if drafted.changeset.is_empty() => {
            changing.phase = Phase::Ended(Outcome::Closed);
            leave(model);
            model.say("it is so already: there is nothing to change");
        }
        Ok(drafted) => {
            changing.plan = Some(Plan {
                progress: Progress::new(Arc::new(planned.unwrap_or_else(|| drafted.changeset.planned()))),
                steps: drafted.changeset.steps,
                is_recorded: false,
                seconds_per_write: Some(drafted.seconds_per_write),
                direction: Direction::Forward,
            });
            changing.phase = Phase::Asking;
            ask(model);
        }
        Err(failure) => changing.phase = Phase::NotBegun(failure),
    }
}

/// Gives the screen of the changeset the field that agreeing takes, if it takes one.
fn ask(model: &mut Model) {
    let is_typed = matches!(consent::needed(model), Some(Consent::Type { .. }));
    if let Some(view) = view(model) {
        view.input = is_typed.then(Input::default);
        view.error = None;
    }
}

fn view(model: &mut Model) -> Option<&mut ChangeView> {
    match model.overlays.last_mut() {
        Some(Overlay::Change(view)) => Some(view),
        Some(Overlay::Removal(_) | Overlay::Code(_) | Overlay::Menu(_) | Overlay::Pager(_) | Overlay::Prompt(_))
        | None => None,
    }
}

/// Takes a key of the screen of a changeset.
pub fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    let is_armed = model.mode == Mode::Armed;
    if key.code == KeyCode::Esc {
        return close(model);
    } else if key.code == KeyCode::Enter {
        return enter(model);
    } else if let Some(step) = step(key) {
        return act::move_by(model, step);
    }
    let Some(view) = view(model) else { return Vec::new() };
    if let Some(input) = &mut view.input {
        // Nothing is typed into a session that cannot act on it.
        if let Some(request) = request(key).filter(|_| is_armed) {
            edit(input, request);
            view.error = None;
        }
    } else if key == Key::char('@') {
        view.has_aws_forms = !view.has_aws_forms;
    } else if key == Key::char('j') {
        return act::move_by(model, act::Step::Line(1));
    } else if key == Key::char('k') {
        return act::move_by(model, act::Step::Line(-1));
    } else if key == Key::char('q') {
        return close(model);
    } else if model.setup.keymap.command(key) == Some(CommandId::Reveal) {
        let device = model.changing.as_ref().and_then(Changing::activates).cloned();
        return device.map_or_else(Vec::new, |device| reveal::of(model, &device));
    } else if key == Key::char('y') && consent::needed(model) == Some(Consent::Yes) {
        return agree(model);
    } else {
        return open::press(model, key);
    }
    Vec::new()
}

fn step(key: Key) -> Option<act::Step> {
    let steps = [
        (KeyCode::Up, act::Step::Line(-1)),
        (KeyCode::Down, act::Step::Line(1)),
        (KeyCode::PageUp, act::Step::Page(-1)),
        (KeyCode::PageDown, act::Step::Page(1)),
    ];
    steps
        .into_iter()
        .find(|(code, _)| *code == key.code)
        .map(|(_, step)| step)
}

fn enter(model: &mut Model) -> Vec<Effect> {
    match model.changing.as_ref().map(|changing| &changing.phase) {
        Some(Phase::Asking) => {}
        Some(Phase::Ended(_) | Phase::NotBegun(_)) | None => return close(model),
        Some(Phase::Drafting | Phase::Running { .. } | Phase::NeedsCode { .. }) => return Vec::new(),
    }
    if model.mode != Mode::Armed {
        return match arm::hindrance(model) {
            None => arm::begin(model),
            Some(why) => {
                model.say(why);
                Vec::new()
            }
        };
    }
    match consent::needed(model) {
        Some(Consent::Enter) => agree(model),
        Some(Consent::Type { text, .. }) => {
            let Some(view) = view(model) else { return Vec::new() };
            if view.input.as_ref().is_some_and(|input| input.value().trim() == text) {
                return agree(model);
            }
            view.error = Some(format!("that is not {text}"));
            Vec::new()
        }
        Some(Consent::Yes) | None => Vec::new(),
    }
}

/// Has the changeset carried out, which the operator has agreed to.
fn agree(model: &mut Model) -> Vec<Effect> {
    if model.mode != Mode::Armed {
        return Vec::new();
    }
    if !arm::is_of_what_is_read(model) {
        model.say("which account this is has to be read first; press it again then");
        return Vec::new();
    }
    let Some(mut progress) = progress(model).cloned() else {
        return Vec::new();
    };
    let (ticket, scope) = (model.next_ticket(), model.fresh.scope());
    let Some(changing) = &mut model.changing else {
        return Vec::new();
    };
    let Some(plan) = &mut changing.plan else {
        return Vec::new();
    };
    if plan.progress.planned.digest == progress.planned.digest {
        // The same steps. What was planned in this session knows its whole addresses, which no record does.
        progress.planned = Arc::clone(&plan.progress.planned);
    }
    let (is_new, direction) = (!plan.is_recorded, plan.direction);
    if is_new && model.ledger.changesets.get(&plan.progress.planned.changeset).is_some() {
        let what = "Another session began a changeset of the same name in the same second.";
        changing.phase = Phase::NotBegun(Failure::new(FailureKind::Service, what).hint("begin anew"));
        return Vec::new();
    }
    plan.is_recorded = true;
    changing.ticket = ticket;
    changing.phase = Phase::Running {
        doing: "recording that you agreed".to_owned(),
        is_stopping: false,
    };
    let saving = changing.leaving.as_ref().filter(|_| is_new);
    let saving = saving.map(|leaving| leaving.saving.clone()).unwrap_or_default();
    // From here on it is a changeset, and what it was made of is over.
    removal::leave(model);
    let takes_code = takes_code(&progress, direction);
    if let Some(view) = view(model) {
        view.input = None;
        view.error = None;
        view.offset = 0;
    }
    if takes_code {
        // From here on digits are those of a code, however early they are typed.
        model.overlays.push(Overlay::Code(CodeField::default()));
    }
    vec![Effect::RunChangeset {
        ticket,
        scope,
        progress: Box::new(progress),
        is_new,
        saving,
        direction,
    }]
}

/// Returns whether a code may be asked for on the way.
fn takes_code(progress: &Progress, direction: Direction) -> bool {
    let is_activation = |write: &Write| matches!(write, Write::ActivateContactChannel { .. });
    let is_back = direction == Direction::Back || progress.is_rolling_back;
    progress.planned.steps.iter().any(|step| {
        if is_back {
            step.inverse.iter().any(is_activation)
        } else {
            is_activation(&step.write)
        }
    })
}

/// Takes in how many digits of a code were typed.
pub fn take_count(model: &mut Model, count: usize) {
    for overlay in &mut model.overlays {
        if let Overlay::Code(field) = overlay {
            field.count = count;
        }
    }
}

/// Takes a key of the field for a code. Digits do not come here.
pub fn press_code(model: &mut Model, key: Key) -> Vec<Effect> {
    if let Some(step) = step(key) {
        return act::move_by(model, step);
    }
    // Whatever else is pressed has an answer at the top.
    set_offset(model, 0);
    let is_armed = model.mode == Mode::Armed;
    let Some(changing) = &mut model.changing else {
        model.overlays.pop();
        return Vec::new();
    };
    let ticket = changing.ticket;
    let count = match model.overlays.last() {
        Some(Overlay::Code(field)) => field.count,
        Some(Overlay::Removal(_) | Overlay::Change(_) | Overlay::Menu(_) | Overlay::Pager(_) | Overlay::Prompt(_))
        | None => 0,
    };
    match (key.code, &mut changing.phase) {
        (KeyCode::Esc, _) | (KeyCode::Enter, Phase::Ended(_) | Phase::NotBegun(_)) => close(model),
        (KeyCode::Enter | KeyCode::Char('n'), Phase::NeedsCode { problem, .. }) if !is_armed => {
            *problem = Some("this session is read-only again, and nothing more is sent: esc stops here".to_owned());
            Vec::new()
        }
        (KeyCode::Enter, Phase::NeedsCode { .. }) if CODE_DIGITS.contains(&count) => {
            changing.phase = running("the code is on its way");
            take_count(model, 0);
            vec![Effect::OrderChangeset {
                ticket,
                order: Order::CodeGiven,
            }]
        }
        (KeyCode::Enter, Phase::NeedsCode { problem, .. }) => {
            *problem = Some(format!(
                "a code has {} to {} digits",
                CODE_DIGITS.start(),
                CODE_DIGITS.end()
            ));
            Vec::new()
        }
        (KeyCode::Char('n'), Phase::NeedsCode { .. }) => {
            changing.phase = running("a new code is sent; only the newest counts");
            take_count(model, 0);
            vec![Effect::OrderChangeset {
                ticket,
                order: Order::NewCode,
            }]
        }
        (_, Phase::Ended(_)) => open::press(model, key),
        _ => Vec::new(),
    }
}

fn running(doing: &str) -> Phase {
    Phase::Running {
        doing: doing.to_owned(),
        is_stopping: false,
    }
}

/// Takes in what happened to the changeset that is carried out.
pub fn take_told(model: &mut Model, ticket: Ticket, told: Told) -> Vec<Effect> {
    if let Told::Called(calls) = told {
        // They were made, whoever waits for them.
        model.log_calls(calls);
        return Vec::new();
    }
    if let Told::Saved(path) = &told {
        model.say(format!("saved for putting back: {path}"));
    }
    let is_demo = model.setup.is_demo;
    let Some(changing) = model.changing.as_mut().filter(|changing| changing.ticket == ticket) else {
        return Vec::new();
    };
    if !changing.is_running() {
        return Vec::new();
    }
    let was_stopping = matches!(changing.phase, Phase::Running { is_stopping: true, .. });
    let say = |doing: String| Phase::Running {
        doing,
        is_stopping: was_stopping,
    };
    match told {
        Told::Called(_) | Told::Saved(_) => {}
        Told::Reading(_) => changing.phase = say("reading it again".to_owned()),
        Told::Sending { step } => changing.phase = say(format!("step {} is on its way", step + 1)),
        Told::NeedsCode { channel, problem, .. } => {
            changing.phase = Phase::NeedsCode { channel, problem };
            set_offset(model, 0);
            // In a roll back a code may be asked for that nobody saw coming.
            if !has_code_field(model) {
                model.overlays.push(Overlay::Code(CodeField::default()));
            }
            if is_demo {
                return act::read_phone(model);
            }
        }
        Told::Ended(outcome) => {
            let is_done = outcome == Outcome::Done;
            changing.phase = Phase::Ended(outcome);
            set_offset(model, 0);
            let proving = is_done.then(|| proving::begin(model)).flatten();
            return proving.unwrap_or_else(|| reread(model));
        }
        Told::NotBegun(failure) => {
            changing.phase = Phase::NotBegun(failure);
            if let Some(plan) = &mut changing.plan {
                plan.is_recorded = model.ledger.changesets.get(&plan.progress.planned.changeset).is_some();
            }
        }
    }
    Vec::new()
}

/// Returns whether digits are those of a code.
pub fn has_code_field(model: &Model) -> bool {
    model.overlays.iter().any(|overlay| matches!(overlay, Overlay::Code(_)))
}

/// Reads again whom the changeset was about, unless something is being read.
fn reread(model: &mut Model) -> Vec<Effect> {
    let subject = model.changing.as_ref().and_then(Changing::planned).and_then(|planned| {
        let subject = planned.steps.first()?.write.subject();
        let owner = model
            .shown
            .inventory
            .channel(subject)
            .map(|(_, person)| person.arn.clone());
        Some(owner.unwrap_or_else(|| subject.clone()))
    });
    let Some(subject) = subject.filter(|_| model.load.is_none()) else {
        return Vec::new();
    };
    let ticket = model.next_ticket();
    model.load = Some(Load::new(ticket, Some(subject.clone())));
    vec![Effect::ReadAgain { ticket, subject }]
}

/// Closes the screen of a changeset. What is carried out is stopped first, and stays on the screen until it has ended.
pub fn close(model: &mut Model) -> Vec<Effect> {
    let Some(changing) = &mut model.changing else {
        leave(model);
        return Vec::new();
    };
    let ticket = changing.ticket;
    match &mut changing.phase {
        Phase::Running { is_stopping, .. } => {
            *is_stopping = true;
            vec![Effect::OrderChangeset {
                ticket,
                order: Order::Stop,
            }]
        }
        Phase::NeedsCode { .. } => {
            changing.phase = Phase::Running {
                doing: "stopping here".to_owned(),
                is_stopping: true,
            };
            vec![Effect::OrderChangeset {
                ticket,
                order: Order::Stop,
            }]
        }
        Phase::Drafting | Phase::Asking | Phase::NotBegun(_) => {
            leave(model);
            Vec::new()
        }
        Phase::Ended(outcome) => {
            let words = farewell(outcome, &changing.title);
            leave(model);
            model.say(words);
            Vec::new()
        }
    }
}

/// Returns what is said when the screen of a changeset goes.
fn farewell(outcome: &Outcome, title: &str) -> String {
    match outcome {
        Outcome::Done => format!("done: {title}"),
        Outcome::RolledBack { .. } => format!("taken back: {title}"),
        Outcome::Closed => format!("it was closed before: {title}"),
        Outcome::Stopped(stop) if stop.why == Why::Operator => {
            format!("stopped, and kept: {title}; changesets shows what is open")
        }
        Outcome::Stopped(_) => format!("not finished: {title}; changesets shows what is open"),
    }
}

/// Takes the changeset off the screen.
pub(super) fn leave(model: &mut Model) {
    model.changing = None;
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Change(_) | Overlay::Code(_)));
    all::go_on(model);
}

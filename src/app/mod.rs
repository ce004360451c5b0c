//! The core: a message changes the model, and what is to be done outside comes back as values.
//!
//! Nothing here waits, fails, reads a clock or touches a file. [`update`] deals with what belongs to everybody and hands
//! keys to whatever has them: an overlay, the filter, or the commands.
//!
//! In which order to read:
//!
//! 1. [`msg`] (all that can happen), [`effect`] (all that can be asked for) and [`model`] (all that is known meanwhile).
//! 2. [`command`]: the one list of what the operator can do, with its key, its text and why it cannot be done now; [`act`]
//!    does it. [`key`], [`keymap`] and [`catalogue`] are its keys, as typed, as bound and as a file.
//! 3. What is on the screen: [`screens`] make the rows of a [`list`], [`detail`] is about the selected one; both are made of the
//!    same [`facts`]. [`layout`] says where they stand, [`style`] what their text means, [`measure`] how wide it is.
//! 4. What lies over or in the place of a screen: [`overlay`]s and [`menus`], the [`page`] that is simulated, [`what_if`].
//! 5. What is done: [`arm`], [`confirm`], [`changeset`], [`removal`], [`waive`], [`reveal`]; [`ledger`] is how it is recorded.
//! 6. The [`review`], and [`since`] for the time between two.

pub mod act;
pub mod arm;
pub mod asking;
pub mod catalogue;
pub mod changeset;
pub mod command;
pub mod confirm;
pub mod detail;
pub mod effect;
pub mod export;
pub mod facts;
pub mod filter;
pub mod fuzzy;
pub mod json;
pub mod judged;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod ledger;
pub mod list;
pub mod measure;
pub mod menus;
pub mod model;
pub mod msg;
pub mod overlay;
pub mod page;
pub mod removal;
pub mod reveal;
pub mod review;
pub mod screens;
pub mod since;
pub mod style;
pub mod time;
pub mod waive;
pub mod what_if;

use crate::{
    domain::{
        Timestamp,
        call::Call,
        inventory::{Inventory, Snapshot},
        load::LoadEvent,
        phone::Arrival,
    },
    failure::{Failure, FailureKind},
    findings::waiver::Waiver,
};
use command::CommandId;
use effect::{Effect, Ticket};
use key::{Key, KeyCode};
use keymap::Layer;
use layout::Size;
use model::{CALLS_KEPT, Load, Model, Setup};
use msg::{ExportOutcome, Mouse, MouseAction, Msg};
use overlay::{MenuKind, Overlay, Prompt, Purpose};
use std::sync::Arc;
use tui_input::{Input, InputRequest};

/// The longest text that a field takes, in bytes: more than any name has, and every key stays quick.
const LONGEST_INPUT: usize = 512;

/// For how many hours what was read is good enough to go on from, when the credentials ended in the middle of a load.
const HOURS_KEPT: i64 = 1;

/// Returns the desk at its start, and what is to be done first.
pub fn start(setup: Setup, size: Size, now: Timestamp) -> (Model, Vec<Effect>) {
    let mut model = Model::new(setup, size, now);
    tell_of_roster(&mut model);
    let ticket = model.next_ticket();
    model.awaited_snapshot = Some(ticket);
    let mut effects = vec![Effect::ReadSnapshot { ticket }];
    effects.extend(model.begin_load());
    (model, effects)
}

/// Says which rows of the roster could not be understood: whom they are about cannot be told from anywhere else.
fn tell_of_roster(model: &mut Model) {
    let judging = Arc::clone(&model.setup.judging);
    let faults = judging
        .roster
        .as_ref()
        .map_or(&[][..], |roster| roster.faults.as_slice());
    let Some(first) = faults.first() else { return };
    let failure = Failure::new(
        FailureKind::Configuration,
        format!("Rows of the roster that could not be understood: {}.", faults.len()),
    );
    let first = format!("line {}: {}", first.line, first.what);
    model.complain(
        &failure
            .because(first)
            .hint("correct them; callsheet scan lists them all"),
    );
}

/// Takes in all that has happened, in order, and returns what is to be done.
pub fn update(model: &mut Model, now: Timestamp, messages: impl IntoIterator<Item = Msg>) -> Vec<Effect> {
    model.now = now;
    model.expire_notices();
    reveal::expire(model);
    let mut effects: Vec<Effect> = messages.into_iter().flat_map(|msg| take(model, msg)).collect();
    model.refresh();
    removal::keep_inside(model);
    effects.extend(model.ask_checks());
    effects.extend(model.ask_worst());
    effects.extend(ledger::ask(model));
    effects.extend(review::ask(model));
    effects.extend(since::ask(model));
    effects.extend(model.ask_what_if());
    model.keep_in_sight();
    effects
}

fn take(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => touch(model, |model| press(model, key)),
        Msg::Released => {
            reveal::hide(model);
            Vec::new()
        }
        Msg::Paste(text) => paste(model, &text),
        Msg::Mouse(mouse) => touch(model, |model| point(model, mouse)),
        Msg::Resized(size) => {
            model.size = size;
            model.refresh_rows();
            Vec::new()
        }
        Msg::Tick => tick(model),
        Msg::SnapshotRead { ticket, result } => {
            take_snapshot(model, ticket, result);
            Vec::new()
        }
        Msg::SnapshotSaved(result) => {
            if let Err(failure) = result {
                model.complain(&failure);
            }
            Vec::new()
        }
        Msg::Recorded { ticket, result } => {
            let is_recorded = result.is_ok();
            let mut effects = ledger::recorded(model, ticket, result);
            effects.extend(review::sign::recorded(model, ticket, is_recorded));
            effects
        }
        Msg::Loading { ticket, events } => {
            take_events(model, ticket, events);
            Vec::new()
        }
        Msg::LoadEnded { ticket, result } => take_load_end(model, ticket, result),
        Msg::PopulationsRead { ticket, found } => {
            review::take_populations(model, ticket, found);
            Vec::new()
        }
        Msg::PopulationTaken { ticket, result } => {
            if since::take(model, ticket, &result) {
                return Vec::new();
            }
            review::take_current(model, ticket, result)
        }
        Msg::Judged { ticket, findings } => {
            if model.awaited_judgement == Some(ticket) {
                model.take_judgement(*findings);
            }
            Vec::new()
        }
        Msg::WorstFound { ticket, worst } => {
            model.take_worst(ticket, worst.map(|worst| *worst));
            Vec::new()
        }
        Msg::WhatIfAnswered { ticket, found } => {
            model.take_what_if(ticket, *found);
            Vec::new()
        }
        Msg::Exported { path, outcome } => {
            take_export(model, path, outcome);
            Vec::new()
        }
        Msg::LedgerOpened { ticket, result } => {
            ledger::take(model, ticket, result.map(|found| *found));
            Vec::new()
        }
        Msg::LedgerLooked(result) => ledger::looked(model, result),
        Msg::LedgerGrew(records) => {
            ledger::grow(model, records);
            Vec::new()
        }
        Msg::ChangesetPlanned { ticket, result } => {
            changeset::take_draft(model, ticket, result.map(|drafted| *drafted));
            Vec::new()
        }
        Msg::RemovalWorkedOut { ticket, result } => {
            removal::take(model, ticket, result);
            Vec::new()
        }
        Msg::Changeset { ticket, told } => changeset::take_told(model, ticket, told),
        Msg::CodeTyped(count) => {
            changeset::take_count(model, count);
            Vec::new()
        }
        Msg::WaiverAdded { waiver, result } => {
            take_waiver(model, *waiver, result);
            Vec::new()
        }
        Msg::Arrived { ticket, arrivals } => {
            take_arrivals(model, ticket, arrivals);
            Vec::new()
        }
        Msg::Terminate => vec![Effect::Quit],
    }
}

fn take_load_end(model: &mut Model, ticket: Ticket, result: Result<(), Failure>) -> Vec<Effect> {
    let is_read = result.is_ok();
    let mut effects = model.end_load(ticket, result.clone());
    model.review.outdate();
    model.since.outdate();
    effects.extend(review::sign::load_ended(model, ticket, is_read));
    effects.extend(removal::load_ended(model, ticket, result));
    effects
}

/// Has the operator do something. It acts on what they see, and rows may have arrived since.
fn touch(model: &mut Model, act: impl FnOnce(&mut Model) -> Vec<Effect>) -> Vec<Effect> {
    model.refresh();
    review::note_look(model);
    let effects = act(model);
    review::note_look(model);
    effects
}

fn take_events(model: &mut Model, ticket: Ticket, events: Vec<LoadEvent>) {
    if model.load.as_ref().is_some_and(|load| load.ticket == ticket) {
        for event in events {
            model.take_event(event);
        }
        model.outdate();
    }
}

fn take_waiver(model: &mut Model, waiver: Waiver, result: Result<(), Failure>) {
    match result {
        Ok(()) => {
            model.say(format!("waived until {}: {}", waiver.expires, waiver.place));
            model.add_waiver(waiver);
        }
        Err(failure) => model.complain(&failure),
    }
}

fn take_arrivals(model: &mut Model, ticket: Ticket, arrivals: Vec<Arrival>) {
    if model.awaited_arrivals != Some(ticket) {
        return;
    }
    model.awaited_arrivals = None;
    if model.arrivals != arrivals {
        model.arrivals = arrivals;
        model.outdate();
    }
}

fn take_export(model: &mut Model, path: String, outcome: ExportOutcome) {
    match outcome {
        ExportOutcome::Written => model.say(format!("written to {path}")),
        ExportOutcome::Failed(failure) => model.complain(&failure),
        ExportOutcome::Exists => model.put_under_code(Overlay::Prompt(Prompt {
            question: format!("{path} is there already; y replaces it"),
            input: Input::default(),
            error: None,
            purpose: Purpose::Overwrite(path),
        })),
    }
}

fn tick(model: &mut Model) -> Vec<Effect> {
    // What is on call "now" may have changed.
    model.look_at_clock();
    model.refresh_rows();
    if model.shows_arrivals() {
        act::read_phone(model)
    } else {
        Vec::new()
    }
}

fn take_snapshot(model: &mut Model, ticket: Ticket, result: Result<Option<Box<Snapshot>>, Failure>) {
    if model.awaited_snapshot != Some(ticket) {
        return;
    }
    model.awaited_snapshot = None;
    match result {
        Ok(Some(snapshot)) => {
            model.earlier = Some(*snapshot);
            model.outdate();
        }
        Ok(None) => {}
        Err(failure) => model.complain(&failure),
    }
}

fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    let layer = if !model.overlays.is_empty() {
        Layer::Desk
    } else if model.is_on_page() {
        Layer::Page
    } else if model.screen == screens::ScreenId::Review {
        Layer::Review
    } else {
        Layer::Desk
    };
    let command = model.setup.keymap.command_in(layer, key);
    if command != Some(CommandId::Reveal) {
        reveal::hide(model);
    }
    let run_command = |model: &mut Model| command.map_or_else(Vec::new, |command| run(model, command));
    // These work while something is typed, unless the operator put them on keys that type.
    let is_held = key.ctrl || key.alt;
    if is_held && matches!(command, Some(CommandId::Quit | CommandId::Redraw | CommandId::Suspend)) {
        return run_command(model);
    }
    if model.filter_input.is_some() {
        return type_filter(model, key);
    }
    match model.overlays.last_mut() {
        Some(Overlay::Prompt(prompt)) => match type_answer(prompt, key) {
            Some(answer) => take_answer(model, answer),
            None => Vec::new(),
        },
        Some(Overlay::Removal(_)) => removal::press(model, key),
        Some(Overlay::Change(_)) => changeset::press(model, key),
        Some(Overlay::Code(_)) => changeset::press_code(model, key),
        Some(Overlay::Menu(menu))
            if menu.kind == MenuKind::Round && (changeset::all::takes(key) || command == Some(CommandId::Reveal)) =>
        {
            changeset::all::press(model, key)
        }
        Some(Overlay::Menu(menu)) if menu.input().is_some() => {
            if let Some(id) = menu_command(key) {
                return run(model, id);
            }
            if let Some(request) = request(key) {
                menu.type_with(|input| edit(input, request));
            }
            Vec::new()
        }
        Some(Overlay::Menu(_) | Overlay::Pager(_)) => {
            let place = command.and_then(command::command).map(|command| command.place);
            if place == Some(command::KeyPlace::Everywhere) {
                run_command(model)
            } else {
                Vec::new()
            }
        }
        None => run_command(model),
    }
}

/// Returns what a key does in a menu that is narrowed by typing, when it does not type. Letters are not the operator's
/// own keys there.
fn menu_command(key: Key) -> Option<CommandId> {
    let commands = [
        (KeyCode::Enter, CommandId::Open),
        (KeyCode::Esc, CommandId::Close),
        (KeyCode::Up, CommandId::Up),
        (KeyCode::Down, CommandId::Down),
        (KeyCode::PageUp, CommandId::PageUp),
        (KeyCode::PageDown, CommandId::PageDown),
    ];
    commands
        .into_iter()
        .find(|(code, _)| *code == key.code)
        .map(|(_, id)| id)
}

/// Runs a command, or says why it cannot be done now.
pub fn run(model: &mut Model, id: CommandId) -> Vec<Effect> {
    let Some(command) = command::command(id) else {
        return Vec::new();
    };
    let is_off_the_list = command.place == command::KeyPlace::List && model.is_on_page();
    let hindrance = if is_off_the_list {
        Some("there is no list beside a page; esc leaves it".to_owned())
    } else {
        (command.hindrance)(model)
    };
    match hindrance {
        Some(why) => {
            model.say(format!("{}: {why}", command.name));
            Vec::new()
        }
        None => (command.run)(model),
    }
}

fn type_filter(model: &mut Model, key: Key) -> Vec<Effect> {
    let columns = model.screen.columns();
    if key.code == KeyCode::Up {
        return act::move_by(model, act::Step::Line(-1));
    } else if key.code == KeyCode::Down {
        return act::move_by(model, act::Step::Line(1));
    } else if key.code == KeyCode::Enter {
        model.filter_input = None;
        model.change_list(|_| {});
    } else if key.code == KeyCode::Esc {
        model.filter_input = None;
        model.change_list(|list| list.set_filter("", columns));
    } else if let (Some(input), Some(request)) = (&mut model.filter_input, request(key)) {
        edit(input, request);
        let text = input.value().to_owned();
        model.change_list(|list| list.set_filter(text, columns));
    }
    Vec::new()
}

/// Changes what is typed in a field, unless that is as long as it may be.
fn edit(input: &mut Input, request: InputRequest) {
    if let InputRequest::InsertChar(c) = request
        && input.value().len() + c.len_utf8() > LONGEST_INPUT
    {
        return;
    }
    input.handle(request);
}

/// Returns what a key does in a text field.
fn request(key: Key) -> Option<InputRequest> {
    Some(match (key.code, key.ctrl || key.alt) {
        (KeyCode::Char('a'), true) | (KeyCode::Home, _) => InputRequest::GoToStart,
        (KeyCode::Char('e'), true) | (KeyCode::End, _) => InputRequest::GoToEnd,
        (KeyCode::Char('u'), true) => InputRequest::DeleteLine,
        (KeyCode::Char('w'), true) => InputRequest::DeletePrevWord,
        (KeyCode::Char('k'), true) => InputRequest::DeleteTillEnd,
        (KeyCode::Char(c), false) => InputRequest::InsertChar(c),
        (KeyCode::Backspace, _) => InputRequest::DeletePrevChar,
        (KeyCode::Delete, _) => InputRequest::DeleteNextChar,
        (KeyCode::Left, false) => InputRequest::GoToPrevChar,
        (KeyCode::Right, false) => InputRequest::GoToNextChar,
        (KeyCode::Left, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, true) => InputRequest::GoToNextWord,
        _ => return None,
    })
}

/// What was answered to a prompt.
enum Answer {
    /// Nothing: the question is dropped.
    Dropped(Purpose),
    /// This text.
    Text(Purpose, String),
}

fn type_answer(prompt: &mut Prompt, key: Key) -> Option<Answer> {
    if key.code == KeyCode::Esc {
        return Some(Answer::Dropped(prompt.purpose.clone()));
    }
    if key.code == KeyCode::Enter {
        return Some(Answer::Text(
            prompt.purpose.clone(),
            prompt.input.value().trim().to_owned(),
        ));
    }
    if let Some(request) = request(key) {
        edit(&mut prompt.input, request);
        prompt.error = None;
    }
    None
}

fn take_answer(model: &mut Model, answer: Answer) -> Vec<Effect> {
    let (path, is_overwriting) = match answer {
        Answer::Text(Purpose::PageTime, text) => return page::take_time(model, &text),
        Answer::Text(Purpose::Arm, text) => return arm::answer(model, &text),
        Answer::Text(Purpose::Change(question), text) => return changeset::small::answer(model, question, &text),
        Answer::Text(Purpose::RemovalGuard(key), text) => return removal::take_answer(model, &key, &text),
        Answer::Text(Purpose::Replacement, text) => return removal::take_replacement(model, &text),
        Answer::Text(Purpose::CloseChangeset, text) => return changeset::open::take_note(model, &text),
        Answer::Text(Purpose::AnswerGuard(pending), text) => return changeset::answer_guard(model, *pending, &text),
        Answer::Dropped(purpose) => {
            model.overlays.pop();
            return match &purpose {
                Purpose::Confirm(draft) => confirm::dropped(model, draft),
                Purpose::Export
                | Purpose::Arm
                | Purpose::PageTime
                | Purpose::Overwrite(_)
                | Purpose::OpenReview(_)
                | Purpose::Decide(_)
                | Purpose::Explain(_)
                | Purpose::Sign
                | Purpose::Change(_)
                | Purpose::CloseChangeset
                | Purpose::RemovalGuard(_)
                | Purpose::Replacement
                | Purpose::AnswerGuard(_)
                | Purpose::Waive(_) => Vec::new(),
            };
        }
        Answer::Text(Purpose::OpenReview(draft), text) => return review::open::answer(model, draft, &text),
        Answer::Text(Purpose::Decide(draft), text) => return review::decide::answer(model, draft, &text),
        Answer::Text(Purpose::Explain(what), text) => return review::sign::explained(model, what, &text),
        Answer::Text(Purpose::Sign, text) => return review::sign::named(model, &text),
        Answer::Text(Purpose::Confirm(draft), text) => return confirm::answer(model, draft, &text),
        Answer::Text(Purpose::Export, path) => (path, false),
        Answer::Text(Purpose::Overwrite(path), answer) if answer == "y" => (path, true),
        Answer::Text(Purpose::Overwrite(_), _) => {
            model.overlays.pop();
            model.say("nothing was written");
            return Vec::new();
        }
        Answer::Text(Purpose::Waive(draft), text) => return waive::answer(model, draft, &text),
    };
    match export::text(model, &path) {
        Ok(text) => {
            model.overlays.pop();
            vec![Effect::Export {
                path,
                text,
                is_overwriting,
            }]
        }
        Err(why) => {
            if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
                prompt.error = Some(why);
            }
            Vec::new()
        }
    }
}

fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    // Only a text field takes what is pasted: elsewhere it would run as commands.
    let insert = |input: &mut Input| {
        // More than fits is never looked at: somebody may paste a whole book.
        for c in text.chars().take(LONGEST_INPUT).filter(|c| !c.is_control()) {
            edit(input, InputRequest::InsertChar(c));
        }
    };
    if let Some(input) = &mut model.filter_input {
        insert(input);
        let (text, columns) = (input.value().to_owned(), model.screen.columns());
        model.change_list(|list| list.set_filter(text, columns));
    } else {
        match model.overlays.last_mut() {
            Some(Overlay::Prompt(prompt)) => insert(&mut prompt.input),
            Some(Overlay::Menu(menu)) => menu.type_with(insert),
            Some(Overlay::Change(view)) => {
                if let Some(input) = &mut view.input {
                    insert(input);
                }
            }
            Some(Overlay::Pager(_) | Overlay::Code(_) | Overlay::Removal(_)) | None => {}
        }
    }
    Vec::new()
}

fn point(model: &mut Model, mouse: Mouse) -> Vec<Effect> {
    reveal::hide(model);
    let layout = model.layout();
    match mouse.action {
        MouseAction::WheelUp | MouseAction::WheelDown => {
            let lines = if mouse.action == MouseAction::WheelUp { -3 } else { 3 };
            if model.overlays.is_empty() && !model.is_on_page() {
                focus_at(model, mouse);
            }
            act::move_by(model, act::Step::Line(lines))
        }
        MouseAction::Press if !model.overlays.is_empty() => {
            if layout.overlay.contains(mouse.column, mouse.row) {
                Vec::new()
            } else {
                act::close(model)
            }
        }
        MouseAction::Press if layout.tabs.contains(mouse.column, mouse.row) => {
            let tab = screens::tabs(model)
                .into_iter()
                .find(|tab| tab.columns.contains(&mouse.column));
            tab.map_or_else(Vec::new, |tab| act::show(model, tab.screen))
        }
        // The list and the detail are not to be seen behind a page.
        MouseAction::Press if model.is_on_page() => Vec::new(),
        MouseAction::Press if layout.heading.contains(mouse.column, mouse.row) => {
            let columns = model.screen.columns();
            let widths = list::widths(columns, layout.list.width);
            if let Some(column) = list::column_at(&widths, mouse.column.saturating_sub(layout.list.x)) {
                model.change_list(|list| list.sort_by(column, columns));
            }
            Vec::new()
        }
        MouseAction::Press => {
            focus_at(model, mouse);
            if layout.list.contains(mouse.column, mouse.row) {
                let line = usize::from(mouse.row - layout.list.y);
                let is_again = model.list().is_some_and(|list| list.offset() + line == list.place());
                model.change_list(|list| list.select(list.offset() + line));
                if is_again {
                    return act::open(model);
                }
            } else if layout.detail.contains(mouse.column, mouse.row) {
                let line = usize::from(mouse.row - layout.detail.y);
                let is_again = model.detail.offset + line == model.detail.place;
                model.detail.place = (model.detail.offset + line).min(model.detail.lines.len().saturating_sub(1));
                if is_again {
                    return act::open(model);
                }
            }
            Vec::new()
        }
    }
}

fn focus_at(model: &mut Model, mouse: Mouse) {
    let layout = model.layout();
    if layout.detail.contains(mouse.column, mouse.row) {
        model.focus = model::Focus::Detail;
    } else if layout.list.contains(mouse.column, mouse.row) {
        model.focus = model::Focus::List;
    }
}

impl Load {
    /// Returns a load of which nothing has been heard.
    pub fn new(ticket: Ticket, subject: Option<crate::domain::ids::Arn>) -> Self {
        Self {
            ticket,
            subject,
            is_rest: false,
            progress: crate::domain::load::Progress::default(),
            slowed: std::collections::BTreeMap::new(),
            is_stopping: false,
        }
    }
}

impl Model {
    /// Begins to read the whole account. What is on the screen stays until the fresh answers are here.
    fn begin_load(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.load = Some(Load::new(ticket, None));
        self.failure = None;
        if self.fresh.started_at.is_some() {
            let saved_at = self.fresh.ended_at.unwrap_or(self.now);
            // Old rows fill in for old rows: what was shown stays shown.
            self.earlier = Some(Snapshot {
                inventory: Inventory::clone(&self.shown.inventory),
                saved_at,
            });
        }
        self.fresh = Inventory::empty(self.fresh.region.clone(), self.fresh.endpoint.clone());
        self.outdate();
        vec![Effect::Load { ticket }]
    }

    /// Returns whether a load was stopped by refused credentials, and can go on from there: what was read within the hour
    /// is taken for what is so.
    fn can_go_on(&self) -> bool {
        let is_refused = |failure: &Failure| failure.kind() == FailureKind::Credentials;
        let is_recent = |at: Timestamp| self.now < at + chrono::Duration::hours(HOURS_KEPT);
        self.load.is_none()
            && self.failure.as_ref().is_some_and(is_refused)
            && self.fresh.started_at.is_some_and(is_recent)
            && !self.fresh.is_bare()
    }

    /// Goes on with a load that was stopped by refused credentials; nothing is returned where there is none.
    fn go_on(&mut self) -> Option<Vec<Effect>> {
        if !self.can_go_on() {
            return None;
        }
        let ticket = self.next_ticket();
        self.load = Some(Load {
            is_rest: true,
            ..Load::new(ticket, None)
        });
        self.failure = None;
        self.fresh = self.fresh.reopened();
        self.outdate();
        let read = Arc::new(self.fresh.clone());
        Some(vec![Effect::GoOn { ticket, read }])
    }

    fn take_event(&mut self, event: LoadEvent) {
        match event {
            LoadEvent::Connected(connected) => {
                self.fresh.region.clone_from(&connected.region);
                self.fresh.endpoint.clone_from(&connected.endpoint);
                self.connected = Some(connected);
                arm::keep_to_account(self);
            }
            LoadEvent::Part(part) => {
                self.fresh.apply(part);
                self.drop_strange_rows();
                arm::keep_to_account(self);
            }
            LoadEvent::Call(call) => {
                self.log_calls([call]);
            }
            LoadEvent::Progress(progress) => {
                if let Some(load) = &mut self.load {
                    load.progress = progress;
                }
            }
            LoadEvent::Slowed {
                class,
                millirequests_per_second,
            } => {
                if let Some(load) = &mut self.load {
                    load.slowed.insert(class, millirequests_per_second);
                }
            }
        }
    }

    /// Adds to the log of the requests that were made.
    fn log_calls(&mut self, calls: impl IntoIterator<Item = Call>) {
        for call in calls {
            if self.calls.len() >= CALLS_KEPT {
                self.calls.pop_front();
            }
            self.calls.push_back(call);
            self.call_count += 1;
        }
    }

    /// Forgets the earlier rows when they turn out to be of another account or Region.
    fn drop_strange_rows(&mut self) {
        let fresh = &self.fresh;
        let is_strange = |earlier: &Snapshot| {
            let differs = |(one, other): (&str, &str)| one != other;
            earlier.inventory.region != fresh.region
                || fresh.account().zip(earlier.inventory.account()).is_some_and(differs)
        };
        self.earlier.take_if(|earlier| is_strange(earlier));
    }

    fn end_load(&mut self, ticket: Ticket, result: Result<(), Failure>) -> Vec<Effect> {
        let Some(load) = self.load.take_if(|load| load.ticket == ticket) else {
            return Vec::new();
        };
        self.outdate();
        match result {
            Ok(()) if load.subject.is_some() => Vec::new(),
            Ok(()) => {
                let key = self.setup.keymap.words(CommandId::Gaps);
                self.say(match self.fresh.gaps.len() {
                    _ if load.is_stopping => {
                        "stopped: what was not read again is from the load before, or unknown".to_owned()
                    }
                    0 if load.is_rest => format!("the rest was read, in {} calls", load.progress.answered),
                    0 => format!("everything was read in {} calls", load.progress.answered),
                    1 => format!("1 read failed, and what it would have told is unknown: press {key} to see it"),
                    count => {
                        format!(
                            "{count} reads failed, and what they would have told is unknown: press {key} to see them"
                        )
                    }
                });
                if load.is_stopping {
                    Vec::new()
                } else {
                    vec![Effect::SaveSnapshot(Arc::new(self.fresh.clone()))]
                }
            }
            Err(failure) => {
                self.failure = Some(failure.clone());
                let failure = if self.can_go_on() {
                    let hint = failure.next_action().unwrap_or("sign in again").to_owned();
                    let key = self.setup.keymap.words(CommandId::Reread);
                    failure.hint(format!("{hint}, then press {key}: what was read is kept"))
                } else {
                    failure
                };
                self.complain(&failure);
                self.failure = Some(failure);
                Vec::new()
            }
        }
    }
}

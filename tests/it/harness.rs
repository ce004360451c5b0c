//! The desk without a terminal: messages in, screens out. Time, zone and size are pinned here.

use callsheet::{
    app::{
        self,
        changeset::Drafted,
        effect::Effect,
        key::Key,
        keymap::Keymap,
        layout::Size,
        measure::width,
        model::{Model, Setup},
        msg::Msg,
        removal::{Aim, Question, WorkedOut},
        style::Role,
    },
    changes::{
        Changeset,
        apply::Previews,
        changeset::Draft,
        fact::{Answer, ChangesetPlanned},
        removal::{
            Turns,
            definition::Definition,
            meant::Wish,
            rotation::{self, Previewed},
        },
        what_if::what_if,
    },
    domain::{Timestamp, fingerprint::FingerprintKey, inventory::Inventory, load::LoadEvent},
    failure::{Failure, FailureKind},
    findings::{evaluate::evaluate, facts::Facts},
    paging::worst::worst,
    runtime::removal,
    view::{
        self,
        theme::{self, Theme},
    },
};
use chrono::{Duration, TimeZone as _};
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    style::{Color, Style},
};
use std::{fmt::Write as _, sync::Arc};

/// The time at which every test begins: a Tuesday.
pub(crate) fn start_of_test() -> Timestamp {
    chrono::Utc.with_ymd_and_hms(2026, 11, 24, 9, 30, 0).unwrap()
}

/// Returns the settings of a desk on an ordinary account.
pub(crate) fn setup() -> Setup {
    Setup {
        version: "0.0.0",
        is_demo: false,
        profile: None,
        region: Some("eu-west-1".to_owned()),
        endpoint: None,
        zone: chrono_tz::Europe::Dublin,
        judging: Arc::default(),
        policy: "# the policy in force".to_owned(),
        managed_by_code: Vec::new(),
        quarantine_days: 30,
        keymap: Keymap::default(),
        has_mouse: true,
        themes: theme::NAMES.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// A desk that is driven by a test.
pub(crate) struct Desk {
    pub(crate) model: Model,
    /// The time; moves only when a test says so.
    pub(crate) now: Timestamp,
    /// Everything that the desk asked for.
    pub(crate) effects: Vec<Effect>,
    /// How many keys were pressed.
    pub(crate) pressed: usize,
}

impl Desk {
    /// Returns a desk that has just been opened.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self::with(setup(), width, height)
    }

    /// Returns a desk that has just been opened with these settings.
    pub(crate) fn with(setup: Setup, width: u16, height: u16) -> Self {
        let now = start_of_test();
        let (model, effects) = app::start(setup, Size { width, height }, now);
        Self {
            model,
            now,
            effects,
            pressed: 0,
        }
    }

    /// Sends one message.
    pub(crate) fn send(&mut self, msg: Msg) {
        let effects = app::update(&mut self.model, self.now, [msg]);
        self.take(effects);
    }

    /// Keeps what the desk asked for, apart from what only thinking answers: that is answered at once.
    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match thought(effect) {
                Ok(answer) => self.send(answer),
                Err(effect) => self.effects.push(*effect),
            }
        }
    }

    /// Reports what the load that is under way has found.
    pub(crate) fn load(&mut self, events: impl IntoIterator<Item = LoadEvent>) {
        let ticket = self.model.load.as_ref().expect("a load is under way").ticket;
        let events = events.into_iter().collect();
        self.send(Msg::Loading { ticket, events });
    }

    /// Ends the load that is under way.
    pub(crate) fn end_load(&mut self, result: Result<(), Failure>) {
        let ticket = self.model.load.as_ref().expect("a load is under way").ticket;
        self.send(Msg::LoadEnded { ticket, result });
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
        self.send(Msg::Tick);
    }

    /// Presses keys: each character is one, and `<enter>`, `<ctrl-z>` and the like are one each.
    pub(crate) fn keys(&mut self, script: &str) {
        for key in keys(script) {
            self.pressed += 1;
            self.send(Msg::Key(key));
        }
    }

    /// Returns the frame in the looks of a theme, and where its cursor stands.
    pub(crate) fn frame(&self, theme: &Theme) -> (Buffer, Option<(u16, u16)>) {
        frame_of(&self.model, theme)
    }

    /// Returns the screen as text.
    pub(crate) fn screen(&self) -> String {
        text(&self.frame(&role_theme()).0)
    }

    /// Returns the screen as a snapshot keeps it: with its roles at the usual size, and without at all others.
    pub(crate) fn shown(&self) -> String {
        let Size { width, height } = self.model.size;
        if (width, height) == (80, 24) {
            self.screen_with_roles()
        } else {
            self.screen()
        }
    }

    /// Returns the record of the changeset that lies over the screen.
    #[track_caller]
    pub(crate) fn planned(&self) -> ChangesetPlanned {
        let changing = self.model.changing.as_ref().expect("a changeset is on the desk");
        changing.planned().expect("it is planned").as_ref().clone()
    }

    /// Returns the screen as text, and under it which cells have which role.
    pub(crate) fn screen_with_roles(&self) -> String {
        let (buffer, cursor) = self.frame(&role_theme());
        let mut out = text(&buffer);
        out.push_str("--- roles\n");
        for (y, row) in rows(&buffer).enumerate() {
            let stretches = role_stretches(row);
            if !stretches.is_empty() {
                writeln!(out, "{y:>2}: {}", stretches.join(", ")).unwrap();
            }
        }
        if let Some((x, y)) = cursor {
            writeln!(out, "cursor at column {x} of row {y}").unwrap();
        }
        out
    }
}

/// Returns the answer to an effect that only thinking answers; any other effect comes back as it is.
pub(crate) fn thought(effect: Effect) -> Result<Msg, Box<Effect>> {
    if let Effect::Judge {
        ticket,
        inventory,
        graph,
        judging,
        now,
    } = effect
    {
        let findings = Box::new(evaluate(&Facts::new(&inventory, &graph, &judging, now)));
        Ok(Msg::Judged { ticket, findings })
    } else if let Effect::FindWorst {
        ticket,
        inventory,
        graph,
        start,
        window,
        resolve_schedules,
    } = effect
    {
        let worst = worst(&inventory, &graph, &start, window, resolve_schedules).map(Box::new);
        Ok(Msg::WorstFound { ticket, worst })
    } else if let Effect::AskWhatIf {
        ticket,
        before,
        after,
        terms,
    } = effect
    {
        let found = Box::new(what_if(&before, &after, terms));
        Ok(Msg::WhatIfAnswered { ticket, found })
    } else if let Effect::PlanChangeset {
        ticket,
        inventory,
        name,
        draft,
        answers,
        ..
    } = effect
    {
        let result = drafted(&inventory, name, *draft, answers);
        Ok(Msg::ChangesetPlanned { ticket, result })
    } else if let Effect::WorkOutRemoval { ticket, question } = effect {
        let result = Ok(Box::new(worked_out(&question, None)));
        Ok(Msg::RemovalWorkedOut { ticket, result })
    } else {
        Err(Box::new(effect))
    }
}

/// Returns the frame of a desk, and where its cursor stands.
fn frame_of(model: &Model, theme: &Theme) -> (Buffer, Option<(u16, u16)>) {
    let Size { width, height } = model.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let buffer = terminal
        .draw(|frame| view::draw(model, theme, frame))
        .unwrap()
        .buffer
        .clone();
    // The terminal hides its cursor where a frame asks for none.
    let cursor = terminal.backend().cursor_visible().then(|| {
        let position = terminal.backend().cursor_position();
        (position.x, position.y)
    });
    (buffer, cursor)
}

/// Returns the screen of a desk as text.
pub(crate) fn screen_of(model: &Model) -> String {
    text(&frame_of(model, &role_theme()).0)
}

/// Returns what a removal comes to, as the program works it out. The service is taken to give the turns of somebody who goes
/// to whoever comes in, or else to the next member.
pub(crate) fn worked_out(question: &Question, saved: Option<&Definition>) -> WorkedOut {
    let mut inventory = Inventory::clone(&question.inventory);
    inventory.add_fingerprints(&FingerprintKey::new(&[7; 32]));
    let wish = match (&question.aim, saved) {
        (Aim::TakeOut(removal), _) => Wish::TakeOut(removal.clone()),
        (Aim::PutBack(_), Some(definition)) => Wish::PutBack(Box::new(definition.clone())),
        (Aim::Delete(person) | Aim::PutBack(person), _) => Wish::Delete(person.clone()),
        (Aim::DeleteUnused(arn), _) => Wish::DeleteUnused(arn.clone()),
    };
    let mut previewed = Previewed::new();
    if let Wish::TakeOut(removal) = &wish {
        for wanted in rotation::wanted(&inventory, removal) {
            let members = &wanted.draft.members;
            let mut shifts = inventory.rotations.items[&wanted.rotation]
                .shifts
                .known()
                .cloned()
                .unwrap_or_default();
            for (place, shift) in shifts.iter_mut().enumerate() {
                for person in shift.contacts.iter_mut().filter(|person| removal.is_leaver(person)) {
                    let next = removal.replacement.as_ref().filter(|_| wanted.turns == Turns::Replace);
                    *person = next.unwrap_or(&members[place % members.len()]).clone();
                }
            }
            previewed.insert((wanted.rotation, wanted.turns), shifts);
        }
    }
    removal::worked_out(
        question,
        wish,
        inventory,
        (Arc::new(previewed), None, Vec::new(), Vec::new()),
        2,
    )
}

/// Returns what a draft changes, as the program works it out; a write takes two seconds.
fn drafted(
    inventory: &Inventory,
    name: String,
    mut draft: Draft,
    answers: Vec<Answer>,
) -> Result<Box<Drafted>, Failure> {
    let key = FingerprintKey::new(&[7; 32]);
    let mut inventory = inventory.clone();
    inventory.add_fingerprints(&key);
    draft.writes.iter_mut().for_each(|write| write.add_fingerprint(&key));
    let built = Changeset::build(&inventory, name, draft, &Previews::new());
    let mut changeset = built.map_err(|not_read| Failure::new(FailureKind::Access, not_read.to_string()))?;
    changeset.answers = answers;
    Ok(Box::new(Drafted {
        changeset,
        seconds_per_write: 2,
    }))
}

/// Returns the keys that a script names.
pub(crate) fn keys(script: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|after| after.split_once('>'));
        if let Some((key, after)) = named.and_then(|(name, after)| Some((name.parse().ok()?, after))) {
            keys.push(key);
            rest = after;
        } else {
            keys.push(Key::char(first));
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    keys
}

/// The first of the colours that stand for roles.
const FIRST_COLOUR: u8 = 100;

/// Returns a theme that gives each role a colour of its own: behind the text to those of rows, in the text to others.
pub(crate) fn role_theme() -> Theme {
    Theme::of(|role| {
        let index = Role::ALL.iter().position(|other| *other == role).unwrap();
        let colour = Color::Indexed(FIRST_COLOUR + u8::try_from(index).unwrap());
        if role == Role::Normal {
            Style::new()
        } else if matches!(role, Role::Selected | Role::SelectedAway) {
            Style::new().bg(colour)
        } else {
            Style::new().fg(colour)
        }
    })
}

fn role_of(colour: Color) -> Option<Role> {
    let Color::Indexed(index) = colour else { return None };
    Role::ALL.get(usize::from(index - FIRST_COLOUR)).copied()
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buffer.content().chunks(usize::from(buffer.area.width.max(1)))
}

/// Returns what a person reads; the second cell of a wide character holds nothing.
fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let mut line = String::new();
        let mut x = 0;
        while let Some(cell) = row.get(x) {
            line.push_str(cell.symbol());
            x += width(cell.symbol()).max(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Returns the stretches of a row that have roles: `0-9 title`, `2-7 danger on selected`.
fn role_stretches(row: &[Cell]) -> Vec<String> {
    let mut stretches: Vec<(usize, usize, String)> = Vec::new();
    for (x, cell) in row.iter().enumerate() {
        let name = match (role_of(cell.fg), role_of(cell.bg)) {
            (None, None) => continue,
            (Some(text), None) => text.name().to_owned(),
            (None, Some(ground)) => ground.name().to_owned(),
            (Some(text), Some(ground)) => format!("{} on {}", text.name(), ground.name()),
        };
        match stretches.last_mut() {
            Some((_, end, last)) if *end + 1 == x && *last == name => *end = x,
            _ => stretches.push((x, x, name)),
        }
    }
    stretches
        .into_iter()
        .map(|(start, end, name)| format!("{start}-{end} {name}"))
        .collect()
}

#[test]
fn a_script_names_keys_as_the_configuration_does() {
    let names: Vec<String> = keys("jG<enter>/a<b<ctrl-z><space>")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["j", "G", "enter", "/", "a", "<", "b", "ctrl-z", "space"]);
}

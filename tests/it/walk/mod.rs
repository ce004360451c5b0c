//! Random walks over everything that can happen, on every screen and at every size: nothing panics, and what always holds
//! holds after every step.
//!
//! Phases take turns. In a calm one the outside answers well and at once, and scripts lead to what nobody reaches by chance;
//! in a wild one answers come late, twice, out of order, as failures or not at all, and anything is pressed. The seeds are
//! fixed. A walk that fails says its seed; `CALLSHEET_TEST_WALK_SEED=17` walks that one alone,
//! `CALLSHEET_TEST_WALK_SEEDS=1000` walks as many, and `CALLSHEET_TEST_WALK_STEPS=5000` makes each of them longer.

mod outside;
mod seen;

use crate::{
    harness::{self, Desk},
    keeper::{self, Keeper},
};
use callsheet::{
    app::{
        self,
        changeset::{Order, consent::Consent, has_code_field},
        command::{self, COMMANDS, KeyPlace},
        effect::{Effect, Ticket},
        key::{Key, KeyCode},
        keymap::Layer,
        layout::Size,
        model::{CALLS_KEPT, Mode, Setup},
        msg::{Mouse, MouseAction, Msg},
        overlay::{Action, MenuKind, Overlay, Purpose},
        removal,
        screens::ScreenId,
    },
    config::ColorDepth,
    failure::FailureKind,
    findings::registry,
    ledger::Entry,
    view::theme::{NAMES, Theme},
};
use fastrand::Rng;
use outside::{Outside, TEXTS};
use seen::Seen;
use std::{
    collections::{BTreeMap, VecDeque},
    env,
    sync::Arc,
    thread,
};

/// How many walks there are.
const SEEDS: u64 = 10;

/// How many steps one walk has.
const STEPS: usize = 700;

/// What no walk may come across, each with the reason: anything else some walk does, so that the walks do not become shallower.
const NEVER_SEEN: &[(&str, &str)] = &[
    (
        "Msg::PopulationsRead",
        "the ledger of a walk is empty when it is opened, so that no population lies on the disk",
    ),
    (
        "Effect::ReadPopulations",
        "the ledger of a walk is empty when it is opened, so that no population lies on the disk",
    ),
    ("Effect::SignOff", "few walks decide about every row of a review"),
    ("Purpose::Explain", "few walks decide about every row of a review"),
    ("Purpose::Sign", "few walks decide about every row of a review"),
    ("command co-sign", "no walk signs a review off twice"),
    ("command review-keep", "few rows of the world may be kept"),
    (
        "command review-bulk",
        "no walk keeps a row in one review and comes to another",
    ),
    ("Told::Saved", "no walk comes to agree to take somebody out"),
    ("command prove", "no walk comes to agree to take somebody out"),
    ("Purpose::Replacement", "no walk chooses to name who comes in"),
    (
        "Purpose::AnswerGuard",
        "no walk comes to a guard that stops a small change",
    ),
];

/// How many steps a calm phase has, and the wild one that follows it.
const PHASES: (usize, usize) = (100, 60);

/// No more than this is under way at a time, or questions are asked again and again.
const MOST_WAITING: usize = 40;

/// No more than this lies over a screen.
const MOST_OVERLAYS: usize = 8;

/// No field takes more, in bytes.
const LONGEST_INPUT: usize = 512;

/// Says which walk failed.
struct SeedOnPanic(u64);

impl Drop for SeedOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!(
                "the walk with seed {0} failed: CALLSHEET_TEST_WALK_SEED={0} walks it again",
                self.0
            );
        }
    }
}

/// What is typed to get somewhere; `{…}` stands for what is asked for there.
const SCRIPTS: &[&str] = &[
    ":arm<enter>3333<enter>",
    ":arm<enter>3333<enter>",
    ":disarm<enter>",
    "3/<ctrl-u>ben<enter>a1<enter><enter>0103<enter><enter>",
    "3/<ctrl-u>wang voice<enter>a1<enter><enter>0107<enter><enter>",
    "3/<ctrl-u>ben<enter>C1<enter><enter>0000<enter>0103<enter>",
    "2/<ctrl-u>ben<enter>C2<enter>A-17<enter><enter>0103<enter>",
    "3/<ctrl-u>anna<enter>:correct-address<enter><ctrl-u>+447700900155<enter>because<enter><enter>",
    "3/<ctrl-u>anna<enter>:rename<enter><ctrl-u>another name<enter>because<enter><enter>",
    "3/<ctrl-u>akua<enter>:deactivate<enter>because<enter><enter>y",
    "3/<ctrl-u>zoe<enter>:add-to-plan<enter>5<enter>because<enter><enter>",
    "4/<ctrl-u>payments<enter>:drop-dangling<enter>because<enter><enter>",
    "3:activate-all<enter><enter><esc><esc>:activation-round<enter>",
    "2/<ctrl-u>carla<enter>xxx",
    "2/<ctrl-u>dmitri<enter>xxx",
    "2:put-back<enter>",
    "7b",
    "8G<enter>",
    "9G",
    "2YJ<esc>",
    ":mouse<enter>",
    "4phlHLlh<esc>",
    ":activation-round<enter>",
    "2/<ctrl-u>kofi<enter>x<tab><enter>",
    "2/<ctrl-u>anna<enter>x<tab><tab><enter>because<enter>x",
    "2/<ctrl-u>carla<enter>x<tab><enter>because<enter>x<enter>carla<enter>",
    "2/<ctrl-u>dmitri<enter>:delete-person<enter>x<enter>dmitri<enter>",
    "2/<ctrl-u>carla<enter>:put-back<enter>",
    "4/<ctrl-u>payments<enter>:remove-unused<enter>",
    "2/<ctrl-u>wang<enter>x<tab><tab><tab><enter>kofi<enter>",
    ":remove-gone<enter><enter>",
    ":quarantine<enter><enter>",
    ":prove<enter>",
    ":changesets<enter><enter>f",
    ":changesets<enter><enter>n",
    ":changesets<enter><enter>c",
    ":changesets<enter><enter>r",
    ":changesets<enter><enter>b",
    ":review-open<enter><enter><enter><enter>",
    ":review-open<enter><ctrl-u>short<enter><ctrl-u>alias dmitri<enter><ctrl-u>7d<enter>7nKnKnK:sign-off<enter>",
    ":review-open<enter><ctrl-u>kofi<enter><ctrl-u>alias kofi<enter><ctrl-u>7d<enter>7nKnKnKnKnKnK:sign-off<enter>",
    "2/<ctrl-u>anna<enter>:review-person<enter><enter><enter>",
    "7nKnKnKnKnKnKnK",
    "7nKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnKnK",
    "7nWbecause<enter><enter>nWbecause<enter><enter>nWbecause<enter><enter>nWbecause<enter><enter>",
    "7nFbecause<enter>",
    "7nRbecause<enter>",
    "7nEsomebody<enter>",
    "7Na note<enter>",
    "7Z",
    "7b3<enter>because<enter>",
    ":review-switch<enter>",
    ":sign-off<enter>",
    ":sign-off<enter>because<enter>because<enter>because<enter><enter>Mei<enter>",
    ":co-sign<enter><enter>Ana<enter>",
    ":since<enter>",
    "1wbecause<enter><enter><enter>",
    "1/<ctrl-u>anna<enter>p=2026-11-25 10:00<enter>nNHLwwa",
    "4pjjja",
    "2/<ctrl-u>anna<enter>:what-if-removed<enter>wwnN",
    "3/<ctrl-u>anna<enter>:what-if-silent<enter>wn",
    "2e/tmp/people.csv<enter>y<enter>",
    "3vvv",
    "r",
    "<esc>Rc",
    "6/<ctrl-u>checkout<enter>u<enter>",
    "2 jVjj  U",
    "1/<ctrl-u>colour:red",
    "[[[]]",
];

/// A walk that is under way.
struct Walk {
    desk: Desk,
    rng: Rng,
    outside: Outside,
    themes: Vec<Theme>,
    seen: Seen,
    last_ticket: Ticket,
    /// Which script comes next.
    next_script: usize,
    /// What is typed next.
    script: VecDeque<Key>,
}

fn setup(seed: u64) -> Setup {
    let mut setup = harness::setup();
    setup.is_demo = seed.is_multiple_of(3);
    setup.has_mouse = !seed.is_multiple_of(4);
    if seed.is_multiple_of(2) {
        // Rows on which nothing is found can be kept, so that reviews come to their end.
        Arc::make_mut(&mut setup.judging).policy.limits.checks_off =
            registry::codes().into_iter().map(str::to_owned).collect();
    }
    if seed % 5 < 2 {
        setup.managed_by_code = vec!["ann*".to_owned()];
    }
    setup
}

impl Walk {
    fn new(seed: u64) -> Self {
        let setup = setup(seed);
        let depth = ColorDepth::Sixteen;
        let mut walk = Self {
            outside: Outside::new("eu-west-1"),
            desk: Desk::with(setup, 80, 24),
            rng: Rng::with_seed(seed),
            themes: NAMES
                .iter()
                .map(|name| Theme::load(name, &BTreeMap::new(), depth).unwrap())
                .collect(),
            seen: Seen::default(),
            last_ticket: Ticket(0),
            next_script: usize::try_from(seed).unwrap() * SCRIPTS.len() / usize::try_from(SEEDS).unwrap(),
            script: VecDeque::new(),
        };
        let first = std::mem::take(&mut walk.desk.effects);
        walk.asked(first, Mode::ReadOnly, true);
        walk
    }

    /// Goes on by one step.
    fn step(&mut self, is_calm: bool) {
        let pause = if self.rng.u16(0..400) == 0 {
            chrono::Duration::hours(self.rng.i64(1..30))
        } else {
            chrono::Duration::milliseconds(self.rng.i64(0..1500))
        };
        self.desk.now += pause;
        if is_calm {
            self.settle();
        } else if self.rng.bool() {
            let messages = self.outside.next(self.desk.now, &mut self.rng, false);
            self.deliver(messages, false);
        }
        let msg = self.of_operator(is_calm);
        let mut messages = vec![msg];
        if !is_calm && self.rng.u8(0..4) == 0 {
            // Whatever is there already is taken in together.
            messages.extend(self.outside.next(self.desk.now, &mut self.rng, false));
        }
        self.deliver(messages, is_calm);
    }

    /// Has the outside answer everything.
    fn settle(&mut self) {
        if self.outside.is_quiet() {
            return;
        }
        for _ in 0..400 {
            let messages = self.outside.next(self.desk.now, &mut self.rng, true);
            self.take_in(messages, true);
            if self.outside.is_quiet() {
                self.draw();
                return;
            }
        }
        panic!("the desk asks and asks, and is never content");
    }

    /// Has every list show all its rows again.
    fn widen(&mut self) {
        self.keys("<esc><esc><esc>");
        for (screen, key) in ["1", "2", "3", "4", "5", "6", "7", "8"]
            .iter()
            .enumerate()
            .map(|(place, key)| (ScreenId::ALL[place], key))
        {
            let Some(list) = self.desk.model.lists.get(&screen) else {
                continue;
            };
            let has_findings_only = list.has_findings_only();
            if has_findings_only || !list.filter_text().is_empty() || !list.marks().is_empty() {
                self.keys(&format!("{key}<esc><esc>{}", if has_findings_only { "f" } else { "" }));
            }
        }
    }

    /// Presses keys, each of which is answered well.
    fn keys(&mut self, script: &str) {
        for key in harness::keys(script) {
            let msg = self.pressed(key);
            self.deliver(vec![msg], true);
            self.settle();
        }
    }

    /// Returns whether the last load was stopped by refused credentials, from which one can go on.
    fn is_signed_out(&self) -> bool {
        let failure = self.desk.model.failure.as_ref();
        failure.is_some_and(|failure| failure.kind() == FailureKind::Credentials)
    }

    /// Begins with a review of which every row was decided about.
    fn begin_from_a_review(&mut self) {
        self.settle();
        self.keys(":review-open<enter><ctrl-u>first<enter><ctrl-u>alias kofi<enter><ctrl-u>7d<enter>");
        self.keys("7");
        assert!(self.desk.screen().contains("first"), "{}", self.desk.screen());
        self.keys("nKnKnKnKnKnKnKnKEsomebody<enter><esc>");
        self.keys("<esc><esc>4p=<ctrl-u>2026-11-25 10:00<enter><esc><esc><esc>");
        // A load is stopped before it is answered.
        for key in harness::keys("Rc") {
            self.deliver(vec![Msg::Key(key)], true);
        }
        self.settle();
        self.keys(":sign-off<enter>");
    }

    /// Begins where a code is asked for, or is about to be.
    fn begin_from_an_activation(&mut self, is_agreed: bool) {
        self.settle();
        self.keys(":arm<enter>3333<enter>3/ben<enter>a1<enter><enter>0103<enter>");
        let top = self.desk.model.overlays.last();
        assert!(matches!(top, Some(Overlay::Change(_))), "{}", self.desk.screen());
        if is_agreed {
            self.keys("<enter>");
            let top = self.desk.model.overlays.last();
            assert!(matches!(top, Some(Overlay::Code(_))), "{}", self.desk.screen());
        }
    }

    /// Closes whatever is open, which takes a bounded number of keys.
    fn close_all(&mut self) {
        self.script.clear();
        self.settle();
        let bound = 3 * self.desk.model.overlays.len() + 8;
        let is_open = |desk: &Desk| !desk.model.overlays.is_empty() || desk.model.filter_input.is_some();
        for _ in 0..bound {
            if !is_open(&self.desk) {
                return;
            }
            self.deliver(vec![Msg::Key(Key::plain(KeyCode::Esc))], true);
            self.settle();
        }
        assert!(
            !is_open(&self.desk),
            "esc does not close {:?}",
            self.desk.model.overlays
        );
    }

    fn deliver(&mut self, messages: Vec<Msg>, is_calm: bool) {
        if !messages.is_empty() {
            self.take_in(messages, is_calm);
            self.draw();
        }
    }

    fn take_in(&mut self, messages: Vec<Msg>, is_calm: bool) {
        for msg in &messages {
            self.seen.note(seen::of_msg(msg));
            if let Msg::Changeset { told, .. } = msg {
                self.seen.note(seen::of_told(told));
            }
        }
        // Several at once are seldom keys: what a key runs is known for the first one.
        if let Some(Msg::Key(key)) = messages.first() {
            self.note_command(*key);
        }
        let mode = self.desk.model.mode;
        let effects = app::update(&mut self.desk.model, self.desk.now, messages);
        self.asked(effects, mode, is_calm);
        self.check();
        if self.desk.model.fresh.account().is_some() {
            let desk = &self.desk;
            self.outside.keep(|| Keeper::new(desk));
        }
    }

    /// Takes in what the desk asks for.
    fn asked(&mut self, effects: Vec<Effect>, mode: Mode, is_calm: bool) {
        assert!(effects.len() <= 12, "too much is asked for at once: {}", effects.len());
        for effect in effects {
            self.seen.note(seen::of_effect(&effect));
            self.check_effect(&effect, mode);
            self.outside.take(effect, self.desk.now, &mut self.rng, is_calm);
        }
        assert!(self.outside.len() <= MOST_WAITING, "more and more is asked for");
    }

    /// Checks what the desk asks for, which was in this mode before.
    fn check_effect(&mut self, effect: &Effect, mode: Mode) {
        let model = &self.desk.model;
        if let Some(ticket) = ticket(effect) {
            assert!(
                ticket > self.last_ticket,
                "{effect:?} has the ticket of another question"
            );
            self.last_ticket = ticket;
        }
        if let Effect::StopLoad { ticket } = effect {
            assert!(
                *ticket <= self.last_ticket && *ticket > Ticket(0),
                "{effect:?} stops nothing"
            );
        }
        if let Effect::RunChangeset { scope, progress, .. } = effect {
            assert_eq!(
                mode,
                Mode::Armed,
                "something is to be changed in a session that only reads"
            );
            assert_eq!(model.mode, Mode::Armed);
            assert_eq!(model.armed_for.as_ref(), Some(scope), "armed for another account");
            let planned = &progress.planned;
            assert!(planned.is_as_consented(), "the changeset is not what was consented to");
        }
        if let Effect::OrderChangeset {
            order: Order::CodeGiven | Order::NewCode,
            ..
        } = effect
        {
            assert_eq!(mode, Mode::Armed, "a code is to be sent by a session that only reads");
        }
        if let Effect::Record { entries, .. } = effect {
            let is_write = |entry: &Entry| matches!(entry, Entry::ChangesetPlanned(_) | Entry::StepIntended(_));
            assert!(
                !entries.iter().any(is_write),
                "only the runtime records what it is about to send"
            );
        }
        if let Effect::Copy(text) | Effect::Export { text, .. } = effect {
            assert!(!has_address(text), "an address leaves whole");
        }
    }

    /// Checks what holds whatever has happened.
    fn check(&mut self) {
        let model = &self.desk.model;
        let layout = model.layout();
        for (screen, list) in &model.lists {
            assert!(
                list.is_empty() || list.place() < list.len(),
                "{screen:?}: the selection is outside"
            );
            assert!(list.len() <= list.total());
            assert_eq!(list.selected().is_none(), list.is_empty(), "{screen:?}");
            assert!(
                list.offset() <= list.place(),
                "{screen:?}: the selection is above the list"
            );
        }
        self.seen.note(seen::of_screen(model.screen));
        let list = model.list().expect("every screen has a list");
        let height = usize::from(layout.list.height);
        if model.size.is_enough() && height > 0 && !list.is_empty() {
            let mut window = list.window(height);
            assert!(
                window.any(|(_, is_selected, _)| is_selected),
                "the selected row is out of sight"
            );
        }
        let detail = &model.detail;
        assert!(detail.lines.is_empty() || detail.place < detail.lines.len());
        assert!(detail.offset <= detail.place, "the selected line is above the detail");
        let height = usize::from(layout.detail.height);
        if model.size.is_enough() && height > 0 && !detail.lines.is_empty() {
            assert!(
                detail.place < detail.offset + height,
                "the selected line is out of sight"
            );
        }
        if let Some(page) = &model.page {
            let count = page.timeline.events.len();
            assert!(count == 0 || page.event < count, "the selected step is outside");
            assert_eq!(page.timeline.question, page.question, "the page was not walked anew");
            self.seen.note("a page");
        }
        if model.what_if.is_some() {
            assert!(model.page.is_none(), "a page and a supposition take the same place");
            self.seen.note("a supposition");
        }
        if model.reveal.as_ref().is_some_and(|reveal| reveal.until.is_some()) {
            self.seen.note("a whole address");
        }
        if let Some(input) = &model.filter_input {
            assert!(input.value().len() <= LONGEST_INPUT, "the filter has no end");
            self.seen.note("a filter being typed");
        }
        if let Some(changing) = &model.changing {
            self.seen.note(seen::of_phase(&changing.phase));
        }
        assert_eq!(
            model.mode == Mode::Armed,
            model.armed_for.is_some(),
            "armed, and nobody knows for what"
        );
        let is_strange = |scope| model.fresh.is_of_another(scope);
        assert!(
            !model.armed_for.as_ref().is_some_and(is_strange),
            "armed, and another account is read"
        );
        assert!(model.notices.len() <= 500, "notices are kept without end");
        assert!(model.calls.len() <= CALLS_KEPT, "calls are kept without end");
        self.check_overlays();
    }

    fn check_overlays(&mut self) {
        let model = &self.desk.model;
        let inside = model.layout().overlay_inside;
        assert!(
            model.overlays.len() <= MOST_OVERLAYS,
            "too much lies over the screen: {:?}",
            model.overlays
        );
        for overlay in &model.overlays {
            self.seen.note(seen::of_overlay(overlay));
            match overlay {
                Overlay::Menu(menu) => {
                    self.seen.note(seen::of_menu(&menu.kind));
                    assert!(menu.is_empty() || menu.selected().is_some(), "{:?}", menu.kind);
                    assert!(
                        menu.offset <= menu.place,
                        "{:?}: the selection is above the menu",
                        menu.kind
                    );
                    let height = usize::from(inside.height.saturating_sub(menu.other_rows()));
                    let is_seen = menu.place < menu.offset + height.max(1);
                    assert!(
                        is_seen || !model.size.is_enough(),
                        "{:?}: the selection is out of sight",
                        menu.kind
                    );
                    if let Some(input) = menu.input() {
                        assert!(input.value().len() <= LONGEST_INPUT, "what is typed has no end");
                    }
                }
                Overlay::Prompt(prompt) => {
                    self.seen.note(seen::of_purpose(&prompt.purpose));
                    assert!(prompt.input.value().len() <= LONGEST_INPUT, "the answer has no end");
                }
                Overlay::Pager(_) | Overlay::Code(_) => {}
                Overlay::Change(view) => {
                    let typed = view.input.as_ref().map_or(0, |input| input.value().len());
                    assert!(typed <= LONGEST_INPUT, "the word has no end");
                }
                Overlay::Removal(view) => {
                    let removing = model
                        .removing
                        .as_ref()
                        .expect("what lies over the screen is being taken out");
                    let rows = removal::told::rows(model, removing, usize::from(inside.width));
                    assert!(
                        view.place == 0 || view.place < rows.len(),
                        "the selected line is outside"
                    );
                }
            }
        }
        let is_change = |overlay: &Overlay| matches!(overlay, Overlay::Change(_));
        assert_eq!(
            model.overlays.iter().any(is_change),
            model.changing.is_some(),
            "a changeset is on the screen or nowhere"
        );
        let is_code = |overlay: &Overlay| matches!(overlay, Overlay::Code(_));
        if let Some(place) = model.overlays.iter().position(is_code) {
            assert_eq!(
                place + 1,
                model.overlays.len(),
                "nothing lies over the field for a code"
            );
        }
    }

    /// Draws the desk, and checks what is drawn.
    fn draw(&mut self) {
        let Size { width, height } = self.desk.model.size;
        let (buffer, cursor) = self.desk.frame(&self.themes[self.desk.model.theme]);
        assert_eq!(
            (buffer.area.width, buffer.area.height),
            (width, height),
            "another size is drawn"
        );
        if !self.desk.model.size.is_enough() {
            self.seen.note("no place to draw on");
        }
        if let Some((x, y)) = cursor {
            assert!(x < width && y < height, "the cursor is outside");
        }
        let is_revealed = self
            .desk
            .model
            .reveal
            .as_ref()
            .is_some_and(|reveal| reveal.until.is_some());
        if !is_revealed && self.rng.u8(0..8) == 0 {
            let text: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
            assert!(
                !has_address(&text),
                "a whole address is on the screen:\n{}",
                self.desk.screen()
            );
        }
    }

    /// Notes the command that a key is about to run.
    fn note_command(&mut self, key: Key) {
        let model = &self.desk.model;
        let layer = if !model.overlays.is_empty() {
            Layer::Desk
        } else if model.is_on_page() {
            Layer::Page
        } else if model.screen == ScreenId::Review {
            Layer::Review
        } else {
            Layer::Desk
        };
        let command = model.setup.keymap.command_in(layer, key).and_then(command::command);
        let run = match model.overlays.last() {
            _ if model.filter_input.is_some() => None,
            None => command,
            Some(Overlay::Menu(menu)) if menu.input().is_some() => {
                let chosen = menu.selected().filter(|_| key.code == KeyCode::Enter);
                chosen.and_then(|item| {
                    let Action::Run(id) = &item.action else { return None };
                    command::command(*id)
                })
            }
            Some(Overlay::Menu(_) | Overlay::Pager(_)) => command.filter(|found| found.place == KeyPlace::Everywhere),
            Some(Overlay::Prompt(_) | Overlay::Removal(_) | Overlay::Change(_) | Overlay::Code(_)) => None,
        };
        if let Some(run) = run.filter(|run| (run.hindrance)(model).is_none()) {
            self.seen.note(seen::of_command(run.name));
        }
    }

    /// Returns what the operator does next, or the terminal.
    fn of_operator(&mut self, is_calm: bool) -> Msg {
        if is_calm || self.rng.u8(0..10) < 3 {
            if self.script.is_empty() {
                let script = self.goal();
                self.script.extend(harness::keys(&script));
            }
            if let Some(key) = self.script.pop_front() {
                return self.pressed(key);
            }
        }
        match self.rng.u8(0..40) {
            0..24 => {
                let key = self.any_key();
                self.pressed(key)
            }
            24..27 => Msg::Resized(self.size()),
            27..32 => Msg::Mouse(Mouse {
                action: [MouseAction::Press, MouseAction::WheelUp, MouseAction::WheelDown][self.rng.usize(0..3)],
                column: self.rng.u16(0..300),
                row: self.rng.u16(0..100),
            }),
            32..34 => Msg::Paste(TEXTS[self.rng.usize(0..TEXTS.len())].repeat(self.rng.usize(1..80))),
            34 => Msg::Released,
            35 => Msg::CodeTyped(self.rng.usize(0..11)),
            36 if self.rng.u8(0..8) == 0 => Msg::Terminate,
            _ => Msg::Tick,
        }
    }

    /// Returns a key as the runtime hands it over: digits are kept back while they are those of a code.
    fn pressed(&self, key: Key) -> Msg {
        let is_digit = matches!(key.code, KeyCode::Char(c) if c.is_numeric());
        if is_digit && has_code_field(&self.desk.model) {
            Msg::CodeTyped(6)
        } else {
            Msg::Key(key)
        }
    }

    /// Returns what gets on with what lies on top, or else one of the scripts.
    fn goal(&mut self) -> String {
        let model = &self.desk.model;
        let consent = app::changeset::consent::needed(model);
        if self.rng.u8(0..12) == 0 {
            return "<esc>".repeat(self.rng.usize(1..4));
        }
        match model.overlays.last() {
            None if model.is_on_page() && self.rng.bool() => "<esc>".to_owned(),
            None if self.is_signed_out() && self.rng.bool() => "<esc><esc><esc>r".to_owned(),
            None if model.mode == Mode::ReadOnly && self.rng.u8(0..3) == 0 => {
                "<esc><esc><esc>:arm<enter>3333<enter>".to_owned()
            }
            None => {
                let command = COMMANDS[self.rng.usize(0..COMMANDS.len())].name;
                if self.rng.u8(0..5) == 0 {
                    format!(":{command}<enter>")
                } else {
                    self.next_script += 1;
                    format!("<esc><esc><esc><esc><esc>{}", SCRIPTS[self.next_script % SCRIPTS.len()])
                }
            }
            Some(Overlay::Pager(_)) => ["j", "G", "<enter>", "<esc>", "y"][self.rng.usize(0..5)].to_owned(),
            Some(Overlay::Menu(menu)) if menu.kind == MenuKind::Round => {
                ["<enter>", "j<enter>", "s", "n", "<esc>"][self.rng.usize(0..5)].to_owned()
            }
            Some(Overlay::Menu(_)) => ["<enter>", "j<enter>", "jj<enter>", "<esc>"][self.rng.usize(0..4)].to_owned(),
            Some(Overlay::Prompt(prompt)) => match &prompt.purpose {
                Purpose::Arm => "3333<enter>".to_owned(),
                Purpose::Confirm(_) => {
                    ["<ctrl-u>1<enter>", "<enter>", "0103<enter>", "0107<enter>"][self.rng.usize(0..4)].to_owned()
                }
                Purpose::PageTime => "2026-11-25 10:00<enter>".to_owned(),
                Purpose::Overwrite(_) => "y<enter>".to_owned(),
                Purpose::Replacement => "kofi<enter>".to_owned(),
                Purpose::Export
                | Purpose::CloseChangeset
                | Purpose::Change(_)
                | Purpose::RemovalGuard(_)
                | Purpose::AnswerGuard(_)
                | Purpose::Waive(_)
                | Purpose::OpenReview(_)
                | Purpose::Decide(_)
                | Purpose::Explain(_)
                | Purpose::Sign => ["because<enter>", "<enter>"][self.rng.usize(0..2)].to_owned(),
            },
            Some(Overlay::Removal(_)) => {
                let ways = [
                    "x",
                    "x",
                    "<tab><enter>",
                    "<tab><enter>",
                    "<tab><tab><enter>",
                    "<tab>",
                    "G<enter>",
                    "jjj",
                    "R",
                    "<esc>",
                ];
                ways[self.rng.usize(0..ways.len())].to_owned()
            }
            Some(Overlay::Change(_)) => match consent {
                Some(Consent::Yes) => "<enter>y".to_owned(),
                Some(Consent::Type { text, .. }) => format!("<ctrl-u>{text}<enter>"),
                Some(Consent::Enter) if self.rng.u8(0..4) > 0 => "<enter>".to_owned(),
                Some(Consent::Enter) | None => {
                    ["<enter>", "f", "b", "r", "n", "c", "@", "<esc>"][self.rng.usize(0..8)].to_owned()
                }
            },
            Some(Overlay::Code(_)) => ["1<enter>", "1<enter>", "n", "<down>", "<esc>"][self.rng.usize(0..5)].to_owned(),
        }
    }

    /// Returns a key: one that does something by default, mostly.
    fn any_key(&mut self) -> Key {
        let keys: Vec<&str> = COMMANDS.iter().flat_map(|command| command.keys).copied().collect();
        match self.rng.u8(0..10) {
            0..6 => keys[self.rng.usize(0..keys.len())].parse().unwrap(),
            6..8 => Key::char(self.rng.char('a'..='z')),
            8 => Key::char(['李', 'é', ':', '!', '"', '\u{301}', '\u{202e}', ' '][self.rng.usize(0..8)]),
            _ => {
                let codes = [
                    KeyCode::Backspace,
                    KeyCode::Delete,
                    KeyCode::Left,
                    KeyCode::Enter,
                    KeyCode::Esc,
                    KeyCode::Function(1),
                ];
                Key::plain(codes[self.rng.usize(0..codes.len())])
            }
        }
    }

    /// Returns a size from none at all to the largest screens, and often one that people use.
    fn size(&mut self) -> Size {
        let (width, height) = match self.rng.u8(0..8) {
            0 => [(0, 0), (1, 1), (10, 3), (300, 100), (59, 19), (300, 3), (10, 100)][self.rng.usize(0..7)],
            1 | 2 => (self.rng.u16(10..=300), self.rng.u16(3..=100)),
            3 => (60, 20),
            4 => (118, 30),
            5 => (140, 40),
            _ => (80, 24),
        };
        Size { width, height }
    }
}

/// Returns the ticket that an effect carries, when it asks for an answer.
fn ticket(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::ReadSnapshot { ticket }
        | Effect::Load { ticket }
        | Effect::GoOn { ticket, .. }
        | Effect::ReadAgain { ticket, .. }
        | Effect::Judge { ticket, .. }
        | Effect::FindWorst { ticket, .. }
        | Effect::OpenLedger { ticket, .. }
        | Effect::Record { ticket, .. }
        | Effect::ReadPopulations { ticket, .. }
        | Effect::TakePopulation { ticket, .. }
        | Effect::SignOff { ticket, .. }
        | Effect::AskWhatIf { ticket, .. }
        | Effect::PlanChangeset { ticket, .. }
        | Effect::WorkOutRemoval { ticket, .. }
        | Effect::RunChangeset { ticket, .. }
        | Effect::ReadPhone { ticket } => Some(*ticket),
        Effect::StopLoad { .. }
        | Effect::OrderChangeset { .. }
        | Effect::LookAtLedger
        | Effect::SaveSnapshot(_)
        | Effect::AddWaiver(_)
        | Effect::Copy(_)
        | Effect::Export { .. }
        | Effect::CaptureMouse(_)
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Quit => None,
    }
}

/// Returns whether a text has a whole address of the world in it.
fn has_address(text: &str) -> bool {
    (101..=109).any(|number| text.contains(&format!("447700900{number}")))
        || ["akua@example.com", "eve@example.com", "robot@example.com"]
            .iter()
            .any(|address| text.contains(address))
}

fn walk(seed: u64, steps: usize) -> Seen {
    let _seed = SeedOnPanic(seed);
    let mut walk = Walk::new(seed);
    let (calm, wild) = PHASES;
    let first = if seed.is_multiple_of(2) { 0 } else { calm };
    if seed.is_multiple_of(4) {
        walk.begin_from_a_review();
    }
    if first > 0 {
        walk.begin_from_an_activation(seed % 4 == 1);
        walk.script.extend(harness::keys("<enter>"));
    }
    for step in first..first + steps {
        let place = step % (calm + wild);
        if place == 0 {
            walk.close_all();
            // Rows are to be read again, whatever a wild phase has left.
            walk.deliver(vec![Msg::Resized(Size { width: 80, height: 24 })], true);
            if walk.rng.bool() {
                walk.outside.start_over();
            }
            walk.widen();
            let is_signed_out = walk.is_signed_out();
            walk.keys(if is_signed_out { "r" } else { "R" });
        }
        walk.step(place < calm);
    }
    walk.close_all();
    // At last the desk is left.
    walk.take_in(vec![Msg::Key("ctrl-c".parse().unwrap())], true);
    walk.seen
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")),
    )
}

#[test]
fn whatever_happens_what_always_holds_holds() {
    let steps = number("CALLSHEET_TEST_WALK_STEPS").map_or(STEPS, |steps| usize::try_from(steps).unwrap());
    if let Some(seed) = number("CALLSHEET_TEST_WALK_SEED") {
        walk(seed, steps);
        return;
    }
    let seeds = number("CALLSHEET_TEST_WALK_SEEDS").unwrap_or(SEEDS);
    let part = |first: u64| {
        let mut seen = Seen::default();
        (first..seeds)
            .step_by(2)
            .for_each(|seed| seen.extend(walk(seed, steps)));
        seen
    };
    let seen = thread::scope(|scope| {
        let other = scope.spawn(|| part(1));
        let mut seen = part(0);
        seen.extend(other.join().expect("the other walks hold as well"));
        seen
    });
    let missing = seen.missing();
    eprintln!("no walk came across {missing:?}");
    if env::var_os("CALLSHEET_TEST_WALK_SEEDS").is_none() && steps >= STEPS {
        let is_known = |name: &String| NEVER_SEEN.iter().any(|(never, _)| never == name);
        let (_, unknown): (Vec<String>, Vec<String>) = missing.into_iter().partition(is_known);
        assert!(unknown.is_empty(), "no walk came across {}: {unknown:?}", unknown.len());
    }
}

#[test]
fn a_walk_is_the_same_each_time() {
    let place = |_| {
        let mut walk = Walk::new(1);
        (0..60).for_each(|step| walk.step(step < 30));
        (walk.desk.screen(), walk.last_ticket)
    };
    assert_eq!(place(1), place(2));
}

#[track_caller]
fn check_field(opened_by: &str) {
    let (mut desk, _) = keeper::desk(80, 24);
    desk.keys(opened_by);
    desk.send(Msg::Paste("李".repeat(400)));
    desk.keys(&"é".repeat(300));
    let length = match (&desk.model.filter_input, desk.model.overlays.last()) {
        (Some(input), _) => input.value().len(),
        (None, Some(Overlay::Menu(menu))) => menu.input().map_or(0, |input| input.value().len()),
        (None, Some(Overlay::Prompt(prompt))) => prompt.input.value().len(),
        (None, _) => 0,
    };
    assert!((500..=LONGEST_INPUT).contains(&length), "{opened_by}: {length}");
}

#[test]
fn a_field_takes_no_more_than_it_may_hold_whatever_is_pasted() {
    // The palette, the filter, and prompts of several kinds.
    for opened_by in [":", "/", ":arm<enter>", "3e", "1w", ":review-open<enter>"] {
        check_field(opened_by);
    }
}

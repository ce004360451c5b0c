//! The shell around the core: waits for keys, answers and deadlines, hands them to `update`, starts what it asks for,
//! and draws.
//!
//! It decides nothing. An idle desk waits on the terminal and on its next deadline only, and uses no processor time.

pub mod changeset;
mod effects;
pub mod ledger;
pub(crate) mod panics;
pub mod removal;
pub(crate) mod signals;
pub(crate) mod terminal;
pub mod unattended;

pub use effects::{Outbox, Session, SessionFuture};
pub use signals::EndSignal;

use crate::{
    app::{
        self,
        changeset::Order,
        effect::Effect,
        model::{Model, Setup},
        msg::Msg,
    },
    config::Signing,
    domain::Timestamp,
    failure::{Failure, FailureKind},
    store::Store,
    view::{self, theme::Theme},
};
use crossterm::event::Event;
use effects::Effects;
use futures_util::FutureExt as _;
use ratatui::Frame;
use signals::{EndSignals, TerminalSignal, TerminalSignals};
use std::{future, io, mem, panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};
use terminal::{Screen, TypedCode};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, sleep_until},
};

/// What the desk needs of the outside.
pub struct Outside {
    /// Finds out how to reach the account; not asked before the first frame is on the screen.
    pub session: SessionFuture,
    /// The disk.
    pub store: Store,
    /// How sign-offs are signed.
    pub signing: Signing,
    /// The themes, in the order of the names in the setup.
    pub themes: Vec<Theme>,
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Outside")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

/// Messages that may wait: producers stand still when the core is behind.
const WAITING_MESSAGES: usize = 64;

/// Messages that are taken in before the next frame, so that a flood of them cannot keep the screen still.
const MESSAGES_A_FRAME: usize = 256;

/// The shortest time between two frames that only answers ask for: 60 a second. A key is answered at once.
const FRAME_TIME: Duration = Duration::from_millis(16);

/// The core as the loop calls it. There is one; the tests give it faults.
#[derive(Debug, Clone, Copy)]
pub struct Core {
    /// Takes in what has happened, and returns what is to be done.
    pub update: fn(&mut Model, Timestamp, Vec<Msg>) -> Vec<Effect>,
    /// Draws the model.
    pub draw: fn(&Model, &Theme, &mut Frame<'_>),
}

/// The core.
pub const CORE: Core = Core {
    update: |model, now, messages| app::update(model, now, messages),
    draw: view::draw,
};

/// How a desk that did not fail has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The operator has left it.
    Left,
    /// The program was told to end, or its terminal has gone away.
    Told(EndSignal),
}

/// Why the loop stops without being asked to.
enum Halt {
    /// The terminal has gone away.
    Gone,
    /// Something failed.
    Failed(Failure),
}

/// Opens the desk, and returns when it is left.
pub async fn run(setup: Setup, outside: Outside) -> Result<Ending, Failure> {
    Box::pin(run_core(CORE, setup, outside)).await
}

/// Opens the desk with this core.
///
/// However it ends, by a key, a signal, a failure or a panic, the terminal is given back first, and then what must not be
/// cut short is waited for.
pub async fn run_core(core: Core, setup: Setup, outside: Outside) -> Result<Ending, Failure> {
    let Outside {
        session,
        store,
        signing,
        themes,
    } = outside;
    // Before the terminal is taken: a signal that comes any later finds somebody who gives it back.
    let listened = EndSignals::listen().and_then(|ends| Ok((ends, TerminalSignals::listen()?)));
    let signals = listened.map_err(|error| screen_failure(&error))?;
    let panicked = Arc::new(Notify::new());
    let screen = Screen::open(setup.has_mouse, &panicked)?;
    let (model, first) = app::start(setup, screen.size(), now());
    let (sender, results) = mpsc::channel(WAITING_MESSAGES);
    let mut desk = Desk {
        core,
        model,
        screen,
        themes,
        effects: Effects::new(sender, session, (store, signing)),
        typed: TypedCode::new(),
        was_away: false,
    };
    let holding = AssertUnwindSafe(desk.hold(first, results, signals, &panicked));
    // The hook has told of a panic, and nothing of the desk but its effects is used any more.
    let held = holding.catch_unwind().await.unwrap_or(Err(None));
    let Desk { screen, effects, .. } = desk;
    drop(screen);
    let is_changing = effects.is_changing();
    wait_for(effects.finish()).await;
    match held {
        Ok(ending) => Ok(ending),
        Err(Some(Halt::Gone)) => Ok(Ending::Told(EndSignal::HangUp)),
        Err(Some(Halt::Failed(failure))) => Err(failure),
        Err(None) => Err(part_failed(is_changing)),
    }
}

/// How long somebody waits at an empty screen before they are told what for.
const SILENCE: Duration = Duration::from_secs(1);

/// Waits for what must not be cut short, and says so where that takes a while.
async fn wait_for(finishing: impl Future<Output = ()>) {
    let mut finishing = pin!(finishing);
    tokio::select! {
        () = &mut finishing => return,
        () = sleep_until(Instant::now() + SILENCE) => {}
    }
    terminal::tell("Waiting for what is on its way to the account or to the disk.");
    finishing.await;
}

/// The desk while it is held.
struct Desk {
    core: Core,
    model: Model,
    screen: Screen,
    themes: Vec<Theme>,
    effects: Effects,
    typed: TypedCode,
    /// Whether the process stood still, and nobody has asked for the size of the terminal since.
    was_away: bool,
}

impl Desk {
    /// Holds the desk until it is left. Nothing is told of a part that panicked: its own words are out already.
    ///
    /// The results are dropped at the end, so that whoever still has one does not wait for room.
    async fn hold(
        &mut self,
        first: Vec<Effect>,
        mut results: mpsc::Receiver<Msg>,
        (mut ends, mut changes): (EndSignals, TerminalSignals),
        panicked: &Notify,
    ) -> Result<Ending, Option<Halt>> {
        self.draw()?;
        let mut keys = terminal::events();
        let mut drawn_at = Instant::now();
        let mut is_drawn = true;
        let mut is_key_pressed = false;
        let mut ended_by = None;
        let mut next = self.perform_all(first)?;
        loop {
            match next {
                Next::GoOn => {}
                Next::Draw => is_drawn = false,
                Next::Leave => return Ok(ended_by.map_or(Ending::Left, Ending::Told)),
            }
            if !is_drawn && (is_key_pressed || drawn_at.elapsed() >= FRAME_TIME) {
                self.draw()?;
                (drawn_at, is_drawn) = (Instant::now(), true);
            }
            let frame = (!is_drawn).then(|| drawn_at + FRAME_TIME);
            let mut messages = Vec::new();
            let mut pressed = None;
            is_key_pressed = false;
            tokio::select! {
                biased;
                // First, or a flood of keys could keep the program from ending.
                signal = ends.next() => {
                    ended_by = Some(signal);
                    messages.push(Msg::Terminate);
                }
                event = keys.recv() => {
                    is_key_pressed = true;
                    pressed = Some(event);
                }
                change = changes.next() => {
                    if change == TerminalSignal::WentOn {
                        self.screen.go_on().map_err(|error| halt(&error))?;
                    }
                    messages.push(Msg::Resized(self.screen.size()));
                }
                Some(msg) = results.recv() => messages.push(msg),
                () = panicked.notified() => return Err(None),
                () = at(frame) => {}
                () = at(deadline(&self.model)) => messages.push(Msg::Tick),
            }
            next = Next::GoOn;
            // Whatever is there already goes into the same frame: a key that is held down does not queue up frames. Each
            // event is taken in by itself, because what the one before did decides whether a digit is that of a code.
            let mut count = 0;
            while let Some(event) = pressed.take() {
                count += 1;
                if !matches!(event, Some(Ok(_))) {
                    ended_by.get_or_insert(EndSignal::HangUp);
                }
                if let Some(msg) = self.message(event) {
                    is_drawn = false;
                    next = next.and(self.take_in(vec![msg])?);
                }
                if count < MESSAGES_A_FRAME {
                    pressed = keys.try_recv().ok().map(Some);
                }
            }
            while messages.len() < MESSAGES_A_FRAME
                && let Ok(msg) = results.try_recv()
            {
                messages.push(msg);
            }
            if !messages.is_empty() {
                is_drawn = false;
                next = next.and(self.take_in(messages)?);
            }
        }
    }

    /// Takes in what has happened, and does what follows from it.
    fn take_in(&mut self, messages: Vec<Msg>) -> Result<Next, Halt> {
        let wanted = (self.core.update)(&mut self.model, now(), messages);
        let mut next = self.perform_all(wanted)?;
        if mem::take(&mut self.was_away) {
            // Nobody tells a process that stands still of another size.
            let size = Msg::Resized(self.screen.size());
            let wanted = (self.core.update)(&mut self.model, now(), vec![size]);
            next = next.and(self.perform_all(wanted)?);
        }
        Ok(next)
    }

    /// Returns what the terminal has to tell.
    fn message(&mut self, event: Option<io::Result<Event>>) -> Option<Msg> {
        let is_code = app::changeset::has_code_field(&self.model);
        if !is_code {
            // What was typed and never sent is not kept.
            drop(self.typed.take());
        }
        match event {
            // The size that it names may not be the newest any more.
            Some(Ok(Event::Resize(..))) => Some(Msg::Resized(self.screen.size())),
            Some(Ok(event)) if is_code => terminal::code_message(event, &mut self.typed),
            Some(Ok(event)) => terminal::message(event),
            // The terminal is gone: there is nobody to ask.
            Some(Err(_)) | None => Some(Msg::Terminate),
        }
    }

    /// Does what the core asks for, until it asks to leave.
    fn perform_all(&mut self, wanted: Vec<Effect>) -> Result<Next, Halt> {
        let mut next = Next::GoOn;
        for effect in wanted {
            if let Effect::OrderChangeset { order, .. } = effect {
                match order {
                    Order::CodeGiven => self.effects.put_code(self.typed.take()),
                    // Only the newest code counts.
                    Order::NewCode => drop(self.typed.take()),
                    Order::Stop => {}
                }
            }
            next = next.and(self.perform(effect)?);
            if matches!(next, Next::Leave) {
                break;
            }
        }
        Ok(next)
    }

    fn perform(&mut self, effect: Effect) -> Result<Next, Halt> {
        let done = match effect {
            Effect::Quit => return Ok(Next::Leave),
            Effect::Copy(text) => Screen::copy(&text),
            Effect::CaptureMouse(is_ours) => self.screen.capture_mouse(is_ours),
            Effect::Redraw => self.screen.clear(),
            Effect::Suspend => {
                self.was_away = true;
                self.screen.suspend()
            }
            Effect::ReadSnapshot { .. }
            | Effect::SaveSnapshot(_)
            | Effect::Load { .. }
            | Effect::GoOn { .. }
            | Effect::LookAtLedger
            | Effect::ReadAgain { .. }
            | Effect::StopLoad { .. }
            | Effect::Judge { .. }
            | Effect::OpenLedger { .. }
            | Effect::Record { .. }
            | Effect::ReadPopulations { .. }
            | Effect::TakePopulation { .. }
            | Effect::SignOff { .. }
            | Effect::AddWaiver(_)
            | Effect::PlanChangeset { .. }
            | Effect::WorkOutRemoval { .. }
            | Effect::RunChangeset { .. }
            | Effect::OrderChangeset { .. }
            | Effect::FindWorst { .. }
            | Effect::AskWhatIf { .. }
            | Effect::ReadPhone { .. }
            | Effect::Export { .. } => {
                self.effects.start(effect);
                return Ok(Next::GoOn);
            }
        };
        done.map_err(|error| halt(&error))?;
        Ok(Next::Draw)
    }

    fn draw(&mut self) -> Result<(), Halt> {
        let Some(theme) = self.themes.get(self.model.theme).or_else(|| self.themes.first()) else {
            let failure = Failure::new(FailureKind::Bug, "There is no theme to draw with.");
            return Err(Halt::Failed(failure));
        };
        let (model, draw) = (&self.model, self.core.draw);
        let drawn = self.screen.terminal.draw(|frame| draw(model, theme, frame));
        drawn.map_err(|error| halt(&error)).map(drop)
    }
}

/// What an effect means to the loop.
enum Next {
    /// Nothing.
    GoOn,
    /// The screen is to be drawn anew.
    Draw,
    /// The desk is left.
    Leave,
}

impl Next {
    /// Returns what both mean together.
    fn and(self, later: Self) -> Self {
        match (self, later) {
            (Self::Leave, _) | (_, Self::Leave) => Self::Leave,
            (Self::Draw, _) | (_, Self::Draw) => Self::Draw,
            (Self::GoOn, Self::GoOn) => Self::GoOn,
        }
    }
}

fn part_failed(is_changing: bool) -> Failure {
    let failure = Failure::new(FailureKind::Bug, "A part of callsheet failed, and the desk was closed.");
    if is_changing {
        let reason = "a changeset was being carried out, and was stopped between two of its steps";
        failure
            .because(reason)
            .hint("see how far it came with callsheet changeset list; please report this with the lines above")
    } else {
        failure.hint("please report this with the lines above")
    }
}

/// Returns what a failure of the terminal means.
fn halt(error: &io::Error) -> Halt {
    if terminal::is_gone() {
        Halt::Gone
    } else {
        Halt::Failed(screen_failure(error))
    }
}

fn screen_failure(error: &io::Error) -> Failure {
    Failure::new(FailureKind::Disk, "The screen cannot be drawn.").because_of(error)
}

/// Returns when the model wants a tick, on the clock that does not jump.
fn deadline(model: &Model) -> Option<Instant> {
    let wait = (model.deadline()? - now()).to_std().unwrap_or_default();
    Some(Instant::now() + wait)
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "the core is told the time from here")]
fn now() -> Timestamp {
    chrono::Utc::now()
}

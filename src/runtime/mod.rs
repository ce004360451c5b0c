//! The shell around the core: waits for keys, answers and deadlines, hands them to `update`, starts what it asks for,
//! and draws.
//!
//! It decides nothing. An idle desk waits on the terminal and on its next deadline only, and uses no processor time.

pub mod changeset;
mod effects;
pub mod ledger;
pub mod removal;
pub(crate) mod terminal;
pub mod unattended;

pub use effects::{Outbox, Session, SessionFuture};

use crate::{
    app::{
        self,
        changeset::Order,
        effect::Effect,
        model::{Model, Setup},
        msg::Msg,
    },
    config::Signing,
    domain::{Timestamp, text::neutral},
    failure::{Failure, FailureKind},
    store::Store,
    view::{self, theme::Theme},
};
use crossterm::event::Event;
use effects::Effects;
use std::{future, io, sync::Arc, time::Duration};
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

/// Opens the desk, and returns when it is left.
pub async fn run(setup: Setup, outside: Outside) -> Result<(), Failure> {
    let Outside {
        session,
        store,
        signing,
        themes,
    } = outside;
    // Before the terminal is taken: a signal that comes any later finds somebody who gives it back.
    let mut signals = Signals::listen()?;
    let panicked = Arc::new(Notify::new());
    let mut screen = Screen::open(setup.has_mouse, &panicked)?;
    let (mut model, first) = app::start(setup, screen.size(), now());
    draw(&mut screen, &model, &themes)?;

    let (sender, mut results) = mpsc::channel(WAITING_MESSAGES);
    let mut effects = Effects::new(sender, session, (store, signing));
    let mut keys = terminal::events();
    let mut drawn_at = Instant::now();
    let mut is_drawn = true;
    let mut is_key_pressed = false;
    let mut typed = TypedCode::new();
    let mut next = perform_all(first, &mut screen, &mut effects, &mut typed)?;
    loop {
        match next {
            Next::GoOn => {}
            Next::Draw => is_drawn = false,
            Next::Leave => {
                // Nobody takes messages any more: whoever still has one must not wait for room.
                drop(results);
                return effects.finish().await;
            }
        }
        if !is_drawn && (is_key_pressed || drawn_at.elapsed() >= FRAME_TIME) {
            draw(&mut screen, &model, &themes)?;
            (drawn_at, is_drawn) = (Instant::now(), true);
        }
        let frame = (!is_drawn).then(|| drawn_at + FRAME_TIME);
        let mut messages = Vec::new();
        let mut pressed = None;
        is_key_pressed = false;
        tokio::select! {
            biased;
            event = keys.recv() => {
                is_key_pressed = true;
                pressed = Some(event);
            }
            () = signals.terminate() => messages.push(Msg::Terminate),
            Some(msg) = results.recv() => messages.push(msg),
            () = panicked.notified() => return Err(part_failed(&model)),
            () = at(frame) => {}
            () = at(deadline(&model)) => messages.push(Msg::Tick),
        }
        next = Next::GoOn;
        // Whatever is there already goes into the same frame: a key that is held down does not queue up frames. Each event
        // is taken in by itself, because what the one before did decides whether a digit is that of a code.
        let mut count = 0;
        while let Some(event) = pressed.take() {
            count += 1;
            if let Some(msg) = message(event, &model, &mut typed) {
                is_drawn = false;
                let wanted = app::update(&mut model, now(), [msg]);
                next = next.and(perform_all(wanted, &mut screen, &mut effects, &mut typed)?);
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
            let wanted = app::update(&mut model, now(), messages);
            next = next.and(perform_all(wanted, &mut screen, &mut effects, &mut typed)?);
        }
    }
}

/// Returns what the terminal has to tell.
fn message(event: Option<io::Result<Event>>, model: &Model, typed: &mut TypedCode) -> Option<Msg> {
    let is_code = app::changeset::has_code_field(model);
    if !is_code {
        // What was typed and never sent is not kept.
        drop(typed.take());
    }
    match event {
        Some(Ok(event)) if is_code => terminal::code_message(event, typed),
        Some(Ok(event)) => terminal::message(event),
        // The terminal is gone: there is nobody to ask.
        Some(Err(_)) | None => Some(Msg::Terminate),
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

/// Does what the core asks for, until it asks to leave.
fn perform_all(
    wanted: Vec<Effect>,
    screen: &mut Screen,
    effects: &mut Effects,
    typed: &mut TypedCode,
) -> Result<Next, Failure> {
    let mut next = Next::GoOn;
    for effect in wanted {
        if let Effect::OrderChangeset { order, .. } = effect {
            match order {
                Order::CodeGiven => effects.put_code(typed.take()),
                // Only the newest code counts.
                Order::NewCode => drop(typed.take()),
                Order::Stop => {}
            }
        }
        next = next.and(perform(effect, screen, effects)?);
        if matches!(next, Next::Leave) {
            break;
        }
    }
    Ok(next)
}

fn perform(effect: Effect, screen: &mut Screen, effects: &mut Effects) -> Result<Next, Failure> {
    let done = match effect {
        Effect::Quit => return Ok(Next::Leave),
        Effect::Copy(text) => Screen::copy(&text),
        Effect::CaptureMouse(is_ours) => screen.capture_mouse(is_ours),
        Effect::Redraw => screen.clear(),
        Effect::Suspend => screen.suspend(),
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
            effects.start(effect);
            return Ok(Next::GoOn);
        }
    };
    done.map_err(|error| screen_failure(&error))?;
    Ok(Next::Draw)
}

fn draw(screen: &mut Screen, model: &Model, themes: &[Theme]) -> Result<(), Failure> {
    let Some(theme) = themes.get(model.theme).or_else(|| themes.first()) else {
        return Err(Failure::new(FailureKind::Bug, "There is no theme to draw with."));
    };
    let drawn = screen.terminal.draw(|frame| view::draw(model, theme, frame));
    drawn.map_err(|error| screen_failure(&error)).map(drop)
}

/// Says what a part that failed has cut short: a changeset is dropped where it stands, and what it recorded before each write
/// is on the disk.
pub fn part_failed(model: &Model) -> Failure {
    let failure = Failure::new(FailureKind::Bug, "A part of callsheet failed, and the desk was closed.");
    match model.changing.as_ref().filter(|changing| changing.is_running()) {
        Some(changing) => failure
            .because(format!(
                "a changeset was being carried out, and the account may be changed in part: {}",
                neutral(&changing.title)
            ))
            .hint(
                "start callsheet again, and :changesets shows how far it came; please report this with the lines above",
            ),
        None => failure
            .because("no changeset was being carried out")
            .hint("please report this with the lines above"),
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

/// The signals by which somebody asks the program to end.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| screen_failure(&error));
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    fn listen() -> Result<Self, Failure> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn terminate(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn terminate(&mut self) {
        future::pending().await
    }
}

//! The terminal: taken over by a guard, given back whatever happens, and its events as the core's own.

use super::{effects::blocking, panics, signals::EndSignals};
use crate::{
    app::{
        changeset::CODE_DIGITS,
        key::{Key, KeyCode},
        layout::Size,
        msg::{Mouse, MouseAction, Msg},
    },
    failure::{Failure, FailureKind},
};
use crossterm::{
    clipboard::CopyToClipboard,
    cursor, event, execute,
    terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
};
use ratatui::{Terminal, backend::CrosstermBackend};
use secrecy::{
    SecretString,
    zeroize::{Zeroize as _, Zeroizing},
};
use std::{
    io::{self, BufWriter, IsTerminal as _, Stdout, Write as _},
    mem::{self, ManuallyDrop},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};
use tokio::sync::{Notify, mpsc};

/// Returns how many cells a line of the terminal has, for text that is printed and not drawn.
pub(crate) fn columns() -> Option<usize> {
    let (columns, _) = terminal::size().ok()?;
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}

/// Reads a line that is not shown, for a secret; absent where the operator left with Ctrl-C or Escape, or the program was
/// told to end.
pub(crate) async fn hidden_line(signals: &mut EndSignals) -> Option<SecretString> {
    terminal::enable_raw_mode().ok()?;
    let typed = tokio::select! {
        // Nobody can call the reading off: its thread waits for a key until the program ends, which must not wait for it.
        typed = blocking(|| typed_line().map_err(|error| terminal_failure(&error))) => typed.ok().flatten(),
        _ = signals.next() => None,
    };
    terminal::disable_raw_mode().ok();
    // Raw mode leaves the cursor where the line was typed.
    tell("");
    typed
}

/// Keeps what is typed off the screen, as long as it is there: a code may be typed before it is asked for.
#[derive(Debug)]
pub(crate) struct Unechoed {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Unechoed {
    /// Begins to. An input that is no terminal shows nothing anyhow.
    pub(crate) fn new() -> Self {
        #[cfg(unix)]
        {
            use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
            let before = tcgetattr(io::stdin()).ok();
            if let Some(before) = &before {
                let mut quiet = before.clone();
                quiet.local_modes.remove(LocalModes::ECHO);
                tcsetattr(io::stdin(), OptionalActions::Now, &quiet).ok();
            }
            Self { before }
        }
        #[cfg(not(unix))]
        Self {}
    }
}

#[cfg(unix)]
impl Drop for Unechoed {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(before) = &self.before {
            tcsetattr(io::stdin(), OptionalActions::Now, before).ok();
        }
    }
}

/// No secret that is typed is longer: a code has ten digits at most.
const MAX_SECRET: usize = 64;

fn typed_line() -> io::Result<Option<SecretString>> {
    // It never grows, so that no copy of it is left behind in memory.
    let mut typed = Zeroizing::new(String::with_capacity(MAX_SECRET * 4));
    let line = loop {
        let event::Event::Key(key) = event::read()? else {
            continue;
        };
        if key.kind == event::KeyEventKind::Release {
            continue;
        }
        let is_control = key.modifiers.contains(event::KeyModifiers::CONTROL);
        // A line that was typed before the terminal was ours ends with what is Ctrl-J now.
        let is_line_feed = is_control && key.code == event::KeyCode::Char('j');
        if key.code == event::KeyCode::Enter || is_line_feed {
            break Some(SecretString::from(typed.as_str()));
        }
        if key.code == event::KeyCode::Esc || (is_control && key.code == event::KeyCode::Char('c')) {
            break None;
        }
        if key.code == event::KeyCode::Backspace {
            typed.pop();
        } else if let event::KeyCode::Char(c) = key.code
            && !is_control
            && typed.chars().count() < MAX_SECRET
        {
            typed.push(c);
        }
    };
    Ok(line)
}

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Screen {
    /// What is drawn on. It is never dropped: it would write on standard error where the cursor cannot be shown, and panic where
    /// that has gone away with the terminal. What it gives back is given back here.
    pub(super) terminal: ManuallyDrop<Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
    has_mouse: bool,
    /// Whether the signal that let the process go on after [`Screen::suspend`] is still to come.
    is_awaiting_signal: bool,
}

/// Whether the terminal is ours, so that it is given back once, by whoever comes first.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Events of the terminal that may wait: reading stands still when the core is behind.
const WAITING_EVENTS: usize = 256;

/// What to do without a terminal that can be drawn on.
pub(crate) const NO_SCREEN_HINT: &str =
    "in scripts use a subcommand, such as callsheet inventory; callsheet --plain tells the most important in lines";

/// The bytes of a frame that are gathered before they are written: a full redraw of a large terminal with colours.
const FRAME_BYTES: usize = 64 * 1024;

impl Screen {
    /// Takes the terminal over. `panicked` is told of every panic, on whichever thread, after the terminal was given back.
    pub(super) fn open(has_mouse: bool, panicked: &Arc<Notify>) -> Result<Self, Failure> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(
                Failure::new(FailureKind::Usage, "The desk needs a terminal, and this is none.").hint(NO_SCREEN_HINT),
            );
        }
        panics::watch(Some(Arc::clone(panicked)));
        if let Err(error) = take(has_mouse) {
            give_back();
            return Err(terminal_failure(&error));
        }
        let backend = CrosstermBackend::new(BufWriter::with_capacity(FRAME_BYTES, io::stdout()));
        match Terminal::new(backend) {
            Ok(terminal) => Ok(Self {
                terminal: ManuallyDrop::new(terminal),
                has_mouse,
                is_awaiting_signal: false,
            }),
            Err(error) => {
                give_back();
                Err(terminal_failure(&error))
            }
        }
    }

    /// Returns the size of the terminal in cells.
    pub(super) fn size(&self) -> Size {
        let size = self.terminal.size().unwrap_or_default();
        Size {
            width: size.width,
            height: size.height,
        }
    }

    /// Takes mouse events from the terminal, or leaves them to it.
    pub(super) fn capture_mouse(&mut self, is_ours: bool) -> io::Result<()> {
        self.has_mouse = is_ours;
        if is_ours {
            execute!(io::stdout(), event::EnableMouseCapture)
        } else {
            execute!(io::stdout(), event::DisableMouseCapture)
        }
    }

    /// Puts a text on the clipboard by the terminal's own means (OSC 52), which work over SSH, too.
    pub(super) fn copy(text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the terminal back, stops the process as Ctrl-Z does, and takes the terminal over again when it goes on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        #[cfg(unix)]
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        // The process stands still here until the shell wakes it.
        self.is_awaiting_signal = true;
        take(self.has_mouse)?;
        self.clear()
    }

    /// Takes the terminal over anew when the process goes on that somebody else has stopped: the shell has had the terminal
    /// meanwhile, and nobody had given it back. After [`Screen::suspend`] that is done already.
    pub(super) fn go_on(&mut self) -> io::Result<()> {
        if mem::take(&mut self.is_awaiting_signal) {
            return Ok(());
        }
        // It counts as raw until it is let go.
        terminal::disable_raw_mode()?;
        take(self.has_mouse)?;
        self.clear()
    }

    /// Empties the screen, so that the next frame draws all of it.
    ///
    /// Ratatui's own `clear` asks the terminal where the cursor is, and the answer would come in among the keys.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Reads the events of the terminal on a thread of their own, for as long as somebody takes them.
///
/// Not crossterm's `EventStream`: that reads on the thread which polls it, and when the terminal has gone away such a read
/// never returns. Here the loop goes on, hears the signal that a vanished terminal sends, and ends.
pub(super) fn events() -> mpsc::Receiver<io::Result<event::Event>> {
    let (sender, receiver) = mpsc::channel(WAITING_EVENTS);
    thread::spawn(move || {
        loop {
            let event = event::read();
            let is_over = event.is_err();
            if sender.blocking_send(event).is_err() || is_over {
                return;
            }
        }
    });
    receiver
}

fn take(has_mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    IS_TAKEN.store(true, Ordering::SeqCst);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        event::EnableBracketedPaste,
        cursor::Hide
    )?;
    if has_mouse {
        execute!(io::stdout(), event::EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back. Whatever part of it fails, the rest is tried: there is nobody left to tell.
pub(super) fn give_back() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    execute!(out, event::DisableMouseCapture).ok();
    execute!(out, event::DisableBracketedPaste, LeaveAlternateScreen, cursor::Show).ok();
    out.flush().ok();
    terminal::disable_raw_mode().ok();
}

/// Returns whether the terminal has gone away since it was opened. Which error tells of that depends on what was asked of it.
pub(super) fn is_gone() -> bool {
    !io::stdout().is_terminal()
}

/// Writes a line on standard error, when the screen is not ours. There is nobody left to tell where that is closed.
pub(super) fn tell(text: &str) {
    writeln!(io::stderr(), "{text}").ok();
}

fn terminal_failure(error: &io::Error) -> Failure {
    Failure::new(FailureKind::Disk, "The terminal cannot be used.").because_of(error)
}

/// The digits of a code while it is typed. They are wiped when they are taken or dropped, and nothing prints them.
pub(super) struct TypedCode(String);

impl TypedCode {
    /// Returns a field in which nothing is typed yet. It never grows, so that no copy is left behind in memory.
    pub(super) fn new() -> Self {
        Self(String::with_capacity(MAX_SECRET))
    }

    /// Takes the code out.
    pub(super) fn take(&mut self) -> SecretString {
        let code = SecretString::from(self.0.as_str());
        self.0.zeroize();
        code
    }

    fn add(&mut self, c: char) {
        if c.is_ascii_digit() && self.0.len() < *CODE_DIGITS.end() {
            self.0.push(c);
        }
    }
}

impl Drop for TypedCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Returns what an event of the terminal means to the core while a code is typed: of a digit only how many there are.
pub(super) fn code_message(event: event::Event, typed: &mut TypedCode) -> Option<Msg> {
    match event {
        event::Event::Key(key) if key.kind != event::KeyEventKind::Release => {
            let is_held = key
                .modifiers
                .intersects(event::KeyModifiers::CONTROL | event::KeyModifiers::ALT);
            if let event::KeyCode::Char(c) = key.code
                && c.is_numeric()
            {
                typed.add(c);
            } else if key.code == event::KeyCode::Backspace {
                typed.0.pop();
            } else if key.code == event::KeyCode::Char('u') && is_held {
                typed.0.zeroize();
            } else {
                return translate(key).map(Msg::Key);
            }
            Some(Msg::CodeTyped(typed.0.len()))
        }
        event::Event::Paste(mut text) => {
            text.chars().for_each(|c| typed.add(c));
            text.zeroize();
            Some(Msg::CodeTyped(typed.0.len()))
        }
        // Not even that a key was let go is told: it could be that of a digit.
        event::Event::Key(_) => None,
        event::Event::Resize(..) | event::Event::Mouse(_) | event::Event::FocusGained | event::Event::FocusLost => {
            message(event)
        }
    }
}

/// Returns what an event of the terminal means to the core, if anything.
pub(super) fn message(event: event::Event) -> Option<Msg> {
    match event {
        // Some terminals report the release of a key, too.
        event::Event::Key(key) if key.kind == event::KeyEventKind::Release => Some(Msg::Released),
        event::Event::Key(key) => translate(key).map(Msg::Key),
        event::Event::Paste(text) => Some(Msg::Paste(text)),
        event::Event::Resize(width, height) => Some(Msg::Resized(Size { width, height })),
        event::Event::Mouse(mouse) => {
            let action = match mouse.kind {
                event::MouseEventKind::Down(event::MouseButton::Left) => MouseAction::Press,
                event::MouseEventKind::ScrollUp => MouseAction::WheelUp,
                event::MouseEventKind::ScrollDown => MouseAction::WheelDown,
                event::MouseEventKind::Down(_)
                | event::MouseEventKind::Up(_)
                | event::MouseEventKind::Drag(_)
                | event::MouseEventKind::Moved
                | event::MouseEventKind::ScrollLeft
                | event::MouseEventKind::ScrollRight => return None,
            };
            Some(Msg::Mouse(Mouse {
                action,
                column: mouse.column,
                row: mouse.row,
            }))
        }
        event::Event::FocusGained | event::Event::FocusLost => None,
    }
}

fn translate(key: event::KeyEvent) -> Option<Key> {
    let code = match key.code {
        event::KeyCode::Char(c) => KeyCode::Char(c),
        event::KeyCode::Enter => KeyCode::Enter,
        event::KeyCode::Esc => KeyCode::Esc,
        event::KeyCode::Tab => KeyCode::Tab,
        event::KeyCode::BackTab => KeyCode::BackTab,
        event::KeyCode::Backspace => KeyCode::Backspace,
        event::KeyCode::Delete => KeyCode::Delete,
        event::KeyCode::Up => KeyCode::Up,
        event::KeyCode::Down => KeyCode::Down,
        event::KeyCode::Left => KeyCode::Left,
        event::KeyCode::Right => KeyCode::Right,
        event::KeyCode::Home => KeyCode::Home,
        event::KeyCode::End => KeyCode::End,
        event::KeyCode::PageUp => KeyCode::PageUp,
        event::KeyCode::PageDown => KeyCode::PageDown,
        event::KeyCode::F(number) => KeyCode::Function(number),
        event::KeyCode::Insert
        | event::KeyCode::Null
        | event::KeyCode::CapsLock
        | event::KeyCode::ScrollLock
        | event::KeyCode::NumLock
        | event::KeyCode::PrintScreen
        | event::KeyCode::Pause
        | event::KeyCode::Menu
        | event::KeyCode::KeypadBegin
        | event::KeyCode::Media(_)
        | event::KeyCode::Modifier(_) => return None,
    };
    Some(Key {
        code,
        ctrl: key.modifiers.contains(event::KeyModifiers::CONTROL),
        alt: key.modifiers.contains(event::KeyModifiers::ALT),
    })
}

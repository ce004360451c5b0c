//! The signals by which somebody asks the program to end, and those that tell what has become of its terminal.

use std::io;

/// What asked the program to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSignal {
    /// The terminal has gone away.
    HangUp,
    /// Ctrl-C.
    Interrupt,
    /// The system, or somebody with `kill`.
    Terminate,
}

/// Listens for what asks the program to end. From then on no signal ends it by itself.
#[derive(Debug)]
pub(crate) struct EndSignals {
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl EndSignals {
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one. Nothing is lost where this is dropped before.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> EndSignal {
        tokio::select! {
            _ = self.hang_up.recv() => EndSignal::HangUp,
            _ = self.interrupt.recv() => EndSignal::Interrupt,
            _ = self.terminate.recv() => EndSignal::Terminate,
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> EndSignal {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nobody can be heard.
            std::future::pending::<()>().await;
        }
        EndSignal::Interrupt
    }
}

/// What has become of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TerminalSignal {
    /// It has another size.
    Resized,
    /// The process goes on that was stopped; somebody else may have had the terminal meanwhile.
    WentOn,
}

/// Listens for what becomes of the terminal.
#[derive(Debug)]
pub(super) struct TerminalSignals {
    #[cfg(unix)]
    resized: tokio::signal::unix::Signal,
    #[cfg(unix)]
    went_on: tokio::signal::unix::Signal,
}

impl TerminalSignals {
    #[cfg(unix)]
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let go_on = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
        Ok(Self {
            resized: signal(SignalKind::window_change())?,
            went_on: signal(go_on)?,
        })
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one. Several of one kind may come as one.
    ///
    /// The events of crossterm tell of another size, too, but not of one that comes at the moment of a key: it looks at the key
    /// then, and no more at the signal.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> TerminalSignal {
        tokio::select! {
            _ = self.resized.recv() => TerminalSignal::Resized,
            _ = self.went_on.recv() => TerminalSignal::WentOn,
        }
    }

    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> TerminalSignal {
        std::future::pending().await
    }
}

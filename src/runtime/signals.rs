//! The signals by which somebody asks the program to end, and the one by which the shell lets it go on.

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

/// Listens for what lets a process go on that was stopped.
#[derive(Debug)]
pub(super) struct GoOnSignal {
    #[cfg(unix)]
    go_on: tokio::signal::unix::Signal,
}

impl GoOnSignal {
    #[cfg(unix)]
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kind = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
        Ok(Self { go_on: signal(kind)? })
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits until the process goes on.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) {
        self.go_on.recv().await;
    }

    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) {
        std::future::pending().await
    }
}

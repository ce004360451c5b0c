//! `--log FILE`: what the program does, as one JSON object a line.
//!
//! Only our own events go there. The SDK's may hold whole requests, and with them addresses.

use crate::{
    domain::text::json_safe,
    failure::{Failure, FailureKind},
    store::file,
};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    sync::Mutex,
};
use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Begins to append to the log, when one is asked for.
pub(super) fn start(path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_writer(Mutex::new(Harmless(file::append(path)?)));
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), Level::DEBUG);
    tracing_subscriber::registry()
        .with(ours)
        .with(lines)
        .try_init()
        .map_err(|error| Failure::new(FailureKind::Bug, "The log was started twice.").because_of(&error))?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    Ok(())
}

/// The file, in which nothing does anything to the terminal that shows it.
#[derive(Debug)]
struct Harmless(File);

impl Write for Harmless {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(json_safe(&String::from_utf8_lossy(lines)).as_bytes())?;
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

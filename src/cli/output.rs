//! Standard output, for what a person or a script asked for, and standard error, for what a person is told besides.
//!
//! Whether a person is told it in plain lines is known before anything is written, and the same for the whole process: it
//! has one standard output, and whoever listens to it listens to all of it.

use crate::{
    failure::{Failure, FailureKind},
    report::lines::linear_lines,
};
use std::{
    borrow::Cow,
    io::{self, Write as _},
    sync::OnceLock,
};

/// How a report is written that has two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Lines for people.
    Table,
    /// One JSON object.
    Json,
}

static IS_PLAIN: OnceLock<bool> = OnceLock::new();

/// Says once, at the start, whether people are told things in plain lines.
pub(super) fn be_plain(is_plain: bool) {
    // Whoever was first has decided.
    IS_PLAIN.set(is_plain).ok();
}

/// Returns whether people are told things in plain lines.
pub(super) fn is_plain() -> bool {
    IS_PLAIN.get().copied().unwrap_or_default()
}

/// Writes `text` to standard output, as it is. Whoever closed the pipe has read enough: that is no failure.
pub(super) fn write(text: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    written(out.write_all(text).and_then(|()| out.flush()))
}

/// Returns what came of writing to standard output.
pub(super) fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(FailureKind::Disk, "The output could not be written.").because_of(&error))
        }
        _ => Ok(()),
    }
}

/// Writes whole lines that are laid out for the eye to standard output, in plain lines where these are wanted.
pub(super) fn lines(text: &str) -> Result<(), Failure> {
    write(of_form(text).as_bytes())
}

/// Writes whole lines to standard error. There is nobody left to tell where that is closed.
pub(super) fn tell(text: &str) {
    write!(io::stderr(), "{}", of_form(text)).ok();
}

/// Asks something: the answer is typed behind the question, or under it where whole lines are read out.
pub(super) fn ask(question: &str) {
    let mut out = io::stderr().lock();
    let asked = if is_plain() {
        writeln!(out, "{}", question.trim_end())
    } else {
        write!(out, "{question}")
    };
    // A terminal that has gone away asks nobody, and nobody answers.
    asked.and_then(|()| out.flush()).ok();
}

fn of_form(text: &str) -> Cow<'_, str> {
    if is_plain() {
        Cow::Owned(linear_lines(text))
    } else {
        Cow::Borrowed(text)
    }
}

//! One line on a terminal that says how far a load has come, and is gone afterwards.

use crate::domain::load::Progress;
use std::io::{self, IsTerminal as _, Write as _};

/// The line on standard error; nothing where that is not a terminal.
pub(super) struct ProgressLine {
    is_shown: bool,
}

impl ProgressLine {
    /// Returns the line, which is empty yet.
    pub(super) fn new() -> Self {
        Self {
            is_shown: io::stderr().is_terminal(),
        }
    }

    /// Shows how far the load has come.
    pub(super) fn show(&mut self, progress: Progress) {
        self.write(&text(progress));
    }

    /// Replaces what the line says: back to its beginning, and delete to its end.
    fn write(&mut self, text: &str) {
        if self.is_shown {
            // A terminal that has gone away is not told again.
            self.is_shown = write!(io::stderr(), "\r\x1b[K{text}").is_ok();
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.write("");
    }
}

fn text(progress: Progress) -> String {
    let Progress {
        answered,
        expected,
        seconds_left,
    } = progress;
    match seconds_left {
        None => format!("Reading the account: {answered} answers so far"),
        Some(seconds) => format!("Reading the account: {answered} of {expected} answers, about {seconds} s left"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_is_known() {
        let mut progress = Progress {
            answered: 3,
            expected: 40,
            seconds_left: None,
        };
        assert_eq!(text(progress), "Reading the account: 3 answers so far");
        progress.seconds_left = Some(2);
        assert_eq!(text(progress), "Reading the account: 3 of 40 answers, about 2 s left");
    }
}

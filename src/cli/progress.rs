//! How far a load has come: one line on a terminal that is redrawn and gone afterwards, or plain lines now and then.

use super::output;
use crate::domain::load::Progress;
use std::io::{self, IsTerminal as _, Write as _};

/// The line on standard error; nothing where that is not a terminal.
pub(super) struct ProgressLine {
    is_shown: bool,
    /// What has to be passed before the next plain line; absent where the line is redrawn.
    next: Option<Next>,
}

/// When the next plain line is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Next {
    answered: usize,
}

/// How many plain lines a load of a known length takes: enough to know that it goes on, and few enough to listen to.
const PLAIN_LINES: usize = 4;

/// How many more answers are worth a plain line at least.
const WORTH_TELLING: usize = 50;

impl ProgressLine {
    /// Returns the line, which is empty yet.
    pub(super) fn new() -> Self {
        Self {
            is_shown: io::stderr().is_terminal(),
            next: output::is_plain().then(Next::default),
        }
    }

    /// Shows how far the load has come.
    pub(super) fn show(&mut self, progress: Progress) {
        match &mut self.next {
            None => self.write(&text(progress)),
            Some(next) => {
                if next.is_due(progress) && self.is_shown {
                    output::tell(&format!("{}.\n", text(progress)));
                }
            }
        }
    }

    /// Replaces what the line says: back to its beginning, and delete to its end.
    fn write(&mut self, text: &str) {
        if self.is_shown {
            // A terminal that has gone away is not told again.
            self.is_shown = write!(io::stderr(), "\r\x1b[K{text}").is_ok();
        }
    }
}

impl Next {
    /// Returns whether the load has come far enough for another line, and looks for the next one then.
    fn is_due(&mut self, progress: Progress) -> bool {
        let is_due = progress.answered >= self.answered;
        if is_due {
            let step = (progress.expected / PLAIN_LINES).max(WORTH_TELLING);
            self.answered = progress.answered.saturating_add(step);
        }
        is_due
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.next.is_none() {
            self.write("");
        }
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

    #[test]
    fn plain_lines_are_few_however_often_a_load_reports() {
        let mut next = Next::default();
        let reports = (0..=1000).map(|answered| Progress {
            answered,
            expected: 1000,
            seconds_left: None,
        });
        let told: Vec<usize> = reports
            .filter(|progress| next.is_due(*progress))
            .map(|progress| progress.answered)
            .collect();
        assert_eq!(told, [0, 250, 500, 750, 1000]);
    }
}

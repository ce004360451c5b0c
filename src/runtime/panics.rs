//! Panics: told on a terminal that was given back, in words that hold nothing private.
//!
//! What a panic says may repeat what the code was working on, so it is treated as text from outside.

use super::terminal;
use crate::{app::changeset::CODE_DIGITS, domain::text::explanation};
use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    sync::Arc,
};
use tokio::sync::Notify;

/// Has every panic from now on, on whichever thread, give the terminal back and be told of. Then `panicked` hears of it.
pub(crate) fn watch(panicked: Option<Arc<Notify>>) {
    panic::set_hook(Box::new(move |info| {
        // First, or the text is lost with the alternate screen.
        terminal::give_back();
        tell(info);
        if let Some(panicked) = &panicked {
            panicked.notify_one();
        }
    }));
}

fn tell(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let said = masked(info.payload_as_str().unwrap_or("a panic without words"));
    let mut text = format!("callsheet failed at {place}: {said}");
    // Names of functions and lines only, where RUST_BACKTRACE asks for them.
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        text.push('\n');
        text.push_str(&trace.to_string());
    }
    terminal::tell(&text);
}

/// Returns what a panic says without addresses, without what may be a code, harmless and short.
fn masked(said: &str) -> String {
    let mut kept = String::with_capacity(said.len());
    let text = explanation(said);
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (run, after) = digits.split_at(end);
        kept.push_str(before);
        kept.push_str(if run.len() < *CODE_DIGITS.start() { run } else { "…" });
        rest = after;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_a_panic_says_holds_neither_addresses_nor_codes_nor_escape_sequences() {
        assert_eq!(
            masked("index 12 of 314159, then 7 and 12345"),
            "index 12 of …, then 7 and 12345"
        );
        let told = masked("byte 3 of \u{1b}[2J+447700900123 and anna.meyer@example.com");
        for secret in ["7700900123", "anna.meyer@", "\u{1b}"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}

//! Checks as they are named on the command line.

use crate::{
    domain::text::neutral,
    failure::{Failure, FailureKind},
    findings::selection::Selection,
};

/// Returns the checks that these words name, or which word was probably meant.
pub(super) fn selection(words: &[String]) -> Result<Selection, Failure> {
    Selection::parse(words.iter().map(String::as_str)).map_err(|unknown| {
        let what = format!(
            "There is no check and no family of checks “{}”.",
            neutral(&unknown.word)
        );
        Failure::new(FailureKind::Usage, what).hint(hint(&unknown.word, &Selection::words()))
    })
}

/// Returns what to do about a word that is none of these.
pub(super) fn hint(word: &str, words: &[&str]) -> String {
    let list = "“callsheet checks” lists them all";
    nearest(word, words).map_or_else(
        || list.to_owned(),
        |nearest| format!("did you mean “{nearest}”? {list}"),
    )
}

/// Returns the word that `text` was most likely meant to be.
fn nearest<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let text = text.trim().to_lowercase();
    words
        .iter()
        .map(|word| (strsim::jaro_winkler(&text, &word.to_lowercase()), *word))
        .filter(|(likeness, _)| *likeness > CLOSE_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

/// The likeness from which a slip of the keyboard is more probable than another word; clap uses the same.
const CLOSE_ENOUGH: f64 = 0.7;

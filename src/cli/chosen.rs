//! Checks as they are named on the command line.

use crate::{
    domain::text::neutral,
    failure::{Failure, FailureKind, written::nearest},
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
    // Codes are written in capitals; families and names are not.
    let capitals = word.trim().to_uppercase();
    let nearest = nearest(word.trim(), words).or_else(|| nearest(&capitals, words));
    nearest.map_or_else(
        || list.to_owned(),
        |nearest| format!("did you mean “{nearest}”? {list}"),
    )
}

//! Fuzzy matching, best first.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// Matching adds up the marks of letters in sixteen bits, which a pattern of some thousand letters overflows; no name has
/// more letters than this.
const LONGEST_PATTERN: usize = 255;

/// Returns what is looked for, as it was typed; of a text that is longer than any name, the beginning.
pub fn pattern(typed: &str) -> Pattern {
    let end = typed
        .char_indices()
        .nth(LONGEST_PATTERN)
        .map_or(typed.len(), |(end, _)| end);
    Pattern::parse(
        typed.get(..end).unwrap_or(typed),
        CaseMatching::Smart,
        Normalization::Smart,
    )
}

/// Returns the places of the texts that match what is typed, best first; all of them in order when nothing is typed.
///
/// A text whose first word is exactly what is typed goes before all others: whoever types a name means it.
pub fn best(typed: &str, texts: impl Iterator<Item = String>) -> Vec<usize> {
    if typed.trim().is_empty() {
        return texts.enumerate().map(|(index, _)| index).collect();
    }
    let pattern = pattern(typed);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut scored: Vec<(usize, (bool, u32))> = texts
        .enumerate()
        .filter_map(|(index, text)| {
            let is_named = text.split_whitespace().next() == Some(typed.trim());
            let score = pattern.score(Utf32Str::new(&text, &mut letters), &mut matcher)?;
            Some((index, (is_named, score)))
        })
        .collect();
    scored.sort_by_key(|(index, score)| (std::cmp::Reverse(*score), *index));
    scored.into_iter().map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_match_comes_first() {
        let texts = || {
            ["read-again", "reverse", "raw-json"]
                .iter()
                .map(|text| (*text).to_owned())
        };
        assert_eq!(best("json", texts()), [2]);
        assert_eq!(best("rev", texts()).first(), Some(&1));
        assert_eq!(best(" ", texts()), [0, 1, 2]);
        let named = ["disarm takes it back: arm, arm, arm", "arm and hammer"].map(str::to_owned);
        assert_eq!(best("arm", named.into_iter()).first(), Some(&1));
    }
}

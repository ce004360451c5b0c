//! Fuzzy matching, best first.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// Returns the places of the texts that match what is typed, best first; all of them in order when nothing is typed.
pub fn best(typed: &str, texts: impl Iterator<Item = String>) -> Vec<usize> {
    if typed.trim().is_empty() {
        return texts.enumerate().map(|(index, _)| index).collect();
    }
    let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut scored: Vec<(usize, u32)> = texts
        .enumerate()
        .filter_map(|(index, text)| Some((index, pattern.score(Utf32Str::new(&text, &mut letters), &mut matcher)?)))
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
    }
}

//! Fuzzy matching, best first.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// Returns the places of the texts that match what is typed, best first; all of them in order when nothing is typed.
///
/// A text whose first word is exactly what is typed goes before all others: whoever types a name means it.
pub fn best(typed: &str, texts: impl Iterator<Item = String>) -> Vec<usize> {
    if typed.trim().is_empty() {
        return texts.enumerate().map(|(index, _)| index).collect();
    }
    let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
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

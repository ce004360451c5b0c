//! Some of the checks, chosen by code, by name or by family.

use super::{Check, Family, evaluate::Findings, registry::CHECKS};
use crate::domain::text::excerpt;

/// The checks that somebody wants to hear of; all of them, where nobody chose any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection(Vec<Choice>);

/// One word of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Check(&'static Check),
    Family(Family),
}

/// A word that names no check and no family.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no check and no family of checks “{word}”")]
pub struct UnknownChoice {
    /// The word, as a message may repeat it.
    pub word: String,
}

impl Selection {
    /// Returns the checks that these words name, in whichever case they are written.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownChoice> {
        let choices = words.into_iter().map(|word| {
            let unknown = || UnknownChoice { word: excerpt(word) };
            choice(word.trim()).ok_or_else(unknown)
        });
        choices.collect::<Result<_, _>>().map(Self)
    }

    /// Returns everything that may be written, in the order of the catalogue.
    pub fn words() -> Vec<&'static str> {
        let families = Family::ALL.iter().map(|family| family.word());
        let checks = CHECKS.iter().flat_map(|check| [check.code, check.name]);
        families.chain(checks).collect()
    }

    /// Returns whether nobody chose anything, so that every check counts.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a check is among the chosen ones.
    pub fn holds(&self, check: &Check) -> bool {
        self.is_everything()
            || self.0.iter().any(|choice| match choice {
                Choice::Check(chosen) => *chosen == check,
                Choice::Family(family) => *family == check.family,
            })
    }

    /// Returns whether somebody asked for this very check, and not only for its family.
    pub fn names(&self, check: &Check) -> bool {
        let is_it = |choice: &Choice| matches!(choice, Choice::Check(chosen) if *chosen == check);
        self.0.iter().any(is_it)
    }

    /// Returns the words as the catalogue writes them.
    pub fn chosen(&self) -> Vec<&'static str> {
        let word = |choice: &Choice| match choice {
            Choice::Check(check) => check.code,
            Choice::Family(family) => family.word(),
        };
        self.0.iter().map(word).collect()
    }

    /// Takes out what other checks said. Every check has to have been asked, since one may make another moot.
    #[must_use]
    pub fn narrow(&self, mut findings: Findings) -> Findings {
        findings.items.retain(|finding| self.holds(finding.check));
        findings.tallies.retain(|tally| self.holds(tally.check));
        findings.not_run.retain(|not_run| self.holds(not_run.check));
        findings
    }
}

fn choice(word: &str) -> Option<Choice> {
    let is_word = |other: &str| other.eq_ignore_ascii_case(word);
    let family = Family::ALL.into_iter().find(|family| is_word(family.word()));
    let check = CHECKS.iter().find(|check| is_word(check.code) || is_word(check.name));
    family
        .map(Choice::Family)
        .or_else(|| check.map(|check| Choice::Check(check)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(words: &[&str]) -> Vec<&'static str> {
        let selection = Selection::parse(words.iter().copied()).unwrap();
        let held = CHECKS.iter().filter(|check| selection.holds(check));
        held.map(|check| check.code).collect()
    }

    #[test]
    fn checks_are_chosen_by_code_name_or_family() {
        assert_eq!(held(&["ch02"]), ["CH02"]);
        assert_eq!(held(&[" channel-not-activated ", "CH04"]), ["CH01", "CH04"]);
        let devices: Vec<_> = CHECKS.iter().filter(|check| check.family == Family::Devices).collect();
        assert_eq!(held(&["Devices"]).len(), devices.len());
    }

    #[test]
    fn without_a_choice_every_check_counts_and_none_is_named() {
        assert_eq!(held(&[]).len(), CHECKS.len());
        assert!(!CHECKS.iter().any(|check| Selection::default().names(check)));
        let family = Selection::parse(["devices"]).unwrap();
        assert!(!CHECKS.iter().any(|check| family.names(check)));
        let one = Selection::parse(["CH01"]).unwrap();
        assert_eq!(CHECKS.iter().filter(|check| one.names(check)).count(), 1);
    }

    #[test]
    fn every_word_is_understood_and_others_are_told() {
        let words = Selection::words();
        assert_eq!(Selection::parse(words.iter().copied()).unwrap().0.len(), words.len());
        assert_eq!(Selection::parse(["CH01", "CH0"]).unwrap_err().word, "CH0");
    }
}

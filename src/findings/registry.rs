//! The checks, in the order of the catalogue.

use super::{
    Check,
    device::{activation, address, mail, placeholder, sharing},
    engagement::{stages, targets, timing, unused},
    escalation::{minutes, people, shape, targets as escalation_targets},
    platform,
    response::{chat, targets as engagements},
    schedule::{clocks, coverage, lines, members, overrides, place, share},
};

/// Every check.
pub static CHECKS: &[&Check] = &[
    &activation::NOT_ACTIVATED,
    &activation::NO_ACTIVE_CHANNEL,
    &activation::ONE_CHANNEL_TYPE,
    &activation::NOTHING_AUDIBLE,
    &address::MALFORMED,
    &sharing::SHARED_ADDRESS,
    &sharing::DUPLICATE_ADDRESS,
    &mail::FOREIGN_DOMAIN,
    &mail::SHARED_MAILBOX,
    &placeholder::PLACEHOLDER,
    &sharing::ONE_PHONE,
    &stages::NO_PLAN,
    &targets::REMOVED_DEVICE,
    &targets::INACTIVE_DEVICE,
    &timing::LATE_FIRST_DEVICE,
    &unused::UNUSED_DEVICE,
    &timing::STEP_AFTER_NEXT_STAGE,
    &timing::NO_RETRY,
    &targets::FOREIGN_DEVICE,
    &escalation_targets::NO_STAGE,
    &escalation_targets::TARGET_MISSING,
    &escalation_targets::DEAD_STAGE,
    &people::SAME_HUMAN_NEXT,
    &people::ONE_HUMAN,
    &shape::NOBODY_ESSENTIAL,
    &minutes::SECOND_HUMAN_LATE,
    &shape::NOT_USED,
    &people::TWICE_IN_STAGE,
    &minutes::STAGE_TOO_SHORT,
    &escalation_targets::NO_CATCH_ALL,
    &coverage::NOBODY_SCHEDULED,
    &coverage::NOBODY_REACHABLE,
    &members::MEMBER_MISSING,
    &members::TOO_FEW_MEMBERS,
    &overrides::OVERRIDE_IN_VAIN,
    &place::LOOSE,
    &place::SHARED_ROTATION,
    &lines::SAME_PERSON_BOTH_LINES,
    &clocks::CLOCK_CHANGE,
    &members::NEVER_ON_CALL,
    &share::UNFAIR_SHARE,
    &engagements::ENGAGES_NOBODY,
    &engagements::TARGET_IN_VAIN,
    &engagements::PAGES_PERSON,
    &chat::NO_CHAT,
    &chat::REGION_WITHOUT_TOPIC,
    &chat::SHARED_TOPIC,
    &engagements::FIRST_HUMAN_LATE,
    &platform::REPLICATION_AT_RISK,
];

/// Returns the check with this code, in whichever case it is written.
pub fn check(code: &str) -> Option<&'static Check> {
    CHECKS
        .iter()
        .copied()
        .find(|check| check.code.eq_ignore_ascii_case(code))
}

/// Returns every code, in the order of the catalogue.
pub fn codes() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.code).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Family, needs::Need},
        *,
    };
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_unique_and_well_formed() {
        let codes: BTreeSet<&str> = CHECKS.iter().map(|check| check.code).collect();
        let names: BTreeSet<&str> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!((codes.len(), names.len()), (CHECKS.len(), CHECKS.len()));
        for check in CHECKS {
            let (letters, digits) = check.code.split_at(2);
            assert!(letters.chars().all(|c| c.is_ascii_uppercase()), "{}", check.code);
            assert!(
                digits.len() == 2 && digits.chars().all(|c| c.is_ascii_digit()),
                "{}",
                check.code
            );
            assert!(
                check.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{}",
                check.name
            );
        }
    }

    #[test]
    fn the_list_is_in_the_order_of_families_and_codes() {
        let place = |check: &Check| {
            (
                Family::ALL.iter().position(|family| *family == check.family),
                check.code,
            )
        };
        let places: Vec<_> = CHECKS.iter().map(|check| place(check)).collect();
        assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn texts_are_sentences_and_titles_are_not() {
        for check in CHECKS {
            for text in [check.rationale, check.remedy] {
                assert!(
                    text.ends_with('.') && text.starts_with(char::is_uppercase),
                    "{}: {text}",
                    check.code
                );
            }
            assert!(!check.title.ends_with('.'), "{}", check.title);
            assert!(
                check
                    .title
                    .starts_with(|c: char| !c.is_uppercase() || c.is_ascii_uppercase())
            );
        }
    }

    #[test]
    fn a_check_is_made_moot_by_another_one_that_is_not_milder_and_not_made_moot_by_it() {
        for check in CHECKS {
            for code in check.moot_when {
                let other = super::check(code).unwrap_or_else(|| panic!("{} names {code}", check.code));
                assert!(!other.moot_when.contains(&check.code), "{} and {code}", check.code);
                assert_ne!(other.code, check.code);
            }
        }
    }

    #[test]
    fn every_check_is_asked_about_something_and_says_what_it_needs() {
        for check in CHECKS {
            assert!(!check.judges.is_empty(), "{}", check.code);
            assert!(
                !check.needs.is_empty() || !check.hides.is_empty() || check.family == Family::Review,
                "{} reads nothing?",
                check.code
            );
            assert!(
                !check.needs.iter().any(|need| check.hides.contains(need)),
                "{}",
                check.code
            );
            let _: &[Need] = check.hides;
        }
    }
}

//! The checks, in the order of the catalogue.

use super::{Check, device, engagement, escalation, people, platform, response, review, schedule};

/// Every check.
pub static CHECKS: &[&Check] = &[
    &device::activation::NOT_ACTIVATED,
    &device::activation::NO_ACTIVE_CHANNEL,
    &device::activation::ONE_CHANNEL_TYPE,
    &device::activation::NOTHING_AUDIBLE,
    &device::address::MALFORMED,
    &device::sharing::SHARED_ADDRESS,
    &device::sharing::DUPLICATE_ADDRESS,
    &device::mail::FOREIGN_DOMAIN,
    &device::mail::SHARED_MAILBOX,
    &device::confirmed::NOT_AS_CONFIRMED,
    &device::confirmed::CODE_UNANSWERED,
    &device::confirmed::NOT_CONFIRMED,
    &device::signed::DROPPED_OUT,
    &device::placeholder::PLACEHOLDER,
    &device::sharing::ONE_PHONE,
    &device::signed::WAS_ANOTHERS,
    &engagement::stages::NO_PLAN,
    &engagement::targets::REMOVED_DEVICE,
    &engagement::targets::INACTIVE_DEVICE,
    &engagement::timing::LATE_FIRST_DEVICE,
    &engagement::unused::UNUSED_DEVICE,
    &engagement::timing::STEP_AFTER_NEXT_STAGE,
    &engagement::timing::NO_RETRY,
    &engagement::targets::FOREIGN_DEVICE,
    &escalation::targets::NO_STAGE,
    &escalation::targets::TARGET_MISSING,
    &escalation::targets::DEAD_STAGE,
    &escalation::people::SAME_HUMAN_NEXT,
    &escalation::people::ONE_HUMAN,
    &escalation::shape::NOBODY_ESSENTIAL,
    &escalation::minutes::SECOND_HUMAN_LATE,
    &people::employment::LEAVER_IN_PLAN,
    &escalation::shape::NOT_USED,
    &escalation::people::TWICE_IN_STAGE,
    &escalation::minutes::STAGE_TOO_SHORT,
    &escalation::targets::NO_CATCH_ALL,
    &schedule::coverage::NOBODY_SCHEDULED,
    &schedule::coverage::NOBODY_REACHABLE,
    &schedule::members::MEMBER_MISSING,
    &schedule::members::TOO_FEW_MEMBERS,
    &people::employment::LEAVER_ON_CALL,
    &schedule::overrides::OVERRIDE_IN_VAIN,
    &schedule::place::LOOSE,
    &schedule::place::SHARED_ROTATION,
    &schedule::lines::SAME_PERSON_BOTH_LINES,
    &schedule::clocks::CLOCK_CHANGE,
    &schedule::members::NEVER_ON_CALL,
    &schedule::share::UNFAIR_SHARE,
    &response::targets::ENGAGES_NOBODY,
    &response::targets::TARGET_IN_VAIN,
    &response::targets::PAGES_PERSON,
    &response::chat::NO_CHAT,
    &response::chat::REGION_WITHOUT_TOPIC,
    &response::chat::SHARED_TOPIC,
    &response::targets::FIRST_HUMAN_LATE,
    &people::employment::NOBODY_BEHIND,
    &people::employment::LEFT,
    &people::team::MOVED,
    &people::employment::NO_CONTACT,
    &people::identity::TWO_CONTACTS,
    &people::identity::OTHER_DEVICE,
    &people::identity::NAMED_BY_NOTHING,
    &people::identity::UNLIKE,
    &people::team::NO_OWNER,
    &platform::SHARED_OUTSIDE,
    &platform::REPLICATION_AT_RISK,
    &review::campaign::OVERDUE,
    &review::campaign::STALE_SIGN_OFF,
    &review::campaign::UNDECIDED,
    &review::decisions::NOT_CARRIED_OUT,
    &review::waivers::WAIVER_DEAD,
    &review::ledger::BROKEN,
    &review::campaign::TOO_FAST,
    &review::decisions::DECIDED_ON_SELF,
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

//! Whether somebody made sure whose each device is, and whether it is still that one.

use super::{
    super::{
        Check, Evidence, Family, Judge, Verdict,
        facts::Facts,
        needs::Need,
        recorded::{Confirmation, DeviceRecord},
        severity::Severity,
        words,
    },
    address, is_active, odd_word, whose,
};
use crate::domain::{
    address::Address,
    contact::{Channel, Contact},
    text::neutral,
};
use chrono::Duration;

/// A device that leads somewhere else than where it was confirmed.
pub(in crate::findings) static NOT_AS_CONFIRMED: Check = Check {
    code: "CH10",
    name: "not-as-confirmed",
    family: Family::Devices,
    severity: Severity::Critical,
    title: "address differs from the one last confirmed, while still active",
    rationale: "Somebody changed the address after it was confirmed. The service goes on paging it, whoever has it now.",
    remedy: "Ask the person by another way which address is theirs, correct it, and confirm the device anew.",
    command: "activate",
    needs: &[Need::Ledger, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Device(not_as_confirmed)],
};

fn not_as_confirmed(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let Some(confirmed) = record(facts, channel).and_then(|record| record.confirmed.as_ref()) else {
        return Verdict::NotApplicable;
    };
    match is_same_place(&channel.address, &confirmed.address) {
        Some(true) => return Verdict::Pass,
        Some(false) => {}
        None => {
            let why = "nobody can tell whether it is the address that was confirmed: a fingerprint is missing";
            return Verdict::Unknown(why.to_owned());
        }
    }
    if let Some(word) = odd_word(channel) {
        return Verdict::Unknown(words::odd_status(word));
    }
    if !is_active(channel) {
        return Verdict::Pass;
    }
    let (day, then) = (confirmed.at.date_naive(), confirmed.address.masked());
    let other = if then == channel.address.masked() {
        format!("leads to another address behind the same mask than the one confirmed on {day}")
    } else {
        format!("is not {then}, which was confirmed on {day}")
    };
    Verdict::fail(
        format!("{} is active and {other}", whose(person, channel)),
        vec![address(channel), confirmation(confirmed)],
    )
}

/// A device whose owner never answered.
pub(in crate::findings) static CODE_UNANSWERED: Check = Check {
    code: "CH12",
    name: "code-unanswered",
    family: Family::Devices,
    severity: Severity::Medium,
    title: "a code was sent and the device never activated for N days",
    rationale: "Somebody began to activate the device and did not end: the code went to the wrong place, or nobody asked \
                for it again. The service does not page the device.",
    remedy: "Ask the person whether the code arrived, correct the address if it did not, and send a new one.",
    command: "activate",
    needs: &[Need::Ledger, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Device(code_unanswered)],
};

fn code_unanswered(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let Some(sent_at) = record(facts, channel).and_then(|record| record.code_sent_at) else {
        return Verdict::NotApplicable;
    };
    let days = facts.limits_of(&person.alias).code_days;
    if is_active(channel) || facts.now - sent_at < Duration::days(days.into()) {
        return Verdict::Pass;
    }
    if let Some(word) = odd_word(channel) {
        return Verdict::Unknown(words::odd_status(word));
    }
    let day = sent_at.date_naive();
    let days = words::count(days.into(), "day", "days");
    Verdict::fail(
        format!(
            "a code was sent to {} on {day}, and nobody entered it within {days}",
            whose(person, channel)
        ),
        vec![
            words::status(channel),
            Evidence::of_ledger("code_sent", words::instant(sent_at)),
        ],
    )
}

/// A device of which nobody has made sure for too long.
pub(in crate::findings) static NOT_CONFIRMED: Check = Check {
    code: "CH13",
    name: "not-confirmed",
    family: Family::Devices,
    severity: Severity::Medium,
    title: "last confirmation older than the policy allows, or no confirmation known (said apart)",
    rationale: "That the service calls a device active says only that a code came back once. People change numbers and \
                jobs, and the number goes to somebody else. Where the ledger holds no confirmation at all, that says little of \
                one device: it is said once of the account, and each device stands low until the first one is confirmed.",
    remedy: "Ask the person to read out the end of the address, and record that it is theirs. To begin with all of them: \
             :review-open or :activate-all.",
    command: "activate",
    needs: &[Need::Ledger, Need::Devices],
    hides: &[],
    moot_when: &["CH10"],
    is_moving: true,
    judges: &[Judge::Account(nothing_confirmed), Judge::Device(not_confirmed)],
};

/// Says once of an account in which nobody ever confirmed anything what would else be said of every device.
fn nothing_confirmed(facts: &Facts<'_>) -> Verdict {
    // Of a list that was cut short the account is told to be unknown, and one finding has one answer.
    if facts.has_confirmations() || facts.missing(&[Need::Contacts]).is_some() {
        return Verdict::NotApplicable;
    }
    let contacts = facts.inventory.contacts.items.values();
    let devices = contacts.filter_map(|contact| contact.channels.known()).flatten();
    match devices.filter(|channel| is_active(channel)).count() {
        0 => Verdict::NotApplicable,
        count => {
            let devices = words::count(count, "active device was", "active devices were");
            Verdict::fail(
                format!("{devices} read, and none was ever confirmed here: begin with :review-open or :activate-all"),
                // Without how many they are: that nobody began does not change with every new device.
                vec![Evidence::of_ledger("confirmed", "never")],
            )
        }
    }
}

fn not_confirmed(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    if let Some(word) = odd_word(channel) {
        return Verdict::Unknown(words::odd_status(word));
    }
    if !is_active(channel) {
        return Verdict::NotApplicable;
    }
    let Some(confirmed) = record(facts, channel).and_then(|record| record.confirmed.as_ref()) else {
        let verdict = Verdict::fail(
            format!("no confirmation of {} is known", whose(person, channel)),
            vec![words::status(channel), Evidence::of_ledger("confirmed", "never")],
        );
        return if facts.has_confirmations() {
            verdict
        } else {
            verdict.low_because("no device of the account was ever confirmed, which is said once of the account")
        };
    };
    let days = facts.limits_of(&person.alias).confirmation_days;
    if facts.now - confirmed.at <= Duration::days(days.into()) {
        return Verdict::Pass;
    }
    let days = words::count(days.into(), "day", "days");
    Verdict::fail(
        format!(
            "{} was last confirmed on {}, more than {days} ago",
            whose(person, channel),
            confirmed.at.date_naive()
        ),
        vec![words::status(channel), confirmation(confirmed)],
    )
}

/// Returns what the ledger remembers of a device.
pub(super) fn record<'a>(facts: &Facts<'a>, channel: &Channel) -> Option<&'a DeviceRecord> {
    facts.recorded?.devices.get(&channel.arn)
}

/// Returns whether two addresses are one; nothing when masks alone cannot tell.
fn is_same_place(one: &Address, other: &Address) -> Option<bool> {
    match (one.fingerprint(), other.fingerprint()) {
        (Some(one), Some(other)) => Some(one == other),
        _ if one.masked() != other.masked() => Some(false),
        _ => None,
    }
}

fn confirmation(confirmed: &Confirmation) -> Evidence {
    let value = format!(
        "{} on {} by {}, {}",
        confirmed.address.masked(),
        words::instant(confirmed.at),
        neutral(&confirmed.by),
        neutral(&confirmed.method)
    );
    Evidence::of_ledger("confirmed", value)
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            address::Address,
            fingerprint::FingerprintKey,
            world::{World, at, device_arn},
        },
        findings::{
            evaluate::evaluate,
            facts::Facts,
            judging::Judging,
            proof::check_recorded,
            recorded::{Confirmation, DeviceRecord, Recorded},
            severity::Severity,
        },
    };
    use std::sync::Arc;

    const DAY: i64 = 24;

    fn key() -> FingerprintKey {
        FingerprintKey::new(&[7; FingerprintKey::LENGTH])
    }

    /// One person whose addresses have fingerprints.
    fn anna(device: &str) -> World {
        let mut world = World::new().person("anna", &[device], &[]);
        world.inventory.add_fingerprints(&key());
        world
    }

    fn phone(record: DeviceRecord) -> Recorded {
        let mut recorded = Recorded::default();
        recorded.devices.insert(device_arn("anna", "phone"), record);
        recorded
    }

    /// The ledger says that a number was confirmed so many hours after the worlds begin, which may be before.
    fn confirmed(number: &str, hours: i64) -> Recorded {
        phone(DeviceRecord {
            confirmed: Some(Confirmation {
                at: at(hours),
                address: Address::new(number).with_fingerprint(&key()),
                method: "on a video call".to_owned(),
                by: "Olga".to_owned(),
            }),
            ..DeviceRecord::default()
        })
    }

    const NUMBER: &str = "+447700900123";
    const OTHER: &str = "+447700900456";
    /// Its mask is that of the first one.
    const LIKE: &str = "+447700901123";

    #[test]
    fn an_active_device_is_the_one_that_was_confirmed() {
        let other = "phone of anna: fail: anna's phone (+44•••••••123) is active and is not +44•••••••456, which was \
                     confirmed on 2026-10-31";
        let like = "phone of anna: fail: anna's phone (+44•••••••123) is active and leads to another address behind the \
                    same mask than the one confirmed on 2026-10-31";
        check_recorded(anna("phone"), &confirmed(NUMBER, -1), "CH10", &[]);
        check_recorded(anna("phone"), &confirmed(OTHER, -1), "CH10", &[other]);
        check_recorded(anna("phone"), &confirmed(LIKE, -1), "CH10", &[like]);
        check_recorded(anna("-phone"), &confirmed(OTHER, -1), "CH10", &[]);
        check_recorded(
            anna("?phone"),
            &confirmed(OTHER, -1),
            "CH10",
            &["phone of anna: unknown"],
        );
        check_recorded(anna("phone"), &Recorded::default(), "CH10", &[]);
    }

    #[test]
    fn without_fingerprints_masks_that_are_alike_tell_nothing() {
        let world = World::new().person("anna", &["phone"], &[]);
        check_recorded(
            world.clone(),
            &confirmed(NUMBER, -1),
            "CH10",
            &["phone of anna: unknown"],
        );
        let other = "phone of anna: fail: anna's phone (+44•••••••123) is active and is not +44•••••••456, which was \
                     confirmed on 2026-10-31";
        check_recorded(world, &confirmed(OTHER, -1), "CH10", &[other]);
    }

    #[test]
    fn a_code_that_nobody_entered_fails_after_the_days_of_the_policy() {
        let sent = |hours| {
            phone(DeviceRecord {
                code_sent_at: Some(at(hours)),
                ..DeviceRecord::default()
            })
        };
        let fails = "phone of anna: fail: a code was sent to anna's phone (+44•••••••123) on 2026-10-25, and nobody entered it \
                     within 7 days";
        check_recorded(anna("-phone"), &sent(-7 * DAY), "CH12", &[fails]);
        check_recorded(anna("-phone"), &sent(-7 * DAY + 1), "CH12", &[]);
        check_recorded(anna("phone"), &sent(-7 * DAY), "CH12", &[]);
        check_recorded(anna("?phone"), &sent(-7 * DAY), "CH12", &["phone of anna: unknown"]);
        check_recorded(anna("-phone"), &Recorded::default(), "CH12", &[]);
    }

    /// Returns where each failure of CH13 stands: the subject's name, the severity, and why it was moved.
    fn standings(recorded: &Recorded) -> Vec<(String, Severity, Option<String>)> {
        let mut world = World::new()
            .person("anna", &["phone", "-mail"], &[("phone", 0)])
            .person("ben", &["phone"], &[("phone", 0)])
            .person("cleo", &["phone"], &[("phone", 0)])
            .plan("database", &[(10, &["anna"])])
            .complete();
        world.inventory.add_fingerprints(&key());
        let judging = Judging {
            recorded: Some(Arc::new(recorded.clone())),
            ..Judging::default()
        };
        let graph = world.graph();
        let findings = evaluate(&Facts::new(&world.inventory, &graph, &judging, at(0)))
            .items
            .into_iter();
        let failing = findings.filter(|finding| finding.check.code == "CH13");
        failing
            .map(|finding| (finding.subject.name.clone(), finding.severity(), finding.standing.moved))
            .collect()
    }

    #[test]
    fn an_account_in_which_nobody_began_is_one_finding_and_its_devices_stand_low_until_the_first_is_confirmed() {
        let low =
            Some("lowered: no device of the account was ever confirmed, which is said once of the account".to_owned());
        let device = |alias: &str| (format!("phone of {alias}"), Severity::Low, low.clone());
        let mut found = standings(&Recorded::default());
        assert_eq!(
            found.remove(0),
            ("111122223333".to_owned(), Severity::Medium, None),
            "it comes first"
        );
        found.sort();
        assert_eq!(found, ["anna", "ben", "cleo"].map(device));

        let found = standings(&confirmed(NUMBER, -1));
        let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["phone of ben", "phone of cleo"]);
        assert!(found.iter().all(|(.., moved)| *moved != low), "{found:?}");

        // A code that was sent is no confirmation.
        let sent = phone(DeviceRecord {
            code_sent_at: Some(at(-1)),
            ..DeviceRecord::default()
        });
        assert_eq!(standings(&sent).len(), 4);
    }

    #[test]
    fn an_old_confirmation_and_none_at_all_are_said_apart() {
        let old =
            "phone of anna: fail: anna's phone (+44•••••••123) was last confirmed on 2026-07-31, more than 92 days ago";
        let none = "phone of anna: fail: no confirmation of anna's phone (+44•••••••123) is known";
        check_recorded(anna("phone"), &confirmed(NUMBER, -92 * DAY), "CH13", &[]);
        check_recorded(anna("phone"), &confirmed(NUMBER, -92 * DAY - 1), "CH13", &[old]);
        let nobody = "111122223333: fail: 1 active device was read, and none was ever confirmed here: begin with :review-open \
                      or :activate-all";
        check_recorded(anna("phone"), &Recorded::default(), "CH13", &[none, nobody]);
        check_recorded(anna("-phone"), &Recorded::default(), "CH13", &[]);
        check_recorded(
            anna("?phone"),
            &Recorded::default(),
            "CH13",
            &["phone of anna: unknown"],
        );
        // That it is another address says it already.
        check_recorded(anna("phone"), &confirmed(OTHER, -92 * DAY - 1), "CH13", &[]);
    }
}

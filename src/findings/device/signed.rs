//! Whether devices are what they were when a review was signed.

use super::{
    super::{
        Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, recorded::Holder, severity::Severity, words,
    },
    address,
    confirmed::record,
    is_active, odd_word, whose,
};
use crate::domain::{
    contact::{ActivationStatus, Channel, Contact},
    text::neutral,
};

/// A device that stopped being paged, and nobody here did that.
pub(in crate::findings) static DROPPED_OUT: Check = Check {
    code: "CH16",
    name: "dropped-out",
    family: Family::Devices,
    severity: Severity::High,
    title: "was active at the last sign-off and is not now, with no deactivation of ours between: dropped out silently",
    rationale: "A carrier, or the owner by answering UNSUBSCRIBE, can end what a device receives. Everybody believes that \
                the person can be paged on it.",
    remedy: "Ask the owner: who unsubscribed has to text START first. Then activate the device anew.",
    command: "activate",
    needs: &[Need::Ledger, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Device(dropped_out)],
};

fn dropped_out(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let Some(recorded) = facts.recorded else {
        return Verdict::NotApplicable;
    };
    let Some(signed) = recorded.signed.get(&channel.arn) else {
        let unread = recorded.unread.clone();
        return unread.map_or(Verdict::NotApplicable, Verdict::Unknown);
    };
    if signed.status != ActivationStatus::Activated || is_active(channel) {
        return Verdict::Pass;
    }
    if let Some(word) = odd_word(channel) {
        return Verdict::Unknown(words::odd_status(word));
    }
    let ours = record(facts, channel).and_then(|record| record.switched_off_at);
    if ours.is_some_and(|at| at > signed.at) {
        return Verdict::Pass;
    }
    Verdict::fail(
        format!(
            "{} was active at the sign-off of {} on {}, and is not any more though nobody here deactivated it",
            whose(person, channel),
            neutral(&signed.review),
            signed.at.date_naive()
        ),
        vec![
            words::status(channel),
            Evidence::of_ledger("signed_off", format!("ACTIVATED, {}", words::instant(signed.at))),
        ],
    )
}

/// A device whose address was somebody else's.
pub(in crate::findings) static WAS_ANOTHERS: Check = Check {
    code: "CH19",
    name: "was-anothers",
    family: Family::Devices,
    severity: Severity::Medium,
    title: "address belonged to another contact at an earlier sign-off",
    rationale: "A number that went from one person to another is a phone that was handed on, or an entry that was put with \
                the wrong person.",
    remedy: "Ask both whose it is now, and confirm the device.",
    command: "activate",
    needs: &[Need::Ledger, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Device(was_anothers)],
};

fn was_anothers(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let Some(recorded) = facts.recorded else {
        return Verdict::NotApplicable;
    };
    let unread = || recorded.unread.clone();
    if recorded.holders.is_empty() {
        return unread().map_or(Verdict::NotApplicable, Verdict::Unknown);
    }
    let Some(fingerprint) = channel.address.fingerprint() else {
        let why = "nobody can tell whose address it was: it has no fingerprint";
        return Verdict::Unknown(why.to_owned());
    };
    let holders = recorded.holders.get(fingerprint).map_or(&[][..], Vec::as_slice);
    let is_theirs = |holder: &&Holder| holder.contact.is_same_resource(&person.arn);
    // Whoever had it when it was signed the last time has been looked at with it.
    let last = holders.last().map(|holder| &holder.review);
    let is_known = holders
        .iter()
        .any(|holder| is_theirs(&holder) && Some(&holder.review) == last);
    let Some(other) = holders
        .iter()
        .rev()
        .find(|holder| !is_theirs(holder))
        .filter(|_| !is_known)
    else {
        return unread().map_or(Verdict::Pass, Verdict::Unknown);
    };
    let whose_it_was = facts.label(&other.contact);
    Verdict::fail(
        format!(
            "{} belonged to {whose_it_was} at the sign-off of {}",
            whose(person, channel),
            neutral(&other.review)
        ),
        vec![address(channel), Evidence::of_ledger("belonged_to", whose_it_was)],
    )
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            contact::ActivationStatus,
            fingerprint::FingerprintKey,
            world::{World, at, contact_arn, device_arn},
        },
        findings::{
            proof::check_recorded,
            recorded::{DeviceRecord, Holder, Recorded, SignedDevice},
        },
    };

    fn key() -> FingerprintKey {
        FingerprintKey::new(&[7; FingerprintKey::LENGTH])
    }

    fn signed(status: ActivationStatus) -> Recorded {
        let mut recorded = Recorded::default();
        let device = SignedDevice {
            at: at(-48),
            review: "2026-Q3".to_owned(),
            status,
        };
        recorded.signed.insert(device_arn("anna", "phone"), device);
        recorded
    }

    fn switched_off(mut recorded: Recorded, hours: i64) -> Recorded {
        let record = DeviceRecord {
            switched_off_at: Some(at(hours)),
            ..DeviceRecord::default()
        };
        recorded.devices.insert(device_arn("anna", "phone"), record);
        recorded
    }

    fn unread() -> Recorded {
        Recorded {
            unread: Some("the population that 2026-Q3 signed is not at hand".to_owned()),
            ..Recorded::default()
        }
    }

    #[test]
    fn a_device_that_was_signed_as_active_and_that_we_did_not_switch_off_is_still_active() {
        let anna = |device: &str| World::new().person("anna", &[device], &[]);
        let fails = "phone of anna: fail: anna's phone (+44•••••••123) was active at the sign-off of 2026-Q3 on 2026-10-30, and \
                     is not any more though nobody here deactivated it";
        let active = || signed(ActivationStatus::Activated);
        check_recorded(anna("-phone"), &active(), "CH16", &[fails]);
        check_recorded(anna("-phone"), &switched_off(active(), -49), "CH16", &[fails]);
        check_recorded(anna("-phone"), &switched_off(active(), -47), "CH16", &[]);
        check_recorded(anna("phone"), &active(), "CH16", &[]);
        check_recorded(anna("?phone"), &active(), "CH16", &["phone of anna: unknown"]);
        check_recorded(anna("-phone"), &signed(ActivationStatus::NotActivated), "CH16", &[]);
        check_recorded(anna("-phone"), &Recorded::default(), "CH16", &[]);
        check_recorded(anna("-phone"), &unread(), "CH16", &["phone of anna: unknown"]);
        // It says more than that the device is not active.
        check_recorded(anna("-phone"), &active(), "CH01", &[]);
    }

    /// Anna has the number that others had at some sign-offs, the earliest first.
    #[track_caller]
    fn check_holders(holders: &[(&str, &str)], expected: &[&str]) {
        let mut world = World::new().person("anna", &["phone"], &[]).person("ben", &[], &[]);
        world.inventory.add_fingerprints(&key());
        let holders = holders.iter().map(|(alias, review)| Holder {
            contact: contact_arn(alias),
            review: (*review).to_owned(),
        });
        let mut recorded = Recorded::default();
        recorded
            .holders
            .insert(key().fingerprint("+447700900123"), holders.collect());
        check_recorded(world, &recorded, "CH19", expected);
    }

    #[test]
    fn an_address_that_was_somebody_elses_is_told_until_it_is_signed() {
        let fails = "phone of anna: fail: anna's phone (+44•••••••123) belonged to ben at the sign-off of Q1";
        check_holders(&[("ben", "Q1")], &[fails]);
        check_holders(&[("anna", "Q0"), ("ben", "Q1")], &[fails]);
        check_holders(&[("ben", "Q1"), ("anna", "Q2")], &[]);
        // Two people with one phone are told of by another check.
        check_holders(&[("anna", "Q1"), ("ben", "Q1")], &[]);
        check_holders(&[], &[]);
    }

    #[test]
    fn whose_an_address_was_is_unknown_without_a_fingerprint_or_a_population() {
        let world = World::new().person("anna", &["phone"], &[]);
        let mut recorded = Recorded::default();
        recorded.holders.insert("other".to_owned(), Vec::new());
        check_recorded(world.clone(), &recorded, "CH19", &["phone of anna: unknown"]);
        check_recorded(world.clone(), &unread(), "CH19", &["phone of anna: unknown"]);
        check_recorded(world, &Recorded::default(), "CH19", &[]);
    }
}

//! Addresses that stand in more than one place.

use super::{
    super::{
        Check, Evidence, Family, Judge, Verdict,
        facts::{Facts, address_key},
        needs::Need,
        severity::Severity,
        words,
    },
    address, devices, is_active, odd_word, whose,
};
use crate::domain::{
    contact::{Channel, ChannelKind, Contact, ContactKind},
    operation::Operation,
};

/// One phone or mailbox under several names.
pub(in crate::findings) static SHARED_ADDRESS: Check = Check {
    code: "CH06",
    name: "shared-address",
    family: Family::Devices,
    severity: Severity::High,
    title: "one address on two or more contacts",
    rationale: "Plans count these contacts as several people, and one phone rings for all of them. Often it is a hand-over \
                that was never finished.",
    remedy: "Ask whose it is, and give everybody else a device of their own.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[Need::EveryDevice],
    moot_when: &["CH05"],
    is_moving: true,
    judges: &[Judge::Device(shared_address)],
};

/// How many other contacts a sentence names.
const NAMED: usize = 3;

fn shared_address(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    if person.kind != ContactKind::Person || facts.inventory.is_shared_in(&person.arn) {
        return Verdict::NotApplicable;
    }
    if channel.address.reveal().is_none() {
        return Verdict::Pending;
    }
    let sharing = facts.sharing_address(channel);
    let others = sharing
        .iter()
        .map(|(other, _)| *other)
        .filter(|other| other.arn != person.arn && !facts.inventory.is_shared_in(&other.arn));
    // The devices of one contact stand together. A switchboard that everybody has must not be counted once for each of
    // them, so looking ends after a few names.
    let mut found: Vec<&Contact> = Vec::new();
    for other in others {
        if found.last().is_none_or(|last| last.arn != other.arn) {
            found.push(other);
        }
        if found.len() > NAMED {
            break;
        }
    }
    if found.is_empty() {
        // What stands in from an earlier load is masked, and the same address may be behind the mask.
        return if facts.inventory.stale.is_empty() {
            Verdict::Pass
        } else {
            Verdict::Pending
        };
    }
    let mut names: Vec<String> = found.iter().take(NAMED).map(|other| words::name(other)).collect();
    if found.len() > NAMED {
        names.push("others".to_owned());
    }
    let message = format!(
        "{} is also an address of {}",
        whose(person, channel),
        words::list(&names)
    );
    let count = words::count(sharing.len(), "device leads", "devices lead");
    let evidence = vec![
        address(channel),
        Evidence::new(
            "DeliveryAddress",
            format!("{count} there"),
            Operation::ListContactChannels,
        ),
    ];
    Verdict::fail(message, evidence)
}

/// The same device twice.
pub(in crate::findings) static DUPLICATE_ADDRESS: Check = Check {
    code: "CH07",
    name: "duplicate-address",
    family: Family::Devices,
    severity: Severity::Low,
    title: "one address twice in the same contact and type",
    rationale: "It looks like two devices and is one; whoever takes out the wrong one leaves a plan that names nothing.",
    remedy: "Take out the one that the engagement plan does not name.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH05", "CH06"],
    is_moving: true,
    judges: &[Judge::Device(duplicate_address)],
};

fn duplicate_address(_: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let Some(key) = address_key(channel) else {
        return Verdict::Pending;
    };
    // The one that stays is active, if any is; then the order of ARNs decides, which no list can change.
    let rank = |device: &Channel| (!is_active(device), device.arn.clone());
    let same = devices(person)
        .iter()
        .filter(|other| other.kind == channel.kind && address_key(other).as_ref() == Some(&key));
    match same.min_by_key(|other| rank(other)) {
        Some(first) if first.arn != channel.arn => Verdict::fail(
            format!(
                "{} leads to the same place as {}",
                whose(person, channel),
                words::device(first)
            ),
            vec![address(channel), address(first)],
        ),
        Some(_) | None => Verdict::Pass,
    }
}

/// A person with one phone for everything.
pub(in crate::findings) static ONE_PHONE: Check = Check {
    code: "CH18",
    name: "one-phone",
    family: Family::Devices,
    severity: Severity::Info,
    title: "text and voice on the same number: one phone, one failure",
    rationale: "Text messages and calls look like two ways to reach somebody, and an empty battery ends both.",
    remedy: "Where it matters, add a second number or rely on the next person in the escalation plan.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH02"],
    is_moving: true,
    judges: &[Judge::Person(one_phone)],
};

fn one_phone(_: &Facts<'_>, person: &Contact) -> Verdict {
    let audible = |device: &&Channel| matches!(device.kind, ChannelKind::Sms | ChannelKind::Voice);
    let active: Vec<&Channel> = devices(person)
        .iter()
        .filter(audible)
        .filter(|d| is_active(d))
        .collect();
    let has = |kind: ChannelKind| active.iter().any(|device| device.kind == kind);
    let (true, true, Some(first)) = (has(ChannelKind::Sms), has(ChannelKind::Voice), active.first()) else {
        return Verdict::NotApplicable;
    };
    let keys: Option<Vec<String>> = active.iter().map(|device| address_key(device)).collect();
    let Some(keys) = keys else {
        return Verdict::Pending;
    };
    if keys.windows(2).any(|pair| matches!(pair, [one, other] if one != other)) {
        return Verdict::Pass;
    }
    // Another number of unknown status may be a second phone.
    if let Some(word) = devices(person).iter().filter(audible).find_map(odd_word) {
        return Verdict::Unknown(words::odd_status(word));
    }
    Verdict::fail(
        format!(
            "{}'s text messages and calls all go to one number, {}",
            words::name(person),
            first.address.masked()
        ),
        active.iter().map(|device| address(device)).collect(),
    )
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{operation::Operation, world::World},
        findings::proof::check,
    };

    #[test]
    fn an_address_on_two_contacts_fails_on_every_device_that_has_it() {
        let world = World::new()
            .person("anna", &["phone=+447911123456", "call=+44 7911 123456"], &[])
            .person("ben", &["-phone=+447911123456"], &[])
            .person("cleo", &["phone=+447911123457", "mail=Anna@harbour.co"], &[])
            .person("dora", &["mail=anna@harbour.co"], &[]);
        check(
            world,
            "CH06",
            &[
                "phone of anna: fail: anna's phone (+44•••••••456) is also an address of ben",
                "phone of ben: fail: ben's phone (+44•••••••456) is also an address of anna",
                "mail of cleo: fail: cleo's mail (A•••@harbour.co) is also an address of dora",
                "mail of dora: fail: dora's mail (a•••@harbour.co) is also an address of cleo",
            ],
        );
    }

    #[test]
    fn of_many_contacts_with_one_address_a_few_are_named() {
        let number = &["phone=+447911123456"];
        let world = ["a", "b", "c", "d", "e"]
            .iter()
            .fold(World::new(), |world, alias| world.person(alias, number, &[]));
        let fail = |alias: &str, others: &str| {
            format!("phone of {alias}: fail: {alias}'s phone (+44•••••••456) is also an address of {others} and others")
        };
        let expected = [
            fail("a", "b, c, d"),
            fail("b", "a, c, d"),
            fail("c", "a, b, d"),
            fail("d", "a, b, c"),
            fail("e", "a, b, c"),
        ];
        check(world, "CH06", &expected.each_ref().map(String::as_str));
    }

    #[test]
    fn what_was_not_read_of_others_hides_a_shared_address() {
        let world = World::new()
            .person("anna", &["phone=+447911123456"], &[])
            .person("ben", &[], &[])
            .denied(Operation::ListContactChannels, "ben");
        check(world, "CH06", &["ben: unknown", "phone of anna: unknown"]);
        let world = World::new().person("anna", &["phone=+447911123456"], &[]).masked();
        check(world, "CH06", &["phone of anna: unknown"]);
    }

    #[test]
    fn a_contact_of_another_account_shares_nothing() {
        let elsewhere = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/anna";
        let world =
            World::new()
                .person(elsewhere, &["phone=+447911123456"], &[])
                .person("ben", &["phone=+447911123456"], &[]);
        check(world, "CH06", &[]);
    }

    #[test]
    fn the_same_number_twice_for_one_type_fails_on_the_one_that_may_go() {
        let world = World::new()
            .person(
                "anna",
                &["-old=+447911123456", "phone=+447911123456", "call=+447911123456"],
                &[],
            )
            .person("ben", &["b=+447911123457", "a=+447911123450"], &[])
            .person("cleo", &["a=+447911123458", "b=+447911123459"], &[]);
        check(
            world,
            "CH07",
            &["old of anna: fail: anna's old (+44•••••••456) leads to the same place as phone (+44•••••••456)"],
        );
        let world = World::new().person("anna", &["a=+447911123456", "b=+447911123456"], &[]);
        check(
            world.clone(),
            "CH07",
            &["b of anna: fail: anna's b (+44•••••••456) leads to the same place as a (+44•••••••456)"],
        );
        check(
            world.clone().masked(),
            "CH07",
            &["a of anna: unknown", "b of anna: unknown"],
        );
        check(
            world.denied(Operation::ListContactChannels, "anna"),
            "CH07",
            &["anna: unknown"],
        );
    }

    #[test]
    fn text_and_voice_on_one_number_fail_together() {
        let world = World::new()
            .person("anna", &["phone=+447911123456", "call=+447911123456", "mail"], &[])
            .person("ben", &["phone=+447911123457", "call=+442083661177"], &[])
            .person("cleo", &["phone=+447911123458"], &[])
            .person("dora", &["phone=+447911123459", "-call=+447911123459"], &[])
            .person(
                "emil",
                &["phone=+447911123460", "call=+447911123460", "?x=+447911123461"],
                &[],
            )
            .person("fred", &[], &[])
            .denied(Operation::ListContactChannels, "fred");
        check(
            world,
            "CH18",
            &[
                "anna: fail: anna's text messages and calls all go to one number, +44•••••••456",
                "emil: unknown",
                "fred: unknown",
            ],
        );
        let world = World::new().person("anna", &["phone", "call"], &[]).masked();
        check(world, "CH18", &["anna: unknown"]);
    }
}

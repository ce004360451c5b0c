//! Addresses that somebody typed to fill a field.

use super::{
    super::{Check, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity},
    address,
    number::is_declared,
    parts_of_mail,
    reserved::{domain_of, is_beneath, range_of},
    whose,
};
use crate::domain::contact::{Channel, ChannelKind, Contact};

/// A device that was never meant to be one.
pub(in crate::findings) static PLACEHOLDER: Check = Check {
    code: "CH17",
    name: "placeholder-address",
    family: Family::Devices,
    severity: Severity::High,
    title: "placeholder: reserved or fictional number, example domain, \"test\" in a name",
    rationale: "Nobody has this number or mailbox, so a page to it is lost, and the service still counts it as sent.",
    remedy: "Ask the owner for the real address. Where reserved numbers or domains are real, as in a drill, the policy can \
             say so.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Device(placeholder)],
};

/// Words that nobody gives to a device that is meant to be used.
const WORDS: [&str; 8] = [
    "changeme",
    "dummy",
    "fake",
    "placeholder",
    "tbd",
    "test",
    "testing",
    "todo",
];

fn placeholder(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let fail = |wrong: &str| Verdict::fail(format!("{} {wrong}", whose(person, channel)), vec![address(channel)]);
    let name = channel.name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    if let Some(word) = words.find(|word| WORDS.contains(word)) {
        return fail(&format!("has \"{word}\" in its name"));
    }
    let Some(whole) = channel.address.reveal() else {
        return Verdict::Pending;
    };
    let policy = &facts.policy.addresses;
    match &channel.kind {
        ChannelKind::Email => {
            let Some((_, domain)) = parts_of_mail(whole) else {
                return Verdict::Pass;
            };
            let is_real = policy.real_domains.iter().any(|real| is_beneath(domain, real));
            match domain_of(domain).filter(|_| !is_real) {
                Some(reserved) => fail(&format!("is at {reserved}, a domain that is reserved for examples")),
                None => Verdict::Pass,
            }
        }
        ChannelKind::Sms | ChannelKind::Voice => {
            match range_of(whole).filter(|_| !is_declared(whole, &policy.real_numbers)) {
                Some(range) => fail(&format!(
                    "is a number that {}, has set aside for fiction",
                    range.regulator
                )),
                None => Verdict::Pass,
            }
        }
        ChannelKind::Other(_) => Verdict::NotApplicable,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{operation::Operation, world::World},
        findings::{
            policy::Policy,
            proof::{check, check_with},
        },
    };

    #[test]
    fn what_is_reserved_or_named_for_a_test_is_a_placeholder() {
        let world = World::new()
            .person("anna", &["phone=+12125550123", "mail=anna@harbour.co"], &[])
            .person("ben", &["phone=+447911123456", "mail=ben@shop.example"], &[])
            .person(
                "cleo",
                &["Test phone=+447911123457", "Contest phone=+447911123458"],
                &[],
            );
        check(
            world,
            "CH17",
            &[
                "phone of anna: fail: anna's phone (+12••••••123) is a number that NANPA, for North America, has set aside \
                 for fiction",
                "mail of ben: fail: ben's mail (b•••@shop.example) is at example, a domain that is reserved for examples",
                "Test phone of cleo: fail: cleo's Test phone (+44•••••••457) has \"test\" in its name",
            ],
        );
    }

    #[test]
    fn the_policy_declares_numbers_and_domains_real() {
        let mut policy = Policy::default();
        policy.addresses.real_numbers = vec!["+447700900".to_owned()];
        policy.addresses.real_domains = vec!["example.com".to_owned()];
        let world = World::new().person("anna", &["phone", "mail", "call=+12125550123"], &[]);
        let expected = "call of anna: fail: anna's call (+12••••••123) is a number that NANPA, for North America, has set \
                        aside for fiction";
        check_with(world, &policy, None, "CH17", &[expected]);
    }

    #[test]
    fn a_masked_address_is_unknown_and_a_name_tells_all_the_same() {
        let world = World::new()
            .person("anna", &["phone", "dummy"], &[])
            .masked()
            .person("ben", &[], &[])
            .denied(Operation::ListContactChannels, "ben");
        check(
            world,
            "CH17",
            &[
                "ben: unknown",
                "dummy of anna: fail: anna's dummy (+44•••••••123) has \"dummy\" in its name",
                "phone of anna: unknown",
            ],
        );
    }
}

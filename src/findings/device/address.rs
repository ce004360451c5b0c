//! Whether the address of a device can be one at all.

use super::{
    super::{Check, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity},
    address,
    number::{self, NumberFault},
    whose,
};
use crate::domain::{
    contact::{Channel, ChannelKind, Contact},
    text::neutral,
};
use email_address::{EmailAddress, Options};

/// An address to which nothing can be sent, or nothing should.
pub(in crate::findings) static MALFORMED: Check = Check {
    code: "CH05",
    name: "malformed-address",
    family: Family::Devices,
    severity: Severity::High,
    title: "address is malformed, or its country or number range is not allowed",
    rationale: "The service takes any text for an address. A number without its country code, or in a range that does not \
                exist, is paged and nobody hears it.",
    remedy: "Ask the owner for the right address, write numbers as + and country code, and activate the device anew.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH17"],
    is_moving: true,
    judges: &[Judge::Device(malformed)],
};

fn malformed(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let Some(whole) = channel.address.reveal() else {
        return Verdict::Pending;
    };
    let wrong = match &channel.kind {
        ChannelKind::Email => mail_fault(whole).map(str::to_owned),
        ChannelKind::Sms | ChannelKind::Voice => {
            let policy = &facts.policy.addresses;
            let is_declared = number::is_declared(whole, &policy.real_numbers);
            number::fault(whole, &policy.country_codes, is_declared).map(|fault| in_words(&fault))
        }
        ChannelKind::Other(word) => {
            return Verdict::Unknown(format!(
                "devices of type {} are not known to this version",
                neutral(word)
            ));
        }
    };
    match wrong {
        None => Verdict::Pass,
        Some(wrong) => Verdict::fail(format!("{} {wrong}", whose(person, channel)), vec![address(channel)]),
    }
}

/// Returns what is wrong with a number, to follow its name.
fn in_words(fault: &NumberFault) -> String {
    match fault {
        NumberFault::NoCountryCode => "does not begin with + and a country code".to_owned(),
        NumberFault::Malformed => "is not + and a telephone number in digits".to_owned(),
        NumberFault::NoSuchCountry => "begins with a country code that no country has".to_owned(),
        NumberFault::CountryNotAllowed(code) => {
            format!("has the country code +{code}, which the policy does not allow")
        }
        NumberFault::NoSuchNumber(code) => format!("is in no range of numbers that is in use with +{code}"),
        NumberFault::Premium(code) => format!("is a premium-rate number of +{code}"),
    }
}

/// Returns what is wrong with a mail address, to follow its name.
fn mail_fault(whole: &str) -> Option<&'static str> {
    // A bare address: no name before it, no number of a host in brackets, no host without a dot.
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    if !whole.contains('@') {
        Some("has no @")
    } else if EmailAddress::parse_with_options(whole, options).is_err() {
        Some("is not a mail address")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{contact::ChannelKind, inventory::Part, operation::Operation, world::World},
        findings::{
            policy::Policy,
            proof::{check, check_with},
        },
    };

    #[track_caller]
    fn check_address(device: &str, expected: Option<&str>) {
        let name = device.split_once('=').unwrap().0;
        let world = World::new().person("anna", &[device], &[]);
        let expected: Vec<String> = expected
            .map(|wrong| format!("{name} of anna: fail: anna's {name} ({wrong}"))
            .into_iter()
            .collect();
        check(world, "CH05", &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn a_number_is_e164_and_in_a_range_that_its_country_uses() {
        check_address("phone=+447911123456", None);
        check_address("call=+442083661177", None);
        check_address(
            "phone=07911123456",
            Some("•••••••••••) does not begin with + and a country code"),
        );
        check_address(
            "phone=+44 7911 123456",
            Some("+44•••••••••456) is not + and a telephone number in digits"),
        );
        check_address("phone=+12", Some("•••) is not + and a telephone number in digits"));
        check_address(
            "phone=+99912345678",
            Some("+99••••••678) begins with a country code that no country has"),
        );
        check_address(
            "phone=+4479111234567",
            Some("+44••••••••567) is in no range of numbers that is in use with +44"),
        );
        check_address(
            "call=+449098710000",
            Some("+44•••••••000) is a premium-rate number of +44"),
        );
        check_address(
            "phone=+4479111234５６",
            Some("+44•••••••4５６) is not + and a telephone number in digits"),
        );
    }

    #[test]
    fn a_mail_address_has_two_parts_and_a_host_with_a_dot() {
        check_address("mail=anna@harbour.co", None);
        check_address("mail=a.o'hara+oncall@mail.harbour.co", None);
        check_address("mail=anna.harbour.co", Some("••••••••••••) has no @"));
        check_address("mail=anna@harbour", Some("a•••@harbour) is not a mail address"));
        check_address(
            "mail=anna <anna@harbour.co>",
            Some("a•••@harbour.co>) is not a mail address"),
        );
        check_address("mail=an na@harbour.co", Some("a•••@harbour.co) is not a mail address"));
    }

    #[test]
    fn the_policy_says_which_countries_are_allowed() {
        let mut policy = Policy::default();
        policy.addresses.country_codes.insert(44);
        let world = World::new().person("anna", &["phone=+447911123456", "call=+33612345678"], &[]);
        let expected =
            "call of anna: fail: anna's call (+33••••••678) has the country code +33, which the policy does not allow";
        check_with(world, &policy, None, "CH05", &[expected]);
    }

    #[test]
    fn a_number_of_fiction_or_one_that_is_declared_real_needs_no_range() {
        check_address("phone=+447700900123", None);
        let world = World::new().person("anna", &["phone=+4479111234567"], &[]);
        let mut policy = Policy::default();
        policy.addresses.real_numbers = vec!["+44 7911".to_owned()];
        check_with(world, &policy, None, "CH05", &[]);
    }

    #[test]
    fn a_device_that_was_not_read_or_is_of_a_new_type_is_unknown() {
        let world = World::new()
            .person("anna", &["phone"], &[])
            .denied(Operation::ListContactChannels, "anna");
        check(world, "CH05", &["anna: unknown"]);
        let mut world = World::new().person("ben", &["phone"], &[]);
        let ben = crate::domain::world::contact_arn("ben");
        let mut channels = world.inventory.contacts.items[&ben].channels.known().unwrap().clone();
        channels[0].kind = ChannelKind::Other("PIGEON".to_owned());
        world = world.part(Part::Channels(ben, crate::domain::gap::Reading::Known(channels)));
        check(world, "CH05", &["phone of ben: unknown"]);
    }

    #[test]
    fn a_masked_address_is_unknown() {
        check(
            World::new().person("anna", &["phone"], &[]).masked(),
            "CH05",
            &["phone of anna: unknown"],
        );
    }
}

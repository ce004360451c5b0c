//! Who is found behind which contact, and what is said of it.

use super::*;
use crate::domain::{
    contact::ActivationStatus,
    gap::Reading,
    inventory::Part,
    operation::Operation,
    roster::{Employment, RosterEntry},
    world::{World, contact_arn, device_arn},
};

fn entry(name: &str, email: &str, phone: &str) -> RosterEntry {
    let address = |text: &str| (!text.is_empty()).then(|| Address::new(text));
    RosterEntry {
        line: 2,
        name: name.to_owned(),
        email: address(email),
        phone: address(phone),
        team: None,
        status: Employment::Active,
        left_on: None,
        manager: None,
    }
}

fn roster(entries: &[(&str, &str, &str)]) -> Roster {
    Roster {
        entries: entries
            .iter()
            .map(|(name, email, phone)| entry(name, email, phone))
            .collect(),
        faults: Vec::new(),
    }
}

/// Adds a person with these addresses and this display name.
fn person(world: World, alias: &str, name: &str, addresses: &[&str]) -> World {
    let arn = contact_arn(alias);
    let channel = |(index, address): (usize, &&str)| Channel {
        arn: device_arn(arn.name(), &index.to_string()),
        contact: arn.clone(),
        name: "Device".to_owned(),
        kind: if address.contains('@') {
            ChannelKind::Email
        } else {
            ChannelKind::Sms
        },
        address: Address::new(address),
        status: ActivationStatus::NotActivated,
    };
    let channels = addresses.iter().enumerate().map(channel).collect();
    let mut contact = Contact {
        alias: arn.name().to_owned(),
        arn: arn.clone(),
        display_name: None,
        kind: ContactKind::Person,
        plan: Reading::Pending,
        channels: Reading::Known(channels),
        sharing: Reading::Pending,
        tags: Reading::Pending,
    };
    contact.display_name = (!name.is_empty()).then(|| name.to_owned());
    world.part(Part::Contacts(vec![contact]))
}

fn alone(alias: &str, name: &str, addresses: &[&str]) -> World {
    person(World::new(), alias, name, addresses)
}

/// Returns who is behind a contact, in a short sentence.
fn told(world: &World, alias: &str, roster: &Roster) -> String {
    match Matches::new(&world.inventory, roster).person(&contact_arn(alias)) {
        Some(PersonMatch::One(one)) => format!("{} {} {}", one.entry, one.confidence, one.reason),
        Some(PersonMatch::Ambiguous(several)) => format!("{:?} {}", several.candidates, several.reason),
        Some(PersonMatch::Nobody) => "nobody".to_owned(),
        Some(PersonMatch::Unknown) => "unknown".to_owned(),
        None => "left out".to_owned(),
    }
}

#[track_caller]
fn check(world: &World, rows: &[(&str, &str, &str)], expected: &str) {
    assert_eq!(told(world, "akua", &roster(rows)), expected);
}

#[test]
fn a_mail_address_goes_before_a_phone_number_and_that_before_a_name() {
    let rows = [
        ("Akua Mansa", "", ""),
        ("B", "", "+44 7700 900105"),
        ("C", "AKUA@a.example", ""),
    ];
    let whole = alone("akua", "Akua Mansa", &["+447700900105", "akua@A.example"]);
    check(&whole, &rows, "2 certain told by the mail address");
    let no_mail = alone("akua", "Akua Mansa", &["+447700900105"]);
    check(&no_mail, &rows, "1 probable told by the phone number");
    let nothing = alone("akua", "Akua Mansa", &[]);
    check(&nothing, &rows, "0 possible told by the name only");
    check(&alone("akua", "", &["+447700900106"]), &rows, "nobody");
}

#[test]
fn a_tag_in_a_mail_address_makes_it_less_sure() {
    let rows = [("A", "akua@a.example", ""), ("B", "akua+hr@b.example", "")];
    let world = alone("akua", "", &["akua+pager@a.example"]);
    check(
        &world,
        &rows,
        "0 probable told by the mail address but for its part after +",
    );
    let world = alone("akua", "", &["akua@b.example"]);
    check(
        &world,
        &rows,
        "1 probable told by the mail address but for its part after +",
    );
    check(&alone("akua", "", &["akua@c.example"]), &rows, "nobody");
}

#[test]
fn alias_and_name_together_are_surer_than_one_of_them() {
    let rows = [("Akua Mansa", "", ""), ("Ben Mansa", "", ""), ("Ama Mansa", "", "")];
    let of = |alias: &str, name: &str| told(&alone(alias, name, &[]), alias, &roster(&rows));
    assert_eq!(of("akua-mansa", "Mansa, Akua"), "0 probable told by alias and name");
    assert_eq!(of("akua-mansa", "On call"), "0 possible told by the alias only");
    assert_eq!(of("pager1", "Akua Mansa"), "0 possible told by the name only");
    assert_eq!(of("amansa", ""), "[0, 2] told by the alias only");
    assert_eq!(of("amansa", "Ama Mansa"), "2 probable told by alias and name");
    assert_eq!(of("ben-mansa", "Ama Mansa"), "[1, 2] told by the name only");
}

#[test]
fn several_rows_with_one_address_are_told_apart_by_what_else_fits() {
    let rows = [
        ("Akua Mansa", "duty@a.example", "+447700900105"),
        ("Ben Otoo", "duty@a.example", "+447700900106"),
        ("Cy Poku", "duty@a.example", "+447700900106"),
    ];
    let mail = "duty@a.example";
    check(&alone("akua", "", &[mail]), &rows, "[0, 1, 2] told by the mail address");
    check(
        &alone("akua", "", &[mail, "+447700900105"]),
        &rows,
        "0 probable told by the mail address, and among several by the phone number",
    );
    check(
        &alone("akua", "Cy Poku", &[mail, "+447700900106"]),
        &rows,
        "2 possible told by the mail address, and among several by the name only",
    );
    check(
        &alone("akua", "", &["a@x.example", "+447700900106"]),
        &rows,
        "[1, 2] told by the phone number",
    );
}

#[test]
fn two_mail_addresses_of_two_people_are_ambiguous() {
    let rows = [("A", "a@a.example", ""), ("B", "b@a.example", "")];
    let world = alone("akua", "", &["a@a.example", "b@a.example"]);
    check(&world, &rows, "[0, 1] told by the mail address");
    let matches = Matches::new(&world.inventory, &roster(&rows));
    assert_eq!(matches.contacts_of(0), []);
    assert_eq!(matches.uncertain_contacts_of(1), [contact_arn("akua")]);
}

#[test]
fn one_person_may_have_several_contacts() {
    let world = person(
        alone("li-na", "", &["li@a.example"]),
        "li-na-old",
        "",
        &["+447700900105"],
    );
    let matches = Matches::new(&world.inventory, &roster(&[("Li Na", "li@a.example", "+447700900105")]));
    assert_eq!(matches.contacts_of(0), [contact_arn("li-na"), contact_arn("li-na-old")]);
    assert_eq!(matches.contacts_of(1), []);
}

#[test]
fn without_its_devices_a_contact_is_told_by_its_name_or_not_at_all() {
    let rows = [("Akua Mansa", "akua@a.example", "")];
    let denied = |alias: &str| alone(alias, "", &[]).denied(Operation::ListContactChannels, alias);
    check(&denied("akua"), &rows, "unknown");
    assert_eq!(
        told(&denied("akua-mansa"), "akua-mansa", &roster(&rows)),
        "0 possible told by the alias only, since the devices could not be read"
    );
    let unasked = World::new().contact("akua", ContactKind::Person);
    check(&unasked, &rows, "unknown");
}

#[test]
fn an_address_that_is_only_known_by_its_mask_tells_nothing() {
    let world = alone("akua", "", &["akua@a.example"]);
    let stored = serde_json::to_string(&world.inventory).unwrap();
    let world = World {
        inventory: serde_json::from_str(&stored).unwrap(),
    };
    check(&world, &[("A", "ama@a.example", "")], "unknown");
}

#[test]
fn plans_schedules_and_contacts_of_other_accounts_are_left_out() {
    let foreign = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/akua";
    let world = person(World::new(), foreign, "", &["akua@a.example"]).contact("akua", ContactKind::EscalationPlan);
    let rows = roster(&[("A", "akua@a.example", "")]);
    assert_eq!(told(&world, foreign, &rows), "left out");
    assert_eq!(told(&world, "akua", &rows), "left out");
    assert_eq!(Matches::new(&world.inventory, &rows).contacts_of(0), []);
}

#[test]
fn a_match_says_whether_the_labels_are_like_the_person() {
    let likeness = |alias: &str, name: &str| {
        let world = alone(alias, name, &["k@a.example"]);
        let rows = roster(&[("Katarína Horvátová", "k@a.example", "")]);
        match Matches::new(&world.inventory, &rows).person(&contact_arn(alias)) {
            Some(PersonMatch::One(one)) => (one.is_alias_alike, one.is_name_alike),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(likeness("jdoe7", "Kit"), (false, Some(false)));
    assert_eq!(likeness("khorvatova", ""), (true, None));
    assert_eq!(likeness("pager", "Horvátová, K."), (false, Some(true)));
}

#[test]
fn no_reason_holds_an_address() {
    let world = alone("akua", "", &["akua+x@a.example", "+447700900105"]);
    let told = told(&world, "akua", &roster(&[("A", "akua@a.example", "+447700900105")]));
    assert!(!told.contains('@') && !told.contains("7700"), "{told}");
}

#[test]
fn a_thousand_of_one_name_are_cut_short() {
    let rows = vec![("On Call", "", ""); 1000];
    let PersonMatch::Ambiguous(several) = Matches::new(&alone("on-call", "", &[]).inventory, &roster(&rows))
        .person(&contact_arn("on-call"))
        .cloned()
        .unwrap()
    else {
        panic!("a thousand fit")
    };
    assert_eq!(several.candidates, (0..MAX_CANDIDATES).collect::<Vec<_>>());
}

#[test]
fn a_large_account_is_matched_whole() {
    // By mail, by phone, by name and not at all, in turn.
    let world = (0..200).fold(World::new(), |world, number| {
        let (mail, phone) = (format!("p{number}@a.example"), format!("+4477009{number:05}"));
        let name = format!("Given{number} Family{number}");
        match number % 4 {
            0 => person(world, &format!("c{number}"), "", &[&mail]),
            1 => person(world, &format!("c{number}"), "", &[&phone]),
            2 => person(world, &format!("c{number}"), &name, &[]),
            _ => person(world, &format!("c{number}"), "", &[]),
        }
    });
    let rows: Vec<(String, String, String)> = (0..10_000)
        .map(|number| {
            (
                format!("Given{number} Family{number}"),
                format!("p{number}@a.example"),
                format!("+44 77009 {number:05}"),
            )
        })
        .collect();
    let rows: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
        .collect();
    let matches = Matches::new(&world.inventory, &roster(&rows));
    for number in 0..200_usize {
        let expected = usize::from(number % 4 != 3);
        assert_eq!(matches.contacts_of(number).len(), expected, "{number}");
    }
}

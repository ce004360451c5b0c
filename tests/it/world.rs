//! A small organisation, as a load reports it: hostile names, and something unknown of every kind.

use crate::harness::start_of_test;
use callsheet::domain::{
    Timestamp,
    address::Address,
    call::{Call, CallOutcome, Called},
    contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan, Stage, Target},
    gap::{Gap, GapReason, Reading},
    ids::Arn,
    inventory::{Caller, Part, SectionKind},
    load::{Connected, LoadEvent, Progress},
    operation::Operation,
    response::{ResponsePlan, ResponsePlanDetail},
    schedule::{Rotation, Shift},
    sharing::Sharing,
    tags::Tags,
};
use chrono::Duration;
use std::sync::Arc;

/// The people: alias, display name, devices (kind, address, status).
type Person = (
    &'static str,
    Option<&'static str>,
    &'static [(&'static str, &'static str, &'static str)],
);

const PEOPLE: &[Person] = &[
    (
        "akua",
        Some("Akua Mansa"),
        &[
            ("SMS", "+447700900101", "ACTIVATED"),
            ("VOICE", "+447700900101", "ACTIVATED"),
            ("EMAIL", "akua@example.com", "ACTIVATED"),
        ],
    ),
    ("anna", Some("Anna Kovács"), &[("SMS", "+447700900102", "ACTIVATED")]),
    (
        "ben",
        Some("Ben Ó Briain"),
        &[("VOICE", "+447700900103", "NOT_ACTIVATED")],
    ),
    ("carla", Some("Carla Reyes"), &[]),
    ("dmitri", Some("Dmitri Orlov"), &[]),
    // A name that would clear the screen, one that would turn the line around, and one that is written that way.
    (
        "eve",
        Some("Eve\u{1b}[2J\u{7}\nSmith"),
        &[("EMAIL", "eve@example.com", "ACTIVATED")],
    ),
    (
        "justin",
        Some("\u{202e}nitsuJ"),
        &[("SMS", "+447700900104", "ACTIVATED")],
    ),
    ("sara", Some("שרה לוי"), &[("SMS", "+447700900105", "ACTIVATED")]),
    (
        "wang",
        Some("王小明 データベース夜間当番担当"),
        &[
            ("SMS", "+447700900106", "ACTIVATED"),
            ("VOICE", "+447700900107", "NOT_ACTIVATED"),
        ],
    ),
    (
        "zoe",
        Some("Zoe\u{301} A\u{30a}kerman"),
        &[("SMS", "+447700900108", "PAUSED")],
    ),
    ("kofi", Some("Kofi Boateng"), &[("SMS", "+447700900109", "ACTIVATED")]),
    (
        "legacy-migration-robot-with-a-long-name",
        None,
        &[("EMAIL", "robot@example.com", "ACTIVATED")],
    ),
];

/// Returns the ARN of a contact of our account.
pub(crate) fn contact_arn(alias: &str) -> Arn {
    Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{alias}")).unwrap()
}

fn channel_arn(alias: &str, number: usize) -> Arn {
    Arn::parse(&format!(
        "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/{alias}/00000000-0000-4000-8000-{number:012}"
    ))
    .unwrap()
}

fn rotation_arn(number: usize) -> Arn {
    Arn::parse(&format!(
        "arn:aws:ssm-contacts:eu-west-1:111122223333:rotation/00000000-0000-4000-9000-{number:012}"
    ))
    .unwrap()
}

/// Returns a gap that was found while loading.
pub(crate) fn gap(operation: Operation, subject: Option<Arn>, reason: GapReason) -> Arc<Gap> {
    Arc::new(Gap {
        operation,
        subject,
        reason,
        request_id: Some("7f6f2c4e-0000-4000-8000-000000000001".to_owned()),
        at: start_of_test(),
    })
}

fn contact(alias: &str, display_name: Option<&str>, kind: ContactKind) -> Contact {
    Contact {
        arn: contact_arn(alias),
        alias: alias.to_owned(),
        display_name: display_name.map(ToOwned::to_owned),
        kind,
        plan: Reading::Pending,
        channels: Reading::Pending,
        tags: Reading::Pending,
        sharing: Reading::Pending,
    }
}

fn channels(alias: &str, devices: &[(&str, &str, &str)]) -> Vec<Channel> {
    let channel = |(number, (kind, address, status)): (usize, &(&str, &str, &str))| Channel {
        arn: channel_arn(alias, number),
        contact: contact_arn(alias),
        name: format!("{alias}-{}", kind.to_lowercase()),
        kind: ChannelKind::from((*kind).to_owned()),
        address: Address::new(address),
        status: ActivationStatus::from((*status).to_owned()),
    };
    devices.iter().enumerate().map(channel).collect()
}

/// Returns a plan that engages these contacts, one in each stage.
fn escalation(targets: &[Arn]) -> Plan {
    let stage = |contact: &Arn| Stage {
        duration_minutes: 10,
        targets: vec![Target::Contact {
            contact: contact.clone(),
            is_essential: true,
        }],
    };
    Plan {
        stages: targets.iter().map(stage).collect(),
        rotations: Vec::new(),
    }
}

/// Returns a person's plan: every device at once.
fn engagement(alias: &str, devices: usize) -> Plan {
    let target = |number| Target::Channel {
        channel: channel_arn(alias, number),
        retry_minutes: Some(1),
    };
    Plan {
        stages: vec![Stage {
            duration_minutes: 5,
            targets: (0..devices).map(target).collect(),
        }],
        rotations: Vec::new(),
    }
}

fn person_parts((alias, _, devices): &Person) -> [Part; 2] {
    let arn = contact_arn(alias);
    let plan = match *alias {
        "kofi" => Reading::Unknown(gap(Operation::GetContact, Some(arn.clone()), GapReason::Throttled)),
        _ => Reading::Known(engagement(alias, devices.len())),
    };
    let channels = match *alias {
        "dmitri" => Reading::Unknown(gap(
            Operation::ListContactChannels,
            Some(arn.clone()),
            GapReason::Denied,
        )),
        _ => Reading::Known(channels(alias, devices)),
    };
    [Part::Plan(arn.clone(), plan), Part::Channels(arn, channels)]
}

/// Returns what a load reports before the first page of contacts.
pub(crate) fn connected() -> Vec<LoadEvent> {
    let at = start_of_test();
    vec![
        LoadEvent::Connected(Connected {
            profile: None,
            region: "eu-west-1".to_owned(),
            endpoint: None,
            credentials_end_at: Some(at + Duration::minutes(7 * 60 + 35)),
        }),
        LoadEvent::Part(Part::Started {
            at,
            horizon_end: at + Duration::days(14),
        }),
        LoadEvent::Part(Part::Caller(Reading::Known(Caller {
            account: "111122223333".to_owned(),
            arn: Arn::parse("arn:aws:sts::111122223333:assumed-role/PagingReviewer/mei").unwrap(),
        }))),
    ]
}

/// Returns how far a load has come.
pub(crate) fn progress(answered: usize, expected: usize, seconds_left: Option<u64>) -> LoadEvent {
    LoadEvent::Progress(Progress {
        answered,
        expected,
        seconds_left,
    })
}

/// Returns the page of people without their plans and devices.
pub(crate) fn people() -> Part {
    Part::Contacts(
        PEOPLE
            .iter()
            .map(|(alias, name, _)| contact(alias, *name, ContactKind::Person))
            .collect(),
    )
}

/// Returns a page of many people without their plans and devices.
pub(crate) fn many_people(count: usize) -> Part {
    let of = |number| contact(&format!("person-{number}"), None, ContactKind::Person);
    Part::Contacts((0..count).map(of).collect())
}

/// Returns the plans and devices of the first people.
pub(crate) fn details(count: usize) -> Vec<Part> {
    PEOPLE.iter().take(count).flat_map(person_parts).collect()
}

/// Returns that something has one tag and is shared with nobody.
fn private(arn: Arn) -> [Part; 2] {
    let tags = Tags::from([("team".to_owned(), "payments".to_owned())]);
    [
        Part::Tags(arn.clone(), Reading::Known(tags)),
        Part::Sharing(arn, Reading::Known(Sharing::default())),
    ]
}

/// Returns every part of the organisation, in the order in which a load could report it.
pub(crate) fn parts() -> Vec<Part> {
    let now = start_of_test();
    let mut parts = vec![
        Part::ReplicationSet(Reading::Unknown(gap(
            Operation::ListReplicationSets,
            None,
            GapReason::TimedOut,
        ))),
        people(),
        Part::Contacts(vec![
            contact("payments", Some("Payments escalation"), ContactKind::EscalationPlan),
            contact("primary", Some("Primary on call"), ContactKind::Schedule),
        ]),
        Part::Contacts(vec![shared_in()]),
        Part::SectionEnded(SectionKind::Contacts, None),
    ];
    parts.extend(details(PEOPLE.len()));
    let aliases = PEOPLE.iter().map(|(alias, _, _)| *alias).chain(["payments", "primary"]);
    parts.extend(aliases.map(contact_arn).flat_map(private));
    parts.extend([
        Part::Plan(
            contact_arn("payments"),
            Reading::Known(escalation(&[
                contact_arn("primary"),
                contact_arn("akua"),
                contact_arn("gone"),
            ])),
        ),
        Part::Plan(
            contact_arn("primary"),
            Reading::Known(Plan {
                stages: Vec::new(),
                rotations: vec![rotation_arn(1), rotation_arn(2)],
            }),
        ),
        Part::Plan(
            shared_in().arn,
            Reading::Unknown(gap(Operation::GetContact, Some(shared_in().arn), GapReason::NotShared)),
        ),
        Part::Channels(
            shared_in().arn,
            Reading::Unknown(gap(
                Operation::ListContactChannels,
                Some(shared_in().arn),
                GapReason::Refused {
                    code: "ValidationException".to_owned(),
                    message: "the contact is \u{1b}[1mnot\u{1b}[0m yours".to_owned(),
                },
            )),
        ),
        Part::Rotations(vec![rotation(1, "weekdays"), rotation(2, "weekends")]),
        Part::SectionEnded(
            SectionKind::Rotations,
            Some(gap(Operation::ListRotations, None, GapReason::RepeatedToken)),
        ),
        Part::Shifts(rotation_arn(1), Reading::Known(shifts(now))),
        Part::Shifts(
            rotation_arn(2),
            Reading::Unknown(gap(
                Operation::ListRotationShifts,
                Some(rotation_arn(2)),
                GapReason::Malformed {
                    detail: "a shift without an end".to_owned(),
                },
            )),
        ),
        Part::ResponsePlans(vec![ResponsePlan {
            arn: response_arn(),
            name: "checkout-down".to_owned(),
            display_name: None,
            detail: Reading::Pending,
            tags: Reading::Pending,
            sharing: Reading::Pending,
        }]),
        Part::SectionEnded(SectionKind::ResponsePlans, None),
        Part::ResponsePlanDetail(
            response_arn(),
            Reading::Known(ResponsePlanDetail {
                incident_title: "Checkout is down".to_owned(),
                impact: 1,
                engagements: vec![contact_arn("payments"), contact_arn("anna")],
                ..ResponsePlanDetail::default()
            }),
        ),
    ]);
    parts.extend(private(response_arn()));
    parts.push(Part::Ended { at: now });
    parts
}

/// Returns the requests that a load of the organisation makes, some of them.
pub(crate) fn calls() -> Vec<LoadEvent> {
    let call = |operation, parameters: &[(&str, &str)], attempt, outcome| {
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        LoadEvent::Call(Call {
            at: start_of_test(),
            operation: Called::Read(operation),
            parameters: parameters.collect(),
            attempt,
            took_milliseconds: 48,
            outcome,
            request_id: Some("7f6f2c4e-0000-4000-8000-000000000002".to_owned()),
        })
    };
    let failed = |code: &str| CallOutcome::Failed { code: code.to_owned() };
    vec![
        call(Operation::GetCallerIdentity, &[], 1, CallOutcome::Answered { items: 1 }),
        call(
            Operation::ListContacts,
            &[("max-results", "100")],
            1,
            CallOutcome::Answered { items: 15 },
        ),
        call(
            Operation::GetContact,
            &[("contact-id", contact_arn("kofi").as_str())],
            4,
            failed("ThrottlingException"),
        ),
        call(
            Operation::ListContactChannels,
            &[("contact-id", contact_arn("dmitri").as_str())],
            1,
            failed("AccessDeniedException"),
        ),
    ]
}

fn shared_in() -> Contact {
    Contact {
        arn: Arn::parse("arn:aws:ssm-contacts:eu-west-1:444455556666:contact/vendor").unwrap(),
        ..contact("vendor", Some("Vendor hotline"), ContactKind::Person)
    }
}

fn response_arn() -> Arn {
    Arn::parse("arn:aws:ssm-incidents::111122223333:response-plan/checkout-down").unwrap()
}

fn rotation(number: usize, name: &str) -> Rotation {
    Rotation {
        arn: rotation_arn(number),
        name: name.to_owned(),
        members: Reading::Known(vec![contact_arn("anna"), contact_arn("ben"), contact_arn("wang")]),
        time_zone: Some("Europe/Dublin".to_owned()),
        start_at: Some(start_of_test() - Duration::days(90)),
        recurrence: None,
        overrides: Reading::Known(Vec::new()),
        shifts: Reading::Pending,
        tags: Reading::Known(Tags::default()),
    }
}

fn shifts(now: Timestamp) -> Vec<Shift> {
    let shift = |(number, alias): (i64, &&str)| Shift {
        start_at: now + Duration::hours(12 * number - 6),
        end_at: now + Duration::hours(12 * number + 6),
        contacts: vec![contact_arn(alias)],
        overridden: Vec::new(),
        kind: "REGULAR".to_owned(),
    };
    (0..).zip(["anna", "ben", "wang"].iter()).map(shift).collect()
}

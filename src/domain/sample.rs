//! One world for tests of forms that are kept: one of everything, a hostile name, and something unread of every kind.

use super::{
    Timestamp,
    address::Address,
    contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan, Stage, Target},
    fingerprint::FingerprintKey,
    gap::{Gap, GapReason, Reading},
    ids::Arn,
    inventory::{Inventory, Part, Read, SectionKind},
    operation::Operation,
    response::{Chat, ReplicationSet, ResponsePlan, ResponsePlanDetail},
    schedule::{HandOff, Override, Recurrence, Rotation, Shift},
    sharing::{Principal, Sharing},
    world::{ACCOUNT, World, at, contact_arn, device_arn, gap, response_arn, rotation_arn},
};
use std::sync::Arc;

/// The whole addresses that are in the sample, of which no output may hold one.
pub(crate) const ADDRESSES: [&str; 2] = ["+447700900123", "akua@example.com"];

/// Returns the instant that lies this many minutes after the beginning of every test world.
pub(crate) fn minute(minute: i64) -> Timestamp {
    at(0) + chrono::Duration::minutes(minute)
}

/// Returns the gap of a denied call, whose request has an id.
pub(crate) fn denied(operation: Operation, subject: Option<Arn>) -> Arc<Gap> {
    Arc::new(Gap {
        request_id: Some("request-1".to_owned()),
        at: minute(1),
        ..Arc::unwrap_or_clone(gap(operation, subject, GapReason::Denied))
    })
}

fn contact(alias: &str, display_name: Option<&str>, kind: ContactKind) -> Contact {
    let arn = contact_arn(alias);
    Contact {
        alias: arn.name().to_owned(),
        arn,
        display_name: display_name.map(str::to_owned),
        kind,
        plan: Reading::Pending,
        channels: Reading::Pending,
        tags: Reading::Pending,
        sharing: Reading::Pending,
    }
}

fn channel(name: &str, kind: ChannelKind, address: &str, status: ActivationStatus) -> Channel {
    Channel {
        arn: device_arn("akua", name),
        contact: contact_arn("akua"),
        name: name.to_owned(),
        kind,
        address: Address::new(address),
        status,
    }
}

fn stage(duration_minutes: i32, targets: Vec<Target>) -> Stage {
    Stage {
        duration_minutes,
        targets,
    }
}

fn hour(hour: i32) -> HandOff {
    HandOff { hour, minute: 0 }
}

/// The key of the sample's fingerprints.
pub(crate) fn key() -> FingerprintKey {
    FingerprintKey::new(&[7; FingerprintKey::LENGTH])
}

/// Everything is read, but for the devices of "ben" and the end of the list of response plans.
pub(crate) fn inventory() -> Inventory {
    let parts = [replication_set()]
        .into_iter()
        .chain(contacts())
        .chain(rotations())
        .chain(responses());
    let mut inventory = parts.fold(World::new(), World::part).inventory;
    inventory.add_fingerprints(&key());
    inventory
}

fn replication_set() -> Part {
    Part::ReplicationSet(Reading::Known(Some(ReplicationSet {
        arn: Arn::parse(&format!("arn:aws:ssm-incidents::{ACCOUNT}:replication-set/0a1b")).unwrap(),
        status: "ACTIVE".to_owned(),
        is_deletion_protected: Some(true),
        regions: vec![("eu-west-1".to_owned(), "ACTIVE".to_owned())],
        changed_at: Some(minute(-100)),
    })))
}

fn contacts() -> Vec<Part> {
    let phone = channel("phone", ChannelKind::Sms, ADDRESSES[0], ActivationStatus::Activated);
    let mail = channel("=1+1", ChannelKind::Email, ADDRESSES[1], ActivationStatus::NotActivated);
    let own_plan = Plan {
        stages: vec![stage(
            5,
            vec![Target::Channel {
                channel: phone.arn.clone(),
                retry_minutes: Some(2),
            }],
        )],
        rotations: Vec::new(),
    };
    let essential = Target::Contact {
        contact: contact_arn("akua"),
        is_essential: true,
    };
    let escalation = Plan {
        stages: vec![stage(10, vec![essential]), stage(0, vec![Target::Empty])],
        rotations: Vec::new(),
    };
    let on_call = Plan {
        stages: Vec::new(),
        rotations: vec![rotation_arn("r1")],
    };
    let zoe = contact_arn("arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe");
    let shared = contact(zoe.as_str(), None, ContactKind::Person);
    vec![
        Part::Contacts(vec![
            contact("akua", Some("Akua \u{202e}\u{1b}[2JMensah\u{9b}"), ContactKind::Person),
            contact("ben", Some("=cmd|' /C calc'!A0"), ContactKind::Person),
            contact("database", None, ContactKind::EscalationPlan),
            contact("nights", Some("Nights, with \"quotes\""), ContactKind::Schedule),
            contact("robot", None, ContactKind::Other("MACHINE".to_owned())),
            shared,
        ]),
        Part::SectionEnded(SectionKind::Contacts, None),
        Part::Plan(contact_arn("akua"), Reading::Known(own_plan)),
        Part::Channels(contact_arn("akua"), Reading::Known(vec![phone, mail])),
        Part::Plan(contact_arn("ben"), Reading::Known(Plan::default())),
        Part::Channels(
            contact_arn("ben"),
            Reading::Unknown(denied(Operation::ListContactChannels, Some(contact_arn("ben")))),
        ),
        Part::Plan(contact_arn("database"), Reading::Known(escalation)),
        Part::Plan(contact_arn("nights"), Reading::Known(on_call)),
        Part::Plan(contact_arn("robot"), Reading::Known(Plan::default())),
        Part::Plan(zoe.clone(), Reading::Known(Plan::default())),
        Part::Channels(zoe, Reading::Known(Vec::new())),
        tags(contact_arn("akua"), &[("owner", "=1+1\u{1b}"), ("team", "core")]),
        Part::Sharing(contact_arn("akua"), Reading::Known(Sharing::default())),
        tags(contact_arn("ben"), &[]),
        Part::Sharing(
            contact_arn("ben"),
            Reading::Unknown(denied(Operation::GetContactPolicy, Some(contact_arn("ben")))),
        ),
        tags(contact_arn("nights"), &[("team", "core")]),
        Part::Sharing(
            contact_arn("nights"),
            Reading::Known(shared_with(&["*", "444455556666"])),
        ),
    ]
}

fn tags(arn: Arn, tags: &[(&str, &str)]) -> Part {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Part::Tags(arn, Reading::Known(tags.collect()))
}

fn shared_with(principals: &[&str]) -> Sharing {
    Sharing {
        principals: principals
            .iter()
            .map(|text| Principal::from((*text).to_owned()))
            .collect(),
    }
}

fn rotations() -> Vec<Part> {
    let r1 = rotation_arn("r1");
    let (akua, ben) = (contact_arn("akua"), contact_arn("ben"));
    let shift = |start: i64, contacts: &[&Arn], kind: &str| Shift {
        start_at: minute(start),
        end_at: minute(start + 60),
        contacts: contacts.iter().copied().cloned().collect(),
        overridden: if contacts.is_empty() {
            vec![ben.clone()]
        } else {
            Vec::new()
        },
        kind: kind.to_owned(),
    };
    vec![
        Part::Rotations(vec![Rotation {
            arn: r1.clone(),
            name: "night watch".to_owned(),
            members: Reading::Known(vec![akua.clone(), ben.clone()]),
            time_zone: Some("Europe/London".to_owned()),
            start_at: Some(minute(-1000)),
            recurrence: Some(Recurrence {
                number_of_on_calls: 1,
                multiplier: 1,
                daily: Vec::new(),
                weekly: vec![("MON".to_owned(), hour(9))],
                monthly: Vec::new(),
                coverages: vec![("MON".to_owned(), vec![(hour(18), hour(23))])],
            }),
            overrides: Reading::Pending,
            shifts: Reading::Pending,
            tags: Reading::Pending,
        }]),
        Part::SectionEnded(SectionKind::Rotations, None),
        tags(r1.clone(), &[("team", "core")]),
        Part::Overrides(
            r1.clone(),
            Reading::Known(vec![Override {
                id: "0b1c".to_owned(),
                start_at: minute(60),
                end_at: minute(120),
                contacts: Vec::new(),
                created_at: Some(minute(-10)),
            }]),
        ),
        Part::Shifts(
            r1,
            Reading::Known(vec![shift(0, &[&akua, &ben], "REGULAR"), shift(60, &[], "OVERRIDDEN")]),
        ),
    ]
}

fn responses() -> Vec<Part> {
    let plan = |name: &str| ResponsePlan {
        arn: response_arn(name),
        name: name.to_owned(),
        display_name: None,
        detail: Reading::Pending,
        tags: Reading::Pending,
        sharing: Reading::Pending,
    };
    let (outage, quiet) = (plan("outage"), plan("quiet"));
    let detail = ResponsePlanDetail {
        incident_title: "Outage".to_owned(),
        impact: 1,
        engagements: vec![contact_arn("database"), contact_arn("nights")],
        chat: Chat::Topics(vec!["arn:aws:sns:eu-west-1:111122223333:war-room".to_owned()]),
        runbook: Some("runbook".to_owned()),
        integration: None,
    };
    vec![
        Part::ResponsePlans(vec![outage.clone(), quiet.clone()]),
        tags(outage.arn.clone(), &[("cost centre", "12")]),
        Part::Sharing(outage.arn.clone(), Reading::Known(shared_with(&["o-a1b2c3d4e5"]))),
        Part::ResponsePlanDetail(outage.arn, Reading::Known(detail)),
        Part::ResponsePlanDetail(quiet.arn, Reading::Known(ResponsePlanDetail::default())),
        Part::SectionEnded(
            SectionKind::ResponsePlans,
            Some(denied(Operation::ListResponsePlans, None)),
        ),
        Part::Read(Read {
            operation: Operation::ListContacts,
            parameters: vec![("max-results".to_owned(), "1000".to_owned())],
            pages: 1,
            items: 6,
            request_ids: vec!["request-0".to_owned()],
            at: minute(1),
            is_complete: true,
        }),
        Part::Ended { at: minute(2) },
    ]
}

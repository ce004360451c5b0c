//! Random organisations for tests: everything that can go wrong with a plan, at once.
//!
//! Shifts lie in the first two hours of the world, and the horizon ends long after them. Names are single letters with a
//! number: `p` a person, `e` an escalation plan, `s` a schedule, `r` a rotation; `left` is nobody.

use crate::domain::{
    address::Address,
    contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan, Stage, Target},
    gap::{GapReason, Reading},
    ids::Arn,
    inventory::{Inventory, Part, SectionKind, SectionState},
    operation::Operation,
    sample::minute,
    schedule::{Rotation, Shift},
    world::{World, contact_arn, device_arn, gap, response_arn, rotation_arn},
};
use proptest::{prelude::*, sample::select};
use std::sync::Arc;

/// Everything that a plan or response plan may name.
const NAMES: [&str; 10] = ["p0", "p1", "p2", "p3", "e0", "e1", "e2", "s0", "s1", "left"];
const PEOPLE: [&str; 5] = ["p0", "p1", "p2", "p3", "left"];
const DEVICES: [&str; 3] = ["phone", "mail", "call"];

/// Returns any organisation; everything of it has been read.
pub(crate) fn any_organisation() -> impl Strategy<Value = Inventory> {
    let people = prop::collection::vec((any_channels(), prop::collection::vec(any_device_stage(), 0..4)), 4);
    let plans = prop::collection::vec(prop::collection::vec(any_contact_stage(), 0..4), 3);
    let rotations = prop::collection::vec(any_shifts(), 3);
    let schedules = prop::collection::vec(prop::collection::vec(select(&["r0", "r1", "r2", "gone"][..]), 0..3), 2);
    let engaged = prop::collection::vec(select(&NAMES[..]), 0..4);
    (people, plans, rotations, schedules, engaged).prop_map(|(people, plans, rotations, schedules, engaged)| {
        let mut world = World::new();
        world.inventory.apply(Part::Started {
            at: minute(0),
            horizon_end: minute(1000),
        });
        for (name, (channels, stages)) in NAMES.into_iter().zip(people) {
            world = with_person(world, name, &channels, stages);
        }
        for (name, stages) in ["e0", "e1", "e2"].into_iter().zip(plans) {
            world = world
                .contact(name, ContactKind::EscalationPlan)
                .part(Part::Plan(contact_arn(name), Reading::Known(plan_of(stages))));
        }
        for (name, shifts) in ["r0", "r1", "r2"].into_iter().zip(rotations) {
            world = world
                .rotation(name, &[])
                .part(Part::Shifts(rotation_arn(name), Reading::Known(shifts)));
        }
        for (name, rotations) in ["s0", "s1"].into_iter().zip(schedules) {
            world = world.schedule(name, &rotations);
        }
        world.response("all", &engaged).complete().inventory
    })
}

/// Returns anything that can be engaged.
pub(crate) fn any_start() -> impl Strategy<Value = Arn> {
    let contacts = select(&NAMES[..]).prop_map(contact_arn);
    prop_oneof![Just(response_arn("all")), contacts]
}

/// Returns the ARN of any person.
pub(crate) fn any_person() -> impl Strategy<Value = Arn> {
    select(&PEOPLE[..]).prop_map(contact_arn)
}

/// Something that could not be read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hidden {
    Plan(&'static str),
    Channels(&'static str),
    Status(&'static str, usize),
    Kind(&'static str, usize),
    Contact(&'static str),
    Shifts(&'static str),
    Rotation(&'static str),
    Response,
}

/// Returns anything that may be hidden.
pub(crate) fn any_hidden() -> impl Strategy<Value = Hidden> {
    let contact = || select(&NAMES[..]);
    let rotation = || select(&["r0", "r1", "r2"][..]);
    prop_oneof![
        contact().prop_map(Hidden::Plan),
        contact().prop_map(Hidden::Channels),
        (contact(), 0..3_usize).prop_map(|(person, index)| Hidden::Status(person, index)),
        (contact(), 0..3_usize).prop_map(|(person, index)| Hidden::Kind(person, index)),
        contact().prop_map(Hidden::Contact),
        rotation().prop_map(Hidden::Shifts),
        rotation().prop_map(Hidden::Rotation),
        Just(Hidden::Response),
    ]
}

/// Takes something out of what was read.
pub(crate) fn hide(inventory: &mut Inventory, hidden: Hidden) {
    let denied = |operation| gap(operation, None, GapReason::Denied);
    let mut change = |name: &str, change: &dyn Fn(&mut Contact)| {
        if let Some(contact) = inventory.contacts.items.get_mut(&contact_arn(name)) {
            change(Arc::make_mut(contact));
        }
    };
    let on_channel = |contact: &mut Contact, index: usize, change: &dyn Fn(&mut Channel)| {
        if let Reading::Known(channels) = &mut contact.channels {
            channels.get_mut(index).into_iter().for_each(change);
        }
    };
    match hidden {
        Hidden::Plan(name) => change(name, &|contact| {
            contact.plan = Reading::Unknown(denied(Operation::GetContact));
        }),
        Hidden::Channels(name) => change(name, &|contact| {
            contact.channels = Reading::Unknown(denied(Operation::ListContactChannels));
        }),
        Hidden::Status(name, index) => change(name, &|contact| {
            on_channel(contact, index, &|channel| {
                channel.status = ActivationStatus::Other("PAUSED".to_owned());
            });
        }),
        Hidden::Kind(name, index) => change(name, &|contact| {
            on_channel(contact, index, &|channel| {
                channel.kind = ChannelKind::Other("PUSH".to_owned());
            });
        }),
        Hidden::Contact(name) => {
            inventory.contacts.items.remove(&contact_arn(name));
            inventory.contacts.state = SectionState::Partial(denied(Operation::ListContacts));
        }
        Hidden::Shifts(name) => inventory.apply(Part::Shifts(
            rotation_arn(name),
            Reading::Unknown(denied(Operation::ListRotationShifts)),
        )),
        Hidden::Rotation(name) => {
            inventory.rotations.items.remove(&rotation_arn(name));
            let gap = denied(Operation::ListRotations);
            inventory.apply(Part::SectionEnded(SectionKind::Rotations, Some(gap)));
        }
        Hidden::Response => inventory.apply(Part::ResponsePlanDetail(
            response_arn("all"),
            Reading::Unknown(denied(Operation::GetResponsePlan)),
        )),
    }
}

/// Sets the shifts of a rotation.
pub(crate) fn set_shifts(inventory: &mut Inventory, rotation: &str, shifts: Vec<Shift>) {
    let change = |rotation: &mut Arc<Rotation>| Arc::make_mut(rotation).shifts = Reading::Known(shifts);
    inventory
        .rotations
        .items
        .get_mut(&rotation_arn(rotation))
        .map(change)
        .unwrap();
}

/// Returns a shift between two minutes; without people it is an empty override.
pub(crate) fn shift(start: i64, end: i64, people: &[&str]) -> Shift {
    Shift {
        start_at: minute(start),
        end_at: minute(end),
        contacts: people.iter().map(|person| contact_arn(person)).collect(),
        overridden: Vec::new(),
        kind: if people.is_empty() { "OVERRIDDEN" } else { "REGULAR" }.to_owned(),
    }
}

fn with_person(world: World, name: &str, channels: &[(&str, bool)], stages: Vec<Stage>) -> World {
    let own = |stage: Stage| Stage {
        targets: stage.targets.into_iter().map(|target| owned(target, name)).collect(),
        ..stage
    };
    let channels = channels.iter().map(|(device, is_active)| Channel {
        arn: device_arn(name, device),
        contact: contact_arn(name),
        name: (*device).to_owned(),
        kind: match *device {
            "mail" => ChannelKind::Email,
            "call" => ChannelKind::Voice,
            _ => ChannelKind::Sms,
        },
        address: Address::new("+447700900123"),
        status: if *is_active {
            ActivationStatus::Activated
        } else {
            ActivationStatus::NotActivated
        },
    });
    world
        .contact(name, ContactKind::Person)
        .part(Part::Channels(contact_arn(name), Reading::Known(channels.collect())))
        .part(Part::Plan(
            contact_arn(name),
            Reading::Known(plan_of(stages.into_iter().map(own).collect())),
        ))
}

/// Gives a device of `own` to the person.
fn owned(target: Target, name: &str) -> Target {
    match target {
        Target::Channel { channel, retry_minutes } => Target::Channel {
            channel: Arn::parse(&channel.as_str().replace("/own/", &format!("/{name}/"))).unwrap(),
            retry_minutes,
        },
        other @ (Target::Contact { .. } | Target::Empty) => other,
    }
}

fn plan_of(stages: Vec<Stage>) -> Plan {
    Plan {
        stages,
        rotations: Vec::new(),
    }
}

fn any_channels() -> impl Strategy<Value = Vec<(&'static str, bool)>> {
    let channel =
        |device| prop::option::weighted(0.7, prop::bool::weighted(0.7).prop_map(move |active| (device, active)));
    DEVICES
        .map(channel)
        .prop_map(|channels| channels.into_iter().flatten().collect())
}

fn any_device_stage() -> impl Strategy<Value = Stage> {
    let owner = prop_oneof![12 => Just("own"), 1 => select(&PEOPLE[..])];
    let retry = prop_oneof![Just(None), (0..4).prop_map(Some)];
    let device = (owner, select(&DEVICES[..]), retry).prop_map(|(owner, device, retry_minutes)| Target::Channel {
        channel: device_arn(owner, device),
        retry_minutes,
    });
    let target = prop_oneof![16 => device, 1 => Just(Target::Empty), 1 => any_contact_target()];
    any_stage(target)
}

fn any_contact_stage() -> impl Strategy<Value = Stage> {
    let device = Just(Target::Channel {
        channel: device_arn("p0", "phone"),
        retry_minutes: None,
    });
    any_stage(prop_oneof![16 => any_contact_target(), 1 => Just(Target::Empty), 1 => device])
}

fn any_contact_target() -> impl Strategy<Value = Target> {
    (select(&NAMES[..]), any::<bool>()).prop_map(|(name, is_essential)| Target::Contact {
        contact: contact_arn(name),
        is_essential,
    })
}

fn any_stage(target: impl Strategy<Value = Target>) -> impl Strategy<Value = Stage> {
    (-1..7, prop::collection::vec(target, 0..3)).prop_map(|(duration_minutes, targets)| Stage {
        duration_minutes,
        targets,
    })
}

/// Shifts one after the other, with holes, overlaps within the rotation, and empty overrides.
fn any_shifts() -> impl Strategy<Value = Vec<Shift>> {
    let people = prop::collection::vec(select(&PEOPLE[..]), 0..3);
    let shift_after = (-2..6_i64, 1..25_i64, people);
    prop::collection::vec(shift_after, 0..6).prop_map(|turns| {
        let mut end = 0;
        let mut lay = |(pause, length, people): (i64, i64, Vec<&str>)| {
            let start = end + pause;
            end = start + length;
            shift(start, end, &people)
        };
        turns.into_iter().map(&mut lay).collect()
    })
}

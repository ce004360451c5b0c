//! Every door through which somebody is paged, and what was not read and may be one.

use super::{is_device_of, names};
use crate::domain::{
    Timestamp,
    contact::{Contact, Plan, Target},
    gap::Reading,
    graph::{Graph, Place},
    ids::Arn,
    inventory::{Inventory, Section, SectionState},
    text::neutral,
};
use std::collections::BTreeSet;

/// One way in which somebody is paged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// A target of a stage.
    Stage {
        /// The plan.
        plan: Arn,
        /// The stage's number, counted from 1.
        number: usize,
        /// The minute at which the stage begins.
        minute: i64,
        /// Whether an acknowledgement by them stops the plan.
        is_essential: bool,
    },
    /// One of their devices in the plan of somebody else.
    Device {
        /// The plan.
        plan: Arn,
        /// The device.
        channel: Arn,
    },
    /// A member of a rotation.
    Member {
        /// The rotation.
        rotation: Arn,
        /// Their turn, counted from 1.
        number: usize,
    },
    /// On call by an override that has not ended.
    Override {
        /// The rotation.
        rotation: Arn,
        /// When it begins.
        start_at: Timestamp,
        /// When it ends.
        end_at: Timestamp,
    },
    /// Engaged by a response plan.
    Engagement {
        /// The response plan.
        response_plan: Arn,
    },
    /// Their own plan, which pages their devices whenever anybody engages them by hand.
    OwnPlan {
        /// How many stages it has.
        stages: usize,
    },
    /// Shared with others, who can engage them by hand.
    Shared {
        /// With whom, as the policy writes it.
        with: Vec<String>,
    },
}

/// Something that may be a door, and was not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What was not read; absent for a list of the whole account.
    pub about: Option<Arn>,
    /// Why it may name somebody, in one sentence without a full stop.
    pub why: String,
}

impl Door {
    /// Returns whether it is somebody else's reference, which has to be gone before the end.
    pub fn is_reference(&self) -> bool {
        match self {
            Self::Stage { .. }
            | Self::Device { .. }
            | Self::Member { .. }
            | Self::Override { .. }
            | Self::Engagement { .. } => true,
            Self::OwnPlan { .. } | Self::Shared { .. } => false,
        }
    }

    /// Returns what names them; absent for what is their own.
    pub fn by(&self) -> Option<&Arn> {
        match self {
            Self::Stage { plan, .. } | Self::Device { plan, .. } => Some(plan),
            Self::Member { rotation, .. } | Self::Override { rotation, .. } => Some(rotation),
            Self::Engagement { response_plan } => Some(response_plan),
            Self::OwnPlan { .. } | Self::Shared { .. } => None,
        }
    }

    /// Returns it in words, without a full stop. Names are neutralised.
    pub fn words(&self, inventory: &Inventory) -> String {
        let name = |arn: &Arn| neutral(arn.name()).into_owned();
        let rotation_name = |arn: &Arn| crate::changes::state::name_of_rotation(inventory, arn);
        match self {
            Self::Stage {
                plan,
                number,
                minute,
                is_essential,
            } => {
                let essential = if *is_essential { ", essential" } else { "" };
                format!(
                    "stage {number} of the plan of {}, minute {minute}{essential}",
                    name(plan)
                )
            }
            Self::Device { plan, channel } => format!("device {} in the plan of {}", name(channel), name(plan)),
            Self::Member { rotation, number } => format!("turn {number} of the rotation {}", rotation_name(rotation)),
            Self::Override {
                rotation,
                start_at,
                end_at,
            } => format!(
                "override of the rotation {} from {} to {} UTC",
                rotation_name(rotation),
                start_at.format("%Y-%m-%d %H:%M"),
                end_at.format("%Y-%m-%d %H:%M"),
            ),
            Self::Engagement { response_plan } => format!("engaged by the response plan {}", name(response_plan)),
            Self::OwnPlan { stages } => format!("own plan of {stages} stages, for whoever engages them by hand"),
            Self::Shared { with } => {
                let with: Vec<String> = with.iter().map(|who| neutral(who).into_owned()).collect();
                format!("shared with {}, who can engage them by hand", with.join(", "))
            }
        }
    }
}

/// Returns every door of a person that was read. Overrides that have ended are none.
pub fn doors_of(inventory: &Inventory, graph: &Graph, person: &Arn, now: Timestamp) -> Vec<Door> {
    let mut doors: Vec<Door> = graph
        .used_by(person)
        .iter()
        .filter_map(|entry| door(&entry.by, &entry.place, now))
        .collect();
    // Of somebody who is gone, the places that name them are all there is.
    if let Some(contact) = graph.contact(person) {
        doors.extend(own_doors(graph, contact));
    }
    // A device that is gone may still be named.
    for owner in inventory
        .contacts
        .items
        .values()
        .filter(|owner| !owner.arn.is_same_resource(person))
    {
        doors.extend(gone_devices(owner, person).map(|channel| Door::Device {
            plan: owner.arn.clone(),
            channel: channel.clone(),
        }));
    }
    doors.sort();
    doors.dedup();
    doors
}

fn own_doors(graph: &Graph, contact: &Contact) -> Vec<Door> {
    let mut doors = Vec::new();
    for channel in contact.channels.known().into_iter().flatten() {
        let others = graph
            .used_by(&channel.arn)
            .iter()
            .filter(|entry| entry.by != contact.arn);
        doors.extend(others.map(|entry| Door::Device {
            plan: entry.by.clone(),
            channel: channel.arn.clone(),
        }));
    }
    doors.extend(
        contact
            .plan
            .known()
            .filter(|plan| !plan.stages.is_empty())
            .map(|plan| Door::OwnPlan {
                stages: plan.stages.len(),
            }),
    );
    doors.extend(
        contact
            .sharing
            .known()
            .filter(|sharing| !sharing.is_private())
            .map(|sharing| Door::Shared {
                with: sharing.principals.iter().map(|one| one.as_str().to_owned()).collect(),
            }),
    );
    doors
}

/// Returns everybody of this account who is named somewhere and is not there any more, each once. Nobody is taken for gone
/// before the list of contacts was read to its end.
pub fn gone(inventory: &Inventory, graph: &Graph) -> Vec<Arn> {
    if inventory.contacts.state != SectionState::Complete || inventory.account().is_none() {
        return Vec::new();
    }
    let targets = inventory.contacts.items.values().filter_map(|owner| owner.plan.known());
    let targets = targets.flat_map(Plan::targets).filter_map(|target| match target {
        Target::Contact { contact, .. } => Some(contact.clone()),
        Target::Channel { channel, .. } => owner_of_device(channel),
        Target::Empty => None,
    });
    let rotations = || inventory.rotations.items.values();
    let members = rotations().filter_map(|rotation| rotation.members.known()).flatten();
    let overrides = rotations().filter_map(|rotation| rotation.overrides.known()).flatten();
    let overridden = overrides.flat_map(|known| &known.contacts);
    let details = inventory
        .response_plans
        .items
        .values()
        .filter_map(|plan| plan.detail.known());
    let engaged = details.flat_map(|detail| &detail.engagements);
    let named = members.chain(overridden).chain(engaged).cloned();
    let gone = targets
        .chain(named)
        .filter(|arn| graph.contact(arn).is_none() && !inventory.is_shared_in(arn));
    let gone: BTreeSet<Arn> = gone.collect();
    gone.into_iter().collect()
}

/// Returns the person whose device this is, by the ARN alone.
fn owner_of_device(channel: &Arn) -> Option<Arn> {
    let owner = channel.as_str().replacen(":contact-channel/", ":contact/", 1);
    Arn::parse(owner.rsplit_once('/')?.0).ok()
}

fn door(by: &Arn, place: &Place, now: Timestamp) -> Option<Door> {
    match place {
        Place::Stage {
            number,
            minute,
            is_essential,
        } => Some(Door::Stage {
            plan: by.clone(),
            number: *number,
            minute: *minute,
            is_essential: is_essential.unwrap_or_default(),
        }),
        Place::Member { number } => Some(Door::Member {
            rotation: by.clone(),
            number: *number,
        }),
        Place::Override { start_at, end_at } => (*end_at > now).then(|| Door::Override {
            rotation: by.clone(),
            start_at: *start_at,
            end_at: *end_at,
        }),
        Place::Engagement => Some(Door::Engagement {
            response_plan: by.clone(),
        }),
        // A person is no rotation.
        Place::ScheduleRotation => None,
    }
}

fn gone_devices<'a>(owner: &'a Contact, person: &'a Arn) -> impl Iterator<Item = &'a Arn> {
    let targets = owner.plan.known().into_iter().flat_map(Plan::targets);
    targets.filter_map(|target| match target {
        Target::Channel { channel, .. } if is_device_of(channel, person) => Some(channel),
        Target::Channel { .. } | Target::Contact { .. } | Target::Empty => None,
    })
}

/// Returns what was not read and may name somebody. What belongs to another account names nobody of ours.
pub fn unread(inventory: &Inventory) -> Vec<Unread> {
    let mut unread = Vec::new();
    lists(inventory, &mut unread);
    let is_ours = |arn: &Arn| !inventory.is_shared_in(arn);
    let mut note = |arn: &Arn, what: &str, is_read: bool| {
        if is_ours(arn) && (!is_read || inventory.stale.contains(arn)) {
            unread.push(Unread {
                about: Some(arn.clone()),
                why: format!("{what} of {} was not read, and may name them", neutral(arn.name())),
            });
        }
    };
    for contact in inventory.contacts.items.values() {
        note(&contact.arn, "the plan", is_known(&contact.plan));
    }
    for rotation in inventory.rotations.items.values() {
        let is_read = is_known(&rotation.members) && rotation.recurrence.is_some();
        note(&rotation.arn, "the rotation", is_read);
        note(&rotation.arn, "the list of overrides", is_known(&rotation.overrides));
        note(&rotation.arn, "the list of shifts", is_known(&rotation.shifts));
    }
    for plan in inventory.response_plans.items.values() {
        note(&plan.arn, "the response plan", is_known(&plan.detail));
    }
    unread.sort();
    unread.dedup();
    unread
}

fn is_known<T>(reading: &Reading<T>) -> bool {
    reading.known().is_some()
}

fn lists(inventory: &Inventory, unread: &mut Vec<Unread>) {
    fn note<T>(unread: &mut Vec<Unread>, section: &Section<T>, what: &str) {
        if section.state != SectionState::Complete {
            unread.push(Unread {
                about: None,
                why: format!("the list of {what} was not read to its end, and something in it may name them"),
            });
        }
    }
    note(unread, &inventory.contacts, "contacts");
    note(unread, &inventory.rotations, "rotations");
    note(unread, &inventory.response_plans, "response plans");
}

/// Returns whether somebody is on call at `now` in a rotation, and until when.
pub fn on_call<'a>(
    inventory: &'a Inventory,
    person: &'a Arn,
    now: Timestamp,
) -> impl Iterator<Item = (&'a Arn, Timestamp)> {
    inventory.rotations.items.values().flat_map(move |rotation| {
        let shifts = rotation.shifts.known().into_iter().flatten();
        shifts
            .filter(move |shift| shift.covers(now) && names(&shift.contacts, person))
            .map(|shift| (&rotation.arn, shift.end_at))
    })
}

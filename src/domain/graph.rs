//! Who names whom, in both directions. The service has no such look-up: it is built from the whole inventory.

use super::{
    Timestamp,
    contact::{Contact, ContactKind, Target},
    ids::Arn,
    inventory::Inventory,
    schedule::{Rotation, Shift},
};
use std::collections::BTreeMap;

/// One place that names a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// What names it.
    pub by: Arn,
    /// In which way.
    pub place: Place,
}

/// In which way a resource is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A target of a stage, counted from 1.
    Stage {
        /// The stage's number.
        number: usize,
        /// The minute at which the stage begins.
        minute: i64,
        /// Whether an acknowledgement by it stops the plan; absent for devices.
        is_essential: Option<bool>,
    },
    /// A member of a rotation, by its turn, counted from 1.
    Member {
        /// The turn's number.
        number: usize,
    },
    /// Named by an override of a rotation.
    Override {
        /// When the override begins.
        start_at: Timestamp,
        /// When it ends.
        end_at: Timestamp,
    },
    /// A rotation of a schedule.
    ScheduleRotation,
    /// Engaged by a response plan.
    Engagement,
}

/// The references of one inventory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    /// By the resource that is named, without its Region, since a response plan may name another Region's ARN.
    uses: BTreeMap<Key, Vec<Use>>,
    /// The resources that exist, by the same key.
    existing: BTreeMap<Key, Arn>,
    /// Shifts of each person with the rotation they belong to, in the order of time.
    shifts: BTreeMap<Key, Vec<(Arn, Shift)>>,
}

/// A resource without its Region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    account: String,
    resource: String,
}

impl From<&Arn> for Key {
    fn from(arn: &Arn) -> Self {
        Self {
            account: arn.account().to_owned(),
            resource: arn.resource().to_owned(),
        }
    }
}

impl Graph {
    /// Returns the references of `inventory`.
    pub fn build(inventory: &Inventory) -> Self {
        let mut graph = Self::default();
        for contact in inventory.contacts.items.values() {
            graph.add_contact(contact);
        }
        for rotation in inventory.rotations.items.values() {
            graph.add_rotation(rotation);
        }
        for plan in inventory.response_plans.items.values() {
            graph.existing.insert(Key::from(&plan.arn), plan.arn.clone());
            for engaged in plan
                .detail
                .known()
                .map(|detail| &detail.engagements)
                .into_iter()
                .flatten()
            {
                graph.add(engaged, &plan.arn, Place::Engagement);
            }
        }
        for shifts in graph.shifts.values_mut() {
            shifts.sort_by_key(|(_, shift)| (shift.start_at, shift.end_at));
        }
        graph
    }

    /// Returns everything that names `arn`, in the order of its own ARN and place.
    pub fn used_by(&self, arn: &Arn) -> &[Use] {
        self.uses.get(&Key::from(arn)).map_or(&[], Vec::as_slice)
    }

    /// Returns the ARN under which a named resource is listed, in whichever Region; absent when it does not exist.
    pub fn resolve(&self, arn: &Arn) -> Option<&Arn> {
        self.existing.get(&Key::from(arn))
    }

    /// Returns the shifts of a person in the horizon with their rotations, in the order of time.
    pub fn shifts_of(&self, person: &Arn) -> &[(Arn, Shift)] {
        self.shifts.get(&Key::from(person)).map_or(&[], Vec::as_slice)
    }

    /// Returns the shift that a person is in at `now`, or else the first one after it.
    pub fn next_shift(&self, person: &Arn, now: Timestamp) -> Option<&(Arn, Shift)> {
        self.shifts_of(person).iter().find(|(_, shift)| shift.end_at > now)
    }

    /// Returns the schedules that contain a rotation.
    pub fn schedules_of<'a>(&'a self, rotation: &Arn) -> impl Iterator<Item = &'a Arn> {
        self.used_by(rotation)
            .iter()
            .filter(|entry| entry.place == Place::ScheduleRotation)
            .map(|entry| &entry.by)
    }

    fn add(&mut self, named: &Arn, by: &Arn, place: Place) {
        self.uses
            .entry(Key::from(named))
            .or_default()
            .push(Use { by: by.clone(), place });
    }

    fn add_contact(&mut self, contact: &Contact) {
        self.existing.insert(Key::from(&contact.arn), contact.arn.clone());
        for channel in contact.channels.known().into_iter().flatten() {
            self.existing.insert(Key::from(&channel.arn), channel.arn.clone());
        }
        let Some(plan) = contact.plan.known() else { return };
        for (index, (minute, stage)) in plan.stages_with_start().enumerate() {
            for target in &stage.targets {
                let (named, is_essential) = match target {
                    Target::Channel { channel, .. } => (channel, None),
                    Target::Contact { contact, is_essential } => (contact, Some(*is_essential)),
                    Target::Empty => continue,
                };
                let place = Place::Stage {
                    number: index + 1,
                    minute,
                    is_essential,
                };
                self.add(named, &contact.arn, place);
            }
        }
        for rotation in &plan.rotations {
            self.add(rotation, &contact.arn, Place::ScheduleRotation);
        }
    }

    fn add_rotation(&mut self, rotation: &Rotation) {
        self.existing.insert(Key::from(&rotation.arn), rotation.arn.clone());
        for (index, member) in rotation.members.known().into_iter().flatten().enumerate() {
            self.add(member, &rotation.arn, Place::Member { number: index + 1 });
        }
        for exception in rotation.overrides.known().into_iter().flatten() {
            for person in &exception.contacts {
                let place = Place::Override {
                    start_at: exception.start_at,
                    end_at: exception.end_at,
                };
                self.add(person, &rotation.arn, place);
            }
        }
        for shift in rotation.shifts.known().into_iter().flatten() {
            for person in &shift.contacts {
                self.shifts
                    .entry(Key::from(person))
                    .or_default()
                    .push((rotation.arn.clone(), shift.clone()));
            }
        }
    }
}

/// Returns the kind of a contact that `arn` names, when it is in the inventory.
pub fn kind_of<'a>(inventory: &'a Inventory, arn: &Arn) -> Option<&'a ContactKind> {
    inventory.contacts.items.get(arn).map(|contact| &contact.kind)
}

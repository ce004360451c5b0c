//! Who names whom, in both directions. The service has no such look-up: it is built from the whole inventory.

use super::{
    Timestamp,
    contact::{Channel, Contact, Target},
    ids::Arn,
    inventory::{Inventory, SectionState},
    operation::Operation,
    schedule::{Rotation, Shift},
};
use std::{collections::HashMap, sync::Arc};

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

/// Values by a resource without its Region.
type ByKey<T> = HashMap<Box<str>, T, foldhash::fast::RandomState>;

/// The references of one inventory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    /// By the resource that is named, without its Region, since a response plan may name another Region's ARN.
    uses: ByKey<Vec<Use>>,
    /// The resources that exist, by the same key.
    existing: ByKey<Arn>,
    /// The contacts that exist, likewise.
    contacts: ByKey<Arc<Contact>>,
    /// The person whom each device belongs to, by the same key.
    owners: ByKey<Arn>,
    /// Shifts of each person with the rotation they belong to, in the order of time.
    shifts: ByKey<Vec<(Arn, Shift)>>,
    /// Whether something that was not read may name more.
    may_miss_uses: bool,
    /// Whether something that is still to be read may name more.
    may_grow: bool,
}

/// Returns a resource without its Region: the account and what follows it.
fn key(arn: &Arn) -> &str {
    arn.without_region()
}

/// Returns whether the answer to an operation names resources, or lists what does.
pub fn tells_uses(operation: Operation) -> bool {
    match operation {
        Operation::ListContacts
        | Operation::GetContact
        | Operation::ListRotations
        | Operation::GetRotation
        | Operation::ListRotationOverrides
        | Operation::ListResponsePlans
        | Operation::GetResponsePlan => true,
        Operation::GetCallerIdentity
        | Operation::ListReplicationSets
        | Operation::GetReplicationSet
        | Operation::ListContactChannels
        | Operation::ListRotationShifts
        | Operation::ListPreviewRotationShifts
        | Operation::ListEngagements
        | Operation::GetContactPolicy
        | Operation::ListContactTags
        | Operation::GetResourcePolicies
        | Operation::ListResponsePlanTags => false,
    }
}

/// Returns whether an answer that names resources is still to come, or is shown from an earlier load meanwhile.
fn may_grow(inventory: &Inventory) -> bool {
    let has_ended = |state: &SectionState| match state {
        SectionState::Waiting | SectionState::Loading => false,
        SectionState::Complete | SectionState::Partial(_) => true,
    };
    let lists = [
        &inventory.contacts.state,
        &inventory.rotations.state,
        &inventory.response_plans.state,
    ];
    let is_read = || {
        lists.into_iter().all(has_ended)
            && inventory.stale.is_empty()
            && inventory
                .contacts
                .items
                .values()
                .all(|contact| !contact.plan.is_pending())
            && inventory
                .rotations
                .items
                .values()
                .all(|rotation| !rotation.members.is_pending() && !rotation.overrides.is_pending())
            && inventory
                .response_plans
                .items
                .values()
                .all(|plan| !plan.detail.is_pending())
    };
    inventory.ended_at.is_none() && !is_read()
}

impl Graph {
    /// Returns the references of `inventory`.
    pub fn build(inventory: &Inventory) -> Self {
        let mut graph = Self {
            may_miss_uses: inventory.gaps.iter().any(|gap| tells_uses(gap.operation)),
            may_grow: may_grow(inventory),
            ..Self::default()
        };
        for contact in inventory.contacts.items.values() {
            graph.add_contact(contact);
        }
        for rotation in inventory.rotations.items.values() {
            graph.add_rotation(rotation);
        }
        for plan in inventory.response_plans.items.values() {
            graph.exists(&plan.arn);
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
        self.uses.get(key(arn)).map_or(&[], Vec::as_slice)
    }

    /// Returns whether a read failed that could have shown more places which name something.
    pub fn may_miss_uses(&self) -> bool {
        self.may_miss_uses
    }

    /// Returns whether answers are still to come that may name something. Tags and the like name nothing.
    pub fn may_grow(&self) -> bool {
        self.may_grow
    }

    /// Returns the ARN under which a named resource is listed, in whichever Region; absent when it does not exist.
    pub fn resolve(&self, arn: &Arn) -> Option<&Arn> {
        self.existing.get(key(arn))
    }

    /// Returns the contact that `arn` names, in whichever Region.
    pub fn contact(&self, arn: &Arn) -> Option<&Arc<Contact>> {
        self.contacts.get(key(arn))
    }

    /// Returns a device that `arn` names, in whichever Region, and the person it belongs to.
    ///
    /// [`Inventory::channel`] looks through everybody; lists of thousands of devices come here.
    pub fn channel<'a>(&self, inventory: &'a Inventory, arn: &Arn) -> Option<(&'a Channel, &'a Arc<Contact>)> {
        let owner = inventory.contacts.items.get(self.owners.get(key(arn))?)?;
        let mut channels = owner.channels.known()?.iter();
        let channel = channels.find(|channel| key(&channel.arn) == key(arn))?;
        Some((channel, owner))
    }

    /// Returns the shifts of a person in the horizon with their rotations, in the order of time.
    pub fn shifts_of(&self, person: &Arn) -> &[(Arn, Shift)] {
        self.shifts.get(key(person)).map_or(&[], Vec::as_slice)
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

    fn exists(&mut self, arn: &Arn) {
        self.existing.insert(key(arn).into(), arn.clone());
    }

    fn add(&mut self, named: &Arn, by: &Arn, place: Place) {
        self.uses
            .entry(key(named).into())
            .or_default()
            .push(Use { by: by.clone(), place });
    }

    fn add_contact(&mut self, contact: &Arc<Contact>) {
        self.exists(&contact.arn);
        self.contacts.insert(key(&contact.arn).into(), Arc::clone(contact));
        for channel in contact.channels.known().into_iter().flatten() {
            self.exists(&channel.arn);
            self.owners.insert(key(&channel.arn).into(), contact.arn.clone());
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
        self.exists(&rotation.arn);
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
                    .entry(key(person).into())
                    .or_default()
                    .push((rotation.arn.clone(), shift.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        contact::{ContactKind, Plan},
        gap::Reading,
        inventory::{Part, SectionKind},
        world::{World, at, contact_arn, device_arn},
    };

    #[test]
    fn a_device_is_found_with_its_owner_and_a_dangling_one_is_not() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["mail"], &[("gone", 1)]);
        let found = world
            .graph()
            .channel(&world.inventory, &device_arn("ben", "mail"))
            .map(|(channel, owner)| (channel.name.clone(), owner.alias.clone()));
        assert_eq!(found, Some(("mail".to_owned(), "ben".to_owned())));
        assert!(
            world
                .graph()
                .channel(&world.inventory, &device_arn("ben", "gone"))
                .is_none()
        );
        assert_eq!(
            world.graph().used_by(&device_arn("ben", "gone")).len(),
            1,
            "a dangling reference is still one"
        );
    }

    #[test]
    fn more_uses_may_come_until_all_that_names_anything_is_read_and_tags_are_not_waited_for() {
        let world = World::new()
            .contact("anna", ContactKind::Person)
            .part(Part::SectionEnded(SectionKind::Rotations, None))
            .part(Part::SectionEnded(SectionKind::ResponsePlans, None));
        assert!(world.graph().may_grow(), "the list of contacts has not ended");
        let world = world.part(Part::SectionEnded(SectionKind::Contacts, None));
        assert!(world.graph().may_grow(), "the plan has not arrived");
        let world = world.part(Part::Plan(contact_arn("anna"), Reading::Known(Plan::default())));
        let anna = &world.inventory.contacts.items[&contact_arn("anna")];
        assert!(anna.tags.is_pending() && anna.sharing.is_pending() && world.inventory.ended_at.is_none());
        assert!(!world.graph().may_grow());
    }

    #[test]
    fn a_contact_is_the_same_in_every_region() {
        let elsewhere = Arn::parse("arn:aws:ssm-contacts:us-east-1:111122223333:contact/anna").unwrap();
        let world = World::new()
            .person("anna", &[], &[])
            .response("critical", &[elsewhere.as_str()]);
        assert_eq!(world.graph().resolve(&elsewhere), Some(&contact_arn("anna")));
        assert_eq!(world.graph().used_by(&contact_arn("anna"))[0].place, Place::Engagement);
    }

    #[test]
    fn the_next_shift_is_the_present_one_or_the_first_ahead() {
        let world = World::new()
            .person("anna", &[], &[])
            .rotation("weekly", &["anna"])
            .shifts("weekly", &[(10, 12, &["anna"]), (2, 4, &["anna"])]);
        let graph = world.graph();
        let start = |now| {
            graph
                .next_shift(&contact_arn("anna"), at(now))
                .map(|(_, shift)| shift.start_at)
        };
        assert_eq!(
            (start(0), start(3), start(4), start(12)),
            (Some(at(2)), Some(at(2)), Some(at(10)), None)
        );
    }
}

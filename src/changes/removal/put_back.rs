//! Putting somebody back who was taken out, as far as the account still has the places; what cannot be is said beforehand.
//!
//! It is worked out from the account as it is, and not from what the removal did: whatever others have changed since then
//! stays. No code is sent: devices stay silent, or are made anew and silent, until each is activated with its person, since no
//! message may leave before the person was confirmed. What that means for the places they come back to is said beforehand. A
//! contact that was deleted is made anew by one changeset; its places need another one, since only then its devices have
//! their names.

use super::{
    alone::alone,
    called,
    definition::{Definition, Place},
    names, quarantine,
};
use crate::{
    changes::{Write, build::NoDraft, changeset::Draft, fact::ChangesetPlanned, state::name_of_rotation},
    domain::{
        Timestamp,
        address::Address,
        contact::{ActivationStatus, Channel, Contact, ContactKind, Plan, Stage, Target},
        ids::Arn,
        inventory::{Inventory, SectionState},
        schedule::Override,
    },
};
use std::collections::BTreeMap;

/// What puts somebody back, and what does not come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// The writes.
    pub draft: Draft,
    /// What cannot be restored, each in one sentence without a full stop.
    pub lost: Vec<String>,
    /// The devices that page nobody afterwards until they are activated, each named as a part of a sentence.
    pub silent: Vec<String>,
    /// Where nobody else would be reached as long as those devices are silent, each in one sentence without a full stop.
    pub alone: Vec<String>,
    /// Whether another changeset is needed after this one: the contact is made anew.
    pub is_first_of_two: bool,
}

/// What is said beside the silent devices.
pub const ACTIVATE: &str = "Putting back sends no code. Each device is activated with its person, who is confirmed first: on the \
                            desk a does it for one device, and :activate-all for all that are marked.";

/// Returns what puts somebody back. `addresses` are whole ones, by the saved ARN of the device, for devices that were deleted.
pub fn put_back(
    inventory: &Inventory,
    definition: &Definition,
    addresses: &BTreeMap<Arn, Address>,
    now: Timestamp,
) -> Result<PutBack, NoDraft> {
    let who = called(&definition.contact);
    if let Some(unread) = super::doors::unread(inventory).into_iter().next() {
        return Err(NoDraft::NotRead(
            unread.about.as_ref().map_or_else(|| "the account".to_owned(), called),
        ));
    }
    let mut back = Back {
        inventory,
        definition,
        writes: Vec::new(),
        lost: Vec::new(),
    };
    let is_first_of_two = match inventory.contacts.items.get(&definition.contact) {
        None if inventory.contacts.state != SectionState::Complete => {
            return Err(NoDraft::NotRead("the list of contacts".to_owned()));
        }
        None => {
            back.make_anew(addresses);
            true
        }
        Some(contact) => {
            let channels = contact
                .channels
                .known()
                .ok_or_else(|| NoDraft::NotRead(format!("the devices of {who}")))?;
            let is_missing = back.devices_that_are_gone(channels, addresses);
            if !is_missing {
                back.places(contact, channels, now);
            }
            is_missing
        }
    };
    Ok(PutBack {
        silent: silent(inventory, std::slice::from_ref(&definition.contact), &back.writes),
        alone: alone(inventory, &definition.contact, &back.writes),
        draft: Draft {
            title: format!("Put {who} back"),
            subjects: vec![definition.contact.clone()],
            writes: back.writes,
        },
        lost: back.lost,
        is_first_of_two,
    })
}

struct Back<'a> {
    inventory: &'a Inventory,
    definition: &'a Definition,
    writes: Vec<Write>,
    lost: Vec<String>,
}

impl Back<'_> {
    fn make_anew(&mut self, addresses: &BTreeMap<Arn, Address>) {
        let definition = self.definition;
        let is_whole = |value: &str| !value.contains(Address::DOT);
        let tags = definition
            .tags
            .iter()
            .filter(|(key, value)| *key != quarantine::TAG && is_whole(value));
        self.writes.push(Write::CreateContact {
            contact: definition.contact.clone(),
            display_name: definition.display_name.clone(),
            kind: ContactKind::Person,
            plan: Plan::default(),
            tags: tags.map(|(key, value)| (key.clone(), value.clone())).collect(),
        });
        let masked = definition.tags.iter().filter(|(_, value)| !is_whole(value));
        let masked: Vec<String> = masked
            .map(|(key, _)| format!("the tag {}, whose value was masked", crate::domain::text::neutral(key)))
            .collect();
        self.lost.extend(masked);
        for channel in &definition.channels {
            self.make_device(channel, addresses);
        }
    }

    fn make_device(&mut self, channel: &Channel, addresses: &BTreeMap<Arn, Address>) {
        let name = crate::domain::text::neutral(&channel.name).into_owned();
        match addresses.get(&channel.arn) {
            Some(address) => self.writes.push(Write::CreateContactChannel {
                contact: self.definition.contact.clone(),
                name: channel.name.clone(),
                kind: channel.kind.clone(),
                address: address.clone(),
            }),
            None => self.lost.push(format!(
                "the device “{name}” ({}), whose whole address is not kept: make it by hand, and put back again",
                channel.address.masked()
            )),
        }
    }

    /// Makes devices that are gone. Returns whether some have to be made first.
    fn devices_that_are_gone(&mut self, present: &[Channel], addresses: &BTreeMap<Arn, Address>) -> bool {
        let definition = self.definition;
        let mut is_made = false;
        for saved in &definition.channels {
            if same_device(saved, present).is_none() {
                is_made |= addresses.contains_key(&saved.arn);
                self.make_device(saved, addresses);
            }
        }
        is_made
    }

    fn places(&mut self, contact: &Contact, channels: &[Channel], now: Timestamp) {
        self.own_plan(contact, channels);
        let mut plans: BTreeMap<&Arn, Plan> = BTreeMap::new();
        let (mut rotations, mut engagements) = (Vec::new(), Vec::new());
        let definition = self.definition;
        for place in &definition.places {
            match place {
                Place::Stage { plan, .. } => self.stage(&mut plans, plan, place),
                Place::Member {
                    rotation,
                    turn,
                    replaced_by,
                } => rotations.extend(self.member(rotation, *turn, replaced_by.as_ref())),
                Place::Override {
                    rotation,
                    start_at,
                    end_at,
                    contacts,
                } => rotations.extend(self.exception(rotation, (*start_at, *end_at), contacts, now)),
                Place::Engagement {
                    response_plan,
                    replaced_by,
                } => engagements.extend(self.engagement(response_plan, replaced_by.as_ref())),
            }
        }
        for (arn, plan) in plans {
            if let Some(owner) = self.inventory.contacts.items.get(arn) {
                self.writes.push(Write::UpdateContact {
                    contact: arn.clone(),
                    kind: owner.kind.clone(),
                    plan,
                });
            }
        }
        self.writes.extend(rotations);
        self.writes.extend(engagements);
        if contact.tags.known().is_some_and(quarantine::is_quarantined) {
            self.writes.push(Write::UntagResource {
                resource: contact.arn.clone(),
                keys: vec![quarantine::TAG.to_owned()],
            });
        }
    }

    fn own_plan(&mut self, contact: &Contact, channels: &[Channel]) {
        let definition = self.definition;
        let mut plan = definition.plan.clone();
        for target in plan.stages.iter_mut().flat_map(|stage| &mut stage.targets) {
            if let Target::Channel { channel, .. } = target
                && let Some(saved) = definition.channels.iter().find(|saved| saved.arn == *channel)
                && let Some(found) = same_device(saved, channels)
            {
                channel.clone_from(&found.arn);
            }
        }
        let is_there = |target: &Target| match target {
            Target::Channel { channel, .. } => channels.iter().any(|known| known.arn == *channel),
            Target::Contact { .. } | Target::Empty => true,
        };
        for (stage, number) in plan.stages.iter_mut().zip(1_usize..) {
            let count = stage.targets.len();
            stage.targets.retain(is_there);
            if stage.targets.len() < count {
                self.lost
                    .push(format!("stage {number} of their own plan, in part: a device is gone"));
            }
        }
        plan.stages.retain(|stage| !stage.targets.is_empty());
        if contact.plan.known() != Some(&plan) {
            self.writes.push(Write::UpdateContact {
                contact: contact.arn.clone(),
                kind: contact.kind.clone(),
                plan,
            });
        }
    }

    fn stage<'p>(&mut self, plans: &mut BTreeMap<&'p Arn, Plan>, arn: &'p Arn, place: &Place) {
        let Place::Stage {
            stage,
            target,
            duration_minutes,
            is_essential,
            others,
            replaced_by,
            ..
        } = place
        else {
            return;
        };
        let known = self
            .inventory
            .contacts
            .items
            .get(arn)
            .and_then(|owner| owner.plan.known());
        let number = stage + 1;
        let Some(known) = known else {
            self.lost
                .push(format!("stage {number} of {}, which is gone", called(arn)));
            return;
        };
        let mut plan = plans.get(arn).unwrap_or(known).clone();
        let person = &self.definition.contact;
        let back = Target::Contact {
            contact: person.clone(),
            is_essential: *is_essential,
        };
        let is = |target: &Target, one: &Arn| target.arn().is_some_and(|named| named.is_same_resource(one));
        let is_of_it = |stage: &Stage| {
            let mut named = stage.targets.iter().filter_map(Target::arn);
            stage.duration_minutes == *duration_minutes
                && named.any(|named| names(others, named) || replaced_by.iter().any(|one| one.is_same_resource(named)))
        };
        let found = plan
            .stages
            .iter()
            .position(|stage| stage.targets.iter().any(|target| is(target, person)) && is_of_it(stage));
        if found.is_some() {
            return;
        }
        let at_place = plan.stages.get(*stage).is_some_and(is_of_it).then_some(*stage);
        match at_place.or_else(|| plan.stages.iter().position(is_of_it)) {
            Some(index) => {
                let Some(stage) = plan.stages.get_mut(index) else {
                    return;
                };
                let came_in = replaced_by
                    .as_ref()
                    .and_then(|one| stage.targets.iter().position(|target| is(target, one)));
                match came_in.and_then(|index| stage.targets.get_mut(index)) {
                    Some(replaced) => *replaced = back,
                    None => stage.targets.insert((*target).min(stage.targets.len()), back),
                }
            }
            // Nobody else was in it, and so it went.
            None if others.is_empty() && replaced_by.is_none() => {
                let stage_back = Stage {
                    duration_minutes: *duration_minutes,
                    targets: vec![back],
                };
                plan.stages.insert((*stage).min(plan.stages.len()), stage_back);
            }
            None => {
                self.lost
                    .push(format!("stage {number} of {}, which was changed since", called(arn)));
                return;
            }
        }
        plans.insert(arn, plan);
    }

    fn member(&mut self, arn: &Arn, turn: usize, replaced_by: Option<&Arn>) -> Option<Write> {
        let Some(rotation) = self.inventory.rotations.items.get(arn) else {
            self.lost.push(format!(
                "turn {} of the rotation {}, which is gone",
                turn + 1,
                called(arn)
            ));
            return None;
        };
        let mut members = rotation.members.known()?.clone();
        put_in(&mut members, &self.definition.contact, turn, replaced_by).then_some(())?;
        if replaced_by.is_none() {
            let name = name_of_rotation(self.inventory, arn);
            self.lost
                .push(format!("the hours of others in the rotation {name}: they move again"));
        }
        Some(Write::UpdateRotation {
            rotation: arn.clone(),
            members,
            recurrence: rotation.recurrence.clone()?,
        })
    }

    fn exception(
        &mut self,
        arn: &Arn,
        (start_at, end_at): (Timestamp, Timestamp),
        contacts: &[Arn],
        now: Timestamp,
    ) -> Vec<Write> {
        let name = name_of_rotation(self.inventory, arn);
        let rotation = self.inventory.rotations.items.get(arn);
        let Some(overrides) = rotation
            .and_then(|rotation| rotation.overrides.known())
            .filter(|_| end_at > now)
        else {
            self.lost.push(format!(
                "an override of the rotation {name}, which has passed or is gone"
            ));
            return Vec::new();
        };
        let is_touching = |known: &&Override| known.start_at < end_at && start_at < known.end_at;
        let touching: Vec<&Override> = overrides.iter().filter(is_touching).collect();
        let made = Write::CreateRotationOverride {
            rotation: arn.clone(),
            start_at,
            end_at,
            contacts: contacts.to_vec(),
        };
        match touching.as_slice() {
            [] => vec![made],
            [known] if names(&known.contacts, &self.definition.contact) => Vec::new(),
            [known] if known.start_at == start_at && known.end_at == end_at => vec![
                Write::DeleteRotationOverride {
                    rotation: arn.clone(),
                    id: known.id.clone(),
                },
                made,
            ],
            _ => {
                self.lost.push(format!(
                    "an override of the rotation {name}: another one is there since"
                ));
                Vec::new()
            }
        }
    }

    fn engagement(&mut self, arn: &Arn, replaced_by: Option<&Arn>) -> Option<Write> {
        let plan = self.inventory.response_plans.items.get(arn);
        let Some(detail) = plan.and_then(|plan| plan.detail.known()) else {
            self.lost.push(format!(
                "the engagement by the response plan {}, which is gone",
                called(arn)
            ));
            return None;
        };
        let mut engagements = detail.engagements.clone();
        let last = engagements.len();
        put_in(&mut engagements, &self.definition.contact, last, replaced_by).then(|| Write::UpdateResponsePlan {
            response_plan: arn.clone(),
            engagements,
        })
    }
}

/// Returns the devices that are silent once a changeset is carried out that puts somebody back; absent for any other changeset.
/// The account may be read before or after it.
pub fn silent_after(inventory: &Inventory, planned: &ChangesetPlanned) -> Option<Vec<String>> {
    is_of(planned).then(|| {
        let writes: Vec<Write> = planned.steps.iter().map(|step| step.write.clone()).collect();
        silent(inventory, &planned.subjects, &writes)
    })
}

/// Returns whether a changeset puts somebody back: it ends their quarantine, or makes them anew.
pub fn is_of(planned: &ChangesetPlanned) -> bool {
    planned.steps.iter().any(|step| {
        if let Write::UntagResource { keys, .. } = &step.write {
            keys.iter().any(|key| key == quarantine::TAG)
        } else if let Write::CreateContact { kind, .. } = &step.write {
            *kind == ContactKind::Person
        } else {
            false
        }
    })
}

/// Returns the devices of people that are not activated, and those that are made, which never are.
fn silent(inventory: &Inventory, people: &[Arn], writes: &[Write]) -> Vec<String> {
    let words = |name: &str, address: &Address| {
        format!(
            "the device “{}” ({})",
            crate::domain::text::neutral(name),
            address.masked()
        )
    };
    let contacts = people.iter().filter_map(|person| inventory.contacts.items.get(person));
    let channels = contacts.filter_map(|contact| contact.channels.known()).flatten();
    let mut silent: Vec<String> = channels
        .filter(|channel| channel.status != ActivationStatus::Activated)
        .map(|channel| words(&channel.name, &channel.address))
        .collect();
    for write in writes {
        if let Write::CreateContactChannel { name, address, .. } = write {
            let made = words(name, address);
            if !silent.contains(&made) {
                silent.push(made);
            }
        }
    }
    silent
}

/// Puts somebody in the place of whoever came in for them, or else in their own. Returns whether they were not there.
fn put_in(all: &mut Vec<Arn>, person: &Arn, place: usize, replaced_by: Option<&Arn>) -> bool {
    if names(all, person) {
        return false;
    }
    let came_in = replaced_by.and_then(|one| all.iter_mut().find(|known| known.is_same_resource(one)));
    match came_in {
        Some(known) => *known = person.clone(),
        None => all.insert(place.min(all.len()), person.clone()),
    }
    true
}

/// Returns the device that a saved one is now: by its ARN, or one with the same name, type and fingerprint.
fn same_device<'a>(saved: &Channel, present: &'a [Channel]) -> Option<&'a Channel> {
    let by_arn = present.iter().find(|channel| channel.arn == saved.arn);
    by_arn.or_else(|| {
        present.iter().find(|channel| {
            channel.name == saved.name
                && channel.kind == saved.kind
                && channel.address.fingerprint().is_some()
                && channel.address.fingerprint() == saved.address.fingerprint()
        })
    })
}

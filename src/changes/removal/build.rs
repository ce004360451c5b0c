//! The writes that take people out, in the order in which no moment has fewer reachable people than the one before.
//!
//! Each plan, rotation and response plan is written once, however many people go: the replacement comes in by the same
//! write by which they go out, so that there is no moment between. Response plans go first, then plans, rotations and
//! overrides; only then are devices silenced. An override cannot be changed: it is deleted and made again, and between the
//! two whoever it replaced is on call.

use super::{End, Removal, Turns, called, listed, names, quarantine};
use crate::{
    changes::{Write, build::NoDraft, changeset::Draft},
    domain::{
        Timestamp,
        contact::{ActivationStatus, Contact, ContactKind, Plan, Stage, Target},
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
        schedule::{Override, Rotation},
    },
};
use std::sync::Arc;

/// A plan without those who go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAfter {
    /// The plan.
    pub plan: Plan,
    /// Where each of its stages was is now, counted from 0; absent for a stage that nobody would be left in, which goes.
    pub places: Vec<Option<usize>>,
}

/// Returns what takes people out, also those who are gone and still named. What may name them has to be read: see [`unread`](super::doors::unread).
pub fn draft(inventory: &Inventory, removal: &Removal, now: Timestamp) -> Result<Draft, NoDraft> {
    let gone = super::doors::gone(inventory, &Graph::build(inventory));
    for leaver in removal.leavers.iter().filter(|leaver| !names(&gone, leaver)) {
        person(inventory, leaver)?;
    }
    if let Some(replacement) = &removal.replacement {
        person(inventory, replacement)?;
        if removal.is_leaver(replacement) {
            return Err(NoDraft::AlreadySo(format!("{} goes as well", called(replacement))));
        }
    }
    if let Some(unread) = super::doors::unread(inventory).into_iter().next() {
        let what = unread.about.as_ref().map_or_else(|| "the account".to_owned(), called);
        return Err(NoDraft::NotRead(what));
    }
    let rest = if removal.is_deferred() {
        " of everything but what waits for a hand-over"
    } else {
        ""
    };
    let title = format!("Take {} out{rest}", listed(&removal.leavers));
    Ok(Draft {
        title,
        subjects: removal.leavers.clone(),
        writes: writes(inventory, removal, now),
    })
}

fn person<'a>(inventory: &'a Inventory, arn: &Arn) -> Result<&'a Arc<Contact>, NoDraft> {
    let contact = inventory.contacts.items.get(arn);
    contact
        .filter(|contact| contact.kind == ContactKind::Person)
        .ok_or_else(|| NoDraft::NotFound(format!("the person {}", called(arn))))
}

/// Returns the writes in their order.
fn writes(inventory: &Inventory, removal: &Removal, now: Timestamp) -> Vec<Write> {
    let mut writes: Vec<Write> = Vec::new();
    for plan in inventory.response_plans.items.values() {
        let engaged = plan.detail.known().map(|detail| detail.engagements.as_slice());
        writes.extend(
            engaged
                .and_then(|engaged| without(engaged, removal))
                .map(|engagements| Write::UpdateResponsePlan {
                    response_plan: plan.arn.clone(),
                    engagements,
                }),
        );
    }
    for contact in inventory.contacts.items.values() {
        writes.extend(plan_after(contact, removal).map(|after| Write::UpdateContact {
            contact: contact.arn.clone(),
            kind: contact.kind.clone(),
            plan: after.plan,
        }));
    }
    let rotations = || inventory.rotations.items.values();
    writes.extend(rotations().filter_map(|rotation| turns_after(rotation, removal)));
    writes.extend(rotations().flat_map(|rotation| overrides_after(rotation, removal, now)));
    writes.extend(end(inventory, removal));
    writes
}

/// Returns a list of people with the replacement in the first place of those who go; absent where it names none of them.
fn without(all: &[Arn], removal: &Removal) -> Option<Vec<Arn>> {
    all.iter().any(|one| removal.is_leaver(one)).then(|| {
        let mut is_in = removal
            .replacement
            .as_ref()
            .is_none_or(|replacement| names(all, replacement));
        let mut after = Vec::with_capacity(all.len());
        for one in all {
            if !removal.is_leaver(one) {
                after.push(one.clone());
            } else if !is_in {
                is_in = true;
                after.extend(removal.replacement.clone());
            }
        }
        after
    })
}

/// Returns the plan of a contact without those who go; absent where it names none of them.
pub fn plan_after(owner: &Contact, removal: &Removal) -> Option<PlanAfter> {
    let plan = owner.plan.known()?;
    if !plan.targets().any(|target| removal.is_meant(owner, target)) {
        return None;
    }
    let mut stages = Vec::with_capacity(plan.stages.len());
    let mut places = Vec::with_capacity(plan.stages.len());
    for stage in &plan.stages {
        let after = stage_after(owner, stage, removal);
        // Minutes without targets would only wait. What was empty before is not ours to judge.
        let goes = after.targets.is_empty() && !stage.targets.is_empty();
        places.push((!goes).then_some(stages.len()));
        if !goes {
            stages.push(after);
        }
    }
    let rotations = plan.rotations.clone();
    Some(PlanAfter {
        plan: Plan { stages, rotations },
        places,
    })
}

fn stage_after(owner: &Contact, stage: &Stage, removal: &Removal) -> Stage {
    let replacement = removal
        .replacement
        .as_ref()
        .filter(|one| !one.is_same_resource(&owner.arn));
    let mut targets: Vec<Target> = Vec::with_capacity(stage.targets.len());
    let is_it = |target: &Target| {
        let named = target.arn();
        named.is_some_and(|named| replacement.is_some_and(|one| one.is_same_resource(named)))
    };
    let mut has_come_in = stage.targets.iter().any(is_it);
    let mut was_essential = false;
    for target in &stage.targets {
        if !removal.is_meant(owner, target) {
            targets.push(target.clone());
            continue;
        }
        let Target::Contact { is_essential, .. } = target else {
            continue;
        };
        was_essential |= *is_essential;
        if let Some(replacement) = replacement.filter(|_| !has_come_in) {
            has_come_in = true;
            targets.push(Target::Contact {
                contact: replacement.clone(),
                is_essential: *is_essential,
            });
        }
    }
    // An acknowledgement has to stop the plan as it did.
    for target in targets.iter_mut().filter(|target| is_it(target)) {
        if let Target::Contact { is_essential, .. } = target {
            *is_essential |= was_essential;
        }
    }
    Stage {
        duration_minutes: stage.duration_minutes,
        targets,
    }
}

/// Returns the members of a rotation without those who go, and what becomes of their turns; absent where it has none of them.
pub(super) fn members_after(rotation: &Rotation, removal: &Removal) -> Option<(Turns, Vec<Arn>)> {
    let members = rotation.members.known()?;
    if !members.iter().any(|member| removal.is_leaver(member)) {
        return None;
    }
    let chosen = removal.turns.get(&rotation.arn).copied();
    let turns = chosen.unwrap_or_else(|| Turns::usual(members, removal.replacement.as_ref()));
    Some((turns, members_by(members, removal, turns)))
}

/// Returns what the members would be by one way of dealing with the turns.
pub(super) fn members_by(members: &[Arn], removal: &Removal, turns: Turns) -> Vec<Arn> {
    let stay = || {
        members
            .iter()
            .filter(|member| !removal.is_leaver(member))
            .cloned()
            .collect()
    };
    match turns {
        Turns::Replace => without(members, removal).unwrap_or_else(stay),
        Turns::Remove => stay(),
        Turns::Defer { .. } => members.to_vec(),
    }
}

fn turns_after(rotation: &Rotation, removal: &Removal) -> Option<Write> {
    let (turns, members) = members_after(rotation, removal)?;
    match turns {
        Turns::Defer { .. } => None,
        // The service has no rotation without members; a guard says so.
        Turns::Replace | Turns::Remove if members.is_empty() => None,
        Turns::Replace | Turns::Remove => Some(Write::UpdateRotation {
            rotation: rotation.arn.clone(),
            members,
            recurrence: rotation.recurrence.clone()?,
        }),
    }
}

fn overrides_after(rotation: &Rotation, removal: &Removal, now: Timestamp) -> Vec<Write> {
    let mut writes = Vec::new();
    for exception in overrides_ahead(rotation, now) {
        let Some(contacts) = without(&exception.contacts, removal) else {
            continue;
        };
        writes.push(Write::DeleteRotationOverride {
            rotation: rotation.arn.clone(),
            id: exception.id.clone(),
        });
        // Without anybody the turn goes back to whoever had it.
        if !contacts.is_empty() {
            writes.push(Write::CreateRotationOverride {
                rotation: rotation.arn.clone(),
                start_at: exception.start_at,
                end_at: exception.end_at,
                contacts,
            });
        }
    }
    writes
}

fn overrides_ahead(rotation: &Rotation, now: Timestamp) -> impl Iterator<Item = &Override> {
    let overrides = rotation.overrides.known().into_iter().flatten();
    overrides.filter(move |exception| exception.end_at > now)
}

fn end(inventory: &Inventory, removal: &Removal) -> Vec<Write> {
    let End::Quarantine { on } = removal.end else {
        return Vec::new();
    };
    if removal.is_deferred() {
        return Vec::new();
    }
    let people = removal
        .leavers
        .iter()
        .filter_map(|leaver| inventory.contacts.items.get(leaver));
    people
        .flat_map(|person| {
            let channels = person.channels.known().into_iter().flatten();
            let paged = channels.filter(|channel| channel.status != ActivationStatus::NotActivated);
            let mut writes: Vec<Write> = paged
                .map(|channel| Write::DeactivateContactChannel {
                    channel: channel.arn.clone(),
                })
                .collect();
            writes.push(Write::TagResource {
                resource: person.arn.clone(),
                tags: vec![(quarantine::TAG.to_owned(), on.to_string())],
            });
            writes
        })
        .collect()
}

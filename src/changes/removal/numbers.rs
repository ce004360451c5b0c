//! Claims about how many people are reached at every step of a removal, minute by minute, by a walk of its own.
//!
//! A kill leaves the account as it is after some of the writes, so that each beginning of the list of writes is tried.

use super::{
    Removal,
    guards::Kind,
    humans::Part,
    properties::{TRIED, any_company, any_removal, proposed, steps},
    proposal::Proposal,
};
use crate::{
    changes::Write,
    domain::{
        Timestamp,
        contact::{ActivationStatus, Contact, ContactKind, Stage, Target},
        ids::Arn,
        inventory::Inventory,
        sample::minute,
        world::{World, contact_arn},
    },
    paging::simulate::clockwork::Clockwork,
    paging::simulate::{ResolveSchedules, person::RemovedDevice},
};
use chrono::TimeDelta;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Walks an account as a child would: from name to name, at one minute, without any list of changes.
struct Naive<'a> {
    inventory: &'a Inventory,
    /// Whom a page reaches whatever a removed device does.
    reachable: BTreeSet<Arn>,
}

impl<'a> Naive<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        let contacts = inventory.contacts.items.values();
        let people = contacts.filter(|contact| contact.kind == ContactKind::Person);
        let reachable = people.filter(|person| rings(inventory, person));
        Self {
            inventory,
            reachable: reachable.map(|person| person.arn.clone()).collect(),
        }
    }

    /// Returns whom an engagement of `arn` at a minute reaches in the end.
    fn reached(&self, arn: &Arn, at: Timestamp, above: &[&Arn]) -> BTreeSet<Arn> {
        if above.contains(&arn) {
            return BTreeSet::new();
        }
        if let Some(plan) = self.inventory.response_plans.items.get(arn) {
            let engaged = plan.detail.known().unwrap().engagements.iter();
            return engaged.flat_map(|one| self.reached(one, at, &[])).collect();
        }
        let Some(contact) = self.inventory.contacts.items.get(arn) else {
            return BTreeSet::new();
        };
        let above: Vec<&Arn> = above.iter().copied().chain([&contact.arn]).collect();
        let plan = contact.plan.known().unwrap();
        match &contact.kind {
            ContactKind::Person => self.reachable.get(arn).into_iter().cloned().collect(),
            ContactKind::Schedule => {
                let rotations = plan.rotations.iter();
                let people = rotations.flat_map(|rotation| self.on_call(rotation, at));
                people.flat_map(|person| self.reached(&person, at, &above)).collect()
            }
            ContactKind::EscalationPlan | ContactKind::Other(_) => (0..plan.stages.len())
                .flat_map(|index| self.stage(contact, index, at, &above))
                .collect(),
        }
    }

    /// Returns whom a stage reaches in the end, when its plan starts at a minute.
    fn stage(&self, plan: &Contact, index: usize, start: Timestamp, above: &[&Arn]) -> BTreeSet<Arn> {
        let stages = &plan.plan.known().unwrap().stages;
        let waits = stages[..index]
            .iter()
            .map(|stage| i64::from(stage.duration_minutes.max(0)));
        let at = start + TimeDelta::minutes(waits.sum());
        let targets = stages[index].targets.iter();
        let named = targets.filter_map(|target| match target {
            Target::Contact { contact, .. } => Some(contact),
            Target::Channel { .. } | Target::Empty => None,
        });
        named.flat_map(|named| self.reached(named, at, above)).collect()
    }

    /// Returns everybody who is on call in a rotation.
    fn on_call(&self, rotation: &Arn, at: Timestamp) -> BTreeSet<Arn> {
        let rotation = self.inventory.rotations.items.get(rotation);
        let shifts = rotation
            .into_iter()
            .flat_map(|rotation| rotation.shifts.known().unwrap());
        let present = shifts.filter(|shift| shift.start_at <= at && at < shift.end_at);
        present.flat_map(|shift| shift.contacts.iter().cloned()).collect()
    }
}

/// Returns whether a person's own plan pages an active device of theirs, whatever a removed device does to its stage.
fn rings(inventory: &Inventory, person: &Contact) -> bool {
    let channels = person.channels.known().unwrap();
    let is_there = |arn: &Arn| inventory.channels().any(|known| known.arn == *arn);
    let is_active = |arn: &Arn| {
        let mut own = channels.iter();
        own.any(|known| known.arn == *arn && known.status == ActivationStatus::Activated)
    };
    let devices = |stage: &Stage| -> Vec<Arn> {
        let targets = stage.targets.iter();
        let devices = targets.filter_map(|target| match target {
            Target::Channel { channel, .. } => Some(channel.clone()),
            Target::Contact { .. } | Target::Empty => None,
        });
        devices.collect()
    };
    let stages = person.plan.known().unwrap().stages.iter().map(devices);
    stages
        .filter(|devices| devices.iter().all(is_there))
        .any(|devices| devices.iter().any(is_active))
}

/// Returns where a stage is once its plan was written: `None` where it went, as nobody was left in it.
fn place_now(before: &Contact, now: &Contact, removal: &Removal, index: usize) -> Option<usize> {
    let stages = &before.plan.known().unwrap().stages;
    if before.plan == now.plan {
        return Some(index);
    }
    let goes = |stage: &Stage| {
        let is_gone = |target: &Target| match target {
            Target::Contact { contact, .. } => removal.is_leaver(contact) && removal.replacement.is_none(),
            Target::Channel { channel, .. } => {
                let owner = channel.as_str().rsplit('/').nth(1).unwrap();
                removal.leavers.iter().any(|leaver| leaver.name() == owner)
            }
            Target::Empty => false,
        };
        !stage.targets.is_empty() && stage.targets.iter().all(is_gone)
    };
    (!goes(&stages[index])).then(|| stages[..index].iter().filter(|stage| !goes(stage)).count())
}

/// What is told of something, so that it may reach fewer people.
fn is_told(proposal: &Proposal, about: &Arn, parts: &[Part]) -> bool {
    let mut losses = proposal.losses.iter();
    losses.any(|loss| loss.about == *about && parts.contains(&loss.part))
}

/// Returns the first thing that reaches fewer people after some step than before, and of which that is not told.
fn first_untold(inventory: &Inventory, removal: &Removal, proposal: &Proposal) -> Option<String> {
    let steps = steps(inventory, proposal);
    let before = Naive::new(inventory);
    let walks: Vec<Naive<'_>> = steps.iter().map(Naive::new).collect();
    let contacts = inventory.contacts.items.values();
    let plans: Vec<&Contact> = contacts
        .filter(|contact| contact.kind != ContactKind::Person)
        .map(AsRef::as_ref)
        .collect();
    let starts = plans
        .iter()
        .map(|plan| &plan.arn)
        .chain(inventory.response_plans.items.keys());
    let starts: Vec<&Arn> = starts
        .filter(|arn| !is_told(proposal, arn, &[Part::Whole, Part::Fewer]))
        .collect();
    let rotations = inventory.rotations.items.keys();
    let rotations: Vec<&Arn> = rotations
        .filter(|arn| !is_told(proposal, arn, &[Part::Fewer]))
        .collect();
    for at in 0..TRIED {
        let at = minute(at);
        for start in &starts {
            let count = before.reached(start, at, &[]).len();
            for (step, walk) in walks.iter().enumerate() {
                let now = walk.reached(start, at, &[]).len();
                if now < count {
                    return Some(format!("{start} at {at} after {step} steps: {now} of {count}"));
                }
            }
        }
        for plan in plans.iter().filter(|plan| plan.kind == ContactKind::EscalationPlan) {
            for index in 0..plan.plan.known().unwrap().stages.len() {
                let parts = [Part::Stage(index + 1), Part::FewerOfStage(index + 1)];
                if is_told(proposal, &plan.arn, &parts) {
                    continue;
                }
                let count = before.stage(plan, index, at, &[&plan.arn]).len();
                for (step, walk) in walks.iter().enumerate() {
                    let after = &walk.inventory.contacts.items[&plan.arn];
                    // Of a plan that is left without any stage it is told that it reaches nobody.
                    let is_empty = after.plan.known().unwrap().stages.is_empty();
                    if is_empty && is_told(proposal, &plan.arn, &[Part::Whole]) {
                        continue;
                    }
                    let place = place_now(plan, after, removal, index);
                    let now = place.map_or(0, |place| walk.stage(after, place, at, &[&plan.arn]).len());
                    if now < count {
                        let what = format!("{} stage {} at {at}", plan.arn, index + 1);
                        return Some(format!("{what} after {step} steps: {now} of {count}"));
                    }
                }
            }
        }
        for rotation in &rotations {
            let count = |walk: &Naive<'_>| walk.on_call(rotation, at).intersection(&walk.reachable).count();
            let before = count(&before);
            for (step, walk) in walks.iter().enumerate() {
                let now = count(walk);
                if now < before {
                    return Some(format!("{rotation} at {at} after {step} steps: {now} of {before}"));
                }
            }
        }
    }
    None
}

/// Returns an organisation with one more person, whom nothing names and who can be reached.
fn with_somebody_new(mut inventory: Inventory) -> Inventory {
    let new = World::new().person("new", &["phone"], &[("phone", 1)]).inventory;
    inventory.contacts.items.extend(new.contacts.items);
    inventory
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn at_no_step_and_no_minute_a_stage_or_window_reaches_fewer_people_unless_a_guard_says_so(
        inventory in any_company(),
        removal in any_removal(),
    ) {
        let proposal = proposed(&inventory, &removal);
        prop_assert_eq!(first_untold(&inventory, &removal, &proposal), None);
        // Whatever is lost, a guard has to be answered that names the thing, or the schedule of the rotation.
        for loss in &proposal.losses {
            let schedules = inventory.contacts.items.values().filter(|contact| {
                contact.plan.known().is_some_and(|plan| plan.rotations.contains(&loss.about))
            });
            let mut things = schedules.map(|contact| &contact.arn).chain([&loss.about]);
            let is_about = |thing: &Arn| {
                let is_kind = |kind| matches!(
                    kind,
                    Kind::LastOfStage | Kind::LastOfPlan | Kind::BelowPolicy | Kind::FewerPeople | Kind::UnclearReach
                );
                let is_named = |what: &str| what == thing.name() || what.starts_with(&format!("{} stage ", thing.name()));
                proposal.guards.iter().any(|guard| is_kind(guard.kind) && is_named(&guard.what))
            };
            prop_assert!(things.any(is_about), "{:?} and {:?}", loss, proposal.guards);
        }
    }

    #[test]
    fn with_somebody_new_for_the_one_who_goes_no_number_falls_but_while_an_override_is_made_again(
        inventory in any_company(),
        removal in any_removal(),
    ) {
        let inventory = with_somebody_new(inventory);
        let removal = Removal {
            leavers: removal.leavers.into_iter().take(1).collect(),
            replacement: Some(contact_arn("new")),
            ..removal
        };
        let proposal = proposed(&inventory, &removal);
        let writes = &proposal.draft.as_ref().unwrap().writes;
        let is_again = writes.iter().any(|write| matches!(write, Write::DeleteRotationOverride { .. }));
        for loss in &proposal.losses {
            prop_assert!(is_again && loss.is_passing, "{:?} of {:?}", loss, writes);
        }
        prop_assert_eq!(first_untold(&inventory, &removal, &proposal), None);
    }

    #[test]
    fn this_walk_reaches_whom_the_clock_pages(inventory in any_company(), at in 0..TRIED) {
        let walk = Naive::new(&inventory);
        for start in inventory.contacts.items.keys().chain(inventory.response_plans.items.keys()) {
            let [stage, device] = [RemovedDevice::SilencesStage, RemovedDevice::SilencesItself].map(|removed| {
                let clock = Clockwork::new(&inventory, removed, ResolveSchedules::StageStart);
                let pages = clock.run(start, minute(at), &[]).into_iter();
                pages.map(|(_, person, ..)| person).collect::<BTreeSet<Arn>>()
            });
            let both: BTreeSet<Arn> = stage.intersection(&device).cloned().collect();
            prop_assert_eq!(walk.reached(start, minute(at), &[]), both, "{}", start);
        }
    }
}

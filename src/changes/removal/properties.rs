//! Claims about removals on random organisations, at every step of their way, against the minute walker.

use super::{
    End, Removal, Turns,
    humans::{Part, Walked},
    proof,
    proposal::{Asked, Proposal, propose},
    rotation::{self, Previewed},
};
use crate::{
    changes::{
        Write,
        apply::{Previews, apply},
    },
    domain::{
        Timestamp,
        contact::{Contact, Target},
        gap::Reading,
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
        sample::minute,
        schedule::Shift,
        world::{contact_arn, rotation_arn},
    },
    paging::{
        coverage::Stretch,
        simulate::{
            ResolveSchedules,
            clockwork::{Clockwork, firsts},
            organisation::{any_organisation, any_start},
            person::RemovedDevice,
        },
    },
};
use proptest::{prelude::*, sample::subsequence};
use std::{collections::BTreeSet, sync::Arc};

/// The minutes of the world at which starts are tried.
pub(super) const TRIED: i64 = 70;

const READINGS: [RemovedDevice; 2] = [RemovedDevice::SilencesStage, RemovedDevice::SilencesItself];
const ROTATIONS: [&str; 3] = ["r0", "r1", "r2"];

/// Returns organisations whose rotations have those as members who are on call, and an override or two.
pub(super) fn any_company() -> impl Strategy<Value = Inventory> {
    let people = subsequence(vec!["p0", "p1", "p2", "p3"], 0..=2);
    let exception = (0..60_i64, 1..30_i64, people);
    let exceptions = prop::collection::vec(prop::option::of(exception), ROTATIONS.len());
    (any_organisation(), exceptions).prop_map(|(mut inventory, exceptions)| {
        for (name, exception) in ROTATIONS.iter().zip(exceptions) {
            let arn = rotation_arn(name);
            let row = Arc::make_mut(inventory.rotations.items.get_mut(&arn).unwrap());
            let shifts = row.shifts.known().unwrap().iter();
            let members: BTreeSet<Arn> = shifts.flat_map(|shift| shift.contacts.clone()).collect();
            row.members = Reading::Known(members.into_iter().collect());
            if let Some((start, length, people)) = exception {
                let write = Write::CreateRotationOverride {
                    rotation: arn,
                    start_at: minute(start),
                    end_at: minute(start + length),
                    contacts: people.iter().map(|alias| contact_arn(alias)).collect(),
                };
                inventory = apply(&inventory, &[write], &Previews::new());
            }
        }
        inventory
    })
}

/// Returns one or two who go, and perhaps somebody who comes in.
pub(super) fn any_removal() -> impl Strategy<Value = Removal> {
    let people = subsequence(vec!["p0", "p1", "p2", "p3"], 2..=3).prop_shuffle();
    (people, any::<bool>()).prop_map(|(people, is_replaced)| {
        let mut people: Vec<Arn> = people.into_iter().map(contact_arn).collect();
        let replacement = people.pop().filter(|_| is_replaced);
        Removal {
            leavers: people,
            replacement,
            turns: std::collections::BTreeMap::new(),
            end: End::Quarantine {
                on: minute(0).date_naive(),
            },
        }
    })
}

/// Answers as the service would: whoever comes in has the turns of the first who goes, and nobody those of the others.
fn previewed(inventory: &Inventory, removal: &Removal) -> Previewed {
    let wanted = rotation::wanted(inventory, removal).into_iter();
    wanted
        .map(|wanted| {
            let row = &inventory.rotations.items[&wanted.rotation];
            let first = row
                .members
                .known()
                .unwrap()
                .iter()
                .find(|member| removal.is_leaver(member));
            let after = |shift: &Shift| {
                let take_over = |all: &[Arn]| -> Vec<Arn> {
                    let mut after: Vec<Arn> = all.iter().filter(|one| !removal.is_leaver(one)).cloned().collect();
                    if wanted.turns == Turns::Replace && all.iter().any(|one| Some(one) == first) {
                        after.extend(removal.replacement.clone());
                    }
                    after
                };
                let mut shift = shift.clone();
                // An override puts there whom it puts there.
                if shift.kind == "OVERRIDDEN" {
                    shift.overridden = take_over(&shift.overridden);
                } else {
                    shift.contacts = take_over(&shift.contacts);
                }
                shift
            };
            let shifts = row.shifts.known().unwrap().iter().map(after).collect();
            ((wanted.rotation, wanted.turns), shifts)
        })
        .collect()
}

pub(super) fn proposed(inventory: &Inventory, removal: &Removal) -> Proposal {
    let asked = Asked {
        now: minute(0),
        walked: Walked {
            window: Stretch {
                start_at: minute(0),
                end_at: minute(TRIED),
            },
            resolve_schedules: ResolveSchedules::StageStart,
            second_human_minutes: &|_| 15,
        },
        is_by_code: &|_| false,
        engaged: None,
    };
    let graph = Graph::build(inventory);
    let previewed = previewed(inventory, removal);
    propose(inventory, &graph, removal.clone(), &previewed, asked)
}

/// Returns the account at every step of the way, the last one at its end.
pub(super) fn steps(inventory: &Inventory, proposal: &Proposal) -> Vec<Inventory> {
    let writes = &proposal.draft.as_ref().unwrap().writes;
    (0..=writes.len())
        .map(|count| apply(inventory, &writes[..count], &proposal.previews))
        .collect()
}

fn pages(inventory: &Inventory, start: &Arn, at: i64, removed: RemovedDevice) -> Vec<(i64, Arn, Arn, usize)> {
    Clockwork::new(inventory, removed, ResolveSchedules::StageStart).run(start, minute(at), &[])
}

/// Returns whether a start reaches anybody whatever a removed device does.
fn reaches(inventory: &Inventory, start: &Arn, at: i64) -> bool {
    READINGS
        .into_iter()
        .all(|removed| firsts(inventory, &pages(inventory, start, at, removed))[0].is_some())
}

fn targets(contact: &Contact) -> impl Iterator<Item = &Target> {
    contact
        .plan
        .known()
        .into_iter()
        .flat_map(crate::domain::contact::Plan::targets)
}

fn at_minute(shifts: &[Shift], at: Timestamp, apart_from: &Removal) -> BTreeSet<Arn> {
    let present = shifts
        .iter()
        .filter(|shift| shift.covers(at))
        .flat_map(|shift| &shift.contacts);
    let others = present.filter(|one| !apart_from.is_leaver(one) && apart_from.replacement.as_ref() != Some(*one));
    others.cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn at_no_step_nobody_is_reached_where_somebody_was_unless_a_guard_says_so(
        inventory in any_company(),
        removal in any_removal(),
        start in any_start(),
    ) {
        prop_assume!(!removal.is_leaver(&start));
        let proposal = proposed(&inventory, &removal);
        let is_told = proposal.losses.iter().any(|loss| loss.about == start && loss.part == Part::Whole);
        let steps = steps(&inventory, &proposal);
        for at in (0..TRIED).step_by(3) {
            let lit = reaches(&inventory, &start, at);
            for (step, now) in steps.iter().enumerate().filter(|_| lit && !is_told) {
                prop_assert!(reaches(now, &start, at), "minute {} after {} steps", at, step);
            }
        }
    }

    #[test]
    fn nobody_but_those_who_go_is_missing_from_a_page(
        inventory in any_company(),
        removal in any_removal(),
        start in any_start(),
    ) {
        prop_assume!(!removal.is_leaver(&start));
        let proposal = proposed(&inventory, &removal);
        let writes = &proposal.draft.as_ref().unwrap().writes;
        // Between the two writes about an override others are on call; a stage that goes brings the later ones forward.
        prop_assume!(!writes.iter().any(|write| matches!(write, Write::DeleteRotationOverride { .. })));
        let stages = |inventory: &Inventory| -> usize {
            let plans = inventory.contacts.items.values().filter_map(|contact| contact.plan.known());
            plans.map(|plan| plan.stages.len()).sum()
        };
        let steps = steps(&inventory, &proposal);
        prop_assume!(steps.iter().all(|now| stages(now) == stages(&inventory)));
        let leads_on = |leaver: &Arn| targets(&inventory.contacts.items[leaver]).any(|target| matches!(target, Target::Contact { .. }));
        prop_assume!(!removal.leavers.iter().any(leads_on));
        let people = |inventory: &Inventory, at, removed| -> BTreeSet<Arn> {
            let pages = pages(inventory, &start, at, removed).into_iter().map(|(_, person, _, _)| person);
            pages.filter(|person| !removal.is_leaver(person)).collect()
        };
        for (at, removed) in (0..TRIED).step_by(7).flat_map(|at| READINGS.map(|removed| (at, removed))) {
            let before = people(&inventory, at, removed);
            for now in &steps {
                let after = people(now, at, removed);
                prop_assert!(before.is_subset(&after), "minute {}: {:?}, {:?}", at, before, after);
            }
        }
    }

    #[test]
    fn afterwards_nothing_names_them_and_no_stage_waits_for_nobody(
        inventory in any_company(),
        removal in any_removal(),
    ) {
        let proposal = proposed(&inventory, &removal);
        let after = steps(&inventory, &proposal).pop().unwrap();
        let is_stuck = |arn: &Arn| {
            let members = inventory.rotations.items[arn].members.known().unwrap();
            removal.replacement.is_none() && members.iter().all(|member| removal.is_leaver(member))
        };
        for (arn, rotation) in after.rotations.items.iter().filter(|(arn, _)| !is_stuck(arn)) {
            let overrides = rotation.overrides.known().unwrap().iter().flat_map(|one| &one.contacts);
            let named = rotation.members.known().unwrap().iter().chain(overrides);
            prop_assert!(named.into_iter().all(|one| !removal.is_leaver(one)), "{}", arn);
        }
        for plan in after.response_plans.items.values() {
            prop_assert!(plan.detail.known().unwrap().engagements.iter().all(|one| !removal.is_leaver(one)));
        }
        for (arn, contact) in &after.contacts.items {
            let written = serde_json::to_string(contact.plan.known().unwrap()).unwrap();
            for leaver in &removal.leavers {
                let named = format!(":contact/{}\"", leaver.name());
                prop_assert!(!written.contains(&named), "{} in {}", named, written);
                let device = format!(":contact-channel/{}/", leaver.name());
                prop_assert!(arn == leaver || !written.contains(&device), "{} in {}", device, written);
            }
            let before = inventory.contacts.items[arn].plan.known().unwrap();
            let count = |empty: &[crate::domain::contact::Stage]| empty.iter().filter(|one| one.targets.is_empty()).count();
            let now = contact.plan.known().unwrap();
            prop_assert_eq!(count(&now.stages), count(&before.stages), "stages without targets");
            // Those that are left have their durations, in their order.
            let mut left = before.stages.iter().map(|stage| stage.duration_minutes);
            prop_assert!(now.stages.iter().all(|stage| left.any(|minutes| minutes == stage.duration_minutes)));
        }
        if !inventory.rotations.items.keys().any(is_stuck) {
            let proof = proof::of(&after, &removal.leavers, minute(0));
            prop_assert!(proof.is_proven(), "{:?}", proof);
        }
    }

    #[test]
    fn in_the_same_place_nobody_elses_shift_moves(inventory in any_company(), removal in any_removal()) {
        let proposal = proposed(&inventory, &removal);
        // Where an override puts those who go on call and nobody else, the turn goes back to others.
        let is_of_override = |write: &Write| matches!(write, Write::DeleteRotationOverride { .. });
        prop_assume!(!proposal.draft.as_ref().unwrap().writes.iter().any(is_of_override));
        let after = steps(&inventory, &proposal).pop().unwrap();
        for choice in &proposal.choices {
            let way = choice.complete().unwrap();
            let [before, after] = [&inventory, &after].map(|inventory| {
                inventory.rotations.items[&choice.rotation].shifts.known().unwrap()
            });
            let moved = (0..200).filter(|at| {
                at_minute(before, minute(*at), &removal) != at_minute(after, minute(*at), &removal)
            });
            prop_assert_eq!(moved.count(), 0, "{:?}", way);
            prop_assert_eq!(way.moved, Some(chrono::TimeDelta::zero()));
        }
    }
}

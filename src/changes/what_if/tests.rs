//! What becomes of each start, by hand.

use super::{Terms, Verdict, WhatIf, what_if};
use crate::{
    changes::{
        Write,
        apply::{Previews, apply},
        without::{silent, without_person},
    },
    domain::{
        contact::ContactKind,
        contact::{Plan, Stage, Target},
        inventory::Inventory,
        operation::Operation,
        world::{World, at, contact_arn, device_arn, response_arn},
    },
    paging::{
        coverage::Stretch,
        difference::length,
        simulate::{ResolveSchedules, compare::Measure, minute::Minute},
    },
};

fn world() -> World {
    World::new()
        .person("anna", &["phone"], &[("phone", 1)])
        .person("ben", &["phone"], &[("phone", 1)])
        .person("cleo", &["phone"], &[("phone", 1)])
        .rotation("weekly", &["anna", "ben"])
        .shifts(
            "weekly",
            &[(0, 100, &["anna"]), (100, 200, &["ben"]), (200, 1000, &["anna", "ben"])],
        )
        .schedule("ops", &["weekly"])
        .plan("quick", &[(10, &["ops"]), (5, &["cleo"])])
        .plan("slow", &[(10, &["ben"]), (5, &["cleo"])])
        .response("down", &["quick"])
}

fn asked(before: &Inventory, after: &Inventory) -> WhatIf {
    of(before, after, false)
}

fn of(before: &Inventory, after: &Inventory, reaches_further: bool) -> WhatIf {
    let window = Stretch {
        start_at: at(0),
        end_at: at(300),
    };
    let terms = Terms {
        window,
        resolve_schedules: ResolveSchedules::StageStart,
        reaches_further,
    };
    what_if(before, after, terms)
}

fn without(world: World, person: &str) -> WhatIf {
    let before = world.complete().inventory;
    let supposed = without_person(&before, &contact_arn(person));
    of(&before, &apply(&before, &supposed.writes, &supposed.previews), true)
}

/// Compares each start with its verdict, in their order.
#[track_caller]
fn check(found: &WhatIf, expected: &[(&str, Verdict)]) {
    let starts = found.starts.iter();
    let starts: Vec<_> = starts.map(|change| (change.start.name(), change.verdict)).collect();
    assert_eq!(starts, expected);
}

#[test]
fn whoever_leads_to_the_person_gets_worse_the_worst_first() {
    let found = without(world(), "anna");
    check(
        &found,
        &[
            // The schedule has nobody any more for a hundred hours, the plan only waits for its second stage.
            ("ops", Verdict::Worse),
            ("down", Verdict::Worse),
            ("quick", Verdict::Worse),
        ],
    );
    let plan = &found.starts[1].difference;
    assert_eq!(plan.before.first_human.minute, Minute::At(0));
    assert_eq!(plan.after.first_human.minute, Minute::At(10));
    assert_eq!(plan.before.second_human.minute, Minute::At(10));
    assert_eq!(plan.after.second_human.minute, Minute::Never);
    assert_eq!(plan.hardest.starts.start_at, at(0));
    let changes: Vec<Measure> = plan.hardest.figures.iter().map(|(change, _)| change.measure).collect();
    assert_eq!(
        changes,
        [Measure::FirstHuman, Measure::SecondHuman, Measure::FirstAudible]
    );
    // From hour 200 on ben is there, too, and it is the second person who comes later.
    assert_eq!(length(&plan.worse).num_hours(), 200);
    let schedule = &found.starts[0].difference;
    assert_eq!(schedule.before.time_with_nobody().num_hours(), 0);
    assert_eq!(schedule.after.time_with_nobody().num_hours(), 100);
}

#[test]
fn who_is_named_nowhere_and_no_write_make_no_difference() {
    check(&without(world().person("dora", &[], &[]), "dora"), &[]);
    let before = world().complete().inventory;
    check(&asked(&before, &before.clone()), &[]);
}

#[test]
fn a_silent_device_is_worse_for_its_person_and_whoever_leads_there() {
    let before = world().complete().inventory;
    let supposed = silent(&device_arn("cleo", "phone"));
    let after = apply(&before, &supposed.writes, &supposed.previews);
    let found = asked(&before, &after);
    check(
        &found,
        &[
            ("cleo", Verdict::Worse),
            // At any time, and the others only while one person is on call.
            ("slow", Verdict::Worse),
            ("down", Verdict::Worse),
            ("quick", Verdict::Worse),
        ],
    );
    check(
        &found.apart_from(&[contact_arn("cleo"), contact_arn("slow")]),
        &[("down", Verdict::Worse), ("quick", Verdict::Worse)],
    );
}

fn replanned(world: World, stages: &[(i32, &str)]) -> WhatIf {
    let before = world.complete().inventory;
    let stages = stages.iter().map(|(duration_minutes, person)| Stage {
        duration_minutes: *duration_minutes,
        targets: vec![Target::Contact {
            contact: contact_arn(person),
            is_essential: true,
        }],
    });
    let write = Write::UpdateContact {
        contact: contact_arn("slow"),
        kind: ContactKind::EscalationPlan,
        plan: Plan {
            stages: stages.collect(),
            rotations: Vec::new(),
        },
    };
    asked(&before, &apply(&before, &[write], &Previews::new()))
}

#[test]
fn a_plan_gets_better_stays_or_is_mixed() {
    check(
        &replanned(world(), &[(5, "ben"), (5, "cleo")]),
        &[("slow", Verdict::Better)],
    );
    check(
        &replanned(world(), &[(10, "cleo"), (5, "ben")]),
        &[("slow", Verdict::Same)],
    );
    // Nobody for the first time, and then both at once: the first comes later, the second sooner.
    let mixed = replanned(world(), &[(3, "gone"), (0, "ben"), (5, "cleo")]);
    check(&mixed, &[("slow", Verdict::Worse)]);
    assert!(
        !mixed.starts[0].difference.better.is_empty(),
        "the second person comes sooner"
    );
}

#[test]
fn what_could_not_be_read_is_unknown_where_it_may_lead_to_the_change() {
    let world = world()
        .plan("hidden", &[(5, &["cleo"])])
        .denied(Operation::GetContact, "hidden");
    let found = without(world, "cleo");
    check(
        &found,
        &[
            ("slow", Verdict::Worse),
            ("down", Verdict::Worse),
            ("quick", Verdict::Worse),
            ("hidden", Verdict::Unknown),
        ],
    );
    // Even where nothing that was read changes: the hidden plan may name dora.
    let world = self::world()
        .plan("hidden", &[(5, &["cleo"])])
        .denied(Operation::GetContact, "hidden");
    check(
        &without(world.person("dora", &[], &[]), "dora"),
        &[("hidden", Verdict::Unknown)],
    );
    // Devices that were not read lead to nobody else.
    let world = self::world().denied(Operation::ListContactChannels, "cleo");
    let found = without(world, "anna");
    assert!(!found.starts.iter().any(|change| change.start == contact_arn("slow")));
}

#[test]
fn what_does_not_exist_afterwards_is_gone() {
    let before = world().complete().inventory;
    let write = Write::DeleteResponsePlan {
        response_plan: response_arn("down"),
    };
    let found = asked(&before, &apply(&before, &[write], &Previews::new()));
    check(&found, &[]);
    assert_eq!(found.gone, [response_arn("down")]);
}

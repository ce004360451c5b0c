//! What the walk says of small worlds.

use super::{
    Acknowledged, AcknowledgedEffect, Acknowledgement, Question, ResolveSchedules, Timeline,
    compare::{Direction, Measure, compare, direction},
    event::What,
    minute::Minute,
    person::{RemovedDevice, steps_of_person},
    reason::{Bound, Doubt, DoubtReason, Silence},
    simulate,
};
use crate::{
    domain::{
        contact::{ContactKind, Plan, Stage, Target},
        gap::Reading,
        ids::Arn,
        inventory::Part,
        operation::Operation,
        world::{World, at, contact_arn, device_arn, response_arn},
    },
    paging::{
        coverage::Stretch,
        worst::{WorstTime, worst},
    },
};

fn people() -> World {
    World::new()
        .person("anna", &["phone", "mail"], &[("mail", 5), ("phone", 5)])
        .person("ben", &["phone", "-old"], &[("old", 2), ("phone", 2)])
        .person("cleo", &["-phone"], &[("phone", 1)])
}

fn ask(world: &World, question: &Question) -> Timeline {
    simulate(&world.inventory, &world.graph(), question)
}

fn run(world: World, start: &str, hours: i64) -> Timeline {
    ask(&world.complete(), &Question::new(contact_arn(start), at(hours)))
}

/// Writes an event as `minute subject: what`.
fn line(event: &super::event::Event) -> String {
    let subject = event.subject.as_ref().map_or("-", |subject| subject.name());
    let what = match &event.what {
        What::Page(page) => format!("page {}", page.attempt),
        What::Silent(why) => why.to_string(),
        What::Unknown(why) => format!("? {why}"),
    };
    format!("{} {subject}: {what}", event.minute)
}

fn lines(timeline: &Timeline) -> Vec<String> {
    timeline.events.iter().map(line).collect()
}

#[track_caller]
fn check(world: World, start: &str, expected: &[&str]) {
    assert_eq!(lines(&run(world, start, 0)), expected);
}

/// Adds a person with one phone that is tried again.
fn persistent(world: World, alias: &str, duration_minutes: i32, retry_minutes: Option<i32>) -> World {
    let target = Target::Channel {
        channel: device_arn(alias, "phone"),
        retry_minutes,
    };
    let plan = Plan {
        stages: vec![Stage {
            duration_minutes,
            targets: vec![target],
        }],
        rotations: Vec::new(),
    };
    let world = world.person(alias, &["phone"], &[]);
    world.part(Part::Plan(contact_arn(alias), Reading::Known(plan)))
}

#[test]
fn stages_follow_each_other_and_people_go_through_their_own_plans() {
    let world = people().plan("all", &[(3, &["anna"]), (10, &["ben"])]);
    let timeline = run(world, "all", 0);
    let expected = [
        "0 anna/mail: page 1",
        "3 ben/old: the device is not activated",
        "5 anna/phone: page 1",
        "5 ben/phone: page 1",
    ];
    assert_eq!(lines(&timeline), expected);
    let outcome = &timeline.outcome;
    assert_eq!(outcome.first_human, Minute::At(0));
    assert_eq!(outcome.first_audible, Minute::At(5), "a mail wakes nobody");
    assert_eq!(outcome.second_human, Minute::At(5));
    assert_eq!(outcome.silent_after, Minute::At(5));
    assert_eq!(timeline.people(), [(&contact_arn("anna"), 0), (&contact_arn("ben"), 5)]);
    let last = timeline.events.last().unwrap();
    assert_eq!(
        (last.stage, last.path[0].stage, last.path[0].begins_at),
        (Some(2), Some(2), 3)
    );
}

#[test]
fn a_device_is_tried_again_while_its_stage_lasts() {
    let tries = |duration, retry| {
        let timeline = run(persistent(World::new(), "anna", duration, retry), "anna", 0);
        timeline.events.iter().map(|event| event.minute).collect::<Vec<_>>()
    };
    assert_eq!(tries(6, Some(2)), [0, 2, 4]);
    assert_eq!(tries(7, Some(2)), [0, 2, 4, 6]);
    for once in [
        tries(6, None),
        tries(6, Some(0)),
        tries(6, Some(6)),
        tries(0, Some(1)),
        tries(-3, Some(1)),
    ] {
        assert_eq!(once, [0]);
    }
}

#[test]
fn every_silence_says_why() {
    check(people(), "cleo", &["0 cleo/phone: the device is not activated"]);
    check(people(), "left", &["0 left: it does not exist"]);
    check(
        people().person("dan", &[], &[]),
        "dan",
        &["0 dan: the plan has no stage"],
    );
    check(people().plan("all", &[]), "all", &["0 all: the plan has no stage"]);
    check(
        people().plan("all", &[(5, &[]), (0, &["left"])]),
        "all",
        &["0 -: the stage has no target", "5 left: it does not exist"],
    );
    check(
        people().person("dan", &["phone"], &[(device_arn("anna", "phone").as_str(), 1)]),
        "dan",
        &["0 anna/phone: the device belongs to anna"],
    );
    check(
        people().schedule("ops", &[]),
        "ops",
        &["0 ops: the schedule has no rotation"],
    );
    check(
        people().schedule("ops", &["gone"]),
        "ops",
        &["0 gone: the rotation does not exist"],
    );
    let scheduled = people()
        .rotation("weekly", &["anna"])
        .shifts("weekly", &[(1, 2, &["anna"])])
        .schedule("ops", &["weekly"]);
    check(scheduled.clone(), "ops", &["0 ops: nobody is scheduled"]);
    let overridden = scheduled.overridden("weekly", (0, 1), &[], &["anna"]);
    check(overridden, "ops", &["0 weekly: an override without people is in force"]);
    let nothing = people().response("critical", &[]).complete();
    let timeline = ask(&nothing, &Question::new(response_arn("critical"), at(0)));
    assert_eq!(lines(&timeline), ["0 critical: the response plan engages nobody"]);
    assert_eq!(timeline.outcome.silent_after, Minute::Never);
}

#[test]
fn targets_that_make_no_sense_are_silent() {
    let plan = |targets| Plan {
        stages: vec![Stage {
            duration_minutes: 1,
            targets,
        }],
        rotations: Vec::new(),
    };
    let device = Target::Channel {
        channel: device_arn("anna", "phone"),
        retry_minutes: None,
    };
    let anna = Target::Contact {
        contact: contact_arn("anna"),
        is_essential: false,
    };
    let misplaced = "a plan of this kind cannot page such a target";
    let in_plan = plan(vec![device, Target::Empty]);
    let world = people()
        .contact("all", ContactKind::EscalationPlan)
        .part(Part::Plan(contact_arn("all"), Reading::Known(in_plan)));
    check(
        world,
        "all",
        &[&format!("0 anna/phone: {misplaced}"), "0 -: the target names nothing"],
    );
    let in_person = plan(vec![anna, Target::Empty]);
    let world = people().part(Part::Plan(contact_arn("ben"), Reading::Known(in_person)));
    check(
        world,
        "ben",
        &[&format!("0 anna: {misplaced}"), "0 ben: the target names nothing"],
    );
}

#[test]
fn plans_in_a_circle_end() {
    let world = World::new()
        .plan("self", &[(1, &["self"])])
        .plan("one", &[(2, &["other"])])
        .plan("other", &[(3, &["left"]), (0, &["one"])]);
    check(world.clone(), "self", &["0 self: the plan leads back to itself"]);
    check(
        world,
        "one",
        &["0 left: it does not exist", "3 one: the plan leads back to itself"],
    );
}

#[test]
fn a_plan_that_stands_twice_on_different_ways_is_no_circle() {
    let world = people()
        .plan("inner", &[(1, &["ben"])])
        .plan("outer", &[(7, &["inner", "inner"])]);
    let timeline = run(world, "outer", 0);
    assert_eq!(
        timeline
            .events
            .iter()
            .filter(|event| matches!(event.what, What::Page(_)))
            .count(),
        2
    );
}

fn on_call() -> World {
    people()
        .rotation("weekly", &["anna", "ben"])
        .shifts("weekly", &[(0, 1, &["anna"]), (1, 300, &["ben"])])
        .schedule("ops", &["weekly"])
        .plan("late", &[(30, &["cleo"]), (30, &["cleo"]), (5, &["ops"])])
        .complete()
}

#[test]
fn a_schedule_stands_for_those_on_call_when_its_stage_begins() {
    let mut question = Question::new(contact_arn("late"), at(0));
    let timeline = ask(&on_call(), &question);
    assert_eq!(timeline.people(), [(&contact_arn("ben"), 62)]);
    let hop = timeline.events.last().and_then(|event| event.path.last()).unwrap();
    assert_eq!(hop.rotation.as_ref().map(Arn::name), Some("weekly"));
    question.resolve_schedules = ResolveSchedules::PlanStart;
    assert_eq!(ask(&on_call(), &question).people(), [(&contact_arn("anna"), 60)]);
}

#[test]
fn an_instant_for_which_no_shifts_were_read_is_unknown() {
    for hours in [-1, 14 * 24] {
        let timeline = ask(&on_call(), &Question::new(contact_arn("ops"), at(hours)));
        assert_eq!(
            lines(&timeline),
            ["0 weekly: ? the shifts of weekly were not read for that time"]
        );
        assert_eq!(timeline.outcome.first_human.is_by(1000), None);
        assert!(!timeline.outcome.silent_after.is_exact());
    }
}

fn whole_stage() -> World {
    World::new()
        .person("anna", &["phone", "mail"], &[("phone+gone", 5), ("mail", 1)])
        .complete()
}

#[test]
fn of_both_readings_of_a_removed_device_the_worse_one_is_told() {
    let timeline = ask(&whole_stage(), &Question::new(contact_arn("anna"), at(0)));
    let expected = [
        "0 anna/phone: another device of the stage does not exist any more, which may skip the whole stage",
        "0 anna/gone: the device does not exist any more",
        "5 anna/mail: page 1",
    ];
    assert_eq!(lines(&timeline), expected);
    assert_eq!(timeline.outcome.first_audible, Minute::Never);
    let readings = timeline.readings.unwrap();
    assert_eq!(readings.told, RemovedDevice::SilencesStage);
    assert_eq!(
        (readings.other.first_human, readings.other.first_audible),
        (Minute::At(0), Minute::At(0))
    );
}

#[test]
fn the_steps_of_a_person_tell_when_a_device_first_rings() {
    let world = whole_stage();
    let person = |alias: &str| &*world.inventory.contacts.items[&contact_arn(alias)];
    let paging = steps_of_person(&world.inventory, &world.graph(), person("anna"));
    assert_eq!(
        (paging.first_device, paging.first_audible),
        (Minute::At(5), Minute::Never)
    );
    assert_eq!(
        paging.if_only_the_device_is_silent,
        Some((Minute::At(0), Minute::At(0)))
    );
    assert_eq!(paging.steps.len(), 3);

    let world = persistent(World::new(), "ben", 6, Some(2)).complete();
    let ben = &world.inventory.contacts.items[&contact_arn("ben")];
    let paging = steps_of_person(&world.inventory, &world.graph(), ben);
    assert_eq!(
        (paging.first_audible, paging.if_only_the_device_is_silent),
        (Minute::At(0), None)
    );
    let attempts = paging.steps.iter().map(|step| match &step.what {
        What::Page(page) => page.attempt,
        What::Silent(_) | What::Unknown(_) => 0,
    });
    assert_eq!(attempts.collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn a_stage_with_a_device_of_somebody_whose_devices_were_not_read_may_be_skipped() {
    let bens = device_arn("ben", "phone");
    let world = World::new()
        .person("anna", &["phone"], &[("phone", 0), (bens.as_str(), 5)])
        .person("ben", &["phone"], &[])
        .denied(Operation::ListContactChannels, "ben")
        .complete();
    // The two stand in stages of their own: nothing is in doubt.
    let question = Question::new(contact_arn("anna"), at(0));
    assert_eq!(ask(&world, &question).outcome.first_human, Minute::At(0));
    let target = |channel| Target::Channel {
        channel,
        retry_minutes: None,
    };
    let plan = Plan {
        stages: vec![Stage {
            duration_minutes: 5,
            targets: vec![target(device_arn("anna", "phone")), target(bens)],
        }],
        rotations: Vec::new(),
    };
    let world = world.part(Part::Plan(contact_arn("anna"), Reading::Known(plan)));
    let timeline = ask(&world, &question);
    assert!(!timeline.outcome.first_human.is_exact(), "{:?}", timeline.outcome);
    assert_eq!(timeline.readings.unwrap().other.first_human, Minute::At(0));
}

/// Compares the first person: by when at the latest, and what it depends on.
#[track_caller]
fn check_doubt(world: World, start: &str, latest: Option<i64>, why: &str) {
    let timeline = run(world, start, 0);
    let first = &timeline.outcome.first_human;
    assert_eq!(first.at_the_latest(), latest);
    assert_eq!(first.doubt().map(Doubt::to_string).as_deref(), Some(why));
}

#[test]
fn what_is_not_known_makes_unknown_what_depends_on_it() {
    let denied = "access denied, ssm-contacts:";
    let world = people().denied(Operation::GetContact, "anna");
    let why = format!("GetContact of anna: {denied}GetContact is missing");
    check_doubt(world, "anna", None, &why);

    let world = people().denied(Operation::ListContactChannels, "anna");
    let why = format!("ListContactChannels of anna: {denied}ListContactChannels is missing");
    check_doubt(world.clone(), "anna", None, &why);
    let both = world.plan("all", &[(4, &["anna"]), (5, &["ben"])]);
    check_doubt(both, "all", Some(6), &why);

    let odd = people().person("dan", &["?phone"], &[("phone", 1)]);
    check_doubt(
        odd,
        "dan",
        None,
        "the status of device dan/phone is “PAUSED”, which is not known",
    );

    let strange = people().contact("thing", ContactKind::Other("TEAM".to_owned()));
    check_doubt(
        strange,
        "thing",
        None,
        "thing is a contact of type “TEAM”, which is not known",
    );

    let foreign = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe";
    check_doubt(people(), foreign, None, "account 444455556666 does not share zoe");

    let no_shifts = people().rotation("weekly", &["anna"]).schedule("ops", &["weekly"]);
    check_doubt(no_shifts, "ops", None, "weekly is still to be read");

    let plan_on_call = on_call().shifts("weekly", &[(0, 9, &["late"])]);
    check_doubt(plan_on_call, "ops", None, "late is on call and not a person");
}

#[test]
fn a_list_that_was_cut_short_leaves_a_doubt_and_a_complete_one_does_not() {
    let world = people().complete().denied(Operation::ListContacts, "");
    let timeline = ask(&world, &Question::new(contact_arn("left"), at(0)));
    let doubts = timeline.doubts();
    assert!(
        matches!(
            doubts.as_slice(),
            [Doubt {
                why: DoubtReason::Unread(_),
                ..
            }]
        ),
        "{doubts:?}"
    );
    let world = people();
    let timeline = ask(&world, &Question::new(contact_arn("left"), at(0)));
    assert!(timeline.doubts()[0].is_pending());
}

#[test]
fn a_doubt_that_comes_too_late_changes_nothing() {
    let world = people()
        .denied(Operation::ListContactChannels, "cleo")
        .plan("all", &[(4, &["anna"]), (5, &["cleo"])]);
    let outcome = run(world, "all", 0).outcome;
    assert_eq!(outcome.first_human, Minute::At(0));
    assert_eq!(outcome.second_human.at_the_earliest(), Some(4));
    assert_eq!(
        (outcome.second_human.is_by(3), outcome.second_human.is_by(9)),
        (Some(false), None)
    );
    let world = people()
        .denied(Operation::GetContact, "late")
        .plan("all", &[(7, &["anna", "ben"])]);
    assert_eq!(run(world, "all", 0).outcome.second_human, Minute::At(2));
}

#[test]
fn a_mail_of_unknown_status_does_not_ring() {
    let world = World::new().person("anna", &["?mail", "phone"], &[("mail", 3), ("phone", 1)]);
    let outcome = run(world, "anna", 0).outcome;
    assert_eq!(outcome.first_audible, Minute::At(3));
    assert_eq!(
        (
            outcome.first_human.at_the_earliest(),
            outcome.first_human.at_the_latest()
        ),
        (Some(0), Some(3))
    );
}

fn acknowledged(plan: &[(i32, &[&str])], minute: i64, person: &str) -> Timeline {
    let world = people().plan("all", plan).complete();
    let mut question = Question::new(contact_arn("all"), at(0));
    question.acknowledgements.push(Acknowledgement {
        minute,
        person: contact_arn(person),
    });
    ask(&world, &question)
}

#[track_caller]
fn check_acknowledged(timeline: &Timeline, effect: AcknowledgedEffect, people: &[(&str, i64)]) {
    let effects: Vec<_> = timeline.acknowledged.iter().map(|given| given.effect).collect();
    assert_eq!(effects, [effect]);
    let found: Vec<_> = timeline
        .people()
        .into_iter()
        .map(|(arn, minute)| (arn.name(), minute))
        .collect();
    assert_eq!(found, people);
}

#[test]
fn an_acknowledgement_stops_the_persons_own_steps_and_of_the_plan_only_if_essential() {
    let stopped = |plans| AcknowledgedEffect::Stopped { plans };
    let timeline = acknowledged(&[(3, &["anna"]), (10, &["ben"])], 1, "anna");
    check_acknowledged(&timeline, stopped(0), &[("anna", 0), ("ben", 5)]);
    assert_eq!(
        timeline.outcome.first_audible,
        Minute::At(5),
        "the text to anna is not sent"
    );
    let by_anna = Silence::Acknowledged(contact_arn("anna"));
    let stopped_event = timeline
        .events
        .iter()
        .find(|event| event.what == What::Silent(by_anna.clone()))
        .unwrap();
    assert_eq!(stopped_event.subject, Some(device_arn("anna", "phone")));

    let timeline = acknowledged(&[(3, &["!anna"]), (10, &["ben"])], 1, "anna");
    check_acknowledged(&timeline, stopped(1), &[("anna", 0)]);
    assert_eq!(timeline.outcome.silent_after, Minute::At(0));
    // In the minute in which the next stage begins, it has begun.
    let timeline = acknowledged(&[(3, &["!anna"]), (10, &["ben"])], 3, "anna");
    check_acknowledged(&timeline, stopped(1), &[("anna", 0), ("ben", 5)]);
    // Who is engaged already goes on being paged.
    let timeline = acknowledged(&[(3, &["!anna", "ben"]), (10, &["cleo"])], 1, "anna");
    check_acknowledged(&timeline, stopped(1), &[("anna", 0), ("ben", 2)]);
}

#[test]
fn who_was_not_paged_cannot_acknowledge() {
    let timeline = acknowledged(&[(3, &["!anna"]), (10, &["!ben"])], 4, "ben");
    check_acknowledged(&timeline, AcknowledgedEffect::NotPaged, &[("anna", 0), ("ben", 5)]);
    let [Acknowledged { acknowledgement, .. }] = timeline.acknowledged.as_slice() else {
        panic!("{:?}", timeline.acknowledged);
    };
    assert_eq!(acknowledgement.minute, 4);
}

#[test]
fn an_acknowledgement_by_somebody_who_may_have_been_paged_leaves_the_rest_unknown() {
    let world = people()
        .denied(Operation::ListContactChannels, "anna")
        .plan("all", &[(3, &["!anna"]), (10, &["ben"])])
        .complete();
    let mut question = Question::new(contact_arn("all"), at(0));
    question.acknowledgements.push(Acknowledgement {
        minute: 1,
        person: contact_arn("anna"),
    });
    let timeline = ask(&world, &question);
    check_acknowledged(&timeline, AcknowledgedEffect::Perhaps, &[]);
    assert_eq!(timeline.outcome.first_human.at_the_latest(), None);
}

#[test]
fn who_acknowledges_may_have_been_paged_by_a_plan_that_was_not_read() {
    let world = people()
        .plan("hidden", &[])
        .denied(Operation::GetContact, "hidden")
        .plan("all", &[(3, &["!hidden"]), (10, &["ben"])])
        .complete();
    let mut question = Question::new(contact_arn("all"), at(0));
    assert_eq!(ask(&world, &question).outcome.first_human.at_the_latest(), Some(5));
    question.acknowledgements.push(Acknowledgement {
        minute: 1,
        person: contact_arn("anna"),
    });
    assert_eq!(ask(&world, &question).outcome.first_human.at_the_latest(), None);
}

#[test]
fn plans_deeper_than_the_bound_are_unknown() {
    let names: Vec<String> = (0..40).map(|number| format!("e{number}")).collect();
    let nested = |depth: usize| {
        let mut world = people();
        for number in 0..depth {
            let next = names
                .get(number + 1)
                .filter(|_| number + 1 < depth)
                .map_or("anna", String::as_str);
            world = world.plan(&names[number], &[(1, &[next])]);
        }
        run(world, "e0", 0)
    };
    let within = nested(Bound::DEPTH);
    assert_eq!((within.outcome.first_human, within.bounds.len()), (Minute::At(0), 0));
    let beyond = nested(Bound::DEPTH + 1);
    assert_eq!(beyond.bounds.into_iter().collect::<Vec<_>>(), [Bound::Depth]);
    assert_eq!(beyond.outcome.first_human.at_the_latest(), None);
}

#[test]
fn plans_that_multiply_and_minutes_without_end_are_cut_and_unknown() {
    let mut world = people();
    for number in 0..14 {
        let next = format!("e{}", number + 1);
        let targets = [next.as_str(); 10];
        world = world.plan(&format!("e{number}"), &[(1, &targets), (1, &targets)]);
    }
    let timeline = run(world.plan("e14", &[(1, &["cleo"])]), "e0", 0);
    assert!(timeline.bounds.contains(&Bound::Engagements));
    assert!(timeline.events.len() <= Bound::EVENTS + 1);
    assert!(!timeline.outcome.first_human.is_exact());

    let world = people().plan("slow", &[(i32::MAX, &["cleo"]), (1, &["anna"])]);
    let timeline = run(world, "slow", 0);
    assert!(timeline.bounds.contains(&Bound::Minutes));
    assert_eq!(timeline.outcome.first_human.is_by(Bound::MINUTES), Some(false));
    assert_eq!(timeline.outcome.first_human.at_the_latest(), None);

    let timeline = run(persistent(World::new(), "anna", i32::MAX, Some(1)), "anna", 0);
    assert!(timeline.bounds.contains(&Bound::Steps));
    assert_eq!(timeline.outcome.first_human, Minute::At(0), "more tries change nothing");
    assert_eq!(timeline.outcome.silent_after.at_the_latest(), None);
}

#[test]
fn a_contact_is_known_by_the_arn_of_another_region() {
    let elsewhere = contact_arn("anna").as_str().replace("eu-west-1", "us-east-1");
    let world = people().response("critical", &[&elsewhere, "anna"]).complete();
    let timeline = ask(&world, &Question::new(response_arn("critical"), at(0)));
    assert_eq!(timeline.people(), [(&contact_arn("anna"), 0)]);
    assert_eq!(timeline.outcome.second_human, Minute::Never, "it is the same person");
}

#[test]
fn a_change_is_better_or_worse_by_what_is_certain() {
    let about = contact_arn("anna");
    let unknown = |at_the_earliest, at_the_latest| Minute::Unknown {
        at_the_earliest,
        at_the_latest,
        why: Doubt::new(&about, DoubtReason::Pending),
    };
    let cases = [
        (Minute::At(3), Minute::At(3), Direction::Same),
        (Minute::At(3), Minute::At(2), Direction::Better),
        (Minute::At(3), Minute::Never, Direction::Worse),
        (Minute::At(3), unknown(0, None), Direction::Worse),
        (Minute::At(3), unknown(0, Some(5)), Direction::Worse),
        (Minute::At(3), unknown(0, Some(3)), Direction::Unclear),
        (unknown(4, None), Minute::At(4), Direction::Better),
        (unknown(0, None), Minute::At(9), Direction::Unclear),
        (unknown(0, None), unknown(0, None), Direction::Unclear),
        (unknown(0, None), unknown(1, None), Direction::Unclear),
        (unknown(0, None), Minute::Never, Direction::Worse),
        (Minute::Never, unknown(0, None), Direction::Unclear),
        (Minute::Never, Minute::Never, Direction::Same),
    ];
    for (before, after, expected) in cases {
        assert_eq!(direction(&before, &after, false), expected, "{before:?} to {after:?}");
    }
    // What is not known is the same on both sides, and with it its truth.
    for (before, after, expected) in [
        (unknown(0, None), Minute::At(9), Direction::Better),
        (unknown(0, None), unknown(0, Some(9)), Direction::Better),
        (unknown(0, Some(9)), unknown(0, Some(9)), Direction::Same),
        (unknown(0, Some(9)), unknown(0, None), Direction::Worse),
    ] {
        assert_eq!(direction(&before, &after, true), expected, "{before:?} to {after:?}");
    }
}

#[test]
fn two_time_lines_tell_who_is_lost_and_what_comes_later() {
    let before = run(people().plan("all", &[(3, &["anna"]), (1, &["ben"])]), "all", 0);
    let after = run(people().plan("all", &[(3, &["cleo"]), (1, &["ben"])]), "all", 0);
    let comparison = compare(&before, &after, &|_| true);
    let measures = |changes: &[super::compare::Change]| changes.iter().map(|change| change.measure).collect::<Vec<_>>();
    assert_eq!(measures(&comparison.worse), [Measure::FirstHuman, Measure::SecondHuman]);
    assert_eq!(comparison.people_lost, [contact_arn("anna")]);
    assert!(comparison.better.is_empty() && comparison.unclear.is_empty() && comparison.people_gained.is_empty());
    let back = compare(&after, &before, &|_| true);
    assert_eq!(back.better.len(), comparison.worse.len());
    assert_eq!(back.people_gained, [contact_arn("anna")]);
}

fn worst_of(world: &World, start: &str, (from, to): (i64, i64)) -> WorstTime {
    let window = Stretch {
        start_at: at(from),
        end_at: at(to),
    };
    let start = contact_arn(start);
    worst(
        &world.inventory,
        &world.graph(),
        &start,
        window,
        ResolveSchedules::StageStart,
    )
    .unwrap()
}

#[test]
fn the_last_starts_of_the_horizon_are_not_judged_unless_it_is_asked_beyond() {
    let world = on_call();
    let found = worst_of(&world, "late", (0, 14 * 24));
    assert_eq!(found.window.end_at, at(14 * 24 - 1));
    assert!(found.unknown.is_empty(), "{:?}", found.unknown);
    assert_eq!(
        found.nobody,
        [Stretch {
            start_at: at(299),
            end_at: at(14 * 24 - 1)
        }]
    );
    assert_eq!(found.first_human.minute, Minute::Never);
    assert_eq!(found.first_human.starts, found.nobody[0]);

    let found = worst_of(&world, "late", (0, 14 * 24 + 1));
    let beyond = Stretch {
        start_at: at(14 * 24 - 1),
        end_at: at(14 * 24 + 1),
    };
    assert_eq!(found.unknown, [beyond]);
    let window = Stretch {
        start_at: at(1),
        end_at: at(1),
    };
    let start = contact_arn("late");
    let nothing = worst(
        &world.inventory,
        &world.graph(),
        &start,
        window,
        ResolveSchedules::StageStart,
    );
    assert_eq!(nothing, None, "an empty window");
}

#[test]
fn the_worst_time_lies_between_the_latest_certain_and_the_latest_possible_minute() {
    let world = people()
        .denied(Operation::ListContactChannels, "anna")
        .rotation("weekly", &["anna", "ben"])
        .shifts("weekly", &[(0, 5, &["ben"]), (5, 9, &["anna"]), (9, 12, &["ben"])])
        .schedule("ops", &["weekly"])
        .complete();
    let found = worst_of(&world, "ops", (0, 12));
    let doubtful = Stretch {
        start_at: at(5),
        end_at: at(9),
    };
    let worst = &found.first_human;
    assert_eq!(
        (worst.minute.at_the_earliest(), worst.minute.at_the_latest()),
        (Some(2), None)
    );
    assert_eq!((worst.starts, found.unknown), (doubtful, vec![doubtful]));
    assert_eq!(found.doubts.len(), 1);
}

#[test]
fn the_worst_time_says_when_it_rests_on_the_worse_reading() {
    let found = worst_of(&whole_stage(), "anna", (0, 24));
    assert!(found.is_worse_reading);
    assert_eq!(found.first_human.minute, Minute::At(5));
    let harmless = World::new()
        .person("anna", &["phone"], &[("phone", 5), ("gone", 1)])
        .complete();
    assert!(!worst_of(&harmless, "anna", (0, 24)).is_worse_reading);
}

#[test]
fn hostile_names_are_neutralised_in_every_reason() {
    let hostile = "a\u{1b}[2J";
    let doubt = Doubt::new(&contact_arn("anna"), DoubtReason::StatusWord(hostile.to_owned()));
    assert!(!doubt.to_string().contains('\u{1b}'));
    let doubt = Doubt::new(&contact_arn("anna"), DoubtReason::ContactWord(hostile.to_owned()));
    assert!(!doubt.to_string().contains('\u{1b}'));
}

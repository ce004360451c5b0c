//! The walk against a second walker that was written apart, on random organisations.

use super::{
    Acknowledgement, Question, ResolveSchedules, Simulator, Timeline,
    clockwork::{Clockwork, Paged, firsts},
    event::What,
    minute::Minute,
    organisation::{Hidden, any_hidden, any_organisation, any_person, any_start, hide, set_shifts, shift},
    person::RemovedDevice,
    simulate,
};
use crate::{
    domain::{Timestamp, graph::Graph, ids::Arn, inventory::Inventory, sample::minute},
    paging::{
        coverage::Stretch,
        worst::{Worst, worst},
    },
};
use chrono::{TimeZone as _, Utc};
use proptest::prelude::*;

/// The minutes of the world at which every start is tried.
const TRIED: i64 = 70;

pub(super) fn pages(timeline: &Timeline) -> Vec<Paged> {
    let page = |event: &super::event::Event| match &event.what {
        What::Page(page) => {
            let (person, device) = (event.person.clone().unwrap(), event.subject.clone().unwrap());
            Some((event.minute, person, device, page.attempt))
        }
        What::Silent(_) | What::Unknown(_) => None,
    };
    let mut pages: Vec<Paged> = timeline.events.iter().filter_map(page).collect();
    pages.sort();
    pages
}

pub(super) fn minutes(timeline: &Timeline) -> [Minute; 3] {
    let outcome = timeline.outcome.clone();
    [outcome.first_human, outcome.second_human, outcome.first_audible]
}

pub(super) fn exactly(minute: Option<i64>) -> Minute {
    minute.map_or(Minute::Never, Minute::At)
}

pub(super) fn any_resolve() -> impl Strategy<Value = ResolveSchedules> {
    prop_oneof![Just(ResolveSchedules::StageStart), Just(ResolveSchedules::PlanStart)]
}

fn any_acknowledgements() -> impl Strategy<Value = Vec<Acknowledgement>> {
    let given = (0..15_i64, any_person()).prop_map(|(minute, person)| Acknowledgement { minute, person });
    prop::collection::vec(given, 0..3)
}

/// Returns whether `minute` allows for the truth.
fn allows(found: &Minute, truth: Option<i64>) -> bool {
    let (latest, earliest) = found.lateness();
    let truth = truth.unwrap_or(i64::MAX);
    earliest <= truth && truth <= latest
}

fn truth_at(inventory: &Inventory, start: &Arn, at: i64, resolve: ResolveSchedules) -> [Option<i64>; 3] {
    let clock = Clockwork::new(inventory, RemovedDevice::SilencesStage, resolve);
    firsts(inventory, &clock.run(start, minute(at), &[]))
}

fn tried() -> Stretch {
    Stretch {
        start_at: minute(0),
        end_at: minute(TRIED),
    }
}

/// Returns the latest minute of all, where never is later than any.
pub(super) fn latest(all: &[[Option<i64>; 3]], figure: usize) -> Option<i64> {
    let minutes = all.iter().map(|firsts| firsts[figure]);
    minutes.max_by_key(|minute| minute.unwrap_or(i64::MAX)).unwrap()
}

pub(super) fn holds(stretches: &[Stretch], at: Timestamp) -> bool {
    stretches
        .iter()
        .any(|stretch| stretch.start_at <= at && at < stretch.end_at)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn every_page_is_the_one_that_a_clock_finds(
        inventory in any_organisation(),
        start in any_start(),
        at in 0..TRIED,
        acknowledgements in any_acknowledgements(),
        resolve_schedules in any_resolve(),
    ) {
        let graph = Graph::build(&inventory);
        let question = Question { start, at: minute(at), acknowledgements, resolve_schedules };
        let timeline = simulate(&inventory, &graph, &question);
        let other = match timeline.readings.as_ref().map(|readings| readings.told) {
            None | Some(RemovedDevice::SilencesItself) => RemovedDevice::SilencesStage,
            Some(RemovedDevice::SilencesStage) => RemovedDevice::SilencesItself,
        };
        let told = match &timeline.readings {
            None => RemovedDevice::SilencesItself,
            Some(readings) => readings.told,
        };
        let by_clock = |removed| {
            let mut pages = Clockwork::new(&inventory, removed, resolve_schedules)
                .run(&question.start, question.at, &question.acknowledgements);
            pages.sort();
            pages
        };
        let pages_by_clock = by_clock(told);
        prop_assert_eq!(pages(&timeline), pages_by_clock.clone());
        prop_assert_eq!(minutes(&timeline), firsts(&inventory, &pages_by_clock).map(exactly));
        prop_assert_eq!(&timeline.outcome.silent_after, &exactly(pages_by_clock.last().map(|page| page.0)));
        prop_assert!(timeline.doubts().is_empty() && timeline.bounds.is_empty());
        match &timeline.readings {
            None => prop_assert_eq!(pages_by_clock, by_clock(other), "there is one reading only"),
            Some(readings) => {
                let others = firsts(&inventory, &by_clock(other)).map(exactly);
                let outcome = &readings.other;
                prop_assert_eq!(
                    [&outcome.first_human, &outcome.second_human, &outcome.first_audible],
                    others.each_ref()
                );
                let lateness = |all: [Minute; 3]| all.map(|minute| minute.lateness());
                prop_assert!(lateness(others) <= lateness(minutes(&timeline)), "the worse one is told");
            }
        }
    }

    #[test]
    fn what_was_not_read_never_breaks_an_answer(
        inventory in any_organisation(),
        hidden in prop::collection::vec(any_hidden(), 1..4),
        start in any_start(),
        at in 0..TRIED,
        acknowledgements in any_acknowledgements(),
    ) {
        let seen = without(&inventory, &hidden);
        let mut question = Question::new(start, minute(at));
        question.acknowledgements = acknowledgements;
        let graph = Graph::build(&seen);
        let mut simulator = Simulator::new(&seen, &graph);
        for removed in [RemovedDevice::SilencesStage, RemovedDevice::SilencesItself] {
            let route = simulator.surveyor.route(&question.start);
            let timeline = simulator.under(&route, &question, removed);
            let pages = Clockwork::new(&inventory, removed, question.resolve_schedules)
                .run(&question.start, question.at, &question.acknowledgements);
            for (found, truth) in minutes(&timeline).iter().zip(firsts(&inventory, &pages)) {
                prop_assert!(allows(found, truth), "{found:?} does not allow {truth:?}: {:#?}", timeline.events);
            }
            let last = &timeline.outcome.silent_after;
            prop_assert!(last.doubt().is_some() || *last == exactly(pages.last().map(|page| page.0)), "{last:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn the_worst_time_is_the_worst_of_every_minute(
        inventory in any_organisation(),
        start in any_start(),
        resolve in any_resolve(),
    ) {
        let graph = Graph::build(&inventory);
        let found = worst(&inventory, &graph, &start, tried(), resolve).unwrap();
        prop_assert_eq!(found.window, tried());
        let all: Vec<_> = (0..TRIED).map(|at| truth_at(&inventory, &start, at, resolve)).collect();
        for (figure, worst) in [&found.first_human, &found.second_human, &found.first_audible].into_iter().enumerate() {
            prop_assert_eq!(&worst.minute, &exactly(latest(&all, figure)));
            for (at, firsts) in (0..).zip(&all) {
                let is_worst = exactly(firsts[figure]) == worst.minute;
                if holds(&[worst.starts], minute(at)) {
                    prop_assert!(is_worst, "minute {at}");
                } else {
                    prop_assert!(!is_worst || minute(at) >= worst.starts.end_at, "minute {at} is worse and earlier");
                }
            }
        }
        for (at, firsts) in (0..).zip(&all) {
            prop_assert_eq!(holds(&found.nobody, minute(at)), firsts[0].is_none(), "minute {}", at);
        }
        prop_assert!(found.unknown.is_empty() && found.doubts.is_empty());
    }

    #[test]
    fn what_was_not_read_never_breaks_a_worst_time(
        inventory in any_organisation(),
        hidden in prop::collection::vec(any_hidden(), 1..4),
        start in any_start(),
    ) {
        let resolve = ResolveSchedules::StageStart;
        let seen = without(&inventory, &hidden);
        let found = worst(&seen, &Graph::build(&seen), &start, tried(), resolve).unwrap();
        let all: Vec<_> = (0..TRIED).map(|at| truth_at(&inventory, &start, at, resolve)).collect();
        let figures: [&Worst; 3] = [&found.first_human, &found.second_human, &found.first_audible];
        for (figure, worst) in figures.into_iter().enumerate() {
            let truth = latest(&all, figure);
            prop_assert!(allows(&worst.minute, truth), "{worst:?} does not allow {truth:?}");
        }
        for (at, firsts) in (0..).zip(&all) {
            let (is_nobody, is_unknown) = (holds(&found.nobody, minute(at)), holds(&found.unknown, minute(at)));
            prop_assert!(is_unknown || is_nobody == firsts[0].is_none(), "minute {at}");
        }
    }
}

fn without(inventory: &Inventory, hidden: &[Hidden]) -> Inventory {
    let mut seen = inventory.clone();
    for hidden in hidden {
        hide(&mut seen, *hidden);
    }
    seen
}

/// One case worked out by hand; `clocks` has the changes of the hour at random, spring and zones at odd offsets included.
#[test]
fn a_change_of_the_hour_is_a_hole_or_an_overlap_like_any_other() {
    use crate::domain::world::{World, contact_arn};
    use chrono::TimeDelta;

    // One rotation ends and the next begins at the same wall time, which comes twice because the clocks go back: one
    // takes the first time and the other the second. New York in its autumn, Lord Howe (half an hour) and Adelaide in
    // theirs.
    let changes = [
        (chrono_tz::America::New_York, (2026, 11, 1), 1, 60),
        (chrono_tz::Australia::Lord_Howe, (2027, 4, 4), 1, 30),
        (chrono_tz::Australia::Adelaide, (2027, 4, 4), 2, 60),
    ];
    for (zone, (year, month, day), hour, hole) in changes {
        let wall = zone.with_ymd_and_hms(year, month, day, hour, 45, 0);
        let [first, second] = [wall.earliest(), wall.latest()].map(|at| at.unwrap().with_timezone(&Utc));
        let until = second + TimeDelta::hours(5);
        let from = first - TimeDelta::hours(5);
        let mut inventory = World::new()
            .person("p0", &["phone"], &[("phone", 1)])
            .rotation("r0", &[])
            .rotation("r1", &[])
            .schedule("s0", &["r0", "r1"])
            .plan("e0", &[(10, &["left"]), (5, &["s0"])])
            .complete()
            .inventory;
        inventory.started_at = Some(from);
        inventory.horizon_end = Some(until);
        let between = |start_at, end_at| crate::domain::schedule::Shift {
            start_at,
            end_at,
            ..shift(0, 1, &["p0"])
        };
        set_shifts(&mut inventory, "r0", vec![between(from, first)]);
        set_shifts(&mut inventory, "r1", vec![between(second, until)]);
        let window = Stretch {
            start_at: from,
            end_at: until,
        };
        let graph = Graph::build(&inventory);
        let found = worst(
            &inventory,
            &graph,
            &contact_arn("e0"),
            window,
            ResolveSchedules::StageStart,
        )
        .unwrap();
        let shifted = Stretch {
            start_at: first - TimeDelta::minutes(10),
            end_at: second - TimeDelta::minutes(10),
        };
        assert_eq!(found.nobody, [shifted], "{zone}");
        assert_eq!(found.time_with_nobody(), TimeDelta::minutes(hole), "{zone}");
        assert_eq!(found.window.end_at, until - TimeDelta::minutes(10), "{zone}");
    }
}

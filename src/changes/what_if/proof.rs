//! What a removal is said to make better or worse, against the minute walker, on random organisations.

use super::{StartChange, Terms, WhatIf, what_if};
use crate::{
    changes::{
        apply::{Previews, apply},
        without::without_person,
    },
    domain::{Timestamp, ids::Arn, inventory::Inventory, sample::minute},
    paging::{
        coverage::Stretch,
        simulate::{
            ResolveSchedules,
            clockwork::{Clockwork, firsts},
            organisation::{any_hidden, any_organisation, any_person, any_start, hide},
            person::RemovedDevice,
        },
    },
};
use proptest::prelude::*;
use std::cmp::Ordering;

/// The minutes of the world at which every start is tried.
const TRIED: i64 = 70;

const READINGS: [RemovedDevice; 2] = [RemovedDevice::SilencesStage, RemovedDevice::SilencesItself];

fn tried() -> Stretch {
    Stretch {
        start_at: minute(0),
        end_at: minute(TRIED),
    }
}

fn without(inventory: &Inventory, person: &Arn) -> Inventory {
    let supposed = without_person(inventory, person);
    apply(inventory, &supposed.writes, &supposed.previews)
}

fn asked(before: &Inventory, after: &Inventory, reaches_further: bool) -> WhatIf {
    let terms = Terms {
        window: tried(),
        resolve_schedules: ResolveSchedules::StageStart,
        reaches_further,
    };
    what_if(before, after, terms)
}

/// The minutes of the first person, the second one and the first device that rings, by the clock; never is the latest.
fn truth(inventory: &Inventory, start: &Arn, at: i64, removed: RemovedDevice) -> [i64; 3] {
    let clock = Clockwork::new(inventory, removed, ResolveSchedules::StageStart);
    let found = firsts(inventory, &clock.run(start, minute(at), &[]));
    found.map(|minute| minute.unwrap_or(i64::MAX))
}

/// How each figure moves in truth, under both readings.
fn moves(before: &Inventory, after: &Inventory, start: &Arn, at: i64) -> [[Ordering; 3]; 2] {
    READINGS.map(|removed| {
        let [before, after] = [before, after].map(|inventory| truth(inventory, start, at, removed));
        std::array::from_fn(|figure| after[figure].cmp(&before[figure]))
    })
}

fn holds(stretches: &[Stretch], at: Timestamp) -> bool {
    stretches
        .iter()
        .any(|stretch| stretch.start_at <= at && at < stretch.end_at)
}

/// What is said of one start at a minute: worse, better, unclear.
fn said(change: Option<&StartChange>, at: i64) -> [bool; 3] {
    let Some(StartChange { difference, .. }) = change else {
        return [false; 3];
    };
    [&difference.worse, &difference.better, &difference.unclear].map(|list| holds(list, minute(at)))
}

fn of<'a>(found: &'a WhatIf, start: &Arn) -> Option<&'a StartChange> {
    found.starts.iter().find(|change| change.start == *start)
}

/// Returns how a figure moves under the reading that is worse for it.
fn worse_move(moves: [[Ordering; 3]; 2], figure: usize) -> Ordering {
    let both = moves.map(|under| under[figure]);
    match both {
        [Ordering::Greater, _] | [_, Ordering::Greater] => Ordering::Greater,
        [Ordering::Less, _] | [_, Ordering::Less] => Ordering::Less,
        [Ordering::Equal, Ordering::Equal] => Ordering::Equal,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn without_a_write_nothing_is_different(
        inventory in any_organisation(),
        hidden in prop::collection::vec(any_hidden(), 0..4),
    ) {
        let mut seen = inventory;
        for hidden in hidden {
            hide(&mut seen, hidden);
        }
        let after = apply(&seen, &[], &Previews::new());
        prop_assert_eq!(asked(&seen, &after, false), WhatIf::default());
    }

    #[test]
    fn a_removal_is_better_or_worse_exactly_where_a_clock_says_so(
        before in any_organisation(),
        person in any_person(),
        start in any_start(),
    ) {
        let after = without(&before, &person);
        let found = asked(&before, &after, true);
        let change = of(&found, &start);
        for at in 0..TRIED {
            let moves = moves(&before, &after, &start, at);
            let figures: [Ordering; 3] = std::array::from_fn(|figure| worse_move(moves, figure));
            let truth = [Ordering::Greater, Ordering::Less].map(|way| figures.contains(&way));
            prop_assert_eq!(said(change, at), [truth[0], truth[1], false], "minute {} of {:?}", at, change);
        }
        if let Some(StartChange { difference, .. }) = change {
            let last = [&before, &after].map(|inventory| {
                (0..TRIED).map(|at| truth(inventory, &start, at, RemovedDevice::SilencesStage)[0]).max()
            });
            let worst = [&difference.before, &difference.after].map(|worst| {
                Some(worst.first_human.minute.at_the_latest().unwrap_or(i64::MAX))
            });
            prop_assert_eq!(worst, last);
        }
    }

    #[test]
    fn what_is_said_to_stay_or_to_get_better_does_so_whatever_was_not_read(
        before in any_organisation(),
        hidden in prop::collection::vec(any_hidden(), 1..4),
        person in any_person(),
        start in any_start(),
    ) {
        let mut seen = before.clone();
        for hidden in hidden {
            hide(&mut seen, hidden);
        }
        let is_listed = seen.contacts.items.contains_key(&start) || seen.response_plans.items.contains_key(&start);
        prop_assume!(is_listed);
        let found = asked(&seen, &without(&seen, &person), true);
        let after = without(&before, &person);
        for at in 0..TRIED {
            let moves = moves(&before, &after, &start, at);
            let all = moves.iter().flatten();
            match said(of(&found, &start), at) {
                [false, false, false] => {
                    prop_assert!(all.clone().all(|way| *way == Ordering::Equal), "minute {} is said to stay", at);
                }
                [false, true, false] => {
                    prop_assert!(all.clone().all(|way| *way != Ordering::Greater), "minute {} is said to be better", at);
                }
                _ => {}
            }
        }
    }
}

//! What a change makes better or worse, told from two time lines of the same question.

use super::{Outcome, Timeline, minute::Minute};
use crate::domain::ids::Arn;
use std::{cmp::Ordering, collections::BTreeMap, fmt};

/// What gets better and what gets worse.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// What comes sooner.
    pub better: Vec<Change>,
    /// What comes later, or not at all, or is not certain any more.
    pub worse: Vec<Change>,
    /// What changes in a way that cannot be told, because of something unknown.
    pub unclear: Vec<Change>,
    /// Who is certainly paged afterwards and was not before, in the order of ARNs.
    pub people_gained: Vec<Arn>,
    /// Who was certainly paged before and is not any more, in the order of ARNs.
    pub people_lost: Vec<Arn>,
}

/// One figure before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which figure.
    pub measure: Measure,
    /// What it was.
    pub before: Minute,
    /// What it is then.
    pub after: Minute,
}

/// A figure that two time lines are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// When the first person is reached.
    FirstHuman,
    /// When a second person is reached.
    SecondHuman,
    /// When the first device rings.
    FirstAudible,
}

impl fmt::Display for Measure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::FirstHuman => "first person",
            Self::SecondHuman => "second person",
            Self::FirstAudible => "first device that rings",
        })
    }
}

/// In which direction a figure changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It stays.
    Same,
    /// It comes sooner.
    Better,
    /// It comes later, or not at all, or is not certain any more.
    Worse,
    /// It cannot be told, because of something unknown.
    Unclear,
}

/// Returns in which direction a figure changes. What counts is the minute that is certain.
pub fn direction(before: &Minute, after: &Minute) -> Direction {
    let (latest_before, earliest_before) = before.lateness();
    let (latest_after, earliest_after) = after.lateness();
    match (latest_after.cmp(&latest_before), earliest_after.cmp(&earliest_before)) {
        (Ordering::Less, _) => Direction::Better,
        (Ordering::Greater, _) => Direction::Worse,
        (Ordering::Equal, Ordering::Equal) => Direction::Same,
        // What might have happened now certainly never does.
        (Ordering::Equal, Ordering::Greater) if *after == Minute::Never => Direction::Worse,
        (Ordering::Equal, Ordering::Less | Ordering::Greater) => Direction::Unclear,
    }
}

/// Returns what gets better and what gets worse from one time line to the other.
pub fn compare(before: &Timeline, after: &Timeline) -> Comparison {
    let mut comparison = Comparison::default();
    let changes = figures(&before.outcome).into_iter().zip(figures(&after.outcome));
    for ((measure, before), (_, after)) in changes {
        let change = Change {
            measure,
            before: before.clone(),
            after: after.clone(),
        };
        match direction(before, after) {
            Direction::Same => {}
            Direction::Better => comparison.better.push(change),
            Direction::Worse => comparison.worse.push(change),
            Direction::Unclear => comparison.unclear.push(change),
        }
    }
    let [before, after] = [before, after].map(|line| line.people().into_iter().collect::<BTreeMap<_, _>>());
    let missing = |from: &BTreeMap<&Arn, i64>, of: &BTreeMap<&Arn, i64>| {
        let missing = of.keys().filter(|person| !from.contains_key(*person));
        missing.map(|person| (*person).clone()).collect()
    };
    comparison.people_gained = missing(&before, &after);
    comparison.people_lost = missing(&after, &before);
    comparison
}

fn figures(outcome: &Outcome) -> [(Measure, &Minute); 3] {
    [
        (Measure::FirstHuman, &outcome.first_human),
        (Measure::SecondHuman, &outcome.second_human),
        (Measure::FirstAudible, &outcome.first_audible),
    ]
}

//! What a change makes better or worse, told from two time lines of the same question.

use super::{Outcome, Timeline, doubt_of, minute::Minute, reason::Doubt};
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

/// Returns in which direction a figure changes. What counts first is the minute that is certain: where it comes later,
/// it is worse.
///
/// A figure that is not exact on one side only stays, or gets better by what is certain, where `is_same_unknown`: what is
/// not known is the same on both sides, so that its truth is, too. Without that it gets better only where the latest
/// minute comes no later than the earliest one before.
pub fn direction(before: &Minute, after: &Minute, is_same_unknown: bool) -> Direction {
    let ((latest_before, earliest_before), (latest, earliest)) = (before.lateness(), after.lateness());
    let is_exact = before.is_exact() && after.is_exact();
    // What might have happened now certainly never does.
    let is_lost = *after == Minute::Never && *before != Minute::Never;
    if latest > latest_before || is_lost {
        return Direction::Worse;
    }
    match latest.cmp(&latest_before) {
        Ordering::Less if is_exact || is_same_unknown || latest <= earliest_before => Direction::Better,
        Ordering::Equal if is_exact || is_same_unknown && earliest == earliest_before => Direction::Same,
        Ordering::Less | Ordering::Equal | Ordering::Greater => Direction::Unclear,
    }
}

/// Returns what gets better and what gets worse from one time line to the other.
///
/// `may_change` tells of something that is not known whether its truth may be another one afterwards.
pub fn compare(before: &Timeline, after: &Timeline, may_change: &dyn Fn(&Doubt) -> bool) -> Comparison {
    let mut comparison = Comparison::default();
    let (doubts, doubts_after) = (unknown(before), unknown(after));
    let is_same_unknown = doubts == doubts_after && !doubts.iter().any(|(_, _, doubt)| may_change(doubt));
    let is_same = is_same_unknown && before.events == after.events;
    let changes = figures(&before.outcome).into_iter().zip(figures(&after.outcome));
    for ((measure, before), (_, after)) in changes {
        let change = Change {
            measure,
            before: before.clone(),
            after: after.clone(),
        };
        // Whether somebody is a second person depends on who the first is, and that may have changed.
        let is_same_unknown = is_same_unknown && (measure != Measure::SecondHuman || is_same);
        match direction(before, after, is_same_unknown) {
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

/// Returns everything unknown in a time line: when, about whom, and what.
fn unknown(line: &Timeline) -> Vec<(i64, Option<&Arn>, &Doubt)> {
    let unknown = line.events.iter();
    unknown
        .filter_map(|event| Some((event.minute, event.person.as_ref(), doubt_of(&event.what)?)))
        .collect()
}

fn figures(outcome: &Outcome) -> [(Measure, &Minute); 3] {
    [
        (Measure::FirstHuman, &outcome.first_human),
        (Measure::SecondHuman, &outcome.second_human),
        (Measure::FirstAudible, &outcome.first_audible),
    ]
}

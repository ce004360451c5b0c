//! How many people something reaches before and after, start for start.
//!
//! Whether somebody can be reached does not depend on who names them: of a person of whom that is not known, the same is true
//! on both sides, so that they make no difference where they stay. Those who are missing and those who came in are counted.

use super::{Removal, humans::Fewer};
use crate::{
    changes::Write,
    domain::{
        Timestamp,
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
        reach::{self, Reach},
        schedule::Shift,
    },
    paging::{
        coverage::Stretch,
        simulate::stages::{StageReached, StagesReached},
    },
};
use std::collections::BTreeSet;

/// Who is reached, for all starts of a window in their order, without holes.
pub(super) type Reached = Vec<(Stretch, StageReached)>;

/// The first starts for which fewer people are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fall {
    /// The starts.
    pub(super) starts: Stretch,
    /// Whether it is certain, or cannot be told.
    pub(super) is_certain: bool,
    /// How many are certainly reached.
    pub(super) fewer: Fewer,
}

/// Returns the rotations that are written, or whose shifts those who go have.
pub(super) fn rotations(inventory: &Inventory, removal: &Removal, writes: &[Write]) -> BTreeSet<Arn> {
    let is_theirs = |shift: &Shift| shift.contacts.iter().any(|one| removal.is_leaver(one));
    let rotations = inventory.rotations.items.values();
    let theirs = rotations.filter(|rotation| {
        rotation
            .shifts
            .known()
            .is_some_and(|shifts| shifts.iter().any(is_theirs))
    });
    let written = writes.iter().map(Write::subject);
    let written = written.filter(|subject| inventory.rotations.items.contains_key(subject));
    theirs.map(|rotation| &rotation.arn).chain(written).cloned().collect()
}

/// Returns whom one stage reaches; without a number, nobody.
pub(super) fn of_stage(stages: &[StagesReached], number: Option<usize>) -> Reached {
    let stages = stages.iter();
    stages
        .map(|reached| {
            let stage = number.and_then(|number| reached.stages.get(&number));
            (reached.starts, stage.cloned().unwrap_or_default())
        })
        .collect()
}

/// Returns who is on call in a rotation and can be reached.
pub(super) fn on_call(inventory: &Inventory, graph: &Graph, rotation: &Arn, window: Stretch) -> Reached {
    let rotation = inventory.rotations.items.get(rotation);
    let Some(shifts) = rotation.and_then(|rotation| rotation.shifts.known()) else {
        let unknown = StageReached {
            is_open: true,
            ..StageReached::default()
        };
        return vec![(window, unknown)];
    };
    let is_within = |at: &Timestamp| window.start_at < *at && *at < window.end_at;
    let edges = shifts.iter().flat_map(|shift| [shift.start_at, shift.end_at]);
    let edges: BTreeSet<Timestamp> = edges.filter(is_within).collect();
    let starts = std::iter::once(window.start_at).chain(edges.iter().copied());
    let ends = edges.iter().copied().chain([window.end_at]);
    let mut ordered: Vec<&Shift> = shifts.iter().collect();
    ordered.sort_by_key(|shift| shift.start_at);
    let (mut coming, mut present) = (ordered.into_iter().peekable(), Vec::new());
    starts
        .zip(ends)
        .map(|(start_at, end_at)| {
            while let Some(shift) = coming.next_if(|shift| shift.start_at <= start_at) {
                present.push(shift);
            }
            present.retain(|shift| shift.end_at > start_at);
            let mut reached = StageReached::default();
            for person in present.iter().flat_map(|shift| &shift.contacts) {
                add(&mut reached, graph, person);
            }
            (Stretch { start_at, end_at }, reached)
        })
        .collect()
}

fn add(reached: &mut StageReached, graph: &Graph, person: &Arn) {
    let Some(contact) = graph.contact(person) else {
        return;
    };
    match reach::of_person(contact) {
        Reach::Reachable(_) => reached.paged.insert(contact.arn.clone()),
        Reach::Unknown(_) | Reach::Pending => reached.perhaps.insert(contact.arn.clone()),
        Reach::Unreachable(_) => false,
    };
}

/// Returns the first starts for which nobody is reached any more, and whether that is certain.
pub(super) fn first_dark(before: &Reached, after: &Reached) -> Option<(Stretch, bool)> {
    pairs(before, after).find_map(|(starts, was, is)| {
        let is_dark = !was.paged.is_empty() && is.paged.is_empty();
        let is_open = is.is_open || !is.perhaps.is_empty();
        is_dark.then_some((starts, !is_open))
    })
}

/// Returns the first starts for which fewer people are reached: certainly so, or else perhaps.
pub(super) fn first_fall(before: &Reached, after: &Reached) -> Option<Fall> {
    let mut perhaps = None;
    for (starts, was, is) in pairs(before, after) {
        let (fewest, most) = balance(was, is);
        let fall = |is_certain| Fall {
            starts,
            is_certain,
            fewer: Fewer {
                before: was.paged.len(),
                after: is.paged.len(),
            },
        };
        if most < 0 {
            return Some(fall(true));
        }
        if fewest < 0 && perhaps.is_none() {
            perhaps = Some(fall(false));
        }
    }
    perhaps
}

/// Returns by how many people there are more afterwards, at the least and at the most.
fn balance(was: &StageReached, is: &StageReached) -> (i64, i64) {
    let (mut fewest, mut most) = (0, 0);
    for person in was.paged.iter().chain(&was.perhaps) {
        let was_sure = was.paged.contains(person);
        let (is_sure, is_perhaps) = (is.paged.contains(person), is.perhaps.contains(person));
        if is_sure || is_perhaps {
            fewest -= i64::from(was_sure && !is_sure);
            most += i64::from(!was_sure && is_sure);
        } else {
            fewest -= 1;
            most -= i64::from(was_sure);
        }
    }
    let came = |people: &BTreeSet<Arn>| -> i64 {
        let came = people.iter();
        came.filter(|one| !was.paged.contains(*one) && !was.perhaps.contains(*one))
            .map(|_| 1)
            .sum()
    };
    fewest += came(&is.paged);
    most += came(&is.paged) + came(&is.perhaps);
    match (was.is_open, is.is_open) {
        // Anybody may have been among those who are not there any more.
        (true, false) => (i64::MIN, most),
        // Anybody may be among those who are.
        (false | true, true) => (fewest, i64::MAX),
        (false, false) => (fewest, most),
    }
}

/// Returns the starts that both have in common, with what they come to on either side.
fn pairs<'a>(
    before: &'a Reached,
    after: &'a Reached,
) -> impl Iterator<Item = (Stretch, &'a StageReached, &'a StageReached)> {
    let mut first = 0;
    before.iter().flat_map(move |(was_at, was)| {
        // Both are in order: what ended before this stretch is not looked at again.
        first += after
            .iter()
            .skip(first)
            .take_while(|(at, _)| at.end_at <= was_at.start_at)
            .count();
        let overlapping = after
            .iter()
            .skip(first)
            .take_while(|(at, _)| at.start_at < was_at.end_at);
        overlapping.map(move |(at, is)| {
            let starts = Stretch {
                start_at: at.start_at.max(was_at.start_at),
                end_at: at.end_at.min(was_at.end_at),
            };
            (starts, was, is)
        })
    })
}

//! What becomes of the turns in a rotation: the ways there are, and how many hours of others each of them moves.
//!
//! Shifts are the service's own work: it is asked for those that the rotation would have, and the answers come here as data.

use super::{Removal, Turns, build, names};
use crate::{
    changes::apply::Previews,
    domain::{
        Timestamp,
        ids::Arn,
        inventory::Inventory,
        schedule::{Rotation, RotationDraft, Shift},
    },
    paging::coverage::Stretch,
};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// Something to ask the service: the shifts of a rotation by one way of dealing with the turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The rotation.
    pub rotation: Arn,
    /// The way.
    pub turns: Turns,
    /// What to ask about.
    pub draft: RotationDraft,
}

/// What the service has answered.
pub type Previewed = BTreeMap<(Arn, Turns), Vec<Shift>>;

/// The ways there are for one rotation, the one to recommend first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The rotation.
    pub rotation: Arn,
    /// The ways.
    pub ways: Vec<Way>,
}

/// One way of dealing with the turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What becomes of them.
    pub turns: Turns,
    /// The members afterwards, in the order of their turns.
    pub members: Vec<Arn>,
    /// For how long others are on call who would not have been, or are not who would have been; absent where the service was
    /// not asked or has not answered.
    pub moved: Option<TimeDelta>,
}

impl Way {
    /// Returns in words for how long others are on call.
    pub fn moved_words(&self) -> String {
        let Some(moved) = self.moved else {
            return "how many hours of others move is not known".to_owned();
        };
        match (moved.num_hours(), moved.num_minutes() % 60) {
            (hours, 0) => format!("{hours} hours of others move"),
            (hours, minutes) => format!("{hours} hours {minutes} minutes of others move"),
        }
    }
}

/// Returns what to ask the service before the ways can be compared.
pub fn wanted(inventory: &Inventory, removal: &Removal) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for rotation in inventory.rotations.items.values() {
        let (Some(members), Some(recurrence), Some(time_zone), Some(overrides)) = (
            rotation.members.known(),
            &rotation.recurrence,
            &rotation.time_zone,
            rotation.overrides.known(),
        ) else {
            continue;
        };
        for turns in complete_ways(members, removal) {
            wanted.push(Wanted {
                rotation: rotation.arn.clone(),
                turns,
                draft: RotationDraft {
                    members: build::members_by(members, removal, turns),
                    recurrence: recurrence.clone(),
                    time_zone: time_zone.clone(),
                    start_at: rotation.start_at,
                    // They are still there when the turns are written.
                    overrides: overrides.clone(),
                },
            });
        }
    }
    wanted
}

/// Returns the ways after which a rotation names nobody who goes, and has members.
fn complete_ways(members: &[Arn], removal: &Removal) -> Vec<Turns> {
    if !members.iter().any(|member| removal.is_leaver(member)) {
        return Vec::new();
    }
    let usual = Turns::usual(members, removal.replacement.as_ref());
    let mut ways = vec![usual];
    if usual == Turns::Replace {
        ways.push(Turns::Remove);
    }
    ways.retain(|turns| !build::members_by(members, removal, *turns).is_empty());
    ways
}

/// Returns the ways for each rotation that has somebody who goes among its members.
pub fn choices(inventory: &Inventory, removal: &Removal, previewed: &Previewed, now: Timestamp) -> Vec<Choice> {
    let rotations = inventory.rotations.items.values();
    let mut choices = Vec::new();
    for rotation in rotations {
        let Some(members) = rotation.members.known() else {
            continue;
        };
        let complete = complete_ways(members, removal);
        let mut ways: Vec<Way> = complete
            .iter()
            .map(|turns| way(inventory, removal, rotation, (*turns, members), (previewed, now)))
            .collect();
        if let Some(until) = next_hand_over(rotation, now).filter(|_| complete.contains(&Turns::Remove)) {
            let turns = Turns::Defer { until };
            ways.push(way(inventory, removal, rotation, (turns, members), (previewed, now)));
        }
        // Of two that move as much, what is simpler goes first.
        ways.sort_by_key(|way| (way.moved.is_none(), way.moved, way.turns));
        if !ways.is_empty() {
            choices.push(Choice {
                rotation: rotation.arn.clone(),
                ways,
            });
        }
    }
    choices
}

fn way(
    inventory: &Inventory,
    removal: &Removal,
    rotation: &Rotation,
    (turns, members): (Turns, &[Arn]),
    (previewed, now): (&Previewed, Timestamp),
) -> Way {
    let (asked, start_at) = match turns {
        Turns::Replace | Turns::Remove => (turns, now),
        Turns::Defer { until } => (Turns::Remove, until),
    };
    let preview = previewed.get(&(rotation.arn.clone(), asked));
    let moved = inventory.horizon_end.and_then(|end_at| {
        let mut apart = removal.leavers.clone();
        apart.extend(removal.replacement.clone());
        let window = Stretch { start_at, end_at };
        Some(moved(rotation.shifts.known()?, preview?, &apart, window))
    });
    Way {
        turns,
        members: build::members_by(members, removal, asked),
        moved,
    }
}

impl Choice {
    /// Returns the way after which nothing names those who go that moves the least; absent where there is none.
    pub fn complete(&self) -> Option<&Way> {
        self.ways.iter().find(|way| !matches!(way.turns, Turns::Defer { .. }))
    }
}

/// Returns the shifts that the service has previewed for the ways that were chosen.
pub fn previews(removal: &Removal, previewed: &Previewed) -> Previews {
    let chosen = removal.turns.iter();
    chosen
        .filter_map(|(rotation, turns)| {
            let shifts = previewed.get(&(rotation.clone(), *turns))?;
            Some((rotation.clone(), shifts.clone()))
        })
        .collect()
}

/// Returns when somebody hands over next in a rotation, as far as its shifts were read.
pub fn next_hand_over(rotation: &Rotation, now: Timestamp) -> Option<Timestamp> {
    let shifts = rotation.shifts.known()?.iter();
    shifts.map(|shift| shift.end_at).filter(|end_at| *end_at > now).min()
}

/// Returns for how long in `window` somebody else is on call after and not before, or before and not after. Two people for an
/// hour are two hours.
pub fn moved(before: &[Shift], after: &[Shift], apart_from: &[Arn], window: Stretch) -> TimeDelta {
    let mut edges: BTreeMap<&str, Vec<(Timestamp, [i32; 2])>> = BTreeMap::new();
    for (shifts, side) in [(before, [1, 0]), (after, [0, 1])] {
        for shift in shifts {
            let (start_at, end_at) = (shift.start_at.max(window.start_at), shift.end_at.min(window.end_at));
            if start_at >= end_at {
                continue;
            }
            for person in shift.contacts.iter().filter(|person| !names(apart_from, person)) {
                let of = edges.entry(person.without_region()).or_default();
                of.push((start_at, side));
                of.push((end_at, side.map(|count: i32| -count)));
            }
        }
    }
    let mut total = TimeDelta::zero();
    for mut of in edges.into_values() {
        of.sort_by_key(|(at, _)| *at);
        let mut counts = [0, 0];
        let mut since: Option<Timestamp> = None;
        for (at, [before, after]) in of {
            if let Some(since) = since.filter(|_| (counts[0] > 0) != (counts[1] > 0)) {
                total += at - since;
            }
            counts = [counts[0] + before, counts[1] + after];
            since = Some(at);
        }
    }
    total
}

//! When nobody is on call: the holes in the shifts of a rotation or of all rotations of a schedule.
//!
//! Shifts come from the service (`ListRotationShifts`), which has applied recurrences, zones and overrides. What is left
//! to do is to lay them over each other, exactly: no sampling, so that a hole of one minute is found.

use crate::domain::{
    Timestamp,
    contact::{Contact, Plan},
    gap::Reading,
    graph::Graph,
    ids::Arn,
    inventory::{Inventory, SectionState},
    reach::{self, Reach},
    schedule::{Rotation, Shift},
};
use std::collections::{BTreeMap, BTreeSet};

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// When it begins.
    pub start_at: Timestamp,
    /// When it ends, exclusive.
    pub end_at: Timestamp,
}

/// Something that follows from what was read, if enough of it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// What it follows from is still to come.
    Pending,
    /// What it follows from could not be read, and this is why.
    Unknown(String),
    /// The answer.
    Known(T),
}

/// How well a stretch of time is covered, from its beginning to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// What was looked at: from now to the end of the shifts that were read.
    pub window: Stretch,
    /// When nobody is scheduled.
    pub gaps: Vec<Stretch>,
    /// When somebody is scheduled and none of them can be reached.
    pub effective_gaps: Vec<EffectiveGap>,
    /// When it cannot be told whether those who are scheduled can be reached.
    pub doubts: Vec<Stretch>,
}

/// A stretch in which people are on call in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveGap {
    /// When.
    pub stretch: Stretch,
    /// Who is scheduled, in the order of ARNs.
    pub people: Vec<Arn>,
}

/// Returns the rotations of a schedule; those that are named and do not exist are left out, for the service strips
/// them from its schedules (`DeleteRotation`).
pub fn rotations_of<'a>(inventory: &'a Inventory, schedule: &Contact) -> Answer<Vec<&'a Rotation>> {
    let plan: &Plan = match &schedule.plan {
        Reading::Known(plan) => plan,
        Reading::Unknown(gap) => return Answer::Unknown(gap.to_string()),
        Reading::Pending => return Answer::Pending,
    };
    let mut rotations = Vec::new();
    for arn in &plan.rotations {
        match (inventory.rotations.items.get(arn), &inventory.rotations.state) {
            (Some(rotation), _) => rotations.push(rotation.as_ref()),
            // The rotations of another account are never listed here.
            (None, SectionState::Complete) if inventory.is_shared_in(arn) => {
                return Answer::Unknown(reach::not_shared(arn));
            }
            (None, SectionState::Complete) => {}
            (None, SectionState::Partial(gap)) => return Answer::Unknown(gap.to_string()),
            (None, SectionState::Waiting | SectionState::Loading) => return Answer::Pending,
        }
    }
    Answer::Known(rotations)
}

/// Returns who is on call at `now` in any of `rotations`, in the order of ARNs.
pub fn on_call(inventory: &Inventory, rotations: &[&Rotation], now: Timestamp) -> Answer<Vec<Arn>> {
    shifts_of(inventory, rotations, now).map(|shifts| {
        let present = shifts.into_iter().filter(|shift| shift.covers(now));
        people(present).into_iter().cloned().collect()
    })
}

/// Returns when the people on call in any of `rotations` change next, as far as shifts were read.
pub fn next_hand_over(inventory: &Inventory, rotations: &[&Rotation], now: Timestamp) -> Answer<Option<Timestamp>> {
    shifts_of(inventory, rotations, now).map(|shifts| {
        let ends = shifts.into_iter().flat_map(|shift| [shift.start_at, shift.end_at]);
        // Where the last shift is cut off, nothing need change.
        ends.filter(|at| *at > now && inventory.horizon_end.is_none_or(|end| *at < end))
            .min()
    })
}

/// Returns how well `rotations` cover the time from `now` to the end of the shifts that were read.
///
/// A schedule without rotations is one gap.
pub fn coverage(inventory: &Inventory, graph: &Graph, rotations: &[&Rotation], now: Timestamp) -> Answer<Coverage> {
    // Old shifts end where an earlier load ended: beyond that there would seem to be a gap.
    let is_old = |rotation: &&Rotation| inventory.stale.contains(&rotation.arn);
    let Some(end_at) = inventory.horizon_end.filter(|_| !rotations.iter().any(is_old)) else {
        return Answer::Pending;
    };
    let window = Stretch { start_at: now, end_at };
    shifts_of(inventory, rotations, now).map(|shifts| lay(inventory, graph, window, shifts))
}

impl<T> Answer<T> {
    /// Returns what follows from the answer, when there is one.
    pub fn map<U>(self, follow: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::Known(follow(value)),
            Self::Unknown(why) => Answer::Unknown(why),
            Self::Pending => Answer::Pending,
        }
    }

    /// Returns what follows from the answer, when there is one and enough else was read.
    pub fn and_then<U>(self, follow: impl FnOnce(T) -> Answer<U>) -> Answer<U> {
        match self {
            Self::Known(value) => follow(value),
            Self::Unknown(why) => Answer::Unknown(why),
            Self::Pending => Answer::Pending,
        }
    }
}

/// Returns the shifts that end after `now`.
fn shifts_of<'a>(inventory: &Inventory, rotations: &[&'a Rotation], now: Timestamp) -> Answer<Vec<&'a Shift>> {
    if inventory.horizon_end.is_some_and(|end| end <= now) {
        return Answer::Unknown("the time for which shifts were read has passed: read again".to_owned());
    }
    let mut shifts = Vec::new();
    for rotation in rotations {
        match &rotation.shifts {
            Reading::Known(known) => shifts.extend(known.iter().filter(|shift| shift.end_at > now)),
            Reading::Unknown(gap) => return Answer::Unknown(gap.to_string()),
            Reading::Pending => return Answer::Pending,
        }
    }
    Answer::Known(shifts)
}

fn people<'a>(shifts: impl IntoIterator<Item = &'a Shift>) -> BTreeSet<&'a Arn> {
    shifts.into_iter().flat_map(|shift| &shift.contacts).collect()
}

/// Lays shifts over each other, from one hand-over to the next.
fn lay(inventory: &Inventory, graph: &Graph, window: Stretch, mut shifts: Vec<&Shift>) -> Coverage {
    let mut coverage = Coverage {
        window,
        gaps: Vec::new(),
        effective_gaps: Vec::new(),
        doubts: Vec::new(),
    };
    let edges: BTreeSet<Timestamp> = shifts
        .iter()
        .flat_map(|shift| [shift.start_at, shift.end_at])
        .filter(|at| window.start_at < *at && *at < window.end_at)
        .chain([window.start_at, window.end_at])
        .collect();
    shifts.sort_by_key(|shift| shift.start_at);
    let mut ahead = shifts.into_iter().peekable();
    let mut present: Vec<&Shift> = Vec::new();
    // The same few people are on call again and again.
    let mut reached: BTreeMap<&Arn, Reach> = BTreeMap::new();
    for (start_at, end_at) in edges.iter().zip(edges.iter().skip(1)) {
        let stretch = Stretch {
            start_at: *start_at,
            end_at: *end_at,
        };
        present.retain(|shift| shift.end_at > *start_at);
        while let Some(shift) = ahead.next_if(|shift| shift.start_at <= *start_at) {
            present.push(shift);
        }
        let people = people(present.iter().copied());
        for person in &people {
            reached
                .entry(person)
                .or_insert_with(|| reach::of_contact(inventory, graph, person));
        }
        coverage.add(stretch, &people, &reached);
    }
    coverage
}

impl Coverage {
    /// Takes in the stretch that follows those before it.
    fn add(&mut self, stretch: Stretch, people: &BTreeSet<&Arn>, reached: &BTreeMap<&Arn, Reach>) {
        if people.is_empty() {
            return prolong(&mut self.gaps, stretch);
        }
        let mut is_doubtful = false;
        for person in people {
            match reached.get(person) {
                Some(Reach::Reachable(_)) => return,
                Some(Reach::Unreachable(_)) => {}
                Some(Reach::Unknown(_) | Reach::Pending) | None => is_doubtful = true,
            }
        }
        if is_doubtful {
            return prolong(&mut self.doubts, stretch);
        }
        let people: Vec<Arn> = people.iter().copied().cloned().collect();
        match self.effective_gaps.last_mut() {
            Some(last) if last.stretch.end_at == stretch.start_at && last.people == people => {
                last.stretch.end_at = stretch.end_at;
            }
            _ => self.effective_gaps.push(EffectiveGap { stretch, people }),
        }
    }
}

/// Adds a stretch, or makes the last one longer when it goes on.
pub(super) fn prolong(stretches: &mut Vec<Stretch>, stretch: Stretch) {
    match stretches.last_mut() {
        Some(last) if last.end_at == stretch.start_at => last.end_at = stretch.end_at,
        _ => stretches.push(stretch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        operation::Operation,
        world::{World, at, contact_arn, rotation_arn},
    };

    const END: i64 = 14 * 24;

    /// Two people who can be reached and one who cannot.
    fn people() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .person("cleo", &["-phone"], &[("phone", 1)])
    }

    fn of(world: &World, schedule: &str, now: i64) -> Answer<Coverage> {
        let schedule = &world.inventory.contacts.items[&contact_arn(schedule)];
        rotations_of(&world.inventory, schedule)
            .and_then(|rotations| coverage(&world.inventory, &world.graph(), &rotations, at(now)))
    }

    fn hours(stretch: Stretch) -> (i64, i64) {
        let hours = |instant: Timestamp| (instant - at(0)).num_hours();
        (hours(stretch.start_at), hours(stretch.end_at))
    }

    /// Compares gaps, effective gaps and doubts, in hours.
    #[track_caller]
    fn check(world: World, now: i64, gaps: &[(i64, i64)], effective: &[(i64, i64)], doubts: &[(i64, i64)]) {
        let world = world.schedule("ops", &["one", "other"]).complete();
        let Answer::Known(found) = of(&world, "ops", now) else {
            panic!("{:?}", of(&world, "ops", now));
        };
        assert_eq!(found.gaps.into_iter().map(hours).collect::<Vec<_>>(), gaps, "gaps");
        let found_effective: Vec<_> = found.effective_gaps.iter().map(|gap| hours(gap.stretch)).collect();
        assert_eq!(found_effective, effective, "effective gaps");
        assert_eq!(
            found.doubts.into_iter().map(hours).collect::<Vec<_>>(),
            doubts,
            "doubts"
        );
    }

    #[test]
    fn rotations_fill_each_others_holes() {
        let world = people()
            .rotation("one", &["anna"])
            .rotation("other", &["ben"])
            .shifts("one", &[(0, 8, &["anna"]), (16, 20, &["anna"])])
            .shifts("other", &[(7, 12, &["ben"]), (20, END, &["ben"])]);
        check(world, 0, &[(12, 16)], &[], &[]);
    }

    #[test]
    fn a_hole_begins_now_and_ends_at_the_horizon() {
        let world = people()
            .rotation("one", &["anna"])
            .shifts("one", &[(-10, 2, &["anna"]), (4, END - 1, &["anna"])]);
        check(world.clone(), 3, &[(3, 4), (END - 1, END)], &[], &[]);
        check(world.clone(), 5, &[(END - 1, END)], &[], &[]);
        check(world, END - 1, &[(END - 1, END)], &[], &[]);
    }

    #[test]
    fn somebody_who_cannot_be_reached_leaves_an_effective_gap_where_nobody_else_is() {
        let world = people()
            .rotation("one", &["cleo"])
            .rotation("other", &["anna"])
            .shifts("one", &[(0, 5, &["cleo"]), (5, END, &["cleo"])])
            .shifts("other", &[(0, 3, &["anna"]), (9, END, &["anna"])]);
        check(world, 0, &[], &[(3, 9)], &[]);
    }

    #[test]
    fn an_empty_override_and_a_deleted_person_page_nobody() {
        let world = people()
            .rotation("one", &["anna"])
            .shifts("one", &[(0, 5, &[]), (5, 7, &["left"]), (7, END, &["anna"])]);
        check(world, 0, &[(0, 5)], &[(5, 7)], &[]);
    }

    #[test]
    fn a_person_whose_devices_were_not_read_leaves_a_doubt() {
        let world = people()
            .denied(Operation::ListContactChannels, "ben")
            .rotation("one", &["ben"])
            .shifts(
                "one",
                &[(0, 5, &["ben"]), (5, 7, &["cleo", "ben"]), (7, END, &["anna", "ben"])],
            );
        check(world, 0, &[], &[], &[(0, 7)]);
    }

    #[test]
    fn a_schedule_without_rotation_is_one_gap() {
        check(people(), 3, &[(3, END)], &[], &[]);
    }

    #[test]
    fn an_unread_list_makes_the_answer_unknown() {
        let world = people()
            .rotation("one", &["anna"])
            .rotation("other", &["ben"])
            .shifts("one", &[(0, END, &["anna"])])
            .denied(Operation::ListRotationShifts, "other")
            .schedule("ops", &["one", "other"])
            .complete();
        let why = "ListRotationShifts of other: access denied, ssm-contacts:ListRotationShifts is missing";
        assert_eq!(of(&world, "ops", 0), Answer::Unknown(why.to_owned()));
        let world = world.denied(Operation::GetContact, "ops");
        assert!(matches!(of(&world, "ops", 0), Answer::Unknown(why) if why.starts_with("GetContact of ops")));
    }

    #[test]
    fn what_is_still_to_come_and_what_is_out_of_date_is_no_answer() {
        let world = people().rotation("one", &["anna"]).schedule("ops", &["one", "other"]);
        assert_eq!(of(&world, "ops", 0), Answer::Pending, "the list of rotations");
        let world = world.complete();
        assert_eq!(of(&world, "ops", 0), Answer::Pending, "the shifts");
        let mut world = world.shifts("one", &[(0, 5, &["anna"])]);
        assert!(
            matches!(of(&world, "ops", END), Answer::Unknown(_)),
            "after the horizon"
        );
        world.inventory.stale.insert(rotation_arn("one"));
        assert_eq!(of(&world, "ops", 0), Answer::Pending, "shifts of an earlier load");
    }

    #[test]
    fn those_on_call_hand_over_at_the_next_edge_of_a_shift() {
        let world = people()
            .rotation("one", &["anna"])
            .shifts("one", &[(0, 5, &["ben", "anna"]), (6, END, &["cleo"])])
            .complete();
        let rotation = &*world.inventory.rotations.items[&rotation_arn("one")];
        let now = |hours| on_call(&world.inventory, &[rotation, rotation], at(hours));
        assert_eq!(now(4), Answer::Known(vec![contact_arn("anna"), contact_arn("ben")]));
        assert_eq!(now(5), Answer::Known(Vec::new()));
        let next = |hours| next_hand_over(&world.inventory, &[rotation], at(hours));
        assert_eq!(next(4), Answer::Known(Some(at(5))));
        assert_eq!(next(5), Answer::Known(Some(at(6))));
        assert_eq!(
            next(6),
            Answer::Known(None),
            "the shifts that were read end, which is no hand-over"
        );
    }
}

//! Whom a schedule stands for at an instant, laid out once for all instants.
//!
//! A schedule changes only where a shift begins or ends, so that its whole horizon is a short list of stretches.

use super::{
    person::BothReadings,
    reason::{Doubt, DoubtReason, Silence},
};
use crate::domain::{
    Timestamp,
    contact::Contact,
    gap::Reading,
    ids::Arn,
    inventory::{Inventory, SectionState},
    schedule::{Rotation, Shift},
};
use std::{collections::BTreeSet, sync::Arc};

/// Somebody or something that a way ends at.
#[derive(Debug, Clone)]
pub(super) enum End {
    /// A person, whose own plan begins.
    Person(Arc<BothReadings>),
    /// A schedule, which stands for people at each instant.
    Schedule(Arc<OnCall>),
    /// Nobody.
    Silent(Silence),
    /// It is not known whether anybody.
    Unknown(Doubt),
}

/// Whom a schedule stands for, at every instant.
#[derive(Debug)]
pub(super) struct OnCall {
    /// When that changes, in order.
    edges: Vec<Timestamp>,
    /// Whom it stands for before the first edge, and from each edge on.
    stretches: Vec<Vec<OnDuty>>,
}

/// Whom one rotation of a schedule stands for, or that there is nobody.
#[derive(Debug, Clone)]
pub(super) struct OnDuty {
    /// The rotation; absent where it is about the whole schedule.
    pub(super) rotation: Option<Arn>,
    /// The person, as named; or else the rotation or the schedule.
    pub(super) subject: Arn,
    /// A person, or why there is nobody; never another schedule.
    pub(super) end: End,
}

impl OnCall {
    /// Returns whom the schedule stands for at `instant`.
    pub(super) fn at(&self, instant: Timestamp) -> &[OnDuty] {
        let index = self.edges.partition_point(|edge| *edge <= instant);
        self.stretches.get(index).map_or(&[], Vec::as_slice)
    }

    /// Returns the instants at which that changes, in order.
    pub(super) fn edges(&self) -> &[Timestamp] {
        &self.edges
    }

    /// Returns whether a stage of anybody who may be on call names a removed device.
    pub(super) fn names_removed_device(&self) -> bool {
        self.stretches
            .iter()
            .flatten()
            .any(|on_duty| matches!(&on_duty.end, End::Person(person) if person.names_removed_device()))
    }

    /// Returns a schedule that stands for the same at every instant.
    fn always(on_duty: Vec<OnDuty>) -> Self {
        Self {
            edges: Vec::new(),
            stretches: vec![on_duty],
        }
    }

    /// Lays out a schedule; `person` tells what becomes of somebody who is on call.
    pub(super) fn lay(inventory: &Inventory, schedule: &Contact, mut person: impl FnMut(&Arn) -> End) -> Self {
        let about_schedule = |end| OnDuty {
            rotation: None,
            subject: schedule.arn.clone(),
            end,
        };
        let doubt = |why| Self::always(vec![about_schedule(End::Unknown(Doubt::new(&schedule.arn, why)))]);
        let plan = match &schedule.plan {
            Reading::Known(plan) => plan,
            Reading::Unknown(gap) => return doubt(DoubtReason::Unread(Arc::clone(gap))),
            Reading::Pending => return doubt(DoubtReason::Pending),
        };
        if plan.rotations.is_empty() {
            return Self::always(vec![about_schedule(End::Silent(Silence::NoRotation))]);
        }
        let mut named = BTreeSet::new();
        let mut rotations: Vec<Running<'_>> = plan
            .rotations
            .iter()
            .filter(|rotation| named.insert(*rotation))
            .map(|rotation| Running::of(inventory, rotation))
            .collect();
        let edges: BTreeSet<Timestamp> = rotations.iter().flat_map(Running::edges).collect();
        let edges: Vec<Timestamp> = edges.into_iter().collect();
        let mut stretch = |from: Timestamp| {
            let mut seen = BTreeSet::new();
            let mut on_duty = Vec::new();
            for rotation in &mut rotations {
                rotation.advance(from);
                rotation.on_duty(from, &mut person, &mut seen, &mut on_duty);
            }
            if on_duty.is_empty() {
                on_duty.push(about_schedule(End::Silent(Silence::NobodyScheduled)));
            }
            on_duty
        };
        let starts = std::iter::once(Timestamp::MIN_UTC).chain(edges.iter().copied());
        Self {
            stretches: starts.map(&mut stretch).collect(),
            edges,
        }
    }
}

/// A rotation while time goes on.
struct Running<'a> {
    arn: &'a Arn,
    state: State<'a>,
}

enum State<'a> {
    /// It stands for the same at every instant: nobody, or unknown.
    Fixed(End),
    /// Its shifts are known in a window.
    Known {
        from: Option<Timestamp>,
        until: Timestamp,
        is_stale: bool,
        /// The shifts that begin later, the last one first.
        ahead: Vec<&'a Shift>,
        present: Vec<&'a Shift>,
    },
}

impl<'a> Running<'a> {
    fn of(inventory: &'a Inventory, named: &'a Arn) -> Self {
        let doubt = |why| State::Fixed(End::Unknown(Doubt::new(named, why)));
        let state = match (inventory.rotations.items.get(named), &inventory.rotations.state) {
            (Some(rotation), _) => Self::known(inventory, rotation),
            // The rotations of another account are never listed here.
            (None, SectionState::Complete) if inventory.is_shared_in(named) => doubt(DoubtReason::NotShared),
            (None, SectionState::Complete) => State::Fixed(End::Silent(Silence::RotationDoesNotExist)),
            (None, SectionState::Partial(gap)) => doubt(DoubtReason::Unread(Arc::clone(gap))),
            (None, SectionState::Waiting | SectionState::Loading) => doubt(DoubtReason::Pending),
        };
        Self { arn: named, state }
    }

    fn known(inventory: &Inventory, rotation: &'a Rotation) -> State<'a> {
        let doubt = |why| State::Fixed(End::Unknown(Doubt::new(&rotation.arn, why)));
        let shifts = match (&rotation.shifts, inventory.horizon_end) {
            (Reading::Unknown(gap), _) => return doubt(DoubtReason::Unread(Arc::clone(gap))),
            (Reading::Pending, _) | (Reading::Known(_), None) => return doubt(DoubtReason::Pending),
            (Reading::Known(shifts), Some(until)) => (shifts, until),
        };
        let (shifts, until) = shifts;
        let mut ahead: Vec<&Shift> = shifts.iter().filter(|shift| shift.start_at < shift.end_at).collect();
        ahead.sort_by_key(|shift| std::cmp::Reverse(shift.start_at));
        State::Known {
            from: inventory.started_at,
            until,
            is_stale: inventory.stale.contains(&rotation.arn),
            ahead,
            present: Vec::new(),
        }
    }

    fn edges(&self) -> Vec<Timestamp> {
        match &self.state {
            State::Fixed(_) => Vec::new(),
            State::Known { from, until, ahead, .. } => ahead
                .iter()
                .flat_map(|shift| [shift.start_at, shift.end_at])
                .chain(*from)
                .chain([*until])
                .collect(),
        }
    }

    /// Goes on to `instant`.
    fn advance(&mut self, instant: Timestamp) {
        if let State::Known { ahead, present, .. } = &mut self.state {
            while let Some(shift) = ahead.pop_if(|shift| shift.start_at <= instant) {
                present.push(shift);
            }
            present.retain(|shift| shift.covers(instant));
        }
    }

    /// Adds whom the rotation stands for at `instant`, but for those who are there already.
    fn on_duty(
        &self,
        instant: Timestamp,
        person: &mut impl FnMut(&Arn) -> End,
        seen: &mut BTreeSet<&'a Arn>,
        on_duty: &mut Vec<OnDuty>,
    ) {
        let entry = |subject: &Arn, end| OnDuty {
            rotation: Some(self.arn.clone()),
            subject: subject.clone(),
            end,
        };
        let doubt = |why| entry(self.arn, End::Unknown(Doubt::new(self.arn, why)));
        let (from, until, is_stale, present) = match &self.state {
            State::Fixed(end) => return on_duty.push(entry(self.arn, end.clone())),
            State::Known {
                from,
                until,
                is_stale,
                present,
                ..
            } => (from, until, is_stale, present),
        };
        // The service was asked for a window: of what lies outside, nothing is known.
        if instant >= *until || from.is_some_and(|from| instant < from) {
            return on_duty.push(doubt(DoubtReason::OutsideShifts));
        }
        // Old shifts may end where an earlier load ended.
        if *is_stale && present.is_empty() {
            return on_duty.push(doubt(DoubtReason::Pending));
        }
        let people: Vec<&Arn> = present.iter().flat_map(|shift| &shift.contacts).collect();
        if people.is_empty() && present.iter().any(|shift| is_override(shift)) {
            on_duty.push(entry(self.arn, End::Silent(Silence::OverrideEmpty)));
        }
        for named in people {
            if seen.insert(named) {
                on_duty.push(entry(named, person(named)));
            }
        }
    }
}

fn is_override(shift: &Shift) -> bool {
    !shift.overridden.is_empty() || shift.kind == "OVERRIDDEN"
}

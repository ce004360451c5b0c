//! How soon something is paged: the next shift, or a first stage that may be engaged at any time.

use super::severity::Place;
use crate::domain::{
    Timestamp,
    graph::{self, Graph},
    ids::{Arn, ByArn},
    inventory::Inventory,
    text::neutral,
};
use chrono::Duration;
use std::cell::RefCell;

/// When a subject is next in line, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When; now where an incident could page it at any time.
    pub at: Timestamp,
    /// Why then, in words.
    pub why: String,
    /// Whether it raises severity: the subject is on call or in a first stage.
    pub raises: bool,
}

/// The answers of one inventory, each worked out when it is asked for.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    inventory: &'a Inventory,
    graph: &'a Graph,
    now: Timestamp,
    horizon: Duration,
    found: RefCell<ByArn<Option<Line>>>,
}

impl<'a> Lines<'a> {
    /// Returns the answers of an inventory, of which none is worked out yet.
    pub(super) fn new(inventory: &'a Inventory, graph: &'a Graph, now: Timestamp, horizon: Duration) -> Self {
        Self {
            inventory,
            graph,
            now,
            horizon,
            found: RefCell::default(),
        }
    }

    /// Returns whether anything would page a contact, rotation or response plan, and when next.
    pub(super) fn place(&self, arn: &Arn) -> Place {
        if self.inventory.response_plans.items.contains_key(arn) {
            // An incident starts when it likes; nothing in the account names a response plan.
            return Place::InLine(Line {
                at: self.now,
                why: "an incident may start at any time".to_owned(),
                raises: false,
            });
        }
        match self.line(arn) {
            Some(line) => Place::InLine(line),
            None if !self.graph.used_by(arn).is_empty() => Place::Named,
            None if self.graph.may_miss_uses() || self.inventory.ended_at.is_none() => Place::Untold,
            None => Place::Unnamed,
        }
    }

    fn line(&self, arn: &Arn) -> Option<Line> {
        if let Some(known) = self.found.borrow().get(arn) {
            return known.clone();
        }
        // Plans may name each other in a circle: while one is being worked out it lends nobody its place.
        self.found.borrow_mut().insert(arn.clone(), None);
        let uses = self.graph.used_by(arn).iter();
        let named = uses.filter_map(|entry| self.by_use(&entry.by, &entry.place));
        let line = named.chain(self.next_shift(arn)).min_by_key(|line| line.at);
        self.found.borrow_mut().insert(arn.clone(), line.clone());
        line
    }

    fn by_use(&self, by: &Arn, place: &graph::Place) -> Option<Line> {
        match place {
            graph::Place::Engagement => Some(Line {
                at: self.now,
                why: format!("engaged by response plan {}", self.label(by)),
                raises: false,
            }),
            // A stage that begins at minute 0 is a first one, too: those before it last no time.
            graph::Place::Stage { minute: 0, .. } => self.line(by).map(|line| Line {
                why: format!("in the first stage of {}", self.label(by)),
                raises: true,
                ..line
            }),
            graph::Place::ScheduleRotation => self.line(by),
            graph::Place::Stage { .. } | graph::Place::Member { .. } | graph::Place::Override { .. } => None,
        }
    }

    /// Returns the first shift of a person within the horizon, in a rotation that some schedule has.
    fn next_shift(&self, person: &Arn) -> Option<Line> {
        let ahead = self.graph.shifts_of(person).iter();
        let (rotation, shift) = ahead
            .filter(|(_, shift)| shift.end_at > self.now && shift.start_at < self.now + self.horizon)
            .find(|(rotation, _)| self.graph.schedules_of(rotation).next().is_some())?;
        Some(Line {
            at: shift.start_at.max(self.now),
            why: format!("on call in {}", self.label(rotation)),
            raises: true,
        })
    }

    fn label(&self, arn: &Arn) -> String {
        let inventory = self.inventory;
        let contact = inventory.contacts.items.get(arn).map(|contact| contact.label());
        let rotation = || {
            inventory
                .rotations
                .items
                .get(arn)
                .map(|rotation| rotation.name.as_str())
        };
        let plan = || inventory.response_plans.items.get(arn).map(|plan| plan.label());
        neutral(contact.or_else(rotation).or_else(plan).unwrap_or(arn.name())).into_owned()
    }
}

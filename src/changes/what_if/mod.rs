//! What a change makes of who is paged: every start of the horizon before and after, the worst first.
//!
//! It is asked of two inventories, the one that was read and the one that writes would lead to, and of all that may be engaged
//! and that the change may reach. What was not read and may name something that changes is never said to stay the same.

use crate::{
    domain::{
        contact::ContactKind,
        gap::Gap,
        graph::Graph,
        ids::Arn,
        inventory::{Inventory, Section},
        operation::Operation,
    },
    paging::{
        coverage::Stretch,
        difference::{Compared, Difference, difference, length},
        simulate::{
            ResolveSchedules, Simulator,
            reason::{Doubt, DoubtReason},
        },
    },
};
use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

/// What a change makes of who is paged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WhatIf {
    /// Everything that can be engaged and that the change may reach, the worst first.
    pub starts: Vec<StartChange>,
    /// What can be engaged before and does not exist afterwards, in the order of ARNs.
    pub gone: Vec<Arn>,
}

/// What becomes of one start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartChange {
    /// The response plan, escalation plan, schedule or person.
    pub start: Arn,
    /// What it comes to.
    pub verdict: Verdict,
    /// The figures, and when they change.
    pub difference: Difference,
}

/// What a change comes to for one start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// At some time something certainly gets worse, whatever gets better besides.
    Worse,
    /// Nothing is certainly worse, and it cannot be told of everything.
    Unknown,
    /// Something gets better and nothing gets worse.
    Better,
    /// Every figure stays at every time.
    Same,
}

impl Verdict {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Unknown => "unknown",
            Self::Better => "better",
            Self::Same => "same",
        }
    }

    fn of(difference: &Difference) -> Self {
        if !difference.worse.is_empty() {
            Self::Worse
        } else if !difference.unclear.is_empty() {
            Self::Unknown
        } else if !difference.better.is_empty() {
            Self::Better
        } else {
            Self::Same
        }
    }
}

impl WhatIf {
    /// Returns how many starts come to this.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.starts.iter().filter(|change| change.verdict == verdict).count()
    }

    /// Returns the answer without some starts: whoever takes a person out does not ask what a page of that person comes to.
    #[must_use]
    pub fn apart_from(mut self, starts: &[Arn]) -> Self {
        self.starts.retain(|change| !starts.contains(&change.start));
        self.gone.retain(|start| !starts.contains(start));
        self
    }
}

/// On what terms both sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The starts that are compared, from when to when.
    pub window: Stretch,
    /// When schedules are resolved.
    pub resolve_schedules: ResolveSchedules,
    /// Whether the change would touch more if more had been read: so it is where somebody is taken out of everything,
    /// and not where certain calls are made.
    pub reaches_further: bool,
}

/// Returns what becomes of everything that can be engaged when `before` turns into `after`.
///
/// A start is told of when it leads to something that changes, or when it cannot be told whether it does.
pub fn what_if(before: &Inventory, after: &Inventory, terms: Terms) -> WhatIf {
    let changed = changed(before, after);
    if changed.is_empty() && !terms.reaches_further {
        return WhatIf::default();
    }
    let graphs = [before, after].map(Graph::build);
    let reached = reaching(&changed, &graphs);
    let mut both = Both::new([before, after], &graphs, &changed, terms);
    let mut found = WhatIf::default();
    for start in before.response_plans.items.keys().chain(before.contacts.items.keys()) {
        if !after.contacts.items.contains_key(start) && !after.response_plans.items.contains_key(start) {
            found.gone.push(start.clone());
        } else if let Some(change) = both.start(start)
            && (change.verdict != Verdict::Same || reached.contains(start))
        {
            found.starts.push(change);
        }
    }
    found.gone.sort();
    found.starts.sort_by_cached_key(|change| {
        let difference = &change.difference;
        (
            change.verdict,
            Reverse(difference.hardest.weight()),
            Reverse(length(&difference.worse)),
            kind_rank(before, &change.start),
            change.start.clone(),
        )
    });
    found
}

/// Returns what becomes of one start, touched or not; absent when there is no time to compare.
pub fn of_start(before: &Inventory, after: &Inventory, start: &Arn, terms: Terms) -> Option<StartChange> {
    let changed = changed(before, after);
    let graphs = [before, after].map(Graph::build);
    Both::new([before, after], &graphs, &changed, terms).start(start)
}

/// Both sides, ready to be asked for one start after the other.
struct Both<'a> {
    inventory: &'a Inventory,
    graph: &'a Graph,
    before: Simulator<'a>,
    after: Simulator<'a>,
    changed: &'a BTreeSet<Arn>,
    terms: Terms,
}

impl<'a> Both<'a> {
    fn new(
        [before, after]: [&'a Inventory; 2],
        [graph_before, graph_after]: &'a [Graph; 2],
        changed: &'a BTreeSet<Arn>,
        terms: Terms,
    ) -> Self {
        Self {
            inventory: before,
            graph: graph_before,
            before: Simulator::new(before, graph_before),
            after: Simulator::new(after, graph_after),
            changed,
            terms,
        }
    }

    fn start(&mut self, start: &Arn) -> Option<StartChange> {
        let (inventory, graph, changed) = (self.inventory, self.graph, self.changed);
        // Without a change there is nothing whose truth could be another one.
        let is_change = !changed.is_empty() || self.terms.reaches_further;
        let may_change = |doubt: &Doubt| is_change && may_change(doubt, inventory, changed, graph);
        let compared = Compared {
            window: self.terms.window,
            resolve_schedules: self.terms.resolve_schedules,
            horizon_end: inventory.horizon_end,
        };
        let difference = difference(&mut self.before, &mut self.after, start, compared, &may_change)?;
        Some(StartChange {
            start: start.clone(),
            verdict: Verdict::of(&difference),
            difference,
        })
    }
}

/// Of two that are hit as hard, what alarms engage goes first.
fn kind_rank(inventory: &Inventory, start: &Arn) -> u8 {
    match inventory.contacts.items.get(start).map(|contact| &contact.kind) {
        None => 0,
        Some(ContactKind::EscalationPlan) => 1,
        Some(ContactKind::Schedule) => 2,
        Some(ContactKind::Person) => 3,
        Some(ContactKind::Other(_)) => 4,
    }
}

/// Returns the rows that are not the same in both.
fn changed(before: &Inventory, after: &Inventory) -> BTreeSet<Arn> {
    fn rows<T: PartialEq>(before: &Section<T>, after: &Section<T>, changed: &mut BTreeSet<Arn>) {
        let is_same = |arn: &Arn, row: &Arc<T>, other: &Section<T>| {
            let other = other.items.get(arn);
            other.is_some_and(|other| Arc::ptr_eq(row, other) || row == other)
        };
        let of = |one: &Section<T>, other: &Section<T>| -> Vec<Arn> {
            let rows = one.items.iter().filter(|(arn, row)| !is_same(arn, row, other));
            rows.map(|(arn, _)| arn.clone()).collect()
        };
        changed.extend(of(before, after));
        changed.extend(of(after, before));
    }
    let mut changed_rows = BTreeSet::new();
    rows(&before.contacts, &after.contacts, &mut changed_rows);
    rows(&before.rotations, &after.rotations, &mut changed_rows);
    rows(&before.response_plans, &after.response_plans, &mut changed_rows);
    changed_rows
}

/// Returns everything that leads to something that changes, before or after, and what changes itself.
fn reaching(changed: &BTreeSet<Arn>, graphs: &[Graph; 2]) -> BTreeSet<Arn> {
    let mut reached = changed.clone();
    let mut waiting: Vec<Arn> = changed.iter().cloned().collect();
    while let Some(arn) = waiting.pop() {
        for graph in graphs {
            let uses = graph.used_by(&arn).iter().map(|entry| &entry.by);
            let shifts = graph.shifts_of(&arn).iter().map(|(rotation, _)| rotation);
            for by in uses.chain(shifts) {
                if reached.insert(by.clone()) {
                    waiting.push(by.clone());
                }
            }
        }
    }
    reached
}

/// Returns whether the truth behind something that is not known may be another one after the change: it is about
/// something that changes, or may name something that does.
fn may_change(doubt: &Doubt, inventory: &Inventory, changed: &BTreeSet<Arn>, graph: &Graph) -> bool {
    let about = graph.resolve(&doubt.about).unwrap_or(&doubt.about);
    if changed.contains(about) {
        return true;
    }
    // A person's own plan and devices lead to nobody else.
    let contact = inventory.contacts.items.get(about);
    let is_person = contact.is_some_and(|contact| contact.kind == ContactKind::Person);
    match &doubt.why {
        DoubtReason::Unread(gap) => !is_person && may_name_others(gap),
        DoubtReason::Pending => !is_person,
        DoubtReason::StatusWord(_) | DoubtReason::DeviceWord(_) | DoubtReason::Acknowledgement(_) => false,
        DoubtReason::NotShared
        | DoubtReason::ContactWord(_)
        | DoubtReason::OnCallIsNoPerson
        | DoubtReason::OutsideShifts
        | DoubtReason::Bounded(_) => true,
    }
}

/// Returns whether the answer that is missing might have named other resources.
fn may_name_others(gap: &Gap) -> bool {
    match gap.operation {
        Operation::ListContacts
        | Operation::GetContact
        | Operation::ListRotations
        | Operation::GetRotation
        | Operation::ListRotationOverrides
        | Operation::ListRotationShifts
        | Operation::ListPreviewRotationShifts
        | Operation::ListResponsePlans
        | Operation::GetResponsePlan => true,
        Operation::GetCallerIdentity
        | Operation::ListEngagements
        | Operation::ListReplicationSets
        | Operation::GetReplicationSet
        | Operation::ListContactChannels
        | Operation::GetContactPolicy
        | Operation::ListContactTags
        | Operation::GetResourcePolicies
        | Operation::ListResponsePlanTags => false,
    }
}

#[cfg(test)]
mod proof;
#[cfg(test)]
mod tests;

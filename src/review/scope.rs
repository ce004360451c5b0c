//! Which rows a review is about.

use super::pagers;
use crate::{
    domain::{contact::Target, gap::Reading, graph::Graph, ids::Arn, inventory::Inventory, tags::Tags},
    ledger::entry::ReviewScope,
};
use std::collections::{BTreeSet, VecDeque};

/// The key of the tag that names a team.
const TEAM: &str = "team";

/// Returns the rows that a scope is about; absent when it is about everything.
pub(super) fn select(inventory: &Inventory, graph: &Graph, scope: &ReviewScope) -> Option<BTreeSet<Arn>> {
    match scope {
        ReviewScope::All => None,
        ReviewScope::Alias(pattern) => Some(by_alias(inventory, graph, pattern)),
        ReviewScope::Team(team) => Some(by_team(inventory, team)),
        ReviewScope::Plan(plan) => Some(reached_by(inventory, graph, plan)),
    }
}

/// Returns the contacts whose alias fits, with everything that pages them.
fn by_alias(inventory: &Inventory, graph: &Graph, pattern: &str) -> BTreeSet<Arn> {
    let pattern = wildmatch::WildMatch::new(pattern);
    let fitting: Vec<&Arn> = inventory
        .contacts
        .items
        .values()
        .filter(|contact| pattern.matches(&contact.alias))
        .map(|contact| &contact.arn)
        .collect();
    let pagers = fitting.iter().flat_map(|arn| pagers::pagers_of(graph, arn));
    let mut selected: BTreeSet<Arn> = pagers.collect();
    selected.extend(fitting.into_iter().cloned());
    selected
}

/// Returns what has a team in its tag, and what may: where tags could not be read, nobody can say that it has not.
fn by_team(inventory: &Inventory, team: &str) -> BTreeSet<Arn> {
    let is_of = |tags: &Reading<Tags>| match tags {
        Reading::Known(tags) => tags.get(TEAM).is_some_and(|value| value == team),
        Reading::Pending | Reading::Unknown(_) => true,
    };
    let contacts = inventory.contacts.items.values().filter(|contact| is_of(&contact.tags));
    let rotations = inventory
        .rotations
        .items
        .values()
        .filter(|rotation| is_of(&rotation.tags));
    let plans = inventory.response_plans.items.values().filter(|plan| is_of(&plan.tags));
    contacts
        .map(|contact| contact.arn.clone())
        .chain(rotations.map(|rotation| rotation.arn.clone()))
        .chain(plans.map(|plan| plan.arn.clone()))
        .collect()
}

/// Returns a plan with everything that it reaches, whoever stands in for somebody included.
fn reached_by(inventory: &Inventory, graph: &Graph, plan: &Arn) -> BTreeSet<Arn> {
    let mut found = BTreeSet::new();
    let mut waiting = VecDeque::from([plan.clone()]);
    while let Some(arn) = waiting.pop_front() {
        let Some(arn) = graph.resolve(&arn).cloned() else {
            continue;
        };
        if !found.insert(arn.clone()) {
            continue;
        }
        if let Some(contact) = inventory.contacts.items.get(&arn)
            && let Some(plan) = contact.plan.known()
        {
            let named = plan.targets().filter_map(|target| match target {
                Target::Contact { contact, .. } => Some(contact),
                Target::Channel { .. } | Target::Empty => None,
            });
            waiting.extend(named.chain(&plan.rotations).cloned());
        }
        if let Some(rotation) = inventory.rotations.items.get(&arn) {
            let members = rotation.members.known().into_iter().flatten();
            let overrides = rotation.overrides.known().into_iter().flatten();
            waiting.extend(members.chain(overrides.flat_map(|entry| &entry.contacts)).cloned());
        }
        if let Some(plan) = inventory.response_plans.items.get(&arn) {
            let engaged = plan.detail.known().into_iter().flat_map(|detail| &detail.engagements);
            waiting.extend(engaged.cloned());
        }
    }
    found
}

//! Everything that pages a contact: the plans that name it, what names these, and so on up to the response plans.

use super::row::{Field, RowKind};
use crate::domain::{
    contact::{Contact, ContactKind},
    graph::{Graph, Place},
    ids::Arn,
    inventory::{Inventory, SectionState},
    text::neutral,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Why more may page a row than was read.
pub(super) const MAY_MISS: &str = "not everything that may page it could be read";

/// How one thing pages another.
#[derive(Debug, Default)]
struct Pager {
    /// The places in which it names it itself.
    places: BTreeSet<String>,
    /// What it names that pages it.
    through: BTreeSet<String>,
}

/// Returns everything that pages `start`, directly or through something else, `start` left out.
///
/// Overrides are passed over: they pass by themselves.
pub(super) fn pagers_of(graph: &Graph, start: &Arn) -> BTreeSet<Arn> {
    let mut found = BTreeSet::new();
    let mut waiting = VecDeque::from([start.clone()]);
    while let Some(arn) = waiting.pop_front() {
        for entry in graph.used_by(&arn) {
            if is_lasting(&entry.place) && entry.by != *start && found.insert(entry.by.clone()) {
                waiting.push_back(entry.by.clone());
            }
        }
    }
    found
}

/// Returns one field for each thing that pages `start`, with the way in which it does, in a fixed order.
pub(super) fn fields(inventory: &Inventory, graph: &Graph, start: &Arn) -> Vec<Field> {
    let mut pagers: BTreeMap<Arn, Pager> = BTreeMap::new();
    let all = pagers_of(graph, start);
    for named in all.iter().chain([start]) {
        for entry in graph.used_by(named) {
            if !is_lasting(&entry.place) || !all.contains(&entry.by) {
                continue;
            }
            let pager = pagers.entry(entry.by.clone()).or_default();
            if named == start {
                pager.places.insert(place(&entry.place));
            } else {
                pager.through.insert(reference(inventory, graph, named));
            }
        }
    }
    let mut fields: Vec<(RowKind, Field)> = pagers
        .iter()
        .map(|(arn, pager)| {
            let places = pager.places.iter().cloned();
            let through = (!pager.through.is_empty()).then(|| {
                let through: Vec<&str> = pager.through.iter().map(String::as_str).collect();
                format!("through {}", through.join(", "))
            });
            let value: Vec<String> = places.chain(through).collect();
            let name = format!("paged by {}", reference(inventory, graph, arn));
            (kind(inventory, arn), Field::new(name, value.join("; ")))
        })
        .collect();
    fields.sort_by(|(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
    fields.into_iter().map(|(_, field)| field).collect()
}

/// Returns what sort of row something is.
fn kind(inventory: &Inventory, arn: &Arn) -> RowKind {
    if let Some(contact) = inventory.contacts.items.get(arn) {
        kind_of_contact(contact)
    } else if inventory.rotations.items.contains_key(arn) {
        RowKind::Rotation
    } else {
        RowKind::ResponsePlan
    }
}

/// Returns what sort of row a contact is. One of a type that is not known may have devices.
pub(super) fn kind_of_contact(contact: &Contact) -> RowKind {
    match contact.kind {
        ContactKind::EscalationPlan => RowKind::EscalationPlan,
        ContactKind::Schedule => RowKind::Schedule,
        ContactKind::Person | ContactKind::Other(_) => RowKind::Person,
    }
}

fn is_lasting(place: &Place) -> bool {
    match place {
        Place::Override { .. } => false,
        Place::Stage { .. } | Place::Member { .. } | Place::ScheduleRotation | Place::Engagement => true,
    }
}

/// Returns a place in words. The turn of a member is left out: it changes when somebody else joins.
fn place(place: &Place) -> String {
    match place {
        Place::Stage {
            number,
            minute,
            is_essential,
        } => {
            let essential = if *is_essential == Some(true) { ", essential" } else { "" };
            format!("stage {number} at minute {minute}{essential}")
        }
        Place::Member { .. } => "member".to_owned(),
        Place::Override { .. } => "override".to_owned(),
        Place::ScheduleRotation => "rotation of it".to_owned(),
        Place::Engagement => "engages it".to_owned(),
    }
}

/// Returns what something is called where it is named: by what never changes, with the account when it is another one's.
pub(super) fn reference(inventory: &Inventory, graph: &Graph, arn: &Arn) -> String {
    let account = if inventory.is_shared_in(arn) {
        format!(" of account {}", neutral(arn.account()))
    } else {
        String::new()
    };
    if let Some(contact) = graph.contact(arn) {
        let alias = neutral(&contact.alias);
        return match kind_of_contact(contact) {
            RowKind::Person => format!("{alias}{account}"),
            kind @ (RowKind::EscalationPlan | RowKind::Schedule | RowKind::Rotation | RowKind::ResponsePlan) => {
                format!("{} {alias}{account}", kind.title())
            }
        };
    }
    if let Some(rotation) = inventory.rotations.items.get(graph.resolve(arn).unwrap_or(arn)) {
        return format!("rotation {}{account}", neutral(&rotation.name));
    }
    if let Some(plan) = inventory.response_plans.items.get(arn) {
        return format!("response plan {}{account}", neutral(&plan.name));
    }
    let list = if arn.resource().starts_with("rotation/") {
        &inventory.rotations.state
    } else {
        &inventory.contacts.state
    };
    let why = match (list, inventory.account()) {
        (SectionState::Complete, Some(ours)) if ours == arn.account() => "does not exist",
        _ => "not listed",
    };
    format!("{}{account} ({why})", neutral(arn.name()))
}

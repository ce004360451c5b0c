//! Who could take somebody's places, and why: reachable, verified, of the same team, and not there already.

use super::{Removal, called, names, quarantine};
use crate::domain::{
    contact::{Contact, ContactKind, Target},
    graph::{Graph, Place},
    ids::Arn,
    inventory::Inventory,
    reach::{self, Reach},
};
use std::{cmp::Reverse, collections::BTreeSet};

/// What is known of people besides the account.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The team of somebody, where a roster or a tag tells it.
    pub team: &'a dyn Fn(&Contact) -> Option<String>,
    /// Whether somebody made sure of one of their devices lately; absent where no ledger was read.
    pub verified: &'a dyn Fn(&Contact) -> Option<bool>,
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Known(…)")
    }
}

/// Somebody who could take the places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Who.
    pub person: Arn,
    /// What speaks for them, each in a few words.
    pub reasons: Vec<String>,
    /// What speaks against them, likewise.
    pub against: Vec<String>,
}

/// How many are suggested.
const MOST: usize = 5;

/// Returns who could take the places of those who go, the best first. Nobody is suggested who cannot be reached.
///
/// Whether anybody is needed at all is told by a proposal without a replacement: none of its guards is about reach then.
pub fn suggestions(inventory: &Inventory, graph: &Graph, removal: &Removal, known: Known<'_>) -> Vec<Suggestion> {
    let near = Near::of(inventory, graph, removal);
    let leavers = removal.leavers.iter().filter_map(|leaver| graph.contact(leaver));
    let teams: BTreeSet<String> = leavers.filter_map(|leaver| (known.team)(leaver)).collect();
    let mut found: Vec<(Rank, Suggestion)> = inventory
        .contacts_of(&ContactKind::Person)
        .filter(|person| !removal.is_leaver(&person.arn) && !inventory.is_shared_in(&person.arn))
        .filter(|person| !person.tags.known().is_some_and(quarantine::is_quarantined))
        .filter_map(|person| judged(person, &near, &teams, known))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.into_iter().take(MOST).map(|(_, suggestion)| suggestion).collect()
}

/// Fewer reasons against, then the same team, then verified, then more devices; then the name.
type Rank = (usize, Reverse<bool>, Reverse<Option<bool>>, Reverse<usize>, Arn);

fn judged(person: &Contact, near: &Near, teams: &BTreeSet<String>, known: Known<'_>) -> Option<(Rank, Suggestion)> {
    let Reach::Reachable(devices) = reach::of_person(person) else {
        return None;
    };
    let plural = if devices == 1 { "device" } else { "devices" };
    let mut reasons = vec![format!("reachable on {devices} {plural}")];
    let team = (known.team)(person).filter(|team| teams.contains(team));
    reasons.extend(
        team.iter()
            .map(|team| format!("of the same team, {}", crate::domain::text::neutral(team))),
    );
    let verified = (known.verified)(person);
    let mut against = Vec::new();
    match verified {
        Some(true) => reasons.push("verified".to_owned()),
        Some(false) => against.push("no device was verified lately".to_owned()),
        None => {}
    }
    for (people, words) in [
        (&near.same_stage, "in the same stage already"),
        (&near.neighbours, "in a stage before or after"),
        (&near.same_shift, "on call at the same time"),
        (&near.members, "has turns in the same rotation already"),
    ] {
        if people.contains(person.arn.without_region()) {
            against.push(words.to_owned());
        }
    }
    let rank = (
        against.len(),
        Reverse(team.is_some()),
        Reverse(verified),
        Reverse(devices),
        person.arn.clone(),
    );
    let suggestion = Suggestion {
        person: person.arn.clone(),
        reasons,
        against,
    };
    Some((rank, suggestion))
}

impl Suggestion {
    /// Returns it as one line.
    pub fn words(&self) -> String {
        let mut words = format!("{}: {}", called(&self.person), self.reasons.join(", "));
        if !self.against.is_empty() {
            words.push_str("; but ");
            words.push_str(&self.against.join(", "));
        }
        words
    }
}

/// Those who are paged beside the ones who go, without Regions.
#[derive(Default)]
struct Near {
    same_stage: BTreeSet<String>,
    neighbours: BTreeSet<String>,
    same_shift: BTreeSet<String>,
    members: BTreeSet<String>,
}

impl Near {
    fn of(inventory: &Inventory, graph: &Graph, removal: &Removal) -> Self {
        let mut near = Self::default();
        for leaver in &removal.leavers {
            for entry in graph.used_by(leaver) {
                match &entry.place {
                    Place::Stage { number, .. } => near.add_stages(inventory, graph, &entry.by, *number),
                    Place::Member { .. } => near.add_rotation(inventory, removal, &entry.by),
                    Place::Override { .. } | Place::ScheduleRotation | Place::Engagement => {}
                }
            }
        }
        near
    }

    fn add_stages(&mut self, inventory: &Inventory, graph: &Graph, plan: &Arn, number: usize) {
        let stages = inventory
            .contacts
            .items
            .get(plan)
            .and_then(|contact| contact.plan.known());
        for (stage, at) in stages.into_iter().flat_map(|plan| &plan.stages).zip(1_usize..) {
            if at.abs_diff(number) > 1 {
                continue;
            }
            let targets: Vec<Arn> = stage.targets.iter().filter_map(Target::arn).cloned().collect();
            let behind = reach::people_behind(inventory, graph, &targets, Some(plan));
            let people = behind.people.iter().map(|person| person.without_region().to_owned());
            if at == number {
                self.same_stage.extend(people);
            } else {
                self.neighbours.extend(people);
            }
        }
    }

    fn add_rotation(&mut self, inventory: &Inventory, removal: &Removal, rotation: &Arn) {
        let Some(rotation) = inventory.rotations.items.get(rotation) else {
            return;
        };
        let keys =
            |people: &[Arn]| -> Vec<String> { people.iter().map(|one| one.without_region().to_owned()).collect() };
        self.members
            .extend(keys(rotation.members.known().map_or(&[], Vec::as_slice)));
        let shifts = rotation.shifts.known().map_or(&[][..], Vec::as_slice);
        let is_theirs = |people: &[Arn]| removal.leavers.iter().any(|leaver| names(people, leaver));
        for shift in shifts.iter().filter(|shift| is_theirs(&shift.contacts)) {
            self.same_shift.extend(keys(&shift.contacts));
        }
    }
}

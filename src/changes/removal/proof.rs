//! Whether anything still names people who were taken out: from a fresh reading, or not at all.

use super::{
    called,
    doors::{self, Door, Unread},
};
use crate::{
    changes::{fact::Ending, progress::Progress},
    domain::{Timestamp, graph::Graph, ids::Arn, inventory::Inventory},
};

/// What a fresh reading says about people who were taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// When the reading ended; absent where it did not.
    pub read_at: Option<Timestamp>,
    /// What still names them.
    pub left: Vec<(Arn, Door)>,
    /// What was not read, and may name them.
    pub unread: Vec<Unread>,
}

/// Returns what still names people.
pub fn of(inventory: &Inventory, people: &[Arn], now: Timestamp) -> Proof {
    let graph = Graph::build(inventory);
    let mut left = Vec::new();
    for person in people {
        let doors = doors::doors_of(inventory, &graph, person, now);
        left.extend(
            doors
                .into_iter()
                .filter(Door::is_reference)
                .map(|door| (person.clone(), door)),
        );
    }
    Proof {
        read_at: inventory.ended_at,
        left,
        unread: doors::unread(inventory),
    }
}

/// Returns the people of a removal that was carried out, where the ledger does not hold the proof yet that nothing names them
/// any more: a kill may have come between the last step and the proof.
pub fn is_missing(progress: &Progress) -> Option<&[Arn]> {
    let closed = progress.closed.as_ref()?;
    let is_proven = closed.note.as_ref().is_some_and(|note| note.starts_with(PROVEN));
    let removal = progress.planned.removal.as_ref()?;
    (closed.ending == Ending::Done && !is_proven).then_some(&removal.leavers)
}

/// How the note of a proof begins.
const PROVEN: &str = "proven: ";

impl Proof {
    /// Returns whether it is proven that nothing names them.
    pub fn is_proven(&self) -> bool {
        self.read_at.is_some() && self.left.is_empty() && self.unread.is_empty()
    }

    /// Returns it as a note for the ledger, without a full stop.
    pub fn words(&self, inventory: &Inventory, people: &[Arn]) -> String {
        let who = super::listed(people);
        let Some(at) = self.read_at else {
            return format!("not proven: the account was not read to its end after {who} went");
        };
        if let Some((person, door)) = self.left.first() {
            let more = match self.left.len() {
                1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            return format!("still named: {} in {}{more}", called(person), door.words(inventory));
        }
        if let Some(unread) = self.unread.first() {
            let count = self.unread.len();
            return format!("not proven: {count} things were not read, first: {}", unread.why);
        }
        let at = at.format("%Y-%m-%dT%H:%M:%SZ");
        format!(
            "{PROVEN}nothing names {who} in {} reads that ended {at}",
            inventory.reads.len()
        )
    }
}

//! The changesets of a ledger, as far as each has come.

use super::{Entry, record::Record};
use crate::{
    changes::{fact::Fact, progress::Progress},
    domain::Timestamp,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Every changeset that was consented to, in the order in which that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changesets {
    all: Vec<Recorded>,
    places: BTreeMap<String, usize>,
    /// How many records this version does not understand: something about a changeset may be among them.
    pub not_understood: usize,
}

/// A changeset with when it was consented to, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// How far it has come.
    pub progress: Progress,
    /// When it was consented to.
    pub planned_at: Timestamp,
    /// When something was last recorded of it.
    pub changed_at: Timestamp,
    /// Who consented to it, by the ARN that the account knows.
    pub planned_by: String,
}

impl Changesets {
    /// Returns the changesets of these records.
    pub fn of(records: &[Record]) -> Self {
        let mut changesets = Self::default();
        for record in records {
            changesets.add_record(record);
        }
        changesets
    }

    /// Takes note of one more record.
    pub fn add_record(&mut self, record: &Record) {
        match record.entry() {
            Ok(entry) => self.add(entry, record.at, &record.actor.caller),
            Err(_) => self.not_understood += 1,
        }
    }

    /// Takes note of one more entry.
    pub fn add(&mut self, entry: Entry, at: Timestamp, caller: &str) {
        let Some(fact) = entry.into_fact() else {
            return;
        };
        let place = self.places.get(fact.changeset()).copied();
        match (fact, place) {
            (Fact::Planned(planned), None) => {
                self.places.insert(planned.changeset.clone(), self.all.len());
                self.all.push(Recorded {
                    progress: Progress::new(Arc::new(planned)),
                    planned_at: at,
                    changed_at: at,
                    planned_by: caller.to_owned(),
                });
            }
            (fact, Some(place)) => {
                if let Some(known) = self.all.get_mut(place) {
                    known.progress.add(&fact);
                    known.changed_at = at;
                }
            }
            // What is about a changeset that nobody consented to cannot be carried out.
            (_, None) => {}
        }
    }

    /// Returns all of them, the oldest first.
    pub fn all(&self) -> &[Recorded] {
        &self.all
    }

    /// Returns those that were begun and not ended, the oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Recorded> {
        self.all.iter().filter(|recorded| recorded.progress.is_open())
    }

    /// Returns the one with this name.
    pub fn get(&self, name: &str) -> Option<&Recorded> {
        self.places.get(name).and_then(|place| self.all.get(*place))
    }

    /// Returns the names that are taken.
    pub fn names(&self) -> BTreeSet<&str> {
        self.places.keys().map(String::as_str).collect()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::{
            fact::{ChangesetClosed, ChangesetPlanned, Ending, PlannedStep, StepDone, StepFailed, StepIntended, Undo},
            progress::StepState,
            write::Write,
        },
        domain::{sample::minute, world::device_arn},
        ledger::sample::note,
    };

    fn planned(name: &str) -> Fact {
        let step = PlannedStep {
            write: Write::DeactivateContactChannel {
                channel: device_arn("akua", "phone"),
            },
            words: String::new(),
            before: "before".to_owned(),
            after: Some("after".to_owned()),
            undo: Undo::NeedsPerson,
            inverse: Vec::new(),
        };
        Fact::Planned(ChangesetPlanned {
            changeset: name.to_owned(),
            title: "Try it".to_owned(),
            review: None,
            subjects: Vec::new(),
            steps: vec![step.clone(), step],
            digest: String::new(),
            answers: Vec::new(),
            removal: None,
        })
    }

    fn intended(name: &str, step: usize, is_roll_back: bool) -> Fact {
        Fact::Intended(StepIntended {
            changeset: name.to_owned(),
            step,
            is_roll_back,
            state: "before".to_owned(),
        })
    }

    fn done(name: &str, step: usize, is_roll_back: bool) -> Fact {
        Fact::Done(StepDone {
            changeset: name.to_owned(),
            step,
            is_roll_back,
            state: "after".to_owned(),
            request_id: None,
            is_found: false,
        })
    }

    fn failed(name: &str, step: usize, took_effect: Option<bool>) -> Fact {
        Fact::Failed(StepFailed {
            changeset: name.to_owned(),
            step,
            is_roll_back: false,
            took_effect,
            reason: "refused".to_owned(),
        })
    }

    fn uncertain() -> StepState {
        StepState::Uncertain {
            state: "before".to_owned(),
        }
    }

    #[track_caller]
    fn check(facts: Vec<Fact>, expected: &[StepState; 2]) {
        let mut changesets = Changesets::default();
        changesets.add(planned("c1").into(), minute(0), "akua");
        changesets.add(planned("c2").into(), minute(0), "akua");
        for fact in facts {
            changesets.add(note("between"), minute(1), "ben");
            changesets.add(fact.into(), minute(1), "ben");
        }
        let states = |name: &str| {
            let steps = &changesets.get(name).unwrap().progress.steps;
            steps.iter().map(|step| step.state.clone()).collect::<Vec<_>>()
        };
        assert_eq!(states("c1"), *expected);
        assert_eq!(states("c2"), [StepState::Waiting, StepState::Waiting]);
    }

    #[test]
    fn each_step_is_as_far_as_was_last_recorded() {
        let waiting = || StepState::Waiting;
        check(vec![], &[waiting(), waiting()]);
        check(vec![intended("c1", 0, false)], &[uncertain(), waiting()]);
        check(
            vec![intended("c1", 0, false), failed("c1", 0, None)],
            &[uncertain(), waiting()],
        );
        check(
            vec![intended("c1", 0, false), failed("c1", 0, Some(false))],
            &[waiting(), waiting()],
        );
        let both = [intended("c1", 0, false), done("c1", 0, false), intended("c1", 1, false)];
        check(both.to_vec(), &[StepState::Done, uncertain()]);
        let back = [done("c1", 0, false), intended("c1", 0, true), done("c1", 0, true)];
        check(back.to_vec(), &[StepState::RolledBack, waiting()]);
        check(
            vec![done("c1", 7, false), done("c9", 0, false)],
            &[waiting(), waiting()],
        );
    }

    #[test]
    fn a_changeset_is_open_until_it_is_closed() {
        let mut changesets = Changesets::default();
        for name in ["c1", "c2"] {
            changesets.add(planned(name).into(), minute(0), "akua");
        }
        let closed = Fact::Closed(ChangesetClosed {
            changeset: "c1".to_owned(),
            ending: Ending::Abandoned,
            note: None,
        });
        changesets.add(closed.into(), minute(3), "ben");
        let open: Vec<&str> = changesets
            .open()
            .map(|recorded| recorded.progress.planned.changeset.as_str())
            .collect();
        assert_eq!(open, ["c2"]);
        let first = &changesets.all()[0];
        assert_eq!((first.planned_at, first.changed_at), (minute(0), minute(3)));
        assert_eq!(first.planned_by, "akua");
        assert_eq!(changesets.names().len(), 2);
    }
}

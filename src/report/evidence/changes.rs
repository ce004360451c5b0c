//! From a decision to the steps that carried it out, and to the proof that they worked.

use super::Evidence;
use crate::{
    changes::{
        fact::{ChangesetPlanned, Fact},
        progress::Progress,
    },
    ledger::record::Record,
    report::changeset::ending,
};
use std::{collections::BTreeMap, sync::Arc};

/// A changeset of the review.
#[derive(Debug, Clone)]
pub(super) struct Change<'a> {
    /// The record in which somebody consented to it.
    pub(super) record: &'a Record,
    /// What was consented to.
    pub(super) planned: Arc<ChangesetPlanned>,
    /// How it ended, or how far it has come.
    pub(super) ending: String,
    /// What was said at its end.
    pub(super) note: Option<String>,
    /// Its steps.
    pub(super) steps: Vec<Step<'a>>,
}

/// What became of one step.
#[derive(Debug, Clone, Default)]
pub(super) struct Step<'a> {
    /// The record that says that it was about to be sent.
    pub(super) intended: Option<&'a Record>,
    /// The record that says what came of it.
    pub(super) settled: Option<&'a Record>,
    /// What came of it, in words.
    pub(super) outcome: String,
    /// The service's id of the request.
    pub(super) request_id: Option<String>,
    /// The digest of what was read afterwards.
    pub(super) state: Option<String>,
}

/// Returns the changesets of the review, in the order in which somebody consented to them.
pub(super) fn of<'a>(evidence: &Evidence<'a>) -> Vec<Change<'a>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut changes: Vec<(Change<'a>, Progress)> = Vec::new();
    for record in evidence.records {
        let Some(fact) = record.entry().ok().and_then(crate::ledger::Entry::into_fact) else {
            continue;
        };
        if let Fact::Planned(planned) = fact {
            if planned.review.as_deref() != Some(&evidence.campaign.name) || places.contains_key(&planned.changeset) {
                continue;
            }
            places.insert(planned.changeset.clone(), changes.len());
            let steps = vec![
                Step {
                    outcome: "not sent".to_owned(),
                    ..Step::default()
                };
                planned.steps.len()
            ];
            let planned = Arc::new(planned);
            let change = Change {
                record,
                planned: Arc::clone(&planned),
                ending: String::new(),
                note: None,
                steps,
            };
            changes.push((change, Progress::new(planned)));
        } else if let Some((change, progress)) = places.get(fact.changeset()).and_then(|place| changes.get_mut(*place))
        {
            progress.add(&fact);
            settle(change, record, fact);
        }
    }
    let finished = changes.into_iter().map(|(mut change, progress)| {
        change.ending = ending(&progress);
        change
    });
    finished.collect()
}

fn settle<'a>(change: &mut Change<'a>, record: &'a Record, fact: Fact) {
    match fact {
        Fact::Intended(intended) => {
            if let Some(step) = change.steps.get_mut(intended.step) {
                *step = Step {
                    intended: Some(record),
                    outcome: "sent, and nobody knows whether it worked".to_owned(),
                    ..Step::default()
                };
            }
        }
        Fact::Done(done) => {
            if let Some(step) = change.steps.get_mut(done.step) {
                step.settled = Some(record);
                let word = match (done.is_roll_back, done.is_found) {
                    (true, _) => "taken back",
                    (false, true) => "found done",
                    (false, false) => "done",
                };
                word.clone_into(&mut step.outcome);
                step.request_id = done.request_id;
                step.state = Some(done.state);
            }
        }
        Fact::Failed(failed) => {
            if let Some(step) = change.steps.get_mut(failed.step) {
                step.settled = Some(record);
                let what = match failed.took_effect {
                    Some(true) => "failed after it took effect",
                    Some(false) => "failed without effect",
                    None => "failed, and nobody knows whether it took effect",
                };
                step.outcome = format!("{what}: {}", super::typed(&failed.reason));
            }
        }
        Fact::Closed(closed) => change.note = closed.note,
        Fact::Planned(_) | Fact::CodeSent(_) | Fact::Activated(_) | Fact::ActivationFailed(_) => {}
    }
}

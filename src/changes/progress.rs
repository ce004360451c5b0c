//! How far a changeset has come: a fold over what the ledger was told of it.

use super::fact::{ChangesetClosed, ChangesetPlanned, Ending, Fact, StepFailed, Undo};
use crate::domain::ids::Arn;
use std::{collections::BTreeSet, sync::Arc};

/// A changeset and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What was consented to.
    pub planned: Arc<ChangesetPlanned>,
    /// How far each step has come, in the order of the steps.
    pub steps: Vec<StepProgress>,
    /// Whether somebody has begun to take it back: from then on it only goes back.
    pub is_rolling_back: bool,
    /// The devices that a code was sent to and that were not activated since.
    pub codes: BTreeSet<Arn>,
    /// How it ended, when it did.
    pub closed: Option<ChangesetClosed>,
}

/// How far one step has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepProgress {
    /// What is known of it.
    pub state: StepState,
    /// Why it last failed, in words.
    pub reason: Option<String>,
}

/// What is known of one step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum StepState {
    /// It has not had any effect.
    #[default]
    Waiting,
    /// It was about to be sent, and nobody knows whether it took effect.
    Uncertain {
        /// The digest of what was read just before.
        state: String,
    },
    /// It was seen to have worked.
    Done,
    /// It was about to be taken back, and nobody knows whether it was.
    BackUncertain {
        /// The digest of what was read just before.
        state: String,
    },
    /// It was seen to be taken back.
    RolledBack,
}

impl Progress {
    /// Returns a changeset of which nothing has been done.
    pub fn new(planned: Arc<ChangesetPlanned>) -> Self {
        Self {
            steps: vec![StepProgress::default(); planned.steps.len()],
            planned,
            is_rolling_back: false,
            codes: BTreeSet::new(),
            closed: None,
        }
    }

    /// Takes note of what happened to it. What is about another changeset, or about a step that it does not have, changes
    /// nothing.
    pub fn add(&mut self, fact: &Fact) {
        if fact.changeset() != self.planned.changeset {
            return;
        }
        match fact {
            Fact::Planned(_) | Fact::ActivationFailed(_) => {}
            Fact::Intended(intended) => {
                self.is_rolling_back |= intended.is_roll_back;
                let state = intended.state.clone();
                self.settle(
                    intended.step,
                    if intended.is_roll_back {
                        StepState::BackUncertain { state }
                    } else {
                        StepState::Uncertain { state }
                    },
                );
            }
            Fact::Done(done) => {
                self.is_rolling_back |= done.is_roll_back;
                self.settle(
                    done.step,
                    if done.is_roll_back {
                        StepState::RolledBack
                    } else {
                        StepState::Done
                    },
                );
            }
            Fact::Failed(failed) => self.fail(failed),
            Fact::Closed(closed) => self.closed = Some(closed.clone()),
            Fact::CodeSent(sent) => {
                self.codes.insert(sent.channel.clone());
            }
            Fact::Activated(activated) => {
                self.codes.remove(&activated.channel);
            }
        }
    }

    fn settle(&mut self, step: usize, state: StepState) {
        if let Some(known) = self.steps.get_mut(step) {
            *known = StepProgress { state, reason: None };
        }
    }

    fn fail(&mut self, failed: &StepFailed) {
        self.is_rolling_back |= failed.is_roll_back;
        let Some(known) = self.steps.get_mut(failed.step) else {
            return;
        };
        known.reason = Some(failed.reason.clone());
        // Without knowing whether it took effect, it stays what it was: uncertain where it was sent.
        if failed.took_effect == Some(false) {
            known.state = if failed.is_roll_back {
                StepState::Done
            } else {
                StepState::Waiting
            };
        }
    }

    /// Returns whether it was begun and not ended.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Returns the places of the steps that were seen to have worked, and are not taken back.
    pub fn done(&self) -> Vec<usize> {
        self.places(|state| matches!(state, StepState::Done))
    }

    /// Returns the places of the steps of which nobody knows whether they took effect.
    pub fn uncertain(&self) -> Vec<usize> {
        self.places(|state| matches!(state, StepState::Uncertain { .. } | StepState::BackUncertain { .. }))
    }

    /// Returns the places of the steps that have no effect: not begun, refused, or taken back.
    pub fn without_effect(&self) -> Vec<usize> {
        self.places(|state| matches!(state, StepState::Waiting | StepState::RolledBack))
    }

    /// Returns the places of the steps that worked and that a roll back leaves as they are.
    pub fn left_by_roll_back(&self) -> Vec<usize> {
        let irreversible = self.planned.irreversible();
        self.places(|state| matches!(state, StepState::Done | StepState::Uncertain { .. }))
            .into_iter()
            .filter(|place| irreversible.contains(place))
            .collect()
    }

    /// Returns what closes it as it is, for the reason that the operator gave.
    pub fn abandoned(&self, note: String) -> Fact {
        self.closing(Ending::Abandoned, Some(note))
    }

    pub(super) fn closing(&self, ending: Ending, note: Option<String>) -> Fact {
        Fact::Closed(ChangesetClosed {
            changeset: self.planned.changeset.clone(),
            ending,
            note,
        })
    }

    fn places(&self, is_meant: impl Fn(&StepState) -> bool) -> Vec<usize> {
        let steps = self.steps.iter().enumerate();
        steps
            .filter(|(_, step)| is_meant(&step.state))
            .map(|(place, _)| place)
            .collect()
    }
}

impl Undo {
    /// Returns the words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reversible => "can be taken back",
            Self::NeedsPerson => "can be taken back only with a code from the person",
            Self::Irreversible => "cannot be taken back",
        }
    }
}

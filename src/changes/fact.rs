//! What the ledger is told of a changeset, as plain data.
//!
//! There is no code and no whole address in any of it: [`Address`] leaves only its mask and its fingerprint behind. What is
//! left to do after a restart is a fold over these facts, in [`progress`](super::progress).

use super::{Write, removal::Removal};
use crate::domain::{address::Address, ids::Arn};
use serde::{Deserialize, Serialize};

/// One thing that happened to a changeset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Somebody consented to a list of writes.
    Planned(ChangesetPlanned),
    /// A write is about to be sent.
    Intended(StepIntended),
    /// A write was seen to have worked.
    Done(StepDone),
    /// A write did not work, or nobody knows whether it did.
    Failed(StepFailed),
    /// No more writes will be sent.
    Closed(ChangesetClosed),
    /// A code was sent to a device.
    CodeSent(CodeSent),
    /// A device was read as active after its code was entered.
    Activated(Activated),
    /// The service did not take the code, or the device was not active afterwards.
    ActivationFailed(ActivationFailed),
}

impl Fact {
    /// Returns the name of the changeset that it is about.
    pub fn changeset(&self) -> &str {
        match self {
            Self::Planned(data) => &data.changeset,
            Self::Intended(data) => &data.changeset,
            Self::Done(data) => &data.changeset,
            Self::Failed(data) => &data.changeset,
            Self::Closed(data) => &data.changeset,
            Self::CodeSent(data) => &data.changeset,
            Self::Activated(data) => &data.changeset,
            Self::ActivationFailed(data) => &data.changeset,
        }
    }
}

/// The data of [`Fact::CodeSent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSent {
    /// The device.
    pub channel: Arn,
    /// Its mask and fingerprint.
    pub address: Address,
    /// The changeset that sent it.
    pub changeset: String,
}

/// The data of [`Fact::Activated`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activated {
    /// The device.
    pub channel: Arn,
    /// The person it belongs to.
    pub contact: Arn,
    /// Its mask and fingerprint.
    pub address: Address,
    /// The changeset that activated it.
    pub changeset: String,
}

/// The data of [`Fact::ActivationFailed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationFailed {
    /// The device.
    pub channel: Arn,
    /// The changeset that tried to.
    pub changeset: String,
    /// Why, in the service's words where it gave any.
    pub reason: String,
}

/// How far a write can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// By another write.
    Reversible,
    /// Only together with the person, who has to enter a code again.
    NeedsPerson,
    /// Not at all.
    Irreversible,
}

/// A write as it was consented to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// The call.
    pub write: Write,
    /// What it changes, before and after, in words.
    pub words: String,
    /// The digest of the state that the operator saw, which must still be there.
    pub before: String,
    /// The digest of the state that shows that it worked; absent for a code that is sent,
    /// of which the account shows nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How far it can be taken back.
    pub undo: Undo,
    /// The writes that take it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inverse: Vec<Write>,
}

/// The data of [`Fact::Planned`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesetPlanned {
    /// The changeset's name.
    pub changeset: String,
    /// What it is for, in one sentence.
    pub title: String,
    /// The review whose decision it carries out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// The rows of the review, or else of the account, that it is about.
    pub subjects: Vec<Arn>,
    /// The steps in their order.
    pub steps: Vec<PlannedStep>,
    /// The digest of the steps that the operator saw and consented to.
    pub digest: String,
    /// The guards that stopped it, and how they were answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// Where it takes people out: whom and how, so that it can be planned anew and be proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removal: Option<Removal>,
}

/// A guard that was answered in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the guard said.
    pub guard: String,
    /// What the operator answered.
    pub answer: String,
}

/// The data of [`Fact::Intended`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepIntended {
    /// The changeset.
    pub changeset: String,
    /// The step's place in it, from 0; in a roll back, the place of the step that is taken back.
    pub step: usize,
    /// Whether the write takes the step back.
    #[serde(default)]
    pub is_roll_back: bool,
    /// The digest of what was read just before.
    pub state: String,
}

/// The data of [`Fact::Done`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// The changeset.
    pub changeset: String,
    /// The step's place in it.
    pub step: usize,
    /// Whether the write took the step back.
    #[serde(default)]
    pub is_roll_back: bool,
    /// The digest of what was read just after.
    pub state: String,
    /// The service's id of the request; absent where an earlier run had sent it, and where nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether nothing was sent, because it was so already: another client had done it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_found: bool,
}

/// The data of [`Fact::Failed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFailed {
    /// The changeset.
    pub changeset: String,
    /// The step's place in it.
    pub step: usize,
    /// Whether the write was to take the step back.
    #[serde(default)]
    pub is_roll_back: bool,
    /// Whether the write took effect: absent means that nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_effect: Option<bool>,
    /// Why it failed.
    pub reason: String,
}

/// How a changeset ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every step was seen to have worked.
    Done,
    /// Every step that had worked was taken back.
    RolledBack,
    /// Somebody left it as it was, and said why.
    Abandoned,
}

/// The data of [`Fact::Closed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesetClosed {
    /// The changeset.
    pub changeset: String,
    /// How it ended.
    pub ending: Ending,
    /// What the operator, or the proof afterwards, says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

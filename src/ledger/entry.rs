//! What a line of the ledger says: a closed list of kinds, each with its data.
//!
//! There is no code and no whole address in any of them: [`Address`] leaves only its mask and its fingerprint behind.

pub use crate::changes::fact::{
    Activated, ActivationFailed, Answer, ChangesetClosed, ChangesetPlanned, CodeSent, Ending, PlannedStep, StepDone,
    StepFailed, StepIntended, Undo,
};

use crate::{
    changes::fact::Fact,
    domain::{Timestamp, address::Address, contact::ActivationStatus, ids::Arn, inventory::Read},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

macro_rules! entries {
    ($($(#[$doc:meta])* $kind:ident($data:ident) = $word:literal;)*) => {
        /// One thing that happened.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "data", rename_all = "snake_case")]
        pub enum Entry { $($(#[$doc])* $kind($data),)* }

        impl Entry {
            /// Every kind, as the ledger spells it.
            pub const KINDS: &[&str] = &[$($word,)*];

            /// Returns the kind, as the ledger spells it.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$kind(_) => $word,)* }
            }
        }
    };
}

entries! {
    /// The program began to work on the scope.
    SessionOpened(SessionOpened) = "session_opened";
    /// The account was read for a review; its rows lie in a file of their own, named by the digest.
    Population(Population) = "population";
    /// Somebody decided to live with a finding until a day.
    FindingWaived(FindingWaived) = "finding_waived";
    /// Somebody made sure that a device is the right person's.
    DeviceConfirmed(DeviceConfirmed) = "device_confirmed";
    /// Somebody tried to, and what the person read out did not agree.
    DeviceNotConfirmed(DeviceNotConfirmed) = "device_not_confirmed";
    /// A whole address was shown on the screen.
    AddressRevealed(AddressRevealed) = "address_revealed";
    /// Somebody began to activate many devices, one after the other.
    RoundBegun(RoundBegun) = "round_begun";
    /// A device of such a round was left for later.
    DeviceSkipped(DeviceSkipped) = "device_skipped";
    /// A code was sent to a device.
    CodeSent(CodeSent) = "code_sent";
    /// A device was read as active after its code was entered.
    Activated(Activated) = "activated";
    /// The service did not take the code, or the device was not active afterwards.
    ActivationFailed(ActivationFailed) = "activation_failed";
    /// Somebody consented to a list of writes.
    ChangesetPlanned(ChangesetPlanned) = "changeset_planned";
    /// A write is about to be sent.
    StepIntended(StepIntended) = "step_intended";
    /// A write was seen to have worked.
    StepDone(StepDone) = "step_done";
    /// A write did not work, or nobody knows whether it did.
    StepFailed(StepFailed) = "step_failed";
    /// No more writes of a changeset will be sent.
    ChangesetClosed(ChangesetClosed) = "changeset_closed";
    /// A review began.
    ReviewOpened(ReviewOpened) = "review_opened";
    /// A row of a review was decided.
    Decision(Decision) = "decision";
    /// A review ended, or a second reviewer agreed to it.
    SignOff(SignOff) = "sign_off";
    /// Evidence was written to a folder.
    Exported(Exported) = "exported";
    /// Somebody wrote something down.
    Note(Note) = "note";
    /// An incomplete last line was set aside.
    TornLine(TornLine) = "torn_line";
}

impl From<Fact> for Entry {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::Planned(data) => Self::ChangesetPlanned(data),
            Fact::Intended(data) => Self::StepIntended(data),
            Fact::Done(data) => Self::StepDone(data),
            Fact::Failed(data) => Self::StepFailed(data),
            Fact::Closed(data) => Self::ChangesetClosed(data),
            Fact::CodeSent(data) => Self::CodeSent(data),
            Fact::Activated(data) => Self::Activated(data),
            Fact::ActivationFailed(data) => Self::ActivationFailed(data),
        }
    }
}

impl Entry {
    /// Returns the address of the device that the entry is about, to give it its fingerprint: only the store has the key.
    pub fn address_mut(&mut self) -> Option<&mut Address> {
        match self {
            Self::DeviceConfirmed(data) => Some(&mut data.address),
            Self::DeviceNotConfirmed(data) => Some(&mut data.address),
            Self::CodeSent(data) => Some(&mut data.address),
            Self::Activated(data) => Some(&mut data.address),
            Self::SessionOpened(_)
            | Self::Population(_)
            | Self::FindingWaived(_)
            | Self::AddressRevealed(_)
            | Self::RoundBegun(_)
            | Self::DeviceSkipped(_)
            | Self::ActivationFailed(_)
            | Self::ChangesetPlanned(_)
            | Self::StepIntended(_)
            | Self::StepDone(_)
            | Self::StepFailed(_)
            | Self::ChangesetClosed(_)
            | Self::ReviewOpened(_)
            | Self::Decision(_)
            | Self::SignOff(_)
            | Self::Exported(_)
            | Self::Note(_)
            | Self::TornLine(_) => None,
        }
    }

    /// Returns what the entry says of a changeset, when it is about one.
    pub fn into_fact(self) -> Option<Fact> {
        match self {
            Self::ChangesetPlanned(data) => Some(Fact::Planned(data)),
            Self::StepIntended(data) => Some(Fact::Intended(data)),
            Self::StepDone(data) => Some(Fact::Done(data)),
            Self::StepFailed(data) => Some(Fact::Failed(data)),
            Self::ChangesetClosed(data) => Some(Fact::Closed(data)),
            Self::CodeSent(data) => Some(Fact::CodeSent(data)),
            Self::Activated(data) => Some(Fact::Activated(data)),
            Self::ActivationFailed(data) => Some(Fact::ActivationFailed(data)),
            Self::SessionOpened(_)
            | Self::Population(_)
            | Self::FindingWaived(_)
            | Self::DeviceConfirmed(_)
            | Self::DeviceNotConfirmed(_)
            | Self::AddressRevealed(_)
            | Self::RoundBegun(_)
            | Self::DeviceSkipped(_)
            | Self::ReviewOpened(_)
            | Self::Decision(_)
            | Self::SignOff(_)
            | Self::Exported(_)
            | Self::Note(_)
            | Self::TornLine(_) => None,
        }
    }
}

/// The data of [`Entry::SessionOpened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    /// How the program was started, such as `desk` or `ledger export`.
    pub command: String,
}

/// The data of [`Entry::Population`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// The review that it was read for.
    pub review: String,
    /// When the reading began and ended.
    pub started_at: Timestamp,
    /// When the reading ended.
    pub ended_at: Timestamp,
    /// How many rows there are, by their kind.
    pub counts: BTreeMap<String, usize>,
    /// The reads that made it.
    pub reads: Vec<Arc<Read>>,
    /// What could not be read, one sentence each; empty means complete.
    pub unknown: Vec<String>,
    /// The digest of the rows, which names the file that holds them.
    pub digest: String,
    /// The digest of what the checks said of the same reading, which names the file that holds it; absent where it was not
    /// kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<String>,
}

/// The data of [`Entry::FindingWaived`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingWaived {
    /// The code of the check.
    pub code: String,
    /// The subject, by its ARN or its name.
    pub subject: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it may stay as it is.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: NaiveDate,
    /// The fingerprint of the facts it was given for.
    pub facts: String,
}

/// How somebody made sure who has a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Face to face.
    InPerson,
    /// On a video call.
    Video,
    /// By calling back the number that the roster has.
    CallBack,
    /// Through a ticket, whose number is noted.
    Ticket,
    /// It is the operator's own device; somebody else has to vouch for it.
    Own,
}

/// The data of [`Entry::DeviceConfirmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceConfirmed {
    /// The device.
    pub channel: Arn,
    /// The person it belongs to.
    pub contact: Arn,
    /// Its mask and fingerprint.
    pub address: Address,
    /// How the person's identity was made sure.
    pub method: Method,
    /// Who did, by name.
    pub confirmed_by: String,
    /// The number of the ticket, or who vouched for one's own device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What the service said about the device then.
    pub status: ActivationStatus,
    /// The review in which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
}

/// The data of [`Entry::DeviceNotConfirmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceNotConfirmed {
    /// The device.
    pub channel: Arn,
    /// The person it belongs to.
    pub contact: Arn,
    /// Its mask and fingerprint.
    pub address: Address,
    /// How many times what was read out did not agree.
    pub mismatches: u32,
    /// Why it ended.
    pub reason: String,
}

/// The data of [`Entry::AddressRevealed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRevealed {
    /// The device.
    pub channel: Arn,
}

/// The data of [`Entry::RoundBegun`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundBegun {
    /// The devices, in the order in which it was meant to come to them.
    pub channels: Vec<Arn>,
}

/// The data of [`Entry::DeviceSkipped`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSkipped {
    /// The device.
    pub channel: Arn,
}

/// What a review is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "of", content = "which", rename_all = "snake_case")]
pub enum ReviewScope {
    /// Everything in the account.
    #[default]
    All,
    /// Contacts whose alias has this pattern with `*`, and what names them.
    Alias(String),
    /// What carries this value in its `team` tag.
    Team(String),
    /// A plan and everybody it reaches.
    Plan(Arn),
}

/// The data of [`Entry::ReviewOpened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewOpened {
    /// Its name, such as `2026-Q4`.
    pub review: String,
    /// What it is about.
    pub scope: ReviewScope,
    /// The last day for the sign-off.
    pub due: NaiveDate,
    /// The policy in force, as it is written in a file.
    pub policy: String,
    /// The digest of its population.
    pub population: String,
    /// Whether it is one in between, such as for a single person: the next regular one stays due as before.
    #[serde(default)]
    pub is_off_cycle: bool,
}

/// What is decided about one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is right, and stays.
    Keep,
    /// It has to be mended, by a changeset.
    Fix,
    /// It has to go, by a changeset.
    Remove,
    /// It may stay as it is for a reason, until a day.
    Waive,
    /// Somebody else has to decide.
    Escalate,
    /// An earlier decision is taken back.
    Undecided,
}

impl Verdict {
    /// Returns its word, as the ledger spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Fix => "fix",
            Self::Remove => "remove",
            Self::Waive => "waive",
            Self::Escalate => "escalate",
            Self::Undecided => "undecided",
        }
    }

    /// Returns whether a changeset has to carry it out.
    pub fn needs_changeset(self) -> bool {
        match self {
            Self::Fix | Self::Remove => true,
            Self::Keep | Self::Waive | Self::Escalate | Self::Undecided => false,
        }
    }
}

/// The data of [`Entry::Decision`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The review.
    pub review: String,
    /// The row.
    pub subject: Arn,
    /// The digest of the row that was looked at.
    pub row: String,
    /// What is decided.
    pub verdict: Verdict,
    /// Why; always there where it is not to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many rows were decided together; absent for a single one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<usize>,
    /// Seconds that the row was looked at.
    pub seconds: u64,
    /// The last day of a waiver, or of the time to carry it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// The data of [`Entry::SignOff`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The review.
    pub review: String,
    /// The name that the reviewer typed.
    pub name: String,
    /// Whether it is the second reviewer's.
    #[serde(default)]
    pub is_co_sign: bool,
    /// The digest of the population as it was read again just before.
    pub population: String,
    /// The head of the ledger that is signed: the hash of the record before this one.
    pub head: String,
    /// The summary that was shown, line by line; the first one says when the population is incomplete.
    pub summary: Vec<String>,
    /// What could not be read, each with the explanation that was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Answer>,
    /// The signature of `head` by `ssh-keygen -Y sign`, namespace `callsheet`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// A signature by an SSH key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who signed, as the file of allowed signers names them.
    pub principal: String,
    /// The armoured signature.
    pub text: String,
}

/// The data of [`Entry::Exported`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The review.
    pub review: String,
    /// The folder, as it was given.
    pub folder: String,
    /// The SHA-256 of each file by its name.
    pub files: BTreeMap<String, String>,
}

/// The data of [`Entry::Note`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The review, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// What it is about, when it is about one thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Arn>,
    /// What was written.
    pub text: String,
}

/// The data of [`Entry::TornLine`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TornLine {
    /// How many bytes were set aside.
    pub bytes: usize,
    /// Their SHA-256.
    pub digest: String,
    /// The file beside the ledger that holds them.
    pub kept_in: String,
}

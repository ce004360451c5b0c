//! What a run asks for, what it is told, and how it ends.

use crate::{
    changes::{
        Write,
        fact::{ChangesetPlanned, Fact},
        outcome::NotSentKind,
    },
    domain::{ids::Arn, inventory::Inventory},
};

/// Which way a changeset is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To its end.
    Forward,
    /// Back to what was there before.
    Back,
}

/// What has to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// Write this into the ledger, all or nothing.
    Record(Vec<Fact>),
    /// Read this subject of the account afresh.
    Read {
        /// What to read: a device, a contact, a rotation or a response plan.
        subject: Arn,
        /// How often it was read already since it was changed; wait a little where it was.
        looks: u8,
    },
    /// Send this write, once.
    Send {
        /// The place of the step in the changeset.
        step: usize,
        /// The call.
        write: Write,
        /// Whether the code that was entered goes with it.
        needs_code: bool,
    },
    /// Ask for the code that the device has received.
    NeedsCode {
        /// The place of the step in the changeset.
        step: usize,
        /// The device.
        channel: Arn,
        /// What is the matter with the code before, or with sending one, when something is.
        problem: Option<String>,
    },
    /// Nothing: it has ended.
    Ended(Outcome),
}

/// What came of what was to be done.
#[derive(Debug, Clone, Copy)]
pub enum Heard<'a> {
    /// Everything was recorded.
    Recorded,
    /// Nothing was recorded, and why.
    NotRecorded(&'a str),
    /// What was read. Addresses have their fingerprints.
    Read(&'a Inventory),
    /// It could not be read, and why.
    NotRead(&'a str),
    /// The service has taken the write.
    Sent {
        /// The service's id of the request.
        request_id: Option<&'a str>,
    },
    /// The service has not taken the write, or nobody knows.
    NotSent {
        /// What stood against it.
        kind: &'a NotSentKind,
        /// Whether it took effect all the same; absent where nobody knows.
        took_effect: Option<bool>,
        /// Why, in the service's words where it gave any.
        reason: &'a str,
        /// Whether another code may help.
        is_about_code: bool,
    },
    /// The operator has entered a code, which waits to be sent.
    CodeGiven,
    /// The operator wants a new code to be sent to the device.
    NewCodeWanted,
    /// The operator wants to stop here. What is being sent is seen to its end.
    Stop,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every step was seen to have worked.
    Done,
    /// Every step that had worked was taken back, but for those that cannot be.
    RolledBack {
        /// The places of the steps that are left as they are.
        left: Vec<usize>,
    },
    /// Somebody had closed it before.
    Closed,
    /// It stopped before its end.
    Stopped(Stop),
}

/// Where a run stopped, with exactly what is done and what is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Why.
    pub why: Why,
    /// The place of the step at which it stopped.
    pub step: usize,
    /// What stood against the write, where it was sent and not taken, or nobody knows whether it was: what can be done about
    /// it follows from that.
    pub against: Option<NotSentKind>,
    /// What happened, in one sentence without a full stop.
    pub sentence: String,
    /// The places of the steps that have worked and are not taken back.
    pub done: Vec<usize>,
    /// The places of the steps of which nobody knows whether they took effect.
    pub uncertain: Vec<usize>,
    /// The places of the steps that have no effect.
    pub without_effect: Vec<usize>,
}

/// Why a run stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// What is there is not what the operator saw.
    Changed,
    /// What is there could not be read.
    NotRead,
    /// The ledger could not be written.
    NotRecorded,
    /// The service has refused the write, or it had no effect.
    Refused,
    /// Nobody knows whether the write took effect.
    Uncertain,
    /// The whole address is not there any more, because the changeset was planned by an earlier run.
    AddressGone,
    /// The operator has stopped it.
    Operator,
}

impl Stop {
    /// Returns exactly what is done and what is not, a line for each step.
    pub fn lines(&self, planned: &ChangesetPlanned) -> Vec<String> {
        let told = planned.steps.iter().enumerate().map(|(place, step)| {
            let sign = if self.done.contains(&place) {
                "done"
            } else if self.uncertain.contains(&place) {
                "not known whether it took effect"
            } else {
                "without effect"
            };
            format!("{}. {}: {sign}", place + 1, step.words)
        });
        let mut lines = vec![format!("Stopped at step {}: {}", self.step + 1, self.sentence)];
        lines.extend(told);
        lines
    }
}

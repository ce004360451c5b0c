//! What came of a write, and of the reads around it, in words that the core can hold.

use crate::{
    domain::{call::Call, engagement::Engagement, ids::Arn, inventory::Inventory, schedule::Shift},
    failure::Failure,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A write that the service took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// Every attempt, oldest first: those that were throttled, and the one that was taken.
    pub calls: Vec<Call>,
    /// What was made. Absent where nothing is, and where the answer does not say what: then it has to be looked for.
    pub created: Option<Created>,
}

/// What a write has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Created {
    /// A contact.
    Contact(Arn),
    /// A device.
    Channel(Arn),
    /// An override, by its id.
    Override(String),
}

/// A write that the service did not take, or of which nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSent {
    /// What stood against it.
    pub kind: NotSentKind,
    /// The same as one sentence without a full stop, with the service's own words. Neutral, and without any address or code.
    pub reason: String,
    /// `Some(false)` where nothing was changed for sure; absent where nobody knows, and the account has to be read again.
    pub took_effect: Option<bool>,
    /// The service's id of the last attempt.
    pub request_id: Option<String>,
    /// Every attempt, oldest first; none where the write was not worth sending.
    pub calls: Vec<Call>,
}

/// What stands against a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotSentKind {
    /// The caller's policy does not allow it.
    Denied {
        /// The permission that is missing, such as `ssm-contacts:AssociateContact`.
        permission: String,
    },
    /// The service finds something wrong with the request, such as a code that is wrong or has expired.
    Validation,
    /// What it is about is not there.
    NotFound,
    /// Something else stands in its way.
    Conflict {
        /// What the service says depends on it; the service may cut each list at 25.
        dependents: Vec<Dependent>,
    },
    /// A quota on the number of things is used up.
    Quota,
    /// The account's encryption key cannot be used.
    Encryption,
    /// The service still asks to slow down.
    Throttled,
    /// No answer came in time.
    TimedOut,
    /// The service could not be reached, or the connection broke.
    Unreachable,
    /// Nobody is signed in, or the sign-in is refused.
    Credentials,
    /// It was never sent, because it does not say all that has to be sent: an address of which only the mask is known, a
    /// code that nobody gave, a plan that holds what its contact cannot have.
    Unsendable,
    /// Anything else, such as an error of the service itself.
    Other,
}

/// Things that depend on what a write would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependent {
    /// The service's word for what they are to it.
    pub relation: String,
    /// Their ids, mostly ARNs.
    pub resources: Vec<String>,
}

impl fmt::Display for NotSent {
    /// Writes the reason.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)
    }
}

/// One subject of a write, read again.
///
/// What a write may change is complete in it: of a contact its plan and devices; of a rotation its members, recurrence,
/// overrides and shifts; of a response plan its engagements. Tags may be unknown, and then their gap is in the inventory.
/// With whom something is shared is not asked, since no write changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Whether the subject is there. Where it is a device, that is told by the list of its person's devices.
    pub is_there: bool,
    /// The one row: that of the subject, or of the person whose device it is. Empty where that is gone.
    pub inventory: Inventory,
    /// The requests that were made, oldest first.
    pub calls: Vec<Call>,
}

/// The shifts that a rotation would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previewed {
    /// All of them in the window.
    pub shifts: Vec<Shift>,
    /// The requests that were made, oldest first.
    pub calls: Vec<Call>,
}

/// What was begun in a window, by an incident or by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engaged {
    /// All that began in it.
    pub engagements: Vec<Engagement>,
    /// The requests that were made, oldest first.
    pub calls: Vec<Call>,
}

/// A question around a write that has no complete answer. No part of one is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Why, with the missing permission where that is the reason.
    pub failure: Failure,
    /// The requests that were made, oldest first.
    pub calls: Vec<Call>,
}

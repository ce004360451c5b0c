//! What the ledger remembers, as far as checks look at it: plain data that somebody hands over.
//!
//! The ledger is folded elsewhere, so that checks know no records. Where no ledger was read there is none of this, and the
//! checks that need it are not asked. A ledger in which nothing is written yet is another thing: nobody ever signed or
//! confirmed anything, and that is what they say.

use crate::domain::{
    Timestamp,
    address::Address,
    contact::ActivationStatus,
    ids::{Arn, ByArn},
};
use chrono::NaiveDate;
use std::collections::HashMap;

/// What the ledger remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// What was done about each device.
    pub devices: ByArn<DeviceRecord>,
    /// The devices as they were when they were signed last.
    pub signed: ByArn<SignedDevice>,
    /// Who had an address at any earlier sign-off, by its fingerprint: contacts and reviews, in the order of the sign-offs.
    pub holders: HashMap<String, Vec<Holder>>,
    /// Why it is not known of every sign-off what was signed; absent when it is.
    pub unread: Option<String>,
    /// The last decision about each row.
    pub decisions: ByArn<RowDecision>,
    /// The reviews that are open, in the order in which they were opened.
    pub open: Vec<ReviewRecord>,
    /// The regular review that was signed off last.
    pub last_signed: Option<ReviewRecord>,
    /// What is wrong with the ledger itself; absent when it is whole.
    pub broken: Option<String>,
}

/// What was done about one device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceRecord {
    /// The last time that somebody made sure whose it is, or that its code came back.
    pub confirmed: Option<Confirmation>,
    /// When a code was sent after which the device never became active.
    pub code_sent_at: Option<Timestamp>,
    /// When we switched it off ourselves the last time.
    pub switched_off_at: Option<Timestamp>,
}

/// That somebody made sure whose a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// When.
    pub at: Timestamp,
    /// Its mask and fingerprint then.
    pub address: Address,
    /// How, in words.
    pub method: String,
    /// Who did.
    pub by: String,
}

/// A device as it was when it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDevice {
    /// When.
    pub at: Timestamp,
    /// The review.
    pub review: String,
    /// Whether the service paged it.
    pub status: ActivationStatus,
}

/// Who had an address when it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The contact.
    pub contact: Arn,
    /// The review.
    pub review: String,
}

/// The last decision about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDecision {
    /// The review.
    pub review: String,
    /// What was decided, as one word.
    pub verdict: &'static str,
    /// When.
    pub decided_on: NaiveDate,
    /// The last day for carrying it out, where one was named.
    pub until: Option<NaiveDate>,
    /// Whether something is to be carried out, and is not yet.
    pub is_undone: bool,
    /// The names that tell who decided.
    pub names: Vec<String>,
}

/// How one review went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRecord {
    /// Its name.
    pub name: String,
    /// The last day for the sign-off.
    pub due: NaiveDate,
    /// Whether it is one in between.
    pub is_off_cycle: bool,
    /// How many rows it has, and how many of them nobody has decided about; absent when its population is not at hand.
    pub rows: Option<Rows>,
    /// How many rows were decided together with others.
    pub bulk: usize,
    /// The seconds that each row took that was decided by itself.
    pub seconds: Vec<u64>,
    /// When it was signed off.
    pub signed_at: Option<Timestamp>,
    /// When the reading of the population ended that was signed; absent when the ledger does not say.
    pub read_at: Option<Timestamp>,
}

/// How many rows a review has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// All of them.
    pub all: usize,
    /// Those that nobody has decided about.
    pub undecided: usize,
}

//! What a load reports while it runs.

use super::{Timestamp, call::Call, inventory::Part, operation::RateClass};

/// One thing that a load reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadEvent {
    /// Settings and credentials were found; the first request is about to be sent.
    Connected(Connected),
    /// A piece of the inventory.
    Part(Part),
    /// A request that was made, for the call log.
    Call(Call),
    /// How far the load has come.
    Progress(Progress),
    /// The service throttled a class of operations, which now goes at this rate.
    Slowed {
        /// The class.
        class: RateClass,
        /// Its rate from now on, in thousandths of a request per second.
        millirequests_per_second: u32,
    },
}

/// What the usual AWS settings came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// The profile in use, when one was named anywhere.
    pub profile: Option<String>,
    /// The Region.
    pub region: String,
    /// The endpoint, when it is not AWS's own.
    pub endpoint: Option<String>,
    /// When the credentials end, where they do.
    pub credentials_end_at: Option<Timestamp>,
}

/// How far a load has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Requests answered, for better or worse.
    pub answered: usize,
    /// Requests that are known to be needed; grows while lists are read.
    pub expected: usize,
    /// Seconds until the end at the rates now in force; absent while the lists are still being read.
    pub seconds_left: Option<u64>,
}

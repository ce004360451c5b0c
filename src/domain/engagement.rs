//! Pages that were begun, as the service lists them. Whom one has reached it does not tell.

use super::{Timestamp, ids::Arn};

/// One run of paging, begun by an incident or by hand (`ListEngagements`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// The contact, plan or schedule that is engaged.
    pub contact: Arn,
    /// When it began, where that is known.
    pub started_at: Option<Timestamp>,
    /// When it ended; absent while it is running.
    pub stopped_at: Option<Timestamp>,
    /// Whether an incident began it, and not somebody by hand.
    pub is_of_incident: bool,
}

impl Engagement {
    /// Returns whether it has not ended.
    pub fn is_running(&self) -> bool {
        self.stopped_at.is_none()
    }
}

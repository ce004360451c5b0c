//! What an account is judged by, besides what was read of it.

use super::{policy::Policy, recorded::Recorded, waiver::Waiver};
use crate::domain::{roster::Roster, schedule::ResolveSchedules};
use std::sync::Arc;

/// What the owners have decided, who works here, and what somebody lives with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judging {
    /// What the owners have decided.
    pub policy: Policy,
    /// Who works here, when somebody gave a roster.
    pub roster: Option<Roster>,
    /// What somebody has decided to live with.
    pub waivers: Vec<Waiver>,
    /// What the ledger remembers, when one was read.
    pub recorded: Option<Arc<Recorded>>,
    /// When schedules are taken to be resolved.
    pub resolve_schedules: ResolveSchedules,
}

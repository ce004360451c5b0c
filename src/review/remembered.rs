//! A record of the ledger, as far as reviews need it.

use crate::{domain::Timestamp, ledger::Entry};
use std::sync::Arc;

/// One record: what it says, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Where it stands.
    pub mark: Mark,
    /// Its hash.
    pub hash: String,
    /// What it says.
    pub entry: Entry,
}

/// Where a record stands, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its number in the ledger.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: Arc<Who>,
}

/// Who wrote a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Who {
    /// The ARN of the caller.
    pub caller: String,
    /// The user of the machine.
    pub user: String,
    /// The name of the machine.
    pub host: String,
}

impl Who {
    /// Returns the names that tell which person it is: that of the session or the user of AWS, and that of the machine's user.
    pub fn names(&self) -> Vec<&str> {
        let session = self.caller.rsplit('/').next().unwrap_or_default();
        let mut names: Vec<&str> = [session, &self.user]
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect();
        names.dedup();
        names
    }
}

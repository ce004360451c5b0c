//! A record of the ledger, as far as reviews need it.

use crate::{
    domain::Timestamp,
    ledger::{
        Entry,
        hash::RecordHash,
        record::{Actor, NotUnderstood, Record},
    },
};
use std::sync::Arc;

/// One record: what it says, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Where it stands.
    pub mark: Mark,
    /// Its hash.
    pub hash: RecordHash,
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
    pub by: Arc<Actor>,
}

impl Remembered {
    /// Returns what a record says to this version.
    pub fn of(record: &Record) -> Result<Self, NotUnderstood> {
        Ok(Self {
            mark: Mark {
                seq: record.seq,
                at: record.at,
                by: Arc::clone(&record.actor),
            },
            hash: record.hash,
            entry: record.entry()?,
        })
    }
}

impl Mark {
    /// Returns the names that tell which person wrote it: that of the session or the user of AWS, and that of the machine's
    /// user.
    pub fn names(&self) -> Vec<&str> {
        let session = self.by.caller.rsplit('/').next().unwrap_or_default();
        let mut names = vec![session, &self.by.user];
        names.retain(|name| !name.is_empty());
        names.dedup();
        names
    }
}

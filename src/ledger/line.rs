//! One line of a ledger, checked by itself: what it holds, and whether its hash is that of its bytes.

use super::{
    hash::RecordHash,
    record::{AFTER_HASH, Actor, BEFORE_HASH, Record, Tool, VERSION, parse_instant},
};
use crate::domain::{ids::Scope, text::neutral};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};

/// The longest line that is read or written. The longest records are those of a population with every read of a large
/// account, and they take a tenth of this.
pub const MAX_BYTES: usize = 16 << 20;

/// How much of a text from a file is repeated in a message.
const MAX_TOLD: usize = 80;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// Nothing stands in it.
    #[error("the line is empty")]
    Empty,
    /// It is longer than any record.
    #[error("the line is longer than the {MAX_BYTES} bytes that a record may have")]
    TooLong,
    /// It has the line end of another system.
    #[error("the line ends with a carriage return, so something has converted the line ends of the file")]
    CarriageReturn,
    /// There is no hash where one has to be.
    #[error("the line does not end with a hash")]
    NoHash,
    /// The hash is not that of the bytes before it.
    #[error("the hash of the line is not that of its bytes, so it was altered after it was written")]
    Altered,
    /// Its hash is right, and it is no record all the same.
    #[error("the line is no record of a ledger: {0}")]
    NoRecord(String),
    /// A version that this one does not know wrote it.
    #[error("the record has the form {0}, and this version of callsheet knows the form {VERSION} only")]
    Version(u64),
    /// It has the number of another place.
    #[error("record {found} stands where record {expected} belongs, so a record was left out, moved or repeated")]
    Order {
        /// Its number.
        found: u64,
        /// The number that belongs there.
        expected: u64,
    },
    /// It names another record as the one before it.
    #[error("it does not name the record before it, so one of the two was put there later")]
    Unlinked,
    /// It is about another account or Region.
    #[error("it is about {found}, and this ledger is about {expected}")]
    OtherScope {
        /// What it is about.
        found: String,
        /// What the ledger is about.
        expected: String,
    },
    /// The file does not hold any more what was read from it before.
    #[error("it was there when the ledger was read, and is there no more")]
    Gone,
}

impl Defect {
    /// Returns what to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Version(_) => "use the version of callsheet that wrote it, or a newer one",
            Self::OtherScope { .. } => {
                "put the ledger back where it belongs: each account and Region has a folder of its own"
            }
            Self::CarriageReturn => {
                "put the file back from a copy that nothing has converted, and keep it from being converted"
            }
            Self::Empty
            | Self::TooLong
            | Self::NoHash
            | Self::Altered
            | Self::NoRecord(_)
            | Self::Order { .. }
            | Self::Unlinked
            | Self::Gone => {
                "keep the file as evidence, find out who changed it, and put the ledger back from a copy that checks"
            }
        }
    }
}

/// A record as it stands in its line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    v: u64,
    seq: u64,
    #[serde(borrow)]
    at: Cow<'a, str>,
    prev: RecordHash,
    #[serde(borrow)]
    scope: &'a RawValue,
    #[serde(borrow)]
    actor: &'a RawValue,
    #[serde(borrow)]
    tool: &'a RawValue,
    kind: String,
    data: Box<RawValue>,
    hash: RecordHash,
}

/// What every form of a record begins with.
#[derive(Deserialize)]
struct Heading {
    v: u64,
}

/// A value that most records have in common with the one before, so that it is kept once.
#[derive(Debug, Clone)]
struct Shared<T>(Option<(Box<str>, Arc<T>)>);

// Written out, because the derived one asks the value for a default, too.
impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: for<'a> Deserialize<'a>> Shared<T> {
    fn read(&mut self, written: &RawValue) -> serde_json::Result<Arc<T>> {
        if let Some((text, value)) = &self.0
            && **text == *written.get()
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(serde_json::from_str(written.get())?);
        self.0 = Some((written.get().into(), Arc::clone(&value)));
        Ok(value)
    }
}

/// Reads lines one after another.
#[derive(Debug, Clone, Default)]
pub(super) struct LineReader {
    scope: Shared<Scope>,
    actor: Shared<Actor>,
    tool: Shared<Tool>,
}

impl LineReader {
    /// Returns the record that a line holds; the line comes without its end.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<Record, Defect> {
        let hash = checked_hash(line)?;
        self.parse(line, hash)
    }

    fn parse(&mut self, line: &[u8], hash: RecordHash) -> Result<Record, Defect> {
        let written: Written<'_> = serde_json::from_slice(line).map_err(|error| unreadable(line, &error))?;
        if written.v != VERSION {
            return Err(Defect::Version(written.v));
        }
        if written.hash != hash {
            return Err(Defect::NoHash);
        }
        let at = parse_instant(&written.at)
            .ok_or_else(|| no_record(&format!("“{}” is no time in UTC to the millisecond", written.at)))?;
        if !written.data.get().starts_with('{') {
            return Err(no_record("its data is no object"));
        }
        let invalid = |error: serde_json::Error| no_record(&error.to_string());
        Ok(Record {
            version: written.v,
            seq: written.seq,
            at,
            prev: written.prev,
            scope: self.scope.read(written.scope).map_err(invalid)?,
            actor: self.actor.read(written.actor).map_err(invalid)?,
            tool: self.tool.read(written.tool).map_err(invalid)?,
            kind: written.kind,
            data: written.data,
            hash,
        })
    }
}

/// Returns the hash at the end of a line, when it is that of the bytes before it.
fn checked_hash(line: &[u8]) -> Result<RecordHash, Defect> {
    if line.is_empty() {
        return Err(Defect::Empty);
    }
    if line.len() > MAX_BYTES {
        return Err(Defect::TooLong);
    }
    if line.ends_with(b"\r") {
        return Err(Defect::CarriageReturn);
    }
    let before_end = line.strip_suffix(AFTER_HASH).ok_or(Defect::NoHash)?;
    let (start, digits) = before_end
        .split_last_chunk::<{ RecordHash::DIGITS }>()
        .ok_or(Defect::NoHash)?;
    let hashed = start.strip_suffix(BEFORE_HASH).ok_or(Defect::NoHash)?;
    let hash = RecordHash::parse(digits).ok_or(Defect::NoHash)?;
    if RecordHash::of(hashed) == hash {
        Ok(hash)
    } else {
        Err(Defect::Altered)
    }
}

fn unreadable(line: &[u8], error: &serde_json::Error) -> Defect {
    match serde_json::from_slice::<Heading>(line) {
        Ok(Heading { v }) if v != VERSION => Defect::Version(v),
        _ => no_record(&error.to_string()),
    }
}

fn no_record(why: &str) -> Defect {
    Defect::NoRecord(neutral(why).chars().take(MAX_TOLD).collect())
}

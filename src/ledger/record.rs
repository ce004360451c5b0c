//! One record: what it holds, and the exact bytes of its line.

use super::{Entry, hash::RecordHash};
use crate::{
    domain::{Timestamp, ids::Scope, text::neutral},
    failure::{Failure, FailureKind},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use std::sync::Arc;

/// The form of the records that this version writes and reads.
pub const VERSION: u64 = 1;

/// What separates the bytes that are hashed from the hash itself.
pub(super) const BEFORE_HASH: &[u8] = b",\"hash\":\"";

/// What ends a line after the hash.
pub(super) const AFTER_HASH: &[u8] = b"\"}";

/// Who wrote a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The ARN that the account knows the caller by, from `sts:GetCallerIdentity`.
    pub caller: String,
    /// The user of the machine.
    pub user: String,
    /// The name of the machine.
    pub host: String,
}

/// The program that wrote a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// Returns this program.
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// One record of a ledger. The fields are in the order in which they are written.
///
/// Two records are equal when their hashes are, because the hash covers all the rest.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    /// The form of the record.
    #[serde(rename = "v")]
    pub version: u64,
    /// Its number in the ledger, from 1.
    pub seq: u64,
    /// When it was written, to the millisecond.
    #[serde(serialize_with = "serialize_instant")]
    pub at: Timestamp,
    /// The hash of the record before it.
    pub prev: RecordHash,
    /// The account and Region that it is about.
    pub scope: Arc<Scope>,
    /// Who wrote it.
    pub actor: Arc<Actor>,
    /// The program that wrote it.
    pub tool: Arc<Tool>,
    /// What it says, as one word. There may be kinds that this version does not know.
    pub kind: String,
    /// What it says at length: a JSON object, exactly as it is written.
    pub data: Box<RawValue>,
    /// Its own hash.
    pub hash: RecordHash,
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Record {}

impl Record {
    /// Returns the data as an object of JSON.
    pub fn object(&self) -> Map<String, Value> {
        serde_json::from_str(self.data.get()).unwrap_or_default()
    }

    /// Returns what it says, in the words of this version.
    ///
    /// There may be kinds that this version does not know. Whoever reads records skips them, and says so.
    pub fn entry(&self) -> Result<Entry, NotUnderstood> {
        if !Entry::KINDS.contains(&&*self.kind) {
            return Err(NotUnderstood::Kind(neutral(&self.kind).into_owned()));
        }
        let text = format!("{{\"kind\":\"{}\",\"data\":{}}}", self.kind, self.data.get());
        serde_json::from_str(&text).map_err(|error| NotUnderstood::Data {
            kind: self.kind.clone(),
            why: neutral(&error.to_string()).into_owned(),
        })
    }

    /// Returns the exact bytes of its line, without the line end.
    pub fn line(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}

/// Why a record that is proven says nothing to this version. Another version wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// Its kind is not known.
    #[error("this version does not know records of the kind “{0}”")]
    Kind(String),
    /// Its kind is known, and its data has another form.
    #[error("this version does not understand this record of the kind “{kind}”: {why}")]
    Data {
        /// The kind.
        kind: String,
        /// What is different.
        why: String,
    },
}

/// What goes into a ledger: a kind, and an object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    /// What it says, as one word.
    pub kind: String,
    /// What it says at length.
    pub data: Box<RawValue>,
}

impl Content {
    /// Returns what goes into a ledger for an entry: without the addresses that somebody typed into it.
    pub fn of(entry: &Entry) -> Result<Self, Failure> {
        serde_json::to_string(&entry.without_typed_addresses())
            .and_then(|text| serde_json::from_str(&text))
            .map_err(|error| {
                let what = format!("What the ledger says of “{}” could not be written.", entry.kind());
                Failure::new(FailureKind::Bug, what).because_of(&error)
            })
    }
}

/// What all records of one writer have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// The account and Region that it writes about.
    pub scope: Arc<Scope>,
    /// Who it is.
    pub actor: Arc<Actor>,
    /// The program.
    pub tool: Arc<Tool>,
}

impl Writer {
    /// Returns the line of the record that follows the one with number `seq` and hash `prev`, without its end.
    pub(super) fn line(
        &self,
        (seq, prev): (u64, RecordHash),
        at: Timestamp,
        content: Content,
    ) -> serde_json::Result<Vec<u8>> {
        let record = Record {
            version: VERSION,
            seq: seq.saturating_add(1),
            at,
            prev,
            scope: Arc::clone(&self.scope),
            actor: Arc::clone(&self.actor),
            tool: Arc::clone(&self.tool),
            kind: content.kind,
            data: content.data,
            hash: RecordHash::ZERO,
        };
        // The hash covers everything before it, so it does not matter what stands in its own place meanwhile.
        let mut line = record.line()?;
        let ending = BEFORE_HASH.len() + RecordHash::DIGITS + AFTER_HASH.len();
        line.truncate(line.len().saturating_sub(ending));
        let hash = RecordHash::of(&line);
        line.extend_from_slice(BEFORE_HASH);
        line.extend_from_slice(hash.to_string().as_bytes());
        line.extend_from_slice(AFTER_HASH);
        Ok(line)
    }
}

/// Returns an instant as it is written: `2026-11-24T09:30:00.000Z`.
pub fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Returns the instant that is written in exactly that way.
pub(super) fn parse_instant(text: &str) -> Option<Timestamp> {
    let at = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    (text.len() == "2026-11-24T09:30:00.000Z".len() && text.ends_with('Z')).then(|| at.to_utc())
}

fn serialize_instant<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&instant(*at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::sample::minute,
        ledger::{
            chain::{Chain, State},
            sample,
        },
    };

    #[test]
    fn a_line_keeps_its_form() {
        insta::assert_snapshot!(String::from_utf8(sample::ledger(2)).unwrap());
    }

    #[test]
    fn what_was_recorded_is_understood_again() {
        let chain = Chain::read(&sample::ledger(1), None);
        assert_eq!(chain.records[0].entry(), Ok(sample::note("note 1")));
    }

    #[test]
    fn what_another_version_wrote_is_kept_and_not_understood() {
        let raw = |kind: &str, data: &str| Content {
            kind: kind.to_owned(),
            data: RawValue::from_string(data.to_owned()).unwrap(),
        };
        let contents = [
            raw("dream", "{\"of\":1}"),
            raw("\u{1b}[2J\"", "{}"),
            raw("note", "{\"said\":1}"),
        ];
        let composed = State::new(None)
            .compose(&sample::writer(), minute(0), contents)
            .unwrap();
        let told: Vec<String> = composed
            .records
            .iter()
            .map(|record| record.entry().unwrap_err().to_string())
            .collect();
        assert!(told[0].contains("of the kind “dream”"), "{}", told[0]);
        assert!(told[1].contains("␛[2J"), "{}", told[1]);
        assert!(told[2].contains("missing field `text`"), "{}", told[2]);
        assert_eq!(composed.records[0].object()["of"], 1);
    }

    #[test]
    fn a_record_gives_back_its_line() {
        let bytes = sample::ledger(3);
        let lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        for (record, line) in Chain::read(&bytes, None).records.iter().zip(lines) {
            assert_eq!(record.line().unwrap(), line);
            assert_eq!(record.object()["text"], format!("note {}", record.seq));
        }
    }

    #[test]
    fn instants_are_written_in_one_way_only() {
        assert_eq!(
            parse_instant("2026-11-24T09:30:00.000Z").map(instant).unwrap(),
            "2026-11-24T09:30:00.000Z"
        );
        for text in [
            "2026-11-24T09:30:00Z",
            "2026-11-24T09:30:00.000+00:00",
            "2026-11-24T09:30:00.0000Z",
            "",
            "now",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }
}

//! The state of the emulated account, and its file format: one JSON object that is pleasant to write by hand.
//!
//! The shipped worlds, the generator's output and the demo's saved state are all this type. Fields that have an
//! obvious value may be left out; times are RFC 3339 strings; a reference may be a full ARN or its last part
//! (`contact/anna`, `contact-channel/anna/<id>`, `rotation/<id>`), which is completed with the world's own account
//! and home Region when the file is read. Read with [`World::from_json_at`], a time may also count from the start:
//! `@+3d2h`, `@-40m`, or `@+6d 22:00` for 22:00 UTC of that day. In memory every reference is a full ARN.
//!
//! Nothing here enforces the service's rules: a world may hold dangling references, plans over the limit and
//! channels that were never activated, because real accounts do.

mod arns;
mod contact;
mod incident;
mod paging;
mod references;
mod relative;
mod rotation;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use arns::{Arn, channel_arn, split};
pub use contact::{ActivationStatus, Channel, ChannelType, Contact, ContactType, PendingCode, Plan, Stage, Target};
pub use incident::{
    IncidentRecord, IncidentSource, IncidentStatus, RegionState, RelatedItem, ReplicationSet, ResourcePolicy,
    ResponsePlan, TimelineEvent,
};
pub use paging::{Arrival, Delivery, Engagement, Page, Receipt, ReceiptType, Resolution};
pub use rotation::{Override, Rotation};

/// The tags of one resource, by key.
pub type Tags = BTreeMap<String, String>;

/// One emulated account: everything that the service would remember.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct World {
    /// What this world is, for the person who opens the file. Not used.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// The twelve digits of the account.
    pub account: String,
    /// The Region in which things are made unless they say otherwise: the first one of the replication set.
    pub home_region: String,
    /// The replication set; `null` is an account that was never onboarded.
    pub replication_set: Option<ReplicationSet>,
    /// Persons, escalation plans and on-call schedules by alias. A contact that another account shares into this one
    /// has its full ARN as the key: it can be read with `GetContact`, and its channels are denied.
    pub contacts: BTreeMap<String, Contact>,
    /// Rotations by id (the last part of the ARN).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rotations: BTreeMap<String, Rotation>,
    /// Engagements by id (the last part of the ARN).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub engagements: BTreeMap<String, Engagement>,
    /// Pages by id (the last part of the ARN).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pages: BTreeMap<String, Page>,
    /// Response plans by name. A plan that another account shares into this one has its full ARN as the key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub response_plans: BTreeMap<String, ResponsePlan>,
    /// Incident records by id (the last part of the ARN).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub incident_records: BTreeMap<String, IncidentRecord>,
    /// Resource policies of response plans and incident records, by policy id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub resource_policies: BTreeMap<String, ResourcePolicy>,
    /// What arrived on the phones and in the mailboxes, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outbox: Vec<Arrival>,
    /// Idempotency tokens that were used, as `operation/token`, with the ARN that the first call made.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub used_tokens: BTreeMap<String, String>,
}

impl Default for World {
    /// Returns the empty account 111122223333, onboarded in eu-west-1 and us-east-1.
    fn default() -> Self {
        Self {
            comment: String::new(),
            account: "111122223333".to_owned(),
            home_region: "eu-west-1".to_owned(),
            replication_set: Some(ReplicationSet::default()),
            contacts: BTreeMap::new(),
            rotations: BTreeMap::new(),
            engagements: BTreeMap::new(),
            pages: BTreeMap::new(),
            response_plans: BTreeMap::new(),
            incident_records: BTreeMap::new(),
            resource_policies: BTreeMap::new(),
            outbox: Vec::new(),
            used_tokens: BTreeMap::new(),
        }
    }
}

/// Why a world file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The text is not JSON, or a field is missing, misspelt or of the wrong kind.
    #[error("line {line}, column {column}: {problem}; correct the field there, or leave it out if it is optional")]
    Shape {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong there, naming the field.
        problem: String,
        /// The parser's own error.
        #[source]
        source: serde_json::Error,
    },
    /// The fields are fine one by one, and do not fit together.
    #[error("{path}: {problem}; {remedy}")]
    Content {
        /// Where in the file, as a path of field names.
        path: String,
        /// What is wrong there.
        problem: String,
        /// What to write in its place.
        remedy: &'static str,
    },
}

impl World {
    /// Reads a world from the text of its file and completes its references.
    pub fn from_json(text: &str) -> Result<Self, WorldError> {
        let mut world: Self = serde_json::from_str(text).map_err(|source| WorldError::Shape {
            line: source.line(),
            column: source.column(),
            problem: without_position(&source.to_string()),
            source,
        })?;
        world.complete_references();
        world.check()?;
        Ok(world)
    }

    /// Reads a world whose file may hold times relative to `now`, such as `"@+3d2h"`, `"@-40m"` or `"@+6d 22:00"`.
    pub fn from_json_at(text: &str, now: DateTime<Utc>) -> Result<Self, WorldError> {
        Self::from_json(&relative::resolve(text, now))
    }

    /// Returns the text of the file that holds this world without a space, a third shorter: for programs to read.
    pub fn to_compact_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| String::from("{}"))
    }

    /// Returns the text of the same file indented and ending in a line break: for people to read.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_else(|_| String::from("{}"));
        text.push('\n');
        text
    }

    fn check(&self) -> Result<(), WorldError> {
        let wrong = |path: String, problem: String, remedy| Err(WorldError::Content { path, problem, remedy });
        if self.account.len() != 12 || !self.account.bytes().all(|byte| byte.is_ascii_digit()) {
            return wrong(
                "account".to_owned(),
                format!("`{}` is not an account id", self.account),
                "write twelve digits",
            );
        }
        if let Some(set) = &self.replication_set
            && !set.regions.contains_key(&self.home_region)
        {
            return wrong(
                "home_region".to_owned(),
                format!("`{}` is not a Region of the replication set", self.home_region),
                "name one of replication_set.regions",
            );
        }
        for (key, contact) in &self.contacts {
            let path = format!("contacts.{key}");
            let alias = split(key).map_or(Some(key.as_str()), |arn| arn.contact_alias());
            if !alias.is_some_and(is_alias) {
                return wrong(
                    path,
                    "the key is not an alias".to_owned(),
                    "use lower-case letters, digits, `_` and `-`, or the full ARN of a shared-in contact",
                );
            }
            let mut ids: Vec<&str> = contact.channels.iter().map(|channel| channel.id.as_str()).collect();
            ids.sort_unstable();
            if ids.windows(2).any(|pair| pair.first() == pair.last()) {
                return wrong(
                    format!("{path}.channels"),
                    "two channels have the same id".to_owned(),
                    "give every channel of a contact an id of its own",
                );
            }
        }
        for (id, page) in &self.pages {
            if !self.engagements.contains_key(&page.engagement) {
                return wrong(
                    format!("pages.{id}.engagement"),
                    format!("there is no engagement `{}`", page.engagement),
                    "name a key of engagements",
                );
            }
        }
        Ok(())
    }
}

/// Returns whether `text` may be a contact's alias.
fn is_alias(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    (1..=255).contains(&text.len()) && text.bytes().all(allowed)
}

/// Cuts the position off a parser's message, since the error says it in front.
fn without_position(message: &str) -> String {
    message
        .rsplit_once(" at line ")
        .map_or(message, |(problem, _)| problem)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_is_the_default_account() {
        assert_eq!(World::from_json("{}").unwrap(), World::default());
    }

    #[test]
    fn a_misspelt_field_is_named_with_its_line() {
        let error = World::from_json("{\n  \"acount\": \"111122223333\"\n}")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("line 2, column 10: unknown field `acount`"),
            "{error}"
        );
    }

    #[test]
    fn references_that_do_not_fit_together_name_their_place() {
        let error = World::from_json(r#"{"home_region": "eu-central-1"}"#)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("home_region: `eu-central-1` is not a Region of the replication set"),
            "{error}"
        );
    }

    #[test]
    fn a_world_survives_its_own_file() {
        let world = World::from_json(
            r#"{
                "contacts": {
                    "anna": {
                        "type": "PERSONAL",
                        "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/1" }] }] },
                        "channels": [{ "id": "1", "name": "phone", "type": "SMS", "address": "+12065550100" }]
                    },
                    "primary": { "type": "ONCALL_SCHEDULE", "plan": { "rotation_ids": ["rotation/week"] } }
                },
                "rotations": {
                    "week": {
                        "name": "week",
                        "contact_ids": ["contact/anna"],
                        "time_zone": "Europe/Dublin",
                        "start_time": "2026-01-05T09:00:00Z",
                        "recurrence": { "weekly": [{ "day": "MON", "at": "09:00" }] }
                    }
                }
            }"#,
        )
        .unwrap();
        let anna = &world.contacts["anna"];
        let stages = anna.plan.stages.as_ref().unwrap();
        assert_eq!(
            stages[0].targets[0].channel.as_deref(),
            Some("arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/1")
        );
        assert_eq!(World::from_json(&world.to_json()).unwrap(), world);
        assert_eq!(World::from_json(&world.to_compact_json()).unwrap(), world);
    }
}

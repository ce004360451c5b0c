//! One row of a population: a thing that somebody decides about, in words that two readings of one account share.

use super::digest;
use crate::domain::{
    contact::{ActivationStatus, Channel},
    ids::Arn,
};
use serde::{Deserialize, Serialize};

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A person with devices, engagement plan and everything that pages them.
    Person,
    /// An escalation plan.
    EscalationPlan,
    /// An on-call schedule.
    Schedule,
    /// A rotation.
    Rotation,
    /// A response plan.
    ResponsePlan,
}

/// One row. Every text in it is safe to draw, and holds no whole address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is about.
    pub subject: Arn,
    /// What sort of thing that is.
    pub kind: RowKind,
    /// The name that people know it by.
    pub name: String,
    /// What there is to know about it, in a fixed order.
    pub fields: Vec<Field>,
    /// What of it could not be read, one sentence without a full stop each; empty means that the row is complete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// The digest of all the above: SHA-256 of the row as compact JSON without this member.
    pub digest: String,
}

/// One thing to know about the subject of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What it is, such as `stage 1`; no two fields of a row have one name.
    pub name: String,
    /// Its value in words.
    pub value: String,
    /// The device that the field is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
}

/// What is kept of a device, for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The device.
    pub channel: Arn,
    /// Where it leads, masked.
    pub masked: String,
    /// The keyed fingerprint of where it leads, by which "another phone behind the same mask" is told; absent without a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Whether the service pages it.
    pub status: ActivationStatus,
}

/// A row without its digest: what the digest is of.
#[derive(Serialize)]
struct Body<'a> {
    subject: &'a Arn,
    kind: RowKind,
    name: &'a str,
    fields: &'a [Field],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unknown: &'a [String],
}

impl RowKind {
    /// Every kind, in the order in which a review shows them.
    pub const ALL: [Self; 5] = [
        Self::Person,
        Self::EscalationPlan,
        Self::Schedule,
        Self::Rotation,
        Self::ResponsePlan,
    ];

    /// Returns the word of the ledger and of files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::EscalationPlan => "escalation_plan",
            Self::Schedule => "schedule",
            Self::Rotation => "rotation",
            Self::ResponsePlan => "response_plan",
        }
    }

    /// Returns the kind in words: "escalation plan".
    pub fn title(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::EscalationPlan => "escalation plan",
            Self::Schedule => "schedule",
            Self::Rotation => "rotation",
            Self::ResponsePlan => "response plan",
        }
    }

    /// Returns how many there are, in words: "1 person", "3 people".
    pub fn count(self, count: usize) -> String {
        let many = match self {
            Self::Person => "people",
            Self::EscalationPlan => "escalation plans",
            Self::Schedule => "schedules",
            Self::Rotation => "rotations",
            Self::ResponsePlan => "response plans",
        };
        format!("{count} {}", if count == 1 { self.title() } else { many })
    }
}

impl Row {
    /// Returns the row with its digest. Fields that share a name are numbered.
    pub fn new(subject: Arn, kind: RowKind, name: String, mut fields: Vec<Field>, unknown: Vec<String>) -> Self {
        number_alike(&mut fields);
        let mut row = Self {
            subject,
            kind,
            name,
            fields,
            unknown,
            digest: String::new(),
        };
        row.digest = row.computed_digest();
        row
    }

    /// Returns the digest that the row should have.
    pub fn computed_digest(&self) -> String {
        let body = Body {
            subject: &self.subject,
            kind: self.kind,
            name: &self.name,
            fields: &self.fields,
            unknown: &self.unknown,
        };
        // Texts and words only: nothing in it can fail to be written.
        digest::of_bytes(&serde_json::to_vec(&body).unwrap_or_default())
    }

    /// Returns whether everything of it was read.
    pub fn is_complete(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Returns the field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns the devices of a person.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.fields.iter().filter_map(|field| field.device.as_ref())
    }
}

impl Field {
    /// Returns a field that is not about a device.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            device: None,
        }
    }

    /// Returns what makes it the same field in another reading: the device, or else the name.
    pub fn key(&self) -> &str {
        self.device
            .as_ref()
            .map_or(self.name.as_str(), |device| device.channel.as_str())
    }
}

impl Device {
    /// Returns what is kept of a device.
    pub fn of(channel: &Channel) -> Self {
        let status = match &channel.status {
            ActivationStatus::Activated => ActivationStatus::Activated,
            ActivationStatus::NotActivated => ActivationStatus::NotActivated,
            ActivationStatus::Other(word) => ActivationStatus::Other(crate::domain::text::neutral(word).into_owned()),
        };
        Self {
            channel: channel.arn.clone(),
            masked: channel.address.masked().to_owned(),
            fingerprint: channel.address.fingerprint().map(str::to_owned),
            status,
        }
    }
}

/// Gives the second and later fields of one name a number, so that a name stands for one field.
fn number_alike(fields: &mut [Field]) {
    let mut taken = std::collections::BTreeSet::new();
    for field in fields {
        let (name, mut number) = (field.name.clone(), 1_usize);
        while !taken.insert(field.name.clone()) {
            number += 1;
            field.name = format!("{name} ({number})");
        }
    }
}

//! Persons, escalation plans and on-call schedules, which are one kind of resource, and a person's channels.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Arn, Tags};

/// What a contact is. It can never be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactType {
    /// One person, with channels and an engagement plan.
    Personal,
    /// An escalation plan, whose stages target contacts.
    Escalation,
    /// An on-call schedule, which holds rotations.
    OncallSchedule,
}

impl ContactType {
    /// Returns the service's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Personal => "PERSONAL",
            Self::Escalation => "ESCALATION",
            Self::OncallSchedule => "ONCALL_SCHEDULE",
        }
    }

    /// Returns the type for the service's word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Personal, Self::Escalation, Self::OncallSchedule]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A person, an escalation plan or an on-call schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Which of the three it is.
    #[serde(rename = "type")]
    pub kind: ContactType,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Stages or rotations.
    #[serde(default)]
    pub plan: Plan,
    /// A person's channels, in the order in which they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// Tags, visible to the owning account only.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// The resource policy that shares the contact, as a JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

impl Contact {
    /// Returns an empty contact of this type.
    pub fn new(kind: ContactType) -> Self {
        Self {
            kind,
            display_name: None,
            plan: Plan::default(),
            channels: Vec::new(),
            tags: Tags::new(),
            policy: None,
        }
    }
}

/// A contact's plan. Both members are optional on the wire, and an absent list differs from an empty one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The stages of a person's or an escalation plan's plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<Stage>>,
    /// The rotations of a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation_ids: Option<Vec<Arn>>,
}

/// One stage of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// `DurationInMinutes`: how long until the next stage begins.
    pub minutes: u32,
    /// Whom or what the stage engages.
    #[serde(default)]
    pub targets: Vec<Target>,
}

/// One target of a stage: `channel` with `retry_minutes`, or `contact` with `essential`, or, as the service allows,
/// nothing at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// `ChannelTargetInfo.ContactChannelId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Arn>,
    /// `ChannelTargetInfo.RetryIntervalInMinutes`; absent differs from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_minutes: Option<u32>,
    /// `ContactTargetInfo.ContactId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Arn>,
    /// `ContactTargetInfo.IsEssential`: whether an acknowledgement ends the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub essential: Option<bool>,
}

/// How a channel reaches its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ChannelType {
    /// A text message.
    Sms,
    /// A call.
    Voice,
    /// A mail.
    Email,
}

impl ChannelType {
    /// Returns the service's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
            Self::Email => "EMAIL",
        }
    }

    /// Returns the type for the service's word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sms, Self::Voice, Self::Email]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// Whether a channel may be paged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActivationStatus {
    /// It is paged.
    Activated,
    /// It is never paged.
    #[default]
    NotActivated,
}

impl ActivationStatus {
    /// Returns the service's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Activated => "ACTIVATED",
            Self::NotActivated => "NOT_ACTIVATED",
        }
    }
}

/// One way to reach a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// The last part of its ARN; the service makes UUIDs.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Its type. It can never be changed.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// `DeliveryAddress.SimpleAddress`, which the model makes optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether it may be paged.
    #[serde(default)]
    pub status: ActivationStatus,
    /// Codes that were sent and not used, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<PendingCode>,
    /// Wrong codes since the last one was sent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrong_code_count: u32,
    /// Whether the owner answered UNSUBSCRIBE: nothing is delivered to it until it is activated anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsubscribed: bool,
}

/// An activation code on its way to a device. It is in no response of the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingCode {
    /// Six digits.
    pub code: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

//! Engagements, pages, receipts, and what arrived on the phones.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Arn, ChannelType, ContactType, World};

/// One run of paging, started by `StartEngagement` or by an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engagement {
    /// The person, plan or schedule that is engaged.
    pub contact: Arn,
    /// Who engages it.
    pub sender: String,
    /// The subject for calls and mails.
    pub subject: String,
    /// The text for calls and mails.
    pub content: String,
    /// The subject for text messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_subject: Option<String>,
    /// The text for text messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_content: Option<String>,
    /// The ARN of the incident record it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<Arn>,
    /// When it began.
    pub start_time: DateTime<Utc>,
    /// When it was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_time: Option<DateTime<Utc>>,
    /// What is still to be sent, in order of time. An acknowledgement or a stop takes things out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Delivery>,
}

/// One message that an engagement has yet to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// When it is due.
    pub at: DateTime<Utc>,
    /// The channel it goes to.
    pub channel: Arn,
    /// The person that owns the channel.
    pub contact: Arn,
    /// How the engagement came to this person.
    pub path: Vec<Resolution>,
    /// Whether an acknowledgement by this person ends the plan.
    #[serde(default)]
    pub essential: bool,
}

/// The paging of one person within an engagement. It spans the person's channels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The key of its engagement in [`World::engagements`].
    pub engagement: String,
    /// The person.
    pub contact: Arn,
    /// When it was last sent; a repeat moves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_time: Option<DateTime<Utc>>,
    /// When it was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_time: Option<DateTime<Utc>>,
    /// When it was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_time: Option<DateTime<Utc>>,
    /// What happened to it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// The way from the engaged thing to the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolutions: Vec<Resolution>,
    /// The accept codes that were sent with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept_codes: Vec<String>,
    /// Whether an acknowledgement ends the plan.
    #[serde(default)]
    pub essential: bool,
}

/// What a receipt reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReceiptType {
    /// Delivered to the device.
    Delivered,
    /// The delivery failed.
    Error,
    /// Acknowledged.
    Read,
    /// Handed to the carrier.
    Sent,
    /// The engagement was stopped.
    Stop,
}

impl ReceiptType {
    /// Returns the service's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivered => "DELIVERED",
            Self::Error => "ERROR",
            Self::Read => "READ",
            Self::Sent => "SENT",
            Self::Stop => "STOP",
        }
    }
}

/// One event on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: ReceiptType,
    /// When.
    pub time: DateTime<Utc>,
    /// On which channel; a receipt may come without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Arn>,
    /// `ReceiptInfo`: the accept code, or the carrier's message id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<String>,
}

/// One step of the way from the engaged thing to a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// The contact, plan or schedule at this step.
    pub contact: Arn,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ContactType,
    /// The stage of this contact's plan that led on, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<u32>,
}

/// One thing that arrived on a phone or in a mailbox. No operation of the service can read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// The channel it came through.
    pub channel: Arn,
    /// The channel's type.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// The address it was sent to.
    pub to: String,
    /// The words.
    pub text: String,
    /// The activation or accept code in the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Whether the code activates the channel; if not, it acknowledges a page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub activates: bool,
}

/// How many arrivals the outbox holds; the oldest go first.
const OUTBOX_LIMIT: usize = 10_000;

impl World {
    /// Puts something into the outbox.
    pub fn arrive(&mut self, arrival: Arrival) {
        if self.outbox.len() >= OUTBOX_LIMIT {
            self.outbox.remove(0);
        }
        self.outbox.push(arrival);
    }
}

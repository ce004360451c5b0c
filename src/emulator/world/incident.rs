//! The ssm-incidents side: the replication set, response plans, incident records and resource policies.
//!
//! Shapes that the emulator stores and gives back without looking inside are kept as JSON in the wire's own form
//! (camelCase).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Arn, Tags};

/// The account's one replication set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplicationSet {
    /// The last part of its ARN.
    pub id: String,
    /// `ACTIVE`, `CREATING`, `UPDATING`, `DELETING` or `FAILED`. It is shown as it is written, and with the setting
    /// `need-active-set` every other call fails until it is `ACTIVE`.
    pub status: String,
    /// Its Regions, one to three, by name.
    pub regions: BTreeMap<String, RegionState>,
    /// Whether it refuses to be deleted.
    pub deletion_protected: bool,
    /// When it was made.
    pub created_time: DateTime<Utc>,
    /// The ARN of who made it.
    pub created_by: Arn,
    /// When it was last changed.
    pub last_modified_time: DateTime<Utc>,
    /// The ARN of who last changed it.
    pub last_modified_by: Arn,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Default for ReplicationSet {
    /// Returns an active set of eu-west-1 and us-east-1.
    fn default() -> Self {
        let founder = "arn:aws:iam::111122223333:role/incident-manager-setup".to_owned();
        Self {
            id: "c4a5f2b0-6f0e-4d1c-9a3e-0b9d5f6e7a81".to_owned(),
            status: "ACTIVE".to_owned(),
            regions: ["eu-west-1", "us-east-1"]
                .into_iter()
                .map(|name| (name.to_owned(), RegionState::default()))
                .collect(),
            deletion_protected: true,
            created_time: founding_day(),
            created_by: founder.clone(),
            last_modified_time: founding_day(),
            last_modified_by: founder,
            tags: Tags::new(),
        }
    }
}

/// One Region of the replication set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegionState {
    /// `ACTIVE`, `CREATING`, `DELETING` or `FAILED`.
    pub status: String,
    /// Words of the service about the status, such as `Tagging inaccessible`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// When the status last changed.
    pub status_update_time: DateTime<Utc>,
    /// The KMS key; `DefaultKey` is the one that AWS owns.
    pub sse_kms_key_id: String,
}

impl Default for RegionState {
    fn default() -> Self {
        Self {
            status: "ACTIVE".to_owned(),
            status_message: None,
            status_update_time: founding_day(),
            sse_kms_key_id: "DefaultKey".to_owned(),
        }
    }
}

/// The instant given to things whose file does not say when they were made.
fn founding_day() -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_725_600, 0).unwrap_or_default()
}

/// A response plan. What happens when an incident starts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResponsePlan {
    /// The name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `incidentTemplate` as on the wire: title, impact, summary, dedupeString, notificationTargets, incidentTags.
    pub incident_template: Value,
    /// Whom it engages, zero to five.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub engagements: Vec<Arn>,
    /// The SNS topics of `chatChannel.chatbotSns`; empty means that there is no chat channel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chat_topics: Vec<Arn>,
    /// `actions` as on the wire.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Value>,
    /// `integrations` as on the wire.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub integrations: Vec<Value>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// Whether an incident goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum IncidentStatus {
    /// It goes on.
    #[default]
    Open,
    /// It is over.
    Resolved,
}

impl IncidentStatus {
    /// Returns the service's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Resolved => "RESOLVED",
        }
    }
}

/// What a response plan made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentRecord {
    /// The name of the response plan; it is part of the record's ARN.
    pub response_plan: String,
    /// What happened, in a line.
    pub title: String,
    /// Whether it goes on.
    #[serde(default)]
    pub status: IncidentStatus,
    /// 1 (critical) to 5 (none).
    pub impact: u32,
    /// A longer text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What keeps a second incident of the same cause from being opened.
    #[serde(default)]
    pub dedupe_string: String,
    /// Where it came from.
    #[serde(default)]
    pub source: IncidentSource,
    /// When it began.
    pub creation_time: DateTime<Utc>,
    /// When it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_time: Option<DateTime<Utc>>,
    /// When it was last changed; the beginning when the file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<DateTime<Utc>>,
    /// The ARN of who last changed it.
    #[serde(default)]
    pub last_modified_by: Arn,
    /// The SNS topics of its chat channel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chat_topics: Vec<Arn>,
    /// `notificationTargets` as on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notification_targets: Vec<Value>,
    /// `automationExecutions` as on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automation_executions: Vec<Value>,
    /// Its timeline, in the order in which the events were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<TimelineEvent>,
    /// Its related items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_items: Vec<RelatedItem>,
    /// Findings as on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Value>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// Where an incident came from: `incidentRecordSource`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IncidentSource {
    /// The ARN of who started it.
    pub created_by: Arn,
    /// Such as `aws.ssm-incidents.custom`.
    pub source: String,
    /// The service principal that started it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoked_by: Option<String>,
    /// The resource that started it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<Arn>,
}

impl Default for IncidentSource {
    fn default() -> Self {
        Self {
            created_by: "arn:aws:iam::111122223333:user/operator".to_owned(),
            source: "aws.ssm-incidents.custom".to_owned(),
            invoked_by: None,
            resource_arn: None,
        }
    }
}

/// One event of an incident's timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelineEvent {
    /// A UUID.
    pub id: String,
    /// When it happened.
    pub event_time: DateTime<Utc>,
    /// When it was last changed.
    pub event_updated_time: DateTime<Utc>,
    /// `Custom Event` and `Note` can be written; the service writes others.
    pub event_type: String,
    /// A JSON text.
    pub event_data: String,
    /// `eventReferences` as on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_references: Vec<Value>,
}

/// One related item of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelatedItem {
    /// `identifier` as on the wire: type and value.
    pub identifier: Value,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The id that the service generated for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_id: Option<String>,
}

/// A policy that shares a response plan or an incident record through AWS RAM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourcePolicy {
    /// The ARN of the shared resource.
    pub resource: Arn,
    /// The policy, as a JSON text.
    pub document: String,
    /// `ramResourceShareRegion`.
    pub share_region: String,
}

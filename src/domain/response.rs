//! Response plans and the replication set.

use super::{Timestamp, gap::Reading, ids::Arn, sharing::Sharing, tags::Tags};
use serde::{Deserialize, Serialize};

/// What happens when an incident starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponsePlan {
    /// Its ARN, which has no Region.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// The name for people.
    pub display_name: Option<String>,
    /// The rest, which only `GetResponsePlan` tells.
    #[serde(default)]
    pub detail: Reading<ResponsePlanDetail>,
    /// Its tags (`ListTagsForResource`).
    #[serde(default)]
    pub tags: Reading<Tags>,
    /// With whom it is shared (`GetResourcePolicies`).
    #[serde(default)]
    pub sharing: Reading<Sharing>,
}

impl ResponsePlan {
    /// Returns the display name, or the name where there is none.
    pub fn label(&self) -> &str {
        self.display_name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.name)
    }
}

/// What `GetResponsePlan` tells of a response plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResponsePlanDetail {
    /// The title that incidents get.
    pub incident_title: String,
    /// 1 critical, 2 high, 3 medium, 4 low, 5 none.
    pub impact: i32,
    /// Who is engaged: people, escalation plans, schedules, in no promised order; at most five.
    pub engagements: Vec<Arn>,
    /// Where the incident is talked about.
    pub chat: Chat,
    /// The name of the runbook, when there is one.
    pub runbook: Option<String>,
    /// The name of the `PagerDuty` integration, when there is one.
    pub integration: Option<String>,
}

/// The chat channel of a response plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "chat", content = "topics", rename_all = "snake_case")]
pub enum Chat {
    /// There is none.
    #[default]
    None,
    /// The SNS topics that lead to it; at least one.
    Topics(Vec<String>),
    /// There is one, of a kind that this version does not know.
    Unrecognised,
}

/// Returns AWS's word for an impact, with its number.
pub fn impact_word(impact: i32) -> &'static str {
    match impact {
        1 => "1 critical",
        2 => "2 high",
        3 => "3 medium",
        4 => "4 low",
        5 => "5 none",
        _ => "not known",
    }
}

/// The Regions between which Incident Manager copies its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicationSet {
    /// Its ARN.
    pub arn: Arn,
    /// AWS's word for its state, such as `ACTIVE`.
    pub status: String,
    /// Whether the set refuses to be deleted.
    pub is_deletion_protected: Option<bool>,
    /// Its Regions with AWS's word for the state of each.
    pub regions: Vec<(String, String)>,
    /// When it was last changed.
    pub changed_at: Option<Timestamp>,
}

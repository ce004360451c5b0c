//! Rotations and their overrides.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Arn, Tags};
use crate::emulator::recurrence::Recurrence;

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Its name; names need not differ.
    pub name: String,
    /// The persons, in shift order.
    pub contact_ids: Vec<Arn>,
    /// An IANA time zone name.
    pub time_zone: String,
    /// When the turns begin.
    pub start_time: DateTime<Utc>,
    /// When the turn passes on.
    #[serde(default)]
    pub recurrence: Recurrence,
    /// Temporary replacements; where two meet, the one made last wins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A temporary replacement of the people of a rotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// A UUID, whatever the service's text says.
    pub id: String,
    /// Who stands in; nobody is allowed.
    pub new_contact_ids: Vec<Arn>,
    /// From when.
    pub start_time: DateTime<Utc>,
    /// Until when.
    pub end_time: DateTime<Utc>,
    /// When it was made; the only creation time that ssm-contacts keeps.
    pub create_time: DateTime<Utc>,
}

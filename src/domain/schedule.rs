//! Rotations, their shifts and their overrides. Shifts come from the service, never from a calculation of ours.

use super::{Timestamp, gap::Reading, ids::Arn, tags::Tags};
use serde::{Deserialize, Serialize};

/// An ordered list of people who take turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Its ARN: `…:rotation/<id>`.
    pub arn: Arn,
    /// Its name, which never changes.
    pub name: String,
    /// The people, in the order of their turns.
    #[serde(default)]
    pub members: Reading<Vec<Arn>>,
    /// The IANA name of the zone that hand-overs are written in, as it came.
    pub time_zone: Option<String>,
    /// When the first turn began.
    pub start_at: Option<Timestamp>,
    /// How turns repeat.
    pub recurrence: Option<Recurrence>,
    /// The exceptions from now on (`ListRotationOverrides`).
    #[serde(default)]
    pub overrides: Reading<Vec<Override>>,
    /// Who is on call in the horizon (`ListRotationShifts`).
    #[serde(default)]
    pub shifts: Reading<Vec<Shift>>,
    /// Its tags (`ListTagsForResource`).
    #[serde(default)]
    pub tags: Reading<Tags>,
}

/// A rotation that does not exist: what has to be known of one to work out its shifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationDraft {
    /// The members, in the order of their turns.
    pub members: Vec<Arn>,
    /// How turns repeat.
    pub recurrence: Recurrence,
    /// The IANA name of the zone.
    pub time_zone: String,
    /// When the first turn begins; the service takes the beginning of the window where it is absent.
    pub start_at: Option<Timestamp>,
    /// The exceptions. Of two that meet, the one made last counts.
    pub overrides: Vec<Override>,
}

/// How a rotation's turns repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// How many people are on call at once.
    pub number_of_on_calls: i32,
    /// How many days, weeks or months one turn lasts.
    pub multiplier: i32,
    /// Hand-over times of a daily rotation, as hour and minute.
    pub daily: Vec<HandOff>,
    /// Hand-over days and times of a weekly rotation, by AWS's word for the day.
    pub weekly: Vec<(String, HandOff)>,
    /// Hand-over days of the month and times of a monthly rotation.
    pub monthly: Vec<(i32, HandOff)>,
    /// The hours of each day that are covered; empty when all are.
    pub coverages: Vec<(String, Vec<(HandOff, HandOff)>)>,
}

/// A time of day in the rotation's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HandOff {
    /// 0 to 23.
    pub hour: i32,
    /// 0 to 59.
    pub minute: i32,
}

/// A stretch of time with the people who are on call in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// When it begins.
    pub start_at: Timestamp,
    /// When it ends, exclusive.
    pub end_at: Timestamp,
    /// Who is on call; nobody where an override is empty.
    pub contacts: Vec<Arn>,
    /// Who would have been on call without an override; empty for a regular shift.
    pub overridden: Vec<Arn>,
    /// AWS's word: `REGULAR` or `OVERRIDDEN`, or one that this version does not know.
    pub kind: String,
}

/// A temporary replacement of the people of a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Its id, a UUID.
    pub id: String,
    /// When it begins.
    pub start_at: Timestamp,
    /// When it ends.
    pub end_at: Timestamp,
    /// Who is on call instead; empty means nobody.
    pub contacts: Vec<Arn>,
    /// When somebody made it.
    pub created_at: Option<Timestamp>,
}

/// The instant whose shifts tell whom a schedule stands for. Which one the service takes is not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResolveSchedules {
    /// The instant at which the stage begins that names the schedule.
    #[default]
    StageStart,
    /// The instant at which everything starts.
    PlanStart,
}

impl ResolveSchedules {
    /// Returns the word for it in settings and output.
    pub fn word(self) -> &'static str {
        match self {
            Self::StageStart => "stage-start",
            Self::PlanStart => "plan-start",
        }
    }
}

impl Shift {
    /// Returns whether the shift covers `instant`.
    pub fn covers(&self, instant: Timestamp) -> bool {
        self.start_at <= instant && instant < self.end_at
    }
}

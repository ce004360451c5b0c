//! How bad a finding is, and the one place where that is raised or lowered.

use super::{Check, imminence::Line};
use crate::domain::Timestamp;
use serde::Serialize;
use std::fmt;

/// How bad something is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Untidy.
    Low,
    /// Goes wrong together with something else.
    Medium,
    /// Goes wrong by itself.
    High,
    /// Nobody is paged, or the wrong person.
    Critical,
}

/// How bad a finding is, how soon it hurts, and why both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How bad it is now.
    pub severity: Severity,
    /// Why that is not the check's own severity, in words; absent where it is.
    pub moved: Option<String>,
    /// When it hurts; absent where nothing says that it will within the horizon.
    pub hurts_at: Option<Timestamp>,
    /// Why then, in words.
    pub why_then: Option<String>,
}

/// Whether anything would page a subject, and when next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It is next in line at some time within the horizon.
    InLine(Line),
    /// Something names it, and it is not next in line within the horizon.
    Named,
    /// Nothing names it.
    Unnamed,
    /// It is not something that is paged, or what names it was not read in full.
    Untold,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }

    /// Returns its word in four letters at most, for narrow columns.
    pub fn short(self) -> &'static str {
        match self {
            Self::Critical => "crit",
            Self::High => "high",
            Self::Medium => "med",
            Self::Low => "low",
            Self::Info => "info",
        }
    }

    /// Returns the severity with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word() == word)
    }

    fn raised(self) -> Self {
        match self {
            Self::Info => Self::Low,
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }

    fn lowered(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// Returns where a finding stands: the check's severity, one step up when the subject is on call or in a first stage
/// within the horizon, one step down when nothing names it; low where the fault says so itself, wherever the subject is.
pub(super) fn standing(
    check: &Check,
    place: &Place,
    (hurts_at, low_because): (Option<Timestamp>, Option<&str>),
    now: Timestamp,
) -> Standing {
    let base = check.severity;
    let (severity, moved) = match place {
        _ if low_because.is_some() => (
            base.min(Severity::Low),
            low_because.map(|why| format!("lowered: {why}")),
        ),
        Place::InLine(line) if check.is_moving && line.raises => (base.raised(), Some(format!("raised: {}", line.why))),
        Place::Unnamed if check.is_moving => (base.lowered(), Some("lowered: nothing names it".to_owned())),
        Place::InLine(_) | Place::Named | Place::Unnamed | Place::Untold => (base, None),
    };
    let (hurts_at, why_then) = match (hurts_at, place) {
        (Some(at), _) => (Some(at.max(now)), None),
        (None, Place::InLine(line)) => (Some(line.at), Some(line.why.clone())),
        (None, Place::Named | Place::Unnamed | Place::Untold) => (None, None),
    };
    Standing {
        severity,
        moved: moved.filter(|_| severity != base),
        hurts_at,
        why_then,
    }
}

impl Standing {
    /// Returns the hours from `now` until it hurts, to a tenth; absent where nothing says that it will.
    pub fn hours_until(&self, now: Timestamp) -> Option<f64> {
        let tenths = (self.hurts_at? - now).num_seconds().max(0) / 360;
        Some(f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0)
    }
}

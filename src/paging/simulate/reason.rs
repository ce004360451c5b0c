//! Why a step pages nobody, and why it cannot be told whether a step pages somebody.

use crate::domain::{gap::Gap, ids::Arn, text::neutral};
use std::{fmt, sync::Arc};

/// Why a step of the walk certainly pages nobody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silence {
    /// The device was never activated, or was deactivated.
    DeviceNotActivated,
    /// The stage names a device that does not exist any more.
    DeviceRemoved,
    /// Another device of the stage was removed, and this is the reading in which the whole stage is skipped.
    StageSkipped,
    /// The stage names a device of this other person.
    DeviceOfSomebodyElse(Arn),
    /// The person, plan, schedule or response plan does not exist.
    TargetDoesNotExist,
    /// The stage has no target.
    StageEmpty,
    /// The target names nothing.
    TargetEmpty,
    /// A person's plan names a contact, or an escalation plan names a device.
    TargetMisplaced,
    /// The plan has no stage.
    NoStage,
    /// The response plan engages nobody.
    NothingEngaged,
    /// An override without people is in force.
    OverrideEmpty,
    /// No shift of the schedule covers the instant.
    NobodyScheduled,
    /// The schedule has no rotation.
    NoRotation,
    /// The schedule names a rotation that does not exist.
    RotationDoesNotExist,
    /// The plan is already on the way that leads here.
    Cycle,
    /// This person has acknowledged, which stops the step.
    Acknowledged(Arn),
}

impl fmt::Display for Silence {
    /// Writes the reason in plain words, without a full stop.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::DeviceNotActivated => "the device is not activated",
            Self::DeviceRemoved => "the device does not exist any more",
            Self::StageSkipped => "another device of the stage does not exist any more, which may skip the whole stage",
            Self::DeviceOfSomebodyElse(owner) => {
                return write!(out, "the device belongs to {}", neutral(owner.name()));
            }
            Self::TargetDoesNotExist => "it does not exist",
            Self::StageEmpty => "the stage has no target",
            Self::TargetEmpty => "the target names nothing",
            Self::TargetMisplaced => "a plan of this kind cannot page such a target",
            Self::NoStage => "the plan has no stage",
            Self::NothingEngaged => "the response plan engages nobody",
            Self::OverrideEmpty => "an override without people is in force",
            Self::NobodyScheduled => "nobody is scheduled",
            Self::NoRotation => "the schedule has no rotation",
            Self::RotationDoesNotExist => "the rotation does not exist",
            Self::Cycle => "the plan leads back to itself",
            Self::Acknowledged(person) => {
                return write!(out, "{} has acknowledged", neutral(person.name()));
            }
        })
    }
}

/// Something that is not known, so that somebody may or may not be paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What it is about: a contact, a rotation, a device or a response plan.
    pub about: Arn,
    /// Why it is not known.
    pub why: DoubtReason,
    /// Whether a device that rings may be behind it; false where it is certainly a mail.
    pub may_be_audible: bool,
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoubtReason {
    /// It could not be read.
    Unread(Arc<Gap>),
    /// It is still being read, or nobody asked.
    Pending,
    /// It belongs to another account, which does not share it.
    NotShared,
    /// The device's status is this word, which this version does not know.
    StatusWord(String),
    /// The device is of this kind, which this version does not know: it is paged, and may ring or not.
    DeviceWord(String),
    /// The contact is of this type, which this version does not know.
    ContactWord(String),
    /// A rotation names a plan or a schedule where only people belong.
    OnCallIsNoPerson,
    /// No shifts were read for the instant.
    OutsideShifts,
    /// The walk was cut short.
    Bounded(Bound),
    /// This person may or may not have been paged before acknowledging.
    Acknowledgement(Arn),
}

impl Doubt {
    /// Returns a doubt behind which anything may be.
    pub(super) fn new(about: &Arn, why: DoubtReason) -> Self {
        Self {
            about: about.clone(),
            why,
            may_be_audible: true,
        }
    }

    /// Returns the read that failed, when that is the reason.
    pub fn gap(&self) -> Option<&Arc<Gap>> {
        match &self.why {
            DoubtReason::Unread(gap) => Some(gap),
            DoubtReason::Pending
            | DoubtReason::NotShared
            | DoubtReason::StatusWord(_)
            | DoubtReason::DeviceWord(_)
            | DoubtReason::ContactWord(_)
            | DoubtReason::OnCallIsNoPerson
            | DoubtReason::OutsideShifts
            | DoubtReason::Bounded(_)
            | DoubtReason::Acknowledgement(_) => None,
        }
    }

    /// Returns whether the answer may still come by itself.
    pub fn is_pending(&self) -> bool {
        self.why == DoubtReason::Pending
    }
}

impl fmt::Display for Doubt {
    /// Writes the reason in plain words, without a full stop.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = neutral(self.about.name());
        match &self.why {
            DoubtReason::Unread(gap) => write!(out, "{gap}"),
            DoubtReason::Pending => write!(out, "{name} is still to be read"),
            DoubtReason::NotShared => write!(out, "account {} does not share {name}", neutral(self.about.account())),
            DoubtReason::StatusWord(word) => {
                write!(
                    out,
                    "the status of device {name} is “{}”, which is not known",
                    neutral(word)
                )
            }
            DoubtReason::DeviceWord(word) => {
                write!(out, "device {name} is of kind “{}”, which is not known", neutral(word))
            }
            DoubtReason::ContactWord(word) => {
                write!(
                    out,
                    "{name} is a contact of type “{}”, which is not known",
                    neutral(word)
                )
            }
            DoubtReason::OnCallIsNoPerson => write!(out, "{name} is on call and not a person"),
            DoubtReason::OutsideShifts => write!(out, "the shifts of {name} were not read for that time"),
            DoubtReason::Bounded(bound) => write!(out, "{bound}"),
            DoubtReason::Acknowledgement(person) => {
                write!(
                    out,
                    "whether {} was paged before acknowledging is not known",
                    neutral(person.name())
                )
            }
        }
    }
}

/// A limit of the walk. What lies beyond it is unknown, and the limit is named wherever it was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// More than [`Bound::DEPTH`] plans within each other.
    Depth,
    /// More than [`Bound::ENGAGEMENTS`] targets in all.
    Engagements,
    /// More than [`Bound::STEPS`] steps in one person's plan.
    Steps,
    /// More than [`Bound::EVENTS`] events in all.
    Events,
    /// Something begins later than [`Bound::MINUTES`] after the start.
    Minutes,
}

impl Bound {
    /// How many plans may stand within each other.
    pub const DEPTH: usize = 16;
    /// How many targets one start may engage in all.
    pub const ENGAGEMENTS: usize = 5_000;
    /// How many steps one person's plan may have; the quotas allow 3,000.
    pub const STEPS: usize = 4_000;
    /// How many events a time line may have.
    pub const EVENTS: usize = 20_000;
    /// How many minutes are looked at: a week.
    pub const MINUTES: i64 = 7 * 24 * 60;
}

impl fmt::Display for Bound {
    /// Writes what was cut, without a full stop.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth => write!(out, "plans stand more than {} deep within each other", Self::DEPTH),
            Self::Engagements => write!(out, "more than {} targets are engaged", Self::ENGAGEMENTS),
            Self::Steps => write!(out, "a person's plan has more than {} steps", Self::STEPS),
            Self::Events => write!(out, "there are more than {} events", Self::EVENTS),
            Self::Minutes => write!(
                out,
                "something begins more than {} minutes after the start",
                Self::MINUTES
            ),
        }
    }
}

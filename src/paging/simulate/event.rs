//! What happens in the course of a page, as exact data; words are made elsewhere.

use super::reason::{Doubt, Silence};
use crate::domain::{contact::ChannelKind, ids::Arn};
use std::sync::Arc;

/// One thing that happens, or that could have happened and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Minutes after the start.
    pub minute: i64,
    /// The way from the start to here, outermost first; empty where a person is engaged directly.
    pub path: Arc<[Hop]>,
    /// Whom it concerns; absent where it is no person or not known which.
    pub person: Option<Arn>,
    /// The stage of the person's own plan, counted from 1.
    pub stage: Option<usize>,
    /// The device, or else whatever the event is about.
    pub subject: Option<Arn>,
    /// What happens.
    pub what: What,
}

/// One station on the way from the start to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// A response plan, an escalation plan or a schedule.
    pub contact: Arn,
    /// The stage of an escalation plan that leads on, counted from 1.
    pub stage: Option<usize>,
    /// The rotation of a schedule that leads on.
    pub rotation: Option<Arn>,
    /// The minute at which what comes next is engaged.
    pub begins_at: i64,
    /// Whether an acknowledgement by what comes next stops the later stages of this plan.
    pub is_essential: bool,
    /// Tells apart several engagements of one plan by one start.
    pub engagement: usize,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A device is paged.
    Page(Page),
    /// Nothing, and this is why.
    Silent(Silence),
    /// Perhaps something: this is not known.
    Unknown(Doubt),
}

/// A message or call that goes out to an activated device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Text, call or mail.
    pub kind: ChannelKind,
    /// The number of the try within the stage, counted from 1.
    pub attempt: usize,
    /// Whether the device makes a sound that wakes somebody.
    pub audible: Audible,
}

/// Whether a device makes a sound that wakes somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audible {
    /// A text message or a call.
    Yes,
    /// A mail.
    No,
    /// A kind that this version does not know.
    Unknown(Doubt),
}

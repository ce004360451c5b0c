//! Pure: taking people out of paging, so that no moment has fewer reachable people than before unless somebody said why.
//!
//! [`propose`](proposal::propose) says through which [`Door`](doors::Door)s the people are paged, which
//! [`Guard`](guards::Guard)s stop, what each rotation would make of its turns, and the writes in their order. Out of an
//! answered [`Proposal`](proposal::Proposal) comes a [`Draft`](super::changeset::Draft), which is previewed, consented to and
//! carried out as any other. Whoever goes is quarantined at the end: [`definition`] keeps what [`put_back`] needs.

mod alone;
pub mod build;
mod counts;
pub mod definition;
pub mod doors;
pub mod engaged;
pub mod guards;
pub mod humans;
pub mod meant;
pub mod proof;
pub mod proposal;
pub mod put_back;
pub mod quarantine;
pub mod rebuild;
pub mod replacement;
pub mod rotation;
pub mod unused;

#[cfg(test)]
mod numbers;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use crate::domain::{
    Timestamp,
    contact::{Contact, Target},
    ids::Arn,
    text::neutral,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who is taken out, and how. The ledger keeps it with the changeset, so that the same can be planned anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Those who go.
    pub leavers: Vec<Arn>,
    /// Who takes their places, if anybody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Arn>,
    /// What becomes of the turns in a rotation, where it is not [`Turns::usual`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub turns: BTreeMap<Arn, Turns>,
    /// What becomes of those who go, once nothing names them.
    pub end: End,
}

/// What becomes of somebody's turns in a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum Turns {
    /// The replacement takes them, in the same place of the order.
    Replace,
    /// The order goes on without them.
    Remove,
    /// The rotation stays as it is for now, and is changed when somebody hands over next.
    Defer {
        /// When that is.
        until: Timestamp,
    },
}

/// What becomes of somebody whom nothing names any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// Their devices are not paged any more, and a tag says since when.
    Quarantine {
        /// The day that the tag tells.
        on: NaiveDate,
    },
    /// They stay as they are.
    Stay,
}

impl Removal {
    /// Returns whether `arn` names somebody who goes, in whichever Region.
    pub fn is_leaver(&self, arn: &Arn) -> bool {
        self.leavers.iter().any(|leaver| leaver.is_same_resource(arn))
    }

    /// Returns whether a rotation is left as it is for now, so that it still names those who go.
    pub fn is_deferred(&self) -> bool {
        self.turns.values().any(|turns| matches!(turns, Turns::Defer { .. }))
    }

    /// Returns whether a target in the plan of `owner` is somebody who goes, or a device of theirs in another's plan.
    fn is_meant(&self, owner: &Contact, target: &Target) -> bool {
        match target {
            Target::Contact { contact, .. } => self.is_leaver(contact),
            Target::Channel { channel, .. } => self
                .leavers
                .iter()
                .any(|leaver| !leaver.is_same_resource(&owner.arn) && is_device_of(channel, leaver)),
            Target::Empty => false,
        }
    }
}

impl Turns {
    /// Returns what becomes of the turns where nothing else was chosen: whoever takes the places takes the turns, too, unless
    /// they have turns of their own there.
    pub fn usual(members: &[Arn], replacement: Option<&Arn>) -> Self {
        match replacement {
            Some(replacement) if !names(members, replacement) => Self::Replace,
            Some(_) | None => Self::Remove,
        }
    }

    /// Returns the words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Replace => "the replacement takes the turns",
            Self::Remove => "the order goes on without them",
            Self::Defer { .. } => "changed at the next hand-over",
        }
    }
}

fn is_device_of(channel: &Arn, person: &Arn) -> bool {
    channel.account() == person.account() && super::state::owner_of(channel) == person.name()
}

fn names(all: &[Arn], person: &Arn) -> bool {
    all.iter().any(|one| one.is_same_resource(person))
}

fn called(arn: &Arn) -> String {
    neutral(arn.name()).into_owned()
}

/// Returns names as a part of a sentence.
fn listed<'a>(arns: impl IntoIterator<Item = &'a Arn>) -> String {
    arns.into_iter().map(called).collect::<Vec<_>>().join(", ")
}

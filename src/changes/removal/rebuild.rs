//! A removal that stopped half-way, planned anew from a fresh reading: what is done stays done, and is not in the new plan.
//!
//! Somebody else may have edited a plan between two steps, or the service may have refused one. Nothing is overwritten then;
//! the same people are taken out by a new changeset that somebody has to see and consent to, with its own guards.

use super::{
    Removal, Turns,
    definition::{Definition, Place},
    guards::Guard,
    names,
};
use crate::{
    changes::{fact::ChangesetPlanned, progress::Progress},
    domain::{Timestamp, ids::Arn, inventory::Inventory},
};

/// Why a changeset cannot be planned anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRebuild {
    /// It takes nobody out, or an older version planned it.
    #[error("it does not say whom it takes out and how")]
    NoRemoval,
    /// It has ended.
    #[error("it has ended")]
    Ended,
    /// Somebody has begun to take it back.
    #[error("somebody has begun to take it back")]
    RollingBack,
}

/// Returns whether a changeset can be planned anew, and what it was made from.
pub fn of(progress: &Progress) -> Result<&Removal, NoRebuild> {
    let removal = progress.planned.removal.as_ref().ok_or(NoRebuild::NoRemoval)?;
    match (progress.is_open(), progress.is_rolling_back) {
        (false, _) => Err(NoRebuild::Ended),
        (true, true) => Err(NoRebuild::RollingBack),
        (true, false) => Ok(removal),
    }
}

/// Returns what to propose from a fresh reading. What became of the turns stays chosen, unless it does not fit any more: a
/// hand-over that has passed, or a replacement who has turns of their own by now.
pub fn again(removal: &Removal, fresh: &Inventory, now: Timestamp) -> Removal {
    let mut again = removal.clone();
    again.turns.retain(|rotation, turns| {
        let rotation = fresh.rotations.items.get(rotation);
        let members = rotation.and_then(|rotation| rotation.members.known());
        match turns {
            Turns::Defer { until } => *until > now,
            Turns::Remove => true,
            Turns::Replace => members.is_some_and(|members| {
                let replacement = removal.replacement.as_ref();
                replacement.is_some_and(|replacement| !names(members, replacement))
            }),
        }
    });
    again
}

/// Returns the answers that were given already, for the guards that say the same again.
pub fn answers(planned: &ChangesetPlanned, guards: &[Guard]) -> Vec<(String, String)> {
    let given = |guard: &Guard| {
        let answer = planned.answers.iter().find(|answer| answer.guard == guard.why)?;
        Some((guard.key(), answer.answer.clone()))
    };
    guards.iter().filter_map(given).collect()
}

/// Returns what is saved of somebody for a plan that was made anew: as they were before the first one, with the places that
/// it has written already beside those that are left.
pub fn joined(first: &Definition, later: Definition) -> Definition {
    let kept = first
        .places
        .iter()
        .filter(|place| !later.places.iter().any(|other| is_one(place, other)));
    let mut places: Vec<Place> = kept.cloned().collect();
    places.extend(later.places);
    let mut channels = first.channels.clone();
    let made = later.channels.into_iter();
    channels.extend(made.filter(|channel| !first.channels.iter().any(|known| known.arn == channel.arn)));
    Definition {
        channels,
        places,
        ..first.clone()
    }
}

/// Returns whether two places are written by one call, so that a later reading of it counts.
fn is_one(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::Stage { plan, .. }, Place::Stage { plan: other, .. }) => plan == other,
        (Place::Member { rotation, .. }, Place::Member { rotation: other, .. }) => rotation == other,
        (
            Place::Override { rotation, start_at, .. },
            Place::Override {
                rotation: other,
                start_at: other_start,
                ..
            },
        ) => rotation == other && start_at == other_start,
        (
            Place::Engagement { response_plan, .. },
            Place::Engagement {
                response_plan: other, ..
            },
        ) => response_plan == other,
        (Place::Stage { .. } | Place::Member { .. } | Place::Override { .. } | Place::Engagement { .. }, _) => false,
    }
}

/// Returns why the changeset that it stands for was closed, as a note for the ledger.
pub fn note(name: &str) -> String {
    format!("planned anew as {name}")
}

/// Returns those who go as far as they are still there: of the others there is nothing to save.
pub fn present<'a>(removal: &'a Removal, inventory: &'a Inventory) -> impl Iterator<Item = &'a Arn> {
    let is_there = |leaver: &&Arn| inventory.contacts.items.contains_key(*leaver);
    removal.leavers.iter().filter(is_there)
}

//! Checks of the review itself.

pub(super) mod campaign;
pub(super) mod decisions;
pub(super) mod ledger;
pub(super) mod waivers;

//! Checks of the review itself: whether one was held lately, whether its decisions were carried out, whether the ledger still
//! checks, and whether waivers have run out. All but the last rest on what the ledger
//! remembers, and are not asked where none was read.

pub(super) mod campaign;
pub(super) mod decisions;
pub(super) mod ledger;
pub(super) mod waivers;

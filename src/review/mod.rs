//! Pure: the periodic review: what it is about, what changed since the last one, what was decided, and when it is done.
//!
//! A review freezes a [`Population`]: one row for each thing that somebody has to decide about. What was
//! decided is a fold over the ledger. Nothing here remembers anything by itself.
//!
//! In which order to read:
//!
//! 1. What is looked at: [`row`] (one thing, in words that two readings of one account share), [`population`] (all rows, named
//!    by their digest), [`found`] (what the checks said of the same reading).
//! 2. What changed: [`diff`] between two populations, [`baseline`] (what was signed last, row by row), [`since`] (the account
//!    as it is read now against that).
//! 3. What was done: [`Reviews`] is the [`fold`] of the [`remembered`] records into [`campaign`]s and into what is known of
//!    [`devices`].
//! 4. What follows: [`recommend`] (what callsheet would decide), [`gate`] (who may sign off, or every reason why not),
//!    [`recorded`] (the fold as facts for checks).
//!
//! A decision holds for the digest of the row that was looked at, so that a row which has changed is open again without
//! anybody reopening it. An unknown is part of its row: it never counts as unchanged, and nobody signs over it without a
//! word of explanation. Nothing here decides for the reviewer, writes a record, or reads a clock.

pub mod population;
pub mod row;

pub mod baseline;
pub mod diff;
pub mod found;
pub mod since;

pub mod campaign;
pub mod devices;
pub mod fold;
pub mod remembered;

pub mod gate;
pub mod recommend;
pub mod recorded;

pub mod digest;

mod pagers;
mod rows;
mod scope;

#[cfg(test)]
mod campaign_tests;
#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod population_tests;
#[cfg(test)]
pub(crate) mod sample;

pub use fold::Reviews;
pub use population::Population;
pub use row::Row;

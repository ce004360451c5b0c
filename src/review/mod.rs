//! Pure: the periodic review: what it is about, what changed since the last one, what was decided, and when it is done.
//!
//! A review freezes a [`Population`]: one row for each thing that somebody has to decide about. What was
//! decided is a fold over the ledger. Nothing here remembers anything by itself.

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

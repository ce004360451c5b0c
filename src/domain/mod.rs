//! The words of the program as plain values: no input or output, no waiting, no drawing.
//!
//! Nothing is re-exported here; each file is named for what it holds.

pub mod access;
pub mod address;
pub mod call;
pub mod contact;
pub mod engagement;
pub mod fingerprint;
pub mod gap;
pub mod graph;
pub mod ids;
pub mod inventory;
pub mod load;
pub mod operation;
pub mod phone;
pub mod reach;
pub mod response;
pub mod roster;
#[cfg(test)]
pub(crate) mod sample;
pub mod schedule;
pub mod sharing;
pub mod tags;
pub mod text;
pub mod typed;
pub mod when;
#[cfg(test)]
pub(crate) mod world;

/// An instant in UTC. Zones are applied where a time is shown.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

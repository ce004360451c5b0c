//! The words of the program as plain values: no input or output, no waiting, no drawing.
//!
//! Nothing is re-exported here; each file is named for what it holds. In this order they build on each other:
//!
//! 1. [`ids`]: an [`Arn`](ids::Arn) is parsed once; a [`Scope`](ids::Scope) is the account and Region under review.
//! 2. [`gap`]: a [`Reading`](gap::Reading) is pending, known or unknown, so that nobody can take what was not read for empty.
//! 3. AWS's own things: [`contact`] (people, plans and schedules) with [`address`] and [`tags`], [`schedule`], [`response`],
//!    [`sharing`], [`engagement`].
//! 4. [`inventory`]: all of them as they were read at one time, grown [`Part`](inventory::Part) by part while a [`load`] runs.
//! 5. Questions about it: [`graph`] (who names whom), [`reach`] (whether somebody can be reached at all).
//! 6. How it is asked for: [`operation`] (the reads) and [`access`] (the changes, and who needs which permission), [`call`] (one
//!    request as it is shown).
//! 7. What does not come from AWS: [`roster`] (who works here), [`phone`] (what arrived on the demo's devices).
//! 8. Text: [`text`] makes strings from outside safe to draw, [`typed`] masks addresses in what people type, [`when`] reads
//!    times, [`fingerprint`] tells one address from another without holding it.
//!
//! Whether something is wrong is not decided here, and nothing here reads a clock: whoever asks brings the time.

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

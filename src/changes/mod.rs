//! Pure: the writes that callsheet intends, as data, what they come to, and the order in which they are made.
//!
//! A [`Write`] is one call of a writing operation without its secrets. [`apply`](apply::apply) makes the inventory that it would
//! lead to, so that every effect can be seen before anything is sent. A [`Changeset`] is a list of writes that somebody
//! consents to; a [`Run`] says what has to be done next, and nothing is sent before it has been recorded. The
//! [`Progress`](progress::Progress) of one is a fold over the [`Fact`](fact::Fact)s that the ledger was told.

pub mod apply;
pub mod build;
pub mod changeset;
pub mod fact;
pub mod members;
pub mod outcome;
pub mod progress;
pub mod removal;
pub mod run;
pub mod state;
mod undo;
pub mod what_if;
pub mod without;
pub mod write;

pub use changeset::Changeset;
pub use run::Run;
pub use write::Write;

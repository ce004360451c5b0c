//! Pure: the writes that callsheet intends, as data, and what they come to.
//!
//! A [`Write`] is one call of a writing operation without its secrets. [`apply`](apply::apply) makes the inventory that it would
//! lead to, so that every effect can be seen before anything is sent.

pub mod apply;
pub mod members;
pub mod outcome;
pub mod write;

pub use write::Write;

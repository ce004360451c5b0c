//! Pure: what callsheet remembers of what was seen, decided, sent and done, as a chain that anybody can check.
//!
//! One [`Entry`] becomes one line of an append-only file, chained to the line before it by its hash. State that survives a
//! restart is a fold over these lines and nothing else. There is one file for each scope. A line is a
//! [`Record`](record::Record) in JSON; it holds the hash of the line before it and, last, its own: SHA-256 over its exact
//! bytes up to and without `,"hash":"`. Whoever has `sed` and `sha256sum` can check a line, and `jq` reads all of it. There
//! is no canonical form that two programs could understand differently.
//!
//! What the chain proves: that no record was altered, left out, moved or put in between. It does not prove that
//! the end was not cut off, or that the file was not written anew from its start. Against that helps one hash that was
//! noted somewhere else, such as the head that a sign-off shows.
//!
//! The file itself is the store's. Here bytes come in, and records and the [`State`](chain::State) of the chain come out.

pub mod chain;
pub mod entry;
pub mod hash;
pub mod line;
pub mod record;
pub mod replay;
pub mod rounds;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod schema;
mod typed;
mod words;

pub use entry::Entry;

//! Pure: what callsheet remembers of what was seen, decided, sent and done.
//!
//! One [`Entry`] becomes one line of an append-only file, chained to the line before it by its hash. State that survives a
//! restart is a fold over these lines and nothing else.

pub mod entry;

pub use entry::Entry;

//! A faithful Incident Manager over HTTP on loopback, for the demo, for tests and for other people's clients.
//!
//! It is written from the service's documentation and imports nothing of the rest of this crate.

pub mod recurrence;
pub mod shifts;
pub mod world;

pub use world::World;

//! A faithful Incident Manager over HTTP on loopback, for the demo, for tests and for other people's clients.
//!
//! It is written from the service's documentation and imports nothing of the rest of this crate. One port answers
//! ssm-contacts (JSON 1.1, by `X-Amz-Target`), ssm-incidents (REST JSON, by path) and STS `GetCallerIdentity`; any
//! credentials are accepted, and the Region is the one that the caller signed for.
//!
//! - [`world`] is the account, and the format of the files it is kept in.
//! - [`Settings`] answer the questions that the documentation leaves open.
//! - [`Fault`]s make it misbehave.
//! - The back door under `/_emulator/` is the one part that is not AWS; `backdoor.rs` lists what it answers.

pub mod generate;
pub mod recurrence;
pub mod settings;
pub mod shifts;
pub mod world;

mod backdoor;
mod call;
mod error;
mod faults;
mod input;
mod machine;
pub mod operations;
mod pager;
mod rates;
mod request;
mod saving;
mod server;
mod wire;

#[cfg(test)]
mod rebuilt;

mod contacts;
mod incidents;
mod sts;

pub use error::{ErrorKind, ServiceError};
pub use faults::{Fault, FaultError, FaultKind, KINDS};
pub use server::{CallSeen, Emulator};
pub use settings::Settings;
pub use world::World;

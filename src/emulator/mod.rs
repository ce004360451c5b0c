//! A faithful Incident Manager over HTTP on loopback, for the demo, for tests and for other people's clients.
//!
//! It is written from the service's documentation and imports nothing of the rest of this crate. One port answers
//! ssm-contacts (JSON 1.1, by `X-Amz-Target`), ssm-incidents (REST JSON, by path) and STS `GetCallerIdentity`; any
//! credentials are accepted, and the Region is the one that the caller signed for.
//!
//! - [`world`] is the account, and the format of the files it is kept in.
//! - [`Settings`] answer the questions that the documentation leaves open.
//! - [`Fault`]s make it misbehave, and take permissions away: `AssociateContact:access-denied` from whoever puts a contact
//!   into a plan, `StartEngagement:access-denied` also from whoever starts an incident.
//! - The back door under `/_emulator/` is the one part that is not AWS:
//!
//! | Request | Effect |
//! |---|---|
//! | `GET /_emulator/outbox` | What arrived on the phones and in the mailboxes, oldest first. |
//! | `GET /_emulator/calls` | The requests so far, oldest first. |
//! | `GET /_emulator/state` | The world, as its file would be. |
//! | `POST /_emulator/faults` | A list of texts such as `"GetContact:throttle:3"`: adds them as faults. |
//! | `DELETE /_emulator/faults` | Forgets the faults that are still to come. |
//! | `POST /_emulator/unsubscribe` | `{"channel": ARN}`: the owner answers UNSUBSCRIBE. |
//! | `POST /_emulator/clock` | `{"advance_seconds": n}`: moves the clock forward. |
//! | `POST /_emulator/reset` | Returns to the world of the start, without faults and requests. |

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
mod permissions;
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

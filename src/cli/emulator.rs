//! `callsheet emulator`: the embedded Incident Manager, for other people's clients and tests.

use super::Status;
use crate::failure::{Failure, FailureKind};
use std::net::SocketAddr;

/// Serve an embedded Incident Manager to the AWS CLI and to every SDK.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
}

/// Serves until it is told to stop.
pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    Err(Failure::new(
        FailureKind::Bug,
        format!("The emulator on {} is not built yet.", arguments.listen),
    ))
}

//! Without a subcommand: the review desk.

use super::Status;
use crate::{
    config::Config,
    failure::{Failure, FailureKind},
};

/// Opens the desk and returns when it is left.
pub(super) fn run(config: Config) -> Result<Status, Failure> {
    drop(config);
    Err(Failure::new(FailureKind::Bug, "The desk is not built yet."))
}

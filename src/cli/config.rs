//! `callsheet config`: every setting, its default, and which file is read.

use super::{Status, output};
use crate::{
    config::{self, Flags},
    failure::Failure,
};

/// Print every setting with its default, ready to be saved as the configuration file.
///
/// The first line says which file is read.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {}

const EXAMPLES: &str = "\
Examples:
  callsheet config > config.toml    Begin a file of your own, then edit it.";

/// Prints the settings.
pub(super) fn run(_arguments: &Arguments, flags: &Flags) -> Result<Status, Failure> {
    let source = config::Source::find(flags);
    output::lines(&format!("# {source}\n{}", config::DEFAULTS))?;
    Ok(Status::Success)
}

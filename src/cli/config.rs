//! `callsheet config`: every setting, its default, and which file is read.

use super::{Status, output};
use crate::{
    config::{self, Flags},
    failure::Failure,
};

/// Print every setting with its default, ready to be saved as the configuration file.
///
/// The first lines say which file is read. To begin with one of your own:
///
///   callsheet config > config.toml
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {}

/// Prints the settings.
pub(super) fn run(_arguments: &Arguments, flags: &Flags) -> Result<Status, Failure> {
    let source = config::Source::find(flags);
    output::write(format!("# {source}\n{}", config::DEFAULTS).as_bytes())?;
    Ok(Status::Success)
}

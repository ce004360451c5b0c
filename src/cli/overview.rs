//! Without a subcommand and with `--plain`: what the desk would show first, as lines, and the commands for the rest.

use super::{Status, output, paper, scan};
use crate::{
    config::Config,
    failure::Failure,
    report::lines::{Commands, commands},
};

/// Prints what is found in the account, the most urgent first, and which commands tell and do more.
///
/// The desk draws a screen that changes under the reader, of which nothing can be told line by line; everything on it has
/// a command.
pub(super) fn run(config: &Config) -> Result<Status, Failure> {
    let status = scan::run(&scan::Arguments::of_everything(), config)?;
    let whole = super::command();
    let known: Commands = whole
        .get_subcommands()
        .map(|command| {
            let about = command.get_about().map(ToString::to_string);
            (command.get_name().to_owned(), about.unwrap_or_default())
        })
        .collect();
    output::write(commands(&known, paper::layout()).as_bytes())?;
    Ok(status)
}

//! `callsheet man`: the manual page.

use super::{Status, output};
use crate::failure::{Failure, FailureKind};

/// Print the manual page, in the form that man reads.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The command to print the page of; without one, the page of callsheet itself.
    command: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  callsheet man | man -l -
  callsheet man inventory | man -l -
  callsheet man > ~/.local/share/man/man1/callsheet.1";

/// Prints the manual page.
pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let mut whole = super::command();
    // Hands the options of every command down to each of them.
    whole.build();
    let command = match &arguments.command {
        None => whole,
        Some(name) => {
            let found = whole
                .find_subcommand(name)
                .cloned()
                .ok_or_else(|| unknown(name, &whole))?;
            // Names of manual pages hold dashes where the command line has spaces.
            found
                .name(format!("callsheet-{name}"))
                .display_name(format!("callsheet-{name}"))
                .version(env!("CARGO_PKG_VERSION"))
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| Failure::new(FailureKind::Bug, "The manual page could not be made.").because_of(&error))?;
    output::write(&page)?;
    Ok(Status::Success)
}

fn unknown(name: &str, whole: &clap::Command) -> Failure {
    let names: Vec<&str> = whole.get_subcommands().map(clap::Command::get_name).collect();
    Failure::new(FailureKind::Usage, format!("There is no command “{name}”."))
        .hint(format!("choose one of {}", names.join(", ")))
}

//! `callsheet completions`: what a shell needs to complete the command line.

use super::{Status, output};
use crate::failure::Failure;

/// Print the completions for a shell.
///
/// Put them where your shell looks for them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

const EXAMPLES: &str = "\
Examples:
  callsheet completions bash > ~/.local/share/bash-completion/completions/callsheet
  callsheet completions zsh > ~/.zfunc/_callsheet
  callsheet completions fish > ~/.config/fish/completions/callsheet.fish";

/// Prints the completions.
pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::command(), "callsheet", &mut script);
    output::write(&script)?;
    Ok(Status::Success)
}

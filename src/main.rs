//! The program: parse the arguments, run, print a failure, set the exit status.

use callsheet::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os()).unwrap_or_else(|failure| cli::report(&failure))
}

//! How wide printed text may be, and whether it may be coloured.

use crate::{
    config::{ColorDepth, Config, Environment},
    runtime::terminal,
};
use std::io::{self, IsTerminal as _};

/// The cells of a line where nobody says: what reads well in the log of a job.
const USUAL_WIDTH: usize = 100;

/// Returns how many cells a printed line may take: those of the terminal, or as `COLUMNS` says, or a usual number.
pub(super) fn width() -> usize {
    let terminal = if io::stdout().is_terminal() {
        terminal::columns()
    } else {
        None
    };
    let named = || Environment::read().get("COLUMNS")?.parse().ok();
    terminal.or_else(named).unwrap_or(USUAL_WIDTH)
}

/// Returns whether printed text may be coloured.
pub(super) fn has_colours(config: &Config) -> bool {
    io::stdout().is_terminal() && config.color_depth != ColorDepth::None
}

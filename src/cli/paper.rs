//! How printed text is laid out: how wide it may be, whether it may be coloured, or in plain lines.

use super::output;
use crate::{
    config::{ColorDepth, Config, Environment},
    report::lines::Layout,
    runtime::terminal,
};
use std::io::{self, IsTerminal as _};

/// The cells of a line where nobody says: what reads well in the log of a job.
const USUAL_WIDTH: usize = 100;

/// Returns how lines for people are written where they have no colours.
pub(super) fn layout() -> Layout {
    if output::is_plain() {
        Layout::Plain
    } else {
        Layout::of_width(width())
    }
}

/// Returns how lines for people are written where some of them may be coloured.
pub(super) fn coloured(config: &Config) -> Layout {
    match layout() {
        Layout::Laid { width, .. } => Layout::Laid {
            width,
            has_colours: io::stdout().is_terminal() && config.color_depth != ColorDepth::None,
        },
        Layout::Plain => Layout::Plain,
    }
}

/// Returns how many cells a printed line may take: those of the terminal, or as `COLUMNS` says, or a usual number.
fn width() -> usize {
    let terminal = if io::stdout().is_terminal() {
        terminal::columns()
    } else {
        None
    };
    let named = || Environment::read().get("COLUMNS")?.parse().ok();
    terminal.or_else(named).unwrap_or(USUAL_WIDTH)
}

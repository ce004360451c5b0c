//! The detail of the selected row: lines of which some lead elsewhere.

use super::{facts::Facts, style::Line};
use crate::domain::ids::Arn;

/// The detail pane.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// Its lines.
    pub lines: Vec<DetailLine>,
    /// The line that commands act on.
    pub place: usize,
    /// The first line on the screen.
    pub offset: usize,
}

/// One line of a detail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DetailLine {
    /// The text.
    pub line: Line,
    /// What Enter on it goes to.
    pub link: Option<Arn>,
}

impl Detail {
    /// Takes over other lines, keeping the place.
    pub fn set_lines(&mut self, lines: Vec<DetailLine>, height: usize) {
        self.lines = lines;
        self.move_by(0, height);
    }

    /// Moves the selected line by `rows` on a screen of `height`, stopping at both ends.
    pub fn move_by(&mut self, rows: isize, height: usize) {
        self.place = self
            .place
            .saturating_add_signed(rows)
            .min(self.lines.len().saturating_sub(1));
        let height = height.max(1);
        let lowest = self.place.saturating_sub(height - 1);
        self.offset = self
            .offset
            .clamp(lowest, self.place)
            .min(self.lines.len().saturating_sub(height).max(lowest));
    }

    /// Returns what the selected line leads to.
    pub fn link(&self) -> Option<&Arn> {
        self.lines.get(self.place).and_then(|line| line.link.as_ref())
    }
}

/// Returns the detail of what `id` names, for a pane of `width` columns.
pub fn build(facts: &Facts<'_>, id: &Arn, _width: u16) -> Vec<DetailLine> {
    let Some(contact) = facts.inventory.contacts.items.get(id) else {
        return Vec::new();
    };
    vec![DetailLine {
        line: Line::plain(contact.label()),
        link: None,
    }]
}

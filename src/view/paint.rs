//! Putting text into cells: cut by display width with `…`, and never outside the frame.

use super::theme::Theme;
use crate::{
    app::{
        layout::Area,
        measure::{prefix, width},
        style::{Line, Role, Span},
    },
    domain::text::neutral,
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};
use tui_input::Input;

/// The cells of a frame, the theme, and where the cursor goes.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    cursor: Option<Position>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self {
            buffer,
            theme,
            cursor: None,
        }
    }

    /// Returns where the cursor is to stand; nowhere when nothing is typed.
    pub(super) fn cursor(&self) -> Option<Position> {
        self.cursor
    }

    /// Gives every cell of an area the look of a role, and leaves its text.
    pub(super) fn tint(&mut self, area: Area, role: Role) {
        self.buffer.set_style(rect(area), self.theme.style(role));
    }

    /// Empties an area.
    pub(super) fn clear(&mut self, area: Area) {
        let inside = rect(area).intersection(self.buffer.area);
        for y in inside.top()..inside.bottom() {
            // A wide character that begins before the area would be drawn over its first column.
            if let Some(before) = inside.left().checked_sub(1)
                && let Some(cell) = self.buffer.cell_mut((before, y))
                && width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
            for x in inside.left()..inside.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
        self.tint(area, Role::Normal);
    }

    /// Puts text of one role at a cell, cut to `cells`; returns the cells it took.
    pub(super) fn put(&mut self, x: u16, y: u16, cells: u16, text: &str, role: Role) -> u16 {
        self.pieces(x, y, cells, std::iter::once((text, role)))
    }

    /// Puts a line at a cell, cut to `cells`; returns the cells it took.
    pub(super) fn line(&mut self, x: u16, y: u16, cells: u16, line: &Line) -> u16 {
        self.spans(x, y, cells, &line.spans)
    }

    /// Puts pieces at a cell, cut to `cells`; returns the cells they took.
    pub(super) fn spans(&mut self, x: u16, y: u16, cells: u16, spans: &[Span]) -> u16 {
        let pieces = spans.iter().map(|span| (span.text.as_str(), span.role));
        self.pieces(x, y, cells, pieces)
    }

    fn pieces<'t>(&mut self, x: u16, y: u16, cells: u16, pieces: impl Iterator<Item = (&'t str, Role)> + Clone) -> u16 {
        let area = self.buffer.area;
        if y >= area.bottom() || x >= area.right() {
            return 0;
        }
        let cells = cells.min(area.right() - x);
        let total: usize = pieces.clone().map(|(text, _)| width(text)).sum();
        let is_cut = total > usize::from(cells);
        let end = x + if is_cut { cells.saturating_sub(1) } else { cells };
        let mut at = x;
        let mut style = Style::default();
        for (text, role) in pieces {
            let shown = prefix(text, usize::from(end - at));
            style = self.theme.style(role);
            at = self.buffer.set_stringn(at, y, shown, usize::from(end - at), style).0;
            if shown.len() < text.len() {
                break;
            }
        }
        if is_cut && cells > 0 {
            at = self.buffer.set_stringn(at, y, "…", 1, style).0;
        }
        at - x
    }

    /// Puts a line in the middle of an area's row.
    pub(super) fn centred(&mut self, area: Area, y: u16, line: &Line) {
        let taken = u16::try_from(crate::app::measure::line_width(line)).unwrap_or(u16::MAX);
        let x = area.x + area.width.saturating_sub(taken) / 2;
        self.line(x, y, area.width, line);
    }

    /// Puts a text field at a cell, scrolled so that the cursor is seen, and the cursor into it; returns the cells it took.
    pub(super) fn field(&mut self, x: u16, y: u16, cells: u16, input: &Input) -> u16 {
        let before: String = input.value().chars().take(input.cursor()).collect();
        let before = neutral(&before).into_owned();
        let whole = neutral(input.value());
        // The cursor stands behind the last character, so it needs a cell of its own.
        let room = usize::from(cells.saturating_sub(1));
        let mut hidden = 0;
        while width(before.get(hidden..).unwrap_or_default()) > room {
            let rest = before.get(hidden..).unwrap_or_default();
            hidden += rest.chars().next().map_or(1, char::len_utf8);
        }
        let column = width(before.get(hidden..).unwrap_or_default());
        self.cursor = Some(Position::new(x + u16::try_from(column).unwrap_or(0), y));
        let shown = whole.get(hidden..).unwrap_or_default();
        self.put(x, y, cells, shown, Role::Input)
    }
}

fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

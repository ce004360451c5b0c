//! Putting text into cells: cut by display width with `…`, and never outside the frame.

use super::theme::Theme;
use crate::{
    app::{
        layout::Area,
        measure::{prefix, width},
        style::{Line, Role},
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
        let style = self.theme.style(role);
        if style != Style::default() {
            self.buffer.set_style(rect(area), style);
        }
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

    /// Puts text of one role into the first row of an area, cut to it; returns the cells it took.
    pub(super) fn put(&mut self, area: Area, text: &str, role: Role) -> u16 {
        self.pieces(area, std::iter::once((text, role)))
    }

    /// Puts a line into the first row of an area, cut to it; returns the cells it took.
    pub(super) fn line(&mut self, area: Area, line: &Line) -> u16 {
        self.pieces(area, line.spans.iter().map(|span| (span.text.as_str(), span.role)))
    }

    fn pieces<'t>(&mut self, area: Area, pieces: impl Iterator<Item = (&'t str, Role)> + Clone) -> u16 {
        let area = rect(area).intersection(self.buffer.area);
        if area.is_empty() {
            return 0;
        }
        let total: usize = pieces.clone().map(|(text, _)| width(text)).sum();
        let is_cut = total > usize::from(area.width);
        let end = area.right() - u16::from(is_cut);
        let mut x = area.x;
        let mut style = Style::default();
        for (text, role) in pieces {
            let room = usize::from(end - x);
            let shown = prefix(text, room);
            style = self.theme.style(role);
            x = self.buffer.set_stringn(x, area.y, shown, room, style).0;
            if shown.len() < text.len() {
                break;
            }
        }
        if is_cut {
            x = self.buffer.set_stringn(x, area.y, "…", 1, style).0;
        }
        x - area.x
    }

    /// Puts a text field into the first row of an area, scrolled so that the cursor is seen, and the cursor into it.
    pub(super) fn field(&mut self, area: Area, input: &Input) {
        let before: String = input.value().chars().take(input.cursor()).collect();
        let before = neutral(&before);
        let whole = neutral(input.value());
        // The cursor stands behind the last character, so it needs a cell of its own.
        let room = usize::from(area.width.saturating_sub(1));
        let mut hidden = 0;
        let rest = |hidden: usize| before.get(hidden..).unwrap_or_default();
        while width(rest(hidden)) > room {
            hidden += rest(hidden).chars().next().map_or(1, char::len_utf8);
        }
        let column = u16::try_from(width(rest(hidden))).unwrap_or(0);
        self.cursor = Some(Position::new(area.x + column, area.y));
        self.put(area, whole.get(hidden..).unwrap_or_default(), Role::Input);
    }
}

/// Returns how many cells `text` takes, as areas count them.
pub(super) fn cells(text: &str) -> u16 {
    u16::try_from(width(text)).unwrap_or(u16::MAX)
}

fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: u16 = 10;

    fn area(x: u16, width: u16) -> Area {
        Area {
            x,
            y: 0,
            width,
            height: 1,
        }
    }

    /// Returns what a row of ten cells holds after `paint`, and where the cursor stands.
    fn painted(paint: impl FnOnce(&mut Canvas<'_>)) -> (String, Option<u16>) {
        let theme = Theme::of(|_| Style::new());
        let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, 1));
        let mut canvas = Canvas::new(&mut buffer, &theme);
        paint(&mut canvas);
        let cursor = canvas.cursor().map(|position| position.x);
        let mut text = String::new();
        let mut x = 0;
        while let Some(cell) = buffer.cell((x, 0)) {
            text.push_str(cell.symbol());
            x += cells(cell.symbol()).max(1);
        }
        (text.trim_end().to_owned(), cursor)
    }

    #[test]
    fn text_that_is_too_long_ends_in_an_ellipsis() {
        for (text, width, expected) in [
            ("anna", 4, "anna"),
            ("annas", 4, "ann…"),
            ("李雷李", 4, "李…"),
            ("李雷", 4, "李雷"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("anna", 1, "…"),
            ("anna", 0, ""),
            ("anna kovacs of payments", 200, "anna kova…"),
        ] {
            let (painted, _) = painted(|canvas| {
                canvas.put(area(0, width), text, Role::Normal);
            });
            assert_eq!(painted, expected, "{text} in {width}");
        }
    }

    #[test]
    fn an_ellipsis_stands_for_the_pieces_that_follow() {
        let line = Line::plain("abc").and("def", Role::Dim);
        for (width, expected) in [(6, "abcdef"), (4, "abc…"), (3, "ab…")] {
            let (painted, _) = painted(|canvas| {
                canvas.line(area(0, width), &line);
            });
            assert_eq!(painted, expected, "{width}");
        }
    }

    #[test]
    fn what_lies_over_a_wide_character_leaves_no_half_of_it() {
        let (painted, _) = painted(|canvas| {
            canvas.put(area(0, WIDTH), "李雷李", Role::Normal);
            canvas.clear(area(3, 2));
            canvas.put(area(3, 1), "│", Role::Normal);
        });
        assert_eq!(painted, "李 │ 李");
    }

    #[test]
    fn a_field_scrolls_so_that_the_cursor_is_seen() {
        for (text, cursor, expected, column) in [
            ("abc", 3, "abc", 3),
            ("abc", 0, "abc", 0),
            ("abcdefghij", 10, "bcdefghij", 9),
            ("abcdefghijkl", 2, "abcdefghi…", 2),
            ("李雷李雷李雷", 6, "李雷李雷", 8),
            ("a\u{202e}b", 3, "a\u{fffd}b", 3),
        ] {
            let input = Input::new(text.to_owned()).with_cursor(cursor);
            let (painted, at) = painted(|canvas| canvas.field(area(0, WIDTH), &input));
            assert_eq!((painted.as_str(), at), (expected, Some(column)), "{text}");
        }
    }

    #[test]
    fn nothing_is_drawn_outside_the_frame() {
        let (painted, _) = painted(|canvas| {
            canvas.put(area(8, 20), "abcdef", Role::Normal);
            canvas.put(area(30, 5), "abc", Role::Normal);
            canvas.put(Area { y: 4, ..area(0, 5) }, "abc", Role::Normal);
            canvas.clear(area(40, 5));
        });
        assert_eq!(painted, "        a…");
    }
}

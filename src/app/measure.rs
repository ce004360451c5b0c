//! How wide text is on the screen, and where it may be cut: never inside a character, never half a cell.
//!
//! Widths are those of grapheme clusters, added up, because that is how the terminal's cells are filled.

use super::style::{Line, Role, Span};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Returns how many cells `text` takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(cells).sum()
}

/// Returns how many cells a grapheme cluster takes, as the drawing library counts them.
fn cells(grapheme: &str) -> usize {
    // Terminals give the half-width sound marks of Japanese a cell of their own, though they extend the letter before.
    let marks = grapheme.chars().filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}'));
    grapheme.width() + marks.count()
}

/// Returns how many cells a line takes.
pub fn line_width(line: &Line) -> usize {
    line.spans.iter().map(|span| width(&span.text)).sum()
}

/// Returns the longest beginning of `text` that takes at most `room` cells.
pub fn prefix(text: &str, room: usize) -> &str {
    if text.is_ascii() {
        return text.get(..room).unwrap_or(text);
    }
    let mut used = 0;
    for (index, grapheme) in text.grapheme_indices(true) {
        used += cells(grapheme);
        if used > room {
            return text.get(..index).unwrap_or(text);
        }
    }
    text
}

/// Returns the rows that `line` takes on a screen `room` cells wide, broken between words where that is possible.
///
/// Rows after the first are set in by two cells more than the line itself.
pub fn wrap(line: &Line, room: usize) -> Vec<Line> {
    if room == 0 || line_width(line) <= room {
        return vec![line.clone()];
    }
    let text = line.text();
    let indent = (text.len() - text.trim_start_matches(' ').len() + 2).min(room / 2);
    let mut rows = Rows {
        done: Vec::new(),
        row: Line::default(),
        used: 0,
        start: 0,
        room,
        indent,
    };
    for span in &line.spans {
        for word in span.text.split_inclusive(' ') {
            rows.add(word, span.role);
        }
    }
    rows.next();
    rows.done
}

/// Rows that are being filled.
struct Rows {
    done: Vec<Line>,
    row: Line,
    /// The cells that are taken in the present row.
    used: usize,
    /// The cells that the present row is set in by.
    start: usize,
    /// The cells that a row has.
    room: usize,
    indent: usize,
}

impl Rows {
    fn add(&mut self, word: &str, role: Role) {
        let mut rest = word;
        // A space at the end of a row does not count: it is taken off there.
        while self.used + width(rest.trim_end_matches(' ')) > self.room {
            let is_fresh = self.used == self.start;
            let fits_a_row = width(rest.trim_end_matches(' ')) <= self.room - self.indent;
            let head = prefix(rest, self.room.saturating_sub(self.used));
            if !is_fresh && (fits_a_row || head.is_empty()) {
                self.next();
                continue;
            }
            if head.is_empty() {
                // Not even one character fits a whole row.
                return;
            }
            self.push(head, role);
            rest = rest.get(head.len()..).unwrap_or_default();
            self.next();
        }
        self.push(rest, role);
    }

    fn push(&mut self, text: &str, role: Role) {
        self.used += width(text);
        match self.row.spans.last_mut() {
            Some(last) if last.role == role => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => self.row.spans.push(Span {
                text: text.to_owned(),
                role,
            }),
        }
    }

    fn next(&mut self) {
        let mut row = std::mem::take(&mut self.row);
        if let Some(last) = row.spans.last_mut() {
            last.text.truncate(last.text.trim_end_matches(' ').len());
        }
        self.done.push(row);
        self.used = 0;
        self.push(&" ".repeat(self.indent), Role::Normal);
        self.start = self.used;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_combining_characters_are_never_cut_in_two() {
        assert_eq!(width("李雷"), 4);
        assert_eq!(width("e\u{301}a"), 2);
        assert_eq!(prefix("李雷", 3), "李");
        assert_eq!(prefix("e\u{301}a", 1), "e\u{301}");
        assert_eq!(prefix("anna", 9), "anna");
        assert_eq!(prefix("anna", 0), "");
    }

    #[track_caller]
    fn check(text: &str, cells: usize, expected: &[&str]) {
        let rows: Vec<String> = wrap(&Line::plain(text), cells).iter().map(Line::text).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn lines_are_broken_between_words_and_long_words_anywhere() {
        check("short", 10, &["short"]);
        check("one two three", 8, &["one two", "  three"]);
        check("  in four", 6, &["  in", "   fou", "   r"]);
        check("arn:aws:iam::1:role", 10, &["arn:aws:ia", "  m::1:rol", "  e"]);
        check("李雷李雷", 3, &["李", " 雷", " 李", " 雷"]);
        check("李", 1, &[""]);
        check("", 5, &[""]);
    }

    #[test]
    fn no_row_is_wider_than_the_screen_and_nothing_is_lost() {
        let line = Line::plain("  Zoë 李雷 asks: ").and("arn:aws:ssm-contacts:eu-west-1:1:contact/zoë", Role::Link);
        let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        for cells in 2..60 {
            let rows = wrap(&line, cells);
            for row in &rows {
                assert!(width(row.text().trim_end()) <= cells, "{cells}: {row:?}");
            }
            let all: String = rows.iter().map(Line::text).collect();
            assert_eq!(letters(&all), letters(&line.text()), "{cells}");
        }
    }
}

//! A detail while it is written: headings, fields, and lines that are wrapped by words and keep their indentation.

use super::DetailLine;
use crate::{
    app::style::{Line, Role, Span},
    domain::{gap::Reading, ids::Arn},
    paging::coverage::Answer,
};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The narrowest page: below this, words would be cut into letters.
const LEAST_WIDTH: u16 = 20;

/// The cells before the value of a field.
const FIELD_INDENT: usize = 10;

/// Lines of at most so many cells.
#[derive(Debug)]
pub(super) struct Page {
    lines: Vec<DetailLine>,
    width: usize,
}

impl Page {
    /// Returns an empty page of `width` cells.
    pub(super) fn new(width: u16) -> Self {
        Self {
            lines: Vec::new(),
            width: usize::from(width.max(LEAST_WIDTH)),
        }
    }

    /// Returns how many cells a line may take.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Returns the lines.
    pub(super) fn finish(self) -> Vec<DetailLine> {
        self.lines
    }

    /// Begins a section, with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.lines.push(DetailLine::default());
        }
        self.put(0, &Line::of(text, Role::Heading));
    }

    /// Adds a line whose continuations begin after `hang` cells.
    pub(super) fn put(&mut self, hang: usize, line: &Line) {
        self.add(hang, line, None);
    }

    /// Adds a line that leads to `target`.
    pub(super) fn link(&mut self, hang: usize, line: &Line, target: &Arn) {
        self.add(hang, line, Some(target));
    }

    /// Adds a name with its value.
    pub(super) fn field(&mut self, name: &str, value: Line) {
        self.put(FIELD_INDENT, &field(name, value));
    }

    /// Adds a name with a value that leads to `target`.
    pub(super) fn field_link(&mut self, name: &str, value: Line, target: &Arn) {
        self.link(FIELD_INDENT, &field(name, value), target);
    }

    /// Says why something is not known.
    pub(super) fn unknown(&mut self, indent: usize, why: impl std::fmt::Display) {
        self.put(
            indent + 2,
            &indented(indent).and(format!("unknown: {why}"), Role::Unknown),
        );
    }

    /// Says that an answer is still to come.
    pub(super) fn pending(&mut self, indent: usize) {
        self.put(indent, &indented(indent).and("…", Role::Dim));
    }

    /// Says that there is none of something.
    pub(super) fn none(&mut self, indent: usize, text: &str) {
        self.put(indent, &indented(indent).and(text, Role::Dim));
    }

    /// Writes what was read, or why there is nothing to write.
    pub(super) fn reading<T>(&mut self, indent: usize, reading: &Reading<T>, write: impl FnOnce(&mut Self, &T)) {
        match reading {
            Reading::Known(value) => write(self, value),
            Reading::Unknown(gap) => self.unknown(indent, gap),
            Reading::Pending => self.pending(indent),
        }
    }

    /// Writes what follows from what was read, or why nothing follows.
    pub(super) fn answer<T>(&mut self, indent: usize, answer: Answer<T>, write: impl FnOnce(&mut Self, T)) {
        match answer {
            Answer::Known(value) => write(self, value),
            Answer::Unknown(why) => self.unknown(indent, why),
            Answer::Pending => self.pending(indent),
        }
    }

    fn add(&mut self, hang: usize, line: &Line, target: Option<&Arn>) {
        // On a narrow page the text needs the room more than the indentation does.
        let hang = hang.min(self.width / 3);
        let lines = wrap(line, self.width, hang).into_iter();
        self.lines.extend(lines.map(|line| DetailLine {
            line,
            link: target.cloned(),
        }));
    }
}

/// Returns a line that begins with `indent` spaces.
pub(super) fn indented(indent: usize) -> Line {
    Line::plain(" ".repeat(indent))
}

fn field(name: &str, value: Line) -> Line {
    let mut line = Line::of(format!("{name:<FIELD_INDENT$}"), Role::Dim);
    line.spans.extend(value.spans);
    line
}

/// Cuts a line at spaces, or inside a word that is wider than a line, into lines of at most `width` cells.
fn wrap(line: &Line, width: usize, hang: usize) -> Vec<Line> {
    let letters: Vec<(&str, Role)> = line
        .spans
        .iter()
        .flat_map(|span| span.text.graphemes(true).map(|letter| (letter, span.role)))
        .collect();
    let mut lines = Vec::new();
    let mut rest = letters.as_slice();
    let mut indent = 0;
    loop {
        let (line, after) = cut(rest, width - indent);
        lines.push(joined(indent, line));
        // The space at which a line is cut is not shown.
        let words = after.iter().position(|(letter, _)| *letter != " ");
        let Some(next) = words.and_then(|start| after.get(start..)) else {
            return lines;
        };
        rest = next;
        indent = hang;
    }
}

type Letters<'a> = &'a [(&'a str, Role)];

/// Splits off what fits on a line of `width` cells.
fn cut(letters: Letters<'_>, width: usize) -> (Letters<'_>, Letters<'_>) {
    let mut cells = 0;
    let fitting = letters.iter().take_while(|(letter, _)| {
        cells += letter.width();
        cells <= width
    });
    let fitting = fitting.count();
    if fitting == letters.len() {
        return (letters, &[]);
    }
    let is_space = |place: usize| letters.get(place).is_some_and(|(letter, _)| *letter == " ");
    let indent = letters.iter().take_while(|(letter, _)| *letter == " ").count();
    let space = (indent + 1..=fitting).rev().find(|place| is_space(*place));
    // A single letter that is wider than the line still has to go somewhere.
    letters.split_at(space.unwrap_or(fitting).max(1))
}

fn joined(indent: usize, letters: Letters<'_>) -> Line {
    let mut spans: Vec<Span> = Vec::new();
    if indent > 0 {
        spans.push(Span::new(" ".repeat(indent), Role::Normal));
    }
    for (letter, role) in letters {
        match spans.last_mut() {
            Some(span) if span.role == *role => span.text.push_str(letter),
            _ => spans.push(Span::new(letter, *role)),
        }
    }
    Line { spans }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, width: usize, hang: usize, expected: &[&str]) {
        let lines: Vec<String> = wrap(&Line::plain(text), width, hang).iter().map(Line::text).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn lines_are_cut_at_words_and_keep_their_indentation() {
        check("one two three", 20, 2, &["one two three"]);
        check("one two three", 8, 2, &["one two", "  three"]);
        check("one two three", 7, 0, &["one two", "three"]);
        check("    one two", 8, 4, &["    one", "    two"]);
        check("", 8, 2, &[""]);
    }

    #[test]
    fn a_word_that_is_wider_than_a_line_is_cut_inside() {
        check("contact-channel", 8, 2, &["contact-", "  channe", "  l"]);
        check("    contact", 8, 4, &["    cont", "    act"]);
    }

    #[test]
    fn wide_and_combining_letters_are_measured_as_they_are_drawn() {
        check("李李李 李", 6, 0, &["李李李", "李"]);
        check("e\u{301}e\u{301} e\u{301}", 3, 0, &["e\u{301}e\u{301}", "e\u{301}"]);
    }

    #[test]
    fn roles_survive_the_cut() {
        let line = Line::of("one ", Role::Good).and("two three", Role::Danger);
        let roles: Vec<Vec<Role>> = wrap(&line, 7, 2)
            .iter()
            .map(|line| line.spans.iter().map(|span| span.role).collect())
            .collect();
        assert_eq!(
            roles,
            [vec![Role::Good, Role::Danger], vec![Role::Normal, Role::Danger]]
        );
    }
}

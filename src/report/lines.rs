//! Lines for people, in one of two forms: laid out for the eye, or plain for a screen reader.
//!
//! Every report for people is written through `Lines`, value by value and each value with its label, so that both forms
//! come from one place: whatever is shown in a column or in brackets is a line of its own in the plain form, and nothing
//! can be forgotten there. Plain lines are never broken, indented or coloured, and hold no drawing signs.

use anstyle::Style;
use std::{borrow::Cow, fmt::Write as _};
use textwrap::{Options, WordSplitter};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// For the eye: in columns, and broken where they get too wide.
    Laid {
        /// How many cells a line may take.
        width: usize,
        /// Whether the words that say how bad something is may be coloured.
        has_colours: bool,
    },
    /// For a screen reader: one fact on each line, one thing after the other.
    Plain,
}

impl Layout {
    /// Returns the layout for the eye without colours.
    pub fn of_width(width: usize) -> Self {
        Self::Laid {
            width,
            has_colours: false,
        }
    }

    /// Returns this layout with lines of at least or at most so many cells.
    pub(super) fn map_width(self, limit: impl FnOnce(usize) -> usize) -> Self {
        match self {
            Self::Laid { width, has_colours } => Self::Laid {
                width: limit(width),
                has_colours,
            },
            Self::Plain => Self::Plain,
        }
    }
}

/// Where a line that is too wide may be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// Between words and behind hyphens, and in a word that is too long for a line.
    Hyphens,
    /// Between words only, since codes and permissions hold hyphens.
    Words,
    /// Between words and behind hyphens, and never in a word: half a hash cannot be copied.
    Whole,
}

/// One value of a row: how it is laid out, and how it is told in a line of its own.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    label: String,
    laid: String,
    plain: String,
}

impl Cell {
    /// Returns a value that stands as `laid` in the row, and as `label: plain` in its own line.
    pub(super) fn new(label: impl Into<String>, laid: impl Into<String>, plain: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            laid: laid.into(),
            plain: plain.into(),
        }
    }

    /// Returns what only the eye needs: a separator, or what the heading of the plain form says already.
    pub(super) fn shown(laid: impl Into<String>) -> Self {
        Self::new("", laid, "")
    }
}

/// One thing of many.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// What it is, in the singular.
    pub(super) kind: &'a str,
    /// Which one it is, from 1, and how many there are.
    pub(super) place: (usize, usize),
    /// What it is called.
    pub(super) name: &'a str,
    /// The cells that later lines of the row keep clear of.
    pub(super) start: Vec<Cell>,
    /// How far later lines are indented; as wide as the start where nothing is said.
    pub(super) hang: Option<usize>,
    /// What follows.
    pub(super) rest: Vec<Cell>,
    /// The colour of the word that the row begins with.
    pub(super) style: Style,
}

/// The lines while they are written.
#[derive(Debug)]
pub(super) struct Lines {
    layout: Layout,
    breaks: Breaks,
    text: String,
}

impl Lines {
    pub(super) fn new(layout: Layout, breaks: Breaks) -> Self {
        Self {
            layout,
            breaks,
            text: String::new(),
        }
    }

    /// Returns everything that was written.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn is_plain(&self) -> bool {
        self.layout == Layout::Plain
    }

    /// Writes a sentence.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.item("", "", text);
    }

    /// Writes a sentence that begins behind `start`, which is blank; later lines begin behind `hang`.
    pub(super) fn item(&mut self, start: &str, hang: &str, text: &str) {
        self.labelled("", start, hang, text);
    }

    /// Writes a value. For the eye `start` goes before it, and tells the label if need be.
    pub(super) fn labelled(&mut self, label: &str, start: &str, hang: &str, text: &str) {
        match self.layout {
            Layout::Laid { width, .. } => self.fill(width, (start, hang), text, self.breaks),
            Layout::Plain => self.plain(label, &linear(text)),
        }
    }

    /// Writes a value that is copied as a whole: plain, not a blank of it is altered.
    pub(super) fn exact(&mut self, label: &str, start: &str, hang: &str, text: &str) {
        match self.layout {
            Layout::Laid { width, .. } => self.fill(width, (start, hang), text, self.breaks),
            Layout::Plain => self.plain(label, text),
        }
    }

    /// Writes a hash, which no line end may cut.
    pub(super) fn whole(&mut self, label: &str, start: &str, hang: &str, text: &str) {
        match self.layout {
            Layout::Laid { width, .. } => self.fill(width, (start, hang), text, Breaks::Whole),
            Layout::Plain => self.plain(label, &linear(text)),
        }
    }

    /// Writes a heading over things of which the plain form says how many there are.
    pub(super) fn heading(&mut self, title: &str, count: usize) {
        if self.is_plain() {
            self.plain(&linear(title), &count.to_string());
        } else {
            self.paragraph(&format!("{title}:"));
        }
    }

    /// Leaves a line empty.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Writes one thing of many.
    pub(super) fn row(&mut self, row: &Row<'_>) {
        match self.layout {
            Layout::Laid { width, has_colours } => self.laid_row(row, width, has_colours),
            Layout::Plain => self.plain_row(row),
        }
    }

    fn laid_row(&mut self, row: &Row<'_>, width: usize, has_colours: bool) {
        let join = |cells: &[Cell]| cells.iter().map(|cell| cell.laid.as_str()).collect::<String>();
        let start = join(&row.start);
        let hang = " ".repeat(row.hang.unwrap_or_else(|| start.chars().count()));
        let from = self.text.len();
        self.fill(width, (&start, &hang), &join(&row.rest), self.breaks);
        let word = row.start.first().map_or("", |cell| cell.laid.trim_end());
        // The word is coloured when the lines are broken, since colours take no cells.
        let written = self.text.split_off(from);
        match written.strip_prefix(word) {
            Some(rest) if has_colours => {
                let style = row.style;
                write!(self.text, "{style}{word}{style:#}{rest}").ok();
            }
            Some(_) | None => self.text.push_str(&written),
        }
    }

    fn plain_row(&mut self, row: &Row<'_>) {
        let (number, count) = row.place;
        self.plain(&format!("{} {number} of {count}", row.kind), &linear(row.name));
        for cell in row.start.iter().chain(&row.rest) {
            if !cell.plain.is_empty() {
                self.plain(&cell.label, &linear(&cell.plain));
            }
        }
    }

    fn plain(&mut self, label: &str, text: &str) {
        let label = label.trim();
        let between = if label.is_empty() || text.is_empty() { "" } else { ": " };
        writeln!(self.text, "{label}{between}{text}").ok();
    }

    fn fill(&mut self, width: usize, (start, hang): (&str, &str), text: &str, breaks: Breaks) {
        let options = Options::new(width).initial_indent(start).subsequent_indent(hang);
        let options = match breaks {
            Breaks::Hyphens => options,
            Breaks::Words => options.word_splitter(WordSplitter::NoHyphenation),
            Breaks::Whole => options.break_words(false),
        };
        writeln!(self.text, "{}", textwrap::fill(text, options).trim_end()).ok();
    }
}

/// Commands, each with what it does.
pub type Commands = Vec<(String, String)>;

/// Returns which commands there are, for whoever has no screen to find them on.
pub fn commands(known: &Commands, layout: Layout) -> String {
    let mut lines = Lines::new(layout, Breaks::Words);
    lines.blank();
    lines.heading("Commands that tell or do more", known.len());
    for (number, (name, about)) in (1..).zip(known) {
        lines.row(&Row {
            kind: "command",
            place: (number, known.len()),
            name,
            start: Vec::new(),
            hang: Some(2),
            rest: vec![
                Cell::shown(format!("callsheet {name}: ")),
                Cell::new("what", about, about),
            ],
            style: Style::new(),
        });
    }
    lines.into_text()
}

/// The signs that callsheet itself writes for the eye, and what a listener hears instead. A mask says that something is
/// hidden, where a row of dots would be read as nothing or as seven bullets.
const MASK: char = '•';

/// From how many dashes on a word is a rule.
const RULE: usize = 4;

/// Returns a text as one line to be listened to: words in place of signs, and no run of blanks.
pub fn linear(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut is_masked = false;
    for c in text.chars() {
        if c == MASK && is_masked {
            continue;
        }
        is_masked = c == MASK;
        match c {
            MASK => words.push_str("(hidden)"),
            '→' => words.push_str("to"),
            // A separator; the blank before it goes, too.
            '·' => {
                words.truncate(words.trim_end().len());
                words.push(',');
            }
            _ => words.push(c),
        }
    }
    let mut line = String::with_capacity(words.len());
    for word in words.split_whitespace() {
        // A rule that is drawn.
        if word.len() >= RULE && word.bytes().all(|byte| byte == b'-') {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Returns a text of several lines with each of them as [`linear`] has it.
pub fn linear_lines(text: &str) -> String {
    let mut lines: Vec<Cow<'_, str>> = text.lines().map(|line| Cow::Owned(linear(line))).collect();
    lines.push(Cow::Borrowed(""));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row<'static> {
        Row {
            kind: "device",
            place: (3, 31),
            name: "Anna",
            start: vec![
                Cell::new("status", "ACTIVATED  ", "ACTIVATED"),
                Cell::new("address", "+44•••••••123  ", "+44•••••••123"),
            ],
            hang: None,
            rest: vec![Cell::shown("Anna"), Cell::new("since", " (2 d)", "2 d")],
            style: Style::new(),
        }
    }

    fn written(layout: Layout, write: impl FnOnce(&mut Lines)) -> String {
        let mut lines = Lines::new(layout, Breaks::Words);
        write(&mut lines);
        lines.into_text()
    }

    #[test]
    fn a_row_is_columns_for_the_eye_and_one_fact_a_line_for_the_ear() {
        let laid = written(Layout::of_width(80), |lines| lines.row(&row()));
        assert_eq!(laid, "ACTIVATED  +44•••••••123  Anna (2 d)\n");
        let plain = written(Layout::Plain, |lines| lines.row(&row()));
        assert_eq!(
            plain,
            "device 3 of 31: Anna\nstatus: ACTIVATED\naddress: +44(hidden)123\nsince: 2 d\n"
        );
    }

    #[test]
    fn plain_lines_are_neither_broken_nor_indented_nor_drawn() {
        let long = "word ".repeat(100);
        let plain = written(Layout::Plain, |lines| {
            lines.item("    ", "      ", &long);
            lines.labelled("worst first", "worst first       ", "    ", "minute 3  →  never · x");
            lines.heading("Could not be read", 2);
        });
        let expected = format!(
            "{}\nworst first: minute 3 to never, x\nCould not be read: 2\n",
            long.trim_end()
        );
        assert_eq!(plain, expected);
    }

    #[test]
    fn what_is_copied_keeps_every_blank() {
        let plain = written(Layout::Plain, |lines| {
            lines.exact("command", "   ", "", "aws x 'a  · b'");
        });
        assert_eq!(plain, "command: aws x 'a  · b'\n");
    }
}

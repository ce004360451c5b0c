//! What is wrong in a file that somebody wrote by hand: its place, the reason, and what was probably meant.
//!
//! Configuration, policy and waivers are read strictly, and all of them tell a mistake in the same way.

use super::{Failure, FailureKind};
use crate::domain::text::explanation;
use std::{
    ops::{Range, RangeInclusive},
    path::Path,
};
use toml::Spanned;

/// A sort of file that people write.
#[derive(Debug, Clone, Copy)]
pub struct WrittenFile {
    /// What it is called, such as `configuration file`.
    pub name: &'static str,
    /// What shows everything that may stand in it, as a sentence without a full stop.
    pub help: &'static str,
}

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where, in bytes.
    at: Range<usize>,
    reason: String,
    hint: String,
}

impl WrittenFile {
    /// Returns the file's text without the byte order mark with which some editors begin every file.
    pub fn text<'a>(&self, bytes: &'a [u8], path: &Path) -> Result<&'a str, Failure> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.iter().take(error.valid_up_to());
            let line = before.filter(|byte| **byte == b'\n').count() + 1;
            self.unreadable(path)
                .because(format!("line {line} is not UTF-8"))
                .hint("save it as UTF-8")
        })?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Returns that the file could not be read.
    pub fn unreadable(&self, path: &Path) -> Failure {
        let what = format!("The {} {} could not be read.", self.name, path.display());
        Failure::new(FailureKind::Configuration, what)
    }

    /// Returns that the file is wrong, and where.
    pub fn wrong(&self, mistake: Mistake, path: &Path, text: &str) -> Failure {
        let (line, column) = position(text, mistake.at.start);
        let what = format!(
            "The {} {} is wrong in line {line}, column {column}.",
            self.name,
            path.display()
        );
        Failure::new(FailureKind::Configuration, what)
            .because(mistake.reason)
            .hint(mistake.hint)
    }

    /// Says what the TOML reader stumbled over: in our own words where it is a name, in the reader's otherwise.
    pub fn misread(&self, error: &toml::de::Error, text: &str) -> Mistake {
        let at = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', ", ");
        let help = self.help;
        let mistake = if message.starts_with("unknown field") {
            let key = text.get(at.clone()).unwrap_or_default();
            let hint = nearest(key, &expected(&message))
                .map_or_else(|| help.to_owned(), |name| format!("did you mean “{name}”? {help}"));
            Mistake::new(format!("there is no setting “{key}”"), hint)
        } else {
            Mistake::new(message, format!("{help} with an example"))
        };
        mistake.at(at)
    }
}

impl Mistake {
    /// Returns a mistake with its reason and the next action, both without a full stop.
    ///
    /// Both may repeat what is written: it is made harmless, shortened, and shown without whole addresses here.
    pub fn new(reason: impl AsRef<str>, hint: impl AsRef<str>) -> Self {
        Self {
            at: 0..0,
            reason: explanation(reason.as_ref()),
            hint: explanation(hint.as_ref()),
        }
    }

    /// Says where the mistake is, in bytes of the text.
    #[must_use]
    pub fn at(self, at: Range<usize>) -> Self {
        Self { at, ..self }
    }
}

/// Returns the names that the TOML reader would have taken: it lists them between backticks.
pub fn expected(message: &str) -> Vec<&str> {
    let names = message.split_once(", expected").map_or("", |(_, names)| names);
    names.split('`').skip(1).step_by(2).collect()
}

/// Returns the word that `text` was most likely meant to be.
pub fn nearest<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    words
        .iter()
        .map(|word| (strsim::jaro_winkler(text, word), *word))
        .filter(|(likeness, _)| *likeness > CLOSE_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

/// The likeness from which a slip of the keyboard is more probable than another word; clap uses the same.
const CLOSE_ENOUGH: f64 = 0.7;

/// Returns a number that lies in a range, where one is written.
pub fn number<T: TryFrom<i64>>(
    written: Option<Spanned<i64>>,
    range: RangeInclusive<i64>,
    unit: &str,
) -> Result<Option<T>, Mistake> {
    let Some(written) = written else { return Ok(None) };
    let (least, most) = (*range.start(), *range.end());
    let value = *written.get_ref();
    let mistake = || {
        Mistake::new(
            format!("{value} is out of range"),
            format!("write {least} to {most} {unit}"),
        )
        .at(written.span())
    };
    let value = range.contains(&value).then_some(value).ok_or_else(mistake)?;
    T::try_from(value).map(Some).map_err(|_out_of_range| mistake())
}

/// Returns a text that is not empty.
pub fn named(written: Spanned<String>) -> Result<String, Mistake> {
    if written.get_ref().trim().is_empty() {
        let mistake = Mistake::new("the value is empty", "leave the line out for the default");
        return Err(mistake.at(written.span()));
    }
    Ok(written.into_inner())
}

/// Returns the line and column of a byte, both from 1; columns count characters.
pub fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.chars().count() - before.get(..line_start).map_or(0, |lines| lines.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters() {
        assert_eq!(position("a\nüx", 4), (2, 2));
        assert_eq!(position("", 0), (1, 1));
        assert_eq!(position("ab", 99), (1, 3));
    }

    #[test]
    fn what_the_reader_expected_is_taken_from_its_words() {
        assert_eq!(
            expected("unknown field `a`, expected one of `b`, `c`, `d`"),
            ["b", "c", "d"]
        );
        assert_eq!(expected("unknown field `a`, expected `b` or `c`"), ["b", "c"]);
        assert_eq!(expected("unknown field `a`, there are no fields"), [""; 0]);
    }
}

//! A list of leavers: the first column of a table, each cell an alias, a name or an ARN.

use crate::{
    domain::text::{excerpt, explanation},
    failure::{Failure, FailureKind},
};
use encoding_rs::Encoding;
use std::{borrow::Cow, path::Path};

/// A longer file is no list of leavers.
pub const MAX_BYTES: u64 = 1 << 20;

/// More people than this do not leave at once, and nobody could look at a plan for them.
const MAX_PEOPLE: usize = 1_000;

/// What the first cell of a header may be.
const TITLES: [&str; 5] = ["alias", "contact", "person", "name", "arn"];

/// Somebody in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// The line, counted from 1.
    pub line: u64,
    /// The alias, name or ARN.
    pub name: String,
}

/// Returns everybody in a list, in the order of its lines.
pub fn parse(bytes: &[u8], path: &Path) -> Result<Vec<Leaver>, Failure> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        let hint = "name a CSV file with an alias in the first column";
        return Err(wrong(path, &format!("it is longer than {} MiB", MAX_BYTES >> 20), hint));
    }
    let text = decoded(bytes, path)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut people: Vec<Leaver> = Vec::new();
    let mut lines = Lines {
        text: &text,
        at: 0,
        line: 1,
    };
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| wrong(path, &error.to_string(), "save it as CSV"))?;
        let line = lines.of_row(record.position().map_or(0, csv::Position::byte));
        let name = record.get(0).unwrap_or_default();
        let is_title = row == 0 && TITLES.contains(&name.to_lowercase().as_str());
        if is_title || record.iter().all(str::is_empty) {
            continue;
        }
        if name.is_empty() {
            let hint = "write an alias, a name or an ARN into the first column, or delete the line";
            return Err(wrong(path, &format!("line {line} names nobody"), hint));
        }
        if let Some(first) = people.iter().find(|known| known.name == name) {
            return Err(twice(path, line, first));
        }
        if people.len() == MAX_PEOPLE {
            let why = format!("it names more than {MAX_PEOPLE} people");
            return Err(wrong(
                path,
                &why,
                "make several lists of it, and take one out after the other",
            ));
        }
        people.push(Leaver {
            line,
            name: name.to_owned(),
        });
    }
    if people.is_empty() {
        let hint = "write an alias, a name or an ARN into the first column of each line";
        return Err(wrong(path, "it names nobody", hint));
    }
    Ok(people)
}

/// Returns the failure of somebody who is in the list twice, under whichever names.
pub fn twice(path: &Path, line: u64, first: &Leaver) -> Failure {
    let why = format!(
        "line {line} names {} again, after line {}",
        excerpt(&first.name),
        first.line
    );
    wrong(path, &why, "delete one of the two lines, or name whoever was meant")
}

/// Returns the failure of a list, with what to do.
fn wrong(path: &Path, why: &str, hint: &str) -> Failure {
    let what = format!("The list {} could not be read.", path.display());
    Failure::new(FailureKind::Usage, what)
        .because(explanation(why))
        .hint(hint)
}

/// Returns the text: by its byte order mark, or else as UTF-8. An encoding is not guessed: a wrong letter may be somebody else.
fn decoded<'a>(bytes: &'a [u8], path: &Path) -> Result<Cow<'a, str>, Failure> {
    let hint = "save it as CSV in UTF-8";
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, has_errors) = encoding.decode_with_bom_removal(bytes);
        return if has_errors {
            Err(wrong(path, &format!("it is not {} to its end", encoding.name()), hint))
        } else {
            Ok(text)
        };
    }
    if bytes.contains(&0) {
        return Err(wrong(path, "it is no table of text: it holds a byte 0", hint));
    }
    let mut chunks = bytes.utf8_chunks();
    let valid = chunks.next().map_or("", |chunk| chunk.valid());
    if valid.len() == bytes.len() {
        return Ok(Cow::Borrowed(valid));
    }
    let line = valid.matches('\n').count() + 1;
    Err(wrong(path, &format!("line {line} is not UTF-8"), hint))
}

/// Counts the lines up to each row, one after the other.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// Returns the line of the row that begins at a byte, or after the empty lines there.
    fn of_row(&mut self, byte: u64) -> u64 {
        let rest = usize::try_from(byte).ok().and_then(|byte| self.text.get(byte..));
        let rest = rest.unwrap_or_default().trim_start_matches(['\n', '\r']);
        let start = self.text.len() - rest.len();
        let passed = self.text.get(self.at..start).unwrap_or_default();
        self.line += passed.bytes().map(|byte| u64::from(byte == b'\n')).sum::<u64>();
        self.at = self.at.max(start);
        self.line
    }
}

/// Returns what parts the cells: the first of the usual signs in the first line.
fn delimiter(text: &str) -> u8 {
    let mut signs = text.lines().next().unwrap_or_default().bytes();
    signs.find(|byte| b",;\t".contains(byte)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u64, String)>, (String, String)> {
        let read = parse(bytes, Path::new("leavers.csv"));
        let people = read.map_err(|failure| {
            assert_eq!(failure.what(), "The list leavers.csv could not be read.");
            (failure.why()[0].clone(), failure.next_action().unwrap().to_owned())
        })?;
        Ok(people.into_iter().map(|one| (one.line, one.name)).collect())
    }

    #[test]
    fn the_first_column_names_people_by_their_lines() {
        let utf_16: Vec<u8> = "\u{feff}alias\nzoë\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, expected) in [
            (&b"anna\nben\n"[..], vec![(1, "anna"), (2, "ben")]),
            (
                b"alias,left on\n\nanna,2026-11-01\n,\n\"ben\",",
                vec![(3, "anna"), (5, "ben")],
            ),
            (b"\xef\xbb\xbfPerson;x\r\nanna;1\r\n", vec![(2, "anna")]),
            (b"anna\talias\n", vec![(1, "anna")]),
            (&utf_16, vec![(2, "zoë")]),
        ] {
            let expected = expected
                .into_iter()
                .map(|(line, name)| (line, name.to_owned()))
                .collect();
            assert_eq!(read(bytes), Ok(expected));
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_line_and_the_remedy() {
        let many: String = (0..=MAX_PEOPLE).map(|number| number.to_string() + "\n").collect();
        for (bytes, why, hint) in [
            (&b"anna\nzo\xeb\n"[..], "line 2 is not UTF-8", "in UTF-8"),
            (b"a\0n\0n\0a\0", "holds a byte 0", "in UTF-8"),
            (b"\xff\xfea", "not UTF-16LE to its end", "in UTF-8"),
            (
                b"anna\nben\nanna\n",
                "line 3 names anna again, after line 1",
                "delete one",
            ),
            (b"alias,on\n,2026-11-01\n", "line 2 names nobody", "first column"),
            (b"alias\n", "it names nobody", "first column"),
            (b"", "it names nobody", "first column"),
            (many.as_bytes(), "more than 1000 people", "several lists"),
            (b"\x1b[2J\n\x1b[2J\n", "line 2 names \u{241b}[2J again", "delete one"),
        ] {
            let (found, remedy) = read(bytes).unwrap_err();
            assert!(
                found.contains(why) || !why.is_ascii() && !found.contains('\u{1b}'),
                "{found}"
            );
            assert!(remedy.contains(hint), "{remedy}");
        }
        let long = vec![b'a'; usize::try_from(MAX_BYTES).unwrap() + 1];
        assert!(read(&long).unwrap_err().0.contains("longer than 1 MiB"));
    }
}

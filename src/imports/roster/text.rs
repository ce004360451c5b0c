//! The bytes of a roster as text, and which line a byte is on.

use super::{MAX_BYTES, Refusal};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// Files that people take for a table of commas, by their first bytes.
const OTHER_FILES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a workbook (.xlsx or .ods)"),
    (b"\xd0\xcf\x11\xe0", "a workbook (.xls)"),
    (b"%PDF", "a PDF"),
];

const SAVE_AS: &str =
    "save it as CSV in UTF-8, or name its encoding in the configuration file: roster_encoding = \"windows-1250\"";

/// Returns the text: by its byte order mark, in the encoding that was named, as UTF-8, or else as Windows-1252, in
/// which western spreadsheets save.
pub(super) fn decode<'a>(bytes: &'a [u8], named: Option<&'static Encoding>) -> Result<Cow<'a, str>, Refusal> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(Refusal::new(
            format!("it is longer than {} MiB", MAX_BYTES >> 20),
            "leave out the columns and people that are not needed",
        ));
    }
    if let Some((_, what)) = OTHER_FILES.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(Refusal::new(
            format!("it is {what} and no table of text"),
            "save it as CSV",
        ));
    }
    if let Some(encoding) = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or(named) {
        let (text, has_errors) = encoding.decode_with_bom_removal(bytes);
        return if has_errors {
            Err(Refusal::new(
                format!("line {} is not {}", first_broken_line(&text), encoding.name()),
                SAVE_AS,
            ))
        } else {
            Ok(text)
        };
    }
    // Every other byte of Latin text in UTF-16 is 0, and of any other text none.
    if bytes.split(|byte| *byte == 0).count() > bytes.len() / 4 + 1 {
        return Err(Refusal::new("it seems to be UTF-16 without a byte order mark", SAVE_AS));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if is_damaged_utf8(bytes) => {
            let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            let line = line_breaks(valid) + 1;
            Err(Refusal::new(
                format!("line {line} is not {}, as the other lines are", UTF_8.name()),
                SAVE_AS,
            ))
        }
        Err(_) => Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

/// Returns whether bytes that are not UTF-8 look like it all the same: in other encodings, its letters of two and more
/// bytes hardly ever come about.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (valid, broken) = bytes.utf8_chunks().fold((0, 0), |(valid, broken), chunk| {
        let letters = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (valid + letters, broken + usize::from(!chunk.invalid().is_empty()))
    });
    valid > broken
}

fn first_broken_line(text: &str) -> u64 {
    let broken = text.find('\u{fffd}').and_then(|byte| text.get(..byte));
    line_breaks(broken.unwrap_or_default()) + 1
}

/// Returns how many lines end in a text, whether by LF, CR or both.
pub(super) fn line_breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let next = bytes.iter().skip(1).map(Some).chain([None]);
    let ends = bytes
        .iter()
        .zip(next)
        .filter(|(byte, next)| **byte == b'\n' || (**byte == b'\r' && *next != Some(&b'\n')));
    u64::try_from(ends.count()).unwrap_or(u64::MAX)
}

/// Counts lines while rows are read. The reader of rows has its own count, which an empty line or a CR throws off.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    /// The byte of the text at which the reader of rows begins.
    offset: usize,
    /// The byte up to which lines are counted, and the line there.
    counted: (usize, u64),
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, offset: usize) -> Self {
        Self {
            text,
            offset,
            counted: (0, 1),
        }
    }

    /// Returns the line on which a row begins; `start` is where the reader stood, perhaps before empty lines.
    pub(super) fn at(&mut self, start: u64) -> u64 {
        let start = self.byte(start);
        let rest = self.text.get(start..).unwrap_or_default();
        let start = start + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let (from, line) = self.counted;
        let line = line + line_breaks(self.text.get(from..start).unwrap_or_default());
        self.counted = (start.max(from), line);
        line
    }

    /// Returns what was written between two places of the reader.
    pub(super) fn between(&self, start: u64, end: u64) -> &'a str {
        let raw = self.text.get(self.byte(start)..self.byte(end)).unwrap_or_default();
        raw.trim_start_matches(['\r', '\n'])
    }

    fn byte(&self, position: u64) -> usize {
        usize::try_from(position)
            .unwrap_or(usize::MAX)
            .saturating_add(self.offset)
            .min(self.text.len())
    }
}

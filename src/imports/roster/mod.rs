//! The roster: rows of whatever the people department exports, as [`Roster`].
//!
//! Encoding, delimiter and columns are found out. What cannot be found out is an error that says what was found; what is
//! wrong with one row is a [`RosterFault`] with its line, and the rest of the row is kept where that is safe.

mod cell;
mod header;
mod text;

pub use header::{RosterColumn, RosterColumns};

use crate::{
    domain::{
        address::Address,
        roster::{Employment, Roster, RosterEntry, RosterFault},
        text::excerpt,
    },
    failure::{Failure, FailureKind},
};
use cell::Cell;
use header::Layout;
use std::{collections::HashMap, path::Path};
use text::Lines;

/// A file longer than this is no roster: a hundred thousand rows are a third of it.
pub const MAX_BYTES: u64 = 32 << 20;

/// More rows than this are no roster of one company's responders, and would not be read in time.
const MAX_ROWS: usize = 200_000;

/// How a roster is to be read, where that is not left to be found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterForm {
    /// What the columns are called.
    pub columns: RosterColumns,
    /// In which encoding the file is, unless its first bytes say otherwise.
    pub encoding: Option<Encoding>,
}

/// How letters are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// Why a file cannot be read as a roster, and what to do about it, both without a full stop.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    reason: String,
    hint: String,
}

impl Refusal {
    fn new(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            hint: hint.into(),
        }
    }
}

impl Encoding {
    /// Returns the encoding of this name, as browsers know them: `utf-8`, `windows-1250`, `shift_jis`.
    pub fn named(name: &str) -> Option<Self> {
        encoding_rs::Encoding::for_label(name.as_bytes()).map(Self)
    }
}

/// Returns the roster that a file of these bytes holds.
pub fn parse(bytes: &[u8], path: &Path, form: &RosterForm) -> Result<Roster, Failure> {
    read(bytes, form).map_err(|refusal| {
        let what = format!("The roster {} could not be read.", path.display());
        Failure::new(FailureKind::Configuration, what)
            .because(refusal.reason)
            .hint(refusal.hint)
    })
}

fn read(bytes: &[u8], form: &RosterForm) -> Result<Roster, Refusal> {
    let text = text::decode(bytes, form.encoding.map(|encoding| encoding.0))?;
    let (delimiter, text_start) = header::delimiter(&text, &form.columns);
    let body = text.get(text_start..).unwrap_or_default();
    let mut rows = header::reader(body, delimiter);
    let mut lines = Lines::new(&text, text_start);
    let mut record = csv::StringRecord::new();
    let mut layout = None;
    let mut gathered = Gathered::default();
    loop {
        let start = rows.position().byte();
        // The text is in memory and decoded, so that nothing can go wrong with it but its end.
        if !rows.read_record(&mut record).unwrap_or_default() {
            break;
        }
        let line = lines.at(start);
        let raw = lines.between(start, rows.position().byte());
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(layout) = &layout else {
            layout = Some(header::layout(&record, line, delimiter, &form.columns)?);
            continue;
        };
        if gathered.row_count() >= MAX_ROWS {
            return Err(Refusal::new(
                format!("it has more than {MAX_ROWS} rows"),
                "leave out whoever cannot be paged, such as other parts of the company",
            ));
        }
        gathered.row(layout, &record, raw, line);
    }
    if layout.is_none() {
        return Err(Refusal::new(
            "it is empty",
            "the first line names the columns: name,email,phone,team,status,left_on,manager",
        ));
    }
    Ok(gathered.roster)
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Gathered {
    roster: Roster,
    /// The rows with each mail address, by their place in the roster.
    by_email: HashMap<String, usize>,
}

impl Gathered {
    fn row_count(&self) -> usize {
        self.roster.entries.len() + self.roster.faults.len()
    }

    fn fault(&mut self, line: u64, what: impl Into<String>) {
        self.roster.faults.push(RosterFault {
            line,
            what: what.into(),
        });
    }

    /// Adds one row, or says why it is left out.
    fn row(&mut self, layout: &Layout, record: &csv::StringRecord, raw: &str, line: u64) {
        // A quotation mark that is not closed swallows the rows after it, so the row must not be believed.
        if raw.matches('"').count() % 2 == 1 {
            let last = line + text::line_breaks(raw.trim_end());
            let what = if last > line {
                format!(
                    "a quotation mark is not closed, so that lines {line} to {last} run together; they are left out"
                )
            } else {
                "a quotation mark is not closed; the row is left out".to_owned()
            };
            return self.fault(line, what);
        }
        let surplus = record.iter().skip(layout.width);
        if record.len() < layout.width || surplus.into_iter().any(|cell| !cell.trim().is_empty()) {
            let what = format!(
                "it has {} cells where the header has {}; the row is left out",
                record.len(),
                layout.width
            );
            return self.fault(line, what);
        }
        let mut row = Row {
            layout,
            record,
            faults: Vec::new(),
        };
        let entry = row.entry(line);
        for what in row.faults {
            self.fault(line, what);
        }
        if let Some(entry) = entry {
            self.add(entry);
        }
    }

    /// Adds one person, unless the same row is there already.
    fn add(&mut self, entry: RosterEntry) {
        let key = entry.email.as_ref().and_then(Address::reveal).map(str::to_lowercase);
        if let Some(first) = key.as_ref().and_then(|key| self.by_email.get(key)) {
            let earlier = self.roster.entries.get(*first);
            let first_line = earlier.map_or(0, |earlier| earlier.line);
            let is_same = earlier.is_some_and(|earlier| {
                RosterEntry {
                    line: entry.line,
                    ..earlier.clone()
                } == entry
            });
            let line = entry.line;
            if is_same {
                return self.fault(line, format!("it repeats line {first_line}; the row is left out"));
            }
            self.fault(line, format!("it has the mail address of line {first_line}, too"));
        } else if let Some(key) = key {
            self.by_email.insert(key, self.roster.entries.len());
        }
        self.roster.entries.push(entry);
    }
}

/// One row while it is understood.
struct Row<'a> {
    layout: &'a Layout,
    record: &'a csv::StringRecord,
    faults: Vec<String>,
}

impl Row<'_> {
    /// Returns the person; nothing when the row names nobody, which is among the faults then.
    fn entry(&mut self, line: u64) -> Option<RosterEntry> {
        let name = self.name();
        let email = self.understood(RosterColumn::Email, cell::email);
        let phone = self.understood(RosterColumn::Phone, cell::phone);
        let left_on = self.understood(RosterColumn::LeftOn, cell::date);
        let status = self.status(left_on.is_some());
        let (team, manager) = (self.plain(RosterColumn::Team), self.plain(RosterColumn::Manager));
        let name = name.or_else(|| {
            // A person without a name can still be told by the address.
            let is_somebody = email.is_some() || phone.is_some();
            let rest = if is_somebody {
                ""
            } else {
                ", and no address; the row is left out"
            };
            self.faults.push(format!("it has no name{rest}"));
            is_somebody.then(|| format!("(no name, line {line})"))
        })?;
        Some(RosterEntry {
            line,
            name,
            email: email.map(|text| Address::new(&text)),
            phone: phone.map(|text| Address::new(&text)),
            team,
            status,
            left_on,
            manager,
        })
    }

    fn cell(&self, column: RosterColumn) -> &str {
        let index = self.layout.index(column);
        index.and_then(|index| self.record.get(index)).unwrap_or_default()
    }

    fn plain(&mut self, column: RosterColumn) -> Option<String> {
        self.understood(column, |text| Ok(text.to_owned()))
    }

    /// Returns what a cell holds, or takes down what is wrong with it.
    fn understood<T>(&mut self, column: RosterColumn, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = match Cell::new(self.cell(column)) {
            Cell::Empty => return None,
            Cell::Text(text) => read(&text).map_err(|what| format!("{}: {what}", column.title())),
            Cell::Refused(what) => Err(format!("{}: {what}", column.title())),
        };
        value.map_err(|what| self.faults.push(what)).ok()
    }

    fn name(&mut self) -> Option<String> {
        if self.layout.index(RosterColumn::Name).is_some() {
            return self.plain(RosterColumn::Name);
        }
        let halves = [
            self.plain(RosterColumn::GivenName),
            self.plain(RosterColumn::FamilyName),
        ];
        let name: Vec<String> = halves.into_iter().flatten().collect();
        (!name.is_empty()).then(|| name.join(" "))
    }

    /// Returns the status. Without one, somebody is here unless there is a last day.
    fn status(&mut self, has_last_day: bool) -> Employment {
        let Some(word) = self.plain(RosterColumn::Status) else {
            return if has_last_day {
                Employment::Left
            } else {
                Employment::Active
            };
        };
        let status = cell::status(&word);
        if matches!(status, Employment::Other(_)) {
            self.faults.push(format!(
                "status: “{}” is none of active, on leave and left",
                excerpt(&word)
            ));
        }
        status
    }
}

#[cfg(test)]
mod tests;

//! The header of a roster: which sign parts the cells, and which column is what.

use super::Refusal;
use crate::{domain::text::neutral, failure::written::nearest};
use std::collections::BTreeMap;

/// What a column of a roster holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RosterColumn {
    /// The whole name.
    Name,
    /// The given name, where there is no whole name.
    GivenName,
    /// The family name, where there is no whole name.
    FamilyName,
    /// The mail address.
    Email,
    /// The phone number.
    Phone,
    /// The team.
    Team,
    /// Whether the person works here.
    Status,
    /// The last day.
    LeftOn,
    /// The manager's name.
    Manager,
}

/// What the columns are called, where it is not one of the usual names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterColumns(pub BTreeMap<RosterColumn, String>);

/// Which column is what.
#[derive(Debug)]
pub(super) struct Layout {
    /// How many cells the header has, empty ones at its end left out.
    pub(super) width: usize,
    columns: BTreeMap<RosterColumn, usize>,
}

/// The signs that part cells, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many names of a header, and how much of each, a message repeats.
const SHOWN_NAMES: usize = 12;
const SHOWN_CHARACTERS: usize = 40;

impl RosterColumn {
    /// Every column.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Email,
        Self::Phone,
        Self::Team,
        Self::Status,
        Self::LeftOn,
        Self::Manager,
    ];

    /// Returns the name that the configuration file and our own rosters use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Team => "team",
            Self::Status => "status",
            Self::LeftOn => "left_on",
            Self::Manager => "manager",
        }
    }

    /// Returns what the column holds, in words.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given name",
            Self::FamilyName => "family name",
            Self::Email => "mail address",
            Self::Phone => "phone number",
            Self::Team => "team",
            Self::Status => "status",
            Self::LeftOn => "last day",
            Self::Manager => "manager",
        }
    }

    /// Returns the usual names, as [`plain`] writes them, the clearest first.
    fn usual(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name", "fullname", "displayname", "employeename", "employee", "person"],
            Self::GivenName => &["givenname", "firstname", "forename"],
            Self::FamilyName => &["familyname", "lastname", "surname"],
            Self::Email => &[
                "email",
                "mail",
                "emailaddress",
                "mailaddress",
                "workemail",
                "workemailaddress",
                "companyemail",
                "businessemail",
                "primaryemail",
            ],
            Self::Phone => &[
                "phone",
                "phonenumber",
                "mobile",
                "mobilephone",
                "mobilenumber",
                "cell",
                "cellphone",
                "telephone",
                "telephonenumber",
                "tel",
                "workphone",
            ],
            Self::Team => &["team", "teamname", "squad", "department", "dept"],
            Self::Status => &["status", "employmentstatus", "employeestatus", "workerstatus"],
            Self::LeftOn => &[
                "lefton",
                "leftdate",
                "dateleft",
                "leavingdate",
                "lastday",
                "lastworkingday",
                "lastdayofwork",
                "terminationdate",
                "exitdate",
            ],
            Self::Manager => &["manager", "managername", "linemanager", "supervisor", "reportsto"],
        }
    }
}

impl Layout {
    /// Returns the place of a column, where there is one.
    pub(super) fn index(&self, column: RosterColumn) -> Option<usize> {
        self.columns.get(&column).copied()
    }
}

/// Returns a reader of rows.
pub(super) fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Returns the sign that parts the cells, and the byte at which the rows begin.
///
/// It is the one that makes the most known columns of the header, then the one that makes the most cells. Some
/// spreadsheets write it down themselves, in a first line such as `sep=;`.
pub(super) fn delimiter(text: &str, columns: &RosterColumns) -> (u8, usize) {
    let first = text.lines().next().unwrap_or_default();
    if let Some(&[sign]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes)
        && DELIMITERS.contains(&sign)
    {
        return (sign, first.len());
    }
    let score = |sign: u8| {
        let mut header = csv::StringRecord::new();
        let mut rows = reader(text, sign);
        while rows.read_record(&mut header).unwrap_or_default() && header.iter().all(|cell| cell.trim().is_empty()) {}
        let known = |column: &RosterColumn| header.iter().any(|cell| columns.is_named(*column, cell));
        (RosterColumn::ALL.iter().filter(|c| known(c)).count(), header.len())
    };
    // Of equals the last is taken, so the most usual one comes last.
    let best = DELIMITERS.into_iter().rev().max_by_key(|sign| score(*sign));
    (best.unwrap_or(b','), 0)
}

impl RosterColumns {
    /// Returns whether a cell of the header names this column: by the name that was set, else by a usual one.
    fn is_named(&self, column: RosterColumn, cell: &str) -> bool {
        match self.0.get(&column) {
            Some(set) => plain(set) == plain(cell),
            None => column.usual().contains(&&*plain(cell)),
        }
    }
}

/// Finds the columns in a header.
pub(super) fn layout(
    header: &csv::StringRecord,
    line: u64,
    delimiter: u8,
    names: &RosterColumns,
) -> Result<Layout, Refusal> {
    let mut columns = BTreeMap::new();
    for column in RosterColumn::ALL {
        if let Some(index) = find(column, header, line, names)? {
            columns.insert(column, index);
        }
    }
    let has = |column: RosterColumn| columns.contains_key(&column);
    let has_name = has(RosterColumn::Name) || has(RosterColumn::FamilyName);
    let has_address = has(RosterColumn::Email) || has(RosterColumn::Phone);
    let lacking = if !has_name {
        Some(RosterColumn::Name)
    } else if !has_address {
        Some(RosterColumn::Email)
    } else {
        None
    };
    if let Some(column) = lacking {
        let found = found(header, line, delimiter);
        let reason = format!("no column is that of the {}: {found}", column.title());
        return Err(Refusal::new(reason, how_to_name(column, header)));
    }
    let filled = header.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
    Ok(Layout {
        width: filled.last().map_or(0, |(last, _)| last + 1),
        columns,
    })
}

/// Returns the place of one column. Two that may be it are an error, unless one has the clearest name.
fn find(
    column: RosterColumn,
    header: &csv::StringRecord,
    line: u64,
    names: &RosterColumns,
) -> Result<Option<usize>, Refusal> {
    let matching = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let cells = header.iter().enumerate();
        cells.filter(|(_, cell)| is_it(cell)).map(|(index, _)| index).collect()
    };
    let mut places = matching(&|cell| names.is_named(column, cell));
    let set = names.0.get(&column);
    if places.len() > 1 {
        let clearest = match set {
            Some(set) => set.as_str(),
            None => column.usual().first().copied().unwrap_or_default(),
        };
        let is_clearest = |cell: &str| match set {
            // Two names that differ in case or spaces only are told apart by these.
            Some(_) => cell.trim() == clearest,
            None => plain(cell) == clearest,
        };
        let clear = matching(&is_clearest);
        places = if clear.is_empty() { places } else { clear };
    }
    match (&*places, set) {
        ([index], _) => Ok(Some(*index)),
        ([], None) => Ok(None),
        ([], Some(set)) => Err(Refusal::new(
            format!(
                "no column is called “{}”, which is set as that of the {}: {}",
                shown(set),
                column.title(),
                found(header, line, b',')
            ),
            format!(
                "correct {} under [roster_columns] in the configuration file",
                column.name()
            ),
        )),
        ([first, second, ..], _) => {
            let name = |index: &usize| shown(header.get(*index).unwrap_or_default());
            Err(Refusal::new(
                format!(
                    "two columns of line {line} may be that of the {}: “{}” and “{}”",
                    column.title(),
                    name(first),
                    name(second)
                ),
                format!(
                    "rename one of them, or say which it is in the configuration file, under [roster_columns]: {} = \"…\"",
                    column.name()
                ),
            ))
        }
    }
}

fn found(header: &csv::StringRecord, line: u64, delimiter: u8) -> String {
    let names: Vec<String> = header
        .iter()
        .filter(|cell| !cell.trim().is_empty())
        .take(SHOWN_NAMES)
        .map(|cell| format!("“{}”", shown(cell)))
        .collect();
    let more = if header.len() > SHOWN_NAMES { " and more" } else { "" };
    let sign = match delimiter {
        b';' => ", parted by semicolons",
        b'\t' => ", parted by tabs",
        b'|' => ", parted by bars",
        _ => "",
    };
    format!("line {line} has {}{more}{sign}", names.join(", "))
}

fn how_to_name(column: RosterColumn, header: &csv::StringRecord) -> String {
    let plain_names: Vec<String> = header.iter().map(plain).collect();
    let words: Vec<&str> = plain_names.iter().map(String::as_str).collect();
    let meant = column.usual().iter().find_map(|usual| nearest(usual, &words));
    let name = meant
        .and_then(|meant| plain_names.iter().position(|name| name == meant))
        .and_then(|index| header.get(index))
        .map_or_else(|| "…".into(), shown);
    format!(
        "say which it is in the configuration file, under [roster_columns]: {} = \"{name}\"",
        column.name()
    )
}

/// Returns a name as a message may repeat it. Where a header is missing, the first row has somebody's address in it.
fn shown(cell: &str) -> String {
    let cell = cell.trim();
    if cell.contains('@') || cell.chars().filter(char::is_ascii_digit).count() > 4 {
        return "(an address)".to_owned();
    }
    let start: String = cell.chars().take(SHOWN_CHARACTERS).collect();
    neutral(&start).into_owned()
}

/// Returns a name without case, spaces and signs: `E-Mail Address` is `emailaddress`.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

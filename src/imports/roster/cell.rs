//! What one cell of a roster says. Messages never repeat a cell that may hold an address.

use crate::domain::roster::Employment;
use chrono::NaiveDate;

/// A cell without what spreadsheets put around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing, or a word for it.
    Empty,
    /// A text with something in it.
    Text(String),
    /// Something that is no text of a roster, and why.
    Refused(String),
}

/// The longest text that a cell of ours may hold.
const MAX_CHARACTERS: usize = 500;

/// Words for "nothing". Not `null` or `na`, which are somebody's name.
const NOTHING: &[&str] = &["-", "--", "–", "—", "n/a", "#n/a", "(none)", "(null)"];

impl Cell {
    pub(super) fn new(cell: &str) -> Self {
        // An apostrophe ahead of a sign is how tables keep spreadsheets from calculating.
        let cell = cell.trim();
        let cell = match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['+', '=', '-', '@', '0']) => rest,
            _ => cell,
        };
        if cell.is_empty() || NOTHING.contains(&&*cell.to_lowercase()) {
            Self::Empty
        } else if cell.chars().count() > MAX_CHARACTERS {
            Self::Refused(format!("it is longer than {MAX_CHARACTERS} characters"))
        } else if cell.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            Self::Refused("it holds a control character".to_owned())
        } else {
            // A line break within quotes is a space to whoever typed it.
            Self::Text(cell.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

/// Returns the mail address of a cell such as `akua@example.com`, `mailto:…` or `Akua <…>`.
pub(super) fn email(text: &str) -> Result<String, String> {
    let bare = match text.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => text.strip_prefix("mailto:").unwrap_or(text),
    }
    .trim();
    let (user, domain) = bare.rsplit_once('@').ok_or("it has no @")?;
    if user.contains('@') && !user.contains('"') || bare.contains([',', ';']) {
        return Err("it is more than one address".to_owned());
    }
    if user.is_empty() || domain.is_empty() || bare.contains(char::is_whitespace) {
        return Err("it is no mail address".to_owned());
    }
    Ok(bare.to_owned())
}

/// Returns the phone number of a cell. Which country it is in is left to whoever compares it.
pub(super) fn phone(text: &str) -> Result<String, String> {
    if is_calculated(text) {
        return Err("a spreadsheet has rounded it: make the column one of text, and enter it again".to_owned());
    }
    let number = text.strip_prefix("tel:").unwrap_or(text);
    let lower = number.to_lowercase();
    let before_extension = lower.split(['x', 'e']).next().unwrap_or_default();
    let digits = before_extension.chars().filter(char::is_ascii_digit).count();
    let is_sign = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-–().·/\u{2011}".contains(c);
    if !before_extension.chars().all(is_sign) || digits < 3 {
        return Err("it is no phone number".to_owned());
    }
    // The longest number of the world has 15 digits, and some write the trunk prefix (0) within.
    if digits > 16 {
        return Err("it has too many digits; if these are two numbers, leave one".to_owned());
    }
    Ok(number.trim().to_owned())
}

/// Returns whether a number was taken for one to calculate with: `4.47701E+11`.
fn is_calculated(text: &str) -> bool {
    let exponent = text.split_once(['e', 'E']);
    exponent.is_some_and(|(number, power)| {
        let power = power.trim_start_matches('+');
        !power.is_empty()
            && power.bytes().all(|byte| byte.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    })
}

/// Returns whether somebody works here, by the usual words.
pub(super) fn status(word: &str) -> Employment {
    let plain: String = word
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.as_str() {
        "active" | "employed" | "current" | "working" | "present" | "hired" | "on notice" | "notice period" => {
            Employment::Active
        }
        "on leave" | "leave" | "onleave" | "leave of absence" | "loa" | "absent" | "parental leave"
        | "maternity leave" | "paternity leave" | "sick leave" | "long term leave" | "long term sick"
        | "sabbatical" | "unpaid leave" | "paid leave" => Employment::OnLeave,
        "left" | "leaver" | "gone" | "terminated" | "resigned" | "departed" | "former" | "former employee"
        | "ex employee" | "offboarded" | "retired" | "dismissed" | "ended" | "deceased" => Employment::Left,
        _ => Employment::Other(word.to_owned()),
    }
}

/// The forms in which the month is told by its place or its name.
const FORMS: &[&str] = &[
    // The order of ISO 8601.
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    // With dots, the day comes first wherever dots are used.
    "%d.%m.%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%d. %B %Y",
    "%d-%b-%Y",
    "%d/%b/%Y",
    "%b %d, %Y",
    "%B %d, %Y",
];

/// Returns the day of a cell, in a form that has one meaning only.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    // Exports like to add a midnight.
    let day = match text.split_once(['T', ' ']) {
        Some((day, time)) if day.len() >= 8 && time.starts_with(|c: char| c.is_ascii_digit()) && time.contains(':') => {
            day
        }
        _ => text,
    };
    let parsed = FORMS.iter().find_map(|form| NaiveDate::parse_from_str(day, form).ok());
    match parsed.or_else(|| by_parts(day)) {
        Some(date) if (1970..=2200).contains(&chrono::Datelike::year(&date)) => Ok(date),
        _ => Err("it is no day that has one meaning only: write it like 2026-09-30".to_owned()),
    }
}

/// Reads `13/02/2026` and `02/13/2026`, where only one of two numbers can be the month, or both say the same.
fn by_parts(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.split(['/', '-']).collect();
    let &[one, two, year] = &*parts else { return None };
    if year.len() != 4 {
        return None;
    }
    let (one, two, year) = (one.parse().ok()?, two.parse().ok()?, year.parse().ok()?);
    match (one, two) {
        (1..=12, 1..=12) if one != two => None,
        (_, 1..=12) => NaiveDate::from_ymd_opt(year, two, one),
        _ => NaiveDate::from_ymd_opt(year, one, two),
    }
}

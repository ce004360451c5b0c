//! The filter of a list: `column:value` for one column, `!` for not, anything else fuzzy over the whole row.
//!
//! A value that some cell is as a whole picks those cells only; otherwise it may stand anywhere in a cell.

use super::{
    fuzzy,
    list::{Column, Row},
};
use nucleo_matcher::{Config, Matcher, Utf32Str, pattern::Pattern};

/// A filter, read from what was typed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug, Clone)]
struct Term {
    is_negated: bool,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// The cell of this column is the text, in whatever case; or holds it, where no cell of the list is it: who asks for
    /// `status:activated` does not mean what is not activated.
    Column(usize, String),
    /// The row holds the letters in this order.
    Fuzzy(Pattern),
}

/// A filter that names a column which the list does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no column “{name}”; there are {columns}")]
pub struct UnknownColumn {
    /// What was typed.
    name: String,
    /// The columns of the list.
    columns: String,
}

impl Filter {
    /// Reads what was typed. A value with spaces is put in double quotes: `name:"on call"`.
    pub fn parse(text: &str, columns: &[Column]) -> Result<Self, UnknownColumn> {
        let mut terms = Vec::new();
        for word in words(text) {
            let (is_negated, word) = match word.strip_prefix('!') {
                Some(rest) => (true, rest.to_owned()),
                None => (false, word),
            };
            if word.is_empty() {
                continue;
            }
            let what = match word.split_once(':') {
                // A time such as 09:30 and an ARN hold colons, too: only a word before it makes a column of it.
                Some((name, value))
                    if !name.is_empty()
                        && name.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
                        && name != "arn" =>
                {
                    let column = column_named(name, columns).ok_or_else(|| UnknownColumn {
                        name: name.to_owned(),
                        columns: columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", "),
                    })?;
                    What::Column(column, value.to_lowercase())
                }
                _ => What::Fuzzy(fuzzy::pattern(&word)),
            };
            terms.push(Term { is_negated, what });
        }
        Ok(Self { terms })
    }

    /// Returns whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Returns the places in `rows` of those that the filter lets through, in their order.
    pub fn select(&self, rows: &[Row]) -> Vec<usize> {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut text = String::new();
        let mut letters = Vec::new();
        let cell_is = |row: &Row, column: usize, value: &str| {
            row.cells
                .get(column)
                .is_some_and(|cell| cell.text.to_lowercase() == value)
        };
        let whole: Vec<bool> = self
            .terms
            .iter()
            .map(|term| match &term.what {
                What::Column(column, value) => rows.iter().any(|row| cell_is(row, *column, value)),
                What::Fuzzy(_) => false,
            })
            .collect();
        let mut lets_through = |row: &Row| {
            self.terms.iter().zip(&whole).all(|(term, is_whole)| {
                let is_met = match &term.what {
                    What::Column(column, value) if *is_whole => cell_is(row, *column, value),
                    What::Column(column, value) => row
                        .cells
                        .get(*column)
                        .is_some_and(|cell| cell.text.to_lowercase().contains(value.as_str())),
                    What::Fuzzy(pattern) => {
                        text.clear();
                        for cell in &row.cells {
                            text.push_str(&cell.text);
                            text.push(' ');
                        }
                        text.push_str(row.id.as_str());
                        pattern
                            .score(Utf32Str::new(&text, &mut letters), &mut matcher)
                            .is_some()
                    }
                };
                is_met != term.is_negated
            })
        };
        let places = rows.iter().enumerate().filter(|(_, row)| lets_through(row));
        places.map(|(index, _)| index).collect()
    }
}

/// Returns the column with this name, or the only one whose name begins with it.
fn column_named(name: &str, columns: &[Column]) -> Option<usize> {
    let name = name.to_lowercase();
    let exact = columns.iter().position(|column| column.name == name);
    let mut beginning = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.name.starts_with(&name));
    exact.or_else(|| match (beginning.next(), beginning.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    })
}

fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => words.push(String::new()),
            c => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::list::Cell, app::style::Role, domain::ids::Arn};

    const COLUMNS: &[Column] = &[
        Column::new("alias", "ALIAS", 8),
        Column::new("status", "STATUS", 8),
        Column::new("stage", "STAGE", 8),
    ];

    fn rows() -> Vec<Row> {
        [("akua", "active"), ("ben", "not active"), ("zoë", "unknown")]
            .iter()
            .map(|(alias, status)| Row {
                id: Arn::parse(&format!(
                    "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{}",
                    alias.replace('ë', "e")
                ))
                .unwrap(),
                cells: vec![
                    Cell::new(alias, Role::Normal),
                    Cell::new(status, Role::Normal),
                    Cell::new("", Role::Normal),
                ],
                is_stale: false,
                has_finding: false,
            })
            .collect()
    }

    #[track_caller]
    fn check(filter: &str, expected: &[&str]) {
        let rows = rows();
        let chosen: Vec<&str> = Filter::parse(filter, COLUMNS)
            .unwrap()
            .select(&rows)
            .into_iter()
            .map(|index| rows[index].cells[0].text.as_str())
            .collect();
        assert_eq!(chosen, expected, "{filter}");
    }

    #[test]
    fn terms_are_met_together() {
        check("", &["akua", "ben", "zoë"]);
        check("aku", &["akua"]);
        check("zoe", &["zoë"]);
        check("alias:ZO", &["zoë"]);
        check("status:activ", &["akua", "ben"]);
        check("status:active", &["akua"]);
        check("status:\"not active\"", &["ben"]);
        check("status:activ !ben", &["akua"]);
        check("!status:active", &["ben", "zoë"]);
        check("statu:unk", &["zoë"]);
        check("!", &["akua", "ben", "zoë"]);
    }

    #[test]
    fn a_column_that_is_not_there_is_named() {
        let error = Filter::parse("colour:red", COLUMNS).unwrap_err();
        assert_eq!(error.to_string(), "no column “colour”; there are alias, status, stage");
        assert!(Filter::parse("sta:x", COLUMNS).is_err(), "two columns begin with it");
    }
}

//! The roster: who works here, as the people department knows it. It is read from a file and never from AWS.

use super::address::Address;
use chrono::NaiveDate;

/// The people that a roster lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// Its rows, in the order of the file.
    pub entries: Vec<RosterEntry>,
    /// The rows that could not be understood: none is dropped silently.
    pub faults: Vec<RosterFault>,
}

/// One person of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The person's name.
    pub name: String,
    /// The mail address, where there is one.
    pub email: Option<Address>,
    /// The phone number, where there is one.
    pub phone: Option<Address>,
    /// The team, where one is given.
    pub team: Option<String>,
    /// Whether the person still works here.
    pub status: Employment,
    /// The last day, where one is given.
    pub left_on: Option<NaiveDate>,
    /// The name of the manager, where one is given.
    pub manager: Option<String>,
}

impl RosterEntry {
    /// Returns whether the person does not work here any more on `today`.
    pub fn is_gone(&self, today: NaiveDate) -> bool {
        let is_past = self.left_on.is_some_and(|day| day < today);
        match self.status {
            Employment::Left => is_past || self.left_on.is_none(),
            Employment::Active | Employment::OnLeave | Employment::Other(_) => is_past,
        }
    }
}

/// Whether somebody still works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Employment {
    /// Yes.
    Active,
    /// Yes, and is away for a long time.
    OnLeave,
    /// No.
    Left,
    /// A word that this version does not know, kept as it came.
    Other(String),
}

/// A row of the roster that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterFault {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// What is wrong with it, in words that hold nobody's address.
    pub what: String,
}

//! The minute at which something happens for the first time, and how much of it is certain.

use super::{
    event::{Audible, What},
    reason::Doubt,
};
use crate::domain::ids::Arn;
use std::fmt;

/// The minute after the start at which something happens first, as far as it follows from what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Minute {
    /// Exactly then.
    At(i64),
    /// It certainly never happens.
    Never,
    /// It depends on something that is not known.
    Unknown {
        /// It certainly does not happen before this minute.
        at_the_earliest: i64,
        /// By this minute it has certainly happened; absent when it may never happen.
        at_the_latest: Option<i64>,
        /// What it depends on.
        why: Doubt,
    },
}

impl Minute {
    /// Returns the minute by which it has certainly happened, if there is one: the figure to hold against a policy.
    pub fn at_the_latest(&self) -> Option<i64> {
        match self {
            Self::At(minute) => Some(*minute),
            Self::Never => None,
            Self::Unknown { at_the_latest, .. } => *at_the_latest,
        }
    }

    /// Returns the minute before which it certainly does not happen; absent when it never does.
    pub fn at_the_earliest(&self) -> Option<i64> {
        match self {
            Self::At(minute) => Some(*minute),
            Self::Never => None,
            Self::Unknown { at_the_earliest, .. } => Some(*at_the_earliest),
        }
    }

    /// Returns what the answer depends on, when it is not exact.
    pub fn doubt(&self) -> Option<&Doubt> {
        match self {
            Self::At(_) | Self::Never => None,
            Self::Unknown { why, .. } => Some(why),
        }
    }

    /// Returns whether nothing unknown could change the answer.
    pub fn is_exact(&self) -> bool {
        self.doubt().is_none()
    }

    /// Returns whether it has happened by `limit`: certainly, certainly not, or absent when it cannot be told.
    pub fn is_by(&self, limit: i64) -> Option<bool> {
        if self.at_the_latest().is_some_and(|latest| latest <= limit) {
            Some(true)
        } else if self.at_the_earliest().is_none_or(|earliest| earliest > limit) {
            Some(false)
        } else {
            None
        }
    }

    /// Returns how late it is, for comparing: what is certain by then comes first, then what is possible by then.
    pub(in crate::paging) fn lateness(&self) -> (i64, i64) {
        (
            self.at_the_latest().unwrap_or(i64::MAX),
            self.at_the_earliest().unwrap_or(i64::MAX),
        )
    }
}

impl fmt::Display for Minute {
    /// Writes the minute in a few words; the reason of a doubt is left to whoever has room for it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(minute) => write!(out, "minute {minute}"),
            Self::Never => out.write_str("never"),
            Self::Unknown {
                at_the_latest: Some(latest),
                ..
            } => write!(out, "minute {latest} at the latest"),
            Self::Unknown { .. } => out.write_str("unknown"),
        }
    }
}

/// Between which minutes something happens first. Absent minutes stand for never.
#[derive(Debug, Clone, Copy)]
pub(in crate::paging) struct Range<'a> {
    pub(in crate::paging) earliest: Option<i64>,
    pub(in crate::paging) latest: Option<i64>,
    pub(in crate::paging) why: Option<&'a Doubt>,
}

impl Range<'_> {
    /// Returns how late it is, for comparing; see [`Minute::lateness`].
    pub(in crate::paging) fn lateness(&self) -> (i64, i64) {
        (self.latest.unwrap_or(i64::MAX), self.earliest.unwrap_or(i64::MAX))
    }

    /// Returns the range as a value of its own.
    pub(in crate::paging) fn to_minute(self) -> Minute {
        match (self.earliest, self.latest, self.why) {
            (Some(at_the_earliest), at_the_latest, Some(why)) if at_the_latest != Some(at_the_earliest) => {
                Minute::Unknown {
                    at_the_earliest,
                    at_the_latest,
                    why: why.clone(),
                }
            }
            (_, Some(minute), _) => Minute::At(minute),
            (_, None, _) => Minute::Never,
        }
    }
}

/// The firsts of everything that happened, taken in in any order.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::paging) struct Tally<'a> {
    /// Whom a page certainly reaches.
    certain: Two<'a>,
    /// Whom a page may reach, whatever is not known.
    possible: Two<'a>,
    /// What certainly rings.
    audible: Two<'a>,
    /// What may ring.
    possibly_audible: Two<'a>,
}

impl<'a> Tally<'a> {
    /// Takes in what happens to a person at a minute; the person is absent where it is not known who it is.
    pub(in crate::paging) fn add(&mut self, minute: i64, person: Option<&'a Arn>, what: &'a What) {
        let entry = Entry {
            minute,
            person,
            why: None,
        };
        match what {
            What::Page(page) => {
                self.certain.add(entry);
                self.possible.add(entry);
                match &page.audible {
                    Audible::Yes => {
                        self.audible.add(entry);
                        self.possibly_audible.add(entry);
                    }
                    Audible::No => {}
                    Audible::Unknown(why) => self.possibly_audible.add(Entry {
                        why: Some(why),
                        ..entry
                    }),
                }
            }
            What::Unknown(doubt) => self.add_doubt(entry, doubt),
            What::Silent(_) => {}
        }
    }

    /// Takes in that something unknown may page anybody from a minute on.
    pub(in crate::paging) fn doubt(&mut self, minute: i64, doubt: &'a Doubt) {
        let entry = Entry {
            minute,
            person: None,
            why: None,
        };
        self.add_doubt(entry, doubt);
    }

    fn add_doubt(&mut self, entry: Entry<'a>, doubt: &'a Doubt) {
        let entry = Entry {
            why: Some(doubt),
            ..entry
        };
        self.possible.add(entry);
        if doubt.may_be_audible {
            self.possibly_audible.add(entry);
        }
    }

    /// Returns when the first person is reached.
    pub(in crate::paging) fn first_human(&self) -> Range<'a> {
        Two::first(&self.certain, &self.possible)
    }

    /// Returns when the first device rings.
    pub(in crate::paging) fn first_audible(&self) -> Range<'a> {
        Two::first(&self.audible, &self.possibly_audible)
    }

    /// Returns when a second person is reached, who is not the first.
    pub(in crate::paging) fn second_human(&self) -> Range<'a> {
        let possible = self.possible.second;
        Range {
            earliest: possible.map(|entry| entry.minute),
            latest: self.certain.second.map(|entry| entry.minute),
            why: possible
                .and_then(|entry| entry.why)
                .or(self.possible.first.and_then(|entry| entry.why)),
        }
    }
}

/// Somebody's earliest minute, and the doubt that it rests on.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    minute: i64,
    person: Option<&'a Arn>,
    why: Option<&'a Doubt>,
}

impl Entry<'_> {
    /// Of two entries at one minute, the certain one goes first.
    fn is_before(&self, other: &Self) -> bool {
        (self.minute, self.why.is_some()) < (other.minute, other.why.is_some())
    }

    fn is_same_person(&self, other: &Self) -> bool {
        self.person.is_some() && self.person == other.person
    }
}

/// The two earliest entries that are not of the same person.
#[derive(Debug, Clone, Copy, Default)]
struct Two<'a> {
    first: Option<Entry<'a>>,
    second: Option<Entry<'a>>,
}

impl<'a> Two<'a> {
    fn add(&mut self, entry: Entry<'a>) {
        self.add_once(entry);
        // Behind what was not read there may be any number of people.
        if entry.person.is_none() {
            self.add_once(entry);
        }
    }

    fn add_once(&mut self, entry: Entry<'a>) {
        match (&self.first, &self.second) {
            (None, _) => self.first = Some(entry),
            (Some(first), _) if first.is_same_person(&entry) => {
                if entry.is_before(first) {
                    self.first = Some(entry);
                }
            }
            (Some(first), _) if entry.is_before(first) => {
                self.second = self.first;
                self.first = Some(entry);
            }
            (Some(_), None) => self.second = Some(entry),
            (Some(_), Some(second)) => {
                if entry.is_before(second) {
                    self.second = Some(entry);
                }
            }
        }
    }

    fn first(certain: &Self, possible: &Self) -> Range<'a> {
        Range {
            earliest: possible.first.map(|entry| entry.minute),
            latest: certain.first.map(|entry| entry.minute),
            why: possible.first.and_then(|entry| entry.why),
        }
    }
}

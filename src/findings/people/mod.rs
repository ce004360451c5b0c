//! Checks of people: whether somebody is behind each contact, who left, who moved, and who owns what.
//!
//! All but the owners' tags need the roster. Who of it is behind a contact is told by `matching`; where several rows fit
//! equally well, or an address that could tell was not read, the answer is unknown and never a guess.

pub(super) mod employment;
pub(super) mod identity;
pub(super) mod team;

use super::{
    Evidence, Source, Verdict,
    facts::Facts,
    matching::{Confidence, Match, PersonMatch},
};
use crate::domain::{
    contact::Contact,
    ids::Arn,
    roster::{Roster, RosterEntry},
    text::neutral,
};

/// Returns the roster; the engine asks no check that needs one where there is none.
fn roster<'a>(facts: &Facts<'a>) -> Option<&'a Roster> {
    facts.roster
}

/// Returns who is behind a person, or the verdict where that is not one row of the roster.
fn behind<'f, 'a>(facts: &'f Facts<'a>, person: &Contact) -> Result<(&'f Match, &'a RosterEntry), Verdict> {
    let found = facts.matches().and_then(|matches| matches.person(&person.arn));
    match found {
        Some(PersonMatch::One(one)) => {
            let entry = roster(facts).and_then(|roster| roster.entries.get(one.entry));
            entry.map(|entry| (one, entry)).ok_or(Verdict::NotApplicable)
        }
        Some(PersonMatch::Ambiguous(several)) => Err(Verdict::Unknown(format!(
            "{} rows of the roster fit equally well, {}",
            several.candidates.len(),
            several.reason
        ))),
        Some(PersonMatch::Unknown) => Err(Verdict::Unknown(
            "the devices that would tell who is behind it were not read".to_owned(),
        )),
        // Nobody behind it is a finding of its own, and other accounts know their people themselves.
        Some(PersonMatch::Nobody) | None => Err(Verdict::NotApplicable),
    }
}

/// Returns who is behind a person where it is more than a likeness of names.
fn surely_behind<'f, 'a>(facts: &'f Facts<'a>, person: &Contact) -> Result<(&'f Match, &'a RosterEntry), Verdict> {
    let (found, entry) = behind(facts, person)?;
    if found.confidence == Confidence::Possible {
        return Err(Verdict::Unknown(format!(
            "it may be {} of the roster, {}",
            neutral(&entry.name),
            found.reason
        )));
    }
    Ok((found, entry))
}

/// Whether somebody whom a plan or a shift names has left.
enum Leaving {
    /// Yes, in words with the day.
    Gone(String),
    /// No, or it is nobody of the roster.
    Here,
    /// It cannot be told.
    Unknown(String),
}

/// Returns whether the person with this ARN has left.
fn leaving(facts: &Facts<'_>, arn: &Arn) -> Leaving {
    let Some(contact) = facts.contact(arn) else {
        return Leaving::Here;
    };
    match surely_behind(facts, contact) {
        Ok((_, entry)) if entry.is_gone(facts.now.date_naive()) => {
            Leaving::Gone(format!("{}, who {}", facts.label(arn), left_words(entry)))
        }
        Ok(_) | Err(Verdict::NotApplicable | Verdict::Pass | Verdict::Fail(_) | Verdict::Pending) => Leaving::Here,
        Err(Verdict::Unknown(why)) => Leaving::Unknown(format!("{}: {why}", facts.label(arn))),
    }
}

/// Returns in words that somebody left, and when.
fn left_words(entry: &RosterEntry) -> String {
    match entry.left_on {
        Some(day) => format!("left on {day}"),
        None => "left".to_owned(),
    }
}

/// Returns a member of a roster's row as evidence.
fn from_roster(field: &'static str, value: impl Into<String>) -> Evidence {
    Evidence {
        field,
        value: value.into(),
        source: Source::Roster,
    }
}

/// Returns what a match rests on as evidence: the row, and how sure it is.
fn matched(found: &Match, entry: &RosterEntry) -> Evidence {
    from_roster(
        "match",
        format!(
            "{}, line {}: {}, {}",
            neutral(&entry.name),
            entry.line,
            found.confidence,
            found.reason
        ),
    )
}

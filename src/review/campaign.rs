//! One review, as the ledger tells it: what it is about, what was decided row by row, what was done, who signed.

use super::{population::Population, remembered::Mark, row::Row};
use crate::{
    domain::ids::Arn,
    ledger::{
        entry::{self, Ending, ReviewScope, Verdict},
        hash::RecordHash,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// One review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its name, such as `2026-Q4`.
    pub name: String,
    /// What it is about.
    pub scope: ReviewScope,
    /// The last day for the sign-off.
    pub due: NaiveDate,
    /// The policy in force, as it is written in a file.
    pub policy: String,
    /// The digest of the population that was frozen when it was opened.
    pub population: String,
    /// Whether it is one in between.
    pub is_off_cycle: bool,
    /// When it was opened, and by whom.
    pub opened: Mark,
    /// The readings that were made for it, in the order of the ledger.
    pub readings: Vec<ReadingMade>,
    /// What was decided, by row.
    pub decisions: BTreeMap<Arn, Decided>,
    /// The changesets that carry decisions out, by name.
    pub changesets: BTreeMap<String, Undertaking>,
    /// What was noted.
    pub notes: Vec<Noted>,
    /// The sign-off, when there is one.
    pub sign_off: Option<Signed>,
    /// The second reviewers who agreed to it.
    pub co_signs: Vec<Signed>,
    /// The changesets about each row.
    pub(super) by_subject: BTreeMap<Arn, Vec<String>>,
}

/// A reading of the account for a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingMade {
    /// When it was recorded, and by whom.
    pub mark: Mark,
    /// What was read.
    pub reading: entry::Population,
}

/// Everything that was decided about one row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decided {
    /// Every decision, in the order of the ledger; the last one may take back those before it.
    pub history: Vec<Made>,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// When it was made, and by whom.
    pub mark: Mark,
    /// The digest of the row that was looked at.
    pub row: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
    /// How many rows were decided together; absent for a single one.
    pub bulk: Option<usize>,
    /// Seconds that the row was looked at.
    pub seconds: u64,
    /// The last day of a waiver, or of the time to carry it out.
    pub until: Option<NaiveDate>,
}

/// A changeset of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undertaking {
    /// What it is for.
    pub title: String,
    /// The rows that it is about.
    pub subjects: Vec<Arn>,
    /// When it was consented to, and by whom.
    pub planned: Mark,
    /// How it ended, when it has.
    pub closed: Option<Closed>,
}

/// How a changeset ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When, and by whom.
    pub mark: Mark,
    /// How.
    pub ending: Ending,
    /// What was said about it.
    pub note: Option<String>,
}

/// Something that somebody wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// When, and by whom.
    pub mark: Mark,
    /// What it is about, when it is about one row.
    pub subject: Option<Arn>,
    /// What was written.
    pub text: String,
}

/// A signature under a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// When, and by whom.
    pub mark: Mark,
    /// The hash of the record, which is the head to keep elsewhere.
    pub hash: RecordHash,
    /// What was signed.
    pub sign_off: entry::SignOff,
}

/// How far one row has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// Nobody has decided about it.
    Undecided,
    /// It was decided about, as it is.
    Decided,
    /// It was decided about, and has changed since.
    Reopened,
    /// What was decided is done; somebody has to look at the row as it is now, and say so by deciding the same or to keep it.
    CarriedOut,
}

/// How far a decision is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Execution {
    /// There is nothing to carry out.
    NotNeeded,
    /// No changeset was begun for it.
    Missing,
    /// A changeset is under way, by its name.
    UnderWay(String),
    /// A changeset ended without doing it, by its name.
    NotDone(String, Ending),
    /// A changeset has done it, by its name.
    Done(String),
}

/// How far a review has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// How many rows there are.
    pub rows: usize,
    /// How many are decided.
    pub decided: usize,
    /// Those that somebody still has to decide about, in the order in which a review shows them.
    pub open: Vec<Arn>,
    /// How many of these were decided once and have changed since.
    pub reopened: usize,
    /// How many rows have each verdict, of those that are decided.
    pub by_verdict: BTreeMap<Verdict, usize>,
    /// How many of the decided rows were decided together with others.
    pub bulk: usize,
    /// Seconds that went into the decisions that hold.
    pub seconds: u64,
    /// Seconds that a row takes, of those that were looked at one by one; absent before the first.
    pub seconds_per_row: Option<u64>,
    /// Seconds that what is left will take at this pace.
    pub seconds_left: Option<u64>,
    /// Decisions to mend or remove that are not carried out yet.
    pub undone: Vec<Arn>,
}

impl Made {
    /// Returns whether a reason is missing that has to be there: where it is not simply to keep, and for many rows at once.
    pub fn lacks_reason(&self) -> bool {
        let needs = self.verdict != Verdict::Keep || self.bulk.is_some();
        needs && self.reason.as_deref().is_none_or(|reason| reason.trim().is_empty())
    }

    /// Returns the last day for carrying it out: its own, or else so many days after it was made.
    pub fn deadline(&self, decision_days: u16) -> NaiveDate {
        let made_on = self.mark.at.date_naive();
        let days = chrono::Days::new(u64::from(decision_days));
        self.until
            .unwrap_or_else(|| made_on.checked_add_days(days).unwrap_or(made_on))
    }
}

impl Decided {
    /// Returns the decision that holds; absent when the last one took it back.
    pub fn latest(&self) -> Option<&Made> {
        self.history.last().filter(|made| made.verdict != Verdict::Undecided)
    }

    /// Returns the decision from which on the verdict has been the same as it is.
    pub fn since(&self) -> Option<&Made> {
        let latest = self.latest()?;
        let same = self
            .history
            .iter()
            .rev()
            .take_while(|made| made.verdict == latest.verdict);
        same.last()
    }

    /// Returns the record from which on it was decided to mend or remove the row, whatever was decided afterwards.
    fn changed_since(&self) -> Option<u64> {
        let mends = self.history.iter().filter(|made| made.verdict.needs_changeset());
        mends.map(|made| made.mark.seq).next()
    }
}

impl Campaign {
    /// Returns whether nobody has signed it off.
    pub fn is_open(&self) -> bool {
        self.sign_off.is_none()
    }

    /// Returns the reading of the rows that it was opened with, as it was recorded just before.
    pub fn reading_opened(&self) -> Option<&entry::Population> {
        self.reading(&self.population, self.opened.seq)
    }

    /// Returns the reading of the rows that were signed, as it was recorded for the sign-off.
    pub fn reading_signed(&self) -> Option<&entry::Population> {
        let signed = self.sign_off.as_ref()?;
        self.reading(&signed.sign_off.population, signed.mark.seq)
    }

    fn reading(&self, digest: &str, before: u64) -> Option<&entry::Population> {
        let mut readings = self.readings.iter().rev();
        let made = readings.find(|made| made.reading.digest == digest && made.mark.seq < before)?;
        Some(&made.reading)
    }

    /// Returns the decision about a row that holds.
    pub fn decision(&self, subject: &Arn) -> Option<&Made> {
        self.decisions.get(subject)?.latest()
    }

    /// Returns how far a row has come, as it is now.
    pub fn state(&self, row: &Row) -> RowState {
        let Some(made) = self.decision(&row.subject) else {
            return RowState::Undecided;
        };
        if made.row == row.digest {
            return RowState::Decided;
        }
        match self.execution(&row.subject) {
            Execution::Done(_) => RowState::CarriedOut,
            Execution::NotNeeded | Execution::Missing | Execution::UnderWay(_) | Execution::NotDone(..) => {
                RowState::Reopened
            }
        }
    }

    /// Returns how far the decision about a row is carried out.
    pub fn execution(&self, subject: &Arn) -> Execution {
        let Some(decided) = self.decisions.get(subject) else {
            return Execution::NotNeeded;
        };
        if !decided.latest().is_some_and(|made| made.verdict.needs_changeset()) {
            return Execution::NotNeeded;
        }
        let since = decided.since().map_or(0, |made| made.mark.seq);
        self.execution_since(subject, since)
    }

    /// Returns the changeset that carried out a decision to mend or remove a row, whatever was decided afterwards.
    pub fn carried_out_by(&self, subject: &Arn) -> Option<String> {
        let since = self.decisions.get(subject)?.changed_since()?;
        match self.execution_since(subject, since) {
            Execution::Done(name) => Some(name),
            Execution::NotNeeded | Execution::Missing | Execution::UnderWay(_) | Execution::NotDone(..) => None,
        }
    }

    fn execution_since(&self, subject: &Arn, since: u64) -> Execution {
        let names = self.by_subject.get(subject).into_iter().flatten();
        let begun = names.filter_map(|name| Some((name, self.changesets.get(name)?)));
        let mut found = Execution::Missing;
        for (name, changeset) in begun.filter(|(_, changeset)| changeset.planned.seq > since) {
            found = match (&changeset.closed, found) {
                (_, Execution::Done(earlier)) => Execution::Done(earlier),
                (Some(closed), _) if closed.ending == Ending::Done => Execution::Done(name.clone()),
                (None, _) => Execution::UnderWay(name.clone()),
                (Some(_), Execution::UnderWay(earlier)) => Execution::UnderWay(earlier),
                (Some(closed), _) => Execution::NotDone(name.clone(), closed.ending),
            };
        }
        found
    }

    /// Returns the decisions to mend or remove that are not carried out, in the order of their rows. A row that was to be
    /// removed and is gone is done, as far as it is known what there is.
    pub fn undone<'a>(&'a self, current: Option<&'a Population>) -> impl Iterator<Item = (&'a Arn, &'a Made)> {
        self.decisions.iter().filter_map(move |(subject, decided)| {
            let made = decided.latest()?;
            let is_there = current.is_none_or(|current| current.rows.contains_key(subject));
            let is_gone = made.verdict == Verdict::Remove && !is_there;
            match self.execution(subject) {
                Execution::NotNeeded | Execution::Done(_) => None,
                Execution::Missing | Execution::UnderWay(_) | Execution::NotDone(..) => {
                    (!is_gone).then_some((subject, made))
                }
            }
        })
    }

    /// Returns how far the review has come with the rows as they are now.
    pub fn progress(&self, current: &Population) -> Progress {
        let mut progress = Progress {
            rows: current.rows.len(),
            undone: self.undone(Some(current)).map(|(subject, _)| subject.clone()).collect(),
            ..Progress::default()
        };
        let (mut single_rows, mut single_seconds) = (0_u64, 0_u64);
        for row in current.in_order() {
            let state = self.state(row);
            if let (RowState::Decided, Some(made)) = (state, self.decision(&row.subject)) {
                progress.decided += 1;
                *progress.by_verdict.entry(made.verdict).or_default() += 1;
                progress.seconds = progress.seconds.saturating_add(made.seconds);
                if made.bulk.is_some() {
                    progress.bulk += 1;
                } else {
                    single_rows += 1;
                    single_seconds = single_seconds.saturating_add(made.seconds);
                }
            } else {
                progress.open.push(row.subject.clone());
                progress.reopened += usize::from(state != RowState::Undecided);
            }
        }
        progress.seconds_per_row = single_seconds.checked_div(single_rows);
        let left = u64::try_from(progress.open.len()).unwrap_or(u64::MAX);
        progress.seconds_left = progress.seconds_per_row.map(|seconds| seconds.saturating_mul(left));
        progress
    }

    /// Returns the next row that somebody has to decide about, after the one in hand and round to the first again.
    pub fn next_open(&self, current: &Population, after: Option<&Arn>) -> Option<Arn> {
        let rows = current.in_order();
        let start = after.and_then(|arn| rows.iter().position(|row| row.subject == *arn));
        let start = start.map_or(0, |place| place + 1);
        let ahead = rows.iter().skip(start).chain(rows.iter().take(start));
        let mut open = ahead.filter(|row| self.state(row) != RowState::Decided);
        open.next().map(|row| row.subject.clone())
    }

    /// Returns the rows that the frozen population had and that are not there now.
    pub fn gone<'a>(&self, frozen: &'a Population, current: &Population) -> Vec<&'a Row> {
        let gone = frozen
            .rows
            .values()
            .filter(|row| !current.rows.contains_key(&row.subject));
        gone.map(AsRef::as_ref).collect()
    }

    /// Returns the days until the last one for the sign-off; negative when it has passed.
    pub fn days_left(&self, today: NaiveDate) -> i64 {
        (self.due - today).num_days()
    }
}

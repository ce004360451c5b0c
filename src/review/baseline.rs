//! The account as it was signed last: for each row, the last sign-off that it was part of.
//!
//! Reviews may be about parts of the account, so that the last words about two rows may come from two reviews.

use super::{
    campaign::Campaign,
    diff::{Diff, RowChange},
    fold::Reviews,
    population::Population,
    row::Row,
};
use crate::{domain::ids::Arn, ledger::entry::ReviewScope};
use std::{collections::BTreeMap, sync::Arc};

/// Every row as it was when it was signed last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// The rows by their subjects.
    pub rows: BTreeMap<Arn, Arc<Row>>,
    /// The reviews that it is made of, in the order of their sign-offs.
    pub reviews: Vec<String>,
    /// The reviews whose population is not at hand, so that nobody can tell what they signed.
    pub missing: Vec<String>,
    /// The place in `reviews` of the one that signed each row.
    signed_by: BTreeMap<Arn, usize>,
}

/// What is different about one row since it was signed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// Nobody ever signed anything.
    NeverSigned,
    /// A population that was signed is not at hand: nobody can tell.
    Unknown,
    /// It was not part of what was signed.
    New,
    /// Nothing.
    Unchanged,
    /// It says something else.
    Changed(Box<RowChange>),
}

impl Baseline {
    /// Returns what was signed before the review in hand was opened; up to now, where none is in hand.
    pub fn before<'a>(
        reviews: &Reviews,
        in_hand: Option<&Campaign>,
        population: impl Fn(&str) -> Option<&'a Population>,
    ) -> Self {
        let before = in_hand.map_or(u64::MAX, |campaign| campaign.opened.seq);
        let mut baseline = Self::default();
        for (campaign, signed) in reviews.signed() {
            if signed.mark.seq > before {
                continue;
            }
            if campaign.scope == ReviewScope::All {
                // Whatever was signed before it, this one is about everything.
                baseline = Self::default();
            }
            baseline.reviews.push(campaign.name.clone());
            let Some(rows) = population(&signed.sign_off.population) else {
                baseline.missing.push(campaign.name.clone());
                continue;
            };
            // What went in the course of a review is not expected afterwards.
            if let Some(frozen) = population(&campaign.population) {
                baseline
                    .rows
                    .retain(|subject, _| !frozen.rows.contains_key(subject) || rows.rows.contains_key(subject));
            }
            let place = baseline.reviews.len().saturating_sub(1);
            for (subject, row) in &rows.rows {
                baseline.rows.insert(subject.clone(), Arc::clone(row));
                baseline.signed_by.insert(subject.clone(), place);
            }
        }
        baseline
    }

    /// Returns whether it is known what was signed.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// Returns the review that signed a row last.
    pub fn signed_by(&self, subject: &Arn) -> Option<&str> {
        self.reviews.get(*self.signed_by.get(subject)?).map(String::as_str)
    }

    /// Returns what is different about a row.
    pub fn since(&self, row: &Arc<Row>) -> Since {
        match self.rows.get(&row.subject) {
            Some(was) => {
                RowChange::between(was, row).map_or(Since::Unchanged, |change| Since::Changed(Box::new(change)))
            }
            None if !self.is_complete() => Since::Unknown,
            None if self.reviews.is_empty() => Since::NeverSigned,
            None => Since::New,
        }
    }

    /// Returns everything that is different.
    pub fn diff(&self, current: &Population) -> Diff {
        Diff::of_rows(&self.rows, current)
    }
}

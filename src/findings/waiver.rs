//! Waivers: a finding that somebody has decided to live with, for a reason, until a day.
//!
//! A waiver carries the fingerprint of the facts that it was given for. It dies on its day, or when the facts change,
//! and says which.

use super::Finding;
use crate::domain::typed::without_addresses;
use chrono::NaiveDate;

/// One finding that somebody has decided to live with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The code of the check.
    pub code: String,
    /// The subject: its ARN, or the alias or name in it.
    pub subject: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it may stay as it is.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub expires: NaiveDate,
    /// The fingerprint of the facts it was given for, as the finding shows it.
    pub facts: String,
    /// Where it is written, such as `waivers.toml:12`.
    pub place: String,
}

/// What a waiver does for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverState {
    /// It holds.
    Holds,
    /// Its day has passed.
    Expired,
    /// The facts are others than those it was given for.
    Void,
}

impl Waiver {
    /// Returns the waiver with every mail address and phone number masked that somebody typed into it.
    #[must_use]
    pub fn without_typed_addresses(&self) -> Self {
        Self {
            owner: without_addresses(&self.owner).into_owned(),
            reason: without_addresses(&self.reason).into_owned(),
            ..self.clone()
        }
    }

    /// Returns whether the waiver is about a finding of `code` on the subject with this id or name.
    pub fn is_about(&self, finding: &Finding) -> bool {
        self.code == finding.check.code && (self.subject == finding.subject.id || self.subject == finding.subject.alias)
    }

    /// Returns what the waiver does on `today` for a finding that rests on these facts.
    pub fn state(&self, finding: &Finding, today: NaiveDate) -> WaiverState {
        if today > self.expires {
            WaiverState::Expired
        } else if self.facts == finding.facts() {
            WaiverState::Holds
        } else {
            WaiverState::Void
        }
    }
}

//! What the checks said of the account when it was read for a review, as it is kept beside the rows.
//!
//! Rows are all that a review decides about, and no check can be asked of them again: checks look at shifts, at whole
//! addresses, at the roster, policy and waivers of the day. So what they said is kept when a review is opened and when it is
//! signed, together with the account as it was read, of which pages can be simulated later. The file is named by its digest,
//! and the record of the reading names that. Addresses are masked in it.

use super::{Population, digest};
use crate::{
    domain::{
        Timestamp,
        ids::{Arn, Scope},
        inventory::Inventory,
        schedule::ResolveSchedules,
        text::{excerpt, explanation, neutral},
    },
    findings::{Finding, FindingResult, evaluate::Findings, severity::Severity},
    ledger::entry::ReviewScope,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;

/// The form of the file that this version writes and reads.
pub const SCHEMA: &str = "callsheet.findings/1";

/// What was found when the account was read for a review.
#[derive(Debug, Clone)]
pub struct Found {
    /// The SHA-256 of the bytes.
    pub digest: String,
    /// What the checks said.
    pub judgement: Judgement,
    /// When schedules were taken to be resolved.
    pub resolve_schedules: ResolveSchedules,
    /// The digest of the rows that were made of the same reading.
    pub population: String,
    /// When the reading ended.
    pub read_at: Option<Timestamp>,
    account: Box<RawValue>,
    bytes: Vec<u8>,
}

/// What the checks said at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// When they were asked.
    pub at: Timestamp,
    /// The codes of the checks that were asked.
    pub asked: Vec<String>,
    /// The checks that were not asked, each with the reason.
    pub not_asked: BTreeMap<String, String>,
    /// What they said that is not "nothing is wrong": what failed, then what is unknown, then what is waived.
    pub findings: Vec<Item>,
}

/// One thing that a check said about one subject. Every text in it is safe to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The code of the check.
    pub check: String,
    /// What it came to.
    pub result: Outcome,
    /// How bad it was, as a word.
    pub severity: String,
    /// What makes the subject the same one another time.
    pub subject: String,
    /// What sort of thing the subject is, as a word.
    pub kind: String,
    /// The name of the subject.
    pub name: String,
    /// The person that a device belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Arn>,
    /// One sentence without a full stop.
    pub message: String,
    /// The fingerprint of the facts that it rests on.
    pub facts: String,
}

/// What a check came to, where it is not "nothing is wrong".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something is wrong.
    Fail,
    /// It cannot be told.
    Unknown,
    /// Something is wrong, and somebody has decided to live with it until a day.
    Waived(NaiveDate),
}

/// Why bytes are not what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// They are not what this version writes.
    #[error("it does not hold findings that this version can read: {0}")]
    Form(String),
    /// It was written in another form.
    #[error("it has the form “{0}”, and this version reads “{SCHEMA}”")]
    Schema(String),
    /// Its name is the digest of something else.
    #[error("it was altered: its digest is {found}")]
    Altered {
        /// The digest it has.
        found: String,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    schema: &'static str,
    scope: &'a Scope,
    population: &'a str,
    read_at: Option<Timestamp>,
    resolve_schedules: ResolveSchedules,
    #[serde(flatten)]
    judgement: &'a Judgement,
    account: &'a RawValue,
}

#[derive(Deserialize)]
struct Heading {
    schema: String,
}

#[derive(Deserialize)]
struct ReadBack {
    population: String,
    read_at: Option<Timestamp>,
    resolve_schedules: ResolveSchedules,
    at: Timestamp,
    asked: Vec<String>,
    not_asked: BTreeMap<String, String>,
    findings: Vec<Item>,
    account: Box<RawValue>,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Found {}

impl Judgement {
    /// Returns what the checks said about what a review is about.
    pub fn of(findings: &Findings, review: &ReviewScope, rows: &Population) -> Self {
        let is_meant = |finding: &&Finding| *review == ReviewScope::All || concerns(finding, rows);
        let asked = findings.tallies.iter().map(|tally| tally.check.code.to_owned());
        let not_asked = findings.not_run.iter();
        Self {
            at: findings.at,
            asked: asked.collect(),
            not_asked: not_asked
                .map(|not_run| (not_run.check.code.to_owned(), not_run.why.to_owned()))
                .collect(),
            findings: findings.items.iter().filter(is_meant).map(Item::of).collect(),
        }
    }

    /// Returns what failed, the worst first.
    pub fn failing(&self) -> impl Iterator<Item = &Item> {
        self.findings.iter().filter(|item| item.result == Outcome::Fail)
    }

    /// Returns in one sentence without a full stop how much was found.
    pub fn words(&self) -> String {
        let count =
            |is_wanted: fn(&Outcome) -> bool| self.findings.iter().filter(|item| is_wanted(&item.result)).count();
        let severities = Severity::ALL.into_iter().filter_map(|severity| {
            let count = self.failing().filter(|item| item.severity == severity.word()).count();
            (count > 0).then(|| format!("{count} {}", severity.word()))
        });
        let severities = severities.collect::<Vec<_>>().join(", ");
        let severities = if severities.is_empty() {
            severities
        } else {
            format!(" ({severities})")
        };
        format!(
            "{} failing{severities}, {} waived, {} unknown, {} checks not asked",
            count(|result| *result == Outcome::Fail),
            count(|result| matches!(result, Outcome::Waived(_))),
            count(|result| *result == Outcome::Unknown),
            self.not_asked.len()
        )
    }
}

/// Returns whether a finding is about one of these rows, or about a device of one.
fn concerns(finding: &Finding, rows: &Population) -> bool {
    let mut arns = finding.subject.arn.iter().chain(&finding.subject.person);
    arns.any(|arn| rows.rows.contains_key(arn))
}

impl Item {
    fn of(finding: &Finding) -> Self {
        let subject = &finding.subject;
        Self {
            check: finding.check.code.to_owned(),
            result: match &finding.result {
                FindingResult::Fail => Outcome::Fail,
                FindingResult::Unknown => Outcome::Unknown,
                FindingResult::Waived(waiver) => Outcome::Waived(waiver.expires),
            },
            severity: finding.severity().word().to_owned(),
            subject: neutral(&subject.id).into_owned(),
            kind: subject.kind.word().to_owned(),
            name: neutral(&subject.name).into_owned(),
            person: subject.person.clone(),
            message: neutral(&finding.message).into_owned(),
            facts: finding.facts(),
        }
    }
}

impl Found {
    /// Returns what was found in an inventory, whose addresses have their fingerprints.
    pub fn new(
        scope: &Scope,
        inventory: &Inventory,
        population: &Population,
        judgement: Judgement,
        resolve_schedules: ResolveSchedules,
    ) -> serde_json::Result<Self> {
        let mut account = inventory.clone();
        // The record of the reading has them.
        account.reads = Vec::new();
        let account = to_raw_value(&account)?;
        let mut bytes = serde_json::to_vec(&Written {
            schema: SCHEMA,
            scope,
            population: &population.digest,
            read_at: inventory.ended_at,
            resolve_schedules,
            judgement: &judgement,
            account: &account,
        })?;
        bytes.push(b'\n');
        Ok(Self {
            digest: digest::of_bytes(&bytes),
            judgement,
            resolve_schedules,
            population: population.digest.clone(),
            read_at: inventory.ended_at,
            account,
            bytes,
        })
    }

    /// Returns what a file holds, when it is the one whose digest was asked for.
    pub fn parse(bytes: Vec<u8>, expected: &str) -> Result<Self, NotFound> {
        let found = digest::of_bytes(&bytes);
        if found != expected {
            return Err(NotFound::Altered { found });
        }
        let form = |error: serde_json::Error| NotFound::Form(explanation(&error.to_string()));
        let heading: Heading = serde_json::from_slice(&bytes).map_err(form)?;
        if heading.schema != SCHEMA {
            return Err(NotFound::Schema(excerpt(&heading.schema)));
        }
        let read: ReadBack = serde_json::from_slice(&bytes).map_err(form)?;
        if !digest::is_digest(&read.population) {
            return Err(NotFound::Form("it names no rows".to_owned()));
        }
        Ok(Self {
            digest: found,
            judgement: Judgement {
                at: read.at,
                asked: read.asked,
                not_asked: read.not_asked,
                findings: read.findings,
            },
            resolve_schedules: read.resolve_schedules,
            population: read.population,
            read_at: read.read_at,
            account: read.account,
            bytes,
        })
    }

    /// Returns the content of its file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the account as it was read then; absent where another version kept it in a form that this one does not know.
    pub fn account(&self) -> Option<Inventory> {
        serde_json::from_str(self.account.get()).ok()
    }
}

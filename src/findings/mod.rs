//! What is unverified, wrong or out of date in an inventory, how soon it hurts, and how to put it right.
//!
//! A [`Check`] is one documented value in [`registry::CHECKS`]. It says what must have been read for an answer, and
//! judges one subject at a time; [`evaluate::evaluate`] asks every check about every subject it applies to. What could
//! not be read comes out *unknown* without the check having to remember. Nothing here reads a clock or a file.

pub mod catalogue;
pub mod evaluate;
pub mod facts;
pub mod imminence;
pub mod judging;
pub mod known;
pub mod matching;
pub mod needs;
pub mod policy;
pub mod recorded;
pub mod registry;
pub mod selection;
pub mod severity;
pub mod subject;
pub mod waiver;

mod device;
mod doubts;
mod engagement;
mod escalation;
mod people;
mod platform;
#[cfg(test)]
mod proof;
mod response;
mod review;
mod schedule;
mod words;

use crate::domain::{
    Timestamp,
    contact::{Channel, Contact},
    operation::Operation,
    response::ResponsePlan,
    roster::RosterEntry,
    schedule::Rotation,
};
use facts::Facts;
use needs::Need;
use severity::{Severity, Standing};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use subject::Subject;
use waiver::Waiver;

/// One documented test of the account.
#[derive(Debug)]
pub struct Check {
    /// Its stable code, such as `CH01`.
    pub code: &'static str,
    /// Its name for machines, such as `channel-not-activated`.
    pub name: &'static str,
    /// What it is about.
    pub family: Family,
    /// How bad it is, before anybody asks how soon it hurts.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub title: &'static str,
    /// Why it matters, in one or two sentences.
    pub rationale: &'static str,
    /// How to put it right, in one or two sentences.
    pub remedy: &'static str,
    /// The command of the desk with which the remedy begins; empty where it begins elsewhere.
    pub command: &'static str,
    /// What must have been read for any answer.
    pub needs: &'static [Need],
    /// What must have been read before "nothing is wrong" can be said; a fault that was seen stands without it.
    pub hides: &'static [Need],
    /// The checks that make this one moot when they fail on the same subject, or on the person it belongs to.
    pub moot_when: &'static [&'static str],
    /// Whether severity follows how soon the subject is paged. Not so where the subject's place in plans is itself what
    /// is wrong.
    pub is_moving: bool,
    /// What it is asked about, and the function that answers.
    pub judges: &'static [Judge],
}

/// What checks are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Contact channels.
    Devices,
    /// The plans of people.
    EngagementPlans,
    /// The plans of teams.
    EscalationPlans,
    /// On-call schedules and rotations.
    Schedules,
    /// Response plans.
    ResponsePlans,
    /// The people behind contacts.
    People,
    /// Sharing and replication.
    Platform,
    /// The review itself.
    Review,
}

/// A kind of subject with the function that judges one of them.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// Every person.
    Person(fn(&Facts<'_>, &Contact) -> Verdict),
    /// Every device with its person.
    Device(fn(&Facts<'_>, &Contact, &Channel) -> Verdict),
    /// Every escalation plan.
    Plan(fn(&Facts<'_>, &Contact) -> Verdict),
    /// Every on-call schedule.
    Schedule(fn(&Facts<'_>, &Contact) -> Verdict),
    /// Every rotation.
    Rotation(fn(&Facts<'_>, &Rotation) -> Verdict),
    /// Every response plan.
    Response(fn(&Facts<'_>, &ResponsePlan) -> Verdict),
    /// Every row of the roster.
    Entry(fn(&Facts<'_>, &RosterEntry) -> Verdict),
    /// Every waiver, with the finding that it is about, if there is one.
    Waiver(fn(&Facts<'_>, &Waiver, Option<&Finding>) -> Verdict),
    /// The account as a whole.
    Account(fn(&Facts<'_>) -> Verdict),
}

/// What a check says of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The check has nothing to say about this subject.
    NotApplicable,
    /// Nothing is wrong.
    Pass,
    /// This is wrong.
    Fail(Fault),
    /// It cannot be told, and this is why.
    Unknown(String),
    /// What it follows from is still to come.
    Pending,
}

/// What is wrong with one subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// One sentence without a full stop that names the one wrong thing.
    pub message: String,
    /// What it rests on. Not what changes by the hour, since waivers hold for these facts.
    pub evidence: Vec<Evidence>,
    /// When it hurts, where the fault itself knows better than the subject's next turn.
    pub hurts_at: Option<Timestamp>,
    /// Why it is low whatever the check's severity is and whoever is paged, in words; absent where it is not.
    pub low_because: Option<&'static str>,
}

/// A fact that was read, and the call it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The member of the API, or what we call it.
    pub field: &'static str,
    /// Its value, addresses masked.
    pub value: String,
    /// Where it came from.
    pub source: Source,
}

/// Where a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A call of AWS.
    Call(Operation),
    /// The roster.
    Roster,
    /// The waivers.
    Waivers,
    /// The ledger.
    Ledger,
}

/// One thing that a check says about one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// What it came to.
    pub result: FindingResult,
    /// What it is about.
    pub subject: Subject,
    /// How bad it is, and why it stands where it stands.
    pub standing: Standing,
    /// One sentence without a full stop.
    pub message: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

/// What a check came to, where it is not "pass".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindingResult {
    /// Something is wrong.
    Fail,
    /// It cannot be told.
    Unknown,
    /// Something is wrong, and somebody has decided to live with it.
    Waived(Box<Waiver>),
}

impl PartialEq for Check {
    /// Two checks with one code are the same: the registry's tests see to that.
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Check {}

impl Family {
    /// Every family, in the order of the catalogue.
    pub const ALL: [Self; 8] = [
        Self::Devices,
        Self::EngagementPlans,
        Self::EscalationPlans,
        Self::Schedules,
        Self::ResponsePlans,
        Self::People,
        Self::Platform,
        Self::Review,
    ];

    /// Returns the family's name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Devices => "Devices",
            Self::EngagementPlans => "Engagement plans",
            Self::EscalationPlans => "Escalation plans",
            Self::Schedules => "Schedules and rotations",
            Self::ResponsePlans => "Response plans",
            Self::People => "People",
            Self::Platform => "Platform",
            Self::Review => "The review itself",
        }
    }

    /// Returns the word of the machine output and of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::EngagementPlans => "engagement-plans",
            Self::EscalationPlans => "escalation-plans",
            Self::Schedules => "schedules",
            Self::ResponsePlans => "response-plans",
            Self::People => "people",
            Self::Platform => "platform",
            Self::Review => "review",
        }
    }
}

impl Source {
    /// Returns the source's name: the operation's, or the file's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Call(operation) => operation.name(),
            Self::Roster => "roster",
            Self::Waivers => "waivers",
            Self::Ledger => "ledger",
        }
    }
}

impl Verdict {
    /// Returns that something is wrong, in one sentence without a full stop.
    pub fn fail(message: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self::Fail(Fault {
            message: message.into(),
            evidence,
            hurts_at: None,
            low_because: None,
        })
    }

    /// Returns the verdict with the instant at which it hurts.
    #[must_use]
    pub fn hurting_at(mut self, at: Timestamp) -> Self {
        if let Self::Fail(fault) = &mut self {
            fault.hurts_at = Some(at);
        }
        self
    }

    /// Returns the verdict as one that stands low, for a reason that holds for the whole account.
    #[must_use]
    pub fn low_because(mut self, why: &'static str) -> Self {
        if let Self::Fail(fault) = &mut self {
            fault.low_because = Some(why);
        }
        self
    }
}

impl Evidence {
    /// Returns a fact that a call told.
    pub fn new(field: &'static str, value: impl Into<String>, operation: Operation) -> Self {
        Self {
            field,
            value: value.into(),
            source: Source::Call(operation),
        }
    }

    /// Returns what the ledger says.
    pub fn of_ledger(field: &'static str, value: impl Into<String>) -> Self {
        Self {
            field,
            value: value.into(),
            source: Source::Ledger,
        }
    }
}

impl FindingResult {
    /// Returns its place in an order: what failed comes first, since unknowns may be thousands.
    fn rank(&self) -> u8 {
        match self {
            Self::Fail => 0,
            Self::Unknown => 1,
            Self::Waived(_) => 2,
        }
    }

    /// Returns the word of the machine output.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Waived(_) => "waived",
        }
    }
}

impl Finding {
    /// Returns what makes the finding the same one in the next scan: its check and its subject.
    pub fn id(&self) -> String {
        format!("{} {}", self.check.code, self.subject.id)
    }

    /// Returns the severity at which it stands.
    pub fn severity(&self) -> Severity {
        self.standing.severity
    }

    /// Returns the fingerprint of the facts that it rests on: a waiver given for these holds for no others.
    pub fn facts(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            // Each text with its length, so that no two lists of facts run together into the same bytes.
            hash.update(text.len().to_be_bytes());
            hash.update(text.as_bytes());
        };
        add(self.check.code);
        add(&self.subject.id);
        for fact in &self.evidence {
            add(fact.field);
            add(&fact.value);
        }
        let digest = hash.finalize();
        digest.iter().take(8).fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").ok();
            hex
        })
    }
}

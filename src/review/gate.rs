//! Who may sign off, and under what: nobody with an undecided row, an unknown that nobody explained or a broken ledger.

use super::{
    campaign::{Campaign, Made, RowState},
    fold::Reviews,
    found::Item,
    population::{Population, Taken},
    row::{Row, RowKind},
};
use crate::{
    domain::{Timestamp, ids::Arn, text::neutral, typed::without_addresses},
    findings::policy::ReviewPolicy,
    ledger::{
        chain,
        entry::{Answer, ReviewScope, SignOff, Signature, Verdict},
        hash::RecordHash,
        record::Actor,
    },
};
use std::{collections::BTreeMap, fmt};

/// A sign-off that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct SigningOff<'a> {
    /// Every review of the ledger.
    pub reviews: &'a Reviews,
    /// The review.
    pub campaign: &'a Campaign,
    /// Its population, as it was frozen.
    pub frozen: &'a Population,
    /// The account as it was read just now.
    pub fresh: &'a Taken,
    /// What was said about each unknown of [`Taken::unknown`].
    pub explanations: &'a BTreeMap<String, String>,
    /// Whether the ledger is whole.
    pub ledger: &'a LedgerState,
    /// The name that the reviewer typed.
    pub name: &'a str,
    /// How reviews are held.
    pub policy: &'a ReviewPolicy,
    /// The time.
    pub now: Timestamp,
}

/// Whether the ledger is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerState {
    /// It is, up to this head.
    Whole(RecordHash),
    /// It is not, and this is why.
    Broken(String),
}

/// Why nobody may sign off yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The ledger does not check.
    LedgerBroken(String),
    /// It was signed off before.
    AlreadySigned,
    /// The frozen population is not the one that the review was opened with.
    OtherPopulation,
    /// The ledger does not say how the frozen population was read.
    ReadingMissing,
    /// The account has not been read again to the end.
    NotRead,
    /// It was read again too long ago.
    TooOld {
        /// How many hours ago.
        hours: i64,
        /// How many it may be.
        limit: u16,
    },
    /// There is no row.
    NoRows,
    /// Nobody has decided about these rows, by name.
    Undecided(Vec<String>),
    /// These rows changed after they were decided about, by name.
    Reopened(Vec<String>),
    /// What was decided about these rows is done, and nobody has looked at them since, by name.
    CarriedOut(Vec<String>),
    /// These rows were decided without a reason, though it is needed, by name.
    NoReason(Vec<String>),
    /// Nobody has explained this unknown.
    Unexplained(String),
    /// Nobody typed a name.
    NoName,
    /// There is no sign-off yet that a second reviewer could agree to.
    NotSigned,
    /// The second reviewer is the first one.
    SameReviewer,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The review.
    pub review: String,
    /// What is shown, line by line; the first one says when the population is incomplete.
    pub lines: Vec<String>,
    /// The digest of the population as it was read just before.
    pub population: String,
    /// The head of the ledger that is signed.
    pub head: RecordHash,
    /// What could not be read, each with its explanation.
    pub unknown: Vec<Answer>,
    /// The name that the reviewer typed.
    pub name: String,
    /// Whether it is the second reviewer's.
    pub is_co_sign: bool,
}

impl LedgerState {
    /// Returns whether a chain is whole.
    pub fn of(state: &chain::State) -> Self {
        match &state.fault {
            None => Self::Whole(state.head),
            Some(fault) => Self::Broken(format!("line {}: {}", fault.line, fault.defect)),
        }
    }
}

/// Returns what would be signed, or every reason why nobody may.
pub fn sign_off(asked: &SigningOff<'_>) -> Result<Summary, Vec<Refusal>> {
    let head = match asked.ledger {
        LedgerState::Whole(head) => Ok(*head),
        LedgerState::Broken(why) => Err(Refusal::LedgerBroken(why.clone())),
    };
    let mut refusals: Vec<Refusal> = head.clone().err().into_iter().collect();
    refusals.extend(refused_as_a_whole(asked));
    refusals.extend(refused_rows(asked));
    refusals.extend(unexplained(asked));
    if asked.name.trim().is_empty() {
        refusals.push(Refusal::NoName);
    }
    match head {
        Ok(head) if refusals.is_empty() => Ok(summary(asked, head)),
        Ok(_) | Err(_) => Err(refusals),
    }
}

/// Returns what a second reviewer would sign, or every reason why they may not.
pub fn co_sign(campaign: &Campaign, ledger: &LedgerState, name: &str, actor: &Actor) -> Result<Summary, Vec<Refusal>> {
    let mut refusals = Vec::new();
    if let LedgerState::Broken(why) = ledger {
        refusals.push(Refusal::LedgerBroken(why.clone()));
    }
    if name.trim().is_empty() {
        refusals.push(Refusal::NoName);
    }
    // What was recorded of the first reviewer's name is masked where it holds an address.
    let name = without_addresses(name.trim()).into_owned();
    let is_same = |other: &str| without_addresses(other.trim()).to_lowercase() == name.to_lowercase();
    match &campaign.sign_off {
        None => refusals.push(Refusal::NotSigned),
        Some(signed) => {
            let earlier = campaign.co_signs.iter().chain([signed]);
            let mut earlier = earlier.map(|signed| (&signed.sign_off.name, &signed.mark.by));
            if earlier.any(|(other, by)| is_same(other) || by.caller == actor.caller) {
                refusals.push(Refusal::SameReviewer);
            }
        }
    }
    match (ledger, &campaign.sign_off) {
        (LedgerState::Whole(head), Some(signed)) if refusals.is_empty() => Ok(Summary {
            review: campaign.name.clone(),
            lines: signed.sign_off.summary.clone(),
            population: signed.sign_off.population.clone(),
            head: *head,
            unknown: signed.sign_off.unknown.clone(),
            name,
            is_co_sign: true,
        }),
        _ => Err(refusals),
    }
}

fn refused_as_a_whole(asked: &SigningOff<'_>) -> Vec<Refusal> {
    let (campaign, fresh) = (asked.campaign, asked.fresh);
    let mut refusals = Vec::new();
    if !campaign.is_open() {
        refusals.push(Refusal::AlreadySigned);
    }
    if asked.frozen.digest != campaign.population {
        refusals.push(Refusal::OtherPopulation);
    }
    let is_told = |digest: &str| campaign.readings.iter().any(|made| made.reading.digest == digest);
    if !is_told(&campaign.population) {
        refusals.push(Refusal::ReadingMissing);
    }
    match fresh.ended_at {
        None => refusals.push(Refusal::NotRead),
        Some(ended_at) => {
            let age = asked.now - ended_at;
            if age > chrono::Duration::hours(i64::from(asked.policy.freshness_hours)) {
                refusals.push(Refusal::TooOld {
                    hours: age.num_hours(),
                    limit: asked.policy.freshness_hours,
                });
            }
        }
    }
    if fresh.population.rows.is_empty() {
        refusals.push(Refusal::NoRows);
    }
    refusals
}

fn refused_rows(asked: &SigningOff<'_>) -> Vec<Refusal> {
    let (mut undecided, mut reopened, mut carried_out, mut no_reason) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in asked.fresh.population.in_order() {
        match asked.campaign.state(row) {
            RowState::Undecided => undecided.push(row.name.clone()),
            RowState::Reopened => reopened.push(row.name.clone()),
            RowState::CarriedOut => carried_out.push(row.name.clone()),
            RowState::Decided => {
                let made = asked.campaign.decision(&row.subject);
                if made.is_some_and(Made::lacks_reason) {
                    no_reason.push(row.name.clone());
                }
            }
        }
    }
    let some = |rows: Vec<String>, refusal: fn(Vec<String>) -> Refusal| (!rows.is_empty()).then(|| refusal(rows));
    [
        some(undecided, Refusal::Undecided),
        some(reopened, Refusal::Reopened),
        some(carried_out, Refusal::CarriedOut),
        some(no_reason, Refusal::NoReason),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn explanation<'a>(asked: &SigningOff<'a>, unknown: &str) -> Option<&'a str> {
    let said = asked.explanations.get(unknown)?.trim();
    (!said.is_empty()).then_some(said)
}

fn unexplained(asked: &SigningOff<'_>) -> Vec<Refusal> {
    let unknown = asked.fresh.unknown.iter();
    let open = unknown.filter(|unknown| explanation(asked, unknown).is_none());
    open.map(|unknown| Refusal::Unexplained(unknown.clone())).collect()
}

fn summary(asked: &SigningOff<'_>, head: RecordHash) -> Summary {
    let answers = asked.fresh.unknown.iter().map(|unknown| Answer {
        guard: unknown.clone(),
        answer: explanation(asked, unknown).unwrap_or_default().to_owned(),
    });
    let unknown: Vec<Answer> = answers.collect();
    Summary {
        review: asked.campaign.name.clone(),
        lines: lines(asked, &unknown),
        population: asked.fresh.population.digest.clone(),
        head,
        unknown,
        name: asked.name.trim().to_owned(),
        is_co_sign: false,
    }
}

fn lines(asked: &SigningOff<'_>, unknown: &[Answer]) -> Vec<String> {
    let (campaign, population) = (asked.campaign, &asked.fresh.population);
    let progress = campaign.progress(population);
    let mut lines = vec![match unknown.len() {
        0 => "Complete: everything was read.".to_owned(),
        1 => "INCOMPLETE: 1 thing could not be read.".to_owned(),
        count => format!("INCOMPLETE: {count} things could not be read."),
    }];
    lines.push(format!(
        "Review {} of {}, opened on {}, due on {}.",
        neutral(&campaign.name),
        scope_words(&campaign.scope),
        campaign.opened.at.format("%Y-%m-%d"),
        campaign.due
    ));
    lines.push(format!("Rows: {}.", rows_words(population)));
    let verdicts = progress
        .by_verdict
        .iter()
        .map(|(verdict, count)| format!("{count} {}", verdict.word()));
    lines.push(format!(
        "Decisions: {}; {} of them in bulk.",
        verdicts.collect::<Vec<_>>().join(", "),
        progress.bulk
    ));
    lines.extend(exceptions(asked));
    for row in population.in_order() {
        if let Some(changeset) = campaign.carried_out_by(&row.subject) {
            lines.push(format!(
                "Carried out: {} by changeset {}.",
                row.name,
                neutral(&changeset)
            ));
        }
    }
    lines.extend(unknown.iter().map(|unknown| {
        format!(
            "Unknown: {}. Explained: {}",
            neutral(&unknown.guard),
            neutral(&unknown.answer)
        )
    }));
    for (subject, made) in campaign.undone(Some(population)) {
        let deadline = made.deadline(asked.policy.decision_days);
        let name = name_of(asked, subject);
        lines.push(format!(
            "Not done yet: {} {name}, until {deadline}.",
            made.verdict.word()
        ));
    }
    let gone = campaign.gone(asked.frozen, population);
    lines.extend(gone.iter().map(|row| {
        format!(
            "Gone since the review was opened: {} {}: {}.",
            row.kind.title(),
            row.name,
            asked.reviews.last_words(&row.subject, campaign)
        )
    }));
    lines.extend(found(asked.fresh));
    lines
}

/// The most findings that are told one by one: who signs reads every line. The file of what was found has all of them.
const MOST_FOUND: usize = 40;

/// Tells what still fails at the time of the sign-off.
fn found(fresh: &Taken) -> Vec<String> {
    let Some(found) = &fresh.found else {
        return vec!["Findings: not recorded.".to_owned()];
    };
    let mut lines = vec![format!("Findings: {}.", found.judgement.words())];
    let failing: Vec<&Item> = found.judgement.failing().collect();
    lines.extend(failing.iter().take(MOST_FOUND).map(|item| {
        format!(
            "Still failing: {} {} {} {}: {}.",
            item.severity, item.check, item.kind, item.name, item.message
        )
    }));
    let more = failing.len().saturating_sub(MOST_FOUND);
    if more > 0 {
        lines.push(format!("Still failing: {more} more, which the evidence lists."));
    }
    lines
}

/// Returns one line for each row that is not simply kept.
fn exceptions(asked: &SigningOff<'_>) -> Vec<String> {
    let mut exceptions: Vec<(Verdict, String)> = Vec::new();
    for row in asked.fresh.population.in_order() {
        let Some(made) = asked.campaign.decision(&row.subject) else {
            continue;
        };
        if made.verdict != Verdict::Keep {
            let reason = neutral(made.reason.as_deref().unwrap_or_default().trim());
            let until = made.until.map_or_else(String::new, |day| format!(", until {day}"));
            let line = format!(
                "Exception: {} {} {}{until}: {reason}",
                made.verdict.word(),
                row.kind.title(),
                row.name
            );
            exceptions.push((made.verdict, line));
        }
    }
    // The rows are in their order already.
    exceptions.sort_by_key(|(verdict, _)| *verdict);
    exceptions.into_iter().map(|(_, line)| line).collect()
}

fn name_of(asked: &SigningOff<'_>, subject: &Arn) -> String {
    let row: Option<&Row> = asked
        .fresh
        .population
        .row(subject)
        .or_else(|| asked.frozen.row(subject))
        .map(AsRef::as_ref);
    row.map_or_else(|| neutral(subject.name()).into_owned(), |row| row.name.clone())
}

fn rows_words(population: &Population) -> String {
    let counts = population.counts();
    let words = RowKind::ALL
        .into_iter()
        .map(|kind| kind.count(counts.get(&kind).copied().unwrap_or_default()));
    format!(
        "{} in all: {}",
        population.rows.len(),
        words.collect::<Vec<_>>().join(", ")
    )
}

/// Returns what a review is about, in words.
pub fn scope_words(scope: &ReviewScope) -> String {
    match scope {
        ReviewScope::All => "everything".to_owned(),
        ReviewScope::Alias(pattern) => format!("contacts named {}", neutral(pattern)),
        ReviewScope::Team(team) => format!("team {}", neutral(team)),
        ReviewScope::Plan(plan) => format!("plan {} and what it reaches", neutral(plan.name())),
    }
}

impl Summary {
    /// Returns what goes into the ledger.
    pub fn entry(&self, signature: Option<Signature>) -> SignOff {
        SignOff {
            review: self.review.clone(),
            name: self.name.clone(),
            is_co_sign: self.is_co_sign,
            population: self.population.clone(),
            head: self.head.to_string(),
            summary: self.lines.clone(),
            unknown: self.unknown.clone(),
            signature,
        }
    }
}

impl Refusal {
    /// Returns what to do about it, in one sentence.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::LedgerBroken(_) => "Find out who altered the ledger, and restore it from a copy whose head you know.",
            Self::AlreadySigned => "Open a new review.",
            Self::OtherPopulation => "Put the file of the population back, or open a new review.",
            Self::ReadingMissing => "Open a new review: its reading is recorded with it.",
            Self::NotRead | Self::TooOld { .. } => "Read the account again.",
            Self::NoRows => "Open a new review of another part of the account.",
            Self::Undecided(_) => "Decide about each of them.",
            Self::Reopened(_) => "Look at what changed, and decide again.",
            Self::CarriedOut(_) => "Look at them as they are now, and decide the same again, or to keep them.",
            Self::NoReason(_) => "Decide again, and say why.",
            Self::Unexplained(_) => "Get the permission and read again, or explain why it is not known.",
            Self::NoName => "Type your name.",
            Self::NotSigned => "Have the first reviewer sign off.",
            Self::SameReviewer => "Have somebody else sign.",
        }
    }
}

impl fmt::Display for Refusal {
    /// Writes one sentence with its full stop.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LedgerBroken(why) => write!(out, "The ledger does not check: {}.", neutral(why)),
            Self::AlreadySigned => out.write_str("The review was signed off before."),
            Self::OtherPopulation => out.write_str("The population is not the one that the review was opened with."),
            Self::ReadingMissing => out.write_str("The ledger does not say how the population was read."),
            Self::NotRead => out.write_str("The account has not been read again to its end."),
            Self::TooOld { hours, limit } => {
                write!(out, "The account was read {hours} hours ago, and {limit} are allowed.")
            }
            Self::NoRows => out.write_str("The review is about nothing that is there."),
            Self::Undecided(rows) => write!(out, "Nobody has decided about {}.", some(rows)),
            Self::Reopened(rows) => write!(out, "{} changed after the decision.", some(rows)),
            Self::CarriedOut(rows) => write!(
                out,
                "Nobody has looked at {} since the decision was carried out.",
                some(rows)
            ),
            Self::NoReason(rows) => write!(out, "There is no reason for the decision about {}.", some(rows)),
            Self::Unexplained(what) => write!(out, "Nobody has explained an unknown: {}.", neutral(what)),
            Self::NoName => out.write_str("Nobody typed a name."),
            Self::NotSigned => out.write_str("The review is not signed off."),
            Self::SameReviewer => out.write_str("The second reviewer has to be somebody else than the first."),
        }
    }
}

/// Returns the first few of several names, and how many more there are.
fn some(names: &[String]) -> String {
    match names {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        few => few.join(", "),
    }
}

//! What callsheet would decide about a row, and why. The reviewer decides.

use super::{
    baseline::{Baseline, Since},
    campaign::{Campaign, Execution, Made},
    fold::Reviews,
    row::{Row, RowKind},
};
use crate::{
    domain::{
        ids::Arn,
        roster::{Roster, RosterEntry},
        text::neutral,
    },
    findings::{
        Family, Finding, FindingResult,
        evaluate::Findings,
        matching::{Confidence, Match, Matches, PersonMatch},
        severity::Severity,
    },
    ledger::entry::Verdict,
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What recommendations rest on.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// What the checks say.
    pub findings: &'a Findings,
    /// What was signed last.
    pub baseline: &'a Baseline,
    /// Every review.
    pub reviews: &'a Reviews,
    /// The review in hand.
    pub in_hand: Option<&'a Campaign>,
    /// Who works here, and who of them is behind which contact.
    pub roster: Option<(&'a Roster, &'a Matches)>,
    /// The day.
    pub today: NaiveDate,
}

/// What is recommended about one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendation {
    /// What to decide.
    pub verdict: Verdict,
    /// Why, the weightiest first, each a phrase without a full stop.
    pub reasons: Vec<String>,
    /// The worst of its findings that failed.
    pub worst: Option<Severity>,
    /// Whether it may be kept together with others: nothing changed, nothing found, and kept before.
    pub is_bulk_able: bool,
}

/// Recommendations for the rows of one population.
#[derive(Debug)]
pub struct Recommender<'a> {
    grounds: Grounds<'a>,
    /// What was found about each row, devices counted with their person, the worst first.
    found: HashMap<&'a Arn, Vec<&'a Finding>>,
    /// The last decision about each row in an earlier review that was signed off.
    earlier: BTreeMap<&'a Arn, (&'a Campaign, &'a Made)>,
}

impl<'a> Recommender<'a> {
    /// Returns recommendations that rest on all this.
    pub fn new(grounds: Grounds<'a>) -> Self {
        let mut found: HashMap<&Arn, Vec<&Finding>> = HashMap::new();
        for finding in &grounds.findings.items {
            // What is wrong with the review itself says nothing about the row.
            if finding.check.family != Family::Review
                && let Some(row) = finding.subject.person.as_ref().or(finding.subject.arn.as_ref())
            {
                found.entry(row).or_default().push(finding);
            }
        }
        let before = grounds.in_hand.map_or(u64::MAX, |campaign| campaign.opened.seq);
        let mut earlier = BTreeMap::new();
        for (campaign, signed) in grounds.reviews.signed() {
            if signed.mark.seq < before {
                let decided = campaign.decisions.iter();
                let latest = decided.filter_map(|(subject, decided)| Some((subject, (campaign, decided.latest()?))));
                earlier.extend(latest);
            }
        }
        Self {
            grounds,
            found,
            earlier,
        }
    }

    /// Returns what was found about a row, the worst first.
    pub fn findings(&self, subject: &Arn) -> &[&'a Finding] {
        self.found.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Returns the last decision about a row in an earlier review that was signed off.
    pub fn earlier(&self, subject: &Arn) -> Option<(&'a Campaign, &'a Made)> {
        self.earlier.get(subject).copied()
    }

    /// Returns what is recommended about a row.
    pub fn of(&self, row: &Arc<Row>) -> Recommendation {
        let found = self.findings(&row.subject);
        let failed: Vec<&Finding> = of_result(found, &FindingResult::Fail);
        let unknown: Vec<&Finding> = of_result(found, &FindingResult::Unknown);
        let since = self.grounds.baseline.since(row);
        let earlier = self.earlier(&row.subject);
        let mut weighed = Weighed::default();
        self.weigh_roster(row, &mut weighed);
        for finding in &failed {
            weighed.add(verdict_of(finding, row), failed_words(finding));
        }
        if let Some((campaign, made)) = earlier {
            weigh_earlier(&row.subject, campaign, made, &mut weighed);
        }
        for why in &row.unknown {
            weighed.add(Some(Verdict::Escalate), format!("not read: {why}"));
        }
        for finding in &unknown {
            let words = format!("{} cannot be told: {}", finding.check.code, finding.message);
            weighed.add(Some(Verdict::Escalate), words);
        }
        for waiver in found.iter().filter_map(|finding| waived(finding)) {
            weighed.add(Some(Verdict::Waive), waiver);
        }
        let is_unchanged = weigh_change(&since, &mut weighed);
        let was_kept = earlier.is_some_and(|(_, made)| made.verdict == Verdict::Keep);
        let is_bulk_able =
            is_unchanged && was_kept && found.is_empty() && row.is_complete() && weighed.verdict.is_none();
        Recommendation {
            verdict: weighed.verdict.unwrap_or(Verdict::Keep),
            reasons: weighed.reasons,
            worst: failed.iter().map(|finding| finding.severity()).max(),
            is_bulk_able,
        }
    }

    fn weigh_roster(&self, row: &Row, weighed: &mut Weighed) {
        let Some((found, entry)) = self.behind(row) else {
            return;
        };
        if !entry.is_gone(self.grounds.today) {
            return;
        }
        let when = entry.left_on.map_or_else(String::new, |day| format!(" on {day}"));
        let (verdict, who) = if found.confidence == Confidence::Possible {
            (
                Verdict::Escalate,
                format!("it may be {} of the roster, who", neutral(&entry.name)),
            )
        } else {
            (Verdict::Remove, neutral(&entry.name).into_owned())
        };
        weighed.add(Some(verdict), format!("{who} left the company{when}"));
    }

    fn behind(&self, row: &Row) -> Option<(&'a Match, &'a RosterEntry)> {
        let (roster, matches) = self.grounds.roster?;
        match matches.person(&row.subject)? {
            PersonMatch::One(one) => Some((one, roster.entries.get(one.entry)?)),
            PersonMatch::Ambiguous(_) | PersonMatch::Nobody | PersonMatch::Unknown => None,
        }
    }
}

/// What speaks for which verdict. The first one that is named stands, since the weightiest comes first; to remove somebody
/// goes before everything else.
#[derive(Default)]
struct Weighed {
    verdict: Option<Verdict>,
    reasons: Vec<String>,
}

impl Weighed {
    fn add(&mut self, verdict: Option<Verdict>, reason: String) {
        if verdict == Some(Verdict::Remove) {
            self.verdict = verdict;
        }
        self.verdict = self.verdict.or(verdict);
        self.reasons.push(reason);
    }
}

fn of_result<'a>(found: &[&'a Finding], result: &FindingResult) -> Vec<&'a Finding> {
    found
        .iter()
        .copied()
        .filter(|finding| finding.result == *result)
        .collect()
}

/// Returns what a finding speaks for; nothing where it is too small to decide anything.
fn verdict_of(finding: &Finding, row: &Row) -> Option<Verdict> {
    if finding.severity() < Severity::Medium {
        return None;
    }
    match finding.check.code {
        // Who it is has to be found out before anything is taken out.
        "ID01" => Some(Verdict::Escalate),
        "ID02" if row.kind == RowKind::Person => Some(Verdict::Remove),
        _ => Some(Verdict::Fix),
    }
}

fn failed_words(finding: &Finding) -> String {
    format!(
        "{} {}: {}",
        finding.check.code,
        finding.severity().word(),
        finding.message
    )
}

fn waived(finding: &Finding) -> Option<String> {
    match &finding.result {
        FindingResult::Waived(waiver) => Some(format!(
            "{} is waived by {} until {}: {}",
            finding.check.code,
            neutral(&waiver.owner),
            waiver.expires,
            neutral(&waiver.reason)
        )),
        FindingResult::Fail | FindingResult::Unknown => None,
    }
}

fn weigh_earlier(subject: &Arn, campaign: &Campaign, made: &Made, weighed: &mut Weighed) {
    let (name, word) = (neutral(&campaign.name), made.verdict.word());
    match (made.verdict, campaign.execution(subject)) {
        (Verdict::Fix | Verdict::Remove, Execution::Done(_)) => {
            weighed.add(None, format!("{word} was decided in {name}, and is done"));
        }
        (Verdict::Fix | Verdict::Remove, _) => {
            weighed.add(
                Some(made.verdict),
                format!("{word} was decided in {name}, and is not done"),
            );
        }
        (Verdict::Escalate, _) => {
            weighed.add(Some(Verdict::Escalate), format!("it was escalated in {name}"));
        }
        (Verdict::Keep | Verdict::Waive | Verdict::Undecided, _) => {
            weighed.add(None, format!("{word} was decided in {name}"));
        }
    }
}

/// Says what changed, and returns whether it is certain that nothing did.
fn weigh_change(since: &Since, weighed: &mut Weighed) -> bool {
    match since {
        Since::Unchanged => {
            weighed.add(None, "nothing changed since it was signed".to_owned());
            true
        }
        Since::NeverSigned => {
            weighed.add(None, "nobody has signed it before".to_owned());
            false
        }
        Since::New => {
            weighed.add(None, "it is new since the last sign-off".to_owned());
            false
        }
        Since::Unknown => {
            let why = "nobody can tell what changed: the population that was signed is not at hand";
            weighed.add(None, why.to_owned());
            false
        }
        Since::Changed(change) => {
            let count = change.fields.len();
            let fields = if count == 1 { "field" } else { "fields" };
            weighed.add(None, format!("{count} {fields} changed since it was signed"));
            false
        }
    }
}

//! The words that every form for people has in common.

use super::Scan;
use crate::{
    domain::{gap::Gap, text::neutral},
    findings::{Evidence, Finding, FindingResult, evaluate::Findings, severity::Severity},
    report::inventory::instant,
};
use std::collections::{BTreeMap, HashMap};

/// Up to here a time is told in hours, from here on in days.
const HOURS_TOLD: f64 = 48.0;

/// What stands for the time of a finding of which nothing says that it will hurt.
pub(super) const NEVER: &str = "-";

/// Returns when a finding hurts: "now", "5 h", "3 d", or "-" where nothing says that it will.
pub(super) fn when(scan: &Scan<'_>, finding: &Finding) -> String {
    match finding.standing.hours_until(scan.findings.at) {
        None => NEVER.to_owned(),
        Some(hours) if hours < 1.0 => "now".to_owned(),
        Some(hours) if hours < HOURS_TOLD => format!("{:.0} h", hours.floor()),
        Some(hours) => format!("{:.0} d", (hours / 24.0).floor()),
    }
}

/// Returns the name of a subject, made safe to draw.
pub(super) fn subject(finding: &Finding) -> String {
    neutral(&finding.subject.name).into_owned()
}

/// Several checks that cannot tell of one subject for one reason.
pub(super) struct Unknown<'a> {
    /// The first of the findings, for their subject and message.
    pub(super) first: &'a Finding,
    /// The codes of the checks.
    pub(super) codes: Vec<&'static str>,
}

/// Returns what is unknown, together where only the check differs: one denied call leaves many checks without an answer.
pub(super) fn unknown<'a>(scan: &Scan<'a>) -> Vec<Unknown<'a>> {
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    let mut together: Vec<Unknown<'a>> = Vec::new();
    let items = scan.findings.items.iter();
    for finding in items.filter(|finding| finding.result == FindingResult::Unknown) {
        let place = *places
            .entry((&finding.subject.id, &finding.message))
            .or_insert(together.len());
        match together.get_mut(place) {
            Some(unknown) => unknown.codes.push(finding.check.code),
            None => together.push(Unknown {
                first: finding,
                codes: vec![finding.check.code],
            }),
        }
    }
    for unknown in &mut together {
        unknown.codes.sort_unstable();
    }
    together
}

/// Returns the facts that a finding rests on, each with the call it came from.
pub(super) fn evidence(finding: &Finding) -> Vec<String> {
    let fact = |fact: &Evidence| format!("{} {} ({})", fact.field, neutral(&fact.value), fact.source.name());
    finding.evidence.iter().map(fact).collect()
}

/// Returns which account was read and when.
pub(super) fn scope(scan: &Scan<'_>) -> String {
    let inventory = scan.inventory;
    let account = inventory.account().unwrap_or("an unknown account");
    let region = neutral(&inventory.region);
    let read = inventory.ended_at.or(inventory.started_at);
    let read = read.map_or_else(|| "not read".to_owned(), |at| format!("read {}", instant(at)));
    format!("{} in {region}, {read}", neutral(account))
}

/// How often all checks said what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Totals {
    pub(super) pass: usize,
    pub(super) fail: usize,
    pub(super) unknown: usize,
    pub(super) waived: usize,
}

impl Totals {
    /// Adds the tallies up.
    pub(super) fn of(findings: &Findings) -> Self {
        findings.tallies.iter().fold(Self::default(), |total, tally| Self {
            pass: total.pass + tally.pass,
            fail: total.fail + tally.fail,
            unknown: total.unknown + tally.unknown,
            waived: total.waived + tally.waived,
        })
    }
}

/// Returns how many findings failed and at which severity, and what the other answers were.
pub(super) fn counts(scan: &Scan<'_>) -> String {
    let failed: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (scan.findings.failed(severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    let failed = if failed.is_empty() {
        "nothing failed".to_owned()
    } else {
        failed.join(", ")
    };
    let Totals {
        pass, unknown, waived, ..
    } = Totals::of(scan.findings);
    format!("{failed}; {pass} passed, {unknown} unknown, {waived} waived")
}

/// Returns what is said of an answer that is not complete.
pub(super) const INCOMPLETE: &str = "The answer is incomplete: something unknown could hide a finding.";

/// Returns what could not be read: of the account, and of the roster.
pub(super) fn unread(scan: &Scan<'_>) -> Vec<String> {
    let gaps = scan.inventory.gaps.iter().map(|gap| unread_gap(scan, gap));
    let rows = scan
        .unread_rows()
        .iter()
        .map(|fault| unread_row(fault.line, &fault.what));
    gaps.chain(rows).collect()
}

fn unread_gap(scan: &Scan<'_>, gap: &Gap) -> String {
    let expected = if scan.hides_a_finding(gap) {
        ""
    } else {
        " (expected of a trusted account)"
    };
    format!("{}{expected}", neutral(&gap.to_string()))
}

fn unread_row(line: u64, what: &str) -> String {
    format!("roster, line {line}: {}", neutral(what))
}

/// Returns the permissions that are missing, each once.
pub(super) fn missing_permissions(scan: &Scan<'_>) -> Vec<String> {
    let gaps = scan.inventory.gaps.iter();
    let mut missing: Vec<String> = gaps.filter_map(|gap| gap.missing_permission()).collect();
    missing.sort();
    missing.dedup();
    missing
}

/// Returns the checks that were not asked, for each reason: "ID01, ID02 (no roster was given)".
pub(super) fn not_run(scan: &Scan<'_>) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for not_run in &scan.findings.not_run {
        by_reason.entry(not_run.why).or_default().push(not_run.check.code);
    }
    by_reason
        .into_iter()
        .map(|(why, codes)| format!("{} ({why})", codes.join(", ")))
        .collect()
}

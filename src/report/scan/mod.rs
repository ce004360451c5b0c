//! What a scan came to, in every form that it is asked for.
//!
//! One file for each form. None of them decides anything: what fails, what is new and whether the answer is complete is
//! settled here, once.

pub mod baseline;
pub mod json;

use crate::domain::{gap::Gap, ids::Arn};
use crate::{
    domain::{inventory::Inventory, roster::RosterFault},
    findings::{
        Finding, FindingResult,
        evaluate::Findings,
        needs::{self, Need},
        policy::Policy,
        selection::Selection,
        severity::Severity,
    },
};
use baseline::{Baseline, Novelty};
use std::collections::BTreeSet;

/// A scan: what was read, and what the checks say of it.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What the chosen checks say.
    pub findings: &'a Findings,
    /// Which checks were chosen.
    pub selection: &'a Selection,
    /// What the checks measure by.
    pub policy: &'a Policy,
    /// The rows of the roster that could not be understood.
    pub roster_faults: &'a [RosterFault],
    /// An earlier scan, whose findings are known.
    pub baseline: Option<&'a Baseline>,
}

impl<'a> Scan<'a> {
    /// Returns the findings that make the scan fail: at least this bad, and not known from the baseline.
    pub fn failing(&self, from: Severity) -> impl Iterator<Item = &'a Finding> {
        let scan = *self;
        self.findings.items.iter().filter(move |finding| {
            finding.result == FindingResult::Fail
                && finding.severity() >= from
                && scan.novelty(finding) != Some(Novelty::Known)
        })
    }

    /// Returns whether a finding is new since the baseline; nothing where there is no baseline.
    pub fn novelty(&self, finding: &Finding) -> Option<Novelty> {
        self.baseline.map(|baseline| baseline.novelty(finding))
    }

    /// Returns whether a gap could hide a finding. What a trusted account keeps to itself cannot.
    pub fn hides_a_finding(&self, gap: &Gap) -> bool {
        needs::hides_a_finding(gap, |account| self.policy.trusted_accounts.contains(account))
    }

    /// Returns the rows of the roster that nothing is known of, as far as a chosen check looks at the roster.
    pub fn unread_rows(&self) -> &'a [RosterFault] {
        let mut chosen = self.findings.tallies.iter();
        if chosen.any(|tally| tally.check.needs.contains(&Need::Roster)) {
            self.roster_faults
        } else {
            &[]
        }
    }

    /// Returns whether nothing unknown could hide a finding.
    pub fn is_complete(&self) -> bool {
        let is_read = !self.findings.is_pending() && self.unread_rows().is_empty();
        // Who asks for some checks only wants to hear of what those checks could not see.
        let is_whole = !self.selection.is_everything()
            || (self.inventory.ended_at.is_some() && !self.inventory.gaps.iter().any(|gap| self.hides_a_finding(gap)));
        // A check that was asked for by its code and could not be asked has given no answer.
        let is_asked = !self
            .findings
            .not_run
            .iter()
            .any(|not_run| self.selection.names(not_run.check));
        is_read && is_whole && is_asked && self.is_all_known()
    }

    fn is_all_known(&self) -> bool {
        let excused: BTreeSet<(&Arn, String)> = self
            .inventory
            .gaps
            .iter()
            .filter(|gap| !self.hides_a_finding(gap))
            .filter_map(|gap| Some((gap.subject.as_ref()?, gap.to_string())))
            .collect();
        let is_excused = |finding: &Finding| {
            let subject = finding.subject.person.as_ref().or(finding.subject.arn.as_ref());
            subject.is_some_and(|arn| excused.contains(&(arn, finding.message.clone())))
        };
        let unknown = |finding: &&Finding| finding.result == FindingResult::Unknown;
        self.findings.items.iter().filter(unknown).all(is_excused)
    }
}

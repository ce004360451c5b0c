//! What a scan came to, in every form that it is asked for.
//!
//! One file for each form. None of them decides anything: what fails, what is new and whether the answer is complete is
//! settled here, once.

pub mod baseline;
pub mod csv;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
mod since;
pub mod table;

mod words;

#[cfg(test)]
mod sample;

use crate::{
    domain::{gap::Gap, ids::Arn, inventory::Inventory, roster::RosterFault},
    findings::{
        Finding, FindingResult,
        evaluate::Findings,
        judging::Judging,
        needs::{self, Need},
        selection::Selection,
        severity::Severity,
    },
    review::since::SinceSignOff,
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
    pub judging: &'a Judging,
    /// An earlier scan, whose findings are known.
    pub baseline: Option<&'a Baseline>,
    /// What has changed since the last sign-off, when somebody asked.
    pub since: Option<&'a SinceSignOff>,
    /// How bad a finding has to be to make the scan fail.
    pub fail_on: Severity,
}

impl<'a> Scan<'a> {
    /// Returns whether a finding makes the scan fail: it is bad enough, and not known from the baseline.
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.result == FindingResult::Fail
            && finding.severity() >= self.fail_on
            && self.novelty(finding) != Some(Novelty::Known)
    }

    /// Returns whether the scan fails.
    pub fn has_failed(&self) -> bool {
        self.findings.items.iter().any(|finding| self.fails(finding))
    }

    /// Returns whether a finding is new since the baseline; nothing where there is no baseline.
    pub fn novelty(&self, finding: &Finding) -> Option<Novelty> {
        self.baseline.map(|baseline| baseline.novelty(finding))
    }

    /// Returns whether a gap could hide a finding. What a trusted account keeps to itself cannot.
    pub fn hides_a_finding(&self, gap: &Gap) -> bool {
        needs::hides_a_finding(gap, |account| self.judging.policy.trusted_accounts.contains(account))
    }

    /// Returns the rows of the roster that nothing is known of, as far as a chosen check looks at the roster.
    pub fn unread_rows(&self) -> &'a [RosterFault] {
        let mut chosen = self.findings.tallies.iter();
        if chosen.any(|tally| tally.check.needs.contains(&Need::Roster)) {
            self.judging.roster.as_ref().map_or(&[], |roster| &roster.faults)
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
        let is_compared = self.since.is_none_or(SinceSignOff::is_known);
        is_read && is_whole && is_asked && is_compared && self.is_all_known()
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

#[cfg(test)]
mod tests {
    use super::{sample::Sample, table::table, *};
    use crate::{
        domain::{
            contact::ContactKind,
            gap::{GapReason, Reading},
            graph::Graph,
            inventory::Part,
            operation::Operation,
            sample::ADDRESSES,
            text::is_harmful,
            world::{World, at, contact_arn, gap},
        },
        findings::{evaluate, facts::Facts},
        report::lines::Layout,
    };

    /// Every form of a scan, under its name.
    fn forms(scan: &Scan<'_>) -> Vec<(&'static str, String)> {
        vec![
            ("table", table(scan, Layout::of_width(80))),
            ("plain", table(scan, Layout::Plain)),
            ("json", json::json(scan)),
            ("csv", String::from_utf8(csv::csv(scan).unwrap()).unwrap()),
            ("markdown", markdown::markdown(scan)),
            ("sarif", sarif::sarif(scan)),
            ("junit", junit::junit(scan).unwrap()),
        ]
    }

    #[test]
    fn no_form_holds_a_whole_address_or_anything_harmful() {
        let sample = Sample::new();
        for (form, text) in forms(&sample.scan()) {
            let whole = ADDRESSES.iter().find(|address| text.contains(**address));
            assert_eq!(whole, None, "{form}");
            let harmful = text.chars().find(|c| !matches!(c, '\n' | '\r') && is_harmful(*c));
            assert_eq!(harmful, None, "{form}");
        }
    }

    #[test]
    fn every_form_tells_what_failed_what_is_unknown_and_what_is_waived() {
        let sample = Sample::new();
        for (form, text) in forms(&sample.scan()) {
            // The last one stands in the reason of the waiver.
            for part in ["CH01", "CH03", "activated", "ListContactChannels", "leaves"] {
                assert!(text.contains(part), "{form} lacks {part}: {text}");
            }
        }
    }

    #[test]
    fn the_limit_decides_what_fails_and_a_baseline_what_is_new() {
        let mut sample = Sample::new();
        let failed = |finding: &&Finding| finding.result == FindingResult::Fail;
        let worst = sample.findings.items.iter().find(failed).unwrap().severity();
        sample.fail_on = worst;
        assert!(sample.scan().has_failed());
        sample.fail_on = Severity::Critical;
        assert!(worst < Severity::Critical && !sample.scan().has_failed());
        sample.fail_on = Severity::Info;
        assert!(!sample.known().scan().has_failed());
    }

    #[test]
    fn what_was_waived_then_and_fails_now_is_new() {
        let mut sample = Sample::new().known();
        let waived = |finding: &&mut Finding| matches!(finding.result, FindingResult::Waived(_));
        let finding = sample.findings.items.iter_mut().find(waived).unwrap();
        finding.result = FindingResult::Fail;
        let finding = finding.clone();
        sample.fail_on = finding.severity();
        assert_eq!(sample.scan().novelty(&finding), Some(Novelty::Changed));
        assert!(sample.scan().fails(&finding));
    }

    /// Returns whether a scan of a world in which "zoe" of another account does not share her devices is complete.
    fn is_complete(reason: GapReason, trusted: &str, only: &[&str]) -> bool {
        let zoe = contact_arn("arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe");
        let gap = gap(Operation::ListContactChannels, Some(zoe.clone()), reason);
        let world = World::new()
            .contact(zoe.as_str(), ContactKind::Person)
            .part(Part::Channels(zoe, Reading::Unknown(gap)))
            .complete();
        let mut judging = Judging::default();
        judging.policy.trusted_accounts.insert(trusted.to_owned());
        let selection = Selection::parse(only.iter().copied()).unwrap();
        let graph = Graph::build(&world.inventory);
        let facts = Facts::new(&world.inventory, &graph, &judging, at(0));
        let codes = ["CH01", "CH02"].map(|code| crate::findings::registry::check(code).unwrap());
        let findings = selection.narrow(evaluate::evaluate_only(&facts, &codes));
        let scan = Scan {
            inventory: &world.inventory,
            findings: &findings,
            selection: &selection,
            judging: &judging,
            baseline: None,
            since: None,
            fail_on: Severity::High,
        };
        scan.is_complete()
    }

    #[test]
    fn only_what_a_trusted_account_keeps_to_itself_leaves_the_answer_complete() {
        for only in [&[][..], &["CH02"]] {
            assert!(is_complete(GapReason::NotShared, "444455556666", only), "{only:?}");
            assert!(!is_complete(GapReason::NotShared, "999999999999", only), "{only:?}");
            assert!(!is_complete(GapReason::Denied, "444455556666", only), "{only:?}");
        }
    }

    #[test]
    fn a_check_that_was_asked_for_and_not_run_leaves_the_answer_incomplete() {
        let mut sample = Sample::new();
        sample.findings.items.clear();
        sample.selection = Selection::parse(["devices"]).unwrap();
        assert!(sample.scan().is_complete(), "a family goes on without the check");
        sample.selection = Selection::parse(["CH04"]).unwrap();
        assert!(!sample.scan().is_complete());
    }

    #[test]
    fn a_gap_counts_unless_only_some_checks_are_asked_for() {
        let mut sample = Sample::new();
        sample.findings.items.clear();
        sample.findings.not_run.clear();
        assert!(!sample.scan().is_complete());
        sample.selection = Selection::parse(["devices"]).unwrap();
        assert!(sample.scan().is_complete());
    }
}

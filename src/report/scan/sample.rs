//! One scan for tests of forms that are kept: something of every result, hostile names, and something unread.

use super::{Scan, baseline::Baseline, json};
use crate::{
    domain::{graph::Graph, inventory::Inventory, sample, world::at},
    findings::{
        Check, FindingResult,
        evaluate::{self, Findings, NO_ROSTER, NotRun},
        facts::Facts,
        judging::Judging,
        registry,
        selection::Selection,
        severity::Severity,
        waiver::Waiver,
    },
};

/// Everything that a scan borrows.
pub(super) struct Sample {
    pub(super) inventory: Inventory,
    pub(super) findings: Findings,
    pub(super) selection: Selection,
    pub(super) judging: Judging,
    pub(super) baseline: Option<Baseline>,
    pub(super) fail_on: Severity,
}

/// The checks of the sample: the forms do not change when the catalogue grows.
const CODES: [&str; 3] = ["CH01", "CH02", "CH03"];

impl Sample {
    /// Returns a scan of [`sample::inventory`] in which what is wrong with "zoe" is waived.
    pub(super) fn new() -> Self {
        let (inventory, mut judging) = (sample::inventory(), Judging::default());
        let first = judged(&inventory, &judging);
        let zoe = first
            .items
            .iter()
            .find(|finding| finding.subject.alias == "zoe")
            .unwrap();
        assert_eq!(zoe.result, FindingResult::Fail);
        let waiver = Waiver {
            code: zoe.check.code.to_owned(),
            subject: "zoe".to_owned(),
            owner: "=olga|<b>".to_owned(),
            reason: "leaves [soon](https://example.com) {0}\u{1b}[31m\u{ffff}".to_owned(),
            expires: at(24 * 30).date_naive(),
            facts: zoe.facts(),
            place: "waivers.toml:1".to_owned(),
        };
        judging.waivers.push(waiver);
        let mut findings = judged(&inventory, &judging);
        findings.not_run.push(NotRun {
            check: check("CH04"),
            why: NO_ROSTER,
        });
        Self {
            inventory,
            findings,
            selection: Selection::default(),
            judging,
            baseline: None,
            fail_on: Severity::Medium,
        }
    }

    /// Returns the same scan with itself as the baseline.
    pub(super) fn known(self) -> Self {
        let baseline = Baseline::parse(&json::json(&self.scan())).unwrap();
        Self {
            baseline: Some(baseline),
            ..self
        }
    }

    pub(super) fn scan(&self) -> Scan<'_> {
        Scan {
            inventory: &self.inventory,
            findings: &self.findings,
            selection: &self.selection,
            judging: &self.judging,
            baseline: self.baseline.as_ref(),
            since: None,
            fail_on: self.fail_on,
        }
    }
}

fn check(code: &str) -> &'static Check {
    registry::check(code).unwrap()
}

fn judged(inventory: &Inventory, judging: &Judging) -> Findings {
    let graph = Graph::build(inventory);
    let facts = Facts::new(inventory, &graph, judging, at(0));
    evaluate::evaluate_only(&facts, &CODES.map(check))
}

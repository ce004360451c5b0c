//! What the tests of all checks have in common.

use super::{FindingResult, evaluate, facts::Facts, judging::Judging, policy::Policy, recorded::Recorded};
use crate::domain::{
    roster::Roster,
    world::{World, at},
};
use std::sync::Arc;

/// Compares what one check says of a world that has been read to the end: `name: fail: message` or `name: unknown`.
#[track_caller]
pub(super) fn check(world: World, code: &str, expected: &[&str]) {
    check_with(world, &Policy::default(), None, code, expected);
}

/// Compares what one check says under a policy and with a roster.
#[track_caller]
pub(super) fn check_with(world: World, policy: &Policy, roster: Option<&Roster>, code: &str, expected: &[&str]) {
    let judging = Judging {
        policy: policy.clone(),
        roster: roster.cloned(),
        ..Judging::default()
    };
    check_judged(world, &judging, code, expected);
}

/// Compares what one check says with a ledger that remembers this.
#[track_caller]
pub(super) fn check_recorded(world: World, recorded: &Recorded, code: &str, expected: &[&str]) {
    let judging = Judging {
        recorded: Some(Arc::new(recorded.clone())),
        ..Judging::default()
    };
    check_judged(world, &judging, code, expected);
}

#[track_caller]
fn check_judged(world: World, judging: &Judging, code: &str, expected: &[&str]) {
    let world = world.complete();
    let graph = world.graph();
    let facts = Facts::new(&world.inventory, &graph, judging, at(0));
    let findings = evaluate::evaluate(&facts);
    let mut found: Vec<String> = findings
        .items
        .iter()
        .filter(|finding| finding.check.code == code)
        .map(|finding| match finding.result {
            FindingResult::Fail => format!("{}: fail: {}", finding.subject.name, finding.message),
            FindingResult::Unknown => format!("{}: unknown", finding.subject.name),
            FindingResult::Waived(_) => format!("{}: waived", finding.subject.name),
        })
        .collect();
    found.sort();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{code}");
}

/// Compares when the failures of one check hurt, in hours after the beginning and in the order of time.
#[track_caller]
pub(super) fn hurts_at(world: World, code: &str, expected: &[i64]) {
    let world = world.complete();
    let graph = world.graph();
    let judging = Judging::default();
    let findings = evaluate::evaluate(&Facts::new(&world.inventory, &graph, &judging, at(0)));
    let failed = findings.items.iter().filter(|finding| finding.check.code == code);
    let mut found: Vec<i64> = failed
        .filter(|finding| finding.result == FindingResult::Fail)
        .map(|finding| (finding.standing.hurts_at.expect("it hurts at some time") - at(0)).num_hours())
        .collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{code}");
}

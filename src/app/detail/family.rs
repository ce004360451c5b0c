//! A family of checks: how often each failed, passed or could not be told.

use super::page::{Page, indented};
use crate::{
    app::{
        facts::Facts,
        judged,
        style::{Line, Role},
    },
    findings::{Family, evaluate::Tally},
};

/// Writes the checks of a family; those that failed lead to their worst finding.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, family: Family) {
    page.put(0, &Line::of(family.title(), Role::Title));
    let Some(findings) = &facts.judged.findings else { return };
    page.heading("CHECKS");
    for tally in findings.tallies.iter().filter(|tally| tally.check.family == family) {
        let first = findings.items.iter().find(|finding| finding.check == tally.check);
        let line = line(tally);
        match first.and_then(judged::row_id) {
            Some(id) => page.link(7, &line, &id),
            None => page.put(7, &line),
        }
    }
    let not_run: Vec<_> = findings
        .not_run
        .iter()
        .filter(|not_run| not_run.check.family == family)
        .collect();
    if !not_run.is_empty() {
        page.heading("NOT ASKED");
        for not_run in not_run {
            let line = indented(2)
                .and(not_run.check.code, Role::Normal)
                .and(format!(" {}: ", not_run.check.title), Role::Normal)
                .and(not_run.why, Role::Unknown);
            page.put(7, &line);
        }
    }
}

fn line(tally: &Tally) -> Line {
    let has_any = tally.fail + tally.unknown + tally.waived > 0;
    let mut line = indented(2)
        .and(tally.check.code, if has_any { Role::Link } else { Role::Normal })
        .and(format!(" {}:", tally.check.title), Role::Normal);
    for (count, word, role) in [
        (tally.fail, "failed", judged::severity_role(tally.check.severity)),
        (tally.unknown, "unknown", Role::Unknown),
        (tally.waived, "waived", Role::Dim),
        (tally.pass, "fine", Role::Good),
        (tally.pending, "to come", Role::Dim),
        (tally.off, "off by policy", Role::Dim),
    ] {
        if count > 0 {
            line = line.and(format!(" {count} {word}"), role);
        }
    }
    line
}

//! Whether what was waived still is.

use crate::findings::{
    Check, Evidence, Family, Finding, FindingResult, Judge, Source, Verdict,
    facts::Facts,
    severity::Severity,
    waiver::{Waiver, WaiverState},
};

/// A waiver that does not hold any more.
pub(in crate::findings) static WAIVER_DEAD: Check = Check {
    code: "RV05",
    name: "waiver-dead",
    family: Family::Review,
    severity: Severity::Medium,
    title: "waiver expired or void",
    rationale: "Somebody decided to live with a finding until a day, for facts that were so then. The day has passed, or \
                the facts have changed, and the finding stands again.",
    remedy: "Put the finding right, or decide anew and write a waiver for the facts as they are.",
    command: "waive",
    needs: &[],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Waiver(waiver_dead)],
};

fn waiver_dead(facts: &Facts<'_>, waiver: &Waiver, finding: Option<&Finding>) -> Verdict {
    // Where nothing is found any more, there is nothing to waive.
    let Some(finding) = finding else {
        return Verdict::NotApplicable;
    };
    if finding.result == FindingResult::Unknown {
        return Verdict::Unknown(format!("whether {} still fails: {}", waiver.code, finding.message));
    }
    let evidence = |field, value: String| Evidence {
        field,
        value,
        source: Source::Waivers,
    };
    let who = |what: &str| {
        format!(
            "the waiver of {} for {} by {} {what}",
            waiver.code, finding.subject.name, waiver.owner
        )
    };
    match waiver.state(finding, facts.now.date_naive()) {
        WaiverState::Holds => Verdict::Pass,
        WaiverState::Expired => Verdict::fail(
            crate::domain::text::neutral(&who(&format!("expired on {}", waiver.expires))),
            vec![
                evidence("expires", waiver.expires.to_string()),
                evidence("place", waiver.place.clone()),
            ],
        ),
        WaiverState::Void => Verdict::fail(
            crate::domain::text::neutral(&who("is void, since the facts have changed")),
            vec![
                evidence("facts", waiver.facts.clone()),
                evidence("now", finding.facts()),
            ],
        ),
    }
}

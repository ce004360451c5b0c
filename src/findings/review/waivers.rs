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

#[cfg(test)]
mod tests {
    use crate::{
        domain::world::{World, at},
        findings::{FindingResult, evaluate::evaluate, facts::Facts, judging::Judging, waiver::Waiver},
    };

    /// Compares what becomes of a finding and of its waiver, which is given for its facts unless others are named.
    #[track_caller]
    fn check(expires: &str, facts: Option<&str>, subject: &str, expected: (&str, Option<&str>)) {
        let world = World::new().person("anna", &["-phone"], &[("phone", 1)]).complete();
        let graph = world.graph();
        let mut judging = Judging::default();
        let say = |judging: &Judging| {
            let findings = evaluate(&Facts::new(&world.inventory, &graph, judging, at(0)));
            let of = |code: &str| {
                findings
                    .items
                    .iter()
                    .find(|finding| finding.check.code == code)
                    .cloned()
            };
            (of("CH02"), of("RV05"))
        };
        let (first, _) = say(&judging);
        let first = first.unwrap();
        assert_eq!(first.result, FindingResult::Fail);
        judging.waivers.push(Waiver {
            code: "CH02".to_owned(),
            subject: subject.to_owned(),
            owner: "Olga".to_owned(),
            reason: "A new phone is on its way.".to_owned(),
            expires: expires.parse().unwrap(),
            facts: facts.map_or_else(|| first.facts(), str::to_owned),
            place: "waivers.toml:1".to_owned(),
        });
        let (finding, waiver) = say(&judging);
        let result = finding.unwrap().result.word();
        let message = waiver.map(|finding| finding.message);
        assert_eq!((result, message.as_deref()), expected);
    }

    #[test]
    fn a_waiver_holds_to_the_end_of_its_day_for_the_facts_it_was_given_for() {
        // The worlds begin on Sunday 1 November 2026.
        check("2026-11-01", None, "anna", ("waived", None));
        check(
            "2026-11-02",
            None,
            "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna",
            ("waived", None),
        );
    }

    #[test]
    fn a_waiver_dies_on_its_day_or_when_the_facts_change_and_says_which() {
        let expired = "the waiver of CH02 for anna by Olga expired on 2026-10-31";
        check("2026-10-31", None, "anna", ("fail", Some(expired)));
        let void = "the waiver of CH02 for anna by Olga is void, since the facts have changed";
        check("2026-12-31", Some("0123456789abcdef"), "anna", ("fail", Some(void)));
    }

    #[test]
    fn a_waiver_of_somebody_else_does_nothing() {
        check("2026-12-31", None, "ben", ("fail", None));
    }
}

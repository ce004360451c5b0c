//! Whether decisions are carried out in time, and by whom they were made.

use crate::{
    domain::{contact::Contact, ids::Arn, response::ResponsePlan, schedule::Rotation, text::neutral},
    findings::{
        Check, Evidence, Family, Judge, Verdict, facts::Facts, matching::PersonMatch, needs::Need,
        recorded::RowDecision, severity::Severity,
    },
};
use chrono::{Days, NaiveDate};

/// A decision that nobody carried out.
pub(in crate::findings) static NOT_CARRIED_OUT: Check = Check {
    code: "RV04",
    name: "not-carried-out",
    family: Family::Review,
    severity: Severity::High,
    title: "a decision not carried out within its deadline",
    rationale: "The review says that it was to be mended or removed, and everything is as it was. That is worse than never to \
                have looked.",
    remedy: "Carry it out by a changeset, or decide anew in a review in between.",
    command: "",
    needs: &[Need::Ledger],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[
        Judge::Person(contact_not_carried_out),
        Judge::Plan(contact_not_carried_out),
        Judge::Schedule(contact_not_carried_out),
        Judge::Rotation(rotation_not_carried_out),
        Judge::Response(response_not_carried_out),
    ],
};

fn contact_not_carried_out(facts: &Facts<'_>, contact: &Contact) -> Verdict {
    not_carried_out(facts, &contact.arn)
}

fn rotation_not_carried_out(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    not_carried_out(facts, &rotation.arn)
}

fn response_not_carried_out(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    not_carried_out(facts, &plan.arn)
}

fn not_carried_out(facts: &Facts<'_>, subject: &Arn) -> Verdict {
    let Some(decision) = decision(facts, subject) else {
        return Verdict::NotApplicable;
    };
    let deadline = deadline(facts, decision);
    if !decision.is_undone || facts.now.date_naive() <= deadline {
        return Verdict::Pass;
    }
    let RowDecision {
        verdict, decided_on, ..
    } = decision;
    let review = neutral(&decision.review);
    Verdict::fail(
        format!(
            "{verdict} was decided for {} in {review} on {decided_on}, was due on {deadline} and is not done",
            facts.label(subject)
        ),
        vec![
            Evidence::of_ledger("decision", format!("{verdict}, {review}, {decided_on}")),
            Evidence::of_ledger("deadline", deadline.to_string()),
        ],
    )
}

fn deadline(facts: &Facts<'_>, decision: &RowDecision) -> NaiveDate {
    let days = Days::new(facts.policy.review.decision_days.into());
    let usual = || decision.decided_on.checked_add_days(days).unwrap_or(NaiveDate::MAX);
    decision.until.unwrap_or_else(usual)
}

fn decision<'a>(facts: &Facts<'a>, subject: &Arn) -> Option<&'a RowDecision> {
    facts.recorded?.decisions.get(subject)
}

/// Somebody who decided whether they themselves are paged.
pub(in crate::findings) static DECIDED_ON_SELF: Check = Check {
    code: "RV09",
    name: "decided-on-self",
    family: Family::Review,
    severity: Severity::Medium,
    title: "reviewer decided on themselves",
    rationale: "Nobody is their own witness: an auditor does not accept what somebody says of their own devices.",
    remedy: "Have somebody else decide about this row.",
    command: "",
    needs: &[Need::Ledger],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Person(decided_on_self)],
};

fn decided_on_self(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let Some(decision) = decision(facts, &person.arn) else {
        return Verdict::NotApplicable;
    };
    let matched = facts.matches().and_then(|matches| matches.person(&person.arn));
    let entry = match matched {
        Some(PersonMatch::One(one)) => facts.roster.and_then(|roster| roster.entries.get(one.entry)),
        Some(PersonMatch::Ambiguous(_) | PersonMatch::Nobody | PersonMatch::Unknown) | None => None,
    };
    let email = entry.and_then(|entry| entry.email.as_ref()?.reveal());
    let own = [
        Some(person.alias.as_str()),
        Some(person.label()),
        entry.map(|entry| entry.name.as_str()),
        email,
    ];
    let own: Vec<Vec<String>> = own.into_iter().flatten().map(parts).collect();
    let Some(name) = decision
        .names
        .iter()
        .find(|name| is_name(name) && own.contains(&parts(name)))
    else {
        return Verdict::Pass;
    };
    let (name, review) = (neutral(name), neutral(&decision.review));
    Verdict::fail(
        format!(
            "{} was decided about in {review} by {name}, who is that person by name",
            facts.label(&person.arn)
        ),
        vec![
            Evidence::of_ledger("decided_by", name),
            Evidence::of_ledger("review", review),
        ],
    )
}

fn is_name(text: &str) -> bool {
    !parts(text).is_empty()
}

/// Returns the parts of a name in an order of their own, so that `akua.mensah@example.com`, `akua-mensah` and "Mensah, Akua"
/// are one.
fn parts(name: &str) -> Vec<String> {
    let user = name.rsplit_once('@').map_or(name, |(user, _)| user);
    let bare = deunicode::deunicode(user).to_lowercase();
    let parts = bare
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty());
    let mut parts: Vec<String> = parts.map(str::to_owned).collect();
    parts.sort();
    parts
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::world::{World, contact_arn, response_arn, rotation_arn},
        findings::{
            proof::check_recorded,
            recorded::{Recorded, RowDecision},
        },
    };

    fn decision(verdict: &'static str, decided_on: &str) -> RowDecision {
        RowDecision {
            review: "Q3".to_owned(),
            verdict,
            decided_on: decided_on.parse().unwrap(),
            until: None,
            is_undone: true,
            names: vec!["olga".to_owned()],
        }
    }

    #[track_caller]
    fn check(decision: RowDecision, code: &str, expected: &[&str]) {
        let mut recorded = Recorded::default();
        recorded.decisions.insert(contact_arn("anna-kovacs"), decision);
        let world = World::new().person("anna-kovacs", &[], &[]).person("ben", &[], &[]);
        check_recorded(world, &recorded, code, expected);
    }

    #[test]
    fn what_was_decided_is_done_by_its_deadline() {
        // Fourteen days, up to 1 November 2026.
        check(decision("remove", "2026-10-18"), "RV04", &[]);
        let late = "anna-kovacs: fail: remove was decided for anna-kovacs in Q3 on 2026-10-17, was due on 2026-10-31 and is not \
                    done";
        check(decision("remove", "2026-10-17"), "RV04", &[late]);
        let until = |day: &str| RowDecision {
            until: Some(day.parse().unwrap()),
            ..decision("fix", "2026-09-01")
        };
        check(until("2026-11-01"), "RV04", &[]);
        let late = "anna-kovacs: fail: fix was decided for anna-kovacs in Q3 on 2026-09-01, was due on 2026-10-31 and is not done";
        check(until("2026-10-31"), "RV04", &[late]);
        let done = RowDecision {
            is_undone: false,
            ..decision("remove", "2026-09-01")
        };
        check(done, "RV04", &[]);
    }

    #[test]
    fn rows_of_every_kind_are_asked_for_their_decisions() {
        let world = World::new()
            .person("anna", &[], &[])
            .plan("lines", &[])
            .schedule("nights", &["weekly"])
            .rotation("weekly", &["anna"])
            .response("down", &[]);
        let mut recorded = Recorded::default();
        let rows = [
            contact_arn("anna"),
            contact_arn("lines"),
            contact_arn("nights"),
            rotation_arn("weekly"),
            response_arn("down"),
        ];
        recorded
            .decisions
            .extend(rows.map(|arn| (arn, decision("fix", "2026-10-17"))));
        let said = |name: &str| {
            format!(
                "{name}: fail: fix was decided for {name} in Q3 on 2026-10-17, was due on 2026-10-31 and is not done"
            )
        };
        let expected = ["anna", "lines", "nights", "weekly", "down"].map(said);
        check_recorded(world, &recorded, "RV04", &expected.each_ref().map(String::as_str));
    }

    #[test]
    fn nobody_decides_on_themselves_by_whichever_of_their_names() {
        let by = |names: &[&str]| RowDecision {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..decision("keep", "2026-10-30")
        };
        check(by(&["olga", "root"]), "RV09", &[]);
        check(by(&["", "kovacs"]), "RV09", &[]);
        for name in ["anna.kovacs@example.com", "Kovács, Anna", "anna-kovacs"] {
            let fails =
                format!("anna-kovacs: fail: anna-kovacs was decided about in Q3 by {name}, who is that person by name");
            check(by(&["root", name]), "RV09", &[&fails]);
        }
    }
}

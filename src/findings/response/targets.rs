//! Whom a response plan engages, and how soon somebody is paged.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use super::name;
use crate::domain::{
    contact::ContactKind,
    ids::Arn,
    operation::Operation,
    reach::Reach,
    response::{ResponsePlan, impact_word},
};

/// A response plan that pages nobody.
pub(in crate::findings) static ENGAGES_NOBODY: Check = Check {
    code: "RP01",
    name: "engages-nobody",
    family: Family::ResponsePlans,
    severity: Severity::Critical,
    title: "engages nobody and has no integration",
    rationale: "The incident is recorded, and nobody hears of it.",
    remedy: "Engage an escalation plan, or delete the response plan.",
    command: "",
    needs: &[Need::Detail],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Response(engages_nobody)],
};

fn engages_nobody(_: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    match plan.detail.known() {
        Some(detail) if detail.engagements.is_empty() && detail.integration.is_none() => Verdict::fail(
            format!("{} engages nobody", name(plan)),
            vec![
                Evidence::new("engagements", "none", Operation::GetResponsePlan),
                Evidence::new("integrations", "none", Operation::GetResponsePlan),
            ],
        ),
        Some(_) => Verdict::Pass,
        None => Verdict::Pending,
    }
}

/// A response plan that engages what is not there, or what reaches nobody at any time of the horizon.
pub(in crate::findings) static TARGET_IN_VAIN: Check = Check {
    code: "RP02",
    name: "engagement-in-vain",
    family: Family::ResponsePlans,
    severity: Severity::Critical,
    title: "an engagement target does not exist or cannot be reached",
    rationale: "The service engages it all the same, and nobody is paged.",
    remedy: "Engage somebody else in its place, or mend what it leads to.",
    command: "",
    needs: &[Need::Detail],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Response(target_in_vain)],
};

fn target_in_vain(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    let engaged = engaged(plan);
    if engaged.is_empty() {
        return Verdict::NotApplicable;
    }
    let mut doubts = Doubts::default();
    let mut missing = Vec::new();
    let mut in_vain = Vec::new();
    let mut evidence = Vec::new();
    for target in engaged {
        let (label, why) = if doubts.is_absent(facts.presence(target)) {
            missing.push(words::unlisted(target));
            (words::unlisted(target), "does not exist".to_owned())
        } else if let Some(why) = doubts.unreachable(facts.reach(target)) {
            in_vain.push(facts.label(target));
            (facts.label(target), why)
        } else {
            continue;
        };
        evidence.push(Evidence::new(
            "engagements",
            format!("{label}: {why}"),
            Operation::GetResponsePlan,
        ));
    }
    // Engagements come in no promised order.
    missing.sort();
    in_vain.sort();
    evidence.sort_by(|a, b| a.value.cmp(&b.value));
    let verb = |names: &[String], one: &'static str, many: &'static str| if names.len() == 1 { one } else { many };
    let missing_words = format!(
        "{}, which {} not exist",
        words::list(&missing),
        verb(&missing, "does", "do")
    );
    let in_vain_words = format!(
        "{}, which {} nobody",
        words::list(&in_vain),
        verb(&in_vain, "reaches", "reach")
    );
    let what = match (missing.is_empty(), in_vain.is_empty()) {
        (true, true) => return doubts.or(Verdict::Pass),
        (false, true) => missing_words,
        (true, false) => in_vain_words,
        (false, false) => format!("{missing_words}, and {in_vain_words}"),
    };
    Verdict::fail(format!("{} engages {what}", name(plan)), evidence)
}

/// Returns what a response plan engages; nothing where the engine has already said "unknown".
fn engaged(plan: &ResponsePlan) -> &[Arn] {
    plan.detail.known().map_or(&[], |detail| &detail.engagements)
}

/// A response plan that goes past the team's plan.
pub(in crate::findings) static PAGES_PERSON: Check = Check {
    code: "RP03",
    name: "pages-person-directly",
    family: Family::ResponsePlans,
    severity: Severity::Low,
    title: "pages a person directly where AWS advises a plan",
    rationale: "A person has no second line. An escalation plan goes on to somebody else when nobody answers.",
    remedy: "Engage an escalation plan that begins with this person.",
    command: "",
    needs: &[Need::Detail],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Response(pages_person)],
};

fn pages_person(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    if engaged(plan).is_empty() {
        return Verdict::NotApplicable;
    }
    let mut doubts = Doubts::default();
    let mut people = Vec::new();
    for target in engaged(plan) {
        match doubts
            .listed(facts.presence(target))
            .map(|contact| (&contact.kind, words::name(contact)))
        {
            Some((ContactKind::Person, name)) => people.push(name),
            Some((ContactKind::Other(_), name)) => doubts.unknown(format!("the type of {name} is not known")),
            Some((ContactKind::EscalationPlan | ContactKind::Schedule, _)) | None => {}
        }
    }
    people.sort();
    if people.is_empty() {
        return doubts.or(Verdict::Pass);
    }
    Verdict::fail(
        format!("{} pages {} directly", name(plan), words::list(&people)),
        vec![Evidence::new(
            "engagements",
            words::list(&people),
            Operation::GetResponsePlan,
        )],
    )
}

/// A response plan for bad incidents that takes too long to page anybody.
///
/// Impact 3 to 5 may wait. A plan that engages nobody, or nobody who can be reached at any time, is what RP01 and RP02 are
/// about.
pub(in crate::findings) static FIRST_HUMAN_LATE: Check = Check {
    code: "RP20",
    name: "first-human-late",
    family: Family::ResponsePlans,
    severity: Severity::Critical,
    title: "impact 1 or 2, and worst-case minutes to a human above the policy",
    rationale: "At the worst time of the horizon, this is how long a serious incident waits for anybody at all.",
    remedy: "Shorten what comes before the first person, or engage somebody else beside it.",
    command: "simulate",
    needs: &[Need::Detail],
    hides: &[],
    moot_when: &["RP01"],
    is_moving: true,
    judges: &[Judge::Response(first_human_late)],
};

fn first_human_late(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    let impact = plan.detail.known().map_or(0, |detail| detail.impact);
    let engaged = engaged(plan);
    if !(1..=2).contains(&impact) || engaged.is_empty() {
        return Verdict::NotApplicable;
    }
    if let Reach::Unreachable(_) = facts.people_behind(engaged, None).into_reach() {
        return Verdict::NotApplicable;
    }
    let worst = match facts.worst(&plan.arn) {
        Ok(worst) => worst,
        Err(verdict) => return verdict,
    };
    let limit = facts.policy.limits_of(&plan.name).first_human_minutes;
    let minute = &worst.first_human.minute;
    let mut doubts = Doubts::default();
    if doubts.is_by(minute, i64::from(limit)) {
        return doubts.or(Verdict::Pass);
    }
    let label = name(plan);
    let message = match minute.at_the_earliest() {
        Some(minutes) => format!("{label} may take {minutes} minutes to page anybody; {limit} are allowed"),
        None => format!("at the worst time {label} pages nobody"),
    };
    let mut names: Vec<String> = engaged.iter().map(|target| facts.label(target)).collect();
    names.sort();
    Verdict::fail(
        message,
        vec![
            Evidence::new("impact", impact_word(impact), Operation::GetResponsePlan),
            Evidence::new("engagements", words::list(&names), Operation::GetResponsePlan),
            Evidence::new("minutes", minute.to_string(), Operation::ListRotationShifts),
        ],
    )
    .hurting_at(worst.first_human.starts.start_at)
}

#[cfg(test)]
mod tests {
    use crate::domain::{contact::ContactKind, operation::Operation, world::World};
    use crate::findings::{
        policy::{Limits, Policy},
        proof::{check, check_with, hurts_at},
    };

    const END: i64 = 14 * 24;
    const FOREIGN: &str = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/noc";

    fn people() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("cleo", &["-phone"], &[("phone", 1)])
            .plan("escalation", &[(5, &["anna"])])
            .plan("dead", &[(5, &["cleo"])])
    }

    #[test]
    fn somebody_has_to_be_engaged_here_or_elsewhere() {
        let world = people()
            .response("silent", &[])
            .response("elsewhere", &[])
            .detailed("elsewhere", |detail| detail.integration = Some("pager".to_owned()))
            .response("whole", &["escalation"])
            .response("hidden", &[])
            .denied(Operation::GetResponsePlan, "hidden");
        check(
            world,
            "RP01",
            &["silent: fail: silent engages nobody", "hidden: unknown"],
        );
        check(World::new(), "RP01", &[]);
    }

    #[test]
    fn what_is_engaged_has_to_lead_to_somebody() {
        let world = people()
            .response("ghost", &["escalation", "jonas"])
            .response("vain", &["dead", "cleo"])
            .response("both", &["jonas", "dead"])
            .response("whole", &["escalation"])
            .response(
                "elsewhere",
                &["arn:aws:ssm-contacts:us-east-1:111122223333:contact/escalation"],
            )
            .response("vendor", &[FOREIGN])
            .response("silent", &[]);
        check(
            world.clone(),
            "RP02",
            &[
                "ghost: fail: ghost engages jonas, which does not exist",
                "vain: fail: vain engages cleo and dead, which reach nobody",
                "both: fail: both engages jonas, which does not exist, and dead, which reaches nobody",
                "vendor: unknown",
            ],
        );
        let denied = world.denied(Operation::ListContactChannels, "cleo");
        check(
            denied,
            "RP02",
            &[
                "ghost: fail: ghost engages jonas, which does not exist",
                "vain: unknown",
                "both: fail: both engages jonas, which does not exist",
                "vendor: unknown",
            ],
        );
    }

    #[test]
    fn people_are_paged_through_plans() {
        let world = people()
            .schedule("nights", &[])
            .contact("odd", ContactKind::Other("TEAM".to_owned()))
            .response("direct", &["escalation", "anna", "cleo"])
            .response("whole", &["escalation", "nights", "jonas"])
            .response("new", &["odd"])
            .response("vendor", &[FOREIGN]);
        check(
            world,
            "RP03",
            &[
                "direct: fail: direct pages anna and cleo directly",
                "new: unknown",
                "vendor: unknown",
            ],
        );
    }

    fn nights(impact: i32) -> World {
        people()
            .rotation("weekly", &["anna", "cleo"])
            .shifts(
                "weekly",
                &[(0, 50, &["anna"]), (50, 60, &["cleo"]), (60, END, &["anna"])],
            )
            .schedule("nights", &["weekly"])
            .plan("turns", &[(11, &["nights"]), (10, &["anna"])])
            .response("down", &["turns"])
            .detailed("down", |detail| detail.impact = impact)
    }

    #[test]
    fn a_serious_incident_has_to_page_somebody_in_time() {
        let late = "down: fail: down may take 11 minutes to page anybody; 10 are allowed";
        check(nights(1), "RP20", &[late]);
        check(nights(2), "RP20", &[late]);
        check(nights(3), "RP20", &[]);
        hurts_at(nights(2), "RP20", &[50]);
        let policy = Policy {
            limits: Limits {
                first_human_minutes: 11,
                ..Limits::default()
            },
            ..Policy::default()
        };
        check_with(nights(1), &policy, None, "RP20", &[]);
        check(
            nights(1).denied(Operation::ListRotationShifts, "weekly"),
            "RP20",
            &["down: unknown"],
        );
        check(
            nights(1).denied(Operation::GetResponsePlan, "down"),
            "RP20",
            &["down: unknown"],
        );
    }

    #[test]
    fn a_gap_pages_nobody_and_a_plan_in_vain_is_left_to_others() {
        let world = nights(1)
            .shifts("weekly", &[(0, 50, &["anna"]), (60, END, &["anna"])])
            .response("gap", &["nights"])
            .response("vain", &["dead"])
            .response("silent", &[]);
        check(
            world,
            "RP20",
            &[
                "down: fail: down may take 11 minutes to page anybody; 10 are allowed",
                "gap: fail: at the worst time gap pages nobody",
            ],
        );
    }
}

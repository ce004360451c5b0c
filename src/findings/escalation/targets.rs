//! Whether the stages of an escalation plan have targets, and whether these lead to anybody.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use super::{contacts, stages};
use crate::domain::{
    contact::{Contact, ContactKind, Stage},
    ids::Arn,
    operation::Operation,
    reach::Reach,
    text::neutral,
};

/// A plan, or a stage of it, that engages nothing.
pub(in crate::findings) static NO_STAGE: Check = Check {
    code: "ES01",
    name: "no-stage-or-no-target",
    family: Family::EscalationPlans,
    severity: Severity::High,
    title: "no stage, or a stage without targets",
    rationale: "A plan without stages pages nobody; a stage without targets lets its minutes pass in silence.",
    remedy: "Give the stage a target, or take it out; delete the plan when nobody needs it.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(no_stage)],
};

fn no_stage(_: &Facts<'_>, plan: &Contact) -> Verdict {
    if stages(plan).len() == 0 {
        let message = format!("{} has no stage", words::name(plan));
        return Verdict::fail(message, vec![Evidence::new("Stages", "none", Operation::GetContact)]);
    }
    let empty = stages(plan).filter(|(_, stage)| is_without_target(stage));
    let empty: Vec<usize> = empty.map(|(number, _)| number).collect();
    if empty.is_empty() {
        return Verdict::Pass;
    }
    let numbers = words::numbered(&empty, "stage", "stages");
    let verb = if empty.len() == 1 { "has" } else { "have" };
    Verdict::fail(
        format!("{numbers} of {} {verb} no target", words::name(plan)),
        vec![Evidence::new(
            "Targets",
            format!("{numbers}: none"),
            Operation::GetContact,
        )],
    )
}

/// Returns whether nothing at all stands in a stage; both members of a target are optional in the service's model.
fn is_without_target(stage: &Stage) -> bool {
    stage.targets.iter().all(|target| target.arn().is_none())
}

/// A plan that names what is not there.
pub(in crate::findings) static TARGET_MISSING: Check = Check {
    code: "ES02",
    name: "target-does-not-exist",
    family: Family::EscalationPlans,
    severity: Severity::Critical,
    title: "target is a contact or schedule that does not exist",
    rationale: "The service keeps the name of what was deleted in every plan, and pages nobody in its place.",
    remedy: "Put somebody else in its place, or take it out.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(target_missing)],
};

fn target_missing(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let mut doubts = Doubts::default();
    let mut missing: Vec<String> = Vec::new();
    let mut evidence = Vec::new();
    for (number, stage) in stages(plan) {
        for target in contacts(stage).filter(|target| doubts.is_absent(facts.presence(target))) {
            let name = words::unlisted(target);
            evidence.push(Evidence::new(
                "ContactId",
                format!("stage {number}: {name}"),
                Operation::GetContact,
            ));
            if !missing.contains(&name) {
                missing.push(name);
            }
        }
    }
    if missing.is_empty() {
        return doubts.or(Verdict::Pass);
    }
    let verb = if missing.len() == 1 { "which does" } else { "which do" };
    let message = format!(
        "{} names {}, {verb} not exist",
        words::name(plan),
        words::some(&missing)
    );
    Verdict::fail(message, evidence)
}

/// A stage in which nobody can be reached, now or at any time of the horizon.
///
/// A stage without targets is left to ES01, one whose targets have all been deleted to ES02. A plan that is engaged
/// already does not begin again, so that two plans which engage each other reach nobody through each other.
pub(in crate::findings) static DEAD_STAGE: Check = Check {
    code: "ES03",
    name: "dead-stage",
    family: Family::EscalationPlans,
    severity: Severity::Critical,
    title: "dead stage: no target can be reached, and its minutes still pass",
    rationale: "Nobody is paged while the stage lasts, and nothing shows it until an incident is under way.",
    remedy: "Mend the devices of its targets, put somebody else in their place, or take the stage out.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(dead_stage)],
};

fn dead_stage(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let mut doubts = Doubts::default();
    let mut dead = Vec::new();
    let mut minutes = 0;
    let mut evidence = Vec::new();
    for (number, stage) in stages(plan).filter(|(_, stage)| !is_without_target(stage)) {
        let targets: Vec<Arn> = contacts(stage).cloned().collect();
        let reach = facts.people_behind(&targets, Some(&plan.arn)).into_reach();
        if doubts.unreachable(reach).is_none() || is_all_absent(facts, &targets) {
            continue;
        }
        dead.push(number);
        minutes += stage.duration_minutes.max(0);
        evidence.extend(targets.iter().map(|target| {
            let value = format!(
                "stage {number}: {}: {}",
                facts.label(target),
                why_not(facts, plan, target)
            );
            Evidence::new("ContactId", value, Operation::GetContact)
        }));
    }
    if dead.is_empty() {
        let is_judged = stages(plan).any(|(_, stage)| !is_without_target(stage));
        return doubts.or(if is_judged {
            Verdict::Pass
        } else {
            Verdict::NotApplicable
        });
    }
    let (verb, its) = if dead.len() == 1 {
        ("reaches", "its")
    } else {
        ("reach", "their")
    };
    let numbers = words::numbered(&dead, "stage", "stages");
    let passing = match usize::try_from(minutes) {
        Ok(0) | Err(_) => String::new(),
        Ok(minutes) => format!(", and {its} {} pass", words::count(minutes, "minute", "minutes")),
    };
    let passing = if minutes == 1 {
        passing.replace(" pass", " passes")
    } else {
        passing
    };
    Verdict::fail(
        format!("{numbers} of {} {verb} nobody{passing}", words::name(plan)),
        evidence,
    )
}

fn is_all_absent(facts: &Facts<'_>, targets: &[Arn]) -> bool {
    let mut doubts = Doubts::default();
    !targets.is_empty() && targets.iter().all(|target| doubts.is_absent(facts.presence(target)))
}

/// Returns why a target of a dead stage reaches nobody.
fn why_not(facts: &Facts<'_>, plan: &Contact, target: &Arn) -> String {
    match facts.reach(target) {
        Reach::Unreachable(why) => neutral(&why).into_owned(),
        // Seen from elsewhere it reaches somebody, through this very plan.
        Reach::Reachable(_) | Reach::Unknown(_) | Reach::Pending => {
            format!("leads back to {}", words::name(plan))
        }
    }
}

/// A plan that ends with somebody in particular.
pub(in crate::findings) static NO_CATCH_ALL: Check = Check {
    code: "ES12",
    name: "no-catch-all",
    family: Family::EscalationPlans,
    severity: Severity::Low,
    title: "last stage is neither a schedule nor a named catch-all",
    rationale: "People go on leave and leave the company. What comes last should always be somebody who is on duty.",
    remedy: "End the plan with a schedule, or name what it ends with in the policy's list of catch-alls.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &["ES01", "ES05"],
    is_moving: true,
    judges: &[Judge::Plan(no_catch_all)],
};

fn no_catch_all(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let Some((number, last)) = stages(plan).next_back() else {
        return Verdict::NotApplicable;
    };
    let mut doubts = Doubts::default();
    let mut named = Vec::new();
    for target in contacts(last) {
        if facts.policy.is_catch_all(target.name()) {
            return Verdict::Pass;
        }
        match doubts.listed(facts.presence(target)) {
            Some(contact) if contact.kind == ContactKind::Schedule => return Verdict::Pass,
            Some(contact) => named.push(words::name(contact)),
            // A target that was deleted is what ES02 is about.
            None => {}
        }
    }
    if named.is_empty() {
        return doubts.or(Verdict::NotApplicable);
    }
    let value = format!("stage {number}: {}", words::list(&named));
    doubts.or(Verdict::fail(
        format!(
            "{} ends with {}, which is neither a schedule nor a named catch-all",
            words::name(plan),
            words::some(&named)
        ),
        vec![Evidence::new("ContactId", value, Operation::GetContact)],
    ))
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::domain::{
        operation::Operation,
        world::{World, at, contact_arn},
    };
    use crate::findings::{
        facts::Facts,
        judging::Judging,
        policy::Policy,
        proof::{check, check_with},
    };

    /// Somebody who can be reached, and somebody who cannot.
    fn people() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("cleo", &["-phone"], &[("phone", 1)])
    }

    const FOREIGN: &str = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/noc";

    #[test]
    fn a_plan_needs_stages_and_a_stage_needs_targets() {
        let world = people()
            .plan("none", &[])
            .plan("holes", &[(5, &[]), (5, &["anna"]), (0, &[])])
            .plan("whole", &[(5, &["anna"])])
            .plan("hidden", &[])
            .denied(Operation::GetContact, "hidden");
        check(
            world,
            "ES01",
            &[
                "none: fail: none has no stage",
                "holes: fail: stages 1 and 3 of holes have no target",
                "hidden: unknown",
            ],
        );
        check(World::new(), "ES01", &[]);
    }

    #[test]
    fn a_target_that_is_not_listed_is_absent_only_where_the_list_shows_it() {
        let world = people()
            .plan("ghost", &[(5, &["anna", "jonas"]), (5, &["jonas"])])
            .plan("vendor", &[(5, &["anna", FOREIGN])])
            .plan("whole", &[(5, &["anna"])]);
        let ghost = "ghost: fail: ghost names jonas, which does not exist";
        check(world.clone(), "ES02", &[ghost, "vendor: unknown"]);
        let shared = world.person(FOREIGN, &["phone"], &[("phone", 1)]);
        check(shared, "ES02", &[ghost]);
    }

    #[test]
    fn a_list_that_was_cut_short_makes_what_it_lacks_unknown() {
        let world = people()
            .plan("ghost", &[(5, &["jonas"])])
            .plan("whole", &[(5, &["anna"])])
            .denied(Operation::ListContacts, "");
        let graph = world.graph();
        let judging = Judging::default();
        let facts = Facts::new(&world.inventory, &graph, &judging, at(0));
        let verdict = |alias| {
            let plan = &world.inventory.contacts.items[&contact_arn(alias)];
            super::target_missing(&facts, plan)
        };
        assert!(matches!(verdict("ghost"), Verdict::Unknown(_)));
        assert_eq!(verdict("whole"), Verdict::Pass);
    }

    #[test]
    fn a_stage_is_dead_when_none_of_its_targets_leads_to_anybody() {
        let world = people()
            .plan("late", &[(15, &["cleo"]), (10, &["anna"])])
            .plan("last", &[(10, &["anna"]), (0, &["cleo"])])
            .plan("both", &[(1, &["cleo", "anna"])])
            .plan("ghost", &[(15, &["jonas"]), (10, &["anna"])])
            .plan("holes", &[(15, &[]), (10, &["anna"])])
            .schedule("nobody", &[])
            .plan("mixed", &[(1, &["jonas", "nobody"])]);
        check(
            world.clone(),
            "ES03",
            &[
                "late: fail: stage 1 of late reaches nobody, and its 15 minutes pass",
                "last: fail: stage 2 of last reaches nobody",
                "mixed: fail: stage 1 of mixed reaches nobody, and its 1 minute passes",
            ],
        );
        let denied = world.denied(Operation::ListContactChannels, "cleo");
        check(
            denied,
            "ES03",
            &[
                "late: unknown",
                "last: unknown",
                "mixed: fail: stage 1 of mixed reaches nobody, and its 1 minute passes",
            ],
        );
    }

    #[test]
    fn plans_that_engage_each_other_reach_nobody_through_each_other() {
        let world = people()
            .plan("handover", &[(10, &["callback"])])
            .plan("callback", &[(10, &["handover"]), (10, &["anna"])])
            .plan("itself", &[(5, &["itself"])]);
        check(
            world,
            "ES03",
            &[
                "callback: fail: stage 1 of callback reaches nobody, and its 10 minutes pass",
                "itself: fail: stage 1 of itself reaches nobody, and its 5 minutes pass",
            ],
        );
    }

    #[test]
    fn a_plan_ends_with_a_schedule_or_with_what_the_policy_names() {
        let world = people()
            .person("ben", &["phone"], &[("phone", 1)])
            .person("boss", &["phone"], &[("phone", 1)])
            .schedule("nights", &[])
            .plan("person", &[(5, &["anna"]), (5, &["ben"])])
            .plan("schedule", &[(5, &["anna"]), (5, &["ben", "nights"])])
            .plan("named", &[(5, &["anna"]), (5, &["boss"])])
            .plan("ghost", &[(5, &["anna"]), (5, &["jonas"])])
            .plan("none", &[]);
        let policy = Policy {
            catch_all: vec!["bo*".to_owned()],
            ..Policy::default()
        };
        let person = "person: fail: person ends with ben, which is neither a schedule nor a named catch-all";
        check_with(world.clone(), &policy, None, "ES12", &[person]);
        let denied = world.denied(Operation::GetContact, "named");
        check_with(denied, &policy, None, "ES12", &[person, "named: unknown"]);
    }
}

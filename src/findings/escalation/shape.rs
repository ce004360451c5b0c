//! Whether an escalation plan stops, and whether anything starts it.

use super::super::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity, words};
use super::{contacts, stages};
use crate::domain::{
    contact::{Contact, Target},
    operation::Operation,
};

/// A plan that nobody can stop.
pub(in crate::findings) static NOBODY_ESSENTIAL: Check = Check {
    code: "ES06",
    name: "nobody-essential",
    family: Family::EscalationPlans,
    severity: Severity::Medium,
    title: "nobody essential: no acknowledgement stops it",
    rationale: "Only an acknowledgement by an essential target ends the plan. Without one everybody is paged, to the end.",
    remedy: "Mark the targets as essential whose acknowledgement is enough.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(nobody_essential)],
};

fn nobody_essential(_: &Facts<'_>, plan: &Contact) -> Verdict {
    if stages(plan).all(|(_, stage)| contacts(stage).next().is_none()) {
        return Verdict::NotApplicable;
    }
    let mut targets = stages(plan).flat_map(|(_, stage)| &stage.targets);
    if targets.any(|target| matches!(target, Target::Contact { is_essential: true, .. })) {
        return Verdict::Pass;
    }
    Verdict::fail(
        format!(
            "no target of {} is essential, so that no acknowledgement stops it",
            words::name(plan)
        ),
        vec![Evidence::new(
            "IsEssential",
            "false for every target",
            Operation::GetContact,
        )],
    )
}

/// A plan that nothing starts.
///
/// What another account shares with us is its own to use; a plan that only names itself is not used.
pub(in crate::findings) static NOT_USED: Check = Check {
    code: "ES09",
    name: "plan-not-used",
    family: Family::EscalationPlans,
    severity: Severity::Low,
    title: "nothing uses it",
    rationale: "A plan that no response plan and no other plan engages is kept up by nobody, and looks as if it protected.",
    remedy: "Engage it from a response plan, or delete it once it is sure that nobody starts it by hand.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Plan(not_used)],
};

fn not_used(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    if facts.inventory.is_shared_in(&plan.arn) {
        return Verdict::NotApplicable;
    }
    if facts.graph.used_by(&plan.arn).iter().any(|entry| entry.by != plan.arn) {
        return Verdict::Pass;
    }
    let places = [Need::Contacts, Need::EveryPlan, Need::ResponsePlans, Need::EveryDetail];
    if let Some(missing) = facts.missing(&places) {
        return missing.into();
    }
    Verdict::fail(
        format!("nothing uses {}", words::name(plan)),
        vec![
            Evidence::new("engagements", "of no response plan", Operation::GetResponsePlan),
            Evidence::new("ContactId", "of no other plan", Operation::GetContact),
        ],
    )
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, world::World};
    use crate::findings::proof::check;

    fn people() -> World {
        World::new().person("anna", &["phone"], &[("phone", 1)])
    }

    #[test]
    fn one_essential_target_is_enough() {
        let world = people()
            .plan("none", &[(5, &["anna"]), (5, &["anna"])])
            .plan("one", &[(5, &["anna"]), (5, &["!anna"])])
            .plan("empty", &[(5, &[])])
            .plan("hidden", &[])
            .denied(Operation::GetContact, "hidden");
        check(
            world,
            "ES06",
            &[
                "none: fail: no target of none is essential, so that no acknowledgement stops it",
                "hidden: unknown",
            ],
        );
    }

    #[test]
    fn a_plan_is_used_by_another_one_or_by_a_response_plan() {
        let world = people()
            .plan("inner", &[(5, &["anna"])])
            .plan("outer", &[(5, &["inner"])])
            .plan("lonely", &[(5, &["lonely"])])
            .plan("arn:aws:ssm-contacts:eu-west-1:444455556666:contact/theirs", &[])
            .response("down", &["outer"]);
        check(world.clone(), "ES09", &["lonely: fail: nothing uses lonely"]);
        let denied = world.response("other", &[]).denied(Operation::GetResponsePlan, "other");
        check(denied, "ES09", &["lonely: unknown"]);
    }

    #[test]
    fn two_plans_that_only_name_each_other_are_used() {
        let world = people().plan("one", &[(5, &["other"])]).plan("other", &[(5, &["one"])]);
        check(world, "ES09", &[]);
    }
}

//! Whether there is an engagement plan at all.

use super::super::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity, words};
use crate::domain::{
    contact::{Contact, Target},
    operation::Operation,
};

/// A person whose engagement does nothing.
pub(in crate::findings) static NO_PLAN: Check = Check {
    code: "PL01",
    name: "no-engagement-plan",
    family: Family::EngagementPlans,
    severity: Severity::Critical,
    title: "no plan, no stage, or no channel target: cannot be engaged",
    rationale: "A device that no stage names is never tried. Whoever engages this person pages nobody, and no error says so.",
    remedy: "Write an engagement plan whose first stage names the devices that wake this person.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Person(no_plan)],
};

fn no_plan(_: &Facts<'_>, person: &Contact) -> Verdict {
    let stages = person.plan.known().map_or(&[][..], |plan| plan.stages.as_slice());
    let mut targets = stages.iter().flat_map(|stage| &stage.targets);
    if targets.any(|target| matches!(target, Target::Channel { .. })) {
        return Verdict::Pass;
    }
    let name = words::name(person);
    let message = match stages.len() {
        0 => format!("{name} has no engagement plan"),
        1 => format!("the only stage of {name}'s engagement plan names no device"),
        count => format!("none of the {count} stages of {name}'s engagement plan names a device"),
    };
    let count = words::count(stages.len(), "stage", "stages");
    let evidence = Evidence::new(
        "Plan.Stages",
        format!("{count} without a device"),
        Operation::GetContact,
    );
    Verdict::fail(message, vec![evidence])
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            contact::{Plan, Stage, Target},
            gap::Reading,
            inventory::Part,
            operation::Operation,
            world::{World, contact_arn},
        },
        findings::proof::check,
    };

    #[test]
    fn a_plan_without_a_device_fails() {
        let stage = |target| Stage {
            duration_minutes: 1,
            targets: vec![target],
        };
        let to_nobody = Plan {
            stages: vec![
                stage(Target::Empty),
                stage(Target::Contact {
                    contact: contact_arn("ben"),
                    is_essential: false,
                }),
            ],
            rotations: Vec::new(),
        };
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[])
            .person("cleo", &["phone"], &[])
            .part(Part::Plan(contact_arn("cleo"), Reading::Known(to_nobody)))
            .person("dora", &["phone"], &[])
            .denied(Operation::GetContact, "dora")
            .person("emil", &["phone"], &[("gone", 1)]);
        check(
            world.clone(),
            "PL01",
            &[
                "ben: fail: ben has no engagement plan",
                "cleo: fail: none of the 2 stages of cleo's engagement plan names a device",
                "dora: unknown",
            ],
        );
        check(
            world,
            "PL04",
            &[
                "dora: unknown",
                "emil: fail: no stage of emil's engagement plan tries a device that works",
            ],
        );
    }
}

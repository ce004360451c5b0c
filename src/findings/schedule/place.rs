//! What a rotation and a schedule stand in.

use super::super::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity, words};
use super::name;
use crate::domain::{contact::Contact, ids::Arn, operation::Operation, schedule::Rotation};
use crate::paging::coverage::{Answer, rotations_of};
use std::collections::BTreeSet;

/// A rotation or a schedule that leads nowhere.
///
/// A schedule without a rotation fails SC01, too, with the time that it leaves open; this says that there is nothing to
/// repair in it. What another account shares with us is its own to use.
pub(in crate::findings) static LOOSE: Check = Check {
    code: "SC08",
    name: "schedule-or-rotation-loose",
    family: Family::Schedules,
    severity: Severity::Low,
    title: "rotation in no schedule, schedule with no rotation, schedule that nothing names",
    rationale: "It looks like cover, and nobody is ever paged through it.",
    remedy: "Put it where it is needed, or delete it.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Schedule(loose_schedule), Judge::Rotation(loose_rotation)],
};

fn loose_rotation(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    if facts.graph.schedules_of(&rotation.arn).next().is_some() {
        return Verdict::Pass;
    }
    if let Some(missing) = facts.missing(&[Need::Contacts, Need::EveryPlan]) {
        return missing.into();
    }
    Verdict::fail(
        format!("{} is in no schedule", name(rotation)),
        vec![Evidence::new("RotationIds", "of no schedule", Operation::GetContact)],
    )
}

fn loose_schedule(facts: &Facts<'_>, schedule: &Contact) -> Verdict {
    if facts.inventory.is_shared_in(&schedule.arn) {
        return Verdict::NotApplicable;
    }
    let is_empty = match rotations_of(facts.inventory, schedule) {
        Answer::Known(rotations) => rotations.is_empty(),
        Answer::Unknown(why) => return Verdict::Unknown(why),
        Answer::Pending => return Verdict::Pending,
    };
    let no_rotation = || Evidence::new("RotationIds", "none", Operation::GetContact);
    let label = words::name(schedule);
    if !facts.graph.used_by(&schedule.arn).is_empty() {
        return if is_empty {
            Verdict::fail(format!("{label} has no rotation"), vec![no_rotation()])
        } else {
            Verdict::Pass
        };
    }
    let places = [Need::Contacts, Need::EveryPlan, Need::ResponsePlans, Need::EveryDetail];
    match facts.missing(&places) {
        Some(_) if is_empty => return Verdict::fail(format!("{label} has no rotation"), vec![no_rotation()]),
        Some(missing) => return missing.into(),
        None => {}
    }
    let mut evidence = vec![
        Evidence::new("engagements", "of no response plan", Operation::GetResponsePlan),
        Evidence::new("ContactId", "of no plan", Operation::GetContact),
    ];
    if is_empty {
        evidence.insert(0, no_rotation());
        return Verdict::fail(format!("{label} has no rotation, and nothing names it"), evidence);
    }
    Verdict::fail(format!("nothing names {label}"), evidence)
}

/// A rotation that more than one schedule has.
pub(in crate::findings) static SHARED_ROTATION: Check = Check {
    code: "SC09",
    name: "rotation-shared",
    family: Family::Schedules,
    severity: Severity::Info,
    title: "rotation shared by several schedules: a delete hits all",
    rationale: "Deleting a rotation takes it out of every schedule that has it; so does every change of its members.",
    remedy: "Know it when you change one of them, or give each schedule a rotation of its own.",
    command: "",
    needs: &[],
    hides: &[Need::Contacts, Need::EveryPlan],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Rotation(shared_rotation)],
};

fn shared_rotation(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let schedules: BTreeSet<&Arn> = facts.graph.schedules_of(&rotation.arn).collect();
    if schedules.len() < 2 {
        return Verdict::Pass;
    }
    let names: Vec<String> = schedules.into_iter().map(|schedule| facts.label(schedule)).collect();
    Verdict::fail(
        format!("{} is in {}", name(rotation), words::some(&names)),
        vec![Evidence::new("RotationIds", words::list(&names), Operation::GetContact)],
    )
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, world::World};
    use crate::findings::proof::check;

    fn world() -> World {
        World::new()
            .rotation("used", &["anna"])
            .rotation("shared", &["anna"])
            .rotation("loose", &["anna"])
            .schedule("nights", &["used", "shared"])
            .schedule("days", &["shared"])
            .schedule("empty", &[])
            .schedule("hollow", &["gone"])
            .plan("escalation", &[(5, &["nights", "hollow"])])
            .response("down", &["escalation"])
    }

    #[test]
    fn what_leads_nowhere_is_loose() {
        check(
            world(),
            "SC08",
            &[
                "loose: fail: loose is in no schedule",
                "days: fail: nothing names days",
                "empty: fail: empty has no rotation, and nothing names it",
                "hollow: fail: hollow has no rotation",
            ],
        );
        check(World::new(), "SC08", &[]);
    }

    #[test]
    fn a_plan_that_was_not_read_may_name_it() {
        let world = world().plan("hidden", &[]).denied(Operation::GetContact, "hidden");
        check(
            world,
            "SC08",
            &[
                "loose: unknown",
                "days: unknown",
                "empty: fail: empty has no rotation",
                "hollow: fail: hollow has no rotation",
            ],
        );
    }

    #[test]
    fn a_rotation_of_two_schedules_is_told_and_a_gap_may_hide_one() {
        let shared = "shared: fail: shared is in days and nights";
        check(world(), "SC09", &[shared]);
        let denied = world().schedule("hidden", &[]).denied(Operation::GetContact, "hidden");
        check(denied, "SC09", &[shared, "used: unknown", "loose: unknown"]);
    }
}

//! Whether somebody is on call at every time of the horizon, and can be reached.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use super::recurrence;
use crate::domain::{contact::Contact, ids::Arn, operation::Operation, reach::Reach, schedule::Rotation};
use crate::paging::coverage::{Answer, rotations_of};
use std::collections::BTreeSet;

/// A schedule that pages nobody at some time.
pub(in crate::findings) static NOBODY_SCHEDULED: Check = Check {
    code: "SC01",
    name: "nobody-scheduled",
    family: Family::Schedules,
    severity: Severity::High,
    title: "nobody scheduled at some time in the horizon",
    rationale: "Whatever engages the schedule at that time pages nobody. An empty schedule is one whole gap.",
    remedy: "Add a rotation for these hours, or make sure that every plan which engages the schedule has somebody else.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Schedule(nobody_scheduled)],
};

fn nobody_scheduled(facts: &Facts<'_>, schedule: &Contact) -> Verdict {
    let coverage = match &*facts.coverage(schedule) {
        Answer::Known(coverage) => coverage.clone(),
        Answer::Unknown(why) => return Verdict::Unknown(why.clone()),
        Answer::Pending => return Verdict::Pending,
    };
    let Some(first) = coverage.gaps.first().copied() else {
        return Verdict::Pass;
    };
    let name = words::name(schedule);
    let message = if first == coverage.window {
        format!("nobody is ever on call in {name}")
    } else {
        let more = match coverage.gaps.len() {
            1 => String::new(),
            gaps => format!(", the first of {gaps} gaps"),
        };
        format!("nobody is on call in {name} {}{more}", words::stretch(first, facts.now))
    };
    Verdict::fail(message, turns_of(facts, schedule)).hurting_at(first.start_at)
}

/// Returns what makes a schedule what it is: the turns of its rotations, and the overrides that leave nobody.
fn turns_of(facts: &Facts<'_>, schedule: &Contact) -> Vec<Evidence> {
    let Answer::Known(rotations) = rotations_of(facts.inventory, schedule) else {
        return Vec::new();
    };
    if rotations.is_empty() {
        return vec![Evidence::new("RotationIds", "none", Operation::GetContact)];
    }
    let mut evidence: Vec<Evidence> = rotations.iter().map(|rotation| recurrence(rotation)).collect();
    evidence.extend(rotations.iter().flat_map(|rotation| empty_overrides(facts, rotation)));
    evidence
}

fn empty_overrides(facts: &Facts<'_>, rotation: &Rotation) -> Vec<Evidence> {
    let ahead = rotation.overrides.known().into_iter().flatten();
    ahead
        .filter(|exception| exception.contacts.is_empty() && exception.end_at > facts.now)
        .filter(|exception| facts.inventory.horizon_end.is_none_or(|end| exception.start_at < end))
        .map(|exception| {
            let (from, until) = (words::instant(exception.start_at), words::instant(exception.end_at));
            let value = format!("{}: nobody from {from} until {until}", super::name(rotation));
            Evidence::new("NewContactIds", value, Operation::ListRotationOverrides)
        })
        .collect()
}

/// A schedule with somebody on call in vain.
pub(in crate::findings) static NOBODY_REACHABLE: Check = Check {
    code: "SC02",
    name: "nobody-reachable",
    family: Family::Schedules,
    severity: Severity::Critical,
    title: "effective gap: somebody scheduled, nobody reachable",
    rationale: "The calendar looks full, and at that time nobody is paged.",
    remedy: "Mend the devices of the people on call, or make an override for that time.",
    command: "activate",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Schedule(nobody_reachable)],
};

fn nobody_reachable(facts: &Facts<'_>, schedule: &Contact) -> Verdict {
    let coverage = match &*facts.coverage(schedule) {
        Answer::Known(coverage) => coverage.clone(),
        Answer::Unknown(why) => return Verdict::Unknown(why.clone()),
        Answer::Pending => return Verdict::Pending,
    };
    if coverage.gaps.first() == Some(&coverage.window) {
        return Verdict::NotApplicable;
    }
    let Some(first) = coverage.effective_gaps.first() else {
        return if coverage.doubts.is_empty() {
            Verdict::Pass
        } else {
            doubts_of(facts, schedule).or(Verdict::Pending)
        };
    };
    let names: Vec<String> = first.people.iter().map(|person| facts.label(person)).collect();
    let more = match coverage.effective_gaps.len() {
        1 => String::new(),
        gaps => format!(", the first of {gaps} such times"),
    };
    let message = format!(
        "only {} on call in {} and cannot be reached {}{more}",
        match names.as_slice() {
            [only] => format!("{only} is"),
            several => format!("{} are", words::some(several)),
        },
        words::name(schedule),
        words::stretch(first.stretch, facts.now),
    );
    let people: BTreeSet<&Arn> = coverage.effective_gaps.iter().flat_map(|gap| &gap.people).collect();
    let evidence = people.into_iter().map(|person| {
        let why = match facts.reach(person) {
            Reach::Unreachable(why) => why,
            Reach::Reachable(_) | Reach::Unknown(_) | Reach::Pending => String::new(),
        };
        let value = format!("{}: {why}", facts.label(person));
        Evidence::new("ContactIds", value, Operation::ListRotationShifts)
    });
    Verdict::fail(message, evidence.collect()).hurting_at(first.stretch.start_at)
}

/// Returns why it cannot be told whether those on call can be reached.
fn doubts_of(facts: &Facts<'_>, schedule: &Contact) -> Doubts {
    let mut doubts = Doubts::default();
    let Answer::Known(rotations) = rotations_of(facts.inventory, schedule) else {
        return doubts;
    };
    let shifts = rotations
        .iter()
        .filter_map(|rotation| rotation.shifts.known())
        .flatten();
    let people: BTreeSet<&Arn> = shifts
        .filter(|shift| shift.end_at > facts.now)
        .flat_map(|shift| &shift.contacts)
        .collect();
    for person in people {
        doubts.unreachable(facts.reach(person));
    }
    doubts
}

#[cfg(test)]
mod tests {
    use crate::domain::{contact::ContactKind, operation::Operation, world::World};
    use crate::findings::proof::{check, hurts_at};

    const END: i64 = 14 * 24;

    fn people() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("cleo", &["-phone"], &[("phone", 1)])
    }

    fn schedule(shifts: &[(i64, i64, &[&str])]) -> World {
        people()
            .rotation("weekly", &["anna", "cleo"])
            .shifts("weekly", shifts)
            .schedule("nights", &["weekly"])
    }

    #[test]
    fn a_gap_is_told_with_its_time_and_hurts_then() {
        let world = schedule(&[(0, 9, &["anna"]), (10, 20, &["anna"]), (30, END, &["anna"])]);
        let gap = "nights: fail: nobody is on call in nights from 2026-11-01 09:00 UTC until 2026-11-01 10:00 UTC, the \
                   first of 2 gaps";
        check(world.clone(), "SC01", &[gap]);
        hurts_at(world.clone(), "SC01", &[9]);
        check(world.clone(), "SC02", &[]);
        let denied = world.denied(Operation::ListRotationShifts, "weekly");
        check(denied.clone(), "SC01", &["nights: unknown"]);
        check(denied, "SC02", &["nights: unknown"]);
    }

    #[test]
    fn a_gap_that_has_begun_is_told_as_such() {
        let world = schedule(&[(-10, -1, &["anna"]), (3, END, &["anna"])]);
        let gap = "nights: fail: nobody is on call in nights now and until 2026-11-01 03:00 UTC";
        check(world.clone(), "SC01", &[gap]);
        hurts_at(world, "SC01", &[0]);
    }

    #[test]
    fn an_empty_schedule_is_one_gap_and_no_effective_one() {
        let world = people().schedule("nights", &[]);
        check(
            world.clone(),
            "SC01",
            &["nights: fail: nobody is ever on call in nights"],
        );
        check(world, "SC02", &[]);
        check(World::new(), "SC01", &[]);
    }

    #[test]
    fn somebody_who_cannot_be_reached_is_no_cover() {
        let world = schedule(&[(0, 9, &["anna"]), (9, 20, &["cleo"]), (20, END, &["anna", "cleo"])]);
        check(world.clone(), "SC01", &[]);
        check(
            world.clone(),
            "SC02",
            &[
                "nights: fail: only cleo is on call in nights and cannot be reached from 2026-11-01 09:00 UTC until \
               2026-11-01 20:00 UTC",
            ],
        );
        hurts_at(world.clone(), "SC02", &[9]);
        check(
            world.denied(Operation::ListContactChannels, "cleo"),
            "SC02",
            &["nights: unknown"],
        );
    }

    #[test]
    fn a_deleted_person_on_call_is_no_cover_and_a_contact_of_a_new_type_is_a_doubt() {
        let world = schedule(&[(0, 9, &["jonas"]), (9, END, &["anna"])]);
        check(
            world,
            "SC02",
            &["nights: fail: only jonas is on call in nights and cannot be reached now and until 2026-11-01 09:00 UTC"],
        );
        let world =
            schedule(&[(0, 9, &["odd"]), (9, END, &["anna"])]).contact("odd", ContactKind::Other("TEAM".to_owned()));
        check(world, "SC02", &["nights: unknown"]);
    }

    #[test]
    fn the_rotations_of_another_account_are_not_absent() {
        let theirs = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/theirs";
        let rotation = "arn:aws:ssm-contacts:eu-west-1:444455556666:rotation/theirs";
        let world = people().schedule(theirs, &[rotation]);
        check(world.clone(), "SC01", &["theirs: unknown"]);
        check(world, "SC02", &["theirs: unknown"]);
    }
}

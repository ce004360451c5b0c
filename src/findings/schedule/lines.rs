//! Whether the lines of a plan are different people.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use crate::domain::{
    Timestamp,
    contact::{Contact, ContactKind, Target},
    ids::Arn,
    operation::Operation,
};
use crate::paging::coverage::{Answer, Stretch, rotations_of};
use std::collections::{BTreeMap, BTreeSet};

/// Two lines that are one person.
///
/// It fails when somebody is on call, at one instant of the horizon, in the schedules of two different stages of a plan,
/// whether or not they can be reached. Two schedules in one stage are what ES10 is about.
pub(in crate::findings) static SAME_PERSON_BOTH_LINES: Check = Check {
    code: "SC10",
    name: "same-person-both-lines",
    family: Family::Schedules,
    severity: Severity::High,
    title: "same person first and second line at the same time",
    rationale: "There is no second line while both are one person, though the calendar shows two.",
    remedy: "Shift the turns of one schedule, or make an override for that time.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(same_person_both_lines)],
};

/// A stretch in which somebody is on call for a stage.
type Turn<'a> = (Stretch, usize, &'a Contact);

fn same_person_both_lines(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let mut doubts = Doubts::default();
    let lines = lines(facts, plan, &mut doubts);
    let stages: BTreeSet<usize> = lines.iter().map(|(number, _)| *number).collect();
    if stages.len() < 2 {
        return doubts.or(Verdict::NotApplicable);
    }
    let window = match facts.window() {
        Ok(window) => window,
        Err(verdict) => return verdict,
    };
    let mut turns: BTreeMap<&Arn, Vec<Turn<'_>>> = BTreeMap::new();
    for (number, schedule) in &lines {
        add_turns(facts, (*number, schedule), window, &mut turns, &mut doubts);
    }
    let mut first: Option<(Timestamp, Timestamp, &Arn, [&str; 2])> = None;
    let mut together: BTreeSet<[&Arn; 2]> = BTreeSet::new();
    for (person, turns) in &mut turns {
        turns.sort_by_key(|(stretch, number, _)| (*stretch, *number));
        // The turn of each line that ends last so far.
        let mut running: BTreeMap<(usize, &Arn), Turn<'_>> = BTreeMap::new();
        for turn in turns.iter() {
            let (stretch, number, schedule) = turn;
            for (_, other_number, other) in running
                .values()
                .filter(|(other, other_number, _)| other.end_at > stretch.start_at && other_number != number)
            {
                let mut pair = [(*other_number, *other), (*number, *schedule)];
                pair.sort_by_key(|(number, _)| *number);
                let [(_, upper), (_, lower)] = pair;
                together.insert([&upper.arn, &lower.arn]);
                let until = running_until(&running, *other_number, &other.arn).min(stretch.end_at);
                if first.is_none_or(|(at, ..)| stretch.start_at < at) {
                    first = Some((stretch.start_at, until, person, [upper.label(), lower.label()]));
                }
            }
            let latest = running.entry((*number, &schedule.arn)).or_insert(*turn);
            if latest.0.end_at < stretch.end_at {
                *latest = *turn;
            }
        }
    }
    let Some((start_at, end_at, person, [upper, lower])) = first else {
        return doubts.or(Verdict::Pass);
    };
    let message = format!(
        "{} is on call in {} and in {} of {} {}",
        facts.label(person),
        crate::domain::text::neutral(upper),
        crate::domain::text::neutral(lower),
        words::name(plan),
        words::stretch(Stretch { start_at, end_at }, facts.now),
    );
    let evidence = together.into_iter().map(|[upper, lower]| {
        let value = format!("{} and {}", facts.label(upper), facts.label(lower));
        Evidence::new("ContactId", value, Operation::GetContact)
    });
    Verdict::fail(message, evidence.collect()).hurting_at(start_at)
}

fn running_until(running: &BTreeMap<(usize, &Arn), Turn<'_>>, number: usize, schedule: &Arn) -> Timestamp {
    let turn = running.get(&(number, schedule));
    turn.map_or(Timestamp::MAX_UTC, |(stretch, _, _)| stretch.end_at)
}

/// Returns the schedules of a plan with the stages that engage them, each once.
fn lines<'a>(facts: &Facts<'a>, plan: &Contact, doubts: &mut Doubts) -> Vec<(usize, &'a Contact)> {
    let mut lines: Vec<(usize, &Contact)> = Vec::new();
    let stages = plan.plan.known().map_or(&[][..], |plan| plan.stages.as_slice());
    for (number, stage) in (1..).zip(stages) {
        for target in stage.targets.iter().filter_map(Target::arn) {
            match doubts.listed(facts.presence(target)) {
                // The same schedule in two stages is what ES04 is about.
                Some(contact)
                    if contact.kind == ContactKind::Schedule
                        && !lines.iter().any(|(_, line)| line.arn == contact.arn) =>
                {
                    lines.push((number, contact));
                }
                Some(_) | None => {}
            }
        }
    }
    lines
}

fn add_turns<'a>(
    facts: &Facts<'a>,
    (number, schedule): (usize, &'a Contact),
    window: Stretch,
    turns: &mut BTreeMap<&'a Arn, Vec<Turn<'a>>>,
    doubts: &mut Doubts,
) {
    let rotations = match rotations_of(facts.inventory, schedule) {
        Answer::Known(rotations) => rotations,
        Answer::Unknown(why) => return doubts.unknown(why),
        Answer::Pending => return doubts.pending(),
    };
    for rotation in rotations {
        match (rotation.shifts.known(), rotation.shifts.gap()) {
            (Some(shifts), _) => {
                for shift in shifts {
                    let stretch = Stretch {
                        start_at: shift.start_at.max(window.start_at),
                        end_at: shift.end_at.min(window.end_at),
                    };
                    if stretch.start_at < stretch.end_at {
                        for person in &shift.contacts {
                            turns.entry(person).or_default().push((stretch, number, schedule));
                        }
                    }
                }
            }
            (None, Some(gap)) => doubts.unknown(gap.to_string()),
            (None, None) => doubts.pending(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, world::World};
    use crate::findings::proof::{check, hurts_at};

    const END: i64 = 14 * 24;

    fn world(second: &[(i64, i64, &[&str])]) -> World {
        World::new()
            .rotation("one", &["anna", "ben"])
            .rotation("two", &["anna", "ben"])
            .shifts("one", &[(0, 50, &["anna"]), (50, END, &["ben"])])
            .shifts("two", second)
            .schedule("first", &["one"])
            .schedule("second", &["two"])
            .plan("lines", &[(10, &["first"]), (10, &["second"])])
            .plan("beside", &[(10, &["first", "second"])])
            .plan("again", &[(10, &["first"]), (10, &["first"])])
    }

    #[test]
    fn turns_that_overlap_fall_on_one_person() {
        let world = world(&[(0, 40, &["ben"]), (40, 60, &["anna"]), (60, END, &["anna"])]);
        check(
            world.clone(),
            "SC10",
            &[
                "lines: fail: anna is on call in first and in second of lines from 2026-11-02 16:00 UTC until 2026-11-03 \
               02:00 UTC",
            ],
        );
        hurts_at(world.clone(), "SC10", &[40]);
        check(
            world.denied(Operation::ListRotationShifts, "two"),
            "SC10",
            &["lines: unknown"],
        );
    }

    #[test]
    fn turns_that_meet_do_not_overlap() {
        check(world(&[(0, 50, &["ben"]), (50, END, &["anna"])]), "SC10", &[]);
    }
}

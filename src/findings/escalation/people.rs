//! Whether a plan reaches enough different people.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use super::{contacts, stages};
use crate::domain::{Timestamp, contact::Contact, ids::Arn, operation::Operation};
use crate::paging::simulate::stages::StageReached;
use std::collections::BTreeSet;

/// Why it is not certain whether somebody is paged, where nothing else is said.
const REMOVED: &str = "a removed device may void the stage that it stands in";

/// A stage that repeats the one before.
///
/// It fails when there is a start in the horizon at which the stage pages somebody, and everybody whom it pages has been
/// paged by the stage before. A stage that pages nobody at some time is what SC01, SC02 and ES03 are about.
pub(in crate::findings) static SAME_HUMAN_NEXT: Check = Check {
    code: "ES04",
    name: "next-stage-same-human",
    family: Family::EscalationPlans,
    severity: Severity::High,
    title: "the next stage reaches the same human, in some window",
    rationale: "Whoever does not answer is paged again instead of somebody else, and the minutes of the stage pass.",
    remedy: "Put somebody else into the next stage, or shift the turns so that the two never fall on one person.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &["ES05"],
    is_moving: true,
    judges: &[Judge::Plan(same_human_next)],
};

fn same_human_next(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    if stages(plan).len() < 2 {
        return Verdict::NotApplicable;
    }
    let starts = match facts.stages(&plan.arn) {
        Ok(starts) => starts,
        Err(verdict) => return verdict,
    };
    let mut doubts = Doubts::default();
    let mut repeated = Repeated::default();
    for start in starts.iter() {
        for (number, stage) in &start.stages {
            let Some(earlier) = number.checked_sub(1).and_then(|number| start.stages.get(&number)) else {
                continue;
            };
            match stage.only_repeats(earlier) {
                Some(true) => repeated.add(start.starts.start_at, *number, &stage.paged),
                Some(false) => {}
                None => note(&mut doubts, [stage, earlier]),
            }
        }
    }
    let Some((at, number, who)) = repeated.first else {
        return doubts.or(Verdict::Pass);
    };
    let names: Vec<String> = who.iter().map(|person| facts.label(person)).collect();
    let when = if at <= facts.now {
        "now".to_owned()
    } else {
        format!("from {}", words::instant(at))
    };
    let message = format!(
        "stage {number} of {} pages nobody but {}, whom stage {} has paged, {when}",
        words::name(plan),
        words::some(&names),
        number - 1,
    );
    Verdict::fail(message, targets_of(facts, plan, &repeated.stages)).hurting_at(at)
}

/// The stages that repeat the one before at some time, and the first such time.
#[derive(Default)]
struct Repeated {
    first: Option<(Timestamp, usize, BTreeSet<Arn>)>,
    stages: BTreeSet<usize>,
}

impl Repeated {
    fn add(&mut self, at: Timestamp, number: usize, people: &BTreeSet<Arn>) {
        self.first.get_or_insert_with(|| (at, number, people.clone()));
        self.stages.extend([number - 1, number]);
    }
}

/// Returns what the stages engage: this is what stays when time goes on.
fn targets_of(facts: &Facts<'_>, plan: &Contact, numbers: &BTreeSet<usize>) -> Vec<Evidence> {
    let chosen = stages(plan).filter(|(number, _)| numbers.contains(number));
    chosen
        .map(|(number, stage)| {
            let names: Vec<String> = contacts(stage).map(|target| facts.label(target)).collect();
            let value = format!("stage {number}: {}", words::list(&names));
            Evidence::new("ContactId", value, Operation::GetContact)
        })
        .collect()
}

fn note<'a>(doubts: &mut Doubts, stages: impl IntoIterator<Item = &'a StageReached>) {
    match stages.into_iter().find_map(|stage| stage.doubt.as_ref()) {
        Some(doubt) => doubts.doubt(doubt),
        None => doubts.unknown(REMOVED),
    }
}

/// A plan with nobody behind the first person.
///
/// All people whom the plan reaches at any time of the horizon count; a plan that reaches nobody is what ES01, ES02 and
/// ES03 are about.
pub(in crate::findings) static ONE_HUMAN: Check = Check {
    code: "ES05",
    name: "one-human",
    family: Family::EscalationPlans,
    severity: Severity::High,
    title: "one reachable human in the whole plan",
    rationale: "When this person sleeps, flies or is ill, nobody else is ever paged.",
    remedy: "Add a stage with somebody else, best with a schedule.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(one_human)],
};

fn one_human(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let behind = facts.people_behind(std::slice::from_ref(&plan.arn), None);
    let mut people = behind.people.iter();
    let (first, second) = (people.next(), people.next());
    if second.is_some() {
        return Verdict::Pass;
    }
    let mut doubts = Doubts::default();
    if let Some(why) = behind.doubt {
        doubts.unknown(why);
    }
    if behind.is_pending {
        doubts.pending();
    }
    doubts.or(first.map_or(Verdict::NotApplicable, |person| {
        let all = stages(plan).map(|(number, _)| number).collect();
        Verdict::fail(
            format!("{} reaches nobody but {}", words::name(plan), facts.label(person)),
            targets_of(facts, plan, &all),
        )
    }))
}

/// A stage that pages somebody twice at once.
///
/// It fails when one contact is engaged through two targets in the minute in which the stage begins: named twice, named
/// beside a schedule that they are on call in, or on call in two schedules. Two contacts of one person are what ID05 is
/// about.
pub(in crate::findings) static TWICE_IN_STAGE: Check = Check {
    code: "ES10",
    name: "same-human-twice",
    family: Family::EscalationPlans,
    severity: Severity::Low,
    title: "same human twice in one stage",
    rationale: "The stage looks as if two people stood in it, and it is one.",
    remedy: "Take out one of the two, or put somebody else in its place.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &["ES05"],
    is_moving: true,
    judges: &[Judge::Plan(twice_in_stage)],
};

fn twice_in_stage(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let crowded = stages(plan).filter(|(_, stage)| contacts(stage).nth(1).is_some());
    let crowded: BTreeSet<usize> = crowded.map(|(number, _)| number).collect();
    if crowded.is_empty() {
        return if stages(plan).len() == 0 {
            Verdict::NotApplicable
        } else {
            Verdict::Pass
        };
    }
    let starts = match facts.stages(&plan.arn) {
        Ok(starts) => starts,
        Err(verdict) => return verdict,
    };
    let mut doubts = Doubts::default();
    let mut found: Option<(Timestamp, usize, BTreeSet<Arn>)> = None;
    let mut numbers = BTreeSet::new();
    for start in starts.iter() {
        for (number, stage) in start.stages.iter().filter(|(number, _)| crowded.contains(number)) {
            if !stage.twice.is_empty() {
                numbers.insert(*number);
                found.get_or_insert_with(|| (start.starts.start_at, *number, stage.twice.clone()));
            } else if stage.is_open {
                note(&mut doubts, [stage]);
            }
        }
    }
    let Some((at, number, who)) = found else {
        return doubts.or(Verdict::Pass);
    };
    let names: Vec<String> = who.iter().map(|person| facts.label(person)).collect();
    let when = if at <= facts.now {
        String::new()
    } else {
        format!(" from {}", words::instant(at))
    };
    let message = format!(
        "stage {number} of {} pages {} twice{when}",
        words::name(plan),
        words::some(&names)
    );
    Verdict::fail(message, targets_of(facts, plan, &numbers)).hurting_at(at)
}

#[cfg(test)]
mod tests {
    use crate::domain::{
        contact::ContactKind,
        operation::Operation,
        world::{World, contact_arn},
    };
    use crate::findings::proof::check;

    const END: i64 = 14 * 24;

    /// Two schedules whose turns fall on one person from the third hour to the fifth.
    fn two_lines() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .person("cleo", &["-phone"], &[("phone", 1)])
            .rotation("one", &["anna", "ben"])
            .rotation("two", &["anna", "ben"])
            .shifts("one", &[(0, 5, &["anna"]), (5, END, &["ben"])])
            .shifts("two", &[(0, 3, &["ben"]), (3, END, &["anna"])])
            .schedule("first", &["one"])
            .schedule("second", &["two"])
    }

    #[test]
    fn the_next_stage_may_reach_the_same_person_for_some_hours() {
        let world = two_lines()
            .plan("lines", &[(60, &["first"]), (10, &["second"])])
            .plan("others", &[(60, &["first"]), (10, &["second", "ben", "anna"])])
            .plan("dead", &[(10, &["anna"]), (10, &["cleo"]), (10, &["ben"])])
            .plan("short", &[(10, &["anna"])]);
        // A start at two reaches the second stage at three, when the second line is with the same person already.
        check(
            world.clone(),
            "ES04",
            &["lines: fail: stage 2 of lines pages nobody but anna, whom stage 1 has paged, from 2026-11-01 02:00 UTC"],
        );
        let denied = world.denied(Operation::ListRotationShifts, "two");
        check(denied, "ES04", &["lines: unknown"]);
    }

    #[test]
    fn a_stage_that_names_the_same_person_again_fails_now_unless_it_is_the_only_one() {
        let world = two_lines()
            .plan("again", &[(10, &["anna"]), (10, &["anna"]), (10, &["ben"])])
            .plan("only", &[(10, &["anna"]), (10, &["anna"])]);
        check(
            world.clone(),
            "ES04",
            &["again: fail: stage 2 of again pages nobody but anna, whom stage 1 has paged, now"],
        );
        check(world, "ES05", &["only: fail: only reaches nobody but anna"]);
    }

    #[test]
    fn one_human_is_too_few_and_a_doubt_is_no_human() {
        let world = two_lines()
            .plan("one", &[(10, &["anna"]), (10, &["cleo"])])
            .plan("nobody", &[(10, &["cleo"])])
            .plan("two", &[(10, &["first"])])
            .plan("circle", &[(10, &["circle", "ben"])]);
        let circle = "circle: fail: circle reaches nobody but ben";
        check(
            world.clone(),
            "ES05",
            &["one: fail: one reaches nobody but anna", circle],
        );
        let denied = world.denied(Operation::ListContactChannels, "cleo");
        check(denied, "ES05", &["one: unknown", "nobody: unknown", circle]);
    }

    #[test]
    fn somebody_is_twice_in_a_stage_through_a_schedule_too() {
        let world = two_lines()
            .plan("named", &[(10, &["anna", "anna"]), (10, &["ben"])])
            .plan("through", &[(10, &["first", "ben"])])
            .plan("both", &[(10, &["first", "second"])])
            .plan("apart", &[(10, &["anna"]), (10, &["anna", "ben"])]);
        check(
            world.clone(),
            "ES10",
            &[
                "named: fail: stage 1 of named pages anna twice",
                "through: fail: stage 1 of through pages ben twice from 2026-11-01 05:00 UTC",
                "both: fail: stage 1 of both pages anna twice from 2026-11-01 03:00 UTC",
            ],
        );
        let denied = world.denied(Operation::ListRotationShifts, "two");
        check(
            denied,
            "ES10",
            &[
                "named: fail: stage 1 of named pages anna twice",
                "through: fail: stage 1 of through pages ben twice from 2026-11-01 05:00 UTC",
                "both: unknown",
            ],
        );
    }

    #[test]
    fn a_contact_of_a_new_type_may_be_anybody() {
        let world = two_lines()
            .contact("odd", ContactKind::Other("TEAM".to_owned()))
            .plan("odd-next", &[(10, &["anna"]), (10, &["odd"])]);
        assert!(world.inventory.contacts.items.contains_key(&contact_arn("odd")));
        check(world.clone(), "ES04", &["odd-next: unknown"]);
        check(world, "ES05", &["odd-next: unknown"]);
    }
}

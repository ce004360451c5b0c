//! Whether an escalation plan is quick enough, and gives people long enough.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use super::{contacts, stages};
use crate::domain::{
    contact::{Contact, ContactKind, Stage},
    ids::Arn,
    operation::Operation,
};
use crate::paging::{coverage, coverage::Answer, simulate::minute::Minute};
use std::collections::BTreeSet;

/// A plan that takes too long to page a second person.
pub(in crate::findings) static SECOND_HUMAN_LATE: Check = Check {
    code: "ES07",
    name: "second-human-late",
    family: Family::EscalationPlans,
    severity: Severity::High,
    title: "worst-case minutes to a second human above the policy",
    rationale: "When the first person does not answer, this is how long an incident waits for anybody else.",
    remedy: "Shorten the stages before it, or add somebody to an earlier one.",
    command: "simulate",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &["ES01", "ES02", "ES03", "ES05"],
    is_moving: true,
    judges: &[Judge::Plan(second_human_late)],
};

fn second_human_late(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    if stages(plan).len() == 0 {
        return Verdict::NotApplicable;
    }
    let worst = match facts.worst(&plan.arn) {
        Ok(worst) => worst,
        Err(verdict) => return verdict,
    };
    let limit = facts.policy.limits_of(&plan.alias).second_human_minutes;
    let minute = &worst.second_human.minute;
    let mut doubts = Doubts::default();
    if doubts.is_by(minute, i64::from(limit)) {
        return doubts.or(Verdict::Pass);
    }
    let name = words::name(plan);
    let message = match minute.at_the_earliest() {
        Some(minutes) => format!("{name} may take {minutes} minutes to page a second person; {limit} are allowed"),
        None => format!("at the worst time {name} pages no second person"),
    };
    let evidence = stages(plan).map(|(number, stage)| {
        let names: Vec<String> = contacts(stage).map(|target| facts.label(target)).collect();
        let minutes = stage.duration_minutes;
        let value = format!("stage {number}: {minutes} min, {}", words::list(&names));
        Evidence::new("DurationInMinutes", value, Operation::GetContact)
    });
    Verdict::fail(message, evidence.collect()).hurting_at(worst.second_human.starts.start_at)
}

/// A stage that is over before somebody's device rings.
///
/// The last stage has no end that matters. Of a schedule everybody counts who is on call in the horizon. Somebody for
/// whom nothing ever rings is what CH04 and PL07 are about.
pub(in crate::findings) static STAGE_TOO_SHORT: Check = Check {
    code: "ES11",
    name: "stage-too-short",
    family: Family::EscalationPlans,
    severity: Severity::Medium,
    title: "stage shorter than the person's first audible step",
    rationale: "The next stage begins before anything has rung for this person, who never had a chance to answer.",
    remedy: "Make the stage longer, or bring the audible step of the person's own plan forward.",
    command: "",
    needs: &[Need::Plan],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(stage_too_short)],
};

fn stage_too_short(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let count = stages(plan).len();
    if count < 2 {
        return Verdict::NotApplicable;
    }
    let mut doubts = Doubts::default();
    let mut late: Option<(usize, i32, String, i64)> = None;
    let mut evidence = Vec::new();
    for (number, stage) in stages(plan).take(count - 1) {
        let limit = i64::from(stage.duration_minutes.max(0));
        for person in people_of(facts, stage, &mut doubts) {
            let minute = facts.first_audible(person);
            if minute == Minute::Never || doubts.is_by(&minute, limit) {
                continue;
            }
            let Some(minutes) = minute.at_the_earliest() else {
                continue;
            };
            let name = words::name(person);
            let value = format!("stage {number}: {limit} min; {name}: {minutes} min");
            evidence.push(Evidence::new("DurationInMinutes", value, Operation::GetContact));
            late.get_or_insert((number, stage.duration_minutes, name, minutes));
        }
    }
    let Some((number, duration, name, minutes)) = late else {
        return doubts.or(Verdict::Pass);
    };
    let more = match evidence.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more like this"),
    };
    let message = format!(
        "stage {number} of {} lasts {duration} min, and {name}'s first audible step comes after {minutes}{more}",
        words::name(plan)
    );
    Verdict::fail(message, evidence)
}

/// Returns the people whom a stage engages as it begins, at any time of the horizon, each once.
fn people_of<'a>(facts: &Facts<'a>, stage: &Stage, doubts: &mut Doubts) -> Vec<&'a Contact> {
    let mut found: BTreeSet<&'a Arn> = BTreeSet::new();
    let mut people = Vec::new();
    let mut add = |person: &'a Contact| {
        if person.kind == ContactKind::Person && found.insert(&person.arn) {
            people.push(person);
        }
    };
    for target in contacts(stage) {
        let Some(contact) = doubts.listed(facts.presence(target)) else {
            continue;
        };
        if contact.kind != ContactKind::Schedule {
            add(contact);
            continue;
        }
        let rotations = match coverage::rotations_of(facts.inventory, contact) {
            Answer::Known(rotations) => rotations,
            Answer::Unknown(why) => {
                doubts.unknown(why);
                continue;
            }
            Answer::Pending => {
                doubts.pending();
                continue;
            }
        };
        for rotation in rotations {
            match (rotation.shifts.known(), rotation.shifts.gap()) {
                (Some(shifts), _) => {
                    let ahead = shifts.iter().filter(|shift| shift.end_at > facts.now);
                    let on_call: BTreeSet<&Arn> = ahead.flat_map(|shift| &shift.contacts).collect();
                    for person in on_call {
                        if let Some(person) = doubts.listed(facts.presence(person)) {
                            add(person);
                        }
                    }
                }
                (None, Some(gap)) => doubts.unknown(gap.to_string()),
                (None, None) => doubts.pending(),
            }
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, world::World};
    use crate::findings::{
        policy::{Limits, Policy, TeamPolicy},
        proof::{check, check_with},
    };

    const END: i64 = 14 * 24;

    fn people() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .person("slow", &["mail", "phone"], &[("mail", 20), ("phone", 1)])
            .person("mute", &["mail"], &[("mail", 20)])
    }

    #[test]
    fn a_second_person_has_to_come_in_time() {
        let world = people()
            .plan("late", &[(16, &["anna"]), (10, &["ben"])])
            .plan("just", &[(15, &["anna"]), (10, &["ben"])])
            .plan("at-once", &[(30, &["anna", "ben"])])
            .plan("alone", &[(30, &["anna"])]);
        let late = "late: fail: late may take 16 minutes to page a second person; 15 are allowed";
        check(world.clone(), "ES07", &[late]);
        let policy = Policy {
            teams: vec![TeamPolicy {
                name: "patient".to_owned(),
                aliases: vec!["l*".to_owned()],
                limits: Limits {
                    second_human_minutes: 20,
                    ..Limits::default()
                },
            }],
            ..Policy::default()
        };
        check_with(world.clone(), &policy, None, "ES07", &[]);
        let denied = world.denied(Operation::ListContactChannels, "ben");
        check(denied, "ES07", &["just: unknown", "at-once: unknown", late]);
    }

    #[test]
    fn the_worst_time_of_the_horizon_counts() {
        let world = people()
            .rotation("weekly", &["anna", "ben"])
            .shifts("weekly", &[(0, 50, &["anna"]), (50, 52, &[]), (52, END, &["ben"])])
            .schedule("nights", &["weekly"])
            .plan("gap", &[(10, &["slow"]), (10, &["nights"])]);
        check(
            world,
            "ES07",
            &["gap: fail: at the worst time gap pages no second person"],
        );
    }

    #[test]
    fn a_stage_lasts_until_something_rings() {
        let world = people()
            .rotation("weekly", &["anna", "slow"])
            .shifts("weekly", &[(0, 50, &["anna"]), (50, END, &["slow"])])
            .schedule("nights", &["weekly"])
            .plan("short", &[(19, &["slow"]), (10, &["anna"])])
            .plan("enough", &[(20, &["slow"]), (10, &["anna"])])
            .plan("last", &[(5, &["anna"]), (5, &["slow"])])
            .plan("never", &[(5, &["mute"]), (5, &["anna"])])
            .plan("turns", &[(5, &["nights"]), (5, &["anna"])]);
        let short = "short: fail: stage 1 of short lasts 19 min, and slow's first audible step comes after 20";
        check(
            world.clone(),
            "ES11",
            &[
                short,
                "turns: fail: stage 1 of turns lasts 5 min, and slow's first audible step comes after 20",
            ],
        );
        let denied = world.denied(Operation::ListRotationShifts, "weekly");
        check(denied, "ES11", &[short, "turns: unknown"]);
    }
}

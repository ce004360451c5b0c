//! Whether the members of a rotation are enough, are there, and get a turn.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use super::{NO_RECURRENCE, members, name, recurrence};
use crate::domain::{
    Timestamp,
    ids::Arn,
    operation::Operation,
    schedule::{Recurrence, Rotation, Shift},
};
use std::collections::BTreeSet;

/// A rotation that names what is not there.
pub(in crate::findings) static MEMBER_MISSING: Check = Check {
    code: "SC03",
    name: "member-does-not-exist",
    family: Family::Schedules,
    severity: Severity::High,
    title: "rotation or override names a contact that does not exist",
    rationale: "When the turn comes to somebody who was deleted, nobody is on call.",
    remedy: "Take the name out of the rotation, or make the override anew with somebody else.",
    command: "",
    needs: &[Need::Members],
    hides: &[Need::Overrides],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Rotation(member_missing)],
};

fn member_missing(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let mut doubts = Doubts::default();
    let mut missing: BTreeSet<String> = BTreeSet::new();
    let mut evidence = Vec::new();
    let mut at: Vec<Timestamp> = Vec::new();
    for member in members(rotation) {
        if doubts.is_absent(facts.presence(member)) && missing.insert(words::unlisted(member)) {
            let value = words::unlisted(member);
            evidence.push(Evidence::new("ContactIds", value, Operation::ListRotations));
            at.extend(next_shift(facts, rotation, member));
        }
    }
    let is_member = !missing.is_empty();
    for exception in rotation.overrides.known().into_iter().flatten() {
        let ahead = exception.contacts.iter().filter(|_| exception.end_at > facts.now);
        for person in ahead {
            if doubts.is_absent(facts.presence(person)) {
                missing.insert(words::unlisted(person));
                let value = format!(
                    "{} from {}",
                    words::unlisted(person),
                    words::instant(exception.start_at)
                );
                evidence.push(Evidence::new("NewContactIds", value, Operation::ListRotationOverrides));
                at.push(exception.start_at);
            }
        }
    }
    if missing.is_empty() {
        return doubts.or(Verdict::Pass);
    }
    let names: Vec<String> = missing.into_iter().collect();
    let verb = if names.len() == 1 { "does" } else { "do" };
    let who = if is_member { "" } else { "an override of " };
    let message = format!(
        "{who}{} names {}, which {verb} not exist",
        name(rotation),
        words::some(&names)
    );
    let verdict = Verdict::fail(message, evidence);
    match at.into_iter().min() {
        Some(at) => verdict.hurting_at(at.max(facts.now)),
        None => verdict,
    }
}

/// Returns when somebody is on call next in a rotation, as far as shifts were read.
fn next_shift(facts: &Facts<'_>, rotation: &Rotation, person: &Arn) -> Option<Timestamp> {
    let mut ahead = facts.graph.shifts_of(person).iter();
    let (_, shift) = ahead.find(|(of, shift)| *of == rotation.arn && shift.end_at > facts.now)?;
    Some(shift.start_at)
}

/// A rotation without anybody to hand over to.
pub(in crate::findings) static TOO_FEW_MEMBERS: Check = Check {
    code: "SC04",
    name: "too-few-members",
    family: Family::Schedules,
    severity: Severity::High,
    title: "one-person rotation, or more on call than members",
    rationale: "One person cannot be on call for ever, and somebody who counts twice is still one person.",
    remedy: "Add members, or lower the number of people on call.",
    command: "",
    needs: &[Need::Members],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Rotation(too_few_members)],
};

fn too_few_members(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let distinct: BTreeSet<&Arn> = members(rotation).iter().collect();
    let wanted = rotation
        .recurrence
        .as_ref()
        .map(|recurrence| recurrence.number_of_on_calls);
    let count = words::count(distinct.len(), "member", "members");
    let message = match (distinct.iter().next(), wanted) {
        (None, _) => format!("{} has no member", name(rotation)),
        (Some(only), _) if distinct.len() == 1 => {
            format!("{} has one member, {}", name(rotation), facts.label(only))
        }
        (Some(_), Some(wanted)) if usize::try_from(wanted).is_ok_and(|wanted| wanted > distinct.len()) => {
            format!("{} wants {wanted} on call and has {count}", name(rotation))
        }
        (Some(_), Some(_)) => return Verdict::Pass,
        (Some(_), None) => return Verdict::Unknown(NO_RECURRENCE.to_owned()),
    };
    let names: Vec<String> = distinct.iter().map(|member| facts.label(member)).collect();
    let wanted = wanted.map_or_else(|| "not known".to_owned(), |wanted| wanted.to_string());
    Verdict::fail(
        message,
        vec![
            Evidence::new("ContactIds", words::list(&names), Operation::ListRotations),
            Evidence::new("NumberOfOnCalls", wanted, Operation::ListRotations),
        ],
    )
}

/// How far back SC12 looks.
const DAYS_BEFORE: i64 = 90;

/// A member whose turn hardly ever comes.
///
/// Shifts of the past are not read. Whose turn it was follows from the first shift ahead by going back through the list
/// of members, as many hand-overs as 90 days can hold, each as far as there are people on call. The rotation is taken as if
/// it had always run as it does now: otherwise everybody in a new one would seem idle. Somebody at the very edge of the 90
/// days counts as having had a turn.
pub(in crate::findings) static NEVER_ON_CALL: Check = Check {
    code: "SC12",
    name: "member-without-shift",
    family: Family::Schedules,
    severity: Severity::Low,
    title: "member without a single shift in the horizon and the 90 days before",
    rationale: "Whoever is on call once in a blue moon does not know how, and their devices are out of date by then.",
    remedy: "Make the turns shorter or split the rotation; take out who is not meant to be on call.",
    command: "",
    needs: &[Need::Members, Need::Shifts],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Rotation(never_on_call)],
};

fn never_on_call(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let members = members(rotation);
    let shifts: Vec<&Shift> = rotation.shifts.known().into_iter().flatten().collect();
    let in_horizon: BTreeSet<&Arn> = shifts
        .iter()
        .flat_map(|shift| shift.contacts.iter().chain(&shift.overridden))
        .collect();
    if members.iter().all(|member| in_horizon.contains(member)) {
        return Verdict::Pass;
    }
    if rotation
        .start_at
        .zip(facts.inventory.horizon_end)
        .is_some_and(|(start, end)| start >= end)
    {
        return Verdict::NotApplicable;
    }
    let Some(recurrence_known) = &rotation.recurrence else {
        return Verdict::Unknown(NO_RECURRENCE.to_owned());
    };
    let regular = shifts
        .iter()
        .filter_map(|shift| Some((shift.start_at, regular(shift).first()?)));
    let Some(position) = regular
        .min_by_key(|(start_at, _)| *start_at)
        .and_then(|(_, person)| members.iter().position(|member| member == person))
    else {
        return Verdict::Unknown("no shift shows whose turn it is".to_owned());
    };
    let on_call = usize::try_from(recurrence_known.number_of_on_calls).unwrap_or(1).max(1);
    let back = hand_overs_at_most(recurrence_known, DAYS_BEFORE).saturating_mul(on_call);
    let idle: Vec<&Arn> = members
        .iter()
        .enumerate()
        .filter(|(index, member)| {
            let distance = (position + members.len() - index) % members.len();
            distance > back && !in_horizon.contains(member)
        })
        .map(|(_, member)| member)
        .collect();
    if idle.is_empty() {
        return Verdict::Pass;
    }
    let names: Vec<String> = idle.iter().map(|member| facts.label(member)).collect();
    let verb = if names.len() == 1 { "has" } else { "have" };
    let message = format!(
        "{} of {} {verb} no shift in the horizon and the {DAYS_BEFORE} days before",
        words::some(&names),
        name(rotation)
    );
    // Who it is changes with every turn; that it happens at all follows from these two.
    let all: Vec<String> = members.iter().map(|member| facts.label(member)).collect();
    Verdict::fail(
        message,
        vec![
            Evidence::new("ContactIds", words::list(&all), Operation::ListRotations),
            recurrence(rotation),
        ],
    )
}

/// Returns who would be on call in a shift without any override.
pub(super) fn regular(shift: &Shift) -> &[Arn] {
    if shift.overridden.is_empty() {
        &shift.contacts
    } else {
        &shift.overridden
    }
}

/// Returns how many hand-overs so many days can hold at most.
fn hand_overs_at_most(recurrence: &Recurrence, days: i64) -> usize {
    let multiplier = i64::from(recurrence.multiplier.max(1));
    let periods = |length: i64| usize::try_from(days / (length * multiplier) + 1).unwrap_or(0);
    recurrence
        .daily
        .len()
        .saturating_mul(periods(1))
        .max(recurrence.weekly.len().saturating_mul(periods(7)))
        .max(recurrence.monthly.len().saturating_mul(periods(28)))
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, world::World};
    use crate::findings::proof::{check, hurts_at};

    const END: i64 = 14 * 24;

    fn people() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
    }

    #[test]
    fn members_and_overrides_have_to_exist() {
        let theirs = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/theirs";
        let world = people()
            .rotation("ghosts", &["anna", "jonas"])
            .shifts("ghosts", &[(0, 7, &["anna"]), (7, END, &["jonas"])])
            .rotation("exception", &["anna", "ben"])
            .overridden("exception", (40, 50), &["jonas"], &["anna"])
            .rotation("over", &["anna", "ben"])
            .overridden("over", (-5, -1), &["jonas"], &["anna"])
            .rotation("foreign", &["anna", theirs]);
        check(
            world.clone(),
            "SC03",
            &[
                "ghosts: fail: ghosts names jonas, which does not exist",
                "exception: fail: an override of exception names jonas, which does not exist",
                "foreign: unknown",
            ],
        );
        hurts_at(world.clone(), "SC03", &[7, 40]);
        let denied = world
            .denied(Operation::ListRotationOverrides, "over")
            .denied(Operation::GetRotation, "ghosts");
        check(
            denied,
            "SC03",
            &[
                "ghosts: unknown",
                "over: unknown",
                "exception: fail: an override of exception names jonas, which does not exist",
                "foreign: unknown",
            ],
        );
    }

    #[test]
    fn a_rotation_needs_two_members_and_as_many_as_are_on_call() {
        let world = people()
            .rotation("one", &["anna"])
            .rotation("twice", &["anna", "anna"])
            .rotation("three", &["anna", "ben"])
            .recurring("three", |recurrence| recurrence.number_of_on_calls = 3)
            .rotation("two", &["anna", "ben"])
            .recurring("two", |recurrence| recurrence.number_of_on_calls = 2)
            .rotation("odd", &["anna", "ben"])
            .changed_rotation("odd", |rotation| rotation.recurrence = None)
            .rotation("hidden", &["anna"])
            .denied(Operation::GetRotation, "hidden");
        check(
            world,
            "SC04",
            &[
                "one: fail: one has one member, anna",
                "twice: fail: twice has one member, anna",
                "three: fail: three wants 3 on call and has 2 members",
                "odd: unknown",
                "hidden: unknown",
            ],
        );
    }

    /// A weekly rotation of so many members, of whom the first two have the shifts of the horizon.
    fn wardens(count: usize) -> World {
        let names: Vec<String> = (0..count).map(|index| format!("p{index:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        World::new()
            .rotation("wardens", &names)
            .shifts("wardens", &[(0, 168, &["p00"]), (168, END, &["p01"])])
    }

    #[test]
    fn a_rotation_of_thirty_leaves_people_without_a_shift() {
        // The thirteenth hand-over back is 90 days ago at most: p17 to p29 had a turn, p02 to p16 had none.
        check(
            wardens(30),
            "SC12",
            &[
                "wardens: fail: p02, p03, p04 and 12 more of wardens have no shift in the horizon and the 90 days before",
            ],
        );
        check(wardens(15), "SC12", &[]);
        check(
            wardens(16),
            "SC12",
            &["wardens: fail: p02 of wardens has no shift in the horizon and the 90 days before"],
        );
    }

    #[test]
    fn longer_turns_and_unknown_ones_are_told_apart() {
        let world = wardens(8).recurring("wardens", |recurrence| recurrence.multiplier = 4);
        check(
            world,
            "SC12",
            &["wardens: fail: p02 and p03 of wardens have no shift in the horizon and the 90 days before"],
        );
        check(
            wardens(30).changed_rotation("wardens", |rotation| rotation.recurrence = None),
            "SC12",
            &["wardens: unknown"],
        );
        check(
            wardens(30).denied(Operation::ListRotationShifts, "wardens"),
            "SC12",
            &["wardens: unknown"],
        );
        check(
            wardens(30).shifts("wardens", &[(0, END, &["stranger"])]),
            "SC12",
            &["wardens: unknown"],
        );
    }
}

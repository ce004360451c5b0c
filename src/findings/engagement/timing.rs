//! Whether an engagement plan is quick, loud and patient enough.

use super::{
    super::{
        Check, Evidence, Family, Judge, Verdict,
        device::{is_active, odd_word},
        facts::{Facts, Handover},
        needs::{Missing, Need},
        severity::Severity,
        words,
    },
    Step, evidence, steps,
};
use crate::domain::{
    contact::{ActivationStatus, Channel, ChannelKind, Contact},
    graph::Place,
    ids::Arn,
    operation::Operation,
};
use std::collections::BTreeSet;

/// A person who is told too late.
pub(in crate::findings) static LATE_FIRST_DEVICE: Check = Check {
    code: "PL04",
    name: "late-first-device",
    family: Family::EngagementPlans,
    severity: Severity::High,
    title: "first working device later than the policy allows",
    rationale: "Until the first device that works is tried, the person knows nothing, and the escalation plan's minutes pass.",
    remedy: "Put a device that works into the first stage.",
    command: "",
    needs: &[Need::Plan, Need::Devices],
    hides: &[],
    moot_when: &["CH02", "PL01"],
    is_moving: true,
    judges: &[Judge::Person(late_first_device)],
};

fn late_first_device(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let steps = steps(facts, person);
    let limit = i64::from(facts.policy.limits_of(&person.alias).first_device_minutes);
    // A stage with a removed device counts as silent; what else it names is tried, or is not.
    let heard = || steps.iter().filter(|step| !step.is_void());
    let at_best = heard().find(|step| step.own().any(|(device, _)| may_work(device)));
    let is_sure = |step: &&Step<'_>| step.unread().is_none() && step.own().any(|(device, _)| is_active(device));
    let at_worst = heard().find(is_sure);
    if at_worst.is_some_and(|step| step.minute <= limit) {
        return Verdict::Pass;
    }
    if at_best.is_some_and(|step| step.minute <= limit) {
        return unsure(&steps);
    }
    let name = words::name(person);
    let message = match at_best {
        Some(step) => format!(
            "the first device of {name} that works is tried at minute {}, and the policy allows {}",
            step.minute,
            words::count(usize::try_from(limit).unwrap_or_default(), "minute", "minutes")
        ),
        None => format!("no stage of {name}'s engagement plan tries a device that works"),
    };
    let until = at_best.map_or(usize::MAX, |step| step.number);
    let read = steps.iter().filter(|step| step.number <= until);
    Verdict::fail(message, read.map(evidence).collect())
}

/// A step that comes when somebody else has been paged already.
pub(in crate::findings) static STEP_AFTER_NEXT_STAGE: Check = Check {
    code: "PL06",
    name: "step-after-next-stage",
    family: Family::EngagementPlans,
    severity: Severity::Medium,
    title: "a step that begins after the next escalation stage has begun, in some plan that uses the person",
    rationale: "The escalation plan has gone on by then: two people are paged, and each thinks that the other one answers.",
    remedy: "Bring the step forward, or give the stage of the escalation plan more minutes.",
    command: "",
    needs: &[Need::Plan, Need::Devices],
    hides: &[
        Need::EveryPlan,
        Need::EveryMember,
        Need::EveryOverride,
        Need::EveryShift,
    ],
    moot_when: &["CH02", "PL01"],
    is_moving: true,
    judges: &[Judge::Person(step_after_next_stage)],
};

fn step_after_next_stage(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let steps = steps(facts, person);
    let Some(handover) = shortest_handover(facts, &person.arn) else {
        return Verdict::Pass;
    };
    let late = steps
        .iter()
        .find(|step| step.minute >= handover.minutes && step.own().any(|(device, _)| may_work(device)));
    let Some(late) = late else {
        return Verdict::Pass;
    };
    let plan = words::name(handover.plan);
    let message = format!(
        "stage {} of {}'s engagement plan begins at minute {}, and {plan} goes on from its stage {} after {}",
        late.number,
        words::name(person),
        late.minute,
        handover.stage,
        words::count(
            usize::try_from(handover.minutes).unwrap_or_default(),
            "minute",
            "minutes"
        ),
    );
    let waits = format!("{plan}: stage {} waits {} min", handover.stage, handover.minutes);
    let waits = Evidence::new("Plan.Stages", waits, Operation::GetContact);
    Verdict::fail(message, vec![evidence(late), waits])
}

/// Returns the shortest time that any plan waits for a person, whom it names or who is on call for a schedule in it.
fn shortest_handover<'a>(facts: &Facts<'a>, person: &Arn) -> Option<Handover<'a>> {
    let graph = facts.graph;
    let turns = graph.used_by(person).iter().filter_map(|entry| match entry.place {
        Place::Member { .. } | Place::Override { .. } => Some(&entry.by),
        Place::Stage { .. } | Place::ScheduleRotation | Place::Engagement => None,
    });
    let shifts = graph.shifts_of(person).iter().map(|(rotation, _)| rotation);
    let rotations: BTreeSet<&Arn> = turns.chain(shifts).collect();
    let schedules = rotations.into_iter().flat_map(|rotation| graph.schedules_of(rotation));
    let named = std::iter::once(person).chain(schedules);
    named
        .filter_map(|arn| facts.handover(arn))
        .min_by_key(|handover| (handover.minutes, &handover.plan.arn, handover.stage))
}

/// A plan that wakes nobody, or tries only once.
pub(in crate::findings) static NO_RETRY: Check = Check {
    code: "PL07",
    name: "no-audible-retry",
    family: Family::EngagementPlans,
    severity: Severity::Medium,
    title: "no audible step, or audible steps without a retry",
    rationale: "A mail wakes nobody, and a single call or text is slept through.",
    remedy: "Name a number for text messages or calls, and give it a retry interval shorter than its stage.",
    command: "",
    needs: &[Need::Plan, Need::Devices],
    hides: &[],
    moot_when: &["CH02", "PL01"],
    is_moving: true,
    judges: &[Judge::Person(no_retry)],
};

/// A device that a stage tries.
struct Try<'a> {
    device: &'a Channel,
    is_repeated: bool,
    /// Whether everything else in the stage was read, so that nothing voids it.
    is_certain: bool,
}

fn no_retry(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let steps = steps(facts, person);
    let mut tries: Vec<Try<'_>> = Vec::new();
    for step in steps.iter().filter(|step| !step.is_void()) {
        let (minutes, is_certain) = (step.stage.duration_minutes, step.unread().is_none());
        tries.extend(step.own().map(|(device, retry)| Try {
            device,
            // A retry that would come when the stage is over never comes.
            is_repeated: retry.is_some_and(|retry| retry > 0 && retry < minutes),
            is_certain,
        }));
    }
    let is_heard = |one: &Try<'_>| is_active(one.device) && is_audible(one.device) == Some(true);
    if tries
        .iter()
        .any(|one| is_heard(one) && one.is_repeated && one.is_certain)
    {
        return Verdict::Pass;
    }
    // A device of unknown status or type, or a stage of which something was not read, may be what is missed here.
    let may_be_heard = |one: &Try<'_>| may_work(one.device) && is_audible(one.device) != Some(false);
    if tries.iter().any(|one| may_be_heard(one) && one.is_repeated) {
        return unsure(&steps);
    }
    let name = words::name(person);
    let message = if tries.iter().any(may_be_heard) {
        format!("{name}'s engagement plan tries every device that can be heard only once")
    } else {
        format!("{name}'s engagement plan has no step that can be heard")
    };
    Verdict::fail(message, steps.iter().map(evidence).collect())
}

/// Returns whether a device makes a sound; nothing when its type is not known.
fn is_audible(device: &Channel) -> Option<bool> {
    match device.kind {
        ChannelKind::Sms | ChannelKind::Voice => Some(true),
        ChannelKind::Email => Some(false),
        ChannelKind::Other(_) => None,
    }
}

/// Returns whether the service may page a device: it is active, or its status is not known.
fn may_work(device: &Channel) -> bool {
    device.status != ActivationStatus::NotActivated
}

/// Returns why it cannot be told which devices are tried.
fn unsure(steps: &[Step<'_>]) -> Verdict {
    match steps.iter().find_map(Step::unread) {
        Some(Missing::Pending) => Verdict::Pending,
        Some(Missing::Unread(why)) => Verdict::Unknown(why.clone()),
        None => {
            let mut own = steps.iter().flat_map(Step::own);
            let word = own.find_map(|(device, _)| odd_word(device));
            Verdict::Unknown(word.map_or_else(
                || "the type of a device is not known to this version".to_owned(),
                words::odd_status,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            operation::Operation,
            world::{World, device_arn},
        },
        findings::{
            policy::Policy,
            proof::{check, check_with},
        },
    };

    #[test]
    fn the_first_device_that_works_is_tried_in_time() {
        let unread = format!("phone+{}", device_arn("zoe", "phone"));
        let world = World::new()
            .person("anna", &["-call", "phone"], &[("call", 15), ("phone", 5)])
            .person("ben", &["phone", "mail"], &[("phone+gone", 10), ("mail", 5)])
            .person("cleo", &["phone"], &[("phone+gone", 10)])
            .person("dora", &["?phone", "mail"], &[("phone", 10), ("mail", 5)])
            .person("emil", &["phone", "-mail"], &[("mail", 5), ("phone", 5)])
            .person("fred", &["phone", "call"], &[(&unread, 10), ("call", 5)])
            .person("zoe", &["phone"], &[("phone", 1)])
            .denied(Operation::ListContactChannels, "zoe");
        check(
            world,
            "PL04",
            &[
                "anna: fail: the first device of anna that works is tried at minute 15, and the policy allows 5 minutes",
                "ben: fail: the first device of ben that works is tried at minute 10, and the policy allows 5 minutes",
                "cleo: fail: no stage of cleo's engagement plan tries a device that works",
                "dora: unknown",
                "fred: unknown",
                "zoe: unknown",
            ],
        );
    }

    #[test]
    fn the_policy_says_how_late_the_first_device_may_be() {
        let mut policy = Policy::default();
        policy.limits.first_device_minutes = 15;
        let world = World::new().person("anna", &["-call", "phone"], &[("call", 15), ("phone", 5)]);
        check_with(world, &policy, None, "PL04", &[]);
    }

    #[test]
    fn a_step_after_the_plan_has_gone_on_fails_for_whom_the_plan_names() {
        let late = &[("mail", 20), ("phone", 5)];
        let devices = &["mail", "phone"];
        let world = World::new()
            .person("anna", devices, late)
            .person("ben", devices, late)
            .person("cleo", &["mail", "-phone"], late)
            .person("dora", devices, late)
            .person("emil", devices, &[("mail", 4), ("phone", 5)])
            .plan("api", &[(5, &["anna", "emil"]), (10, &["ben"])])
            .plan("slow", &[(21, &["anna", "dora"]), (0, &["ben"])])
            .plan("pause", &[(5, &["cleo"]), (5, &[]), (0, &["dora"]), (5, &["dora"])]);
        let expected = "anna: fail: stage 2 of anna's engagement plan begins at minute 20, and api goes on from its stage 1 \
                        after 5 minutes";
        check(world, "PL06", &[expected]);
    }

    #[test]
    fn a_step_that_begins_with_the_next_stage_is_too_late_and_so_is_one_on_call() {
        let world = World::new()
            .person("anna", &["mail", "phone"], &[("mail", 5), ("phone", 5)])
            .person("ben", &["mail", "phone"], &[("mail", 5), ("phone", 5)])
            .person("cleo", &["phone"], &[("phone", 5)])
            .rotation("weekly", &["anna"])
            .shifts("weekly", &[(0, 9, &["anna"]), (9, 12, &["ben"])])
            .schedule("ops", &["weekly"])
            .plan("api", &[(5, &["ops"]), (5, &["cleo"])]);
        let fail = |name: &str| {
            format!(
                "{name}: fail: stage 2 of {name}'s engagement plan begins at minute 5, and api goes on from its stage 1 after \
                 5 minutes"
            )
        };
        let expected = [fail("anna"), fail("ben")];
        check(world.clone(), "PL06", &expected.each_ref().map(String::as_str));
        check(
            world.denied(Operation::GetContact, "api"),
            "PL06",
            &["anna: unknown", "ben: unknown", "cleo: unknown"],
        );
    }

    #[test]
    fn a_plan_is_heard_and_tries_again() {
        let world = World::new()
            .person("anna", &["phone", "call"], &[("phone", 5), ("call", 5)])
            .person("ben", &["mail", "-phone"], &[("mail", 5)])
            .person("cleo", &["phone", "call"], &[("phone", 5), ("call*2", 5)])
            .person("dora", &["phone"], &[("phone*5", 5)])
            .person("emil", &["phone", "mail"], &[("phone*2+gone", 5), ("mail*2", 5)])
            .person("fred", &["?phone", "call"], &[("phone*2+call", 5)])
            .person("gina", &["phone"], &[("phone*2", 5)])
            .denied(Operation::GetContact, "gina");
        check(
            world,
            "PL07",
            &[
                "anna: fail: anna's engagement plan tries every device that can be heard only once",
                "ben: fail: ben's engagement plan has no step that can be heard",
                "dora: fail: dora's engagement plan tries every device that can be heard only once",
                "emil: fail: emil's engagement plan has no step that can be heard",
                "fred: unknown",
                "gina: unknown",
            ],
        );
    }
}

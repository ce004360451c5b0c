//! Whether the devices that stages name exist, are activated, and are the person's own.

use super::{
    super::{
        Check, Family, Judge, Verdict,
        device::odd_word,
        facts::Facts,
        needs::{Missing, Need},
        severity::Severity,
        words,
    },
    Device, Step, evidence, stages, steps,
};
use crate::domain::contact::{ActivationStatus, Channel, Contact};

/// A stage that the service skips.
pub(in crate::findings) static REMOVED_DEVICE: Check = Check {
    code: "PL02",
    name: "plan-names-removed-channel",
    family: Family::EngagementPlans,
    severity: Severity::High,
    title: "a stage names a channel that no longer exists (the service skips the stage, perhaps its good channels too)",
    rationale: "Taking out a device does not take it out of the plan. AWS says that the stage which includes it is skipped, \
                and leaves open what that means for the other devices in it.",
    remedy: "Take the removed device out of the plan, or name the one that took its place.",
    command: "",
    needs: &[Need::Plan, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Person(removed_device)],
};

fn removed_device(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let steps = steps(facts, person);
    let void: Vec<&Step<'_>> = steps.iter().filter(|step| step.is_void()).collect();
    if void.is_empty() {
        return unread(&steps).unwrap_or(Verdict::Pass);
    }
    let numbers: Vec<usize> = void.iter().map(|step| step.number).collect();
    let mut good: Vec<String> = Vec::new();
    for (channel, _) in void.iter().flat_map(|step| step.own()) {
        let name = words::device(channel);
        if !good.contains(&name) {
            good.push(name);
        }
    }
    let (name, one) = (words::name(person), numbers.len() == 1);
    let message = format!(
        "{} of {name}'s engagement plan {} a device that no longer exists, and the service skips {}{}",
        stages(&numbers),
        if one { "names" } else { "name" },
        if one { "the stage" } else { "these stages" },
        if good.is_empty() {
            String::new()
        } else {
            format!(", perhaps with {}", words::list(&good))
        }
    );
    Verdict::fail(message, void.into_iter().map(evidence).collect())
}

/// A stage that tries nothing.
pub(in crate::findings) static INACTIVE_DEVICE: Check = Check {
    code: "PL03",
    name: "plan-names-inactive-channel",
    family: Family::EngagementPlans,
    severity: Severity::High,
    title: "a stage names a channel that is not activated",
    rationale: "The plan counts on a device that the service never pages; its minutes pass in silence.",
    remedy: "Confirm the device with its owner and activate it, or take it out of the plan.",
    command: "activate",
    needs: &[Need::Plan, Need::Devices],
    hides: &[],
    moot_when: &["CH02", "PL01"],
    is_moving: true,
    judges: &[Judge::Person(inactive_device)],
};

fn inactive_device(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let steps = steps(facts, person);
    let own = || steps.iter().flat_map(Step::own).map(|(channel, _)| channel);
    let is_inactive = |channel: &Channel| channel.status == ActivationStatus::NotActivated;
    let silent: Vec<&Step<'_>> = steps
        .iter()
        .filter(|step| step.own().any(|(channel, _)| is_inactive(channel)))
        .collect();
    if silent.is_empty() {
        return match own().find_map(odd_word) {
            Some(word) => Verdict::Unknown(words::odd_status(word)),
            None => Verdict::Pass,
        };
    }
    let mut inactive: Vec<String> = Vec::new();
    for name in own().filter(|channel| is_inactive(channel)).map(words::device) {
        if !inactive.contains(&name) {
            inactive.push(name);
        }
    }
    let numbers: Vec<usize> = silent.iter().map(|step| step.number).collect();
    let message = format!(
        "{} of {}'s engagement plan {} {}, which {} not activated",
        stages(&numbers),
        words::name(person),
        if numbers.len() == 1 { "names" } else { "name" },
        words::list(&inactive),
        if inactive.len() == 1 { "is" } else { "are" }
    );
    Verdict::fail(message, silent.into_iter().map(evidence).collect())
}

/// A page to one person that another one gets.
pub(in crate::findings) static FOREIGN_DEVICE: Check = Check {
    code: "PL08",
    name: "plan-names-another-persons-channel",
    family: Family::EngagementPlans,
    severity: Severity::Critical,
    title: "plan names another person's channel",
    rationale: "Whoever engages this person pages somebody else, who neither is on call nor knows why the phone rings.",
    remedy: "Take the device out of the plan and name one of the person's own.",
    command: "",
    needs: &[Need::Plan, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Person(foreign_device)],
};

fn foreign_device(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let steps = steps(facts, person);
    let mut numbers: Vec<usize> = Vec::new();
    let mut foreign: Vec<String> = Vec::new();
    for step in steps.iter() {
        for named in &step.named {
            if let Device::Foreign(channel, owner) = &named.device {
                let name = format!("{} of {}", words::device(channel), words::name(owner));
                if !foreign.contains(&name) {
                    foreign.push(name);
                }
                if numbers.last() != Some(&step.number) {
                    numbers.push(step.number);
                }
            }
        }
    }
    if foreign.is_empty() {
        return unread(&steps).unwrap_or(Verdict::Pass);
    }
    let message = format!(
        "{} of {}'s engagement plan {} {}",
        stages(&numbers),
        words::name(person),
        if numbers.len() == 1 { "names" } else { "name" },
        words::list(&foreign)
    );
    let named = steps.iter().filter(|step| numbers.contains(&step.number));
    Verdict::fail(message, named.map(evidence).collect())
}

/// Returns why it cannot be told what some stage names.
fn unread(steps: &[Step<'_>]) -> Option<Verdict> {
    let missing = steps.iter().find_map(Step::unread)?;
    Some(match missing {
        Missing::Unread(why) => Verdict::Unknown(why.clone()),
        Missing::Pending => Verdict::Pending,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            operation::Operation,
            world::{World, device_arn},
        },
        findings::proof::check,
    };

    #[test]
    fn a_stage_with_a_removed_device_is_skipped_perhaps_with_the_others() {
        let world = World::new()
            .person(
                "anna",
                &["phone", "mail"],
                &[("phone+gone", 1), ("mail", 1), ("lost+phone", 1)],
            )
            .person("ben", &["phone"], &[("gone", 1), ("phone", 1)])
            .person("cleo", &["phone"], &[("phone", 1)])
            .person("dora", &["phone"], &[("phone", 1)])
            .denied(Operation::ListContactChannels, "dora");
        check(
            world,
            "PL02",
            &[
                "anna: fail: stages 1 and 3 of anna's engagement plan name a device that no longer exists, and the service \
                 skips these stages, perhaps with phone (+44•••••••123)",
                "ben: fail: stage 1 of ben's engagement plan names a device that no longer exists, and the service skips the \
                 stage",
                "dora: unknown",
            ],
        );
    }

    #[test]
    fn a_stage_with_an_inactive_device_fails_unless_none_is_active() {
        let world = World::new()
            .person("anna", &["-phone", "call", "-mail"], &[("phone", 1), ("call", 1)])
            .person("ben", &["-phone"], &[("phone", 1)])
            .person("cleo", &["?phone", "mail"], &[("phone+mail", 1)])
            .person("dora", &["phone"], &[("phone", 1)])
            .person("emil", &["phone"], &[("phone", 1)])
            .denied(Operation::GetContact, "emil");
        check(
            world,
            "PL03",
            &[
                "anna: fail: stage 1 of anna's engagement plan names phone (+44•••••••123), which is not activated",
                "cleo: unknown",
                "emil: unknown",
            ],
        );
    }

    #[test]
    fn another_persons_device_in_a_plan_fails_and_one_that_was_not_read_is_unknown() {
        let of = |alias: &str| device_arn(alias, "phone").as_str().to_owned();
        let stage = |alias: &str| format!("phone+{}", of(alias));
        let world = World::new()
            .person("anna", &["phone"], &[(&stage("ben"), 1), ("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .person("cleo", &["phone"], &[(&stage("dora"), 1)])
            .person("dora", &["phone"], &[("phone", 1)])
            .denied(Operation::ListContactChannels, "dora")
            .person("emil", &["phone"], &[(&stage("left"), 1)]);
        check(
            world.clone(),
            "PL08",
            &[
                "anna: fail: stage 1 of anna's engagement plan names phone (+44•••••••123) of ben",
                "cleo: unknown",
                "dora: unknown",
            ],
        );
        check(
            world,
            "PL02",
            &[
                "cleo: unknown",
                "dora: unknown",
                "emil: fail: stage 1 of emil's engagement plan names a device that no longer exists, and the service skips \
                 the stage, perhaps with phone (+44•••••••123)",
            ],
        );
    }
}

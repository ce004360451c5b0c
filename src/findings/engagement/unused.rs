//! Whether every device that works is used.

use super::super::{
    Check, Evidence, Family, Judge, Verdict,
    device::{is_active, odd_word},
    facts::Facts,
    needs::Need,
    severity::Severity,
    words,
};
use crate::domain::{
    contact::{Channel, Contact, Plan, Target},
    operation::Operation,
};

/// A device that works and is never tried.
pub(in crate::findings) static UNUSED_DEVICE: Check = Check {
    code: "PL05",
    name: "unused-channel",
    family: Family::EngagementPlans,
    severity: Severity::Medium,
    title: "an activated channel that no stage uses",
    rationale: "Its owner confirmed it and counts on it, and no page will ever come. Activating a device does not put it into \
                the plan.",
    remedy: "Name it in a stage, or take it out.",
    command: "",
    needs: &[Need::Plan, Need::Devices],
    hides: &[],
    moot_when: &["CH02", "PL01"],
    is_moving: false,
    judges: &[Judge::Device(unused_device)],
};

fn unused_device(_: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let plan = person.plan.known();
    let mut named = plan.into_iter().flat_map(Plan::targets).filter_map(Target::arn);
    if named.any(|arn| arn.is_same_resource(&channel.arn)) {
        return Verdict::Pass;
    }
    if let Some(word) = odd_word(channel) {
        return Verdict::Unknown(words::odd_status(word));
    }
    if !is_active(channel) {
        return Verdict::NotApplicable;
    }
    let message = format!(
        "no stage of {}'s engagement plan uses {}",
        words::name(person),
        words::device(channel)
    );
    let stages = plan.map_or(0, |plan| plan.stages.len());
    let stages = words::count(stages, "stage does not name it", "stages do not name it");
    let evidence = vec![
        words::status(channel),
        Evidence::new("Plan.Stages", stages, Operation::GetContact),
    ];
    Verdict::fail(message, evidence)
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{operation::Operation, world::World},
        findings::proof::check,
    };

    #[test]
    fn an_active_device_outside_the_plan_fails() {
        let world = World::new()
            .person("anna", &["phone", "call", "-mail", "?pager"], &[("phone", 1)])
            .person("ben", &["phone"], &[])
            .person("cleo", &["phone"], &[("phone", 1)])
            .denied(Operation::GetContact, "cleo");
        check(
            world,
            "PL05",
            &[
                "call of anna: fail: no stage of anna's engagement plan uses call (+44•••••••123)",
                "pager of anna: unknown",
                "phone of cleo: unknown",
            ],
        );
    }
}

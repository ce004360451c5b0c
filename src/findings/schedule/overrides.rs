//! Whether overrides put somebody on call.

use super::super::{
    Check, Evidence, Family, Judge, Verdict, doubts::Doubts, facts::Facts, needs::Need, severity::Severity, words,
};
use super::name;
use crate::domain::{
    operation::Operation,
    schedule::{Override, Rotation},
};
use crate::paging::coverage::Stretch;

/// An override that leaves nobody on call.
///
/// Overrides that have ended do not count. One whose people were all deleted is what SC03 is about.
pub(in crate::findings) static OVERRIDE_IN_VAIN: Check = Check {
    code: "SC06",
    name: "override-in-vain",
    family: Family::Schedules,
    severity: Severity::High,
    title: "override empty, or its people cannot be reached",
    rationale: "For as long as it lasts, whoever was on call is not paged, and nobody is in their place.",
    remedy: "Delete the override, so that those whom it replaces come back, or make it anew with somebody else.",
    command: "",
    needs: &[Need::Overrides],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Rotation(override_in_vain)],
};

fn override_in_vain(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let mut ahead: Vec<&Override> = rotation.overrides.known().into_iter().flatten().collect();
    ahead.retain(|exception| exception.end_at > facts.now);
    ahead.sort_by_key(|exception| (exception.start_at, exception.end_at));
    if ahead.is_empty() {
        return Verdict::NotApplicable;
    }
    let mut doubts = Doubts::default();
    let vain: Vec<&Override> = ahead
        .into_iter()
        .filter(|exception| is_in_vain(facts, exception, &mut doubts))
        .collect();
    let Some(first) = vain.first() else {
        return doubts.or(Verdict::Pass);
    };
    let stretch = Stretch {
        start_at: first.start_at,
        end_at: first.end_at,
    };
    let when = words::stretch(stretch, facts.now);
    let names: Vec<String> = first.contacts.iter().map(|person| facts.label(person)).collect();
    let what = if names.is_empty() {
        format!("an override of {} puts nobody on call {when}", name(rotation))
    } else {
        format!(
            "an override of {} puts {} on call {when}, who cannot be reached",
            name(rotation),
            words::some(&names)
        )
    };
    let more = match vain.len() {
        1 => String::new(),
        count => format!(", the first of {count} such overrides"),
    };
    let evidence = vain.iter().map(|exception| {
        let (from, until) = (words::instant(exception.start_at), words::instant(exception.end_at));
        let names: Vec<String> = exception.contacts.iter().map(|person| facts.label(person)).collect();
        let who = if names.is_empty() {
            "nobody".to_owned()
        } else {
            words::list(&names)
        };
        let value = format!("{who} from {from} until {until}");
        Evidence::new("NewContactIds", value, Operation::ListRotationOverrides)
    });
    Verdict::fail(format!("{what}{more}"), evidence.collect()).hurting_at(first.start_at.max(facts.now))
}

fn is_in_vain(facts: &Facts<'_>, exception: &Override, doubts: &mut Doubts) -> bool {
    if exception.contacts.is_empty() {
        return true;
    }
    let mut own = Doubts::default();
    let all = exception.contacts.iter();
    let unreachable = all
        .clone()
        .filter(|person| own.unreachable(facts.reach(person)).is_some())
        .count();
    if unreachable == exception.contacts.len() {
        let mut present = Doubts::default();
        return !all.clone().all(|person| present.is_absent(facts.presence(person)));
    }
    // Somebody who can be reached is enough, whatever the others are.
    let is_reached = all
        .clone()
        .any(|person| matches!(facts.reach(person), crate::domain::reach::Reach::Reachable(_)));
    if !is_reached {
        for person in all {
            doubts.unreachable(facts.reach(person));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, world::World};
    use crate::findings::proof::{check, hurts_at};

    fn world() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("cleo", &["-phone"], &[("phone", 1)])
            .rotation("empty", &["anna"])
            .overridden("empty", (40, 46), &[], &["anna"])
            .rotation("vain", &["anna"])
            .overridden("vain", (-5, 5), &["cleo"], &["anna"])
            .rotation("good", &["anna"])
            .overridden("good", (5, 6), &["cleo", "anna"], &["anna"])
            .rotation("past", &["anna"])
            .overridden("past", (-6, -5), &[], &["anna"])
            .rotation("ghost", &["anna"])
            .overridden("ghost", (5, 6), &["jonas"], &["anna"])
            .rotation("none", &["anna"])
    }

    #[test]
    fn an_override_has_to_put_somebody_on_call_who_can_be_reached() {
        let empty = "empty: fail: an override of empty puts nobody on call from 2026-11-02 16:00 UTC until 2026-11-02 \
                     22:00 UTC";
        check(
            world(),
            "SC06",
            &[
                empty,
                "vain: fail: an override of vain puts cleo on call now and until 2026-11-01 05:00 UTC, who cannot be \
                 reached",
            ],
        );
        hurts_at(world(), "SC06", &[0, 40]);
        let denied = world()
            .denied(Operation::ListContactChannels, "cleo")
            .denied(Operation::ListRotationOverrides, "none");
        check(denied, "SC06", &[empty, "vain: unknown", "none: unknown"]);
    }
}

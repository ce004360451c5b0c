//! A simulated page as one JSON object.
//!
//! A minute that is not certain is `null`, and the object beside it says why and between which minutes it lies.

use super::Simulated;
use crate::{
    domain::{ids::Arn, text::json_safe},
    paging::{
        coverage::Stretch,
        simulate::{
            Acknowledged, AcknowledgedEffect, Outcome, Readings,
            event::{Audible, Event, Hop, What},
            minute::Minute,
            person::RemovedDevice,
            reason::{Bound, Doubt},
        },
        telling::Names,
        worst::{Worst, WorstTime},
    },
    report::inventory::{instant, scope, unknown},
};
use serde_json::{Value, json};

/// The form of the object: its number changes when a field goes away or changes its meaning, not when one is added.
pub const SCHEMA: &str = "callsheet.simulate/1";

/// Returns a simulated page as JSON, ready to be printed.
pub fn json(simulated: &Simulated<'_>) -> String {
    json_safe(&format!("{:#}\n", value(simulated)))
}

fn value(simulated: &Simulated<'_>) -> Value {
    let (names, timeline) = (simulated.names, simulated.timeline);
    let inventory = names.inventory;
    let outcome = &timeline.outcome;
    json!({
        "schema": SCHEMA,
        "scope": scope(inventory),
        "taken_at": inventory.ended_at.or(inventory.started_at).map(instant),
        "shifts_until": inventory.horizon_end.map(instant),
        "start": {
            "arn": timeline.question.start,
            "name": name(names, &timeline.question.start),
            "kind": names.kind(&timeline.question.start),
        },
        "at": instant(timeline.question.at),
        "is_worst": simulated.is_at_worst,
        "resolve_schedules": timeline.question.resolve_schedules.word(),
        "acknowledgements": timeline.acknowledged.iter().map(acknowledged).collect::<Value>(),
        "events": timeline.events.iter().map(|event| self::event(names, event)).collect::<Value>(),
        "first_human_minute": certain(&outcome.first_human),
        "second_human_minute": certain(&outcome.second_human),
        "first_audible_minute": certain(&outcome.first_audible),
        "silent_after_minute": certain(&outcome.silent_after),
        "first_human": minute(&outcome.first_human),
        "second_human": minute(&outcome.second_human),
        "first_audible": minute(&outcome.first_audible),
        "silent_after": minute(&outcome.silent_after),
        "removed_device": timeline.readings.as_ref().map(readings),
        "limits": limits(&timeline.bounds),
        "worst": simulated.worst.map(worst),
        "unknown": simulated.gaps().into_iter().map(|gap| unknown(gap)).collect::<Value>(),
    })
}

/// Returns the name of a resource as it came: in JSON it is escaped, not replaced.
pub(super) fn name(names: Names<'_>, arn: &Arn) -> String {
    names.raw(arn).to_owned()
}

fn event(names: Names<'_>, event: &Event) -> Value {
    let device = event.subject.as_ref().and_then(|arn| {
        let (channel, _) = names.graph.channel(names.inventory, arn)?;
        Some(json!({
            "arn": channel.arn,
            "name": channel.name,
            "type": channel.kind.as_str(),
            "address": channel.address.masked(),
        }))
    });
    let (result, attempt, is_audible, why) = match &event.what {
        What::Page(page) => match &page.audible {
            Audible::Yes => ("page", Some(page.attempt), Some(true), None),
            Audible::No => ("page", Some(page.attempt), Some(false), None),
            Audible::Unknown(doubt) => ("page", Some(page.attempt), None, Some(doubt.to_string())),
        },
        What::Silent(why) => ("silent", None, None, Some(why.to_string())),
        What::Unknown(doubt) => ("unknown", None, None, Some(doubt.to_string())),
    };
    json!({
        "minute": event.minute,
        "result": result,
        "person": event.person.as_ref().map(|arn| json!({ "arn": arn, "name": name(names, arn) })),
        "stage": event.stage,
        "subject": event.subject,
        "device": device,
        "attempt": attempt,
        "is_audible": is_audible,
        "why": why,
        "path": event.path.iter().map(|hop| self::hop(names, hop)).collect::<Value>(),
    })
}

fn hop(names: Names<'_>, hop: &Hop) -> Value {
    json!({
        "arn": hop.contact,
        "name": name(names, &hop.contact),
        "kind": names.kind(&hop.contact),
        "stage": hop.stage,
        "rotation": hop.rotation,
        "begins_at_minute": hop.begins_at,
        "is_essential": hop.is_essential,
    })
}

fn acknowledged(acknowledged: &Acknowledged) -> Value {
    let (effect, plans) = match acknowledged.effect {
        AcknowledgedEffect::NotPaged => ("none", Some(0)),
        AcknowledgedEffect::Perhaps => ("unknown", None),
        AcknowledgedEffect::Stopped { plans } => ("stopped", Some(plans)),
    };
    json!({
        "person": acknowledged.acknowledgement.person,
        "minute": acknowledged.acknowledgement.minute,
        "effect": effect,
        "stopped_plans": plans,
    })
}

/// Returns a minute only where it is certain.
pub(super) fn certain(minute: &Minute) -> Option<i64> {
    match minute {
        Minute::At(minute) => Some(*minute),
        Minute::Never | Minute::Unknown { .. } => None,
    }
}

pub(super) fn minute(minute: &Minute) -> Value {
    let result = match minute {
        Minute::At(_) => "minute",
        Minute::Never => "never",
        Minute::Unknown { .. } => "unknown",
    };
    json!({
        "result": result,
        "minute": certain(minute),
        "at_the_earliest": minute.at_the_earliest(),
        "at_the_latest": minute.at_the_latest(),
        "why": minute.doubt().map(Doubt::to_string),
    })
}

fn readings(readings: &Readings) -> Value {
    let word = |removed: RemovedDevice| match removed {
        RemovedDevice::SilencesItself => "device_skipped",
        RemovedDevice::SilencesStage => "stage_skipped",
    };
    let other = match readings.told {
        RemovedDevice::SilencesItself => RemovedDevice::SilencesStage,
        RemovedDevice::SilencesStage => RemovedDevice::SilencesItself,
    };
    let Outcome {
        first_human,
        second_human,
        first_audible,
        silent_after,
    } = &readings.other;
    json!({
        "told": word(readings.told),
        "other": {
            "reading": word(other),
            "first_human": minute(first_human),
            "second_human": minute(second_human),
            "first_audible": minute(first_audible),
            "silent_after": minute(silent_after),
        },
    })
}

fn limits<'a>(bounds: impl IntoIterator<Item = &'a Bound>) -> Value {
    bounds.into_iter().map(Bound::to_string).collect()
}

pub(super) fn worst(worst: &WorstTime) -> Value {
    json!({
        "window": stretch(&worst.window),
        "first_human": worst_figure(&worst.first_human),
        "second_human": worst_figure(&worst.second_human),
        "first_audible": worst_figure(&worst.first_audible),
        "minutes_with_nobody": worst.time_with_nobody().num_minutes(),
        "nobody": worst.nobody.iter().map(stretch).collect::<Value>(),
        "unknown": worst.unknown.iter().map(stretch).collect::<Value>(),
        "why": worst.doubts.iter().map(Doubt::to_string).collect::<Value>(),
        "is_worse_reading": worst.is_worse_reading,
        "limits": limits(&worst.bounds),
    })
}

fn worst_figure(worst: &Worst) -> Value {
    let mut value = minute(&worst.minute);
    if let Some(members) = value.as_object_mut() {
        members.insert("starts".to_owned(), stretch(&worst.starts));
    }
    value
}

pub(super) fn stretch(stretch: &Stretch) -> Value {
    json!({ "start_at": instant(stretch.start_at), "end_at": instant(stretch.end_at) })
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};
    use crate::domain::{
        operation::Operation,
        world::{World, contact_arn},
    };

    #[test]
    fn the_object_keeps_its_form() {
        insta::assert_snapshot!(json(&Sample::of_everything().simulated()));
    }

    #[test]
    fn a_minute_that_is_not_certain_is_null_with_a_reason_and_bounds() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .denied(Operation::ListContactChannels, "anna")
            .plan("all", &[(7, &["anna"]), (1, &["ben"])])
            .complete();
        let sample = Sample::of(world, &contact_arn("all"), &[]);
        let value = value(&sample.simulated());
        assert!(value["first_human_minute"].is_null());
        let first = &value["first_human"];
        assert_eq!((&first["result"], &first["minute"]), (&json!("unknown"), &Value::Null));
        assert_eq!(
            (&first["at_the_earliest"], &first["at_the_latest"]),
            (&json!(0), &json!(7))
        );
        assert!(
            first["why"]
                .as_str()
                .unwrap()
                .contains("ssm-contacts:ListContactChannels")
        );
        assert_eq!(value["unknown"][0]["permission"], "ssm-contacts:ListContactChannels");
        assert_eq!(value["unknown"].as_array().unwrap().len(), 1, "one gap is told once");
    }

    #[test]
    fn nobody_is_never_and_not_unknown() {
        let sample = Sample::of(World::new().plan("empty", &[]).complete(), &contact_arn("empty"), &[]);
        let value = value(&sample.simulated());
        assert!(value["first_human_minute"].is_null());
        assert_eq!(value["first_human"]["result"], "never");
        assert_eq!(value["worst"]["minutes_with_nobody"], 48 * 60);
        assert_eq!(value["unknown"], json!([]));
    }

    #[test]
    fn no_address_is_whole_and_hostile_names_are_escaped() {
        let text = json(&Sample::of_everything().simulated());
        assert!(!text.contains("+447700900123") && !text.contains("akua@example.com"));
        let text = json(&Sample::hostile().simulated());
        assert!(!text.chars().any(|c| c != '\n' && crate::domain::text::is_harmful(c)));
    }
}

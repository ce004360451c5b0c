//! Overrides: other people for a while. There is no operation that changes one.

use chrono::{Months, TimeDelta};
use serde_json::{Value, json};

use super::{
    limits, listed, plan,
    rotation::{found, found_mut, rotation_arn},
};
use crate::emulator::{
    call::{Call, idempotency_token},
    error::ServiceError,
    input::{Reader, seconds},
    operations::{
        Operation,
        RateClass::{ContactWrites, RotationReads},
    },
    pager::{Pager, place},
    world::Override,
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::writes(
        "CreateRotationOverride",
        ContactWrites,
        "Puts other people in for a while.",
        create_override,
    ),
    Operation::reads(
        "GetRotationOverride",
        RotationReads,
        "Reads one override.",
        get_override,
    ),
    Operation::writes(
        "DeleteRotationOverride",
        ContactWrites,
        "Brings the replaced people back.",
        delete_override,
    ),
    Operation::reads(
        "ListRotationOverrides",
        RotationReads,
        "Lists a rotation's overrides in a window.",
        list_overrides,
    ),
];

/// The console's shortest override, in minutes.
const SHORTEST_MINUTES: i64 = 30;
/// How far ahead the console lets an override end.
const MONTHS_AHEAD: Months = Months::new(6);

fn create_override(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let rotation = input.required_text("RotationId", &limits::ARN);
    let new_contact_ids = input.required_texts("NewContactIds", &limits::OVERRIDE_MEMBERS, &limits::ARN);
    let start_time = input.required_instant("StartTime");
    let end_time = input.required_instant("EndTime");
    let token = idempotency_token(input);
    input.check()?;
    found(call, &rotation)?;
    if let Some(id) = call.replayed(token.as_deref()) {
        return Ok(json!({ "RotationOverrideId": id }));
    }
    if start_time >= end_time {
        return Err(ServiceError::invalid("StartTime must be before EndTime"));
    }
    if call.settings.override_limits.is_on() {
        if end_time - start_time < TimeDelta::minutes(SHORTEST_MINUTES) {
            return Err(ServiceError::invalid("An override must last at least 30 minutes"));
        }
        if call
            .now
            .checked_add_months(MONTHS_AHEAD)
            .is_some_and(|latest| end_time > latest)
        {
            return Err(ServiceError::invalid("An override can be at most 6 months ahead"));
        }
    }
    plan::check_persons(call, &new_contact_ids)?;
    let (id, create_time) = (call.uuid(), call.now);
    let entry = Override {
        id: id.clone(),
        new_contact_ids,
        start_time,
        end_time,
        create_time,
    };
    found_mut(call, &rotation)?.overrides.push(entry);
    call.remember(token.as_deref(), &id);
    Ok(json!({ "RotationOverrideId": id }))
}

fn get_override(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let (arn, id) = named(input)?;
    let (rotation_id, rotation) = found(call, &arn)?;
    let entry = rotation.overrides.iter().find(|entry| entry.id == id);
    let mut answer = to_wire(entry.ok_or_else(|| ServiceError::not_found("ROTATION_OVERRIDE", &id))?);
    super::insert(&mut answer, "RotationArn", Some(rotation_arn(call.world, rotation_id)));
    Ok(answer)
}

fn delete_override(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let (arn, id) = named(input)?;
    let overrides = &mut found_mut(call, &arn)?.overrides;
    let place = overrides.iter().position(|entry| entry.id == id);
    overrides.remove(place.ok_or_else(|| ServiceError::not_found("ROTATION_OVERRIDE", &id))?);
    Ok(json!({}))
}

fn list_overrides(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("RotationId", &limits::ARN);
    let start = input.required_instant("StartTime");
    let end = input.required_instant("EndTime");
    let pager = Pager::contacts(call, input)?;
    let (_, rotation) = found(call, &arn)?;
    let places = rotation.overrides.iter().enumerate();
    let inside = places.filter(|(_, entry)| entry.start_time < end && entry.end_time > start);
    let (page, token) = pager.cut(inside.map(|(index, entry)| (place(index), entry)));
    Ok(listed(
        "RotationOverrides",
        page.into_iter().map(to_wire).collect(),
        token,
    ))
}

/// Reads which override of which rotation is meant.
fn named(input: &Reader<'_>) -> Result<(String, String), ServiceError> {
    let arn = input.required_text("RotationId", &limits::ARN);
    let id = input.required_text("RotationOverrideId", &limits::UUID);
    input.check()?;
    Ok((arn, id))
}

fn to_wire(entry: &Override) -> Value {
    json!({
        "RotationOverrideId": entry.id,
        "NewContactIds": entry.new_contact_ids,
        "StartTime": seconds(entry.start_time),
        "EndTime": seconds(entry.end_time),
        "CreateTime": seconds(entry.create_time),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Settings, World, machine::Machine, settings::Switch};

    const ROTATION: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:rotation/week";
    /// The machine's noon, 2026-03-02T12:00:00Z.
    const NOON: i64 = 1_772_452_800;

    fn machine(settings: Settings) -> Machine {
        let world = r#"{ "rotations": { "week": { "name": "week", "contact_ids": ["contact/anna"], "time_zone": "UTC",
            "start_time": "2026-01-05T09:00:00Z", "recurrence": { "daily": ["09:00"] } } } }"#;
        Machine::with(World::from_json(world).unwrap(), settings)
    }

    fn creation(start: i64, end: i64) -> Value {
        json!({ "RotationId": ROTATION, "NewContactIds": [], "StartTime": start, "EndTime": end })
    }

    #[test]
    fn an_override_is_made_read_listed_by_window_and_deleted() {
        let mut machine = machine(Settings::default());
        let made = machine
            .call("CreateRotationOverride", &creation(NOON, NOON + 3600))
            .unwrap();
        let named = json!({ "RotationId": ROTATION, "RotationOverrideId": made["RotationOverrideId"] });
        let read = machine.call("GetRotationOverride", &named).unwrap();
        assert_eq!((&read["StartTime"], &read["CreateTime"]), (&json!(NOON), &json!(NOON)));
        let mut count = |start: i64, end: i64| {
            let window = json!({ "RotationId": ROTATION, "StartTime": start, "EndTime": end });
            let listed = machine.call("ListRotationOverrides", &window).unwrap();
            listed["RotationOverrides"].as_array().unwrap().len()
        };
        assert_eq!((count(NOON, NOON + 60), count(NOON + 3600, NOON + 7200)), (1, 0));
        machine.call("DeleteRotationOverride", &named).unwrap();
        let error = machine.call("GetRotationOverride", &named).unwrap_err();
        assert_eq!(error.kind.name(), "ResourceNotFoundException");
    }

    #[test]
    fn the_limits_of_the_console_hold_unless_told_otherwise() {
        let short = creation(NOON, NOON + 60);
        let far = creation(NOON, NOON + 200 * 86_400);
        for (override_limits, is_taken) in [(Switch::On, false), (Switch::Off, true)] {
            let mut machine = machine(Settings {
                override_limits,
                ..Settings::default()
            });
            assert_eq!(machine.call("CreateRotationOverride", &short).is_ok(), is_taken);
            assert_eq!(machine.call("CreateRotationOverride", &far).is_ok(), is_taken);
        }
        let backwards = creation(NOON, NOON - 3600);
        machine(Settings::default())
            .call("CreateRotationOverride", &backwards)
            .unwrap_err();
    }
}

//! Rotations. Their overrides and shifts have files of their own.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{insert, limits, listed, plan, recurrence, tags};
use crate::emulator::{
    call::{Call, idempotency_token},
    error::ServiceError,
    input::{Reader, seconds},
    operations::{
        Operation,
        RateClass::{ContactReads, ContactWrites, RotationReads},
    },
    pager::Pager,
    world::{Rotation, World},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::writes("CreateRotation", ContactWrites, "Makes a rotation.", create_rotation),
    Operation::reads(
        "GetRotation",
        RotationReads,
        "Reads one rotation with all its members.",
        get_rotation,
    ),
    Operation::writes(
        "UpdateRotation",
        ContactWrites,
        "Replaces members, zone, start or recurrence.",
        update_rotation,
    ),
    Operation::writes(
        "DeleteRotation",
        ContactWrites,
        "Deletes a rotation and takes it out of schedules.",
        delete_rotation,
    ),
    Operation::reads("ListRotations", ContactReads, "Lists rotations.", list_rotations),
];

fn create_rotation(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let name = input.required_text("Name", &limits::ROTATION_NAME);
    let contact_ids = input.required_texts("ContactIds", &limits::ROTATION_MEMBERS, &limits::ARN);
    let time_zone = input.required_text("TimeZoneId", &limits::TIME_ZONE);
    check_time_zone(input, &time_zone);
    let recurrence = input
        .required_object("Recurrence")
        .map(|recurrence| recurrence::read(&recurrence));
    let start_time = input.instant("StartTime").unwrap_or(call.now);
    let tags = tags::read(input, "Tags");
    let token = idempotency_token(input);
    input.check()?;
    if let Some(arn) = call.replayed(token.as_deref()) {
        return Ok(json!({ "RotationArn": arn }));
    }
    plan::check_persons(call, &contact_ids)?;
    if call.world.rotations.len() >= limits::ROTATIONS_PER_ACCOUNT {
        return Err(plan::quota("rotations per account", "L-4EA3AB3A"));
    }
    let id = call.uuid();
    let arn = rotation_arn(call.world, &id);
    let recurrence = recurrence.unwrap_or_default();
    let rotation = Rotation {
        name,
        contact_ids,
        time_zone,
        start_time,
        recurrence,
        overrides: Vec::new(),
        tags,
    };
    call.world.rotations.insert(id, rotation);
    call.remember(token.as_deref(), &arn);
    Ok(json!({ "RotationArn": arn }))
}

fn get_rotation(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("RotationId", &limits::ARN);
    input.check()?;
    let (id, rotation) = found(call, &arn)?;
    Ok(to_wire(&rotation_arn(call.world, id), rotation, usize::MAX))
}

fn update_rotation(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("RotationId", &limits::ARN);
    let contact_ids = input.texts("ContactIds", &limits::ROTATION_MEMBERS, &limits::ARN);
    let time_zone = input.text("TimeZoneId", &limits::TIME_ZONE);
    if let Some(time_zone) = &time_zone {
        check_time_zone(input, time_zone);
    }
    let recurrence = input
        .required_object("Recurrence")
        .map(|recurrence| recurrence::read(&recurrence));
    let start_time = input.instant("StartTime");
    input.check()?;
    found(call, &arn)?;
    plan::check_persons(call, contact_ids.as_deref().unwrap_or_default())?;
    let rotation = found_mut(call, &arn)?;
    rotation.contact_ids = contact_ids.unwrap_or_else(|| rotation.contact_ids.clone());
    rotation.time_zone = time_zone.unwrap_or_else(|| rotation.time_zone.clone());
    rotation.recurrence = recurrence.unwrap_or_default();
    rotation.start_time = start_time.unwrap_or(rotation.start_time);
    Ok(json!({}))
}

fn delete_rotation(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("RotationId", &limits::ARN);
    input.check()?;
    let id = found(call, &arn)?.0.to_owned();
    call.world.rotations.remove(&id);
    // Schedules may name the rotation by its ARN in any Region of the set.
    let end = format!(":rotation/{id}");
    for contact in call.world.contacts.values_mut() {
        if let Some(rotation_ids) = &mut contact.plan.rotation_ids {
            rotation_ids.retain(|rotation| !rotation.ends_with(&end));
        }
    }
    Ok(json!({}))
}

fn list_rotations(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let prefix = input
        .text("RotationNamePrefix", &limits::ROTATION_NAME)
        .unwrap_or_default();
    let pager = Pager::contacts(call, input)?;
    let member_limit = if call.settings.cut_listed_members.is_on() {
        limits::LISTED_ARNS
    } else {
        usize::MAX
    };
    let matching = call
        .world
        .rotations
        .iter()
        .filter(|(_, rotation)| rotation.name.starts_with(&prefix));
    let (page, token) = pager.cut(matching.map(|(id, rotation)| (id, (id, rotation))));
    let entry = |(id, rotation): (&String, &Rotation)| to_wire(&rotation_arn(call.world, id), rotation, member_limit);
    Ok(listed("Rotations", page.into_iter().map(entry).collect(), token))
}

/// Returns the rotation with this ARN and its id, or the error that there is none.
pub(super) fn found<'a>(call: &'a Call<'_>, arn: &str) -> Result<(&'a str, &'a Rotation), ServiceError> {
    let entry = call
        .world
        .contacts_id(arn, "rotation")
        .and_then(|id| call.world.rotations.get_key_value(id));
    entry
        .map(|(id, rotation)| (id.as_str(), rotation))
        .ok_or_else(|| ServiceError::not_found("ROTATION", arn))
}

/// The same, to change the rotation.
pub(super) fn found_mut<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut Rotation, ServiceError> {
    let id = call.world.contacts_id(arn, "rotation");
    let rotation = id.and_then(|id| call.world.rotations.get_mut(id));
    rotation.ok_or_else(|| ServiceError::not_found("ROTATION", arn))
}

/// Returns the ARN of a rotation.
pub(super) fn rotation_arn(world: &World, id: &str) -> String {
    world.contacts_arn(&format!("rotation/{id}"))
}

/// Records a fault when a text is no IANA zone.
pub(super) fn check_time_zone(input: &Reader<'_>, name: &str) {
    if name.parse::<Tz>().is_err() {
        input.fault("TimeZoneId", "must be the name of a time zone in the IANA format");
    }
}

fn to_wire(arn: &str, rotation: &Rotation, member_limit: usize) -> Value {
    let members: Vec<&String> = rotation.contact_ids.iter().take(member_limit).collect();
    let mut answer = json!({ "RotationArn": arn, "Name": rotation.name });
    insert(&mut answer, "ContactIds", Some(json!(members)));
    insert(&mut answer, "StartTime", Some(seconds(rotation.start_time)));
    insert(&mut answer, "TimeZoneId", Some(rotation.time_zone.as_str()));
    insert(
        &mut answer,
        "Recurrence",
        Some(recurrence::to_wire(&rotation.recurrence)),
    );
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Settings, machine::Machine, settings::Switch};

    fn arn(resource: &str) -> String {
        World::default().contacts_arn(resource)
    }

    fn creation() -> Value {
        json!({
            "Name": "week days", "ContactIds": [arn("contact/anna")], "TimeZoneId": "Europe/Dublin",
            "StartTime": 1_767_600_000.5,
            "Recurrence": {
                "NumberOfOnCalls": 1, "RecurrenceMultiplier": 2,
                "WeeklySettings": [{ "DayOfWeek": "MON", "HandOffTime": { "HourOfDay": 9, "MinuteOfHour": 30 } }],
                "ShiftCoverages": { "MON": [{ "Start": { "HourOfDay": 9, "MinuteOfHour": 0 },
                                              "End": { "HourOfDay": 17, "MinuteOfHour": 0 } }] },
            },
        })
    }

    fn machine(settings: Settings) -> Machine {
        let world = r#"{ "contacts": { "anna": { "type": "PERSONAL" }, "primary": { "type": "ONCALL_SCHEDULE" } } }"#;
        Machine::with(World::from_json(world).unwrap(), settings)
    }

    #[test]
    fn a_rotation_comes_back_as_it_was_made_and_loses_its_schedule_when_deleted() {
        let mut machine = machine(Settings::default());
        let made = machine.call("CreateRotation", &creation()).unwrap()["RotationArn"].clone();
        let read = machine.call("GetRotation", &json!({ "RotationId": made })).unwrap();
        for (name, value) in creation().as_object().unwrap() {
            assert_eq!(&read[name], value);
        }
        let schedule = json!({ "ContactId": arn("contact/primary"), "Plan": { "RotationIds": [made] } });
        machine.call("UpdateContact", &schedule).unwrap();
        machine.call("DeleteRotation", &json!({ "RotationId": made })).unwrap();
        let schedule = machine
            .call("GetContact", &json!({ "ContactId": arn("contact/primary") }))
            .unwrap();
        assert_eq!(schedule["Plan"], json!({ "RotationIds": [] }));
    }

    #[test]
    fn an_update_replaces_members_and_needs_the_recurrence() {
        let mut machine = machine(Settings::default());
        let made = machine.call("CreateRotation", &creation()).unwrap()["RotationArn"].clone();
        let bare = json!({ "RotationId": made, "ContactIds": [arn("contact/ben")] });
        assert_eq!(
            machine.call("UpdateRotation", &bare).unwrap_err().fields[0].0,
            "Recurrence"
        );
        let full =
            json!({ "RotationId": made, "ContactIds": [arn("contact/ben")], "Recurrence": creation()["Recurrence"] });
        machine.call("UpdateRotation", &full).unwrap();
        let read = machine.call("GetRotation", &json!({ "RotationId": made })).unwrap();
        assert_eq!(read["ContactIds"], json!([arn("contact/ben")]));
        assert_eq!(read["TimeZoneId"], "Europe/Dublin");
    }

    #[test]
    fn a_list_hides_the_last_five_of_thirty_members() {
        for (cut_listed_members, count) in [(Switch::On, 25), (Switch::Off, 30)] {
            let mut machine = machine(Settings {
                cut_listed_members,
                ..Settings::default()
            });
            let members: Vec<String> = (0..30).map(|index| arn(&format!("contact/p{index}"))).collect();
            let mut request = creation();
            request["ContactIds"] = json!(members);
            machine.call("CreateRotation", &request).unwrap();
            let listed = machine
                .call("ListRotations", &json!({ "RotationNamePrefix": "week" }))
                .unwrap();
            assert_eq!(listed["Rotations"][0]["ContactIds"].as_array().unwrap().len(), count);
        }
    }

    #[test]
    fn zones_settings_and_persons_are_checked() {
        let mut machine = machine(Settings::default());
        let mut request = creation();
        request["TimeZoneId"] = json!("Mars/Olympus");
        request["Recurrence"]["DailySettings"] = json!([{ "HourOfDay": 24, "MinuteOfHour": 0 }]);
        let error = machine.call("CreateRotation", &request).unwrap_err();
        let names: Vec<&str> = error.fields.iter().map(|field| field.0.as_str()).collect();
        assert_eq!(
            names,
            [
                "TimeZoneId",
                "Recurrence.DailySettings",
                "Recurrence.DailySettings[0].HourOfDay"
            ]
        );
        let mut request = creation();
        request["ContactIds"] = json!([arn("contact/primary")]);
        let error = machine.call("CreateRotation", &request).unwrap_err();
        assert!(
            error.message.ends_with("is not a PERSONAL contact"),
            "{}",
            error.message
        );
    }
}

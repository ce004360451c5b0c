//! The proof that worlds hold nothing which the service would not take: each is read through its operations and built
//! anew through them, in an empty account.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Settings, World, generate, machine::Machine, settings::DuplicateChannel, world::ContactType};

/// The instant at which the machines' clocks stand.
fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

/// Returns the members of an answer that the request to make the same again has, too.
fn only(answer: &Value, names: &[&str]) -> Map<String, Value> {
    let members = answer.as_object().unwrap();
    members
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[track_caller]
fn made(machine: &mut Machine, operation: &str, request: Map<String, Value>) -> Value {
    let request = Value::Object(request);
    machine
        .call(operation, &request)
        .unwrap_or_else(|error| panic!("{operation} {request}: {error:?}"))
}

/// Builds everything but channels' activation anew; what is shared in belongs to another account.
#[track_caller]
fn rebuild(world: &World) {
    let settings = Settings {
        page_size: 1000,
        // Channels of the same address are a conflict or not; the documentation does not say.
        duplicate_channel: DuplicateChannel::Allowed,
        ..Settings::default()
    };
    let mut source = Machine::with(world.clone(), settings.clone());
    let mut target = Machine::with(World::default(), settings);

    let own = world.contacts.keys().filter(|key| !key.starts_with("arn:"));
    let (people, plans): (Vec<&String>, Vec<&String>) =
        own.partition(|key| world.contacts[*key].kind == ContactType::Personal);
    for alias in people {
        rebuild_contact(&mut source, &mut target, &world.contact_arn(alias));
    }
    for id in world.rotations.keys() {
        rebuild_rotation(&mut source, &mut target, &world.contacts_arn(&format!("rotation/{id}")));
    }
    for alias in plans {
        rebuild_contact(&mut source, &mut target, &world.contact_arn(alias));
    }
    for name in world.response_plans.keys() {
        let arn = world.incidents_arn(&format!("response-plan/{name}"));
        let read = source.call("GetResponsePlan", &json!({ "arn": arn })).unwrap();
        let request = only(
            &read,
            &[
                "name",
                "displayName",
                "incidentTemplate",
                "engagements",
                "chatChannel",
                "actions",
                "integrations",
            ],
        );
        made(&mut target, "CreateResponsePlan", request);
    }
    assert_eq!(target.world.rotations.len(), world.rotations.len());
    assert_eq!(target.world.response_plans.len(), world.response_plans.len());
}

fn rebuild_contact(source: &mut Machine, target: &mut Machine, arn: &str) {
    let read = source.call("GetContact", &json!({ "ContactId": arn })).unwrap();
    let mut request = only(&read, &["Alias", "DisplayName", "Type", "Plan"]);
    request.extend(tags(source, arn));
    made(target, "CreateContact", request);
    if read["Type"] == "PERSONAL" {
        let listed = source
            .call("ListContactChannels", &json!({ "ContactId": arn }))
            .unwrap();
        for channel in listed["ContactChannels"].as_array().unwrap() {
            let mut request = only(channel, &["Name", "Type", "DeliveryAddress"]);
            request.insert("ContactId".to_owned(), json!(arn));
            made(target, "CreateContactChannel", request);
        }
    }
}

fn rebuild_rotation(source: &mut Machine, target: &mut Machine, arn: &str) {
    let read = source.call("GetRotation", &json!({ "RotationId": arn })).unwrap();
    let mut request = only(&read, &["Name", "ContactIds", "StartTime", "TimeZoneId", "Recurrence"]);
    request.extend(tags(source, arn));
    let rotation = made(target, "CreateRotation", request);
    let half_a_year =
        json!({ "RotationId": arn, "StartTime": noon().timestamp(), "EndTime": noon().timestamp() + 184 * 86_400 });
    let listed = source.call("ListRotationOverrides", &half_a_year).unwrap();
    for entry in listed["RotationOverrides"].as_array().into_iter().flatten() {
        let mut request = only(entry, &["NewContactIds", "StartTime", "EndTime"]);
        request.insert("RotationId".to_owned(), rotation["RotationArn"].clone());
        made(target, "CreateRotationOverride", request);
    }
}

fn tags(source: &mut Machine, arn: &str) -> Map<String, Value> {
    let listed = source
        .call("ListTagsForResource", &json!({ "ResourceARN": arn }))
        .unwrap();
    only(&listed, &["Tags"])
}

#[test]
fn generated_organisations_could_have_been_made_through_the_service() {
    for people in [1, 7, 200] {
        rebuild(&generate::organisation(people, 11));
    }
}

#[test]
fn the_clean_world_could_have_been_made_through_the_service() {
    rebuild(&World::from_json_at(include_str!("../../assets/worlds/clean.json"), noon()).unwrap());
}

#[test]
fn whatever_is_wrong_in_the_demo_could_have_been_made_through_the_service() {
    rebuild(&World::from_json_at(include_str!("../../assets/worlds/demo.json"), noon()).unwrap());
}

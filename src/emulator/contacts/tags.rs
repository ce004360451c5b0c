//! Tags of contacts and rotations. Channels have none.

use serde_json::{Value, json};

use super::{contact, limits, plan};
use crate::emulator::{
    call::Call,
    error::{NO_PUBLISHED_CODE, ServiceError},
    input::Reader,
    operations::{
        Operation,
        RateClass::{ContactTagReads, ContactWrites},
    },
    world::Tags,
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListTagsForResource",
        ContactTagReads,
        "Lists the tags of a contact or rotation.",
        list_tags,
    ),
    Operation::writes("TagResource", ContactWrites, "Adds or changes tags.", tag_resource),
    Operation::writes("UntagResource", ContactWrites, "Removes tags by key.", untag_resource),
];

fn list_tags(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ResourceARN", &limits::TAGGED_ARN);
    input.check()?;
    let tags: Vec<Value> = tags(call, &arn)?
        .iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    Ok(json!({ "Tags": tags }))
}

fn tag_resource(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ResourceARN", &limits::TAGGED_ARN);
    if input.raw("Tags").is_none() {
        input.fault("Tags", "failed to satisfy constraint: Member must not be null");
    }
    let new = read(input, "Tags");
    input.check()?;
    let mut all = tags(call, &arn)?.clone();
    all.extend(new);
    if all.len() > limits::TAGS_PER_RESOURCE {
        return Err(plan::quota("tags per resource", NO_PUBLISHED_CODE));
    }
    *tags(call, &arn)? = all;
    Ok(json!({}))
}

fn untag_resource(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ResourceARN", &limits::TAGGED_ARN);
    let keys = input.required_texts("TagKeys", &limits::TAGS, &limits::TAG_KEY);
    input.check()?;
    tags(call, &arn)?.retain(|key, _| !keys.contains(key));
    Ok(json!({}))
}

/// Reads a list of tags.
pub(super) fn read(input: &Reader<'_>, name: &str) -> Tags {
    let tags = input.objects(name, &limits::TAGS).unwrap_or_default();
    // The model makes both members optional, and the patterns refuse empty ones.
    let tag = |tag: &Reader<'_>| {
        (
            tag.required_text("Key", &limits::TAG_KEY),
            tag.required_text("Value", &limits::TAG_VALUE),
        )
    };
    tags.iter().map(tag).collect()
}

/// Returns the tags of the resource that an ARN names.
fn tags<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut Tags, ServiceError> {
    let not_found = || ServiceError::not_found("RESOURCE", arn);
    if let Some(id) = call.world.contacts_id(arn, "rotation") {
        return call
            .world
            .rotations
            .get_mut(id)
            .map(|rotation| &mut rotation.tags)
            .ok_or_else(not_found);
    }
    if call.world.contact(arn).is_none() {
        return Err(not_found());
    }
    contact::owned(call, arn)?;
    call.world
        .contact_mut(arn)
        .map(|contact| &mut contact.tags)
        .ok_or_else(not_found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{World, machine::Machine};

    #[test]
    fn contacts_and_rotations_are_tagged_and_channels_are_not() {
        let world = r#"{ "contacts": { "anna": { "type": "PERSONAL", "tags": { "team": "core" }, "channels": [
                { "id": "1", "name": "phone", "type": "SMS" } ] } },
            "rotations": { "week": { "name": "week", "contact_ids": ["contact/anna"], "time_zone": "UTC",
                "start_time": "2026-01-05T09:00:00Z" } } }"#;
        let mut machine = Machine::at_noon(World::from_json(world).unwrap());
        for resource in ["contact/anna", "rotation/week"] {
            let arn = machine.world.contacts_arn(resource);
            let added = json!({ "ResourceARN": arn, "Tags": [{ "Key": "seen", "Value": "2026-03-02" }] });
            machine.call("TagResource", &added).unwrap();
            let removed = json!({ "ResourceARN": arn, "TagKeys": ["team"] });
            machine.call("UntagResource", &removed).unwrap();
            let listed = machine
                .call("ListTagsForResource", &json!({ "ResourceARN": arn }))
                .unwrap();
            assert_eq!(listed, json!({ "Tags": [{ "Key": "seen", "Value": "2026-03-02" }] }));
        }
        let channel = machine.world.contacts_arn("contact-channel/anna/1");
        let error = machine
            .call("ListTagsForResource", &json!({ "ResourceARN": channel }))
            .unwrap_err();
        assert_eq!(error.kind.name(), "ResourceNotFoundException");
        let spaced = json!({ "ResourceARN": machine.world.contacts_arn("contact/anna"),
            "Tags": [{ "Key": "not allowed", "Value": "" }] });
        let fields = machine.call("TagResource", &spaced).unwrap_err().fields;
        assert_eq!(
            fields.iter().map(|field| field.0.as_str()).collect::<Vec<_>>(),
            ["Tags[0].Key", "Tags[0].Value"]
        );
    }
}

//! Tags of response plans, incident records and the replication set: a map on this side of the service.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::{Sort, limits, not_found, records, replication, required_arn, response_plans};
use crate::emulator::{
    call::Call,
    error::{ErrorKind, NO_PUBLISHED_CODE, ServiceError},
    input::Reader,
    operations::{Operation, RateClass},
    world::{Tags, split},
};

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListTagsForResource",
        RateClass::IncidentReads,
        "Lists the tags of a response plan, an incident record or the replication set.",
        list_tags_for_resource,
    )
    .at("GET", "/tags/{resourceArn}", 200),
    Operation::writes(
        "TagResource",
        RateClass::IncidentWrites,
        "Sets tags of a resource.",
        tag_resource,
    )
    .at("POST", "/tags/{resourceArn}", 204),
    Operation::writes(
        "UntagResource",
        RateClass::IncidentWrites,
        "Takes tags off a resource.",
        untag_resource,
    )
    .at("DELETE", "/tags/{resourceArn}", 204),
];

fn list_tags_for_resource(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "resourceArn");
    input.check()?;
    Ok(json!({ "tags": *tags_of(call, &arn)? }))
}

fn tag_resource(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "resourceArn");
    if input.raw("tags").is_none() {
        input.fault("tags", "failed to satisfy constraint: Member must not be null");
    }
    let added = tags_member(input, "tags", &limits::TAGS).unwrap_or_default();
    input.check()?;
    let tags = tags_of(call, &arn)?;
    let new_count = added.keys().filter(|key| !tags.contains_key(*key)).count();
    if tags.len() + new_count > limits::TAGS_PER_RESOURCE {
        let error = ServiceError::new(ErrorKind::ServiceQuotaExceeded, "A resource can have 50 tags");
        return Err(error.with(json!({
            "quotaCode": NO_PUBLISHED_CODE, "serviceCode": "ssm-incidents", "resourceIdentifier": arn
        })));
    }
    tags.extend(added);
    Ok(Value::Null)
}

fn untag_resource(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "resourceArn");
    let keys = input.required_texts("tagKeys", &limits::TAGS, &limits::TAG_KEY);
    input.check()?;
    let tags = tags_of(call, &arn)?;
    tags.retain(|key, _| !keys.contains(key));
    Ok(Value::Null)
}

/// Reads the tags of something that is made; a map that is sent must not be empty.
pub(super) fn optional_tags(input: &Reader<'_>, name: &str) -> Option<Tags> {
    tags_member(input, name, &limits::TAGS)
}

/// Reads a map of tags.
pub(super) fn tags_member(input: &Reader<'_>, name: &str, count: &RangeInclusive<usize>) -> Option<Tags> {
    let map = input.object(name)?;
    let tags: Tags = map
        .entries()
        .map(|(key, _)| (key.to_owned(), map.text(key, &limits::TAG_VALUE).unwrap_or_default()))
        .collect();
    if !count.contains(&tags.len()) {
        let (least, most) = (count.start(), count.end());
        input.fault(
            name,
            format!("failed to satisfy constraint: Member must have length between {least} and {most}"),
        );
    }
    let is_key = |key: &str| {
        !key.starts_with("aws:")
            && limits::TAG_KEY.length.contains(&key.chars().count())
            && key.chars().all(limits::TAG_KEY.allows)
    };
    if !tags.keys().all(|key| is_key(key)) {
        let pattern = limits::TAG_KEY.pattern;
        let sentence =
            format!("failed to satisfy constraint: Map keys must satisfy regular expression pattern: {pattern}");
        input.fault(name, sentence);
    }
    Some(tags)
}

/// Returns the tags of a resource of this account.
fn tags_of<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut Tags, ServiceError> {
    let resource = split(arn).map(|parts| parts.resource).unwrap_or_default();
    if resource.starts_with("incident-record/") {
        return Ok(&mut records::found_mut(call, arn)?.tags);
    }
    if resource.starts_with("replication-set/") {
        let is_it = call
            .world
            .replication_set
            .as_ref()
            .is_some_and(|set| replication::arn(call.world, set) == arn);
        let set = call.world.replication_set.as_mut().filter(|_| is_it);
        return set
            .map(|set| &mut set.tags)
            .ok_or_else(|| not_found(Sort::ReplicationSet, arn));
    }
    let key = response_plans::own(call, arn)?;
    let plan = call.world.response_plans.get_mut(&key);
    plan.map(|plan| &mut plan.tags)
        .ok_or_else(|| not_found(Sort::ResponsePlan, arn))
}

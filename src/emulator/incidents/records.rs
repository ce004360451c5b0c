//! Incident records: what response plans produce.

use serde_json::{Value, json};

use super::{
    Sort, chat_channel, chat_topics, client_token,
    conditions::{Property, filters, pass},
    limits, listed, not_found, notification_targets, pager, required_arn,
};
use crate::emulator::{
    call::Call,
    contacts::insert,
    error::ServiceError,
    input::{Reader, seconds},
    operations::{Operation, RateClass},
    pager::place,
    world::{Arn, IncidentRecord, IncidentSource, IncidentStatus, World, split},
};

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListIncidentRecords",
        RateClass::IncidentReads,
        "Lists incidents, newest first.",
        list_incident_records,
    )
    .at("POST", "/listIncidentRecords", 200),
    Operation::reads(
        "GetIncidentRecord",
        RateClass::IncidentReads,
        "Reads one incident; it does not say who was paged.",
        get_incident_record,
    )
    .at("GET", "/getIncidentRecord", 200),
    Operation::writes(
        "UpdateIncidentRecord",
        RateClass::IncidentWrites,
        "Changes an incident, or resolves it.",
        update_incident_record,
    )
    .at("POST", "/updateIncidentRecord", 204),
    Operation::writes(
        "DeleteIncidentRecord",
        RateClass::IncidentWrites,
        "Deletes an incident; deleting nothing is no error.",
        delete_incident_record,
    )
    .at("POST", "/deleteIncidentRecord", 204),
];

fn list_incident_records(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let filters = filters(input, &["creationTime", "impact", "status", "createdBy"]);
    let pager = pager(call, input)?;
    let world = &*call.world;
    let mut records: Vec<_> = world
        .incident_records
        .iter()
        .filter(|(_, record)| pass(&filters, |key| property(record, key)))
        .collect();
    records.sort_by(|(one_id, one), (other_id, other)| {
        other
            .creation_time
            .cmp(&one.creation_time)
            .then_with(|| one_id.cmp(other_id))
    });
    let numbered = records
        .into_iter()
        .enumerate()
        .map(|(index, record)| (place(index), record));
    let (page, token) = pager.cut(numbered);
    let summaries = page
        .into_iter()
        .map(|(id, record)| summary(world, id, record))
        .collect();
    Ok(listed("incidentRecordSummaries", summaries, token))
}

fn property(record: &IncidentRecord, key: &str) -> Property {
    match key {
        "creationTime" => Property::Instant(record.creation_time),
        "impact" => Property::Values(vec![json!(record.impact)]),
        "status" => Property::Values(vec![json!(record.status.word())]),
        _ => Property::Values(vec![json!(record.source.created_by)]),
    }
}

fn summary(world: &World, id: &str, record: &IncidentRecord) -> Value {
    let mut answer = json!({
        "arn": arn(world, id, record),
        "title": record.title,
        "status": record.status.word(),
        "impact": record.impact,
        "creationTime": seconds(record.creation_time),
        "incidentRecordSource": source(&record.source),
    });
    insert(&mut answer, "resolvedTime", record.resolved_time.map(seconds));
    answer
}

fn source(source: &IncidentSource) -> Value {
    let mut answer = json!({ "createdBy": source.created_by, "source": source.source });
    insert(&mut answer, "invokedBy", source.invoked_by.as_deref());
    insert(&mut answer, "resourceArn", source.resource_arn.as_deref());
    answer
}

fn get_incident_record(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let asked = required_arn(input, "arn");
    input.check()?;
    let (id, record) = found(call, &asked)?;
    let modified_by = if record.last_modified_by.is_empty() {
        &record.source.created_by
    } else {
        &record.last_modified_by
    };
    let mut answer = summary(call.world, id, record);
    insert(&mut answer, "dedupeString", Some(record.dedupe_string.as_str()));
    insert(&mut answer, "lastModifiedBy", Some(modified_by.as_str()));
    insert(
        &mut answer,
        "lastModifiedTime",
        Some(seconds(record.last_modified_time.unwrap_or(record.creation_time))),
    );
    insert(&mut answer, "summary", record.summary.as_deref());
    insert(&mut answer, "chatChannel", chat_channel(&record.chat_topics));
    insert(
        &mut answer,
        "notificationTargets",
        Some(record.notification_targets.clone()),
    );
    insert(
        &mut answer,
        "automationExecutions",
        Some(record.automation_executions.clone()),
    );
    Ok(json!({ "incidentRecord": answer }))
}

fn update_incident_record(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let asked = required_arn(input, "arn");
    let title = input.text("title", &limits::TITLE);
    let summary = input.text("summary", &limits::SUMMARY);
    let impact = input.number("impact", &limits::IMPACT);
    let status = input.word("status", |word| {
        [IncidentStatus::Open, IncidentStatus::Resolved]
            .into_iter()
            .find(|status| status.word() == word)
    });
    let chat_topics = chat_topics(input);
    let targets = notification_targets(input, "notificationTargets");
    let token = client_token(input);
    input.check()?;
    let (now, caller) = (call.now, call.caller());
    let is_replayed = call.replayed(token.as_deref()).is_some();
    let record = found_mut(call, &asked)?;
    if is_replayed {
        return Ok(Value::Null);
    }
    record.title = title.unwrap_or_else(|| std::mem::take(&mut record.title));
    record.summary = summary.or_else(|| record.summary.take());
    record.impact = impact.unwrap_or(record.impact);
    record.chat_topics = chat_topics.unwrap_or_else(|| std::mem::take(&mut record.chat_topics));
    record.notification_targets = targets.unwrap_or_else(|| std::mem::take(&mut record.notification_targets));
    if let Some(status) = status {
        record.resolved_time = match status {
            IncidentStatus::Open => None,
            IncidentStatus::Resolved => record.resolved_time.or(Some(now)),
        };
        record.status = status;
    }
    record.last_modified_time = Some(now);
    record.last_modified_by = caller;
    call.remember(token.as_deref(), &asked);
    Ok(Value::Null)
}

fn delete_incident_record(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let asked = required_arn(input, "arn");
    input.check()?;
    if !call.world.owns(&asked) {
        return Err(call.denied(&asked));
    }
    // The operation declares no not-found error.
    let id = found(call, &asked).map(|(id, _)| id.to_owned());
    if let Ok(id) = id {
        call.world.incident_records.remove(&id);
        call.world
            .resource_policies
            .retain(|_, policy| policy.resource != asked);
    }
    Ok(Value::Null)
}

/// Returns the ARN of an incident record, which names its response plan.
pub(super) fn arn(world: &World, id: &str, record: &IncidentRecord) -> Arn {
    world.incidents_arn(&format!("incident-record/{}/{id}", record.response_plan))
}

/// Returns the incident record with this ARN and its id.
pub(super) fn found<'a>(call: &'a Call<'_>, asked: &str) -> Result<(&'a str, &'a IncidentRecord), ServiceError> {
    if !call.world.owns(asked) {
        return Err(call.denied(asked));
    }
    let id = split(asked).and_then(|parts| parts.id_of("incident-record"));
    let entry = id.and_then(|id| call.world.incident_records.get_key_value(id));
    entry
        .filter(|(id, record)| arn(call.world, id, record) == asked)
        .map(|(id, record)| (id.as_str(), record))
        .ok_or_else(|| not_found(Sort::IncidentRecord, asked))
}

/// Returns the incident record with this ARN, to change it.
pub(super) fn found_mut<'a>(call: &'a mut Call<'_>, asked: &str) -> Result<&'a mut IncidentRecord, ServiceError> {
    let id = found(call, asked)?.0.to_owned();
    call.world
        .incident_records
        .get_mut(&id)
        .ok_or_else(|| not_found(Sort::IncidentRecord, asked))
}

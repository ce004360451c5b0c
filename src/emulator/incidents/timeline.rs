//! The timeline of an incident.

use serde_json::{Value, json};

use super::{
    Sort, client_token,
    conditions::{Property, filters, pass},
    limits, listed, not_found, only_member, pager, records, required_arn,
};
use crate::emulator::{
    call::Call,
    contacts::insert,
    error::ServiceError,
    input::{Reader, seconds},
    operations::{Operation, RateClass},
    pager::place,
    world::TimelineEvent,
};

/// The types of events that callers can write; the service writes others.
const WRITABLE_TYPES: [&str; 2] = ["Custom Event", "Note"];

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListTimelineEvents",
        RateClass::TimelineReads,
        "Lists an incident's events, newest first, without their data.",
        list_timeline_events,
    )
    .at("POST", "/listTimelineEvents", 200),
    Operation::reads(
        "GetTimelineEvent",
        RateClass::TimelineReads,
        "Reads one event with its data.",
        get_timeline_event,
    )
    .at("GET", "/getTimelineEvent", 200),
    Operation::writes(
        "CreateTimelineEvent",
        RateClass::CreateTimelineEvent,
        "Adds an event.",
        create_timeline_event,
    )
    .at("POST", "/createTimelineEvent", 201),
    Operation::writes(
        "UpdateTimelineEvent",
        RateClass::IncidentWrites,
        "Changes an event.",
        update_timeline_event,
    )
    .at("POST", "/updateTimelineEvent", 204),
    Operation::writes(
        "DeleteTimelineEvent",
        RateClass::IncidentWrites,
        "Deletes an event; deleting nothing is no error.",
        delete_timeline_event,
    )
    .at("POST", "/deleteTimelineEvent", 204),
];

fn list_timeline_events(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let filters = filters(input, &["eventReference", "eventTime", "eventType"]);
    input.word("sortBy", |word| (word == "EVENT_TIME").then_some(()));
    let is_ascending = input.word("sortOrder", |word| match word {
        "ASCENDING" => Some(true),
        "DESCENDING" => Some(false),
        _ => None,
    });
    let pager = pager(call, input)?;
    // The operation declares no not-found error: an incident that is gone has no events.
    let timeline = records::found(call, &arn)
        .map(|(_, record)| record.timeline.as_slice())
        .unwrap_or_default();
    let mut events: Vec<_> = timeline
        .iter()
        .filter(|event| pass(&filters, |key| property(event, key)))
        .collect();
    events.sort_by_key(|event| event.event_time);
    if is_ascending != Some(true) {
        events.reverse();
    }
    let numbered = events
        .into_iter()
        .enumerate()
        .map(|(index, event)| (place(index), summary(&arn, event)));
    let (summaries, token) = pager.cut(numbered);
    Ok(listed("eventSummaries", summaries, token))
}

fn property(event: &TimelineEvent, key: &str) -> Property {
    match key {
        "eventTime" => Property::Instant(event.event_time),
        "eventType" => Property::Values(vec![json!(event.event_type)]),
        _ => {
            // A reference is a union of one member; filters name its value.
            let members = event.event_references.iter().filter_map(Value::as_object);
            Property::Values(members.flat_map(|members| members.values().cloned()).collect())
        }
    }
}

fn summary(arn: &str, event: &TimelineEvent) -> Value {
    json!({
        "incidentRecordArn": arn,
        "eventId": event.id,
        "eventTime": seconds(event.event_time),
        "eventUpdatedTime": seconds(event.event_updated_time),
        "eventType": event.event_type,
        "eventReferences": event.event_references,
    })
}

fn get_timeline_event(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let id = input.required_text("eventId", &limits::GENERATED_ID);
    input.check()?;
    let (_, record) = records::found(call, &arn)?;
    let event = record.timeline.iter().find(|event| event.id == id);
    let event = event.ok_or_else(|| not_found(Sort::TimelineEvent, &id))?;
    let mut answer = summary(&arn, event);
    insert(&mut answer, "eventData", Some(event.event_data.as_str()));
    Ok(json!({ "event": answer }))
}

fn create_timeline_event(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let event_time = input.required_instant("eventTime");
    let event_type = input.required_text("eventType", &limits::EVENT_TYPE);
    let event_data = input.required_text("eventData", &limits::EVENT_DATA);
    let event_references = references(input).unwrap_or_default();
    let token = client_token(input);
    input.check()?;
    refuse_other_types(&event_type)?;
    refuse_other_data(&event_data)?;
    if let Some(id) = call.replayed(token.as_deref()) {
        return Ok(json!({ "eventId": id, "incidentRecordArn": arn }));
    }
    let (id, now) = (call.uuid(), call.now);
    let record = records::found_mut(call, &arn)?;
    if record.timeline.len() >= limits::EVENTS_PER_INCIDENT {
        // No quota error is declared.
        return Err(ServiceError::invalid("An incident can have 1,000 timeline events"));
    }
    record.timeline.push(TimelineEvent {
        id: id.clone(),
        event_time,
        event_updated_time: now,
        event_type,
        event_data,
        event_references,
    });
    call.remember(token.as_deref(), &id);
    Ok(json!({ "eventId": id, "incidentRecordArn": arn }))
}

fn update_timeline_event(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let id = input.required_text("eventId", &limits::GENERATED_ID);
    let event_time = input.instant("eventTime");
    let event_type = input.text("eventType", &limits::EVENT_TYPE);
    let event_data = input.text("eventData", &limits::EVENT_DATA);
    let event_references = references(input);
    let token = client_token(input);
    input.check()?;
    event_type.as_deref().map_or(Ok(()), refuse_other_types)?;
    event_data.as_deref().map_or(Ok(()), refuse_other_data)?;
    let now = call.now;
    let is_replayed = call.replayed(token.as_deref()).is_some();
    let record = records::found_mut(call, &arn)?;
    let event = record.timeline.iter_mut().find(|event| event.id == id);
    let event = event.ok_or_else(|| not_found(Sort::TimelineEvent, &id))?;
    if is_replayed {
        return Ok(Value::Null);
    }
    refuse_other_types(&event.event_type)?;
    event.event_time = event_time.unwrap_or(event.event_time);
    event.event_type = event_type.unwrap_or_else(|| std::mem::take(&mut event.event_type));
    event.event_data = event_data.unwrap_or_else(|| std::mem::take(&mut event.event_data));
    event.event_references = event_references.unwrap_or_else(|| std::mem::take(&mut event.event_references));
    event.event_updated_time = now;
    call.remember(token.as_deref(), &id);
    Ok(Value::Null)
}

fn delete_timeline_event(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let id = input.required_text("eventId", &limits::GENERATED_ID);
    input.check()?;
    // The operation declares no not-found error, for the incident neither.
    if let Ok(record) = records::found_mut(call, &arn) {
        record.timeline.retain(|event| event.id != id);
    }
    Ok(Value::Null)
}

/// Reads `eventReferences`: a union of `resource` and `relatedItemId` each.
fn references(input: &Reader<'_>) -> Option<Vec<Value>> {
    let references = input.objects("eventReferences", &(0..=10))?;
    for (index, reference) in references.iter().enumerate() {
        match only_member(reference) {
            Some("resource") => drop(reference.text("resource", &limits::ARN)),
            Some("relatedItemId") => drop(reference.text("relatedItemId", &limits::GENERATED_ID)),
            Some(_) | None => input.fault(
                &format!("eventReferences[{index}]"),
                "must have exactly one of the members resource, relatedItemId",
            ),
        }
    }
    input.raw("eventReferences").and_then(Value::as_array).cloned()
}

fn refuse_other_types(event_type: &str) -> Result<(), ServiceError> {
    if WRITABLE_TYPES.contains(&event_type) {
        return Ok(());
    }
    Err(ServiceError::invalid(format!(
        "Events of the type {event_type} cannot be written"
    )))
}

fn refuse_other_data(event_data: &str) -> Result<(), ServiceError> {
    if serde_json::from_str::<Value>(event_data).is_ok() {
        return Ok(());
    }
    Err(ServiceError::invalid("The event data is not a JSON text"))
}

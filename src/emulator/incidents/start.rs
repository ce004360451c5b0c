//! Starting an incident: the record is made, and the response plan's engagements are engaged.

use serde_json::{Value, json};

use super::{client_token, limits, records, related_items, required_arn, response_plans};
use crate::emulator::{
    call::Call,
    contacts::walk::engage,
    error::ServiceError,
    input::Reader,
    operations::{Operation, RateClass},
    world::{Arn, Engagement, IncidentRecord, IncidentSource, IncidentStatus, ResponsePlan, TimelineEvent},
};

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[Operation::writes(
    "StartIncident",
    RateClass::IncidentWrites,
    "Makes an incident from a response plan and engages whom the plan names.",
    start_incident,
)
.at("POST", "/startIncident", 200)];

fn start_incident(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let plan_arn = required_arn(input, "responsePlanArn");
    let title = input.text("title", &limits::TITLE);
    let impact = input.number("impact", &limits::IMPACT);
    let related_items = related_items::items(input);
    let source = trigger(call, input);
    let token = client_token(input);
    input.check()?;
    if let Some(arn) = call.replayed(token.as_deref()) {
        return Ok(json!({ "incidentRecordArn": arn }));
    }
    let key = response_plans::found(call, &plan_arn)?;
    let plan = call.world.response_plans.get(&key).cloned().unwrap_or_default();
    let dedupe_string = plan
        .incident_template
        .get("dedupeString")
        .and_then(Value::as_str)
        .unwrap_or_default();
    // The one incident that is open for this cause already stands for the new one, too.
    let open = call.world.incident_records.iter().find(|(_, record)| {
        !dedupe_string.is_empty() && record.dedupe_string == dedupe_string && record.status == IncidentStatus::Open
    });
    if let Some((id, record)) = open {
        return Ok(json!({ "incidentRecordArn": records::arn(call.world, id, record) }));
    }

    let id = call.uuid();
    let plan_name = plan_arn.rsplit('/').next().unwrap_or_default();
    let first_event = TimelineEvent {
        id: call.uuid(),
        event_time: call.now,
        event_updated_time: call.now,
        event_type: "SSM Incident Trigger".to_owned(),
        event_data: json!({ "triggerSource": source.source, "createdBy": source.created_by }).to_string(),
        event_references: Vec::new(),
    };
    let mut record = from_template(call, plan_name, &plan, source, &id);
    record.title = title.unwrap_or(record.title);
    record.impact = impact.unwrap_or(record.impact);
    record.timeline.push(first_event);
    record.related_items = related_items
        .into_iter()
        .map(|item| related_items::numbered(call, item))
        .collect();
    let arn = records::arn(call.world, &id, &record);
    call.world.incident_records.insert(id, record.clone());
    call.remember(token.as_deref(), &arn);
    engage_all(call, plan.engagements, &record, &arn);
    Ok(json!({ "incidentRecordArn": arn }))
}

/// Reads `triggerDetails`. Sources that begin with `aws.` are for AWS itself.
fn trigger(call: &Call<'_>, input: &Reader<'_>) -> IncidentSource {
    let mut source = IncidentSource {
        created_by: call.caller(),
        ..IncidentSource::default()
    };
    if let Some(trigger) = input.object("triggerDetails") {
        source.source = trigger.required_text("source", &limits::TRIGGER_SOURCE);
        source.resource_arn = trigger.text("triggerArn", &limits::ARN);
        trigger.required_instant("timestamp");
        trigger.text("rawData", &limits::RAW_DATA);
        if source.source.starts_with("aws.") {
            trigger.fault("source", "must not begin with aws.");
        }
    }
    source
}

/// Returns the record that a response plan's template describes; its timeline is empty.
fn from_template(
    call: &Call<'_>,
    plan_name: &str,
    plan: &ResponsePlan,
    source: IncidentSource,
    id: &str,
) -> IncidentRecord {
    let template = &plan.incident_template;
    let text = |name: &str| template.get(name).and_then(Value::as_str).map(str::to_owned);
    let impact = template
        .get("impact")
        .and_then(Value::as_u64)
        .and_then(|impact| u32::try_from(impact).ok());
    let list = |name: &str| {
        template
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let tags = template.get("incidentTags").cloned();
    IncidentRecord {
        response_plan: plan_name.to_owned(),
        title: text("title").unwrap_or_default(),
        status: IncidentStatus::Open,
        // A world's file may leave the impact out: the least of those that call for anybody.
        impact: impact.unwrap_or(4),
        summary: text("summary"),
        // Required in answers; without one of its own, an incident is its own cause.
        dedupe_string: text("dedupeString")
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| id.to_owned()),
        last_modified_by: source.created_by.clone(),
        source,
        creation_time: call.now,
        resolved_time: None,
        last_modified_time: Some(call.now),
        chat_topics: plan.chat_topics.clone(),
        notification_targets: list("notificationTargets"),
        automation_executions: Vec::new(),
        timeline: Vec::new(),
        related_items: Vec::new(),
        findings: Vec::new(),
        tags: tags
            .and_then(|tags| serde_json::from_value(tags).ok())
            .unwrap_or_default(),
    }
}

/// Engages everybody whom the plan names, each with an engagement that names the incident.
///
/// A contact that is gone is passed over: plans keep its ARN and reach nobody there.
fn engage_all(call: &mut Call<'_>, engagements: Vec<Arn>, record: &IncidentRecord, incident_arn: &str) {
    for contact in engagements {
        if call.world.contact(&contact).is_none() {
            continue;
        }
        let engagement = Engagement {
            contact,
            sender: "Incident Manager".to_owned(),
            subject: record.title.clone(),
            content: record.summary.clone().unwrap_or_else(|| record.title.clone()),
            public_subject: Some(record.title.clone()),
            public_content: None,
            incident_id: Some(incident_arn.to_owned()),
            start_time: call.now,
            stop_time: None,
            pending: Vec::new(),
        };
        engage(call, engagement);
    }
}

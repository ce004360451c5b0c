//! Engagements: started, stopped and read.

use serde_json::{Value, json};

use super::{
    contact, insert, limits, listed,
    walk::{engage, engagement_arn},
};
use crate::emulator::{
    call::{Call, idempotency_token},
    error::ServiceError,
    input::{Reader, seconds},
    operations::{
        Operation,
        RateClass::{Describe, Engage, ListEngagements, StopEngagement},
    },
    pager::Pager,
    world::{Engagement, Receipt, ReceiptType},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::writes(
        "StartEngagement",
        Engage,
        "Pages a person, a plan or whoever is on call.",
        start_engagement,
    ),
    Operation::writes(
        "StopEngagement",
        StopEngagement,
        "Ends an engagement; nothing more is sent.",
        stop_engagement,
    ),
    Operation::reads(
        "DescribeEngagement",
        Describe,
        "Reads one engagement with its message.",
        describe_engagement,
    ),
    Operation::reads(
        "ListEngagements",
        ListEngagements,
        "Lists engagements, newest first.",
        list_engagements,
    ),
];

fn start_engagement(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let contact = input.required_text("ContactId", &limits::ARN);
    let engagement = Engagement {
        contact,
        sender: input.required_text("Sender", &limits::SENDER),
        subject: input.required_text("Subject", &limits::SUBJECT),
        content: input.required_text("Content", &limits::CONTENT),
        public_subject: input.text("PublicSubject", &limits::SUBJECT),
        public_content: input.text("PublicContent", &limits::CONTENT),
        incident_id: input.text("IncidentId", &limits::INCIDENT),
        start_time: call.now,
        stop_time: None,
        pending: Vec::new(),
    };
    let token = idempotency_token(input);
    input.check()?;
    if let Some(arn) = call.replayed(token.as_deref()) {
        return Ok(json!({ "EngagementArn": arn }));
    }
    contact::found(call, &engagement.contact)?;
    let arn = engage(call, engagement);
    call.remember(token.as_deref(), &arn);
    Ok(json!({ "EngagementArn": arn }))
}

fn stop_engagement(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("EngagementId", &limits::ARN);
    let reason = input.text("Reason", &limits::STOP_REASON);
    input.check()?;
    let id = found(call, &arn)?.0.to_owned();
    let now = call.now;
    if let Some(engagement) = call.world.engagements.get_mut(&id) {
        engagement.stop_time.get_or_insert(now);
        engagement.pending.clear();
    }
    let open = call
        .world
        .pages
        .values_mut()
        .filter(|page| page.engagement == id && page.read_time.is_none());
    for page in open {
        page.receipts.push(Receipt {
            kind: ReceiptType::Stop,
            time: now,
            channel: None,
            info: reason.clone(),
        });
    }
    Ok(json!({}))
}

fn describe_engagement(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("EngagementId", &limits::ARN);
    input.check()?;
    let (id, engagement) = found(call, &arn)?;
    let mut answer = to_wire(call, id, engagement);
    insert_message(&mut answer, engagement);
    Ok(answer)
}

fn list_engagements(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let incident = input.text("IncidentId", &limits::INCIDENT);
    let range = input.object("TimeRangeValue");
    let edge = |name| range.as_ref().and_then(|range| range.instant(name));
    let (from, until) = (edge("StartTime"), edge("EndTime"));
    let pager = Pager::contacts(call, input)?;
    let matches = |engagement: &Engagement| {
        (incident.is_none() || incident == engagement.incident_id)
            && from.is_none_or(|from| engagement.start_time >= from)
            && until.is_none_or(|until| engagement.start_time <= until)
    };
    let matching = call
        .world
        .engagements
        .iter()
        .filter(|(_, engagement)| matches(engagement));
    let mut matching: Vec<_> = matching
        .map(|(id, engagement)| {
            (
                newest_first(engagement.start_time.timestamp_millis(), id),
                (id, engagement),
            )
        })
        .collect();
    matching.sort_by(|one, other| one.0.cmp(&other.0));
    let (page, token) = pager.cut(matching.into_iter());
    let entries = page
        .into_iter()
        .map(|(id, engagement)| to_wire(call, id, engagement))
        .collect();
    Ok(listed("Engagements", entries, token))
}

/// Returns a key by which the newest thing comes first.
pub(super) fn newest_first(milliseconds: i64, id: &str) -> String {
    // The subtraction turns the order around, and the padding makes texts sort as numbers do.
    format!("{:020}{id}", i64::MAX.saturating_sub(milliseconds.max(0)))
}

/// Returns the engagement with this ARN and its id, or the error that there is none.
///
/// Only the id counts: references differ in the alias that they give to one and the same engagement.
pub(super) fn found<'a>(call: &'a Call<'_>, arn: &str) -> Result<(&'a str, &'a Engagement), ServiceError> {
    let entry = call
        .world
        .contacts_id(arn, "engagement")
        .and_then(|id| call.world.engagements.get_key_value(id));
    entry
        .map(|(id, engagement)| (id.as_str(), engagement))
        .ok_or_else(|| ServiceError::not_found("ENGAGEMENT", arn))
}

/// Adds the message texts, which only the two Describe operations answer.
pub(super) fn insert_message(answer: &mut Value, engagement: &Engagement) {
    insert(answer, "Subject", Some(engagement.subject.as_str()));
    insert(answer, "Content", Some(engagement.content.as_str()));
    insert(answer, "PublicSubject", engagement.public_subject.as_deref());
    insert(answer, "PublicContent", engagement.public_content.as_deref());
}

fn to_wire(call: &Call<'_>, id: &str, engagement: &Engagement) -> Value {
    let mut answer = json!({
        "EngagementArn": engagement_arn(call.world, id, engagement),
        "ContactArn": engagement.contact,
        "Sender": engagement.sender,
        "StartTime": seconds(engagement.start_time),
    });
    insert(&mut answer, "IncidentId", engagement.incident_id.as_deref());
    insert(&mut answer, "StopTime", engagement.stop_time.map(seconds));
    answer
}

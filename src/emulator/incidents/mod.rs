//! The operations of ssm-incidents, by family.
//!
//! Names are camelCase on this side, ARNs have no Region, and a validation error says what is wrong in its message
//! alone. This file holds what the families share: how an operation is routed, how a page of a list is asked for, and
//! how a missing resource is reported.

mod conditions;
mod findings;
mod limits;
mod plan_input;
mod policies;
mod records;
mod related_items;
mod replication;
mod response_plans;
mod start;
mod tags;
mod timeline;

use serde_json::{Value, json};

use super::{
    call::Call,
    contacts::insert,
    error::{ErrorKind, ServiceError},
    input::Reader,
    operations::{Operation, Route, Service},
    pager::Pager,
    world::{Arn, split},
};

/// The operations of ssm-incidents, by family.
pub(crate) const FAMILIES: [&[Operation]; 9] = [
    replication::OPERATIONS,
    response_plans::OPERATIONS,
    tags::OPERATIONS,
    policies::OPERATIONS,
    start::OPERATIONS,
    records::OPERATIONS,
    timeline::OPERATIONS,
    related_items::OPERATIONS,
    findings::OPERATIONS,
];

impl Operation {
    /// Returns the operation as one of ssm-incidents, reached by method and path.
    const fn at(self, method: &'static str, path: &'static str, status: u16) -> Self {
        Self {
            service: Service::Incidents,
            route: Route::Path { method, path, status },
            ..self
        }
    }
}

/// A sort of resource, as errors name it.
#[derive(Debug, Clone, Copy)]
enum Sort {
    ResponsePlan,
    IncidentRecord,
    TimelineEvent,
    ReplicationSet,
    ResourcePolicy,
}

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Self::ResponsePlan => "RESPONSE_PLAN",
            Self::IncidentRecord => "INCIDENT_RECORD",
            Self::TimelineEvent => "TIMELINE_EVENT",
            Self::ReplicationSet => "REPLICATION_SET",
            Self::ResourcePolicy => "RESOURCE_POLICY",
        }
    }
}

fn not_found(sort: Sort, identifier: &str) -> ServiceError {
    let message = format!("Could not find {} with identifier {identifier}", sort.word());
    about(
        ServiceError::new(ErrorKind::ResourceNotFound, message),
        sort,
        identifier,
    )
}

fn conflict(sort: Sort, identifier: &str, message: &str) -> ServiceError {
    about(ServiceError::new(ErrorKind::Conflict, message), sort, identifier)
}

fn about(error: ServiceError, sort: Sort, identifier: &str) -> ServiceError {
    error.with(json!({ "resourceIdentifier": identifier, "resourceType": sort.word() }))
}

/// Reads a required ARN.
fn required_arn(input: &Reader<'_>, name: &str) -> Arn {
    let arn = input.required_text(name, &limits::ARN);
    if input.raw(name).is_some() && split(&arn).is_none_or(|parts| parts.resource.is_empty()) {
        input.fault(name, limits::NOT_AN_ARN);
    }
    arn
}

/// Reads `clientToken`.
fn client_token(input: &Reader<'_>) -> Option<String> {
    input.text("clientToken", &limits::CLIENT_TOKEN)
}

/// Reads `maxResults` and `nextToken`, and refuses the request if any field read so far is faulty.
fn pager(call: &Call<'_>, input: &Reader<'_>) -> Result<Pager, ServiceError> {
    pager_up_to(100, call, input)
}

fn pager_up_to(most: u32, call: &Call<'_>, input: &Reader<'_>) -> Result<Pager, ServiceError> {
    let asked = input.number("maxResults", &(1..=most));
    let token = input.text("nextToken", &limits::NEXT_TOKEN);
    input.check()?;
    Pager::new(call, asked, token)
}

/// Returns a page of a list as on the wire.
fn listed(name: &str, items: Vec<Value>, token: Option<String>) -> Value {
    let mut answer = json!({});
    insert(&mut answer, name, Some(items));
    insert(&mut answer, "nextToken", token);
    answer
}

/// Reads a `chatChannel` union: its SNS topics, none of them for `empty`, or nothing when the member is absent.
fn chat_topics(input: &Reader<'_>) -> Option<Vec<Arn>> {
    let channel = input.object("chatChannel")?;
    match only_member(&channel) {
        Some("chatbotSns") => channel.texts("chatbotSns", &(1..=5), &limits::ARN),
        Some("empty") => channel.object("empty").map(|_| Vec::new()),
        Some(_) | None => {
            input.fault("chatChannel", "must have exactly one of the members empty, chatbotSns");
            None
        }
    }
}

/// Returns a `chatChannel` as on the wire; none when there are no topics.
fn chat_channel(topics: &[Arn]) -> Option<Value> {
    (!topics.is_empty()).then(|| json!({ "chatbotSns": topics }))
}

/// Reads `notificationTargets` or its like: up to ten SNS topics.
fn notification_targets(input: &Reader<'_>, name: &str) -> Option<Vec<Value>> {
    let targets = input.objects(name, &(0..=10))?;
    let topic = |target: &Reader<'_>| {
        let mut kept = json!({});
        insert(&mut kept, "snsTopicArn", target.text("snsTopicArn", &limits::ARN));
        kept
    };
    Some(targets.iter().map(topic).collect())
}

/// Returns the name of a union's member, if it has exactly one.
fn only_member<'a>(union: &Reader<'a>) -> Option<&'a str> {
    let mut members = union.entries().filter(|(_, value)| !value.is_null());
    match (members.next(), members.next()) {
        (Some((name, _)), None) => Some(name),
        _ => None,
    }
}

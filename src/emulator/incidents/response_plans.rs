//! Response plans: what happens when an incident starts.

use serde_json::{Value, json};

use super::{
    Sort, chat_channel, chat_topics, client_token, conflict, limits, listed, not_found, notification_targets, pager,
    plan_input, required_arn,
    tags::{optional_tags, tags_member},
};
use crate::emulator::{
    call::Call,
    contacts::insert,
    error::ServiceError,
    input::Reader,
    operations::{Operation, RateClass},
    settings::EngagementOrder,
    world::{Arn, ResponsePlan, World, split},
};

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListResponsePlans",
        RateClass::IncidentReads,
        "Lists response plans, without what they engage.",
        list_response_plans,
    )
    .at("POST", "/listResponsePlans", 200),
    Operation::reads(
        "GetResponsePlan",
        RateClass::IncidentReads,
        "Reads one response plan.",
        get_response_plan,
    )
    .at("GET", "/getResponsePlan", 200),
    Operation::writes(
        "CreateResponsePlan",
        RateClass::IncidentWrites,
        "Makes a response plan.",
        create_response_plan,
    )
    .at("POST", "/createResponsePlan", 201),
    Operation::writes(
        "UpdateResponsePlan",
        RateClass::IncidentWrites,
        "Replaces the members that are sent; lists are replaced whole.",
        update_response_plan,
    )
    .at("POST", "/updateResponsePlan", 204),
    Operation::writes(
        "DeleteResponsePlan",
        RateClass::IncidentWrites,
        "Deletes a response plan; deleting nothing is no error.",
        delete_response_plan,
    )
    .at("POST", "/deleteResponsePlan", 204),
];

fn list_response_plans(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let pager = pager(call, input)?;
    let world = &*call.world;
    let (page, token) = pager.cut(world.response_plans.iter().map(|(key, plan)| (key, (key, plan))));
    let summaries = page.into_iter().map(|(key, plan)| summary(world, key, plan)).collect();
    Ok(listed("responsePlanSummaries", summaries, token))
}

fn summary(world: &World, key: &str, plan: &ResponsePlan) -> Value {
    let mut answer = json!({ "arn": arn(world, key), "name": name(key) });
    insert(&mut answer, "displayName", plan.display_name.as_deref());
    answer
}

fn get_response_plan(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let asked = required_arn(input, "arn");
    input.check()?;
    let key = found(call, &asked)?;
    let Some(plan) = call.world.response_plans.get(&key) else {
        return Err(not_found(Sort::ResponsePlan, &asked));
    };
    let mut engagements = plan.engagements.clone();
    if call.settings.engagement_order == EngagementOrder::Shuffled {
        // No order is promised. The reverse is another one whenever there are two, and tests can rely on it.
        engagements.reverse();
    }
    let mut answer = summary(call.world, &key, plan);
    insert(&mut answer, "incidentTemplate", Some(plan.incident_template.clone()));
    insert(&mut answer, "engagements", Some(engagements));
    insert(&mut answer, "chatChannel", chat_channel(&plan.chat_topics));
    insert(&mut answer, "actions", Some(plan.actions.clone()));
    insert(&mut answer, "integrations", Some(plan.integrations.clone()));
    Ok(answer)
}

fn create_response_plan(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let name = input.required_text("name", &limits::PLAN_NAME);
    let plan = ResponsePlan {
        display_name: input.text("displayName", &limits::DISPLAY_NAME),
        incident_template: plan_input::template(input),
        engagements: plan_input::engagements(input).unwrap_or_default(),
        chat_topics: chat_topics(input).unwrap_or_default(),
        actions: plan_input::actions(input).unwrap_or_default(),
        integrations: plan_input::integrations(input).unwrap_or_default(),
        tags: optional_tags(input, "tags").unwrap_or_default(),
    };
    let token = client_token(input);
    input.check()?;
    if let Some(arn) = call.replayed(token.as_deref()) {
        return Ok(json!({ "arn": arn }));
    }
    plan_input::refuse_strangers(call, &plan.engagements)?;
    let arn = arn(call.world, &name);
    if call.world.response_plans.contains_key(&name) {
        let message = format!("A response plan with the name {name} exists already");
        return Err(conflict(Sort::ResponsePlan, &arn, &message));
    }
    call.world.response_plans.insert(name, plan);
    call.remember(token.as_deref(), &arn);
    Ok(json!({ "arn": arn }))
}

fn update_response_plan(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let asked = required_arn(input, "arn");
    let display_name = input.text("displayName", &limits::DISPLAY_NAME);
    let engagements = plan_input::engagements(input);
    let chat_topics = chat_topics(input);
    let actions = plan_input::actions(input);
    let integrations = plan_input::integrations(input);
    let template = [
        (
            "title",
            input.text("incidentTemplateTitle", &limits::TITLE).map(Value::from),
        ),
        (
            "impact",
            input.number("incidentTemplateImpact", &limits::IMPACT).map(Value::from),
        ),
        (
            "summary",
            input.text("incidentTemplateSummary", &limits::SUMMARY).map(Value::from),
        ),
        (
            "dedupeString",
            input
                .text("incidentTemplateDedupeString", &limits::DEDUPE_STRING)
                .map(Value::from),
        ),
        (
            "notificationTargets",
            notification_targets(input, "incidentTemplateNotificationTargets").map(Value::from),
        ),
        (
            "incidentTags",
            tags_member(input, "incidentTemplateTags", &(0..=50)).map(|tags| json!(tags)),
        ),
    ];
    let token = client_token(input);
    input.check()?;
    let key = own(call, &asked)?;
    if call.replayed(token.as_deref()).is_some() {
        return Ok(Value::Null);
    }
    plan_input::refuse_strangers(call, engagements.as_deref().unwrap_or_default())?;
    let Some(plan) = call.world.response_plans.get_mut(&key) else {
        return Err(not_found(Sort::ResponsePlan, &asked));
    };
    plan.display_name = display_name.or(plan.display_name.take());
    replace(&mut plan.engagements, engagements);
    replace(&mut plan.chat_topics, chat_topics);
    replace(&mut plan.actions, actions);
    replace(&mut plan.integrations, integrations);
    if plan.incident_template.is_null() {
        // A world's file may leave the template out.
        plan.incident_template = json!({});
    }
    for (name, member) in template {
        insert(&mut plan.incident_template, name, member);
    }
    call.remember(token.as_deref(), &asked);
    Ok(Value::Null)
}

/// A member that was sent replaces the whole of what was there; an absent one leaves it.
fn replace<T>(present: &mut T, sent: Option<T>) {
    if let Some(sent) = sent {
        *present = sent;
    }
}

fn delete_response_plan(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let asked = required_arn(input, "arn");
    input.check()?;
    // The operation declares no not-found error.
    if let Some(key) = own_key(call, &asked)? {
        call.world.response_plans.remove(&key);
        call.world
            .resource_policies
            .retain(|_, policy| policy.resource != asked);
    }
    Ok(Value::Null)
}

/// Returns the ARN of the response plan with this key of [`World::response_plans`].
pub(super) fn arn(world: &World, key: &str) -> Arn {
    if key.starts_with("arn:") {
        return key.to_owned();
    }
    world.incidents_arn(&format!("response-plan/{key}"))
}

fn name(key: &str) -> &str {
    split(key).and_then(|parts| parts.id_of("response-plan")).unwrap_or(key)
}

/// Returns the key of a response plan that the caller can see.
pub(super) fn found(call: &Call<'_>, asked: &str) -> Result<String, ServiceError> {
    if !call.world.owns(asked) {
        let is_shared = call.world.response_plans.contains_key(asked);
        return if is_shared {
            Ok(asked.to_owned())
        } else {
            Err(call.denied(asked))
        };
    }
    own(call, asked)
}

/// Returns the key of a response plan that the caller can change.
pub(super) fn own(call: &Call<'_>, asked: &str) -> Result<String, ServiceError> {
    let key = own_key(call, asked)?.filter(|key| call.world.response_plans.contains_key(key));
    key.ok_or_else(|| not_found(Sort::ResponsePlan, asked))
}

/// Returns the key of a response plan of this account, whether or not there is such a plan.
fn own_key(call: &Call<'_>, asked: &str) -> Result<Option<String>, ServiceError> {
    if !call.world.owns(asked) {
        return Err(call.denied(asked));
    }
    let parts = split(asked).filter(|parts| parts.service == "ssm-incidents");
    Ok(parts.and_then(|parts| parts.id_of("response-plan")).map(str::to_owned))
}

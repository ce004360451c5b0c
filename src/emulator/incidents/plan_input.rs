//! Reads what a response plan is made of, by the limits of the model.

use serde_json::{Value, json};

use super::{limits, notification_targets, only_member, tags::optional_tags};
use crate::emulator::{
    call::Call,
    contacts::insert,
    error::{ErrorKind, ServiceError},
    input::Reader,
    settings::Answer,
    world::{Arn, split},
};

/// Reads `incidentTemplate`, and returns it as it is kept and given back.
pub(super) fn template(input: &Reader<'_>) -> Value {
    let Some(template) = input.required_object("incidentTemplate") else {
        return Value::Null;
    };
    let mut kept = json!({
        "title": template.required_text("title", &limits::TITLE),
        "impact": template.required_number("impact", &limits::IMPACT),
    });
    insert(&mut kept, "summary", template.text("summary", &limits::SUMMARY));
    insert(
        &mut kept,
        "dedupeString",
        template.text("dedupeString", &limits::DEDUPE_STRING),
    );
    insert(
        &mut kept,
        "notificationTargets",
        notification_targets(&template, "notificationTargets"),
    );
    insert(
        &mut kept,
        "incidentTags",
        optional_tags(&template, "incidentTags").map(|tags| json!(tags)),
    );
    kept
}

/// Reads `engagements`: persons, plans and schedules, never channels or rotations.
pub(super) fn engagements(input: &Reader<'_>) -> Option<Vec<Arn>> {
    let arns = input.texts("engagements", &limits::ENGAGEMENTS, &limits::ARN)?;
    for (index, arn) in arns.iter().enumerate() {
        if !is_contact(arn) {
            let sentence = "failed to satisfy constraint: Member must satisfy regular expression pattern: \
                            ^arn:aws(-cn|-us-gov)?:ssm-contacts:[a-z0-9-]*:([0-9]{12}):contact/[a-z0-9_-]+$";
            input.fault(&format!("engagements[{index}]"), sentence);
        }
    }
    Some(arns)
}

fn is_contact(arn: &str) -> bool {
    let is_alias = |alias: &str| {
        let mut letters = alias.chars();
        let is_allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-".contains(letter);
        !alias.is_empty() && letters.all(is_allowed)
    };
    split(arn).is_some_and(|parts| {
        parts.service == "ssm-contacts"
            && parts.account.len() == 12
            && parts.account.bytes().all(|digit| digit.is_ascii_digit())
            && parts.contact_alias().is_some_and(is_alias)
    })
}

/// Refuses engagements that another account owns, and, where the setting says so, that do not exist.
pub(super) fn refuse_strangers(call: &Call<'_>, engagements: &[Arn]) -> Result<(), ServiceError> {
    for arn in engagements {
        if !call.world.owns(arn) {
            let message = format!("Contact {arn} belongs to another account and cannot be engaged by a response plan");
            return Err(ServiceError::invalid(message));
        }
        if call.settings.unknown_reference == Answer::Refuse && call.world.contact(arn).is_none() {
            let message = format!("Could not find contact {arn}");
            let error = ServiceError::new(ErrorKind::ResourceNotFound, message);
            return Err(error.with(json!({ "resourceIdentifier": arn })));
        }
    }
    Ok(())
}

/// Reads `actions`: one runbook at most.
pub(super) fn actions(input: &Reader<'_>) -> Option<Vec<Value>> {
    let actions = input.objects("actions", &(0..=1))?;
    for action in &actions {
        if let Some(runbook) = action.required_object("ssmAutomation") {
            check_runbook(&runbook);
        }
    }
    // The nested shapes are given back as they came.
    input.raw("actions").and_then(Value::as_array).cloned()
}

fn check_runbook(runbook: &Reader<'_>) {
    runbook.required_text("documentName", &limits::DOCUMENT_NAME);
    let role = runbook.required_text("roleArn", &limits::ARN);
    let is_role = split(&role).is_some_and(|parts| parts.service == "iam" && parts.resource.starts_with("role/"));
    if runbook.raw("roleArn").is_some() && !is_role {
        let sentence = "failed to satisfy constraint: Member must satisfy regular expression pattern: \
                        ^arn:aws(-cn|-us-gov)?:iam::([0-9]{12})?:role/.+$";
        runbook.fault("roleArn", sentence);
    }
    runbook.text("documentVersion", &limits::DOCUMENT_VERSION);
    runbook.word("targetAccount", |word| {
        ["RESPONSE_PLAN_OWNER_ACCOUNT", "IMPACTED_ACCOUNT"]
            .contains(&word)
            .then_some(())
    });
    for name in ["parameters", "dynamicParameters"] {
        if let Some(map) = runbook.object(name) {
            check_parameters(runbook, name, &map);
        }
    }
}

fn check_parameters(runbook: &Reader<'_>, name: &str, map: &Reader<'_>) {
    // An empty map is refused: hashicorp/terraform-provider-aws#32057.
    if !limits::PARAMETERS.contains(&map.entries().count()) {
        runbook.fault(
            name,
            "failed to satisfy constraint: Member must have length between 1 and 200",
        );
    }
    for (key, _) in map.entries() {
        if !limits::PARAMETER_NAME.contains(&key.chars().count()) {
            runbook.fault(
                name,
                "failed to satisfy constraint: Map keys must have length between 1 and 50",
            );
        }
        if name == "parameters" {
            map.texts(key, &(0..=100), &limits::PARAMETER_VALUE);
        } else if let Some(value) = map.object(key) {
            value.required_word("variable", |word| {
                ["INCIDENT_RECORD_ARN", "INVOLVED_RESOURCES"]
                    .contains(&word)
                    .then_some(())
            });
        }
    }
}

/// Reads `integrations`: one `PagerDuty` service at most.
pub(super) fn integrations(input: &Reader<'_>) -> Option<Vec<Value>> {
    let integrations = input.objects("integrations", &(0..=1))?;
    for integration in &integrations {
        if only_member(integration) != Some("pagerDutyConfiguration") {
            input.fault("integrations[0]", "must have exactly the member pagerDutyConfiguration");
        }
        let Some(pager_duty) = integration.object("pagerDutyConfiguration") else {
            continue;
        };
        pager_duty.required_text("name", &limits::PAGER_DUTY_NAME);
        pager_duty.required_text("secretId", &limits::SECRET_ID);
        if let Some(service) = pager_duty.required_object("pagerDutyIncidentConfiguration") {
            service.required_text("serviceId", &limits::SERVICE_ID);
        }
    }
    input.raw("integrations").and_then(Value::as_array).cloned()
}

//! A contact's plan on the wire, and the rules that it must keep to.

use serde_json::{Map, Value, json};

use super::{insert, limits};
use crate::emulator::{
    call::Call,
    error::{ErrorKind, NO_PUBLISHED_CODE, ServiceError},
    input::Reader,
    settings::Answer,
    world::{Contact, ContactType, Plan, Stage, Target, World, split},
};

/// Reads a plan and records the faults of its fields.
pub(super) fn read(input: &Reader<'_>) -> Plan {
    let stages = input.objects("Stages", &(0..=usize::MAX));
    Plan {
        stages: stages.map(|stages| stages.iter().map(stage).collect()),
        rotation_ids: input.texts("RotationIds", &(0..=limits::LISTED_ARNS), &limits::ARN),
    }
}

fn stage(input: &Reader<'_>) -> Stage {
    let minutes = input.required_number("DurationInMinutes", &limits::STAGE_MINUTES);
    let targets = input.objects("Targets", &(0..=usize::MAX));
    if input.raw("Targets").is_none() {
        input.fault("Targets", "failed to satisfy constraint: Member must not be null");
    }
    let targets: Vec<Target> = targets.iter().flatten().map(target).collect();
    if minutes == 0 && targets.is_empty() {
        input.fault("DurationInMinutes", "must be at least 1 in a stage without targets");
    }
    Stage { minutes, targets }
}

fn target(input: &Reader<'_>) -> Target {
    let mut target = Target::default();
    if let Some(channel) = input.object("ChannelTargetInfo") {
        target.channel = Some(channel.required_text("ContactChannelId", &limits::ARN));
        target.retry_minutes = channel.number("RetryIntervalInMinutes", &limits::RETRY_MINUTES);
    }
    if let Some(contact) = input.object("ContactTargetInfo") {
        target.contact = contact.text("ContactId", &limits::ARN);
        target.essential = contact.flag("IsEssential");
        if target.essential.is_none() {
            contact.fault("IsEssential", "failed to satisfy constraint: Member must not be null");
        }
    }
    target
}

/// Checks a plan against the type of its contact, the quotas, and what it names.
pub(super) fn check(call: &Call<'_>, kind: ContactType, plan: &Plan) -> Result<(), ServiceError> {
    match kind {
        ContactType::OncallSchedule if plan.stages.is_some() => {
            return Err(ServiceError::invalid(
                "ONCALL SCHEDULE contact cannot have stages in plan",
            ));
        }
        ContactType::Personal | ContactType::Escalation if plan.rotation_ids.is_some() => {
            let message = format!("{} contact cannot have rotations in plan", kind.word());
            return Err(ServiceError::invalid(message));
        }
        ContactType::Personal | ContactType::Escalation | ContactType::OncallSchedule => {}
    }
    let rotation_ids = plan.rotation_ids.iter().flatten();
    if rotation_ids.clone().count() > limits::ROTATIONS_PER_SCHEDULE {
        return Err(quota("rotations per on-call schedule", NO_PUBLISHED_CODE));
    }
    for rotation in rotation_ids {
        known(
            call,
            rotation,
            call.world
                .contacts_id(rotation, "rotation")
                .is_some_and(|id| call.world.rotations.contains_key(id)),
        )?;
    }
    let stages = plan.stages.as_deref().unwrap_or_default();
    if stages.len() > limits::STAGES_PER_PLAN {
        return Err(quota("stages per plan", "L-5AE11799"));
    }
    for stage in stages {
        if stage.targets.len() > limits::TARGETS_PER_STAGE {
            return Err(quota("contact channels per stage", "L-F338226A"));
        }
        stage
            .targets
            .iter()
            .try_for_each(|target| check_target(call, kind, target))?;
    }
    Ok(())
}

fn check_target(call: &Call<'_>, kind: ContactType, target: &Target) -> Result<(), ServiceError> {
    if let Some(channel) = &target.channel {
        if kind != ContactType::Personal {
            return Err(ServiceError::invalid(
                "Escalation plans target contacts, not contact channels",
            ));
        }
        known(call, channel, call.world.channel(channel).is_some())?;
    }
    if let Some(arn) = &target.contact {
        if kind != ContactType::Escalation {
            return Err(ServiceError::invalid(
                "Engagement plans target contact channels, not contacts",
            ));
        }
        if split(arn).is_some_and(|parts| parts.account != call.world.account) {
            return Err(ServiceError::invalid(format!(
                "Contact {arn} belongs to another account"
            )));
        }
        let contact = call.world.contact(arn);
        known(call, arn, contact.is_some())?;
        let is_plan = contact.is_some_and(|contact| contact.kind == ContactType::Escalation);
        if is_plan && call.settings.nested_escalation == Answer::Refuse {
            return Err(ServiceError::invalid(format!(
                "Escalation plan {arn} cannot be a target of an escalation plan"
            )));
        }
    }
    Ok(())
}

/// Refuses a reference that leads nowhere, where the settings want that.
pub(super) fn known(call: &Call<'_>, arn: &str, exists: bool) -> Result<(), ServiceError> {
    if exists || call.settings.unknown_reference == Answer::Accept {
        return Ok(());
    }
    Err(ServiceError::invalid(format!(
        "Invalid value provided - Invalid resource Arn {arn}"
    )))
}

/// Refuses members of a rotation or of an override that are no persons of this account.
pub(super) fn check_persons(call: &Call<'_>, members: &[String]) -> Result<(), ServiceError> {
    for arn in members {
        let contact = call.world.contact(arn);
        known(call, arn, contact.is_some())?;
        if contact.is_some_and(|contact| contact.kind != ContactType::Personal) {
            return Err(ServiceError::invalid(format!(
                "Contact {arn} is not a PERSONAL contact"
            )));
        }
    }
    Ok(())
}

/// Returns the error of a used-up quota, with its code on the quota page.
pub(super) fn quota(what: &str, code: &str) -> ServiceError {
    let message = format!("The request would exceed the quota of {what}");
    let members = json!({ "QuotaCode": code, "ServiceCode": "ssm-contacts" });
    ServiceError::new(ErrorKind::ServiceQuotaExceeded, message).with(members)
}

/// Returns the rotations that have this contact as a member.
pub(super) fn rotations_with(world: &World, arn: &str) -> Vec<String> {
    let key = world.contact_key(arn);
    let has_member = |members: &[String]| members.iter().any(|member| world.contact_key(member) == key);
    let rotations = world
        .rotations
        .iter()
        .filter(|(_, rotation)| has_member(&rotation.contact_ids));
    rotations
        .map(|(id, _)| world.contacts_arn(&format!("rotation/{id}")))
        .collect()
}

/// Returns the plan of a contact as on the wire.
pub(super) fn to_wire(contact: &Contact) -> Value {
    let mut plan = Map::new();
    if let Some(stages) = &contact.plan.stages {
        let stages: Vec<Value> = stages
            .iter()
            .map(|stage| {
                let targets: Vec<Value> = stage.targets.iter().map(target_to_wire).collect();
                json!({ "DurationInMinutes": stage.minutes, "Targets": targets })
            })
            .collect();
        plan.insert("Stages".to_owned(), json!(stages));
    }
    if let Some(rotation_ids) = &contact.plan.rotation_ids {
        plan.insert("RotationIds".to_owned(), json!(rotation_ids));
    }
    Value::Object(plan)
}

fn target_to_wire(target: &Target) -> Value {
    let mut answer = json!({});
    if let Some(channel) = &target.channel {
        let mut info = json!({ "ContactChannelId": channel });
        insert(&mut info, "RetryIntervalInMinutes", target.retry_minutes);
        insert(&mut answer, "ChannelTargetInfo", Some(info));
    }
    if target.contact.is_some() || target.essential.is_some() {
        let mut info = json!({ "IsEssential": target.essential.unwrap_or_default() });
        insert(&mut info, "ContactId", target.contact.as_deref());
        insert(&mut answer, "ContactTargetInfo", Some(info));
    }
    answer
}

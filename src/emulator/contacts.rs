//! Contacts, escalation plans and on-call schedules: one resource, seven operations.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::ServiceError,
    input::Reader,
    limits,
    operations::{Operation, RateClass},
    pages::Pager,
    world::{Contact, ContactType, Plan},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListContacts",
        RateClass::ContactReads,
        "Lists persons, plans and schedules.",
        list_contacts,
    ),
    Operation::reads(
        "GetContact",
        RateClass::GetContact,
        "Reads one contact with its plan.",
        get_contact,
    ),
];

fn list_contacts(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let prefix = input.text("AliasPrefix", &limits::ALIAS).unwrap_or_default();
    let kind = input.word("Type", ContactType::from_word);
    let pager = Pager::contacts(call, input)?;
    let world = &*call.world;
    let matches = |(key, contact): &(&String, &Contact)| {
        alias_of(key).starts_with(&prefix) && kind.is_none_or(|kind| kind == contact.kind)
    };
    let (page, token) = pager.cut(
        world
            .contacts
            .iter()
            .filter(matches)
            .map(|(key, contact)| (key, (key, contact))),
    );
    let contacts: Vec<Value> = page
        .into_iter()
        .map(|(key, contact)| {
            let mut entry = json!({
                "ContactArn": world.contact_arn(key),
                "Alias": alias_of(key),
                "Type": contact.kind.word(),
            });
            insert(&mut entry, "DisplayName", contact.display_name.as_deref());
            entry
        })
        .collect();
    Ok(listed("Contacts", contacts, token))
}

fn get_contact(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactId", &limits::ARN);
    input.check()?;
    let (key, contact) = found(call, &arn)?;
    let mut answer = json!({
        "ContactArn": call.world.contact_arn(key),
        "Alias": alias_of(key),
        "Type": contact.kind.word(),
        "Plan": plan(&contact.plan),
    });
    insert(&mut answer, "DisplayName", contact.display_name.as_deref());
    Ok(answer)
}

/// Returns the contact with this ARN and its key, or the error that there is none.
pub(crate) fn found<'a>(call: &'a Call<'_>, arn: &str) -> Result<(&'a str, &'a Contact), ServiceError> {
    let entry = call
        .world
        .contact_key(arn)
        .and_then(|key| call.world.contacts.get_key_value(key));
    entry
        .map(|(key, contact)| (key.as_str(), contact))
        .ok_or_else(|| ServiceError::not_found("CONTACT", arn))
}

/// Returns the alias in a key of [`World::contacts`](super::World::contacts).
pub(crate) fn alias_of(key: &str) -> &str {
    super::world::split(key)
        .and_then(|arn| arn.contact_alias())
        .unwrap_or(key)
}

/// Returns a plan as on the wire.
fn plan(plan: &Plan) -> Value {
    let mut answer = Map::new();
    if let Some(stages) = &plan.stages {
        let stages: Vec<Value> = stages
            .iter()
            .map(|stage| {
                let targets: Vec<Value> = stage.targets.iter().map(target).collect();
                json!({ "DurationInMinutes": stage.minutes, "Targets": targets })
            })
            .collect();
        answer.insert("Stages".to_owned(), json!(stages));
    }
    if let Some(rotation_ids) = &plan.rotation_ids {
        answer.insert("RotationIds".to_owned(), json!(rotation_ids));
    }
    Value::Object(answer)
}

fn target(target: &super::world::Target) -> Value {
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

/// Adds an optional member to an answer; an absent one is left out.
pub(crate) fn insert(answer: &mut Value, name: &str, member: Option<impl Into<Value>>) {
    if let (Value::Object(members), Some(member)) = (answer, member) {
        members.insert(name.to_owned(), member.into());
    }
}

/// Returns a page of a list as on the wire.
pub(crate) fn listed(name: &str, items: Vec<Value>, token: Option<String>) -> Value {
    let mut answer = json!({ name: items });
    insert(&mut answer, "NextToken", token);
    answer
}

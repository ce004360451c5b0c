//! Persons, escalation plans and on-call schedules: one resource, seven operations.

use serde_json::{Value, json};

use super::{insert, limits, listed, plan, tags};
use crate::emulator::{
    call::{Call, idempotency_token},
    error::{ErrorKind, ServiceError},
    input::Reader,
    operations::{
        Operation,
        RateClass::{ContactReads, ContactWrites, GetContact},
    },
    pager::Pager,
    settings::{AbsentPolicy, Answer, EmptySchedulePlan},
    world::{Contact, ContactType, Plan, split},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::writes(
        "CreateContact",
        ContactWrites,
        "Makes a person, a plan or a schedule.",
        create_contact,
    ),
    Operation::reads(
        "GetContact",
        GetContact,
        "Reads one contact with its plan.",
        get_contact,
    ),
    Operation::writes(
        "UpdateContact",
        ContactWrites,
        "Replaces a contact's name or its whole plan.",
        update_contact,
    ),
    Operation::writes(
        "DeleteContact",
        ContactWrites,
        "Deletes a contact; what names it goes on naming it.",
        delete_contact,
    ),
    Operation::reads(
        "ListContacts",
        ContactReads,
        "Lists persons, plans and schedules, without plans.",
        list_contacts,
    ),
    Operation::reads(
        "GetContactPolicy",
        ContactReads,
        "Reads the policy that shares a contact.",
        get_contact_policy,
    ),
    Operation::writes(
        "PutContactPolicy",
        ContactWrites,
        "Shares a contact by a policy.",
        put_contact_policy,
    ),
];

/// The `ResourceType` of errors about contacts.
const CONTACT: &str = "CONTACT";

fn create_contact(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let alias = input.required_text("Alias", &limits::ALIAS);
    let kind = input.required_word("Type", ContactType::from_word);
    let plan = input
        .required_object("Plan")
        .map(|plan| plan::read(&plan))
        .unwrap_or_default();
    let display_name = input.text("DisplayName", &limits::DISPLAY_NAME);
    let tags = tags::read(input, "Tags");
    let token = idempotency_token(input);
    input.check()?;
    let Some(kind) = kind else {
        return Err(ServiceError::invalid("The contact has no type"));
    };
    if let Some(arn) = call.replayed(token.as_deref()) {
        return Ok(json!({ "ContactArn": arn }));
    }
    plan::check(call, kind, &plan)?;
    let arn = call.world.contact_arn(&alias);
    if call.world.contacts.contains_key(&alias) {
        return Err(conflict(
            format!("A contact with the alias {alias} already exists"),
            CONTACT,
            &arn,
        ));
    }
    if call.world.contacts.len() >= limits::CONTACTS_PER_ACCOUNT {
        return Err(plan::quota("contacts per account", "L-7DD2017D"));
    }
    call.world.contacts.insert(
        alias,
        Contact {
            display_name,
            plan,
            tags,
            ..Contact::new(kind)
        },
    );
    call.remember(token.as_deref(), &arn);
    Ok(json!({ "ContactArn": arn }))
}

fn get_contact(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactId", &limits::ARN);
    input.check()?;
    let (key, contact) = found(call, &arn)?;
    let mut answer = json!({
        "ContactArn": call.world.contact_arn(key),
        "Alias": alias_of(key),
        "Type": contact.kind.word(),
        "Plan": plan::to_wire(contact),
    });
    insert(&mut answer, "DisplayName", contact.display_name.as_deref());
    Ok(answer)
}

fn update_contact(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactId", &limits::ARN);
    let display_name = input.text("DisplayName", &limits::DISPLAY_NAME);
    let new_plan = input.object("Plan").map(|plan| plan::read(&plan));
    input.check()?;
    let kind = owned(call, &arn)?.kind;
    if let Some(plan) = &new_plan {
        plan::check(call, kind, plan)?;
    }
    let keeps_rotations = kind == ContactType::OncallSchedule
        && new_plan == Some(Plan::default())
        && call.settings.empty_schedule_plan == EmptySchedulePlan::Keeps;
    if let Some(contact) = call.world.contact_mut(&arn) {
        if display_name.is_some() {
            contact.display_name = display_name;
        }
        if let Some(plan) = new_plan.filter(|_| !keeps_rotations) {
            contact.plan = plan;
        }
    }
    Ok(json!({}))
}

fn delete_contact(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactId", &limits::ARN);
    input.check()?;
    let has_channels = !owned(call, &arn)?.channels.is_empty();
    let rotations = plan::rotations_with(call.world, &arn);
    if !rotations.is_empty() && call.settings.delete_rotation_member == Answer::Refuse {
        let dependents: Vec<String> = rotations.into_iter().take(limits::LISTED_ARNS).collect();
        let message = format!("Contact {arn} is a member of one or more rotations");
        let entities = json!([{ "RelationType": "ROTATION", "DependentResourceIds": dependents }]);
        return Err(conflict(message, CONTACT, &arn).with(json!({ "DependentEntities": entities })));
    }
    if has_channels && call.settings.delete_contact_with_channels == Answer::Refuse {
        return Err(conflict(format!("Contact {arn} has contact channels"), CONTACT, &arn));
    }
    if let Some(key) = call.world.contact_key(&arn) {
        call.world.contacts.remove(key);
    }
    Ok(json!({}))
}

fn list_contacts(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let prefix = input.text("AliasPrefix", &limits::ALIAS).unwrap_or_default();
    let kind = input.word("Type", ContactType::from_word);
    let pager = Pager::contacts(call, input)?;
    let matches = |(key, contact): &(&String, &Contact)| {
        alias_of(key).starts_with(&prefix) && kind.is_none_or(|kind| kind == contact.kind)
    };
    let entries = call.world.contacts.iter().filter(matches);
    let (page, token) = pager.cut(entries.map(|(key, contact)| (key, (key, contact))));
    let entry = |(key, contact): (&String, &Contact)| {
        let mut entry = json!({
            "ContactArn": call.world.contact_arn(key),
            "Alias": alias_of(key),
            "Type": contact.kind.word(),
        });
        insert(&mut entry, "DisplayName", contact.display_name.as_deref());
        entry
    };
    Ok(listed("Contacts", page.into_iter().map(entry).collect(), token))
}

fn get_contact_policy(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactArn", &limits::ARN);
    input.check()?;
    let mut answer = json!({ "ContactArn": arn });
    let policy = owned(call, &arn)?.policy.as_deref();
    if policy.is_none() && call.settings.absent_policy == AbsentPolicy::NotFound {
        return Err(ServiceError::not_found("CONTACT_POLICY", &arn));
    }
    insert(&mut answer, "Policy", policy);
    Ok(answer)
}

fn put_contact_policy(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactArn", &limits::ARN);
    let policy = input.required_text("Policy", &limits::POLICY);
    if serde_json::from_str::<Value>(&policy).is_err() {
        input.fault("Policy", "must be a JSON document");
    }
    input.check()?;
    owned(call, &arn)?;
    if let Some(contact) = call.world.contact_mut(&arn) {
        contact.policy = Some(policy);
    }
    Ok(json!({}))
}

/// Returns the contact with this ARN and its key, or the error that there is none.
pub(super) fn found<'a>(call: &'a Call<'_>, arn: &str) -> Result<(&'a str, &'a Contact), ServiceError> {
    let entry = call
        .world
        .contact_key(arn)
        .and_then(|key| call.world.contacts.get_key_value(key));
    entry
        .map(|(key, contact)| (key.as_str(), contact))
        .ok_or_else(|| ServiceError::not_found(CONTACT, arn))
}

/// The same, for operations that the owning account alone may call.
pub(super) fn owned<'a>(call: &'a Call<'_>, arn: &str) -> Result<&'a Contact, ServiceError> {
    let (_, contact) = found(call, arn)?;
    if call.world.owns(arn) {
        Ok(contact)
    } else {
        Err(call.denied(arn))
    }
}

/// Returns the alias in a contact's ARN or in a key of [`World::contacts`](crate::emulator::World::contacts).
pub(super) fn alias_of(key: &str) -> &str {
    split(key).and_then(|arn| arn.contact_alias()).unwrap_or(key)
}

/// Returns a conflict about one resource.
pub(super) fn conflict(message: String, resource_type: &str, arn: &str) -> ServiceError {
    let members = json!({ "ResourceId": arn, "ResourceType": resource_type });
    ServiceError::new(ErrorKind::Conflict, message).with(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Settings, World, machine::Machine};

    const WORLD: &str = r#"{
        "contacts": {
            "anna": { "type": "PERSONAL", "display_name": "Anna", "channels": [
                { "id": "1", "name": "phone", "type": "SMS", "address": "+12065550100" } ] },
            "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/guest": { "type": "PERSONAL" },
            "primary": { "type": "ONCALL_SCHEDULE", "plan": { "rotation_ids": ["rotation/week"] } },
            "team": { "type": "ESCALATION", "plan": { "stages": [
                { "minutes": 5, "targets": [{ "contact": "contact/anna", "essential": true }] } ] } }
        },
        "rotations": {
            "week": { "name": "week", "contact_ids": ["contact/anna"], "time_zone": "UTC",
                      "start_time": "2026-01-05T09:00:00Z", "recurrence": { "daily": ["09:00"] } }
        }
    }"#;

    fn machine(settings: Settings) -> Machine {
        Machine::with(World::from_json(WORLD).unwrap(), settings)
    }

    fn arn(alias: &str) -> String {
        format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{alias}")
    }

    #[test]
    fn lists_come_in_pages_and_know_type_and_prefix() {
        let mut machine = machine(Settings::default());
        let first = machine.call("ListContacts", &json!({ "MaxResults": 3 })).unwrap();
        assert_eq!(first["Contacts"].as_array().unwrap().len(), 3);
        let second = machine
            .call(
                "ListContacts",
                &json!({ "MaxResults": 3, "NextToken": first["NextToken"] }),
            )
            .unwrap();
        assert_eq!(second["Contacts"][0]["Alias"], "team");
        assert_eq!(second.get("NextToken"), None);
        let plans = machine
            .call("ListContacts", &json!({ "Type": "ESCALATION", "AliasPrefix": "te" }))
            .unwrap();
        assert_eq!(
            plans,
            json!({ "Contacts": [{ "ContactArn": arn("team"), "Alias": "team", "Type": "ESCALATION" }] })
        );
        let error = machine
            .call("ListContacts", &json!({ "NextToken": "bG9zdA" }))
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation);
    }

    #[test]
    fn a_deleted_contact_leaves_its_references() {
        let mut machine = machine(Settings {
            delete_rotation_member: Answer::Accept,
            ..Settings::default()
        });
        machine
            .call("DeleteContact", &json!({ "ContactId": arn("anna") }))
            .unwrap();
        let team = machine
            .call("GetContact", &json!({ "ContactId": arn("team") }))
            .unwrap();
        assert_eq!(
            team["Plan"]["Stages"][0]["Targets"][0]["ContactTargetInfo"]["ContactId"],
            arn("anna")
        );
        let error = machine
            .call("GetContact", &json!({ "ContactId": arn("anna") }))
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResourceNotFound);
        assert_eq!(machine.world.rotations["week"].contact_ids, [arn("anna")]);
    }

    #[test]
    fn a_rotation_member_is_refused_with_its_dependents() {
        let error = machine(Settings::default())
            .call("DeleteContact", &json!({ "ContactId": arn("anna") }))
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert_eq!(
            error.members["DependentEntities"],
            json!([{
                "RelationType": "ROTATION",
                "DependentResourceIds": ["arn:aws:ssm-contacts:eu-west-1:111122223333:rotation/week"],
            }])
        );
    }

    #[test]
    fn a_shared_contact_is_read_and_nothing_else() {
        let mut machine = machine(Settings::default());
        let guest = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/guest";
        let read = machine.call("GetContact", &json!({ "ContactId": guest })).unwrap();
        assert_eq!((&read["ContactArn"], &read["Alias"]), (&json!(guest), &json!("guest")));
        for operation in ["ListContactChannels", "UpdateContact", "DeleteContact"] {
            let error = machine.call(operation, &json!({ "ContactId": guest })).unwrap_err();
            assert_eq!(
                error.message,
                format!(
                    "User: arn:aws:iam::111122223333:user/operator is not authorized to perform: \
                     ssm-contacts:{operation} on resource: {guest} because no identity-based policy allows the \
                     ssm-contacts:{operation} action"
                )
            );
        }
    }

    #[test]
    fn schedules_refuse_stages_and_an_empty_plan_clears_them() {
        let mut machine = machine(Settings::default());
        let stages = json!({ "ContactId": arn("primary"), "Plan": { "Stages": [] } });
        let error = machine.call("UpdateContact", &stages).unwrap_err();
        assert_eq!(error.message, "ONCALL SCHEDULE contact cannot have stages in plan");
        machine
            .call("UpdateContact", &json!({ "ContactId": arn("primary"), "Plan": {} }))
            .unwrap();
        let read = machine
            .call("GetContact", &json!({ "ContactId": arn("primary") }))
            .unwrap();
        assert_eq!(read["Plan"], json!({}));
    }

    #[test]
    fn an_empty_plan_leaves_a_schedule_alone_when_told_to() {
        let mut machine = machine(Settings {
            empty_schedule_plan: EmptySchedulePlan::Keeps,
            ..Settings::default()
        });
        for alias in ["primary", "team"] {
            let emptied = json!({ "ContactId": arn(alias), "Plan": {}, "DisplayName": "New" });
            machine.call("UpdateContact", &emptied).unwrap();
        }
        let mut read = |alias: &str| machine.call("GetContact", &json!({ "ContactId": arn(alias) })).unwrap();
        let schedule = read("primary");
        let rotation = "arn:aws:ssm-contacts:eu-west-1:111122223333:rotation/week";
        assert_eq!(schedule["Plan"], json!({ "RotationIds": [rotation] }));
        assert_eq!(schedule["DisplayName"], "New");
        assert_eq!(read("team")["Plan"], json!({}));
    }

    #[test]
    fn a_contact_with_channels_is_refused_when_told_to() {
        for (delete_contact_with_channels, is_gone) in [(Answer::Accept, true), (Answer::Refuse, false)] {
            let mut machine = machine(Settings {
                delete_rotation_member: Answer::Accept,
                delete_contact_with_channels,
                ..Settings::default()
            });
            let deleted = machine.call("DeleteContact", &json!({ "ContactId": arn("anna") }));
            let kind = deleted.err().map(|error| error.kind);
            assert_eq!(kind, (!is_gone).then_some(ErrorKind::Conflict));
            assert_eq!(machine.world.contacts.contains_key("anna"), !is_gone);
            machine
                .call("DeleteContact", &json!({ "ContactId": arn("team") }))
                .unwrap();
        }
    }

    /// Returns an escalation plan that engages one contact.
    fn engaging(alias: &str) -> Value {
        json!({ "Stages": [{ "DurationInMinutes": 5, "Targets": [
            { "ContactTargetInfo": { "ContactId": arn(alias), "IsEssential": false } }] }] })
    }

    #[test]
    fn references_that_lead_nowhere_are_refused_when_told_to() {
        let channel = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/9";
        let rotation = "arn:aws:ssm-contacts:eu-west-1:111122223333:rotation/none";
        let update = |alias: &str, plan: Value| ("UpdateContact", json!({ "ContactId": arn(alias), "Plan": plan }));
        let calls = [
            update("team", engaging("nobody")),
            update("primary", json!({ "RotationIds": [rotation] })),
            update(
                "anna",
                json!({ "Stages": [{ "DurationInMinutes": 5, "Targets": [
                { "ChannelTargetInfo": { "ContactChannelId": channel } }] }] }),
            ),
            (
                "CreateResponsePlan",
                json!({ "name": "new", "incidentTemplate": { "title": "down", "impact": 1 },
                    "engagements": [arn("nobody")] }),
            ),
            (
                "CreateRotation",
                json!({ "Name": "new", "ContactIds": [arn("nobody")], "TimeZoneId": "UTC",
                "Recurrence": { "NumberOfOnCalls": 1, "RecurrenceMultiplier": 1,
                    "DailySettings": [{ "HourOfDay": 9, "MinuteOfHour": 0 }] } }),
            ),
        ];
        for unknown_reference in [Answer::Accept, Answer::Refuse] {
            for (operation, body) in &calls {
                // Of these, only the operation of ssm-incidents declares the type that says so.
                let refusal = match *operation {
                    "CreateResponsePlan" => ErrorKind::ResourceNotFound,
                    _ => ErrorKind::Validation,
                };
                let kind = (unknown_reference == Answer::Refuse).then_some(refusal);
                let mut machine = machine(Settings {
                    unknown_reference,
                    ..Settings::default()
                });
                let result = machine.call(operation, body);
                assert_eq!(result.err().map(|error| error.kind), kind, "{operation} {body}");
            }
        }
    }

    #[test]
    fn an_escalation_plan_in_another_is_refused_when_told_to() {
        for (nested_escalation, kind) in [(Answer::Accept, None), (Answer::Refuse, Some(ErrorKind::Validation))] {
            let mut machine = machine(Settings {
                nested_escalation,
                ..Settings::default()
            });
            let mut made = |alias: &str, engaged: &str| {
                let request = json!({ "Alias": alias, "Type": "ESCALATION", "Plan": engaging(engaged) });
                machine.call("CreateContact", &request).err().map(|error| error.kind)
            };
            assert_eq!(made("outer", "team"), kind);
            assert_eq!(made("flat", "anna"), None);
            assert_eq!(made("scheduled", "primary"), None);
        }
    }

    #[test]
    fn a_plan_keeps_order_and_absent_options() {
        let mut machine = machine(Settings::default());
        let channel = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/1";
        let plan = json!({ "Stages": [
            { "DurationInMinutes": 5, "Targets": [
                { "ChannelTargetInfo": { "ContactChannelId": channel, "RetryIntervalInMinutes": 0 } },
                { "ChannelTargetInfo": { "ContactChannelId": channel } } ] },
            { "DurationInMinutes": 1, "Targets": [] } ] });
        machine
            .call("UpdateContact", &json!({ "ContactId": arn("anna"), "Plan": plan }))
            .unwrap();
        let read = machine
            .call("GetContact", &json!({ "ContactId": arn("anna") }))
            .unwrap();
        assert_eq!(read["Plan"], plan);
        let empty_stage = json!({ "Stages": [{ "DurationInMinutes": 0, "Targets": [] }] });
        let error = machine
            .call(
                "UpdateContact",
                &json!({ "ContactId": arn("anna"), "Plan": empty_stage }),
            )
            .unwrap_err();
        assert_eq!(error.fields[0].0, "Plan.Stages[0].DurationInMinutes");
    }

    #[test]
    fn the_same_token_makes_one_contact() {
        let mut machine = machine(Settings::default());
        let request = json!({ "Alias": "ben", "Type": "PERSONAL", "Plan": {}, "IdempotencyToken": "t-1" });
        let first = machine.call("CreateContact", &request).unwrap();
        assert_eq!(machine.call("CreateContact", &request).unwrap(), first);
        let again = json!({ "Alias": "ben", "Type": "PERSONAL", "Plan": {}, "IdempotencyToken": "t-2" });
        assert_eq!(
            machine.call("CreateContact", &again).unwrap_err().kind,
            ErrorKind::Conflict
        );
    }

    #[test]
    fn every_region_of_the_set_reads_the_same_and_others_read_nothing() {
        let mut machine = machine(Settings::default());
        let operation = OPERATIONS
            .iter()
            .find(|operation| operation.name == "ListContacts")
            .unwrap();
        let home = machine.run(operation, "eu-west-1", &json!({})).unwrap();
        assert_eq!(machine.run(operation, "us-east-1", &json!({})).unwrap(), home);
        let error = machine.run(operation, "eu-north-1", &json!({})).unwrap_err();
        assert_eq!(error.message, "Account not found for the request");
    }

    #[test]
    fn a_policy_is_put_and_read() {
        let mut machine = machine(Settings::default());
        let read = json!({ "ContactArn": arn("team") });
        assert_eq!(machine.call("GetContactPolicy", &read).unwrap().get("Policy"), None);
        machine.settings.absent_policy = AbsentPolicy::NotFound;
        let error = machine.call("GetContactPolicy", &read).unwrap_err();
        assert_eq!(error.kind.name(), "ResourceNotFoundException");
        let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
        machine
            .call(
                "PutContactPolicy",
                &json!({ "ContactArn": arn("team"), "Policy": policy }),
            )
            .unwrap();
        assert_eq!(machine.call("GetContactPolicy", &read).unwrap()["Policy"], policy);
        let error = machine
            .call(
                "PutContactPolicy",
                &json!({ "ContactArn": arn("team"), "Policy": "no" }),
            )
            .unwrap_err();
        assert_eq!(error.fields[0].0, "Policy");
    }
}

//! Permissions that an operation needs on other resources than its own, so that a fault can take them away.
//!
//! `AssociateContact` has no operation: it is needed on each contact that is put into a plan. `StartEngagement` is needed
//! by whoever starts an incident, on each contact that the response plan engages, since the service calls it for them.

use serde_json::Value;

use super::{
    operations::{Operation, Service},
    world::{Arn, World},
};

/// The permission without an operation.
pub(crate) const ASSOCIATE_CONTACT: &str = "AssociateContact";

/// A permission of ssm-contacts on some contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needed {
    /// Its name, without the service.
    pub(crate) permission: &'static str,
    /// The contacts that it is needed on.
    pub(crate) contacts: Vec<Arn>,
}

/// Returns what a request needs besides the permission for its own operation.
pub(crate) fn needed_besides(operation: &Operation, input: &Value, world: &World) -> Option<Needed> {
    match (operation.service, operation.name) {
        (Service::Contacts, "CreateContact" | "UpdateContact") => Some(Needed {
            permission: ASSOCIATE_CONTACT,
            contacts: contacts_in_plan(input),
        }),
        (Service::Incidents, "StartIncident") => Some(Needed {
            permission: "StartEngagement",
            contacts: engaged(input, world),
        }),
        _ => None,
    }
}

fn contacts_in_plan(input: &Value) -> Vec<Arn> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let stages = input.get("Plan").map(|plan| list(plan, "Stages")).unwrap_or_default();
    let targets = stages.iter().flat_map(|stage| list(stage, "Targets"));
    targets
        .filter_map(|target| Some(target.get("ContactTargetInfo")?.get("ContactId")?.as_str()?.to_owned()))
        .collect()
}

fn engaged(input: &Value, world: &World) -> Vec<Arn> {
    let asked = input.get("responsePlanArn").and_then(Value::as_str);
    let is_asked = |key: &str| {
        asked.is_some_and(|asked| key == asked || world.incidents_arn(&format!("response-plan/{key}")) == asked)
    };
    let plan = world.response_plans.iter().find(|(key, _)| is_asked(key));
    plan.map(|(_, plan)| plan.engagements.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::emulator::operations;

    fn contacts(name: &str, input: &Value) -> Option<Vec<Arn>> {
        let world = r#"{ "response_plans": { "critical": {
            "incident_template": { "title": "down", "impact": 1 }, "engagements": ["contact/anna"] } } }"#;
        let world = World::from_json(world).unwrap();
        let operation = operations::all().find(|operation| operation.name == name).unwrap();
        needed_besides(operation, input, &world).map(|needed| needed.contacts)
    }

    #[test]
    fn contacts_in_a_plan_and_in_a_response_plan_are_found() {
        let target = json!({ "ContactTargetInfo": { "ContactId": "a", "IsEssential": true } });
        let device = json!({ "ChannelTargetInfo": { "ContactChannelId": "d" } });
        let plan = json!({ "Plan": { "Stages": [{ "Targets": [target, device, {}] }, {}] } });
        assert_eq!(contacts("UpdateContact", &plan), Some(vec!["a".to_owned()]));
        assert_eq!(contacts("CreateContact", &json!({})), Some(Vec::new()));
        assert_eq!(contacts("DeleteContact", &plan), None);
        let plan = json!({ "responsePlanArn": "arn:aws:ssm-incidents::111122223333:response-plan/critical" });
        let anna = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna".to_owned();
        assert_eq!(contacts("StartIncident", &plan), Some(vec![anna]));
    }
}

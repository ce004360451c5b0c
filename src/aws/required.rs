//! Members that an answer must have, looked for in its body.
//!
//! The SDK fills a required member that is missing with an empty one, so that `{}` reads as "no devices". What it makes
//! up can mostly be told from what was sent, and the conversion does; an empty list, a zero and a `false` cannot. Those
//! are looked for here, before anybody takes them for an answer.

use crate::domain::operation::Operation;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::AfterDeserializationInterceptorContextRef},
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

/// The required members of a recurrence; the SDK makes midnight of a time that is missing.
const RECURRENCE: &[&str] = &[
    "NumberOfOnCalls",
    "RecurrenceMultiplier",
    "DailySettings.HourOfDay",
    "DailySettings.MinuteOfHour",
    "WeeklySettings.HandOffTime",
    "WeeklySettings.HandOffTime.HourOfDay",
    "WeeklySettings.HandOffTime.MinuteOfHour",
    "MonthlySettings.DayOfMonth",
    "MonthlySettings.HandOffTime",
    "MonthlySettings.HandOffTime.HourOfDay",
    "MonthlySettings.HandOffTime.MinuteOfHour",
    "ShiftCoverages.*.Start.HourOfDay",
    "ShiftCoverages.*.Start.MinuteOfHour",
    "ShiftCoverages.*.End.HourOfDay",
    "ShiftCoverages.*.End.MinuteOfHour",
];

/// Returns the members that the service's model requires and whose absence the SDK hides, by the member they are in.
///
/// A name is looked for wherever the ones before it are there, in every item of a list; `*` is every value of a map.
fn required(operation: Operation) -> &'static [(&'static str, &'static [&'static str])] {
    match operation {
        Operation::ListReplicationSets => &[("", &["replicationSetArns"])],
        Operation::GetReplicationSet => &[
            ("", &["replicationSet"]),
            ("replicationSet", &["regionMap", "deletionProtected"]),
        ],
        Operation::ListRotations => &[("", &["Rotations"]), ("Rotations.Recurrence", RECURRENCE)],
        Operation::GetRotation => &[("", &["ContactIds", "Recurrence"]), ("Recurrence", RECURRENCE)],
        Operation::ListResponsePlans => &[("", &["responsePlanSummaries"])],
        Operation::GetResponsePlan => &[("", &["incidentTemplate"])],
        Operation::GetContact => &[
            ("", &["Plan"]),
            ("Plan.Stages", &["DurationInMinutes", "Targets"]),
            ("Plan.Stages.Targets.ContactTargetInfo", &["IsEssential"]),
        ],
        Operation::ListContactChannels => &[("", &["ContactChannels"])],
        Operation::GetResourcePolicies => &[("", &["resourcePolicies"])],
        Operation::ListResponsePlanTags => &[("", &["tags"])],
        // The lists of these two, those of `ListContacts` and `ListTagsForResource`, and both members of `GetContactPolicy`
        // are optional in the model: an answer without a list has no items, and one without a policy shares with nobody.
        Operation::ListRotationOverrides => &[("RotationOverrides", &["NewContactIds"])],
        Operation::ListEngagements => &[("", &["Engagements"])],
        Operation::ListRotationShifts | Operation::ListPreviewRotationShifts => {
            &[("RotationShifts.ShiftDetails", &["OverriddenContactIds"])]
        }
        // The caller comes in XML, and the conversion finds out about everything that is missing.
        Operation::ListContacts
        | Operation::GetContactPolicy
        | Operation::ListContactTags
        | Operation::GetCallerIdentity => &[],
    }
}

/// Refuses an answer that lacks a required member.
#[derive(Debug)]
pub(super) struct RequiredMembers;

/// What is wrong with such an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} is missing")]
struct Missing {
    path: String,
}

impl Intercept for RequiredMembers {
    fn name(&self) -> &'static str {
        "RequiredMembers"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _runtime_components: &RuntimeComponents,
        configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = configuration
            .load::<Metadata>()
            .and_then(|metadata| called(metadata.service(), metadata.name()));
        match operation {
            Some(operation) if context.output_or_error().is_ok() => {
                let body = context.response().body().bytes().unwrap_or_default();
                Ok(check(operation, body)?)
            }
            _ => Ok(()),
        }
    }
}

/// Returns the operation that the SDK calls `name` in the service that it calls `SSM Contacts` or the like.
fn called(service: &str, name: &str) -> Option<Operation> {
    let service = service.to_ascii_lowercase().replace(' ', "-");
    let mut all = Operation::ALL.iter().chain(Operation::BESIDES).copied();
    all.find(|known| known.name() == name && known.service().name() == service)
}

/// Looks for all required members in the body of an answer.
fn check(operation: Operation, body: &[u8]) -> Result<(), Missing> {
    let required = required(operation);
    if required.is_empty() {
        return Ok(());
    }
    // The SDK takes an empty body for an empty object, and has refused everything else that is not JSON.
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    for (within, names) in required {
        for name in *names {
            let path = if within.is_empty() {
                (*name).to_owned()
            } else {
                format!("{within}.{name}")
            };
            if !has(&body, &path) {
                return Err(Missing { path });
            }
        }
    }
    Ok(())
}

/// Returns whether the last name of `path` is there wherever the ones before it are.
fn has(value: &Value, path: &str) -> bool {
    if let Value::Array(items) = value {
        return items.iter().all(|item| has(item, path));
    }
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    match rest {
        Some(rest) if name == "*" => value
            .as_object()
            .is_none_or(|members| members.values().all(|member| has(member, rest))),
        Some(rest) => member(value, name).is_none_or(|member| has(member, rest)),
        None => member(value, name).is_some(),
    }
}

/// Returns a member that holds something: the SDK takes `null` for absent.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|member| !member.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::Service;
    use serde_json::json;

    fn missing(operation: Operation, body: &Value) -> Option<String> {
        check(operation, body.to_string().as_bytes())
            .err()
            .map(|missing| missing.path)
    }

    #[test]
    fn an_empty_answer_lacks_the_first_member() {
        for operation in Operation::ALL.iter().chain(Operation::BESIDES) {
            let at_the_top = required(*operation).iter().find(|(within, _)| within.is_empty());
            let first = at_the_top.and_then(|(_, names)| names.first().copied());
            for body in ["{}", "", r#"{"Plan":null,"ContactChannels":null}"#] {
                let missing = check(*operation, body.as_bytes()).err().map(|missing| missing.path);
                assert_eq!(missing.as_deref(), first, "{operation:?}");
            }
        }
    }

    #[test]
    fn an_operation_is_told_by_its_service_and_name() {
        for operation in Operation::ALL.iter().chain(Operation::BESIDES) {
            let service = match operation.service() {
                Service::Contacts => "SSM Contacts",
                Service::Incidents => "SSM Incidents",
                Service::Sts => "STS",
            };
            assert_eq!(called(service, operation.name()), Some(*operation));
        }
        assert_eq!(called("STS", "ListTagsForResource"), None);
    }

    #[test]
    fn a_member_is_looked_for_in_every_item_and_only_where_its_parent_is() {
        let plan = |targets: Value| json!({ "Plan": { "Stages": [{ "DurationInMinutes": 0, "Targets": targets }] } });
        let is_essential = |value: Value| json!({ "ContactTargetInfo": { "IsEssential": value } });
        assert_eq!(missing(Operation::GetContact, &json!({ "Plan": {} })), None);
        assert_eq!(missing(Operation::GetContact, &plan(json!([]))), None);
        assert_eq!(missing(Operation::GetContact, &plan(json!([{}]))), None);
        let mixed = json!([is_essential(json!(false)), is_essential(Value::Null)]);
        assert_eq!(
            missing(Operation::GetContact, &plan(mixed)).as_deref(),
            Some("Plan.Stages.Targets.ContactTargetInfo.IsEssential")
        );
    }

    #[test]
    fn a_map_is_gone_through_whatever_its_names_are() {
        let rotation = |start: Value| {
            json!({ "ContactIds": [], "Recurrence": { "NumberOfOnCalls": 1, "RecurrenceMultiplier": 1,
                "ShiftCoverages": { "MON": [{ "Start": start }] } } })
        };
        let whole = rotation(json!({ "HourOfDay": 9, "MinuteOfHour": 0 }));
        assert_eq!(missing(Operation::GetRotation, &whole), None);
        assert_eq!(
            missing(Operation::GetRotation, &rotation(json!({ "HourOfDay": 9 }))).as_deref(),
            Some("Recurrence.ShiftCoverages.*.Start.MinuteOfHour")
        );
    }
}

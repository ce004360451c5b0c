//! A row as JSON, in the members of the AWS API as the `aws` command prints them, addresses masked.
//!
//! A part that was not read is null, and a sibling `Unknown` names the call and why.

use super::screens::phone;
use crate::domain::{
    Timestamp,
    contact::{Channel, Contact, ContactKind, Plan, Stage, Target},
    gap::Reading,
    ids::Arn,
    inventory::Inventory,
    operation::Operation,
    response::{Chat, ResponsePlan, ResponsePlanDetail},
    schedule::{HandOff, Override, Recurrence, Rotation, Shift},
    sharing::{Principal, Sharing},
    tags::Tags,
    text::json_safe,
};
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

/// Returns what `id` names as JSON text.
pub fn text(inventory: &Inventory, id: &Arn) -> Option<String> {
    pretty(&value(inventory, id)?)
}

/// Returns a value as indented text in which everything that a terminal might obey is escaped.
pub fn pretty(value: &Value) -> Option<String> {
    let text = serde_json::to_string_pretty(value).ok()?;
    Some(json_safe(&text))
}

/// Returns what `id` names as a JSON value; an arrival of the demo is its device.
pub fn value(inventory: &Inventory, id: &Arn) -> Option<Value> {
    if let Some(contact) = inventory.contacts.items.get(id) {
        return Some(contact_value(contact));
    }
    if let Some(rotation) = inventory.rotations.items.get(id) {
        return Some(rotation_value(rotation));
    }
    if let Some(plan) = inventory.response_plans.items.get(id) {
        return Some(response_value(plan));
    }
    let device = phone::device(id);
    let (channel, _) = inventory.channel(device.as_ref().unwrap_or(id))?;
    Some(channel_value(channel))
}

/// A JSON object while its members are added.
#[derive(Default)]
struct Object {
    members: Map<String, Value>,
    unknown: Vec<Value>,
}

impl Object {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a member that the service leaves out when it is absent.
    fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member that has to be read by `operation`.
    fn with_reading<T>(
        mut self,
        name: &str,
        operation: Operation,
        reading: &Reading<T>,
        value: impl FnOnce(&T) -> Value,
    ) -> Self {
        let known = self.note(operation, reading);
        self.with(name, known.map_or(Value::Null, value))
    }

    /// Returns what was read, or remembers why it was not.
    fn note<'a, T>(&mut self, operation: Operation, reading: &'a Reading<T>) -> Option<&'a T> {
        match reading {
            Reading::Known(value) => return Some(value),
            Reading::Unknown(gap) => self.unknown.push(gap.to_string().into()),
            Reading::Pending => self.unknown.push(format!("{}: not read yet", operation.name()).into()),
        }
        None
    }

    fn finish(self) -> Value {
        if self.unknown.is_empty() {
            return Value::Object(self.members);
        }
        let unknown = Value::Array(self.unknown);
        Value::Object(
            Self {
                members: self.members,
                unknown: Vec::new(),
            }
            .with("Unknown", unknown)
            .members,
        )
    }
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Value) -> Value {
    items.iter().map(value).collect()
}

fn arns(arns: &[Arn]) -> Value {
    list(arns, |arn| arn.as_str().into())
}

/// Returns an instant as the `aws` command prints it.
fn instant(at: Timestamp) -> Value {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false).into()
}

/// Returns AWS's word for something; nothing where the answer had none.
fn word(word: &str) -> Option<&str> {
    Some(word).filter(|word| !word.is_empty())
}

fn contact_value(contact: &Contact) -> Value {
    let kind = &contact.kind;
    let object = Object::default()
        .with("ContactArn", contact.arn.as_str())
        .with("Alias", contact.alias.as_str())
        .with_some("DisplayName", contact.display_name.as_deref())
        .with("Type", kind.as_str())
        .with_reading("Plan", Operation::GetContact, &contact.plan, |plan| {
            plan_value(plan, kind)
        });
    // Plans and schedules have no devices, so nobody asks for them.
    let object = if *kind == ContactKind::Person {
        let devices = |channels: &Vec<Channel>| list(channels, channel_value);
        object.with_reading(
            "ContactChannels",
            Operation::ListContactChannels,
            &contact.channels,
            devices,
        )
    } else {
        object
    };
    object
        .with_reading("Tags", Operation::ListContactTags, &contact.tags, tags_value)
        .with_reading(
            "SharedWith",
            Operation::GetContactPolicy,
            &contact.sharing,
            sharing_value,
        )
        .finish()
}

/// Returns tags in the form that `ssm-contacts` gives them.
fn tags_value(tags: &Tags) -> Value {
    tags.iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}

/// Returns whom policies share with. The policies themselves are not kept.
fn sharing_value(sharing: &Sharing) -> Value {
    sharing.principals.iter().map(Principal::as_str).collect()
}

/// Returns a plan with its stages, or its rotations if it is a schedule's: the service refuses both together.
fn plan_value(plan: &Plan, kind: &ContactKind) -> Value {
    if *kind == ContactKind::Schedule {
        json!({ "RotationIds": arns(&plan.rotations) })
    } else {
        json!({ "Stages": list(&plan.stages, stage_value) })
    }
}

fn stage_value(stage: &Stage) -> Value {
    json!({
        "DurationInMinutes": stage.duration_minutes,
        "Targets": list(&stage.targets, target_value),
    })
}

fn target_value(target: &Target) -> Value {
    match target {
        Target::Channel { channel, retry_minutes } => {
            let info = Object::default()
                .with("ContactChannelId", channel.as_str())
                .with_some("RetryIntervalInMinutes", *retry_minutes);
            json!({ "ChannelTargetInfo": info.finish() })
        }
        Target::Contact { contact, is_essential } => json!({
            "ContactTargetInfo": { "ContactId": contact.as_str(), "IsEssential": is_essential },
        }),
        Target::Empty => json!({}),
    }
}

fn channel_value(channel: &Channel) -> Value {
    Object::default()
        .with("ContactChannelArn", channel.arn.as_str())
        .with("ContactArn", channel.contact.as_str())
        .with("Name", channel.name.as_str())
        .with_some("Type", word(channel.kind.as_str()))
        .with("DeliveryAddress", json!({ "SimpleAddress": channel.address.masked() }))
        .with_some("ActivationStatus", word(channel.status.as_str()))
        .finish()
}

fn rotation_value(rotation: &Rotation) -> Value {
    Object::default()
        .with("RotationArn", rotation.arn.as_str())
        .with("Name", rotation.name.as_str())
        .with_reading("ContactIds", Operation::GetRotation, &rotation.members, |members| {
            arns(members)
        })
        .with_some("StartTime", rotation.start_at.map(instant))
        .with_some("TimeZoneId", rotation.time_zone.as_deref())
        .with_some("Recurrence", rotation.recurrence.as_ref().map(recurrence_value))
        .with_reading(
            "RotationShifts",
            Operation::ListRotationShifts,
            &rotation.shifts,
            |shifts| list(shifts, shift_value),
        )
        .with_reading(
            "RotationOverrides",
            Operation::ListRotationOverrides,
            &rotation.overrides,
            |overrides| list(overrides, override_value),
        )
        .with_reading("Tags", Operation::ListContactTags, &rotation.tags, tags_value)
        .finish()
}

fn recurrence_value(recurrence: &Recurrence) -> Value {
    // Exactly one of the three is given; an empty one would be another recurrence.
    let some = |items: Value| Some(items).filter(|items| items.as_array().is_some_and(|items| !items.is_empty()));
    let daily = list(&recurrence.daily, |at| clock(*at));
    let weekly = list(
        &recurrence.weekly,
        |(day, at)| json!({ "DayOfWeek": day, "HandOffTime": clock(*at) }),
    );
    let monthly = list(
        &recurrence.monthly,
        |(day, at)| json!({ "DayOfMonth": day, "HandOffTime": clock(*at) }),
    );
    let hours = |(start, end): &(HandOff, HandOff)| json!({ "Start": clock(*start), "End": clock(*end) });
    let days = recurrence
        .coverages
        .iter()
        .map(|(day, covered)| (day.clone(), list(covered, hours)));
    let coverages: Map<String, Value> = days.collect();
    Object::default()
        .with_some("MonthlySettings", some(monthly))
        .with_some("WeeklySettings", some(weekly))
        .with_some("DailySettings", some(daily))
        .with("NumberOfOnCalls", recurrence.number_of_on_calls)
        .with_some(
            "ShiftCoverages",
            Some(coverages).filter(|coverages| !coverages.is_empty()),
        )
        .with("RecurrenceMultiplier", recurrence.multiplier)
        .finish()
}

fn clock(at: HandOff) -> Value {
    json!({ "HourOfDay": at.hour, "MinuteOfHour": at.minute })
}

fn shift_value(shift: &Shift) -> Value {
    let details = || json!({ "OverriddenContactIds": arns(&shift.overridden) });
    Object::default()
        .with("ContactIds", arns(&shift.contacts))
        .with("StartTime", instant(shift.start_at))
        .with("EndTime", instant(shift.end_at))
        .with_some("Type", word(&shift.kind))
        .with_some("ShiftDetails", (!shift.overridden.is_empty()).then(details))
        .finish()
}

fn override_value(exception: &Override) -> Value {
    Object::default()
        .with("RotationOverrideId", exception.id.as_str())
        .with("NewContactIds", arns(&exception.contacts))
        .with("StartTime", instant(exception.start_at))
        .with("EndTime", instant(exception.end_at))
        .with_some("CreateTime", exception.created_at.map(instant))
        .finish()
}

fn response_value(plan: &ResponsePlan) -> Value {
    let mut object = Object::default()
        .with("arn", plan.arn.as_str())
        .with("name", plan.name.as_str())
        .with_some("displayName", plan.display_name.as_deref());
    let object = match object.note(Operation::GetResponsePlan, &plan.detail) {
        Some(detail) => with_detail(object, detail),
        None => [
            "incidentTemplate",
            "engagements",
            "chatChannel",
            "actions",
            "integrations",
        ]
        .into_iter()
        .fold(object, |object, name| object.with(name, Value::Null)),
    };
    object
        .with_reading("tags", Operation::ListResponsePlanTags, &plan.tags, |tags| json!(tags))
        .with_reading(
            "sharedWith",
            Operation::GetResourcePolicies,
            &plan.sharing,
            sharing_value,
        )
        .finish()
}

fn with_detail(object: Object, detail: &ResponsePlanDetail) -> Object {
    let chat = match &detail.chat {
        Chat::None => None,
        Chat::Topics(topics) => Some(json!({ "chatbotSns": topics })),
        Chat::Unrecognised => Some(Value::Null),
    };
    let runbook = detail.runbook.as_ref();
    let actions = runbook.map(|name| json!([{ "ssmAutomation": { "documentName": name } }]));
    let integration = detail.integration.as_ref();
    let integrations = integration.map(|name| json!([{ "pagerDutyConfiguration": { "name": name } }]));
    object
        .with(
            "incidentTemplate",
            json!({ "title": detail.incident_title, "impact": detail.impact }),
        )
        .with("engagements", arns(&detail.engagements))
        .with_some("chatChannel", chat)
        .with_some("actions", actions)
        .with_some("integrations", integrations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        inventory::Part,
        text::is_harmful,
        world::{World, at, contact_arn, device_arn, response_arn, rotation_arn},
    };

    #[track_caller]
    fn check(world: &World, id: &Arn, expected: &Value) {
        assert_eq!(value(&world.inventory, id).as_ref(), Some(expected));
    }

    const CONTACT: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact";
    const CHANNEL: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel";

    fn phone() -> Value {
        json!({
            "ContactChannelArn": format!("{CHANNEL}/anna/phone"),
            "ContactArn": format!("{CONTACT}/anna"),
            "Name": "phone",
            "Type": "SMS",
            "DeliveryAddress": { "SimpleAddress": "+44•••••••123" },
            "ActivationStatus": "ACTIVATED",
        })
    }

    #[test]
    fn a_person_is_given_with_plan_and_masked_devices() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 5)])
            .tagged("anna", &[("team", "core")])
            .shared("anna", &["444455556666"]);
        check(
            &world,
            &contact_arn("anna"),
            &json!({
                "ContactArn": format!("{CONTACT}/anna"),
                "Alias": "anna",
                "Type": "PERSONAL",
                "Plan": { "Stages": [{
                    "DurationInMinutes": 5,
                    "Targets": [{ "ChannelTargetInfo": { "ContactChannelId": format!("{CHANNEL}/anna/phone") } }],
                }] },
                "ContactChannels": [phone()],
                "Tags": [{ "Key": "team", "Value": "core" }],
                "SharedWith": ["444455556666"],
            }),
        );
        check(&world, &device_arn("anna", "phone"), &phone());
        check(
            &world,
            &Arn::parse(&format!("{CHANNEL}/anna/phone#7")).unwrap(),
            &phone(),
        );
        assert_eq!(value(&world.inventory, &device_arn("anna", "gone")), None);
    }

    #[test]
    fn a_plan_has_stages_and_a_schedule_rotations() {
        let world = World::new().plan("all", &[(0, &["!anna"])]).schedule("ops", &["day"]);
        let stages = json!([{
            "DurationInMinutes": 0,
            "Targets": [{ "ContactTargetInfo": { "ContactId": format!("{CONTACT}/anna"), "IsEssential": true } }],
        }]);
        assert_eq!(
            value(&world.inventory, &contact_arn("all")).unwrap()["Plan"],
            json!({ "Stages": stages })
        );
        let rotations = json!({ "RotationIds": [rotation_arn("day").as_str()] });
        assert_eq!(value(&world.inventory, &contact_arn("ops")).unwrap()["Plan"], rotations);
    }

    #[test]
    fn what_was_not_read_is_null_with_its_reason() {
        let world = World::new()
            .contact("anna", ContactKind::Person)
            .denied(Operation::GetContact, "anna");
        let anna = value(&world.inventory, &contact_arn("anna")).unwrap();
        assert_eq!((&anna["Plan"], &anna["ContactChannels"]), (&Value::Null, &Value::Null));
        assert_eq!(
            anna["Unknown"],
            json!([
                "GetContact of anna: access denied, ssm-contacts:GetContact is missing",
                "ListContactChannels: not read yet",
                "ListTagsForResource: not read yet",
                "GetContactPolicy: not read yet",
            ])
        );
        let world = World::new()
            .response("critical", &[])
            .denied(Operation::GetResponsePlan, "critical");
        let plan = value(&world.inventory, &response_arn("critical")).unwrap();
        assert_eq!(
            (&plan["engagements"], plan["Unknown"].as_array().map(Vec::len)),
            (&Value::Null, Some(1))
        );
    }

    #[test]
    fn a_rotation_is_given_with_shifts_and_overrides() {
        let world = World::new()
            .rotation("day", &["anna"])
            .overridden("day", (0, 8), &[], &["anna"]);
        let anna = format!("{CONTACT}/anna");
        check(
            &world,
            &rotation_arn("day"),
            &json!({
                "RotationArn": rotation_arn("day").as_str(),
                "Name": "day",
                "ContactIds": [anna],
                "StartTime": "2026-11-01T00:00:00+00:00",
                "TimeZoneId": "Europe/Dublin",
                "Recurrence": {
                    "WeeklySettings": [{ "DayOfWeek": "MON", "HandOffTime": { "HourOfDay": 9, "MinuteOfHour": 0 } }],
                    "NumberOfOnCalls": 1,
                    "RecurrenceMultiplier": 1,
                },
                "RotationShifts": [{
                    "ContactIds": [],
                    "StartTime": "2026-11-01T00:00:00+00:00",
                    "EndTime": "2026-11-01T08:00:00+00:00",
                    "Type": "OVERRIDDEN",
                    "ShiftDetails": { "OverriddenContactIds": [anna] },
                }],
                "RotationOverrides": [{
                    "RotationOverrideId": "0a1b2c3d-0000-4000-8000-000000000000",
                    "NewContactIds": [],
                    "StartTime": "2026-11-01T00:00:00+00:00",
                    "EndTime": "2026-11-01T08:00:00+00:00",
                    "CreateTime": "2026-10-31T00:00:00+00:00",
                }],
                "Tags": [],
            }),
        );
        assert_eq!(instant(at(0)), "2026-11-01T00:00:00+00:00");
    }

    #[test]
    fn a_response_plan_has_the_members_of_get_response_plan() {
        let detail = ResponsePlanDetail {
            incident_title: "Down".to_owned(),
            impact: 2,
            engagements: vec![contact_arn("all")],
            chat: Chat::Topics(vec!["arn:aws:sns:eu-west-1:111122223333:ops".to_owned()]),
            runbook: Some("Restart".to_owned()),
            integration: None,
        };
        let world = World::new()
            .response("critical", &[])
            .tagged("critical", &[("team", "core")])
            .part(Part::ResponsePlanDetail(
                response_arn("critical"),
                Reading::Known(detail),
            ));
        check(
            &world,
            &response_arn("critical"),
            &json!({
                "arn": "arn:aws:ssm-incidents::111122223333:response-plan/critical",
                "name": "critical",
                "incidentTemplate": { "title": "Down", "impact": 2 },
                "engagements": [format!("{CONTACT}/all")],
                "chatChannel": { "chatbotSns": ["arn:aws:sns:eu-west-1:111122223333:ops"] },
                "actions": [{ "ssmAutomation": { "documentName": "Restart" } }],
                "tags": { "team": "core" },
                "sharedWith": [],
            }),
        );
    }

    #[test]
    fn nothing_in_the_text_can_move_the_cursor_and_it_stays_json() {
        let name = "a\u{1b}[2J\u{202e}\u{9b}\u{e0001}\n\"";
        let text = pretty(&json!({ "Name": name })).unwrap();
        assert!(!text.chars().any(|c| c != '\n' && is_harmful(c)), "{text}");
        assert_eq!(text.lines().count(), 3);
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["Name"], name);
    }
}

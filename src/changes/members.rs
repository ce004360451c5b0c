//! The members of a request that changes something, by the names and in the form that the `aws` command takes them.
//!
//! They are what the call log keeps of a write and what its preview shows, so that nothing secret is ever in them: a code is
//! `<code>`, and of an address there is only the mask.

use super::Write;
use crate::domain::{
    Timestamp,
    address::Address,
    call::{Called, aws_form},
    contact::{ContactKind, Plan, Stage, Target},
    ids::Scope,
    schedule::{HandOff, Override, Recurrence},
    tags::without_addresses,
};
use serde_json::{Map, Value, json};

/// Stands for the code of an activation.
pub const CODE: &str = "<code>";

impl Write {
    /// Returns the write as a command line of the AWS CLI, which can be pasted once the code and the address are put in.
    pub fn aws_form(&self, scope: &Scope) -> String {
        aws_form(Called::Change(self.change()), &self.parameters(), scope)
    }

    /// Returns the members of the request by the names that the `aws` command gives them, without secrets.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let mut members = Members::default();
        self.add_device(&mut members);
        self.add_contact(&mut members);
        self.add_rest(&mut members);
        members.0
    }

    fn add_device(&self, members: &mut Members) {
        match self {
            Self::SendActivationCode { channel }
            | Self::DeactivateContactChannel { channel }
            | Self::DeleteContactChannel { channel } => members.add("contact-channel-id", channel),
            Self::ActivateContactChannel { channel } => {
                members.add("contact-channel-id", channel);
                members.add("activation-code", CODE);
            }
            Self::UpdateContactChannel { channel, name, address } => {
                members.add("contact-channel-id", channel);
                if let Some(name) = name {
                    members.add("name", name);
                }
                if let Some(address) = address {
                    members.add("delivery-address", delivery_address(address));
                }
            }
            Self::CreateContactChannel {
                contact,
                name,
                kind,
                address,
            } => {
                members.add("contact-id", contact);
                members.add("name", name);
                members.add("type", kind);
                members.add("delivery-address", delivery_address(address));
                members.add("defer-activation", true);
            }
            Self::UpdateContact { .. }
            | Self::CreateContact { .. }
            | Self::DeleteContact { .. }
            | Self::TagResource { .. }
            | Self::UntagResource { .. }
            | Self::UpdateRotation { .. }
            | Self::DeleteRotation { .. }
            | Self::CreateRotationOverride { .. }
            | Self::DeleteRotationOverride { .. }
            | Self::UpdateResponsePlan { .. }
            | Self::DeleteResponsePlan { .. } => {}
        }
    }

    fn add_contact(&self, members: &mut Members) {
        match self {
            Self::UpdateContact { contact, kind, plan } => {
                members.add("contact-id", contact);
                members.add("plan", plan_json(kind, plan));
            }
            Self::CreateContact {
                contact,
                display_name,
                kind,
                plan,
                tags,
            } => {
                members.add("alias", contact.name());
                if let Some(name) = display_name {
                    members.add("display-name", name);
                }
                members.add("type", kind);
                members.add("plan", plan_json(kind, plan));
                if !tags.is_empty() {
                    members.add("tags", tags_json(tags));
                }
            }
            Self::DeleteContact { contact } => members.add("contact-id", contact),
            Self::TagResource { resource, tags } => {
                members.add("resource-arn", resource);
                members.add("tags", tags_json(tags));
            }
            Self::UntagResource { resource, keys } => {
                members.add("resource-arn", resource);
                members.add("tag-keys", json!(keys));
            }
            Self::SendActivationCode { .. }
            | Self::ActivateContactChannel { .. }
            | Self::DeactivateContactChannel { .. }
            | Self::UpdateContactChannel { .. }
            | Self::CreateContactChannel { .. }
            | Self::DeleteContactChannel { .. }
            | Self::UpdateRotation { .. }
            | Self::DeleteRotation { .. }
            | Self::CreateRotationOverride { .. }
            | Self::DeleteRotationOverride { .. }
            | Self::UpdateResponsePlan { .. }
            | Self::DeleteResponsePlan { .. } => {}
        }
    }

    fn add_rest(&self, members: &mut Members) {
        match self {
            Self::UpdateRotation {
                rotation,
                members: people,
                recurrence,
            } => {
                members.add("rotation-id", rotation);
                members.add("contact-ids", json!(people));
                members.add("recurrence", recurrence_json(recurrence));
            }
            Self::DeleteRotation { rotation } => members.add("rotation-id", rotation),
            Self::CreateRotationOverride {
                rotation,
                start_at,
                end_at,
                contacts,
            } => {
                members.add("rotation-id", rotation);
                members.add("new-contact-ids", json!(contacts));
                members.add("start-time", instant(*start_at));
                members.add("end-time", instant(*end_at));
            }
            Self::DeleteRotationOverride { rotation, id } => {
                members.add("rotation-id", rotation);
                members.add("rotation-override-id", id);
            }
            Self::UpdateResponsePlan {
                response_plan,
                engagements,
            } => {
                members.add("arn", response_plan);
                members.add("engagements", json!(engagements));
            }
            Self::DeleteResponsePlan { response_plan } => members.add("arn", response_plan),
            Self::SendActivationCode { .. }
            | Self::ActivateContactChannel { .. }
            | Self::DeactivateContactChannel { .. }
            | Self::UpdateContactChannel { .. }
            | Self::CreateContactChannel { .. }
            | Self::DeleteContactChannel { .. }
            | Self::UpdateContact { .. }
            | Self::CreateContact { .. }
            | Self::DeleteContact { .. }
            | Self::TagResource { .. }
            | Self::UntagResource { .. } => {}
        }
    }
}

/// Members of a request, in the order in which they are added.
#[derive(Default)]
struct Members(Vec<(String, String)>);

impl Members {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts and values alike are handed over as they are made"
    )]
    fn add(&mut self, name: &str, value: impl ToString) {
        self.0.push((name.to_owned(), value.to_string()));
    }
}

/// Returns the form of an instant on the command line.
pub fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Returns how turns repeat, in the service's own names. What a recurrence lacks is left out.
pub fn recurrence_json(recurrence: &Recurrence) -> Value {
    let time = |time: &HandOff| json!({ "HourOfDay": time.hour, "MinuteOfHour": time.minute });
    let mut value = Map::new();
    let mut add = |name: &str, items: Vec<Value>| {
        if !items.is_empty() {
            value.insert(name.to_owned(), Value::Array(items));
        }
    };
    add("MonthlySettings", {
        let settings = recurrence.monthly.iter();
        settings
            .map(|(day, at)| json!({ "DayOfMonth": day, "HandOffTime": time(at) }))
            .collect()
    });
    add("WeeklySettings", {
        let settings = recurrence.weekly.iter();
        settings
            .map(|(day, at)| json!({ "DayOfWeek": day, "HandOffTime": time(at) }))
            .collect()
    });
    add("DailySettings", recurrence.daily.iter().map(time).collect());
    value.insert("NumberOfOnCalls".to_owned(), json!(recurrence.number_of_on_calls));
    if !recurrence.coverages.is_empty() {
        let of_day = |hours: &[(HandOff, HandOff)]| -> Vec<Value> {
            let hours = hours.iter();
            hours
                .map(|(start, end)| json!({ "Start": time(start), "End": time(end) }))
                .collect()
        };
        let days: Map<String, Value> = recurrence
            .coverages
            .iter()
            .map(|(day, hours)| (day.clone(), Value::Array(of_day(hours))))
            .collect();
        value.insert("ShiftCoverages".to_owned(), Value::Object(days));
    }
    value.insert("RecurrenceMultiplier".to_owned(), json!(recurrence.multiplier));
    Value::Object(value)
}

/// Returns the exceptions of a rotation that does not exist, in the service's own names.
pub fn overrides_json(overrides: &[Override]) -> Value {
    let overrides = overrides.iter();
    overrides
        .map(|one| {
            json!({
                "NewMembers": one.contacts,
                "StartTime": instant(one.start_at),
                "EndTime": instant(one.end_at),
            })
        })
        .collect()
}

/// Returns the plan with exactly one of stages and rotations.
fn plan_json(kind: &ContactKind, plan: &Plan) -> Value {
    match kind {
        ContactKind::Schedule => json!({ "RotationIds": plan.rotations }),
        ContactKind::Person | ContactKind::EscalationPlan | ContactKind::Other(_) => {
            json!({ "Stages": plan.stages.iter().map(stage_json).collect::<Vec<_>>() })
        }
    }
}

fn stage_json(stage: &Stage) -> Value {
    json!({
        "DurationInMinutes": stage.duration_minutes,
        "Targets": stage.targets.iter().map(target_json).collect::<Vec<_>>(),
    })
}

fn target_json(target: &Target) -> Value {
    match target {
        Target::Channel {
            channel,
            retry_minutes: Some(minutes),
        } => json!({ "ChannelTargetInfo": { "ContactChannelId": channel, "RetryIntervalInMinutes": minutes } }),
        Target::Channel {
            channel,
            retry_minutes: None,
        } => json!({ "ChannelTargetInfo": { "ContactChannelId": channel } }),
        Target::Contact { contact, is_essential } => {
            json!({ "ContactTargetInfo": { "ContactId": contact, "IsEssential": is_essential } })
        }
        Target::Empty => json!({}),
    }
}

fn delivery_address(address: &Address) -> Value {
    json!({ "SimpleAddress": address.masked() })
}

fn tags_json(tags: &[(String, String)]) -> Value {
    let tags = tags.iter();
    tags.map(|(key, value)| json!({ "Key": key, "Value": without_addresses(value) }))
        .collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        contact::ChannelKind,
        sample,
        world::{contact_arn, device_arn, response_arn, rotation_arn},
    };

    const ADDRESS: &str = "+447700900123";

    fn form(write: &Write) -> String {
        write.aws_form(&Scope {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: None,
        })
    }

    fn check(write: &Write, members: &str) {
        let service = write.change().service().name();
        let expected = format!(
            "aws {service} {} {members} --region eu-west-1",
            write.change().command()
        );
        assert_eq!(form(write), expected);
    }

    #[test]
    fn writes_about_devices_show_neither_codes_nor_addresses() {
        let channel = device_arn("akua", "phone");
        check(
            &Write::ActivateContactChannel {
                channel: channel.clone(),
            },
            &format!("--contact-channel-id {channel} --activation-code '<code>'"),
        );
        check(
            &Write::UpdateContactChannel {
                channel: channel.clone(),
                name: Some("it's mine".to_owned()),
                address: Some(Address::new(ADDRESS)),
            },
            &format!(
                r#"--contact-channel-id {channel} --name 'it'\''s mine' --delivery-address '{{"SimpleAddress":"+44•••••••123"}}'"#
            ),
        );
        let contact = contact_arn("akua");
        check(
            &Write::CreateContactChannel {
                contact: contact.clone(),
                name: "mail".to_owned(),
                kind: ChannelKind::Email,
                address: Address::new("akua@example.com"),
            },
            &format!(
                r#"--contact-id {contact} --name mail --type EMAIL --delivery-address '{{"SimpleAddress":"a•••@example.com"}}' --defer-activation"#
            ),
        );
        for write in [
            Write::SendActivationCode {
                channel: channel.clone(),
            },
            Write::DeactivateContactChannel {
                channel: channel.clone(),
            },
            Write::DeleteContactChannel {
                channel: channel.clone(),
            },
        ] {
            check(&write, &format!("--contact-channel-id {channel}"));
        }
    }

    #[test]
    fn a_plan_has_stages_or_rotations_and_what_is_absent_is_left_out() {
        let (contact, channel, rotation) = (contact_arn("akua"), device_arn("akua", "phone"), rotation_arn("week"));
        let target = |retry_minutes| Target::Channel {
            channel: channel.clone(),
            retry_minutes,
        };
        let plan = Plan {
            stages: vec![Stage {
                duration_minutes: 5,
                targets: vec![
                    target(Some(0)),
                    target(None),
                    Target::Contact {
                        contact: contact.clone(),
                        is_essential: false,
                    },
                    Target::Empty,
                ],
            }],
            rotations: vec![rotation.clone()],
        };
        let update = |kind| Write::UpdateContact {
            contact: contact.clone(),
            kind,
            plan: plan.clone(),
        };
        check(
            &update(ContactKind::Person),
            &format!(
                r#"--contact-id {contact} --plan '{{"Stages":[{{"DurationInMinutes":5,"Targets":[{{"ChannelTargetInfo":{{"ContactChannelId":"{channel}","RetryIntervalInMinutes":0}}}},{{"ChannelTargetInfo":{{"ContactChannelId":"{channel}"}}}},{{"ContactTargetInfo":{{"ContactId":"{contact}","IsEssential":false}}}},{{}}]}}]}}'"#
            ),
        );
        check(
            &update(ContactKind::Schedule),
            &format!(r#"--contact-id {contact} --plan '{{"RotationIds":["{rotation}"]}}'"#),
        );
    }

    #[test]
    fn contacts_and_tags_show_no_address() {
        let contact = contact_arn("akua");
        let tags = vec![("owner".to_owned(), "akua@example.com".to_owned())];
        let shown = r#"'[{"Key":"owner","Value":"a•••@example.com"}]'"#;
        check(
            &Write::CreateContact {
                contact: contact.clone(),
                display_name: None,
                kind: ContactKind::EscalationPlan,
                plan: Plan::default(),
                tags: tags.clone(),
            },
            &format!(r#"--alias akua --type ESCALATION --plan '{{"Stages":[]}}' --tags {shown}"#),
        );
        let resource = contact.clone();
        check(
            &Write::TagResource { resource, tags },
            &format!("--resource-arn {contact} --tags {shown}"),
        );
        check(
            &Write::UntagResource {
                resource: contact.clone(),
                keys: vec!["owner".to_owned()],
            },
            &format!(r#"--resource-arn {contact} --tag-keys '["owner"]'"#),
        );
        check(
            &Write::DeleteContact {
                contact: contact.clone(),
            },
            &format!("--contact-id {contact}"),
        );
    }

    #[test]
    fn rotations_and_response_plans_are_written_in_the_services_own_names() {
        let (contact, rotation, plan) = (contact_arn("akua"), rotation_arn("week"), response_arn("checkout"));
        let nine = HandOff { hour: 9, minute: 0 };
        check(
            &Write::UpdateRotation {
                rotation: rotation.clone(),
                members: vec![contact.clone()],
                recurrence: Recurrence {
                    number_of_on_calls: 1,
                    multiplier: 2,
                    daily: Vec::new(),
                    weekly: vec![("MON".to_owned(), nine)],
                    monthly: Vec::new(),
                    coverages: vec![("TUE".to_owned(), vec![(nine, HandOff { hour: 17, minute: 30 })])],
                },
            },
            &format!(
                r#"--rotation-id {rotation} --contact-ids '["{contact}"]' --recurrence '{{"WeeklySettings":[{{"DayOfWeek":"MON","HandOffTime":{{"HourOfDay":9,"MinuteOfHour":0}}}}],"NumberOfOnCalls":1,"ShiftCoverages":{{"TUE":[{{"Start":{{"HourOfDay":9,"MinuteOfHour":0}},"End":{{"HourOfDay":17,"MinuteOfHour":30}}}}]}},"RecurrenceMultiplier":2}}'"#
            ),
        );
        let (start, end) = (sample::minute(0), sample::minute(60));
        check(
            &Write::CreateRotationOverride {
                rotation: rotation.clone(),
                start_at: start,
                end_at: end,
                contacts: Vec::new(),
            },
            &format!(
                "--rotation-id {rotation} --new-contact-ids '[]' --start-time {} --end-time {}",
                instant(start),
                instant(end)
            ),
        );
        check(
            &Write::DeleteRotationOverride {
                rotation: rotation.clone(),
                id: "1a2b".to_owned(),
            },
            &format!("--rotation-id {rotation} --rotation-override-id 1a2b"),
        );
        check(
            &Write::DeleteRotation {
                rotation: rotation.clone(),
            },
            &format!("--rotation-id {rotation}"),
        );
        check(
            &Write::UpdateResponsePlan {
                response_plan: plan.clone(),
                engagements: vec![contact.clone()],
            },
            &format!(r#"--arn {plan} --engagements '["{contact}"]'"#),
        );
        check(
            &Write::DeleteResponsePlan {
                response_plan: plan.clone(),
            },
            &format!("--arn {plan}"),
        );
    }
}

//! The SDK's shapes as plain values. Every optional field is decided here, and here only.
//!
//! The SDK fills a required member that is missing with an empty one: an empty ARN, the year 1970, the text below. So
//! those are what a missing member looks like here, and they are an error, not a value. Words that this version does not
//! know are kept as they came.

use crate::domain::{
    Timestamp,
    address::Address,
    contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan, Stage, Target},
    engagement::Engagement,
    gap::Reading,
    ids::Arn,
    inventory::Caller,
    response::{Chat, ReplicationSet, ResponsePlan, ResponsePlanDetail},
    schedule::{HandOff, Override, Recurrence, Rotation, Shift},
    sharing::Sharing,
    tags::{Tags, without_addresses},
};
use aws_sdk_ssmcontacts::{operation as contacts, types as from};
use aws_sdk_ssmincidents::{operation as incidents, types as incident};
use aws_smithy_types::DateTime;

/// What the SDK puts where a required word is missing.
const NO_WORD: &str = "no value was set";

/// The longest list of members that `ListRotations` gives, though a rotation may have 30.
const LISTED_MEMBERS: usize = 25;

/// What is wrong with an answer, in words.
pub(super) type Malformed = String;

/// Returns what could be understood of a list, and what is wrong with the first item that could not.
pub(super) fn each<F, T>(items: Vec<F>, convert: impl Fn(F) -> Result<T, Malformed>) -> (Vec<T>, Option<Malformed>) {
    let mut malformed = None;
    let understood = items
        .into_iter()
        .filter_map(|item| match convert(item) {
            Ok(item) => Some(item),
            Err(detail) => {
                malformed.get_or_insert(detail);
                None
            }
        })
        .collect();
    (understood, malformed)
}

/// Converts an entry of `ListContacts`.
pub(super) fn listed_contact(contact: from::Contact) -> Result<Contact, Malformed> {
    unread_contact(
        &contact.contact_arn,
        contact.alias,
        contact.display_name,
        contact.r#type.as_str(),
    )
}

/// Converts the answer of `GetContact`.
pub(super) fn contact(contact: contacts::get_contact::GetContactOutput) -> Result<(Contact, Plan), Malformed> {
    let row = unread_contact(
        &contact.contact_arn,
        contact.alias,
        contact.display_name,
        contact.r#type.as_str(),
    )?;
    Ok((row, plan(contact.plan.ok_or("Plan is missing")?)?))
}

/// Returns a contact of which nothing is known but what a list says.
fn unread_contact(
    contact_arn: &str,
    alias: String,
    display_name: Option<String>,
    kind: &str,
) -> Result<Contact, Malformed> {
    Ok(Contact {
        arn: arn("ContactArn", contact_arn)?,
        alias: required("Alias", alias)?,
        display_name,
        kind: ContactKind::from(word(kind)),
        plan: Reading::Pending,
        channels: Reading::Pending,
        tags: Reading::Pending,
        sharing: Reading::Pending,
    })
}

fn plan(plan: from::Plan) -> Result<Plan, Malformed> {
    Ok(Plan {
        stages: plan
            .stages
            .unwrap_or_default()
            .into_iter()
            .map(stage)
            .collect::<Result<_, _>>()?,
        rotations: arns("RotationIds", &plan.rotation_ids.unwrap_or_default())?,
    })
}

fn stage(stage: from::Stage) -> Result<Stage, Malformed> {
    Ok(Stage {
        duration_minutes: stage.duration_in_minutes,
        targets: stage.targets.into_iter().map(target).collect::<Result<_, _>>()?,
    })
}

fn target(target: from::Target) -> Result<Target, Malformed> {
    Ok(match (target.channel_target_info, target.contact_target_info) {
        (Some(channel), _) => Target::Channel {
            channel: arn("ContactChannelId", &channel.contact_channel_id)?,
            retry_minutes: channel.retry_interval_in_minutes,
        },
        (None, Some(contact)) => match contact.contact_id {
            Some(id) => Target::Contact {
                contact: arn("ContactId", &id)?,
                is_essential: contact.is_essential,
            },
            None => Target::Empty,
        },
        (None, None) => Target::Empty,
    })
}

/// Converts an entry of `ListContactChannels`.
pub(super) fn channel(channel: from::ContactChannel) -> Result<Channel, Malformed> {
    // SimpleAddress is optional in the model; an empty address is what the checks then find malformed.
    let text = channel
        .delivery_address
        .and_then(|address| address.simple_address)
        .unwrap_or_default();
    Ok(Channel {
        arn: arn("ContactChannelArn", &channel.contact_channel_arn)?,
        contact: arn("ContactArn", &channel.contact_arn)?,
        name: channel.name,
        kind: ChannelKind::from(channel.r#type.map(|kind| word(kind.as_str())).unwrap_or_default()),
        address: Address::new(&text),
        status: ActivationStatus::from(word(channel.activation_status.as_str())),
    })
}

/// Converts an entry of `ListRotations`. Members that the list may have cut short stay pending.
pub(super) fn listed_rotation(rotation: from::Rotation) -> Result<Rotation, Malformed> {
    let members = arns("ContactIds", &rotation.contact_ids.unwrap_or_default());
    Ok(Rotation {
        arn: arn("RotationArn", &rotation.rotation_arn)?,
        name: rotation.name,
        members: match members {
            Ok(members) if !members.is_empty() && members.len() < LISTED_MEMBERS => Reading::Known(members),
            // `GetRotation` is asked instead; if its answer is no better, that is the gap.
            Ok(_) | Err(_) => Reading::Pending,
        },
        time_zone: rotation.time_zone_id.filter(|zone| !zone.is_empty()),
        start_at: rotation.start_time.as_ref().and_then(timestamp),
        recurrence: rotation.recurrence.and_then(recurrence),
        overrides: Reading::Pending,
        shifts: Reading::Pending,
        tags: Reading::Pending,
    })
}

/// Converts the answer of `GetRotation`.
pub(super) fn rotation(rotation: contacts::get_rotation::GetRotationOutput) -> Result<Rotation, Malformed> {
    Ok(Rotation {
        arn: arn("RotationArn", &rotation.rotation_arn)?,
        name: rotation.name,
        members: Reading::Known(arns("ContactIds", &rotation.contact_ids)?),
        time_zone: Some(rotation.time_zone_id).filter(|zone| !zone.is_empty()),
        start_at: timestamp(&rotation.start_time),
        recurrence: rotation.recurrence.and_then(recurrence),
        overrides: Reading::Pending,
        shifts: Reading::Pending,
        tags: Reading::Pending,
    })
}

/// Returns how a rotation repeats; nothing where a time is missing, since half of it would be another recurrence.
fn recurrence(recurrence: from::RecurrenceSettings) -> Option<Recurrence> {
    let hand_off = |time: from::HandOffTime| HandOff {
        hour: time.hour_of_day,
        minute: time.minute_of_hour,
    };
    let mut coverages = recurrence
        .shift_coverages
        .unwrap_or_default()
        .into_iter()
        .map(|(day, hours)| {
            let hours: Option<_> = hours
                .into_iter()
                .map(|hours| Some((hand_off(hours.start?), hand_off(hours.end?))))
                .collect();
            Some((word(day.as_str()), hours?))
        })
        .collect::<Option<Vec<_>>>()?;
    coverages.sort();
    Some(Recurrence {
        number_of_on_calls: recurrence.number_of_on_calls,
        multiplier: recurrence.recurrence_multiplier,
        daily: recurrence
            .daily_settings
            .unwrap_or_default()
            .into_iter()
            .map(hand_off)
            .collect(),
        weekly: recurrence
            .weekly_settings
            .unwrap_or_default()
            .into_iter()
            .map(|setting| Some((word(setting.day_of_week.as_str()), hand_off(setting.hand_off_time?))))
            .collect::<Option<_>>()?,
        monthly: recurrence
            .monthly_settings
            .unwrap_or_default()
            .into_iter()
            .map(|setting| Some((setting.day_of_month, hand_off(setting.hand_off_time?))))
            .collect::<Option<_>>()?,
        coverages,
    })
}

/// Converts an entry of `ListRotationOverrides`.
pub(super) fn rotation_override(exception: from::RotationOverride) -> Result<Override, Malformed> {
    Ok(Override {
        id: required("RotationOverrideId", exception.rotation_override_id)?,
        start_at: timestamp(&exception.start_time).ok_or("StartTime is missing")?,
        end_at: timestamp(&exception.end_time).ok_or("EndTime is missing")?,
        contacts: arns("NewContactIds", &exception.new_contact_ids)?,
        created_at: timestamp(&exception.create_time),
    })
}

/// Converts an entry of `ListRotationShifts`. A shift without members is one in which nobody is on call.
pub(super) fn shift(shift: from::RotationShift) -> Result<Shift, Malformed> {
    Ok(Shift {
        start_at: timestamp(&shift.start_time).ok_or("StartTime is missing")?,
        end_at: timestamp(&shift.end_time).ok_or("EndTime is missing")?,
        contacts: arns("ContactIds", &shift.contact_ids.unwrap_or_default())?,
        overridden: match shift.shift_details {
            Some(details) => arns("OverriddenContactIds", &details.overridden_contact_ids)?,
            None => Vec::new(),
        },
        kind: shift.r#type.map(|kind| word(kind.as_str())).unwrap_or_default(),
    })
}

/// Converts an entry of `ListEngagements`.
pub(super) fn engagement(engagement: &from::Engagement) -> Result<Engagement, Malformed> {
    Ok(Engagement {
        contact: arn("ContactArn", &engagement.contact_arn)?,
        started_at: engagement.start_time.as_ref().and_then(timestamp),
        stopped_at: engagement.stop_time.as_ref().and_then(timestamp),
        is_of_incident: engagement.incident_id.is_some(),
    })
}

/// Converts an entry of `ListResponsePlans`.
pub(super) fn listed_response_plan(plan: incident::ResponsePlanSummary) -> Result<ResponsePlan, Malformed> {
    Ok(ResponsePlan {
        arn: arn("arn", &plan.arn)?,
        name: required("name", plan.name)?,
        display_name: plan.display_name,
        detail: Reading::Pending,
        tags: Reading::Pending,
        sharing: Reading::Pending,
    })
}

/// Converts the answer of `GetResponsePlan`.
pub(super) fn response_plan(
    plan: incidents::get_response_plan::GetResponsePlanOutput,
) -> Result<(ResponsePlan, ResponsePlanDetail), Malformed> {
    let template = plan.incident_template.ok_or("incidentTemplate is missing")?;
    let row = ResponsePlan {
        arn: arn("arn", &plan.arn)?,
        name: required("name", plan.name)?,
        display_name: plan.display_name,
        detail: Reading::Pending,
        tags: Reading::Pending,
        sharing: Reading::Pending,
    };
    let detail = ResponsePlanDetail {
        incident_title: template.title,
        impact: template.impact,
        engagements: arns("engagements", &plan.engagements.unwrap_or_default())?,
        chat: match plan.chat_channel {
            Some(incident::ChatChannel::ChatbotSns(topics)) if !topics.is_empty() => Chat::Topics(topics),
            // Absent, `empty` and no topic are three ways to say that there is none.
            Some(incident::ChatChannel::ChatbotSns(_) | incident::ChatChannel::Empty(_)) | None => Chat::None,
            Some(_) => Chat::Unrecognised,
        },
        runbook: plan.actions.unwrap_or_default().into_iter().next().map(|action| {
            action.as_ssm_automation().map_or_else(
                |_| "of a kind that is not known".to_owned(),
                |run| run.document_name.clone(),
            )
        }),
        integration: plan
            .integrations
            .unwrap_or_default()
            .into_iter()
            .next()
            .map(|integration| {
                integration
                    .as_pager_duty_configuration()
                    .map_or_else(|_| "of a kind that is not known".to_owned(), |pager| pager.name.clone())
            }),
    };
    Ok((row, detail))
}

/// Converts the tags of a contact or a rotation; a list that is left out has none.
pub(super) fn contact_tags(
    answer: contacts::list_tags_for_resource::ListTagsForResourceOutput,
) -> Result<Tags, Malformed> {
    let tags = answer.tags.unwrap_or_default().into_iter();
    // Both members are optional in the model, and neither may be empty.
    tags.map(|tag| {
        let key = required("Key", tag.key.unwrap_or_default())?;
        let value = required("Value", tag.value.unwrap_or_default())?;
        Ok((key, without_addresses(&value)))
    })
    .collect()
}

/// Returns the tags of a response plan, whose values may be empty.
pub(super) fn response_plan_tags(answer: incidents::list_tags_for_resource::ListTagsForResourceOutput) -> Tags {
    let tags = answer.tags.into_iter();
    tags.map(|(key, value)| (key, without_addresses(&value))).collect()
}

/// Converts the answer of `GetContactPolicy`. Both of its members are optional: without a policy nobody is shared with.
pub(super) fn contact_policy(
    answer: contacts::get_contact_policy::GetContactPolicyOutput,
) -> Result<Sharing, Malformed> {
    let policy = answer.policy.filter(|policy| !policy.is_empty());
    sharing(policy.as_deref())
}

/// Returns whom the policies of one resource share it with.
pub(super) fn sharing<'a>(documents: impl IntoIterator<Item = &'a str>) -> Result<Sharing, Malformed> {
    Sharing::of_policies(documents).map_err(|error| error.to_string())
}

/// Converts the replication set whose ARN `ListReplicationSets` gave.
pub(super) fn replication_set(
    listed: &Arn,
    set: Option<incident::ReplicationSet>,
) -> Result<ReplicationSet, Malformed> {
    let set = set.ok_or("replicationSet is missing")?;
    let mut regions: Vec<_> = set
        .region_map
        .into_iter()
        .map(|(region, info)| (region, word(info.status.as_str())))
        .collect();
    regions.sort();
    Ok(ReplicationSet {
        arn: match set.arn {
            Some(text) => arn("arn", &text)?,
            None => listed.clone(),
        },
        status: word(set.status.as_str()),
        is_deletion_protected: Some(set.deletion_protected),
        regions,
        changed_at: timestamp(&set.last_modified_time),
    })
}

/// Converts the answer of `GetCallerIdentity`.
pub(super) fn caller(
    identity: aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput,
) -> Result<Caller, Malformed> {
    Ok(Caller {
        account: required("Account", identity.account.unwrap_or_default())?,
        arn: arn("Arn", &identity.arn.unwrap_or_default())?,
    })
}

/// Parses the ARN in the member called `name`.
pub(super) fn arn(name: &str, text: &str) -> Result<Arn, Malformed> {
    if text.is_empty() {
        return Err(format!("{name} is missing"));
    }
    Arn::parse(text).map_err(|error| format!("{name}: {error}"))
}

/// Converts an instant for a request.
pub(super) fn to_date_time(at: Timestamp) -> DateTime {
    DateTime::from_secs(at.timestamp())
}

fn arns(name: &str, texts: &[String]) -> Result<Vec<Arn>, Malformed> {
    texts.iter().map(|text| arn(name, text)).collect()
}

fn required(name: &str, text: String) -> Result<String, Malformed> {
    if text.is_empty() {
        Err(format!("{name} is missing"))
    } else {
        Ok(text)
    }
}

fn word(word: &str) -> String {
    if word == NO_WORD { "" } else { word }.to_owned()
}

/// Returns the instant, or nothing where the SDK had to make one up.
fn timestamp(at: &DateTime) -> Option<Timestamp> {
    if at.secs() == 0 && at.subsec_nanos() == 0 {
        return None;
    }
    Timestamp::from_timestamp(at.secs(), at.subsec_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AKUA: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/akua";

    fn sdk_rotation(members: usize) -> from::Rotation {
        from::Rotation::builder()
            .rotation_arn("arn:aws:ssm-contacts:eu-west-1:111122223333:rotation/1a2b")
            .name("nights")
            .set_contact_ids(Some(vec![AKUA.to_owned(); members]))
            .build()
            .unwrap()
    }

    #[test]
    fn members_that_the_list_may_hide_are_not_known() {
        for (members, is_known) in [(0, false), (1, true), (24, true), (25, false), (30, false)] {
            let rotation = listed_rotation(sdk_rotation(members)).unwrap();
            assert_eq!(rotation.members.known().is_some(), is_known, "{members}");
        }
    }

    #[test]
    fn a_missing_member_is_an_error_and_the_rest_of_the_list_is_kept() {
        let contact = |arn: &str| {
            from::Contact::builder()
                .contact_arn(arn)
                .alias("akua")
                .r#type(from::ContactType::Personal)
                .build()
                .unwrap()
        };
        let (kept, malformed) = each(vec![contact(""), contact(AKUA), contact("akua")], listed_contact);
        assert_eq!(kept.len(), 1);
        assert_eq!(malformed.as_deref(), Some("ContactArn is missing"));
    }

    #[test]
    fn a_status_that_is_not_known_is_kept_and_a_missing_one_is_empty() {
        for (sent, kept) in [("PAUSED", "PAUSED"), (NO_WORD, "")] {
            let sdk = from::ContactChannel::builder()
                .contact_channel_arn("arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/akua/1")
                .contact_arn(AKUA)
                .name("phone")
                .delivery_address(from::ContactChannelAddress::builder().build())
                .activation_status(from::ActivationStatus::from(sent))
                .build()
                .unwrap();
            let channel = channel(sdk).unwrap();
            assert_eq!(channel.status, ActivationStatus::Other(kept.to_owned()));
            assert_eq!(channel.kind, ChannelKind::Other(String::new()));
        }
    }

    #[test]
    fn a_recurrence_that_lacks_a_time_is_not_known() {
        let nine = from::HandOffTime::builder().hour_of_day(9).minute_of_hour(0).build();
        for (end, is_known) in [(Some(nine.clone()), true), (None, false)] {
            let hours = from::CoverageTime::builder().start(nine.clone()).set_end(end).build();
            let settings = from::RecurrenceSettings::builder()
                .number_of_on_calls(1)
                .recurrence_multiplier(1)
                .daily_settings(nine.clone())
                .shift_coverages(from::DayOfWeek::Mon, vec![hours])
                .build()
                .unwrap();
            assert_eq!(recurrence(settings).is_some(), is_known);
        }
    }

    #[test]
    fn a_contact_without_a_policy_is_not_shared_and_an_odd_policy_is_an_error() {
        let answer = |policy: Option<&str>| {
            let answer = contacts::get_contact_policy::GetContactPolicyOutput::builder();
            contact_policy(answer.set_policy(policy.map(str::to_owned)).build())
        };
        for policy in [None, Some(""), Some(r#"{"Statement":[]}"#)] {
            assert_eq!(answer(policy), Ok(Sharing::default()));
        }
        assert_eq!(answer(Some("no")), Err("the policy is not a JSON object".to_owned()));
        // A document that is missing is an empty one to the SDK.
        assert!(sharing([""]).is_err());
    }

    #[test]
    fn half_a_tag_is_an_error_and_no_address_is_kept_whole() {
        let tags = |key: Option<&str>, value: Option<&str>| {
            let tag = from::Tag::builder()
                .set_key(key.map(str::to_owned))
                .set_value(value.map(str::to_owned));
            let answer = contacts::list_tags_for_resource::ListTagsForResourceOutput::builder().tags(tag.build());
            contact_tags(answer.build())
        };
        let owner = Tags::from([("owner".to_owned(), "a•••@example.com".to_owned())]);
        assert_eq!(tags(Some("owner"), Some("akua@example.com")), Ok(owner));
        assert_eq!(tags(None, Some("core")), Err("Key is missing".to_owned()));
        assert_eq!(tags(Some("team"), None), Err("Value is missing".to_owned()));
    }

    #[test]
    fn a_shift_without_a_beginning_is_not_one_in_1970() {
        let sdk = from::RotationShift::builder()
            .start_time(DateTime::from_secs(0))
            .end_time(DateTime::from_secs(1))
            .build()
            .unwrap();
        assert_eq!(shift(sdk).unwrap_err(), "StartTime is missing");
    }
}

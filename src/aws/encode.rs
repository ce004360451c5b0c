//! Plain values as the SDK's shapes: the way back from [`convert`](super::convert).
//!
//! What is absent stays absent. An empty list and none at all are two things on the wire.

use super::convert::to_date_time;
use crate::domain::{
    contact::{ContactKind, Plan, Stage, Target},
    schedule::{HandOff, Override, Recurrence},
};
use aws_sdk_ssmcontacts::types as to;
use aws_smithy_types::error::operation::BuildError;

/// Returns the plan with exactly one of stages and rotations: a schedule must not have stages, not even none.
pub(super) fn plan(kind: &ContactKind, plan: &Plan) -> Result<to::Plan, BuildError> {
    let builder = to::Plan::builder();
    Ok(match kind {
        ContactKind::Schedule => builder.set_rotation_ids(Some(texts(&plan.rotations))).build(),
        ContactKind::Person | ContactKind::EscalationPlan | ContactKind::Other(_) => {
            let stages = plan.stages.iter().map(stage).collect::<Result<_, _>>()?;
            builder.set_stages(Some(stages)).build()
        }
    })
}

fn stage(stage: &Stage) -> Result<to::Stage, BuildError> {
    let targets = stage.targets.iter().map(target).collect::<Result<_, _>>()?;
    to::Stage::builder()
        .duration_in_minutes(stage.duration_minutes)
        .set_targets(Some(targets))
        .build()
}

fn target(target: &Target) -> Result<to::Target, BuildError> {
    let builder = to::Target::builder();
    Ok(match target {
        Target::Channel { channel, retry_minutes } => {
            let info = to::ChannelTargetInfo::builder()
                .contact_channel_id(channel.as_str())
                .set_retry_interval_in_minutes(*retry_minutes)
                .build()?;
            builder.channel_target_info(info).build()
        }
        Target::Contact { contact, is_essential } => {
            let info = to::ContactTargetInfo::builder()
                .contact_id(contact.as_str())
                .is_essential(*is_essential)
                .build()?;
            builder.contact_target_info(info).build()
        }
        Target::Empty => builder.build(),
    })
}

/// Returns how turns repeat, with only the settings that it has.
pub(super) fn recurrence(recurrence: &Recurrence) -> Result<to::RecurrenceSettings, BuildError> {
    let mut builder = to::RecurrenceSettings::builder()
        .number_of_on_calls(recurrence.number_of_on_calls)
        .recurrence_multiplier(recurrence.multiplier);
    for time in &recurrence.daily {
        builder = builder.daily_settings(hand_off(*time));
    }
    for (day, time) in &recurrence.weekly {
        let setting = to::WeeklySetting::builder()
            .day_of_week(to::DayOfWeek::from(day.as_str()))
            .hand_off_time(hand_off(*time));
        builder = builder.weekly_settings(setting.build()?);
    }
    for (day, time) in &recurrence.monthly {
        let setting = to::MonthlySetting::builder()
            .day_of_month(*day)
            .hand_off_time(hand_off(*time));
        builder = builder.monthly_settings(setting.build()?);
    }
    for (day, hours) in &recurrence.coverages {
        let hours = hours.iter().map(|(start, end)| {
            to::CoverageTime::builder()
                .start(hand_off(*start))
                .end(hand_off(*end))
                .build()
        });
        builder = builder.shift_coverages(to::DayOfWeek::from(day.as_str()), hours.collect());
    }
    builder.build()
}

fn hand_off(time: HandOff) -> to::HandOffTime {
    to::HandOffTime::builder()
        .hour_of_day(time.hour)
        .minute_of_hour(time.minute)
        .build()
}

/// Returns the exceptions of a rotation that does not exist.
pub(super) fn preview_overrides(overrides: &[Override]) -> Vec<to::PreviewOverride> {
    let preview = |one: &Override| {
        to::PreviewOverride::builder()
            .set_new_members(Some(texts(&one.contacts)))
            .start_time(to_date_time(one.start_at))
            .end_time(to_date_time(one.end_at))
            .build()
    };
    overrides.iter().map(preview).collect()
}

/// Returns tags in the form of `ssm-contacts`.
pub(super) fn tags(tags: &[(String, String)]) -> Vec<to::Tag> {
    let tag = |(key, value): &(String, String)| to::Tag::builder().key(key).value(value).build();
    tags.iter().map(tag).collect()
}

/// Returns ARNs as the texts that the SDK takes.
pub(super) fn texts(arns: &[crate::domain::ids::Arn]) -> Vec<String> {
    arns.iter().map(ToString::to_string).collect()
}

//! The limits and patterns of ssm-incidents' fields, from its model, and its quotas.

use std::ops::RangeInclusive;

use crate::emulator::input::TextRule;

/// What is said of an ARN that is none.
pub(super) const NOT_AN_ARN: &str = "failed to satisfy constraint: Member must satisfy regular expression pattern: \
                                     ^arn:aws(-cn|-us-gov)?:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})?:.+$";

/// Any ARN.
pub(super) const ARN: TextRule = TextRule::length(0..=1000);
/// `clientToken`.
pub(super) const CLIENT_TOKEN: TextRule = TextRule::length(0..=128);
/// `nextToken`.
pub(super) const NEXT_TOKEN: TextRule = TextRule::length(0..=2000);
/// `name` of a response plan.
pub(super) const PLAN_NAME: TextRule = TextRule {
    allows: |letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_',
    pattern: "^[a-zA-Z0-9-_]*$",
    ..TextRule::length(1..=200)
};
/// `displayName` of a response plan.
pub(super) const DISPLAY_NAME: TextRule = TextRule::length(0..=200);
/// `title` of a template, an incident or a related item.
pub(super) const TITLE: TextRule = TextRule::length(0..=200);
/// `summary` of a template or an incident.
pub(super) const SUMMARY: TextRule = TextRule::length(0..=8000);
/// `dedupeString`.
pub(super) const DEDUPE_STRING: TextRule = TextRule::length(0..=1000);
/// `documentName` of a runbook.
pub(super) const DOCUMENT_NAME: TextRule = TextRule::length(0..=128);
/// `documentVersion` of a runbook.
pub(super) const DOCUMENT_VERSION: TextRule = TextRule::length(0..=128);
/// `name` of a `PagerDuty` configuration.
pub(super) const PAGER_DUTY_NAME: TextRule = TextRule::length(1..=200);
/// `secretId` of a `PagerDuty` configuration.
pub(super) const SECRET_ID: TextRule = TextRule::length(1..=512);
/// `serviceId` of a `PagerDuty` service.
pub(super) const SERVICE_ID: TextRule = TextRule::length(1..=200);
/// `policy`.
pub(super) const POLICY: TextRule = TextRule::length(0..=4000);
/// `policyId`.
pub(super) const POLICY_ID: TextRule = TextRule::length(0..=256);
/// `eventType` of a timeline event.
pub(super) const EVENT_TYPE: TextRule = TextRule::length(0..=100);
/// `eventData` of a timeline event.
pub(super) const EVENT_DATA: TextRule = TextRule::length(0..=12_000);
/// Ids that the service made: of timeline events, related items, findings.
pub(super) const GENERATED_ID: TextRule = TextRule::length(0..=200);
/// `source` of a trigger.
pub(super) const TRIGGER_SOURCE: TextRule = TextRule::length(1..=50);
/// `rawData` of a trigger.
pub(super) const RAW_DATA: TextRule = TextRule::length(0..=4000);
/// `url`, `arn` or `metricDefinition` of a related item.
pub(super) const ITEM_VALUE: TextRule = TextRule::length(0..=4000);
/// `key` of a filter, and each text to compare with.
pub(super) const FILTER_TEXT: TextRule = TextRule::length(0..=1000);
/// A tag's key. The model's look-ahead against `aws:` stands in `tags.rs`.
pub(super) const TAG_KEY: TextRule = TextRule {
    allows: is_tag_letter,
    pattern: r"^(?!aws:)[a-zA-Z0-9\s_.:=+-/@]+$",
    ..TextRule::length(1..=128)
};
/// A tag's value.
pub(super) const TAG_VALUE: TextRule = TextRule {
    allows: is_tag_letter,
    pattern: r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$",
    ..TextRule::length(0..=256)
};

/// `impact`: 1 is critical, 5 is none.
pub(super) const IMPACT: RangeInclusive<u32> = 1..=5;
/// Tags, or keys of tags, in one call.
pub(super) const TAGS: RangeInclusive<usize> = 1..=50;
/// Tags of one resource.
pub(super) const TAGS_PER_RESOURCE: usize = 50;
/// Engagements of a response plan.
pub(super) const ENGAGEMENTS: RangeInclusive<usize> = 0..=5;
/// Parameters of a runbook, fixed or dynamic.
pub(super) const PARAMETERS: RangeInclusive<usize> = 1..=200;
/// Characters of a parameter's name.
pub(super) const PARAMETER_NAME: RangeInclusive<usize> = 1..=50;
/// A parameter's value.
pub(super) const PARAMETER_VALUE: TextRule = TextRule::length(0..=512);
/// Filters of a list.
pub(super) const FILTERS: RangeInclusive<usize> = 0..=5;
/// Related items of one incident.
pub(super) const RELATED_ITEMS_PER_INCIDENT: usize = 50;
/// Timeline events of one incident.
pub(super) const EVENTS_PER_INCIDENT: usize = 1000;

/// The comma is in the model's class through a slip: its `+-/` is a range.
fn is_tag_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == ' ' || "_.:=+,-/@".contains(letter)
}

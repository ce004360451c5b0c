//! The limits and patterns of ssm-contacts' fields, from its model, and its quotas.

use std::ops::RangeInclusive;

use crate::emulator::input::TextRule;

/// Any ARN of ssm-contacts.
pub(crate) const ARN: TextRule = TextRule {
    allows: |letter| letter.is_alphanumeric() || "_+=/,.@:-".contains(letter),
    fits: is_arn,
    pattern: r"arn:(aws|aws-cn|aws-us-gov):ssm-contacts:[-\w+=\/,.@]*:[0-9]+:([\w+=\/,.@:-]+)*",
    ..TextRule::length(1..=2048)
};
/// `Alias` and `AliasPrefix`.
pub(crate) const ALIAS: TextRule = TextRule {
    allows: |letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-',
    pattern: r"^[a-z0-9_\-]*$",
    ..TextRule::length(1..=255)
};
/// `DisplayName` of a contact.
pub(crate) const DISPLAY_NAME: TextRule = TextRule {
    allows: is_name_letter,
    pattern: NAME_PATTERN,
    ..TextRule::length(0..=255)
};
/// `Name` of a channel.
pub(crate) const CHANNEL_NAME: TextRule = TextRule {
    allows: is_name_letter,
    pattern: NAME_PATTERN,
    ..TextRule::length(1..=255)
};
/// `SimpleAddress`.
pub(crate) const ADDRESS: TextRule = TextRule::length(1..=320);
/// `ActivationCode` and `AcceptCode`.
pub(crate) const CODE: TextRule = TextRule {
    allows: |letter| letter.is_ascii_digit(),
    pattern: "^[0-9]*$",
    ..TextRule::length(6..=10)
};
/// `Note` of an acknowledgement.
pub(crate) const NOTE: TextRule = TextRule::length(1..=2048);
/// `Content` and `PublicContent`.
pub(crate) const CONTENT: TextRule = TextRule::length(1..=8192);
/// `Subject` and `PublicSubject`.
pub(crate) const SUBJECT: TextRule = TextRule::length(1..=2048);
/// `Sender`: "restricted ASCII", taken as the visible characters and the space.
pub(crate) const SENDER: TextRule = TextRule {
    allows: |letter| (' '..='~').contains(&letter),
    pattern: r"^[ -~]*$",
    ..TextRule::length(0..=255)
};
/// `Reason` of a stop.
pub(crate) const STOP_REASON: TextRule = TextRule::length(0..=255);
/// `IncidentId`.
pub(crate) const INCIDENT: TextRule = TextRule::length(0..=1024);
/// `Policy`.
pub(crate) const POLICY: TextRule = TextRule::length(1..=395_000);
/// A rotation's `Name` and `RotationNamePrefix`.
pub(crate) const ROTATION_NAME: TextRule = TextRule {
    allows: |letter| letter.is_ascii_alphanumeric() || letter.is_ascii_whitespace() || "_-.".contains(letter),
    pattern: r"^[a-zA-Z0-9_\-\s\.]*$",
    ..TextRule::length(1..=255)
};
/// `TimeZoneId`, before it is looked up.
pub(crate) const TIME_ZONE: TextRule = TextRule::length(1..=255);
/// `RotationOverrideId`. The model's pattern is wider than a UUID, and so is this.
pub(crate) const UUID: TextRule = TextRule {
    allows: |letter| letter.is_ascii_alphanumeric() || letter == '-',
    pattern: "([a-fA-Z0-9]{8,11}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12})",
    ..TextRule::length(36..=39)
};
/// A member of `ListPreviewRotationShifts.Members`.
pub(crate) const PREVIEW_MEMBER: TextRule = TextRule::length(1..=512);
/// A tag's key.
pub(crate) const TAG_KEY: TextRule = TextRule {
    allows: |letter| letter.is_ascii_alphanumeric() || r"\/_+=-".contains(letter),
    pattern: r"^[\\\/a-zA-Z0-9_+=\-]*$",
    ..TextRule::length(1..=128)
};
/// A tag's value.
pub(crate) const TAG_VALUE: TextRule = TextRule {
    allows: |letter| is_name_letter(letter) || ":/=+-@".contains(letter),
    pattern: r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$",
    ..TextRule::length(1..=256)
};
/// `ResourceARN` of the tag operations.
pub(crate) const TAGGED_ARN: TextRule = TextRule {
    length: 1..=1011,
    ..ARN
};

/// `DurationInMinutes`.
pub(crate) const STAGE_MINUTES: RangeInclusive<u32> = 0..=30;
/// `RetryIntervalInMinutes`.
pub(crate) const RETRY_MINUTES: RangeInclusive<u32> = 0..=60;
/// Tags in one call, and keys in one call.
pub(crate) const TAGS: RangeInclusive<usize> = 0..=50;
/// `ContactIds` of a rotation that is made or changed.
pub(crate) const ROTATION_MEMBERS: RangeInclusive<usize> = 1..=30;
/// `NewContactIds` of an override that is made.
pub(crate) const OVERRIDE_MEMBERS: RangeInclusive<usize> = 0..=30;
/// What the list shape of ARNs in outputs holds.
pub(crate) const LISTED_ARNS: usize = 25;

/// Contacts of all types in an account; adjustable. Quota L-7DD2017D.
pub(crate) const CONTACTS_PER_ACCOUNT: usize = 1000;
/// Rotations in an account; adjustable. Quota L-4EA3AB3A.
pub(crate) const ROTATIONS_PER_ACCOUNT: usize = 500;
/// Rotations of one schedule.
pub(crate) const ROTATIONS_PER_SCHEDULE: usize = 8;
/// Stages of one plan; adjustable. Quota L-5AE11799.
pub(crate) const STAGES_PER_PLAN: usize = 10;
/// Channels of one stage; adjustable. Quota L-F338226A.
pub(crate) const TARGETS_PER_STAGE: usize = 10;
/// Tags on one resource.
pub(crate) const TAGS_PER_RESOURCE: usize = 50;

const NAME_PATTERN: &str = r"^[\p{L}\p{Z}\p{N}_.\-]*$";

/// Returns whether the parts of an ARN of ssm-contacts are where they belong.
fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", "aws" | "aws-cn" | "aws-us-gov", "ssm-contacts", _, account, _] = parts.as_slice() else {
        return false;
    };
    !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters, separators and numbers of any script, and `_`, `.`, `-`.
fn is_name_letter(letter: char) -> bool {
    letter.is_alphanumeric() || (letter.is_whitespace() && !letter.is_control()) || "_.-".contains(letter)
}

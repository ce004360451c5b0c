//! How the emulator behaves where the service's behaviour is not published, and how it misbehaves on request.
//!
//! Every field is one question that the documentation leaves open. Fields are set by name, from a file or from the
//! command line ([`Settings::set`]); [`SETTINGS`] documents them for people.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shifts::WindowEdges;

/// All settings. The default is the behaviour that the documentation makes most likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The name of the IAM user that every caller is.
    pub user: String,
    /// The instant at which the emulator's clock stands still; absent follows the real clock.
    pub clock: Option<DateTime<Utc>>,
    /// The seed of ids, codes and what happens by chance; absent takes a random one.
    pub seed: Option<u64>,
    /// Milliseconds before every answer.
    pub latency_ms: u64,
    /// The most items of a page, whatever `MaxResults` asks for.
    pub page_size: usize,
    /// Whether every list begins with an empty page that has a token.
    pub empty_first_page: Switch,
    /// Whether the account was ever onboarded.
    pub onboarded: Switch,
    /// Whether the published request rates are enforced.
    pub rates: Rates,
    /// What the published rates are multiplied with.
    pub rate_scale: f64,
    /// How many seconds' worth of requests may come at once.
    pub burst_seconds: f64,
    /// Whether operations of one class of rates share one bucket.
    pub buckets: Buckets,
    /// The HTTP status of a throttled request of ssm-contacts: 400 or 429. The Smithy column always has 429.
    pub throttle_status: u16,
    /// Which of the two published columns gives the HTTP status of errors of ssm-contacts.
    pub error_statuses: ErrorStatuses,
    /// How error types are spelt in `__type` and in `x-amzn-errortype`.
    pub error_types: ErrorTypes,
    /// Whether every call but those about the replication set fails while the world's set is not `ACTIVE`.
    pub need_active_set: Switch,
    /// Which rate `ListTagsForResource` of ssm-contacts counts against.
    pub tag_reads: TagReads,
    /// Whether the tag operations work in the world's home Region only, the first one of its replication set.
    pub tags_at_home_only: Switch,
    /// What `UpdateContactChannel` with another address does to the activation status.
    pub address_change: AddressChange,
    /// After how many seconds an activation code is void; absent is never.
    pub code_lifetime_seconds: Option<u32>,
    /// After how many wrong codes in a row the channel's codes are void; absent is never.
    pub code_attempts: Option<u32>,
    /// Whether a new code forgets the wrong ones before it; if not, only a good code does, and a channel whose attempts are
    /// used up takes none any more.
    pub new_code_forgives: Switch,
    /// How many codes may be sent to a channel within an hour; absent is any number.
    pub codes_per_hour: Option<usize>,
    /// What a new code does to the ones before it.
    pub new_code: NewCode,
    /// What `ActivateContactChannel` answers for a channel that is active.
    pub activate_active: Answer,
    /// What an owner's UNSUBSCRIBE does to the activation status.
    pub unsubscribe: Unsubscribe,
    /// Which channels of one contact collide: `ConflictException` at creation and update.
    pub duplicate_channel: DuplicateChannel,
    /// What `DeleteContact` answers for a member of a rotation.
    pub delete_rotation_member: Answer,
    /// What `DeleteContact` answers for a contact that has channels; they go with it when it is accepted.
    pub delete_contact_with_channels: Answer,
    /// What a plan's dangling channel does to its stage when the plan is walked.
    pub dangling_channel: DanglingChannel,
    /// Whether a plan, rotation or override may name something that does not exist.
    pub unknown_reference: Answer,
    /// Whether an escalation plan may target another escalation plan.
    pub nested_escalation: Answer,
    /// What `UpdateContact` with an empty plan does to a schedule.
    pub empty_schedule_plan: EmptySchedulePlan,
    /// Whether the lengths and dates that the console wants of overrides bind the API, too.
    pub override_limits: Switch,
    /// Whether `ListRotations` shows 25 members of a rotation at most.
    pub cut_listed_members: Switch,
    /// What `CreateContactChannel` and its like answer for a contact that does not exist.
    pub unknown_owner: UnknownOwner,
    /// What an absent `AcceptCodeValidation` means.
    pub absent_code_validation: CodeValidation,
    /// Whether mail gets a DELIVERED receipt.
    pub mail_delivered: Switch,
    /// In which order receipts are listed, and whether all name their channel.
    pub receipts: Receipts,
    /// What `GetContactPolicy` answers for a contact that has none.
    pub absent_policy: AbsentPolicy,
    /// In which order a response plan's engagements come back.
    pub engagement_order: EngagementOrder,
    /// What `ListRotationShifts` does with a shift that reaches out of the window.
    pub shift_edges: WindowEdges,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user: "operator".to_owned(),
            clock: None,
            seed: None,
            latency_ms: 0,
            page_size: 50,
            empty_first_page: Switch::Off,
            onboarded: Switch::On,
            rates: Rates::Off,
            rate_scale: 1.0,
            burst_seconds: 1.0,
            buckets: Buckets::Shared,
            throttle_status: 400,
            error_statuses: ErrorStatuses::ApiReference,
            error_types: ErrorTypes::Bare,
            need_active_set: Switch::Off,
            tag_reads: TagReads::ContactReads,
            tags_at_home_only: Switch::Off,
            address_change: AddressChange::Reset,
            code_lifetime_seconds: None,
            code_attempts: None,
            new_code_forgives: Switch::Off,
            codes_per_hour: None,
            new_code: NewCode::Replaces,
            activate_active: Answer::Accept,
            unsubscribe: Unsubscribe::KeepsStatus,
            duplicate_channel: DuplicateChannel::Address,
            delete_rotation_member: Answer::Refuse,
            delete_contact_with_channels: Answer::Accept,
            dangling_channel: DanglingChannel::SkipsStage,
            unknown_reference: Answer::Accept,
            nested_escalation: Answer::Accept,
            empty_schedule_plan: EmptySchedulePlan::Clears,
            override_limits: Switch::On,
            cut_listed_members: Switch::On,
            unknown_owner: UnknownOwner::Validation,
            absent_code_validation: CodeValidation::Ignore,
            mail_delivered: Switch::Off,
            receipts: Receipts::Untidy,
            absent_policy: AbsentPolicy::Empty,
            engagement_order: EngagementOrder::Shuffled,
            shift_edges: WindowEdges::Whole,
        }
    }
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// It is so.
    On,
    /// It is not.
    Off,
}

impl Switch {
    /// Returns whether it is on.
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

/// Whether a request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is carried out.
    Accept,
    /// It is refused.
    Refuse,
}

/// Whether request rates are enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rates {
    /// Any number of requests.
    Off,
    /// The published rates, as token buckets.
    Published,
}

/// Who draws from one token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Buckets {
    /// All operations that the quota page lists in one row without the word "each".
    Shared,
    /// Every operation has its own.
    PerOperation,
}

/// The two columns of HTTP statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorStatuses {
    /// 400 for every client fault, as the API Reference has it.
    ApiReference,
    /// 403, 404, 409, 429 and so on, as the Smithy model has it.
    Smithy,
}

/// How error types are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorTypes {
    /// The name alone.
    Bare,
    /// With a namespace before it in the body and a URI after it in the header, as the protocol allows.
    Decorated,
}

/// Where the reads of tags belong in the quota page's table, which names tagging only in its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TagReads {
    /// With the other reads of contacts: 20 a second.
    ContactReads,
    /// With everything else: 1 a second, which the writes share.
    EverythingElse,
}

/// What a new address does to the activation status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressChange {
    /// The channel must be activated anew.
    Reset,
    /// The channel stays as it was.
    Keep,
}

/// What a new code does to the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewCode {
    /// Only the newest code is good.
    Replaces,
    /// All of them are good.
    Adds,
}

/// What UNSUBSCRIBE does to the activation status. Nothing is delivered in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unsubscribe {
    /// The channel still reads `ACTIVATED`.
    KeepsStatus,
    /// The channel becomes `NOT_ACTIVATED`.
    Deactivates,
}

/// Which channels of one contact collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateChannel {
    /// None.
    Allowed,
    /// Those with the same name.
    Name,
    /// Those with the same type and address.
    Address,
    /// Both sorts.
    Either,
}

/// What a dangling channel does to its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DanglingChannel {
    /// The whole stage is skipped, its good channels too.
    SkipsStage,
    /// Only the channel is skipped.
    SkipsChannel,
}

/// What an empty plan does to a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptySchedulePlan {
    /// The schedule loses its rotations.
    Clears,
    /// The schedule stays as it was.
    Keeps,
}

/// The error for a channel's unknown owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownOwner {
    /// `ValidationException`.
    Validation,
    /// `ResourceNotFoundException`.
    NotFound,
}

/// Whether an accept code must be the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeValidation {
    /// Any code passes.
    Ignore,
    /// Only a code that was sent with the page passes.
    Enforce,
}

/// How receipts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Receipts {
    /// By time, every one with what is known of its channel.
    Tidy,
    /// By type, and the acknowledgement without its channel, as the published samples have it.
    Untidy,
}

/// The answer for a contact without a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AbsentPolicy {
    /// An answer without the member.
    Empty,
    /// `ResourceNotFoundException`.
    NotFound,
}

/// How a response plan's engagements are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngagementOrder {
    /// In another order than they were written in.
    Shuffled,
    /// In the order they were written in.
    Kept,
}

/// One setting, for people.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name, as a file and the command line have it.
    pub name: &'static str,
    /// What may be written, as words separated by `|` or a description in capitals.
    pub values: &'static str,
    /// What it decides, in one line.
    pub summary: &'static str,
}

const fn setting(name: &'static str, values: &'static str, summary: &'static str) -> Setting {
    Setting { name, values, summary }
}

/// Every setting, in the order of [`Settings`].
pub const SETTINGS: &[Setting] = &[
    setting("user", "NAME", "The IAM user that every caller is."),
    setting(
        "clock",
        "INSTANT",
        "The RFC 3339 instant at which the clock stands still; left out, it runs.",
    ),
    setting(
        "seed",
        "NUMBER",
        "The seed of ids, codes and what happens by chance; left out, a random one.",
    ),
    setting("latency-ms", "NUMBER", "Milliseconds before every answer."),
    setting(
        "page-size",
        "NUMBER",
        "The most items of a page, whatever MaxResults asks for.",
    ),
    setting(
        "empty-first-page",
        "on|off",
        "Whether every list begins with an empty page that has a token.",
    ),
    setting(
        "onboarded",
        "on|off",
        "Whether the account was ever onboarded to Incident Manager.",
    ),
    setting(
        "rates",
        "off|published",
        "Whether the published request rates are enforced.",
    ),
    setting("rate-scale", "NUMBER", "What the published rates are multiplied with."),
    setting(
        "burst-seconds",
        "NUMBER",
        "How many seconds' worth of requests may come at once.",
    ),
    setting(
        "buckets",
        "shared|per-operation",
        "Whether operations of one class share one bucket.",
    ),
    setting(
        "throttle-status",
        "400|429",
        "The HTTP status of a throttled ssm-contacts request.",
    ),
    setting(
        "error-statuses",
        "api-reference|smithy",
        "Which published column gives the status of errors.",
    ),
    setting(
        "error-types",
        "bare|decorated",
        "Whether error types come with a namespace in the body and a URI in the header.",
    ),
    setting(
        "need-active-set",
        "on|off",
        "Whether calls fail while the world's replication set is not ACTIVE.",
    ),
    setting(
        "tag-reads",
        "contact-reads|everything-else",
        "Which rate ListTagsForResource of ssm-contacts counts against.",
    ),
    setting(
        "tags-at-home-only",
        "on|off",
        "Whether tag operations are refused outside the home Region.",
    ),
    setting(
        "address-change",
        "reset|keep",
        "What a new address does to a channel's activation.",
    ),
    setting(
        "code-lifetime-seconds",
        "NUMBER",
        "After how many seconds an activation code is void; left out, never.",
    ),
    setting(
        "code-attempts",
        "NUMBER",
        "After how many wrong codes in a row the codes are void; left out, never.",
    ),
    setting(
        "new-code-forgives",
        "on|off",
        "Whether a new activation code forgets the wrong ones before it.",
    ),
    setting(
        "codes-per-hour",
        "NUMBER",
        "How many codes a channel may be sent in an hour; left out, any number.",
    ),
    setting(
        "new-code",
        "replaces|adds",
        "Whether a new activation code makes the ones before it void.",
    ),
    setting(
        "activate-active",
        "accept|refuse",
        "What activating an active channel answers.",
    ),
    setting(
        "unsubscribe",
        "keeps-status|deactivates",
        "What an owner's UNSUBSCRIBE does to the status.",
    ),
    setting(
        "duplicate-channel",
        "allowed|name|address|either",
        "Which channels of one contact are in conflict.",
    ),
    setting(
        "delete-rotation-member",
        "accept|refuse",
        "Whether a member of a rotation can be deleted.",
    ),
    setting(
        "delete-contact-with-channels",
        "accept|refuse",
        "Whether a contact that has channels can be deleted.",
    ),
    setting(
        "dangling-channel",
        "skips-stage|skips-channel",
        "What a deleted channel does to its stage.",
    ),
    setting(
        "unknown-reference",
        "accept|refuse",
        "Whether plans and rotations may name what does not exist.",
    ),
    setting(
        "nested-escalation",
        "accept|refuse",
        "Whether an escalation plan may target another one.",
    ),
    setting(
        "empty-schedule-plan",
        "clears|keeps",
        "What an empty plan does to a schedule's rotations.",
    ),
    setting(
        "override-limits",
        "on|off",
        "Whether the console's limits on overrides bind the API, too.",
    ),
    setting(
        "cut-listed-members",
        "on|off",
        "Whether ListRotations shows 25 members of a rotation at most.",
    ),
    setting(
        "unknown-owner",
        "validation|not-found",
        "The error for a channel whose contact does not exist.",
    ),
    setting(
        "absent-code-validation",
        "ignore|enforce",
        "What AcceptPage without AcceptCodeValidation means.",
    ),
    setting("mail-delivered", "on|off", "Whether mail gets a DELIVERED receipt."),
    setting(
        "receipts",
        "tidy|untidy",
        "Whether receipts come in order and with their channels.",
    ),
    setting(
        "absent-policy",
        "empty|not-found",
        "What GetContactPolicy answers for a contact that has none.",
    ),
    setting(
        "engagement-order",
        "shuffled|kept",
        "In which order a response plan's engagements come back.",
    ),
    setting(
        "shift-edges",
        "whole|clipped",
        "What ListRotationShifts does with a shift that reaches out of the window.",
    ),
];

/// Why a setting was not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// There is no such setting.
    #[error("there is no setting `{0}`; the settings are: {names}", names = names())]
    Unknown(String),
    /// The value is none that the setting takes.
    #[error("`{value}` is no value for the setting `{name}`; write {values}")]
    Value {
        /// The setting.
        name: String,
        /// What was written.
        value: String,
        /// What may be written.
        values: &'static str,
    },
}

fn names() -> String {
    SETTINGS
        .iter()
        .map(|setting| setting.name)
        .collect::<Vec<_>>()
        .join(", ")
}

impl Settings {
    /// Sets one setting by name, as the command line writes it.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
            return Err(SettingError::Unknown(name.to_owned()));
        };
        let refused = || SettingError::Value {
            name: name.to_owned(),
            value: value.to_owned(),
            values: setting.values,
        };
        let Ok(Value::Object(fields)) = serde_json::to_value(&*self) else {
            return Err(refused());
        };
        // The word is tried as a text first, so that a user may be called "1".
        let candidates = [Some(Value::from(value)), serde_json::from_str(value).ok()];
        for candidate in candidates.into_iter().flatten() {
            let mut fields = fields.clone();
            fields.insert(name.to_owned(), candidate);
            if let Ok(changed) = serde_json::from_value::<Self>(Value::Object(fields))
                && changed.is_sound()
            {
                *self = changed;
                return Ok(());
            }
        }
        Err(refused())
    }

    /// Returns whether the numbers are ones that the emulator can work with.
    fn is_sound(&self) -> bool {
        let positive = |number: f64| number.is_finite() && number > 0.0;
        self.page_size > 0
            && [400, 429].contains(&self.throttle_status)
            && positive(self.rate_scale)
            && positive(self.burst_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_documented_in_order() {
        let Value::Object(fields) = serde_json::to_value(Settings::default()).unwrap() else {
            panic!("settings are an object");
        };
        let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
        assert_eq!(fields.keys().collect::<Vec<_>>(), names);
    }

    #[test]
    fn every_listed_word_can_be_set() {
        for setting in SETTINGS {
            for word in setting.values.split('|') {
                let value = match word {
                    "NAME" => "anna",
                    "NUMBER" => "7",
                    "INSTANT" => "2026-01-05T09:00:00Z",
                    word => word,
                };
                Settings::default().set(setting.name, value).unwrap();
            }
        }
    }

    #[test]
    fn a_wrong_value_is_told_what_may_be_written() {
        let mut settings = Settings::default();
        assert_eq!(
            settings.set("address-change", "forget").unwrap_err().to_string(),
            "`forget` is no value for the setting `address-change`; write reset|keep"
        );
        assert!(settings.set("page-size", "0").is_err());
        assert!(settings.set("throttle-status", "503").is_err());
        assert!(matches!(
            settings.set("adress-change", "keep"),
            Err(SettingError::Unknown(_))
        ));
        assert_eq!(settings, Settings::default());
    }
}

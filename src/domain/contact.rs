//! People, escalation plans and on-call schedules: to AWS all three are contacts.

use super::{address::Address, gap::Reading, ids::Arn, sharing::Sharing, tags::Tags};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A contact of any type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its ARN, which holds the alias.
    pub arn: Arn,
    /// The only label that is always there; never changes.
    pub alias: String,
    /// The name for people; often absent or empty.
    pub display_name: Option<String>,
    /// Whether it is a person, an escalation plan or a schedule.
    pub kind: ContactKind,
    /// What happens when it is engaged (`GetContact`).
    #[serde(default)]
    pub plan: Reading<Plan>,
    /// The devices of a person (`ListContactChannels`); stays pending for plans and schedules, which have none.
    #[serde(default)]
    pub channels: Reading<Vec<Channel>>,
    /// Its tags (`ListTagsForResource`).
    #[serde(default)]
    pub tags: Reading<Tags>,
    /// With whom it is shared (`GetContactPolicy`).
    #[serde(default)]
    pub sharing: Reading<Sharing>,
}

impl Contact {
    /// Returns the display name, or the alias where there is none.
    pub fn label(&self) -> &str {
        self.display_name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.alias)
    }
}

/// What sort of contact it is; the ARN does not tell, only `ListContacts` does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ContactKind {
    /// `PERSONAL`: one responder, with devices.
    Person,
    /// `ESCALATION`: stages that engage contacts.
    EscalationPlan,
    /// `ONCALL_SCHEDULE`: rotations.
    Schedule,
    /// A word that this version does not know, kept as it came.
    Other(String),
}

/// How a device is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ChannelKind {
    /// A text message.
    Sms,
    /// A call.
    Voice,
    /// A mail.
    Email,
    /// A word that this version does not know, kept as it came; empty where the answer had none.
    Other(String),
}

/// Whether the service pages a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ActivationStatus {
    /// A code that was sent to the device came back at some time. Says nothing about who has the device today.
    Activated,
    /// The service does not page the device.
    NotActivated,
    /// A word that this version does not know, kept as it came; empty where the answer had none. Never taken for active.
    Other(String),
}

macro_rules! words {
    ($name:ident: $($word:literal => $variant:ident),*) => {
        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() { $($word => Self::$variant,)* _ => Self::Other(word) }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }

        impl $name {
            /// Returns AWS's word for it.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $word,)* Self::Other(word) => word }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

words!(ContactKind: "PERSONAL" => Person, "ESCALATION" => EscalationPlan, "ONCALL_SCHEDULE" => Schedule);
words!(ChannelKind: "SMS" => Sms, "VOICE" => Voice, "EMAIL" => Email);
words!(ActivationStatus: "ACTIVATED" => Activated, "NOT_ACTIVATED" => NotActivated);

impl ContactKind {
    /// Returns whether it is asked for devices: a kind that is not known may have some.
    pub fn may_have_channels(&self) -> bool {
        match self {
            Self::Person | Self::Other(_) => true,
            Self::EscalationPlan | Self::Schedule => false,
        }
    }
}

/// One way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its ARN: `…:contact-channel/<alias>/<uuid>`.
    pub arn: Arn,
    /// The person it belongs to.
    pub contact: Arn,
    /// The name that the operator gave it.
    pub name: String,
    /// Text, call or mail.
    pub kind: ChannelKind,
    /// Where it leads.
    pub address: Address,
    /// Whether the service pages it.
    pub status: ActivationStatus,
}

/// What happens when a contact is engaged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The stages of a person's engagement plan or of an escalation plan.
    #[serde(default)]
    pub stages: Vec<Stage>,
    /// The rotations of an on-call schedule.
    #[serde(default)]
    pub rotations: Vec<Arn>,
}

/// Targets that are engaged together, and the time that passes before the next stage begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Minutes until the next stage, 0 to 30.
    pub duration_minutes: i32,
    /// Who or what is engaged.
    pub targets: Vec<Target>,
}

/// One thing that a stage engages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum Target {
    /// A device, in a person's engagement plan.
    Channel {
        /// The device.
        channel: Arn,
        /// Minutes after which it is tried again while the stage lasts; absent and 0 differ on the wire.
        retry_minutes: Option<i32>,
    },
    /// A person or schedule, in an escalation plan.
    Contact {
        /// Who is engaged.
        contact: Arn,
        /// Whether an acknowledgement by this target stops the plan's progress.
        is_essential: bool,
    },
    /// Nothing: both members are optional in the service's model.
    Empty,
}

impl Target {
    /// Returns what is engaged, if anything.
    pub fn arn(&self) -> Option<&Arn> {
        match self {
            Self::Channel { channel, .. } => Some(channel),
            Self::Contact { contact, .. } => Some(contact),
            Self::Empty => None,
        }
    }
}

impl Plan {
    /// Returns the targets of all stages, in order.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.stages.iter().flat_map(|stage| &stage.targets)
    }

    /// Returns each stage with the minute at which it begins.
    pub fn stages_with_start(&self) -> impl Iterator<Item = (i64, &Stage)> {
        self.stages.iter().scan(0_i64, |minute, stage| {
            let start = *minute;
            *minute += i64::from(stage.duration_minutes);
            Some((start, stage))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_not_known_are_kept() {
        let status = ActivationStatus::from("PAUSED".to_owned());
        assert_eq!(status, ActivationStatus::Other("PAUSED".to_owned()));
        assert_eq!(String::from(status), "PAUSED");
    }

    #[test]
    fn a_stage_begins_when_those_before_it_have_passed() {
        let stage = |duration_minutes| Stage {
            duration_minutes,
            targets: Vec::new(),
        };
        let plan = Plan {
            stages: vec![stage(5), stage(0), stage(10)],
            rotations: Vec::new(),
        };
        let starts: Vec<i64> = plan.stages_with_start().map(|(start, _)| start).collect();
        assert_eq!(starts, [0, 5, 5]);
    }
}

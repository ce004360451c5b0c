//! The operations of AWS that callsheet calls: one list, from which pacing, permissions and the `aws` form follow.

use serde::{Deserialize, Serialize};

/// A service that callsheet talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// `ssm-contacts`: contacts, channels, plans, rotations.
    Contacts,
    /// `ssm-incidents`: response plans and the replication set.
    Incidents,
    /// `sts`: who we are.
    Sts,
}

impl Service {
    /// Returns the name that the service has in ARNs, in permissions and in the `aws` command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contacts => "ssm-contacts",
            Self::Incidents => "ssm-incidents",
            Self::Sts => "sts",
        }
    }
}

/// Operations that share one published request rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateClass {
    /// `GetContact`, which has a rate of its own.
    GetContact,
    /// The other reads of contacts, channels and lists of rotations.
    ContactReads,
    /// `GetRotation`.
    GetRotation,
    /// `ListRotationOverrides`.
    RotationOverrides,
    /// `ListRotationShifts`.
    RotationShifts,
    /// Every get and list of `ssm-incidents`.
    IncidentReads,
    /// `sts:GetCallerIdentity`, which publishes no rate and is called once.
    Identity,
}

impl RateClass {
    /// Every class.
    pub const ALL: [Self; 7] = [
        Self::GetContact,
        Self::ContactReads,
        Self::GetRotation,
        Self::RotationOverrides,
        Self::RotationShifts,
        Self::IncidentReads,
        Self::Identity,
    ];

    /// Returns the published rate in requests per second, per account and Region.
    pub fn requests_per_second(self) -> u32 {
        match self {
            Self::GetContact
            | Self::ContactReads
            | Self::GetRotation
            | Self::RotationOverrides
            | Self::RotationShifts
            | Self::Identity => 20,
            Self::IncidentReads => 10,
        }
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $service:ident, $class:ident, $command:literal;)*) => {
        /// An operation of AWS, by its own name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Operation { $($(#[$doc])* $name,)* }

        impl Operation {
            /// Every operation, in the order in which a load calls them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the operation's name, as AWS spells it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Returns the service that has the operation.
            pub fn service(self) -> Service {
                match self { $(Self::$name => Service::$service,)* }
            }

            /// Returns the rate that the operation counts against.
            pub fn class(self) -> RateClass {
                match self { $(Self::$name => RateClass::$class,)* }
            }

            /// Returns the operation's name on the command line of `aws`.
            pub fn command(self) -> &'static str {
                match self { $(Self::$name => $command,)* }
            }
        }
    };
}

operations! {
    /// Who is asking; needs no permission.
    GetCallerIdentity: Sts, Identity, "get-caller-identity";
    /// The ARN of the account's replication set.
    ListReplicationSets: Incidents, IncidentReads, "list-replication-sets";
    /// Regions, status and deletion protection of the replication set.
    GetReplicationSet: Incidents, IncidentReads, "get-replication-set";
    /// Every contact, plan and schedule, without its plan.
    ListContacts: Contacts, ContactReads, "list-contacts";
    /// One contact with its plan.
    GetContact: Contacts, GetContact, "get-contact";
    /// The devices of one person.
    ListContactChannels: Contacts, ContactReads, "list-contact-channels";
    /// Every rotation, at most 25 members of each.
    ListRotations: Contacts, ContactReads, "list-rotations";
    /// One rotation with all members.
    GetRotation: Contacts, GetRotation, "get-rotation";
    /// The overrides of one rotation in a window of time.
    ListRotationOverrides: Contacts, RotationOverrides, "list-rotation-overrides";
    /// Who is on call when, in a window of time.
    ListRotationShifts: Contacts, RotationShifts, "list-rotation-shifts";
    /// Every response plan, by name only.
    ListResponsePlans: Incidents, IncidentReads, "list-response-plans";
    /// One response plan: engagements, chat channel, impact.
    GetResponsePlan: Incidents, IncidentReads, "get-response-plan";
}

impl Operation {
    /// Returns whether the operation lists things of the whole account, so that others wait for what it tells.
    pub fn is_list_of_account(self) -> bool {
        matches!(
            self,
            Self::ListReplicationSets | Self::ListContacts | Self::ListRotations | Self::ListResponsePlans
        )
    }

    /// Returns the permission that the caller's policy must allow, such as `ssm-contacts:GetContact`.
    pub fn permission(self) -> String {
        format!("{}:{}", self.service().name(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_name_is_the_operation_in_lower_case_with_dashes() {
        for operation in Operation::ALL {
            let mut expected = String::new();
            for c in operation.name().chars() {
                if c.is_ascii_uppercase() && !expected.is_empty() {
                    expected.push('-');
                }
                expected.push(c.to_ascii_lowercase());
            }
            assert_eq!(operation.command(), expected);
        }
    }
}

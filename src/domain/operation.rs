//! The reads of AWS that callsheet calls: one list, from which pacing, permissions and the `aws` form follow.
//!
//! What changes something is a [`Change`](super::access::Change).

use super::ids::Arn;
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
    /// `ListPreviewRotationShifts`.
    PreviewShifts,
    /// `ListEngagements`.
    Engagements,
    /// `ssm-contacts:ListTagsForResource`, of which the quota page does not say where it belongs: with the other reads, or
    /// with tagging in "everything else" at one a second. See [`RateClass::counts_as`].
    ContactTags,
    /// Every get and list of `ssm-incidents`.
    IncidentReads,
    /// `sts:GetCallerIdentity`, which publishes no rate and is called once.
    Identity,
    /// Everything that changes something. Response plans may be written five times as fast, but one line for all writes is
    /// what an operator can follow.
    Writes,
}

impl RateClass {
    /// Every class.
    pub const ALL: [Self; 11] = [
        Self::GetContact,
        Self::ContactReads,
        Self::GetRotation,
        Self::RotationOverrides,
        Self::RotationShifts,
        Self::PreviewShifts,
        Self::Engagements,
        Self::ContactTags,
        Self::IncidentReads,
        Self::Identity,
        Self::Writes,
    ];

    /// Returns the published rate in requests per second, per account and Region.
    pub fn requests_per_second(self) -> u32 {
        match self {
            Self::GetContact
            | Self::ContactReads
            | Self::GetRotation
            | Self::RotationOverrides
            | Self::RotationShifts
            | Self::PreviewShifts
            | Self::ContactTags
            | Self::Identity => 20,
            Self::IncidentReads => 10,
            Self::Engagements => 2,
            Self::Writes => 1,
        }
    }

    /// Returns the other class whose rate a request may use up as well.
    ///
    /// Reads of tags keep to the rate of the contact reads together with those, so that they are not too fast if they
    /// belong there. If they belong to "everything else", only they are throttled, and only their own class slows down: to
    /// a twentieth, which is the one request a second of that row.
    pub fn counts_as(self) -> Option<Self> {
        (self == Self::ContactTags).then_some(Self::ContactReads)
    }
}

macro_rules! operations {
    (load { $($loaded:tt)* } besides { $($besides:tt)* }) => {
        operations! { @list ALL $($loaded)* }
        operations! { @list BESIDES $($besides)* }
        operations! { @all $($loaded)* $($besides)* }
    };
    (@list ALL $($(#[$attribute:meta])* $variant:ident, $name:literal: $service:ident, $class:ident, $command:literal;)*) => {
        impl Operation {
            /// Every operation that a load calls, in that order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
        }
    };
    (@list BESIDES $($(#[$attribute:meta])* $variant:ident, $name:literal: $service:ident, $class:ident, $command:literal;)*) => {
        impl Operation {
            /// The reads that only a changeset calls, and no load.
            pub const BESIDES: &[Self] = &[$(Self::$variant,)*];
        }
    };
    (@all $($(#[$attribute:meta])* $variant:ident, $name:literal: $service:ident, $class:ident, $command:literal;)*) => {
        /// An operation of AWS that reads. Two of them have one name in two services.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Operation { $($(#[$attribute])* $variant,)* }

        impl Operation {

            /// Returns the operation's name, as AWS spells it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the service that has the operation.
            pub fn service(self) -> Service {
                match self { $(Self::$variant => Service::$service,)* }
            }

            /// Returns the rate that the operation counts against.
            pub fn class(self) -> RateClass {
                match self { $(Self::$variant => RateClass::$class,)* }
            }

            /// Returns the operation's name on the command line of `aws`.
            pub fn command(self) -> &'static str {
                match self { $(Self::$variant => $command,)* }
            }
        }
    };
}

operations! {
    load {
        /// Who is asking; needs no permission.
        GetCallerIdentity, "GetCallerIdentity": Sts, Identity, "get-caller-identity";
        /// The ARN of the account's replication set.
        ListReplicationSets, "ListReplicationSets": Incidents, IncidentReads, "list-replication-sets";
        /// Regions, status and deletion protection of the replication set.
        GetReplicationSet, "GetReplicationSet": Incidents, IncidentReads, "get-replication-set";
        /// Every contact, plan and schedule, without its plan.
        ListContacts, "ListContacts": Contacts, ContactReads, "list-contacts";
        /// One contact with its plan.
        GetContact, "GetContact": Contacts, GetContact, "get-contact";
        /// The devices of one person.
        ListContactChannels, "ListContactChannels": Contacts, ContactReads, "list-contact-channels";
        /// Every rotation, at most 25 members of each.
        ListRotations, "ListRotations": Contacts, ContactReads, "list-rotations";
        /// One rotation with all members.
        GetRotation, "GetRotation": Contacts, GetRotation, "get-rotation";
        /// The overrides of one rotation in a window of time.
        ListRotationOverrides, "ListRotationOverrides": Contacts, RotationOverrides, "list-rotation-overrides";
        /// Who is on call when, in a window of time.
        ListRotationShifts, "ListRotationShifts": Contacts, RotationShifts, "list-rotation-shifts";
        /// Every response plan, by name only.
        ListResponsePlans, "ListResponsePlans": Incidents, IncidentReads, "list-response-plans";
        /// One response plan: engagements, chat channel, impact.
        GetResponsePlan, "GetResponsePlan": Incidents, IncidentReads, "get-response-plan";
        /// With whom a contact, plan or schedule is shared.
        GetContactPolicy, "GetContactPolicy": Contacts, ContactReads, "get-contact-policy";
        /// The tags of a contact, a plan, a schedule or a rotation.
        #[serde(rename = "ssm-contacts:ListTagsForResource")]
        ListContactTags, "ListTagsForResource": Contacts, ContactTags, "list-tags-for-resource";
        /// With whom a response plan is shared.
        GetResourcePolicies, "GetResourcePolicies": Incidents, IncidentReads, "get-resource-policies";
        /// The tags of a response plan.
        #[serde(rename = "ssm-incidents:ListTagsForResource")]
        ListResponsePlanTags, "ListTagsForResource": Incidents, IncidentReads, "list-tags-for-resource";
    }
    besides {
        /// The shifts that a rotation would have, to compare two ways of changing one.
        ListPreviewRotationShifts, "ListPreviewRotationShifts": Contacts, PreviewShifts, "list-preview-rotation-shifts";
        /// What is being paged, or was lately.
        ListEngagements, "ListEngagements": Contacts, Engagements, "list-engagements";
    }
}

impl Operation {
    /// Returns whether the operation lists things of the whole account, so that others wait for what it tells.
    pub fn is_list_of_account(self) -> bool {
        matches!(
            self,
            Self::ListReplicationSets | Self::ListContacts | Self::ListRotations | Self::ListResponsePlans
        )
    }

    /// Returns the operation that lists the tags of `arn`.
    pub fn listing_tags_of(arn: &Arn) -> Self {
        if arn.service() == Service::Incidents.name() {
            Self::ListResponsePlanTags
        } else {
            Self::ListContactTags
        }
    }

    /// Returns the operation that tells with whom `arn` is shared.
    pub fn telling_sharing_of(arn: &Arn) -> Self {
        if arn.service() == Service::Incidents.name() {
            Self::GetResourcePolicies
        } else {
            Self::GetContactPolicy
        }
    }

    /// Returns whether the answer is only wanted once everything else has been read: no row of a screen shows it.
    pub fn comes_last(self) -> bool {
        match self {
            Self::GetContactPolicy | Self::ListContactTags | Self::GetResourcePolicies | Self::ListResponsePlanTags => {
                true
            }
            Self::GetCallerIdentity
            | Self::ListReplicationSets
            | Self::GetReplicationSet
            | Self::ListContacts
            | Self::GetContact
            | Self::ListContactChannels
            | Self::ListRotations
            | Self::GetRotation
            | Self::ListRotationOverrides
            | Self::ListRotationShifts
            | Self::ListPreviewRotationShifts
            | Self::ListEngagements
            | Self::ListResponsePlans
            | Self::GetResponsePlan => false,
        }
    }

    /// Returns the permission that the caller's policy must allow, such as `ssm-contacts:GetContact`.
    pub fn permission(self) -> String {
        format!("{}:{}", self.service().name(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_command_line_name_is_the_operation_in_lower_case_with_dashes() {
        for operation in Operation::ALL.iter().chain(Operation::BESIDES) {
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

    #[test]
    fn no_two_operations_need_the_same_permission_and_tags_are_of_either_service() {
        let permissions: BTreeSet<String> = Operation::ALL.iter().map(|operation| operation.permission()).collect();
        assert_eq!(permissions.len(), Operation::ALL.len());
        for service in ["ssm-contacts", "ssm-incidents"] {
            let arn = Arn::parse(&format!("arn:aws:{service}:eu-west-1:111122223333:thing/1")).unwrap();
            for operation in [Operation::listing_tags_of(&arn), Operation::telling_sharing_of(&arn)] {
                assert_eq!(operation.service().name(), service);
                assert!(operation.comes_last());
            }
        }
    }
}

//! Which permissions each way of working needs, and on which kinds of resources.
//!
//! One list of operations for each way: the reads are [`Operation::ALL`], which is what a load calls; the changes are
//! [`Change::ALL`], which is what sending writes and previewing shifts calls, and which say who needs them. A policy is derived
//! from these and nothing else, so that it holds neither more nor less than what is called.
//!
//! # Left out on purpose
//!
//! Nothing here starts an engagement or an incident, shares a contact, or touches the replication set. `UpdateResponsePlan`
//! may need `iam:PassRole` and `secretsmanager:GetSecretValue` where a response plan has a runbook or an integration; a
//! changeset only sends engagements, and whether the service looks at the rest then is not published.

use super::operation::{Operation, Service};
use serde::{Deserialize, Serialize};

/// A way of working with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Reads, and changes nothing.
    Viewer,
    /// Confirms and activates devices, besides.
    Reviewer,
    /// Takes people out of paging, besides reading.
    Cleaner,
}

/// A kind of resource that a policy can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// `*`: the operation is not about one resource.
    Any,
    /// People, escalation plans and schedules.
    Contact,
    /// Devices. IAM documents one spelling of their ARN, and the service returns another.
    Channel,
    /// Rotations, with their overrides and shifts.
    Rotation,
    /// Response plans.
    ResponsePlan,
    /// The replication set.
    ReplicationSet,
}

/// Whether a way of working can do without something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Every run of its changesets needs it.
    Always,
    /// Only some branches need it, such as correcting an address before its activation.
    Sometimes,
}

/// What a policy allows at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The service.
    pub service: ServiceName,
    /// The action, as the service spells it.
    pub action: &'static str,
    /// The kinds of resources that it is needed on.
    pub resources: &'static [Resource],
    /// Whether it only reads.
    pub is_read: bool,
}

/// The prefix of an action, such as `ssm-contacts`.
pub type ServiceName = &'static str;

impl Permission {
    /// Returns the permission as a policy spells it, such as `ssm-contacts:GetContact`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.action)
    }
}

/// The permission that puts a contact into a plan. No operation has its name: `UpdateContact` and `CreateContact` need it
/// on every contact that their plan engages, and without it a change of a plan is denied in a confusing way.
const ASSOCIATE_CONTACT: Permission = Permission {
    service: "ssm-contacts",
    action: "AssociateContact",
    resources: &[Resource::Contact],
    is_read: false,
};

/// Returns what a read needs; nothing where everybody may.
fn of_read(operation: Operation) -> Option<Permission> {
    let resources: &[Resource] = match operation {
        // Answered to whoever is signed in, and even to those who are denied it.
        Operation::GetCallerIdentity => return None,
        Operation::ListReplicationSets
        | Operation::ListContacts
        | Operation::ListRotations
        | Operation::ListResponsePlans
        | Operation::ListEngagements
        | Operation::ListPreviewRotationShifts => &[Resource::Any],
        Operation::GetContact | Operation::ListContactChannels | Operation::GetContactPolicy => &[Resource::Contact],
        Operation::ListContactTags => &[Resource::Contact, Resource::Rotation],
        Operation::GetRotation | Operation::ListRotationOverrides | Operation::ListRotationShifts => {
            &[Resource::Rotation]
        }
        Operation::GetReplicationSet => &[Resource::ReplicationSet],
        Operation::GetResponsePlan | Operation::GetResourcePolicies | Operation::ListResponsePlanTags => {
            &[Resource::ResponsePlan]
        }
    };
    Some(Permission {
        service: operation.service().name(),
        action: operation.name(),
        resources,
        is_read: true,
    })
}

macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident: $service:ident, [$($resource:ident),*], [$($way:ident $need:ident),*];)*) => {
        /// An operation of AWS that only a changeset calls, by its own name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Change { $($(#[$doc])* $name,)* }

        impl Change {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the operation's name, as AWS spells it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Returns the service that has the operation.
            pub fn service(self) -> Service {
                match self { $(Self::$name => Service::$service,)* }
            }

            /// Returns the kinds of resources that it acts on.
            pub fn resources(self) -> &'static [Resource] {
                match self { $(Self::$name => &[$(Resource::$resource),*],)* }
            }

            /// Returns the ways of working that need it, and how much.
            pub fn needed_by(self) -> &'static [(Way, Need)] {
                match self { $(Self::$name => &[$((Way::$way, Need::$need)),*],)* }
            }
        }
    };
}

changes! {
    /// Sends a code to a device.
    SendActivationCode: Contacts, [Channel], [Reviewer Always];
    /// Makes a device one that is paged.
    ActivateContactChannel: Contacts, [Channel], [Reviewer Always];
    /// Corrects the address of a device.
    UpdateContactChannel: Contacts, [Channel], [Reviewer Sometimes];
    /// Makes a device one that is not paged.
    DeactivateContactChannel: Contacts, [Channel], [Reviewer Sometimes, Cleaner Always];
    /// Deletes a device.
    DeleteContactChannel: Contacts, [Channel], [Cleaner Always];
    /// Replaces the plan of a contact.
    UpdateContact: Contacts, [Contact], [Cleaner Always];
    /// Deletes a contact.
    DeleteContact: Contacts, [Contact], [Cleaner Always];
    /// Marks a contact as one in quarantine, with a date.
    TagResource: Contacts, [Contact], [Cleaner Always];
    /// Works out the shifts of a rotation that does not exist, to compare two ways of changing one. Only reads.
    ListPreviewRotationShifts: Contacts, [Any], [Cleaner Always];
    /// Tells whether somebody who is to be taken out is being paged. Only reads.
    ListEngagements: Contacts, [Any], [Cleaner Always];
    /// Replaces the members of a rotation.
    UpdateRotation: Contacts, [Rotation], [Cleaner Always];
    /// Deletes a rotation.
    DeleteRotation: Contacts, [Rotation], [Cleaner Always];
    /// Puts somebody else into a stretch of a rotation.
    CreateRotationOverride: Contacts, [Rotation], [Cleaner Always];
    /// Takes that back.
    DeleteRotationOverride: Contacts, [Rotation], [Cleaner Always];
    /// Replaces the engagements of a response plan.
    UpdateResponsePlan: Incidents, [ResponsePlan], [Cleaner Always];
    /// Deletes a response plan that nobody wants any more.
    DeleteResponsePlan: Incidents, [ResponsePlan], [Cleaner Sometimes];
    /// Puts a contact back that was deleted.
    CreateContact: Contacts, [Contact], [Cleaner Sometimes];
    /// Puts a device back that was deleted. The permission is one on its contact.
    CreateContactChannel: Contacts, [Contact], [Cleaner Sometimes];
    /// Takes the mark of the quarantine off a contact that is put back.
    UntagResource: Contacts, [Contact], [Cleaner Sometimes];
}

impl Change {
    /// Returns the operation's name on the command line of `aws`.
    pub fn command(self) -> String {
        let mut command = String::new();
        for c in self.name().chars() {
            if c.is_ascii_uppercase() && !command.is_empty() {
                command.push('-');
            }
            command.push(c.to_ascii_lowercase());
        }
        command
    }

    /// Returns the permissions that it needs: that of its own name, and what the service looks for besides.
    pub fn permissions(self) -> Vec<Permission> {
        let own = Permission {
            service: self.service().name(),
            action: self.name(),
            resources: self.resources(),
            is_read: matches!(self, Self::ListPreviewRotationShifts | Self::ListEngagements),
        };
        match self {
            Self::UpdateContact | Self::CreateContact => vec![own, ASSOCIATE_CONTACT],
            Self::SendActivationCode
            | Self::ActivateContactChannel
            | Self::UpdateContactChannel
            | Self::DeactivateContactChannel
            | Self::DeleteContactChannel
            | Self::DeleteContact
            | Self::TagResource
            | Self::ListPreviewRotationShifts
            | Self::ListEngagements
            | Self::UpdateRotation
            | Self::DeleteRotation
            | Self::CreateRotationOverride
            | Self::DeleteRotationOverride
            | Self::UpdateResponsePlan
            | Self::DeleteResponsePlan
            | Self::CreateContactChannel
            | Self::UntagResource => vec![own],
        }
    }

    /// Returns whether it can change who is paged, or sends a message to a person.
    pub fn is_dangerous(self) -> bool {
        match self {
            Self::ListPreviewRotationShifts | Self::ListEngagements | Self::TagResource | Self::UntagResource => false,
            Self::SendActivationCode
            | Self::ActivateContactChannel
            | Self::UpdateContactChannel
            | Self::DeactivateContactChannel
            | Self::DeleteContactChannel
            | Self::UpdateContact
            | Self::DeleteContact
            | Self::UpdateRotation
            | Self::DeleteRotation
            | Self::CreateRotationOverride
            | Self::DeleteRotationOverride
            | Self::UpdateResponsePlan
            | Self::DeleteResponsePlan
            | Self::CreateContact
            | Self::CreateContactChannel => true,
        }
    }
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Reviewer, Self::Cleaner];

    /// Returns its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Cleaner => "cleaner",
        }
    }

    /// Returns the changes that it makes: those that it always needs, or also those that only some branches need.
    pub fn changes(self, most: Need) -> impl Iterator<Item = Change> {
        Change::ALL.iter().copied().filter(move |change| {
            change
                .needed_by()
                .iter()
                .any(|(way, need)| *way == self && *need <= most)
        })
    }

    /// Returns every permission that it needs, each once: the reads first, in the order of a load.
    pub fn permissions(self, most: Need) -> Vec<Permission> {
        let reads = Operation::ALL.iter().copied().filter_map(of_read);
        let mut all: Vec<Permission> = Vec::new();
        for permission in reads.chain(self.changes(most).flat_map(Change::permissions)) {
            if !all.contains(&permission) {
                all.push(permission);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_viewer_needs_exactly_what_a_load_calls() {
        let needed: BTreeSet<String> = Way::Viewer
            .permissions(Need::Sometimes)
            .iter()
            .map(Permission::name)
            .collect();
        let called: BTreeSet<String> = Operation::ALL
            .iter()
            .filter(|operation| operation.service() != Service::Sts)
            .map(|operation| operation.permission())
            .collect();
        assert_eq!(needed, called);
    }

    #[test]
    fn the_changes_of_each_way_are_these() {
        let names = |way: Way, most: Need| -> Vec<&str> { way.changes(most).map(Change::name).collect() };
        assert_eq!(names(Way::Viewer, Need::Sometimes), [""; 0]);
        assert_eq!(
            names(Way::Reviewer, Need::Always),
            ["SendActivationCode", "ActivateContactChannel"]
        );
        assert_eq!(names(Way::Reviewer, Need::Sometimes).len(), 4);
        assert_eq!(names(Way::Cleaner, Need::Always).len(), 12);
        assert_eq!(names(Way::Cleaner, Need::Sometimes).len(), 16);
        for change in Change::ALL {
            assert!(!change.needed_by().is_empty(), "{change:?} is needed by nobody");
        }
    }

    #[test]
    fn whoever_puts_contacts_into_plans_needs_the_permission_without_an_operation_once() {
        for (way, most, count) in [
            (Way::Viewer, Need::Sometimes, 0),
            (Way::Reviewer, Need::Sometimes, 0),
            (Way::Cleaner, Need::Always, 1),
            (Way::Cleaner, Need::Sometimes, 1),
        ] {
            let all = way.permissions(most);
            let found = all.iter().filter(|permission| permission.action == "AssociateContact");
            assert_eq!(found.count(), count, "{way:?}");
        }
    }

    #[test]
    fn nobody_may_page_share_or_touch_the_replication_set() {
        for way in Way::ALL {
            for permission in way.permissions(Need::Sometimes) {
                for forbidden in ["Start", "Put", "ReplicationSet", "AcceptPage"] {
                    let is_read = permission.is_read;
                    assert!(is_read || !permission.action.contains(forbidden), "{permission:?}");
                }
            }
        }
    }
}

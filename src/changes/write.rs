//! One write: a call that changes something in the account, as plain data.
//!
//! There is one variant for each writing operation that callsheet may call, and none for any other: what pages people,
//! shares contacts or touches the replication set cannot be said in these words. Secrets are no part of it. The code of an
//! activation is handed over when the call is made; of an address only the mask and the fingerprint survive being written
//! down.

use crate::domain::{
    Timestamp,
    access::Change,
    address::Address,
    contact::{ChannelKind, ContactKind, Plan},
    fingerprint::FingerprintKey,
    ids::Arn,
    schedule::Recurrence,
};
use serde::{Deserialize, Serialize};

/// A call that changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation")]
pub enum Write {
    /// Sends a code to a device, which is the first thing that reaches it.
    SendActivationCode {
        /// The device.
        channel: Arn,
    },
    /// Makes a device one that is paged. The code comes separately.
    ActivateContactChannel {
        /// The device.
        channel: Arn,
    },
    /// Makes a device one that is not paged.
    DeactivateContactChannel {
        /// The device.
        channel: Arn,
    },
    /// Corrects the name or the address of a device; what is absent stays.
    UpdateContactChannel {
        /// The device.
        channel: Arn,
        /// The new name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The new address, whole only in memory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Address>,
    },
    /// Makes a device, without sending it a code.
    CreateContactChannel {
        /// The person it belongs to.
        contact: Arn,
        /// Its name.
        name: String,
        /// Text, call or mail.
        kind: ChannelKind,
        /// Where it leads, whole only in memory.
        address: Address,
    },
    /// Deletes a device.
    DeleteContactChannel {
        /// The device.
        channel: Arn,
    },
    /// Replaces the plan of a contact: the stages of a person or an escalation plan, the rotations of a schedule.
    UpdateContact {
        /// Whose plan it is.
        contact: Arn,
        /// What sort of contact: a schedule is sent its rotations and nothing else, any other its stages and nothing else.
        kind: ContactKind,
        /// The whole new plan.
        plan: Plan,
    },
    /// Makes a contact.
    CreateContact {
        /// The ARN that it will have: the alias is in it.
        contact: Arn,
        /// The name for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
        /// What sort of contact.
        kind: ContactKind,
        /// Its plan.
        plan: Plan,
        /// Its tags.
        #[serde(default)]
        tags: Vec<(String, String)>,
    },
    /// Deletes a contact.
    DeleteContact {
        /// The contact.
        contact: Arn,
    },
    /// Sets tags.
    TagResource {
        /// What is tagged.
        resource: Arn,
        /// Keys and values.
        tags: Vec<(String, String)>,
    },
    /// Takes tags off.
    UntagResource {
        /// What is tagged.
        resource: Arn,
        /// The keys.
        keys: Vec<String>,
    },
    /// Replaces the members of a rotation, in the order of their turns.
    UpdateRotation {
        /// The rotation.
        rotation: Arn,
        /// The new members.
        members: Vec<Arn>,
        /// The recurrence as it is: the operation wants it even when it stays.
        recurrence: Recurrence,
    },
    /// Deletes a rotation.
    DeleteRotation {
        /// The rotation.
        rotation: Arn,
    },
    /// Puts others into a stretch of a rotation.
    CreateRotationOverride {
        /// The rotation.
        rotation: Arn,
        /// When it begins.
        start_at: Timestamp,
        /// When it ends.
        end_at: Timestamp,
        /// Who is on call instead.
        contacts: Vec<Arn>,
    },
    /// Takes an override back.
    DeleteRotationOverride {
        /// The rotation.
        rotation: Arn,
        /// The override's id.
        id: String,
    },
    /// Replaces the engagements of a response plan, and nothing else of it.
    UpdateResponsePlan {
        /// The response plan.
        response_plan: Arn,
        /// Everybody who is engaged.
        engagements: Vec<Arn>,
    },
    /// Deletes a response plan.
    DeleteResponsePlan {
        /// The response plan.
        response_plan: Arn,
    },
}

impl Write {
    /// Returns the address that the write sends, whole or masked.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::UpdateContactChannel { address, .. } => address.as_ref(),
            Self::CreateContactChannel { address, .. } => Some(address),
            Self::SendActivationCode { .. }
            | Self::ActivateContactChannel { .. }
            | Self::DeactivateContactChannel { .. }
            | Self::DeleteContactChannel { .. }
            | Self::UpdateContact { .. }
            | Self::CreateContact { .. }
            | Self::DeleteContact { .. }
            | Self::TagResource { .. }
            | Self::UntagResource { .. }
            | Self::UpdateRotation { .. }
            | Self::DeleteRotation { .. }
            | Self::CreateRotationOverride { .. }
            | Self::DeleteRotationOverride { .. }
            | Self::UpdateResponsePlan { .. }
            | Self::DeleteResponsePlan { .. } => None,
        }
    }

    /// Returns whether the write cannot be sent any more: its whole address was only in the memory of an earlier run.
    pub fn lacks_address(&self) -> bool {
        self.address().is_some_and(|address| address.reveal().is_none())
    }

    /// Returns the operation that the write calls.
    pub fn change(&self) -> Change {
        match self {
            Self::SendActivationCode { .. } => Change::SendActivationCode,
            Self::ActivateContactChannel { .. } => Change::ActivateContactChannel,
            Self::DeactivateContactChannel { .. } => Change::DeactivateContactChannel,
            Self::UpdateContactChannel { .. } => Change::UpdateContactChannel,
            Self::CreateContactChannel { .. } => Change::CreateContactChannel,
            Self::DeleteContactChannel { .. } => Change::DeleteContactChannel,
            Self::UpdateContact { .. } => Change::UpdateContact,
            Self::CreateContact { .. } => Change::CreateContact,
            Self::DeleteContact { .. } => Change::DeleteContact,
            Self::TagResource { .. } => Change::TagResource,
            Self::UntagResource { .. } => Change::UntagResource,
            Self::UpdateRotation { .. } => Change::UpdateRotation,
            Self::DeleteRotation { .. } => Change::DeleteRotation,
            Self::CreateRotationOverride { .. } => Change::CreateRotationOverride,
            Self::DeleteRotationOverride { .. } => Change::DeleteRotationOverride,
            Self::UpdateResponsePlan { .. } => Change::UpdateResponsePlan,
            Self::DeleteResponsePlan { .. } => Change::DeleteResponsePlan,
        }
    }

    /// Gives the address that it writes its fingerprint, where it is whole: a run tells addresses apart by those.
    pub fn add_fingerprint(&mut self, key: &FingerprintKey) {
        let address = match self {
            Self::UpdateContactChannel {
                address: Some(address), ..
            }
            | Self::CreateContactChannel { address, .. } => address,
            Self::UpdateContactChannel { address: None, .. }
            | Self::SendActivationCode { .. }
            | Self::ActivateContactChannel { .. }
            | Self::DeactivateContactChannel { .. }
            | Self::DeleteContactChannel { .. }
            | Self::UpdateContact { .. }
            | Self::CreateContact { .. }
            | Self::DeleteContact { .. }
            | Self::TagResource { .. }
            | Self::UntagResource { .. }
            | Self::UpdateRotation { .. }
            | Self::DeleteRotation { .. }
            | Self::CreateRotationOverride { .. }
            | Self::DeleteRotationOverride { .. }
            | Self::UpdateResponsePlan { .. }
            | Self::DeleteResponsePlan { .. } => return,
        };
        if address.reveal().is_some() {
            *address = address.clone().with_fingerprint(key);
        }
    }

    /// Returns what the write is about, as the operation names it.
    pub fn subject(&self) -> &Arn {
        match self {
            Self::SendActivationCode { channel }
            | Self::ActivateContactChannel { channel }
            | Self::DeactivateContactChannel { channel }
            | Self::UpdateContactChannel { channel, .. }
            | Self::DeleteContactChannel { channel } => channel,
            Self::CreateContactChannel { contact, .. }
            | Self::UpdateContact { contact, .. }
            | Self::CreateContact { contact, .. }
            | Self::DeleteContact { contact } => contact,
            Self::TagResource { resource, .. } | Self::UntagResource { resource, .. } => resource,
            Self::UpdateRotation { rotation, .. }
            | Self::DeleteRotation { rotation }
            | Self::CreateRotationOverride { rotation, .. }
            | Self::DeleteRotationOverride { rotation, .. } => rotation,
            Self::UpdateResponsePlan { response_plan, .. } | Self::DeleteResponsePlan { response_plan } => {
                response_plan
            }
        }
    }
}

//! What a check has to have read, and what it means that it was not.
//!
//! Checks only name their needs; that a gap makes an answer unknown is settled here and in `evaluate`.

use super::subject::Subject;
use crate::domain::{
    contact::{Contact, ContactKind},
    gap::{Gap, GapReason, Reading},
    inventory::{Inventory, Section, SectionState},
    response::ResponsePlan,
    schedule::Rotation,
};
use std::collections::BTreeMap;

/// Something that a check has to have read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The subject's own plan (`GetContact`); of a device, that of its person.
    Plan,
    /// The subject's own devices (`ListContactChannels`).
    Devices,
    /// The members of the rotation.
    Members,
    /// The overrides of the rotation.
    Overrides,
    /// The shifts of the rotation.
    Shifts,
    /// What `GetResponsePlan` tells of the response plan.
    Detail,
    /// The subject's own tags (`ListTagsForResource`).
    Tags,
    /// With whom the subject itself is shared (`GetContactPolicy`, `GetResourcePolicies`).
    Sharing,
    /// The list of contacts to its end: without it nothing can be said to be absent.
    Contacts,
    /// The list of rotations to its end.
    Rotations,
    /// The list of response plans to its end.
    ResponsePlans,
    /// The plan of every contact.
    EveryPlan,
    /// The devices of every person.
    EveryDevice,
    /// The members of every rotation.
    EveryMember,
    /// The overrides of every rotation.
    EveryOverride,
    /// The shifts of every rotation.
    EveryShift,
    /// What every response plan engages.
    EveryDetail,
    /// The replication set.
    ReplicationSet,
    /// Who we are: which account is ours.
    Caller,
    /// The roster.
    Roster,
    /// What the ledger remembers.
    Ledger,
}

/// Why something that is needed is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// It is still to come.
    Pending,
    /// It could not be read, and this is why.
    Unread(String),
}

/// What is missing of the account as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Whole(BTreeMap<Need, Missing>);

/// What one subject is, as far as its own readings go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Own<'a> {
    /// A contact of any kind, or the person of a device.
    Contact(&'a Contact),
    /// A rotation.
    Rotation(&'a Rotation),
    /// A response plan.
    Response(&'a ResponsePlan),
    /// Nothing that is read by itself.
    Nothing,
}

impl From<Missing> for super::Verdict {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Pending => Self::Pending,
            Missing::Unread(why) => Self::Unknown(why),
        }
    }
}

impl Need {
    /// Returns whether the need is about the subject itself and not about the whole account.
    fn is_own(self) -> bool {
        match self {
            Self::Plan
            | Self::Devices
            | Self::Members
            | Self::Overrides
            | Self::Shifts
            | Self::Detail
            | Self::Tags
            | Self::Sharing => true,
            Self::Contacts
            | Self::Rotations
            | Self::ResponsePlans
            | Self::EveryPlan
            | Self::EveryDevice
            | Self::EveryMember
            | Self::EveryOverride
            | Self::EveryShift
            | Self::EveryDetail
            | Self::ReplicationSet
            | Self::Caller
            | Self::Roster
            | Self::Ledger => false,
        }
    }
}

impl Whole {
    /// Looks at everything once.
    pub(super) fn of(inventory: &Inventory) -> Self {
        let mut whole = Self::default();
        whole.note(Need::Contacts, of_section(&inventory.contacts));
        whole.note(Need::Rotations, of_section(&inventory.rotations));
        whole.note(Need::ResponsePlans, of_section(&inventory.response_plans));
        for contact in inventory.contacts.items.values() {
            // What another account keeps to itself says nothing about ours; its own rows come out unknown.
            if inventory.is_shared_in(&contact.arn) {
                continue;
            }
            whole.note(Need::EveryPlan, of_reading(&contact.plan));
            if has_devices(contact) {
                whole.note(Need::EveryDevice, of_reading(&contact.channels));
            }
        }
        for rotation in inventory.rotations.items.values() {
            whole.note(Need::EveryMember, of_reading(&rotation.members));
            whole.note(Need::EveryOverride, of_reading(&rotation.overrides));
            whole.note(Need::EveryShift, of_reading(&rotation.shifts));
        }
        for plan in inventory.response_plans.items.values() {
            whole.note(Need::EveryDetail, of_reading(&plan.detail));
        }
        whole.note(Need::ReplicationSet, of_reading(&inventory.replication_set));
        whole.note(Need::Caller, of_reading(&inventory.caller));
        // Rows that the list did not show have details, too.
        for (every, list) in [
            (Need::EveryPlan, Need::Contacts),
            (Need::EveryDevice, Need::Contacts),
            (Need::EveryMember, Need::Rotations),
            (Need::EveryOverride, Need::Rotations),
            (Need::EveryShift, Need::Rotations),
            (Need::EveryDetail, Need::ResponsePlans),
        ] {
            whole.note(every, whole.missing(list).cloned());
        }
        whole
    }

    /// Returns what is missing for a need of the whole account.
    pub(super) fn missing(&self, need: Need) -> Option<&Missing> {
        self.0.get(&need)
    }

    /// Returns the first of `needs` that is not there for a subject; a reading that failed goes before one to come.
    pub(super) fn first_missing(&self, needs: &[Need], own: Own<'_>) -> Option<Missing> {
        let mut pending = None;
        for need in needs {
            let missing = if need.is_own() {
                own.missing(*need)
            } else {
                self.missing(*need).cloned()
            };
            match missing {
                Some(Missing::Unread(why)) => return Some(Missing::Unread(why)),
                Some(Missing::Pending) => pending = Some(Missing::Pending),
                None => {}
            }
        }
        pending
    }

    fn note(&mut self, need: Need, missing: Option<Missing>) {
        match (missing, self.0.get(&need)) {
            (None, _) | (Some(_), Some(Missing::Unread(_))) | (Some(Missing::Pending), Some(Missing::Pending)) => {}
            (Some(missing), _) => {
                self.0.insert(need, missing);
            }
        }
    }
}

impl Own<'_> {
    fn missing(self, need: Need) -> Option<Missing> {
        match (self, need) {
            (Self::Contact(contact), Need::Plan) => of_reading(&contact.plan),
            (Self::Contact(contact), Need::Devices) => has_devices(contact).then(|| of_reading(&contact.channels))?,
            (Self::Contact(contact), Need::Tags) => of_reading(&contact.tags),
            (Self::Contact(contact), Need::Sharing) => of_reading(&contact.sharing),
            (Self::Rotation(rotation), Need::Tags) => of_reading(&rotation.tags),
            (Self::Response(plan), Need::Tags) => of_reading(&plan.tags),
            (Self::Response(plan), Need::Sharing) => of_reading(&plan.sharing),
            (Self::Rotation(rotation), Need::Members) => of_reading(&rotation.members),
            (Self::Rotation(rotation), Need::Overrides) => of_reading(&rotation.overrides),
            (Self::Rotation(rotation), Need::Shifts) => of_reading(&rotation.shifts),
            (Self::Response(plan), Need::Detail) => of_reading(&plan.detail),
            (Self::Contact(_) | Self::Rotation(_) | Self::Response(_) | Self::Nothing, _) => None,
        }
    }
}

/// Returns what is missing when a reading has no value.
pub(super) fn of_reading<T>(reading: &Reading<T>) -> Option<Missing> {
    match reading {
        Reading::Known(_) => None,
        Reading::Unknown(gap) => Some(Missing::Unread(gap.to_string())),
        Reading::Pending => Some(Missing::Pending),
    }
}

/// Returns what is missing when a list was not read to its end.
pub(super) fn of_section<T>(section: &Section<T>) -> Option<Missing> {
    match &section.state {
        SectionState::Complete => None,
        SectionState::Partial(gap) => Some(Missing::Unread(gap.to_string())),
        SectionState::Waiting | SectionState::Loading => Some(Missing::Pending),
    }
}

/// Returns whether a contact is of a kind that has devices.
pub(super) fn has_devices(contact: &Contact) -> bool {
    match contact.kind {
        ContactKind::Person | ContactKind::Other(_) => true,
        ContactKind::EscalationPlan | ContactKind::Schedule => false,
    }
}

/// Returns whether a gap can hide a finding about this account's own resources; what another account does not share of
/// a contact that the policy expects here hides nothing of ours.
pub fn hides_a_finding(gap: &Gap, is_expected: impl Fn(&str) -> bool) -> bool {
    gap.reason != GapReason::NotShared || !gap.subject.as_ref().is_some_and(|arn| is_expected(arn.account()))
}

/// Returns the words for a subject of which something is still to come when everything has ended.
pub(super) fn never_asked(subject: &Subject) -> String {
    format!("{} was not read to the end", subject.kind.word().replace('_', " "))
}

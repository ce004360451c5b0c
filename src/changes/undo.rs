//! How a write is taken back: the writes that lead to what was there before, worked out before it is sent.

use super::{Write, fact::Undo, state::owner_of};
use crate::domain::{
    address::Address,
    contact::{ActivationStatus, Channel},
    ids::Arn,
    inventory::Inventory,
    tags::Tags,
};

/// Returns how far `write` can be taken back, and by which writes, from the account just before and just after it.
///
/// A device that somebody activated with a code needs that person again. What is deleted whole comes back only as something
/// new, with other ids: that is putting back, a changeset of its own, and no roll back.
pub(super) fn inverse_of(before: &Inventory, after: &Inventory, write: &Write) -> (Undo, Vec<Write>) {
    let found = match write {
        Write::ActivateContactChannel { channel } => Some((
            Undo::Reversible,
            vec![Write::DeactivateContactChannel {
                channel: channel.clone(),
            }],
        )),
        Write::DeactivateContactChannel { channel } => {
            is_active(before, channel).then(|| (Undo::NeedsPerson, activation(channel)))
        }
        Write::UpdateContactChannel { channel, name, address } => {
            let known = before.channel(channel).map(|(channel, _)| channel);
            known.and_then(|known| of_update(known, name.is_some(), address.is_some()))
        }
        Write::CreateContactChannel { .. } => created(before, after, write).map(|channel| {
            let write = Write::DeleteContactChannel { channel };
            (Undo::Reversible, vec![write])
        }),
        Write::UpdateContact { .. }
        | Write::CreateContact { .. }
        | Write::TagResource { .. }
        | Write::UntagResource { .. }
        | Write::UpdateResponsePlan { .. } => of_plan(before, write).map(|inverse| (Undo::Reversible, inverse)),
        Write::UpdateRotation { .. } | Write::CreateRotationOverride { .. } | Write::DeleteRotationOverride { .. } => {
            of_rotation(before, write).map(|inverse| (Undo::Reversible, vec![inverse]))
        }
        Write::SendActivationCode { .. }
        | Write::DeleteContactChannel { .. }
        | Write::DeleteContact { .. }
        | Write::DeleteRotation { .. }
        | Write::DeleteResponsePlan { .. } => None,
    };
    found.unwrap_or((Undo::Irreversible, Vec::new()))
}

/// Returns the write that takes back what the service has given an id of its own, with that id.
///
/// Absent where what was made is not there, or not there exactly once.
pub(super) fn with_real_id(original: &Write, inverse: &Write, fresh: &Inventory) -> Option<Write> {
    match (original, inverse) {
        (
            Write::CreateContactChannel {
                contact,
                name,
                kind,
                address,
            },
            Write::DeleteContactChannel { .. },
        ) => {
            let channels = fresh.contacts.items.get(contact)?.channels.known()?;
            let mut found = channels.iter().filter(|channel| {
                channel.name == *name && channel.kind == *kind && channel.address.fingerprint() == address.fingerprint()
            });
            let channel = found.next()?.arn.clone();
            found
                .next()
                .is_none()
                .then_some(Write::DeleteContactChannel { channel })
        }
        (
            Write::CreateRotationOverride {
                rotation,
                start_at,
                end_at,
                ..
            },
            Write::DeleteRotationOverride { .. },
        ) => {
            let overrides = fresh.rotations.items.get(rotation)?.overrides.known()?;
            let mut found = overrides
                .iter()
                .filter(|known| known.start_at == *start_at && known.end_at == *end_at);
            let id = found.next()?.id.clone();
            found.next().is_none().then(|| Write::DeleteRotationOverride {
                rotation: rotation.clone(),
                id,
            })
        }
        (_, inverse) => Some(inverse.clone()),
    }
}

fn activation(channel: &Arn) -> Vec<Write> {
    vec![
        Write::SendActivationCode {
            channel: channel.clone(),
        },
        Write::ActivateContactChannel {
            channel: channel.clone(),
        },
    ]
}

fn is_active(inventory: &Inventory, channel: &Arn) -> bool {
    inventory
        .channel(channel)
        .is_some_and(|(channel, _)| channel.status == ActivationStatus::Activated)
}

fn of_update(known: &Channel, changes_name: bool, changes_address: bool) -> Option<(Undo, Vec<Write>)> {
    if changes_address && known.address.reveal().is_none() {
        return None;
    }
    let back = Write::UpdateContactChannel {
        channel: known.arn.clone(),
        name: changes_name.then(|| known.name.clone()),
        address: changes_address.then(|| known.address.clone()),
    };
    match (&known.status, changes_address) {
        (_, false) | (ActivationStatus::NotActivated, true) => Some((Undo::Reversible, vec![back])),
        (ActivationStatus::Activated, true) => {
            let mut inverse = vec![back];
            inverse.extend(activation(&known.arn));
            Some((Undo::NeedsPerson, inverse))
        }
        (ActivationStatus::Other(_), true) => None,
    }
}

/// Returns the device that is there after a write and was not there before.
fn created(before: &Inventory, after: &Inventory, write: &Write) -> Option<Arn> {
    let channels = after.contacts.items.get(write.subject())?.channels.known()?;
    let new = channels.iter().find(|channel| before.channel(&channel.arn).is_none())?;
    (owner_of(&new.arn) == write.subject().name()).then(|| new.arn.clone())
}

fn of_plan(before: &Inventory, write: &Write) -> Option<Vec<Write>> {
    match write {
        Write::UpdateContact { contact, kind, .. } => Some(vec![Write::UpdateContact {
            contact: contact.clone(),
            kind: kind.clone(),
            plan: before.contacts.items.get(contact)?.plan.known()?.clone(),
        }]),
        Write::CreateContact { contact, .. } => Some(vec![Write::DeleteContact {
            contact: contact.clone(),
        }]),
        Write::UpdateResponsePlan { response_plan, .. } => {
            let detail = before.response_plans.items.get(response_plan)?.detail.known()?;
            Some(vec![Write::UpdateResponsePlan {
                response_plan: response_plan.clone(),
                engagements: detail.engagements.clone(),
            }])
        }
        Write::TagResource { resource, tags } => {
            of_tags(tags_of(before, resource)?, resource, tags.iter().map(|(key, _)| key))
        }
        Write::UntagResource { resource, keys } => of_tags(tags_of(before, resource)?, resource, keys.iter()),
        Write::SendActivationCode { .. }
        | Write::ActivateContactChannel { .. }
        | Write::DeactivateContactChannel { .. }
        | Write::UpdateContactChannel { .. }
        | Write::CreateContactChannel { .. }
        | Write::DeleteContactChannel { .. }
        | Write::DeleteContact { .. }
        | Write::UpdateRotation { .. }
        | Write::DeleteRotation { .. }
        | Write::CreateRotationOverride { .. }
        | Write::DeleteRotationOverride { .. }
        | Write::DeleteResponsePlan { .. } => None,
    }
}

fn tags_of<'a>(inventory: &'a Inventory, arn: &Arn) -> Option<&'a Tags> {
    let contact = inventory.contacts.items.get(arn).map(|row| &row.tags);
    let rotation = inventory.rotations.items.get(arn).map(|row| &row.tags);
    let response_plan = inventory.response_plans.items.get(arn).map(|row| &row.tags);
    contact.or(rotation).or(response_plan)?.known()
}

/// Returns the writes that give these keys the values that they had, and take off those that were not there.
fn of_tags<'a>(known: &Tags, resource: &Arn, keys: impl Iterator<Item = &'a String>) -> Option<Vec<Write>> {
    let mut tags = Vec::new();
    let mut new = Vec::new();
    for key in keys {
        match known.get(key) {
            // What was masked when it was read cannot be written back.
            Some(value) if value.contains(Address::DOT) => return None,
            Some(value) => tags.push((key.clone(), value.clone())),
            None => new.push(key.clone()),
        }
    }
    let mut inverse = Vec::new();
    if !tags.is_empty() {
        inverse.push(Write::TagResource {
            resource: resource.clone(),
            tags,
        });
    }
    if !new.is_empty() {
        inverse.push(Write::UntagResource {
            resource: resource.clone(),
            keys: new,
        });
    }
    Some(inverse)
}

fn of_rotation(before: &Inventory, write: &Write) -> Option<Write> {
    let known = before.rotations.items.get(write.subject())?;
    match write {
        Write::UpdateRotation { rotation, .. } => Some(Write::UpdateRotation {
            rotation: rotation.clone(),
            members: known.members.known()?.clone(),
            recurrence: known.recurrence.clone()?,
        }),
        // Its id is known once it is there.
        Write::CreateRotationOverride { rotation, .. } => Some(Write::DeleteRotationOverride {
            rotation: rotation.clone(),
            id: String::new(),
        }),
        Write::DeleteRotationOverride { rotation, id } => {
            let gone = known.overrides.known()?.iter().find(|known| known.id == *id)?;
            Some(Write::CreateRotationOverride {
                rotation: rotation.clone(),
                start_at: gone.start_at,
                end_at: gone.end_at,
                contacts: gone.contacts.clone(),
            })
        }
        Write::SendActivationCode { .. }
        | Write::ActivateContactChannel { .. }
        | Write::DeactivateContactChannel { .. }
        | Write::UpdateContactChannel { .. }
        | Write::CreateContactChannel { .. }
        | Write::DeleteContactChannel { .. }
        | Write::UpdateContact { .. }
        | Write::CreateContact { .. }
        | Write::DeleteContact { .. }
        | Write::TagResource { .. }
        | Write::UntagResource { .. }
        | Write::DeleteRotation { .. }
        | Write::UpdateResponsePlan { .. }
        | Write::DeleteResponsePlan { .. } => None,
    }
}

//! The inventory that a list of writes would lead to, made in memory.
//!
//! It is what the service documents, as far as it does: a deleted device or contact stays named wherever it was named. Shifts
//! are the service's own work and never worked out here. Where it has previewed the shifts of a changed rotation, they are
//! taken; without a preview, whoever is no member any more is missing from the shifts that are known, and nobody takes their
//! turns: the picture is then darker than the truth, never brighter.

use super::Write;
use crate::domain::{
    Timestamp,
    contact::{ActivationStatus, Channel, Contact, ContactKind, Plan},
    gap::Reading,
    ids::Arn,
    inventory::Inventory,
    response::ResponsePlan,
    schedule::{Override, Rotation, Shift},
    tags::Tags,
};
use std::{collections::BTreeMap, sync::Arc};

/// AWS's words for the two kinds of shift.
const REGULAR: &str = "REGULAR";
const OVERRIDDEN: &str = "OVERRIDDEN";

/// The shifts that the service has previewed for rotations that are to be changed.
pub type Previews = BTreeMap<Arn, Vec<Shift>>;

/// Returns the inventory after `writes`, in their order. A write about something that is not there changes nothing.
#[must_use]
pub fn apply(inventory: &Inventory, writes: &[Write], previews: &Previews) -> Inventory {
    let mut after = inventory.clone();
    for write in writes {
        apply_one(&mut after, write, previews);
    }
    after
}

/// Changes the inventory as one write does.
pub(super) fn apply_one(after: &mut Inventory, write: &Write, previews: &Previews) {
    match write {
        Write::SendActivationCode { .. }
        | Write::ActivateContactChannel { .. }
        | Write::DeactivateContactChannel { .. }
        | Write::UpdateContactChannel { .. }
        | Write::CreateContactChannel { .. }
        | Write::DeleteContactChannel { .. } => apply_to_device(after, write),
        Write::UpdateRotation { .. }
        | Write::DeleteRotation { .. }
        | Write::CreateRotationOverride { .. }
        | Write::DeleteRotationOverride { .. } => apply_to_rotation(after, write, previews),
        Write::UpdateContact { .. }
        | Write::CreateContact { .. }
        | Write::DeleteContact { .. }
        | Write::TagResource { .. }
        | Write::UntagResource { .. }
        | Write::UpdateResponsePlan { .. }
        | Write::DeleteResponsePlan { .. } => apply_to_plan(after, write),
    }
}

fn apply_to_device(after: &mut Inventory, write: &Write) {
    match write {
        Write::ActivateContactChannel { channel } => {
            change_channel(after, channel, |channel| channel.status = ActivationStatus::Activated);
        }
        Write::DeactivateContactChannel { channel } => {
            change_channel(after, channel, |channel| {
                channel.status = ActivationStatus::NotActivated;
            });
        }
        Write::UpdateContactChannel { channel, name, address } => change_channel(after, channel, |channel| {
            if let Some(name) = name {
                channel.name.clone_from(name);
            }
            if let Some(address) = address {
                channel.address.clone_from(address);
                // Whether the service resets it is not published: the darker answer is taken.
                channel.status = ActivationStatus::NotActivated;
            }
        }),
        Write::CreateContactChannel {
            contact,
            name,
            kind,
            address,
        } => change_contact(after, contact, |owner| {
            if let Reading::Known(channels) = &mut owner.channels {
                let count = channels.len();
                channels.extend(new_arn(contact, count).map(|arn| Channel {
                    arn,
                    contact: contact.clone(),
                    name: name.clone(),
                    kind: kind.clone(),
                    address: address.clone(),
                    status: ActivationStatus::NotActivated,
                }));
            }
        }),
        Write::DeleteContactChannel { channel } => change_contact_of(after, channel, |owner| {
            if let Reading::Known(channels) = &mut owner.channels {
                channels.retain(|known| known.arn != *channel);
            }
        }),
        // A code that is on its way pages nobody, and the others are not about devices.
        Write::SendActivationCode { .. }
        | Write::UpdateContact { .. }
        | Write::CreateContact { .. }
        | Write::DeleteContact { .. }
        | Write::TagResource { .. }
        | Write::UntagResource { .. }
        | Write::UpdateRotation { .. }
        | Write::DeleteRotation { .. }
        | Write::CreateRotationOverride { .. }
        | Write::DeleteRotationOverride { .. }
        | Write::UpdateResponsePlan { .. }
        | Write::DeleteResponsePlan { .. } => {}
    }
}

fn apply_to_plan(after: &mut Inventory, write: &Write) {
    match write {
        Write::UpdateContact { contact, plan, .. } => {
            change_contact(after, contact, |contact| contact.plan = Reading::Known(plan.clone()));
        }
        Write::CreateContact {
            contact,
            display_name,
            kind,
            plan,
            tags,
        } => {
            let made = made_contact(contact, display_name.as_deref(), kind, plan, tags);
            after.contacts.items.insert(contact.clone(), Arc::new(made));
        }
        Write::DeleteContact { contact } => {
            after.contacts.items.remove(contact);
        }
        Write::TagResource { resource, tags } => {
            change_tags(after, resource, |known| known.extend(tags.iter().cloned()));
        }
        Write::UntagResource { resource, keys } => change_tags(after, resource, |known| {
            known.retain(|key, _| !keys.contains(key));
        }),
        Write::UpdateResponsePlan {
            response_plan,
            engagements,
        } => change_response_plan(after, response_plan, |row| {
            if let Reading::Known(detail) = &mut row.detail {
                detail.engagements.clone_from(engagements);
            }
        }),
        Write::DeleteResponsePlan { response_plan } => {
            after.response_plans.items.remove(response_plan);
        }
        Write::SendActivationCode { .. }
        | Write::ActivateContactChannel { .. }
        | Write::DeactivateContactChannel { .. }
        | Write::UpdateContactChannel { .. }
        | Write::CreateContactChannel { .. }
        | Write::DeleteContactChannel { .. }
        | Write::UpdateRotation { .. }
        | Write::DeleteRotation { .. }
        | Write::CreateRotationOverride { .. }
        | Write::DeleteRotationOverride { .. } => {}
    }
}

fn apply_to_rotation(after: &mut Inventory, write: &Write, previews: &Previews) {
    match write {
        Write::UpdateRotation {
            rotation,
            members,
            recurrence,
        } => change_rotation(after, rotation, |row| {
            row.members = Reading::Known(members.clone());
            row.recurrence = Some(recurrence.clone());
            if let Some(preview) = previews.get(rotation) {
                row.shifts = Reading::Known(preview.clone());
            } else if let Reading::Known(shifts) = &mut row.shifts {
                without_former_members(shifts, members);
            }
        }),
        Write::DeleteRotation { rotation } => delete_rotation(after, rotation),
        Write::CreateRotationOverride {
            rotation,
            start_at,
            end_at,
            contacts,
        } => change_rotation(after, rotation, |row| {
            if let Reading::Known(overrides) = &mut row.overrides {
                overrides.push(Override {
                    id: String::new(),
                    start_at: *start_at,
                    end_at: *end_at,
                    contacts: contacts.clone(),
                    created_at: None,
                });
            }
            if let Reading::Known(shifts) = &mut row.shifts {
                *shifts = overridden(shifts, *start_at, *end_at, contacts);
            }
        }),
        Write::DeleteRotationOverride { rotation, id } => {
            change_rotation(after, rotation, |row| delete_override(row, id));
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
        | Write::UpdateResponsePlan { .. }
        | Write::DeleteResponsePlan { .. } => {}
    }
}

/// Takes a rotation away, and out of every schedule that uses it, as the service does.
fn delete_rotation(after: &mut Inventory, rotation: &Arn) {
    after.rotations.items.remove(rotation);
    let names_it = |plan: &Plan| plan.rotations.contains(rotation);
    for contact in after.contacts.items.values_mut() {
        if contact.plan.known().is_some_and(names_it)
            && let Reading::Known(plan) = &mut Arc::make_mut(contact).plan
        {
            plan.rotations.retain(|named| named != rotation);
        }
    }
}

/// Takes an override away: who was replaced comes back into the shift, as the service has it.
fn delete_override(rotation: &mut Rotation, id: &str) {
    let Reading::Known(overrides) = &mut rotation.overrides else {
        return;
    };
    let Some(place) = overrides.iter().position(|known| known.id == *id) else {
        return;
    };
    let gone = overrides.remove(place);
    if let Reading::Known(shifts) = &mut rotation.shifts {
        for shift in shifts.iter_mut() {
            let is_of_it = gone.start_at <= shift.start_at && shift.end_at <= gone.end_at;
            if is_of_it && shift.kind == OVERRIDDEN {
                shift.contacts = std::mem::take(&mut shift.overridden);
                REGULAR.clone_into(&mut shift.kind);
            }
        }
    }
}

fn change_contact(after: &mut Inventory, arn: &Arn, change: impl FnOnce(&mut Contact)) {
    if let Some(contact) = after.contacts.items.get_mut(arn) {
        change(Arc::make_mut(contact));
    }
}

/// Changes the contact that has this device.
fn change_contact_of(after: &mut Inventory, channel: &Arn, change: impl FnOnce(&mut Contact)) {
    let owner = after.channel(channel).map(|(_, owner)| owner.arn.clone());
    if let Some(owner) = owner {
        change_contact(after, &owner, change);
    }
}

fn change_channel(after: &mut Inventory, arn: &Arn, change: impl FnOnce(&mut Channel)) {
    change_contact_of(after, arn, |owner| {
        if let Reading::Known(channels) = &mut owner.channels
            && let Some(channel) = channels.iter_mut().find(|channel| channel.arn == *arn)
        {
            change(channel);
        }
    });
}

fn change_rotation(after: &mut Inventory, arn: &Arn, change: impl FnOnce(&mut Rotation)) {
    if let Some(rotation) = after.rotations.items.get_mut(arn) {
        change(Arc::make_mut(rotation));
    }
}

fn change_response_plan(after: &mut Inventory, arn: &Arn, change: impl FnOnce(&mut ResponsePlan)) {
    if let Some(plan) = after.response_plans.items.get_mut(arn) {
        change(Arc::make_mut(plan));
    }
}

fn change_tags(after: &mut Inventory, arn: &Arn, change: impl Fn(&mut Tags)) {
    let change = |tags: &mut Reading<Tags>| {
        if let Reading::Known(tags) = tags {
            change(tags);
        }
    };
    change_contact(after, arn, |row| change(&mut row.tags));
    change_rotation(after, arn, |row| change(&mut row.tags));
    change_response_plan(after, arn, |row| change(&mut row.tags));
}

/// Returns a name for a device that does not exist yet: only the service knows its real one.
fn new_arn(contact: &Arn, count: usize) -> Option<Arn> {
    let text = contact.as_str().replacen(":contact/", ":contact-channel/", 1);
    Arn::parse(&format!("{text}/new-{count}")).ok()
}

fn made_contact(
    arn: &Arn,
    display_name: Option<&str>,
    kind: &ContactKind,
    plan: &Plan,
    tags: &[(String, String)],
) -> Contact {
    Contact {
        arn: arn.clone(),
        alias: arn.name().to_owned(),
        display_name: display_name.map(str::to_owned),
        kind: kind.clone(),
        plan: Reading::Known(plan.clone()),
        channels: if *kind == ContactKind::Person {
            Reading::Known(Vec::new())
        } else {
            Reading::Pending
        },
        tags: Reading::Known(tags.iter().cloned().collect()),
        sharing: Reading::Pending,
    }
}

/// Takes whoever is no member any more out of the shifts; somebody whom an override puts there stays.
fn without_former_members(shifts: &mut [Shift], members: &[Arn]) {
    let stays = |contact: &Arn| members.iter().any(|member| member.is_same_resource(contact));
    for shift in shifts {
        if shift.kind == OVERRIDDEN {
            shift.overridden.retain(stays);
        } else {
            shift.contacts.retain(stays);
        }
    }
}

/// Returns the shifts with `contacts` on call from `start_at` to `end_at`: a shift that reaches beyond is cut.
fn overridden(shifts: &[Shift], start_at: Timestamp, end_at: Timestamp, contacts: &[Arn]) -> Vec<Shift> {
    let mut all = Vec::with_capacity(shifts.len() + 2);
    for shift in shifts {
        let (inner_start, inner_end) = (shift.start_at.max(start_at), shift.end_at.min(end_at));
        if inner_start >= inner_end {
            all.push(shift.clone());
            continue;
        }
        let piece = |start_at: Timestamp, end_at: Timestamp| Shift {
            start_at,
            end_at,
            ..shift.clone()
        };
        if shift.start_at < inner_start {
            all.push(piece(shift.start_at, inner_start));
        }
        let was = if shift.kind == OVERRIDDEN {
            shift.overridden.clone()
        } else {
            shift.contacts.clone()
        };
        all.push(Shift {
            contacts: contacts.to_vec(),
            overridden: was,
            kind: OVERRIDDEN.to_owned(),
            ..piece(inner_start, inner_end)
        });
        if inner_end < shift.end_at {
            all.push(piece(inner_end, shift.end_at));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        sample,
        schedule::Recurrence,
        world::{contact_arn, device_arn, rotation_arn},
    };

    fn shift(hours: (i64, i64), people: &[&str]) -> Shift {
        Shift {
            start_at: sample::minute(hours.0 * 60),
            end_at: sample::minute(hours.1 * 60),
            contacts: people.iter().map(|alias| contact_arn(alias)).collect(),
            overridden: Vec::new(),
            kind: REGULAR.to_owned(),
        }
    }

    fn told(shifts: &[Shift]) -> Vec<String> {
        let hour = |at: Timestamp| (at - sample::minute(0)).num_hours();
        let names = |all: &[Arn]| all.iter().map(Arn::name).collect::<Vec<_>>().join("+");
        shifts
            .iter()
            .map(|shift| {
                let was = if shift.overridden.is_empty() {
                    String::new()
                } else {
                    format!(" instead of {}", names(&shift.overridden))
                };
                let (from, to) = (hour(shift.start_at), hour(shift.end_at));
                format!("{from}-{to} {}{was}", names(&shift.contacts))
            })
            .collect()
    }

    fn with_shifts(shifts: Vec<Shift>) -> (Inventory, Arn) {
        let mut inventory = sample::inventory();
        let rotation = inventory.rotations.items.keys().next().unwrap().clone();
        change_rotation(&mut inventory, &rotation, |row| {
            row.shifts = Reading::Known(shifts);
            row.overrides = Reading::Known(Vec::new());
        });
        (inventory, rotation)
    }

    fn shifts_of(inventory: &Inventory, rotation: &Arn) -> Vec<String> {
        told(inventory.rotations.items[rotation].shifts.known().unwrap())
    }

    fn recurrence() -> Recurrence {
        Recurrence {
            number_of_on_calls: 1,
            multiplier: 1,
            daily: Vec::new(),
            weekly: Vec::new(),
            monthly: Vec::new(),
            coverages: Vec::new(),
        }
    }

    #[test]
    fn no_writes_change_nothing() {
        let inventory = sample::inventory();
        assert_eq!(apply(&inventory, &[], &Previews::new()), inventory);
    }

    #[test]
    fn a_deactivated_device_is_not_active_and_its_deletion_takes_it_away() {
        let inventory = sample::inventory();
        let channel = inventory.channels().next().unwrap().arn.clone();
        let status = |after: &Inventory| after.channel(&channel).map(|(channel, _)| channel.status.clone());
        let on = apply(
            &inventory,
            &[Write::ActivateContactChannel {
                channel: channel.clone(),
            }],
            &Previews::new(),
        );
        assert_eq!(status(&on), Some(ActivationStatus::Activated));
        let off = apply(
            &on,
            &[Write::DeactivateContactChannel {
                channel: channel.clone(),
            }],
            &Previews::new(),
        );
        assert_eq!(status(&off), Some(ActivationStatus::NotActivated));
        let gone = apply(
            &off,
            &[Write::DeleteContactChannel {
                channel: channel.clone(),
            }],
            &Previews::new(),
        );
        assert_eq!(status(&gone), None);
    }

    #[test]
    fn an_override_cuts_the_shifts_and_its_deletion_gives_them_back() {
        let (inventory, rotation) = with_shifts(vec![shift((0, 24), &["akua"]), shift((24, 48), &["ben"])]);
        let made = apply(
            &inventory,
            &[Write::CreateRotationOverride {
                rotation: rotation.clone(),
                start_at: sample::minute(12 * 60),
                end_at: sample::minute(30 * 60),
                contacts: vec![contact_arn("cho")],
            }],
            &Previews::new(),
        );
        let expected = [
            "0-12 akua",
            "12-24 cho instead of akua",
            "24-30 cho instead of ben",
            "30-48 ben",
        ];
        assert_eq!(shifts_of(&made, &rotation), expected);
        let back = apply(
            &made,
            &[Write::DeleteRotationOverride {
                rotation: rotation.clone(),
                id: String::new(),
            }],
            &Previews::new(),
        );
        assert_eq!(
            shifts_of(&back, &rotation),
            ["0-12 akua", "12-24 akua", "24-30 ben", "30-48 ben"]
        );
    }

    #[test]
    fn without_a_preview_nobody_takes_the_turns_of_a_former_member() {
        let (inventory, rotation) = with_shifts(vec![shift((0, 24), &["akua"]), shift((24, 48), &["ben"])]);
        let write = Write::UpdateRotation {
            rotation: rotation.clone(),
            members: vec![contact_arn("ben")],
            recurrence: recurrence(),
        };
        let dark = apply(&inventory, std::slice::from_ref(&write), &Previews::new());
        assert_eq!(shifts_of(&dark, &rotation), ["0-24 ", "24-48 ben"]);
        let preview = Previews::from([(rotation.clone(), vec![shift((0, 48), &["ben"])])]);
        let previewed = apply(&inventory, &[write], &preview);
        assert_eq!(shifts_of(&previewed, &rotation), ["0-48 ben"]);
    }

    #[test]
    fn a_write_about_something_that_is_not_there_changes_nothing() {
        let inventory = sample::inventory();
        let writes = [
            Write::DeleteContact {
                contact: contact_arn("nobody"),
            },
            Write::DeactivateContactChannel {
                channel: device_arn("nobody", "phone"),
            },
            Write::DeleteRotation {
                rotation: rotation_arn("none"),
            },
            Write::UntagResource {
                resource: contact_arn("nobody"),
                keys: vec!["team".to_owned()],
            },
        ];
        assert_eq!(apply(&inventory, &writes, &Previews::new()), inventory);
    }
}

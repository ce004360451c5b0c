//! An inventory as one JSON object.
//!
//! What could not be read is `null` and never an empty list, and has an entry in `unknown`. A list that was cut short holds
//! what had arrived, and has an entry there, too.

use crate::domain::{
    Timestamp,
    contact::{Channel, Contact, ContactKind, Plan, Target},
    gap::{Gap, Reading},
    ids::Arn,
    inventory::{Inventory, Read, Section, SectionState},
    response::{Chat, ReplicationSet, ResponsePlan},
    schedule::{HandOff, Override, Recurrence, Rotation, Shift},
    text::json_safe,
};
use chrono::SecondsFormat;
use serde_json::{Value, json};

/// The form of the object: its number changes when a field goes away or changes its meaning, not when one is added.
pub const SCHEMA: &str = "callsheet.inventory/1";

/// Returns `inventory` as JSON, ready to be printed.
pub fn json(inventory: &Inventory) -> String {
    json_safe(&format!("{:#}\n", value(inventory)))
}

fn value(inventory: &Inventory) -> Value {
    let contacts = |is_wanted: fn(&ContactKind) -> bool, to_value: fn(&Inventory, &Contact) -> Value| {
        let wanted = inventory
            .contacts
            .items
            .values()
            .filter(|contact| is_wanted(&contact.kind));
        list(
            &inventory.contacts,
            wanted.map(|contact| to_value(inventory, contact)).collect(),
        )
    };
    json!({
        "schema": SCHEMA,
        "scope": scope(inventory),
        "taken_at": inventory.ended_at.or(inventory.started_at).map(instant),
        "shifts_until": inventory.horizon_end.map(instant),
        "is_complete": is_complete(inventory),
        "contacts": contacts(is_person, person),
        "channels": channels(inventory),
        "escalation_plans": contacts(|kind| *kind == ContactKind::EscalationPlan, escalation_plan),
        "schedules": contacts(|kind| *kind == ContactKind::Schedule, schedule),
        "rotations": list(&inventory.rotations, inventory.rotations.items.values().map(|rotation| self::rotation(rotation)).collect()),
        "response_plans": list(
            &inventory.response_plans,
            inventory.response_plans.items.values().map(|plan| response_plan(plan)).collect(),
        ),
        "replication_set": inventory.replication_set.known().and_then(Option::as_ref).map(replication_set),
        "reads": inventory.reads.iter().map(|done| read(done)).collect::<Value>(),
        "unknown": gaps(inventory).iter().map(unknown).collect::<Value>(),
    })
}

/// Returns everything that is unknown: what could not be read, and what was read and is not understood.
pub fn gaps(inventory: &Inventory) -> Vec<Gap> {
    let unread = inventory.gaps.iter().map(|gap| Gap::clone(gap));
    unread.chain(inventory.unclear_statuses()).collect()
}

/// Returns whether nothing is unknown.
pub fn is_complete(inventory: &Inventory) -> bool {
    inventory.is_complete() && inventory.unclear_statuses().next().is_none()
}

/// Returns what was looked at, and by whom.
pub(super) fn scope(inventory: &Inventory) -> Value {
    json!({
        "account": inventory.account(),
        "region": inventory.region,
        "endpoint": inventory.endpoint,
        "caller": inventory.caller.known().map(|caller| &caller.arn),
    })
}

/// Returns whether a contact is listed as such. One of a type that we do not know is, so that it is not lost.
pub(super) fn is_person(kind: &ContactKind) -> bool {
    matches!(kind, ContactKind::Person | ContactKind::Other(_))
}

/// Returns an instant as it is written in every report: in UTC, to the second.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns the rows of a list; nothing where there are none and its end was not seen.
fn list<T>(section: &Section<T>, rows: Vec<Value>) -> Value {
    if rows.is_empty() && section.state != SectionState::Complete {
        Value::Null
    } else {
        Value::Array(rows)
    }
}

/// Returns what was read, or nothing.
fn reading<T>(reading: &Reading<T>, to_value: impl FnOnce(&T) -> Value) -> Value {
    reading.known().map_or(Value::Null, to_value)
}

fn person(inventory: &Inventory, contact: &Contact) -> Value {
    json!({
        "arn": contact.arn,
        "alias": contact.alias,
        "display_name": contact.display_name,
        "type": contact.kind.as_str(),
        "is_shared_in": inventory.is_shared_in(&contact.arn),
        "channels": reading(&contact.channels, |all| all.iter().map(|channel| json!(channel.arn)).collect()),
        "stages": reading(&contact.plan, stages),
        "tags": reading(&contact.tags, |tags| json!(tags)),
        "shared_with": reading(&contact.sharing, |sharing| json!(sharing)),
    })
}

fn escalation_plan(inventory: &Inventory, contact: &Contact) -> Value {
    json!({
        "arn": contact.arn,
        "alias": contact.alias,
        "display_name": contact.display_name,
        "is_shared_in": inventory.is_shared_in(&contact.arn),
        "stages": reading(&contact.plan, stages),
        "tags": reading(&contact.tags, |tags| json!(tags)),
        "shared_with": reading(&contact.sharing, |sharing| json!(sharing)),
    })
}

fn schedule(inventory: &Inventory, contact: &Contact) -> Value {
    json!({
        "arn": contact.arn,
        "alias": contact.alias,
        "display_name": contact.display_name,
        "is_shared_in": inventory.is_shared_in(&contact.arn),
        "rotations": reading(&contact.plan, |plan| json!(plan.rotations)),
        "tags": reading(&contact.tags, |tags| json!(tags)),
        "shared_with": reading(&contact.sharing, |sharing| json!(sharing)),
    })
}

fn stages(plan: &Plan) -> Value {
    plan.stages_with_start()
        .map(|(start_minute, stage)| {
            json!({
                "start_minute": start_minute,
                "duration_minutes": stage.duration_minutes,
                "targets": stage.targets.iter().map(target).collect::<Value>(),
            })
        })
        .collect()
}

fn target(target: &Target) -> Value {
    match target {
        Target::Channel { channel, retry_minutes } => json!({"channel": channel, "retry_minutes": retry_minutes}),
        Target::Contact { contact, is_essential } => json!({"contact": contact, "is_essential": is_essential}),
        Target::Empty => json!({}),
    }
}

fn channels(inventory: &Inventory) -> Value {
    let rows: Vec<Value> = inventory.channels().map(channel).collect();
    let is_unread = |contact: &Contact| contact.kind == ContactKind::Person && contact.channels.known().is_none();
    let is_any_unread = inventory.contacts.items.values().any(|contact| is_unread(contact));
    if rows.is_empty() && is_any_unread {
        Value::Null
    } else {
        list(&inventory.contacts, rows)
    }
}

fn channel(channel: &Channel) -> Value {
    json!({
        "arn": channel.arn,
        "contact": channel.contact,
        "name": channel.name,
        "type": channel.kind.as_str(),
        "address": channel.address.masked(),
        "fingerprint": channel.address.fingerprint(),
        "status": channel.status.as_str(),
    })
}

fn rotation(rotation: &Rotation) -> Value {
    json!({
        "arn": rotation.arn,
        "name": rotation.name,
        "members": reading(&rotation.members, |members| json!(members)),
        "time_zone": rotation.time_zone,
        "start_at": rotation.start_at.map(instant),
        "recurrence": rotation.recurrence.as_ref().map(recurrence),
        "overrides": reading(&rotation.overrides, |all| all.iter().map(exception).collect()),
        "shifts": reading(&rotation.shifts, |all| all.iter().map(shift).collect()),
        "tags": reading(&rotation.tags, |tags| json!(tags)),
    })
}

fn recurrence(recurrence: &Recurrence) -> Value {
    let time = |at: &HandOff| format!("{:02}:{:02}", at.hour, at.minute);
    json!({
        "number_of_on_calls": recurrence.number_of_on_calls,
        "multiplier": recurrence.multiplier,
        "daily": recurrence.daily.iter().map(|at| json!(time(at))).collect::<Value>(),
        "weekly": recurrence.weekly.iter().map(|(day, at)| json!({"day": day, "at": time(at)})).collect::<Value>(),
        "monthly": recurrence.monthly.iter().map(|(day, at)| json!({"day": day, "at": time(at)})).collect::<Value>(),
        "coverages": recurrence.coverages.iter().map(|(day, hours)| json!({
            "day": day,
            "hours": hours.iter().map(|(start, end)| json!({"start": time(start), "end": time(end)})).collect::<Value>(),
        })).collect::<Value>(),
    })
}

fn exception(exception: &Override) -> Value {
    json!({
        "id": exception.id,
        "start_at": instant(exception.start_at),
        "end_at": instant(exception.end_at),
        "contacts": exception.contacts,
        "created_at": exception.created_at.map(instant),
    })
}

fn shift(shift: &Shift) -> Value {
    json!({
        "start_at": instant(shift.start_at),
        "end_at": instant(shift.end_at),
        "type": shift.kind,
        "contacts": shift.contacts,
        "overridden": shift.overridden,
    })
}

fn response_plan(plan: &ResponsePlan) -> Value {
    let detail = plan.detail.known();
    json!({
        "arn": plan.arn,
        "name": plan.name,
        "display_name": plan.display_name,
        "incident_title": detail.map(|detail| &detail.incident_title),
        "impact": detail.map(|detail| detail.impact),
        "engagements": detail.map(|detail| &detail.engagements),
        "chat_topics": detail.and_then(|detail| chat_topics(&detail.chat)),
        "runbook": detail.and_then(|detail| detail.runbook.as_ref()),
        "integration": detail.and_then(|detail| detail.integration.as_ref()),
        "tags": reading(&plan.tags, |tags| json!(tags)),
        "shared_with": reading(&plan.sharing, |sharing| json!(sharing)),
    })
}

/// Returns the topics of a chat channel; nothing when they cannot be known.
fn chat_topics(chat: &Chat) -> Option<&[String]> {
    match chat {
        Chat::None => Some(&[]),
        Chat::Topics(topics) => Some(topics),
        Chat::Unrecognised => None,
    }
}

fn replication_set(set: &ReplicationSet) -> Value {
    json!({
        "arn": set.arn,
        "status": set.status,
        "is_deletion_protected": set.is_deletion_protected,
        "regions": set.regions.iter().map(|(name, status)| json!({"name": name, "status": status})).collect::<Value>(),
        "changed_at": set.changed_at.map(instant),
    })
}

fn read(read: &Read) -> Value {
    let parameters = read.parameters.iter().map(|(name, value)| (name.clone(), json!(value)));
    json!({
        "operation": read.operation.permission(),
        "parameters": Value::Object(parameters.collect()),
        "pages": read.pages,
        "items": read.items,
        "is_complete": read.is_complete,
        "request_ids": read.request_ids,
        "at": instant(read.at),
    })
}

/// Returns what could not be read, and why.
pub(super) fn unknown(gap: &Gap) -> Value {
    json!({
        "operation": gap.operation.permission(),
        "subject": gap.subject.as_ref().map(Arn::as_str),
        "reason": gap.reason.to_string(),
        "permission": gap.missing_permission(),
        "request_id": gap.request_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        inventory::{Part, SectionKind},
        operation::Operation,
        sample,
        text::is_harmful,
        world::{World, contact_arn},
    };
    use std::sync::Arc;

    #[test]
    fn the_object_keeps_its_form() {
        insta::assert_snapshot!(json(&sample::inventory()));
    }

    #[test]
    fn no_address_is_whole() {
        let text = json(&sample::inventory());
        for address in sample::ADDRESSES {
            assert!(!text.contains(address), "{address}");
        }
        assert!(text.contains("+44•••••••123"));
    }

    #[test]
    fn hostile_names_are_escaped_and_read_back_unchanged() {
        let inventory = sample::inventory();
        let text = json(&inventory);
        assert!(!text.chars().any(|c| c != '\n' && is_harmful(c)));
        let back: Value = serde_json::from_str(&text).unwrap();
        let name = inventory.contacts.items[&contact_arn("akua")].display_name.as_deref();
        assert_eq!(back["contacts"][0]["display_name"].as_str(), name);
    }

    #[test]
    fn what_was_not_read_is_null_and_never_an_empty_list() {
        let nothing = value(&Inventory::empty("eu-west-1", None));
        for part in [
            "contacts",
            "channels",
            "escalation_plans",
            "schedules",
            "rotations",
            "response_plans",
            "replication_set",
        ] {
            assert!(nothing[part].is_null(), "{part}");
        }
        let read = value(&sample::inventory());
        assert!(read["contacts"][1]["channels"].is_null());
        assert_eq!(read["unknown"][0]["subject"], read["contacts"][1]["arn"]);
        assert_eq!(read["unknown"][0]["permission"], "ssm-contacts:ListContactChannels");
        assert_eq!(read["is_complete"], false);
    }

    #[test]
    fn a_status_that_is_not_known_is_unknown() {
        let mut inventory = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .complete()
            .inventory;
        assert!(is_complete(&inventory));
        for contact in inventory.contacts.items.values_mut() {
            if let Reading::Known(channels) = &mut Arc::make_mut(contact).channels {
                for channel in channels {
                    channel.status = "PAUSED".to_owned().into();
                }
            }
        }
        let value = value(&inventory);
        assert_eq!(
            (value["is_complete"].as_bool(), is_complete(&inventory)),
            (Some(false), false)
        );
        assert_eq!(value["unknown"][0]["subject"], value["channels"][0]["arn"]);
        assert!(value["unknown"][0]["reason"].as_str().unwrap().contains("PAUSED"));
    }

    #[test]
    fn a_list_that_was_read_and_is_empty_is_an_empty_list() {
        let mut inventory = Inventory::empty("eu-west-1", None);
        inventory.apply(Part::SectionEnded(SectionKind::Rotations, None));
        inventory.apply(Part::SectionEnded(
            SectionKind::Contacts,
            Some(sample::denied(Operation::ListContacts, None)),
        ));
        let value = value(&inventory);
        assert_eq!(value["rotations"], json!([]));
        assert!(value["schedules"].is_null());
    }
}

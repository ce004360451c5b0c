//! `assets/ledger.schema.json` held against what is written: every kind of entry, with everything that it may hold.

use super::{
    chain::{Chain, State},
    entry::*,
    record::Content,
    sample,
};
use crate::{
    changes::{
        Write,
        removal::{End, Removal, Turns},
    },
    domain::{
        Timestamp,
        access::Change,
        address::Address,
        contact::{ActivationStatus, ChannelKind, ContactKind, Plan, Stage, Target},
        fingerprint::FingerprintKey,
        ids::Arn,
        inventory::Read,
        operation::Operation,
        sample::minute,
        schedule::{HandOff, Recurrence},
        world::{contact_arn, device_arn, response_arn, rotation_arn},
    },
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

const SCHEMA: &str = include_str!("../../assets/ledger.schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&schema()).unwrap()
}

/// Returns the record that an entry becomes.
fn record(entry: &Entry) -> Value {
    let content = Content::of(entry).unwrap();
    let composed = State::new(None)
        .compose(&sample::writer(), minute(1), [content])
        .unwrap();
    serde_json::from_slice(composed.bytes.trim_ascii_end()).unwrap()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 24).unwrap()
}

fn person() -> Arn {
    contact_arn("anna")
}

fn device() -> Arn {
    device_arn("anna", "phone")
}

fn at() -> Timestamp {
    minute(3) + chrono::Duration::nanoseconds(5_000_001)
}

fn address() -> Address {
    Address::new("+447700900123").with_fingerprint(&FingerprintKey::new(&[7; 32]))
}

fn plan() -> Plan {
    let device = |retry_minutes| Target::Channel {
        channel: device(),
        retry_minutes,
    };
    let contact = Target::Contact {
        contact: person(),
        is_essential: true,
    };
    Plan {
        stages: vec![Stage {
            duration_minutes: 5,
            targets: vec![device(Some(1)), device(None), contact, Target::Empty],
        }],
        rotations: vec![rotation_arn("primary")],
    }
}

fn recurrence() -> Recurrence {
    let hour = |hour| HandOff { hour, minute: 0 };
    Recurrence {
        number_of_on_calls: 1,
        multiplier: 1,
        daily: vec![hour(9)],
        weekly: vec![(text("MON"), hour(9))],
        monthly: vec![(1, hour(9))],
        coverages: vec![(text("MON"), vec![(hour(9), hour(17))])],
    }
}

/// Every write, with everything that it may hold.
fn writes() -> Vec<Write> {
    let (channel, contact, rotation, response_plan) =
        (device(), person(), rotation_arn("primary"), response_arn("critical"));
    let tags = vec![(text("team"), text("payments"))];
    vec![
        Write::SendActivationCode {
            channel: channel.clone(),
        },
        Write::ActivateContactChannel {
            channel: channel.clone(),
        },
        Write::DeactivateContactChannel {
            channel: channel.clone(),
        },
        Write::UpdateContactChannel {
            channel: channel.clone(),
            name: Some(text("phone")),
            address: Some(address()),
        },
        Write::CreateContactChannel {
            contact: contact.clone(),
            name: text("phone"),
            kind: ChannelKind::Sms,
            address: address(),
        },
        Write::DeleteContactChannel { channel },
        Write::UpdateContact {
            contact: contact.clone(),
            kind: ContactKind::Person,
            plan: plan(),
        },
        Write::CreateContact {
            contact: contact.clone(),
            display_name: Some(text("Anna")),
            kind: ContactKind::Person,
            plan: plan(),
            tags: tags.clone(),
        },
        Write::DeleteContact {
            contact: contact.clone(),
        },
        Write::TagResource {
            resource: contact.clone(),
            tags,
        },
        Write::UntagResource {
            resource: contact.clone(),
            keys: vec![text("team")],
        },
        Write::UpdateRotation {
            rotation: rotation.clone(),
            members: vec![contact.clone()],
            recurrence: recurrence(),
        },
        Write::DeleteRotation {
            rotation: rotation.clone(),
        },
        Write::CreateRotationOverride {
            rotation: rotation.clone(),
            start_at: at(),
            end_at: at(),
            contacts: vec![contact.clone()],
        },
        Write::DeleteRotationOverride {
            rotation,
            id: text("1a2b"),
        },
        Write::UpdateResponsePlan {
            response_plan: response_plan.clone(),
            engagements: vec![contact],
        },
        Write::DeleteResponsePlan { response_plan },
    ]
}

/// Returns a removal with everything that it may hold.
fn removal() -> Removal {
    let turns = [Turns::Replace, Turns::Remove, Turns::Defer { until: at() }];
    let rotations = ["r1", "r2", "r3"].into_iter().map(rotation_arn);
    Removal {
        leavers: vec![person()],
        replacement: Some(contact_arn("ben")),
        turns: rotations.zip(turns).collect(),
        end: End::Quarantine { on: day() },
    }
}

/// Every kind, with everything that it may hold.
#[expect(
    clippy::too_many_lines,
    reason = "one sample after another, in the order of the kinds"
)]
pub(super) fn entries() -> Vec<Entry> {
    let (channel, contact, changeset, review) = (device(), person(), text("c-1"), text("2026-Q4"));
    let digest = text(&"0".repeat(64));
    let answer = Answer {
        guard: text("anna is on call"),
        answer: text("ben takes over"),
    };
    let steps = |undo| {
        writes().into_iter().map(move |write| PlannedStep {
            inverse: vec![write.clone()],
            write,
            words: text("before and after"),
            before: text("b"),
            after: Some(text("a")),
            undo,
        })
    };
    vec![
        Entry::SessionOpened(SessionOpened { command: text("desk") }),
        Entry::Population(Population {
            review: review.clone(),
            started_at: at(),
            ended_at: at(),
            counts: BTreeMap::from([(text("people"), 3)]),
            reads: vec![Arc::new(Read {
                operation: Operation::ListContacts,
                parameters: vec![(text("type"), text("PERSONAL"))],
                pages: 1,
                items: 3,
                request_ids: vec![text("r-1")],
                at: at(),
                is_complete: true,
            })],
            unknown: vec![text("the devices of ben")],
            digest: digest.clone(),
            findings: Some(digest.clone()),
        }),
        Entry::FindingWaived(FindingWaived {
            code: text("CH01"),
            subject: text("anna"),
            owner: text("Ben"),
            reason: text("leaves next week"),
            expires: day(),
            facts: text("f"),
        }),
        Entry::DeviceConfirmed(DeviceConfirmed {
            channel: channel.clone(),
            contact: contact.clone(),
            address: address(),
            method: Method::CallBack,
            confirmed_by: text("Ben"),
            reference: Some(text("T-1")),
            status: ActivationStatus::Activated,
            review: Some(review.clone()),
        }),
        Entry::DeviceNotConfirmed(DeviceNotConfirmed {
            channel: channel.clone(),
            contact: contact.clone(),
            address: address(),
            mismatches: 3,
            reason: text("too often"),
        }),
        Entry::AddressRevealed(AddressRevealed {
            channel: channel.clone(),
        }),
        Entry::RoundBegun(RoundBegun {
            channels: vec![channel.clone()],
        }),
        Entry::DeviceSkipped(DeviceSkipped {
            channel: channel.clone(),
        }),
        Entry::CodeSent(CodeSent {
            channel: channel.clone(),
            address: address(),
            changeset: changeset.clone(),
        }),
        Entry::Activated(Activated {
            channel: channel.clone(),
            contact: contact.clone(),
            address: address(),
            changeset: changeset.clone(),
        }),
        Entry::ActivationFailed(ActivationFailed {
            channel,
            changeset: changeset.clone(),
            reason: text("the code has expired"),
        }),
        Entry::ChangesetPlanned(ChangesetPlanned {
            changeset: changeset.clone(),
            title: text("everything at once"),
            review: Some(review.clone()),
            subjects: vec![contact.clone()],
            steps: [Undo::Reversible, Undo::NeedsPerson, Undo::Irreversible]
                .into_iter()
                .flat_map(steps)
                .collect(),
            digest: text("d"),
            answers: vec![answer.clone()],
            removal: Some(removal()),
        }),
        Entry::StepIntended(StepIntended {
            changeset: changeset.clone(),
            step: 0,
            is_roll_back: false,
            state: text("s"),
        }),
        Entry::StepDone(StepDone {
            changeset: changeset.clone(),
            step: 0,
            is_roll_back: true,
            state: text("s"),
            request_id: Some(text("r-1")),
            is_found: true,
        }),
        Entry::StepFailed(StepFailed {
            changeset: changeset.clone(),
            step: 0,
            is_roll_back: false,
            took_effect: Some(false),
            reason: text("denied"),
        }),
        Entry::ChangesetClosed(ChangesetClosed {
            changeset,
            ending: Ending::RolledBack,
            note: Some(text("not now")),
        }),
        Entry::ReviewOpened(ReviewOpened {
            review: review.clone(),
            scope: ReviewScope::Plan(contact.clone()),
            due: day(),
            policy: text("horizon = 14"),
            population: digest.clone(),
            is_off_cycle: false,
        }),
        Entry::Decision(Decision {
            review: review.clone(),
            subject: contact.clone(),
            row: text("r"),
            verdict: Verdict::Waive,
            reason: Some(text("until she is back")),
            bulk: Some(12),
            seconds: 40,
            until: Some(day()),
        }),
        Entry::SignOff(SignOff {
            review: review.clone(),
            name: text("Akua"),
            is_co_sign: false,
            population: digest.clone(),
            head: digest.clone(),
            summary: vec![text("3 people")],
            unknown: vec![answer],
            signature: Some(Signature {
                principal: text("akua@example.com"),
                text: text("-----BEGIN SSH SIGNATURE-----"),
            }),
        }),
        Entry::Exported(Exported {
            review: review.clone(),
            folder: text("evidence"),
            files: BTreeMap::from([(text("summary.md"), digest.clone())]),
        }),
        Entry::Note(Note {
            review: Some(review),
            subject: Some(contact),
            text: text("called her"),
        }),
        Entry::TornLine(TornLine {
            bytes: 10,
            digest,
            kept_in: text("ledger.torn-2"),
        }),
    ]
}

fn keys(object: &Value) -> BTreeSet<String> {
    object.as_object().into_iter().flat_map(Map::keys).cloned().collect()
}

#[track_caller]
fn assert_valid(validator: &jsonschema::Validator, record: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(record)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{record:#}\n{}", errors.join("\n"));
}

#[test]
fn every_kind_is_described_with_all_that_it_may_hold() {
    let (validator, schema) = (validator(), schema());
    let kinds: Vec<&str> = entries().iter().map(Entry::kind).collect();
    assert_eq!(kinds, Entry::KINDS, "there is a sample of each kind");
    let conditions = schema["allOf"].as_array().unwrap();
    let described: Vec<&Value> = conditions
        .iter()
        .map(|one| &one["if"]["properties"]["kind"]["const"])
        .collect();
    assert_eq!(described, Entry::KINDS);
    for entry in entries() {
        let record = record(&entry);
        assert_valid(&validator, &record);
        assert_eq!(keys(&record), keys(&schema["properties"]));
        assert_eq!(
            keys(&record["data"]),
            keys(&schema["$defs"][entry.kind()]["properties"]),
            "{}",
            entry.kind()
        );
    }
}

#[test]
fn every_write_is_described_with_all_that_it_may_hold() {
    let variants = schema()["$defs"]["write"]["oneOf"].clone();
    let described = |write: &Value| {
        let variants = variants.as_array().unwrap();
        let variant = variants
            .iter()
            .find(|one| one["properties"]["operation"]["const"] == write["operation"]);
        keys(&variant.unwrap()["properties"])
    };
    let samples: Vec<Value> = writes().iter().map(|write| json!(write)).collect();
    for sample in &samples {
        assert_eq!(keys(sample), described(sample), "{sample}");
    }
    let named: BTreeSet<Change> = writes().iter().map(Write::change).collect();
    assert_eq!(
        (named.len(), variants.as_array().unwrap().len()),
        (samples.len(), samples.len())
    );
}

#[test]
fn what_may_be_absent_is_what_the_program_leaves_out() {
    let (validator, schema) = (validator(), schema());
    for entry in entries() {
        let kind = entry.kind();
        let whole = record(&entry);
        for key in keys(&whole["data"]) {
            let mut without = whole.clone();
            without["data"].as_object_mut().unwrap().shift_remove(&key);
            let required = schema["$defs"][kind]["required"].as_array().unwrap();
            let is_required = required.contains(&json!(key));
            assert_eq!(validator.is_valid(&without), !is_required, "{kind} without {key}");
            let content = json!({"kind": kind, "data": without["data"]});
            // What is written always holds more than what has to be there for reading.
            let is_read = serde_json::from_value::<Entry>(content).is_ok();
            assert!(is_read || is_required, "{kind} without {key} cannot be read");
        }
    }
}

#[test]
fn nothing_else_is_taken_for_a_record() {
    let validator = validator();
    for entry in entries() {
        let mut more = record(&entry);
        more["data"]["more"] = json!(1);
        assert!(!validator.is_valid(&more), "{}", entry.kind());
    }
    let good = record(&sample::note("a"));
    for (key, value) in [
        ("v", json!(2)),
        ("seq", json!(0)),
        ("at", json!("2026-11-24T09:30:00Z")),
        ("prev", json!("0")),
        ("scope", json!({"account": "1"})),
        ("data", json!([])),
        ("more", json!(1)),
    ] {
        let mut bad = good.clone();
        bad[key] = value;
        assert!(!validator.is_valid(&bad), "{key}");
    }
}

#[test]
fn a_kind_that_is_not_known_may_hold_anything() {
    let mut record = record(&sample::note("a"));
    record["kind"] = json!("dream");
    record["data"] = json!({"of": [1, 2]});
    assert_valid(&validator(), &record);
}

#[test]
fn every_kind_is_read_back_as_it_was_written() {
    let contents = entries()
        .iter()
        .map(|entry| Content::of(entry).unwrap())
        .collect::<Vec<_>>();
    let composed = State::new(None)
        .compose(&sample::writer(), minute(1), contents)
        .unwrap();
    let chain = Chain::read(&composed.bytes, None);
    let read: Vec<Entry> = chain.records.iter().map(|record| record.entry().unwrap()).collect();
    assert_eq!(read, entries());
    assert!(
        !String::from_utf8(composed.bytes).unwrap().contains("7700900123"),
        "addresses are masked"
    );
}

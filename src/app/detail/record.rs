//! One record of the ledger, explained: what happened, who recorded it, and where it stands in the chain.

use super::{
    page::{Page, indented},
    parts,
};
use crate::app::{
    facts::Facts,
    ledger::{LedgerStatus, Recorded},
    screens::ledger::sentence,
    style::{Line, Role},
    time,
};
use serde_json::Value;

/// Writes a record.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, recorded: &Recorded) {
    let record = &recorded.record;
    page.put(0, &Line::of(sentence(facts, recorded), Role::Title));
    let when = time::instant(record.at, facts.now, facts.zone);
    let zone = time::zone_name(record.at, facts.zone);
    let distance = time::distance(record.at, facts.now);
    page.field("recorded", Line::plain(format!("{when} {zone}, {distance}")));
    page.field("kind", Line::plain(&record.kind));
    let actor = &record.actor;
    page.field("by", Line::plain(format!("{} on {}", actor.user, actor.host)));
    page.field("caller", Line::plain(&actor.caller));
    page.field(
        "with",
        Line::plain(format!("{} {}", record.tool.name, record.tool.version)),
    );
    if let Some(subject) = recorded.entry.as_ref().and_then(|entry| entry.subject()) {
        let before = Line::of(format!("{:<10}", "about"), Role::Dim);
        parts::named(page, facts, before, subject, ("", Role::Normal));
    }
    page.heading("DATA");
    for (name, value) in record.object() {
        put(page, 2, &name, &value);
    }
    page.heading("CHAIN");
    write_chain(page, facts, recorded);
}

fn write_chain(page: &mut Page, facts: &Facts<'_>, recorded: &Recorded) {
    let record = &recorded.record;
    page.field("number", Line::plain(record.seq.to_string()));
    page.field("hash", Line::plain(record.hash.to_string()));
    page.field("before it", Line::plain(record.prev.to_string()));
    if !recorded.is_proven {
        let line = Line::of("this record does not follow from the one before it", Role::Danger);
        page.put(2, &indented(2).and(line.text(), Role::Danger));
    }
    match &facts.ledger.status {
        LedgerStatus::Sound => {
            let count = facts.ledger.records.len();
            page.put(
                2,
                &indented(2).and(format!("all {count} records follow one from the other"), Role::Good),
            );
            let head = facts.ledger.head.map_or_else(String::new, |head| head.to_string());
            page.field("head", Line::plain(head));
        }
        LedgerStatus::Broken(failure) | LedgerStatus::Unread(failure) => {
            page.put(2, &indented(2).and(failure.what(), Role::Danger));
            for why in failure.why() {
                page.put(2, &indented(2).and(why, Role::Danger));
            }
        }
        LedgerStatus::Waiting => {}
    }
    page.field("file", Line::plain(&facts.ledger.file));
}

/// Writes a value of JSON: what has parts takes a line for each.
fn put(page: &mut Page, indent: usize, name: &str, value: &Value) {
    let named = indented(indent).and(format!("{name}: "), Role::Dim);
    let hang = indent.saturating_add(2);
    match value {
        Value::Object(parts) => {
            page.put(hang, &named);
            for (name, value) in parts {
                put(page, hang, name, value);
            }
        }
        Value::Array(parts) if parts.iter().any(|part| part.is_object() || part.is_array()) => {
            page.put(hang, &named.and(parts.len().to_string(), Role::Normal));
            for (number, value) in (1_usize..).zip(parts) {
                put(page, hang, &number.to_string(), value);
            }
        }
        Value::Array(parts) => {
            let texts: Vec<String> = parts.iter().map(text).collect();
            page.put(hang, &named.and(texts.join(", "), Role::Normal));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            page.put(hang, &named.and(text(value), Role::Normal));
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

//! Screen 8: what was recorded of the account, the newest first.

use super::{cell, label};
use crate::app::{
    facts::Facts,
    ledger::{LedgerStatus, Recorded, row_id},
    list::{Cell, Column, Row},
    model::Model,
    style::Role,
    time,
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("when", "WHEN", 16),
    Column::growing("what", "WHAT", 40),
    Column::new("kind", "KIND", 18),
    Column::new("who", "WHO", 12),
    Column::new("record", "RECORD", 6),
];

/// Returns one row for each record.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let all = facts.ledger.records.iter();
    all.filter_map(|recorded| row(facts, recorded)).collect()
}

fn row(facts: &Facts<'_>, recorded: &Recorded) -> Option<Row> {
    let record = &recorded.record;
    // Newest first: the list sorts the smallest order to the top. The clock may have been put back, the number was not.
    let order = -i64::try_from(record.seq).unwrap_or(i64::MAX);
    let role = if recorded.is_proven { Role::Normal } else { Role::Danger };
    Some(Row {
        id: row_id(record)?,
        cells: vec![
            Cell::ordered(time::instant(record.at, facts.now, facts.zone), role, order),
            Cell::new(sentence(facts, recorded), role),
            Cell::new(&record.kind, Role::Dim),
            Cell::new(&record.actor.user, Role::Normal),
            cell::number(usize::try_from(record.seq).unwrap_or(usize::MAX), Role::Dim),
        ],
        is_stale: false,
        has_finding: !recorded.is_proven,
    })
}

/// Returns what a record says, or that only another version knows.
pub(in crate::app) fn sentence(facts: &Facts<'_>, recorded: &Recorded) -> String {
    match &recorded.entry {
        Some(entry) => entry.sentence(|arn| label(facts, arn)),
        None => "this version does not know what this record says".to_owned(),
    }
}

/// Returns how many records there are; `?` says that the ledger could not be read or does not check.
pub(super) fn count(model: &Model) -> String {
    let count = model.ledger.records.len();
    match &model.ledger.status {
        LedgerStatus::Waiting => "…".to_owned(),
        LedgerStatus::Unread(_) => "?".to_owned(),
        LedgerStatus::Broken(_) => format!("{count}?"),
        LedgerStatus::Sound => count.to_string(),
    }
}

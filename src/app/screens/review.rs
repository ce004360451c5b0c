//! Screen 7: the review, one row for each thing that somebody has to decide about.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        list::{Cell, Column, Row},
        model::Model,
        review::{self, ReviewRow},
        style::Role,
    },
    domain::text::neutral,
    ledger::entry::Verdict,
    review::{
        baseline::Since,
        campaign::{Execution, RowState},
        row::RowKind,
    },
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::growing("name", "NAME", 13),
    Column::new("decided", "DECIDED", 10),
    Column::new("changed", "CHANGED", 10),
    Column::new("found", "FOUND", 6),
    Column::new("advice", "ADVICE", 8),
    Column::new("kind", "KIND", 8),
    Column::growing("last", "LAST", 14),
];

/// Returns one row for each row of the review in hand.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    facts.review.rows.values().map(|row| of(facts, row)).collect()
}

fn of(facts: &Facts<'_>, review: &ReviewRow) -> Row {
    let row = &review.row;
    let kind = RowKind::ALL
        .iter()
        .position(|kind| *kind == row.kind)
        .unwrap_or_default();
    Row {
        id: row.subject.clone(),
        cells: vec![
            // In the order of the review: by kind, then by name.
            Cell::ordered(&row.name, Role::Normal, cell::order(kind)),
            decided(review),
            changed(&review.since),
            cell::found(facts, &row.subject),
            advice(review),
            Cell::ordered(kind_word(row.kind), Role::Normal, cell::order(kind)),
            last(review),
        ],
        is_stale: facts.inventory.stale.contains(&row.subject),
        has_finding: cell::has_finding(facts, &row.subject),
    }
}

fn kind_word(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Person => "person",
        RowKind::EscalationPlan => "plan",
        RowKind::Schedule => "schedule",
        RowKind::Rotation => "rotation",
        RowKind::ResponsePlan => "response",
    }
}

/// Returns what was decided, or that nobody has, or that it has changed since.
fn decided(review: &ReviewRow) -> Cell {
    match (&review.made, review.state) {
        (None, _) | (_, RowState::Undecided) => Cell::ordered("–", Role::Dim, 0),
        (_, RowState::Reopened) => Cell::ordered("reopened", Role::Warning, 1),
        (_, RowState::CarriedOut) => Cell::ordered("look again", Role::Warning, 2),
        (Some(made), RowState::Decided) => {
            let word = made.verdict.word();
            let text = match (&review.execution, made.bulk) {
                (Execution::Missing, _) => format!("{word} …"),
                (Execution::UnderWay(_), _) => format!("{word} »"),
                (Execution::NotDone(..), _) => format!("{word} !"),
                (Execution::Done(_), _) => format!("{word} done"),
                (Execution::NotNeeded, Some(_)) => format!("{word} bulk"),
                (Execution::NotNeeded, None) => word.to_owned(),
            };
            Cell::ordered(text, verdict_role(made.verdict), 3)
        }
    }
}

fn verdict_role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Keep => Role::Good,
        Verdict::Remove => Role::Danger,
        Verdict::Fix | Verdict::Waive | Verdict::Escalate => Role::Warning,
        Verdict::Undecided => Role::Dim,
    }
}

fn changed(since: &Since) -> Cell {
    match since {
        Since::Unknown => Cell::ordered(cell::UNKNOWN, Role::Unknown, 0),
        Since::Changed(change) => {
            let count = change.fields.len();
            let fields = if count == 1 { "field" } else { "fields" };
            Cell::ordered(format!("{count} {fields}"), Role::Warning, 1)
        }
        Since::New => Cell::ordered("new", Role::Warning, 2),
        Since::NeverSigned => Cell::ordered("not signed", Role::Dim, 3),
        Since::Unchanged => Cell::ordered("–", Role::Dim, 4),
    }
}

fn advice(review: &ReviewRow) -> Cell {
    match &review.advice {
        None => cell::pending(),
        Some(advice) => Cell::new(advice.verdict.word(), verdict_role(advice.verdict)),
    }
}

fn last(review: &ReviewRow) -> Cell {
    match &review.earlier {
        None => cell::none(),
        Some((name, made)) => Cell::new(format!("{} {}", made.verdict.word(), neutral(name)), Role::Normal),
    }
}

/// Returns how many rows are still to be decided about.
pub(super) fn count(model: &Model) -> String {
    match (review::in_hand(model), &model.review.progress) {
        (None, _) => String::new(),
        (Some(_), None) => "…".to_owned(),
        (Some(_), Some(progress)) => format!("{}/{}", progress.decided, progress.rows),
    }
}

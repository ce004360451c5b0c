//! The decisions and the changes as CSV, safe to open in a spreadsheet.

use super::{Evidence, changes, typed};
use crate::{
    domain::{ids::Arn, text::spreadsheet_safe},
    ledger::record::{Record, instant},
    review::{
        Row,
        campaign::{Execution, Made, RowState},
    },
};
use std::io;

/// The names of the columns of the decisions.
const DECISIONS: [&str; 19] = [
    "kind",
    "name",
    "subject_arn",
    "state",
    "decision",
    "reason",
    "until",
    "decided_at",
    "decided_by",
    "user",
    "host",
    "together_with",
    "seconds",
    "execution",
    "record",
    "row_looked_at",
    "row_digest",
    "unknown",
    "earlier_decisions",
];

/// The names of the columns of the changes.
const CHANGES: [&str; 21] = [
    "changeset",
    "title",
    "subject_arn",
    "subject_name",
    "decision",
    "decision_record",
    "planned_record",
    "planned_at",
    "planned_by",
    "ending",
    "step",
    "call",
    "what",
    "undo",
    "outcome",
    "sent_record",
    "proof_record",
    "proof_at",
    "request_id",
    "state_read_afterwards",
    "state_expected",
];

/// Returns the decision about every row, those included that are gone.
pub(super) fn decisions(evidence: &Evidence<'_>) -> io::Result<Vec<u8>> {
    let rows = evidence.rows().map(|rows| rows.in_order()).unwrap_or_default();
    let there = rows
        .iter()
        .map(|row| decision(evidence, row, state_word(evidence, row)));
    let gone = evidence
        .frozen
        .zip(evidence.signed)
        .map(|(frozen, signed)| evidence.campaign.gone(frozen, signed))
        .unwrap_or_default();
    let gone = gone.into_iter().map(|row| decision(evidence, row, "gone"));
    written(&DECISIONS, there.chain(gone))
}

fn state_word(evidence: &Evidence<'_>, row: &Row) -> &'static str {
    state(evidence.campaign.state(row))
}

/// Returns how far a row has come, in a word or two.
pub(super) fn state(state: RowState) -> &'static str {
    match state {
        RowState::Undecided => "undecided",
        RowState::Decided => "decided",
        RowState::Reopened => "changed after the decision",
        RowState::CarriedOut => "carried out, not looked at since",
    }
}

/// Returns how far a decision is carried out, in words.
pub(super) fn execution(execution: &Execution) -> String {
    match execution {
        Execution::NotNeeded => String::new(),
        Execution::Missing => "not begun".to_owned(),
        Execution::UnderWay(name) => format!("under way in {}", typed(name)),
        Execution::NotDone(name, _) => format!("not done by {}", typed(name)),
        Execution::Done(name) => format!("done by {}", typed(name)),
    }
}

fn decision(evidence: &Evidence<'_>, row: &Row, state: &'static str) -> Vec<String> {
    let campaign = evidence.campaign;
    let made = campaign.decision(&row.subject);
    let of = |value: fn(&Made) -> String| made.map(value).unwrap_or_default();
    let history = campaign
        .decisions
        .get(&row.subject)
        .map(|decided| decided.history.as_slice());
    let earlier = history
        .and_then(<[Made]>::split_last)
        .map_or(&[][..], |(_, earlier)| earlier);
    let earlier: Vec<String> = earlier
        .iter()
        .map(|made| {
            format!(
                "{} {} (record {})",
                instant(made.mark.at),
                made.verdict.word(),
                made.mark.seq
            )
        })
        .collect();
    vec![
        row.kind.word().to_owned(),
        row.name.clone(),
        row.subject.to_string(),
        state.to_owned(),
        of(|made| made.verdict.word().to_owned()),
        of(|made| typed(made.reason.as_deref().unwrap_or_default())),
        of(|made| made.until.map(|day| day.to_string()).unwrap_or_default()),
        of(|made| instant(made.mark.at)),
        of(|made| made.mark.by.caller.clone()),
        of(|made| made.mark.by.user.clone()),
        of(|made| made.mark.by.host.clone()),
        of(|made| made.bulk.map(|count| count.to_string()).unwrap_or_default()),
        of(|made| made.seconds.to_string()),
        execution(&campaign.execution(&row.subject)),
        of(|made| made.mark.seq.to_string()),
        of(|made| made.row.clone()),
        row.digest.clone(),
        row.unknown.join("; "),
        earlier.join("; "),
    ]
}

/// Returns every step of every changeset of the review, once for each row that it is about.
pub(super) fn changes(evidence: &Evidence<'_>) -> io::Result<Vec<u8>> {
    let mut rows = Vec::new();
    for change in changes::of(evidence) {
        // A changeset about no row is told all the same.
        let subjects: Vec<Option<&Arn>> = match change.planned.subjects.as_slice() {
            [] => vec![None],
            subjects => subjects.iter().map(Some).collect(),
        };
        for subject in subjects {
            let steps = change.planned.steps.iter().zip(&change.steps);
            for (number, (planned, step)) in (1_usize..).zip(steps) {
                let made = subject.and_then(|subject| deciding(evidence, subject, change.record.seq));
                let seq = |record: Option<&Record>| record.map(|record| record.seq.to_string()).unwrap_or_default();
                rows.push(vec![
                    change.planned.changeset.clone(),
                    typed(&change.planned.title),
                    subject.map(Arn::to_string).unwrap_or_default(),
                    subject.map(|subject| evidence.name_of(subject)).unwrap_or_default(),
                    made.map(|made| made.verdict.word().to_owned()).unwrap_or_default(),
                    made.map(|made| made.mark.seq.to_string()).unwrap_or_default(),
                    change.record.seq.to_string(),
                    instant(change.record.at),
                    change.record.actor.caller.clone(),
                    change.ending.clone(),
                    number.to_string(),
                    planned.write.change().name().to_owned(),
                    typed(&planned.words),
                    planned.undo.words().to_owned(),
                    step.outcome.clone(),
                    seq(step.intended),
                    seq(step.settled),
                    step.settled.map(|record| instant(record.at)).unwrap_or_default(),
                    step.request_id.clone().unwrap_or_default(),
                    step.state.clone().unwrap_or_default(),
                    planned.after.clone().unwrap_or_default(),
                ]);
            }
        }
    }
    written(&CHANGES, rows.into_iter())
}

/// Returns the decision that a changeset carries out: the last one about the row before somebody consented to it.
pub(super) fn deciding<'a>(evidence: &Evidence<'a>, subject: &Arn, planned: u64) -> Option<&'a Made> {
    let decided = evidence.campaign.decisions.get(subject)?;
    decided.history.iter().rev().find(|made| made.mark.seq < planned)
}

fn written(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| spreadsheet_safe(cell).into_owned()))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

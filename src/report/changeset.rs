//! Changesets for people and for scripts: which there are, what each does, and how far it has come.

use crate::{
    changes::progress::{Progress, StepState},
    domain::{ids::Scope, text::neutral},
    ledger::{
        entry::Ending,
        record::instant,
        replay::{Changesets, Recorded},
    },
};
use serde_json::{Value, json};
use std::fmt::Write as _;
use textwrap::Options;

/// The form of the JSON object: its number changes when a field goes away or changes its meaning.
pub const SCHEMA: &str = "callsheet.changesets/1";

/// Returns every changeset in a line or two, the newest first.
pub fn table(changesets: &Changesets, width: usize) -> String {
    let mut text = String::new();
    for recorded in changesets.all().iter().rev() {
        let progress = &recorded.progress;
        let line = format!(
            "{}  {}: {}",
            neutral(&progress.planned.changeset),
            ending(progress),
            neutral(&progress.planned.title)
        );
        writeln!(
            text,
            "{}",
            textwrap::fill(&line, Options::new(width).subsequent_indent("  "))
        )
        .ok();
    }
    if changesets.all().is_empty() {
        text.push_str("No changeset is in the ledger.\n");
    }
    text.push_str(&doubts(changesets));
    text
}

/// Returns every changeset as one JSON object.
pub fn json(changesets: &Changesets) -> String {
    let object = json!({
        "schema": SCHEMA,
        "changesets": changesets.all().iter().map(one).collect::<Vec<_>>(),
        "records_not_understood": changesets.not_understood,
    });
    format!("{object:#}\n")
}

/// Returns one changeset with all its steps, as it is consented to.
pub fn preview(recorded: &Recorded, scope: &Scope, width: usize) -> String {
    let progress = &recorded.progress;
    let planned = &progress.planned;
    let mut text = String::new();
    let mut line = |line: &str, hang: &str| {
        let options = Options::new(width).subsequent_indent(hang);
        writeln!(text, "{}", textwrap::fill(line, options)).ok();
    };
    line(
        &format!("{}: {}", neutral(&planned.changeset), neutral(&planned.title)),
        "  ",
    );
    line(
        &format!(
            "planned {} by {}; {}",
            instant(recorded.planned_at),
            neutral(&recorded.planned_by),
            ending(progress)
        ),
        "  ",
    );
    for answer in &planned.answers {
        line(
            &format!(
                "guard: {}; answered: {}",
                neutral(&answer.guard),
                neutral(&answer.answer)
            ),
            "  ",
        );
    }
    for (number, (step, known)) in (1_usize..).zip(planned.steps.iter().zip(&progress.steps)) {
        line(
            &format!("{number}. {} [{}]", neutral(&step.words), word(&known.state)),
            "   ",
        );
        line(&format!("   {}", step.undo.words()), "   ");
        if let Some(reason) = &known.reason {
            line(&format!("   failed: {}", neutral(reason)), "   ");
        }
        // A command is pasted: it is not broken.
        line(&format!("   {}", neutral(&step.write.aws_form(scope))), "     ");
    }
    line(&format!("digest: {}", planned.digest), "");
    text
}

/// Returns what the ledger may hold beyond this, as far as this version does not understand it.
fn doubts(changesets: &Changesets) -> String {
    match changesets.not_understood {
        0 => String::new(),
        count => format!("{count} records are not understood by this version; there may be more than this.\n"),
    }
}

/// Returns how a changeset ended, or how far it has come.
pub fn ending(progress: &Progress) -> String {
    let count = progress.steps.len();
    match &progress.closed {
        None => {
            let way = if progress.is_rolling_back {
                "being taken back"
            } else {
                "open"
            };
            let mut words = format!("{way}, {} of {count} steps done", progress.done().len());
            let uncertain = progress.uncertain().len();
            if uncertain > 0 {
                write!(words, ", of {uncertain} nobody knows").ok();
            }
            words
        }
        Some(closed) => {
            let word = match closed.ending {
                Ending::Done => "done",
                Ending::RolledBack => "taken back",
                Ending::Abandoned => "closed as it was",
            };
            closed
                .note
                .as_ref()
                .map_or_else(|| word.to_owned(), |note| format!("{word} ({})", neutral(note)))
        }
    }
}

fn word(state: &StepState) -> &'static str {
    match state {
        StepState::Waiting => "not done",
        StepState::Uncertain { .. } => "begun, nobody knows whether it took effect",
        StepState::Done => "done",
        StepState::BackUncertain { .. } => "begun to be taken back, nobody knows whether it was",
        StepState::RolledBack => "taken back",
    }
}

pub(super) fn one(recorded: &Recorded) -> Value {
    let planned = &recorded.progress.planned;
    let steps = planned.steps.iter().zip(&recorded.progress.steps);
    let steps: Vec<Value> = steps
        .map(|(step, known)| {
            json!({
                "operation": step.write.change().name(),
                "subject": step.write.subject(),
                "words": step.words,
                "undo": step.undo,
                "state": match &known.state {
                    StepState::Waiting => "waiting",
                    StepState::Uncertain { .. } => "uncertain",
                    StepState::Done => "done",
                    StepState::BackUncertain { .. } => "back_uncertain",
                    StepState::RolledBack => "rolled_back",
                },
                "reason": known.reason,
            })
        })
        .collect();
    json!({
        "name": planned.changeset,
        "title": planned.title,
        "review": planned.review,
        "subjects": planned.subjects,
        "planned_at": instant(recorded.planned_at),
        "planned_by": recorded.planned_by,
        "digest": planned.digest,
        "is_open": recorded.progress.is_open(),
        "is_rolling_back": recorded.progress.is_rolling_back,
        "ending": recorded.progress.closed.as_ref().map(|closed| closed.ending),
        "note": recorded.progress.closed.as_ref().and_then(|closed| closed.note.clone()),
        "steps": steps,
    })
}

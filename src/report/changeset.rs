//! Changesets for people and for scripts: which there are, what each does, and how far it has come.

use super::lines::{Breaks, Cell, Layout, Lines, Row};
use crate::{
    changes::progress::{Progress, StepState},
    domain::{
        ids::Scope,
        text::{json_safe, neutral},
    },
    ledger::{
        entry::Ending,
        record::instant,
        replay::{Changesets, Recorded},
    },
};
use anstyle::Style;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The form of the JSON object: its number changes when a field goes away or changes its meaning.
pub const SCHEMA: &str = "callsheet.changesets/1";

/// Returns every changeset in a line or two: those that are open, then the others, each the newest first.
pub fn table(changesets: &Changesets, layout: Layout) -> String {
    let mut lines = Lines::new(layout, Breaks::Hyphens);
    let (open, ended): (Vec<&Recorded>, Vec<&Recorded>) = changesets
        .all()
        .iter()
        .rev()
        .partition(|recorded| recorded.progress.is_open());
    let count = changesets.all().len();
    for (number, recorded) in (1..).zip(open.into_iter().chain(ended)) {
        let progress = &recorded.progress;
        let (name, title) = (neutral(&progress.planned.changeset), neutral(&progress.planned.title));
        let ending = ending(progress);
        lines.row(&Row {
            kind: "changeset",
            place: (number, count),
            name: &name,
            start: Vec::new(),
            hang: Some(2),
            rest: vec![
                Cell::shown(format!("{name}  ")),
                Cell::new("status", ending.clone(), ending),
                Cell::new("what", format!(": {title}"), title),
            ],
            style: Style::new(),
        });
    }
    if count == 0 {
        lines.paragraph("No changeset is in the ledger.");
    }
    if let Some(doubts) = doubts(changesets) {
        lines.paragraph(&doubts);
    }
    lines.into_text()
}

/// Returns every changeset as one JSON object.
pub fn json(changesets: &Changesets) -> String {
    let object = json!({
        "schema": SCHEMA,
        "changesets": changesets.all().iter().map(one).collect::<Vec<_>>(),
        "records_not_understood": changesets.not_understood,
    });
    json_safe(&format!("{object:#}\n"))
}

/// Returns one changeset with all its steps, as it is consented to.
pub fn preview(recorded: &Recorded, scope: &Scope, layout: Layout) -> String {
    let progress = &recorded.progress;
    let planned = &progress.planned;
    let mut lines = Lines::new(layout, Breaks::Hyphens);
    let title = format!("{}: {}", neutral(&planned.changeset), neutral(&planned.title));
    lines.labelled("changeset", "", "  ", &title);
    let state = format!(
        "planned {} by {}; {}",
        instant(recorded.planned_at),
        neutral(&recorded.planned_by),
        ending(progress)
    );
    lines.item("", "  ", &state);
    for answer in &planned.answers {
        let (guard, answer) = (neutral(&answer.guard), neutral(&answer.answer));
        lines.item("", "  ", &format!("guard: {guard}; answered: {answer}"));
    }
    let steps = planned.steps.iter().zip(&progress.steps);
    for (number, (step, known)) in (1_usize..).zip(steps) {
        let (words, state) = (neutral(&step.words), word(&known.state));
        lines.row(&Row {
            kind: "step",
            place: (number, planned.steps.len()),
            name: &words,
            start: Vec::new(),
            hang: Some(3),
            rest: vec![
                Cell::shown(format!("{number}. {words} ")),
                Cell::new("status", format!("[{state}]"), state),
            ],
            style: Style::new(),
        });
        lines.labelled("undo", "   ", "   ", step.undo.words());
        if let Some(reason) = &known.reason {
            lines.item("   ", "   ", &format!("failed: {}", neutral(reason)));
        }
        // A command is pasted as it is.
        lines.exact("command", "   ", "     ", &neutral(&step.write.aws_form(scope)));
    }
    lines.paragraph(&format!("digest: {}", planned.digest));
    lines.into_text()
}

/// Returns what the ledger may hold beyond this, as far as this version does not understand it.
fn doubts(changesets: &Changesets) -> Option<String> {
    let count = changesets.not_understood;
    (count > 0).then(|| format!("{count} records are not understood by this version; there may be more than this."))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::{
            Write,
            fact::{Answer, ChangesetClosed, ChangesetPlanned, Fact, PlannedStep, StepDone, StepFailed, Undo},
        },
        domain::{address::Address, sample::minute, world::device_arn},
    };

    fn planned(name: &str, title: &str) -> Fact {
        let step = |name: Option<&str>, words: &str| PlannedStep {
            write: Write::UpdateContactChannel {
                channel: device_arn("anna", "phone"),
                name: name.map(str::to_owned),
                address: name.is_none().then(|| Address::new("+447700900123")),
            },
            words: words.to_owned(),
            before: "before".to_owned(),
            after: Some("after".to_owned()),
            undo: Undo::Reversible,
            inverse: Vec::new(),
        };
        Fact::Planned(ChangesetPlanned {
            changeset: name.to_owned(),
            title: title.to_owned(),
            review: None,
            removal: None,
            subjects: Vec::new(),
            steps: vec![step(Some("pager"), "name it pager"), step(None, "correct the address")],
            digest: "d1gest".to_owned(),
            answers: vec![Answer {
                guard: "anna: code manages it".to_owned(),
                answer: "in the code, \u{1b}[31mtoo".to_owned(),
            }],
        })
    }

    fn done(name: &str, step: usize) -> Fact {
        Fact::Done(StepDone {
            changeset: name.to_owned(),
            step,
            is_roll_back: false,
            state: "after".to_owned(),
            request_id: None,
            is_found: false,
        })
    }

    fn failed(name: &str, step: usize, took_effect: Option<bool>) -> Fact {
        Fact::Failed(StepFailed {
            changeset: name.to_owned(),
            step,
            is_roll_back: false,
            took_effect,
            reason: "access denied".to_owned(),
        })
    }

    fn closed(name: &str, ending: Ending, note: Option<&str>) -> Fact {
        Fact::Closed(ChangesetClosed {
            changeset: name.to_owned(),
            ending,
            note: note.map(str::to_owned),
        })
    }

    fn changesets(facts: Vec<Fact>) -> Changesets {
        let mut changesets = Changesets::default();
        for fact in facts {
            changesets.add(fact.into(), minute(0), "arn:aws:iam::111122223333:user/ben");
        }
        changesets
    }

    fn scope() -> Scope {
        Scope {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: None,
        }
    }

    #[test]
    fn those_that_are_open_come_first_and_the_newest_of_them() {
        let all = changesets(vec![
            planned("c1", "first"),
            planned("c2", "second"),
            planned("c3", "third"),
            planned("c4", "fourth"),
            done("c1", 0),
            closed("c2", Ending::Done, None),
            closed("c4", Ending::Abandoned, Some("by hand")),
        ]);
        assert_eq!(
            table(&all, Layout::of_width(80)).lines().collect::<Vec<_>>(),
            [
                "c3  open, 0 of 2 steps done: third",
                "c1  open, 1 of 2 steps done: first",
                "c4  closed as it was (by hand): fourth",
                "c2  done: second",
            ]
        );
        assert_eq!(
            table(&changesets(Vec::new()), Layout::of_width(80)),
            "No changeset is in the ledger.\n"
        );
    }

    #[test]
    fn what_this_version_does_not_understand_is_told() {
        let mut all = changesets(vec![planned("c1", "first")]);
        all.not_understood = 2;
        assert!(table(&all, Layout::of_width(80)).contains("2 records are not understood"));
        let object: Value = serde_json::from_str(&json(&all)).unwrap();
        assert_eq!(object["records_not_understood"], 2);
    }

    #[test]
    fn a_preview_has_every_step_with_its_state_and_no_whole_address() {
        let all = changesets(vec![
            planned("c1", "first"),
            done("c1", 0),
            failed("c1", 1, Some(false)),
        ]);
        let text = preview(all.get("c1").unwrap(), &scope(), Layout::of_width(200));
        for expected in [
            "c1: first",
            "by arn:aws:iam::111122223333:user/ben; open, 1 of 2 steps done",
            "guard: anna: code manages it; answered: in the code,",
            "1. name it pager [done]",
            "2. correct the address [not done]",
            "failed: access denied",
            "aws ssm-contacts update-contact-channel",
            "digest: d1gest",
        ] {
            assert!(text.contains(expected), "no “{expected}” in\n{text}");
        }
        assert!(!text.contains("7700900123") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn the_object_has_every_changeset_with_its_steps() {
        let all = changesets(vec![
            planned("c1", "first"),
            done("c1", 0),
            failed("c1", 1, None),
            planned("c2", "second"),
            closed("c2", Ending::RolledBack, Some("not now")),
        ]);
        let object: Value = serde_json::from_str(&json(&all)).unwrap();
        assert_eq!(object["schema"], SCHEMA);
        let first = &object["changesets"][0];
        assert_eq!(
            (first["name"].as_str(), first["is_open"].as_bool()),
            (Some("c1"), Some(true))
        );
        assert_eq!(first["steps"][0]["state"], "done");
        assert_eq!(first["steps"][0]["operation"], "UpdateContactChannel");
        assert_eq!(first["steps"][1]["reason"], "access denied");
        let second = &object["changesets"][1];
        assert_eq!(second["ending"], "rolled_back");
        assert_eq!(second["note"], "not now");
        assert!(!object.to_string().contains("7700900123"));
    }
}

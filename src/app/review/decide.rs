//! What is decided about a row, by keys: each decision is recorded, and shown once its record has come back.

use super::{ReviewRow, in_hand, selected, take_seconds};
use crate::{
    app::{
        asking::{ask, drop_question, refuse},
        effect::Effect,
        ledger::{self, Once},
        model::Model,
        overlay::Purpose,
        screens::ScreenId,
        waive,
    },
    domain::ids::Arn,
    ledger::{
        Entry,
        entry::{Decision, Note, Verdict},
    },
    review::{Row, campaign::RowState},
};
use chrono::{Days, NaiveDate};
use std::sync::Arc;

/// What is asked for before something is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// Why a row is decided this way.
    Reason(Arc<Row>, Verdict),
    /// Until which day it is waived.
    Until(Arc<Row>, String),
    /// What is noted about a row.
    Note(Arc<Row>),
    /// How many rows are kept together: nobody types a count without having seen it.
    Count(Vec<Arc<Row>>),
    /// Why they are.
    Together(Vec<Arc<Row>>),
}

/// Returns why nothing can be decided about the selected row, if nothing can.
pub fn hindrance(model: &Model) -> Option<String> {
    if model.screen != ScreenId::Review || model.is_on_page() {
        return Some("go to the review first (review)".to_owned());
    }
    if in_hand(model).is_none() {
        return Some("no review is open; review-open opens one".to_owned());
    }
    if let Some(why) = model.ledger.hindrance() {
        return Some(why);
    }
    selected(model).is_none().then(|| "no row is selected".to_owned())
}

/// Returns why the selected row cannot be kept, if it cannot.
pub fn no_keeping(model: &Model) -> Option<String> {
    hindrance(model).or_else(|| {
        let row = selected(model)?;
        let is_unseen = row.must_be_opened && !model.review.is_opened(&row.row);
        is_unseen.then(|| "look at it first (enter): it was found faulty, has changed, or was never signed".to_owned())
    })
}

/// Returns why there is no decision to take back, if there is none.
pub fn no_undoing(model: &Model) -> Option<String> {
    hindrance(model).or_else(|| {
        let row = selected(model)?;
        row.made.is_none().then(|| "nobody has decided about it".to_owned())
    })
}

/// Returns why no rows can be kept together, if none can.
pub fn no_bulk(model: &Model) -> Option<String> {
    if in_hand(model).is_none() {
        return hindrance(model);
    }
    if let Some(why) = model.ledger.hindrance() {
        return Some(why);
    }
    if model.screen != ScreenId::Review || model.is_on_page() {
        return hindrance(model);
    }
    together(model)
        .is_empty()
        .then(|| "no open row is unchanged, without findings and was kept before".to_owned())
}

/// Keeps the selected row.
pub fn keep(model: &mut Model) -> Vec<Effect> {
    match selected(model).map(|row| Arc::clone(&row.row)) {
        Some(row) => decide(model, &row, Verdict::Keep, None, None),
        None => Vec::new(),
    }
}

/// Asks why the selected row is decided this way.
pub fn begin(model: &mut Model, verdict: Verdict) -> Vec<Effect> {
    let Some(row) = selected(model).map(|row| Arc::clone(&row.row)) else {
        return Vec::new();
    };
    let question = match verdict {
        Verdict::Fix => "What has to be mended, and why?",
        Verdict::Remove => "Why has it to go?",
        Verdict::Waive => "Why may it stay as it is?",
        Verdict::Escalate => "Who has to decide, and what is the question?",
        Verdict::Keep | Verdict::Undecided => "Why?",
    };
    let question = format!("{}: {question}", row.name);
    // What speaks for it is at hand; it is a suggestion, and whoever signs it reads it.
    let suggested = suggestion(model, &row, verdict);
    ask(model, question, suggested, Purpose::Decide(Draft::Reason(row, verdict)));
    Vec::new()
}

/// Asks what is to be noted about the selected row.
pub fn note(model: &mut Model) -> Vec<Effect> {
    if let Some(row) = selected(model).map(|row| Arc::clone(&row.row)) {
        let question = format!("What is to be noted about {}?", row.name);
        ask(model, question, "", Purpose::Decide(Draft::Note(row)));
    }
    Vec::new()
}

/// Takes back the decision about the selected row.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    match selected(model).map(|row| Arc::clone(&row.row)) {
        Some(row) => decide(model, &row, Verdict::Undecided, None, None),
        None => Vec::new(),
    }
}

/// Asks how many rows are kept together.
pub fn bulk(model: &mut Model) -> Vec<Effect> {
    let rows = together(model);
    let count = rows.len();
    let question = format!(
        "{count} open rows are unchanged since they were signed, have no finding and were kept then. Type how many they are \
         to keep them together; it is recorded that nobody looked at each"
    );
    ask(model, question, "", Purpose::Decide(Draft::Count(rows)));
    Vec::new()
}

/// Takes an answer, and asks the next question or decides.
pub fn answer(model: &mut Model, draft: Draft, text: &str) -> Vec<Effect> {
    match draft {
        Draft::Reason(..) | Draft::Note(_) | Draft::Together(_) if text.is_empty() => {
            refuse(model, "write it down: whoever reads it next year goes by it")
        }
        Draft::Reason(row, Verdict::Waive) => {
            let suggested = model.now.date_naive().checked_add_days(Days::new(90));
            let suggested = suggested.map_or_else(String::new, |day| day.to_string());
            let question = "Until which day? (2026-12-31, or a number of days: 90d)";
            let draft = Draft::Until(row, text.to_owned());
            ask(model, question, suggested, Purpose::Decide(draft));
            Vec::new()
        }
        Draft::Reason(row, verdict) => {
            drop_question(model);
            decide(model, &row, verdict, Some(text.to_owned()), None)
        }
        Draft::Until(row, reason) => match waive::day(text, model.now.date_naive()) {
            Ok(day) => {
                drop_question(model);
                decide(model, &row, Verdict::Waive, Some(reason), Some(day))
            }
            Err(why) => refuse(model, why),
        },
        Draft::Note(row) => {
            drop_question(model);
            let Some(review) = in_hand(model).map(|campaign| campaign.name.clone()) else {
                return Vec::new();
            };
            let note = Entry::Note(Note {
                review: Some(review),
                subject: Some(row.subject.clone()),
                text: text.to_owned(),
            });
            ledger::record(model, vec![note], "noted")
        }
        Draft::Count(rows) => {
            if text != rows.len().to_string() {
                return refuse(model, format!("there are {} of them", rows.len()));
            }
            ask(
                model,
                "Why may they be kept without looking at each?",
                "",
                Purpose::Decide(Draft::Together(rows)),
            );
            Vec::new()
        }
        Draft::Together(rows) => {
            drop_question(model);
            keep_together(model, &rows, text)
        }
    }
}

/// Goes to the next row that somebody has to decide about.
pub fn next(model: &mut Model) -> Vec<Effect> {
    let found = in_hand(model).and_then(|campaign| {
        let population = model.review.rows_of(campaign)?;
        campaign.next_open(population, model.selected_id())
    });
    match found {
        Some(subject) => go(model, &subject),
        None => model.say("every row is decided; sign-off ends the review"),
    }
    Vec::new()
}

/// Selects a row of the review, showing it where a filter hides it.
pub(super) fn go(model: &mut Model, subject: &Arn) {
    let columns = model.screen.columns();
    model.change_list(|list| {
        if !list.select_id(subject) {
            list.set_filter("", columns);
            list.select_id(subject);
        }
    });
}

/// Returns why nothing is left to go to, if there is nothing.
pub fn no_next(model: &Model) -> Option<String> {
    if model.screen != ScreenId::Review || model.is_on_page() || in_hand(model).is_none() {
        return hindrance(model);
    }
    None
}

fn decide(
    model: &mut Model,
    row: &Row,
    verdict: Verdict,
    reason: Option<String>,
    until: Option<NaiveDate>,
) -> Vec<Effect> {
    let Some(review) = in_hand(model).map(|campaign| campaign.name.clone()) else {
        model.say("the review is not open any more: nothing was recorded");
        return Vec::new();
    };
    let entry = Entry::Decision(Decision {
        review,
        subject: row.subject.clone(),
        row: row.digest.clone(),
        verdict,
        reason,
        bulk: None,
        seconds: take_seconds(model, &row.subject),
        until,
    });
    let said = match verdict {
        Verdict::Undecided => format!("{}: the decision is taken back", row.name),
        Verdict::Keep | Verdict::Fix | Verdict::Remove | Verdict::Waive | Verdict::Escalate => {
            format!("{}: {}, recorded", row.name, verdict.word())
        }
    };
    if !verdict.needs_changeset() {
        return ledger::record(model, vec![entry], said);
    }
    let once = Once::CarryOut {
        said,
        subject: row.subject.clone(),
        verdict,
    };
    ledger::record(model, vec![entry], once)
}

fn keep_together(model: &mut Model, rows: &[Arc<Row>], reason: &str) -> Vec<Effect> {
    let Some(review) = in_hand(model).map(|campaign| campaign.name.clone()) else {
        return Vec::new();
    };
    let decision = |row: &Arc<Row>| {
        Entry::Decision(Decision {
            review: review.clone(),
            subject: row.subject.clone(),
            row: row.digest.clone(),
            verdict: Verdict::Keep,
            reason: Some(reason.to_owned()),
            bulk: Some(rows.len()),
            seconds: 0,
            until: None,
        })
    };
    let entries = rows.iter().map(decision).collect();
    ledger::record(
        model,
        entries,
        format!("{} rows are kept together, recorded", rows.len()),
    )
}

/// Returns the open rows that may be kept together, in the order in which the review shows them.
fn together(model: &Model) -> Vec<Arc<Row>> {
    let is_able = |row: &&ReviewRow| {
        row.state == RowState::Undecided && row.advice.as_ref().is_some_and(|advice| advice.is_bulk_able)
    };
    let rows = model.review.rows.values().filter(is_able);
    rows.map(|row| Arc::clone(&row.row)).collect()
}

/// Returns the weightiest reason, where callsheet would decide the same.
fn suggestion(model: &Model, row: &Row, verdict: Verdict) -> String {
    let advice = model.review.rows.get(&row.subject).and_then(|row| row.advice.as_ref());
    let same = advice.filter(|advice| advice.verdict == verdict);
    same.and_then(|advice| advice.reasons.first().cloned())
        .unwrap_or_default()
}

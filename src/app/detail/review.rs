//! A row of a review: what changed, what was found, what is advised and why, what was decided, and every field.

use super::{
    finding,
    page::{Page, indented},
};
use crate::{
    app::{
        facts::Facts,
        review::ReviewRow,
        style::{Line, Role},
        time,
    },
    domain::text::neutral,
    review::{
        baseline::Since,
        campaign::{Campaign, Execution, Made, RowState},
    },
};

/// Writes a row of the review in hand.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, review: &ReviewRow, campaign: Option<&Campaign>) {
    let row = &review.row;
    page.put(0, &Line::of(&row.name, Role::Title));
    page.field_link("what", Line::of(row.kind.title(), Role::Link), &row.subject);
    write_decided(page, facts, review);
    if let Some((name, made)) = &review.earlier {
        page.field(
            "last",
            made_line(facts, made).and(format!(", in {}", neutral(name)), Role::Dim),
        );
    }
    if let Some(advice) = &review.advice {
        page.field("advice", Line::of(advice.verdict.word(), Role::Title));
    }
    if let Some(change) = &review.reopened_by {
        page.heading("CHANGED SINCE IT WAS DECIDED");
        for words in change.words() {
            page.put(4, &indented(2).and(words, Role::Warning));
        }
    }
    write_changes(page, &review.since);
    finding::section(page, facts, &row.subject);
    write_advice(page, review);
    if !row.unknown.is_empty() {
        page.heading("UNKNOWN");
        for why in &row.unknown {
            page.unknown(2, why);
        }
    }
    page.heading("AS IT IS");
    for field in &row.fields {
        let line = indented(2)
            .and(format!("{}: ", field.name), Role::Dim)
            .and(&field.value, Role::Normal);
        match &field.device {
            Some(device) => page.link(4, &line, &device.channel),
            None => page.put(4, &line),
        }
    }
    if let Some(campaign) = campaign {
        write_history(page, facts, review, campaign);
    }
}

fn write_decided(page: &mut Page, facts: &Facts<'_>, review: &ReviewRow) {
    let Some(made) = &review.made else {
        return page.field("decided", Line::of("nobody has decided about it", Role::Dim));
    };
    let line = made_line(facts, made);
    let (words, role) = match review.state {
        RowState::Undecided | RowState::Decided => ("", Role::Normal),
        RowState::Reopened => ("; it changed after that, so decide again", Role::Warning),
        RowState::CarriedOut => (
            "; it is done, so look at it as it is now and decide the same, or to keep it",
            Role::Warning,
        ),
    };
    page.field("decided", line.and(words, role));
    let (words, role) = match &review.execution {
        Execution::NotNeeded => return,
        Execution::Missing => ("no changeset was begun for it".to_owned(), Role::Warning),
        Execution::UnderWay(name) => (format!("under way in {}", neutral(name)), Role::Normal),
        Execution::NotDone(name, _) => (format!("{} ended without doing it", neutral(name)), Role::Danger),
        Execution::Done(name) => (format!("done by {}", neutral(name)), Role::Good),
    };
    page.field("carried out", Line::of(words, role));
}

/// Returns a decision in one line: what, by whom, when, why.
fn made_line(facts: &Facts<'_>, made: &Made) -> Line {
    let who = made
        .mark
        .names()
        .first()
        .map_or_else(String::new, |name| neutral(name).into_owned());
    let when = time::instant(made.mark.at, facts.now, facts.zone);
    let mut line = Line::of(made.verdict.word(), Role::Title).and(format!(" by {who}, {when}"), Role::Normal);
    if let Some(count) = made.bulk {
        line = line.and(format!(", in bulk with {count} rows"), Role::Warning);
    }
    if let Some(day) = made.until {
        line = line.and(format!(", until {day}"), Role::Normal);
    }
    if let Some(reason) = &made.reason {
        line = line.and(format!(": {}", neutral(reason)), Role::Normal);
    }
    line
}

fn write_changes(page: &mut Page, since: &Since) {
    page.heading("CHANGED SINCE IT WAS SIGNED");
    match since {
        Since::NeverSigned => page.none(2, "nobody ever signed anything"),
        Since::Unchanged => page.none(2, "nothing"),
        Since::New => page.put(
            2,
            &indented(2).and("it is new: it was not part of what was signed", Role::Warning),
        ),
        Since::Unknown => page.unknown(2, "a population that was signed is not at hand"),
        Since::Changed(change) => {
            for words in change.words() {
                page.put(4, &indented(2).and(words, Role::Warning));
            }
        }
    }
}

fn write_advice(page: &mut Page, review: &ReviewRow) {
    page.heading("WHY THIS ADVICE");
    let Some(advice) = &review.advice else {
        return page.pending(2);
    };
    for reason in &advice.reasons {
        page.put(4, &indented(2).and(reason, Role::Normal));
    }
}

/// Writes every decision of this review, those that were taken back included, and what was noted.
fn write_history(page: &mut Page, facts: &Facts<'_>, review: &ReviewRow, campaign: &Campaign) {
    let subject = &review.row.subject;
    let decided = campaign
        .decisions
        .get(subject)
        .map(|decided| decided.history.as_slice());
    if let Some(history) = decided.filter(|history| history.len() > 1) {
        page.heading("DECISIONS");
        for made in history.iter().rev() {
            let spans = made_line(facts, made).spans;
            let line = Line {
                spans: [indented(2).spans, spans].concat(),
            };
            page.put(4, &line);
        }
    }
    let mut notes = campaign
        .notes
        .iter()
        .filter(|noted| noted.subject.as_ref() == Some(subject))
        .peekable();
    if notes.peek().is_some() {
        page.heading("NOTES");
    }
    for noted in notes {
        let who = noted
            .mark
            .names()
            .first()
            .map_or_else(String::new, |name| neutral(name).into_owned());
        let when = time::instant(noted.mark.at, facts.now, facts.zone);
        let line = indented(2)
            .and(format!("{who}, {when}: "), Role::Dim)
            .and(neutral(&noted.text), Role::Normal);
        page.put(4, &line);
    }
}

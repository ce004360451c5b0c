//! Opening a review: its name, what it is about, and until when, asked one after the other.

use super::{Intent, take_rows};
use crate::{
    app::{
        act,
        asking::{ask, drop_question, refuse},
        effect::Effect,
        ledger,
        model::Model,
        overlay::Purpose,
        waive,
    },
    domain::{
        contact::{Contact, ContactKind},
        ids::Arn,
        typed::without_addresses,
    },
    ledger::{
        Entry,
        entry::{ReviewOpened, ReviewScope},
    },
    review::population::Taken,
};
use chrono::{Datelike as _, Days, NaiveDate};

/// How many days a regular review is given, unless the operator says otherwise.
const DAYS: u64 = 14;

/// How many days a review of a single person is given.
const DAYS_FOR_ONE: u64 = 7;

/// What has been answered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    name: Option<String>,
    scope: Option<ReviewScope>,
    is_off_cycle: bool,
}

/// A review that is to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    name: String,
    scope: ReviewScope,
    due: NaiveDate,
    is_off_cycle: bool,
}

/// Returns why no review can be opened now, if none can.
pub fn hindrance(model: &Model) -> Option<String> {
    if let Some(why) = model.ledger.hindrance() {
        return Some(why);
    }
    let is_read = model.load.is_none() && model.fresh.ended_at.is_some();
    (!is_read).then(|| "a review is about the account as it was read to its end: wait for the load".to_owned())
}

/// Returns why no review of the selected person can be opened now, if none can.
pub fn person_hindrance(model: &Model) -> Option<String> {
    let no_person = || person(model).is_none().then(|| "no person is selected".to_owned());
    hindrance(model).or_else(no_person)
}

/// Begins to ask for a regular review.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let quarter = format!("{}-Q{}", model.now.year(), model.now.month0() / 3 + 1);
    let draft = Draft {
        name: None,
        scope: None,
        is_off_cycle: false,
    };
    let suggested = free_name(model, &quarter);
    ask(
        model,
        "What is the review called?",
        suggested,
        Purpose::OpenReview(draft),
    );
    Vec::new()
}

/// Begins to ask for a review of the selected person alone.
pub fn begin_person(model: &mut Model) -> Vec<Effect> {
    let Some(alias) = person(model).map(|person| person.alias.clone()) else {
        return Vec::new();
    };
    let suggested = free_name(model, &format!("{alias}-{}", model.now.date_naive()));
    let draft = Draft {
        name: None,
        scope: Some(ReviewScope::Alias(alias.clone())),
        is_off_cycle: true,
    };
    let question = format!("What is the review of {alias} and everything that pages them called?");
    ask(model, question, suggested, Purpose::OpenReview(draft));
    Vec::new()
}

/// Takes an answer, and asks the next question or asks for the rows.
pub fn answer(model: &mut Model, mut draft: Draft, text: &str) -> Vec<Effect> {
    let Some(name) = draft.name.clone() else {
        if let Some(why) = model.ledger.reviews.name_fault(&without_addresses(text)) {
            return refuse(model, why);
        }
        // As it is recorded, and found again.
        draft.name = Some(without_addresses(text).into_owned());
        if draft.scope.is_some() {
            return ask_due(model, draft);
        }
        let question =
            "What is it about? all, or alias and a pattern with *, or team and its name, or plan and its alias";
        ask(model, question, "all", Purpose::OpenReview(draft));
        return Vec::new();
    };
    let Some(scope) = draft.scope.clone() else {
        return match scope(model, &without_addresses(text)) {
            Ok(scope) => {
                draft.scope = Some(scope);
                ask_due(model, draft)
            }
            Err(why) => refuse(model, why),
        };
    };
    match waive::day(text, model.now.date_naive()) {
        Ok(due) => {
            drop_question(model);
            if let Some(why) = hindrance(model) {
                model.say(why);
                return Vec::new();
            }
            let opening = Opening {
                name: name.clone(),
                scope: scope.clone(),
                due,
                is_off_cycle: draft.is_off_cycle,
            };
            vec![take_rows(model, name, scope, Intent::Open(opening))]
        }
        Err(why) => refuse(model, why),
    }
}

/// Records that a review is opened, its rows being on the disk.
pub(super) fn record(model: &mut Model, opening: &Opening, taken: &Taken) -> Vec<Effect> {
    if taken.population.rows.is_empty() {
        model.say("nothing that was read fits what the review is about: it was not opened");
        return Vec::new();
    }
    let Some(reading) = taken.entry(&opening.name) else {
        model.say("the account was not read to its end: the review was not opened");
        return Vec::new();
    };
    let opened = ReviewOpened {
        review: opening.name.clone(),
        scope: opening.scope.clone(),
        due: opening.due,
        policy: model.setup.policy.clone(),
        population: taken.population.digest.clone(),
        is_off_cycle: opening.is_off_cycle,
    };
    model.review.chosen = Some(opening.name.clone());
    let said = match taken.unknown.len() {
        0 => format!(
            "the review {} is open: {} rows",
            opening.name,
            taken.population.rows.len()
        ),
        count => format!(
            "the review {} is open: {} rows, and {count} things are unknown",
            opening.name,
            taken.population.rows.len()
        ),
    };
    ledger::record(
        model,
        vec![Entry::Population(reading), Entry::ReviewOpened(opened)],
        said,
    )
}

fn ask_due(model: &mut Model, draft: Draft) -> Vec<Effect> {
    let days = if draft.is_off_cycle { DAYS_FOR_ONE } else { DAYS };
    let due = model.now.date_naive().checked_add_days(Days::new(days));
    let suggested = due.map_or_else(String::new, |day| day.to_string());
    let question = "Until which day is it to be signed off? (2026-12-31, or a number of days: 14d)";
    ask(model, question, suggested, Purpose::OpenReview(draft));
    Vec::new()
}

/// Returns what an answer says a review is about.
fn scope(model: &Model, text: &str) -> Result<ReviewScope, String> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    match (word, rest) {
        ("all", "") => Ok(ReviewScope::All),
        ("alias", pattern) if !pattern.is_empty() => Ok(ReviewScope::Alias(pattern.to_owned())),
        ("team", team) if !team.is_empty() => Ok(ReviewScope::Team(team.to_owned())),
        ("plan", alias) if !alias.is_empty() => {
            let found = plan(model, alias).ok_or_else(|| format!("there is no plan {alias}"))?;
            Ok(ReviewScope::Plan(found))
        }
        _ => Err("write all, alias PATTERN, team NAME or plan ALIAS".to_owned()),
    }
}

fn plan(model: &Model, alias: &str) -> Option<Arn> {
    let contacts = model.fresh.contacts_of(&ContactKind::EscalationPlan);
    let mut escalations = contacts
        .filter(|contact| contact.alias == alias)
        .map(|contact| &contact.arn);
    let responses = model.fresh.response_plans.items.values();
    let mut responses = responses.filter(|plan| plan.name == alias).map(|plan| &plan.arn);
    escalations.next().or_else(|| responses.next()).cloned()
}

/// Returns a name that no review has, as near to the wanted one as can be.
fn free_name(model: &Model, wanted: &str) -> String {
    let is_free = |name: &String| model.ledger.reviews.campaign(name).is_none();
    let numbered = (2..100).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}

fn person(model: &Model) -> Option<&Contact> {
    let subject = act::subject(model)?;
    let arn = model.shown.graph.resolve(subject).unwrap_or(subject);
    let person = model.fresh.contacts.items.get(arn)?;
    (person.kind == ContactKind::Person).then_some(person.as_ref())
}

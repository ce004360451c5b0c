//! What has changed in the account since it was signed off, between two reviews: counted in the header, listed by a command.
//!
//! Only the store has the key of the fingerprints, so the rows of the account are asked for whenever it was read to its
//! end and somebody has signed anything. Until they are there, nothing is said to be as it was.

use super::{
    effect::{Effect, Ticket},
    ledger::LedgerStatus,
    measure::wrap,
    model::Model,
    overlay::{Action, Menu, MenuItem, MenuKind, Overlay},
    style::{Line, Role},
    time,
};
use crate::{
    domain::{ids::Arn, inventory::Inventory, text::neutral},
    failure::Failure,
    findings::FindingResult,
    ledger::entry::ReviewScope,
    review::{
        Row,
        population::Taken,
        recorded::needed,
        since::{SignedReview, SinceSignOff},
    },
};
use std::sync::Arc;

/// What is known of the changes since the last sign-off.
#[derive(Debug, Clone, Default)]
pub struct DeskSince {
    /// What has changed; absent where nobody has signed anything, and until everything that it rests on is at hand.
    pub found: Option<SinceSignOff>,
    /// The rows of the account, with what they were made of.
    taken: Option<(Arc<Inventory>, Arc<Taken>)>,
    /// The question that is not answered yet, and what it is about.
    asked: Option<(Ticket, Arc<Inventory>)>,
    /// Whether the account was read since the rows were asked for last.
    is_outdated: bool,
    /// Why the rows could not be made, the last time.
    failure: Option<String>,
}

impl DeskSince {
    /// Remembers that the rows have to be made anew from what was read.
    pub fn outdate(&mut self) {
        self.is_outdated = true;
    }
}

/// Asks for the rows of the account, once it was read to its end and somebody has signed anything.
pub fn ask(model: &mut Model) -> Option<Effect> {
    let is_read = model.load.is_none() && model.fresh.ended_at.is_some();
    let is_wanted = model.since.is_outdated || model.since.taken.is_none() && model.since.failure.is_none();
    if !is_read || !is_wanted || model.since.asked.is_some() || model.ledger.reviews.signed().is_empty() {
        return None;
    }
    let (ticket, inventory) = (model.next_ticket(), Arc::new(model.fresh.clone()));
    model.since.is_outdated = false;
    model.since.asked = Some((ticket, Arc::clone(&inventory)));
    Some(Effect::TakePopulation {
        ticket,
        inventory,
        review: ReviewScope::All,
        is_kept: false,
        judging: Arc::clone(&model.setup.judging),
        now: model.now,
    })
}

/// Takes in the rows of the account, when it was asked for them; false where somebody else has asked.
pub fn take(model: &mut Model, ticket: Ticket, result: &Result<Arc<Taken>, Failure>) -> bool {
    let Some((_, inventory)) = model.since.asked.take_if(|(asked, _)| *asked == ticket) else {
        return false;
    };
    model.since.failure = None;
    model.since.taken = match result {
        Ok(taken) => Some((inventory, Arc::clone(taken))),
        Err(failure) => {
            model.complain(failure);
            model.since.failure = Some(failure.what().to_owned());
            None
        }
    };
    rebuild(model);
    true
}

/// Works out anew what has changed.
pub fn rebuild(model: &mut Model) {
    let reviews = &model.ledger.reviews;
    // Until the populations were looked for, everything would come out as unknown for a moment.
    let is_at_hand = |digest: &String| model.review.populations.contains_key(digest);
    let taken = model.since.taken.as_ref();
    let taken = taken.filter(|_| !reviews.signed().is_empty() && needed(reviews).iter().all(is_at_hand));
    let found = taken.map(|(inventory, taken)| {
        let population = |digest: &str| model.review.population(digest);
        SinceSignOff::between(reviews, population, inventory, &taken.population)
    });
    model.since.found = found;
    super::menus::refresh(model);
}

/// Shows what has changed.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let menu = Menu::new(
        MenuKind::Since,
        "changed since it was signed off: enter goes there",
        items(model),
    );
    model.overlays.push(Overlay::Menu(menu));
    Vec::new()
}

/// Returns what the header says of the changes; nothing where there are none, or nobody has signed anything.
pub fn mark(model: &Model) -> Option<(String, Role)> {
    let Some(since) = &model.since.found else {
        // What could not be worked out is not taken for unchanged.
        let unknown = ("changes since the sign-off unknown".to_owned(), Role::Unknown);
        return model.since.failure.is_some().then_some(unknown);
    };
    let name = since.reviews.last().map_or("sign-off", |review| review.name.as_str());
    let name = neutral(name);
    // What no review was about is not new for that.
    let never_signed = if is_about_everything(model, since) {
        0
    } else {
        since.added.len()
    };
    match (since.count().saturating_sub(never_signed), since.is_known()) {
        (0, true) => None,
        (0, false) => Some((format!("changes since {name} unknown"), Role::Unknown)),
        (count, is_known) => {
            let more = if is_known { "" } else { "?" };
            Some((format!("{count}{more} changed since {name}"), Role::Warning))
        }
    }
}

/// Returns whether what was signed is the whole account, so that a row which was not part of it is new.
fn is_about_everything(model: &Model, since: &SinceSignOff) -> bool {
    let mut signed = since
        .reviews
        .iter()
        .filter_map(|review| model.ledger.reviews.campaign(&review.name));
    signed.any(|campaign| campaign.scope == ReviewScope::All)
}

/// Returns the lines of the list, broken for the room that there is: whatever differs is shown to its end.
pub fn items(model: &Model) -> Vec<MenuItem> {
    let mut list = Listed {
        room: usize::from(model.layout().overlay_inside.width),
        items: Vec::new(),
    };
    let Some(since) = &model.since.found else {
        for line in waiting(model) {
            list.put(&line, &Action::Nothing);
        }
        return list.items;
    };
    for review in &since.reviews {
        list.put(&signed(model, review), &Action::Nothing);
    }
    let is_whole = is_about_everything(model, since);
    list.put(&counts(since, is_whole), &Action::Nothing);
    for why in &since.unknown {
        let line = Line::of("unknown ", Role::Unknown).and(neutral(why), Role::Normal);
        list.put(&line, &Action::Nothing);
    }
    for row in &since.added {
        let action = Action::Go(row.subject.clone());
        // Of what no review was about, nobody knows how it was.
        list.put(&about(if is_whole { "new     " } else { "unsigned " }, row), &action);
        if is_whole {
            list.found(model, &row.subject);
        }
    }
    for row in &since.gone {
        // There is nothing to go to: it is shown as it was.
        let text = row
            .fields
            .iter()
            .map(|field| format!("{}: {}", field.name, field.value));
        let text = text.collect::<Vec<_>>().join("\n");
        list.put(
            &about("gone    ", row),
            &Action::Show(format!("{} as it was signed", row.name), text),
        );
    }
    for change in &since.changed {
        let action = Action::Go(change.is.subject.clone());
        list.put(&about("changed ", &change.is), &action);
        for words in change.words() {
            list.put(&Line::of("    ", Role::Normal).and(words, Role::Warning), &action);
        }
        list.found(model, &change.is.subject);
    }
    if since.has_changes() {
        let text = "What the checks find is as it is now. What they found when it was signed is in the evidence: callsheet ledger export.";
        list.put(&Line::of(text, Role::Dim), &Action::Nothing);
    }
    list.items
}

/// The lines of the list.
struct Listed {
    /// The columns that there are for a line.
    room: usize,
    items: Vec<MenuItem>,
}

impl Listed {
    fn put(&mut self, line: &Line, action: &Action) {
        let rows = wrap(line, self.room);
        self.items.extend(rows.into_iter().map(|line| MenuItem {
            line,
            action: action.clone(),
        }));
    }

    /// Writes what the checks find about a row now.
    fn found(&mut self, model: &Model, subject: &Arn) {
        let failed = model
            .judged
            .about(subject)
            .filter(|finding| finding.result == FindingResult::Fail);
        let lines: Vec<(Line, Action)> = failed
            .map(|finding| {
                let line = Line::of(format!("    {} ", finding.check.code), super::judged::role(finding))
                    .and(&finding.message, Role::Normal);
                let action = super::judged::row_id(finding).map_or(Action::Nothing, Action::Go);
                (line, action)
            })
            .collect();
        for (line, action) in lines {
            self.put(&line, &action);
        }
    }
}

fn about(word: &'static str, row: &Row) -> Line {
    Line::of(word, Role::Warning)
        .and(format!("{} ", row.kind.title()), Role::Dim)
        .and(&row.name, Role::Link)
}

fn signed(model: &Model, review: &SignedReview) -> Line {
    let when = time::instant(review.at, model.now, model.zone);
    Line::of(format!("since {}", neutral(&review.name)), Role::Title)
        .and(format!(", signed off by {}, {when}", neutral(&review.by)), Role::Normal)
}

fn counts(since: &SinceSignOff, is_whole: bool) -> Line {
    let line = Line::plain(format!(
        "{} {}, {} gone, {} changed, {} as they were",
        since.added.len(),
        if is_whole { "new" } else { "never signed" },
        since.gone.len(),
        since.changed.len(),
        since.unchanged
    ));
    match since.unknown.len() {
        0 => line,
        count => line.and(format!(", {count} unknown"), Role::Unknown),
    }
}

/// Says why nothing can be compared, or not yet.
fn waiting(model: &Model) -> Vec<Line> {
    match &model.ledger.status {
        LedgerStatus::Waiting => return vec![Line::of("the ledger has not been read yet", Role::Unknown)],
        LedgerStatus::Unread(failure) => {
            return vec![Line::of("unknown ", Role::Unknown).and(failure.what(), Role::Normal)];
        }
        LedgerStatus::Broken(_) | LedgerStatus::Sound => {}
    }
    if model.ledger.reviews.signed().is_empty() {
        return vec![
            Line::plain("Nobody has signed off a review of this account yet, so there is nothing to compare with."),
            Line::of(":review-open", Role::Key).and(" opens one", Role::Dim),
        ];
    }
    if let Some(why) = &model.since.failure {
        return vec![Line::of("unknown ", Role::Unknown).and(why, Role::Normal)];
    }
    let text = "What has changed is not known before the account was read to its end and compared.";
    vec![Line::of(text, Role::Unknown)]
}

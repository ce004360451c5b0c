//! The review on the desk: which one is in hand, its rows, and how far it has come.
//!
//! What was decided is the fold of the ledger and nothing else, so that a desk that was left, or killed, goes on where it
//! was. What is kept here is asked for anew at every start: the rows that reviews looked at, and those of the account now.

pub mod carry_out;
pub mod decide;
pub mod open;
pub mod sign;

use super::{
    effect::{Effect, Ticket},
    ledger::{DeskLedger, LedgerStatus},
    model::{Focus, Model},
    screens::ScreenId,
    since,
};
use crate::{
    domain::{Timestamp, ids::Arn, inventory::Inventory},
    failure::Failure,
    findings::{evaluate::Findings, matching::Matches},
    ledger::entry::ReviewScope,
    review::{
        Population, Row,
        baseline::{Baseline, Since},
        campaign::{Campaign, Execution, Made, Progress, RowState},
        diff::RowChange,
        population::Taken,
        recommend::{Grounds, Recommendation, Recommender},
        recorded::{needed, recorded},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Nobody looks at one row for longer between two keys: the rest of the time they were away.
const LONGEST_LOOK_SECONDS: i64 = 300;

/// The review that is being held.
#[derive(Debug, Clone, Default)]
pub struct DeskReview {
    /// The rows that reviews looked at, each population by its digest, or why it is not at hand.
    pub populations: BTreeMap<String, Result<Arc<Population>, Failure>>,
    /// The account as it was read last, in the rows of the review in hand.
    pub current: Option<Current>,
    /// The rows of the review in hand, with all that there is to know about each.
    pub rows: BTreeMap<Arn, ReviewRow>,
    /// How far it has come; absent where none is in hand, or its rows are not known.
    pub progress: Option<Progress>,
    /// The names of the rows that were there when it was opened, and are gone.
    pub gone: Vec<String>,
    /// What is to be signed, while that is going on.
    pub signing: Option<sign::Signing>,
    awaited_populations: Option<Ticket>,
    asked: Option<Asked>,
    /// Whether something was read since the rows of the account were made.
    is_outdated: bool,
    /// The review for which they were asked for last.
    rows_for: Option<String>,
    /// The review that the operator went to, where several are open.
    chosen: Option<String>,
    /// The rows whose detail was looked at, each with the digest that it had.
    opened: BTreeSet<(Arn, String)>,
    /// The row that is being looked at, and since when.
    looking: Option<(Arn, Timestamp)>,
    /// The milliseconds that each row was looked at since it was decided about.
    looked: BTreeMap<Arn, i64>,
    /// Who works here behind which contact, and what that was found out from.
    matches: Option<(Arc<Inventory>, Arc<Matches>)>,
}

/// The account as it was read last, in the rows of one review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The review.
    pub review: String,
    /// The rows.
    pub taken: Arc<Taken>,
}

/// One row, with all that there is to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The row as it is shown.
    pub row: Arc<Row>,
    /// What changed since it was signed.
    pub since: Since,
    /// What callsheet would decide; absent before the checks have spoken.
    pub advice: Option<Recommendation>,
    /// How far it has come.
    pub state: RowState,
    /// How far the decision is carried out.
    pub execution: Execution,
    /// The decision that holds.
    pub made: Option<Made>,
    /// The last decision in an earlier review, by its name.
    pub earlier: Option<(String, Made)>,
    /// What changed since it was decided about, where that is known.
    pub reopened_by: Option<RowChange>,
    /// Whether its detail has to be looked at before it may be kept.
    pub must_be_opened: bool,
}

/// A question about the rows of the account that is not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    ticket: Ticket,
    review: String,
    intent: Intent,
}

/// What rows were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Intent {
    /// To be shown.
    Show,
    /// To open a review with them.
    Open(open::Opening),
    /// To sign them.
    Sign,
}

/// Returns the review that decisions are for: the one that was chosen, or of those that are open the last one.
pub fn in_hand(model: &Model) -> Option<&Campaign> {
    model.review.in_hand(&model.ledger)
}

impl DeskReview {
    /// Returns the review that decisions are for.
    pub fn in_hand<'a>(&self, ledger: &'a DeskLedger) -> Option<&'a Campaign> {
        let reviews = &ledger.reviews;
        let chosen = self.chosen.as_ref().and_then(|name| reviews.campaign(name));
        chosen
            .filter(|campaign| campaign.is_open())
            .or_else(|| reviews.open().last().copied())
    }

    /// Returns the population of a digest, where it is at hand.
    pub fn population(&self, digest: &str) -> Option<&Population> {
        self.populations.get(digest)?.as_ref().ok().map(AsRef::as_ref)
    }

    /// Returns the rows of a review: as the account was read last, or else as they were frozen.
    pub fn rows_of(&self, campaign: &Campaign) -> Option<&Population> {
        let current = self.current.as_ref().filter(|current| current.review == campaign.name);
        let current = current.map(|current| &current.taken.population);
        current.or_else(|| self.population(&campaign.population))
    }

    /// Returns a row as it was when it was decided about, where a population that is at hand has it.
    fn row_as_decided(&self, subject: &Arn, made: &Made) -> Option<&Arc<Row>> {
        let populations = self.populations.values().filter_map(|found| found.as_ref().ok());
        let mut rows = populations.filter_map(|population| population.row(subject));
        rows.find(|row| row.digest == made.row)
    }

    /// Returns whether a row's detail was looked at as it is.
    pub fn is_opened(&self, row: &Row) -> bool {
        self.opened.contains(&(row.subject.clone(), row.digest.clone()))
    }

    /// Remembers that rows have to be made anew from what was read.
    pub fn outdate(&mut self) {
        self.is_outdated = true;
    }
}

/// Asks for what the review needs and has not got.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    let mut effects: Vec<Effect> = ask_populations(model).into_iter().collect();
    effects.extend(ask_rows(model));
    effects
}

fn ask_populations(model: &mut Model) -> Option<Effect> {
    if model.review.awaited_populations.is_some() || model.ledger.records.is_empty() {
        return None;
    }
    let mut digests = needed(&model.ledger.reviews);
    digests.retain(|digest| !model.review.populations.contains_key(digest));
    if digests.is_empty() {
        return None;
    }
    let ticket = model.next_ticket();
    model.review.awaited_populations = Some(ticket);
    let scope = model.fresh.scope();
    Some(Effect::ReadPopulations { ticket, scope, digests })
}

/// Asks for the rows of the account for the review in hand, once the account was read to its end.
fn ask_rows(model: &mut Model) -> Option<Effect> {
    let is_read = model.load.is_none() && model.fresh.ended_at.is_some();
    if !is_read || model.review.asked.is_some() {
        return None;
    }
    let campaign = in_hand(model)?;
    let is_wanted = model.review.is_outdated || model.review.rows_for.as_ref() != Some(&campaign.name);
    let (name, scope) = (campaign.name.clone(), campaign.scope.clone());
    is_wanted.then(|| take_rows(model, name, scope, Intent::Show))
}

/// Asks for the rows of the account. What was asked before is not waited for any more.
fn take_rows(model: &mut Model, name: String, review: ReviewScope, intent: Intent) -> Effect {
    let ticket = model.next_ticket();
    let is_kept = intent != Intent::Show;
    model.review.is_outdated = false;
    model.review.rows_for = Some(name.clone());
    model.review.asked = Some(Asked {
        ticket,
        review: name,
        intent,
    });
    Effect::TakePopulation {
        ticket,
        inventory: Arc::new(model.fresh.clone()),
        review,
        is_kept,
        judging: Arc::clone(&model.setup.judging),
        now: model.now,
    }
}

/// Takes in the rows that reviews looked at.
pub fn take_populations(model: &mut Model, ticket: Ticket, found: Vec<(String, Result<Arc<Population>, Failure>)>) {
    if model.review.awaited_populations != Some(ticket) {
        return;
    }
    model.review.awaited_populations = None;
    for (digest, found) in found {
        if let Err(failure) = &found {
            model.complain(failure);
        }
        model.review.populations.insert(digest, found);
    }
    take_ledger(model);
}

/// Takes in the rows of the account.
pub fn take_current(model: &mut Model, ticket: Ticket, result: Result<Arc<Taken>, Failure>) -> Vec<Effect> {
    let Some(asked) = model.review.asked.take_if(|asked| asked.ticket == ticket) else {
        return Vec::new();
    };
    let taken = match result {
        Ok(taken) => taken,
        Err(failure) => {
            model.complain(&failure);
            model.review.signing = None;
            return Vec::new();
        }
    };
    if asked.intent != Intent::Show {
        let population = Arc::new(taken.population.clone());
        model
            .review
            .populations
            .insert(population.digest.clone(), Ok(population));
    }
    let effects = match asked.intent {
        Intent::Show => Vec::new(),
        Intent::Open(opening) => open::record(model, &opening, &taken),
        Intent::Sign => sign::taken(model, &taken),
    };
    model.review.current = Some(Current {
        review: asked.review,
        taken,
    });
    rebuild(model);
    model.refresh_rows();
    effects
}

/// Takes in that the ledger says more than before: for the checks, and for the rows.
pub fn take_ledger(model: &mut Model) {
    let is_at_hand = |digest: &String| model.review.populations.contains_key(digest);
    // Until the populations were looked for, what was signed would come out as unknown for a moment.
    let is_read = matches!(model.ledger.status, LedgerStatus::Sound | LedgerStatus::Broken(_));
    if is_read && needed(&model.ledger.reviews).iter().all(is_at_hand) {
        let facts = recorded(
            &model.ledger.reviews,
            |digest| model.review.population(digest),
            &model.ledger.state(),
        );
        model.take_recorded(facts);
    }
    since::rebuild(model);
    rebuild(model);
    model.refresh_rows();
}

/// Works out anew what there is to know about every row of the review in hand.
pub fn rebuild(model: &mut Model) {
    match_roster(model);
    let (rows, progress) = derived(model);
    let gone = in_hand(model).map_or_else(Vec::new, |campaign| gone(&model.review, campaign));
    model.review.rows = rows;
    model.review.gone = gone;
    model.review.progress = progress;
}

/// Finds out who works here behind which contact, when that was read anew.
fn match_roster(model: &mut Model) {
    let Some(roster) = &model.setup.judging.roster else {
        return;
    };
    if in_hand(model).is_none() {
        return;
    }
    let inventory = &model.shown.inventory;
    let is_known = |(of, _): &(Arc<Inventory>, Arc<Matches>)| Arc::ptr_eq(of, inventory);
    if !model.review.matches.as_ref().is_some_and(is_known) {
        let matches = Arc::new(Matches::new(inventory, roster));
        model.review.matches = Some((Arc::clone(inventory), matches));
    }
}

/// Returns the names of the rows that a review was opened with, and that are not there any more.
fn gone(review: &DeskReview, campaign: &Campaign) -> Vec<String> {
    let rows = review.population(&campaign.population).zip(review.rows_of(campaign));
    let gone = rows.map_or_else(Vec::new, |(frozen, current)| campaign.gone(frozen, current));
    gone.iter().map(|row| row.name.clone()).collect()
}

fn derived(model: &Model) -> (BTreeMap<Arn, ReviewRow>, Option<Progress>) {
    let review = &model.review;
    let Some(campaign) = in_hand(model) else {
        return (BTreeMap::new(), None);
    };
    let Some(population) = review.rows_of(campaign) else {
        return (BTreeMap::new(), None);
    };
    let nothing = Findings::default();
    let reviews = &model.ledger.reviews;
    let baseline = Baseline::before(reviews, Some(campaign), |digest| review.population(digest));
    let matches = review.matches.as_ref().map(|(_, matches)| matches.as_ref());
    let recommender = Recommender::new(Grounds {
        findings: model.judged.findings.as_ref().unwrap_or(&nothing),
        baseline: &baseline,
        reviews,
        in_hand: Some(campaign),
        roster: model.setup.judging.roster.as_ref().zip(matches),
        today: model.now.date_naive(),
    });
    let row_of = |row: &Arc<Row>| {
        let since = baseline.since(row);
        let state = campaign.state(row);
        let has_changed = matches!(state, RowState::Reopened | RowState::CarriedOut);
        let is_clean = since == Since::Unchanged
            && !has_changed
            && recommender.findings(&row.subject).is_empty()
            && row.is_complete();
        let made = campaign.decision(&row.subject);
        let decided = made
            .filter(|_| has_changed)
            .and_then(|made| review.row_as_decided(&row.subject, made));
        ReviewRow {
            must_be_opened: !is_clean || model.judged.findings.is_none(),
            advice: model.judged.findings.as_ref().map(|_| recommender.of(row)),
            state,
            reopened_by: decided.and_then(|was| RowChange::between(was, row)),
            execution: campaign.execution(&row.subject),
            made: made.cloned(),
            earlier: recommender
                .earlier(&row.subject)
                .map(|(campaign, made)| (campaign.name.clone(), made.clone())),
            since,
            row: Arc::clone(row),
        }
    };
    let rows = population.rows.values().map(|row| (row.subject.clone(), row_of(row)));
    (rows.collect(), Some(campaign.progress(population)))
}

/// Returns the selected row of the review, while its screen is shown.
pub fn selected(model: &Model) -> Option<&ReviewRow> {
    if model.screen != ScreenId::Review || model.is_on_page() {
        return None;
    }
    model.review.rows.get(model.selected_id()?)
}

/// Remembers which row is looked at, for how long, and whether its detail was opened. Called around every key.
pub fn note_look(model: &mut Model) {
    let here = selected(model).map(|row| (row.row.subject.clone(), row.row.digest.clone()));
    let now = model.now;
    if let (Some((row, since)), Some((subject, _))) = (&model.review.looking, &here)
        && row == subject
    {
        let look = (now - *since).num_milliseconds().clamp(0, LONGEST_LOOK_SECONDS * 1000);
        *model.review.looked.entry(subject.clone()).or_default() += look;
    }
    if let Some(opened) = here.clone().filter(|_| model.focus == Focus::Detail) {
        model.review.opened.insert(opened);
    }
    model.review.looking = here.map(|(subject, _)| (subject, now));
}

/// Returns the seconds that a row was looked at since it was decided about, and begins to count anew.
fn take_seconds(model: &mut Model, subject: &Arn) -> u64 {
    let milliseconds = model.review.looked.remove(subject).unwrap_or_default();
    u64::try_from(milliseconds / 1000).unwrap_or_default()
}

/// Goes to the next of the reviews that are open.
pub fn switch(model: &mut Model) -> Vec<Effect> {
    let names: Vec<String> = model
        .ledger
        .reviews
        .open()
        .iter()
        .map(|campaign| campaign.name.clone())
        .collect();
    let here = in_hand(model).and_then(|campaign| names.iter().position(|name| *name == campaign.name));
    let next = here.map_or(0, |place| place + 1) % names.len().max(1);
    if let Some(name) = names.get(next) {
        model.say(format!("the review {name}"));
        model.review.chosen = Some(name.clone());
    }
    rebuild(model);
    model.refresh_rows();
    Vec::new()
}

/// Returns why there is no other review to go to, if there is none.
pub fn no_other(model: &Model) -> Option<String> {
    match model.ledger.reviews.open().len() {
        0 => Some("no review is open; review-open opens one".to_owned()),
        1 => Some("no other review is open".to_owned()),
        _ => None,
    }
}

//! Signing a review off: the account is read again, what may not be signed is told, and what is signed is shown whole.

use super::{Intent, ReviewRow, in_hand, take_rows};
use crate::{
    app::{
        asking::{ask, drop_question, refuse},
        effect::{Effect, Ticket},
        ledger,
        model::Model,
        overlay::{Action, Menu, MenuItem, MenuKind, Overlay, Pager, Purpose},
        style::{Line, Role},
    },
    domain::gap::Reading,
    ledger::{Entry, record::Actor},
    review::{
        campaign::{Made, RowState},
        gate::{self, Refusal, SigningOff, Summary},
        population::Taken,
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// What stands over the summary.
const TITLE: &str = "what is signed: enter goes on, esc drops it";

/// Stands for the name while nobody was asked for it yet.
const SOMEBODY: &str = "?";

/// A signature that is being given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    review: String,
    /// Whether it is the second reviewer's.
    is_co_sign: bool,
    stage: Stage,
    /// What was said about each unknown.
    explanations: BTreeMap<String, String>,
    /// The account as it was read again.
    taken: Option<Arc<Taken>>,
    /// The lines that were shown to be signed.
    shown: Vec<String>,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The account is being read again.
    Reading(Ticket),
    /// Its rows are being made.
    Taking,
    /// What was read is being recorded.
    Recording(Ticket),
    /// Unknowns are explained, and the summary is looked at.
    Showing,
    /// The signature is being recorded.
    Signing(Ticket),
}

/// Returns why no review can be signed off now, if none can.
pub fn hindrance(model: &Model) -> Option<String> {
    if in_hand(model).is_none() {
        return Some("no review is open".to_owned());
    }
    if let Some(why) = model.ledger.hindrance() {
        return Some(why);
    }
    let is_loading = model.load.is_some();
    is_loading.then(|| "a load is under way; the sign-off reads the account again after it".to_owned())
}

/// Returns why no second reviewer can sign now, if none can.
pub fn co_hindrance(model: &Model) -> Option<String> {
    let is_signed = !model.ledger.reviews.signed().is_empty();
    if !is_signed {
        return Some("no review is signed off".to_owned());
    }
    model.ledger.hindrance()
}

/// Reads the account again, unless it is plain already that the review cannot be signed.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let Some(name) = in_hand(model).map(|campaign| campaign.name.clone()) else {
        return Vec::new();
    };
    let current = model.review.current.as_ref().filter(|current| current.review == name);
    let taken = current.map(|current| Arc::clone(&current.taken));
    if let Some(taken) = taken {
        let mut refusals = asked(model, &name, &taken, &BTreeMap::new(), SOMEBODY)
            .err()
            .unwrap_or_default();
        // A fresh read may mend the others, and an explanation may.
        refusals.retain(|refusal| match refusal {
            Refusal::NotRead | Refusal::TooOld { .. } | Refusal::Unexplained(_) | Refusal::NoRows | Refusal::NoName => {
                false
            }
            Refusal::LedgerBroken(_)
            | Refusal::AlreadySigned
            | Refusal::OtherPopulation
            | Refusal::ReadingMissing
            | Refusal::Undecided(_)
            | Refusal::Reopened(_)
            | Refusal::CarriedOut(_)
            | Refusal::NoReason(_)
            | Refusal::NotSigned
            | Refusal::SameReviewer => true,
        });
        if !refusals.is_empty() {
            show_refusals(model, &refusals);
            return Vec::new();
        }
    }
    let effects = model.begin_load();
    let Some(ticket) = model.load.as_ref().map(|load| load.ticket) else {
        return effects;
    };
    model.review.signing = Some(Signing {
        review: name,
        is_co_sign: false,
        stage: Stage::Reading(ticket),
        explanations: BTreeMap::new(),
        taken: None,
        shown: Vec::new(),
    });
    model.say("the account is read again before it is signed");
    effects
}

/// Goes on once the account was read again.
pub fn load_ended(model: &mut Model, ticket: Ticket, is_read: bool) -> Vec<Effect> {
    let is_ours = |signing: &Signing| signing.stage == Stage::Reading(ticket);
    let Some(name) = model
        .review
        .signing
        .as_ref()
        .filter(|signing| is_ours(signing))
        .map(|s| s.review.clone())
    else {
        return Vec::new();
    };
    let scope = model
        .ledger
        .reviews
        .campaign(&name)
        .map(|campaign| campaign.scope.clone());
    let Some(scope) = scope.filter(|_| is_read) else {
        model.review.signing = None;
        return Vec::new();
    };
    to_stage(model, Stage::Taking);
    vec![take_rows(model, name, scope, Intent::Sign)]
}

/// Records what was read, once its rows are on the disk.
pub(super) fn taken(model: &mut Model, taken: &Arc<Taken>) -> Vec<Effect> {
    let Some(signing) = model
        .review
        .signing
        .as_mut()
        .filter(|signing| signing.stage == Stage::Taking)
    else {
        return Vec::new();
    };
    signing.taken = Some(Arc::clone(taken));
    if let Some(reading) = taken.entry(&signing.review) {
        record(model, vec![Entry::Population(reading)])
    } else {
        model.review.signing = None;
        show_refusals(model, &[Refusal::NotRead]);
        Vec::new()
    }
}

/// Begins with the second reviewer's signature under the review that was signed last.
pub fn begin_co_sign(model: &mut Model) -> Vec<Effect> {
    let last = model
        .ledger
        .reviews
        .signed()
        .last()
        .map(|(campaign, _)| campaign.name.clone());
    let Some(review) = last else { return Vec::new() };
    model.review.signing = Some(Signing {
        review,
        is_co_sign: true,
        stage: Stage::Showing,
        explanations: BTreeMap::new(),
        taken: None,
        shown: Vec::new(),
    });
    // The session leaves its mark first: nothing may come between the head that is signed and the signature.
    record(model, Vec::new())
}

fn record(model: &mut Model, entries: Vec<Entry>) -> Vec<Effect> {
    let effects = ledger::record(model, entries, "");
    if let Some(Effect::Record { ticket, .. }) = effects.first() {
        to_stage(model, Stage::Recording(*ticket));
    }
    effects
}

/// Goes on once something was recorded, or not.
pub fn recorded(model: &mut Model, ticket: Ticket, is_recorded: bool) -> Vec<Effect> {
    match model.review.signing.as_ref().map(|signing| signing.stage) {
        Some(Stage::Recording(asked)) if asked == ticket => {
            if is_recorded {
                to_stage(model, Stage::Showing);
                go_on(model);
            } else {
                model.review.signing = None;
            }
        }
        Some(Stage::Signing(asked)) if asked == ticket => {
            let signing = model.review.signing.take();
            if let Some(signing) = signing.filter(|_| is_recorded) {
                show_signed(model, &signing);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Asks for the next explanation, or shows what would be signed, or why it may not be.
fn go_on(model: &mut Model) {
    let Some(outcome) = summary(model, SOMEBODY) else {
        return;
    };
    let refusals = match outcome {
        Ok(summary) => return show_summary(model, &summary),
        Err(refusals) => refusals,
    };
    let unexplained: Vec<&String> = refusals.iter().filter_map(unexplained).collect();
    match unexplained.first() {
        Some(what) if unexplained.len() == refusals.len() => {
            let question = format!("Unknown: {what}. Why may the review be signed without it?");
            let purpose = Purpose::Explain((*what).clone());
            ask(model, question, "", purpose);
        }
        Some(_) | None => {
            model.review.signing = None;
            show_refusals(model, &refusals);
        }
    }
}

/// Returns the unknown that nobody has explained, where that is what a refusal is about.
fn unexplained(refusal: &Refusal) -> Option<&String> {
    if let Refusal::Unexplained(what) = refusal {
        Some(what)
    } else {
        None
    }
}

/// Takes an explanation.
pub fn explained(model: &mut Model, what: String, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        return refuse(model, "nobody signs off with an unexplained unknown");
    }
    drop_question(model);
    if let Some(signing) = &mut model.review.signing {
        signing.explanations.insert(what, text.to_owned());
    }
    go_on(model);
    Vec::new()
}

/// Asks for the name, once what is signed was looked at; false where nothing is to be signed.
pub fn ask_name(model: &mut Model) -> bool {
    let is_shown = matches!(model.overlays.last(), Some(Overlay::Pager(pager)) if pager.title == TITLE);
    let Some(signing) = model.review.signing.as_ref().filter(|_| is_shown) else {
        return false;
    };
    let what = if signing.is_co_sign {
        "agree to the sign-off of"
    } else {
        "sign off"
    };
    let question = format!("Type your name to {what} {}", signing.review);
    ask(model, question, "", Purpose::Sign);
    true
}

/// Signs.
pub fn named(model: &mut Model, name: &str) -> Vec<Effect> {
    let summary = match summary(model, name) {
        None => return refuse(model, "nothing is being signed any more"),
        Some(Ok(summary)) if !is_shown(model, &summary) => {
            model.overlays.clear();
            model.say("something was recorded meanwhile: look at what would be signed now");
            show_summary(model, &summary);
            return Vec::new();
        }
        Some(Ok(summary)) => summary,
        Some(Err(refusals)) => {
            let first = refusals.first().map(ToString::to_string);
            return refuse(model, first.unwrap_or_default());
        }
    };
    model.overlays.clear();
    let ticket = model.next_ticket();
    to_stage(model, Stage::Signing(ticket));
    vec![Effect::SignOff {
        ticket,
        head: summary.head,
        sign_off: Box::new(summary.entry(None)),
    }]
}

/// Returns what would be signed under this name, or why not; nothing where nothing is being signed.
fn summary(model: &Model, name: &str) -> Option<Result<Summary, Vec<Refusal>>> {
    let signing = model.review.signing.as_ref()?;
    if signing.is_co_sign {
        let campaign = model.ledger.reviews.campaign(&signing.review)?;
        return Some(gate::co_sign(campaign, &model.ledger.state(), name, &actor(model)));
    }
    let taken = signing.taken.as_ref()?;
    Some(asked(model, &signing.review, taken, &signing.explanations, name))
}

fn asked(
    model: &Model,
    review: &str,
    taken: &Taken,
    explanations: &BTreeMap<String, String>,
    name: &str,
) -> Result<Summary, Vec<Refusal>> {
    let Some(campaign) = model.ledger.reviews.campaign(review) else {
        return Err(vec![Refusal::OtherPopulation]);
    };
    let Some(frozen) = model.review.population(&campaign.population) else {
        return Err(vec![Refusal::OtherPopulation]);
    };
    gate::sign_off(&SigningOff {
        reviews: &model.ledger.reviews,
        campaign,
        frozen,
        fresh: taken,
        explanations,
        ledger: &model.ledger.state(),
        name,
        policy: &model.setup.judging.policy.review,
        now: model.now,
    })
}

fn is_shown(model: &Model, summary: &Summary) -> bool {
    model
        .review
        .signing
        .as_ref()
        .is_some_and(|signing| signing.shown == summary.lines)
}

fn show_summary(model: &mut Model, summary: &Summary) {
    if let Some(signing) = &mut model.review.signing {
        signing.shown.clone_from(&summary.lines);
    }
    let mut lines: Vec<Line> = summary.lines.iter().map(Line::plain).collect();
    lines.push(Line::default());
    lines.push(Line::of(format!("population {}", summary.population), Role::Dim));
    lines.push(Line::of(format!("head       {}", summary.head), Role::Dim));
    model.overlays.push(Overlay::Pager(Pager::new(TITLE, lines)));
}

/// Says what was signed, and which line to keep elsewhere: a ledger that was written anew as a whole shows only there.
fn show_signed(model: &mut Model, signing: &Signing) {
    let campaign = model.ledger.reviews.campaign(&signing.review);
    let signed = campaign.and_then(|campaign| {
        if signing.is_co_sign {
            campaign.co_signs.last()
        } else {
            campaign.sign_off.as_ref()
        }
    });
    let Some(signed) = signed else { return };
    let how = match &signed.sign_off.signature {
        Some(signature) => format!(
            "with the SSH key of {}",
            crate::domain::text::neutral(&signature.principal)
        ),
        None => "without an SSH key".to_owned(),
    };
    let lines = vec![
        Line::of(format!("{} is signed, {how}.", signing.review), Role::Good),
        Line::default(),
        Line::plain("Keep this line where nobody can change it, in a ticket or a mail (y copies it):"),
        Line::default(),
        Line::of(
            format!(
                "callsheet ledger verify --head {} ({}, record {})",
                signed.hash, signing.review, signed.mark.seq
            ),
            Role::Title,
        ),
    ];
    model.overlays.push(Overlay::Pager(Pager::new("signed off", lines)));
}

fn show_refusals(model: &mut Model, refusals: &[Refusal]) {
    let mut items = Vec::new();
    for refusal in refusals {
        items.push(MenuItem {
            line: Line::of(refusal.to_string(), Role::Danger).and(format!(" {}", refusal.remedy()), Role::Normal),
            action: Action::Nothing,
        });
        items.extend(rows_of(model, refusal));
    }
    let menu = Menu::new(MenuKind::Refusals, "not signed off: enter goes to a row", items);
    model.overlays.push(Overlay::Menu(menu));
}

/// Returns the rows that a refusal is about, to go to.
fn rows_of(model: &Model, refusal: &Refusal) -> Vec<MenuItem> {
    let is_meant = |row: &&ReviewRow| match refusal {
        Refusal::Undecided(_) => row.state == RowState::Undecided,
        Refusal::Reopened(_) => row.state == RowState::Reopened,
        Refusal::CarriedOut(_) => row.state == RowState::CarriedOut,
        Refusal::NoReason(_) => row.made.as_ref().is_some_and(Made::lacks_reason),
        Refusal::LedgerBroken(_)
        | Refusal::AlreadySigned
        | Refusal::OtherPopulation
        | Refusal::ReadingMissing
        | Refusal::NotRead
        | Refusal::TooOld { .. }
        | Refusal::NoRows
        | Refusal::Unexplained(_)
        | Refusal::NoName
        | Refusal::NotSigned
        | Refusal::SameReviewer => false,
    };
    let mut rows: Vec<&ReviewRow> = model.review.rows.values().filter(is_meant).collect();
    rows.sort_by_key(|row| (row.row.kind, row.row.name.to_lowercase()));
    let item = |row: &ReviewRow| MenuItem {
        line: Line::of(format!("  {} ", row.row.kind.title()), Role::Dim).and(&row.row.name, Role::Link),
        action: Action::Review(row.row.subject.clone()),
    };
    rows.into_iter().map(item).collect()
}

fn to_stage(model: &mut Model, stage: Stage) {
    if let Some(signing) = &mut model.review.signing {
        signing.stage = stage;
    }
}

/// Returns who sits at this desk, as far as two reviewers are told apart by it.
fn actor(model: &Model) -> Actor {
    let caller = match &model.fresh.caller {
        Reading::Known(caller) => caller.arn.to_string(),
        Reading::Unknown(_) | Reading::Pending => String::new(),
    };
    Actor {
        caller,
        user: String::new(),
        host: String::new(),
    }
}

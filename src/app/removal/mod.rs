//! `x`: people taken out, things deleted that nothing uses, and people put back, from the wish to the preview.
//!
//! The account is read afresh first. What comes of it is worked out outside, since the service is asked for shifts, and lies
//! over the screen with everything that can be chosen or has to be answered. From there it becomes a changeset like any
//! other. Once people are out, the account is read once more, and what that proves is recorded.

pub mod gone;
pub mod proving;
pub mod quarantine;
pub mod shifts;
pub mod told;

use super::{
    act,
    changeset::{self, Leaving, Saving},
    effect::{Effect, Ticket},
    key::{Key, KeyCode},
    model::Model,
    overlay::{Overlay, Prompt, Purpose},
    what_if::Pair,
};
use crate::{
    changes::{
        Changeset,
        progress::Progress,
        removal::{
            End, Removal,
            meant::{Meant, not_saved},
            proposal::Stopped,
            rebuild,
            replacement::Suggestion,
            rotation::Previewed,
        },
    },
    domain::{
        Timestamp,
        call::Call,
        contact::ContactKind,
        graph::Graph,
        ids::{Arn, Scope},
        inventory::Inventory,
        text::neutral,
    },
    failure::Failure,
    findings::judging::Judging,
    paging::{simulate::Question as PageQuestion, telling::Names},
};
use chrono::Duration;
use std::{collections::BTreeMap, sync::Arc};
use told::Act;
use tui_input::Input;

/// A plan that is older is made anew: somebody may have come on call since.
const FRESH_MINUTES: i64 = 15;

/// What the operator wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// Take people out.
    TakeOut(Removal),
    /// Delete somebody for good, whom nothing names.
    Delete(Arn),
    /// Delete something that nothing uses.
    DeleteUnused(Arn),
    /// Put somebody back from what was saved of them last.
    PutBack(Arn),
}

/// What is asked about an aim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The account and Region, whose key tells addresses apart.
    pub scope: Scope,
    /// The fresh reading.
    pub inventory: Arc<Inventory>,
    /// What is wanted.
    pub aim: Aim,
    /// The names that changesets have in the ledger.
    pub taken_names: Vec<String>,
    /// The patterns of names that the settings count as managed by code.
    pub managed_by_code: Vec<String>,
    /// What the account is judged by.
    pub judging: Arc<Judging>,
    /// The time.
    pub now: Timestamp,
}

/// What was worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkedOut {
    /// The fresh reading, with fingerprints.
    pub inventory: Arc<Inventory>,
    /// Who names whom in it.
    pub graph: Arc<Graph>,
    /// Who would name whom afterwards.
    pub after_graph: Arc<Graph>,
    /// Everything that is shown.
    pub meant: Meant,
    /// The shifts that the service has previewed.
    pub previewed: Arc<Previewed>,
    /// What it has not answered.
    pub unanswered: Vec<Failure>,
    /// The calls that were made for it.
    pub calls: Vec<Call>,
    /// The seconds that pass from one write to the next.
    pub seconds_per_write: u64,
    /// When it was asked.
    pub at: Timestamp,
}

/// What lies over the screen until it becomes a changeset.
#[derive(Debug)]
pub struct Removing {
    /// What is wanted.
    pub aim: Aim,
    /// How far it has come.
    pub stage: Stage,
    /// What was worked out last.
    pub worked: Option<Box<WorkedOut>>,
    /// How guards were answered.
    pub given: Vec<Given>,
    /// Who could take the places, as long as somebody may still be chosen.
    pub suggestions: Vec<Suggestion>,
    /// The start whose pages are shown before and after.
    pub start: Option<Arn>,
    /// These pages.
    pub pair: Option<Pair>,
    /// Why it is planned anew, when it is.
    pub why_anew: Option<String>,
    /// The changeset that stopped half-way and that this one is planned in place of.
    former: Option<Progress>,
    /// The review of the changeset that is planned anew; a new one is given its own when it is shown.
    review: Option<String>,
}

/// How far a removal has come before it is a changeset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The account is being read.
    Reading(Ticket),
    /// It is being worked out.
    Working(Ticket),
    /// It is shown.
    Showing,
    /// It could not be worked out.
    Failed(Failure),
}

/// An answer to a guard. It holds as long as the guard says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What names the guard.
    pub key: String,
    /// What it said.
    pub why: String,
    /// What was answered.
    pub words: String,
}

/// The screen of a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RemovalView {
    /// The selected line.
    pub place: usize,
}

/// Returns why nothing can be taken out now, if nothing can.
pub fn hindrance(model: &Model) -> Option<String> {
    busy(model).or_else(|| aim_here(model).err())
}

/// Returns why nothing can be begun now, whatever is selected.
pub fn busy(model: &Model) -> Option<String> {
    if model.changing.is_some() || model.removing.is_some() {
        return Some("another changeset is on the desk".to_owned());
    }
    let is_loading = model.load.is_some();
    is_loading.then(|| "a load is under way; the account is read again after it".to_owned())
}

/// Returns why nothing unused can be deleted from here, if nothing can.
pub fn no_unused(model: &Model) -> Option<String> {
    busy(model).or_else(|| match aim_here(model) {
        Ok(Aim::DeleteUnused(_)) => None,
        Ok(Aim::TakeOut(_) | Aim::Delete(_) | Aim::PutBack(_)) | Err(_) => {
            Some("no plan, schedule, rotation or response plan is selected".to_owned())
        }
    })
}

/// Returns why nobody can be put back or deleted from here, if nobody can.
pub fn no_person(model: &Model) -> Option<String> {
    busy(model).or_else(|| person_here(model).is_none().then(|| "no person is selected".to_owned()))
}

/// Takes out whoever is marked or selected, or deletes what is.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    match aim_here(model) {
        Ok(aim) => start(model, aim, None),
        Err(why) => {
            model.say(why);
            Vec::new()
        }
    }
}

/// Puts the selected person back.
pub fn put_back(model: &mut Model) -> Vec<Effect> {
    match person_here(model) {
        Some(person) => start(model, Aim::PutBack(person), None),
        None => Vec::new(),
    }
}

/// Deletes the selected person for good.
pub fn delete(model: &mut Model) -> Vec<Effect> {
    match person_here(model) {
        Some(person) => start(model, Aim::Delete(person), None),
        None => Vec::new(),
    }
}

fn person_here(model: &Model) -> Option<Arn> {
    let subject = act::subject(model)?;
    let contact = model.shown.graph.contact(subject)?;
    (contact.kind == ContactKind::Person).then(|| contact.arn.clone())
}

/// Returns what `x` means here: the marked people, or else what is selected.
fn aim_here(model: &Model) -> Result<Aim, String> {
    let mut subjects = Vec::from_iter(act::marked(model));
    if subjects.is_empty() {
        subjects.extend(act::subject(model).cloned());
    }
    aim(model, &subjects)
}

fn aim(model: &Model, subjects: &[Arn]) -> Result<Aim, String> {
    let (inventory, graph) = (&model.shown.inventory, &model.shown.graph);
    let mut leavers: Vec<Arn> = Vec::new();
    let mut others: Vec<Arn> = Vec::new();
    for subject in subjects {
        let arn = graph.resolve(subject).unwrap_or(subject);
        match inventory.contacts.items.get(arn) {
            Some(contact) if contact.kind == ContactKind::Person => {
                if !leavers.contains(&contact.arn) {
                    leavers.push(contact.arn.clone());
                }
            }
            Some(_) | None if !gone::is_gone(model, arn) => others.push(arn.clone()),
            Some(_) | None if leavers.contains(arn) => {}
            Some(_) | None => leavers.push(arn.clone()),
        }
    }
    let is_thing = |arn: &Arn| {
        inventory.contacts.items.contains_key(arn)
            || inventory.rotations.items.contains_key(arn)
            || inventory.response_plans.items.contains_key(arn)
    };
    match (leavers.is_empty(), others.as_slice()) {
        (true, []) => Err("nobody and nothing is selected that can be taken out".to_owned()),
        (true, [thing]) if is_thing(thing) => Ok(Aim::DeleteUnused(thing.clone())),
        (true, [device]) if inventory.channel(device).is_some() => {
            Err("a device is not taken out; deactivate makes it silent".to_owned())
        }
        (true, [_]) => Err("people are taken out, and plans, schedules, rotations and response plans".to_owned()),
        (true, [_, _, ..]) => Err("only people are taken out together; take the marks away".to_owned()),
        (false, [_, ..]) => {
            Err("not everything that is marked is a person; only people are taken out together".to_owned())
        }
        (false, []) => Ok(Aim::TakeOut(removal(model, leavers))),
    }
}

/// Returns how people are taken out who were just chosen.
fn removal(model: &Model, leavers: Vec<Arn>) -> Removal {
    Removal {
        leavers,
        replacement: None,
        turns: BTreeMap::new(),
        end: End::Quarantine {
            on: model.now.with_timezone(&model.setup.zone).date_naive(),
        },
    }
}

/// Reads the account again, and shows what comes of an aim then.
pub fn start(model: &mut Model, aim: Aim, review: Option<String>) -> Vec<Effect> {
    if let Some(why) = busy(model) {
        model.say(why);
        return Vec::new();
    }
    model.removing = Some(Removing {
        aim,
        stage: Stage::Showing,
        worked: None,
        given: Vec::new(),
        suggestions: Vec::new(),
        start: None,
        pair: None,
        why_anew: None,
        former: None,
        review,
    });
    model.overlays.push(Overlay::Removal(RemovalView::default()));
    read(model)
}

/// Reads the account again.
fn read(model: &mut Model) -> Vec<Effect> {
    let effects = model.begin_load();
    let ticket = model.load.as_ref().map(|load| load.ticket);
    if let (Some(removing), Some(ticket)) = (&mut model.removing, ticket) {
        removing.stage = Stage::Reading(ticket);
    }
    effects
}

/// Goes on once the account was read.
pub fn load_ended(model: &mut Model, ticket: Ticket, result: Result<(), Failure>) -> Vec<Effect> {
    let mut effects = proving::load_ended(model, ticket);
    let is_ours = |removing: &&mut Removing| removing.stage == Stage::Reading(ticket);
    let Some(removing) = model.removing.as_mut().filter(is_ours) else {
        return effects;
    };
    match result {
        Ok(()) => effects.extend(ask(model)),
        Err(failure) => removing.stage = Stage::Failed(failure),
    }
    effects
}

/// Has it worked out what is wanted.
fn ask(model: &mut Model) -> Vec<Effect> {
    let ticket = model.next_ticket();
    let known = model.removing.as_ref().and_then(|removing| removing.worked.as_ref());
    // What was read for it stays what it is about, until it is read again.
    let inventory = known.map_or_else(|| Arc::new(model.fresh.clone()), |worked| Arc::clone(&worked.inventory));
    let Some(removing) = &mut model.removing else {
        return Vec::new();
    };
    removing.stage = Stage::Working(ticket);
    if let (Aim::TakeOut(removal), Some(_)) = (&mut removing.aim, &removing.former) {
        *removal = rebuild::again(removal, &inventory, model.now);
    }
    let question = Question {
        scope: model.fresh.scope(),
        inventory,
        aim: removing.aim.clone(),
        taken_names: model.ledger.changesets.names().into_iter().map(str::to_owned).collect(),
        managed_by_code: model.setup.managed_by_code.clone(),
        judging: Arc::clone(&model.setup.judging),
        now: model.now,
    };
    vec![Effect::WorkOutRemoval {
        ticket,
        question: Box::new(question),
    }]
}

/// Takes in what was worked out.
pub fn take(model: &mut Model, ticket: Ticket, result: Result<Box<WorkedOut>, Failure>) {
    if let Ok(worked) = &result {
        // They were made, whoever waits for them.
        model.log_calls(worked.calls.clone());
    }
    let is_awaited = |removing: &Removing| removing.stage == Stage::Working(ticket);
    if !model.removing.as_ref().is_some_and(is_awaited) {
        return;
    }
    let act = selected(model).map(|row| row.act);
    let Some(removing) = &mut model.removing else { return };
    match result {
        Ok(worked) => {
            let is_standing = |given: &Given| {
                let mut guards = worked.meant.guards.iter();
                guards.any(|guard| guard.key() == given.key && guard.why == given.why)
            };
            removing.given.retain(is_standing);
            if let Some(former) = removing.former.as_ref().filter(|_| removing.worked.is_none()) {
                // What was answered before needs no other answer where a guard says the same.
                for (key, words) in rebuild::answers(&former.planned, &worked.meant.guards) {
                    let guard = worked.meant.guards.iter().find(|guard| guard.key() == key);
                    removing.given.extend(guard.map(|guard| Given {
                        why: guard.why.clone(),
                        key,
                        words,
                    }));
                }
            }
            let has_replacement = matches!(&removing.aim, Aim::TakeOut(removal) if removal.replacement.is_some());
            if !has_replacement {
                removing.suggestions.clone_from(&worked.meant.suggestions);
            }
            removing.worked = Some(worked);
            removing.stage = Stage::Showing;
            let first = |removing: &Removing| {
                let worked = removing.worked.as_ref()?;
                let starts = &worked.meant.what_if.starts;
                let is_there = |start: &&Arn| starts.iter().any(|change| change.start == **start);
                let chosen = removing.start.as_ref().filter(is_there);
                chosen.or(starts.first().map(|change| &change.start)).cloned()
            };
            let start = first(removing);
            walk(model, start);
        }
        Err(failure) => removing.stage = Stage::Failed(failure),
    }
    select(model, |row| {
        act.as_ref().is_some_and(|act| row.act == *act && *act != Act::None)
    });
}

/// Walks a start on both sides.
fn walk(model: &mut Model, start: Option<Arn>) {
    let resolve_schedules = model.setup.judging.resolve_schedules;
    let Some(removing) = &mut model.removing else { return };
    removing.start = start;
    removing.pair = removing.worked.as_ref().and_then(|worked| {
        let starts = &worked.meant.what_if.starts;
        let change = starts
            .iter()
            .find(|change| Some(&change.start) == removing.start.as_ref())?;
        let at = change.difference.hardest.starts.start_at;
        let question = PageQuestion {
            resolve_schedules,
            ..PageQuestion::new(change.start.clone(), at)
        };
        let before = Names {
            inventory: &worked.inventory,
            graph: &worked.graph,
        };
        let after = Names {
            inventory: &worked.meant.after,
            graph: &worked.after_graph,
        };
        Some(Pair::of(&question, before, after))
    });
}

/// Returns whether a removal has the keys.
pub fn is_on_top(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Removal(_)))
}

fn view(model: &mut Model) -> Option<&mut RemovalView> {
    match model.overlays.last_mut() {
        Some(Overlay::Removal(view)) => Some(view),
        Some(Overlay::Change(_) | Overlay::Code(_) | Overlay::Menu(_) | Overlay::Pager(_) | Overlay::Prompt(_))
        | None => None,
    }
}

fn rows(model: &Model) -> Vec<told::Row> {
    let width = model.layout().overlay_inside.width;
    let removing = model.removing.as_ref();
    removing.map_or_else(Vec::new, |removing| told::rows(model, removing, usize::from(width)))
}

fn place(model: &Model) -> usize {
    let mut overlays = model.overlays.iter().rev();
    overlays
        .find_map(|overlay| match overlay {
            Overlay::Removal(view) => Some(view.place),
            Overlay::Change(_) | Overlay::Code(_) | Overlay::Menu(_) | Overlay::Pager(_) | Overlay::Prompt(_) => None,
        })
        .unwrap_or(0)
}

fn selected(model: &Model) -> Option<told::Row> {
    rows(model).into_iter().nth(place(model))
}

/// Selects the first line that is meant; the last one where the place is not there any more.
fn select(model: &mut Model, is_it: impl Fn(&told::Row) -> bool) {
    let rows = rows(model);
    let found = rows.iter().position(is_it);
    let last = rows.len().saturating_sub(1);
    for overlay in &mut model.overlays {
        if let Overlay::Removal(view) = overlay {
            view.place = found.unwrap_or_else(|| view.place.min(last));
        }
    }
}

/// Keeps the selection among the lines, of which there may be fewer than before: on another size, or after another answer.
pub fn keep_inside(model: &mut Model) {
    if model
        .overlays
        .iter()
        .any(|overlay| matches!(overlay, Overlay::Removal(_)))
    {
        select(model, |_| false);
    }
}

/// Moves the selection.
pub fn move_by(model: &mut Model, lines: isize) {
    let last = rows(model).len().saturating_sub(1);
    if let Some(view) = view(model) {
        view.place = view.place.min(last).saturating_add_signed(lines).min(last);
    }
}

/// Takes a key of the screen of a removal.
pub fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    let step = match key.code {
        KeyCode::Esc | KeyCode::Char('q') => return close(model),
        KeyCode::Enter => return choose(model),
        KeyCode::Char('x') => return go_on(model),
        KeyCode::Tab => {
            next(model, true);
            return Vec::new();
        }
        KeyCode::BackTab => {
            next(model, false);
            return Vec::new();
        }
        KeyCode::Char('R') if model.load.is_none() => {
            // What was worked out is of the reading before.
            if let Some(removing) = &mut model.removing {
                removing.worked = None;
            }
            return read(model);
        }
        KeyCode::Down | KeyCode::Char('j') => act::Step::Line(1),
        KeyCode::Up | KeyCode::Char('k') => act::Step::Line(-1),
        KeyCode::PageDown => act::Step::Page(1),
        KeyCode::PageUp => act::Step::Page(-1),
        KeyCode::Home | KeyCode::Char('g') => act::Step::End(-1),
        KeyCode::End | KeyCode::Char('G') => act::Step::End(1),
        KeyCode::Char(_)
        | KeyCode::Backspace
        | KeyCode::Delete
        | KeyCode::Left
        | KeyCode::Right
        | KeyCode::Function(_) => return Vec::new(),
    };
    act::move_by(model, step)
}

/// Goes to the next line (or the one before) on which something can be done.
fn next(model: &mut Model, is_forward: bool) {
    let rows = rows(model);
    let place = place(model);
    let mut places = rows.iter().enumerate().filter(|(_, row)| row.act != Act::None);
    let found = if is_forward {
        places.find(|(at, _)| *at > place)
    } else {
        places.rfind(|(at, _)| *at < place)
    };
    let found = found.map(|(at, _)| at);
    if let (Some(view), Some(found)) = (view(model), found) {
        view.place = found;
    }
}

/// Does what the selected line is there for.
fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(row) = selected(model) else { return Vec::new() };
    match row.act {
        Act::None => Vec::new(),
        Act::Answer(key) => ask_guard(model, &key),
        Act::Replacement(replacement) => replace_by(model, replacement),
        Act::Somebody => {
            model.overlays.push(Overlay::Prompt(Prompt {
                question: "Who takes the places? The alias or the name of a person".to_owned(),
                input: Input::default(),
                error: None,
                purpose: Purpose::Replacement,
            }));
            Vec::new()
        }
        Act::Turns(rotation, turns) => {
            if let Some(removal) = removal_of(model) {
                removal.turns.insert(rotation, turns);
            }
            ask_again(model)
        }
        Act::Start(start) => {
            walk(model, Some(start));
            Vec::new()
        }
        Act::GoOn => go_on(model),
    }
}

fn removal_of(model: &mut Model) -> Option<&mut Removal> {
    match &mut model.removing.as_mut()?.aim {
        Aim::TakeOut(removal) => Some(removal),
        Aim::Delete(_) | Aim::DeleteUnused(_) | Aim::PutBack(_) => None,
    }
}

/// Has another choice worked out, unless something else is under way.
fn ask_again(model: &mut Model) -> Vec<Effect> {
    match model.removing.as_ref().map(|removing| &removing.stage) {
        Some(Stage::Showing | Stage::Working(_)) => ask(model),
        Some(Stage::Reading(_) | Stage::Failed(_)) | None => Vec::new(),
    }
}

fn replace_by(model: &mut Model, replacement: Option<Arn>) -> Vec<Effect> {
    if let Some(removal) = removal_of(model) {
        removal.replacement = replacement;
        // Who takes the turns is another question with somebody else.
        removal.turns.clear();
    }
    ask_again(model)
}

/// Takes the name of whoever takes the places.
pub fn take_replacement(model: &mut Model, text: &str) -> Vec<Effect> {
    let inventory = &model.shown.inventory;
    let people = inventory.contacts_of(&ContactKind::Person);
    let mut found = people
        .filter(|person| person.arn.name() == text || person.label() == text)
        .map(|person| person.arn.clone());
    let answer = match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err("several people are called that; type the alias".to_owned()),
        (None, _) => Err("nobody in this account is called that".to_owned()),
    };
    drop(found);
    let is_leaver = |arn: &Arn| {
        let removing = model.removing.as_ref();
        removing.is_some_and(|removing| matches!(&removing.aim, Aim::TakeOut(removal) if removal.is_leaver(arn)))
    };
    match answer {
        Ok(person) if is_leaver(&person) => super::asking::refuse(model, "they go as well"),
        Ok(person) => {
            model.overlays.pop();
            replace_by(model, Some(person))
        }
        Err(why) => super::asking::refuse(model, why),
    }
}

fn ask_guard(model: &mut Model, key: &str) -> Vec<Effect> {
    let worked = model.removing.as_ref().and_then(|removing| removing.worked.as_ref());
    let guard = worked.and_then(|worked| worked.meant.guards.iter().find(|guard| guard.key() == key));
    let Some(guard) = guard else { return Vec::new() };
    if guard.is_answerable {
        let question = format!(
            "{}. To go on: {}. Your answer stays in the ledger",
            guard.why, guard.would_let_go_on
        );
        model.overlays.push(Overlay::Prompt(Prompt {
            question,
            input: Input::default(),
            error: None,
            purpose: Purpose::RemovalGuard(key.to_owned()),
        }));
    } else {
        model.say(format!("no answer is enough: {}", guard.would_let_go_on));
    }
    Vec::new()
}

/// Takes the answer to a guard.
pub fn take_answer(model: &mut Model, key: &str, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        return super::asking::refuse(model, "it stays in the ledger why this may go on");
    }
    model.overlays.pop();
    let Some(removing) = &mut model.removing else {
        return Vec::new();
    };
    let guards = removing.worked.as_ref().map_or(&[][..], |worked| &worked.meant.guards);
    if let Some(guard) = guards.iter().find(|guard| guard.key() == key) {
        removing
            .given
            .retain(|given| given.key != key || given.why != guard.why);
        removing.given.push(Given {
            key: key.to_owned(),
            why: guard.why.clone(),
            words: text.to_owned(),
        });
    }
    // The next thing to do is the next guard that stands, or else to go on.
    let standing = standing(model);
    select(model, |row| match &row.act {
        Act::Answer(key) => standing.contains(key),
        Act::GoOn => standing.is_empty(),
        Act::None | Act::Replacement(_) | Act::Somebody | Act::Turns(..) | Act::Start(_) => false,
    });
    Vec::new()
}

/// Returns the keys of the guards that stand unanswered.
pub fn standing(model: &Model) -> Vec<String> {
    let Some(removing) = &model.removing else {
        return Vec::new();
    };
    match built(removing) {
        Some(Err(Stopped::Guards(guards))) => guards.iter().map(crate::changes::removal::guards::Guard::key).collect(),
        Some(Ok(_) | Err(Stopped::NoDraft(_) | Stopped::NotRead(_))) | None => Vec::new(),
    }
}

/// Returns what would be consented to, or what stops it; absent until it was worked out.
pub fn built(removing: &Removing) -> Option<Result<Changeset, Stopped>> {
    let worked = removing.worked.as_ref()?;
    let answers = removing.given.iter();
    let answers: Vec<(String, String)> = answers.map(|given| (given.key.clone(), given.words.clone())).collect();
    let built = worked.meant.changeset(&answers);
    Some(built.map(|mut changeset| {
        changeset.review.clone_from(&removing.review);
        changeset
    }))
}

/// Goes on to the changeset, once nothing stops it.
fn go_on(model: &mut Model) -> Vec<Effect> {
    let Some(removing) = &model.removing else {
        return Vec::new();
    };
    let Some(worked) = &removing.worked else {
        return Vec::new();
    };
    if removing.stage != Stage::Showing {
        return Vec::new();
    }
    if worked.at + Duration::minutes(FRESH_MINUTES) <= model.now && model.load.is_none() {
        model.say("the account was read a while ago, and is read again first");
        if let Some(removing) = &mut model.removing {
            removing.worked = None;
        }
        return read(model);
    }
    let Some(built) = built(removing) else {
        return Vec::new();
    };
    let changeset = match (built, &worked.meant.definitions) {
        (Err(Stopped::Guards(guards)), _) => {
            let first = guards.first().map(crate::changes::removal::guards::Guard::key);
            let is_answerable = guards.iter().all(|guard| guard.is_answerable);
            let words = match (is_answerable, guards.len()) {
                (false, _) => "no answer is enough for what stops it".to_owned(),
                (true, 1) => "one thing stops it: enter answers it".to_owned(),
                (true, count) => format!("{count} things stop it: enter answers each"),
            };
            select(
                model,
                |row| matches!((&row.act, &first), (Act::Answer(key), Some(first)) if key == first),
            );
            model.say(words);
            return Vec::new();
        }
        (Err(stopped @ (Stopped::NoDraft(_) | Stopped::NotRead(_))), _) => {
            model.say(stopped.to_string());
            return Vec::new();
        }
        (Ok(_), Err(person)) => {
            let failure = not_saved(person);
            model.complain(&failure);
            return Vec::new();
        }
        (Ok(changeset), Ok(_)) if changeset.is_empty() => {
            model.say("it is so already: there is nothing to change");
            return Vec::new();
        }
        (Ok(changeset), Ok(definitions)) => {
            let leaving = Leaving {
                word: worked.meant.word.clone(),
                saving: Saving {
                    definitions: definitions.clone(),
                    former: removing.former.clone(),
                },
            };
            (changeset, worked.seconds_per_write, leaving)
        }
    };
    let (changeset, seconds_per_write, leaving) = changeset;
    changeset::preview(model, changeset, seconds_per_write, leaving)
}

/// Takes it off the screen; nothing was changed.
pub fn close(model: &mut Model) -> Vec<Effect> {
    leave(model);
    Vec::new()
}

/// Takes it off the screen, since it has become a changeset that is carried out, or is dropped.
pub fn leave(model: &mut Model) {
    model.removing = None;
    model.overlays.retain(|overlay| !matches!(overlay, Overlay::Removal(_)));
}

/// Returns whether the changeset on the desk takes people out and can be planned anew, since it stands still half-way.
pub fn can_plan_anew(model: &Model) -> bool {
    changeset::open::stands_still(model)
        && changeset::progress(model).is_some_and(|progress| rebuild::of(progress).is_ok())
}

/// Plans the changeset that stands still anew, from a fresh reading: shown whole and agreed to again. It stays open until
/// the new one is agreed to.
pub fn plan_anew(model: &mut Model) -> Vec<Effect> {
    let Some(progress) = changeset::progress(model).cloned() else {
        return Vec::new();
    };
    let Ok(removal) = rebuild::of(&progress) else {
        return Vec::new();
    };
    let (aim, review) = (Aim::TakeOut(removal.clone()), progress.planned.review.clone());
    let why = changeset::stop_of(model).map_or_else(
        || "it was not finished".to_owned(),
        |stop| format!("step {}: {}", stop.step + 1, stop.sentence),
    );
    changeset::leave(model);
    // What is being read now was asked before the changeset stopped.
    model.load = None;
    let effects = start(model, aim, review);
    if let Some(removing) = &mut model.removing {
        removing.why_anew = Some(why);
        removing.former = Some(progress);
    }
    effects
}

/// Returns a name for people, as a part of a sentence.
fn called(arn: &Arn) -> String {
    neutral(arn.name()).into_owned()
}

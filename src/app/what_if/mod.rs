//! What if: who would be paged if somebody was named nowhere, or if a device was silent, beside who is paged now.
//!
//! It takes the place of the screen until it is left. Nothing is changed: the writes are applied to a copy of what was
//! read. Which starts it touches is asked for outside, since every start of two weeks is looked at on both sides; the two
//! time lines of the start that is selected are walked here.

pub mod told;

use super::{
    act,
    effect::{Effect, Ticket},
    model::{Model, Place, Shown},
    page,
};
use crate::{
    changes::{
        apply::apply,
        what_if::{StartChange, Terms, WhatIf},
        without::{Supposed, silent, without_person},
    },
    domain::{
        Timestamp,
        contact::{ActivationStatus, ContactKind},
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
    },
    paging::{
        coverage::Stretch,
        simulate::{
            Question, ResolveSchedules, Timeline,
            compare::{Comparison, compare},
            simulate,
        },
        telling::{self, Lane, Names},
    },
};
use chrono::TimeDelta;
use std::sync::Arc;

/// What is supposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Premise {
    /// This person was named nowhere.
    Removed(Arn),
    /// This device was not activated.
    Silent(Arn),
}

/// What the operator asks, and where they are in the answer: what the history keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfPlace {
    /// What is supposed.
    pub premise: Premise,
    /// The selected start; absent for the one that it hits hardest.
    pub start: Option<Arn>,
    /// When it is engaged; absent for the time at which it is hit hardest.
    pub at: Option<Timestamp>,
}

/// A supposition, and what comes of it.
#[derive(Debug)]
pub struct Supposition {
    /// What is asked.
    pub place: WhatIfPlace,
    /// The same account under what is supposed.
    pub after: Shown,
    /// How many rows may name the person and were not read.
    pub unread: usize,
    /// Whether somebody's turns are left to nobody.
    pub leaves_turns: bool,
    /// What becomes of every start, once it is known.
    pub found: Option<WhatIf>,
    /// The selected start on both sides; absent until it is known which one.
    pub pair: Option<Pair>,
    /// Whether the answer was asked for what is shown now.
    is_asked: bool,
    /// The question that is not answered yet.
    pub awaited: Option<Ticket>,
}

/// One page on both sides.
#[derive(Debug)]
pub struct Pair {
    /// As it is.
    pub before: Side,
    /// Under what is supposed.
    pub after: Side,
    /// What gets better and what gets worse.
    pub comparison: Comparison,
}

/// One side of a page.
#[derive(Debug)]
pub struct Side {
    /// What happens.
    pub timeline: Timeline,
    /// The same in lanes.
    pub lanes: Vec<Lane>,
}

impl Side {
    fn of(question: &Question, names: Names<'_>) -> Self {
        let timeline = simulate(names.inventory, names.graph, question);
        Self {
            lanes: telling::lanes(&timeline, names),
            timeline,
        }
    }
}

impl Pair {
    /// Walks a page on both sides.
    pub fn of(question: &Question, before: Names<'_>, after: Names<'_>) -> Self {
        let (before, after) = (Side::of(question, before), Side::of(question, after));
        // Whatever is not known here may be another thing under what is supposed.
        let comparison = compare(&before.timeline, &after.timeline, &|_| true);
        Self {
            before,
            after,
            comparison,
        }
    }
}

impl Supposition {
    /// Returns a supposition about what is shown.
    pub fn new(place: WhatIfPlace, shown: &Shown) -> Self {
        let mut supposition = Self {
            place,
            after: shown.clone(),
            unread: 0,
            leaves_turns: false,
            found: None,
            pair: None,
            is_asked: false,
            awaited: None,
        };
        supposition.suppose(shown);
        supposition
    }

    /// Makes the account anew, when what is shown has changed.
    pub fn suppose(&mut self, shown: &Shown) {
        let supposed = self.place.premise.supposed(&shown.inventory);
        let inventory = apply(&shown.inventory, &supposed.writes, &supposed.previews);
        self.unread = supposed.unread.len();
        self.leaves_turns = !supposed.previews.is_empty();
        self.after = Shown {
            graph: Arc::new(Graph::build(&inventory)),
            inventory: Arc::new(inventory),
        };
        self.is_asked = false;
    }

    /// Returns the names of the account under what is supposed.
    pub fn names(&self) -> Names<'_> {
        Names {
            inventory: &self.after.inventory,
            graph: &self.after.graph,
        }
    }

    /// Returns the place of the selected start among those that are touched.
    pub fn selected_place(&self) -> Option<usize> {
        let starts = &self.found.as_ref()?.starts;
        let named = self.place.start.as_ref();
        let found = named.and_then(|start| starts.iter().position(|change| change.start == *start));
        found.or((!starts.is_empty()).then_some(0))
    }

    /// Returns what becomes of the selected start.
    pub fn selected(&self) -> Option<&StartChange> {
        self.found.as_ref()?.starts.get(self.selected_place()?)
    }

    /// Returns when the selected start is engaged.
    pub fn at(&self) -> Option<Timestamp> {
        let hardest = self.selected()?.difference.hardest.starts.start_at;
        Some(self.place.at.unwrap_or(hardest))
    }

    /// Returns the place of the selected start among all, in words.
    pub fn position(&self) -> String {
        let count = self.found.as_ref().map_or(0, |found| found.starts.len());
        let place = self.selected_place();
        place.map_or_else(String::new, |place| format!("{}/{count}", place + 1))
    }

    /// Walks the selected start on both sides.
    pub fn walk(&mut self, before: Names<'_>, resolve_schedules: ResolveSchedules) {
        let question = self.selected().zip(self.at()).map(|(change, at)| Question {
            resolve_schedules,
            ..Question::new(change.start.clone(), at)
        });
        self.pair = question.map(|question| Pair::of(&question, before, self.names()));
    }

    /// Returns the starts at which something changes for the selected start, in order.
    fn changing(&self) -> Vec<Timestamp> {
        let Some(change) = self.selected() else {
            return Vec::new();
        };
        let difference = &change.difference;
        let stretches = [&difference.worse, &difference.better, &difference.unclear];
        let mut starts: Vec<Timestamp> = stretches
            .into_iter()
            .flatten()
            .map(|stretch| stretch.start_at)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

impl Premise {
    /// Returns what is supposed, as writes.
    fn supposed(&self, inventory: &Inventory) -> Supposed {
        match self {
            Self::Removed(person) => without_person(inventory, person),
            Self::Silent(device) => silent(device),
        }
    }
}

impl Model {
    /// Asks which starts a supposition touches, when that is not known for what is shown.
    pub fn ask_what_if(&mut self) -> Option<Effect> {
        let is_open = |supposition: &&Supposition| !supposition.is_asked && supposition.awaited.is_none();
        self.what_if.as_ref().filter(is_open)?;
        let window = page::window(&self.shown.inventory, self.now)?;
        let before = Arc::clone(&self.shown.inventory);
        let resolve_schedules = self.setup.judging.resolve_schedules;
        let ticket = self.next_ticket();
        let supposition = self.what_if.as_mut()?;
        supposition.is_asked = true;
        supposition.awaited = Some(ticket);
        Some(Effect::AskWhatIf {
            ticket,
            before,
            after: Arc::clone(&supposition.after.inventory),
            terms: Terms {
                window,
                resolve_schedules,
                reaches_further: matches!(supposition.place.premise, Premise::Removed(_)),
            },
        })
    }

    /// Takes in which starts a supposition touches, if it is the one that is shown now.
    pub fn take_what_if(&mut self, ticket: Ticket, found: WhatIf) {
        let is_awaited = |supposition: &&mut Supposition| supposition.awaited == Some(ticket);
        if let Some(supposition) = self.what_if.as_mut().filter(is_awaited) {
            supposition.awaited = None;
            supposition.found = Some(found);
            self.rebuild_what_if();
        }
    }

    /// Walks the selected start of a supposition anew.
    pub fn rebuild_what_if(&mut self) {
        let names = Names {
            inventory: &self.shown.inventory,
            graph: &self.shown.graph,
        };
        if let Some(supposition) = &mut self.what_if {
            supposition.walk(names, self.setup.judging.resolve_schedules);
        }
    }

    /// Returns whether a page or a supposition takes the place of the screen.
    pub fn is_on_page(&self) -> bool {
        self.page.is_some() || self.what_if.is_some()
    }
}

/// Returns the person whose absence would be supposed from here: the one selected, or whose device is.
pub fn person(model: &Model) -> Option<&Arn> {
    let subject = act::subject(model)?;
    let (inventory, graph) = (&model.shown.inventory, &model.shown.graph);
    let owner = graph.channel(inventory, subject).map(|(_, owner)| owner);
    let contact = owner.or_else(|| graph.contact(subject))?;
    (contact.kind == ContactKind::Person).then_some(&contact.arn)
}

/// Returns the device whose silence would be supposed from here, with its status.
pub fn device(model: &Model) -> Option<(&Arn, &ActivationStatus)> {
    let subject = act::subject(model)?;
    let found = model.shown.graph.channel(&model.shown.inventory, subject);
    found.map(|(channel, _)| (&channel.arn, &channel.status))
}

/// Supposes that the selected person was named nowhere.
pub fn removed(model: &mut Model) -> Vec<Effect> {
    let premise = person(model).cloned().map(Premise::Removed);
    open(model, premise)
}

/// Supposes that the selected device was not activated.
pub fn silenced(model: &mut Model) -> Vec<Effect> {
    let premise = device(model).map(|(device, _)| Premise::Silent(device.clone()));
    open(model, premise)
}

fn open(model: &mut Model, premise: Option<Premise>) -> Vec<Effect> {
    if let Some(premise) = premise {
        let place = Place {
            page: None,
            what_if: Some(WhatIfPlace {
                premise,
                start: None,
                at: None,
            }),
            ..model.place()
        };
        model.visit(&place);
    }
    Vec::new()
}

/// Returns what the selected line is about: the start.
pub fn subject(model: &Model) -> Option<&Arn> {
    let change = model.what_if.as_ref()?.selected()?;
    Some(&change.start)
}

/// Goes to another start, at the time at which it is hit hardest.
pub fn move_by(model: &mut Model, steps: isize) {
    if let Some(supposition) = &mut model.what_if
        && let Some(place) = supposition.selected_place()
    {
        let starts = supposition.found.as_ref().map_or(&[][..], |found| &found.starts);
        let last = starts.len().saturating_sub(1);
        let next = place.saturating_add_signed(steps).min(last);
        if next != place {
            supposition.place.start = starts.get(next).map(|change| change.start.clone());
            supposition.place.at = None;
        }
    }
    model.rebuild_what_if();
}

/// Moves the time at which the start is engaged.
pub fn shift(model: &mut Model, by: TimeDelta) {
    let at = model.what_if.as_ref().and_then(Supposition::at);
    start_at(model, at.and_then(|at| at.checked_add_signed(by)));
}

/// Goes to where it next (or last) begins to make a difference.
pub fn change(model: &mut Model, is_next: bool) {
    let Some(supposition) = &model.what_if else { return };
    let Some(at) = supposition.at() else { return };
    let mut starts = supposition.changing().into_iter();
    let found = if is_next {
        starts.find(|start| *start > at)
    } else {
        starts.rfind(|start| *start < at)
    };
    if found.is_none() {
        model.say(if is_next {
            "nothing begins to be different later"
        } else {
            "nothing began to be different before"
        });
    }
    start_at(model, found);
}

/// Goes to the time at which the start is hit hardest.
pub fn hardest(model: &mut Model) {
    if let Some(supposition) = &mut model.what_if {
        supposition.place.at = None;
    }
    model.rebuild_what_if();
    model.say("the time at which it makes the greatest difference");
}

/// Engages the start at this time.
pub fn start_at(model: &mut Model, at: Option<Timestamp>) {
    if let (Some(supposition), Some(at)) = (&mut model.what_if, at) {
        supposition.place.at = Some(at);
        model.rebuild_what_if();
    }
}

/// Returns for how long something is so, over all stretches.
fn long(stretches: &[Stretch]) -> TimeDelta {
    crate::paging::difference::length(stretches)
}

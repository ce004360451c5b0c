//! Simulates a page: who is paged on which device in which minute, who is not, and why not.
//!
//! The rules, and where the service's documents leave room, how we read them:
//!
//! - A response plan engages all its targets at minute 0. Stage *k* of an escalation plan begins when the durations
//!   before it have passed; so do the stages of a person's own plan, from the minute at which the person is engaged.
//! - A schedule stands for the people whose shifts cover the instant at which its stage begins. Whether the service asks
//!   at that instant or when the plan starts is not documented: [`ResolveSchedules`].
//! - A device with a retry interval is tried again at that interval while its stage lasts.
//! - Only an activated device of the person's own is paged. Of the two readings of a stage that names a removed device
//!   ([`RemovedDevice`]) both are walked and the worse one is told.
//! - A person who acknowledges is not paged any more, by any engagement of the same start; and each plan on the way to
//!   them whose target was essential begins no further stage. People whom it has engaged already go on being paged: it
//!   is the plan's progress that stops. What happens in the very minute of the acknowledgement still happens. Whoever
//!   was not paged by then cannot acknowledge.
//! - What was not read, or lies beyond a limit, makes every answer unknown that depends on it ([`Minute::Unknown`]).
//!
//! `route` walks the plans, `on_call` knows who is on duty and [`person`] what a person's own plan does; the worst
//! time of a horizon ([`crate::paging::worst`]) is worked out on the same three.

pub mod compare;
pub mod event;
pub mod minute;
pub mod person;
pub mod reason;
pub mod stages;

mod acknowledge;
#[cfg(test)]
mod clocks;
#[cfg(test)]
pub(crate) mod clockwork;
mod on_call;
#[cfg(test)]
pub(crate) mod organisation;
#[cfg(test)]
mod proof;
mod route;
#[cfg(test)]
mod tests;

pub use crate::domain::schedule::ResolveSchedules;

use self::{
    event::{Event, Hop, What},
    minute::{Minute, Range, Tally},
    on_call::End,
    person::{BothReadings, RemovedDevice},
    reason::{Bound, Doubt, DoubtReason},
    route::{Leg, Route, Surveyor},
};
use super::coverage::Stretch;
use crate::domain::{Timestamp, graph::Graph, ids::Arn, inventory::Inventory};
use chrono::TimeDelta;
use std::{collections::BTreeSet, sync::Arc};

/// What is asked: who is paged when this is engaged then?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// A response plan, escalation plan, schedule or person.
    pub start: Arn,
    /// When it is engaged.
    pub at: Timestamp,
    /// Who acknowledges; nobody in the worst case.
    pub acknowledgements: Vec<Acknowledgement>,
    /// When schedules are resolved.
    pub resolve_schedules: ResolveSchedules,
}

impl Question {
    /// Returns the question for the case that nobody acknowledges.
    pub fn new(start: Arn, at: Timestamp) -> Self {
        Self {
            start,
            at,
            acknowledgements: Vec::new(),
            resolve_schedules: ResolveSchedules::default(),
        }
    }
}

/// Somebody takes the page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acknowledgement {
    /// Minutes after the start.
    pub minute: i64,
    /// Who.
    pub person: Arn,
}

/// Everything that happens after a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// What was asked.
    pub question: Question,
    /// What happens, and what does not, in the order of time; within a minute in the order of stages and targets.
    pub events: Vec<Event>,
    /// What it comes to.
    pub outcome: Outcome,
    /// What each acknowledgement did, in the order of time.
    pub acknowledged: Vec<Acknowledged>,
    /// When a stage names a device that was removed, so that two readings are possible: the one that is told here
    /// because it is worse, and what the other one would come to.
    pub readings: Option<Readings>,
    /// The limits that were met.
    pub bounds: BTreeSet<Bound>,
}

/// What a page comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// When the first person is paged on an activated device of their own; so it is the minute of the first device, too.
    pub first_human: Minute,
    /// When a second person is, who is not the first.
    pub second_human: Minute,
    /// When the first device rings: a text or a call, not a mail.
    pub first_audible: Minute,
    /// The minute of the last page, after which there is silence; never where there is no page.
    pub silent_after: Minute,
}

/// The two readings of a stage that names a removed device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// The reading that is told.
    pub told: RemovedDevice,
    /// What the other reading comes to.
    pub other: Outcome,
}

/// What came of an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who and when.
    pub acknowledgement: Acknowledgement,
    /// What it did.
    pub effect: AcknowledgedEffect,
}

/// What an acknowledgement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcknowledgedEffect {
    /// Nothing: nobody had paged the person by then.
    NotPaged,
    /// It may have stopped something: whether the person had been paged by then is not known.
    Perhaps,
    /// It stopped the person's own steps; and the later stages of this many plans.
    Stopped {
        /// How many engagements of plans begin no further stage.
        plans: usize,
    },
}

impl Timeline {
    /// Returns the people who are certainly paged, with the minute of their first page, in that order.
    pub fn people(&self) -> Vec<(&Arn, i64)> {
        let mut seen = BTreeSet::new();
        let pages = self.events.iter().filter(|event| matches!(event.what, What::Page(_)));
        pages
            .filter_map(|event| Some((event.person.as_ref()?, event.minute)))
            .filter(|(person, _)| seen.insert(*person))
            .collect()
    }

    /// Returns everything unknown that the time line rests on, each once, in the order of time.
    pub fn doubts(&self) -> Vec<&Doubt> {
        let mut found: Vec<&Doubt> = Vec::new();
        for event in &self.events {
            if let Some(doubt) = doubt_of(&event.what).filter(|doubt| !found.contains(doubt)) {
                found.push(doubt);
            }
        }
        found
    }
}

fn doubt_of(what: &What) -> Option<&Doubt> {
    match what {
        What::Unknown(doubt) => Some(doubt),
        What::Page(page) => match &page.audible {
            event::Audible::Unknown(doubt) => Some(doubt),
            event::Audible::Yes | event::Audible::No => None,
        },
        What::Silent(_) => None,
    }
}

/// Returns everything that happens when `question.start` is engaged at `question.at`.
pub fn simulate(inventory: &Inventory, graph: &Graph, question: &Question) -> Timeline {
    Simulator::new(inventory, graph).simulate(question)
}

/// Simulates many pages of one inventory; what several of them share is laid out once.
#[derive(Debug)]
pub struct Simulator<'a> {
    surveyor: Surveyor<'a>,
    graph: &'a Graph,
}

impl<'a> Simulator<'a> {
    /// Returns a simulator of the pages of `inventory`.
    pub fn new(inventory: &'a Inventory, graph: &'a Graph) -> Self {
        Self {
            surveyor: Surveyor::new(inventory, graph),
            graph,
        }
    }

    /// Returns everything that happens when `question.start` is engaged at `question.at`.
    pub fn simulate(&mut self, question: &Question) -> Timeline {
        let route = self.surveyor.route(&question.start);
        let worse = self.under(&route, question, RemovedDevice::SilencesStage);
        if !route.names_removed_device() {
            return worse;
        }
        let better = self.under(&route, question, RemovedDevice::SilencesItself);
        // With an acknowledgement, a page more can stop what would have reached others.
        let (told, mut worse, better) = if better.outcome.lateness() > worse.outcome.lateness() {
            (RemovedDevice::SilencesItself, better, worse)
        } else {
            (RemovedDevice::SilencesStage, worse, better)
        };
        worse.readings = Some(Readings {
            told,
            other: better.outcome,
        });
        worse
    }

    /// Returns every start between two instants, both exclusive, at which the outcome of a page can change, in order.
    pub fn changes(
        &mut self,
        start: &Arn,
        resolve_schedules: ResolveSchedules,
        after: Timestamp,
        before: Timestamp,
    ) -> Vec<Timestamp> {
        self.plot(start, resolve_schedules).changes(after, before)
    }

    /// Returns everything that `start` may engage, at any instant.
    pub(super) fn plot(&mut self, start: &Arn, resolve_schedules: ResolveSchedules) -> Plot {
        Plot {
            route: self.surveyor.route(start),
            resolve_schedules,
        }
    }

    fn under(&self, route: &Route, question: &Question, removed: RemovedDevice) -> Timeline {
        let mut laid = Laid {
            removed,
            events: Vec::new(),
            bounds: route.bounds.clone(),
            cut: None,
        };
        for leg in &route.legs {
            laid.lay(leg, instant_of(leg, question.at, question.resolve_schedules));
        }
        let (mut events, bounds) = laid.finish(&question.start);
        let acknowledged = acknowledge::acknowledge(&mut events, &question.acknowledgements, self.graph);
        Timeline {
            question: question.clone(),
            outcome: Outcome::of(&events),
            events,
            acknowledged,
            readings: None,
            bounds,
        }
    }
}

/// Returns the instant whose shifts count for the schedule at the end of a leg; absent where time itself ends.
fn instant_of(leg: &Leg, at: Timestamp, resolve_schedules: ResolveSchedules) -> Option<Timestamp> {
    at.checked_add_signed(TimeDelta::minutes(resolve_minute(leg, resolve_schedules)))
}

/// Returns the minute at which the schedule at the end of a leg is resolved.
fn resolve_minute(leg: &Leg, resolve_schedules: ResolveSchedules) -> i64 {
    match resolve_schedules {
        ResolveSchedules::StageStart => leg.minute,
        ResolveSchedules::PlanStart => 0,
    }
}

/// The events of a route while they are laid out for one instant.
struct Laid {
    removed: RemovedDevice,
    events: Vec<Event>,
    bounds: BTreeSet<Bound>,
    /// The earliest minute of what was left out because of a limit.
    cut: Option<i64>,
}

impl Laid {
    fn lay(&mut self, leg: &Leg, instant: Option<Timestamp>) {
        let path = &leg.path;
        match &leg.end {
            End::Schedule(schedule) => {
                for on_duty in instant.map(|instant| schedule.at(instant)).unwrap_or_default() {
                    let path = through_rotation(path, on_duty.rotation.as_ref());
                    self.lay_end(leg.minute, &path, Some(&on_duty.subject), &on_duty.end);
                }
            }
            end @ (End::Person(_) | End::Silent(_) | End::Unknown(_)) => {
                self.lay_end(leg.minute, path, leg.subject.as_ref(), end);
            }
        }
    }

    fn lay_end(&mut self, minute: i64, path: &Arc<[Hop]>, subject: Option<&Arn>, end: &End) {
        let what = match end {
            End::Person(person) => return self.lay_person(minute, path, person),
            // A schedule stands for people, never for another schedule.
            End::Schedule(_) => return,
            End::Silent(why) => What::Silent(why.clone()),
            End::Unknown(why) => What::Unknown(why.clone()),
        };
        self.push(Event {
            minute,
            path: Arc::clone(path),
            person: None,
            stage: None,
            subject: subject.cloned(),
            what,
        });
    }

    fn lay_person(&mut self, minute: i64, path: &Arc<[Hop]>, person: &BothReadings) {
        let steps = person.under(self.removed);
        self.bounds.extend(&steps.bounds);
        for step in &steps.all {
            self.push(Event {
                minute: minute + step.minute,
                path: Arc::clone(path),
                person: Some(person.person.clone()),
                stage: step.stage,
                subject: Some(step.subject.clone()),
                what: step.what.clone(),
            });
        }
    }

    fn push(&mut self, event: Event) {
        if self.events.len() < Bound::EVENTS {
            self.events.push(event);
        } else {
            self.bounds.insert(Bound::Events);
            self.cut = Some(self.cut.map_or(event.minute, |minute| minute.min(event.minute)));
        }
    }

    fn finish(mut self, start: &Arn) -> (Vec<Event>, BTreeSet<Bound>) {
        self.events.extend(self.cut.map(|minute| Event {
            minute,
            path: Arc::from([]),
            person: None,
            stage: None,
            subject: Some(start.clone()),
            what: What::Unknown(Doubt::new(start, DoubtReason::Bounded(Bound::Events))),
        }));
        self.events.sort_by_key(|event| event.minute);
        (self.events, self.bounds)
    }
}

/// Returns a path whose last hop, the schedule, leads on through `rotation`.
fn through_rotation(path: &Arc<[Hop]>, rotation: Option<&Arn>) -> Arc<[Hop]> {
    let mut path = Arc::clone(path);
    if let (Some(rotation), Some(schedule)) = (rotation, Arc::make_mut(&mut path).last_mut()) {
        schedule.rotation = Some(rotation.clone());
    }
    path
}

impl Outcome {
    fn of(events: &[Event]) -> Self {
        let mut tally = Tally::default();
        for event in events {
            tally.add(event.minute, event.person.as_ref(), &event.what);
        }
        Self {
            first_human: tally.first_human().to_minute(),
            second_human: tally.second_human().to_minute(),
            first_audible: tally.first_audible().to_minute(),
            silent_after: silent_after(events),
        }
    }

    /// Returns how late everything is, for comparing; the first person counts most.
    fn lateness(&self) -> [(i64, i64); 3] {
        [&self.first_human, &self.second_human, &self.first_audible].map(Minute::lateness)
    }
}

/// Returns the minute of the last page.
fn silent_after(events: &[Event]) -> Minute {
    let last_page = events
        .iter()
        .rfind(|event| matches!(event.what, What::Page(_)))
        .map(|event| event.minute);
    let unknown = |event: &&Event| matches!(event.what, What::Unknown(_));
    let Some((last, why)) = events
        .iter()
        .rfind(unknown)
        .and_then(|event| Some((event, doubt_of(&event.what)?)))
    else {
        return last_page.map_or(Minute::Never, Minute::At);
    };
    // An unknown device is tried at its minute; behind an unknown plan there may be anything.
    let is_one_device = |event: Event| event.person.is_some() && event.stage.is_some();
    let is_open = events.iter().filter(unknown).any(|event| !is_one_device(event.clone()));
    match last_page {
        Some(page) if page >= last.minute && !is_open => Minute::At(page),
        earliest => Minute::Unknown {
            at_the_earliest: earliest.unwrap_or(0),
            at_the_latest: (!is_open).then_some(last.minute.max(earliest.unwrap_or(0))),
            why: why.clone(),
        },
    }
}

/// Everything that a start may engage, at any instant: what the worst time is worked out on.
#[derive(Debug)]
pub(super) struct Plot {
    route: Route,
    resolve_schedules: ResolveSchedules,
}

/// When somebody is reached by a start at one instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Firsts<'a> {
    pub(super) human: Range<'a>,
    pub(super) second_human: Range<'a>,
    pub(super) audible: Range<'a>,
}

impl Plot {
    /// Returns the limits that were met.
    pub(super) fn bounds(&self) -> BTreeSet<Bound> {
        let mut bounds = self.route.bounds.clone();
        for leg in &self.route.legs {
            match &leg.end {
                End::Person(person) => bounds.extend(&person.under(RemovedDevice::SilencesStage).bounds),
                End::Schedule(_) | End::Silent(_) | End::Unknown(_) => {}
            }
        }
        bounds
    }

    /// Returns whether a stage of anybody names a removed device, so that two readings are possible.
    pub(super) fn names_removed_device(&self) -> bool {
        self.route.names_removed_device()
    }

    /// Returns the latest minute at which a schedule is resolved.
    pub(super) fn last_resolve_minute(&self) -> i64 {
        self.schedules().map(|(minute, _)| minute).max().unwrap_or(0)
    }

    /// Returns every start between two instants, both exclusive, at which the outcome can change, in order.
    ///
    /// These are the edges of shifts, moved back by the minute at which each schedule is resolved. From one of them to
    /// just before the next, every schedule stands for the same people.
    pub(super) fn changes(&self, after: Timestamp, before: Timestamp) -> Vec<Timestamp> {
        let mut changes: Vec<Timestamp> = self
            .schedules()
            .flat_map(|(minute, edges)| {
                let moved = move |edge: &Timestamp| edge.checked_sub_signed(TimeDelta::minutes(minute));
                edges.iter().filter_map(moved)
            })
            .filter(|change| after < *change && *change < before)
            .collect();
        changes.sort_unstable();
        changes.dedup();
        changes
    }

    /// Returns the parts of a window, in order, in each of which every start has the same outcome.
    pub(super) fn stretches(&self, window: Stretch) -> impl Iterator<Item = Stretch> {
        let mut start_at = window.start_at;
        let ends = self.changes(window.start_at, window.end_at).into_iter();
        ends.chain([window.end_at]).map(move |end_at| Stretch {
            start_at: std::mem::replace(&mut start_at, end_at),
            end_at,
        })
    }

    /// Returns when somebody is reached by a start at `at` that nobody acknowledges.
    pub(super) fn firsts(&self, at: Timestamp, removed: RemovedDevice) -> Firsts<'_> {
        let mut tally = Tally::default();
        for leg in &self.route.legs {
            match &leg.end {
                End::Schedule(schedule) => {
                    let instant = instant_of(leg, at, self.resolve_schedules);
                    for on_duty in instant.map(|instant| schedule.at(instant)).unwrap_or_default() {
                        add_end(&mut tally, leg.minute, &on_duty.end, removed);
                    }
                }
                end @ (End::Person(_) | End::Silent(_) | End::Unknown(_)) => {
                    add_end(&mut tally, leg.minute, end, removed);
                }
            }
        }
        Firsts {
            human: tally.first_human(),
            second_human: tally.second_human(),
            audible: tally.first_audible(),
        }
    }

    /// Returns everything that decides the minutes of [`Plot::firsts`], in the order of the way.
    pub(super) fn deeds(&self, at: Timestamp, removed: RemovedDevice) -> Vec<Deed<'_>> {
        let mut deeds = Vec::new();
        let mut add = |minute: i64, end| add_deeds(&mut deeds, minute, end, removed);
        for leg in &self.route.legs {
            match &leg.end {
                End::Schedule(schedule) => {
                    let instant = instant_of(leg, at, self.resolve_schedules);
                    for on_duty in instant.map(|instant| schedule.at(instant)).unwrap_or_default() {
                        add(leg.minute, &on_duty.end);
                    }
                }
                end @ (End::Person(_) | End::Silent(_) | End::Unknown(_)) => add(leg.minute, end),
            }
        }
        deeds
    }

    /// Returns each schedule's edges with the minute at which it is resolved.
    fn schedules(&self) -> impl Iterator<Item = (i64, &[Timestamp])> {
        self.route.legs.iter().filter_map(|leg| match &leg.end {
            End::Schedule(schedule) => Some((resolve_minute(leg, self.resolve_schedules), schedule.edges())),
            End::Person(_) | End::Silent(_) | End::Unknown(_) => None,
        })
    }
}

/// One thing that decides when somebody is reached first, at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deed<'a> {
    minute: i64,
    person: Option<&'a Arn>,
    what: Option<&'a What>,
    doubt: Option<&'a Doubt>,
}

impl<'a> Deed<'a> {
    /// Returns what is not known about it.
    pub(super) fn doubt(&self) -> Option<&'a Doubt> {
        self.doubt.or_else(|| doubt_of(self.what?))
    }
}

fn add_deeds<'a>(deeds: &mut Vec<Deed<'a>>, minute: i64, end: &'a End, removed: RemovedDevice) {
    match end {
        End::Person(person) => deeds.extend(person.under(removed).deciding.iter().map(|step| Deed {
            minute: minute + step.minute,
            person: Some(&person.person),
            what: Some(&step.what),
            doubt: None,
        })),
        End::Unknown(doubt) => deeds.push(Deed {
            minute,
            person: None,
            what: None,
            doubt: Some(doubt),
        }),
        End::Silent(_) | End::Schedule(_) => {}
    }
}

fn add_end<'a>(tally: &mut Tally<'a>, minute: i64, end: &'a End, removed: RemovedDevice) {
    match end {
        End::Person(person) => {
            for step in &person.under(removed).deciding {
                tally.add(minute + step.minute, Some(&person.person), &step.what);
            }
        }
        End::Unknown(doubt) => tally.doubt(minute, doubt),
        End::Silent(_) | End::Schedule(_) => {}
    }
}

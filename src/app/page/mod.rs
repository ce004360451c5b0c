//! A page that is simulated: who would be paged, when and on what. Nobody is paged.
//!
//! It takes the place of the screen until it is left. What it comes to is worked out anew whenever the question or the
//! facts change; only the worst time, for which every start of two weeks is looked at, is asked for outside.

pub(in crate::app) mod scale;
pub mod told;

use super::{
    act,
    effect::{Effect, Ticket},
    facts::Facts,
    model::{Model, Place},
    overlay::{Overlay, Prompt, Purpose},
    screens::phone,
    time, what_if,
};
use crate::{
    domain::{Timestamp, ids::Arn, inventory::Inventory, when},
    paging::{
        coverage::Stretch,
        simulate::{Acknowledgement, Question, Simulator, Timeline, event::Event, simulate},
        telling::{self, Lane, Names, Silence},
        worst::WorstTime,
    },
};
use chrono::{TimeDelta, Timelike as _};
use chrono_tz::Tz;
use std::collections::BTreeSet;
use tui_input::Input;

/// How far the time moves by the keys for hours.
pub const HOUR: TimeDelta = TimeDelta::hours(1);

/// How far the time moves by the keys for days.
pub const DAY: TimeDelta = TimeDelta::days(1);

/// How far away the next change is looked for: further than shifts can be read.
const FURTHEST: TimeDelta = TimeDelta::days(100);

/// What the operator asks, and where they are in the answer: what the history keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePlace {
    /// What is engaged, when, and who acknowledges.
    pub question: Question,
    /// The selected step.
    pub event: usize,
}

/// The page that is simulated.
#[derive(Debug)]
pub struct Page {
    /// What is asked.
    pub question: Question,
    /// What happens.
    pub timeline: Timeline,
    /// The same in lanes.
    pub lanes: Vec<Lane>,
    /// The steps and the silences between them, in the order of time.
    pub rows: Vec<StepRow>,
    /// The first two people who are certainly paged.
    pub reached: Vec<Arn>,
    /// The zones of the schedules on the way, in the order of the steps.
    pub zones: Vec<Tz>,
    /// The place of the selected event in the time line.
    pub event: usize,
    /// What the starts of the horizon come to, once it is known.
    pub worst: Option<WorstTime>,
    /// Whether that was asked for what is shown now.
    pub is_worst_asked: bool,
    /// The question about it that is not answered yet.
    pub awaited_worst: Option<Ticket>,
    /// The worst start that was gone to, and where the page started before that.
    worst_visit: Option<WorstVisit>,
}

/// A worst start that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WorstVisit {
    of: WorstOf,
    at: Timestamp,
    before: Timestamp,
}

/// For whom a start is the worst one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorstOf {
    /// For reaching anybody.
    First,
    /// For reaching a second person.
    Second,
    /// For both.
    Both,
}

impl WorstOf {
    /// Returns for whom, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::First => "the worst time for the first person",
            Self::Second => "the worst time for the second person",
            Self::Both => "the worst time for the first and the second person",
        }
    }
}

/// One row of the list of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepRow {
    /// The event at this place of the time line.
    Event(usize),
    /// Nothing happens for a while.
    Silence(Silence),
}

impl Page {
    /// Returns a page, walked.
    pub fn new(place: PagePlace, names: Names<'_>) -> Self {
        let timeline = simulate(names.inventory, names.graph, &place.question);
        let mut page = Self {
            question: place.question,
            lanes: Vec::new(),
            rows: Vec::new(),
            reached: Vec::new(),
            zones: Vec::new(),
            timeline,
            event: place.event,
            worst: None,
            is_worst_asked: false,
            awaited_worst: None,
            worst_visit: None,
        };
        page.lay(names);
        page
    }

    /// Walks the page anew.
    pub fn walk(&mut self, names: Names<'_>) {
        self.timeline = simulate(names.inventory, names.graph, &self.question);
        self.lay(names);
    }

    fn lay(&mut self, names: Names<'_>) {
        self.lanes = telling::lanes(&self.timeline, names);
        self.rows = rows(&self.timeline);
        let people = self.timeline.people().into_iter();
        self.reached = people.take(2).map(|(person, _)| person.clone()).collect();
        self.zones = zones(&self.timeline, names.inventory);
        self.move_by(0);
    }

    /// Returns what the history keeps of it.
    pub fn place(&self) -> PagePlace {
        PagePlace {
            question: self.question.clone(),
            event: self.event,
        }
    }

    /// Returns for whom the start that is shown is the worst one, where the operator has gone there as such.
    pub fn worst_shown(&self) -> Option<WorstOf> {
        let visit = self.worst_visit.filter(|visit| visit.at == self.question.at)?;
        Some(visit.of)
    }

    /// Returns the worst start that comes next: for the first person, then for the second, then none.
    fn next_worst(&self) -> Option<(WorstOf, Timestamp)> {
        let worst = self.worst.as_ref()?;
        let (first, second) = (worst.first_human.starts.start_at, worst.second_human.starts.start_at);
        match self.worst_shown() {
            None if first == second => Some((WorstOf::Both, first)),
            None => Some((WorstOf::First, first)),
            Some(WorstOf::First) => Some((WorstOf::Second, second)),
            Some(WorstOf::Second | WorstOf::Both) => None,
        }
    }

    /// Returns the selected step.
    pub fn selected(&self) -> Option<&Event> {
        self.timeline.events.get(self.event)
    }

    /// Returns the selected step's place among all, in words.
    pub fn position(&self) -> String {
        match self.timeline.events.len() {
            0 => String::new(),
            count => format!("{}/{count}", self.event + 1),
        }
    }

    fn move_by(&mut self, steps: isize) {
        let last = self.timeline.events.len().saturating_sub(1);
        self.event = self.event.saturating_add_signed(steps).min(last);
    }
}

/// Returns the steps with the silences between them.
fn rows(timeline: &Timeline) -> Vec<StepRow> {
    let mut silences = telling::silences(timeline).into_iter().peekable();
    let mut rows = Vec::new();
    for (index, event) in timeline.events.iter().enumerate() {
        while let Some(silence) = silences.next_if(|silence| silence.ends_with(event)) {
            rows.push(StepRow::Silence(silence));
        }
        rows.push(StepRow::Event(index));
    }
    rows.extend(silences.map(StepRow::Silence));
    rows
}

/// Returns the zones of the rotations of every schedule on the way.
fn zones(timeline: &Timeline, inventory: &Inventory) -> Vec<Tz> {
    let mut zones = Vec::new();
    let mut seen = BTreeSet::new();
    for hop in timeline.events.iter().flat_map(|event| event.path.iter()) {
        if !seen.insert(&hop.contact) {
            continue;
        }
        let schedule = inventory.contacts.items.get(&hop.contact);
        let plan = schedule.and_then(|contact| contact.plan.known());
        let rotations = plan.map_or(&[][..], |plan| &plan.rotations);
        let named = rotations.iter().filter_map(|arn| inventory.rotations.items.get(arn));
        for zone in named.filter_map(|rotation| rotation.time_zone.as_ref()?.parse().ok()) {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
    }
    zones
}

/// Returns the starts among which the worst one is looked for: from now to the end of the shifts that were read.
pub fn window(inventory: &Inventory, now: Timestamp) -> Option<Stretch> {
    let end_at = inventory.horizon_end?;
    let start_at = first_start(inventory, now);
    (start_at < end_at).then_some(Stretch { start_at, end_at })
}

/// Returns the next full minute of which the shifts are known.
fn first_start(inventory: &Inventory, now: Timestamp) -> Timestamp {
    let known = inventory.started_at.map_or(now, |started| started.max(now));
    let is_full = known.second() == 0 && known.nanosecond() == 0;
    let full = known
        .with_second(0)
        .and_then(|at| at.with_nanosecond(0))
        .unwrap_or(known);
    if is_full { full } else { full + TimeDelta::minutes(1) }
}

/// Returns what would be paged from here: what is selected itself, the person of a device, the schedule of a rotation.
pub fn start(model: &Model) -> Option<Arn> {
    let facts = model.facts();
    let subject = act::subject(model).and_then(|subject| start_of(&facts, subject));
    // A finding may be about something that nobody is paged by, and still about a person.
    let person = || match model.page {
        None => model.judged.of_row(model.selected_id()?)?.subject.person.as_ref(),
        Some(_) => None,
    };
    subject.or_else(|| start_of(&facts, person()?))
}

fn start_of(facts: &Facts<'_>, subject: &Arn) -> Option<Arn> {
    let named = match phone::arrival(facts, subject) {
        Some(arrival) => &arrival.channel,
        None => subject,
    };
    let arn = facts.graph.resolve(named).unwrap_or(named);
    let inventory = facts.inventory;
    if inventory.contacts.items.contains_key(arn) || inventory.response_plans.items.contains_key(arn) {
        return Some(arn.clone());
    }
    if inventory.rotations.items.contains_key(arn) {
        return facts.graph.schedules_of(arn).next().cloned();
    }
    facts
        .graph
        .channel(inventory, arn)
        .map(|(_, person)| person.arn.clone())
}

/// Returns what the selected step is about: its device, or else its person, plan or schedule.
pub fn subject(model: &Model) -> Option<&Arn> {
    let event = model.page.as_ref()?.selected()?;
    let is_device = |arn: &&Arn| model.shown.graph.channel(&model.shown.inventory, arn).is_some();
    let device = event.subject.as_ref().filter(is_device);
    device.or(event.person.as_ref()).or(event.subject.as_ref())
}

/// Simulates a page of what is selected, now.
pub fn open(model: &mut Model) -> Vec<Effect> {
    if let Some(start) = start(model) {
        let at = first_start(&model.shown.inventory, model.now);
        let place = Place {
            page: Some(PagePlace {
                question: Question {
                    resolve_schedules: model.setup.judging.resolve_schedules,
                    ..Question::new(start, at)
                },
                event: 0,
            }),
            what_if: None,
            ..model.place()
        };
        model.visit(&place);
    }
    Vec::new()
}

/// Leaves the page or the supposition; false where there is none.
pub fn leave(model: &mut Model) -> bool {
    let is_there = model.page.take().is_some() || model.what_if.take().is_some();
    if is_there {
        // The list has another height than it had when it was last scrolled.
        model.change_list(|_| {});
    }
    is_there
}

/// Moves the selection through the steps.
pub fn move_by(model: &mut Model, steps: isize) {
    if let Some(page) = &mut model.page {
        page.move_by(steps);
    }
}

/// Moves the time at which the page starts.
pub fn shift(model: &mut Model, by: TimeDelta) -> Vec<Effect> {
    what_if::shift(model, by);
    let at = model
        .page
        .as_ref()
        .and_then(|page| page.question.at.checked_add_signed(by));
    start_at(model, at)
}

/// Starts the page where a shift next (or last) makes a difference.
pub fn change(model: &mut Model, is_next: bool) -> Vec<Effect> {
    what_if::change(model, is_next);
    let Some(page) = &model.page else { return Vec::new() };
    let Question {
        start,
        at,
        resolve_schedules,
        ..
    } = page.question.clone();
    let edge = |sign: i32| at.checked_add_signed(FURTHEST * sign).unwrap_or(at);
    let mut simulator = Simulator::new(&model.shown.inventory, &model.shown.graph);
    let found = if is_next {
        simulator
            .changes(&start, resolve_schedules, at, edge(1))
            .first()
            .copied()
    } else {
        simulator
            .changes(&start, resolve_schedules, edge(-1), at)
            .last()
            .copied()
    };
    if found.is_none() {
        model.say(if is_next {
            "no shift that was read makes a difference later"
        } else {
            "no shift that was read makes a difference before"
        });
    }
    start_at(model, found)
}

/// Starts the page at the worst time for the first person, then for the second, then where it started before that.
pub fn worst(model: &mut Model) -> Vec<Effect> {
    if model.what_if.is_some() {
        what_if::hardest(model);
    }
    let Some(page) = &mut model.page else { return Vec::new() };
    let here = page.question.at;
    let before = match page.worst_visit {
        Some(visit) if visit.at == here => visit.before,
        Some(_) | None => here,
    };
    let next = page.next_worst();
    page.worst_visit = next.map(|(of, at)| WorstVisit { of, at, before });
    let (at, words) = next.map_or((before, "the time before"), |(of, at)| (at, of.words()));
    let already = if at == here {
        ", where the page starts already"
    } else {
        ""
    };
    model.say(format!("{words}{already}"));
    start_at(model, Some(at))
}

/// Asks for the time at which the page starts.
pub fn ask_time(model: &mut Model) -> Vec<Effect> {
    model.overlays.push(Overlay::Prompt(Prompt {
        question: format!(
            "Start at, in {} unless another zone stands behind, which is then shown (sun 03:00, +3h, tomorrow 03:00, 2026-11-29 03:00 Europe/Berlin)",
            model.zone
        ),
        input: Input::default(),
        error: None,
        purpose: Purpose::PageTime,
    }));
    Vec::new()
}

/// Takes the time that was typed.
pub fn take_time(model: &mut Model, text: &str) -> Vec<Effect> {
    match when::parse(text, model.now, model.zone) {
        Ok(moment) => {
            model.overlays.pop();
            if moment.zone != model.zone {
                model.zone = moment.zone;
                model.refresh_rows();
            }
            let is_now = moment.at == model.now;
            let at = if is_now {
                first_start(&model.shown.inventory, model.now)
            } else {
                moment.at
            };
            model.say(format!(
                "the page starts {} {}",
                time::instant(at, model.now, model.zone),
                time::zone_name(at, model.zone)
            ));
            start_at(model, Some(at))
        }
        Err(error) => {
            if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
                prompt.error = Some(format!("{error}; {}", error.hint()));
            }
            Vec::new()
        }
    }
}

/// Lets the person of the selected step acknowledge in its minute, or takes their acknowledgement away.
pub fn acknowledge(model: &mut Model) -> Vec<Effect> {
    let Some(page) = &mut model.page else { return Vec::new() };
    let given = page.selected().and_then(|event| {
        Some(Acknowledgement {
            minute: event.minute,
            person: event.person.clone()?,
        })
    });
    if let Some(given) = given {
        let all = &mut page.question.acknowledgements;
        let count = all.len();
        all.retain(|other| other.person != given.person);
        if all.len() == count {
            all.push(given);
            all.sort();
        }
        model.rebuild_page();
    }
    Vec::new()
}

fn start_at(model: &mut Model, at: Option<Timestamp>) -> Vec<Effect> {
    what_if::start_at(model, at);
    if let (Some(page), Some(at)) = (&mut model.page, at) {
        page.question.at = at;
        model.rebuild_page();
    }
    Vec::new()
}

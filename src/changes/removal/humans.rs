//! Where fewer people would be reached than today, or nobody: at every step of a removal, not only at its end.
//!
//! Each plan, schedule and response plan that leads to those who go is walked as before, once for each state that the account
//! passes through, and so is each rotation. A stage is followed by what it was: when one before it goes, its number changes.

use super::{
    Removal,
    build::plan_after,
    counts::{self, Fall, Reached},
};
use crate::{
    changes::{
        Write,
        apply::{Previews, apply_one},
    },
    domain::{
        contact::{ContactKind, Plan},
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
    },
    paging::{
        coverage::Stretch,
        simulate::{
            ResolveSchedules, Simulator,
            stages::{StagesReached, everybody, reached},
        },
        worst::WorstTime,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Something that reaches somebody today, and would not, or would reach fewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The escalation plan, schedule or response plan.
    pub about: Arn,
    /// How much of it.
    pub part: Part,
    /// The earliest starts for which it is so.
    pub starts: Stretch,
    /// Whether it is certain, or cannot be told.
    pub is_certain: bool,
    /// The place of the first write after which it is so, from 0.
    pub step: usize,
    /// Whether it is so only between two writes, and not at the end.
    pub is_passing: bool,
    /// How many people are certainly reached for these starts, where it is about their number.
    pub fewer: Option<Fewer>,
}

/// How many people something certainly reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fewer {
    /// Today.
    pub before: usize,
    /// Afterwards.
    pub after: usize,
}

/// How much of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// All of it: whoever engages it reaches nobody.
    Whole,
    /// A stage, by the number that it has today, counted from 1.
    Stage(usize),
    /// The second person is not reached any more within the minutes that the policy allows.
    SecondHuman {
        /// The minutes.
        minutes: i64,
    },
    /// Fewer people than today are reached by a stage, by the number that it has today, and not nobody.
    FewerOfStage(usize),
    /// Fewer people than today are reached by all of it; of a rotation, fewer who can be reached are on call.
    Fewer,
}

/// On what terms the account is walked.
#[derive(Clone, Copy)]
pub struct Walked<'a> {
    /// The starts that count.
    pub window: Stretch,
    /// When schedules are resolved.
    pub resolve_schedules: ResolveSchedules,
    /// How many minutes the policy gives a plan of this name until a second person is paged.
    pub second_human_minutes: &'a dyn Fn(&str) -> i64,
}

impl std::fmt::Debug for Walked<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Walked")
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

/// Returns what is lost on the way through `writes`, each once, in the order of names.
pub fn losses(
    inventory: &Inventory,
    graph: &Graph,
    removal: &Removal,
    (writes, previews): (&[Write], &Previews),
    walked: Walked<'_>,
) -> Vec<Loss> {
    let starts = leading_to(inventory, graph, &removal.leavers);
    let rotations = counts::rotations(inventory, removal, writes);
    let before = Seen::of(inventory, graph, (&starts, &rotations), walked);
    let mut now = inventory.clone();
    let mut places: BTreeMap<&Arn, Vec<Option<usize>>> = BTreeMap::new();
    let mut found: BTreeMap<(Arn, Part), Loss> = BTreeMap::new();
    let mut at_end = BTreeSet::new();
    for (step, write) in writes.iter().enumerate() {
        apply_one(&mut now, write, previews);
        if matches!(write, Write::TagResource { .. }) {
            continue;
        }
        if let Write::UpdateContact { contact, .. } = write {
            let owner = inventory.contacts.items.get(contact);
            let after = owner.and_then(|owner| plan_after(owner, removal));
            places.extend(after.map(|after| (contact, after.places)));
        }
        let graph = Graph::build(&now);
        let after = Seen::of(&now, &graph, (&starts, &rotations), walked);
        let lost = before.lost(&after, &places, walked);
        at_end = lost.iter().map(|lost| (lost.about.clone(), lost.part)).collect();
        for lost in lost {
            let key = (lost.about.clone(), lost.part);
            let is_certain = lost.is_certain;
            let known = found.entry(key).or_insert(Loss { step, ..lost });
            known.is_certain |= is_certain;
        }
    }
    let mut losses: Vec<Loss> = found.into_values().collect();
    for loss in &mut losses {
        loss.is_passing = !at_end.contains(&(loss.about.clone(), loss.part));
    }
    losses
}

/// Returns everything that can be engaged and leads to one of `people`, other than people.
pub fn leading_to(inventory: &Inventory, graph: &Graph, people: &[Arn]) -> BTreeSet<Arn> {
    let mut found: BTreeSet<Arn> = BTreeSet::new();
    let mut waiting: Vec<Arn> = people.to_vec();
    let devices = |person: &Arn| {
        let contact = graph.contact(person);
        let channels = contact.and_then(|contact| contact.channels.known());
        channels.into_iter().flatten().map(|channel| channel.arn.clone())
    };
    waiting.extend(people.iter().flat_map(devices));
    while let Some(arn) = waiting.pop() {
        let uses = graph.used_by(&arn).iter().map(|entry| &entry.by);
        let shifts = graph.shifts_of(&arn).iter().map(|(rotation, _)| rotation);
        for by in uses.chain(shifts) {
            if found.insert(by.clone()) {
                waiting.push(by.clone());
            }
        }
    }
    found.retain(|arn| {
        let contact = inventory.contacts.items.get(arn);
        inventory.response_plans.items.contains_key(arn)
            || contact.is_some_and(|contact| contact.kind != ContactKind::Person)
    });
    found
}

/// What everything comes to in one state of the account.
struct Seen {
    of: BTreeMap<Arn, (Vec<StagesReached>, Option<WorstTime>)>,
    /// Whom each reaches in all; of a rotation, who is on call and can be reached.
    everybody: BTreeMap<Arn, Reached>,
}

/// Returns that something is so for some starts, first seen at no step in particular.
fn lost_at(about: &Arn, part: Part, starts: Stretch, is_certain: bool) -> Loss {
    Loss {
        about: about.clone(),
        part,
        starts,
        is_certain,
        step: 0,
        is_passing: false,
        fewer: None,
    }
}

fn fallen(about: &Arn, part: Part, fall: Fall) -> Loss {
    Loss {
        fewer: Some(fall.fewer),
        ..lost_at(about, part, fall.starts, fall.is_certain)
    }
}

impl Seen {
    fn of(
        inventory: &Inventory,
        graph: &Graph,
        (starts, rotations): (&BTreeSet<Arn>, &BTreeSet<Arn>),
        walked: Walked<'_>,
    ) -> Self {
        let mut simulator = Simulator::new(inventory, graph);
        let mut of = BTreeMap::new();
        let mut all = BTreeMap::new();
        for start in starts {
            let has_stages = inventory
                .contacts
                .items
                .get(start)
                .and_then(|contact| contact.plan.known())
                .is_some_and(|plan: &Plan| !plan.stages.is_empty());
            let (window, resolve) = (walked.window, walked.resolve_schedules);
            let stages = if has_stages {
                reached(&mut simulator, start, window, resolve, inventory.horizon_end)
            } else {
                Vec::new()
            };
            let worst = simulator.worst(start, window, resolve, inventory.horizon_end);
            of.insert(start.clone(), (stages, worst));
            let reached = everybody(&mut simulator, start, window, resolve, inventory.horizon_end);
            all.insert(start.clone(), reached);
        }
        for rotation in rotations {
            let reached = counts::on_call(inventory, graph, rotation, walked.window);
            all.insert(rotation.clone(), reached);
        }
        Self { of, everybody: all }
    }

    fn lost(&self, after: &Self, places: &BTreeMap<&Arn, Vec<Option<usize>>>, walked: Walked<'_>) -> Vec<Loss> {
        let mut lost = Vec::new();
        for (start, (stages, worst)) in &self.of {
            let Some((stages_after, worst_after)) = after.of.get(start) else {
                continue;
            };
            let moved = places.get(start).map(Vec::as_slice);
            of_stages(start, stages, (stages_after, moved), &mut lost);
            if let (Some(worst), Some(worst_after)) = (worst, worst_after) {
                of_whole(start, worst, worst_after, &mut lost);
                let minutes = (walked.second_human_minutes)(start.name());
                let is_by = |worst: &WorstTime| worst.second_human.minute.is_by(minutes);
                if is_by(worst) == Some(true) && is_by(worst_after) != Some(true) {
                    let starts = worst_after.second_human.starts;
                    let is_certain = is_by(worst_after) == Some(false);
                    lost.push(lost_at(start, Part::SecondHuman { minutes }, starts, is_certain));
                }
            }
        }
        for (about, before) in &self.everybody {
            let fall = after
                .everybody
                .get(about)
                .and_then(|after| counts::first_fall(before, after));
            // Where it would reach nobody at all, that is told, and not how many are missing.
            let is_told = |lost: &Loss| lost.about == *about && lost.part == Part::Whole && lost.is_certain;
            if let Some(fall) = fall.filter(|_| !lost.iter().any(is_told)) {
                lost.push(fallen(about, Part::Fewer, fall));
            }
        }
        lost
    }
}

fn of_whole(start: &Arn, before: &WorstTime, after: &WorstTime, lost: &mut Vec<Loss>) {
    let mut dim: Vec<Stretch> = before.nobody.iter().chain(&before.unknown).copied().collect();
    dim.sort();
    // Both ends look ahead by the length of the plan: a shorter one is judged for longer.
    let within = before.window;
    for (after, cover, is_certain) in [
        (&after.nobody, &dim, true),
        (&after.nobody, &before.nobody, false),
        // What is not known today may be the worse of it afterwards.
        (&after.unknown, &before.nobody, false),
    ] {
        if let Some(starts) = first_outside(after, cover, within) {
            lost.push(lost_at(start, Part::Whole, starts, is_certain));
            return;
        }
    }
}

/// Returns the first piece of `of` that is in `within` and in none of `cover`, which is in order.
fn first_outside(of: &[Stretch], cover: &[Stretch], within: Stretch) -> Option<Stretch> {
    of.iter().find_map(|stretch| {
        let end_at = stretch.end_at.min(within.end_at);
        let mut start_at = stretch.start_at.max(within.start_at);
        for covered in cover {
            if covered.end_at <= start_at {
                continue;
            }
            if covered.start_at > start_at {
                let piece_end = covered.start_at.min(end_at);
                return (start_at < piece_end).then_some(Stretch {
                    start_at,
                    end_at: piece_end,
                });
            }
            start_at = covered.end_at;
        }
        (start_at < end_at).then_some(Stretch { start_at, end_at })
    })
}

fn of_stages(
    plan: &Arn,
    before: &[StagesReached],
    (after, moved): (&[StagesReached], Option<&[Option<usize>]>),
    lost: &mut Vec<Loss>,
) {
    let numbers: BTreeSet<usize> = before.iter().flat_map(|was| was.stages.keys().copied()).collect();
    for number in numbers {
        let number_after = match moved {
            None => Some(number),
            Some(places) => {
                let place = number
                    .checked_sub(1)
                    .and_then(|index| places.get(index).copied().flatten());
                place.map(|place| place + 1)
            }
        };
        let was = counts::of_stage(before, Some(number));
        let is = counts::of_stage(after, number_after);
        if let Some((starts, is_certain)) = counts::first_dark(&was, &is) {
            lost.push(lost_at(plan, Part::Stage(number), starts, is_certain));
        } else if let Some(fall) = counts::first_fall(&was, &is) {
            lost.push(fallen(plan, Part::FewerOfStage(number), fall));
        }
    }
}

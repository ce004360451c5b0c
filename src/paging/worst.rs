//! The worst time to start in a horizon, exactly.
//!
//! From one edge of a shift, moved back by the minute at which its schedule is resolved, to the next one, every start
//! comes to the same: so one evaluation for each of these stretches is all there is, and nothing is sampled.

use super::{
    coverage::{Stretch, prolong},
    simulate::{
        Firsts, Plot, ResolveSchedules, Simulator,
        minute::{Minute, Range},
        person::RemovedDevice,
        reason::{Bound, Doubt},
    },
};
use crate::domain::{Timestamp, graph::Graph, ids::Arn, inventory::Inventory};
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// What the starts of a horizon come to when nobody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorstTime {
    /// The starts that were judged. It ends before the horizon of the shifts by the time that the plan still looks
    /// ahead, unless a window that ends later was asked for: then its last starts are unknown.
    pub window: Stretch,
    /// The worst start for reaching anybody.
    pub first_human: Worst,
    /// The worst start for reaching a second person.
    pub second_human: Worst,
    /// The worst start for a device that rings.
    pub first_audible: Worst,
    /// The starts that certainly reach nobody at all, in order.
    pub nobody: Vec<Stretch>,
    /// The starts of which it cannot be told whether they reach anybody, in order.
    pub unknown: Vec<Stretch>,
    /// Everything unknown that stands in the way of an exact answer for some start, each once, in the order of time.
    pub doubts: Vec<Doubt>,
    /// The limits that were met.
    pub bounds: BTreeSet<Bound>,
    /// Whether a stage names a removed device and it makes a difference for some start whether the whole stage is
    /// skipped; the worse reading is told.
    pub is_worse_reading: bool,
}

/// The worst start for one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worst {
    /// The earliest starts that come to the worst; where nothing can be told exactly, those of which least is certain.
    pub starts: Stretch,
    /// How long it takes in the worst case.
    pub minute: Minute,
}

impl WorstTime {
    /// Returns for how much of the window a start certainly reaches nobody.
    pub fn time_with_nobody(&self) -> TimeDelta {
        self.nobody
            .iter()
            .map(|stretch| stretch.end_at - stretch.start_at)
            .sum()
    }
}

/// Returns what the starts in `window` come to; absent when the window is empty.
pub fn worst(
    inventory: &Inventory,
    graph: &Graph,
    start: &Arn,
    window: Stretch,
    resolve_schedules: ResolveSchedules,
) -> Option<WorstTime> {
    Simulator::new(inventory, graph).worst(start, window, resolve_schedules, inventory.horizon_end)
}

impl Simulator<'_> {
    /// Returns what the starts in `window` come to; absent when the window is empty. See [`worst`].
    pub fn worst(
        &mut self,
        start: &Arn,
        window: Stretch,
        resolve_schedules: ResolveSchedules,
        horizon_end: Option<Timestamp>,
    ) -> Option<WorstTime> {
        let plot = self.plot(start, resolve_schedules);
        let window = judged(&plot, window, horizon_end);
        (window.start_at < window.end_at).then(|| over(&plot, window))
    }
}

/// Returns the window without the last starts, which look beyond the shifts that were read.
pub(super) fn judged(plot: &Plot, window: Stretch, horizon_end: Option<Timestamp>) -> Stretch {
    let look_ahead = TimeDelta::minutes(plot.last_resolve_minute());
    let last = horizon_end
        .filter(|end| window.end_at <= *end)
        .and_then(|end| end.checked_sub_signed(look_ahead));
    Stretch {
        end_at: match last {
            Some(last) if window.start_at < last => window.end_at.min(last),
            _ => window.end_at,
        },
        ..window
    }
}

/// Returns what the starts of a window come to.
pub(super) fn over(plot: &Plot, window: Stretch) -> WorstTime {
    let mut sweep = Sweep::new(window);
    for starts in plot.stretches(window) {
        let firsts = plot.firsts(starts.start_at, RemovedDevice::SilencesStage);
        sweep.add(starts, &firsts);
        if plot.names_removed_device() {
            let other = plot.firsts(starts.start_at, RemovedDevice::SilencesItself);
            sweep.is_worse_reading |= lateness(&other) != lateness(&firsts);
        }
    }
    sweep.finish(plot.bounds())
}

fn lateness(firsts: &Firsts<'_>) -> [(i64, i64); 3] {
    [firsts.human, firsts.second_human, firsts.audible].map(|range| range.lateness())
}

/// The stretches of a window, taken in one after the other.
struct Sweep<'a> {
    window: Stretch,
    human: Latest<'a>,
    second_human: Latest<'a>,
    audible: Latest<'a>,
    nobody: Vec<Stretch>,
    unknown: Vec<Stretch>,
    doubts: Vec<&'a Doubt>,
    is_worse_reading: bool,
}

impl<'a> Sweep<'a> {
    fn new(window: Stretch) -> Self {
        Self {
            window,
            human: Latest::default(),
            second_human: Latest::default(),
            audible: Latest::default(),
            nobody: Vec::new(),
            unknown: Vec::new(),
            doubts: Vec::new(),
            is_worse_reading: false,
        }
    }

    fn add(&mut self, stretch: Stretch, firsts: &Firsts<'a>) {
        self.human.add(stretch, firsts.human);
        self.second_human.add(stretch, firsts.second_human);
        self.audible.add(stretch, firsts.audible);
        match (firsts.human.earliest, firsts.human.latest) {
            (None, _) => prolong(&mut self.nobody, stretch),
            (Some(_), None) => prolong(&mut self.unknown, stretch),
            (Some(_), Some(_)) => {}
        }
        for range in [firsts.human, firsts.second_human, firsts.audible] {
            if let Some(why) = range.why.filter(|_| range.earliest != range.latest)
                && !self.doubts.contains(&why)
            {
                self.doubts.push(why);
            }
        }
    }

    fn finish(self, bounds: BTreeSet<Bound>) -> WorstTime {
        WorstTime {
            window: self.window,
            first_human: self.human.worst(self.window),
            second_human: self.second_human.worst(self.window),
            first_audible: self.audible.worst(self.window),
            nobody: self.nobody,
            unknown: self.unknown,
            doubts: self.doubts.into_iter().cloned().collect(),
            bounds,
            is_worse_reading: self.is_worse_reading,
        }
    }
}

/// The worst of one figure so far.
#[derive(Default)]
struct Latest<'a> {
    worst: Option<(Stretch, Range<'a>)>,
    /// The worst minute that is certain not to be undercut at its start; `i64::MAX` for never.
    earliest: i64,
}

impl<'a> Latest<'a> {
    fn add(&mut self, stretch: Stretch, range: Range<'a>) {
        let (_, earliest) = range.lateness();
        self.earliest = self.earliest.max(earliest);
        match &mut self.worst {
            // Starts that come to the same and follow each other are one stretch.
            Some((worst, found)) if found.lateness() == range.lateness() && worst.end_at == stretch.start_at => {
                worst.end_at = stretch.end_at;
            }
            Some((_, found)) if found.lateness() >= range.lateness() => {}
            worst => *worst = Some((stretch, range)),
        }
    }

    /// Returns the worst: it lies between the latest of all earliest minutes and the latest of all.
    fn worst(self, window: Stretch) -> Worst {
        let Some((starts, range)) = self.worst else {
            return Worst {
                starts: window,
                minute: Minute::Never,
            };
        };
        let minute = Range {
            earliest: Some(self.earliest).filter(|minute| *minute < i64::MAX),
            ..range
        };
        Worst {
            starts,
            minute: minute.to_minute(),
        }
    }
}

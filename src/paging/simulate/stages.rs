//! Whom each stage of an escalation plan engages, for every start of a horizon.
//!
//! Where [`worst`](crate::paging::worst) asks *when* somebody is reached, this asks *who* is, by which stage: whether the
//! next stage brings anybody new, and whether a stage engages somebody twice. It is worked out on the same route.

use super::{
    Plot, ResolveSchedules, Simulator,
    event::What,
    instant_of,
    on_call::End,
    person::{BothReadings, RemovedDevice},
    reason::Doubt,
};
use crate::domain::{Timestamp, ids::Arn};
use crate::paging::{coverage::Stretch, worst::judged};
use std::collections::{BTreeMap, BTreeSet};

/// Whom the stages of a plan engage when it starts within a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagesReached {
    /// The starts.
    pub starts: Stretch,
    /// The stages by their numbers, counted from 1. A stage that engages nothing at all is left out.
    pub stages: BTreeMap<usize, StageReached>,
}

/// Whom one stage engages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StageReached {
    /// Those who are certainly paged, at whatever minute of their own plan.
    pub paged: BTreeSet<Arn>,
    /// Those of whom that is not known.
    pub perhaps: BTreeSet<Arn>,
    /// Whether there may be anybody else, since something was not read.
    pub is_open: bool,
    /// The first thing that is not known.
    pub doubt: Option<Doubt>,
    /// Those who are engaged through more than one target in the minute in which the stage begins, whether or not they
    /// can be reached.
    pub twice: BTreeSet<Arn>,
}

/// Returns whom each stage of `plan` engages, for all starts in `window`.
pub fn reached(
    simulator: &mut Simulator<'_>,
    plan: &Arn,
    window: Stretch,
    resolve_schedules: ResolveSchedules,
    horizon_end: Option<Timestamp>,
) -> Vec<StagesReached> {
    let plot = simulator.plot(plan, resolve_schedules);
    let window = judged(&plot, window, horizon_end);
    plot.stretches(window)
        .map(|starts| StagesReached {
            starts,
            stages: at(&plot, starts.start_at),
        })
        .collect()
}

/// Returns whom anything that can be engaged comes to in all, for all starts in `window`, in order.
pub fn everybody(
    simulator: &mut Simulator<'_>,
    start: &Arn,
    window: Stretch,
    resolve_schedules: ResolveSchedules,
    horizon_end: Option<Timestamp>,
) -> Vec<(Stretch, StageReached)> {
    let plot = simulator.plot(start, resolve_schedules);
    let window = judged(&plot, window, horizon_end);
    plot.stretches(window)
        .map(|starts| (starts, all_at(&plot, starts.start_at)))
        .collect()
}

fn all_at(plot: &Plot, instant: Timestamp) -> StageReached {
    let mut all = StageReached::default();
    for leg in &plot.route.legs {
        match &leg.end {
            End::Schedule(schedule) => {
                let instant = instant_of(leg, instant, plot.resolve_schedules);
                for on_duty in instant.map(|instant| schedule.at(instant)).unwrap_or_default() {
                    all.add(&on_duty.end);
                }
            }
            end @ (End::Person(_) | End::Silent(_) | End::Unknown(_)) => all.add(end),
        }
    }
    all
}

fn at(plot: &Plot, instant: Timestamp) -> BTreeMap<usize, StageReached> {
    let mut stages: BTreeMap<usize, StageReached> = BTreeMap::new();
    let mut engaged: BTreeSet<(usize, &Arn)> = BTreeSet::new();
    let mut cut: Option<&Doubt> = None;
    for leg in &plot.route.legs {
        let Some((number, begins_at)) = leg.path.first().and_then(|hop| Some((hop.stage?, hop.begins_at))) else {
            // What lies beyond a limit of the walk belongs to no stage in particular.
            if let End::Unknown(doubt) = &leg.end {
                cut = Some(doubt);
            }
            continue;
        };
        let stage = stages.entry(number).or_default();
        let mut add = |end| {
            stage.add(end);
            if let End::Person(person) = end
                && leg.minute == begins_at
                && !engaged.insert((number, &person.person))
            {
                stage.twice.insert(person.person.clone());
            }
        };
        match &leg.end {
            End::Schedule(schedule) => {
                let instant = instant_of(leg, instant, plot.resolve_schedules);
                for on_duty in instant.map(|instant| schedule.at(instant)).unwrap_or_default() {
                    add(&on_duty.end);
                }
            }
            end @ (End::Person(_) | End::Silent(_) | End::Unknown(_)) => add(end),
        }
    }
    if let Some(doubt) = cut {
        for stage in stages.values_mut() {
            stage.open(doubt);
        }
    }
    stages
}

impl StageReached {
    fn add(&mut self, end: &End) {
        match end {
            End::Person(person) => self.add_person(person),
            End::Unknown(doubt) => self.open(doubt),
            End::Silent(_) | End::Schedule(_) => {}
        }
    }

    fn add_person(&mut self, person: &BothReadings) {
        let mut is_paged = true;
        let mut may_be_paged = false;
        // Under both readings of a removed device, or else it is not certain.
        for reading in [RemovedDevice::SilencesStage, RemovedDevice::SilencesItself] {
            let deciding = &person.under(reading).deciding;
            let pages = deciding.iter().any(|step| matches!(step.what, What::Page(_)));
            let doubt = deciding.iter().find_map(|step| match &step.what {
                What::Unknown(doubt) => Some(doubt),
                What::Page(_) | What::Silent(_) => None,
            });
            is_paged &= pages;
            may_be_paged |= pages || doubt.is_some();
            if !pages && let Some(doubt) = doubt {
                self.doubt.get_or_insert_with(|| doubt.clone());
            }
        }
        if is_paged {
            self.paged.insert(person.person.clone());
        } else if may_be_paged {
            self.perhaps.insert(person.person.clone());
        }
    }

    fn open(&mut self, doubt: &Doubt) {
        self.is_open = true;
        self.doubt.get_or_insert_with(|| doubt.clone());
    }

    /// Returns whether this stage pages nobody but people whom `earlier` has paged already; absent when it cannot be
    /// told. A stage that pages nobody repeats nothing.
    pub fn only_repeats(&self, earlier: &Self) -> Option<bool> {
        let is_in_earlier = |person: &Arn| earlier.paged.contains(person);
        let may_be_in_earlier =
            |person: &Arn| earlier.is_open || earlier.paged.contains(person) || earlier.perhaps.contains(person);
        let may_repeat = if self.paged.is_empty() {
            let is_earlier_somebody = earlier.is_open || !earlier.paged.is_empty() || !earlier.perhaps.is_empty();
            self.is_open && is_earlier_somebody || self.perhaps.iter().any(may_be_in_earlier)
        } else {
            self.paged.iter().all(may_be_in_earlier)
        };
        let repeats =
            !self.is_open && !self.paged.is_empty() && self.paged.iter().chain(&self.perhaps).all(is_in_earlier);
        match (repeats, may_repeat) {
            (true, _) => Some(true),
            (false, false) => Some(false),
            (false, true) => None,
        }
    }
}

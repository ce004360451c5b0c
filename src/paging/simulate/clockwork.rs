//! A second walker for tests, as simple as can be: a clock that ticks from minute to minute, and things that run.
//!
//! It shares nothing with the real walk, knows no bounds and no doubts, and is slow.

use super::{Acknowledgement, ResolveSchedules, person::RemovedDevice};
use crate::domain::{
    Timestamp,
    contact::{ActivationStatus, ChannelKind, ContactKind, Target},
    ids::Arn,
    inventory::Inventory,
};
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// How long the clock ticks; longer than the longest random organisation pages.
const LAST_MINUTE: i64 = 200;

/// A page: minute, person, device, attempt.
pub(crate) type Paged = (i64, Arn, Arn, usize);

/// Something that was engaged.
struct Running {
    /// What.
    arn: Arn,
    /// By which other running thing, and whether as an essential target.
    parent: Option<(usize, bool)>,
    /// The stage that begins next.
    next: usize,
    /// The minutes until it does.
    wait: i64,
    is_stopped: bool,
    has_paged: bool,
}

/// A device that is tried again.
struct Retry {
    by: usize,
    device: Arn,
    interval: i64,
    wait: i64,
    stage_left: i64,
    attempt: usize,
}

/// The clock with everything that runs.
pub(crate) struct Clockwork<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) removed: RemovedDevice,
    pub(crate) resolve_schedules: ResolveSchedules,
    start_at: Timestamp,
    minute: i64,
    running: Vec<Running>,
    retries: Vec<Retry>,
    acknowledged: BTreeSet<Arn>,
    pages: Vec<Paged>,
}

impl<'a> Clockwork<'a> {
    pub(crate) fn new(inventory: &'a Inventory, removed: RemovedDevice, resolve_schedules: ResolveSchedules) -> Self {
        Self {
            inventory,
            removed,
            resolve_schedules,
            start_at: Timestamp::UNIX_EPOCH,
            minute: 0,
            running: Vec::new(),
            retries: Vec::new(),
            acknowledged: BTreeSet::new(),
            pages: Vec::new(),
        }
    }

    /// Runs, and returns every page in the order of time.
    pub(crate) fn run(mut self, start: &Arn, at: Timestamp, acknowledgements: &[Acknowledgement]) -> Vec<Paged> {
        self.start_at = at;
        match self.inventory.response_plans.items.get(start) {
            Some(plan) => {
                for engaged in &plan.detail.known().unwrap().engagements {
                    self.engage(engaged, None);
                }
            }
            None => self.engage(start, None),
        }
        while self.minute <= LAST_MINUTE {
            self.tick();
            let minute = self.minute;
            for given in acknowledgements.iter().filter(|given| given.minute == minute) {
                self.acknowledge(&given.person);
            }
            self.minute += 1;
        }
        assert!(
            self.running.iter().all(|running| running.wait <= 0),
            "the clock stopped too early"
        );
        self.pages
    }

    fn tick(&mut self) {
        for mut retry in std::mem::take(&mut self.retries) {
            retry.stage_left -= 1;
            retry.wait -= 1;
            if retry.stage_left > 0 {
                if retry.wait == 0 {
                    retry.attempt += 1;
                    retry.wait = retry.interval;
                    self.page(retry.by, &retry.device, retry.attempt);
                }
                self.retries.push(retry);
            }
        }
        let mut index = 0;
        while index < self.running.len() {
            if self.minute > 0 {
                self.running[index].wait -= 1;
            }
            index += 1;
        }
        // What is engaged in this minute begins in this minute.
        let mut index = 0;
        while index < self.running.len() {
            while self.running[index].wait <= 0 && self.begin_stage(index) {}
            index += 1;
        }
    }

    fn engage(&mut self, arn: &Arn, parent: Option<(usize, bool)>) {
        let mut above = parent;
        while let Some((index, _)) = above {
            if self.running[index].arn == *arn {
                return;
            }
            above = self.running[index].parent;
        }
        self.running.push(Running {
            arn: arn.clone(),
            parent,
            next: 0,
            wait: 0,
            is_stopped: false,
            has_paged: false,
        });
    }

    /// Begins the next stage, if there is one.
    fn begin_stage(&mut self, index: usize) -> bool {
        let running = &mut self.running[index];
        let number = running.next;
        running.next += 1;
        if running.is_stopped {
            return false;
        }
        let Some(contact) = self.inventory.contacts.items.get(&running.arn) else {
            return false;
        };
        let plan = contact.plan.known().unwrap();
        if contact.kind == ContactKind::Schedule {
            if number == 0 {
                self.hand_to_those_on_call(index, &plan.rotations);
            }
            return false;
        }
        let Some(stage) = plan.stages.get(number) else {
            return false;
        };
        self.running[index].wait = i64::from(stage.duration_minutes).max(0);
        let is_void = self.removed == RemovedDevice::SilencesStage
            && stage.targets.iter().any(|target| match target {
                Target::Channel { channel, .. } => !self.inventory.channels().any(|known| known.arn == *channel),
                Target::Contact { .. } | Target::Empty => false,
            });
        for target in &stage.targets {
            match target {
                Target::Contact {
                    contact: named,
                    is_essential,
                } if contact.kind == ContactKind::EscalationPlan => {
                    self.engage(named, Some((index, *is_essential)));
                }
                Target::Channel { channel, retry_minutes } if contact.kind == ContactKind::Person && !is_void => {
                    self.page(index, channel, 1);
                    let interval = i64::from(retry_minutes.unwrap_or(0));
                    if interval > 0 {
                        self.retries.push(Retry {
                            by: index,
                            device: channel.clone(),
                            interval,
                            wait: interval,
                            stage_left: i64::from(stage.duration_minutes),
                            attempt: 1,
                        });
                    }
                }
                Target::Channel { .. } | Target::Contact { .. } | Target::Empty => {}
            }
        }
        true
    }

    fn hand_to_those_on_call(&mut self, schedule: usize, rotations: &[Arn]) {
        let now = match self.resolve_schedules {
            ResolveSchedules::StageStart => self.start_at + TimeDelta::minutes(self.minute),
            ResolveSchedules::PlanStart => self.start_at,
        };
        let mut people = BTreeSet::new();
        for rotation in rotations
            .iter()
            .filter_map(|arn| self.inventory.rotations.items.get(arn))
        {
            for shift in rotation.shifts.known().unwrap() {
                if shift.start_at <= now && now < shift.end_at {
                    people.extend(shift.contacts.iter().cloned());
                }
            }
        }
        for person in people {
            self.engage(&person, Some((schedule, false)));
        }
    }

    fn page(&mut self, by: usize, device: &Arn, attempt: usize) {
        let person = self.running[by].arn.clone();
        if self.acknowledged.contains(&person) {
            return;
        }
        let channels = self.inventory.contacts.items[&person].channels.known().unwrap();
        let is_active = channels
            .iter()
            .any(|channel| channel.arn == *device && channel.status == ActivationStatus::Activated);
        if is_active {
            self.running[by].has_paged = true;
            self.pages.push((self.minute, person, device.clone(), attempt));
        }
    }

    fn acknowledge(&mut self, person: &Arn) {
        if !self.pages.iter().any(|(_, paged, _, _)| paged == person) {
            return;
        }
        self.acknowledged.insert(person.clone());
        for index in 0..self.running.len() {
            if self.running[index].arn != *person || !self.running[index].has_paged {
                continue;
            }
            let mut above = self.running[index].parent;
            while let Some((parent, is_essential)) = above {
                if is_essential {
                    self.running[parent].is_stopped = true;
                }
                above = self.running[parent].parent;
            }
        }
    }
}

/// What pages come to: the minutes of the first person, of the second one, and of the first device that rings.
pub(crate) fn firsts(inventory: &Inventory, pages: &[Paged]) -> [Option<i64>; 3] {
    let first = pages.first();
    let second = pages.iter().find(|page| first.is_some_and(|first| first.1 != page.1));
    let rings = |device: &Arn| {
        let channel = inventory.channels().find(|channel| channel.arn == *device).unwrap();
        matches!(channel.kind, ChannelKind::Sms | ChannelKind::Voice)
    };
    let audible = pages.iter().find(|page| rings(&page.2));
    [first, second, audible].map(|page| page.map(|page| page.0))
}

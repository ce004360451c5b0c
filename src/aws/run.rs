//! Asks the questions of a load side by side, and reports what comes of them.
//!
//! All of it is one future: dropping it drops every request. The screen gets at most ten batches a second, and a load
//! never waits for a screen that is busy.

use super::{
    Assignment,
    load::{Job, Outcome, Session},
};
use crate::{
    domain::{
        gap::{Gap, GapReason},
        inventory::Part,
        load::{LoadEvent, Progress},
        operation::RateClass,
    },
    failure::{Failure, FailureKind},
};
use futures_util::{
    FutureExt as _,
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt as _},
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// The time between two batches of events.
const BATCH_INTERVAL: Duration = Duration::from_millis(100);

/// What is being asked, and what is still to be.
pub(super) struct Run<'a> {
    session: &'a Session<'a>,
    asked: FuturesUnordered<BoxFuture<'a, (u64, Outcome)>>,
    /// The questions that are being asked, by number.
    under_way: BTreeMap<u64, Job>,
    /// The questions that wait, by class.
    waiting: BTreeMap<RateClass, VecDeque<Job>>,
    /// The last questions, which wait until no row of a screen needs their class any more.
    last: BTreeMap<RateClass, VecDeque<Job>>,
    next_number: u64,
    progress: Progress,
    reported: Option<Progress>,
}

impl<'a> Run<'a> {
    /// Returns a run that begins with `jobs`.
    pub(super) fn new(session: &'a Session<'a>, jobs: Vec<Job>) -> Self {
        let mut run = Self {
            session,
            asked: FuturesUnordered::new(),
            under_way: BTreeMap::new(),
            waiting: BTreeMap::new(),
            last: BTreeMap::new(),
            next_number: 0,
            progress: Progress::default(),
            reported: None,
        };
        run.add(jobs);
        run
    }

    /// Asks until no question is left, one says that it is no use, or the operator has had enough.
    pub(super) async fn finish(mut self, assignment: &Assignment) -> Result<(), Failure> {
        let Assignment { out, stop, .. } = assignment;
        let mut batch_at = Instant::now();
        let mut has_rows = false;
        loop {
            self.start();
            if self.asked.is_empty() {
                self.note_progress();
                return self.session.silence().map_or(Ok(()), Err);
            }
            let batch = async {
                tokio::time::sleep_until(batch_at).await;
                out.reserve().await
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => {
                    self.abandon(&GapReason::Cancelled);
                    return Ok(());
                }
                permit = batch => {
                    let Ok(permit) = permit else {
                        // Nobody listens any more.
                        return Ok(());
                    };
                    self.note_progress();
                    let events = self.session.log.take();
                    if !events.is_empty() {
                        permit.send(events);
                    }
                    batch_at = Instant::now() + BATCH_INTERVAL;
                }
                Some((number, outcome)) = self.asked.next() => {
                    let brings_rows = outcome.parts.iter().any(|part| matches!(part, Part::Contacts(_)));
                    if brings_rows && !has_rows {
                        has_rows = true;
                        batch_at = Instant::now();
                    }
                    if let Some(failure) = self.settle(number, outcome) {
                        self.abandon(&reason_of(&failure));
                        return Err(failure);
                    }
                }
            }
        }
    }

    /// Starts waiting questions: of each class no more than may be under way, since the rest would only take memory.
    fn start(&mut self) {
        let limit = self.session.account.requests_in_flight;
        let mut count: BTreeMap<RateClass, usize> = BTreeMap::new();
        for job in self.under_way.values() {
            *count.entry(job.operation().class()).or_default() += 1;
        }
        let last_turn: Vec<RateClass> = self
            .last
            .keys()
            .copied()
            .filter(|class| self.is_last_turn(*class))
            .collect();
        let last = self.last.iter_mut().filter(|(class, _)| last_turn.contains(class));
        let mut started = Vec::new();
        for (class, waiting) in self.waiting.iter_mut().chain(last) {
            let count = count.entry(*class).or_default();
            while *count < limit
                && let Some(job) = waiting.pop_front()
            {
                *count += 1;
                started.push(job);
            }
        }
        for job in started {
            let (number, session) = (self.next_number, self.session);
            self.next_number += 1;
            self.under_way.insert(number, job.clone());
            self.asked
                .push(async move { (number, session.ask(&job).await) }.boxed());
        }
    }

    /// Returns whether the last questions of a class may be asked, because no row of a screen waits for its rate any more.
    ///
    /// At a pace without slots it is the requests in flight that are scarce, so that they wait for every other question.
    fn is_last_turn(&self, class: RateClass) -> bool {
        let mut others = self.under_way.values().filter(|job| !job.comes_last());
        if others.clone().next().is_none() && self.waiting.values().all(VecDeque::is_empty) {
            return true;
        }
        // A list stands at the head of its queue.
        let heads = self.waiting.values().filter_map(VecDeque::front);
        let has_list = others.clone().chain(heads).any(Job::is_list);
        let rates = [Some(class), class.counts_as()];
        let is_used = |used: RateClass| rates.contains(&Some(used));
        let waits = self
            .waiting
            .iter()
            .any(|(class, jobs)| is_used(*class) && !jobs.is_empty());
        let is_asked = others.any(|job| is_used(job.operation().class()));
        let is_paced = self.session.account.limiter.millirequests_per_second(class).is_some();
        is_paced && !has_list && !waits && !is_asked
    }

    fn add(&mut self, jobs: Vec<Job>) {
        for job in jobs {
            self.progress.expected += 1;
            let queues = if job.comes_last() {
                &mut self.last
            } else {
                &mut self.waiting
            };
            let waiting = queues.entry(job.operation().class()).or_default();
            if job.is_list() {
                waiting.push_front(job);
            } else {
                waiting.push_back(job);
            }
        }
    }

    /// Reports what a question led to, and returns the failure that ends the run, if it did.
    fn settle(&mut self, number: u64, outcome: Outcome) -> Option<Failure> {
        self.under_way.remove(&number);
        self.progress.answered += 1;
        for part in outcome.parts {
            self.session.report(part);
        }
        self.add(outcome.next);
        outcome.failure
    }

    /// Asks nothing, and leaves every question open for this reason.
    pub(super) fn give_up(mut self, reason: &GapReason) {
        self.abandon(reason);
    }

    /// Turns every question that has no answer yet into a gap.
    fn abandon(&mut self, reason: &GapReason) {
        self.asked.clear();
        let waiting = std::mem::take(&mut self.waiting).into_values().flatten();
        let waiting = waiting.chain(std::mem::take(&mut self.last).into_values().flatten());
        for job in std::mem::take(&mut self.under_way).into_values().chain(waiting) {
            let gap = Arc::new(Gap {
                operation: job.operation(),
                subject: job.subject().cloned(),
                reason: reason.clone(),
                request_id: None,
                at: self.session.log.now(),
            });
            self.session.report(job.unknown(gap));
        }
    }

    fn note_progress(&mut self) {
        self.progress.seconds_left = self.seconds_left();
        if self.reported != Some(self.progress) {
            self.reported = Some(self.progress);
            self.session.log.push(LoadEvent::Progress(self.progress));
        }
    }

    /// Returns the time that the class with the most to do still needs; absent while lists may bring more.
    fn seconds_left(&self) -> Option<u64> {
        let waiting = self.waiting.values().chain(self.last.values()).flatten();
        let mut left: BTreeMap<RateClass, u64> = BTreeMap::new();
        for job in self.under_way.values().chain(waiting) {
            if job.is_list() {
                return None;
            }
            let class = job.operation().class();
            for class in [Some(class), class.counts_as()].into_iter().flatten() {
                *left.entry(class).or_default() += 1;
            }
        }
        left.into_iter()
            .map(|(class, count)| self.seconds_for(class, count))
            .max()
    }

    fn seconds_for(&self, class: RateClass, count: u64) -> u64 {
        if let Some(rate) = self.session.account.limiter.millirequests_per_second(class) {
            return (count * 1000).div_ceil(u64::from(rate.max(1)));
        }
        // As fast as answers come: as fast as they came so far.
        let answered = u64::try_from(self.progress.answered.max(1)).unwrap_or(u64::MAX);
        (count * self.session.log.elapsed().as_secs()).div_ceil(answered)
    }
}

/// Returns the reason that a failed load gives for the questions that were never asked.
fn reason_of(failure: &Failure) -> GapReason {
    if failure.kind() == FailureKind::Credentials {
        let code = failure.why().first().cloned().unwrap_or_default();
        GapReason::Credentials { code }
    } else {
        GapReason::NotReached
    }
}

//! How fast requests go: one lane per rate class, evenly spaced, slower when the service says so.
//!
//! Not governor, which the embedded account uses for its side: a lane has to change its rate while requests wait in it,
//! to hold its next slot while no request may start, and to space requests by when they were really sent. That is less
//! code than bending a limiter with a fixed quota.

use crate::{
    config::Pace,
    domain::{call::Called, operation::RateClass},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{MutexGuard, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// The longest wait that the service may ask for. A slip on its side must not stop a load for an hour.
const LONGEST_ADVICE: Duration = Duration::from_secs(20);

/// How long a lane stays at a rate before it tries a higher one.
const RECOVERY_STEP: Duration = Duration::from_secs(1);

/// After how many answers a throttle is a rare one: it may be somebody else's burst, and costs a step and not half the rate.
const RARE: u32 = 10;

/// The lanes of one account, and how many requests are under way in all of them together.
#[derive(Debug)]
pub(super) struct Limiter {
    lanes: BTreeMap<RateClass, Lane>,
    in_flight: Arc<Semaphore>,
}

/// The leave to send one request. Dropped when its answer is here.
#[derive(Debug)]
pub(super) struct Turn {
    /// When the request is sent: now.
    pub(super) sent_at: Instant,
    _permit: Option<OwnedSemaphorePermit>,
}

#[derive(Debug)]
struct Lane {
    /// Where ordinary requests wait in their order.
    line: tokio::sync::Mutex<()>,
    /// Held by the request that is next, so that only one watches the clock. The first of the line waits for it, and so
    /// does a page of a list, which passes the line: rows are shown before their details, and what is left to read is
    /// known early.
    first_in_line: tokio::sync::Mutex<()>,
    rate: Mutex<Rate>,
}

impl Limiter {
    /// Returns lanes at their published rates, or without any until the service throttles.
    pub(super) fn new(pace: Pace, requests_in_flight: usize) -> Self {
        let now = Instant::now();
        let lane = |class: RateClass| Lane {
            line: tokio::sync::Mutex::new(()),
            first_in_line: tokio::sync::Mutex::new(()),
            rate: Mutex::new(Rate::new(class.requests_per_second(), pace, now)),
        };
        Self {
            lanes: RateClass::ALL.into_iter().map(|class| (class, lane(class))).collect(),
            in_flight: Arc::new(Semaphore::new(requests_in_flight.max(1))),
        }
    }

    /// Waits until a request for `operation` may be sent.
    pub(super) async fn turn(&self, operation: Called) -> Turn {
        let class = operation.class();
        let own = self.lanes.get(&class);
        let other = class.counts_as().and_then(|class| self.lanes.get(&class));
        // Its own lane first: a request that waits there, because the service slowed it down, holds up nobody in the other.
        let own_place = match own {
            Some(lane) => Some(lane.place(operation).await),
            None => None,
        };
        let other_place = match other {
            Some(lane) => Some(lane.place(operation).await),
            None => None,
        };
        // The permit comes last: a request that waits for its slot keeps no other class from sending. The place in
        // line is held meanwhile, so that slots that pass by are not made up for in a burst.
        let permit = Arc::clone(&self.in_flight).acquire_owned().await.ok();
        let sent_at = Instant::now();
        for lane in own.into_iter().chain(other) {
            lane.rate().sent(sent_at);
        }
        drop((own_place, other_place));
        Turn {
            sent_at,
            _permit: permit,
        }
    }

    /// Takes note that a request was answered.
    pub(super) fn succeeded(&self, class: RateClass) {
        if let Some(lane) = self.lanes.get(&class) {
            lane.rate().succeeded(Instant::now());
        }
    }

    /// Takes note that a request sent at `sent_at` was throttled; returns the new rate when it changed.
    pub(super) fn throttled(&self, class: RateClass, sent_at: Instant, advice: Option<Duration>) -> Option<u32> {
        self.lanes
            .get(&class)?
            .rate()
            .throttled(sent_at, Instant::now(), advice)
    }

    /// Returns the rate now in force, in thousandths of a request per second; absent while there is none.
    pub(super) fn millirequests_per_second(&self, class: RateClass) -> Option<u32> {
        self.lanes.get(&class)?.rate().current
    }
}

/// The place at the head of a lane, which others wait for until it is dropped.
struct Place<'a> {
    _line: Option<MutexGuard<'a, ()>>,
    _first_in_line: MutexGuard<'a, ()>,
}

impl Lane {
    /// Waits for the head of the lane, and there for the next slot.
    async fn place(&self, operation: Called) -> Place<'_> {
        let line = match operation {
            Called::Read(read) if read.is_list_of_account() => None,
            Called::Read(_) | Called::Change(_) => Some(self.line.lock().await),
        };
        let first_in_line = self.first_in_line.lock().await;
        loop {
            // A throttle may move the slot while we wait for it.
            let slot_at = self.rate().slot_at;
            if slot_at <= Instant::now() {
                break;
            }
            tokio::time::sleep_until(slot_at).await;
        }
        Place {
            _line: line,
            _first_in_line: first_in_line,
        }
    }

    fn rate(&self) -> std::sync::MutexGuard<'_, Rate> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits before a request is sent again: as long as the service advises, within reason, and never less than `least`.
#[expect(
    clippy::disallowed_methods,
    reason = "waiting between attempts is this file's business"
)]
pub(super) async fn pause(advice: Option<Duration>, least: Duration) {
    tokio::time::sleep(advice.unwrap_or_default().clamp(least, LONGEST_ADVICE)).await;
}

/// The rate of one class, and when its next request may go.
#[derive(Debug)]
struct Rate {
    /// What the service publishes, in thousandths of a request per second.
    published: u32,
    /// What is in force; absent while requests go as fast as answers come.
    current: Option<u32>,
    slot_at: Instant,
    /// When the rate was last lowered. A throttle of a request sent before that is no news.
    slowed_at: Option<Instant>,
    /// How many requests were answered since then.
    answered: u32,
    changed_at: Instant,
}

impl Rate {
    fn new(requests_per_second: u32, pace: Pace, now: Instant) -> Self {
        let published = requests_per_second.saturating_mul(1000);
        Self {
            published,
            current: match pace {
                Pace::Published => Some(published),
                Pace::Off => None,
            },
            slot_at: now,
            slowed_at: None,
            answered: 0,
            changed_at: now,
        }
    }

    fn sent(&mut self, now: Instant) {
        let Some(current) = self.current else { return };
        // Timers wake up to a millisecond late. Slots are planned a fortieth further apart than the rate allows, so that
        // such a request and the next are never closer than it allows, which a bucket that holds one would refuse. A
        // request that a busy machine sends later still does not shift the slots after it either, or they would be
        // lost; after a longer pause the slots begin anew, so that no burst makes up for it.
        let spacing = spacing(current);
        let planned_at = if now.saturating_duration_since(self.slot_at) <= spacing {
            self.slot_at
        } else {
            now
        };
        self.slot_at = planned_at + spacing + spacing / 40;
    }

    fn throttled(&mut self, sent_at: Instant, now: Instant, advice: Option<Duration>) -> Option<u32> {
        if let Some(advice) = advice {
            self.slot_at = self.slot_at.max(now + advice.min(LONGEST_ADVICE));
        }
        if self.slowed_at.is_some_and(|slowed_at| sent_at < slowed_at) {
            return None;
        }
        // A twentieth of what is published is the slowest: below that a load would look as if it had stopped.
        let slowest = (self.published / 20).max(1);
        let step = self.published / 10;
        let is_rare = self.answered >= RARE;
        let slower = self.current.map_or(self.published, |current| {
            let slower = if is_rare {
                current.saturating_sub(step)
            } else {
                current / 2
            };
            slower.max(slowest)
        });
        self.answered = 0;
        self.current = Some(slower);
        self.slowed_at = Some(now);
        self.changed_at = now;
        self.slot_at = self.slot_at.max(now + spacing(slower));
        Some(slower)
    }

    fn succeeded(&mut self, now: Instant) {
        self.answered = self.answered.saturating_add(1);
        if let Some(current) = self.current
            && current < self.published
            && now.saturating_duration_since(self.changed_at) >= RECOVERY_STEP
        {
            self.current = Some((current + self.published / 10).min(self.published));
            self.changed_at = now;
        }
    }
}

/// Returns the time between two requests at `millirequests_per_second`.
fn spacing(millirequests_per_second: u32) -> Duration {
    Duration::from_secs(1000) / millirequests_per_second.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::Operation;
    use futures_util::FutureExt as _;
    use std::pin::pin;

    fn milliseconds(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn requests_that_wake_late_lose_no_slot_and_never_come_too_close() {
        let start = Instant::now();
        let mut rate = Rate::new(20, Pace::Published, start);
        let mut sent = Vec::new();
        for index in 0..340_u64 {
            // A timer that is up to 1.2 ms late, in no order.
            let at = rate.slot_at + Duration::from_micros(index * 7919 % 1200);
            rate.sent(at);
            sent.push(at);
        }
        assert!(sent.windows(2).all(|pair| pair[1] - pair[0] >= milliseconds(50)));
        let ideal = milliseconds(17_000);
        assert!(rate.slot_at - start <= ideal * 105 / 100, "{:?}", rate.slot_at - start);
    }

    #[test]
    fn a_busy_machine_loses_no_slot() {
        let start = Instant::now();
        let mut rate = Rate::new(20, Pace::Published, start);
        for index in 0..340_u64 {
            rate.sent(rate.slot_at + milliseconds(index * 7919 % 50));
        }
        assert!(rate.slot_at - start <= milliseconds(17_000) * 105 / 100);
    }

    #[test]
    fn slots_that_passed_unused_are_not_made_up_for() {
        let start = Instant::now();
        let mut rate = Rate::new(20, Pace::Published, start);
        let late = start + milliseconds(500);
        rate.sent(late);
        assert!(rate.slot_at >= late + milliseconds(50));
    }

    #[test]
    fn a_throttle_halves_the_rate_once_for_all_that_were_under_way_and_it_recovers() {
        let start = Instant::now();
        let mut rate = Rate::new(20, Pace::Published, start);
        let now = start + milliseconds(100);
        assert_eq!(rate.throttled(start, now, None), Some(10_000));
        assert_eq!(rate.throttled(start, now + milliseconds(5), None), None);
        assert_eq!(rate.throttled(now, now + milliseconds(200), None), Some(5_000));
        for second in 1..=10 {
            rate.succeeded(now + milliseconds(200 + 1000 * second));
        }
        assert_eq!(rate.current, Some(20_000));
    }

    #[test]
    fn a_rare_throttle_costs_a_step_and_the_next_one_at_once_halves() {
        let start = Instant::now();
        let mut rate = Rate::new(20, Pace::Published, start);
        for _ in 0..RARE {
            rate.succeeded(start);
        }
        assert_eq!(rate.throttled(start, start, None), Some(18_000));
        assert_eq!(rate.throttled(start, start + milliseconds(1), None), Some(9_000));
    }

    #[test]
    fn the_services_advice_is_followed_within_reason() {
        let start = Instant::now();
        let mut rate = Rate::new(20, Pace::Published, start);
        rate.throttled(start, start, Some(Duration::from_secs(3)));
        assert_eq!(rate.slot_at, start + Duration::from_secs(3));
        rate.throttled(start, start, Some(Duration::from_hours(1)));
        assert_eq!(rate.slot_at, start + LONGEST_ADVICE);
    }

    #[tokio::test]
    async fn a_page_of_a_list_passes_the_details_that_wait() {
        let limiter = Limiter::new(Pace::Published, 10);
        let first = limiter.turn(Operation::ListContactChannels.into()).now_or_never();
        assert!(first.is_some());
        let details: Vec<_> = (0..5)
            .map(|_| limiter.turn(Operation::ListContactChannels.into()))
            .collect();
        let mut waiting: Vec<_> = details.into_iter().map(Box::pin).collect();
        for detail in &mut waiting {
            assert!(detail.as_mut().now_or_never().is_none());
        }
        let mut page = Box::pin(limiter.turn(Operation::ListContacts.into()));
        assert!(page.as_mut().now_or_never().is_none());
        // The first detail watches the clock already; after it comes the page, and not the four others.
        drop(waiting.remove(0));
        for detail in &mut waiting {
            assert!(detail.as_mut().now_or_never().is_none());
        }
        limiter.lanes[&RateClass::ContactReads].rate().slot_at = Instant::now();
        assert!(page.as_mut().now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_read_of_tags_takes_a_slot_of_the_contact_reads_and_is_throttled_alone() {
        let limiter = Limiter::new(Pace::Published, 10);
        assert!(limiter.turn(Operation::ListContactTags.into()).now_or_never().is_some());
        for operation in [Operation::ListContactTags, Operation::ListContactChannels] {
            assert!(limiter.turn(operation.into()).now_or_never().is_none(), "{operation:?}");
        }
        let mut slowest = None;
        for _ in 0..10 {
            slowest = limiter
                .throttled(RateClass::ContactTags, Instant::now(), None)
                .or(slowest);
        }
        assert_eq!(slowest, Some(1_000), "the rate of everything else");
        assert_eq!(limiter.millirequests_per_second(RateClass::ContactReads), Some(20_000));
        limiter.lanes[&RateClass::ContactReads].rate().slot_at = Instant::now();
        let mut waiting = pin!(limiter.turn(Operation::ListContactTags.into()));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert!(
            limiter
                .turn(Operation::ListContactChannels.into())
                .now_or_never()
                .is_some()
        );
    }

    #[test]
    fn without_a_pace_the_first_throttle_brings_the_published_rate() {
        let start = Instant::now();
        let mut rate = Rate::new(10, Pace::Off, start);
        rate.sent(start);
        assert_eq!(rate.slot_at, start);
        assert_eq!(rate.throttled(start, start, None), Some(10_000));
        assert_eq!(rate.throttled(start + milliseconds(1), start, None), Some(5_000));
    }

    #[tokio::test]
    async fn a_full_house_holds_every_lane_until_an_answer_is_here() {
        let limiter = Limiter::new(Pace::Off, 2);
        let one = limiter.turn(Operation::GetContact.into()).now_or_never();
        let other = limiter.turn(Operation::ListContactChannels.into()).now_or_never();
        assert!(one.is_some() && other.is_some());
        assert!(limiter.turn(Operation::GetResponsePlan.into()).now_or_never().is_none());
        drop(one);
        assert!(limiter.turn(Operation::GetResponsePlan.into()).now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_class_that_waits_for_its_slot_keeps_no_other_class_from_sending() {
        let limiter = Limiter::new(Pace::Published, 2);
        let one = limiter.turn(Operation::GetContact.into()).now_or_never();
        let mut waiting = pin!(limiter.turn(Operation::GetContact.into()));
        assert!(one.is_some() && waiting.as_mut().now_or_never().is_none());
        assert!(
            limiter
                .turn(Operation::ListContactChannels.into())
                .now_or_never()
                .is_some()
        );
    }
}

//! The walk against the second walker where clocks change, in both hemispheres, and in zones at odd offsets.
//!
//! Instants of hand-overs come from the service. Here they are read off wall clocks around a change of the hour, so that
//! there are the holes, overlaps and crooked instants that such a night brings.

use super::{
    Question, ResolveSchedules,
    clockwork::{Clockwork, Paged, firsts},
    organisation::{any_organisation, any_person, any_start, set_shifts},
    person::RemovedDevice,
    proof::{any_resolve, exactly, holds, latest, minutes, pages},
    simulate,
};
use crate::{
    domain::{
        Timestamp,
        graph::Graph,
        ids::Arn,
        inventory::{Inventory, Part},
        schedule::Shift,
    },
    paging::{coverage::Stretch, worst::worst},
};
use chrono::{NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use proptest::{prelude::*, sample::select};

/// A night: the zone, the instant at which its clocks change, and by how many minutes they go forward.
#[derive(Debug, Clone, Copy)]
struct Night {
    zone: &'static str,
    at: &'static str,
    forward: i64,
}

const fn night(zone: &'static str, at: &'static str, forward: i64) -> Night {
    Night { zone, at, forward }
}

/// Spring and autumn of each; Kathmandu, a quarter of an hour off, has neither.
const NIGHTS: [Night; 15] = [
    night("Europe/Berlin", "2027-03-28T01:00Z", 60),
    night("Europe/Berlin", "2026-10-25T01:00Z", -60),
    night("America/New_York", "2027-03-14T07:00Z", 60),
    night("America/New_York", "2026-11-01T06:00Z", -60),
    night("America/St_Johns", "2027-03-14T05:30Z", 60),
    night("America/St_Johns", "2026-11-01T04:30Z", -60),
    night("America/Santiago", "2026-09-06T04:00Z", 60),
    night("America/Santiago", "2027-04-04T03:00Z", -60),
    night("Australia/Sydney", "2026-10-03T16:00Z", 60),
    night("Australia/Sydney", "2027-04-03T16:00Z", -60),
    night("Australia/Lord_Howe", "2026-10-03T15:30Z", 30),
    night("Australia/Lord_Howe", "2027-04-03T15:00Z", -30),
    night("Pacific/Chatham", "2026-09-26T14:00Z", 60),
    night("Pacific/Chatham", "2027-04-03T14:00Z", -60),
    night("Asia/Kathmandu", "2026-11-24T18:15Z", 0),
];

/// How long before the change the first start lies that is tried.
const BEFORE: i64 = 75;

/// For how many minutes every start is tried.
const TRIED: i64 = 150;

impl Night {
    fn tz(self) -> Tz {
        self.zone.parse().unwrap()
    }

    fn change(self) -> Timestamp {
        let wall = NaiveDateTime::parse_from_str(self.at, "%Y-%m-%dT%H:%MZ").unwrap();
        wall.and_utc()
    }

    /// Returns a start that is tried.
    fn start(self, minute: i64) -> Timestamp {
        self.change() + TimeDelta::minutes(minute - BEFORE)
    }

    /// Returns the instant at which the clocks show a time: the change itself for one that is skipped.
    fn instant(self, wall: NaiveDateTime, is_second: bool) -> Timestamp {
        let shown = self.tz().from_local_datetime(&wall);
        let found = if is_second { shown.latest() } else { shown.earliest() };
        found.map_or_else(|| self.change(), |at| at.with_timezone(&Utc))
    }
}

/// One rotation's night: how late its first shift begins, which of two times it takes, and each shift's length on the
/// clock with its people.
#[derive(Debug, Clone)]
struct Turns {
    late: i64,
    is_second: bool,
    lengths: Vec<(i64, Vec<Arn>)>,
}

impl Turns {
    fn shifts(&self, night: Night) -> Vec<Shift> {
        let mut wall = night.start(self.late).with_timezone(&night.tz()).naive_local();
        let mut lay = |(length, people): &(i64, Vec<Arn>)| {
            let start_at = night.instant(wall, self.is_second);
            wall += TimeDelta::minutes(*length);
            Shift {
                start_at,
                end_at: night.instant(wall, self.is_second),
                contacts: people.clone(),
                overridden: Vec::new(),
                kind: if people.is_empty() { "OVERRIDDEN" } else { "REGULAR" }.to_owned(),
            }
        };
        let shifts = self.lengths.iter().map(&mut lay);
        shifts.filter(|shift| shift.start_at < shift.end_at).collect()
    }
}

fn any_turns() -> impl Strategy<Value = Turns> {
    let people = prop::collection::vec(any_person(), 0..3);
    let lengths = prop::collection::vec((15..75_i64, people), 2..6);
    (-20..40_i64, any::<bool>(), lengths).prop_map(|(late, is_second, lengths)| Turns {
        late,
        is_second,
        lengths,
    })
}

/// Returns an organisation whose rotations hand over around a change of the hour.
fn around(mut inventory: Inventory, night: Night, rotations: &[Turns]) -> Inventory {
    inventory.apply(Part::Started {
        at: night.start(0) - TimeDelta::hours(1),
        horizon_end: night.start(TRIED) + TimeDelta::days(1),
    });
    for (name, turns) in ["r0", "r1", "r2"].into_iter().zip(rotations) {
        set_shifts(&mut inventory, name, turns.shifts(night));
    }
    inventory
}

fn by_clock(
    inventory: &Inventory,
    start: &Arn,
    at: Timestamp,
    (removed, resolve): (RemovedDevice, ResolveSchedules),
) -> Vec<Paged> {
    let mut pages = Clockwork::new(inventory, removed, resolve).run(start, at, &[]);
    pages.sort();
    pages
}

#[test]
fn the_clocks_change_in_each_of_these_nights() {
    for night in NIGHTS {
        let offset = |at: Timestamp| {
            let offset = night.tz().offset_from_utc_datetime(&at.naive_utc()).fix();
            i64::from(offset.local_minus_utc()) / 60
        };
        let (before, after) = (offset(night.change() - TimeDelta::seconds(1)), offset(night.change()));
        assert_eq!(after - before, night.forward, "{night:?}");
    }
    let skipped = NIGHTS[10].change().with_timezone(&NIGHTS[10].tz()).naive_local() - TimeDelta::minutes(10);
    assert_eq!(
        NIGHTS[10].instant(skipped, false),
        NIGHTS[10].change(),
        "02:20 is skipped"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn every_start_around_a_change_of_the_hour_is_what_a_clock_finds(
        inventory in any_organisation(),
        night in select(&NIGHTS[..]),
        rotations in prop::collection::vec(any_turns(), 3),
        start in any_start(),
        resolve in any_resolve(),
    ) {
        let inventory = around(inventory, night, &rotations);
        let graph = Graph::build(&inventory);
        let window = Stretch { start_at: night.start(0), end_at: night.start(TRIED) };
        let found = worst(&inventory, &graph, &start, window, resolve).unwrap();
        prop_assert_eq!(found.window, window);
        let silent = (RemovedDevice::SilencesStage, resolve);
        let truth = |at: i64| firsts(&inventory, &by_clock(&inventory, &start, night.start(at), silent));
        let all: Vec<_> = (0..TRIED).map(truth).collect();
        for (figure, worst) in [&found.first_human, &found.second_human, &found.first_audible].into_iter().enumerate() {
            prop_assert_eq!(&worst.minute, &exactly(latest(&all, figure)));
        }
        for (at, firsts) in (0..).zip(&all) {
            prop_assert_eq!(holds(&found.nobody, night.start(at)), firsts[0].is_none(), "minute {}", at);
        }
        for at in (0..TRIED).step_by(5) {
            let question = Question { resolve_schedules: resolve, ..Question::new(start.clone(), night.start(at)) };
            let timeline = simulate(&inventory, &graph, &question);
            let removed = timeline.readings.as_ref().map_or(RemovedDevice::SilencesItself, |readings| readings.told);
            let clock = by_clock(&inventory, &start, night.start(at), (removed, resolve));
            prop_assert_eq!(minutes(&timeline), firsts(&inventory, &clock).map(exactly));
            prop_assert_eq!(pages(&timeline), clock);
        }
    }
}

//! Local days and times of a rotation.

use crate::domain::{
    Timestamp,
    schedule::{HandOff, Recurrence, Rotation},
    text::neutral,
};
use crate::paging::coverage::Stretch;
use chrono::{
    Datelike as _, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeDelta, TimeZone as _,
    Utc, Weekday,
};
use chrono_tz::Tz;
use std::str::FromStr as _;

/// Returns the zone that a rotation's hand-overs are written in, or why it is not known.
pub(super) fn zone(rotation: &Rotation) -> Result<Tz, String> {
    let Some(name) = rotation.time_zone.as_deref() else {
        return Err("the rotation's time zone was not told".to_owned());
    };
    Tz::from_str(name).or_else(|_| {
        Tz::from_str_insensitive(name)
            .map_err(|error| format!("the time zone {} is not known to this version: {error}", neutral(name)))
    })
}

/// Returns the local days that a stretch of time touches, with one more on either side.
pub(super) fn days(zone: Tz, stretch: Stretch) -> impl Iterator<Item = NaiveDate> {
    let day = |at: Timestamp| at.with_timezone(&zone).date_naive();
    let first = day(stretch.start_at).checked_sub_days(Days::new(1));
    let end = day(stretch.end_at).checked_add_days(Days::new(2));
    first
        .into_iter()
        .flat_map(|first| first.iter_days())
        .take_while(move |day| end.is_some_and(|end| *day < end))
}

/// Returns the instant at which a local day begins, or its first one where the clocks skip midnight.
pub(super) fn instant(zone: Tz, day: NaiveDate, hour: u32) -> Option<Timestamp> {
    let wall_clock = day.and_hms_opt(hour, 0, 0)?;
    match zone.from_local_datetime(&wall_clock) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        MappedLocalTime::None => Some(around(zone, wall_clock)?.end_at),
    }
}

/// A hand-over time that the clocks of a day skip or show twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OddTime {
    /// The local time as it is written.
    pub(super) wall_clock: NaiveDateTime,
    /// Whether it happens twice; otherwise not at all.
    pub(super) is_twice: bool,
    /// The instants that it may mean: by the clocks of before and of after the change.
    pub(super) means: Stretch,
}

/// Returns a local time that is skipped or happens twice; absent where it happens once, as it should.
pub(super) fn odd_time(zone: Tz, wall_clock: NaiveDateTime) -> Option<OddTime> {
    match zone.from_local_datetime(&wall_clock) {
        MappedLocalTime::Single(_) => None,
        MappedLocalTime::Ambiguous(first, second) => Some(OddTime {
            wall_clock,
            is_twice: true,
            means: Stretch {
                start_at: first.with_timezone(&Utc),
                end_at: second.with_timezone(&Utc),
            },
        }),
        MappedLocalTime::None => Some(OddTime {
            wall_clock,
            is_twice: false,
            means: around(zone, wall_clock)?,
        }),
    }
}

/// Returns what a skipped time would be by the clocks of after the change and of before it, in that order.
fn around(zone: Tz, wall_clock: NaiveDateTime) -> Option<Stretch> {
    let offset = |at: NaiveDateTime| zone.offset_from_utc_datetime(&at).fix().local_minus_utc();
    let day = TimeDelta::days(1);
    let before = offset(wall_clock.checked_sub_signed(day)?);
    let after = offset(wall_clock.checked_add_signed(day)?);
    let by = |seconds: i32| {
        Some(
            wall_clock
                .checked_sub_signed(TimeDelta::seconds(i64::from(seconds)))?
                .and_utc(),
        )
    };
    Some(Stretch {
        start_at: by(before.max(after))?,
        end_at: by(before.min(after))?,
    })
}

/// Returns the local times of a day at which a rotation hands over, if it does on this day at all: on which of every
/// few days it does is not looked at.
pub(super) fn hand_overs(recurrence: &Recurrence, day: NaiveDate) -> Vec<NaiveDateTime> {
    let last_day = u32::from(day.num_days_in_month());
    let is_day_of_month = |number: i32| u32::try_from(number).is_ok_and(|number| number.min(last_day) == day.day());
    let daily = recurrence.daily.iter();
    let weekly = recurrence
        .weekly
        .iter()
        .filter(|(word, _)| weekday(word) == Some(day.weekday()));
    let monthly = recurrence.monthly.iter().filter(|(number, _)| is_day_of_month(*number));
    let all = daily.chain(weekly.map(|(_, at)| at)).chain(monthly.map(|(_, at)| at));
    all.filter_map(|at| Some(day.and_time(time(*at)?))).collect()
}

fn time(at: HandOff) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(u32::try_from(at.hour).ok()?, u32::try_from(at.minute).ok()?, 0)
}

fn weekday(word: &str) -> Option<Weekday> {
    word.parse().ok()
}

//! Hand-offs as instants, numbered so that any of them can be found without walking from the start.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, TimeDelta, TimeZone as _, Utc, Weekday};
use chrono_tz::{GapInfo, Tz};

use super::Turns;
use crate::emulator::recurrence::{Day, TimeOfDay};

/// The hand-offs of one rotation.
///
/// Time is cut into *periods* of `multiplier` days, weeks or months in the rotation's zone; period 0 holds the
/// rotation's start. Every period has the same number of hand-offs, all in its first day, week or month, so the i-th
/// hand-off of all is in period `i / hand_offs_per_period`.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    zone: Tz,
    /// The first day of period 0.
    origin: NaiveDate,
    unit: Unit,
    multiplier: i64,
    /// Each hand-off of a period: its day, counted from 0 in the period, and its wall-clock time.
    slots: Vec<(u32, TimeOfDay)>,
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Days(i64),
    Months,
}

impl Calendar {
    pub(super) fn of(turns: &Turns<'_>) -> Self {
        let first_day = turns.start.with_timezone(&turns.zone).date_naive();
        let recurrence = turns.recurrence;
        let daily = recurrence.daily.iter().map(|time| (0, *time));
        let weekly = recurrence.weekly.iter().map(|one| (days_from_monday(one.day), one.at));
        let monthly = recurrence.monthly.iter().map(|one| (one.day.saturating_sub(1), one.at));
        let (unit, origin, mut slots) = if !recurrence.daily.is_empty() {
            (Unit::Days(1), first_day, daily.collect::<Vec<_>>())
        } else if !recurrence.weekly.is_empty() {
            let monday = first_day.week(Weekday::Mon).checked_first_day();
            (Unit::Days(7), monday.unwrap_or(first_day), weekly.collect())
        } else {
            (
                Unit::Months,
                first_day.with_day(1).unwrap_or(first_day),
                monthly.collect(),
            )
        };
        slots.sort_unstable();
        slots.dedup();
        let multiplier = i64::from(recurrence.multiplier.max(1));
        Self {
            zone: turns.zone,
            origin,
            unit,
            multiplier,
            slots,
        }
    }

    /// Returns how many hand-offs there are from the beginning of period 0 up to and including `instant`.
    pub(super) fn passed_by(&self, instant: DateTime<Utc>) -> i64 {
        let period = self.period_of(instant.with_timezone(&self.zone).date_naive());
        // Changes of the clock around midnight can move a hand-off to a neighbouring day, and so to a neighbouring
        // period, but no further.
        let nearby = (period.saturating_sub(1)..=period.saturating_add(1)).filter_map(|near| self.hand_offs_in(near));
        let passed_nearby = nearby.flatten().filter(|hand_off| *hand_off <= instant).count();
        self.per_period()
            .saturating_mul(period.saturating_sub(1))
            .saturating_add(i64::try_from(passed_nearby).unwrap_or(0))
    }

    /// Returns the hand-offs in order from the `index`-th on, where 0 is the first of period 0. Two can be equal.
    pub(super) fn hand_offs_from(self, index: i64) -> impl Iterator<Item = DateTime<Utc>> {
        let period = index.checked_div_euclid(self.per_period());
        let skipped = index
            .checked_rem_euclid(self.per_period())
            .and_then(|skipped| usize::try_from(skipped).ok());
        // Without any hand-off in a period there is no division, and nothing to give.
        let periods = period.map_or(0..0, |period| period..i64::MAX);
        periods
            .map_while(move |period| self.hand_offs_in(period))
            .flatten()
            .skip(skipped.unwrap_or(0))
    }

    fn per_period(&self) -> i64 {
        i64::try_from(self.slots.len()).unwrap_or(0)
    }

    fn period_of(&self, day: NaiveDate) -> i64 {
        let units = match self.unit {
            Unit::Days(length) => day.signed_duration_since(self.origin).num_days().div_euclid(length),
            Unit::Months => month_number(day).saturating_sub(month_number(self.origin)),
        };
        units.div_euclid(self.multiplier)
    }

    /// Returns the hand-offs of one period in order, or nothing beyond the end of the calendar.
    fn hand_offs_in(&self, period: i64) -> Option<Vec<DateTime<Utc>>> {
        let units = period.checked_mul(self.multiplier)?;
        let first_day = match self.unit {
            Unit::Days(length) => self
                .origin
                .checked_add_signed(TimeDelta::try_days(units.checked_mul(length)?)?)?,
            Unit::Months => add_months(self.origin, units)?,
        };
        let instant_of = |(day, time): &(u32, TimeOfDay)| {
            let day = match self.unit {
                Unit::Days(_) => *day,
                Unit::Months => (*day).min(u32::from(first_day.num_days_in_month()).saturating_sub(1)),
            };
            instant(self.zone, first_day.checked_add_days(Days::new(u64::from(day)))?, *time)
        };
        let mut hand_offs = self.slots.iter().map(instant_of).collect::<Option<Vec<_>>>()?;
        // The 30th at six and the 31st at five are both on the last of a short month, in the other order.
        hand_offs.sort_unstable();
        Some(hand_offs)
    }
}

/// Returns the instant at which the clocks of `zone` show a time: the first occurrence of a time that happens twice, and
/// the first instant after the gap for a time that is skipped. `None` beyond the end of the calendar.
pub(super) fn instant(zone: Tz, day: NaiveDate, time: TimeOfDay) -> Option<DateTime<Utc>> {
    let wall_clock = day.and_hms_opt(time.hour, time.minute, 0)?;
    let instant = zone.from_local_datetime(&wall_clock).earliest();
    instant
        .or_else(|| GapInfo::new(&wall_clock, &zone)?.end)
        .map(|instant| instant.with_timezone(&Utc))
}

fn days_from_monday(day: Day) -> u32 {
    (0..)
        .zip(Day::ALL)
        .find(|(_, one)| *one == day)
        .map_or(0, |(days, _)| days)
}

fn month_number(day: NaiveDate) -> i64 {
    i64::from(day.year())
        .saturating_mul(12)
        .saturating_add(i64::from(day.month0()))
}

fn add_months(day: NaiveDate, months: i64) -> Option<NaiveDate> {
    let distance = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 {
        day.checked_sub_months(distance)
    } else {
        day.checked_add_months(distance)
    }
}

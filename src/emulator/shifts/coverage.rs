//! Coverages: narrowing shifts to certain hours of certain days.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

use super::{Shift, Turns, calendar::instant};
use crate::emulator::recurrence::{Coverage, Day};

/// The hours in which a rotation has somebody on call.
#[derive(Debug)]
pub(super) struct Coverages<'a> {
    zone: Tz,
    by_day: &'a BTreeMap<Day, Vec<Coverage>>,
}

impl<'a> Coverages<'a> {
    pub(super) fn of(turns: &Turns<'a>) -> Self {
        Self {
            zone: turns.zone,
            by_day: &turns.recurrence.shift_coverages,
        }
    }

    /// Returns the covered parts of `shift`, in order.
    pub(super) fn narrow(&self, shift: Shift) -> Vec<Shift> {
        if self.by_day.is_empty() {
            return vec![shift];
        }
        let first_day = shift.start.with_timezone(&self.zone).date_naive();
        // Hours that run past midnight belong to the day before.
        let days = first_day.pred_opt().unwrap_or(first_day).iter_days();
        let last_day = shift.end.with_timezone(&self.zone).date_naive();
        let mut parts: Vec<Shift> = Vec::new();
        for (start, end) in days
            .take_while(|day| *day <= last_day)
            .flat_map(|day| self.covered_on(day))
        {
            let (start, end) = (start.max(shift.start), end.min(shift.end));
            match parts.last_mut() {
                // Hours that touch or overlap are one stretch, all round the clock for instance.
                Some(last) if start <= last.end => last.end = last.end.max(end),
                _ if start < end => parts.push(Shift {
                    start,
                    end,
                    ..shift.clone()
                }),
                _ => {}
            }
        }
        parts
    }

    /// Returns the covered spans that begin on `day`, in order.
    fn covered_on(&self, day: NaiveDate) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let hours = self.by_day.get(&day_of_week(day));
        let mut spans: Vec<_> = hours
            .into_iter()
            .flatten()
            .filter_map(|hours| {
                let last_day = if hours.end <= hours.start { day.succ_opt()? } else { day };
                Some((
                    instant(self.zone, day, hours.start)?,
                    instant(self.zone, last_day, hours.end)?,
                ))
            })
            .collect();
        spans.sort_unstable();
        spans
    }
}

fn day_of_week(day: NaiveDate) -> Day {
    match day.weekday() {
        Weekday::Mon => Day::Mon,
        Weekday::Tue => Day::Tue,
        Weekday::Wed => Day::Wed,
        Weekday::Thu => Day::Thu,
        Weekday::Fri => Day::Fri,
        Weekday::Sat => Day::Sat,
        Weekday::Sun => Day::Sun,
    }
}

//! What a change of the clocks does to a hand-over.

use super::super::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity};
use super::{NO_RECURRENCE, calendar, name, recurrence};
use crate::domain::{
    Timestamp,
    ids::Arn,
    operation::Operation,
    schedule::{Rotation, Shift},
};
use crate::paging::coverage::Stretch;
use calendar::OddTime;
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// A hand-over that the clocks skip or show twice.
///
/// A hand-over counts when its local time does not exist, or happens twice, on a day of the horizon, and the shifts show
/// that it takes place: people are on call on both sides of it, and not the same ones. By the clock on the wall, one of the
/// two comes an hour late or leaves an hour early: what the service makes of it is said where its shifts show more than
/// a hand-over at one of the two instants, an hour with nobody or an hour with both. A hand-over at any other time of that
/// day is sound, though one shift is an hour longer or shorter.
pub(in crate::findings) static CLOCK_CHANGE: Check = Check {
    code: "SC11",
    name: "hand-over-in-clock-change",
    family: Family::Schedules,
    severity: Severity::Medium,
    title: "a hand-over in the horizon falls into a daylight-saving change and leaves a gap or an overlap",
    rationale: "The time that both have agreed upon does not exist that night, or comes twice: for an hour nobody feels \
                responsible, or both do.",
    remedy: "Hand over at another time of day, or tell both people which hour is meant.",
    command: "",
    needs: &[Need::Shifts],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Rotation(clock_change)],
};

fn clock_change(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let window = match facts.window() {
        Ok(window) => window,
        Err(verdict) => return verdict,
    };
    let zone = match calendar::zone(rotation) {
        Ok(zone) => zone,
        Err(why) => return Verdict::Unknown(why),
    };
    let Some(turns) = &rotation.recurrence else {
        return Verdict::Unknown(NO_RECURRENCE.to_owned());
    };
    let shifts: Vec<&Shift> = rotation.shifts.known().into_iter().flatten().collect();
    let odd = calendar::days(zone, window)
        .flat_map(|day| calendar::hand_overs(turns, day))
        .filter_map(|wall_clock| calendar::odd_time(zone, wall_clock))
        .filter(|odd| odd.means.end_at > window.start_at && odd.means.start_at < window.end_at);
    for odd in odd {
        if let Some(what) = what_happens(&shifts, odd.means) {
            return fault(rotation, odd, &what);
        }
    }
    Verdict::Pass
}

fn fault(rotation: &Rotation, odd: OddTime, what: &str) -> Verdict {
    let written = odd.wall_clock.format("%Y-%m-%d %H:%M");
    let how = if odd.is_twice {
        "which comes twice"
    } else {
        "which the clocks skip"
    };
    let message = format!("{} hands over on {written} local time, {how}{what}", name(rotation));
    let evidence = vec![
        recurrence(rotation),
        Evidence::new("HandOffTime", format!("{written}, {how}"), Operation::ListRotations),
    ];
    Verdict::fail(message, evidence).hurting_at(odd.means.start_at)
}

/// Returns what the shifts show of a hand-over that may be meant at either end of a stretch; absent when there is none.
fn what_happens(shifts: &[&Shift], means: Stretch) -> Option<String> {
    let second = TimeDelta::seconds(1);
    let before = on_call(shifts, means.start_at.checked_sub_signed(second)?);
    let after = on_call(shifts, means.end_at);
    if before.is_empty() || after.is_empty() {
        return None;
    }
    let inside: BTreeSet<Timestamp> = shifts
        .iter()
        .flat_map(|shift| [shift.start_at, shift.end_at])
        .filter(|at| means.start_at < *at && *at < means.end_at)
        .chain([means.start_at])
        .collect();
    let counts: Vec<usize> = inside.into_iter().map(|at| on_call(shifts, at).len()).collect();
    if counts.contains(&0) {
        return Some("; meanwhile nobody is on call".to_owned());
    }
    if before == after {
        return None;
    }
    let is_overlap = counts.iter().any(|count| *count > before.len().max(after.len()));
    Some(if is_overlap {
        "; meanwhile both are on call".to_owned()
    } else {
        String::new()
    })
}

fn on_call<'a>(shifts: &[&'a Shift], at: Timestamp) -> BTreeSet<&'a Arn> {
    let present = shifts.iter().filter(|shift| shift.covers(at));
    present.flat_map(|shift| &shift.contacts).collect()
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, schedule::HandOff, world::World};
    use crate::findings::proof::{check, hurts_at};

    const END: i64 = 14 * 24;

    /// A rotation that hands over every day; the world begins on Sunday 1 November 2026, when New York goes back at
    /// 06:00 UTC.
    fn daily(zone: &str, hour: i32, minute: i32, shifts: &[(i64, i64, &[&str])]) -> World {
        let zone = zone.to_owned();
        World::new()
            .rotation("daily", &["anna", "ben"])
            .recurring("daily", |recurrence| {
                recurrence.weekly.clear();
                recurrence.daily = vec![HandOff { hour, minute }];
            })
            .changed_rotation("daily", |rotation| rotation.time_zone = Some(zone))
            .shifts("daily", shifts)
    }

    #[test]
    fn an_hour_that_comes_twice_in_the_north() {
        // 01:00 in New York is 05:00 UTC and again 06:00 UTC.
        let odd = "daily: fail: daily hands over on 2026-11-01 01:00 local time, which comes twice";
        let first = daily("America/New_York", 1, 0, &[(-19, 5, &["anna"]), (5, END, &["ben"])]);
        check(first.clone(), "SC11", &[odd]);
        hurts_at(first, "SC11", &[5]);
        let gap = daily("America/New_York", 1, 0, &[(-19, 5, &["anna"]), (6, END, &["ben"])]);
        check(gap, "SC11", &[&format!("{odd}; meanwhile nobody is on call")]);
        let overlap = daily("America/New_York", 1, 0, &[(-19, 6, &["anna"]), (5, END, &["ben"])]);
        check(overlap, "SC11", &[&format!("{odd}; meanwhile both are on call")]);
    }

    #[test]
    fn other_hours_other_zones_and_no_change_of_people_are_sound() {
        let shifts: &[(i64, i64, &[&str])] = &[(-19, 5, &["anna"]), (5, END, &["ben"])];
        check(daily("America/New_York", 9, 0, shifts), "SC11", &[]);
        check(daily("Europe/Dublin", 1, 0, shifts), "SC11", &[]);
        check(daily("america/new_york", 1, 0, &[(-19, END, &["anna"])]), "SC11", &[]);
        check(daily("America/New_York", 1, 0, &[(7, END, &["anna"])]), "SC11", &[]);
    }

    #[test]
    fn an_hour_that_is_skipped_in_the_south() {
        // Sydney goes forward on Sunday 4 October 2026 at 02:00, 28 days before the world begins: 16:00 UTC on the 3rd.
        let world = daily("Australia/Sydney", 2, 30, &[(-40, -680, &["anna"])]);
        let skipped = super::calendar::odd_time(
            chrono_tz::Australia::Sydney,
            chrono::NaiveDate::from_ymd_opt(2026, 10, 4)
                .unwrap()
                .and_hms_opt(2, 30, 0)
                .unwrap(),
        )
        .unwrap();
        assert!(!skipped.is_twice);
        assert_eq!(skipped.means.start_at.to_rfc3339(), "2026-10-03T15:30:00+00:00");
        assert_eq!(skipped.means.end_at.to_rfc3339(), "2026-10-03T16:30:00+00:00");
        // And it goes back on 5 April: neither is in this horizon.
        check(world, "SC11", &[]);
        // Lord Howe moves by half an hour, on the same night.
        let half = super::calendar::odd_time(
            chrono_tz::Australia::Lord_Howe,
            chrono::NaiveDate::from_ymd_opt(2026, 10, 4)
                .unwrap()
                .and_hms_opt(2, 15, 0)
                .unwrap(),
        )
        .unwrap();
        assert_eq!((half.means.end_at - half.means.start_at).num_minutes(), 30);
    }

    #[test]
    fn a_skipped_hand_over_is_told_when_it_lies_ahead() {
        use crate::domain::{schedule::Shift, world::contact_arn};
        use chrono::TimeDelta;
        let skipped = super::calendar::odd_time(
            chrono_tz::Australia::Sydney,
            chrono::NaiveDate::from_ymd_opt(2026, 10, 4)
                .unwrap()
                .and_hms_opt(2, 30, 0)
                .unwrap(),
        )
        .unwrap();
        let change = skipped.means.start_at + TimeDelta::minutes(30);
        let shift = |start_at, end_at, person| Shift {
            start_at,
            end_at,
            contacts: vec![contact_arn(person)],
            overridden: Vec::new(),
            kind: "REGULAR".to_owned(),
        };
        let day = TimeDelta::days(1);
        let shifts = [shift(change - day, change, "anna"), shift(change, change + day, "ben")];
        let shifts: Vec<&Shift> = shifts.iter().collect();
        assert_eq!(super::what_happens(&shifts, skipped.means), Some(String::new()));
    }

    #[test]
    fn what_was_not_read_or_understood_is_unknown() {
        let shifts: &[(i64, i64, &[&str])] = &[(-19, 5, &["anna"]), (5, END, &["ben"])];
        check(daily("Mars/Olympus", 1, 0, shifts), "SC11", &["daily: unknown"]);
        let world = daily("America/New_York", 1, 0, shifts);
        let odd = world
            .clone()
            .changed_rotation("daily", |rotation| rotation.recurrence = None);
        check(odd, "SC11", &["daily: unknown"]);
        check(
            world.denied(Operation::ListRotationShifts, "daily"),
            "SC11",
            &["daily: unknown"],
        );
    }
}

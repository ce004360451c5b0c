//! Whether nights and weekends are shared.

use super::super::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity, words};
use super::{NO_RECURRENCE, calendar, members, members::regular, name, recurrence};
use crate::domain::{
    Timestamp,
    ids::Arn,
    operation::Operation,
    schedule::{Recurrence, Rotation},
};
use crate::paging::coverage::Stretch;
use chrono::{Datelike as _, TimeDelta, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// A rotation in which nights or weekends fall to the same people again and again.
///
/// Nights are the hours from 22 to 6, weekends all of Saturday and Sunday, by the clocks of the rotation's zone. What
/// counts is the regular turn, whoever stands in for it. It fails when one member has at least so many times a fair share
/// as the policy says, of the nights or of the weekends.
///
/// A few days are never even: so a rotation is judged only where the horizon holds its whole cycle, after which the same
/// people have the same days of the week again, and over whole cycles only. A fair rotation comes out even over a
/// cycle, and one that does not will never be fair.
pub(in crate::findings) static UNFAIR_SHARE: Check = Check {
    code: "SC13",
    name: "unfair-share",
    family: Family::Schedules,
    severity: Severity::Low,
    title: "one person carries far more night or weekend hours than a fair share",
    rationale: "The same person is woken every time, and leaves first.",
    remedy: "Hand over at another time or on other days, or change the number of members, so that turns move on.",
    command: "",
    needs: &[Need::Members, Need::Shifts],
    hides: &[],
    moot_when: &["SC04"],
    is_moving: true,
    judges: &[Judge::Rotation(unfair_share)],
};

fn unfair_share(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let members = members(rotation);
    if members.len() < 2 {
        return Verdict::NotApplicable;
    }
    let Some(turns) = &rotation.recurrence else {
        return Verdict::Unknown(NO_RECURRENCE.to_owned());
    };
    let window = match facts.window() {
        Ok(window) => window,
        Err(verdict) => return verdict,
    };
    let Some(judged) = whole_cycles(turns, members.len(), window) else {
        return Verdict::NotApplicable;
    };
    let zone = match calendar::zone(rotation) {
        Ok(zone) => zone,
        Err(why) => return Verdict::Unknown(why),
    };
    let percent = i64::from(facts.policy.limits_of(&rotation.name).fair_share_percent);
    for (word, stretches) in [("weekend", weekends(zone, judged)), ("night", nights(zone, judged))] {
        let shares = shares(rotation, judged, &stretches);
        let total: i64 = shares.values().sum();
        // Of equal shares the first in the order of ARNs, so that the answer is always the same.
        let most = shares
            .iter()
            .max_by_key(|(person, minutes)| (**minutes, std::cmp::Reverse(**person)));
        let Some((person, minutes)) = most.filter(|_| total > 0) else {
            continue;
        };
        let count = i64::try_from(members.len()).unwrap_or(i64::MAX);
        if minutes.saturating_mul(count).saturating_mul(100) >= percent.saturating_mul(total) {
            let share = minutes * 100 / total;
            let message = format!(
                "{} carries {share} % of the {word} hours of {}, where a fair share is {} %",
                facts.label(person),
                name(rotation),
                100 / count
            );
            let names: Vec<String> = members.iter().map(|member| facts.label(member)).collect();
            let evidence = vec![
                Evidence::new("ContactIds", words::list(&names), Operation::ListRotations),
                recurrence(rotation),
            ];
            return Verdict::fail(message, evidence);
        }
    }
    Verdict::Pass
}

/// Returns the part of a window that holds whole cycles of a rotation, from its beginning; absent when it holds none.
fn whole_cycles(recurrence: &Recurrence, members: usize, window: Stretch) -> Option<Stretch> {
    let multiplier = u64::try_from(recurrence.multiplier.max(1)).ok()?;
    let on_calls = u64::try_from(recurrence.number_of_on_calls.max(1)).ok()?;
    // The days after which the hand-overs fall on the same days of the week, and how many they are.
    let (days, hand_overs) = if !recurrence.daily.is_empty() {
        let days = multiplier * 7 / greatest_common_divisor(multiplier, 7);
        (days, days / multiplier * u64::try_from(recurrence.daily.len()).ok()?)
    } else if !recurrence.weekly.is_empty() {
        (7 * multiplier, u64::try_from(recurrence.weekly.len()).ok()?)
    } else {
        // Months do not end with weeks: no horizon holds a cycle.
        return None;
    };
    let members = u64::try_from(members).ok()?;
    let cycles = members / greatest_common_divisor(members, hand_overs * on_calls);
    let cycle = TimeDelta::try_days(i64::try_from(days * cycles).ok()?)?;
    let fit = (window.end_at - window.start_at).num_seconds() / cycle.num_seconds();
    let length = cycle * i32::try_from(fit).ok().filter(|fit| *fit > 0)?;
    Some(Stretch {
        start_at: window.start_at,
        end_at: window.start_at.checked_add_signed(length)?,
    })
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// Returns the minutes that each person's regular turns have in common with some stretches.
fn shares<'a>(rotation: &'a Rotation, window: Stretch, stretches: &[Stretch]) -> BTreeMap<&'a Arn, i64> {
    let mut shares = BTreeMap::new();
    for shift in rotation.shifts.known().into_iter().flatten() {
        let start_at = shift.start_at.max(window.start_at);
        let end_at = shift.end_at.min(window.end_at);
        let common = |stretch: &Stretch| {
            (end_at.min(stretch.end_at) - start_at.max(stretch.start_at))
                .num_minutes()
                .max(0)
        };
        let minutes: i64 = stretches.iter().map(common).sum();
        for person in regular(shift) {
            *shares.entry(person).or_default() += minutes;
        }
    }
    shares
}

/// Returns the hours from 22 to 6 of every day.
fn nights(zone: Tz, window: Stretch) -> Vec<Stretch> {
    let days = calendar::days(zone, window);
    days.filter_map(|day| {
        stretch(
            calendar::instant(zone, day, 22),
            calendar::instant(zone, day.succ_opt()?, 6),
        )
    })
    .collect()
}

/// Returns every Saturday and Sunday.
fn weekends(zone: Tz, window: Stretch) -> Vec<Stretch> {
    let days = calendar::days(zone, window);
    days.filter(|day| matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        .filter_map(|day| {
            stretch(
                calendar::instant(zone, day, 0),
                calendar::instant(zone, day.succ_opt()?, 0),
            )
        })
        .collect()
}

fn stretch(start_at: Option<Timestamp>, end_at: Option<Timestamp>) -> Option<Stretch> {
    Some(Stretch {
        start_at: start_at?,
        end_at: end_at?,
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, schedule::HandOff, world::World};
    use crate::findings::{
        policy::{Limits, Policy},
        proof::{check, check_with},
    };

    const NINE: HandOff = HandOff { hour: 9, minute: 0 };

    /// Shifts from one hand-over to the next, for members in turn; the world begins on a Sunday.
    fn in_turn<'a>(edges: &[i64], members: &'a [&'a str]) -> Vec<(i64, i64, &'a [&'a str])> {
        let pairs = edges.iter().zip(edges.iter().skip(1)).enumerate();
        pairs
            .map(|(index, (start, end))| {
                let from = index % members.len();
                (*start, *end, &members[from..=from])
            })
            .collect()
    }

    /// Mondays and Fridays at nine in Dublin, which is UTC in November.
    const MONDAYS_AND_FRIDAYS: &[i64] = &[-63, 33, 129, 201, 297, 369];

    fn halves(members: &[&str]) -> World {
        World::new()
            .rotation("halves", members)
            .recurring("halves", |recurrence| recurrence.weekly.push(("FRI".to_owned(), NINE)))
            .shifts("halves", &in_turn(MONDAYS_AND_FRIDAYS, members))
    }

    fn daily(members: &[&str]) -> World {
        let edges: Vec<i64> = (0..16).map(|day| day * 24 - 15).collect();
        World::new()
            .rotation("daily", members)
            .recurring("daily", |recurrence| {
                recurrence.weekly.clear();
                recurrence.daily = vec![NINE];
            })
            .shifts("daily", &in_turn(&edges, members))
    }

    #[test]
    fn turns_that_pass_twice_a_week_between_two_leave_every_weekend_to_one() {
        check(
            halves(&["anna", "ben"]),
            "SC13",
            &["halves: fail: anna carries 100 % of the weekend hours of halves, where a fair share is 50 %"],
        );
        let policy = Policy {
            limits: Limits {
                fair_share_percent: 201,
                ..Limits::default()
            },
            ..Policy::default()
        };
        check_with(halves(&["anna", "ben"]), &policy, None, "SC13", &[]);
    }

    #[test]
    fn a_cycle_that_the_horizon_does_not_hold_is_not_judged() {
        // Three members take three weeks to come round.
        check(halves(&["anna", "ben", "cleo"]), "SC13", &[]);
        // Six who take turns by the day take six weeks, and in these two one has most of the weekends.
        check(daily(&["a", "b", "c", "d", "e", "f"]), "SC13", &[]);
    }

    #[test]
    fn seven_who_take_turns_by_the_day_keep_their_days() {
        check(
            daily(&["a", "b", "c", "d", "e", "f", "g"]),
            "SC13",
            &["daily: fail: a carries 50 % of the weekend hours of daily, where a fair share is 14 %"],
        );
        check(daily(&["a", "b"]), "SC13", &[]);
    }

    #[test]
    fn two_shifts_a_day_between_two_leave_every_night_to_one() {
        let edges: Vec<i64> = (0..32).map(|half| half * 12 - 15).collect();
        let members = ["anna", "ben"];
        let world = daily(&members)
            .recurring("daily", |recurrence| {
                recurrence.daily.push(HandOff { hour: 21, minute: 0 });
            })
            .shifts("daily", &in_turn(&edges, &members));
        check(
            world,
            "SC13",
            &["daily: fail: ben carries 100 % of the night hours of daily, where a fair share is 50 %"],
        );
    }

    #[test]
    fn what_was_not_read_or_understood_is_unknown() {
        let members = ["anna", "ben"];
        let denied = halves(&members).denied(Operation::ListRotationShifts, "halves");
        check(denied, "SC13", &["halves: unknown"]);
        let odd = halves(&members).changed_rotation("halves", |rotation| rotation.time_zone = None);
        check(odd, "SC13", &["halves: unknown"]);
        let monthly = halves(&members).recurring("halves", |recurrence| {
            recurrence.weekly.clear();
            recurrence.monthly = vec![(1, NINE)];
        });
        check(monthly, "SC13", &[]);
    }
}

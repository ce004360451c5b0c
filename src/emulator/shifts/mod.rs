//! Who is on call when: the shifts of a rotation, computed from its recurrence, its coverages and its overrides.
//!
//! Pure: values in, values out. The service documents what the parts mean but not how it puts them together; this is
//! how we read it where it is silent:
//!
//! - A rotation begins at its start, not at its first hand-off: the first members are on call from the start to the
//!   first hand-off after it.
//! - `RecurrenceMultiplier` says that hand-offs happen only on every n-th day, week (Monday to Sunday) or month,
//!   counted in the rotation's zone from the one that the start falls in.
//! - The members on call are `NumberOfOnCalls` neighbours in the list, and each hand-off moves on by as many: of A, B,
//!   C with two on call, first A and B, then C and A, then B and C. Nobody is on call twice at once, so asking for
//!   more people than there are puts everybody on call.
//! - A wall-clock time that daylight saving skips means the first instant after the gap; one that happens twice means
//!   its first occurrence. Two hand-offs that fall on one instant both count, and nobody has a shift between them.
//! - The 29th, 30th and 31st mean the last day of a month that has no such day.
//! - Coverages narrow shifts to those hours of those days; with none at all, every hour is covered, and with some, a
//!   day that has none is not covered. An end at or before its start is on the next day, so 00:00 is the next midnight.
//! - An override replaces whoever would be on call in its window. It makes nobody on call where the rotation has
//!   nobody (before its start, outside its coverages). Where two overrides meet, the one made last wins.

mod calendar;
mod coverage;
mod overrides;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use self::{calendar::Calendar, coverage::Coverages};
use super::recurrence::Recurrence;

/// A rotation, as far as it decides who is on call when.
#[derive(Debug, Clone, Copy)]
pub struct Turns<'a> {
    /// The members in the order in which they take turns.
    pub members: &'a [String],
    /// When the rotation goes into effect.
    pub start: DateTime<Utc>,
    /// The zone whose wall clock the hand-offs and coverages follow.
    pub zone: Tz,
    /// When the turn passes on.
    pub recurrence: &'a Recurrence,
}

/// Other people instead of those whose turn it is, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Who is on call instead; empty for nobody.
    pub people: Vec<String>,
    /// The first instant of the replacement.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
}

/// Some people being on call from one instant up to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The first instant of the shift.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
    /// Who is on call. Empty when an override put nobody in.
    pub people: Vec<String>,
    /// Who would have been on call, had no override replaced them.
    pub replaced: Option<Vec<String>>,
}

/// The span of time to compute shifts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Shifts that end at or before this instant are left out.
    pub start: DateTime<Utc>,
    /// Shifts that start at or after this instant are left out.
    pub end: DateTime<Utc>,
    /// What to do with a shift that reaches out of the window.
    pub edges: WindowEdges,
}

/// What to do with a shift that reaches out of the window. The service does not say which it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowEdges {
    /// Give its own start and end.
    Whole,
    /// Cut it at the window's edge.
    Clipped,
}

/// Returns the shifts of `turns` that overlap `window`, in order of their start, one after another as they are asked for.
///
/// A later element of `replacements` wins over an earlier one. The work done grows with the window and not with the
/// time since the rotation's start. A rotation without members or without hand-offs has no shifts.
pub fn shifts(turns: &Turns<'_>, replacements: &[Replacement], window: Window) -> impl Iterator<Item = Shift> {
    let coverages = Coverages::of(turns);
    regular(turns, Calendar::of(turns), window)
        .flat_map(move |shift| coverages.narrow(shift))
        .flat_map(|shift| overrides::replace(&shift, replacements))
        .filter(move |shift| shift.end > window.start && shift.start < window.end)
        .map(move |shift| match window.edges {
            WindowEdges::Whole => shift,
            WindowEdges::Clipped => Shift {
                start: shift.start.max(window.start),
                end: shift.end.min(window.end),
                ..shift
            },
        })
}

/// Returns the whole shifts that overlap `window`, before coverages and overrides.
fn regular<'a>(turns: &'a Turns<'a>, calendar: Calendar, window: Window) -> impl Iterator<Item = Shift> + use<'a> {
    let before_start = calendar.passed_by(turns.start);
    let passed = calendar.passed_by(window.start.max(turns.start));
    let mut turn = passed.saturating_sub(before_start);
    // From the hand-off that began the first shift on. In the very first turn, the rotation's start is in its place.
    let mut hand_offs = calendar.hand_offs_from(passed.saturating_sub(1));
    let mut start = hand_offs.next().unwrap_or(turns.start).max(turns.start);
    hand_offs
        .take_while(|_| !turns.members.is_empty())
        .map(move |end| {
            let people = on_call(turns, turn);
            let shift = Shift {
                start,
                end,
                people,
                replaced: None,
            };
            start = end;
            turn = turn.saturating_add(1);
            shift
        })
        .take_while(move |shift| shift.start < window.end)
        .filter(|shift| shift.start < shift.end)
}

/// Returns who is on call in the `turn`-th shift, counted from 0 at the rotation's start.
fn on_call(turns: &Turns<'_>, turn: i64) -> Vec<String> {
    let people = turns.members.iter().cycle();
    let member_count = turns.members.len();
    let on_call_count = turns.recurrence.number_of_on_calls;
    // In 128 bits no product of a turn and a count can overflow, and the remainder is smaller than the member count.
    let position = i128::from(turn).saturating_mul(i128::from(on_call_count));
    let first = i128::try_from(member_count)
        .ok()
        .and_then(|count| position.checked_rem_euclid(count));
    let first = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
    let shown = usize::try_from(on_call_count).map_or(member_count, |count| count.min(member_count));
    people.skip(first).take(shown).cloned().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One rotation, one window, and the shifts that a person with a calendar finds. All instants are UTC.
    struct Case<'a> {
        zone: &'a str,
        start: &'a str,
        members: &'a str,
        /// In the form of the world file.
        recurrence: &'a str,
        /// `start end people…`
        overrides: &'a [&'a str],
        window: [&'a str; 2],
        edges: WindowEdges,
        /// `start end people… / replaced…`
        shifts: &'a [&'a str],
    }

    const PLAIN: Case<'_> = Case {
        zone: "UTC",
        start: "2026-01-05T09:00",
        members: "A B C",
        recurrence: r#"{"daily": ["09:00"]}"#,
        overrides: &[],
        window: ["2026-01-05T00:00", "2026-01-08T00:00"],
        edges: WindowEdges::Whole,
        shifts: &[],
    };

    fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("{text}:00Z")).unwrap().to_utc()
    }

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn line(shift: &Shift) -> String {
        let mut line = format!("{} {}", shift.start.format("%FT%R"), shift.end.format("%FT%R"));
        for person in &shift.people {
            line = format!("{line} {person}");
        }
        match &shift.replaced {
            Some(replaced) => format!("{line} / {}", replaced.join(" ")),
            None => line,
        }
    }

    #[track_caller]
    fn check(case: &Case<'_>) {
        let members = words(case.members);
        let recurrence: Recurrence = serde_json::from_str(case.recurrence).unwrap();
        let turns = Turns {
            members: &members,
            start: instant(case.start),
            zone: case.zone.parse().unwrap(),
            recurrence: &recurrence,
        };
        let replacements: Vec<_> = case
            .overrides
            .iter()
            .map(|text| {
                let mut words = words(text);
                let people = words.split_off(2);
                Replacement {
                    people,
                    start: instant(&words[0]),
                    end: instant(&words[1]),
                }
            })
            .collect();
        let [start, end] = case.window.map(instant);
        let found = shifts(
            &turns,
            &replacements,
            Window {
                start,
                end,
                edges: case.edges,
            },
        );
        assert_eq!(found.map(|shift| line(&shift)).collect::<Vec<_>>(), case.shifts);
    }

    #[test]
    fn members_take_turns_in_their_order() {
        check(&Case {
            members: "A B",
            shifts: &[
                "2026-01-05T09:00 2026-01-06T09:00 A",
                "2026-01-06T09:00 2026-01-07T09:00 B",
                "2026-01-07T09:00 2026-01-08T09:00 A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn clipped_shifts_end_at_the_window() {
        check(&Case {
            window: ["2026-01-05T12:00", "2026-01-06T12:00"],
            edges: WindowEdges::Clipped,
            shifts: &[
                "2026-01-05T12:00 2026-01-06T09:00 A",
                "2026-01-06T09:00 2026-01-06T12:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn shifts_that_only_touch_the_window_are_not_in_it() {
        check(&Case {
            window: ["2026-01-06T09:00", "2026-01-07T09:00"],
            shifts: &["2026-01-06T09:00 2026-01-07T09:00 B"],
            ..PLAIN
        });
    }

    #[test]
    fn the_first_turn_runs_from_the_start_to_the_first_hand_off() {
        check(&Case {
            start: "2026-01-05T06:00",
            window: ["2026-01-05T00:00", "2026-01-06T00:00"],
            shifts: &[
                "2026-01-05T06:00 2026-01-05T09:00 A",
                "2026-01-05T09:00 2026-01-06T09:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn nobody_is_on_call_before_the_start() {
        check(&Case {
            window: ["2025-12-20T00:00", "2026-01-05T09:00"],
            ..PLAIN
        });
    }

    #[test]
    fn a_start_inside_the_window_begins_the_first_shift() {
        check(&Case {
            window: ["2025-12-20T00:00", "2026-01-05T09:01"],
            shifts: &["2026-01-05T09:00 2026-01-06T09:00 A"],
            ..PLAIN
        });
    }

    #[test]
    fn an_empty_window_has_no_shifts() {
        check(&Case {
            window: ["2026-01-06T09:00", "2026-01-06T09:00"],
            ..PLAIN
        });
    }

    #[test]
    fn a_multiplier_skips_days() {
        check(&Case {
            start: "2026-01-05T12:00",
            recurrence: r#"{"multiplier": 3, "daily": ["09:00"]}"#,
            window: ["2026-01-05T00:00", "2026-01-12T00:00"],
            shifts: &[
                "2026-01-05T12:00 2026-01-08T09:00 A",
                "2026-01-08T09:00 2026-01-11T09:00 B",
                "2026-01-11T09:00 2026-01-14T09:00 C",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn several_hand_offs_a_day_are_taken_in_the_order_of_the_clock() {
        check(&Case {
            start: "2026-01-05T00:00",
            members: "A B C D",
            recurrence: r#"{"daily": ["16:00", "00:00", "08:00"]}"#,
            window: ["2026-01-05T08:00", "2026-01-06T16:00"],
            shifts: &[
                "2026-01-05T08:00 2026-01-05T16:00 B",
                "2026-01-05T16:00 2026-01-06T00:00 C",
                "2026-01-06T00:00 2026-01-06T08:00 D",
                "2026-01-06T08:00 2026-01-06T16:00 A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_hand_off_named_twice_counts_once() {
        check(&Case {
            recurrence: r#"{"daily": ["09:00", "09:00"]}"#,
            window: ["2026-01-06T09:00", "2026-01-06T10:00"],
            shifts: &["2026-01-06T09:00 2026-01-07T09:00 B"],
            ..PLAIN
        });
    }

    #[test]
    fn weekly_hand_offs_keep_to_the_wall_clock_in_spring() {
        check(&Case {
            zone: "Europe/London",
            start: "2026-03-16T09:00",
            recurrence: r#"{"weekly": [{"day": "MON", "at": "09:00"}]}"#,
            window: ["2026-03-20T00:00", "2026-04-01T00:00"],
            shifts: &[
                "2026-03-16T09:00 2026-03-23T09:00 A",
                "2026-03-23T09:00 2026-03-30T08:00 B",
                "2026-03-30T08:00 2026-04-06T08:00 C",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn weekly_hand_offs_keep_to_the_wall_clock_in_autumn() {
        check(&Case {
            zone: "Europe/London",
            start: "2026-10-12T08:00",
            recurrence: r#"{"weekly": [{"day": "MON", "at": "09:00"}]}"#,
            window: ["2026-10-20T00:00", "2026-10-27T00:00"],
            shifts: &[
                "2026-10-19T08:00 2026-10-26T09:00 B",
                "2026-10-26T09:00 2026-11-02T09:00 C",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn weekly_hand_offs_on_several_days() {
        check(&Case {
            recurrence: r#"{"weekly": [{"day": "FRI", "at": "17:00"}, {"day": "MON", "at": "09:00"}]}"#,
            window: ["2026-01-05T00:00", "2026-01-14T00:00"],
            shifts: &[
                "2026-01-05T09:00 2026-01-09T17:00 A",
                "2026-01-09T17:00 2026-01-12T09:00 B",
                "2026-01-12T09:00 2026-01-16T17:00 C",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_weekly_multiplier_counts_weeks_from_monday() {
        check(&Case {
            start: "2026-01-07T09:00",
            recurrence: r#"{"multiplier": 2, "weekly": [{"day": "MON", "at": "09:00"}]}"#,
            window: ["2026-01-07T09:00", "2026-02-01T00:00"],
            shifts: &[
                "2026-01-07T09:00 2026-01-19T09:00 A",
                "2026-01-19T09:00 2026-02-02T09:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_hand_off_in_the_spring_gap_happens_right_after_it() {
        check(&Case {
            zone: "Europe/London",
            start: "2026-03-28T01:30",
            recurrence: r#"{"daily": ["01:30"]}"#,
            window: ["2026-03-28T12:00", "2026-03-29T12:00"],
            shifts: &[
                "2026-03-28T01:30 2026-03-29T01:00 A",
                "2026-03-29T01:00 2026-03-30T00:30 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_hand_off_in_the_autumn_fold_happens_the_first_time() {
        check(&Case {
            zone: "Europe/London",
            start: "2026-10-24T00:30",
            recurrence: r#"{"daily": ["01:30"]}"#,
            window: ["2026-10-24T12:00", "2026-10-25T12:00"],
            shifts: &[
                "2026-10-24T00:30 2026-10-25T00:30 A",
                "2026-10-25T00:30 2026-10-26T01:30 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn the_southern_spring_gap_is_in_october() {
        check(&Case {
            zone: "Australia/Sydney",
            start: "2026-09-26T16:30",
            recurrence: r#"{"weekly": [{"day": "SUN", "at": "02:30"}]}"#,
            window: ["2026-09-27T00:00", "2026-10-04T00:00"],
            shifts: &[
                "2026-09-26T16:30 2026-10-03T16:00 A",
                "2026-10-03T16:00 2026-10-10T15:30 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn the_southern_autumn_fold_is_in_april() {
        check(&Case {
            zone: "Australia/Sydney",
            start: "2026-03-28T15:30",
            recurrence: r#"{"weekly": [{"day": "SUN", "at": "02:30"}]}"#,
            window: ["2026-03-29T00:00", "2026-04-05T00:00"],
            shifts: &[
                "2026-03-28T15:30 2026-04-04T15:30 A",
                "2026-04-04T15:30 2026-04-11T16:30 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn lord_howe_changes_by_half_an_hour_in_spring() {
        check(&Case {
            zone: "Australia/Lord_Howe",
            start: "2026-10-02T15:45",
            recurrence: r#"{"daily": ["02:15"]}"#,
            window: ["2026-10-03T00:00", "2026-10-04T00:00"],
            shifts: &[
                "2026-10-02T15:45 2026-10-03T15:30 A",
                "2026-10-03T15:30 2026-10-04T15:15 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn lord_howe_changes_by_half_an_hour_in_autumn() {
        check(&Case {
            zone: "Australia/Lord_Howe",
            start: "2026-04-03T14:45",
            recurrence: r#"{"daily": ["01:45"]}"#,
            window: ["2026-04-04T00:00", "2026-04-05T00:00"],
            shifts: &[
                "2026-04-03T14:45 2026-04-04T14:45 A",
                "2026-04-04T14:45 2026-04-05T15:15 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn kathmandu_is_a_quarter_hour_off() {
        check(&Case {
            zone: "Asia/Kathmandu",
            start: "2026-01-05T03:15",
            window: ["2026-01-06T00:00", "2026-01-06T12:00"],
            shifts: &[
                "2026-01-05T03:15 2026-01-06T03:15 A",
                "2026-01-06T03:15 2026-01-07T03:15 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn st_johns_has_a_gap_at_a_half_hour_offset() {
        check(&Case {
            zone: "America/St_Johns",
            start: "2026-03-07T06:00",
            recurrence: r#"{"daily": ["02:30"]}"#,
            window: ["2026-03-07T12:00", "2026-03-08T12:00"],
            shifts: &[
                "2026-03-07T06:00 2026-03-08T05:30 A",
                "2026-03-08T05:30 2026-03-09T05:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_fold_across_midnight_does_not_confuse_the_first_turn() {
        // In 2010 the clocks of St. John's went back from 00:01 to 23:01. This start is in the second 23:30 of that
        // evening: the midnight between the two has already been, and the next one is a day away.
        check(&Case {
            zone: "America/St_Johns",
            start: "2010-11-07T03:00",
            recurrence: r#"{"daily": ["00:00"]}"#,
            window: ["2010-11-07T03:00", "2010-11-09T00:00"],
            shifts: &[
                "2010-11-07T03:00 2010-11-08T03:30 A",
                "2010-11-08T03:30 2010-11-09T03:30 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn chatham_has_its_gap_at_a_quarter_to_three() {
        check(&Case {
            zone: "Pacific/Chatham",
            start: "2026-09-25T14:15",
            recurrence: r#"{"daily": ["03:00"]}"#,
            window: ["2026-09-26T00:00", "2026-09-27T00:00"],
            shifts: &[
                "2026-09-25T14:15 2026-09-26T14:00 A",
                "2026-09-26T14:00 2026-09-27T13:15 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_day_that_a_zone_skipped_hands_off_at_its_end() {
        // Samoa had no 30 December 2011.
        check(&Case {
            zone: "Pacific/Apia",
            start: "2011-12-29T19:00",
            window: ["2011-12-30T00:00", "2011-12-30T20:00"],
            shifts: &[
                "2011-12-29T19:00 2011-12-30T10:00 A",
                "2011-12-30T10:00 2011-12-30T19:00 B",
                "2011-12-30T19:00 2011-12-31T19:00 C",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn two_hand_offs_in_one_gap_both_count() {
        check(&Case {
            zone: "America/New_York",
            start: "2026-03-07T07:00",
            recurrence: r#"{"daily": ["02:00", "02:30"]}"#,
            window: ["2026-03-07T07:00", "2026-03-09T00:00"],
            shifts: &[
                "2026-03-07T07:00 2026-03-07T07:30 A",
                "2026-03-07T07:30 2026-03-08T07:00 B",
                "2026-03-08T07:00 2026-03-09T06:00 A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn the_31st_is_the_last_day_of_a_shorter_month() {
        check(&Case {
            start: "2026-01-31T09:00",
            recurrence: r#"{"monthly": [{"day": 31, "at": "09:00"}]}"#,
            window: ["2026-02-01T00:00", "2026-05-01T00:00"],
            shifts: &[
                "2026-01-31T09:00 2026-02-28T09:00 A",
                "2026-02-28T09:00 2026-03-31T09:00 B",
                "2026-03-31T09:00 2026-04-30T09:00 C",
                "2026-04-30T09:00 2026-05-31T09:00 A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn the_30th_is_the_29th_in_a_leap_february() {
        check(&Case {
            start: "2028-01-30T09:00",
            recurrence: r#"{"monthly": [{"day": 30, "at": "09:00"}]}"#,
            window: ["2028-02-01T00:00", "2028-03-01T00:00"],
            shifts: &[
                "2028-01-30T09:00 2028-02-29T09:00 A",
                "2028-02-29T09:00 2028-03-30T09:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn days_that_fall_together_in_a_short_month_are_in_the_order_of_the_clock() {
        check(&Case {
            start: "2026-01-01T00:00",
            recurrence: r#"{"monthly": [{"day": 30, "at": "18:00"}, {"day": 31, "at": "09:00"}]}"#,
            window: ["2026-01-01T00:00", "2026-03-01T00:00"],
            shifts: &[
                "2026-01-01T00:00 2026-01-30T18:00 A",
                "2026-01-30T18:00 2026-01-31T09:00 B",
                "2026-01-31T09:00 2026-02-28T09:00 C",
                "2026-02-28T09:00 2026-02-28T18:00 A",
                "2026-02-28T18:00 2026-03-30T18:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_monthly_multiplier_skips_months_over_the_year() {
        check(&Case {
            zone: "Asia/Tokyo",
            start: "2025-11-14T15:00",
            recurrence: r#"{"multiplier": 3, "monthly": [{"day": 15, "at": "00:00"}]}"#,
            window: ["2026-01-01T00:00", "2026-06-01T00:00"],
            shifts: &[
                "2025-11-14T15:00 2026-02-14T15:00 A",
                "2026-02-14T15:00 2026-05-14T15:00 B",
                "2026-05-14T15:00 2026-08-14T15:00 C",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn two_on_call_move_on_by_two() {
        check(&Case {
            recurrence: r#"{"number_of_on_calls": 2, "daily": ["09:00"]}"#,
            window: ["2026-01-05T09:00", "2026-01-08T12:00"],
            shifts: &[
                "2026-01-05T09:00 2026-01-06T09:00 A B",
                "2026-01-06T09:00 2026-01-07T09:00 C A",
                "2026-01-07T09:00 2026-01-08T09:00 B C",
                "2026-01-08T09:00 2026-01-09T09:00 A B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn nobody_is_on_call_twice() {
        check(&Case {
            members: "A B",
            recurrence: r#"{"number_of_on_calls": 5, "daily": ["09:00"]}"#,
            window: ["2026-01-05T09:00", "2026-01-06T12:00"],
            shifts: &[
                "2026-01-05T09:00 2026-01-06T09:00 A B",
                "2026-01-06T09:00 2026-01-07T09:00 B A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn nobody_and_never_are_no_shifts() {
        check(&Case { members: "", ..PLAIN });
        check(&Case {
            recurrence: "{}",
            ..PLAIN
        });
    }

    #[test]
    fn a_start_long_ago_still_counts_every_turn() {
        // 13,153 days after the start, which is one more than a multiple of three.
        check(&Case {
            start: "1990-01-01T00:00",
            recurrence: r#"{"daily": ["00:00"]}"#,
            window: ["2026-01-05T00:00", "2026-01-06T00:00"],
            shifts: &["2026-01-05T00:00 2026-01-06T00:00 B"],
            ..PLAIN
        });
    }

    #[test]
    fn coverages_narrow_a_week_to_office_hours() {
        check(&Case {
            recurrence: r#"{
                "weekly": [{"day": "MON", "at": "09:00"}],
                "shift_coverages": {
                    "MON": [{"start": "09:00", "end": "17:00"}],
                    "WED": [{"start": "13:00", "end": "17:00"}, {"start": "09:00", "end": "12:00"}]
                }
            }"#,
            window: ["2026-01-05T10:00", "2026-01-13T00:00"],
            shifts: &[
                "2026-01-05T09:00 2026-01-05T17:00 A",
                "2026-01-07T09:00 2026-01-07T12:00 A",
                "2026-01-07T13:00 2026-01-07T17:00 A",
                "2026-01-12T09:00 2026-01-12T17:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn coverage_up_to_midnight_joins_the_next_day() {
        check(&Case {
            start: "2026-01-05T00:00",
            recurrence: r#"{
                "weekly": [{"day": "MON", "at": "00:00"}],
                "shift_coverages": {
                    "TUE": [{"start": "00:00", "end": "00:00"}],
                    "MON": [{"start": "18:00", "end": "00:00"}],
                    "FRI": []
                }
            }"#,
            window: ["2026-01-05T00:00", "2026-01-12T00:00"],
            shifts: &["2026-01-05T18:00 2026-01-07T00:00 A"],
            ..PLAIN
        });
    }

    #[test]
    fn coverage_through_the_night_ends_in_the_morning() {
        check(&Case {
            start: "2026-01-05T00:00",
            recurrence: r#"{
                "daily": ["00:00"],
                "shift_coverages": {"SUN": [{"start": "22:00", "end": "06:00"}]}
            }"#,
            window: ["2026-01-10T00:00", "2026-01-13T00:00"],
            shifts: &[
                "2026-01-11T22:00 2026-01-12T00:00 A",
                "2026-01-12T00:00 2026-01-12T06:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn coverage_begun_the_day_before_the_start_counts() {
        check(&Case {
            start: "2026-01-05T03:00",
            recurrence: r#"{
                "daily": ["12:00"],
                "shift_coverages": {"SUN": [{"start": "22:00", "end": "06:00"}]}
            }"#,
            shifts: &["2026-01-05T03:00 2026-01-05T06:00 A"],
            ..PLAIN
        });
    }

    #[test]
    fn coverage_follows_the_clocks() {
        check(&Case {
            zone: "Europe/London",
            start: "2026-03-02T00:00",
            recurrence: r#"{
                "weekly": [{"day": "MON", "at": "00:00"}],
                "shift_coverages": {"SUN": [{"start": "00:00", "end": "01:15"}, {"start": "01:45", "end": "06:00"}]}
            }"#,
            window: ["2026-03-22T00:00", "2026-03-30T00:00"],
            shifts: &[
                "2026-03-22T00:00 2026-03-22T01:15 C",
                "2026-03-22T01:45 2026-03-22T06:00 C",
                "2026-03-29T00:00 2026-03-29T05:00 A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_hand_off_inside_covered_hours_splits_them() {
        check(&Case {
            start: "2026-01-04T12:00",
            recurrence: r#"{"daily": ["12:00"], "shift_coverages": {"MON": [{"start": "09:00", "end": "17:00"}]}}"#,
            shifts: &[
                "2026-01-05T09:00 2026-01-05T12:00 A",
                "2026-01-05T12:00 2026-01-05T17:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn an_override_splits_the_shift_at_its_edges() {
        check(&Case {
            overrides: &["2026-01-05T12:00 2026-01-05T14:00 X Y"],
            window: ["2026-01-05T00:00", "2026-01-06T00:00"],
            shifts: &[
                "2026-01-05T09:00 2026-01-05T12:00 A",
                "2026-01-05T12:00 2026-01-05T14:00 X Y / A",
                "2026-01-05T14:00 2026-01-06T09:00 A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn an_override_of_a_whole_shift_leaves_no_regular_part() {
        check(&Case {
            overrides: &["2026-01-05T09:00 2026-01-06T09:00 X"],
            window: ["2026-01-05T00:00", "2026-01-06T12:00"],
            shifts: &[
                "2026-01-05T09:00 2026-01-06T09:00 X / A",
                "2026-01-06T09:00 2026-01-07T09:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn an_override_over_a_hand_off_replaces_each_in_turn() {
        check(&Case {
            recurrence: r#"{"number_of_on_calls": 2, "daily": ["09:00"]}"#,
            overrides: &["2026-01-06T08:00 2026-01-06T10:00 X"],
            window: ["2026-01-06T00:00", "2026-01-07T00:00"],
            shifts: &[
                "2026-01-05T09:00 2026-01-06T08:00 A B",
                "2026-01-06T08:00 2026-01-06T09:00 X / A B",
                "2026-01-06T09:00 2026-01-06T10:00 X / C A",
                "2026-01-06T10:00 2026-01-07T09:00 C A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn an_empty_override_puts_nobody_on_call() {
        check(&Case {
            overrides: &["2026-01-06T00:00 2026-01-06T09:00"],
            window: ["2026-01-06T00:00", "2026-01-06T09:00"],
            shifts: &["2026-01-06T00:00 2026-01-06T09:00 / A"],
            ..PLAIN
        });
    }

    #[test]
    fn of_overlapping_overrides_the_last_wins() {
        check(&Case {
            overrides: &[
                "2026-01-05T10:00 2026-01-05T14:00 X",
                "2026-01-05T12:00 2026-01-05T16:00 Y",
            ],
            window: ["2026-01-05T10:00", "2026-01-05T16:00"],
            shifts: &[
                "2026-01-05T10:00 2026-01-05T12:00 X / A",
                "2026-01-05T12:00 2026-01-05T16:00 Y / A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn a_hidden_override_leaves_no_seam() {
        check(&Case {
            overrides: &[
                "2026-01-05T12:00 2026-01-05T13:00 X",
                "2026-01-05T10:00 2026-01-05T14:00 Y",
            ],
            window: ["2026-01-05T10:00", "2026-01-05T14:00"],
            shifts: &["2026-01-05T10:00 2026-01-05T14:00 Y / A"],
            ..PLAIN
        });
    }

    #[test]
    fn adjoining_overrides_stay_apart() {
        check(&Case {
            overrides: &[
                "2026-01-05T10:00 2026-01-05T12:00 X",
                "2026-01-05T12:00 2026-01-05T14:00 X",
            ],
            window: ["2026-01-05T10:00", "2026-01-05T14:00"],
            shifts: &[
                "2026-01-05T10:00 2026-01-05T12:00 X / A",
                "2026-01-05T12:00 2026-01-05T14:00 X / A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn an_override_outside_every_shift_changes_nothing() {
        check(&Case {
            start: "2026-01-05T00:00",
            recurrence: r#"{"daily": ["00:00"], "shift_coverages": {"MON": [{"start": "09:00", "end": "17:00"}]}}"#,
            overrides: &[
                "2026-01-04T00:00 2026-01-05T09:00 X",
                "2026-01-05T17:00 2026-01-05T20:00 Y",
            ],
            window: ["2026-01-04T00:00", "2026-01-06T00:00"],
            shifts: &["2026-01-05T09:00 2026-01-05T17:00 A"],
            ..PLAIN
        });
    }

    #[test]
    fn a_monthly_hand_off_in_the_spring_gap_happens_right_after_it() {
        // February has no 29th; on 29 March London has no 01:30.
        check(&Case {
            zone: "Europe/London",
            start: "2026-02-28T01:30",
            recurrence: r#"{"monthly": [{"day": 29, "at": "01:30"}]}"#,
            window: ["2026-03-01T00:00", "2026-04-01T00:00"],
            shifts: &[
                "2026-02-28T01:30 2026-03-29T01:00 A",
                "2026-03-29T01:00 2026-04-29T00:30 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn two_on_call_hand_over_in_the_autumn_fold() {
        check(&Case {
            zone: "America/New_York",
            start: "2026-10-25T05:30",
            recurrence: r#"{"number_of_on_calls": 2, "weekly": [{"day": "SUN", "at": "01:30"}]}"#,
            window: ["2026-10-26T00:00", "2026-11-08T00:00"],
            shifts: &[
                "2026-10-25T05:30 2026-11-01T05:30 A B",
                "2026-11-01T05:30 2026-11-08T06:30 C A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn coverage_through_a_night_with_an_hour_more() {
        // Nine hours on the clock's eight: 22:00 in summer time to 06:00 in winter time, handed over at the first 02:30.
        check(&Case {
            zone: "Europe/Berlin",
            start: "2026-10-24T00:30",
            recurrence: r#"{
                "daily": ["02:30"],
                "shift_coverages": {"SAT": [{"start": "22:00", "end": "06:00"}]}
            }"#,
            window: ["2026-10-24T12:00", "2026-10-25T12:00"],
            shifts: &[
                "2026-10-24T20:00 2026-10-25T00:30 A",
                "2026-10-25T00:30 2026-10-25T05:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn coverage_past_midnight_that_ends_in_the_spring_gap_ends_right_after_it() {
        check(&Case {
            zone: "Europe/Berlin",
            start: "2026-03-28T11:00",
            recurrence: r#"{
                "daily": ["12:00"],
                "shift_coverages": {"SAT": [{"start": "22:00", "end": "02:30"}]}
            }"#,
            window: ["2026-03-28T12:00", "2026-03-29T12:00"],
            shifts: &["2026-03-28T21:00 2026-03-29T01:00 A"],
            ..PLAIN
        });
    }

    #[test]
    fn coverages_that_overlap_are_one_stretch() {
        check(&Case {
            recurrence: r#"{
                "daily": ["09:00"],
                "shift_coverages": {"MON": [{"start": "12:00", "end": "17:00"}, {"start": "09:30", "end": "13:00"}]}
            }"#,
            shifts: &["2026-01-05T09:30 2026-01-05T17:00 A"],
            ..PLAIN
        });
    }

    #[test]
    fn coverage_that_ends_when_it_begins_is_a_whole_day() {
        check(&Case {
            recurrence: r#"{
                "daily": ["09:00"],
                "shift_coverages": {"MON": [{"start": "18:00", "end": "18:00"}]}
            }"#,
            shifts: &[
                "2026-01-05T18:00 2026-01-06T09:00 A",
                "2026-01-06T09:00 2026-01-06T18:00 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn an_empty_override_over_another_and_under_another() {
        check(&Case {
            overrides: &[
                "2026-01-05T10:00 2026-01-05T14:00 X",
                "2026-01-05T12:00 2026-01-05T13:00",
            ],
            window: ["2026-01-05T10:00", "2026-01-05T14:00"],
            shifts: &[
                "2026-01-05T10:00 2026-01-05T12:00 X / A",
                "2026-01-05T12:00 2026-01-05T13:00 / A",
                "2026-01-05T13:00 2026-01-05T14:00 X / A",
            ],
            ..PLAIN
        });
        check(&Case {
            overrides: &[
                "2026-01-05T10:00 2026-01-05T14:00",
                "2026-01-05T12:00 2026-01-05T13:00 X",
            ],
            window: ["2026-01-05T10:00", "2026-01-05T14:00"],
            shifts: &[
                "2026-01-05T10:00 2026-01-05T12:00 / A",
                "2026-01-05T12:00 2026-01-05T13:00 X / A",
                "2026-01-05T13:00 2026-01-05T14:00 / A",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn an_override_over_a_hand_off_in_the_spring_gap() {
        check(&Case {
            zone: "Europe/London",
            start: "2026-03-28T01:30",
            recurrence: r#"{"daily": ["01:30"]}"#,
            overrides: &["2026-03-29T00:30 2026-03-29T01:30 X"],
            window: ["2026-03-28T12:00", "2026-03-29T12:00"],
            shifts: &[
                "2026-03-28T01:30 2026-03-29T00:30 A",
                "2026-03-29T00:30 2026-03-29T01:00 X / A",
                "2026-03-29T01:00 2026-03-29T01:30 X / B",
                "2026-03-29T01:30 2026-03-30T00:30 B",
            ],
            ..PLAIN
        });
    }

    #[test]
    fn ten_years_of_eight_hands_a_day_are_all_there() {
        let recurrence: Recurrence = serde_json::from_str(
            r#"{"daily": ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]}"#,
        )
        .unwrap();
        let members = words("A B C");
        let start = instant("2026-01-01T00:00");
        let turns = Turns {
            members: &members,
            start,
            zone: Tz::UTC,
            recurrence: &recurrence,
        };
        let window = Window {
            start,
            end: instant("2036-01-01T00:00"),
            edges: WindowEdges::Whole,
        };
        assert_eq!(shifts(&turns, &[], window).count(), 3652 * 8);
    }

    fn any_zone() -> impl Strategy<Value = Tz> {
        let names = [
            "UTC",
            "Europe/London",
            "America/New_York",
            "America/St_Johns",
            "America/Sao_Paulo",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Australia/Sydney",
            "Pacific/Apia",
            "Pacific/Chatham",
            "Africa/Cairo",
        ];
        prop::sample::select(names.to_vec()).prop_map(|name| name.parse().unwrap())
    }

    fn any_time() -> impl Strategy<Value = serde_json::Value> {
        (0..24, 0..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}").into())
    }

    fn any_day() -> impl Strategy<Value = &'static str> {
        prop::sample::select(["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"].as_slice())
    }

    fn any_hand_offs() -> impl Strategy<Value = serde_json::Value> {
        let days = prop::collection::vec((1..=31, any_day(), any_time()), 1..4);
        (0..3, days).prop_map(|(kind, days)| {
            let times = |(_, _, at)| at;
            let weekly = |(_, day, at)| serde_json::json!({"day": day, "at": at});
            let monthly = |(day, _, at)| serde_json::json!({"day": day, "at": at});
            let days = days.into_iter();
            match kind {
                0 => serde_json::json!({"daily": days.map(times).collect::<Vec<_>>()}),
                1 => serde_json::json!({"weekly": days.map(weekly).collect::<Vec<_>>()}),
                _ => serde_json::json!({"monthly": days.map(monthly).collect::<Vec<_>>()}),
            }
        })
    }

    prop_compose! {
        fn any_recurrence()(
            mut recurrence in any_hand_offs(),
            multiplier in 1..=4_u32,
            on_call_count in 1..=3_u32,
            coverages in prop::collection::btree_map(any_day(), prop::collection::vec((any_time(), any_time()), 0..3), 0..4),
        ) -> Recurrence {
            recurrence["multiplier"] = multiplier.into();
            recurrence["number_of_on_calls"] = on_call_count.into();
            for (day, hours) in coverages {
                let hours = hours.into_iter().map(|(start, end)| serde_json::json!({"start": start, "end": end}));
                recurrence["shift_coverages"][day] = hours.collect();
            }
            serde_json::from_value(recurrence).unwrap()
        }
    }

    fn minutes_after(base: &str, minutes: i64) -> DateTime<Utc> {
        instant(base) + chrono::TimeDelta::minutes(minutes)
    }

    proptest! {
        #[test]
        fn shifts_are_in_order_without_overlap_and_the_same_through_every_window(
            recurrence in any_recurrence(),
            zone in any_zone(),
            started in 0..6_000_000_i64,
            from in 0..3_000_000_i64,
            length in 1..90_000_i64,
            replaced in prop::collection::vec((0..90_000_i64, 30..9_000_i64), 0..4),
        ) {
            let members = words("A B C D E");
            let start = minutes_after("2007-01-01T00:00", started);
            let turns = Turns { members: &members, start, zone, recurrence: &recurrence };
            let from = start + chrono::TimeDelta::minutes(from - 50_000);
            let to = from + chrono::TimeDelta::minutes(length);
            let replacements: Vec<_> = replaced.iter().map(|(after, length)| {
                let start = from + chrono::TimeDelta::minutes(*after);
                Replacement { people: words("X"), start, end: start + chrono::TimeDelta::minutes(*length) }
            }).collect();
            let window = Window { start: from, end: to, edges: WindowEdges::Whole };
            let found: Vec<_> = shifts(&turns, &replacements, window).collect();

            for shift in &found {
                prop_assert!(start <= shift.start && shift.start < shift.end, "{shift:?}");
                prop_assert!(shift.end > from && shift.start < to, "{shift:?}");
            }
            for pair in found.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start, "{pair:?}");
                if recurrence.shift_coverages.is_empty() {
                    prop_assert_eq!(pair[0].end, pair[1].start);
                }
            }
            if recurrence.shift_coverages.is_empty() && to > start {
                prop_assert!(found.first().unwrap().start <= from.max(start));
                prop_assert!(found.last().unwrap().end >= to);
            }

            // Walking from the rotation's start must find the same as jumping into the middle.
            let walked = shifts(&turns, &replacements, Window { start, ..window });
            let walked: Vec<_> = walked.filter(|shift| shift.end > from).collect();
            prop_assert_eq!(found, walked);
        }
    }
}

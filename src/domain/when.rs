//! Times as people type them: `sun 03:00`, `tomorrow 03:00`, `+3h`, `2026-11-29T03:00Z`, with a zone behind if wanted.
//!
//! A local time that the clocks skip, or that they show twice, is never guessed: the error says which instants are near.
//!
//! ```
//! use callsheet::domain::when::parse;
//!
//! let now = "2026-11-25T10:00:00Z".parse().expect("a time");
//! let sunday = parse("sun 03:00", now, chrono_tz::Europe::Berlin).expect("a time that exists");
//! assert_eq!(sunday.at.to_rfc3339(), "2026-11-29T02:00:00+00:00");
//!
//! // The clocks of Berlin skip this hour.
//! assert!(parse("2026-03-29 02:30", now, chrono_tz::Europe::Berlin).is_err());
//! ```

use super::{Timestamp, text::excerpt};
use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Weekday,
    offset::LocalResult,
};
use chrono_tz::Tz;

/// What may be written, for errors and help.
pub const EXAMPLES: &str = "now, +3h, 03:00, sun 03:00, tomorrow 03:00, 2026-11-29 03:00, 2026-11-29T03:00Z, each with a zone behind: sun 03:00 Europe/Berlin";

/// The years in which times are understood: shifts are read for the next 90 days, so that this is more than enough.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9998;

/// How a local time is written in an error, so that it can be typed again.
const WRITTEN: &str = "%Y-%m-%d %H:%M";

/// The longest stretch that clocks were ever moved over: Samoa left out a whole day.
const LONGEST_SKIP_MINUTES: i64 = 25 * 60;

/// How many days ahead a day of the week, or the next such time of day, is looked for: a week, and one day more where
/// the time has passed today.
const DAYS_AHEAD: u64 = 8;

/// An instant that was typed, and the zone in which it was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// The zone that was named, or else the zone that goes without saying.
    pub zone: Tz,
}

/// Why a text is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// The text cannot be understood.
    #[error("“{0}” is not a time")]
    NotUnderstood(String),
    /// The text names a zone that is not known.
    #[error("there is no time zone “{0}”")]
    UnknownZone(String),
    /// The clocks skip this time.
    #[error("{time} does not exist in {zone}: the clocks go from {from} to {to} then")]
    Skipped {
        /// The time as it would be written.
        time: String,
        /// The zone.
        zone: Tz,
        /// What the clocks show last before.
        from: String,
        /// What they show first after.
        to: String,
    },
    /// The clocks show this time twice.
    #[error("{time} comes twice in {zone}, because the clocks go back then: as {first} and as {second}")]
    Twice {
        /// The time as it would be written.
        time: String,
        /// The zone.
        zone: Tz,
        /// The earlier one, so that it can be typed.
        first: String,
        /// The later one, likewise.
        second: String,
    },
    /// It is too far away.
    #[error("“{0}” is too far away")]
    TooFar(String),
}

impl WhenError {
    /// Returns what to write instead.
    pub fn hint(&self) -> String {
        match self {
            Self::NotUnderstood(_) | Self::TooFar(_) => format!("write one of: {EXAMPLES}"),
            Self::UnknownZone(_) => "write the zone as in Europe/Berlin or UTC".to_owned(),
            Self::Skipped { to, .. } => format!("write {to}, or a time before the change"),
            Self::Twice { first, second, .. } => format!("write {first} or {second}"),
        }
    }
}

/// Returns the instant that `text` means at `now`; local times are in `zone` unless the text ends in another one.
///
/// A time of day without a day is the next one, and so is a day of the week: at noon on a Sunday, `sun 03:00` is in a
/// week.
pub fn parse(text: &str, now: Timestamp, zone: Tz) -> Result<Moment, WhenError> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let zone = if words.len() > 1 {
        named_zone(&mut words)?.unwrap_or(zone)
    } else {
        zone
    };
    let not_understood = || WhenError::NotUnderstood(shown(text));
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let at = match lower.as_slice() {
        ["now"] => now,
        [word] if word.starts_with('+') => {
            let ahead = ahead(word).ok_or_else(not_understood)?;
            now.checked_add_signed(ahead)
                .ok_or_else(|| WhenError::TooFar(shown(text)))?
        }
        [word] => match (clock(word), with_offset(word)) {
            (Some(time), _) => next(zone, now, time, |_| true)?,
            (None, Some(at)) => at,
            (None, None) => match word
                .split_once('t')
                .and_then(|(day, time)| Some((date(day)?, clock(time)?)))
            {
                Some((day, time)) => local(zone, day.and_time(time))?,
                None => return Err(not_understood()),
            },
        },
        [day, time] => {
            let joined = format!("{day}t{time}");
            match (clock(time), with_offset(&joined)) {
                (Some(time), _) => on_day(zone, now, day, time).ok_or_else(not_understood)??,
                (None, Some(at)) => at,
                (None, None) => return Err(not_understood()),
            }
        }
        _ => return Err(not_understood()),
    };
    if YEARS.contains(&at.year()) {
        Ok(Moment { at, zone })
    } else {
        Err(WhenError::TooFar(shown(text)))
    }
}

/// Takes a zone off the end of the words, if there is one.
fn named_zone(words: &mut Vec<&str>) -> Result<Option<Tz>, WhenError> {
    let Some(last) = words.last().copied() else {
        return Ok(None);
    };
    // Days, times and offsets hold digits or are days of the week; no zone that has letters only is one of them.
    let is_time = clock(last).is_some() || weekday(&last.to_ascii_lowercase()).is_some() || date(last).is_some();
    if is_time {
        return Ok(None);
    }
    match Tz::from_str_insensitive(last) {
        Ok(zone) => {
            words.pop();
            Ok(Some(zone))
        }
        Err(_) if last.contains('/') => Err(WhenError::UnknownZone(shown(last))),
        Err(_) => Ok(None),
    }
}

/// Returns the instant of a time of day on a day that is named by a word or a date; absent when the word names no day.
fn on_day(zone: Tz, now: Timestamp, day: &str, time: NaiveTime) -> Option<Result<Timestamp, WhenError>> {
    let today = now.with_timezone(&zone).date_naive();
    let fixed = match day {
        "today" => Some(today),
        "tomorrow" => today.checked_add_days(Days::new(1)),
        _ => date(day),
    };
    match (fixed, weekday(day)) {
        (Some(day), _) => Some(local(zone, day.and_time(time))),
        (None, Some(wanted)) => Some(next(zone, now, time, move |day| day.weekday() == wanted)),
        (None, None) => None,
    }
}

/// Returns the next instant at which the clocks show `time` on a wanted day.
fn next(
    zone: Tz,
    now: Timestamp,
    time: NaiveTime,
    is_wanted: impl Fn(NaiveDate) -> bool,
) -> Result<Timestamp, WhenError> {
    let here = now.with_timezone(&zone).naive_local();
    let days = (0..=DAYS_AHEAD).filter_map(|days| here.date().checked_add_days(Days::new(days)));
    for local_time in days.filter(|day| is_wanted(*day)).map(|day| day.and_time(time)) {
        match zone.from_local_datetime(&local_time) {
            LocalResult::Single(at) if at < now => {}
            LocalResult::Ambiguous(one, other) if one.max(other) < now => {}
            LocalResult::None if local_time < here => {}
            LocalResult::Single(_) | LocalResult::Ambiguous(..) | LocalResult::None => return local(zone, local_time),
        }
    }
    Err(WhenError::TooFar(time.format("%H:%M").to_string()))
}

/// Returns the one instant at which the clocks of a zone show `local_time`.
fn local(zone: Tz, local_time: NaiveDateTime) -> Result<Timestamp, WhenError> {
    let time = local_time.format(WRITTEN).to_string();
    match zone.from_local_datetime(&local_time) {
        LocalResult::Single(at) => Ok(at.to_utc()),
        LocalResult::Ambiguous(one, other) => {
            let written = |at: DateTime<Tz>| at.format("%Y-%m-%dT%H:%M%:z").to_string();
            Err(WhenError::Twice {
                time,
                zone,
                first: written(one.min(other)),
                second: written(one.max(other)),
            })
        }
        LocalResult::None => {
            let near = |sign: i64| {
                let mut minutes = (1..=LONGEST_SKIP_MINUTES).map(|minutes| TimeDelta::minutes(sign * minutes));
                let moved = minutes.find_map(|minutes| {
                    let moved = local_time.checked_add_signed(minutes)?;
                    (zone.from_local_datetime(&moved) != LocalResult::None).then_some(moved)
                });
                moved.map_or_else(|| time.clone(), |moved| moved.format(WRITTEN).to_string())
            };
            Err(WhenError::Skipped {
                from: near(-1),
                to: near(1),
                zone,
                time,
            })
        }
    }
}

/// Returns the time of day that a word holds.
fn clock(word: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"]
        .into_iter()
        .find_map(|form| NaiveTime::parse_from_str(word, form).ok())
}

fn date(word: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(word, "%Y-%m-%d").ok()?;
    YEARS.contains(&day.year()).then_some(day)
}

/// Returns the day of the week that a word names, whole or by its first three letters.
fn weekday(word: &str) -> Option<Weekday> {
    word.parse().ok()
}

/// Returns the instant that ISO 8601 with an offset or `z` tells; the word is in small letters.
fn with_offset(word: &str) -> Option<Timestamp> {
    let word = match word.strip_suffix('z') {
        Some(rest) => format!("{rest}+00:00"),
        None => word.to_owned(),
    };
    ["%Y-%m-%dt%H:%M%z", "%Y-%m-%dt%H:%M:%S%.f%z"]
        .into_iter()
        .find_map(|form| DateTime::parse_from_str(&word, form).ok())
        .map(|at| at.to_utc())
}

/// Returns how far ahead `+1d12h` is.
fn ahead(word: &str) -> Option<TimeDelta> {
    let mut rest = word.strip_prefix('+')?;
    let mut sum = TimeDelta::zero();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(end)?;
        let number: i64 = number.parse().ok()?;
        let mut behind = behind.chars();
        let part = match behind.next()? {
            'm' => TimeDelta::try_minutes(number),
            'h' => TimeDelta::try_hours(number),
            'd' => TimeDelta::try_days(number),
            'w' => TimeDelta::try_weeks(number),
            _ => return None,
        };
        sum = sum.checked_add(&part?)?;
        rest = behind.as_str();
    }
    (word.len() > 1).then_some(sum)
}

/// Returns a text as an error may show it.
fn shown(text: &str) -> String {
    excerpt(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::New_York, Asia::Kathmandu, Australia::Lord_Howe, Europe::Berlin, Pacific::Apia};
    use proptest::prelude::*;

    /// Noon in Berlin on Sunday 29 November 2026.
    const NOW: &str = "2026-11-29T11:00:00Z";

    fn utc(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(text: &str, zone: Tz, expected: &str) {
        let moment = parse(text, utc(NOW), zone).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(moment.at, utc(expected), "{text}");
    }

    #[test]
    fn what_people_type_is_the_next_such_time() {
        for (text, expected) in [
            ("now", "2026-11-29T11:00:00Z"),
            (" NOW ", "2026-11-29T11:00:00Z"),
            ("+3h", "2026-11-29T14:00:00Z"),
            ("+1d12h30m", "2026-11-30T23:30:00Z"),
            ("+1w", "2026-12-06T11:00:00Z"),
            ("12:00", "2026-11-29T11:00:00Z"),
            ("11:59", "2026-11-30T10:59:00Z"),
            ("3:00", "2026-11-30T02:00:00Z"),
            ("today 03:00", "2026-11-29T02:00:00Z"),
            ("tomorrow 03:00", "2026-11-30T02:00:00Z"),
            ("sun 03:00", "2026-12-06T02:00:00Z"),
            ("Sunday 13:00", "2026-11-29T12:00:00Z"),
            ("sat 03:00:30", "2026-12-05T02:00:30Z"),
            ("2026-11-29 03:00", "2026-11-29T02:00:00Z"),
            ("2026-11-29T03:00", "2026-11-29T02:00:00Z"),
            ("2026-11-29T03:00Z", "2026-11-29T03:00:00Z"),
            ("2026-11-29 03:00:00z", "2026-11-29T03:00:00Z"),
            ("2026-11-29T03:00-05:00", "2026-11-29T08:00:00Z"),
            ("2026-11-29T03:00:00.25+0530", "2026-11-28T21:30:00.25Z"),
        ] {
            check(text, Berlin, expected);
        }
    }

    #[test]
    fn a_zone_behind_goes_before_the_one_that_goes_without_saying() {
        check("sun 03:00 america/new_york", Berlin, "2026-12-06T08:00:00Z");
        check("sun 12:00 America/New_York", Berlin, "2026-11-29T17:00:00Z");
        check("03:00 UTC", Kathmandu, "2026-11-30T03:00:00Z");
        check("03:00", Kathmandu, "2026-11-29T21:15:00Z");
        let named = parse("2026-11-29T03:00Z Asia/Kathmandu", utc(NOW), Berlin).unwrap();
        assert_eq!(named.zone, Kathmandu);
        assert_eq!(parse("+1h", utc(NOW), Berlin).unwrap().zone, Berlin);
    }

    #[track_caller]
    fn check_error(text: &str, now: &str, zone: Tz, error: &str, hint: &str) {
        let found = parse(text, utc(now), zone).unwrap_err();
        assert_eq!(found.to_string(), error);
        assert!(found.hint().contains(hint), "{}", found.hint());
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_said_to_be_skipped() {
        check_error(
            "2027-03-28 02:30",
            NOW,
            Berlin,
            "2027-03-28 02:30 does not exist in Europe/Berlin: the clocks go from 2027-03-28 01:59 to 2027-03-28 03:00 then",
            "2027-03-28 03:00",
        );
        check_error(
            "sun 02:15",
            "2026-10-03T00:00:00Z",
            Lord_Howe,
            "2026-10-04 02:15 does not exist in Australia/Lord_Howe: the clocks go from 2026-10-04 01:59 to 2026-10-04 02:30 then",
            "2026-10-04 02:30",
        );
        check_error(
            "2011-12-30 12:00",
            NOW,
            Apia,
            "2011-12-30 12:00 does not exist in Pacific/Apia: the clocks go from 2011-12-29 23:59 to 2011-12-31 00:00 then",
            "2011-12-31 00:00",
        );
    }

    #[test]
    fn a_time_that_comes_twice_is_said_to_come_twice() {
        let error = "2026-11-01 01:30 comes twice in America/New_York, because the clocks go back then: \
                     as 2026-11-01T01:30-04:00 and as 2026-11-01T01:30-05:00";
        let hint = "2026-11-01T01:30-04:00 or 2026-11-01T01:30-05:00";
        check_error("sun 01:30", "2026-10-30T00:00:00Z", New_York, error, hint);
        check_error("2026-11-01T01:30", NOW, New_York, error, hint);
        // After both, the next Sunday is meant.
        let later = parse("sun 01:30", utc("2026-11-01T07:00:00Z"), New_York).unwrap();
        assert_eq!(later.at, utc("2026-11-08T06:30:00Z"));
        // What was skipped this morning is no question any more.
        let later = parse("02:30", utc("2027-03-28T10:00:00Z"), Berlin).unwrap();
        assert_eq!(later.at, utc("2027-03-29T00:30:00Z"));
    }

    #[test]
    fn what_is_no_time_is_told_with_examples() {
        for text in [
            "",
            "soon",
            "sun",
            "25:00",
            "+",
            "+3",
            "+3y",
            "-3h",
            "sun 03:00 03:00",
            "2026-13-01 03:00",
            "a b c",
        ] {
            let error = parse(text, utc(NOW), Berlin).unwrap_err();
            assert_eq!(error, WhenError::NotUnderstood(text.to_owned()), "{text}");
            assert!(error.hint().contains("sun 03:00"));
        }
        let error = parse("sun 03:00 Europe/Berlino", utc(NOW), Berlin).unwrap_err();
        assert_eq!(error.to_string(), "there is no time zone “Europe/Berlino”");
        let hostile = parse("\u{1b}[2J", utc(NOW), Berlin).unwrap_err();
        assert!(!hostile.to_string().contains('\u{1b}'));
        for text in [
            "+999999999999d",
            "+9999999999999999999d",
            "99999-01-01 03:00",
            "+3000000d",
        ] {
            assert!(parse(text, utc(NOW), Berlin).is_err(), "{text}");
        }
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("sun".to_owned()),
            Just("tomorrow".to_owned()),
            Just("Europe/Berlin".to_owned()),
            Just("Z".to_owned()),
            Just("+".to_owned()),
            Just(" ".to_owned()),
            "[0-9]{1,5}[:dhmwt-]",
            "[0-9]{4}-[0-9]{2}-[0-9]{2}",
            "[0-9]{2}:[0-9]{2}",
            "\\PC{0,3}",
        ];
        proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_text_panics_and_every_error_is_harmless(
            text in prop_oneof![any::<String>(), texts()],
            seconds in -2_000_000_000_i64..200_000_000_000,
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            match parse(&text, now, chrono_tz::TZ_VARIANTS[zone]) {
                Ok(moment) => prop_assert!(YEARS.contains(&moment.at.year())),
                Err(error) => prop_assert!(!error.to_string().chars().any(crate::domain::text::is_harmful)),
            }
        }

        #[test]
        fn what_is_written_with_an_offset_is_read_back(
            minutes in 0_i64..100_000_000,
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let (at, zone) = (DateTime::from_timestamp(minutes * 60, 0).unwrap(), chrono_tz::TZ_VARIANTS[zone]);
            let local = at.with_timezone(&zone);
            // Before there were zones, offsets had seconds, which no offset can be written with.
            prop_assume!(local.format("%::z").to_string().ends_with(":00"));
            let text = local.format("%Y-%m-%dT%H:%M%:z").to_string();
            prop_assert_eq!(parse(&text, at, zone).map(|moment| moment.at), Ok(at));
        }
    }
}

//! Times in a world file that count from the start of the emulator, so that what lies ahead in a shipped world stays
//! ahead: `"@+3d2h"`, `"@-40m"`, or `"@+6d 22:00"` for 22:00 UTC on the day that is six days from now.

use chrono::{DateTime, NaiveTime, SecondsFormat, TimeDelta, Timelike as _, Utc};

/// Returns the text with every relative time replaced by the RFC 3339 time that it means at `now`.
///
/// Works on the text, so that a parser's line numbers stay those of the file. What is not a relative time stays as it
/// is, and the parser says what is wrong with it.
pub(super) fn resolve(text: &str, now: DateTime<Utc>) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\"@") {
        resolved.push_str(before);
        rest = after;
        let relative = after
            .split_once('"')
            .and_then(|(inside, behind)| Some((parse(inside, now)?, behind)));
        if let Some((time, behind)) = relative {
            resolved.push('"');
            resolved.push_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true));
            resolved.push('"');
            rest = behind;
        } else {
            resolved.push_str("\"@");
        }
    }
    resolved.push_str(rest);
    resolved
}

/// Reads what follows the `@`.
fn parse(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (distance, time_of_day) = match text.split_once(' ') {
        Some((distance, time)) => (distance, Some(NaiveTime::parse_from_str(time, "%H:%M").ok()?)),
        None => (text, None),
    };
    let then = match distance.strip_prefix('-') {
        Some(length) => now.checked_sub_signed(parse_length(length)?)?,
        None => now.checked_add_signed(parse_length(distance.strip_prefix('+')?)?)?,
    };
    match time_of_day {
        Some(time) => Some(then.date_naive().and_time(time).and_utc()),
        None => then.with_nanosecond(0),
    }
}

/// Reads a length such as `3d2h30m`.
fn parse_length(text: &str) -> Option<TimeDelta> {
    let mut minutes = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, behind) = rest.split_at(rest.find(|character: char| !character.is_ascii_digit())?);
        let mut characters = behind.chars();
        let minutes_of_one = match characters.next()? {
            'd' => 24 * 60,
            'h' => 60,
            'm' => 1,
            _ => return None,
        };
        minutes = minutes.checked_add(number.parse::<i64>().ok()?.checked_mul(minutes_of_one)?)?;
        rest = characters.as_str();
    }
    if text.is_empty() {
        return None;
    }
    TimeDelta::try_minutes(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let now = "2026-03-28T13:14:15.678Z".parse().unwrap();
        assert_eq!(resolve(text, now), expected);
    }

    #[test]
    fn a_distance_counts_from_now_in_whole_seconds() {
        check(r#"{"a": "@+3d2h"}"#, r#"{"a": "2026-03-31T15:14:15Z"}"#);
        check(
            r#"["@-40m", "@+1h30m"]"#,
            r#"["2026-03-28T12:34:15Z", "2026-03-28T14:44:15Z"]"#,
        );
    }

    #[test]
    fn a_time_of_day_replaces_the_hour_in_utc() {
        check(r#""@+6d 22:00""#, r#""2026-04-03T22:00:00Z""#);
        check(r#""@-0d 00:30""#, r#""2026-03-28T00:30:00Z""#);
    }

    #[test]
    fn everything_else_stays_for_the_parser_to_judge() {
        for text in [
            r#""@""#,
            r#""@+""#,
            r#""@+3w""#,
            r#""@3d""#,
            r#""@+d""#,
            r#""@+1d 25:00""#,
            r#""@+99999999999999999999d""#,
            r#""@+9999999999d""#,
            r#""a \"@+3d\" b""#,
            r#""@+3d"#,
        ] {
            check(text, text);
        }
    }
}

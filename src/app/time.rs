//! Times as people read them: in the operator's zone, short, and never ambiguous.

use crate::domain::Timestamp;
use chrono::{Datelike as _, Duration};
use chrono_tz::Tz;

/// Returns an instant as `Tue 24 Nov 03:00`, with the year when it is not the present one.
pub fn instant(at: Timestamp, now: Timestamp, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    if local.year() == now.with_timezone(&zone).year() {
        local.format("%a %d %b %H:%M").to_string()
    } else {
        local.format("%a %d %b %Y %H:%M").to_string()
    }
}

/// Returns an instant as `14:03:07`.
pub fn clock(at: Timestamp, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// Returns a stretch as `Tue 24 Nov 03:00 – 11:00`, with the second date only where it differs.
pub fn stretch(start: Timestamp, end: Timestamp, now: Timestamp, zone: Tz) -> String {
    let is_same_day = start.with_timezone(&zone).date_naive() == end.with_timezone(&zone).date_naive();
    let end_text = if is_same_day {
        end.with_timezone(&zone).format("%H:%M").to_string()
    } else {
        instant(end, now, zone)
    };
    format!("{} – {end_text}", instant(start, now, zone))
}

/// Returns a length of time in its largest unit, and the next where that says something: `3 d 4 h`, `12 min`, `18 h`.
pub fn length(duration: Duration) -> String {
    let seconds = duration.num_seconds().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: i64, large_unit: &str, small: i64, small_unit: &str| {
        // To somebody who is on call in 18 hours the minutes say nothing.
        if small == 0 || large >= 10 {
            format!("{large} {large_unit}")
        } else {
            format!("{large} {large_unit} {small} {small_unit}")
        }
    };
    if days > 0 {
        two(days, "d", hours % 24, "h")
    } else if hours > 0 {
        two(hours, "h", minutes % 60, "m")
    } else if minutes > 0 {
        format!("{minutes} min")
    } else {
        format!("{seconds} s")
    }
}

/// Returns how long it is until an instant, in its largest unit alone: `now`, `40 min`, `18 h`, `5 d`.
pub fn short(at: Timestamp, now: Timestamp) -> String {
    let minutes = (at - now).num_minutes();
    match minutes {
        ..1 => "now".to_owned(),
        1..60 => format!("{minutes} min"),
        // Two days in hours still say how soon; beyond, the day is what counts.
        60..2880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

/// Returns how far an instant is from now: `in 3 h 5 m`, `2 d ago`, `now`.
pub fn distance(at: Timestamp, now: Timestamp) -> String {
    let ahead = at - now;
    if ahead.num_seconds().abs() < 1 {
        "now".to_owned()
    } else if ahead > Duration::zero() {
        format!("in {}", length(ahead))
    } else {
        format!("{} ago", length(-ahead))
    }
}

/// Returns the short name of the zone at `now`, such as `CET`, or its offset where it has none.
pub fn zone_name(now: Timestamp, zone: Tz) -> String {
    now.with_timezone(&zone).format("%Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn at(hour: u32, minute: u32) -> Timestamp {
        chrono::Utc.with_ymd_and_hms(2026, 11, 24, hour, minute, 0).unwrap()
    }

    #[test]
    fn times_are_shown_in_the_zone() {
        let zone = chrono_tz::Asia::Kathmandu;
        assert_eq!(instant(at(3, 0), at(3, 0), zone), "Tue 24 Nov 08:45");
        assert_eq!(stretch(at(3, 0), at(11, 0), at(3, 0), zone), "Tue 24 Nov 08:45 – 16:45");
        assert_eq!(
            stretch(at(3, 0), at(20, 0), at(3, 0), zone),
            "Tue 24 Nov 08:45 – Wed 25 Nov 01:45"
        );
    }

    #[test]
    fn lengths_have_two_units_at_most() {
        for (minutes, text) in [
            (0, "0 s"),
            (59, "59 min"),
            (60, "1 h"),
            (185, "3 h 5 m"),
            (1500, "1 d 1 h"),
            (20_000, "13 d"),
        ] {
            assert_eq!(length(Duration::minutes(minutes)), text);
        }
        assert_eq!(distance(at(4, 0), at(3, 0)), "in 1 h");
        assert_eq!(distance(at(3, 0), at(4, 30)), "1 h 30 m ago");
    }
}

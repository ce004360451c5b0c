//! Checks of on-call schedules and rotations: whether somebody reachable is always on call, who is in the turns, what
//! overrides and changes of clocks do to them, and whether the hours are shared fairly.

pub(super) mod clocks;
pub(super) mod coverage;
pub(super) mod lines;
pub(super) mod members;
pub(super) mod overrides;
pub(super) mod place;
pub(super) mod share;

mod calendar;

use super::Evidence;
use crate::domain::{
    ids::Arn,
    operation::Operation,
    schedule::{HandOff, Recurrence, Rotation},
    text::neutral,
};

/// Why nothing follows from a recurrence that is not there.
const NO_RECURRENCE: &str = "how the turns of the rotation repeat was not understood";

/// Returns the members of a rotation; none where the engine has already said "unknown".
fn members(rotation: &Rotation) -> &[Arn] {
    rotation.members.known().map_or(&[], Vec::as_slice)
}

/// Returns the rotation's name, made safe to draw.
fn name(rotation: &Rotation) -> String {
    neutral(&rotation.name).into_owned()
}

/// Returns how a rotation's turns repeat, as evidence. It is what stays the same while time goes on.
fn recurrence(rotation: &Rotation) -> Evidence {
    let zone = rotation.time_zone.as_deref().unwrap_or("no time zone");
    let turns = rotation
        .recurrence
        .as_ref()
        .map_or_else(|| "not known".to_owned(), turns);
    let value = format!("{}: {turns}, {}", name(rotation), neutral(zone));
    Evidence::new("Recurrence", value, Operation::ListRotations)
}

fn turns(recurrence: &Recurrence) -> String {
    let mut parts = vec![format!("{} on call", recurrence.number_of_on_calls)];
    let mut unit = |word: &str, times: Vec<String>| {
        if !times.is_empty() {
            parts.push(format!(
                "every {} {word} at {}",
                recurrence.multiplier,
                times.join(", ")
            ));
        }
    };
    let weekly = recurrence.weekly.iter();
    let monthly = recurrence.monthly.iter();
    unit("days", recurrence.daily.iter().copied().map(clock).collect());
    unit(
        "weeks",
        weekly
            .map(|(day, at)| format!("{} {}", neutral(day), clock(*at)))
            .collect(),
    );
    unit(
        "months",
        monthly.map(|(day, at)| format!("day {day} {}", clock(*at))).collect(),
    );
    for (day, hours) in &recurrence.coverages {
        let hours: Vec<String> = hours
            .iter()
            .map(|(from, to)| format!("{}–{}", clock(*from), clock(*to)))
            .collect();
        parts.push(format!("{} {}", neutral(day), hours.join(" ")));
    }
    parts.join("; ")
}

fn clock(time: HandOff) -> String {
    format!("{:02}:{:02}", time.hour, time.minute)
}

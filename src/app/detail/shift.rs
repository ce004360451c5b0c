//! Shifts and overrides in words, in the operator's zone and in the rotation's.

use super::{
    page::{Page, indented},
    parts,
};
use crate::{
    app::{
        facts::Facts,
        style::{Line, Role},
        time,
    },
    domain::{
        Timestamp,
        gap::Reading,
        ids::Arn,
        schedule::{Override, Rotation},
    },
};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Returns a stretch of time in the operator's zone, and in the rotation's where the clocks there differ.
pub(super) fn stretch_words(facts: &Facts<'_>, start: Timestamp, end: Timestamp, zone: Option<Tz>) -> String {
    let in_zone = |zone: Tz| {
        let names = [start, end].map(|at| time::zone_name(at, zone));
        // The clocks may change in between.
        let names = match &names {
            [first, second] if first == second => first.clone(),
            [first, second] => format!("{first}/{second}"),
        };
        (time::stretch(start, end, facts.now, zone), names)
    };
    let (here, here_zone) = in_zone(facts.zone);
    match zone.map(in_zone) {
        Some((there, there_zone)) if there != here => format!("{here} {here_zone} = {there} {there_zone}"),
        _ => format!("{here} {here_zone}"),
    }
}

/// Returns the zone of a rotation, when it has one that is known.
pub(super) fn zone_of(rotation: &Rotation) -> Option<Tz> {
    rotation.time_zone.as_deref()?.parse().ok()
}

/// Writes the shifts of some rotations that have not ended, in the order of time.
pub(super) fn write_all(page: &mut Page, facts: &Facts<'_>, rotations: &[&Rotation]) {
    let until = match facts.inventory.horizon_end {
        Some(end) => format!("SHIFTS until {}", time::instant(end, facts.now, facts.zone)),
        None => "SHIFTS".to_owned(),
    };
    page.heading(&until);
    let mut shifts: Vec<_> = rotations
        .iter()
        .flat_map(|rotation| {
            rotation
                .shifts
                .known()
                .into_iter()
                .flatten()
                .map(move |shift| (*rotation, shift))
        })
        .filter(|(_, shift)| shift.end_at > facts.now)
        .collect();
    shifts.sort_by_key(|(_, shift)| (shift.start_at, shift.end_at));
    for (rotation, shift) in &shifts {
        let when = stretch_words(facts, shift.start_at, shift.end_at, zone_of(rotation));
        let role = if shift.contacts.is_empty() {
            Role::Danger
        } else {
            Role::Normal
        };
        let mut line = indented(2).and(format!("{when}  "), Role::Normal);
        line = line.and(parts::names(facts, &shift.contacts), role);
        if !shift.overridden.is_empty() {
            let replaced = format!(", in place of {}", parts::names(facts, &shift.overridden));
            line = line.and(replaced, Role::Dim);
        }
        if rotations.len() > 1 {
            line = line.and(format!(", {}", rotation.name), Role::Dim);
        }
        match shift.contacts.first().and_then(|person| facts.graph.resolve(person)) {
            Some(person) => page.link(4, &line, person),
            None => page.put(4, &line),
        }
    }
    let readings: Vec<_> = rotations.iter().map(|rotation| &rotation.shifts).collect();
    end(page, facts, &readings, shifts.is_empty());
}

/// Writes the overrides of some rotations that have not ended: when, who instead of whom, and when they were made.
pub(super) fn write_overrides(page: &mut Page, facts: &Facts<'_>, rotations: &[&Rotation]) {
    page.heading("OVERRIDES");
    let mut overrides: Vec<_> = rotations
        .iter()
        .flat_map(|rotation| {
            rotation
                .overrides
                .known()
                .into_iter()
                .flatten()
                .map(move |exception| (*rotation, exception))
        })
        .filter(|(_, exception)| exception.end_at > facts.now)
        .collect();
    overrides.sort_by_key(|(_, exception)| (exception.start_at, exception.end_at));
    for (rotation, exception) in &overrides {
        let mut line = override_line(facts, rotation, exception);
        if rotations.len() > 1 {
            line = line.and(format!(", {}", rotation.name), Role::Dim);
        }
        match exception
            .contacts
            .first()
            .and_then(|person| facts.graph.resolve(person))
        {
            Some(person) => page.link(4, &line, person),
            None => page.put(4, &line),
        }
    }
    let readings: Vec<_> = rotations.iter().map(|rotation| &rotation.overrides).collect();
    end(page, facts, &readings, overrides.is_empty());
}

/// Returns one override in words.
pub(super) fn override_line(facts: &Facts<'_>, rotation: &Rotation, exception: &Override) -> Line {
    let when = stretch_words(facts, exception.start_at, exception.end_at, zone_of(rotation));
    let role = if exception.contacts.is_empty() {
        Role::Danger
    } else {
        Role::Normal
    };
    let line = indented(2)
        .and(format!("{when}  "), Role::Normal)
        .and(parts::names(facts, &exception.contacts), role);
    let line = match replaced(facts, rotation, exception) {
        Ok(people) if people.is_empty() => line.and(" in place of nobody", Role::Dim),
        Ok(people) => line.and(format!(" in place of {}", parts::names(facts, &people)), Role::Normal),
        Err((why, role)) => line.and(format!(" in place of {why}"), role),
    };
    match exception.created_at {
        Some(at) => line.and(format!(", made {}", time::distance(at, facts.now)), Role::Dim),
        None => line.and(", made at an unknown time", Role::Dim),
    }
}

/// Returns who would be on call without an override, as the shifts tell it; or why they do not.
fn replaced(facts: &Facts<'_>, rotation: &Rotation, exception: &Override) -> Result<Vec<Arn>, (String, Role)> {
    let shifts = match &rotation.shifts {
        Reading::Known(shifts) => shifts,
        Reading::Unknown(gap) => return Err((format!("unknown: {gap}"), Role::Unknown)),
        Reading::Pending => return Err(("…".to_owned(), Role::Dim)),
    };
    if facts.inventory.horizon_end.is_some_and(|end| end <= exception.start_at) {
        let why = "unknown: shifts were not read so far ahead";
        return Err((why.to_owned(), Role::Unknown));
    }
    let within = shifts
        .iter()
        .filter(|shift| shift.start_at < exception.end_at && exception.start_at < shift.end_at);
    let people: BTreeSet<&Arn> = within.flat_map(|shift| &shift.overridden).collect();
    Ok(people.into_iter().cloned().collect())
}

/// Says what is missing of several lists, or that they are empty.
fn end<T>(page: &mut Page, facts: &Facts<'_>, readings: &[&Reading<T>], is_empty: bool) {
    parts::gaps(page, facts, 2, readings.iter().filter_map(|reading| reading.gap()));
    if readings.iter().any(|reading| reading.is_pending()) {
        page.pending(2);
    } else if is_empty && readings.iter().all(|reading| reading.known().is_some()) {
        page.none(2, "none");
    }
}

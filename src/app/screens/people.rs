//! Screen 2: people with their devices, whether they can be reached, when they are next on call, and who names them.

use crate::{
    app::{
        facts::Facts,
        list::{Cell, Column, Row},
        style::Role,
        time,
    },
    domain::{
        contact::{ActivationStatus, Contact, ContactKind},
        gap::Reading,
        reach::{self, Reach},
    },
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::growing("name", "NAME", 18),
    Column::growing("alias", "ALIAS", 12),
    Column::new("devices", "DEVICES", 8),
    Column::new("reach", "REACHED BY", 14),
    Column::new("next", "NEXT SHIFT", 14),
    Column::new("used", "USED BY", 7),
];

/// Returns one row for each person.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    facts
        .inventory
        .contacts_of(&ContactKind::Person)
        .map(|person| Row {
            id: person.arn.clone(),
            cells: vec![
                Cell::new(person.label(), Role::Normal),
                Cell::new(&person.alias, Role::Normal),
                devices(person),
                reached_by(&reach::of_person(person)),
                next_shift(facts, person),
                Cell::count(facts.graph.used_by(&person.arn).len()),
            ],
            is_stale: facts.inventory.stale.contains(&person.arn),
        })
        .collect()
}

/// Returns how many devices are activated, of how many.
fn devices(person: &Contact) -> Cell {
    match &person.channels {
        Reading::Pending => Cell::new("…", Role::Dim),
        Reading::Unknown(_) => Cell::ordered("unknown", Role::Unknown, -1),
        Reading::Known(channels) => {
            let active = channels
                .iter()
                .filter(|channel| channel.status == ActivationStatus::Activated)
                .count();
            let role = match active {
                0 => Role::Danger,
                1 => Role::Warning,
                _ => Role::Normal,
            };
            Cell::ordered(
                format!("{active} of {}", channels.len()),
                role,
                i64::try_from(active).unwrap_or(i64::MAX),
            )
        }
    }
}

/// Returns by how many devices somebody is reached, or why not.
fn reached_by(reach: &Reach) -> Cell {
    let order = i64::from(reach.rank());
    match reach {
        Reach::Reachable(1) => Cell::ordered("1 device", Role::Warning, order),
        Reach::Reachable(count) => Cell::ordered(
            format!("{count} devices"),
            Role::Good,
            order + i64::try_from(*count).unwrap_or(0),
        ),
        Reach::Unreachable(why) => Cell::ordered(why, Role::Danger, order),
        Reach::Unknown(_) => Cell::ordered("unknown", Role::Unknown, order),
        Reach::Pending => Cell::ordered("…", Role::Dim, order),
    }
}

fn next_shift(facts: &Facts<'_>, person: &Contact) -> Cell {
    match facts.graph.next_shift(&person.arn, facts.now) {
        Some((_, shift)) if shift.covers(facts.now) => Cell::ordered("now", Role::Title, 0),
        Some((_, shift)) => Cell::ordered(
            time::distance(shift.start_at, facts.now),
            Role::Normal,
            (shift.start_at - facts.now).num_seconds(),
        ),
        None => Cell::ordered("–", Role::Dim, i64::MAX),
    }
}

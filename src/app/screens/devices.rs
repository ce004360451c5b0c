//! Screen 3: every device that a person has: where it leads, whether the service pages it, whether a plan does.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        ledger::LedgerStatus,
        list::{Cell, Column, Row},
        style::Role,
    },
    domain::{
        contact::{ActivationStatus, Channel, ChannelKind, Contact},
        gap::Reading,
        graph::{Place, Use},
    },
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::growing("person", "PERSON", 11),
    Column::new("found", "FOUND", 6),
    Column::growing("device", "DEVICE", 9),
    Column::new("type", "TYPE", 5),
    Column::new("address", "ADDRESS", 15),
    Column::new("status", "STATUS", 13),
    Column::new("planned", "PLANNED", 13),
    Column::new("confirmed", "CONFIRMED", 10),
    Column::new("shared", "SHARED", 25),
];

/// Returns one row for each device.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let people = facts.inventory.contacts.items.values();
    let devices = people.flat_map(|person| {
        person
            .channels
            .known()
            .into_iter()
            .flatten()
            .map(move |channel| (person, channel))
    });
    devices
        .map(|(person, channel)| Row {
            id: channel.arn.clone(),
            cells: vec![
                Cell::new(person.label(), Role::Normal),
                cell::found(facts, &channel.arn),
                Cell::new(&channel.name, Role::Normal),
                kind(&channel.kind),
                Cell::new(channel.address.masked(), Role::Normal),
                status(&channel.status),
                planned(facts, person, channel),
                confirmed(facts, channel),
                cell::shared(facts, &person.arn),
            ],
            is_stale: facts.inventory.stale.contains(&person.arn),
            has_finding: cell::has_finding(facts, &channel.arn),
        })
        .collect()
}

/// Returns in words whether the service pages a device.
pub(in crate::app) fn status_words(status: &ActivationStatus) -> (String, Role) {
    match status {
        ActivationStatus::Activated => ("activated".to_owned(), Role::Good),
        ActivationStatus::NotActivated => ("not activated".to_owned(), Role::Danger),
        ActivationStatus::Other(word) if word.is_empty() => (cell::UNKNOWN.to_owned(), Role::Unknown),
        ActivationStatus::Other(word) => (format!("{} {word}", cell::UNKNOWN), Role::Unknown),
    }
}

/// Returns AWS's word for the type of a device.
pub(in crate::app) fn kind_word(kind: &ChannelKind) -> &str {
    match kind.as_str() {
        "" => cell::UNKNOWN,
        word => word,
    }
}

/// Returns the places in its owner's plan where a device stands.
pub(in crate::app) fn planned_places<'a>(
    facts: &Facts<'a>,
    person: &'a Contact,
    channel: &Channel,
) -> impl Iterator<Item = &'a Use> {
    let uses = facts.graph.used_by(&channel.arn).iter();
    uses.filter(|entry| entry.by == person.arn)
}

fn kind(kind: &ChannelKind) -> Cell {
    let role = match kind {
        ChannelKind::Sms | ChannelKind::Voice | ChannelKind::Email => Role::Normal,
        ChannelKind::Other(_) => Role::Unknown,
    };
    Cell::new(kind_word(kind), role)
}

/// Returns the status; those that are not paged come first.
fn status(status: &ActivationStatus) -> Cell {
    let order = match status {
        ActivationStatus::Other(_) => 0,
        ActivationStatus::NotActivated => 1,
        ActivationStatus::Activated => 2,
    };
    let (words, role) = status_words(status);
    Cell::ordered(words, role, order)
}

/// Returns the day on which somebody last made sure whose it is, or its code came back.
fn confirmed(facts: &Facts<'_>, channel: &Channel) -> Cell {
    if facts.ledger.status != LedgerStatus::Sound {
        return cell::pending();
    }
    let history = facts.ledger.reviews.devices.history(&channel.arn);
    let confirmed = history
        .and_then(|history| history.confirmed.as_ref())
        .map(|confirmed| confirmed.mark.at);
    let activated = history
        .and_then(|history| history.activated.as_ref())
        .map(|reached| reached.mark.at);
    match confirmed.max(activated) {
        None => cell::none(),
        Some(at) => {
            let day = at.with_timezone(&facts.zone).date_naive().to_string();
            Cell::ordered(day, Role::Normal, at.timestamp())
        }
    }
}

/// Returns the first place in the owner's plan, in the order in which devices are tried.
fn planned(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Cell {
    cell::reading(&person.plan, |_| {
        let uses = facts.graph.used_by(&channel.arn);
        match uses
            .iter()
            .find(|entry| entry.by == person.arn)
            .map(|entry| &entry.place)
        {
            Some(Place::Stage { number, minute, .. }) => {
                // Within one minute the stages have an order, too.
                let order = minute.saturating_mul(1000).saturating_add(cell::order(*number));
                Cell::ordered(format!("{number} at {minute} min"), Role::Normal, order)
            }
            _ if !uses.is_empty() => Cell::ordered("other's plan", Role::Danger, i64::MAX),
            // An unused device that works is a smaller thing than a planned one that does not.
            _ => Cell::ordered("not in plan", Role::Warning, i64::MAX),
        }
    })
}

/// Returns how many people there are whose devices were not read; their rows are missing.
pub(super) fn unread(facts: &Facts<'_>) -> usize {
    let people = facts.inventory.contacts.items.values();
    people
        .filter(|person| matches!(person.channels, Reading::Unknown(_)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::super::{ScreenId, tests::check};
    use crate::domain::{
        operation::Operation,
        world::{World, device_arn},
    };

    #[test]
    fn a_device_is_listed_with_status_and_place_in_the_plan() {
        let world = World::new()
            .person(
                "anna",
                &["phone", "-mail", "?pager"],
                &[("phone", 5), ("mail", 0), ("phone", 1)],
            )
            .complete();
        check(
            &world,
            ScreenId::Devices,
            &[
                "anna | …:dim | phone | SMS | +44•••••••123 | activated:good | 1 at 0 min | …:dim | ",
                "anna | …:dim | mail | EMAIL | a•••@example.com | not activated:danger | 2 at 5 min | …:dim | ",
                "anna | …:dim | pager | SMS | +44•••••••123 | unknown PAUSED:unknown | not in plan:warning | …:dim | ",
            ],
        );
    }

    #[test]
    fn a_plan_that_was_not_read_leaves_the_place_unknown() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 5)])
            .denied(Operation::GetContact, "anna");
        check(
            &world,
            ScreenId::Devices,
            &["anna | …:dim | phone | SMS | +44•••••••123 | activated:good | unknown:unknown | …:dim | "],
        );
    }

    #[test]
    fn a_device_in_somebody_elses_plan_is_not_in_its_owners() {
        let annas = device_arn("anna", "phone");
        let world = World::new()
            .person("anna", &["phone"], &[])
            .person("ben", &[], &[(annas.as_str(), 5)]);
        check(
            &world,
            ScreenId::Devices,
            &["anna | …:dim | phone | SMS | +44•••••••123 | activated:good | other's plan:danger | …:dim | "],
        );
    }
}

//! Screen 2: people with their devices, whether they can be reached, when they are next on call, and who names them.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        ledger::LedgerStatus,
        list::{Cell, Column, Row},
        style::Role,
    },
    domain::{
        contact::{ActivationStatus, Channel, Contact, ContactKind},
        gap::Reading,
        graph::Graph,
        ids::Arn,
        inventory::{Section, SectionState},
        reach,
        schedule::Rotation,
        text::neutral,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::growing("name", "NAME", 15),
    Column::new("found", "FOUND", 7),
    Column::growing("alias", "ALIAS", 10),
    Column::new("devices", "DEVICES", 7),
    Column::new("reach", "REACHED BY", 17),
    Column::new("next", "NEXT SHIFT", 12),
    Column::new("used", "USED", 4),
    Column::new("gone", "GONE", 4),
    Column::new("decided", "DECIDED", 16),
    Column::new("shared", "SHARED", 25),
];

/// Returns one row for each person.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let shifts = ShiftsRead::of(&facts.inventory.rotations);
    facts
        .inventory
        .contacts_of(&ContactKind::Person)
        .map(|person| Row {
            id: person.arn.clone(),
            cells: vec![
                Cell::new(person.label(), Role::Normal),
                cell::found(facts, &person.arn),
                Cell::new(&person.alias, Role::Normal),
                cell::reading(&person.channels, |channels| devices(channels)),
                cell::reach(&reach::of_person(person), "device", "devices"),
                next_shift(facts, person, shifts),
                cell::used(facts, &person.arn),
                gone(facts, person),
                decided(facts, person),
                cell::shared(facts, &person.arn),
            ],
            is_stale: facts.inventory.stale.contains(&person.arn),
            has_finding: cell::has_finding(facts, &person.arn),
        })
        .collect()
}

/// Returns the targets of a person's plan that are not among the devices which the person has, each once: removed
/// devices, or other people's. Nothing when plan or devices were not read.
pub(in crate::app) fn dangling<'a>(graph: &Graph, person: &'a Contact) -> Reading<BTreeSet<&'a Arn>> {
    match (&person.plan, &person.channels) {
        (Reading::Unknown(gap), _) | (_, Reading::Unknown(gap)) => Reading::Unknown(Arc::clone(gap)),
        (Reading::Known(plan), Reading::Known(channels)) => {
            let is_theirs = |arn: &Arn| {
                let listed = graph.resolve(arn).unwrap_or(arn);
                channels.iter().any(|channel| channel.arn == *listed)
            };
            let named = plan.targets().filter_map(|target| target.arn());
            Reading::Known(named.filter(|arn| !is_theirs(arn)).collect())
        }
        _ => Reading::Pending,
    }
}

/// Returns how many devices are activated, of how many.
fn devices(channels: &[Channel]) -> Cell {
    let active = channels
        .iter()
        .filter(|channel| channel.status == ActivationStatus::Activated)
        .count();
    if channels
        .iter()
        .any(|channel| matches!(channel.status, ActivationStatus::Other(_)))
    {
        return Cell::ordered(format!("? of {}", channels.len()), Role::Unknown, cell::order(active));
    }
    let role = match active {
        0 => Role::Danger,
        1 => Role::Warning,
        _ => Role::Normal,
    };
    Cell::ordered(format!("{active} of {}", channels.len()), role, cell::order(active))
}

/// Returns what was decided about a person in the last review that was signed off, and in which.
fn decided(facts: &Facts<'_>, person: &Contact) -> Cell {
    if facts.ledger.status != LedgerStatus::Sound {
        return cell::pending();
    }
    match facts.ledger.reviews.last_decision(&person.arn, None) {
        None => cell::none(),
        Some((campaign, made)) => {
            let text = format!("{} {}", made.verdict.word(), neutral(&campaign.name));
            Cell::ordered(text, Role::Normal, made.mark.at.timestamp())
        }
    }
}

fn gone(facts: &Facts<'_>, person: &Contact) -> Cell {
    cell::reading(&dangling(facts.graph, person), |dangling| match dangling.len() {
        0 => Cell::count(0),
        count => cell::number(count, Role::Danger),
    })
}

/// How far the shifts of all rotations were read: who has no shift in what was read may still have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShiftsRead {
    All,
    Loading,
    NotAll,
}

impl ShiftsRead {
    fn of(rotations: &Section<Rotation>) -> Self {
        let is_unread =
            |read: fn(&Reading<Vec<_>>) -> bool| rotations.items.values().any(|rotation| read(&rotation.shifts));
        if matches!(rotations.state, SectionState::Partial(_)) || is_unread(|shifts| shifts.gap().is_some()) {
            Self::NotAll
        } else if rotations.state != SectionState::Complete || is_unread(Reading::is_pending) {
            Self::Loading
        } else {
            Self::All
        }
    }
}

fn next_shift(facts: &Facts<'_>, person: &Contact, read: ShiftsRead) -> Cell {
    match (facts.graph.next_shift(&person.arn, facts.now), read) {
        (Some((_, shift)), _) if shift.covers(facts.now) => Cell::ordered("now", Role::Title, 0),
        // Somebody's first shift, or an earlier one, may be in what is still to come.
        (_, ShiftsRead::Loading) => cell::pending(),
        (Some((_, shift)), _) => cell::ahead(shift.start_at, facts.now, Role::Normal),
        (None, ShiftsRead::All) => cell::none(),
        (None, ShiftsRead::NotAll) => cell::unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ScreenId, tests::check};
    use crate::domain::{
        contact::ContactKind,
        operation::Operation,
        world::{World, device_arn},
    };

    #[test]
    fn a_person_is_listed_with_devices_reach_and_next_shift() {
        let world = World::new()
            .person(
                "anna",
                &["phone", "mail", "-old"],
                &[("phone", 1), ("mail", 1), ("old", 1)],
            )
            .person("ben", &["phone"], &[("phone", 1)])
            .rotation("weekly", &["anna", "ben"])
            .shifts("weekly", &[(0, 2, &["ben"]), (5, 7, &["anna"])])
            .plan("all", &[(5, &["anna", "ben"])])
            .complete();
        check(
            &world,
            ScreenId::People,
            &[
                "anna | …:dim | anna | 2 of 3 | 2 devices:good | in 5 h | 2 | – | …:dim | ",
                "ben | …:dim | ben | 1 of 1:warning | 1 device:warning | now:title | 2 | – | …:dim | ",
            ],
        );
    }

    #[test]
    fn what_was_not_read_is_unknown_and_what_is_to_come_is_pending() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .contact("cleo", ContactKind::Person)
            .denied(Operation::GetContact, "anna")
            .denied(Operation::ListContactChannels, "ben");
        check(
            &world,
            ScreenId::People,
            &[
                "anna | …:dim | anna | 1 of 1:warning | unknown:unknown | …:dim | 0?:unknown | unknown:unknown | …:dim | ",
                "ben | …:dim | ben | unknown:unknown | unknown:unknown | …:dim | 0?:unknown | unknown:unknown | …:dim | ",
                "cleo | …:dim | cleo | …:dim | …:dim | …:dim | 0?:unknown | …:dim | …:dim | ",
            ],
        );
    }

    #[test]
    fn shifts_that_were_not_read_may_hide_the_next_one() {
        let world = World::new()
            .person("anna", &[], &[])
            .rotation("weekly", &["anna"])
            .denied(Operation::ListRotationShifts, "weekly")
            .complete();
        check(
            &world,
            ScreenId::People,
            &["anna | …:dim | anna | 0 of 0:danger | no device:danger | unknown:unknown | 1 | – | …:dim | "],
        );
    }

    #[test]
    fn a_plan_that_names_a_removed_device_or_somebody_elses_is_counted() {
        let bens = device_arn("ben", "mail");
        let world = World::new()
            .person(
                "anna",
                &["phone"],
                &[("phone", 1), ("gone", 1), ("gone", 1), (bens.as_str(), 1)],
            )
            .person("ben", &["mail"], &[("mail", 1)])
            .complete();
        check(
            &world,
            ScreenId::People,
            &[
                "anna | …:dim | anna | 1 of 1:warning | 1 device:warning | – | – | 2:danger | …:dim | ",
                "ben | …:dim | ben | 1 of 1:warning | 1 device:warning | – | – | – | …:dim | ",
            ],
        );
    }

    #[test]
    fn a_person_of_another_account_is_marked() {
        let arn = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe";
        let world = World::new()
            .person(arn, &[], &[])
            .denied(Operation::ListContactChannels, arn)
            .complete();
        check(
            &world,
            ScreenId::People,
            &[
                "zoe | …:dim | zoe | unknown:unknown | unknown:unknown | – | – | unknown:unknown | …:dim | shared in by 444455556666:warning",
            ],
        );
    }
}

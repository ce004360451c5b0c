//! Screen 5: on-call schedules and the rotations they are made of: who is on call, until when, and where nobody is.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        list::{Cell, Column, Row},
        style::Role,
    },
    domain::{
        contact::{Contact, ContactKind},
        gap::Reading,
        ids::Arn,
        schedule::Rotation,
    },
    paging::coverage::{self, Answer, Coverage},
};
use std::collections::BTreeSet;

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::growing("name", "NAME", 12),
    Column::new("found", "FOUND", 6),
    Column::new("kind", "KIND", 8),
    Column::growing("oncall", "ON CALL NOW", 11),
    Column::new("next", "HAND-OVER", 11),
    Column::new("gap", "GAP", 10),
    Column::new("effective", "EFFECTIVE GAP", 13),
    Column::new("of", "MADE OF", 12),
    Column::new("zone", "ZONE", 16),
    Column::new("overrides", "OVERRIDES", 9),
    Column::new("used", "USED", 4),
    Column::new("shared", "SHARED", 25),
];

/// Returns one row for each schedule and each rotation.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let schedules = facts.inventory.contacts_of(&ContactKind::Schedule);
    let rotations = facts.inventory.rotations.items.values();
    schedules
        .map(|schedule| schedule_row(facts, schedule))
        .chain(rotations.map(|rotation| rotation_row(facts, rotation)))
        .collect()
}

fn schedule_row(facts: &Facts<'_>, schedule: &Contact) -> Row {
    let rotations = coverage::rotations_of(facts.inventory, schedule);
    let of_rotations =
        |show: &dyn Fn(&[&Rotation]) -> Cell| cell::answer(rotations.clone(), |rotations| show(&rotations));
    let cover = rotations.clone().and_then(|rotations| cover(facts, &rotations));
    Row {
        id: schedule.arn.clone(),
        cells: vec![
            Cell::new(schedule.label(), Role::Normal),
            cell::found(facts, &schedule.arn),
            Cell::new("schedule", Role::Normal),
            of_rotations(&|rotations| on_call(facts, rotations)),
            of_rotations(&|rotations| next(facts, rotations)),
            first_gap(facts, &cover, Role::Danger),
            first_effective_gap(facts, &cover, Role::Danger),
            cell::reading(&schedule.plan, |plan| {
                counted(plan.rotations.len(), "rotation", "rotations")
            }),
            of_rotations(&|rotations| zones(rotations)),
            of_rotations(&|rotations| overrides(facts, rotations)),
            cell::used(facts, &schedule.arn),
            cell::shared(facts, &schedule.arn),
        ],
        is_stale: is_stale(facts, &schedule.arn, &rotations),
        has_finding: cell::has_finding(facts, &schedule.arn),
    }
}

fn rotation_row(facts: &Facts<'_>, rotation: &Rotation) -> Row {
    let cover = cover(facts, &[rotation]);
    Row {
        id: rotation.arn.clone(),
        cells: vec![
            Cell::new(&rotation.name, Role::Normal),
            cell::found(facts, &rotation.arn),
            Cell::new("rotation", Role::Dim),
            on_call(facts, &[rotation]),
            next(facts, &[rotation]),
            // A hole in one rotation is for the schedule's others to fill.
            first_gap(facts, &cover, Role::Normal),
            first_effective_gap(facts, &cover, Role::Warning),
            cell::reading(&rotation.members, |members| counted(members.len(), "member", "members")),
            zones(&[rotation]),
            overrides(facts, &[rotation]),
            cell::used(facts, &rotation.arn),
            cell::shared(facts, &rotation.arn),
        ],
        is_stale: facts.inventory.stale.contains(&rotation.arn),
        has_finding: cell::has_finding(facts, &rotation.arn),
    }
}

fn cover(facts: &Facts<'_>, rotations: &[&Rotation]) -> Answer<Coverage> {
    coverage::coverage(facts.inventory, facts.graph, rotations, facts.now)
}

fn is_stale(facts: &Facts<'_>, schedule: &Arn, rotations: &Answer<Vec<&Rotation>>) -> bool {
    let stale = &facts.inventory.stale;
    let has_stale_rotation = match rotations {
        Answer::Known(rotations) => rotations.iter().any(|rotation| stale.contains(&rotation.arn)),
        Answer::Unknown(_) | Answer::Pending => false,
    };
    stale.contains(schedule) || has_stale_rotation
}

fn on_call(facts: &Facts<'_>, rotations: &[&Rotation]) -> Cell {
    cell::answer(coverage::on_call(facts.inventory, rotations, facts.now), |people| {
        if people.is_empty() {
            return Cell::new("nobody", Role::Danger);
        }
        let names: Vec<String> = people.iter().map(|person| super::label(facts, person)).collect();
        Cell::new(names.join(", "), Role::Normal)
    })
}

fn next(facts: &Facts<'_>, rotations: &[&Rotation]) -> Cell {
    cell::answer(
        coverage::next_hand_over(facts.inventory, rotations, facts.now),
        |next| next.map_or_else(cell::none, |at| cell::ahead(at, facts.now, Role::Normal)),
    )
}

fn first_gap(facts: &Facts<'_>, coverage: &Answer<Coverage>, role: Role) -> Cell {
    cell::answer(coverage.clone(), |coverage| match coverage.gaps.first() {
        Some(gap) => cell::ahead(gap.start_at, facts.now, role),
        None => Cell::ordered("none", Role::Good, i64::MAX),
    })
}

fn first_effective_gap(facts: &Facts<'_>, coverage: &Answer<Coverage>, role: Role) -> Cell {
    cell::answer(coverage.clone(), |coverage| {
        match (coverage.effective_gaps.first(), coverage.doubts.first()) {
            (Some(gap), _) => cell::ahead(gap.stretch.start_at, facts.now, role),
            (None, Some(_)) => cell::unknown(),
            (None, None) => Cell::ordered("none", Role::Good, i64::MAX),
        }
    })
}

fn counted(count: usize, one: &str, many: &str) -> Cell {
    let noun = if count == 1 { one } else { many };
    let role = if count == 0 { Role::Danger } else { Role::Normal };
    Cell::ordered(format!("{count} {noun}"), role, cell::order(count))
}

/// Returns the zones; more than one asks for trouble when the clocks change.
fn zones(rotations: &[&Rotation]) -> Cell {
    let zones: BTreeSet<&str> = rotations
        .iter()
        .map(|rotation| rotation.time_zone.as_deref().unwrap_or(cell::UNKNOWN))
        .collect();
    let role = if zones.contains(cell::UNKNOWN) {
        Role::Unknown
    } else if zones.len() > 1 {
        Role::Warning
    } else {
        Role::Normal
    };
    Cell::new(zones.into_iter().collect::<Vec<_>>().join(", "), role)
}

/// Returns how many overrides have not ended.
fn overrides(facts: &Facts<'_>, rotations: &[&Rotation]) -> Cell {
    let mut count = 0;
    for rotation in rotations {
        match &rotation.overrides {
            Reading::Known(overrides) => {
                count += overrides
                    .iter()
                    .filter(|exception| exception.end_at > facts.now)
                    .count();
            }
            Reading::Unknown(_) => return cell::unknown(),
            Reading::Pending => return cell::pending(),
        }
    }
    Cell::count(count)
}

#[cfg(test)]
mod tests {
    use super::super::{ScreenId, tests::check};
    use crate::domain::{operation::Operation, world::World};

    const END: i64 = 14 * 24;

    fn people() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["-phone"], &[("phone", 1)])
    }

    #[test]
    fn a_schedule_and_its_rotations_are_listed_with_gaps() {
        let world = people()
            .rotation("day", &["anna"])
            .rotation("night", &["anna", "ben"])
            .shifts("day", &[(0, 12, &["anna"]), (24, END, &["anna"])])
            .shifts("night", &[(10, 20, &["ben", "anna"]), (20, 22, &["ben"])])
            .schedule("ops", &["day", "night"])
            .plan("all", &[(5, &["ops"])])
            .complete();
        check(
            &world,
            ScreenId::Schedules,
            &[
                "ops | …:dim | schedule | anna | in 10 h | in 22 h:danger | in 20 h:danger | 2 rotations | Europe/Dublin | – | 1 | ",
                "day | …:dim | rotation:dim | anna | in 12 h | in 12 h | none:good | 1 member | Europe/Dublin | – | 1 | ",
                "night | …:dim | rotation:dim | nobody:danger | in 10 h | now | in 20 h:warning | 2 members | Europe/Dublin | – | 1 | ",
            ],
        );
    }

    #[test]
    fn a_schedule_without_rotation_is_one_gap() {
        let world = people().schedule("ops", &[]).complete();
        check(
            &world,
            ScreenId::Schedules,
            &["ops | …:dim | schedule | nobody:danger | – | now:danger | none:good | 0 rotations:danger |  | – | – | "],
        );
    }

    #[test]
    fn an_empty_override_is_a_gap_and_is_counted() {
        let world = people()
            .rotation("day", &["anna"])
            .overridden("day", (0, END), &[], &["anna"])
            .complete();
        check(
            &world,
            ScreenId::Schedules,
            &["day | …:dim | rotation:dim | nobody:danger | – | now | none:good | 1 member | Europe/Dublin | 1 | – | "],
        );
    }

    #[test]
    fn an_unread_list_leaves_its_cells_unknown() {
        let world = people()
            .rotation("day", &["anna"])
            .denied(Operation::ListRotationShifts, "day")
            .denied(Operation::ListRotationOverrides, "day")
            .denied(Operation::GetRotation, "day")
            .schedule("ops", &["day"])
            .complete();
        let unknown = "unknown:unknown";
        check(
            &world,
            ScreenId::Schedules,
            &[
                &format!(
                    "ops | …:dim | schedule | {unknown} | {unknown} | {unknown} | {unknown} | 1 rotation | Europe/Dublin | {unknown} | 0?:unknown | "
                ),
                &format!(
                    "day | …:dim | rotation:dim | {unknown} | {unknown} | {unknown} | {unknown} | {unknown} | Europe/Dublin | {unknown} | 1?:unknown | "
                ),
            ],
        );
    }

    #[test]
    fn a_person_whose_devices_were_not_read_leaves_the_effective_gap_unknown() {
        let world = people()
            .denied(Operation::ListContactChannels, "ben")
            .rotation("day", &["ben"])
            .shifts("day", &[(0, END, &["ben"])])
            .complete();
        check(
            &world,
            ScreenId::Schedules,
            &[
                "day | …:dim | rotation:dim | ben | – | none:good | unknown:unknown | 1 member | Europe/Dublin | – | – | ",
            ],
        );
    }
}

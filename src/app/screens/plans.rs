//! Screen 4: escalation plans: how long they go on, whom they reach, and what engages them.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        list::{Cell, Column, Row},
        style::Role,
    },
    domain::{
        contact::{ContactKind, Plan, Target},
        reach,
    },
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::growing("name", "NAME", 12),
    Column::new("found", "FOUND", 7),
    Column::growing("alias", "ALIAS", 12),
    Column::new("stages", "STAGES", 6),
    Column::new("minutes", "MINUTES", 7),
    Column::new("reach", "REACHES", 14),
    Column::new("essential", "ESSENTIAL", 9),
    Column::new("used", "USED", 4),
    Column::new("shared", "SHARED", 25),
];

/// Returns one row for each escalation plan.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    facts
        .inventory
        .contacts_of(&ContactKind::EscalationPlan)
        .map(|plan| {
            let of_plan = |show: fn(&Plan) -> Cell| cell::reading(&plan.plan, show);
            Row {
                id: plan.arn.clone(),
                cells: vec![
                    Cell::new(plan.label(), Role::Normal),
                    cell::found(facts, &plan.arn),
                    Cell::new(&plan.alias, Role::Normal),
                    of_plan(|plan| or_danger(plan.stages.len())),
                    of_plan(minutes),
                    cell::reach(
                        &reach::of_contact(facts.inventory, facts.graph, &plan.arn),
                        "person",
                        "people",
                    ),
                    of_plan(essential),
                    cell::used(facts, &plan.arn),
                    cell::shared(facts, &plan.arn),
                ],
                is_stale: facts.inventory.stale.contains(&plan.arn),
                has_finding: cell::has_finding(facts, &plan.arn),
            }
        })
        .collect()
}

/// Returns the minutes from the first stage to the end of the last.
pub(in crate::app) fn length_minutes(plan: &Plan) -> i64 {
    plan.stages.iter().map(|stage| i64::from(stage.duration_minutes)).sum()
}

fn minutes(plan: &Plan) -> Cell {
    let minutes = length_minutes(plan);
    Cell::ordered(minutes.to_string(), Role::Normal, minutes)
}

/// Returns how many targets stop the plan when they acknowledge; without any, nothing stops it.
fn essential(plan: &Plan) -> Cell {
    let is_essential = |target: &&Target| matches!(target, Target::Contact { is_essential: true, .. });
    match plan.targets().filter(is_essential).count() {
        0 => Cell::ordered("none", Role::Warning, 0),
        count => cell::number(count, Role::Normal),
    }
}

fn or_danger(count: usize) -> Cell {
    cell::number(count, if count == 0 { Role::Danger } else { Role::Normal })
}

#[cfg(test)]
mod tests {
    use super::super::{ScreenId, tests::check};
    use crate::domain::{contact::ContactKind, operation::Operation, world::World};

    #[test]
    fn a_plan_is_listed_with_length_and_the_people_it_reaches() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .plan("all", &[(5, &["anna", "!ben"]), (10, &["!ben"]), (0, &["gone"])])
            .plan("empty", &[])
            .response("critical", &["all"])
            .complete();
        check(
            &world,
            ScreenId::Plans,
            &[
                "all | …:dim | all | 3 | 15 | 2 people:good | 2 | 1 | ",
                "empty | …:dim | empty | 0:danger | 0 | reaches nobody:danger | none:warning | – | ",
            ],
        );
    }

    #[test]
    fn plans_in_a_circle_reach_nobody() {
        let world = World::new()
            .plan("one", &[(5, &["!two"])])
            .plan("two", &[(5, &["!one"])])
            .complete();
        check(
            &world,
            ScreenId::Plans,
            &[
                "one | …:dim | one | 1 | 5 | reaches nobody:danger | 1 | 1 | ",
                "two | …:dim | two | 1 | 5 | reaches nobody:danger | 1 | 1 | ",
            ],
        );
    }

    #[test]
    fn a_plan_that_was_not_read_is_unknown_throughout() {
        let world = World::new()
            .contact("all", ContactKind::EscalationPlan)
            .contact("to-come", ContactKind::EscalationPlan)
            .denied(Operation::GetContact, "all")
            .complete();
        check(
            &world,
            ScreenId::Plans,
            &[
                "all | …:dim | all | unknown:unknown | unknown:unknown | unknown:unknown | unknown:unknown | 0?:unknown | ",
                "to-come | …:dim | to-come | …:dim | …:dim | …:dim | …:dim | 0?:unknown | ",
            ],
        );
    }
}

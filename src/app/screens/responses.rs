//! Screen 6: response plans: what happens when an incident starts.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        list::{Cell, Column, Row},
        style::Role,
    },
    domain::{
        ids::Arn,
        reach::{self, Reach},
        response::{Chat, ResponsePlanDetail, impact_word},
    },
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::growing("name", "NAME", 14),
    Column::new("found", "FOUND", 7),
    Column::new("impact", "IMPACT", 10),
    Column::growing("engages", "ENGAGES", 14),
    Column::new("reach", "REACHES", 14),
    Column::growing("chat", "CHAT CHANNEL", 14),
    Column::new("runbook", "RUNBOOK", 16),
    Column::new("integration", "INTEGRATION", 12),
    Column::new("shared", "SHARED", 25),
];

/// Returns one row for each response plan.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let plans = facts.inventory.response_plans.items.values();
    plans
        .map(|plan| {
            let of_detail = |show: &dyn Fn(&ResponsePlanDetail) -> Cell| cell::reading(&plan.detail, show);
            Row {
                id: plan.arn.clone(),
                cells: vec![
                    Cell::new(plan.label(), Role::Normal),
                    cell::found(facts, &plan.arn),
                    of_detail(&|detail| Cell::ordered(impact_word(detail.impact), Role::Normal, detail.impact.into())),
                    of_detail(&|detail| engages(facts, detail)),
                    of_detail(&|detail| cell::reach(&reach(facts, detail), "person", "people")),
                    of_detail(&chat),
                    of_detail(&|detail| optional(detail.runbook.as_deref())),
                    of_detail(&|detail| optional(detail.integration.as_deref())),
                    cell::shared(facts, &plan.arn),
                ],
                is_stale: facts.inventory.stale.contains(&plan.arn),
                has_finding: cell::has_finding(facts, &plan.arn),
            }
        })
        .collect()
}

/// Returns the name of an SNS topic.
pub(in crate::app) fn topic_name(topic: &str) -> &str {
    topic.rsplit(':').next().unwrap_or(topic)
}

/// Returns whom a response plan reaches in all.
pub(in crate::app) fn reach(facts: &Facts<'_>, detail: &ResponsePlanDetail) -> Reach {
    if detail.engagements.is_empty() {
        return Reach::Unreachable("engages nobody".to_owned());
    }
    reach::of_contacts(facts.inventory, facts.graph, &detail.engagements)
}

fn engages(facts: &Facts<'_>, detail: &ResponsePlanDetail) -> Cell {
    if detail.engagements.is_empty() {
        return Cell::new("nobody", Role::Danger);
    }
    // The service gives them in no promised order.
    let mut names: Vec<String> = detail.engagements.iter().map(|engaged| name(facts, engaged)).collect();
    names.sort();
    Cell::new(names.join(", "), Role::Normal)
}

fn name(facts: &Facts<'_>, engaged: &Arn) -> String {
    super::label(facts, facts.graph.resolve(engaged).unwrap_or(engaged))
}

fn chat(detail: &ResponsePlanDetail) -> Cell {
    match &detail.chat {
        Chat::None => Cell::new("none", Role::Warning),
        Chat::Topics(topics) => {
            let names: Vec<&str> = topics.iter().map(|topic| topic_name(topic)).collect();
            Cell::new(names.join(", "), Role::Normal)
        }
        Chat::Unrecognised => cell::unknown(),
    }
}

fn optional(text: Option<&str>) -> Cell {
    text.map_or_else(cell::none, |text| Cell::new(text, Role::Normal))
}

#[cfg(test)]
mod tests {
    use super::super::{ScreenId, tests::check};
    use crate::domain::{
        gap::Reading,
        inventory::Part,
        operation::Operation,
        response::{Chat, ResponsePlanDetail},
        world::{World, response_arn},
    };

    #[test]
    fn a_response_plan_is_listed_with_whom_it_reaches() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .plan("all", &[(5, &["anna", "ben"])])
            .response(
                "critical",
                &[
                    "arn:aws:ssm-contacts:us-east-1:111122223333:contact/all",
                    "anna",
                    "gone",
                ],
            )
            .response("silent", &[])
            .complete();
        check(
            &world,
            ScreenId::Responses,
            &[
                "critical | …:dim | 1 critical | all, anna, gone | 2 people:good | none:warning | – | – | ",
                "silent | …:dim | 1 critical | nobody:danger | engages nobody:danger | none:warning | – | – | ",
            ],
        );
    }

    #[test]
    fn topics_are_shown_by_name() {
        let detail = ResponsePlanDetail {
            impact: 9,
            chat: Chat::Topics(vec![
                "arn:aws:sns:eu-west-1:111122223333:ops-chat".to_owned(),
                "plain".to_owned(),
            ]),
            runbook: Some("Restart".to_owned()),
            integration: Some("pager".to_owned()),
            ..ResponsePlanDetail::default()
        };
        let world = World::new().response("critical", &[]).part(Part::ResponsePlanDetail(
            response_arn("critical"),
            Reading::Known(detail),
        ));
        check(
            &world,
            ScreenId::Responses,
            &[
                "critical | …:dim | not known | nobody:danger | engages nobody:danger | ops-chat, plain | Restart | pager | ",
            ],
        );
    }

    #[test]
    fn a_chat_channel_of_an_unknown_kind_leaves_the_rest_known() {
        let detail = ResponsePlanDetail {
            impact: 2,
            chat: Chat::Unrecognised,
            ..ResponsePlanDetail::default()
        };
        let world = World::new().response("critical", &[]).part(Part::ResponsePlanDetail(
            response_arn("critical"),
            Reading::Known(detail),
        ));
        check(
            &world,
            ScreenId::Responses,
            &["critical | …:dim | 2 high | nobody:danger | engages nobody:danger | unknown:unknown | – | – | "],
        );
    }

    #[test]
    fn a_response_plan_that_was_not_read_is_unknown_throughout() {
        let world = World::new()
            .response("critical", &[])
            .denied(Operation::GetResponsePlan, "critical");
        let unknown = ["unknown:unknown"; 6].join(" | ");
        check(
            &world,
            ScreenId::Responses,
            &[&format!("critical | …:dim | {unknown} | ")],
        );
    }
}

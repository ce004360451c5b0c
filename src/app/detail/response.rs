//! A response plan: the incident it opens, whom it engages, and where people talk about it.

use super::{
    finding,
    page::{Page, indented},
    parts,
};
use crate::{
    app::{
        facts::Facts,
        screens::responses,
        style::{Line, Role},
    },
    domain::{
        ids::Arn,
        response::{Chat, ResponsePlan, ResponsePlanDetail, impact_word},
    },
};

/// Writes the detail of a response plan.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, plan: &ResponsePlan) {
    parts::head(page, facts, plan.label(), ("name", &plan.name), &plan.arn);
    page.reading(0, &plan.detail, |page, detail| write_head(page, facts, detail));
    finding::section(page, facts, &plan.arn);
    if let Some(detail) = plan.detail.known() {
        write_rest(page, facts, detail);
    }
    parts::tags_and_sharing(page, facts, &plan.arn, &plan.tags, Some(&plan.sharing));
}

fn write_head(page: &mut Page, facts: &Facts<'_>, detail: &ResponsePlanDetail) {
    page.field("incident", Line::plain(&detail.incident_title));
    page.field("impact", Line::plain(impact_word(detail.impact)));
    let (words, role) = parts::reach_words(&responses::reach(facts, detail), "person", "people");
    page.field("reaches", Line::of(words, role));
}

fn write_rest(page: &mut Page, facts: &Facts<'_>, detail: &ResponsePlanDetail) {
    page.heading("ENGAGES");
    // The service gives them in no promised order.
    let mut engagements: Vec<&Arn> = detail.engagements.iter().collect();
    engagements.sort();
    for engaged in &engagements {
        engagement_line(page, facts, engaged);
    }
    if engagements.is_empty() {
        page.put(2, &indented(2).and("nobody", Role::Danger));
    }

    page.heading("CHAT CHANNEL");
    match &detail.chat {
        Chat::None => page.put(2, &indented(2).and("none", Role::Warning)),
        Chat::Topics(topics) => {
            for topic in topics {
                page.put(4, &indented(2).and(topic, Role::Normal));
            }
        }
        Chat::Unrecognised => page.put(
            2,
            &indented(2).and("unknown: of a kind that is not known", Role::Unknown),
        ),
    }
    page.heading("RUNBOOK AND INTEGRATION");
    let optional = |text: &Option<String>| match text {
        Some(text) => Line::plain(text),
        None => Line::of("none", Role::Dim),
    };
    page.put(12, &field("runbook", optional(&detail.runbook)));
    page.put(12, &field("PagerDuty", optional(&detail.integration)));
}

fn field(name: &str, value: Line) -> Line {
    let mut line = indented(2).and(format!("{name:<10}"), Role::Dim);
    line.spans.extend(value.spans);
    line
}

fn engagement_line(page: &mut Page, facts: &Facts<'_>, engaged: &Arn) {
    let listed = facts.graph.resolve(engaged);
    let kind = listed
        .and_then(|arn| facts.inventory.contacts.items.get(arn))
        .map(|contact| format!(", {}", parts::kind_words(&contact.kind)))
        .unwrap_or_default();
    // A plan may name a contact by its ARN in another Region of the replication set.
    let region = match listed {
        Some(arn) if arn.region() != engaged.region() => format!(", named in {}", engaged.region()),
        _ => String::new(),
    };
    let (words, role) = parts::contact_words(facts, engaged);
    parts::named(
        page,
        facts,
        indented(2),
        engaged,
        (&format!("{kind}{region}: {words}"), role),
    );
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, lines};
    use crate::domain::{
        gap::Reading,
        inventory::Part,
        operation::Operation,
        response::{Chat, ResponsePlanDetail},
        world::{World, contact_arn, response_arn},
    };

    #[test]
    fn whom_a_response_plan_engages_is_linked_in_whichever_region() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .plan("all", &[(5, &["anna"])])
            .response(
                "critical",
                &[
                    "gone",
                    "arn:aws:ssm-contacts:us-east-1:111122223333:contact/all",
                    "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe",
                ],
            )
            .complete();
        let id = response_arn("critical");
        check(
            &world,
            &id,
            "critical",
            &[
                "name      critical",
                "ARN       arn:aws:ssm-incidents::111122223333:response-plan/critical",
                "incident  Checkout is down",
                "impact    1 critical",
                "reaches   1 person",
            ],
        );
        check(
            &world,
            &id,
            "ENGAGES",
            &[
                "  gone: does not exist",
                "  zoe: unknown: account 444455556666 does not share it",
                "  all, escalation plan, named in us-east-1: 1 person",
            ],
        );
        let links: Vec<_> = lines(&world, &id).into_iter().filter_map(|line| line.link).collect();
        assert_eq!(links, [contact_arn("all")]);
    }

    #[test]
    fn topics_runbook_and_integration_are_shown_or_said_to_be_missing() {
        let detail = ResponsePlanDetail {
            chat: Chat::Topics(vec!["arn:aws:sns:eu-west-1:111122223333:ops-chat".to_owned()]),
            runbook: Some("Restart".to_owned()),
            ..ResponsePlanDetail::default()
        };
        let world = World::new().response("critical", &[]).part(Part::ResponsePlanDetail(
            response_arn("critical"),
            Reading::Known(detail),
        ));
        let id = response_arn("critical");
        check(&world, &id, "ENGAGES", &["  nobody"]);
        check(
            &world,
            &id,
            "CHAT CHANNEL",
            &["  arn:aws:sns:eu-west-1:111122223333:ops-chat"],
        );
        check(&world, &id, "RUNBOOK", &["  runbook   Restart", "  PagerDuty none"]);
    }

    #[test]
    fn a_chat_channel_of_an_unknown_kind_is_not_taken_for_none() {
        let detail = ResponsePlanDetail {
            chat: Chat::Unrecognised,
            ..ResponsePlanDetail::default()
        };
        let world = World::new().response("critical", &[]).part(Part::ResponsePlanDetail(
            response_arn("critical"),
            Reading::Known(detail),
        ));
        let lines = ["  unknown: of a kind that is not known"];
        check(&world, &response_arn("critical"), "CHAT CHANNEL", &lines);
    }

    #[test]
    fn a_response_plan_that_was_not_read_is_unknown() {
        let world = World::new()
            .response("critical", &[])
            .denied(Operation::GetResponsePlan, "critical");
        check(
            &world,
            &response_arn("critical"),
            "critical",
            &[
                "name      critical",
                "ARN       arn:aws:ssm-incidents::111122223333:response-plan/critical",
                "unknown: GetResponsePlan of critical: access denied, ssm-incidents:GetResponsePlan is missing",
            ],
        );
    }
}

//! An escalation plan: its stages on a time line, each target with whether it is reached.

use super::{
    finding,
    page::{Page, indented},
    parts,
};
use crate::{
    app::{
        facts::Facts,
        screens::plans,
        style::{Line, Role},
    },
    domain::{
        contact::{Contact, Plan, Stage, Target},
        ids::Arn,
        reach,
    },
};

/// The cells before the targets of a stage.
const TARGET_INDENT: usize = 9;

/// Writes the detail of an escalation plan.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, plan: &Contact) {
    parts::head(page, facts, plan.label(), ("alias", &plan.alias), &plan.arn);
    let reach = reach::of_contact(facts.inventory, facts.graph, &plan.arn);
    let (words, role) = parts::reach_words(&reach, "person", "people");
    page.field("reaches", Line::of(words, role));
    finding::section(page, facts, &plan.arn);
    page.heading("STAGES");
    page.reading(2, &plan.plan, |page, plan| {
        time_line(page, plan, |page, before, target| match target {
            Target::Contact { contact, is_essential } => contact_line(page, facts, before, contact, *is_essential),
            Target::Channel { channel, .. } => {
                let words = ": a device in an escalation plan, which the service does not page";
                parts::named(page, facts, before, channel, (words, Role::Danger));
            }
            Target::Empty => page.put(
                TARGET_INDENT + 3,
                &before.and("nothing: an empty target", Role::Warning),
            ),
        });
        let is_essential = |target: &Target| matches!(target, Target::Contact { is_essential: true, .. });
        if !plan.stages.is_empty() && !plan.targets().any(is_essential) {
            let words = "nobody is essential: the plan goes on to its end, whoever acknowledges";
            page.put(2, &indented(2).and(words, Role::Warning));
        }
    });
    parts::used_by(page, facts, &plan.arn);
    parts::tags_and_sharing(page, facts, &plan.arn, &plan.tags, Some(&plan.sharing));
}

/// Writes stages with the minute at which each begins, and lets `write_target` write what stands behind each sign.
pub(super) fn time_line(page: &mut Page, plan: &Plan, mut write_target: impl FnMut(&mut Page, Line, &Target)) {
    if plan.stages.is_empty() {
        page.put(2, &indented(2).and("no stage: nobody is paged", Role::Danger));
        return;
    }
    for (index, (minute, stage)) in plan.stages_with_start().enumerate() {
        let title = format!("stage {}, {} min", index + 1, stage.duration_minutes);
        page.put(TARGET_INDENT, &at_minute(minute).and(title, Role::Normal));
        targets(page, stage, &mut write_target);
    }
    let end = plans::length_minutes(plan);
    page.put(TARGET_INDENT, &at_minute(end).and("the plan ends", Role::Dim));
}

fn at_minute(minute: i64) -> Line {
    Line::of(format!("{minute:>3} min  "), Role::Title)
}

fn targets(page: &mut Page, stage: &Stage, write_target: &mut impl FnMut(&mut Page, Line, &Target)) {
    let sign = |sign: &str| indented(TARGET_INDENT).and(format!("{sign} "), Role::Frame);
    if stage.targets.is_empty() {
        page.put(
            TARGET_INDENT + 3,
            &sign("└─").and("nobody: the stage only waits", Role::Warning),
        );
    }
    for (index, target) in stage.targets.iter().enumerate() {
        let is_last = index + 1 == stage.targets.len();
        write_target(page, sign(if is_last { "└─" } else { "├─" }), target);
    }
}

fn contact_line(page: &mut Page, facts: &Facts<'_>, before: Line, contact: &Arn, is_essential: bool) {
    let arn = facts.graph.resolve(contact).unwrap_or(contact);
    let kind = facts
        .inventory
        .contacts
        .items
        .get(arn)
        .map(|contact| parts::kind_words(&contact.kind));
    let (words, role) = parts::contact_words(facts, contact);
    let what = [kind, is_essential.then_some("essential")].into_iter().flatten();
    let what: String = what.flat_map(|word| [", ", word]).collect();
    parts::named(page, facts, before, contact, (&format!("{what}: {words}"), role));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, lines};
    use crate::domain::{
        contact::ContactKind,
        operation::Operation,
        world::{World, contact_arn},
    };

    #[test]
    fn stages_stand_on_a_time_line_with_whether_each_target_is_reached() {
        let world = World::new()
            .person("anna", &["phone", "mail"], &[("phone", 1), ("mail", 1)])
            .person("ben", &["-phone"], &[("phone", 1)])
            .rotation("weekly", &["anna"])
            .shifts("weekly", &[(0, 8, &["anna"])])
            .rotation("bens", &["ben"])
            .shifts("bens", &[(0, 8, &["ben"])])
            .schedule("ops", &["weekly"])
            .schedule("vain", &["bens"])
            .schedule("nobody", &[])
            .plan(
                "all",
                &[
                    (5, &["!anna", "ben", "gone"]),
                    (10, &[]),
                    (0, &["ops", "vain", "nobody", "all"]),
                ],
            )
            .response("critical", &["all"])
            .complete();
        check(
            &world,
            &contact_arn("all"),
            "STAGES",
            &[
                "  0 min  stage 1, 5 min",
                "         ├─ anna, person, essential: 2 devices",
                "         ├─ ben, person: unreachable: no active device",
                "         └─ gone: does not exist",
                "  5 min  stage 2, 10 min",
                "         └─ nobody: the stage only waits",
                " 15 min  stage 3, 0 min",
                "         ├─ ops, schedule: on call now: anna",
                "         ├─ vain, schedule: on call now: ben, unreachable",
                "         ├─ nobody, schedule: on call now: nobody",
                "         └─ all, escalation plan: 1 person",
                " 15 min  the plan ends",
            ],
        );
        check(
            &world,
            &contact_arn("all"),
            "USED BY",
            &["  all, stage 3 at 15 min", "  critical, response plan"],
        );
        let linked = lines(&world, &contact_arn("all"));
        let link = |text: &str| {
            linked
                .iter()
                .find(|line| line.line.text().contains(text))
                .unwrap()
                .link
                .clone()
        };
        assert_eq!((link("─ ben,"), link("─ gone")), (Some(contact_arn("ben")), None));
    }

    #[test]
    fn a_plan_that_nobody_stops_and_one_without_stages_say_so() {
        let world = World::new()
            .plan("endless", &[(5, &["gone"])])
            .plan("empty", &[])
            .complete();
        check(
            &world,
            &contact_arn("endless"),
            "STAGES",
            &[
                "  0 min  stage 1, 5 min",
                "         └─ gone: does not exist",
                "  5 min  the plan ends",
                "  nobody is essential: the plan goes on to its end, whoever acknowledges",
            ],
        );
        check(
            &world,
            &contact_arn("empty"),
            "STAGES",
            &["  no stage: nobody is paged"],
        );
        check(&world, &contact_arn("empty"), "USED BY", &["  nothing names it"]);
    }

    #[test]
    fn a_list_that_was_cut_short_makes_a_missing_target_unknown() {
        let world = World::new()
            .plan("all", &[(5, &["!gone"])])
            .denied(Operation::ListContacts, "");
        check(
            &world,
            &contact_arn("all"),
            "STAGES",
            &[
                "  0 min  stage 1, 5 min",
                "         └─ gone, essential: unknown: ListContacts: access denied, ssm-contacts:ListContacts is missing",
                "  5 min  the plan ends",
            ],
        );
        check(
            &world,
            &contact_arn("all"),
            "USED BY",
            &["  unknown: what could not be read may name it, too (press ! to see it)"],
        );
    }

    #[test]
    fn a_plan_that_is_still_to_come_has_no_stages_yet() {
        let world = World::new().contact("all", ContactKind::EscalationPlan);
        check(&world, &contact_arn("all"), "STAGES", &["  …"]);
        check(&world, &contact_arn("all"), "USED BY", &["  …"]);
    }
}

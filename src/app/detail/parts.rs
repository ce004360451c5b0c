//! What several details say in the same words: who it is, whether it is reached, and what names it.

use super::page::{Page, indented};
use crate::{
    app::{
        command::CommandId,
        facts::Facts,
        screens,
        style::{Line, Role},
        time,
    },
    domain::{
        contact::{Contact, ContactKind},
        gap::{Gap, Reading},
        graph::Place,
        ids::Arn,
        reach::{self, Reach},
        sharing::Sharing,
        tags::Tags,
    },
    paging::coverage::{self, Answer},
};
use std::sync::Arc;

/// Writes name and ARN, and what is out of the ordinary about both.
pub(super) fn head(page: &mut Page, facts: &Facts<'_>, label: &str, name: (&str, &str), arn: &Arn) {
    page.put(0, &Line::of(label, Role::Title));
    page.field(name.0, Line::plain(name.1));
    page.field("ARN", Line::of(arn.as_str(), Role::Dim));
    if facts.inventory.is_shared_in(arn) {
        let text = format!("by account {}, which alone can change it", arn.account());
        page.field("shared in", Line::of(text, Role::Warning));
    }
    if facts.inventory.stale.contains(arn) {
        let text = "some of this is from an earlier load";
        page.field("age", Line::of(text, Role::Stale));
    }
}

/// Writes the detail of a contact whose type this version does not know.
pub(super) fn write_other(page: &mut Page, facts: &Facts<'_>, contact: &Contact, word: &str) {
    head(page, facts, contact.label(), ("alias", &contact.alias), &contact.arn);
    let text = format!("{word}, which this version does not know");
    page.field("type", Line::of(text, Role::Unknown));
    used_by(page, facts, &contact.arn);
    tags_and_sharing(page, facts, &contact.arn, &contact.tags, Some(&contact.sharing));
}

/// Returns what sort of contact it is, in words.
pub(super) fn kind_words(kind: &ContactKind) -> &str {
    match kind {
        ContactKind::Person => "person",
        ContactKind::EscalationPlan => "escalation plan",
        ContactKind::Schedule => "schedule",
        ContactKind::Other(word) => word,
    }
}

/// Returns whether somebody is reached, counted in `one` or `many`.
pub(super) fn reach_words(reach: &Reach, one: &str, many: &str) -> (String, Role) {
    match reach {
        Reach::Reachable(1) => (format!("1 {one}"), Role::Warning),
        Reach::Reachable(count) => (format!("{count} {many}"), Role::Good),
        Reach::Unreachable(why) => (format!("unreachable: {why}"), Role::Danger),
        Reach::Unknown(why) => (format!("unknown: {why}"), Role::Unknown),
        Reach::Pending => ("…".to_owned(), Role::Dim),
    }
}

/// Returns whether a contact that something engages is reached: a schedule by who is on call now.
pub(super) fn contact_words(facts: &Facts<'_>, named: &Arn) -> (String, Role) {
    let arn = facts.graph.resolve(named).unwrap_or(named);
    let Some(contact) = facts.inventory.contacts.items.get(arn) else {
        return match reach::of_contact(facts.inventory, facts.graph, arn) {
            Reach::Unreachable(why) => (why, Role::Danger),
            reach @ (Reach::Reachable(_) | Reach::Unknown(_) | Reach::Pending) => {
                reach_words(&reach, "person", "people")
            }
        };
    };
    match &contact.kind {
        ContactKind::Person => reach_words(&reach::of_person(contact), "device", "devices"),
        ContactKind::Schedule => on_call_words(facts, contact),
        ContactKind::EscalationPlan | ContactKind::Other(_) => reach_words(
            &reach::of_contact(facts.inventory, facts.graph, arn),
            "person",
            "people",
        ),
    }
}

fn on_call_words(facts: &Facts<'_>, schedule: &Contact) -> (String, Role) {
    let on_call = coverage::rotations_of(facts.inventory, schedule)
        .and_then(|rotations| coverage::on_call(facts.inventory, &rotations, facts.now));
    match on_call {
        Answer::Known(people) if people.is_empty() => ("on call now: nobody".to_owned(), Role::Danger),
        Answer::Known(people) => {
            let names = names(facts, &people);
            match reach::of_contacts(facts.inventory, facts.graph, &people) {
                Reach::Reachable(_) => (format!("on call now: {names}"), Role::Good),
                Reach::Unreachable(_) => (format!("on call now: {names}, unreachable"), Role::Danger),
                Reach::Unknown(why) => (format!("on call now: {names}; unknown: {why}"), Role::Unknown),
                Reach::Pending => (format!("on call now: {names}"), Role::Dim),
            }
        }
        Answer::Unknown(why) => (format!("unknown: {why}"), Role::Unknown),
        Answer::Pending => ("…".to_owned(), Role::Dim),
    }
}

/// Returns the names of some people in one line; nobody in words.
pub(super) fn names(facts: &Facts<'_>, people: &[Arn]) -> String {
    if people.is_empty() {
        return "nobody".to_owned();
    }
    let names: Vec<String> = people.iter().map(|person| name(facts, person)).collect();
    names.join(", ")
}

/// Returns the name of what is named, in whichever Region.
pub(super) fn name(facts: &Facts<'_>, named: &Arn) -> String {
    screens::label(facts, facts.graph.resolve(named).unwrap_or(named))
}

/// Writes one line for something that is named: a link while it exists.
pub(super) fn named(page: &mut Page, facts: &Facts<'_>, before: Line, named: &Arn, (words, role): (&str, Role)) {
    let hang = before.text().chars().count() + 2;
    let found = facts.graph.resolve(named);
    let name_role = if found.is_some() { Role::Link } else { Role::Normal };
    let line = before.and(name(facts, named), name_role).and(words, role);
    match found {
        Some(found) => page.link(hang, &line, found),
        None => page.put(hang, &line),
    }
}

/// Writes every place that names something, each with a link.
pub(super) fn used_by(page: &mut Page, facts: &Facts<'_>, arn: &Arn) {
    page.heading("USED BY");
    let uses = facts.graph.used_by(arn);
    for entry in uses {
        let words = format!(", {}", place_words(facts, &entry.place));
        named(page, facts, indented(2), &entry.by, (&words, Role::Normal));
    }
    if facts.graph.may_miss_uses() {
        let key = facts.keymap.words(CommandId::Gaps);
        page.unknown(
            2,
            format!("what could not be read may name it, too (press {key} to see it)"),
        );
    } else if facts.graph.may_grow() {
        page.pending(2);
    } else if uses.is_empty() {
        page.none(2, "nothing names it");
    }
}

/// Writes the tags of something and with whom it is shared; a rotation cannot be shared.
pub(super) fn tags_and_sharing(
    page: &mut Page,
    facts: &Facts<'_>,
    arn: &Arn,
    tags: &Reading<Tags>,
    sharing: Option<&Reading<Sharing>>,
) {
    page.heading(if sharing.is_some() { "TAGS AND SHARING" } else { "TAGS" });
    if facts.inventory.stale_tags.contains(arn) {
        page.put(2, &indented(2).and("from an earlier load", Role::Stale));
    }
    page.reading(2, tags, |page, tags| {
        for (key, value) in tags {
            page.put(
                4,
                &indented(2).and(format!("{key}  "), Role::Dim).and(value, Role::Normal),
            );
        }
        if tags.is_empty() {
            page.none(2, "no tags");
        }
    });
    let Some(sharing) = sharing else { return };
    page.reading(2, sharing, |page, sharing| {
        for principal in &sharing.principals {
            let words = format!("shared with {principal}");
            page.put(4, &indented(2).and(words, Role::Warning));
        }
        if sharing.is_private() {
            page.none(2, "shared with nobody");
        }
    });
}

/// Returns in words in which way something is named.
pub fn place_words(facts: &Facts<'_>, place: &Place) -> String {
    match place {
        Place::Stage {
            number,
            minute,
            is_essential,
        } => {
            let essential = if *is_essential == Some(true) { ", essential" } else { "" };
            format!("stage {number} at {minute} min{essential}")
        }
        Place::Member { number } => format!("turn {number} of the rotation"),
        Place::Override { start_at, end_at } => {
            format!("override {}", time::stretch(*start_at, *end_at, facts.now, facts.zone))
        }
        Place::ScheduleRotation => "schedule".to_owned(),
        Place::Engagement => "response plan".to_owned(),
    }
}

/// Writes the first of some gaps, and how many more there are: a missing permission is missing for all alike.
pub(super) fn gaps<'a>(
    page: &mut Page,
    facts: &Facts<'_>,
    indent: usize,
    gaps: impl IntoIterator<Item = &'a Arc<Gap>>,
) {
    let mut gaps = gaps.into_iter();
    let Some(first) = gaps.next() else { return };
    match gaps.count() {
        0 => page.unknown(indent, first),
        more => {
            let key = facts.keymap.words(CommandId::Gaps);
            page.unknown(indent, format!("{first}; and {more} more (press {key} to see them)"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, facts, lines_of};
    use crate::domain::{
        contact::ContactKind,
        inventory::Inventory,
        operation::Operation,
        world::{World, contact_arn, response_arn, rotation_arn},
    };
    use chrono_tz::Tz;

    const SECTION: &str = "TAGS AND SHARING";

    #[test]
    fn tags_and_sharing_stand_in_one_section_of_everything_that_has_them() {
        let world = World::new()
            .person("anna", &[], &[])
            .tagged("anna", &[("team", "core"), ("owner", "a•••@example.com")])
            .plan("all", &[])
            .shared(
                "all",
                &["*", "444455556666", "arn:aws:iam::444455556666:role/pager", "o-a1b2"],
            )
            .schedule("ops", &[])
            .response("critical", &[])
            .tagged("critical", &[("cost centre", "12")])
            .rotation("night", &[])
            .tagged("night", &[("team", "core")]);
        let anna = ["  owner  a•••@example.com", "  team  core", "  shared with nobody"];
        check(&world, &contact_arn("anna"), SECTION, &anna);
        let all = [
            "  no tags",
            "  shared with anyone (*)",
            "  shared with account 444455556666",
            "  shared with organisation o-a1b2",
            "  shared with arn:aws:iam::444455556666:role/pager",
        ];
        check(&world, &contact_arn("all"), SECTION, &all);
        let nothing = ["  no tags", "  shared with nobody"];
        check(&world, &contact_arn("ops"), SECTION, &nothing);
        let critical = ["  cost centre  12", "  shared with nobody"];
        check(&world, &response_arn("critical"), SECTION, &critical);
        check(&world, &rotation_arn("night"), "TAGS", &["  team  core"]);
    }

    #[test]
    fn tags_and_sharing_that_were_not_read_are_unknown_and_never_none() {
        let world = World::new()
            .person("anna", &[], &[])
            .denied(Operation::ListContactTags, "anna")
            .denied(Operation::GetContactPolicy, "anna")
            .contact("ben", ContactKind::Other("ROBOT".to_owned()));
        let unknown = [
            "  unknown: ListTagsForResource of anna: access denied, ssm-contacts:ListTagsForResource is missing",
            "  unknown: GetContactPolicy of anna: access denied, ssm-contacts:GetContactPolicy is missing",
        ];
        check(&world, &contact_arn("anna"), SECTION, &unknown);
        check(&world, &contact_arn("ben"), SECTION, &["  …", "  …"]);
    }

    #[test]
    fn tags_of_an_earlier_load_say_so() {
        let older = World::new()
            .person("anna", &[], &[])
            .tagged("anna", &[("team", "core")]);
        let mut world = World::new().contact("anna", ContactKind::Person);
        world.inventory = Inventory::over(&world.inventory, &older.inventory);
        let graph = world.graph();
        let lines = lines_of(&facts(&world, &graph, &[], Tz::UTC), &contact_arn("anna"));
        let texts: Vec<String> = lines.iter().map(|line| line.line.text()).collect();
        let start = texts.iter().position(|text| text == SECTION).unwrap();
        assert_eq!(texts[start + 1..start + 3], ["  from an earlier load", "  team  core"]);
    }
}

//! A person: devices, engagement plan on a time line, shifts, overrides, and what names them.

use super::{
    finding,
    page::{Page, indented},
    parts, plan, shift,
};
use crate::{
    app::{
        facts::Facts,
        screens::devices,
        style::{Line, Role},
    },
    domain::{
        contact::{ActivationStatus, Channel, Contact, Plan, Target},
        gap::Gap,
        graph::Place,
        ids::Arn,
        reach,
        schedule::Override,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// The shifts that are listed; the rest is counted.
const SHIFTS_SHOWN: usize = 8;

/// Writes the detail of a person.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, person: &Contact) {
    parts::head(page, facts, person.label(), ("alias", &person.alias), &person.arn);
    let (words, role) = parts::reach_words(&reach::of_person(person), "device", "devices");
    page.field("reach", Line::of(words, role));

    finding::section(page, facts, &person.arn);
    page.heading("DEVICES");
    page.reading(2, &person.channels, |page, channels| {
        for channel in channels {
            device_line(page, facts, person, channel);
        }
        if channels.is_empty() {
            page.put(2, &indented(2).and("no device", Role::Danger));
        }
    });

    page.heading("ENGAGEMENT PLAN");
    page.reading(2, &person.plan, |page, plan| write_plan(page, facts, person, plan));

    write_shifts(page, facts, person);
    write_overrides(page, facts, person);
    parts::used_by(page, facts, &person.arn);
    parts::tags_and_sharing(page, facts, &person.arn, &person.tags, Some(&person.sharing));
}

fn device_line(page: &mut Page, facts: &Facts<'_>, person: &Contact, channel: &Channel) {
    let (status, role) = devices::status_words(&channel.status);
    let is_planned = devices::planned_places(facts, person, channel).next().is_some();
    let planned = match (&person.plan.known(), is_planned) {
        (_, true) => (", in plan", Role::Normal),
        (Some(_), false) => (", not in plan", Role::Warning),
        (None, false) => (", in plan: unknown", Role::Unknown),
    };
    let line = indented(2)
        .and(&channel.name, Role::Link)
        .and(
            format!(", {} {}, ", devices::kind_word(&channel.kind), channel.address.masked()),
            Role::Normal,
        )
        .and(status, role)
        .and(planned.0, planned.1);
    page.link(4, &line, &channel.arn);
}

fn write_plan(page: &mut Page, facts: &Facts<'_>, person: &Contact, plan: &Plan) {
    plan::time_line(page, plan, |page, before, target| match target {
        Target::Channel { channel, retry_minutes } => {
            let (words, role) = channel_words(facts, person, channel);
            let retry = match retry_minutes {
                Some(minutes) if *minutes > 0 => format!(", again every {minutes} min"),
                _ => String::new(),
            };
            parts::named(page, facts, before, channel, (&format!("{retry}: {words}"), role));
        }
        Target::Contact { contact, .. } => {
            let words = ": a contact in a person's plan, which the service does not page";
            parts::named(page, facts, before, contact, (words, Role::Danger));
        }
        Target::Empty => page.put(11, &before.and("nothing: an empty target", Role::Warning)),
    });
}

/// Returns what becomes of a page to a device that a plan names.
fn channel_words(facts: &Facts<'_>, person: &Contact, named: &Arn) -> (String, Role) {
    if let Some((channel, owner)) = facts.graph.channel(facts.inventory, named) {
        if owner.arn != person.arn {
            return (format!("a device of {}", owner.label()), Role::Danger);
        }
        return match &channel.status {
            ActivationStatus::Activated => (format!("{} {}", channel.kind, channel.address.masked()), Role::Good),
            ActivationStatus::NotActivated => ("not activated, so it is never paged".to_owned(), Role::Danger),
            ActivationStatus::Other(_) => {
                let (words, role) = devices::status_words(&channel.status);
                (format!("status {words}"), role)
            }
        };
    }
    if let Some(gap) = person.channels.gap() {
        return (format!("unknown: {gap}"), Role::Unknown);
    }
    if person.channels.is_pending() {
        return ("…".to_owned(), Role::Dim);
    }
    // `DeleteContactChannel` leaves the reference; its documentation can be read as skipping the stage's other devices.
    let words = "does not exist; the service may skip the whole stage";
    (words.to_owned(), Role::Danger)
}

fn write_shifts(page: &mut Page, facts: &Facts<'_>, person: &Contact) {
    page.heading("SHIFTS");
    let all = facts.graph.shifts_of(&person.arn);
    let ahead: Vec<_> = all.iter().filter(|(_, shift)| shift.end_at > facts.now).collect();
    for (rotation, shift) in ahead.iter().take(SHIFTS_SHOWN) {
        let zone = facts
            .inventory
            .rotations
            .items
            .get(rotation)
            .and_then(|rotation| shift::zone_of(rotation));
        let when = shift::stretch_words(facts, shift.start_at, shift.end_at, zone);
        let now = if shift.covers(facts.now) { "now: " } else { "" };
        let line = indented(2).and(now, Role::Title).and(format!("{when}  "), Role::Normal);
        parts::named(page, facts, line, rotation, ("", Role::Normal));
    }
    if let Some(more) = ahead.len().checked_sub(SHIFTS_SHOWN).filter(|more| *more > 0) {
        page.none(2, &format!("and {more} more"));
    }
    let rotations = || facts.inventory.rotations.items.values();
    unread(page, facts, rotations().filter_map(|rotation| rotation.shifts.gap()));
    if facts.inventory.ended_at.is_none() && rotations().any(|rotation| rotation.shifts.is_pending()) {
        page.pending(2);
    } else if ahead.is_empty()
        && facts.inventory.rotations.gap().is_none()
        && rotations().all(|rotation| rotation.shifts.known().is_some())
    {
        page.none(2, "none as far as shifts were read");
    }
}

fn write_overrides(page: &mut Page, facts: &Facts<'_>, person: &Contact) {
    let rotations = &facts.inventory.rotations.items;
    let gaps: Vec<_> = rotations
        .values()
        .filter_map(|rotation| rotation.overrides.gap())
        .collect();
    let uses = facts.graph.used_by(&person.arn).iter();
    let overrides = uses.filter(|entry| matches!(entry.place, Place::Override { .. }));
    // Several overrides of one rotation are several uses of it.
    let named_by: BTreeSet<&Arn> = overrides.map(|entry| &entry.by).collect();
    if named_by.is_empty() && gaps.is_empty() {
        return;
    }
    page.heading("OVERRIDES");
    for rotation in named_by.into_iter().filter_map(|arn| rotations.get(arn)) {
        let names_them = |exception: &&Override| exception.contacts.iter().any(|arn| arn.is_same_resource(&person.arn));
        for exception in rotation.overrides.known().into_iter().flatten().filter(names_them) {
            let line = shift::override_line(facts, rotation, exception).and(", ", Role::Normal);
            page.link(4, &line.and(&rotation.name, Role::Link), &rotation.arn);
        }
    }
    unread(page, facts, gaps.into_iter());
}

fn unread<'a>(page: &mut Page, facts: &'a Facts<'a>, gaps: impl Iterator<Item = &'a Arc<Gap>>) {
    parts::gaps(page, facts, 2, facts.inventory.rotations.gap().into_iter().chain(gaps));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, lines};
    use crate::domain::{
        contact::ContactKind,
        operation::Operation,
        world::{World, contact_arn, device_arn, rotation_arn},
    };

    #[test]
    fn devices_are_listed_with_status_and_whether_the_plan_names_them() {
        let world = World::new().person("anna", &["phone", "-mail", "?pager"], &[("phone", 5), ("mail", 0)]);
        check(
            &world,
            &contact_arn("anna"),
            "DEVICES",
            &[
                "  phone, SMS +44•••••••123, activated, in plan",
                "  mail, EMAIL a•••@example.com, not activated, in plan",
                "  pager, SMS +44•••••••123, unknown PAUSED, not in plan",
            ],
        );
    }

    #[test]
    fn the_plan_says_of_each_device_what_becomes_of_a_page() {
        let bens = device_arn("ben", "phone");
        let world = World::new()
            .person(
                "anna",
                &["phone", "-mail", "?pager"],
                &[("phone", 5), ("mail", 0), ("pager", 1), ("gone", 1), (bens.as_str(), 1)],
            )
            .person("ben", &["phone"], &[]);
        check(
            &world,
            &contact_arn("anna"),
            "ENGAGEMENT PLAN",
            &[
                "  0 min  stage 1, 5 min",
                "         └─ phone of anna: SMS +44•••••••123",
                "  5 min  stage 2, 0 min",
                "         └─ mail of anna: not activated, so it is never paged",
                "  5 min  stage 3, 1 min",
                "         └─ pager of anna: status unknown PAUSED",
                "  6 min  stage 4, 1 min",
                "         └─ anna/gone: does not exist; the service may skip the whole stage",
                "  7 min  stage 5, 1 min",
                "         └─ phone of ben: a device of ben",
                "  8 min  the plan ends",
            ],
        );
    }

    #[test]
    fn what_was_not_read_is_named_with_the_permission() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 5)])
            .denied(Operation::ListContactChannels, "anna");
        let why = "unknown: ListContactChannels of anna: access denied, ssm-contacts:ListContactChannels is missing";
        check(&world, &contact_arn("anna"), "DEVICES", &[&format!("  {why}")]);
        check(
            &world,
            &contact_arn("anna"),
            "ENGAGEMENT PLAN",
            &[
                "  0 min  stage 1, 5 min",
                &format!("         └─ anna/phone: {why}"),
                "  5 min  the plan ends",
            ],
        );
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 5)])
            .denied(Operation::GetContact, "anna");
        check(
            &world,
            &contact_arn("anna"),
            "ENGAGEMENT PLAN",
            &["  unknown: GetContact of anna: access denied, ssm-contacts:GetContact is missing"],
        );
        check(
            &world,
            &contact_arn("anna"),
            "DEVICES",
            &["  phone, SMS +44•••••••123, activated, in plan: unknown"],
        );
        let world = World::new().contact("anna", ContactKind::Person);
        check(&world, &contact_arn("anna"), "DEVICES", &["  …"]);
        check(&world, &contact_arn("anna"), "ENGAGEMENT PLAN", &["  …"]);
    }

    #[test]
    fn eight_shifts_are_listed_and_the_rest_counted() {
        let anna: &[&str] = &["anna"];
        let days: Vec<(i64, i64, &[&str])> = (0..10).map(|day| (day * 24, day * 24 + 8, anna)).collect();
        let world = World::new()
            .person("anna", &[], &[])
            .rotation("weekly", &["anna"])
            .shifts("weekly", &days)
            .complete();
        let all: Vec<String> = lines(&world, &contact_arn("anna"))
            .iter()
            .map(|line| line.line.text())
            .collect();
        let start = all.iter().position(|text| text == "SHIFTS").unwrap();
        assert_eq!(all[start + 1], "  now: Sun 01 Nov 00:00 – 08:00 UTC  weekly");
        assert_eq!(all[start + 8], "  Sun 08 Nov 00:00 – 08:00 UTC  weekly");
        assert_eq!(all[start + 9], "  and 2 more");
    }

    #[test]
    fn shifts_of_an_unread_rotation_may_be_theirs() {
        let world = World::new()
            .person("anna", &[], &[])
            .rotation("weekly", &[])
            .rotation("other", &[])
            .denied(Operation::ListRotationShifts, "weekly")
            .denied(Operation::ListRotationShifts, "other")
            .complete();
        check(
            &world,
            &contact_arn("anna"),
            "SHIFTS",
            &[
                "  unknown: ListRotationShifts of other: access denied, ssm-contacts:ListRotationShifts is missing; and 1 more (press !",
                "    to see them)",
            ],
        );
    }

    #[test]
    fn an_override_says_who_is_replaced_and_when_it_was_made() {
        let world = World::new()
            .person("anna", &[], &[])
            .person("ben", &[], &[])
            .rotation("weekly", &["ben"])
            .overridden("weekly", (5, 7), &["anna"], &["ben"])
            .complete();
        let when = "Sun 01 Nov 05:00 – 07:00";
        check(
            &world,
            &contact_arn("anna"),
            "OVERRIDES",
            &[&format!("  {when} UTC  anna in place of ben, made 1 d ago, weekly")],
        );
        check(
            &world,
            &contact_arn("anna"),
            "USED BY",
            &[&format!("  weekly, override {when}")],
        );
        let linked = lines(&world, &contact_arn("anna"));
        assert!(
            linked
                .iter()
                .any(|line| line.link.as_ref() == Some(&rotation_arn("weekly")))
        );
    }

    #[test]
    fn a_person_of_another_account_is_marked() {
        let world = World::new().person("arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe", &[], &[]);
        check(
            &world,
            &contact_arn("arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe"),
            "zoe",
            &[
                "alias     zoe",
                "ARN       arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe",
                "shared in by account 444455556666, which alone can change it",
                "reach     unreachable: no device",
            ],
        );
    }
}

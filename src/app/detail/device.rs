//! A device: where it leads, whether the service pages it, and where plans name it.

use super::{
    finding,
    page::{Page, indented},
    parts,
};
use crate::{
    app::{
        changeset::open,
        facts::Facts,
        screens::devices,
        style::{Line, Role},
        time,
    },
    domain::contact::{Channel, Contact},
};

/// Writes the detail of a device.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, channel: &Channel, owner: &Contact) {
    let title = format!("{} of {}", channel.name, owner.label());
    parts::head(page, facts, &title, ("name", &channel.name), &channel.arn);
    page.field_link("owner", Line::of(owner.label(), Role::Link), &owner.arn);
    page.field("type", Line::plain(devices::kind_word(&channel.kind)));
    page.field("address", Line::plain(channel.address.masked()));
    let (status, role) = devices::status_words(&channel.status);
    page.field("status", Line::of(status, role));
    if let Some(recorded) = open::activating(facts.ledger, &channel.arn) {
        let since = time::instant(recorded.planned_at, facts.now, facts.zone);
        let words = if recorded.progress.codes.contains(&channel.arn) {
            format!("a code was sent, and is waited for since {since}")
        } else {
            format!("its activation was begun {since}, and not finished")
        };
        page.field("code", Line::of(words, Role::Warning));
    }

    finding::section(page, facts, &channel.arn);
    page.heading("PLANNED");
    page.reading(2, &owner.plan, |page, _| {
        let mut is_planned = false;
        for entry in devices::planned_places(facts, owner, channel) {
            is_planned = true;
            let words = format!(", {}", parts::place_words(facts, &entry.place));
            parts::named(page, facts, indented(2), &entry.by, (&words, Role::Normal));
        }
        if !is_planned {
            page.put(2, &indented(2).and("not in the plan of its owner", Role::Warning));
        }
    });
    // The service's model lets a plan name any device.
    for entry in facts
        .graph
        .used_by(&channel.arn)
        .iter()
        .filter(|entry| entry.by != owner.arn)
    {
        let words = format!(", {}: somebody else's plan", parts::place_words(facts, &entry.place));
        parts::named(page, facts, indented(2), &entry.by, (&words, Role::Danger));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, lines};
    use crate::domain::{
        operation::Operation,
        world::{World, contact_arn, device_arn},
    };

    #[test]
    fn a_device_says_where_it_leads_and_where_it_is_planned() {
        let device = device_arn("anna", "phone");
        let world = World::new()
            .person("anna", &["phone"], &[("other", 5), ("phone", 5)])
            .person("ben", &[], &[(device.as_str(), 1)]);
        check(
            &world,
            &device,
            "phone of anna",
            &[
                "name      phone",
                "ARN       arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/phone",
                "owner     anna",
                "type      SMS",
                "address   +44•••••••123",
                "status    activated",
            ],
        );
        check(
            &world,
            &device,
            "PLANNED",
            &[
                "  anna, stage 2 at 5 min",
                "  ben, stage 1 at 0 min: somebody else's plan",
            ],
        );
        let owner = lines(&world, &device)
            .into_iter()
            .find(|line| line.line.text().starts_with("owner"));
        assert_eq!(owner.unwrap().link, Some(contact_arn("anna")));
    }

    #[test]
    fn a_plan_that_was_not_read_is_no_absence() {
        let world = World::new().person("anna", &["phone"], &[]);
        check(
            &world,
            &device_arn("anna", "phone"),
            "PLANNED",
            &["  not in the plan of its owner"],
        );
        let world = world.denied(Operation::GetContact, "anna");
        check(
            &world,
            &device_arn("anna", "phone"),
            "PLANNED",
            &["  unknown: GetContact of anna: access denied, ssm-contacts:GetContact is missing"],
        );
    }
}

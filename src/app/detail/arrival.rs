//! What arrived on a device of the demo account, in full.

use super::{
    page::{Page, indented},
    parts,
};
use crate::{
    app::{
        facts::Facts,
        style::{Line, Role},
        time,
    },
    domain::phone::Arrival,
};

/// Writes what arrived.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, arrival: &Arrival) {
    page.put(
        0,
        &Line::of(format!("{} to {}", arrival.kind, arrival.to.masked()), Role::Title),
    );
    let when = time::instant(arrival.at, facts.now, facts.zone);
    let zone = time::zone_name(arrival.at, facts.zone);
    let distance = time::distance(arrival.at, facts.now);
    page.field("arrived", Line::plain(format!("{when} {zone}, {distance}")));
    let before = Line::of(format!("{:<10}", "device"), Role::Dim);
    parts::named(page, facts, before, &arrival.channel, ("", Role::Normal));
    page.heading("TEXT");
    for line in arrival.text.lines() {
        page.put(2, &indented(2).and(line, Role::Normal));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{facts, lines_of};
    use crate::{
        app::screens,
        domain::{
            address::Address,
            ids::Arn,
            phone::Arrival,
            world::{World, at, device_arn},
        },
    };
    use chrono_tz::Tz;

    #[test]
    fn a_text_is_shown_whole_with_a_link_to_its_device() {
        let world = World::new().person("anna", &["phone"], &[]);
        let arrivals = [Arrival {
            at: at(-1),
            channel: device_arn("anna", "phone"),
            kind: "SMS".to_owned(),
            to: Address::new("+447700900123"),
            text: "Your code is 123456.\nDo not share it.".to_owned(),
        }];
        let id = Arn::parse(&format!("{}#1", arrivals[0].channel)).unwrap();
        let graph = world.graph();
        let facts = facts(&world, &graph, &arrivals, Tz::UTC);
        assert_eq!(screens::label(&facts, &id), "SMS to phone of anna");
        assert_eq!(screens::home(&facts, &id), Some(screens::ScreenId::Phone));
        let found: Vec<(String, bool)> = lines_of(&facts, &id)
            .into_iter()
            .map(|line| (line.line.text(), line.link.is_some()))
            .collect();
        let expected = [
            ("SMS to +44•••••••123", false),
            ("arrived   Sat 31 Oct 23:00 UTC, 1 h ago", false),
            ("device    phone of anna", true),
            ("", false),
            ("TEXT", false),
            ("  Your code is 123456.", false),
            ("  Do not share it.", false),
        ];
        assert_eq!(found, expected.map(|(text, is_link)| (text.to_owned(), is_link)));
    }
}

//! Screen 9, in the demo only: what arrived on the devices of the embedded account, newest first.

use super::{cell, devices};
use crate::{
    app::{
        facts::Facts,
        list::{Cell, Column, Row},
        style::Role,
        time,
    },
    domain::{ids::Arn, phone::Arrival},
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("when", "WHEN", 16),
    Column::growing("person", "PERSON", 14),
    Column::new("type", "TYPE", 5),
    Column::new("address", "ADDRESS", 15),
    Column::growing("text", "TEXT", 20),
];

/// Separates the ARN of a device from the number of what arrived on it; does not occur in an ARN of the service.
const SEPARATOR: char = '#';

/// Returns one row for each arrival.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    numbered(facts)
        .into_iter()
        .map(|(id, arrival)| {
            let owner = facts
                .graph
                .channel(facts.inventory, &arrival.channel)
                .map(|(_, owner)| owner.label());
            // Newest first: the list sorts the smallest order to the top.
            let order = -arrival.at.timestamp_millis();
            Row {
                id,
                cells: vec![
                    Cell::ordered(time::instant(arrival.at, facts.now, facts.zone), Role::Normal, order),
                    Cell::new(owner.unwrap_or_else(|| owner_alias(&arrival.channel)), Role::Normal),
                    Cell::new(devices::kind_word(&arrival.kind.clone().into()), Role::Normal),
                    Cell::new(arrival.to.masked(), Role::Normal),
                    Cell::new(&arrival.text, Role::Normal),
                ],
                is_stale: false,
                has_finding: false,
            }
        })
        .collect()
}

/// Returns what arrived under a row's id.
pub(in crate::app) fn arrival<'a>(facts: &Facts<'a>, id: &Arn) -> Option<&'a Arrival> {
    if !id.as_str().contains(SEPARATOR) {
        return None;
    }
    let mut all = numbered(facts).into_iter();
    all.find(|(numbered, _)| numbered == id).map(|(_, arrival)| arrival)
}

/// Returns the device that an id is about, without the number of an arrival.
pub(in crate::app) fn device(id: &Arn) -> Option<Arn> {
    let (device, _) = id.as_str().rsplit_once(SEPARATOR)?;
    Arn::parse(device).ok()
}

/// Returns the arrivals with an id each. They are numbered from the oldest, so that an id stays when others arrive.
fn numbered<'a>(facts: &Facts<'a>) -> Vec<(Arn, &'a Arrival)> {
    let mut arrivals: Vec<&Arrival> = facts.arrivals.iter().collect();
    arrivals.sort_by_key(|arrival| arrival.at);
    let with_ids = arrivals.into_iter().enumerate().filter_map(|(index, arrival)| {
        let id = Arn::parse(&format!("{}{SEPARATOR}{}", arrival.channel, index + 1)).ok()?;
        Some((id, arrival))
    });
    with_ids.collect()
}

fn owner_alias(device: &Arn) -> &str {
    device.name().split('/').next().unwrap_or(cell::UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::judged::Judged;
    use crate::domain::{
        Timestamp,
        address::Address,
        world::{World, at, device_arn},
    };
    use chrono_tz::Tz;

    fn arrival(hours: i64, text: &str) -> Arrival {
        Arrival {
            at: at(hours),
            channel: device_arn("anna", "phone"),
            kind: "SMS".to_owned(),
            to: Address::new("+447700900123"),
            text: text.to_owned(),
        }
    }

    fn ids(arrivals: &[Arrival]) -> Vec<(Arn, i64)> {
        let world = World::new().person("anna", &["phone"], &[]);
        let now: Timestamp = at(9);
        let graph = world.graph();
        let facts = Facts {
            ledger: &crate::app::ledger::DeskLedger::default(),
            review: &crate::app::review::DeskReview::default(),
            inventory: &world.inventory,
            graph: &graph,
            judged: &Judged::default(),
            keymap: &crate::app::keymap::Keymap::default(),
            arrivals,
            now,
            zone: Tz::UTC,
        };
        for row in rows(&facts) {
            assert_eq!(
                super::arrival(&facts, &row.id).map(|arrival| arrival.text.as_str()),
                Some(row.cells[4].text.as_str())
            );
            assert_eq!(
                (row.cells[1].text.as_str(), device(&row.id)),
                ("anna", Some(device_arn("anna", "phone")))
            );
            assert_eq!(row.cells[3].text, "+44•••••••123");
        }
        rows(&facts)
            .into_iter()
            .map(|row| (row.id, row.cells[0].order))
            .collect()
    }

    #[test]
    fn two_arrivals_on_one_device_are_two_rows_and_keep_their_ids() {
        let before = ids(&[arrival(1, "one"), arrival(2, "two")]);
        let after = ids(&[arrival(3, "three"), arrival(2, "two"), arrival(1, "one")]);
        assert_ne!(before[0].0, before[1].0);
        assert_eq!(before[..], after[..2]);
        assert!(after[2].1 < after[1].1, "the newest is sorted to the top");
    }
}

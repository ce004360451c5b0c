//! The screens: what each lists, in which columns.

pub(in crate::app) mod cell;
pub(in crate::app) mod devices;
pub(in crate::app) mod people;
pub(in crate::app) mod phone;
pub(in crate::app) mod plans;
pub(in crate::app) mod responses;
mod schedules;

use super::{
    facts::Facts,
    list::{Column, Row},
    model::Model,
};
use crate::domain::{contact::ContactKind, ids::Arn, inventory::SectionState};
use std::ops::Range;

/// A screen of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScreenId {
    /// People with their devices.
    People,
    /// Every device.
    Devices,
    /// Escalation plans.
    Plans,
    /// On-call schedules and rotations.
    Schedules,
    /// Response plans.
    Responses,
    /// What arrived on the devices of the demo account.
    Phone,
}

impl ScreenId {
    /// Every screen, in the order of the tabs.
    pub const ALL: &[Self] = &[
        Self::People,
        Self::Devices,
        Self::Plans,
        Self::Schedules,
        Self::Responses,
        Self::Phone,
    ];

    /// Returns the number that leads to the screen.
    pub fn number(self) -> u8 {
        match self {
            Self::People => 2,
            Self::Devices => 3,
            Self::Plans => 4,
            Self::Schedules => 5,
            Self::Responses => 6,
            Self::Phone => 9,
        }
    }

    /// Returns the screen's name.
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Devices => "Devices",
            Self::Plans => "Plans",
            Self::Schedules => "Schedules",
            Self::Responses => "Responses",
            Self::Phone => "Phone",
        }
    }

    /// Returns the columns of the screen's list.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::People => people::COLUMNS,
            Self::Devices => devices::COLUMNS,
            Self::Plans => plans::COLUMNS,
            Self::Schedules => schedules::COLUMNS,
            Self::Responses => responses::COLUMNS,
            Self::Phone => phone::COLUMNS,
        }
    }
}

/// Returns the rows of a screen, in the order of ARNs.
pub fn rows(screen: ScreenId, facts: &Facts<'_>) -> Vec<Row> {
    match screen {
        ScreenId::People => people::rows(facts),
        ScreenId::Devices => devices::rows(facts),
        ScreenId::Plans => plans::rows(facts),
        ScreenId::Schedules => schedules::rows(facts),
        ScreenId::Responses => responses::rows(facts),
        ScreenId::Phone => phone::rows(facts),
    }
}

/// Returns the screen that lists `id`.
pub fn home(facts: &Facts<'_>, id: &Arn) -> Option<ScreenId> {
    if let Some(contact) = facts.inventory.contacts.items.get(id) {
        return match contact.kind {
            ContactKind::Person => Some(ScreenId::People),
            ContactKind::EscalationPlan => Some(ScreenId::Plans),
            ContactKind::Schedule => Some(ScreenId::Schedules),
            ContactKind::Other(_) => None,
        };
    }
    if facts.inventory.rotations.items.contains_key(id) {
        return Some(ScreenId::Schedules);
    }
    if facts.inventory.response_plans.items.contains_key(id) {
        return Some(ScreenId::Responses);
    }
    if phone::device(id).is_some() {
        return Some(ScreenId::Phone);
    }
    facts.graph.channel(facts.inventory, id).map(|_| ScreenId::Devices)
}

/// Returns the name that people know something by.
pub fn label(facts: &Facts<'_>, id: &Arn) -> String {
    if let Some(contact) = facts.inventory.contacts.items.get(id) {
        return contact.label().to_owned();
    }
    if let Some(rotation) = facts.inventory.rotations.items.get(id) {
        return rotation.name.clone();
    }
    if let Some(plan) = facts.inventory.response_plans.items.get(id) {
        return plan.label().to_owned();
    }
    if let Some(arrival) = phone::arrival(facts, id) {
        return format!("{} to {}", arrival.kind, label(facts, &arrival.channel));
    }
    match facts.graph.channel(facts.inventory, id) {
        Some((channel, person)) => format!("{} of {}", channel.name, person.label()),
        None => id.name().to_owned(),
    }
}

/// One tab of the tab line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// The screen it leads to.
    pub screen: ScreenId,
    /// What stands on it: number, name, how many rows.
    pub text: String,
    /// The columns of the terminal that it takes.
    pub columns: Range<u16>,
}

/// Returns the tabs and where they stand, as many as fit.
pub fn tabs(model: &Model) -> Vec<Tab> {
    let mut start: u16 = 1;
    let mut tabs = Vec::new();
    // At 60 columns there is no room for counts.
    let has_counts = model.size.width >= 76;
    for screen in model.screens() {
        let count = if has_counts {
            format!(" {}", count(model, screen))
        } else {
            String::new()
        };
        let text = format!("{} {}{count}", screen.number(), screen.title());
        let width = u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
        let columns = start..start.saturating_add(width);
        start = columns.end.saturating_add(2);
        tabs.push(Tab { screen, text, columns });
    }
    tabs
}

/// Returns how many rows a screen has; `?` says that there may be more, `…` that they are still to come.
pub fn count(model: &Model, screen: ScreenId) -> String {
    let inventory = &model.shown.inventory;
    let fresh = &model.fresh;
    let of_kind = |kind: ContactKind| inventory.contacts_of(&kind).count();
    let (count, state) = match screen {
        ScreenId::People => (of_kind(ContactKind::Person), &fresh.contacts.state),
        ScreenId::Devices => (inventory.channels().count(), &fresh.contacts.state),
        ScreenId::Plans => (of_kind(ContactKind::EscalationPlan), &fresh.contacts.state),
        ScreenId::Schedules => {
            // The list holds schedules and rotations: the one that was read less far decides.
            let count = of_kind(ContactKind::Schedule) + inventory.rotations.items.len();
            let state = if fresh.contacts.state == SectionState::Complete {
                &fresh.rotations.state
            } else {
                &fresh.contacts.state
            };
            (count, state)
        }
        ScreenId::Responses => (inventory.response_plans.items.len(), &fresh.response_plans.state),
        ScreenId::Phone => return model.arrivals.len().to_string(),
    };
    let channels_unknown = screen == ScreenId::Devices && devices::unread(&model.facts()) > 0;
    match state {
        SectionState::Partial(_) => format!("{count}?"),
        SectionState::Waiting | SectionState::Loading if model.load.is_none() => format!("{count}?"),
        SectionState::Waiting | SectionState::Loading => format!("{count}…"),
        SectionState::Complete if channels_unknown => format!("{count}?"),
        SectionState::Complete => count.to_string(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        app::style::Role,
        domain::world::{World, at},
    };

    /// Compares the rows of a screen: cells separated by ` | `, each with its role after a colon unless it is an
    /// ordinary one. The dash of an empty count, and an empty cell, need no role.
    #[track_caller]
    pub(in crate::app) fn check(world: &World, screen: ScreenId, expected: &[&str]) {
        let graph = world.graph();
        let facts = Facts {
            inventory: &world.inventory,
            graph: &graph,
            arrivals: &[],
            now: at(0),
            zone: chrono_tz::UTC,
        };
        let found: Vec<String> = rows(screen, &facts)
            .iter()
            .map(|row| {
                assert_eq!(row.cells.len(), screen.columns().len(), "one cell for each column");
                let cells = row.cells.iter().map(|cell| {
                    let is_empty = cell.text.is_empty() || cell.text == "–";
                    if cell.role == Role::Normal || cell.role == Role::Dim && is_empty {
                        cell.text.clone()
                    } else {
                        format!("{}:{}", cell.text, cell.role.name())
                    }
                });
                cells.collect::<Vec<_>>().join(" | ")
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_columns_of_every_screen_have_names_that_filters_can_tell_apart() {
        for screen in ScreenId::ALL {
            let mut names: Vec<&str> = screen.columns().iter().map(|column| column.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), screen.columns().len(), "{}", screen.title());
        }
    }
}

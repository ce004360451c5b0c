//! The screens: what each lists, in which columns.
//!
//! One file for each screen, which makes rows of the [`Facts`]; `cell` has the cells that they share. A cell that was not
//! read says *unknown*, one that is still to come shows `…`, and neither is ever drawn as nothing.

pub(in crate::app) mod cell;
pub(in crate::app) mod counts;
pub(in crate::app) mod devices;
pub(in crate::app) mod ledger;
pub(in crate::app) mod people;
pub(in crate::app) mod phone;
pub(in crate::app) mod plans;
mod queue;
pub(in crate::app) mod responses;
pub(in crate::app) mod review;
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
    /// What is wrong, the worst first.
    Queue,
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
    /// The review: what is left, what changed, what was decided.
    Review,
    /// What happened, the newest first.
    Ledger,
    /// What arrived on the devices of the demo account.
    Phone,
    /// How much was found in each family of checks.
    Counts,
}

impl ScreenId {
    /// Every screen, in the order of the tabs.
    pub const ALL: &[Self] = &[
        Self::Queue,
        Self::People,
        Self::Devices,
        Self::Plans,
        Self::Schedules,
        Self::Responses,
        Self::Review,
        Self::Ledger,
        Self::Phone,
        Self::Counts,
    ];

    /// Returns the number that leads to the screen.
    pub fn number(self) -> u8 {
        match self {
            Self::Queue => 1,
            Self::People => 2,
            Self::Devices => 3,
            Self::Plans => 4,
            Self::Schedules => 5,
            Self::Responses => 6,
            Self::Review => 7,
            Self::Ledger => 8,
            Self::Phone => 9,
            Self::Counts => 0,
        }
    }

    /// Returns the screen's name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Queue => "Queue",
            Self::People => "People",
            Self::Devices => "Devices",
            Self::Plans => "Plans",
            Self::Schedules => "Schedules",
            Self::Responses => "Responses",
            Self::Review => "Review",
            Self::Ledger => "Ledger",
            Self::Phone => "Phone",
            Self::Counts => "Counts",
        }
    }

    /// Returns the screen's name where there is little room.
    fn short_title(self) -> &'static str {
        match self {
            Self::Devices => "Devs",
            Self::Schedules => "Sched",
            Self::Responses => "Resp",
            Self::Queue | Self::People | Self::Plans | Self::Review | Self::Ledger | Self::Phone | Self::Counts => {
                self.title()
            }
        }
    }

    /// Returns the columns of the screen's list.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Queue => queue::COLUMNS,
            Self::People => people::COLUMNS,
            Self::Devices => devices::COLUMNS,
            Self::Plans => plans::COLUMNS,
            Self::Schedules => schedules::COLUMNS,
            Self::Responses => responses::COLUMNS,
            Self::Review => review::COLUMNS,
            Self::Ledger => ledger::COLUMNS,
            Self::Phone => phone::COLUMNS,
            Self::Counts => counts::COLUMNS,
        }
    }
}

/// Returns the rows of a screen, in the order of ARNs.
pub fn rows(screen: ScreenId, facts: &Facts<'_>) -> Vec<Row> {
    match screen {
        ScreenId::Queue => queue::rows(facts),
        ScreenId::People => people::rows(facts),
        ScreenId::Devices => devices::rows(facts),
        ScreenId::Plans => plans::rows(facts),
        ScreenId::Schedules => schedules::rows(facts),
        ScreenId::Responses => responses::rows(facts),
        ScreenId::Review => review::rows(facts),
        ScreenId::Ledger => ledger::rows(facts),
        ScreenId::Phone => phone::rows(facts),
        ScreenId::Counts => counts::rows(facts),
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
    if counts::family(id).is_some() {
        return Some(ScreenId::Counts);
    }
    if facts.judged.of_row(id).is_some() {
        return Some(ScreenId::Queue);
    }
    if facts.ledger.of_row(id).is_some() {
        return Some(ScreenId::Ledger);
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
    if let Some(family) = counts::family(id) {
        return family.title().to_owned();
    }
    if let Some(finding) = facts.judged.of_row(id) {
        return format!("{} {}", finding.check.code, finding.subject.name);
    }
    if let Some(recorded) = facts.ledger.of_row(id) {
        return format!("record {}", recorded.record.seq);
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

/// Returns the tabs and where they stand, in the longest form for which there is room.
pub fn tabs(model: &Model) -> Vec<Tab> {
    let screens: Vec<ScreenId> = model.screens().collect();
    // The counts are a look at the queue: their tab is the first to give way.
    let listed = || {
        screens
            .iter()
            .copied()
            .filter(|screen| *screen != ScreenId::Counts || model.screen == *screen)
    };
    let with_count = |screen: ScreenId| {
        let text = format!("{} {} {}", screen.number(), screen.title(), count(model, screen));
        text.trim_end().to_owned()
    };
    let with_title = |screen: ScreenId| format!("{} {}", screen.number(), screen.title());
    let in_short = |screen: ScreenId| format!("{} {}", screen.number(), screen.short_title());
    let bare = |screen: ScreenId| {
        if screen == model.screen {
            with_title(screen)
        } else {
            screen.number().to_string()
        }
    };
    let forms = [
        lay_tabs(screens.iter().copied(), 2, with_count),
        lay_tabs(screens.iter().copied(), 2, with_title),
        lay_tabs(listed(), 2, with_title),
        lay_tabs(listed(), 1, in_short),
    ];
    // The place of the selection stands at the end of the line.
    let has_room = |tabs: &Vec<Tab>| tabs.last().is_some_and(|tab| tab.columns.end + 6 <= model.size.width);
    let fitting = forms.into_iter().find(has_room);
    fitting.unwrap_or_else(|| lay_tabs(listed(), 2, bare))
}

fn lay_tabs(screens: impl Iterator<Item = ScreenId>, space: u16, text: impl Fn(ScreenId) -> String) -> Vec<Tab> {
    let mut start: u16 = 1;
    let mut tabs = Vec::new();
    for screen in screens {
        let text = text(screen);
        let width = u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
        let columns = start..start.saturating_add(width);
        start = columns.end.saturating_add(space);
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
        ScreenId::Queue => return found_count(model),
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
        ScreenId::Review => return review::count(model),
        ScreenId::Ledger => return ledger::count(model),
        ScreenId::Phone => return model.arrivals.len().to_string(),
        ScreenId::Counts => return String::new(),
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

/// Returns how many findings failed; `?` says that some cannot be told, `…` that more are to come.
fn found_count(model: &Model) -> String {
    let Some(findings) = &model.judged.findings else {
        return "…".to_owned();
    };
    let failed: usize = findings.tallies.iter().map(|tally| tally.fail).sum();
    if model.load.is_some() || model.awaited_judgement.is_some() {
        format!("{failed}…")
    } else if findings.tallies.iter().any(|tally| tally.unknown > 0) {
        format!("{failed}?")
    } else {
        failed.to_string()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        app::{judged::Judged, keymap::Keymap, style::Role},
        domain::{
            operation::Operation,
            world::{World, at},
        },
        findings::{self, evaluate::evaluate, judging::Judging},
    };

    /// Compares the rows of a screen before anything was judged: cells separated by ` | `, each with its role after a
    /// colon unless it is an ordinary one. The dash of an empty count, and an empty cell, need no role.
    #[track_caller]
    pub(in crate::app) fn check(world: &World, screen: ScreenId, expected: &[&str]) {
        assert_eq!(texts_of(world, &Judged::default(), screen), expected);
    }

    /// Returns the rows of a screen in the same form, after every check was asked.
    pub(in crate::app) fn judged_texts(world: &World, screen: ScreenId) -> Vec<String> {
        let (graph, judging) = (world.graph(), Judging::default());
        let findings = evaluate(&findings::facts::Facts::new(&world.inventory, &graph, &judging, at(0)));
        let mut rows = texts_of(world, &Judged::new(findings), screen);
        // In the order in which an operator sees the queue.
        if screen != ScreenId::Queue {
            rows.sort();
        }
        rows
    }

    fn texts_of(world: &World, judged: &Judged, screen: ScreenId) -> Vec<String> {
        let graph = world.graph();
        let facts = Facts {
            ledger: &crate::app::ledger::DeskLedger::default(),
            review: &crate::app::review::DeskReview::default(),
            inventory: &world.inventory,
            graph: &graph,
            judged,
            keymap: &Keymap::default(),
            arrivals: &[],
            now: at(0),
            zone: chrono_tz::UTC,
        };
        let text = |row: &Row| {
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
        };
        rows(screen, &facts).iter().map(text).collect()
    }

    #[test]
    fn a_row_says_how_bad_the_worst_finding_about_it_is() {
        let world = World::new()
            .person("anna", &["-phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .plan("all", &[(5, &["ben"])])
            .tagged("ben", &[("team", "ops")])
            .denied(Operation::ListContactChannels, "ben")
            .complete();
        let people = judged_texts(&world, ScreenId::People);
        assert!(
            people[0].starts_with("anna | crit ") || people[0].starts_with("anna | high "),
            "{people:#?}"
        );
        assert!(people[1].starts_with("ben | ? "), "{people:#?}");
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

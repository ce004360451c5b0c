//! An inventory as CSV: one table of it, for a spreadsheet.
//!
//! The last column of every table says what could not be read of its row. A list that was cut short ends with a row that
//! holds nothing else, so that a table never looks more complete than it is. Cells are safe to open: control characters
//! become visible signs, and what a spreadsheet would take for a formula begins with an apostrophe.

use super::{
    inventory::{gaps, instant, is_complete, is_person},
    lines::{Breaks, Cell, Layout, Lines, Row},
};
use crate::domain::{
    contact::{ActivationStatus, Channel, Contact, ContactKind, Plan, Target},
    gap::Reading,
    ids::Arn,
    inventory::{Inventory, Section, SectionState},
    response::{Chat, ResponsePlan},
    schedule::Rotation,
    tags::Tags,
    text::{neutral, spreadsheet_safe},
};
use anstyle::Style;
use std::{io, sync::Arc};

/// The tables that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// One row for each person.
    Contacts,
    /// One row for each device.
    Channels,
    /// One row for each target of each stage of each escalation plan.
    EscalationPlans,
    /// One row for each rotation of each on-call schedule.
    Schedules,
    /// One row for each member of each rotation.
    Rotations,
    /// One row for each person of each shift.
    Shifts,
    /// One row for each engagement of each response plan.
    ResponsePlans,
    /// One row for each thing that could not be read.
    Unknown,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 8] = [
        Self::Contacts,
        Self::Channels,
        Self::EscalationPlans,
        Self::Schedules,
        Self::Rotations,
        Self::Shifts,
        Self::ResponsePlans,
        Self::Unknown,
    ];

    /// Returns the names of its columns.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => &[
                "arn",
                "alias",
                "display_name",
                "type",
                "owner_account",
                "channel_count",
                "activated_channel_count",
                "stage_count",
                "tags",
                "unknown",
            ],
            Self::Channels => &[
                "arn",
                "contact_arn",
                "contact_alias",
                "name",
                "type",
                "address",
                "fingerprint",
                "status",
                "stages",
                "unknown",
            ],
            Self::EscalationPlans => &[
                "arn",
                "alias",
                "display_name",
                "stage",
                "start_minute",
                "duration_minutes",
                "target_arn",
                "is_essential",
                "tags",
                "unknown",
            ],
            Self::Schedules => &["arn", "alias", "display_name", "rotation_arn", "tags", "unknown"],
            Self::Rotations => &[
                "arn",
                "name",
                "time_zone",
                "start_at",
                "turn",
                "member_arn",
                "tags",
                "unknown",
            ],
            Self::Shifts => &[
                "rotation_arn",
                "rotation_name",
                "start_at",
                "end_at",
                "type",
                "contact_arn",
                "unknown",
            ],
            Self::ResponsePlans => &[
                "arn",
                "name",
                "display_name",
                "impact",
                "engagement_arn",
                "chat_topics",
                "runbook",
                "integration",
                "tags",
                "unknown",
            ],
            Self::Unknown => &["operation", "subject", "reason", "permission", "request_id"],
        }
    }
}

impl Table {
    /// Returns what one row of it is about.
    fn row_word(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::Channels => "device",
            Self::EscalationPlans => "target of an escalation plan",
            Self::Schedules => "rotation of a schedule",
            Self::Rotations => "member of a rotation",
            Self::Shifts => "shift",
            Self::ResponsePlans => "engagement of a response plan",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the columns of which the first that is filled says what a row is called.
    fn naming_columns(self) -> &'static [&'static str] {
        match self {
            Self::Channels => &["contact_alias"],
            Self::Shifts => &["rotation_name"],
            Self::Unknown => &["operation"],
            Self::Contacts | Self::EscalationPlans | Self::Schedules | Self::Rotations | Self::ResponsePlans => {
                &["display_name", "alias", "name"]
            }
        }
    }

    /// Returns the title of what is listed.
    fn title(self) -> &'static str {
        match self {
            Self::Contacts => "Contacts",
            Self::Channels => "Devices",
            Self::EscalationPlans => "Targets of escalation plans",
            Self::Schedules => "Rotations of schedules",
            Self::Rotations => "Members of rotations",
            Self::Shifts => "Shifts",
            Self::ResponsePlans => "Engagements of response plans",
            Self::Unknown => "Unknown, because it could not be read",
        }
    }
}

/// Returns these tables of `inventory` as plain lines: how many rows each has, then every row with a line for each column
/// that says something.
pub fn plain(inventory: &Inventory, tables: &[Table]) -> String {
    let mut lines = Lines::new(Layout::Plain, Breaks::Words);
    let account = inventory.account().unwrap_or("unknown");
    lines.labelled("account", "", "", &neutral(account));
    lines.labelled("Region", "", "", &neutral(&inventory.region));
    let read = inventory.ended_at.or(inventory.started_at).map(instant);
    lines.labelled("read", "", "", read.as_deref().unwrap_or("not read"));
    lines.labelled("complete", "", "", if is_complete(inventory) { "yes" } else { "no" });
    let tables: Vec<(Table, Vec<Vec<String>>)> = tables.iter().map(|table| (*table, rows(inventory, *table))).collect();
    for (table, rows) in &tables {
        lines.heading(table.title(), rows.len());
    }
    for (table, rows) in &tables {
        for (number, row) in (1..).zip(rows) {
            lines.blank();
            plain_row(&mut lines, *table, row, (number, rows.len()));
        }
    }
    lines.into_text()
}

fn plain_row(lines: &mut Lines, table: Table, row: &[String], place: (usize, usize)) {
    let columns = table.columns();
    let value = |wanted: &&str| {
        let cells = columns.iter().zip(row);
        let mut named = cells.filter(|(column, cell)| *column == wanted && !cell.is_empty());
        named.next().map(|(_, cell)| neutral(cell))
    };
    let name = table.naming_columns().iter().find_map(value);
    let cells = columns.iter().zip(row);
    lines.row(&Row {
        kind: table.row_word(),
        place,
        name: name.as_deref().unwrap_or("without a name"),
        start: cells
            .map(|(column, cell)| Cell::new(column.replace('_', " "), "", neutral(cell)))
            .collect(),
        hang: None,
        rest: Vec::new(),
        style: Style::new(),
    });
}

/// Returns one table of `inventory` as CSV, as RFC 4180 has it, in UTF-8.
pub fn csv(inventory: &Inventory, table: Table) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(table.columns())?;
    for row in rows(inventory, table) {
        writer.write_record(row.iter().map(|cell| spreadsheet_safe(cell).into_owned()))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Returns the rows of one table, with a cell for each of its columns.
fn rows(inventory: &Inventory, table: Table) -> Vec<Vec<String>> {
    let mut rows = Rows::new(table);
    match table {
        Table::Contacts => contacts(inventory, &mut rows),
        Table::Channels => channels(inventory, &mut rows),
        Table::EscalationPlans => escalation_plans(inventory, &mut rows),
        Table::Schedules => schedules(inventory, &mut rows),
        Table::Rotations => rotations(inventory, &mut rows),
        Table::Shifts => shifts(inventory, &mut rows),
        Table::ResponsePlans => response_plans(inventory, &mut rows),
        Table::Unknown => unknown(inventory, &mut rows),
    }
    rows.rows
}

/// The rows of one table while it is made.
struct Rows {
    width: usize,
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn new(table: Table) -> Self {
        Self {
            width: table.columns().len(),
            rows: Vec::new(),
        }
    }

    /// Adds a row of cells from the left, and what is unknown of it in the last one.
    fn add(&mut self, cells: &[&str], unknown: &str) {
        let mut row: Vec<String> = cells.iter().map(|&text| text.to_owned()).collect();
        row.resize(self.width.saturating_sub(1), String::new());
        row.push(unknown.to_owned());
        self.rows.push(row);
    }

    /// Adds a row of something that has tags, which are its last column but one.
    fn add_tagged(&mut self, cells: &[&str], tags: &Reading<Tags>, unknown: &str) {
        let mut row: Vec<String> = cells.iter().map(|&text| text.to_owned()).collect();
        row.resize(self.width.saturating_sub(2), String::new());
        row.push(in_words(tags));
        let unread = match tags {
            Reading::Pending => format!("tags {NOT_READ}"),
            Reading::Known(_) | Reading::Unknown(_) => why(tags),
        };
        row.push(both(unknown, &unread));
        self.rows.push(row);
    }

    /// Says that a list was cut short, when it was.
    fn end<T>(&mut self, section: &Section<T>) {
        match &section.state {
            SectionState::Complete => {}
            SectionState::Partial(gap) => self.add(&[], &gap.to_string()),
            SectionState::Waiting | SectionState::Loading => self.add(&[], NOT_READ),
        }
    }
}

/// What is said of a read that neither succeeded nor failed, because the load was over before.
const NOT_READ: &str = "not read";

/// Says what is not known of a value, when it is not.
fn why<T>(reading: &Reading<T>) -> String {
    match reading {
        Reading::Known(_) => String::new(),
        Reading::Unknown(gap) => gap.to_string(),
        Reading::Pending => NOT_READ.to_owned(),
    }
}

/// Returns tags as `key=value`, one behind the other; nothing where they are not known.
fn in_words(tags: &Reading<Tags>) -> String {
    let tags = tags.known().into_iter().flatten();
    tags.map(|(key, value)| format!("{key}={value}"))
        .collect::<Vec<_>>()
        .join("; ")
}

fn both(one: &str, other: &str) -> String {
    [one, other]
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("; ")
}

fn count(number: Option<usize>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn contacts(inventory: &Inventory, rows: &mut Rows) {
    for contact in persons(inventory) {
        let channels = contact.channels.known();
        let activated = |all: &Vec<Channel>| all.iter().filter(|c| c.status == ActivationStatus::Activated).count();
        rows.add_tagged(
            &[
                contact.arn.as_str(),
                &contact.alias,
                contact.display_name.as_deref().unwrap_or_default(),
                contact.kind.as_str(),
                contact.arn.account(),
                &count(channels.map(Vec::len)),
                &count(channels.map(activated)),
                &count(contact.plan.known().map(|plan| plan.stages.len())),
            ],
            &contact.tags,
            &both(&why(&contact.channels), &why(&contact.plan)),
        );
    }
    rows.end(&inventory.contacts);
}

fn persons(inventory: &Inventory) -> impl Iterator<Item = &Arc<Contact>> {
    inventory
        .contacts
        .items
        .values()
        .filter(|contact| is_person(&contact.kind))
}

fn channels(inventory: &Inventory, rows: &mut Rows) {
    for contact in persons(inventory) {
        let (owner, alias) = (contact.arn.as_str(), contact.alias.as_str());
        let Some(channels) = contact.channels.known() else {
            rows.add(&["", owner, alias], &why(&contact.channels));
            continue;
        };
        for channel in channels {
            rows.add(
                &[
                    channel.arn.as_str(),
                    owner,
                    alias,
                    &channel.name,
                    channel.kind.as_str(),
                    channel.address.masked(),
                    channel.address.fingerprint().unwrap_or_default(),
                    channel.status.as_str(),
                    &stages_that_try(contact, &channel.arn),
                ],
                &both(&unclear(channel), &why(&contact.plan)),
            );
        }
    }
    rows.end(&inventory.contacts);
}

/// Says that a status is none that is known, when it is none.
fn unclear(channel: &Channel) -> String {
    match &channel.status {
        ActivationStatus::Other(word) => format!("the status “{word}” is not known"),
        ActivationStatus::Activated | ActivationStatus::NotActivated => String::new(),
    }
}

/// Returns the numbers, from 1, of the stages of a person's plan that try a device.
fn stages_that_try(contact: &Contact, channel: &Arn) -> String {
    let stages = contact
        .plan
        .known()
        .map(|plan| plan.stages.as_slice())
        .unwrap_or_default();
    let numbers: Vec<String> = (1..)
        .zip(stages)
        .filter(|(_, stage)| stage.targets.iter().any(|target| target.arn() == Some(channel)))
        .map(|(number, _): (usize, _)| number.to_string())
        .collect();
    numbers.join(" ")
}

fn escalation_plans(inventory: &Inventory, rows: &mut Rows) {
    for contact in inventory.contacts_of(&ContactKind::EscalationPlan) {
        let named = named(contact);
        let unknown = why(&contact.plan);
        let plan = contact.plan.known();
        let is_bare = plan.is_none_or(|plan| plan.stages.iter().all(|stage| stage.targets.is_empty()));
        if is_bare {
            rows.add_tagged(&named, &contact.tags, &unknown);
        }
        for (number, (start, stage)) in (1_usize..).zip(plan.into_iter().flat_map(Plan::stages_with_start)) {
            let (number, start, duration) = (
                number.to_string(),
                start.to_string(),
                stage.duration_minutes.to_string(),
            );
            for target in &stage.targets {
                let is_essential = match target {
                    Target::Contact { is_essential, .. } => is_essential.to_string(),
                    Target::Channel { .. } | Target::Empty => String::new(),
                };
                let target = target.arn().map(Arn::as_str).unwrap_or_default();
                let own: [&str; 5] = [&number, &start, &duration, target, &is_essential];
                rows.add_tagged(&[named.as_slice(), own.as_slice()].concat(), &contact.tags, &unknown);
            }
        }
    }
    rows.end(&inventory.contacts);
}

fn named(contact: &Contact) -> [&str; 3] {
    [
        contact.arn.as_str(),
        &contact.alias,
        contact.display_name.as_deref().unwrap_or_default(),
    ]
}

fn schedules(inventory: &Inventory, rows: &mut Rows) {
    for contact in inventory.contacts_of(&ContactKind::Schedule) {
        let rotations = contact
            .plan
            .known()
            .map(|plan| plan.rotations.as_slice())
            .unwrap_or_default();
        let (named, unknown) = (named(contact), why(&contact.plan));
        if rotations.is_empty() {
            rows.add_tagged(&named, &contact.tags, &unknown);
        }
        for rotation in rotations {
            let cells = [named.as_slice(), &[rotation.as_str()]].concat();
            rows.add_tagged(&cells, &contact.tags, &unknown);
        }
    }
    rows.end(&inventory.contacts);
}

fn rotations(inventory: &Inventory, rows: &mut Rows) {
    for rotation in inventory.rotations.items.values() {
        let start_at = rotation.start_at.map(instant).unwrap_or_default();
        let first = [
            rotation.arn.as_str(),
            &rotation.name,
            rotation.time_zone.as_deref().unwrap_or_default(),
            &start_at,
        ];
        let members = rotation.members.known().map(Vec::as_slice).unwrap_or_default();
        let unknown = why(&rotation.members);
        if members.is_empty() {
            rows.add_tagged(&first, &rotation.tags, &unknown);
        }
        for (turn, member) in (1_usize..).zip(members) {
            rows.add_tagged(
                &[first.as_slice(), &[&turn.to_string(), member.as_str()]].concat(),
                &rotation.tags,
                &unknown,
            );
        }
    }
    rows.end(&inventory.rotations);
}

fn shifts(inventory: &Inventory, rows: &mut Rows) {
    for rotation in inventory.rotations.items.values() {
        shifts_of(rotation, rows);
    }
    rows.end(&inventory.rotations);
}

fn shifts_of(rotation: &Rotation, rows: &mut Rows) {
    let Some(shifts) = rotation.shifts.known() else {
        rows.add(&[rotation.arn.as_str(), &rotation.name], &why(&rotation.shifts));
        return;
    };
    for shift in shifts {
        let (start_at, end_at) = (instant(shift.start_at), instant(shift.end_at));
        let first = [rotation.arn.as_str(), &rotation.name, &start_at, &end_at, &shift.kind];
        if shift.contacts.is_empty() {
            rows.add(&first, "");
        }
        for person in &shift.contacts {
            rows.add(&[first.as_slice(), &[person.as_str()]].concat(), "");
        }
    }
}

fn response_plans(inventory: &Inventory, rows: &mut Rows) {
    for plan in inventory.response_plans.items.values() {
        response_plan(plan, rows);
    }
    rows.end(&inventory.response_plans);
}

fn response_plan(plan: &ResponsePlan, rows: &mut Rows) {
    let names = [
        plan.arn.as_str(),
        &plan.name,
        plan.display_name.as_deref().unwrap_or_default(),
    ];
    let Some(detail) = plan.detail.known() else {
        rows.add_tagged(&names, &plan.tags, &why(&plan.detail));
        return;
    };
    let impact = detail.impact.to_string();
    let (topics, unknown) = match &detail.chat {
        Chat::None => (String::new(), ""),
        Chat::Topics(topics) => (topics.join(" "), ""),
        Chat::Unrecognised => (String::new(), "the chat channel is of a kind that is not known"),
    };
    let runbook = detail.runbook.as_deref().unwrap_or_default();
    let integration = detail.integration.as_deref().unwrap_or_default();
    let engagements = detail.engagements.iter().map(Arn::as_str);
    // A plan that engages nobody is a row, too.
    let is_bare = detail.engagements.is_empty();
    for engaged in engagements.chain(is_bare.then_some("")) {
        let own: [&str; 5] = [&impact, engaged, &topics, runbook, integration];
        rows.add_tagged(&[names.as_slice(), own.as_slice()].concat(), &plan.tags, unknown);
    }
}

fn unknown(inventory: &Inventory, rows: &mut Rows) {
    for gap in gaps(inventory) {
        rows.add(
            &[
                &gap.operation.permission(),
                gap.subject.as_ref().map(Arn::as_str).unwrap_or_default(),
                &gap.reason.to_string(),
                gap.missing_permission().as_deref().unwrap_or_default(),
            ],
            gap.request_id.as_deref().unwrap_or_default(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{response::ResponsePlanDetail, sample, text::is_harmful, world::response_arn},
        report::lines::linear,
    };

    fn text(inventory: &Inventory, table: Table) -> String {
        String::from_utf8(csv(inventory, table).unwrap()).unwrap()
    }

    #[test]
    fn the_tables_keep_their_form() {
        let inventory = sample::inventory();
        let all: Vec<String> = Table::ALL
            .iter()
            .map(|table| format!("{table:?}\n{}", text(&inventory, *table).replace('\r', "")))
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn the_plain_lines_keep_their_form() {
        insta::assert_snapshot!(plain(&sample::inventory(), &Table::ALL));
    }

    #[test]
    fn every_cell_of_every_table_is_in_the_plain_lines() {
        let inventory = sample::inventory();
        let text = plain(&inventory, &Table::ALL);
        for table in Table::ALL {
            for cell in rows(&inventory, table).concat() {
                let told = linear(&neutral(&cell));
                assert!(text.contains(&told), "{table:?}: {told}");
            }
        }
    }

    #[test]
    fn no_address_is_whole_and_nothing_harmful_is_left() {
        let inventory = sample::inventory();
        let told = plain(&inventory, &Table::ALL);
        assert!(!sample::ADDRESSES.iter().any(|address| told.contains(address)));
        assert!(!told.replace('\n', "").chars().any(is_harmful));
        for table in Table::ALL {
            let text = text(&inventory, table);
            assert!(
                !sample::ADDRESSES.iter().any(|address| text.contains(address)),
                "{table:?}"
            );
            assert!(!text.replace("\r\n", "").chars().any(is_harmful), "{table:?}");
        }
    }

    #[test]
    fn a_chat_channel_of_an_unknown_kind_is_said_to_be_unknown() {
        let plan = ResponsePlan {
            arn: response_arn("critical"),
            name: "critical".to_owned(),
            display_name: None,
            detail: Reading::Known(ResponsePlanDetail {
                chat: Chat::Unrecognised,
                ..ResponsePlanDetail::default()
            }),
            tags: Reading::Pending,
            sharing: Reading::Pending,
        };
        let mut inventory = Inventory::empty("eu-west-1", None);
        inventory.response_plans.items.insert(plan.arn.clone(), plan.into());
        let text = text(&inventory, Table::ResponsePlans);
        assert!(
            text.contains("the chat channel is of a kind that is not known"),
            "{text}"
        );
    }

    #[test]
    fn a_table_of_what_was_not_read_says_so() {
        let nothing = Inventory::empty("eu-west-1", None);
        for table in Table::ALL {
            let lines = text(&nothing, table).lines().count();
            // The table of what is unknown lists gaps, and without a load there are none.
            assert_eq!(lines, if table == Table::Unknown { 1 } else { 2 }, "{table:?}");
        }
    }
}

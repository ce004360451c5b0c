//! `callsheet inventory`: everything that could be read, masked, for scripts and auditors.

use super::{Status, output, reading};
use crate::{
    config::Config,
    domain::inventory::Inventory,
    failure::{Failure, FailureKind},
    report::{self, table::Table},
    store::Store,
};

/// Print everything that can be read from the account, with addresses masked.
///
/// The inventory is one JSON object, or one table of it as CSV. What could not be read is null in the object, or named in
/// the last column of the table, and it is listed with the reason and the missing permission; the exit status is 3 then,
/// so that no script takes half an answer for a whole one. Progress is shown on standard error when that is a terminal.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// How to write it: as JSON, unless it is said; with --plain in plain lines.
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,

    /// Which table to write, with --format csv: channels, unless it is said. With --plain all of them, unless it is said.
    #[arg(long, value_name = "TABLE", value_enum)]
    table: Option<TableName>,
}

const EXAMPLES: &str = "\
Examples:
  callsheet inventory > inventory.json
  callsheet inventory --format csv --table channels > devices.csv
  callsheet inventory | jq -r '.channels[] | select(.status != \"ACTIVATED\") | .arn'";

/// How an inventory is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object with everything.
    Json,
    /// One table as comma-separated values, safe to open in a spreadsheet.
    Csv,
}

/// The tables, as they are named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TableName {
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

impl From<TableName> for Table {
    fn from(name: TableName) -> Self {
        match name {
            TableName::Contacts => Self::Contacts,
            TableName::Channels => Self::Channels,
            TableName::EscalationPlans => Self::EscalationPlans,
            TableName::Schedules => Self::Schedules,
            TableName::Rotations => Self::Rotations,
            TableName::Shifts => Self::Shifts,
            TableName::ResponsePlans => Self::ResponsePlans,
            TableName::Unknown => Self::Unknown,
        }
    }
}

/// Reads the account and prints it.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    let Some(mut inventory) = reading::read(config)? else {
        return Ok(Status::Stopped);
    };
    reading::add_fingerprints(&mut inventory, &Store::new(config));
    let text = match arguments.format {
        None if output::is_plain() => {
            let only = arguments.table.map(|table| [table.into()]);
            let tables = only.as_ref().map_or(Table::ALL.as_slice(), <[Table; 1]>::as_slice);
            report::table::plain(&inventory, tables).into_bytes()
        }
        None | Some(Format::Json) => report::inventory::json(&inventory).into_bytes(),
        Some(Format::Csv) => report::table::csv(&inventory, arguments.table.unwrap_or(TableName::Channels).into())
            .map_err(|error| Failure::new(FailureKind::Bug, "The table could not be written.").because_of(&error))?,
    };
    output::write(&text)?;
    Ok(status(&inventory))
}

/// Says how much of an answer the inventory is.
fn status(inventory: &Inventory) -> Status {
    if reading::is_unread(inventory) {
        Status::Unread
    } else if report::inventory::is_complete(inventory) {
        Status::Success
    } else {
        Status::Incomplete
    }
}

//! What is on the screen, as filtered, as a file.

use super::{json, list::Row, model::Model, screens::ScreenId};
use crate::domain::text::spreadsheet_safe;

/// Returns the name that is suggested for an export of the screen that is shown.
pub fn default_name(model: &Model) -> String {
    format!(
        "callsheet-{}-{}.csv",
        model.screen.title().to_lowercase(),
        model.now.format("%Y-%m-%d")
    )
}

/// Returns what the file at `path` is to hold, by its ending; or why not.
pub fn text(model: &Model, path: &str) -> Result<String, String> {
    if path.starts_with('~') {
        return Err("write the directory out: ~ is the shell's, and this is no shell".to_owned());
    }
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => csv_text(model).ok_or_else(|| "the rows cannot be written as CSV".to_owned()),
        Some("json") => json_text(model).ok_or_else(|| "the rows cannot be written as JSON".to_owned()),
        _ => Err("the name must end in .csv or .json".to_owned()),
    }
}

fn csv_text(model: &Model) -> Option<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = model.screen.columns().iter().map(|column| column.name);
    writer.write_record(columns.chain(["arn", "state"])).ok()?;
    for row in model.list()?.shown() {
        let cells = row.cells.iter().map(|cell| spreadsheet_safe(&cell.text));
        let state = if row.is_stale { "from an earlier load" } else { "" };
        writer
            .write_record(
                cells
                    .chain([spreadsheet_safe(row.id.as_str()), state.into()])
                    .map(std::borrow::Cow::into_owned),
            )
            .ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

fn json_text(model: &Model) -> Option<String> {
    let inventory = &model.shown.inventory;
    let rows: Vec<serde_json::Value> = model.list()?.shown().map(|row| json_row(model, row)).collect();
    let object = serde_json::json!({
        "schema": "callsheet.export/1",
        "scope": inventory.scope(),
        "screen": model.screen.title(),
        "filter": model.list()?.filter_text(),
        "unknown": inventory.gaps,
        "rows": rows,
    });
    json::pretty(&object)
}

/// Returns a row in the members of the AWS API where the screen lists AWS's own things; any other is what its cells say, as it
/// is in a CSV file.
fn json_row(model: &Model, row: &Row) -> serde_json::Value {
    let of_aws = match model.screen {
        ScreenId::People | ScreenId::Devices | ScreenId::Plans | ScreenId::Schedules | ScreenId::Responses => {
            json::value(&model.shown.inventory, &row.id)
        }
        ScreenId::Queue | ScreenId::Review | ScreenId::Ledger | ScreenId::Phone | ScreenId::Counts => None,
    };
    of_aws.unwrap_or_else(|| {
        let columns = model.screen.columns().iter().zip(&row.cells);
        let cells = columns.map(|(column, cell)| (column.name.to_owned(), cell.text.as_str().into()));
        let arn = ("arn".to_owned(), row.id.as_str().into());
        serde_json::Value::Object(cells.chain([arn]).collect())
    })
}

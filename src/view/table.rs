//! The list: the titles of its columns, and those rows that are on the screen.

use super::paint::Canvas;
use crate::app::{
    layout::Area,
    list::{self, MARGIN, Row},
    model::{Focus, Model},
    style::Role,
};

/// Draws the titles of the columns, with the sign of the order at the one that rows are sorted by.
pub(super) fn draw_heading(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let columns = model.screen.columns();
    let (sorted, is_reversed) = model.list().map(list::List::order).unwrap_or_default();
    let mut left = area.skip(MARGIN);
    for (index, (column, width)) in columns.iter().zip(list::widths(columns, area.width)).enumerate() {
        let cell = left.first(width);
        if index == sorted {
            let sign = if is_reversed { "▼" } else { "▲" };
            // The sign stays when the title has to be cut for it.
            let title = canvas.put(cell.without_last(1), column.title, Role::Heading);
            canvas.put(cell.skip(title), sign, Role::Title);
        } else {
            canvas.put(cell, column.title, Role::Heading);
        }
        left = left.skip(width + 1);
    }
}

/// Draws the rows that are on the screen.
pub(super) fn draw_rows(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let Some(list) = model.list() else { return };
    let widths = list::widths(model.screen.columns(), area.width);
    let rows = list.window(usize::from(area.height));
    for (line, (row, is_selected, is_marked)) in area.rows().zip(rows) {
        let is_shared_in = model.shown.inventory.is_shared_in(&row.id);
        draw_row(
            canvas,
            line,
            row,
            &widths,
            Signs {
                is_marked,
                is_shared_in,
            },
        );
        // After the cells, so that what they are still shows through where the theme lets it.
        if is_selected {
            let role = match model.focus {
                Focus::List => Role::Selected,
                Focus::Detail => Role::SelectedAway,
            };
            canvas.tint(line, role);
        }
    }
}

/// What stands in the margin of a row, besides its age.
#[derive(Clone, Copy)]
struct Signs {
    is_marked: bool,
    is_shared_in: bool,
}

fn draw_row(canvas: &mut Canvas<'_>, area: Area, row: &Row, widths: &[u16], signs: Signs) {
    let Signs {
        is_marked,
        is_shared_in,
    } = signs;
    let ordinary = if is_marked {
        Role::Marked
    } else if row.is_stale {
        Role::Stale
    } else {
        Role::Normal
    };
    if is_marked {
        canvas.put(area.first(1), "*", Role::Marked);
    }
    if row.is_stale {
        canvas.put(area.skip(1).first(1), "~", Role::Stale);
    } else if is_shared_in {
        canvas.put(area.skip(1).first(1), "^", Role::Warning);
    }
    let mut left = area.skip(MARGIN);
    for (cell, width) in row.cells.iter().zip(widths) {
        let role = if cell.role == Role::Normal { ordinary } else { cell.role };
        canvas.put(left.first(*width), &cell.text, role);
        left = left.skip(width + 1);
    }
}

/// Returns where the selection is in the list, in words short enough for the tab line.
pub(super) fn position(model: &Model) -> String {
    if let Some(page) = &model.page {
        return page.position();
    }
    if let Some(supposition) = &model.what_if {
        return supposition.position();
    }
    let Some(list) = model.list().filter(|list| !list.is_empty()) else {
        return String::new();
    };
    let marks = match list.marks().len() {
        0 => String::new(),
        count => format!("{count} marked  "),
    };
    format!("{marks}{}/{}", list.place() + 1, list.len())
}

//! A page that is simulated, drawn in the place of the screen.

use super::paint::Canvas;
use crate::app::{
    layout::Area,
    model::Model,
    page::{Page, told},
    style::Role,
};

/// Draws a page.
pub(super) fn draw(model: &Model, page: &Page, canvas: &mut Canvas<'_>, area: Area) {
    let area = area.skip(1).without_last(1);
    let told = told::told(model, page, (area.width, area.height));
    let mut rows = area.rows();
    for (line, row) in told.head.iter().chain(&told.lanes).zip(&mut rows) {
        canvas.line(row, line);
    }
    for ((line, is_selected), row) in told.steps.iter().zip(rows) {
        canvas.line(row, line);
        if *is_selected {
            canvas.tint(row, Role::Selected);
        }
    }
}

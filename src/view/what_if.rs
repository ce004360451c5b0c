//! A supposition, drawn in the place of the screen.

use super::paint::Canvas;
use crate::app::{
    layout::Area,
    model::Model,
    what_if::{Supposition, told},
};

/// Draws what is supposed, and both sides of the selected start.
pub(super) fn draw(model: &Model, supposition: &Supposition, canvas: &mut Canvas<'_>, area: Area) {
    let area = area.skip(1).without_last(1);
    let lines = told::told(model, supposition, (area.width, area.height));
    for (row, line) in area.rows().zip(&lines) {
        canvas.line(row, line);
    }
}

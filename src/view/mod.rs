//! The screen as a function of the model: `&Model` in, cells out. Nothing here changes or remembers anything.
//!
//! Where things stand is `app::layout`'s decision, what they say is the model's, what they look like the theme's.

mod colour;
mod empty;
mod foot;
mod header;
mod overlay;
mod paint;
pub mod picture;
mod table;
pub mod theme;

use crate::app::{
    layout::{Area, SMALLEST},
    measure::wrap,
    model::{Focus, Model},
    style::{Line, Role},
};
use paint::Canvas;
use ratatui::Frame;
use theme::Theme;

/// Draws the desk.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let mut canvas = Canvas::new(frame.buffer_mut(), theme);
    canvas.clear(Area {
        x: 0,
        y: 0,
        width: model.size.width,
        height: model.size.height,
    });
    if model.size.is_enough() {
        desk(model, &mut canvas);
    } else {
        too_small(model, &mut canvas);
    }
    if let Some(position) = canvas.cursor() {
        frame.set_cursor_position(position);
    }
}

fn desk(model: &Model, canvas: &mut Canvas<'_>) {
    let layout = model.layout();
    header::draw(model, canvas, layout.header);
    header::draw_tabs(model, canvas, layout.tabs);
    if model.list().is_some_and(|list| list.is_empty()) && model.focus == Focus::List {
        if layout.list.width > 0 {
            table::draw_heading(model, canvas, layout.heading);
        }
        empty::draw(model, canvas, layout.list);
    } else {
        if layout.list.width > 0 {
            table::draw_heading(model, canvas, layout.heading);
            table::draw_rows(model, canvas, layout.list);
        }
        draw_rule(canvas, layout.rule);
        draw_detail(model, canvas, layout.detail);
    }
    foot::draw_messages(model, canvas, layout.message);
    foot::draw_keys(model, canvas, layout.keys);
    if let Some(overlay) = model.overlays.last() {
        overlay::draw(overlay, canvas, layout.overlay);
    }
}

fn draw_rule(canvas: &mut Canvas<'_>, rule: Area) {
    for y in rule.y..rule.y + rule.height {
        canvas.put(rule.x, y, rule.width, "│", Role::Frame);
    }
}

fn draw_detail(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let detail = &model.detail;
    let rows = detail.lines.iter().enumerate().skip(detail.offset);
    for (y, (place, line)) in (area.y..area.y + area.height).zip(rows) {
        canvas.line(area.x, y, area.width, &line.line);
        if place == detail.place && model.focus == Focus::Detail {
            canvas.tint(Area { y, height: 1, ..area }, Role::Selected);
        }
    }
}

fn too_small(model: &Model, canvas: &mut Canvas<'_>) {
    let text = format!(
        "callsheet needs {} x {} cells; this terminal has {} x {}",
        SMALLEST.width, SMALLEST.height, model.size.width, model.size.height
    );
    let rows = wrap(&Line::plain(text), usize::from(model.size.width));
    for (y, row) in (0..model.size.height).zip(rows) {
        canvas.line(0, y, model.size.width, &row);
    }
}

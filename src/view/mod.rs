//! The screen as a function of the model: `&Model` in, cells out. Nothing here changes or remembers anything.
//!
//! Where things stand is the decision of [`layout`](crate::app::layout), what they say is the model's, what they look like the
//! [`theme`]'s. What is drawn, in this order: the header and the tabs; then the page that is simulated, what is supposed, or
//! else the list with its detail; then the messages and the keys at the foot; and over all of it the topmost overlay, and a
//! whole address while it is revealed. [`picture`] makes the same cells into a file.
//!
//! All drawing goes through the `Canvas` of `paint`, which cuts by display width, never writes outside its frame, and asks
//! the theme for each [`Role`]: no file here names a colour but those of the themes and of pictures. Nothing is told by colour
//! alone: what a role means stands in the text, too.

mod colour;
mod empty;
mod foot;
mod header;
mod overlay;
mod page;
mod paint;
pub mod picture;
mod table;
pub mod theme;
mod what_if;

use crate::app::{
    layout::{Area, Layout, SMALLEST},
    list::List,
    measure::wrap,
    model::{Focus, Model},
    reveal,
    style::{Line, Role},
};
use paint::Canvas;
use ratatui::Frame;
use theme::Theme;

/// Draws the desk.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let mut canvas = Canvas::new(frame.buffer_mut(), theme);
    let screen = Area {
        x: 0,
        y: 0,
        width: model.size.width,
        height: model.size.height,
    };
    canvas.tint(screen, Role::Normal);
    if model.size.is_enough() {
        desk(model, &mut canvas);
    } else {
        too_small(model, &mut canvas, screen);
    }
    if let Some(position) = canvas.cursor() {
        frame.set_cursor_position(position);
    }
}

fn desk(model: &Model, canvas: &mut Canvas<'_>) {
    let layout = model.layout();
    header::draw(model, canvas, layout.header);
    header::draw_tabs(model, canvas, layout.tabs);
    if let Some(page) = &model.page {
        page::draw(model, page, canvas, layout.body);
    } else if let Some(supposition) = &model.what_if {
        what_if::draw(model, supposition, canvas, layout.body);
    } else {
        draw_screen(model, canvas, &layout);
    }
    foot::draw_messages(model, canvas, layout.message);
    foot::draw_keys(model, canvas, layout.keys);
    if let Some(overlay) = model.overlays.last() {
        overlay::draw(model, overlay, canvas, layout.overlay);
    }
    if let Some(device) = reveal::shown(model) {
        overlay::draw_address(device, canvas, layout.overlay);
    }
}

fn draw_screen(model: &Model, canvas: &mut Canvas<'_>, layout: &Layout) {
    if layout.list.width > 0 {
        table::draw_heading(model, canvas, layout.heading);
    }
    if model.list().is_some_and(List::is_empty) {
        let has_list = layout.list.height > 0;
        empty::draw(model, canvas, if has_list { layout.list } else { layout.detail });
    } else {
        table::draw_rows(model, canvas, layout.list);
        draw_rule(canvas, layout.rule);
        draw_detail(model, canvas, layout.detail);
    }
}

fn draw_rule(canvas: &mut Canvas<'_>, rule: Area) {
    for row in rule.rows() {
        canvas.put(row, "│", Role::Frame);
    }
}

fn draw_detail(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let detail = &model.detail;
    let lines = detail.lines.iter().enumerate().skip(detail.offset);
    for (row, (place, line)) in area.rows().zip(lines) {
        canvas.line(row, &line.line);
        if place == detail.place && model.focus == Focus::Detail {
            canvas.tint(row, Role::Selected);
        }
    }
}

fn too_small(model: &Model, canvas: &mut Canvas<'_>, screen: Area) {
    let text = format!(
        "callsheet needs {} x {} cells; this terminal has {} x {}",
        SMALLEST.width, SMALLEST.height, model.size.width, model.size.height
    );
    let lines = wrap(&Line::plain(text), usize::from(screen.width));
    for (row, line) in screen.rows().zip(lines) {
        canvas.line(row, &line);
    }
}

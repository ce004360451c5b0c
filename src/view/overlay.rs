//! What lies over the screen: a text to read, a menu to choose from, a question to answer, each in a frame.

use super::paint::{Canvas, cells};
use crate::{
    app::{
        changeset::{ChangeView, told},
        layout::{Area, inside},
        measure::wrap,
        model::Model,
        overlay::{Menu, Overlay, Pager, Prompt},
        removal::{self, RemovalView},
        style::{Line, Role},
    },
    domain::{contact::Channel, text::neutral},
};

/// Draws an overlay into its area.
pub(super) fn draw(model: &Model, overlay: &Overlay, canvas: &mut Canvas<'_>, area: Area) {
    match overlay {
        Overlay::Pager(pager) => draw_pager(pager, canvas, area),
        Overlay::Menu(menu) => draw_menu(menu, canvas, area),
        Overlay::Prompt(prompt) => draw_prompt(prompt, canvas, area),
        Overlay::Removal(view) => draw_removal(model, *view, canvas, area),
        Overlay::Change(view) => draw_change(model, view, canvas, area),
        Overlay::Code(field) => {
            let page = told::code_page(model, *field, inside(area).width);
            draw_page(model, &page, field.offset, canvas, area);
        }
    }
}

/// Draws a removal, with the selected line whole.
fn draw_removal(model: &Model, view: RemovalView, canvas: &mut Canvas<'_>, area: Area) {
    let inside = inside(area);
    let page = removal::told::page(model, view, (inside.width, inside.height));
    let height = usize::from(inside.height).saturating_sub(page.foot.len() + 1);
    let last = (page.offset + height).min(page.rows.len());
    let position = if page.rows.len() > height {
        format!("{last}/{}", page.rows.len())
    } else {
        String::new()
    };
    let title = model.removing.as_ref().map(removal::told::title);
    frame(canvas, area, &title.unwrap_or_default(), &position);
    let rows = page.rows.iter().skip(page.offset).take(height);
    for ((line, is_selected), row) in rows.zip(inside.rows()) {
        canvas.line(row, line);
        if *is_selected {
            canvas.tint(row, Role::Selected);
        }
    }
    let foot = u16::try_from(page.foot.len()).unwrap_or(u16::MAX);
    let start = inside.height.saturating_sub(foot);
    for (line, row) in page.foot.iter().zip(inside.rows().skip(usize::from(start))) {
        canvas.line(row, line);
    }
}

/// Draws a changeset, with the field for what is typed above its keys.
fn draw_change(model: &Model, view: &ChangeView, canvas: &mut Canvas<'_>, area: Area) {
    let page = told::page(model, view, inside(area).width);
    let left = draw_page(model, &page, view.offset, canvas, area);
    if let Some(input) = &view.input {
        canvas.put(left, ">", Role::Key);
        canvas.field(left.skip(2), input);
    }
}

/// Draws what is said, and at the foot what is asked; returns the row between them.
fn draw_page(model: &Model, page: &told::Page, offset: usize, canvas: &mut Canvas<'_>, area: Area) -> Area {
    let inside = inside(area);
    let height = usize::from(inside.height).saturating_sub(page.foot.len() + 1);
    let offset = offset.min(page.rows.len().saturating_sub(height));
    let last = (offset + height).min(page.rows.len());
    let position = if page.rows.len() > height {
        format!("{last}/{}", page.rows.len())
    } else {
        String::new()
    };
    let title = model.changing.as_ref().map_or("", |changing| changing.title.as_str());
    frame(canvas, area, title, &position);
    let mut rows = inside.rows();
    for (line, row) in page.rows.iter().skip(offset).take(height).zip(&mut rows) {
        canvas.line(row, line);
    }
    let foot = u16::try_from(page.foot.len()).unwrap_or(u16::MAX);
    let start = inside.height.saturating_sub(foot);
    for (line, row) in page.foot.iter().zip(inside.rows().skip(usize::from(start))) {
        canvas.line(row, line);
    }
    inside.row(start.saturating_sub(1))
}

fn draw_pager(pager: &Pager, canvas: &mut Canvas<'_>, area: Area) {
    let inside = inside(area);
    let rows = pager.rows(inside.width);
    let height = usize::from(inside.height);
    // The terminal may have become larger since the text was moved.
    let offset = pager.offset.min(rows.len().saturating_sub(height));
    let last = (offset + height).min(rows.len());
    let position = if rows.len() > height {
        format!("{last}/{}", rows.len())
    } else {
        String::new()
    };
    frame(canvas, area, &pager.title, &position);
    for (row, line) in inside.rows().zip(rows.iter().skip(offset)) {
        canvas.line(row, line);
    }
}

fn draw_menu(menu: &Menu, canvas: &mut Canvas<'_>, area: Area) {
    let position = if menu.is_empty() {
        String::new()
    } else {
        format!("{}/{}", menu.place + 1, menu.len())
    };
    frame(canvas, area, &menu.title, &position);
    let mut inside = inside(area);
    if let Some(input) = menu.input() {
        canvas.put(inside, ":", Role::Key);
        canvas.field(inside.skip(1), input);
        canvas.put(inside.row(1), &"─".repeat(usize::from(inside.width)), Role::Frame);
        inside.y += 2;
        inside.height = inside.height.saturating_sub(2);
    }
    if let Some(note) = &menu.note
        && let Some(height) = inside.height.checked_sub(1)
    {
        canvas.line(inside.row(height), note);
        inside.height = height;
    }
    if menu.is_empty() {
        canvas.put(inside, &neutral(&menu.empty), Role::Dim);
        return;
    }
    draw_items(menu, canvas, inside);
}

/// Draws the items. The selected one is shown whole, in as many rows as it takes, so that none has a hidden end.
fn draw_items(menu: &Menu, canvas: &mut Canvas<'_>, area: Area) {
    let height = usize::from(area.height);
    let selected = menu
        .selected()
        .map(|item| wrap(&item.line, usize::from(area.width)))
        .unwrap_or_default();
    // The rows after its first one push the items above it out, when it stands too far down.
    let above = menu.place.saturating_sub(menu.offset);
    let pushed = (above + selected.len()).saturating_sub(height).min(above);
    let mut rows = area.rows();
    for (place, item) in menu.shown().enumerate().skip(menu.offset + pushed).take(height) {
        if place == menu.place {
            for (line, row) in selected.iter().zip(&mut rows) {
                canvas.line(row, line);
                canvas.tint(row, Role::Selected);
            }
        } else if let Some(row) = rows.next() {
            canvas.line(row, &item.line);
        }
    }
}

fn draw_prompt(prompt: &Prompt, canvas: &mut Canvas<'_>, area: Area) {
    let room = usize::from(inside(area).width);
    let question = wrap(&Line::plain(&prompt.question), room);
    let error = prompt.error.as_ref().map_or_else(Vec::new, |error| {
        wrap(&Line::of("error: ", Role::Danger).and(error, Role::Normal), room)
    });
    let rows = question.len() + 1 + error.len();
    let area = Area {
        height: u16::try_from(rows + 2).unwrap_or(u16::MAX).min(area.height),
        ..area
    };
    frame(canvas, area, "", "");
    let inside = inside(area);
    let mut left = inside.rows();
    for (line, row) in question.iter().zip(&mut left) {
        canvas.line(row, line);
    }
    if let Some(row) = left.next() {
        canvas.put(row, ">", Role::Key);
        canvas.field(row.skip(2), &prompt.input);
    }
    for (line, row) in error.iter().zip(&mut left) {
        canvas.line(row, line);
    }
}

/// Draws the whole address of a device: the one place where it is on a screen.
pub(super) fn draw_address(device: &Channel, canvas: &mut Canvas<'_>, area: Area) {
    let room = usize::from(inside(area).width);
    let whole = Line::of(device.address.reveal().unwrap_or_default(), Role::Title);
    let mut rows = wrap(&whole, room);
    rows.extend(wrap(
        &Line::of("shown while the key is held, and recorded", Role::Dim),
        room,
    ));
    let area = Area {
        height: u16::try_from(rows.len() + 2).unwrap_or(u16::MAX).min(area.height),
        ..area
    };
    frame(canvas, area, &device.name, "");
    for (line, row) in rows.iter().zip(inside(area).rows()) {
        canvas.line(row, line);
    }
}

/// Draws a frame with a title and, on its right, how far down one is.
fn frame(canvas: &mut Canvas<'_>, area: Area, title: &str, position: &str) {
    canvas.clear(area);
    let rule = "─".repeat(usize::from(area.width.saturating_sub(2)));
    let bottom = area.row(area.height.saturating_sub(1));
    canvas.put(area, &format!("╭{rule}╮"), Role::Frame);
    canvas.put(bottom, &format!("╰{rule}╯"), Role::Frame);
    for row in area.rows().skip(1).take(usize::from(area.height.saturating_sub(2))) {
        canvas.put(row, "│", Role::Frame);
        canvas.put(row.last(1), "│", Role::Frame);
    }
    let head = area.skip(2).without_last(2);
    let mut title_area = head;
    if !position.is_empty() {
        let position = format!(" {position} ");
        canvas.put(head.last(cells(&position)), &position, Role::Dim);
        title_area = head.without_last(cells(&position) + 1);
    }
    if !title.is_empty() {
        let title = Line::plain(" ").and(title, Role::Title).and(" ", Role::Normal);
        canvas.line(title_area, &title);
    }
}

//! What lies over the screen: a text to read, a menu to choose from, a question to answer, each in a frame.

use super::{paint::Canvas, table::cells};
use crate::{
    app::{
        layout::{Area, inside},
        measure::wrap,
        overlay::{Menu, Overlay, Pager, Prompt},
        style::{Line, Role},
    },
    domain::text::neutral,
};

/// Draws an overlay into its area.
pub(super) fn draw(overlay: &Overlay, canvas: &mut Canvas<'_>, area: Area) {
    match overlay {
        Overlay::Pager(pager) => draw_pager(pager, canvas, area),
        Overlay::Menu(menu) => draw_menu(menu, canvas, area),
        Overlay::Prompt(prompt) => draw_prompt(prompt, canvas, area),
    }
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
    for (y, row) in (inside.y..inside.y + inside.height).zip(rows.iter().skip(offset)) {
        canvas.line(inside.x, y, inside.width, row);
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
        canvas.put(inside.x, inside.y, 1, ":", Role::Key);
        canvas.field(inside.x + 1, inside.y, inside.width.saturating_sub(1), input);
        let rule = "─".repeat(usize::from(inside.width));
        canvas.put(inside.x, inside.y + 1, inside.width, &rule, Role::Frame);
        inside.y += 2;
        inside.height = inside.height.saturating_sub(2);
    }
    if menu.is_empty() {
        canvas.put(inside.x, inside.y, inside.width, &neutral(&menu.empty), Role::Dim);
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
    let bottom = area.y + area.height;
    let mut y = area.y;
    for (place, item) in menu.shown().enumerate().skip(menu.offset + pushed).take(height) {
        if place != menu.place {
            if y < bottom {
                canvas.line(area.x, y, area.width, &item.line);
            }
            y += 1;
            continue;
        }
        for row in selected.iter().take(usize::from(bottom.saturating_sub(y))) {
            canvas.line(area.x, y, area.width, row);
            canvas.tint(Area { y, height: 1, ..area }, Role::Selected);
            y += 1;
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
    let mut y = inside.y;
    for row in &question {
        canvas.line(inside.x, y, inside.width, row);
        y += 1;
    }
    canvas.put(inside.x, y, 1, ">", Role::Key);
    canvas.field(inside.x + 2, y, inside.width.saturating_sub(2), &prompt.input);
    for row in &error {
        y += 1;
        canvas.line(inside.x, y, inside.width, row);
    }
}

fn frame(canvas: &mut Canvas<'_>, area: Area, title: &str, position: &str) {
    canvas.clear(area);
    let (right, bottom) = (
        area.x + area.width.saturating_sub(1),
        area.y + area.height.saturating_sub(1),
    );
    let rule = "─".repeat(usize::from(area.width.saturating_sub(2)));
    for (y, left_corner, right_corner) in [(area.y, "╭", "╮"), (bottom, "╰", "╯")] {
        canvas.put(area.x, y, 1, left_corner, Role::Frame);
        canvas.put(area.x + 1, y, area.width.saturating_sub(2), &rule, Role::Frame);
        canvas.put(right, y, 1, right_corner, Role::Frame);
    }
    for y in area.y + 1..bottom {
        canvas.put(area.x, y, 1, "│", Role::Frame);
        canvas.put(right, y, 1, "│", Role::Frame);
    }
    let position_cells = if position.is_empty() { 0 } else { cells(position) + 2 };
    if !title.is_empty() {
        let room = area.width.saturating_sub(6 + position_cells);
        let title = Line::of(" ", Role::Normal)
            .and(title, Role::Title)
            .and(" ", Role::Normal);
        canvas.line(area.x + 2, area.y, room, &title);
    }
    if !position.is_empty() {
        let x = area.x + area.width.saturating_sub(position_cells + 2);
        canvas.put(x, area.y, position_cells, &format!(" {position} "), Role::Dim);
    }
}

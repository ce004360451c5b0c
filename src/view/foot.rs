//! The lines at the bottom: the filter, what was said last, and the keys that work here and now.

use super::paint::Canvas;
use crate::{
    app::{
        command::{self, CommandId},
        layout::Area,
        measure::{line_width, width},
        model::{Focus, Model, Notice},
        overlay::Overlay,
        review, screens,
        style::{Line, Role},
        time,
    },
    domain::text::neutral,
};
use chrono::Duration;

/// Draws the filter and the last notice, as far as there are any.
pub(super) fn draw_messages(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let mut rows = area.rows();
    if model.has_progress()
        && let Some(row) = rows.next()
    {
        canvas.line(row.skip(1), &progress(model, usize::from(row.width.saturating_sub(2))));
    }
    let has_filter = model.has_filter();
    if has_filter && let Some(row) = rows.next() {
        draw_filter(model, canvas, row);
    }
    if let (Some(notice), Some(row)) = (model.notice(), rows.next()) {
        draw_notice(model, canvas, row, notice);
    }
}

/// Returns how far the review has come, with as much of it as fits.
fn progress(model: &Model, room: usize) -> Line {
    let (Some(campaign), Some(progress)) = (review::in_hand(model), &model.review.progress) else {
        return Line::default();
    };
    let left = progress.open.len();
    let mut parts = vec![Line::plain(format!(" {}/{} decided", progress.decided, progress.rows))];
    let days = campaign.days_left(model.now.with_timezone(&model.zone).date_naive());
    parts.push(match days {
        ..0 => Line::of(format!("  due {}, {} d late", campaign.due, -days), Role::Danger),
        0 => Line::of("  due today", Role::Warning),
        _ => Line::plain(format!("  due {}, {days} d", campaign.due)),
    });
    if left > 0 {
        let pace = progress.seconds_left.and_then(|seconds| i64::try_from(seconds).ok());
        let pace = pace.map_or_else(String::new, |seconds| {
            format!(", about {}", time::length(Duration::seconds(seconds)))
        });
        parts.push(Line::plain(format!("  {left} left{pace}")));
    }
    if progress.reopened > 0 {
        parts.push(Line::of(format!("  {} reopened", progress.reopened), Role::Warning));
    }
    if !progress.undone.is_empty() {
        parts.push(Line::of(format!("  {} not done", progress.undone.len()), Role::Warning));
    }
    if !model.review.gone.is_empty() {
        parts.push(Line::of(format!("  {} gone", model.review.gone.len()), Role::Warning));
    }
    if progress.bulk > 0 {
        parts.push(Line::of(format!("  {} in bulk", progress.bulk), Role::Dim));
    }
    if let Some(seconds) = progress.seconds_per_row {
        parts.push(Line::of(format!("  {seconds} s a row"), Role::Dim));
    }
    let mut line = Line::of(&campaign.name, Role::Title);
    for part in parts {
        if line_width(&line) + line_width(&part) > room {
            break;
        }
        line.spans.extend(part.spans);
    }
    line
}

fn draw_filter(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let Some(list) = model.list() else { return };
    let right = match list.filter_error() {
        Some(error) => Line::of(format!("not understood: {error}"), Role::Danger),
        None => Line::of(format!("{} of {}{}", list.len(), list.total(), doubt(model)), Role::Dim),
    };
    // The text keeps a third of the line, whatever there is to say about it.
    let right_cells = u16::try_from(line_width(&right))
        .unwrap_or(u16::MAX)
        .min(area.width - area.width / 3);
    canvas.put(area, "/", Role::Key);
    let field = area.skip(1).without_last(right_cells + 3);
    if let Some(input) = &model.filter_input {
        canvas.field(field, input);
    } else {
        canvas.put(field, &neutral(list.filter_text()), Role::Input);
    }
    canvas.line(area.last(right_cells + 1).without_last(1), &right);
}

fn draw_notice(model: &Model, canvas: &mut Canvas<'_>, area: Area, notice: &Notice) {
    let text = neutral(&notice.text);
    let (line, hint) = if notice.is_error {
        let hint = [(CommandId::Close, "close"), (CommandId::Notices, "read whole")];
        let line = Line::of("error: ", Role::Danger).and(&text, Role::Normal);
        (line, keys(model, &hint, usize::from(area.width / 2)))
    } else {
        (Line::plain(&text), Line::default())
    };
    let hint_cells = u16::try_from(line_width(&hint)).unwrap_or(0);
    canvas.line(area.without_last(hint_cells + 2), &line);
    canvas.line(area.last(hint_cells + 1), &hint);
}

/// Draws the keys that work here and now, as many as fit, always ending with those for help and for leaving.
pub(super) fn draw_keys(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let room = usize::from(area.width.saturating_sub(2));
    let line = if let Some(fixed) = typing_keys(model, room) {
        fixed
    } else {
        let is_screen = model.overlays.is_empty() && model.focus == Focus::List && !model.is_on_page();
        let commands = command::foot(model);
        let mut named = Vec::new();
        let mut last = Vec::new();
        for command in commands {
            let is_back = command.id == CommandId::Back && !is_screen;
            let word = if is_back { "back" } else { command.short };
            let group = if matches!(command.id, CommandId::Help | CommandId::Back) {
                &mut last
            } else {
                &mut named
            };
            group.push((command.id, word));
        }
        let last = keys(model, &last, room);
        let mut line = keys(model, &named, room.saturating_sub(line_width(&last) + 2));
        if !line.spans.is_empty() {
            line = line.and("  ", Role::Normal);
        }
        line.spans.extend(last.spans);
        line
    };
    canvas.line(area.skip(1), &line);
}

/// Returns the keys that work while text is typed, as many as fit: there the keymap does not count.
fn typing_keys(model: &Model, room: usize) -> Option<Line> {
    let pairs: &[(&str, &str)] = match model.overlays.last() {
        _ if model.filter_input.is_some() => &[
            ("enter", "keep"),
            ("esc", "clear"),
            ("up down", "move"),
            ("column:value", "one column"),
            ("!", "not"),
        ],
        Some(Overlay::Prompt(_)) => &[("enter", "answer"), ("esc", "drop")],
        Some(Overlay::Menu(menu)) if menu.input().is_some() => {
            &[("enter", "run"), ("up down", "move"), ("esc", "close")]
        }
        _ => return None,
    };
    let mut line = Line::default();
    for (key, word) in pairs {
        if line_width(&line) + width(key) + 1 + width(word) > room {
            break;
        }
        line = line.and(*key, Role::Key).and(format!(" {word}  "), Role::Dim);
    }
    Some(line)
}

/// Returns as many of the commands with their keys as fit, in order.
fn keys(model: &Model, commands: &[(CommandId, &str)], room: usize) -> Line {
    let mut line = Line::default();
    let mut left = room;
    for (id, word) in commands {
        let Some(key) = model.setup.keymap.main_key(*id).map(|key| key.to_string()) else {
            continue;
        };
        let gap = if line.spans.is_empty() { "" } else { "  " };
        let needed = gap.len() + width(&key) + 1 + width(word);
        if needed > left {
            break;
        }
        left -= needed;
        if !gap.is_empty() {
            line = line.and(gap, Role::Normal);
        }
        line = line.and(key, Role::Key).and(format!(" {word}"), Role::Dim);
    }
    line
}

/// Returns the sign that the tab has behind its count: there may be more rows, or they are still to come.
fn doubt(model: &Model) -> &'static str {
    let count = screens::count(model, model.screen);
    ["?", "…"]
        .into_iter()
        .find(|sign| count.ends_with(sign))
        .unwrap_or_default()
}

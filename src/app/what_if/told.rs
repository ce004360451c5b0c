//! What the screen of a supposition says: what is supposed, what it comes to, and both sides of one start.

use super::{Pair, Premise, Side, Supposition, long};
use crate::{
    app::{
        measure,
        model::Model,
        page::scale::{Scale, legend},
        style::{Line, Role},
        time,
    },
    changes::what_if::{StartChange, Verdict, WhatIf},
    paging::{
        simulate::compare::{Change, Comparison},
        telling::{self, Names},
        worst::{Worst, WorstTime},
    },
};
use chrono::TimeDelta;

/// The cells before the value of a field.
const FIELD_WIDTH: usize = 8;

/// From this width on both sides stand beside each other.
const WIDE: usize = 100;

/// From this height on there is room for the meaning of the letters.
const LEGEND_HEIGHT: usize = 22;

/// The fewest lines that both sides need: for each a title and two lanes, and the scale.
const LEAST_LANES: usize = 7;

/// Returns the lines for an area of this size.
pub fn told(model: &Model, supposition: &Supposition, (columns, height): (u16, u16)) -> Vec<Line> {
    let (columns, height) = (usize::from(columns), usize::from(height));
    let mut lines = measure::wrap(&premise(model, &supposition.place.premise), columns);
    let mut fields = vec![("comes to", comes_to(model, supposition))];
    if let (Some(found), Some(change)) = (&supposition.found, supposition.selected()) {
        fields.extend(of_start(model, supposition, found, change));
    }
    fields.extend(caveats(supposition).map(|words| ("mind", Line::of(words, Role::Dim))));
    for (name, value) in fields {
        let rows = measure::wrap(&value, columns.saturating_sub(FIELD_WIDTH + 1));
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        lines.extend(rows.into_iter().zip(names).map(|(row, name)| field(name, row)));
    }
    let has_lanes = supposition.pair.is_some();
    let most = height.saturating_sub(if has_lanes { LEAST_LANES } else { 0 });
    cut(&mut lines, most.max(height / 2));
    if let Some(pair) = &supposition.pair {
        let size = (columns, height.saturating_sub(lines.len()));
        lines.extend(sides(pair, size, model.size.is_enough()));
    }
    lines
}

/// Leaves out what does not fit, with a sign where more would follow.
fn cut(lines: &mut Vec<Line>, most: usize) {
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = std::mem::take(last).and(" …", Role::Dim);
        }
    }
}

fn field(name: &str, value: Line) -> Line {
    let mut spans = Line::of(format!("{name:<FIELD_WIDTH$} "), Role::Dim).spans;
    spans.extend(value.spans);
    Line { spans }
}

fn premise(model: &Model, premise: &Premise) -> Line {
    let names = model.names();
    let what_if = Line::of("what if ", Role::Dim);
    match premise {
        Premise::Removed(person) => what_if
            .and(names.of(person), Role::Title)
            .and(" was in no plan, rotation, override and response plan", Role::Dim),
        Premise::Silent(device) => {
            let channel = names.graph.channel(names.inventory, device);
            let owner = channel.map(|(_, owner)| names.of(&owner.arn)).unwrap_or_default();
            what_if
                .and(names.of(device), Role::Title)
                .and(" of ", Role::Dim)
                .and(owner, Role::Title)
                .and(" was not active", Role::Dim)
        }
    }
}

/// Returns what the answer leaves out.
fn caveats(supposition: &Supposition) -> impl Iterator<Item = String> {
    let turns = supposition.leaves_turns.then(|| {
        "nobody takes over their turns here: who would, only the service can say, and it may be less dark".to_owned()
    });
    let unread = (supposition.unread > 0).then(|| {
        let rows = supposition.unread;
        let words = if rows == 1 {
            "thing that was"
        } else {
            "things that were"
        };
        format!("{rows} {words} not read to the end may name them, too")
    });
    turns.into_iter().chain(unread)
}

/// Returns what a verdict looks like.
pub(in crate::app) fn role_of(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Worse => Role::Danger,
        Verdict::Unknown => Role::Unknown,
        Verdict::Better => Role::Good,
        Verdict::Same => Role::Normal,
    }
}

fn comes_to(model: &Model, supposition: &Supposition) -> Line {
    let Some(found) = &supposition.found else {
        let is_coming = supposition.awaited.is_some() || model.load.is_some();
        return if is_coming {
            Line::of("…", Role::Dim)
        } else {
            Line::of("unknown: no shifts were read", Role::Unknown)
        };
    };
    let line = if found.starts.is_empty() {
        Line::of("no difference to anybody who is paged", Role::Good)
    } else {
        let mut line = Line::default();
        for verdict in [Verdict::Worse, Verdict::Unknown, Verdict::Better, Verdict::Same] {
            let count = found.count(verdict);
            if count > 0 {
                let between = if line.spans.is_empty() { "" } else { " · " };
                line = line
                    .and(between, Role::Dim)
                    .and(format!("{count} {}", verdict.word()), role_of(verdict));
            }
        }
        line.and(
            format!(
                ", of {}",
                counted(found.starts.len(), "start it touches", "starts it touches")
            ),
            Role::Dim,
        )
    };
    // While the facts have changed and the answer is still to come, what is told is of a moment ago.
    line.and(if supposition.awaited.is_some() { " …" } else { "" }, Role::Dim)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Returns the fields about the selected start.
fn of_start(
    model: &Model,
    supposition: &Supposition,
    found: &WhatIf,
    change: &StartChange,
) -> Vec<(&'static str, Line)> {
    let names = model.names();
    let place = supposition.selected_place().unwrap_or(0) + 1;
    let difference = &change.difference;
    let start = Line::of(format!("{place}/{} ", found.starts.len()), Role::Dim)
        .and(format!("{} ", names.kind(&change.start)), Role::Normal)
        .and(names.of(&change.start), Role::Title)
        .and(": ", Role::Normal)
        .and(change.verdict.word(), role_of(change.verdict))
        .and(times(change), Role::Normal);
    let mut fields = vec![("start", start)];
    if let Some(at) = supposition.at() {
        let hardest = &difference.hardest.starts;
        let is_hardest = hardest.start_at <= at && at < hardest.end_at && change.verdict != Verdict::Same;
        let words = if is_hardest { ", when it is hit hardest" } else { "" };
        let text = format!(
            "{} {}",
            time::instant(at, model.now, model.zone),
            time::zone_name(at, model.zone)
        );
        fields.push((
            "at",
            Line::of(text, Role::Title)
                .and(format!(" ({})", time::distance(at, model.now)), Role::Dim)
                .and(words, Role::Warning),
        ));
    }
    if let Some(pair) = &supposition.pair {
        fields.extend(moved_words(&pair.comparison, names, supposition.names()));
    }
    fields.push(("worst", worst(&difference.before, &difference.after)));
    fields
}

/// Returns for how much of the time something is worse, better or unknown.
pub(in crate::app) fn times(change: &StartChange) -> String {
    let difference = &change.difference;
    let all = difference.before.window.end_at - difference.before.window.start_at;
    let parts = [
        ("worse", long(&difference.worse)),
        ("better", long(&difference.better)),
        ("unknown", long(&difference.unclear)),
    ];
    let parts = parts.into_iter().filter(|(_, time)| *time > TimeDelta::zero());
    let told = parts.map(|(word, time)| {
        if time == all {
            format!("{word} at any time")
        } else {
            format!("{word} for {}", time::length(time))
        }
    });
    let told = told.collect::<Vec<_>>().join(", ");
    if told.is_empty() { told } else { format!(" ({told})") }
}

/// Returns what gets better and what gets worse at the time that is shown.
pub(in crate::app) fn moved_words(
    comparison: &Comparison,
    before: Names<'_>,
    after: Names<'_>,
) -> Vec<(&'static str, Line)> {
    let mut fields = Vec::new();
    let figures = |changes: &[Change]| changes.iter().map(moved).collect::<Vec<_>>();
    let mut worse = figures(&comparison.worse);
    worse.extend(
        comparison
            .people_lost
            .iter()
            .map(|person| format!("{} is not paged any more", before.of(person))),
    );
    let mut better = figures(&comparison.better);
    better.extend(
        comparison
            .people_gained
            .iter()
            .map(|person| format!("{} is paged, too", after.of(person))),
    );
    for (name, words, role) in [
        ("worse", worse, Role::Danger),
        ("better", better, Role::Good),
        ("unknown", figures(&comparison.unclear), Role::Unknown),
    ] {
        if !words.is_empty() {
            fields.push((name, Line::of(words.join(" · "), role)));
        }
    }
    if fields.is_empty() {
        fields.push(("then", Line::plain("nothing is different at this time")));
    }
    fields
}

/// Returns how a figure moves, in words.
fn moved(change: &Change) -> String {
    let (before, after) = (telling::figure(&change.before), telling::figure(&change.after));
    format!("{}: {after} instead of {before}", change.measure)
}

/// Returns the worst figures of all starts, before and after.
fn worst(before: &WorstTime, after: &WorstTime) -> Line {
    let pair = |name: &str, before: String, after: String| {
        if before == after {
            format!("{name} {before}")
        } else {
            format!("{name} {before} → {after}")
        }
    };
    let figure = |worst: &Worst| telling::figure(&worst.minute);
    let nobody = |worst: &WorstTime| time::length(worst.time_with_nobody());
    let parts = [
        pair("first person", figure(&before.first_human), figure(&after.first_human)),
        pair("second", figure(&before.second_human), figure(&after.second_human)),
        pair("rings", figure(&before.first_audible), figure(&after.first_audible)),
        pair("nobody for", nobody(before), nobody(after)),
    ];
    Line::plain(parts.join(" · "))
}

/// Returns both sides in lanes: beside each other where there is room, else one above the other.
pub(in crate::app) fn sides(pair: &Pair, (columns, height): (usize, usize), has_room: bool) -> Vec<Line> {
    let is_wide = columns >= WIDE;
    let half = if is_wide {
        columns.saturating_sub(3) / 2
    } else {
        columns
    };
    let last = [&pair.before, &pair.after].map(|side| telling::last_minute(&side.timeline));
    let all = pair.before.lanes.iter().chain(&pair.after.lanes);
    let scale = Scale::new(all, last.into_iter().max().unwrap_or(0), half);
    let has_legend = height >= LEGEND_HEIGHT;
    let height = height.saturating_sub(usize::from(has_legend));
    let mut lines = if is_wide {
        let room = height.saturating_sub(2);
        let mut left = side("as it is", &pair.before, &scale, room);
        let mut right = side("what if", &pair.after, &scale, room);
        let rows = left.len().max(right.len());
        for side in [&mut left, &mut right] {
            side.resize(rows, Line::default());
            side.push(scale.axis());
        }
        left.into_iter()
            .zip(right)
            .map(|(left, right)| beside(left, right, half))
            .collect()
    } else {
        let room = height.saturating_sub(3);
        // What one side does not need is the other's.
        let needed = pair.before.lanes.len();
        let before = needed.min((room / 2).max(room.saturating_sub(pair.after.lanes.len())));
        let mut lines = side("as it is", &pair.before, &scale, before);
        lines.extend(side("what if", &pair.after, &scale, room.saturating_sub(before)));
        lines.push(scale.axis());
        lines
    };
    if has_legend && has_room {
        lines.push(legend());
    }
    lines
}

/// Returns one side: its title, and as many lanes as fit.
fn side(title: &str, side: &Side, scale: &Scale, room: usize) -> Vec<Line> {
    let count = side.lanes.len();
    let shown = if count > room { room.saturating_sub(1) } else { count };
    let hidden = count - shown;
    let mut lines = vec![Line::of(title, Role::Heading)];
    lines.extend(side.lanes.iter().take(shown).map(|lane| scale.lane(lane, None)));
    if hidden > 0 {
        lines.push(Line::of(format!("… and {hidden} more"), Role::Dim));
    }
    lines
}

fn beside(left: Line, right: Line, half: usize) -> Line {
    let blanks = half.saturating_sub(measure::line_width(&left));
    let mut line = left.and(" ".repeat(blanks), Role::Normal).and(" │ ", Role::Frame);
    line.spans.extend(right.spans);
    line
}

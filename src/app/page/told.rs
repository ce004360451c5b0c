//! What the screen of a simulated page says: a head of figures, lanes over the minutes, and the steps in words.

use super::{
    Page, StepRow,
    scale::{Scale, legend, sign_role},
};
use crate::{
    app::{
        measure,
        model::Model,
        style::{Line, Role},
        time,
    },
    domain::Timestamp,
    paging::{
        coverage::Stretch,
        simulate::{event::What, minute::Minute},
        telling::{self, Names, Sign},
        worst::{Worst, WorstTime},
    },
};
use chrono_tz::Tz;

/// The lines of the screen, from the top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// What is asked and what it comes to.
    pub head: Vec<Line>,
    /// The lanes, and under them the scale of minutes.
    pub lanes: Vec<Line>,
    /// The steps, each with whether it is the selected one.
    pub steps: Vec<(Line, bool)>,
}

/// The cells before the value of a field.
const FIELD_WIDTH: usize = 8;

/// From this height on there is room for the meaning of the letters.
const LEGEND_HEIGHT: usize = 18;

/// Returns the lines for an area of this size.
pub fn told(model: &Model, page: &Page, (columns, height): (u16, u16)) -> Told {
    let (columns, height) = (usize::from(columns), usize::from(height));
    let names = model.names();
    let head = cut(head(model, page, columns), height / 2);
    let left = height.saturating_sub(head.len());
    let lanes = lanes(page, columns, (left / 2).max(3), height >= LEGEND_HEIGHT);
    let left = left.saturating_sub(lanes.len());
    Told {
        steps: steps(page, names, columns, left),
        head,
        lanes,
    }
}

/// Returns the first lines, with a sign where more are left out.
fn cut(mut lines: Vec<Line>, most: usize) -> Vec<Line> {
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = Line {
                spans: last.spans.clone(),
            }
            .and(" …", Role::Dim);
        }
    }
    lines
}

fn head(model: &Model, page: &Page, columns: usize) -> Vec<Line> {
    let names = model.names();
    let start = &page.question.start;
    let title = Line::of("simulated page of ", Role::Dim)
        .and(names.kind(start), Role::Normal)
        .and(" ", Role::Normal)
        .and(names.of(start), Role::Title);
    let mut fields = vec![
        ("starts", starts(model, page)),
        ("reaches", reaches(page, names)),
        ("worst", worst(model, page)),
    ];
    for acknowledged in &page.timeline.acknowledged {
        fields.push(("answers", Line::plain(names.acknowledged(acknowledged))));
    }
    if let Some(readings) = page
        .timeline
        .readings
        .as_ref()
        .filter(|readings| readings.other != page.timeline.outcome)
    {
        let words = format!(
            "told is that {}; otherwise first person {}",
            telling::reading(readings.told),
            telling::figure(&readings.other.first_human)
        );
        fields.push(("doubt", Line::of(words, Role::Warning)));
    }
    for bound in &page.timeline.bounds {
        fields.push((
            "cut",
            Line::of(format!("the walk was cut short: {bound}"), Role::Unknown),
        ));
    }
    let mut lines = measure::wrap(&title, columns);
    for (name, value) in fields {
        let rows = measure::wrap(&value, columns.saturating_sub(FIELD_WIDTH));
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        lines.extend(rows.into_iter().zip(names).map(|(row, name)| field(name, row)));
    }
    lines
}

fn field(name: &str, value: Line) -> Line {
    let mut spans = Line::of(format!("{name:<FIELD_WIDTH$}"), Role::Dim).spans;
    spans.extend(value.spans);
    Line { spans }
}

/// Returns when the page starts: in the operator's zone, and in those of the schedules on the way.
fn starts(model: &Model, page: &Page) -> Line {
    let at = page.question.at;
    let written = |zone: Tz| format!("{} {}", time::instant(at, model.now, zone), time::zone_name(at, zone));
    let mut line =
        Line::of(written(model.zone), Role::Title).and(format!(" ({})", time::distance(at, model.now)), Role::Dim);
    if let Some(of) = page.worst_shown() {
        line = line.and(format!(", {}", of.words()), Role::Warning);
    }
    let mut told = vec![local(at, model.zone)];
    for zone in &page.zones {
        if !told.contains(&local(at, *zone)) {
            told.push(local(at, *zone));
            line = line.and(format!(" = {} in {zone}", written(*zone)), Role::Normal);
        }
    }
    line
}

fn local(at: Timestamp, zone: Tz) -> chrono::NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

fn role(minute: &Minute) -> Role {
    match minute {
        Minute::At(_) => Role::Good,
        Minute::Never => Role::Danger,
        Minute::Unknown { .. } => Role::Unknown,
    }
}

fn reaches(page: &Page, names: Names<'_>) -> Line {
    let outcome = &page.timeline.outcome;
    let person = |place: usize, minute: &Minute| match (minute, page.reached.get(place)) {
        (Minute::At(_), Some(person)) => format!(" {}", names.of(person)),
        (Minute::At(_) | Minute::Never | Minute::Unknown { .. }, _) => String::new(),
    };
    let line = Line::of("first person ", Role::Normal)
        .and(telling::figure(&outcome.first_human), role(&outcome.first_human))
        .and(person(0, &outcome.first_human), Role::Normal)
        .and(" · second ", Role::Normal)
        .and(telling::figure(&outcome.second_human), role(&outcome.second_human))
        .and(person(1, &outcome.second_human), Role::Normal)
        .and(" · rings ", Role::Normal)
        .and(telling::figure(&outcome.first_audible), role(&outcome.first_audible));
    match &outcome.silent_after {
        // Where nobody is paged there is no last page, and that is said already.
        Minute::Never => line,
        minute @ (Minute::At(_) | Minute::Unknown { .. }) => {
            line.and(format!(" · silent after {}", telling::figure(minute)), Role::Normal)
        }
    }
}

fn worst(model: &Model, page: &Page) -> Line {
    let Some(worst) = &page.worst else {
        let is_coming = page.awaited_worst.is_some() || model.load.is_some();
        return if is_coming {
            Line::of("…", Role::Dim)
        } else {
            Line::of("unknown: no shifts were read", Role::Unknown)
        };
    };
    let line = Line::of("first person ", Role::Normal);
    let line = worst_figure(model, line, &worst.first_human, worst).and(" · second ", Role::Normal);
    let line = worst_figure(model, line, &worst.second_human, worst);
    let until = time::instant(worst.window.end_at, model.now, model.zone);
    let nobody = worst.time_with_nobody();
    let line = if nobody > chrono::TimeDelta::zero() {
        line.and(format!(" · nobody for {}", time::length(nobody)), Role::Danger)
    } else {
        line
    };
    let line = if worst.unknown.is_empty() {
        line
    } else {
        let unknown = worst
            .unknown
            .iter()
            .map(|stretch| stretch.end_at - stretch.start_at)
            .sum();
        line.and(format!(" · unknown for {}", time::length(unknown)), Role::Unknown)
    };
    // While the facts have changed and the answer is still to come, what is told is of a moment ago.
    let sign = if page.awaited_worst.is_some() { " …" } else { "" };
    line.and(format!(" · until {until}{sign}"), Role::Dim)
}

fn worst_figure(model: &Model, line: Line, figure: &Worst, worst: &WorstTime) -> Line {
    let line = line.and(telling::figure(&figure.minute), role(&figure.minute));
    if figure.starts == worst.window {
        return line.and(" at any time", Role::Normal);
    }
    let Stretch { start_at, end_at } = figure.starts;
    line.and(
        format!(" from {}", time::stretch(start_at, end_at, model.now, model.zone)),
        Role::Normal,
    )
}

/// Returns as many lanes as fit, the one of the selected step among them, and the scale of minutes.
fn lanes(page: &Page, columns: usize, height: usize, has_legend: bool) -> Vec<Line> {
    let scale = Scale::new(&page.lanes, telling::last_minute(&page.timeline), columns);
    let room = height.saturating_sub(1 + usize::from(has_legend)).max(1);
    let selected = page
        .lanes
        .iter()
        .position(|lane| lane.marks.iter().any(|mark| mark.event == page.event))
        .unwrap_or(0);
    let is_cut = page.lanes.len() > room;
    let room = if is_cut { room.saturating_sub(1).max(1) } else { room };
    let first = (selected + 1).saturating_sub(room);
    let mut lines: Vec<Line> = page
        .lanes
        .iter()
        .skip(first)
        .take(room)
        .map(|lane| scale.lane(lane, Some(page.event)))
        .collect();
    if is_cut {
        let hidden = page.lanes.len() - lines.len();
        lines.push(Line::of(
            format!("… and {hidden} more; down and up lead to them"),
            Role::Dim,
        ));
    }
    lines.push(scale.axis());
    if has_legend {
        lines.push(legend());
    }
    lines
}

/// Returns the steps that fit, the selected one whole among them.
fn steps(page: &Page, names: Names<'_>, columns: usize, height: usize) -> Vec<(Line, bool)> {
    let selected = page
        .rows
        .iter()
        .position(|row| *row == StepRow::Event(page.event))
        .unwrap_or(0);
    let whole: Vec<Line> = page
        .rows
        .get(selected)
        .map(|row| measure::wrap(&step(page, names, *row, true), columns))
        .unwrap_or_default();
    let others = height.saturating_sub(whole.len());
    // The selected step stands in the middle, as far as the ends allow.
    let after_room = page.rows.len().saturating_sub(selected + 1);
    let before = selected.min((others / 2).max(others.saturating_sub(after_room)));
    let mut lines = Vec::new();
    for row in page.rows.iter().skip(selected - before).take(before) {
        lines.push((step(page, names, *row, false), false));
    }
    lines.extend(whole.into_iter().map(|line| (line, true)));
    for row in page.rows.iter().skip(selected + 1) {
        if lines.len() >= height {
            break;
        }
        lines.push((step(page, names, *row, false), false));
    }
    lines.truncate(height);
    lines
}

fn step(page: &Page, names: Names<'_>, row: StepRow, has_way: bool) -> Line {
    let event = match row {
        StepRow::Silence(silence) => {
            let role = if silence.is_certain {
                Role::Warning
            } else {
                Role::Unknown
            };
            return Line::of("     …  ", Role::Dim).and(silence.words(), role);
        }
        StepRow::Event(index) => page.timeline.events.get(index),
    };
    let Some(event) = event else { return Line::default() };
    let role = match &event.what {
        What::Page(_) => Role::Normal,
        What::Silent(_) => Role::Danger,
        What::Unknown(_) => Role::Unknown,
    };
    let sign = Sign::of(&event.what);
    let line = Line::of(format!("{:>6}  ", event.minute), Role::Dim)
        .and(sign.letter().to_string(), sign_role(sign))
        .and(format!(" {}: ", names.whom(event)), Role::Normal)
        .and(names.what(event), role);
    let way = names.way(&event.path);
    if has_way && !way.is_empty() {
        line.and(format!(" · by {way}"), Role::Dim)
    } else {
        line
    }
}

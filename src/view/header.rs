//! The header line and the tabs: whose account this is, what may be done to it, and how much of it has been read.
//!
//! The header is made of parts that have shorter and shorter forms. While they do not fit, the least important one
//! gives way: what could not be read is the last to go.

use super::{
    paint::{Canvas, cells},
    table::position,
};
use crate::{
    app::{
        layout::Area,
        measure::line_width,
        model::{Load, Mode, Model},
        screens, since,
        style::{Line, Role},
        time,
    },
    domain::{gap::Reading, operation::RateClass},
};
use chrono::Duration;

/// The cells of the bar that shows how far a load has come.
const BAR_CELLS: usize = 10;

/// From so long before its end on, the sign-in is something to look at.
const SIGN_IN_WARNING: Duration = Duration::minutes(15);

/// One part of the header.
struct Part {
    /// How much it matters; the lowest one gives way first.
    weight: u8,
    /// Its forms, the one in use last.
    forms: Vec<Line>,
}

impl Part {
    /// Returns a part with its forms, the longest first.
    fn new(weight: u8, forms: impl IntoIterator<Item = Line>) -> Self {
        let mut forms: Vec<Line> = forms.into_iter().collect();
        forms.reverse();
        Self { weight, forms }
    }

    fn width(&self) -> usize {
        // Two cells stand between two parts.
        self.forms.last().map_or(0, |form| line_width(form) + 2)
    }
}

/// Draws the header.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let mut parts = parts(model);
    let room = usize::from(area.width);
    while parts.iter().map(Part::width).sum::<usize>() > room {
        let least = parts
            .iter_mut()
            .filter(|part| !part.forms.is_empty())
            .min_by_key(|part| part.weight);
        match least {
            Some(part) => part.forms.pop(),
            None => break,
        };
    }
    let mut left = area.skip(1);
    for form in parts.iter().filter_map(|part| part.forms.last()) {
        let taken = canvas.line(left, form);
        left = left.skip(taken + 2);
    }
}

fn parts(model: &Model) -> Vec<Part> {
    let mut parts = vec![Part::new(1, [Line::of("callsheet", Role::Title)])];
    parts.extend(account(model));
    let mode = match model.mode {
        Mode::ReadOnly => Line::of("READ-ONLY", Role::ReadOnly),
        Mode::Armed => Line::of("ARMED", Role::Armed),
    };
    parts.push(Part::new(9, [mode]));
    if let Some(load) = &model.load {
        parts.extend(load_parts(load));
    }
    let unknown = model.fresh.gaps.len();
    if unknown > 0 {
        parts.push(Part::new(10, [Line::of(format!("unknown {unknown}"), Role::Unknown)]));
    }
    if let Some((text, role)) = since::mark(model) {
        parts.push(Part::new(5, [Line::of(text, role), Line::of("changed", role)]));
    }
    parts.extend(age(model));
    parts.extend(sign_in(model));
    parts
}

fn account(model: &Model) -> Vec<Part> {
    let inventory = &model.shown.inventory;
    let account = if model.setup.is_demo {
        Line::of("demo account", Role::Title)
    } else if let Some(account) = inventory.account() {
        Line::of(account, Role::Title)
    } else if model.load.is_some() {
        Line::of("account …", Role::Dim)
    } else {
        Line::of("account not known", Role::Unknown)
    };
    let mut parts = vec![Part::new(8, [account])];
    if !inventory.region.is_empty() {
        parts.push(Part::new(7, [Line::plain(&inventory.region)]));
    }
    // Another server than AWS's own is something to know before anything is believed.
    if let Some(endpoint) = inventory.endpoint.as_ref().filter(|_| !model.setup.is_demo) {
        let short = endpoint.split_once("://").map_or(endpoint.as_str(), |(_, rest)| rest);
        parts.push(Part::new(
            4,
            [
                Line::of(format!("at {endpoint}"), Role::Warning),
                Line::of(format!("at {short}"), Role::Warning),
            ],
        ));
    }
    match &inventory.caller {
        Reading::Known(caller) => {
            let name = caller.arn.resource().rsplit('/').next().unwrap_or_default();
            parts.push(Part::new(2, [Line::of(name, Role::Dim)]));
        }
        Reading::Unknown(_) => parts.push(Part::new(2, [Line::of("caller unknown", Role::Unknown)])),
        Reading::Pending => {}
    }
    parts
}

fn load_parts(load: &Load) -> Vec<Part> {
    let progress = load.progress;
    let count = if progress.expected == 0 {
        Line::of("connecting", Role::Dim)
    } else {
        Line::plain(format!("{}/{}", progress.answered, progress.expected))
    };
    let filled = (progress.answered * BAR_CELLS)
        .checked_div(progress.expected)
        .unwrap_or_default()
        .min(BAR_CELLS);
    let bar = Line::of("━".repeat(filled), Role::Progress)
        .and("─".repeat(BAR_CELLS - filled), Role::Dim)
        .and(" ", Role::Normal);
    let with_bar = Line {
        spans: [bar.spans, count.spans.clone()].concat(),
    };
    let mut parts = vec![Part::new(7, [with_bar, count])];
    if let Some(seconds) = progress.seconds_left.and_then(|seconds| i64::try_from(seconds).ok()) {
        let left = time::length(Duration::seconds(seconds));
        parts.push(Part::new(6, [Line::of(format!("{left} left"), Role::Dim)]));
    }
    if load.is_stopping {
        parts.push(Part::new(6, [Line::of("stopping", Role::Warning)]));
    }
    if !load.slowed.is_empty() {
        let classes: Vec<String> = load
            .slowed
            .iter()
            .map(|(class, rate)| format!("{} {}", class_name(*class), per_second(*rate)))
            .collect();
        parts.push(Part::new(
            6,
            [
                Line::of(format!("slowed: {}", classes.join(", ")), Role::Warning),
                Line::of("slowed", Role::Warning),
            ],
        ));
    }
    parts
}

fn class_name(class: RateClass) -> &'static str {
    match class {
        RateClass::GetContact => "GetContact",
        RateClass::ContactReads => "contact reads",
        RateClass::GetRotation => "GetRotation",
        RateClass::RotationOverrides => "ListRotationOverrides",
        RateClass::RotationShifts => "ListRotationShifts",
        RateClass::PreviewShifts => "ListPreviewRotationShifts",
        RateClass::Engagements => "ListEngagements",
        RateClass::Writes => "writes",
        RateClass::ContactTags => "ListTagsForResource",
        RateClass::IncidentReads => "incident reads",
        RateClass::Identity => "GetCallerIdentity",
    }
}

/// Returns a rate in thousandths of a request per second as `5/s` or `2.5/s`.
fn per_second(rate: u32) -> String {
    match (rate / 1000, rate % 1000 / 100) {
        (whole, 0) => format!("{whole}/s"),
        (whole, tenths) => format!("{whole}.{tenths}/s"),
    }
}

fn age(model: &Model) -> Option<Part> {
    let earlier = model.earlier.as_ref()?;
    if model.shown.inventory.stale.is_empty() {
        return None;
    }
    let age = time::distance(earlier.saved_at, model.now);
    Some(Part::new(
        6,
        [
            Line::of(format!("rows marked ~ are from {age}"), Role::Stale),
            Line::of(format!("~ {age}"), Role::Stale),
        ],
    ))
}

fn sign_in(model: &Model) -> Option<Part> {
    let end = model.connected.as_ref()?.credentials_end_at?;
    let local = end.with_timezone(&model.zone);
    let is_today = local.date_naive() == model.now.with_timezone(&model.zone).date_naive();
    let at = if is_today {
        local.format("%H:%M").to_string()
    } else {
        time::instant(end, model.now, model.zone)
    };
    Some(if end <= model.now {
        Part::new(9, [Line::of(format!("sign-in ended {at}"), Role::Danger)])
    } else if end - model.now <= SIGN_IN_WARNING {
        Part::new(7, [Line::of(format!("signed in until {at}"), Role::Warning)])
    } else {
        Part::new(3, [Line::of(format!("signed in until {at}"), Role::Dim)])
    })
}

/// Draws the tabs, and on their right where the selection is.
pub(super) fn draw_tabs(model: &Model, canvas: &mut Canvas<'_>, area: Area) {
    let mut end = 0;
    for tab in screens::tabs(model) {
        let role = if tab.screen == model.screen {
            Role::Tab
        } else {
            Role::Normal
        };
        canvas.put(area.skip(tab.columns.start), &tab.text, role);
        end = tab.columns.end;
    }
    let position = position(model);
    if end + cells(&position) + 2 < area.width {
        canvas.put(area.last(cells(&position) + 1), &position, Role::Dim);
    }
}

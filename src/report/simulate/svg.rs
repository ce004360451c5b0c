//! A simulated page as a picture of its own: lanes for people, minutes across, devices as marks, silence in words.
//!
//! The file needs nothing from elsewhere, and no script: whatever comes from the account is escaped text.

use super::Simulated;
use crate::{
    domain::text::markup_safe,
    paging::{
        simulate::event::What,
        telling::{self, Lane, Sign},
    },
};
use std::{collections::BTreeMap, fmt::Write as _};
use textwrap::{Options, WordSplitter};

/// The width of the whole picture.
const WIDTH: i64 = 960;

/// Where minute 0 lies; the names stand before it.
const LEFT: i64 = 220;

/// The space behind the last minute.
const RIGHT: i64 = 30;

/// The height of a line of text, and of a mark.
const LINE: i64 = 20;

/// The letters of a name that fit before minute 0.
const NAME_LETTERS: usize = 26;

/// The letters of a line of text that fit the picture.
const LINE_LETTERS: usize = 118;

/// How many marks at one place are drawn above each other; the letters of the others are in the list below.
const STACK: usize = 4;

/// How many minutes are written on the scale at most.
const STEP_COUNT: i64 = 12;

/// Returns a simulated page as SVG.
pub fn svg(simulated: &Simulated<'_>) -> String {
    let lanes = telling::lanes(simulated.timeline, simulated.names);
    let scale = Scale::of(telling::last_minute(simulated.timeline));
    let mut body = String::new();
    let mut y = 30;
    for (index, line) in heading(simulated).iter().enumerate() {
        let size = if index == 0 { 16 } else { 13 };
        text(&mut body, 16, y, &format!(r#"font-size="{size}""#), line);
        y += LINE + 2;
    }
    y += LINE;
    let top = y;
    let mut drawn = String::new();
    for lane in &lanes {
        y = draw_lane(&mut drawn, simulated, lane, &scale, y);
    }
    // The marks lie over the lines of the scale.
    draw_scale(&mut body, &scale, top, y);
    body.push_str(&drawn);
    y += 3 * LINE;
    for line in notes(simulated) {
        text(&mut body, 16, y, r#"font-size="13""#, &line);
        y += LINE;
    }
    let height = y + 10;
    let title = markup_safe(&format!("A page of {}", simulated.start()));
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" fill="#1f2328">
<title>{title}</title>
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
{body}</svg>
"##
    )
}

/// Where minutes lie.
struct Scale {
    last: i64,
    step: i64,
}

impl Scale {
    fn of(last_minute: i64) -> Self {
        let last = last_minute.max(10);
        Self {
            last,
            step: telling::scale_step(last, STEP_COUNT),
        }
    }

    fn x(&self, minute: i64) -> i64 {
        LEFT + minute.clamp(0, self.last) * (WIDTH - LEFT - RIGHT) / self.last
    }
}

fn heading(simulated: &Simulated<'_>) -> Vec<String> {
    let timeline = simulated.timeline;
    let outcome = &timeline.outcome;
    let at = simulated.instant(timeline.question.at);
    let worst = if simulated.is_at_worst {
        ", the worst time to start"
    } else {
        ""
    };
    let figures = [
        ("first person", &outcome.first_human),
        ("second person", &outcome.second_human),
        ("silent after", &outcome.silent_after),
    ];
    let figures = figures.map(|(title, minute)| format!("{title}: {}", telling::figure(minute)));
    let mut lines = vec![format!("{} at {at}{worst}", simulated.start()), figures.join("  ·  ")];
    lines.extend(
        timeline
            .acknowledged
            .iter()
            .map(|acknowledged| simulated.names.acknowledged(acknowledged)),
    );
    lines.iter().flat_map(|line| broken(line)).collect()
}

/// Draws one lane, and returns where the next one begins.
fn draw_lane(body: &mut String, simulated: &Simulated<'_>, lane: &Lane, scale: &Scale, top: i64) -> i64 {
    // What happens at one place stands above each other.
    let mut places: BTreeMap<i64, Vec<(Sign, usize)>> = BTreeMap::new();
    for mark in &lane.marks {
        // A mark is as wide as a line is high: those that are nearer than that share a place.
        let place = scale.x(mark.minute) / LINE * LINE;
        places.entry(place).or_default().push((mark.sign, mark.event));
    }
    let deepest = places.values().map(|marks| marks.len().min(STACK)).max().unwrap_or(1);
    let height = i64::try_from(deepest).unwrap_or(1) * LINE + 8;
    let middle = top + height / 2;
    line(
        body,
        format_args!(
            r##"<line x1="{LEFT}" y1="{middle}" x2="{}" y2="{middle}" stroke="#d0d7de"/>"##,
            WIDTH - RIGHT
        ),
    );
    let name: String = lane.name.chars().take(NAME_LETTERS).collect();
    let cut = if lane.name.chars().count() > NAME_LETTERS {
        "…"
    } else {
        ""
    };
    text(body, 16, middle + 5, r#"font-size="14""#, &format!("{name}{cut}"));
    for marks in places.values() {
        for ((sign, event), row) in marks.iter().take(STACK).zip(0_i64..) {
            let Some(event) = simulated.timeline.events.get(*event) else {
                continue;
            };
            let (x, y) = (scale.x(event.minute), top + 4 + row * LINE);
            let words = format!(
                "minute {}, {}: {}",
                event.minute,
                lane.name,
                simulated.names.what(event)
            );
            let (fill, ink) = colours(*sign);
            line(
                body,
                format_args!(
                    r#"<g><title>{}</title><rect x="{}" y="{y}" width="18" height="18" rx="4" fill="{fill}"/><text x="{x}" y="{}" text-anchor="middle" font-size="12" font-weight="bold" fill="{ink}">{}</text></g>"#,
                    markup_safe(&words),
                    x - 9,
                    y + 13,
                    sign.letter(),
                ),
            );
        }
        let hidden = marks.len().saturating_sub(STACK);
        if let (Some((_, event)), true) = (marks.first(), hidden > 0)
            && let Some(event) = simulated.timeline.events.get(*event)
        {
            text(
                body,
                scale.x(event.minute) + 12,
                top + height - 10,
                r#"font-size="11""#,
                &format!("+{hidden}"),
            );
        }
    }
    top + height
}

fn colours(sign: Sign) -> (&'static str, &'static str) {
    match sign {
        Sign::Text | Sign::Call => ("#1a7f37", "#ffffff"),
        Sign::Mail | Sign::Other => ("#0969da", "#ffffff"),
        Sign::Unknown => ("#9a6700", "#ffffff"),
        Sign::Silent => ("#ffebe9", "#a40e26"),
    }
}

fn draw_scale(body: &mut String, scale: &Scale, top: i64, bottom: i64) {
    let mut minute = 0;
    while minute <= scale.last {
        let x = scale.x(minute);
        line(
            body,
            format_args!(
                r##"<line x1="{x}" y1="{}" x2="{x}" y2="{}" stroke="#6e7781"/>"##,
                bottom,
                bottom + 5
            ),
        );
        text(
            body,
            x,
            bottom + LINE,
            r#"font-size="12" text-anchor="middle""#,
            &minute.to_string(),
        );
        minute += scale.step;
    }
    text(body, 16, bottom + LINE, r#"font-size="12""#, "minute");
    line(
        body,
        format_args!(
            r##"<line x1="{LEFT}" y1="{bottom}" x2="{}" y2="{bottom}" stroke="#6e7781"/>"##,
            WIDTH - RIGHT
        ),
    );
    line(
        body,
        format_args!(r##"<line x1="{LEFT}" y1="{top}" x2="{LEFT}" y2="{bottom}" stroke="#6e7781"/>"##),
    );
}

/// Returns what the marks do not say by themselves: silences, reasons, and what the letters mean.
fn notes(simulated: &Simulated<'_>) -> Vec<String> {
    let (timeline, names) = (simulated.timeline, simulated.names);
    let mut notes = Vec::new();
    for silence in telling::silences(timeline) {
        let from = match silence.until {
            Some(until) => format!("minute {} to {until}: ", silence.from),
            None => String::new(),
        };
        notes.push(format!("silence: {from}{}", silence.words()));
    }
    for event in timeline
        .events
        .iter()
        .filter(|event| !matches!(event.what, What::Page(_)))
    {
        let letter = Sign::of(&event.what).letter();
        notes.push(format!(
            "{letter} minute {}: {}: {}",
            event.minute,
            names.whom(event),
            names.what(event)
        ));
    }
    if let Some(worst) = simulated.worst {
        notes.push(format!(
            "worst start until {}: first person {}, second person {}; nobody for {}",
            simulated.instant(worst.window.end_at),
            telling::figure(&worst.first_human.minute),
            telling::figure(&worst.second_human.minute),
            telling::minutes(worst.time_with_nobody().num_minutes())
        ));
    }
    notes.extend(
        timeline
            .bounds
            .iter()
            .map(|bound| format!("the walk was cut short: {bound}")),
    );
    if let Some(readings) = &timeline.readings
        && readings.other != timeline.outcome
    {
        notes.push(format!(
            "a stage names a removed device; told is the worse reading: {}",
            telling::reading(readings.told)
        ));
    }
    let legend = Sign::ALL
        .iter()
        .rev()
        .map(|sign| format!("{} {}", sign.letter(), sign.meaning()));
    notes.push(legend.collect::<Vec<_>>().join("   "));
    notes.iter().flat_map(|note| broken(note)).collect()
}

fn broken(line: &str) -> Vec<String> {
    let options = Options::new(LINE_LETTERS).word_splitter(WordSplitter::NoHyphenation);
    let rows = textwrap::wrap(line, options.subsequent_indent("    "));
    rows.into_iter().map(std::borrow::Cow::into_owned).collect()
}

fn text(body: &mut String, x: i64, y: i64, attributes: &str, words: &str) {
    line(
        body,
        format_args!(r#"<text x="{x}" y="{y}" {attributes}>{}</text>"#, markup_safe(words)),
    );
}

fn line(body: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    writeln!(body, "{text}").ok();
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};
    use crate::domain::{
        text::is_harmful,
        world::{World, contact_arn},
    };

    #[test]
    fn the_picture_keeps_its_form() {
        insta::assert_snapshot!(svg(&Sample::of_everything().simulated()));
    }

    #[test]
    fn hostile_names_are_text_and_nothing_comes_from_elsewhere() {
        let picture = svg(&Sample::hostile().simulated());
        assert!(
            picture.contains("&lt;script&gt;") && !picture.contains("<script"),
            "{picture}"
        );
        assert!(!picture.chars().any(|c| c != '\n' && is_harmful(c)));
        for link in ["href", "url(", "@import", "<image", "<foreignObject"] {
            assert!(!picture.contains(link), "{link}");
        }
        // Every tag is one that we write.
        let tag = regex::Regex::new("</?([a-zA-Z]+)").unwrap();
        for found in tag.captures_iter(&picture) {
            assert!(
                ["svg", "title", "rect", "text", "line", "g"].contains(&&found[1]),
                "{}",
                &found[1]
            );
        }
    }

    #[test]
    fn every_mark_lies_inside_however_long_the_page_lasts() {
        let place = regex::Regex::new(r#"<rect x="(-?[0-9]+)""#).unwrap();
        for minutes in [0, 1, 30, 500, 10_000] {
            let world = World::new()
                .person("anna", &["phone"], &[("phone", 1)])
                .plan("late", &[(minutes, &["anna"]), (1, &["anna"])])
                .complete();
            let sample = Sample::of(world, &contact_arn("late"), &[]);
            let picture = svg(&sample.simulated());
            for found in place.captures_iter(&picture) {
                let x: i64 = found[1].parse().unwrap();
                assert!((LEFT - 9..=WIDTH - RIGHT).contains(&x), "{minutes}: {x}");
            }
            let ticks = picture.matches(r#"text-anchor="middle">"#).count();
            assert!((2..=14).contains(&ticks), "{minutes}: {ticks} ticks");
        }
    }
}

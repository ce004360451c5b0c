//! The catalogue of checks, and one check explained, as plain text and as JSON. As Markdown it comes from the catalogue.

use super::lines::{Breaks, Cell, Layout, Lines, Row};
use crate::findings::{Check, Family, registry::CHECKS};
use anstyle::Style;
use serde_json::{Value, json};

/// The form of the JSON object: its number changes when a field goes away or changes its meaning.
pub const SCHEMA: &str = "callsheet.checks/1";

/// The cells that the longest word of severity takes.
const SEVERITY_WIDTH: usize = 8;

/// Returns all checks as lines for people.
pub fn table(layout: Layout) -> String {
    let mut lines = Lines::new(layout, Breaks::Hyphens);
    let mut is_first = true;
    for family in Family::ALL {
        let checks: Vec<&&Check> = CHECKS.iter().filter(|check| check.family == family).collect();
        if checks.is_empty() {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            lines.blank();
        }
        let title = format!("{} ({})", family.title(), family.word());
        if lines.is_plain() {
            lines.heading(&title, checks.len());
        } else {
            lines.paragraph(&title);
        }
        for (number, check) in (1..).zip(&checks) {
            row(&mut lines, check, (number, checks.len()));
        }
    }
    lines.into_text()
}

fn row(lines: &mut Lines, check: &Check, place: (usize, usize)) {
    let severity = check.severity.word();
    lines.row(&Row {
        kind: "check",
        place,
        name: check.code,
        start: vec![
            Cell::shown(format!("  {}  ", check.code)),
            Cell::new("severity", format!("{severity:SEVERITY_WIDTH$}  "), severity),
        ],
        hang: None,
        rest: vec![Cell::new("what", check.title, check.title)],
        style: Style::new(),
    });
}

/// Returns one check explained, in lines for people.
pub fn explanation(check: &Check, layout: Layout) -> String {
    let mut lines = Lines::new(layout, Breaks::Hyphens);
    lines.paragraph(&format!("{} {}", check.code, check.title));
    lines.blank();
    let family = check.family.title();
    lines.paragraph(&format!("{} · severity {} · {}", family, check.severity, check.name));
    lines.blank();
    lines.paragraph(check.rationale);
    lines.blank();
    lines.paragraph(&format!("To put it right: {}", check.remedy));
    if !check.moot_when.is_empty() {
        lines.blank();
        lines.paragraph(&format!(
            "Goes without saying where {} fails.",
            check.moot_when.join(" or ")
        ));
    }
    lines.into_text()
}

/// Returns these checks as JSON, ready to be printed.
pub fn json<'a>(checks: impl IntoIterator<Item = &'a Check>) -> String {
    let checks: Value = checks.into_iter().map(value).collect();
    format!("{:#}\n", json!({"schema": SCHEMA, "checks": checks}))
}

fn value(check: &Check) -> Value {
    json!({
        "code": check.code,
        "name": check.name,
        "family": check.family.word(),
        "severity": check.severity.word(),
        "title": check.title,
        "rationale": check.rationale,
        "remedy": check.remedy,
        "moot_when": check.moot_when,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::registry;

    #[test]
    fn the_table_names_every_check_and_keeps_its_width() {
        let text = table(Layout::of_width(60));
        for check in CHECKS {
            assert!(text.contains(check.code), "{}", check.code);
        }
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    }

    #[test]
    fn an_explanation_reads_as_plain_text() {
        insta::assert_snapshot!(explanation(registry::check("ch01").unwrap(), Layout::of_width(60)));
    }

    #[test]
    fn the_object_holds_every_check() {
        let value: Value = serde_json::from_str(&json(CHECKS.iter().copied())).unwrap();
        assert_eq!(value["schema"], SCHEMA);
        assert_eq!(value["checks"].as_array().unwrap().len(), CHECKS.len());
        assert_eq!(value["checks"][0]["moot_when"], json!(["CH02", "CH12", "CH16"]));
    }
}

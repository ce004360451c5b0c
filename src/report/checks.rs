//! The catalogue of checks, and one check explained, as plain text and as JSON. As Markdown it comes from the catalogue.

use crate::findings::{Check, Family, registry::CHECKS};
use serde_json::{Value, json};
use std::fmt::Write as _;
use textwrap::Options;

/// The form of the JSON object: its number changes when a field goes away or changes its meaning.
pub const SCHEMA: &str = "callsheet.checks/1";

/// The cells that the longest word of severity takes.
const SEVERITY_WIDTH: usize = 8;

/// Returns all checks as a table of lines at most `width` cells wide.
pub fn table(width: usize) -> String {
    let mut text = String::new();
    for family in Family::ALL {
        let checks = CHECKS.iter().filter(|check| check.family == family);
        let rows = checks.fold(String::new(), |rows, check| rows + &row(check, width));
        if !rows.is_empty() {
            let gap = if text.is_empty() { "" } else { "\n" };
            write!(text, "{gap}{} ({})\n{rows}", family.title(), family.word()).ok();
        }
    }
    text
}

fn row(check: &Check, width: usize) -> String {
    let start = format!("  {}  {:SEVERITY_WIDTH$}  ", check.code, check.severity.word());
    let hang = " ".repeat(start.len());
    let options = Options::new(width).initial_indent(&start).subsequent_indent(&hang);
    textwrap::fill(check.title, options) + "\n"
}

/// Returns one check explained, in lines at most `width` cells wide.
pub fn explanation(check: &Check, width: usize) -> String {
    let family = check.family.title();
    let kind = format!("{} · severity {} · {}", family, check.severity, check.name);
    let mut paragraphs = vec![
        format!("{} {}", check.code, check.title),
        kind,
        check.rationale.to_owned(),
        format!("To put it right: {}", check.remedy),
    ];
    if !check.moot_when.is_empty() {
        paragraphs.push(format!(
            "Goes without saying where {} fails.",
            check.moot_when.join(" or ")
        ));
    }
    let filled: Vec<String> = paragraphs.iter().map(|text| textwrap::fill(text, width)).collect();
    filled.join("\n\n") + "\n"
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
        let text = table(60);
        for check in CHECKS {
            assert!(text.contains(check.code), "{}", check.code);
        }
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    }

    #[test]
    fn an_explanation_reads_as_plain_text() {
        insta::assert_snapshot!(explanation(registry::check("ch01").unwrap(), 60));
    }

    #[test]
    fn the_object_holds_every_check() {
        let value: Value = serde_json::from_str(&json(CHECKS.iter().copied())).unwrap();
        assert_eq!(value["schema"], SCHEMA);
        assert_eq!(value["checks"].as_array().unwrap().len(), CHECKS.len());
        assert_eq!(value["checks"][0]["moot_when"], json!(["CH02", "CH12", "CH16"]));
    }
}

//! The catalogue of checks as Markdown: for `assets/checks.md`, for `callsheet checks CODE`, and for the desk.

use super::{Check, Family, registry::CHECKS};
use std::fmt::Write as _;

/// Returns the whole catalogue.
pub fn markdown() -> String {
    let mut text = String::from(
        "# The checks\n\n\
         This page is made from the checks themselves; `callsheet checks CODE` prints one of them. Severity is what a check\n\
         begins with: it goes up one step when the subject is on call or in a first stage within the horizon, and down one\n\
         step when nothing names the subject.\n",
    );
    for family in Family::ALL {
        let checks: Vec<_> = CHECKS.iter().filter(|check| check.family == family).collect();
        if checks.is_empty() {
            continue;
        }
        write!(
            text,
            "\n## {}\n\n| code | check | severity |\n|---|---|---|\n",
            family.title()
        )
        .ok();
        for check in &checks {
            writeln!(
                text,
                "| [{0}](#{1}) | {2} | {3} |",
                check.code,
                anchor(check),
                check.title,
                check.severity
            )
            .ok();
        }
        for check in checks {
            text.push('\n');
            text.push_str(&explanation(check));
        }
    }
    text
}

/// Returns one check explained.
pub fn explanation(check: &Check) -> String {
    let mut text = format!(
        "### {} {}\n\n{} · severity {} · `{}`\n\n{}\n\n**To put it right:** {}\n",
        check.code,
        check.title,
        check.family.title(),
        check.severity,
        check.name,
        check.rationale,
        check.remedy
    );
    if !check.moot_when.is_empty() {
        write!(
            text,
            "\nGoes without saying where {} fails.\n",
            check.moot_when.join(" or ")
        )
        .ok();
    }
    text
}

/// Returns the anchor that Markdown gives to a check's heading.
fn anchor(check: &Check) -> String {
    format!("{} {}", check.code, check.title)
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-')
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

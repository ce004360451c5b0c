//! A scan as Markdown: for a ticket, a merge request or a page of notes.
//!
//! Names come from outside, so everything that Markdown would act upon is escaped in them.

use super::{Scan, baseline::Novelty, since, words};
use crate::{
    domain::text::neutral,
    findings::{Finding, FindingResult},
};
use std::fmt::Write as _;

/// Returns a scan as Markdown.
pub fn markdown(scan: &Scan<'_>) -> String {
    let mut text = format!(
        "# Findings of {}\n\n{}.\n",
        escaped(&words::scope(scan)),
        words::counts(scan)
    );
    if !scan.is_complete() {
        write!(text, "\n**{}**\n", words::INCOMPLETE).ok();
    }
    let failed = |finding: &&Finding| finding.result == FindingResult::Fail;
    section(
        &mut text,
        "",
        &table(scan, failed, &["severity", "when", "what to do"], failed_cells),
    );
    section(&mut text, "Unknown", &unknown(scan));
    let waived = |finding: &&Finding| matches!(finding.result, FindingResult::Waived(_));
    section(
        &mut text,
        "Waived",
        &table(scan, waived, &["owner", "reason", "until"], waived_cells),
    );
    section(&mut text, "Could not be read", &list(&words::unread(scan)));
    section(&mut text, "Not run", &list(&words::not_run(scan)));
    if let Some(since) = scan.since {
        let changes = since::lines(scan).into_iter();
        let rows = changes.map(|line| vec![line.word.to_owned(), line.row, line.said.join("; ")]);
        let table = drawn(&["change", "row", "what"], rows.collect());
        let headline = escaped(&since::headline(since));
        section(&mut text, "Since the last sign-off", &format!("{headline}.\n\n{table}"));
    }
    text
}

fn section(text: &mut String, title: &str, body: &str) {
    if body.is_empty() {
        return;
    }
    if !title.is_empty() {
        write!(text, "\n## {title}\n").ok();
    }
    write!(text, "\n{body}").ok();
}

fn list(lines: &[String]) -> String {
    lines
        .iter()
        .fold(String::new(), |text, line| text + "- " + &escaped(line) + "\n")
}

/// Returns a table of some findings: the code, the subject, what is wrong, and cells of its own.
fn table(
    scan: &Scan<'_>,
    is_wanted: impl Fn(&&Finding) -> bool,
    own: &[&str],
    cells: fn(&Scan<'_>, &Finding) -> Vec<String>,
) -> String {
    let rows = scan.findings.items.iter().filter(is_wanted).map(|finding| {
        let is_new = scan.novelty(finding).is_some_and(|novelty| novelty != Novelty::Known);
        let code = format!("{}{}", finding.check.code, if is_new { " (new)" } else { "" });
        let common = [code, words::subject(finding), finding.message.clone()];
        common.into_iter().chain(cells(scan, finding)).collect()
    });
    drawn(&[&["code", "subject", "what is wrong"], own].concat(), rows.collect())
}

fn unknown(scan: &Scan<'_>) -> String {
    let rows = words::unknown(scan).into_iter().map(|unknown| {
        let first = unknown.first;
        vec![words::subject(first), first.message.clone(), unknown.codes.join(", ")]
    });
    drawn(&["subject", "why", "checks"], rows.collect())
}

/// Returns a table with this head; nothing where there are no rows.
pub(in crate::report) fn drawn(head: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let cells = row
            .iter()
            .fold("|".to_owned(), |line, cell| line + " " + &escaped(cell) + " |");
        writeln!(text, "{cells}").ok();
    }
    text
}

fn failed_cells(scan: &Scan<'_>, finding: &Finding) -> Vec<String> {
    let severity = finding.severity().word().to_owned();
    vec![severity, words::when(scan, finding), finding.check.remedy.to_owned()]
}

fn waived_cells(_: &Scan<'_>, finding: &Finding) -> Vec<String> {
    match &finding.result {
        FindingResult::Waived(waiver) => {
            vec![waiver.owner.clone(), waiver.reason.clone(), waiver.expires.to_string()]
        }
        FindingResult::Fail | FindingResult::Unknown => Vec::new(),
    }
}

/// Returns text that Markdown prints as it is: on one line, in one cell, without links, tags or pictures.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in neutral(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '#' | '!'
        ) {
            safe.push('\\');
        }
        safe.push(c);
    }
    // Bare addresses would become links.
    safe.replace("://", ":\\//").replace("www.", "www\\.")
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};

    #[test]
    fn the_page_keeps_its_form() {
        insta::assert_snapshot!(markdown(&Sample::new().scan()));
    }

    #[test]
    fn hostile_text_is_escaped() {
        assert_eq!(
            escaped("a|b<c>`d`\n[e](https://f)"),
            "a\\|b\\<c\\>\\`d\\`␊\\[e\\](https:\\//f)"
        );
    }

    #[test]
    fn every_row_of_a_table_has_as_many_cells_as_its_head() {
        let bars = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        let text = markdown(&Sample::new().scan());
        let mut head = None;
        let mut rows = 0;
        for line in text.lines() {
            if line.starts_with('|') {
                assert_eq!(bars(line), *head.get_or_insert(bars(line)), "{line}");
                rows += 1;
            } else {
                head = None;
            }
        }
        assert!(rows > 6, "{text}");
    }
}

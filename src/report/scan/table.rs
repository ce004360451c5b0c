//! A scan for people, in a terminal or in the log of a job: the worst first, then what is not known.

use super::{
    Scan,
    baseline::Novelty,
    since,
    words::{self, Unknown},
};
use crate::{
    domain::text::neutral,
    findings::{Finding, FindingResult, severity::Severity},
    report::lines::{Breaks, Cell, Layout, Lines, Row},
};
use anstyle::{AnsiColor, Style};

/// Lines narrower than this are not made: words would be cut everywhere.
const LEAST_WIDTH: usize = 40;

/// The cells that the longest word of severity or result takes.
const WORD_WIDTH: usize = 8;

/// The cells that the longest time takes, such as "13 d".
const WHEN_WIDTH: usize = 4;

/// The cells that a code takes.
const CODE_WIDTH: usize = 4;

/// Returns a scan as text.
pub fn table(scan: &Scan<'_>, layout: Layout) -> String {
    let layout = layout.map_width(|width| width.max(LEAST_WIDTH));
    let mut page = Page {
        scan,
        lines: Lines::new(layout, Breaks::Words),
    };
    page.lines.paragraph(&format!("Findings of {}", words::scope(scan)));
    // Whoever listens cannot glance at the end, where the eye looks for what it comes to.
    if page.lines.is_plain() {
        page.summary();
    }
    page.rows();
    page.unread();
    page.since();
    if !page.lines.is_plain() {
        page.lines.blank();
        page.summary();
    }
    page.lines.into_text()
}

/// What a row begins with, and what is said in it.
struct Said<'a> {
    kind: &'static str,
    word: &'static str,
    style: Style,
    code: &'static str,
    /// Labels and what they stand for.
    facts: Vec<(&'static str, &'a str)>,
}

struct Page<'a> {
    scan: &'a Scan<'a>,
    lines: Lines,
}

impl Page<'_> {
    fn summary(&mut self) {
        let scan = self.scan;
        self.lines.paragraph(&format!("{}.", words::counts(scan)));
        for not_run in words::not_run(scan) {
            self.lines.paragraph(&format!("Not run: {not_run}."));
        }
        if !scan.is_complete() {
            self.lines.paragraph(words::INCOMPLETE);
        }
    }

    /// Writes what failed in the order of urgency that it has already, then what is not known, and last what is decided.
    fn rows(&mut self) {
        let of = |is_wanted: fn(&FindingResult) -> bool| -> Vec<&Finding> {
            let items = self.scan.findings.items.iter();
            items.filter(|finding| is_wanted(&finding.result)).collect()
        };
        let failed = of(|result| *result == FindingResult::Fail);
        let unknown = words::unknown(self.scan);
        let waived = of(|result| matches!(result, FindingResult::Waived(_)));
        if failed.len() + unknown.len() + waived.len() > 0 {
            self.lines.blank();
        }
        for (number, finding) in (1..).zip(&failed) {
            self.failed(finding, (number, failed.len()));
        }
        for (number, one) in (1..).zip(&unknown) {
            self.unknown(one, (number, unknown.len()));
        }
        for (number, finding) in (1..).zip(&waived) {
            self.waived(finding, (number, waived.len()));
        }
    }

    fn failed(&mut self, finding: &Finding, place: (usize, usize)) {
        let said = Said {
            kind: "finding",
            word: finding.severity().word(),
            style: style(finding.severity()),
            code: finding.check.code,
            facts: vec![("what", &finding.message)],
        };
        self.row(&said, finding, place);
    }

    fn unknown(&mut self, unknown: &Unknown<'_>, place: (usize, usize)) {
        let checks = format!("not told: {}", unknown.codes.join(", "));
        let said = Said {
            kind: "unknown",
            word: unknown.first.result.word(),
            style: AnsiColor::Magenta.on_default(),
            code: "",
            facts: vec![("what", &unknown.first.message), ("", &checks)],
        };
        self.row(&said, unknown.first, place);
    }

    fn waived(&mut self, finding: &Finding, place: (usize, usize)) {
        let waiver = match &finding.result {
            FindingResult::Waived(waiver) => {
                let (owner, reason) = (neutral(&waiver.owner), neutral(&waiver.reason));
                format!("waived by {owner} until {}: {reason}", waiver.expires)
            }
            FindingResult::Fail | FindingResult::Unknown => String::new(),
        };
        let said = Said {
            kind: "waived finding",
            word: finding.result.word(),
            style: Style::new(),
            code: finding.check.code,
            facts: vec![("what", &finding.message), ("", &waiver)],
        };
        self.row(&said, finding, place);
    }

    /// Writes the lines of one row: how bad, how soon, which check, who; then what is to say about it.
    fn row(&mut self, row: &Said<'_>, finding: &Finding, place: (usize, usize)) {
        let Said { word, code, .. } = row;
        let new = match self.scan.novelty(finding) {
            Some(Novelty::New | Novelty::Changed) => Cell::new("since the baseline", "new: ", "new"),
            Some(Novelty::Known) | None => Cell::shown(""),
        };
        let (when, subject) = (words::when(self.scan, finding), words::subject(finding));
        let hurts = if when == words::NEVER { "not known" } else { &when };
        let start = vec![
            Cell::new("status", format!("{word:WORD_WIDTH$} "), *word),
            Cell::new("hurts", format!("{when:>WHEN_WIDTH$}  "), hurts),
            Cell::new("check", format!("{code:CODE_WIDTH$}  "), *code),
        ];
        let hang = " ".repeat(WORD_WIDTH + 1 + WHEN_WIDTH + 2 + CODE_WIDTH + 2);
        self.lines.row(&Row {
            kind: row.kind,
            place,
            name: &subject,
            start,
            hang: Some(hang.len()),
            rest: vec![new, Cell::shown(&subject)],
            style: row.style,
        });
        for (label, said) in &row.facts {
            self.lines.labelled(label, &hang, &hang, said);
        }
    }

    /// Says what could not be read and how that can be changed.
    fn unread(&mut self) {
        let unread = words::unread(self.scan);
        if unread.is_empty() {
            return;
        }
        self.lines.blank();
        self.lines.heading("Could not be read", unread.len());
        for line in unread {
            self.item(&line);
        }
        let missing = words::missing_permissions(self.scan);
        if !missing.is_empty() {
            self.lines.blank();
            let title = "Missing permissions (“callsheet policy viewer” prints a policy that has them)";
            self.lines.heading(title, missing.len());
            for permission in missing {
                self.item(&permission);
            }
        }
    }

    /// Says what has changed since the last sign-off.
    fn since(&mut self) {
        let Some(since) = self.scan.since else { return };
        self.lines.blank();
        self.lines.paragraph(&format!("{}.", since::headline(since)));
        for line in since::lines(self.scan) {
            self.item(&format!("{}: {}", line.word, line.row));
            for said in line.said {
                self.lines.item("    ", "      ", &said);
            }
        }
    }

    fn item(&mut self, line: &str) {
        self.lines.item("  ", "    ", line);
    }
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low | Severity::Info => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};
    use unicode_width::UnicodeWidthStr as _;

    fn drawn(sample: &Sample, width: usize, has_colours: bool) -> String {
        table(&sample.scan(), Layout::Laid { width, has_colours })
    }

    #[test]
    fn the_lines_keep_their_form() {
        insta::assert_snapshot!(drawn(&Sample::new(), 80, false));
    }

    #[test]
    fn the_plain_lines_keep_their_form() {
        insta::assert_snapshot!(table(&Sample::new().scan(), Layout::Plain));
    }

    #[test]
    fn lines_keep_to_their_width() {
        let sample = Sample::new();
        for width in [60, 80, 100] {
            let text = drawn(&sample, width, false);
            assert!(text.lines().all(|line| line.width() <= width), "{text}");
        }
    }

    #[test]
    fn colours_change_nothing_but_the_look() {
        let sample = Sample::new();
        let plain = drawn(&sample, 80, false);
        let coloured = drawn(&sample, 80, true);
        assert!(coloured.contains('\u{1b}') && !plain.contains('\u{1b}'));
        let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
        assert_eq!(codes.replace_all(&coloured, ""), plain);
    }

    #[test]
    fn what_is_new_is_marked_when_there_is_a_baseline() {
        let mut sample = Sample::new().known();
        assert!(!drawn(&sample, 80, false).contains("new: "));
        sample.baseline = sample.baseline.map(|_| {
            let empty = Sample::new();
            let nothing = Sample {
                findings: crate::findings::evaluate::Findings::default(),
                ..empty
            };
            nothing.known().baseline.unwrap()
        });
        assert!(drawn(&sample, 80, false).contains("new: "));
    }
}

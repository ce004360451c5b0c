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
};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use textwrap::{Options, WordSplitter};

/// How the lines are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// How many cells a line may take.
    pub width: usize,
    /// Whether to colour the words that say how bad something is.
    pub has_colours: bool,
}

/// Lines narrower than this are not made: words would be cut everywhere.
const LEAST_WIDTH: usize = 40;

/// The cells that the longest word of severity or result takes.
const WORD_WIDTH: usize = 8;

/// The cells that the longest time takes, such as "13 d".
const WHEN_WIDTH: usize = 4;

/// The cells that a code takes.
const CODE_WIDTH: usize = 4;

/// Returns a scan as text.
pub fn table(scan: &Scan<'_>, drawing: Drawing) -> String {
    let page = Page {
        scan,
        width: drawing.width.max(LEAST_WIDTH),
        has_colours: drawing.has_colours,
    };
    let mut text = String::new();
    page.paragraph(&mut text, &format!("Findings of {}", words::scope(scan)));
    let of = |is_wanted: fn(&FindingResult) -> bool| {
        let items = scan.findings.items.iter();
        items.filter(move |finding| is_wanted(&finding.result))
    };
    // What failed is in order of urgency already; what is not known comes after it, and what is decided last.
    let failed = of(|result| *result == FindingResult::Fail).map(|finding| page.failed(finding));
    let unknown = words::unknown(scan).into_iter().map(|unknown| page.unknown(&unknown));
    let waived = of(|result| matches!(result, FindingResult::Waived(_))).map(|finding| page.waived(finding));
    let rows: Vec<String> = failed.chain(unknown).chain(waived).collect();
    if !rows.is_empty() {
        write!(text, "\n{}", rows.concat()).ok();
    }
    page.unread(&mut text);
    page.since(&mut text);
    text.push('\n');
    page.paragraph(&mut text, &format!("{}.", words::counts(scan)));
    for not_run in words::not_run(scan) {
        page.paragraph(&mut text, &format!("Not run: {not_run}."));
    }
    if !scan.is_complete() {
        page.paragraph(&mut text, words::INCOMPLETE);
    }
    text
}

/// What a row begins with.
struct Row {
    word: &'static str,
    style: Style,
    code: &'static str,
}

struct Page<'a> {
    scan: &'a Scan<'a>,
    width: usize,
    has_colours: bool,
}

impl Page<'_> {
    fn failed(&self, finding: &Finding) -> String {
        let row = Row {
            word: finding.severity().word(),
            style: style(finding.severity()),
            code: finding.check.code,
        };
        self.row(&row, finding, &[&finding.message])
    }

    fn unknown(&self, unknown: &Unknown<'_>) -> String {
        let (row, checks) = (
            Row {
                word: unknown.first.result.word(),
                style: AnsiColor::Magenta.on_default(),
                code: "",
            },
            format!("not told: {}", unknown.codes.join(", ")),
        );
        self.row(&row, unknown.first, &[&unknown.first.message, &checks])
    }

    fn waived(&self, finding: &Finding) -> String {
        let row = Row {
            word: finding.result.word(),
            style: Style::new(),
            code: finding.check.code,
        };
        let waiver = match &finding.result {
            FindingResult::Waived(waiver) => {
                let (owner, reason) = (neutral(&waiver.owner), neutral(&waiver.reason));
                format!("waived by {owner} until {}: {reason}", waiver.expires)
            }
            FindingResult::Fail | FindingResult::Unknown => String::new(),
        };
        self.row(&row, finding, &[&finding.message, &waiver])
    }

    /// Returns the lines of one row: how bad, how soon, which check, who; then what is to say about it.
    fn row(&self, row: &Row, finding: &Finding, said: &[&str]) -> String {
        let Row { word, style, code } = row;
        let new = match self.scan.novelty(finding) {
            Some(Novelty::New | Novelty::Changed) => "new: ",
            Some(Novelty::Known) | None => "",
        };
        let when = words::when(self.scan, finding);
        let start = format!("{word:WORD_WIDTH$} {when:>WHEN_WIDTH$}  {code:CODE_WIDTH$}  ");
        let hang = " ".repeat(start.chars().count());
        let options = self.options().initial_indent(&start).subsequent_indent(&hang);
        let mut text = textwrap::fill(&format!("{new}{}", words::subject(finding)), options);
        let options = self.options().initial_indent(&hang).subsequent_indent(&hang);
        for line in said {
            write!(text, "\n{}", textwrap::fill(line, options.clone())).ok();
        }
        text.push('\n');
        // The word is coloured when the lines are broken, since colours take no cells.
        match text.strip_prefix(word) {
            Some(rest) if self.has_colours => format!("{style}{word}{style:#}{rest}"),
            Some(_) | None => text,
        }
    }

    /// Says what could not be read and how that can be changed.
    fn unread(&self, text: &mut String) {
        let unread = words::unread(self.scan);
        if unread.is_empty() {
            return;
        }
        text.push_str("\nCould not be read:\n");
        for line in unread {
            self.item(text, &line);
        }
        let missing = words::missing_permissions(self.scan);
        if !missing.is_empty() {
            text.push('\n');
            self.paragraph(
                text,
                "Missing permissions (“callsheet policy viewer” prints a policy that has them):",
            );
            for permission in missing {
                self.item(text, &permission);
            }
        }
    }

    /// Says what has changed since the last sign-off.
    fn since(&self, text: &mut String) {
        let Some(since) = self.scan.since else { return };
        text.push('\n');
        self.paragraph(text, &format!("{}.", since::headline(since)));
        for line in since::lines(self.scan) {
            self.item(text, &format!("{}: {}", line.word, line.row));
            let deeper = self.options().initial_indent("    ").subsequent_indent("      ");
            for said in line.said {
                writeln!(text, "{}", textwrap::fill(&said, &deeper)).ok();
            }
        }
    }

    fn item(&self, text: &mut String, line: &str) {
        let options = self.options().initial_indent("  ").subsequent_indent("    ");
        writeln!(text, "{}", textwrap::fill(line, options)).ok();
    }

    /// Returns how lines are broken: only between words, since codes and permissions hold hyphens.
    fn options(&self) -> Options<'static> {
        Options::new(self.width).word_splitter(WordSplitter::NoHyphenation)
    }

    fn paragraph(&self, text: &mut String, line: &str) {
        writeln!(text, "{}", textwrap::fill(line, self.options())).ok();
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
        table(&sample.scan(), Drawing { width, has_colours })
    }

    #[test]
    fn the_lines_keep_their_form() {
        insta::assert_snapshot!(drawn(&Sample::new(), 80, false));
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

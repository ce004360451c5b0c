//! A scan for people, in a terminal or in the log of a job: the worst first, then what is not known.

use super::{Scan, baseline::Novelty, words};
use crate::findings::{Finding, FindingResult, severity::Severity};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use textwrap::Options;

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
    let ranked = of(|result| *result == FindingResult::Fail)
        .chain(of(|result| *result == FindingResult::Unknown))
        .chain(of(|result| matches!(result, FindingResult::Waived(_))));
    let rows: Vec<String> = ranked.map(|finding| page.finding(finding)).collect();
    if !rows.is_empty() {
        write!(text, "\n{}", rows.concat()).ok();
    }
    page.unread(&mut text);
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

struct Page<'a> {
    scan: &'a Scan<'a>,
    width: usize,
    has_colours: bool,
}

impl Page<'_> {
    /// Returns the lines of one finding: how bad, how soon, which check, who; then what is wrong.
    fn finding(&self, finding: &Finding) -> String {
        let word = words::word(finding);
        let new = match self.scan.novelty(finding) {
            Some(Novelty::New | Novelty::Changed) => "new: ",
            Some(Novelty::Known) | None => "",
        };
        let when = words::when(self.scan, finding);
        let start = format!("{word:WORD_WIDTH$} {when:>WHEN_WIDTH$}  {}  ", finding.check.code);
        let hang = " ".repeat(start.chars().count());
        let options = Options::new(self.width).initial_indent(&start).subsequent_indent(&hang);
        let mut text = textwrap::fill(&format!("{new}{}", words::subject(finding)), options);
        let options = Options::new(self.width).initial_indent(&hang).subsequent_indent(&hang);
        for line in [Some(finding.message.clone()), waiver(finding)].into_iter().flatten() {
            write!(text, "\n{}", textwrap::fill(&line, options.clone())).ok();
        }
        text.push('\n');
        // The word is coloured when the lines are broken, since colours take no cells.
        match text.strip_prefix(word) {
            Some(rest) if self.has_colours => {
                let style = style(finding);
                format!("{style}{word}{style:#}{rest}")
            }
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
            text.push_str("\nMissing permissions (“callsheet policy viewer” prints a policy that has them):\n");
            for permission in missing {
                self.item(text, &permission);
            }
        }
    }

    fn item(&self, text: &mut String, line: &str) {
        let options = Options::new(self.width).initial_indent("  ").subsequent_indent("    ");
        writeln!(text, "{}", textwrap::fill(line, options)).ok();
    }

    fn paragraph(&self, text: &mut String, line: &str) {
        writeln!(text, "{}", textwrap::fill(line, self.width)).ok();
    }
}

fn waiver(finding: &Finding) -> Option<String> {
    match &finding.result {
        FindingResult::Waived(waiver) => Some(format!(
            "waived by {} until {}: {}",
            crate::domain::text::neutral(&waiver.owner),
            waiver.expires,
            crate::domain::text::neutral(&waiver.reason)
        )),
        FindingResult::Fail | FindingResult::Unknown => None,
    }
}

fn style(finding: &Finding) -> Style {
    let coloured = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
    match (&finding.result, finding.severity()) {
        (FindingResult::Fail, Severity::Critical) => coloured(AnsiColor::Red).bold(),
        (FindingResult::Fail, Severity::High) => coloured(AnsiColor::Red),
        (FindingResult::Fail, Severity::Medium) => coloured(AnsiColor::Yellow),
        (FindingResult::Unknown, _) => coloured(AnsiColor::Magenta),
        (FindingResult::Fail, Severity::Low | Severity::Info) | (FindingResult::Waived(_), _) => Style::new(),
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

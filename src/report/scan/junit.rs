//! A scan as JUnit XML, which every build server shows.
//!
//! A test case is red exactly where the exit status would be 1: a finding that is known, waived or mild enough is skipped
//! and says so. What is unknown is an error, so that a page that is green has been read to its end.

use super::{Scan, words};
use crate::{
    domain::text::neutral,
    findings::{Family, Finding, FindingResult, evaluate::Tally},
};
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

/// Returns a scan as JUnit XML.
pub fn junit(scan: &Scan<'_>) -> Result<String, SerializeError> {
    let mut report = Report::new("callsheet scan");
    report.set_timestamp(scan.findings.at);
    for family in Family::ALL {
        let mut suite = TestSuite::new(family.word());
        suite.set_timestamp(scan.findings.at);
        let of_family = |tally: &&Tally| tally.check.family == family;
        for tally in scan.findings.tallies.iter().filter(of_family) {
            suite.add_test_cases(passed(tally));
            let findings = scan.findings.items.iter();
            suite.add_test_cases(
                findings
                    .filter(|finding| finding.check == tally.check)
                    .map(|found| finding(scan, found)),
            );
        }
        if !suite.test_cases.is_empty() {
            report.add_test_suite(suite);
        }
    }
    report.add_test_suite(reading(scan));
    report.to_string()
}

/// Returns one test case for everything with which nothing is wrong: those are not known one by one.
fn passed(tally: &Tally) -> Option<TestCase> {
    let name = format!("{}: {} passed", tally.check.code, tally.pass);
    (tally.pass > 0).then(|| case(&name, tally.check.name, TestCaseStatus::success()))
}

fn finding(scan: &Scan<'_>, finding: &Finding) -> TestCase {
    let status = match &finding.result {
        FindingResult::Fail if scan.fails(finding) => told(NonSuccessKind::Failure, &finding.message, finding),
        FindingResult::Fail => {
            let why = if finding.severity() < scan.fail_on {
                format!("{}, below --fail-on {}", finding.severity(), scan.fail_on)
            } else {
                "known from the baseline".to_owned()
            };
            skipped(&format!("{why}: {}", finding.message))
        }
        FindingResult::Unknown => told(NonSuccessKind::Error, &finding.message, finding),
        FindingResult::Waived(waiver) => skipped(&format!(
            "waived by {} until {}: {}",
            waiver.owner, waiver.expires, waiver.reason
        )),
    };
    let name = format!("{} {}", finding.check.code, words::subject(finding));
    let mut case = case(&name, finding.check.name, status);
    if let Some(arn) = &finding.subject.arn {
        case.add_property(("arn", text(arn.as_str()).as_str()));
    }
    case
}

fn told(kind: NonSuccessKind, message: &str, finding: &Finding) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    let lines: Vec<String> = std::iter::once(finding.check.remedy.to_owned())
        .chain(words::evidence(finding))
        .collect();
    status
        .set_type(finding.severity().word())
        .set_message(text(message))
        .set_description(text_lines(&lines));
    status
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(text(message));
    status
}

/// Returns what could not be read: without it a page of passes would look complete.
fn reading(scan: &Scan<'_>) -> TestSuite {
    let mut suite = TestSuite::new("reading");
    suite.set_timestamp(scan.findings.at);
    for what in words::unread(scan) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("unread").set_message(text(&what));
        suite.add_test_case(case(&what, "reading", status));
    }
    for what in words::not_run(scan) {
        suite.add_test_case(case(&what, "not-run", skipped(&what)));
    }
    let complete = if scan.is_complete() {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("incomplete").set_message(words::INCOMPLETE);
        status
    };
    suite.add_test_case(case("the answer is complete", "reading", complete));
    suite
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(text(name), status);
    case.set_classname(format!("callsheet.{class}"));
    case
}

/// Returns text without what XML has no way to write. The library takes out the control characters.
fn text(text: &str) -> String {
    neutral(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn text_lines(lines: &[String]) -> String {
    lines.iter().map(|line| text(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};
    use crate::findings::severity::Severity;

    /// Returns how many test cases failed, are in error and were skipped, as a reader of the file counts them.
    fn counted(sample: &Sample) -> (usize, usize, usize) {
        let report = Report::deserialize_from_str(&junit(&sample.scan()).unwrap()).unwrap();
        let cases: Vec<_> = report.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
        let count = |wanted: Option<NonSuccessKind>| {
            let is_it = |case: &&&TestCase| match (&case.status, wanted) {
                (TestCaseStatus::NonSuccess { kind, .. }, Some(wanted)) => *kind == wanted,
                (TestCaseStatus::Skipped { .. }, None) => true,
                (
                    TestCaseStatus::Success { .. } | TestCaseStatus::NonSuccess { .. } | TestCaseStatus::Skipped { .. },
                    _,
                ) => false,
            };
            cases.iter().filter(is_it).count()
        };
        let counts = (
            count(Some(NonSuccessKind::Failure)),
            count(Some(NonSuccessKind::Error)),
            count(None),
        );
        assert_eq!((report.failures, report.errors, report.skipped), counts);
        assert_eq!(report.tests, cases.len());
        counts
    }

    #[test]
    fn the_report_keeps_its_form() {
        insta::assert_snapshot!(junit(&Sample::new().scan()).unwrap());
    }

    #[test]
    fn red_is_what_makes_the_scan_fail() {
        let mut sample = Sample::new();
        sample.fail_on = Severity::Info;
        let scan = sample.scan();
        let failing = sample
            .findings
            .items
            .iter()
            .filter(|finding| scan.fails(finding))
            .count();
        let (failures, errors, skipped) = counted(&sample);
        assert!(failures > 0 && errors > 0);
        assert_eq!(failures, failing);
        let known = counted(&sample.known());
        assert_eq!(known, (0, errors, skipped + failures));
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(text("a\u{0}\u{1b}\u{ffff}b"), "a␀␛\u{fffd}b");
    }
}

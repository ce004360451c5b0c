//! What the checks said of the account, as the screens look it up.

use super::style::Role;
use crate::{
    domain::ids::{Arn, ByArn},
    findings::{Finding, FindingResult, evaluate::Findings, severity::Severity},
};

/// Separates a subject from the code of a check in the id of a row; does not occur in an ARN of the service.
const SEPARATOR: char = '#';

/// The findings with their places by row and by subject.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// What all checks said; nothing before they were asked for the first time.
    pub findings: Option<Findings>,
    rows: ByArn<usize>,
    subjects: ByArn<Vec<usize>>,
}

impl Judged {
    /// Returns the findings, ready to be looked up.
    pub fn new(findings: Findings) -> Self {
        let mut rows = ByArn::default();
        let mut subjects: ByArn<Vec<usize>> = ByArn::default();
        for (index, finding) in findings.items.iter().enumerate() {
            if let Some(id) = row_id(finding) {
                rows.entry(id).or_insert(index);
            }
            // What is wrong with a device is wrong with its person.
            for arn in [&finding.subject.arn, &finding.subject.person].into_iter().flatten() {
                subjects.entry(arn.clone()).or_default().push(index);
            }
        }
        Self {
            findings: Some(findings),
            rows,
            subjects,
        }
    }

    /// Returns every finding, the worst first.
    pub fn all(&self) -> &[Finding] {
        self.findings.as_ref().map_or(&[], |findings| &findings.items)
    }

    /// Returns the finding of a row of the queue.
    pub fn of_row(&self, id: &Arn) -> Option<&Finding> {
        self.all().get(*self.rows.get(id)?)
    }

    /// Returns the findings about something, the worst first; of a person, with those about their devices.
    pub fn about(&self, arn: &Arn) -> impl Iterator<Item = &Finding> {
        let places = self.subjects.get(arn).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| self.all().get(*place))
    }
}

/// Returns the id of a finding's row in the queue.
pub fn row_id(finding: &Finding) -> Option<Arn> {
    let subject = match &finding.subject.arn {
        Some(arn) => arn.to_string(),
        // Names hold blanks, which no ARN does.
        None => format!(
            "arn:callsheet:findings:::{}",
            finding.subject.id.replace(char::is_whitespace, "_")
        ),
    };
    Arn::parse(&format!("{subject}{SEPARATOR}{}", finding.check.code)).ok()
}

/// Returns what a finding looks like: how bad it is, or that it is unknown or waived.
pub fn role(finding: &Finding) -> Role {
    match (&finding.result, finding.severity()) {
        (FindingResult::Waived(_), _) => Role::Dim,
        (FindingResult::Unknown, _) => Role::Unknown,
        (FindingResult::Fail, severity) => severity_role(severity),
    }
}

/// Returns what a severity looks like.
pub fn severity_role(severity: Severity) -> Role {
    match severity {
        Severity::Critical | Severity::High => Role::Danger,
        Severity::Medium => Role::Warning,
        Severity::Low | Severity::Info => Role::Normal,
    }
}

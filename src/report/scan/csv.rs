//! A scan as CSV: one row for each finding, for a spreadsheet.
//!
//! What could not be read comes last, in rows without a code, so that a table never looks more complete than it is.

use super::{Scan, baseline::Novelty, words};
use crate::{
    domain::{ids::Arn, text::spreadsheet_safe},
    findings::{Finding, FindingResult},
};
use std::io;

/// The names of the columns.
pub const COLUMNS: [&str; 16] = [
    "code",
    "name",
    "severity",
    "result",
    "subject_kind",
    "subject_name",
    "subject_arn",
    "message",
    "hours_until",
    "remedy",
    "evidence",
    "facts",
    "is_new",
    "waiver_owner",
    "waiver_reason",
    "waiver_expires",
];

/// What stands in the column of results where something could not be read.
const UNREAD: &str = "unread";

/// Returns a scan as CSV, as RFC 4180 has it, in UTF-8.
pub fn csv(scan: &Scan<'_>) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let findings = scan.findings.items.iter().map(|found| finding(scan, found));
    for row in findings.chain(unread(scan)) {
        writer.write_record(row.iter().map(|cell| spreadsheet_safe(cell).into_owned()))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

type Row = [String; COLUMNS.len()];

fn finding(scan: &Scan<'_>, finding: &Finding) -> Row {
    let hours = finding.standing.hours_until(scan.findings.at);
    let is_new = scan.novelty(finding).map(|novelty| novelty != Novelty::Known);
    let waiver = match &finding.result {
        FindingResult::Waived(waiver) => Some(waiver),
        FindingResult::Fail | FindingResult::Unknown => None,
    };
    [
        finding.check.code.to_owned(),
        finding.check.name.to_owned(),
        finding.severity().word().to_owned(),
        finding.result.word().to_owned(),
        finding.subject.kind.word().to_owned(),
        finding.subject.name.clone(),
        finding.subject.arn.as_ref().map_or("", Arn::as_str).to_owned(),
        finding.message.clone(),
        hours.map(|hours| hours.to_string()).unwrap_or_default(),
        finding.check.remedy.to_owned(),
        words::evidence(finding).join("; "),
        finding.facts(),
        is_new.map(|is_new| is_new.to_string()).unwrap_or_default(),
        waiver.map(|waiver| waiver.owner.clone()).unwrap_or_default(),
        waiver.map(|waiver| waiver.reason.clone()).unwrap_or_default(),
        waiver.map(|waiver| waiver.expires.to_string()).unwrap_or_default(),
    ]
}

fn unread(scan: &Scan<'_>) -> impl Iterator<Item = Row> {
    words::unread(scan).into_iter().map(|what| {
        let mut row = Row::default();
        let [_, _, _, result, _, _, _, message, ..] = &mut row;
        UNREAD.clone_into(result);
        *message = what;
        row
    })
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};

    #[test]
    fn the_table_keeps_its_form() {
        let text = String::from_utf8(csv(&Sample::new().scan()).unwrap()).unwrap();
        insta::assert_snapshot!(text.replace('\r', ""));
    }

    #[test]
    fn no_cell_is_a_formula_and_every_row_is_whole() {
        let sample = Sample::new();
        let bytes = csv(&sample.scan()).unwrap();
        let rows: Vec<_> = csv::Reader::from_reader(bytes.as_slice())
            .into_records()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len(), sample.findings.items.len() + sample.inventory.gaps.len());
        let cells: Vec<&str> = rows.iter().flat_map(|row| row.iter()).collect();
        assert!(
            !cells
                .iter()
                .any(|cell| cell.starts_with(['=', '+', '-', '@', '|', '%'])),
            "{cells:?}"
        );
        assert!(cells.contains(&"'=olga|<b>"), "{cells:?}");
    }
}

//! Screen 0: how much was found in each family of checks, and how bad it is.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        judged,
        list::{Cell, Column, Row},
        style::Role,
    },
    domain::ids::Arn,
    findings::{Family, FindingResult, evaluate::Findings, severity::Severity},
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("family", "FAMILY", 23),
    Column::new("critical", "CRITICAL", 8),
    Column::new("high", "HIGH", 4),
    Column::new("medium", "MEDIUM", 6),
    Column::new("low", "LOW", 4),
    Column::new("info", "INFO", 4),
    Column::new("unknown", "UNKNOWN", 7),
    Column::growing("bar", "BAR █ ▓ ▒ ░", 11),
    Column::new("waived", "WAIVED", 6),
];

/// What stands before the name of a family in the id of its row.
const PREFIX: &str = "arn:callsheet:findings:::family/";

/// The cells of the longest bar.
const BAR_CELLS: usize = 30;

/// Returns one row for each family.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let Some(findings) = &facts.judged.findings else {
        return Vec::new();
    };
    let counts: Vec<Counts> = Family::ALL
        .into_iter()
        .map(|family| Counts::of(findings, family))
        .collect();
    let most = counts
        .iter()
        .map(|counts| counts.drawn().iter().sum())
        .max()
        .unwrap_or(0);
    counts
        .iter()
        .zip(Family::ALL)
        .enumerate()
        .filter_map(|(place, (counts, family))| {
            let mut cells = vec![Cell::ordered(family.title(), Role::Normal, cell::order(place))];
            cells.extend(Severity::ALL.into_iter().zip(counts.failed).map(|(severity, count)| {
                let role = judged::severity_role(severity);
                if count == 0 {
                    Cell::count(0)
                } else {
                    cell::number(count, role)
                }
            }));
            cells.push(match counts.unknown {
                0 => Cell::count(0),
                count => cell::number(count, Role::Unknown),
            });
            cells.push(Cell::ordered(
                counts.bar(most),
                Role::Normal,
                cell::order(counts.failed.iter().sum()),
            ));
            cells.push(Cell::count(counts.waived));
            Some(Row {
                id: row_id(family)?,
                cells,
                is_stale: false,
                has_finding: counts.failed.iter().any(|count| *count > 0),
            })
        })
        .collect()
}

/// Returns the family of a row.
pub(in crate::app) fn family(id: &Arn) -> Option<Family> {
    Family::ALL
        .into_iter()
        .find(|family| row_id(*family).as_ref() == Some(id))
}

fn row_id(family: Family) -> Option<Arn> {
    let name = family.title().to_lowercase().replace(' ', "-");
    Arn::parse(&format!("{PREFIX}{name}")).ok()
}

/// How much was found in one family.
struct Counts {
    /// By severity, the worst first.
    failed: [usize; 5],
    unknown: usize,
    waived: usize,
}

impl Counts {
    fn of(findings: &Findings, family: Family) -> Self {
        let mut counts = Self {
            failed: [0; 5],
            unknown: 0,
            waived: 0,
        };
        for finding in findings.items.iter().filter(|finding| finding.check.family == family) {
            match finding.result {
                FindingResult::Unknown => counts.unknown += 1,
                FindingResult::Waived(_) => counts.waived += 1,
                FindingResult::Fail => {
                    let severities = Severity::ALL.into_iter().zip(&mut counts.failed);
                    for (_, count) in severities.filter(|(severity, _)| *severity == finding.severity()) {
                        *count += 1;
                    }
                }
            }
        }
        counts
    }

    /// Returns what the bar shows: everything but what is only worth knowing.
    fn drawn(&self) -> [usize; 4] {
        let [critical, high, medium, low, _] = self.failed;
        [critical, high, medium, low]
    }

    /// Returns a bar in which the longest family takes all the room; whatever there is gets a cell at least.
    fn bar(&self, most: usize) -> String {
        let cells = |count: usize| match count {
            0 => 0,
            _ => (count * BAR_CELLS / most.max(BAR_CELLS)).max(1),
        };
        let signs = ["█", "▓", "▒", "░"];
        let parts = signs.iter().zip(self.drawn());
        parts.map(|(sign, count)| sign.repeat(cells(count))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ScreenId, tests::judged_texts};
    use crate::domain::world::World;

    #[test]
    fn each_family_is_counted_by_severity_with_a_bar() {
        let world = World::new()
            .person("anna", &[], &[])
            .person("ben", &["mail"], &[])
            .complete();
        let rows = judged_texts(&world, ScreenId::Counts);
        let devices = rows.iter().find(|row| row.starts_with("Devices | ")).unwrap();
        assert!(devices.contains("█") || devices.contains("▓"), "{devices}");
        assert_eq!(rows.len(), 8);
    }
}

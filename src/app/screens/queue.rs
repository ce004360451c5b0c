//! Screen 1: what is wrong, ranked by how bad it is and how soon it hurts.

use super::cell;
use crate::{
    app::{
        facts::Facts,
        judged,
        list::{Cell, Column, Row},
        style::Role,
        time,
    },
    findings::{Finding, FindingResult},
};

/// The columns.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("severity", "SEVERITY", 8),
    Column::new("hurts", "HURTS IN", 8),
    Column::new("code", "CODE", 4),
    Column::growing("subject", "SUBJECT", 14),
    Column::growing("finding", "FINDING", 36),
    Column::new("result", "RESULT", 7),
    Column::new("family", "FAMILY", 22),
];

/// Returns one row for each finding. The first column sorts by rank: what failed before what is unknown, the worst
/// first, then what hurts soonest.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let ranked = facts.judged.all().iter().enumerate();
    ranked
        .filter_map(|(rank, finding)| {
            let role = judged::role(finding);
            Some(Row {
                id: judged::row_id(finding)?,
                cells: vec![
                    Cell::ordered(word(finding), role, cell::order(rank)),
                    hurts(facts, finding),
                    Cell::new(finding.check.code, Role::Normal),
                    Cell::new(&finding.subject.name, Role::Normal),
                    Cell::new(&finding.message, Role::Normal),
                    result(&finding.result),
                    Cell::new(finding.check.family.title(), Role::Dim),
                ],
                is_stale: false,
                has_finding: finding.result == FindingResult::Fail,
            })
        })
        .collect()
}

/// Returns how bad a finding is; of what failed only, since nothing is known of the rest.
fn word(finding: &Finding) -> &'static str {
    match finding.result {
        FindingResult::Fail => finding.severity().word(),
        FindingResult::Unknown | FindingResult::Waived(_) => finding.result.word(),
    }
}

/// Returns when a finding hurts, as a distance from now.
fn hurts(facts: &Facts<'_>, finding: &Finding) -> Cell {
    match finding.standing.hurts_at {
        Some(at) => Cell::ordered(
            time::short(at, facts.now),
            Role::Normal,
            (at - facts.now).num_seconds().max(0),
        ),
        None => cell::none(),
    }
}

fn result(result: &FindingResult) -> Cell {
    let role = match result {
        FindingResult::Fail => Role::Normal,
        FindingResult::Unknown => Role::Unknown,
        FindingResult::Waived(_) => Role::Dim,
    };
    Cell::new(result.word(), role)
}

#[cfg(test)]
mod tests {
    use super::super::{
        ScreenId,
        tests::{check, judged_texts},
    };
    use crate::domain::{operation::Operation, world::World};

    #[test]
    fn the_worst_comes_first_and_what_is_unknown_after_what_failed() {
        let world = World::new()
            .person("anna", &["-phone"], &[("phone", 1)])
            .person("ben", &["mail"], &[("mail", 1)])
            .person("cleo", &[], &[])
            .denied(Operation::ListContactChannels, "cleo")
            .rotation("weekly", &["anna"])
            .shifts("weekly", &[(5, 24 * 14, &["anna"])])
            .schedule("ops", &["weekly"])
            .complete();
        let rows = judged_texts(&world, ScreenId::Queue);
        let with = |code: &str, name: &str| {
            let row = rows.iter().find(|row| row.contains(code) && row.contains(name));
            row.unwrap_or_else(|| panic!("{code} of {name} in {rows:#?}")).clone()
        };
        assert!(with("CH02", "anna").starts_with("critical:danger | 5 h | CH02 | anna"));
        assert!(with("CH04", "ben").contains("fail"));
        assert!(with("CH02", "cleo").contains("unknown:unknown"));
        let failed = rows.iter().rposition(|row| row.contains("| fail")).unwrap();
        let unknown = rows.iter().position(|row| row.contains("unknown:unknown")).unwrap();
        assert!(failed < unknown, "{rows:#?}");
        check(&World::new().complete(), ScreenId::Queue, &[]);
    }
}

//! Cells that several lists have: what is unknown, pending, reached or shared looks the same everywhere.

use crate::{
    app::{facts::Facts, judged, list::Cell, style::Role, time},
    domain::{Timestamp, gap::Reading, ids::Arn, reach::Reach},
    findings::{FindingResult, severity::Severity},
    paging::coverage::Answer,
};

/// What stands where the answer is still to come.
pub(in crate::app) const PENDING: &str = "…";

/// What stands where there is no answer. The detail says why.
pub(in crate::app) const UNKNOWN: &str = "unknown";

/// Returns the cell of an answer that is still to come.
pub(super) fn pending() -> Cell {
    Cell::ordered(PENDING, Role::Dim, i64::MIN)
}

/// Returns the cell of something that could not be read. It comes first: unknown is never fine.
pub(super) fn unknown() -> Cell {
    Cell::ordered(UNKNOWN, Role::Unknown, i64::MIN)
}

/// Returns the cell of something that there is none of. It comes last where smaller is more urgent.
pub(super) fn none() -> Cell {
    Cell::ordered("–", Role::Dim, i64::MAX)
}

/// Returns the cell of what was read, or of why there is nothing to show.
pub(super) fn reading<T>(reading: &Reading<T>, show: impl FnOnce(&T) -> Cell) -> Cell {
    match reading {
        Reading::Known(value) => show(value),
        Reading::Unknown(_) => unknown(),
        Reading::Pending => pending(),
    }
}

/// Returns the cell of what follows from what was read.
pub(super) fn answer<T>(answer: Answer<T>, show: impl FnOnce(T) -> Cell) -> Cell {
    match answer {
        Answer::Known(value) => show(value),
        Answer::Unknown(_) => unknown(),
        Answer::Pending => pending(),
    }
}

/// Returns a number as a cell that is sorted by it.
pub(super) fn number(number: usize, role: Role) -> Cell {
    Cell::ordered(number.to_string(), role, order(number))
}

/// Returns a number as a place in an order.
pub(super) fn order(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Returns how many people or devices are reached, or why none; what is wrong comes first. One alone has no stand-in.
pub(super) fn reach(reach: &Reach, one: &str, many: &str) -> Cell {
    let rank = i64::from(reach.rank());
    match reach {
        Reach::Reachable(1) => Cell::ordered(format!("1 {one}"), Role::Warning, rank + 1),
        Reach::Reachable(count) => Cell::ordered(
            format!("{count} {many}"),
            Role::Good,
            rank.saturating_add(order(*count)),
        ),
        Reach::Unreachable(why) => Cell::ordered(why, Role::Danger, rank),
        Reach::Unknown(_) => Cell::ordered(UNKNOWN, Role::Unknown, rank),
        Reach::Pending => Cell::ordered(PENDING, Role::Dim, rank),
    }
}

/// Returns an instant ahead as a distance, `now` when it has come.
pub(super) fn ahead(at: Timestamp, now: Timestamp, role: Role) -> Cell {
    let seconds = (at - now).num_seconds().max(0);
    if seconds == 0 {
        Cell::ordered("now", role, 0)
    } else {
        Cell::ordered(time::distance(at, now), role, seconds)
    }
}

/// Returns the mark of what another account shares with ours, with that account.
pub(super) fn shared(facts: &Facts<'_>, arn: &Arn) -> Cell {
    if facts.inventory.is_shared_in(arn) {
        Cell::new(format!("shared in by {}", arn.account()), Role::Warning)
    } else {
        Cell::new("", Role::Dim)
    }
}

/// Returns how bad the worst of what was found is, and how much was found; of a person, with their devices.
pub(super) fn found(facts: &Facts<'_>, arn: &Arn) -> Cell {
    let Some(findings) = &facts.judged.findings else {
        return pending();
    };
    let (mut failed, mut unknown, mut worst) = (0, 0, None);
    for finding in facts.judged.about(arn) {
        match finding.result {
            FindingResult::Fail => {
                failed += 1;
                worst = worst.max(Some(finding.severity()));
            }
            FindingResult::Unknown => unknown += 1,
            FindingResult::Waived(_) => {}
        }
    }
    // The worst first, then the most; what is unknown comes after what is known to be wrong.
    let place = |rank: i64, count: usize| rank.saturating_mul(100_000).saturating_sub(order(count));
    match worst {
        Some(severity) => {
            let rank = Severity::ALL.iter().position(|other| *other == severity).unwrap_or(0);
            let text = format!("{} {failed}", severity.short());
            Cell::ordered(text, judged::severity_role(severity), place(order(rank) + 1, failed))
        }
        None if unknown > 0 => Cell::ordered(format!("? {unknown}"), Role::Unknown, place(8, unknown)),
        None if findings.is_pending() => pending(),
        None => none(),
    }
}

/// Returns whether a check failed on something, or on a device of it.
pub(super) fn has_finding(facts: &Facts<'_>, arn: &Arn) -> bool {
    let mut about = facts.judged.about(arn);
    about.any(|finding| finding.result == FindingResult::Fail)
}

/// Returns in how many places something is named; `?` says that what was not read may name it, too, `…` that more may
/// come.
pub(super) fn used(facts: &Facts<'_>, arn: &Arn) -> Cell {
    let count = facts.graph.used_by(arn).len();
    if facts.graph.may_miss_uses() {
        Cell::ordered(format!("{count}?"), Role::Unknown, order(count))
    } else if facts.graph.may_grow() {
        Cell::ordered(format!("{count}…"), Role::Dim, order(count))
    } else {
        Cell::count(count)
    }
}

//! Overrides: other people for part of a shift.

use super::{Replacement, Shift};

/// Returns `shift` cut where the people on call change because of `replacements`, the last of which wins.
pub(super) fn replace(shift: &Shift, replacements: &[Replacement]) -> Vec<Shift> {
    let relevant: Vec<_> = replacements
        .iter()
        .filter(|one| one.start < shift.end && one.end > shift.start)
        .collect();
    let mut cuts: Vec<_> = relevant
        .iter()
        .flat_map(|one| [one.start, one.end])
        .filter(|cut| shift.start < *cut && *cut < shift.end)
        .chain([shift.end])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();

    let mut parts: Vec<Shift> = Vec::new();
    let mut previous = None;
    let mut start = shift.start;
    for end in cuts {
        let winner = relevant.iter().rposition(|one| one.start <= start && start < one.end);
        match parts.last_mut() {
            // The edge of an override that another one hides is no change of people.
            Some(last) if winner == previous => last.end = end,
            _ => parts.push(match winner.and_then(|winner| relevant.get(winner)) {
                Some(winner) => Shift {
                    start,
                    end,
                    people: winner.people.clone(),
                    replaced: Some(shift.people.clone()),
                },
                None => Shift {
                    start,
                    end,
                    ..shift.clone()
                },
            }),
        }
        previous = winner;
        start = end;
    }
    parts
}

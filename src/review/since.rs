//! What has changed in an account since it was signed off.
//!
//! A row that is not in a list which was cut short may be there all the same: it is not said to be gone. A row of which the
//! signed population is not at hand may be as it was: it is not said to be new.

use super::{
    baseline::Baseline,
    diff::RowChange,
    fold::Reviews,
    population::{self, Population},
    row::{Row, RowKind},
};
use crate::{
    domain::{
        Timestamp,
        graph::Graph,
        inventory::{Inventory, SectionState},
    },
    ledger::entry::ReviewScope,
};
use std::sync::Arc;

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SinceSignOff {
    /// The reviews that signed the rows last, in the order of their sign-offs; empty means that nobody ever signed anything.
    pub reviews: Vec<SignedReview>,
    /// Rows that were not part of what was signed.
    pub added: Vec<Arc<Row>>,
    /// Rows that are not there any more, as they were.
    pub gone: Vec<Arc<Row>>,
    /// Rows that say something else.
    pub changed: Vec<RowChange>,
    /// How many rows are as they were signed.
    pub unchanged: usize,
    /// What of it cannot be told, one sentence without a full stop each.
    pub unknown: Vec<String>,
}

/// A review that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReview {
    /// Its name.
    pub name: String,
    /// When it was signed off.
    pub at: Timestamp,
    /// By whom, as they typed it.
    pub by: String,
}

impl SinceSignOff {
    /// Returns what is different between what was signed last and what was read now.
    pub fn of<'a>(
        reviews: &Reviews,
        population: impl Fn(&str) -> Option<&'a Population>,
        inventory: &Inventory,
        graph: &Graph,
    ) -> Self {
        let current = population::take(inventory, graph, &ReviewScope::All).population;
        Self::between(reviews, population, inventory, &current)
    }

    /// Returns what is different between what was signed last and the rows that were made of what was read now.
    pub fn between<'a>(
        reviews: &Reviews,
        population: impl Fn(&str) -> Option<&'a Population>,
        inventory: &Inventory,
        current: &Population,
    ) -> Self {
        let baseline = Baseline::before(reviews, None, population);
        let signed = baseline.reviews.iter().filter_map(|name| {
            let signed = reviews.campaign(name)?.sign_off.as_ref()?;
            Some(SignedReview {
                name: name.clone(),
                at: signed.mark.at,
                by: signed.sign_off.name.clone(),
            })
        });
        let mut since = Self {
            reviews: signed.collect(),
            unknown: baseline
                .missing
                .iter()
                .map(|name| {
                    format!(
                        "the population that {} signed is not at hand",
                        crate::domain::text::neutral(name)
                    )
                })
                .collect(),
            ..Self::default()
        };
        if since.reviews.is_empty() {
            return since;
        }
        let diff = baseline.diff(current);
        since.unchanged = current.rows.len().saturating_sub(diff.added.len() + diff.changed.len());
        if baseline.is_complete() {
            since.added = in_order(diff.added.into_values());
        } else if !diff.added.is_empty() {
            let count = diff.added.len();
            since
                .unknown
                .push(format!("{count} rows may be new, changed or as they were signed"));
        }
        let (unseen, gone): (Vec<_>, Vec<_>) = diff.gone.into_values().partition(|row| !is_read(inventory, row.kind));
        since.gone = in_order(gone.into_iter());
        since
            .unknown
            .extend(in_order(unseen.into_iter()).into_iter().map(|row| {
                format!(
                    "{} {} may be gone: the list was not read to its end",
                    row.kind.title(),
                    row.name
                )
            }));
        since.changed = diff.changed.into_values().collect();
        since.changed.sort_by_key(|change| key(&change.is));
        since
    }

    /// Returns whether everything can be told.
    pub fn is_known(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Returns how many rows are known to be new, gone or changed.
    pub fn count(&self) -> usize {
        self.added.len() + self.gone.len() + self.changed.len()
    }

    /// Returns whether something is known to have changed.
    pub fn has_changes(&self) -> bool {
        !(self.added.is_empty() && self.gone.is_empty() && self.changed.is_empty())
    }
}

fn key(row: &Row) -> (RowKind, String, String) {
    (row.kind, row.name.to_lowercase(), row.subject.to_string())
}

fn in_order(rows: impl Iterator<Item = Arc<Row>>) -> Vec<Arc<Row>> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| key(row));
    rows
}

fn is_read(inventory: &Inventory, kind: RowKind) -> bool {
    let state = match kind {
        RowKind::Person | RowKind::EscalationPlan | RowKind::Schedule => &inventory.contacts.state,
        RowKind::Rotation => &inventory.rotations.state,
        RowKind::ResponsePlan => &inventory.response_plans.state,
    };
    *state == SectionState::Complete
}

#[cfg(test)]
mod tests {
    use super::{
        super::sample::{self, Book},
        *,
    };
    use crate::domain::{
        gap::GapReason,
        operation::Operation,
        sample::key,
        world::{World, gap},
    };

    /// Returns what has changed from the sample world, as it was signed, to another one.
    fn since(world: World, is_at_hand: bool) -> SinceSignOff {
        let signed = sample::population_of(sample::world());
        let reviews = Book::new()
            .open("2026-Q4", &signed)
            .keep_all("2026-Q4", &signed)
            .sign("2026-Q4", &signed)
            .reviews();
        let mut world = world;
        world.inventory.add_fingerprints(&key());
        SinceSignOff::of(
            &reviews,
            |_| is_at_hand.then_some(&signed),
            &world.inventory,
            &world.graph(),
        )
    }

    fn names(rows: &[Arc<Row>]) -> Vec<&str> {
        rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn an_account_that_is_as_it_was_has_no_changes() {
        let since = since(sample::world().complete(), true);
        assert!(since.is_known() && !since.has_changes(), "{since:?}");
        assert_eq!((since.reviews[0].name.as_str(), since.unchanged), ("2026-Q4", 6));
    }

    #[test]
    fn rows_that_are_new_gone_and_changed_are_told() {
        let world = World::new()
            .person("anna", &["phone", "mail"], &[("phone*2", 9), ("mail", 5)])
            .person("cleo", &["call"], &[("call", 1)])
            .rotation("weekly", &["anna", "cleo"])
            .schedule("nights", &["weekly"])
            .plan("database", &[(10, &["nights"])])
            .response("outage", &["database"])
            .complete();
        let since = since(world, true);
        assert_eq!((names(&since.added), names(&since.gone)), (vec!["cleo"], vec!["ben"]));
        let anna = since.changed.iter().find(|change| change.is.name == "anna").unwrap();
        assert!(
            anna.words().iter().any(|words| words.contains('9')),
            "{:?}",
            anna.words()
        );
    }

    #[test]
    fn a_population_that_is_not_at_hand_leaves_everything_unknown() {
        let since = since(sample::world().complete(), false);
        assert!(!since.is_known() && !since.has_changes());
        assert_eq!(since.unknown[0], "the population that 2026-Q4 signed is not at hand");
    }

    #[test]
    fn what_a_list_that_was_cut_short_lacks_is_not_gone() {
        let mut world = World::new()
            .person("anna", &["phone", "mail"], &[("phone*2", 5), ("mail", 5)])
            .complete();
        world.inventory.contacts.state =
            SectionState::Partial(gap(Operation::ListContacts, None, GapReason::Throttled));
        let since = since(world, true);
        assert!(!names(&since.gone).contains(&"ben"), "{since:?}");
        assert!(names(&since.gone).contains(&"outage"));
        assert!(
            since
                .unknown
                .iter()
                .any(|why| why.starts_with("person ben may be gone")),
            "{since:?}"
        );
    }

    #[test]
    fn where_nobody_ever_signed_nothing_is_said_to_be_new() {
        let world = sample::world().complete();
        let since = SinceSignOff::of(&Reviews::default(), |_| None, &world.inventory, &world.graph());
        assert_eq!(since, SinceSignOff::default());
    }
}

//! The ledger of an account folded, with the populations that it names, for the subcommands that look at an account.

use crate::{
    domain::ids::Scope,
    failure::Failure,
    findings::recorded::Recorded,
    ledger::chain::Chain,
    review::{Population, Reviews, gate::LedgerState, recorded},
    store::{Store, ledger, population},
};
use std::{collections::BTreeMap, path::Path};

/// What is remembered of one account.
#[derive(Debug)]
pub(super) struct Remembered {
    /// The reviews and the devices.
    pub(super) reviews: Reviews,
    /// Whether the ledger is whole.
    pub(super) state: LedgerState,
    populations: BTreeMap<String, Population>,
}

impl Remembered {
    /// Reads the ledger of a scope; nothing where there is none.
    pub(super) fn of_scope(store: &Store, scope: &Scope) -> Result<Option<Self>, Failure> {
        let path = store.ledger(scope);
        if !path.exists() {
            return Ok(None);
        }
        let chain = ledger::read(&path, Some(&store.recorded_scope(scope)))?;
        Ok(Some(Self::of_chain(&path, &chain)))
    }

    /// Folds what is proven of a ledger. A population that cannot be read is told on standard error, and is not at hand.
    pub(super) fn of_chain(path: &Path, chain: &Chain) -> Self {
        let reviews = Reviews::of_records(chain.proven());
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut populations = BTreeMap::new();
        for digest in recorded::needed(&reviews) {
            match population::read(folder, &digest) {
                Ok(Some(population)) => {
                    populations.insert(digest, population);
                }
                Ok(None) => {}
                Err(failure) => {
                    super::report(&failure);
                }
            }
        }
        Self {
            reviews,
            state: LedgerState::of(&chain.state),
            populations,
        }
    }

    /// Returns the population of this digest, when it is at hand.
    pub(super) fn population(&self, digest: &str) -> Option<&Population> {
        self.populations.get(digest)
    }

    /// Returns what checks have to know of it.
    pub(super) fn recorded(&self) -> Recorded {
        recorded::recorded(&self.reviews, |digest| self.population(digest), &self.state)
    }
}

//! An earlier scan, so that only what is new since then makes a scan fail.
//!
//! A finding is the same one when its check and its subject are the same. It is known when it came to the same then as
//! now: what was unknown or waived and fails today is a change that somebody wants to hear of.

use super::json::SCHEMA;
use crate::{
    domain::{inventory::Inventory, text::excerpt},
    findings::Finding,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What an earlier scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The account that it was of; absent where the scan could not tell.
    pub account: Option<String>,
    /// The Region that it was of.
    pub region: String,
    /// What each finding came to, by the finding's id.
    results: BTreeMap<String, String>,
}

/// How a finding stands to an earlier scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// The earlier scan does not have it.
    New,
    /// The earlier scan has it, and it came to something else then.
    Changed,
    /// The earlier scan has it.
    Known,
}

/// Why a file is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not JSON, or not of the form that its schema has.
    #[error("it is not what “callsheet scan --format json” writes")]
    Form(#[from] serde_json::Error),
    /// It is machine output of another sort or of another version.
    #[error("it says that its schema is {found}, and a baseline has {SCHEMA}")]
    Schema {
        /// What it says.
        found: String,
    },
}

#[derive(Deserialize)]
struct Named {
    schema: String,
}

#[derive(Deserialize)]
struct Written {
    scope: WrittenScope,
    findings: Vec<WrittenFinding>,
}

#[derive(Deserialize)]
struct WrittenScope {
    account: Option<String>,
    region: String,
}

#[derive(Deserialize)]
struct WrittenFinding {
    id: String,
    result: String,
}

impl Baseline {
    /// Reads what `callsheet scan --format json` has written.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let Named { schema } = serde_json::from_str(text)?;
        if schema != SCHEMA {
            return Err(BaselineError::Schema {
                found: excerpt(&schema),
            });
        }
        let Written { scope, findings } = serde_json::from_str(text)?;
        Ok(Self {
            account: scope.account,
            region: scope.region,
            results: findings
                .into_iter()
                .map(|finding| (finding.id, finding.result))
                .collect(),
        })
    }

    /// Returns whether it is of the account and Region that were read. What is not known is not the same.
    pub fn is_of(&self, inventory: &Inventory) -> bool {
        self.account.is_some() && self.account.as_deref() == inventory.account() && self.region == inventory.region
    }

    /// Returns how a finding stands to this scan.
    pub fn novelty(&self, finding: &Finding) -> Novelty {
        match self.results.get(&finding.id()) {
            None => Novelty::New,
            Some(result) if result == finding.result.word() => Novelty::Known,
            Some(_) => Novelty::Changed,
        }
    }
}

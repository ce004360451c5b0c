//! The population of a review: every row that was read, and what could not be.
//!
//! A population is named by its digest. Its file holds the rows and nothing that passes, so that two readings of an
//! account in which nothing changed are one file; when it was read, and by which calls, is in the ledger. Whoever has `jq`
//! and `sha256sum` can check it: the digest of a row is that of `jq -cj 'del(.digest)'` of it, and that of the population is
//! that of `jq -r '.rows[].digest'`.

use super::{
    digest,
    found::Found,
    pagers::MAY_MISS,
    row::{Device, Field, Row, RowKind},
    rows::Rows,
    scope,
};
use crate::{
    domain::{
        Timestamp,
        gap::Gap,
        graph::{self, Graph},
        ids::{Arn, Scope},
        inventory::{Inventory, Read, SectionState},
        text::{excerpt, explanation, neutral},
    },
    ledger::entry::{self, ReviewScope},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The form of the file that this version writes and reads.
pub const SCHEMA: &str = "callsheet.population/1";

/// The rows of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// The rows by their subjects.
    pub rows: BTreeMap<Arn, Arc<Row>>,
    /// The digest of all rows.
    pub digest: String,
}

/// A population as it was read, with what is known of the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The rows.
    pub population: Population,
    /// When the reading began.
    pub started_at: Option<Timestamp>,
    /// When it ended; absent while it goes on.
    pub ended_at: Option<Timestamp>,
    /// What could not be read, one sentence without a full stop each; empty means that the population is complete.
    pub unknown: Vec<String>,
    /// The reads that made it, in an order that does not depend on which answer came first.
    pub reads: Vec<Arc<Read>>,
    /// What the checks said of the same reading; absent where they were not asked for it.
    pub found: Option<Arc<Found>>,
}

/// Why bytes are not a population.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPopulation {
    /// They are not what this version writes.
    #[error("it is not a population that this version can read: {0}")]
    Form(String),
    /// It was written in another form.
    #[error("it has the form “{0}”, and this version reads “{SCHEMA}”")]
    Schema(String),
    /// A row is not the one that its digest is of.
    #[error("the row of {0} was altered: its digest is of something else")]
    Row(String),
    /// The rows are not the ones that the digest is of.
    #[error("rows are missing, or were added: the digest of the population is of something else")]
    Rows,
    /// It is another population than the one that was asked for.
    #[error("it is the population {found}, and not {expected}")]
    Other {
        /// The digest it has.
        found: String,
        /// The digest that was asked for.
        expected: String,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    schema: &'static str,
    scope: &'a Scope,
    digest: &'a str,
    rows: Vec<&'a Row>,
}

#[derive(Deserialize)]
struct Heading {
    schema: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadBack {
    #[serde(rename = "schema")]
    _schema: String,
    #[serde(rename = "scope")]
    _scope: Scope,
    digest: String,
    rows: Vec<ReadRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadRow {
    subject: Arn,
    kind: RowKind,
    name: String,
    fields: Vec<Field>,
    #[serde(default)]
    unknown: Vec<String>,
    digest: String,
}

impl Population {
    /// Returns the population of these rows.
    pub fn new(rows: impl IntoIterator<Item = Arc<Row>>) -> Self {
        let rows: BTreeMap<Arn, Arc<Row>> = rows.into_iter().map(|row| (row.subject.clone(), row)).collect();
        let mut digests = String::new();
        for row in rows.values() {
            digests.push_str(&row.digest);
            digests.push('\n');
        }
        let digest = digest::of_bytes(digests.as_bytes());
        Self { rows, digest }
    }

    /// Returns the row about something.
    pub fn row(&self, subject: &Arn) -> Option<&Arc<Row>> {
        self.rows.get(subject)
    }

    /// Returns the rows in the order in which a review shows them: by kind, then by name.
    pub fn in_order(&self) -> Vec<&Arc<Row>> {
        let mut rows: Vec<_> = self.rows.values().collect();
        rows.sort_by(|a, b| {
            let key = |row: &Row| (row.kind, row.name.to_lowercase());
            key(a).cmp(&key(b)).then_with(|| a.subject.cmp(&b.subject))
        });
        rows
    }

    /// Returns how many rows there are of each kind, zero included.
    pub fn counts(&self) -> BTreeMap<RowKind, usize> {
        let mut counts: BTreeMap<RowKind, usize> = RowKind::ALL.into_iter().map(|kind| (kind, 0)).collect();
        for row in self.rows.values() {
            *counts.entry(row.kind).or_default() += 1;
        }
        counts
    }

    /// Returns every device with the person whom it belongs to.
    pub fn devices(&self) -> impl Iterator<Item = (&Arn, &Device)> {
        self.rows
            .values()
            .flat_map(|row| row.devices().map(move |device| (&row.subject, device)))
    }

    /// Returns the content of its file.
    pub fn to_json(&self, scope: &Scope) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(&Written {
            schema: SCHEMA,
            scope,
            digest: &self.digest,
            rows: self.rows.values().map(AsRef::as_ref).collect(),
        })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Returns the population that a file holds, when every digest in it is right and it is the one that was asked for.
    pub fn parse(bytes: &[u8], expected: &str) -> Result<Self, NotPopulation> {
        let form = |error: serde_json::Error| NotPopulation::Form(explanation(&error.to_string()));
        let heading: Heading = serde_json::from_slice(bytes).map_err(form)?;
        if heading.schema != SCHEMA {
            return Err(NotPopulation::Schema(excerpt(&heading.schema)));
        }
        let read: ReadBack = serde_json::from_slice(bytes).map_err(form)?;
        let count = read.rows.len();
        let mut rows = Vec::with_capacity(count);
        for row in read.rows {
            let row = Row {
                subject: row.subject,
                kind: row.kind,
                name: row.name,
                fields: row.fields,
                unknown: row.unknown,
                digest: row.digest,
            };
            if row.digest != row.computed_digest() {
                return Err(NotPopulation::Row(neutral(row.subject.name()).into_owned()));
            }
            rows.push(Arc::new(row));
        }
        let population = Self::new(rows);
        if population.digest != read.digest || population.rows.len() != count {
            return Err(NotPopulation::Rows);
        }
        if population.digest != expected {
            return Err(NotPopulation::Other {
                found: population.digest,
                expected: neutral(expected).into_owned(),
            });
        }
        Ok(population)
    }
}

/// Returns the name of the file of the population with this digest.
pub fn file_name(digest: &str) -> String {
    format!("{digest}.json")
}

/// Returns the population of what was read, as far as the scope goes.
pub fn take(inventory: &Inventory, graph: &Graph, review: &ReviewScope) -> Taken {
    let selected = scope::select(inventory, graph, review);
    let rows = Rows { inventory, graph };
    let is_in = |arn: &Arn| selected.as_ref().is_none_or(|arns| arns.contains(arn));
    let contacts = inventory.contacts.items.values().filter(|contact| is_in(&contact.arn));
    let rotations = inventory
        .rotations
        .items
        .values()
        .filter(|rotation| is_in(&rotation.arn));
    let plans = inventory.response_plans.items.values().filter(|plan| is_in(&plan.arn));
    let all = contacts
        .map(|contact| rows.of_contact(contact))
        .chain(rotations.map(|rotation| rows.of_rotation(rotation)))
        .chain(plans.map(|plan| rows.of_response(plan)));
    let population = Population::new(all.map(Arc::new));
    let mut reads = inventory.reads.clone();
    reads.sort_by(|a, b| (a.operation, &a.parameters, a.at).cmp(&(b.operation, &b.parameters, b.at)));
    Taken {
        unknown: unknown(inventory, &population),
        population,
        started_at: inventory.started_at,
        ended_at: inventory.ended_at,
        reads,
        found: None,
    }
}

/// Returns what is not known of a population: gaps in the lists, in what names things, and in the rows themselves.
fn unknown(inventory: &Inventory, population: &Population) -> Vec<String> {
    let concerns = |gap: &Gap| match &gap.subject {
        None => true,
        Some(subject) => population.rows.contains_key(subject) || graph::tells_uses(gap.operation),
    };
    let gaps = inventory
        .gaps
        .iter()
        .filter(|gap| concerns(gap))
        .map(ToString::to_string);
    let mut all: BTreeSet<String> = gaps.collect();
    let rows = population.rows.values().flat_map(|row| &row.unknown);
    // That more may name a row follows from gaps which stand here themselves.
    all.extend(rows.filter(|why| *why != MAY_MISS).cloned());
    for (name, state) in [
        ("contacts", &inventory.contacts.state),
        ("rotations", &inventory.rotations.state),
        ("response plans", &inventory.response_plans.state),
    ] {
        match state {
            SectionState::Waiting | SectionState::Loading => {
                all.insert(format!("the list of {name} was not read to its end"));
            }
            SectionState::Complete | SectionState::Partial(_) => {}
        }
    }
    if inventory.ended_at.is_none() {
        all.insert("the reading had not ended".to_owned());
    }
    all.into_iter().collect()
}

impl Taken {
    /// Returns whether everything was read.
    pub fn is_complete(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Returns what the ledger says of it; absent while the reading goes on.
    pub fn entry(&self, review: &str) -> Option<entry::Population> {
        let counts = self.population.counts().into_iter();
        Some(entry::Population {
            review: review.to_owned(),
            started_at: self.started_at?,
            ended_at: self.ended_at?,
            counts: counts.map(|(kind, count)| (kind.word().to_owned(), count)).collect(),
            reads: self.reads.clone(),
            unknown: self.unknown.clone(),
            digest: self.population.digest.clone(),
            findings: self.found.as_ref().map(|found| found.digest.clone()),
        })
    }
}

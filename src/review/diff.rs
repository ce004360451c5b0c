//! What is different between two populations: rows that are new or gone, and the others field by field.

use super::{
    population::Population,
    row::{Field, Row},
};
use crate::domain::ids::Arn;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is different between an earlier population and a later one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// Rows that were not there, by their subjects.
    pub added: BTreeMap<Arn, Arc<Row>>,
    /// Rows that are not there any more, as they were.
    pub gone: BTreeMap<Arn, Arc<Row>>,
    /// Rows that say something else.
    pub changed: BTreeMap<Arn, RowChange>,
}

/// One row that says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The row as it was.
    pub was: Arc<Row>,
    /// The row as it is.
    pub is: Arc<Row>,
    /// The fields that differ: in the order of the later row, and then those that it has no more.
    pub fields: Vec<FieldChange>,
}

/// One field that says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field as it was; absent when it is new.
    pub was: Option<Field>,
    /// The field as it is; absent when it is gone.
    pub is: Option<Field>,
}

impl Diff {
    /// Returns what is different.
    pub fn between(was: &Population, is: &Population) -> Self {
        Self::of_rows(&was.rows, is)
    }

    /// Returns what is different from rows that may come from several populations.
    pub fn of_rows(was: &BTreeMap<Arn, Arc<Row>>, is: &Population) -> Self {
        let only_in = |one: &BTreeMap<Arn, Arc<Row>>, other: &BTreeMap<Arn, Arc<Row>>| {
            let rows = one.iter().filter(|(subject, _)| !other.contains_key(*subject));
            rows.map(|(subject, row)| (subject.clone(), Arc::clone(row))).collect()
        };
        let in_both = was.iter().filter_map(|(subject, old)| {
            let new = is.rows.get(subject)?;
            Some((subject.clone(), RowChange::between(old, new)?))
        });
        Self {
            added: only_in(&is.rows, was),
            gone: only_in(was, &is.rows),
            changed: in_both.collect(),
        }
    }

    /// Returns whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.changed.is_empty()
    }

    /// Returns the later population, from the earlier one.
    #[must_use]
    pub fn apply(&self, was: &Population) -> Population {
        let stays = was.rows.iter().filter(|(subject, _)| !self.gone.contains_key(*subject));
        let stays = stays.map(|(subject, row)| self.changed.get(subject).map_or(row, |change| &change.is));
        Population::new(stays.chain(self.added.values()).map(Arc::clone))
    }
}

impl RowChange {
    /// Returns what is different between two rows about one subject; absent when nothing is.
    pub fn between(was: &Arc<Row>, is: &Arc<Row>) -> Option<Self> {
        if was == is {
            return None;
        }
        let old: BTreeMap<&str, &Field> = was.fields.iter().map(|field| (field.key(), field)).collect();
        let kept: BTreeSet<&str> = is.fields.iter().map(Field::key).collect();
        let name = |row: &Row| Field::new("name", row.name.clone());
        let renamed = (was.name != is.name).then(|| FieldChange {
            was: Some(name(was)),
            is: Some(name(is)),
        });
        let differ = is.fields.iter().filter_map(|field| {
            let before = old.get(field.key()).copied();
            (before != Some(field)).then(|| FieldChange {
                was: before.cloned(),
                is: Some(field.clone()),
            })
        });
        let gone = was.fields.iter().filter(|field| !kept.contains(field.key()));
        let gone = gone.map(|field| FieldChange {
            was: Some(field.clone()),
            is: None,
        });
        Some(Self {
            fields: renamed.into_iter().chain(differ).chain(gone).collect(),
            was: Arc::clone(was),
            is: Arc::clone(is),
        })
    }

    /// Returns one line for each field.
    pub fn words(&self) -> Vec<String> {
        self.fields.iter().map(FieldChange::words).collect()
    }
}

impl FieldChange {
    /// Returns the name of the field, as it is or else as it was.
    pub fn name(&self) -> &str {
        let field = self.is.as_ref().or(self.was.as_ref());
        field.map_or("", |field| &field.name)
    }

    /// Returns the change in words, without a full stop.
    pub fn words(&self) -> String {
        match (&self.was, &self.is) {
            (Some(was), Some(is)) => between(was, is),
            (None, Some(is)) => format!("{}: new: {}", is.name, is.value),
            (Some(was), None) => format!("{}: gone, was: {}", was.name, was.value),
            (None, None) => String::new(),
        }
    }
}

fn between(was: &Field, is: &Field) -> String {
    let mut said = Vec::new();
    if was.name != is.name {
        said.push(format!("was called {}", was.name));
    }
    if was.value != is.value {
        said.push(format!("{} → {}", was.value, is.value));
    }
    said.extend(of_address(was, is));
    format!("{}: {}", is.name, said.join("; "))
}

/// Returns what fingerprints tell that masks do not.
fn of_address(was: &Field, is: &Field) -> Option<String> {
    let (was, is) = (was.device.as_ref()?, is.device.as_ref()?);
    if was.masked != is.masked || was.fingerprint == is.fingerprint {
        return None;
    }
    match (&was.fingerprint, &is.fingerprint) {
        (Some(_), Some(_)) => Some(format!("another address behind the same mask {}", is.masked)),
        _ => Some("nobody can tell whether it is the same address: a fingerprint is missing".to_owned()),
    }
}

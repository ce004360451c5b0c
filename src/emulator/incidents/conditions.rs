//! The filters of lists: all filters must hold, and of the values inside one, any.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{limits, only_member};
use crate::emulator::input::Reader;

/// One filter of a request.
#[derive(Debug)]
pub(super) struct Filter {
    key: String,
    condition: Condition,
}

#[derive(Debug)]
enum Condition {
    Before(DateTime<Utc>),
    After(DateTime<Utc>),
    Equals(Vec<Value>),
}

/// What a filter's key reads off an item.
#[derive(Debug)]
pub(super) enum Property {
    /// An instant, for `before` and `after`.
    Instant(DateTime<Utc>),
    /// Texts or whole numbers, for `equals`; one of them must be among the filter's.
    Values(Vec<Value>),
}

/// Reads `filters`, of which the keys must be among `keys`.
pub(super) fn filters(input: &Reader<'_>, keys: &[&str]) -> Vec<Filter> {
    let filters = input.objects("filters", &limits::FILTERS).unwrap_or_default();
    filters.iter().filter_map(|filter| one(filter, keys)).collect()
}

fn one(filter: &Reader<'_>, keys: &[&str]) -> Option<Filter> {
    let key = filter.required_text("key", &limits::FILTER_TEXT);
    if !keys.contains(&key.as_str()) {
        filter.fault("key", format!("must be one of {}", keys.join(", ")));
    }
    let condition = filter.required_object("condition")?;
    let read = match only_member(&condition) {
        Some("before") => condition.instant("before").map(Condition::Before),
        Some("after") => condition.instant("after").map(Condition::After),
        Some("equals") => equals(&condition),
        Some(_) | None => {
            filter.fault(
                "condition",
                "must have exactly one of the members before, after, equals",
            );
            None
        }
    };
    read.map(|condition| Filter { key, condition })
}

fn equals(condition: &Reader<'_>) -> Option<Condition> {
    let equals = condition.object("equals")?;
    match only_member(&equals) {
        Some("stringValues") => {
            let texts = equals.texts("stringValues", &(0..=100), &limits::FILTER_TEXT)?;
            Some(Condition::Equals(texts.into_iter().map(Value::from).collect()))
        }
        Some("integerValues") => {
            let numbers = equals.raw("integerValues").and_then(Value::as_array);
            let numbers = numbers.filter(|numbers| numbers.len() <= 100 && numbers.iter().all(Value::is_i64));
            if numbers.is_none() {
                equals.fault("integerValues", "must be a list of up to 100 whole numbers");
            }
            numbers.cloned().map(Condition::Equals)
        }
        Some(_) | None => {
            condition.fault(
                "equals",
                "must have exactly one of the members stringValues, integerValues",
            );
            None
        }
    }
}

/// Returns whether an item passes all filters; `property` reads the value of a key off the item.
pub(super) fn pass(filters: &[Filter], property: impl Fn(&str) -> Property) -> bool {
    filters
        .iter()
        .all(|filter| match (&filter.condition, property(&filter.key)) {
            (Condition::Before(limit), Property::Instant(at)) => at < *limit,
            (Condition::After(limit), Property::Instant(at)) => at > *limit,
            (Condition::Equals(wanted), Property::Values(values)) => values.iter().any(|value| wanted.contains(value)),
            (Condition::Before(_) | Condition::After(_), Property::Values(_))
            | (Condition::Equals(_), Property::Instant(_)) => false,
        })
}

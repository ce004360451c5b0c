//! What a scan says of the changes since the last sign-off.

use super::Scan;
use crate::{
    domain::text::neutral,
    report::inventory::instant,
    review::{
        diff::{FieldChange, RowChange},
        row::{Field, Row},
        since::SinceSignOff,
    },
};
use serde_json::{Value, json};

/// What is said where nobody ever signed anything.
const NEVER: &str = "Nobody has signed off a review yet, so there is nothing to compare with";

/// What is said where it is not known what was signed.
const UNKNOWN: &str = "What has changed since the last sign-off is unknown";

/// Returns what the changes are counted from, and how many there are.
pub(super) fn headline(since: &SinceSignOff) -> String {
    if since.reviews.is_empty() {
        return if since.is_known() { NEVER } else { UNKNOWN }.to_owned();
    }
    let reviews = since.reviews.iter().map(|review| {
        format!(
            "{}, signed by {} {}",
            neutral(&review.name),
            neutral(&review.by),
            instant(review.at)
        )
    });
    let unknown = match since.unknown.len() {
        0 => String::new(),
        count => format!(", {count} unknown"),
    };
    format!(
        "Since {}: {} new, {} gone, {} changed, {} as they were{unknown}",
        reviews.collect::<Vec<_>>().join("; "),
        since.added.len(),
        since.gone.len(),
        since.changed.len(),
        since.unchanged,
    )
}

/// One line of the changes: what it is, about which row, and what is said about it.
pub(super) struct Line {
    pub(super) word: &'static str,
    pub(super) row: String,
    pub(super) said: Vec<String>,
}

/// Returns the changes: what is unknown first, because it may be any of the others.
pub(super) fn lines(scan: &Scan<'_>) -> Vec<Line> {
    let Some(since) = scan.since else { return Vec::new() };
    let about = |row: &Row| format!("{} {}", row.kind.title(), row.name);
    let plain = |word: &'static str, rows: &[std::sync::Arc<Row>]| -> Vec<Line> {
        let lines = rows.iter().map(|row| Line {
            word,
            row: about(row),
            said: Vec::new(),
        });
        lines.collect()
    };
    let unknown = since.unknown.iter().map(|why| Line {
        word: "unknown",
        row: neutral(why).into_owned(),
        said: Vec::new(),
    });
    let changed = since.changed.iter().map(|change| Line {
        word: "changed",
        row: about(&change.is),
        said: change.words(),
    });
    unknown
        .chain(plain("new", &since.added))
        .chain(plain("gone", &since.gone))
        .chain(changed)
        .collect()
}

/// Returns the changes as a JSON object.
pub(super) fn json(since: &SinceSignOff) -> Value {
    let reviews = since
        .reviews
        .iter()
        .map(|review| json!({"name": review.name, "signed_at": instant(review.at), "signed_by": review.by}));
    json!({
        "reviews": reviews.collect::<Vec<_>>(),
        "is_known": since.is_known(),
        "unknown": since.unknown,
        "added": since.added.iter().map(|row| of_row(row)).collect::<Vec<_>>(),
        "gone": since.gone.iter().map(|row| of_row(row)).collect::<Vec<_>>(),
        "changed": since.changed.iter().map(of_change).collect::<Vec<_>>(),
        "unchanged_count": since.unchanged,
    })
}

fn of_row(row: &Row) -> Value {
    json!({"subject": row.subject, "kind": row.kind.word(), "name": row.name})
}

fn of_change(change: &RowChange) -> Value {
    let row = &change.is;
    let fields: Vec<Value> = change.fields.iter().map(of_field).collect();
    json!({"subject": row.subject, "kind": row.kind.word(), "name": row.name, "fields": fields})
}

fn of_field(change: &FieldChange) -> Value {
    let value = |field: &Option<Field>| field.as_ref().map(|field| field.value.clone());
    json!({
        "name": change.name(),
        "was": value(&change.was),
        "is": value(&change.is),
        "words": change.words(),
    })
}

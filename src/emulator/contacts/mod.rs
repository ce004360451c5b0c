//! The operations of ssm-contacts, a file for each family, and the form of answers that they share.

pub(crate) mod activation;
pub(crate) mod channel;
pub(crate) mod contact;
pub(crate) mod engagement;
pub(crate) mod limits;
pub(crate) mod overrides;
pub(crate) mod page;
mod plan;
mod recurrence;
pub(crate) mod rotation;
pub(crate) mod shifts;
pub(crate) mod tags;
pub(crate) mod walk;

use serde_json::{Value, json};

/// Adds an optional member to an answer; an absent one is left out.
pub(crate) fn insert(answer: &mut Value, name: &str, member: Option<impl Into<Value>>) {
    if let (Value::Object(members), Some(member)) = (answer, member) {
        members.insert(name.to_owned(), member.into());
    }
}

/// Returns a page of a list as on the wire.
fn listed(name: &str, items: Vec<Value>, token: Option<String>) -> Value {
    let mut answer = json!({});
    insert(&mut answer, name, Some(items));
    insert(&mut answer, "NextToken", token);
    answer
}

//! A row as JSON, in the members of the AWS API, addresses masked.

use crate::domain::{ids::Arn, inventory::Inventory};

/// Returns what `id` names as JSON text.
pub fn text(inventory: &Inventory, id: &Arn) -> Option<String> {
    serde_json::to_string_pretty(&value(inventory, id)?).ok()
}

/// Returns what `id` names as a JSON value.
pub fn value(inventory: &Inventory, id: &Arn) -> Option<serde_json::Value> {
    serde_json::to_value(inventory.contacts.items.get(id)?).ok()
}

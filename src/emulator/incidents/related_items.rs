//! What belongs to an incident: metrics, other incidents, runbooks, documents.

use serde_json::{Value, json};

use super::{client_token, limits, listed, only_member, pager, records, required_arn};
use crate::emulator::{
    call::Call,
    contacts::insert,
    error::ServiceError,
    input::Reader,
    operations::{Operation, RateClass},
    pager::place,
    world::RelatedItem,
};

const TYPES: [&str; 9] = [
    "ANALYSIS",
    "INCIDENT",
    "METRIC",
    "PARENT",
    "ATTACHMENT",
    "OTHER",
    "AUTOMATION",
    "INVOLVED_RESOURCE",
    "TASK",
];

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListRelatedItems",
        RateClass::IncidentReads,
        "Lists what belongs to an incident.",
        list_related_items,
    )
    .at("POST", "/listRelatedItems", 200),
    Operation::writes(
        "UpdateRelatedItems",
        RateClass::IncidentWrites,
        "Adds one related item, or takes one away.",
        update_related_items,
    )
    .at("POST", "/updateRelatedItems", 204),
];

fn list_related_items(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let pager = pager(call, input)?;
    // The operation declares no not-found error: an incident that is gone has no items.
    let items = records::found(call, &arn)
        .map(|(_, record)| record.related_items.as_slice())
        .unwrap_or_default();
    let (items, token) = pager.cut(items.iter().enumerate().map(|(index, item)| {
        let mut answer = json!({ "identifier": item.identifier });
        insert(&mut answer, "title", item.title.as_deref());
        insert(&mut answer, "generatedId", item.generated_id.as_deref());
        (place(index), answer)
    }));
    Ok(listed("relatedItems", items, token))
}

fn update_related_items(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let update = input.required_object("relatedItemsUpdate");
    let mut added = None;
    let mut removed = None;
    if let Some(update) = &update {
        match only_member(update) {
            Some("itemToAdd") => added = update.object("itemToAdd").map(|added| item(&added)),
            Some("itemToRemove") => removed = update.object("itemToRemove").map(|removed| identifier(&removed)),
            Some(_) | None => {
                input.fault(
                    "relatedItemsUpdate",
                    "must have exactly one of the members itemToAdd, itemToRemove",
                );
            }
        }
    }
    let token = client_token(input);
    input.check()?;
    let is_replayed = call.replayed(token.as_deref()).is_some();
    let added = added.map(|added| numbered(call, added));
    let record = records::found_mut(call, &arn)?;
    if is_replayed {
        return Ok(Value::Null);
    }
    // An item that is there already is replaced.
    let gone = removed.as_ref().or(added.as_ref().map(|added| &added.identifier));
    record.related_items.retain(|item| Some(&item.identifier) != gone);
    if record.related_items.len() >= limits::RELATED_ITEMS_PER_INCIDENT && added.is_some() {
        // No quota error is declared.
        return Err(ServiceError::invalid("An incident can have 50 related items"));
    }
    record.related_items.extend(added);
    call.remember(token.as_deref(), &arn);
    Ok(Value::Null)
}

/// Reads `relatedItems` of an incident that is started.
pub(super) fn items(input: &Reader<'_>) -> Vec<RelatedItem> {
    let most = limits::RELATED_ITEMS_PER_INCIDENT;
    let items = input.objects("relatedItems", &(0..=most)).unwrap_or_default();
    items.iter().map(item).collect()
}

/// Returns the item with the id that the service gives it, unless it came with one.
pub(super) fn numbered(call: &mut Call<'_>, item: RelatedItem) -> RelatedItem {
    let generated_id = item.generated_id.or_else(|| {
        let kind = item.identifier.get("type").and_then(Value::as_str).unwrap_or("OTHER");
        let digits = call.uuid().replace('-', "").to_uppercase();
        Some(format!("related-item/{kind}/{digits}"))
    });
    RelatedItem { generated_id, ..item }
}

fn item(item: &Reader<'_>) -> RelatedItem {
    RelatedItem {
        identifier: item
            .required_object("identifier")
            .map_or(Value::Null, |inside| identifier(&inside)),
        title: item.text("title", &limits::TITLE),
        generated_id: item.text("generatedId", &limits::GENERATED_ID),
    }
}

fn identifier(identifier: &Reader<'_>) -> Value {
    let kind = identifier.required_word("type", |word| TYPES.into_iter().find(|kind| *kind == word));
    let Some(value) = identifier.required_object("value") else {
        return Value::Null;
    };
    match only_member(&value) {
        Some(name @ ("arn" | "url" | "metricDefinition")) => drop(value.text(name, &limits::ITEM_VALUE)),
        Some("pagerDutyIncidentDetail") => {
            if let Some(detail) = value.object("pagerDutyIncidentDetail") {
                detail.required_text("id", &limits::GENERATED_ID);
                detail.flag("autoResolve");
                detail.text("secretId", &limits::SECRET_ID);
            }
        }
        Some(_) | None => identifier.fault(
            "value",
            "must have exactly one of the members arn, url, metricDefinition, pagerDutyIncidentDetail",
        ),
    }
    json!({ "type": kind, "value": identifier.raw("value") })
}

//! The replication set. It can be read; the emulator never changes it, and says so.

use serde_json::{Map, Value, json};

use super::{Sort, client_token, conflict, listed, not_found, pager, required_arn};
use crate::emulator::{
    call::Call,
    contacts::insert,
    error::{ErrorKind, ServiceError},
    input::{Reader, seconds},
    operations::{Operation, RateClass},
    world::{ReplicationSet, World},
};

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListReplicationSets",
        RateClass::IncidentReads,
        "Lists the ARN of the account's replication set.",
        list_replication_sets,
    )
    .at("POST", "/listReplicationSets", 200),
    Operation::reads(
        "GetReplicationSet",
        RateClass::IncidentReads,
        "Reads the replication set with its Regions.",
        get_replication_set,
    )
    .at("GET", "/getReplicationSet", 200),
    Operation::writes(
        "CreateReplicationSet",
        RateClass::ReplicationWrites,
        "Refuses: the service is closed to new accounts, and an account has one set.",
        create_replication_set,
    )
    .at("POST", "/createReplicationSet", 201),
    Operation::writes(
        "UpdateReplicationSet",
        RateClass::ReplicationWrites,
        "Refuses: the emulator does not change Regions.",
        change_replication_set,
    )
    .at("POST", "/updateReplicationSet", 204),
    Operation::writes(
        "DeleteReplicationSet",
        RateClass::ReplicationWrites,
        "Refuses: it would delete the account's data.",
        change_replication_set,
    )
    .at("POST", "/deleteReplicationSet", 204),
    Operation::writes(
        "UpdateDeletionProtection",
        RateClass::ReplicationWrites,
        "Refuses: the emulator's set cannot be deleted anyway.",
        change_replication_set,
    )
    .at("POST", "/updateDeletionProtection", 204),
];

fn list_replication_sets(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let pager = pager(call, input)?;
    let arn = own_set(call).map(|set| arn(call.world, set));
    let (arns, token) = pager.cut(arn.iter().map(|arn| (arn, Value::from(arn.as_str()))));
    Ok(listed("replicationSetArns", arns, token))
}

fn get_replication_set(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let asked = required_arn(input, "arn");
    input.check()?;
    let set = found(call, &asked)?;
    let regions: Map<String, Value> = set
        .regions
        .iter()
        .map(|(name, region)| {
            let mut answer = json!({
                "status": region.status,
                "statusUpdateDateTime": seconds(region.status_update_time),
                "sseKmsKeyId": region.sse_kms_key_id,
            });
            insert(&mut answer, "statusMessage", region.status_message.as_deref());
            (name.clone(), answer)
        })
        .collect();
    Ok(json!({
        "replicationSet": {
            "arn": asked,
            "status": set.status,
            "regionMap": regions,
            "deletionProtected": set.deletion_protected,
            "createdTime": seconds(set.created_time),
            "createdBy": set.created_by,
            "lastModifiedTime": seconds(set.last_modified_time),
            "lastModifiedBy": set.last_modified_by,
        }
    }))
}

fn create_replication_set(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    client_token(input);
    input.required_object("regions");
    input.check()?;
    Err(match own_set(call) {
        Some(set) => conflict(
            Sort::ReplicationSet,
            &arn(call.world, set),
            "The account has a replication set already",
        ),
        // What the service answers since it was closed; the type is in no model.
        None => ServiceError::new(
            ErrorKind::UnsupportedOperation,
            "Incident Manager is no longer open to new customers",
        ),
    })
}

fn change_replication_set(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    client_token(input);
    let asked = required_arn(input, "arn");
    input.check()?;
    found(call, &asked)?;
    Err(ServiceError::invalid(
        "The emulated replication set cannot be changed; start the emulator with a world that has the one you need",
    ))
}

fn own_set<'a>(call: &'a Call<'_>) -> Option<&'a ReplicationSet> {
    call.world
        .replication_set
        .as_ref()
        .filter(|_| call.settings.onboarded.is_on())
}

fn found<'a>(call: &'a Call<'_>, asked: &str) -> Result<&'a ReplicationSet, ServiceError> {
    own_set(call)
        .filter(|set| arn(call.world, set) == asked)
        .ok_or_else(|| not_found(Sort::ReplicationSet, asked))
}

/// Returns the ARN of the replication set.
pub(super) fn arn(world: &World, set: &ReplicationSet) -> String {
    world.incidents_arn(&format!("replication-set/{}", set.id))
}

//! Resource policies, through which AWS RAM shares response plans and incident records.

use serde_json::{Value, json};

use super::{Sort, limits, listed, not_found, pager, records, required_arn, response_plans};
use crate::emulator::{
    call::Call,
    error::ServiceError,
    input::Reader,
    operations::{Operation, RateClass},
    world::{ResourcePolicy, split},
};

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "GetResourcePolicies",
        RateClass::IncidentReads,
        "Lists the policies of a resource.",
        get_resource_policies,
    )
    .at("POST", "/getResourcePolicies", 200),
    Operation::writes(
        "PutResourcePolicy",
        RateClass::IncidentWrites,
        "Adds a policy to a resource.",
        put_resource_policy,
    )
    .at("POST", "/putResourcePolicy", 200),
    Operation::writes(
        "DeleteResourcePolicy",
        RateClass::IncidentWrites,
        "Takes a policy away.",
        delete_resource_policy,
    )
    .at("POST", "/deleteResourcePolicy", 200),
];

fn get_resource_policies(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "resourceArn");
    let pager = pager(call, input)?;
    refuse_missing(call, &arn)?;
    let of_resource = call
        .world
        .resource_policies
        .iter()
        .filter(|(_, policy)| policy.resource == arn);
    let (policies, token) = pager.cut(of_resource.map(|(id, policy)| {
        let answer = json!({
            "policyId": id,
            "policyDocument": policy.document,
            "ramResourceShareRegion": policy.share_region,
        });
        (id, answer)
    }));
    Ok(listed("resourcePolicies", policies, token))
}

fn put_resource_policy(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let resource = required_arn(input, "resourceArn");
    let document = input.required_text("policy", &limits::POLICY);
    input.check()?;
    if !serde_json::from_str::<Value>(&document).is_ok_and(|policy| policy.is_object()) {
        return Err(ServiceError::invalid("The policy is not a JSON document"));
    }
    refuse_missing(call, &resource)?;
    let id = call.uuid();
    let share_region = call.world.home_region.clone();
    let policy = ResourcePolicy {
        resource,
        document,
        share_region,
    };
    call.world.resource_policies.insert(id.clone(), policy);
    Ok(json!({ "policyId": id }))
}

fn delete_resource_policy(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let resource = required_arn(input, "resourceArn");
    let id = input.required_text("policyId", &limits::POLICY_ID);
    input.check()?;
    refuse_missing(call, &resource)?;
    let policies = &mut call.world.resource_policies;
    if policies.get(&id).is_none_or(|policy| policy.resource != resource) {
        return Err(not_found(Sort::ResourcePolicy, &id));
    }
    policies.remove(&id);
    Ok(json!({}))
}

fn refuse_missing(call: &mut Call<'_>, arn: &str) -> Result<(), ServiceError> {
    let is_record = split(arn).is_some_and(|parts| parts.resource.starts_with("incident-record/"));
    if is_record {
        records::found(call, arn)?;
    } else {
        response_plans::own(call, arn)?;
    }
    Ok(())
}

//! Findings: deployments and stack updates that the service relates to an incident. Worlds hold them; nothing makes them.

use serde_json::{Value, json};

use super::{limits, listed, pager_up_to, records, required_arn};
use crate::emulator::{
    call::Call,
    error::ServiceError,
    input::Reader,
    operations::{Operation, RateClass},
    pager::place,
};

/// The most findings of a page, and of one look-up.
const MOST: u32 = 20;

/// The operations of this family.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListIncidentFindings",
        RateClass::IncidentReads,
        "Lists an incident's findings by id and time.",
        list_incident_findings,
    )
    .at("POST", "/listIncidentFindings", 200),
    Operation::reads(
        "BatchGetIncidentFindings",
        RateClass::IncidentReads,
        "Reads findings of an incident by id.",
        batch_get_incident_findings,
    )
    .at("POST", "/batchGetIncidentFindings", 200),
];

fn list_incident_findings(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let pager = pager_up_to(MOST, call, input)?;
    let (_, record) = records::found(call, &arn)?;
    let (findings, token) = pager.cut(record.findings.iter().enumerate().map(|(index, finding)| {
        let summary = json!({ "id": finding.get("id"), "lastModifiedTime": finding.get("lastModifiedTime") });
        (place(index), summary)
    }));
    Ok(listed("findings", findings, token))
}

fn batch_get_incident_findings(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = required_arn(input, "incidentRecordArn");
    let ids = input.required_texts("findingIds", &(0..=20), &limits::GENERATED_ID);
    input.check()?;
    let (_, record) = records::found(call, &arn)?;
    let (mut findings, mut errors) = (Vec::new(), Vec::new());
    for id in ids {
        match record
            .findings
            .iter()
            .find(|finding| finding.get("id").and_then(Value::as_str) == Some(&id))
        {
            Some(finding) => findings.push(finding.clone()),
            None => errors.push(json!({
                "findingId": id, "code": "ResourceNotFoundException", "message": format!("There is no finding {id}")
            })),
        }
    }
    Ok(json!({ "findings": findings, "errors": errors }))
}

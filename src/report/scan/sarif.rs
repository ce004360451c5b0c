//! A scan as SARIF 2.1.0, the form in which tools that collect findings exchange them.
//!
//! The subjects are resources of an account and no files, so they are logical locations, by their ARNs. A viewer that
//! puts findings on lines of source has nothing to put them on.

use super::{Scan, baseline::Novelty, words};
use crate::{
    domain::text::{json_safe, neutral},
    findings::{Check, Finding, FindingResult, severity::Severity},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The schema that the object keeps to.
pub const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Returns a scan as SARIF, ready to be printed.
pub fn sarif(scan: &Scan<'_>) -> String {
    json_safe(&format!("{:#}\n", value(scan)))
}

fn value(scan: &Scan<'_>) -> Value {
    let inventory = scan.inventory;
    let asked = scan.findings.tallies.iter().map(|tally| tally.check);
    let checks: Vec<&Check> = asked
        .chain(scan.findings.not_run.iter().map(|not_run| not_run.check))
        .collect();
    let places: BTreeMap<&str, usize> = checks
        .iter()
        .enumerate()
        .map(|(index, check)| (check.code, index))
        .collect();
    let scope = format!(
        "callsheet/{}/{}/",
        inventory.account().unwrap_or("unknown"),
        inventory.region
    );
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "callsheet",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": checks.iter().map(|check| rule(check)).collect::<Value>(),
            }},
            "automationDetails": {"id": scope},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation(scan)],
            "results": scan.findings.items.iter().map(|finding| result(scan, finding, &places)).collect::<Value>(),
        }],
    })
}

fn rule(check: &Check) -> Value {
    json!({
        "id": check.code,
        "name": check.name,
        "shortDescription": {"text": message(check.title)},
        "fullDescription": {"text": message(check.rationale)},
        "help": {"text": message(check.remedy)},
        "defaultConfiguration": {"level": level(check.severity)},
        "properties": {"severity": check.severity.word(), "tags": [check.family.word()]},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// Says whether everything was seen. That there are findings is no failure of the run.
fn invocation(scan: &Scan<'_>) -> Value {
    let unread = words::unread(scan).into_iter();
    let incomplete = (!scan.is_complete()).then(|| words::INCOMPLETE.to_owned());
    let told = unread
        .chain(incomplete)
        .map(|text| json!({"level": "error", "message": {"text": message(&text)}}));
    let not_run = scan.findings.not_run.iter().map(|not_run| {
        json!({
            "level": "note",
            "message": {"text": message(&format!("{} was not run: {}", not_run.check.code, not_run.why))},
            "associatedRule": {"id": not_run.check.code},
        })
    });
    json!({
        "executionSuccessful": scan.is_complete(),
        "toolExecutionNotifications": told.collect::<Value>(),
        "toolConfigurationNotifications": not_run.collect::<Value>(),
    })
}

fn result(scan: &Scan<'_>, finding: &Finding, places: &BTreeMap<&str, usize>) -> Value {
    // The form wants level "none" of everything that is no failure.
    let (kind, level) = match finding.result {
        FindingResult::Fail | FindingResult::Waived(_) => ("fail", level(finding.severity())),
        FindingResult::Unknown => ("review", "none"),
    };
    let subject = &finding.subject;
    let mut value = json!({
        "ruleId": finding.check.code,
        "ruleIndex": places.get(finding.check.code),
        "kind": kind,
        "level": level,
        "message": {"text": message(&finding.message)},
        "locations": [{"logicalLocations": [{
            "name": subject.name,
            "fullyQualifiedName": subject.id,
            "kind": "resource",
        }]}],
        "partialFingerprints": {"checkAndSubject/v1": finding.id()},
        "properties": properties(scan, finding),
    });
    if let Some(object) = value.as_object_mut() {
        if let FindingResult::Waived(waiver) = &finding.result {
            let why = format!("{} ({}, until {})", waiver.reason, waiver.owner, waiver.expires);
            let suppression =
                json!([{"kind": "external", "status": "accepted", "justification": message(&neutral(&why))}]);
            object.insert("suppressions".to_owned(), suppression);
        }
        if let Some(novelty) = scan.novelty(finding) {
            let state = match novelty {
                Novelty::New => "new",
                Novelty::Changed => "updated",
                Novelty::Known => "unchanged",
            };
            object.insert("baselineState".to_owned(), json!(state));
        }
    }
    value
}

fn properties(scan: &Scan<'_>, finding: &Finding) -> Value {
    let mut properties = Map::new();
    properties.insert("severity".to_owned(), json!(finding.severity().word()));
    properties.insert("subjectKind".to_owned(), json!(finding.subject.kind.word()));
    properties.insert("evidence".to_owned(), json!(words::evidence(finding)));
    properties.insert("facts".to_owned(), json!(finding.facts()));
    if let Some(hours) = finding.standing.hours_until(scan.findings.at) {
        properties.insert("hoursUntil".to_owned(), json!(hours));
    }
    Value::Object(properties)
}

/// Returns text as the message of a result: braces stand for arguments there, and brackets before a parenthesis for a
/// link, so names must not hold them.
fn message(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};

    const SCHEMA_TEXT: &str = include_str!("../../../tests/data/sarif-schema-2.1.0.json");

    /// Returns where a text breaks the schema.
    fn mistakes(text: &str) -> Vec<String> {
        // One pattern of the schema, of a language tag that we do not write, is not well formed.
        let schema = SCHEMA_TEXT.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        validator.iter_errors(&value).map(|error| error.to_string()).collect()
    }

    #[track_caller]
    fn valid(text: &str) -> Value {
        assert_eq!(mistakes(text), [""; 0]);
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_object_keeps_its_form() {
        insta::assert_snapshot!(sarif(&Sample::new().scan()));
    }

    #[test]
    fn the_object_keeps_to_the_published_schema() {
        let sample = Sample::new();
        let value = valid(&sarif(&sample.scan()));
        assert_eq!(
            value["runs"][0]["results"].as_array().unwrap().len(),
            sample.findings.items.len()
        );
        assert!(value["runs"][0]["results"][0].get("baselineState").is_none());
        let value = valid(&sarif(&sample.known().scan()));
        assert_eq!(value["runs"][0]["results"][0]["baselineState"], "unchanged");
    }

    #[test]
    fn the_schema_would_find_a_mistake() {
        let text = sarif(&Sample::new().scan()).replace("\"review\"", "\"perhaps\"");
        assert!(mistakes(&text).iter().any(|mistake| mistake.contains("perhaps")));
    }

    #[test]
    fn every_result_points_to_its_rule() {
        let sample = Sample::new();
        let value = value(&sample.scan());
        let run = &value["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn a_name_becomes_no_argument_and_no_link() {
        assert_eq!(message("{0} [a](b)"), "{{0}} [a] (b)");
    }
}

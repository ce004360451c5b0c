//! A scan as one JSON object: the contract for scripts, and the baseline of later scans.

use super::{Scan, baseline::Novelty, since, words::Totals};
use crate::{
    domain::text::json_safe,
    findings::{
        Evidence, Finding, FindingResult, Source,
        evaluate::{NotRun, Tally},
        severity::Severity,
    },
    report::inventory::{instant, scope, unknown},
};
use serde_json::{Map, Value, json};

/// The form of the object: its number changes when a field goes away or changes its meaning, not when one is added.
pub const SCHEMA: &str = "callsheet.scan/1";

/// Returns a scan as JSON, ready to be printed.
pub fn json(scan: &Scan<'_>) -> String {
    json_safe(&format!("{:#}\n", value(scan)))
}

fn value(scan: &Scan<'_>) -> Value {
    let Scan {
        inventory, findings, ..
    } = scan;
    let chosen = scan.selection.chosen();
    let mut value = json!({
        "schema": SCHEMA,
        "scope": scope(inventory),
        "taken_at": inventory.ended_at.or(inventory.started_at).map(instant),
        "judged_at": instant(findings.at),
        "only": (!chosen.is_empty()).then_some(chosen),
        "is_complete": scan.is_complete(),
        "counts": counts(scan),
        "findings": findings.items.iter().map(|found| finding(scan, found)).collect::<Value>(),
        "unknown": unknowns(scan),
        "not_run": findings.not_run.iter().map(not_run).collect::<Value>(),
        "checks": findings.tallies.iter().map(tally).collect::<Value>(),
    });
    if let (Some(object), Some(since)) = (value.as_object_mut(), scan.since) {
        object.insert("since_last_sign_off".to_owned(), since::json(since));
    }
    value
}

/// Returns how many findings failed at each severity, and how often the checks said what.
fn counts(scan: &Scan<'_>) -> Value {
    let mut counts = Map::new();
    for severity in Severity::ALL {
        counts.insert(severity.word().to_owned(), json!(scan.findings.failed(severity)));
    }
    let totals = Totals::of(scan.findings);
    for (word, total) in [
        ("pass", totals.pass),
        ("fail", totals.fail),
        ("unknown", totals.unknown),
        ("waived", totals.waived),
    ] {
        counts.insert(word.to_owned(), json!(total));
    }
    Value::Object(counts)
}

fn finding(scan: &Scan<'_>, finding: &Finding) -> Value {
    let mut value = json!({
        "id": finding.id(),
        "code": finding.check.code,
        "name": finding.check.name,
        "family": finding.check.family.word(),
        "severity": finding.severity().word(),
        "moved": finding.standing.moved,
        "result": finding.result.word(),
        "subject": {
            "arn": finding.subject.arn,
            "name": finding.subject.name,
            "kind": finding.subject.kind.word(),
        },
        "message": finding.message,
        "evidence": finding.evidence.iter().map(evidence).collect::<Value>(),
        "remedy": finding.check.remedy,
        "hours_until": finding.standing.hours_until(scan.findings.at),
        "facts": finding.facts(),
    });
    if let Some(object) = value.as_object_mut() {
        if let FindingResult::Waived(waiver) = &finding.result {
            let expires = waiver.expires.to_string();
            let waiver = json!({"owner": waiver.owner, "reason": waiver.reason, "expires": expires});
            object.insert("waiver".to_owned(), waiver);
        }
        if let Some(novelty) = scan.novelty(finding) {
            object.insert("is_new".to_owned(), json!(novelty != Novelty::Known));
        }
    }
    value
}

fn evidence(fact: &Evidence) -> Value {
    json!({"field": fact.field, "value": fact.value, "source": source(fact.source)})
}

/// Returns where a fact came from; of a call, the name that the list of reads of an inventory has.
fn source(source: Source) -> String {
    match source {
        Source::Call(operation) => operation.permission(),
        Source::Roster | Source::Waivers | Source::Ledger => source.name().to_owned(),
    }
}

/// Returns what could not be read of the account, and which rows of the roster could not be understood.
fn unknowns(scan: &Scan<'_>) -> Value {
    let gaps = scan.inventory.gaps.iter().map(|gap| {
        let mut value = unknown(gap);
        if let Some(object) = value.as_object_mut() {
            object.insert("hides_findings".to_owned(), json!(scan.hides_a_finding(gap)));
        }
        value
    });
    let rows = scan.unread_rows().iter().map(|fault| {
        json!({
            "operation": "roster",
            "subject": format!("line {}", fault.line),
            "reason": fault.what,
            "permission": null,
            "request_id": null,
            "hides_findings": true,
        })
    });
    gaps.chain(rows).collect()
}

fn not_run(not_run: &NotRun) -> Value {
    json!({"code": not_run.check.code, "why": not_run.why})
}

fn tally(tally: &Tally) -> Value {
    json!({
        "code": tally.check.code,
        "pass": tally.pass,
        "fail": tally.fail,
        "unknown": tally.unknown,
        "waived": tally.waived,
        "moot": tally.moot,
        "off": tally.off,
        "pending": tally.pending,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            baseline::{Baseline, BaselineError},
            sample::Sample,
        },
        *,
    };

    #[test]
    fn the_object_keeps_its_form() {
        insta::assert_snapshot!(json(&Sample::new().scan()));
    }

    #[test]
    fn with_a_baseline_every_finding_says_whether_it_is_new() {
        let mut sample = Sample::new().known();
        sample.findings.items[0].subject.id = "person:somebody".to_owned();
        let value = value(&sample.scan());
        let new: Vec<_> = value["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| &finding["is_new"])
            .collect();
        assert_eq!(new[0], true);
        assert!(
            new.len() > 1 && new[1..].iter().all(|is_new| **is_new == false),
            "{new:?}"
        );
    }

    #[test]
    fn hostile_names_read_back_unchanged() {
        let sample = Sample::new();
        let back: Value = serde_json::from_str(&json(&sample.scan())).unwrap();
        for (finding, found) in sample.findings.items.iter().zip(back["findings"].as_array().unwrap()) {
            assert_eq!(found["subject"]["name"], finding.subject.name.as_str());
        }
    }

    #[test]
    fn a_scan_is_its_own_baseline_and_other_files_are_none() {
        let sample = Sample::new();
        let baseline = Baseline::parse(&json(&sample.scan())).unwrap();
        assert!(baseline.is_of(&sample.inventory));
        let mut elsewhere = sample.inventory.clone();
        elsewhere.region = "us-east-1".to_owned();
        assert!(!baseline.is_of(&elsewhere));
        let inventory = crate::report::inventory::json(&sample.inventory);
        assert!(matches!(
            Baseline::parse(&inventory),
            Err(BaselineError::Schema { found }) if found == "callsheet.inventory/1"
        ));
        for text in ["", "{}", "[]", "{\"schema\": \"callsheet.scan/1\"}"] {
            assert!(matches!(Baseline::parse(text), Err(BaselineError::Form(_))), "{text}");
        }
    }
}

//! `callsheet scan` and `callsheet checks` as the built program runs them: formats, exit statuses, baselines.

use crate::cli::{Account, Ended, Program, json};
use callsheet::{
    emulator::World,
    findings::{catalogue, registry::CHECKS},
};
use serde_json::Value;

const FORMATS: [&str; 6] = ["table", "json", "csv", "markdown", "sarif", "junit"];

/// Runs the program with these arguments and compares its exit status.
#[track_caller]
fn exits(account: &Account, program: &Program, arguments: &str, status: i32) -> Ended {
    let ended = account.run(program, arguments);
    assert_eq!(ended.status, status, "{arguments}: {}{}", ended.out, ended.err);
    ended
}

#[test]
fn the_status_says_what_came_of_a_scan() {
    let program = Program::new();
    let account = Account::start(&[]);
    // The only device of "ben", whom nothing names, is not activated.
    exits(&account, &program, "scan --only CH02", 1);
    exits(&account, &program, "scan --only devices --fail-on low", 1);
    exits(&account, &program, "scan --only CH02 --fail-on critical", 0);
    account.stop();

    let account = Account::start(&["ListContactChannels:access-denied:on=akua"]);
    exits(&account, &program, "scan --only CH02", 1);
    let ended = exits(&account, &program, "scan --only CH02 --fail-on critical", 3);
    assert!(ended.out.contains("The answer is incomplete"), "{}", ended.out);
    assert!(ended.out.contains("ssm-contacts:ListContactChannels"), "{}", ended.out);
    account.stop();

    let account = Account::start(&[
        "ListContacts:access-denied",
        "ListRotations:access-denied",
        "ListResponsePlans:access-denied",
    ]);
    let ended = exits(&account, &program, "scan --format json", 4);
    assert_eq!(json(&ended)["is_complete"], false);
    account.stop();

    let account = Account::start(&["*:expired-credentials"]);
    let ended = exits(&account, &program, "scan", 4);
    assert_eq!(ended.out, "");
    account.stop();
}

#[test]
fn a_gap_that_no_check_names_makes_the_answer_incomplete_all_the_same() {
    let program = Program::new();
    let account = Account::start(&["GetReplicationSet:access-denied", "ListReplicationSets:access-denied"]);
    exits(&account, &program, "scan --fail-on critical", 3);
    exits(&account, &program, "scan --fail-on critical --only CH02", 0);
    account.stop();
}

#[test]
fn wrong_words_are_told_with_the_right_ones() {
    let program = Program::new();
    program.write("baseline.json", "{\"schema\": \"callsheet.inventory/1\"}");
    for (arguments, expected) in [
        ("scan --only CH4", "did you mean “CH04”"),
        ("scan --only devices,CH01,device", "did you mean “devices”"),
        ("scan --only all-of-it", "callsheet checks"),
        ("scan --fail-on higher", "high"),
        ("scan --format xml", "sarif"),
        ("scan --baseline none.json", "none.json could not be read"),
        ("scan --baseline baseline.json", "callsheet.inventory/1"),
        ("checks CH4", "did you mean “CH04”"),
    ] {
        let ended = program.run(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments}");
        assert!(ended.err.contains(expected), "{arguments}: {}", ended.err);
    }
}

#[test]
fn with_a_baseline_only_new_findings_fail() {
    let (account, program) = (Account::start(&[]), Program::new());
    let first = exits(&account, &program, "scan --only CH02 --format json", 1);
    program.write("known.json", &first.out);
    let again = exits(
        &account,
        &program,
        "scan --only CH02 --format json --baseline known.json",
        0,
    );
    let finding = &json(&again)["findings"][0];
    assert_eq!((&finding["code"], &finding["is_new"]), (&"CH02".into(), &false.into()));

    let mut empty = json(&first);
    assert!(empty["findings"][0].get("is_new").is_none());
    empty["findings"] = Value::Array(Vec::new());
    program.write("empty.json", &empty.to_string());
    let ended = exits(&account, &program, "scan --only CH02 --baseline empty.json", 1);
    assert!(ended.out.contains("new: "), "{}", ended.out);

    for (member, other) in [("account", "999999999999"), ("region", "us-east-1")] {
        let mut foreign = json(&first);
        foreign["scope"][member] = other.into();
        program.write("foreign.json", &foreign.to_string());
        let ended = exits(&account, &program, "scan --baseline foreign.json", 2);
        assert_eq!(ended.out, "");
        assert!(ended.err.contains(other), "{}", ended.err);
    }
    account.stop();
}

#[test]
fn a_check_that_is_not_asked_for_still_makes_others_moot() {
    let (account, program) = (Account::start(&[]), Program::new());
    let ended = account.run(&program, "scan --only ch01 --format json");
    account.stop();
    let scan = json(&ended);
    assert_eq!(scan["only"], serde_json::json!(["CH01"]));
    let checks = scan["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 1);
    // That the device of "ben" is not activated goes without saying beside CH02.
    assert_eq!((&checks[0]["fail"], &checks[0]["moot"]), (&0.into(), &1.into()));
}

/// The demo account, every address in it, and a program that reads as fast as answers come.
fn demo() -> (Account, Vec<String>, Program) {
    let text = include_str!("../../assets/worlds/demo.json");
    let world = World::from_json_at(text, chrono::Utc::now()).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    let mut addresses = Vec::new();
    let mut waiting = vec![&value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(values) => waiting.extend(values),
            Value::Object(members) => {
                addresses.extend(members.get("address").and_then(Value::as_str).map(str::to_owned));
                waiting.extend(members.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    assert!(addresses.len() > 30, "{addresses:?}");
    let program = Program::new();
    program.write("fast.toml", "pace = \"off\"\n");
    (Account::start_with(world, &[]), addresses, program)
}

#[test]
fn every_format_reads_back_and_holds_no_whole_address() {
    let (account, addresses, program) = demo();
    for format in FORMATS {
        let ended = account.run(&program, &format!("scan --config fast.toml --format {format}"));
        assert!(matches!(ended.status, 1 | 3), "{format}: {}", ended.err);
        assert_eq!(ended.err, "", "{format}");
        for address in &addresses {
            assert!(!ended.out.contains(address.as_str()), "{format} holds {address}");
        }
        assert!(!ended.out.contains('\u{1b}'), "{format}");
        reads_back(format, &ended);
    }
    account.stop();
}

/// Reads an output as somebody who wants to know about CH02 does.
fn reads_back(format: &str, ended: &Ended) {
    let out = ended.out.as_str();
    match format {
        "json" => {
            let scan = json(ended);
            assert_eq!(scan["schema"], "callsheet.scan/1");
            let fails = scan["findings"].as_array().unwrap().iter();
            let fails = fails.filter(|finding| finding["result"] == "fail").count();
            assert_eq!(scan["counts"]["fail"], fails);
        }
        "csv" => {
            let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(out.as_bytes())
                .into_records()
                .map(Result::unwrap)
                .collect();
            assert!(rows.iter().any(|row| &row[0] == "CH02"), "{out}");
        }
        "sarif" => assert_eq!(json(ended)["version"], "2.1.0"),
        "junit" => {
            let report = quick_junit::Report::deserialize_from_str(out).unwrap();
            assert!(report.failures > 0 && report.tests > report.failures);
        }
        "table" => assert!(out.lines().any(|line| line.contains("  CH02  ")), "{out}"),
        "markdown" => assert!(out.lines().any(|line| line.starts_with("| CH02 | ")), "{out}"),
        _ => panic!("{format} is not read"),
    }
}

#[test]
fn a_table_keeps_to_the_width_that_is_asked_for() {
    let (account, _, program) = demo();
    let mut command = program.command();
    command.env("COLUMNS", "80");
    let ended = account.run_as(&mut command, "scan --config fast.toml");
    account.stop();
    let long: Vec<&str> = ended.out.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(long, [""; 0]);
    assert!(ended.out.lines().any(|line| line.chars().count() > 60), "{}", ended.out);
}

#[test]
fn a_spreadsheet_gets_no_formula() {
    let world = r#"{"contacts": {"eve": {"type": "PERSONAL", "display_name": "=HYPERLINK(\"http://example.com\")", "channels": []}}}"#;
    let (account, program) = (
        Account::start_with(World::from_json(world).unwrap(), &[]),
        Program::new(),
    );
    let ended = account.run(&program, "scan --format csv");
    account.stop();
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(ended.out.as_bytes())
        .into_records()
        .map(Result::unwrap)
        .collect();
    let cells: Vec<&str> = rows.iter().flat_map(|row| row.iter()).collect();
    assert!(cells.iter().any(|cell| cell.starts_with("'=HYPERLINK")), "{cells:?}");
    assert!(
        !cells.iter().any(|cell| cell.starts_with(['=', '+', '-', '@'])),
        "{cells:?}"
    );
}

#[test]
fn the_catalogue_is_printed_whole_or_one_check_at_a_time() {
    let program = Program::new();
    let whole = program.run("checks");
    let machine = json(&program.run("checks --format json"));
    assert_eq!(
        (whole.status, machine["checks"].as_array().unwrap().len()),
        (0, CHECKS.len())
    );
    // Long titles are broken into lines.
    let text = whole.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for check in CHECKS {
        assert!(
            text.contains(check.code) && text.contains(check.title),
            "{}",
            check.code
        );
    }
    assert_eq!(program.run("checks --format markdown").out, catalogue::markdown());

    let one = program.run("checks ch02");
    assert_eq!(one.status, 0);
    for part in ["CH02", "no-activated-channel", "To put it right:"] {
        assert!(one.out.contains(part), "{}", one.out);
    }
    assert!(!one.out.contains("**"), "plain text has no marks: {}", one.out);
    assert_eq!(
        json(&program.run("checks CH02 --format json"))["checks"][0]["code"],
        "CH02"
    );
}

#[test]
fn the_default_policy_is_printed_and_read_back() {
    let (account, program) = (Account::start(&[]), Program::new());
    let ended = program.run("checks --policy");
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    program.write("policy.toml", &ended.out);
    exits(&account, &program, "scan --only CH02 --policy policy.toml", 1);
    program.write("policy.toml", "checks_of_mine = 1");
    let wrong = exits(&account, &program, "scan --policy policy.toml", 2);
    assert!(wrong.err.contains("policy.toml is wrong in line 1"), "{}", wrong.err);
    assert_eq!(program.run("checks --policy=mine.toml").status, 2);
    account.stop();
}

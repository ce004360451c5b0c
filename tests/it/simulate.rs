//! `callsheet simulate` as the built program runs it: names, times, formats, exit statuses.

use crate::cli::{Account, Ended, Program, json};
use callsheet::emulator::World;

/// A plan that reaches somebody, one that reaches nobody, and one whose schedule has nobody on it for most of the day.
const WORLD: &str = r#"{
    "contacts": {
        "akua": {
            "type": "PERSONAL",
            "display_name": "Akua Mensah",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/akua/c1a92be9-bf32-4cfe-ac34-01ae897a7a5a", "retry_minutes": 2 }] }] },
            "channels": [{
                "id": "c1a92be9-bf32-4cfe-ac34-01ae897a7a5a", "name": "Mobile", "type": "SMS",
                "address": "+447700900101", "status": "ACTIVATED"
            }]
        },
        "ben": {
            "type": "PERSONAL",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/ben/5c891dcb-c691-4edf-b8f5-a179a49e2d30" }] }] },
            "channels": [{
                "id": "5c891dcb-c691-4edf-b8f5-a179a49e2d30", "name": "Mail", "type": "EMAIL",
                "address": "ben@example.com", "status": "NOT_ACTIVATED"
            }]
        },
        "payments": {
            "type": "ESCALATION",
            "plan": { "stages": [
                { "minutes": 15, "targets": [{ "contact": "contact/ben", "essential": false }] },
                { "minutes": 5, "targets": [{ "contact": "contact/akua", "essential": true }] }
            ] }
        },
        "nightly": { "type": "ONCALL_SCHEDULE", "plan": { "rotation_ids": ["rotation/97444094-499e-4688-9906-5a1a9ab6be24"] } }
    },
    "rotations": {
        "97444094-499e-4688-9906-5a1a9ab6be24": {
            "name": "Nights", "contact_ids": ["contact/akua"], "time_zone": "Europe/London", "start_time": "2025-01-06T00:00:00Z",
            "recurrence": {
                "number_of_on_calls": 1, "multiplier": 1, "daily": ["00:00"],
                "shift_coverages": { "MON": [{ "start": "00:00", "end": "06:00" }] }
            }
        }
    },
    "response_plans": {
        "critical": { "incident_template": { "title": "All is down", "impact": 1 }, "engagements": ["contact/payments"] }
    }
}"#;

fn account(faults: &[&str]) -> Account {
    Account::start_with(World::from_json(WORLD).unwrap(), faults)
}

/// Runs the program and compares its exit status. Arguments hold blanks here, so that they come one by one.
#[track_caller]
fn exits(account: &Account, arguments: &[&str], status: i32) -> Ended {
    let ended = account.run_each(&Program::new(), arguments);
    assert_eq!(ended.status, status, "{arguments:?}: {}{}", ended.out, ended.err);
    ended
}

#[test]
fn the_status_says_whether_somebody_is_reached() {
    let whole = account(&[]);
    let ended = exits(&whole, &["simulate", "critical"], 0);
    assert!(
        ended.out.contains("    15  Akua Mensah: text to “Mobile”\n"),
        "{}",
        ended.out
    );
    assert!(
        ended.out.contains("“Mail” not paged: the device is not activated"),
        "{}",
        ended.out
    );
    assert_eq!(ended.err, "");
    exits(&whole, &["simulate", "ben"], 1);
    exits(&whole, &["simulate", "nightly", "--at", "mon 03:00 Europe/London"], 0);
    exits(&whole, &["simulate", "nightly", "--at", "tue 03:00 Europe/London"], 1);
    exits(&whole, &["simulate", "nightly", "--worst"], 1);
    exits(&whole, &["simulate", "critical", "--worst"], 0);
    whole.stop();

    let denied = account(&["ListContactChannels:access-denied:on=akua"]);
    let ended = exits(&denied, &["simulate", "critical", "--format", "json"], 3);
    let told = json(&ended);
    assert!(told["first_human_minute"].is_null());
    assert_eq!(told["first_human"]["at_the_earliest"], 15);
    assert_eq!(told["unknown"][0]["permission"], "ssm-contacts:ListContactChannels");
    denied.stop();

    let closed = account(&[
        "ListContacts:access-denied",
        "ListRotations:access-denied",
        "ListResponsePlans:access-denied",
    ]);
    exits(&closed, &["simulate", "critical"], 4);
    closed.stop();
    let half = account(&["ListContacts:access-denied"]);
    let ended = exits(&half, &["simulate", "payments"], 3);
    assert!(
        ended.err.contains("ssm-contacts:ListContacts is missing"),
        "{}",
        ended.err
    );
    half.stop();
}

#[test]
fn every_form_tells_the_same_page() {
    let account = account(&[]);
    let told = json(&exits(
        &account,
        &["simulate", "critical", "--ack", "Akua Mensah@16", "--format", "json"],
        0,
    ));
    assert_eq!(told["schema"], "callsheet.simulate/1");
    assert_eq!(told["first_human_minute"], 15);
    assert_eq!(
        (&told["second_human_minute"], &told["second_human"]["result"]),
        (&serde_json::Value::Null, &"never".into())
    );
    assert_eq!(
        told["silent_after_minute"], 15,
        "the tries after the acknowledgement are stopped"
    );
    assert_eq!(told["acknowledgements"][0]["effect"], "stopped");
    assert_eq!(told["worst"]["minutes_with_nobody"], 0);
    let again = json(&exits(&account, &["simulate", "critical", "--format", "json"], 0));
    assert_eq!(again["silent_after_minute"], 19);
    let picture = exits(&account, &["simulate", "critical", "--format", "svg"], 0).out;
    assert!(
        picture.starts_with("<svg ") && picture.contains("Akua Mensah"),
        "{picture}"
    );
    account.stop();
}

#[test]
fn the_horizon_is_as_long_as_the_question_needs() {
    let account = account(&[]);
    let told = json(&exits(
        &account,
        &["simulate", "nightly", "--worst", "--horizon", "30d", "--format", "json"],
        1,
    ));
    let window = &told["worst"]["window"];
    let end = |name: &str| {
        window[name]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
    };
    assert_eq!((end("end_at") - end("start_at")).num_days(), 30);
    assert_eq!(told["worst"]["unknown"], serde_json::json!([]));
    assert_eq!(told["at"], told["worst"]["first_human"]["starts"]["start_at"]);
    // Without --horizon, shifts are read up to the start that is asked for: what happens then is known.
    let told = json(&account.run_each(
        &Program::new(),
        &["simulate", "nightly", "--at", "+40d", "--format", "json"],
    ));
    assert_ne!(told["first_human"]["result"], "unknown", "{told:#}");
    account.stop();
}

#[test]
fn wrong_words_are_told_with_the_right_ones() {
    let account = account(&[]);
    for (arguments, expected) in [
        (&["simulate", "critcal"][..], "did you mean “critical”?"),
        (&["simulate", "critical", "--at", "soon"], "sun 03:00"),
        (
            &["simulate", "critical", "--at", "2027-03-28 02:30 Europe/Berlin"],
            "does not exist in Europe/Berlin",
        ),
        (
            &["simulate", "critical", "--at", "2027-10-31 02:30 Europe/Berlin"],
            "2027-10-31T02:30+02:00",
        ),
        (&["simulate", "critical", "--ack", "akua"], "anna@5"),
        (
            &["simulate", "critical", "--ack", "payments@5"],
            "There is no person “payments”",
        ),
        (&["simulate", "critical", "--horizon", "91d"], "1d to 90d"),
        (
            &["simulate", "critical", "--at", "now", "--worst"],
            "cannot be used with",
        ),
    ] {
        let ended = exits(&account, arguments, 2);
        assert!(ended.err.contains(expected), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "");
    }
    account.stop();
}

#[test]
fn a_page_without_somebody_stands_beside_the_page_as_it_is() {
    let account = account(&[]);
    let ended = exits(&account, &["simulate", "critical", "--without", "akua"], 1);
    assert!(
        ended
            .out
            .contains("first person      minute 15                     never\n"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("Akua Mensah is not paged any more"), "{}", ended.out);
    let ended = exits(
        &account,
        &["simulate", "critical", "--without", "ben", "--format", "json"],
        0,
    );
    let told = json(&ended);
    assert_eq!(
        (&told["schema"], &told["horizon"]["verdict"]),
        (&"callsheet.what-if/1".into(), &"same".into())
    );
    exits(&account, &["simulate", "critical", "--without", "nobody-at-all"], 2);
    exits(
        &account,
        &["simulate", "critical", "--without", "akua", "--format", "svg"],
        2,
    );
    let ended = exits(
        &account,
        &[
            "simulate",
            "critical",
            "--resolve-schedules",
            "plan-start",
            "--format",
            "json",
        ],
        0,
    );
    assert_eq!(json(&ended)["resolve_schedules"], "plan-start");
    account.stop();
}

//! The small changes in the built program, each to its end: what the account holds then is looked up in the emulator.

use crate::{
    activate_branches::{Stage, quit},
    pty::Pty,
};
use callsheet::emulator::{
    Settings,
    world::{ActivationStatus, Channel, Contact},
};

const WORLD: &str = r#"{ "contacts": {
    "anna": {
        "type": "PERSONAL", "display_name": "Anna",
        "plan": { "stages": [
            { "minutes": 5, "targets": [{ "channel": "contact-channel/anna/sms" }] },
            { "minutes": 5, "targets": [{ "channel": "contact-channel/anna/gone" }] }
        ] },
        "channels": [
            { "id": "sms", "name": "mobile", "type": "SMS", "address": "+447700900123", "status": "NOT_ACTIVATED" },
            { "id": "desk", "name": "landline", "type": "VOICE", "address": "+447700900124", "status": "ACTIVATED" }
        ],
        "tags": { "managed-by": "terraform" }
    } } }"#;

const ANNA: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna";

fn stage() -> Stage {
    Stage::of(WORLD, Settings::default(), "")
}

fn anna(stage: &Stage) -> Contact {
    stage.emulator.world().contact(ANNA).unwrap().clone()
}

fn device(stage: &Stage, id: &str) -> Channel {
    let anna = anna(stage);
    anna.channels.iter().find(|channel| channel.id == id).unwrap().clone()
}

/// Names the command and what it asks for, and answers the guard that asks why.
fn asked(pty: &mut Pty, filter: &str, command: &str, answer: &str) {
    pty.send(&format!("/{filter}\r:{command}\r"));
    if !answer.is_empty() {
        pty.wait_for(" Anna");
        pty.send(&format!("\u{15}{answer}\r"));
    }
    pty.wait_for("same?");
    pty.send("it is in the code as well\r");
    pty.wait_for("answered:");
}

/// Agrees with this key, and waits for the end.
fn agreed(pty: &mut Pty, key: &str) {
    pty.send(key);
    pty.wait_for("Done:");
    pty.send("\r");
    pty.wait_for("done:");
}

/// Leaves the desk; no address was shown or kept, and the guard's answer was.
#[track_caller]
fn ended(stage: &Stage, pty: Pty) {
    let written = quit(pty);
    let ledger = stage.ledger(&["7700900777"], &written);
    assert!(ledger.contains("it is in the code as well"), "{ledger}");
    assert!(ledger.contains("\"ending\":\"done\""), "{ledger}");
}

#[test]
fn a_device_gets_another_name() {
    let stage = stage();
    let mut pty = stage.open();
    asked(&mut pty, "landline", "rename", "pager");
    agreed(&mut pty, "\r");
    assert_eq!(device(&stage, "desk").name, "pager");
    ended(&stage, pty);
}

#[test]
fn a_device_gets_its_right_address_and_is_confirmed_anew() {
    let stage = stage();
    let mut pty = stage.open();
    // What is typed is on the screen, as in every field: only what comes of it is looked at.
    asked(&mut pty, "mobile", "correct-address", "+447700900777");
    pty.wait_for("nobody has confirmed that address");
    agreed(&mut pty, "\r");
    let mobile = device(&stage, "sms");
    assert_eq!(mobile.address.as_deref(), Some("+447700900777"));
    assert_eq!(mobile.status, ActivationStatus::NotActivated);
    quit(pty);
    let ledger = stage.ledger(&["7700900777"], "");
    assert!(ledger.contains("\"ending\":\"done\""), "{ledger}");
}

#[test]
fn a_device_is_made_silent() {
    let stage = stage();
    let mut pty = stage.open();
    asked(&mut pty, "landline", "deactivate", "");
    agreed(&mut pty, "y");
    assert_eq!(device(&stage, "desk").status, ActivationStatus::NotActivated);
    ended(&stage, pty);
}

#[test]
fn a_device_comes_into_the_plan() {
    let stage = stage();
    let mut pty = stage.open();
    asked(&mut pty, "landline", "add-to-plan", "1");
    agreed(&mut pty, "\r");
    let stages = anna(&stage).plan.stages.unwrap();
    let targets = |place: usize| -> Vec<String> {
        let targets = stages[place].targets.iter();
        targets
            .filter_map(|target| target.channel.as_ref().map(ToString::to_string))
            .collect()
    };
    assert_eq!(stages.len(), 2, "the dangling one is left as it is");
    let first = targets(0);
    assert_eq!(first.len(), 2, "{first:?}");
    assert!(
        first[0].ends_with("anna/sms") && first[1].ends_with("anna/desk"),
        "{first:?}"
    );
    ended(&stage, pty);
}

#[test]
fn what_is_not_there_goes_out_of_the_plan() {
    let stage = stage();
    let mut pty = stage.open();
    pty.send("2");
    asked(&mut pty, "anna", "drop-dangling", "");
    agreed(&mut pty, "\r");
    let stages = anna(&stage).plan.stages.unwrap();
    assert_eq!(stages.len(), 1, "{stages:?}");
    ended(&stage, pty);
}

#[test]
fn a_change_of_which_nobody_knows_whether_it_worked_is_taken_back() {
    let stage = stage();
    let mut pty = stage.open();
    stage
        .emulator
        .faults(vec!["UpdateContactChannel:slow=1500".parse().unwrap()]);
    asked(&mut pty, "landline", "rename", "pager");
    pty.send("\r");
    pty.wait_for("step 1 is on its way");
    // While the write is on its way, reading is forbidden.
    stage.emulator.faults(vec!["*:access-denied".parse().unwrap()]);
    pty.wait_for("Stopped at step 1");
    assert_eq!(device(&stage, "desk").name, "pager", "it took effect all the same");
    stage.emulator.clear_faults();
    pty.send("b");
    pty.wait_for("what is done is taken back");
    pty.send("\r");
    pty.wait_for("Everything was taken back");
    assert_eq!(device(&stage, "desk").name, "landline");
    pty.send("\r");
    pty.wait_for("taken back:");
    let ledger = stage.ledger(&[], &quit(pty));
    assert!(ledger.contains("\"ending\":\"rolled_back\""), "{ledger}");
}

#[test]
fn an_activation_is_taken_back_but_for_the_code_that_was_sent() {
    let stage = Stage::new(Settings::default());
    let (mut pty, code) = stage.sent();
    pty.send("\u{1b}");
    pty.wait_for("Stopped at step 2");
    pty.send("b");
    pty.wait_for("what is done is taken back");
    pty.send("\r");
    pty.wait_until("the end", |screen| {
        let text = screen.contents();
        text.contains("Taken back, but") || text.contains("Everything was taken back")
    });
    pty.send("\r");
    pty.wait_for("taken back:");
    assert!(!stage.is_active());
    let ledger = stage.ledger(&[&code], &quit(pty));
    assert!(ledger.contains("\"ending\":\"rolled_back\""), "{ledger}");
}

#[test]
fn a_throttle_in_the_middle_is_waited_out_or_gone_on_from() {
    // Once: nobody notices but for the time.
    let stage = Stage::new(Settings::default());
    let (mut pty, code) = stage.sent();
    stage
        .emulator
        .faults(vec!["ActivateContactChannel:throttle=429:1".parse().unwrap()]);
    pty.send(&code);
    pty.send("\r");
    pty.wait_for("Done:");
    assert!(stage.is_active());
    pty.send("\r");
    stage.ledger(&[&code], &quit(pty));

    // On and on: it stops, says so, and goes on with the code that the person has.
    let stage = Stage::new(Settings::default());
    let (mut pty, code) = stage.sent();
    stage
        .emulator
        .faults(vec!["ActivateContactChannel:throttle=429".parse().unwrap()]);
    pty.send(&code);
    pty.send("\r");
    pty.wait_for("somebody else uses up the rate");
    assert!(!stage.is_active());
    stage.emulator.clear_faults();
    pty.send("r");
    pty.wait_for("waited for");
    pty.send("\r");
    pty.wait_for("check it");
    pty.send(&code);
    pty.wait_for("●●●●●●");
    pty.send("\r");
    pty.wait_for("Done:");
    assert!(stage.is_active());
    assert_eq!(stage.emulator.outbox().len(), 1, "no other code was sent");
    pty.send("\r");
    stage.ledger(&[&code], &quit(pty));
}

//! A code is where it is typed and where it is sent, and nowhere else: not in a log however much is logged, not in what a
//! program writes to its terminal, not in a file, not in the words of a failure or a panic.

use crate::{
    activate_branches::{Stage, files, wrong},
    changeset::Place,
    faults::on_disk,
};
use callsheet::{
    changes::{Changeset, Run, apply::Previews, build, run::Direction},
    domain::ids::Arn,
    emulator::Settings,
    ledger::Entry,
    runtime::changeset::{CodeSlot, Hands, Order, Recorder, Told},
};
use secrecy::SecretString;
use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};
use tokio::sync::mpsc;

/// Everything that makes a program or a library of it say more.
const TALKATIVE: [(&str, &str); 3] = [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("AWS_LOG", "trace")];

/// Claims that the whole number of the phone and these codes are in no file and in nothing that was written.
#[track_caller]
fn assert_nowhere(stage: &Stage, codes: &[&str], written: &str) {
    let log = files(stage.home.path());
    let log = log.iter().find(|(name, _)| name.ends_with("callsheet.log"));
    let (_, log) = log.expect("there is a log");
    assert!(
        log.contains("ActivateContactChannel"),
        "the log tells of the call: {log}"
    );
    stage.ledger(codes, written);
}

#[test]
fn a_code_is_in_no_log_no_list_of_calls_and_no_preview_whatever_becomes_of_it() {
    let stage = Stage::new(Settings::default());
    let log = stage.home.path().join("callsheet.log");
    let mut pty = stage.open_with(&["--log", log.to_str().unwrap()], (100, 30), &TALKATIVE);
    pty.send("a1\r\r0123\r");
    pty.wait_for("send the code");
    // The calls of the preview, as aws is told them.
    pty.send("@");
    pty.wait_for("activate-contact-channel");
    pty.send("\r");
    pty.wait_for("check it");
    let code = stage.code();
    // One that is wrong, one that nobody may send, and one whose answer breaks off.
    pty.send(&format!("{}\r", wrong(&code)));
    pty.wait_for("The activation code is invalid");
    stage
        .emulator
        .faults(vec!["ActivateContactChannel:access-denied:1".parse().unwrap()]);
    pty.send(&format!("{code}\r"));
    pty.wait_for("r go on");
    pty.send("r");
    pty.wait_for("go on with the one");
    pty.send("\r");
    pty.wait_for("check it");
    stage
        .emulator
        .faults(vec!["ActivateContactChannel:cut-answer:1".parse().unwrap()]);
    pty.send(&format!("{code}\r"));
    pty.wait_for("Done:");
    assert!(stage.is_active());
    pty.send("\r");
    pty.send(":calls\r");
    pty.wait_until("calls", |screen| {
        let text = screen.contents();
        text.contains("ontactChannel") || text.contains("contact-channel")
    });
    pty.send("\u{3}");
    let (status, written) = pty.end();
    assert!(status.success());
    assert_nowhere(&stage, &[&code, wrong(&code)], &written);
}

/// Returns the name of the one changeset of a ledger.
fn name_in(ledger: &str) -> String {
    let record: serde_json::Value = ledger
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .find(|record: &serde_json::Value| record["kind"] == "changeset_planned")
        .unwrap();
    record["data"]["changeset"].as_str().unwrap().to_owned()
}

#[test]
fn a_code_that_is_typed_to_a_resumed_changeset_is_not_shown() {
    let stage = Stage::new(Settings::default());
    let mut pty = stage.open_with(&[], (100, 30), &[]);
    pty.send("a1\r\r0123\r");
    pty.wait_for("send the code");
    pty.send("\r");
    pty.wait_for("check it");
    let code = stage.code();
    pty.send("\u{3}");
    let (_, before) = pty.end();

    let log = stage.home.path().join("callsheet.log");
    let name = name_in(&stage.ledger(&[&code], &before));
    let arguments = [
        "--log",
        log.to_str().unwrap(),
        "changeset",
        "resume",
        &name,
        "--arm",
        "3333",
    ];
    let mut pty = stage.start(&arguments, (100, 30), &TALKATIVE);
    pty.wait_for("Type yes");
    pty.send("yes\r");
    pty.wait_for("The code (hidden)");
    pty.send(&format!("{}\r", wrong(&code)));
    pty.wait_for("The activation code is invalid");
    pty.wait_until("the question again", |screen| {
        screen.contents().matches("The code (hidden)").count() == 2
    });
    // A slip is taken back before it is sent.
    pty.send(&format!("{code}9\u{7f}\r"));
    pty.wait_for("Every step was seen to have worked");
    let (status, written) = pty.end();
    assert!(status.success() && stage.is_active());
    assert_nowhere(&stage, &[&code, wrong(&code)], &written);
}

fn phone() -> Arn {
    Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/sms").unwrap()
}

/// Has the program fall over at the worst time: when the code was entered and is about to be sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_panics_with_a_code_in_its_hand_says_nothing_of_it_and_nothing_was_sent() {
    const CODE: &str = "58203917";
    let place = Place::new().await;
    let owner = Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna").unwrap();
    let inventory = place.read(&[owner]).await;
    let draft = build::activate(&inventory, &phone()).unwrap();
    let planned = Changeset::build(&inventory, "c1".to_owned(), draft, &Previews::new());
    let planned = planned.unwrap().planned();
    place.consent(&planned).await;

    let (told, mut waiting) = mpsc::channel(1);
    let slot = CodeSlot::default();
    let held = slot.clone();
    let mut ledger = place.open().0;
    let ledger = Arc::new(Mutex::new(move |entries: &[Entry]| {
        ledger.append(Place::now(), entries)
    }));
    let recorder = Recorder::new(move |entries| {
        let (ledger, held) = (Arc::clone(&ledger), held.clone());
        Box::pin(async move {
            let is_activation = |entry: &Entry| matches!(entry, Entry::StepIntended(intended) if intended.step == 1);
            assert!(
                !entries.iter().any(is_activation),
                "the disk is gone: {entries:?} {held:?}"
            );
            ledger.lock().unwrap()(&entries)
        })
    });
    let hands = Hands {
        account: place.account.clone(),
        ledger: recorder,
        key: place.key.clone(),
        code: slot.clone(),
        told,
    };
    let (orders, mut wanted) = mpsc::channel(1);
    let mut run = Run::new(on_disk(&place, "c1"), Direction::Forward);
    let falling = tokio::spawn(async move { hands.carry_out(&mut run, &mut wanted).await });
    let mut words = String::new();
    while let Some(told) = waiting.recv().await {
        write!(words, "{told:?}").unwrap();
        if matches!(told, Told::NeedsCode { .. }) {
            slot.put(SecretString::from(CODE));
            orders.send(Order::CodeGiven).await.unwrap();
        }
    }
    let panicked = falling.await.unwrap_err().into_panic();
    let message = panicked.downcast_ref::<String>().unwrap();
    assert!(message.contains("the disk is gone"), "{message}");
    words.push_str(message);
    write!(words, "{slot:?}").unwrap();
    assert!(!words.contains(CODE), "{words}");
    let calls = place.emulator.calls();
    assert!(!calls.iter().any(|call| call.operation == "ActivateContactChannel"));
    for (name, text) in files(place.folder()) {
        assert!(!text.contains(CODE), "{name}");
    }
    assert!(slot.take().is_some(), "it was still there to be told");
}

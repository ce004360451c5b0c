//! `callsheet changeset`: what the desk has left half done is listed, shown, finished, taken back or closed from a shell.

use crate::{
    activate_branches::{CREDENTIALS, Stage, quit},
    changeset::{self, Place},
    pty::Pty,
};
use callsheet::emulator::Settings;
use serde_json::Value;
use std::process::{Command, Stdio};

/// What a run without a terminal came to.
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program without a terminal.
pub(crate) fn run(stage: &Stage, first: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_callsheet"))
        .args(stage.arguments(first))
        .env_clear()
        .env("HOME", stage.home.path())
        .envs(CREDENTIALS)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ended {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Returns an account with an activation that was left when its code had been sent, that code, and the changeset's name.
pub(crate) fn left() -> (Stage, String, String) {
    let stage = Stage::new(Settings::default());
    let (mut pty, code) = stage.sent();
    pty.send("\u{1b}");
    pty.wait_for("Stopped at step 2");
    pty.send("\r");
    pty.wait_for("stopped, and kept");
    quit(pty);
    let name = one(&stage)["name"].as_str().unwrap().to_owned();
    (stage, code, name)
}

/// Returns the only changeset that is listed.
#[track_caller]
pub(crate) fn one(stage: &Stage) -> Value {
    let listed = run(stage, &["changeset", "list", "--format", "json"]);
    assert_eq!((listed.status, listed.err.as_str()), (0, ""));
    let object: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(object["schema"], "callsheet.changesets/1");
    let all = object["changesets"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{object}");
    all[0].clone()
}

/// Starts to go on with a changeset.
pub(crate) fn resume(stage: &Stage, name: &str, more: &[&str]) -> Pty {
    let mut arguments = vec!["changeset", "resume", name, "--arm", "3333"];
    arguments.extend(more);
    stage.start(&arguments, (100, 40), &[])
}

#[test]
fn what_was_left_is_listed_shown_and_finished_with_a_hidden_code() {
    let (stage, code, name) = left();
    let listed = run(&stage, &["changeset", "list"]);
    assert!(
        listed.out.contains(&format!("{name}  open, 1 of 2 steps done")),
        "{}",
        listed.out
    );
    let shown = run(&stage, &["changeset", "show", &name]);
    assert_eq!(shown.status, 0, "{}", shown.err);
    assert!(
        shown.out.contains("[done]") && shown.out.contains("[not done]"),
        "{}",
        shown.out
    );
    assert!(shown.out.contains("digest: "), "{}", shown.out);

    let mut pty = resume(&stage, &name, &[]);
    pty.wait_for("Type yes to go on");
    pty.send("yes\r");
    pty.wait_for("The code (hidden)");
    pty.send(&code);
    pty.send("\r");
    let (status, written) = pty.end();
    assert!(status.success(), "{written}");
    assert!(written.contains("Every step was seen to have worked"), "{written}");
    assert!(stage.is_active());
    let ended = one(&stage);
    assert_eq!(
        (ended["is_open"].as_bool(), ended["ending"].as_str()),
        (Some(false), Some("done"))
    );
    stage.ledger(&[&code], &written);

    let again = run(&stage, &["changeset", "resume", &name, "--arm", "3333"]);
    assert_eq!(again.status, 2, "{}", again.out);
    assert!(again.err.contains("The changeset is done"), "{}", again.err);
}

#[test]
fn nothing_typed_for_the_code_stops_and_says_what_is_done() {
    let (stage, code, name) = left();
    let mut pty = resume(&stage, &name, &[]);
    pty.wait_for("Type yes to go on");
    pty.send("yes\r");
    pty.wait_for("The code (hidden)");
    pty.send("\r");
    let (status, written) = pty.end();
    assert_eq!(status.exit_code(), 130, "{written}");
    assert!(!stage.is_active());
    assert_eq!(one(&stage)["is_open"], true);
    // A new code: the one before does not count any more.
    let mut pty = resume(&stage, &name, &[]);
    pty.wait_for("Type yes to go on");
    pty.send("yes\r");
    pty.wait_for("The code (hidden)");
    pty.send("n\r");
    pty.wait_until("another code", |_| stage.code() != code);
    pty.send(&stage.code());
    pty.send("\r");
    let (status, written) = pty.end();
    assert!(status.success(), "{written}");
    assert!(stage.is_active());
}

#[test]
fn without_a_terminal_the_digest_agrees_and_a_code_cannot_be_typed() {
    let (stage, _, name) = left();
    let digest = one(&stage)["digest"].as_str().unwrap().to_owned();
    let resume = |more: &[&str]| {
        let mut arguments = vec!["changeset", "resume", name.as_str()];
        arguments.extend(more);
        run(&stage, &arguments)
    };
    for (more, status, words) in [
        (
            vec!["--arm", "1111", "--yes", digest.as_str()],
            2,
            "not the last four digits",
        ),
        (vec!["--arm", "3333"], 2, "Nobody can be asked for consent"),
        (
            vec!["--arm", "3333", "--yes", "other"],
            2,
            "is not that of the changeset",
        ),
        (vec!["--arm", "3333", "--yes", digest.as_str()], 130, ""),
    ] {
        let ended = resume(&more);
        assert_eq!(ended.status, status, "{more:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains(words), "{more:?}: {}", ended.err);
        assert!(!stage.is_active());
    }
    let back = resume(&["--arm", "3333", "--roll-back", "--yes", &digest]);
    assert_eq!(back.status, 0, "{}{}", back.out, back.err);
    assert_eq!(one(&stage)["ending"], "rolled_back");
}

#[test]
fn it_is_closed_as_it_is_with_a_note() {
    let (stage, _, name) = left();
    let digest = one(&stage)["digest"].as_str().unwrap().to_owned();
    let note = "done by hand";
    let arguments = [
        "changeset",
        "resume",
        &name,
        "--arm",
        "3333",
        "--close",
        note,
        "--yes",
        &digest,
    ];
    let closed = run(&stage, &arguments);
    assert_eq!(closed.status, 0, "{}", closed.err);
    let one = one(&stage);
    assert_eq!(
        (one["ending"].as_str(), one["note"].as_str()),
        (Some("abandoned"), Some(note))
    );
}

#[test]
fn what_is_not_there_is_wrong_usage() {
    let (stage, _, _) = left();
    for arguments in [
        vec!["changeset", "show", "other"],
        vec!["changeset", "resume", "other", "--arm", "3333"],
    ] {
        let ended = run(&stage, &arguments);
        assert_eq!(ended.status, 2, "{}", ended.err);
        assert!(ended.err.contains("callsheet changeset list"), "{}", ended.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changesets_of_one_second_are_not_taken_for_one() {
    let place = Place::new().await;
    let first = changeset::planned(&place).await;
    let second = first.clone();
    // Both sessions have read the ledger before either writes to it.
    let ((one, mut heard_one), (other, mut heard_other)) = (place.hands(place.open().0), place.hands(place.open().0));
    let (began, _) = tokio::join!(one.consent(first.clone()), heard_one.recv());
    began.unwrap();
    let (refused, _) = tokio::join!(other.consent(second), heard_other.recv());
    let failure = refused.unwrap_err();
    assert!(failure.what().contains("same name"), "{}", failure.what());
    let (_, changesets) = place.open();
    assert_eq!(changesets.all().len(), 1);
    assert_eq!(changesets.get("c1").unwrap().progress.planned.digest, first.digest);
}

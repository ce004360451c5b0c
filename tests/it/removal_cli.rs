//! Removals on the command line: lists of leavers, turns, deletion, consent in a terminal, a plan made anew, and the proof.

use crate::{
    cli::{Account, Ended, Program, json},
    pty::Pty,
    removal::{WORLD, alike},
};
use callsheet::emulator::{World, world::ActivationStatus};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_callsheet");

pub(crate) fn account(faults: &[&str]) -> Account {
    Account::start_with(World::from_json_at(WORLD, chrono::Utc::now()).unwrap(), faults)
}

pub(crate) fn program() -> Program {
    let program = Program::new();
    program.write("config.toml", "pace = \"off\"\ntime_zone = \"UTC\"\n");
    program
}

pub(crate) fn run(account: &Account, program: &Program, arguments: &[&str]) -> Ended {
    let arguments: Vec<&str> = ["--config", "config.toml"].iter().chain(arguments).copied().collect();
    account.run_each(program, &arguments)
}

/// Returns an answer to every guard there may be.
fn answers() -> Vec<String> {
    let kinds = callsheet::changes::removal::guards::Kind::ALL.iter();
    kinds
        .flat_map(|kind| ["--answer".to_owned(), format!("{}=looked at", kind.word())])
        .collect()
}

/// Shows what these arguments would do, and returns them with the consent to that.
fn consented(account: &Account, program: &Program, arguments: &[&str], name: &str) -> Vec<String> {
    let mut all: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
    if arguments[0] == "remove" {
        all.extend(answers());
    }
    all.extend(["--name", name].map(str::to_owned));
    let shown: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .chain(["--plan-only", "--format", "json"])
        .collect();
    let report = json(&run(account, program, &shown));
    let digest = report["changeset"]["digest"].as_str();
    let digest = digest.unwrap_or_else(|| panic!("{report}"));
    all.extend(["--arm", "3333", "--yes", digest].map(str::to_owned));
    all
}

/// Shows what these arguments would do, and then does it with the digest that was shown.
pub(crate) fn done(account: &Account, program: &Program, arguments: &[&str], name: &str) -> Ended {
    let arguments = consented(account, program, arguments, name);
    run(
        account,
        program,
        &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

#[test]
fn a_list_that_is_wrong_is_told_with_file_line_and_remedy() {
    let (account, program) = (account(&[]), program());
    for (bytes, expected) in [
        (
            &b"alias\nanna\nzo\xeb\n"[..],
            &["leavers.csv", "line 3 is not UTF-8", "save it as CSV in UTF-8"][..],
        ),
        (
            b"anna\nana\n",
            &["“ana”", "line 2 of leavers.csv", "did you mean “Anna” or “anna”?"],
        ),
        (
            b"anna\nben\nanna\n",
            &["leavers.csv", "line 3 names anna again, after line 1", "delete one"],
        ),
        (
            b"Anna\nben\nanna\n",
            &["leavers.csv", "line 3 names Anna again, after line 1", "delete one"],
        ),
        (
            b"alias;on\n;2026\n",
            &["leavers.csv", "line 2 names nobody", "first column"],
        ),
        (b"\0\0", &["leavers.csv", "a byte 0", "UTF-8"]),
    ] {
        std::fs::write(program.home.path().join("leavers.csv"), bytes).unwrap();
        let ended = run(&account, &program, &["remove", "--from", "leavers.csv", "--plan-only"]);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{}", ended.err);
        for part in expected {
            assert!(ended.err.contains(part), "no “{part}” in {}", ended.err);
        }
    }
    let ended = run(&account, &program, &["remove", "--from", "none.csv", "--plan-only"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("none.csv could not be read"), "{}", ended.err);
    account.stop();
}

#[test]
fn turns_are_taken_as_they_were_chosen_and_deferred_to_the_next_hand_over() {
    let (account, program) = (account(&[]), program());
    let report = |turns: &str| -> Value {
        let arguments = [
            "remove",
            "anna",
            "--replace-with",
            "cho",
            "--turns",
            turns,
            "--plan-only",
            "--format",
            "json",
        ];
        let answers = answers();
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        json(&run(&account, &program, &[&arguments[..], &answers].concat()))
    };
    for (turns, updates) in [("Weekly=replace", 1), ("Weekly=remove", 1), ("Weekly=defer", 0)] {
        let report = report(turns);
        let steps = report["changeset"]["steps"]
            .as_array()
            .unwrap_or_else(|| panic!("{report}"));
        let is_update = |step: &&Value| step.to_string().contains("UpdateRotation");
        assert_eq!(steps.iter().filter(is_update).count(), updates, "{turns}: {report}");
        let is_quarantined = steps.iter().any(|step| step.to_string().contains("TagResource"));
        assert_eq!(
            is_quarantined,
            updates == 1,
            "whoever still has turns stays as they are"
        );
    }
    for (turns, words) in [
        ("Weekly=often", "replace, remove or defer"),
        ("Weekl=remove", "did you mean"),
        ("x", "replace"),
    ] {
        let ended = run(&account, &program, &["remove", "anna", "--turns", turns, "--plan-only"]);
        assert_eq!(ended.status, 2);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
    account.stop();
}

#[test]
fn a_leaver_goes_comes_back_silent_and_once_deleted_cannot_be_put_back_as_they_were() {
    let (account, program) = (account(&[]), program());
    let original = account.world();
    let named = run(&account, &program, &["remove", "anna", "--delete", "--plan-only"]);
    assert_eq!(named.status, 1, "{}", named.out);
    assert!(named.out.contains("anna is still named: "), "{}", named.out);
    let ended = done(&account, &program, &["remove", "anna", "--replace-with", "cho"], "r1");
    assert_eq!(ended.status, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("proven: nothing names anna in "), "{}", ended.out);
    let saved = ended
        .out
        .lines()
        .find_map(|line| line.strip_prefix("Saved for putting back: "))
        .unwrap();

    // Whose the phone is was not confirmed by anybody: it stays silent, and that is said before and afterwards.
    let silent = "the device “phone” (+44•••••••123)";
    let shown = run(&account, &program, &["put-back", saved, "--plan-only"]);
    assert_eq!(shown.status, 0, "{}{}", shown.out, shown.err);
    for expected in [
        "What stays silent:",
        silent,
        "Putting back sends no code.",
        "Where nobody is reached until then:",
        "stage 1 of team: nobody else in it is reached",
    ] {
        assert!(shown.out.contains(expected), "no “{expected}” in {}", shown.out);
    }
    let back = done(&account, &program, &["put-back", saved], "b1");
    assert_eq!(back.status, 0, "{}{}", back.out, back.err);
    let end = back.out.split("Every step was seen to have worked.").last().unwrap();
    assert!(end.contains(&format!("Silent: {silent}.")), "{end}");
    assert!(end.contains("Each device is activated with its person"), "{end}");
    assert_eq!(account.world().outbox, [], "no code was sent");
    let seen = || {
        let mut world = alike(account.world());
        world.used_tokens.clear();
        world
    };
    let mut expected = alike(original);
    expected.contacts.get_mut("anna").unwrap().channels[0].status = ActivationStatus::NotActivated;
    assert_eq!(seen(), expected, "everything else is as it was");

    let ended = done(&account, &program, &["remove", "anna", "--replace-with", "cho"], "r2");
    assert_eq!(ended.status, 0, "{}{}", ended.out, ended.err);
    let wrong = run(&account, &program, &["remove", "anna", "--delete", "--arm", "3333"]);
    assert_eq!(wrong.status, 2, "nobody consents: {}", wrong.out);
    let gone = done(&account, &program, &["remove", "anna", "--delete"], "d1");
    assert_eq!(gone.status, 0, "{}{}", gone.out, gone.err);
    let back = run(&account, &program, &["put-back", saved, "--plan-only"]);
    assert!(back.out.contains("whose whole address is not kept"), "{}", back.out);
    account.stop();
}

#[test]
fn a_proof_that_is_missing_is_made_when_the_changeset_is_resumed() {
    let (account, program) = (account(&[]), program());
    let arguments = consented(&account, &program, &["remove", "anna", "--replace-with", "cho"], "r1");
    // The plan is read as it was when it was shown; of the reading for the proof a list is denied.
    let reads = account.count("ListResponsePlans");
    account.faults(&[&format!("ListResponsePlans:access-denied:after={reads}")]);
    let ended = run(
        &account,
        &program,
        &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    assert_eq!(ended.status, 3, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("not proven: "), "{}", ended.out);
    account.clear_faults();
    let resume = ["changeset", "resume", "r1", "--arm", "3333"];
    let ended = run(&account, &program, &resume);
    assert_eq!(ended.status, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("proven: nothing names anna in "), "{}", ended.out);
    let again = run(&account, &program, &resume);
    assert_eq!(again.status, 2, "{}", again.err);
    let verified = run(&account, &program, &["ledger", "verify"]);
    assert_eq!(verified.status, 0, "{}{}", verified.out, verified.err);
    account.stop();
}

#[test]
fn a_removal_that_another_client_stops_is_offered_anew_and_then_done() {
    let (account, program) = (account(&[]), program());
    account.faults(&["UpdateRotation:access-denied:1"]);
    let ended = done(&account, &program, &["remove", "anna", "--replace-with", "cho"], "r1");
    assert_eq!(ended.status, 1, "{}{}", ended.out, ended.err);
    let offer = "callsheet remove --rebuild r1 --plan-only";
    assert!(ended.out.contains(offer), "{}", ended.out);
    let anew = done(&account, &program, &["remove", "--rebuild", "r1"], "r2");
    assert_eq!(anew.status, 0, "{}{}", anew.out, anew.err);
    assert!(anew.out.contains("proven: nothing names anna in "), "{}", anew.out);
    let listed = run(&account, &program, &["changeset", "list"]);
    assert!(listed.out.contains("planned anew as r2"), "{}", listed.out);
    // What is saved of her has the places, too, that the first changeset had written.
    let saved = anew
        .out
        .lines()
        .find_map(|line| line.strip_prefix("Saved for putting back: "))
        .unwrap();
    let saved: Value = serde_json::from_slice(&std::fs::read(saved).unwrap()).unwrap();
    assert_eq!(saved["places"].as_array().unwrap().len(), 4, "{saved}");
    let ended = run(&account, &program, &["remove", "--rebuild", "r1", "--plan-only"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("it has ended"), "{}", ended.err);
    account.stop();
}

#[test]
fn somebody_whom_another_tool_has_deleted_is_taken_out_of_what_still_names_them() {
    let mut world = World::from_json_at(WORLD, chrono::Utc::now()).unwrap();
    world.contacts.remove("anna");
    let (account, program) = (Account::start_with(world, &[]), program());
    let ended = done(&account, &program, &["remove", "anna", "--replace-with", "cho"], "r1");
    assert_eq!(ended.status, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("proven: nothing names anna in "), "{}", ended.out);
    assert!(
        !ended.out.contains("Saved for putting back"),
        "there is nothing to save"
    );
    let again = run(&account, &program, &["remove", "anna", "--plan-only"]);
    assert_eq!(again.status, 2, "{}", again.out);
    account.stop();
}

#[test]
fn consent_is_typed_and_nothing_else_is_taken_for_it() {
    let (account, program) = (account(&[]), program());
    let answers = answers();
    for (typed, status) in [("ben\n", 2), ("\n", 2), ("anna\n", 0)] {
        let mut arguments = vec!["--config", "config.toml", "--endpoint-url"];
        let url = account.url();
        arguments.push(&url);
        arguments.extend(["remove", "anna", "--replace-with", "cho", "--arm", "3333"]);
        arguments.extend(answers.iter().map(String::as_str));
        let credentials = [
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "any"),
            ("AWS_REGION", "eu-west-1"),
        ];
        let mut pty = Pty::start_with(PROGRAM, &arguments, program.home.path(), (200, 60), &credentials);
        pty.wait_for("Type anna to go on");
        pty.send(typed);
        let (ended, text) = pty.end();
        assert_eq!(ended.exit_code(), status, "{text}");
        assert_eq!(text.contains("proven: nothing names anna"), status == 0, "{text}");
    }
    let ended = run(&account, &program, &["remove", "ben", "--arm", "3333"]);
    assert_eq!(ended.status, 1, "guards stand: {}", ended.out);
    let ended = run(&account, &program, &["remove", "ben", "--arm", "3334"]);
    assert_eq!(ended.status, 2, "{}", ended.err);
    account.stop();
}

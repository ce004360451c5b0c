//! The desk when a part of it panics, which no part is known to: its core or its session is given a fault here.

use super::assert_given_back;
use crate::{
    activate_branches::{CREDENTIALS, Stage, arm, confirm},
    changeset_cli::{one, run},
    pty::Pty,
};
use callsheet::{
    app::{self, key::KeyCode, keymap::Keymap, model::Setup, msg::Msg},
    cli,
    config::{ColorDepth, Config, Environment, Flags},
    emulator::Settings,
    failure::FailureKind,
    runtime::{self, CORE, Core, Outside, Session},
    store::Store,
    view::{self, theme::Theme},
};
use std::{collections::BTreeMap, env, process::ExitCode};

/// Tells the test at the end of this file that it is to be the program that fails, and which part of it.
const FAIL: &str = "CALLSHEET_TEST_FAILS";

/// Tells it where the account is.
const ACCOUNT: &str = "CALLSHEET_TEST_ACCOUNT";

/// The width at which drawing panics.
const FAILING_WIDTH: u16 = 77;

/// What the panics say: how a slip with a text of the account would read.
const SAID: &str = "byte 3 of \u{1b}[31m+447700900123 and anna@example.com, 314159";

/// Starts this binary as a desk of which a part fails.
fn failing(stage: &Stage, part: &str) -> Pty {
    let ourselves = env::current_exe().unwrap();
    let url = stage.emulator.url();
    let variables = [CREDENTIALS[0], CREDENTIALS[1], (FAIL, part), (ACCOUNT, &url)];
    let arguments = [
        "--exact",
        "terminal::panics::the_desk_when_a_part_of_it_fails",
        "--nocapture",
    ];
    Pty::start_with(
        ourselves.to_str().unwrap(),
        &arguments,
        stage.home.path(),
        (100, 30),
        &variables,
    )
}

/// Waits until the desk has failed, and looks at what it leaves on the terminal.
#[track_caller]
fn assert_told(pty: Pty) -> String {
    let (status, written) = pty.end();
    assert!(status.success(), "{written}");
    assert_given_back(&written);
    let (_, after) = written.rsplit_once("\u{1b}[?1049l").unwrap();
    for words in [
        "callsheet failed at tests/it/terminal/panics.rs:",
        "byte 3 of",
        "error: A part of callsheet failed, and the desk was closed.",
        "please report this with the lines above",
        "and its status is 5",
    ] {
        assert!(after.contains(words), "{words}: {after}");
    }
    for secret in ["7700900123", "anna@", "314159", "\u{1b}[31m"] {
        assert!(!after.contains(secret), "{secret}: {after}");
    }
    after.to_owned()
}

#[test]
fn a_panic_in_a_task_is_told_on_the_terminal_that_was_given_back() {
    let stage = Stage::new(Settings::default());
    assert_told(failing(&stage, "task"));
}

#[test]
fn a_panic_in_the_core_is_told_on_the_terminal_that_was_given_back() {
    let stage = Stage::new(Settings::default());
    let mut pty = failing(&stage, "update");
    pty.wait_for("READ-ONLY");
    pty.send("Z");
    assert_told(pty);
}

#[test]
fn a_panic_in_the_view_is_told_on_the_terminal_that_was_given_back() {
    let stage = Stage::new(Settings::default());
    let mut pty = failing(&stage, "view");
    pty.wait_for("READ-ONLY");
    pty.resize(FAILING_WIDTH, 24);
    assert_told(pty);
}

#[test]
fn a_panic_does_not_cut_a_write_short() {
    for part in ["update", "view"] {
        let stage = Stage::new(Settings::default());
        stage
            .emulator
            .faults(vec!["SendActivationCode:slow=2000".parse().unwrap()]);
        let mut pty = failing(&stage, part);
        arm(&mut pty);
        confirm(&mut pty);
        pty.send("\r");
        pty.wait_for("step 1 is on its way");
        if part == "view" {
            pty.resize(FAILING_WIDTH, 24);
        } else {
            pty.send("Z");
        }
        let told = assert_told(pty);
        assert!(told.contains("a changeset was being carried out"), "{told}");
        assert!(told.contains("callsheet changeset list"), "{told}");
        let verified = run(&stage, &["ledger", "verify"]);
        assert_eq!(verified.status, 0, "{}{}", verified.out, verified.err);
        assert_eq!(one(&stage)["is_open"], true);
        let listed = run(&stage, &["changeset", "list"]);
        assert!(listed.out.contains("open, 1 of 2 steps done"), "{}", listed.out);
    }
}

/// Returns the core that panics when a key is pressed that has no other meaning, or at one width.
fn core(part: &str) -> Core {
    match part {
        "update" => Core {
            update: |model, now, messages| {
                let is_it = |msg: &Msg| matches!(msg, Msg::Key(key) if key.code == KeyCode::Char('Z'));
                assert!(!messages.iter().any(is_it), "{SAID}");
                app::update(model, now, messages)
            },
            ..CORE
        },
        "view" => Core {
            draw: |model, theme, frame| {
                assert_ne!(model.size.width, FAILING_WIDTH, "{SAID}");
                view::draw(model, theme, frame);
            },
            ..CORE
        },
        _ => CORE,
    }
}

/// The program of the tests above; on its own it has nothing to do.
#[test]
fn the_desk_when_a_part_of_it_fails() {
    let Ok(part) = env::var(FAIL) else {
        return;
    };
    let directory = env::current_dir().unwrap();
    let flags = Flags {
        config: Some(directory.join("config.toml")),
        region: Some("eu-west-1".to_owned()),
        endpoint_url: env::var(ACCOUNT).ok(),
        ..Flags::default()
    };
    let config = Config::load(&flags, &Environment::new([])).unwrap();
    let setup = Setup {
        judging: std::sync::Arc::default(),
        policy: String::new(),
        version: "0",
        is_demo: false,
        profile: None,
        region: config.connection.region.clone(),
        endpoint: config.connection.endpoint_url.clone(),
        zone: config.time_zone,
        managed_by_code: Vec::new(),
        quarantine_days: 30,
        keymap: Keymap::default(),
        has_mouse: true,
        themes: vec!["plain".to_owned()],
    };
    let session = Session {
        connection: config.connection.clone(),
        asked: config.asked.clone(),
        outbox: None,
    };
    let is_task = part == "task";
    let outside = Outside {
        session: Box::pin(async move {
            assert!(!is_task, "{SAID}");
            Ok(session)
        }),
        store: Store::new(&config),
        signing: config.signing.clone(),
        themes: vec![Theme::load("plain", &BTreeMap::new(), ColorDepth::None).unwrap()],
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let failure = runtime
        .block_on(runtime::run_core(core(&part), setup, outside))
        .unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Bug);
    // As the program does with it.
    let status = cli::report(&failure);
    assert_eq!(format!("{status:?}"), format!("{:?}", ExitCode::from(5)));
    eprintln!("and its status is 5");
}

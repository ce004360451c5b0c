//! The built program in a pseudo terminal: starts, resizes, quits, and always gives the terminal back.

use crate::pty::Pty;
use std::process::Command;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_callsheet");

fn demo(size: (u16, u16)) -> (Pty, TempDir) {
    let home = TempDir::new().unwrap();
    let pty = Pty::start(PROGRAM, &["--demo"], home.path(), size);
    (pty, home)
}

/// The last things written must undo all that was done to the terminal.
#[track_caller]
fn assert_given_back(written: &str) {
    let after = |sequence: &str| {
        written
            .rfind(sequence)
            .unwrap_or_else(|| panic!("{sequence:?} was never written"))
    };
    for (done, undone) in [
        ("\u{1b}[?1049h", "\u{1b}[?1049l"), // alternate screen
        ("\u{1b}[?2004h", "\u{1b}[?2004l"), // bracketed paste
        ("\u{1b}[?1000h", "\u{1b}[?1000l"), // mouse
        ("\u{1b}[?25l", "\u{1b}[?25h"),     // cursor
    ] {
        assert!(after(undone) > after(done), "{undone:?} does not follow {done:?}");
    }
}

#[test]
fn the_demo_opens_and_q_gives_the_terminal_back() {
    let (mut pty, _home) = demo((80, 24));
    let screen = pty.wait_for("READ-ONLY");
    assert!(screen.contains("People"), "{screen}");
    // What a partner account shares cannot be read whole, in the demo as at AWS.
    pty.wait_for("5 reads failed");
    assert!(pty.is_alternate());
    pty.send("q");
    let (status, written) = pty.end();
    assert!(status.success());
    assert_given_back(&written);
}

#[test]
fn the_desk_follows_the_size_of_the_terminal() {
    let (mut pty, _home) = demo((80, 24));
    pty.wait_for("READ-ONLY");
    pty.resize(10, 3);
    pty.wait_until("that it is too small", |screen| {
        !screen.contents().contains("READ-ONLY")
    });
    pty.resize(160, 50);
    pty.wait_for("READ-ONLY");
    pty.send("q");
    assert!(pty.end().0.success());
}

#[test]
fn a_signal_ends_the_desk_and_gives_the_terminal_back() {
    for signal in ["TERM", "HUP", "INT"] {
        let (pty, _home) = demo((80, 24));
        pty.wait_for("READ-ONLY");
        let sent = Command::new("kill")
            .args(["-s", signal, &pty.process().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let (status, written) = pty.end();
        assert!(status.success(), "{signal}");
        assert_given_back(&written);
    }
}

#[test]
fn without_a_terminal_the_desk_says_what_to_use() {
    let home = TempDir::new().unwrap();
    let output = Command::new(PROGRAM)
        .arg("--demo")
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("callsheet inventory"), "{told}");
}

#[test]
fn the_shell_takes_the_desk_to_the_background_and_back() {
    let home = TempDir::new().unwrap();
    let mut pty = Pty::start_with("/bin/sh", &["-i"], home.path(), (80, 24), &[("PS1", "ready> ")]);
    pty.wait_for("ready> ");
    pty.send(&format!("{PROGRAM} --demo\n"));
    pty.wait_for("READ-ONLY");
    pty.send("\u{1a}");
    pty.wait_until("the shell", |screen| {
        !screen.alternate_screen() && screen.contents().contains("Stopped")
    });
    pty.send("fg\n");
    pty.wait_until("the desk", |screen| {
        screen.alternate_screen() && screen.contents().contains("READ-ONLY")
    });
    pty.send("q");
    // Not before the prompt is there: until then what is typed is still the desk's.
    pty.wait_until("the prompt", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready>")
    });
    pty.send("exit\n");
    let (_, written) = pty.end();
    assert_given_back(&written);
}

/// Tells the test below that it is to be the program that fails.
const FAIL: &str = "CALLSHEET_TEST_FAILS";

#[test]
fn a_failure_inside_is_told_on_the_terminal_that_was_given_back() {
    let home = TempDir::new().unwrap();
    let ourselves = std::env::current_exe().unwrap();
    let arguments = ["--exact", "terminal::the_desk_when_a_part_of_it_fails", "--nocapture"];
    let pty = Pty::start_with(
        ourselves.to_str().unwrap(),
        &arguments,
        home.path(),
        (80, 24),
        &[(FAIL, "1")],
    );
    let (status, written) = pty.end();
    assert!(status.success(), "{written}");
    assert_given_back(&written);
    let given_back = written.find("\u{1b}[?1049l").unwrap();
    let told = written.find("a part that fails on purpose").unwrap();
    assert!(told > given_back, "it was told on the screen that goes away");
}

/// The program of the test above; on its own it has nothing to do.
#[test]
fn the_desk_when_a_part_of_it_fails() {
    use callsheet::{
        app::{keymap::Keymap, model::Setup},
        config::{ColorDepth, Config, Environment, Flags},
        failure::FailureKind,
        runtime::{self, Outside},
        store::Store,
        view::theme::Theme,
    };
    if std::env::var_os(FAIL).is_none() {
        return;
    }
    let flags = Flags {
        data_dir: Some(std::env::current_dir().unwrap()),
        ..Flags::default()
    };
    let config = Config::load(&flags, &Environment::new([])).unwrap();
    let setup = Setup {
        judging: std::sync::Arc::default(),
        policy: String::new(),
        managed_by_code: Vec::new(),
        version: "0",
        is_demo: false,
        profile: None,
        region: None,
        endpoint: None,
        zone: config.time_zone,
        keymap: Keymap::default(),
        has_mouse: true,
        themes: vec!["plain".to_owned()],
    };
    let outside = Outside {
        session: Box::pin(async { panic!("a part that fails on purpose") }),
        store: Store::new(&config),
        signing: config.signing.clone(),
        themes: vec![Theme::load("plain", &std::collections::BTreeMap::new(), ColorDepth::None).unwrap()],
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let failure = runtime.block_on(runtime::run(setup, outside)).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Bug);
}

#[test]
fn an_idle_desk_answers_every_key_and_not_only_the_first() {
    let (mut pty, _home) = demo((80, 24));
    pty.wait_for("5 reads failed");
    // The notice has to be gone: until then its deadline would wake the desk.
    pty.wait_until("that the notice is gone", |screen| {
        !screen.contents().contains("5 reads failed")
    });
    for (key, sign) in [
        ("3", "ADDRESS"),
        ("4", "MINUTES"),
        ("6", "CHAT CHANNEL"),
        ("2", "NEXT SHIFT"),
        ("?", "keys"),
    ] {
        pty.send(key);
        pty.wait_for(sign);
    }
    pty.send("qq");
    assert!(pty.end().0.success());
}

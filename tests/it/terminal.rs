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
    pty.wait_for("everything was read");
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

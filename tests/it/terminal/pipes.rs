//! Outputs that nobody reads, that are full, closed or no terminal, and terminals that cannot be drawn on.

use super::PROGRAM;
use crate::{activate_branches::Stage, changeset_cli::left, pty::Pty};
use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// What prints something, with its status where the output is taken.
const PRINTING: [(&[&str], i32); 20] = [
    (&["--help"], 0),
    (&["--version"], 0),
    (&["scan", "--help"], 0),
    (&["man"], 0),
    (&["man", "changeset"], 0),
    (&["completions", "bash"], 0),
    (&["config"], 0),
    (&["checks"], 0),
    (
        &[
            "policy",
            "reviewer",
            "--account",
            "111122223333",
            "--region",
            "eu-west-1",
        ],
        0,
    ),
    (&["--demo", "scan"], 1),
    (&["--demo", "scan", "--format", "json"], 1),
    (&["--demo", "scan", "--format", "sarif"], 1),
    (&["--demo", "inventory"], 3),
    (&["--demo", "inventory", "--format", "csv"], 3),
    (&["--demo", "--plain"], 1),
    (&["--plain", "--help"], 0),
    (&["ledger", "show"], 0),
    (&["ledger", "verify"], 0),
    (&["changeset", "list"], 0),
    (&["changeset", "list", "--format", "json"], 0),
];

fn command(arguments: &[&str], home: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .env("TERM", "xterm")
        .stdin(Stdio::null());
    command
}

/// Returns a home directory with a ledger in it.
fn home() -> TempDir {
    let (Stage { home, .. }, _, _) = left();
    home
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn whoever_reads_one_line_only_gets_it_and_no_complaint() {
    let home = home();
    for (arguments, status) in PRINTING {
        let mut child = command(arguments, home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::with_capacity(1, child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(line.ends_with('\n'), "{arguments:?}: {line}");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", told(&output));
        for words in ["panicked", "failed at", "Broken pipe", "error"] {
            assert!(!told(&output).contains(words), "{arguments:?}: {}", told(&output));
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_by_words_and_by_the_status() {
    let home = home();
    for (arguments, _) in PRINTING {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command(arguments, home.path()).stdout(full).output().unwrap();
        let told = told(&output);
        assert_eq!(output.status.code(), Some(5), "{arguments:?}: {told}");
        assert!(
            told.contains("The output could not be written."),
            "{arguments:?}: {told}"
        );
        assert!(told.contains("No space left on device"), "{arguments:?}: {told}");
        assert!(!told.contains("failed at"), "{arguments:?}: {told}");
    }
}

#[test]
fn a_closed_error_stream_changes_nothing_but_that_nobody_is_told() {
    let home = home();
    let wrong: (&[&str], i32) = (&["--nonsense"], 2);
    let missing: (&[&str], i32) = (&["changeset", "show", "x"], 2);
    for (arguments, status) in PRINTING.into_iter().chain([wrong, missing]) {
        // The shell closes it, which the library of processes cannot do.
        let script = "exec \"$@\" 2>&-";
        let ended = Command::new("/bin/sh")
            .args(["-c", script, "sh", PROGRAM])
            .args(arguments)
            .env_clear()
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(status), "{arguments:?}");
        assert_eq!(ended.stdout.is_empty(), status == 2, "{arguments:?}");
        assert!(ended.stderr.is_empty(), "{arguments:?}");
    }
}

/// What the desk says where it cannot be drawn names a way on.
#[track_caller]
fn assert_helps(told: &str) {
    for words in ["The desk needs a terminal", "callsheet inventory", "callsheet --plain"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains('\u{1b}'), "{told:?}");
}

#[test]
fn without_a_terminal_the_desk_says_what_to_use() {
    let home = TempDir::new().unwrap();
    let output = command(&["--demo"], home.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_helps(&told(&output));
    // One of the two is not enough.
    for script in ["exec \"$@\" --demo </dev/null", "exec \"$@\" --demo | cat"] {
        let pty = Pty::start("/bin/sh", &["-c", script, "sh", PROGRAM], home.path(), (200, 24));
        let (_, written) = pty.end();
        assert_helps(&written);
    }
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_not_drawn_on() {
    for (script, reason) in [
        ("TERM=dumb exec \"$@\" --demo", "because: TERM is dumb"),
        ("TERM= exec \"$@\" --demo", "because: TERM is not set"),
        ("unset TERM; exec \"$@\" --demo", "because: TERM is not set"),
    ] {
        let home = TempDir::new().unwrap();
        let pty = Pty::start("/bin/sh", &["-c", script, "sh", PROGRAM], home.path(), (200, 24));
        let (status, written) = pty.end();
        assert_eq!(status.exit_code(), 2, "{script}: {written}");
        assert_helps(&written);
        assert!(written.contains(reason), "{script}: {written}");
    }
    // What is printed needs no screen.
    let home = TempDir::new().unwrap();
    let script = "TERM=dumb exec \"$@\" --demo --plain";
    let pty = Pty::start("/bin/sh", &["-c", script, "sh", PROGRAM], home.path(), (200, 24));
    let (status, written) = pty.end();
    assert_eq!(status.exit_code(), 1, "{written}");
    assert!(!written.contains('\u{1b}'), "{written:?}");
}

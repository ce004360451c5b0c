//! The desk in the background of a shell and back again.

use super::{PROGRAM, assert_given_back};
use crate::pty::{Pty, signal};
use std::process::Command;
use tempfile::TempDir;

/// Returns a shell in which the desk was opened.
fn in_a_shell() -> (Pty, TempDir) {
    let home = TempDir::new().unwrap();
    let mut pty = Pty::start_with("/bin/sh", &["-i"], home.path(), (80, 24), &[("PS1", "ready> ")]);
    pty.wait_for("ready> ");
    pty.send(&format!("{PROGRAM} --demo\n"));
    pty.wait_for("READ-ONLY");
    (pty, home)
}

/// Waits until the shell has stopped the desk.
fn stopped(pty: &Pty) {
    pty.wait_until("the shell", |screen| {
        let text = screen.contents();
        !screen.alternate_screen() && text.contains("Stopped") && text.trim_end().ends_with("ready>")
    });
}

/// Has the shell go on with the desk, and waits until it is drawn at this height.
fn back(pty: &mut Pty, height: u16) {
    pty.send("clear; fg\n");
    pty.wait_until("the desk", |screen| {
        let text = screen.contents();
        let lines: Vec<&str> = text.lines().collect();
        screen.alternate_screen()
            && text.contains("READ-ONLY")
            && lines.len() == usize::from(height)
            && lines[lines.len() - 1].contains("enter open")
    });
}

/// Leaves the desk and the shell.
fn leave(mut pty: Pty) {
    pty.send("q");
    // Not before the prompt is there: until then what is typed is still the desk's.
    pty.wait_until("the prompt", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready>")
    });
    pty.send("exit\n");
    let (_, written) = pty.end();
    assert_given_back(&written);
}

#[test]
fn the_shell_takes_the_desk_to_the_background_and_back_again_and_again() {
    let (mut pty, _home) = in_a_shell();
    for (width, height) in [(80, 24), (120, 40), (60, 20), (300, 100), (70, 25)] {
        pty.send("\u{1a}");
        stopped(&pty);
        // Nobody tells a process that stands still of the size of its terminal.
        pty.resize(width, height);
        back(&mut pty, height);
        pty.send("3");
        pty.wait_for("ADDRESS");
        pty.send("2");
        pty.wait_for("NAME▲");
    }
    leave(pty);
}

#[test]
fn a_desk_that_somebody_else_has_stopped_takes_the_terminal_anew() {
    let (mut pty, home) = in_a_shell();
    let shell = pty.process().to_string();
    let found = Command::new("ps")
        .args(["-o", "pid=", "--ppid", &shell])
        .output()
        .unwrap();
    let desk = String::from_utf8(found.stdout).unwrap().trim().parse().unwrap();
    signal(desk, "STOP");
    pty.wait_for("ready>");
    // As whoever finds a shell on such a screen would.
    pty.send("stty sane; printf '\\033[?1049l\\033[?25h\\033[?2004l'\n");
    pty.wait_until("the shell's own screen", |screen| !screen.alternate_screen());
    pty.resize(100, 30);
    back(&mut pty, 30);
    pty.send("3");
    pty.wait_for("ADDRESS");
    leave(pty);
    drop(home);
}

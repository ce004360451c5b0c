//! The built program in a pseudo terminal: starts, resizes, quits, and always gives the terminal back.

mod endings;
mod panics;
mod pipes;
mod sizes;
mod suspend;

use crate::pty::Pty;
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

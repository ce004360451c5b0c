//! The desk ended from outside, whatever it is at: the terminal is as it was, the status says what happened, and nothing that
//! was done is lost.

use super::{PROGRAM, assert_given_back};
use crate::{
    activate_branches::{CREDENTIALS, Stage, arm, confirm},
    changeset_cli::{left, one, resume, run},
    pty::{Pty, signal},
};
use callsheet::emulator::Settings;
use portable_pty::ExitStatus;
use std::fs;

/// What the desk is at when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// The account is being read.
    Loading,
    /// Everything was read, and nothing is asked.
    Idle,
    /// A question lies over the screen.
    Question,
    /// A code is being typed.
    Code,
    /// A write is on its way.
    Writing,
}

/// Notes what the terminal is like before and after, which process the desk is, and its status.
const WATCHED: &str = "stty -g >before; \
    sh -c 'echo $$ >process; exec \"$@\"' sh \"$@\"; \
    echo $? >status; stty -g >after";

impl At {
    const ALL: [Self; 5] = [Self::Loading, Self::Idle, Self::Question, Self::Code, Self::Writing];

    fn stage(self) -> Stage {
        let stage = Stage::new(Settings::default());
        let fault = match self {
            Self::Loading => "ListContactChannels:slow=60000",
            Self::Writing => "SendActivationCode:slow=2000",
            Self::Idle | Self::Question | Self::Code => return stage,
        };
        stage.emulator.faults(vec![fault.parse().unwrap()]);
        stage
    }

    /// Goes on from the start until the desk is at it.
    fn come(self, pty: &mut Pty) {
        if self == Self::Loading {
            pty.wait_for(" s left");
            return;
        }
        arm(pty);
        if self == Self::Idle {
            return;
        }
        confirm(pty);
        match self {
            Self::Code => {
                pty.send("\r");
                pty.wait_for("check it");
                pty.send("12");
                pty.wait_for("●●");
            }
            Self::Writing => {
                pty.send("\r");
                pty.wait_for("step 1 is on its way");
            }
            Self::Loading | Self::Idle | Self::Question => {}
        }
    }

    /// Looks whether nothing was lost, and finishes what is half done.
    #[track_caller]
    fn check(self, stage: &Stage) {
        let verified = run(stage, &["ledger", "verify"]);
        if matches!(self, Self::Loading | Self::Idle) {
            assert!(
                verified.err.contains("There is no ledger yet"),
                "{self:?}: {}",
                verified.err
            );
            return;
        }
        assert_eq!(verified.status, 0, "{self:?}: {}{}", verified.out, verified.err);
        if self == Self::Question {
            assert!(stage.emulator.outbox().is_empty());
            return;
        }
        let open = one(stage);
        assert_eq!(open["is_open"], true, "{open}");
        let listed = run(stage, &["changeset", "list"]);
        assert!(
            listed.out.contains("open, 1 of 2 steps done"),
            "{self:?}: {}",
            listed.out
        );
        assert_eq!(stage.emulator.outbox().len(), 1);
        stage.emulator.clear_faults();
        let name = open["name"].as_str().unwrap();
        let mut pty = resume(stage, name, &[]);
        pty.wait_for("Type yes to go on");
        pty.send("yes\r");
        pty.wait_for("The code (hidden)");
        pty.send(&stage.code());
        pty.send("\r");
        let (status, written) = pty.end();
        assert!(status.success(), "{written}");
        assert!(stage.is_active());
        assert_eq!(one(stage)["ending"], "done");
        stage.ledger(&[&stage.code()], &written);
    }
}

/// Starts the program in a shell that watches the terminal.
fn watched(stage: &Stage, arguments: &[String]) -> Pty {
    let words = ["-c", WATCHED, "sh", PROGRAM];
    let words: Vec<&str> = words.into_iter().chain(arguments.iter().map(String::as_str)).collect();
    Pty::start_with("/bin/sh", &words, stage.home.path(), (100, 30), &CREDENTIALS)
}

/// Returns what the shell has noted.
#[track_caller]
fn noted(stage: &Stage, name: &str) -> String {
    let text = fs::read_to_string(stage.home.path().join(name)).unwrap();
    text.trim().to_owned()
}

/// Sends a signal to the program that the shell watches, and returns its status once the terminal was looked at again.
#[track_caller]
fn ended_by(name: &str, stage: &Stage, pty: Pty) -> (String, String) {
    signal(noted(stage, "process").parse().unwrap(), name);
    let (_, written) = pty.end();
    assert_eq!(noted(stage, "before"), noted(stage, "after"), "{name}");
    (noted(stage, "status"), written)
}

#[track_caller]
fn check_signal(name: &str, status: &str) {
    for at in At::ALL {
        let stage = at.stage();
        let mut pty = watched(&stage, &stage.arguments(&[]));
        at.come(&mut pty);
        let (ended, written) = ended_by(name, &stage, pty);
        assert_eq!(ended, status, "{at:?}: {written}");
        assert_given_back(&written);
        let screen_left = written.rfind("\u{1b}[?1049l").unwrap();
        for words in ["panicked", "failed", "error"] {
            assert!(!written[screen_left..].contains(words), "{at:?}: {written}");
        }
        at.check(&stage);
    }
}

#[test]
fn told_to_terminate_the_desk_ends_in_order() {
    check_signal("TERM", "143");
}

#[test]
fn told_that_the_terminal_hangs_up_the_desk_ends_in_order() {
    check_signal("HUP", "129");
}

#[test]
fn interrupted_from_outside_the_desk_ends_in_order() {
    check_signal("INT", "130");
}

#[test]
fn without_its_terminal_the_desk_ends_in_order() {
    for at in At::ALL {
        let stage = at.stage();
        let mut pty = stage.start(&[], (100, 30), &[]);
        at.come(&mut pty);
        let status: ExitStatus = pty.hang_up((90, 28));
        assert_eq!(status.exit_code(), 129, "{at:?}");
        at.check(&stage);
    }
}

#[test]
fn two_signals_do_not_cut_a_write_short() {
    let stage = At::Writing.stage();
    let mut pty = watched(&stage, &stage.arguments(&[]));
    At::Writing.come(&mut pty);
    let process = noted(&stage, "process").parse().unwrap();
    signal(process, "TERM");
    // The terminal is given back before the write has come to its end, and it is said what is waited for.
    pty.wait_until("the shell's own screen", |screen| !screen.alternate_screen());
    pty.wait_for("Waiting for what is on its way");
    signal(process, "TERM");
    signal(process, "INT");
    let (_, written) = pty.end();
    assert_eq!(noted(&stage, "status"), "143", "{written}");
    At::Writing.check(&stage);
}

#[test]
fn a_signal_gives_the_terminal_back_where_a_subcommand_waits_for_a_code() {
    for name in ["TERM", "HUP", "INT"] {
        let (stage, code, changeset) = left();
        let arguments = ["changeset", "resume", &changeset, "--arm", "3333"];
        let mut pty = watched(&stage, &stage.arguments(&arguments));
        pty.wait_for("Type yes to go on");
        pty.send("yes\r");
        pty.wait_for("The code (hidden)");
        pty.send("12");
        let (status, written) = ended_by(name, &stage, pty);
        assert_eq!(status, "130", "{name}: {written}");
        assert!(!stage.is_active());
        stage.ledger(&[&code], &written);
        At::Code.check(&stage);
    }
}

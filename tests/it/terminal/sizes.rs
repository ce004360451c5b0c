//! Terminals that change their size all the time, and very small ones.

use super::{PROGRAM, assert_given_back, demo};
use crate::pty::Pty;
use fastrand::Rng;
use std::time::Duration;
use tempfile::TempDir;

/// How many sizes one storm has.
const SIZES: usize = 150;

/// Keys that only look around. None of them leaves the desk, whatever lies over the screen.
const KEYS: [&str; 14] = [
    "j", "k", "G", "1", "3", "4", "5", "6", "0", "?", ESCAPE, "\t", "/a\r", "\r",
];

/// The key Esc in a form that is never taken for the Alt of the key after it.
const ESCAPE: &str = "\u{1b}[27u";

/// Changes the size many times while keys are typed, without waiting for anything.
fn storm(pty: &mut Pty, rng: &mut Rng) {
    for _ in 0..SIZES {
        pty.resize(rng.u16(10..=300), rng.u16(3..=100));
        if rng.u8(..4) == 0 {
            pty.send(KEYS[rng.usize(..KEYS.len())]);
        }
    }
}

/// How often a key is pressed until it is answered: crossterm leaves one that comes at the moment of another size until the
/// next one.
const TRIES: usize = 10;

/// Goes to the devices and then to the people, with nothing open and nothing filtered, so that every key before was taken in.
fn settle(pty: &mut Pty) {
    for _ in 0..3 {
        let before = pty.written();
        let is_answered = (0..TRIES).any(|_| {
            pty.send(ESCAPE);
            // All of it is drawn anew, and only after the key before.
            pty.send("\u{c}");
            pty.writes(before, CLEARED, Duration::from_secs(2))
        });
        assert!(is_answered, "no key is answered: {}", pty.contents());
    }
    people_again(pty);
}

/// Goes to the devices and back, and waits until all of the screen is there.
fn people_again(pty: &mut Pty) -> String {
    pty.send("3");
    pty.wait_for("ADDRESS");
    pty.send("2");
    pty.wait_for("NAME▲");
    // The rest of that frame may be on its way: its end comes before that of the next one.
    let written = pty.written();
    pty.send("2");
    pty.wait_for_written(written, END_OF_FRAME);
    pty.contents()
}

/// What ends every frame: the cursor is hidden.
const END_OF_FRAME: &str = "\u{1b}[?25l";

/// What empties the screen.
const CLEARED: &str = "\u{1b}[2J";

/// Has the whole screen drawn anew: it has to be what it was.
#[track_caller]
fn assert_nothing_is_left_over(pty: &mut Pty, (width, height): (u16, u16)) {
    // What was shown while an answer or the end of a notice came in may be another thing; at some time no more of them come.
    for _ in 0..1_000 {
        let before = pty.contents();
        let written = pty.written();
        pty.send("\u{c}");
        pty.wait_for_written(written, CLEARED);
        let after = people_again(pty);
        if before == after {
            let lines: Vec<&str> = after.lines().collect();
            assert_eq!(lines.len(), usize::from(height), "{width}x{height}: {after}");
            assert!(lines[0].contains("demo account"), "{after}");
            assert!(lines[lines.len() - 1].contains("enter open"), "{after}");
            return;
        }
    }
    panic!(
        "{width}x{height}: the screen is another one once it is drawn anew: {}",
        pty.contents()
    );
}

#[test]
fn a_storm_of_sizes_leaves_nothing_behind_while_the_account_is_read_and_after() {
    for (seed, last) in [(1, (80, 24)), (2, (300, 100)), (3, (60, 20))] {
        let mut rng = Rng::with_seed(seed);
        let (mut pty, _home) = demo((80, 24));
        // Not even the first frame is waited for.
        storm(&mut pty, &mut rng);
        pty.resize(120, 40);
        settle(&mut pty);
        storm(&mut pty, &mut rng);
        pty.resize(last.0, last.1);
        settle(&mut pty);
        assert_nothing_is_left_over(&mut pty, last);
        pty.send("q");
        let (status, written) = pty.end();
        assert!(status.success(), "{written}");
        assert_given_back(&written);
    }
}

#[test]
fn a_storm_that_ends_too_small_says_so_and_the_desk_can_be_left() {
    let (mut pty, _home) = demo((80, 24));
    pty.wait_for("READ-ONLY");
    storm(&mut pty, &mut Rng::with_seed(4));
    pty.resize(10, 3);
    pty.wait_until("the whole message, and nothing else", |screen| {
        let text = screen.contents();
        text.lines()
            .map(str::trim_end)
            .eq(["callsheet", "  needs 60", "  x 20"])
    });
    pty.resize(100, 30);
    settle(&mut pty);
    assert_nothing_is_left_over(&mut pty, (100, 30));
}

#[test]
fn the_smallest_terminals_open_the_desk() {
    for size in [(10, 3), (1, 1), (59, 20), (60, 19)] {
        let home = TempDir::new().unwrap();
        let mut pty = Pty::start(PROGRAM, &["--demo"], home.path(), size);
        pty.wait_until("the beginning of a sentence", |screen| {
            screen.alternate_screen() && screen.contents().starts_with('c')
        });
        pty.resize(80, 24);
        pty.wait_for("READ-ONLY");
        pty.resize(size.0, size.1);
        pty.wait_until("the sentence again", |screen| !screen.contents().contains("READ-ONLY"));
        pty.signal("TERM");
        assert_eq!(pty.end().0.exit_code(), 143, "{size:?}");
    }
}

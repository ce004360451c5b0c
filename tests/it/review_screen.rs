//! Screen 7: a review from its opening to its signature, by keys.

use crate::{
    harness::{self, Desk},
    keeper::{self, Keeper},
    pty::Pty,
    world,
};
use callsheet::{
    app::{
        effect::Effect,
        model::Focus,
        msg::Msg,
        overlay::{Overlay, Purpose},
    },
    domain::{address::Address, contact::ChannelKind, gap::Reading, ids::Arn, inventory::Part, load::LoadEvent},
    findings::registry,
    ledger::Entry,
    review::campaign::RowState,
};
use std::{process::Command, sync::Arc};

pub(crate) const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (120, 40)];

/// Returns a desk with a review of everything, opened by keys.
pub(crate) fn opened(width: u16, height: u16) -> (Desk, Keeper) {
    let (mut desk, mut keeper) = keeper::desk(width, height);
    open(&mut desk, &mut keeper);
    (desk, keeper)
}

pub(crate) fn open(desk: &mut Desk, keeper: &mut Keeper) {
    desk.keys("7:review-open<enter><enter><enter><enter>");
    keeper.answer(desk);
    desk.wait(5);
    keeper.answer(desk);
}

/// Reads the account again, as it was.
pub(crate) fn read_again(desk: &mut Desk, keeper: &mut Keeper) {
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    keeper.answer(desk);
}

/// Decides about every open row, each after a look at it.
pub(crate) fn decide_all(desk: &mut Desk, keeper: &mut Keeper) {
    desk.keys("g");
    for _ in 0..200 {
        desk.keys("n");
        let open = desk.model.review.progress.as_ref().unwrap().open.len();
        if open == 0 {
            return;
        }
        desk.keys("<enter>");
        desk.now += chrono::Duration::seconds(20);
        desk.keys("K<esc>");
        keeper.answer(desk);
        let left = desk.model.review.progress.as_ref().unwrap().open.len();
        assert_eq!(left, open - 1, "{}", desk.screen());
    }
    panic!("it does not end");
}

/// Returns whether an unknown is to be explained.
fn is_asked_to_explain(desk: &Desk) -> bool {
    matches!(desk.model.overlays.last(), Some(Overlay::Prompt(prompt)) if matches!(prompt.purpose, Purpose::Explain(_)))
}

/// Explains every unknown that is asked about.
fn explain_all(desk: &mut Desk) {
    for _ in 0..50 {
        if !is_asked_to_explain(desk) {
            return;
        }
        desk.keys("no permission yet<enter>");
    }
    panic!("it does not end");
}

/// Signs the review that is open, all being decided.
pub(crate) fn sign(desk: &mut Desk, keeper: &mut Keeper) {
    desk.keys(":sign-off<enter>");
    read_again(desk, keeper);
    explain_all(desk);
    desk.keys("<enter>Mei Lin<enter>");
    keeper.answer(desk);
    assert!(desk.screen().contains("ledger verify --head"), "{}", desk.screen());
    desk.keys("<esc>");
    desk.wait(5);
    keeper.answer(desk);
}

/// Compares the screen with the snapshot of this name, which belongs to the file that says so.
macro_rules! snap {
    ($name:expr, $desk:expr) => {{
        let (width, height) = ($desk.model.size.width, $desk.model.size.height);
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{}-{width}x{height}", $name), $desk.screen());
        });
    }};
}
pub(crate) use snap;

fn snapshot(name: &str, scene: impl Fn(u16, u16) -> Desk) {
    for (width, height) in SIZES {
        snap!(name, scene(width, height));
    }
}

#[test]
fn without_a_review_the_screen_says_how_to_open_one() {
    snapshot("review_none", |width, height| {
        let (mut desk, _) = keeper::desk(width, height);
        desk.keys("7");
        desk
    });
}

#[test]
fn rows_of_a_review() {
    snapshot("review", |width, height| opened(width, height).0);
}

#[test]
fn a_row_of_a_review() {
    snapshot("review_row", |width, height| {
        let (mut desk, _) = opened(width, height);
        desk.keys("g<enter>");
        desk
    });
}

#[test]
fn a_review_is_opened_with_its_rows_on_the_disk_before_the_record() {
    let (mut desk, mut keeper) = keeper::desk(80, 24);
    desk.keys("7:review-open<enter>");
    assert!(desk.screen().contains("2026-Q4"), "{}", desk.screen());
    desk.keys("<enter><enter>soon<enter>");
    assert!(desk.screen().contains("write a day"), "{}", desk.screen());
    desk.keys("<ctrl-u>14d<enter>");
    assert!(matches!(
        desk.effects.last(),
        Some(Effect::TakePopulation { is_kept: true, .. })
    ));
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds(), ["population", "review_opened"]);
    let text = String::from_utf8(keeper.bytes.clone()).unwrap();
    assert!(
        text.contains("# the policy in force") && text.contains("2026-12-08"),
        "{text}"
    );
    assert_eq!(keeper.populations.len(), 1);
}

#[test]
fn a_review_of_a_part_is_about_that_part() {
    let (mut desk, mut keeper) = keeper::desk(80, 24);
    desk.keys("7:review-open<enter><enter><ctrl-u>plan nothing<enter>");
    assert!(desk.screen().contains("there is no plan"), "{}", desk.screen());
    desk.keys("<ctrl-u>alias akua<enter><enter>");
    keeper.answer(&mut desk);
    let part = desk.model.review.rows.len();
    let text = String::from_utf8(keeper.bytes.clone()).unwrap();
    assert!(text.contains(r#""of":"alias","which":"akua""#), "{text}");
    let (all, _) = opened(80, 24);
    assert!(0 < part && part < all.model.review.rows.len(), "{part}");
}

#[test]
fn a_person_is_reviewed_between_the_regular_reviews() {
    let (mut desk, mut keeper) = keeper::desk(80, 24);
    desk.keys("2:review-person<enter><enter><enter>");
    keeper.answer(&mut desk);
    let text = String::from_utf8(keeper.bytes.clone()).unwrap();
    assert!(text.contains(r#""is_off_cycle":true"#), "{text}");
    assert!(!desk.model.review.rows.is_empty());
}

#[test]
fn a_row_is_kept_only_after_it_was_looked_at_and_shown_so_once_recorded() {
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys("gK");
    assert!(desk.screen().contains("look at it first"), "{}", desk.screen());
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds().len(), 2);
    desk.keys("<enter>");
    desk.now += chrono::Duration::seconds(12);
    desk.keys("K");
    let decided = |desk: &Desk| desk.model.review.progress.as_ref().unwrap().decided;
    assert_eq!(decided(&desk), 0, "nothing is shown before it is on the disk");
    keeper.answer(&mut desk);
    assert_eq!(decided(&desk), 1);
    assert!(desk.screen().contains("keep, recorded"), "{}", desk.screen());
    let Ok(Entry::Decision(made)) = keeper.records.last().unwrap().entry() else {
        panic!()
    };
    assert!((12..=13).contains(&made.seconds), "{made:?}");
}

#[test]
fn whatever_is_not_kept_needs_a_reason() {
    for (key, verdict) in [("F", "fix"), ("R", "remove"), ("E", "escalate")] {
        let (mut desk, mut keeper) = opened(80, 24);
        desk.keys(&format!("g{key}<ctrl-u><enter>"));
        assert!(desk.screen().contains("write it down"), "{key}: {}", desk.screen());
        desk.keys("because<enter>");
        keeper.answer(&mut desk);
        let text = String::from_utf8(keeper.bytes.clone()).unwrap();
        let expected = format!(r#""verdict":"{verdict}","reason":"because""#);
        assert!(text.contains(&expected), "{key}: {text}");
    }
}

#[test]
fn a_waiver_has_a_last_day_and_a_note_stays_with_its_row() {
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys("gW<ctrl-u>the new phone comes in March<enter><ctrl-u>90d<enter>");
    keeper.answer(&mut desk);
    let text = String::from_utf8(keeper.bytes.clone()).unwrap();
    assert!(text.contains(r#""until":"2027-02-22""#), "{text}");
    desk.keys("Nasked her on Monday<enter>");
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds().last(), Some(&"note"));
    desk.keys("<enter>G");
    assert!(desk.screen().contains("asked her on Monday"), "{}", desk.screen());
}

#[test]
fn a_decision_is_taken_back_and_stays_in_the_ledger() {
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys("g<enter>K");
    keeper.answer(&mut desk);
    desk.keys("Z");
    keeper.answer(&mut desk);
    assert_eq!(desk.model.review.progress.as_ref().unwrap().decided, 0);
    assert_eq!(keeper.kinds()[2..], ["decision", "decision"]);
    desk.keys("Z");
    assert!(desk.screen().contains("nobody has decided"), "{}", desk.screen());
}

#[test]
fn next_goes_to_open_rows_only_and_stays_in_the_detail() {
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys("g<enter>K");
    keeper.answer(&mut desk);
    let first = desk.model.selected_id().cloned();
    desk.keys("n");
    assert_ne!(desk.model.selected_id().cloned(), first);
    assert_eq!(desk.model.focus, Focus::Detail);
    for _ in 0..desk.model.review.rows.len() {
        desk.keys("n");
        assert_ne!(desk.model.selected_id().cloned(), first, "it is decided");
    }
}

#[test]
fn a_desk_that_was_left_goes_on_where_it_was() {
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys("g<enter>K");
    keeper.answer(&mut desk);
    let before = desk.model.review.progress.clone();
    let mut again = Desk::new(80, 24);
    read_again(&mut again, &mut keeper);
    again.wait(5);
    keeper.answer(&mut again);
    again.keys("7");
    assert_eq!(again.model.review.progress, before);
}

#[test]
fn a_review_whose_rows_are_lost_says_so() {
    let (_, mut keeper) = opened(80, 24);
    keeper.populations.clear();
    let mut desk = Desk::new(80, 24);
    desk.load(world::connected());
    keeper.answer(&mut desk);
    desk.keys("<esc>7");
    assert!(desk.screen().contains("are not at hand"), "{}", desk.screen());
    // Once the account was read, its rows are shown; they cannot be signed.
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    keeper.answer(&mut desk);
    desk.keys(":sign-off<enter>");
    assert!(
        desk.screen().contains("The population is not the one"),
        "{}",
        desk.screen()
    );
}

#[test]
fn a_review_that_is_not_done_is_not_signed_and_the_rows_are_gone_to() {
    snapshot("review_refused", |width, height| {
        let (mut desk, _) = opened(width, height);
        desk.keys(":sign-off<enter>");
        desk
    });
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys(":sign-off<enter>");
    assert!(desk.screen().contains("Nobody has decided about"), "{}", desk.screen());
    desk.keys("j<enter>");
    assert_eq!(desk.model.focus, Focus::Detail);
    assert!(desk.model.overlays.is_empty());
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds().len(), 2);
}

#[test]
fn a_whole_review_is_held_and_signed_by_keys() {
    for (width, height) in SIZES {
        let (mut desk, mut keeper) = opened(width, height);
        decide_all(&mut desk, &mut keeper);
        desk.keys(":sign-off<enter>");
        read_again(&mut desk, &mut keeper);
        // The account could not be read whole: each unknown is explained.
        assert!(is_asked_to_explain(&desk), "{}", desk.screen());
        desk.keys("<enter>");
        assert!(desk.screen().contains("nobody signs off"), "{}", desk.screen());
        explain_all(&mut desk);
        snap!("review_summary", desk);
        desk.keys("<enter><enter>");
        assert!(desk.screen().contains("Nobody typed a name"), "{}", desk.screen());
        desk.keys("Mei Lin<enter>");
        assert!(!desk.screen().contains("is signed"), "not before it is recorded");
        keeper.answer(&mut desk);
        assert!(desk.screen().contains("2026-Q4 is signed"), "{}", desk.screen());
        let Ok(Entry::SignOff(signed)) = keeper.records.last().unwrap().entry() else {
            panic!()
        };
        let before = &keeper.records[keeper.records.len() - 2];
        assert_eq!(
            (before.kind.as_str(), signed.head),
            ("population", before.hash.to_string())
        );
        assert_eq!(signed.name, "Mei Lin");
        assert!(signed.summary[0].starts_with("INCOMPLETE"), "{:?}", signed.summary);
        desk.keys("<esc>");
        assert!(desk.screen().contains("signed off by Mei Lin"), "{}", desk.screen());
        desk.keys("2");
        let decided = desk
            .model
            .list()
            .unwrap()
            .shown()
            .filter(|row| row.cells[8].text == "keep 2026-Q4");
        assert!(decided.count() > 0);
    }
}

#[test]
fn unchanged_rows_are_kept_together_in_the_next_review() {
    let mut setup = harness::setup();
    let judging = Arc::make_mut(&mut setup.judging);
    // Something is wrong with every row of this account.
    judging.policy.limits.checks_off = registry::codes().into_iter().map(str::to_owned).collect();
    let (mut desk, mut keeper) = keeper::desk_of(Desk::with(setup, 80, 24));
    open(&mut desk, &mut keeper);
    desk.keys("b");
    assert!(desk.screen().contains("no open row"), "{}", desk.screen());
    decide_all(&mut desk, &mut keeper);
    sign(&mut desk, &mut keeper);
    desk.now += chrono::Duration::days(1);
    open(&mut desk, &mut keeper);
    assert_eq!(
        desk.model
            .review
            .rows
            .values()
            .filter(|row| row.state == RowState::Undecided)
            .count(),
        desk.model.review.rows.len()
    );
    let able = desk
        .model
        .review
        .rows
        .values()
        .filter(|row| row.advice.as_ref().unwrap().is_bulk_able)
        .count();
    assert!(able > 0, "{}", desk.screen());
    desk.keys("b99<enter>");
    assert!(
        desk.screen().contains(&format!("there are {able}")),
        "{}",
        desk.screen()
    );
    desk.keys(&format!("<ctrl-u>{able}<enter>nothing changed<enter>"));
    keeper.answer(&mut desk);
    let progress = desk.model.review.progress.clone().unwrap();
    assert_eq!((progress.decided, progress.bulk), (able, able));
    assert!(desk.screen().contains("keep bulk"), "{}", desk.screen());
}

#[test]
fn a_second_reviewer_is_somebody_else() {
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys(":co-sign<enter>");
    assert!(desk.screen().contains("no review is signed off"), "{}", desk.screen());
    decide_all(&mut desk, &mut keeper);
    sign(&mut desk, &mut keeper);
    desk.keys(":co-sign<enter>");
    keeper.answer(&mut desk);
    assert!(desk.screen().contains("somebody else"), "{}", desk.screen());
}

#[test]
fn a_sign_off_of_a_load_that_failed_is_dropped() {
    let (mut desk, mut keeper) = opened(80, 24);
    decide_all(&mut desk, &mut keeper);
    desk.keys(":sign-off<enter>");
    let failure = callsheet::failure::Failure::new(callsheet::failure::FailureKind::Service, "It is away.");
    desk.end_load(Err(failure));
    keeper.answer(&mut desk);
    assert!(desk.model.review.signing.is_none());
    assert!(!keeper.kinds().contains(&"sign_off"));
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let (mut desk, _) = opened(80, 24);
    let before = desk.screen();
    desk.send(Msg::PopulationsRead {
        ticket: callsheet::app::effect::Ticket(1),
        found: Vec::new(),
    });
    assert_eq!(desk.screen(), before);
}

#[test]
fn a_row_that_changed_behind_the_same_mask_reopens_when_the_account_is_read_again() {
    let (mut desk, mut keeper) = opened(80, 24);
    decide_all(&mut desk, &mut keeper);
    desk.keys(":sign-off<enter>");
    desk.load(world::connected());
    let mut parts = world::parts();
    let mut changed = None;
    for part in &mut parts {
        if let Part::Channels(person, Reading::Known(channels)) = part
            && changed.is_none()
            && let Some(phone) = channels.iter_mut().find(|channel| channel.kind == ChannelKind::Sms)
        {
            let other = phone.address.reveal().unwrap().replace("+447700900", "+447700901");
            assert_eq!(Address::new(&other).masked(), phone.address.masked());
            phone.address = Address::new(&other);
            changed = Some(person.clone());
        }
    }
    desk.load(parts.into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    keeper.answer(&mut desk);
    assert!(
        desk.screen().contains("changed after the decision"),
        "{}",
        desk.screen()
    );
    desk.keys("j<enter>");
    assert_eq!(desk.model.selected_id().cloned(), changed);
    let screen = desk.screen();
    assert!(screen.contains("another address behind the same mask"), "{screen}");
    assert!(!screen.contains("700901"), "{screen}");
    let open = desk.model.review.progress.clone().unwrap();
    assert_eq!((open.open.len(), open.reopened), (1, 1), "only what changed reopens");
    desk.keys("K");
    keeper.answer(&mut desk);
    assert!(desk.model.review.progress.clone().unwrap().open.is_empty());
}

#[test]
fn another_person_agrees_to_a_sign_off() {
    let (mut desk, mut keeper) = opened(80, 24);
    decide_all(&mut desk, &mut keeper);
    sign(&mut desk, &mut keeper);
    let mut other = Desk::new(80, 24);
    let mut parts = world::connected();
    for part in &mut parts {
        if let LoadEvent::Part(Part::Caller(Reading::Known(caller))) = part {
            caller.arn = Arn::parse("arn:aws:sts::111122223333:assumed-role/PagingReviewer/kofi").unwrap();
        }
    }
    other.load(parts);
    other.load(world::parts().into_iter().map(LoadEvent::Part));
    other.end_load(Ok(()));
    other.wait(5);
    keeper.answer(&mut other);
    other.keys(":co-sign<enter>");
    keeper.answer(&mut other);
    other.keys("<enter>mei lin<enter>");
    assert!(
        other.screen().contains("somebody else"),
        "the name tells, too: {}",
        other.screen()
    );
    other.keys("<ctrl-u>Kofi Boateng<enter>");
    keeper.answer(&mut other);
    assert!(other.screen().contains("2026-Q4 is signed"), "{}", other.screen());
    let Ok(Entry::SignOff(signed)) = keeper.records.last().unwrap().entry() else {
        panic!()
    };
    assert!(signed.is_co_sign);
}

#[test]
fn a_persons_row_shows_every_device_and_every_plan_that_pages_them() {
    let (mut desk, _) = opened(120, 200);
    desk.keys("g<enter>");
    let row = Arc::clone(&desk.model.review.rows[desk.model.selected_id().unwrap()].row);
    assert!(row.devices().count() > 1);
    let lines: Vec<String> = desk.model.detail.lines.iter().map(|line| line.line.text()).collect();
    let text = lines.join(" ");
    for field in &row.fields {
        assert!(text.contains(&format!("{}:", field.name)), "{}: {text}", field.name);
    }
    assert!(text.contains("paged by escalation plan payments"), "{text}");
}

#[test]
fn two_reviews_are_gone_to_and_fro() {
    let (mut desk, mut keeper) = opened(80, 24);
    desk.keys(":review-person<enter><enter><enter>");
    keeper.answer(&mut desk);
    let part = desk.model.review.rows.len();
    desk.keys(":review-switch<enter>");
    keeper.answer(&mut desk);
    assert!(desk.model.review.rows.len() > part);
    desk.keys(":review-switch<enter>");
    keeper.answer(&mut desk);
    assert_eq!(desk.model.review.rows.len(), part);
}

/// Types keys one after the other, each once the screen shows what comes before it.
fn type_after(pty: &mut Pty, steps: &[(&str, &str)]) {
    for (shown, keys) in steps {
        pty.wait_for(shown);
        pty.send(keys);
    }
}

#[test]
fn a_killed_program_goes_on_where_it_was() {
    let home = tempfile::TempDir::new().unwrap();
    let program = env!("CARGO_BIN_EXE_callsheet");
    let mut pty = Pty::start(program, &["--demo"], home.path(), (120, 40));
    type_after(
        &mut pty,
        &[
            ("5 reads failed", "7"),
            ("no review is open", ":review-open\r"),
            ("What is the review called", "\r"),
            ("What is it about", "\r"),
            ("Until which day", "\r"),
            (" 0/", "g\rK"),
        ],
    );
    pty.wait_for("keep, recorded");
    let killed = Command::new("kill")
        .args(["-s", "KILL", &pty.process().to_string()])
        .status();
    assert!(killed.unwrap().success());
    pty.end();
    let mut pty = Pty::start(program, &["--demo"], home.path(), (120, 40));
    type_after(&mut pty, &[("5 reads failed", "7")]);
    let screen = pty.wait_for(" decided  due");
    assert!(screen.contains(" 1/"), "{screen}");
    pty.send("q");
    assert!(pty.end().0.success());
    let verified = Command::new(program)
        .args(["--demo", "ledger", "verify"])
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}");
}

/// Waits for one of two texts on a screen that is another one than before, and returns that screen.
fn wait_for_either(pty: &Pty, texts: [&str; 2], before: &str) -> String {
    pty.wait_until(&texts.join(" or "), |screen| {
        let shown = screen.contents();
        shown != before && texts.iter().any(|text| shown.contains(text))
    })
}

#[test]
fn a_whole_review_is_held_in_the_program_at_80x24_without_colour_by_keys_alone() {
    let home = tempfile::TempDir::new().unwrap();
    let program = env!("CARGO_BIN_EXE_callsheet");
    let mut pty = Pty::start_with(program, &["--demo"], home.path(), (80, 24), &[("NO_COLOR", "1")]);
    type_after(
        &mut pty,
        &[
            ("reads failed", "7"),
            ("no review is open", ":review-open\r"),
            ("What is the review called", "\r"),
            ("What is it about", "\u{15}alias a*\r"),
            ("Until which day", "\r"),
            (" 0/", "g"),
        ],
    );
    let screen = pty.wait_for(" decided  due");
    let rows = screen.split(" 0/").nth(1).and_then(|rest| rest.split(' ').next());
    let rows: usize = rows.unwrap().parse().unwrap();
    assert!((5..40).contains(&rows), "{screen}");
    for decided in 1..=rows {
        pty.send("n\rK");
        pty.wait_for(&format!(" {decided}/{rows} decided"));
    }
    pty.send(":sign-off\r");
    let (unknown, summary) = ("Why may the review be", "what is signed");
    let mut screen = wait_for_either(&pty, [unknown, summary], "");
    while screen.contains(unknown) {
        pty.send("nobody here may read it\r");
        screen = wait_for_either(&pty, [unknown, summary], &screen);
    }
    pty.send("\r");
    pty.wait_for("Type your name");
    pty.send("Mei Lin\r");
    pty.wait_for("is signed, without an SSH key");
    pty.send("q");
    let screen = pty.wait_for("no review is open");
    assert!(
        !screen.contains("changed since"),
        "what the review was not about did not change: {screen}"
    );
    pty.send("qq");
    let (status, written) = pty.end();
    assert!(status.success());
    // No colour was asked of the terminal in all that time.
    for colour in ["\u{1b}[38;", "\u{1b}[48;", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"] {
        assert!(!written.contains(colour), "{colour:?}");
    }
}

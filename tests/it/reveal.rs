//! A whole address is shown while a key is held, once that is on the disk, and nowhere else.

use crate::{
    activate::{on_a_silent_phone, taken},
    harness::Desk,
    keeper::Keeper,
};
use callsheet::{
    app::{
        effect::Effect,
        key::{Key, KeyCode},
        msg::Msg,
    },
    domain::ids::Arn,
    failure::{Failure, FailureKind},
};
use chrono::Duration;

/// Returns a desk on which a device is selected, and its whole address.
fn on_a_device() -> (Desk, Keeper, Arn, String) {
    let (desk, keeper, phone, _) = on_a_silent_phone(60, 20);
    let (channel, _) = desk.model.fresh.channel(&phone).unwrap();
    let whole = channel.address.reveal().unwrap().to_owned();
    (desk, keeper, phone, whole)
}

/// Lets a part of a second pass without a tick, as between two repetitions of a key.
fn pass(desk: &mut Desk, milliseconds: i64) {
    desk.now += Duration::milliseconds(milliseconds);
}

#[track_caller]
fn assert_hidden(desk: &Desk, whole: &str) {
    assert!(!desk.screen().contains(whole), "{}", desk.screen());
}

#[test]
fn an_address_is_shown_once_that_is_recorded_and_until_the_key_is_let_go() {
    let (mut desk, mut keeper, phone, whole) = on_a_device();
    assert_hidden(&desk, &whole);
    desk.keys("v");
    assert_hidden(&desk, &whole);
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds(), ["address_revealed"]);
    assert!(desk.screen().contains(&whole), "{}", desk.screen());
    assert!(desk.screen().contains("recorded"), "{}", desk.screen());
    let until = desk.model.reveal.as_ref().unwrap().until;
    assert!(
        desk.model.deadline().unwrap() <= until.unwrap(),
        "somebody wakes up to hide it"
    );
    // Held: the terminal repeats the key, and it is one record.
    for _ in 0..5 {
        pass(&mut desk, 700);
        desk.keys("v");
        keeper.answer(&mut desk);
        assert!(desk.screen().contains(&whole), "{}", desk.screen());
    }
    assert_eq!(keeper.kinds(), ["address_revealed"]);
    desk.wait(1);
    assert_hidden(&desk, &whole);
    assert_eq!(desk.model.reveal, None, "nobody wakes up for it any more: {phone}");
    // Shown again, it is another record.
    desk.keys("v");
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds(), ["address_revealed", "address_revealed"]);
    assert!(desk.screen().contains(&whole), "{}", desk.screen());
}

/// Something that an operator does.
type Act = fn(&mut Desk);

#[test]
fn an_address_goes_with_whatever_happens_next() {
    let other: [(&str, Act); 4] = [
        ("another key", |desk| desk.keys("j")),
        ("escape", |desk| desk.keys("<esc>")),
        ("a key was let go", |desk| desk.send(Msg::Released)),
        ("a question", |desk| desk.keys(":")),
    ];
    for (what, act) in other {
        let (mut desk, mut keeper, _, whole) = on_a_device();
        desk.keys("v");
        keeper.answer(&mut desk);
        assert!(desk.screen().contains(&whole), "{what}");
        act(&mut desk);
        assert_hidden(&desk, &whole);
        // Pressed before the record is there, it is not shown at all.
        let (mut desk, mut keeper, _, whole) = on_a_device();
        desk.keys("v");
        act(&mut desk);
        keeper.answer(&mut desk);
        assert_hidden(&desk, &whole);
    }
}

#[test]
fn nothing_is_shown_that_cannot_be_recorded() {
    let (mut desk, _, _, whole) = on_a_device();
    taken(&mut desk);
    desk.keys("v");
    let effects = taken(&mut desk);
    let [Effect::Record { ticket, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let failure = Failure::new(FailureKind::Disk, "The disk is full.");
    desk.send(Msg::Recorded {
        ticket: *ticket,
        result: Err(failure),
    });
    assert_hidden(&desk, &whole);
    assert!(desk.screen().contains("The disk is full"), "{}", desk.screen());
    assert_eq!(desk.model.reveal, None);

    // A ledger that has not been read is not asked.
    let (mut desk, _, _, whole) = on_a_device();
    desk.model.ledger = callsheet::app::ledger::DeskLedger::default();
    taken(&mut desk);
    desk.send(Msg::Key(Key::plain(KeyCode::Char('v'))));
    assert!(
        !taken(&mut desk)
            .iter()
            .any(|effect| matches!(effect, Effect::Record { .. }))
    );
    assert_hidden(&desk, &whole);
}

#[test]
fn a_shown_address_is_in_nothing_that_leaves_the_screen() {
    let (mut desk, mut keeper, _, whole) = on_a_device();
    let has = |text: &str| text.contains(&whole) || text.contains(&whole[3..]);
    desk.keys("v");
    keeper.answer(&mut desk);
    assert!(desk.screen().contains(&whole));
    desk.keys("yYJ");
    let effects = taken(&mut desk);
    let copied = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Copy(_)))
        .count();
    assert_eq!(copied, 2);
    assert!(!has(&format!("{effects:?}")), "{effects:?}");
    desk.keys("<esc>v");
    keeper.answer(&mut desk);
    desk.keys("e<enter>");
    let effects = taken(&mut desk);
    assert!(!has(&format!("{effects:?}")), "{effects:?}");
    assert!(!has(&format!("{:?}", desk.model)), "the whole model");
    assert!(!has(&String::from_utf8_lossy(&keeper.bytes)), "the ledger");
}

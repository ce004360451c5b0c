//! Credentials that change while the desk is open: what was armed, and what is remembered, is of one account only.

use crate::{
    activate::{arm, begun, on_a_silent_phone, taken, told},
    harness::Desk,
    keeper, world,
};
use callsheet::{
    app::{changeset::Told, effect::Effect, model::Mode},
    domain::{
        gap::{GapReason, Reading},
        ids::Arn,
        inventory::{Caller, Part},
        load::LoadEvent,
        operation::Operation,
    },
};

/// Returns that somebody of another account is signed in.
fn other_caller() -> LoadEvent {
    LoadEvent::Part(Part::Caller(Reading::Known(Caller {
        account: "444455556666".to_owned(),
        arn: Arn::parse("arn:aws:sts::444455556666:assumed-role/PagingReviewer/mei").unwrap(),
    })))
}

#[test]
fn what_is_armed_for_one_account_is_not_armed_for_another() {
    let (mut desk, mut keeper) = keeper::desk(160, 50);
    arm(&mut desk);
    let scope = desk.model.fresh.scope();
    assert_eq!(desk.model.armed_for, Some(scope.clone()));
    desk.keys("R");
    assert_eq!(desk.model.mode, Mode::Armed, "until it is known whose the answers are");
    desk.load([other_caller()]);
    assert_eq!((desk.model.mode, &desk.model.armed_for), (Mode::ReadOnly, &None));
    assert!(desk.screen().contains("444455556666"), "{}", desk.screen());
    // Neither the session nor the ledger is for that one.
    desk.end_load(Ok(()));
    desk.keys("<esc>:arm<enter>6666<enter>");
    assert_eq!(desk.model.mode, Mode::ReadOnly);
    let why = desk.model.ledger.hindrance().expect("nothing is recorded");
    assert!(why.contains("444455556666") && why.contains(&scope.account), "{why}");
    // The right one is what it was, and is armed anew.
    desk.keys("<esc><esc>R");
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    keeper.answer(&mut desk);
    assert_eq!((desk.model.mode, desk.model.ledger.hindrance()), (Mode::ReadOnly, None));
    arm(&mut desk);
}

/// Returns an armed desk that asks whether a phone is to be activated while the account is read again, and the phone.
fn asked_to_agree_while_reading() -> (Desk, Arn) {
    let (mut desk, mut keeper, phone, digits) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    desk.keys("R");
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.keys(&format!("a1<enter><enter>{digits}<enter>"));
    keeper.answer(&mut desk);
    (desk, phone)
}

#[test]
fn nothing_is_agreed_to_while_it_is_not_known_whose_account_is_read() {
    let (mut desk, _) = asked_to_agree_while_reading();
    assert!(desk.model.changing.is_some(), "{}", desk.screen());
    let unknown = |operation| world::gap(operation, None, GapReason::TimedOut);
    desk.load([
        LoadEvent::Part(Part::Caller(Reading::Unknown(unknown(Operation::GetCallerIdentity)))),
        LoadEvent::Part(Part::ReplicationSet(Reading::Unknown(unknown(
            Operation::GetReplicationSet,
        )))),
    ]);
    desk.keys("<enter>");
    assert_eq!(begun(&taken(&mut desk)), None);
    assert_eq!(desk.model.mode, Mode::Armed);
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.keys("<enter>");
    assert!(begun(&taken(&mut desk)).is_some(), "{}", desk.screen());
}

#[test]
fn a_code_is_not_sent_by_a_session_that_is_armed_no_more() {
    let (mut desk, phone) = asked_to_agree_while_reading();
    desk.keys("<enter>");
    let ticket = begun(&taken(&mut desk)).expect("it is carried out");
    let needs_code = Told::NeedsCode {
        step: 1,
        channel: phone,
        problem: None,
    };
    told(&mut desk, ticket, needs_code);
    desk.load([other_caller()]);
    desk.send(callsheet::app::msg::Msg::CodeTyped(6));
    desk.keys("<enter>n");
    let is_order = |effect: &Effect| matches!(effect, Effect::OrderChangeset { .. });
    assert!(!taken(&mut desk).iter().any(is_order));
    assert!(desk.screen().contains("read-only again"), "{}", desk.screen());
    desk.keys("<esc>");
    assert!(taken(&mut desk).iter().any(is_order), "it can be stopped");
}

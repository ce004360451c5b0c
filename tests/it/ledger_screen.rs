//! Screen 8: what was recorded, and what is said when it cannot be.

use crate::{harness::Desk, keeper::writer, world};
use callsheet::{
    app::{effect::Effect, ledger::FoundLedger, msg::Msg},
    domain::{address::Address, ids::Arn, load::LoadEvent},
    failure::{Failure, FailureKind},
    ledger::{
        Entry,
        chain::{Chain, State},
        entry::{CodeSent, DeviceConfirmed, Method, Note},
        record::Content,
    },
};
use chrono::Duration;

fn loaded(desk: &mut Desk) {
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    desk.wait(5);
}

/// Returns the bytes of a ledger with these entries, an hour apart, the last one an hour ago.
fn bytes(desk: &Desk, entries: &[Entry]) -> Vec<u8> {
    let scope = desk.model.fresh.scope();
    let writer = writer(scope.clone());
    let (mut state, mut bytes) = (State::new(Some(&scope)), Vec::new());
    for (hours, entry) in (0..)
        .zip(entries.iter().rev())
        .collect::<Vec<(i64, _)>>()
        .into_iter()
        .rev()
    {
        let at = desk.now - Duration::hours(hours + 1);
        let composed = state.compose(&writer, at, [Content::of(entry).unwrap()]).unwrap();
        bytes.extend(composed.bytes);
        state = composed.state;
    }
    bytes
}

fn channel(desk: &Desk) -> Arn {
    desk.model.fresh.channels().next().unwrap().arn.clone()
}

fn entries(channel: &Arn) -> Vec<Entry> {
    let address = Address::new("+447700900123");
    let contact = Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/akua").unwrap();
    vec![
        Entry::Note(Note {
            review: None,
            subject: None,
            text: "before the \u{1b}[2J audit".to_owned(),
        }),
        Entry::DeviceConfirmed(DeviceConfirmed {
            channel: channel.clone(),
            contact,
            address: address.clone(),
            method: Method::Ticket,
            confirmed_by: "mei".to_owned(),
            reference: Some("OPS-12".to_owned()),
            status: "NOT_ACTIVATED".to_owned().into(),
            review: None,
        }),
        Entry::CodeSent(CodeSent {
            channel: channel.clone(),
            address,
            changeset: "activate-1".to_owned(),
        }),
    ]
}

/// Answers the question for the ledger with these bytes.
fn open(desk: &mut Desk, bytes: &[u8]) {
    let asked = desk.model.ledger.awaited;
    let chain = Chain::read(bytes, Some(&desk.model.fresh.scope()));
    let result = Ok(Box::new(FoundLedger {
        file: "/data/111122223333/eu-west-1/ledger.jsonl".to_owned(),
        proven_count: chain.proven().len(),
        head: chain.state.head,
        fault: chain
            .state
            .fault
            .as_ref()
            .map(|fault| fault.failure("ledger.jsonl".as_ref())),
        records: chain.records,
    }));
    let ticket = asked.expect("the desk asked for the ledger");
    desk.send(Msg::LedgerOpened { ticket, result });
}

fn check(name: &str, scene: impl Fn(&mut Desk)) {
    for (width, height) in [(60, 20), (80, 24), (120, 40)] {
        let mut desk = Desk::new(width, height);
        loaded(&mut desk);
        scene(&mut desk);
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), desk.screen());
        });
    }
}

#[test]
fn a_ledger_is_asked_for_once_the_account_is_known_and_not_again() {
    let mut desk = Desk::new(80, 24);
    let asked = |desk: &Desk| {
        let is_it = |effect: &&Effect| matches!(effect, Effect::OpenLedger { .. });
        desk.effects.iter().filter(is_it).count()
    };
    assert_eq!(asked(&desk), 0);
    loaded(&mut desk);
    assert_eq!(asked(&desk), 1);
    open(&mut desk, b"");
    desk.wait(5);
    assert_eq!(asked(&desk), 1);
    desk.keys("8");
    assert!(desk.screen().contains("nothing has been recorded"), "{}", desk.screen());
}

#[test]
fn records() {
    check("ledger", |desk| {
        let bytes = bytes(desk, &entries(&channel(desk)));
        open(desk, &bytes);
        desk.keys("8");
    });
}

#[test]
fn a_record_explained() {
    check("ledger_record", |desk| {
        let bytes = bytes(desk, &entries(&channel(desk)));
        open(desk, &bytes);
        desk.keys("8j<enter>");
    });
}

#[test]
fn a_ledger_that_does_not_check_is_shown_with_what_is_wrong() {
    let mut desk = Desk::new(80, 24);
    loaded(&mut desk);
    let mut bytes = bytes(&desk, &entries(&channel(&desk)));
    let place = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 30;
    bytes[place] ^= 1;
    open(&mut desk, &bytes);
    desk.keys("8");
    let screen = desk.screen();
    assert!(screen.contains("does not check at line"), "{screen}");
    desk.keys("M");
    assert!(desk.screen().contains("at line 2"), "{}", desk.screen());
    assert!(
        desk.model
            .ledger
            .hindrance()
            .unwrap()
            .contains("nothing can be recorded")
    );
    assert!(desk.model.ledger.entries().count() < 3);
}

#[test]
fn a_ledger_that_cannot_be_read_is_said_to_be_so() {
    let mut desk = Desk::new(80, 24);
    loaded(&mut desk);
    let ticket = desk.model.ledger.awaited.unwrap();
    let failure = Failure::new(FailureKind::Disk, "The ledger cannot be read.").hint("look at its permissions");
    desk.send(Msg::LedgerOpened {
        ticket,
        result: Err(failure),
    });
    desk.keys("<esc>8");
    assert!(desk.screen().contains("look at its permissions"), "{}", desk.screen());
}

#[test]
fn what_another_desk_records_appears() {
    let mut desk = Desk::new(80, 24);
    loaded(&mut desk);
    let all = bytes(&desk, &entries(&channel(&desk)));
    open(&mut desk, b"");
    desk.keys("8");
    desk.send(Msg::LedgerGrew(Chain::read(&all, None).records));
    assert!(desk.screen().contains("device_confirmed"), "{}", desk.screen());
    assert!(!desk.screen().contains('\u{1b}'));
}

//! `:activate-all`: a round of activations on the core, on a large account, and in the built program on the emulator.

use crate::{
    activate::{arm, begun, taken, told},
    activate_branches::{Stage, quit},
    harness::Desk,
    keeper::Keeper,
    world,
};
use callsheet::{
    app::{
        changeset::{Order, Told},
        effect::Effect,
        model::Mode,
        msg::Msg,
        overlay::Overlay,
    },
    changes::{
        fact::{Activated, ChangesetClosed, CodeSent, Ending, Fact},
        run::{Outcome, Stop, Why},
    },
    domain::{
        address::Address,
        contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan},
        gap::Reading,
        ids::Arn,
        inventory::{Part, SectionKind},
        load::LoadEvent,
    },
    emulator::{Settings, world::ActivationStatus as Status},
    ledger::Entry,
};
use std::time::{Duration, Instant};

/// Compares the screen with the snapshot of this name.
#[track_caller]
fn shown(desk: &Desk, name: &str) {
    let size = desk.model.size;
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}-{}x{}", size.width, size.height), desk.screen());
    });
}

/// Returns a desk on an account of this many people with three devices each, none of them active.
fn silent_account(people: usize, width: u16, height: u16) -> (Desk, Keeper) {
    account_with(people, &[], (width, height))
}

/// Returns a desk on the same account, in which these devices are active.
fn account_with(people: usize, active: &[Arn], (width, height): (u16, u16)) -> (Desk, Keeper) {
    let mut desk = Desk::new(width, height);
    desk.load(world::connected());
    let name = |number: usize| format!("p{number:04}");
    let contact = |number: usize| Contact {
        arn: world::contact_arn(&name(number)),
        alias: name(number),
        display_name: None,
        kind: ContactKind::Person,
        plan: Reading::Known(Plan::default()),
        channels: Reading::Known(channels(&name(number), number, active)),
        tags: Reading::Known([].into()),
        sharing: Reading::Pending,
    };
    let events = [
        LoadEvent::Part(Part::Contacts((0..people).map(contact).collect())),
        LoadEvent::Part(Part::SectionEnded(SectionKind::Contacts, None)),
    ];
    desk.load(events);
    desk.end_load(Ok(()));
    desk.wait(5);
    let mut keeper = Keeper::new(&desk);
    keeper.answer(&mut desk);
    (desk, keeper)
}

fn channels(alias: &str, number: usize, active: &[Arn]) -> Vec<Channel> {
    let channel = |place: usize| {
        let arn = format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/{alias}/{place}");
        let arn = Arn::parse(&arn).unwrap();
        Channel {
            contact: world::contact_arn(alias),
            name: format!("device {place}"),
            kind: ChannelKind::Sms,
            address: Address::new(&format!("+44770{:07}", 1_000_001 + number * 3 + place)),
            status: if active.contains(&arn) {
                ActivationStatus::Activated
            } else {
                ActivationStatus::NotActivated
            },
            arn,
        }
    };
    (0..3).map(channel).collect()
}

fn devices(desk: &Desk) -> Vec<Arn> {
    desk.model.ledger.rounds.last().unwrap().devices.clone()
}

/// Returns what a person reads out of the address of a device.
fn said(desk: &Desk, device: &Arn) -> String {
    let (channel, _) = desk.model.fresh.channel(device).unwrap();
    let whole = channel.address.reveal().unwrap();
    match whole.split_once('@') {
        Some((before, _)) => before.to_owned(),
        None => whole[whole.len() - 4..].to_owned(),
    }
}

/// Returns the place that is selected in the list of the round.
#[track_caller]
fn place(desk: &Desk) -> usize {
    match desk.model.overlays.last() {
        Some(Overlay::Menu(menu)) => menu.place,
        other => panic!("no list but {other:?}"),
    }
}

/// Confirms the selected device and agrees to its activation; returns the facts of its changeset that follow.
fn agree(desk: &mut Desk, keeper: &mut Keeper, device: &Arn) -> (callsheet::app::effect::Ticket, String, Vec<Entry>) {
    let digits = said(desk, device);
    desk.keys(&format!("<enter>1<enter><enter>{digits}<enter>"));
    keeper.answer(desk);
    taken(desk);
    desk.keys("<enter>");
    let ticket = begun(&taken(desk)).expect("it is carried out");
    let planned = desk.planned();
    let changeset = planned.changeset.clone();
    let (channel, _) = desk.model.fresh.channel(device).unwrap();
    let sent = CodeSent {
        channel: device.clone(),
        address: channel.address.clone(),
        changeset: changeset.clone(),
    };
    let entries = vec![Fact::Planned(planned).into(), Fact::CodeSent(sent).into()];
    (ticket, changeset, entries)
}

fn grow(desk: &mut Desk, keeper: &mut Keeper, entries: Vec<Entry>) {
    let records = keeper.append(desk, entries);
    desk.send(Msg::LedgerGrew(records));
}

fn activate(desk: &mut Desk, keeper: &mut Keeper, device: &Arn) {
    let (ticket, changeset, mut entries) = agree(desk, keeper, device);
    let (channel, person) = desk.model.fresh.channel(device).unwrap();
    let activated = Activated {
        channel: device.clone(),
        contact: person.arn.clone(),
        address: channel.address.clone(),
        changeset: changeset.clone(),
    };
    let closed = ChangesetClosed {
        changeset,
        ending: Ending::Done,
        note: None,
    };
    entries.extend([Fact::Activated(activated).into(), Fact::Closed(closed).into()]);
    grow(desk, keeper, entries);
    told(desk, ticket, Told::Ended(Outcome::Done));
    desk.keys("<enter>");
}

/// Confirms the selected device, has the code sent, and stops there.
fn stop_at_the_code(desk: &mut Desk, keeper: &mut Keeper, device: &Arn) {
    let (ticket, _, entries) = agree(desk, keeper, device);
    grow(desk, keeper, entries);
    let needed = Told::NeedsCode {
        step: 1,
        channel: device.clone(),
        problem: None,
    };
    told(desk, ticket, needed);
    desk.keys("<esc>");
    let order = Order::Stop;
    assert!(taken(desk).contains(&Effect::OrderChangeset { ticket, order }));
    let stop = Stop {
        why: Why::Operator,
        step: 1,
        sentence: "stopped by you".to_owned(),
        against: None,
        done: vec![0],
        uncertain: Vec::new(),
        without_effect: vec![1],
    };
    told(desk, ticket, Told::Ended(Outcome::Stopped(stop)));
    desk.keys("<enter>");
}

/// Returns an armed desk with a round of six devices on it.
fn in_a_round(width: u16, height: u16) -> (Desk, Keeper, Vec<Arn>) {
    let (mut desk, mut keeper) = silent_account(2, width, height);
    arm(&mut desk);
    desk.keys("3:activate-all<enter>");
    keeper.answer(&mut desk);
    let devices = devices(&desk);
    assert_eq!(devices.len(), 6);
    (desk, keeper, devices)
}

#[test]
fn a_device_is_skipped_and_come_back_to_and_the_end_is_summed_up() {
    for (width, height) in [(60, 20), (80, 24)] {
        let (mut desk, mut keeper, devices) = in_a_round(width, height);
        shown(&desk, "round_begun");
        desk.keys("s");
        keeper.answer(&mut desk);
        assert_eq!(place(&desk), 1, "the next one is selected");
        assert!(desk.screen().contains("1 skipped"), "{}", desk.screen());
        activate(&mut desk, &mut keeper, &devices[1]);
        assert_eq!(place(&desk), 2);
        stop_at_the_code(&mut desk, &mut keeper, &devices[2]);
        assert_eq!(place(&desk), 3);
        // Three answers that do not agree: it is not their device.
        desk.keys("<enter>1<enter><enter>0000<enter>0000<enter>0000<enter>");
        keeper.answer(&mut desk);
        assert!(desk.screen().contains("address?"), "{}", desk.screen());
        desk.keys("n");
        assert_eq!(place(&desk), 4);
        // Sure whose it is, and left there.
        let digits = said(&desk, &devices[4]);
        desk.keys(&format!("<enter>1<enter><enter>{digits}<enter>"));
        keeper.answer(&mut desk);
        desk.keys("<esc>");
        assert_eq!(place(&desk), 4, "its code is still to be sent");
        activate(&mut desk, &mut keeper, &devices[4]);
        assert_eq!(place(&desk), 5);
        desk.keys("s");
        keeper.answer(&mut desk);
        // Nothing is to do but what was left for later: that is told, and how to come back to it.
        shown(&desk, "round_summary");
        desk.keys("<esc>");
        assert_eq!(place(&desk), 0, "the first one that was skipped");
        shown(&desk, "round_left");
        activate(&mut desk, &mut keeper, &devices[0]);
        let summary = desk.screen();
        assert!(summary.contains("3  activated"), "{summary}");
        let kinds = keeper.kinds();
        assert_eq!(kinds.iter().filter(|kind| **kind == "round_begun").count(), 1);
        assert_eq!(kinds.iter().filter(|kind| **kind == "device_skipped").count(), 2);
    }
}

#[test]
fn a_round_survives_a_restart() {
    let (mut desk, mut keeper, devices) = in_a_round(80, 24);
    desk.keys("s");
    keeper.answer(&mut desk);
    activate(&mut desk, &mut keeper, &devices[1]);
    stop_at_the_code(&mut desk, &mut keeper, &devices[2]);
    let before = desk.screen();

    // The account says what the ledger says.
    let (mut desk, mut fresh) = account_with(2, &devices[1..2], (80, 24));
    fresh.records = keeper.records.clone();
    fresh.reopen(&mut desk);
    let said: Vec<&str> = desk.model.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert!(
        said.iter().any(|text| text.contains("activation-round goes on")),
        "{said:?}"
    );
    desk.keys("<esc>:activation-round<enter>");
    let rows = |screen: &str| -> Vec<String> {
        let inside = |line: &str| line.split('│').nth(1).map(str::to_owned);
        screen
            .lines()
            .filter_map(inside)
            .filter(|line| line.contains("device "))
            .collect()
    };
    let after = desk.screen();
    assert_eq!(rows(&before), rows(&after));
    assert_eq!(place(&desk), 3, "{after}");
    assert_eq!(desk.model.mode, Mode::ReadOnly);
    // What is left of it is on the screen: activate-all is the same round.
    desk.keys("<esc>3:activate-all<enter>");
    let is_record = |effect: &Effect| matches!(effect, Effect::Record { .. });
    assert!(!taken(&mut desk).iter().any(is_record), "{}", desk.screen());
    assert_eq!(place(&desk), 3, "{}", desk.screen());
    // With fewer of them it is another one.
    desk.keys("<esc><space>:activate-all<enter>");
    assert!(taken(&mut desk).iter().any(is_record), "{}", desk.screen());

    // An account that was read later and does not know of the activation goes before the ledger.
    let (mut desk, mut fresh) = silent_account(2, 80, 24);
    fresh.records = keeper.records.clone();
    desk.now += chrono::Duration::hours(1);
    desk.model.fresh.started_at = Some(desk.now);
    fresh.reopen(&mut desk);
    desk.keys("<esc>:activation-round<enter>");
    assert_eq!(place(&desk), 1, "{}", desk.screen());
}

#[test]
fn a_text_names_the_person_the_devices_and_what_arrives() {
    let (mut desk, _, _) = in_a_round(80, 24);
    desk.keys("y");
    let effects = taken(&mut desk);
    let text = effects.iter().find_map(|effect| {
        if let Effect::Copy(text) = effect {
            Some(text.as_str())
        } else {
            None
        }
    });
    insta::assert_snapshot!(text.unwrap());
}

/// The keys whose time is looked at.
const KEYS: [&str; 5] = ["j", "n", "s", "y", "<tab><esc>"];

/// Returns the least time that each of the keys took in a round of an account of this many people.
fn times_of(people: usize) -> [Duration; 5] {
    let (mut desk, mut keeper) = silent_account(people, 80, 24);
    arm(&mut desk);
    desk.keys("3:activate-all<enter>");
    keeper.answer(&mut desk);
    assert_eq!(devices(&desk).len(), people * 3);
    KEYS.map(|keys| {
        let times = (0..5).map(|_| {
            let began = Instant::now();
            desk.keys(keys);
            keeper.answer(&mut desk);
            desk.screen();
            began.elapsed()
        });
        times.min().unwrap()
    })
}

#[test]
fn the_keys_of_a_large_round_take_no_time_that_grows_with_its_square() {
    // Four times the devices: four times the time, and sixteen times if every device were looked up among all.
    let (small, large) = (times_of(50), times_of(200));
    for ((keys, small), large) in KEYS.into_iter().zip(small).zip(large) {
        let most = small * 10 + Duration::from_millis(5);
        assert!(large < most, "{keys}: {small:?}, {large:?}");
    }
}

const WORLD: &str = r#"{ "contacts": {
    "anna": { "type": "PERSONAL", "display_name": "Anna", "channels": [
        { "id": "a", "name": "mobile", "type": "SMS", "address": "+447700900123", "status": "NOT_ACTIVATED" } ] },
    "ben": { "type": "PERSONAL", "display_name": "Ben", "channels": [
        { "id": "b", "name": "mobile", "type": "SMS", "address": "+447700900124", "status": "NOT_ACTIVATED" } ] },
    "cho": { "type": "PERSONAL", "display_name": "Cho", "channels": [
        { "id": "c", "name": "mobile", "type": "SMS", "address": "+447700900125", "status": "NOT_ACTIVATED" } ] }
} }"#;

#[test]
fn a_round_is_walked_in_the_program_and_gone_on_with_the_next_day() {
    let stage = Stage::of(WORLD, Settings::default(), "");
    let status = |person: &str| {
        stage
            .emulator
            .world()
            .contacts
            .values()
            .find(|contact| contact.display_name.as_deref() == Some(person))
            .unwrap()
            .channels[0]
            .status
    };
    let mut pty = stage.open_in((80, 24));
    pty.send(":activate-all\r");
    pty.wait_for("0 of 3 active");
    pty.send("\r1\r\r0123\r");
    pty.wait_for("send the code");
    pty.send("\r");
    pty.wait_for("check it");
    let first = stage.code();
    pty.send(&first);
    pty.wait_for("●●●●●●");
    pty.send("\r");
    pty.wait_for("Done:");
    pty.send("\r");
    pty.wait_for("1 of 3 active");
    assert_eq!(status("Anna"), Status::Activated);
    // Ben is not at his desk; Cho has the code and has to leave.
    pty.send("s");
    pty.wait_for("1 skipped");
    pty.send("\r1\r\r0125\r");
    pty.wait_for("send the code");
    pty.send("\r");
    pty.wait_for("check it");
    let second = stage.code();
    pty.send("\u{1b}");
    pty.wait_for("Stopped at step 2");
    pty.send("\r");
    pty.wait_for("what became of the round");
    let summary = pty.wait_for("1  waiting for the code");
    assert!(
        summary.contains("1  activated") && summary.contains("1  skipped"),
        "{summary}"
    );
    pty.send("qq");
    let mut written = quit(pty);

    let mut pty = stage.open_in((80, 24));
    pty.send(":activation-round\r");
    pty.wait_for("what became of the round");
    pty.send("q");
    pty.wait_for("1 of 3 active");
    pty.send("\r1\r\r0124\r");
    pty.wait_for("send the code");
    pty.send("\r");
    pty.wait_for("check it");
    let third = stage.code();
    pty.send(&third);
    pty.wait_for("●●●●●●");
    pty.send("\r");
    pty.wait_for("Done:");
    pty.send("\r");
    pty.wait_for("2  activated");
    pty.send("q");
    pty.wait_for("2 of 3 active");
    // The one whose code was sent yesterday still has it.
    pty.send("\r");
    pty.wait_for("waited for");
    pty.send("\r");
    pty.wait_for("check it");
    pty.send(&second);
    pty.wait_for("●●●●●●");
    pty.send("\r");
    pty.wait_for("Done:");
    pty.send("\r");
    pty.wait_for("3  activated");
    for person in ["Anna", "Ben", "Cho"] {
        assert_eq!(status(person), Status::Activated, "{person}");
    }
    pty.send("qq");
    written.push_str(&quit(pty));
    let ledger = stage.ledger(&[&first, &second, &third], &written);
    assert_eq!(ledger.matches("\"kind\":\"round_begun\"").count(), 1, "{ledger}");
}

//! A random walk over everything that can happen: nothing panics, and what always holds holds after every step.

use crate::{
    harness::Desk,
    keeper::{self, Keeper},
    world,
};
use callsheet::{
    app::{
        changeset::Told,
        effect::{Effect, Ticket},
        key::{Key, KeyCode},
        layout::Size,
        model::Mode,
        msg::{Mouse, MouseAction, Msg},
        overlay::Overlay,
    },
    changes::run::Outcome,
    config::ColorDepth,
    domain::{
        address::Address,
        inventory::{Inventory, Part, Snapshot},
        load::LoadEvent,
        operation::RateClass,
        phone::Arrival,
    },
    failure::{Failure, FailureKind},
    view::theme::{NAMES, Theme},
};
use fastrand::Rng;
use std::collections::BTreeMap;

/// How many steps one walk has: long enough that overlays, filters, loads and sizes meet each other.
const STEPS: usize = 400;

/// Says which walk failed.
struct SeedOnPanic(u64);

impl Drop for SeedOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the walk with seed {} failed", self.0);
        }
    }
}

/// Texts that are pasted or typed: harmless, hostile and wide.
const TEXTS: [&str; 6] = [
    "an",
    "reach:device !x",
    "\u{1b}[2J\u{202e}",
    "李雷データ",
    "e\u{301}\u{200d}👩‍👩‍👧",
    "colour:\"red",
];

/// What a load may report, made once for a walk.
struct Account {
    parts: Vec<Part>,
    others: Vec<LoadEvent>,
}

fn message(desk: &Desk, account: &Account, rng: &mut Rng) -> Msg {
    match rng.u8(0..100) {
        0..60 => Msg::Key(key(rng)),
        60..65 => Msg::Resized(Size {
            width: rng.u16(1..=250),
            height: rng.u16(1..=80),
        }),
        65..75 => Msg::Mouse(Mouse {
            action: rng
                .choice([MouseAction::Press, MouseAction::WheelUp, MouseAction::WheelDown])
                .unwrap(),
            column: rng.u16(0..250),
            row: rng.u16(0..80),
        }),
        75..80 => Msg::Paste((*rng.choice(&TEXTS).unwrap()).to_owned()),
        80..92 => Msg::Loading {
            ticket: ticket(desk, rng),
            events: (0..rng.usize(1..8)).map(|_| event(account, rng)).collect(),
        },
        92..94 => Msg::LoadEnded {
            ticket: ticket(desk, rng),
            result: if rng.bool() { Ok(()) } else { Err(failure()) },
        },
        94 => Msg::SnapshotRead {
            ticket: Ticket(rng.u64(0..4)),
            result: Ok(Some(Box::new(Snapshot {
                inventory: inventory(account, rng),
                saved_at: desk.now,
            }))),
        },
        95 => changeset(desk, rng),
        96 => Msg::Arrived {
            ticket: desk.model.awaited_arrivals.unwrap_or_default(),
            arrivals: vec![Arrival {
                at: desk.now,
                channel: world::contact_arn("anna"),
                kind: "SMS".to_owned(),
                to: Address::new("+447700900102"),
                text: TEXTS[2].to_owned(),
            }],
        },
        _ => Msg::Tick,
    }
}

/// Returns something about the changeset on the desk, or, now and then, about one that is long over.
fn changeset(desk: &Desk, rng: &mut Rng) -> Msg {
    let current = desk.model.changing.as_ref().map(|changing| changing.ticket);
    let ticket = current.filter(|_| rng.u8(0..10) > 0).unwrap_or_default();
    let channel = world::contact_arn("anna");
    let told = match rng.u8(0..7) {
        0 => Told::Reading(channel),
        1 => Told::Sending { step: rng.usize(0..3) },
        2 => Told::NeedsCode {
            step: rng.usize(0..3),
            channel,
            problem: rng.bool().then(|| TEXTS[2].to_owned()),
        },
        3 => Told::Ended(Outcome::Done),
        4 => Told::NotBegun(failure()),
        5 => return Msg::CodeTyped(rng.usize(0..11)),
        _ => return Msg::SnapshotSaved(Err(failure())),
    };
    Msg::Changeset { ticket, told }
}

/// Returns a key: one that does something by default, mostly.
fn key(rng: &mut Rng) -> Key {
    let commands = callsheet::app::command::COMMANDS;
    let keys: Vec<&str> = commands.iter().flat_map(|command| command.keys).copied().collect();
    match rng.u8(0..10) {
        0..7 => rng.choice(&keys).unwrap().parse().unwrap(),
        7 => Key::char(rng.char('a'..='z')),
        8 => Key::char(
            rng.choice(['李', 'é', ':', '!', '"', '\u{301}', '\u{202e}', ' '])
                .unwrap(),
        ),
        _ => Key::plain(
            rng.choice([
                KeyCode::Backspace,
                KeyCode::Delete,
                KeyCode::Left,
                KeyCode::Enter,
                KeyCode::Esc,
            ])
            .unwrap(),
        ),
    }
}

/// Returns the number of the load that is under way, or, now and then, of one that is long over.
fn ticket(desk: &Desk, rng: &mut Rng) -> Ticket {
    let current = desk.model.load.as_ref().map(|load| load.ticket);
    current.filter(|_| rng.u8(0..10) > 0).unwrap_or_default()
}

fn event(account: &Account, rng: &mut Rng) -> LoadEvent {
    match rng.u8(0..10) {
        0 => rng.choice(&account.others).unwrap().clone(),
        1 => world::progress(rng.usize(0..50), rng.usize(0..50), Some(rng.u64(0..100_000))),
        2 => LoadEvent::Slowed {
            class: rng.choice(RateClass::ALL).unwrap(),
            millirequests_per_second: rng.u32(1..20_000),
        },
        _ => LoadEvent::Part(rng.choice(&account.parts).unwrap().clone()),
    }
}

fn inventory(account: &Account, rng: &mut Rng) -> Inventory {
    let mut inventory = Inventory::empty("eu-west-1", None);
    let count = rng.usize(0..50);
    let parts = account.parts.iter().take(count);
    parts.for_each(|part| inventory.apply(part.clone()));
    inventory
}

fn failure() -> Failure {
    Failure::new(FailureKind::Service, "The service could not be reached.")
        .because(TEXTS[2])
        .hint("press R")
}

/// Returns the ticket that an effect carries, when it asks for an answer.
fn asked(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::ReadSnapshot { ticket }
        | Effect::Load { ticket }
        | Effect::GoOn { ticket, .. }
        | Effect::ReadAgain { ticket, .. }
        | Effect::Judge { ticket, .. }
        | Effect::FindWorst { ticket, .. }
        | Effect::OpenLedger { ticket, .. }
        | Effect::Record { ticket, .. }
        | Effect::ReadPopulations { ticket, .. }
        | Effect::TakePopulation { ticket, .. }
        | Effect::SignOff { ticket, .. }
        | Effect::AskWhatIf { ticket, .. }
        | Effect::PlanChangeset { ticket, .. }
        | Effect::WorkOutRemoval { ticket, .. }
        | Effect::RunChangeset { ticket, .. }
        | Effect::ReadPhone { ticket } => Some(*ticket),
        Effect::StopLoad { .. }
        | Effect::OrderChangeset { .. }
        | Effect::LookAtLedger
        | Effect::SaveSnapshot(_)
        | Effect::AddWaiver(_)
        | Effect::Copy(_)
        | Effect::Export { .. }
        | Effect::CaptureMouse(_)
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Quit => None,
    }
}

/// Checks what holds whatever has happened.
#[track_caller]
fn check_invariants(desk: &Desk, last_ticket: &mut Ticket, effects: &[Effect]) {
    let model = &desk.model;
    for (screen, list) in &model.lists {
        assert!(
            list.is_empty() || list.place() < list.len(),
            "{screen:?}: the selection is outside"
        );
        assert!(list.len() <= list.total());
        assert_eq!(list.selected().is_none(), list.is_empty(), "{screen:?}");
    }
    let detail = &model.detail;
    assert!(detail.lines.is_empty() || detail.place < detail.lines.len());
    if let Some(page) = &model.page {
        let count = page.timeline.events.len();
        assert!(count == 0 || page.event < count, "the selected step is outside");
        assert_eq!(page.timeline.question, page.question, "the page was not walked anew");
    }
    for overlay in &model.overlays {
        if let Overlay::Menu(menu) = overlay {
            assert!(menu.is_empty() || menu.selected().is_some(), "{:?}", menu.kind);
        }
    }
    let has_change = model
        .overlays
        .iter()
        .any(|overlay| matches!(overlay, Overlay::Change(_)));
    assert_eq!(
        has_change,
        model.changing.is_some(),
        "a changeset is on the screen or nowhere"
    );
    if let Some(place) = model
        .overlays
        .iter()
        .position(|overlay| matches!(overlay, Overlay::Code(_)))
    {
        assert_eq!(
            place + 1,
            model.overlays.len(),
            "nothing lies over the field for a code"
        );
    }
    for effect in effects {
        if let Some(ticket) = asked(effect) {
            assert!(ticket > *last_ticket, "{effect:?} has the ticket of another question");
            *last_ticket = ticket;
        }
        if let Effect::RunChangeset { .. } = effect {
            assert_eq!(model.mode, Mode::Armed, "{effect:?} though nothing may be changed");
        }
        if let Effect::StopLoad { ticket } = effect {
            assert!(
                *ticket <= *last_ticket && *ticket > Ticket(0),
                "{effect:?} stops nothing"
            );
        }
    }
}

fn walk(seed: u64) {
    walk_from(Desk::new(80, 24), Ticket(0), seed);
}

fn walk_from(mut desk: Desk, mut last_ticket: Ticket, seed: u64) {
    let _seed = SeedOnPanic(seed);
    let mut rng = Rng::with_seed(seed);
    let themes: Vec<Theme> = NAMES
        .iter()
        .map(|name| Theme::load(name, &BTreeMap::new(), ColorDepth::Sixteen).unwrap())
        .collect();
    let account = Account {
        parts: world::parts(),
        others: [world::calls(), world::connected()].concat(),
    };
    let effects = std::mem::take(&mut desk.effects);
    check_invariants(&desk, &mut last_ticket, &effects);
    let mut keeper: Option<Keeper> = None;
    let mut waiting: Vec<Effect> = Vec::new();
    for step in 0..STEPS {
        let msg = message(&desk, &account, &mut rng);
        desk.now += chrono::Duration::milliseconds(rng.i64(0..2000));
        desk.send(msg);
        let effects = std::mem::take(&mut desk.effects);
        check_invariants(&desk, &mut last_ticket, &effects);
        // The keeper is slow, now and then: what is on its way must not be taken for done.
        waiting.extend(effects.into_iter().filter(keeper::is_mine));
        if step % 3 == 0 && desk.model.fresh.account().is_some() {
            desk.effects = std::mem::take(&mut waiting);
            keeper.get_or_insert_with(|| Keeper::new(&desk)).answer(&mut desk);
            desk.effects.clear();
        }
        let (buffer, cursor) = desk.frame(&themes[desk.model.theme]);
        if let Some((x, y)) = cursor {
            assert!(x < buffer.area.width && y < buffer.area.height, "the cursor is outside");
        }
    }
}

#[test]
fn a_walk_keeps_the_invariants_1() {
    walk(1);
}

#[test]
fn a_walk_keeps_the_invariants_2() {
    walk(2);
}

#[test]
fn a_walk_keeps_the_invariants_3() {
    walk(3);
}

#[test]
fn a_walk_keeps_the_invariants_4() {
    walk(4);
}

#[test]
fn a_walk_from_an_activation_keeps_the_invariants() {
    for seed in 10..14 {
        let (mut desk, last_ticket) = crate::activate::asked_to_agree();
        desk.effects.clear();
        if seed % 2 == 0 {
            desk.keys("<enter>");
        }
        walk_from(desk, last_ticket, seed);
    }
}

//! Every screen, detail, overlay, page and question on the hostile account, at every size.

use super::{
    printed::{self, Form},
    world,
};
use crate::{
    demo,
    harness::{Desk, role_theme, setup, start_of_test},
    keeper::Keeper,
    world as plain,
};
use callsheet::{
    app::{
        command::{COMMANDS, KeyPlace},
        effect::Effect,
        layout::Size,
        list::List,
        measure::width,
        msg::Msg,
        screens::ScreenId,
    },
    domain::{
        gap::{Gap, GapReason, Reading},
        inventory::Part,
        load::LoadEvent,
        operation::Operation,
        text::is_harmful,
    },
    failure::{Failure, FailureKind},
    findings::waiver::Waiver,
    view::theme::Theme,
};
use ratatui::buffer::Buffer;
use std::sync::{Arc, OnceLock};

/// Too small for a screen, the smallest, the usual one, and one with list and detail side by side.
const SIZES: [(u16, u16); 5] = [(10, 3), (20, 5), (60, 20), (80, 24), (120, 26)];

/// Room for every column.
const WIDE: Size = Size { width: 200, height: 60 };

/// The most characters that one cell holds: a letter, its marks, and the sign for those that are too many.
const MOST_IN_A_CELL: usize = 9;

/// What a load of the account reports; one person's devices were refused with a hostile error.
fn account() -> Vec<LoadEvent> {
    static EVENTS: OnceLock<Vec<LoadEvent>> = OnceLock::new();
    let events = EVENTS.get_or_init(|| {
        let now = start_of_test();
        let mut events = demo::read(world::world(now), now);
        let mut texts = world::texts().into_iter().cycle();
        let mut next = || texts.next().unwrap();
        for (place, event) in events.iter_mut().enumerate() {
            if let LoadEvent::Part(Part::Channels(person, channels)) = event
                && place % 4 == 0
            {
                *channels = Reading::Unknown(Arc::new(Gap {
                    operation: Operation::ListContactChannels,
                    subject: Some(person.clone()),
                    reason: GapReason::Refused {
                        code: next(),
                        message: next(),
                    },
                    request_id: Some(next()),
                    at: now,
                }));
            }
        }
        events
    });
    events.clone()
}

/// Returns a desk that has read the account and has its ledger.
fn desk() -> (Desk, Keeper) {
    let texts = world::texts();
    let mut setup = setup();
    setup.is_demo = true;
    setup.judging = world::judging();
    setup.profile = Some(texts[0].clone());
    setup.managed_by_code = texts[..4].to_vec();
    setup.policy = texts.join("\n");
    let mut desk = Desk::with(setup, 80, 24);
    desk.load(account());
    desk.load(plain::calls());
    desk.end_load(Ok(()));
    desk.wait(5);
    let mut keeper = Keeper::new(&desk);
    keeper.answer(&mut desk);
    (desk, keeper)
}

/// Looks at a desk in every size.
#[track_caller]
fn look(desk: &mut Desk, theme: &Theme, what: &str) {
    look_in(&SIZES, desk, theme, what);
}

/// Looks at a desk in some sizes.
#[track_caller]
fn look_in(sizes: &[(u16, u16)], desk: &mut Desk, theme: &Theme, what: &str) {
    for (width, height) in sizes.iter().copied() {
        desk.send(Msg::Resized(Size { width, height }));
        let (buffer, cursor) = desk.frame(theme);
        check(&buffer, &format!("{what} at {width}x{height}"));
        if let Some((x, y)) = cursor {
            assert!(x < width && y < height, "{what}: the cursor is outside");
        }
    }
}

/// Checks that each row fills the screen exactly, with nothing in it that does something, and that frames are whole.
#[track_caller]
pub(crate) fn check(buffer: &Buffer, what: &str) {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let symbol = |x: u16, y: u16| buffer.cell((x, y)).unwrap().symbol();
    let mut frames = Vec::new();
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let cell = symbol(x, y);
            let harmful = cell.chars().find(|c| is_harmful(*c));
            assert_eq!(harmful, None, "{what}: row {y}, column {x}: {cell:?}");
            assert!(
                cell.chars().count() <= MOST_IN_A_CELL,
                "{what}: row {y}, column {x}: {cell:?}"
            );
            let cells = u16::try_from(width(cell)).unwrap();
            assert!(cells > 0, "{what}: row {y}, column {x}: {cell:?} takes no room");
            if cell == "╭" {
                frames.push((x, y));
            }
            x += cells;
        }
        assert_eq!(x, columns, "{what}: row {y} is {x} cells wide");
    }
    for (left, top) in frames {
        let right = (left..columns).rfind(|x| symbol(*x, top) == "╮");
        let bottom = (top..rows).find(|y| symbol(left, *y) == "╰");
        let (Some(right), Some(bottom)) = (right, bottom) else {
            panic!("{what}: the frame at {left}, {top} has no end");
        };
        assert_eq!(symbol(right, bottom), "╯", "{what}: the frame is not closed");
        for y in top + 1..bottom {
            assert_eq!(
                (symbol(left, y), symbol(right, y)),
                ("│", "│"),
                "{what}: row {y} of the frame"
            );
        }
    }
}

/// Checks that the columns of a list stand under their titles: before each there is room.
#[track_caller]
fn check_columns(desk: &mut Desk, theme: &Theme, screen: ScreenId) {
    desk.send(Msg::Resized(WIDE));
    let (buffer, _) = desk.frame(theme);
    check(&buffer, &format!("{screen:?} with room for everything"));
    let symbol = |x: u16, y: u16| buffer.cell((x, y)).unwrap().symbol();
    let row = |y: u16| (0..200).map(|x| symbol(x, y)).collect::<String>();
    let titles: Vec<&str> = screen.columns().iter().map(|column| column.title).collect();
    let heading = (0..60).find(|y| titles.iter().filter(|title| row(*y).contains(**title)).count() > 1);
    let Some(heading) = heading else { return };
    let line = row(heading);
    let ends = desk.model.lists.get(&screen).map_or(0, List::len).min(40);
    for title in titles.iter().skip(1).filter(|title| !title.is_empty()) {
        let Some(place) = line.find(*title) else { continue };
        let column = u16::try_from(line[..place].chars().count()).unwrap();
        for y in heading + 1..=heading + u16::try_from(ends).unwrap() {
            assert_eq!(
                symbol(column - 1, y),
                " ",
                "{screen:?}: something runs into the column {title:?} in row {y}: {:?}",
                row(y)
            );
        }
    }
}

/// Closes whatever lies over the screen, forgets the filter, and shows one.
fn back_to(desk: &mut Desk, screen: ScreenId) {
    // The field of the filter and the detail are no overlays.
    desk.keys("<esc><esc>");
    for _ in 0..12 {
        let is_bare = desk.model.overlays.is_empty() && desk.model.page.is_none() && desk.model.what_if.is_none();
        if is_bare {
            break;
        }
        desk.keys("<esc>");
    }
    desk.keys(&screen.number().to_string());
}

#[test]
fn nothing_harmful_is_drawn_on_any_screen_and_rows_stay_as_wide_as_they_are() {
    let theme = role_theme();
    let (mut desk, _) = desk();
    for screen in ScreenId::ALL.iter().copied() {
        desk.send(Msg::Resized(WIDE));
        back_to(&mut desk, screen);
        look(&mut desk, &theme, &format!("{screen:?}"));
        check_columns(&mut desk, &theme, screen);
        let count = desk.model.lists.get(&screen).map_or(0, List::len);
        for place in 0..count.min(16) {
            let what = format!("{screen:?}, row {place}");
            // By turns: side by side, and with the detail alone.
            let (width, height) = SIZES[3 + place % 2];
            desk.send(Msg::Resized(Size { width, height }));
            let (buffer, _) = desk.frame(&theme);
            check(&buffer, &what);
            desk.keys("<enter>");
            if place % 8 == 0 {
                look(&mut desk, &theme, &format!("{what}, its detail"));
            } else {
                let (buffer, _) = desk.frame(&theme);
                check(&buffer, &format!("{what}, its detail"));
            }
            back_to(&mut desk, screen);
            desk.keys("j");
        }
    }
}

/// Runs every command on a row of a screen, answers what it asks with hostile text, and looks at each step.
fn every_command(screen: ScreenId, rows: &str) {
    let theme = role_theme();
    let (mut desk, mut keeper) = desk();
    let answers = world::texts();
    desk.keys(":arm<enter>3333<enter>");
    let mut opened = 0;
    for (place, command) in COMMANDS.iter().enumerate() {
        if matches!(
            command.name,
            "quit" | "back" | "suspend" | "theme" | "disarm" | "read-all-again"
        ) {
            continue;
        }
        let what = format!("{screen:?}, {}", command.name);
        desk.send(Msg::Resized(Size { width: 80, height: 24 }));
        back_to(&mut desk, screen);
        if desk.model.load.is_some() {
            // What was answered has begun to read the account again; most commands wait for the end of it.
            desk.load(account());
            desk.end_load(Ok(()));
        }
        desk.keys(rows);
        if command.place == KeyPlace::Page {
            desk.keys(":simulate<enter>");
        }
        desk.keys(&format!(":{}", command.name));
        desk.keys("<enter>");
        keeper.answer(&mut desk);
        if desk.model.overlays.is_empty() && desk.model.page.is_none() && desk.model.what_if.is_none() {
            continue;
        }
        opened += 1;
        // By turns, so that each size is seen with many commands.
        look_in(&[SIZES[place % SIZES.len()]], &mut desk, &theme, &what);
        look_at_what_leaves(&mut desk, &what);
        for step in 0..2 {
            desk.send(Msg::Resized(Size { width: 80, height: 24 }));
            desk.send(Msg::Paste(answers[(place + step) % answers.len()].clone()));
            let (buffer, _) = desk.frame(&theme);
            check(&buffer, &format!("{what}, typed"));
            desk.keys("<enter>");
            keeper.answer(&mut desk);
            let (buffer, _) = desk.frame(&theme);
            check(&buffer, &format!("{what}, answered"));
            look_at_what_leaves(&mut desk, &what);
        }
    }
    assert!(
        opened >= LEAST_OPENED,
        "{screen:?}: only {opened} commands opened anything"
    );
}

/// How many commands open something on every screen, at least: with fewer, a field was left in which the rest was typed.
const LEAST_OPENED: usize = 15;

/// Checks what the desk has sent to the clipboard and to files since this was asked last, and returns how much it was.
#[track_caller]
fn look_at_what_leaves(desk: &mut Desk, what: &str) -> usize {
    let mut count = 0;
    for effect in std::mem::take(&mut desk.effects) {
        let (text, form) = if let Effect::Copy(text) = effect {
            (text, Form::Text)
        } else if let Effect::Export { path, text, .. } = effect {
            let is_table = path.strip_suffix("csv").is_some();
            (text, if is_table { Form::Csv } else { Form::Json })
        } else {
            desk.effects.push(effect);
            continue;
        };
        printed::check(&format!("{what}, what leaves the desk"), form, &text);
        count += 1;
    }
    count
}

#[test]
fn nothing_harmful_is_copied_or_exported() {
    let (mut desk, _) = desk();
    for screen in ScreenId::ALL.iter().copied() {
        back_to(&mut desk, screen);
        let count = desk.model.lists.get(&screen).map_or(0, List::len).min(5);
        let mut left = 0;
        for place in 0..count {
            let what = format!("{screen:?}, row {place}");
            for keys in [
                ":copy-id<enter>",
                ":copy-json<enter>",
                ":json<enter>",
                ":used-by<enter>",
                ":calls<enter>",
                ":unknowns<enter>",
            ] {
                desk.keys(keys);
                desk.keys("y");
                left += look_at_what_leaves(&mut desk, &what);
                back_to(&mut desk, screen);
            }
            desk.keys("j");
        }
        for ending in ["json", "csv"] {
            desk.keys(":export<enter>");
            desk.keys(&"<bs>".repeat(80));
            desk.keys(&format!("rows.{ending}<enter>"));
            left += look_at_what_leaves(&mut desk, &format!("{screen:?} as {ending}"));
            back_to(&mut desk, screen);
        }
        assert!(
            count == 0 || left > 2 * count,
            "{screen:?}: only {left} of {count} rows left the desk"
        );
    }
}

#[test]
fn nothing_harmful_comes_of_any_command_on_findings() {
    every_command(ScreenId::Queue, "g");
}

#[test]
fn nothing_harmful_comes_of_any_command_on_people() {
    every_command(ScreenId::People, "gjjj");
}

#[test]
fn nothing_harmful_comes_of_any_command_on_devices() {
    every_command(ScreenId::Devices, "gj");
}

#[test]
fn nothing_harmful_comes_of_any_command_on_plans() {
    every_command(ScreenId::Plans, "gj");
}

#[test]
fn nothing_harmful_comes_of_any_command_on_response_plans() {
    every_command(ScreenId::Responses, "gj");
}

#[test]
fn nothing_harmful_is_drawn_of_failures_waivers_and_what_is_typed() {
    let theme = role_theme();
    for text in world::texts() {
        let (mut desk, _) = desk_of_one(&text);
        let sizes = [SIZES[2], SIZES[4]];
        look_in(&sizes, &mut desk, &theme, "a failure");
        desk.keys("M");
        look_in(&sizes, &mut desk, &theme, "the notices");
        desk.keys("<esc><esc>2/");
        desk.send(Msg::Paste(text.clone()));
        look_in(&sizes, &mut desk, &theme, "a filter");
        desk.keys("<enter>");
        look_in(&sizes, &mut desk, &theme, "a filter that is kept");
        desk.keys("<esc><esc>1");
        let finding = &desk.model.judged.all()[0];
        let waiver = Waiver {
            code: finding.check.code.to_owned(),
            subject: finding.subject.id.clone(),
            owner: text.clone(),
            reason: text.clone(),
            expires: "2026-12-24".parse().unwrap(),
            facts: finding.facts(),
            place: format!("{text}:1"),
        };
        let waiver = Box::new(waiver);
        desk.send(Msg::WaiverAdded { waiver, result: Ok(()) });
        desk.keys("/result:waived<enter><enter>");
        look_in(&sizes, &mut desk, &theme, "a waiver");
    }
}

/// Returns a desk on the small world, which was told of a failure.
fn desk_of_one(text: &str) -> (Desk, Keeper) {
    let (mut desk, keeper) = crate::keeper::desk(80, 24);
    let failure = Failure::new(FailureKind::Disk, format!("The file {text} was not saved."))
        .because(text)
        .hint(text);
    desk.send(Msg::SnapshotSaved(Err(failure)));
    (desk, keeper)
}

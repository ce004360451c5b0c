//! The pictures of the README: real screens, drawn by the code that draws them in a terminal.
//!
//! Run the tests with `CALLSHEET_UPDATE=1` to write them anew, and look at the difference before it is committed.

use crate::{
    harness::{Desk, setup},
    world,
};
use callsheet::{
    config::ColorDepth,
    domain::load::LoadEvent,
    view::{
        picture::{Paper, svg},
        theme::Theme,
    },
};
use std::{collections::BTreeMap, path::Path};

/// Returns what a load of the account in the pictures reports.
fn account() -> Vec<LoadEvent> {
    let mut events = world::connected();
    events.extend(world::calls());
    events.extend(world::parts().into_iter().map(LoadEvent::Part));
    events
}

/// Draws a screen after some keys, and compares it with the committed picture.
#[track_caller]
fn check(name: &str, (theme, paper): (&str, Paper), (width, height): (u16, u16), keys: &str) {
    let mut setup = setup();
    setup.is_demo = true;
    let mut desk = Desk::with(setup, width, height);
    desk.load(account());
    desk.end_load(Ok(()));
    desk.wait(5);
    desk.keys(keys);
    let theme = Theme::load(theme, &BTreeMap::new(), ColorDepth::True).unwrap();
    let picture = svg(&desk.frame(&theme).0, "callsheet --demo", paper);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    if is_update_wanted() {
        write(&path, &picture);
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == picture,
        "assets/{name} is not what the screen looks like; run the tests with CALLSHEET_UPDATE=1 and look at it"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one switch of the tests, for whoever runs them"
)]
fn is_update_wanted() -> bool {
    std::env::var_os("CALLSHEET_UPDATE").is_some()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a generated file of the repository, no data of the program"
)]
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[test]
fn people() {
    check("people.svg", ("dark", Paper::DARK), (120, 28), "jj<space>j");
}

#[test]
fn people_in_the_light_theme() {
    check("people-light.svg", ("light", Paper::LIGHT), (120, 28), "jj<space>j");
}

#[test]
fn unknowns() {
    check("unknowns.svg", ("dark", Paper::DARK), (100, 24), "!j");
}

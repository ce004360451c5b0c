//! The pictures of the README: real screens, drawn by the code that draws them in a terminal.
//!
//! Run the tests with `CALLSHEET_UPDATE=1` to write them anew, and look at the difference before it is committed.

use crate::{demo, generated::assert_generated};
use callsheet::{
    config::ColorDepth,
    view::{
        picture::{Paper, svg},
        theme::Theme,
    },
};
use std::collections::BTreeMap;

/// Draws a screen after some keys, and compares it with the committed picture.
#[track_caller]
fn check(name: &str, (theme, paper): (&str, Paper), (width, height): (u16, u16), keys: &str) {
    let mut desk = demo::desk(demo::judging(), width, height);
    desk.keys(keys);
    let theme = Theme::load(theme, &BTreeMap::new(), ColorDepth::True).unwrap();
    let picture = svg(&desk.frame(&theme).0, "callsheet --demo", paper);
    assert_generated(&format!("assets/{name}"), &picture);
}

#[test]
fn queue() {
    check("queue.svg", ("dark", Paper::DARK), (140, 32), "jj");
}

#[test]
fn people() {
    check("people.svg", ("dark", Paper::DARK), (140, 32), "2jj");
}

#[test]
fn people_in_the_light_theme() {
    check("people-light.svg", ("light", Paper::LIGHT), (120, 28), "2jj<space>j");
}

#[test]
fn plans() {
    check("plans.svg", ("dark", Paper::DARK), (140, 36), "4jjj<enter>");
}

#[test]
fn schedules() {
    check("schedules.svg", ("dark", Paper::DARK), (140, 36), "5jjjjjjjjjjjjj");
}

#[test]
fn used_by() {
    check("used-by.svg", ("dark", Paper::DARK), (100, 24), "2jju");
}

#[test]
fn page() {
    check("page.svg", ("dark", Paper::DARK), (120, 32), "6/name:checkout<enter>pj");
}

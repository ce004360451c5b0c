//! What if somebody was named nowhere, or a device was silent: the screen beside what is, and its keys.

use crate::{demo, harness::Desk, world};
use callsheet::{
    app::{
        screens::ScreenId,
        what_if::{Premise, Supposition},
    },
    changes::what_if::Verdict,
    domain::{inventory::Part, load::LoadEvent},
};
use chrono::TimeDelta;
use std::sync::Arc;

/// The sizes that layouts change between.
const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (120, 40)];

/// A person who is on call for others in the demo account, and one of their devices.
const REMOVED: &str = "2/alias:arjun<enter>:what-if-removed<enter>";
const SILENT: &str = "3/person:arjun reach:device<enter>:what-if-silent<enter>";

fn demo_desk(width: u16, height: u16) -> Desk {
    demo::desk(Arc::default(), width, height)
}

#[track_caller]
fn check(name: &str, keys: &str) {
    for (width, height) in SIZES {
        let mut desk = demo_desk(width, height);
        desk.keys(keys);
        let shown = desk.shown();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), shown);
        });
    }
}

#[test]
fn what_if_somebody_was_named_nowhere() {
    check("what_if_removed", REMOVED);
}

#[test]
fn what_if_a_device_was_silent() {
    check("what_if_silent", SILENT);
}

#[track_caller]
fn supposition(desk: &Desk) -> &Supposition {
    desk.model.what_if.as_ref().expect("something is supposed")
}

#[test]
fn the_worst_start_comes_first_at_the_time_at_which_it_is_hit_hardest() {
    let mut desk = demo_desk(120, 40);
    desk.keys(REMOVED);
    let shown = supposition(&desk);
    let found = shown.found.as_ref().expect("it was worked out");
    assert!(
        found.count(Verdict::Worse) > 0 && found.starts.len() > 1,
        "{} starts",
        found.starts.len()
    );
    assert_eq!(
        (shown.selected_place(), found.starts[0].verdict),
        (Some(0), Verdict::Worse)
    );
    let hardest = found.starts[0].difference.hardest.starts.start_at;
    assert_eq!(shown.at(), Some(hardest));
    let pair = shown.pair.as_ref().expect("both sides are walked");
    assert_eq!(pair.before.timeline.question.at, hardest);
    assert!(
        !pair.comparison.worse.is_empty() || !pair.comparison.people_lost.is_empty(),
        "what gets worse is told"
    );
    assert_eq!(pair.before.timeline.question.start, found.starts[0].start);
}

#[test]
fn keys_lead_from_start_to_start_and_through_the_time() {
    let mut desk = demo_desk(80, 24);
    desk.keys(REMOVED);
    let (first, hardest) = (
        supposition(&desk).selected().unwrap().start.clone(),
        supposition(&desk).at().unwrap(),
    );
    for (keys, hours) in [("l", 1), ("L", 25), ("H", 1), ("h", 0)] {
        desk.keys(keys);
        assert_eq!(
            supposition(&desk).at().unwrap() - hardest,
            TimeDelta::hours(hours),
            "{keys}"
        );
    }
    desk.keys("=2026-11-29 03:00 Asia/Tokyo<enter>");
    assert_eq!(
        supposition(&desk).at().unwrap().to_rfc3339(),
        "2026-11-28T18:00:00+00:00"
    );
    desk.keys("w");
    assert_eq!(supposition(&desk).at(), Some(hardest));
    desk.keys("j");
    assert_eq!(supposition(&desk).selected_place(), Some(1));
    let second = supposition(&desk).selected().unwrap();
    assert_ne!(second.start, first);
    assert_eq!(supposition(&desk).at(), Some(second.difference.hardest.starts.start_at));
    desk.keys("k");
    assert_eq!(supposition(&desk).selected().unwrap().start, first);
    // n goes to where something begins to be different, N back.
    desk.keys("G");
    let last = supposition(&desk).found.as_ref().unwrap().starts.len() - 1;
    assert_eq!(supposition(&desk).selected_place(), Some(last));
    desk.keys("gn");
    let later = supposition(&desk).at().unwrap();
    assert!(later >= hardest);
    desk.keys("N");
    assert!(supposition(&desk).at().unwrap() <= later);
}

#[test]
fn a_start_is_gone_to_and_the_history_keeps_what_was_supposed() {
    let mut desk = demo_desk(80, 24);
    desk.keys(REMOVED);
    desk.keys("j");
    let start = supposition(&desk).selected().unwrap().start.clone();
    desk.keys("<enter>");
    assert!(desk.model.what_if.is_none());
    assert_eq!(desk.model.selected_id(), Some(&start));
    desk.keys("[");
    assert_eq!(supposition(&desk).selected().unwrap().start, start);
    desk.keys("<esc>");
    assert!(desk.model.what_if.is_none() && desk.model.screen == ScreenId::People);
    // A page of the start that is selected takes its place.
    desk.keys(":what-if-removed<enter>");
    let start = supposition(&desk).selected().unwrap().start.clone();
    desk.keys("p");
    assert!(desk.model.what_if.is_none());
    assert_eq!(desk.model.page.as_ref().unwrap().question.start, start);
}

#[test]
fn nothing_that_is_read_is_changed() {
    let mut desk = demo_desk(80, 24);
    let before = (*desk.model.shown.inventory).clone();
    desk.keys(REMOVED);
    desk.keys("q");
    desk.keys(SILENT);
    assert!(matches!(supposition(&desk).place.premise, Premise::Silent(_)));
    assert_eq!(*desk.model.shown.inventory, before);
}

#[test]
fn commands_say_what_hinders_them() {
    let mut desk = demo_desk(80, 24);
    for (keys, expected) in [
        ("6:what-if-removed<enter>", "what-if-removed: no person is selected"),
        ("6:what-if-silent<enter>", "what-if-silent: no device is selected"),
        ("4:what-if-silent<enter>", "what-if-silent: no device is selected"),
    ] {
        desk.keys(keys);
        assert_eq!(desk.model.notices.back().unwrap().text, expected, "{keys}");
        assert!(desk.model.what_if.is_none());
    }
    desk.keys(REMOVED);
    desk.keys("a");
    assert_eq!(
        desk.model.notices.back().unwrap().text,
        "acknowledge: nobody acknowledges here"
    );
}

#[test]
fn what_arrives_changes_the_answer() {
    let mut desk = Desk::new(80, 24);
    desk.load(world::connected());
    let (plans, others): (Vec<Part>, Vec<Part>) = world::parts()
        .into_iter()
        .partition(|part| matches!(part, Part::ResponsePlanDetail(..)));
    desk.load(others.into_iter().map(LoadEvent::Part));
    desk.keys("2:what-if-removed<enter>");
    let found = |desk: &Desk| supposition(desk).found.clone().expect("it was worked out");
    let early = found(&desk);
    assert!(
        early.count(Verdict::Unknown) > 0,
        "response plans are still to be read: {early:?}"
    );
    desk.load(plans.into_iter().map(LoadEvent::Part));
    assert_ne!(found(&desk), early);
}

//! The page that is simulated: what `p` shows, and what its keys do.

use crate::{
    demo,
    harness::{Desk, setup},
    world,
};
use callsheet::{
    app::{msg::Msg, screens::ScreenId},
    domain::{ids::Arn, inventory::Part, load::LoadEvent},
    paging::simulate::{Question, ResolveSchedules, reason::Doubt},
};
use chrono::TimeDelta;
use std::sync::Arc;

/// The sizes that layouts change between.
const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (120, 40)];

/// Returns a desk on the small organisation, which has names that mean harm and reads that failed.
fn desk(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    desk.wait(5);
    desk
}

/// Returns a desk on the demo account.
fn demo_desk(width: u16, height: u16) -> Desk {
    demo::desk(Arc::default(), width, height)
}

/// Compares what a desk shows after some keys with what it showed when somebody last looked; roles at the usual size.
#[track_caller]
fn check(name: &str, desk: fn(u16, u16) -> Desk, keys: &str) {
    for (width, height) in SIZES {
        let mut desk = desk(width, height);
        desk.keys(keys);
        let shown = desk.shown();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), shown);
        });
    }
}

#[test]
fn page_of_a_response() {
    check("page", desk, "6p");
}

#[test]
fn page_with_an_unread_step() {
    check("page_of_somebody_unread", desk, "2/alias:kofi<enter>p");
}

#[test]
fn demo_page() {
    check("demo_page", demo_desk, "6/name:checkout<enter>pjj");
}

#[test]
fn demo_page_at_the_worst_time() {
    check("demo_page_at_worst", demo_desk, "5/name:mobile<enter>pw");
}

#[test]
fn demo_page_with_an_acknowledgement() {
    check("demo_page_acknowledged", demo_desk, "6/name:checkout<enter>pjjjja");
}

#[test]
fn page_that_asks_for_a_time() {
    check("page_asks_for_a_time", desk, "6p=next thursday<enter>");
}

#[track_caller]
fn question(desk: &Desk) -> &Question {
    &desk.model.page.as_ref().expect("a page is simulated").question
}

fn name(arn: &Arn) -> &str {
    arn.name()
}

#[test]
fn keys_move_the_time_and_the_history_keeps_it() {
    let mut desk = demo_desk(80, 24);
    desk.keys("6/name:checkout<enter>p");
    let start = question(&desk).at;
    for (keys, hours) in [
        ("l", 1),
        ("<right>", 2),
        ("h", 1),
        ("<left>", 0),
        ("L", 24),
        ("H", 0),
        ("h", -1),
    ] {
        desk.keys(keys);
        assert_eq!(question(&desk).at - start, TimeDelta::hours(hours), "{keys}");
    }
    desk.keys("=2026-11-29 03:00 Europe/Berlin<enter>");
    assert!(desk.model.overlays.is_empty());
    assert_eq!(question(&desk).at.to_rfc3339(), "2026-11-29T02:00:00+00:00");
    desk.keys("jj");
    let event = desk.model.page.as_ref().unwrap().event;
    desk.keys("5");
    assert!(desk.model.page.is_none() && desk.model.screen == ScreenId::Schedules);
    desk.keys("[");
    assert_eq!(question(&desk).at.to_rfc3339(), "2026-11-29T02:00:00+00:00");
    assert_eq!(desk.model.page.as_ref().unwrap().event, event);
    desk.keys("[");
    assert!(desk.model.page.is_none() && desk.model.screen == ScreenId::Responses);
    desk.keys("]]");
    assert_eq!(desk.model.screen, ScreenId::Schedules);
}

#[test]
fn every_change_of_a_shift_is_found_in_both_directions() {
    let mut desk = demo_desk(80, 24);
    desk.keys("5/name:mobile<enter>p");
    let mut starts = vec![question(&desk).at];
    for _ in 0..3 {
        desk.keys("n");
        let at = question(&desk).at;
        assert!(at > *starts.last().unwrap(), "{starts:?}");
        starts.push(at);
    }
    for expected in starts[1..3].iter().rev() {
        desk.keys("N");
        assert_eq!(question(&desk).at, *expected);
    }
}

#[track_caller]
fn says(desk: &Desk, words: &str) {
    let said = &desk.model.notices.back().expect("something is said").text;
    assert!(said.contains(words), "{said}");
}

#[test]
fn the_worst_times_of_the_first_and_the_second_person_are_shown_and_left_again() {
    let mut desk = demo_desk(80, 24);
    desk.keys("5/name:mobile<enter>p");
    let before = question(&desk).at;
    let worst = desk.model.page.as_ref().unwrap().worst.clone().expect("it was found");
    let (first, second) = (worst.first_human.starts.start_at, worst.second_human.starts.start_at);
    assert_ne!(first, second, "the demo account has two worst times");
    desk.keys("w");
    let page = desk.model.page.as_ref().unwrap();
    assert_eq!(page.question.at, first);
    assert_eq!(page.timeline.outcome.first_human, worst.first_human.minute);
    says(&desk, "the worst time for the first person");
    assert!(desk.screen().contains("worst time for the first"));
    desk.keys("w");
    let page = desk.model.page.as_ref().unwrap();
    assert_eq!(page.question.at, second);
    assert_eq!(page.timeline.outcome.second_human, worst.second_human.minute);
    says(&desk, "the worst time for the second person");
    desk.keys("w");
    assert_eq!(question(&desk).at, before);
    says(&desk, "the time before");
    // Whoever has moved on since begins anew.
    assert_ne!(before, first);
    desk.keys("wl");
    assert!(desk.model.page.as_ref().unwrap().worst_shown().is_none());
    desk.keys("w");
    assert_eq!(question(&desk).at, first);
}

#[test]
fn a_start_that_is_the_worst_for_both_is_shown_once() {
    let mut desk = demo_desk(80, 24);
    desk.keys("6/name:checkout<enter>p");
    let before = question(&desk).at;
    let worst = desk.model.page.as_ref().unwrap().worst.clone().expect("it was found");
    assert_eq!(worst.first_human.starts.start_at, worst.second_human.starts.start_at);
    desk.keys("w");
    assert_eq!(question(&desk).at, worst.first_human.starts.start_at);
    says(&desk, "the worst time for the first and the second person");
    desk.keys("w");
    assert_eq!(question(&desk).at, before);
}

#[test]
fn a_zone_that_is_typed_is_the_one_that_is_shown() {
    let mut desk = demo_desk(120, 40);
    desk.keys("6/name:checkout<enter>p");
    desk.keys("=2026-11-29 03:00 Asia/Tokyo<enter>");
    assert_eq!(question(&desk).at.to_rfc3339(), "2026-11-28T18:00:00+00:00");
    assert_eq!(desk.model.zone, chrono_tz::Asia::Tokyo);
    assert!(desk.screen().contains("Sun 29 Nov 03:00 JST"), "{}", desk.screen());
    // Without a zone it is the one that is shown, and t leads back.
    desk.keys("=2026-11-29 04:00<enter>");
    assert_eq!(question(&desk).at.to_rfc3339(), "2026-11-28T19:00:00+00:00");
    desk.keys("tt");
    assert_eq!(desk.model.zone, desk.model.setup.zone);
}

#[test]
fn schedules_are_resolved_as_the_settings_say() {
    let mut setup = setup();
    let mut judging = (*setup.judging).clone();
    judging.resolve_schedules = ResolveSchedules::PlanStart;
    setup.judging = judging.into();
    let mut desk = Desk::with(setup, 80, 24);
    desk.load(demo::account());
    desk.end_load(Ok(()));
    desk.keys("6/name:checkout<enter>p");
    assert_eq!(question(&desk).resolve_schedules, ResolveSchedules::PlanStart);
}

#[test]
fn an_answer_about_another_page_is_dropped() {
    let mut desk = demo_desk(80, 24);
    desk.keys("6p");
    let page = desk.model.page.as_ref().unwrap();
    let (known, awaited) = (page.worst.clone(), page.awaited_worst);
    assert!(known.is_some() && awaited.is_none());
    let ticket = callsheet::app::effect::Ticket(1);
    desk.send(Msg::WorstFound { ticket, worst: None });
    assert_eq!(desk.model.page.as_ref().unwrap().worst, known);
}

#[test]
fn an_acknowledgement_is_given_and_taken_back() {
    let mut desk = demo_desk(80, 24);
    desk.keys("6/name:checkout<enter>p");
    let page = desk.model.page.as_ref().unwrap();
    let event = page
        .timeline
        .events
        .iter()
        .position(|event| event.person.is_some())
        .expect("somebody is on the way");
    desk.keys(&"j".repeat(event));
    desk.keys("a");
    let given = question(&desk).acknowledgements.clone();
    assert_eq!(given.len(), 1);
    assert_eq!(desk.model.page.as_ref().unwrap().timeline.acknowledged.len(), 1);
    desk.keys("a");
    assert!(question(&desk).acknowledgements.is_empty());
}

#[test]
fn a_step_leads_to_its_device_or_person() {
    let mut desk = demo_desk(80, 24);
    desk.keys("6/name:checkout<enter>p");
    let page = desk.model.page.as_ref().unwrap();
    let (device, person) = page
        .timeline
        .events
        .iter()
        .find_map(|event| Some((event.subject.clone()?, event.person.clone()?)))
        .expect("a device is on the way");
    let place = page
        .timeline
        .events
        .iter()
        .position(|event| event.subject.as_ref() == Some(&device))
        .unwrap();
    desk.keys(&"j".repeat(place));
    desk.keys("<enter>");
    assert_eq!(desk.model.screen, ScreenId::Devices);
    assert_eq!(desk.model.selected_id(), Some(&device));
    assert!(desk.model.page.is_none());
    // A device is paged by paging its person.
    desk.keys("p");
    assert_eq!(question(&desk).start, person);
    desk.keys("<esc>");
    assert!(desk.model.page.is_none() && desk.model.screen == ScreenId::Devices);
    desk.keys("[[");
    assert_eq!(
        desk.model.page.as_ref().unwrap().event,
        place,
        "the history kept the step"
    );
}

#[test]
fn a_page_begins_at_whatever_is_selected() {
    for (keys, expected) in [
        ("2/alias:arjun<enter>p", "arjun-nair"),
        ("4/alias:checkout<enter>p", "checkout-escalation"),
        ("6/name:checkout<enter>p", "checkout-down"),
    ] {
        let mut desk = demo_desk(120, 40);
        desk.keys(keys);
        assert_eq!(name(&question(&desk).start), expected, "{keys}");
    }
    // A rotation stands for its schedule, and every finding for what it is about or nothing.
    let mut desk = demo_desk(120, 40);
    desk.keys("5");
    let list = desk.model.list().unwrap();
    let rotation = list
        .shown()
        .position(|row| row.id.resource().starts_with("rotation/"))
        .unwrap();
    desk.keys(&"j".repeat(rotation));
    desk.keys("p");
    let start = &question(&desk).start;
    assert!(start.resource().starts_with("contact/"), "{start}");
    desk.keys("1");
    for _ in 0..20 {
        desk.keys("p<esc>j");
    }
}

#[test]
fn commands_of_lists_say_why_they_do_nothing_on_a_page() {
    let mut desk = desk(80, 24);
    for (keys, expected) in [
        ("6ps", "sort: there is no list beside a page; esc leaves it"),
        ("/", "filter: there is no list beside a page; esc leaves it"),
    ] {
        desk.keys(keys);
        assert_eq!(desk.model.notice().unwrap().text, expected);
    }
    desk.keys("<esc>:hour<enter>");
    let notices: Vec<&str> = desk.model.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert!(
        !notices.iter().any(|text| text.contains("no page is simulated")),
        "{notices:?}"
    );
}

#[test]
fn what_arrives_changes_the_page_that_is_shown() {
    let mut desk = Desk::new(80, 24);
    desk.load(world::connected());
    let (devices, others): (Vec<Part>, Vec<Part>) = world::parts()
        .into_iter()
        .partition(|part| matches!(part, Part::Channels(..)));
    desk.load(others.into_iter().map(LoadEvent::Part));
    desk.keys("6p");
    let first = |desk: &Desk| desk.model.page.as_ref().unwrap().timeline.outcome.first_human.clone();
    assert!(
        first(&desk).doubt().is_some_and(Doubt::is_pending),
        "{:?}",
        first(&desk)
    );
    desk.load(devices.into_iter().map(LoadEvent::Part));
    assert!(
        first(&desk).doubt().is_none_or(|doubt| !doubt.is_pending()),
        "{:?}",
        first(&desk)
    );
}

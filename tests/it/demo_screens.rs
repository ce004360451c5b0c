//! Every screen on the demo account, which has something wrong of every kind.

use crate::{
    demo,
    harness::{Desk, setup, start_of_test},
};
use callsheet::domain::{
    gap::{Gap, GapReason, Reading},
    inventory::Part,
    load::LoadEvent,
    operation::Operation,
};
use std::sync::Arc;

const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (140, 40)];

pub(crate) fn desk(width: u16, height: u16) -> Desk {
    demo::desk(demo::judging(), width, height)
}

/// Compares a screen with its snapshot after some keys, at every size.
fn check(name: &str, keys: &str) {
    for (width, height) in SIZES {
        let mut desk = desk(width, height);
        desk.keys(keys);
        insta::assert_snapshot!(format!("demo_{name}-{width}x{height}"), desk.screen());
    }
}

#[test]
fn demo_queue() {
    check("queue", "jj");
}

#[test]
fn demo_finding() {
    check("finding", "<enter>");
}

#[test]
fn demo_counts() {
    check("counts", "0");
}

#[test]
fn demo_family() {
    check("family", "0j<enter>");
}

#[test]
fn demo_people() {
    check("people", "2");
}

#[test]
fn demo_devices() {
    check("devices", "3/status:not<enter>");
}

#[test]
fn demo_plans() {
    check("plans", "4");
}

#[test]
fn demo_schedules() {
    check("schedules", "5");
}

#[test]
fn demo_responses() {
    check("responses", "6");
}

#[test]
fn demo_person() {
    check("person", "2/alias:bruno<enter><enter>");
}

#[test]
fn demo_plan() {
    check("plan", "4/alias:checkout<enter><enter>");
}

#[test]
fn demo_schedule() {
    check("schedule", "5/name:mobile<enter><enter>");
}

#[test]
fn demo_response() {
    check("response", "6/name:legacy<enter><enter>");
}

#[test]
fn demo_used_by() {
    check("used_by", "2/alias:arjun<enter>u");
}

#[test]
fn a_link_of_a_detail_leads_on_and_the_history_leads_back() {
    let mut desk = desk(80, 24);
    desk.keys("4/alias:checkout<enter><enter>");
    // Down to the first line that leads somewhere.
    while desk.model.detail.link().is_none() {
        let before = desk.model.detail.place;
        desk.keys("j");
        assert!(desk.model.detail.place > before, "no line of the plan leads anywhere");
    }
    let target = desk.model.detail.link().cloned();
    desk.keys("<enter>");
    assert_eq!(desk.model.selected_id().cloned(), target);
    desk.keys("[");
    assert_eq!(desk.model.selected_id().unwrap().name(), "checkout-escalation");
    desk.keys("]");
    assert_eq!(desk.model.selected_id().cloned(), target);
}

#[test]
fn a_list_that_is_empty_for_want_of_a_permission_names_it() {
    let mut events = demo::account();
    for event in &mut events {
        if let LoadEvent::Part(Part::Channels(person, channels)) = event {
            *channels = Reading::Unknown(Arc::new(Gap {
                operation: Operation::ListContactChannels,
                subject: Some(person.clone()),
                reason: GapReason::Denied,
                request_id: None,
                at: start_of_test(),
            }));
        }
    }
    let mut desk = Desk::with(setup(), 80, 24);
    desk.load(events);
    desk.end_load(Ok(()));
    desk.wait(5);
    desk.keys("3");
    let screen = desk.screen();
    assert!(
        screen.contains("unknown: what could be read holds no devices"),
        "{screen}"
    );
    assert!(screen.contains("needs ssm-contacts:ListContactChannels"), "{screen}");
}

//! What `y` and `Y` copy and what `e` exports: of marked rows all of them, and of a row that is nothing of AWS's what it says.

use crate::{demo_screens, harness::Desk};
use callsheet::{app::effect::Effect, domain::ids::Arn};
use serde_json::Value;
use std::collections::BTreeSet;

/// Returns what the desk has copied since it was asked last; nothing where it said that there is nothing to copy.
fn copied(desk: &mut Desk, keys: &str) -> Option<String> {
    desk.effects.clear();
    desk.keys(keys);
    let copied = desk.effects.iter().find_map(|effect| {
        if let Effect::Copy(text) = effect {
            Some(text.clone())
        } else {
            None
        }
    });
    let is_told = desk.screen().contains("there is nothing to copy");
    assert_ne!(copied.is_some(), is_told, "{}", desk.screen());
    copied
}

/// Returns the rows of the file that an export writes.
fn exported(desk: &mut Desk, keys: &str) -> Vec<Value> {
    desk.effects.clear();
    desk.keys(keys);
    desk.keys("e<ctrl-u>rows.json<enter>");
    let text = desk.effects.iter().find_map(|effect| {
        if let Effect::Export { text, .. } = effect {
            Some(text)
        } else {
            None
        }
    });
    let file: Value = serde_json::from_str(text.expect("a file is written")).unwrap();
    file["rows"].as_array().unwrap().clone()
}

/// Returns what the rows of the queue are about, those that are shown or those that are marked.
fn subjects(desk: &Desk, is_marked_only: bool) -> BTreeSet<Arn> {
    let list = desk.model.list().unwrap();
    let rows = list
        .shown()
        .map(|row| &row.id)
        .filter(|id| !is_marked_only || list.marks().contains(*id));
    rows.filter_map(|id| desk.model.judged.of_row(id)?.subject.arn.clone())
        .collect()
}

#[test]
fn marked_rows_are_copied_one_a_line() {
    let mut desk = demo_screens::desk(140, 40);
    let one = copied(&mut desk, "2y").unwrap();
    assert!(Arn::parse(&one).is_ok(), "{one}");
    desk.keys("<space>jj<space>");
    let marks: Vec<String> = desk
        .model
        .list()
        .unwrap()
        .marks()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(marks.len(), 2);
    assert_eq!(copied(&mut desk, "y").unwrap(), marks.join("\n"));
    let json: Value = serde_json::from_str(&copied(&mut desk, "Y").unwrap()).unwrap();
    let arns: Vec<&str> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["ContactArn"].as_str().unwrap())
        .collect();
    assert_eq!(arns, marks);
    // In the detail the selected line is meant, and not the list's marks.
    desk.keys("<enter>");
    assert_ne!(copied(&mut desk, "y"), Some(marks.join("\n")));
}

#[test]
fn marked_rows_of_the_queue_stand_for_what_they_are_about() {
    let mut desk = demo_screens::desk(140, 40);
    desk.keys("1<space>GV");
    let about = subjects(&desk, true);
    let marked = desk.model.list().unwrap().marks().len();
    assert!(
        1 < about.len() && about.len() < marked,
        "several rows are about one thing: {} of {marked}",
        about.len()
    );
    let lines = copied(&mut desk, "y").unwrap();
    assert!(lines.lines().eq(about.iter().map(Arn::as_str)), "{lines}");
    let json: Value = serde_json::from_str(&copied(&mut desk, "Y").unwrap()).unwrap();
    let inventory = &desk.model.shown.inventory;
    let known = about.iter().filter(|arn| {
        inventory.contacts.items.contains_key(*arn)
            || inventory.rotations.items.contains_key(*arn)
            || inventory.response_plans.items.contains_key(*arn)
            || inventory.channel(arn).is_some()
    });
    assert_eq!(json.as_array().unwrap().len(), known.count());
}

#[test]
fn marked_rows_that_are_nothing_of_awss_are_no_empty_list() {
    let mut desk = demo_screens::desk(140, 40);
    desk.keys("0<space>j<space>");
    assert_eq!(desk.model.list().unwrap().marks().len(), 2);
    assert_eq!(copied(&mut desk, "Y"), None);
}

#[test]
fn an_export_as_json_has_every_row_that_is_shown() {
    let mut desk = demo_screens::desk(140, 40);
    let queue = exported(&mut desk, "1");
    assert_eq!(queue.len(), desk.model.list().unwrap().shown().count());
    let first = desk.model.list().unwrap().shown().next().unwrap();
    assert_eq!(queue[0]["arn"].as_str(), Some(first.id.as_str()));
    assert_eq!(queue[0]["severity"].as_str(), Some("critical"));
    let people = exported(&mut desk, "2");
    assert_eq!(people.len(), desk.model.list().unwrap().shown().count());
    assert!(people.iter().all(|person| person["ContactArn"].is_string()));
}

//! The shipped worlds and the generated ones: they can be read, and the emulator starts in them.

use std::{collections::BTreeSet, path::Path};

use callsheet::emulator::{World, world::ContactType};
use chrono::{DateTime, TimeDelta, Utc};

fn shipped(name: &str, now: DateTime<Utc>) -> World {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/worlds").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    World::from_json_at(&text, now).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

#[test]
fn times_of_a_shipped_world_move_with_the_day_it_is_opened() {
    let (first, later) = (noon(), noon() + TimeDelta::days(400));
    let ahead = |now| -> Vec<TimeDelta> {
        let world = shipped("demo.json", now);
        let overrides = world.rotations.values().flat_map(|rotation| &rotation.overrides);
        overrides.map(|entry| entry.end_time - now).collect()
    };
    assert_eq!(ahead(first), ahead(later));
    assert!(ahead(first).iter().all(|distance| *distance > TimeDelta::zero()));
}

#[test]
fn the_worlds_use_reserved_domains_only() {
    for name in ["clean.json", "demo.json"] {
        let world = shipped(name, noon());
        let channels = world.contacts.values().flat_map(|contact| &contact.channels);
        for address in channels.filter_map(|channel| channel.address.as_deref()) {
            let is_reserved = !address.contains('@')
                || [".example", "@example.com", "@example.net"]
                    .iter()
                    .any(|end| address.ends_with(end));
            assert!(is_reserved, "{name}: {address}");
        }
    }
}

#[test]
fn everything_in_the_clean_world_leads_somewhere() {
    let world = shipped("clean.json", noon());
    let people = world
        .contacts
        .values()
        .filter(|contact| contact.kind == ContactType::Personal);
    assert_eq!(people.count(), 12);
    for contact in world.contacts.values() {
        for target in contact.plan.stages.iter().flatten().flat_map(|stage| &stage.targets) {
            if let Some(arn) = &target.contact {
                assert!(world.contact(arn).is_some(), "{arn}");
            }
            if let Some(arn) = &target.channel {
                assert!(world.channel(arn).is_some(), "{arn}");
            }
        }
    }
}

/// The table in the worlds' README is what a reader of the demo goes by.
#[test]
fn every_alias_in_the_worlds_readme_is_in_the_demo() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/worlds/README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, table) = text.split_once("## What is wrong in the demo").unwrap();
    let world = shipped("demo.json", noon());
    let known: BTreeSet<&str> = world
        .contacts
        .keys()
        .map(|key| key.rsplit('/').next().unwrap_or(key))
        .chain(world.response_plans.keys().map(String::as_str))
        .chain(["jonas-berg", "alias channel"])
        .collect();
    let names = table.split('`').skip(1).step_by(2);
    let aliases: Vec<&str> = names
        .filter(|name| {
            name.contains('-')
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
        .collect();
    assert!(aliases.len() > 50, "{aliases:?}");
    for alias in aliases {
        assert!(known.contains(alias), "{alias}");
    }
}

//! The shipped worlds and the generated ones: they can be read, and the emulator starts in them.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use crate::{demo, harness::start_of_test};
use callsheet::{
    domain::{fingerprint::FingerprintKey, graph::Graph, inventory::Inventory, load::LoadEvent},
    emulator::{World, generate::faults::before_the_clocks_change, world::ContactType},
    findings::{
        FindingResult,
        evaluate::{Findings, evaluate},
        facts::Facts,
        judging::Judging,
        recorded::{Confirmation, DeviceRecord, Holder, Recorded, ReviewRecord, Rows, SignedDevice},
        registry,
    },
    imports::{self, roster::RosterForm},
};
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

/// Returns a ledger in which every device was confirmed and signed yesterday, as it is.
fn well_kept(inventory: &Inventory, now: DateTime<Utc>) -> Recorded {
    let yesterday = now - TimeDelta::days(1);
    let mut recorded = Recorded::default();
    for channel in inventory.channels() {
        let record = DeviceRecord {
            confirmed: Some(Confirmation {
                at: yesterday,
                address: channel.address.clone(),
                method: "in person".to_owned(),
                by: "somebody".to_owned(),
            }),
            ..DeviceRecord::default()
        };
        recorded.devices.insert(channel.arn.clone(), record);
        let signed = SignedDevice {
            at: yesterday,
            review: "last".to_owned(),
            status: channel.status.clone(),
        };
        recorded.signed.insert(channel.arn.clone(), signed);
        let holders = recorded
            .holders
            .entry(channel.address.fingerprint().unwrap().to_owned());
        holders.or_default().push(Holder {
            contact: channel.contact.clone(),
            review: "last".to_owned(),
        });
    }
    recorded.last_signed = Some(ReviewRecord {
        name: "last".to_owned(),
        due: now.date_naive(),
        is_off_cycle: false,
        rows: Some(Rows { all: 9, undecided: 0 }),
        bulk: 0,
        seconds: vec![60; 9],
        signed_at: Some(yesterday),
        read_at: Some(yesterday),
    });
    recorded
}

/// Returns what the checks say of a shipped world, measured by its own policy and roster, with a ledger or without.
fn findings(name: &str, now: DateTime<Utc>, ledger: Option<fn(&Inventory, DateTime<Utc>) -> Recorded>) -> Findings {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/worlds");
    let file = |ending: &str| {
        let path = folder.join(format!("{name}.{ending}"));
        (std::fs::read(&path).unwrap(), path)
    };
    let (policy, path) = file("policy.toml");
    let policy = imports::policy::parse(&policy, &path, &registry::codes()).unwrap();
    let (roster, path) = file("roster.csv");
    let roster = imports::roster::parse(&roster, &path, &RosterForm::default()).unwrap();
    assert_eq!(roster.faults, Vec::new());
    let mut inventory = Inventory::empty("eu-west-1", None);
    for event in demo::read(shipped(&format!("{name}.json"), now), now) {
        if let LoadEvent::Part(part) = event {
            inventory.apply(part);
        }
    }
    inventory.add_fingerprints(&FingerprintKey::new(&[7; FingerprintKey::LENGTH]));
    let judging = Judging {
        policy,
        roster: Some(roster),
        recorded: ledger.map(|ledger| Arc::new(ledger(&inventory, now))),
        ..Judging::default()
    };
    let graph = Graph::build(&inventory);
    evaluate(&Facts::new(&inventory, &graph, &judging, now))
}

#[test]
fn no_check_has_anything_to_say_of_the_clean_world() {
    for now in [noon(), start_of_test(), before_the_clocks_change()] {
        let findings = findings("clean", now, Some(well_kept));
        let said: Vec<String> = findings
            .items
            .iter()
            .map(|finding| format!("{} {}: {}", finding.check.code, finding.subject.name, finding.message))
            .collect();
        assert_eq!(said, Vec::<String>::new(), "{now}");
        assert_eq!(findings.not_run, Vec::new());
        assert!(!findings.is_pending());
    }
}

/// Whether an account is reviewed at all is said once a ledger is there, though nothing is written in it yet.
#[test]
fn without_a_ledger_nothing_is_said_of_reviews_and_with_an_empty_one_that_there_was_none() {
    let without = findings("clean", noon(), None);
    let not_run: Vec<&str> = without.not_run.iter().map(|not_run| not_run.check.code).collect();
    assert_eq!(
        not_run,
        [
            "CH10", "CH12", "CH13", "CH16", "CH19", "RV01", "RV02", "RV03", "RV04", "RV06", "RV07", "RV09"
        ]
    );
    assert_eq!(without.items, Vec::new());
    let empty = findings("clean", noon(), Some(|_, _| Recorded::default()));
    let codes: BTreeSet<&str> = empty.items.iter().map(|finding| finding.check.code).collect();
    assert_eq!(codes, ["CH13", "RV01"].into());
    assert_eq!(empty.not_run, Vec::new());
}

/// A row of the table names an alias (and a channel) where its code shows, or says that the ledger is needed for it.
#[test]
fn every_code_shows_in_the_demo_where_its_readme_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/worlds/README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, table) = text.split_once("## What is wrong in the demo").unwrap();
    // The horizon of this day holds a change of the clocks.
    let findings = findings("demo", before_the_clocks_change(), None);
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("ledger"));
    for row in rows {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let (Some(codes), Some(place)) = (cells.next(), cells.next()) else {
            continue;
        };
        for code in codes.split(", ").filter(|code| registry::check(code).is_some()) {
            seen.insert(code.to_owned());
            let found: Vec<String> = findings
                .items
                .iter()
                .filter(|finding| finding.check.code == code && finding.result == FindingResult::Fail)
                .map(|finding| {
                    format!("{} {} {}", finding.subject.id, finding.subject.name, finding.message).to_lowercase()
                })
                .collect();
            // An alias of the table may show as the name that it was made from.
            let first = place.split('`').nth(1);
            let shows = |alias: &str| {
                let name = alias.replace('-', " ");
                found.iter().any(|text| text.contains(alias) || text.contains(&name))
            };
            if found.is_empty() || first.is_some_and(|first| !shows(first)) {
                wrong.push(format!("{code} at {place}: found in {found:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.len() > 60, "{} codes in the table", seen.len());
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

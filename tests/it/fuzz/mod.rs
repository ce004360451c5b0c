//! Bytes that nobody meant, for everything that reads what people write, files that come back, and the emulator.
//!
//! Each target takes real samples and spoils them: other bytes, lines moved, and words that mean something to some reader
//! (escape sequences, direction marks, formulas, huge numbers). What must hold of whatever comes out stands in [`targets`].
//! `cargo test` tries a few hundred cases of each, the same every time. By hand, more of them and others:
//!
//! ```text
//! CALLSHEET_FUZZ_CASES=1000000 CALLSHEET_FUZZ_SEED=7 cargo test --test it fuzz::
//! ```
//!
//! A case that fails is printed as the text of a byte string, ready to become a test of its own in `found`.

mod desk;
mod emulator;
mod found;
mod kept;
mod spoil;
mod targets;

use crate::{harness::start_of_test, world};
use callsheet::{
    changes::removal::{End, Removal, definition::Definition},
    domain::{fingerprint::FingerprintKey, graph::Graph, inventory::Inventory, schedule::ResolveSchedules},
    findings::{evaluate::evaluate, facts::Facts, judging::Judging},
    ledger::entry::ReviewScope,
    review::{
        found::{Found, Judgement},
        population,
    },
};
use fastrand::Rng;
use std::{
    collections::BTreeMap,
    env,
    panic::catch_unwind,
    time::{Duration, Instant},
};

/// How many cases of each target `cargo test` tries: a few seconds for all of them in a debug build.
const CASES: u64 = 300;

/// Returns a number that somebody who runs more than the usual gives.
fn asked_for(name: &str, usual: u64) -> u64 {
    env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// Returns how many cases to try, and the seed of the first.
fn run() -> (u64, u64) {
    (
        asked_for("CALLSHEET_FUZZ_CASES", CASES),
        asked_for("CALLSHEET_FUZZ_SEED", 1),
    )
}

/// Nothing that is read takes as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(20);

/// Feeds spoiled samples to a target, and the samples themselves.
fn fuzz(samples: &[&[u8]], target: fn(&[u8])) {
    fuzz_some(samples, target, 1);
}

/// Does the same with one of so many cases, for a target that takes long.
fn fuzz_some(samples: &[&[u8]], target: fn(&[u8]), of: usize) {
    for sample in samples {
        target(sample);
    }
    let (cases, seed) = run();
    for case in (0..cases).step_by(of) {
        let mut rng = Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(case));
        let input = spoil::spoiled(samples, &mut rng);
        let started = Instant::now();
        let is_fine = catch_unwind(|| target(&input)).is_ok();
        assert!(
            is_fine && started.elapsed() < PATIENCE,
            "case {case} of seed {seed}, after {:?}: b\"{}\"",
            started.elapsed(),
            input.escape_ascii()
        );
    }
}

#[test]
fn config_files() {
    fuzz(
        &[
            include_bytes!("../../../assets/config.toml"),
            include_bytes!("../../data/fuzz/config.toml"),
        ],
        targets::config,
    );
}

#[test]
fn environment_variables() {
    fuzz(
        &[b"yes", b"eu-west-1", b"http://127.0.0.1:4010", b"audit", b"120"],
        targets::environment,
    );
}

#[test]
fn policies() {
    fuzz(
        &[
            include_bytes!("../../../assets/policy.toml"),
            include_bytes!("../../../assets/worlds/demo.policy.toml"),
            include_bytes!("../../data/fuzz/policy.toml"),
        ],
        targets::policy,
    );
}

#[test]
fn waivers() {
    fuzz(&[include_bytes!("../../data/fuzz/waivers.toml")], targets::waivers);
}

#[test]
fn rosters() {
    let utf_16: Vec<u8> = "\u{feff}name;email;left_on\nZoë Åkerman;zoe@example.com;2026-01-31\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fuzz(
        &[
            include_bytes!("../../../assets/worlds/demo.roster.csv"),
            include_bytes!("../../data/fuzz/roster.csv"),
            &utf_16,
            b"name\temail\nJos\xe9\tjose@example.com\n",
        ],
        targets::roster,
    );
}

#[test]
fn lists_of_leavers() {
    fuzz(
        &[
            b"alias\nanna\nben\n\"carla, reyes\"\n",
            b"\xff\xfea\x00n\x00n\x00a\x00\n\x00b\x00\n\x00",
            b"name;email\nAnna;anna@example.com\nBen;ben@example.com\n",
        ],
        targets::leavers,
    );
}

#[test]
fn key_files() {
    fuzz(
        &[
            include_bytes!("../../../assets/keys.toml"),
            b"quit = [\"ctrl-q\", \"f10\"]\nhelp = [\"?\", \"alt-h\", \"space\"]\nused-by = []\n",
        ],
        targets::keys,
    );
}

#[test]
fn key_strings() {
    fuzz(
        &[
            b"ctrl-alt-x",
            b"pagedown",
            b"f12",
            b"G",
            b"alt-ctrl--",
            b"space",
            "é".as_bytes(),
        ],
        targets::key,
    );
}

#[test]
fn times() {
    fuzz(
        &[
            b"now",
            b"+3h",
            b"+1w2d3h4m",
            b"03:00",
            b"sun 03:00",
            b"tomorrow 03:00",
            b"2026-11-29 03:00",
            b"2026-11-29T03:00:00.5Z",
            b"2026-11-29T03:00+05:30",
            b"sun 02:30 Europe/Berlin",
            b"2011-12-30 12:00 Pacific/Apia",
        ],
        targets::time,
    );
}

#[test]
fn filters() {
    fuzz(
        &[
            b"an",
            b"reach:device !sara",
            b"name:\"on call\" !alias:a",
            b"arn:aws:x 09:30 'a ^b c$",
            "Zoë 李雷".as_bytes(),
        ],
        targets::filter,
    );
}

#[test]
fn typed_texts() {
    fuzz(
        &[
            b"rang him on +44 7700 900123 at 10:30",
            b"mail (anna.kovacs@example.com), then 0044 7700-900123",
            b"ticket 12345678, 2026-11-24, 111122223333, (0)20 7946 0000",
            "＋４４ ７７００ ９００１２３ ٠١٢".as_bytes(),
        ],
        targets::typed,
    );
}

#[test]
fn words_of_the_command_line() {
    fuzz(
        &[
            b"CH02,reach,PL05",
            b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            b"arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna",
            b"critical",
            br#"{"schema": "callsheet.scan/1", "scope": {"account": "111122223333", "region": "eu-west-1"}, "findings": [{"id": "CH02 x", "result": "fail"}]}"#,
        ],
        targets::words,
    );
}

#[test]
fn what_the_emulator_is_told() {
    fuzz(
        &[
            b"GetContact:throttle=429:3",
            b"*:slow=500:after=2:chance=5:on=arn:aws:x",
            b"rates=off",
            b"page_size=3",
            crate::changeset::WORLD.as_bytes(),
            br#"{"account": "111122223333", "contacts": [{"alias": "a", "display_name": "A", "channels": []}], "incidents": [{"created_at": "@-40m"}]}"#,
        ],
        targets::emulator,
    );
}

#[test]
fn fields_of_the_desk() {
    let samples = desk::samples();
    let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
    fuzz_some(&samples, desk::pasted, 10);
}

#[test]
fn snapshots() {
    fuzz(&[kept::snapshot_sample()], kept::snapshot);
}

#[test]
fn signatures() {
    let (signature, allowed) = kept::signature_samples();
    fuzz_some(&[signature], kept::signature, 10);
    fuzz_some(&[allowed], kept::allowed_signers, 10);
}

#[test]
fn ledgers() {
    fuzz(&[targets::ledger_sample()], targets::ledger);
}

#[test]
fn a_byte_that_is_another_one_is_always_told() {
    fuzz(&[b"0123456789", b"\xff\x00a!"], targets::ledger_byte);
}

/// Returns files of the organisation of the tests: somebody who was taken out, the rows of a review, and what was found.
fn files() -> [Vec<u8>; 3] {
    let mut inventory = Inventory::empty("eu-west-1", None);
    for part in world::parts() {
        inventory.apply(part);
    }
    inventory.add_fingerprints(&FingerprintKey::new(&[7; 32]));
    let graph = Graph::build(&inventory);
    let person = world::contact_arn("akua");
    let now = start_of_test();
    let removal = Removal {
        leavers: [person.clone()].into(),
        replacement: None,
        turns: BTreeMap::new(),
        end: End::Quarantine { on: now.date_naive() },
    };
    let definition = Definition::of(&inventory, &removal, &person, now).unwrap();
    let rows = population::take(&inventory, &graph, &ReviewScope::All).population;
    let judging = Judging::default();
    let judged = evaluate(&Facts::new(&inventory, &graph, &judging, now));
    let judgement = Judgement::of(&judged, &ReviewScope::All, &rows);
    let scope = targets::scope();
    let found = Found::new(&scope, &inventory, &rows, judgement, ResolveSchedules::default()).unwrap();
    [
        definition.to_json().unwrap().into_bytes(),
        rows.to_json(&scope).unwrap(),
        found.bytes().to_vec(),
    ]
}

#[test]
fn files_that_come_back() {
    let files = files();
    fuzz(&files.each_ref().map(Vec::as_slice), targets::files);
}

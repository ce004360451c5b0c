//! What is fed, and what must hold of whatever comes out. A target is told nothing but bytes, so that any fuzzer can drive it.

use crate::keeper;
use callsheet::{
    app::{
        filter::Filter,
        key::Key,
        list::{Cell, Row},
        screens::ScreenId,
    },
    changes::removal::definition::Definition,
    cli,
    config::{Config, Environment, Flags},
    domain::{
        ids::{Arn, Scope},
        text::{explanation, is_harmful, neutral},
        typed::without_addresses,
        when,
    },
    emulator::{Fault, Settings, World},
    failure::Failure,
    findings::{selection::Selection, severity::Severity},
    imports::{leavers, policy, roster, waivers},
    ledger::{
        Entry,
        chain::{Chain, State},
        entry::Note,
        hash::RecordHash,
        record::Content,
    },
    report::scan::baseline::Baseline,
    review::{Population, digest, found::Found},
};
use chrono::TimeZone as _;
use std::{fs, path::Path, sync::OnceLock};

/// The checks there are, as far as the files know.
const CODES: &[&str] = &["CH01", "CH02", "PL05"];

/// The most characters that a person is told in one piece. Whoever puts a book into a setting is not shown it again.
const MOST_TOLD: usize = 2_000;

/// Checks what holds of whatever a person is told about a file: it is named, and so is a line where there is one.
#[track_caller]
pub(super) fn told(failure: &Failure, file: &str, has_line: bool) {
    assert!(failure.what().contains(file), "no file: {failure}");
    let parts = failure.why().iter().map(String::as_str).chain(failure.next_action());
    for part in parts.chain([failure.what()]) {
        harmless(part);
    }
    let text = failure.to_string();
    assert!(!has_line || text.contains("line "), "no line: {text:?}");
}

/// Checks that a text does nothing, ends, and holds no whole address.
#[track_caller]
pub(super) fn harmless(text: &str) {
    assert!(!text.chars().any(is_harmful), "{text:?}");
    assert!(text.chars().count() <= MOST_TOLD, "an endless message: {}", text.len());
    for address in ["+447700900123", "anna.kovacs@example.com"] {
        assert!(!text.contains(address), "a whole address: {text:?}");
    }
}

/// A file of settings.
pub(crate) fn config(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    let flags = Flags {
        config: Some(file.path().to_owned()),
        ..Flags::default()
    };
    if let Err(failure) = Config::load(&flags, &Environment::default()) {
        told(&failure, &file.path().display().to_string(), true);
    }
}

/// A variable of the environment, by turns each that decides something.
pub(crate) fn environment(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for name in [
        "CALLSHEET_PLAIN",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
        "COLUMNS",
    ] {
        let environment = Environment::new([(name, text.clone().into_owned())]);
        if let Err(failure) = Config::load(&Flags::default(), &environment) {
            told(&failure, "", false);
        }
    }
}

/// A policy.
pub(crate) fn policy(bytes: &[u8]) {
    match policy::parse(bytes, Path::new("policy.toml"), CODES) {
        Ok(read) => assert_eq!(policy::parse(bytes, Path::new("p"), CODES).unwrap(), read),
        Err(failure) => told(&failure, "policy.toml", true),
    }
}

/// A file of waivers: what is read can be added to a file, and is read back as it was.
pub(crate) fn waivers(bytes: &[u8]) {
    let path = Path::new("waivers.toml");
    match waivers::parse(bytes, path, CODES) {
        Ok(read) => {
            for waiver in &read {
                let written = waivers::with(b"", waiver, path, CODES).unwrap();
                let again = waivers::parse(written.as_bytes(), path, CODES).unwrap();
                assert_eq!(again.len(), 1);
                assert_eq!(again[0].reason, waiver.without_typed_addresses().reason);
                assert_eq!((&again[0].code, &again[0].subject), (&waiver.code, &waiver.subject));
            }
        }
        Err(failure) => told(&failure, "waivers.toml", true),
    }
}

/// A roster in any encoding, said or found out.
pub(crate) fn roster(bytes: &[u8]) {
    let encodings = [None, Some("utf-16be"), Some("shift_jis"), Some("windows-1252")];
    for name in encodings {
        let form = roster::RosterForm {
            encoding: name.map(|name| roster::Encoding::named(name).unwrap()),
            ..roster::RosterForm::default()
        };
        match roster::parse(bytes, Path::new("roster.csv"), &form) {
            Ok(read) => {
                let lines = u64::try_from(bytes.len()).unwrap() + 1;
                for fault in &read.faults {
                    assert!((1..=lines).contains(&fault.line), "{fault:?}");
                    harmless(&fault.what);
                }
            }
            Err(failure) => told(&failure, "roster.csv", false),
        }
    }
}

/// A list of leavers.
pub(crate) fn leavers(bytes: &[u8]) {
    match leavers::parse(bytes, Path::new("leavers.csv")) {
        Ok(read) => {
            assert!(!read.is_empty() && read.iter().all(|leaver| !leaver.name.is_empty()));
            assert!(read.is_sorted_by_key(|leaver| leaver.line), "{read:?}");
        }
        Err(failure) => told(&failure, "leavers.csv", false),
    }
}

/// A file of keys.
pub(crate) fn keys(bytes: &[u8]) {
    if let Err(failure) = cli::keys::parse(bytes, Path::new("keys.toml")) {
        told(&failure, "keys.toml", true);
    }
}

/// The name of a key: what is read is written as something that is read as the same key.
pub(crate) fn key(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match text.parse::<Key>() {
        Ok(key) => {
            let written = key.to_string();
            assert_eq!(written.parse(), Ok(key), "{text:?} is written {written:?}");
            assert_eq!(neutral(&written), written, "{text:?}");
        }
        Err(error) => harmless(&error.to_string()),
    }
}

/// A time as people type it: an error says what to type, and what is understood has an instant that can be typed.
pub(crate) fn time(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let now = chrono::Utc.with_ymd_and_hms(2026, 11, 24, 9, 30, 0).unwrap();
    for zone in [chrono_tz::Europe::Dublin, chrono_tz::Pacific::Apia] {
        match when::parse(&text, now, zone) {
            Ok(moment) => {
                let typed = moment.at.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string();
                assert_eq!(when::parse(&typed, now, zone).unwrap().at, moment.at, "{text:?}");
            }
            Err(error) => {
                harmless(&error.to_string());
                harmless(&error.hint());
            }
        }
    }
}

/// A filter: it lets through what it says, or names the columns there are.
pub(crate) fn filter(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let columns = ScreenId::People.columns();
    let row = |cells: &[&str]| Row {
        id: Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna").unwrap(),
        cells: columns
            .iter()
            .enumerate()
            .map(|(place, _)| Cell::new(cells[place % cells.len()], callsheet::app::style::Role::Normal))
            .collect(),
        is_stale: false,
        has_finding: false,
    };
    let rows = [
        row(&["Anna", "Zoë", "on call"]),
        row(&["\u{202e}x", "", "李雷"]),
        row(&[&text]),
    ];
    match Filter::parse(&text, columns) {
        Ok(filter) => {
            let found = filter.select(&rows);
            assert!(found.is_sorted() && found.iter().all(|place| *place < rows.len()));
            assert!(!filter.is_empty() || found.len() == rows.len());
        }
        Err(error) => {
            let error = error.to_string();
            assert!(error.contains("there are"), "{error}");
            harmless(&error);
        }
    }
}

/// What people type: no address in it is left whole, and what was masked stays as it is.
pub(crate) fn typed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let masked = without_addresses(&text);
    for address in ["anna.kovacs@example.com", "+447700900123"] {
        assert!(!masked.contains(address), "{text:?}: {masked:?}");
    }
    assert_eq!(without_addresses(&masked), masked, "{text:?}");
}

/// Words of the command line and of the desk: each is refused in few words, or means the same when it is written again.
pub(crate) fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = Selection::parse(text.split(',')) {
        harmless(&error.to_string());
    }
    if let Some(hash) = RecordHash::parse(bytes) {
        assert_eq!(hash.to_string().as_bytes(), bytes);
    }
    match Arn::parse(&text) {
        Ok(arn) => assert_eq!(arn.as_str(), text),
        Err(error) => harmless(&error.to_string()),
    }
    if let Err(error) = Baseline::parse(&text) {
        harmless(&error.to_string());
    }
    if let Some(severity) = Severity::parse(&text) {
        assert_eq!(Severity::parse(severity.word()), Some(severity));
    }
}

/// What the emulator is told to do, and the account that it begins with: what it understands it writes as it was.
pub(crate) fn emulator(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (name, value) = text.split_once('=').unwrap_or((&text, ""));
    let mut settings = Settings::default();
    if settings.set(name, value).is_err() {
        assert_eq!(settings, Settings::default(), "{text:?}");
    }
    if let Ok(fault) = text.parse::<Fault>() {
        assert!(text.starts_with(&fault.operation), "{text:?}: {fault:?}");
    }
    let now = chrono::Utc.with_ymd_and_hms(2026, 11, 24, 9, 30, 0).unwrap();
    match World::from_json_at(&text, now) {
        Ok(world) => {
            let written = world.to_json();
            assert_eq!(World::from_json(&written).unwrap().to_json(), written, "{text:?}");
        }
        Err(error) => {
            let error = error.to_string();
            let has_place = error.starts_with("line ") || error.contains(": ");
            assert!(has_place, "no place: {error}");
            harmless(&explanation(&error));
        }
    }
}

/// Returns a ledger that checks.
pub(crate) fn ledger_sample() -> &'static [u8] {
    static LEDGER: OnceLock<Vec<u8>> = OnceLock::new();
    LEDGER.get_or_init(|| {
        let writer = keeper::writer(scope());
        let texts = [
            "plain",
            "\u{1b}[2J \"quoted\" \\ \u{202e}",
            "李雷 e\u{301} 👩\u{200d}👧",
            "",
        ];
        let notes = texts.map(|text| {
            let note = Note {
                review: None,
                subject: None,
                text: text.to_owned(),
            };
            Content::of(&Entry::Note(note)).unwrap()
        });
        let at = chrono::Utc.with_ymd_and_hms(2026, 11, 24, 9, 30, 0).unwrap();
        State::new(None).compose(&writer, at, notes).unwrap().bytes
    })
}

/// Returns the account that everything is about.
pub(crate) fn scope() -> Scope {
    Scope {
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: None,
    }
}

/// The file of a ledger, whole and in two pieces: what is proven are records of the sample, and nothing else is.
pub(crate) fn ledger(bytes: &[u8]) {
    let whole = Chain::read(bytes, None);
    let sound = Chain::read(ledger_sample(), None);
    let proven = whole.proven();
    assert!(
        proven
            .iter()
            .zip(&sound.records)
            .all(|(one, other)| one.hash == other.hash),
        "a record was proven that nobody wrote"
    );
    let mut in_pieces = State::new(None);
    let (one, other) = bytes.split_at(bytes.len() / 2);
    in_pieces.read(one);
    in_pieces.read(other);
    assert_eq!(
        (in_pieces.head, &in_pieces.fault),
        (whole.state.head, &whole.state.fault)
    );
    if let Some(fault) = &whole.state.fault {
        told(&fault.failure(Path::new("ledger.jsonl")), "ledger.jsonl", true);
    }
    for record in &whole.records {
        if let Err(error) = record.entry() {
            harmless(&error.to_string());
        }
    }
}

/// A ledger in which one byte is another one: the first bytes say which, and which other.
pub(crate) fn ledger_byte(bytes: &[u8]) {
    let number = |range: std::ops::Range<usize>| {
        let bytes = bytes.get(range).unwrap_or_default().iter();
        bytes.fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let mut altered = ledger_sample().to_vec();
    let place = number(0..3) % altered.len();
    let other = u8::try_from(number(3..4)).unwrap();
    if altered[place] == other {
        return;
    }
    altered[place] = other;
    let chain = Chain::read(&altered, None);
    let lines = Chain::read(ledger_sample(), None).records.len();
    // The last line end is the only byte that a ledger can lose without a record that does not check: the record is then
    // one that was not written to its end.
    let is_told = chain.state.fault.is_some() || chain.state.torn().is_some();
    assert!(is_told && chain.proven().len() < lines, "byte {place} became {other}");
}

/// Files that callsheet wrote once: what is read of them is written as it was.
pub(crate) fn files(bytes: &[u8]) {
    match Definition::from_json(bytes) {
        Ok(definition) => {
            let written = definition.to_json().unwrap();
            let again = Definition::from_json(written.as_bytes()).unwrap();
            assert_eq!(again.to_json().unwrap(), written);
        }
        Err(error) => harmless(&error.to_string()),
    }
    if let Err(error) = Population::parse(bytes, &"0".repeat(64)) {
        harmless(&error.to_string());
    }
    match Found::parse(bytes.to_vec(), &digest::of_bytes(bytes)) {
        Ok(found) => assert_eq!(found.bytes(), bytes),
        Err(error) => harmless(&error.to_string()),
    }
}

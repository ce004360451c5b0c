//! Every command that prints, in every form, on the hostile account: what comes out is text and nothing else.

use super::world;
use crate::{
    cli::{Account, Program},
    demo,
    evidence::Reviewed,
    harness::start_of_test,
};
use callsheet::{
    domain::{inventory::Inventory, load::LoadEvent, text::is_harmful},
    emulator::Settings,
    report::{
        inventory,
        table::{self, Table},
    },
};
use quick_xml::{Reader, events::Event};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// The form of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Text,
    /// For people, line by line.
    Plain,
    Json,
    Csv,
    Markdown,
    Sarif,
    /// XML, SVG and HTML: only these elements may be in it, where a list is given.
    Markup(&'static [&'static str]),
}

/// The elements of a report for build servers.
const JUNIT: &[&str] = &[
    "testsuites",
    "testsuite",
    "testcase",
    "failure",
    "skipped",
    "properties",
    "property",
    "error",
    "system-out",
];

/// The elements of a picture.
const SVG: &[&str] = &[
    "svg", "title", "desc", "style", "rect", "text", "line", "path", "g", "tspan", "defs", "circle", "polygon", "a",
];

/// What is printed on the account, and in which form.
const COMMANDS: &[(&str, Form)] = &[
    ("inventory", Form::Json),
    ("inventory --format csv --table contacts", Form::Csv),
    ("scan --format table", Form::Text),
    ("scan --format json", Form::Json),
    ("scan --format csv", Form::Csv),
    ("scan --format markdown", Form::Markdown),
    ("scan --format sarif", Form::Sarif),
    ("scan --format junit", Form::Markup(JUNIT)),
    ("simulate card-payments-down", Form::Text),
    ("simulate card-payments-down --format json", Form::Json),
    ("simulate card-payments-down --format svg", Form::Markup(SVG)),
    ("simulate card-payments-down --worst", Form::Text),
    ("simulate payments-escalation --without priya-raman", Form::Text),
    (
        "simulate payments-escalation --without priya-raman --format json",
        Form::Json,
    ),
    ("remove priya-raman --plan-only", Form::Text),
    ("remove priya-raman --plan-only --format json", Form::Json),
    ("quarantine", Form::Text),
    ("--plain", Form::Plain),
    ("--plain scan", Form::Plain),
    (
        "--plain simulate payments-escalation --without priya-raman",
        Form::Plain,
    ),
    ("--plain remove priya-raman --plan-only", Form::Plain),
    ("simulate nobody-of-that-name", Form::Text),
    ("remove lena-fisher --plan-only", Form::Text),
];

/// Checks that text does nothing.
#[track_caller]
fn harmless(what: &str, text: &str) {
    let harmful = text.char_indices().find(|(_, c)| !matches!(c, '\n') && is_harmful(*c));
    if let Some((place, c)) = harmful {
        let start = text[..place].char_indices().rev().nth(80).map_or(0, |(start, _)| start);
        panic!("{what}: {c:?} after {:?}", &text[start..place]);
    }
}

/// Reads an output back, by its form.
#[track_caller]
pub(super) fn check(what: &str, form: Form, out: &str) {
    // A table ends its rows as RFC 4180 has it; its cells are looked at one by one.
    if form != Form::Csv {
        harmless(what, out);
    }
    match form {
        Form::Text => {}
        Form::Plain => lines(what, out),
        Form::Json => {
            serde_json::from_str::<Value>(out).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        Form::Csv => cells(what, out),
        Form::Markdown => rows(what, out),
        Form::Sarif => sarif(what, out),
        Form::Markup(elements) => markup(what, out, elements),
    }
}

/// Checks that no name has made a line of its own.
#[track_caller]
fn lines(what: &str, out: &str) {
    let forged = out.lines().find(|line| line.starts_with("forged"));
    assert_eq!(forged, None, "{what}");
}

/// Checks that every line of a log is an object, and does nothing.
#[track_caller]
fn log(path: &Path) {
    let log = fs::read_to_string(path).unwrap();
    harmless("the log", &log);
    for line in log.lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
    assert!(log.contains("started"));
}

/// Checks that every row has as many cells as the first, and that no cell is a formula or does anything else.
#[track_caller]
fn cells(what: &str, out: &str) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_bytes());
    for row in reader.records() {
        let row = row.unwrap_or_else(|error| panic!("{what}: {error}"));
        row.iter().for_each(|cell| harmless(what, cell));
        let formula = row.iter().find(|cell| {
            cell.trim_start()
                .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
        });
        assert_eq!(formula, None, "{what}");
    }
}

/// Checks that every row of a Markdown table has as many cells as the one above it.
#[track_caller]
fn rows(what: &str, out: &str) {
    let mut above = None;
    for line in out.lines() {
        let bare = without_escaped(line);
        if line.starts_with('|') {
            let count = bare.matches('|').count();
            assert_eq!(*above.get_or_insert(count), count, "{what}: {line}");
        } else {
            above = None;
        }
        for bad in ["<script", "</td", "<img", "<b>", "<!--", "![p", "[a]("] {
            assert!(!bare.contains(bad), "{what}: {line}");
        }
    }
}

/// Returns a line of Markdown without what a backslash makes plain text.
fn without_escaped(line: &str) -> String {
    let mut characters = line.chars();
    let mut bare = String::new();
    while let Some(c) = characters.next() {
        if c == '\\' {
            characters.next();
        } else {
            bare.push(c);
        }
    }
    bare
}

#[track_caller]
fn sarif(what: &str, out: &str) {
    // One pattern of the schema, of a language tag that we do not write, is not well formed.
    let schema = include_str!("../../data/sarif-schema-2.1.0.json").replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let value: Value = serde_json::from_str(out).unwrap();
    let mistakes: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(mistakes, [""; 0], "{what}");
}

/// Checks that every element is closed where it was opened, and is one of ours.
#[track_caller]
fn markup(what: &str, out: &str, known: &[&str]) {
    let mut reader = Reader::from_str(out);
    let mut seen = BTreeSet::new();
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|error| panic!("{what}: {error}\n{out}"))
        {
            Event::Start(tag) | Event::Empty(tag) => {
                seen.insert(String::from_utf8(tag.name().as_ref().to_vec()).unwrap());
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{what}: {error}"));
                    let name = attribute.key.as_ref();
                    assert!(!name.starts_with(b"on"), "{what}: {}", name.escape_ascii());
                }
            }
            Event::Comment(_) | Event::CData(_) => panic!("{what}: a comment or a section was smuggled in"),
            Event::Eof => break,
            Event::End(_)
            | Event::Text(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
    let strange: Vec<&String> = seen.iter().filter(|name| !known.contains(&name.as_str())).collect();
    assert!(strange.is_empty() && !seen.is_empty(), "{what}: {strange:?}");
}

/// Returns a program that reads as fast as answers come, with hostile files.
fn program() -> Program {
    let program = Program::new();
    let texts = world::texts();
    let mut roster = csv::Writer::from_writer(Vec::new());
    roster.write_record(["name", "email", "team", "manager"]).unwrap();
    for text in &texts {
        roster.write_record([text, "a@example.com", text, text]).unwrap();
    }
    program.write("roster.csv", &String::from_utf8(roster.into_inner().unwrap()).unwrap());
    let mut waivers = toml::Table::new();
    let waiver = |text: &String| {
        let mut waiver = toml::Table::new();
        let subject = format!("x{text}");
        for (name, value) in [
            ("code", "CH02"),
            ("subject", subject.as_str()),
            ("owner", text),
            ("reason", text),
            ("expires", "2099-01-01"),
            ("facts", "0123456789abcdef"),
        ] {
            waiver.insert(name.to_owned(), value.into());
        }
        toml::Value::Table(waiver)
    };
    let all: Vec<toml::Value> = texts
        .iter()
        .filter(|text| !text.trim().is_empty())
        .map(waiver)
        .collect();
    waivers.insert("waiver".to_owned(), all.into());
    program.write("waivers.toml", &toml::to_string(&waivers).unwrap());
    program.write(
        "fast.toml",
        "pace = \"off\"\nroster = \"roster.csv\"\nwaivers = \"waivers.toml\"\n",
    );
    program
}

#[test]
fn what_is_printed_of_a_hostile_account_is_text_and_nothing_else() {
    let (account, program) = (
        Account::start_as(world::world(chrono::Utc::now()), Settings::default()),
        program(),
    );
    std::thread::scope(|scope| {
        let (account, program) = (&account, &program);
        for commands in COMMANDS.chunks(COMMANDS.len().div_ceil(2)) {
            scope.spawn(move || {
                for (arguments, form) in commands {
                    let ended = account.run(program, &format!("--config fast.toml --log log.jsonl {arguments}"));
                    harmless(&format!("{arguments}: standard error"), &ended.err);
                    lines(arguments, &ended.err);
                    if ended.out.is_empty() {
                        assert!(
                            !ended.err.is_empty() && matches!(form, Form::Text),
                            "{arguments}: {}",
                            ended.err
                        );
                    } else {
                        check(arguments, *form, &ended.out);
                    }
                }
            });
        }
    });
    account.stop();
    log(&program.home().join("log.jsonl"));
}

#[test]
fn errors_about_hostile_words_and_files_are_lines_of_text() {
    let program = Program::new();
    let check = |what: &str, arguments: &[&str]| {
        let output = program.command().args(["--log", "log.jsonl"]).args(arguments).output();
        let output = output.unwrap();
        let (out, err) = (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        );
        assert_ne!(output.status.code(), Some(0), "{what}");
        harmless(what, &out);
        harmless(what, &err);
        lines(what, &err);
        assert!(err.lines().count() <= 12, "{what}: {err}");
    };
    for (place, text) in world::texts().into_iter().enumerate() {
        // Nothing can hand over a zero byte in an argument.
        let text = text.replace('\0', "\u{1}");
        let none = format!("none-{text}");
        let equal = format!("--policy={none}");
        let arguments = [
            &["inventory", "--profile", &none, "--region", "eu-west-1"][..],
            &["inventory", "--config", &none],
            &["scan", "--only", &none],
            &["scan", "--format", &none],
            &["scan", "--baseline", &none],
            &["checks", &none],
            &["checks", &equal],
            &["ledger", "verify", "--file", &none],
            &["ledger", "verify", "--head", &none],
            &["emulator", "--fault", &none],
            &["emulator", "--page-size", &none],
            &["--plain", &none],
            &[&none],
        ];
        let files = [
            format!("'''{text}''' = 1\n"),
            format!("time_zone = '''{text}x'''\n"),
            format!("theme = '''{text}x'''\n"),
            format!("endpoint_url = '''{text}x'''\n"),
            text.clone(),
        ];
        // A process takes its time, so each text is tried in two of the places, and each place with several texts.
        for step in 0..2 {
            let arguments = arguments[(place * 2 + step) % arguments.len()];
            check(&format!("{arguments:?}"), arguments);
        }
        let content = &files[place % files.len()];
        program.write("config.toml", content);
        check(content, &["inventory", "--config", "config.toml"]);
    }
    log(&program.home().join("log.jsonl"));
}

/// The elements of the summary.
const HTML: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "link",
    "body",
    "header",
    "main",
    "footer",
    "section",
    "nav",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "ol",
    "li",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "span",
    "strong",
    "em",
    "code",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
    "figure",
    "figcaption",
    "br",
    "svg",
    "desc",
    "rect",
    "text",
    "line",
    "path",
    "g",
    "tspan",
    "circle",
    "a",
    "pre",
    "small",
    "b",
];

#[test]
fn the_evidence_and_the_ledger_of_a_hostile_review_are_text_and_nothing_else() {
    let now = start_of_test();
    let mut inventory = Inventory::empty("eu-west-1", None);
    for event in demo::read(world::world(now), now) {
        if let LoadEvent::Part(part) = event {
            inventory.apply(part);
        }
    }
    check("an inventory", Form::Json, &inventory::json(&inventory));
    check("an inventory", Form::Plain, &table::plain(&inventory, &Table::ALL));
    for table in Table::ALL {
        let rows = String::from_utf8(table::csv(&inventory, table).unwrap()).unwrap();
        check(&format!("{table:?}"), Form::Csv, &rows);
    }
    let texts = world::texts();
    let words: Vec<&str> = texts.iter().map(String::as_str).collect();
    let reviewed = Reviewed::of_account(inventory, &words);
    for (arguments, form) in [
        (&["ledger", "show"][..], Form::Text),
        (&["ledger", "show", "--format", "json"], Form::Json),
        (&["ledger", "show", "--plain"], Form::Plain),
        (&["ledger", "verify", "--plain"], Form::Plain),
        (&["ledger", "verify"], Form::Text),
        (&["changeset", "list"], Form::Text),
        (&["changeset", "list", "--format", "json"], Form::Json),
    ] {
        let ended = reviewed.run(arguments);
        assert_eq!(ended.err, "", "{arguments:?}");
        assert!(!ended.out.is_empty(), "{arguments:?}");
        check(&format!("{arguments:?}"), form, &ended.out);
    }
    let folder = reviewed.export();
    let without_end = regex::Regex::new("<(meta|link|br)([^>]*[^/])>").unwrap();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().into_owned());
        let Ok(text) = fs::read_to_string(&path) else { continue };
        match extension.as_deref() {
            Some("html") => {
                harmless(&name, &text);
                // A page of HTML has elements without an end, which XML wants to see.
                let page = without_end.replace_all(&text, "<$1$2/>");
                markup(&name, &page, HTML);
            }
            Some("md") => check(&name, Form::Markdown, &text),
            Some("csv") => check(&name, Form::Csv, &text),
            Some("json") => {
                // What the digest of a file is taken of stays as it was written, and is JSON.
                serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            Some("jsonl") => text.lines().for_each(|line| {
                serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{name}: {error}"));
            }),
            _ => harmless(&name, &text),
        }
    }
}

//! Every command that prints, in every form, on the hostile account: what comes out is text and nothing else.

use super::world;
use crate::{
    cli::{Account, Ended, Program},
    demo,
    evidence::Reviewed,
    harness::start_of_test,
};
use callsheet::domain::{inventory::Inventory, load::LoadEvent, text::is_harmful};
use quick_xml::{Reader, events::Event};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

/// The form of an output.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// For people.
    Text,
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
    ("inventory --format csv --table channels", Form::Csv),
    ("inventory --format csv --table escalation-plans", Form::Csv),
    ("inventory --format csv --table schedules", Form::Csv),
    ("inventory --format csv --table rotations", Form::Csv),
    ("inventory --format csv --table shifts", Form::Csv),
    ("inventory --format csv --table response-plans", Form::Csv),
    ("inventory --format csv --table unknown", Form::Csv),
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
fn check(what: &str, form: Form, out: &str) {
    harmless(what, out);
    match form {
        Form::Text => {}
        Form::Json => {
            serde_json::from_str::<Value>(out).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        Form::Csv => cells(what, out),
        Form::Markdown => rows(what, out),
        Form::Sarif => sarif(what, out),
        Form::Markup(elements) => markup(what, out, elements),
    }
}

/// Checks that every row has as many cells as the first, and that no cell is a formula.
#[track_caller]
fn cells(what: &str, out: &str) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_bytes());
    for row in reader.records() {
        let row = row.unwrap_or_else(|error| panic!("{what}: {error}"));
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
    let cells = |line: &str| {
        let mut is_escaped = false;
        let mut count = 0;
        for c in line.chars() {
            count += usize::from(c == '|' && !is_escaped);
            is_escaped = c == '\\' && !is_escaped;
        }
        count
    };
    let mut above = None;
    for line in out.lines() {
        if line.starts_with('|') {
            let count = cells(line);
            assert_eq!(*above.get_or_insert(count), count, "{what}: {line}");
        } else {
            above = None;
        }
        for bad in ["<script", "<img", "<b>", "<!--", "]]>"] {
            assert!(!line.contains(bad), "{what}: {line}");
        }
    }
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
    let (account, program) = (Account::start_with(world::world(chrono::Utc::now()), &[]), program());
    std::thread::scope(|scope| {
        let (account, program) = (&account, &program);
        for commands in COMMANDS.chunks(COMMANDS.len().div_ceil(2)) {
            scope.spawn(move || {
                for (arguments, form) in commands {
                    let ended = account.run(program, &format!("--config fast.toml {arguments}"));
                    harmless(&format!("{arguments}: standard error"), &ended.err);
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
}

#[test]
fn errors_about_hostile_words_and_files_are_lines_of_text() {
    let program = Program::new();
    for text in world::texts() {
        // Nothing can hand over a zero byte in an argument.
        let text = text.replace('\0', "\u{1}");
        let check = |what: &str, ended: Ended| {
            assert_ne!(ended.status, 0, "{what}");
            harmless(what, &ended.out);
            harmless(what, &ended.err);
            assert!(ended.err.lines().count() <= 12, "{what}: {}", ended.err);
        };
        let run = |arguments: &[&str]| {
            let output = program.command().args(arguments).output().unwrap();
            Ended {
                status: output.status.code().unwrap(),
                out: String::from_utf8(output.stdout).unwrap(),
                err: String::from_utf8(output.stderr).unwrap(),
            }
        };
        let none = format!("none-{text}");
        for arguments in [
            &["inventory", "--profile", &none, "--region", "eu-west-1"][..],
            &["inventory", "--config", &none],
            &["scan", "--only", &none],
            &["scan", "--format", &none],
            &["scan", "--baseline", &none],
            &["checks", &none],
            &["checks", "--policy", &none],
            &["ledger", "verify", "--file", &none],
            &[&none],
        ] {
            check(&format!("{arguments:?}"), run(arguments));
        }
        for (name, content) in [
            ("config.toml", format!("'''{text}''' = 1\n")),
            ("config.toml", format!("time_zone = '''{text}x'''\n")),
            ("config.toml", format!("theme = '''{text}x'''\n")),
            ("config.toml", format!("endpoint_url = '''{text}x'''\n")),
            ("config.toml", text.clone()),
        ] {
            program.write(name, &content);
            check(&content, run(&["inventory", "--config", name]));
        }
    }
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
    let texts = world::texts();
    let words: Vec<&str> = texts.iter().map(String::as_str).collect();
    let reviewed = Reviewed::of_account(inventory, &words);
    for (arguments, form) in [
        (&["ledger", "show"][..], Form::Text),
        (&["ledger", "show", "--format", "json"], Form::Text),
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
            _ => {}
        }
    }
}

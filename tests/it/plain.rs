//! `--plain`: every command that prints, told line by line for a screen reader.

use crate::{
    cli::{Account, Ended, Program, json},
    evidence::Reviewed,
    removal_cli::{account, done, program, run},
};
use callsheet::{cli, domain::text::neutral, report::lines::linear};
use regex::Regex;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

/// How a command is looked at.
enum Look {
    /// Run on the account of the tests with these arguments, as it is and plain: every word of the one is in the other.
    Told(&'static [&'static str]),
    /// Run on the demo account, likewise.
    Demo(&'static [&'static str]),
    /// What it prints is for a program, and is the same.
    Machine(&'static [&'static str]),
    /// A test of its own, below, looks at it.
    Apart,
}

use Look::{Apart, Demo, Machine, Told};

/// Every command. One that is missing here fails the test.
const COMMANDS: &[(&str, &[Look])] = &[
    (
        "scan",
        &[
            Demo(&["scan"]),
            Demo(&["scan", "--since", "last-sign-off"]),
            Told(&["scan"]),
        ],
    ),
    (
        "simulate",
        &[
            Demo(&["simulate", "critical-incident"]),
            Told(&["simulate", "team", "--worst"]),
            Told(&["simulate", "team", "--without", "ben"]),
            Told(&["simulate", "nothing"]),
        ],
    ),
    ("inventory", &[Apart]),
    (
        "ledger show",
        &[Told(&["ledger", "show"]), Told(&["ledger", "show", "--kind", "none"])],
    ),
    ("ledger verify", &[Told(&["ledger", "verify"])]),
    ("ledger export", &[Apart]),
    (
        "ledger co-sign",
        &[Told(&["ledger", "co-sign", "--review", "none", "--name", "Olga"])],
    ),
    ("changeset list", &[Told(&["changeset", "list"])]),
    ("changeset show", &[Told(&["changeset", "show", "r1"])]),
    (
        "changeset resume",
        &[Told(&["changeset", "resume", "r1", "--arm", "3333"])],
    ),
    (
        "remove",
        &[
            Told(&["remove", "ben", "--plan-only", "--name", "r2"]),
            Told(&["remove", "nobody", "--plan-only"]),
        ],
    ),
    ("quarantine", &[Told(&["quarantine"])]),
    ("put-back", &[Apart]),
    (
        "policy",
        &[Told(&[
            "policy",
            "cleaner",
            "--account",
            "111122223333",
            "--region",
            "eu-west-1",
        ])],
    ),
    (
        "checks",
        &[
            Told(&["checks"]),
            Told(&["checks", "CH02"]),
            Told(&["checks", "--policy"]),
            Told(&["checks", "XX99"]),
        ],
    ),
    ("emulator", &[Apart]),
    ("config", &[Told(&["config"])]),
    ("completions", &[Machine(&["completions", "bash"])]),
    ("man", &[Machine(&["man"])]),
];

/// Returns every command that does something, as it is typed.
fn commands() -> Vec<String> {
    let whole = cli::command();
    let mut all = Vec::new();
    for command in whole.get_subcommands() {
        let mut deeper = command.get_subcommands().peekable();
        if deeper.peek().is_none() {
            all.push(command.get_name().to_owned());
        }
        all.extend(deeper.map(|deeper| format!("{} {}", command.get_name(), deeper.get_name())));
    }
    all
}

/// Fails where a text is not to be listened to: drawn, coloured, in columns or indented.
#[track_caller]
fn is_linear(text: &str, what: &str) {
    for line in text.lines() {
        let drawn = line.chars().find(|c| {
            matches!(c, '\u{1b}' | '\r' | '•' | '·' | '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}' | '\u{2700}'..='\u{27bf}')
        });
        assert_eq!(drawn, None, "{what}: {line}");
        assert!(!line.contains("  ") && line == line.trim(), "{what}: “{line}”");
    }
}

/// Returns the words of a text, without what differs from run to run.
fn words(text: &str) -> BTreeSet<String> {
    let passing = Regex::new(r"\d\d:\d\d|^[0-9a-f]{64}$|^\d{8}T").unwrap();
    let words = text.lines().flat_map(|line| {
        let line = linear(line);
        let words: Vec<String> = line
            .split_whitespace()
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
            .collect();
        words
    });
    words
        .filter(|word| !word.is_empty() && !passing.is_match(word))
        .collect()
}

/// Fails where something that is said in the ordinary form is not said in the plain one, or is not said plainly.
#[track_caller]
fn says_the_same(ordinary: &Ended, plain: &Ended, what: &str) {
    assert_eq!(ordinary.status, plain.status, "{what}: {}{}", plain.out, plain.err);
    for (ordinary, plain) in [(&ordinary.out, &plain.out), (&ordinary.err, &plain.err)] {
        is_linear(plain, what);
        let missing: Vec<String> = words(ordinary).difference(&words(plain)).cloned().collect();
        assert!(missing.is_empty(), "{what} lacks {missing:?}\n{ordinary}\n{plain}");
    }
}

/// Runs the program in lines so wide that no word is broken.
fn wide(account: &Account, program: &Program, arguments: &[&str]) -> Ended {
    let mut command = program.command();
    command.env("COLUMNS", "100000");
    account.run_with(&mut command, &[&["--config", "config.toml"], arguments].concat())
}

fn on_demo(program: &Program, arguments: &[&str]) -> Ended {
    program.run(&[&["--demo"], arguments].concat().join(" "))
}

#[test]
fn every_command_is_told_in_lines_to_be_listened_to() {
    let known: BTreeSet<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    let there = commands();
    assert_eq!(
        known,
        there.iter().map(String::as_str).collect(),
        "commands and their looks"
    );
    let (account, program) = (account(&[]), program());
    let ended = done(
        &account,
        &program,
        &["remove", "anna", "--replace-with", "cho", "--plain"],
        "r1",
    );
    assert_eq!(ended.status, 0, "{}{}", ended.out, ended.err);
    is_linear(&ended.out, "a removal");
    is_linear(&ended.err, "a removal");
    for (name, looks) in COMMANDS {
        for look in *looks {
            let (ordinary, plain) = match look {
                Apart => continue,
                Machine(arguments) => {
                    let [ordinary, plain] =
                        [&[][..], &["--plain"]].map(|more| program.run(&[*arguments, more].concat().join(" ")));
                    assert_eq!(ordinary.out, plain.out, "{name}");
                    continue;
                }
                Told(arguments) => (
                    wide(&account, &program, arguments),
                    run(&account, &program, &[*arguments, &["--plain"]].concat()),
                ),
                Demo(arguments) => (
                    on_demo(&program, arguments),
                    on_demo(&program, &[*arguments, &["--plain"]].concat()),
                ),
            };
            says_the_same(&ordinary, &plain, &format!("{name} {}", ordinary.status));
        }
    }
    puts_back(&account, &program, &ended);
    account.stop();
}

/// Puts somebody back, shown and done.
fn puts_back(account: &Account, program: &Program, ended: &Ended) {
    let saved = ended
        .out
        .lines()
        .find_map(|line| line.strip_prefix("Saved for putting back: "));
    let saved = saved.expect("a removal says where it saved");
    let shown = ["put-back", saved, "--plan-only", "--name", "b1"];
    let ordinary = wide(account, program, &shown);
    let plain = run(account, program, &[&shown[..], &["--plain"]].concat());
    says_the_same(&ordinary, &plain, "put-back");
    let back = done(account, program, &["put-back", saved, "--plain"], "b1");
    assert_eq!(back.status, 0, "{}{}", back.out, back.err);
    is_linear(&back.out, "put-back");
    is_linear(&back.err, "put-back");
}

#[test]
fn an_inventory_is_told_with_every_name_and_status() {
    let program = Program::new();
    let whole = json(&on_demo(&program, &["inventory"]));
    let plain = on_demo(&program, &["inventory", "--plain"]);
    is_linear(&plain.out, "inventory");
    let told: BTreeSet<&str> = plain.out.lines().collect();
    let mut count = 0;
    for list in [
        "contacts",
        "channels",
        "escalation_plans",
        "schedules",
        "rotations",
        "response_plans",
    ] {
        for item in whole[list].as_array().unwrap() {
            for key in ["arn", "alias", "display_name", "name", "type", "status", "address"] {
                // Of a plan and a schedule the table says no type: it is the table.
                if let Some(value) = item[key].as_str() {
                    let line = format!("{}: {}", key.replace('_', " "), linear(&neutral(value)));
                    assert!(told.contains(line.as_str()), "{list}: {line}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 300, "{count}");
    assert!(plain.out.contains("\ncontact 3 of "), "{}", plain.out);
    // What a machine asks for stays what it is, whatever the environment says.
    let output = program
        .command()
        .args(["--demo", "inventory", "--format", "json"])
        .env("CALLSHEET_PLAIN", "1")
        .output()
        .unwrap();
    let same: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(same["contacts"], whole["contacts"]);
}

#[test]
fn evidence_is_told_plainly() {
    let reviewed = Reviewed::of("assets/worlds/clean.json");
    let to = tempfile::tempdir().unwrap();
    let arguments = [
        "ledger",
        "export",
        "--review",
        "2026-Q4",
        "--overwrite",
        "--to",
        to.path().to_str().unwrap(),
    ];
    let ordinary = reviewed.run(&arguments);
    let plain = reviewed.run(&[&arguments[..], &["--plain"]].concat());
    is_linear(&plain.out, "ledger export");
    // Each export is a record, whose number and hash are new.
    let names = |ended: &Ended| {
        words(&ended.out)
            .into_iter()
            .filter(|word| word.contains('.'))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(names(&ordinary), names(&plain));
    assert!(names(&plain).len() > 5, "{}", plain.out);
}

#[test]
fn an_emulator_says_plainly_where_it_is() {
    let program = Program::new();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_callsheet"))
        .env_clear()
        .env("HOME", program.home())
        .args(["emulator", "--listen", "127.0.0.1:0", "--plain"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = String::new();
    for line in lines {
        let line = line.unwrap();
        told.push_str(&line);
        told.push('\n');
        if line.starts_with("curl ") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    is_linear(&told, "emulator");
    assert!(
        told.starts_with("Account ") && told.contains("\nexport AWS_ACCESS_KEY_ID=any"),
        "{told}"
    );
}

#[test]
fn help_and_what_is_wrong_with_the_arguments_are_told_plainly() {
    let program = Program::new();
    for name in commands().iter().map(String::as_str).chain([""]) {
        for help in ["--help", "-h"] {
            let ordinary = program.run(&format!("{name} {help}"));
            let plain = program.run(&format!("{name} {help} --plain"));
            says_the_same(&ordinary, &plain, &format!("{name} {help}"));
        }
    }
    for wrong in ["nonsense", "scan --only", "--config none.toml inventory", "remove anna"] {
        let ordinary = program.run(wrong);
        let plain = program.run(&format!("--plain {wrong}"));
        assert_eq!(plain.status, 2, "{wrong}");
        says_the_same(&ordinary, &plain, wrong);
    }
}

#[test]
fn instead_of_the_desk_there_is_an_overview() {
    let program = Program::new();
    let plain = on_demo(&program, &["--plain"]);
    is_linear(&plain.out, "the overview");
    let scan = on_demo(&program, &["scan", "--plain"]);
    assert_eq!(plain.status, scan.status);
    assert!(plain.out.contains("\nfinding 1 of "), "{}", plain.out);
    for command in cli::command().get_subcommands() {
        let heading = format!(" of {}: {}\n", COMMANDS_AT_THE_TOP, command.get_name());
        assert!(plain.out.contains(&heading), "{heading}{}", plain.out);
    }
}

const COMMANDS_AT_THE_TOP: usize = 14;

#[test]
fn the_flag_goes_before_the_variable_and_that_before_the_setting() {
    let program = Program::new();
    program.write("plain.toml", "plain = true\n");
    for (variable, arguments, is_plain) in [
        (None, "checks", false),
        (None, "checks --plain", true),
        (Some("1"), "checks", true),
        (Some("0"), "checks", false),
        (Some(""), "checks", false),
        (Some("1"), "checks --plain=false", false),
        (None, "checks --config plain.toml", true),
        (Some("no"), "checks --config plain.toml", false),
        (None, "checks --config plain.toml --plain=no", false),
    ] {
        let mut command = program.command();
        command.args(arguments.split_whitespace());
        if let Some(word) = variable {
            command.env("CALLSHEET_PLAIN", word);
        }
        let output = command.output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(told.contains("check 1 of "), is_plain, "{variable:?} {arguments}");
    }
    let wrong = program.run("checks --plain=perhaps");
    assert_eq!(wrong.status, 2);
}

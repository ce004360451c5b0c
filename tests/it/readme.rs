//! The claims of the README, held against the program.

use callsheet::{
    app::screens::ScreenId,
    domain::operation::{Operation, Service},
};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

const README: &str = include_str!("../../README.md");

/// Returns the words of a text, without the signs around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "\"`,;()[]".contains(c))
}

#[test]
fn the_permissions_are_those_of_the_operations_that_are_called() {
    let named: BTreeSet<&str> = words(README)
        .filter(|word| word.starts_with("ssm-contacts:") || word.starts_with("ssm-incidents:"))
        .collect();
    // Who we are may be asked without a permission.
    let needed: BTreeSet<String> = Operation::ALL
        .iter()
        .filter(|operation| operation.service() != Service::Sts)
        .map(|operation| operation.permission())
        .collect();
    assert_eq!(named, needed.iter().map(String::as_str).collect());
}

#[test]
fn every_file_that_is_linked_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = README
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target);
    let mut count = 0;
    for target in links.filter(|target| !target.starts_with("http")) {
        count += 1;
        if let Some(heading) = target.strip_prefix('#') {
            let is_it = |line: &str| {
                line.strip_prefix("## ")
                    .is_some_and(|title| title.to_lowercase() == heading)
            };
            assert!(README.lines().any(is_it), "there is no heading {heading}");
            continue;
        }
        assert!(root.join(target).exists(), "{target} is not there");
    }
    assert!(count >= 5, "the README has pictures and links");
}

#[test]
fn every_screen_of_the_table_is_on_the_desk() {
    for screen in ScreenId::ALL {
        let row = format!("| {} {} |", screen.number(), screen.title());
        assert!(README.contains(&row), "the README has no row {row}");
    }
}

#[test]
fn every_subcommand_that_is_named_is_understood() {
    let mut subcommands = BTreeSet::new();
    let lines = README.lines().flat_map(|line| line.split('`'));
    for (_, rest) in lines.filter_map(|line| line.split_once("callsheet ")) {
        let name: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
        let is_command_line = rest.chars().nth(name.len()).is_none_or(|c| c == ' ');
        if !name.is_empty() && is_command_line && README.contains(&format!("`callsheet {name}")) {
            subcommands.insert(name);
        }
    }
    assert!(
        subcommands.contains("inventory") && subcommands.contains("emulator"),
        "{subcommands:?}"
    );
    for name in subcommands {
        let output = Command::new(env!("CARGO_BIN_EXE_callsheet"))
            .args([&name, "--help"])
            .output()
            .unwrap();
        assert!(output.status.success(), "callsheet {name} is not understood");
    }
}

#[test]
fn the_two_commands_come_first() {
    let first = README
        .split("```sh\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    assert_eq!(first, "cargo run --release -- --demo\ncargo test\n");
    // What this version is called and what the toolchain must be stand in the package's own file.
    let package = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    assert!(
        package.contains("rust-version = \"1.94"),
        "the README says Rust 1.94 or newer"
    );
    assert!(README.contains("Rust (1.94 or newer)"));
}

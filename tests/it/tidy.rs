//! The rules about the sources that no compiler checks: who may import whom, and that nothing is forgotten.

use callsheet::{
    domain::access::Change,
    emulator::operations::{self, Effect},
};
use regex::Regex;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A file of the repository.
struct Source {
    /// Its path from the root, with `/` between the parts.
    path: String,
    text: String,
}

/// What one line of a file names: a path such as `crate::domain::ids` or `std::fs`.
struct Named {
    line: usize,
    path: String,
    is_in_tests: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns every file beneath a folder with this ending, in the order of their paths.
fn files(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found.into_iter().map(|path| source(&path)).collect()
}

fn source(path: &PathBuf) -> Source {
    let parts: Vec<_> = path
        .strip_prefix(root())
        .unwrap()
        .iter()
        .map(|part| part.to_string_lossy())
        .collect();
    Source {
        path: parts.join("/"),
        text: fs::read_to_string(path).unwrap(),
    }
}

#[track_caller]
fn assert_none(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

impl Source {
    /// Returns the top module that the file belongs to.
    fn module(&self) -> &str {
        let inner = self.path.trim_start_matches("src/");
        inner
            .split_once('/')
            .map_or(inner.trim_end_matches(".rs"), |(folder, _)| folder)
    }

    /// Returns how many modules deep the file is: 1 for `src/app/mod.rs`, 2 for `src/app/list.rs`.
    fn depth(&self) -> usize {
        self.path.trim_end_matches("/mod.rs").matches('/').count()
    }

    /// Returns every path that the file names, in its `use` declarations and elsewhere.
    fn named(&self) -> Vec<Named> {
        let code: String = self.text.lines().map(|line| without_comment(line) + "\n").collect();
        let tests_begin = code.find("\nmod tests {").unwrap_or(code.len());
        let line_of = |byte: usize| code[..byte].matches('\n').count() + 1;
        let named = |byte: usize, path: String| Named {
            line: line_of(byte),
            path,
            is_in_tests: byte > tests_begin,
        };
        let uses = Regex::new(r"(?m)^\s*(?:pub(?:\([a-z]+\))? )?use ([^;]+);").unwrap();
        let inline = Regex::new(r"\b[a-z_][a-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)+").unwrap();
        let mut all = Vec::new();
        for found in uses.captures_iter(&code) {
            let tree = found.get(1).unwrap();
            let paths = expand(&tree.as_str().split_whitespace().collect::<String>());
            all.extend(paths.into_iter().map(|path| named(tree.start(), path)));
        }
        all.extend(
            inline
                .find_iter(&code)
                .map(|found| named(found.start(), found.as_str().to_owned())),
        );
        all
    }
}

fn without_comment(line: &str) -> String {
    let is_comment = line.trim_start().starts_with("//");
    if is_comment {
        String::new()
    } else {
        line.split(" // ").next().unwrap_or_default().to_owned()
    }
}

/// Returns the paths of a `use` tree: `a::{b, c::d}` names `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let Some((stem, branches)) = tree.split_once('{') else {
        return vec![tree.to_owned()];
    };
    let branches = branches.strip_suffix('}').unwrap_or(branches);
    let mut depth = 0_i32;
    branches
        .split(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        })
        .filter(|branch| !branch.is_empty())
        .flat_map(expand)
        .map(|path| format!("{stem}{path}"))
        .collect()
}

/// Reads the table "Who may import whom" of the architecture page: each module with those it may name.
fn import_table() -> BTreeMap<String, BTreeSet<String>> {
    let page = read("src/architecture.md");
    let (_, rest) = page.split_once("# Who may import whom").expect("the table is there");
    let names = Regex::new("`([a-z]+)`").unwrap();
    let in_backticks =
        |cell: &str| -> Vec<String> { names.captures_iter(cell).map(|name| name[1].to_owned()).collect() };
    let rows: Vec<(Vec<String>, String)> = rest
        .lines()
        .skip_while(|line| !line.starts_with("| `"))
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            (in_backticks(cells[0]), cells[1].trim().to_owned())
        })
        .collect();
    let all: BTreeSet<String> = rows.iter().flat_map(|(modules, _)| modules.clone()).collect();
    let mut table = BTreeMap::new();
    for (modules, may) in rows {
        let words: BTreeSet<String> = in_backticks(&may).into_iter().collect();
        let allowed = if may.starts_with("everything") {
            &all - &words
        } else {
            words
        };
        table.extend(modules.into_iter().map(|module| (module, allowed.clone())));
    }
    table
}

/// Crates and modules of others, with the only places that may name them.
const OTHERS: &[(&str, &[&str])] = &[
    ("aws_", &["src/aws/"]),
    ("ratatui", &["src/view/", "src/runtime/"]),
    ("crossterm", &["src/runtime/terminal.rs", "src/runtime/mod.rs"]),
    ("tokio", &["src/runtime/", "src/aws/", "src/emulator/", "src/cli/"]),
    ("clap", &["src/cli/", "src/config/flags.rs"]),
    ("std::fs", &["src/store/", "src/config/", "src/cli/", "src/emulator/"]),
];

#[test]
fn the_import_table_knows_every_module() {
    let known: BTreeSet<String> = import_table().into_keys().collect();
    let there: BTreeSet<String> = files("src", ".rs")
        .iter()
        .map(|file| file.module().to_owned())
        .collect();
    let missing: Vec<String> = there
        .difference(&known)
        .filter(|module| *module != "lib")
        .cloned()
        .collect();
    assert_none("the table in src/architecture.md lacks a module", &missing);
}

#[test]
fn modules_import_only_what_they_may() {
    let table = import_table();
    let mut broken = Vec::new();
    for file in files("src", ".rs").iter().filter(|file| file.module() != "lib") {
        let allowed = &table[file.module()];
        for Named { line, path, .. } in file.named() {
            let Some(rest) = path
                .strip_prefix("crate::")
                .or_else(|| path.strip_prefix("callsheet::"))
            else {
                continue;
            };
            let module = rest.split("::").next().unwrap_or_default();
            if module != file.module() && table.contains_key(module) && !allowed.contains(module) {
                broken.push(format!(
                    "{}:{line}: `{}` may not import `{module}`",
                    file.path,
                    file.module()
                ));
            }
        }
    }
    assert_none("the table in src/architecture.md says who may import whom", &broken);
}

#[test]
fn no_path_leaves_its_module_by_super() {
    let mut broken = Vec::new();
    for file in files("src", ".rs").iter().filter(|file| file.depth() > 0) {
        for Named {
            line,
            path,
            is_in_tests,
        } in file.named()
        {
            let steps = path.split("::").take_while(|part| *part == "super").count();
            if steps >= file.depth() + usize::from(is_in_tests) && steps > 0 {
                broken.push(format!("{}:{line}: `{path}`", file.path));
            }
        }
    }
    assert_none(
        "what is outside of a module is named by `crate::`, so that the import table sees it",
        &broken,
    );
}

#[test]
fn each_outside_thing_is_named_in_its_own_place() {
    let mut broken = Vec::new();
    for file in files("src", ".rs") {
        for Named {
            line,
            path,
            is_in_tests,
        } in file.named()
        {
            let rule = OTHERS.iter().find(|(name, _)| path.starts_with(name));
            let Some((_, places)) = rule.filter(|_| !is_in_tests) else {
                continue;
            };
            if !places.iter().any(|place| file.path.starts_with(place)) {
                broken.push(format!(
                    "{}:{line}: `{path}` belongs to {}",
                    file.path,
                    places.join(", ")
                ));
            }
        }
    }
    assert_none(
        "src/architecture.md says where each outside thing may be named",
        &broken,
    );
}

/// The only file that may call an operation that changes something.
const WRITES_IN: &str = "src/aws/execute.rs";

/// Returns the name that the SDK's method for an operation has.
fn method(operation: &str) -> String {
    let mut name = String::new();
    for c in operation.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[test]
fn no_writing_operation_is_called_outside_of_its_file_nor_one_that_is_no_change() {
    let writes = operations::all().filter(|operation| operation.effect == Effect::Writes);
    let is_change = |name: &str| Change::ALL.iter().any(|change| change.name() == name);
    let calls: Vec<(&str, Regex)> = writes
        .map(|operation| {
            let call = Regex::new(&format!(r"\.\s*{}\(\)", method(operation.name))).unwrap();
            (operation.name, call)
        })
        .collect();
    let sources = files("src", ".rs");
    let ours = sources.iter().filter(|file| file.module() != "emulator");
    let (mut broken, mut called) = (Vec::new(), BTreeSet::new());
    for file in ours {
        let code: String = file.text.lines().map(|line| without_comment(line) + "\n").collect();
        for (name, call) in calls.iter().filter(|(_, call)| call.is_match(&code)) {
            if file.path == WRITES_IN && is_change(name) {
                called.insert(*name);
            } else {
                broken.push(format!("{}: `{call}` calls {name}", file.path));
            }
        }
    }
    assert_none(
        "no writing AWS operation is called outside of src/aws/execute.rs",
        &broken,
    );
    // Otherwise the rule would hold because nothing is found.
    let changes = Change::ALL
        .iter()
        .filter(|change| !matches!(change, Change::ListPreviewRotationShifts | Change::ListEngagements));
    assert_eq!(called, changes.map(|change| change.name()).collect());
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let opens = |file: &Source| file.text.starts_with("//! ") || file.text.starts_with("#![doc = include_str!");
    let broken: Vec<String> = files("src", ".rs")
        .into_iter()
        .chain(files("tests", ".rs"))
        .filter(|file| !opens(file))
        .map(|file| file.path)
        .collect();
    assert_none("a file opens with a //! paragraph", &broken);
}

#[test]
fn every_test_file_is_part_of_the_one_binary() {
    let main = read("tests/it/main.rs");
    let broken: Vec<String> = fs::read_dir(root().join("tests/it"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs") || path.join("mod.rs").exists())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "main" && !main.lines().any(|line| line == format!("mod {name};")))
        .collect();
    assert_none("tests/it/main.rs lacks a module", &broken);
}

#[test]
fn no_snapshot_is_left_of_a_test_that_is_gone() {
    let mut broken = Vec::new();
    for snapshot in files("src", ".snap").into_iter().chain(files("tests", ".snap")) {
        let of_test = snapshot.path.trim_end_matches(".snap").rsplit("__").next().unwrap();
        let name = of_test.split(['@', '-']).next().unwrap();
        let source = snapshot
            .text
            .lines()
            .find_map(|line| line.strip_prefix("source: "))
            .unwrap();
        let text = fs::read_to_string(root().join(source)).unwrap_or_default();
        if !text.contains(&format!("fn {name}(")) && !text.contains(&format!("\"{name}\"")) {
            broken.push(format!("{}: {source} has no test {name}", snapshot.path));
        }
    }
    let new = files("src", ".snap.new").into_iter().chain(files("tests", ".snap.new"));
    broken.extend(new.map(|file| format!("{}: not accepted yet", file.path)));
    assert_none("every snapshot belongs to a test", &broken);
}

#[test]
fn the_changelog_is_ready_for_the_next_version() {
    let changelog = read("CHANGELOG.md");
    let mut headings = changelog.lines().filter_map(|line| line.strip_prefix("## ["));
    assert_eq!(
        headings.next(),
        Some("Unreleased]"),
        "CHANGELOG.md begins with an Unreleased part"
    );
    // Until the first release there is no other.
    let version = headings.next().map(|heading| heading.split(']').next().unwrap());
    assert!(
        version.is_none_or(|version| version == env!("CARGO_PKG_VERSION")),
        "CHANGELOG.md says {version:?} and Cargo.toml says {}",
        env!("CARGO_PKG_VERSION")
    );
}

#[test]
fn a_use_tree_is_taken_apart() {
    assert_eq!(
        expand("crate::{a::{b,c::{d}},e}"),
        ["crate::a::b", "crate::a::c::d", "crate::e"]
    );
}

#[test]
fn imports_are_found_wherever_they_stand() {
    let source = Source {
        path: "src/app/list.rs".to_owned(),
        text: "//! A list.\nuse crate::{\n    domain::{ids::Arn, text},\n    failure,\n};\n// crate::not\nfn f() { crate::store::x(); }\n\
               #[cfg(test)]\nmod tests {\n    use std::fs;\n}\n"
            .to_owned(),
    };
    let found: Vec<(usize, String, bool)> = source
        .named()
        .into_iter()
        .map(|named| (named.line, named.path, named.is_in_tests))
        .collect();
    for expected in [
        (2, "crate::domain::ids::Arn".to_owned(), false),
        (2, "crate::failure".to_owned(), false),
        (7, "crate::store::x".to_owned(), false),
        (10, "std::fs".to_owned(), true),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert!(!found.iter().any(|(_, path, _)| path.contains("not")));
    assert_eq!((source.module(), source.depth()), ("app", 2));
}

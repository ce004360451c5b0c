//! Files that are written from the program's own lists. `CALLSHEET_UPDATE=1 cargo test` writes them anew.

use callsheet::app::catalogue;
use std::{env, fs, path::Path};

/// Fails when a committed file is not what the program would write, or writes it when asked to.
#[track_caller]
pub(crate) fn assert_generated(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("CALLSHEET_UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is out of date; CALLSHEET_UPDATE=1 cargo test writes it anew",
        path.display()
    );
}

#[test]
fn the_key_file_lists_every_command() {
    assert_generated("assets/keys.toml", &catalogue::key_file());
}

#[test]
fn the_cheat_sheet_lists_every_command() {
    assert_generated("assets/keys.md", &catalogue::cheat_sheet());
}

#[test]
fn the_page_of_checks_explains_every_check() {
    assert_generated("assets/checks.md", &callsheet::findings::catalogue::markdown());
}

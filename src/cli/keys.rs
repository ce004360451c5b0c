//! The operator's own keys: a TOML file of `command = ["key", …]`.

use crate::{
    app::keymap::Keymap,
    domain::text::{excerpt, explanation},
    failure::{Failure, FailureKind, written::WrittenFile},
    store::file,
};
use std::path::Path;

/// A file longer than this holds no keys that anybody could press.
const MAX_BYTES: u64 = 1 << 20;

/// What messages about the file say.
const FILE: WrittenFile = WrittenFile {
    name: "key file",
    help: "assets/keys.toml in the source has every command",
};

/// Returns the keys that the file at `path` asks for, over the defaults.
pub(super) fn read(path: &Path) -> Result<Keymap, Failure> {
    let hint = "correct the path under keys in the configuration file, or take it out";
    let unreadable = |failure: Failure| {
        let reasons = failure.why().iter().cloned();
        reasons.fold(FILE.unreadable(path), Failure::because).hint(hint)
    };
    let bytes = file::read(path, MAX_BYTES).map_err(unreadable)?;
    let bytes = bytes.ok_or_else(|| FILE.unreadable(path).because("it is not there").hint(hint))?;
    parse(&bytes, path)
}

/// Returns the keys that a file of these bytes asks for, over the defaults.
pub fn parse(bytes: &[u8], path: &Path) -> Result<Keymap, Failure> {
    let text = FILE.text(bytes, path)?;
    let refuse = |line: usize, why: String| {
        Failure::new(
            FailureKind::Configuration,
            format!("The key file {} is wrong in line {line}.", path.display()),
        )
        .because(explanation(&why))
        .hint("write lines such as used-by = [\"u\"]; assets/keys.toml in the source has them all")
    };
    let line_of = |start: usize| text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
    let table = toml::de::DeTable::parse(text).map_err(|error| {
        refuse(
            line_of(error.span().map_or(0, |span| span.start)),
            error.message().to_owned(),
        )
    })?;
    // Errors are told in the order of the file.
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let mut overrides = Vec::new();
    for (name, value) in &entries {
        let line = line_of(name.span().start);
        let keys = value.get_ref().as_array().and_then(|keys| {
            keys.iter()
                .map(|key| key.get_ref().as_str().map(str::to_owned))
                .collect::<Option<Vec<String>>>()
        });
        let Some(keys) = keys else {
            return Err(refuse(
                line,
                format!("{} needs a list of keys, such as [\"u\"]", excerpt(name.get_ref())),
            ));
        };
        overrides.push((name.get_ref().to_string(), keys));
    }
    Keymap::with_overrides(&overrides).map_err(|(index, error)| {
        let line = entries.get(index).map_or(1, |(name, _)| line_of(name.span().start));
        refuse(line, error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::CommandId;

    #[track_caller]
    fn refused(text: &str, line: usize, part: &str) {
        let failure = parse(text.as_bytes(), Path::new("keys.toml")).unwrap_err().to_string();
        assert!(
            failure.contains(&format!("keys.toml is wrong in line {line}.")),
            "{failure}"
        );
        assert!(failure.contains(part), "{failure}");
    }

    #[test]
    fn the_file_of_all_defaults_changes_nothing() {
        let keymap = parse(crate::app::catalogue::key_file().as_bytes(), Path::new("keys.toml")).unwrap();
        assert_eq!(keymap, Keymap::default());
    }

    #[test]
    fn an_own_key_is_taken() {
        let keymap = parse(b"used-by = [\"w\"]\n", Path::new("keys.toml")).unwrap();
        assert_eq!(keymap.command("w".parse().unwrap()), Some(CommandId::UsedBy));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        refused("mark = [\"x\"]\nused-byy = [\"u\"]\n", 2, "did you mean “used-by”");
        refused("\n\nmark = [\"hyper-x\"]\n", 3, "is not a key");
        refused("mark = \"x\"\n", 1, "needs a list of keys");
        refused("sort = [\"x\"]\nmark = [\"x\"]\n", 2, "would do two things");
        refused("mark = [\n", 1, "");
    }

    #[test]
    fn a_file_that_is_not_utf_8_is_told_with_its_line_and_a_byte_order_mark_is_no_mistake() {
        let failure = parse(b"mark = [\"x\"]\n\xff", Path::new("keys.toml")).unwrap_err();
        assert!(failure.to_string().contains("line 2 is not UTF-8"), "{failure}");
        let keymap = parse(b"\xef\xbb\xbfused-by = [\"w\"]\n", Path::new("keys.toml")).unwrap();
        assert_eq!(keymap.command("w".parse().unwrap()), Some(CommandId::UsedBy));
    }
}

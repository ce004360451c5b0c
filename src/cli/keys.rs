//! The operator's own keys: a TOML file of `command = ["key", …]`.

use crate::{
    app::keymap::Keymap,
    failure::{Failure, FailureKind},
};
use std::{fs, path::Path};

/// Returns the keys that the file at `path` asks for, over the defaults.
pub(super) fn read(path: &Path) -> Result<Keymap, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(
            FailureKind::Configuration,
            format!("The key file {} cannot be read.", path.display()),
        )
        .because_of(&error)
        .hint("correct the path under keys in the configuration file, or take it out")
    })?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Keymap, Failure> {
    let refuse = |line: usize, why: String| {
        Failure::new(
            FailureKind::Configuration,
            format!("The key file {} is wrong in line {line}.", path.display()),
        )
        .because(why)
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
                format!("{} needs a list of keys, such as [\"u\"]", name.get_ref()),
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
        let failure = parse(text, Path::new("keys.toml")).unwrap_err().to_string();
        assert!(
            failure.contains(&format!("keys.toml is wrong in line {line}.")),
            "{failure}"
        );
        assert!(failure.contains(part), "{failure}");
    }

    #[test]
    fn the_file_of_all_defaults_changes_nothing() {
        let keymap = parse(&crate::app::catalogue::key_file(), Path::new("keys.toml")).unwrap();
        assert_eq!(keymap, Keymap::default());
    }

    #[test]
    fn an_own_key_is_taken() {
        let keymap = parse("used-by = [\"w\"]\n", Path::new("keys.toml")).unwrap();
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
}

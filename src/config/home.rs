//! `~` at the start of a path, as shells have it. No shell sees what a file or a variable names, and after `--data-dir=` many
//! shells leave it as it is, too.

use std::path::{Path, PathBuf};

/// Returns a path in which `~` stands for the home of whoever works here. The home of somebody else (`~anna`) stays as it is.
pub(crate) fn expanded(path: PathBuf) -> PathBuf {
    let home = directories::BaseDirs::new();
    below(path, home.as_ref().map(directories::BaseDirs::home_dir))
}

fn below(path: PathBuf, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) if rest.as_os_str().is_empty() => home.to_owned(),
        (Ok(rest), Some(home)) => home.join(rest),
        (Ok(_), None) | (Err(_), _) => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_the_home_at_the_start_of_a_path_alone() {
        let home = Path::new("/home/olga");
        for (path, expected) in [
            ("~", "/home/olga"),
            ("~/", "/home/olga"),
            ("~/.ssh/id_ed25519.pub", "/home/olga/.ssh/id_ed25519.pub"),
            ("~anna/.ssh/key", "~anna/.ssh/key"),
            ("/etc/~/key", "/etc/~/key"),
            ("keys/~", "keys/~"),
            ("key~", "key~"),
            ("", ""),
        ] {
            assert_eq!(
                below(PathBuf::from(path), Some(home)),
                PathBuf::from(expected),
                "{path}"
            );
            assert_eq!(below(PathBuf::from(path), None), PathBuf::from(path), "{path}");
        }
    }
}

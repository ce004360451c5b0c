//! Which account the usual settings led to, so that its snapshot can be shown before anybody has answered.

use super::file;
use crate::{config::Asked, domain::ids::Scope, failure::Failure};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How many are remembered: more than anybody has profiles in use.
const MAX_ENTRIES: usize = 64;

/// Far more than that many entries take.
const MAX_BYTES: u64 = 1 << 20;

/// The last answers, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Last {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    asked: Asked,
    scope: Scope,
}

impl Last {
    /// Returns where these settings led last time.
    pub(super) fn scope(&self, asked: &Asked) -> Option<&Scope> {
        self.entries
            .iter()
            .find(|entry| entry.asked == *asked)
            .map(|entry| &entry.scope)
    }
}

/// Reads what is remembered. What cannot be understood was written by another version, and is as good as nothing.
pub(super) fn read(data_dir: &Path) -> Result<Last, Failure> {
    let bytes = file::read(&path(data_dir), MAX_BYTES)?;
    Ok(bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default())
}

/// Remembers that these settings led to `scope`.
///
/// Of two that do this at once the later one wins, and the other is remembered the next time.
pub(super) fn remember(data_dir: &Path, asked: &Asked, scope: &Scope) -> Result<(), Failure> {
    let mut last = read(data_dir)?;
    last.entries.retain(|entry| entry.asked != *asked);
    last.entries.insert(
        0,
        Entry {
            asked: asked.clone(),
            scope: scope.clone(),
        },
    );
    last.entries.truncate(MAX_ENTRIES);
    let bytes = serde_json::to_vec_pretty(&last).map_err(|error| super::unwritable("the last scopes", &error))?;
    file::write(&path(data_dir), &bytes)
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("last.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(profile: &str) -> Asked {
        Asked {
            profile: Some(profile.to_owned()),
            region: None,
            endpoint: None,
        }
    }

    fn scope(account: &str) -> Scope {
        Scope {
            account: account.to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: None,
        }
    }

    #[test]
    fn each_profile_leads_to_its_own_account() {
        let folder = tempfile::tempdir().unwrap();
        remember(folder.path(), &asked("a"), &scope("111111111111")).unwrap();
        remember(folder.path(), &asked("b"), &scope("222222222222")).unwrap();
        remember(folder.path(), &asked("a"), &scope("333333333333")).unwrap();
        let last = read(folder.path()).unwrap();
        assert_eq!(last.scope(&asked("a")), Some(&scope("333333333333")));
        assert_eq!(last.scope(&asked("b")), Some(&scope("222222222222")));
        assert_eq!(last.scope(&asked("c")), None);
        assert_eq!(last.entries.len(), 2);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..=MAX_ENTRIES {
            remember(folder.path(), &asked(&number.to_string()), &scope("111111111111")).unwrap();
        }
        let last = read(folder.path()).unwrap();
        assert_eq!(last.entries.len(), MAX_ENTRIES);
        assert_eq!(last.scope(&asked("0")), None);
    }

    #[test]
    fn a_broken_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        file::write(&path(folder.path()), b"{\"entries\":[{").unwrap();
        assert_eq!(read(folder.path()).unwrap(), Last::default());
        remember(folder.path(), &asked("a"), &scope("111111111111")).unwrap();
        assert!(read(folder.path()).unwrap().scope(&asked("a")).is_some());
    }
}

//! The last inventory of a scope: what the desk shows before the account has answered.
//!
//! Addresses are in it only in their masked form and as fingerprints, because that is all that an
//! [`Address`](crate::domain::address::Address) lets out. A snapshot is a convenience: one that cannot be used is told
//! of, and the next save replaces it.

use super::file;
use crate::{
    domain::{
        Timestamp,
        ids::Scope,
        inventory::{Inventory, Snapshot},
        text::{excerpt, explanation},
    },
    failure::{Failure, FailureKind},
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Changes with every change of the form that an older version would misread.
const SCHEMA: &str = "callsheet.snapshot/1";

/// An account at the service's quotas takes about a tenth of this.
const MAX_BYTES: u64 = 64 << 20;

/// What lies on the disk.
#[derive(Serialize, Deserialize)]
struct Stored<I> {
    schema: String,
    saved_at: Timestamp,
    inventory: I,
}

/// What every version begins with.
#[derive(Deserialize)]
struct Heading {
    schema: String,
}

/// Reads the snapshot in a scope's folder.
pub(super) fn read(folder: &Path, scope: &Scope) -> Result<Option<Snapshot>, Failure> {
    let path = path(folder);
    let Some(bytes) = file::read(&path, MAX_BYTES)? else {
        return Ok(None);
    };
    let useless = |why: String| {
        Failure::new(
            FailureKind::Disk,
            format!("The last snapshot {} is of no use.", path.display()),
        )
        .because(explanation(&why))
        .hint("nothing has to be done: the next complete read replaces it")
    };
    let heading = serde_json::from_slice::<Heading>(&bytes).map_err(|error| useless(error.to_string()))?;
    if heading.schema != SCHEMA {
        return Err(useless(format!(
            "another version of callsheet wrote it ({})",
            excerpt(&heading.schema)
        )));
    }
    let stored: Stored<Inventory> = serde_json::from_slice(&bytes).map_err(|error| useless(error.to_string()))?;
    if stored.inventory.account() != Some(&scope.account) || stored.inventory.region != scope.region {
        return Err(useless("it is of another account or Region than its folder".to_owned()));
    }
    Ok(Some(Snapshot {
        saved_at: stored.saved_at,
        inventory: stored.inventory,
    }))
}

/// Replaces the snapshot in a scope's folder.
pub(super) fn write(folder: &Path, inventory: &Inventory, now: Timestamp) -> Result<(), Failure> {
    let stored = Stored {
        schema: SCHEMA.to_owned(),
        saved_at: now,
        inventory,
    };
    let bytes = serde_json::to_vec(&stored).map_err(|error| super::unwritable("the snapshot", &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(
            Failure::new(FailureKind::Disk, "The snapshot was not saved.").because("it would be longer than 64 MiB")
        );
    }
    file::write(&path(folder), &bytes)
}

fn path(folder: &Path) -> PathBuf {
    folder.join("snapshot.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;
    use tempfile::TempDir;

    fn saved() -> (TempDir, Inventory, Scope) {
        let folder = tempfile::tempdir().unwrap();
        let inventory = sample::inventory();
        write(folder.path(), &inventory, sample::minute(3)).unwrap();
        let scope = inventory.scope();
        (folder, inventory, scope)
    }

    #[test]
    fn what_was_saved_comes_back_masked() {
        let (folder, inventory, scope) = saved();
        let text = String::from_utf8(file::read(&path(folder.path()), MAX_BYTES).unwrap().unwrap()).unwrap();
        for address in sample::ADDRESSES {
            assert!(!text.contains(address), "{address}");
        }
        let snapshot = read(folder.path(), &scope).unwrap().unwrap();
        assert_eq!(snapshot.saved_at, sample::minute(3));
        assert_eq!(snapshot.inventory, inventory);
    }

    #[test]
    fn one_of_another_version_is_told_of() {
        let (folder, _, scope) = saved();
        for heading in [
            r#"{"schema":"callsheet.snapshot/2"}"#,
            r#"{"schema":"callsheet.snapshot/0","x":1}"#,
        ] {
            file::write(&path(folder.path()), heading.as_bytes()).unwrap();
            let failure = read(folder.path(), &scope).unwrap_err();
            assert!(failure.to_string().contains("another version"), "{failure}");
        }
    }

    #[test]
    fn one_that_is_cut_short_at_any_place_is_told_of() {
        let (folder, inventory, scope) = saved();
        let whole = file::read(&path(folder.path()), MAX_BYTES).unwrap().unwrap();
        for length in (0..whole.len()).step_by(97) {
            file::write(&path(folder.path()), &whole[..length]).unwrap();
            let failure = read(folder.path(), &scope).unwrap_err();
            assert!(failure.what().contains("is of no use"), "{length}: {failure}");
        }
        write(folder.path(), &inventory, sample::minute(4)).unwrap();
        assert!(read(folder.path(), &scope).unwrap().is_some());
    }

    #[test]
    fn one_of_another_account_is_told_of() {
        let (folder, _, scope) = saved();
        let other = Scope {
            account: "444455556666".to_owned(),
            ..scope
        };
        assert!(
            read(folder.path(), &other)
                .unwrap_err()
                .to_string()
                .contains("another account")
        );
    }

    #[test]
    fn many_who_save_at_once_leave_a_whole_one() {
        let (folder, inventory, scope) = saved();
        std::thread::scope(|threads| {
            for number in 0..4 {
                let (folder, inventory) = (folder.path(), &inventory);
                threads.spawn(move || {
                    for _ in 0..10 {
                        write(folder, inventory, sample::minute(number)).unwrap();
                    }
                });
            }
            for _ in 0..10 {
                assert!(read(folder.path(), &scope).unwrap().is_some());
            }
        });
    }
}

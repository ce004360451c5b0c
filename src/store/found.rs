//! The files of what was found for a review: what the checks said when it was opened and when it was signed, each under its
//! digest beside the ledger.
//!
//! As with populations, the ledger has the digest, the file is written before the record that names it, and what a file holds
//! is checked against its name whenever it is read.

use super::file;
use crate::{
    domain::text::neutral,
    failure::{Failure, FailureKind},
    review::{digest, found::Found, population},
};
use std::path::{Path, PathBuf};

/// The folder of the files, in that of the scope.
const FOLDER: &str = "findings";

/// The most that a file may hold: a snapshot at its longest, and as much again of findings.
const MAX_BYTES: u64 = 128 << 20;

/// Returns whether there is a folder of such files in that of a scope.
pub fn lies_in(folder: &Path) -> bool {
    folder.join(FOLDER).is_dir()
}

/// Returns the file in the folder of its scope; absent when `digest` is not the digest of anything, as one that a damaged
/// ledger names: it must not lead out of the folder.
fn path(folder: &Path, digest: &str) -> Option<PathBuf> {
    digest::is_digest(digest).then(|| folder.join(FOLDER).join(population::file_name(digest)))
}

/// Writes what was found into the folder of its scope, and returns once it is on the disk.
pub fn write(folder: &Path, found: &Found) -> Result<PathBuf, Failure> {
    let Some(path) = path(folder, &found.digest) else {
        return Err(Failure::new(FailureKind::Bug, "The findings have no digest."));
    };
    file::write(&path, found.bytes())?;
    Ok(path)
}

/// Returns what was found by its digest, from the folder of its scope; nothing where there is no such file.
///
/// A file that holds something else than its name says is a failure, and never taken for what was found.
pub fn read(folder: &Path, digest: &str) -> Result<Option<Found>, Failure> {
    let Some(path) = path(folder, digest) else {
        let what = format!("The ledger names findings that cannot be any: {}.", neutral(digest));
        return Err(Failure::new(FailureKind::Disk, what).hint("check the ledger with: callsheet ledger verify"));
    };
    let Some(bytes) = file::read(&path, MAX_BYTES)? else {
        return Ok(None);
    };
    Found::parse(bytes, digest).map(Some).map_err(|error| {
        let what = format!("The findings {} do not check.", path.display());
        Failure::new(FailureKind::Disk, what)
            .because_of(&error)
            .hint("put the file back from a copy: its name is the digest of what it has to hold")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::sample, review::sample::found};
    use std::fs;

    #[test]
    fn what_was_written_is_read_and_holds_no_whole_address() {
        let folder = tempfile::tempdir().unwrap();
        let found = found();
        assert_eq!(read(folder.path(), &found.digest).unwrap(), None);
        let path = write(folder.path(), &found).unwrap();
        let back = read(folder.path(), &found.digest).unwrap().unwrap();
        assert_eq!(back.judgement, found.judgement);
        let account = back.account().unwrap();
        assert_eq!(
            account.contacts,
            sample::inventory().contacts,
            "pages of then can be simulated"
        );
        let text = fs::read_to_string(path).unwrap();
        for address in sample::ADDRESSES {
            assert!(!text.contains(address), "{address}");
        }
    }

    #[test]
    fn a_file_that_was_altered_is_never_taken() {
        let folder = tempfile::tempdir().unwrap();
        let found = found();
        let path = write(folder.path(), &found).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for altered in [text.replace("\"fail\"", "\"unknown\""), String::new(), "{}".to_owned()] {
            assert_ne!(altered, text);
            file::write(&path, altered.as_bytes()).unwrap();
            let failure = read(folder.path(), &found.digest).unwrap_err();
            assert!(failure.what().ends_with("do not check."), "{failure}");
        }
    }

    #[test]
    fn a_digest_that_is_none_names_no_file() {
        let folder = tempfile::tempdir().unwrap();
        for digest in ["", "../../etc/passwd", "\u{1b}[2J"] {
            let failure = read(folder.path(), digest).unwrap_err();
            assert!(failure.what().contains("cannot be any"), "{failure}");
            assert!(!failure.what().contains('\u{1b}'));
        }
    }
}

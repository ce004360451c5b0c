//! The files of populations: the rows that a review looked at, each population under its digest beside the ledger.
//!
//! The ledger has the digest and not the rows. A file is written before the record that names it, and never changes: another
//! content has another name. What a file holds is checked against its name whenever it is read.

use super::file;
use crate::{
    domain::{ids::Scope, text::neutral},
    failure::{Failure, FailureKind},
    review::{Population, digest, population},
};
use std::path::{Path, PathBuf};

/// The folder of the files, in that of the scope.
const FOLDER: &str = "populations";

/// The most that a file may hold: a hundred thousand rows of a kilobyte, and then some.
const MAX_BYTES: u64 = 256 << 20;

/// Returns whether there is a folder of populations in that of a scope.
pub fn lies_in(folder: &Path) -> bool {
    folder.join(FOLDER).is_dir()
}

/// Returns the file of a population in the folder of its scope; absent when `digest` is not the digest of anything, as one
/// that a damaged ledger names: it must not lead out of the folder.
pub fn path(folder: &Path, digest: &str) -> Option<PathBuf> {
    digest::is_digest(digest).then(|| folder.join(FOLDER).join(population::file_name(digest)))
}

/// Writes the file of a population in the folder of its scope, and returns once it is on the disk.
///
/// One that is there already is replaced: it holds the same, or else is damaged.
pub fn write(folder: &Path, scope: &Scope, population: &Population) -> Result<PathBuf, Failure> {
    let bytes = population
        .to_json(scope)
        .map_err(|error| super::unwritable("the population", &error))?;
    let Some(path) = path(folder, &population.digest) else {
        return Err(Failure::new(FailureKind::Bug, "The population has no digest."));
    };
    file::write(&path, &bytes)?;
    Ok(path)
}

/// Returns the population of this digest from the folder of its scope; nothing where there is no such file.
///
/// A file that holds something else than its name says is a failure, and never taken for what was looked at.
pub fn read(folder: &Path, digest: &str) -> Result<Option<Population>, Failure> {
    let Some(path) = path(folder, digest) else {
        let what = format!("The ledger names a population that cannot be one: {}.", neutral(digest));
        return Err(Failure::new(FailureKind::Disk, what).hint("check the ledger with: callsheet ledger verify"));
    };
    let Some(bytes) = file::read(&path, MAX_BYTES)? else {
        return Ok(None);
    };
    Population::parse(&bytes, digest).map(Some).map_err(|error| {
        let what = format!("The population {} does not check.", path.display());
        Failure::new(FailureKind::Disk, what)
            .because_of(&error)
            .hint("put it back from a copy: its name is the digest of what it has to hold")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{sample, world::contact_arn},
        review::row::{Field, Row, RowKind},
    };
    use std::{fs, sync::Arc};

    fn population() -> Population {
        let fields = vec![Field::new("devices", "none")];
        let row = Row::new(
            contact_arn("anna"),
            RowKind::Person,
            "Anna".to_owned(),
            fields,
            Vec::new(),
        );
        Population::new([Arc::new(row)])
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let population = population();
        assert_eq!(read(folder.path(), &population.digest).unwrap(), None);
        let scope = sample::inventory().scope();
        let path = write(folder.path(), &scope, &population).unwrap();
        assert_eq!(write(folder.path(), &scope, &population).unwrap(), path);
        assert_eq!(
            read(folder.path(), &population.digest).unwrap(),
            Some(population.clone())
        );
        let name = format!("populations/{}.json", population.digest);
        assert_eq!(path, folder.path().join(name));
    }

    #[test]
    fn a_file_that_was_altered_is_never_taken() {
        let folder = tempfile::tempdir().unwrap();
        let population = population();
        let scope = sample::inventory().scope();
        let path = write(folder.path(), &scope, &population).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for altered in [text.replace("Anna", "Anne"), String::new(), "{}".to_owned()] {
            file::write(&path, altered.as_bytes()).unwrap();
            let failure = read(folder.path(), &population.digest).unwrap_err();
            assert!(failure.what().ends_with("does not check."), "{failure}");
        }
    }

    #[test]
    fn a_digest_that_is_none_names_no_file() {
        let folder = tempfile::tempdir().unwrap();
        for digest in ["", "../../etc/passwd", &"E".repeat(64), "\u{1b}[2J"] {
            assert_eq!(path(folder.path(), digest), None);
            let failure = read(folder.path(), digest).unwrap_err();
            assert!(failure.what().contains("cannot be one"), "{failure}");
            assert!(!failure.what().contains('\u{1b}'));
        }
    }
}

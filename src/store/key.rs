//! The key of a scope's fingerprints.

use super::file;
use crate::{
    domain::fingerprint::FingerprintKey,
    failure::{Failure, FailureKind},
};
use std::path::Path;

/// Reads the key of a scope's folder, or makes it.
pub(super) fn read_or_make(folder: &Path) -> Result<FingerprintKey, Failure> {
    let path = folder.join("fingerprint.key");
    if let Some(bytes) = read(&path)? {
        return Ok(FingerprintKey::new(&bytes));
    }
    let mut fresh = [0; FingerprintKey::LENGTH];
    getrandom::fill(&mut fresh).map_err(|error| {
        Failure::new(FailureKind::Disk, "This machine gave no random numbers for a new key.").because_of(&error)
    })?;
    if file::create(&path, &fresh)? {
        return Ok(FingerprintKey::new(&fresh));
    }
    // Another callsheet made it at the same instant, and its key is as good.
    match read(&path)? {
        Some(bytes) => Ok(FingerprintKey::new(&bytes)),
        None => Err(broken(&path, "it was there a moment ago and is gone")),
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let limit = u64::try_from(FingerprintKey::LENGTH).unwrap_or(u64::MAX);
    match file::read(path, limit)? {
        Some(bytes) if bytes.len() != FingerprintKey::LENGTH => Err(broken(
            path,
            &format!("it has {} bytes in place of {}", bytes.len(), FingerprintKey::LENGTH),
        )),
        read => Ok(read),
    }
}

fn broken(path: &Path, why: &str) -> Failure {
    Failure::new(FailureKind::Disk, format!("The key {} is broken.", path.display()))
        .because(why)
        .hint("put it back from a backup; if there is none, remove it, and every address will look new once")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(folder: &Path) -> String {
        read_or_make(folder).unwrap().fingerprint("+447700900123")
    }

    #[test]
    fn a_key_is_made_once_for_each_folder() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_eq!(fingerprint(one.path()), fingerprint(one.path()));
        assert_ne!(fingerprint(one.path()), fingerprint(other.path()));
    }

    #[test]
    fn a_broken_key_is_told_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fingerprint.key");
        for bytes in [&b""[..], &[7; 31], &[7; 33]] {
            file::write(&path, bytes).unwrap();
            let failure = read_or_make(folder.path()).unwrap_err();
            assert!(failure.to_string().contains("fingerprint.key"), "{failure}");
            assert_eq!(file::read(&path, 100).unwrap().unwrap(), bytes);
        }
    }

    #[test]
    fn many_at_once_get_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let prints: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(|| fingerprint(folder.path()))).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(prints.len(), 1);
    }
}

//! Reading and writing whole files that only their owner can read.

use crate::failure::{Failure, FailureKind};
use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// Returns what a file holds, or nothing where there is no such file. A file of more than `limit` bytes is an error.
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Failure> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure(path, "read", &error)),
        Ok(length) if u64::try_from(length).is_ok_and(|length| length <= limit) => Ok(Some(bytes)),
        Ok(_) => {
            let error = io::Error::other(format!("it is longer than the {limit} bytes that such a file may have"));
            Err(failure(path, "read", &error))
        }
    }
}

/// Returns the files of a folder in the order of their names; none where there is no such folder.
pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failure(folder, "read", &error)),
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| failure(folder, "read", &error))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Replaces a file, or makes it, with its folders. Whoever reads meanwhile sees all of the old or all of the new one.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = prepare(path, bytes).and_then(|file| {
        file.persist(path)?;
        sync_folder(path)
    });
    written.map_err(|error| failure(path, "written", &error))
}

/// Writes a file that the operator named. Returns false, and leaves it alone, when it is there and must not be replaced.
pub fn export(path: &Path, bytes: &[u8], is_overwriting: bool) -> Result<bool, Failure> {
    if is_overwriting {
        write(path, bytes).map(|()| true)
    } else {
        create(path, bytes)
    }
    .map_err(|failure| failure.hint("name another file"))
}

/// Makes a file that must not be there yet. Returns false, and leaves it alone, when it is.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<bool, Failure> {
    let made = prepare(path, bytes).and_then(|file| match file.persist_noclobber(path) {
        Ok(_) => sync_folder(path).map(|()| true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    });
    made.map_err(|error| failure(path, "written", &error))
}

/// Opens a file to add to its end, and makes it where there is none.
pub fn append(path: &Path) -> Result<File, Failure> {
    open_to_append(path).map_err(|failure| failure.hint("name another file"))
}

/// Does the same for a file whose name nobody has chosen.
pub(super) fn open_to_append(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| failure(path, "opened", &error))
}

/// Waits until nobody else holds this lock, and holds it until what is returned is dropped, or the process ends in any way.
pub(super) fn lock(path: &Path) -> Result<File, Failure> {
    let file = open_to_append(path)?;
    file.lock().map_err(|error| failure(path, "locked", &error))?;
    Ok(file)
}

/// Does the same without waiting: nothing is returned where somebody else holds it.
pub(super) fn try_lock(path: &Path) -> Result<Option<File>, Failure> {
    let file = open_to_append(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failure(path, "locked", &error)),
    }
}

/// Makes the folder of a file that somebody else is going to write.
pub(super) fn make_folder_of(path: &Path) -> Result<(), Failure> {
    make_folder(folder_of(path)).map_err(|error| failure(path, "written", &error))
}

/// Writes a file beside the one that it is going to be, owner-only from its first byte.
fn prepare(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = folder_of(path);
    make_folder(folder)?;
    let mut file = tempfile::Builder::new().prefix(".callsheet-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a new name last: on Unix it lies in the folder, which is a file of its own.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Says what went wrong with a file, and what to do about it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the list is the system's and grows; what is not named gets the plain advice"
)]
pub(super) fn failure(path: &Path, done: &str, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room on the disk, then try again"
        }
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only: name a directory on another with --data-dir",
        io::ErrorKind::PermissionDenied => {
            "look who owns the file and its folder, or name another directory with --data-dir"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file is where a folder is needed: move it away, or name another directory with --data-dir"
        }
        io::ErrorKind::NotFound => "put it back with its folder, or name another directory with --data-dir",
        io::ErrorKind::IsADirectory => "a folder is where the file is needed: move it away",
        _ => "look at the file, or name another directory with --data-dir",
    };
    Failure::new(FailureKind::Disk, format!("{} could not be {done}.", path.display()))
        .because_of(error)
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        assert_eq!(read(&path, 10).unwrap(), None);
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path, 10).unwrap().unwrap(), b"two");
        let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside the file");
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"12345").unwrap();
        assert!(read(&path, 5).unwrap().is_some());
        assert!(
            read(&path, 4)
                .unwrap_err()
                .to_string()
                .contains("longer than the 4 bytes")
        );
    }

    #[test]
    fn a_file_that_is_there_is_not_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(create(&path, b"one").unwrap());
        assert!(!create(&path, b"two").unwrap());
        assert_eq!(read(&path, 10).unwrap().unwrap(), b"one");
    }

    #[test]
    fn an_export_replaces_a_file_only_when_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        assert!(export(&path, b"one", false).unwrap());
        assert!(!export(&path, b"two", false).unwrap());
        assert_eq!(read(&path, 10).unwrap().unwrap(), b"one");
        assert!(export(&path, b"two", true).unwrap());
        assert_eq!(read(&path, 10).unwrap().unwrap(), b"two");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("made/file"), folder.path().join("log"));
        write(&path, b"secret").unwrap();
        append(&log).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(mode(&log), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_what_it_leads_to_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        write(&target, b"precious").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&link, b"ours").unwrap();
        assert_eq!(read(&target, 10).unwrap().unwrap(), b"precious");
        assert_eq!(read(&link, 10).unwrap().unwrap(), b"ours");
    }

    #[test]
    fn failures_name_the_file_and_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, b"").unwrap();
        let beneath_a_file = write(&file.join("beneath"), b"").unwrap_err();
        assert!(beneath_a_file.what().contains("beneath could not be written"));
        assert!(
            beneath_a_file
                .next_action()
                .unwrap()
                .contains("a file is where a folder is needed")
        );
        let a_folder = read(folder.path(), 10).unwrap_err();
        assert!(
            a_folder
                .next_action()
                .unwrap()
                .contains("a folder is where the file is needed")
        );
        for (kind, remedy) in [
            (io::ErrorKind::StorageFull, "make room"),
            (io::ErrorKind::ReadOnlyFilesystem, "read-only"),
            (io::ErrorKind::PermissionDenied, "who owns"),
        ] {
            let failure = failure(&file, "written", &kind.into());
            assert!(failure.next_action().unwrap().contains(remedy), "{failure}");
        }
    }
}

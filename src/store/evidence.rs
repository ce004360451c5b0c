//! The folder that evidence is written to: one that somebody named, outside of everything that callsheet remembers.

use super::file;
use crate::failure::{Failure, FailureKind};
use std::{collections::BTreeMap, io, path::Path};

/// Writes files into a folder, by names in which `/` stands between folders, and returns once they are on the disk.
///
/// A folder in which something lies is left alone, unless it may be written over. What else lies in it stays.
pub fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>, is_overwriting: bool) -> Result<(), Failure> {
    if !is_overwriting && !is_free(folder)? {
        let what = format!("Something lies in the folder {} already.", folder.display());
        return Err(
            Failure::new(FailureKind::Usage, what).hint("name another folder, or write over it with --overwrite")
        );
    }
    for (name, bytes) in files {
        let path = name.split('/').fold(folder.to_owned(), |path, part| path.join(part));
        file::write(&path, bytes).map_err(|failure| failure.hint("name another folder with --to"))?;
    }
    Ok(())
}

fn is_free(folder: &Path) -> Result<bool, Failure> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(file::failure(folder, "written", &error).hint("name another folder with --to")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_folder_in_which_something_lies_is_left_alone_unless_it_may_be_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("a/b");
        let files = |text: &str| BTreeMap::from([("signatures/1.sig".to_owned(), text.as_bytes().to_vec())]);
        let read = || fs::read_to_string(to.join("signatures").join("1.sig")).unwrap();
        write(&to, &files("one"), false).unwrap();
        let failure = write(&to, &files("two"), false).unwrap_err();
        assert!(failure.next_action().unwrap().contains("--overwrite"), "{failure}");
        assert_eq!(read(), "one");
        write(&to, &files("two"), true).unwrap();
        assert_eq!(read(), "two");
        let failure = write(&to.join("signatures/1.sig"), &files(""), false).unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Disk, "{failure}");
    }
}

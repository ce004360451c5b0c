//! Definitions of people who are taken out: one file for each, made before the first write and never replaced.

use super::{Store, file, folder_name, unwritable};
use crate::{
    changes::removal::definition::Definition,
    domain::ids::{Arn, Scope},
    failure::{Failure, FailureKind},
};
use std::path::{Path, PathBuf};

/// A person has few devices and places: a file longer than this is none of ours.
const MAX_BYTES: u64 = 16 << 20;

/// The folder of definitions.
const FOLDER: &str = "removed";

impl Store {
    /// Saves somebody as they are before a changeset takes them out, and returns where. Only the owner can read it.
    pub fn save_definition(&self, scope: &Scope, changeset: &str, definition: &Definition) -> Result<PathBuf, Failure> {
        let path = self.definition(scope, changeset, &definition.contact);
        let text = definition
            .to_json()
            .map_err(|error| unwritable("a person who is taken out", &error))?;
        if file::create(&path, text.as_bytes())? {
            return Ok(path);
        }
        let what = format!("{} is there already.", path.display());
        Err(Failure::new(FailureKind::Disk, what).hint("give the changeset another name"))
    }

    fn definition(&self, scope: &Scope, changeset: &str, person: &Arn) -> PathBuf {
        let name = format!("{}-{}.json", folder_name(changeset), folder_name(person.name()));
        self.folder(scope).join(FOLDER).join(name)
    }

    /// Reads what was saved of somebody before a changeset; absent where nothing was.
    pub fn saved_definition(
        &self,
        scope: &Scope,
        changeset: &str,
        person: &Arn,
    ) -> Result<Option<Definition>, Failure> {
        let path = self.definition(scope, changeset, person);
        if path.exists() {
            Self::read_definition(&path).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Returns what was saved of somebody when they were taken out last; absent where nothing was.
    pub fn last_definition(&self, scope: &Scope, person: &Arn) -> Result<Option<Definition>, Failure> {
        let end = format!("-{}.json", folder_name(person.name()));
        let mut last: Option<Definition> = None;
        for path in file::list(&self.folder(scope).join(FOLDER))? {
            let is_named = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().ends_with(&end));
            if !is_named {
                continue;
            }
            let definition = Self::read_definition(&path)?;
            let is_later = last.as_ref().is_none_or(|last| last.read_at <= definition.read_at);
            // Another alias may end in this one.
            if definition.contact == *person && is_later {
                last = Some(definition);
            }
        }
        Ok(last)
    }

    /// Reads a definition that somebody names.
    pub fn read_definition(path: &Path) -> Result<Definition, Failure> {
        let wrong = |why: String| {
            let what = format!("{} could not be read.", path.display());
            Failure::new(FailureKind::Usage, what)
                .because(why)
                .hint("name a file that callsheet remove has told")
        };
        let bytes = file::read(path, MAX_BYTES)?.ok_or_else(|| wrong("there is no such file".to_owned()))?;
        Definition::from_json(&bytes).map_err(|error| wrong(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::removal::definition::SCHEMA,
        config::{Config, Environment, Flags},
        domain::world::contact_arn,
    };

    #[test]
    fn what_is_saved_is_read_by_its_owner_only_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let store = Store::new(&Config::load(&flags, &Environment::new([])).unwrap());
        let scope = Scope {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: None,
        };
        let definition = Definition {
            schema: SCHEMA.to_owned(),
            read_at: None,
            contact: contact_arn("anna"),
            display_name: None,
            plan: crate::domain::contact::Plan::default(),
            channels: Vec::new(),
            tags: crate::domain::tags::Tags::default(),
            places: Vec::new(),
        };
        let path = store.save_definition(&scope, "c1", &definition).unwrap();
        assert_eq!(Store::read_definition(&path).unwrap(), definition);
        let saved = |changeset| store.saved_definition(&scope, changeset, &definition.contact).unwrap();
        assert_eq!((saved("c1"), saved("c0")), (Some(definition.clone()), None));
        let later = Definition {
            read_at: Some(crate::domain::world::at(1)),
            ..definition.clone()
        };
        store.save_definition(&scope, "c0", &later).unwrap();
        let last = |alias| store.last_definition(&scope, &contact_arn(alias)).unwrap();
        assert_eq!(
            last(definition.contact.name()),
            Some(later),
            "the name of a changeset tells no order"
        );
        assert_eq!(last("nobody"), None);
        assert!(store.save_definition(&scope, "c1", &definition).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600);
        }
        let other = Definition {
            schema: "callsheet.definition/9".to_owned(),
            ..definition
        };
        let path = store.save_definition(&scope, "c2", &other).unwrap();
        let refused = Store::read_definition(&path).unwrap_err();
        assert!(refused.to_string().contains("callsheet.definition/9"), "{refused}");
    }
}

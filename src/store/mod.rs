//! The disk: everything that callsheet remembers, in files that only their owner can read.
//!
//! No other module writes a file. The code here blocks and knows no runtime; whoever has one calls it on a thread made
//! for waiting. A file of ours is replaced as a whole or not at all, so a kill at any instant leaves the old or the new
//! one; only the ledger grows at its end. What is remembered lies in one folder for each scope:
//!
//! ```text
//! <data directory>/last.json                       which account the usual settings led to
//! <data directory>/<account>/<region>/             one scope at AWS
//! <data directory>/<account>/<region>@<endpoint>/  the same behind another endpoint
//!     snapshot.json                                the last inventory, masked
//!     fingerprint.key                              the key of the addresses' fingerprints
//!     ledger.jsonl                                 what was seen, decided and done: added to, never replaced
//!     ledger.lock                                  who adds to it at this moment
//!     removed/<changeset>-<alias>.json             somebody who was taken out, as they were before
//!     ledger.torn-<number>                         a line of it that was not written to its end
//!     populations/<digest>.json                    the rows that a review looked at
//!     findings/<digest>.json                       what the checks said of them then, and the account of then, masked
//! <data directory>/demo/                           the same again for the embedded account
//!     account.json                                 the embedded account itself
//!     account.lock                                 which process may change it at this moment
//! <data directory>/waivers.toml                    the waivers, where the settings name no other file
//! <data directory>/waivers.lock                    who writes one at this moment
//! ```

mod definition;
pub mod evidence;
pub mod file;
pub mod found;
mod key;
mod last;
pub mod ledger;
pub mod population;
pub mod signature;
mod snapshot;

use crate::{
    config::{Asked, Config},
    domain::{
        Timestamp,
        fingerprint::FingerprintKey,
        ids::Scope,
        inventory::{Inventory, Snapshot},
    },
    failure::{Failure, FailureKind},
};
pub use file::export;
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

/// What is remembered between runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    data_dir: PathBuf,
    waivers: PathBuf,
    /// The embedded account has another address in every run, so the address does not tell its folders apart.
    is_demo: bool,
}

/// The right to change the embedded account, until this is dropped.
#[derive(Debug)]
pub struct DemoLock {
    _file: File,
}

impl Store {
    /// Returns the store that the settings name. Nothing is read or made before it is needed.
    pub fn new(config: &Config) -> Self {
        Self {
            data_dir: config.data_dir.clone(),
            waivers: config
                .judging
                .waivers
                .clone()
                .unwrap_or_else(|| config.data_dir.join("waivers.toml")),
            is_demo: config.demo.is_some(),
        }
    }

    /// Returns the file of waivers, which may not be there yet.
    pub fn waivers(&self) -> &Path {
        &self.waivers
    }

    /// Replaces the file of waivers by what `change` makes of it. Others that change it meanwhile wait, so that nothing that
    /// one of two desks has written is lost.
    pub fn change_waivers(
        &self,
        limit: u64,
        change: impl FnOnce(&[u8]) -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        let lock = self.data_dir.join("waivers.lock");
        file::make_folder_of(&lock)?;
        let _lock = file::lock(&lock)?;
        let before = file::read(&self.waivers, limit)?.unwrap_or_default();
        file::write(&self.waivers, change(&before)?.as_bytes())
    }

    /// Returns the directory that holds everything.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Returns the file in which the embedded account is kept between runs. Its folder is there, the file may not be.
    pub fn demo_account(&self) -> Result<PathBuf, Failure> {
        let path = self.data_dir.join("account.json");
        file::make_folder_of(&path)?;
        Ok(path)
    }

    /// Takes the embedded account for this process alone, until what is returned is dropped: it is kept in memory and saved
    /// whole, so that two processes would overwrite what the other one has changed.
    pub fn take_demo_account(&self) -> Result<DemoLock, Failure> {
        let path = self.data_dir.join("account.lock");
        file::make_folder_of(&path)?;
        let Some(mut lock) = file::try_lock(&path)? else {
            let holder = file::read(&path, 64).ok().flatten();
            let holder = holder.and_then(|bytes| String::from_utf8(bytes).ok()?.trim().parse::<u32>().ok());
            let what = holder.map_or_else(
                || "The demo account is open in another callsheet.".to_owned(),
                |process| format!("The demo account is open in another callsheet, process {process}."),
            );
            return Err(Failure::new(FailureKind::Disk, what)
                .because("two that change it would each overwrite what the other has done")
                .hint("leave the other one first, or give this one an account of its own with --data-dir"));
        };
        // Only for the message above: the lock itself ends with the process, however that ends.
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .map_err(|error| file::failure(&path, "written", &error))?;
        Ok(DemoLock { _file: lock })
    }

    /// Returns the folder of a scope, which may not exist yet.
    pub fn folder(&self, scope: &Scope) -> PathBuf {
        let region = folder_name(&scope.region);
        let region = match &scope.endpoint {
            Some(endpoint) if !self.is_demo => format!("{region}@{}", folder_name(endpoint)),
            _ => region,
        };
        self.data_dir.join(folder_name(&scope.account)).join(region)
    }

    /// Returns the file of a scope's ledger, which may not exist yet.
    pub fn ledger(&self, scope: &Scope) -> PathBuf {
        self.folder(scope).join(ledger::NAME)
    }

    /// Returns a scope as its ledger names it.
    ///
    /// The embedded account has another address in every run, and a ledger is about one scope from its first record to its
    /// last. Without any endpoint it would look like a ledger of AWS.
    pub fn recorded_scope(&self, scope: &Scope) -> Scope {
        let mut scope = scope.clone();
        if self.is_demo {
            scope.endpoint = Some("demo".to_owned());
        }
        scope
    }

    /// Returns the scope that these settings led to last time.
    pub fn last_scope(&self, asked: &Asked) -> Result<Option<Scope>, Failure> {
        Ok(last::read(&self.data_dir)?.scope(asked).cloned())
    }

    /// Returns the last snapshot of the account that these settings led to last time.
    ///
    /// A failure says why there is a snapshot and it is of no use; it is worth a notice and never stops a start. The
    /// settings may lead to another account by now: as soon as the account has told who it is, compare the scopes.
    pub fn recall(&self, asked: &Asked) -> Result<Option<Snapshot>, Failure> {
        match last::read(&self.data_dir)?.scope(asked) {
            Some(scope) => snapshot::read(&self.folder(scope), scope),
            None => Ok(None),
        }
    }

    /// Returns the last snapshot of a scope, as its ledger names it.
    pub fn snapshot(&self, scope: &Scope) -> Result<Option<Snapshot>, Failure> {
        snapshot::read(&self.folder(scope), scope)
    }

    /// Saves an inventory as the last snapshot of its scope, and that `asked` led there.
    ///
    /// Whole addresses leave a fingerprint, so that the next load can tell which have changed. An inventory that does not
    /// know its account belongs nowhere, and is not saved.
    pub fn save(&self, asked: Option<&Asked>, inventory: &Inventory, now: Timestamp) -> Result<(), Failure> {
        if inventory.account().is_none() {
            return Ok(());
        }
        let mut scope = inventory.scope();
        let key = self.fingerprint_key(&scope)?;
        let mut inventory = inventory.clone();
        inventory.add_fingerprints(&key);
        snapshot::write(&self.folder(&scope), &inventory, now)?;
        if self.is_demo {
            scope.endpoint = None;
        }
        asked.map_or(Ok(()), |asked| last::remember(&self.data_dir, asked, &scope))
    }

    /// Returns the key of a scope's fingerprints, which is made when it is asked for first.
    ///
    /// A key that cannot be read is an error and is never replaced: with another key every phone would look new.
    pub fn fingerprint_key(&self, scope: &Scope) -> Result<FingerprintKey, Failure> {
        key::read_or_make(&self.folder(scope))
    }
}

/// Says that a value of ours could not be put into the form it has on the disk.
fn unwritable(what: &str, error: &serde_json::Error) -> Failure {
    Failure::new(FailureKind::Bug, format!("The form of {what} could not be written.")).because_of(error)
}

/// Returns a name for a folder that every file system takes, different for different texts.
///
/// Accounts and Regions stay as they are. Whatever else comes (they are strings from outside) is spelled with harmless
/// characters, and a digest keeps it apart from others that would be spelled the same.
fn folder_name(text: &str) -> String {
    let bare = text.trim_start_matches("https://").trim_start_matches("http://");
    let is_harmless = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let harmless: String = bare
        .chars()
        .take(MAX_NAME_LENGTH)
        .map(|c| if is_harmless(c) { c } else { '_' })
        .collect();
    let is_plain = harmless == text && !text.is_empty() && !text.starts_with('.');
    if is_plain {
        return harmless;
    }
    let digest = Sha256::digest(text);
    let mut name = format!("{}-", harmless.trim_start_matches('.'));
    for byte in digest.iter().take(4) {
        write!(name, "{byte:02x}").ok();
    }
    name
}

/// Longer names are cut: two of them and the digest stay below the 255 bytes that file systems take.
const MAX_NAME_LENGTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn store(is_demo: bool) -> Store {
        Store {
            data_dir: PathBuf::from("data"),
            waivers: PathBuf::from("waivers.toml"),
            is_demo,
        }
    }

    fn scope(account: &str, region: &str, endpoint: Option<&str>) -> Scope {
        Scope {
            account: account.to_owned(),
            region: region.to_owned(),
            endpoint: endpoint.map(str::to_owned),
        }
    }

    #[test]
    fn a_scope_at_aws_has_plain_folders() {
        let folder = store(false).folder(&scope("111122223333", "eu-west-1", None));
        assert_eq!(folder, Path::new("data/111122223333/eu-west-1"));
    }

    #[test]
    fn an_endpoint_has_a_folder_of_its_own() {
        let at = |endpoint| store(false).folder(&scope("111122223333", "eu-west-1", Some(endpoint)));
        let (one, other) = (at("http://127.0.0.1:4010"), at("https://127.0.0.1:4010"));
        assert_ne!(one, other);
        let name = one.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("eu-west-1@127.0.0.1_4010-"), "{name}");
    }

    #[test]
    fn the_demo_account_keeps_its_folder_when_its_address_changes() {
        let at = |endpoint| store(true).folder(&scope("111122223333", "eu-west-1", Some(endpoint)));
        assert_eq!(at("http://127.0.0.1:1"), at("http://127.0.0.1:2"));
    }

    #[test]
    fn no_name_leads_out_of_the_data_directory() {
        for text in [
            "..",
            ".",
            "",
            "../../etc",
            "a/b",
            "a\\b",
            "a\0b",
            "\u{1b}[2J",
            "AUX",
            &"x".repeat(5000),
        ] {
            let name = folder_name(text);
            assert!(
                !name.starts_with('.') && !name.contains(['/', '\\', '\0']),
                "{text:?}: {name:?}"
            );
            assert!((1..=100).contains(&name.len()), "{text:?}: {name:?}");
        }
        assert_ne!(folder_name("a/b"), folder_name("a_b"));
        assert_ne!(folder_name("EU-WEST-1"), folder_name("eu-west-1"));
    }

    #[test]
    fn the_settings_lead_back_to_the_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        for is_demo in [false, true] {
            let store = Store {
                data_dir: folder.path().join(is_demo.to_string()),
                waivers: PathBuf::from("waivers.toml"),
                is_demo,
            };
            let asked = Asked {
                profile: Some("audit".to_owned()),
                region: None,
                endpoint: None,
            };
            assert_eq!(store.recall(&asked).unwrap(), None);
            let mut inventory = sample::inventory();
            inventory.endpoint = Some("http://127.0.0.1:4010".to_owned());
            store.save(Some(&asked), &inventory, sample::minute(5)).unwrap();
            let snapshot = store.recall(&asked).unwrap().unwrap();
            let key = store.fingerprint_key(&inventory.scope()).unwrap();
            inventory.add_fingerprints(&key);
            assert_eq!(snapshot.inventory, inventory);
        }
    }

    #[test]
    fn an_inventory_without_an_account_is_not_saved() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store {
            data_dir: folder.path().join("data"),
            waivers: PathBuf::from("waivers.toml"),
            is_demo: false,
        };
        store
            .save(None, &Inventory::empty("eu-west-1", None), sample::minute(0))
            .unwrap();
        assert!(!store.data_dir().exists());
    }

    #[test]
    fn waivers_that_two_desks_add_at_once_are_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store {
            data_dir: folder.path().join("data"),
            waivers: folder.path().join("waivers.toml"),
            is_demo: false,
        };
        std::thread::scope(|scope| {
            for desk in 0..4 {
                let store = store.clone();
                scope.spawn(move || {
                    for number in 0..20 {
                        let line = format!("{desk}-{number}\n");
                        store
                            .change_waivers(10_000, |before| Ok(String::from_utf8(before.to_vec()).unwrap() + &line))
                            .unwrap();
                    }
                });
            }
        });
        let bytes = file::read(store.waivers(), 10_000).unwrap().unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap().lines().count(), 80);
    }

    #[test]
    fn the_demo_account_is_open_in_one_place_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(true);
        store.data_dir = folder.path().join("data");
        let held = store.take_demo_account().unwrap();
        let refused = store.take_demo_account().unwrap_err();
        let ours = format!("process {}", std::process::id());
        assert!(refused.what().contains(&ours), "{refused}");
        drop(held);
        store.take_demo_account().unwrap();
    }
}

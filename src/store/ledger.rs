//! The file of a ledger: read whole, added to at its end, and never changed otherwise.
//!
//! Whoever adds records holds the lock of `ledger.lock`, looks what others have added meanwhile, checks it, and goes on
//! from there: two programs interleave, and never fork the chain. The lock is a file of its own, because on some systems
//! nobody else can read a file that is locked, and because a ledger that is put back from a copy is another file under
//! the same name: who waits for the lock of the old one would not see the new one.
//!
//! Every addition is one write, flushed to the disk before anybody is told that it was recorded. A write that fails
//! is taken back. Where that fails too, or the power does, a line without an end is left: the next writer sets it aside
//! in `ledger.torn-<number>` and records that it did. Anything else that does not check stays as it is, and stops all
//! writing.

use super::{Store, file};
use crate::{
    domain::{Timestamp, ids::Scope},
    failure::{Failure, FailureKind},
    ledger::{
        Entry,
        chain::{Chain, Composed, Fault, State},
        entry::TornLine,
        hash::RecordHash,
        line::Defect,
        record::{Actor, Content, Record, Tool, Writer},
    },
};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The name of the file in the folder of its scope.
pub(super) const NAME: &str = "ledger.jsonl";

/// The bytes that are read at once.
const PIECE: usize = 1 << 20;

/// How many torn lines may be set aside under one number: each needs a power cut of its own between two records.
const MAX_TORN: u64 = 100;

/// What a torn line may take: no more than a whole one, [`MAX_BYTES`](crate::ledger::line::MAX_BYTES).
const MAX_TORN_BYTES: u64 = 16 << 20;

/// Returns who writes records: the caller as the account knows it, at this machine.
///
/// What the system does not tell is recorded as not known; it stops nobody.
pub fn actor(caller: &str) -> Actor {
    let known = |name: whoami::Result<String>| name.unwrap_or_else(|_unknown| "unknown".to_owned());
    Actor {
        caller: caller.to_owned(),
        user: known(whoami::username()),
        host: known(whoami::hostname()),
    }
}

/// Returns the ledgers that there are in the data directory, in the order of their paths; of one Region, where it is named.
pub fn all(store: &Store, region: Option<&str>) -> Result<Vec<PathBuf>, Failure> {
    let region = region.map(super::folder_name);
    let is_asked_for = |folder: &Path| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let of = name.split('@').next().unwrap_or_default();
        region.as_deref().is_none_or(|region| region == of)
    };
    let mut found = Vec::new();
    for account in folders(&store.data_dir)? {
        for folder in folders(&account)?.into_iter().filter(|folder| is_asked_for(folder)) {
            let path = folder.join(NAME);
            if path
                .try_exists()
                .map_err(|error| file::failure(&path, "read", &error))?
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failure = |error: &io::Error| file::failure(folder, "read", error);
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries.map_err(|error| failure(&error))?,
    };
    for entry in entries {
        let path = entry.map_err(|error| failure(&error))?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}

/// Reads the ledger in `path`, which has to be about `scope` where one is given. Nothing is changed.
///
/// One that does not check is no failure: the state says what is wrong with it.
pub fn read(path: &Path, scope: Option<&Scope>) -> Result<Chain, Failure> {
    let _lock = Lock::shared(path)?;
    let mut state = State::new(scope);
    let file = File::open(path).map_err(|error| file::failure(path, "read", &error))?;
    let records = read_on(&file, path, &mut state)?;
    Ok(Chain { records, state })
}

/// Reads the ledger in `path` with the bytes of its whole lines: what a copy of it is made of.
pub fn read_with_bytes(path: &Path) -> Result<(Vec<u8>, Chain), Failure> {
    let _lock = Lock::shared(path)?;
    let mut bytes = std::fs::read(path).map_err(|error| file::failure(path, "read", &error))?;
    let chain = Chain::read(&bytes, None);
    bytes.truncate(usize::try_from(chain.state.length).unwrap_or(usize::MAX));
    Ok((bytes, chain))
}

/// A ledger that records can be added to.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    writer: Writer,
    state: State,
    /// What others have added and nobody has been told of, because what was to follow failed.
    unseen: Vec<Record>,
}

impl Ledger {
    /// Opens the ledger of a scope, and reads all of it. It need not be there yet: the first record makes it.
    ///
    /// Nothing is changed. One that does not check can be opened, so that it can be looked at.
    pub fn open(store: &Store, scope: &Scope, actor: Actor) -> Result<(Self, Chain), Failure> {
        let path = store.ledger(scope);
        let scope = store.recorded_scope(scope);
        let chain = match path.try_exists() {
            Ok(true) => read(&path, Some(&scope))?,
            Ok(false) => Chain {
                records: Vec::new(),
                state: State::new(Some(&scope)),
            },
            Err(error) => return Err(file::failure(&path, "read", &error)),
        };
        let ledger = Self {
            path,
            writer: Writer {
                scope: Arc::new(scope),
                actor: Arc::new(actor),
                tool: Arc::new(Tool::this()),
            },
            state: chain.state.clone(),
            unseen: Vec::new(),
        };
        Ok((ledger, chain))
    }

    /// Returns the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns what is known of the ledger as a whole.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Adds records, and returns once they are on the disk.
    ///
    /// Returned is everything that is new in the ledger since it was looked at last: what others have added, what is said
    /// of a torn line, and then these records. They are all there or none is. After a failure nothing was recorded, and
    /// what was to be done must not be done.
    pub fn append(&mut self, now: Timestamp, entries: &[Entry]) -> Result<Vec<Record>, Failure> {
        self.add(now, entries, None)
    }

    /// Does the same, if `head` still is the hash of the last record when these are written: a sign-off names it.
    pub fn append_to_head(
        &mut self,
        now: Timestamp,
        entries: &[Entry],
        head: RecordHash,
    ) -> Result<Vec<Record>, Failure> {
        self.add(now, entries, Some(head))
    }

    fn add(&mut self, now: Timestamp, entries: &[Entry], head: Option<RecordHash>) -> Result<Vec<Record>, Failure> {
        let contents: Vec<Content> = entries.iter().map(Content::of).collect::<Result<_, _>>()?;
        let is_new = self.state.line_count == 0;
        if is_new {
            file::make_folder_of(&self.path)?;
        }
        let lock = Lock::exclusive(&self.path)?;
        let file = self.open_file(is_new)?;
        self.catch_up(&file)?;
        if let Some(fault) = &self.state.fault {
            return Err(stopped(&self.path, fault));
        }
        let torn = self.set_aside(&file)?;
        if head.is_some_and(|head| head != self.state.head || !torn.is_empty()) {
            let composed = self.state.compose(&self.writer, now, torn)?;
            self.write(&file, composed)?;
            return Err(self.grown());
        }
        let composed = self
            .state
            .compose(&self.writer, now, torn.into_iter().chain(contents))?;
        self.write(&file, composed)?;
        drop(lock);
        Ok(std::mem::take(&mut self.unseen))
    }

    fn grown(&self) -> Failure {
        let what = format!("The ledger {} has grown meanwhile.", self.path.display());
        Failure::new(FailureKind::Disk, what)
            .because("something else was recorded after the record that this was to follow")
            .hint("look at what was added, then do it again")
    }

    /// Reads what others have added since the ledger was looked at last.
    pub fn refresh(&mut self) -> Result<Vec<Record>, Failure> {
        let _lock = Lock::shared(&self.path)?;
        match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.state.line_count == 0 => Ok(Vec::new()),
            Err(error) => Err(file::failure(&self.path, "read", &error)),
            Ok(file) => {
                self.catch_up(&file)?;
                Ok(std::mem::take(&mut self.unseen))
            }
        }
    }

    fn open_file(&self, may_make: bool) -> Result<File, Failure> {
        let mut options = OpenOptions::new();
        // Not for appending: that right alone does not let Windows take a write back.
        options.read(true).write(true).create(may_make).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let opened = options.open(&self.path).and_then(|file| {
            if may_make {
                // The file, the folder of the Region and that of the account may all be new.
                self.path.ancestors().take(3).try_for_each(file::sync_folder)?;
            }
            Ok(file)
        });
        opened.map_err(|error| unrecorded(&self.path, &error))
    }

    /// Reads on from where the last look ended, when the file still holds what it held then.
    fn catch_up(&mut self, file: &File) -> Result<(), Failure> {
        if self.state.fault.is_none() && !self.ends_as_seen(file)? {
            let line = self.state.line_count;
            self.state.fault = Some(Fault {
                line,
                defect: Defect::Gone,
            });
            return Ok(());
        }
        let news = read_on(file, &self.path, &mut self.state)?;
        self.unseen.extend(news);
        Ok(())
    }

    /// Returns whether the last line that was read still stands where it stood.
    ///
    /// Its hash is enough: it covers the line, and through the lines before it all the rest.
    fn ends_as_seen(&self, mut file: &File) -> Result<bool, Failure> {
        if self.state.line_count == 0 {
            return Ok(true);
        }
        let ending = format!("{}\"}}\n", self.state.head);
        let length = u64::try_from(ending.len()).unwrap_or(u64::MAX);
        let mut found = Vec::new();
        file.seek(SeekFrom::Start(self.state.length.saturating_sub(length)))
            .and_then(|_| file.take(length).read_to_end(&mut found))
            .map_err(|error| file::failure(&self.path, "read", &error))?;
        Ok(found == ending.as_bytes())
    }

    /// Puts a line that was not written to its end into a file of its own, and returns what is recorded of it.
    ///
    /// The copy is on the disk before the line is cut off, and its name has the number of the record that tells of it: after
    /// a kill between the two the next writer finds the copy, and tells of it then.
    fn set_aside(&mut self, file: &File) -> Result<Vec<Content>, Failure> {
        if let Some(torn) = self.state.torn() {
            self.keep_copy(torn)?;
            file.set_len(self.state.length)
                .and_then(|()| file.sync_all())
                .map_err(|error| unrecorded(&self.path, &error))?;
            self.state.forget_torn();
        }
        let mut contents = Vec::new();
        for path in self.torn_paths() {
            let Some(bytes) = file::read(&path, MAX_TORN_BYTES)? else {
                break;
            };
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            contents.push(Content::of(&Entry::TornLine(TornLine {
                bytes: bytes.len(),
                digest: RecordHash::of(&bytes).to_string(),
                kept_in: name,
            }))?);
        }
        Ok(contents)
    }

    fn keep_copy(&self, torn: &[u8]) -> Result<(), Failure> {
        for path in self.torn_paths() {
            if file::create(&path, torn)? || file::read(&path, MAX_TORN_BYTES)?.as_deref() == Some(torn) {
                return Ok(());
            }
        }
        let what = format!("The torn line of {} could not be set aside.", self.path.display());
        Err(Failure::new(FailureKind::Disk, what)
            .because(format!("there are {MAX_TORN} torn lines beside it already"))
            .hint("look what keeps the ledger from being written, and move the files ledger.torn-… away"))
    }

    /// Returns the names that torn lines have when the next record tells of them.
    fn torn_paths(&self) -> impl Iterator<Item = PathBuf> {
        let next = self.state.proven_count.saturating_add(1);
        (1..=MAX_TORN).map(move |number| {
            let name = if number == 1 {
                format!("ledger.torn-{next}")
            } else {
                format!("ledger.torn-{next}-{number}")
            };
            self.path.with_file_name(name)
        })
    }

    fn write(&mut self, mut file: &File, composed: Composed) -> Result<(), Failure> {
        let written = file
            .seek(SeekFrom::Start(self.state.length))
            .and_then(|_| file.write_all(&composed.bytes))
            .and_then(|()| file.sync_all());
        if let Err(error) = written {
            let failure = unrecorded(&self.path, &error);
            let taken_back = file.set_len(self.state.length).and_then(|()| file.sync_all());
            return Err(match taken_back {
                Ok(()) => failure,
                Err(_) => failure.because("what was written of it could not be taken back, so a torn line may be left"),
            });
        }
        self.state = composed.state;
        self.unseen.extend(composed.records);
        Ok(())
    }
}

/// Reads a file from where the state ends to its end.
fn read_on(mut file: &File, path: &Path, state: &mut State) -> Result<Vec<Record>, Failure> {
    let failed = |error: &io::Error| file::failure(path, "read", error);
    state.forget_torn();
    file.seek(SeekFrom::Start(state.length))
        .map_err(|error| failed(&error))?;
    let mut records = Vec::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(records),
            Ok(length) => records.extend(state.read(piece.get(..length).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(&error)),
        }
    }
}

/// Says that nothing can be recorded because the ledger does not check.
fn stopped(path: &Path, fault: &Fault) -> Failure {
    let told = fault.failure(path);
    let what = "Nothing can be recorded, because the ledger does not check.";
    let failure = Failure::new(told.kind(), what).because(told.what());
    let failure = told.why().iter().fold(failure, Failure::because);
    failure.hint(told.next_action().unwrap_or_default())
}

/// Says that something was not recorded, and why.
fn unrecorded(path: &Path, error: &io::Error) -> Failure {
    file::failure(path, "written, so nothing was recorded", error)
}

/// The right to read or to write a ledger for a moment; it ends when this is dropped.
struct Lock(#[expect(dead_code, reason = "the file holds the lock as long as it is open")] Option<File>);

impl Lock {
    fn path(ledger: &Path) -> PathBuf {
        ledger.with_file_name("ledger.lock")
    }

    /// Waits until nobody else reads or writes.
    fn exclusive(ledger: &Path) -> Result<Self, Failure> {
        file::lock(&Self::path(ledger)).map(|file| Self(Some(file)))
    }

    /// Waits until nobody writes.
    ///
    /// A copy of a ledger has no lock, and that of somebody else may not be opened: then it is read without. At the worst a
    /// record that is just being written looks torn.
    fn shared(ledger: &Path) -> Result<Self, Failure> {
        let path = Self::path(ledger);
        let Ok(file) = File::open(&path) else {
            return Ok(Self(None));
        };
        file.lock_shared()
            .map_err(|error| file::failure(&path, "locked", &error))?;
        Ok(Self(Some(file)))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests damage files and take them away")]
mod tests {
    use super::*;
    use crate::{
        domain::sample::minute,
        ledger::sample::{self, note, scope},
    };
    use std::fs;
    use tempfile::TempDir;

    /// A data directory with the ledger of one account.
    struct Place {
        folder: TempDir,
    }

    impl Place {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
            }
        }

        fn store(&self) -> Store {
            Store {
                data_dir: self.folder.path().join("data"),
                waivers: PathBuf::new(),
                is_demo: false,
            }
        }

        fn open(&self) -> (Ledger, Chain) {
            Ledger::open(&self.store(), &scope(), sample::actor()).unwrap()
        }

        fn path(&self) -> PathBuf {
            self.store().ledger(&scope())
        }

        fn bytes(&self) -> Vec<u8> {
            fs::read(self.path()).unwrap()
        }

        /// Makes a ledger of this many notes, and returns it opened.
        fn with_notes(&self, count: i64) -> Ledger {
            let (mut ledger, _) = self.open();
            for number in 1..=count {
                ledger
                    .append(minute(number), &[note(&format!("note {number}"))])
                    .unwrap();
            }
            ledger
        }

        /// Returns the names of the files beside the ledger.
        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.path().parent().unwrap()).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        }
    }

    fn texts(records: &[Record]) -> Vec<String> {
        let text = |record: &Record| {
            record
                .object()
                .get("text")
                .and_then(|text| text.as_str().map(str::to_owned))
        };
        records
            .iter()
            .map(|record| text(record).unwrap_or_else(|| record.kind.clone()))
            .collect()
    }

    /// Claims that nothing can be recorded any more, and that the file stays as it is.
    #[track_caller]
    fn assert_stopped(place: &Place, ledger: &mut Ledger, why: &str) {
        let before = place.bytes();
        let failure = ledger.append(minute(9), &[note("lost")]).unwrap_err();
        assert!(failure.what().contains("Nothing can be recorded"), "{failure}");
        assert!(failure.to_string().contains(why), "{failure}");
        assert!(failure.to_string().contains("ledger.jsonl"), "{failure}");
        assert!(failure.next_action().is_some(), "{failure}");
        assert_eq!(place.bytes(), before, "what does not check is never repaired");
    }

    #[test]
    fn what_is_recorded_is_there_when_the_ledger_is_opened_again() {
        let place = Place::new();
        assert_eq!(place.open().1.records.len(), 0);
        assert!(!place.store().data_dir().exists(), "opening makes nothing");
        let mut ledger = place.with_notes(2);
        let records = ledger.append(minute(3), &[note("a"), note("b")]).unwrap();
        assert_eq!(texts(&records), ["a", "b"]);
        let (again, chain) = place.open();
        assert_eq!(texts(&chain.records), ["note 1", "note 2", "a", "b"]);
        assert_eq!((again.state().head, again.state().proven_count), (records[1].hash, 4));
        assert_eq!(chain.records[3].actor.as_ref(), &sample::actor());
        assert_eq!(chain.records[3].at, minute(3));
        assert_eq!(place.names(), ["ledger.jsonl", "ledger.lock"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_a_ledger() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = Place::new();
        place.with_notes(1);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&place.path()), 0o600);
        assert_eq!(mode(place.path().parent().unwrap()), 0o700);
    }

    #[test]
    fn the_ledger_of_the_demo_stays_one_when_its_address_changes() {
        let place = Place::new();
        let store = Store {
            is_demo: true,
            ..place.store()
        };
        for (port, count) in [(1, 0), (2, 1)] {
            let scope = Scope {
                endpoint: Some(format!("http://127.0.0.1:{port}")),
                ..scope()
            };
            let (mut ledger, chain) = Ledger::open(&store, &scope, sample::actor()).unwrap();
            assert_eq!((chain.state.fault, chain.records.len()), (None, count));
            let records = ledger.append(minute(port), &[note("demo")]).unwrap();
            assert_eq!(records[0].scope.endpoint.as_deref(), Some("demo"));
        }
    }

    #[test]
    fn two_who_write_take_turns_and_see_what_the_other_has_written() {
        let place = Place::new();
        let (mut one, mut other) = (place.open().0, place.open().0);
        assert_eq!(texts(&one.append(minute(1), &[note("a")]).unwrap()), ["a"]);
        assert_eq!(texts(&other.append(minute(2), &[note("b")]).unwrap()), ["a", "b"]);
        assert_eq!(texts(&one.refresh().unwrap()), ["b"]);
        assert_eq!(one.refresh().unwrap(), []);
        assert_eq!(texts(&one.append(minute(3), &[note("c")]).unwrap()), ["c"]);
        assert_eq!(texts(&other.refresh().unwrap()), ["c"]);
        assert_eq!(texts(&place.open().1.records), ["a", "b", "c"]);
    }

    #[test]
    fn a_torn_line_is_set_aside_and_told_of() {
        let place = Place::new();
        place.with_notes(2);
        let whole = place.bytes();
        for length in (1..sample::ledger(1).len()).step_by(19) {
            let torn = &sample::ledger(1)[..length];
            fs::write(place.path(), [whole.as_slice(), torn].concat()).unwrap();
            let (mut ledger, chain) = place.open();
            assert_eq!(chain.state.torn(), Some(torn));
            let records = ledger.append(minute(3), &[note("on")]).unwrap();
            assert_eq!(texts(&records), ["torn_line", "on"]);
            let told = records[0].object();
            assert_eq!(
                (told["kept_in"].as_str(), told["bytes"].as_u64()),
                (Some("ledger.torn-3"), u64::try_from(length).ok())
            );
            assert_eq!(told["digest"], RecordHash::of(torn).to_string());
            assert_eq!(place.names(), ["ledger.jsonl", "ledger.lock", "ledger.torn-3"]);
            let aside = place.path().with_file_name("ledger.torn-3");
            assert_eq!(fs::read(&aside).unwrap(), torn);
            assert_eq!(place.open().1.state.fault, None);
            fs::remove_file(aside).unwrap();
        }
    }

    #[test]
    fn a_torn_line_is_told_of_though_the_writer_was_killed_while_setting_it_aside() {
        let place = Place::new();
        place.with_notes(2);
        // The copy was made, and the line may have been cut off or not.
        for rest in ["", "{\"v\":1,\"se"] {
            let whole = sample::ledger(2);
            fs::write(place.path(), [&whole, rest.as_bytes()].concat()).unwrap();
            fs::write(place.path().with_file_name("ledger.torn-3"), "{\"v\":1,\"se").unwrap();
            let records = place.open().0.append(minute(3), &[note("on")]).unwrap();
            assert_eq!(texts(&records), ["torn_line", "on"]);
            assert_eq!(place.names(), ["ledger.jsonl", "ledger.lock", "ledger.torn-3"]);
        }
        // The record of it was torn, too.
        fs::write(place.path(), [&sample::ledger(2), &b"{\"v\""[..]].concat()).unwrap();
        let records = place.open().0.append(minute(3), &[note("on")]).unwrap();
        assert_eq!(texts(&records), ["torn_line", "torn_line", "on"]);
        assert_eq!(records[1].object()["kept_in"], "ledger.torn-3-2");
    }

    #[test]
    fn a_ledger_that_does_not_check_is_read_and_never_written() {
        let place = Place::new();
        place.with_notes(3);
        let mut bytes = place.bytes();
        bytes[40] ^= 1;
        fs::write(place.path(), &bytes).unwrap();
        let (mut ledger, chain) = place.open();
        assert_eq!(chain.records.len(), 2);
        assert_stopped(&place, &mut ledger, "does not check at line 1");
    }

    #[test]
    fn a_ledger_of_another_account_is_never_written() {
        let place = Place::new();
        place.with_notes(1);
        let elsewhere = Scope {
            account: "444455556666".to_owned(),
            ..scope()
        };
        let path = place.store().ledger(&elsewhere);
        file::write(&path, &place.bytes()).unwrap();
        let (mut ledger, _) = Ledger::open(&place.store(), &elsewhere, sample::actor()).unwrap();
        let failure = ledger.append(minute(2), &[note("lost")]).unwrap_err();
        assert!(
            failure.to_string().contains("is about account 111122223333"),
            "{failure}"
        );
    }

    #[test]
    fn what_is_changed_behind_an_open_ledger_stops_it() {
        type Change = fn(Vec<u8>) -> Vec<u8>;
        let changes: [(&str, Change); 3] = [
            ("is there no more", |bytes| bytes[..sample::ledger(1).len()].to_vec()),
            ("is there no more", |_| sample::ledger(1)),
            ("does not check at line 3", |bytes| [bytes, b"{}\n".to_vec()].concat()),
        ];
        for (why, change) in changes {
            let place = Place::new();
            let mut ledger = place.with_notes(2);
            fs::write(place.path(), change(place.bytes())).unwrap();
            assert_stopped(&place, &mut ledger, why);
            ledger.refresh().unwrap();
            assert!(ledger.state().fault.is_some());
        }
    }

    #[test]
    fn a_ledger_that_is_gone_is_not_begun_anew() {
        let place = Place::new();
        let mut ledger = place.with_notes(1);
        fs::remove_file(place.path()).unwrap();
        for failure in [
            ledger.append(minute(2), &[note("lost")]).unwrap_err(),
            ledger.refresh().unwrap_err(),
        ] {
            assert!(failure.what().contains("ledger.jsonl could not be"), "{failure}");
            assert!(failure.next_action().unwrap().contains("put it back"), "{failure}");
        }
        fs::remove_dir_all(place.path().parent().unwrap()).unwrap();
        let failure = ledger.append(minute(2), &[note("lost")]).unwrap_err();
        assert!(failure.next_action().unwrap().contains("put it back"), "{failure}");
        assert!(!place.path().parent().unwrap().exists());
    }

    #[test]
    fn what_has_to_follow_a_record_is_not_written_behind_another() {
        let place = Place::new();
        let (mut one, mut other) = (place.with_notes(1), place.open().0);
        let head = one.state().head;
        other.append(minute(2), &[note("between")]).unwrap();
        let failure = one.append_to_head(minute(3), &[note("signed")], head).unwrap_err();
        assert!(failure.what().contains("has grown meanwhile"), "{failure}");
        assert_eq!(texts(&one.refresh().unwrap()), ["between"]);
        let head = one.state().head;
        let records = one.append_to_head(minute(3), &[note("signed")], head).unwrap();
        assert_eq!((records[0].prev, texts(&records)), (head, vec!["signed".to_owned()]));
        let (head, mut torn) = (one.state().head, place.bytes());
        torn.extend(b"{\"v\"");
        fs::write(place.path(), torn).unwrap();
        assert!(one.append_to_head(minute(4), &[note("signed")], head).is_err());
        assert_eq!(texts(&one.refresh().unwrap()), ["torn_line"]);
    }

    #[test]
    fn a_failure_keeps_what_others_have_written_for_the_next_look() {
        let place = Place::new();
        let (mut one, mut other) = (place.open().0, place.open().0);
        one.append(minute(1), &[note("a")]).unwrap();
        // A torn line that cannot be set aside, because a folder is where its file should be.
        fs::write(place.path(), [place.bytes(), b"{".to_vec()].concat()).unwrap();
        fs::create_dir(place.path().with_file_name("ledger.torn-2")).unwrap();
        let failure = other.append(minute(2), &[note("lost")]).unwrap_err();
        assert!(failure.what().contains("ledger.torn-2"), "{failure}");
        assert_eq!(texts(&other.refresh().unwrap()), ["a"]);
    }

    #[test]
    fn many_who_write_at_once_lose_nothing() {
        let place = Place::new();
        std::thread::scope(|threads| {
            for writer in 0..4 {
                let place = &place;
                threads.spawn(move || {
                    let (mut ledger, _) = place.open();
                    for number in 0..10 {
                        ledger
                            .append(minute(number), &[note(&format!("{writer}/{number}"))])
                            .unwrap();
                    }
                });
            }
        });
        let chain = place.open().1;
        assert_eq!((chain.state.fault, chain.state.proven_count), (None, 40));
        let written: std::collections::BTreeSet<String> = texts(&chain.records).into_iter().collect();
        assert_eq!(written.len(), 40);
    }

    #[test]
    fn every_ledger_of_the_data_directory_is_found() {
        let place = Place::new();
        assert_eq!(all(&place.store(), None).unwrap(), [""; 0].map(PathBuf::from));
        place.with_notes(1);
        fs::write(place.store().data_dir().join("last.json"), "{}").unwrap();
        fs::create_dir_all(place.store().data_dir().join("111122223333/us-east-1")).unwrap();
        assert_eq!(all(&place.store(), None).unwrap(), [place.path()]);
        assert_eq!(all(&place.store(), Some("eu-west-1")).unwrap(), [place.path()]);
        assert_eq!(
            all(&place.store(), Some("us-east-1")).unwrap(),
            [""; 0].map(PathBuf::from)
        );
    }
}

//! Whole reviews on the desk with the program's own keeper, killed two hundred times at random instants.
//!
//! The other process is this binary started again. It is a desk that is held by keys, and the keeper of the program with
//! a ledger on a disk. It says what it is about to have recorded, and what it was told is recorded; then it is killed, and
//! everything that it said has to be there.

use crate::{
    harness::{self, Desk},
    ledger::{actor, scope, store},
    world,
};
use callsheet::{
    app::{
        effect::Effect,
        msg::Msg,
        overlay::{Overlay, Purpose},
        review::in_hand,
    },
    config::Signing,
    domain::{graph::Graph, inventory::Inventory, load::LoadEvent},
    findings::registry,
    ledger::{
        Entry,
        chain::Chain,
        entry::{TornLine, Verdict},
        hash::RecordHash,
        record::Record,
    },
    review::{Reviews, population},
    runtime::ledger::Keeper,
    store::{self, Store, ledger::Ledger},
};
use fastrand::Rng;
use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Names the data directory in which this process is to hold reviews, when it is [`a_process_that_reviews`].
const DIRECTORY: &str = "CALLSHEET_TEST_REVIEW_DIRECTORY";

/// How many ledgers there are, one after the other: a short one is read quickly at each start.
const LEDGERS: usize = 5;

/// How often the process that reviews is killed while it writes one of them: two hundred times in all.
const KILLS: usize = 40;

/// The most lines that are read before a kill: some kills come at once, some after a good part of a review.
const MOST_LINES: usize = 16;

/// After how many kills the power goes, too, and leaves the beginning of a line.
const KILLS_PER_POWER_CUT: usize = 9;

/// Tells the test something, whole or not at all.
fn tell(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// A desk with the keeper of the program.
struct Reviewer {
    desk: Desk,
    store: Store,
    keeper: Keeper,
    messages: mpsc::Receiver<Msg>,
    /// What has come back from the disk since something was asked for.
    grown: Vec<(u64, RecordHash)>,
    /// How many records were asked for and are not there yet.
    asked: usize,
}

impl Reviewer {
    /// Returns a desk that has just been started on the data directory, with the account read.
    fn start(directory: &Path) -> Self {
        let mut setup = harness::setup();
        // Nothing is wrong with what nothing is asked about, so that rows can be kept together.
        Arc::make_mut(&mut setup.judging).policy.limits.checks_off =
            registry::codes().into_iter().map(str::to_owned).collect();
        let (sender, messages) = mpsc::channel(64);
        let (keeper, work) = Keeper::new(store(directory), Signing::default(), sender);
        thread::spawn(work);
        let mut reviewer = Self {
            desk: Desk::with(setup, 80, 24),
            store: store(directory),
            keeper,
            messages,
            grown: Vec::new(),
            asked: 0,
        };
        reviewer.read_account();
        reviewer
    }

    /// Reads the account, which never changes.
    fn read_account(&mut self) {
        self.desk.load(world::connected());
        self.desk.load(world::parts().into_iter().map(LoadEvent::Part));
        self.desk.end_load(Ok(()));
        self.desk.wait(5);
        self.answer();
    }

    /// Presses keys, and does what the desk asks for.
    fn keys(&mut self, keys: &str) {
        self.desk.keys(keys);
        self.answer();
    }

    /// Does everything that the desk asks for, as the program does.
    fn answer(&mut self) {
        loop {
            let effects = std::mem::take(&mut self.desk.effects);
            let mut awaited = 0;
            for effect in effects {
                awaited += usize::from(self.begin(effect));
            }
            if awaited == 0 && self.desk.effects.is_empty() {
                return;
            }
            while awaited > 0 {
                let msg = self.messages.blocking_recv().expect("the keeper is there");
                awaited -= usize::from(matches!(msg, Msg::LedgerOpened { .. } | Msg::Recorded { .. }));
                self.take(msg);
            }
        }
    }

    /// Begins something; true where the keeper answers.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what does not matter to a review is left out"
    )]
    fn begin(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::OpenLedger { ticket, scope, caller } => self.keeper.open(ticket, scope, caller),
            Effect::Record { ticket, entries } => {
                self.asked += entries.len();
                tell("asks");
                self.keeper.record(ticket, entries);
            }
            Effect::SignOff { ticket, sign_off, head } => {
                self.asked += 1;
                tell("asks");
                self.keeper.sign_off(ticket, sign_off, head);
            }
            Effect::TakePopulation {
                ticket,
                inventory,
                review,
                is_kept,
                ..
            } => {
                let mut inventory = Inventory::clone(&inventory);
                let scope = inventory.scope();
                inventory.add_fingerprints(&self.store.fingerprint_key(&scope).unwrap());
                let taken = population::take(&inventory, &Graph::build(&inventory), &review);
                if is_kept {
                    let folder = self.store.folder(&scope);
                    let scope = self.store.recorded_scope(&scope);
                    store::population::write(&folder, &scope, &taken.population).unwrap();
                }
                let result = Ok(Arc::new(taken));
                self.desk.send(Msg::PopulationTaken { ticket, result });
                return false;
            }
            Effect::ReadPopulations { ticket, scope, digests } => {
                let folder = self.store.folder(&scope);
                let read = |digest: String| {
                    let found = store::population::read(&folder, &digest).unwrap();
                    (
                        digest.clone(),
                        Ok(Arc::new(found.expect("it was written before its record"))),
                    )
                };
                let found = digests.into_iter().map(read).collect();
                self.desk.send(Msg::PopulationsRead { ticket, found });
                return false;
            }
            _ => return false,
        }
        true
    }

    /// Takes what the keeper says, and tells what is on the disk once the desk would tell its operator.
    fn take(&mut self, msg: Msg) {
        if let Msg::LedgerGrew(records) = &msg {
            self.grown
                .extend(records.iter().map(|record| (record.seq, record.hash)));
        }
        let is_told = if let Msg::Recorded { result, .. } = &msg {
            assert_eq!(result.as_ref().err(), None, "nothing keeps it from being recorded");
            true
        } else {
            false
        };
        self.desk.send(msg);
        if is_told {
            let is_whole = self.grown.len() >= std::mem::take(&mut self.asked);
            assert!(is_whole, "what is said to be recorded has come back from the disk");
            for (seq, hash) in std::mem::take(&mut self.grown) {
                tell(&format!("recorded {seq} {hash}"));
            }
        }
    }

    /// Goes on with the review that is open, or opens one: a few keys, as somebody would press them.
    fn go_on(&mut self, rng: &mut Rng) {
        let Some(progress) = self.desk.model.review.progress.clone() else {
            self.keys("7:review-open<enter><enter><enter><enter>");
            return;
        };
        let able = self
            .desk
            .model
            .review
            .rows
            .values()
            .filter(|row| row.made.is_none() && row.advice.as_ref().is_some_and(|advice| advice.is_bulk_able));
        let able = able.count();
        if progress.open.is_empty() {
            return self.sign_off();
        }
        if able > 1 && rng.bool() {
            return self.keys(&format!("b{able}<enter>nothing has changed<enter>"));
        }
        self.keys("n<enter>");
        match rng.u8(0..10) {
            0 => self.keys("Nasked on Monday<enter>"),
            1 => self.keys("E<ctrl-u>the manager has to say<enter>"),
            2 => self.keys("W<ctrl-u>the new phone comes<enter><ctrl-u>90d<enter>"),
            3 => {
                self.keys("K");
                self.keys("Z");
            }
            _ => self.keys("K"),
        }
        self.keys("<esc>");
    }

    fn sign_off(&mut self) {
        self.keys(":sign-off<enter>");
        self.read_account();
        for _ in 0..50 {
            let is_asked = matches!(self.desk.model.overlays.last(), Some(Overlay::Prompt(prompt))
                if matches!(prompt.purpose, Purpose::Explain(_)));
            if !is_asked {
                break;
            }
            self.keys("nobody may read it<enter>");
        }
        self.keys("<enter>Mei Lin<enter>");
        self.keys("<esc>");
        assert!(in_hand(&self.desk.model).is_none(), "{}", self.desk.screen());
    }
}

/// The other process, which holds one review after the other until it is killed. By itself it does nothing.
#[test]
fn a_process_that_reviews() {
    let Some(directory) = env::var_os(DIRECTORY) else {
        return;
    };
    let mut reviewer = Reviewer::start(Path::new(&directory));
    reviewer.keys("7");
    let model = &reviewer.desk.model;
    let decided = model.review.progress.as_ref().map_or(0, |progress| progress.decided);
    let (count, review) = (model.ledger.records.len(), in_hand(model));
    let name = review.map_or("none", |campaign| &campaign.name);
    tell(&format!("begins {count} {decided} {name}"));
    let mut rng = Rng::with_seed(u64::try_from(count).unwrap());
    loop {
        let before = reviewer.desk.model.ledger.records.len();
        reviewer.go_on(&mut rng);
        let after = reviewer.desk.model.ledger.records.len();
        assert!(before < after, "it stands still:\n{}", reviewer.desk.screen());
    }
}

/// What one process said until it was killed.
#[derive(Default)]
struct Said {
    /// How many records it found, how many rows were decided, and which review was open.
    begins: Option<(usize, usize, String)>,
    recorded: Vec<(u64, RecordHash)>,
}

impl Said {
    fn take(&mut self, line: &str) {
        let mut words = line.split(' ');
        match words.next() {
            Some("begins") => {
                let mut number = || words.next().unwrap().parse().unwrap();
                let (count, decided) = (number(), number());
                self.begins = Some((count, decided, words.next().unwrap().to_owned()));
            }
            Some("recorded") => {
                let seq = words.next().unwrap().parse().unwrap();
                let hash = RecordHash::parse(words.next().unwrap().as_bytes()).unwrap();
                self.recorded.push((seq, hash));
            }
            _ => {}
        }
    }
}

/// Starts a process that reviews, kills it somewhere, and returns what it had said until then.
fn until_killed(directory: &Path, rng: &mut Rng) -> Said {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["review_killed::a_process_that_reviews", "--exact", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Said::default();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    // What was told counts; a line that the kill has cut off was not told.
    let mut next = |said: &mut Said| {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let whole = line.strip_suffix('\n');
        if line.contains("panicked") {
            lines.read_to_string(&mut line).unwrap();
            panic!("{line}");
        }
        whole.inspect(|line| said.take(line)).is_some()
    };
    for _ in 0..rng.usize(0..MOST_LINES) {
        assert!(next(&mut said), "it goes on until it is killed");
    }
    // Not always just after it has said something.
    for _ in 0..rng.usize(0..2_000) {
        thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    while next(&mut said) {}
    said
}

/// Returns the review that is open, and how many of its rows are decided, as plain records tell it.
fn open_review(chain: &Chain) -> (usize, String) {
    let (mut open, mut decided) = ("none".to_owned(), BTreeMap::new());
    for entry in chain.records.iter().map(|record| record.entry().unwrap()) {
        if let Entry::Decision(made) = entry {
            decided.insert(made.subject, made.verdict);
        } else if let Entry::ReviewOpened(opened) = entry {
            open = opened.review;
            decided.clear();
        } else if let Entry::SignOff(_) = entry {
            "none".clone_into(&mut open);
            decided.clear();
        }
    }
    let decided = decided.values().filter(|verdict| **verdict != Verdict::Undecided);
    (decided.count(), open)
}

/// Leaves the beginning of a record at the end of the file, as a power cut does.
fn tear(path: &Path, rng: &mut Rng) {
    let text = fs::read_to_string(path).unwrap();
    let last = text.lines().next_back().unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(&last.as_bytes()[..rng.usize(1..last.len())]).unwrap();
}

#[test]
fn whole_reviews_killed_two_hundred_times_lose_nothing_that_was_reported() {
    for _ in 0..LEDGERS {
        hold_reviews(fastrand::u64(..));
    }
}

/// Has reviews held in one ledger by processes that are killed, and looks after each what is there.
fn hold_reviews(seed: u64) {
    let folder = TempDir::new().unwrap();
    let mut rng = Rng::with_seed(seed);
    let (mut known, mut begun, mut torn) = (Vec::new(), 0, 0);
    // What was there after the last kill.
    let mut before: Option<Chain> = None;
    for kill in 1..=KILLS {
        let context = format!("kill {kill}, seed {seed}");
        let said = until_killed(folder.path(), &mut rng);
        let (ledger, chain) = Ledger::open(&store(folder.path()), &scope(), actor()).unwrap();
        assert_eq!(chain.state.fault, None, "{context}");
        if let Some((count, decided, name)) = said.begins {
            begun += 1;
            let nothing = (0, (0, "none".to_owned()));
            let was = before.as_ref();
            let was = was.map_or(nothing, |chain| (chain.records.len(), open_review(chain)));
            assert_eq!((count, (decided, name)), was, "{context}: it goes on where it was");
        }
        known.extend(said.recorded);
        let there: BTreeMap<u64, RecordHash> = chain.records.iter().map(|record| (record.seq, record.hash)).collect();
        for (seq, hash) in &known {
            assert_eq!(there.get(seq), Some(hash), "{context}: record {seq} is lost");
        }
        if kill % KILLS_PER_POWER_CUT == 0 && chain.state.torn().is_none() {
            tear(ledger.path(), &mut rng);
            torn += 1;
        }
        torn += usize::from(chain.state.torn().is_some());
        before = Some(chain);
    }
    let chain = before.unwrap();
    let signed = Reviews::of_records(&chain.records).signed().len();
    assert!(signed > 1, "seed {seed}: only {signed} reviews came to their end");
    assert!(begun > KILLS / 2, "seed {seed}: only {begun} processes came to begin");
    look_at_torn_lines(folder.path(), &chain, torn);
}

/// Looks whether each torn line was set aside, with a record of what is in which file.
fn look_at_torn_lines(directory: &Path, chain: &Chain, torn: usize) {
    let of_torn = |record: &Record| match record.entry() {
        Ok(Entry::TornLine(line)) => Some(line),
        _ => None,
    };
    let set_aside: Vec<TornLine> = chain.records.iter().filter_map(of_torn).collect();
    assert!(
        !set_aside.is_empty() && set_aside.len() <= torn,
        "{set_aside:?} of {torn}"
    );
    let home = store(directory).folder(&scope());
    for line in &set_aside {
        let bytes = fs::read(home.join(&line.kept_in)).unwrap();
        assert_eq!(RecordHash::of(&bytes).to_string(), line.digest);
    }
}

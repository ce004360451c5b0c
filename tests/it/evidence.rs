//! `callsheet ledger export` and `co-sign`: the evidence of a review that was held to its end, checked as an auditor would.

use crate::{
    cli::{Ended, Program},
    demo,
    harness::start_of_test,
};
use callsheet::{
    changes::Write,
    config::{Config, Environment, Flags},
    domain::{
        Timestamp,
        address::Address,
        contact::{ActivationStatus, Channel, ContactKind},
        fingerprint::FingerprintKey,
        gap::{Gap, GapReason, Reading},
        graph::Graph,
        ids::Scope,
        inventory::Inventory,
        load::LoadEvent,
        operation::Operation,
    },
    emulator::World,
    findings::{evaluate::evaluate, facts::Facts, judging::Judging, waiver::Waiver},
    imports,
    ledger::{
        Entry,
        entry::{
            ChangesetClosed, ChangesetPlanned, Decision, DeviceConfirmed, Ending, FindingWaived, Method, Note,
            PlannedStep, ReviewOpened, ReviewScope, SignOff, StepDone, StepIntended, Undo, Verdict,
        },
        record::Actor,
    },
    report::evidence::{self, Evidence, Files, Kept, Seen},
    review::{
        Population, Reviews, Row,
        found::{Found, Judgement},
        population::{self, Taken},
        row::RowKind,
    },
    store::{
        self, Store, ledger,
        ledger::Ledger,
        population as rows,
        signature::{self, Prompt},
    },
};
use chrono::TimeDelta;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};
use tempfile::TempDir;

/// The name of the review.
const REVIEW: &str = "2026-Q4";

/// What a spreadsheet would run, and a page or a shell might.
const HOSTILE: &str = "=cmd|' /C calc'!A0 <script>alert(1)</script> $(exit 1) `exit 1`";

fn hours(hours: i64) -> Timestamp {
    start_of_test() + TimeDelta::hours(hours)
}

/// A review of a shipped world that was held to its end, in a data directory of its own.
pub(crate) struct Reviewed {
    folder: TempDir,
    program: Program,
    scope: Scope,
    inventory: Inventory,
    /// The account as it was when the review was signed.
    later: Inventory,
    world: &'static str,
    is_signed: bool,
    /// Whether the ledger is that of a version that kept no findings.
    keeps_no_findings: bool,
}

impl Reviewed {
    pub(crate) fn of(world: &'static str) -> Self {
        Self::until(world, true)
    }

    /// Holds a review of an account that is not a shipped world, in which these words are typed wherever there is room.
    pub(crate) fn of_account(inventory: Inventory, words: &[&str]) -> Self {
        let reviewed = Self::held(DEMO, (inventory.clone(), inventory), false, false);
        let rows = reviewed.taken().population;
        let in_order = rows.in_order();
        let person = in_order.iter().find(|row| row.devices().count() > 0).unwrap();
        for words in words {
            let entries = typed_everywhere(words, person);
            reviewed.open().append(hours(2), &entries).unwrap();
        }
        reviewed
    }

    /// Holds a review as a version did that kept no findings.
    fn without_findings(world: &'static str) -> Self {
        let inventory = Self::read(world);
        Self::held(world, (inventory.clone(), inventory), true, true)
    }

    fn read(world: &str) -> Inventory {
        let mut inventory = Inventory::empty("eu-west-1", None);
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(world)).unwrap();
        let read = World::from_json_at(&text, start_of_test()).unwrap();
        for event in demo::read(read, start_of_test()) {
            if let LoadEvent::Part(part) = event {
                inventory.apply(part);
            }
        }
        inventory
    }

    /// Holds a review, and has it signed or not.
    fn until(world: &'static str, is_signed: bool) -> Self {
        let inventory = Self::read(world);
        Self::held(world, (inventory.clone(), inventory), is_signed, false)
    }

    /// Holds a review of an account that may have changed at the sign-off; it stays so afterwards.
    fn held(
        world: &'static str,
        (inventory, later): (Inventory, Inventory),
        is_signed: bool,
        keeps_no_findings: bool,
    ) -> Self {
        let reviewed = Self {
            program: Program::new(),
            scope: inventory.scope(),
            inventory,
            later,
            world,
            is_signed,
            keeps_no_findings,
            folder: TempDir::new().unwrap(),
        };
        reviewed.hold();
        reviewed
    }

    fn store(&self) -> Store {
        let flags = Flags {
            data_dir: Some(self.folder.path().join("data")),
            ..Flags::default()
        };
        Store::new(&Config::load(&flags, &Environment::default()).unwrap())
    }

    fn home(&self) -> PathBuf {
        self.store().folder(&self.scope)
    }

    fn allowed_signers(&self) -> PathBuf {
        self.folder.path().join("allowed_signers")
    }

    fn taken(&self) -> Taken {
        Self::taken_of(&self.inventory)
    }

    fn taken_of(inventory: &Inventory) -> Taken {
        let mut inventory = inventory.clone();
        inventory.add_fingerprints(&FingerprintKey::new(&[7; FingerprintKey::LENGTH]));
        let graph = Graph::build(&inventory);
        population::take(&inventory, &graph, &ReviewScope::All)
    }

    /// Writes what the checks say of an inventory at an hour, as the desk does when a review is opened or signed.
    fn find(&self, taken: &mut Taken, inventory: &Inventory, at: i64) {
        if self.keeps_no_findings {
            return;
        }
        let mut inventory = inventory.clone();
        inventory.add_fingerprints(&FingerprintKey::new(&[7; FingerprintKey::LENGTH]));
        let graph = Graph::build(&inventory);
        let judging = Judging::default();
        let findings = evaluate(&Facts::new(&inventory, &graph, &judging, hours(at)));
        let rows = &taken.population;
        let judgement = Judgement::of(&findings, &ReviewScope::All, rows);
        let found = Found::new(&self.scope, &inventory, rows, judgement, judging.resolve_schedules).unwrap();
        store::found::write(&self.home(), &found).unwrap();
        taken.found = Some(Arc::new(found));
    }

    fn open(&self) -> Ledger {
        let actor = Actor {
            caller: "arn:aws:sts::111122223333:assumed-role/PagingReviewer/olga".to_owned(),
            user: "olga".to_owned(),
            host: "desk-7".to_owned(),
        };
        Ledger::open(&self.store(), &self.scope, actor).unwrap().0
    }

    /// Holds the review: every row is kept but for one of each other decision; one thing is gone at the end.
    fn hold(&self) {
        fs::create_dir_all(self.home()).unwrap();
        fs::write(self.home().join("fingerprint.key"), [7; FingerprintKey::LENGTH]).unwrap();
        self.store().save(None, &self.later, hours(0)).unwrap();
        let mut taken = self.taken();
        self.find(&mut taken, &self.inventory, 0);
        let frozen = &taken.population;
        rows::write(&self.home(), &self.scope, frozen).unwrap();
        let mut ledger = self.open();
        let mut add = |at: i64, entries: &[Entry]| ledger.append(hours(at), entries).unwrap();
        add(
            0,
            &[
                Entry::Population(taken.entry(REVIEW).unwrap()),
                Entry::ReviewOpened(ReviewOpened {
                    review: REVIEW.to_owned(),
                    scope: ReviewScope::All,
                    due: "2026-12-31".parse().unwrap(),
                    policy: String::new(),
                    population: frozen.digest.clone(),
                    is_off_cycle: false,
                }),
            ],
        );
        let order = frozen.in_order();
        let people: Vec<&Row> = order
            .iter()
            .map(AsRef::as_ref)
            .filter(|row| row.kind == RowKind::Person && row.devices().count() > 0)
            .collect();
        let gone = order.iter().rfind(|row| row.kind == RowKind::ResponsePlan).unwrap();
        let verdict = |row: &Row| {
            if row.subject == people[0].subject {
                Verdict::Fix
            } else if row.subject == people[1].subject {
                Verdict::Waive
            } else if row.subject == gone.subject {
                Verdict::Remove
            } else {
                Verdict::Keep
            }
        };
        for row in &order {
            add(1, &[decision(row, verdict(row))]);
        }
        let note = Note {
            review: Some(REVIEW.to_owned()),
            subject: Some(people[0].subject.clone()),
            text: "Rang her desk.".to_owned(),
        };
        add(2, &[Entry::Note(note)]);
        add(2, &changeset(people[0]));
        if self.is_signed {
            let stays = order.iter().filter(|row| row.subject != gone.subject);
            let signed = Population::new(stays.map(|row| Arc::clone(row)));
            rows::write(&self.home(), &self.scope, &signed).unwrap();
            let mut again = Taken {
                population: signed,
                ..taken.clone()
            };
            self.find(&mut again, &self.later, 3);
            add(3, &[Entry::Population(again.entry(REVIEW).unwrap())]);
            self.sign(&again.population.digest, "olga@example.com", false);
        }
    }

    /// Makes a key, allows it, and signs with it.
    fn sign(&self, population: &str, principal: &str, is_co_sign: bool) {
        let key = self.key(principal);
        let mut ledger = self.open();
        let head = ledger.state().head;
        let signature = signature::sign(&key, principal, head, Prompt::Never).unwrap();
        let entry = Entry::SignOff(SignOff {
            review: REVIEW.to_owned(),
            name: principal.to_owned(),
            is_co_sign,
            population: population.to_owned(),
            head: head.to_string(),
            summary: vec!["Complete: everything was read.".to_owned()],
            unknown: Vec::new(),
            signature: Some(signature),
        });
        ledger.append_to_head(hours(4), &[entry], head).unwrap();
    }

    /// Makes a key for somebody, whom the file of allowed signers names from now on.
    fn key(&self, principal: &str) -> PathBuf {
        let key = self.folder.path().join(principal);
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
            .arg(&key)
            .status()
            .expect("ssh-keygen is there");
        assert!(made.success());
        let public = fs::read_to_string(format!("{}.pub", key.display())).unwrap();
        let allowed = fs::read_to_string(self.allowed_signers()).unwrap_or_default();
        let line = format!("{allowed}{principal} namespaces=\"callsheet\" {public}");
        fs::write(self.allowed_signers(), line).unwrap();
        key
    }

    /// Runs the program on the data of the review.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(&[], &[], arguments)
    }

    /// Runs the program with variables, and options that go before the subcommand.
    fn run_with(&self, variables: &[(&str, &str)], options: &[&str], arguments: &[&str]) -> Ended {
        let data = self.folder.path().join("data");
        let output = self
            .program
            .command()
            .envs(variables.iter().copied())
            .args(options)
            .args(arguments)
            .arg("--data-dir")
            .arg(&data)
            .output()
            .unwrap();
        Ended {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn export_to(&self, folder: &Path, more: &[&str]) -> Ended {
        let to = folder.display().to_string();
        self.run(&[&["ledger", "export", "--review", REVIEW, "--to", &to][..], more].concat())
    }

    /// Writes the evidence, and returns its folder.
    pub(crate) fn export(&self) -> PathBuf {
        let to = self.folder.path().join("evidence");
        let ended = self.export_to(&to, &[]);
        let is_complete = !ended.out.contains("INCOMPLETE");
        let status = if is_complete { 0 } else { 3 };
        assert_eq!((ended.status, ended.err.as_str()), (status, ""), "{}", ended.out);
        to
    }

    /// Returns the files that the core makes at a time that does not move.
    fn files(&self) -> Files {
        let path = self.store().ledger(&self.scope);
        let (bytes, chain) = ledger::read_with_bytes(&path).unwrap();
        let reviews = Reviews::of_records(chain.proven());
        let campaign = reviews.campaign(REVIEW).unwrap();
        let at_hand = |digest: &str| rows::read(&self.home(), digest).unwrap();
        let frozen = at_hand(&campaign.population);
        let signed = campaign
            .sign_off
            .as_ref()
            .and_then(|signed| at_hand(&signed.sign_off.population));
        let inventory = self.store().snapshot(&self.scope).unwrap().unwrap().inventory;
        let graph = Graph::build(&inventory);
        let judging = Judging::default();
        let findings = evaluate(&Facts::new(&inventory, &graph, &judging, start_of_test()));
        let found = |reading: Option<&callsheet::ledger::entry::Population>| {
            let digest = reading.and_then(|reading| reading.findings.clone())?;
            store::found::read(&self.home(), &digest).unwrap()
        };
        let kept = [found(campaign.reading_opened()), found(campaign.reading_signed())];
        let [opened, at_sign_off] = kept.each_ref().map(|found| match found {
            Some(found) => Kept::Found(found),
            None if self.is_signed => Kept::NotRecorded,
            None => Kept::NotYet,
        });
        evidence::files(&Evidence {
            scope: &self.scope,
            campaign,
            found_opened: opened,
            found_signed: at_sign_off,
            reviews: &reviews,
            frozen: frozen.as_ref(),
            signed: signed.as_ref(),
            records: chain.proven(),
            ledger: &bytes,
            head: chain.state.head,
            at: hours(5),
            now: Some(Seen {
                inventory: &inventory,
                graph: &graph,
                findings: &findings,
                resolve_schedules: judging.resolve_schedules,
            }),
        })
        .unwrap()
    }

    /// Returns every address and every code of the world.
    fn secrets(&self) -> Vec<String> {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(self.world)).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let mut secrets = Vec::new();
        let mut waiting = vec![&value];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Array(values) => waiting.extend(values),
                Value::Object(members) => {
                    for name in ["address", "code", "accept_codes"] {
                        let found = members.get(name).into_iter();
                        let texts =
                            found.flat_map(|found| found.as_array().map_or(vec![found], |all| all.iter().collect()));
                        secrets.extend(texts.filter_map(Value::as_str).map(str::to_owned));
                    }
                    waiting.extend(members.values());
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        secrets
    }
}

fn decision(row: &Row, verdict: Verdict) -> Entry {
    Entry::Decision(Decision {
        review: REVIEW.to_owned(),
        subject: row.subject.clone(),
        row: row.digest.clone(),
        verdict,
        reason: (verdict != Verdict::Keep).then(|| HOSTILE.to_owned()),
        bulk: None,
        seconds: 20,
        until: (verdict == Verdict::Waive).then(|| "2027-01-31".parse().unwrap()),
    })
}

/// Returns what is recorded of a changeset that switches off the first device of a person.
fn changeset(person: &Row) -> Vec<Entry> {
    let channel = person.devices().next().unwrap().channel.clone();
    let name = || "switch-off-1".to_owned();
    vec![
        Entry::ChangesetPlanned(ChangesetPlanned {
            changeset: name(),
            title: "Switch a lost phone off".to_owned(),
            review: Some(REVIEW.to_owned()),
            subjects: vec![person.subject.clone()],
            steps: vec![PlannedStep {
                write: Write::DeactivateContactChannel { channel },
                words: "switch the lost phone off".to_owned(),
                before: "b".repeat(64),
                after: Some("a".repeat(64)),
                undo: Undo::NeedsPerson,
                inverse: Vec::new(),
            }],
            digest: "d".repeat(64),
            answers: Vec::new(),
            removal: None,
        }),
        Entry::StepIntended(StepIntended {
            changeset: name(),
            step: 0,
            is_roll_back: false,
            state: "b".repeat(64),
        }),
        Entry::StepDone(StepDone {
            changeset: name(),
            step: 0,
            is_roll_back: false,
            state: "a".repeat(64),
            request_id: Some("request-7".to_owned()),
            is_found: false,
        }),
        Entry::ChangesetClosed(ChangesetClosed {
            changeset: name(),
            ending: Ending::Done,
            note: None,
        }),
    ]
}

const CLEAN: &str = "assets/worlds/clean.json";
const DEMO: &str = "assets/worlds/demo.json";

/// Returns every file of a folder by its name from there.
fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(inner) = waiting.pop() {
        for entry in fs::read_dir(&inner).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

#[test]
fn the_evidence_of_a_review_is_written_and_recorded() {
    let reviewed = Reviewed::of(DEMO);
    let before = ledger::read_with_bytes(&reviewed.store().ledger(&reviewed.scope))
        .unwrap()
        .0;
    let to = reviewed.export();
    let files = files_of(&to);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let signed: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| name.starts_with("signatures/"))
        .collect();
    assert_eq!(signed.len(), 2, "{names:?}");
    let others: Vec<&str> = names
        .into_iter()
        .filter(|name| !name.starts_with("signatures/"))
        .collect();
    assert_eq!(
        others,
        [
            "SHA256SUMS",
            "VERIFY.md",
            "changes.csv",
            "decisions.csv",
            "findings-opened.json",
            "findings-signed.json",
            "findings.csv",
            "ledger.jsonl",
            "population-opened.json",
            "population.json",
            "summary.html",
            "summary.md",
        ]
    );
    assert_eq!(files["ledger.jsonl"], before);

    let chain = ledger::read(&reviewed.store().ledger(&reviewed.scope), None).unwrap();
    let Ok(Entry::Exported(exported)) = chain.records.last().unwrap().entry() else {
        panic!("{:?}", chain.records.last())
    };
    assert_eq!(exported.review, REVIEW);
    let digests: BTreeMap<String, String> = files
        .iter()
        .map(|(name, bytes)| (name.clone(), callsheet::review::digest::of_bytes(bytes)))
        .collect();
    assert_eq!(exported.files, digests);
}

#[test]
fn no_file_holds_a_whole_address_or_a_code() {
    let reviewed = Reviewed::of(DEMO);
    let secrets = reviewed.secrets();
    assert!(
        secrets.len() > 90 && secrets.contains(&"604417".to_owned()),
        "{secrets:?}"
    );
    // Six digits stand in some hash sooner or later.
    let digest = regex::Regex::new("[0-9a-f]{64}").unwrap();
    let files = files_of(&reviewed.export());
    assert!(text(&files, "summary.html").contains('•'));
    for (name, bytes) in files.iter().filter(|(name, _)| !name.starts_with("signatures/")) {
        let text = String::from_utf8_lossy(bytes);
        let text = digest.replace_all(&text, "");
        let whole = secrets.iter().find(|secret| text.contains(secret.as_str()));
        assert_eq!(whole, None, "{name}");
    }
}

/// Returns everything that somebody can type into the ledger, each time with these words in it.
fn typed_everywhere(words: &str, person: &Row) -> Vec<Entry> {
    let device = person.devices().next().unwrap();
    let said = || words.to_owned();
    let mut entries = vec![
        Entry::Note(Note {
            review: Some(said()),
            subject: Some(person.subject.clone()),
            text: said(),
        }),
        Entry::DeviceConfirmed(DeviceConfirmed {
            channel: device.channel.clone(),
            contact: person.subject.clone(),
            address: Address::new("+447700900999"),
            method: Method::Ticket,
            confirmed_by: said(),
            reference: Some(said()),
            status: ActivationStatus::Activated,
            review: Some(REVIEW.to_owned()),
        }),
        Entry::FindingWaived(FindingWaived {
            code: "CH04".to_owned(),
            subject: person.name.clone(),
            owner: said(),
            reason: said(),
            expires: "2027-01-31".parse().unwrap(),
            facts: "0".repeat(16),
        }),
        Entry::ReviewOpened(ReviewOpened {
            review: said(),
            scope: ReviewScope::Team(said()),
            due: "2026-12-31".parse().unwrap(),
            policy: said(),
            population: "0".repeat(64),
            is_off_cycle: true,
        }),
    ];
    let mut decided = decision(person, Verdict::Escalate);
    if let Entry::Decision(decision) = &mut decided {
        decision.reason = Some(said());
    }
    entries.push(decided);
    let mut changeset = changeset(person);
    for entry in &mut changeset {
        if let Entry::ChangesetPlanned(planned) = entry {
            "typed".clone_into(&mut planned.changeset);
            planned.title = said();
            planned.review = Some(said());
        }
        if let Entry::ChangesetClosed(closed) = entry {
            "typed".clone_into(&mut closed.changeset);
            closed.note = Some(said());
        }
    }
    changeset.retain(|entry| matches!(entry, Entry::ChangesetPlanned(_) | Entry::ChangesetClosed(_)));
    entries.extend(changeset);
    entries
}

/// People type addresses wherever there is room for words: none is found whole in any file that is kept, logged or handed over.
#[test]
fn no_address_that_anybody_types_is_in_any_file() {
    let reviewed = Reviewed::until(DEMO, false);
    let contacts = reviewed.inventory.contacts.items.values();
    let channels = contacts.filter_map(|contact| contact.channels.known()).flatten();
    let addresses: BTreeSet<String> = channels
        .filter_map(|channel| channel.address.reveal().map(str::to_owned))
        // What is no address is no secret either: the world has some that nobody could page.
        .filter(|address| address.contains('@') || address.starts_with('+') && address.len() > 9)
        .collect();
    assert!(addresses.len() > 60, "{addresses:?}");
    let words = addresses
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", then rang ");
    let rows = reviewed.taken().population;
    let in_order = rows.in_order();
    let person = in_order.iter().find(|row| row.devices().count() > 0).unwrap();
    reviewed
        .open()
        .append(hours(2), &typed_everywhere(&words, person))
        .unwrap();

    let waivers = reviewed.folder.path().join("waivers.toml");
    let waiver = Waiver {
        code: "CH04".to_owned(),
        subject: person.name.clone(),
        owner: words.clone(),
        reason: words.clone(),
        expires: "2027-01-31".parse().unwrap(),
        facts: "0".repeat(16),
        place: String::new(),
    };
    fs::write(
        &waivers,
        imports::waivers::with(b"", &waiver, &waivers, &["CH04"]).unwrap(),
    )
    .unwrap();

    // A folder has a short name: one number and one mail address.
    let one = |mark| addresses.iter().find(|address| address.contains(mark)).unwrap();
    let to = reviewed
        .folder
        .path()
        .join(format!("for {} and {}", one('+'), one('@')));
    let log = reviewed.folder.path().join("callsheet.log");
    let waivers_text = waivers.display().to_string();
    let ended = reviewed.run_with(
        &[("RUST_LOG", "trace")],
        &["--log", log.to_str().unwrap(), "--waivers", &waivers_text],
        &["ledger", "export", "--review", REVIEW, "--to", to.to_str().unwrap()],
    );
    assert_eq!(ended.status, 3, "{}", ended.err);

    let mut files = files_of(&reviewed.folder.path().join("data"));
    files.extend(files_of(&to));
    for path in [&waivers, &log] {
        files.insert(path.display().to_string(), fs::read(path).unwrap());
    }
    let has = |ending: &str| files.keys().any(|name| name.contains(ending));
    for file in [
        "ledger.jsonl",
        "populations/",
        "findings/",
        "waivers.toml",
        "callsheet.log",
        "summary.html",
    ] {
        assert!(has(file), "{file}");
    }
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        let whole = addresses.iter().find(|address| text.contains(address.as_str()));
        assert_eq!(whole, None, "{name}");
    }
}

/// Returns the devices of a person, to be changed.
fn devices_of<'a>(inventory: &'a mut Inventory, alias: &str) -> &'a mut Vec<Channel> {
    let contacts = inventory.contacts.items.values_mut();
    let contact = contacts
        .map(Arc::make_mut)
        .find(|contact| contact.alias == alias)
        .unwrap();
    match &mut contact.channels {
        Reading::Known(channels) => channels,
        Reading::Unknown(_) | Reading::Pending => panic!("the devices of {alias} are not known"),
    }
}

/// Returns the clean account with the first devices of two people switched off, and a third of whose devices less is known later.
fn changed() -> (Inventory, Inventory, [String; 3]) {
    let clean = Reviewed::read(CLEAN);
    let people = clean.contacts_of(&ContactKind::Person);
    let people = people.filter(|person| person.channels.known().is_some_and(|channels| channels.len() > 1));
    let aliases: Vec<String> = people.map(|person| person.alias.clone()).take(3).collect();
    let [mended, broken, hidden] = <[String; 3]>::try_from(aliases).unwrap();
    let switch_off = |inventory: &mut Inventory, alias: &str| {
        devices_of(inventory, alias)[0].status = ActivationStatus::NotActivated;
    };
    let (mut then, mut later) = (clean.clone(), clean);
    switch_off(&mut then, &mended);
    switch_off(&mut then, &hidden);
    switch_off(&mut later, &broken);
    let contacts = later.contacts.items.values_mut();
    let contact = contacts
        .map(Arc::make_mut)
        .find(|contact| contact.alias == hidden)
        .unwrap();
    contact.channels = Reading::Unknown(Arc::new(Gap {
        operation: Operation::ListContactChannels,
        subject: Some(contact.arn.clone()),
        reason: GapReason::Denied,
        request_id: None,
        at: start_of_test(),
    }));
    (then, later, [mended, broken, hidden])
}

#[test]
fn what_was_found_then_and_now_stands_side_by_side_and_unknown_is_never_resolved() {
    let (then, later, [mended, broken, hidden]) = changed();
    let reviewed = Reviewed::held(CLEAN, (then, later), true, false);
    let files = reviewed.files();
    let mut reader = csv::Reader::from_reader(files["findings.csv"].as_slice());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let of = |alias: &str| {
        let is_meant =
            |row: &&BTreeMap<String, String>| row["check"] == "CH01" && row["subject"].contains(&format!("/{alias}/"));
        let row = rows
            .iter()
            .find(is_meant)
            .unwrap_or_else(|| panic!("{alias}: {rows:#?}"));
        [
            "when_opened",
            "at_sign_off",
            "now",
            "opened_to_sign_off",
            "sign_off_to_now",
        ]
        .map(|name| row[name].clone())
    };
    assert_eq!(of(&mended), ["failing", "not found", "not found", "resolved", ""]);
    assert_eq!(of(&broken), ["not found", "failing", "failing", "new", "still failing"]);
    assert_eq!(of(&hidden), ["failing", "unknown", "unknown", "unknown", ""]);
    let summary = text(&files, "summary.md");
    let mut lines = summary.lines();
    let moved = lines
        .find(|line| line.starts_with("From the opening to the sign-off: "))
        .unwrap();
    for word in [" new", " resolved", " unknown"] {
        assert!(moved.contains(word), "{moved}");
    }
    let page = text(&files, "summary.html");
    for heading in ["Who would have been paged then", "Who would be paged now"] {
        let section = page.split(&format!("<h2>{heading}</h2>")).nth(1).unwrap();
        let section = section.split("<h2>").next().unwrap();
        assert!(section.contains("<svg "), "{heading}");
    }
}

#[test]
fn what_an_old_ledger_has_not_recorded_is_told_and_is_not_taken_for_fine() {
    let reviewed = Reviewed::without_findings(CLEAN);
    let files = files_of(&reviewed.export());
    assert!(!files.contains_key("findings-opened.json") && !files.contains_key("findings-signed.json"));
    let summary = text(&files, "summary.md");
    for told in [
        "when opened: not recorded: ",
        "at the sign-off: not recorded: ",
        "From the opening to the sign-off: nobody can tell",
        "From the sign-off to now: nobody can tell",
        "Not recorded: rows keep no shifts",
    ] {
        assert!(summary.contains(told), "{told} in\n{summary}");
    }
    assert!(text(&files, "VERIFY.md").contains("What the checks said then is not in this folder"));
}

#[test]
fn verify_checks_the_files_of_rows_and_of_findings() {
    let reviewed = Reviewed::of(CLEAN);
    let verify = || {
        let ended = reviewed.run(&["ledger", "verify"]);
        let said = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
        (ended.status, said)
    };
    let (status, said) = verify();
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("hold what their names say"), "{said}");
    for folder in ["populations", "findings"] {
        let folder = reviewed.home().join(folder);
        let entry = fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
        let (path, bytes) = (entry.path(), fs::read(entry.path()).unwrap());
        let altered = String::from_utf8(bytes.clone()).unwrap().replacen("Amara", "Amare", 1);
        assert!(altered.as_bytes() != bytes);
        fs::write(&path, altered).unwrap();
        let (status, said) = verify();
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("BAD: The ") && said.contains(" not check. "), "{said}");
        assert!(said.contains("NOT AS IT SHOULD BE"), "{said}");
        fs::remove_file(&path).unwrap();
        let (status, said) = verify();
        assert_eq!(status, 1, "{said}");
        let digest = path.file_stem().unwrap().to_str().unwrap();
        assert!(said.contains(&format!("{digest} is missing")), "{said}");
        fs::write(&path, bytes).unwrap();
        assert_eq!(verify().0, 0);
    }
    // A copy that came without them is told to be one, and proves as much as it can.
    let copy = reviewed.folder.path().join("copy.jsonl");
    fs::copy(reviewed.store().ledger(&reviewed.scope), &copy).unwrap();
    let ended = reviewed.run(&["ledger", "verify", "--file", copy.to_str().unwrap()]);
    assert_eq!(ended.status, 0, "{}", ended.out);
    assert!(ended.out.contains("not checked: "), "{}", ended.out);
}

#[test]
fn findings_whose_file_is_gone_or_altered_make_the_evidence_incomplete() {
    let reviewed = Reviewed::of(CLEAN);
    let folder = reviewed.home().join("findings");
    let to = reviewed.folder.path().join("to");
    for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
        fs::write(entry.path(), "{}").unwrap();
    }
    let altered = reviewed.export_to(&to, &[]);
    assert_eq!(altered.status, 3);
    assert!(altered.err.contains("do not check."), "{}", altered.err);
    fs::remove_dir_all(&folder).unwrap();
    let gone = reviewed.export_to(&to, &["--overwrite"]);
    assert_eq!((gone.status, gone.err.as_str()), (3, ""));
    for when in ["the review was opened", "it was signed off"] {
        assert!(
            gone.out.contains(&format!("what was found when {when} is not at hand")),
            "{}",
            gone.out
        );
    }
}

#[test]
fn rows_that_are_gone_are_listed_with_what_was_decided_about_them() {
    let reviewed = Reviewed::of(CLEAN);
    let summary = text(&reviewed.files(), "summary.md");
    let section = summary.split("## Gone since the review was opened").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let order = reviewed.taken().population;
    let order = order.in_order();
    let gone = order.iter().rfind(|row| row.kind == RowKind::ResponsePlan).unwrap();
    assert!(
        section.contains(&gone.name) && section.contains("remove ("),
        "{section}"
    );
    assert!(section.contains("by olga on "), "{section}");
}

#[test]
fn the_page_refers_to_nothing_and_its_tags_are_balanced() {
    let page = text(&Reviewed::of(DEMO).files(), "summary.html");
    let own = page.replace("http://www.w3.org/2000/svg", "");
    for reference in [
        "http:", "https:", "src=", "url(", "@import", "<script", "<iframe", "<object", "<image",
    ] {
        assert!(!own.contains(reference), "{reference}");
    }
    assert_eq!(own.matches("href=").count(), 1, "the empty icon alone");
    assert!(own.contains("&lt;script&gt;alert(1)"));
    for part in [
        "<!DOCTYPE html>",
        "lang=\"en\"",
        "@media print",
        "width=device-width",
        "<svg ",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let tag = regex::Regex::new("<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>").unwrap();
    let mut open = Vec::new();
    for found in tag.captures_iter(&page) {
        match (&found[1], &found[3]) {
            ("/", _) => assert_eq!(open.pop().as_deref(), Some(&found[2])),
            (_, "/") => {}
            _ => open.push(found[2].to_owned()),
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn what_is_missing_comes_first() {
    let first = |reviewed: &Reviewed| {
        let summary = text(&reviewed.files(), "summary.md");
        summary.lines().find(|line| line.starts_with("**")).unwrap().to_owned()
    };
    let signed = first(&Reviewed::of(CLEAN));
    assert_eq!(
        signed,
        "**Complete: everything was read, every row is decided, and it is signed off.**"
    );
    let unexplained = first(&Reviewed::of(DEMO));
    assert!(
        unexplained.contains("could not be read, and nobody explained"),
        "{unexplained}"
    );
    let unsigned = Reviewed::until(CLEAN, false);
    assert!(
        first(&unsigned).starts_with("**INCOMPLETE: nobody has signed off; "),
        "{}",
        first(&unsigned)
    );
    let ended = unsigned.export_to(&unsigned.folder.path().join("to"), &[]);
    assert_eq!(ended.status, 3, "{}", ended.err);
    assert!(
        ended.out.contains("INCOMPLETE: nobody has signed off.\n"),
        "{}",
        ended.out
    );
}

#[test]
fn the_summary_keeps_its_form() {
    let reviewed = Reviewed::of(CLEAN);
    let (files, again) = (reviewed.files(), reviewed.files());
    assert_eq!(files, again, "nothing in it depends on the run");
    // Signatures are others in every run, and with them the hashes.
    let digest = regex::Regex::new("[0-9a-f]{64}").unwrap();
    let summary = text(&files, "summary.md");
    insta::assert_snapshot!(digest.replace_all(&summary, "<digest>"));
}

#[test]
fn no_cell_is_a_formula_and_every_decision_leads_to_its_proof() {
    let reviewed = Reviewed::of(CLEAN);
    let files = reviewed.files();
    let table = |name: &str| -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_reader(files[name].as_slice());
        reader.deserialize().map(Result::unwrap).collect()
    };
    let (decisions, changes) = (table("decisions.csv"), table("changes.csv"));
    for cell in decisions.iter().chain(&changes).flat_map(BTreeMap::values) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '|', '%']), "{cell}");
    }
    assert_eq!(decisions.len(), reviewed.taken().population.rows.len());
    let with = |state: &str| decisions.iter().filter(|row| row["state"] == state).count();
    assert_eq!((with("decided"), with("gone")), (decisions.len() - 1, 1));
    let fixed = decisions.iter().find(|row| row["decision"] == "fix").unwrap();
    assert_eq!(fixed["execution"], "done by switch-off-1");
    assert!(fixed["reason"].starts_with("'=cmd"), "{}", fixed["reason"]);
    let [step] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert_eq!(step["decision_record"], fixed["record"]);
    assert_eq!(
        (step["outcome"].as_str(), step["request_id"].as_str()),
        ("done", "request-7")
    );
    assert_eq!(step["state_read_afterwards"], step["state_expected"]);
    assert_eq!(step["call"], "DeactivateContactChannel");
}

/// Runs shell lines of VERIFY.md in a folder; those that `is_wanted` says.
#[cfg(unix)]
fn verified(reviewed: &Reviewed, folder: &Path, is_wanted: fn(&str) -> bool) -> Output {
    let page = fs::read_to_string(folder.join("VERIFY.md")).unwrap();
    let blocks = page
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let lines: String = blocks.filter(|block| is_wanted(block)).collect();
    let program = Path::new(env!("CARGO_BIN_EXE_callsheet")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    Command::new("sh")
        .args(["-e", "-c", &lines])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()))
        .env("ALLOWED_SIGNERS", reviewed.allowed_signers())
        .env("HOME", reviewed.folder.path())
        .output()
        .unwrap()
}

#[cfg(unix)]
#[test]
fn the_lines_of_the_page_check_the_folder_and_find_what_was_altered() {
    let reviewed = Reviewed::of(CLEAN);
    reviewed.sign(&reviewed.taken().population.digest, "ben@example.com", true);
    let to = reviewed.export();
    let whole = verified(&reviewed, &to, |_| true);
    let (out, err) = (
        String::from_utf8_lossy(&whole.stdout),
        String::from_utf8_lossy(&whole.stderr),
    );
    assert!(whole.status.success(), "{out}{err}");
    for told in [
        "summary.html: OK",
        "ledger: sound, head ",
        "Good \"callsheet\" signature for olga@example.com",
        "Good \"callsheet\" signature for ben@example.com",
        "signed by olga@example.com",
        "population.json: as the ledger names it",
        "population-opened.json: as the ledger names it",
        "findings-opened.json: as the ledger names it",
        "findings-signed.json: as the ledger names it",
    ] {
        assert!(out.contains(told), "{told} in\n{out}");
    }
    let signature = files_of(&to).into_keys().find(|name| name.contains(".sig")).unwrap();
    let head = signature.replace(".sig", ".head");
    let everything: fn(&str) -> bool = |_| true;
    let by_hand: fn(&str) -> bool = |block| !block.contains("SHA256SUMS") && !block.contains("callsheet ledger");
    for (name, was, is) in [
        ("ledger.jsonl", "Rang her desk", "Rang his desk"),
        ("ledger.jsonl", "\"kind\":\"note\"", "\"kind\":\"nope\""),
        ("population.json", "Amara", "Amira"),
        ("population-opened.json", "Amara", "Amira"),
        ("findings-opened.json", "Amara", "Amira"),
        ("findings-signed.json", "\"findings\":[", "\"findings\":[ "),
        (&signature, "\n-----END", "AAAA\n-----END"),
        (&head, "", "0"),
    ] {
        let path = to.join(name);
        let text = fs::read_to_string(&path).unwrap();
        let altered = if was.is_empty() {
            format!("{is}{text}")
        } else {
            text.replacen(was, is, 1)
        };
        assert_ne!(altered, text, "{name}");
        fs::write(&path, altered).unwrap();
        for is_wanted in [everything, by_hand] {
            let output = verified(&reviewed, &to, is_wanted);
            assert!(
                !output.status.success(),
                "{name}: {}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
        fs::write(&path, text).unwrap();
    }
    fs::write(to.join("decisions.csv"), "kind\r\n").unwrap();
    assert!(!verified(&reviewed, &to, |_| true).status.success());
}

#[test]
fn a_folder_in_which_something_lies_is_refused_unless_it_may_be_written_over() {
    let reviewed = Reviewed::of(CLEAN);
    let to = reviewed.export();
    let again = reviewed.export_to(&to, &[]);
    assert_eq!(again.status, 2);
    assert!(again.err.contains("--overwrite"), "{}", again.err);
    let over = reviewed.export_to(&to, &["--overwrite"]);
    assert_eq!(over.status, 0, "{}", over.err);
}

#[test]
fn what_cannot_be_exported_is_told() {
    let reviewed = Reviewed::of(CLEAN);
    let to = reviewed.folder.path().join("to").display().to_string();
    let unknown = reviewed.run(&["ledger", "export", "--review", "2020", "--to", &to]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.err.contains("name one of these: 2026-Q4"), "{}", unknown.err);

    fs::remove_dir_all(reviewed.home().join("populations")).unwrap();
    let without_rows = reviewed.run(&["ledger", "export", "--review", REVIEW, "--to", &to]);
    assert_eq!(without_rows.status, 5);
    assert!(without_rows.err.contains("are not at hand"), "{}", without_rows.err);

    let path = reviewed.store().ledger(&reviewed.scope);
    let ledger = fs::read_to_string(&path).unwrap();
    fs::write(&path, ledger.replace("Rang her", "Rang his")).unwrap();
    let broken = reviewed.run(&["ledger", "export", "--review", REVIEW, "--to", &to]);
    assert_eq!(broken.status, 5, "{}", broken.err);
    assert!(!Path::new(&to).exists(), "nothing was written");
}

#[test]
fn what_is_not_at_hand_of_the_account_as_it_is_now_is_unknown() {
    let reviewed = Reviewed::of(CLEAN);
    fs::remove_file(reviewed.home().join("snapshot.json")).unwrap();
    let summary = text(&files_of(&reviewed.export()), "summary.md");
    assert!(
        summary.contains("Unknown: no snapshot of the account is at hand."),
        "{summary}"
    );
}

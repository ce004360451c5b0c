//! What the ledger of an account adds to it from outside: `scan --since last-sign-off`, and the second signature.

use crate::{
    cli::{Account, Ended, Program, json},
    demo,
    harness::start_of_test,
};
use callsheet::{
    config::{Config, Environment, Flags},
    domain::{graph::Graph, ids::Arn, inventory::Inventory, load::LoadEvent},
    ledger::{
        Entry,
        entry::{ReviewOpened, ReviewScope, SignOff},
        record::Actor,
    },
    review::{
        Population, Row,
        population::{self, Taken},
        row::{Field, RowKind},
    },
    store::{Store, ledger::Ledger, population as rows},
};
use std::{fs, path::PathBuf, process::Command, sync::Arc};
use tempfile::TempDir;

/// An account with a data directory of its own.
struct Known {
    account: Account,
    folder: TempDir,
    program: Program,
    inventory: Inventory,
}

impl Known {
    fn new() -> Self {
        let account = Account::start(&[]);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let events = runtime.block_on(demo::load_from(account.url(), start_of_test()));
        let mut inventory = Inventory::empty("eu-west-1", Some(account.url()));
        for event in events {
            if let LoadEvent::Part(part) = event {
                inventory.apply(part);
            }
        }
        Self {
            account,
            folder: TempDir::new().unwrap(),
            program: Program::new(),
            inventory,
        }
    }

    fn store(&self) -> Store {
        let flags = Flags {
            data_dir: Some(self.folder.path().to_owned()),
            ..Flags::default()
        };
        Store::new(&Config::load(&flags, &Environment::default()).unwrap())
    }

    fn home(&self) -> PathBuf {
        self.store().folder(&self.inventory.scope())
    }

    fn taken(&self) -> Taken {
        let key = self.store().fingerprint_key(&self.inventory.scope()).unwrap();
        let mut inventory = self.inventory.clone();
        inventory.add_fingerprints(&key);
        population::take(&inventory, &Graph::build(&inventory), &ReviewScope::All)
    }

    fn open(&self) -> Ledger {
        let actor = Actor {
            caller: "arn:aws:sts::111122223333:assumed-role/PagingReviewer/olga".to_owned(),
            user: "olga".to_owned(),
            host: "desk-7".to_owned(),
        };
        Ledger::open(&self.store(), &self.inventory.scope(), actor).unwrap().0
    }

    /// Records a review in which somebody signed these rows.
    fn sign(&self, signed: &Population) {
        let taken = Taken {
            population: signed.clone(),
            ..self.taken()
        };
        let mut ledger = self.open();
        let entries = [
            Entry::Population(taken.entry("2026-Q4").unwrap()),
            Entry::ReviewOpened(ReviewOpened {
                review: "2026-Q4".to_owned(),
                scope: ReviewScope::All,
                due: "2026-12-31".parse().unwrap(),
                policy: String::new(),
                population: signed.digest.clone(),
                is_off_cycle: false,
            }),
        ];
        ledger.append(start_of_test(), &entries).unwrap();
        let head = ledger.state().head;
        let entry = Entry::SignOff(SignOff {
            review: "2026-Q4".to_owned(),
            name: "Olga Petrova".to_owned(),
            is_co_sign: false,
            population: signed.digest.clone(),
            head: head.to_string(),
            summary: vec!["Complete: everything was read.".to_owned()],
            unknown: Vec::new(),
            signature: None,
        });
        ledger.append_to_head(start_of_test(), &[entry], head).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let data = self.folder.path().display().to_string();
        self.account
            .run_each(&self.program, &[arguments, &["--data-dir", &data]].concat())
    }

    fn since(&self, format: &str) -> Ended {
        let scan = ["scan", "--only", "CH02", "--fail-on", "critical"];
        self.run(&[&scan[..], &["--since", "last-sign-off", "--format", format]].concat())
    }
}

#[test]
fn where_nobody_signed_there_is_nothing_to_compare_with() {
    let known = Known::new();
    let ended = known.since("table");
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(
        ended.out.contains("Nobody has signed off a review yet"),
        "{}",
        ended.out
    );
    let refused = known.since("csv");
    assert_eq!(refused.status, 2);
    known.account.stop();
}

#[test]
fn what_has_changed_since_the_sign_off_is_told_in_every_form() {
    let known = Known::new();
    let taken = known.taken().population;
    let rows_now: Vec<Arc<Row>> = taken.in_order().into_iter().cloned().collect();
    let (new, was) = (&rows_now[0], &rows_now[1]);
    let altered = |row: &Row| {
        let mut fields = row.fields.clone();
        fields[0].value = "as it was".to_owned();
        Row::new(row.subject.clone(), row.kind, row.name.clone(), fields, Vec::new())
    };
    let gone = Row::new(
        Arn::parse(&format!("{}-of-old", new.subject)).unwrap(),
        RowKind::Person,
        "Gone".to_owned(),
        vec![Field::new("devices", "none")],
        Vec::new(),
    );
    let unchanged = rows_now.iter().skip(2).cloned();
    let signed = Population::new(unchanged.chain([Arc::new(altered(was)), Arc::new(gone)]));
    known.sign(&signed);

    let unknown = known.since("json");
    assert_eq!(unknown.status, 3, "{}", unknown.err);
    let since = &json(&unknown)["since_last_sign_off"];
    assert_eq!(since["is_known"], false);
    assert_eq!(since["unknown"][0], "the population that 2026-Q4 signed is not at hand");
    assert_eq!(since["added"], serde_json::json!([]));

    rows::write(&known.home(), &known.inventory.scope(), &signed).unwrap();
    let ended = known.since("json");
    assert_eq!(ended.status, 0, "{}{}", ended.out, ended.err);
    let since = &json(&ended)["since_last_sign_off"];
    assert_eq!(since["reviews"][0]["name"], "2026-Q4");
    assert_eq!(
        (&since["is_known"], &since["unchanged_count"]),
        (&true.into(), &(rows_now.len() - 2).into())
    );
    let names = |list: &str| -> Vec<&str> {
        let rows = since[list].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap()).collect()
    };
    assert_eq!(names("added"), [new.name.as_str()]);
    assert_eq!(names("gone"), ["Gone"]);
    assert_eq!(names("changed"), [was.name.as_str()]);
    let field = &since["changed"][0]["fields"][0];
    assert_eq!(field["was"], "as it was");
    for format in ["table", "markdown"] {
        let text = known.since(format).out;
        for part in [
            "Since 2026-Q4, signed by Olga Petrova",
            "1 new, 1 gone, 1 changed",
            "as it was",
        ] {
            assert!(text.contains(part), "{format}: {part} in\n{text}");
        }
    }
    known.account.stop();
}

#[test]
fn the_checks_that_need_a_ledger_are_asked_once_there_is_one() {
    let known = Known::new();
    let not_run = |ended: &Ended| -> Vec<String> {
        let all = json(ended)["not_run"].clone();
        let codes = all.as_array().unwrap().iter();
        codes
            .map(|not_run| not_run["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let scan = || known.run(&["scan", "--format", "json"]);
    assert!(not_run(&scan()).contains(&"CH16".to_owned()));
    let taken = known.taken().population;
    rows::write(&known.home(), &known.inventory.scope(), &taken).unwrap();
    known.sign(&taken);
    let ended = scan();
    for code in ["CH10", "CH12", "CH13", "CH16", "CH19", "RV01"] {
        assert!(!not_run(&ended).contains(&code.to_owned()), "{code}");
    }
    let ledger = known.open().path().to_owned();
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, text.replace("Olga Petrova", "Olaf Petrova")).unwrap();
    let broken = json(&scan());
    let findings = broken["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding["family"] == "review" && finding["result"] == "fail"),
        "a ledger that does not check is told"
    );
    known.account.stop();
}

#[test]
fn a_second_reviewer_signs_with_a_key_and_the_first_may_not() {
    let known = Known::new();
    let taken = known.taken().population;
    let key = known.folder.path().join("key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status()
        .expect("ssh-keygen is there");
    assert!(made.success());
    let key = key.display().to_string();
    let co_sign =
        |name: &str, key: &str| known.run(&["ledger", "co-sign", "--review", "2026-Q4", "--name", name, "--key", key]);
    let too_early = co_sign("Ben Okri", &key);
    assert_eq!(too_early.status, 2);
    assert!(too_early.err.contains("There is no review"), "{}", too_early.err);
    known.sign(&taken);
    let same = co_sign("olga petrova ", &key);
    assert_eq!(same.status, 2);
    assert!(same.err.contains("somebody else than the first"), "{}", same.err);
    let without_key = co_sign("Ben Okri", "nowhere");
    assert_eq!(without_key.status, 2);
    assert!(
        without_key.err.contains("nowhere could not be read"),
        "{}",
        without_key.err
    );

    let ended = co_sign("Ben Okri", &key);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(
        ended.out.contains("Signed by Ben Okri with the key of Ben Okri"),
        "{}",
        ended.out
    );
    let ledger = callsheet::store::ledger::read(known.open().path(), None).unwrap();
    let Ok(Entry::SignOff(sign_off)) = ledger.records.last().unwrap().entry() else {
        panic!("{:?}", ledger.records.last())
    };
    assert!(sign_off.is_co_sign && sign_off.signature.is_some());
    assert!(ended.out.contains(&ledger.state.head.to_string()), "{}", ended.out);
    let again = co_sign("Ben Okri", &key);
    assert!(again.err.contains("somebody else than the first"), "{}", again.err);
    known.account.stop();
}

/// An agent that holds keys, and is ended with the test.
#[cfg(unix)]
struct Agent {
    child: std::process::Child,
    socket: PathBuf,
}

#[cfg(unix)]
impl Agent {
    /// Starts an agent whose socket lies in a folder.
    fn start(folder: &std::path::Path) -> Self {
        use std::io::BufRead as _;
        let socket = folder.join("agent");
        let mut child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("ssh-agent is there");
        // It tells its socket once it listens there.
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("SSH_AUTH_SOCK"), "{line}");
        Self { child, socket }
    }
}

#[cfg(unix)]
impl Drop for Agent {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_only_an_agent_holds_signs_by_its_public_half() {
    let known = Known::new();
    known.sign(&known.taken().population);
    let home = known.program.home();
    let key = home.join("key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status()
        .expect("ssh-keygen is there");
    assert!(made.success());
    let public = fs::read_to_string(home.join("key.pub")).unwrap();
    known
        .program
        .write("allowed", &format!("ben@example.com namespaces=\"callsheet\" {public}"));
    known.program.write(
        "config.toml",
        "signing_key = \"~/key.pub\"\nsigning_principal = \"ben@example.com\"\nallowed_signers = \"~/allowed\"\n",
    );
    let agent = Agent::start(known.folder.path());
    let added = Command::new("ssh-add")
        .arg("-q")
        .arg(&key)
        .env("SSH_AUTH_SOCK", &agent.socket)
        .status()
        .expect("ssh-add is there");
    assert!(added.success());
    fs::remove_file(&key).unwrap();
    let data = known.folder.path().display().to_string();
    let co_sign = |socket: &std::path::Path| {
        let words = "ledger co-sign --review 2026-Q4 --name Ben --config ~/config.toml --data-dir";
        let arguments: Vec<&str> = words.split(' ').chain([data.as_str()]).collect();
        known
            .account
            .run_with(known.program.command().env("SSH_AUTH_SOCK", socket), &arguments)
    };
    let without = co_sign(&known.folder.path().join("nobody"));
    assert_eq!(without.status, 2, "{}", without.out);
    assert!(
        without.err.contains("load the key into the agent with ssh-add"),
        "{}",
        without.err
    );
    let ended = co_sign(&agent.socket);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(
        ended.out.contains("Signed by Ben with the key of ben@example.com"),
        "{}",
        ended.out
    );
    let ledger = callsheet::store::ledger::read(known.open().path(), None).unwrap();
    let Ok(Entry::SignOff(sign_off)) = ledger.records.last().unwrap().entry() else {
        panic!("{:?}", ledger.records.last())
    };
    let signature = sign_off.signature.unwrap();
    let verified = callsheet::store::signature::verify(&home.join("allowed"), &signature, &sign_off.head);
    assert_eq!(verified.unwrap(), Ok(()));
    known.account.stop();
}

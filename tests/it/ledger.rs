//! The ledger on a disk: several processes, a kill at any instant, a disk that is full; and `callsheet ledger`.
//!
//! What the chain itself proves, each byte flipped and each line moved, is tested beside the code.

use crate::cli::{Ended, Program};
use callsheet::{
    config::{Config, Environment, Flags},
    domain::ids::Scope,
    ledger::{
        Entry,
        chain::Chain,
        entry::{Note, SignOff, Signature},
        hash::RecordHash,
        record::Actor,
    },
    store::{Store, ledger::Ledger},
};
use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

use crate::harness::start_of_test;

/// Names the data directory in which this process is to write, when it is one of [`a_process_that_writes`].
const DIRECTORY: &str = "CALLSHEET_TEST_LEDGER_DIRECTORY";

/// Says what that process is called.
const NAME: &str = "CALLSHEET_TEST_LEDGER_NAME";

/// Says how many records it writes; without a number it writes until it cannot.
const COUNT: &str = "CALLSHEET_TEST_LEDGER_COUNT";

pub(crate) fn scope() -> Scope {
    Scope {
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: None,
    }
}

pub(crate) fn actor() -> Actor {
    Actor {
        caller: "arn:aws:sts::111122223333:assumed-role/PagingReviewer/akua".to_owned(),
        user: "akua".to_owned(),
        host: "desk-7".to_owned(),
    }
}

fn note(text: &str) -> Entry {
    Entry::Note(Note {
        review: None,
        subject: None,
        text: text.to_owned(),
    })
}

pub(crate) fn store(data_dir: &Path) -> Store {
    let flags = Flags {
        data_dir: Some(data_dir.to_owned()),
        ..Flags::default()
    };
    Store::new(&Config::load(&flags, &Environment::default()).unwrap())
}

fn open(data_dir: &Path) -> (Ledger, Chain) {
    Ledger::open(&store(data_dir), &scope(), actor()).unwrap()
}

/// Makes a ledger of this many notes in the data directory, and returns its file.
fn with_notes(data_dir: &Path, count: usize) -> PathBuf {
    let mut ledger = open(data_dir).0;
    let notes: Vec<Entry> = (1..=count).map(|number| note(&format!("note {number}"))).collect();
    ledger.append(start_of_test(), &notes).unwrap();
    ledger.path().to_owned()
}

/// Returns what the notes of a ledger say, in their order.
fn texts(chain: &Chain) -> Vec<String> {
    let text = |record: &callsheet::ledger::record::Record| match record.entry() {
        Ok(Entry::Note(note)) => note.text,
        other => panic!("{other:?}"),
    };
    chain.records.iter().map(text).collect()
}

/// The other process of the tests below, which start this binary again. By itself it does nothing.
#[test]
fn a_process_that_writes() {
    let Some(directory) = env::var_os(DIRECTORY) else {
        return;
    };
    let (name, count) = (env::var(NAME).unwrap(), env::var(COUNT).ok());
    let count = count.map_or(usize::MAX, |count| count.parse().unwrap());
    let mut ledger = open(Path::new(&directory)).0;
    for number in 0..count {
        let text = format!("{name}/{number}");
        match ledger.append(start_of_test(), &[note(&text)]) {
            Ok(_) => eprintln!("recorded {text}"),
            Err(failure) => {
                eprintln!("failed {} {}", failure.what(), failure.next_action().unwrap());
                return;
            }
        }
    }
}

/// Returns the command that starts a process that writes.
fn writer(program: &Path, data_dir: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env(DIRECTORY, data_dir)
        .env(NAME, name)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

const ONLY_THE_WRITER: [&str; 3] = ["ledger::a_process_that_writes", "--exact", "--nocapture"];

/// Returns what a process says it has recorded, until `enough` of it or its end.
fn recorded(child: &mut Child, enough: usize) -> Vec<String> {
    let lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    let texts = lines
        .map_while(Result::ok)
        .filter_map(|line| Some(line.strip_prefix("recorded ")?.to_owned()));
    texts.take(enough).collect()
}

#[test]
fn two_processes_that_write_at_once_lose_nothing() {
    let folder = TempDir::new().unwrap();
    let this = env::current_exe().unwrap();
    let start = |name| {
        writer(&this, folder.path(), name)
            .args(ONLY_THE_WRITER)
            .env(COUNT, "50")
            .spawn()
            .unwrap()
    };
    let mut children = ["a", "b", "c"].map(start);
    for child in &mut children {
        assert_eq!(recorded(child, usize::MAX).len(), 50);
        assert!(child.wait().unwrap().success());
    }
    let chain = open(folder.path()).1;
    assert_eq!((&chain.state.fault, chain.state.proven_count), (&None, 150));
    let texts = texts(&chain);
    for name in ["a", "b", "c"] {
        let own: Vec<&String> = texts.iter().filter(|text| text.starts_with(name)).collect();
        let expected: Vec<String> = (0..50).map(|number| format!("{name}/{number}")).collect();
        assert_eq!(
            own,
            expected.iter().collect::<Vec<_>>(),
            "each one's records keep their order"
        );
    }
}

#[test]
fn what_a_killed_process_said_it_recorded_is_there() {
    let folder = TempDir::new().unwrap();
    let this = env::current_exe().unwrap();
    let mut said = Vec::new();
    for round in 0..30_usize {
        let name = format!("{round}");
        let mut child = writer(&this, folder.path(), &name)
            .args(ONLY_THE_WRITER)
            .spawn()
            .unwrap();
        said.extend(recorded(&mut child, 1 + round * 3 % 7));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let chain = open(folder.path()).1;
    assert_eq!(chain.state.fault, None);
    let kept: BTreeSet<String> = chain
        .records
        .iter()
        .filter_map(|record| match record.entry() {
            Ok(Entry::Note(note)) => Some(note.text),
            _ => None,
        })
        .collect();
    assert!(said.len() >= 30);
    for text in said {
        assert!(kept.contains(&text), "{text} was said to be recorded");
    }
}

/// Returns the whole lines of a file and what comes after them.
fn whole_lines(path: &Path) -> (usize, Vec<u8>) {
    let bytes = fs::read(path).unwrap();
    let end = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |place| place + 1);
    (
        bytes[..end].split(|byte| *byte == b'\n').count() - 1,
        bytes[end..].to_vec(),
    )
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_torn_line() {
    let folder = TempDir::new().unwrap();
    // A limit on the length of files stops a write in the middle of a line, as a full disk does.
    let limit = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let mut child = writer(Path::new("sh"), folder.path(), "a")
        .args(["-c", limit])
        .arg(env::current_exe().unwrap())
        .args(ONLY_THE_WRITER)
        .spawn()
        .unwrap();
    let lines: Vec<String> = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .collect();
    assert!(child.wait().unwrap().success());
    let failed = lines
        .iter()
        .find(|line| line.starts_with("failed "))
        .expect("the disk was full");
    assert!(
        failed.contains("ledger.jsonl could not be written, so nothing was recorded"),
        "{failed}"
    );
    assert!(failed.contains("make room on the disk"), "{failed}");
    let said = lines.iter().filter(|line| line.starts_with("recorded ")).count();
    let path = open(folder.path()).0.path().to_owned();
    assert!(said > 3 && fs::metadata(&path).unwrap().len() < 8 * 1024);
    assert_eq!(whole_lines(&path), (said, Vec::new()));
    // With room again it goes on as if nothing had been.
    let (mut ledger, chain) = open(folder.path());
    assert_eq!((&chain.state.fault, chain.state.torn()), (&None, None));
    let records = ledger.append(start_of_test(), &[note("on")]).unwrap();
    assert_eq!(records.len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_where_nothing_can_be_written_is_told() {
    // Nobody makes folders there, not even the administrator.
    let mut ledger = open(Path::new("/sys/callsheet")).0;
    let failure = ledger.append(start_of_test(), &[note("lost")]).unwrap_err();
    assert!(
        failure
            .what()
            .contains("/sys/callsheet/111122223333/eu-west-1/ledger.jsonl could not be written"),
        "{failure}"
    );
    assert!(failure.next_action().unwrap().contains("--data-dir"), "{failure}");
}

#[cfg(unix)]
#[test]
fn a_ledger_in_a_read_only_folder_is_read_and_not_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let path = with_notes(folder.path(), 2);
    let home = path.parent().unwrap();
    let allow = |mode| {
        for path in [&path, &path.with_file_name("ledger.lock"), &home.to_owned()] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    allow(0o500);
    let before = fs::read(&path).unwrap();
    let ended = Program::new().run(&format!("ledger verify --file {}", path.display()));
    assert_eq!(ended.status, 0, "{}", ended.out);
    let (mut ledger, chain) = open(folder.path());
    assert_eq!(chain.records.len(), 2);
    // The administrator may write everywhere.
    if !rustix::process::geteuid().is_root() {
        let failure = ledger.append(start_of_test(), &[note("lost")]).unwrap_err();
        assert!(
            failure.next_action().unwrap().contains("who owns the file"),
            "{failure}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    allow(0o700);
}

// It takes some seconds, because a ledger of ten years is long and nothing is optimised here. The benchmark measures it.
#[test]
fn a_long_ledger_is_read_whole() {
    let count = 100_000;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let (mut text, mut prev) = (String::new(), RecordHash::ZERO);
    for seq in 1..=count {
        // Written by hand: what is read does not depend on what writes it.
        let start = text.len();
        write!(
            text,
            "{{\"v\":1,\"seq\":{seq},\"at\":\"2026-11-24T09:30:00.000Z\",\"prev\":\"{prev}\",\
             \"scope\":{{\"account\":\"111122223333\",\"region\":\"eu-west-1\"}},\
             \"actor\":{{\"caller\":\"arn:aws:iam::111122223333:user/akua\",\"user\":\"akua\",\"host\":\"desk-7\"}},\
             \"tool\":{{\"name\":\"callsheet\",\"version\":\"1.0.0\"}},\"kind\":\"note\",\"data\":{{\"text\":\"note {seq}\"}}"
        )
        .unwrap();
        prev = RecordHash::of(&text.as_bytes()[start..]);
        writeln!(text, ",\"hash\":\"{prev}\"}}").unwrap();
    }
    fs::write(&path, text).unwrap();
    let chain = callsheet::store::ledger::read(&path, Some(&scope())).unwrap();
    assert_eq!((chain.state.fault, chain.state.head), (None, prev));
    assert_eq!(chain.records.len(), count);
}

// `callsheet ledger`.

/// The program, and a data directory with a ledger of this many notes.
fn program(count: usize) -> (Program, TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = with_notes(folder.path(), count);
    (Program::new(), folder, path)
}

fn ledger(program: &Program, folder: &TempDir, arguments: &str) -> Ended {
    program.run(&format!("ledger {arguments} --data-dir {}", folder.path().display()))
}

fn head(path: &Path) -> RecordHash {
    Chain::read(&fs::read(path).unwrap(), None).state.head
}

#[test]
fn verify_says_what_it_checked() {
    let (program, folder, path) = program(3);
    let ended = ledger(&program, &folder, "verify");
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    for part in [
        &*path.display().to_string(),
        "account 111122223333 in eu-west-1",
        "3, from 2026-11-24T09:30:00.000Z to 2026-11-24T09:30:00.000Z",
        &head(&path).to_string(),
        "note 3",
        "sound: every record follows from the one before it",
    ] {
        assert!(
            ended.out.replace("\n          ", " ").contains(part),
            "{part} in\n{}",
            ended.out
        );
    }
}

#[test]
fn verify_names_the_first_bad_record() {
    let (program, folder, path) = program(3);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("note 2", "note 9")).unwrap();
    let ended = ledger(&program, &folder, "verify");
    assert_eq!(ended.status, 1);
    assert!(
        ended
            .out
            .contains("BROKEN at line 2: the hash of the line is not that of its bytes"),
        "{}",
        ended.out
    );
    let shown = ledger(&program, &folder, "show");
    assert_eq!(shown.status, 1);
    assert!(shown.out.contains("BROKEN at line 2"), "{}", shown.out);
    let numbers: Vec<&str> = shown
        .out
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(numbers.contains(&"?3") && numbers.contains(&"1"), "{}", shown.out);
}

#[test]
fn verify_tells_a_torn_line() {
    let (program, folder, path) = program(2);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
    let ended = ledger(&program, &folder, "verify");
    assert_eq!(ended.status, 1);
    assert!(ended.out.contains("TORN: line 2 has"), "{}", ended.out);
}

#[test]
fn a_head_that_was_noted_finds_what_the_chain_cannot() {
    let (program, folder, path) = program(3);
    let (whole, noted) = (fs::read_to_string(&path).unwrap(), head(&path));
    let ended = ledger(&program, &folder, &format!("verify --head {noted}"));
    assert_eq!(ended.status, 0);
    assert!(ended.out.contains("is that of the last record"), "{}", ended.out);
    open(folder.path())
        .0
        .append(start_of_test(), &[note("later"), note("later")])
        .unwrap();
    let ended = ledger(&program, &folder, &format!("verify --head {noted}"));
    assert_eq!(ended.status, 0);
    assert!(
        ended.out.contains("is that of record 3; 2 records came later"),
        "{}",
        ended.out
    );
    let shorter: String = whole.lines().take(2).map(|line| line.to_owned() + "\n").collect();
    fs::write(&path, shorter).unwrap();
    assert_eq!(
        ledger(&program, &folder, "verify").status,
        0,
        "the chain does not know what was cut off"
    );
    let ended = ledger(&program, &folder, &format!("verify --head {noted}"));
    assert_eq!(ended.status, 1);
    assert!(ended.out.contains("MISSING: no record"), "{}", ended.out);
    assert_eq!(ledger(&program, &folder, "verify --head 5f3c").status, 2);
}

#[test]
fn show_is_newest_first_and_narrowed_on_request() {
    let (program, folder, _) = program(12);
    let shown = |arguments: &str| {
        let ended = ledger(&program, &folder, arguments);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""));
        ended
            .out
            .lines()
            .filter(|line| line.contains("text: "))
            .map(|line| line.split("text: ").nth(1).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = shown("show");
    assert_eq!(
        (all.len(), all[0].as_str(), all[11].as_str()),
        (12, "note 12", "note 1")
    );
    assert_eq!(shown("show --oldest-first")[0], "note 1");
    assert_eq!(shown("show --filter NOTE.1").len(), 0);
    assert_eq!(
        program
            .run(&format!(
                "ledger show --filter note --kind sign_off,note --data-dir {}",
                folder.path().display()
            ))
            .out
            .matches("text: ")
            .count(),
        12
    );
    assert_eq!(shown("show --kind sign_off").len(), 0);
    let json = ledger(&program, &folder, "show --format json --oldest-first --kind note");
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (&value["schema"], &value["record_count"]),
        (&"callsheet.ledger/1".into(), &12.into())
    );
    assert_eq!(value["records"][11]["hash"], value["head"]);
    assert_eq!(value["records"][0]["data"]["text"], "note 1");
    assert!(value["fault"].is_null());
}

#[test]
fn which_ledger_it_is_is_found_or_asked_for() {
    let program = Program::new();
    let folder = TempDir::new().unwrap();
    let none = ledger(&program, &folder, "verify");
    assert_eq!(none.status, 2);
    assert!(none.err.contains("There is no ledger yet"), "{}", none.err);
    let path = with_notes(folder.path(), 1);
    assert_eq!(ledger(&program, &folder, "verify").status, 0);
    assert_eq!(ledger(&program, &folder, "verify --region us-east-1").status, 2);
    let elsewhere = Scope {
        region: "us-east-1".to_owned(),
        ..scope()
    };
    let mut second = Ledger::open(&store(folder.path()), &elsewhere, actor()).unwrap().0;
    second.append(start_of_test(), &[note("there")]).unwrap();
    let several = ledger(&program, &folder, "verify");
    assert_eq!(several.status, 2);
    assert!(
        several.err.contains("several ledgers") && several.err.contains("--file"),
        "{}",
        several.err
    );
    assert!(
        ledger(&program, &folder, "verify --region us-east-1")
            .out
            .contains("us-east-1")
    );
    // A ledger that was put into the folder of another is not taken for that one's.
    fs::copy(path, second.path()).unwrap();
    let misplaced = ledger(&program, &folder, "verify --region us-east-1");
    assert_eq!(misplaced.status, 5);
    assert!(misplaced.err.contains("does not belong there"), "{}", misplaced.err);
    let named = program.run(&format!("ledger verify --file {}", second.path().display()));
    assert_eq!(named.status, 0, "{}", named.err);
    assert_eq!(program.run("ledger verify --file nowhere.jsonl").status, 5);
}

/// Returns what the shell lines of the README print of a ledger.
#[cfg(unix)]
fn checked_by_hand(path: &Path) -> String {
    let readme = include_str!("../../README.md");
    let lines = readme
        .split("```sh\n")
        .find(|block| block.starts_with("prev="))
        .unwrap();
    let lines = lines.split("```").next().unwrap();
    let output = Command::new("sh")
        .args(["-c", lines])
        .current_dir(path.parent().unwrap())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn the_shell_lines_of_the_readme_check_a_ledger() {
    let folder = TempDir::new().unwrap();
    let path = with_notes(folder.path(), 3);
    // What a shell might take for something else.
    let hostile = "\\ \\n %s $(exit 1) `x` \" ' * ,\"hash\":\"0\"} \u{e9}\u{1b}  ";
    open(folder.path())
        .0
        .append(start_of_test(), &[note(hostile), note("last")])
        .unwrap();
    let head = head(&path);
    assert_eq!(checked_by_hand(&path), format!("{head}\n"));
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, whole.replace("note 2", "note 9")).unwrap();
    let told = checked_by_hand(&path);
    assert!(told.starts_with("altered: {\"v\":1,\"seq\":2,"), "{told}");
    let without: String = whole
        .lines()
        .filter(|line| !line.contains("note 2"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    fs::write(&path, without).unwrap();
    let told = checked_by_hand(&path);
    assert!(told.starts_with("does not follow: {\"v\":1,\"seq\":3,"), "{told}");
}

// Signatures.

/// Makes a key, and returns its file; nothing where there is no `ssh-keygen`.
fn key(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(&path)
        .status()
        .expect("ssh-keygen is there");
    assert!(made.success());
    path
}

/// Records a sign-off of the head, signed with a key.
fn sign_off(data_dir: &Path, key: Option<&Path>) {
    let mut ledger = open(data_dir).0;
    let head = ledger.state().head;
    let signature = key.map(|key| {
        let message = data_dir.join("message");
        fs::write(&message, head.to_string()).unwrap();
        let signed = Command::new("ssh-keygen")
            .args(["-q", "-Y", "sign", "-n", "callsheet", "-f"])
            .arg(key)
            .arg(&message)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(signed.success());
        let file = data_dir.join("message.sig");
        let text = fs::read_to_string(&file).unwrap();
        fs::remove_file(file).unwrap();
        Signature {
            principal: "akua@example.com".to_owned(),
            text,
        }
    });
    let entry = Entry::SignOff(SignOff {
        review: "2026-Q4".to_owned(),
        name: "Akua".to_owned(),
        is_co_sign: false,
        population: "0".repeat(64),
        head: head.to_string(),
        summary: Vec::new(),
        unknown: Vec::new(),
        signature,
    });
    ledger.append_to_head(start_of_test(), &[entry], head).unwrap();
}

#[test]
fn signatures_of_sign_offs_are_checked() {
    let (program, folder, _) = program(2);
    let (good, other) = (key(&folder, "good"), key(&folder, "other"));
    let public = fs::read_to_string(good.with_extension("pub")).unwrap();
    let signers = folder.path().join("allowed_signers");
    fs::write(&signers, format!("akua@example.com namespaces=\"callsheet\" {public}")).unwrap();
    let verify = || {
        ledger(
            &program,
            &folder,
            &format!("verify --allowed-signers {}", signers.display()),
        )
    };
    assert!(verify().out.contains("there is no sign-off"));
    sign_off(folder.path(), Some(&good));
    let ended = verify();
    assert_eq!(ended.status, 0, "{}", ended.out);
    assert!(
        ended.out.contains("record 3: signed by akua@example.com"),
        "{}",
        ended.out
    );
    for (key, told) in [
        (Some(other.as_path()), "record 4: BAD: "),
        (None, "record 5: BAD: the sign-off is not signed"),
    ] {
        sign_off(folder.path(), key);
        let ended = verify();
        assert_eq!(ended.status, 1);
        assert!(ended.out.contains(told), "{}", ended.out);
    }
    assert_eq!(ledger(&program, &folder, "verify --allowed-signers nowhere").status, 2);
}

#[test]
fn a_sign_off_of_another_head_is_told() {
    let (program, folder, path) = program(2);
    let first = Chain::read(&fs::read(path).unwrap(), None).records[0].hash;
    let entry = Entry::SignOff(SignOff {
        review: "2026-Q4".to_owned(),
        name: "Akua".to_owned(),
        is_co_sign: false,
        population: "0".repeat(64),
        head: first.to_string(),
        summary: Vec::new(),
        unknown: Vec::new(),
        signature: None,
    });
    open(folder.path()).0.append(start_of_test(), &[entry]).unwrap();
    let ended = ledger(&program, &folder, "verify");
    assert_eq!(ended.status, 1);
    assert!(
        ended.out.contains("record 3: a sign-off of another head"),
        "{}",
        ended.out
    );
}

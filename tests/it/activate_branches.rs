//! Activations in the built program, on an account that does not do what one would like.

use crate::pty::Pty;
use callsheet::{
    aws::Account,
    changes::Write,
    config::{Connection, Pace},
    domain::{address::Address, ids::Arn},
    emulator::{Emulator, Settings, World, world::ActivationStatus},
};
use std::{fs, net::Ipv4Addr, path::Path, process::Command};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const PROGRAM: &str = env!("CARGO_BIN_EXE_callsheet");
const PHONE: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/sms";
const WORLD: &str = r#"{ "contacts": { "anna": {
    "type": "PERSONAL", "display_name": "Anna",
    "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/sms" }] }] },
    "channels": [
        { "id": "sms", "name": "phone", "type": "SMS", "address": "+447700900123", "status": "NOT_ACTIVATED" }
    ] } } }"#;

/// What the program needs to call an account that takes any.
pub(crate) const CREDENTIALS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "any")];

/// An account, and the program on it.
pub(crate) struct Stage {
    pub(crate) runtime: Runtime,
    pub(crate) emulator: Emulator,
    pub(crate) home: TempDir,
}

impl Stage {
    pub(crate) fn new(settings: Settings) -> Self {
        Self::of(WORLD, settings, "")
    }

    /// Returns another account, and the program on it with some more lines in its configuration.
    pub(crate) fn of(world: &str, settings: Settings, config: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let world = World::from_json(world).unwrap();
        let settings = Settings {
            seed: Some(1),
            ..settings
        };
        let emulator = runtime
            .block_on(Emulator::start((Ipv4Addr::LOCALHOST, 0).into(), world, settings))
            .unwrap();
        let home = TempDir::new().unwrap();
        fs::write(home.path().join("config.toml"), format!("pace = \"off\"\n{config}")).unwrap();
        Self {
            runtime,
            emulator,
            home,
        }
    }

    /// Returns the arguments that lead to the account, after these.
    pub(crate) fn arguments(&self, first: &[&str]) -> Vec<String> {
        let config = self.home.path().join("config.toml");
        let url = self.emulator.url();
        let rest = ["--endpoint-url", &url, "--region", "eu-west-1", "--config"];
        let mut all: Vec<String> = first.iter().chain(&rest).map(|word| (*word).to_owned()).collect();
        all.push(config.to_str().unwrap().to_owned());
        all
    }

    /// Starts the program in a terminal.
    pub(crate) fn start(&self, first: &[&str], size: (u16, u16), variables: &[(&str, &str)]) -> Pty {
        let arguments = self.arguments(first);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let environment = [&CREDENTIALS, variables].concat();
        Pty::start_with(PROGRAM, &arguments, self.home.path(), size, &environment)
    }

    /// Starts the program and waits until everything was read.
    pub(crate) fn open(&self) -> Pty {
        self.open_in((100, 30))
    }

    /// Starts the program in a terminal of this size and waits until everything was read.
    pub(crate) fn open_in(&self, size: (u16, u16)) -> Pty {
        self.open_with(&[], size, &[])
    }

    /// Does the same with more arguments and variables.
    pub(crate) fn open_with(&self, first: &[&str], size: (u16, u16), variables: &[(&str, &str)]) -> Pty {
        let mut pty = self.start(first, size, variables);
        arm(&mut pty);
        pty
    }

    /// Starts the program, and goes on until it asks whether the code may be sent.
    pub(crate) fn confirmed(&self) -> Pty {
        let mut pty = self.open();
        confirm(&mut pty);
        pty
    }

    /// Goes on until the code is waited for, and returns it.
    pub(crate) fn sent(&self) -> (Pty, String) {
        let mut pty = self.confirmed();
        pty.send("\r");
        pty.wait_for("check it");
        (pty, self.code())
    }

    /// Returns the newest code on the phone.
    pub(crate) fn code(&self) -> String {
        let outbox = self.emulator.outbox();
        outbox.last().unwrap().code.clone().unwrap()
    }

    pub(crate) fn is_active(&self) -> bool {
        self.emulator.world().channel(PHONE).unwrap().status == ActivationStatus::Activated
    }

    /// Has somebody else give the phone another number.
    fn change_the_number(&self) {
        let connection = Connection {
            region: Some("eu-west-1".to_owned()),
            endpoint_url: Some(self.emulator.url()),
            is_demo: true,
            pace: Pace::Off,
            ..Connection::default()
        };
        let write = Write::UpdateContactChannel {
            channel: Arn::parse(PHONE).unwrap(),
            name: None,
            address: Some(Address::new("+447700901123")),
        };
        self.runtime.block_on(async {
            let account = Account::connect(&connection).await.unwrap();
            account.send(&write, None, chrono::Utc::now()).await.unwrap();
        });
    }

    /// Returns the text of the one ledger, after it was looked for the codes in every file and in all that was written.
    #[track_caller]
    pub(crate) fn ledger(&self, codes: &[&str], written: &str) -> String {
        let mut ledger = None;
        for (name, text) in files(self.home.path()) {
            for secret in codes.iter().chain(&["7700900123", "7700901123"]) {
                assert!(!text.contains(secret), "{name}");
                assert!(!written.contains(secret), "the terminal");
            }
            if name.ends_with("ledger.jsonl") {
                assert_eq!(ledger, None, "there is one ledger");
                ledger = Some(text);
            }
        }
        ledger.unwrap()
    }
}

/// Waits until everything was read, arms the session, and goes to the devices.
pub(crate) fn arm(pty: &mut Pty) {
    pty.wait_for("READ-ONLY");
    // An open changeset is told of, too, and either may come last.
    pty.wait_until("all of the account", |screen| {
        let text = screen.contents();
        text.contains("everything was read") || text.contains("was not finished")
    });
    pty.send(":arm\r3333\r");
    pty.wait_for("ARMED");
    // Nothing begins before the ledger is read, which comes after the account.
    pty.send("8");
    pty.wait_until("the ledger", |screen| {
        let text = screen.contents();
        text.contains("nothing has been recorded") || text.contains(" KIND")
    });
    pty.send("3");
    pty.wait_for("PLANNED");
}

/// Goes on from there until it is asked whether the code may be sent.
pub(crate) fn confirm(pty: &mut Pty) {
    pty.send("a1\r\r0123\r");
    pty.wait_for("send the code");
}

/// Returns every file below a folder, with what it holds.
pub(crate) fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

/// Leaves the desk, and returns all that it wrote.
pub(crate) fn quit(mut pty: Pty) -> String {
    pty.send("q");
    let (status, written) = pty.end();
    assert!(status.success());
    written
}

pub(crate) fn wrong(code: &str) -> &'static str {
    if code == "314159" { "271828" } else { "314159" }
}

#[test]
fn a_wrong_code_activates_nothing_and_the_right_one_does() {
    let stage = Stage::new(Settings::default());
    let (mut pty, code) = stage.sent();
    pty.send(wrong(&code));
    pty.send("\r");
    pty.wait_for("The activation code is invalid");
    assert!(!stage.is_active());
    // A new one: the one before does not count any more.
    pty.send("n");
    pty.wait_for("The code is on its way");
    let newest = stage.code();
    assert_ne!(newest, code);
    // Too few, corrected, and pasted with blanks.
    pty.send("12");
    pty.wait_for("●●");
    pty.send("\r");
    pty.wait_for("6 to 10 digits");
    pty.send("\u{7f}\u{7f}");
    pty.wait_for("they are not shown");
    pty.send(&format!("\u{1b}[200~{} {}\u{1b}[201~", &newest[..3], &newest[3..]));
    pty.wait_for("●●●●●●");
    pty.send("\r");
    pty.wait_for("Done:");
    assert!(stage.is_active());
    pty.send("\r");
    pty.wait_for("activated");
    let written = quit(pty);
    let ledger = stage.ledger(&[&code, &newest, wrong(&code)], &written);
    for kind in ["device_confirmed", "code_sent", "activation_failed", "activated"] {
        assert!(ledger.contains(&format!("\"kind\":\"{kind}\"")), "{kind}: {ledger}");
    }
}

#[test]
fn a_refusal_says_what_to_do_and_is_gone_on_from() {
    let denied = "access denied, ssm-contacts:SendActivationCode is missing";
    for (fault, words, advice) in [
        ("SendActivationCode:access-denied", denied, "reviewer prints a policy"),
        (
            "SendActivationCode:data-encryption",
            "encryption key cannot be used",
            "KMS key",
        ),
    ] {
        let stage = Stage::new(Settings::default());
        stage.emulator.faults(vec![fault.parse().unwrap()]);
        let mut pty = stage.confirmed();
        pty.send("\r");
        pty.wait_for(advice);
        let screen = pty.wait_for("go on");
        let flat: String = screen.split(['│', '\n']).map(str::trim).collect::<Vec<_>>().join(" ");
        let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{screen}");
        assert!(stage.emulator.outbox().is_empty());
        stage.emulator.clear_faults();
        pty.send("r");
        pty.wait_for("not finished");
        pty.send("\r");
        pty.wait_for("check it");
        let code = stage.code();
        pty.send(&code);
        pty.send("\r");
        pty.wait_for("Done:");
        assert!(stage.is_active(), "{fault}");
        pty.send("\r");
        stage.ledger(&[&code], &quit(pty));
    }
}

#[test]
fn a_quota_that_is_used_up_is_closed_with_a_reason() {
    let stage = Stage::new(Settings {
        codes_per_hour: Some(0),
        ..Settings::default()
    });
    let mut pty = stage.confirmed();
    pty.send("\r");
    pty.wait_for("wait an hour");
    pty.send("cno more codes today\r");
    pty.wait_for("PLANNED");
    let ledger = stage.ledger(&[], &quit(pty));
    assert!(ledger.contains("\"ending\":\"abandoned\""), "{ledger}");
    assert!(!ledger.contains("\"kind\":\"code_sent\""), "{ledger}");
}

#[test]
fn a_device_that_somebody_changes_meanwhile_is_sent_no_code_and_never_activated_unseen() {
    let stage = Stage::new(Settings::default());
    let mut pty = stage.confirmed();
    stage.change_the_number();
    pty.send("\r");
    pty.wait_for("begin anew");
    assert!(stage.emulator.outbox().iter().all(|arrival| !arrival.activates));
    pty.send("\r");
    stage.ledger(&[], &quit(pty));

    let stage = Stage::new(Settings::default());
    let (mut pty, code) = stage.sent();
    stage.change_the_number();
    pty.send(&code);
    pty.send("\r");
    pty.wait_for("begin anew");
    assert!(!stage.is_active());
    // What is typed after that is no key.
    pty.send("1234567");
    pty.wait_for("begin anew");
    pty.send("\r");
    stage.ledger(&[&code], &quit(pty));
}

#[test]
fn an_answer_that_is_lost_is_looked_up() {
    let stage = Stage::new(Settings::default());
    stage
        .emulator
        .faults(vec!["ActivateContactChannel:lost-answer:1".parse().unwrap()]);
    let (mut pty, code) = stage.sent();
    pty.send(&code);
    pty.send("\r");
    pty.wait_for("Done:");
    assert!(stage.is_active());
    pty.send("\r");
    stage.ledger(&[&code], &quit(pty));
}

#[test]
fn after_a_kill_the_code_is_still_waited_for() {
    let stage = Stage::new(Settings::default());
    let (pty, code) = stage.sent();
    let killed = Command::new("kill")
        .args(["-s", "KILL", &pty.process().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let (_, before) = pty.end();

    let mut pty = stage.open();
    pty.wait_for("1 changeset was not finished");
    pty.send("a");
    pty.wait_for("waited for");
    // Typed at once, before anybody asks: digits all the same.
    pty.send(&format!("\r{code}"));
    pty.wait_for("●●●●●●");
    pty.wait_for("check it");
    pty.send("\r");
    pty.wait_for("Done:");
    assert!(stage.is_active());
    assert_eq!(stage.emulator.outbox().len(), 1, "no other code was sent");
    pty.send("\r");
    let written = quit(pty);
    stage.ledger(&[&code], &format!("{before}{written}"));
}

#[test]
fn leaving_stops_between_two_steps() {
    let stage = Stage::new(Settings::default());
    let (mut pty, code) = stage.sent();
    pty.send("\u{3}");
    let (status, written) = pty.end();
    assert!(status.success());
    assert!(!stage.is_active());
    let ledger = stage.ledger(&[&code], &written);
    assert!(!ledger.contains("changeset_closed"), "{ledger}");
    let pty = stage.open();
    pty.wait_for("1 changeset was not finished");
    quit_after_error(pty);
}

/// Leaves a desk on which an error is still to be read.
fn quit_after_error(mut pty: Pty) {
    pty.send("\u{3}");
    assert!(pty.end().0.success());
}

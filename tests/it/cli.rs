//! The built program: arguments, output, exit status.

use assert_cmd::Command;
use callsheet::emulator::{CallSeen, Emulator, Fault, Settings, World, generate};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, process::Output};
use tempfile::TempDir;

/// The program in an empty home, with an empty environment.
pub(crate) struct Program {
    pub(crate) home: TempDir,
}

/// What a run came to.
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(self.home.path());
        command
    }

    /// Runs the program with arguments that hold no blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ended {
        ended(self.command().args(arguments.split_whitespace()).output().unwrap())
    }

    /// Returns the home of whoever runs it.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.home.path().join(name), text).unwrap();
    }
}

fn ended(output: Output) -> Ended {
    Ended {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const COMMANDS: [&str; 14] = [
    "remove",
    "quarantine",
    "put-back",
    "changeset",
    "scan",
    "simulate",
    "inventory",
    "ledger",
    "policy",
    "checks",
    "emulator",
    "config",
    "completions",
    "man",
];

#[test]
fn help_names_every_command_and_exit_status_in_plain_text() {
    let program = Program::new();
    for arguments in ["-h", "--help"] {
        let ended = program.run(arguments);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""));
        for command in COMMANDS {
            assert!(
                ended.out.contains(&format!("\n  {command} ")),
                "{arguments} lacks {command}"
            );
        }
        assert!(!ended.out.contains('\u{1b}'), "{arguments} has colours in a pipe");
        assert!(
            ended.out.lines().all(|line| line.chars().count() <= 100),
            "{arguments} has long lines"
        );
    }
    assert!(program.run("--help").out.contains("Exit status:"));
}

#[test]
fn the_readme_names_every_command() {
    let readme = include_str!("../../README.md");
    for command in COMMANDS {
        assert!(
            readme.contains(&format!("callsheet {command}")),
            "README.md lacks {command}"
        );
    }
    assert!(readme.contains("\ncargo run --release -- --demo\ncargo test\n"));
}

#[test]
fn every_command_has_help_at_length() {
    let program = Program::new();
    for command in COMMANDS {
        let ended = program.run(&format!("{command} --help"));
        assert_eq!(ended.status, 0, "{command}");
        assert!(ended.out.contains("Usage: callsheet"), "{command}");
        assert!(
            ended.out.contains("--profile <NAME>"),
            "{command} takes the options of every command"
        );
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let ended = Program::new().run("--version");
    assert_eq!(ended.out, format!("callsheet {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_are_made_for_every_shell() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = program.run(&format!("completions {shell}"));
        assert_eq!(ended.status, 0, "{shell}");
        assert!(
            ended.out.contains("inventory") && ended.out.contains("endpoint-url"),
            "{shell}"
        );
    }
    assert_eq!(program.run("completions tcsh").status, 2);
}

#[test]
fn each_command_has_a_manual_page() {
    let program = Program::new();
    let page = program.run("man").out;
    assert!(page.contains(".TH callsheet 1"), "{page}");
    let page = program.run("man inventory").out;
    assert!(
        page.contains(".TH callsheet-inventory 1") && page.contains("callsheet inventory"),
        "{page}"
    );
    let ended = program.run("man nothing");
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("no command “nothing”"), "{}", ended.err);
}

#[test]
fn wrong_usage_is_told_with_the_right_word() {
    let ended = Program::new().run("inventry");
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("inventory"), "{}", ended.err);
    assert!(!ended.err.contains('\u{1b}'));
}

#[test]
fn the_options_of_every_command_stand_before_and_after_it() {
    let program = Program::new();
    for arguments in ["--fresh inventory", "inventory --fresh", "--fresh"] {
        let ended = program.run(arguments);
        assert_eq!(ended.status, 2, "{arguments}");
        assert!(ended.err.contains("needs --demo"), "{arguments}: {}", ended.err);
    }
}

#[test]
fn the_settings_are_printed_and_can_be_read_back() {
    let program = Program::new();
    let ended = program.run("config");
    assert_eq!(ended.status, 0);
    let path = if cfg!(target_os = "macos") {
        "Library/Application Support"
    } else {
        ".config"
    };
    let path = program.home.path().join(path).join("callsheet/config.toml");
    let first = ended.out.lines().next().unwrap();
    assert!(
        first.contains(&path.display().to_string()) && first.contains("does not exist"),
        "{first}"
    );
    program.write("config.toml", &ended.out);
    let ended = program.run("--config config.toml config");
    assert!(
        ended.out.starts_with("# Settings are read from config.toml."),
        "{}",
        ended.out
    );
}

#[test]
fn a_mistake_in_the_settings_is_told_in_five_lines() {
    let program = Program::new();
    program.write("config.toml", "[colors]\ndanger = 7\n");
    for (arguments, expected) in [
        (
            "--config config.toml inventory",
            "config.toml is wrong in line 2, column 10",
        ),
        ("inventory --config none.toml", "none.toml could not be read"),
    ] {
        let ended = program.run(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments}");
        assert!(ended.err.starts_with("error: "), "{}", ended.err);
        assert!(ended.err.contains(expected), "{arguments}: {}", ended.err);
        assert!(ended.err.lines().count() <= 5, "{}", ended.err);
    }
    let ended = program.run("--config config.toml config");
    assert_eq!(ended.status, 0, "the settings can be looked up while they are broken");
}

#[test]
fn the_environment_can_name_the_settings() {
    let program = Program::new();
    program.write("mine.toml", "regoin = 1");
    let output = program
        .command()
        .arg("inventory")
        .env("CALLSHEET_CONFIG", "mine.toml")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean “region”"));
}

#[test]
fn the_log_is_json_lines_for_its_owner_only() {
    let program = Program::new();
    program.write("config.toml", "nonsense");
    for _ in 0..2 {
        assert_eq!(program.run("--log log.json --config config.toml inventory").status, 2);
    }
    let path = program.home.path().join("log.json");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |message: &str| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!(count("started"), 2, "the second run appends: {text}");
    assert!(lines.iter().all(|line| {
        line["target"]
            .as_str()
            .is_some_and(|target| target.starts_with("callsheet"))
    }));
    assert!(lines.iter().any(|line| line["level"] == "ERROR"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_log_that_cannot_be_written_stops_the_start() {
    let ended = Program::new().run("--log none/log.json inventory");
    assert_eq!(ended.status, 5);
    assert!(ended.err.contains("none/log.json could not be opened"), "{}", ended.err);
}

/// A small account: two people with a device each, a plan, a schedule and a response plan.
const WORLD: &str = r#"{
    "contacts": {
        "akua": {
            "type": "PERSONAL",
            "display_name": "Akua Mensah",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/akua/c1a92be9-bf32-4cfe-ac34-01ae897a7a5a" }] }] },
            "channels": [{
                "id": "c1a92be9-bf32-4cfe-ac34-01ae897a7a5a", "name": "Mobile", "type": "SMS",
                "address": "+447700900101", "status": "ACTIVATED"
            }]
        },
        "ben": {
            "type": "PERSONAL",
            "channels": [{
                "id": "5c891dcb-c691-4edf-b8f5-a179a49e2d30", "name": "Mail", "type": "EMAIL",
                "address": "ben@example.com", "status": "NOT_ACTIVATED"
            }]
        }
    }
}"#;

/// An embedded account on a port of its own, and the runtime that it lives on.
pub(crate) struct Account {
    runtime: tokio::runtime::Runtime,
    emulator: Emulator,
}

impl Account {
    pub(crate) fn start(faults: &[&str]) -> Self {
        Self::start_with(World::from_json(WORLD).unwrap(), faults)
    }

    /// Starts an account that holds `world`.
    pub(crate) fn start_with(world: World, faults: &[&str]) -> Self {
        let settings = Settings {
            page_size: 1,
            ..Settings::default()
        };
        let account = Self::start_as(world, settings);
        account.faults(faults);
        account
    }

    /// Starts an account that holds `world` and behaves as these settings say.
    pub(crate) fn start_as(world: World, settings: Settings) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let any_port = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let emulator = runtime.block_on(Emulator::start(any_port, world, settings)).unwrap();
        Self { runtime, emulator }
    }

    /// Runs the program against this account.
    pub(crate) fn run(&self, program: &Program, arguments: &str) -> Ended {
        self.run_as(&mut program.command(), arguments)
    }

    /// Runs a command of the program, perhaps with an environment of its own, against this account.
    pub(crate) fn run_as(&self, command: &mut Command, arguments: &str) -> Ended {
        self.run_with(command, &arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the program against this account, with arguments that may hold blanks.
    pub(crate) fn run_each(&self, program: &Program, arguments: &[&str]) -> Ended {
        self.run_with(&mut program.command(), arguments)
    }

    /// Runs a command of the program against this account.
    pub(crate) fn run_with(&self, command: &mut Command, arguments: &[&str]) -> Ended {
        let command = command
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "any")
            .env("AWS_REGION", "eu-west-1")
            .args(["--endpoint-url", &self.emulator.url()])
            .args(arguments);
        ended(command.output().unwrap())
    }

    /// Returns how many requests for an operation were answered with success.
    pub(crate) fn answered(&self, operation: &str) -> usize {
        let calls = self.emulator.calls();
        let is_answer = |call: &&CallSeen| call.operation == operation && call.status == Some(200);
        calls.iter().filter(is_answer).count()
    }

    /// Adds faults that are still to come.
    pub(crate) fn faults(&self, faults: &[&str]) {
        let faults = faults.iter().map(|fault| fault.parse::<Fault>().unwrap());
        self.emulator.faults(faults.collect());
    }

    /// Returns how many calls of an operation were made.
    pub(crate) fn count(&self, operation: &str) -> usize {
        let calls = self.emulator.calls();
        calls.iter().filter(|call| call.operation == operation).count()
    }

    /// Returns the account as it is.
    pub(crate) fn world(&self) -> World {
        self.emulator.world()
    }

    /// Forgets the faults that are still to come.
    pub(crate) fn clear_faults(&self) {
        self.emulator.clear_faults();
    }

    pub(crate) fn url(&self) -> String {
        self.emulator.url()
    }

    pub(crate) fn stop(self) {
        self.runtime.block_on(self.emulator.stop());
    }
}

pub(crate) fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.out, ended.err))
}

#[test]
fn a_complete_inventory_exits_with_0_and_holds_no_address() {
    let (account, program) = (Account::start(&[]), Program::new());
    let ended = account.run(&program, "inventory");
    account.stop();
    let inventory = json(&ended);
    assert_eq!(inventory["unknown"], json!([]));
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert_eq!(inventory["schema"], "callsheet.inventory/1");
    assert_eq!(inventory["contacts"].as_array().unwrap().len(), 2);
    assert_eq!(inventory["channels"][0]["address"], "+44•••••••101");
    assert_eq!(inventory["channels"][0]["fingerprint"].as_str().unwrap().len(), 32);
    assert_eq!(
        inventory["contacts"][0]["stages"][0]["targets"][0]["channel"],
        inventory["channels"][0]["arn"]
    );
    for address in ["+447700900101", "ben@example.com"] {
        assert!(!ended.out.contains(address));
    }
    assert!(!ended.out.contains('\u{1b}'));
}

#[test]
fn an_inventory_with_something_unknown_exits_with_3_and_says_what() {
    let faults = ["ListContactChannels:access-denied:on=akua"];
    let (account, program) = (Account::start(&faults), Program::new());
    let ended = account.run(&program, "inventory");
    let csv = account.run(&program, "inventory --format csv --table channels");
    account.stop();
    let inventory = json(&ended);
    assert_eq!((ended.status, csv.status), (3, 3));
    assert!(inventory["contacts"][0]["channels"].is_null());
    let unknown = inventory["unknown"].as_array().unwrap();
    let denied = unknown
        .iter()
        .find(|gap| gap["permission"] == "ssm-contacts:ListContactChannels");
    assert_eq!(denied.unwrap()["subject"], inventory["contacts"][0]["arn"]);
    let row = csv.out.lines().find(|line| line.contains(",akua,")).unwrap();
    assert!(row.ends_with("ssm-contacts:ListContactChannels is missing\""), "{row}");
}

#[test]
fn an_account_that_cannot_be_read_exits_with_4() {
    let (account, program) = (Account::start(&["*:expired-credentials"]), Program::new());
    let ended = account.run(&program, "inventory");
    account.stop();
    assert_eq!((ended.status, ended.out.as_str()), (4, ""), "{}", ended.err);
    assert!(
        ended.err.starts_with("error: ") && ended.err.contains("next: "),
        "{}",
        ended.err
    );
    assert!(ended.err.lines().count() <= 5, "{}", ended.err);
}

#[test]
fn wrong_aws_settings_exit_with_2() {
    let program = Program::new();
    for arguments in ["inventory", "inventory --profile nobody --region eu-west-1"] {
        let ended = program.run(arguments);
        assert_eq!(
            (ended.status, ended.out.as_str()),
            (2, ""),
            "{arguments}: {}",
            ended.err
        );
        assert!(ended.err.contains("next: "), "{arguments}: {}", ended.err);
    }
}

#[test]
fn the_key_of_the_fingerprints_is_kept_for_the_next_run() {
    let (account, program) = (Account::start(&[]), Program::new());
    let fingerprint = |ended: &Ended| json(ended)["channels"][0]["fingerprint"].clone();
    let (one, two) = (
        account.run(&program, "inventory"),
        account.run(&program, "inventory --data-dir kept"),
    );
    let again = account.run(&program, "inventory --data-dir kept");
    account.stop();
    assert_eq!(fingerprint(&two), fingerprint(&again));
    assert_ne!(fingerprint(&one), fingerprint(&two));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let (account, program) = (Account::start(&[]), Program::new());
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_callsheet"))
        .env_clear()
        .env("HOME", program.home.path())
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "any")
        .args([
            "inventory",
            "--region",
            "eu-west-1",
            "--endpoint-url",
            &account.emulator.url(),
        ])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    account.stop();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(matches!(output.status.code(), Some(0 | 3)), "{:?}", output.status);
}

#[test]
fn the_demo_account_is_read_and_kept_apart() {
    let program = Program::new();
    let ended = program.run("--demo inventory --data-dir data");
    let inventory = json(&ended);
    assert!(inventory["contacts"].as_array().unwrap().len() > 20, "{}", ended.err);
    assert_eq!(inventory["scope"]["account"], "111122223333");
    let data = program.home.path().join("data");
    let inside: Vec<_> = fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(inside, ["demo"]);

    let state = data.join("demo/account.json");
    fs::write(&state, "{}").unwrap();
    assert_eq!(
        json(&program.run("--demo inventory --data-dir data"))["contacts"],
        json!([])
    );
    let again = json(&program.run("inventory --demo --fresh --data-dir data"));
    assert_eq!(again["contacts"], inventory["contacts"]);
    fs::write(&state, "{").unwrap();
    let ended = program.run("--demo inventory --data-dir data");
    assert_eq!(ended.status, 5);
    assert!(ended.err.contains("--fresh"), "{}", ended.err);
}

#[cfg(unix)]
#[test]
fn the_emulator_serves_until_it_is_told_to_stop_and_keeps_its_state() {
    use std::io::BufRead as _;
    let program = Program::new();
    program.write("world.json", WORLD);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_callsheet"))
        .env_clear()
        .env("HOME", program.home.path())
        .current_dir(program.home.path())
        .args([
            "emulator",
            "--listen",
            "127.0.0.1:0",
            "--world",
            "world.json",
            "--state",
            "state.json",
        ])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    std::io::BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut first)
        .unwrap();
    let url = first.trim_end().rsplit(' ').next().unwrap();
    let output = program
        .command()
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "any")
        .args(["inventory", "--region", "eu-west-1", "--endpoint-url", url])
        .output()
        .unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(json(&ended(output))["contacts"][0]["alias"], "akua");
    let state = fs::read_to_string(program.home.path().join("state.json")).unwrap();
    assert!(World::from_json(&state).unwrap().contacts.contains_key("ben"));
}

#[test]
fn wrong_options_of_the_emulator_are_told_what_may_be_written() {
    let program = Program::new();
    program.write("world.json", "{\"contact\": {}}");
    for (arguments, expected) in [
        ("--rates fast", "off, published"),
        ("--page-size 0", "page-size"),
        ("--fault GetContact:explode", "html-500"),
        ("--fault GetContacts:reset", "GetContacts"),
        ("--world world.json", "line 1"),
        ("--world world.json --demo", "leave one of them out"),
        ("--people 10 --demo", "leave one of them out"),
        ("--people 10 --world world.json", "cannot be used with"),
        ("--people 0", "1..=100000"),
        ("--listen nowhere", "nowhere"),
    ] {
        let ended = program.run(&format!("emulator {arguments}"));
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments}");
        assert!(ended.err.contains(expected), "{arguments}: {}", ended.err);
    }
    let help = program.run("emulator --help").out;
    for setting in callsheet::emulator::settings::SETTINGS {
        assert!(help.contains(&format!("--{} <", setting.name)), "{}", setting.name);
    }
}

/// Returns the actions that the statements with this effect name.
fn actions(document: &Value, effect: &str) -> BTreeSet<String> {
    let statements = document["Statement"].as_array().unwrap().iter();
    statements
        .filter(|statement| statement["Effect"] == effect)
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_viewers_policy_allows_exactly_what_a_load_calls() {
    let program = Program::new();
    let mut world = generate::organisation(6, 1);
    // A rotation that the list may not show whole, so that every operation is needed.
    let rotation = world.rotations.values_mut().next().unwrap();
    rotation.contact_ids = rotation.contact_ids.iter().cycle().take(25).cloned().collect();
    let account = Account::start_with(world, &[]);
    let inventory = json(&account.run(&program, "inventory"));
    let ended = account.run(&program, "policy viewer");
    account.stop();
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let policy = json(&ended);
    let called: BTreeSet<String> = inventory["reads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|read| read["operation"].as_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("sts:"))
        .collect();
    assert_eq!(actions(&policy, "Allow"), called);
    // The account was asked who we are, and the Region is that of the environment.
    assert!(
        ended
            .out
            .contains("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/*"),
        "{}",
        ended.out
    );
}

#[test]
fn a_policy_for_a_named_place_asks_nobody() {
    let program = Program::new();
    let ended = program.run("policy reviewer --account 444455556666 --region us-gov-west-1");
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    for resource in ["contactchannel/*", "contact-channel/*"] {
        let arn = format!("arn:aws-us-gov:ssm-contacts:us-gov-west-1:444455556666:{resource}");
        assert!(ended.out.contains(&arn), "{}", ended.out);
    }
    let plain = actions(&json(&ended), "Allow");
    assert!(plain.contains("ssm-contacts:SendActivationCode"));
    assert!(!plain.contains("ssm-contacts:UpdateContactChannel"));
    let more = program.run("policy reviewer --optional --account 444455556666 --region us-gov-west-1");
    assert!(actions(&json(&more), "Allow").contains("ssm-contacts:UpdateContactChannel"));
}

#[test]
fn a_place_that_is_not_known_is_left_open_and_said_to_be() {
    let program = Program::new();
    let ended = program.run("policy cleaner --region eu-west-1");
    assert_eq!(ended.status, 0);
    assert!(
        ended.out.contains("arn:aws:ssm-contacts:eu-west-1:*:contact/*"),
        "{}",
        ended.out
    );
    assert!(ended.err.contains("--account"), "{}", ended.err);
    assert!(actions(&json(&ended), "Allow").contains("ssm-contacts:AssociateContact"));
}

#[test]
fn a_service_control_policy_spares_one_role_and_needs_no_account() {
    let program = Program::new();
    let role = "arn:aws:iam::*:role/PagingCleaner";
    let ended = program.run(&format!("policy cleaner --scp --role {role}"));
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let document = json(&ended);
    assert_eq!(actions(&document, "Allow").len(), 0);
    assert!(actions(&document, "Deny").contains("ssm-contacts:DeleteContact"));
    assert_eq!(
        document["Statement"][0]["Condition"],
        json!({ "ArnNotLike": { "aws:PrincipalArn": role } })
    );
}

#[test]
fn wrong_options_of_a_policy_are_told() {
    let program = Program::new();
    for (arguments, told) in [
        ("policy", "WAY"),
        ("policy boss", "viewer"),
        ("policy viewer --account 12", "twelve digits"),
        ("policy cleaner --scp", "--role"),
        ("policy cleaner --role arn:aws:iam::1:role/x", "--scp"),
        ("policy cleaner --scp --role everybody", "arn:aws:iam::"),
        (
            "policy cleaner --scp --boundary --role arn:aws:iam::*:role/x",
            "cannot be used with",
        ),
        (
            "policy viewer --scp --role arn:aws:iam::*:role/x",
            "policy cleaner --scp",
        ),
    ] {
        let ended = program.run(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments}");
        assert!(ended.err.contains(told), "{arguments}: {}", ended.err);
    }
}

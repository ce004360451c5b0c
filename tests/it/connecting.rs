//! Every way in which the account cannot be reached, with the built program: one sentence, and what to type next.

use callsheet::emulator::{Emulator, Settings, generate};
use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _, path::Path, process::Command};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_callsheet");

/// A home directory, and the variables of a shell that has it.
struct Shell {
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Shell {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        // Machines of EC2 answer on an address that no test may ask.
        let variables = vec![("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned())];
        Self { home, variables }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn signed_in(self) -> Self {
        self.with("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .with("AWS_SECRET_ACCESS_KEY", "example")
    }

    fn aws_config(self, text: &str) -> Self {
        let folder = self.home.path().join(".aws");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config"), text).unwrap();
        self
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs `callsheet inventory`, and checks its status and that it tells each of `parts`.
    #[track_caller]
    fn check(&self, arguments: &[&str], status: i32, parts: &[&str]) {
        let output = Command::new(PROGRAM)
            .arg("inventory")
            .args(arguments)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", "/usr/bin:/bin")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{told}");
        assert!(
            output.stdout.is_empty(),
            "nothing is printed that could be taken for an answer"
        );
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines.len() <= 5, "{told}");
        assert!(lines.last().is_some_and(|line| line.starts_with("  next: ")), "{told}");
        for part in parts {
            assert!(told.contains(part), "“{part}” is not told:\n{told}");
        }
    }
}

/// An address on which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn emulator(settings: &[(&str, &str)]) -> (Emulator, tokio::runtime::Runtime) {
    let mut chosen = Settings::default();
    for (name, value) in settings {
        chosen.set(name, value).unwrap();
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let start = Emulator::start(([127, 0, 0, 1], 0).into(), generate::organisation(5, 1), chosen);
    let emulator = runtime.block_on(start).unwrap();
    (emulator, runtime)
}

#[test]
fn nobody_is_signed_in() {
    Shell::new()
        .with("AWS_REGION", "eu-west-1")
        .check(&[], 4, &["aws configure sso", "callsheet --demo"]);
}

#[test]
fn the_profile_is_not_there_and_a_near_one_is() {
    let shell = Shell::new().aws_config("[profile audit]\nregion = eu-west-1\n[profile production]\n");
    shell.check(&["--profile", "audti"], 2, &["audti", "did you mean audit"]);
    shell.check(&["--profile", "zzz"], 2, &["zzz", "aws configure list-profiles"]);
}

#[test]
fn there_is_no_region() {
    Shell::new()
        .signed_in()
        .check(&[], 2, &["Region", "callsheet --region eu-west-1"]);
}

#[test]
fn the_single_sign_on_has_expired() {
    let shell = Shell::new().aws_config(
        "[profile audit]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Audit\n\
         [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example.com/start\n",
    );
    shell.check(&["--profile", "audit"], 4, &["aws sso login --profile audit"]);
}

#[test]
fn the_credential_process_fails() {
    let shell = Shell::new();
    let script = shell.home().join("hand-out");
    fs::write(&script, "#!/bin/sh\necho s3cret-output >&2\nexit 1\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let text = format!(
        "[profile audit]\nregion = eu-west-1\ncredential_process = {}\n",
        script.display()
    );
    let shell = shell.aws_config(&text);
    shell.check(&["--profile", "audit"], 4, &["credential_process"]);
}

#[test]
fn the_profile_file_is_broken() {
    let shell = Shell::new().aws_config("[profile audit\nregion = eu-west-1\n");
    shell.check(&["--profile", "audit"], 2, &["~/.aws/config"]);
}

#[test]
fn nobody_answers_at_the_endpoint() {
    let endpoint = nobody();
    let host = endpoint.trim_start_matches("http://").to_owned();
    let shell = Shell::new().signed_in().with("AWS_REGION", "eu-west-1");
    shell.check(&["--endpoint-url", &endpoint], 4, &[&host]);
}

#[test]
fn the_account_does_not_use_incident_manager() {
    let (emulator, _runtime) = emulator(&[("onboarded", "off")]);
    let shell = Shell::new().signed_in().with("AWS_REGION", "eu-west-1");
    shell.check(
        &["--endpoint-url", &emulator.url()],
        4,
        &["does not use Incident Manager", "callsheet --demo"],
    );
}

#[test]
fn the_region_is_outside_the_replication_set() {
    let (emulator, _runtime) = emulator(&[]);
    let shell = Shell::new().signed_in().with("AWS_REGION", "ap-south-1");
    shell.check(
        &["--endpoint-url", &emulator.url()],
        4,
        &["ap-south-1", "callsheet --region"],
    );
}

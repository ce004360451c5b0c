//! Other people's clients against the embedded Incident Manager: boto3 and the AWS CLI drive every operation, and every
//! answer is held against the published service models that they ship with. The scripts are in `tests/clients`.
//!
//! They need a Python with the packages of `tests/requirements.txt`: the one that `CALLSHEET_PYTHON` names, `.venv` of
//! this folder, or `python3`. Without one these tests say on standard error that they did not run, since a newcomer's
//! `cargo test` must not need anything installed; with `CALLSHEET_REQUIRE_CLIENTS` set they fail.

use std::{
    env,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
};

use callsheet::emulator::{
    Emulator, Settings, World,
    settings::{ErrorStatuses, Switch},
};

#[tokio::test(flavor = "multi_thread")]
async fn boto3_drives_every_operation_of_ssm_contacts() {
    run("contacts.py", Settings::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_drives_ssm_incidents_and_sts() {
    run("incidents.py", Settings::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_drives_every_operation() {
    run("command_line.py", Settings::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_reads_every_fault_as_what_it_is() {
    run("faults.py", Settings::default()).await;
}

/// The least convenient answers that the documentation allows.
#[tokio::test(flavor = "multi_thread")]
async fn boto3_pages_through_small_and_empty_pages() {
    let settings = Settings {
        page_size: 1,
        empty_first_page: Switch::On,
        error_statuses: ErrorStatuses::Smithy,
        ..Settings::default()
    };
    run("paging.py", settings).await;
}

/// Runs a script against an emulator of its own.
async fn run(script: &str, settings: Settings) {
    let Some(python) = python() else {
        let why = "no Python with boto3 and awscli was found; see the opening lines of tests/it/clients.rs";
        assert!(!is_set("CALLSHEET_REQUIRE_CLIENTS"), "{script}: {why}");
        // Written past the test harness, which shows nothing of a test that passes.
        let mut terminal = io::stderr();
        writeln!(terminal, "NOT RUN: tests/clients/{script}: {why}").unwrap();
        return;
    };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let emulator = Emulator::start(listen, World::default(), settings).await.unwrap();

    let output = Command::new(python)
        .arg(package_folder().join("tests/clients").join(script))
        .env("CALLSHEET_EMULATOR", emulator.url())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "tests/clients/{script}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    emulator.stop().await;
}

/// Returns a Python that can import both clients.
fn python() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test asks where its own tools are")]
    let named = env::var_os("CALLSHEET_PYTHON").map(PathBuf::from);
    let candidates = [
        named,
        Some(package_folder().join(".venv/bin/python")),
        Some(PathBuf::from("python3")),
    ];
    candidates.into_iter().flatten().find(|python| {
        Command::new(python)
            .args(["-c", "import awscli, boto3"])
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

fn package_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_set(name: &str) -> bool {
    #[expect(clippy::disallowed_methods, reason = "a test asks whether it may be left out")]
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

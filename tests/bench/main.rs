//! The figures that callsheet promises, measured on the built program: `cargo bench --bench figures [NAME…]`.
//!
//! Each figure is printed with what it is held against. Nothing here asserts: a busy machine is no defect. The
//! comparison with boto3 needs `.venv/bin/python`, or `CALLSHEET_PYTHON`, with boto3; without it that line says so.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    reason = "a benchmark measures with the clock, prints what it finds, and has nobody to hand an error to"
)]

#[path = "../it/pty.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod pty;

use callsheet::{
    aws::{Account, Assignment, CancellationToken},
    config::{Connection, Pace},
    domain::{
        graph::Graph,
        ids::{Arn, Scope},
        inventory::Inventory,
        load::LoadEvent,
    },
    emulator::{CallSeen, Emulator, Settings, generate},
    findings::{evaluate::evaluate, facts::Facts, judging::Judging},
    ledger::{
        Entry,
        chain::State,
        entry::{Decision, Verdict},
        record::{Actor, Content, Tool, Writer},
    },
    paging::{
        coverage::Stretch,
        simulate::{ResolveSchedules, Simulator},
    },
};
use pty::Pty;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::mpsc};

const PROGRAM: &str = env!("CARGO_BIN_EXE_callsheet");

/// Keys pressed for each distribution of times.
const KEYS: usize = 400;

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let figures: [(&str, fn()); 10] = [
        ("checks", every_check),
        ("worst", worst_of_every_response_plan),
        ("pace", load_at_published_rates),
        ("boto3", load_against_boto3),
        ("start", first_frame_and_first_rows),
        ("keys", key_to_frame),
        ("idle", idle),
        ("ledger", verify_ledger),
        ("strain", || strain(1_000)),
        ("strain-5000", || strain(5_000)),
    ];
    for (name, figure) in figures {
        // The large account under strain takes a quarter of an hour, most of which is the service's rate.
        if asked.is_empty() && name != "strain-5000" || asked.iter().any(|word| word == name) {
            figure();
        }
    }
}

/// An embedded Incident Manager with its own runtime.
struct Server {
    emulator: Emulator,
    runtime: Runtime,
}

impl Server {
    fn start(people: usize, settings: &[(&str, &str)]) -> Self {
        let mut chosen = Settings::default();
        for (name, value) in settings {
            chosen.set(name, value).unwrap();
        }
        let runtime = Runtime::new().unwrap();
        let world = generate::organisation(people, 1);
        let start = Emulator::start(([127, 0, 0, 1], 0).into(), world, chosen);
        let emulator = runtime.block_on(start).unwrap();
        Self { emulator, runtime }
    }

    fn stop(self) {
        self.runtime.block_on(self.emulator.stop());
    }
}

/// Runs `callsheet inventory` and returns how long it took.
fn inventory(url: &str, config: &str) -> Duration {
    let home = TempDir::new().unwrap();
    let file = home.path().join("config.toml");
    fs::write(&file, config).unwrap();
    let started = Instant::now();
    let status = Command::new(PROGRAM)
        .args(["inventory", "--endpoint-url", url, "--config"])
        .arg(&file)
        .env_clear()
        .envs(credentials())
        .env("HOME", home.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    let took = started.elapsed();
    assert!(status.success(), "callsheet inventory ended with {status}");
    took
}

fn credentials() -> [(&'static str, &'static str); 3] {
    [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "eu-west-1"),
    ]
}

/// The published rate that an operation counts against: its class and requests per second.
fn class(operation: &str) -> (&'static str, f64) {
    match operation {
        "GetContact" => ("GetContact", 20.0),
        "GetRotation" => ("GetRotation", 20.0),
        "ListRotationOverrides" => ("ListRotationOverrides", 20.0),
        "ListRotationShifts" => ("ListRotationShifts", 20.0),
        // Tags of response plans are among these; they are a few, and their own service's rate would allow fewer.
        "ListContacts" | "ListContactChannels" | "ListRotations" | "GetContactPolicy" | "ListTagsForResource" => {
            ("contact reads", 20.0)
        }
        "GetCallerIdentity" => ("identity", f64::INFINITY),
        _ => ("incident reads", 10.0),
    }
}

/// Returns how many seconds the published rates allow for some calls, and the class that needs most.
fn allowed(calls: &[CallSeen]) -> (&'static str, f64) {
    let mut seconds: BTreeMap<&str, f64> = BTreeMap::new();
    for call in calls {
        let (name, rate) = class(&call.operation);
        *seconds.entry(name).or_default() += 1.0 / rate;
    }
    seconds
        .into_iter()
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .unwrap()
}

fn load_at_published_rates() {
    let server = Server::start(300, &[("rates", "published")]);
    let took = inventory(&server.emulator.url(), "").as_secs_f64();
    let calls = server.emulator.calls();
    let throttled = calls.iter().filter(|call| matches!(call.status, Some(400..))).count();
    let (tightest, bound) = allowed(&calls);
    println!(
        "pace    300 people, {} calls, {throttled} throttled: {took:.2} s; the rates allow {bound:.2} s ({tightest}); ratio {:.3} (held against 1.05)",
        calls.len(),
        took / bound
    );
    server.stop();
}

fn load_against_boto3() {
    let server = Server::start(300, &[("latency-ms", "50")]);
    let url = server.emulator.url();
    let ours = inventory(&url, "pace = \"off\"\n").as_secs_f64();
    let our_calls = server.emulator.calls().len();
    match python() {
        None => println!("boto3   not measured: no Python with boto3 (.ci/run makes .venv)"),
        Some(python) => {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/sequential.py");
            let output = Command::new(python).arg(script).arg(&url).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let (calls, seconds) = text
                .trim()
                .split_once(' ')
                .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
            let theirs: f64 = seconds.parse().unwrap();
            println!(
                "boto3   300 people, 50 ms a call: callsheet {ours:.2} s in {our_calls} calls, boto3 in sequence {theirs:.2} s in {calls}; {:.1} times as fast (held against 5)",
                theirs / ours
            );
        }
    }
    server.stop();
}

fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let candidates = [
        std::env::var_os("CALLSHEET_PYTHON").map(PathBuf::from),
        Some(root.join(".venv/bin/python")),
    ];
    candidates.into_iter().flatten().find(|python| {
        Command::new(python)
            .args(["-c", "import boto3"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// A desk in a terminal of 120 x 40.
fn desk(url: &str, home: &Path, config: &str) -> Pty {
    let file = home.join("config.toml");
    fs::write(&file, config).unwrap();
    let arguments = ["--endpoint-url", url, "--config", file.to_str().unwrap()];
    Pty::start_with(PROGRAM, &arguments, home, (120, 40), &credentials())
}

fn first_frame_and_first_rows() {
    let latency = 200.0;
    let server = Server::start(300, &[("latency-ms", "200")]);
    let (mut frames, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let home = TempDir::new().unwrap();
        let started = Instant::now();
        let mut pty = desk(&server.emulator.url(), home.path(), "");
        pty.wait_for("READ-ONLY");
        frames.push(milliseconds(started));
        pty.send("2");
        pty.wait_until("a person", |screen| {
            screen
                .contents()
                .lines()
                .nth(4)
                .is_some_and(|line| line.trim().len() > 20)
        });
        rows.push(milliseconds(started));
        pty.send("q");
        pty.end();
    }
    println!("start   first frame {} (held against 30 ms)", spread(&mut frames));
    println!(
        "start   first rows {} at {latency} ms a call (held against one round trip)",
        spread(&mut rows)
    );
    server.stop();
}

/// Reads an organisation into an inventory, in this process.
fn read(people: usize) -> Inventory {
    let server = Server::start(people, &[]);
    let connection = Connection {
        region: Some("eu-west-1".to_owned()),
        endpoint_url: Some(server.emulator.url()),
        is_demo: true,
        pace: Pace::Off,
        ..Connection::default()
    };
    let inventory = server.runtime.block_on(async {
        let account = Account::connect(&connection).await.unwrap();
        let (out, mut reports) = mpsc::channel(64);
        let assignment = Assignment {
            now: chrono::Utc::now(),
            out,
            stop: CancellationToken::new(),
        };
        let collecting = async {
            let mut inventory = Inventory::empty("eu-west-1", None);
            while let Some(events) = reports.recv().await {
                for event in events {
                    if let LoadEvent::Part(part) = event {
                        inventory.apply(part);
                    }
                }
            }
            inventory
        };
        let loading = async move { account.load(&assignment).await };
        let (result, inventory) = tokio::join!(loading, collecting);
        result.unwrap();
        inventory
    });
    server.stop();
    inventory
}

/// Returns what a company with these addresses would judge by: they are real there.
fn of_the_company(inventory: &Inventory) -> Judging {
    let mut judging = Judging::default();
    let addresses = &mut judging.policy.addresses;
    addresses.mail_domains = vec!["example.com".to_owned()];
    addresses.real_domains = vec!["example.com".to_owned()];
    let numbers = inventory.channels().filter_map(|channel| channel.address.reveal());
    let hundreds: BTreeSet<String> = numbers
        .filter(|number| number.starts_with('+'))
        .map(|number| number.chars().take(10).collect())
        .collect();
    addresses.real_numbers = hundreds.into_iter().collect();
    judging
}

fn every_check() {
    let mut medians = Vec::new();
    for people in [1_000, 2_000] {
        let inventory = read(people);
        let judging = of_the_company(&inventory);
        let graph = Graph::build(&inventory);
        let mut times: Vec<f64> = Vec::new();
        let mut found = 0;
        for _ in 0..30 {
            let started = Instant::now();
            let findings = evaluate(&Facts::new(&inventory, &graph, &judging, chrono::Utc::now()));
            times.push(milliseconds(started));
            found = findings.items.len();
        }
        let devices = inventory.channels().count();
        println!(
            "checks  {people} people, {devices} devices, {found} findings: {} (held against 50 ms at 1,000 people)",
            spread(&mut times)
        );
        medians.push(times[times.len() / 2]);
    }
    println!(
        "checks  twice the size takes {:.2} times as long (held against 2.3)",
        medians[1] / medians[0]
    );
}

/// Looks for the worst time of every response plan, over every start of the 14 days for which shifts were read; and of
/// everything that can be engaged, which is what a preview of a change asks twice.
fn worst_of_every_response_plan() {
    let inventory = read(300);
    let responses: Vec<_> = inventory.response_plans.items.keys().collect();
    let all: Vec<_> = inventory
        .contacts
        .items
        .keys()
        .chain(responses.iter().copied())
        .collect();
    let held = " (held against 300 ms)";
    for (name, starts, held) in [("response plans", responses, held), ("starts of every kind", all, "")] {
        let worst = Worst::of(&inventory, &starts);
        println!(
            "worst   300 people, {} {name}, {} exact, 14 days, {} instants at which something changes: {}{held}",
            starts.len(),
            worst.exact,
            worst.changes,
            spread(&mut worst.times.clone())
        );
    }
}

/// How long it takes to find the worst times of some starts, and of how many instants and starts that tells.
struct Worst {
    times: Vec<f64>,
    changes: usize,
    exact: usize,
}

impl Worst {
    fn of(inventory: &Inventory, starts: &[&Arn]) -> Self {
        let graph = Graph::build(inventory);
        let window = Stretch {
            start_at: inventory.started_at.unwrap(),
            end_at: inventory.horizon_end.unwrap(),
        };
        assert_eq!((window.end_at - window.start_at).num_days(), 14);
        let resolve = ResolveSchedules::default();
        let mut found = Self {
            times: Vec::new(),
            changes: 0,
            exact: 0,
        };
        for _ in 0..30 {
            let started = Instant::now();
            // What the starts share is laid out once: that is part of what is measured.
            let mut simulator = Simulator::new(inventory, &graph);
            let worst: Vec<_> = starts
                .iter()
                .map(|start| simulator.worst(start, window, resolve, inventory.horizon_end).unwrap())
                .collect();
            found.times.push(milliseconds(started));
            found.exact = worst.iter().filter(|worst| worst.doubts.is_empty()).count();
            found.changes = starts
                .iter()
                .map(|start| simulator.changes(start, resolve, window.start_at, window.end_at).len())
                .sum();
        }
        found
    }
}

fn key_to_frame() {
    let server = Server::start(1_000, &[("latency-ms", "50")]);
    let home = TempDir::new().unwrap();
    // At the published rates the load of 1,000 contacts takes most of a minute: long enough to press keys meanwhile.
    let mut pty = desk(&server.emulator.url(), home.path(), "");
    pty.send("2");
    pty.wait_for(" 1/1000");
    let mut loading = press_keys(&mut pty, 1_000);
    println!(
        "keys    while loading 1,000 people: {} (held against 4 ms median, 16 ms at 99 %)",
        spread(&mut loading)
    );
    drop(pty_end(pty));

    let mut pty = desk(
        &server.emulator.url(),
        home.path(),
        "pace = \"off\"\nrequests_in_flight = 64\n",
    );
    pty.send("2");
    pty.wait_for("everything was read");
    let mut loaded = press_keys(&mut pty, 1_000);
    println!(
        "keys    with 1,000 people loaded: {} (held against 4 ms median, 16 ms at 99 %)",
        spread(&mut loaded)
    );
    println!(
        "memory  {:.1} MB resident with 1,000 people (held against 60 MB)",
        resident_megabytes(pty.process())
    );
    drop(pty_end(pty));
    server.stop();
}

fn pty_end(mut pty: Pty) -> String {
    pty.send("q");
    pty.end().1
}

/// Presses keys one after another, each when the last one's frame has been seen: the corner says which row is selected.
fn press_keys(pty: &mut Pty, people: usize) -> Vec<f64> {
    let mut row = 1;
    (0..KEYS)
        .map(|index| {
            let is_down = index % 40 < 20;
            row = if is_down { row + 1 } else { row - 1 };
            let corner = format!(" {row}/{people}");
            let started = Instant::now();
            pty.send(if is_down { "j" } else { "k" });
            pty.wait_until(&corner, |screen| {
                screen.contents_between(1, 100, 1, 120).contains(&corner)
            });
            milliseconds(started)
        })
        .collect()
}

/// Loads a large account over a bad line: every answer takes 200 ms, 2 % of the calls are throttled and 1 % of the
/// connections reset. The desk is not told to keep the published rates, and does from the first throttle on.
fn strain(people: usize) {
    let server = Server::start(people, &[("latency-ms", "200"), ("seed", "7")]);
    let chances = ["*:throttle:chance=2", "*:reset:chance=1"];
    server
        .emulator
        .faults(chances.map(|fault| fault.parse().unwrap()).to_vec());
    let home = TempDir::new().unwrap();
    let started = Instant::now();
    let mut pty = desk(
        &server.emulator.url(),
        home.path(),
        "pace = \"off\"\nrequests_in_flight = 64\n",
    );
    pty.send("2");
    let all = format!(" 1/{people}");
    while !pty.shows(&all) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let listed = started.elapsed();
    let mut loading = press_keys(&mut pty, people);
    let ends = ["everything was read", "reads failed", "read failed"];
    let end = loop {
        if let Some(end) = ends.into_iter().find(|end| pty.shows(end)) {
            break end;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let took = started.elapsed();
    let mut loaded = press_keys(&mut pty, people);
    let calls = server.emulator.calls();
    let throttled = calls
        .iter()
        .filter(|call| matches!(call.status, Some(400 | 429)))
        .count();
    let reset = calls.iter().filter(|call| call.status.is_none()).count();
    let (tightest, bound) = allowed(&calls);
    let devices: usize = server
        .emulator
        .world()
        .contacts
        .values()
        .map(|it| it.channels.len())
        .sum();
    println!(
        "strain  {people} people, {devices} devices, 200 ms a call: {end} in {:.1} s (all people listed after {:.1} s) in {} calls, {throttled} throttled, {reset} reset; the published rates allow {bound:.1} s ({tightest})",
        took.as_secs_f64(),
        listed.as_secs_f64(),
        calls.len(),
    );
    println!(
        "strain  {people} people: {} while loading, {} loaded (held against 4 ms median, 16 ms at 99 %); {:.1} MB at most",
        spread(&mut loading),
        spread(&mut loaded),
        peak_megabytes(pty.process())
    );
    drop(pty_end(pty));
    server.stop();
}

fn idle() {
    let server = Server::start(300, &[]);
    let home = TempDir::new().unwrap();
    let pty = desk(&server.emulator.url(), home.path(), "pace = \"off\"\n");
    pty.wait_for("everything was read");
    // The notice goes away after some seconds; after that nothing is left to do.
    pty.wait_until("that the notice is gone", |screen| {
        !screen.contents().contains("everything was read")
    });
    let before = processor_ticks(pty.process());
    let watched = Duration::from_secs(10);
    std::thread::sleep(watched);
    let used = processor_ticks(pty.process()) - before;
    println!(
        "idle    {used} clock ticks of processor time in {} s (held against 0)",
        watched.as_secs()
    );
    drop(pty_end(pty));
    server.stop();
}

/// Records of the ledger that is verified: ten years of a busy account.
const RECORDS: usize = 100_000;

fn verify_ledger() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("ledger.jsonl");
    fs::write(&path, ledger()).unwrap();
    let mut times: Vec<f64> = (0..10)
        .map(|_| {
            let started = Instant::now();
            let output = Command::new(PROGRAM)
                .args(["ledger", "verify", "--file"])
                .arg(&path)
                .env_clear()
                .env("HOME", home.path())
                .output()
                .unwrap();
            let took = milliseconds(started);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            took
        })
        .collect();
    println!(
        "ledger  {RECORDS} records, {} MB, verified by the program: {} (held against 1000 ms)",
        fs::metadata(&path).unwrap().len() >> 20,
        spread(&mut times)
    );
}

/// Returns a ledger of decisions.
fn ledger() -> Vec<u8> {
    let writer = Writer {
        scope: Arc::new(Scope {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: None,
        }),
        actor: Arc::new(Actor {
            caller: "arn:aws:sts::111122223333:assumed-role/PagingReviewer/akua".to_owned(),
            user: "akua".to_owned(),
            host: "desk-7".to_owned(),
        }),
        tool: Arc::new(Tool::this()),
    };
    let decision = |number: usize| {
        let subject = format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/person-{number}");
        Entry::Decision(Decision {
            review: "2026-Q4".to_owned(),
            subject: Arn::parse(&subject).unwrap(),
            row: "0123456789abcdef".repeat(4),
            verdict: Verdict::Keep,
            reason: Some("nothing has changed".to_owned()),
            bulk: Some(number),
            seconds: 4,
            until: None,
        })
    };
    let contents = (0..RECORDS).map(|number| Content::of(&decision(number)).unwrap());
    State::new(None)
        .compose(&writer, chrono::Utc::now(), contents)
        .unwrap()
        .bytes
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}

fn spread(times: &mut [f64]) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    format!(
        "median {:.1} ms, 99 % {:.1} ms, worst {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    )
}

/// Returns the resident memory of a process, as Linux tells it.
fn resident_megabytes(process: u32) -> f64 {
    megabytes(process, "VmRSS")
}

/// Returns the most that it ever was.
fn peak_megabytes(process: u32) -> f64 {
    megabytes(process, "VmHWM")
}

fn megabytes(process: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1024.0
}

/// Returns the processor time that a process has used, in clock ticks, as Linux tells it.
fn processor_ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

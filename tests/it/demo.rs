//! The demo account as the program reads it, at the time that the tests pin: for pictures and for screens of real data.

use crate::harness::{Desk, setup, start_of_test};
use callsheet::{
    app::model::Setup,
    aws::{Account, Assignment, CancellationToken},
    config::{Connection, Pace},
    domain::{Timestamp, load::LoadEvent},
    emulator::{Emulator, Settings, World},
    findings::{judging::Judging, registry},
    imports::{self, roster::RosterForm},
};
use std::{
    path::Path,
    sync::{Arc, OnceLock},
};
use tokio::sync::mpsc;

const WORLD: &str = include_str!("../../assets/worlds/demo.json");

/// Returns what a load of the demo account reports, without what differs from run to run: the calls and their times.
pub(crate) fn account() -> Vec<LoadEvent> {
    static EVENTS: OnceLock<Vec<LoadEvent>> = OnceLock::new();
    EVENTS
        .get_or_init(|| {
            let now = start_of_test();
            read(World::from_json_at(WORLD, now).unwrap(), now)
        })
        .clone()
}

/// Returns what the demo account is judged by.
pub(crate) fn judging() -> Arc<Judging> {
    let policy = include_bytes!("../../assets/worlds/demo.policy.toml");
    let roster = include_bytes!("../../assets/worlds/demo.roster.csv");
    Arc::new(Judging {
        policy: imports::policy::parse(policy, Path::new("demo.policy.toml"), &registry::codes()).unwrap(),
        roster: Some(imports::roster::parse(roster, Path::new("demo.roster.csv"), &RosterForm::default()).unwrap()),
        ..Judging::default()
    })
}

/// Returns a desk that has read the demo account, judged by this, once the notice about it has gone away.
pub(crate) fn desk(judging: Arc<Judging>, width: u16, height: u16) -> Desk {
    let setup = Setup {
        is_demo: true,
        judging,
        ..setup()
    };
    let mut desk = Desk::with(setup, width, height);
    desk.load(account());
    desk.end_load(Ok(()));
    desk.wait(5);
    desk
}

/// Returns what a load of some account reports at some time, in the same way.
pub(crate) fn read(world: World, now: Timestamp) -> Vec<LoadEvent> {
    tokio::runtime::Runtime::new().unwrap().block_on(load(world, now))
}

async fn load(world: World, now: Timestamp) -> Vec<LoadEvent> {
    let settings = Settings {
        clock: Some(now),
        seed: Some(1),
        ..Settings::default()
    };
    let emulator = Emulator::start(([127, 0, 0, 1], 0).into(), world, settings)
        .await
        .unwrap();
    let mut events = load_from(emulator.url(), now).await;
    emulator.stop().await;
    for event in &mut events {
        if let LoadEvent::Connected(connected) = event {
            // The port is another one in every run.
            connected.endpoint = None;
        }
    }
    events
}

/// Returns what a load of the account behind an endpoint reports.
pub(crate) async fn load_from(endpoint: String, now: Timestamp) -> Vec<LoadEvent> {
    let connection = Connection {
        region: Some("eu-west-1".to_owned()),
        endpoint_url: Some(endpoint),
        is_demo: true,
        pace: Pace::Off,
        ..Connection::default()
    };
    let account = Account::connect(&connection).await.unwrap();
    let (out, mut reports) = mpsc::channel(64);
    let assignment = Assignment {
        now,
        out,
        stop: CancellationToken::new(),
    };
    let collecting = async {
        let mut events = Vec::new();
        while let Some(batch) = reports.recv().await {
            events.extend(batch);
        }
        events
    };
    let loading = async move { account.load(&assignment).await };
    let (result, mut events) = tokio::join!(loading, collecting);
    result.unwrap();
    events.retain(|event| match event {
        LoadEvent::Connected(_) | LoadEvent::Part(_) => true,
        LoadEvent::Call(_) | LoadEvent::Progress(_) | LoadEvent::Slowed { .. } => false,
    });
    events
}

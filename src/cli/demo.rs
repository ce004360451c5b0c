//! `--demo`: the embedded account, inside this process and on loopback only.
//!
//! It keeps its state between runs beside what is remembered of it, and apart from everything of a real account. The desk
//! and the other subcommands share it; nothing of it is started before somebody needs the account.

use crate::{
    config::{Config, Connection},
    domain::{address::Address, ids::Arn, phone::Arrival, text::explanation},
    emulator::{
        Emulator, Settings, World,
        world::{self, ChannelType},
    },
    failure::{Failure, FailureKind},
    runtime::{Session, SessionFuture},
    store::{DemoLock, Store, file},
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

/// The organisation that the demo begins with.
const FIRST_WORLD: &str = include_str!("../../assets/worlds/demo.json");

/// Far more than the account grows to: it is read whole.
const MAX_BYTES: u64 = 256 << 20;

/// The embedded account while it runs.
#[derive(Debug, Clone)]
pub(super) struct Demo {
    emulator: Arc<Emulator>,
    connection: Connection,
    /// Keeps other processes from changing the account; a copy needs none.
    _lock: Option<Arc<DemoLock>>,
}

/// What somebody wants with the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To change it, or to have it open: only one process at a time can.
    Change,
    /// To read it: where another process has it, a copy of what that one has saved will do.
    Look,
}

impl Demo {
    /// Starts the account as it was left, or as it was in the beginning when that is asked for.
    ///
    /// Every change is in its file before it is answered, so that there is nothing to save at the end.
    pub(super) async fn start(config: &Config, wanted: Wanted) -> Result<Self, Failure> {
        let store = Store::new(config);
        let path = store.demo_account()?;
        let lock = match (store.take_demo_account(), wanted) {
            (Ok(lock), _) => Some(Arc::new(lock)),
            (Err(failure), Wanted::Change) => return Err(failure),
            (Err(_), Wanted::Look) => None,
        };
        let is_fresh = config.demo.is_some_and(|demo| demo.is_fresh);
        let saved = if is_fresh { None } else { read(&path)? };
        let world = saved.map_or_else(first_world, Ok)?;
        let failed = |error: &std::io::Error| {
            Failure::new(FailureKind::Disk, "The demo account did not start.")
                .because(explanation(&error.to_string()))
                .hint("look whether the data directory can be written, or name another with --data-dir")
        };
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let emulator = Emulator::start(any_port, world, Settings::default())
            .await
            .map_err(|error| failed(&error))?;
        if lock.is_some() {
            emulator.save_to(path).await.map_err(|error| failed(&error))?;
        }
        Ok(Self {
            connection: Connection {
                endpoint_url: Some(emulator.url()),
                ..config.connection.clone()
            },
            emulator: Arc::new(emulator),
            _lock: lock,
        })
    }

    /// Returns how to reach it.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Returns everything that has arrived on its devices, oldest first.
    pub(super) fn outbox(&self) -> Vec<Arrival> {
        self.emulator.outbox().into_iter().filter_map(arrival).collect()
    }
}

/// Returns the organisation that the demo begins with.
pub(super) fn first_world() -> Result<World, Failure> {
    World::from_json_at(FIRST_WORLD, super::now())
        .map_err(|error| Failure::new(FailureKind::Bug, "The demo account's own file is wrong.").because_of(&error))
}

/// Reads the account as it was left, if it was.
fn read(path: &Path) -> Result<Option<World>, Failure> {
    let Some(bytes) = file::read(path, MAX_BYTES)? else {
        return Ok(None);
    };
    let wrong = |error: &(dyn std::error::Error + 'static)| {
        Failure::new(
            FailureKind::Disk,
            format!("The demo account in {} cannot be read.", path.display()),
        )
        .because_of(error)
        .hint("start it over with --demo --fresh")
    };
    let text = String::from_utf8(bytes).map_err(|error| wrong(&error))?;
    World::from_json(&text).map(Some).map_err(|error| wrong(&error))
}

fn arrival(arrival: world::Arrival) -> Option<Arrival> {
    Some(Arrival {
        at: arrival.at,
        // The emulator makes these itself, and they are well formed.
        channel: Arn::parse(arrival.channel.as_str()).ok()?,
        kind: match arrival.kind {
            ChannelType::Sms => "SMS",
            ChannelType::Voice => "VOICE",
            ChannelType::Email => "EMAIL",
        }
        .to_owned(),
        to: Address::new(&arrival.to),
        text: arrival.text,
    })
}

/// Returns how the account is reached, which for the embedded one is known when it has started.
pub(super) fn session(config: Config) -> SessionFuture {
    Box::pin(async move {
        let asked = config.asked.clone();
        if config.demo.is_none() {
            return Ok(Session {
                connection: config.connection,
                asked,
                outbox: None,
            });
        }
        let demo = Demo::start(&config, Wanted::Change).await?;
        let connection = demo.connection().clone();
        Ok(Session {
            connection,
            asked,
            outbox: Some(Arc::new(move || demo.outbox())),
        })
    })
}

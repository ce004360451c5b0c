//! The running emulator: a listener on loopback, its tasks, and what the program asks of it.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use super::{
    faults::{Fault, Faults},
    machine::Machine,
    rates::Limits,
    saving::Saver,
    settings::Settings,
    wire,
    world::{Arrival, World},
};

/// How many requests are remembered. A benchmark of the largest organisation needs some thousands.
const CALLS_REMEMBERED: usize = 100_000;

/// How long the listener rests when the machine has no file descriptors left.
const REST_AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// One request that was answered, for tests and benchmarks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallSeen {
    /// The operation's name, or method and path where there is no such operation.
    pub operation: String,
    /// The HTTP status; absent when the connection was dropped.
    pub status: Option<u16>,
    /// The emulator's time at the answer.
    pub at: DateTime<Utc>,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    machine: Mutex<Machine>,
    faults: Mutex<Faults>,
    calls: Mutex<VecDeque<CallSeen>>,
    saver: OnceLock<Saver>,
    /// The world of the start, for a reset.
    first_world: World,
    /// The token buckets.
    pub(crate) limits: Limits,
    /// How long every answer takes.
    pub(crate) latency: Duration,
}

impl Shared {
    /// Returns the state, to itself as long as the guard lives.
    pub(crate) fn machine(&self) -> MutexGuard<'_, Machine> {
        // A panic of one request must not take the others down.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the faults to come.
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the requests so far, oldest first.
    pub(crate) fn calls(&self) -> MutexGuard<'_, VecDeque<CallSeen>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a request.
    pub(crate) fn record(&self, operation: String, status: Option<u16>) {
        let at = self.machine().now();
        let mut calls = self.calls();
        if calls.len() == CALLS_REMEMBERED {
            calls.pop_front();
        }
        calls.push_back(CallSeen { operation, status, at });
    }

    /// Returns to the world of the start, without faults and requests.
    pub(crate) fn reset(&self) {
        self.machine().replace(self.first_world.clone());
        self.faults().clear();
        self.calls().clear();
    }

    /// Lets everything happen that is due by now.
    pub(crate) fn settle(&self) {
        if self.machine().settle() {
            self.save_soon();
        }
    }

    /// Has the state saved without waiting for it.
    pub(crate) fn save_soon(&self) {
        if let Some(saver) = self.saver.get() {
            saver.want();
        }
    }

    /// Waits until a version of the state is on the disk, if it is kept there at all.
    pub(crate) async fn saved(&self, version: u64) {
        if let Some(saver) = self.saver.get() {
            saver.saved(version).await;
        }
    }
}

/// A running Incident Manager.
#[derive(Debug)]
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: JoinHandle<()>,
}

impl Emulator {
    /// Starts to listen; port 0 takes any free one.
    pub async fn start(listen: SocketAddr, world: World, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            limits: Limits::new(&settings),
            latency: Duration::from_millis(settings.latency_ms),
            first_world: world.clone(),
            faults: Mutex::new(Faults::new(settings.seed)),
            machine: Mutex::new(Machine::new(world, settings)),
            calls: Mutex::default(),
            saver: OnceLock::new(),
        });
        #[expect(clippy::disallowed_methods, reason = "the emulator runs its own tasks")]
        let listener = tokio::spawn(listen_on(listener, Arc::clone(&shared)));
        Ok(Self {
            shared,
            address,
            listener,
        })
    }

    /// Keeps the state in a file from now on: the world as it is, and again after every change.
    pub async fn save_to(&self, path: PathBuf) -> io::Result<()> {
        let saver = Saver::start(Arc::clone(&self.shared), path).await?;
        self.shared.saver.set(saver).map_err(|second| {
            second.stop();
            io::Error::new(
                io::ErrorKind::AlreadyExists,
                "the emulator's state is kept in a file already",
            )
        })
    }

    /// Returns the URL to give to a client as its endpoint.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what arrived on the phones and in the mailboxes, oldest first.
    pub fn outbox(&self) -> Vec<Arrival> {
        self.shared.settle();
        self.shared.machine().world.outbox.clone()
    }

    /// Adds faults to come.
    pub fn faults(&self, faults: Vec<Fault>) {
        let mut waiting = self.shared.faults();
        for fault in faults {
            waiting.add(fault);
        }
    }

    /// Forgets all faults that are still to come.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Returns how many of the faults that were added may still hit a request.
    pub fn faults_to_come(&self) -> usize {
        self.shared.faults().to_come()
    }

    /// Returns the requests so far, oldest first.
    pub fn calls(&self) -> Vec<CallSeen> {
        self.shared.calls().iter().cloned().collect()
    }

    /// Returns the state.
    pub fn world(&self) -> World {
        self.shared.machine().world.clone()
    }

    /// Returns to the world of the start, without faults and requests.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Moves the emulator's clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.shared.machine().advance(by);
    }

    /// Stops to listen and drops every connection. What was answered is saved already.
    pub async fn stop(self) {
        self.listener.abort();
        if let Err(error) = self.listener.await
            && !error.is_cancelled()
        {
            tracing::error!(%error, "the emulator's listener ended before it was stopped");
        }
        if let Some(saver) = self.shared.saver.get() {
            saver.stop();
        }
    }
}

/// Takes connections until it is dropped, and its connections with it.
async fn listen_on(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the emulator was not taken");
                #[expect(clippy::disallowed_methods, reason = "the emulator's listener must not spin")]
                tokio::time::sleep(REST_AFTER_REFUSAL).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Without this, small answers wait for the client's acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection keeps its delay");
    }
    let service = service_fn(move |request| wire::answer(Arc::clone(&shared), request));
    // A client that goes away, and a fault that drops the connection, both end here with an error.
    if let Err(error) = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await
    {
        tracing::debug!(%error, "a connection to the emulator ended");
    }
}

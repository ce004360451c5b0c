//! What is the same of every proof that nothing goes wrong unseen: a changeset on the embedded account with a real ledger,
//! with a fault at any of its calls, killed at any point, or with another client at work between any two calls.
//!
//! A proof is general over the changeset: it says which account there is and what is planned on it, and everything that is
//! claimed is claimed against the fault-free run of the same.

use crate::changeset::{Place, connected};
use callsheet::{
    aws::Account,
    changes::{
        Run,
        fact::{ChangesetPlanned, Fact},
        progress::Progress,
        run::{Direction, Outcome, Stop},
    },
    emulator::{CallSeen, Settings, World, operations},
    ledger::{Entry, record::Record},
    runtime::changeset::{CodeSlot, Hands, Order, Recorder, Told},
};
use futures_util::{
    future::{BoxFuture, pending},
    stream::{self, StreamExt as _},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
    task::JoinHandle,
};

/// How often a person lets themselves be asked for a code in one run. A run that needs more asks for ever.
const PATIENCE: usize = 4;

/// The one write of which the account shows nothing, and that may be sent again where it is recorded.
pub(crate) const SEND_CODE: &str = "SendActivationCode";

/// A changeset on an account of its own.
#[derive(Clone, Copy)]
pub(crate) struct Proof {
    /// What it is called where it fails.
    pub(crate) name: &'static str,
    /// The account.
    pub(crate) world: &'static str,
    /// What is planned on it, as it is read at that time.
    pub(crate) plan: for<'a> fn(&'a Place) -> BoxFuture<'a, ChangesetPlanned>,
}

/// What a proof compares with: the run with which nothing goes wrong.
pub(crate) struct Truth {
    /// The account before it, and after each of its steps.
    pub(crate) worlds: Vec<World>,
    /// The operations that it calls, in their order.
    pub(crate) calls: Vec<String>,
    /// How often it writes into the ledger.
    pub(crate) record_count: usize,
    /// How often it takes each write.
    writes: BTreeMap<String, usize>,
}

impl Proof {
    /// Returns an account on which the changeset was consented to.
    pub(crate) async fn begin(&self) -> (Place, ChangesetPlanned) {
        // Short pages, so that lists have tokens.
        let settings = Settings {
            page_size: 2,
            ..Settings::default()
        };
        let place = Place::with(self.world, settings).await;
        let planned = (self.plan)(&place).await;
        place.consent(&planned).await;
        (place, planned)
    }

    /// Carries it out with nothing in its way.
    pub(crate) async fn truth(&self) -> Truth {
        let (place, planned) = self.begin().await;
        let before = place.emulator.calls().len();
        let mut attempt = Attempt::new(&place, in_memory(&planned));
        assert_eq!(attempt.run().await, Some(Outcome::Done), "{}", self.name);
        let (calls, worlds) = (place.emulator.calls(), attempt.worlds());
        assert_eq!(worlds.len(), planned.steps.len() + 1, "{}", self.name);
        let truth = Truth {
            calls: calls[before..].iter().map(|call| call.operation.clone()).collect(),
            record_count: attempt.record_count.load(Ordering::Relaxed),
            writes: effective(&calls[before..], None),
            worlds,
        };
        place.emulator.stop().await;
        truth
    }
}

/// Accounts on which the changeset of a proof was consented to. They are used again: to read one and to plan on it takes as
/// long as a case does.
pub(crate) struct Pool {
    pub(crate) proof: Proof,
    pub(crate) truth: Truth,
    idle: Mutex<Vec<(Place, ChangesetPlanned)>>,
}

impl Pool {
    pub(crate) async fn new(proof: Proof) -> Arc<Self> {
        Arc::new(Self {
            proof,
            truth: proof.truth().await,
            idle: Mutex::default(),
        })
    }

    /// Returns an account on which the changeset was consented to and nothing else was done.
    pub(crate) async fn begin(&self) -> (Place, ChangesetPlanned) {
        let idle = self.idle.lock().unwrap().pop();
        let Some((mut place, planned)) = idle else {
            return self.proof.begin().await;
        };
        place.reset().await;
        place.consent(&planned).await;
        (place, planned)
    }

    /// Takes an account back.
    pub(crate) fn end(&self, place: Place, planned: ChangesetPlanned) {
        self.idle.lock().unwrap().push((place, planned));
    }
}

/// Carries cases out, many at the same time on all processors: most of a case is waiting, for answers, for the disk and for
/// the pauses between attempts. Returns what each comes to.
pub(crate) async fn all_of<C, T>(cases: impl IntoIterator<Item = C>) -> Vec<T>
where
    C: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let cases = cases
        .into_iter()
        .map(|case| async { tokio::spawn(case).await.unwrap() });
    stream::iter(cases).buffer_unordered(AT_ONCE).collect().await
}

/// How many cases are under way at the same time.
const AT_ONCE: usize = 24;

/// Returns a changeset of which nothing was done, with the whole addresses that only memory has.
pub(crate) fn in_memory(planned: &ChangesetPlanned) -> Progress {
    Progress::new(Arc::new(planned.clone()))
}

/// Returns how far a changeset has come, as a program knows it that was just started.
#[track_caller]
pub(crate) fn on_disk(place: &Place, name: &str) -> Progress {
    let (_, changesets) = place.open();
    changesets.get(name).unwrap().progress.clone()
}

/// Returns what the ledger holds of a changeset.
#[track_caller]
pub(crate) fn facts(place: &Place, name: &str) -> Vec<Fact> {
    let facts = place
        .records()
        .into_iter()
        .filter_map(|record| record.entry().unwrap().into_fact());
    facts.filter(|fact| fact.changeset() == name).collect()
}

/// Returns the places of the steps that were about to be sent, once for each time.
pub(crate) fn intents(facts: &[Fact]) -> Vec<usize> {
    let intended = facts.iter().filter_map(|fact| match fact {
        Fact::Intended(intended) => Some(intended.step),
        Fact::Planned(_)
        | Fact::Done(_)
        | Fact::Failed(_)
        | Fact::Closed(_)
        | Fact::CodeSent(_)
        | Fact::Activated(_)
        | Fact::ActivationFailed(_) => None,
    });
    intended.collect()
}

/// Returns whether an operation changes something.
pub(crate) fn is_write(name: &str) -> bool {
    let mut all = operations::all();
    all.any(|operation| operation.name == name && operation.effect == operations::Effect::Writes)
}

/// Returns how often each write took effect. `unseen` is one that did without a status, because its answer was lost.
fn effective(calls: &[CallSeen], unseen: Option<&str>) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    let taken = calls.iter().filter(|call| matches!(call.status, Some(200..=299)));
    for name in taken.map(|call| call.operation.as_str()).chain(unseen) {
        if is_write(name) {
            *count.entry(name.to_owned()).or_default() += 1;
        }
    }
    count
}

/// One run of the driver, as one start of the program makes it.
pub(crate) struct Attempt<'a> {
    place: &'a Place,
    /// How the account is reached: by the door, where there is one.
    account: Account,
    /// How far it has come. In the end it is what the run has recorded.
    pub(crate) progress: Progress,
    /// Which way it goes.
    pub(crate) direction: Direction,
    /// After which of its records it is killed.
    pub(crate) kill_after_record: Option<usize>,
    record_count: Arc<AtomicUsize>,
    asked_count: AtomicUsize,
    worlds: Mutex<Vec<World>>,
}

impl<'a> Attempt<'a> {
    /// Returns a run that goes on from `progress` to the end.
    pub(crate) fn new(place: &'a Place, progress: Progress) -> Self {
        Self {
            account: place.account.clone(),
            progress,
            direction: Direction::Forward,
            kill_after_record: None,
            record_count: Arc::default(),
            asked_count: AtomicUsize::new(0),
            worlds: Mutex::new(vec![place.seen()]),
            place,
        }
    }

    /// Has the account reached by a door.
    pub(crate) async fn through(mut self, door: &Door) -> Self {
        self.account = connected(&door.url).await;
        self
    }

    /// Returns the account as it was before, and after each step that this run has seen to have worked.
    pub(crate) fn worlds(&self) -> Vec<World> {
        self.worlds.lock().unwrap().clone()
    }

    /// Runs to the end; absent where it is killed.
    pub(crate) async fn run(&mut self) -> Option<Outcome> {
        let killed = Arc::new(Notify::new());
        let (told, waiting) = mpsc::channel(1);
        let hands = Hands {
            account: self.account.clone(),
            ledger: self.recorder(Arc::clone(&killed)),
            key: self.place.key.clone(),
            code: CodeSlot::default(),
            told,
        };
        let mut run = Run::new(self.progress.clone(), self.direction);
        let (orders, mut wanted) = mpsc::channel(1);
        let slot = hands.code.clone();
        let ended = {
            let doing = hands.carry_out(&mut run, &mut wanted);
            tokio::select! {
                outcome = doing => Some(outcome),
                () = self.operate(waiting, orders, slot) => None,
                () = killed.notified() => None,
            }
        };
        self.progress = run.progress().clone();
        ended
    }

    /// Does what the operator does, for ever.
    async fn operate(&self, mut waiting: mpsc::Receiver<Told>, orders: mpsc::Sender<Order>, slot: CodeSlot) {
        while let Some(told) = waiting.recv().await {
            self.place.told.lock().unwrap().push(format!("{told:?}"));
            match told {
                Told::NeedsCode { channel, .. } => {
                    let asked = self.asked_count.fetch_add(1, Ordering::Relaxed) + 1;
                    let order = if asked > PATIENCE {
                        Order::Stop
                    } else {
                        self.place.operator(&channel, &slot)
                    };
                    orders.send(order).await.unwrap();
                }
                Told::Recorded(records) => {
                    let is_done = |record: &Record| matches!(record.entry(), Ok(Entry::StepDone(_)));
                    for _ in records.iter().filter(|record| is_done(record)) {
                        self.worlds.lock().unwrap().push(self.place.seen());
                    }
                }
                Told::Reading(_) | Told::Sending { .. } | Told::Called(_) | Told::Ended(_) => {}
            }
        }
        pending::<()>().await;
    }

    /// Returns what writes into the ledger, and after which nothing runs any more where it is to be killed there.
    fn recorder(&self, killed: Arc<Notify>) -> Recorder {
        let ledger = Arc::new(Mutex::new(self.place.open().0));
        let (count, kill_after) = (Arc::clone(&self.record_count), self.kill_after_record);
        Recorder::new(move |entries| {
            let (ledger, count, killed) = (Arc::clone(&ledger), Arc::clone(&count), Arc::clone(&killed));
            Box::pin(async move {
                let recorded = ledger.lock().unwrap().append(Place::now(), &entries);
                if kill_after == Some(count.fetch_add(1, Ordering::Relaxed)) {
                    killed.notify_one();
                    pending::<()>().await;
                }
                recorded
            })
        })
    }
}

/// Claims what has to hold wherever a run stops: exactly what is done is said, and the account shows it.
#[track_caller]
pub(crate) fn assert_stop_is_true(
    place: &Place,
    planned: &ChangesetPlanned,
    truth: &Truth,
    stop: &Stop,
    context: &str,
) {
    let known = on_disk(place, &planned.changeset);
    let mut places = [stop.done.clone(), stop.uncertain.clone(), stop.without_effect.clone()].concat();
    places.sort_unstable();
    assert_eq!(
        places,
        (0..planned.steps.len()).collect::<Vec<_>>(),
        "{context}: {stop:?}"
    );
    assert_eq!(
        (&stop.done, &stop.uncertain),
        (&known.done(), &known.uncertain()),
        "{context}: the ledger knows something else"
    );
    assert!(!stop.sentence.is_empty(), "{context}");
    let lines = stop.lines(planned);
    assert_eq!(lines.len(), planned.steps.len() + 1, "{context}");
    for (place, line) in lines[1..].iter().enumerate() {
        let sign = [
            (&stop.done, ": done"),
            (&stop.uncertain, ": not known whether it took effect"),
            (&stop.without_effect, ": without effect"),
        ];
        let (_, sign) = sign.iter().find(|(places, _)| places.contains(&place)).unwrap();
        assert!(line.ends_with(sign), "{context}: {line}");
    }
    // The steps follow one another, so that the account is as it is after those that are done; or after one more, where
    // nobody knows.
    let world = place.seen();
    let last = stop.done.len() + stop.uncertain.len();
    assert!(
        truth.worlds[stop.done.len()..=last].contains(&world),
        "{context}: the account is not as {stop:?} says"
    );
}

/// Claims what has to hold of the ledger wherever a program is killed: what it has as done is there, and nothing is there
/// that it does not know of.
#[track_caller]
pub(crate) fn assert_ledger_is_true(place: &Place, name: &str, truth: &Truth, context: &str) {
    let known = on_disk(place, name);
    let done = known.done().len();
    let last = done + known.uncertain().len();
    assert!(
        truth.worlds[done..=last].contains(&place.seen()),
        "{context}: the account is not as the ledger says: {:?}",
        known.steps
    );
}

/// Where a program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kill {
    /// After this record is on the disk, from 0.
    AfterRecord(usize),
    /// After the account has done what this call asks for, from 0, and before the program has its answer.
    AfterCall(usize),
}

impl Pool {
    /// Returns every point at which a program can be killed that makes a difference.
    pub(crate) fn kills(&self) -> Vec<Kill> {
        let records = (0..self.truth.record_count).map(Kill::AfterRecord);
        records
            .chain((0..self.truth.calls.len()).map(Kill::AfterCall))
            .collect()
    }

    /// Returns an account on which the program was killed in the middle of the changeset. Nothing runs after that.
    pub(crate) async fn killed(&self, kill: Kill) -> (Place, ChangesetPlanned) {
        let (place, planned) = self.begin().await;
        let context = format!("{}, {kill:?}", self.proof.name);
        let mut attempt = Attempt::new(&place, in_memory(&planned));
        let ended = match kill {
            Kill::AfterRecord(count) => {
                attempt.kill_after_record = Some(count);
                attempt.run().await
            }
            Kill::AfterCall(count) => {
                let door = Door::holding(&place, count).await;
                let mut attempt = attempt.through(&door).await;
                tokio::select! {
                    ended = attempt.run() => ended,
                    () = door.held() => None,
                }
            }
        };
        assert_eq!(ended, None, "{context}: it was not killed");
        assert_ledger_is_true(&place, &planned.changeset, &self.truth, &context);
        (place, planned)
    }
}

/// Claims what has to hold of the whole changeset in the end: nothing took effect more often than in the truth, and each
/// write that was sent was recorded before.
#[track_caller]
pub(crate) fn assert_nothing_twice(
    truth: &Truth,
    (calls, unseen): (&[CallSeen], Option<&str>),
    (planned, facts): (&ChangesetPlanned, &[Fact]),
    context: &str,
) {
    let effective = effective(calls, unseen);
    let intended = intents(facts);
    for (name, expected) in &truth.writes {
        let count = effective.get(name).copied().unwrap_or_default();
        let is_it = |step: &usize| planned.steps[*step].write.change().name() == name;
        let intended = intended.iter().filter(|step| is_it(step)).count();
        if name == SEND_CODE {
            assert!(count >= *expected, "{context}: {name} {count} times");
        } else {
            assert_eq!(count, *expected, "{context}: how often {name} took effect");
        }
        assert!(
            intended >= count,
            "{context}: {name} took effect {count} times and was intended {intended} times"
        );
    }
    assert!(
        effective.keys().all(|name| truth.writes.contains_key(name)),
        "{context}: {effective:?}"
    );
}

/// A door in front of the embedded account: one call at a time goes through it, and a test can hold one of them after the
/// account has done its work, and before its answer is on its way.
pub(crate) struct Door {
    /// Where to knock.
    pub(crate) url: String,
    inside: Arc<Inside>,
    task: JoinHandle<()>,
}

struct Inside {
    upstream: std::net::SocketAddr,
    one_at_a_time: tokio::sync::Mutex<()>,
    count: AtomicUsize,
    hold: usize,
    held: Notify,
    go: Notify,
}

impl Door {
    /// Returns a door that holds the answer of the call at this place, from 0.
    pub(crate) async fn holding(place: &Place, hold: usize) -> Self {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inside = Arc::new(Inside {
            upstream: place.emulator.address(),
            one_at_a_time: tokio::sync::Mutex::default(),
            count: AtomicUsize::new(0),
            hold,
            held: Notify::new(),
            go: Notify::new(),
        });
        let ours = Arc::clone(&inside);
        let task = tokio::spawn(async move {
            let mut visitors = tokio::task::JoinSet::new();
            while let Ok((visitor, _)) = listener.accept().await {
                let inside = Arc::clone(&ours);
                visitors.spawn(async move { inside.serve(visitor).await });
            }
        });
        Self { url, inside, task }
    }

    /// Waits until the answer is held.
    pub(crate) async fn held(&self) {
        self.inside.held.notified().await;
    }

    /// Lets the answer go.
    pub(crate) fn let_go(&self) {
        self.inside.go.notify_one();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inside {
    /// Lets the calls of one connection through until either side ends it.
    async fn serve(&self, mut visitor: TcpStream) -> Option<()> {
        let mut upstream = TcpStream::connect(self.upstream).await.ok()?;
        for socket in [&visitor, &upstream] {
            socket.set_nodelay(true).ok()?;
        }
        loop {
            let request = message(&mut visitor).await?;
            let turn = self.one_at_a_time.lock().await;
            upstream.write_all(&request).await.ok()?;
            let answer = message(&mut upstream).await?;
            if self.count.fetch_add(1, Ordering::Relaxed) == self.hold {
                self.held.notify_one();
                self.go.notified().await;
            }
            drop(turn);
            visitor.write_all(&answer).await.ok()?;
        }
    }
}

/// Reads one message of HTTP whose length its head tells.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let length = String::from_utf8_lossy(&bytes[..head])
                .to_ascii_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())
                .unwrap_or_default();
            if bytes.len() >= head + 4 + length {
                return Some(bytes);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

//! The ledger's keeper: one thread that owns the open ledger, so that records reach the disk in the order in which they
//! were asked for, and the screen in the order in which they reached the disk.

use super::now;
use crate::{
    app::{effect::Ticket, ledger::FoundLedger, msg::Msg},
    domain::ids::Scope,
    failure::{Failure, FailureKind},
    ledger::{Entry, entry::SessionOpened, record::Record},
    store::{
        Store,
        ledger::{Ledger, actor},
    },
};
use tokio::sync::{mpsc, oneshot};

/// Whoever wants something recorded talks to the keeper through this. When all copies are gone, the keeper ends.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    jobs: mpsc::UnboundedSender<Job>,
}

/// Something for the keeper to do.
#[derive(Debug)]
enum Job {
    Open {
        ticket: Ticket,
        scope: Box<Scope>,
        caller: String,
    },
    Record {
        entries: Vec<Entry>,
        done: Done,
    },
}

/// Who is told how it went.
#[derive(Debug)]
enum Done {
    Core(Ticket),
    Task(oneshot::Sender<Result<(), Failure>>),
}

impl Keeper {
    /// Returns a keeper, and the work that it does until nobody needs it: to be run on a thread made for waiting.
    pub(super) fn new(store: Store, sender: mpsc::Sender<Msg>) -> (Self, impl FnOnce() + Send + 'static) {
        let (jobs, waiting) = mpsc::unbounded_channel();
        (Self { jobs }, move || keep(&store, &sender, waiting))
    }

    /// Asks for the ledger of a scope; `Msg::LedgerOpened` answers.
    pub(super) fn open(&self, ticket: Ticket, scope: Scope, caller: String) {
        let scope = Box::new(scope);
        // The keeper is gone only when the desk is left.
        self.jobs.send(Job::Open { ticket, scope, caller }).ok();
    }

    /// Asks for something to be recorded; `Msg::Recorded` answers.
    pub(super) fn record(&self, ticket: Ticket, entries: Vec<Entry>) {
        let done = Done::Core(ticket);
        self.jobs.send(Job::Record { entries, done }).ok();
    }

    /// Records something, and returns once it is on the disk.
    pub(super) async fn recorded(&self, entries: Vec<Entry>) -> Result<(), Failure> {
        let (done, answer) = oneshot::channel();
        let done = Done::Task(done);
        let gone = || {
            Failure::new(
                FailureKind::Bug,
                "The ledger was closed before something could be recorded.",
            )
        };
        self.jobs.send(Job::Record { entries, done }).map_err(|_gone| gone())?;
        answer.await.unwrap_or_else(|_gone| Err(gone()))
    }
}

fn keep(store: &Store, sender: &mpsc::Sender<Msg>, mut waiting: mpsc::UnboundedReceiver<Job>) {
    let mut open: Option<Session> = None;
    // The desk may have been left meanwhile: then nobody waits for the answer.
    let tell = |msg: Msg| sender.blocking_send(msg).ok();
    while let Some(job) = waiting.blocking_recv() {
        match job {
            Job::Open { ticket, scope, caller } => {
                let result = Ledger::open(store, &scope, actor(&caller)).map(|(ledger, chain)| {
                    let found = FoundLedger {
                        file: ledger.path().display().to_string(),
                        proven_count: chain.proven().len(),
                        head: chain.state.head,
                        fault: chain.state.fault.as_ref().map(|fault| fault.failure(ledger.path())),
                        records: chain.records,
                    };
                    open = Some(Session {
                        ledger,
                        is_recorded: false,
                    });
                    Box::new(found)
                });
                tell(Msg::LedgerOpened { ticket, result });
            }
            Job::Record { entries, done } => {
                let result = match &mut open {
                    Some(session) => session.record(entries).map(|records| {
                        tell(Msg::LedgerGrew(records));
                    }),
                    None => Err(Failure::new(
                        FailureKind::Disk,
                        "The ledger could not be opened, so nothing is recorded.",
                    )
                    .hint("mend what was said about it, and start callsheet again")),
                };
                match done {
                    Done::Core(ticket) => drop(tell(Msg::Recorded { ticket, result })),
                    Done::Task(answer) => drop(answer.send(result)),
                }
            }
        }
    }
}

/// An open ledger, and whether the session has left its mark in it: a desk that only looks leaves none.
struct Session {
    ledger: Ledger,
    is_recorded: bool,
}

impl Session {
    fn record(&mut self, mut entries: Vec<Entry>) -> Result<Vec<Record>, Failure> {
        if !self.is_recorded {
            let command = "desk".to_owned();
            entries.insert(0, Entry::SessionOpened(SessionOpened { command }));
        }
        let records = self.ledger.append(now(), &entries)?;
        self.is_recorded = true;
        Ok(records)
    }
}

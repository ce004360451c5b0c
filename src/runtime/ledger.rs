//! The ledger's keeper: one thread that owns the open ledger, so that records reach the disk in the order in which they
//! were asked for, and the screen in the order in which they reached the disk.

use super::{changeset::Recorder, now};
use crate::{
    app::{effect::Ticket, ledger::FoundLedger, msg::Msg},
    config::Signing,
    domain::{address::Address, fingerprint::FingerprintKey, ids::Scope},
    failure::{Failure, FailureKind},
    ledger::{
        Entry,
        entry::{SessionOpened, SignOff},
        hash::RecordHash,
        record::Record,
    },
    store::{
        Store,
        ledger::{Ledger, actor},
        signature::{Prompt, sign_with},
    },
};
use tokio::sync::{mpsc, oneshot};

/// Whoever wants something recorded talks to the keeper through this. When all copies are gone, the keeper ends.
#[derive(Debug, Clone)]
pub struct Keeper {
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
    Look,
    Record {
        entries: Vec<Entry>,
        done: Done,
    },
    SignOff {
        ticket: Ticket,
        sign_off: Box<SignOff>,
        head: RecordHash,
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
    pub fn new(store: Store, signing: Signing, sender: mpsc::Sender<Msg>) -> (Self, impl FnOnce() + Send + 'static) {
        let (jobs, waiting) = mpsc::unbounded_channel();
        (Self { jobs }, move || keep((&store, &signing), &sender, waiting))
    }

    /// Asks for the ledger of a scope; `Msg::LedgerOpened` answers.
    pub fn open(&self, ticket: Ticket, scope: Scope, caller: String) {
        let scope = Box::new(scope);
        // The keeper is gone only when the desk is left.
        self.jobs.send(Job::Open { ticket, scope, caller }).ok();
    }

    /// Asks what others have recorded since; `Msg::LedgerLooked` answers, if the ledger is open.
    pub fn look(&self) {
        self.jobs.send(Job::Look).ok();
    }

    /// Asks for something to be recorded; `Msg::Recorded` answers.
    pub fn record(&self, ticket: Ticket, entries: Vec<Entry>) {
        let done = Done::Core(ticket);
        self.jobs.send(Job::Record { entries, done }).ok();
    }

    /// Asks for a signature under a review to be recorded; `Msg::Recorded` answers.
    pub fn sign_off(&self, ticket: Ticket, sign_off: Box<SignOff>, head: RecordHash) {
        let job = Job::SignOff { ticket, sign_off, head };
        self.jobs.send(job).ok();
    }

    /// Returns what a changeset records with: the screen hears of it as of every record.
    pub fn recorder(&self) -> Recorder {
        let keeper = self.clone();
        Recorder::new(move |entries| {
            let keeper = keeper.clone();
            Box::pin(async move { keeper.recorded(entries).await.map(|()| Vec::new()) })
        })
    }

    /// Records something, and returns once it is on the disk.
    pub async fn recorded(&self, entries: Vec<Entry>) -> Result<(), Failure> {
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

fn keep((store, signing): (&Store, &Signing), sender: &mpsc::Sender<Msg>, mut waiting: mpsc::UnboundedReceiver<Job>) {
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
                        scope: *scope.clone(),
                        is_recorded: false,
                    });
                    Box::new(found)
                });
                tell(Msg::LedgerOpened { ticket, result });
            }
            Job::Look => {
                if let Some(session) = &mut open {
                    tell(Msg::LedgerLooked(session.look()));
                }
            }
            Job::Record { entries, done } => {
                let result = match &mut open {
                    Some(session) => session.record(store, entries).map(|records| {
                        tell(Msg::LedgerGrew(records));
                    }),
                    None => Err(not_open()),
                };
                match done {
                    Done::Core(ticket) => drop(tell(Msg::Recorded { ticket, result })),
                    Done::Task(answer) => drop(answer.send(result)),
                }
            }
            Job::SignOff { ticket, sign_off, head } => {
                let result = match &mut open {
                    Some(session) => session.sign_off(signing, *sign_off, head),
                    None => Err(not_open()),
                };
                let result = match result {
                    Ok(records) => {
                        tell(Msg::LedgerGrew(records));
                        Ok(())
                    }
                    Err(failure) => {
                        // What others have recorded meanwhile may be why.
                        if let Some(Ok(news)) = open.as_mut().map(|session| session.ledger.refresh()) {
                            tell(Msg::LedgerGrew(news));
                        }
                        Err(failure)
                    }
                };
                tell(Msg::Recorded { ticket, result });
            }
        }
    }
}

/// An open ledger, and whether the session has left its mark in it: a desk that only looks leaves none.
struct Session {
    ledger: Ledger,
    scope: Scope,
    is_recorded: bool,
}

impl Session {
    fn look(&mut self) -> Result<Vec<Record>, Failure> {
        let news = self.ledger.refresh()?;
        match &self.ledger.state().fault {
            Some(fault) => Err(fault.failure(self.ledger.path())),
            None => Ok(news),
        }
    }

    fn record(&mut self, store: &Store, mut entries: Vec<Entry>) -> Result<Vec<Record>, Failure> {
        add_fingerprints(&mut entries, || store.fingerprint_key(&self.scope))?;
        if !self.is_recorded {
            let command = "desk".to_owned();
            entries.insert(0, Entry::SessionOpened(SessionOpened { command }));
        }
        let records = self.ledger.append(now(), &entries)?;
        self.is_recorded = true;
        Ok(records)
    }

    /// Signs the head, where there is a key for it, and records that. Nothing may come between the two records, so this
    /// session has left its mark before.
    fn sign_off(&mut self, signing: &Signing, mut sign_off: SignOff, head: RecordHash) -> Result<Vec<Record>, Failure> {
        sign_off.signature = sign_with(signing, &sign_off.name, head, Prompt::Never)?;
        self.ledger.append_to_head(now(), &[Entry::SignOff(sign_off)], head)
    }
}

fn not_open() -> Failure {
    Failure::new(
        FailureKind::Disk,
        "The ledger could not be opened, so nothing is recorded.",
    )
    .hint("mend what was said about it, and start callsheet again")
}

/// Gives every whole address its fingerprint. The key is read only where there is one.
fn add_fingerprints(
    entries: &mut [Entry],
    key: impl FnOnce() -> Result<FingerprintKey, Failure>,
) -> Result<(), Failure> {
    let is_bare = |address: &&mut Address| address.fingerprint().is_none() && address.reveal().is_some();
    let addresses = entries.iter_mut().filter_map(Entry::address_mut);
    let bare: Vec<&mut Address> = addresses.filter(is_bare).collect();
    if bare.is_empty() {
        return Ok(());
    }
    let key = key()?;
    for address in bare {
        *address = address.clone().with_fingerprint(&key);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ids::Arn,
        ledger::entry::{DeviceNotConfirmed, Note},
    };

    #[test]
    fn an_address_has_its_fingerprint_before_it_is_recorded() {
        let arn = Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna").unwrap();
        let address = Address::new("+447700900123");
        let mut entries = [Entry::DeviceNotConfirmed(DeviceNotConfirmed {
            channel: arn.clone(),
            contact: arn,
            address: address.clone(),
            mismatches: 3,
            reason: "no".to_owned(),
        })];
        let key = FingerprintKey::new(&[7; 32]);
        add_fingerprints(&mut entries, || Ok(key.clone())).unwrap();
        let found = entries[0].address_mut().unwrap().fingerprint().map(str::to_owned);
        assert_eq!(found.as_deref(), address.with_fingerprint(&key).fingerprint());
    }

    #[test]
    fn without_an_address_no_key_is_needed() {
        let note = Note {
            review: None,
            subject: None,
            text: "hello".to_owned(),
        };
        let unwanted = || Err(Failure::new(FailureKind::Bug, "The key was asked for."));
        add_fingerprints(&mut [Entry::Note(note)], unwanted).unwrap();
    }
}

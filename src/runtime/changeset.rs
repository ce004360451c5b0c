//! A changeset carried out: what a [`Run`] asks for is done here, one thing after the other.
//!
//! Nothing is decided here. What happens is told as plain values, and what the operator wants comes as plain values; only
//! the code of an activation does not: it lies in a [`CodeSlot`] that the terminal fills and a write empties.

pub use crate::app::changeset::Order;

use super::{effects::blocking, now};
use crate::{
    aws::Account,
    changes::{
        Changeset, Run, Write,
        apply::Previews,
        changeset::Draft,
        fact::{ChangesetPlanned, Fact},
        outcome::NotSentKind,
        progress::Progress,
        removal::rebuild,
        run::{Heard, Instruction, Outcome},
    },
    domain::{
        call::Call,
        fingerprint::FingerprintKey,
        ids::Arn,
        inventory::{Inventory, SectionState},
        text::neutral,
    },
    failure::{Failure, FailureKind},
    ledger::{Entry, record::Record},
    store::ledger::Ledger,
};
use secrecy::SecretString;
use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// How long is waited before what was written is read another time.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Where a code waits between the key that enters it and the write that sends it. It is wiped when it is taken out or
/// replaced, and nothing prints it.
#[derive(Clone, Default)]
pub struct CodeSlot(Arc<Mutex<Option<SecretString>>>);

impl CodeSlot {
    /// Puts a code in, in place of the one that may be there.
    pub fn put(&self, code: SecretString) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }

    /// Takes the code out.
    pub fn take(&self) -> Option<SecretString> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for CodeSlot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CodeSlot(…)")
    }
}

/// The answer to a wish to record something: what is new in the ledger, once it is on the disk.
pub type Recording = Pin<Box<dyn Future<Output = Result<Vec<Record>, Failure>> + Send>>;

/// Writes into the ledger: the desk through the one thread that keeps it open, a subcommand by itself.
#[derive(Clone)]
pub struct Recorder(Arc<dyn Fn(Vec<Entry>) -> Recording + Send + Sync>);

impl Recorder {
    /// Returns the recorder that hands entries to `record`. It has to record all of them or none.
    pub fn new(record: impl Fn(Vec<Entry>) -> Recording + Send + Sync + 'static) -> Self {
        Self(Arc::new(record))
    }

    /// Returns the recorder that writes into this ledger, which nobody else has to write to.
    pub fn of(ledger: Ledger) -> Self {
        let ledger = Arc::new(Mutex::new(ledger));
        Self::new(move |entries| {
            let ledger = Arc::clone(&ledger);
            Box::pin(blocking(move || {
                let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
                ledger.append(now(), &entries)
            }))
        })
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Recorder(…)")
    }
}

/// What happens while a changeset is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A subject is being read.
    Reading(Arn),
    /// A write is on its way.
    Sending {
        /// The place of the step in the changeset.
        step: usize,
    },
    /// These calls were made.
    Called(Vec<Call>),
    /// This is new in the ledger.
    Recorded(Vec<Record>),
    /// The code that a device has received is wanted.
    NeedsCode {
        /// The place of the step in the changeset.
        step: usize,
        /// The device.
        channel: Arn,
        /// What is the matter with the code before, when something is.
        problem: Option<String>,
    },
    /// It has ended.
    Ended(Outcome),
}

/// What is needed to carry a changeset out.
#[derive(Debug, Clone)]
pub struct Hands {
    /// The account, armed by the operator.
    pub account: Account,
    /// Its ledger.
    pub ledger: Recorder,
    /// The key of its fingerprints.
    pub key: FingerprintKey,
    /// Where the code waits.
    pub code: CodeSlot,
    /// Where it is told what happens. Nobody need listen.
    pub told: mpsc::Sender<Told>,
}

impl Hands {
    /// Records that the operator has consented to a changeset. Before that none of its writes may be sent.
    pub async fn consent(&self, planned: ChangesetPlanned) -> Result<(), Failure> {
        self.consent_with(planned, Vec::new()).await
    }

    async fn consent_with(&self, planned: ChangesetPlanned, mut facts: Vec<Fact>) -> Result<(), Failure> {
        if !planned.is_as_consented() {
            let what = "The changeset is not the one that was shown.";
            return Err(Failure::new(FailureKind::Bug, what).because("its digest is another one"));
        }
        let name = planned.changeset.clone();
        facts.push(Fact::Planned(planned));
        let records = self.append(facts).await?;
        // A name holds for a second, and another session may have taken the same one since the ledger was last read.
        let is_it = |record: &&Record| matches!(record.entry(), Ok(Entry::ChangesetPlanned(planned)) if planned.changeset == name);
        if records.iter().filter(is_it).count() > 1 {
            let what = "Another session began a changeset of the same name in the same second.";
            return Err(Failure::new(FailureKind::Service, what).hint("begin anew"));
        }
        Ok(())
    }

    /// Records that the operator has consented to a changeset in place of one that stopped half-way, and closes that one by the
    /// same record: there is no moment with both, or with neither.
    pub async fn consent_anew(&self, planned: ChangesetPlanned, former: &Progress) -> Result<(), Failure> {
        let closed = former.abandoned(rebuild::note(&planned.changeset));
        self.consent_with(planned, vec![closed]).await
    }

    /// Records these facts, all or none.
    pub async fn record(&self, facts: Vec<Fact>) -> Result<(), Failure> {
        self.append(facts).await.map(drop)
    }

    /// Records these facts, all or none, and returns all that is new in the ledger since it was last read.
    async fn append(&self, facts: Vec<Fact>) -> Result<Vec<Record>, Failure> {
        let entries: Vec<Entry> = facts.into_iter().map(Entry::from).collect();
        let records = (self.ledger.0)(entries).await?;
        self.tell(Told::Recorded(records.clone())).await;
        Ok(records)
    }

    /// Carries a run to its end. Whoever drops this before it ends does not know what became of the write that was on its
    /// way; the ledger does know that there was one.
    pub async fn carry_out(&self, run: &mut Run, orders: &mut mpsc::Receiver<Order>) -> Outcome {
        loop {
            while let Ok(order) = orders.try_recv() {
                run.hear(heard(order));
            }
            match run.next() {
                Instruction::Ended(outcome) => {
                    // A code that was not used is not kept.
                    drop(self.code.take());
                    self.tell(Told::Ended(outcome.clone())).await;
                    return outcome;
                }
                Instruction::Record(facts) => match self.record(facts).await {
                    Ok(()) => run.hear(Heard::Recorded),
                    Err(failure) => run.hear(Heard::NotRecorded(&sentence(&failure))),
                },
                Instruction::Read { subject, looks } => self.read(run, subject, looks).await,
                Instruction::Send {
                    step,
                    write,
                    needs_code,
                } => {
                    self.tell(Told::Sending { step }).await;
                    self.send(run, &write, needs_code).await;
                }
                Instruction::NeedsCode { step, channel, problem } => {
                    self.tell(Told::NeedsCode { step, channel, problem }).await;
                    // Nobody is left who could enter one when the channel is closed.
                    run.hear(orders.recv().await.map_or(Heard::Stop, heard));
                }
            }
        }
    }

    async fn read(&self, run: &mut Run, subject: Arn, looks: u8) {
        if looks > 0 {
            sleep_until(Instant::now() + BETWEEN_LOOKS).await;
        }
        self.tell(Told::Reading(subject.clone())).await;
        match Box::pin(self.account.probe(&subject, now())).await {
            Ok(probe) => {
                self.tell(Told::Called(probe.calls)).await;
                run.hear(Heard::Read(&complete(probe.inventory, &self.key)));
            }
            Err(unread) => {
                self.tell(Told::Called(unread.calls)).await;
                run.hear(Heard::NotRead(&sentence(&unread.failure)));
            }
        }
    }

    async fn send(&self, run: &mut Run, write: &Write, needs_code: bool) {
        let code = if needs_code { self.code.take() } else { None };
        let answer = Box::pin(self.account.send(write, code.as_ref(), now())).await;
        drop(code);
        match answer {
            Ok(sent) => {
                self.tell(Told::Called(sent.calls)).await;
                run.hear(Heard::Sent {
                    request_id: sent.request_id.as_deref(),
                });
            }
            Err(not_sent) => {
                self.tell(Told::Called(not_sent.calls)).await;
                run.hear(Heard::NotSent {
                    kind: &not_sent.kind,
                    took_effect: not_sent.took_effect,
                    reason: &not_sent.reason,
                    is_about_code: needs_code && may_be_the_code(&not_sent.kind),
                });
            }
        }
    }

    async fn tell(&self, told: Told) {
        self.told.send(told).await.ok();
    }
}

/// Returns what the writes of `draft` change, with the fingerprints by which addresses are told apart.
pub(super) fn drafted(
    mut inventory: Inventory,
    name: String,
    mut draft: Draft,
    key: &FingerprintKey,
) -> Result<Changeset, Failure> {
    inventory.add_fingerprints(key);
    for write in &mut draft.writes {
        write.add_fingerprint(key);
    }
    Changeset::build(&inventory, name, draft, &Previews::new()).map_err(|not_read| {
        let what = format!("{not_read}.");
        Failure::new(FailureKind::Access, what).hint("read it again (R), and press ! to see what could not be read")
    })
}

/// Returns what the core is told of; what was recorded comes to it from the keeper of the ledger.
pub(super) fn for_the_core(told: Told) -> Option<crate::app::changeset::Told> {
    use crate::app::changeset::Told as Core;
    Some(match told {
        Told::Reading(subject) => Core::Reading(subject),
        Told::Sending { step } => Core::Sending { step },
        Told::Called(calls) => Core::Called(calls),
        Told::Recorded(_) => return None,
        Told::NeedsCode { step, channel, problem } => Core::NeedsCode { step, channel, problem },
        Told::Ended(outcome) => Core::Ended(outcome),
    })
}

fn heard(order: Order) -> Heard<'static> {
    match order {
        Order::CodeGiven => Heard::CodeGiven,
        Order::NewCode => Heard::NewCodeWanted,
        Order::Stop => Heard::Stop,
    }
}

/// Returns whether another code may help. Which error a wrong one brings is not published.
fn may_be_the_code(kind: &NotSentKind) -> bool {
    match kind {
        NotSentKind::Validation | NotSentKind::Unsendable => true,
        NotSentKind::Denied { .. }
        | NotSentKind::NotFound
        | NotSentKind::Conflict { .. }
        | NotSentKind::Quota
        | NotSentKind::Encryption
        | NotSentKind::Throttled
        | NotSentKind::TimedOut
        | NotSentKind::Unreachable
        | NotSentKind::Credentials
        | NotSentKind::Other => false,
    }
}

/// Returns what was read of one subject as a run compares it: with fingerprints, and with nothing missing that is there.
fn complete(mut probed: Inventory, key: &FingerprintKey) -> Inventory {
    probed.add_fingerprints(key);
    // A probe is read to the end, so that what is not in it is not there.
    probed.contacts.state = SectionState::Complete;
    probed.rotations.state = SectionState::Complete;
    probed.response_plans.state = SectionState::Complete;
    probed
}

/// Returns a failure as one sentence without a full stop.
fn sentence(failure: &Failure) -> String {
    let mut words = failure.what().trim_end_matches('.').to_owned();
    for why in failure.why() {
        words.push_str(": ");
        words.push_str(why);
    }
    neutral(&words).into_owned()
}

//! The ledger as the desk knows it: read once the account is known, grown by every record.
//!
//! Nothing is said to be recorded before its record has come back from the disk.

use super::{
    changeset,
    effect::{Effect, Ticket},
    model::Model,
    reveal, review,
};
use crate::{
    domain::{
        contact::ActivationStatus,
        gap::Reading,
        ids::{Arn, Scope},
    },
    failure::Failure,
    ledger::{Entry, entry::Verdict, hash::RecordHash, record::Record, replay::Changesets, rounds::Rounds},
    review::{Reviews, gate::LedgerState},
};
use std::collections::BTreeMap;

/// What the rows of the ledger are called before their number: no resource of AWS is.
const ROW: &str = "arn:callsheet:ledger:::record/";

/// The ledger of the account.
#[derive(Debug, Clone, Default)]
pub struct DeskLedger {
    /// How far it is known.
    pub status: LedgerStatus,
    /// Of which account and Region it was asked for.
    pub scope: Option<Scope>,
    /// What the answers on the screen are of, where that is another account or Region: nothing about it belongs into this
    /// ledger.
    pub stranger: Option<Scope>,
    /// Where it lies.
    pub file: String,
    /// Its records, oldest first, with what they say where this version knows their kind.
    pub records: Vec<Recorded>,
    /// The hash of the last record.
    pub head: Option<RecordHash>,
    /// The question that is not answered yet.
    pub awaited: Option<Ticket>,
    /// Every changeset, as far as it has come.
    pub changesets: Changesets,
    /// What the records come to: every review, and what is known of each device.
    pub reviews: Reviews,
    /// The rounds of activations, and how far their devices have come.
    pub rounds: Rounds,
    /// What is being recorded, each with what follows once it is on the disk.
    pub recording: BTreeMap<Ticket, Once>,
}

/// What follows a record once it is on the disk, and only then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    /// Something is said; nothing where it is empty.
    Say(String),
    /// The device that was confirmed is activated.
    Activate {
        /// The device.
        device: Arn,
        /// What the service said of it.
        status: ActivationStatus,
    },
    /// What carries out the decision about a row is offered.
    CarryOut {
        /// What is said.
        said: String,
        /// The row.
        subject: Arn,
        /// What was decided.
        verdict: Verdict,
    },
    /// The round of activations that was begun is shown.
    ShowRound,
    /// A device of the round was skipped: the next one is selected.
    NextOfRound,
    /// The whole address of a device is shown, if the key is still held.
    Reveal(Arn),
}

impl From<String> for Once {
    fn from(said: String) -> Self {
        Self::Say(said)
    }
}

impl From<&str> for Once {
    fn from(said: &str) -> Self {
        Self::Say(said.to_owned())
    }
}

/// A record, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The record.
    pub record: Record,
    /// What it says; absent where only another version knows.
    pub entry: Option<Entry>,
    /// Whether the chain proves it.
    pub is_proven: bool,
}

/// How far a ledger is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LedgerStatus {
    /// The account is not known yet, or the file is being read.
    #[default]
    Waiting,
    /// It could not be read: nothing can be recorded, so nothing is done that has to be.
    Unread(Failure),
    /// It does not check: it can be looked at, and nothing is added.
    Broken(Failure),
    /// Every record follows from the one before it.
    Sound,
}

/// A ledger as it was found on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLedger {
    /// Where it lies.
    pub file: String,
    /// Its records, oldest first.
    pub records: Vec<Record>,
    /// How many of them the chain proves.
    pub proven_count: usize,
    /// The hash of the last record that is proven.
    pub head: RecordHash,
    /// Why it does not check, if it does not.
    pub fault: Option<Failure>,
}

impl DeskLedger {
    /// Returns the record of a row.
    pub fn of_row(&self, id: &Arn) -> Option<&Recorded> {
        let seq: u64 = id.as_str().strip_prefix(ROW)?.parse().ok()?;
        // The number of a record is its place; in a ledger that does not check it may not be.
        let place = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.records
            .get(place)
            .filter(|recorded| recorded.record.seq == seq)
            .or_else(|| self.records.iter().find(|recorded| recorded.record.seq == seq))
    }

    /// Returns what the records say that the chain proves, oldest first, each with its record.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&Record, &Entry)> {
        let proven = self.records.iter().filter(|recorded| recorded.is_proven);
        proven.filter_map(|recorded| Some((&recorded.record, recorded.entry.as_ref()?)))
    }

    /// Returns why nothing can be recorded now, if nothing can.
    pub fn hindrance(&self) -> Option<String> {
        self.strangeness().or_else(|| match &self.status {
            LedgerStatus::Sound => None,
            LedgerStatus::Waiting => Some("the ledger has not been read yet".to_owned()),
            LedgerStatus::Unread(failure) | LedgerStatus::Broken(failure) => {
                Some(format!("nothing can be recorded: {}", failure.what()))
            }
        })
    }

    /// Returns why this ledger is not the one of the answers on the screen, if it is not.
    pub fn strangeness(&self) -> Option<String> {
        let (own, other) = (self.scope.as_ref()?, self.stranger.as_ref()?);
        Some(format!(
            "this desk has the ledger of {} in {}, and the answers are of {} in {} now; start callsheet anew for that",
            own.account, own.region, other.account, other.region
        ))
    }

    /// Returns whether the ledger is whole, as a sign-off has to know it.
    pub fn state(&self) -> LedgerState {
        if let Some(why) = self.strangeness() {
            return LedgerState::Broken(why);
        }
        match (&self.status, self.head) {
            (LedgerStatus::Sound, Some(head)) => LedgerState::Whole(head),
            (LedgerStatus::Broken(failure) | LedgerStatus::Unread(failure), _) => {
                LedgerState::Broken(failure.what().to_owned())
            }
            (LedgerStatus::Sound, None) | (LedgerStatus::Waiting, _) => {
                LedgerState::Broken("it has not been read yet".to_owned())
            }
        }
    }

    fn add(&mut self, records: Vec<Record>, proven_count: usize) {
        for record in records {
            let entry = record.entry().ok();
            let is_proven = self.records.len() < proven_count;
            if is_proven {
                self.changesets.add_record(&record);
                self.reviews.add_record(&record);
                if let Some(entry) = &entry {
                    self.rounds.add(entry, record.at, &record.actor.caller);
                }
            }
            self.records.push(Recorded {
                record,
                entry,
                is_proven,
            });
        }
    }
}

/// Returns the id of a record's row.
pub fn row_id(record: &Record) -> Option<Arn> {
    Arn::parse(&format!("{ROW}{}", record.seq)).ok()
}

/// Asks for the ledger, once the account has said who it is.
pub fn ask(model: &mut Model) -> Option<Effect> {
    if model.ledger.status != LedgerStatus::Waiting || model.ledger.awaited.is_some() {
        return None;
    }
    let Reading::Known(caller) = &model.fresh.caller else {
        return None;
    };
    let (scope, caller) = (model.fresh.scope(), caller.arn.to_string());
    let ticket = model.next_ticket();
    model.ledger.awaited = Some(ticket);
    model.ledger.scope = Some(scope.clone());
    Some(Effect::OpenLedger { ticket, scope, caller })
}

/// Asks for something to be recorded, and for what follows once it is on the disk.
///
/// Whoever typed an address into it learns that it is not kept: the ledger masks it.
pub fn record(model: &mut Model, entries: Vec<Entry>, once: impl Into<Once>) -> Vec<Effect> {
    if let Some(why) = model.ledger.strangeness() {
        // Something was asked before the answers were of another account.
        model.say(format!("nothing was recorded: {why}"));
        return Vec::new();
    }
    let ticket = model.next_ticket();
    let is_masked = entries.iter().any(|entry| entry.without_typed_addresses() != *entry);
    let with_mask = |said: String| {
        if is_masked && !said.is_empty() {
            format!("{said}; an address that was typed into it was masked")
        } else {
            said
        }
    };
    let once = match once.into() {
        Once::Say(said) => Once::Say(with_mask(said)),
        Once::CarryOut { said, subject, verdict } => Once::CarryOut {
            said: with_mask(said),
            subject,
            verdict,
        },
        once @ (Once::Activate { .. } | Once::ShowRound | Once::NextOfRound | Once::Reveal(_)) => once,
    };
    model.ledger.recording.insert(ticket, once);
    vec![Effect::Record { ticket, entries }]
}

/// Takes in that something is on the disk, or that it is not: then nothing follows.
pub fn recorded(model: &mut Model, ticket: Ticket, result: Result<(), Failure>) -> Vec<Effect> {
    let once = model.ledger.recording.remove(&ticket);
    match (result, once) {
        (Ok(()), Some(Once::Activate { device, status })) => {
            model.say("confirmed, and recorded");
            changeset::activate::confirmed(model, &device, &status)
        }
        (Ok(()), Some(Once::CarryOut { said, subject, verdict })) => {
            model.say(said);
            review::carry_out::offer(model, &subject, verdict)
        }
        (Ok(()), Some(Once::ShowRound)) => {
            changeset::all::show(model);
            Vec::new()
        }
        (Ok(()), Some(Once::NextOfRound)) => {
            changeset::all::go_on(model);
            Vec::new()
        }
        (Ok(()), Some(Once::Reveal(device))) => {
            reveal::recorded(model, &device);
            Vec::new()
        }
        (Ok(()), Some(Once::Say(said))) => {
            if !said.is_empty() {
                model.say(said);
            }
            Vec::new()
        }
        (Ok(()), None) => Vec::new(),
        (Err(failure), once) => {
            if matches!(once, Some(Once::Reveal(_))) {
                model.reveal = None;
            }
            model.complain(&failure);
            Vec::new()
        }
    }
}

/// Takes in the ledger as it was found.
pub fn take(model: &mut Model, ticket: Ticket, result: Result<FoundLedger, Failure>) {
    if model.ledger.awaited != Some(ticket) {
        return;
    }
    let mut ledger = DeskLedger {
        scope: model.ledger.scope.take(),
        stranger: model.ledger.stranger.take(),
        ..DeskLedger::default()
    };
    match result {
        Ok(found) => {
            ledger.file = found.file;
            ledger.head = Some(found.head);
            ledger.add(found.records, found.proven_count);
            ledger.status = match found.fault {
                None => LedgerStatus::Sound,
                Some(failure) => {
                    model.complain(&failure);
                    LedgerStatus::Broken(failure)
                }
            };
        }
        Err(failure) => {
            model.complain(&failure);
            ledger.status = LedgerStatus::Unread(failure);
        }
    }
    model.ledger = ledger;
    review::take_ledger(model);
    changeset::all::tell(model);
    changeset::open::tell(model);
}

/// Takes in what others have recorded since, or says why that cannot be known.
pub fn looked(model: &mut Model, result: Result<Vec<Record>, Failure>) -> Vec<Effect> {
    match result {
        Ok(records) => grow(model, records),
        Err(failure) => model.complain(&failure),
    }
    Vec::new()
}

/// Takes in records that have been added since the ledger was looked at last, by this desk or by another.
pub fn grow(model: &mut Model, records: Vec<Record>) {
    let Some(last) = records.last() else { return };
    model.ledger.head = Some(last.hash);
    model.ledger.add(records, usize::MAX);
    review::take_ledger(model);
    changeset::all::refresh(model);
}

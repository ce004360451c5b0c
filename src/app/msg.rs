//! All that can happen: a closed list of plain values. A run can be written down as such and played again.

use super::{
    changeset::{Drafted, Told},
    effect::Ticket,
    key::Key,
    layout::Size,
    ledger::FoundLedger,
    removal::WorkedOut,
};
use crate::{
    changes::what_if::WhatIf,
    domain::{inventory::Snapshot, load::LoadEvent, phone::Arrival},
    failure::Failure,
    findings::{evaluate::Findings, waiver::Waiver},
    ledger::record::Record,
    paging::worst::WorstTime,
    review::{Population, population::Taken},
};
use std::sync::Arc;

/// Something that happened outside the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// A key was let go, which one does not matter: few terminals tell it.
    Released,
    /// Text was pasted.
    Paste(String),
    /// The mouse was used.
    Mouse(Mouse),
    /// The terminal has this size now.
    Resized(Size),
    /// The deadline that the model asked for has passed.
    Tick,
    /// The masked snapshot of the last load was looked for.
    SnapshotRead {
        /// The question that this answers.
        ticket: Ticket,
        /// What was found: the inventory and when it was saved.
        result: Result<Option<Box<Snapshot>>, Failure>,
    },
    /// The snapshot was written, or not.
    SnapshotSaved(Result<(), Failure>),
    /// A load, or the reading of one row, has something to report.
    Loading {
        /// The question that this answers.
        ticket: Ticket,
        /// The reports in the order in which they came.
        events: Vec<LoadEvent>,
    },
    /// A load, or the reading of one row, has ended.
    LoadEnded {
        /// The question that this answers.
        ticket: Ticket,
        /// Whether the account could be read at all; gaps do not count.
        result: Result<(), Failure>,
    },
    /// Every check was asked.
    Judged {
        /// The question that this answers.
        ticket: Ticket,
        /// What they said.
        findings: Box<Findings>,
    },
    /// The ledger was looked for.
    LedgerOpened {
        /// The question that this answers.
        ticket: Ticket,
        /// The ledger as it was found.
        result: Result<Box<FoundLedger>, Failure>,
    },
    /// What others have recorded since the ledger was looked at last.
    LedgerLooked(Result<Vec<Record>, Failure>),
    /// Records have been added to the ledger, by this desk or by another; they are on the disk.
    LedgerGrew(Vec<Record>),
    /// What was to be recorded is on the disk, or not; its records came before this.
    Recorded {
        /// The question that this answers.
        ticket: Ticket,
        /// Whether it was recorded.
        result: Result<(), Failure>,
    },
    /// The rows that reviews looked at were read.
    PopulationsRead {
        /// The question that this answers.
        ticket: Ticket,
        /// Each by its digest, or why it is not at hand.
        found: Vec<(String, Result<Arc<Population>, Failure>)>,
    },
    /// The rows of a review were made.
    PopulationTaken {
        /// The question that this answers.
        ticket: Ticket,
        /// The rows, or why there are none.
        result: Result<Arc<Taken>, Failure>,
    },
    /// It was worked out what a draft changes.
    ChangesetPlanned {
        /// The question that this answers.
        ticket: Ticket,
        /// What it changes.
        result: Result<Box<Drafted>, Failure>,
    },
    /// It was worked out what taking people out comes to, or putting them back.
    RemovalWorkedOut {
        /// The question that this answers.
        ticket: Ticket,
        /// What it comes to.
        result: Result<Box<WorkedOut>, Failure>,
    },
    /// Something happened to a changeset that is carried out.
    Changeset {
        /// The question that this answers.
        ticket: Ticket,
        /// What.
        told: Told,
    },
    /// So many digits of a code are typed now. The digits themselves are in no message.
    CodeTyped(usize),
    /// A waiver was written, or not.
    WaiverAdded {
        /// The waiver, with the place where it is written.
        waiver: Box<Waiver>,
        /// Whether it was written.
        result: Result<(), Failure>,
    },
    /// The worst time to start a page was looked for.
    WorstFound {
        /// The question that this answers.
        ticket: Ticket,
        /// What the starts come to; absent where there is no start to look at.
        worst: Option<Box<WorstTime>>,
    },
    /// What a supposition comes to was worked out.
    WhatIfAnswered {
        /// The question that this answers.
        ticket: Ticket,
        /// What becomes of every start.
        found: Box<WhatIf>,
    },
    /// An export was written, or not.
    Exported {
        /// The file.
        path: String,
        /// How it went.
        outcome: ExportOutcome,
    },
    /// What has arrived on the devices of the demo account so far.
    Arrived {
        /// The question that this answers.
        ticket: Ticket,
        /// Every arrival, oldest first.
        arrivals: Vec<Arrival>,
    },
    /// Somebody asked the program to end from outside (SIGTERM, SIGHUP).
    Terminate,
}

/// How the writing of an export went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportOutcome {
    /// The file is there.
    Written,
    /// A file of that name was there before, and was left as it is.
    Exists,
    /// It could not be written.
    Failed(Failure),
}

/// What the mouse did, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub action: MouseAction,
    /// The column of the cell.
    pub column: u16,
    /// The row of the cell.
    pub row: u16,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAction {
    /// The first button was pressed.
    Press,
    /// The wheel was turned towards the beginning.
    WheelUp,
    /// The wheel was turned towards the end.
    WheelDown,
}

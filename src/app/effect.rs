//! All that the core can ask for: a closed list of plain values. Each carries all that its work needs.

use super::{
    changeset::{Order, Saving},
    removal::Question,
};
use crate::{
    changes::{changeset::Draft, fact::Answer, progress::Progress, run::Direction, what_if::Terms},
    domain::{
        Timestamp,
        graph::Graph,
        ids::{Arn, Scope},
        inventory::Inventory,
        schedule::ResolveSchedules,
    },
    findings::{judging::Judging, waiver::Waiver},
    ledger::{
        Entry,
        entry::{ReviewScope, SignOff},
        hash::RecordHash,
    },
    paging::coverage::Stretch,
};
use std::sync::Arc;

/// The number that ties an answer to the question that asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ticket(pub u64);

/// Something to be done outside the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Look for the snapshot of the last load; answered by `Msg::SnapshotRead`.
    ReadSnapshot {
        /// The question's number.
        ticket: Ticket,
    },
    /// Write the snapshot; answered by `Msg::SnapshotSaved`.
    SaveSnapshot(Arc<Inventory>),
    /// Read the whole account; answered by `Msg::Loading` and at last `Msg::LoadEnded`.
    Load {
        /// The question's number.
        ticket: Ticket,
    },
    /// Read what an unfinished load has not read; answered as a load is.
    GoOn {
        /// The question's number.
        ticket: Ticket,
        /// What was read.
        read: Arc<Inventory>,
    },
    /// See what others have recorded in the ledger; answered by `Msg::LedgerLooked`.
    LookAtLedger,
    /// Read one row again; answered as a load is.
    ReadAgain {
        /// The question's number.
        ticket: Ticket,
        /// The contact, rotation or response plan.
        subject: Arn,
    },
    /// Stop a load. What was still to come is reported as gaps.
    StopLoad {
        /// The load's number.
        ticket: Ticket,
    },
    /// Ask every check; answered by `Msg::Judged`.
    Judge {
        /// The question's number.
        ticket: Ticket,
        /// What was read.
        inventory: Arc<Inventory>,
        /// Who names whom in it.
        graph: Arc<Graph>,
        /// What it is judged by.
        judging: Arc<Judging>,
        /// The time.
        now: Timestamp,
    },
    /// Look for the ledger of the account; answered by `Msg::LedgerOpened`.
    OpenLedger {
        /// The question's number.
        ticket: Ticket,
        /// The account and Region.
        scope: Scope,
        /// The ARN of who is signed in, who is named in every record.
        caller: String,
    },
    /// Add to the ledger; answered by `Msg::LedgerGrew` and then `Msg::Recorded`.
    Record {
        /// The question's number.
        ticket: Ticket,
        /// What is to be recorded, all of it or nothing.
        entries: Vec<Entry>,
    },
    /// Read the rows that reviews looked at; answered by `Msg::PopulationsRead`.
    ReadPopulations {
        /// The question's number.
        ticket: Ticket,
        /// The account and Region.
        scope: Scope,
        /// The digests that name them.
        digests: Vec<String>,
    },
    /// Make the rows of a review from what was read, with the fingerprints of all addresses, and where they are kept have the
    /// checks say what they find in it; answered by `Msg::PopulationTaken`.
    TakePopulation {
        /// The question's number.
        ticket: Ticket,
        /// What was read.
        inventory: Arc<Inventory>,
        /// What the review is about.
        review: ReviewScope,
        /// Whether its file, and that of what was found, is written before the answer comes.
        is_kept: bool,
        /// What it is judged by.
        judging: Arc<Judging>,
        /// The time.
        now: Timestamp,
    },
    /// Add a signature under a review to the ledger, right after the record that it names; answered by `Msg::LedgerGrew`
    /// and then `Msg::Recorded`. It is signed with the key of the settings, where they name one.
    SignOff {
        /// The question's number.
        ticket: Ticket,
        /// What is signed.
        sign_off: Box<SignOff>,
        /// The hash of the record that it follows.
        head: RecordHash,
    },
    /// Work out what a draft changes; answered by `Msg::ChangesetPlanned`.
    PlanChangeset {
        /// The question's number.
        ticket: Ticket,
        /// The account and Region, whose key tells addresses apart.
        scope: Scope,
        /// What was read.
        inventory: Arc<Inventory>,
        /// The name that the changeset gets.
        name: String,
        /// What is meant to be done.
        draft: Box<Draft>,
        /// How the guards were answered that stopped it.
        answers: Vec<Answer>,
    },
    /// Work out what taking people out comes to, or putting them back; answered by `Msg::RemovalWorkedOut`.
    WorkOutRemoval {
        /// The question's number.
        ticket: Ticket,
        /// What is asked.
        question: Box<Question>,
    },
    /// Carry a changeset out, which the operator has agreed to; told by `Msg::Changeset` until it has ended.
    RunChangeset {
        /// The number of what is told.
        ticket: Ticket,
        /// The account and Region.
        scope: Scope,
        /// The changeset, as far as it has come.
        progress: Box<Progress>,
        /// Whether it is still to be recorded that the operator has agreed.
        is_new: bool,
        /// What is saved before that.
        saving: Saving,
        /// Which way.
        direction: Direction,
    },
    /// Say what the operator wants of a changeset that is carried out.
    OrderChangeset {
        /// The number under which it is told.
        ticket: Ticket,
        /// What they want.
        order: Order,
    },
    /// Write a waiver to the file of waivers; answered by `Msg::WaiverAdded`.
    AddWaiver(Box<Waiver>),
    /// Look for the worst time to start a page; answered by `Msg::WorstFound`.
    FindWorst {
        /// The question's number.
        ticket: Ticket,
        /// What was read.
        inventory: Arc<Inventory>,
        /// Who names whom in it.
        graph: Arc<Graph>,
        /// What is engaged.
        start: Arn,
        /// The starts among which it is looked for.
        window: Stretch,
        /// When schedules are resolved.
        resolve_schedules: ResolveSchedules,
    },
    /// Work out what a supposition makes of every start; answered by `Msg::WhatIfAnswered`.
    AskWhatIf {
        /// The question's number.
        ticket: Ticket,
        /// What was read.
        before: Arc<Inventory>,
        /// The same under what is supposed.
        after: Arc<Inventory>,
        /// On what terms both are compared.
        terms: Terms,
    },
    /// Look what arrived on the devices of the demo account; answered by `Msg::Arrived`.
    ReadPhone {
        /// The question's number.
        ticket: Ticket,
    },
    /// Put a text on the clipboard, through the terminal.
    Copy(String),
    /// Write a file that the operator named; answered by `Msg::Exported`.
    Export {
        /// The file.
        path: String,
        /// What it holds.
        text: String,
        /// Whether a file of that name may be replaced.
        is_overwriting: bool,
    },
    /// Take mouse events from the terminal, or leave them to it.
    CaptureMouse(bool),
    /// Draw everything anew.
    Redraw,
    /// Go to the background, as Ctrl-Z does in a shell.
    Suspend,
    /// End.
    Quit,
}

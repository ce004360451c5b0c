//! The outside of a walk: it has everything that the desk can ask for, and answers in any order, well or badly, twice or not
//! at all.

use crate::{
    harness::{thought, worked_out},
    keeper::Keeper,
    world,
};
use callsheet::{
    app::{
        changeset::{Order, Saving, Told},
        effect::{Effect, Ticket},
        msg::{ExportOutcome, Msg},
        removal::{Aim, Question},
    },
    changes::{
        Run,
        apply::{Previews, apply},
        fact::Fact,
        outcome::NotSentKind,
        removal::definition::Definition,
        run::{Heard, Instruction},
    },
    domain::{
        Timestamp,
        address::Address,
        fingerprint::FingerprintKey,
        gap::{GapReason, Reading},
        ids::Arn,
        inventory::{Caller, Inventory, Part, Snapshot},
        load::{Connected, LoadEvent},
        operation::{Operation, RateClass},
        phone::Arrival,
    },
    failure::{Failure, FailureKind},
    ledger::{Entry, entry::AddressRevealed, record::Record},
};
use fastrand::Rng;
use std::collections::{BTreeMap, VecDeque};

/// Texts that are pasted, typed or told: harmless, hostile and wide.
pub(super) const TEXTS: [&str; 6] = [
    "an",
    "reach:device !x",
    "\u{1b}[2J\u{202e}",
    "李雷データ",
    "e\u{301}\u{200d}👩‍👩‍👧",
    "colour:\"red",
];

/// How many old messages are kept, to be sent once more.
const OLD_MESSAGES: usize = 16;

/// Everything outside the core.
pub(super) struct Outside {
    keeper: Option<Keeper>,
    /// The account as it is; writes change it.
    account: Inventory,
    /// What was saved of those who were taken out.
    saved: BTreeMap<Arn, Definition>,
    /// What is not answered yet.
    waiting: Vec<Effect>,
    loads: Vec<Loading>,
    runs: Vec<Running>,
    /// Messages that were sent, some of which are sent once more.
    old: VecDeque<Msg>,
    /// Whether the sign-in still holds.
    is_signed_in: bool,
}

struct Loading {
    ticket: Ticket,
    events: VecDeque<LoadEvent>,
}

struct Running {
    ticket: Ticket,
    run: Run,
    orders: VecDeque<Order>,
    is_code_asked: bool,
}

impl Outside {
    /// Returns the outside of a desk that has just been opened.
    pub(super) fn new(region: &str) -> Self {
        Self {
            keeper: None,
            account: account(region),
            saved: BTreeMap::new(),
            waiting: Vec::new(),
            loads: Vec::new(),
            runs: Vec::new(),
            old: VecDeque::new(),
            is_signed_in: true,
        }
    }

    /// Makes the account what it was in the beginning, as somebody does who takes back by hand what was done.
    pub(super) fn start_over(&mut self) {
        if self.runs.is_empty() {
            self.account = account(&self.account.region);
        }
    }

    /// Returns how much is under way.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.loads.len() + self.runs.len()
    }

    /// Returns whether nothing is left to be told: a changeset that waits for a code waits for the operator.
    pub(super) fn is_quiet(&self) -> bool {
        let is_still = |running: &Running| running.is_code_asked && running.orders.is_empty();
        self.waiting.is_empty() && self.loads.is_empty() && self.runs.iter().all(is_still)
    }

    /// Takes in what the desk asks for.
    pub(super) fn take(&mut self, effect: Effect, now: Timestamp, rng: &mut Rng, is_calm: bool) {
        match effect {
            Effect::Load { ticket } | Effect::GoOn { ticket, .. } => {
                let events = self.events(now, rng, is_calm);
                self.loads.push(Loading { ticket, events });
            }
            Effect::ReadAgain { ticket, subject } => {
                let read = self.details_of(&subject).into_iter().map(LoadEvent::Part);
                self.loads.push(Loading {
                    ticket,
                    events: read.collect(),
                });
            }
            Effect::StopLoad { ticket } => {
                for load in self.loads.iter_mut().filter(|load| load.ticket == ticket) {
                    load.events.truncate(2);
                }
            }
            Effect::OrderChangeset { ticket, order } => {
                for running in self.runs.iter_mut().filter(|running| running.ticket == ticket) {
                    running.orders.push_back(order);
                }
            }
            Effect::CaptureMouse(_) | Effect::Redraw | Effect::Suspend | Effect::Quit | Effect::Copy(_) => {}
            Effect::ReadSnapshot { .. }
            | Effect::SaveSnapshot(_)
            | Effect::Judge { .. }
            | Effect::OpenLedger { .. }
            | Effect::LookAtLedger
            | Effect::Record { .. }
            | Effect::ReadPopulations { .. }
            | Effect::TakePopulation { .. }
            | Effect::SignOff { .. }
            | Effect::PlanChangeset { .. }
            | Effect::WorkOutRemoval { .. }
            | Effect::RunChangeset { .. }
            | Effect::AddWaiver(_)
            | Effect::FindWorst { .. }
            | Effect::AskWhatIf { .. }
            | Effect::ReadPhone { .. }
            | Effect::Export { .. } => self.waiting.push(effect),
        }
    }

    /// Returns what comes from outside next, if anything does. A calm outside answers in order, and well.
    pub(super) fn next(&mut self, now: Timestamp, rng: &mut Rng, is_calm: bool) -> Vec<Msg> {
        let messages = self.some(now, rng, is_calm);
        for msg in &messages {
            if self.old.len() >= OLD_MESSAGES {
                self.old.pop_front();
            }
            self.old.push_back(msg.clone());
        }
        messages
    }

    fn some(&mut self, now: Timestamp, rng: &mut Rng, is_calm: bool) -> Vec<Msg> {
        if is_calm {
            self.is_signed_in = true;
        } else {
            match rng.u8(0..40) {
                0 => return self.old.get(rng.usize(0..OLD_MESSAGES)).cloned().into_iter().collect(),
                1 => self.is_signed_in = !self.is_signed_in,
                2 => return self.of_others(now),
                3 => return vec![gone(rng)],
                _ => {}
            }
        }
        let place = rng.usize(0..self.len().max(1));
        if place < self.waiting.len() {
            let effect = self.waiting.remove(if is_calm { 0 } else { place });
            return self.answer(effect, now, rng, is_calm);
        }
        let place = place - self.waiting.len();
        if place < self.loads.len() {
            return self.go_on_loading(place, rng, is_calm);
        }
        let place = place - self.loads.len();
        if place < self.runs.len() {
            return self.go_on_running(place, now, rng, is_calm);
        }
        Vec::new()
    }

    fn answer(&mut self, effect: Effect, now: Timestamp, rng: &mut Rng, is_calm: bool) -> Vec<Msg> {
        let fate = if is_calm { 0 } else { rng.u8(0..20) };
        // One in twenty is never answered, but for what the program always answers.
        let is_lost = fate == 19;
        let fails = (15..19).contains(&fate);
        if let Effect::RunChangeset {
            ticket,
            progress,
            is_new,
            saving,
            direction,
            ..
        } = effect
        {
            if fails || !is_calm && rng.u8(0..4) == 0 {
                return vec![told(ticket, Told::NotBegun(failure(rng)))];
            }
            return self.begin_running(ticket, Run::new(*progress, direction), is_new.then_some(saving), now);
        }
        if is_lost {
            return Vec::new();
        }
        if fails && let Some(msg) = refused(&effect, rng) {
            return vec![msg];
        }
        match effect {
            Effect::ReadSnapshot { ticket } => vec![Msg::SnapshotRead {
                ticket,
                result: Ok(Some(Box::new(Snapshot {
                    inventory: self.account.clone(),
                    saved_at: now,
                }))),
            }],
            Effect::SaveSnapshot(_) => vec![Msg::SnapshotSaved(Ok(()))],
            Effect::LookAtLedger => vec![Msg::LedgerLooked(Ok(self.recorded_by_others(now, rng)))],
            Effect::AddWaiver(mut waiver) => {
                "/data/waivers.toml".clone_into(&mut waiver.place);
                vec![Msg::WaiverAdded { waiver, result: Ok(()) }]
            }
            Effect::Export {
                path, is_overwriting, ..
            } => {
                let is_there = !is_overwriting && rng.bool();
                let outcome = if is_there {
                    ExportOutcome::Exists
                } else {
                    ExportOutcome::Written
                };
                vec![Msg::Exported { path, outcome }]
            }
            Effect::ReadPhone { ticket } => vec![Msg::Arrived {
                ticket,
                arrivals: arrivals(now, rng),
            }],
            effect @ (Effect::OpenLedger { .. }
            | Effect::Record { .. }
            | Effect::TakePopulation { .. }
            | Effect::ReadPopulations { .. }
            | Effect::SignOff { .. }) => match &mut self.keeper {
                Some(keeper) => keeper.answers(now, effect),
                None => Vec::new(),
            },
            Effect::WorkOutRemoval { ticket, question } => vec![self.worked_out(ticket, &question)],
            effect @ (Effect::Judge { .. }
            | Effect::PlanChangeset { .. }
            | Effect::FindWorst { .. }
            | Effect::AskWhatIf { .. }) => vec![thought(effect).expect("it takes thinking only")],
            effect @ (Effect::Load { .. }
            | Effect::GoOn { .. }
            | Effect::ReadAgain { .. }
            | Effect::StopLoad { .. }
            | Effect::RunChangeset { .. }
            | Effect::OrderChangeset { .. }
            | Effect::Copy(_)
            | Effect::CaptureMouse(_)
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Quit) => panic!("{effect:?} has no single answer"),
        }
    }

    /// Begins to carry a changeset out; what is saved and recorded first comes with a new one.
    fn begin_running(&mut self, ticket: Ticket, run: Run, new: Option<Saving>, now: Timestamp) -> Vec<Msg> {
        let Some(keeper) = &mut self.keeper else {
            let failure = Failure::new(FailureKind::Disk, "The ledger is not open.");
            return vec![told(ticket, Told::NotBegun(failure))];
        };
        let mut messages = Vec::new();
        if let Some(saving) = new {
            for definition in saving.definitions {
                let path = format!("/data/{}.json", definition.contact.name());
                messages.push(told(ticket, Told::Saved(path)));
                self.saved.insert(definition.contact.clone(), definition);
            }
            let mut facts = Vec::new();
            facts.extend(saving.former.map(|former| former.abandoned("planned anew".to_owned())));
            facts.push(Fact::Planned(run.progress().planned.as_ref().clone()));
            let entries = facts.into_iter().map(Entry::from).collect();
            messages.push(Msg::LedgerGrew(keeper.appended(now, entries)));
        }
        self.runs.push(Running {
            ticket,
            run,
            orders: VecDeque::new(),
            is_code_asked: false,
        });
        messages
    }

    /// Answers what comes of a removal; somebody can be put back of whom something was saved.
    fn worked_out(&self, ticket: Ticket, question: &Question) -> Msg {
        let result = if let Aim::PutBack(person) = &question.aim {
            let saved = self.saved.get(person).map(|saved| worked_out(question, Some(saved)));
            saved.ok_or_else(|| Failure::new(FailureKind::Disk, "Nothing was saved of them here."))
        } else {
            Ok(worked_out(question, None))
        };
        Msg::RemovalWorkedOut {
            ticket,
            result: result.map(Box::new),
        }
    }

    /// Gives the outside its ledger, once it is known of which account.
    pub(super) fn keep(&mut self, make: impl FnOnce() -> Keeper) {
        self.keeper.get_or_insert_with(make);
    }

    fn go_on_loading(&mut self, place: usize, rng: &mut Rng, is_calm: bool) -> Vec<Msg> {
        let load = &mut self.loads[place];
        let ticket = load.ticket;
        let fails = !is_calm && rng.u8(0..60) == 0 || !self.is_signed_in;
        if load.events.is_empty() || fails {
            self.loads.remove(place);
            let result = if !self.is_signed_in {
                let what = "The credentials have expired.";
                Err(Failure::new(FailureKind::Credentials, what).hint("sign in again"))
            } else if fails {
                Err(failure(rng))
            } else {
                Ok(())
            };
            return vec![Msg::LoadEnded { ticket, result }];
        }
        let count = if is_calm { usize::MAX } else { rng.usize(1..25) };
        let events = load.events.drain(..count.min(load.events.len())).collect();
        vec![Msg::Loading { ticket, events }]
    }

    /// Carries a changeset on by one thing, as the runtime does.
    fn go_on_running(&mut self, place: usize, now: Timestamp, rng: &mut Rng, is_calm: bool) -> Vec<Msg> {
        let running = &mut self.runs[place];
        let ticket = running.ticket;
        let fails = !is_calm && rng.u8(0..12) == 0;
        if let Some(order) = running.orders.pop_front() {
            running.is_code_asked = false;
            running.run.hear(match order {
                Order::CodeGiven => Heard::CodeGiven,
                Order::NewCode => Heard::NewCodeWanted,
                Order::Stop => Heard::Stop,
            });
            return Vec::new();
        }
        match running.run.next() {
            Instruction::Ended(outcome) => {
                self.runs.remove(place);
                vec![told(ticket, Told::Ended(outcome))]
            }
            Instruction::Record(_) if fails => {
                running.run.hear(Heard::NotRecorded("the disk is full"));
                Vec::new()
            }
            Instruction::Record(facts) => {
                running.run.hear(Heard::Recorded);
                let entries = facts.into_iter().map(Entry::from).collect();
                let keeper = self.keeper.as_mut().expect("it began with a record");
                vec![Msg::LedgerGrew(keeper.appended(now, entries))]
            }
            Instruction::Read { subject, .. } => {
                if fails {
                    running.run.hear(Heard::NotRead("the service could not be reached"));
                } else {
                    let mut read = self.account.clone();
                    read.add_fingerprints(&FingerprintKey::new(&[7; 32]));
                    running.run.hear(Heard::Read(&read));
                }
                let calls = world::calls().into_iter().filter_map(|event| match event {
                    LoadEvent::Call(call) => Some(call),
                    LoadEvent::Connected(_)
                    | LoadEvent::Part(_)
                    | LoadEvent::Progress(_)
                    | LoadEvent::Slowed { .. } => None,
                });
                vec![
                    told(ticket, Told::Reading(subject)),
                    told(ticket, Told::Called(calls.collect())),
                ]
            }
            Instruction::Send { step, write, .. } => {
                let planned = &running.run.progress().planned.changeset;
                let keeper = self.keeper.as_ref().expect("it began with a record");
                let is_intent = |entry: &Entry| matches!(entry, Entry::StepIntended(intended) if intended.changeset == *planned && intended.step == step);
                assert!(
                    keeper
                        .records
                        .iter()
                        .rev()
                        .filter_map(|record| record.entry().ok())
                        .any(|entry| is_intent(&entry)),
                    "{write:?} is sent, and nothing says that it was intended"
                );
                let kinds = [
                    NotSentKind::Validation,
                    NotSentKind::NotFound,
                    NotSentKind::Quota,
                    NotSentKind::Throttled,
                    NotSentKind::TimedOut,
                    NotSentKind::Credentials,
                    NotSentKind::Other,
                ];
                let took_effect = if fails {
                    [Some(false), None, Some(true)][rng.usize(0..3)]
                } else {
                    Some(true)
                };
                if took_effect == Some(true) || took_effect.is_none() && rng.bool() {
                    self.account = apply(&self.account, &[write], &Previews::new());
                }
                running.run.hear(if fails {
                    Heard::NotSent {
                        kind: &kinds[rng.usize(0..kinds.len())],
                        took_effect,
                        reason: TEXTS[2],
                        is_about_code: rng.bool(),
                    }
                } else {
                    Heard::Sent { request_id: None }
                });
                vec![told(ticket, Told::Sending { step })]
            }
            Instruction::NeedsCode { step, channel, problem } => {
                if std::mem::replace(&mut running.is_code_asked, true) {
                    return Vec::new();
                }
                vec![told(ticket, Told::NeedsCode { step, channel, problem })]
            }
        }
    }

    /// Returns the reports of a load of the account as it is.
    fn events(&self, now: Timestamp, rng: &mut Rng, is_calm: bool) -> VecDeque<LoadEvent> {
        let mut events = world::connected();
        for part in world::parts() {
            events.push(LoadEvent::Part(self.as_it_is(part, now)));
        }
        events.extend(world::calls());
        if is_calm {
            return events.into();
        }
        for event in &mut events {
            if rng.u8(0..30) == 0
                && let LoadEvent::Part(part) = event
            {
                spoil(part, rng);
            }
        }
        for _ in 0..rng.usize(0..6) {
            let place = rng.usize(3..events.len());
            let event = match rng.u8(0..4) {
                0 => LoadEvent::Slowed {
                    class: rng.choice(RateClass::ALL).unwrap(),
                    millirequests_per_second: rng.u32(1..20_000),
                },
                1 => LoadEvent::Connected(Connected {
                    profile: None,
                    region: "eu-west-1".to_owned(),
                    endpoint: None,
                    credentials_end_at: Some(now + chrono::Duration::seconds(rng.i64(-60..600))),
                }),
                _ => world::progress(rng.usize(0..50), rng.usize(0..50), Some(rng.u64(0..100_000))),
            };
            events.insert(place, event);
        }
        match rng.u8(0..20) {
            // Somebody has signed in to another account meanwhile.
            0 => events.insert(rng.usize(2..events.len()), LoadEvent::Part(other_caller())),
            1..4 => rng.shuffle(&mut events),
            _ => {}
        }
        events.into()
    }

    /// Returns a part of the world as writes have left it.
    fn as_it_is(&self, part: Part, now: Timestamp) -> Part {
        let people = &self.account.contacts.items;
        match part {
            Part::Contacts(contacts) => {
                let is_there = |arn: &Arn| people.contains_key(arn);
                Part::Contacts(contacts.into_iter().filter(|contact| is_there(&contact.arn)).collect())
            }
            Part::Plan(arn, plan) => {
                let plan = people.get(&arn).map_or(plan, |contact| contact.plan.clone());
                Part::Plan(arn, plan)
            }
            Part::Channels(arn, channels) => {
                let channels = people.get(&arn).map_or(channels, |contact| contact.channels.clone());
                Part::Channels(arn, channels)
            }
            Part::Started { .. } => Part::Started {
                at: now,
                horizon_end: now + chrono::Duration::days(14),
            },
            Part::Ended { .. } => Part::Ended { at: now },
            other @ (Part::Caller(_)
            | Part::ReplicationSet(_)
            | Part::Rotations(_)
            | Part::RotationMembers(..)
            | Part::Overrides(..)
            | Part::Shifts(..)
            | Part::ResponsePlans(_)
            | Part::ResponsePlanDetail(..)
            | Part::Tags(..)
            | Part::Sharing(..)
            | Part::SectionEnded(..)
            | Part::Gone(_)
            | Part::Read(_)) => other,
        }
    }

    fn details_of(&self, subject: &Arn) -> Vec<Part> {
        match self.account.contacts.items.get(subject) {
            Some(contact) => vec![
                Part::Plan(subject.clone(), contact.plan.clone()),
                Part::Channels(subject.clone(), contact.channels.clone()),
            ],
            None => vec![Part::Gone(subject.clone())],
        }
    }

    /// Has another desk record something, and tells it without being asked.
    fn of_others(&mut self, now: Timestamp) -> Vec<Msg> {
        let Some(keeper) = &mut self.keeper else {
            return Vec::new();
        };
        vec![Msg::LedgerGrew(keeper.appended(now, vec![revealed()]))]
    }

    /// Returns what other desks have recorded since, which often is nothing.
    fn recorded_by_others(&mut self, now: Timestamp, rng: &mut Rng) -> Vec<Record> {
        match &mut self.keeper {
            Some(keeper) if rng.u8(0..4) == 0 => keeper.appended(now, vec![revealed()]),
            Some(_) | None => Vec::new(),
        }
    }
}

/// Returns the account as it is in the beginning.
fn account(region: &str) -> Inventory {
    let mut account = Inventory::empty(region, None);
    for event in world::connected() {
        if let LoadEvent::Part(part) = event {
            account.apply(part);
        }
    }
    for part in world::parts() {
        account.apply(part);
    }
    account
}

/// Returns what a desk records when it shows an address.
fn revealed() -> Entry {
    let channel = world::contact_arn("anna");
    Entry::AddressRevealed(AddressRevealed { channel })
}

fn told(ticket: Ticket, told: Told) -> Msg {
    Msg::Changeset { ticket, told }
}

/// Returns an answer to a question that nobody has asked.
fn gone(rng: &mut Rng) -> Msg {
    let ticket = Ticket(rng.u64(0..4));
    match rng.u8(0..5) {
        0 => Msg::LoadEnded { ticket, result: Ok(()) },
        1 => Msg::Recorded { ticket, result: Ok(()) },
        2 => told(
            ticket,
            Told::NeedsCode {
                step: 0,
                channel: world::contact_arn("anna"),
                problem: None,
            },
        ),
        3 => Msg::ChangesetPlanned {
            ticket,
            result: Err(failure(rng)),
        },
        _ => Msg::SnapshotRead {
            ticket,
            result: Ok(None),
        },
    }
}

/// Returns the answer that an effect has failed, where it can.
fn refused(effect: &Effect, rng: &mut Rng) -> Option<Msg> {
    let failure = failure(rng);
    Some(match effect {
        Effect::ReadSnapshot { ticket } => Msg::SnapshotRead {
            ticket: *ticket,
            result: Err(failure),
        },
        Effect::SaveSnapshot(_) => Msg::SnapshotSaved(Err(failure)),
        Effect::OpenLedger { ticket, .. } => Msg::LedgerOpened {
            ticket: *ticket,
            result: Err(failure),
        },
        Effect::LookAtLedger => Msg::LedgerLooked(Err(failure)),
        Effect::Record { ticket, .. } | Effect::SignOff { ticket, .. } => Msg::Recorded {
            ticket: *ticket,
            result: Err(failure),
        },
        Effect::ReadPopulations { ticket, digests, .. } => Msg::PopulationsRead {
            ticket: *ticket,
            found: digests
                .iter()
                .map(|digest| (digest.clone(), Err(failure.clone())))
                .collect(),
        },
        Effect::TakePopulation { ticket, .. } => Msg::PopulationTaken {
            ticket: *ticket,
            result: Err(failure),
        },
        Effect::PlanChangeset { ticket, .. } => Msg::ChangesetPlanned {
            ticket: *ticket,
            result: Err(failure),
        },
        Effect::WorkOutRemoval { ticket, .. } => Msg::RemovalWorkedOut {
            ticket: *ticket,
            result: Err(failure),
        },
        Effect::AddWaiver(waiver) => Msg::WaiverAdded {
            waiver: waiver.clone(),
            result: Err(failure),
        },
        Effect::Export { path, .. } => Msg::Exported {
            path: path.clone(),
            outcome: ExportOutcome::Failed(failure),
        },
        Effect::FindWorst { ticket, .. } => Msg::WorstFound {
            ticket: *ticket,
            worst: None,
        },
        Effect::Load { .. }
        | Effect::GoOn { .. }
        | Effect::ReadAgain { .. }
        | Effect::StopLoad { .. }
        | Effect::Judge { .. }
        | Effect::RunChangeset { .. }
        | Effect::OrderChangeset { .. }
        | Effect::AskWhatIf { .. }
        | Effect::ReadPhone { .. }
        | Effect::Copy(_)
        | Effect::CaptureMouse(_)
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Quit => return None,
    })
}

/// Makes a part one that could not be read.
fn spoil(part: &mut Part, rng: &mut Rng) {
    let reason = [GapReason::TimedOut, GapReason::NotShared, GapReason::RepeatedToken][rng.usize(0..3)].clone();
    match part {
        Part::Plan(arn, reading) => {
            *reading = Reading::Unknown(world::gap(Operation::GetContact, Some(arn.clone()), reason));
        }
        Part::Channels(arn, reading) => {
            *reading = Reading::Unknown(world::gap(Operation::ListContactChannels, Some(arn.clone()), reason));
        }
        Part::Shifts(arn, reading) => {
            *reading = Reading::Unknown(world::gap(Operation::ListRotationShifts, Some(arn.clone()), reason));
        }
        Part::SectionEnded(_, gap) => *gap = Some(world::gap(Operation::ListContacts, None, reason)),
        Part::Caller(_)
        | Part::ReplicationSet(_)
        | Part::Contacts(_)
        | Part::Rotations(_)
        | Part::RotationMembers(..)
        | Part::Overrides(..)
        | Part::ResponsePlans(_)
        | Part::ResponsePlanDetail(..)
        | Part::Tags(..)
        | Part::Sharing(..)
        | Part::Gone(_)
        | Part::Read(_)
        | Part::Started { .. }
        | Part::Ended { .. } => {}
    }
}

fn other_caller() -> Part {
    Part::Caller(Reading::Known(Caller {
        account: "444455556666".to_owned(),
        arn: Arn::parse("arn:aws:sts::444455556666:assumed-role/PagingReviewer/mei").unwrap(),
    }))
}

fn arrivals(now: Timestamp, rng: &mut Rng) -> Vec<Arrival> {
    let count = rng.usize(0..5);
    let arrival = |_| Arrival {
        at: now,
        channel: world::contact_arn("anna"),
        kind: "SMS".to_owned(),
        to: Address::new("+447700900102"),
        text: TEXTS[rng.usize(0..TEXTS.len())].to_owned(),
    };
    (0..count).map(arrival).collect()
}

/// Returns a failure of any kind.
pub(super) fn failure(rng: &mut Rng) -> Failure {
    let kinds = [
        FailureKind::Service,
        FailureKind::Credentials,
        FailureKind::Access,
        FailureKind::Throttled,
        FailureKind::NotOnboarded,
        FailureKind::Disk,
    ];
    Failure::new(kinds[rng.usize(0..kinds.len())], "The service could not be reached.")
        .because(TEXTS[2])
        .hint("press R")
}

//! A ledger in memory for the desk: what it asks to be opened and recorded is answered as the program's own keeper does.

use crate::{harness::Desk, world};
use callsheet::{
    app::{effect::Effect, ledger::FoundLedger, msg::Msg},
    domain::{Timestamp, fingerprint::FingerprintKey, graph::Graph, ids::Scope, inventory::Inventory, load::LoadEvent},
    failure::{Failure, FailureKind},
    findings::{evaluate::evaluate, facts::Facts},
    ledger::{
        Entry,
        chain::State,
        record::{Actor, Content, Record, Tool, Writer},
    },
    review::{
        Population,
        found::{Found, Judgement},
        population,
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// Returns who writes the ledgers of tests.
pub(crate) fn writer(scope: Scope) -> Writer {
    Writer {
        scope: Arc::new(scope),
        actor: Arc::new(Actor {
            caller: "arn:aws:sts::111122223333:assumed-role/PagingReviewer/mei".to_owned(),
            user: "mei".to_owned(),
            host: "desk-7".to_owned(),
        }),
        tool: Arc::new(Tool {
            name: "callsheet".to_owned(),
            version: "0.0.0".to_owned(),
        }),
    }
}

/// The ledger, and the key of its fingerprints.
pub(crate) struct Keeper {
    pub(crate) records: Vec<Record>,
    pub(crate) bytes: Vec<u8>,
    state: State,
    writer: Writer,
    key: FingerprintKey,
    /// The files of populations.
    pub(crate) populations: BTreeMap<String, Arc<Population>>,
}

impl Keeper {
    /// Returns an empty ledger of the account that the desk has read.
    pub(crate) fn new(desk: &Desk) -> Self {
        let scope = desk.model.fresh.scope();
        Self {
            records: Vec::new(),
            bytes: Vec::new(),
            state: State::new(Some(&scope)),
            writer: writer(scope),
            key: FingerprintKey::new(&[7; 32]),
            populations: BTreeMap::new(),
        }
    }

    /// Answers all that the desk has asked for, until it asks for nothing more.
    pub(crate) fn answer(&mut self, desk: &mut Desk) {
        loop {
            let effects = std::mem::take(&mut desk.effects);
            let (mine, others): (Vec<Effect>, Vec<Effect>) = effects.into_iter().partition(is_mine);
            desk.effects = others;
            if mine.is_empty() {
                return;
            }
            for effect in mine {
                self.do_one(desk, effect);
            }
        }
    }

    fn do_one(&mut self, desk: &mut Desk, effect: Effect) {
        if let Effect::SignOff { head, .. } = &effect {
            assert_eq!(*head, self.state.head, "nothing came between");
        }
        for answer in self.answers(desk.now, effect) {
            desk.send(answer);
        }
    }

    /// Returns the answers to an effect, in order.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is not for the keeper fails the test, whatever it is"
    )]
    pub(crate) fn answers(&mut self, now: Timestamp, effect: Effect) -> Vec<Msg> {
        match effect {
            Effect::OpenLedger { ticket, .. } => {
                let found = FoundLedger {
                    file: "/data/111122223333/eu-west-1/ledger.jsonl".to_owned(),
                    proven_count: self.records.len(),
                    head: self.state.head,
                    fault: None,
                    records: self.records.clone(),
                };
                let result = Ok(Box::new(found));
                vec![Msg::LedgerOpened { ticket, result }]
            }
            Effect::Record { ticket, entries } => {
                let records = self.appended(now, entries);
                vec![Msg::LedgerGrew(records), Msg::Recorded { ticket, result: Ok(()) }]
            }
            Effect::TakePopulation {
                ticket,
                inventory,
                review,
                is_kept,
                judging,
                now: asked_at,
            } => {
                let mut inventory = Inventory::clone(&inventory);
                inventory.add_fingerprints(&self.key);
                let graph = Graph::build(&inventory);
                let mut taken = population::take(&inventory, &graph, &review);
                if is_kept {
                    let findings = evaluate(&Facts::new(&inventory, &graph, &judging, asked_at));
                    let judgement = Judgement::of(&findings, &review, &taken.population);
                    let scope = inventory.scope();
                    let rows = &taken.population;
                    let found = Found::new(&scope, &inventory, rows, judgement, judging.resolve_schedules).unwrap();
                    taken.found = Some(Arc::new(found));
                    let population = Arc::new(taken.population.clone());
                    self.populations.insert(population.digest.clone(), population);
                }
                let result = Ok(Arc::new(taken));
                vec![Msg::PopulationTaken { ticket, result }]
            }
            Effect::ReadPopulations { ticket, digests, .. } => {
                let find = |digest: String| {
                    let found = self.populations.get(&digest).cloned();
                    let missing = || Failure::new(FailureKind::Disk, "The population is not there.");
                    let found = found.ok_or_else(missing);
                    (digest, found)
                };
                let found = digests.into_iter().map(find).collect();
                vec![Msg::PopulationsRead { ticket, found }]
            }
            Effect::SignOff { ticket, sign_off, head } => {
                if head != self.state.head {
                    let failure = Failure::new(FailureKind::Disk, "Something was recorded meanwhile.");
                    return vec![Msg::Recorded {
                        ticket,
                        result: Err(failure),
                    }];
                }
                let records = self.appended(now, vec![Entry::SignOff(*sign_off)]);
                vec![Msg::LedgerGrew(records), Msg::Recorded { ticket, result: Ok(()) }]
            }
            other => panic!("{other:?} is not for the keeper"),
        }
    }

    /// Records something.
    pub(crate) fn append(&mut self, desk: &Desk, entries: Vec<Entry>) -> Vec<Record> {
        self.appended(desk.now, entries)
    }

    /// Records something at this time.
    pub(crate) fn appended(&mut self, now: Timestamp, mut entries: Vec<Entry>) -> Vec<Record> {
        for address in entries.iter_mut().filter_map(Entry::address_mut) {
            *address = address.clone().with_fingerprint(&self.key);
        }
        let contents = entries.iter().map(|entry| Content::of(entry).unwrap());
        let composed = self.state.compose(&self.writer, now, contents).unwrap();
        self.bytes.extend(&composed.bytes);
        self.state = composed.state;
        self.records.extend(composed.records.clone());
        composed.records
    }

    /// Has the desk find these records, as one does that is started on them.
    pub(crate) fn reopen(&mut self, desk: &mut Desk) {
        desk.model.ledger = callsheet::app::ledger::DeskLedger::default();
        desk.send(Msg::Tick);
        self.answer(desk);
    }

    /// Returns the kinds of all records.
    pub(crate) fn kinds(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.kind.as_str()).collect()
    }
}

/// Returns whether the keeper answers an effect.
fn is_mine(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::OpenLedger { .. }
            | Effect::Record { .. }
            | Effect::TakePopulation { .. }
            | Effect::ReadPopulations { .. }
            | Effect::SignOff { .. }
    )
}

/// Returns a desk on which the world was read, with its ledger.
pub(crate) fn desk(width: u16, height: u16) -> (Desk, Keeper) {
    desk_of(Desk::new(width, height))
}

/// Reads the world on a desk, and returns it with its ledger.
pub(crate) fn desk_of(mut desk: Desk) -> (Desk, Keeper) {
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    desk.wait(5);
    let mut keeper = Keeper::new(&desk);
    keeper.answer(&mut desk);
    (desk, keeper)
}

//! Worlds and ledgers for the tests of reviews.

use super::{
    fold::Reviews,
    found::{Found, Judgement},
    population::{self, Population, Taken},
    remembered::{Mark, Remembered},
    row::Row,
};
use crate::{
    changes::Write,
    domain::{
        graph::Graph,
        sample::{self, key},
        schedule::ResolveSchedules,
        world::{World, at, contact_arn, device_arn},
    },
    findings::{evaluate::evaluate, facts::Facts, judging::Judging},
    ledger::{
        Entry,
        entry::{
            self, ChangesetClosed, ChangesetPlanned, Decision, Ending, PlannedStep, ReviewOpened, ReviewScope, SignOff,
            StepDone, Undo, Verdict,
        },
        hash::RecordHash,
        record::Actor,
    },
};
use std::sync::Arc;

/// Returns what is found in the sample of an inventory, in which something is wrong.
pub(crate) fn found() -> Found {
    let inventory = sample::inventory();
    let graph = Graph::build(&inventory);
    let judging = Judging::default();
    let findings = evaluate(&Facts::new(&inventory, &graph, &judging, sample::minute(5)));
    let rows = population::take(&inventory, &graph, &ReviewScope::All).population;
    let judgement = Judgement::of(&findings, &ReviewScope::All, &rows);
    assert!(judgement.failing().next().is_some(), "something is wrong in the sample");
    let scope = inventory.scope();
    Found::new(&scope, &inventory, &rows, judgement, ResolveSchedules::default()).unwrap()
}

/// Returns two people on call for one plan, and a response plan that engages it.
pub(super) fn world() -> World {
    World::new()
        .person("anna", &["phone", "mail"], &[("phone*2", 5), ("mail", 5)])
        .person("ben", &["call"], &[("call", 1)])
        .rotation("weekly", &["anna", "ben"])
        .schedule("nights", &["weekly"])
        .plan("database", &[(10, &["nights"]), (5, &["!ben"])])
        .response("outage", &["database"])
}

/// Returns the population of a world, whose addresses have fingerprints.
pub(super) fn population_of(world: World) -> Population {
    taken(world, &ReviewScope::All).population
}

/// Returns what is read of a world to its end.
pub(super) fn taken(world: World, scope: &ReviewScope) -> Taken {
    let mut world = world.complete();
    world.inventory.add_fingerprints(&key());
    population::take(&world.inventory, &world.graph(), scope)
}

/// Returns the row of a contact.
pub(super) fn row<'a>(population: &'a Population, alias: &str) -> &'a Arc<Row> {
    &population.rows[&contact_arn(alias)]
}

/// A ledger that grows by short sentences, a record an hour.
#[derive(Debug, Clone)]
pub(super) struct Book {
    pub(super) records: Vec<Remembered>,
    /// The caller whose records come next.
    pub(super) caller: String,
}

impl Book {
    pub(super) fn new() -> Self {
        Self {
            records: Vec::new(),
            caller: "arn:aws:sts::111122223333:assumed-role/Reviewer/olga".to_owned(),
        }
    }

    pub(super) fn reviews(&self) -> Reviews {
        Reviews::fold(&self.records)
    }

    pub(super) fn add(mut self, entry: Entry) -> Self {
        let seq = u64::try_from(self.records.len()).unwrap() + 1;
        let actor = Actor {
            caller: self.caller.clone(),
            user: "root".to_owned(),
            host: "desk".to_owned(),
        };
        self.records.push(Remembered {
            mark: Mark {
                seq,
                at: at(i64::try_from(seq).unwrap()),
                by: Arc::new(actor),
            },
            hash: RecordHash::of(&seq.to_be_bytes()),
            entry,
        });
        self
    }

    /// The account was read for a review.
    pub(super) fn read(self, review: &str, population: &Population) -> Self {
        let now = at(i64::try_from(self.records.len()).unwrap());
        self.add(Entry::Population(entry::Population {
            review: review.to_owned(),
            started_at: now,
            ended_at: now,
            counts: population
                .counts()
                .into_iter()
                .map(|(kind, count)| (kind.word().to_owned(), count))
                .collect(),
            reads: Vec::new(),
            unknown: Vec::new(),
            digest: population.digest.clone(),
            findings: None,
        }))
    }

    pub(super) fn open(self, review: &str, population: &Population) -> Self {
        self.open_with(review, population, |_| {})
    }

    pub(super) fn open_with(
        self,
        review: &str,
        population: &Population,
        change: impl FnOnce(&mut ReviewOpened),
    ) -> Self {
        let mut opened = ReviewOpened {
            review: review.to_owned(),
            scope: ReviewScope::All,
            due: "2026-12-31".parse().unwrap(),
            policy: String::new(),
            population: population.digest.clone(),
            is_off_cycle: false,
        };
        change(&mut opened);
        self.read(review, population).add(Entry::ReviewOpened(opened))
    }

    pub(super) fn decide(self, review: &str, row: &Row, verdict: Verdict) -> Self {
        self.decide_with(review, row, verdict, |_| {})
    }

    pub(super) fn decide_with(
        self,
        review: &str,
        row: &Row,
        verdict: Verdict,
        change: impl FnOnce(&mut Decision),
    ) -> Self {
        let mut decision = Decision {
            review: review.to_owned(),
            subject: row.subject.clone(),
            row: row.digest.clone(),
            verdict,
            reason: (verdict != Verdict::Keep).then(|| "because".to_owned()),
            bulk: None,
            seconds: 10,
            until: None,
        };
        change(&mut decision);
        self.add(Entry::Decision(decision))
    }

    /// Keeps every row.
    pub(super) fn keep_all(self, review: &str, population: &Population) -> Self {
        let rows = population.rows.values();
        rows.fold(self, |book, row| book.decide(review, row, Verdict::Keep))
    }

    /// Somebody consented to switch anna's phone off, for a row.
    pub(super) fn plan(self, review: Option<&str>, changeset: &str, row: &Row) -> Self {
        let channel = device_arn("anna", "phone");
        let step = PlannedStep {
            write: Write::DeactivateContactChannel { channel },
            words: String::new(),
            before: String::new(),
            after: None,
            undo: Undo::NeedsPerson,
            inverse: Vec::new(),
        };
        self.add(Entry::ChangesetPlanned(ChangesetPlanned {
            changeset: changeset.to_owned(),
            title: "a change".to_owned(),
            review: review.map(str::to_owned),
            subjects: vec![row.subject.clone()],
            steps: vec![step],
            digest: String::new(),
            answers: Vec::new(),
            removal: None,
        }))
    }

    pub(super) fn step_done(self, changeset: &str) -> Self {
        self.add(Entry::StepDone(StepDone {
            is_found: false,
            changeset: changeset.to_owned(),
            step: 0,
            is_roll_back: false,
            state: String::new(),
            request_id: None,
        }))
    }

    pub(super) fn close(self, changeset: &str, ending: Ending) -> Self {
        self.add(Entry::ChangesetClosed(ChangesetClosed {
            changeset: changeset.to_owned(),
            ending,
            note: None,
        }))
    }

    /// The account was read once more and signed.
    pub(super) fn sign(self, review: &str, population: &Population) -> Self {
        let head = RecordHash::of(b"head");
        self.read(review, population).add(Entry::SignOff(SignOff {
            review: review.to_owned(),
            name: "Olga Petrova".to_owned(),
            is_co_sign: false,
            population: population.digest.clone(),
            head: head.to_string(),
            summary: Vec::new(),
            unknown: Vec::new(),
            signature: None,
        }))
    }
}

//! The proof that nothing names people any more: a fresh reading after the last step, recorded and shown.

use super::busy;
use crate::{
    app::{
        changeset,
        effect::{Effect, Ticket},
        model::Model,
    },
    changes::{
        fact::{ChangesetClosed, Ending, Fact},
        removal::proof,
        run::Direction,
    },
    domain::ids::Arn,
    ledger::Entry,
};

/// A proof that is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proving {
    /// The load that reads it.
    ticket: Ticket,
    /// The changeset that took them out.
    pub changeset: String,
    /// Those who went.
    people: Vec<Arn>,
}

/// What was proven, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// It in words.
    pub words: String,
    /// Whether it is proven that nothing names them.
    pub is_proven: bool,
}

/// Reads the account again when people were taken out by the changeset on the desk; absent where nobody was.
pub fn begin(model: &mut Model) -> Option<Vec<Effect>> {
    let changing = model.changing.as_ref()?;
    let plan = changing.plan.as_ref()?;
    if plan.direction != Direction::Forward {
        return None;
    }
    let planned = &plan.progress.planned;
    let people = planned.removal.as_ref()?.leavers.clone();
    let changeset = planned.changeset.clone();
    Some(read(model, changeset, people))
}

fn read(model: &mut Model, changeset: String, people: Vec<Arn>) -> Vec<Effect> {
    let effects = model.begin_load();
    model.proving = model.load.as_ref().map(|load| Proving {
        ticket: load.ticket,
        changeset,
        people,
    });
    effects
}

/// Returns the newest removal that the ledger does not hold the proof of: a kill may have come before it, or something may
/// have been left.
fn unproven(model: &Model) -> Option<(String, Vec<Arn>)> {
    let mut all = model.ledger.changesets.all().iter().rev();
    all.find_map(|recorded| {
        let people = proof::is_missing(&recorded.progress)?;
        Some((recorded.progress.planned.changeset.clone(), people.to_vec()))
    })
}

/// Returns why nothing can be proven now, if nothing can.
pub fn hindrance(model: &Model) -> Option<String> {
    let is_there = unproven(model).is_some();
    busy(model).or_else(|| model.ledger.hindrance()).or_else(|| {
        (!is_there).then(|| "of everybody who was taken out it is proven that nothing names them".to_owned())
    })
}

/// Reads the account again for the proof that is missing.
pub fn again(model: &mut Model) -> Vec<Effect> {
    let Some((changeset, people)) = unproven(model) else {
        return Vec::new();
    };
    model.say("the account is read again, for the proof that nothing names them");
    read(model, changeset, people)
}

/// Records and shows what the reading proves, once it has ended.
pub fn load_ended(model: &mut Model, ticket: Ticket) -> Vec<Effect> {
    let Some(proving) = model.proving.take_if(|proving| proving.ticket == ticket) else {
        return Vec::new();
    };
    let proof = proof::of(&model.fresh, &proving.people, model.now);
    let words = proof.words(&model.fresh, &proving.people);
    let is_proven = proof.is_proven();
    let is_here = changeset::progress(model).is_some_and(|progress| progress.planned.changeset == proving.changeset);
    if let Some(changing) = model.changing.as_mut().filter(|_| is_here) {
        changing.proven = Some(Proven {
            words: words.clone(),
            is_proven,
        });
    } else {
        model.say(words.clone());
    }
    let closed = Fact::Closed(ChangesetClosed {
        changeset: proving.changeset,
        ending: Ending::Done,
        note: Some(words),
    });
    let ticket = model.next_ticket();
    vec![Effect::Record {
        ticket,
        entries: vec![Entry::from(closed)],
    }]
}

//! The proof that nothing names people any more: a fresh reading after the last step, recorded and shown.

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
    let effects = model.begin_load();
    let ticket = model.load.as_ref()?.ticket;
    model.proving = Some(Proving {
        ticket,
        changeset,
        people,
    });
    Some(effects)
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

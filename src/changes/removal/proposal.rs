//! Everything that is shown before a removal: doors, guards, ways for each rotation, and the writes in their order.

use super::{
    Removal,
    build::{self},
    doors::{self, Door},
    guards::{self, Guard},
    humans::{self, Loss, Walked},
    rotation::{self, Choice, Previewed},
};
use crate::{
    changes::{
        Changeset,
        apply::Previews,
        build::NoDraft,
        changeset::{Draft, NotRead},
        fact::Answer,
    },
    domain::{Timestamp, engagement::Engagement, graph::Graph, ids::Arn, inventory::Inventory},
};

/// On what terms a removal is proposed.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The time.
    pub now: Timestamp,
    /// How the account is walked.
    pub walked: Walked<'a>,
    /// Whether a name is one that the settings count as managed by code.
    pub is_by_code: &'a dyn Fn(&str) -> bool,
    /// What was begun lately, and may still page somebody; absent where that was not read.
    pub engaged: Option<&'a [Engagement]>,
}

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Asked")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// A removal with all that is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Who goes, and how: with the way for each rotation that moves the fewest hours, where none was chosen.
    pub removal: Removal,
    /// The doors of each, in the order in which they were named.
    pub doors: Vec<(Arn, Vec<Door>)>,
    /// What stops it.
    pub guards: Vec<Guard>,
    /// The ways for each rotation.
    pub choices: Vec<Choice>,
    /// Where somebody would not be reached any more.
    pub losses: Vec<Loss>,
    /// The writes; or why there are none.
    pub draft: Result<Draft, NoDraft>,
    /// The shifts of the rotations among them.
    pub previews: Previews,
}

/// Why there is no changeset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// Guards stand that nobody has answered, or that no answer is enough for.
    #[error("{} guards stand", .0.len())]
    Guards(Vec<Guard>),
    /// It cannot be drafted.
    #[error(transparent)]
    NoDraft(#[from] NoDraft),
    /// It cannot be planned.
    #[error(transparent)]
    NotRead(#[from] NotRead),
}

/// Returns everything about a removal. Without an answer of the service in `previewed` nobody takes over any turns, so that
/// the picture is darker than the truth, never brighter.
pub fn propose(
    inventory: &Inventory,
    graph: &Graph,
    mut removal: Removal,
    previewed: &Previewed,
    asked: Asked<'_>,
) -> Proposal {
    let choices = rotation::choices(inventory, &removal, previewed, asked.now);
    for choice in &choices {
        if let Some(way) = choice.complete() {
            removal.turns.entry(choice.rotation.clone()).or_insert(way.turns);
        }
    }
    let previews = rotation::previews(&removal, previewed);
    let draft = build::draft(inventory, &removal, asked.now);
    let writes = draft.as_ref().map_or(&[][..], |draft| &draft.writes);
    let losses = humans::losses(inventory, graph, &removal, (writes, &previews), asked.walked);
    let guards = guards::of(
        inventory,
        graph,
        &removal,
        (writes, &losses),
        (asked.now, asked.is_by_code, asked.engaged),
    );
    let doors = removal.leavers.iter();
    let doors = doors.map(|leaver| (leaver.clone(), doors::doors_of(inventory, graph, leaver, asked.now)));
    Proposal {
        doors: doors.collect(),
        removal,
        guards,
        choices,
        losses,
        draft,
        previews,
    }
}

impl Proposal {
    /// Returns the answers as the ledger keeps them, or the guards that they leave standing. An answer names a guard by its
    /// key, or all of one kind by the kind's word; an empty one answers nothing.
    pub fn answered(&self, answers: &[(String, String)]) -> Result<Vec<Answer>, Vec<Guard>> {
        answered(&self.guards, answers)
    }

    /// Returns the changeset that somebody may consent to, once every guard is answered.
    pub fn changeset(
        &self,
        inventory: &Inventory,
        name: String,
        answers: &[(String, String)],
    ) -> Result<Changeset, Stopped> {
        let answers = self.answered(answers).map_err(Stopped::Guards)?;
        Ok(Changeset {
            answers,
            ..self.built(inventory, name)?
        })
    }

    /// Returns the changeset as it is before anybody has answered a guard.
    pub(super) fn built(&self, inventory: &Inventory, name: String) -> Result<Changeset, Stopped> {
        let changeset = Changeset::build(inventory, name, self.draft.clone()?, &self.previews)?;
        Ok(Changeset {
            removal: Some(self.removal.clone()),
            ..changeset
        })
    }
}

/// Returns answers to guards as the ledger keeps them, or the guards that they leave standing.
pub fn answered(guards: &[Guard], answers: &[(String, String)]) -> Result<Vec<Answer>, Vec<Guard>> {
    let (mut given, mut standing) = (Vec::new(), Vec::new());
    for guard in guards {
        let answer = answers
            .iter()
            .find(|(key, words)| guard.is_named(key) && !words.trim().is_empty());
        match answer.filter(|_| guard.is_answerable) {
            Some((_, words)) => given.push(Answer {
                guard: guard.why.clone(),
                answer: words.trim().to_owned(),
            }),
            None => standing.push(guard.clone()),
        }
    }
    if standing.is_empty() { Ok(given) } else { Err(standing) }
}

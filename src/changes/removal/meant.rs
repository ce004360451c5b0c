//! What somebody wants done with people or things, worked out: all that is shown of it, and what would be carried out.
//!
//! The desk and the command line ask for it alike: out of a fresh reading, the wish and what the service has previewed come
//! the doors, the guards, the suggestions, the writes and what becomes of everybody's pages.

use super::{
    Removal, called,
    definition::Definition,
    guards::Guard,
    proposal::{Asked, Proposal, Stopped, answered, propose},
    put_back::put_back,
    quarantine, rebuild,
    replacement::{Known, Suggestion, suggestions},
    rotation::Previewed,
    unused,
};
use crate::{
    changes::{
        Changeset,
        apply::{Previews, apply},
        changeset::Draft,
        what_if::{Terms, WhatIf, what_if},
    },
    domain::{graph::Graph, ids::Arn, inventory::Inventory},
    failure::{Failure, FailureKind},
};
use std::collections::BTreeMap;

/// What somebody wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Take people out.
    TakeOut(Removal),
    /// Delete somebody for good, whom nothing names.
    Delete(Arn),
    /// Delete a plan, schedule, rotation or response plan that nothing uses.
    DeleteUnused(Arn),
    /// Put somebody back from what was saved of them.
    PutBack(Box<Definition>),
}

/// A wish with all that is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Where people are taken out: the doors, the ways for each rotation, and what would be lost.
    pub proposal: Option<Proposal>,
    /// What stops it.
    pub guards: Vec<Guard>,
    /// Who could take the places, where nobody was chosen.
    pub suggestions: Vec<Suggestion>,
    /// What cannot be restored, each in one sentence without a full stop.
    pub lost: Vec<String>,
    /// The devices that are silent afterwards until they are activated, where somebody is put back.
    pub silent: Vec<String>,
    /// Where nobody else is reached as long as they are.
    pub alone: Vec<String>,
    /// Whether another changeset is needed after this one, because the contact is made anew.
    pub is_first_of_two: bool,
    /// The changeset without the answers to the guards, or why there is none.
    pub built: Result<Changeset, Stopped>,
    /// What becomes of everything that can be engaged; empty where nobody is taken out.
    pub what_if: WhatIf,
    /// The account as it would be afterwards.
    pub after: Inventory,
    /// What is saved of those who go, before anything is written.
    pub definitions: Result<Vec<Definition>, Arn>,
    /// What has to be typed to consent, where a key is not enough.
    pub word: Option<String>,
}

/// Works a wish out. The changeset gets this name; the addresses of the account have to have their fingerprints.
pub fn meant(
    inventory: &Inventory,
    graph: &Graph,
    wish: Wish,
    name: String,
    (previewed, asked, known): (&Previewed, Asked<'_>, Known<'_>),
) -> Meant {
    match wish {
        Wish::TakeOut(removal) => take_out(inventory, graph, removal, name, (previewed, asked, known)),
        Wish::Delete(person) => {
            let draft = quarantine::delete(inventory, graph, &person, asked.now).map_err(Stopped::NoDraft);
            let guards = unused::guards_of(inventory, graph, &person, (asked.is_by_code, asked.engaged));
            let word = Some(person.name().to_owned());
            simple(inventory, draft, name, (guards, word))
        }
        Wish::DeleteUnused(arn) => {
            let (draft, guards) = match unused::draft(inventory, graph, &arn, (asked.is_by_code, asked.engaged)) {
                Ok((draft, guards)) => (Ok(draft), guards),
                Err(why) => (Err(Stopped::NoDraft(why)), Vec::new()),
            };
            let word = Some(crate::changes::state::name_of_rotation(inventory, &arn));
            simple(inventory, draft, name, (guards, word))
        }
        Wish::PutBack(definition) => {
            let back = put_back(inventory, &definition, &BTreeMap::new(), asked.now);
            let back = match back {
                Ok(back) => back,
                Err(why) => return simple(inventory, Err(Stopped::NoDraft(why)), name, (Vec::new(), None)),
            };
            let mut meant = simple(inventory, Ok(back.draft), name, (Vec::new(), None));
            if let Ok(built) = &meant.built {
                let mut subjects = built.subjects.clone();
                let written = built.steps.iter().map(|step| step.planned.write.subject());
                subjects.extend(written.cloned());
                subjects.sort();
                subjects.dedup();
                meant.guards = unused::owned_guards(inventory, &subjects, asked.is_by_code);
            }
            Meant {
                lost: back.lost,
                silent: back.silent,
                alone: back.alone,
                is_first_of_two: back.is_first_of_two,
                ..meant
            }
        }
    }
}

fn take_out(
    inventory: &Inventory,
    graph: &Graph,
    removal: Removal,
    name: String,
    (previewed, asked, known): (&Previewed, Asked<'_>, Known<'_>),
) -> Meant {
    let proposal = propose(inventory, graph, removal, previewed, asked);
    let removal = &proposal.removal;
    let suggestions = if removal.replacement.is_none() {
        suggestions(inventory, graph, removal, known)
    } else {
        Vec::new()
    };
    let writes = proposal.draft.as_ref().map_or(&[][..], |draft| &draft.writes);
    let after = apply(inventory, writes, &proposal.previews);
    let terms = Terms {
        window: asked.walked.window,
        resolve_schedules: asked.walked.resolve_schedules,
        reaches_further: true,
    };
    let what_if = what_if(inventory, &after, terms).apart_from(&removal.leavers);
    let definitions = rebuild::present(removal, inventory)
        .map(|person| Definition::of(inventory, removal, person, asked.now).ok_or_else(|| person.clone()))
        .collect();
    let word = match removal.leavers.as_slice() {
        [one] => one.name().to_owned(),
        several => several.len().to_string(),
    };
    let built = proposal.built(inventory, name);
    Meant {
        guards: proposal.guards.clone(),
        suggestions,
        lost: Vec::new(),
        silent: Vec::new(),
        alone: Vec::new(),
        is_first_of_two: false,
        built,
        what_if,
        after,
        definitions,
        word: Some(word),
        proposal: Some(proposal),
    }
}

fn simple(
    inventory: &Inventory,
    draft: Result<Draft, Stopped>,
    name: String,
    (guards, word): (Vec<Guard>, Option<String>),
) -> Meant {
    let writes = draft.as_ref().map_or(&[][..], |draft| &draft.writes);
    let after = apply(inventory, writes, &Previews::new());
    let built = draft.and_then(|draft| Ok(Changeset::build(inventory, name, draft, &Previews::new())?));
    Meant {
        proposal: None,
        guards,
        suggestions: Vec::new(),
        lost: Vec::new(),
        silent: Vec::new(),
        alone: Vec::new(),
        is_first_of_two: false,
        built,
        what_if: WhatIf::default(),
        after,
        definitions: Ok(Vec::new()),
        word,
    }
}

impl Meant {
    /// Returns the changeset that somebody may consent to, once every guard is answered.
    pub fn changeset(&self, answers: &[(String, String)]) -> Result<Changeset, Stopped> {
        // What is refused outright is not asked about first.
        if let (None, Err(stopped)) = (&self.proposal, &self.built) {
            return Err(stopped.clone());
        }
        let answers = answered(&self.guards, answers).map_err(Stopped::Guards)?;
        let mut changeset = self.built.clone()?;
        changeset.answers = answers;
        Ok(changeset)
    }
}

/// Returns the failure of somebody who cannot be saved: nothing is changed then.
pub fn not_saved(person: &Arn) -> Failure {
    let what = format!("{} cannot be saved, so nothing is changed.", called(person));
    Failure::new(FailureKind::Access, what).because("their plan, devices or tags were not read")
}

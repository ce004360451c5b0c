//! What it takes to agree to a changeset: the more harm it can do, the less a habit is enough.

use super::{Phase, progress};
use crate::{
    app::model::Model,
    changes::{fact::Undo, progress::Progress, run::Direction},
};

/// From this many steps on, their number is typed: nobody sees that many at a glance.
const MANY: usize = 10;

/// What it takes to agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// The key Enter: every step can be taken back.
    Enter,
    /// The key `y`: taking it back needs the person.
    Yes,
    /// A text, typed whole.
    Type {
        /// The text.
        text: String,
        /// What it is, in a few words.
        what: &'static str,
    },
}

/// Returns what it takes to agree to the changeset that is asked about, if one is.
pub fn needed(model: &Model) -> Option<Consent> {
    let is_asked = model
        .changing
        .as_ref()
        .is_some_and(|changing| changing.phase == Phase::Asking);
    let word = model.changing.as_ref().and_then(|changing| {
        let plan = changing.plan.as_ref()?;
        let is_first = !plan.is_recorded && plan.direction == Direction::Forward;
        changing.leaving.as_ref().filter(|_| is_first)?.word.clone()
    });
    let consent = progress(model).filter(|_| is_asked).map(of)?;
    Some(word.map_or(consent, |text| Consent::Type {
        text,
        what: "whom or what it is about; the number, where it is about several",
    }))
}

fn of(progress: &Progress) -> Consent {
    let planned = &progress.planned;
    match planned.undo() {
        Undo::Irreversible => Consent::Type {
            text: planned
                .subjects
                .first()
                .map_or_else(|| planned.steps.len().to_string(), |subject| subject.name().to_owned()),
            what: "the name of whom it is about, because it cannot be taken back",
        },
        Undo::Reversible | Undo::NeedsPerson if planned.steps.len() >= MANY => Consent::Type {
            text: planned.steps.len().to_string(),
            what: "the number of steps, because there are many",
        },
        Undo::NeedsPerson => Consent::Yes,
        Undo::Reversible => Consent::Enter,
    }
}

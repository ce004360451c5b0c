//! What an acknowledgement stops.

use super::{
    Acknowledged, AcknowledgedEffect, Acknowledgement,
    event::{Event, What},
    reason::{Doubt, DoubtReason, Silence},
};
use crate::domain::{graph::Graph, ids::Arn};
use std::collections::BTreeSet;

/// Takes what the acknowledgements stop out of `events`, one after the other in the order of time.
pub(super) fn acknowledge(events: &mut [Event], given: &[Acknowledgement], graph: &Graph) -> Vec<Acknowledged> {
    let mut given = given.to_vec();
    given.sort();
    given.dedup();
    let apply = |acknowledgement: Acknowledgement| {
        let person = graph
            .resolve(&acknowledgement.person)
            .unwrap_or(&acknowledgement.person);
        let reached = Reached::by(events, person, acknowledgement.minute);
        for event in events.iter_mut().filter(|event| event.minute > acknowledgement.minute) {
            reached.stop(event, person, acknowledgement.minute);
        }
        Acknowledged {
            effect: reached.effect(),
            acknowledgement,
        }
    };
    given.into_iter().map(apply).collect()
}

/// How somebody was paged up to the minute of their acknowledgement.
#[derive(Default)]
struct Reached {
    is_certain: bool,
    is_possible: bool,
    /// The engagements of plans that certainly begin no further stage.
    stopped: BTreeSet<usize>,
    /// The engagements of plans that may begin no further stage.
    perhaps_stopped: BTreeSet<usize>,
}

impl Reached {
    fn by(events: &[Event], person: &Arn, minute: i64) -> Self {
        let mut reached = Self::default();
        for event in events.iter().filter(|event| event.minute <= minute) {
            // The person may be behind anything that is not known.
            let may_be = event.person.as_ref().is_none_or(|paged| paged == person);
            let stopped = match &event.what {
                What::Page(_) if may_be => {
                    reached.is_certain = true;
                    &mut reached.stopped
                }
                What::Unknown(_) if may_be => {
                    reached.is_possible = true;
                    &mut reached.perhaps_stopped
                }
                What::Page(_) | What::Unknown(_) | What::Silent(_) => continue,
            };
            let essential = event.path.iter().filter(|hop| hop.is_essential);
            stopped.extend(essential.map(|hop| hop.engagement));
        }
        reached
    }

    /// Changes what happens after the acknowledgement.
    fn stop(&self, event: &mut Event, person: &Arn, minute: i64) {
        let is_own = event.person.as_ref() == Some(person);
        let begins_later_in = |engagements: &BTreeSet<usize>| {
            let mut later = event.path.iter().filter(|hop| hop.begins_at > minute);
            later.any(|hop| engagements.contains(&hop.engagement))
        };
        if is_own && self.is_certain || begins_later_in(&self.stopped) {
            event.what = What::Silent(Silence::Acknowledged(person.clone()));
        } else if (is_own && self.is_possible || begins_later_in(&self.perhaps_stopped))
            && matches!(event.what, What::Page(_))
        {
            let about = event.subject.as_ref().unwrap_or(person);
            event.what = What::Unknown(Doubt::new(about, DoubtReason::Acknowledgement(person.clone())));
        }
    }

    fn effect(&self) -> AcknowledgedEffect {
        match (self.is_certain, self.is_possible) {
            (true, _) => AcknowledgedEffect::Stopped {
                plans: self.stopped.len(),
            },
            (false, true) => AcknowledgedEffect::Perhaps,
            (false, false) => AcknowledgedEffect::NotPaged,
        }
    }
}

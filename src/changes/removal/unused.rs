//! Plans, schedules, rotations and response plans that nothing uses, taken out for good. Never a replication set.

use super::{
    called, doors,
    engaged::{self, Engaged, IsByCode},
    guards::{Guard, Kind},
};
use crate::{
    changes::{
        Write,
        build::{self as small, NoDraft},
        changeset::Draft,
        state::name_of_rotation,
    },
    domain::{contact::ContactKind, graph::Graph, ids::Arn, inventory::Inventory},
};

/// Returns what deletes something that nothing uses, and what stops it. Refused while anything names it or may do so.
pub fn draft(
    inventory: &Inventory,
    graph: &Graph,
    arn: &Arn,
    (is_by_code, engaged): (IsByCode<'_>, Engaged<'_>),
) -> Result<(Draft, Vec<Guard>), NoDraft> {
    let contact = inventory.contacts.items.get(arn);
    let (words, write) = match contact.map(|contact| &contact.kind) {
        Some(ContactKind::Person) => {
            return Err(NoDraft::AlreadySo(format!(
                "{} is a person: quarantine them first",
                called(arn)
            )));
        }
        Some(ContactKind::EscalationPlan | ContactKind::Schedule | ContactKind::Other(_)) => {
            (called(arn), Write::DeleteContact { contact: arn.clone() })
        }
        None if inventory.rotations.items.contains_key(arn) => {
            let name = format!("the rotation {}", name_of_rotation(inventory, arn));
            (name, Write::DeleteRotation { rotation: arn.clone() })
        }
        None if inventory.response_plans.items.contains_key(arn) => {
            let name = format!("the response plan {}", called(arn));
            let response_plan = arn.clone();
            (name, Write::DeleteResponsePlan { response_plan })
        }
        None => return Err(NoDraft::NotFound(called(arn))),
    };
    if let Some(unread) = doors::unread(inventory).into_iter().next() {
        return Err(NoDraft::NotRead(
            unread.about.as_ref().map_or_else(|| "the account".to_owned(), called),
        ));
    }
    if let Some(entry) = graph.used_by(arn).iter().find(|entry| entry.by != *arn) {
        let by = name_of_rotation(inventory, &entry.by);
        return Err(NoDraft::AlreadySo(format!("{words} is used by {by}")));
    }
    let guards = guards_of(inventory, graph, arn, (is_by_code, engaged));
    let draft = Draft {
        title: format!("Delete {words}, which nothing uses"),
        subjects: vec![arn.clone()],
        writes: vec![write],
    };
    Ok((draft, guards))
}

/// Returns what stops the deletion of something that nothing uses.
pub fn guards_of(
    inventory: &Inventory,
    graph: &Graph,
    arn: &Arn,
    (is_by_code, engaged): (IsByCode<'_>, Engaged<'_>),
) -> Vec<Guard> {
    let words = name_of_rotation(inventory, arn);
    let mut guards = owned_guards(inventory, std::slice::from_ref(arn), is_by_code);
    if inventory.response_plans.items.contains_key(arn) {
        let why = format!("alarms and event rules that start {words} are not among the reads of callsheet");
        let go_on = "look at the alarms of CloudWatch and the rules of EventBridge, and say what you saw there";
        guards.push(Guard::new(Kind::StartedUnseen, called(arn), why, go_on));
    } else if !inventory.rotations.items.contains_key(arn) {
        guards.extend(engaged::guard(inventory, graph, arn, engaged));
    }
    guards
}

/// Returns what stops a change because of whose things are: another account's, or code's.
pub fn owned_guards(inventory: &Inventory, subjects: &[Arn], is_by_code: &dyn Fn(&str) -> bool) -> Vec<Guard> {
    let found = small::guards(inventory, subjects, is_by_code).into_iter();
    found
        .map(|guard| Guard {
            kind: if guard.is_answerable {
                Kind::ByCode
            } else {
                Kind::SharedIn
            },
            what: guard.what,
            why: guard.why,
            would_let_go_on: guard.would_let_go_on,
            is_answerable: guard.is_answerable,
        })
        .collect()
}

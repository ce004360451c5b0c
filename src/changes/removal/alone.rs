//! Where somebody who comes back with silent devices would stand alone: whoever is paged there is nobody, until they are activated.

use super::called;
use crate::{
    changes::{
        Write,
        apply::{Previews, apply},
        state::name_of_rotation,
    },
    domain::{
        contact::Target,
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
        reach::{self, Behind, Reach},
    },
};

/// Returns the places that writes give to somebody in which nobody else would be reached, each in one sentence without a full
/// stop. Nothing where they are reachable after the writes.
pub(super) fn alone(inventory: &Inventory, person: &Arn, writes: &[Write]) -> Vec<String> {
    let after = apply(inventory, writes, &Previews::new());
    let is_reachable = |contact| matches!(reach::of_person(contact), Reach::Reachable(_));
    let contact = after.contacts.items.get(person);
    if contact.is_none_or(|contact| is_reachable(contact)) {
        return Vec::new();
    }
    let graph = Graph::build(&after);
    let is_person = |one: &Arn| one.is_same_resource(person);
    let others = |all: &[Arn], within: Option<&Arn>| {
        let others: Vec<Arn> = all.iter().filter(|one| !is_person(one)).cloned().collect();
        others_words(&reach::people_behind(&after, &graph, &others, within))
    };
    let mut found = Vec::new();
    for write in writes {
        if let Write::UpdateContact { contact, plan, .. } = write
            && !is_person(contact)
        {
            for (stage, number) in plan.stages.iter().zip(1_usize..) {
                let named: Vec<Arn> = stage.targets.iter().filter_map(Target::arn).cloned().collect();
                if named.iter().any(is_person)
                    && let Some(words) = others(&named, Some(contact))
                {
                    found.push(format!("stage {number} of {}: {words}", called(contact)));
                }
            }
        } else if let Write::UpdateRotation {
            rotation,
            members,
            recurrence,
        } = write
        {
            let words = if recurrence.number_of_on_calls <= 1 {
                Some("nobody else is on call during their turns".to_owned())
            } else {
                others(members, None)
            };
            let name = name_of_rotation(inventory, rotation);
            found.extend(words.map(|words| format!("the rotation {name}: {words}")));
        } else if let Write::CreateRotationOverride { rotation, contacts, .. } = write {
            let name = name_of_rotation(inventory, rotation);
            let words = others(contacts, None);
            found.extend(words.map(|words| format!("an override of the rotation {name}: {words}")));
        } else if let Write::UpdateResponsePlan {
            response_plan,
            engagements,
        } = write
        {
            let words = others(engagements, None);
            found.extend(words.map(|words| format!("the response plan {}: {words}", called(response_plan))));
        }
    }
    found
}

/// Returns what is said of those who are paged beside somebody; absent where one of them is certainly reached.
fn others_words(behind: &Behind) -> Option<String> {
    if !behind.people.is_empty() {
        return None;
    }
    let words = if behind.doubt.is_some() || behind.is_pending {
        "it is not known whether anybody else in it is reached"
    } else {
        "nobody else in it is reached"
    };
    Some(words.to_owned())
}

//! What somebody means by a name: an ARN, an alias or name as AWS has it, or a display name.

use crate::{
    changes::removal::doors,
    domain::{
        contact::ContactKind,
        graph::Graph,
        ids::Arn,
        inventory::{Inventory, SectionState},
        text::neutral,
    },
    failure::{Failure, FailureKind},
};
use std::collections::BTreeSet;

/// How alike two names are, from 0 to 1, when one may have been meant by the other.
const NEAR: f64 = 0.8;

/// How many near names are told.
const SUGGESTIONS: usize = 3;

/// What a name is looked for among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Response plans, escalation plans, schedules and people.
    Starts,
    /// People.
    People,
    /// Everything that has a name: people, plans, schedules, rotations and response plans.
    All,
}

/// Why a name leads to nothing.
#[derive(Debug)]
pub(super) struct Missing {
    /// What to tell the operator.
    pub(super) why: Failure,
    /// Whether it is certain: false where not everything could be read.
    pub(super) is_certain: bool,
}

/// Something that can be named.
struct Candidate<'a> {
    arn: &'a Arn,
    kind: &'static str,
    /// The alias or name as AWS has it, and the name for people.
    names: [&'a str; 2],
}

impl Among {
    fn word(self) -> &'static str {
        match self {
            Self::Starts => "response plan, escalation plan, schedule or person",
            Self::People => "person",
            Self::All => "plan, schedule, rotation, response plan or person",
        }
    }

    fn candidates(self, inventory: &Inventory) -> Vec<Candidate<'_>> {
        let contacts = inventory.contacts.items.values().filter_map(|contact| {
            let kind = match &contact.kind {
                ContactKind::Person => "person",
                ContactKind::EscalationPlan => "escalation plan",
                ContactKind::Schedule => "schedule",
                ContactKind::Other(_) => "contact of unknown type",
            };
            (self != Self::People || contact.kind == ContactKind::Person).then(|| Candidate {
                arn: &contact.arn,
                kind,
                names: [&contact.alias, contact.label()],
            })
        });
        let plans = inventory.response_plans.items.values().map(|plan| Candidate {
            arn: &plan.arn,
            kind: "response plan",
            names: [&plan.name, plan.label()],
        });
        let rotations = inventory.rotations.items.values().map(|rotation| Candidate {
            arn: &rotation.arn,
            kind: "rotation",
            names: [&rotation.name, rotation.arn.name()],
        });
        match self {
            Self::Starts => contacts.chain(plans).collect(),
            Self::People => contacts.collect(),
            Self::All => contacts.chain(plans).chain(rotations).collect(),
        }
    }

    fn is_complete(self, inventory: &Inventory) -> bool {
        let contacts = inventory.contacts.state == SectionState::Complete;
        let plans = inventory.response_plans.state == SectionState::Complete;
        match self {
            Self::People => contacts,
            Self::Starts => contacts && plans,
            Self::All => contacts && plans && inventory.rotations.state == SectionState::Complete,
        }
    }
}

/// Returns what `text` names.
pub(super) fn find(text: &str, among: Among, inventory: &Inventory, graph: &Graph) -> Result<Arn, Missing> {
    let candidates = among.candidates(inventory);
    let listed = Arn::parse(text).ok().and_then(|arn| graph.resolve(&arn).cloned());
    let by_arn = |candidate: &&Candidate<'_>| Some(candidate.arn) == listed.as_ref();
    let exactly = |candidate: &&Candidate<'_>| candidate.names.contains(&text);
    let folded = text.to_lowercase();
    let loosely = |candidate: &&Candidate<'_>| candidate.names.iter().any(|name| name.to_lowercase() == folded);
    let mut found: Vec<&Candidate<'_>> = candidates.iter().filter(by_arn).collect();
    if found.is_empty() {
        found = candidates.iter().filter(exactly).collect();
    }
    if found.is_empty() {
        found = candidates.iter().filter(loosely).collect();
    }
    match found.as_slice() {
        [one] => Ok(one.arn.clone()),
        [] => Err(none(text, &folded, among, inventory, &candidates)),
        several => {
            let several: Vec<String> = several.iter().map(|one| format!("{} {}", one.kind, one.arn)).collect();
            let what = format!("“{}” is the name of more than one.", neutral(text));
            let hint = format!("write the ARN of one of them: {}", several.join(", "));
            Err(Missing {
                why: Failure::new(FailureKind::Usage, what).hint(hint),
                is_certain: true,
            })
        }
    }
}

/// Returns somebody who is named somewhere and is not there any more, by ARN or alias.
pub(super) fn gone(text: &str, inventory: &Inventory, graph: &Graph) -> Option<Arn> {
    let by_arn = Arn::parse(text).ok();
    let is_meant = |gone: &Arn| match &by_arn {
        Some(arn) => gone.is_same_resource(arn),
        None => gone.name() == text,
    };
    doors::gone(inventory, graph).into_iter().find(is_meant)
}

fn none(text: &str, folded: &str, among: Among, inventory: &Inventory, candidates: &[Candidate<'_>]) -> Missing {
    let what = format!("There is no {} “{}”", among.word(), neutral(text));
    let mut near: Vec<(f64, &str)> = candidates
        .iter()
        .flat_map(|candidate| candidate.names)
        .map(|name| (strsim::jaro_winkler(&name.to_lowercase(), folded), name))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    let mut seen = BTreeSet::new();
    let near: Vec<String> = near
        .iter()
        .filter(|(_, name)| seen.insert(*name))
        .take(SUGGESTIONS)
        .map(|(_, name)| format!("“{}”", neutral(name)))
        .collect();
    let hint = if near.is_empty() {
        "callsheet inventory lists everything that there is".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    if among.is_complete(inventory) {
        Missing {
            why: Failure::new(FailureKind::Usage, format!("{what}.")).hint(hint),
            is_certain: true,
        }
    } else {
        let mut failure = Failure::new(
            FailureKind::NotFound,
            format!("{what} among what could be read, and not everything could be."),
        );
        for gap in [inventory.contacts.gap(), inventory.response_plans.gap()]
            .into_iter()
            .flatten()
        {
            failure = failure.because(gap.to_string());
        }
        Missing {
            why: failure.hint(hint),
            is_certain: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        inventory::{Part, SectionKind},
        operation::Operation,
        sample,
        world::{World, contact_arn, response_arn},
    };

    fn world() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .plan("payments", &[(5, &["anna"])])
            .response("critical", &["payments"])
            .response("payments", &["payments"])
    }

    fn found(text: &str, among: Among) -> Result<Arn, String> {
        let world = world().complete();
        let found = find(text, among, &world.inventory, &world.graph());
        found.map_err(|missing| format!("{} {}", missing.why.what(), missing.why.next_action().unwrap()))
    }

    #[test]
    fn a_name_an_alias_and_an_arn_of_any_region_are_found() {
        let elsewhere = contact_arn("payments").as_str().replace("eu-west-1", "us-east-1");
        for (text, expected) in [
            ("anna", contact_arn("anna")),
            ("ANNA", contact_arn("anna")),
            ("critical", response_arn("critical")),
            (response_arn("payments").as_str(), response_arn("payments")),
            (&elsewhere, contact_arn("payments")),
        ] {
            assert_eq!(found(text, Among::Starts), Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_ambiguous_name_lists_what_it_may_mean() {
        let error = found("payments", Among::Starts).unwrap_err();
        for part in ["more than one", "escalation plan arn:", "response plan arn:"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_near_miss_is_told_with_what_may_have_been_meant() {
        assert!(
            found("critcal", Among::Starts)
                .unwrap_err()
                .contains("did you mean “critical”?")
        );
        assert!(
            found("payments", Among::People)
                .unwrap_err()
                .contains("There is no person “payments”.")
        );
        let hostile = found("\u{1b}[2J", Among::Starts).unwrap_err();
        assert!(!hostile.contains('\u{1b}'), "{hostile}");
    }

    #[test]
    fn what_is_missing_from_half_a_list_may_be_there_all_the_same() {
        let gap = sample::denied(Operation::ListContacts, None);
        let world = world().part(Part::SectionEnded(SectionKind::Contacts, Some(gap)));
        let missing = find("ben", Among::People, &world.inventory, &world.graph()).unwrap_err();
        assert!(!missing.is_certain);
        assert!(
            missing.why.why().iter().any(|why| why.contains("ListContacts")),
            "{missing:?}"
        );
    }
}

//! Which team somebody is in, and which team or owner answers for a contact.

use super::{from_roster, matched, surely_behind};
use crate::{
    domain::{
        contact::Contact, gap::Reading, graph::Use, ids::Arn, operation::Operation, response::ResponsePlan, tags::Tags,
        text::neutral,
    },
    findings::{
        Check, Evidence, Family, Judge, Verdict,
        facts::Facts,
        needs::{Missing, Need},
        severity::Severity,
        words,
    },
};
use std::collections::BTreeSet;

/// Somebody who takes turns for a team of which they are no more.
pub(in crate::findings) static MOVED: Check = Check {
    code: "ID03",
    name: "moved",
    family: Family::People,
    severity: Severity::Medium,
    title: "moved: not in the team whose plans name them",
    rationale: "Whoever changed teams is paged for what they do not look after any more.",
    remedy: "Ask both teams; take the person out of the old team's rotations and plans.",
    command: "remove",
    needs: &[Need::Roster],
    hides: &[Need::EveryPlan, Need::EveryMember],
    moot_when: &["ID02"],
    is_moving: true,
    judges: &[Judge::Person(moved)],
};

fn moved(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let (found, entry) = match surely_behind(facts, person) {
        Ok(behind) => behind,
        Err(verdict) => return verdict,
    };
    let Some(team) = entry.team.as_deref().map(str::trim).filter(|team| !team.is_empty()) else {
        return Verdict::NotApplicable;
    };
    let mut teams = BTreeSet::new();
    let mut missing = None;
    for entry in facts.graph.used_by(&person.arn) {
        match team_of(facts, entry) {
            Ok(Some(name)) => {
                teams.insert(name.to_owned());
            }
            Ok(None) => {}
            Err(why) => missing = Some(why),
        }
    }
    if teams.iter().any(|name| name.eq_ignore_ascii_case(team)) {
        return Verdict::Pass;
    }
    // What was not read may be of the person's own team.
    if let Some(missing) = missing {
        return missing.into();
    }
    if teams.is_empty() {
        // Nor is what was not read at all of no team.
        return match facts.missing(&[Need::EveryPlan, Need::EveryMember]) {
            Some(missing) => missing.into(),
            None => Verdict::NotApplicable,
        };
    }
    let names: Vec<String> = teams.iter().map(|name| neutral(name).into_owned()).collect();
    Verdict::fail(
        format!(
            "{} is in team {} by the roster, and what names them belongs to {}",
            words::name(person),
            neutral(team),
            words::list(&names)
        ),
        vec![
            matched(found, entry),
            from_roster("team", neutral(team)),
            Evidence::new("Tags", words::list(&names), Operation::ListContactTags),
        ],
    )
}

/// Returns the team of what names somebody, as its tag says; nothing where it has none, or is there for everybody.
fn team_of<'a>(facts: &'a Facts<'_>, named_by: &Use) -> Result<Option<&'a str>, Missing> {
    let by: &Arn = &named_by.by;
    let items = facts.inventory;
    let tags = if let Some(contact) = facts.contact(by) {
        if facts.policy.is_catch_all(&contact.alias) {
            return Ok(None);
        }
        &contact.tags
    } else if let Some(rotation) = items.rotations.items.get(by) {
        &rotation.tags
    } else if let Some(plan) = items.response_plans.items.get(by) {
        &plan.tags
    } else {
        return Ok(None);
    };
    match tags {
        Reading::Known(tags) => {
            let mut keys = facts.policy.people.owner_tags.iter();
            let key = keys.find(|key| key.to_lowercase().contains("team"));
            Ok(key.and_then(|key| value(tags, key)))
        }
        Reading::Unknown(gap) => Err(Missing::Unread(gap.to_string())),
        Reading::Pending => Err(Missing::Pending),
    }
}

/// A resource for which nobody is named.
pub(in crate::findings) static NO_OWNER: Check = Check {
    code: "ID10",
    name: "no-owner",
    family: Family::People,
    severity: Severity::Low,
    title: "no owner or team tag",
    rationale: "When something about it has to be decided, nobody knows whom to ask.",
    remedy: "Tag it with its owner or its team.",
    command: "",
    needs: &[Need::Tags],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[
        Judge::Person(contact_without_owner),
        Judge::Plan(contact_without_owner),
        Judge::Schedule(contact_without_owner),
        Judge::Response(response_without_owner),
    ],
};

fn contact_without_owner(facts: &Facts<'_>, contact: &Contact) -> Verdict {
    let name = words::name(contact);
    without_owner(facts, (&contact.arn, &name), &contact.tags, Operation::ListContactTags)
}

fn response_without_owner(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    let name = neutral(plan.label());
    without_owner(facts, (&plan.arn, &name), &plan.tags, Operation::ListResponsePlanTags)
}

fn without_owner(facts: &Facts<'_>, (arn, name): (&Arn, &str), tags: &Reading<Tags>, operation: Operation) -> Verdict {
    let Some(tags) = tags.known().filter(|_| !facts.inventory.is_shared_in(arn)) else {
        return Verdict::NotApplicable;
    };
    let wanted = &facts.policy.people.owner_tags;
    if wanted.iter().any(|key| value(tags, key).is_some()) {
        return Verdict::Pass;
    }
    let keys: Vec<String> = tags.keys().map(|key| neutral(key).into_owned()).collect();
    Verdict::fail(
        format!("{name} has no tag {}", wanted.join(" or ")),
        vec![Evidence::new(
            "Tags",
            if keys.is_empty() {
                "none".to_owned()
            } else {
                keys.join(", ")
            },
            operation,
        )],
    )
}

/// Returns the value of a tag, when it is not empty; the case of its key does not matter.
fn value<'a>(tags: &'a Tags, key: &str) -> Option<&'a str> {
    let mut tags = tags.iter();
    tags.find(|(name, value)| name.eq_ignore_ascii_case(key) && !value.trim().is_empty())
        .map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{operation::Operation, world::World},
        findings::proof::check,
    };

    #[test]
    fn a_team_or_an_owner_in_any_case_is_enough_and_an_empty_one_is_not() {
        let world = World::new()
            .person("anna", &["phone"], &[])
            .person("ben", &["phone"], &[])
            .person("cleo", &["phone"], &[])
            .person("dora", &["phone"], &[])
            .tagged("anna", &[("Team", "ops")])
            .tagged("ben", &[("owner", " "), ("stage", "live")])
            .tagged("cleo", &[("owner", "cleo")])
            .denied(Operation::ListContactTags, "dora");
        check(
            world,
            "ID10",
            &["ben: fail: ben has no tag owner or team", "dora: unknown"],
        );
    }
}

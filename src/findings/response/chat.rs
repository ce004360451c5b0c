//! Where an incident is talked about.

use super::super::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity, words};
use super::name;
use crate::domain::{
    ids::Arn,
    operation::Operation,
    response::{Chat, ResponsePlan},
    text::neutral,
};
use std::collections::{BTreeMap, BTreeSet};

/// A response plan that leads to no chat.
pub(in crate::findings) static NO_CHAT: Check = Check {
    code: "RP04",
    name: "no-chat-channel",
    family: Family::ResponsePlans,
    severity: Severity::Medium,
    title: "no chat channel",
    rationale: "Whoever is paged has to find the others first.",
    remedy: "Give the plan a private chat channel of its own.",
    command: "",
    needs: &[Need::Detail],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Response(no_chat)],
};

fn no_chat(_: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    match chat(plan) {
        Some(Chat::None) => Verdict::fail(
            format!("{} has no chat channel", name(plan)),
            vec![Evidence::new("chatChannel", "none", Operation::GetResponsePlan)],
        ),
        // Of whatever kind it is, there is one.
        Some(Chat::Topics(_) | Chat::Unrecognised) => Verdict::Pass,
        None => Verdict::Pending,
    }
}

fn chat(plan: &ResponsePlan) -> Option<&Chat> {
    plan.detail.known().map(|detail| &detail.chat)
}

/// A chat channel that fails with one Region.
///
/// AWS asks for a topic in each Region of the replication set. Regions that are being taken out do not count.
pub(in crate::findings) static REGION_WITHOUT_TOPIC: Check = Check {
    code: "RP07",
    name: "region-without-topic",
    family: Family::ResponsePlans,
    severity: Severity::Medium,
    title: "several regions in the replication set and no chat topic in one of them",
    rationale: "When the other Regions fail, incidents go on in this one, and the chat stays silent.",
    remedy: "Make a topic in that Region, connect it to the same chat channel, and add it to the response plan.",
    command: "",
    needs: &[Need::Detail, Need::ReplicationSet],
    hides: &[],
    moot_when: &["RP04"],
    is_moving: true,
    judges: &[Judge::Response(region_without_topic)],
};

fn region_without_topic(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    let Some(Some(set)) = facts.inventory.replication_set.known() else {
        return Verdict::NotApplicable;
    };
    let mut regions: BTreeSet<&str> = BTreeSet::new();
    regions.extend(
        set.regions
            .iter()
            .filter(|(_, status)| status != "DELETING")
            .map(|(region, _)| region.as_str()),
    );
    if regions.len() < 2 {
        return Verdict::NotApplicable;
    }
    let topics = match chat(plan) {
        Some(Chat::Topics(topics)) => topics,
        Some(Chat::Unrecognised) => {
            return Verdict::Unknown("the chat channel is of a kind that is not known".to_owned());
        }
        Some(Chat::None) | None => return Verdict::NotApplicable,
    };
    let parsed: Vec<Option<Arn>> = topics.iter().map(|topic| Arn::parse(topic).ok()).collect();
    let covered: BTreeSet<&str> = parsed.iter().flatten().map(Arn::region).collect();
    let missing: Vec<String> = regions
        .difference(&covered)
        .map(|region| neutral(region).into_owned())
        .collect();
    if missing.is_empty() {
        return Verdict::Pass;
    }
    if parsed.iter().any(Option::is_none) {
        return Verdict::Unknown("a chat topic is not named by an ARN, so that its Region is not known".to_owned());
    }
    let mut names: Vec<String> = topics.iter().map(|topic| neutral(topic).into_owned()).collect();
    names.sort();
    Verdict::fail(
        format!("{} has no chat topic in {}", name(plan), words::list(&missing)),
        vec![
            Evidence::new("chatbotSns", names.join(", "), Operation::GetResponsePlan),
            Evidence::new("regionMap", join(&regions), Operation::GetReplicationSet),
        ],
    )
}

fn join(regions: &BTreeSet<&str>) -> String {
    let names: Vec<_> = regions.iter().map(|region| neutral(region)).collect();
    names.join(", ")
}

/// A chat channel in which several kinds of incident are talked about.
pub(in crate::findings) static SHARED_TOPIC: Check = Check {
    code: "RP08",
    name: "chat-topic-shared",
    family: Family::ResponsePlans,
    severity: Severity::Medium,
    title: "a chat topic shared by several response plans",
    rationale: "Everybody in the channel sees, and may act on, incidents of others. AWS advises one scoped channel per plan.",
    remedy: "Give each response plan a topic and a channel of its own.",
    command: "",
    needs: &[Need::Detail],
    hides: &[Need::ResponsePlans, Need::EveryDetail],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Response(shared_topic)],
};

fn shared_topic(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    let topics = match chat(plan) {
        Some(Chat::Topics(topics)) => topics,
        Some(Chat::Unrecognised) => {
            return Verdict::Unknown("the chat channel is of a kind that is not known".to_owned());
        }
        Some(Chat::None) | None => return Verdict::NotApplicable,
    };
    let mut shared: BTreeSet<String> = BTreeSet::new();
    let mut others: BTreeMap<&Arn, String> = BTreeMap::new();
    for topic in topics {
        for other in facts.sharing_topic(topic).iter().filter(|other| other.arn != plan.arn) {
            shared.insert(topic_name(topic));
            others.insert(&other.arn, name(other));
        }
    }
    if others.is_empty() {
        return Verdict::Pass;
    }
    let shared: Vec<String> = shared.into_iter().collect();
    let others: Vec<String> = others.into_values().collect();
    Verdict::fail(
        format!(
            "{} shares its chat topic {} with {}",
            name(plan),
            words::list(&shared),
            words::some(&others)
        ),
        vec![
            Evidence::new("chatbotSns", words::list(&shared), Operation::GetResponsePlan),
            Evidence::new("name", words::list(&others), Operation::GetResponsePlan),
        ],
    )
}

/// Returns the name of a topic: what comes last in its ARN.
fn topic_name(topic: &str) -> String {
    neutral(topic.rsplit(':').next().unwrap_or(topic)).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::domain::{operation::Operation, response::Chat, world::World};
    use crate::findings::proof::check;

    const HERE: &str = "arn:aws:sns:eu-west-1:111122223333:war-room";
    const THERE: &str = "arn:aws:sns:us-east-1:111122223333:war-room";

    fn chatting(world: World, name: &str, topics: &[&str]) -> World {
        let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
        world.response(name, &[]).detailed(name, |detail| {
            detail.chat = if topics.is_empty() {
                Chat::None
            } else {
                Chat::Topics(topics)
            };
        })
    }

    fn odd(world: World) -> World {
        world
            .response("odd", &[])
            .detailed("odd", |detail| detail.chat = Chat::Unrecognised)
    }

    #[test]
    fn an_incident_is_talked_about_somewhere() {
        let world = odd(chatting(chatting(World::new(), "silent", &[]), "whole", &[HERE]));
        check(world, "RP04", &["silent: fail: silent has no chat channel"]);
    }

    #[test]
    fn every_region_of_the_set_has_a_topic() {
        let regions = [
            ("eu-west-1", "ACTIVE"),
            ("us-east-1", "ACTIVE"),
            ("eu-north-1", "DELETING"),
        ];
        let plans = |world| {
            let world = chatting(chatting(world, "half", &[HERE]), "whole", &[HERE, THERE]);
            let world = chatting(chatting(world, "silent", &[]), "strange", &[HERE, "war-room"]);
            odd(world)
        };
        check(
            plans(World::new().replicated(&regions)),
            "RP07",
            &[
                "half: fail: half has no chat topic in us-east-1",
                "strange: unknown",
                "odd: unknown",
            ],
        );
        check(plans(World::new().replicated(&[("eu-west-1", "ACTIVE")])), "RP07", &[]);
        let all = ["half", "whole", "strange", "odd"].map(|name| format!("{name}: unknown"));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        check(
            plans(World::new().denied(Operation::GetReplicationSet, "")),
            "RP07",
            &all,
        );
    }

    #[test]
    fn a_topic_of_two_plans_is_told_at_both_and_a_gap_may_hide_one() {
        let world = chatting(World::new(), "crash", &[HERE, THERE]);
        let world = chatting(
            chatting(world, "late", &[THERE, HERE]),
            "own",
            &["arn:aws:sns:eu-west-1:111122223333:own"],
        );
        let shared = [
            "crash: fail: crash shares its chat topic war-room with late",
            "late: fail: late shares its chat topic war-room with crash",
        ];
        check(world.clone(), "RP08", &shared);
        let denied = world
            .response("hidden", &[])
            .denied(Operation::GetResponsePlan, "hidden");
        check(
            denied,
            "RP08",
            &[shared[0], shared[1], "own: unknown", "hidden: unknown"],
        );
    }
}

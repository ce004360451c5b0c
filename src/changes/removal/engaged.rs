//! Whether somebody is being paged at the moment: whoever is taken out then is missed.

use super::{
    called,
    guards::{Guard, Kind},
};
use crate::{
    changes::state::name_of_rotation,
    domain::{Timestamp, engagement::Engagement, graph::Graph, ids::Arn, inventory::Inventory},
};
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// What was begun lately; absent where that was not read.
pub type Engaged<'a> = Option<&'a [Engagement]>;

/// Whether a name is one that the settings count as managed by code.
pub type IsByCode<'a> = &'a dyn Fn(&str) -> bool;

/// For how many days back it is looked for what was begun and has not ended.
const DAYS: i64 = 30;

/// Returns the window in which it is looked for what was begun.
pub fn window(now: Timestamp) -> (Timestamp, Timestamp) {
    (now - TimeDelta::days(DAYS), now)
}

/// Returns what stops a change of `arn` because it is engaged, itself or through something that leads to it; or because that was
/// not read. Of an engagement that has ended nothing tells whether its incident is still open.
pub(super) fn guard(inventory: &Inventory, graph: &Graph, arn: &Arn, engaged: Engaged<'_>) -> Option<Guard> {
    let who = called(arn);
    let Some(engaged) = engaged else {
        let why = format!("whether an open incident engages {who} was not read");
        let go_on = "allow ssm-contacts:ListEngagements and plan it again, or look at the open incidents in the console, and \
                     say what you saw there";
        return Some(Guard::new(Kind::OpenIncident, who, why, go_on));
    };
    let ways = leading_to(graph, arn);
    let is_it = |engagement: &&Engagement| {
        let contact = graph.resolve(&engagement.contact).unwrap_or(&engagement.contact);
        engagement.is_running() && ways.contains(contact)
    };
    let running = engaged
        .iter()
        .filter(is_it)
        .max_by_key(|engagement| engagement.started_at)?;
    let cause = if running.is_of_incident {
        "an incident"
    } else {
        "somebody"
    };
    let through = if graph.resolve(&running.contact) == Some(arn) || running.contact == *arn {
        String::new()
    } else {
        format!(" through {}", name_of_rotation(inventory, &running.contact))
    };
    let since = running
        .started_at
        .map_or_else(String::new, |at| format!(" since {} UTC", at.format("%Y-%m-%d %H:%M")));
    let why = format!("{cause} engages {who}{through}{since}, and that has not ended");
    let go_on = "wait until it ends and plan it again, or say who has taken over";
    Some(Guard::new(Kind::OpenIncident, who, why, go_on))
}

/// Returns it and all that leads to it, over any number of steps.
fn leading_to(graph: &Graph, arn: &Arn) -> BTreeSet<Arn> {
    let mut found = BTreeSet::from([arn.clone()]);
    let mut left = vec![arn.clone()];
    while let Some(next) = left.pop() {
        for user in graph.used_by(&next) {
            if found.insert(user.by.clone()) {
                left.push(user.by.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::world::{World, at, contact_arn};

    fn world() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .rotation("weekly", &["anna"])
            .schedule("nights", &["weekly"])
            .plan("ops", &[(5, &["nights"])])
            .plan("other", &[(5, &["ben"])])
    }

    #[track_caller]
    fn check(engaged: &[(&str, bool, bool)], expected: Option<&str>) {
        let world = world();
        let engagement = |(alias, is_running, is_of_incident): &(&str, bool, bool)| Engagement {
            contact: contact_arn(alias),
            started_at: Some(at(1)),
            stopped_at: (!is_running).then(|| at(2)),
            is_of_incident: *is_of_incident,
        };
        let engaged: Vec<Engagement> = engaged.iter().map(engagement).collect();
        let found = guard(&world.inventory, &world.graph(), &contact_arn("anna"), Some(&engaged));
        assert_eq!(found.as_ref().map(|guard| guard.why.as_str()), expected);
        assert!(found.is_none_or(|guard| guard.kind == Kind::OpenIncident && guard.is_answerable));
    }

    #[test]
    fn only_what_runs_and_leads_to_somebody_stops_their_removal() {
        check(&[], None);
        check(&[("anna", false, true), ("ops", false, true)], None);
        check(
            &[("other", true, true), ("ben", true, true), ("stranger", true, true)],
            None,
        );
        let since = at(1).format("%Y-%m-%d %H:%M");
        let direct = format!("an incident engages anna since {since} UTC, and that has not ended");
        check(&[("anna", true, true)], Some(&direct));
        let by_hand = format!("somebody engages anna through ops since {since} UTC, and that has not ended");
        check(&[("other", true, true), ("ops", true, false)], Some(&by_hand));
        let schedule = format!("an incident engages anna through nights since {since} UTC, and that has not ended");
        check(&[("nights", true, true)], Some(&schedule));
    }

    #[test]
    fn what_was_not_read_stops_it_and_names_the_permission() {
        let world = world();
        let found = guard(&world.inventory, &world.graph(), &contact_arn("anna"), None).unwrap();
        assert_eq!(found.why, "whether an open incident engages anna was not read");
        assert!(found.would_let_go_on.contains("ssm-contacts:ListEngagements"));
    }
}

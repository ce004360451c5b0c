//! What is known of people besides the account, for whoever chooses somebody to take a place: team, and whether somebody has
//! made sure of a device lately.

use super::{
    judging::Judging,
    matching::{Matches, PersonMatch},
    policy::Policy,
    recorded::Recorded,
};
use crate::domain::{
    Timestamp,
    contact::{ActivationStatus, Channel, Contact},
    inventory::Inventory,
    roster::Roster,
};
use chrono::TimeDelta;
use std::sync::Arc;

/// What is known of people.
#[derive(Debug, Clone)]
pub struct KnownPeople<'a> {
    policy: &'a Policy,
    roster: Option<(&'a Roster, Matches)>,
    recorded: Option<&'a Arc<Recorded>>,
    now: Timestamp,
}

impl<'a> KnownPeople<'a> {
    /// Lays out what is known. The addresses of the account have to have their fingerprints, or no device counts as verified.
    pub fn new(inventory: &Inventory, judging: &'a Judging, now: Timestamp) -> Self {
        let roster = judging.roster.as_ref();
        Self {
            policy: &judging.policy,
            roster: roster.map(|roster| (roster, Matches::new(inventory, roster))),
            recorded: judging.recorded.as_ref(),
            now,
        }
    }

    /// Returns the team of somebody: as the roster has it, or else as the first of the owners' tags about teams tells.
    pub fn team(&self, person: &Contact) -> Option<String> {
        self.team_by_roster(person).or_else(|| {
            let tags = person.tags.known()?;
            let keys = self.policy.people.owner_tags.iter();
            let mut teams = keys.filter(|key| key.to_lowercase().contains("team"));
            teams.find_map(|key| tags.get(key).cloned())
        })
    }

    fn team_by_roster(&self, person: &Contact) -> Option<String> {
        let (roster, matches) = self.roster.as_ref()?;
        match matches.person(&person.arn)? {
            PersonMatch::One(found) => roster.entries.get(found.entry)?.team.clone(),
            PersonMatch::Ambiguous(_) | PersonMatch::Nobody | PersonMatch::Unknown => None,
        }
    }

    /// Returns whether somebody made sure of a device of theirs within the days that the policy allows, and it still leads to
    /// the same place; absent where no ledger or no devices were read.
    pub fn is_verified(&self, person: &Contact) -> Option<bool> {
        let recorded = self.recorded?;
        let days = self.policy.limits_of(&person.alias).confirmation_days;
        let is_verified = |channel: &Channel| {
            let record = recorded.devices.get(&channel.arn);
            let confirmed = record.and_then(|record| record.confirmed.as_ref());
            channel.status == ActivationStatus::Activated
                && confirmed.is_some_and(|confirmed| {
                    self.now - confirmed.at <= TimeDelta::days(days.into())
                        && confirmed.address.fingerprint().is_some()
                        && confirmed.address.fingerprint() == channel.address.fingerprint()
                })
        };
        Some(person.channels.known()?.iter().any(is_verified))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            roster::{Employment, RosterEntry},
            sample,
            world::{World, at, contact_arn, device_arn},
        },
        findings::recorded::{Confirmation, DeviceRecord},
    };

    #[test]
    fn the_roster_tells_the_team_and_else_a_tag_and_the_ledger_who_was_verified() {
        let world = ["anna-lee", "ben-kay", "cho-yun"]
            .into_iter()
            .fold(World::new(), |world, alias| {
                world
                    .person(alias, &["phone"], &[("phone", 1)])
                    .tagged(alias, &[("team", "tagged")])
            });
        let mut inventory = world.complete().inventory;
        inventory.add_fingerprints(&sample::key());
        let entry = |name: &str, team: Option<&str>| RosterEntry {
            line: 2,
            name: name.to_owned(),
            email: None,
            phone: None,
            team: team.map(str::to_owned),
            status: Employment::Active,
            left_on: None,
            manager: None,
        };
        let roster = Roster {
            entries: vec![entry("Anna Lee", Some("core")), entry("Ben Kay", None)],
            faults: Vec::new(),
        };
        let confirmed = |alias: &str, hour| {
            let (channel, _) = inventory.channel(&device_arn(alias, "phone")).unwrap();
            let record = DeviceRecord {
                confirmed: Some(Confirmation {
                    at: at(hour),
                    address: channel.address.without_whole(),
                    method: "in person".to_owned(),
                    by: "olga".to_owned(),
                }),
                ..DeviceRecord::default()
            };
            (channel.arn.clone(), record)
        };
        let recorded = Recorded {
            devices: [confirmed("anna-lee", 0), confirmed("ben-kay", -24 * 1_000)]
                .into_iter()
                .collect(),
            ..Recorded::default()
        };
        let mut judging = Judging {
            roster: Some(roster),
            ..Judging::default()
        };
        judging.policy.people.owner_tags = vec!["team".to_owned()];
        let told = |judging: &Judging| {
            let known = KnownPeople::new(&inventory, judging, at(1));
            ["anna-lee", "ben-kay", "cho-yun"].map(|alias| {
                let person = &inventory.contacts.items[&contact_arn(alias)];
                (known.team(person).unwrap(), known.is_verified(person))
            })
        };
        let teams = ["core", "tagged", "tagged"].map(str::to_owned);
        assert_eq!(told(&judging), teams.clone().map(|team| (team, None)));
        judging.recorded = Some(Arc::new(recorded));
        let verified = [true, false, false].map(Some);
        let [one, two, three] = teams;
        assert_eq!(
            told(&judging),
            [(one, verified[0]), (two, verified[1]), (three, verified[2])]
        );
    }
}

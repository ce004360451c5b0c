//! Organisations of any size, the same ones for the same seed: for tests, benchmarks and `callsheet emulator --people`.
//!
//! Everything in them could have been made through the service's own operations, apart from its quotas on how many there
//! may be. Names and addresses are reserved for examples. There are no overrides and no history, since those belong to
//! a date and the same seed has to give the same bytes on any day.

pub mod clean;
pub mod faults;

use chrono::{DateTime, Utc};
use fastrand::Rng;
use serde_json::json;

use super::{
    World,
    recurrence::{Day, Recurrence, TimeOfDay, WeeklySetting},
    world::{
        ActivationStatus, Arn, Channel, ChannelType, Contact, ContactType, ResponsePlan, Rotation, Stage, Tags, Target,
        channel_arn,
    },
};

/// The largest team; the smallest has six people, or five where the number does not divide otherwise.
const LARGEST_TEAM: usize = 10;
const SMALLEST_TEAM: usize = 6;

/// The service's limit of persons per rotation.
const ROTATION_MEMBERS: usize = 30;

/// How many of a hundred channels their owners have activated.
const ACTIVATED_PERCENT: u8 = 70;

/// The alias of the schedule that ends every escalation plan.
const CATCH_ALL: &str = "duty-managers";

/// Returns an organisation of this many persons, with three channels each.
///
/// A team of six to ten has an escalation plan and a schedule with one to three rotations; there is a response plan for
/// every ten persons. Seven of ten channels are activated, at random.
pub fn organisation(people: usize, seed: u64) -> World {
    let mut generator = Generator {
        rng: Rng::with_seed(seed),
        world: World {
            comment: format!("A generated organisation of {people} people, from seed {seed}."),
            ..World::default()
        },
    };
    let teams: Vec<Team> = generator
        .team_sizes(people)
        .into_iter()
        .enumerate()
        .scan(0, |first, (number, size)| {
            let team = generator.team(number, *first, size);
            *first += size;
            Some(team)
        })
        .collect();
    generator.catch_all(&teams);
    for team in &teams {
        generator.schedule(team);
        generator.escalation_plan(team);
    }
    for number in 0..people.div_ceil(10) {
        generator.response_plan(number, &teams);
    }
    generator.world
}

/// What the generator has made so far, and what decides the rest.
struct Generator {
    rng: Rng,
    world: World,
}

/// People who work together.
struct Team {
    /// What its resources are called, fit for an alias.
    name: String,
    /// Where it works.
    zone: &'static str,
    /// The aliases of its members.
    members: Vec<String>,
}

impl Team {
    fn schedule_alias(&self) -> String {
        format!("{}-on-call", self.name)
    }

    fn plan_alias(&self) -> String {
        format!("{}-escalation", self.name)
    }

    fn tags(&self) -> Tags {
        let owner = self
            .members
            .first()
            .map(|alias| ("owner".to_owned(), mail_address(alias)));
        owner
            .into_iter()
            .chain([("team".to_owned(), self.name.clone())])
            .collect()
    }
}

impl Generator {
    fn team_sizes(&mut self, people: usize) -> Vec<usize> {
        let mut sizes = Vec::new();
        let mut left = people;
        while left > LARGEST_TEAM {
            let size = self.rng.usize(SMALLEST_TEAM..=LARGEST_TEAM);
            // What stays has to be a team as well.
            let size = size.min(left - SMALLEST_TEAM);
            sizes.push(size);
            left -= size;
        }
        if left > 0 {
            sizes.push(left);
        }
        sizes
    }

    /// Makes a team and its members, who are the persons from `first` on.
    fn team(&mut self, number: usize, first: usize, size: usize) -> Team {
        let field = nth(FIELDS, number);
        let round = number / FIELDS.len();
        let mut team = Team {
            name: if round == 0 {
                field.to_owned()
            } else {
                format!("{field}-{}", round + 1)
            },
            zone: self.rng.choice(ZONES).copied().unwrap_or("UTC"),
            members: Vec::new(),
        };
        for person in first..first + size {
            let alias = self.person(person, &team);
            team.members.push(alias);
        }
        team
    }

    /// Makes one person and returns the alias.
    fn person(&mut self, number: usize, team: &Team) -> String {
        let (given, given_alias) = self.rng.choice(GIVEN_NAMES).copied().unwrap_or(("Kim", "kim"));
        let (family, family_alias) = self.rng.choice(FAMILY_NAMES).copied().unwrap_or(("Lee", "lee"));
        let plain = format!("{given_alias}-{family_alias}");
        let alias = if self.world.contacts.contains_key(&plain) {
            format!("{plain}-{number}")
        } else {
            plain
        };

        let phone = phone_number(number);
        let channels = vec![
            self.channel("Mobile", ChannelType::Sms, &phone),
            self.channel("Call", ChannelType::Voice, &phone),
            self.channel("Mail", ChannelType::Email, &mail_address(&alias)),
        ];
        let mut contact = Contact::new(ContactType::Personal);
        contact.display_name = Some(format!("{given} {family}"));
        contact.plan.stages = Some(engagement_stages(&self.world.contact_arn(&alias), &channels));
        contact.channels = channels;
        contact.tags = [
            ("owner".to_owned(), mail_address(&alias)),
            ("team".to_owned(), team.name.clone()),
        ]
        .into();
        self.world.contacts.insert(alias.clone(), contact);
        alias
    }

    fn channel(&mut self, name: &str, kind: ChannelType, address: &str) -> Channel {
        Channel {
            id: self.uuid(),
            name: name.to_owned(),
            kind,
            address: Some(address.to_owned()),
            status: if self.rng.u8(0..100) < ACTIVATED_PERCENT {
                ActivationStatus::Activated
            } else {
                ActivationStatus::NotActivated
            },
            codes: Vec::new(),
            wrong_code_count: 0,
            unsubscribed: false,
        }
    }

    /// Makes the schedule behind every plan: the first members of the teams, as many as a rotation holds.
    fn catch_all(&mut self, teams: &[Team]) {
        let managers: Vec<&str> = teams
            .iter()
            .filter_map(|team| team.members.first())
            .map(String::as_str)
            .take(ROTATION_MEMBERS)
            .collect();
        let Some(first) = teams.first() else { return };
        let tags = first.tags();
        let rotation = self.rotation("Duty managers", "UTC", &managers, &tags);
        self.insert_schedule(CATCH_ALL, "Duty managers", vec![rotation], tags);
    }

    fn schedule(&mut self, team: &Team) {
        let lines = self.rng.usize(1..=3).min(team.members.len());
        let mut rotations = Vec::new();
        for (line, word) in LINES.iter().enumerate().take(lines) {
            // The same order, moved on, so that nobody is in two lines at once.
            let members = team.members.iter().map(String::as_str);
            let moved: Vec<&str> = members.clone().cycle().skip(line).take(team.members.len()).collect();
            rotations.push(self.rotation(&format!("{} {word}", team.name), team.zone, &moved, &team.tags()));
        }
        self.insert_schedule(
            &team.schedule_alias(),
            &format!("{} on call", team.name),
            rotations,
            team.tags(),
        );
    }

    fn rotation(&mut self, name: &str, zone: &str, members: &[&str], tags: &Tags) -> Arn {
        let rotation = Rotation {
            name: name.to_owned(),
            contact_ids: members.iter().map(|alias| self.world.contact_arn(alias)).collect(),
            time_zone: zone.to_owned(),
            start_time: first_hand_over(),
            recurrence: Recurrence {
                weekly: vec![WeeklySetting {
                    day: Day::Mon,
                    at: TimeOfDay { hour: 9, minute: 0 },
                }],
                ..Recurrence::default()
            },
            overrides: Vec::new(),
            tags: tags.clone(),
        };
        let id = self.uuid();
        let arn = self.world.contacts_arn(&format!("rotation/{id}"));
        self.world.rotations.insert(id, rotation);
        arn
    }

    fn insert_schedule(&mut self, alias: &str, name: &str, rotations: Vec<Arn>, tags: Tags) {
        let mut schedule = Contact::new(ContactType::OncallSchedule);
        schedule.display_name = Some(name.to_owned());
        schedule.plan.rotation_ids = Some(rotations);
        schedule.tags = tags;
        self.world.contacts.insert(alias.to_owned(), schedule);
    }

    fn escalation_plan(&mut self, team: &Team) {
        let lead = team.members.first().into_iter();
        let stages = [
            vec![team.schedule_alias()],
            lead.cloned().collect(),
            vec![CATCH_ALL.to_owned()],
        ];
        let mut plan = Contact::new(ContactType::Escalation);
        plan.display_name = Some(format!("{} escalation", team.name));
        plan.plan.stages = Some(
            stages
                .iter()
                .map(|aliases| Stage {
                    minutes: 10,
                    targets: aliases
                        .iter()
                        .map(|alias| Target {
                            contact: Some(self.world.contact_arn(alias)),
                            essential: Some(true),
                            ..Target::default()
                        })
                        .collect(),
                })
                .collect(),
        );
        plan.tags = team.tags();
        self.world.contacts.insert(team.plan_alias(), plan);
    }

    fn response_plan(&mut self, number: usize, teams: &[Team]) {
        let Some(team) = self.rng.choice(teams) else { return };
        let name = format!("{}-incident-{}", team.name, number + 1);
        let topics = self.world.replication_set.iter().flat_map(|set| set.regions.keys());
        let topics = topics
            .map(|region| format!("arn:aws:sns:{region}:{}:{name}", self.world.account))
            .collect();
        let plan = ResponsePlan {
            display_name: Some(format!("{} incident {}", team.name, number + 1)),
            incident_template: json!({
                "title": format!("{} is in trouble", team.name),
                "impact": self.rng.u8(1..=5),
            }),
            engagements: vec![self.world.contact_arn(&team.plan_alias())],
            chat_topics: topics,
            tags: team.tags(),
            ..ResponsePlan::default()
        };
        self.world.response_plans.insert(name, plan);
    }

    fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.rng.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

/// Returns the stages of a person: text and mail at once, and a call after five minutes.
fn engagement_stages(contact: &str, channels: &[Channel]) -> Vec<Stage> {
    let stage = |kinds: &[ChannelType]| Stage {
        minutes: 5,
        targets: channels
            .iter()
            .filter(|channel| kinds.contains(&channel.kind))
            .map(|channel| Target {
                channel: Some(channel_arn(contact, &channel.id)),
                retry_minutes: (channel.kind != ChannelType::Email).then_some(2),
                ..Target::default()
            })
            .collect(),
    };
    vec![
        stage(&[ChannelType::Sms, ChannelType::Email]),
        stage(&[ChannelType::Voice]),
    ]
}

fn mail_address(alias: &str) -> String {
    format!("{}@example.com", alias.replace('-', "."))
}

/// Returns a number out of the hundred that every area code keeps for fiction. They repeat after some thousands.
fn phone_number(person: usize) -> String {
    format!("+1{}55501{:02}", nth(AREA_CODES, person / 100), person % 100)
}

/// Returns a Monday long before anybody runs this, from which all turns are counted.
fn first_hand_over() -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_725_600 + 5 * 86_400, 0).unwrap_or_default()
}

/// Returns an item of a table, from the start again behind its end.
fn nth(table: &[&'static str], number: usize) -> &'static str {
    table
        .iter()
        .copied()
        .cycle()
        .nth(number % table.len())
        .unwrap_or_default()
}

const LINES: &[&str] = &["first line", "second line", "third line"];

const ZONES: &[&str] = &[
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
];

const FIELDS: &[&str] = &[
    "accounts",
    "billing",
    "catalogue",
    "checkout",
    "data",
    "delivery",
    "edge",
    "fraud",
    "identity",
    "ledgers",
    "mobile",
    "network",
    "observability",
    "orders",
    "payments",
    "platform",
    "pricing",
    "refunds",
    "reporting",
    "search",
    "security",
    "storage",
    "streaming",
    "support",
    "warehouse",
];

const AREA_CODES: &[&str] = &[
    "202", "203", "206", "207", "208", "212", "213", "214", "215", "216", "217", "218", "301", "302", "303", "304",
    "305", "307", "308", "309", "310", "312", "313", "314", "315", "316", "317", "318", "319", "401", "402", "404",
    "405", "406", "407", "408", "410", "412", "413", "414", "415", "417", "501", "502", "503", "504", "505", "507",
    "508", "509",
];

/// Given names, each with its form in an alias.
const GIVEN_NAMES: &[(&str, &str)] = &[
    ("Aisha", "aisha"),
    ("Ana", "ana"),
    ("Anders", "anders"),
    ("Ángel", "angel"),
    ("Björn", "bjorn"),
    ("Camille", "camille"),
    ("Chidi", "chidi"),
    ("Dana", "dana"),
    ("Elif", "elif"),
    ("Émile", "emile"),
    ("Fatima", "fatima"),
    ("George", "george"),
    ("Hana", "hana"),
    ("Ines", "ines"),
    ("Jürgen", "jurgen"),
    ("Kofi", "kofi"),
    ("Lakshmi", "lakshmi"),
    ("Léa", "lea"),
    ("Marek", "marek"),
    ("Mei", "mei"),
    ("Nadia", "nadia"),
    ("Niamh", "niamh"),
    ("Olga", "olga"),
    ("Omar", "omar"),
    ("Paulo", "paulo"),
    ("Priya", "priya"),
    ("Quinn", "quinn"),
    ("Renée", "renee"),
    ("Sam", "sam"),
    ("Siobhán", "siobhan"),
    ("Tomás", "tomas"),
    ("Uma", "uma"),
    ("Vikram", "vikram"),
    ("Wei", "wei"),
    ("Yuki", "yuki"),
    ("Zoë", "zoe"),
];

/// Family names, each with its form in an alias.
const FAMILY_NAMES: &[(&str, &str)] = &[
    ("Abara", "abara"),
    ("Almeida", "almeida"),
    ("Åberg", "aberg"),
    ("Bakker", "bakker"),
    ("Brown", "brown"),
    ("Castillo", "castillo"),
    ("Chen", "chen"),
    ("Dubois", "dubois"),
    ("Eriksen", "eriksen"),
    ("Fernández", "fernandez"),
    ("Garcia", "garcia"),
    ("Haddad", "haddad"),
    ("Ivanov", "ivanov"),
    ("Jansen", "jansen"),
    ("Kowalczyk", "kowalczyk"),
    ("Kaya", "kaya"),
    ("Lindqvist", "lindqvist"),
    ("Müller", "muller"),
    ("Mensah", "mensah"),
    ("Nakamura", "nakamura"),
    ("Nguyễn", "nguyen"),
    ("Novák", "novak"),
    ("Okafor", "okafor"),
    ("Öztürk", "ozturk"),
    ("Patel", "patel"),
    ("Quispe", "quispe"),
    ("Rossi", "rossi"),
    ("Santos", "santos"),
    ("Silva", "silva"),
    ("Singh", "singh"),
    ("Tanaka", "tanaka"),
    ("Torres", "torres"),
    ("Virtanen", "virtanen"),
    ("Walsh", "walsh"),
    ("Yılmaz", "yilmaz"),
    ("Zieliński", "zielinski"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn channels(world: &World) -> Vec<&Channel> {
        world.contacts.values().flat_map(|contact| &contact.channels).collect()
    }

    fn count(world: &World, kind: ContactType) -> usize {
        world.contacts.values().filter(|contact| contact.kind == kind).count()
    }

    #[test]
    fn the_same_seed_makes_the_same_bytes_and_another_one_others() {
        assert_eq!(organisation(40, 7).to_json(), organisation(40, 7).to_json());
        assert_ne!(organisation(40, 7).contacts, organisation(40, 8).contacts);
    }

    #[test]
    fn a_thousand_people_have_three_thousand_channels_of_which_seven_in_ten_are_active() {
        let world = organisation(1000, 1);
        assert_eq!(count(&world, ContactType::Personal), 1000);
        assert_eq!(channels(&world).len(), 3000);
        let active = channels(&world)
            .iter()
            .filter(|channel| channel.status == ActivationStatus::Activated)
            .count();
        assert!((2000..2200).contains(&active), "{active}");
        assert_eq!(world.response_plans.len(), 100);
    }

    #[test]
    fn every_size_has_its_people_teams_and_a_world_that_can_be_read_again() {
        for people in (0..40).chain([2500]) {
            let world = organisation(people, 3);
            assert_eq!(count(&world, ContactType::Personal), people);
            let teams = count(&world, ContactType::Escalation);
            assert!(
                people.div_ceil(LARGEST_TEAM) <= teams && teams <= people.div_ceil(5),
                "{people}: {teams}"
            );
            assert_eq!(World::from_json(&world.to_json()).unwrap(), world);
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let world = organisation(200, 5);
        let known: BTreeSet<Arn> = world
            .contacts
            .iter()
            .flat_map(|(alias, contact)| {
                let arn = world.contact_arn(alias);
                let channels: Vec<Arn> = contact
                    .channels
                    .iter()
                    .map(|channel| channel_arn(&arn, &channel.id))
                    .collect();
                channels.into_iter().chain([arn])
            })
            .chain(
                world
                    .rotations
                    .keys()
                    .map(|id| world.contacts_arn(&format!("rotation/{id}"))),
            )
            .collect();
        let plans = world.contacts.values().map(|contact| &contact.plan);
        let targets = plans
            .clone()
            .flat_map(|plan| plan.stages.iter().flatten())
            .flat_map(|stage| &stage.targets);
        let named = targets
            .flat_map(|target| target.channel.iter().chain(&target.contact))
            .chain(plans.flat_map(|plan| plan.rotation_ids.iter().flatten()))
            .chain(world.rotations.values().flat_map(|rotation| &rotation.contact_ids))
            .chain(world.response_plans.values().flat_map(|plan| &plan.engagements));
        for arn in named {
            assert!(known.contains(arn), "{arn}");
        }
    }
}

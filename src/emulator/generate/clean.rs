//! An organisation in which nothing is wrong, with the roster that goes with it: the ground on which faults are seeded.

use chrono::{DateTime, Utc};
use fastrand::Rng;
use serde_json::json;

use super::{AREA_CODES, FAMILY_NAMES, FIELDS, GIVEN_NAMES, first_hand_over, nth};
use crate::emulator::{
    World,
    recurrence::{Day, Recurrence, TimeOfDay, WeeklySetting},
    world::{
        ActivationStatus, Arn, Channel, ChannelType, Contact, ContactType, ResponsePlan, Rotation, Stage, Tags, Target,
        channel_arn,
    },
};

/// The company's mail domain, reserved for examples as all of them.
pub const DOMAIN: &str = "harbour.example";

/// The members of a team; the last team may be smaller by up to half.
const TEAM_SIZE: usize = 6;

/// The people behind every plan, who are in no team.
const MANAGERS: usize = 3;

/// An organisation and the roster of its people.
#[derive(Debug, Clone, PartialEq)]
pub struct Organisation {
    /// The account.
    pub world: World,
    /// The people, as the people department knows them.
    pub roster: Vec<Employee>,
    /// The teams.
    pub teams: Vec<Team>,
    /// The time from which overrides are counted.
    pub now: DateTime<Utc>,
    ids: Rng,
}

/// One row of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// The mobile number.
    pub phone: String,
    /// The team.
    pub team: String,
    /// `active`, `on leave` or `left`.
    pub status: String,
    /// The last day, empty for those who are there.
    pub left_on: String,
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its name, from which the aliases of its plan and schedules are made.
    pub name: String,
    /// The aliases of its members.
    pub members: Vec<String>,
}

impl Team {
    /// Returns the alias of the schedule of those who are paged first.
    pub fn first_line(&self) -> String {
        format!("{}-first-line", self.name)
    }

    /// Returns the alias of the schedule of those who are paged next.
    pub fn second_line(&self) -> String {
        format!("{}-second-line", self.name)
    }

    /// Returns the alias of the escalation plan.
    pub fn plan(&self) -> String {
        format!("{}-escalation", self.name)
    }

    /// Returns the name of the response plan.
    pub fn response(&self) -> String {
        format!("{}-down", self.name)
    }
}

/// Returns an organisation of about this many people in which no check has anything to say, given the policy that its
/// numbers and its domain are real.
pub fn clean(people: usize, seed: u64, now: DateTime<Utc>) -> Organisation {
    let mut made = Organisation {
        world: World {
            comment: format!("A generated organisation of {people} people with nothing wrong, from seed {seed}."),
            ..World::default()
        },
        roster: Vec::new(),
        teams: Vec::new(),
        now,
        ids: Rng::with_seed(seed),
    };
    if people == 0 {
        return made;
    }
    let mut number = 0;
    let managers: Vec<String> = (0..MANAGERS).map(|_| made.person(&mut number, "duty")).collect();
    made.schedule("duty-managers", "Duty managers", &managers, "duty");
    let count = people.saturating_sub(MANAGERS).div_ceil(TEAM_SIZE).max(1);
    for index in 0..count {
        let round = index / FIELDS.len();
        let name = match round {
            0 => nth(FIELDS, index).to_owned(),
            _ => format!("{}-{}", nth(FIELDS, index), round + 1),
        };
        let members = (0..TEAM_SIZE).map(|_| made.person(&mut number, &name)).collect();
        made.team(Team { name, members });
    }
    made
}

impl Organisation {
    /// Makes one person with a row in the roster, and returns the alias.
    pub(super) fn person(&mut self, number: &mut usize, team: &str) -> String {
        let index = *number;
        *number += 1;
        // Every pair of names once, then with a number.
        let (given, given_alias) = pick(GIVEN_NAMES, index);
        let (family, family_alias) = pick(FAMILY_NAMES, index / GIVEN_NAMES.len() + index % GIVEN_NAMES.len());
        let plain = format!("{given_alias}-{family_alias}");
        let (alias, name) = if self.world.contacts.contains_key(&plain) {
            (format!("{plain}-{index}"), format!("{given} {family} {index}"))
        } else {
            (plain, format!("{given} {family}"))
        };
        let email = format!("{}@{DOMAIN}", alias.replace('-', "."));
        let (mobile, desk) = (number_of(2 * index), number_of(2 * index + 1));
        let channels = vec![
            self.channel("Mobile", ChannelType::Sms, &mobile),
            self.channel("Call", ChannelType::Voice, &desk),
            self.channel("Mail", ChannelType::Email, &email),
        ];
        let mut contact = Contact::new(ContactType::Personal);
        contact.display_name = Some(name.clone());
        contact.plan.stages = Some(super::engagement_stages(&self.world.contact_arn(&alias), &channels));
        contact.channels = channels;
        contact.tags = tags(team);
        self.world.contacts.insert(alias.clone(), contact);
        self.roster.push(Employee {
            name,
            email,
            phone: mobile,
            team: team.to_owned(),
            status: "active".to_owned(),
            left_on: String::new(),
        });
        alias
    }

    /// Makes a device that is not in any plan yet.
    pub(super) fn channel(&mut self, name: &str, kind: ChannelType, address: &str) -> Channel {
        Channel {
            id: self.uuid(),
            name: name.to_owned(),
            kind,
            address: Some(address.to_owned()),
            status: ActivationStatus::Activated,
            codes: Vec::new(),
            wrong_code_count: 0,
            unsubscribed: false,
        }
    }

    fn team(&mut self, team: Team) {
        // The same order moved on by one, so that nobody is in both lines at once.
        let moved: Vec<String> = team
            .members
            .iter()
            .skip(1)
            .chain(team.members.first())
            .cloned()
            .collect();
        let (first, second) = (team.first_line(), team.second_line());
        self.schedule(&first, &format!("{} first line", team.name), &team.members, &team.name);
        self.schedule(&second, &format!("{} second line", team.name), &moved, &team.name);
        self.plan(&team.plan(), &[&first, &second, "duty-managers"], &team.name);
        self.response(&team.response(), &team.plan(), &team.name);
        self.teams.push(team);
    }

    /// Makes a schedule of one rotation with weekly turns, and returns the id of the rotation.
    pub(super) fn schedule(&mut self, alias: &str, name: &str, members: &[String], team: &str) -> String {
        let id = self.uuid();
        let rotation = Rotation {
            name: name.to_owned(),
            contact_ids: members.iter().map(|member| self.world.contact_arn(member)).collect(),
            time_zone: "Europe/Dublin".to_owned(),
            start_time: first_hand_over(),
            recurrence: Recurrence {
                weekly: vec![WeeklySetting {
                    day: Day::Mon,
                    at: TimeOfDay { hour: 9, minute: 0 },
                }],
                ..Recurrence::default()
            },
            overrides: Vec::new(),
            tags: tags(team),
        };
        let mut schedule = Contact::new(ContactType::OncallSchedule);
        schedule.display_name = Some(name.to_owned());
        schedule.plan.rotation_ids = Some(vec![self.rotation_arn(&id)]);
        schedule.tags = tags(team);
        self.world.rotations.insert(id.clone(), rotation);
        self.world.contacts.insert(alias.to_owned(), schedule);
        id
    }

    /// Makes an escalation plan of stages of ten minutes, with one essential target each.
    pub(super) fn plan(&mut self, alias: &str, targets: &[&str], team: &str) {
        let mut plan = Contact::new(ContactType::Escalation);
        plan.display_name = Some(alias.replace('-', " "));
        plan.plan.stages = Some(targets.iter().map(|target| self.stage(10, &[target])).collect());
        plan.tags = tags(team);
        self.world.contacts.insert(alias.to_owned(), plan);
    }

    /// Returns a stage of an escalation plan.
    pub(super) fn stage(&self, minutes: u32, targets: &[&str]) -> Stage {
        let target = |alias: &&str| Target {
            contact: Some(self.world.contact_arn(alias)),
            essential: Some(true),
            ..Target::default()
        };
        Stage {
            minutes,
            targets: targets.iter().map(target).collect(),
        }
    }

    /// Makes a response plan that engages one contact, with a topic of its own in every Region.
    pub(super) fn response(&mut self, name: &str, engages: &str, team: &str) {
        let regions = self.world.replication_set.iter().flat_map(|set| set.regions.keys());
        let plan = ResponsePlan {
            display_name: Some(name.replace('-', " ")),
            incident_template: json!({"title": format!("{team} is in trouble"), "impact": 1}),
            engagements: vec![self.world.contact_arn(engages)],
            chat_topics: regions
                .map(|region| format!("arn:aws:sns:{region}:{}:{name}", self.world.account))
                .collect(),
            tags: tags(team),
            ..ResponsePlan::default()
        };
        self.world.response_plans.insert(name.to_owned(), plan);
    }

    /// Returns the ARN of a rotation.
    pub(super) fn rotation_arn(&self, id: &str) -> Arn {
        self.world.contacts_arn(&format!("rotation/{id}"))
    }

    /// Returns the ARN of a person's device, by its name.
    pub(super) fn device_arn(&self, alias: &str, name: &str) -> Arn {
        let channels = self.world.contacts.get(alias).map(|contact| &contact.channels);
        let channel = channels.into_iter().flatten().find(|channel| channel.name == name);
        channel_arn(
            &self.world.contact_arn(alias),
            channel.map_or("", |channel| &channel.id),
        )
    }

    pub(super) fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.ids.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

fn tags(team: &str) -> Tags {
    [("team".to_owned(), team.to_owned())].into()
}

fn pick(names: &[(&'static str, &'static str)], number: usize) -> (&'static str, &'static str) {
    names
        .iter()
        .copied()
        .cycle()
        .nth(number % names.len())
        .unwrap_or_default()
}

/// Returns a number out of the hundred that every area code keeps for fiction.
fn number_of(index: usize) -> String {
    format!("+1{}55501{:02}", nth(AREA_CODES, index / 100), index % 100)
}

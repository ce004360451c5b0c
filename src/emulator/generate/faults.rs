//! One fault of each kind that a review looks for, to be seeded into an organisation in which nothing else is wrong.
//!
//! A fault knows the code under which `callsheet checks` lists it and returns what it was seeded into: ARNs, or
//! `roster_entry:<name>`, `account:<id>`. More may follow from it (nobody reaches somebody without a device); under its
//! own code it is found there and nowhere else.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use serde_json::json;

use super::clean::{DOMAIN, Organisation, Team};
use crate::emulator::{
    recurrence::{Coverage, Day, TimeOfDay, WeeklySetting},
    world::{
        ActivationStatus, Channel, ChannelType, Contact, ContactType, Override, ResponsePlan, Rotation, Stage, Target,
        channel_arn,
    },
};

/// One kind of fault.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The code of the check that finds it.
    pub code: &'static str,
    /// Seeds it, and returns what it was seeded into.
    pub seed: fn(&mut Organisation) -> Vec<String>,
}

macro_rules! faults {
    ($($code:literal => $seed:expr,)*) => {
        /// Every kind of fault.
        pub const FAULTS: &[Fault] = &[$(Fault { code: $code, seed: $seed },)*];
    };
}

faults! {
    "CH01" => |org| org.first_device("Call", |channel| channel.status = ActivationStatus::NotActivated),
    "CH02" => |org| org.first_person_with(&[]),
    "CH03" => |org| org.first_person_with(&["Mobile"]),
    "CH04" => |org| org.first_person_with(&["Mail"]),
    "CH05" => |org| org.first_device("Mobile", |channel| channel.address = Some("+1202555".to_owned())),
    "CH06" => |org| org.shared_number(),
    "CH07" => |org| org.twice_the_same(),
    "CH08" => |org| org.first_device("Mail", |channel| channel.address = Some("someone@elsewhere.example".to_owned())),
    "CH09" => |org| org.first_device("Mail", |channel| channel.address = Some(format!("noc@{DOMAIN}"))),
    "CH17" => |org| org.first_device("Call", |channel| channel.name = "Test phone".into()),
    "CH18" => |org| org.text_and_voice(),
    "PL01" => |org| org.first_plan(|_| Vec::new()),
    "PL02" => |org| org.removed_device(),
    "PL03" => |org| {
        org.first_device("Call", |channel| channel.status = ActivationStatus::NotActivated);
        vec![org.first_person()]
    },
    "PL04" => |org| org.first_plan(|mut stages| {
        stages.insert(0, Stage { minutes: 15, targets: Vec::new() });
        stages
    }),
    "PL05" => |org| {
        org.first_plan(|stages| stages.into_iter().take(1).collect());
        vec![org.device_arn(&org.first_alias(), "Call")]
    },
    "PL06" => |org| org.first_plan(|stages| stages.into_iter().map(|stage| Stage { minutes: 12, ..stage }).collect()),
    "PL07" => |org| org.first_plan(|mut stages| {
        stages.iter_mut().flat_map(|stage| &mut stage.targets).for_each(|target| target.retry_minutes = None);
        stages
    }),
    "PL08" => |org| org.other_persons_device(),
    "ES01" => |org| org.first_stages(|stages, _| stages.clear()),
    "ES02" => |org| org.first_stages(|stages, org| stages.insert(1, org.stage(10, &["nobody-here"]))),
    "ES03" => |org| org.dead_stage(),
    "ES04" => |org| org.first_stages(|stages, _| {
        // The first line again after itself.
        if let Some(first) = stages.first().cloned() {
            stages.insert(1, first);
        }
    }),
    "ES05" => |org| org.one_human(),
    "ES06" => |org| org.first_stages(|stages, _| {
        stages.iter_mut().flat_map(|stage| &mut stage.targets).for_each(|target| target.essential = Some(false));
    }),
    "ES07" => |org| org.first_stages(|stages, _| stages.iter_mut().for_each(|stage| stage.minutes = 30)),
    "ES08" => |org| org.leaver_in_a_plan(),
    "ES09" => |org| {
        let team = org.first_team();
        org.plan("old-plan", &[&team.first_line(), &team.second_line(), "duty-managers"], &team.name);
        vec![org.world.contact_arn("old-plan")]
    },
    "ES10" => |org| org.first_stages(|stages, _| {
        if let Some(stage) = stages.first_mut() {
            stage.targets.extend(stage.targets.clone());
        }
    }),
    "ES11" => |org| {
        // The calls of the first team begin at minute 5, and nothing else of it is heard.
        let team = org.first_team();
        for member in &team.members {
            org.mute(member);
        }
        org.first_stages(|stages, _| stages.iter_mut().take(1).for_each(|stage| stage.minutes = 3))
    },
    "ES12" => |org| org.first_stages(|stages, _| stages.truncate(2)).into_iter().chain(org.last_is_a_person()).skip(1).collect(),
    "SC01" => |org| org.first_rotation(|rotation, _| {
        rotation.recurrence.shift_coverages = Day::ALL
            .into_iter()
            .map(|day| (day, vec![Coverage { start: time(8, 0), end: time(20, 0) }]))
            .collect();
    }, Which::Schedule),
    "SC02" => |org| org.unreachable_turn(),
    "SC03" => |org| org.first_rotation(|rotation, org| rotation.contact_ids.push(org.world.contact_arn("nobody-here")), Which::Rotation),
    "SC04" => |org| org.first_rotation(|rotation, _| rotation.contact_ids.truncate(1), Which::Rotation),
    "SC05" => |org| org.leaver_in_a_rotation(),
    "SC06" => |org| org.first_rotation(|rotation, org| rotation.overrides.push(Override {
        id: "0a1b2c3d-0000-4000-8000-000000000000".to_owned(),
        new_contact_ids: Vec::new(),
        start_time: org.now + TimeDelta::days(2),
        end_time: org.now + TimeDelta::days(3),
        create_time: org.now - TimeDelta::days(1),
    }), Which::Rotation),
    "SC08" => |org| org.unused_rotation(),
    "SC09" => |org| org.shared_rotation(),
    "SC10" => |org| org.same_first_and_second(),
    "SC11" => |org| org.first_rotation(|rotation, _| {
        rotation.time_zone = "America/New_York".into();
        rotation.recurrence.weekly = Vec::new();
        rotation.recurrence.daily = vec![time(1, 30)];
    }, Which::Rotation),
    "SC12" => |org| org.long_rotation(),
    "SC13" => |org| org.weekend_worker(),
    "RP01" => |org| org.first_response(|plan, _| plan.engagements.clear()),
    "RP02" => |org| org.first_response(|plan, org| plan.engagements.push(org.world.contact_arn("nobody-here"))),
    "RP03" => |org| {
        let person = org.first_alias();
        org.first_response(move |plan, org| plan.engagements.push(org.world.contact_arn(&person)))
    },
    "RP04" => |org| org.first_response(|plan, _| plan.chat_topics.clear()),
    "RP07" => |org| org.first_response(|plan, _| plan.chat_topics.truncate(1)),
    "RP08" => |org| org.shared_topic(),
    "RP20" => |org| {
        let team = org.first_team();
        org.world.contacts.insert("nobody-yet".to_owned(), Contact::new(ContactType::Personal));
        org.first_stages(|stages, org| stages.insert(0, org.stage(25, &["nobody-yet"])));
        vec![org.response_arn(&team.response())]
    },
    "ID01" => |org| {
        let alias = org.first_alias();
        let name = org.name_of(&alias);
        org.roster.retain(|employee| employee.name != name);
        vec![org.first_person()]
    },
    "ID02" => |org| {
        org.leave(0);
        vec![org.first_person()]
    },
    "ID03" => |org| {
        let alias = org.first_alias();
        let name = org.name_of(&alias);
        let moved = org.roster.iter_mut().filter(|employee| employee.name == name);
        moved.for_each(|employee| employee.team = "duty".into());
        vec![org.first_person()]
    },
    "ID04" => |org| {
        if let Some(mut employee) = org.roster.last().cloned() {
            employee.name = "Rosa Marchetti".into();
            employee.email = format!("rosa.marchetti@{DOMAIN}");
            employee.phone = "+12095550199".into();
            org.roster.push(employee);
        }
        vec!["roster_entry:Rosa Marchetti".to_owned()]
    },
    "ID05" => |org| org.second_contact(),
    "ID06" => |org| {
        let alias = org.first_alias();
        let name = org.name_of(&alias);
        let changed = org.roster.iter_mut().filter(|employee| employee.name == name);
        changed.for_each(|employee| employee.phone = "+12095550198".into());
        vec![org.first_person()]
    },
    "ID07" => |org| {
        let mut number = 1_900;
        let alias = org.person(&mut number, "duty");
        vec![org.world.contact_arn(&alias)]
    },
    "ID09" => |org| org.renamed(),
    "ID10" => |org| {
        let alias = org.first_alias();
        org.contact(&alias, |contact| contact.tags.clear());
        vec![org.first_person()]
    },
    "AC01" => |org| {
        let plan = org.first_team().plan();
        let arn = org.world.contact_arn(&plan);
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
                "Action": ["ssm-contacts:GetContact", "ssm-contacts:StartEngagement"],
                "Resource": [arn],
            }],
        });
        org.contact(&plan, |contact| contact.policy = Some(policy.to_string()));
        vec![arn]
    },
    "AC04" => |org| {
        if let Some(set) = &mut org.world.replication_set {
            set.deletion_protected = false;
        }
        vec![format!("account:{}", org.world.account)]
    },
}

/// What a fault in a rotation is found in.
#[derive(Clone, Copy)]
enum Which {
    /// The schedule that has it.
    Schedule,
    /// The rotation itself.
    Rotation,
}

fn time(hour: u32, minute: u32) -> TimeOfDay {
    TimeOfDay { hour, minute }
}

impl Organisation {
    fn first_team(&self) -> Team {
        self.teams.first().cloned().unwrap_or(Team {
            name: String::new(),
            members: Vec::new(),
        })
    }

    fn alias(&self, place: usize) -> String {
        self.first_team().members.get(place).cloned().unwrap_or_default()
    }

    fn first_alias(&self) -> String {
        self.alias(0)
    }

    fn first_person(&self) -> String {
        self.world.contact_arn(&self.first_alias())
    }

    fn name_of(&self, alias: &str) -> String {
        let contact = self.world.contacts.get(alias);
        contact
            .and_then(|contact| contact.display_name.clone())
            .unwrap_or_default()
    }

    fn response_arn(&self, name: &str) -> String {
        self.world.incidents_arn(&format!("response-plan/{name}"))
    }

    fn contact(&mut self, alias: &str, change: impl FnOnce(&mut Contact)) {
        if let Some(contact) = self.world.contacts.get_mut(alias) {
            change(contact);
        }
    }

    fn device(&mut self, alias: &str, name: &str, change: impl FnOnce(&mut Channel)) {
        self.contact(alias, |contact| {
            if let Some(channel) = contact.channels.iter_mut().find(|channel| channel.name == name) {
                change(channel);
            }
        });
    }

    fn first_device(&mut self, name: &str, change: impl FnOnce(&mut Channel)) -> Vec<String> {
        let alias = self.first_alias();
        let arn = self.device_arn(&alias, name);
        self.device(&alias, name, change);
        vec![arn]
    }

    /// Leaves a person only these devices activated.
    fn keep_active(&mut self, alias: &str, names: &[&str]) {
        self.contact(alias, |contact| {
            let others = contact
                .channels
                .iter_mut()
                .filter(|channel| !names.contains(&channel.name.as_str()));
            others.for_each(|channel| channel.status = ActivationStatus::NotActivated);
        });
    }

    fn first_person_with(&mut self, names: &[&str]) -> Vec<String> {
        let alias = self.first_alias();
        self.keep_active(&alias, names);
        vec![self.first_person()]
    }

    /// Gives the second person's mobile number to the first.
    fn shared_number(&mut self) -> Vec<String> {
        let (one, other) = (self.alias(0), self.alias(1));
        let channels = self
            .world
            .contacts
            .get(&other)
            .map(|contact| contact.channels.clone())
            .unwrap_or_default();
        let number = channels
            .into_iter()
            .find(|channel| channel.name == "Mobile")
            .and_then(|channel| channel.address);
        self.device(&one, "Mobile", |channel| channel.address = number);
        vec![self.device_arn(&one, "Mobile"), self.device_arn(&other, "Mobile")]
    }

    /// Adds a device of the same type and address as another of the first person.
    fn twice_the_same(&mut self) -> Vec<String> {
        // Of two alike, the one with the greater id is the one too many.
        let (alias, id) = (self.first_alias(), "ffffffff-ffff-4fff-bfff-ffffffffffff".to_owned());
        self.contact(&alias, |contact| {
            let copy = contact.channels.first().map(|channel| Channel {
                id,
                name: "Mobile again".to_owned(),
                ..channel.clone()
            });
            contact.channels.extend(copy);
        });
        let arn = self.device_arn(&alias, "Mobile again");
        self.name_in_first_stage(&alias, &arn);
        vec![arn]
    }

    fn name_in_first_stage(&mut self, alias: &str, channel: &str) {
        self.contact(alias, |contact| {
            let first = contact.plan.stages.as_mut().and_then(|stages| stages.first_mut());
            if let Some(stage) = first {
                stage.targets.push(Target {
                    channel: Some(channel.to_owned()),
                    retry_minutes: Some(2),
                    ..Target::default()
                });
            }
        });
    }

    fn text_and_voice(&mut self) -> Vec<String> {
        let alias = self.first_alias();
        let channels = self
            .world
            .contacts
            .get(&alias)
            .map(|contact| contact.channels.clone())
            .unwrap_or_default();
        let number = channels.into_iter().next().and_then(|channel| channel.address);
        self.device(&alias, "Call", |channel| channel.address = number);
        vec![self.first_person()]
    }

    fn first_plan(&mut self, change: impl FnOnce(Vec<Stage>) -> Vec<Stage>) -> Vec<String> {
        let alias = self.first_alias();
        self.contact(&alias, |contact| {
            contact.plan.stages = contact.plan.stages.take().map(change);
        });
        vec![self.first_person()]
    }

    fn removed_device(&mut self) -> Vec<String> {
        let alias = self.first_alias();
        let gone = channel_arn(&self.world.contact_arn(&alias), &self.uuid());
        self.name_in_first_stage(&alias, &gone);
        vec![self.first_person()]
    }

    fn other_persons_device(&mut self) -> Vec<String> {
        let (alias, other) = (self.first_alias(), self.alias(1));
        let theirs = self.device_arn(&other, "Mobile");
        self.name_in_first_stage(&alias, &theirs);
        vec![self.first_person()]
    }

    /// Changes the stages of the first team's escalation plan.
    fn first_stages(&mut self, change: impl FnOnce(&mut Vec<Stage>, &Self)) -> Vec<String> {
        let alias = self.first_team().plan();
        let contact = self.world.contacts.get(&alias);
        let mut stages = contact
            .and_then(|contact| contact.plan.stages.clone())
            .unwrap_or_default();
        change(&mut stages, self);
        self.contact(&alias, |contact| contact.plan.stages = Some(stages));
        vec![self.world.contact_arn(&alias)]
    }

    fn dead_stage(&mut self) -> Vec<String> {
        let alias = self.spare();
        self.keep_active(&alias, &[]);
        self.first_stages(|stages, org| stages.insert(1, org.stage(1, &[&alias])))
    }

    /// Makes somebody who is in no rotation, and returns the alias.
    fn spare(&mut self) -> String {
        let mut number = 1_800;
        self.person(&mut number, "duty")
    }

    fn one_human(&mut self) -> Vec<String> {
        let alias = self.spare();
        self.plan("lonely", &[&alias], "duty");
        self.response("lonely-down", "lonely", "duty");
        vec![self.world.contact_arn("lonely")]
    }

    fn mute(&mut self, alias: &str) {
        self.contact(alias, |contact| {
            let stages = contact.plan.stages.iter_mut().flatten();
            let text = contact.channels.iter().find(|channel| channel.kind == ChannelType::Sms);
            let id = text.map(|channel| channel.id.clone()).unwrap_or_default();
            for stage in stages {
                let is_kept = |target: &Target| !target.channel.as_ref().is_some_and(|arn| arn.ends_with(&id));
                stage.targets.retain(is_kept);
            }
        });
    }

    fn leave(&mut self, place: usize) {
        let name = self.name_of(&self.alias(place));
        for employee in self.roster.iter_mut().filter(|employee| employee.name == name) {
            employee.status = "left".into();
            employee.left_on = (self.now - TimeDelta::days(60)).format("%Y-%m-%d").to_string();
        }
    }

    fn leaver_in_a_plan(&mut self) -> Vec<String> {
        self.leave(2);
        let alias = self.alias(2);
        self.first_stages(|stages, org| stages.insert(1, org.stage(1, &[&alias])))
    }

    fn leaver_in_a_rotation(&mut self) -> Vec<String> {
        // Everybody else of the team is left out, so that the turn comes within any horizon.
        self.leave(0);
        let team = self.first_team();
        let keep = [
            self.world.contact_arn(&self.alias(0)),
            self.world.contact_arn(&self.alias(1)),
        ];
        let found = self.rotation_of(&team.first_line());
        self.rotation(&team.first_line(), |rotation, _| rotation.contact_ids = keep.to_vec());
        let second = [
            self.world.contact_arn(&self.alias(2)),
            self.world.contact_arn(&self.alias(3)),
        ];
        self.rotation(&team.second_line(), |rotation, _| {
            rotation.contact_ids = second.to_vec();
        });
        found
    }

    fn last_is_a_person(&mut self) -> Vec<String> {
        let alias = self.spare();
        self.first_stages(|stages, org| stages.push(org.stage(10, &[&alias])))
    }

    /// Returns the ARN of a schedule's only rotation.
    fn rotation_of(&self, schedule: &str) -> Vec<String> {
        let contact = self.world.contacts.get(schedule);
        contact
            .and_then(|contact| contact.plan.rotation_ids.clone())
            .unwrap_or_default()
    }

    fn rotation(&mut self, schedule: &str, change: impl FnOnce(&mut Rotation, &Self)) {
        let ids = self.rotation_of(schedule);
        let id = ids
            .first()
            .and_then(|arn| arn.rsplit('/').next())
            .unwrap_or_default()
            .to_owned();
        if let Some(mut rotation) = self.world.rotations.get(&id).cloned() {
            change(&mut rotation, self);
            self.world.rotations.insert(id, rotation);
        }
    }

    /// Changes the rotation of the first team's first line.
    fn first_rotation(&mut self, change: impl FnOnce(&mut Rotation, &Self), found_in: Which) -> Vec<String> {
        let schedule = self.first_team().first_line();
        self.rotation(&schedule, change);
        match found_in {
            Which::Schedule => vec![self.world.contact_arn(&schedule)],
            Which::Rotation => self.rotation_of(&schedule),
        }
    }

    fn unreachable_turn(&mut self) -> Vec<String> {
        let alias = self.spare();
        self.keep_active(&alias, &[]);
        let arn = self.world.contact_arn(&alias);
        self.first_rotation(
            move |rotation, _| {
                rotation.contact_ids.truncate(1);
                rotation.contact_ids.push(arn);
            },
            Which::Schedule,
        )
    }

    fn unused_rotation(&mut self) -> Vec<String> {
        let members = self.first_team().members;
        let id = self.schedule("unused", "Unused", &members, "duty");
        self.world.contacts.remove("unused");
        vec![self.rotation_arn(&id)]
    }

    fn shared_rotation(&mut self) -> Vec<String> {
        let team = self.first_team();
        let ids = self.rotation_of(&team.first_line());
        let mut schedule = Contact::new(ContactType::OncallSchedule);
        schedule.display_name = Some("The same again".to_owned());
        schedule.plan.rotation_ids = Some(ids.clone());
        schedule.tags = self
            .world
            .contacts
            .get(&team.plan())
            .map(|plan| plan.tags.clone())
            .unwrap_or_default();
        self.world.contacts.insert("the-same-again".to_owned(), schedule);
        self.response("same-again-down", "the-same-again", &team.name);
        ids
    }

    fn same_first_and_second(&mut self) -> Vec<String> {
        let team = self.first_team();
        let members = team.members.iter().map(|alias| self.world.contact_arn(alias)).collect();
        self.rotation(&team.second_line(), |rotation, _| rotation.contact_ids = members);
        vec![self.world.contact_arn(&team.plan())]
    }

    fn long_rotation(&mut self) -> Vec<String> {
        // Thirty people who take a week each: the turn of most is further away than anybody looks.
        let mut number = 1_600;
        let members: Vec<String> = (0..30).map(|_| self.person(&mut number, "duty")).collect();
        let id = self.schedule("wardens", "Wardens", &members, "duty");
        self.response("wardens-down", "wardens", "duty");
        vec![self.rotation_arn(&id)]
    }

    fn weekend_worker(&mut self) -> Vec<String> {
        let arns: Vec<String> = (0..2).map(|place| self.world.contact_arn(&self.alias(place))).collect();
        self.first_rotation(
            move |rotation, _| {
                rotation.contact_ids = arns;
                rotation.recurrence.weekly = [Day::Mon, Day::Fri]
                    .map(|day| WeeklySetting { day, at: time(9, 0) })
                    .to_vec();
            },
            Which::Rotation,
        )
    }

    fn first_response(&mut self, change: impl FnOnce(&mut ResponsePlan, &Self)) -> Vec<String> {
        let name = self.first_team().response();
        if let Some(mut plan) = self.world.response_plans.get(&name).cloned() {
            change(&mut plan, self);
            self.world.response_plans.insert(name.clone(), plan);
        }
        vec![self.response_arn(&name)]
    }

    fn shared_topic(&mut self) -> Vec<String> {
        let team = self.first_team();
        self.response("twin-down", &team.plan(), &team.name);
        let topics = self
            .world
            .response_plans
            .get("twin-down")
            .map(|plan| plan.chat_topics.clone())
            .unwrap_or_default();
        let mut found = self.first_response(|plan, _| plan.chat_topics = topics);
        found.push(self.response_arn("twin-down"));
        found
    }

    fn second_contact(&mut self) -> Vec<String> {
        let alias = self.first_alias();
        let Some(contact) = self.world.contacts.get(&alias).cloned() else {
            return Vec::new();
        };
        let double = format!("{alias}-old");
        let mut number = 1_700;
        let made = self.person(&mut number, "duty");
        // A person of their own in all but the mail address, which is what both are known by.
        if let Some(mut other) = self.world.contacts.remove(&made) {
            let new = self.world.contact_arn(&double);
            let targets = other
                .plan
                .stages
                .iter_mut()
                .flatten()
                .flat_map(|stage| &mut stage.targets);
            for channel in targets.filter_map(|target| target.channel.as_mut()) {
                let id = channel.rsplit('/').next().unwrap_or_default().to_owned();
                *channel = channel_arn(&new, &id);
            }
            other.display_name.clone_from(&contact.display_name);
            let mail = contact
                .channels
                .iter()
                .find(|channel| channel.kind == ChannelType::Email);
            for channel in other
                .channels
                .iter_mut()
                .filter(|channel| channel.kind == ChannelType::Email)
            {
                channel.address = mail.and_then(|channel| channel.address.clone());
            }
            self.world.contacts.insert(double.clone(), other);
        }
        self.roster.pop();
        vec![self.first_person(), self.world.contact_arn(&double)]
    }

    fn renamed(&mut self) -> Vec<String> {
        let alias = self.first_alias();
        let name = self.name_of(&alias);
        for employee in self.roster.iter_mut().filter(|employee| employee.name == name) {
            employee.name = "Katarina Horvath".into();
        }
        vec![self.first_person()]
    }
}

/// Returns a day from which a fortnight holds the end of summer time in New York and in Dublin.
pub fn before_the_clocks_change() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 20, 12, 0, 0)
        .single()
        .unwrap_or_default()
}

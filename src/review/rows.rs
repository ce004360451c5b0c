//! Rows made of an inventory.
//!
//! What a row says is the same in two readings of an account in which nothing changed: it depends on no order of arrival,
//! and nothing that passes by itself is in it. So next shifts are not, and overrides are not: both go by, and checks look at
//! them. References are by alias or name, which never change, so that a new display name changes one row.

use super::{
    pagers::{self, MAY_MISS, reference},
    row::{Device, Field, Row, RowKind},
};
use crate::domain::{
    contact::{ActivationStatus, Channel, Contact, Stage, Target},
    gap::Reading,
    graph::Graph,
    ids::Arn,
    inventory::Inventory,
    response::{Chat, ResponsePlan, impact_word},
    schedule::{HandOff, Recurrence, Rotation},
    sharing::Sharing,
    tags::Tags,
    text::neutral,
};

/// Makes rows.
pub(super) struct Rows<'a> {
    /// What was read.
    pub(super) inventory: &'a Inventory,
    /// Who names whom in it.
    pub(super) graph: &'a Graph,
}

/// The fields of a row as they come together.
struct Fields {
    /// What the row is about, for sentences.
    of: String,
    all: Vec<Field>,
    unknown: Vec<String>,
}

impl Fields {
    fn of(name: &str) -> Self {
        Self {
            of: neutral(name).into_owned(),
            all: Vec::new(),
            unknown: Vec::new(),
        }
    }

    fn add(&mut self, name: &str, value: impl Into<String>) {
        self.all.push(Field::new(name, value));
    }

    fn unknown(&mut self, name: &str, why: String) {
        self.add(name, format!("unknown ({why})"));
        if !self.unknown.contains(&why) {
            self.unknown.push(why);
        }
    }

    /// Adds what was read, or that it was not.
    fn read<T>(&mut self, name: &str, reading: &Reading<T>, add: impl FnOnce(&mut Self, &T)) {
        match reading {
            Reading::Known(value) => add(self, value),
            Reading::Unknown(gap) => self.unknown(name, gap.to_string()),
            Reading::Pending => self.unknown(name, format!("{name} of {}: not read", self.of)),
        }
    }

    fn tags(&mut self, tags: &Reading<Tags>) {
        self.read("tags", tags, |fields, tags| {
            for (key, value) in tags {
                fields.add(&format!("tag {}", neutral(key)), neutral(value));
            }
        });
    }

    fn sharing(&mut self, sharing: &Reading<Sharing>) {
        self.read("shared with", sharing, |fields, sharing| {
            let names: Vec<String> = sharing.principals.iter().map(ToString::to_string).collect();
            fields.add("shared with", or_none(&names.join(", "), "nobody"));
        });
    }
}

fn or_none(text: &str, none: &str) -> String {
    if text.is_empty() {
        none.to_owned()
    } else {
        text.to_owned()
    }
}

impl Rows<'_> {
    /// Returns the row of a person, an escalation plan or a schedule.
    pub(super) fn of_contact(&self, contact: &Contact) -> Row {
        let kind = pagers::kind_of_contact(contact);
        let mut fields = Fields::of(&contact.alias);
        fields.add("alias", neutral(&contact.alias));
        fields.add("type", neutral(contact.kind.as_str()));
        self.note_origin(&contact.arn, &mut fields);
        if kind == RowKind::Person {
            fields.read("devices", &contact.channels, |fields, channels| {
                devices(fields, channels);
            });
        }
        let plan_name = match kind {
            RowKind::Person => "engagement plan",
            RowKind::Schedule => "rotations",
            RowKind::EscalationPlan | RowKind::Rotation | RowKind::ResponsePlan => "stages",
        };
        fields.read(plan_name, &contact.plan, |fields, plan| {
            if kind == RowKind::Schedule {
                fields.add("rotations", self.references(&plan.rotations));
            } else {
                fields.add(plan_name, count(plan.stages.len(), "stage", "stages"));
            }
            for (number, stage) in (1..).zip(&plan.stages) {
                fields.add(&format!("stage {number}"), self.stage(contact, stage));
            }
        });
        self.add_pagers(&contact.arn, &mut fields);
        fields.tags(&contact.tags);
        fields.sharing(&contact.sharing);
        self.row(&contact.arn, kind, contact.label(), fields)
    }

    /// Returns the row of a rotation.
    pub(super) fn of_rotation(&self, rotation: &Rotation) -> Row {
        let mut fields = Fields::of(&rotation.name);
        self.note_origin(&rotation.arn, &mut fields);
        fields.read("members", &rotation.members, |fields, members| {
            let members: Vec<String> = members.iter().map(|arn| self.reference(arn)).collect();
            fields.add("members", or_none(&members.join(", "), "nobody"));
        });
        let zone = rotation.time_zone.as_deref().map(neutral);
        fields.add("time zone", zone.as_deref().unwrap_or("none"));
        let start = rotation
            .start_at
            .map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string());
        fields.add("first turn", start.as_deref().unwrap_or("none"));
        match &rotation.recurrence {
            Some(recurrence) => add_recurrence(&mut fields, recurrence),
            None => fields.add("recurrence", "none"),
        }
        self.add_pagers(&rotation.arn, &mut fields);
        fields.tags(&rotation.tags);
        self.row(&rotation.arn, RowKind::Rotation, &rotation.name, fields)
    }

    /// Returns the row of a response plan.
    pub(super) fn of_response(&self, plan: &ResponsePlan) -> Row {
        let mut fields = Fields::of(&plan.name);
        fields.add("name", neutral(&plan.name));
        self.note_origin(&plan.arn, &mut fields);
        fields.read("response plan", &plan.detail, |fields, detail| {
            let none = |text: Option<&str>| text.map_or_else(|| "none".to_owned(), |text| neutral(text).into_owned());
            fields.add("incident title", neutral(&detail.incident_title));
            let impact = impact_word(detail.impact);
            let known = impact.starts_with(|c: char| c.is_ascii_digit());
            fields.add(
                "impact",
                if known {
                    impact.to_owned()
                } else {
                    detail.impact.to_string()
                },
            );
            fields.add("engages", self.references(&detail.engagements));
            fields.add("chat channel", chat(&detail.chat));
            fields.add("runbook", none(detail.runbook.as_deref()));
            fields.add("integration", none(detail.integration.as_deref()));
        });
        fields.tags(&plan.tags);
        fields.sharing(&plan.sharing);
        self.row(&plan.arn, RowKind::ResponsePlan, plan.label(), fields)
    }

    fn row(&self, subject: &Arn, kind: RowKind, name: &str, fields: Fields) -> Row {
        let mut unknown = fields.unknown;
        if self.inventory.stale.contains(subject) || self.inventory.stale_tags.contains(subject) {
            unknown.push(format!("{} is shown from an earlier reading", neutral(subject.name())));
        }
        Row::new(subject.clone(), kind, neutral(name).into_owned(), fields.all, unknown)
    }

    fn note_origin(&self, arn: &Arn, fields: &mut Fields) {
        if self.inventory.is_shared_in(arn) {
            fields.add(
                "account",
                format!("{}, which shares it with us", neutral(arn.account())),
            );
        }
    }

    fn add_pagers(&self, arn: &Arn, fields: &mut Fields) {
        fields.all.extend(pagers::fields(self.inventory, self.graph, arn));
        if self.graph.may_miss_uses() || self.graph.may_grow() {
            fields.unknown("paged by others", MAY_MISS.to_owned());
        }
    }

    fn reference(&self, arn: &Arn) -> String {
        reference(self.inventory, self.graph, arn)
    }

    /// Returns several things that are named together, in an order of their own.
    fn references(&self, arns: &[Arn]) -> String {
        let mut names: Vec<String> = arns.iter().map(|arn| self.reference(arn)).collect();
        names.sort();
        or_none(&names.join(", "), "none")
    }

    /// Returns a stage in words. Its targets are engaged together, so that their order says nothing.
    fn stage(&self, contact: &Contact, stage: &Stage) -> String {
        let mut targets: Vec<String> = stage
            .targets
            .iter()
            .map(|target| self.target(contact, target))
            .collect();
        targets.sort();
        let minutes = count(
            usize::try_from(stage.duration_minutes).unwrap_or(0),
            "minute",
            "minutes",
        );
        format!("{minutes}: {}", or_none(&targets.join(", "), "nobody"))
    }

    fn target(&self, contact: &Contact, target: &Target) -> String {
        match target {
            Target::Channel { channel, retry_minutes } => {
                let retry = match retry_minutes {
                    Some(minutes) => format!(
                        " every {}",
                        count(usize::try_from(*minutes).unwrap_or(0), "minute", "minutes")
                    ),
                    None => String::new(),
                };
                format!("{}{retry}", self.channel(contact, channel))
            }
            Target::Contact { contact, is_essential } => {
                format!(
                    "{}{}",
                    self.reference(contact),
                    if *is_essential { " (essential)" } else { "" }
                )
            }
            Target::Empty => "nothing".to_owned(),
        }
    }

    fn channel(&self, contact: &Contact, arn: &Arn) -> String {
        match self.graph.channel(self.inventory, arn) {
            Some((channel, owner)) if owner.arn == contact.arn => device_name(channel),
            Some((channel, owner)) => format!("{} of {}", device_name(channel), neutral(&owner.alias)),
            None if contact.channels.known().is_some() => format!("device {} (does not exist)", neutral(arn.name())),
            None => format!("device {} (not read)", neutral(arn.name())),
        }
    }
}

/// Adds the devices of a person, in an order that no answer decides.
fn devices(fields: &mut Fields, channels: &[Channel]) {
    let mut channels: Vec<&Channel> = channels.iter().collect();
    channels.sort_by(|a, b| (&a.name, &a.arn).cmp(&(&b.name, &b.arn)));
    if channels.is_empty() {
        fields.add("devices", "none");
    }
    for channel in channels {
        let status = match &channel.status {
            ActivationStatus::Activated => "activated".to_owned(),
            ActivationStatus::NotActivated => "not activated".to_owned(),
            ActivationStatus::Other(word) => format!("of the unknown status {}", neutral(word)),
        };
        let value = format!(
            "{} {}, {status}",
            neutral(channel.kind.as_str()),
            channel.address.masked()
        );
        fields.all.push(Field {
            name: format!("device {}", neutral(&channel.name)),
            value,
            device: Some(Device::of(channel)),
        });
    }
}

fn device_name(channel: &Channel) -> String {
    format!("{} ({})", neutral(&channel.name), neutral(channel.kind.as_str()))
}

fn add_recurrence(fields: &mut Fields, recurrence: &Recurrence) {
    fields.add("on call at once", recurrence.number_of_on_calls.to_string());
    fields.add("turns repeat after", recurrence.multiplier.to_string());
    let daily = recurrence.daily.iter().map(|at| format!("daily at {}", clock(*at)));
    let weekly = recurrence
        .weekly
        .iter()
        .map(|(day, at)| format!("{} at {}", neutral(day), clock(*at)));
    let monthly = recurrence
        .monthly
        .iter()
        .map(|(day, at)| format!("day {day} at {}", clock(*at)));
    let mut handovers: Vec<String> = daily.chain(weekly).chain(monthly).collect();
    handovers.sort();
    fields.add("hand-overs", or_none(&handovers.join(", "), "none"));
    let mut hours: Vec<String> = recurrence
        .coverages
        .iter()
        .map(|(day, hours)| {
            let mut hours: Vec<String> = hours
                .iter()
                .map(|(from, until)| format!("{}–{}", clock(*from), clock(*until)))
                .collect();
            hours.sort();
            format!("{} {}", neutral(day), or_none(&hours.join(" and "), "never"))
        })
        .collect();
    hours.sort();
    fields.add("hours", or_none(&hours.join(", "), "all"));
}

fn clock(at: HandOff) -> String {
    format!("{:02}:{:02}", at.hour, at.minute)
}

fn chat(chat: &Chat) -> String {
    match chat {
        Chat::None => "none".to_owned(),
        Chat::Topics(topics) => {
            let mut topics: Vec<&str> = topics.iter().map(String::as_str).collect();
            topics.sort_unstable();
            neutral(&topics.join(", ")).into_owned()
        }
        Chat::Unrecognised => "of a kind that is not known to this version".to_owned(),
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

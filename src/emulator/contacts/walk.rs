//! Walks the plan of an engaged contact: who is sent what, where, and when.
//!
//! The whole walk is laid out when an engagement starts, from the plans as they are then, with the people who are on
//! call when their stage begins. What is due is sent when the clock is past it and somebody looks; between requests
//! nothing happens. An acknowledgement takes the person's own messages out, and all of them where the person is an
//! essential target. A channel that is not active, has unsubscribed, or is gone by then gets nothing.

use chrono::{DateTime, TimeDelta, Utc};

use super::shifts;
use crate::emulator::{
    call::Call,
    settings::{DanglingChannel, Settings},
    world::{
        ActivationStatus, Arn, Arrival, ChannelType, ContactType, Delivery, Engagement, Page, Receipt, ReceiptType,
        Resolution, Stage, World,
    },
};

/// How many messages one engagement may send. The quotas on plans allow more than anyone would read.
const DELIVERY_LIMIT: usize = 2000;

/// Starts to engage a contact: puts the engagement into the world and sends what is due at once.
///
/// Returns the ARN of the engagement. The caller fills in everything but `pending`.
pub(crate) fn engage(call: &mut Call<'_>, engagement: Engagement) -> Arn {
    let pending = deliveries(call.world, call.settings, &engagement.contact, call.now);
    let id = call.uuid();
    let arn = engagement_arn(call.world, &id, &engagement);
    call.world.engagements.insert(id, Engagement { pending, ..engagement });
    let now = call.now;
    settle(call.world, call.settings, call.random, now);
    arn
}

/// Returns the ARN of an engagement; the alias in it is the engaged contact's.
pub(crate) fn engagement_arn(world: &World, id: &str, engagement: &Engagement) -> Arn {
    let alias = super::contact::alias_of(&engagement.contact);
    world.contacts_arn(&format!("engagement/{alias}/{id}"))
}

/// Lays out all messages of an engagement that starts `now`, in order of time.
fn deliveries(world: &World, settings: &Settings, contact: &str, now: DateTime<Utc>) -> Vec<Delivery> {
    let mut walk = Walk {
        world,
        settings,
        deliveries: Vec::new(),
    };
    walk.visit(contact, now, &[], false);
    walk.deliveries.sort_by_key(|delivery| delivery.at);
    walk.deliveries
}

/// A walk on its way.
struct Walk<'a> {
    world: &'a World,
    settings: &'a Settings,
    deliveries: Vec<Delivery>,
}

impl Walk<'_> {
    /// Walks one contact's plan from `at` on. `path` is the way to it, and keeps plans that name each other from
    /// being walked for ever.
    fn visit(&mut self, arn: &str, at: DateTime<Utc>, path: &[Resolution], is_essential: bool) {
        let is_cycle = path.iter().any(|step| step.contact == arn);
        let Some(contact) = self.world.contact(arn).filter(|_| !is_cycle) else {
            return;
        };
        let step = |stage| {
            let step = Resolution {
                contact: arn.to_owned(),
                kind: contact.kind,
                stage,
            };
            path.iter().cloned().chain([step]).collect::<Vec<_>>()
        };
        let stages = contact.plan.stages.as_deref().unwrap_or_default();
        match contact.kind {
            ContactType::Personal => self.visit_channels(stages, at, &step(None), is_essential),
            ContactType::Escalation => {
                let mut begins_at = at;
                for (index, stage) in (0..).zip(stages) {
                    for target in &stage.targets {
                        if let Some(contact) = &target.contact {
                            self.visit(contact, begins_at, &step(Some(index)), target.essential == Some(true));
                        }
                    }
                    begins_at += TimeDelta::minutes(stage.minutes.into());
                }
            }
            ContactType::OncallSchedule => {
                for rotation in contact.plan.rotation_ids.iter().flatten() {
                    let rotation = shifts::rotation(self.world, rotation);
                    let people = rotation
                        .map(|rotation| shifts::on_call(rotation, at))
                        .unwrap_or_default();
                    for person in people {
                        self.visit(&person, at, &step(None), is_essential);
                    }
                }
            }
        }
    }

    fn visit_channels(&mut self, stages: &[Stage], at: DateTime<Utc>, path: &[Resolution], is_essential: bool) {
        let Some(person) = path.last().map(|step| step.contact.clone()) else {
            return;
        };
        let mut begins_at = at;
        for stage in stages {
            let channels = || {
                stage
                    .targets
                    .iter()
                    .filter_map(|target| Some((target.channel.as_ref()?, target)))
            };
            let is_dangling = channels().any(|(channel, _)| self.world.channel(channel).is_none());
            if is_dangling && self.settings.dangling_channel == DanglingChannel::SkipsStage {
                continue;
            }
            let ends_at = begins_at + TimeDelta::minutes(stage.minutes.into());
            for (channel, target) in channels() {
                let mut due = begins_at;
                while self.deliveries.len() < DELIVERY_LIMIT {
                    self.deliveries.push(Delivery {
                        at: due,
                        channel: channel.clone(),
                        contact: person.clone(),
                        path: path.to_vec(),
                        essential: is_essential,
                    });
                    // An absent interval and 0 both mean one try.
                    match target.retry_minutes {
                        Some(minutes) if minutes > 0 => due += TimeDelta::minutes(minutes.into()),
                        _ => break,
                    }
                    if due >= ends_at {
                        break;
                    }
                }
            }
            begins_at = ends_at;
        }
    }
}

/// Sends everything that is due by `now`; returns whether there was anything.
pub(crate) fn settle(world: &mut World, settings: &Settings, random: &mut fastrand::Rng, now: DateTime<Utc>) -> bool {
    let mut due: Vec<(String, Delivery)> = Vec::new();
    for (id, engagement) in &mut world.engagements {
        let due_count = engagement
            .pending
            .iter()
            .take_while(|delivery| delivery.at <= now)
            .count();
        due.extend(
            engagement
                .pending
                .drain(..due_count)
                .map(|delivery| (id.clone(), delivery)),
        );
    }
    due.sort_by_key(|(_, delivery)| delivery.at);
    let is_any = !due.is_empty();
    for (engagement, delivery) in due {
        send(world, settings, random, &engagement, &delivery);
    }
    is_any
}

/// Sends one message, and notes it on the person's page, which the first message makes.
fn send(world: &mut World, settings: &Settings, random: &mut fastrand::Rng, engagement_id: &str, delivery: &Delivery) {
    let Some(channel) = world.channel(&delivery.channel) else {
        return;
    };
    let (Some(to), ActivationStatus::Activated, false) =
        (channel.address.clone(), channel.status, channel.unsubscribed)
    else {
        return;
    };
    let Some(engagement) = world.engagements.get(engagement_id) else {
        return;
    };
    let kind = channel.kind;
    let code = format!("{:06}", random.u32(0..1_000_000));
    let text = words(engagement, kind, &code);
    let is_reachable = looks_reachable(kind, &to);
    let known = world
        .pages
        .iter()
        .find(|(_, page)| page.engagement == engagement_id && page.contact == delivery.contact)
        .map(|(id, _)| id.clone());
    let id = known.unwrap_or_else(|| {
        uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes())
            .into_uuid()
            .to_string()
    });
    let page = world.pages.entry(id).or_insert_with(|| Page {
        engagement: engagement_id.to_owned(),
        contact: delivery.contact.clone(),
        sent_time: None,
        delivery_time: None,
        read_time: None,
        receipts: Vec::new(),
        resolutions: delivery.path.clone(),
        accept_codes: Vec::new(),
        essential: delivery.essential,
    });
    let mut note = |kind, info| {
        page.receipts.push(Receipt {
            kind,
            time: delivery.at,
            channel: Some(delivery.channel.clone()),
            info,
        });
    };
    note(ReceiptType::Sent, Some(format!("carrier-message-{code}")));
    page.sent_time = Some(delivery.at);
    if !is_reachable {
        page.receipts.push(Receipt {
            kind: ReceiptType::Error,
            time: delivery.at,
            channel: Some(delivery.channel.clone()),
            info: Some("The address cannot be reached".to_owned()),
        });
        return;
    }
    if kind != ChannelType::Email || settings.mail_delivered.is_on() {
        page.delivery_time = Some(delivery.at);
        page.receipts.push(Receipt {
            kind: ReceiptType::Delivered,
            time: delivery.at,
            channel: Some(delivery.channel.clone()),
            info: Some(code.clone()),
        });
    }
    page.accept_codes.push(code.clone());
    world.arrive(Arrival {
        at: delivery.at,
        channel: delivery.channel.clone(),
        kind,
        to,
        text,
        code: Some(code),
        activates: false,
    });
}

/// Takes what an acknowledgement makes needless out of an engagement.
pub(super) fn acknowledge(world: &mut World, page: &Page) {
    if let Some(engagement) = world.engagements.get_mut(&page.engagement) {
        engagement
            .pending
            .retain(|delivery| !page.essential && delivery.contact != page.contact);
    }
}

/// Returns the words of a page: the public pair in text messages, the full pair in calls and mails.
fn words(engagement: &Engagement, kind: ChannelType, code: &str) -> String {
    let public = |text: &Option<String>| text.clone().unwrap_or_else(|| "You have been engaged".to_owned());
    let (subject, content) = match kind {
        ChannelType::Sms => (
            public(&engagement.public_subject),
            engagement.public_content.clone().unwrap_or_default(),
        ),
        ChannelType::Voice | ChannelType::Email => (engagement.subject.clone(), engagement.content.clone()),
    };
    let acknowledgement = match kind {
        ChannelType::Sms => format!("Reply {code} to acknowledge."),
        ChannelType::Voice => "Press 1 to acknowledge.".to_owned(),
        ChannelType::Email => format!("Enter {code} in the console to acknowledge."),
    };
    [subject, content, acknowledgement]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns whether a carrier would take an address.
fn looks_reachable(kind: ChannelType, address: &str) -> bool {
    match kind {
        ChannelType::Email => address.contains('@'),
        ChannelType::Sms | ChannelType::Voice => address
            .strip_prefix('+')
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())),
    }
}

//! Checks of engagement plans: whether what a person's own plan says reaches that person in time.

pub(super) mod stages;
pub(super) mod targets;
pub(super) mod timing;
pub(super) mod unused;

use super::{
    Evidence,
    device::devices,
    facts::Facts,
    needs::{self, Missing},
    words,
};
use crate::domain::{
    contact::{Channel, Contact, Plan, Stage, Target},
    ids::Arn,
    operation::Operation,
    text::neutral,
};
use std::{rc::Rc, sync::Arc};

/// One stage of an engagement plan with what it names.
#[derive(Debug)]
pub(super) struct Step<'a> {
    /// The stage's number, counted from 1.
    number: usize,
    /// The minute at which it begins.
    minute: i64,
    /// The stage itself.
    stage: &'a Stage,
    /// The devices that it names.
    named: Vec<Named<'a>>,
}

/// A device that a stage names.
#[derive(Debug)]
struct Named<'a> {
    /// What the plan calls it.
    arn: &'a Arn,
    /// Minutes after which it is tried again.
    retry_minutes: Option<i32>,
    /// What it turned out to be.
    device: Device<'a>,
}

/// What a named device turned out to be.
#[derive(Debug)]
enum Device<'a> {
    /// The person's own.
    Own(&'a Channel),
    /// Another person's.
    Foreign(&'a Channel, &'a Arc<Contact>),
    /// It does not exist.
    Gone,
    /// It cannot be told.
    Unread(Missing),
}

impl Step<'_> {
    /// Returns whether a device of the stage was removed: the service says that it skips "the stage", perhaps with
    /// everything else in it, so the worse reading is that nothing in it happens.
    fn is_void(&self) -> bool {
        self.named.iter().any(|named| matches!(named.device, Device::Gone))
    }

    /// Returns the first reason why it cannot be told what the stage does.
    fn unread(&self) -> Option<&Missing> {
        self.named.iter().find_map(|named| match &named.device {
            Device::Unread(missing) => Some(missing),
            Device::Own(_) | Device::Foreign(..) | Device::Gone => None,
        })
    }

    /// Returns the person's own devices in the stage, with the minutes after which each is tried again.
    fn own(&self) -> impl Iterator<Item = (&Channel, Option<i32>)> {
        self.named.iter().filter_map(|named| match &named.device {
            Device::Own(channel) => Some((*channel, named.retry_minutes)),
            Device::Foreign(..) | Device::Gone | Device::Unread(_) => None,
        })
    }
}

/// Returns the stages of a person's plan; none where the engine has already said "unknown".
fn steps<'a>(facts: &Facts<'a>, person: &Contact) -> Rc<Vec<Step<'a>>> {
    facts.engagement(&person.arn, |person| resolved(facts, person))
}

fn resolved<'a>(facts: &Facts<'a>, person: &'a Contact) -> Vec<Step<'a>> {
    let stages = person.plan.known().into_iter().flat_map(Plan::stages_with_start);
    let steps = stages.enumerate().map(|(index, (minute, stage))| Step {
        number: index + 1,
        minute,
        stage,
        named: stage
            .targets
            .iter()
            .filter_map(|target| match target {
                Target::Channel { channel, retry_minutes } => Some(Named {
                    arn: channel,
                    retry_minutes: *retry_minutes,
                    device: resolve(facts, person, channel),
                }),
                Target::Contact { .. } | Target::Empty => None,
            })
            .collect(),
    });
    steps.collect()
}

fn resolve<'a>(facts: &Facts<'a>, person: &'a Contact, arn: &Arn) -> Device<'a> {
    if let Some(own) = devices(person).iter().find(|own| own.arn.is_same_resource(arn)) {
        return Device::Own(own);
    }
    if let Some((channel, owner)) = facts.graph.channel(facts.inventory, arn) {
        return Device::Foreign(channel, owner);
    }
    // The owner's alias stands in the ARN: if that is this person, whose devices were read, the device is gone.
    let alias = arn.name().split_once('/').map_or("", |(alias, _)| alias);
    if alias == person.alias && arn.account() == person.arn.account() {
        return Device::Gone;
    }
    let contacts = &facts.inventory.contacts;
    let (partition, service, region, account) = (arn.partition(), arn.service(), arn.region(), arn.account());
    let owner = Arn::parse(&format!("arn:{partition}:{service}:{region}:{account}:contact/{alias}"));
    let listed = owner.ok().and_then(|owner| facts.contact(&owner));
    let missing = match listed {
        Some(owner) => needs::of_reading(&owner.channels),
        None if facts.inventory.is_shared_in(arn) => Some(Missing::Unread(format!(
            "account {} does not share its devices",
            neutral(arn.account())
        ))),
        None => needs::of_section(contacts),
    };
    missing.map_or(Device::Gone, Device::Unread)
}

/// Returns stages by their numbers as a phrase: "stage 1", "stages 1 and 3".
fn stages(numbers: &[usize]) -> String {
    let names: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let noun = if numbers.len() == 1 { "stage" } else { "stages" };
    format!("{noun} {}", words::list(&names))
}

/// Returns what a stage does, as evidence: its minutes and its targets, addresses masked.
fn evidence(step: &Step<'_>) -> Evidence {
    let named = step.named.iter().map(|named| {
        let device = match &named.device {
            Device::Own(channel) => format!("{} {}", words::device(channel), neutral(channel.status.as_str())),
            Device::Foreign(channel, owner) => format!("{} of {}", words::device(channel), words::name(owner)),
            Device::Gone => format!("{}, which does not exist", neutral(named.arn.name())),
            Device::Unread(_) => neutral(named.arn.name()).into_owned(),
        };
        match named.retry_minutes {
            Some(minutes) => format!("{device} every {minutes} min"),
            None => device,
        }
    });
    let named: Vec<String> = named.collect();
    let value = format!(
        "stage {} from minute {} for {} min: {}",
        step.number,
        step.minute,
        step.stage.duration_minutes,
        if named.is_empty() {
            "nothing".to_owned()
        } else {
            words::list(&named)
        }
    );
    Evidence::new("Plan.Stages", value, Operation::GetContact)
}

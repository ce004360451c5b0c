//! The steps of a person's own plan, from the minute at which the person is engaged.

use super::{
    event::{Audible, Page, What},
    minute::{Minute, Tally},
    reason::{Bound, Doubt, DoubtReason, Silence},
};
use crate::domain::{
    contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan, Stage, Target},
    gap::Reading,
    graph::Graph,
    ids::Arn,
    inventory::{Inventory, SectionState},
};
use std::{collections::BTreeSet, sync::Arc};

/// What becomes of a stage that names a device which does not exist any more.
///
/// The service's documents say that "the stage that includes the channel" is skipped, and allow both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemovedDevice {
    /// Only that device is silent.
    SilencesItself,
    /// The other devices of the stage are silent, too. Its minutes pass all the same: were they skipped with it,
    /// everything later would only come sooner.
    SilencesStage,
}

/// One step of a person's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Minutes after the person is engaged.
    pub minute: i64,
    /// The stage, counted from 1; absent where the step is about the whole plan.
    pub stage: Option<usize>,
    /// The device, or the person where the step is about none.
    pub subject: Arn,
    /// What happens.
    pub what: What,
}

/// Everything that happens to a person who is engaged and does not acknowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonPaging {
    /// The steps in the order of time.
    pub steps: Vec<Step>,
    /// When the first device is paged.
    pub first_device: Minute,
    /// When the first device rings.
    pub first_audible: Minute,
    /// The limits that were met.
    pub bounds: BTreeSet<Bound>,
    /// When a stage names a device that was removed: the minutes of the first device and of the first that rings in
    /// the better of both readings. The steps and the minutes above are those of the worse one.
    pub if_only_the_device_is_silent: Option<(Minute, Minute)>,
}

/// Returns what happens to `person` when nobody acknowledges.
///
/// Of both readings of a removed device, the worse one is told.
pub fn steps_of_person(inventory: &Inventory, graph: &Graph, person: &Contact) -> PersonPaging {
    let both = BothReadings::of(inventory, graph, person);
    let steps = both.under(RemovedDevice::SilencesStage);
    let (first_device, first_audible) = steps.firsts(&person.arn);
    PersonPaging {
        first_device,
        first_audible,
        bounds: steps.bounds.clone(),
        if_only_the_device_is_silent: both.only_device.as_ref().map(|steps| steps.firsts(&person.arn)),
        steps: steps.all.clone(),
    }
}

/// The steps of one person under both readings of a removed device.
#[derive(Debug)]
pub(super) struct BothReadings {
    /// The person.
    pub(super) person: Arn,
    whole_stage: Steps,
    /// Absent where no stage names a removed device, so that both are the same.
    only_device: Option<Steps>,
}

impl BothReadings {
    pub(super) fn of(inventory: &Inventory, graph: &Graph, person: &Contact) -> Self {
        let steps = |removed| {
            let mut laying = Laying {
                inventory,
                graph,
                person,
                removed,
                steps: Vec::new(),
                bounds: BTreeSet::new(),
                names_removed_device: false,
            };
            laying.lay();
            laying
        };
        let whole_stage = steps(RemovedDevice::SilencesStage);
        let only_device = whole_stage
            .names_removed_device
            .then(|| steps(RemovedDevice::SilencesItself).into_steps());
        Self {
            person: person.arn.clone(),
            whole_stage: whole_stage.into_steps(),
            only_device,
        }
    }

    pub(super) fn under(&self, removed: RemovedDevice) -> &Steps {
        match (removed, &self.only_device) {
            (RemovedDevice::SilencesItself, Some(steps)) => steps,
            (RemovedDevice::SilencesItself, None) | (RemovedDevice::SilencesStage, _) => &self.whole_stage,
        }
    }

    /// Returns whether both readings differ.
    pub(super) fn names_removed_device(&self) -> bool {
        self.only_device.is_some()
    }
}

/// The steps of one person under one reading, in the order of time.
#[derive(Debug)]
pub(super) struct Steps {
    pub(super) all: Vec<Step>,
    pub(super) bounds: BTreeSet<Bound>,
    /// The few steps that decide when anything happens first: all others of their sort come later.
    pub(super) deciding: Vec<Step>,
}

impl Steps {
    fn firsts(&self, person: &Arn) -> (Minute, Minute) {
        let mut tally = Tally::default();
        for step in &self.deciding {
            tally.add(step.minute, Some(person), &step.what);
        }
        (tally.first_human().to_minute(), tally.first_audible().to_minute())
    }
}

/// A person's plan while its steps are laid out.
struct Laying<'a> {
    inventory: &'a Inventory,
    graph: &'a Graph,
    person: &'a Contact,
    removed: RemovedDevice,
    steps: Vec<Step>,
    bounds: BTreeSet<Bound>,
    names_removed_device: bool,
}

impl Laying<'_> {
    fn into_steps(mut self) -> Steps {
        self.steps.sort_by_key(|step| step.minute);
        let sorts: [fn(&What) -> bool; 5] = [
            |what| matches!(what, What::Page(_)),
            |what| matches!(what, What::Page(page) if page.audible == Audible::Yes),
            |what| matches!(what, What::Page(page) if matches!(page.audible, Audible::Unknown(_))),
            |what| matches!(what, What::Unknown(_)),
            |what| matches!(what, What::Unknown(doubt) if doubt.may_be_audible),
        ];
        let first = |is_of_sort: fn(&What) -> bool| self.steps.iter().find(|step| is_of_sort(&step.what)).cloned();
        Steps {
            deciding: sorts.into_iter().filter_map(first).collect(),
            all: self.steps,
            bounds: self.bounds,
        }
    }

    fn lay(&mut self) {
        let plan = match &self.person.plan {
            Reading::Known(plan) => plan,
            Reading::Unknown(gap) => return self.doubt_person(0, DoubtReason::Unread(Arc::clone(gap))),
            Reading::Pending => return self.doubt_person(0, DoubtReason::Pending),
        };
        if plan.stages.is_empty() {
            let person = self.person.arn.clone();
            return self.push(0, None, person, What::Silent(Silence::NoStage));
        }
        for (number, (minute, stage)) in (1..).zip(begins(plan)) {
            if minute > Bound::MINUTES {
                return self.cut(minute, Bound::Minutes);
            }
            if self.steps.len() >= Bound::STEPS {
                return self.cut(minute, Bound::Steps);
            }
            self.lay_stage(minute, number, stage);
        }
    }

    fn lay_stage(&mut self, minute: i64, number: usize, stage: &Stage) {
        let skipped = self.skipped(stage);
        self.names_removed_device |= skipped.is_some();
        let skipped = skipped.filter(|_| self.removed == RemovedDevice::SilencesStage);
        let person = &self.person.arn;
        if stage.targets.is_empty() {
            self.push(minute, Some(number), person.clone(), What::Silent(Silence::StageEmpty));
        }
        for target in &stage.targets {
            let (device, retry_minutes) = match target {
                Target::Channel { channel, retry_minutes } => (channel, retry_minutes.unwrap_or(0)),
                Target::Contact { contact, .. } => {
                    let what = What::Silent(Silence::TargetMisplaced);
                    self.push(minute, Some(number), contact.clone(), what);
                    continue;
                }
                Target::Empty => {
                    self.push(minute, Some(number), person.clone(), What::Silent(Silence::TargetEmpty));
                    continue;
                }
            };
            let what = self.on_device(device, skipped.as_ref());
            let is_silent = matches!(what, What::Silent(_));
            let tries = tries(stage, if is_silent { 0 } else { retry_minutes });
            for (attempt, after) in (1..).zip(tries) {
                if self.steps.len() >= Bound::STEPS {
                    return self.cut(minute + after, Bound::Steps);
                }
                let mut what = what.clone();
                if let What::Page(page) = &mut what {
                    page.attempt = attempt;
                }
                self.push(minute + after, Some(number), device.clone(), what);
            }
        }
    }

    /// Returns what happens when a stage pages a device; `skipped` is what becomes of its own devices otherwise.
    fn on_device(&self, device: &Arn, skipped: Option<&What>) -> What {
        let doubt = |why| What::Unknown(Doubt::new(&self.person.arn, why));
        let channels = match &self.person.channels {
            Reading::Known(channels) => channels,
            Reading::Unknown(gap) => return doubt(DoubtReason::Unread(Arc::clone(gap))),
            Reading::Pending => return doubt(DoubtReason::Pending),
        };
        match own(channels, device) {
            Some(channel) => match (on_own_device(channel), skipped) {
                (silent @ What::Silent(_), Some(What::Unknown(_))) => silent,
                (_, Some(skipped)) => skipped.clone(),
                (what, None) => what,
            },
            None => match self.elsewhere(device) {
                Elsewhere::Exists(owner) | Elsewhere::Unknown(owner, _) => {
                    What::Silent(Silence::DeviceOfSomebodyElse(owner))
                }
                Elsewhere::Removed => What::Silent(Silence::DeviceRemoved),
            },
        }
    }

    /// Returns what becomes of the devices of a stage when a removed device skips it; absent when it names none.
    fn skipped(&self, stage: &Stage) -> Option<What> {
        let channels = self.person.channels.known()?;
        let mut doubt = None;
        for target in &stage.targets {
            let device = match target {
                Target::Channel { channel, .. } => channel,
                Target::Contact { .. } | Target::Empty => continue,
            };
            if own(channels, device).is_some() {
                continue;
            }
            match self.elsewhere(device) {
                Elsewhere::Removed => return Some(What::Silent(Silence::StageSkipped)),
                Elsewhere::Exists(_) => {}
                Elsewhere::Unknown(owner, why) => doubt = Some(What::Unknown(Doubt::new(&owner, why))),
            }
        }
        doubt
    }

    /// Returns what is known of a device that is not one of the person's own.
    fn elsewhere(&self, device: &Arn) -> Elsewhere {
        if let Some((_, owner)) = self.graph.channel(self.inventory, device) {
            return Elsewhere::Exists(owner.arn.clone());
        }
        // The alias of the owner stands in the ARN: `…:contact-channel/<alias>/<id>`.
        let Some(owner) = owner_of(device).filter(|owner| !owner.is_same_resource(&self.person.arn)) else {
            return Elsewhere::Removed;
        };
        let contacts = &self.inventory.contacts;
        let listed = self.graph.resolve(&owner).and_then(|arn| contacts.items.get(arn));
        let why = match (
            listed.map(|contact| (&contact.kind, &contact.channels)),
            &contacts.state,
        ) {
            (Some((_, Reading::Unknown(gap))), _) | (None, SectionState::Partial(gap)) => {
                DoubtReason::Unread(Arc::clone(gap))
            }
            (Some((ContactKind::Person, Reading::Pending)), _)
            | (None, SectionState::Waiting | SectionState::Loading) => DoubtReason::Pending,
            (None, SectionState::Complete) if owner.account() != self.person.arn.account() => DoubtReason::NotShared,
            (Some((_, Reading::Known(_) | Reading::Pending)), _) | (None, SectionState::Complete) => {
                return Elsewhere::Removed;
            }
        };
        Elsewhere::Unknown(owner, why)
    }

    fn push(&mut self, minute: i64, stage: Option<usize>, subject: Arn, what: What) {
        self.steps.push(Step {
            minute,
            stage,
            subject,
            what,
        });
    }

    fn doubt_person(&mut self, minute: i64, why: DoubtReason) {
        let person = self.person.arn.clone();
        let what = What::Unknown(Doubt::new(&person, why));
        self.push(minute, None, person, what);
    }

    /// Ends the steps here: what would follow is unknown.
    fn cut(&mut self, minute: i64, bound: Bound) {
        self.bounds.insert(bound);
        self.doubt_person(minute, DoubtReason::Bounded(bound));
    }
}

/// What is known of a device that a stage names and that is not one of the person's own.
enum Elsewhere {
    /// It belongs to somebody else.
    Exists(Arn),
    /// It does not exist any more.
    Removed,
    /// It would belong to somebody else whose devices are not known.
    Unknown(Arn, DoubtReason),
}

fn owner_of(device: &Arn) -> Option<Arn> {
    let (alias, _) = device.name().split_once('/')?;
    let [partition, service] = [device.partition(), device.service()];
    let [region, account] = [device.region(), device.account()];
    Arn::parse(&format!("arn:{partition}:{service}:{region}:{account}:contact/{alias}")).ok()
}

/// Returns each stage with the minute at which it begins; a duration below zero passes no time.
pub(super) fn begins(plan: &Plan) -> impl Iterator<Item = (i64, &Stage)> {
    plan.stages.iter().scan(0_i64, |minute, stage| {
        let begins = *minute;
        *minute += i64::from(stage.duration_minutes.max(0));
        Some((begins, stage))
    })
}

/// Returns the minutes of a stage at which a device is tried: at once, and again at each interval while it lasts.
///
/// An absent interval and one of 0 both mean one try.
fn tries(stage: &Stage, retry_minutes: i32) -> impl Iterator<Item = i64> {
    let (duration, interval) = (i64::from(stage.duration_minutes), i64::from(retry_minutes));
    let next = move |tried: &i64| Some(tried + interval).filter(|next| interval > 0 && *next < duration);
    std::iter::successors(Some(0), next)
}

fn own<'a>(channels: &'a [Channel], device: &Arn) -> Option<&'a Channel> {
    // The same device has another ARN in another Region of the replication set.
    channels
        .iter()
        .find(|channel| channel.arn == *device || channel.arn.is_same_resource(device))
}

fn on_own_device(channel: &Channel) -> What {
    let audible = match &channel.kind {
        ChannelKind::Sms | ChannelKind::Voice => Audible::Yes,
        ChannelKind::Email => Audible::No,
        ChannelKind::Other(word) => Audible::Unknown(Doubt::new(&channel.arn, DoubtReason::DeviceWord(word.clone()))),
    };
    match &channel.status {
        ActivationStatus::Activated => What::Page(Page {
            kind: channel.kind.clone(),
            attempt: 1,
            audible,
        }),
        ActivationStatus::NotActivated => What::Silent(Silence::DeviceNotActivated),
        ActivationStatus::Other(word) => What::Unknown(Doubt {
            about: channel.arn.clone(),
            why: DoubtReason::StatusWord(word.clone()),
            may_be_audible: audible != Audible::No,
        }),
    }
}

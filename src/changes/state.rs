//! What a write rests on: just that part of the account which it touches, as a small value with a digest.
//!
//! The service has no versions. What the operator saw is compared with what is there by this value, and so is what a write
//! was to lead to. The order of stages, targets and members counts; the service gives engagements, and the rotations of a
//! schedule, in no promised order, and there it does not. Addresses are told apart by their fingerprints: two numbers can have
//! one mask, so an address without a fingerprint is a state that is not known.

use super::{Write, apply};
use crate::domain::{
    Timestamp,
    address::Address,
    contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan, Stage, Target},
    gap::Reading,
    ids::Arn,
    inventory::{Inventory, Section, SectionState},
    response::ResponsePlan,
    schedule::{HandOff, Override, Recurrence, Rotation},
    tags::{Tags, without_addresses},
    text::neutral,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

/// The part of the account that one write touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "of", rename_all = "snake_case")]
pub enum State {
    /// It was not read, or not all of it. Never the same as anything, not even as itself.
    Unknown,
    /// It is not there.
    Absent,
    /// A device.
    Device(Device),
    /// A contact as a whole.
    Contact {
        /// The name for people.
        display_name: Option<String>,
        /// What sort of contact.
        kind: ContactKind,
        /// Its plan.
        plan: Plan,
        /// Its devices, in the order of their ARNs.
        devices: Vec<Device>,
        /// Its tags.
        tags: Tags,
    },
    /// The stages of a person or of an escalation plan.
    Stages(Vec<Stage>),
    /// The rotations of a schedule.
    Rotations(BTreeSet<Arn>),
    /// A rotation.
    Rotation {
        /// Its members, in the order of their turns.
        members: Vec<Arn>,
        /// How turns repeat.
        recurrence: Recurrence,
    },
    /// The overrides of a rotation that a stretch of time touches.
    Overrides(BTreeSet<Exception>),
    /// Who a response plan engages.
    Engagements(BTreeSet<Arn>),
    /// Those tags that the write sets or takes off.
    Tags(Tags),
}

/// A device as a write finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The name that the operator gave it.
    pub name: String,
    /// Text, call or mail.
    pub kind: ChannelKind,
    /// Where it leads: mask and fingerprint.
    pub address: Address,
    /// Whether the service pages it; absent where that is left open, see [`outcome_of`].
    pub status: Option<ActivationStatus>,
}

/// An override without its id, which only the service can give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exception {
    /// When it begins.
    pub start_at: Timestamp,
    /// When it ends.
    pub end_at: Timestamp,
    /// Who is on call instead.
    pub contacts: BTreeSet<Arn>,
}

/// Returns what `write` rests on.
pub fn state_of(inventory: &Inventory, write: &Write) -> State {
    match write {
        Write::SendActivationCode { channel }
        | Write::ActivateContactChannel { channel }
        | Write::DeactivateContactChannel { channel }
        | Write::UpdateContactChannel { channel, .. }
        | Write::DeleteContactChannel { channel } => of_channel(inventory, channel),
        Write::CreateContactChannel {
            contact,
            name,
            kind,
            address,
        } => of_new_channel(inventory, contact, |channel| {
            channel.name == *name && channel.kind == *kind && channel.address.fingerprint() == address.fingerprint()
        }),
        Write::UpdateContact { contact, kind, .. } => of_plan(inventory, contact, kind),
        Write::CreateContact { contact, .. } | Write::DeleteContact { contact } => of_contact(inventory, contact),
        Write::TagResource { resource, tags } => {
            let keys: BTreeSet<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
            of_tags(inventory, resource, &keys)
        }
        Write::UntagResource { resource, keys } => {
            let keys: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
            of_tags(inventory, resource, &keys)
        }
        Write::UpdateRotation { rotation, .. } | Write::DeleteRotation { rotation } => of_rotation(inventory, rotation),
        Write::CreateRotationOverride {
            rotation,
            start_at,
            end_at,
            ..
        } => of_overrides(inventory, rotation, |known| {
            known.start_at < *end_at && *start_at < known.end_at
        }),
        Write::DeleteRotationOverride { rotation, id } => {
            let state = of_overrides(inventory, rotation, |known| known.id == *id);
            if state == State::Overrides(BTreeSet::new()) {
                State::Absent
            } else {
                state
            }
        }
        Write::UpdateResponsePlan { response_plan, .. } | Write::DeleteResponsePlan { response_plan } => {
            of_response_plan(inventory, response_plan)
        }
    }
}

/// Returns the state by which it is seen that `write` has worked.
///
/// It is what the write rests on, but for a device whose address is corrected: whether the service resets its status is
/// not published, so the status is left open.
pub fn outcome_of(inventory: &Inventory, write: &Write) -> State {
    let state = state_of(inventory, write);
    match (state, write) {
        (State::Device(device), Write::UpdateContactChannel { address: Some(_), .. }) => {
            State::Device(Device { status: None, ..device })
        }
        (state, _) => state,
    }
}

/// Returns whether the account is as `write` would make it; absent when it was not read.
///
/// Of a code that was sent nothing can be seen, so it is never known.
pub fn is_in_effect(inventory: &Inventory, write: &Write) -> Option<bool> {
    if matches!(write, Write::SendActivationCode { .. }) {
        return None;
    }
    let mut after = inventory.clone();
    apply::apply_one(&mut after, write, &apply::Previews::new());
    let is = outcome_of(inventory, write).digest()?;
    Some(is == outcome_of(&after, write).digest()?)
}

/// Returns the SHA-256 of a value's JSON, in lower-case hexadecimal digits.
pub(super) fn digest_of(value: &impl Serialize) -> Option<String> {
    let json = serde_json::to_vec(value).ok()?;
    Some(Sha256::digest(json).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").ok();
        hex
    }))
}

impl State {
    /// Returns the SHA-256 of the state, in lower-case hexadecimal digits; absent for a state that is not known.
    pub fn digest(&self) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Absent
            | Self::Device(_)
            | Self::Contact { .. }
            | Self::Stages(_)
            | Self::Rotations(_)
            | Self::Rotation { .. }
            | Self::Overrides(_)
            | Self::Engagements(_)
            | Self::Tags(_) => digest_of(self),
        }
    }

    /// Returns the state in words, a line for each thing that a person would compare. Names are neutralised.
    pub fn lines(&self, inventory: &Inventory) -> Vec<String> {
        match self {
            Self::Unknown => vec!["not read".to_owned()],
            Self::Absent => vec!["not there".to_owned()],
            Self::Device(device) => device.lines(),
            Self::Contact {
                display_name,
                kind,
                plan,
                devices,
                tags,
            } => {
                let mut lines = vec![format!("contact of type {}", neutral(kind.as_str()))];
                lines.extend(display_name.iter().map(|name| format!("called {}", neutral(name))));
                lines.extend(stage_lines(inventory, &plan.stages));
                lines.extend(plan.rotations.iter().map(|rotation| rotation_line(inventory, rotation)));
                lines.extend(
                    devices
                        .iter()
                        .map(|device| format!("device {}", device.lines().join(", "))),
                );
                lines.extend(tag_lines(tags));
                lines
            }
            Self::Stages(stages) if stages.is_empty() => vec!["no stages".to_owned()],
            Self::Stages(stages) => stage_lines(inventory, stages),
            Self::Rotations(rotations) if rotations.is_empty() => vec!["no rotations".to_owned()],
            Self::Rotations(rotations) => rotations.iter().map(|arn| rotation_line(inventory, arn)).collect(),
            Self::Rotation { members, recurrence } => {
                let names: Vec<String> = members.iter().map(name_of_contact).collect();
                vec![format!("turns: {}", listed(&names)), recurrence_line(recurrence)]
            }
            Self::Overrides(exceptions) if exceptions.is_empty() => vec!["no override".to_owned()],
            Self::Overrides(exceptions) => exceptions.iter().map(Exception::line).collect(),
            Self::Engagements(engaged) => {
                let names: Vec<String> = engaged.iter().map(name_of_contact).collect();
                vec![format!("engages {}", listed(&names))]
            }
            Self::Tags(tags) if tags.is_empty() => vec!["not tagged".to_owned()],
            Self::Tags(tags) => tag_lines(tags),
        }
    }
}

impl Device {
    fn of(channel: &Channel) -> Option<Self> {
        channel.address.fingerprint()?;
        Some(Self {
            name: channel.name.clone(),
            kind: channel.kind.clone(),
            address: channel.address.without_whole(),
            status: Some(channel.status.clone()),
        })
    }

    fn lines(&self) -> Vec<String> {
        let status = self
            .status
            .as_ref()
            .map_or("the service decides whether it stays active", |status| {
                match status.as_str() {
                    "" => "its status is not known",
                    word => word,
                }
            });
        vec![
            format!("{} {}", neutral(self.kind.as_str()), self.address.masked()),
            format!("named “{}”", neutral(&self.name)),
            neutral(status).into_owned(),
        ]
    }
}

impl Exception {
    fn of(known: &Override) -> Self {
        Self {
            start_at: known.start_at,
            end_at: known.end_at,
            contacts: known.contacts.iter().cloned().collect(),
        }
    }

    fn line(&self) -> String {
        let names: Vec<String> = self.contacts.iter().map(name_of_contact).collect();
        let minute = |at: Timestamp| at.format("%Y-%m-%d %H:%M");
        format!(
            "from {} to {} UTC: {}",
            minute(self.start_at),
            minute(self.end_at),
            listed(&names)
        )
    }
}

/// Why there is no row.
#[derive(Debug, Clone, Copy)]
enum NoRow {
    /// The list is complete without it.
    Absent,
    /// The list was not read to its end.
    Unknown,
}

impl From<NoRow> for State {
    fn from(no_row: NoRow) -> Self {
        match no_row {
            NoRow::Absent => Self::Absent,
            NoRow::Unknown => Self::Unknown,
        }
    }
}

fn row<'a, T>(section: &'a Section<T>, arn: &Arn) -> Result<&'a Arc<T>, NoRow> {
    section.items.get(arn).ok_or(match section.state {
        SectionState::Complete => NoRow::Absent,
        SectionState::Waiting | SectionState::Loading | SectionState::Partial(_) => NoRow::Unknown,
    })
}

fn of_channel(inventory: &Inventory, arn: &Arn) -> State {
    if let Some((channel, _)) = inventory.channel(arn) {
        return Device::of(channel).map_or(State::Unknown, State::Device);
    }
    let alias = owner_of(arn);
    let mut rows = inventory.contacts.items.values();
    let owner = rows.find(|contact| contact.alias == alias && contact.arn.account() == arn.account());
    match owner {
        Some(owner) if owner.channels.known().is_some() => State::Absent,
        None if inventory.contacts.state == SectionState::Complete => State::Absent,
        Some(_) | None => State::Unknown,
    }
}

fn of_new_channel(inventory: &Inventory, contact: &Arn, is_it: impl Fn(&Channel) -> bool) -> State {
    // Without its owner a device cannot be made: that is no state to go on from.
    let Ok(owner) = row(&inventory.contacts, contact) else {
        return State::Unknown;
    };
    match &owner.channels {
        Reading::Known(channels) if channels.iter().all(|channel| channel.address.fingerprint().is_some()) => {
            let found = channels.iter().find(|channel| is_it(channel));
            found.map_or(State::Absent, |channel| {
                Device::of(channel).map_or(State::Unknown, State::Device)
            })
        }
        Reading::Known(_) | Reading::Pending | Reading::Unknown(_) => State::Unknown,
    }
}

fn of_plan(inventory: &Inventory, contact: &Arn, kind: &ContactKind) -> State {
    match row(&inventory.contacts, contact) {
        Err(no_row) => no_row.into(),
        Ok(contact) => match &contact.plan {
            Reading::Known(plan) if *kind == ContactKind::Schedule => {
                State::Rotations(plan.rotations.iter().cloned().collect())
            }
            Reading::Known(plan) => State::Stages(plan.stages.clone()),
            Reading::Pending | Reading::Unknown(_) => State::Unknown,
        },
    }
}

fn of_contact(inventory: &Inventory, arn: &Arn) -> State {
    match row(&inventory.contacts, arn) {
        Err(no_row) => no_row.into(),
        Ok(contact) => whole(contact).unwrap_or(State::Unknown),
    }
}

fn whole(contact: &Contact) -> Option<State> {
    let mut devices = Vec::new();
    if contact.kind.may_have_channels() {
        let mut channels: Vec<&Channel> = contact.channels.known()?.iter().collect();
        channels.sort_by(|one, other| one.arn.cmp(&other.arn));
        devices = channels.into_iter().map(Device::of).collect::<Option<_>>()?;
    }
    Some(State::Contact {
        display_name: contact.display_name.clone(),
        kind: contact.kind.clone(),
        plan: contact.plan.known()?.clone(),
        devices,
        tags: masked(contact.tags.known()?),
    })
}

fn of_rotation(inventory: &Inventory, arn: &Arn) -> State {
    let known = |rotation: &Rotation| {
        Some(State::Rotation {
            members: rotation.members.known()?.clone(),
            recurrence: rotation.recurrence.clone()?,
        })
    };
    match row(&inventory.rotations, arn) {
        Err(no_row) => no_row.into(),
        Ok(rotation) => known(rotation).unwrap_or(State::Unknown),
    }
}

fn of_overrides(inventory: &Inventory, rotation: &Arn, is_meant: impl Fn(&Override) -> bool) -> State {
    // Without its rotation an override cannot be made: that is no state to go on from.
    let known = row(&inventory.rotations, rotation)
        .ok()
        .and_then(|row| row.overrides.known());
    known.map_or(State::Unknown, |overrides| {
        State::Overrides(
            overrides
                .iter()
                .filter(|known| is_meant(known))
                .map(Exception::of)
                .collect(),
        )
    })
}

fn of_response_plan(inventory: &Inventory, arn: &Arn) -> State {
    let known = |plan: &ResponsePlan| {
        Some(State::Engagements(
            plan.detail.known()?.engagements.iter().cloned().collect(),
        ))
    };
    match row(&inventory.response_plans, arn) {
        Err(no_row) => no_row.into(),
        Ok(plan) => known(plan).unwrap_or(State::Unknown),
    }
}

fn of_tags(inventory: &Inventory, arn: &Arn, keys: &BTreeSet<&str>) -> State {
    let contact = inventory.contacts.items.get(arn).map(|row| &row.tags);
    let rotation = inventory.rotations.items.get(arn).map(|row| &row.tags);
    let response_plan = inventory.response_plans.items.get(arn).map(|row| &row.tags);
    let tags = contact.or(rotation).or(response_plan).and_then(Reading::known);
    tags.map_or(State::Unknown, |tags| {
        let mut tags = masked(tags);
        tags.retain(|key, _| keys.contains(key.as_str()));
        State::Tags(tags)
    })
}

/// Returns tags as they are read: a value that was set in memory alone may still hold an address.
fn masked(tags: &Tags) -> Tags {
    let tags = tags.iter();
    tags.map(|(key, value)| (key.clone(), without_addresses(value)))
        .collect()
}

/// Returns the alias of the person to whom a device belongs, which is in its ARN.
pub(super) fn owner_of(channel: &Arn) -> &str {
    channel
        .name()
        .split_once('/')
        .map_or(channel.name(), |(alias, _)| alias)
}

fn name_of_contact(arn: &Arn) -> String {
    neutral(arn.name()).into_owned()
}

/// Returns how a device is called in a sentence, without its address where it was not read.
pub(super) fn name_of_device(inventory: &Inventory, arn: &Arn) -> String {
    let alias = neutral(owner_of(arn)).into_owned();
    match inventory.channel(arn) {
        Some((channel, _)) => format!("“{}” ({}) of {alias}", neutral(&channel.name), channel.address.masked()),
        None => format!("{} of {alias}, which was not found", neutral(arn.name())),
    }
}

/// Returns the name of a rotation, neutralised; of anything else, what its ARN calls it.
pub fn name_of_rotation(inventory: &Inventory, arn: &Arn) -> String {
    let rotation = inventory.rotations.items.get(arn);
    neutral(rotation.map_or(arn.name(), |rotation| &rotation.name)).into_owned()
}

fn rotation_line(inventory: &Inventory, arn: &Arn) -> String {
    format!("rotation {}", name_of_rotation(inventory, arn))
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "nobody".to_owned()
    } else {
        names.join(", ")
    }
}

fn stage_lines(inventory: &Inventory, stages: &[Stage]) -> Vec<String> {
    let told = stages.iter().zip(1_usize..).map(|(stage, number)| {
        let targets: Vec<String> = stage
            .targets
            .iter()
            .map(|target| target_words(inventory, target))
            .collect();
        format!("stage {number}, {} min: {}", stage.duration_minutes, listed(&targets))
    });
    told.collect()
}

fn target_words(inventory: &Inventory, target: &Target) -> String {
    match target {
        Target::Channel { channel, retry_minutes } => {
            let name = name_of_device(inventory, channel);
            retry_minutes.map_or(name.clone(), |minutes| format!("{name} again every {minutes} min"))
        }
        Target::Contact { contact, is_essential } => {
            let name = name_of_contact(contact);
            if *is_essential {
                format!("{name} (essential)")
            } else {
                name
            }
        }
        Target::Empty => "an empty target".to_owned(),
    }
}

fn tag_lines(tags: &Tags) -> Vec<String> {
    let tags = tags.iter();
    tags.map(|(key, value)| format!("tag {}={}", neutral(key), neutral(value)))
        .collect()
}

fn recurrence_line(recurrence: &Recurrence) -> String {
    let clock = |time: &HandOff| format!("{:02}:{:02}", time.hour, time.minute);
    let mut times: Vec<String> = recurrence.daily.iter().map(clock).collect();
    times.extend(
        recurrence
            .weekly
            .iter()
            .map(|(day, time)| format!("{} {}", neutral(day), clock(time))),
    );
    times.extend(
        recurrence
            .monthly
            .iter()
            .map(|(day, time)| format!("day {day} {}", clock(time))),
    );
    let hours = if recurrence.coverages.is_empty() {
        "all hours"
    } else {
        "some hours"
    };
    format!(
        "{} on call at once, every {} hand-over at {}, {hours}",
        recurrence.number_of_on_calls,
        recurrence.multiplier,
        listed(&times)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        inventory::Part,
        operation::Operation,
        sample,
        world::{World, contact_arn, device_arn, response_arn, rotation_arn},
    };

    fn with_phone(number: &str) -> Inventory {
        let device = format!("phone={number}");
        let mut inventory = World::new()
            .person("akua", &[&device], &[("phone", 5)])
            .complete()
            .inventory;
        inventory.add_fingerprints(&sample::key());
        inventory
    }

    fn deactivation() -> Write {
        Write::DeactivateContactChannel {
            channel: device_arn("akua", "phone"),
        }
    }

    #[test]
    fn two_numbers_with_one_mask_are_two_states() {
        let of = |number: &str| state_of(&with_phone(number), &deactivation());
        let (one, other) = (of("+447700900123"), of("+447700901123"));
        let lines = |state: &State| state.lines(&with_phone("+447700900123"));
        assert_eq!(lines(&one), lines(&other));
        assert_ne!(one.digest(), other.digest());
        assert_eq!(one.digest(), of("+447700900123").digest());
    }

    #[test]
    fn no_override_is_another_thing_than_overrides_that_were_not_read() {
        let write = Write::DeleteRotationOverride {
            rotation: rotation_arn("weekly"),
            id: "1".to_owned(),
        };
        let rotation = || World::new().rotation("weekly", &["akua"]);
        let with = |overrides: Reading<Vec<Override>>| {
            let world = rotation().part(Part::Overrides(rotation_arn("weekly"), overrides));
            let state = state_of(&world.inventory, &write);
            (state, is_in_effect(&world.inventory, &write))
        };
        assert_eq!(with(Reading::Known(Vec::new())), (State::Absent, Some(true)));
        assert_eq!(with(Reading::Pending), (State::Unknown, None));
        let denied = rotation().denied(Operation::ListRotationOverrides, "weekly").complete();
        assert_eq!(state_of(&denied.inventory, &write), State::Unknown);
    }

    #[test]
    fn a_state_that_was_not_read_agrees_with_nothing() {
        let plan = Write::UpdateContact {
            contact: contact_arn("akua"),
            kind: ContactKind::Person,
            plan: Plan::default(),
        };
        let without_key = World::new().person("akua", &["phone"], &[]).complete();
        let unread = World::new().contact("akua", ContactKind::Person).complete();
        let denied = World::new()
            .person("akua", &[], &[])
            .denied(Operation::ListContactChannels, "akua")
            .complete();
        let unlisted = World::new();
        for (world, write) in [
            (&without_key, deactivation()),
            (&unread, plan.clone()),
            (&denied, deactivation()),
            (&unlisted, deactivation()),
            (&unlisted, plan),
        ] {
            assert_eq!(state_of(&world.inventory, &write), State::Unknown, "{write:?}");
            assert_eq!(State::Unknown.digest(), None);
            assert_eq!(is_in_effect(&world.inventory, &write), None, "{write:?}");
        }
        let gone = World::new().complete();
        assert_eq!(state_of(&gone.inventory, &deactivation()), State::Absent);
    }

    #[test]
    fn the_order_of_engagements_does_not_count_and_that_of_stages_and_targets_does() {
        let response = |engaged: &[&str]| {
            let world = World::new().response("outage", engaged);
            let write = Write::DeleteResponsePlan {
                response_plan: response_arn("outage"),
            };
            state_of(&world.inventory, &write).digest()
        };
        assert_eq!(response(&["a", "b"]), response(&["b", "a"]));
        assert_ne!(response(&["a", "b"]), response(&["a"]));
        let plan = |stages: &[(i32, &[&str])]| {
            let world = World::new().plan("database", stages);
            let write = Write::UpdateContact {
                contact: contact_arn("database"),
                kind: ContactKind::EscalationPlan,
                plan: Plan::default(),
            };
            state_of(&world.inventory, &write).digest()
        };
        assert_ne!(plan(&[(5, &["a", "b"])]), plan(&[(5, &["b", "a"])]));
        assert_ne!(plan(&[(5, &["a"]), (5, &["b"])]), plan(&[(5, &["b"]), (5, &["a"])]));
        assert_ne!(plan(&[(5, &["a"])]), plan(&[(5, &["!a"])]));
    }

    #[test]
    fn only_the_tags_that_a_write_touches_count() {
        let write = Write::TagResource {
            resource: contact_arn("akua"),
            tags: vec![("team".to_owned(), "b".to_owned())],
        };
        let of = |tags: &[(&str, &str)]| {
            let world = World::new().person("akua", &[], &[]).tagged("akua", tags);
            (
                state_of(&world.inventory, &write).digest(),
                is_in_effect(&world.inventory, &write),
            )
        };
        assert_eq!(of(&[("team", "a")]), of(&[("team", "a"), ("other", "x")]));
        assert_ne!(of(&[("team", "a")]).0, of(&[]).0);
        assert_eq!(
            (of(&[("team", "a")]).1, of(&[("team", "b")]).1),
            (Some(false), Some(true))
        );
    }
}

//! What is kept of somebody who is taken out, so that they can be put back: a value, and its form in a file.
//!
//! Of an address only the mask and the fingerprint are kept. The file is readable by its owner only all the same: it says who
//! is paged for what.

use super::{Removal, Turns, build, names};
use crate::domain::{
    Timestamp,
    contact::{Channel, Contact, Plan, Target},
    ids::Arn,
    inventory::Inventory,
    tags::{Tags, without_addresses},
    text::{excerpt, explanation},
};
use serde::{Deserialize, Serialize};

/// The form of the file: its number changes when a field goes away or changes its meaning.
pub const SCHEMA: &str = "callsheet.definition/1";

/// Somebody as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The form: [`SCHEMA`].
    pub schema: String,
    /// When the account was read.
    pub read_at: Option<Timestamp>,
    /// The contact, with the alias in it.
    pub contact: Arn,
    /// The name for people.
    pub display_name: Option<String>,
    /// Their own plan.
    pub plan: Plan,
    /// Their devices, each address as mask and fingerprint.
    pub channels: Vec<Channel>,
    /// Their tags, addresses in them masked.
    pub tags: Tags,
    /// Where they were named.
    pub places: Vec<Place>,
}

/// A place in which somebody was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum Place {
    /// A target of a stage.
    Stage {
        /// The plan.
        plan: Arn,
        /// The stage's place, from 0.
        stage: usize,
        /// Their place in it, from 0.
        target: usize,
        /// How long the stage lasted.
        duration_minutes: i32,
        /// Whether an acknowledgement by them stopped the plan.
        is_essential: bool,
        /// The other targets of the stage.
        others: Vec<Arn>,
        /// Who came in for them.
        replaced_by: Option<Arn>,
    },
    /// A member of a rotation.
    Member {
        /// The rotation.
        rotation: Arn,
        /// Their place in the order, from 0.
        turn: usize,
        /// Who came in for them.
        replaced_by: Option<Arn>,
    },
    /// On call by an override.
    Override {
        /// The rotation.
        rotation: Arn,
        /// When it begins.
        start_at: Timestamp,
        /// When it ends.
        end_at: Timestamp,
        /// Everybody whom it put on call.
        contacts: Vec<Arn>,
    },
    /// Engaged by a response plan.
    Engagement {
        /// The response plan.
        response_plan: Arn,
        /// Who came in for them.
        replaced_by: Option<Arn>,
    },
}

/// A file that is no definition.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON of this form.
    #[error("it is not what callsheet writes about somebody who is taken out: {0}")]
    NotJson(String),
    /// It has another form.
    #[error("its form is “{0}”, and this version reads {SCHEMA}")]
    OtherSchema(String),
}

impl Definition {
    /// Returns somebody as they are before a removal; absent where their plan, devices or tags were not read.
    pub fn of(inventory: &Inventory, removal: &Removal, person: &Arn, now: Timestamp) -> Option<Self> {
        let contact = inventory.contacts.items.get(person)?;
        let channels = contact.channels.known()?.iter().map(|channel| Channel {
            address: channel.address.without_whole(),
            ..channel.clone()
        });
        let tags = contact.tags.known()?.iter();
        Some(Self {
            schema: SCHEMA.to_owned(),
            read_at: inventory.ended_at,
            contact: contact.arn.clone(),
            display_name: contact.display_name.clone(),
            plan: contact.plan.known()?.clone(),
            channels: channels.collect(),
            tags: tags
                .map(|(key, value)| (key.clone(), without_addresses(value)))
                .collect(),
            places: places(inventory, removal, person, now),
        })
    }

    /// Returns the file's text.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// Reads a file's text.
    pub fn from_json(text: &[u8]) -> Result<Self, Unreadable> {
        let no_json = |error: serde_json::Error| Unreadable::NotJson(explanation(&error.to_string()));
        let definition: Self = serde_json::from_slice(text).map_err(no_json)?;
        if definition.schema == SCHEMA {
            Ok(definition)
        } else {
            Err(Unreadable::OtherSchema(excerpt(&definition.schema)))
        }
    }
}

fn places(inventory: &Inventory, removal: &Removal, person: &Arn, now: Timestamp) -> Vec<Place> {
    let mut places = Vec::new();
    for owner in inventory.contacts.items.values() {
        places.extend(in_plan(owner, removal, person));
    }
    for rotation in inventory.rotations.items.values() {
        let members = rotation.members.known().map_or(&[][..], Vec::as_slice);
        if let Some(turn) = members.iter().position(|member| member.is_same_resource(person)) {
            let is_replaced = build::members_after(rotation, removal).is_some_and(|(turns, _)| turns == Turns::Replace);
            places.push(Place::Member {
                rotation: rotation.arn.clone(),
                turn,
                replaced_by: removal
                    .replacement
                    .clone()
                    .filter(|one| is_replaced && !names(members, one)),
            });
        }
        let overrides = rotation.overrides.known().into_iter().flatten();
        let theirs = overrides.filter(|known| known.end_at > now && names(&known.contacts, person));
        places.extend(theirs.map(|known| Place::Override {
            rotation: rotation.arn.clone(),
            start_at: known.start_at,
            end_at: known.end_at,
            contacts: known.contacts.clone(),
        }));
    }
    for plan in inventory.response_plans.items.values() {
        let engaged = plan.detail.known().map_or(&[][..], |detail| &detail.engagements);
        if names(engaged, person) {
            places.push(Place::Engagement {
                response_plan: plan.arn.clone(),
                replaced_by: removal.replacement.clone().filter(|one| !names(engaged, one)),
            });
        }
    }
    places
}

fn in_plan(owner: &Contact, removal: &Removal, person: &Arn) -> Vec<Place> {
    let mut places = Vec::new();
    let stages = owner.plan.known().map_or(&[][..], |plan| &plan.stages);
    for (index, stage) in stages.iter().enumerate() {
        for (place, target) in stage.targets.iter().enumerate() {
            let Target::Contact { contact, is_essential } = target else {
                continue;
            };
            if !contact.is_same_resource(person) {
                continue;
            }
            let others: Vec<Arn> = stage
                .targets
                .iter()
                .filter_map(Target::arn)
                .filter(|other| !other.is_same_resource(person))
                .cloned()
                .collect();
            places.push(Place::Stage {
                plan: owner.arn.clone(),
                stage: index,
                target: place,
                duration_minutes: stage.duration_minutes,
                is_essential: *is_essential,
                replaced_by: removal.replacement.clone().filter(|one| !names(&others, one)),
                others,
            });
        }
    }
    places
}

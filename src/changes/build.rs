//! Small changesets, made from what the operator asks for: a device, an address, a plan.
//!
//! A builder only says which writes it takes. What they change is worked out, previewed and consented to as for any other
//! changeset. A plan is changed only where all of it was read, and everything else in it stays as it is.

use super::{
    Write,
    changeset::Draft,
    state::{name_of_device, owner_of},
};
use crate::domain::{
    address::Address,
    contact::{ActivationStatus, Channel, Contact, Plan, Stage, Target},
    ids::Arn,
    inventory::{Inventory, SectionState},
    response::ResponsePlan,
    schedule::Rotation,
    tags::Tags,
    text::neutral,
};
use std::sync::Arc;

/// Why there is nothing to draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoDraft {
    /// It is not there.
    #[error("{0} was not found")]
    NotFound(String),
    /// It is as it should be.
    #[error("{0}")]
    AlreadySo(String),
    /// It, or what decides about it, was not read.
    #[error("{0} was not read")]
    NotRead(String),
}

/// Where in a person's plan a device is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Beside the devices of the stage at this place, from 0.
    Stage(usize),
    /// In a stage of its own after the others, which lasts this long.
    NewStage {
        /// Minutes, 0 to 30.
        duration_minutes: i32,
    },
}

/// Sends a code to a device and activates it with what the person reads out.
///
/// A device that is active already needs only to be confirmed: nothing has to be sent to it.
pub fn activate(inventory: &Inventory, channel: &Arn) -> Result<Draft, NoDraft> {
    let (device, owner) = device(inventory, channel)?;
    if device.status == ActivationStatus::Activated {
        return Err(NoDraft::AlreadySo(format!(
            "{} is active already",
            name_of_device(inventory, channel)
        )));
    }
    Ok(Draft {
        title: format!("Activate {}", name_of_device(inventory, channel)),
        subjects: vec![owner.arn.clone(), channel.clone()],
        writes: vec![
            Write::SendActivationCode {
                channel: channel.clone(),
            },
            Write::ActivateContactChannel {
                channel: channel.clone(),
            },
        ],
    })
}

/// Makes a device one that is not paged.
pub fn deactivate(inventory: &Inventory, channel: &Arn) -> Result<Draft, NoDraft> {
    let (device, owner) = device(inventory, channel)?;
    if device.status == ActivationStatus::NotActivated {
        return Err(NoDraft::AlreadySo(format!(
            "{} is not active",
            name_of_device(inventory, channel)
        )));
    }
    Ok(Draft {
        title: format!("Deactivate {}", name_of_device(inventory, channel)),
        subjects: vec![owner.arn.clone(), channel.clone()],
        writes: vec![Write::DeactivateContactChannel {
            channel: channel.clone(),
        }],
    })
}

/// Gives a device another name.
pub fn rename(inventory: &Inventory, channel: &Arn, name: &str) -> Result<Draft, NoDraft> {
    let (device, owner) = device(inventory, channel)?;
    if device.name == name {
        return Err(NoDraft::AlreadySo(format!(
            "{} has that name",
            name_of_device(inventory, channel)
        )));
    }
    Ok(Draft {
        title: format!("Rename {} to “{}”", name_of_device(inventory, channel), neutral(name)),
        subjects: vec![owner.arn.clone(), channel.clone()],
        writes: vec![Write::UpdateContactChannel {
            channel: channel.clone(),
            name: Some(name.to_owned()),
            address: None,
        }],
    })
}

/// Gives a device its right address, which has to have its fingerprint. The device is not confirmed after that,
/// whatever the service says: it is activated by a changeset of its own.
pub fn correct_address(inventory: &Inventory, channel: &Arn, address: Address) -> Result<Draft, NoDraft> {
    let (device, owner) = device(inventory, channel)?;
    if address.fingerprint().is_some() && device.address.fingerprint() == address.fingerprint() {
        return Err(NoDraft::AlreadySo(format!(
            "{} has that address",
            name_of_device(inventory, channel)
        )));
    }
    Ok(Draft {
        title: format!("Correct the address of {}", name_of_device(inventory, channel)),
        subjects: vec![owner.arn.clone(), channel.clone()],
        writes: vec![Write::UpdateContactChannel {
            channel: channel.clone(),
            name: None,
            address: Some(address),
        }],
    })
}

/// Takes out of a plan whatever is not there any more. A stage that nobody is left in goes with it.
pub fn drop_dangling(inventory: &Inventory, contact: &Arn) -> Result<Draft, NoDraft> {
    let (owner, plan) = plan_of(inventory, contact)?;
    let mut changed = plan.clone();
    for stage in &mut changed.stages {
        let mut kept = Vec::new();
        for target in std::mem::take(&mut stage.targets) {
            if is_there(inventory, owner, &target)? {
                kept.push(target);
            }
        }
        stage.targets = kept;
    }
    changed.stages = changed
        .stages
        .into_iter()
        .zip(&plan.stages)
        .filter(|(after, before)| !after.targets.is_empty() || before.targets.is_empty())
        .map(|(after, _)| after)
        .collect();
    if !plan.rotations.is_empty() && inventory.rotations.state != SectionState::Complete {
        return Err(NoDraft::NotRead("the list of rotations".to_owned()));
    }
    changed.rotations.retain(|rotation| {
        inventory
            .rotations
            .items
            .keys()
            .any(|known| known.is_same_resource(rotation))
    });
    let alias = neutral(&owner.alias).into_owned();
    if changed == *plan {
        return Err(NoDraft::AlreadySo(format!(
            "everything in the plan of {alias} is there"
        )));
    }
    let title = format!("Take out of the plan of {alias} what is not there any more");
    Ok(change_of_plan(owner, changed, title, vec![contact.clone()]))
}

/// Puts a device that its person's plan does not use into that plan.
pub fn add_device(inventory: &Inventory, channel: &Arn, placement: Placement) -> Result<Draft, NoDraft> {
    let (_, owner) = device(inventory, channel)?;
    let (_, plan) = plan_of(inventory, &owner.arn)?;
    let name = name_of_device(inventory, channel);
    if plan.targets().any(|target| target.arn() == Some(channel)) {
        return Err(NoDraft::AlreadySo(format!("{name} is in the plan")));
    }
    let target = Target::Channel {
        channel: channel.clone(),
        retry_minutes: None,
    };
    let mut changed = plan.clone();
    match placement {
        Placement::NewStage { duration_minutes } => changed.stages.push(Stage {
            duration_minutes,
            targets: vec![target],
        }),
        Placement::Stage(place) => match changed.stages.get_mut(place) {
            Some(stage) => stage.targets.push(target),
            None => return Err(NoDraft::NotFound(format!("stage {}", place + 1))),
        },
    }
    let title = format!("Put {name} into the plan");
    Ok(change_of_plan(
        owner,
        changed,
        title,
        vec![owner.arn.clone(), channel.clone()],
    ))
}

/// Sets whether an acknowledgement by a target stops an escalation plan. The stage is named by its place, from 0.
pub fn set_essential(
    inventory: &Inventory,
    contact: &Arn,
    place: usize,
    wanted: &Arn,
    essential: bool,
) -> Result<Draft, NoDraft> {
    let (owner, plan) = plan_of(inventory, contact)?;
    let mut changed = plan.clone();
    let stage = changed.stages.get_mut(place);
    let target = stage.and_then(|stage| stage.targets.iter_mut().find(|target| target.arn() == Some(wanted)));
    match target {
        Some(Target::Contact { is_essential, .. }) => *is_essential = essential,
        Some(Target::Channel { .. } | Target::Empty) | None => {
            return Err(NoDraft::NotFound(format!(
                "{} in stage {} of the plan of {}",
                neutral(wanted.name()),
                place + 1,
                neutral(&owner.alias)
            )));
        }
    }
    let word = if essential { "essential" } else { "not essential" };
    if changed == *plan {
        return Err(NoDraft::AlreadySo(format!("{} is {word}", neutral(wanted.name()))));
    }
    let title = format!(
        "Make {} {word} in the plan of {}",
        neutral(wanted.name()),
        neutral(&owner.alias)
    );
    Ok(change_of_plan(owner, changed, title, vec![contact.clone()]))
}

fn change_of_plan(owner: &Contact, plan: Plan, title: String, subjects: Vec<Arn>) -> Draft {
    Draft {
        title,
        subjects,
        writes: vec![Write::UpdateContact {
            contact: owner.arn.clone(),
            kind: owner.kind.clone(),
            plan,
        }],
    }
}

fn device<'a>(inventory: &'a Inventory, channel: &Arn) -> Result<(&'a Channel, &'a Arc<Contact>), NoDraft> {
    if let Some(found) = inventory.channel(channel) {
        return Ok(found);
    }
    let alias = owner_of(channel);
    let mut rows = inventory.contacts.items.values();
    let owner = rows.find(|contact| contact.alias == alias && contact.arn.account() == channel.account());
    let is_read = match owner {
        Some(owner) => owner.channels.known().is_some(),
        None => inventory.contacts.state == SectionState::Complete,
    };
    let name = format!("the device {}", neutral(channel.name()));
    Err(if is_read {
        NoDraft::NotFound(name)
    } else {
        NoDraft::NotRead(name)
    })
}

fn plan_of<'a>(inventory: &'a Inventory, contact: &Arn) -> Result<(&'a Arc<Contact>, &'a Plan), NoDraft> {
    let alias = neutral(contact.name()).into_owned();
    let owner = inventory
        .contacts
        .items
        .get(contact)
        .ok_or_else(|| NoDraft::NotFound(format!("the contact {alias}")))?;
    let plan = owner
        .plan
        .known()
        .ok_or_else(|| NoDraft::NotRead(format!("the plan of {alias}")))?;
    Ok((owner, plan))
}

/// Returns whether what a stage names is there: a device of the person, or a contact.
fn is_there(inventory: &Inventory, owner: &Contact, target: &Target) -> Result<bool, NoDraft> {
    match target {
        Target::Channel { channel, .. } => match owner.channels.known() {
            Some(channels) => Ok(channels.iter().any(|known| known.arn == *channel)),
            None => Err(NoDraft::NotRead(format!("the devices of {}", neutral(&owner.alias)))),
        },
        Target::Contact { contact, .. } => {
            // A response plan or a stage may name a contact by the ARN of another Region.
            let found = inventory.contacts.items.contains_key(contact)
                || inventory
                    .contacts
                    .items
                    .keys()
                    .any(|known| known.is_same_resource(contact));
            if found || inventory.contacts.state == SectionState::Complete {
                Ok(found)
            } else {
                Err(NoDraft::NotRead("the list of contacts".to_owned()))
            }
        }
        Target::Empty => Ok(false),
    }
}

/// Something that stops a changeset until it is answered, or for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// What it is about, in a few words.
    pub what: String,
    /// Why it stops, in one sentence without a full stop.
    pub why: String,
    /// What would let it go on.
    pub would_let_go_on: String,
    /// Whether an answer in words is enough.
    pub is_answerable: bool,
}

/// Returns what stops a changeset about these contacts, devices, rotations or response plans.
///
/// `is_by_code` says whether a name is one of those that the configuration counts as managed by code.
pub fn guards(inventory: &Inventory, subjects: &[Arn], is_by_code: impl Fn(&str) -> bool) -> Vec<Guard> {
    let mut guards: Vec<Guard> = Vec::new();
    for subject in subjects {
        let found = [
            shared_in(inventory, subject),
            managed_by_code(inventory, subject, &is_by_code),
        ];
        for guard in found.into_iter().flatten() {
            // A device and its person are stopped by the same thing.
            if !guards.contains(&guard) {
                guards.push(guard);
            }
        }
    }
    guards
}

fn shared_in(inventory: &Inventory, subject: &Arn) -> Option<Guard> {
    let name = neutral(row_of(inventory, subject).map_or_else(|| owner_of(subject), Row::name)).into_owned();
    if inventory.account().is_none() {
        return Some(Guard {
            what: name,
            why: "it is not known which account this is, so it may belong to another one".to_owned(),
            would_let_go_on: "allow sts:GetCallerIdentity, and read the account again".to_owned(),
            is_answerable: false,
        });
    }
    inventory.is_shared_in(subject).then(|| Guard {
        what: name,
        why: format!(
            "it belongs to account {} and is only shared with this one",
            neutral(subject.account())
        ),
        would_let_go_on: "ask that account to change it".to_owned(),
        is_answerable: false,
    })
}

/// The beginnings of tag keys that tools for infrastructure as code set, and what people set who use them.
const MARKS_OF_CODE: [&str; 7] = [
    "aws:cloudformation:",
    "cloudformation",
    "terraform",
    "pulumi",
    "managed-by",
    "managed_by",
    "managedby",
];

/// Returns whether a name is one that these patterns of the settings count as managed by code.
pub fn is_named_by_code(patterns: &[String], name: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| wildmatch::WildMatch::new(pattern).matches(name))
}

fn managed_by_code(inventory: &Inventory, subject: &Arn, is_by_code: &impl Fn(&str) -> bool) -> Option<Guard> {
    let row = row_of(inventory, subject)?;
    let name = neutral(row.name()).into_owned();
    let go_on = "change it in the code as well, or say why it may differ from the code";
    let guard = |why: String, would_let_go_on: &str| Guard {
        what: name.clone(),
        why,
        would_let_go_on: would_let_go_on.to_owned(),
        is_answerable: true,
    };
    if is_by_code(row.name()) {
        return Some(guard(
            "the configuration counts it as managed by code, which would change it back".to_owned(),
            go_on,
        ));
    }
    let Some(tags) = row.tags() else {
        return Some(guard(
            "its tags were not read, so it may be managed by code, which would change it back".to_owned(),
            "read its tags, or say how you know who manages it",
        ));
    };
    let mark = tags.keys().find(|key| {
        let key = key.to_lowercase();
        MARKS_OF_CODE.iter().any(|mark| key.starts_with(mark))
    })?;
    Some(guard(
        format!(
            "its tag {} says that code manages it, which would change it back",
            neutral(mark)
        ),
        go_on,
    ))
}

/// What a guard looks at: the row that a subject is, or the person whose device it is.
#[derive(Debug, Clone, Copy)]
enum Row<'a> {
    Contact(&'a Contact),
    Rotation(&'a Rotation),
    ResponsePlan(&'a ResponsePlan),
}

impl<'a> Row<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Contact(row) => &row.alias,
            Self::Rotation(row) => &row.name,
            Self::ResponsePlan(row) => &row.name,
        }
    }

    fn tags(self) -> Option<&'a Tags> {
        match self {
            Self::Contact(row) => row.tags.known(),
            Self::Rotation(row) => row.tags.known(),
            Self::ResponsePlan(row) => row.tags.known(),
        }
    }
}

fn row_of<'a>(inventory: &'a Inventory, subject: &Arn) -> Option<Row<'a>> {
    let contact = inventory.contacts.items.get(subject);
    let owner = || inventory.channel(subject).map(|(_, owner)| owner);
    contact
        .or_else(owner)
        .map(|row| Row::Contact(row))
        .or_else(|| inventory.rotations.items.get(subject).map(|row| Row::Rotation(row)))
        .or_else(|| {
            inventory
                .response_plans
                .items
                .get(subject)
                .map(|row| Row::ResponsePlan(row))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::world::{ACCOUNT, World, contact_arn, device_arn, rotation_arn};

    fn plan_of_draft(draft: Result<Draft, NoDraft>) -> Vec<(i32, Vec<String>)> {
        let draft = draft.unwrap();
        let [Write::UpdateContact { plan, .. }] = draft.writes.as_slice() else {
            panic!("it changes one plan: {draft:?}");
        };
        let stages = plan.stages.iter().map(|stage| {
            let targets = stage.targets.iter().filter_map(Target::arn);
            (
                stage.duration_minutes,
                targets.map(|arn| arn.name().to_owned()).collect(),
            )
        });
        stages.collect()
    }

    fn world() -> World {
        World::new()
            .person("akua", &["-phone", "mail"], &[("phone+gone", 5), ("lost", 3)])
            .plan(
                "database",
                &[(5, &["akua", "nobody"]), (10, &["nobody"]), (0, &["!akua"])],
            )
            .complete()
    }

    #[test]
    fn dangling_targets_go_and_a_stage_without_targets_goes_with_them() {
        let inventory = world().inventory;
        let of = |alias: &str| plan_of_draft(drop_dangling(&inventory, &contact_arn(alias)));
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(of("akua"), [(5, names(&["akua/phone"]))]);
        assert_eq!(of("database"), [(5, names(&["akua"])), (0, names(&["akua"]))]);
    }

    #[test]
    fn nothing_is_dropped_that_may_only_not_have_been_read() {
        let unread = World::new().plan("database", &[(5, &["nobody"])]);
        let refused = drop_dangling(&unread.inventory, &contact_arn("database"));
        assert_eq!(refused, Err(NoDraft::NotRead("the list of contacts".to_owned())));
        let rotations = World::new().schedule("nights", &["r1"]);
        let refused = drop_dangling(&rotations.inventory, &contact_arn("nights"));
        assert_eq!(refused, Err(NoDraft::NotRead("the list of rotations".to_owned())));
        let complete = World::new()
            .schedule("nights", &["r1", "gone"])
            .rotation("r1", &[])
            .complete();
        let draft = drop_dangling(&complete.inventory, &contact_arn("nights")).unwrap();
        assert!(
            matches!(&draft.writes[..], [Write::UpdateContact { plan, .. }] if plan.rotations == [rotation_arn("r1")])
        );
    }

    #[test]
    fn a_device_goes_into_the_plan_once() {
        let inventory = world().inventory;
        let mail = device_arn("akua", "mail");
        let beside = plan_of_draft(add_device(&inventory, &mail, Placement::Stage(1)));
        assert_eq!(beside[1].1, ["akua/lost", "akua/mail"]);
        let last = plan_of_draft(add_device(
            &inventory,
            &mail,
            Placement::NewStage { duration_minutes: 4 },
        ));
        assert_eq!(last[2], (4, vec!["akua/mail".to_owned()]));
        assert!(matches!(
            add_device(&inventory, &mail, Placement::Stage(9)),
            Err(NoDraft::NotFound(_))
        ));
        let phone = device_arn("akua", "phone");
        assert!(matches!(
            add_device(&inventory, &phone, Placement::Stage(0)),
            Err(NoDraft::AlreadySo(_))
        ));
    }

    #[test]
    fn a_target_is_made_essential_in_its_stage_only() {
        let inventory = world().inventory;
        let (plan, akua) = (contact_arn("database"), contact_arn("akua"));
        let draft = set_essential(&inventory, &plan, 0, &akua, true).unwrap();
        let [Write::UpdateContact { plan: changed, .. }] = draft.writes.as_slice() else {
            panic!("it changes one plan");
        };
        let essential: Vec<bool> = changed
            .targets()
            .map(|target| matches!(target, Target::Contact { is_essential: true, .. }))
            .collect();
        assert_eq!(essential, [true, false, false, true]);
        assert!(matches!(
            set_essential(&inventory, &plan, 2, &akua, true),
            Err(NoDraft::AlreadySo(_))
        ));
        assert!(matches!(
            set_essential(&inventory, &plan, 1, &akua, true),
            Err(NoDraft::NotFound(_))
        ));
    }

    #[test]
    fn a_device_that_is_active_needs_no_code() {
        let inventory = world().inventory;
        assert!(matches!(
            activate(&inventory, &device_arn("akua", "mail")),
            Err(NoDraft::AlreadySo(_))
        ));
        assert!(matches!(
            activate(&inventory, &device_arn("akua", "none")),
            Err(NoDraft::NotFound(_))
        ));
        assert_eq!(
            activate(&inventory, &device_arn("akua", "phone")).unwrap().writes.len(),
            2
        );
        assert!(matches!(
            deactivate(&inventory, &device_arn("akua", "phone")),
            Err(NoDraft::AlreadySo(_))
        ));
        assert!(matches!(
            rename(&inventory, &device_arn("akua", "mail"), "mail"),
            Err(NoDraft::AlreadySo(_))
        ));
    }

    #[test]
    fn guards_stop_what_belongs_to_others_or_to_code() {
        let zoe = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe";
        let world = World::new()
            .person("akua", &["phone"], &[])
            .person("ben", &[], &[])
            .tagged("ben", &[("Terraform", "true")])
            .person("cho", &[], &[])
            .contact("dan", crate::domain::contact::ContactKind::Person)
            .contact(zoe, crate::domain::contact::ContactKind::Person);
        assert_eq!(world.inventory.account(), Some(ACCOUNT));
        let of = |subjects: &[Arn]| {
            let guards = guards(&world.inventory, subjects, |name| name == "cho");
            guards
                .into_iter()
                .map(|guard| (guard.what, guard.is_answerable))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&[contact_arn("akua"), device_arn("akua", "phone")]), []);
        let both = [contact_arn("ben"), contact_arn("cho"), contact_arn("dan")];
        assert_eq!(
            of(&both),
            [("ben", true), ("cho", true), ("dan", true)].map(|(name, is)| (name.to_owned(), is))
        );
        assert_eq!(of(&[contact_arn(zoe)])[0], ("zoe".to_owned(), false));
    }
}

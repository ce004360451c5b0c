//! A changeset: the writes that somebody is asked to consent to, each with what it changes, and one digest of all.
//!
//! It is made from an inventory and a list of writes. Each write is applied in memory on top of the earlier ones, so that two
//! steps about one thing follow from each other. What changes nothing is left out. What was not read cannot be planned for.

use super::{
    Write,
    apply::{self, Previews},
    fact::{Answer, ChangesetPlanned, PlannedStep, Undo},
    removal::Removal,
    state::{self, State, name_of_device, name_of_rotation},
    undo,
};
use crate::domain::{Timestamp, ids::Arn, inventory::Inventory, text::neutral};
use serde::Serialize;
use std::collections::BTreeSet;

/// What somebody means to do, before it is worked out what that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is for, in one sentence without a full stop.
    pub title: String,
    /// The rows that it is about.
    pub subjects: Vec<Arn>,
    /// The writes in their order.
    pub writes: Vec<Write>,
}

/// The writes that somebody is asked to consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changeset {
    /// Its name, which nothing else in the ledger has.
    pub name: String,
    /// What it is for, in one sentence without a full stop.
    pub title: String,
    /// The review whose decision it carries out.
    pub review: Option<String>,
    /// The rows that it is about.
    pub subjects: Vec<Arn>,
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// The guards that stopped it, and how they were answered.
    pub answers: Vec<Answer>,
    /// Where it takes people out: whom and how.
    pub removal: Option<Removal>,
}

/// One write with all that is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What the ledger keeps of it.
    pub planned: PlannedStep,
    /// What it does, in a few words.
    pub title: String,
    /// What is there before, line by line.
    pub before: Vec<String>,
    /// What will be there, line by line.
    pub after: Vec<String>,
}

/// Something that cannot be planned because it was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{title} cannot be planned: what it would change was not read")]
pub struct NotRead {
    /// What the step would do.
    pub title: String,
    /// What has to be read.
    pub subject: Arn,
}

impl Changeset {
    /// Returns what the writes of `draft` would change in the account as it was read.
    ///
    /// Addresses are told apart by their fingerprints, so the inventory and the writes have to have them.
    pub fn build(inventory: &Inventory, name: String, draft: Draft, previews: &Previews) -> Result<Self, NotRead> {
        let mut now = inventory.clone();
        let mut steps = Vec::with_capacity(draft.writes.len());
        for write in draft.writes {
            let before = now.clone();
            apply::apply_one(&mut now, &write, previews);
            steps.extend(step(&before, &now, write)?);
        }
        Ok(Self {
            name,
            title: draft.title,
            review: None,
            subjects: draft.subjects,
            steps,
            answers: Vec::new(),
            removal: None,
        })
    }

    /// Returns what the ledger keeps of it, with the digest that the operator consents to.
    pub fn planned(&self) -> ChangesetPlanned {
        let mut planned = ChangesetPlanned {
            changeset: self.name.clone(),
            title: self.title.clone(),
            review: self.review.clone(),
            subjects: self.subjects.clone(),
            steps: self.steps.iter().map(|step| step.planned.clone()).collect(),
            digest: String::new(),
            answers: self.answers.clone(),
            removal: self.removal.clone(),
        };
        planned.digest = planned.digest_of_all();
        planned
    }

    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

impl ChangesetPlanned {
    /// Returns the digest of everything but the digest itself.
    pub fn digest_of_all(&self) -> String {
        #[derive(Serialize)]
        struct Consented<'a> {
            changeset: &'a str,
            title: &'a str,
            review: Option<&'a str>,
            subjects: &'a [Arn],
            steps: &'a [PlannedStep],
            answers: &'a [Answer],
            // What an older version planned has the digest that it had.
            #[serde(skip_serializing_if = "Option::is_none")]
            removal: Option<&'a Removal>,
        }
        let consented = Consented {
            changeset: &self.changeset,
            title: &self.title,
            review: self.review.as_deref(),
            subjects: &self.subjects,
            steps: &self.steps,
            answers: &self.answers,
            removal: self.removal.as_ref(),
        };
        // Plain values always become JSON; an empty digest would agree with nothing.
        state::digest_of(&consented).unwrap_or_default()
    }

    /// Returns whether the steps are those that were consented to.
    pub fn is_as_consented(&self) -> bool {
        !self.digest.is_empty() && self.digest == self.digest_of_all()
    }

    /// Returns how long its writes take at least, at this many seconds for each.
    pub fn seconds(&self, seconds_per_write: u64) -> u64 {
        u64::try_from(self.steps.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(seconds_per_write)
    }

    /// Returns how far all of it can be taken back, which decides how it is confirmed.
    ///
    /// A code cannot be taken back, and changes nothing in the account: it does not count.
    pub fn undo(&self) -> Undo {
        let counting = self.steps.iter().filter(|step| !is_code(&step.write));
        counting.map(|step| step.undo).max().unwrap_or(Undo::Reversible)
    }

    /// Returns the places of the steps that a roll back leaves as they are.
    pub fn irreversible(&self) -> Vec<usize> {
        let places = self.steps.iter().enumerate();
        places
            .filter(|(_, step)| step.undo == Undo::Irreversible && !is_code(&step.write))
            .map(|(place, _)| place)
            .collect()
    }
}

/// Returns a name for a changeset that is made now, which is not among those that are taken.
pub fn new_name(now: Timestamp, taken: &BTreeSet<&str>) -> String {
    let base = now.format("%Y%m%dT%H%M%SZ").to_string();
    // One more than there are names that are taken: at least one of them is free.
    (1..=taken.len() + 1)
        .map(|number| {
            if number == 1 {
                base.clone()
            } else {
                format!("{base}-{number}")
            }
        })
        .find(|name| !taken.contains(name.as_str()))
        .unwrap_or(base)
}

/// Returns whether the write only sends a code.
pub(super) fn is_code(write: &Write) -> bool {
    matches!(write, Write::SendActivationCode { .. })
}

fn step(before: &Inventory, after: &Inventory, write: Write) -> Result<Option<Step>, NotRead> {
    let title = title_of(before, after, &write);
    let was = state::state_of(before, &write);
    let (Some(was_digest), Some(will_be_digest)) = (was.digest(), state::state_of(after, &write).digest()) else {
        return Err(NotRead {
            subject: write.subject().clone(),
            title,
        });
    };
    if was_digest == will_be_digest && !is_code(&write) {
        return Ok(None);
    }
    let will_be = state::outcome_of(after, &write);
    let (undo, inverse) = undo::inverse_of(before, after, &write);
    let (lines_before, lines_after) = (was.lines(before), will_be.lines(after));
    let planned = PlannedStep {
        words: words(&title, &lines_before, &lines_after),
        before: was_digest,
        after: if is_code(&write) { None } else { will_be.digest() },
        undo,
        inverse,
        write,
    };
    Ok(Some(Step {
        planned,
        title,
        before: lines_before,
        after: lines_after,
    }))
}

/// Returns the title with the lines that change.
fn words(title: &str, before: &[String], after: &[String]) -> String {
    let only = |these: &[String], those: &[String]| {
        let lines: Vec<&str> = these
            .iter()
            .filter(|line| !those.contains(line))
            .map(String::as_str)
            .collect();
        lines.join("; ")
    };
    match (only(before, after), only(after, before)) {
        (was, will) if was.is_empty() && will.is_empty() => title.to_owned(),
        (was, will) if was.is_empty() => format!("{title}: {will} is added"),
        (was, will) if will.is_empty() => format!("{title}: {was} goes"),
        (was, will) => format!("{title}: {was} → {will}"),
    }
}

/// Returns what a write does, in a few words without a full stop. Names are neutralised.
fn title_of(before: &Inventory, after: &Inventory, write: &Write) -> String {
    let device = |channel: &Arn| name_of_device(before, channel);
    let contact = |arn: &Arn| neutral(arn.name()).into_owned();
    match write {
        Write::SendActivationCode { channel } => format!("Send a code to {}", device(channel)),
        Write::ActivateContactChannel { channel } => format!("Activate {} with the code", device(channel)),
        Write::DeactivateContactChannel { channel } => format!("Deactivate {}", device(channel)),
        Write::UpdateContactChannel {
            channel, address: None, ..
        } => format!("Rename {}", device(channel)),
        Write::UpdateContactChannel { channel, .. } => format!("Correct the address of {}", device(channel)),
        Write::CreateContactChannel {
            contact: owner,
            name,
            address,
            ..
        } => {
            format!(
                "Make the device “{}” ({}) of {}",
                neutral(name),
                address.masked(),
                contact(owner)
            )
        }
        Write::DeleteContactChannel { channel } => format!("Delete {}", device(channel)),
        Write::UpdateContact { contact: arn, .. } => format!("Change the plan of {}", contact(arn)),
        Write::CreateContact { contact: arn, .. } => format!("Make the contact {}", contact(arn)),
        Write::DeleteContact { contact: arn } => format!("Delete the contact {}", contact(arn)),
        Write::TagResource { resource, .. } => format!("Tag {}", contact(resource)),
        Write::UntagResource { resource, .. } => format!("Take tags off {}", contact(resource)),
        Write::UpdateRotation { rotation, .. } => {
            format!("Change the turns of the rotation {}", name_of_rotation(after, rotation))
        }
        Write::DeleteRotation { rotation } => format!("Delete the rotation {}", name_of_rotation(before, rotation)),
        Write::CreateRotationOverride { rotation, .. } => {
            format!(
                "Make an override in the rotation {}",
                name_of_rotation(before, rotation)
            )
        }
        Write::DeleteRotationOverride { rotation, .. } => {
            format!(
                "Delete an override of the rotation {}",
                name_of_rotation(before, rotation)
            )
        }
        Write::UpdateResponsePlan { response_plan, .. } => {
            format!("Change whom the response plan {} engages", contact(response_plan))
        }
        Write::DeleteResponsePlan { response_plan } => format!("Delete the response plan {}", contact(response_plan)),
    }
}

/// Returns the state of a step's subject in words, for a sentence about somebody's change.
pub(super) fn told(state: &State, inventory: &Inventory) -> String {
    state.lines(inventory).join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::build,
        domain::{
            address::Address,
            contact::ContactKind,
            sample,
            world::{World, at, contact_arn, device_arn, rotation_arn},
        },
    };

    fn inventory() -> Inventory {
        let mut inventory = World::new()
            .person("akua", &["-phone", "mail"], &[("phone", 5)])
            .plan("database", &[(5, &["akua"]), (0, &["ben"])])
            .rotation("r1", &["akua"])
            .tagged("akua", &[("owner", "a•••@example.com"), ("team", "core")])
            .complete()
            .inventory;
        inventory.add_fingerprints(&sample::key());
        inventory
    }

    fn built(writes: Vec<Write>) -> Result<Changeset, NotRead> {
        let draft = Draft {
            title: "Try it".to_owned(),
            subjects: Vec::new(),
            writes,
        };
        Changeset::build(&inventory(), "c1".to_owned(), draft, &Previews::new())
    }

    fn undo_of(write: Write) -> (Undo, Vec<&'static str>) {
        let changeset = built(vec![write]).unwrap();
        let planned = &changeset.steps[0].planned;
        let inverse = planned.inverse.iter().map(|write| write.change().name());
        (planned.undo, inverse.collect())
    }

    fn channel(name: &str) -> Arn {
        device_arn("akua", name)
    }

    #[test]
    fn what_changes_nothing_is_left_out_and_a_code_is_not() {
        let changeset = built(vec![
            Write::DeactivateContactChannel {
                channel: channel("phone"),
            },
            Write::SendActivationCode {
                channel: channel("phone"),
            },
            Write::UntagResource {
                resource: contact_arn("akua"),
                keys: vec!["none".to_owned()],
            },
        ]);
        let titles: Vec<String> = changeset.unwrap().steps.into_iter().map(|step| step.title).collect();
        assert_eq!(titles, ["Send a code to “phone” (+44•••••••123) of akua"]);
    }

    #[test]
    fn two_steps_about_one_thing_follow_from_each_other() {
        let update = |name: &str| Write::UpdateContactChannel {
            channel: channel("phone"),
            name: Some(name.to_owned()),
            address: None,
        };
        let changeset = built(vec![update("one"), update("two")]).unwrap();
        let [first, second] = changeset.steps.as_slice() else {
            panic!("there are two");
        };
        assert_eq!(first.planned.after.as_ref(), Some(&second.planned.before));
        assert_eq!(
            second.planned.words,
            "Rename “one” (+44•••••••123) of akua: named “one” → named “two”"
        );
        assert!(
            matches!(&second.planned.inverse[..], [Write::UpdateContactChannel { name: Some(name), .. }] if name == "one")
        );
    }

    #[test]
    fn how_far_a_write_can_be_taken_back_depends_on_what_was_there() {
        let address = || Some(Address::new("+447700900777").with_fingerprint(&sample::key()));
        let tag = |key: &str| Write::TagResource {
            resource: contact_arn("akua"),
            tags: vec![(key.to_owned(), "new".to_owned())],
        };
        let correct = |name: &str| Write::UpdateContactChannel {
            channel: channel(name),
            name: None,
            address: address(),
        };
        for (write, undo, inverse) in [
            (
                Write::ActivateContactChannel {
                    channel: channel("phone"),
                },
                Undo::Reversible,
                vec!["DeactivateContactChannel"],
            ),
            (
                Write::DeactivateContactChannel {
                    channel: channel("mail"),
                },
                Undo::NeedsPerson,
                vec!["SendActivationCode", "ActivateContactChannel"],
            ),
            (correct("phone"), Undo::Reversible, vec!["UpdateContactChannel"]),
            (
                correct("mail"),
                Undo::NeedsPerson,
                vec!["UpdateContactChannel", "SendActivationCode", "ActivateContactChannel"],
            ),
            (
                Write::DeleteContactChannel {
                    channel: channel("mail"),
                },
                Undo::Irreversible,
                vec![],
            ),
            (
                Write::DeleteContact {
                    contact: contact_arn("akua"),
                },
                Undo::Irreversible,
                vec![],
            ),
            (tag("team"), Undo::Reversible, vec!["TagResource"]),
            (tag("new"), Undo::Reversible, vec!["UntagResource"]),
            // Its value was masked when it was read.
            (tag("owner"), Undo::Irreversible, vec![]),
            (
                Write::CreateRotationOverride {
                    rotation: rotation_arn("r1"),
                    start_at: at(1),
                    end_at: at(2),
                    contacts: Vec::new(),
                },
                Undo::Reversible,
                vec!["DeleteRotationOverride"],
            ),
        ] {
            let context = format!("{write:?}");
            assert_eq!(undo_of(write), (undo, inverse), "{context}");
        }
    }

    #[test]
    fn the_digest_is_that_of_everything_that_is_shown() {
        let changeset = built(vec![Write::DeactivateContactChannel {
            channel: channel("mail"),
        }])
        .unwrap();
        let planned = changeset.planned();
        assert!(planned.is_as_consented());
        let stored: ChangesetPlanned = serde_json::from_str(&serde_json::to_string(&planned).unwrap()).unwrap();
        assert!(stored.is_as_consented());
        let mut other = planned.clone();
        other.steps[0].write = Write::DeleteContactChannel {
            channel: channel("mail"),
        };
        assert!(!other.is_as_consented());
        let mut answered = changeset;
        answered.answers.push(Answer {
            guard: "on call now".to_owned(),
            answer: "ben takes over".to_owned(),
        });
        assert_ne!(answered.planned().digest, planned.digest);
        assert_eq!((planned.undo(), planned.seconds(2)), (Undo::NeedsPerson, 2));
    }

    #[test]
    fn an_activation_counts_as_reversible_though_its_code_cannot_be_taken_back() {
        let inventory = inventory();
        let draft = build::activate(&inventory, &channel("phone")).unwrap();
        let changeset = Changeset::build(&inventory, "c1".to_owned(), draft, &Previews::new()).unwrap();
        let planned = changeset.planned();
        assert_eq!((planned.undo(), planned.irreversible()), (Undo::Reversible, Vec::new()));
        assert_eq!(
            planned
                .steps
                .iter()
                .map(|step| step.after.is_some())
                .collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn what_was_not_read_cannot_be_planned_for() {
        let unread = World::new().contact("ben", ContactKind::Person).complete().inventory;
        let write = Write::DeactivateContactChannel {
            channel: device_arn("ben", "phone"),
        };
        let draft = Draft {
            title: String::new(),
            subjects: Vec::new(),
            writes: vec![write],
        };
        let refused = Changeset::build(&unread, "c1".to_owned(), draft, &Previews::new()).unwrap_err();
        assert!(refused.to_string().contains("was not read"), "{refused}");
    }

    #[test]
    fn a_name_is_one_that_is_not_taken() {
        let first = new_name(at(0), &BTreeSet::new());
        assert_eq!(first, "20261101T000000Z");
        let second = new_name(at(0), &BTreeSet::from([first.as_str()]));
        assert_eq!(second, "20261101T000000Z-2");
    }
}

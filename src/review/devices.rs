//! What the ledger says of each device: when it was confirmed, when a code was sent, when we switched it on or off.

use super::remembered::Mark;
use crate::{
    changes::Write,
    domain::{
        address::Address,
        ids::{Arn, ByArn},
    },
    ledger::{
        Entry,
        entry::{ChangesetPlanned, Method, StepDone},
    },
};
use std::collections::HashMap;

/// What is known of each device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices {
    histories: ByArn<History>,
    /// The steps of changesets that switch a device off: by the changeset, the step, and whether it is a roll back.
    switching_off: HashMap<String, Vec<(usize, bool, Arn)>>,
}

/// What is known of one device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// The last time that somebody made sure whose it is.
    pub confirmed: Option<Confirmed>,
    /// The last time that its code came back.
    pub activated: Option<Reached>,
    /// The last code that was sent.
    pub code_sent: Option<Reached>,
    /// The last time that we switched it off, or deleted it.
    pub switched_off: Option<Mark>,
}

/// That somebody made sure whose a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// When it was recorded, and by whom.
    pub mark: Mark,
    /// The person it belongs to.
    pub contact: Arn,
    /// Its mask and fingerprint.
    pub address: Address,
    /// How.
    pub method: Method,
    /// Who did, by name.
    pub by: String,
}

/// That something went to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// When it was recorded, and by whom.
    pub mark: Mark,
    /// The mask and fingerprint.
    pub address: Address,
}

impl Devices {
    /// Returns what is known of a device.
    pub fn history(&self, channel: &Arn) -> Option<&History> {
        self.histories.get(channel)
    }

    /// Returns what is known of every device, in no order.
    pub fn all(&self) -> impl Iterator<Item = (&Arn, &History)> {
        self.histories.iter()
    }

    pub(super) fn add(&mut self, mark: &Mark, entry: &Entry) {
        match entry {
            Entry::DeviceConfirmed(confirmed) => {
                self.change(&confirmed.channel).confirmed = Some(Confirmed {
                    mark: mark.clone(),
                    contact: confirmed.contact.clone(),
                    address: confirmed.address.clone(),
                    method: confirmed.method,
                    by: confirmed.confirmed_by.clone(),
                });
            }
            Entry::CodeSent(sent) => {
                self.change(&sent.channel).code_sent = Some(Reached {
                    mark: mark.clone(),
                    address: sent.address.clone(),
                });
            }
            Entry::Activated(activated) => {
                self.change(&activated.channel).activated = Some(Reached {
                    mark: mark.clone(),
                    address: activated.address.clone(),
                });
            }
            Entry::ChangesetPlanned(planned) => self.plan(planned),
            Entry::StepDone(step) => self.done(mark, step),
            Entry::SessionOpened(_)
            | Entry::Population(_)
            | Entry::FindingWaived(_)
            | Entry::DeviceNotConfirmed(_)
            | Entry::AddressRevealed(_)
            | Entry::RoundBegun(_)
            | Entry::DeviceSkipped(_)
            | Entry::ActivationFailed(_)
            | Entry::StepIntended(_)
            | Entry::StepFailed(_)
            | Entry::ChangesetClosed(_)
            | Entry::ReviewOpened(_)
            | Entry::Decision(_)
            | Entry::SignOff(_)
            | Entry::Exported(_)
            | Entry::Note(_)
            | Entry::TornLine(_) => {}
        }
    }

    fn change(&mut self, channel: &Arn) -> &mut History {
        self.histories.entry(channel.clone()).or_default()
    }

    /// Remembers which steps switch a device off, since what says that a step is done does not repeat what it was.
    fn plan(&mut self, planned: &ChangesetPlanned) {
        let mut steps = Vec::new();
        for (number, step) in planned.steps.iter().enumerate() {
            steps.extend(switched_off(&step.write).map(|channel| (number, false, channel.clone())));
            let back = step.inverse.iter().filter_map(switched_off);
            steps.extend(back.map(|channel| (number, true, channel.clone())));
        }
        if !steps.is_empty() {
            self.switching_off.insert(planned.changeset.clone(), steps);
        }
    }

    fn done(&mut self, mark: &Mark, step: &StepDone) {
        let planned = self.switching_off.get(&step.changeset).into_iter().flatten();
        let is_it = |planned: &&(usize, bool, Arn)| (planned.0, planned.1) == (step.step, step.is_roll_back);
        let channels: Vec<Arn> = planned.filter(is_it).map(|(_, _, channel)| channel.clone()).collect();
        for channel in channels {
            self.change(&channel).switched_off = Some(mark.clone());
        }
    }
}

/// Returns the device that a write switches off. A changed address has to be activated anew, whatever the service says.
fn switched_off(write: &Write) -> Option<&Arn> {
    match write {
        Write::DeactivateContactChannel { channel }
        | Write::DeleteContactChannel { channel }
        | Write::UpdateContactChannel { channel, .. } => Some(channel),
        Write::SendActivationCode { .. }
        | Write::ActivateContactChannel { .. }
        | Write::CreateContactChannel { .. }
        | Write::UpdateContact { .. }
        | Write::CreateContact { .. }
        | Write::DeleteContact { .. }
        | Write::TagResource { .. }
        | Write::UntagResource { .. }
        | Write::UpdateRotation { .. }
        | Write::DeleteRotation { .. }
        | Write::CreateRotationOverride { .. }
        | Write::DeleteRotationOverride { .. }
        | Write::UpdateResponsePlan { .. }
        | Write::DeleteResponsePlan { .. } => None,
    }
}

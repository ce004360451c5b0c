//! How far each device of a round of activations has come: a fold over the ledger, so that a round survives whoever holds it.
//!
//! Only the last round is followed. A device whose changeset was open before it began keeps what is known of that; all else
//! that happened before does not count.

use super::Entry;
use crate::{
    changes::{
        Write,
        fact::{ChangesetPlanned, Ending, Fact, PlannedStep},
    },
    domain::{Timestamp, contact::ActivationStatus, ids::Arn},
};
use std::collections::{BTreeMap, BTreeSet};

/// The rounds of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rounds {
    last: Option<Round>,
    /// How far devices have come, whichever round they are in.
    standings: BTreeMap<Arn, Standing>,
    /// What the changesets that are open do to devices.
    open: BTreeMap<String, (Arn, Aim)>,
}

/// What a changeset does to a device, as far as a round looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    Activate,
    CorrectAddress,
}

/// Devices that are activated one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// When it began.
    pub began_at: Timestamp,
    /// Who began it, by the ARN that the account knows.
    pub begun_by: String,
    /// The devices in their order.
    pub devices: Vec<Arn>,
}

/// How far a device of a round has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing has happened to it.
    #[default]
    ToDo,
    /// It was left for later.
    Skipped,
    /// What the person read out did not agree, or the address was found to be another one: in words.
    WrongAddress(String),
    /// It is certain whose it is, and no code was sent.
    Confirmed {
        /// Whether the service said that it is active.
        is_active: bool,
    },
    /// A code was sent, and is waited for.
    CodeSent,
    /// Its activation stopped, in words.
    Failed(String),
    /// It was read as active after its code was entered.
    Activated(Timestamp),
}

impl Rounds {
    /// Takes note of one more entry.
    pub fn add(&mut self, entry: &Entry, at: Timestamp, caller: &str) {
        match entry {
            Entry::RoundBegun(begun) => {
                let is_activation = |(device, aim): &(Arn, Aim)| (*aim == Aim::Activate).then(|| device.clone());
                let open: BTreeSet<Arn> = self.open.values().filter_map(is_activation).collect();
                self.standings.retain(|device, _| open.contains(device));
                self.last = Some(Round {
                    began_at: at,
                    begun_by: caller.to_owned(),
                    devices: begun.channels.clone(),
                });
            }
            Entry::DeviceSkipped(skipped) => self.set(&skipped.channel, Standing::Skipped),
            Entry::DeviceConfirmed(confirmed) => {
                let is_active = confirmed.status == ActivationStatus::Activated;
                self.set(&confirmed.channel, Standing::Confirmed { is_active });
            }
            Entry::DeviceNotConfirmed(not) => self.set(&not.channel, Standing::WrongAddress(not.reason.clone())),
            Entry::SessionOpened(_)
            | Entry::Population(_)
            | Entry::FindingWaived(_)
            | Entry::AddressRevealed(_)
            | Entry::ReviewOpened(_)
            | Entry::Decision(_)
            | Entry::SignOff(_)
            | Entry::Exported(_)
            | Entry::Note(_)
            | Entry::TornLine(_) => {}
            Entry::CodeSent(_)
            | Entry::Activated(_)
            | Entry::ActivationFailed(_)
            | Entry::ChangesetPlanned(_)
            | Entry::StepIntended(_)
            | Entry::StepDone(_)
            | Entry::StepFailed(_)
            | Entry::ChangesetClosed(_) => {
                if let Some(fact) = entry.clone().into_fact() {
                    self.add_fact(fact, at);
                }
            }
        }
    }

    fn add_fact(&mut self, fact: Fact, at: Timestamp) {
        let known = self.open.get(fact.changeset()).cloned();
        match (fact, known) {
            (Fact::Planned(planned), _) => {
                if let Some((device, aim)) = aim(&planned) {
                    self.open.insert(planned.changeset.clone(), (device, aim));
                }
            }
            (Fact::CodeSent(sent), _) => self.set(&sent.channel, Standing::CodeSent),
            (Fact::Activated(activated), _) => self.set(&activated.channel, Standing::Activated(at)),
            (Fact::ActivationFailed(failed), _) => self.set(&failed.channel, Standing::Failed(failed.reason)),
            (Fact::Failed(failed), Some((device, Aim::Activate))) => {
                self.set(&device, Standing::Failed(failed.reason));
            }
            (Fact::Closed(closed), Some((device, aim))) => {
                self.open.remove(&closed.changeset);
                let note = closed.note.unwrap_or_default();
                let standing = match (aim, closed.ending) {
                    (Aim::Activate, Ending::Done) => Some(Standing::Activated(at)),
                    (Aim::Activate, Ending::RolledBack) => Some(Standing::Failed("it was taken back".to_owned())),
                    (Aim::Activate, Ending::Abandoned) => Some(Standing::Failed(format!("closed: {note}"))),
                    (Aim::CorrectAddress, Ending::Done) => {
                        let why = "the address was corrected, and is to be confirmed anew";
                        Some(Standing::WrongAddress(why.to_owned()))
                    }
                    (Aim::CorrectAddress, Ending::RolledBack | Ending::Abandoned) => None,
                };
                if let Some(standing) = standing {
                    self.set(&device, standing);
                }
            }
            (Fact::Intended(_) | Fact::Done(_) | Fact::Failed(_) | Fact::Closed(_), _) => {}
        }
    }

    fn set(&mut self, device: &Arn, standing: Standing) {
        self.standings.insert(device.clone(), standing);
    }

    /// Returns the round that began last.
    pub fn last(&self) -> Option<&Round> {
        self.last.as_ref()
    }

    /// Returns how far a device has come since the last round began.
    pub fn standing(&self, device: &Arn) -> &Standing {
        const TO_DO: &Standing = &Standing::ToDo;
        self.standings.get(device).unwrap_or(TO_DO)
    }
}

/// Returns what a changeset does to a device, when a round looks at that.
fn aim(planned: &ChangesetPlanned) -> Option<(Arn, Aim)> {
    let of = |step: &PlannedStep| {
        let aim = if matches!(step.write, Write::ActivateContactChannel { .. }) {
            Some(Aim::Activate)
        } else if matches!(step.write, Write::UpdateContactChannel { address: Some(_), .. }) {
            Some(Aim::CorrectAddress)
        } else {
            None
        };
        aim.map(|aim| (step.write.subject().clone(), aim))
    };
    planned.steps.iter().find_map(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::fact::{ActivationFailed, ChangesetClosed, CodeSent, StepFailed, Undo},
        domain::{address::Address, sample::minute, world::device_arn},
        ledger::entry::{DeviceConfirmed, DeviceNotConfirmed, DeviceSkipped, Method, RoundBegun},
    };

    fn phone() -> Arn {
        device_arn("anna", "phone")
    }

    fn address() -> Address {
        Address::new("+447700900123")
    }

    fn begun() -> Entry {
        Entry::RoundBegun(RoundBegun {
            channels: vec![phone()],
        })
    }

    fn skipped() -> Entry {
        Entry::DeviceSkipped(DeviceSkipped { channel: phone() })
    }

    fn confirmed(status: ActivationStatus) -> Entry {
        Entry::DeviceConfirmed(DeviceConfirmed {
            channel: phone(),
            contact: phone(),
            address: address(),
            method: Method::Video,
            confirmed_by: "Ben".to_owned(),
            reference: None,
            status,
            review: None,
        })
    }

    fn not_confirmed() -> Entry {
        Entry::DeviceNotConfirmed(DeviceNotConfirmed {
            channel: phone(),
            contact: phone(),
            address: address(),
            mismatches: 3,
            reason: "another number".to_owned(),
        })
    }

    fn planned(write: Write) -> Entry {
        Entry::ChangesetPlanned(ChangesetPlanned {
            changeset: "c1".to_owned(),
            title: "Try it".to_owned(),
            review: None,
            removal: None,
            subjects: Vec::new(),
            steps: vec![PlannedStep {
                write,
                words: String::new(),
                before: "before".to_owned(),
                after: None,
                undo: Undo::NeedsPerson,
                inverse: Vec::new(),
            }],
            digest: String::new(),
            answers: Vec::new(),
        })
    }

    fn activation() -> Entry {
        planned(Write::ActivateContactChannel { channel: phone() })
    }

    fn correction() -> Entry {
        planned(Write::UpdateContactChannel {
            channel: phone(),
            name: None,
            address: Some(address()),
        })
    }

    fn code_sent() -> Entry {
        Entry::CodeSent(CodeSent {
            channel: phone(),
            address: address(),
            changeset: "c1".to_owned(),
        })
    }

    fn failed(reason: &str) -> Entry {
        Entry::StepFailed(StepFailed {
            changeset: "c1".to_owned(),
            step: 0,
            is_roll_back: false,
            took_effect: Some(false),
            reason: reason.to_owned(),
        })
    }

    fn wrong_code() -> Entry {
        Entry::ActivationFailed(ActivationFailed {
            channel: phone(),
            changeset: "c1".to_owned(),
            reason: "wrong code".to_owned(),
        })
    }

    fn closed(ending: Ending) -> Entry {
        Entry::ChangesetClosed(ChangesetClosed {
            changeset: "c1".to_owned(),
            ending,
            note: Some("gone".to_owned()),
        })
    }

    #[track_caller]
    fn check(entries: &[Entry], expected: &Standing) {
        let mut rounds = Rounds::default();
        for entry in entries {
            rounds.add(entry, minute(1), "ben");
        }
        assert_eq!(rounds.standing(&phone()), expected);
    }

    #[test]
    fn a_device_is_as_far_as_was_last_recorded() {
        let fails = |reason: &str| Standing::Failed(reason.to_owned());
        let inactive = ActivationStatus::NotActivated;
        let wrong = Standing::WrongAddress("another number".to_owned());
        check(&[begun()], &Standing::ToDo);
        check(&[begun(), skipped()], &Standing::Skipped);
        let sure = Standing::Confirmed { is_active: false };
        check(&[begun(), skipped(), confirmed(inactive)], &sure);
        let active = Standing::Confirmed { is_active: true };
        check(&[begun(), confirmed(ActivationStatus::Activated)], &active);
        check(&[begun(), not_confirmed()], &wrong);
        check(&[begun(), activation(), code_sent()], &Standing::CodeSent);
        check(&[begun(), activation(), failed("denied")], &fails("denied"));
        check(
            &[begun(), activation(), code_sent(), wrong_code()],
            &fails("wrong code"),
        );
        let again = [begun(), activation(), code_sent(), wrong_code(), code_sent()];
        check(&again, &Standing::CodeSent);
        let ended = |ending| [begun(), activation(), code_sent(), closed(ending)];
        check(&ended(Ending::Done), &Standing::Activated(minute(1)));
        check(&ended(Ending::Abandoned), &fails("closed: gone"));
        check(&ended(Ending::RolledBack), &fails("it was taken back"));
        let corrected = "the address was corrected, and is to be confirmed anew".to_owned();
        let correcting = [begun(), not_confirmed(), correction(), closed(Ending::Done)];
        check(&correcting, &Standing::WrongAddress(corrected));
        check(&[begun(), not_confirmed(), correction(), failed("denied")], &wrong);
    }

    #[test]
    fn a_new_round_begins_anew_but_for_codes_that_are_waited_for() {
        check(&[begun(), skipped(), begun()], &Standing::ToDo);
        check(&[activation(), code_sent(), begun()], &Standing::CodeSent);
        let ended = [activation(), code_sent(), closed(Ending::Abandoned), begun()];
        check(&ended, &Standing::ToDo);
    }

    #[test]
    fn the_last_round_is_followed() {
        let mut rounds = Rounds::default();
        assert_eq!(rounds.last(), None);
        rounds.add(&begun(), minute(1), "ben");
        rounds.add(&begun(), minute(2), "mei");
        let last = rounds.last().unwrap();
        assert_eq!((last.began_at, last.begun_by.as_str()), (minute(2), "mei"));
        assert_eq!(last.devices, [phone()]);
    }
}

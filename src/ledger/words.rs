//! What an entry says, as a sentence for people, and what it is about.

use super::entry::{Decision, DeviceConfirmed, Ending, Entry, Method, Population, ReviewScope};
use crate::domain::ids::Arn;

impl Entry {
    /// Returns the one thing of the account that the entry is about, if it is about one.
    pub fn subject(&self) -> Option<&Arn> {
        match self {
            Self::DeviceConfirmed(data) => Some(&data.channel),
            Self::DeviceNotConfirmed(data) => Some(&data.channel),
            Self::AddressRevealed(data) => Some(&data.channel),
            Self::DeviceSkipped(data) => Some(&data.channel),
            Self::CodeSent(data) => Some(&data.channel),
            Self::Activated(data) => Some(&data.channel),
            Self::ActivationFailed(data) => Some(&data.channel),
            Self::Decision(data) => Some(&data.subject),
            Self::Note(data) => data.subject.as_ref(),
            Self::ChangesetPlanned(data) => data.subjects.first(),
            Self::SessionOpened(_)
            | Self::Population(_)
            | Self::FindingWaived(_)
            | Self::RoundBegun(_)
            | Self::StepIntended(_)
            | Self::StepDone(_)
            | Self::StepFailed(_)
            | Self::ChangesetClosed(_)
            | Self::ReviewOpened(_)
            | Self::SignOff(_)
            | Self::Exported(_)
            | Self::TornLine(_) => None,
        }
    }

    /// Returns what happened as one sentence without a full stop; `label` gives the names that people know things by.
    ///
    /// Texts that somebody typed are in it as they are: whoever draws or prints it neutralises it.
    pub fn sentence(&self, label: impl Fn(&Arn) -> String) -> String {
        match self {
            Self::SessionOpened(data) => format!("{} began", data.command),
            Self::Population(data) => data.sentence(),
            Self::FindingWaived(data) => {
                let subject = Arn::parse(&data.subject).map_or_else(|_| data.subject.clone(), |arn| label(&arn));
                let (code, expires, owner, reason) = (&data.code, data.expires, &data.owner, &data.reason);
                format!("{code} on {subject} waived until {expires} by {owner}: {reason}")
            }
            Self::DeviceConfirmed(data) => data.sentence(&label(&data.channel)),
            Self::DeviceNotConfirmed(data) => {
                let (device, address) = (label(&data.channel), data.address.masked());
                format!("{device} ({address}) not confirmed: {}", data.reason)
            }
            Self::AddressRevealed(data) => format!("the whole address of {} was shown", label(&data.channel)),
            Self::RoundBegun(data) => match data.channels.len() {
                1 => "a round of activations began: 1 device".to_owned(),
                count => format!("a round of activations began: {count} devices"),
            },
            Self::DeviceSkipped(data) => format!("{} skipped in the round of activations", label(&data.channel)),
            Self::CodeSent(data) => format!("code sent to {} ({})", label(&data.channel), data.address.masked()),
            Self::Activated(data) => format!("{} ({}) activated", label(&data.channel), data.address.masked()),
            Self::ActivationFailed(data) => format!("{} not activated: {}", label(&data.channel), data.reason),
            Self::ChangesetPlanned(data) => match data.steps.len() {
                1 => format!("agreed to: {} (1 step)", data.title),
                count => format!("agreed to: {} ({count} steps)", data.title),
            },
            Self::StepIntended(data) => {
                format!("{} of {} intended", step(data.step, data.is_roll_back), data.changeset)
            }
            Self::StepDone(data) => format!("{} of {} done", step(data.step, data.is_roll_back), data.changeset),
            Self::StepFailed(data) => {
                let took_effect = match data.took_effect {
                    Some(true) => "it took effect all the same",
                    Some(false) => "nothing was changed",
                    None => "whether it took effect is not known",
                };
                let step = step(data.step, data.is_roll_back);
                format!("{step} of {} failed, {took_effect}: {}", data.changeset, data.reason)
            }
            Self::ChangesetClosed(data) => {
                let ending = match data.ending {
                    Ending::Done => "done",
                    Ending::RolledBack => "rolled back",
                    Ending::Abandoned => "left as it is",
                };
                let note = data.note.as_ref().map_or_else(String::new, |note| format!(": {note}"));
                format!("{} closed, {ending}{note}", data.changeset)
            }
            Self::ReviewOpened(data) => {
                let of = match &data.scope {
                    ReviewScope::All => "everything".to_owned(),
                    ReviewScope::Alias(pattern) => format!("aliases like {pattern}"),
                    ReviewScope::Team(team) => format!("team {team}"),
                    ReviewScope::Plan(plan) => label(plan),
                };
                format!("review {} of {of} opened, due {}", data.review, data.due)
            }
            Self::Decision(data) => data.sentence(&label(&data.subject)),
            Self::SignOff(data) => {
                let what = if data.is_co_sign { "co-signed" } else { "signed off" };
                let how = if data.signature.is_some() {
                    " with an SSH key"
                } else {
                    ""
                };
                format!("review {} {what} by {}{how}", data.review, data.name)
            }
            Self::Exported(data) => format!("evidence of {} written to {}", data.review, data.folder),
            Self::Note(data) => match &data.subject {
                Some(subject) => format!("note on {}: {}", label(subject), data.text),
                None => format!("note: {}", data.text),
            },
            Self::TornLine(data) => {
                format!(
                    "an incomplete line of {} bytes was set aside in {}",
                    data.bytes, data.kept_in
                )
            }
        }
    }
}

fn step(place: usize, is_roll_back: bool) -> String {
    let number = place.saturating_add(1);
    if is_roll_back {
        format!("taking back step {number}")
    } else {
        format!("step {number}")
    }
}

impl Population {
    fn sentence(&self) -> String {
        let rows: usize = self.counts.values().sum();
        let unknown = match self.unknown.len() {
            0 => String::new(),
            count => format!(", INCOMPLETE: {count} unknown"),
        };
        format!("{rows} rows frozen for {}{unknown}", self.review)
    }
}

impl DeviceConfirmed {
    fn sentence(&self, device: &str) -> String {
        let (address, by) = (self.address.masked(), &self.confirmed_by);
        let reference = self.reference.as_deref().unwrap_or_default();
        let how = match self.method {
            Method::InPerson => "in person".to_owned(),
            Method::Video => "by video".to_owned(),
            Method::CallBack => "by a call back to the number of the roster".to_owned(),
            Method::Ticket => format!("by ticket {reference}"),
            Method::Own => format!("as their own, {reference} vouches"),
        };
        format!("{device} ({address}) confirmed by {by} {how}")
    }
}

impl Decision {
    fn sentence(&self, row: &str) -> String {
        let word = self.verdict.word();
        let reason = self
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(": {reason}"));
        let bulk = self
            .bulk
            .map_or_else(String::new, |count| format!(" with {count} together"));
        format!("{row}: {word}{bulk}{reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{address::Address, world::device_arn},
        ledger::entry::CodeSent,
    };

    #[test]
    fn a_sentence_names_things_as_people_do_and_masks_addresses() {
        let sent = Entry::CodeSent(CodeSent {
            channel: device_arn("anna", "phone"),
            address: Address::new("+447700900123"),
            changeset: "activate-1".to_owned(),
        });
        let said = sent.sentence(|_| "phone of Anna".to_owned());
        assert_eq!(said, "code sent to phone of Anna (+44•••••••123)");
        assert_eq!(sent.subject(), Some(&device_arn("anna", "phone")));
    }
}

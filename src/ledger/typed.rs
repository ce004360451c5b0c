//! What somebody typed into an entry, without whole addresses: this is where every entry passes on its way to the disk.
//!
//! Only words of people are looked at. What programs compare stays as it is: ARNs, digests, hashes, the writes of a changeset,
//! and the principal of a signature, which `ssh-keygen` looks up under the name that the allowed signers have.

use super::{
    Entry,
    entry::{Answer, ReviewScope},
};
use crate::domain::typed::without_addresses;
use std::borrow::Cow;

impl Entry {
    /// Returns the entry with every mail address and phone number masked that somebody typed into it.
    #[must_use]
    pub fn without_typed_addresses(&self) -> Self {
        let mut entry = self.clone();
        entry.mask_typed();
        entry
    }

    /// Masks what somebody typed.
    fn mask_typed(&mut self) {
        match self {
            Self::FindingWaived(data) => mask_all([&mut data.owner, &mut data.reason]),
            Self::DeviceConfirmed(data) => {
                mask_all([&mut data.confirmed_by]);
                mask_all(data.reference.iter_mut().chain(&mut data.review));
            }
            Self::DeviceNotConfirmed(data) => mask_all([&mut data.reason]),
            Self::Population(data) => mask_all([&mut data.review]),
            Self::ReviewOpened(data) => {
                mask_all([&mut data.review, &mut data.policy]);
                match &mut data.scope {
                    ReviewScope::Alias(words) | ReviewScope::Team(words) => mask_all([words]),
                    ReviewScope::All | ReviewScope::Plan(_) => {}
                }
            }
            Self::Decision(data) => mask_all(data.reason.iter_mut().chain([&mut data.review])),
            Self::SignOff(data) => {
                mask_all(data.summary.iter_mut().chain([&mut data.review, &mut data.name]));
                mask_answers(&mut data.unknown);
            }
            Self::Exported(data) => mask_all([&mut data.review, &mut data.folder]),
            Self::Note(data) => mask_all(data.review.iter_mut().chain([&mut data.text])),
            Self::ChangesetPlanned(data) => {
                mask_all(data.review.iter_mut().chain([&mut data.title]));
                mask_answers(&mut data.answers);
            }
            Self::ChangesetClosed(data) => mask_all(&mut data.note),
            Self::ActivationFailed(data) => mask_all([&mut data.reason]),
            Self::StepFailed(data) => mask_all([&mut data.reason]),
            // Nobody types anything into these.
            Self::SessionOpened(_)
            | Self::AddressRevealed(_)
            | Self::CodeSent(_)
            | Self::Activated(_)
            | Self::StepIntended(_)
            | Self::StepDone(_)
            | Self::TornLine(_) => {}
        }
    }
}

/// Masks answers, and leaves what they answer: it is compared with what is asked another time.
fn mask_answers(answers: &mut [Answer]) {
    mask_all(answers.iter_mut().map(|answer| &mut answer.answer));
}

fn mask_all<'a>(texts: impl IntoIterator<Item = &'a mut String>) {
    for text in texts {
        if let Cow::Owned(masked) = without_addresses(text) {
            *text = masked;
        }
    }
}

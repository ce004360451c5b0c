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
            | Self::RoundBegun(_)
            | Self::DeviceSkipped(_)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::sample::ADDRESSES,
        ledger::{record::Content, schema},
    };
    use serde_json::Value;

    /// What nobody types: programs compare it, or it comes from the account, where it was masked as it was read.
    const NOT_TYPED: &[&str] = &[
        "alias",
        "answers/guard",
        "changeset",
        "channel",
        "code",
        "command",
        "contact",
        "counts",
        "digest",
        "display_name",
        "facts",
        "files",
        "fingerprint",
        "findings",
        "head",
        "inverse",
        "kept_in",
        "masked",
        "population",
        "reads",
        "request_id",
        "signature",
        "state",
        "steps",
        "subject",
        "subjects",
        "unknown/guard",
        "scope/which",
        "row",
        "status",
        "data/unknown",
    ];

    /// Calls `visit` with each text of a value and where it stands.
    fn each_text(value: &Value, place: &str, visit: &mut dyn FnMut(&str)) {
        match value {
            Value::String(_) => visit(place),
            Value::Array(all) => {
                for (number, inner) in all.iter().enumerate() {
                    each_text(inner, &format!("{place}/{number}"), visit);
                }
            }
            Value::Object(all) => {
                for (name, inner) in all {
                    // As JSON pointers have it: the rotations of a removal are named by their ARNs.
                    let name = name.replace('~', "~0").replace('/', "~1");
                    each_text(inner, &format!("{place}/{name}"), visit);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn is_typed(place: &str) -> bool {
        let words: Vec<&str> = place.split('/').filter(|word| word.parse::<usize>().is_err()).collect();
        let place = words.join("/");
        !NOT_TYPED
            .iter()
            .any(|name| words.contains(name) || place.ends_with(name))
    }

    #[test]
    fn an_address_that_somebody_types_is_in_no_record_whatever_the_field() {
        let mut typed = 0;
        for entry in schema::entries() {
            let mut value = serde_json::to_value(&entry).unwrap();
            // The principal of a signature stays as it is, or nobody could verify it.
            if let Some(principal) = value.pointer_mut("/data/signature/principal") {
                *principal = Value::String("whoever signed".to_owned());
            }
            let mut places = Vec::new();
            each_text(&value, "", &mut |place| places.push(place.to_owned()));
            for place in places.iter().filter(|place| is_typed(place)) {
                for address in ADDRESSES {
                    let mut value = value.clone();
                    *value.pointer_mut(place).unwrap() = Value::String(format!("rang {address}, twice"));
                    // A word of a closed list, a day or an instant takes no other text.
                    let Ok(entry) = serde_json::from_value::<Entry>(value) else {
                        continue;
                    };
                    let content = Content::of(&entry).unwrap();
                    assert!(
                        !content.data.get().contains(address),
                        "{}{place}: {}",
                        entry.kind(),
                        content.data
                    );
                    typed += 1;
                }
            }
        }
        assert!(typed > 20 * ADDRESSES.len(), "{typed} texts were tried");
    }

    #[test]
    fn what_programs_compare_is_recorded_as_it_is() {
        for entry in schema::entries() {
            assert_eq!(entry.without_typed_addresses(), entry);
        }
    }
}

//! Names and lists as they stand in the sentences of findings. Everything from outside is made safe to draw here.

use super::Evidence;
use crate::domain::{
    contact::{Channel, ChannelKind, Contact},
    operation::Operation,
    text::neutral,
};

/// Returns the name that people know a contact by.
pub(super) fn name(contact: &Contact) -> String {
    neutral(contact.label()).into_owned()
}

/// Returns a device in words: its name and where it leads, masked.
pub(super) fn device(channel: &Channel) -> String {
    format!("{} ({})", neutral(&channel.name), channel.address.masked())
}

/// Returns the way in which a device is reached.
pub(super) fn kind(kind: &ChannelKind) -> String {
    match kind {
        ChannelKind::Sms => "text message".to_owned(),
        ChannelKind::Voice => "call".to_owned(),
        ChannelKind::Email => "e-mail".to_owned(),
        ChannelKind::Other(word) => neutral(word).into_owned(),
    }
}

/// Returns why a status that this version does not know gives no answer.
pub(super) fn odd_status(word: &str) -> String {
    if word.is_empty() {
        "the service did not tell the status of a device".to_owned()
    } else {
        format!("the status {} of a device is not known to this version", neutral(word))
    }
}

/// Returns the status of a device as evidence.
pub(super) fn status(channel: &Channel) -> Evidence {
    let value = format!(
        "{} {}: {}",
        neutral(channel.kind.as_str()),
        device(channel),
        neutral(channel.status.as_str())
    );
    Evidence::new("ActivationStatus", value, Operation::ListContactChannels)
}

/// Returns several names as one phrase: "a", "a and b", "a, b and c".
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns a count with its noun: "1 stage", "3 stages".
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

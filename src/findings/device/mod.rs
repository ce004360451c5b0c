//! Checks of devices: whether each can page its person, and whether a person has enough of them.

pub(super) mod activation;
pub(super) mod address;
pub(super) mod confirmed;
pub(super) mod mail;
pub(super) mod placeholder;
pub(super) mod sharing;
pub(super) mod signed;

mod lookalike;
mod number;
mod reserved;

use super::{Evidence, words};
use crate::domain::{
    contact::{ActivationStatus, Channel, Contact},
    operation::Operation,
    text::neutral,
};

/// Returns a person's devices; none were read where the engine has already said "unknown".
pub(super) fn devices(person: &Contact) -> &[Channel] {
    person.channels.known().map_or(&[], Vec::as_slice)
}

/// Returns whether the service pages a device.
pub(super) fn is_active(channel: &Channel) -> bool {
    channel.status == ActivationStatus::Activated
}

/// Returns the word for a device's status that this version does not know.
pub(super) fn odd_word(channel: &Channel) -> Option<&str> {
    match &channel.status {
        ActivationStatus::Other(word) => Some(word),
        ActivationStatus::Activated | ActivationStatus::NotActivated => None,
    }
}

/// Returns where a device leads, masked, as evidence.
fn address(channel: &Channel) -> Evidence {
    let value = format!("{} {}", neutral(channel.kind.as_str()), words::device(channel));
    Evidence::new("DeliveryAddress", value, Operation::ListContactChannels)
}

/// Returns a device and whose it is, for the beginning of a sentence.
fn whose(person: &Contact, channel: &Channel) -> String {
    format!("{}'s {}", words::name(person), words::device(channel))
}

/// Returns what stands before and behind the last `@` of a mail address; nothing where there is none.
fn parts_of_mail(whole: &str) -> Option<(&str, &str)> {
    let (user, domain) = whole.trim().rsplit_once('@')?;
    Some((user, domain.trim_end_matches('.')))
}

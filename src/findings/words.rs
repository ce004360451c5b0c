//! Names and lists as they stand in the sentences of findings. Everything from outside is made safe to draw here.

use super::Evidence;
use crate::domain::{
    Timestamp,
    contact::{Channel, ChannelKind, Contact},
    ids::Arn,
    operation::Operation,
    text::neutral,
};
use crate::paging::coverage::Stretch;

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

/// Returns numbers with their noun: "stage 2", "stages 1 and 3".
pub(super) fn numbered(numbers: &[usize], one: &str, many: &str) -> String {
    let names: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{} {}", if names.len() == 1 { one } else { many }, list(&names))
}

/// Returns the first few of several names, and how many more there are: "a, b, c and 4 more".
pub(super) fn some(names: &[String]) -> String {
    match names {
        [first, second, third, _, _, ..] => format!("{first}, {second}, {third} and {} more", names.len() - 3),
        few => list(few),
    }
}

/// Returns an instant, to the minute.
pub(super) fn instant(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Returns a stretch of time from `now` on: "from … until …".
pub(super) fn stretch(stretch: Stretch, now: Timestamp) -> String {
    let until = instant(stretch.end_at);
    if stretch.start_at <= now {
        format!("now and until {until}")
    } else {
        format!("from {} until {until}", instant(stretch.start_at))
    }
}

/// Returns the name in an ARN that nothing is listed under.
pub(super) fn unlisted(arn: &Arn) -> String {
    neutral(arn.name()).into_owned()
}

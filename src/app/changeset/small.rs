//! The small changesets: one device or one plan, put right by one write.

use super::{begin, hindrance};
use crate::{
    app::{
        act,
        effect::Effect,
        model::Model,
        overlay::{Overlay, Prompt, Purpose},
        screens,
    },
    changes::build::{self, Placement},
    domain::{
        address::Address,
        contact::{ActivationStatus, ChannelKind},
        ids::Arn,
    },
};
use tui_input::Input;

/// The digits of a number, after the sign of its country's prefix, as the standard E.164 has them.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// How long a stage lasts that is made for a device, when nothing is said of it.
const STAGE_MINUTES: i32 = 5;

/// The longest stage that the service takes.
const LONGEST_STAGE_MINUTES: i32 = 30;

/// What is asked about a device before it is known what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// What it is to be called.
    Name(Arn),
    /// Where it leads.
    Address(Arn),
    /// Where in its person's plan it is to stand.
    Stage(Arn),
}

/// Returns the selected device.
fn device(model: &Model) -> Option<Arn> {
    let subject = act::subject(model)?;
    let arn = model.shown.graph.resolve(subject).unwrap_or(subject);
    let (channel, _) = model.shown.inventory.channel(arn)?;
    Some(channel.arn.clone())
}

/// Returns the selected contact, which has a plan.
fn contact(model: &Model) -> Option<Arn> {
    let subject = act::subject(model)?;
    let arn = model.shown.graph.resolve(subject).unwrap_or(subject);
    let contact = model.shown.inventory.contacts.items.get(arn)?;
    Some(contact.arn.clone())
}

/// Returns why nothing can be done to a device, if nothing can.
pub fn no_device(model: &Model) -> Option<String> {
    let is_there = device(model).is_some();
    hindrance(model).or_else(|| (!is_there).then(|| "no device is selected".to_owned()))
}

/// Returns why no device can be made silent, if none can.
pub fn no_active_device(model: &Model) -> Option<String> {
    no_device(model).or_else(|| {
        let device = device(model)?;
        let (channel, _) = model.shown.inventory.channel(&device)?;
        let is_silent = channel.status == ActivationStatus::NotActivated;
        is_silent.then(|| "the device is not active as it is".to_owned())
    })
}

/// Returns why nothing can be done to a plan, if nothing can.
pub fn no_contact(model: &Model) -> Option<String> {
    let is_there = contact(model).is_some();
    hindrance(model).or_else(|| (!is_there).then(|| "no person, plan or schedule is selected".to_owned()))
}

/// Makes the selected device silent.
pub fn deactivate(model: &mut Model) -> Vec<Effect> {
    let Some(device) = device(model) else { return Vec::new() };
    let draft = build::deactivate(&model.shown.inventory, &device);
    begin(model, draft)
}

/// Takes out of the selected plan what is not there any more.
pub fn drop_dangling(model: &mut Model) -> Vec<Effect> {
    let Some(contact) = contact(model) else {
        return Vec::new();
    };
    let draft = build::drop_dangling(&model.shown.inventory, &contact);
    begin(model, draft)
}

/// Asks for another name of the selected device.
pub fn rename(model: &mut Model) -> Vec<Effect> {
    let Some(device) = device(model) else { return Vec::new() };
    let known = model.shown.inventory.channel(&device);
    let name = known.map_or_else(String::new, |(channel, _)| channel.name.clone());
    ask(model, "The new name of", Question::Name(device), name)
}

/// Asks for the right address of the selected device.
pub fn correct_address(model: &mut Model) -> Vec<Effect> {
    let Some(device) = device(model) else { return Vec::new() };
    ask(
        model,
        "Where does it lead? Type the number with + and its country, or the mail address, for",
        Question::Address(device),
        String::new(),
    )
}

/// Asks where in its person's plan the selected device is to stand.
pub fn add_to_plan(model: &mut Model) -> Vec<Effect> {
    let Some(device) = device(model) else { return Vec::new() };
    ask(
        model,
        "Which stage of the plan? A number for one that is there, new or new 10 for one after the others (in minutes), for",
        Question::Stage(device),
        "1".to_owned(),
    )
}

fn ask(model: &mut Model, words: &str, question: Question, suggested: String) -> Vec<Effect> {
    let (Question::Name(device) | Question::Address(device) | Question::Stage(device)) = &question;
    let label = screens::label(&model.facts(), device);
    model.overlays.push(Overlay::Prompt(Prompt {
        question: format!("{words} {label}"),
        input: Input::new(suggested),
        error: None,
        purpose: Purpose::Change(question),
    }));
    Vec::new()
}

/// Takes an answer, and shows what it would change.
pub fn answer(model: &mut Model, question: Question, text: &str) -> Vec<Effect> {
    let inventory = &model.shown.inventory;
    let draft = match question {
        Question::Name(_) if text.is_empty() => Err("a device has a name".to_owned()),
        Question::Name(device) => Ok(build::rename(inventory, &device, text)),
        Question::Address(device) => {
            let kind = inventory.channel(&device).map(|(channel, _)| channel.kind.clone());
            address(kind.as_ref(), text).map(|address| build::correct_address(inventory, &device, address))
        }
        Question::Stage(device) => placement(text).map(|placement| build::add_device(inventory, &device, placement)),
    };
    match draft {
        Ok(draft) => {
            model.overlays.pop();
            begin(model, draft)
        }
        Err(why) => {
            if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
                prompt.error = Some(why);
            }
            Vec::new()
        }
    }
}

/// Returns the address that was typed, when a device of this kind can have it.
fn address(kind: Option<&ChannelKind>, text: &str) -> Result<Address, String> {
    let is_mail = text
        .split_once('@')
        .is_some_and(|(before, after)| !before.is_empty() && after.contains('.') && !after.contains('@'));
    let digits = text.strip_prefix('+').unwrap_or_default();
    let is_number = NUMBER_DIGITS.contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    let is_right = match kind {
        Some(ChannelKind::Email) => is_mail,
        Some(ChannelKind::Sms | ChannelKind::Voice) => is_number,
        Some(ChannelKind::Other(_)) | None => is_mail || is_number,
    };
    match (is_right, kind) {
        (true, _) => Ok(Address::new(text)),
        (false, Some(ChannelKind::Email)) => Err("write a mail address, such as anna@example.com".to_owned()),
        (false, _) => Err("write a number with its country and without blanks, such as +447700900123".to_owned()),
    }
}

fn placement(text: &str) -> Result<Placement, String> {
    let why = || format!("write the number of a stage, or new with 0 to {LONGEST_STAGE_MINUTES} minutes");
    if let Some(minutes) = text.strip_prefix("new") {
        let minutes = minutes.trim();
        let duration_minutes = if minutes.is_empty() {
            STAGE_MINUTES
        } else {
            minutes.parse().map_err(|_unread| why())?
        };
        return if (0..=LONGEST_STAGE_MINUTES).contains(&duration_minutes) {
            Ok(Placement::NewStage { duration_minutes })
        } else {
            Err(why())
        };
    }
    let number: usize = text.parse().map_err(|_unread| why())?;
    number.checked_sub(1).map(Placement::Stage).ok_or_else(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_its_device_can_have() {
        let sms = Some(&ChannelKind::Sms);
        let mail = Some(&ChannelKind::Email);
        for (kind, text, is_right) in [
            (sms, "+447700900123", true),
            (sms, "447700900123", false),
            (sms, "+44 7700 900123", false),
            (sms, "+4477", false),
            (sms, "anna@example.com", false),
            (mail, "anna@example.com", true),
            (mail, "@example.com", false),
            (mail, "anna@example", false),
            (mail, "anna@b@example.com", false),
            (mail, "+447700900123", false),
        ] {
            assert_eq!(address(kind, text).is_ok(), is_right, "{text}");
        }
    }

    #[test]
    fn a_place_in_a_plan_is_a_stage_or_a_new_one() {
        assert_eq!(placement("2"), Ok(Placement::Stage(1)));
        assert_eq!(placement("new"), Ok(Placement::NewStage { duration_minutes: 5 }));
        assert_eq!(placement("new 10"), Ok(Placement::NewStage { duration_minutes: 10 }));
        for text in ["", "0", "-1", "new 31", "new x", "last"] {
            assert!(placement(text).unwrap_err().contains("stage"), "{text}");
        }
    }
}

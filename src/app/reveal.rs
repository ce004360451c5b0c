//! A whole address on the screen, for as long as a key is held.
//!
//! It is recorded first, and shown once that is on the disk. Terminals tell that a key is held by repeating it, and few tell
//! that it was let go: so what is shown goes with the next other key, with the news that a key was let go, or after a second
//! without a repetition. The address itself is nowhere here: the view reads it where it draws it.

use super::{act, effect::Effect, ledger, ledger::Once, model::Model};
use crate::{
    domain::{Timestamp, contact::Channel, ids::Arn},
    ledger::{Entry, entry::AddressRevealed},
};
use chrono::Duration;

/// How long it stays without another repetition of the key: longer than terminals wait before the first one.
const STAYS: Duration = Duration::seconds(1);

/// A whole address that is shown, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reveal {
    /// The device.
    pub device: Arn,
    /// Until when it is shown unless the key is repeated; absent as long as that is not recorded.
    pub until: Option<Timestamp>,
}

/// Returns the device that the screen is about.
fn device(model: &Model) -> Option<Arn> {
    let subject = act::subject(model)?;
    let arn = model.shown.graph.resolve(subject).unwrap_or(subject);
    let (channel, _) = model.shown.graph.channel(&model.shown.inventory, arn)?;
    Some(channel.arn.clone())
}

/// Returns why no address can be shown whole, if none can.
pub fn hindrance(model: &Model) -> Option<String> {
    match device(model) {
        None => Some("select a device".to_owned()),
        Some(device) => why_not(model, &device),
    }
}

fn why_not(model: &Model, device: &Arn) -> Option<String> {
    if let Some(why) = model.ledger.hindrance() {
        return Some(why);
    }
    let is_whole = read(model, device).is_some_and(|channel| channel.address.reveal().is_some());
    (!is_whole).then(|| "its address is remembered masked only: read it again first".to_owned())
}

/// Returns a device as it was read in this session.
fn read<'a>(model: &'a Model, device: &Arn) -> Option<&'a Channel> {
    let (channel, _) = model.shown.graph.channel(&model.fresh, device)?;
    Some(channel)
}

/// Shows the address of the device that the screen is about, or keeps it there.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    device(model).map_or_else(Vec::new, |device| of(model, &device))
}

/// Shows the address of this device, or keeps it there.
pub fn of(model: &mut Model, device: &Arn) -> Vec<Effect> {
    if let Some(reveal) = model.reveal.as_mut().filter(|reveal| reveal.device == *device) {
        // The key is still held.
        if reveal.until.is_some() {
            reveal.until = Some(model.now + STAYS);
        }
        return Vec::new();
    }
    if let Some(why) = why_not(model, device) {
        model.say(format!("reveal: {why}"));
        return Vec::new();
    }
    model.reveal = Some(Reveal {
        device: device.clone(),
        until: None,
    });
    let entry = Entry::AddressRevealed(AddressRevealed {
        channel: device.clone(),
    });
    ledger::record(model, vec![entry], Once::Reveal(device.clone()))
}

/// Takes in that it is recorded: now it may be shown, unless another key was pressed meanwhile.
pub fn recorded(model: &mut Model, device: &Arn) {
    let until = model.now + STAYS;
    if let Some(reveal) = model.reveal.as_mut().filter(|reveal| reveal.device == *device) {
        reveal.until = Some(until);
    }
}

/// Takes the address off the screen.
pub fn hide(model: &mut Model) {
    model.reveal = None;
}

/// Takes the address off the screen when its time has passed.
pub fn expire(model: &mut Model) {
    let now = model.now;
    model
        .reveal
        .take_if(|reveal| reveal.until.is_some_and(|until| until <= now));
}

/// Returns the device whose address is on the screen, as it was read in this session.
pub fn shown(model: &Model) -> Option<&Channel> {
    let reveal = model.reveal.as_ref().filter(|reveal| reveal.until.is_some())?;
    read(model, &reveal.device)
}

//! Making sure whose a device is: how the person's identity is known, who asked, and what the person read out.
//!
//! These are the first steps of an activation, too: what follows them is a [`Then`], and [`Identified`] is what they
//! found out. Nothing is sent to the device here. What the person read out is compared and dropped.

pub mod read_back;

use super::{
    act,
    asking::{self, refuse},
    effect::Effect,
    ledger::{self, Once},
    model::Model,
    overlay::{Action, Menu, MenuItem, MenuKind, Overlay, Purpose},
    review, screens,
    style::{Line, Role},
};
use crate::{
    domain::{
        address::Address,
        contact::{ActivationStatus, Channel, Contact},
        gap::Reading,
        ids::Arn,
    },
    findings::matching::{Matches, PersonMatch},
    ledger::{
        Entry,
        entry::{DeviceConfirmed, DeviceNotConfirmed, Method},
    },
};
use read_back::{Compared, Part};

/// After so many answers that do not agree it is over.
const MISMATCHES: u32 = 3;

/// What is done once it is certain whose a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is recorded, and that is all.
    Record,
    /// It is recorded, and a code is sent to it.
    Activate,
}

/// What has been answered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    then: Then,
    device: Arn,
    /// Where it leads, as it was read when the questions began.
    address: Address,
    method: Option<Method>,
    reference: Option<String>,
    by: Option<String>,
    mismatches: u32,
}

/// A device of which it is certain whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The device.
    pub channel: Arn,
    /// The person it belongs to.
    pub contact: Arn,
    /// Where it leads, whole.
    pub address: Address,
    /// What the service says about it.
    pub status: ActivationStatus,
    /// How the person's identity is known.
    pub method: Method,
    /// Who made sure.
    pub by: String,
    /// The number of the ticket, or who vouches for one's own device.
    pub reference: Option<String>,
}

/// The ways, each with its number, its word and what it is.
const METHODS: [(Method, &str, &str); 5] = [
    (Method::InPerson, "person", "in person"),
    (Method::Video, "video", "on a video call"),
    (Method::CallBack, "call", "by calling back the number in the roster"),
    (Method::Ticket, "ticket", "through a ticket"),
    (Method::Own, "own", "it is your own device"),
];

/// Returns why nothing that is selected can be confirmed, if nothing can.
pub fn hindrance(model: &Model) -> Option<String> {
    let devices = devices(model);
    match devices.as_slice() {
        [] => Some("select a device, or a person who has one".to_owned()),
        [(only, _)] => device_hindrance(model, &only.arn),
        _ => model.ledger.hindrance(),
    }
}

/// Returns why nobody can make sure now whose a device is, if nobody can.
fn device_hindrance(model: &Model, device: &Arn) -> Option<String> {
    if let Some(why) = model.ledger.hindrance() {
        return Some(why);
    }
    match fresh(model, device) {
        None => Some("the device has not been read in this session: read it again first".to_owned()),
        Some((channel, _)) if channel.address.reveal().is_none() => {
            Some("its address is remembered masked only: read it again first".to_owned())
        }
        Some((channel, _)) => Part::of(&channel.address)
            .is_none()
            .then(|| "its address is neither a number nor a mail address that could be read out".to_owned()),
    }
}

/// Begins with the selected device, or lets one of the person's devices be chosen.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    choose(model, Then::Record)
}

/// Begins with the selected device, or lets one of the person's devices be chosen.
pub fn choose(model: &mut Model, then: Then) -> Vec<Effect> {
    let devices = devices(model);
    if let [(only, _)] = devices.as_slice() {
        let device = only.arn.clone();
        return ask_about(model, &device, then);
    }
    let items = items(devices.into_iter().map(|(channel, _)| channel), then);
    let menu = Menu::new(MenuKind::Devices, "which device?", items);
    model.overlays.push(Overlay::Menu(menu));
    Vec::new()
}

/// Returns devices to choose from, each with what is done then.
pub fn items<'a>(devices: impl Iterator<Item = &'a Channel>, then: Then) -> Vec<MenuItem> {
    devices
        .map(|channel| MenuItem {
            line: Line::plain(&channel.name)
                .and("  ", Role::Normal)
                .and(screens::devices::kind_word(&channel.kind), Role::Dim)
                .and("  ", Role::Normal)
                .and(screens::devices::status_words(&channel.status).0, Role::Dim),
            action: Action::Confirm(channel.arn.clone(), then),
        })
        .collect()
}

/// Asks the first question about a device.
pub fn ask_about(model: &mut Model, device: &Arn, then: Then) -> Vec<Effect> {
    if let Some(why) = device_hindrance(model, device) {
        model.say(why);
        return Vec::new();
    }
    let Some((channel, _)) = fresh(model, device) else {
        return Vec::new();
    };
    let draft = Draft {
        then,
        device: device.clone(),
        address: channel.address.clone(),
        method: None,
        reference: None,
        by: None,
        mismatches: 0,
    };
    ask(model, draft);
    Vec::new()
}

/// Takes an answer, and asks the next question or comes to an end.
pub fn answer(model: &mut Model, mut draft: Draft, text: &str) -> Vec<Effect> {
    let Some(method) = draft.method else {
        let as_before = || last_method(model).filter(|_| text.is_empty());
        match method(text)
            .or_else(as_before)
            .ok_or_else(|| "type one of the numbers".to_owned())
        {
            Ok(Method::CallBack) if !has_roster_number(model, &draft.device) => {
                return refuse(model, "the roster has no number of this person to call back");
            }
            Ok(method) => draft.method = Some(method),
            Err(why) => return refuse(model, why),
        }
        ask(model, draft);
        return Vec::new();
    };
    if needs_reference(method) && draft.reference.is_none() {
        if text.is_empty() {
            return refuse(model, "without this nobody can look it up later");
        }
        if method == Method::Own && is_caller(model, text) {
            return refuse(model, "somebody else has to vouch for your own device");
        }
        draft.reference = Some(text.to_owned());
        ask(model, draft);
        return Vec::new();
    }
    if draft.by.is_none() {
        if text.is_empty() {
            return refuse(model, "somebody has to answer for it");
        }
        draft.by = Some(text.to_owned());
        ask(model, draft);
        return Vec::new();
    }
    read_out(model, draft, text)
}

/// Ends the questions; answers that did not agree are recorded all the same.
pub fn dropped(model: &mut Model, draft: &Draft) -> Vec<Effect> {
    if draft.mismatches == 0 {
        return Vec::new();
    }
    not_confirmed(model, draft, "given up after an answer that did not agree")
}

fn read_out(model: &mut Model, mut draft: Draft, typed: &str) -> Vec<Effect> {
    let found = fresh(model, &draft.device).map(|(channel, person)| {
        let status = channel.status.clone();
        (channel.address.clone(), person.arn.clone(), status)
    });
    let (Some((address, contact, status)), Some(method), Some(by)) = (found, draft.method, draft.by.clone()) else {
        return end(model, "the device is not there any more: nothing was recorded");
    };
    if address != draft.address {
        return end(model, "its address was changed meanwhile: begin again");
    }
    let compared = Part::of(&address).map(|part| part.compare(&address, typed));
    match compared {
        None => end(model, "its whole address is not known any more: read it again first"),
        Some(Compared::NotAnAnswer) => refuse(model, "that is not what is asked for; it does not count"),
        Some(Compared::Differs) => {
            draft.mismatches += 1;
            if draft.mismatches >= MISMATCHES {
                model.overlays.pop();
                return not_confirmed(model, &draft, "what was read out did not agree");
            }
            let left = MISMATCHES - draft.mismatches;
            ask(model, draft);
            refuse(
                model,
                format!("it does not agree; {left} more, then it is over and recorded"),
            )
        }
        Some(Compared::Agrees) => {
            model.overlays.pop();
            let identified = Identified {
                channel: draft.device,
                contact,
                address,
                status,
                method,
                by,
                reference: draft.reference,
            };
            match draft.then {
                Then::Record => {
                    let entry = identified.entry(model);
                    ledger::record(model, vec![entry], "confirmed, and recorded")
                }
                Then::Activate => {
                    let entry = identified.entry(model);
                    let Identified { channel, status, .. } = identified;
                    let once = Once::Activate {
                        device: channel,
                        status,
                    };
                    ledger::record(model, vec![entry], once)
                }
            }
        }
    }
}

impl Identified {
    /// Returns what the ledger says of it.
    pub fn entry(&self, model: &Model) -> Entry {
        Entry::DeviceConfirmed(DeviceConfirmed {
            channel: self.channel.clone(),
            contact: self.contact.clone(),
            address: self.address.clone(),
            method: self.method,
            confirmed_by: self.by.clone(),
            reference: self.reference.clone(),
            status: self.status.clone(),
            review: review::in_hand(model).map(|campaign| campaign.name.clone()),
        })
    }
}

fn not_confirmed(model: &mut Model, draft: &Draft, why: &str) -> Vec<Effect> {
    let contact = fresh(model, &draft.device).map(|(_, person)| person.arn.clone());
    let entry = Entry::DeviceNotConfirmed(DeviceNotConfirmed {
        channel: draft.device.clone(),
        contact: contact.unwrap_or_else(|| draft.device.clone()),
        address: draft.address.clone(),
        mismatches: draft.mismatches,
        reason: why.to_owned(),
    });
    ledger::record(model, vec![entry], format!("not confirmed: {why}; that is recorded"))
}

fn ask(model: &mut Model, draft: Draft) {
    let name = screens::label(&model.facts(), &draft.device);
    let (question, suggested) = match (draft.method, &draft.reference, &draft.by) {
        (None, ..) => {
            let ways: Vec<String> = (1..)
                .zip(METHODS)
                .map(|(n, (_, _, words))| format!("{n} {words}"))
                .collect();
            (
                format!("{name}: how do you know that it is them? {}", ways.join(" · ")),
                String::new(),
            )
        }
        (Some(Method::Ticket), None, _) => ("The number of the ticket?".to_owned(), String::new()),
        (Some(Method::Own), None, _) => ("Who else vouches for it? Their name".to_owned(), String::new()),
        (Some(_), _, None) => ("Who made sure?".to_owned(), caller(model)),
        (Some(_), _, Some(_)) => {
            let part = Part::of(&draft.address).map_or("it", Part::words);
            (
                format!("Ask the person to read out {part} of the address of {name}, and type what they say"),
                String::new(),
            )
        }
    };
    asking::ask(model, question, suggested, Purpose::Confirm(draft));
}

fn end(model: &mut Model, why: &str) -> Vec<Effect> {
    model.overlays.pop();
    model.say(why);
    Vec::new()
}

fn method(text: &str) -> Option<Method> {
    let numbered = (1..).zip(METHODS);
    let mut found = numbered.filter(|(number, (_, word, _))| text == number.to_string() || text == *word);
    found.next().map(|(_, (method, ..))| method)
}

/// Returns how it was made sure the last time, whoever did.
fn last_method(model: &Model) -> Option<Method> {
    let mut entries = model.ledger.entries().rev();
    entries.find_map(|(_, entry)| {
        if let Entry::DeviceConfirmed(confirmed) = entry {
            Some(confirmed.method)
        } else {
            None
        }
    })
}

fn needs_reference(method: Method) -> bool {
    match method {
        Method::Ticket | Method::Own => true,
        Method::InPerson | Method::Video | Method::CallBack => false,
    }
}

/// Returns whether the roster has a number of the one person who is behind a device's contact.
fn has_roster_number(model: &Model, device: &Arn) -> bool {
    let Some(roster) = &model.setup.judging.roster else {
        return false;
    };
    let Some((_, person)) = fresh(model, device) else {
        return false;
    };
    match Matches::new(&model.fresh, roster).person(&person.arn) {
        Some(PersonMatch::One(one)) => roster.entries.get(one.entry).is_some_and(|entry| entry.phone.is_some()),
        Some(PersonMatch::Ambiguous(_) | PersonMatch::Nobody | PersonMatch::Unknown) | None => false,
    }
}

/// Returns the name that whoever is signed in goes by.
pub fn caller(model: &Model) -> String {
    match &model.fresh.caller {
        Reading::Known(caller) => caller.arn.name().rsplit('/').next().unwrap_or_default().to_owned(),
        Reading::Unknown(_) | Reading::Pending => String::new(),
    }
}

fn is_caller(model: &Model, name: &str) -> bool {
    caller(model).to_lowercase() == name.trim().to_lowercase()
}

/// Returns a device as it was read in this session, with its person.
fn fresh<'a>(model: &'a Model, device: &Arn) -> Option<(&'a Channel, &'a Contact)> {
    let (channel, person) = model.fresh.channel(device)?;
    Some((channel, person.as_ref()))
}

/// Returns the selected device, or the devices of the selected person.
pub fn devices(model: &Model) -> Vec<(&Channel, &Contact)> {
    let Some(subject) = act::subject(model) else {
        return Vec::new();
    };
    let inventory = &model.shown.inventory;
    let arn = model.shown.graph.resolve(subject).unwrap_or(subject);
    if let Some((channel, person)) = inventory.channel(arn) {
        return vec![(channel, person)];
    }
    let Some(person) = inventory.contacts.items.get(arn) else {
        return Vec::new();
    };
    let known = person.channels.known().into_iter().flatten();
    known.map(|channel| (channel, person.as_ref())).collect()
}

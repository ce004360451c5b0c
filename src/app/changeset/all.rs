//! Many devices, one after the other: who is on call next comes first.
//!
//! It is a list of devices and nothing more. What is done and what is waited for is read from the account and the ledger each
//! time, so that a round that is begun again goes on where it was left, whoever left it.

use super::open;
use crate::{
    app::{
        effect::Effect,
        model::Model,
        overlay::{Action, Menu, MenuItem, MenuKind, Overlay},
        screens,
        style::{Line, Role},
        time,
    },
    changes::fact::Ending,
    domain::{
        Timestamp,
        contact::{ActivationStatus, Channel, Contact},
        ids::Arn,
        operation::RateClass,
        text::neutral,
    },
};
use chrono::Duration;
use std::collections::BTreeSet;

/// The writes that an activation takes: the code that is sent, and the code that is given back.
const WRITES: usize = 2;

/// The devices of a round, as long as their list is open.
#[derive(Debug, Clone, Default)]
pub struct Round {
    /// The devices in their order.
    pub devices: Vec<Arn>,
    /// When it began.
    began_at: Option<Timestamp>,
}

/// Returns why no round can be begun, if none can.
pub fn hindrance(model: &Model) -> Option<String> {
    let why = "no device is to be activated here: mark devices or people, or filter their screen";
    super::hindrance(model).or_else(|| devices(model).is_empty().then(|| why.to_owned()))
}

/// Begins a round with the devices of the marked rows, or of the rows that the screen shows.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    model.round = Round {
        devices: devices(model),
        began_at: Some(model.now),
    };
    let menu = Menu::new(MenuKind::Round, String::new(), Vec::new());
    model.overlays.push(Overlay::Menu(menu));
    refresh(model);
    Vec::new()
}

/// Returns the devices that are not active, in the order in which their people are on call.
fn devices(model: &Model) -> Vec<Arn> {
    let Some(list) = model.list() else { return Vec::new() };
    let marks = list.marks();
    let rows: BTreeSet<&Arn> = list
        .shown()
        .map(|row| &row.id)
        .filter(|id| marks.is_empty() || marks.contains(*id))
        .map(|id| {
            let about = model.judged.of_row(id).and_then(|finding| finding.subject.arn.as_ref());
            about.unwrap_or(id)
        })
        .collect();
    let inventory = &model.shown.inventory;
    let mut found: Vec<(Timestamp, &str, &Arn)> = Vec::new();
    for person in inventory.contacts.items.values() {
        if inventory.account().is_none() || inventory.is_shared_in(&person.arn) {
            continue;
        }
        let is_meant = rows.contains(&person.arn);
        let silent = |channel: &&Channel| {
            channel.status == ActivationStatus::NotActivated && (is_meant || rows.contains(&channel.arn))
        };
        let next = next_shift(model, person).unwrap_or(Timestamp::MAX_UTC);
        let channels = person.channels.known().into_iter().flatten().filter(silent);
        found.extend(channels.map(|channel| (next, person.label(), &channel.arn)));
    }
    found.sort();
    found.into_iter().map(|(_, _, channel)| channel.clone()).collect()
}

fn next_shift(model: &Model, person: &Contact) -> Option<Timestamp> {
    let (_, shift) = model.shown.graph.next_shift(&person.arn, model.now)?;
    Some(shift.start_at.max(model.now))
}

/// Brings the list up to date: what is done, what is waited for, and what is left.
pub fn refresh(model: &mut Model) {
    let items: Vec<MenuItem> = model.round.devices.iter().map(|device| item(model, device)).collect();
    let total = model.round.devices.len();
    let done = model
        .round
        .devices
        .iter()
        .filter(|device| is_active(model, device))
        .count();
    let left = total - done;
    let rate = usize::try_from(RateClass::Writes.requests_per_second().max(1)).unwrap_or(1);
    let seconds = i64::try_from(left * WRITES / rate).unwrap_or(i64::MAX);
    let length = Duration::try_seconds(seconds).map_or_else(String::new, time::length);
    let title = if left == 0 {
        format!("{total} of {total} devices are active")
    } else {
        format!("{done} of {total} devices are active; the writes for the rest take {length}")
    };
    let note = Line::of("enter", Role::Key)
        .and(" begin or go on  ", Role::Dim)
        .and("y", Role::Key)
        .and(" copy a text to send to the person  ", Role::Dim)
        .and("esc", Role::Key)
        .and(" leave", Role::Dim);
    if let Some(Overlay::Menu(menu)) = model.overlays.last_mut()
        && menu.kind == MenuKind::Round
    {
        menu.title = title;
        menu.note = Some(note);
        menu.set_items(items);
    }
}

/// Goes to the next device that is not done, when the one before is.
pub fn go_on(model: &mut Model) {
    refresh(model);
    let inside = model.layout().overlay_inside;
    let is_left = |device: &&Arn| !is_active(model, device) && open::activating(&model.ledger, device).is_none();
    let Some(Overlay::Menu(menu)) = model.overlays.last() else {
        return;
    };
    if menu.kind != MenuKind::Round {
        return;
    }
    let here = menu.place;
    let after = model.round.devices.iter().enumerate().skip(here);
    let next = after
        .filter(|(_, device)| is_left(device))
        .map(|(place, _)| place)
        .next();
    let rows = next.and_then(|place| isize::try_from(place - here).ok());
    if let Some(Overlay::Menu(menu)) = model.overlays.last_mut()
        && let Some(rows) = rows
    {
        let height = inside.height.saturating_sub(menu.other_rows());
        menu.move_by(rows, usize::from(height));
    }
}

/// Returns whether a device is active: by what was read, or by a changeset that has ended since, which read it too.
fn is_active(model: &Model, device: &Arn) -> bool {
    let known = model.shown.inventory.channel(device);
    let is_read = known.is_some_and(|(channel, _)| channel.status == ActivationStatus::Activated);
    let mut recorded = model.ledger.changesets.all().iter().rev();
    let last = recorded.find(|recorded| super::activated(&recorded.progress.planned) == Some(device));
    is_read
        || last.is_some_and(|last| {
            let ending = last.progress.closed.as_ref().map(|closed| closed.ending);
            ending == Some(Ending::Done) && model.round.began_at.is_some_and(|at| last.changed_at >= at)
        })
}

fn item(model: &Model, device: &Arn) -> MenuItem {
    let action = Action::Activate(device.clone(), text(model, device));
    let Some((channel, person)) = model.shown.inventory.channel(device) else {
        return MenuItem {
            line: Line::of(format!("{} is not there any more", device.name()), Role::Unknown),
            action,
        };
    };
    let (word, role) = if is_active(model, device) {
        ("active", Role::Good)
    } else if open::activating(&model.ledger, device).is_some() {
        ("code sent", Role::Warning)
    } else {
        ("to do", Role::Normal)
    };
    let when = match next_shift(model, person) {
        Some(at) if at <= model.now => "on call now".to_owned(),
        Some(at) => format!("on call {}", time::distance(at, model.now)),
        None => "no shift ahead".to_owned(),
    };
    MenuItem {
        line: Line::of(format!("{word:<10}"), role)
            .and(format!("{when:<22}"), Role::Dim)
            .and(person.label(), Role::Normal)
            .and("  ", Role::Normal)
            .and(&channel.name, Role::Normal)
            .and(format!("  {} ", screens::devices::kind_word(&channel.kind)), Role::Dim)
            .and(channel.address.masked(), Role::Dim),
        action,
    }
}

/// Returns a text that tells a person what will arrive, on which of their devices, and what to do with it.
fn text(model: &Model, device: &Arn) -> String {
    let Some((_, person)) = model.shown.inventory.channel(device) else {
        return String::new();
    };
    let operator = crate::app::confirm::caller(model);
    let mut text = format!(
        "Hello {},\n\nthese devices of yours are to page you when there is an incident, and were never activated:\n",
        neutral(person.label())
    );
    for channel in person.channels.known().into_iter().flatten() {
        if model.round.devices.contains(&channel.arn) && !is_active(model, &channel.arn) {
            let kind = neutral(screens::devices::kind_word(&channel.kind));
            let line = [
                "- ",
                &neutral(&channel.name),
                " (",
                &kind,
                "), ",
                channel.address.masked(),
                "\n",
            ];
            text.extend(line);
        }
    }
    text.push_str(
        "\nFor each, AWS Incident Manager sends you a code of some digits. It is a test and no page. Have the device at \
         hand when ",
    );
    text.push_str(if operator.is_empty() { "I" } else { &operator });
    text.push_str(
        " calls you. First you are asked for the last four digits of the number, or for what stands before the @ of the \
         address, then for the code. Do not send either in a chat or a mail, and tell the code to nobody else. If you ever \
         answered UNSUBSCRIBE or STOP to such a text message, send START to its sender first.\n",
    );
    text
}

/// Begins with a device of the round, or goes on with it.
pub fn choose(model: &mut Model, device: &Arn) -> Vec<Effect> {
    if is_active(model, device) {
        model.say("it is active already");
        return Vec::new();
    }
    super::activate::ask_about(model, device)
}

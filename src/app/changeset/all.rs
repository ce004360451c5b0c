//! Many devices, one after the other: who is on call next comes first.
//!
//! A round is a list of devices in the ledger and nothing more. What became of each is read from the ledger and the account
//! each time, so that a round goes on where it was left, whoever left it and whenever.

use crate::{
    app::{
        effect::Effect,
        key::{Key, KeyCode},
        ledger::{self, Once},
        model::Model,
        overlay::{Action, Menu, MenuItem, MenuKind, Overlay, Pager},
        reveal, screens,
        style::{Line, Role},
        time,
    },
    domain::{
        Timestamp,
        contact::{ActivationStatus, Channel, Contact},
        ids::Arn,
        operation::RateClass,
        text::neutral,
    },
    ledger::{
        Entry,
        entry::{DeviceSkipped, RoundBegun},
        rounds::{Round, Standing},
    },
};
use chrono::Duration;
use std::collections::BTreeSet;

/// The writes that an activation takes: the code that is sent, and the code that is given back.
const WRITES: usize = 2;

/// After so many days a round that was not finished is not spoken of at the start any more.
const TOLD_FOR: Duration = Duration::days(30);

/// What has become of a device of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Active,
    ConfirmedOnly,
    Skipped,
    WrongAddress,
    Failed,
    CodeSent,
    ToDo,
    NotThere,
}

impl Group {
    /// Every group, in the order of the summary.
    const ALL: [Self; 8] = [
        Self::Active,
        Self::ConfirmedOnly,
        Self::Skipped,
        Self::WrongAddress,
        Self::Failed,
        Self::CodeSent,
        Self::ToDo,
        Self::NotThere,
    ];

    /// Returns its word in the list, and what the word is.
    fn word(self) -> (&'static str, Role) {
        match self {
            Self::Active => ("active", Role::Good),
            Self::ConfirmedOnly => ("confirmed", Role::Normal),
            Self::Skipped => ("skipped", Role::Dim),
            Self::WrongAddress => ("address?", Role::Danger),
            Self::Failed => ("failed", Role::Danger),
            Self::CodeSent => ("code sent", Role::Warning),
            Self::ToDo => ("to do", Role::Normal),
            Self::NotThere => ("not there", Role::Unknown),
        }
    }

    /// Returns what it is, and what can be done about it, for the summary.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Active => ("activated", ""),
            Self::ConfirmedOnly => (
                "confirmed only, no code sent",
                "enter sends one, unless it is active already",
            ),
            Self::Skipped => ("skipped", "enter comes back to it"),
            Self::WrongAddress => ("wrong address", "correct-address on the device, then enter here"),
            Self::Failed => ("failed", "enter goes on, or begins anew"),
            Self::CodeSent => ("waiting for the code", "enter, with the code that the person has"),
            Self::ToDo => ("to do", "enter"),
            Self::NotThere => ("not there, as far as was read", "read-all-again"),
        }
    }

    /// Returns those that are come back to when nothing else is to do.
    fn is_left_for_later(self) -> bool {
        match self {
            Self::Skipped | Self::WrongAddress | Self::Failed | Self::CodeSent => true,
            Self::Active | Self::ConfirmedOnly | Self::ToDo | Self::NotThere => false,
        }
    }
}

/// A device of a round, as far as it has come.
struct Seen<'a> {
    group: Group,
    /// Why, where somebody said it.
    why: Option<&'a str>,
    is_active: bool,
    known: Option<(&'a Channel, &'a Contact)>,
}

impl Seen<'_> {
    /// Returns whether it is the turn of this device: nobody has left it for later, and it is not done.
    fn is_next(&self) -> bool {
        match self.group {
            Group::ToDo => true,
            Group::ConfirmedOnly => !self.is_active,
            Group::Active
            | Group::Skipped
            | Group::WrongAddress
            | Group::Failed
            | Group::CodeSent
            | Group::NotThere => false,
        }
    }
}

/// Returns why no round can be begun, if none can.
pub fn hindrance(model: &Model) -> Option<String> {
    let why = "no device is to be activated here: mark devices or people, or filter their screen";
    super::hindrance(model).or_else(|| devices(model).is_empty().then(|| why.to_owned()))
}

/// Returns why no round can be gone on with, if none can.
pub fn no_round(model: &Model) -> Option<String> {
    let why = "no round was begun; activate-all begins one";
    super::hindrance(model).or_else(|| model.ledger.rounds.last().is_none().then(|| why.to_owned()))
}

/// Begins a round with the devices of the marked rows, or of the rows that the screen shows. Where they are just those that
/// the last round has left, that one goes on.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let channels = devices(model);
    if let Some(round) = model.ledger.rounds.last() {
        let left = round.devices.iter().filter(|device| {
            let seen = seen(model, device);
            !seen.is_active && seen.group != Group::NotThere
        });
        if left.collect::<BTreeSet<_>>() == channels.iter().collect() {
            model.say("the round goes on where it was left");
            show(model);
            return Vec::new();
        }
    }
    let begun = Entry::RoundBegun(RoundBegun { channels });
    ledger::record(model, vec![begun], Once::ShowRound)
}

/// Shows the last round again; what became of its devices, too, when nothing more is to do.
pub fn go_back(model: &mut Model) -> Vec<Effect> {
    show(model);
    let is_over = round(model).is_some_and(|round| !round.devices.iter().any(|device| seen(model, device).is_next()));
    if is_over {
        summarise(model);
    }
    Vec::new()
}

/// Shows the last round, at the first device whose turn it is.
pub fn show(model: &mut Model) {
    if !is_on_top(model) {
        let menu = Menu::new(MenuKind::Round, String::new(), Vec::new());
        model.put_under_code(Overlay::Menu(menu));
    }
    refresh(model);
    if !select_next(model, 0) {
        select_later(model);
    }
}

/// Says that a round was not finished, when the ledger was read.
pub fn tell(model: &mut Model) {
    let is_done = |device: &Arn| matches!(model.ledger.rounds.standing(device), Standing::Activated(_));
    let is_left = |round: &&Round| {
        let is_recent = round.began_at + TOLD_FOR > model.now;
        is_recent && !round.devices.iter().all(is_done)
    };
    if let Some(round) = round(model).filter(is_left) {
        let began = time::instant(round.began_at, model.now, model.zone);
        model.say(format!(
            "a round of activations was begun {began}; activation-round goes on with it"
        ));
    }
}

fn round(model: &Model) -> Option<&Round> {
    model.ledger.rounds.last()
}

fn is_on_top(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Menu(menu)) if menu.kind == MenuKind::Round)
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

fn shift_words(model: &Model, person: &Contact) -> String {
    match next_shift(model, person) {
        Some(at) if at <= model.now => "on call now".to_owned(),
        Some(at) => format!("on call {}", time::distance(at, model.now)),
        None => "no shift ahead".to_owned(),
    }
}

/// Returns how far a device has come: by what was read, and by what was recorded since the round began.
fn seen<'a>(model: &'a Model, device: &Arn) -> Seen<'a> {
    let known = model.shown.graph.channel(&model.shown.inventory, device);
    let known = known.map(|(channel, person)| (channel, person.as_ref()));
    let is_read = known.is_some_and(|(channel, _)| channel.status == ActivationStatus::Activated);
    let standing = model.ledger.rounds.standing(device);
    // Until the account is read again, the ledger knows it better: the changeset has read it, too.
    let is_newer = |at: Timestamp| model.fresh.started_at.is_none_or(|started_at| started_at <= at);
    let active_or = |group| if is_read { Group::Active } else { group };
    let (group, why) = match standing {
        Standing::Activated(at) if is_newer(*at) => (Group::Active, None),
        Standing::Confirmed { .. } => (Group::ConfirmedOnly, None),
        Standing::ToDo | Standing::Activated(_) => (active_or(Group::ToDo), None),
        Standing::Skipped => (active_or(Group::Skipped), None),
        Standing::WrongAddress(why) => (active_or(Group::WrongAddress), Some(why.as_str())),
        Standing::CodeSent => (active_or(Group::CodeSent), None),
        Standing::Failed(why) => (active_or(Group::Failed), Some(why.as_str())),
    };
    // While a person is read again their devices are not known for a moment.
    let is_gone = known.is_none() && model.load.is_none();
    let group = if is_gone { Group::NotThere } else { group };
    let why = why.filter(|_| group != Group::Active);
    Seen {
        group,
        why,
        is_active: is_read || group == Group::Active,
        known,
    }
}

/// Returns how far the round has come, in a few words.
fn progress(model: &Model, round: &Round) -> String {
    let (mut active, mut skipped, mut waiting, mut left) = (0, 0, 0, 0);
    for device in &round.devices {
        let seen = seen(model, device);
        active += usize::from(seen.is_active);
        skipped += usize::from(seen.group == Group::Skipped);
        waiting += usize::from(seen.group == Group::CodeSent);
        left += usize::from(!seen.is_active && seen.group != Group::NotThere);
    }
    let total = round.devices.len();
    let mut words = vec![format!("{active} of {total} active")];
    if skipped > 0 {
        words.push(format!("{skipped} skipped"));
    }
    if waiting > 0 {
        words.push(format!("{waiting} waiting for a code"));
    }
    if left > 0 {
        let rate = usize::try_from(RateClass::Writes.requests_per_second().max(1)).unwrap_or(1);
        let seconds = i64::try_from((left * WRITES).div_ceil(rate)).unwrap_or(i64::MAX);
        let length = Duration::try_seconds(seconds).map_or_else(String::new, time::length);
        words.push(format!("about {length} of writes at AWS's rate"));
    }
    words.join(", ")
}

/// Returns how far the round has come that a device is activated in, and how soon its person is on call.
pub fn progress_line(model: &Model, person: &Contact) -> Option<Line> {
    let is_round = |overlay: &Overlay| matches!(overlay, Overlay::Menu(menu) if menu.kind == MenuKind::Round);
    let round = round(model).filter(|_| model.overlays.iter().any(is_round))?;
    let words = format!(
        "{} · {} {}",
        progress(model, round),
        person.label(),
        shift_words(model, person)
    );
    Some(Line::of(words, Role::Dim))
}

/// Brings the list up to date: what is done, what is waited for, and what is left.
pub fn refresh(model: &mut Model) {
    let Some(round) = round(model).filter(|_| is_on_top(model)) else {
        return;
    };
    let items: Vec<MenuItem> = round.devices.iter().map(|device| item(model, device)).collect();
    let title = progress(model, round);
    let keys = [
        ("enter", "go"),
        ("s", "skip"),
        ("n", "next"),
        ("y", "text"),
        ("tab", "summary"),
    ];
    let mut note = Line::default();
    for (key, word) in keys {
        note = note.and(key, Role::Key).and(format!(" {word}  "), Role::Dim);
    }
    let note = note.and("esc", Role::Key);
    if let Some(Overlay::Menu(menu)) = model.overlays.last_mut() {
        menu.title = title;
        menu.note = Some(note);
        menu.set_items(items);
    }
}

fn item(model: &Model, device: &Arn) -> MenuItem {
    let action = Action::Activate(device.clone());
    let seen = seen(model, device);
    let (word, role) = seen.group.word();
    let line = Line::of(format!("{word:<10}"), role);
    let line = match seen.known {
        Some((channel, person)) => {
            let line = line
                .and(format!("{:<20}", shift_words(model, person)), Role::Dim)
                .and(person.label(), Role::Normal)
                .and("  ", Role::Normal)
                .and(&channel.name, Role::Normal)
                .and(format!("  {} ", screens::devices::kind_word(&channel.kind)), Role::Dim)
                .and(channel.address.masked(), Role::Dim);
            match seen.why {
                Some(why) => line.and("  ", Role::Normal).and(why, Role::Warning),
                None => line,
            }
        }
        None => line.and(device.name(), Role::Normal),
    };
    MenuItem { line, action }
}

/// Goes to the next device whose turn it is, when the one before is done or left; at the end, tells what became of all.
pub fn go_on(model: &mut Model) {
    if !is_on_top(model) {
        return;
    }
    refresh(model);
    let here = place(model);
    if select_next(model, here) {
        return;
    }
    select_later(model);
    summarise(model);
}

/// Selects the first device that was left for later.
fn select_later(model: &mut Model) {
    let is_it = |device: &Arn| seen(model, device).group.is_left_for_later();
    let later = round(model).and_then(|round| round.devices.iter().position(is_it));
    if let Some(place) = later {
        select(model, place);
    }
}

fn place(model: &Model) -> usize {
    match model.overlays.last() {
        Some(Overlay::Menu(menu)) => menu.place,
        Some(Overlay::Pager(_) | Overlay::Prompt(_) | Overlay::Change(_) | Overlay::Code(_) | Overlay::Removal(_))
        | None => 0,
    }
}

/// Selects the first device from this place on whose turn it is, or else the first one of all; false when there is none.
fn select_next(model: &mut Model, from: usize) -> bool {
    let Some(round) = round(model) else { return false };
    let is_next = |(_, device): &(usize, &Arn)| seen(model, device).is_next();
    let places = || round.devices.iter().enumerate();
    let next = places().skip(from).find(is_next).or_else(|| places().find(is_next));
    let next = next.map(|(place, _)| place);
    if let Some(place) = next {
        select(model, place);
    }
    next.is_some()
}

fn select(model: &mut Model, place: usize) {
    let inside = model.layout().overlay_inside;
    if let Some(Overlay::Menu(menu)) = model.overlays.last_mut() {
        let height = usize::from(inside.height.saturating_sub(menu.other_rows()));
        let here = isize::try_from(menu.place).unwrap_or(isize::MAX);
        let there = isize::try_from(place).unwrap_or(isize::MAX);
        menu.move_by(there - here, height);
    }
}

/// Returns the device that is selected in the list of the round.
fn selected(model: &Model) -> Option<Arn> {
    let round = round(model).filter(|_| is_on_top(model))?;
    round.devices.get(place(model)).cloned()
}

/// Returns whether a key does something in the list of a round that it does nowhere else.
pub fn takes(key: Key) -> bool {
    [Key::char('s'), Key::char('n'), Key::plain(KeyCode::Tab)].contains(&key)
}

/// Takes a key of the list of a round, or the one that shows the selected device's address.
pub fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(device) = selected(model) else {
        return Vec::new();
    };
    if key == Key::plain(KeyCode::Tab) {
        summarise(model);
    } else if key == Key::char('n') {
        if !select_next(model, place(model) + 1) {
            model.say("nothing is to do any more but what was left for later; tab shows it");
        }
    } else if key == Key::char('s') {
        return skip(model, device);
    } else {
        return reveal::of(model, &device);
    }
    Vec::new()
}

/// Leaves a device for later.
fn skip(model: &mut Model, channel: Arn) -> Vec<Effect> {
    let why = match seen(model, &channel).group {
        Group::Active => "it is active already",
        Group::CodeSent => "it waits for its code, and is passed over as it is",
        Group::Skipped => "it is skipped already; enter comes back to it",
        Group::NotThere => "it is not there any more",
        Group::ConfirmedOnly | Group::WrongAddress | Group::Failed | Group::ToDo => {
            let skipped = Entry::DeviceSkipped(DeviceSkipped { channel });
            return ledger::record(model, vec![skipped], Once::NextOfRound);
        }
    };
    model.say(why);
    Vec::new()
}

/// Tells what became of the devices of the round, and what can be done about those that are left.
fn summarise(model: &mut Model) {
    let Some(round) = round(model) else { return };
    let mut devices: Vec<(Group, Seen<'_>, &Arn)> = round
        .devices
        .iter()
        .map(|device| {
            let seen = seen(model, device);
            (seen.group, seen, device)
        })
        .collect();
    // What belongs together stays in the order of the round.
    devices.sort_by_key(|(group, ..)| *group);
    let began = time::instant(round.began_at, model.now, model.zone);
    let by = round.begun_by.rsplit('/').next().unwrap_or_default();
    let mut lines = vec![Line::plain(format!(
        "Begun {began} by {by}: {}.",
        progress(model, round)
    ))];
    for group in Group::ALL {
        let count = devices.iter().filter(|(other, ..)| *other == group).count();
        let (words, key) = group.told();
        let role = if count == 0 { Role::Dim } else { Role::Normal };
        let line = Line::of(format!("  {count:>5}  {words:<30}"), role);
        lines.push(if count > 0 { line.and(key, Role::Dim) } else { line });
    }
    for group in Group::ALL.into_iter().filter(|group| *group != Group::Active) {
        let of_it = devices.iter().filter(|(other, ..)| *other == group);
        let mut heading = Some(group.told().0.to_uppercase());
        for (_, seen, device) in of_it {
            if let Some(heading) = heading.take() {
                lines.extend([Line::default(), Line::of(heading, Role::Heading)]);
            }
            let name = seen.known.map_or_else(
                || device.name().to_owned(),
                |(channel, person)| {
                    format!(
                        "{}, {} {}: {}",
                        person.label(),
                        channel.name,
                        channel.address.masked(),
                        shift_words(model, person)
                    )
                },
            );
            let line = Line::plain(format!("  {name}"));
            lines.push(match seen.why {
                Some(why) => line.and("; ", Role::Dim).and(why, Role::Warning),
                None => line,
            });
        }
    }
    lines.push(Line::default());
    lines.push(Line::of(
        "esc goes back to the list; activation-round shows both again, also tomorrow; y copies this",
        Role::Dim,
    ));
    model
        .overlays
        .push(Overlay::Pager(Pager::new("what became of the round", lines)));
}

/// Returns a text that tells a person what will arrive, on which of their devices, and what to do with it.
pub fn text(model: &Model, device: &Arn) -> String {
    let Some((_, person)) = seen(model, device).known else {
        return String::new();
    };
    let operator = crate::app::confirm::caller(model);
    let mut text = format!(
        "Hello {},\n\nthese devices of yours are to page you when there is an incident, and were never activated:\n",
        neutral(person.label())
    );
    let all: BTreeSet<&Arn> = round(model).into_iter().flat_map(|round| &round.devices).collect();
    for channel in person.channels.known().into_iter().flatten() {
        if all.contains(&channel.arn) && !seen(model, &channel.arn).is_active {
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
    text.push_str(if operator.is_empty() { " call" } else { " calls" });
    text.push_str(
        " you. First you are asked for the last four digits of the number, or for what stands before the @ of the \
         address, then for the code. Do not send either in a chat or a mail, and tell the code to nobody else. If you ever \
         answered UNSUBSCRIBE or STOP to such a text message, send START to its sender first.\n",
    );
    text
}

/// Begins with a device of the round, or goes on with it.
pub fn choose(model: &mut Model, device: &Arn) -> Vec<Effect> {
    if seen(model, device).is_active {
        model.say("it is active already");
        return Vec::new();
    }
    super::activate::ask_about(model, device)
}

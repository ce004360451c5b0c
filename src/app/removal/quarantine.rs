//! `:quarantine`: who was taken out and is kept, for how long yet, and what can be done with them.

use super::{Aim, busy, called};
use crate::{
    app::{
        effect::Effect,
        model::Model,
        overlay::{Action, Menu, MenuItem, MenuKind, Overlay},
        style::{Line, Role},
    },
    changes::removal::quarantine::{self, Quarantined},
    domain::{ids::Arn, inventory::SectionState},
};

/// Lists who is in quarantine.
pub fn list(model: &mut Model) -> Vec<Effect> {
    let inventory = &model.shown.inventory;
    let (found, unread) = quarantine::list(inventory);
    let is_whole = unread.is_empty() && inventory.contacts.state == SectionState::Complete;
    let mut items: Vec<MenuItem> = found.iter().map(|one| item(model, one)).collect();
    items.extend(unread.iter().map(|person| MenuItem {
        line: Line::of(
            format!("{}: unknown, their tags were not read", called(person)),
            Role::Unknown,
        ),
        action: Action::Go(person.clone()),
    }));
    let empty = if is_whole {
        "nobody is in quarantine"
    } else {
        "nobody is known to be in quarantine, but not everybody was read"
    };
    let title = format!("in quarantine; kept for {} days", model.setup.quarantine_days);
    let menu = Menu::new(MenuKind::Quarantine, title, items).or_empty(empty);
    model.overlays.push(Overlay::Menu(menu));
    Vec::new()
}

fn item(model: &Model, one: &Quarantined) -> MenuItem {
    let today = model.now.with_timezone(&model.setup.zone).date_naive();
    let left = one.days_left(today, model.setup.quarantine_days);
    let (words, role) = match (one.since, left) {
        (Some(since), Some(left)) if left > 0 => {
            let days = if left == 1 { "day" } else { "days" };
            (format!("since {since}, {left} {days} left"), Role::Normal)
        }
        (Some(since), _) => (
            format!("since {since}, over: delete them or put them back"),
            Role::Warning,
        ),
        (None, _) => ("since a day that the tag does not tell".to_owned(), Role::Unknown),
    };
    let contact = model.shown.inventory.contacts.items.get(&one.contact);
    let label = contact.map_or_else(|| one.contact.name(), |contact| contact.label());
    MenuItem {
        line: Line::of(format!("{:<20}  ", crate::domain::text::neutral(label)), Role::Title).and(words, role),
        action: Action::Quarantined(one.contact.clone()),
    }
}

/// Asks what is to be done with somebody in quarantine.
pub fn choose(model: &mut Model, person: &Arn) -> Vec<Effect> {
    let name = called(person);
    let item = |words: String, action| MenuItem {
        line: Line::plain(words),
        action,
    };
    let items = vec![
        item(
            format!("put {name} back: first it is said what cannot be restored"),
            Action::Aim(Aim::PutBack(person.clone())),
        ),
        item(
            format!("delete {name} for good: refused while anything names them"),
            Action::Aim(Aim::Delete(person.clone())),
        ),
        item(format!("look at {name}"), Action::Go(person.clone())),
    ];
    let menu = Menu::new(MenuKind::Quarantine, format!("{name}, in quarantine"), items);
    model.overlays.push(Overlay::Menu(menu));
    Vec::new()
}

/// Begins what was chosen.
pub fn begin(model: &mut Model, aim: Aim) -> Vec<Effect> {
    if let Some(why) = busy(model) {
        model.say(why);
        return Vec::new();
    }
    model.overlays.clear();
    super::start(model, aim, None)
}

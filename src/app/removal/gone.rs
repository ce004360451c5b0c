//! `:remove-gone`: people whose contact is gone already and who are still named, to be taken out of what names them.

use super::{Aim, busy, called, removal};
use crate::{
    app::{
        effect::Effect,
        model::Model,
        overlay::{Action, Menu, MenuItem, MenuKind, Overlay},
        style::{Line, Role},
    },
    changes::{removal::doors, state::name_of_rotation},
    domain::ids::Arn,
};
use std::collections::BTreeSet;

/// Returns whether this is somebody, or something that could be paged, whose contact is gone and who is still named.
pub(super) fn is_gone(model: &Model, arn: &Arn) -> bool {
    let inventory = &model.shown.inventory;
    // Whatever is there, or is no contact, is not looked for among everything that is named.
    let is_contact = arn.as_str().contains(":contact/");
    is_contact
        && !inventory.contacts.items.contains_key(arn)
        && doors::gone(inventory, &model.shown.graph)
            .iter()
            .any(|gone| gone.is_same_resource(arn))
}

/// Returns why nobody who is gone can be taken out now, if nobody can.
pub fn hindrance(model: &Model) -> Option<String> {
    busy(model)
}

/// Lists everybody who is gone and still named, with what names them; choosing one takes them out.
pub fn list(model: &mut Model) -> Vec<Effect> {
    let (inventory, graph) = (&model.shown.inventory, &model.shown.graph);
    let items = doors::gone(inventory, graph).into_iter().map(|person| {
        let by: BTreeSet<&Arn> = graph.used_by(&person).iter().map(|entry| &entry.by).collect();
        let by: Vec<String> = by.into_iter().map(|by| name_of_rotation(inventory, by)).collect();
        let named = if by.is_empty() {
            "a device of theirs is named in another's plan".to_owned()
        } else {
            format!("named by {}", by.join(", "))
        };
        let aim = Aim::TakeOut(removal(model, vec![person.clone()]));
        MenuItem {
            line: Line::of(format!("{:<20}  ", called(&person)), Role::Title).and(named, Role::Normal),
            action: Action::Aim(aim),
        }
    });
    let items = items.collect();
    let is_whole = doors::unread(inventory).is_empty();
    let empty = if is_whole {
        "nobody is named whose contact is gone"
    } else {
        "nobody is known to be named whose contact is gone, but not everything was read"
    };
    let title = "gone, and still named; choose whom to take out".to_owned();
    let menu = Menu::new(MenuKind::Quarantine, title, items).or_empty(empty);
    model.overlays.push(Overlay::Menu(menu));
    Vec::new()
}

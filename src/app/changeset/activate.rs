//! `a`: first whose the device is, then the code, then the proof.
//!
//! Whoever has the device is made sure of by [`confirm`], before anything reaches it. What the ledger says was begun is
//! gone on with. A device that is active already is only confirmed: no code is sent to it.

use super::open;
use crate::{
    app::{
        confirm::{self, Then},
        effect::Effect,
        model::Model,
        overlay::{Menu, MenuKind, Overlay},
        screens,
    },
    changes::build::{self, guards},
    domain::{contact::ActivationStatus, ids::Arn},
};

/// Returns why nothing that is selected can be activated, if nothing can.
pub fn hindrance(model: &Model) -> Option<String> {
    super::hindrance(model).or_else(|| confirm::hindrance(model))
}

/// Begins with the selected device, or with the one device of the selected person that is not active.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let silent = |status: &ActivationStatus| *status != ActivationStatus::Activated;
    let devices = confirm::devices(model);
    let inactive: Vec<Arn> = devices
        .iter()
        .filter(|(channel, _)| silent(&channel.status))
        .map(|(channel, _)| channel.arn.clone())
        .collect();
    match (devices.as_slice(), inactive.as_slice()) {
        ([(only, _)], _) => {
            let device = only.arn.clone();
            ask_about(model, &device)
        }
        (_, [only]) => ask_about(model, &only.clone()),
        (_, [_, ..]) => {
            let items = confirm::items(
                devices
                    .into_iter()
                    .map(|(channel, _)| channel)
                    .filter(|channel| silent(&channel.status)),
                Then::Activate,
            );
            let menu = Menu::new(MenuKind::Devices, "which of the devices that are not active?", items);
            model.overlays.push(Overlay::Menu(menu));
            Vec::new()
        }
        (_, []) => confirm::choose(model, Then::Activate),
    }
}

/// Begins with this device, or goes on where the ledger says that it was begun.
pub fn ask_about(model: &mut Model, device: &Arn) -> Vec<Effect> {
    if let Some(name) = open::activating(&model.ledger, device).map(|open| open.progress.planned.changeset.clone()) {
        return open::show(model, &name);
    }
    // Nothing is asked of anybody about a device that cannot be activated from here.
    let stop = guards(&model.shown.inventory, std::slice::from_ref(device), |_| false)
        .into_iter()
        .find(|guard| !guard.is_answerable);
    if let Some(guard) = stop {
        model.say(format!("{}: {}; {}", guard.what, guard.why, guard.would_let_go_on));
        return Vec::new();
    }
    confirm::ask_about(model, device, Then::Activate)
}

/// Goes on with a device of which it is certain now whose it is.
pub fn confirmed(model: &mut Model, device: &Arn, status: &ActivationStatus) -> Vec<Effect> {
    if *status == ActivationStatus::Activated {
        let name = screens::label(&model.facts(), device);
        model.say(format!(
            "{name} is active already: it is confirmed, and no code was sent"
        ));
        return Vec::new();
    }
    let draft = build::activate(&model.shown.inventory, device);
    super::begin(model, draft)
}

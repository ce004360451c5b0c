//! Changesets that were begun and not ended: by this session, by one that was killed, or by somebody else.

use super::{ChangeView, Changing, Phase, Plan, ask, leave};
use crate::{
    app::{
        effect::Effect,
        key::Key,
        ledger::DeskLedger,
        model::Model,
        overlay::{Action, Menu, MenuItem, MenuKind, Overlay, Prompt, Purpose},
        removal,
        style::{Line, Role},
        time,
    },
    changes::{
        fact::Fact,
        progress::Progress,
        run::{Direction, Outcome},
    },
    domain::ids::Arn,
    failure::{Failure, FailureKind},
    ledger::{Entry, replay::Recorded},
};
use tui_input::Input;

/// Returns why no open changeset can be shown, if none can.
pub fn hindrance(model: &Model) -> Option<String> {
    let is_there = model.ledger.changesets.open().next().is_some();
    let why = || "no changeset is open".to_owned();
    super::hindrance(model).or_else(|| (!is_there).then(why))
}

/// Lists what is open.
pub fn list(model: &mut Model) -> Vec<Effect> {
    let items = model.ledger.changesets.open().map(|recorded| item(model, recorded));
    let menu = Menu::new(
        MenuKind::Changesets,
        "changesets that were not finished",
        items.collect(),
    );
    model.overlays.push(Overlay::Menu(menu));
    Vec::new()
}

fn item(model: &Model, recorded: &Recorded) -> MenuItem {
    let progress = &recorded.progress;
    let when = time::instant(recorded.planned_at, model.now, model.zone);
    let doing = if progress.uncertain().is_empty() {
        format!("  {} of {} steps done", progress.done().len(), progress.steps.len())
    } else {
        "  not known whether a step took effect".to_owned()
    };
    MenuItem {
        line: Line::of(format!("{when}  "), Role::Dim)
            .and(&progress.planned.title, Role::Normal)
            .and(doing, Role::Warning),
        action: Action::Changeset(progress.planned.changeset.clone()),
    }
}

/// Says that something was left half done, when the ledger was read.
pub fn tell(model: &mut Model) {
    let count = model.ledger.changesets.open().count();
    let what = match count {
        0 => return,
        1 => "1 changeset was not finished.".to_owned(),
        count => format!("{count} changesets were not finished."),
    };
    model.complain(&Failure::new(FailureKind::Service, what).hint(":changesets finishes, takes back or closes it"));
}

/// Returns the open changeset that activates a device, if one does.
pub fn activating<'a>(ledger: &'a DeskLedger, channel: &Arn) -> Option<&'a Recorded> {
    let is_it = |recorded: &&Recorded| super::activated(&recorded.progress.planned) == Some(channel);
    ledger.changesets.open().filter(is_it).last()
}

/// Shows an open changeset, so that it is finished, taken back or closed.
pub fn show(model: &mut Model, name: &str) -> Vec<Effect> {
    if let Some(why) = super::hindrance(model) {
        model.say(why);
        return Vec::new();
    }
    let Some(recorded) = model.ledger.changesets.get(name) else {
        return Vec::new();
    };
    let progress = recorded.progress.clone();
    let direction = if progress.is_rolling_back {
        Direction::Back
    } else {
        Direction::Forward
    };
    let ticket = model.next_ticket();
    model.changing = Some(Changing {
        ticket,
        title: progress.planned.title.clone(),
        plan: Some(Plan {
            progress,
            steps: Vec::new(),
            is_recorded: true,
            seconds_per_write: None,
            direction,
        }),
        phase: Phase::Asking,
        leaving: None,
        proven: None,
    });
    model.overlays.push(Overlay::Change(ChangeView::default()));
    ask(model);
    Vec::new()
}

/// Returns whether the changeset on the desk is one of which the ledger knows that it is open, and that stands still.
pub fn stands_still(model: &Model) -> bool {
    let Some(changing) = &model.changing else { return false };
    let is_recorded = changing.plan.as_ref().is_some_and(|plan| plan.is_recorded);
    let is_open = super::progress(model).is_some_and(Progress::is_open);
    let is_still = matches!(changing.phase, Phase::Asking | Phase::Ended(Outcome::Stopped(_)));
    is_recorded && is_open && is_still
}

/// Takes a key that is for a changeset which stands still.
pub(super) fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    if !stands_still(model) {
        return Vec::new();
    }
    if key == Key::char('r') {
        turn(model, Direction::Forward);
    } else if key == Key::char('b') {
        turn(model, Direction::Back);
    } else if key == Key::char('n') && removal::can_plan_anew(model) {
        return removal::plan_anew(model);
    } else if key == Key::char('c') {
        model.overlays.retain(|overlay| !matches!(overlay, Overlay::Code(_)));
        model.overlays.push(Overlay::Prompt(Prompt {
            question: "Close it as it is. Why? What is done stays done, and nothing more is sent".to_owned(),
            input: Input::default(),
            error: None,
            purpose: Purpose::CloseChangeset,
        }));
    }
    Vec::new()
}

/// Asks once more whether it may be carried out, this way.
fn turn(model: &mut Model, direction: Direction) {
    let is_rolling_back = super::progress(model).is_some_and(|progress| progress.is_rolling_back);
    model.overlays.retain(|overlay| !matches!(overlay, Overlay::Code(_)));
    if let Some(changing) = &mut model.changing {
        changing.phase = Phase::Asking;
        if let Some(plan) = &mut changing.plan {
            plan.direction = if is_rolling_back { Direction::Back } else { direction };
        }
    }
    ask(model);
}

/// Closes it as it is, with the reason that was typed.
pub fn take_note(model: &mut Model, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
            prompt.error = Some("whoever reads the ledger next year goes by the reason".to_owned());
        }
        return Vec::new();
    }
    model.overlays.pop();
    let closing: Option<Fact> = stands_still(model)
        .then(|| super::progress(model).map(|progress| progress.abandoned(text.to_owned())))
        .flatten();
    leave(model);
    let Some(closing) = closing else { return Vec::new() };
    let ticket = model.next_ticket();
    vec![Effect::Record {
        ticket,
        entries: vec![Entry::from(closing)],
    }]
}

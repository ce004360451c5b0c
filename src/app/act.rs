//! What the commands do. Each changes the model and returns what is to be done outside.

use super::{
    changeset,
    command::CommandId,
    confirm::{self, Then},
    effect::Effect,
    export, json,
    list::List,
    menus,
    model::{Focus, Load, Model, Place},
    overlay::{Action, Overlay, Pager, Prompt, Purpose},
    page, removal, review,
    screens::{self, ScreenId},
    style::Line,
    what_if,
};
use crate::domain::{ids::Arn, text::neutral_lines};
use std::collections::BTreeSet;
use tui_input::Input;

/// How far to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Lines.
    Line(isize),
    /// Screens full of lines.
    Page(isize),
    /// To the end in this direction.
    End(isize),
}

impl Step {
    fn rows(self, height: u16) -> isize {
        match self {
            Self::Line(lines) => lines,
            Self::Page(pages) => pages.saturating_mul(isize::try_from(height.max(1)).unwrap_or(1)),
            Self::End(direction) => direction.saturating_mul(isize::MAX),
        }
    }
}

/// Moves whatever has the keys.
pub fn move_by(model: &mut Model, step: Step) -> Vec<Effect> {
    let layout = model.layout();
    let (overlay_width, overlay_height) = (layout.overlay_inside.width, layout.overlay_inside.height);
    match model.overlays.last_mut() {
        Some(Overlay::Pager(pager)) => pager.move_by(step.rows(overlay_height), overlay_width, overlay_height),
        Some(Overlay::Menu(menu)) => {
            let height = overlay_height.saturating_sub(menu.other_rows());
            menu.move_by(step.rows(height), usize::from(height));
        }
        Some(Overlay::Change(_) | Overlay::Code(_)) => changeset::move_by(model, step.rows(overlay_height)),
        Some(Overlay::Removal(_)) => removal::move_by(model, step.rows(overlay_height / 2)),
        Some(Overlay::Prompt(_)) => {}
        None if model.page.is_some() => {
            page::move_by(model, step.rows(layout.body.height / 2));
        }
        None if model.what_if.is_some() => what_if::move_by(model, step.rows(layout.body.height / 2)),
        None if model.focus == Focus::Detail => {
            let height = layout.detail.height;
            model.detail.move_by(step.rows(height), usize::from(height));
        }
        None => model.change_list(|list| list.move_by(step.rows(layout.list.height))),
    }
    Vec::new()
}

/// Goes into the row, follows the line's link, or chooses.
pub fn open(model: &mut Model) -> Vec<Effect> {
    match model.overlays.last() {
        Some(Overlay::Menu(menu)) => match menu.selected().map(|item| item.action.clone()) {
            Some(action) => choose(model, action),
            None => Vec::new(),
        },
        Some(Overlay::Pager(_) | Overlay::Prompt(_)) => {
            review::sign::ask_name(model);
            Vec::new()
        }
        Some(Overlay::Removal(_) | Overlay::Change(_) | Overlay::Code(_)) => Vec::new(),
        None if model.is_on_page() => {
            if let Some(id) = page::subject(model).or(what_if::subject(model)).cloned() {
                go(model, &id);
            }
            Vec::new()
        }
        None if model.focus == Focus::Detail => {
            if let Some(id) = model.detail.link().cloned() {
                go(model, &id);
            }
            Vec::new()
        }
        None => {
            if model.selected_id().is_some() {
                let place = Place {
                    focus: Focus::Detail,
                    ..model.place()
                };
                model.visit(&place);
            }
            Vec::new()
        }
    }
}

fn choose(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Nothing => Vec::new(),
        Action::Go(id) => {
            model.overlays.clear();
            go(model, &id);
            Vec::new()
        }
        Action::Run(id) => {
            model.overlays.pop();
            super::run(model, id)
        }
        Action::Review(subject) => {
            model.overlays.clear();
            model.visit(&Place {
                screen: ScreenId::Review,
                selected: Some(subject),
                focus: Focus::Detail,
                page: None,
                what_if: None,
            });
            Vec::new()
        }
        Action::Activate(device) => changeset::all::choose(model, &device),
        Action::Changeset(name) => {
            model.overlays.pop();
            changeset::open::show(model, &name)
        }
        Action::Confirm(device, then) => {
            model.overlays.pop();
            match then {
                Then::Record => confirm::ask_about(model, &device, then),
                Then::Activate => changeset::activate::ask_about(model, &device),
            }
        }
        Action::Quarantined(person) => removal::quarantine::choose(model, &person),
        Action::Aim(aim) => removal::quarantine::begin(model, aim),
        Action::Show(title, text) => {
            model.overlays.push(Overlay::Pager(Pager::new(
                title,
                text.lines().map(Line::plain).collect(),
            )));
            Vec::new()
        }
    }
}

/// Goes to the row of `id`, on the screen that lists it.
fn go(model: &mut Model, id: &Arn) {
    if model.judged.of_row(id).is_some() {
        return model.visit(&Place {
            screen: ScreenId::Queue,
            selected: Some(id.clone()),
            focus: Focus::Detail,
            page: None,
            what_if: None,
        });
    }
    let target = model.shown.graph.resolve(id).cloned();
    match target.and_then(|id| Some((screens::home(&model.facts(), &id)?, id))) {
        Some((screen, id)) => model.visit(&Place {
            screen,
            selected: Some(id),
            focus: Focus::List,
            page: None,
            what_if: None,
        }),
        None => model.say(format!("{} does not exist in this account", id.name())),
    }
}

/// Closes what lies on top, leaves the detail, or clears the filter.
pub fn close(model: &mut Model) -> Vec<Effect> {
    if changeset::is_on_top(model) {
        return changeset::close(model);
    }
    if removal::is_on_top(model) {
        return removal::close(model);
    }
    if model.overlays.pop().is_some() || model.dismiss() || page::leave(model) {
        return Vec::new();
    }
    if model.focus == Focus::Detail {
        leave_detail(model);
    } else if model.list().is_some_and(|list| !list.filter_text().is_empty()) {
        let columns = model.screen.columns();
        model.change_list(|list| list.set_filter("", columns));
    } else if model.list().is_some_and(|list| !list.marks().is_empty()) {
        model.change_list(List::clear_marks);
    }
    Vec::new()
}

/// Goes back, and from a screen, quits.
pub fn back(model: &mut Model) -> Vec<Effect> {
    if changeset::is_on_top(model) {
        return changeset::close(model);
    }
    if removal::is_on_top(model) {
        return removal::close(model);
    }
    if model.overlays.pop().is_some() || page::leave(model) {
        return Vec::new();
    }
    if model.focus == Focus::Detail {
        leave_detail(model);
        return Vec::new();
    }
    vec![Effect::Quit]
}

fn leave_detail(model: &mut Model) {
    model.focus = Focus::List;
    model.change_list(|_| {});
}

/// Goes back or forward in the history.
pub fn travel(model: &mut Model, is_back: bool) -> Vec<Effect> {
    model.travel(is_back);
    Vec::new()
}

/// Shows a screen.
pub fn show(model: &mut Model, screen: ScreenId) -> Vec<Effect> {
    if model.screen != screen || model.is_on_page() {
        let selected = model
            .lists
            .get(&screen)
            .and_then(|list| list.selected())
            .map(|row| row.id.clone());
        model.visit(&Place {
            screen,
            selected,
            focus: Focus::List,
            page: None,
            what_if: None,
        });
    }
    if matches!(screen, ScreenId::Review | ScreenId::Ledger) {
        return vec![Effect::LookAtLedger];
    }
    if screen == ScreenId::Phone {
        read_phone(model)
    } else {
        Vec::new()
    }
}

/// Shows the next screen, or the one before.
pub fn next_screen(model: &mut Model, step: isize) -> Vec<Effect> {
    let screens: Vec<ScreenId> = model.screens().collect();
    let here = screens.iter().position(|screen| *screen == model.screen).unwrap_or(0);
    let count = screens.len();
    let there = here
        .checked_add_signed(step)
        .map_or(count.saturating_sub(1), |place| place % count.max(1));
    screens.get(there).map_or_else(Vec::new, |screen| show(model, *screen))
}

/// Begins to type a filter.
pub fn filter(model: &mut Model) -> Vec<Effect> {
    model.focus = Focus::List;
    let text = model
        .list()
        .map(|list| list.filter_text().to_owned())
        .unwrap_or_default();
    model.filter_input = Some(Input::new(text));
    model.change_list(|_| {});
    Vec::new()
}

/// Shows only rows on which a check failed, or all again.
pub fn findings_only(model: &mut Model) -> Vec<Effect> {
    let columns = model.screen.columns();
    model.change_list(|list| list.toggle_findings_only(columns));
    let key = model.setup.keymap.words(CommandId::FindingsOnly);
    model.say(if model.list().is_some_and(List::has_findings_only) {
        format!("only rows on which a check failed; {key} shows all again")
    } else {
        "all rows".to_owned()
    });
    Vec::new()
}

/// Sorts by the next column, or turns the order round.
pub fn sort(model: &mut Model, is_reverse: bool) -> Vec<Effect> {
    let columns = model.screen.columns();
    model.change_list(|list| {
        if is_reverse {
            list.reverse(columns);
        } else {
            list.sort_by_next(columns);
        }
    });
    Vec::new()
}

/// Marks the row, and goes to the next.
pub fn mark(model: &mut Model) -> Vec<Effect> {
    model.change_list(|list| {
        list.toggle_mark();
        list.move_by(1);
    });
    Vec::new()
}

/// Marks every row from the last mark to here.
pub fn mark_range(model: &mut Model) -> Vec<Effect> {
    model.change_list(List::mark_range);
    Vec::new()
}

/// Takes all marks away.
pub fn unmark(model: &mut Model) -> Vec<Effect> {
    model.change_list(List::clear_marks);
    Vec::new()
}

/// Returns what a command is about: the link of the detail's line, or the selected row.
pub fn subject(model: &Model) -> Option<&Arn> {
    if model.is_on_page() {
        return page::subject(model).or(what_if::subject(model));
    }
    let link = if model.focus == Focus::Detail {
        model.detail.link()
    } else {
        None
    };
    let selected = link.or_else(|| model.selected_id())?;
    // A row of the queue stands for what its finding is about.
    match model.judged.of_row(selected) {
        Some(finding) => finding.subject.arn.as_ref(),
        None => Some(selected),
    }
}

/// Shows everything that names the subject.
pub fn used_by(model: &mut Model) -> Vec<Effect> {
    if let Some(id) = subject(model).cloned() {
        let menu = menus::used_by(model, &id);
        model.overlays.push(Overlay::Menu(menu));
    }
    Vec::new()
}

/// Shows the subject as JSON.
pub fn json(model: &mut Model) -> Vec<Effect> {
    if let Some(id) = subject(model).cloned() {
        match json::text(&model.shown.inventory, &id) {
            Some(text) => {
                let lines = text.lines().map(Line::plain).collect();
                model.overlays.push(Overlay::Pager(Pager::new(id.to_string(), lines)));
            }
            None => model.say(format!("{} does not exist in this account", id.name())),
        }
    }
    Vec::new()
}

/// Returns what the marked rows are about, each thing once, in the order of ARNs. On a page no list has the keys.
pub fn marked(model: &Model) -> BTreeSet<Arn> {
    let list = model.list().filter(|_| !model.is_on_page());
    let marks = list.into_iter().flat_map(List::marks);
    // Several rows of the queue may be about one thing, and one may be about nothing that has an ARN.
    let about = marks.filter_map(|row| match model.judged.of_row(row) {
        Some(finding) => finding.subject.arn.as_ref(),
        None => Some(row),
    });
    about.cloned().collect()
}

/// Returns what is to be copied of the list: what its marked rows are about, unless a line of the detail is selected.
fn copied_marks(model: &Model) -> BTreeSet<Arn> {
    match model.focus {
        Focus::List => marked(model),
        Focus::Detail => BTreeSet::new(),
    }
}

/// Copies the ids of what the marked rows are about, one a line, or the id of the subject, or the text of an overlay.
pub fn copy_id(model: &mut Model) -> Vec<Effect> {
    let text = match model.overlays.last() {
        Some(Overlay::Menu(menu)) => menu.selected().map(|item| match &item.action {
            Action::Go(id) | Action::Quarantined(id) => id.to_string(),
            Action::Show(_, text) => text.clone(),
            Action::Activate(device) => changeset::all::text(model, device),
            Action::Nothing
            | Action::Run(_)
            | Action::Review(_)
            | Action::Changeset(_)
            | Action::Aim(_)
            | Action::Confirm(..) => item.line.text(),
        }),
        Some(Overlay::Pager(pager)) => Some(pager.text()),
        Some(Overlay::Prompt(_) | Overlay::Removal(_) | Overlay::Change(_) | Overlay::Code(_)) => None,
        None => {
            let marked = copied_marks(model);
            if marked.is_empty() {
                subject(model).map(ToString::to_string)
            } else {
                let ids: Vec<&str> = marked.iter().map(Arn::as_str).collect();
                Some(ids.join("\n"))
            }
        }
    };
    copy(model, text)
}

/// Copies what the marked rows are about, or the subject, as JSON.
pub fn copy_json(model: &mut Model) -> Vec<Effect> {
    let marked = copied_marks(model);
    let inventory = &model.shown.inventory;
    let text = if marked.is_empty() {
        subject(model).and_then(|id| json::text(inventory, id))
    } else {
        let all: Vec<serde_json::Value> = marked.iter().filter_map(|id| json::value(inventory, id)).collect();
        // Records and counts are nothing of AWS's: an empty list would look like an answer.
        (!all.is_empty())
            .then_some(serde_json::Value::Array(all))
            .and_then(|all| json::pretty(&all))
    };
    copy(model, text)
}

fn copy(model: &mut Model, text: Option<String>) -> Vec<Effect> {
    let Some(text) = text else {
        model.say("there is nothing to copy");
        return Vec::new();
    };
    // The terminal does not answer: it may have the clipboard turned off.
    model.say(match text.lines().count() {
        0 | 1 => format!("copied {}", text.chars().take(60).collect::<String>()),
        lines => format!("copied {lines} lines"),
    });
    // Whatever it is pasted into may obey it, too.
    let text = neutral_lines(&text);
    vec![Effect::Copy(text)]
}

/// Asks for the file to export to.
pub fn export(model: &mut Model) -> Vec<Effect> {
    let name = export::default_name(model);
    model.overlays.push(Overlay::Prompt(Prompt {
        question: "Write these rows to (.csv or .json)".to_owned(),
        input: Input::new(name),
        error: None,
        purpose: Purpose::Export,
    }));
    Vec::new()
}

/// Reads the selected row again, or everything when nothing is selected.
pub fn read_again(model: &mut Model) -> Vec<Effect> {
    if model.screen == ScreenId::Phone {
        return read_phone(model);
    }
    // Without credentials no row was read: whoever has signed in again wants all that is missing.
    if let Some(effects) = model.go_on() {
        return with_ledger(effects);
    }
    // A device is read with the person it belongs to.
    let here = if model.is_on_page() {
        page::subject(model).or(what_if::subject(model))
    } else {
        model.selected_id()
    };
    let selected = here.map(|id| match model.judged.of_row(id) {
        Some(finding) => finding.subject.arn.as_ref(),
        None => Some(id),
    });
    let subject = selected.flatten().map(|id| {
        let owner = model.shown.inventory.channel(id).map(|(_, person)| person.arn.clone());
        owner.unwrap_or_else(|| id.clone())
    });
    match subject {
        Some(subject) => {
            let ticket = model.next_ticket();
            model.load = Some(Load::new(ticket, Some(subject.clone())));
            with_ledger(vec![Effect::ReadAgain { ticket, subject }])
        }
        None => read_all_again(model),
    }
}

/// Reads the whole account again. What is on the screen stays until the fresh answers are here.
pub fn read_all_again(model: &mut Model) -> Vec<Effect> {
    let effects = match model.go_on() {
        Some(effects) => effects,
        None => model.begin_load(),
    };
    with_ledger(effects)
}

/// Whoever reads the account again wants to see what others have recorded, too.
fn with_ledger(mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.push(Effect::LookAtLedger);
    effects
}

/// Stops the load.
pub fn stop_load(model: &mut Model) -> Vec<Effect> {
    let Some(load) = &mut model.load else { return Vec::new() };
    load.is_stopping = true;
    vec![Effect::StopLoad { ticket: load.ticket }]
}

/// Asks what has arrived on the devices of the demo account.
pub fn read_phone(model: &mut Model) -> Vec<Effect> {
    if model.awaited_arrivals.is_some() {
        return Vec::new();
    }
    let ticket = model.next_ticket();
    model.awaited_arrivals = Some(ticket);
    vec![Effect::ReadPhone { ticket }]
}

/// Shows what could not be read.
pub fn gaps(model: &mut Model) -> Vec<Effect> {
    open_menu(model, menus::gaps)
}

/// Shows the calls made so far.
pub fn calls(model: &mut Model) -> Vec<Effect> {
    open_menu(model, menus::calls)
}

/// Shows what was said so far.
pub fn notices(model: &mut Model) -> Vec<Effect> {
    open_menu(model, menus::notices)
}

/// Shows every command.
pub fn palette(model: &mut Model) -> Vec<Effect> {
    open_menu(model, menus::palette)
}

fn open_menu(model: &mut Model, menu: fn(&Model) -> super::overlay::Menu) -> Vec<Effect> {
    let menu = menu(model);
    model.overlays.push(Overlay::Menu(menu));
    Vec::new()
}

/// Shows the keys and what they do.
pub fn help(model: &mut Model) -> Vec<Effect> {
    let is_open = matches!(model.overlays.last(), Some(Overlay::Pager(pager)) if pager.title == menus::HELP_TITLE);
    if !is_open {
        let pager = menus::help(model);
        model.overlays.push(Overlay::Pager(pager));
    }
    Vec::new()
}

/// Shows times in UTC, or in the operator's zone again.
pub fn toggle_zone(model: &mut Model) -> Vec<Effect> {
    model.zone = if model.zone == chrono_tz::UTC {
        model.setup.zone
    } else {
        chrono_tz::UTC
    };
    model.say(format!("times are in {}", model.zone));
    model.refresh_rows();
    Vec::new()
}

/// Takes the next theme.
pub fn next_theme(model: &mut Model) -> Vec<Effect> {
    model.theme = (model.theme + 1) % model.setup.themes.len().max(1);
    if let Some(name) = model.setup.themes.get(model.theme).cloned() {
        model.say(format!("theme {name}"));
    }
    Vec::new()
}

/// Takes the mouse from the terminal, or leaves it to it.
pub fn toggle_mouse(model: &mut Model) -> Vec<Effect> {
    model.setup.has_mouse = !model.setup.has_mouse;
    model.say(if model.setup.has_mouse {
        "the mouse works here"
    } else {
        "the mouse is the terminal's: select text with it"
    });
    vec![Effect::CaptureMouse(model.setup.has_mouse)]
}

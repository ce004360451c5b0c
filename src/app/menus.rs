//! The menus and texts that lie over a screen: what they list.

use super::{
    changeset,
    command::{COMMANDS, CommandId, KeyPlace},
    detail,
    model::Model,
    overlay::{Action, Menu, MenuItem, MenuKind, Overlay, Pager},
    screens::ScreenId,
    since,
    style::{Line, Role},
    time, waive,
};
use crate::{
    domain::{call::CallOutcome, graph::Use, ids::Arn, inventory::is_cancelled},
    findings::Check,
};

/// What stands above the help.
pub const HELP_TITLE: &str = "keys";

/// Brings an open menu up to date when the facts behind it have changed.
pub fn refresh(model: &mut Model) {
    let kind = match model.overlays.last() {
        Some(Overlay::Menu(menu)) => menu.kind,
        Some(Overlay::Pager(_) | Overlay::Prompt(_) | Overlay::Removal(_) | Overlay::Change(_) | Overlay::Code(_))
        | None => return,
    };
    let (items, note) = match kind {
        MenuKind::Calls => (call_items(model), None),
        MenuKind::Gaps => (gap_items(model), gap_note(model)),
        MenuKind::Notices => (notice_items(model), None),
        MenuKind::Since => (since::items(model), None),
        MenuKind::Round => return changeset::all::refresh(model),
        MenuKind::Palette
        | MenuKind::UsedBy
        | MenuKind::Changesets
        | MenuKind::Devices
        | MenuKind::Refusals
        | MenuKind::CarryOut
        | MenuKind::Quarantine => return,
    };
    if let Some(Overlay::Menu(menu)) = model.overlays.last_mut() {
        menu.set_items(items);
        menu.note = note;
    }
}

/// Returns the menu of everything that names `id`.
pub fn used_by(model: &Model, id: &Arn) -> Menu {
    let uses = model.shown.graph.used_by(id);
    let mut items: Vec<MenuItem> = uses.iter().map(|entry| use_item(model, entry)).collect();
    if let Some((rotation, shift)) = model.shown.graph.next_shift(id, model.now) {
        let when = if shift.covers(model.now) {
            "on call now".to_owned()
        } else {
            format!("on call {}", time::distance(shift.start_at, model.now))
        };
        let line = Line::of(format!("{when:<24}"), Role::Title)
            .and(
                time::stretch(shift.start_at, shift.end_at, model.now, model.zone),
                Role::Normal,
            )
            .and(format!("  {}", label(model, rotation)), Role::Link);
        items.insert(
            0,
            MenuItem {
                line,
                action: Action::Go(rotation.clone()),
            },
        );
    }
    // An unread list may hide another place that names it.
    let is_certain = !model.shown.graph.may_grow() && !model.shown.graph.may_miss_uses();
    let empty = if is_certain {
        "nothing names it"
    } else {
        "nothing that was read names it, but not everything was read"
    };
    Menu::new(MenuKind::UsedBy, format!("used by: {}", label(model, id)), items).or_empty(empty)
}

fn use_item(model: &Model, entry: &Use) -> MenuItem {
    let how = detail::place_words(&model.facts(), &entry.place);
    let line = Line::of(format!("{how:<24}"), Role::Normal).and(format!("  {}", label(model, &entry.by)), Role::Link);
    MenuItem {
        line,
        action: Action::Go(entry.by.clone()),
    }
}

/// Returns the name that people know something by, with what tells it apart.
pub fn label(model: &Model, id: &Arn) -> String {
    super::screens::label(&model.facts(), id)
}

/// Returns the menu of what could not be read.
pub fn gaps(model: &Model) -> Menu {
    Menu::new(MenuKind::Gaps, "unknown: what could not be read", gap_items(model)).noted(gap_note(model))
}

/// Returns where to get the permissions, when one is missing.
fn gap_note(model: &Model) -> Option<Line> {
    let is_denied = model.fresh.gaps.iter().any(|gap| gap.missing_permission().is_some());
    is_denied.then(|| Line::of("callsheet policy viewer", Role::Key).and(" prints an IAM policy for it", Role::Dim))
}

fn gap_items(model: &Model) -> Vec<MenuItem> {
    let mut gaps: Vec<_> = model.fresh.gaps.iter().collect();
    // What the operator stopped is no surprise and comes last.
    gaps.sort_by_key(|gap| (is_cancelled(gap), gap.operation, gap.subject.clone()));
    gaps.into_iter()
        .map(|gap| {
            let subject = gap
                .subject
                .as_ref()
                .map(|subject| format!(" of {}", subject.name()))
                .unwrap_or_default();
            let mut line = Line::of(format!("{}{subject}", gap.operation.name()), Role::Unknown)
                .and(format!("  {}", gap.reason), Role::Normal);
            if let Some(permission) = gap.missing_permission() {
                line = line.and("  needs ", Role::Dim).and(permission, Role::Warning);
            }
            let action = gap.subject.clone().map_or(Action::Nothing, Action::Go);
            MenuItem { line, action }
        })
        .collect()
}

/// Returns the menu of the calls made so far, newest first.
pub fn calls(model: &Model) -> Menu {
    Menu::new(
        MenuKind::Calls,
        "calls, newest first; enter shows the aws form, y copies it",
        call_items(model),
    )
    .or_empty("no call was made")
}

fn call_items(model: &Model) -> Vec<MenuItem> {
    let scope = model.fresh.scope();
    let items = model.calls.iter().rev().map(|call| {
        let (outcome, role) = match &call.outcome {
            CallOutcome::Answered { items } => (format!("{items} items"), Role::Dim),
            CallOutcome::Done => ("done".to_owned(), Role::Good),
            CallOutcome::Failed { code } => (code.clone(), Role::Danger),
        };
        let attempt = if call.attempt > 1 {
            format!(" (attempt {})", call.attempt)
        } else {
            String::new()
        };
        let parameters: Vec<&str> = call.parameters.iter().map(|(_, value)| value.as_str()).collect();
        let line = Line::of(time::clock(call.at, model.zone), Role::Dim)
            .and(format!(" {:>5} ms ", call.took_milliseconds), Role::Dim)
            .and(call.operation.name(), Role::Normal)
            .and(format!(" {outcome}{attempt} "), role)
            .and(parameters.join(" "), Role::Dim);
        let request = call.request_id.as_deref().unwrap_or("none was given");
        let form = call.aws_form(&scope);
        MenuItem {
            line,
            action: Action::Show(format!("{} · request id {request}", call.operation.name()), form),
        }
    });
    items.collect()
}

/// Returns the menu of what was said, newest first.
pub fn notices(model: &Model) -> Menu {
    Menu::new(MenuKind::Notices, "messages, newest first", notice_items(model)).or_empty("nothing was said")
}

fn notice_items(model: &Model) -> Vec<MenuItem> {
    let items = model.notices.iter().rev().map(|notice| MenuItem {
        line: Line::of(format!("{}  ", time::clock(notice.at, model.zone)), Role::Dim)
            .and(&notice.text, if notice.is_error { Role::Danger } else { Role::Normal }),
        action: Action::Show("message".to_owned(), notice.text.clone()),
    });
    items.collect()
}

/// Returns the menu of commands.
pub fn palette(model: &Model) -> Menu {
    let items = COMMANDS.iter().map(|command| {
        let keys = model.setup.keymap.key_words(command.id);
        let hindrance = (command.hindrance)(model);
        let role = if hindrance.is_some() { Role::Dim } else { Role::Normal };
        let doc = hindrance.map_or_else(|| command.doc.to_owned(), |why| format!("not now: {why}"));
        MenuItem {
            line: Line::of(format!("{:<18}", command.name), role)
                .and(format!("{keys:<16}"), Role::Key)
                .and(doc, Role::Dim),
            action: Action::Run(command.id),
        }
    });
    Menu::new(MenuKind::Palette, "commands", items.collect())
        .or_empty("no command is called that")
        .typed()
}

/// Returns a check explained, as the catalogue has it.
fn explanation(check: &Check) -> Vec<Line> {
    let mut lines = vec![Line::of(format!("{} {}", check.code, check.title), Role::Heading)];
    for (name, text) in [("why it matters", check.rationale), ("to put it right", check.remedy)] {
        lines.push(Line::of(format!("  {name}: "), Role::Dim).and(text, Role::Normal));
    }
    let severity = format!("{}, before anybody asks how soon it hurts", check.severity);
    lines.push(Line::of("  severity: ", Role::Dim).and(severity, Role::Normal));
    if !check.moot_when.is_empty() {
        let others = format!("where {} fails", check.moot_when.join(" or "));
        lines.push(Line::of("  goes without saying ", Role::Dim).and(others, Role::Normal));
    }
    lines.push(Line::default());
    lines
}

/// Returns the keys and what they do.
pub fn help(model: &Model) -> Pager {
    let mut lines = vec![
        Line::of(format!("callsheet {} ", model.setup.version), Role::Title).and(
            "reviews who gets paged. It changes nothing before it is armed, and shows each change before.",
            Role::Normal,
        ),
        Line::default(),
    ];
    if let Some(finding) = waive::selected(model).filter(|_| !model.is_on_page()) {
        lines.extend(explanation(finding.check));
    }
    let mut places = [
        (KeyPlace::Screen, "on a screen"),
        (KeyPlace::List, "on a list"),
        (KeyPlace::Page, "on a page that is simulated"),
        (KeyPlace::Review, "on the review"),
        (KeyPlace::Everywhere, "everywhere"),
    ];
    // The keys that work here come first.
    if model.is_on_page() {
        places.sort_by_key(|(place, _)| *place != KeyPlace::Page);
    } else if model.screen == ScreenId::Review {
        places.sort_by_key(|(place, _)| *place != KeyPlace::Review);
    }
    for (place, title) in places {
        lines.push(Line::of(title, Role::Heading));
        for command in COMMANDS.iter().filter(|command| command.place == place) {
            let keys = match model.setup.keymap.key_words(command.id) {
                none if none.is_empty() => format!(":{}", command.name),
                keys => keys,
            };
            lines.push(Line::of(format!("  {keys:<18}"), Role::Key).and(command.doc, Role::Normal));
        }
        lines.push(Line::default());
    }
    lines.push(Line::of("columns of this screen, for /column:value", Role::Heading));
    let names: Vec<&str> = model.screen.columns().iter().map(|column| column.name).collect();
    lines.push(Line::plain(format!("  {}", names.join("  "))));
    lines.push(Line::default());
    lines.push(Line::of("marks in the lists", Role::Heading));
    let gaps = model.setup.keymap.words(CommandId::Gaps);
    let unknown = format!("could not be read: press {gaps} for the call and the permission");
    for (sign, meaning) in [
        ("~", "from an earlier load; the fresh answer is still to come"),
        ("*", "marked"),
        ("^", "shared in by another account, which alone can change it"),
        ("unknown", unknown.as_str()),
        ("…", "still to come"),
        ("–", "none"),
    ] {
        lines.push(Line::of(format!("  {sign:<18}"), Role::Title).and(meaning, Role::Normal));
    }
    Pager::new(HELP_TITLE, lines)
}

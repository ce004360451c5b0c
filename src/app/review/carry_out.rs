//! What follows a decision to mend or remove a row: the changeset that does it, offered once the decision is recorded, and
//! marked as the one that carries it out.

use super::in_hand;
use crate::{
    app::{
        command::{COMMANDS, Command, CommandId},
        effect::Effect,
        model::Model,
        overlay::{Action, Menu, MenuItem, MenuKind, Overlay},
        style::{Line, Role},
    },
    changes::{Changeset, Write, fact::ChangesetPlanned},
    domain::ids::Arn,
    findings::FindingResult,
    ledger::entry::Verdict,
    review::campaign::Execution,
};
use std::collections::BTreeMap;

/// The commands that mend something by a changeset, besides those that the findings name.
const MENDING: [CommandId; 6] = [
    CommandId::Activate,
    CommandId::CorrectAddress,
    CommandId::DropDangling,
    CommandId::AddToPlan,
    CommandId::Rename,
    CommandId::Deactivate,
];

/// The command that takes something out of paging, by its name.
const REMOVING: &str = "remove";

/// Offers what carries out the decision about a row that was just recorded, while that row is still selected.
pub fn offer(model: &mut Model, subject: &Arn, verdict: Verdict) -> Vec<Effect> {
    let is_here = super::selected(model).is_some_and(|row| row.row.subject == *subject);
    if !is_here || !model.overlays.is_empty() {
        return Vec::new();
    }
    let (title, mut items) = match verdict {
        Verdict::Fix => ("recorded: what mends it? esc: later", mending(model, subject)),
        Verdict::Remove => ("recorded: take it out now? esc: later", removing(model)),
        Verdict::Keep | Verdict::Waive | Verdict::Escalate | Verdict::Undecided => return Vec::new(),
    };
    items.push(MenuItem {
        line: Line::of("The row is done once its changeset is verified.", Role::Dim),
        action: Action::Nothing,
    });
    model
        .overlays
        .push(Overlay::Menu(Menu::new(MenuKind::CarryOut, title, items)));
    Vec::new()
}

/// Returns the commands that mend a row: first those that its findings name, then those that can be run about it.
fn mending(model: &Model, subject: &Arn) -> Vec<MenuItem> {
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in model.judged.about(subject) {
        let is_meant = finding.result == FindingResult::Fail && !finding.check.command.is_empty();
        if is_meant {
            let codes = named.entry(finding.check.command).or_default();
            if !codes.contains(&finding.check.code) {
                codes.push(finding.check.code);
            }
        }
    }
    let is_able = |command: &&Command| {
        let is_named =
            named.contains_key(command.name) && !matches!(command.id, CommandId::Simulate | CommandId::Waive);
        is_named || MENDING.contains(&command.id) && (command.hindrance)(model).is_none()
    };
    let mut commands: Vec<&Command> = COMMANDS.iter().filter(is_able).collect();
    commands.sort_by_key(|command| !named.contains_key(command.name));
    let item = |command: &Command| {
        let codes = named.get(command.name).map(|codes| codes.join(" ")).unwrap_or_default();
        item(model, command, &codes)
    };
    let items: Vec<MenuItem> = commands.into_iter().map(item).collect();
    if items.is_empty() {
        let text = "No command here mends it: do it where it is managed, and read the row again (r).";
        return vec![MenuItem {
            line: Line::plain(text),
            action: Action::Nothing,
        }];
    }
    items
}

fn removing(model: &Model) -> Vec<MenuItem> {
    let command = COMMANDS.iter().find(|command| command.name == REMOVING);
    vec![command.map_or_else(
        || MenuItem {
            line: Line::plain("callsheet remove takes it out, from the command line."),
            action: Action::Nothing,
        },
        |command| item(model, command, ""),
    )]
}

fn item(model: &Model, command: &Command, codes: &str) -> MenuItem {
    let hindrance = (command.hindrance)(model);
    let role = if hindrance.is_some() { Role::Dim } else { Role::Normal };
    let doc = hindrance.map_or_else(|| command.doc.to_owned(), |why| format!("not now: {why}"));
    let codes = if codes.is_empty() {
        String::new()
    } else {
        format!("{codes}  ")
    };
    MenuItem {
        line: Line::of(format!("{:<16}", command.name), role)
            .and(codes, Role::Warning)
            .and(doc, Role::Dim),
        action: Action::Run(command.id),
    }
}

/// Returns a changeset as it is consented to: with the review whose decisions it carries out, and the rows of these.
///
/// A device belongs to the row of its person. What only activates or renames something removes nothing.
pub fn planned(model: &Model, changeset: &Changeset) -> ChangesetPlanned {
    let mut changeset = changeset.clone();
    if let Some(campaign) = in_hand(model) {
        let inventory = &model.shown.inventory;
        let row_of = |subject: &Arn| {
            inventory
                .channel(subject)
                .map_or_else(|| subject.clone(), |(_, person)| person.arn.clone())
        };
        let is_removal = changeset.steps.iter().any(|step| removes(&step.planned.write));
        let is_wanted = |row: &Arn| {
            let is_open = !matches!(campaign.execution(row), Execution::NotNeeded | Execution::Done(_));
            let verdict = campaign.decision(row).map(|made| made.verdict);
            is_open && (verdict == Some(Verdict::Fix) || verdict == Some(Verdict::Remove) && is_removal)
        };
        let rows: Vec<Arn> = changeset.subjects.iter().map(row_of).filter(is_wanted).collect();
        for row in rows {
            changeset.review = Some(campaign.name.clone());
            if !changeset.subjects.contains(&row) {
                changeset.subjects.push(row);
            }
        }
    }
    changeset.planned()
}

/// Returns whether a write takes something out of paging for good: it is deleted, or tagged as taken out.
fn removes(write: &Write) -> bool {
    match write {
        Write::DeleteContact { .. }
        | Write::DeleteRotation { .. }
        | Write::DeleteResponsePlan { .. }
        | Write::TagResource { .. } => true,
        Write::SendActivationCode { .. }
        | Write::ActivateContactChannel { .. }
        | Write::DeactivateContactChannel { .. }
        | Write::UpdateContactChannel { .. }
        | Write::CreateContactChannel { .. }
        | Write::DeleteContactChannel { .. }
        | Write::UpdateContact { .. }
        | Write::CreateContact { .. }
        | Write::UntagResource { .. }
        | Write::UpdateRotation { .. }
        | Write::CreateRotationOverride { .. }
        | Write::DeleteRotationOverride { .. }
        | Write::UpdateResponsePlan { .. } => false,
    }
}

//! What stands in the middle of a list without rows: never just nothing, always why, and what to press.

use super::paint::Canvas;
use crate::{
    app::{
        command::CommandId,
        layout::Area,
        ledger::{DeskLedger, LedgerStatus},
        measure::{line_width, wrap},
        model::Model,
        review,
        screens::ScreenId,
        style::{Line, Role},
    },
    domain::{
        inventory::{Section, SectionState},
        text::neutral,
    },
    failure::Failure,
};

/// Draws why there is no row.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, body: Area) {
    // There is no detail either, so the text may take the whole width.
    let area = Area {
        x: 0,
        width: model.size.width,
        ..body
    };
    let room = usize::from(area.width.saturating_sub(4).min(90));
    let rows: Vec<Line> = reasons(model).iter().flat_map(|line| wrap(line, room)).collect();
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let widest = rows.iter().map(line_width).max().unwrap_or_default();
    let width = u16::try_from(widest).unwrap_or(u16::MAX).min(area.width);
    let above = usize::from(area.height.saturating_sub(height) / 2);
    for (row, line) in area.rows().skip(above).zip(rows) {
        canvas.line(row.skip((area.width - width) / 2), &line);
    }
}

fn reasons(model: &Model) -> Vec<Line> {
    if let Some(list) = model.list().filter(|list| list.total() > 0) {
        let (filter, total) = (neutral(list.filter_text()), list.total());
        let mut lines = Vec::new();
        if filter.is_empty() {
            lines.push(Line::plain(format!("a check failed on none of the {total} rows")));
        } else {
            lines.push(Line::plain(format!("no row of {total} matches “{filter}”")));
            lines.push(Line::of("esc", Role::Key).and(" clears the filter", Role::Dim));
        }
        if list.has_findings_only() {
            let again = "shows rows again on which no check failed";
            lines.extend(press(model, CommandId::FindingsOnly, again));
        }
        return lines;
    }
    if let Some(failure) = model.failure.as_ref().filter(|_| model.load.is_none()) {
        return failed(model, failure);
    }
    let inventory = &model.shown.inventory;
    match model.screen {
        ScreenId::Queue | ScreenId::Counts => queue(model),
        ScreenId::Review => review(model),
        ScreenId::Ledger => ledger(&model.ledger),
        ScreenId::Phone => vec![
            Line::plain("nothing has arrived on a device of the demo account yet"),
            Line::of(
                "a device gets a code when it is to be confirmed, and a page when it is engaged",
                Role::Dim,
            ),
        ],
        ScreenId::Responses => section(model, &inventory.response_plans, &model.fresh.response_plans.state),
        ScreenId::People | ScreenId::Devices | ScreenId::Plans | ScreenId::Schedules => {
            section(model, &inventory.contacts, &model.fresh.contacts.state)
        }
    }
}

/// Says that no review is open, how to open one, and what the last one was; or why the rows of one are not at hand.
fn review(model: &Model) -> Vec<Line> {
    let reviews = &model.ledger.reviews;
    if let Some(campaign) = review::in_hand(model) {
        let name = neutral(&campaign.name);
        return match model.review.populations.get(&campaign.population) {
            Some(Err(failure)) => failed_to_find(&name, failure),
            Some(Ok(_)) | None => vec![Line::of(format!("the rows of {name} are being read …"), Role::Dim)],
        };
    }
    if model.ledger.status != LedgerStatus::Sound {
        return ledger(&model.ledger);
    }
    let mut lines = vec![Line::plain("no review is open")];
    match reviews.last_signed() {
        None => lines.push(Line::of("nobody has signed one of this account yet", Role::Dim)),
        Some((campaign, signed)) => {
            let (name, by) = (neutral(&campaign.name), neutral(&signed.sign_off.name));
            let day = signed.mark.at.with_timezone(&model.zone).date_naive();
            let text = format!("the last one was {name}, signed off by {by} on {day}");
            lines.push(Line::of(text, Role::Dim));
        }
    }
    lines.push(Line::of(":review-open", Role::Key).and(" opens one: type : and then its name", Role::Dim));
    lines
}

fn failed_to_find(name: &str, failure: &Failure) -> Vec<Line> {
    let mut lines = vec![
        Line::of(
            format!("the rows that {name} was opened with are not at hand"),
            Role::Danger,
        ),
        Line::plain(failure.what()),
    ];
    lines.extend(failure.why().iter().map(Line::plain));
    lines.extend(failure.next_action().map(|next| Line::of(next, Role::Dim)));
    lines
}

/// Says that nothing was recorded yet, or why nothing can be.
fn ledger(ledger: &DeskLedger) -> Vec<Line> {
    match &ledger.status {
        LedgerStatus::Waiting => vec![Line::of("the ledger is read once the account is known", Role::Dim)],
        LedgerStatus::Sound => vec![
            Line::plain("nothing has been recorded of this account yet"),
            Line::of(
                "what is decided, sent and done is, before the screen says so",
                Role::Dim,
            ),
            Line::of(format!("file {}", ledger.file), Role::Dim),
        ],
        LedgerStatus::Unread(failure) | LedgerStatus::Broken(failure) => {
            let mut lines = vec![Line::of(failure.what(), Role::Danger)];
            lines.extend(failure.why().iter().map(Line::plain));
            lines.extend(failure.next_action().map(|next| Line::of(next, Role::Dim)));
            lines
        }
    }
}

/// Says that nothing was found, and what that rests on.
fn queue(model: &Model) -> Vec<Line> {
    let is_reading = model.load.is_some() || model.awaited_judgement.is_some();
    match &model.judged.findings {
        Some(findings) if !is_reading && !findings.is_pending() => {
            let judged: usize = findings.tallies.iter().map(|tally| tally.pass).sum();
            let mut lines = vec![
                Line::of("no check failed", Role::Good),
                Line::of(
                    format!("{} checks, {judged} answers", findings.tallies.len()),
                    Role::Dim,
                ),
            ];
            if let Some(not_run) = findings.not_run.first() {
                let text = format!("{} more were not asked: {}", findings.not_run.len(), not_run.why);
                lines.push(Line::of(text, Role::Unknown));
            }
            lines
        }
        Some(_) | None if model.fresh.contacts.state != SectionState::Complete => {
            section(model, &model.shown.inventory.contacts, &model.fresh.contacts.state)
        }
        Some(_) | None if is_reading => vec![Line::of("the checks are being asked …", Role::Dim)],
        Some(_) | None => {
            let mut lines = vec![Line::plain("what the checks look at was not read to its end")];
            lines.extend(press(model, CommandId::RereadAll, "reads the account again"));
            lines
        }
    }
}

fn section<T>(model: &Model, shown: &Section<T>, state: &SectionState) -> Vec<Line> {
    let what = model.screen.title().to_lowercase();
    match state {
        SectionState::Partial(gap) => {
            let mut lines = vec![
                Line::of("unknown: ", Role::Unknown).and(format!("the {what} could not be read"), Role::Normal),
                Line::plain(format!("{}: {}", gap.operation.name(), gap.reason)),
            ];
            if let Some(permission) = gap.missing_permission() {
                lines.push(Line::of("needs ", Role::Dim).and(permission, Role::Warning));
            }
            lines.extend(press(model, CommandId::RereadAll, "reads the account again"));
            lines
        }
        SectionState::Waiting if model.load.is_some() && model.connected.is_none() => {
            vec![Line::of("signing in …", Role::Dim)]
        }
        SectionState::Waiting | SectionState::Loading if model.load.is_some() => {
            vec![Line::of(format!("reading the {what} …"), Role::Dim)]
        }
        SectionState::Waiting | SectionState::Loading => {
            let mut lines = vec![Line::plain(format!("the {what} were not read"))];
            lines.extend(press(model, CommandId::RereadAll, "reads the account"));
            lines
        }
        SectionState::Complete if shown.items.is_empty() || model.fresh.gaps.is_empty() => vec![Line::plain(format!(
            "there are no {what} in this account in {}",
            model.shown.inventory.region
        ))],
        // Devices, for one, hang on other reads than that of their list.
        SectionState::Complete => {
            let gaps = &model.fresh.gaps;
            let mut lines = vec![Line::of("unknown: ", Role::Unknown).and(
                format!("what could be read holds no {what}, and {} reads failed", gaps.len()),
                Role::Normal,
            )];
            if let Some(permission) = gaps.iter().find_map(|gap| gap.missing_permission()) {
                lines.push(Line::of("needs ", Role::Dim).and(permission, Role::Warning));
            }
            lines.extend(press(model, CommandId::Gaps, "shows what is unknown"));
            lines
        }
    }
}

/// Returns the failure whole: the sentence, the causes, and what to do next.
fn failed(model: &Model, failure: &Failure) -> Vec<Line> {
    let mut lines = vec![Line::of(failure.what(), Role::Danger), Line::default()];
    lines.extend(
        failure
            .why()
            .iter()
            .map(|why| Line::of("because: ", Role::Dim).and(why, Role::Normal)),
    );
    if let Some(hint) = failure.next_action() {
        lines.push(Line::of("next: ", Role::Dim).and(hint, Role::Title));
    }
    lines.push(Line::default());
    lines.extend(press(model, CommandId::RereadAll, "tries again"));
    lines
}

/// Returns a line that says what a command's key does, when it has one.
fn press(model: &Model, id: CommandId, does: &str) -> Option<Line> {
    let key = model.setup.keymap.main_key(id)?.to_string();
    Some(Line::of(key, Role::Key).and(format!(" {does}"), Role::Dim))
}

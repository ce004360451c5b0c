//! The commands: everything that the operator can do, in one list. Keys, the line at the foot, the help, the palette,
//! the documentation and the tests come from it.

use super::{
    act, arm, changeset, confirm,
    effect::Effect,
    model::{Focus, Model},
    overlay::Overlay,
    page, removal, reveal,
    review::{self, decide, open, sign},
    screens::ScreenId,
    since, waive, what_if,
};
use crate::{domain::contact::ActivationStatus, ledger::entry::Verdict};

/// One thing that the operator can do.
#[derive(Debug)]
pub struct Command {
    /// Which one it is.
    pub id: CommandId,
    /// Its name in the palette and in the key file.
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// The word that the line at the foot has for it; empty when it is not named there.
    pub short: &'static str,
    /// Where its keys work.
    pub place: KeyPlace,
    /// The keys it has unless the operator says otherwise.
    pub keys: &'static [&'static str],
    /// Says why it cannot be done now, if it cannot.
    pub hindrance: fn(&Model) -> Option<String>,
    /// Does it.
    pub run: fn(&mut Model) -> Vec<Effect>,
}

/// Where a command's keys work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPlace {
    /// On a screen, and in menus and texts over it.
    Everywhere,
    /// On a screen only, and on a page that is simulated.
    Screen,
    /// On a screen with a list only.
    List,
    /// On a page that is simulated only, where they go before all others.
    Page,
    /// On the review only, where they go before all others.
    Review,
}

macro_rules! commands {
    ($($id:ident $name:literal [$($key:literal),*] $place:ident $short:literal $doc:literal, $hindrance:expr, $run:expr;)*) => {
        /// A command, by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CommandId { $(#[doc = $doc] $id,)* }

        /// Every command, in the order of the help.
        pub static COMMANDS: &[Command] = &[$(Command {
            id: CommandId::$id,
            name: $name,
            doc: $doc,
            short: $short,
            place: KeyPlace::$place,
            keys: &[$($key),*],
            hindrance: $hindrance,
            run: $run,
        },)*];
    };
}

commands! {
    Down "down" ["j", "down"] Everywhere "" "Move down one line.", never, |model| act::move_by(model, act::Step::Line(1));
    Up "up" ["k", "up"] Everywhere "" "Move up one line.", never, |model| act::move_by(model, act::Step::Line(-1));
    PageDown "page-down" ["pagedown", "ctrl-f"] Everywhere "" "Move down one page.", never, |model| act::move_by(model, act::Step::Page(1));
    PageUp "page-up" ["pageup", "ctrl-b"] Everywhere "" "Move up one page.", never, |model| act::move_by(model, act::Step::Page(-1));
    Top "top" ["g", "home"] Everywhere "" "Go to the first line.", never, |model| act::move_by(model, act::Step::End(-1));
    Bottom "bottom" ["G", "end"] Everywhere "" "Go to the last line.", never, |model| act::move_by(model, act::Step::End(1));
    Open "open" ["enter", "l", "right"] Everywhere "open" "Go into the row, follow the line's link, or choose.", never, act::open;
    Close "close" ["esc", "h", "left"] Everywhere "" "Close what lies on top, leave the detail, or clear the filter.", never, act::close;
    HistoryBack "history-back" ["["] Screen "" "Go back to where you have been.", no_back, |model| act::travel(model, true);
    HistoryForward "history-forward" ["]"] Screen "" "Go forward again.", no_forward, |model| act::travel(model, false);
    Queue "queue" ["1"] Screen "" "Show what is wrong, the worst first.", never, |model| act::show(model, ScreenId::Queue);
    People "people" ["2"] Screen "" "Show the people with their devices.", never, |model| act::show(model, ScreenId::People);
    Devices "devices" ["3"] Screen "" "Show every device.", never, |model| act::show(model, ScreenId::Devices);
    Plans "plans" ["4"] Screen "" "Show the escalation plans.", never, |model| act::show(model, ScreenId::Plans);
    Schedules "schedules" ["5"] Screen "" "Show on-call schedules and rotations.", never, |model| act::show(model, ScreenId::Schedules);
    Responses "responses" ["6"] Screen "" "Show the response plans.", never, |model| act::show(model, ScreenId::Responses);
    Review "review" ["7"] Screen "" "Show the review: what is left, what changed, what was decided.", never, |model| act::show(model, ScreenId::Review);
    Ledger "ledger" ["8"] Screen "" "Show what was recorded, the newest first, and whether the chain checks.", never, |model| act::show(model, ScreenId::Ledger);
    Phone "phone" ["9"] Screen "" "Show what arrived on the devices of the demo account.", no_demo, |model| act::show(model, ScreenId::Phone);
    Counts "counts" ["0"] Screen "" "Show how much was found in each family of checks.", never, |model| act::show(model, ScreenId::Counts);
    NextScreen "next-screen" ["tab"] Screen "" "Go to the next screen.", never, |model| act::next_screen(model, 1);
    PreviousScreen "previous-screen" ["backtab"] Screen "" "Go to the screen before.", never, |model| act::next_screen(model, -1);
    Filter "filter" ["/"] List "filter" "Narrow the list: words are fuzzy, column:value looks into one column, ! means not.", never, act::filter;
    FindingsOnly "findings-only" ["f"] List "findings" "Show only rows on which a check failed, or all again.", never, act::findings_only;
    Sort "sort" ["s"] List "sort" "Sort by the next column.", no_rows, |model| act::sort(model, false);
    SortReverse "sort-reverse" ["S"] List "" "Turn the order round.", no_rows, |model| act::sort(model, true);
    Mark "mark" ["space"] List "" "Mark the row, or take its mark away.", no_rows, act::mark;
    MarkRange "mark-range" ["V"] List "" "Mark every row from the last mark to here.", no_rows, act::mark_range;
    Unmark "unmark" ["U"] List "" "Take all marks away.", no_marks, act::unmark;
    UsedBy "used-by" ["u"] Screen "used by" "Show everything that names this, and when it is next on call.", no_selection, act::used_by;
    Waive "waive" ["w"] List "" "Live with a finding: why, until when, and who answers for it.", waive::hindrance, waive::begin;
    Activate "activate" ["a"] Screen "activate" "Confirm whose a device is, send it a code, and activate it with what the person reads out.", changeset::activate::hindrance, changeset::activate::begin;
    ActivateAll "activate-all" [] Screen "" "Activate one device after the other: those of the marked rows, or of all rows that are shown, whoever is on call next first.", changeset::all::hindrance, changeset::all::begin;
    Remove "remove" ["x"] Screen "" "Take the person out, or all who are marked, with everything that stops it; or delete what nothing uses.", removal::hindrance, removal::begin;
    RemoveUnused "remove-unused" [] Screen "" "Delete the selected plan, schedule, rotation or response plan, which nothing uses.", removal::no_unused, removal::begin;
    RemoveGone "remove-gone" [] Screen "" "Show whose contact is gone already and who is still named, and take one of them out of that.", removal::gone::hindrance, removal::gone::list;
    Quarantine "quarantine" [] Screen "" "Show who was taken out and is kept, with the days that are left: put them back, or delete them.", never, removal::quarantine::list;
    PutBack "put-back" [] Screen "" "Put the selected person back, who was taken out; what cannot be restored is said first.", removal::no_person, removal::put_back;
    Prove "prove" [] Screen "" "Read the account again, and record whether anything still names those who were taken out last, where that is not proven.", removal::proving::hindrance, removal::proving::again;
    DeletePerson "delete-person" [] Screen "" "Delete the selected person for good; refused while anything names them.", removal::no_person, removal::delete;
    ActivationRound "activation-round" [] Screen "" "Go on with the last round of activate-all, or see what became of each of its devices.", changeset::all::no_round, changeset::all::go_back;
    Changesets "changesets" [] Screen "" "Show the changesets that were not finished: finish them, take them back, or close them with a note.", changeset::open::hindrance, changeset::open::list;
    Confirm "confirm" ["C"] Screen "" "Make sure whose a device is, without a code: how you know the person, and what they read out.", confirm::hindrance, confirm::begin;
    Reveal "reveal" ["v"] Screen "" "Show the whole address of the device while the key is held; that is recorded.", reveal::hindrance, reveal::begin;
    CorrectAddress "correct-address" [] Screen "" "Give the device its right address; it is confirmed and activated anew after that.", changeset::small::no_device, changeset::small::correct_address;
    Rename "rename" [] Screen "" "Give the device another name.", changeset::small::no_device, changeset::small::rename;
    Deactivate "deactivate" [] Screen "" "Make the device one that is not paged.", changeset::small::no_active_device, changeset::small::deactivate;
    AddToPlan "add-to-plan" [] Screen "" "Put the device into its person's plan.", changeset::small::no_device, changeset::small::add_to_plan;
    DropDangling "drop-dangling" [] Screen "" "Take out of the plan what is not there any more.", changeset::small::no_contact, changeset::small::drop_dangling;
    Json "json" ["J"] Screen "" "Show the row as JSON, in the members of the AWS API, addresses masked.", no_selection, act::json;
    CopyId "copy-id" ["y"] Everywhere "copy" "Copy the id: the ARN of the row, or the line of a menu; with marks, the ARNs of all marked rows.", never, act::copy_id;
    CopyJson "copy-json" ["Y"] List "" "Copy the row as JSON; with marks, all marked rows.", no_selection, act::copy_json;
    Export "export" ["e"] List "export" "Write what is on the screen, as filtered, to a CSV or JSON file.", no_rows, act::export;
    Simulate "simulate" ["p"] Screen "page" "Simulate a page from here: who is paged, when and on what; nobody is paged.", no_start, page::open;
    PageHourBack "hour-back" ["left", "h"] Page "" "Start the page an hour earlier.", no_page, |model| page::shift(model, -page::HOUR);
    PageHour "hour" ["right", "l"] Page "hour" "Start the page an hour later.", no_page, |model| page::shift(model, page::HOUR);
    PageDayBack "day-back" ["H"] Page "" "Start the page a day earlier.", no_page, |model| page::shift(model, -page::DAY);
    PageDay "day" ["L"] Page "day" "Start the page a day later.", no_page, |model| page::shift(model, page::DAY);
    PageEdge "next-change" ["n"] Page "change" "Start the page when a shift next makes a difference.", no_page, |model| page::change(model, true);
    PageEdgeBack "previous-change" ["N"] Page "" "Start the page when a shift last made a difference.", no_page, |model| page::change(model, false);
    PageWorst "worst" ["w"] Page "worst" "Start the page at the worst time for the first person; again: for the second; again: back.", no_worst, page::worst;
    PageTime "time" ["=", "i"] Page "time" "Type the time at which the page starts.", no_page, page::ask_time;
    PageAcknowledge "acknowledge" ["a"] Page "ack" "Let the person of the selected step acknowledge in its minute, or not any more.", no_person, page::acknowledge;
    ReviewNext "review-next" ["n"] Review "next" "Go to the next row that somebody has to decide about.", decide::no_next, decide::next;
    ReviewKeep "review-keep" ["K"] Review "keep" "Keep the row: it is right as it is.", decide::no_keeping, decide::keep;
    ReviewFix "review-fix" ["F"] Review "fix" "Have the row mended, by a changeset: what and why.", decide::hindrance, |model| decide::begin(model, Verdict::Fix);
    ReviewRemove "review-remove" ["R"] Review "remove" "Have the row removed, by a changeset: why.", decide::hindrance, |model| decide::begin(model, Verdict::Remove);
    ReviewWaive "review-waive" ["W"] Review "waive" "Let the row stay as it is: why, and until when.", decide::hindrance, |model| decide::begin(model, Verdict::Waive);
    ReviewEscalate "review-escalate" ["E"] Review "escalate" "Let somebody else decide: who, and about what.", decide::hindrance, |model| decide::begin(model, Verdict::Escalate);
    ReviewNote "review-note" ["N"] Review "note" "Write something down about the row.", decide::hindrance, decide::note;
    ReviewBulk "review-bulk" ["b"] Review "bulk" "Keep all open rows together that are unchanged, without findings and were kept before.", decide::no_bulk, decide::bulk;
    ReviewUndo "review-undo" ["Z"] Review "undo" "Take back the decision about the row; it stays in the ledger.", decide::no_undoing, decide::undo;
    ReviewOpen "review-open" [] Screen "" "Open a review: its name, what it is about, until when.", open::hindrance, open::begin;
    ReviewPerson "review-person" [] Screen "" "Open a review of the selected person alone, between the regular ones.", open::person_hindrance, open::begin_person;
    ReviewSwitch "review-switch" [] Screen "" "Go to the next of the reviews that are open.", review::no_other, review::switch;
    SignOff "sign-off" [] Screen "" "Sign the review off: the account is read again, and what is signed is shown whole.", sign::hindrance, sign::begin;
    CoSign "co-sign" [] Screen "" "Agree, as a second reviewer, to the review that was signed off last.", sign::co_hindrance, sign::begin_co_sign;
    Since "since" [] Screen "" "Show what has changed in the account since a review was signed off: new, gone, changed, and what is found there.", never, since::open;
    WhatIfRemoved "what-if-removed" [] Screen "" "Show who would be paged if this person was in no plan, rotation, override and response plan.", no_removal, what_if::removed;
    WhatIfSilent "what-if-silent" [] Screen "" "Show who would be paged if this device was not active.", no_silence, what_if::silenced;
    Reread "read-again" ["r"] Screen "read again" "Read the selected row again; with nothing selected, everything.", loading, act::read_again;
    RereadAll "read-all-again" ["R"] Screen "" "Read the whole account again.", loading, act::read_all_again;
    StopLoad "stop-loading" ["c"] Screen "" "Stop the load; what was still to come is shown as unknown.", not_loading, act::stop_load;
    Arm "arm" [] Screen "" "Let this session change the account: the last four digits of the account are asked for.", arm::hindrance, arm::begin;
    Disarm "disarm" [] Screen "" "Make the session read-only again.", arm::no_disarming, arm::disarm;
    Gaps "unknowns" ["!"] Screen "" "Show what could not be read, and the permission that is missing.", no_gaps, act::gaps;
    Calls "calls" ["@"] Screen "" "Show the calls made so far, each with its aws form.", never, act::calls;
    Notices "messages" ["M"] Screen "" "Show what was said so far.", never, act::notices;
    Zone "zone" ["t"] Screen "" "Show times in UTC, or in your own zone again.", never, act::toggle_zone;
    Theme "theme" ["T"] Screen "" "Take the next theme.", never, act::next_theme;
    Mouse "mouse" [] Screen "" "Take the mouse from the terminal, or leave it to it (to select text).", never, act::toggle_mouse;
    Palette "palette" [":"] Screen "commands" "Find a command by name and run it.", never, act::palette;
    Help "help" ["?"] Everywhere "help" "Show the keys and what they do.", never, act::help;
    Redraw "redraw" ["ctrl-l"] Everywhere "" "Draw the screen anew.", never, |_| vec![Effect::Redraw];
    Suspend "suspend" ["ctrl-z"] Everywhere "" "Go to the background; fg in the shell brings the desk back.", no_suspend, |_| vec![Effect::Suspend];
    Back "back" ["q"] Everywhere "quit" "Go back, and from a screen, quit.", never, act::back;
    Quit "quit" ["ctrl-c"] Everywhere "" "Quit at once.", never, |_| vec![Effect::Quit];
}

/// Returns the command with this id.
pub fn command(id: CommandId) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.id == id)
}

fn never(_: &Model) -> Option<String> {
    None
}

fn unless(is_possible: bool, why: &str) -> Option<String> {
    (!is_possible).then(|| why.to_owned())
}

fn no_back(model: &Model) -> Option<String> {
    unless(model.history.has_back(), "there is nowhere to go back to")
}

fn no_forward(model: &Model) -> Option<String> {
    unless(model.history.has_forward(), "there is nowhere to go forward to")
}

fn no_demo(model: &Model) -> Option<String> {
    unless(
        model.setup.is_demo,
        "only the demo account shows what arrives on its devices",
    )
}

fn no_rows(model: &Model) -> Option<String> {
    unless(model.list().is_some_and(|list| !list.is_empty()), "the list is empty")
}

fn no_marks(model: &Model) -> Option<String> {
    unless(
        model.list().is_some_and(|list| !list.marks().is_empty()),
        "no row is marked",
    )
}

fn no_selection(model: &Model) -> Option<String> {
    unless(act::subject(model).is_some(), "nothing is selected")
}

fn no_start(model: &Model) -> Option<String> {
    unless(page::start(model).is_some(), "nothing that can be paged is selected")
}

fn no_page(model: &Model) -> Option<String> {
    unless(model.is_on_page(), "no page is simulated here")
}

fn no_worst(model: &Model) -> Option<String> {
    if let Some(supposition) = &model.what_if {
        return unless(supposition.selected().is_some(), "it makes no difference that is known");
    }
    let Some(page) = &model.page else { return no_page(model) };
    unless(page.worst.is_some(), "the worst time is not known yet")
}

fn no_person(model: &Model) -> Option<String> {
    let Some(page) = &model.page else {
        return Some("nobody acknowledges here".to_owned());
    };
    unless(
        page.selected().is_some_and(|event| event.person.is_some()),
        "the selected step is about no person",
    )
}

fn no_removal(model: &Model) -> Option<String> {
    unless(what_if::person(model).is_some(), "no person is selected")
}

fn no_silence(model: &Model) -> Option<String> {
    match what_if::device(model) {
        None => Some("no device is selected".to_owned()),
        Some((_, ActivationStatus::Activated)) => None,
        Some((_, ActivationStatus::NotActivated)) => Some("the device is silent as it is".to_owned()),
        Some((_, ActivationStatus::Other(_))) => Some("whether the device is active is not known".to_owned()),
    }
}

fn loading(model: &Model) -> Option<String> {
    unless(
        model.load.is_none(),
        "a load is under way; stop it first (stop-loading)",
    )
}

fn not_loading(model: &Model) -> Option<String> {
    unless(
        model.load.as_ref().is_some_and(|load| !load.is_stopping),
        "nothing is being loaded",
    )
}

fn no_gaps(model: &Model) -> Option<String> {
    unless(!model.fresh.gaps.is_empty(), "nothing is unknown so far")
}

fn no_suspend(model: &Model) -> Option<String> {
    if model.changing.as_ref().is_some_and(changeset::Changing::is_running) {
        return Some("a changeset is being carried out; esc stops it first".to_owned());
    }
    unless(cfg!(unix), "only Unix shells can take a program to the background")
}

/// Returns the commands that the line at the foot names, the ones for here first.
pub fn foot(model: &Model) -> Vec<&'static Command> {
    let named = COMMANDS.iter().filter(|command| !command.short.is_empty());
    match model.overlays.last() {
        Some(Overlay::Prompt(_) | Overlay::Removal(_) | Overlay::Change(_) | Overlay::Code(_)) => Vec::new(),
        Some(Overlay::Menu(_) | Overlay::Pager(_)) => named
            .filter(|command| matches!(command.id, CommandId::Open | CommandId::CopyId | CommandId::Back))
            .collect(),
        None if model.is_on_page() => named
            .filter(|command| {
                let is_page = command.place == KeyPlace::Page && (command.hindrance)(model).is_none();
                is_page || matches!(command.id, CommandId::Open | CommandId::Help | CommandId::Back)
            })
            .collect(),
        None if model.screen == ScreenId::Review && model.review.progress.is_some() => {
            let is_here = |command: &&Command| {
                let is_own = command.place == KeyPlace::Review && (command.hindrance)(model).is_none();
                is_own
                    || matches!(
                        command.id,
                        CommandId::Open | CommandId::Palette | CommandId::Help | CommandId::Back
                    )
            };
            let mut here: Vec<&Command> = named.filter(is_here).collect();
            here.sort_by_key(|command| command.place != KeyPlace::Review);
            here
        }
        None if model.focus == Focus::Detail => named
            .filter(|command| !matches!(command.place, KeyPlace::Page | KeyPlace::Review))
            .filter(|command| !matches!(command.id, CommandId::Filter | CommandId::Sort | CommandId::Export))
            .collect(),
        None => named
            .filter(|command| !matches!(command.place, KeyPlace::Page | KeyPlace::Review))
            .filter(|command| (command.hindrance)(model).is_none())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_docs_are_sentences() {
        let names: BTreeSet<&str> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        for command in COMMANDS {
            assert!(
                command.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{}",
                command.name
            );
            assert!(
                command.doc.ends_with('.') && command.doc.starts_with(char::is_uppercase),
                "{}",
                command.name
            );
        }
    }
}

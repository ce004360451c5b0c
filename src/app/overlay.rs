//! What lies over a screen: a text to read, a menu to choose from, a question to answer.

use super::{
    changeset::{ChangeView, CodeField, Pending, small},
    command::CommandId,
    measure,
    removal::{Aim, RemovalView},
    style::Line,
};
use crate::domain::ids::Arn;
use tui_input::Input;

/// One thing over the screen. The last one opened has the keys.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// A text to read.
    Pager(Pager),
    /// Things to choose from.
    Menu(Menu),
    /// A question to answer in one line.
    Prompt(Prompt),
    /// People who are taken out, or something else that becomes a changeset once it is chosen how.
    Removal(RemovalView),
    /// A changeset, from its preview to its end.
    Change(ChangeView),
    /// The field for the code of an activation. While it is there, digits belong to the runtime.
    Code(CodeField),
}

/// A text to read.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// What it is.
    pub title: String,
    /// The text.
    pub lines: Vec<Line>,
    /// The first row on the screen, of those that the lines are broken into there.
    pub offset: usize,
}

/// Things to choose from.
#[derive(Debug, Clone)]
pub struct Menu {
    /// What is listed.
    pub kind: MenuKind,
    /// What stands above it.
    pub title: String,
    /// What is said when there is nothing to choose.
    pub empty: String,
    /// What is said beneath the choice, whatever is chosen.
    pub note: Option<Line>,
    /// Everything that can be chosen.
    items: Vec<MenuItem>,
    /// The places in `items` of those that match what is typed, best first.
    shown: Vec<usize>,
    /// What is typed to narrow the choice; absent where the menu takes plain keys.
    input: Option<Input>,
    /// The place of the selection in `shown`.
    pub place: usize,
    /// The place of the first one on the screen.
    pub offset: usize,
}

/// What a menu lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuKind {
    /// The commands.
    Palette,
    /// What names something.
    UsedBy,
    /// The requests that were made.
    Calls,
    /// What could not be read.
    Gaps,
    /// The changesets that were not finished.
    Changesets,
    /// The devices that are activated one after the other.
    Round,
    /// What was said.
    Notices,
    /// The devices of a person.
    Devices,
    /// Why a review may not be signed off.
    Refusals,
    /// What has changed since the last sign-off.
    Since,
    /// What carries out a decision that was just recorded.
    CarryOut,
    /// Who is in quarantine, and what can be done with them.
    Quarantine,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// What is shown.
    pub line: Line,
    /// What choosing it does.
    pub action: Action,
}

/// What choosing something does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing: it is there to be read.
    Nothing,
    /// Go to a row.
    Go(Arn),
    /// Run a command.
    Run(CommandId),
    /// Go to a row of the review.
    Review(Arn),
    /// Activate a device of a round.
    Activate(Arn),
    /// Show the changeset of this name.
    Changeset(String),
    /// Ask what is to be done with somebody in quarantine.
    Quarantined(Arn),
    /// Begin this with people or things.
    Aim(Aim),
    /// Make sure whose a device is.
    Confirm(Arn, super::confirm::Then),
    /// Show a text with a title, and let it be copied.
    Show(String, String),
}

/// A question to answer in one line.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What is asked.
    pub question: String,
    /// What is typed.
    pub input: Input,
    /// What was wrong with the last answer.
    pub error: Option<String>,
    /// What the answer is for.
    pub purpose: Purpose,
}

/// What the answer to a prompt is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The file to write what is on the screen to.
    Export,
    /// The last digits of the account that the session is armed for.
    Arm,
    /// Why the changeset on the desk is closed as it is.
    CloseChangeset,
    /// What is asked before a small changeset is worked out.
    Change(small::Question),
    /// The answer to the guard of this key that stops a removal.
    RemovalGuard(String),
    /// Who takes the places of those who are taken out.
    Replacement,
    /// Why a changeset may go on, against what stops it.
    AnswerGuard(Box<Pending>),
    /// The time at which the page that is simulated starts.
    PageTime,
    /// Whether the file of this name may be replaced: only `y` says yes.
    Overwrite(String),
    /// The next part of a waiver.
    Waive(super::waive::Draft),
    /// The next part of opening a review.
    OpenReview(super::review::open::Draft),
    /// What is asked for before a row of the review is decided.
    Decide(super::review::decide::Draft),
    /// Why a review may be signed off without this being known.
    Explain(String),
    /// The name of whoever signs a review off.
    Sign,
    /// The next part of making sure whose a device is.
    Confirm(super::confirm::Draft),
}

impl Menu {
    /// Returns a menu that takes plain keys.
    pub fn new(kind: MenuKind, title: impl Into<String>, items: Vec<MenuItem>) -> Self {
        Self {
            kind,
            title: title.into(),
            empty: "nothing".to_owned(),
            note: None,
            shown: (0..items.len()).collect(),
            items,
            input: None,
            place: 0,
            offset: 0,
        }
    }

    /// Makes the menu one that is narrowed by typing.
    #[must_use]
    pub fn typed(mut self) -> Self {
        self.input = Some(Input::default());
        self
    }

    /// Says what stands there when there is nothing to choose.
    #[must_use]
    pub fn or_empty(mut self, text: impl Into<String>) -> Self {
        self.empty = text.into();
        self
    }

    /// Says something beneath the choice.
    #[must_use]
    pub fn noted(mut self, note: Option<Line>) -> Self {
        self.note = note;
        self
    }

    /// Returns how many rows of the screen are not for the choice: those of what is typed, and that of the note.
    pub fn other_rows(&self) -> u16 {
        let typed = if self.input.is_some() { 2 } else { 0 };
        typed + u16::from(self.note.is_some())
    }

    /// Returns what is typed, where the menu is narrowed by typing.
    pub fn input(&self) -> Option<&Input> {
        self.input.as_ref()
    }

    /// Changes what is typed, and narrows the choice by it.
    pub fn type_with(&mut self, change: impl FnOnce(&mut Input)) {
        let Some(input) = &mut self.input else { return };
        change(input);
        self.shown = super::fuzzy::best(input.value(), self.items.iter().map(|item| item.line.text()));
        self.place = 0;
        self.offset = 0;
    }

    /// Takes over other items, keeping the place.
    pub fn set_items(&mut self, items: Vec<MenuItem>) {
        self.items = items;
        let typed = self.input.as_ref().map_or("", |input| input.value());
        self.shown = super::fuzzy::best(typed, self.items.iter().map(|item| item.line.text()));
        self.place = self.place.min(self.shown.len().saturating_sub(1));
    }

    /// Returns what can be chosen, in order.
    pub fn shown(&self) -> impl Iterator<Item = &MenuItem> {
        self.shown.iter().filter_map(|index| self.items.get(*index))
    }

    /// Returns how many there are to choose from.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Returns whether there is nothing to choose.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Returns the selected item.
    pub fn selected(&self) -> Option<&MenuItem> {
        self.shown().nth(self.place)
    }

    /// Moves the selection by `rows` on a screen of `height`, stopping at both ends.
    pub fn move_by(&mut self, rows: isize, height: usize) {
        self.place = self
            .place
            .saturating_add_signed(rows)
            .min(self.shown.len().saturating_sub(1));
        let lowest = self.place.saturating_sub(height.max(1) - 1);
        self.offset = self.offset.clamp(lowest, self.place);
    }
}

impl Pager {
    /// Returns a text to read.
    pub fn new(title: impl Into<String>, lines: Vec<Line>) -> Self {
        Self {
            title: title.into(),
            lines,
            offset: 0,
        }
    }

    /// Returns the rows that the text takes on a screen of `width` columns: every line is shown to its end.
    pub fn rows(&self, width: u16) -> Vec<Line> {
        let rows = self.lines.iter();
        rows.flat_map(|line| measure::wrap(line, usize::from(width))).collect()
    }

    /// Moves the text by `rows` on a screen of `width` and `height`, stopping at both ends.
    pub fn move_by(&mut self, rows: isize, width: u16, height: u16) {
        let last = self.rows(width).len().saturating_sub(usize::from(height));
        self.offset = self.offset.min(last).saturating_add_signed(rows).min(last);
    }

    /// Returns the whole text.
    pub fn text(&self) -> String {
        self.lines.iter().map(Line::text).collect::<Vec<_>>().join("\n")
    }
}

//! What the walks have come across: so that they cannot become shallow without anybody noticing.

use callsheet::app::{
    changeset::{Phase, Told},
    command::COMMANDS,
    effect::Effect,
    msg::Msg,
    overlay::{MenuKind, Overlay, Purpose},
    screens::ScreenId,
};
use std::collections::BTreeSet;

/// Makes a function that names the variant of a value, and the list of all names. A new variant does not compile until it is
/// listed, and then some walk has to come across it.
macro_rules! named {
    ($function:ident, $all:ident, $type:ident: $($variant:ident)*) => {
        /// Returns the name of what it is.
        pub(super) fn $function(value: &$type) -> &'static str {
            match value {
                $($type::$variant { .. } => concat!(stringify!($type), "::", stringify!($variant)),)*
            }
        }

        const $all: &[&str] = &[$(concat!(stringify!($type), "::", stringify!($variant)),)*];
    };
}

named!(of_msg, MESSAGES, Msg:
    Key Released Paste Mouse Resized Tick SnapshotRead SnapshotSaved Loading LoadEnded Judged LedgerOpened LedgerLooked
    LedgerGrew Recorded PopulationsRead PopulationTaken ChangesetPlanned RemovalWorkedOut Changeset CodeTyped WaiverAdded WorstFound WhatIfAnswered
    Exported Arrived Terminate);

named!(of_effect, EFFECTS, Effect:
    ReadSnapshot SaveSnapshot Load GoOn LookAtLedger ReadAgain StopLoad Judge OpenLedger Record ReadPopulations TakePopulation SignOff
    PlanChangeset WorkOutRemoval RunChangeset OrderChangeset AddWaiver FindWorst AskWhatIf ReadPhone Copy Export CaptureMouse
    Redraw Suspend Quit);

named!(of_overlay, OVERLAYS, Overlay: Pager Menu Prompt Removal Change Code);

named!(of_menu, MENUS, MenuKind:
    Palette UsedBy Calls Gaps Changesets Round Notices Devices Refusals Since CarryOut Quarantine);

named!(of_purpose, PURPOSES, Purpose:
    Export Arm CloseChangeset Change RemovalGuard Replacement AnswerGuard PageTime Overwrite Waive OpenReview Decide Explain
    Sign Confirm);

named!(of_told, TOLD, Told: Reading Sending Saved Called NeedsCode Ended NotBegun);

named!(of_phase, PHASES, Phase: Drafting Asking Running NeedsCode Ended NotBegun);

/// What was come across, by name.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeSet<String>);

impl Seen {
    /// Notes something by name.
    pub(super) fn note(&mut self, name: impl Into<String>) {
        self.0.insert(name.into());
    }

    /// Takes in what another walk has come across.
    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Returns all that there is and no walk has come across.
    pub(super) fn missing(&self) -> Vec<String> {
        let lists = [MESSAGES, EFFECTS, OVERLAYS, MENUS, PURPOSES, TOLD, PHASES];
        let named = lists.into_iter().flatten().map(|name| (*name).to_owned());
        let commands = COMMANDS.iter().map(|command| of_command(command.name));
        let screens = ScreenId::ALL.iter().map(|screen| of_screen(*screen));
        let places = [
            "a page",
            "a supposition",
            "a whole address",
            "a filter being typed",
            "no place to draw on",
        ];
        named
            .chain(commands)
            .chain(screens)
            .chain(places.map(str::to_owned))
            .filter(|name| !self.0.contains(name))
            .collect()
    }
}

/// Returns the name under which a command is noted that was run.
pub(super) fn of_command(name: &str) -> String {
    format!("command {name}")
}

/// Returns the name under which a screen is noted.
pub(super) fn of_screen(screen: ScreenId) -> String {
    format!("screen {screen:?}")
}

//! Arming: the desk starts unable to change anything, and is armed for one account at a time, on purpose.
//!
//! Whoever wants to write types the last four digits of the account: a habit does not, and another account's terminal is
//! noticed. What is armed here still goes through a preview each time.

use super::{
    effect::Effect,
    model::{Mode, Model},
    overlay::{Overlay, Prompt, Purpose},
};
use tui_input::Input;

/// How many digits of the account are asked for.
const DIGITS: usize = 4;

/// Returns why the desk cannot be armed now, if it cannot.
pub fn hindrance(model: &Model) -> Option<String> {
    if model.mode == Mode::Armed {
        return Some("it is armed already; disarm takes it back".to_owned());
    }
    let why = "which account this is could not be read yet";
    digits(model).is_none().then(|| why.to_owned())
}

/// Returns why it cannot be disarmed, if it cannot.
pub fn no_disarming(model: &Model) -> Option<String> {
    (model.mode == Mode::ReadOnly).then(|| "it is not armed".to_owned())
}

/// Asks for the digits.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let Some(account) = model.fresh.account().map(str::to_owned) else {
        return Vec::new();
    };
    model.overlays.push(Overlay::Prompt(Prompt {
        question: format!(
            "Arm this session for account {account}? Type the last four digits of the account. Nothing is changed before you \
             have seen it whole and agreed"
        ),
        input: Input::default(),
        error: None,
        purpose: Purpose::Arm,
    }));
    Vec::new()
}

/// Takes the digits.
pub fn answer(model: &mut Model, text: &str) -> Vec<Effect> {
    if digits(model).is_some_and(|digits| digits == text) {
        model.overlays.pop();
        model.mode = Mode::Armed;
        model.say("armed for this account until you leave or disarm");
    } else if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
        prompt.error = Some("these are not the last four digits of this account".to_owned());
    }
    Vec::new()
}

/// Takes it back.
pub fn disarm(model: &mut Model) -> Vec<Effect> {
    model.mode = Mode::ReadOnly;
    model.say("read-only again");
    Vec::new()
}

/// Returns the digits that arm: those of the account whose answers are on the screen, not of one that is remembered.
fn digits(model: &Model) -> Option<String> {
    let account = model.fresh.account()?;
    let start = account.len().checked_sub(DIGITS)?;
    account.get(start..).map(str::to_owned)
}

//! Arming: the desk starts unable to change anything, and is armed for one account at a time, on purpose.
//!
//! Whoever wants to write types the last four digits of the account: a habit does not, and another account's terminal is
//! noticed. What is armed here still goes through a preview each time.

use super::{
    effect::Effect,
    model::{Mode, Model},
    overlay::{Overlay, Prompt, Purpose},
};
use crate::{
    domain::ids::Scope,
    failure::{Failure, FailureKind},
};
use tui_input::Input;

/// How many digits of the account are asked for.
const DIGITS: usize = 4;

/// Returns why the desk cannot be armed now, if it cannot.
pub fn hindrance(model: &Model) -> Option<String> {
    if model.mode == Mode::Armed {
        return Some("it is armed already; disarm takes it back".to_owned());
    }
    if digits(model).is_none() {
        return Some("which account this is could not be read yet".to_owned());
    }
    model.ledger.strangeness()
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
    if let Some(why) = hindrance(model) {
        // The credentials may have become those of another account while this was asked.
        if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
            prompt.error = Some(why);
        }
    } else if digits(model).is_some_and(|digits| digits == text) {
        model.overlays.pop();
        model.mode = Mode::Armed;
        model.armed_for = Some(model.fresh.scope());
        model.say("armed for this account until you leave or disarm");
    } else if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
        prompt.error = Some("these are not the last four digits of this account".to_owned());
    }
    Vec::new()
}

/// Takes it back.
pub fn disarm(model: &mut Model) -> Vec<Effect> {
    take_back(model);
    model.say("read-only again");
    Vec::new()
}

fn take_back(model: &mut Model) {
    model.mode = Mode::ReadOnly;
    model.armed_for = None;
}

/// Returns whether what is armed is what the answers on the screen are of. While it is not known whose they are, it is not.
pub fn is_of_what_is_read(model: &Model) -> bool {
    model.mode == Mode::Armed && model.fresh.account().is_some() && model.armed_for == Some(model.fresh.scope())
}

/// Takes it back where the answers turn out to be of another account or Region: the credentials have changed meanwhile, and
/// whoever armed this session did not mean those.
pub fn keep_to_account(model: &mut Model) {
    let is_strange = |scope: &Scope| model.fresh.is_of_another(scope);
    model.ledger.stranger = model
        .ledger
        .scope
        .as_ref()
        .is_some_and(is_strange)
        .then(|| model.fresh.scope());
    if model.armed_for.as_ref().is_some_and(is_strange) {
        take_back(model);
        let what = "The answers are of another account or Region now, so this session is read-only again.";
        let now_read = model.fresh.scope();
        let failure = Failure::new(FailureKind::Credentials, what)
            .because(format!(
                "they are of account {} in {}",
                now_read.account, now_read.region
            ))
            .hint("sign in to the account that was armed, and read it again (R); or leave, and start callsheet anew");
        model.complain(&failure);
    }
}

/// Returns the digits that arm: those of the account whose answers are on the screen, not of one that is remembered.
fn digits(model: &Model) -> Option<String> {
    let account = model.fresh.account()?;
    let start = account.len().checked_sub(DIGITS)?;
    account.get(start..).map(str::to_owned)
}

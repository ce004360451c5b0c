//! Questions that are asked one after the other: each takes the place of the one before.

use super::{
    effect::Effect,
    model::Model,
    overlay::{Overlay, Prompt, Purpose},
};
use tui_input::Input;

/// Asks a question, in place of the one that was answered.
pub fn ask(model: &mut Model, question: impl Into<String>, suggested: impl Into<String>, purpose: Purpose) {
    drop_question(model);
    model.overlays.push(Overlay::Prompt(Prompt {
        question: question.into(),
        input: Input::new(suggested.into()),
        error: None,
        purpose,
    }));
}

/// Says what is wrong with an answer, and waits for another.
pub fn refuse(model: &mut Model, why: impl Into<String>) -> Vec<Effect> {
    if let Some(Overlay::Prompt(prompt)) = model.overlays.last_mut() {
        prompt.error = Some(why.into());
    }
    Vec::new()
}

/// Takes the question off the screen.
pub fn drop_question(model: &mut Model) {
    if matches!(model.overlays.last(), Some(Overlay::Prompt(_))) {
        model.overlays.pop();
    }
}

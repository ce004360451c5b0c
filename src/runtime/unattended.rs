//! The desk without a terminal: the same core and the same effects, and keys that somebody hands over, but for the digits of codes, which only a
//! terminal takes. The tests drive it against the embedded account from end to end.

use super::{Effects, Outside, now};
use crate::app::{
    self,
    effect::Effect,
    key::Key,
    layout::Size,
    model::{Model, Setup},
    msg::Msg,
};
use std::fmt;
use tokio::sync::mpsc;

/// A desk that nobody looks at.
pub struct Unattended {
    /// What would be on the screen.
    pub model: Model,
    effects: Effects,
    results: mpsc::Receiver<Msg>,
}

impl fmt::Debug for Unattended {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Unattended(…)")
    }
}

impl Unattended {
    /// Opens a desk as on a terminal of this size.
    pub fn open(setup: Setup, outside: Outside, size: Size) -> Self {
        let (model, first) = app::start(setup, size, now());
        let (sender, results) = mpsc::channel(super::WAITING_MESSAGES);
        let effects = Effects::new(sender, outside.session, (outside.store, outside.signing));
        let mut desk = Self {
            model,
            effects,
            results,
        };
        desk.perform(first);
        desk
    }

    /// Presses a key.
    pub fn press(&mut self, key: Key) {
        self.take(Msg::Key(key));
    }

    /// Waits for the next thing that happens outside, and takes it in.
    pub async fn wait(&mut self) {
        if let Some(msg) = self.results.recv().await {
            self.take(msg);
        }
    }

    fn take(&mut self, msg: Msg) {
        let wanted = app::update(&mut self.model, now(), [msg]);
        self.perform(wanted);
    }

    fn perform(&mut self, wanted: Vec<Effect>) {
        for effect in wanted {
            self.effects.start(effect);
        }
    }
}

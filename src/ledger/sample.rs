//! Ledgers for the tests of everything that reads one.

use super::{
    Entry,
    chain::State,
    entry::Note,
    record::{Actor, Content, Tool, Writer},
};
use crate::domain::{ids::Scope, sample::minute};
use std::sync::Arc;

/// Returns the account that the samples are about.
pub(crate) fn scope() -> Scope {
    Scope {
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: None,
    }
}

/// Returns who writes the samples.
pub(crate) fn actor() -> Actor {
    Actor {
        caller: "arn:aws:sts::111122223333:assumed-role/PagingReviewer/akua".to_owned(),
        user: "akua".to_owned(),
        host: "desk-7".to_owned(),
    }
}

/// Returns the writer of the samples.
pub(crate) fn writer() -> Writer {
    Writer {
        scope: Arc::new(scope()),
        actor: Arc::new(actor()),
        tool: Arc::new(Tool {
            name: "callsheet".to_owned(),
            version: "0.1.0".to_owned(),
        }),
    }
}

/// Returns a note.
pub(crate) fn note(text: &str) -> Entry {
    Entry::Note(Note {
        review: None,
        subject: None,
        text: text.to_owned(),
    })
}

/// Returns what goes into a ledger for a note.
pub(crate) fn content(text: &str) -> Content {
    Content::of(&note(text)).unwrap()
}

/// Returns the bytes of a ledger with this many notes, a minute apart.
pub(crate) fn ledger(count: i64) -> Vec<u8> {
    let (mut state, mut bytes) = (State::new(None), Vec::new());
    for number in 1..=count {
        let note = content(&format!("note {number}"));
        let composed = state.compose(&writer(), minute(number), [note]).unwrap();
        bytes.extend(composed.bytes);
        state = composed.state;
    }
    bytes
}

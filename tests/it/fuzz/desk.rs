//! What is typed and pasted into the fields of the desk.

use crate::{
    harness::{Desk, role_theme},
    hostile::screens::check,
    keeper::{self, Keeper},
};
use callsheet::app::msg::Msg;

/// Keys that lead to a field, each on a desk of its own.
const FIELDS: &[&str] = &[
    "2/",
    "7/",
    ":",
    ":arm<enter>",
    "2:export<enter><bs><bs><bs><bs>",
    "1:waive<enter>",
    ":review-open<enter>",
    "3jj:rename<enter>",
    "3jj:correct-address<enter>",
    "2j:simulate<enter>:time<enter>",
    "2j:simulate<enter>",
    "2j:remove<enter>",
    "2j:confirm<enter>",
];

/// A text that is pasted into a field, handed in, and pasted into whatever comes then; the first byte says which field.
pub(super) fn pasted(bytes: &[u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (mut desk, mut keeper): (Desk, Keeper) = keeper::desk(80, 24);
    desk.keys(FIELDS[usize::from(*first) % FIELDS.len()]);
    keeper.answer(&mut desk);
    let text = String::from_utf8_lossy(rest);
    let theme = role_theme();
    for _ in 0..3 {
        desk.send(Msg::Paste(text.clone().into_owned()));
        check(&desk.frame(&theme).0, "pasted");
        desk.keys("<enter>");
        keeper.answer(&mut desk);
        check(&desk.frame(&theme).0, "handed in");
    }
    assert!(
        keeper.kinds().iter().all(|kind| *kind != "step_intended"),
        "nobody armed it"
    );
}

/// Returns one text for each field.
pub(super) fn samples() -> Vec<Vec<u8>> {
    let texts = [
        "an",
        "name:x !y",
        "arm",
        "3333",
        "rows.csv",
        "Olga",
        "Q4",
        "Zoë",
        "+447700900124",
        "sun 03:00",
        "+3h",
    ];
    let fields = (0..FIELDS.len()).map(|field| u8::try_from(field).unwrap());
    let mut texts = texts.iter().cycle();
    fields
        .map(|field| [&[field], texts.next().unwrap().as_bytes()].concat())
        .collect()
}

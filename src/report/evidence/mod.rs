//! The evidence of a review: what an auditor is handed, as files that need nothing from elsewhere.
//!
//! One content (`content`) is written in two forms, HTML and Markdown, so that they cannot say different things. All times
//! are in UTC, because readers sit in several zones. Whatever comes from outside is neutralised here, and words that look
//! like an address are masked in what people typed. What could not be read comes first, and is never left out.

mod changes;
mod content;
mod document;
mod findings;
mod html;
mod markdown;
mod picture;
mod table;
mod timeline;
mod verify;

pub use findings::Kept;

use crate::{
    domain::{
        Timestamp,
        graph::Graph,
        ids::{Arn, Scope},
        inventory::Inventory,
        schedule::ResolveSchedules,
        text::neutral,
        typed::without_addresses,
    },
    findings::evaluate::Findings,
    ledger::{hash::RecordHash, record::Record},
    review::{
        Population, Reviews,
        campaign::{Campaign, Signed},
        digest,
        found::Found,
    },
};
use findings::Traces;
use std::{collections::BTreeMap, io};

/// Everything that the evidence is made of.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The account.
    pub scope: &'a Scope,
    /// The review.
    pub campaign: &'a Campaign,
    /// Its population as it was frozen; absent when its file is not at hand.
    pub frozen: Option<&'a Population>,
    /// Its population as it was signed; absent before the sign-off, and when its file is not at hand.
    pub signed: Option<&'a Population>,
    /// The records of the ledger, all of them proven.
    pub records: &'a [Record],
    /// The bytes of the ledger.
    pub ledger: &'a [u8],
    /// The hash of its last record.
    pub head: RecordHash,
    /// When the evidence is written.
    pub at: Timestamp,
    /// What the checks said when it was opened.
    pub found_opened: Kept<'a>,
    /// What they said when it was signed.
    pub found_signed: Kept<'a>,
    /// Every review of the ledger.
    pub reviews: &'a Reviews,
    /// The account as it was read last, when a snapshot is at hand.
    pub now: Option<Seen<'a>>,
}

/// The account as it was read once.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// Who names whom in it.
    pub graph: &'a Graph,
    /// What the checks say of it.
    pub findings: &'a Findings,
    /// When schedules are taken to be resolved.
    pub resolve_schedules: ResolveSchedules,
}

/// The files of the evidence by their names, in which `/` stands between folders.
pub type Files = BTreeMap<String, Vec<u8>>;

impl<'a> Evidence<'a> {
    /// Returns the rows that the review ended with: those that were signed, or else those that it was opened with.
    pub fn rows(&self) -> Option<&'a Population> {
        self.signed.or(self.frozen)
    }

    /// Returns what is missing for the evidence of a complete review, in sentences without a full stop.
    pub fn incomplete(&self) -> Vec<String> {
        content::incomplete(self)
    }

    /// Returns the sign-off and the signatures of second reviewers, in the order of the ledger.
    fn signatures(&self) -> impl Iterator<Item = &'a Signed> {
        self.campaign.sign_off.iter().chain(&self.campaign.co_signs)
    }

    /// Returns the name of the subject of a row, whichever population knows it.
    fn name_of(&self, subject: &Arn) -> String {
        let row = [self.signed, self.frozen]
            .into_iter()
            .flatten()
            .find_map(|rows| rows.row(subject));
        row.map_or_else(|| neutral(subject.name()).into_owned(), |row| row.name.clone())
    }
}

/// Returns every file of the evidence.
pub fn files(evidence: &Evidence<'_>) -> io::Result<Files> {
    let now = evidence.judgement_now();
    let traces = Traces::of(evidence, now.as_ref());
    let document = content::document(evidence, &traces);
    let mut files = Files::from([
        ("summary.html".to_owned(), html::html(&document).into_bytes()),
        ("summary.md".to_owned(), markdown::markdown(&document).into_bytes()),
        ("decisions.csv".to_owned(), table::decisions(evidence)?),
        ("changes.csv".to_owned(), table::changes(evidence)?),
        ("findings.csv".to_owned(), traces.csv()?),
        ("ledger.jsonl".to_owned(), evidence.ledger.to_vec()),
        ("VERIFY.md".to_owned(), verify::page(evidence).into_bytes()),
    ]);
    if let Some(rows) = evidence.rows() {
        files.insert("population.json".to_owned(), rows.to_json(evidence.scope)?);
    }
    if let (Some(signed), Some(frozen)) = (evidence.signed, evidence.frozen)
        && signed.digest != frozen.digest
    {
        files.insert(OPENED.to_owned(), frozen.to_json(evidence.scope)?);
    }
    for (name, found) in kept(evidence) {
        files.insert(name.to_owned(), found.bytes().to_vec());
    }
    for signed in evidence.signatures() {
        if let Some(signature) = &signed.sign_off.signature {
            let seq = signed.mark.seq;
            files.insert(
                format!("signatures/{seq}.head"),
                signed.sign_off.head.clone().into_bytes(),
            );
            files.insert(format!("signatures/{seq}.sig"), signature.text.clone().into_bytes());
        }
    }
    let sums = files.iter().fold(String::new(), |sums, (name, bytes)| {
        sums + &digest::of_bytes(bytes) + "  " + name + "\n"
    });
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    Ok(files)
}

/// The rows that the review was opened with, where they are others than those that were signed.
const OPENED: &str = "population-opened.json";

/// Returns what was found as it was kept, with the names of the files.
fn kept<'a>(evidence: &Evidence<'a>) -> Vec<(&'static str, &'a Found)> {
    let kept = [
        ("findings-opened.json", evidence.found_opened),
        ("findings-signed.json", evidence.found_signed),
    ];
    let at_hand = kept.into_iter().filter_map(|(name, kept)| match kept {
        Kept::Found(found) => Some((name, found)),
        Kept::NotAtHand(_) | Kept::NotRecorded | Kept::NotYet => None,
    });
    at_hand.collect()
}

/// Returns what somebody typed as it may be handed over: harmless, and without whole addresses.
fn typed(text: &str) -> String {
    without_addresses(&neutral(text)).into_owned()
}

/// Returns an instant as people read it.
fn instant(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Returns a number of things in words.
fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

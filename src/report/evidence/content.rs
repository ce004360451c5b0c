//! What a summary says: what is missing first, then who signed, what was covered, decided, excepted, changed and found.

use super::{
    Evidence, changes, count,
    document::{Block, Document},
    findings::{Kept, Then, Traces},
    instant,
    picture::{self, Coverage},
    table,
    timeline::{self, Account},
    typed,
};
use crate::{
    domain::{contact::ActivationStatus, ids::Arn, text::neutral},
    ledger::{
        Entry,
        entry::{self, Verdict},
    },
    review::{
        Population, Row,
        campaign::{RowState, Signed},
        diff::Diff,
        gate::scope_words,
        population,
        row::RowKind,
    },
};
use std::collections::BTreeMap;

/// How many calls of one operation, with what they brought.
#[derive(Default)]
struct Calls {
    reads: usize,
    pages: usize,
    items: usize,
    incomplete: usize,
}

/// Returns what the summary says.
pub(super) fn document(evidence: &Evidence<'_>, traces: &Traces<'_>) -> Document {
    let campaign = evidence.campaign;
    let mut document = Document::new(format!("Review {}", neutral(&campaign.name)));
    banner(&mut document, evidence);
    about(&mut document, evidence);
    signatures(&mut document, evidence);
    coverage(&mut document, evidence);
    exceptions(&mut document, evidence);
    gone(&mut document, evidence);
    unknowns(&mut document, evidence);
    decisions(&mut document, evidence);
    changed(&mut document, evidence);
    traces.tell(&mut document, evidence);
    then(&mut document, evidence);
    now(&mut document, evidence);
    pages_then(&mut document, evidence);
    pages_now(&mut document, evidence);
    notes(&mut document, evidence);
    readings(&mut document, evidence);
    rows(&mut document, evidence);
    document.heading("How to check this");
    document.paragraph(
        "VERIFY.md has the shell lines that check the files, the chain of the ledger, the signatures and the rows. Addresses \
         are masked everywhere; times are in UTC.",
    );
    document
}

/// Returns what is missing for the evidence of a complete review.
pub(super) fn incomplete(evidence: &Evidence<'_>) -> Vec<String> {
    let campaign = evidence.campaign;
    let mut missing = Vec::new();
    match &campaign.sign_off {
        None => missing.push("nobody has signed off".to_owned()),
        Some(signed) => {
            let answers = &signed.sign_off.unknown;
            if !answers.is_empty() {
                missing.push(count(
                    answers.len(),
                    "thing could not be read, and was explained",
                    "things could not be read, and were explained",
                ));
            }
            let unexplained = unexplained(evidence, signed).len();
            if unexplained > 0 {
                missing.push(count(
                    unexplained,
                    "thing could not be read, and nobody explained it",
                    "things could not be read, and nobody explained them",
                ));
            }
            if reading_of(evidence, &signed.sign_off.population).is_none() {
                missing.push("the ledger does not say how the rows were read that were signed".to_owned());
            }
        }
    }
    if campaign.sign_off.is_some() && evidence.signed.is_none() {
        missing.push("the rows that were signed are not at hand".to_owned());
    }
    match evidence.frozen {
        None => missing.push("the rows that the review was opened with are not at hand".to_owned()),
        Some(_) if evidence.signed.is_some() => {}
        Some(_) => {
            let unknown = reading_of(evidence, &campaign.population).map_or(0, |reading| reading.unknown.len());
            if unknown > 0 {
                missing.push(count(unknown, "thing could not be read", "things could not be read"));
            }
        }
    }
    if let Some(rows) = evidence.rows() {
        let open = rows
            .rows
            .values()
            .filter(|row| campaign.state(row) != RowState::Decided)
            .count();
        if open > 0 {
            missing.push(count(open, "row is not decided", "rows are not decided"));
        }
    }
    for (found, when) in [
        (evidence.found_opened, "the review was opened"),
        (evidence.found_signed, "it was signed off"),
    ] {
        if matches!(found, Kept::NotAtHand(_)) {
            missing.push(format!("what was found when {when} is not at hand"));
        }
    }
    let undone = campaign.undone(evidence.rows()).count();
    if undone > 0 {
        missing.push(count(
            undone,
            "decision is not carried out",
            "decisions are not carried out",
        ));
    }
    let unread = evidence.records.iter().filter(|record| record.entry().is_err()).count();
    if unread > 0 {
        missing.push(count(
            unread,
            "record of the ledger is not understood by this version",
            "records of the ledger are not understood by this version",
        ));
    }
    missing
}

/// Returns the last reading that came to the population of this digest.
fn reading_of<'a>(evidence: &Evidence<'a>, digest: &str) -> Option<&'a entry::Population> {
    let mut readings = evidence.campaign.readings.iter().rev();
    readings
        .find(|made| made.reading.digest == digest)
        .map(|made| &made.reading)
}

fn banner(document: &mut Document, evidence: &Evidence<'_>) {
    let missing = incomplete(evidence);
    document.blocks.push(Block::Banner {
        is_good: missing.is_empty(),
        lines: vec![if missing.is_empty() {
            "Complete: everything was read, every row is decided, and it is signed off.".to_owned()
        } else {
            format!("INCOMPLETE: {}.", missing.join("; "))
        }],
    });
}

fn about(document: &mut Document, evidence: &Evidence<'_>) {
    let campaign = evidence.campaign;
    let scope = evidence.scope;
    let endpoint = scope.endpoint.as_ref().map(|endpoint| format!(" at {endpoint}"));
    let account = format!("{} in {}{}", scope.account, scope.region, endpoint.unwrap_or_default());
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![
        fact("Account", neutral(&account).into_owned()),
        fact("About", scope_words(&campaign.scope)),
        fact(
            "Opened",
            format!(
                "{} by {}",
                instant(campaign.opened.at),
                neutral(&campaign.opened.by.caller)
            ),
        ),
        fact("Due", campaign.due.to_string()),
    ];
    if campaign.is_off_cycle {
        facts.push(fact(
            "Off the cycle",
            "the next regular review stays due as before".to_owned(),
        ));
    }
    facts.push(fact(
        "Rows when opened",
        format!("population {}", neutral(&campaign.population)),
    ));
    facts.push(fact("Evidence written", instant(evidence.at)));
    facts.push(fact(
        "Ledger",
        format!(
            "{}, head {}",
            count(evidence.records.len(), "record", "records"),
            evidence.head
        ),
    ));
    document.facts("", facts);
}

fn signatures(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("Who signed");
    let Some(signed) = &evidence.campaign.sign_off else {
        document.paragraph("Nobody has signed off.");
        return;
    };
    signature(document, "Sign-off", signed);
    for signed in &evidence.campaign.co_signs {
        signature(document, "Second reviewer", signed);
    }
    document.paragraph("What was shown and signed:");
    let lines = signed.sign_off.summary.iter().map(|line| typed(line));
    document.list(lines.collect(), "Nothing.");
}

fn signature(document: &mut Document, title: &str, signed: &Signed) {
    let key = match &signed.sign_off.signature {
        None => "none".to_owned(),
        Some(signature) => format!(
            "SSH signature of {}; VERIFY.md says how to check it",
            neutral(&signature.principal)
        ),
    };
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let by = &signed.mark.by;
    document.facts(
        format!("{title}: {}", neutral(&signed.sign_off.name)),
        vec![
            fact("When", instant(signed.mark.at)),
            fact(
                "As",
                format!(
                    "{} ({} on {})",
                    neutral(&by.caller),
                    neutral(&by.user),
                    neutral(&by.host)
                ),
            ),
            fact("Rows", format!("population {}", neutral(&signed.sign_off.population))),
            fact("Signed head", neutral(&signed.sign_off.head).into_owned()),
            fact("Key", key),
            fact("Record", format!("{}, hash {}", signed.mark.seq, signed.hash)),
        ],
    );
}

fn coverage(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("What was covered");
    match evidence.rows() {
        None => document.paragraph("Which rows there were is unknown: their file is not at hand."),
        Some(rows) => {
            let coverage = covered(evidence, rows);
            document.blocks.push(Block::Picture {
                svg: picture::picture(&coverage),
                words: picture::words(&coverage),
            });
        }
    }
}

fn covered(evidence: &Evidence<'_>, rows: &Population) -> Coverage {
    let mut coverage = Coverage::new();
    for kind in RowKind::ALL {
        coverage.insert(kind, BTreeMap::new());
    }
    for row in rows.rows.values() {
        let verdict = match evidence.campaign.state(row) {
            RowState::Decided => evidence.campaign.decision(&row.subject).map(|made| made.verdict),
            RowState::Undecided | RowState::Reopened | RowState::CarriedOut => None,
        };
        let verdicts = coverage.entry(row.kind).or_default();
        *verdicts.entry(verdict.unwrap_or(Verdict::Undecided)).or_default() += 1;
    }
    coverage
}

fn exceptions(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("Exceptions");
    let mut rows = Vec::new();
    for row in in_order(evidence) {
        let Some(made) = evidence.campaign.decision(&row.subject) else {
            continue;
        };
        if made.verdict != Verdict::Keep {
            rows.push(vec![
                made.verdict.word().to_owned(),
                format!("{} {}", row.kind.title(), row.name),
                typed(made.reason.as_deref().unwrap_or_default()),
                made.until.map(|day| day.to_string()).unwrap_or_default(),
                table::execution(&evidence.campaign.execution(&row.subject)),
            ]);
        }
    }
    let head = ["decision", "row", "reason", "until", "carried out"];
    document.table(&head, rows, "Every row that was decided is kept as it is.");
    let waived: Vec<String> = waivers(evidence);
    if !waived.is_empty() {
        document.paragraph("Findings that somebody decided to live with, up to the sign-off:");
        document.list(waived, "");
    }
}

/// Tells the rows that were there when the review was opened and are gone, each with what was decided last about it.
fn gone(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("Gone since the review was opened");
    let Some(frozen) = evidence.frozen else {
        return document.paragraph("Unknown: the rows that the review was opened with are not at hand.");
    };
    let seen = evidence.now.as_ref().map(|seen| {
        let taken = population::take(seen.inventory, seen.graph, &evidence.campaign.scope);
        // In a list that was not read to its end something is missing that may be there.
        taken.is_complete().then_some(taken.population)
    });
    let (current, when) = match (&evidence.campaign.sign_off, evidence.signed, &seen) {
        (Some(_), Some(signed), _) => (signed, "at the sign-off"),
        (Some(_), None, _) => {
            return document.paragraph("Unknown: the rows that were signed are not at hand.");
        }
        (None, _, Some(Some(rows))) => (rows, "when the account was read last"),
        (None, _, Some(None)) => {
            return document.paragraph("Unknown: the account was not read completely the last time.");
        }
        (None, _, None) => return document.paragraph("Unknown: no snapshot of the account is at hand."),
    };
    let rows = evidence.campaign.gone(frozen, current).into_iter().map(|row| {
        let words = evidence.reviews.last_words(&row.subject, evidence.campaign);
        let execution = table::execution(&evidence.campaign.execution(&row.subject));
        vec![row.kind.title().to_owned(), row.name.clone(), typed(&words), execution]
    });
    let none = format!("Every row that the review was opened with was there {when}.");
    document.table(&["kind", "name", "last decision", "carried out"], rows.collect(), &none);
}

/// Returns the waivers in the ledger up to the sign-off.
fn waivers(evidence: &Evidence<'_>) -> Vec<String> {
    let until = evidence
        .campaign
        .sign_off
        .as_ref()
        .map_or(u64::MAX, |signed| signed.mark.seq);
    let records = evidence.records.iter().filter(|record| record.seq < until);
    let told = records.filter_map(|record| match record.entry() {
        Ok(Entry::FindingWaived(waived)) => Some(format!(
            "{} of {}, by {} until {}: {}",
            neutral(&waived.code),
            neutral(&waived.subject),
            typed(&waived.owner),
            waived.expires,
            typed(&waived.reason)
        )),
        Ok(_) | Err(_) => None,
    });
    told.collect()
}

fn unknowns(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("What could not be read");
    let Some(signed) = &evidence.campaign.sign_off else {
        let last = evidence.campaign.readings.last();
        let unknown = last.map(|made| made.reading.unknown.as_slice()).unwrap_or_default();
        let none = if last.is_some() {
            "Everything was read the last time."
        } else {
            "The ledger does not say."
        };
        return document.list(unknown.iter().map(|why| typed(why)).collect(), none);
    };
    let answers = &signed.sign_off.unknown;
    let explained = answers
        .iter()
        .map(|answer| vec![typed(&answer.guard), typed(&answer.answer)]);
    let others = unexplained(evidence, signed).into_iter();
    let others = others.map(|why| vec![typed(why), "by nobody".to_owned()]);
    let none = "Everything was read when it was signed off.";
    document.table(&["unknown", "explained"], explained.chain(others).collect(), none);
}

/// Returns what could not be read for a sign-off and is not explained in it.
fn unexplained<'a>(evidence: &Evidence<'a>, signed: &Signed) -> Vec<&'a str> {
    let reading = reading_of(evidence, &signed.sign_off.population);
    let unknown = reading.map(|reading| reading.unknown.as_slice()).unwrap_or_default();
    let is_explained = |why: &str| signed.sign_off.unknown.iter().any(|answer| answer.guard == why);
    unknown
        .iter()
        .map(String::as_str)
        .filter(|why| !is_explained(why))
        .collect()
}

fn decisions(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("Decisions");
    let rows = in_order(evidence).into_iter().map(|row| {
        let mut cells = vec![row.kind.title().to_owned(), row.name.clone()];
        match evidence.campaign.decision(&row.subject) {
            None => cells.extend(["undecided".to_owned(), String::new(), String::new(), String::new()]),
            Some(made) => {
                let state = evidence.campaign.state(row);
                let word = made.verdict.word();
                cells.push(match state {
                    RowState::Decided => word.to_owned(),
                    RowState::Undecided | RowState::Reopened | RowState::CarriedOut => {
                        format!("{word}; {}", table::state(state))
                    }
                });
                cells.push(typed(made.reason.as_deref().unwrap_or_default()));
                let names = made.mark.names().first().copied().unwrap_or_default().to_owned();
                cells.push(format!("{}, {}", neutral(&names), instant(made.mark.at)));
                cells.push(match made.bulk {
                    Some(count) => format!("with {count} rows together"),
                    None => format!("{} s", made.seconds),
                });
            }
        }
        cells
    });
    let head = ["kind", "name", "decision", "reason", "who and when", "looked at"];
    document.table(&head, rows.collect(), "There is no row.");
}

fn changed(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("Changes that were made");
    let mut rows = Vec::new();
    for change in changes::of(evidence) {
        let about: Vec<String> = change
            .planned
            .subjects
            .iter()
            .map(|subject| decided(evidence, subject, &change))
            .collect();
        for (number, (planned, step)) in (1_usize..).zip(change.planned.steps.iter().zip(&change.steps)) {
            let proof = step
                .settled
                .map(|record| format!("record {}, {}", record.seq, instant(record.at)));
            let request = step.request_id.as_ref().map(|id| format!(", request {}", neutral(id)));
            rows.push(vec![
                about.join("; "),
                format!(
                    "{} {number}: {}",
                    neutral(&change.planned.changeset),
                    typed(&planned.words)
                ),
                step.outcome.clone(),
                proof.unwrap_or_else(|| "none".to_owned()) + &request.unwrap_or_default(),
            ]);
        }
        if let Some(note) = &change.note {
            let what = format!("{}: {}", neutral(&change.planned.changeset), change.ending);
            rows.push(vec![about.join("; "), what, typed(note), String::new()]);
        }
    }
    let head = ["decision", "step", "came to", "proof"];
    document.table(&head, rows, "No change belongs to this review.");
}

fn decided(evidence: &Evidence<'_>, subject: &Arn, change: &changes::Change<'_>) -> String {
    let name = evidence.name_of(subject);
    match table::deciding(evidence, subject, change.record.seq) {
        Some(made) => format!("{} {name} (record {})", made.verdict.word(), made.mark.seq),
        None => format!("{name} (no decision before it)"),
    }
}

/// Says what the rows show that were signed: checks need more than rows keep.
fn then(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("What the rows show by themselves");
    let Some(rows) = evidence.rows() else {
        document.paragraph("Nothing is known of then: the rows are not at hand.");
        return;
    };
    let reading = reading_of(evidence, &rows.digest);
    let when = reading.map_or_else(
        || "at a time that the ledger does not tell".to_owned(),
        |reading| instant(reading.ended_at),
    );
    let what = if evidence.signed.is_some() {
        "were signed"
    } else {
        "the review was opened with"
    };
    document.paragraph(format!(
        "The devices that are not activated, and what could not be read, in the rows that {what}, read {when}."
    ));
    let mut found = Vec::new();
    for row in rows.in_order() {
        for device in row.devices() {
            let status = match &device.status {
                ActivationStatus::Activated => continue,
                ActivationStatus::NotActivated => "is not activated, and is never paged".to_owned(),
                ActivationStatus::Other(word) => format!("is of the unknown status {word}"),
            };
            found.push(format!("{}: {} {status}", row.name, device.masked));
        }
        found.extend(row.unknown.iter().map(|why| format!("{}: unknown: {why}", row.name)));
    }
    document.list(found, "Every device was activated, and every row was read to its end.");
}

fn now(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("The account now");
    let Some(seen) = &evidence.now else {
        document.paragraph(
            "Unknown: no snapshot of the account is at hand. Nothing was asked of AWS when this was written; a desk that is \
             opened on the account makes one.",
        );
        return;
    };
    let inventory = seen.inventory;
    let taken = population::take(inventory, seen.graph, &evidence.campaign.scope);
    let read = inventory.ended_at.or(inventory.started_at);
    let when = read.map_or_else(|| "at an unknown time".to_owned(), instant);
    document.paragraph(format!(
        "As the account was read last, {when}; nothing was asked of AWS when this was written."
    ));
    let signed_at = evidence.campaign.sign_off.as_ref().map(|signed| signed.mark.at);
    if let (Some(read), Some(signed_at)) = (read, signed_at)
        && read < signed_at
    {
        document.paragraph("That was before the sign-off: a desk that is opened on the account reads it again.");
    }
    if !taken.is_complete() {
        let told = count(taken.unknown.len(), "thing", "things");
        document.paragraph(format!("INCOMPLETE: {told} could not be read then."));
    }
    if let Some(rows) = evidence.rows() {
        let diff = Diff::between(rows, &taken.population);
        document.paragraph(if diff.is_empty() {
            "The rows are those of the review: this is what was found of them.".to_owned()
        } else {
            format!(
                "Other than in the review: {} new, {} not seen, {} changed.",
                diff.added.len(),
                diff.gone.len(),
                diff.changed.len()
            )
        });
    }
}

/// Draws the pages of then: the worst time of each response plan of the rows that the review ended with.
fn pages_then(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("Who would have been paged then");
    let found = match evidence.found_last() {
        Kept::Found(found) => found,
        Kept::NotRecorded | Kept::NotYet => {
            return document.paragraph(
                "Not recorded: rows keep no shifts, and the version of callsheet that was used kept nothing else, so no page \
                 can be simulated of then.",
            );
        }
        Kept::NotAtHand(_) => {
            return document.paragraph("Unknown: the file with the account as it was read then is not at hand.");
        }
    };
    let Some(then) = Then::of(found) else {
        return document.paragraph(
            "Unknown: another version of callsheet kept the account as it was read then, in a form that this one does not know.",
        );
    };
    let what = if evidence.campaign.sign_off.is_some() {
        "for the sign-off"
    } else {
        "when the review was opened"
    };
    let when = found.read_at.map_or_else(|| "at an unknown time".to_owned(), instant);
    document.paragraph(format!(
        "The worst time of each response plan, simulated on the account as it was read {what}, {when}. Nobody was paged."
    ));
    let rows = evidence.rows().map(response_plans).unwrap_or_default();
    let account = Account {
        inventory: &then.inventory,
        graph: &then.graph,
        resolve_schedules: found.resolve_schedules,
    };
    pages(document, &account, &rows);
}

/// Draws the pages of the account as it was read last.
fn pages_now(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("Who would be paged now");
    let Some(seen) = &evidence.now else {
        return document.paragraph("Unknown: no snapshot of the account is at hand.");
    };
    let inventory = seen.inventory;
    let read = inventory.ended_at.or(inventory.started_at);
    let when = read.map_or_else(|| "at an unknown time".to_owned(), instant);
    document.paragraph(format!(
        "The worst time of each response plan, simulated on the account as it was read {when}. Nobody was paged."
    ));
    let taken = population::take(inventory, seen.graph, &evidence.campaign.scope);
    let account = Account {
        inventory,
        graph: seen.graph,
        resolve_schedules: seen.resolve_schedules,
    };
    pages(document, &account, &response_plans(&taken.population));
}

fn pages(document: &mut Document, account: &Account<'_>, plans: &[&Arn]) {
    if plans.is_empty() {
        document.paragraph("There is no response plan among the rows.");
    }
    document.blocks.extend(timeline::of(account, plans));
}

fn response_plans(rows: &Population) -> Vec<&Arn> {
    let rows = rows.in_order().into_iter();
    let plans = rows.filter(|row| row.kind == RowKind::ResponsePlan);
    plans.map(|row| &row.subject).collect()
}

/// Tells the calls that the rows were read by.
fn readings(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("How the rows were read");
    for made in &evidence.campaign.readings {
        let reading = &made.reading;
        let mut calls: BTreeMap<&str, Calls> = BTreeMap::new();
        for read in &reading.reads {
            let calls = calls.entry(read.operation.name()).or_default();
            calls.reads += 1;
            calls.pages += read.pages;
            calls.items += read.items;
            calls.incomplete += usize::from(!read.is_complete);
        }
        document.paragraph(format!(
            "Read from {} to {} (record {}, population {}):",
            instant(reading.started_at),
            instant(reading.ended_at),
            made.mark.seq,
            neutral(&reading.digest)
        ));
        let rows = calls.into_iter().map(|(operation, calls)| {
            let Calls {
                reads,
                pages,
                items,
                incomplete,
            } = calls;
            vec![
                operation.to_owned(),
                reads.to_string(),
                pages.to_string(),
                items.to_string(),
                incomplete.to_string(),
            ]
        });
        let head = ["call", "reads", "pages", "items", "cut short"];
        document.table(&head, rows.collect(), "The ledger has no calls of this reading.");
    }
    if evidence.campaign.readings.is_empty() {
        document.paragraph("The ledger does not say how the rows were read.");
    }
}

fn notes(document: &mut Document, evidence: &Evidence<'_>) {
    let notes = evidence.campaign.notes.iter().map(|noted| {
        let about = noted
            .subject
            .as_ref()
            .map(|subject| format!(" about {}", evidence.name_of(subject)));
        let by = noted.mark.names().first().copied().unwrap_or_default().to_owned();
        format!(
            "{}, {}{}: {}",
            instant(noted.mark.at),
            neutral(&by),
            about.unwrap_or_default(),
            typed(&noted.text)
        )
    });
    let notes: Vec<String> = notes.collect();
    if !notes.is_empty() {
        document.heading("Notes");
        document.list(notes, "");
    }
}

fn rows(document: &mut Document, evidence: &Evidence<'_>) {
    document.heading("What was looked at, row by row");
    for row in in_order(evidence) {
        let fields = row.fields.iter().map(|field| (field.name.clone(), field.value.clone()));
        let unknown = row.unknown.iter().map(|why| ("unknown".to_owned(), why.clone()));
        document.facts(
            format!("{} {}", row.kind.title(), row.name),
            fields.chain(unknown).collect(),
        );
    }
}

fn in_order<'a>(evidence: &Evidence<'a>) -> Vec<&'a Row> {
    let rows = evidence.rows().map(Population::in_order).unwrap_or_default();
    rows.into_iter().map(AsRef::as_ref).collect()
}

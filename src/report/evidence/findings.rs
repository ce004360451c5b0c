//! What the checks said when the review was opened, at its sign-off and now, side by side: what was resolved, what is new.
//!
//! A finding that is not there another time is resolved only where its check was asked and had an answer: otherwise nobody
//! knows, and that is what is told.

use super::{Evidence, count, document::Document, instant, typed};
use crate::{
    domain::{graph::Graph, ids::Arn, inventory::Inventory, text::spreadsheet_safe},
    findings::{registry, severity::Severity},
    review::{
        found::{Found, Item, Judgement, Outcome},
        population,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

/// What was kept of what the checks said when the account was read for a review.
#[derive(Debug, Clone, Copy)]
pub enum Kept<'a> {
    /// It is at hand.
    Found(&'a Found),
    /// The ledger names a file that is not at hand.
    NotAtHand(&'a str),
    /// The ledger names none: it was written by a version that kept no findings.
    NotRecorded,
    /// There was no such moment: nobody has signed off.
    NotYet,
}

/// The moments at which findings are compared, in the order of time.
pub(super) const MOMENTS: [&str; 3] = ["when opened", "at the sign-off", "now"];

/// What the checks said at one of the moments.
enum Moment<'a> {
    /// It is known.
    Said(Box<Said<'a>>),
    /// It is not, for this reason.
    Untold(&'static str),
}

/// What the checks said, ready to be looked up.
struct Said<'a> {
    judgement: &'a Judgement,
    items: BTreeMap<(&'a str, &'a str), &'a Item>,
    asked: BTreeSet<&'a str>,
    /// The checks that could not be asked about everything there is: more may be wrong than is told.
    untold: BTreeSet<&'a str>,
}

/// What is known of one finding at one moment.
#[derive(Clone, Copy)]
enum State<'a> {
    Failing(&'a Item),
    Waived(&'a Item),
    Unknown,
    Absent,
    /// It goes without saying, since a more fatal one stands: that of this check.
    Covered(&'static str),
    NotAsked,
    Untold(&'static str),
}

/// One finding at the three moments.
struct Traced<'a> {
    /// The finding as it was last, for its words.
    item: &'a Item,
    states: [State<'a>; 3],
}

/// Everything that was found at any of the moments.
pub(super) struct Traces<'a> {
    moments: [Moment<'a>; 3],
    traced: Vec<Traced<'a>>,
}

/// The account as it was read for what the review ended with, to simulate pages of then.
pub(super) struct Then {
    /// What was read.
    pub(super) inventory: Inventory,
    /// Who names whom in it.
    pub(super) graph: Graph,
}

impl<'a> Moment<'a> {
    fn of_kept(kept: Kept<'a>) -> Self {
        match kept {
            Kept::Found(found) => Moment::Said(Box::new(Said::of(&found.judgement))),
            Kept::NotAtHand(_) => Moment::Untold("not at hand"),
            Kept::NotRecorded => Moment::Untold("not recorded"),
            Kept::NotYet => Moment::Untold("not signed off"),
        }
    }
}

impl<'a> Said<'a> {
    fn of(judgement: &'a Judgement) -> Self {
        let unknown = judgement.findings.iter();
        let unknown = unknown.filter(|item| item.result == Outcome::Unknown && item.kind == "account");
        Self {
            judgement,
            items: judgement.findings.iter().map(|item| (key(item), item)).collect(),
            asked: judgement.asked.iter().map(String::as_str).collect(),
            untold: unknown.map(|item| item.check.as_str()).collect(),
        }
    }

    fn state(&self, item: &Item) -> State<'a> {
        if let Some(found) = self.items.get(&key(item)) {
            return match found.result {
                Outcome::Fail => State::Failing(found),
                Outcome::Waived(_) => State::Waived(found),
                Outcome::Unknown => State::Unknown,
            };
        }
        if !self.asked.contains(item.check.as_str()) {
            return State::NotAsked;
        }
        let person = item.person.as_ref().map(Arn::as_str);
        let at_hand = |code: &'static str| {
            let mut subjects = std::iter::once(item.subject.as_str()).chain(person);
            subjects.any(|subject| {
                let found = self.items.get(&(code, subject));
                found.is_some_and(|found| found.result != Outcome::Unknown)
            })
        };
        let covers = registry::check(&item.check).map_or(&[][..], |check| check.moot_when);
        if let Some(code) = covers.iter().copied().find(|code| at_hand(code)) {
            return State::Covered(code);
        }
        // Where devices were not read one by one, their person stands for them; where a list was cut short, the account does.
        let of_person = person.and_then(|person| self.items.get(&(item.check.as_str(), person)));
        let is_unknown = of_person.is_some_and(|found| found.result == Outcome::Unknown);
        if is_unknown || self.untold.contains(item.check.as_str()) {
            State::Unknown
        } else {
            State::Absent
        }
    }
}

fn key(item: &Item) -> (&str, &str) {
    (&item.check, &item.subject)
}

impl<'a> State<'a> {
    fn words(self) -> String {
        match self {
            Self::Failing(_) => "failing".to_owned(),
            Self::Waived(item) => match item.result {
                Outcome::Waived(until) => format!("waived until {until}"),
                Outcome::Fail | Outcome::Unknown => "waived".to_owned(),
            },
            Self::Unknown => "unknown".to_owned(),
            Self::Absent => "not found".to_owned(),
            Self::Covered(code) => format!("covered by {code}"),
            Self::NotAsked => "unknown: not asked".to_owned(),
            Self::Untold(why) => format!("unknown: {why}"),
        }
    }

    fn is_failing(self) -> bool {
        matches!(self, Self::Failing(_))
    }

    fn item(self) -> Option<&'a Item> {
        match self {
            Self::Failing(item) | Self::Waived(item) => Some(item),
            Self::Unknown | Self::Absent | Self::Covered(_) | Self::NotAsked | Self::Untold(_) => None,
        }
    }
}

/// Returns what became of a finding between two moments, in a word or two; empty where nothing was wrong at either.
fn became(before: State<'_>, after: State<'_>) -> &'static str {
    let is_wrong = |state: State<'_>| state.item().is_some();
    match (before, after) {
        (State::Failing(_), State::Failing(_)) => "still failing",
        (_, State::Waived(_)) if is_wrong(before) => "waived",
        (State::Waived(_), State::Failing(_)) => "failing again",
        (_, State::Absent) if is_wrong(before) => "resolved",
        (_, State::Unknown | State::NotAsked | State::Untold(_)) if is_wrong(before) => "unknown",
        (_, State::Covered(_)) if is_wrong(before) => "covered by a worse one",
        (State::Covered(_), _) if is_wrong(after) => "covered before",
        (State::Absent, _) if is_wrong(after) => "new",
        (State::Unknown | State::NotAsked | State::Untold(_), _) if is_wrong(after) => "unknown before",
        _ => "",
    }
}

impl<'a> Traces<'a> {
    /// Returns everything that was found at any of the moments.
    pub(super) fn of(evidence: &Evidence<'a>, now: Option<&'a Judgement>) -> Self {
        let moments = [
            Moment::of_kept(evidence.found_opened),
            Moment::of_kept(evidence.found_signed),
            now.map_or(Moment::Untold("no snapshot"), |now| {
                Moment::Said(Box::new(Said::of(now)))
            }),
        ];
        // What was found last has the words; each list has the worst first.
        let said = moments.iter().rev().filter_map(|moment| match moment {
            Moment::Said(said) => Some(said),
            Moment::Untold(_) => None,
        });
        let wrong = said.flat_map(|said| &said.judgement.findings);
        let mut taken = BTreeSet::new();
        let mut traced = Vec::new();
        for item in wrong.filter(|item| item.result != Outcome::Unknown) {
            if taken.insert(key(item)) {
                let state = |moment: &Moment<'a>| match moment {
                    Moment::Said(said) => said.state(item),
                    Moment::Untold(why) => State::Untold(why),
                };
                let [opened, signed, now] = &moments;
                let states = [state(opened), state(signed), state(now)];
                traced.push(Traced { item, states });
            }
        }
        traced.sort_by_cached_key(|traced| {
            let is_failing = traced.states.map(State::is_failing);
            let [opened, signed, now] = is_failing;
            let severity = Severity::parse(&traced.item.severity);
            let (check, subject) = key(traced.item);
            (
                std::cmp::Reverse((signed, now, opened)),
                std::cmp::Reverse(severity),
                (check.to_owned(), traced.item.name.clone(), subject.to_owned()),
            )
        });
        Self { moments, traced }
    }

    fn between(&self, from: usize, to: usize) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for traced in &self.traced {
            if let (Some(before), Some(after)) = (traced.states.get(from), traced.states.get(to)) {
                let word = became(*before, *after);
                if !word.is_empty() {
                    *counts.entry(word).or_default() += 1;
                }
            }
        }
        counts
    }

    /// Tells what was found at each moment, what came and what went, and every finding.
    pub(super) fn tell(&self, document: &mut Document, evidence: &Evidence<'_>) {
        document.heading("Findings then and now");
        let kept = [Some(evidence.found_opened), Some(evidence.found_signed), None];
        let told = MOMENTS.into_iter().zip(&self.moments).zip(kept);
        let facts = told.map(|((name, moment), kept)| {
            let value = match (moment, kept) {
                (Moment::Said(said), _) => format!("{}, judged {}", said.judgement.words(), instant(said.judgement.at)),
                (_, Some(Kept::NotRecorded)) => {
                    "not recorded: the version of callsheet that was used kept no findings; this does not mean that there \
                     were none"
                        .to_owned()
                }
                (_, Some(Kept::NotAtHand(digest))) => {
                    format!("unknown: the file of the findings {} is not at hand", typed(digest))
                }
                (_, Some(Kept::NotYet)) => "nobody has signed off".to_owned(),
                (_, Some(Kept::Found(_)) | None) => "unknown: no snapshot of the account is at hand".to_owned(),
            };
            (name.to_owned(), value)
        });
        document.facts("", facts.collect());
        let pairs = match evidence.found_signed {
            Kept::NotYet => vec![(0, 2, "From the opening to now")],
            Kept::Found(_) | Kept::NotAtHand(_) | Kept::NotRecorded => {
                vec![
                    (0, 1, "From the opening to the sign-off"),
                    (1, 2, "From the sign-off to now"),
                ]
            }
        };
        for (from, to, title) in pairs {
            let counts = self.between(from, to);
            let words: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
            let is_told = [from, to].into_iter().all(|place| {
                let moment = self.moments.get(place);
                moment.is_some_and(|moment| matches!(moment, Moment::Said(_)))
            });
            document.paragraph(match (is_told, words.is_empty()) {
                (false, _) => format!("{title}: nobody can tell what was resolved and what is new."),
                (true, true) => format!("{title}: nothing failed at either."),
                (true, false) => format!("{title}: {}.", words.join(", ")),
            });
        }
        let rows = self.traced.iter().map(|traced| {
            let item = traced.item;
            let mut cells = vec![
                item.severity.clone(),
                item.check.clone(),
                format!("{} {}", item.kind.replace('_', " "), item.name),
                typed(&item.message),
            ];
            cells.extend(traced.states.map(State::words));
            cells
        });
        let [opened, signed, now] = MOMENTS;
        let head = ["severity", "check", "subject", "what is wrong", opened, signed, now];
        let is_any = self.moments.iter().any(|moment| matches!(moment, Moment::Said(_)));
        let none = if is_any {
            "No check that had an answer found anything wrong, at the times that are known."
        } else {
            "What was found is not known of any time."
        };
        document.table(&head, rows.collect(), none);
        let unknown: Vec<String> = MOMENTS
            .into_iter()
            .zip(&self.moments)
            .filter_map(|(name, moment)| match moment {
                Moment::Said(said) => {
                    let unknown = said.judgement.findings.iter();
                    let unknown = unknown.filter(|item| item.result == Outcome::Unknown).count();
                    (unknown > 0)
                        .then(|| format!("{name}: {}", count(unknown, "answer is unknown", "answers are unknown")))
                }
                Moment::Untold(_) => None,
            })
            .collect();
        if !unknown.is_empty() {
            document.paragraph("What the checks could not tell stands in findings.csv:");
            document.list(unknown, "");
        }
    }

    /// Returns every finding at every moment as CSV, unknown ones included.
    pub(super) fn csv(&self) -> io::Result<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer.write_record([
            "check",
            "severity",
            "kind",
            "name",
            "subject",
            "message",
            "when_opened",
            "at_sign_off",
            "now",
            "opened_to_sign_off",
            "sign_off_to_now",
            "opened_to_now",
        ])?;
        let mut write = |item: &Item, states: [State<'_>; 3]| {
            let [opened, signed, now] = states;
            let cells = [
                item.check.clone(),
                item.severity.clone(),
                item.kind.clone(),
                item.name.clone(),
                item.subject.clone(),
                typed(&item.message),
                opened.words(),
                signed.words(),
                now.words(),
                became(opened, signed).to_owned(),
                became(signed, now).to_owned(),
                became(opened, now).to_owned(),
            ];
            writer.write_record(cells.iter().map(|cell| spreadsheet_safe(cell).into_owned()))
        };
        for traced in &self.traced {
            write(traced.item, traced.states)?;
        }
        for (place, moment) in self.moments.iter().enumerate() {
            let Moment::Said(said) = moment else { continue };
            let is_wrong: BTreeSet<_> = self.traced.iter().map(|traced| key(traced.item)).collect();
            let earlier = self.moments.iter().take(place);
            let told: BTreeSet<_> = earlier
                .filter_map(|moment| match moment {
                    Moment::Said(said) => Some(said.items.keys().copied()),
                    Moment::Untold(_) => None,
                })
                .flatten()
                .collect();
            for item in &said.judgement.findings {
                if item.result != Outcome::Unknown || is_wrong.contains(&key(item)) || told.contains(&key(item)) {
                    continue;
                }
                let state = |moment: &Moment<'a>| match moment {
                    Moment::Said(said) => said.state(item),
                    Moment::Untold(why) => State::Untold(why),
                };
                let [opened, signed, now] = &self.moments;
                write(item, [state(opened), state(signed), state(now)])?;
            }
        }
        writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

impl Evidence<'_> {
    /// Returns what was kept of the reading that the review ended with: that of the sign-off, or else that of the opening.
    pub(super) fn found_last(&self) -> Kept<'_> {
        match self.found_signed {
            Kept::NotYet => self.found_opened,
            signed @ (Kept::Found(_) | Kept::NotAtHand(_) | Kept::NotRecorded) => signed,
        }
    }

    /// Returns what the checks say of the account as it was read last.
    pub(super) fn judgement_now(&self) -> Option<Judgement> {
        let seen = self.now.as_ref()?;
        let taken = population::take(seen.inventory, seen.graph, &self.campaign.scope);
        Some(Judgement::of(seen.findings, &self.campaign.scope, &taken.population))
    }
}

impl Then {
    /// Returns the account of a reading, where it was kept in a form that this version knows.
    pub(super) fn of(found: &Found) -> Option<Self> {
        let inventory = found.account()?;
        let graph = Graph::build(&inventory);
        Some(Self { inventory, graph })
    }
}

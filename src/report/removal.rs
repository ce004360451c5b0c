//! A removal before it is carried out, a list of who is in quarantine, and what putting somebody back comes to.

use super::{
    changeset,
    inventory::instant,
    lines::{Breaks, Cell, Layout, Lines, Row},
};
use crate::{
    changes::{
        removal::{
            guards::Guard,
            humans::Loss,
            proposal::{Proposal, Stopped},
            put_back::{ACTIVATE, PutBack},
            quarantine::Quarantined,
            replacement::Suggestion,
            rotation::Way,
        },
        what_if::{StartChange, Verdict, WhatIf},
    },
    domain::{
        ids::{Arn, Scope},
        inventory::Inventory,
        text::{json_safe, neutral},
    },
    ledger::replay::Recorded,
};
use anstyle::Style;
use chrono::NaiveDate;
use serde_json::{Value, json};

/// The form of the object about a removal: its number changes when a field goes away or changes its meaning.
pub const SCHEMA: &str = "callsheet.removal/1";

/// The form of the object about the quarantine, likewise.
const QUARANTINE_SCHEMA: &str = "callsheet.quarantine/1";

/// The form of the object about putting somebody back, likewise.
const PUT_BACK_SCHEMA: &str = "callsheet.put-back/1";

/// Everything that is shown of a removal.
#[derive(Debug, Clone, Copy)]
pub struct Removed<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// Where it was read.
    pub scope: &'a Scope,
    /// The removal; absent where something is deleted that nothing uses.
    pub proposal: Option<&'a Proposal>,
    /// What stops it.
    pub guards: &'a [Guard],
    /// Who could take the places.
    pub suggestions: &'a [Suggestion],
    /// The changeset, as it would be recorded; or why there is none.
    pub planned: Result<&'a Recorded, &'a Stopped>,
    /// What it makes of who is paged, apart from pages of those who go.
    pub what_if: &'a WhatIf,
    /// How many seconds it takes at least.
    pub seconds: u64,
}

/// The lines of a report, one thing under another.
struct Page {
    lines: Lines,
    layout: Layout,
}

impl Page {
    fn new(layout: Layout) -> Self {
        Self {
            lines: Lines::new(layout, Breaks::Hyphens),
            layout,
        }
    }

    fn line(&mut self, line: &str) {
        self.lines.item("", "  ", line);
    }

    /// Writes a heading, and under it as many lines as there are.
    fn list<T: AsRef<str>>(&mut self, title: &str, lines: &[T]) {
        if lines.is_empty() {
            return;
        }
        self.lines.heading(title, lines.len());
        for line in lines {
            self.lines.item("  ", "    ", line.as_ref());
        }
    }

    /// Ends with a changeset as it would be recorded.
    fn with_changeset(self, recorded: &Recorded, scope: &Scope) -> String {
        self.lines.into_text() + &changeset::preview(recorded, scope, self.layout)
    }
}

/// Returns a removal in lines for people.
pub fn table(removed: &Removed<'_>, layout: Layout) -> String {
    let mut page = Page::new(layout);
    for (person, doors) in removed.proposal.iter().flat_map(|proposal| &proposal.doors) {
        let title = format!("{} is paged through", name(person));
        let words: Vec<String> = doors.iter().map(|door| door.words(removed.inventory)).collect();
        page.list(&title, &words);
        if words.is_empty() {
            page.lines.heading(&title, 0);
            page.lines.item("  ", "    ", "nothing that was read");
        }
    }
    let guards = removed.guards.iter().map(|guard| {
        let answer = if guard.is_answerable {
            format!("answer with --answer \"{}=…\"", guard.key())
        } else {
            "no answer is enough".to_owned()
        };
        format!("{}. To go on: {} ({answer}).", guard.why, guard.would_let_go_on)
    });
    page.list("What stops it", &guards.collect::<Vec<_>>());
    let suggestions = removed.suggestions.iter().map(Suggestion::words);
    page.list(
        "Who could take the places (--replace-with)",
        &suggestions.collect::<Vec<_>>(),
    );
    for choice in removed.proposal.iter().flat_map(|proposal| &proposal.choices) {
        let rotation = rotation(removed, &choice.rotation);
        let ways: Vec<String> = choice.ways.iter().map(way_words).collect();
        let title = format!("Turns in the rotation {rotation}, the least that moves first");
        page.lines.heading(&title, ways.len());
        for way in ways {
            page.lines.item("  ", "    ", &way);
        }
    }
    what_if(removed, &mut page);
    match removed.planned {
        Ok(recorded) => {
            page.line(&format!("It takes at least {} seconds.", removed.seconds));
            page.with_changeset(recorded, removed.scope)
        }
        Err(stopped) => {
            page.line(&format!("It cannot be carried out: {}.", stopped_words(stopped)));
            page.lines.into_text()
        }
    }
}

fn way_words(way: &Way) -> String {
    let members: Vec<String> = way.members.iter().map(name).collect();
    let moved = way.moved_words();
    format!("{}: {}; {moved}", way.turns.words(), members.join(", "))
}

fn what_if(removed: &Removed<'_>, page: &mut Page) {
    let what_if = removed.what_if;
    let (worse, unknown) = (what_if.count(Verdict::Worse), what_if.count(Verdict::Unknown));
    page.line(&format!(
        "Afterwards {worse} of what can be engaged pages worse at some time, and of {unknown} it cannot be told."
    ));
    for change in &what_if.starts {
        let (word, stretches) = match change.verdict {
            Verdict::Worse => ("worse", &change.difference.worse),
            Verdict::Unknown => ("unknown", &change.difference.unclear),
            Verdict::Better | Verdict::Same => continue,
        };
        let first = stretches.first().map_or_else(String::new, |first| {
            format!(", first for a start at {} UTC", first.start_at.format("%Y-%m-%d %H:%M"))
        });
        let line = format!("{word}: {}{first}", name(&change.start));
        page.lines.item("  ", "    ", &line);
    }
}

fn name(arn: &Arn) -> String {
    neutral(arn.name()).into_owned()
}

fn rotation(removed: &Removed<'_>, arn: &Arn) -> String {
    let row = removed.inventory.rotations.items.get(arn);
    neutral(row.map_or(arn.name(), |row| &row.name)).into_owned()
}

fn stopped_words(stopped: &Stopped) -> String {
    match stopped {
        Stopped::Guards(guards) => match guards.len() {
            1 => "one guard stands".to_owned(),
            count => format!("{count} guards stand"),
        },
        Stopped::NoDraft(why) => why.to_string(),
        Stopped::NotRead(why) => why.to_string(),
    }
}

/// Returns a removal as one JSON object.
pub fn json(removed: &Removed<'_>) -> String {
    let inventory = removed.inventory;
    let proposal = removed.proposal;
    let people = proposal
        .iter()
        .flat_map(|proposal| &proposal.doors)
        .map(|(person, doors)| {
            let doors = doors
                .iter()
                .map(|door| json!({ "by": door.by(), "words": door.words(inventory) }));
            json!({ "contact": person, "doors": doors.collect::<Value>() })
        });
    let choices = proposal.iter().flat_map(|proposal| &proposal.choices);
    let rotations = choices
        .map(|choice| json!({ "rotation": choice.rotation, "ways": choice.ways.iter().map(way).collect::<Value>() }));
    let suggestions = removed.suggestions.iter().map(|suggestion| {
        json!({ "contact": suggestion.person, "reasons": suggestion.reasons, "against": suggestion.against })
    });
    let losses = proposal.iter().flat_map(|proposal| &proposal.losses).map(loss);
    let object = json!({
        "schema": SCHEMA,
        "replacement": proposal.and_then(|proposal| proposal.removal.replacement.as_ref()),
        "people": people.collect::<Value>(),
        "guards": removed.guards.iter().map(guard).collect::<Value>(),
        "suggestions": suggestions.collect::<Value>(),
        "rotations": rotations.collect::<Value>(),
        "losses": losses.collect::<Value>(),
        "what_if": removed.what_if.starts.iter().map(start).collect::<Value>(),
        "seconds": removed.seconds,
        "stopped": removed.planned.err().map(stopped_words),
        "changeset": removed.planned.ok().map(changeset::one),
    });
    json_safe(&format!("{object:#}\n"))
}

fn way(way: &Way) -> Value {
    json!({
        "turns": way.turns.words(),
        "members": way.members,
        "moved_minutes": way.moved.map(|moved| moved.num_minutes()),
    })
}

fn guard(guard: &Guard) -> Value {
    json!({
        "kind": guard.kind.word(),
        "key": guard.key(),
        "why": guard.why,
        "would_let_go_on": guard.would_let_go_on,
        "is_answerable": guard.is_answerable,
    })
}

fn loss(loss: &Loss) -> Value {
    json!({
        "about": loss.about,
        "first_start": instant(loss.starts.start_at),
        "is_certain": loss.is_certain,
        "is_passing": loss.is_passing,
        "after_step": loss.step + 1,
    })
}

fn start(change: &StartChange) -> Value {
    let verdict = match change.verdict {
        Verdict::Worse => "worse",
        Verdict::Unknown => "unknown",
        Verdict::Better => "better",
        Verdict::Same => "same",
    };
    json!({ "start": change.start, "verdict": verdict })
}

/// Returns who is in quarantine, in lines for people.
pub fn quarantine_table(
    found: &[Quarantined],
    unread: &[Arn],
    (today, days): (NaiveDate, u16),
    layout: Layout,
) -> String {
    // A name and a few words: too short to be broken.
    let mut lines = Lines::new(layout.map_width(|_| usize::MAX), Breaks::Words);
    let mut row = |kind: &str, place: (usize, usize), person: &Arn, words: String| {
        let name = name(person);
        lines.row(&Row {
            kind,
            place,
            name: &name,
            start: Vec::new(),
            hang: Some(0),
            rest: vec![
                Cell::shown(format!("{name}: ")),
                Cell::new("in quarantine", words.clone(), words),
            ],
            style: Style::new(),
        });
    };
    for (number, one) in (1..).zip(found) {
        let words = match (one.since, one.days_left(today, days)) {
            (Some(since), Some(left)) if left > 0 => format!("since {since}, {left} days left"),
            (Some(since), _) => format!("since {since}, over: delete them or put them back"),
            (None, _) => "since a day that the tag does not tell".to_owned(),
        };
        row("person", (number, found.len()), &one.contact, words);
    }
    for (number, person) in (1..).zip(unread) {
        let words = "unknown, their tags were not read".to_owned();
        row("unknown person", (number, unread.len()), person, words);
    }
    if found.is_empty() {
        // The sentence comes before those of whom it is not known.
        let rest = lines.into_text();
        return format!("Nobody is known to be in quarantine.\n{rest}");
    }
    lines.into_text()
}

/// Returns who is in quarantine as one JSON object.
pub fn quarantine_json(found: &[Quarantined], unread: &[Arn], (today, days): (NaiveDate, u16)) -> String {
    let people = found.iter().map(|one| {
        json!({
            "contact": one.contact,
            "since": one.since.map(|day| day.to_string()),
            "days_left": one.days_left(today, days),
        })
    });
    let object = json!({
        "schema": QUARANTINE_SCHEMA,
        "days": days,
        "people": people.collect::<Value>(),
        "unknown": unread,
    });
    json_safe(&format!("{object:#}\n"))
}

/// Returns what putting somebody back comes to, in lines for people.
pub fn put_back_table(back: &PutBack, recorded: &Recorded, scope: &Scope, layout: Layout) -> String {
    let mut page = Page::new(layout);
    page.list("What does not come back", &back.lost);
    page.list("What stays silent", &back.silent);
    if !back.silent.is_empty() {
        page.lines.item("  ", "    ", ACTIVATE);
    }
    page.list("Where nobody is reached until then", &back.alone);
    if back.is_first_of_two {
        page.line("The contact is made anew first: put back again afterwards, for the plans and rotations.");
    }
    page.with_changeset(recorded, scope)
}

/// Returns what is said at the end of a changeset that has put somebody back.
pub fn put_back_ended(silent: &[String], layout: Layout) -> String {
    let mut page = Page::new(layout);
    for device in silent {
        page.line(&format!("Silent: {device}."));
    }
    if !silent.is_empty() {
        page.line(ACTIVATE);
    }
    page.lines.into_text()
}

/// Returns what putting somebody back comes to as one JSON object.
pub fn put_back_json(back: &PutBack, recorded: &Recorded) -> String {
    let object = json!({
        "schema": PUT_BACK_SCHEMA,
        "lost": back.lost,
        "silent": back.silent,
        "alone": back.alone,
        "is_first_of_two": back.is_first_of_two,
        "changeset": changeset::one(recorded),
    });
    json_safe(&format!("{object:#}\n"))
}

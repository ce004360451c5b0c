//! A page as it is and as it would be without a person: as lines for people, and as one JSON object.

use super::json::{certain, minute, name, stretch, worst as worst_json};
use crate::{
    changes::what_if::{StartChange, Verdict},
    domain::{Timestamp, ids::Arn, text::json_safe},
    paging::{
        coverage::Stretch,
        difference::length,
        simulate::{
            Outcome, Timeline,
            compare::{Change, Comparison},
            minute::Minute,
        },
        telling::{self, Names},
        worst::{Worst, WorstTime},
    },
    report::{
        inventory::{instant, scope},
        lines::{Breaks, Cell, Layout, Lines, Row},
    },
};
use anstyle::Style;
use chrono_tz::Tz;
use serde_json::{Value, json};

/// How many cells a line may take.
const WIDTH: usize = 80;

/// How many stretches are listed; the JSON form has them all.
const STRETCHES: usize = 20;

/// The cells before a value.
const HANG: &str = "                  ";

/// The form of the object: its number changes when a field goes away or changes its meaning, not when one is added.
pub const SCHEMA: &str = "callsheet.what-if/1";

/// Everything that the report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Without<'a> {
    /// The names of what was read.
    pub names: Names<'a>,
    /// Who is taken out.
    pub person: &'a Arn,
    /// The page as it is.
    pub before: &'a Timeline,
    /// The page without the person.
    pub after: &'a Timeline,
    /// What gets better and what gets worse at the time of the page.
    pub comparison: &'a Comparison,
    /// What becomes of all starts of the horizon; absent where the horizon is empty.
    pub change: Option<&'a StartChange>,
    /// What may name the person and was not read to the end.
    pub unread: &'a [Arn],
    /// Whether the page starts when it is hit hardest.
    pub is_at_hardest: bool,
    /// The zone in which times are written for people.
    pub zone: Tz,
}

/// Returns the comparison as text.
pub fn table(without: &Without<'_>, layout: Layout) -> String {
    let mut page = Page {
        without,
        lines: Lines::new(layout.map_width(|_| WIDTH), Breaks::Words),
    };
    page.head();
    page.figures();
    page.then();
    page.horizon();
    page.unread();
    page.lines.into_text()
}

struct Page<'a> {
    without: &'a Without<'a>,
    lines: Lines,
}

impl Page<'_> {
    fn head(&mut self) {
        let (names, question) = (self.without.names, &self.without.before.question);
        let which = if self.without.is_at_hardest {
            ", when it is hit hardest"
        } else {
            ""
        };
        let words = format!(
            "What if {} was in no plan, rotation, override and response plan: the {} “{}”, engaged at {}{which}.",
            names.of(self.without.person),
            names.kind(&question.start),
            names.of(&question.start),
            self.instant(question.at),
        );
        self.hanging("", "", &words);
        self.hanging(
            "",
            "",
            "Nothing is changed. Nobody takes over the turns here: who would, only the service can say, and it may be \
             less dark.",
        );
    }

    fn figures(&mut self) {
        let (before, after) = (&self.without.before.outcome, &self.without.after.outcome);
        self.lines.blank();
        if !self.lines.is_plain() {
            self.lines.item(HANG, HANG, &format!("{:<30}without", "as it is"));
        }
        for (number, (title, of)) in (1..).zip(FIGURES) {
            let (before, after) = (telling::figure(of(before)), telling::figure(of(after)));
            self.lines.row(&Row {
                kind: "figure",
                place: (number, FIGURES.len()),
                name: title,
                start: vec![
                    Cell::shown(format!("{title:<18}")),
                    Cell::new("as it is", format!("{before:<30}"), before),
                ],
                hang: Some(HANG.len()),
                rest: vec![Cell::new("without", after.clone(), after)],
                style: Style::new(),
            });
        }
    }

    fn then(&mut self) {
        let (names, comparison) = (self.without.names, self.without.comparison);
        self.lines.blank();
        let people = |people: &[Arn], words: &str| -> Vec<String> {
            people
                .iter()
                .map(|person| format!("{} {words}", names.of(person)))
                .collect()
        };
        let moved = |changes: &[Change]| changes.iter().map(moved).collect::<Vec<_>>();
        let worse = [
            moved(&comparison.worse),
            people(&comparison.people_lost, "is not paged any more"),
        ];
        let better = [
            moved(&comparison.better),
            people(&comparison.people_gained, "is paged, too"),
        ];
        let told = [
            ("worse", worse.concat()),
            ("better", better.concat()),
            ("unknown", moved(&comparison.unclear)),
        ];
        if told.iter().all(|(_, lines)| lines.is_empty()) {
            self.hanging("", "", "Nothing is different at this time.");
        }
        for (title, lines) in told {
            self.list(title, &lines);
        }
    }

    fn horizon(&mut self) {
        let Some(StartChange {
            verdict, difference, ..
        }) = self.without.change
        else {
            return;
        };
        let window = self.stretch(&difference.before.window);
        self.lines.blank();
        self.hanging("", "", &format!("Of all starts {window}: {}.", words(*verdict)));
        for (title, figure) in WORST {
            let (before, after) = (figure(&difference.before), figure(&difference.after));
            let line = arrow(&telling::figure(&before.minute), &telling::figure(&after.minute));
            self.hanging(&format!("{title:<18}"), HANG, &line);
        }
        let nobody = |worst: &WorstTime| telling::minutes(worst.time_with_nobody().num_minutes());
        let line = arrow(&nobody(&difference.before), &nobody(&difference.after));
        self.hanging("nobody reached    ", HANG, &line);
        for (title, stretches) in [
            ("worse", &difference.worse),
            ("better", &difference.better),
            ("unknown", &difference.unclear),
        ] {
            let mut lines = Vec::new();
            if !stretches.is_empty() {
                lines.push(format!("for {}", telling::minutes(length(stretches).num_minutes())));
            }
            lines.extend(stretches.iter().take(STRETCHES).map(|stretch| self.stretch(stretch)));
            if let Some(more) = stretches.len().checked_sub(STRETCHES).filter(|more| *more > 0) {
                lines.push(format!("and {more} more; --format json lists them all"));
            }
            self.list(title, &lines);
        }
    }

    fn unread(&mut self) {
        if self.without.unread.is_empty() {
            return;
        }
        self.lines.blank();
        let title = "Was not read to the end, and may name the person, too";
        self.lines.heading(title, self.without.unread.len());
        for arn in self.without.unread {
            let line = format!("{} {}", self.without.names.kind(arn), self.without.names.of(arn));
            self.hanging("  ", "    ", &line);
        }
    }

    fn list(&mut self, title: &str, lines: &[String]) {
        let titles = std::iter::once(title).chain(std::iter::repeat(""));
        for (line, title) in lines.iter().zip(titles) {
            self.hanging(&format!("{title:<18}"), HANG, line);
        }
    }

    fn instant(&self, at: Timestamp) -> String {
        let zone = &self.without.zone;
        at.with_timezone(zone).format("%a %d %b %Y %H:%M %Z").to_string()
    }

    fn stretch(&self, stretch: &Stretch) -> String {
        let [from, to] = [stretch.start_at, stretch.end_at].map(|at| self.instant(at));
        format!("between {from} and {to}")
    }

    fn hanging(&mut self, start: &str, hang: &str, line: &str) {
        // What stands before a value is its title.
        self.lines.labelled(start, start, hang, line);
    }
}

type OfOutcome = fn(&Outcome) -> &Minute;
type OfWorst = fn(&WorstTime) -> &Worst;

const FIGURES: [(&str, OfOutcome); 4] = [
    ("first person", |outcome| &outcome.first_human),
    ("second person", |outcome| &outcome.second_human),
    ("first that rings", |outcome| &outcome.first_audible),
    ("silent after", |outcome| &outcome.silent_after),
];

const WORST: [(&str, OfWorst); 3] = [
    ("worst first", |worst| &worst.first_human),
    ("worst second", |worst| &worst.second_human),
    ("worst ring", |worst| &worst.first_audible),
];

fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Worse => "something gets worse",
        Verdict::Unknown => "it is not known whether anything gets worse",
        Verdict::Better => "something gets better and nothing worse",
        Verdict::Same => "nothing is different",
    }
}

fn arrow(before: &str, after: &str) -> String {
    if before == after {
        before.to_owned()
    } else {
        format!("{before} → {after}")
    }
}

fn moved(change: &Change) -> String {
    let (before, after) = (telling::figure(&change.before), telling::figure(&change.after));
    format!("{}: {after} instead of {before}", change.measure)
}

/// Returns the comparison as JSON, ready to be printed.
pub fn json(without: &Without<'_>) -> String {
    json_safe(&format!("{:#}\n", value(without)))
}

fn value(without: &Without<'_>) -> Value {
    let names = without.names;
    let of = |arn: &Arn| json!({ "arn": arn, "name": name(names, arn), "kind": names.kind(arn) });
    let all = |arns: &[Arn]| arns.iter().map(of).collect::<Value>();
    let question = &without.before.question;
    json!({
        "schema": SCHEMA,
        "scope": scope(names.inventory),
        "taken_at": names.inventory.ended_at.or(names.inventory.started_at).map(instant),
        "shifts_until": names.inventory.horizon_end.map(instant),
        "start": of(&question.start),
        "without": of(without.person),
        "at": instant(question.at),
        "is_hardest": without.is_at_hardest,
        "resolve_schedules": question.resolve_schedules.word(),
        "before": outcome(&without.before.outcome),
        "after": outcome(&without.after.outcome),
        "people_lost": all(&without.comparison.people_lost),
        "people_gained": all(&without.comparison.people_gained),
        "horizon": without.change.map(horizon),
        "unread": all(without.unread),
    })
}

fn outcome(outcome: &Outcome) -> Value {
    json!({
        "first_human_minute": certain(&outcome.first_human),
        "second_human_minute": certain(&outcome.second_human),
        "first_audible_minute": certain(&outcome.first_audible),
        "first_human": minute(&outcome.first_human),
        "second_human": minute(&outcome.second_human),
        "first_audible": minute(&outcome.first_audible),
        "silent_after": minute(&outcome.silent_after),
    })
}

fn horizon(change: &StartChange) -> Value {
    let difference = &change.difference;
    let list = |stretches: &[Stretch]| stretches.iter().map(stretch).collect::<Value>();
    json!({
        "verdict": change.verdict.word(),
        "before": worst_json(&difference.before),
        "after": worst_json(&difference.after),
        "worse": list(&difference.worse),
        "better": list(&difference.better),
        "unknown": list(&difference.unclear),
        "minutes_worse": length(&difference.worse).num_minutes(),
        "hardest": stretch(&difference.hardest.starts),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::{
            apply::apply,
            what_if::{Terms, of_start},
            without::without_person,
        },
        domain::{
            graph::Graph,
            operation::Operation,
            text::is_harmful,
            world::{World, at, contact_arn, response_arn},
        },
        paging::simulate::{Question, ResolveSchedules, compare::compare, simulate},
    };
    use unicode_width::UnicodeWidthStr as _;

    fn told<T>(world: World, person: &str, tell: impl FnOnce(&Without<'_>) -> T) -> T {
        let before = world.complete().inventory;
        let person = contact_arn(person);
        let supposed = without_person(&before, &person);
        let after = apply(&before, &supposed.writes, &supposed.previews);
        let graphs = [&before, &after].map(Graph::build);
        let window = Stretch {
            start_at: at(0),
            end_at: at(48),
        };
        let terms = Terms {
            window,
            resolve_schedules: ResolveSchedules::StageStart,
            reaches_further: true,
        };
        let question = Question::new(response_arn("critical"), at(1));
        let change = of_start(&before, &after, &question.start, terms);
        let lines = [
            simulate(&before, &graphs[0], &question),
            simulate(&after, &graphs[1], &question),
        ];
        tell(&Without {
            names: Names {
                inventory: &before,
                graph: &graphs[0],
            },
            person: &person,
            before: &lines[0],
            after: &lines[1],
            comparison: &compare(&lines[0], &lines[1], &|_| true),
            change: change.as_ref(),
            unread: &supposed.unread,
            is_at_hardest: false,
            zone: chrono_tz::Europe::Berlin,
        })
    }

    fn laid(without: &Without<'_>) -> String {
        table(without, Layout::of_width(WIDTH))
    }

    fn world() -> World {
        World::new()
            .person("akua", &["phone"], &[("phone", 2)])
            .person("ben", &["phone"], &[("phone", 1)])
            .person("cleo", &["phone"], &[("phone", 1)])
            .rotation("weekly", &["ben", "akua"])
            .shifts("weekly", &[(0, 9, &["akua"]), (9, 300, &["ben"])])
            .schedule("ops", &["weekly"])
            .plan("payments", &[(15, &["ops"]), (1, &["cleo"])])
            .response("critical", &["payments"])
    }

    #[test]
    fn the_lines_keep_their_form() {
        insta::assert_snapshot!(told(world(), "akua", laid));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let world = world().plan("other", &[]).denied(Operation::GetContact, "other");
        let text = told(world.response("critical", &["payments", "other"]), "cleo", laid);
        assert!(text.contains("is not paged any more"), "{text}");
        assert!(text.contains("escalation plan other"), "{text}");
    }

    #[test]
    fn the_object_tells_both_sides_and_the_horizon() {
        let value = told(world(), "akua", value);
        assert_eq!(value["schema"], SCHEMA);
        assert_eq!(value["before"]["first_human_minute"], 0);
        assert_eq!(value["after"]["first_human_minute"], 15);
        assert_eq!(value["people_lost"][0]["name"], "akua");
        assert_eq!(value["horizon"]["verdict"], "worse");
        assert_eq!(value["horizon"]["minutes_worse"], 9 * 60);
        assert_eq!(value["horizon"]["after"]["minutes_with_nobody"], 0);
        let nothing = told(world().person("dora", &[], &[]), "dora", self::value);
        assert_eq!(nothing["horizon"]["verdict"], "same");
    }

    #[test]
    fn lines_keep_to_80_cells_and_hold_nothing_harmful() {
        let mut world = world();
        for contact in world.inventory.contacts.items.values_mut() {
            std::sync::Arc::make_mut(contact).display_name = Some("\u{1b}[2J\u{202e} a name".to_owned());
        }
        let text = told(world, "akua", laid);
        for line in text.lines() {
            assert!(line.width() <= WIDTH && !line.chars().any(is_harmful), "{line}");
        }
    }
}

//! The shifts of a rotation as they are and as they would be, one over the other: a lane for each person.

use crate::{
    app::{
        measure::{prefix, width},
        style::{Line, Role},
    },
    domain::{Timestamp, ids::Arn, schedule::Shift},
    paging::{coverage::Stretch, telling::Names},
};
use chrono::{Datelike as _, TimeDelta};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// The cells before a lane.
const INDENT: usize = 4;

/// The longest name of a lane.
const LONGEST_NAME: usize = 18;

/// Returns both, laid over each other, for an area of this width. Who is on call before goes first.
pub fn lanes(
    (before, after): (&[Shift], &[Shift]),
    names: Names<'_>,
    window: Stretch,
    (zone, columns): (Tz, usize),
) -> Vec<Line> {
    let mut people: BTreeMap<&str, (&Arn, usize)> = BTreeMap::new();
    for person in before.iter().chain(after).flat_map(|shift| &shift.contacts) {
        let place = people.len();
        people.entry(person.without_region()).or_insert((person, place));
    }
    let mut people: Vec<(&Arn, usize)> = people.into_values().collect();
    people.sort_by_key(|(_, place)| *place);
    let longest = people.iter().map(|(person, _)| width(&names.of(person))).max();
    let name_width = longest.unwrap_or(0).min(LONGEST_NAME);
    let cells = columns.saturating_sub(INDENT + name_width + 1).min(112);
    let grid = Grid { window, cells };
    let mut lines: Vec<Line> = people
        .iter()
        .map(|(person, _)| {
            let name = names.of(person);
            let shown = prefix(&name, name_width);
            let blanks = " ".repeat((name_width + 1).saturating_sub(width(shown)));
            let line = Line::plain(" ".repeat(INDENT))
                .and(shown, Role::Normal)
                .and(blanks, Role::Normal);
            grid.lane(line, person, (before, after))
        })
        .collect();
    if !lines.is_empty() {
        let blanks = " ".repeat(INDENT + name_width + 1);
        lines.push(Line::plain(blanks).and(grid.days(zone), Role::Dim));
        lines.push(
            Line::plain("    ")
                .and("━", Role::Good)
                .and(" stays  ", Role::Dim)
                .and("-", Role::Danger)
                .and(" goes  ", Role::Dim)
                .and("+", Role::Warning)
                .and(" comes", Role::Dim),
        );
    }
    lines
}

struct Grid {
    window: Stretch,
    cells: usize,
}

impl Grid {
    /// Returns when a cell begins.
    fn edge(&self, cell: usize) -> Timestamp {
        let all = (self.window.end_at - self.window.start_at).num_seconds();
        let count = i64::try_from(self.cells.max(1)).unwrap_or(1);
        let seconds = all.saturating_mul(i64::try_from(cell).unwrap_or(0)) / count;
        let length = TimeDelta::try_seconds(seconds).unwrap_or_default();
        self.window
            .start_at
            .checked_add_signed(length)
            .unwrap_or(self.window.end_at)
    }

    fn lane(&self, mut line: Line, person: &Arn, (before, after): (&[Shift], &[Shift])) -> Line {
        let is_on = |shifts: &[Shift], cell: usize| {
            let (from, until) = (self.edge(cell), self.edge(cell + 1));
            let mut theirs = shifts
                .iter()
                .filter(|shift| shift.contacts.iter().any(|one| one.is_same_resource(person)));
            theirs.any(|shift| shift.start_at < until && from < shift.end_at)
        };
        let mut last: Option<(&str, Role, usize)> = None;
        for cell in 0..self.cells {
            let (sign, role) = match (is_on(before, cell), is_on(after, cell)) {
                (true, true) => ("━", Role::Good),
                (true, false) => ("-", Role::Danger),
                (false, true) => ("+", Role::Warning),
                (false, false) => ("·", Role::Frame),
            };
            last = match last {
                Some((known, role_of, count)) if known == sign => Some((known, role_of, count + 1)),
                Some((known, role_of, count)) => {
                    line = line.and(known.repeat(count), role_of);
                    Some((sign, role, 1))
                }
                None => Some((sign, role, 1)),
            };
        }
        match last {
            Some((sign, role, count)) => line.and(sign.repeat(count), role),
            None => line,
        }
    }

    /// Returns the days of the month, each where it begins.
    fn days(&self, zone: Tz) -> String {
        let day = |cell: usize| self.edge(cell).with_timezone(&zone).date_naive();
        let mut text = String::new();
        for cell in 0..self.cells {
            let begins = cell == 0 || day(cell) != day(cell - 1);
            let label = day(cell).day().to_string();
            if begins && cell >= text.len() && cell + label.len() <= self.cells {
                text.push_str(&" ".repeat(cell - text.len()));
                text.push_str(&label);
                // A blank between two numbers, where they would touch.
                text.push(' ');
            }
        }
        text.trim_end().to_owned()
    }
}

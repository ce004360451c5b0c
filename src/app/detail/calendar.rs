//! Two weeks of a schedule as a calendar: a lane for each person, days across, hand-overs, overrides and gaps marked.
//!
//! Days are those of the schedule's zone; where the operator's clocks differ, a second line says when their days begin.
//! The text below the calendar is exact: a cell stands for some hours, and shows what happens in any part of them.

use super::{
    page::{Page, indented},
    parts, shift,
};
use crate::{
    app::{
        facts::Facts,
        measure::{prefix, width},
        style::{Line, Role},
        time,
    },
    domain::{
        Timestamp,
        ids::Arn,
        reach::{self, Reach},
        schedule::{Rotation, Shift},
    },
    paging::coverage::{self, Answer, Coverage, Stretch},
};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// The days of the calendar, today first.
const DAYS: u16 = 14;

/// The cells before a name.
const INDENT: usize = 2;

/// The cells of the longest name that we give a lane ourselves: "in vain".
const LEAST_NAME_WIDTH: usize = 7;

/// The numbers of cells that a day may have: each is a whole number of hours.
const CELLS_OF_A_DAY: [usize; 6] = [8, 6, 4, 3, 2, 1];

/// One lane: who is on call in which cells.
struct Lane<'a> {
    person: Arn,
    shifts: Vec<&'a Shift>,
    /// Whether shifts that this person may have were not read.
    has_doubt: bool,
}

/// The cells of the calendar.
struct Grid {
    zone: Tz,
    name_width: usize,
    cells_of_a_day: usize,
    /// When each cell begins, and at last when the calendar ends.
    edges: Vec<Timestamp>,
    /// Of what lies outside, no shifts were read.
    known: Stretch,
}

/// Writes the calendar of some rotations.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, rotations: &[&Rotation]) {
    let lanes = lanes(facts, rotations);
    if lanes.is_empty() {
        return;
    }
    let zone = rotations
        .iter()
        .find_map(|rotation| shift::zone_of(rotation))
        .unwrap_or(facts.zone);
    let longest = lanes.iter().map(|lane| width(&parts::name(facts, &lane.person))).max();
    let Some(grid) = Grid::new(facts, zone, page.width(), longest.unwrap_or(0)) else {
        return;
    };
    page.heading(&format!("TWO WEEKS in {zone}"));
    page.put(INDENT, &grid.weekdays());
    page.put(INDENT, &grid.days(facts, zone));
    for lane in &lanes {
        let line = grid.lane(facts, lane);
        match facts.graph.resolve(&lane.person) {
            Some(person) => page.link(INDENT, &line, person),
            None => page.put(INDENT, &line),
        }
    }
    let coverage = coverage::coverage(facts.inventory, facts.graph, rotations, facts.now);
    let has_gaps = grid.write_gaps(page, &coverage);
    if grid.differs_from(facts.zone) {
        page.put(INDENT, &grid.days(facts, facts.zone));
    }
    page.put(INDENT, &legend(has_gaps));
}

fn legend(has_gaps: bool) -> Line {
    let mut line = indented(INDENT)
        .and("┃", Role::Good)
        .and(" hand-over ", Role::Dim)
        .and("━", Role::Good)
        .and(" on call ", Role::Dim)
        .and("o", Role::Warning)
        .and(" override ", Role::Dim)
        .and("x", Role::Danger)
        .and(" unreachable ", Role::Dim)
        .and("?", Role::Unknown)
        .and(" unknown", Role::Dim);
    if has_gaps {
        line = line
            .and(" !", Role::Danger)
            .and(" nobody, in part of it at least", Role::Dim);
    }
    line
}

/// Returns the people of the rotations: members in the order of their turns, then whoever else has a shift.
fn lanes<'a>(facts: &Facts<'_>, rotations: &[&'a Rotation]) -> Vec<Lane<'a>> {
    let mut lanes: Vec<Lane<'a>> = Vec::new();
    for rotation in rotations {
        let shifts = rotation.shifts.known().map_or(&[][..], Vec::as_slice);
        let members = rotation.members.known().into_iter().flatten();
        let people: Vec<&Arn> = members.chain(shifts.iter().flat_map(|shift| &shift.contacts)).collect();
        let mut seen = BTreeSet::new();
        for named in people {
            let person = facts.graph.resolve(named).unwrap_or(named);
            if !seen.insert(person) {
                continue;
            }
            let is_on = |shift: &&Shift| shift.contacts.iter().any(|contact| contact.is_same_resource(person));
            let own: Vec<&Shift> = shifts.iter().filter(is_on).collect();
            let has_doubt = rotation.shifts.known().is_none();
            match lanes.iter_mut().find(|lane| lane.person == *person) {
                Some(lane) => {
                    lane.shifts.extend(own);
                    lane.has_doubt |= has_doubt;
                }
                None => lanes.push(Lane {
                    person: person.clone(),
                    shifts: own,
                    has_doubt,
                }),
            }
        }
    }
    lanes
}

impl Grid {
    fn new(facts: &Facts<'_>, zone: Tz, columns: usize, longest: usize) -> Option<Self> {
        // Names take a quarter at most, and leave a cell for each day.
        let room = columns.saturating_sub(INDENT + 1);
        let name_width = longest.clamp(LEAST_NAME_WIDTH, (columns / 4).max(LEAST_NAME_WIDTH));
        let name_width = name_width.min(room.saturating_sub(usize::from(DAYS)));
        let cells = room.saturating_sub(name_width) / usize::from(DAYS);
        let cells_of_a_day = CELLS_OF_A_DAY.into_iter().find(|count| *count <= cells)?;
        let today = facts.now.with_timezone(&zone).date_naive();
        let mut edges = Vec::new();
        for day in 0..DAYS {
            let [start, end] = [day, day + 1].map(|day| {
                let date = today.checked_add_days(Days::new(u64::from(day)));
                date.and_then(|date| midnight(zone, date))
            });
            let (start, end) = start.zip(end)?;
            let minutes = (end - start).num_minutes();
            // Days on which the clocks change have cells of another length.
            let count = i64::try_from(cells_of_a_day).ok()?;
            edges.extend((0..count).map(|cell| start + TimeDelta::minutes(minutes * cell / count)));
        }
        let last = today.checked_add_days(Days::new(u64::from(DAYS)))?;
        edges.push(midnight(zone, last)?);
        Some(Self {
            zone,
            name_width,
            cells_of_a_day,
            edges,
            known: Stretch {
                start_at: facts.inventory.started_at.unwrap_or(facts.now),
                end_at: facts.inventory.horizon_end?,
            },
        })
    }

    fn cells(&self) -> impl Iterator<Item = Stretch> {
        let ends = self.edges.iter().skip(1);
        self.edges.iter().zip(ends).map(|(start_at, end_at)| Stretch {
            start_at: *start_at,
            end_at: *end_at,
        })
    }

    fn differs_from(&self, zone: Tz) -> bool {
        let shown = |zone: Tz, at: &Timestamp| at.with_timezone(&zone).naive_local();
        self.edges.iter().any(|at| shown(zone, at) != shown(self.zone, at))
    }

    fn name(&self, name: &str, role: Role) -> Line {
        let shown = if width(name) > self.name_width {
            format!("{}…", prefix(name, self.name_width.saturating_sub(1)))
        } else {
            name.to_owned()
        };
        let blanks = " ".repeat((self.name_width + 1).saturating_sub(width(&shown)));
        indented(INDENT).and(shown, role).and(blanks, Role::Normal)
    }

    /// Returns the first letter of each day of the week.
    fn weekdays(&self) -> Line {
        let letters = self.edges.iter().step_by(self.cells_of_a_day).take(usize::from(DAYS));
        let letters = letters.map(|at| {
            let day = at.with_timezone(&self.zone).format("%a").to_string();
            let room = if self.cells_of_a_day > 3 { 3 } else { 1 };
            format!("{:<width$}", prefix(&day, room), width = self.cells_of_a_day)
        });
        self.name("", Role::Dim)
            .and(letters.collect::<String>().trim_end(), Role::Dim)
    }

    /// Returns the days of the month, each where it begins in a zone.
    fn days(&self, facts: &Facts<'_>, zone: Tz) -> Line {
        let mut text = String::new();
        let first = self.edges.first().map(|at| at.with_timezone(&zone).date_naive());
        let dates = (0..=u64::from(DAYS)).filter_map(|day| first?.checked_add_days(Days::new(day)));
        let count = self.edges.len().saturating_sub(1);
        for date in dates {
            let Some(at) = midnight(zone, date) else { continue };
            // The cell in which the day begins.
            let Some(cell) = self.edges.partition_point(|edge| *edge <= at).checked_sub(1) else {
                continue;
            };
            let label = date.format("%d").to_string();
            let is_free = text.is_empty() || cell > text.len();
            if is_free && cell + label.len() <= count {
                text.push_str(&" ".repeat(cell - text.len()));
                text.push_str(&label);
            }
        }
        self.name(&time::zone_name(facts.now, zone), Role::Dim)
            .and(text, Role::Dim)
    }

    fn lane(&self, facts: &Facts<'_>, lane: &Lane<'_>) -> Line {
        let contact = facts.inventory.contacts.items.get(&lane.person);
        let reach = contact.map_or_else(
            || reach::of_contact(facts.inventory, facts.graph, &lane.person),
            |contact| reach::of_person(contact),
        );
        let cells = self.cells().map(|cell| self.cell(lane, &reach, cell));
        self.row(&parts::name(facts, &lane.person), cells)
    }

    fn cell(&self, lane: &Lane<'_>, reach: &Reach, cell: Stretch) -> (&'static str, Role) {
        if cell.end_at <= self.known.start_at || cell.start_at >= self.known.end_at {
            return (" ", Role::Normal);
        }
        let shifts = || {
            let shifts = lane.shifts.iter();
            shifts.filter(|shift| shift.start_at < cell.end_at && cell.start_at < shift.end_at)
        };
        if shifts().next().is_none() {
            return if lane.has_doubt {
                ("?", Role::Unknown)
            } else {
                ("·", Role::Dim)
            };
        }
        let is_override = shifts().any(|shift| !shift.overridden.is_empty() || shift.kind == "OVERRIDDEN");
        let is_hand_over =
            shifts().any(|shift| cell.start_at <= shift.start_at && shift.start_at > self.known.start_at);
        match reach {
            Reach::Unreachable(_) => ("x", Role::Danger),
            Reach::Unknown(_) => ("?", Role::Unknown),
            Reach::Reachable(_) | Reach::Pending if is_override => ("o", Role::Warning),
            Reach::Reachable(_) | Reach::Pending if is_hand_over => ("┃", Role::Good),
            Reach::Reachable(_) | Reach::Pending => ("━", Role::Good),
        }
    }

    /// Writes a line for gaps and one for effective gaps, where there are any; returns whether there are.
    fn write_gaps(&self, page: &mut Page, coverage: &Answer<Coverage>) -> bool {
        let (gaps, effective): (Vec<Stretch>, Vec<Stretch>) = match coverage {
            Answer::Known(coverage) => (
                coverage.gaps.clone(),
                coverage.effective_gaps.iter().map(|gap| gap.stretch).collect(),
            ),
            // The sections for gaps say why.
            Answer::Unknown(_) | Answer::Pending => return false,
        };
        for (name, stretches) in [("nobody", &gaps), ("in vain", &effective)] {
            if !stretches.is_empty() {
                let cells = self.cells().map(|cell| {
                    let is_in = |gap: &Stretch| gap.start_at < cell.end_at && cell.start_at < gap.end_at;
                    if stretches.iter().any(is_in) {
                        ("!", Role::Danger)
                    } else {
                        (" ", Role::Normal)
                    }
                });
                page.put(INDENT, &self.row(name, cells));
            }
        }
        !gaps.is_empty() || !effective.is_empty()
    }

    /// Returns a name and its cells, those that look the same in one piece.
    fn row(&self, name: &str, cells: impl Iterator<Item = (&'static str, Role)>) -> Line {
        let mut line = self.name(name, Role::Normal);
        let (mut text, mut role) = (String::new(), Role::Normal);
        for (sign, sign_role) in cells {
            if sign_role != role {
                line = line.and(std::mem::take(&mut text), role);
                role = sign_role;
            }
            text.push_str(sign);
        }
        line.and(text.trim_end(), role)
    }
}

/// Returns when a day begins; where the clocks skip midnight, an hour or more later.
fn midnight(zone: Tz, date: NaiveDate) -> Option<Timestamp> {
    let start = date.and_time(NaiveTime::MIN);
    (0..=24).find_map(|hour| {
        let local = start.checked_add_signed(TimeDelta::hours(hour))?;
        zone.from_local_datetime(&local).earliest().map(|at| at.to_utc())
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{check, check_in},
        *,
    };
    use crate::domain::{
        operation::Operation,
        world::{World, contact_arn},
    };

    const END: i64 = 14 * 24;

    fn world() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["-phone"], &[("phone", 1)])
            .person("cleo", &["phone"], &[("phone", 1)])
            .rotation("day", &["anna", "ben"])
            .schedule("ops", &["day"])
    }

    const WEEKDAYS: &str =
        "          Sun   Mon   Tue   Wed   Thu   Fri   Sat   Sun   Mon   Tue   Wed   Thu   Fri   Sat";
    const DATES: &str = "  GMT     01    02    03    04    05    06    07    08    09    10    11    12    13    14";
    const LEGEND: &str = "  ┃ hand-over ━ on call o override x unreachable ? unknown";
    const LEGEND_WITH_GAPS: &str =
        "  ┃ hand-over ━ on call o override x unreachable ? unknown ! nobody, in part of it at least";

    #[test]
    fn every_person_has_a_lane_and_gaps_have_their_own() {
        let world = world()
            .shifts("day", &[(0, 48, &["anna"]), (48, 72, &["ben"]), (96, END, &["anna"])])
            .complete();
        check(
            &world,
            &contact_arn("ops"),
            "TWO WEEKS in Europe/Dublin",
            &[
                WEEKDAYS,
                DATES,
                "  anna    ━━━━━━━━━━━━············┃━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━",
                "  ben     ············xxxxxx··································································",
                "  nobody                    !!!!!!",
                "  in vain             !!!!!!",
                LEGEND_WITH_GAPS,
            ],
        );
    }

    #[test]
    fn an_override_is_marked_and_whoever_steps_in_has_a_lane() {
        let world = world().overridden("day", (24, 48), &["cleo"], &["anna"]).complete();
        check(
            &world,
            &contact_arn("ops"),
            "TWO WEEKS",
            &[
                WEEKDAYS,
                DATES,
                "  anna    ····················································································",
                "  ben     ····················································································",
                "  cleo    ······oooooo········································································",
                "  nobody  !!!!!!      !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
                LEGEND_WITH_GAPS,
            ],
        );
    }

    #[test]
    fn what_was_not_read_is_a_question() {
        let world = world().denied(Operation::ListRotationShifts, "day").complete();
        let doubtful = |name: &str| format!("  {name:<7} {}", "?".repeat(84));
        check(
            &world,
            &contact_arn("ops"),
            "TWO WEEKS",
            &[WEEKDAYS, DATES, &doubtful("anna"), &doubtful("ben"), LEGEND],
        );
    }

    #[test]
    fn days_of_both_zones_are_told_where_the_clocks_differ() {
        let world = world().shifts("day", &[(0, END, &["anna"])]).complete();
        check_in(
            &world,
            &contact_arn("ops"),
            "TWO WEEKS",
            chrono_tz::Asia::Tokyo,
            &[
                WEEKDAYS,
                DATES,
                "  anna    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━",
                "  ben     ····················································································",
                "  JST        02    03    04    05    06    07    08    09    10    11    12    13    14    15",
                LEGEND,
            ],
        );
    }

    #[test]
    fn a_day_begins_when_the_clocks_of_its_zone_say_so() {
        let change = NaiveDate::from_ymd_opt(2026, 10, 25).unwrap();
        let zone = chrono_tz::Europe::Dublin;
        let [start, end] = [change, change.succ_opt().unwrap()].map(|day| midnight(zone, day).unwrap());
        assert_eq!((end - start).num_hours(), 25);
        // Cairo's clocks skip midnight.
        let skipped = NaiveDate::from_ymd_opt(2026, 4, 24).unwrap();
        let start = midnight(chrono_tz::Africa::Cairo, skipped).unwrap();
        assert_eq!(
            start
                .with_timezone(&chrono_tz::Africa::Cairo)
                .format("%H:%M")
                .to_string(),
            "01:00"
        );
    }
}

//! A rotation: who takes turns, how turns repeat, and who is on call when.

use super::{
    finding,
    page::{Page, indented},
    parts, schedule, shift,
};
use crate::{
    app::{
        facts::Facts,
        style::{Line, Role},
        time,
    },
    domain::schedule::{HandOff, Recurrence, Rotation},
    paging::coverage::Answer,
};

/// Writes the detail of a rotation.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, rotation: &Rotation) {
    parts::head(page, facts, &rotation.name, ("name", &rotation.name), &rotation.arn);
    if let Some(at) = rotation.start_at {
        let started = format!(
            "{} {}",
            time::instant(at, facts.now, facts.zone),
            time::zone_name(at, facts.zone)
        );
        page.field("since", Line::plain(started));
    }
    schedule::write_on_call(page, facts, &Answer::Known(vec![rotation]));
    finding::section(page, facts, &rotation.arn);
    page.heading("TURNS");
    write_turns(page, facts, rotation, 2);
    shift::write_all(page, facts, &[rotation]);
    shift::write_overrides(page, facts, &[rotation]);
    schedule::write_gaps(page, facts, Answer::Known(vec![rotation]));
    parts::used_by(page, facts, &rotation.arn);
    parts::tags_and_sharing(page, facts, &rotation.arn, &rotation.tags, None);
}

/// Writes how turns repeat, and the members in the order of their turns.
pub(super) fn write_turns(page: &mut Page, facts: &Facts<'_>, rotation: &Rotation, indent: usize) {
    let zone = rotation.time_zone.as_deref().unwrap_or("zone unknown");
    let line = match &rotation.recurrence {
        Some(recurrence) => indented(indent).and(recurrence_words(recurrence, zone), Role::Normal),
        None => indented(indent).and(format!("recurrence unknown, {zone}"), Role::Unknown),
    };
    page.put(indent + 2, &line);
    if rotation.time_zone.is_some() && shift::zone_of(rotation).is_none() {
        let words = format!("the zone {zone} is not known here: times are shown in yours only");
        page.put(indent + 2, &indented(indent).and(words, Role::Warning));
    }
    if let Some(coverages) = rotation.recurrence.as_ref().and_then(coverage_words) {
        page.put(indent + 2, &indented(indent).and(coverages, Role::Normal));
    }
    page.reading(indent, &rotation.members, |page, members| {
        for (index, member) in members.iter().enumerate() {
            let (words, role) = parts::contact_words(facts, member);
            let before = indented(indent).and(format!("{} ", index + 1), Role::Dim);
            parts::named(page, facts, before, member, (&format!(": {words}"), role));
        }
        if members.is_empty() {
            page.put(indent, &indented(indent).and("no members", Role::Danger));
        }
    });
}

/// Returns how turns repeat: `weekly, hand-over Mon 09:00 Europe/Dublin`.
fn recurrence_words(recurrence: &Recurrence, zone: &str) -> String {
    let days = recurrence.daily.iter().map(|at| clock(*at));
    let weeks = recurrence
        .weekly
        .iter()
        .map(|(day, at)| format!("{} {}", day_word(day), clock(*at)));
    let months = recurrence
        .monthly
        .iter()
        .map(|(day, at)| format!("day {day} {}", clock(*at)));
    let hand_overs: Vec<String> = days.chain(weeks).chain(months).collect();
    let (once, many) = if !recurrence.monthly.is_empty() {
        ("monthly", "months")
    } else if !recurrence.weekly.is_empty() {
        ("weekly", "weeks")
    } else {
        ("daily", "days")
    };
    let often = match recurrence.multiplier {
        1 => once.to_owned(),
        count => format!("every {count} {many}"),
    };
    let at_once = match recurrence.number_of_on_calls {
        1 => String::new(),
        count => format!(", {count} people at once"),
    };
    format!("{often}, hand-over {} {zone}{at_once}", hand_overs.join(", "))
}

/// Returns the hours that are covered, days with the same hours together; nothing when all hours are.
fn coverage_words(recurrence: &Recurrence) -> Option<String> {
    let mut groups: Vec<(String, String)> = Vec::new();
    for (day, hours) in &recurrence.coverages {
        let hours: Vec<String> = hours
            .iter()
            .map(|(start, end)| format!("{}–{}", clock(*start), clock(*end)))
            .collect();
        let hours = if hours.is_empty() {
            "never".to_owned()
        } else {
            hours.join(" and ")
        };
        match groups.last_mut() {
            Some((days, same)) if *same == hours => {
                days.push(' ');
                days.push_str(&day_word(day));
            }
            _ => groups.push((day_word(day), hours)),
        }
    }
    let groups: Vec<String> = groups
        .into_iter()
        .map(|(days, hours)| format!("{days} {hours}"))
        .collect();
    (!groups.is_empty()).then(|| format!("only {}", groups.join(", ")))
}

fn clock(at: HandOff) -> String {
    format!("{:02}:{:02}", at.hour, at.minute)
}

/// Returns AWS's word for a day with one capital: `Mon`.
fn day_word(day: &str) -> String {
    let mut letters = day.chars();
    letters
        .next()
        .into_iter()
        .chain(letters.flat_map(char::to_lowercase))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;
    use crate::domain::{
        operation::Operation,
        world::{World, rotation_arn},
    };

    fn at(hour: i32, minute: i32) -> HandOff {
        HandOff { hour, minute }
    }

    fn recurrence() -> Recurrence {
        Recurrence {
            number_of_on_calls: 1,
            multiplier: 1,
            daily: Vec::new(),
            weekly: Vec::new(),
            monthly: Vec::new(),
            coverages: Vec::new(),
        }
    }

    #[test]
    fn a_recurrence_reads_as_words() {
        let daily = Recurrence {
            daily: vec![at(8, 0), at(20, 30)],
            ..recurrence()
        };
        assert_eq!(recurrence_words(&daily, "UTC"), "daily, hand-over 08:00, 20:30 UTC");
        let weekly = Recurrence {
            weekly: vec![("MON".to_owned(), at(9, 0))],
            multiplier: 2,
            number_of_on_calls: 3,
            ..recurrence()
        };
        let words = "every 2 weeks, hand-over Mon 09:00 Europe/Dublin, 3 people at once";
        assert_eq!(recurrence_words(&weekly, "Europe/Dublin"), words);
        let monthly = Recurrence {
            monthly: vec![(31, at(0, 5))],
            ..recurrence()
        };
        assert_eq!(recurrence_words(&monthly, "UTC"), "monthly, hand-over day 31 00:05 UTC");
    }

    #[test]
    fn days_with_the_same_hours_are_said_together() {
        let hours = vec![(at(9, 0), at(17, 0))];
        let coverages = vec![
            ("MON".to_owned(), hours.clone()),
            ("TUE".to_owned(), hours),
            ("SAT".to_owned(), vec![(at(0, 0), at(6, 0)), (at(22, 0), at(23, 59))]),
        ];
        let covered = Recurrence {
            coverages,
            ..recurrence()
        };
        let words = "only Mon Tue 09:00–17:00, Sat 00:00–06:00 and 22:00–23:59";
        assert_eq!(coverage_words(&covered).as_deref(), Some(words));
        assert_eq!(coverage_words(&recurrence()), None);
    }

    #[test]
    fn an_empty_override_leaves_nobody_on_call() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .rotation("day", &["anna"])
            .overridden("day", (0, 24), &[], &["anna"])
            .complete();
        check(
            &world,
            &rotation_arn("day"),
            "SHIFTS",
            &["  Sun 01 Nov 00:00 – Mon 02 Nov 00:00 UTC  nobody, in place of anna"],
        );
        check(
            &world,
            &rotation_arn("day"),
            "OVERRIDES",
            &["  Sun 01 Nov 00:00 – Mon 02 Nov 00:00 UTC  nobody in place of anna, made 1 d ago"],
        );
    }

    #[test]
    fn who_is_replaced_is_unknown_beyond_the_shifts_that_were_read() {
        let world = World::new()
            .person("anna", &[], &[])
            .rotation("day", &["anna"])
            .overridden("day", (1000, 1024), &["anna"], &[])
            .shifts("day", &[])
            .complete();
        check(
            &world,
            &rotation_arn("day"),
            "OVERRIDES",
            &[
                "  Sat 12 Dec 16:00 – Sun 13 Dec 16:00 UTC  anna in place of unknown: shifts were not read so far ahead, made 1 d ago",
            ],
        );
        check(&world, &rotation_arn("day"), "SHIFTS", &["  none"]);
    }

    #[test]
    fn what_was_not_read_is_named() {
        let world = World::new()
            .rotation("day", &[])
            .denied(Operation::GetRotation, "day")
            .denied(Operation::ListRotationOverrides, "day");
        check(
            &world,
            &rotation_arn("day"),
            "TURNS",
            &[
                "  weekly, hand-over Mon 09:00 Europe/Dublin",
                "  unknown: GetRotation of day: access denied, ssm-contacts:GetRotation is missing",
            ],
        );
        check(
            &world,
            &rotation_arn("day"),
            "OVERRIDES",
            &["  unknown: ListRotationOverrides of day: access denied, ssm-contacts:ListRotationOverrides is missing"],
        );
        check(&world, &rotation_arn("day"), "SHIFTS", &["  …"]);
    }
}

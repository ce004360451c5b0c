//! An on-call schedule: its rotations, all their shifts and overrides, and when nobody is on call.

use super::{
    calendar, finding,
    page::{Page, indented},
    parts, rotation, shift,
};
use crate::{
    app::{
        facts::Facts,
        style::{Line, Role},
        time,
    },
    domain::{contact::Contact, inventory::SectionState, schedule::Rotation},
    paging::coverage::{self, Answer, Stretch},
};

/// Writes the detail of a schedule.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, schedule: &Contact) {
    parts::head(page, facts, schedule.label(), ("alias", &schedule.alias), &schedule.arn);
    let rotations = coverage::rotations_of(facts.inventory, schedule);
    write_on_call(page, facts, &rotations);
    if let Answer::Known(rotations) = &rotations {
        calendar::write(page, facts, rotations);
    }
    finding::section(page, facts, &schedule.arn);
    page.heading("ROTATIONS");
    page.reading(2, &schedule.plan, |page, plan| {
        for arn in &plan.rotations {
            match facts.inventory.rotations.items.get(arn) {
                Some(found) => {
                    page.link(4, &indented(2).and(&found.name, Role::Link), &found.arn);
                    rotation::write_turns(page, facts, found, 4);
                }
                None => match &facts.inventory.rotations.state {
                    SectionState::Partial(gap) => page.unknown(2, format!("{}: {gap}", arn.name())),
                    SectionState::Waiting | SectionState::Loading => page.pending(2),
                    SectionState::Complete => {
                        let words = format!("{}: does not exist", arn.name());
                        page.put(4, &indented(2).and(words, Role::Danger));
                    }
                },
            }
        }
        if plan.rotations.is_empty() {
            page.put(2, &indented(2).and("no rotation: nobody is ever paged", Role::Danger));
        }
    });
    if let Answer::Known(rotations) = &rotations {
        shift::write_all(page, facts, rotations);
        shift::write_overrides(page, facts, rotations);
    }
    write_gaps(page, facts, rotations);
    parts::used_by(page, facts, &schedule.arn);
    parts::tags_and_sharing(page, facts, &schedule.arn, &schedule.tags, Some(&schedule.sharing));
}

/// Writes who is on call now and until when.
pub(super) fn write_on_call(page: &mut Page, facts: &Facts<'_>, rotations: &Answer<Vec<&Rotation>>) {
    let people = rotations
        .clone()
        .and_then(|rotations| coverage::on_call(facts.inventory, &rotations, facts.now));
    match people {
        Answer::Known(people) if people.is_empty() => page.field("on call", Line::of("nobody", Role::Danger)),
        Answer::Known(people) => {
            for (index, person) in people.iter().enumerate() {
                let title = if index == 0 { "on call" } else { "" };
                let (words, role) = parts::contact_words(facts, person);
                let before = Line::of(format!("{title:<10}"), Role::Dim);
                parts::named(page, facts, before, person, (&format!(": {words}"), role));
            }
        }
        Answer::Unknown(why) => page.field("on call", Line::of(format!("unknown: {why}"), Role::Unknown)),
        Answer::Pending => page.field("on call", Line::of("…", Role::Dim)),
    }
    let next = rotations
        .clone()
        .and_then(|rotations| coverage::next_hand_over(facts.inventory, &rotations, facts.now));
    if let Answer::Known(Some(at)) = next {
        let words = format!(
            "{} {} ({})",
            time::instant(at, facts.now, facts.zone),
            time::zone_name(at, facts.zone),
            time::distance(at, facts.now)
        );
        page.field("hand-over", Line::plain(words));
    }
}

/// Writes when nobody is on call, and when somebody is in vain.
pub(super) fn write_gaps(page: &mut Page, facts: &Facts<'_>, rotations: Answer<Vec<&Rotation>>) {
    let coverage =
        rotations.and_then(|rotations| coverage::coverage(facts.inventory, facts.graph, &rotations, facts.now));
    let when = |stretch: Stretch| {
        let length = time::length(stretch.end_at - stretch.start_at);
        let when = shift::stretch_words(facts, stretch.start_at, stretch.end_at, None);
        indented(2).and(format!("{when}, {length}"), Role::Danger)
    };
    page.heading("GAPS: nobody is scheduled");
    page.answer(2, coverage.clone(), |page, coverage| {
        for gap in &coverage.gaps {
            page.put(4, &when(*gap));
        }
        if coverage.gaps.is_empty() {
            let until = time::instant(coverage.window.end_at, facts.now, facts.zone);
            page.put(2, &indented(2).and(format!("none until {until}"), Role::Good));
        }
    });
    page.heading("EFFECTIVE GAPS: nobody who is scheduled can be reached");
    page.answer(2, coverage, |page, coverage| {
        for gap in &coverage.effective_gaps {
            let people = format!("  {}", parts::names(facts, &gap.people));
            page.put(4, &when(gap.stretch).and(people, Role::Normal));
        }
        for doubt in &coverage.doubts {
            let words = shift::stretch_words(facts, doubt.start_at, doubt.end_at, None);
            page.unknown(2, format!("{words}, what is needed of those on call was not read"));
        }
        if coverage.effective_gaps.is_empty() && coverage.doubts.is_empty() {
            let until = time::instant(coverage.window.end_at, facts.now, facts.zone);
            page.put(2, &indented(2).and(format!("none until {until}"), Role::Good));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_in};
    use crate::domain::{
        contact::ContactKind,
        operation::Operation,
        world::{World, contact_arn},
    };

    const END: i64 = 14 * 24;

    fn world() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["-phone"], &[("phone", 1)])
            .rotation("day", &["anna", "ben"])
            .rotation("night", &["ben"])
            .schedule("ops", &["day", "night"])
    }

    #[test]
    fn shifts_of_all_rotations_are_in_the_order_of_time() {
        let world = world()
            .shifts("day", &[(0, 8, &["anna"]), (20, END, &["anna"])])
            .shifts("night", &[(8, 16, &["ben"])])
            .complete();
        check(
            &world,
            &contact_arn("ops"),
            "ops",
            &[
                "alias     ops",
                "ARN       arn:aws:ssm-contacts:eu-west-1:111122223333:contact/ops",
                "on call   anna: 1 device",
                "hand-over Sun 01 Nov 08:00 UTC (in 8 h)",
            ],
        );
        check(
            &world,
            &contact_arn("ops"),
            "SHIFTS until Sun 15 Nov 00:00",
            &[
                "  Sun 01 Nov 00:00 – 08:00 UTC  anna, day",
                "  Sun 01 Nov 08:00 – 16:00 UTC  ben, night",
                "  Sun 01 Nov 20:00 – Sun 15 Nov 00:00 UTC  anna, day",
            ],
        );
        check(
            &world,
            &contact_arn("ops"),
            "GAPS",
            &["  Sun 01 Nov 16:00 – 20:00 UTC, 4 h"],
        );
        check(
            &world,
            &contact_arn("ops"),
            "EFFECTIVE GAPS",
            &["  Sun 01 Nov 08:00 – 16:00 UTC, 8 h  ben"],
        );
    }

    #[test]
    fn a_schedule_shows_each_rotation_with_its_turns() {
        check(
            &world().complete(),
            &contact_arn("ops"),
            "ROTATIONS",
            &[
                "  day",
                "    weekly, hand-over Mon 09:00 Europe/Dublin",
                "    1 anna: 1 device",
                "    2 ben: unreachable: no active device",
                "  night",
                "    weekly, hand-over Mon 09:00 Europe/Dublin",
                "    1 ben: unreachable: no active device",
            ],
        );
    }

    #[test]
    fn a_schedule_without_rotation_is_one_gap() {
        let world = World::new().schedule("ops", &[]).complete();
        check(
            &world,
            &contact_arn("ops"),
            "ROTATIONS",
            &["  no rotation: nobody is ever paged"],
        );
        check(
            &world,
            &contact_arn("ops"),
            "GAPS",
            &["  Sun 01 Nov 00:00 – Sun 15 Nov 00:00 UTC, 14 d"],
        );
    }

    #[test]
    fn a_rotation_that_is_named_and_gone_is_said_to_be() {
        let world = World::new().schedule("ops", &["gone"]);
        check(&world, &contact_arn("ops"), "ROTATIONS", &["  …"]);
        check(
            &world.complete(),
            &contact_arn("ops"),
            "ROTATIONS",
            &["  gone: does not exist"],
        );
    }

    #[test]
    fn what_was_not_read_is_named() {
        let world = world()
            .shifts("day", &[(0, 8, &["anna"])])
            .denied(Operation::ListRotationShifts, "night")
            .complete();
        let why = "  unknown: ListRotationShifts of night: access denied, ssm-contacts:ListRotationShifts is missing";
        check(
            &world,
            &contact_arn("ops"),
            "SHIFTS",
            &["  Sun 01 Nov 00:00 – 08:00 UTC  anna, day", why],
        );
        check(&world, &contact_arn("ops"), "GAPS", &[why]);
        check(&world, &contact_arn("ops"), "EFFECTIVE GAPS", &[why]);
        let world = World::new().contact("ops", ContactKind::Schedule);
        check(&world, &contact_arn("ops"), "GAPS", &["  …"]);
    }

    #[test]
    fn times_are_shown_in_the_zone_of_the_operator_and_of_the_rotation() {
        // New York's clocks go back on this Sunday at 06:00 UTC; Dublin's have a week before.
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .rotation("day", &["anna"])
            .shifts("day", &[(3, 9, &["anna"])])
            .schedule("ops", &["day"])
            .complete();
        check_in(
            &world,
            &contact_arn("ops"),
            "SHIFTS",
            chrono_tz::America::New_York,
            &["  Sat 31 Oct 23:00 – Sun 01 Nov 04:00 EDT/EST = Sun 01 Nov 03:00 – 09:00 GMT  anna"],
        );
        check_in(
            &world,
            &contact_arn("ops"),
            "SHIFTS",
            chrono_tz::Europe::London,
            &["  Sun 01 Nov 03:00 – 09:00 GMT  anna"],
        );
    }
}

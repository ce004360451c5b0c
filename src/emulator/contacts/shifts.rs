//! The two operations that compute shifts: of a rotation that exists, and of one that might.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{insert, limits, listed, recurrence, rotation};
use crate::emulator::{
    call::Call,
    error::ServiceError,
    input::{Reader, seconds},
    operations::{Operation, RateClass::RotationReads},
    pager::{Pager, place},
    shifts::{Replacement, Shift, Turns, Window, WindowEdges, shifts},
    world::{Rotation, World},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::reads(
        "ListRotationShifts",
        RotationReads,
        "Computes a rotation's shifts in a window.",
        list_shifts,
    ),
    Operation::reads(
        "ListPreviewRotationShifts",
        RotationReads,
        "Computes the shifts of a rotation that does not exist.",
        preview_shifts,
    ),
];

fn list_shifts(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("RotationId", &limits::ARN);
    let start = input.instant("StartTime").unwrap_or(call.now);
    let end = input.required_instant("EndTime");
    let pager = Pager::contacts(call, input)?;
    let window = window(call, start, end)?;
    let rotation = rotation::found(call, &arn)
        .map_err(|_not_found| ServiceError::invalid(format!("Invalid value provided - Invalid resource Arn {arn}")))?
        .1;
    let turns = turns(rotation)?;
    Ok(page_of(pager, shifts(&turns, &replacements(rotation), window)))
}

fn preview_shifts(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let members = input.required_texts("Members", &limits::ROTATION_MEMBERS, &limits::PREVIEW_MEMBER);
    let zone = input.required_text("TimeZoneId", &limits::TIME_ZONE);
    rotation::check_time_zone(input, &zone);
    let recurrence = input
        .required_object("Recurrence")
        .map(|recurrence| recurrence::read(&recurrence));
    let start = input.instant("StartTime").unwrap_or(call.now);
    let rotation_start = input.instant("RotationStartTime").unwrap_or(start);
    let end = input.required_instant("EndTime");
    let overrides = input.objects("Overrides", &(0..=usize::MAX)).unwrap_or_default();
    let replacement = |entry: &Reader<'_>| Replacement {
        people: entry
            .texts("NewMembers", &limits::OVERRIDE_MEMBERS, &limits::PREVIEW_MEMBER)
            .unwrap_or_default(),
        start: entry.required_instant("StartTime"),
        end: entry.required_instant("EndTime"),
    };
    let replacements: Vec<Replacement> = overrides.iter().map(replacement).collect();
    let pager = Pager::contacts(call, input)?;
    let recurrence = recurrence.unwrap_or_default();
    let turns = Turns {
        members: &members,
        start: rotation_start,
        zone: parsed_zone(&zone)?,
        recurrence: &recurrence,
    };
    Ok(page_of(pager, shifts(&turns, &replacements, window(call, start, end)?)))
}

/// Returns who is on call in a rotation at one instant.
pub(super) fn on_call(rotation: &Rotation, at: DateTime<Utc>) -> Vec<String> {
    let Ok(turns) = turns(rotation) else {
        return Vec::new();
    };
    let instant = Window {
        start: at,
        end: at + chrono::TimeDelta::milliseconds(1),
        edges: WindowEdges::Whole,
    };
    let replacements = replacements(rotation);
    let shifts = shifts(&turns, &replacements, instant);
    shifts
        .filter(|shift| shift.start <= at)
        .flat_map(|shift| shift.people)
        .collect()
}

fn turns(rotation: &Rotation) -> Result<Turns<'_>, ServiceError> {
    Ok(Turns {
        members: &rotation.contact_ids,
        start: rotation.start_time,
        zone: parsed_zone(&rotation.time_zone)?,
        recurrence: &rotation.recurrence,
    })
}

/// Returns the overrides in the order in which they were made, whatever the order of the list: the last one wins.
fn replacements(rotation: &Rotation) -> Vec<Replacement> {
    let replacement = |entry: &crate::emulator::world::Override| Replacement {
        people: entry.new_contact_ids.clone(),
        start: entry.start_time,
        end: entry.end_time,
    };
    let mut overrides: Vec<_> = rotation.overrides.iter().collect();
    overrides.sort_by_key(|entry| entry.create_time);
    overrides.into_iter().map(replacement).collect()
}

fn window(call: &Call<'_>, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Window, ServiceError> {
    if start >= end {
        return Err(ServiceError::invalid("StartTime must be before EndTime"));
    }
    Ok(Window {
        start,
        end,
        edges: call.settings.shift_edges,
    })
}

/// A world file may name a zone that does not exist; the service could not hold one.
fn parsed_zone(name: &str) -> Result<Tz, ServiceError> {
    name.parse()
        .map_err(|_unknown| ServiceError::invalid(format!("Invalid time zone {name}")))
}

fn page_of(pager: Pager, shifts: impl Iterator<Item = Shift>) -> Value {
    let (page, token) = pager.cut(shifts.enumerate().map(|(index, shift)| (place(index), shift)));
    listed("RotationShifts", page.iter().map(to_wire).collect(), token)
}

fn to_wire(shift: &Shift) -> Value {
    let mut answer = json!({
        "ContactIds": shift.people,
        "StartTime": seconds(shift.start),
        "EndTime": seconds(shift.end),
        "Type": if shift.replaced.is_some() { "OVERRIDDEN" } else { "REGULAR" },
    });
    let details = shift
        .replaced
        .as_ref()
        .map(|replaced| json!({ "OverriddenContactIds": replaced }));
    insert(&mut answer, "ShiftDetails", details);
    answer
}

/// Returns the rotation that an ARN names.
pub(super) fn rotation<'a>(world: &'a World, arn: &str) -> Option<&'a Rotation> {
    world.rotations.get(world.contacts_id(arn, "rotation")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Settings, machine::Machine};

    const ROTATION: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:rotation/day";
    const ANNA: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna";
    const BEN: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/ben";
    /// 2026-03-02T09:00:00Z.
    const MORNING: i64 = 1_772_442_000;
    const DAY: i64 = 86_400;

    fn machine() -> Machine {
        let world = r#"{ "rotations": { "day": { "name": "day", "contact_ids": ["contact/anna", "contact/ben"],
            "time_zone": "UTC", "start_time": "2026-03-02T09:00:00Z", "recurrence": { "daily": ["09:00"] },
            "overrides": [{ "id": "o", "new_contact_ids": ["contact/ben"], "start_time": "2026-03-02T12:00:00Z",
                "end_time": "2026-03-02T13:00:00Z", "create_time": "2026-03-01T00:00:00Z" }] } } }"#;
        Machine::at_noon(World::from_json(world).unwrap())
    }

    #[test]
    fn shifts_of_a_rotation_name_whom_an_override_replaced_and_come_in_pages() {
        let mut machine = machine();
        let mut request = json!({
            "RotationId": ROTATION, "StartTime": MORNING, "EndTime": MORNING + 2 * DAY, "MaxResults": 2,
        });
        let first = machine.call("ListRotationShifts", &request).unwrap();
        let expected = json!({
            "ContactIds": [BEN], "StartTime": MORNING + 3 * 3600, "EndTime": MORNING + 4 * 3600, "Type": "OVERRIDDEN",
            "ShiftDetails": { "OverriddenContactIds": [ANNA] },
        });
        assert_eq!(first["RotationShifts"][1], expected);
        request["NextToken"] = first["NextToken"].clone();
        let second = machine.call("ListRotationShifts", &request).unwrap();
        let people: Vec<&Value> = second["RotationShifts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|shift| &shift["ContactIds"][0])
            .collect();
        assert_eq!(people, [ANNA, BEN]);
    }

    #[test]
    fn shifts_are_cut_at_the_window_when_asked_for() {
        let request = json!({ "RotationId": ROTATION, "StartTime": MORNING + 60, "EndTime": MORNING + 120 });
        for (shift_edges, start, end) in [
            (WindowEdges::Whole, MORNING, MORNING + 3 * 3600),
            (WindowEdges::Clipped, MORNING + 60, MORNING + 120),
        ] {
            let settings = Settings {
                shift_edges,
                ..Settings::default()
            };
            let listed = Machine::with(machine().world, settings)
                .call("ListRotationShifts", &request)
                .unwrap();
            let shift = &listed["RotationShifts"][0];
            assert_eq!((&shift["StartTime"], &shift["EndTime"]), (&json!(start), &json!(end)));
        }
    }

    #[test]
    fn a_rotation_that_does_not_exist_is_a_validation_error() {
        let request = json!({ "RotationId": format!("{ROTATION}s"), "EndTime": MORNING + DAY });
        let error = machine().call("ListRotationShifts", &request).unwrap_err();
        assert_eq!(
            error.message,
            format!("Invalid value provided - Invalid resource Arn {ROTATION}s")
        );
    }

    #[test]
    fn a_preview_needs_no_rotation() {
        let request = json!({
            "Members": ["anna", "ben"], "TimeZoneId": "UTC", "RotationStartTime": MORNING,
            "StartTime": MORNING, "EndTime": MORNING + 2 * DAY,
            "Recurrence": { "NumberOfOnCalls": 1, "RecurrenceMultiplier": 1,
                            "DailySettings": [{ "HourOfDay": 9, "MinuteOfHour": 0 }] },
            "Overrides": [{ "NewMembers": ["cora"], "StartTime": MORNING, "EndTime": MORNING + 3600 }],
        });
        let previewed = machine().call("ListPreviewRotationShifts", &request).unwrap();
        let people: Vec<&Value> = previewed["RotationShifts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|shift| &shift["ContactIds"][0])
            .collect();
        assert_eq!(people, ["cora", "anna", "ben"]);
    }

    #[test]
    fn of_two_overrides_the_one_made_last_wins_wherever_it_stands() {
        let mut world = machine().world;
        let overrides = &mut world.rotations.get_mut("day").unwrap().overrides;
        let mut earlier = overrides[0].clone();
        earlier.new_contact_ids = Vec::new();
        earlier.create_time = "2026-02-28T00:00:00Z".parse().unwrap();
        overrides.push(earlier);
        let rotation = rotation(&world, ROTATION).unwrap();
        assert_eq!(on_call(rotation, "2026-03-02T12:00:00Z".parse().unwrap()), [BEN]);
    }

    #[test]
    fn who_is_on_call_follows_overrides() {
        let world = machine().world;
        let rotation = rotation(&world, ROTATION).unwrap();
        let at = |text: &str| on_call(rotation, text.parse().unwrap());
        assert_eq!(at("2026-03-02T11:59:59Z"), [ANNA]);
        assert_eq!(at("2026-03-02T12:00:00Z"), [BEN]);
        assert_eq!(at("2026-03-02T08:00:00Z"), Vec::<String>::new());
    }
}

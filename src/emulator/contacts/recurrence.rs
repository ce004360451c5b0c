//! A rotation's recurrence on the wire.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::emulator::{
    input::Reader,
    recurrence::{Coverage, Day, MonthlySetting, Recurrence, TimeOfDay, WeeklySetting},
};

/// Reads a recurrence and records the faults of its fields.
///
/// Exactly one of the three lists must be given, although the model makes all of them optional.
pub(super) fn read(input: &Reader<'_>) -> Recurrence {
    let objects = |name| input.objects(name, &(0..=usize::MAX)).unwrap_or_default();
    let (daily, weekly, monthly) = (
        objects("DailySettings"),
        objects("WeeklySettings"),
        objects("MonthlySettings"),
    );
    let given_count = [&daily, &weekly, &monthly]
        .iter()
        .filter(|settings| !settings.is_empty())
        .count();
    if given_count != 1 {
        input.fault(
            "DailySettings",
            "must be the only one of DailySettings, WeeklySettings and MonthlySettings, or absent",
        );
    }
    let weekly = weekly.iter().filter_map(|setting| {
        let at = hand_off(setting);
        Some(WeeklySetting {
            day: setting.required_word("DayOfWeek", Day::from_word)?,
            at,
        })
    });
    let monthly = monthly.iter().map(|setting| MonthlySetting {
        day: setting.required_number("DayOfMonth", &(1..=31)),
        at: hand_off(setting),
    });
    Recurrence {
        number_of_on_calls: input.required_number("NumberOfOnCalls", &(1..=u32::MAX)),
        multiplier: input.required_number("RecurrenceMultiplier", &(1..=100)),
        daily: daily.iter().map(time_of_day).collect(),
        weekly: weekly.collect(),
        monthly: monthly.collect(),
        shift_coverages: input
            .object("ShiftCoverages")
            .map(|days| coverages(&days))
            .unwrap_or_default(),
    }
}

fn coverages(input: &Reader<'_>) -> BTreeMap<Day, Vec<Coverage>> {
    let mut coverages = BTreeMap::new();
    for (name, _) in input.entries() {
        let spans = input.objects(name, &(0..=usize::MAX)).unwrap_or_default();
        let time = |span: &Reader<'_>, edge| span.required_object(edge).map_or(MIDNIGHT, |time| time_of_day(&time));
        let spans = spans
            .iter()
            .map(|span| Coverage {
                start: time(span, "Start"),
                end: time(span, "End"),
            })
            .collect();
        match Day::from_word(name) {
            Some(day) => {
                coverages.insert(day, spans);
            }
            None => input.fault(
                name,
                "failed to satisfy constraint: Map keys must satisfy enum value set",
            ),
        }
    }
    coverages
}

/// Stands in for a time that is missing until the faults are reported.
const MIDNIGHT: TimeOfDay = TimeOfDay { hour: 0, minute: 0 };

fn hand_off(input: &Reader<'_>) -> TimeOfDay {
    input
        .required_object("HandOffTime")
        .map_or(MIDNIGHT, |time| time_of_day(&time))
}

fn time_of_day(input: &Reader<'_>) -> TimeOfDay {
    TimeOfDay {
        hour: input.required_number("HourOfDay", &(0..=23)),
        minute: input.required_number("MinuteOfHour", &(0..=59)),
    }
}

/// Returns a recurrence as on the wire; empty lists are absent.
pub(super) fn to_wire(recurrence: &Recurrence) -> Value {
    let mut answer = Map::new();
    answer.insert("NumberOfOnCalls".to_owned(), json!(recurrence.number_of_on_calls));
    answer.insert("RecurrenceMultiplier".to_owned(), json!(recurrence.multiplier));
    let mut insert = |name: &str, settings: Vec<Value>| {
        if !settings.is_empty() {
            answer.insert(name.to_owned(), Value::Array(settings));
        }
    };
    insert(
        "DailySettings",
        recurrence.daily.iter().copied().map(time_to_wire).collect(),
    );
    let weekly = recurrence.weekly.iter();
    let weekly =
        weekly.map(|setting| json!({ "DayOfWeek": setting.day.word(), "HandOffTime": time_to_wire(setting.at) }));
    insert("WeeklySettings", weekly.collect());
    let monthly = recurrence.monthly.iter();
    let monthly = monthly.map(|setting| json!({ "DayOfMonth": setting.day, "HandOffTime": time_to_wire(setting.at) }));
    insert("MonthlySettings", monthly.collect());
    if !recurrence.shift_coverages.is_empty() {
        let mut days = Map::new();
        for (day, spans) in &recurrence.shift_coverages {
            let span = |span: &Coverage| json!({ "Start": time_to_wire(span.start), "End": time_to_wire(span.end) });
            days.insert(day.word().to_owned(), spans.iter().map(span).collect());
        }
        answer.insert("ShiftCoverages".to_owned(), Value::Object(days));
    }
    Value::Object(answer)
}

fn time_to_wire(time: TimeOfDay) -> Value {
    json!({ "HourOfDay": time.hour, "MinuteOfHour": time.minute })
}

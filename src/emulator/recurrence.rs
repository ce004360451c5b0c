//! How a rotation recurs, as plain data: what the file says and what the wire says.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// When the turn passes on. The service wants exactly one of the three lists filled; the model makes all optional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recurrence {
    /// `NumberOfOnCalls`: how many persons are on call at once, at least 1.
    pub number_of_on_calls: u32,
    /// `RecurrenceMultiplier`: every how many days, weeks or months the turn passes on, 1 to 100.
    pub multiplier: u32,
    /// `DailySettings`: hand-over at these times of every day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub daily: Vec<TimeOfDay>,
    /// `WeeklySettings`: hand-over on these days of the week.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weekly: Vec<WeeklySetting>,
    /// `MonthlySettings`: hand-over on these days of the month.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub monthly: Vec<MonthlySetting>,
    /// `ShiftCoverages`: the hours of each day that are covered; empty means all of them, always.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub shift_coverages: BTreeMap<Day, Vec<Coverage>>,
}

impl Default for Recurrence {
    fn default() -> Self {
        Self {
            number_of_on_calls: 1,
            multiplier: 1,
            daily: Vec::new(),
            weekly: Vec::new(),
            monthly: Vec::new(),
            shift_coverages: BTreeMap::new(),
        }
    }
}

/// A hand-over on a day of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklySetting {
    /// `DayOfWeek`.
    pub day: Day,
    /// `HandOffTime`.
    pub at: TimeOfDay,
}

/// A hand-over on a day of the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlySetting {
    /// `DayOfMonth`, 1 to 31.
    pub day: u32,
    /// `HandOffTime`.
    pub at: TimeOfDay,
}

/// Hours of a day that are covered. An end at or before the start lies on the next day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// From when.
    pub start: TimeOfDay,
    /// Until when.
    pub end: TimeOfDay,
}

/// A day of the week, as the service spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// All seven, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    /// Returns the service's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mon => "MON",
            Self::Tue => "TUE",
            Self::Wed => "WED",
            Self::Thu => "THU",
            Self::Fri => "FRI",
            Self::Sat => "SAT",
            Self::Sun => "SUN",
        }
    }

    /// Returns the day for the service's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.word() == word)
    }
}

/// A time of day in the rotation's zone. The file writes it as `"09:30"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    /// `HourOfDay`, 0 to 23.
    pub hour: u32,
    /// `MinuteOfHour`, 0 to 59.
    pub minute: u32,
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = text.split_once(':').and_then(|(hour, minute)| {
            let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60).then_some(Self { hour, minute })
        });
        parsed.ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &"a time of day such as \"09:30\""))
    }
}

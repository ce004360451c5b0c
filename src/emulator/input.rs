//! Reads the members of a request by the limits and patterns of the model, and collects every fault before it
//! complains, one entry for each faulty field.

use std::{cell::RefCell, fmt, ops::RangeInclusive};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::error::ServiceError;

/// What a text member may be.
#[derive(Clone)]
pub(crate) struct TextRule {
    /// How many characters.
    pub(crate) length: RangeInclusive<usize>,
    /// Which characters.
    pub(crate) allows: fn(char) -> bool,
    /// Whether the characters make up a whole that fits the pattern. Most patterns are about single characters.
    pub(crate) fits: fn(&str) -> bool,
    /// The pattern, for the error's sentence; empty when every character is allowed.
    pub(crate) pattern: &'static str,
}

impl fmt::Debug for TextRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "TextRule({:?}, {})", self.length, self.pattern)
    }
}

impl TextRule {
    /// Returns a rule about the length alone.
    pub(crate) const fn length(length: RangeInclusive<usize>) -> Self {
        Self {
            length,
            allows: |_| true,
            fits: |_| true,
            pattern: "",
        }
    }

    /// Returns what is wrong with `text`.
    fn fault(&self, text: &str) -> Option<String> {
        let count = text.chars().count();
        if !self.length.contains(&count) {
            let (least, most) = (self.length.start(), self.length.end());
            return Some(format!(
                "failed to satisfy constraint: Member must have length between {least} and {most}"
            ));
        }
        (!text.chars().all(self.allows) || !(self.fits)(text)).then(|| {
            format!(
                "failed to satisfy constraint: Member must satisfy regular expression pattern: {}",
                self.pattern
            )
        })
    }
}

/// The faults found so far: field and sentence.
#[derive(Debug, Default)]
pub(crate) struct Faults(RefCell<Vec<(String, String)>>);

/// One object of a request: the body itself or a structure inside it.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    value: &'a Value,
    path: String,
    faults: &'a Faults,
}

impl<'a> Reader<'a> {
    /// Returns a reader of a request's body.
    pub(crate) fn new(body: &'a Value, faults: &'a Faults) -> Self {
        Self {
            value: body,
            path: String::new(),
            faults,
        }
    }

    /// Returns the raw member; `null` counts as absent.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.value.get(name).filter(|value| !value.is_null())
    }

    /// Refuses the request if any field read so far is faulty.
    pub(crate) fn check(&self) -> Result<(), ServiceError> {
        let fields = self.faults.0.take();
        if fields.is_empty() {
            Ok(())
        } else {
            Err(ServiceError::invalid_fields(fields))
        }
    }

    /// Records a fault of a member.
    pub(crate) fn fault(&self, name: &str, sentence: impl Into<String>) {
        let field = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        self.faults.0.borrow_mut().push((field, sentence.into()));
    }

    fn missing(&self, name: &str) {
        self.fault(name, "failed to satisfy constraint: Member must not be null");
    }

    /// Reads an optional text.
    pub(crate) fn text(&self, name: &str, rule: &TextRule) -> Option<String> {
        let value = self.raw(name)?;
        let Some(text) = value.as_str() else {
            self.fault(name, "must be a string");
            return None;
        };
        if let Some(fault) = rule.fault(text) {
            self.fault(name, fault);
        }
        Some(text.to_owned())
    }

    /// Reads a required text. An empty one comes back with a fault when it is missing.
    pub(crate) fn required_text(&self, name: &str, rule: &TextRule) -> String {
        if self.raw(name).is_none() {
            self.missing(name);
        }
        self.text(name, rule).unwrap_or_default()
    }

    /// Reads an optional whole number.
    pub(crate) fn number(&self, name: &str, range: &RangeInclusive<u32>) -> Option<u32> {
        let number = self.raw(name)?.as_u64().and_then(|number| u32::try_from(number).ok());
        if !number.is_some_and(|number| range.contains(&number)) {
            let (least, most) = (range.start(), range.end());
            self.fault(
                name,
                format!("failed to satisfy constraint: Member must be between {least} and {most}"),
            );
        }
        number
    }

    /// Reads a required whole number; 0 comes back with a fault when it is missing.
    pub(crate) fn required_number(&self, name: &str, range: &RangeInclusive<u32>) -> u32 {
        if self.raw(name).is_none() {
            self.missing(name);
        }
        self.number(name, range).unwrap_or_default()
    }

    /// Reads an optional truth value.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        let flag = self.raw(name)?.as_bool();
        if flag.is_none() {
            self.fault(name, "must be a boolean");
        }
        flag
    }

    /// Reads an optional member of an enumeration.
    pub(crate) fn word<T>(&self, name: &str, from_word: fn(&str) -> Option<T>) -> Option<T> {
        let value = self.raw(name)?;
        let word = value.as_str().and_then(from_word);
        if word.is_none() {
            self.fault(name, "failed to satisfy constraint: Member must satisfy enum value set");
        }
        word
    }

    /// Reads a required member of an enumeration.
    pub(crate) fn required_word<T>(&self, name: &str, from_word: fn(&str) -> Option<T>) -> Option<T> {
        if self.raw(name).is_none() {
            self.missing(name);
        }
        self.word(name, from_word)
    }

    /// Reads an optional instant: seconds since the epoch, fraction allowed.
    pub(crate) fn instant(&self, name: &str) -> Option<DateTime<Utc>> {
        let instant = self.raw(name)?.as_f64().and_then(instant);
        if instant.is_none() {
            self.fault(name, "must be a timestamp in seconds since the epoch");
        }
        instant
    }

    /// Reads a required instant; the epoch comes back with a fault when it is missing.
    pub(crate) fn required_instant(&self, name: &str) -> DateTime<Utc> {
        if self.raw(name).is_none() {
            self.missing(name);
        }
        self.instant(name).unwrap_or_default()
    }

    /// Reads an optional structure.
    pub(crate) fn object(&self, name: &str) -> Option<Reader<'a>> {
        let value = self.raw(name)?;
        if !value.is_object() {
            self.fault(name, "must be a structure");
            return None;
        }
        Some(self.inside(name, value))
    }

    /// Reads a required structure.
    pub(crate) fn required_object(&self, name: &str) -> Option<Reader<'a>> {
        if self.raw(name).is_none() {
            self.missing(name);
        }
        self.object(name)
    }

    /// Reads an optional list of structures.
    pub(crate) fn objects(&self, name: &str, length: &RangeInclusive<usize>) -> Option<Vec<Reader<'a>>> {
        let items = self.list(name, length)?;
        let inside = |(index, value): (usize, &'a Value)| {
            let place = format!("{name}[{index}]");
            if !value.is_object() {
                self.fault(&place, "must be a structure");
            }
            self.inside(&place, value)
        };
        Some(items.iter().enumerate().map(inside).collect())
    }

    /// Reads an optional list of texts.
    pub(crate) fn texts(&self, name: &str, length: &RangeInclusive<usize>, rule: &TextRule) -> Option<Vec<String>> {
        let items = self.list(name, length)?;
        let text = |(index, value): (usize, &Value)| {
            let fault = match value.as_str() {
                Some(text) => rule.fault(text),
                None => Some("must be a string".to_owned()),
            };
            if let Some(fault) = fault {
                self.fault(&format!("{name}[{index}]"), fault);
            }
            value.as_str().unwrap_or_default().to_owned()
        };
        Some(items.iter().enumerate().map(text).collect())
    }

    /// Reads a required list of texts.
    pub(crate) fn required_texts(&self, name: &str, length: &RangeInclusive<usize>, rule: &TextRule) -> Vec<String> {
        if self.raw(name).is_none() {
            self.missing(name);
        }
        self.texts(name, length, rule).unwrap_or_default()
    }

    /// Returns the members of a map, each as a reader of nothing but its name and value.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), value))
    }

    fn list(&self, name: &str, length: &RangeInclusive<usize>) -> Option<&'a Vec<Value>> {
        let items = self.raw(name)?.as_array();
        let Some(items) = items else {
            self.fault(name, "must be a list");
            return None;
        };
        if !length.contains(&items.len()) {
            let (least, most) = (length.start(), length.end());
            let sentence = format!("failed to satisfy constraint: Member must have length between {least} and {most}");
            self.fault(name, sentence);
        }
        Some(items)
    }

    fn inside(&self, name: &str, value: &'a Value) -> Reader<'a> {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Reader {
            value,
            path,
            faults: self.faults,
        }
    }
}

/// Returns the instant for seconds since the epoch, to the millisecond, as the wire has it.
fn instant(seconds: f64) -> Option<DateTime<Utc>> {
    let milliseconds = (seconds * 1000.0).round();
    // The year 9999; what lies beyond is no date that the service would take.
    if !(0.0..=253_402_300_799_000.0).contains(&milliseconds) {
        return None;
    }
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "a whole number in the range checked above"
    )]
    DateTime::from_timestamp_millis(milliseconds as i64)
}

/// Returns an instant as the wire has it: seconds since the epoch, with a fraction of milliseconds at most.
pub(crate) fn seconds(at: DateTime<Utc>) -> Value {
    let milliseconds = at.timestamp_millis();
    if milliseconds % 1000 == 0 {
        return Value::from(milliseconds / 1000);
    }
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "milliseconds of any date fit into the 53 bits of the fraction"
    )]
    Value::from(milliseconds as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_faulty_field_is_reported_once() {
        let body = json!({ "Alias": "Not An Alias", "Count": 9, "Inner": { "At": "noon" } });
        let faults = Faults::default();
        let reader = Reader::new(&body, &faults);
        let alias = TextRule {
            allows: |letter| letter.is_ascii_lowercase(),
            pattern: "^[a-z]*$",
            ..TextRule::length(1..=255)
        };
        reader.required_text("Alias", &alias);
        reader.required_text("Name", &alias);
        reader.number("Count", &(0..=5));
        reader.object("Inner").unwrap().instant("At");
        let error = reader.check().unwrap_err();
        let names: Vec<&str> = error.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Alias", "Name", "Count", "Inner.At"]);
        assert_eq!(error.reason, Some("FIELD_VALIDATION_FAILED"));
    }

    #[test]
    fn instants_keep_milliseconds_both_ways() {
        let at = instant(1_767_225_600.25).unwrap();
        assert_eq!(seconds(at), json!(1_767_225_600.25));
        assert_eq!(seconds(instant(1_767_225_600.0).unwrap()), json!(1_767_225_600));
        assert_eq!(instant(f64::NAN), None);
        assert_eq!(instant(-1.0), None);
    }
}

//! The hash of a record, by which the next one names it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A SHA-256, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordHash([u8; 32]);

impl RecordHash {
    /// What stands in the place of the hash of the record before the first one.
    pub const ZERO: Self = Self([0; 32]);

    /// How many digits it is written with.
    pub const DIGITS: usize = 64;

    /// Returns the hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns the hash that is written as exactly 64 lower-case hexadecimal digits.
    pub fn parse(digits: &[u8]) -> Option<Self> {
        if digits.len() != Self::DIGITS {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            let [high, low] = *pair;
            *byte = digit(high)? << 4 | digit(low)?;
        }
        Some(Self(bytes))
    }
}

/// Returns the value of a lower-case hexadecimal digit. Upper-case ones do not count: one hash is written in one way.
fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for RecordHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
        let digits = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]);
        // All at once: a formatter that is asked for each byte alone takes most of the time of a long ledger.
        out.write_str(&digits.collect::<String>())
    }
}

impl fmt::Debug for RecordHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for RecordHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(text.as_bytes())
            .ok_or_else(|| serde::de::Error::custom("a hash is written as 64 lower-case hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_the_system_tools() {
        // `printf abc | sha256sum`
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(RecordHash::of(b"abc").to_string(), text);
        assert_eq!(RecordHash::parse(text.as_bytes()), Some(RecordHash::of(b"abc")));
        assert_eq!(RecordHash::ZERO.to_string(), "0".repeat(RecordHash::DIGITS));
    }

    #[test]
    fn a_hash_is_written_in_one_way_only() {
        let text = RecordHash::of(b"abc").to_string();
        for other in [
            text.to_uppercase(),
            text.chars().skip(1).collect(),
            format!("{text}0"),
            text.replace('b', "g"),
            String::new(),
        ] {
            assert_eq!(RecordHash::parse(other.as_bytes()), None, "{other}");
        }
    }
}

//! What is wrong with a telephone number, by E.164 and by the ranges that countries have given out.

use super::reserved;
use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumberType};
use std::collections::BTreeSet;

/// The most digits that E.164 allows, the country code among them.
const MOST_DIGITS: usize = 15;

/// What is wrong with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NumberFault {
    /// It does not begin with `+` and a country code.
    NoCountryCode,
    /// It holds something other than digits, or too few or too many of them.
    Malformed,
    /// It begins with a country code that no country has.
    NoSuchCountry,
    /// Its country is not one of the policy's.
    CountryNotAllowed(u16),
    /// Its country has given out no number like this.
    NoSuchNumber(u16),
    /// Whoever calls it pays for the call.
    Premium(u16),
}

/// Returns what is wrong with a number. One that the policy declares real or that is set aside for fiction may be in a
/// range that its country never gives out; its country has to be allowed all the same.
pub(super) fn fault(whole: &str, allowed: &BTreeSet<u16>, is_declared: bool) -> Option<NumberFault> {
    let Some(digits) = whole.strip_prefix('+') else {
        return Some(NumberFault::NoCountryCode);
    };
    if digits.is_empty() || digits.len() > MOST_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(NumberFault::Malformed);
    }
    // The first number of all costs some milliseconds, in which the tables are read; each further one microseconds.
    let number = match PHONE_NUMBER_UTIL.parse(whole, None) {
        Ok(number) => number,
        Err(ParseError::InvalidCountryCode) => return Some(NumberFault::NoSuchCountry),
        Err(_) => return Some(NumberFault::Malformed),
    };
    let Ok(country) = u16::try_from(number.country_code) else {
        return Some(NumberFault::NoSuchCountry);
    };
    if !allowed.is_empty() && !allowed.contains(&country) {
        return Some(NumberFault::CountryNotAllowed(country));
    }
    if is_declared || reserved::range_of(whole).is_some() {
        return None;
    }
    // The type is "unknown" for exactly those numbers that are in no range of their country.
    let kind = number.get_type();
    if kind == PhoneNumberType::Unknown {
        Some(NumberFault::NoSuchNumber(country))
    } else if kind == PhoneNumberType::PremiumRate {
        Some(NumberFault::Premium(country))
    } else {
        None
    }
}

/// Returns whether a number is one that the policy declares real, by how it begins.
pub(super) fn is_declared(whole: &str, beginnings: &[String]) -> bool {
    let is_begun = |beginning: &String| {
        let mut wanted = beginning.chars().filter(char::is_ascii_digit).peekable();
        let mut digits = whole.chars().filter(char::is_ascii_digit);
        wanted.peek().is_some() && wanted.all(|digit| digits.next() == Some(digit))
    };
    whole.starts_with('+') && beginnings.iter().any(is_begun)
}

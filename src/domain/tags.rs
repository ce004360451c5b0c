//! Tags of contacts, rotations and response plans. Channels have none.

use super::address::Address;
use std::collections::BTreeMap;

/// The tags of one resource: values by key, in the order of their keys.
pub type Tags = BTreeMap<String, String>;

/// The fewest digits behind a `+` that are taken for a phone number.
const LEAST_DIGITS: usize = 7;

/// Returns a tag's value as it may be kept: every word of it that is a mail address or a phone number is masked.
///
/// AWS advises against personal data in tags, and an owner's mail address is what people write there all the same. Who it
/// is can be told from the mask, and no whole address gets on a screen or a disk by this way.
pub fn without_addresses(value: &str) -> String {
    // A number may be written with spaces.
    if is_number(value) {
        return Address::new(value).masked().to_owned();
    }
    let mut kept = String::with_capacity(value.len());
    for piece in value.split_inclusive(is_between_words) {
        let word = piece.trim_end_matches(is_between_words);
        let rest = piece.strip_prefix(word).unwrap_or_default();
        if is_address(word) {
            kept.push_str(Address::new(word).masked());
        } else {
            kept.push_str(word);
        }
        kept.push_str(rest);
    }
    kept
}

fn is_between_words(c: char) -> bool {
    c.is_whitespace() || ",;:/=".contains(c)
}

fn is_address(word: &str) -> bool {
    let is_mail = word
        .rsplit_once('@')
        .is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty());
    is_mail || is_number(word)
}

fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|rest| {
        rest.chars().filter(char::is_ascii_digit).count() >= LEAST_DIGITS
            && rest.chars().all(|c| c.is_ascii_digit() || " .-()".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_a_value_are_masked_and_the_rest_is_kept() {
        for (value, kept) in [
            ("core", "core"),
            ("", ""),
            ("Akua Mensah", "Akua Mensah"),
            ("akua.mensah@example.com", "a•••@example.com"),
            (
                "mailto:akua@example.com / ben@example.com",
                "mailto:a•••@example.com / b•••@example.com",
            ),
            ("call +447700900123 first", "call +44•••••••123 first"),
            ("+44 7700 900123", "+44•••••••••123"),
            ("@core", "@core"),
            ("a+b", "a+b"),
            ("+1 team", "+1 team"),
        ] {
            assert_eq!(without_addresses(value), kept, "{value}");
        }
    }
}

//! What two spellings of one address have in common.

/// Returns a mail address without regard to case. The part before the @ may differ by case in theory; no mail system
/// that people work with has it so.
pub(super) fn email(whole: &str) -> Option<String> {
    let key = whole.trim().to_lowercase();
    key.contains('@').then_some(key)
}

/// Returns a mail address in lower case without what stands after a `+` before the @: the large mail services deliver
/// `akua+pager@…` to `akua@…`. Not all do, which is why a match by this is never certain.
pub(super) fn without_tag(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((user, domain)) => {
            let name = user.split('+').next().filter(|name| !name.is_empty());
            format!("{}@{domain}", name.unwrap_or(user))
        }
        None => email.to_owned(),
    }
}

/// Returns the digits of a number from its country code on.
///
/// A number without one could be in any country, so that it is nobody's: two people must not become one because their
/// numbers end alike.
pub(super) fn phone(whole: &str) -> Option<String> {
    let lower = whole.trim().to_lowercase();
    // An extension is another telephone behind the same number, and a page does not get there.
    let number = lower.split(['x', 'e', ';', ',']).next().unwrap_or_default();
    // The trunk prefix within `+44 (0)20 …` is for callers from the same country.
    let number = number.replace("(0)", "");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let international = if number.trim_start().starts_with(['+', '＋']) {
        digits
    } else {
        digits.strip_prefix("00")?.to_owned()
    };
    // Shorter ones are services, and a leading 0 is no country.
    (international.len() >= 7 && !international.starts_with('0')).then_some(international)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one() {
        for spelling in [
            "+447700900105",
            "+44 7700 900105",
            "+44 (0)7700-900.105",
            "0044 7700 900105",
            "+447700900105 ext. 3",
            "+447700900105x3",
        ] {
            assert_eq!(phone(spelling).as_deref(), Some("447700900105"), "{spelling}");
        }
        for spelling in ["07700900105", "447700900105", "", "+", "+112", "00", "000112233445"] {
            assert_eq!(phone(spelling), None, "{spelling}");
        }
    }

    #[test]
    fn spellings_of_one_mail_address_are_one() {
        assert_eq!(email(" Akua@Example.com ").as_deref(), Some("akua@example.com"));
        assert_eq!(email("akua"), None);
        assert_eq!(without_tag("akua+pager+2@example.com"), "akua@example.com");
        assert_eq!(without_tag("+x@example.com"), "+x@example.com");
    }
}

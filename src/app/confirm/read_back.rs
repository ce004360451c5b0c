//! Whether what a person read out agrees with an address.
//!
//! What was typed is looked at here and goes no further: no message, record or log has it.

use crate::domain::address::Address;

/// How many digits of a number are read out.
const DIGITS: usize = 4;

/// What of an address is read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The last four digits of a number.
    LastDigits,
    /// What stands before the @ of a mail address.
    BeforeAt,
}

/// How what was read out compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// It agrees.
    Agrees,
    /// It does not.
    Differs,
    /// It is not what was asked for, so there is nothing to compare.
    NotAnAnswer,
}

impl Part {
    /// Returns what is read out of an address; absent where the whole address is not known, or is nothing of the kind.
    pub fn of(address: &Address) -> Option<Self> {
        let whole = address.reveal()?;
        if whole.rsplit_once('@').is_some_and(|(before, _)| !before.is_empty()) {
            Some(Self::BeforeAt)
        } else if !whole.contains('@') && digits(whole).len() > DIGITS {
            Some(Self::LastDigits)
        } else {
            None
        }
    }

    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LastDigits => "the last four digits",
            Self::BeforeAt => "the part before the @",
        }
    }

    /// Compares what was typed with an address.
    pub fn compare(self, address: &Address, typed: &str) -> Compared {
        let Some(whole) = address.reveal() else {
            return Compared::NotAnAnswer;
        };
        let typed = typed.trim();
        let agrees = match self {
            Self::LastDigits => {
                let is_number = typed.chars().all(|c| c.is_ascii_digit() || " -".contains(c));
                let said = digits(typed);
                if !is_number || said.len() != DIGITS {
                    return Compared::NotAnAnswer;
                }
                digits(whole).ends_with(&said)
            }
            Self::BeforeAt => {
                if typed.is_empty() || typed.contains('@') {
                    return Compared::NotAnAnswer;
                }
                let before = whole.rsplit_once('@').map_or("", |(before, _)| before);
                before.to_lowercase() == typed.to_lowercase()
            }
        };
        if agrees { Compared::Agrees } else { Compared::Differs }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(whole: &str, typed: &str, expected: Compared) {
        let address = Address::new(whole);
        assert_eq!(
            Part::of(&address).unwrap().compare(&address, typed),
            expected,
            "{typed}"
        );
    }

    #[test]
    fn the_last_four_digits_of_a_number_are_compared() {
        check("+447700900123", "0123", Compared::Agrees);
        check("+44 7700 900 123", "01 23", Compared::Agrees);
        check("+447700900123", "1230", Compared::Differs);
        for typed in ["", "123", "00123", "+447700900123", "012e", "o123"] {
            check("+447700900123", typed, Compared::NotAnAnswer);
        }
    }

    #[test]
    fn what_stands_before_the_at_of_a_mail_address_is_compared() {
        check("anna@example.com", "anna", Compared::Agrees);
        check("Anna@example.com", " aNNa ", Compared::Agrees);
        check("anna@example.com", "ann", Compared::Differs);
        check("anna@example.com", "annab", Compared::Differs);
        check("anna@example.com", "anna@example.com", Compared::NotAnAnswer);
        check("anna@example.com", "", Compared::NotAnAnswer);
    }

    #[test]
    fn what_is_not_known_whole_cannot_be_compared() {
        let masked = Address::new("+447700900123").without_whole();
        assert_eq!(Part::of(&masked), None);
        assert_eq!(Part::LastDigits.compare(&masked, "0123"), Compared::NotAnAnswer);
        for odd in ["", "123", "1234", "@example.com", "none"] {
            assert_eq!(Part::of(&Address::new(odd)), None, "{odd}");
        }
    }
}

//! What people type, without the whole addresses that they type along with it.
//!
//! Reasons, notes and names are kept for years and handed over, and "rang him on +44 7700 900123" is what people write. A mail
//! address is told by its `@`. A number is told by its form, because nothing here knows whose it may be: with a `+` or `00`
//! before it, with a leading zero, or in the groups in which numbers are written. What else has many digits stays as it is:
//! days and times, account ids, ARNs, numbers of tickets, hashes, addresses of machines. A bare run of digits without any of
//! these marks stays, too: it cannot be told from the number of a ticket.

use super::address::Address;
use std::borrow::Cow;

/// The fewest digits behind a `+` that are taken for a number; the same of what is written in groups behind `00`.
const LEAST_DIGITS: usize = 7;

/// The most digits that a number has, by E.164.
const MOST_DIGITS: usize = 15;

/// How often addresses are looked for: a second time finds what a first one has split, and nothing people write needs a third.
const MOST_PASSES: usize = 4;

/// Returns what somebody typed with every mail address and phone number in it masked.
pub fn without_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && text.chars().filter(|c| digit(*c).is_some()).count() < LEAST_DIGITS {
        return Cow::Borrowed(text);
    }
    let characters: Vec<char> = text.chars().collect();
    let mut masked = characters;
    // What stands beside an address may be one only when that one is out of the way.
    for _ in 0..MOST_PASSES {
        let before = masked;
        masked = replaced(&replaced(&before, mail), number);
        if masked == before {
            break;
        }
    }
    let masked: String = masked.into_iter().collect();
    if masked == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(masked)
    }
}

/// Finds a piece that begins at a place: where it ends, and what stands for it.
type Find = fn(&[char], usize) -> Option<(usize, String)>;

/// Returns characters in which each piece that `find` finds is replaced.
fn replaced(characters: &[char], find: Find) -> Vec<char> {
    let mut kept = Vec::with_capacity(characters.len());
    let mut place = 0;
    while let Some(c) = characters.get(place) {
        if let Some((end, mask)) = find(characters, place) {
            kept.extend(mask.chars());
            place = end;
        } else {
            kept.push(*c);
            place += 1;
        }
    }
    kept
}

fn before(characters: &[char], place: usize) -> Option<char> {
    characters.get(place.checked_sub(1)?).copied()
}

/// Finds a mail address that begins at a place.
fn mail(characters: &[char], start: usize) -> Option<(usize, String)> {
    let is_local = |c: &char| c.is_alphanumeric() || "._%+-'~&!#$*^{}|?`".contains(*c);
    if before(characters, start).is_some_and(|c| is_local(&c)) {
        return None;
    }
    let user = characters.get(start..)?.iter().take_while(|c| is_local(c)).count();
    if user == 0 {
        return None;
    }
    // Where an address follows without a blank, its user looks like the end of a domain: the last domain stands for all.
    let mut at = start + user;
    let mut last = None;
    while let Some(end) = domain(characters, at) {
        last = Some((at, end));
        at = end;
    }
    let (at, end) = last?;
    let user = characters.get(start..start + user)?;
    let whole: String = user.iter().chain(characters.get(at..end)?).collect();
    Some((end, Address::new(&whole).masked().to_owned()))
}

/// Returns where a domain ends that begins behind an `@` at a place. A machine alone, or a name behind an `@`, is none that
/// anything could be sent to from outside.
fn domain(characters: &[char], at: usize) -> Option<usize> {
    let is_domain = |c: &char| c.is_alphanumeric() || "-.".contains(*c);
    let rest = characters.get(at..)?.strip_prefix(&['@'])?;
    let mut length = rest.iter().take_while(|c| is_domain(c)).count();
    while length
        .checked_sub(1)
        .and_then(|last| rest.get(last))
        .is_some_and(|c| "-.".contains(*c))
    {
        length -= 1;
    }
    rest.get(..length)?.contains(&'.').then_some(at + 1 + length)
}

/// Returns the digit that a character stands for, in the widths in which keyboards type them.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '＋')
}

/// Returns whether a character may stand between the groups of a number.
fn is_between(c: char) -> bool {
    c.is_whitespace() || "-.()/".contains(c) || ('\u{2010}'..='\u{2015}').contains(&c)
}

/// A run of digits.
#[derive(Debug, Clone)]
struct Group {
    /// Its digits.
    digits: String,
    /// Where it ends.
    end: usize,
    /// What stands between it and the group before it.
    between: String,
}

/// Returns the groups that may be those of one number, from a place on: a day, a time or an address of a machine ends them.
fn groups(characters: &[char], start: usize) -> Vec<Group> {
    /// No number is written in more.
    const MOST: usize = 8;
    let mut groups: Vec<Group> = Vec::new();
    let (mut place, mut between) = (start, String::new());
    while groups.len() < MOST {
        let rest = characters.get(place..).unwrap_or_default();
        let digits: String = rest.iter().map_while(|c| digit(*c)).collect();
        let length = digits.chars().count();
        let end = place + length;
        let is_time = length <= 2
            && characters.get(end) == Some(&':')
            && characters.get(end + 1).is_some_and(|c| digit(*c).is_some());
        if length == 0 || is_time || day(characters, place).is_some() {
            break;
        }
        groups.push(Group { digits, end, between });
        between = characters
            .get(end..)
            .unwrap_or_default()
            .iter()
            .copied()
            .take_while(|c| is_between(*c))
            .collect();
        let width = between.chars().count();
        if width == 0 || width > 3 {
            break;
        }
        place = end + width;
    }
    groups
}

/// Returns the end of a day that begins at a place: `2026-11-24`, `24.11.2026`, `11/24/26`.
fn day(characters: &[char], start: usize) -> Option<usize> {
    let mut place = start;
    let mut lengths = Vec::new();
    let mut separator = None;
    loop {
        let rest = characters.get(place..).unwrap_or_default();
        let length = rest.iter().take_while(|c| digit(**c).is_some()).count();
        lengths.push(length);
        place += length;
        if lengths.len() == 3 {
            break;
        }
        let next = characters.get(place).copied().filter(|c| "-./".contains(*c))?;
        if separator.is_some_and(|separator| separator != next) {
            return None;
        }
        separator = Some(next);
        place += 1;
    }
    let is_day = matches!(lengths.as_slice(), [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4]);
    is_day.then_some(place)
}

/// Finds a phone number that begins at a place.
fn number(characters: &[char], start: usize) -> Option<(usize, String)> {
    let first = *characters.get(start)?;
    let previous = before(characters, start);
    let has_plus = is_plus(first);
    if !has_plus && first != '(' && digit(first).is_none() {
        return None;
    }
    // Behind one of these a digit is in the middle of something; a `+` begins a number wherever it stands.
    if !has_plus && previous.is_some_and(|c| digit(c).is_some() || c == Address::DOT || is_plus(c)) {
        return None;
    }
    let opening = |place: usize| usize::from(characters.get(place) == Some(&'('));
    let place = if has_plus {
        let blanks = characters.get(start + 1..).unwrap_or_default();
        let blanks = blanks
            .iter()
            .take_while(|c| c.is_whitespace() || **c == '(')
            .take(2)
            .count();
        start + 1 + blanks
    } else if first == '(' && characters.get(start + 1).copied().is_some_and(is_plus) {
        // The next place finds it.
        return None;
    } else {
        start + opening(start)
    };
    let groups = groups(characters, place);
    let is_whole_word = previous.is_none_or(|c| !c.is_alphanumeric() && !"_-/.#=@$".contains(c));
    let earlier = start.checked_sub(1).and_then(|place| before(characters, place));
    let follows_digits = earlier.is_some_and(|c| digit(c).is_some());
    for count in (1..=groups.len()).rev() {
        let Some((taken, last)) = groups.get(..count).zip(groups.get(count - 1)) else {
            continue;
        };
        let digits: String = taken.iter().map(|group| group.digits.as_str()).collect();
        let next = characters.get(last.end).copied();
        let after = characters.get(last.end + 1).copied();
        let goes_on = match next {
            Some('-' | '/') => after.is_some_and(char::is_alphanumeric),
            Some('.') => after.is_some_and(|c| digit(c).is_some()),
            Some(c) => c.is_alphanumeric() || c == '_',
            None => false,
        };
        let is_number = if has_plus {
            // A run that is too long begins with the digits of a number all the same.
            (LEAST_DIGITS..=MOST_DIGITS).contains(&digits.len()) || (count == 1 && digits.len() > MOST_DIGITS)
        } else {
            // More groups were looked at already: a number may be followed by another word of digits.
            let next = groups.get(count);
            let is_followed = next.is_some_and(|group| group.between.contains(char::is_whitespace));
            is_whole_word
                && (!goes_on || is_followed)
                && (is_abroad(taken, &digits) || is_at_home(taken, first, follows_digits))
        };
        if is_number {
            let plain = |c: &char| if is_plus(*c) { '+' } else { digit(*c).unwrap_or(*c) };
            let whole: String = characters.get(start..last.end)?.iter().map(plain).collect();
            let whole = match digits.strip_prefix("00") {
                Some(rest) if !has_plus => format!("+{rest}"),
                Some(_) | None => whole,
            };
            return Some((last.end, Address::new(&whole).masked().to_owned()));
        }
    }
    None
}

/// Returns whether digits are a number with `00` before the code of a country.
fn is_abroad(groups: &[Group], digits: &str) -> bool {
    let Some(rest) = digits.strip_prefix("00").filter(|rest| !rest.starts_with('0')) else {
        return false;
    };
    // In one run it may be the number of a ticket with zeros before it, which are not as long.
    let least = if groups.len() == 1 { 10 } else { LEAST_DIGITS };
    (least..=MOST_DIGITS).contains(&rest.len())
}

/// Returns whether groups are those of a number without the code of a country, or without its mark.
fn is_at_home(groups: &[Group], first: char, follows_digits: bool) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let total: usize = lengths.iter().sum();
    let has_zero = groups.first().is_some_and(|group| {
        let mut digits = group.digits.chars();
        digits.next() == Some('0') && digits.next() != Some('0')
    });
    let rest = lengths.get(1..).unwrap_or_default();
    if rest.is_empty() {
        return has_zero && (10..=11).contains(&total);
    }
    let is_account = lengths == [4, 4, 4];
    let is_machine = lengths.len() == 4 && groups.iter().skip(1).all(|group| group.between == ".");
    if is_account || is_machine || !(9..=13).contains(&total) {
        return false;
    }
    if has_zero || first == '(' {
        return true;
    }
    let has_slash = groups.iter().any(|group| group.between.contains('/'));
    let is_padded = groups.first().is_some_and(|group| group.digits.starts_with("00"));
    let is_amount = (lengths.first() == Some(&1) || follows_digits) && rest.iter().all(|length| *length == 3);
    let ends_long = lengths.last().is_some_and(|length| *length >= 3);
    (3..=4).contains(&lengths.len()) && ends_long && !has_slash && !is_padded && !is_amount
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_addresses_are_masked_wherever_they_stand() {
        for (text, kept) in [
            ("rang +447700900123 twice", "rang +44•••••••123 twice"),
            ("rang +44 7700 900123.", "rang +44•••••••••123."),
            ("his number(+44 7700-900-123) rang", "his number(+44••••••••••123) rang"),
            ("tel:+447700900123", "tel:+44•••••••123"),
            ("+ 44 7700 900123", "+ 4••••••••••123"),
            ("+44 (0)7700 900123", "+44••••••••••••123"),
            ("＋４４７７００９００１２３", "+44•••••••123"),
            ("0044 7700 900123 it was", "+44•••••••123 it was"),
            ("00447700900123", "+44•••••••123"),
            ("07700 900123, she says", "••••••••••••, she says"),
            ("on 07700900123 at 10:30", "on ••••••••••• at 10:30"),
            ("0171/1234567", "••••••••••••"),
            ("call (206) 555-0123 first", "call •••••••••••• first"),
            ("206-555-0123 or 206.555.0124", "•••••••••••• or ••••••••••••"),
            ("1-206-555-0123", "••••••••••••"),
            ("44 7700 900123", "••••••••••••"),
            ("07700 900123 2026-11-24", "•••••••••••• 2026-11-24"),
            ("+447700900123 09:30", "+44•••••••123 09:30"),
            ("+447700900123/+447700900456", "+44•••••••123/+44•••••••456"),
            ("+447700900123+447700900456", "+44•••••••123+44•••••••456"),
            ("+447700900123:30", "+44•••••••123:30"),
            ("++447700900123", "++44•••••••123"),
            ("01+447700900123", "01+44•••••••123"),
            ("+44770090012399999999", "+44•••••••••••••••999"),
            ("ask anna.b@example.com now", "ask a•••@example.com now"),
            ("<anna+pager@mail.example.co.uk>, ok", "<a•••@mail.example.co.uk>, ok"),
            ("mailto:anna@example.com.", "mailto:a•••@example.com."),
            ("a@example.com,b@example.com", "a•••@example.com,b•••@example.com"),
            ("Zoë é.ü@exämple.org", "Zoë é•••@exämple.org"),
            ("anna.b@example.comben.c@example.com", "a•••@example.com"),
            ("x@anna.b@example.com", "x•••@example.com"),
        ] {
            assert_eq!(without_addresses(text), kept, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_address_stays() {
        for text in [
            "",
            "INC0012345 and CHG-0031245-77, ticket 4711, #48213, OPS-1234",
            "case 00123456 and 1234567890",
            "tickets 48213 48214 48215",
            "ticket 20261124-0042",
            "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna",
            "arn:aws:ssm-contacts:eu-west-1:012345678901:contact-channel/anna/0a1b2c3d-1111-2222-3333-012345678901",
            "account 111122223333, written 1111-2222-3333 or 0123-4567-8901",
            "2026-11-24 10:30 until 2026-12-31T09:30:00.000Z",
            "24.11.2026 and 11/24/2026, 2026-11-24 2026-11-25",
            "at 2026-11-24T09:30:00+00:00 or +0200",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "0123456789012345678901234567890123456789012345678901234567890123",
            "request 12345678-1234-1234-1234-123456789012",
            "192.168.100.200 and 10.0.12.254:8080",
            "1 000 000 000 pages, 12 24 36 48 60 of them, 10-20-30",
            "version 1.94.1, 0.1.0",
            "@core, a@b, 9 @ 5, +1 team, C++",
            "seq 1764036621000 and 1764036621",
            "https://example.com/incidents/0123456789",
            "+44•••••••123 and a•••@example.com",
        ] {
            assert_eq!(without_addresses(text), text);
        }
    }

    /// Returns the ways in which people write a number.
    fn written(country: &str, rest: &str, seed: usize) -> Vec<String> {
        let split = 2 + seed % 4;
        let (area, local) = rest.split_at(split);
        vec![
            format!("+{country}{rest}"),
            format!("+{country} {area} {local}"),
            format!("+{country}-{area}-{local}"),
            format!("+{country} (0){area} {local}"),
            format!("+{country} ({area}) {local}"),
            format!("+{country}.{area}.{local}"),
            format!("+{country}\u{a0}{area}\u{2011}{local}"),
            format!("00{country} {area} {local}"),
            format!("00{country}{rest}"),
            format!("0{area} {local}"),
            format!("0{area}-{local}"),
            format!("(0{area}) {local}"),
        ]
    }

    proptest! {
        #[test]
        fn no_number_is_left_however_it_is_written(
            country in "[1-9][0-9]", rest in "[1-9][0-9]{8,9}", seed in 0_usize..4,
            before in "[a-z]{1,8}[ :,(]", after in "[ ,.)][a-z]{1,8}",
        ) {
            for number in written(&country, &rest, seed) {
                let text = format!("{before}{number}{after}");
                let masked = without_addresses(&text);
                let left: String = masked.chars().filter(char::is_ascii_digit).collect();
                prop_assert!(left.len() <= 6, "{text}: {masked}");
                let (word, last) = (before.trim_end_matches([' ', ':', ',', '(']), after.trim_start_matches([' ', ',', '.', ')']));
                prop_assert!(masked.starts_with(word) && masked.ends_with(last), "{text}: {masked}");
            }
        }

        #[test]
        fn what_is_masked_stays_as_it_is(text in "[0-9+() .@a-z•/:-]{0,60}") {
            let once = without_addresses(&text).into_owned();
            prop_assert_eq!(without_addresses(&once), once.as_str());
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,80}") {
            without_addresses(&text);
        }
    }
}

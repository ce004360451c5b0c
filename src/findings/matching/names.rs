//! Aliases and display names against the names of a roster.
//!
//! Names are compared in Latin letters without diacritics, in two spellings: `ü` is `u` to some and `ue` to others.

use crate::domain::{contact::Contact, roster::Roster};
use deunicode::deunicode_char;
use std::collections::{BTreeSet, HashMap};

/// The rows of a roster that fit one contact by alias or name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fitting {
    pub(super) by_alias: BTreeSet<usize>,
    pub(super) by_name: BTreeSet<usize>,
}

/// Whether alias and display name are like somebody's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Likeness {
    pub(super) of_alias: bool,
    /// Absent where the contact has no name.
    pub(super) of_name: Option<bool>,
}

/// How letters with an umlaut or a ring are written in plain ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// `ü` is `u`.
    Bare,
    /// `ü` is `ue`.
    Expanded,
}

const SPELLINGS: [Spelling; 2] = [Spelling::Bare, Spelling::Expanded];

/// No name has more parts; a hostile one that does is cut.
const MAX_PARTS: usize = 12;

/// No name is longer; of a hostile one, the rest tells nothing.
const MAX_CHARACTERS: usize = 255;

/// The likeness from which two names are one with a slip in it.
const SLIP: f64 = 0.87;

/// What of a contact a key was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Alias,
    Name,
}

/// Returns the rows that fit each contact; contacts are known by the number that comes with them.
///
/// The contacts are indexed and the roster is walked once, since the roster is the longer of the two.
pub(super) fn fitting(contacts: &[(usize, &Contact)], roster: &Roster) -> HashMap<usize, Fitting> {
    let mut found: HashMap<usize, Fitting> = HashMap::new();
    let mut index: HashMap<String, Vec<(usize, Label)>> = HashMap::new();
    for (number, contact) in contacts {
        for (key, label) in contact_keys(contact) {
            index.entry(key).or_default().push((*number, label));
        }
    }
    if index.is_empty() {
        return found;
    }
    let mut key = String::new();
    for (entry, row) in roster.entries.iter().enumerate() {
        each_entry_key(&row.name, &mut key, |key| {
            for (number, label) in index.get(key).into_iter().flatten() {
                let fitting = found.entry(*number).or_default();
                let rows = match label {
                    Label::Alias => &mut fitting.by_alias,
                    Label::Name => &mut fitting.by_name,
                };
                if rows.len() < super::MAX_CANDIDATES {
                    rows.insert(entry);
                }
            }
        });
    }
    found
}

/// Says whether the labels of a contact are like a person's name.
pub(super) fn likeness(contact: &Contact, name: &str) -> Likeness {
    let is_like = |label: &str| {
        let by_key = || {
            let keys = entry_keys(name);
            label_keys(label).iter().any(|key| keys.contains(key))
        };
        by_key()
            || SPELLINGS
                .iter()
                .any(|spelling| is_alike(&parts(label, *spelling), &parts(name, *spelling)))
    };
    Likeness {
        of_alias: is_like(&contact.alias),
        of_name: display_name(contact).map(is_like),
    }
}

fn display_name(contact: &Contact) -> Option<&str> {
    contact
        .display_name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// Returns whether two names have a part in common that is more than an initial, or are one with a slip in it.
fn is_alike(one: &[String], other: &[String]) -> bool {
    let shares_part = one.iter().any(|part| part.len() > 2 && other.contains(part));
    let (one, other) = (one.concat(), other.concat());
    let contains = |long: &str, short: &str| short.len() > 3 && long.contains(short);
    let is_slip = || one.len() > 3 && strsim::jaro_winkler(&one, &other) > SLIP;
    shares_part || contains(&one, &other) || contains(&other, &one) || is_slip()
}

/// Returns the parts of a name in lower-case Latin letters: `O'Brien-Åkerman, Zoë` is `obrien`, `akerman`, `zoe`.
fn parts(name: &str, spelling: Spelling) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut add = |text: &str| {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                if let Some(part) = parts.last_mut() {
                    part.push(c.to_ascii_lowercase());
                }
            } else if c != '\'' && c != '`' && parts.last().is_some_and(|part| !part.is_empty()) {
                parts.push(String::new());
            }
        }
    };
    for c in name.chars().take(MAX_CHARACTERS) {
        let latin = match (spelling, c) {
            (Spelling::Expanded, 'ä' | 'Ä') => "ae",
            (Spelling::Expanded, 'ö' | 'Ö' | 'ø' | 'Ø') => "oe",
            (Spelling::Expanded, 'ü' | 'Ü') => "ue",
            (Spelling::Expanded, 'å' | 'Å') => "aa",
            // The two dots, where they are a character of their own.
            (Spelling::Expanded, '\u{308}') => "e",
            (_, c) if c.is_ascii() => {
                add(c.encode_utf8(&mut [0; 4]));
                continue;
            }
            (_, c) => deunicode_char(c).unwrap_or(" "),
        };
        add(latin);
    }
    parts.retain(|part| !part.is_empty());
    parts.truncate(MAX_PARTS);
    parts
}

/// Returns what a contact is found by.
fn contact_keys(contact: &Contact) -> Vec<(String, Label)> {
    let of_alias = label_keys(&contact.alias).into_iter().map(|key| (key, Label::Alias));
    let of_name = display_name(contact).map(label_keys).unwrap_or_default();
    of_alias
        .chain(of_name.into_iter().map(|key| (key, Label::Name)))
        .collect()
}

/// Returns the keys of an alias or display name: its parts in order and in any order, without a number at the end.
fn label_keys(label: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for spelling in SPELLINGS {
        let mut parts = parts(label, spelling);
        keys.extend(whole_keys(&parts));
        // Whoever was the second Jane Doe is jane-doe-2 or jdoe7.
        if let Some(last) = parts.last_mut() {
            let bare = last.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            *last = bare;
        }
        parts.retain(|part| !part.is_empty());
        keys.extend(whole_keys(&parts));
    }
    keys
}

fn whole_keys(parts: &[String]) -> Vec<String> {
    match parts {
        [] => Vec::new(),
        [_] => vec![parts.concat(), in_any_order(parts)],
        [..] => vec![parts.join("."), in_any_order(parts)],
    }
}

/// Returns a key that is the same for `Doe, Jane` and `Jane Doe`.
fn in_any_order(parts: &[String]) -> String {
    let mut sorted: Vec<&str> = parts.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    format!("={}", sorted.join("="))
}

/// Returns the forms in which people make an alias of a name, and the name in any order.
fn entry_keys(name: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    each_entry_key(name, &mut String::new(), |key| {
        keys.insert(key.to_owned());
    });
    keys
}

/// Calls `use_key` with each key of a name, some perhaps twice. They are written into one buffer: a roster of ten
/// thousand rows has more than two hundred thousand.
fn each_entry_key(name: &str, key: &mut String, mut use_key: impl FnMut(&str)) {
    let mut tell = |pieces: &[&str]| {
        key.clear();
        key.extend(pieces.iter().copied());
        use_key(key);
    };
    for spelling in SPELLINGS {
        // Most names are the same in both.
        if spelling == Spelling::Expanded && name.is_ascii() {
            break;
        }
        let parts = parts(name, spelling);
        if !parts.is_empty() {
            tell(&[&in_any_order(&parts)]);
        }
        let ([first, rest @ ..], [most @ .., last]) = (&*parts, &*parts) else {
            continue;
        };
        if rest.is_empty() {
            continue;
        }
        let (family, given) = (rest.concat(), most.concat());
        let initials: String = most.iter().map(|part| initial(part)).collect();
        for (one, other) in [
            (&**first, &*family),      // iris.vandenberg
            (first, last),             // iris.berg
            (&given, last),            // annamaria.smith
            (&family, first),          // vandenberg.iris
            (last, first),             // berg.iris
            (initial(first), &family), // ivandenberg
            (initial(first), last),    // iberg
            (first, initial(last)),    // irisb
            (last, initial(first)),    // bergi
            (&initials, last),         // ivdberg
        ] {
            tell(&[one, ".", other]);
            tell(&[one, other]);
        }
        tell(&[&parts.join(".")]);
    }
}

fn initial(part: &str) -> &str {
    part.get(..1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(label: &str, name: &str) -> bool {
        let keys = entry_keys(name);
        label_keys(label).iter().any(|key| keys.contains(key))
    }

    #[test]
    fn names_come_down_to_plain_letters() {
        let of = |name| parts(name, Spelling::Bare).join(" ");
        assert_eq!(of("O'Brien-Åkerman, Zoë"), "obrien akerman zoe");
        assert_eq!(of("Katarína Horvátová"), "katarina horvatova");
        assert_eq!(of("Olú Adéyẹmí"), "olu adeyemi");
        assert_eq!(of("Zoe\u{301} Zieliński"), "zoe zielinski");
        assert_eq!(of("Groß"), "gross");
        assert_eq!(of("王小明"), "wang xiao ming");
        assert_eq!(of("Юрий Петров"), "iurii petrov");
        assert_eq!(of(" \u{202e}\u{0} "), "");
        let of = |name| parts(name, Spelling::Expanded).join(" ");
        assert_eq!(of("Jürgen Mu\u{308}ller"), "juergen mueller");
    }

    #[test]
    fn aliases_fit_names_in_the_usual_forms() {
        for (label, name) in [
            ("jane-doe", "Jane Doe"),
            ("jane.doe", "Jane Doe"),
            ("jane_doe", "Jane Doe"),
            ("janedoe", "Jane Doe"),
            ("jdoe", "Jane Doe"),
            ("j-doe", "Jane Doe"),
            ("doej", "Jane Doe"),
            ("doe-jane", "Jane Doe"),
            ("janed", "Jane Doe"),
            ("jane-doe-2", "Jane Doe"),
            ("jdoe7", "Jane Doe"),
            ("iris-vandenberg", "Iris van den Berg"),
            ("iris-van-den-berg", "Iris van den Berg"),
            ("iberg", "Iris van den Berg"),
            ("grace-obrien", "Grace O Brien"),
            ("grace-obrien", "Grace O’Brien"),
            ("juergen-mueller", "Jürgen Müller"),
            ("jurgen-muller", "Jürgen Müller"),
            ("Jürgen Müller", "Juergen Mueller"),
            ("Doe, Jane", "Jane Doe"),
            ("cher", "Cher"),
        ] {
            assert!(fits(label, name), "{label} is {name}");
        }
    }

    #[test]
    fn part_of_a_name_is_not_enough() {
        for (label, name) in [
            ("jane", "Jane Doe"),
            ("doe", "Jane Doe"),
            ("ann-ali", "Anna Li"),
            ("j", "Jane Doe"),
            ("", "Jane Doe"),
            ("", ""),
            ("7", "Jane Doe"),
            ("jane-smith", "Jane Doe"),
        ] {
            assert!(!fits(label, name), "{label} is not {name}");
        }
    }

    #[test]
    fn likeness_forgives_slips_and_additions() {
        let alike = |one: &str, other: &str| is_alike(&parts(one, Spelling::Bare), &parts(other, Spelling::Bare));
        assert!(alike("li-na-old", "Li Na"));
        assert!(alike("viktr-petrow", "Viktor Petrov"));
        assert!(alike("Bob Roberts", "Robert Roberts"));
        assert!(!alike("jdoe7", "Katarína Horvátová"));
        assert!(!alike("Kit", "Katarína Horvátová"));
        assert!(!alike("", "Jane Doe"));
        assert!(!alike("jane-smith", "John Smythe"));
    }
}

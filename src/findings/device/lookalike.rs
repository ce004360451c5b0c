//! Domains that a reader takes for another one.

/// Pairs of a spelling and what it looks like at a glance, in the order in which they are replaced.
const ALIKE: [(&str, &str); 20] = [
    // Letters of the Greek and Cyrillic alphabets that have a Latin twin.
    ("а", "a"),
    ("α", "a"),
    ("е", "e"),
    ("о", "o"),
    ("ο", "o"),
    ("р", "p"),
    ("ρ", "p"),
    ("с", "c"),
    ("у", "y"),
    ("х", "x"),
    ("і", "i"),
    ("ѕ", "s"),
    // Digits and pairs of letters.
    ("0", "o"),
    ("1", "l"),
    ("i", "l"),
    ("3", "e"),
    ("5", "s"),
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
];

/// Returns the one of `own` that a foreign domain looks like: one edit away from it, or the same at a glance.
pub(super) fn alike<'a>(domain: &str, own: &'a [String]) -> Option<&'a str> {
    let (unicode, _) = idna::domain_to_unicode(domain);
    let (plain, glance) = (domain.to_lowercase(), at_a_glance(&unicode));
    own.iter().map(String::as_str).find(|own| {
        let lower = own.to_lowercase();
        is_one_edit_away(&plain, &lower) || is_one_edit_away(&unicode, &lower) || glance == at_a_glance(&lower)
    })
}

/// Returns whether one letter more, less, changed or two letters swapped make one domain of the other.
fn is_one_edit_away(one: &str, other: &str) -> bool {
    // Whoever differs more in length cannot be; saves most of the work.
    one.len().abs_diff(other.len()) <= 4 && strsim::osa_distance(one, other) == 1
}

fn at_a_glance(domain: &str) -> String {
    ALIKE.iter().fold(domain.to_lowercase(), |text, (spelling, looks)| {
        text.replace(spelling, looks)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_looks_like_another_that_is_one_edit_or_one_glance_away() {
        let own = ["harbour.example".to_owned(), "modern-warm.io".to_owned()];
        for (domain, expected) in [
            ("harbuor.example", Some("harbour.example")),
            ("harbor.example", Some("harbour.example")),
            ("HARB0UR.example", Some("harbour.example")),
            ("xn--hrbour-3fg.example", Some("harbour.example")),
            ("moclern-warrn.io", Some("modern-warm.io")),
            ("pier.example", None),
            ("harbour.test", None),
        ] {
            assert_eq!(alike(domain, &own), expected, "{domain}");
        }
    }
}

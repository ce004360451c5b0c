//! Numbers and domains that stand for no real one: regulators set telephone numbers aside for films and examples, and the
//! IETF does the same with domains.
//!
//! Only ranges that a regulator itself publishes are here; a number that merely looks made up is not.

/// Telephone numbers that a regulator has set aside.
#[derive(Debug)]
pub(super) struct Range {
    /// The first number; a dot stands for any digit.
    first: &'static str,
    /// The last number, with its dots in the same places.
    last: &'static str,
    /// Who has set them aside.
    pub(super) regulator: &'static str,
}

const fn range(regulator: &'static str, first: &'static str, last: &'static str) -> Range {
    Range { first, last, regulator }
}

/// Who set the numbers of each country aside.
const NANPA: &str = "NANPA, for North America";
const OFCOM: &str = "Ofcom, for the United Kingdom";
const ACMA: &str = "the ACMA, for Australia";
const ARCEP: &str = "Arcep, for France";
const BNETZA: &str = "the Bundesnetzagentur, for Germany";
const PTS: &str = "PTS, for Sweden";
const COMREG: &str = "ComReg, for Ireland";

/// Every range, by country code.
pub(super) static RANGES: &[Range] = &[
    // In every area code, 800 among them.
    range(NANPA, "+1...5550100", "+1...5550199"),
    // Numbers for use in TV and radio drama programmes.
    range(OFCOM, "+441134960000", "+441134960999"),
    range(OFCOM, "+441144960000", "+441144960999"),
    range(OFCOM, "+441154960000", "+441154960999"),
    range(OFCOM, "+441164960000", "+441164960999"),
    range(OFCOM, "+441174960000", "+441174960999"),
    range(OFCOM, "+441184960000", "+441184960999"),
    range(OFCOM, "+441214960000", "+441214960999"),
    range(OFCOM, "+441314960000", "+441314960999"),
    range(OFCOM, "+441414960000", "+441414960999"),
    range(OFCOM, "+441514960000", "+441514960999"),
    range(OFCOM, "+441614960000", "+441614960999"),
    range(OFCOM, "+441632960000", "+441632960999"),
    range(OFCOM, "+441914980000", "+441914980999"),
    range(OFCOM, "+442079460000", "+442079460999"),
    range(OFCOM, "+442896496000", "+442896496999"),
    range(OFCOM, "+442920180000", "+442920180999"),
    range(OFCOM, "+443069990000", "+443069990999"),
    range(OFCOM, "+447700900000", "+447700900999"),
    range(OFCOM, "+448081570000", "+448081570999"),
    range(OFCOM, "+449098790000", "+449098790999"),
    // Numbers for use in television shows, films and creative works.
    range(ACMA, "+61255500000", "+61255509999"),
    range(ACMA, "+61270100000", "+61270109999"),
    range(ACMA, "+61355500000", "+61355509999"),
    range(ACMA, "+61370100000", "+61370109999"),
    range(ACMA, "+61491570000", "+61491570999"),
    range(ACMA, "+61755500000", "+61755509999"),
    range(ACMA, "+61770100000", "+61770109999"),
    range(ACMA, "+61855500000", "+61855509999"),
    range(ACMA, "+61870100000", "+61870109999"),
    // Numbers for audiovisual works.
    range(ARCEP, "+33199000000", "+33199009999"),
    range(ARCEP, "+33261910000", "+33261919999"),
    range(ARCEP, "+33353010000", "+33353019999"),
    range(ARCEP, "+33465710000", "+33465719999"),
    range(ARCEP, "+33536490000", "+33536499999"),
    range(ARCEP, "+33639980000", "+33639989999"),
    // "Drama numbers".
    range(BNETZA, "+493023125000", "+493023125999"),
    range(BNETZA, "+494066969000", "+494066969999"),
    range(BNETZA, "+496990009000", "+496990009999"),
    range(BNETZA, "+498999998000", "+498999998999"),
    range(BNETZA, "+492214710000", "+492214710999"),
    range(BNETZA, "+491713920000", "+491713920099"),
    range(BNETZA, "+4917604069000", "+4917604069099"),
    range(BNETZA, "+4915228817386", "+4915228817386"),
    range(BNETZA, "+4915228895456", "+4915228895456"),
    range(BNETZA, "+4915254599371", "+4915254599371"),
    range(BNETZA, "+491729925904", "+491729925904"),
    range(BNETZA, "+491729968532", "+491729968532"),
    range(BNETZA, "+491729973185", "+491729973186"),
    range(BNETZA, "+491749091317", "+491749091317"),
    range(BNETZA, "+491749464308", "+491749464308"),
    // Numbers for fiction.
    range(PTS, "+46313900600", "+46313900699"),
    range(PTS, "+46406280400", "+46406280499"),
    range(PTS, "+46846500400", "+46846500499"),
    range(PTS, "+46980319200", "+46980319299"),
    range(PTS, "+46701740605", "+46701740699"),
    // Numbers for drama.
    range(COMREG, "+353209100000", "+353209199999"),
];

impl Range {
    /// Returns whether a number, `+` and digits, is in the range.
    fn holds(&self, number: &str) -> bool {
        let fixed = |text: &'static str| text.bytes().filter(|byte| *byte != b'.');
        let told = || {
            number
                .bytes()
                .zip(self.first.bytes())
                .filter(|(_, bound)| *bound != b'.')
        };
        let told = || told().map(|(digit, _)| digit);
        number.len() == self.first.len() && told().ge(fixed(self.first)) && told().le(fixed(self.last))
    }
}

/// Returns the range of fiction that a number, `+` and digits, is in.
pub(super) fn range_of(number: &str) -> Option<&'static Range> {
    RANGES.iter().find(|range| range.holds(number))
}

/// Domains that nobody can own, with everything beneath them: RFC 2606 and RFC 6761.
const DOMAINS: [&str; 7] = [
    "example.com",
    "example.net",
    "example.org",
    "example",
    "test",
    "invalid",
    "localhost",
];

/// Returns the reserved domain that a domain is or lies beneath.
pub(super) fn domain_of(domain: &str) -> Option<&'static str> {
    DOMAINS.into_iter().find(|reserved| is_beneath(domain, reserved))
}

/// Returns whether a domain is another one or lies beneath it, in whichever case they are written.
pub(super) fn is_beneath(domain: &str, above: &str) -> bool {
    let (domain, above) = (domain.to_lowercase(), above.trim_start_matches('.').to_lowercase());
    domain
        .strip_suffix(above.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_written_so_that_numbers_can_be_in_it() {
        for range in RANGES {
            let Range { first, last, .. } = range;
            let dots = |text: &str| text.match_indices('.').map(|(place, _)| place).collect::<Vec<_>>();
            assert_eq!((first.len(), dots(first)), (last.len(), dots(last)), "{first}");
            assert!(first <= last && first.starts_with('+'), "{first}");
            assert!(
                range.holds(&first.replace('.', "2")) && range.holds(&last.replace('.', "8")),
                "{first}"
            );
        }
    }

    #[test]
    fn a_number_is_in_a_range_or_beside_it() {
        for (number, is_fiction) in [
            ("+12125550100", true),
            ("+18005550199", true),
            ("+12125550099", false),
            ("+12125550200", false),
            ("+121255501001", false),
            ("+447700900999", true),
            ("+447700901000", false),
            ("+46701740604", false),
            ("+46701740605", true),
            ("+33639981201", true),
            ("", false),
        ] {
            assert_eq!(range_of(number).is_some(), is_fiction, "{number}");
        }
    }

    #[test]
    fn a_reserved_domain_reserves_what_is_beneath_it_and_not_what_ends_alike() {
        for (domain, reserved) in [
            ("example.com", Some("example.com")),
            ("Mail.EXAMPLE.com", Some("example.com")),
            ("harbour.example", Some("example")),
            ("myexample.com", None),
            ("example.co", None),
            ("test", Some("test")),
            ("contest", None),
        ] {
            assert_eq!(domain_of(domain), reserved, "{domain}");
        }
    }
}

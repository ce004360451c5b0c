//! The policy file: TOML, strict, so that a limit with a slip in its name is told and not passed over.

use crate::{
    domain::text::neutral,
    failure::{
        Failure,
        written::{Mistake, WrittenFile, named, nearest, number},
    },
    findings::policy::{AddressPolicy, Limits, PeoplePolicy, Policy, ReviewPolicy, TeamPolicy},
};
use serde::Deserialize;
use std::{collections::BTreeSet, ops::RangeInclusive, path::Path};
use toml::Spanned;

/// Every setting with its default, its unit and what it means.
pub const DEFAULTS: &str = include_str!("../../assets/policy.toml");

/// A file longer than this is no policy: the commented defaults are a hundredth of it.
pub const MAX_BYTES: u64 = 1 << 20;

/// What messages about the file say.
pub const FILE: WrittenFile = WrittenFile {
    name: "policy file",
    help: "“callsheet checks --policy” prints every setting",
};

/// How far ahead shifts can be read; what lies beyond is never known.
const HORIZON_DAYS: RangeInclusive<i64> = 1..=90;
/// A page that may wait longer than a day is no page. With 0, it must be tried at once.
const MINUTES: RangeInclusive<i64> = 0..=1440;
/// A second person is never paged in the same minute by an escalation.
const LATER_MINUTES: RangeInclusive<i64> = 1..=1440;
/// Ten years: as good as never.
const LONG_DAYS: RangeInclusive<i64> = 1..=3660;
const DAYS: RangeInclusive<i64> = 1..=365;
/// With 0, somebody has to be taken out on the last day itself.
const REMOVAL_DAYS: RangeInclusive<i64> = 0..=365;
/// Below a fair share everybody would carry too much.
const SHARE_PERCENT: RangeInclusive<i64> = 100..=1000;
const FRESHNESS_HOURS: RangeInclusive<i64> = 1..=8760;
/// With 0, no time is too short.
const READING_SECONDS: RangeInclusive<i64> = 0..=3600;
const PERCENT: RangeInclusive<i64> = 0..=100;
/// Calling codes have one to three digits.
const COUNTRY_CODES: RangeInclusive<i64> = 1..=999;

/// The longest alias or name that the service takes.
const MAX_ALIAS: usize = 255;

/// The file as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    horizon_days: Option<Spanned<i64>>,
    checks_off: Option<Vec<Spanned<String>>>,
    catch_all: Option<Vec<Spanned<String>>>,
    limits: WrittenLimits,
    addresses: WrittenAddresses,
    people: WrittenPeople,
    sharing: WrittenSharing,
    review: WrittenReview,
    team: Vec<Spanned<WrittenTeam>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenLimits {
    first_device_minutes: Option<Spanned<i64>>,
    second_human_minutes: Option<Spanned<i64>>,
    first_human_minutes: Option<Spanned<i64>>,
    confirmation_days: Option<Spanned<i64>>,
    code_days: Option<Spanned<i64>>,
    removal_days: Option<Spanned<i64>>,
    fair_share_percent: Option<Spanned<i64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenAddresses {
    mail_domains: Vec<Spanned<String>>,
    country_codes: Vec<Spanned<i64>>,
    shared_mailboxes: Vec<Spanned<String>>,
    real_numbers: Vec<Spanned<String>>,
    real_domains: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenPeople {
    owner_tags: Option<Vec<Spanned<String>>>,
    on_call_teams: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenSharing {
    trusted_accounts: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenReview {
    every_days: Option<Spanned<i64>>,
    freshness_hours: Option<Spanned<i64>>,
    decision_days: Option<Spanned<i64>>,
    reading_seconds: Option<Spanned<i64>>,
    bulk_percent: Option<Spanned<i64>>,
}

/// A team. The limits stand beside its name, which is why they are written out again.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenTeam {
    name: Option<Spanned<String>>,
    aliases: Vec<Spanned<String>>,
    checks_off: Option<Vec<Spanned<String>>>,
    first_device_minutes: Option<Spanned<i64>>,
    second_human_minutes: Option<Spanned<i64>>,
    first_human_minutes: Option<Spanned<i64>>,
    confirmation_days: Option<Spanned<i64>>,
    code_days: Option<Spanned<i64>>,
    removal_days: Option<Spanned<i64>>,
    fair_share_percent: Option<Spanned<i64>>,
}

/// Returns the policy that a file of these bytes holds; `codes` are those of the checks there are.
pub fn parse(bytes: &[u8], path: &Path, codes: &[&str]) -> Result<Policy, Failure> {
    let text = FILE.text(bytes, path)?;
    policy(text, codes).map_err(|mistake| FILE.wrong(mistake, path, text))
}

fn policy(text: &str, codes: &[&str]) -> Result<Policy, Mistake> {
    let written: Written = toml::from_str(text).map_err(|error| FILE.misread(&error, text))?;
    let defaults = Policy::default();
    let limits = limits(written.limits, written.checks_off, &defaults.limits, codes)?;
    let teams = teams(written.team, &limits, codes)?;
    Ok(Policy {
        horizon_days: number(written.horizon_days, HORIZON_DAYS, "days")?.unwrap_or(defaults.horizon_days),
        catch_all: or(written.catch_all, pattern, defaults.catch_all)?,
        addresses: addresses(written.addresses)?,
        people: PeoplePolicy {
            owner_tags: or(written.people.owner_tags, plain, defaults.people.owner_tags)?,
            on_call_teams: each(written.people.on_call_teams, plain)?,
        },
        trusted_accounts: each(written.sharing.trusted_accounts, account)?,
        review: review(written.review, &defaults.review)?,
        limits,
        teams,
    })
}

/// Returns the limits; one that is not written is that of `base`.
fn limits(
    written: WrittenLimits,
    checks_off: Option<Vec<Spanned<String>>>,
    base: &Limits,
    codes: &[&str],
) -> Result<Limits, Mistake> {
    let minutes = |written, base| number(written, MINUTES, "minutes").map(|value| value.unwrap_or(base));
    Ok(Limits {
        first_device_minutes: minutes(written.first_device_minutes, base.first_device_minutes)?,
        second_human_minutes: number(written.second_human_minutes, LATER_MINUTES, "minutes")?
            .unwrap_or(base.second_human_minutes),
        first_human_minutes: minutes(written.first_human_minutes, base.first_human_minutes)?,
        confirmation_days: number(written.confirmation_days, LONG_DAYS, "days")?.unwrap_or(base.confirmation_days),
        code_days: number(written.code_days, DAYS, "days")?.unwrap_or(base.code_days),
        removal_days: number(written.removal_days, REMOVAL_DAYS, "days")?.unwrap_or(base.removal_days),
        fair_share_percent: number(written.fair_share_percent, SHARE_PERCENT, "percent of a fair share")?
            .unwrap_or(base.fair_share_percent),
        checks_off: match checks_off {
            Some(written) => each(written, |text| code(text, codes))?,
            None => base.checks_off.clone(),
        },
    })
}

fn teams(written: Vec<Spanned<WrittenTeam>>, base: &Limits, codes: &[&str]) -> Result<Vec<TeamPolicy>, Mistake> {
    let mut names = BTreeSet::new();
    let mut teams = Vec::new();
    for team in written {
        let place = team.span();
        let team = team.into_inner();
        let lacks = |what: &str, example: &str| {
            Mistake::new(
                format!("the team has no {what}"),
                format!("add a line such as {example}"),
            )
            .at(place.clone())
        };
        let name = team.name.ok_or_else(|| lacks("name", "name = \"Payments\""))?;
        let name_place = name.span();
        let name = named(name)?;
        if !names.insert(name.clone()) {
            let reason = format!("there is another team “{}” above", neutral(&name));
            return Err(Mistake::new(reason, "put all its aliases into one").at(name_place));
        }
        if team.aliases.is_empty() {
            return Err(lacks("aliases", "aliases = [\"payments-*\"]"));
        }
        let own = WrittenLimits {
            first_device_minutes: team.first_device_minutes,
            second_human_minutes: team.second_human_minutes,
            first_human_minutes: team.first_human_minutes,
            confirmation_days: team.confirmation_days,
            code_days: team.code_days,
            removal_days: team.removal_days,
            fair_share_percent: team.fair_share_percent,
        };
        teams.push(TeamPolicy {
            name,
            aliases: each(team.aliases, pattern)?,
            limits: limits(own, team.checks_off, base, codes)?,
        });
    }
    Ok(teams)
}

fn addresses(written: WrittenAddresses) -> Result<AddressPolicy, Mistake> {
    let country_codes = written
        .country_codes
        .into_iter()
        .filter_map(|code| number(Some(code), COUNTRY_CODES, "without the +, such as 44").transpose())
        .collect::<Result<_, Mistake>>()?;
    Ok(AddressPolicy {
        mail_domains: each(written.mail_domains, domain)?,
        country_codes,
        shared_mailboxes: each(written.shared_mailboxes, mailbox)?,
        real_numbers: each(written.real_numbers, number_range)?,
        real_domains: each(written.real_domains, domain)?,
    })
}

fn review(written: WrittenReview, base: &ReviewPolicy) -> Result<ReviewPolicy, Mistake> {
    Ok(ReviewPolicy {
        every_days: number(written.every_days, LONG_DAYS, "days")?.unwrap_or(base.every_days),
        freshness_hours: number(written.freshness_hours, FRESHNESS_HOURS, "hours")?.unwrap_or(base.freshness_hours),
        decision_days: number(written.decision_days, DAYS, "days")?.unwrap_or(base.decision_days),
        reading_seconds: number(written.reading_seconds, READING_SECONDS, "seconds")?.unwrap_or(base.reading_seconds),
        bulk_percent: number(written.bulk_percent, PERCENT, "percent")?.unwrap_or(base.bulk_percent),
    })
}

/// Returns every text of a list as `check` understands it, or what is wrong with the first one that it does not.
fn each<T, C: FromIterator<T>>(
    written: Vec<Spanned<String>>,
    check: impl Fn(&str) -> Result<T, Mistake>,
) -> Result<C, Mistake> {
    written
        .into_iter()
        .map(|text| check(text.get_ref()).map_err(|mistake| mistake.at(text.span())))
        .collect()
}

fn or(
    written: Option<Vec<Spanned<String>>>,
    check: impl Fn(&str) -> Result<String, Mistake>,
    default: Vec<String>,
) -> Result<Vec<String>, Mistake> {
    written.map_or(Ok(default), |written| each(written, check))
}

/// Returns the code of a check that there is.
pub(super) fn code(text: &str, codes: &[&str]) -> Result<String, Mistake> {
    if codes.contains(&text) {
        return Ok(text.to_owned());
    }
    let list = "“callsheet checks” lists them all";
    let meant = nearest(&text.to_uppercase(), codes);
    Err(Mistake::new(
        format!("there is no check “{}”", neutral(text)),
        meant.map_or_else(|| list.to_owned(), |code| format!("did you mean “{code}”? {list}")),
    ))
}

/// Returns a text with something in it, and nothing that cannot be seen.
fn plain(text: &str) -> Result<String, Mistake> {
    if text.trim() != text || text.is_empty() {
        return Err(Mistake::new(
            "the value is empty, or begins or ends with a space",
            "take it out of the list, or the space out of it",
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Mistake::new(
            format!("“{}” holds a control character", neutral(text)),
            "write it again by hand",
        ));
    }
    Ok(text.to_owned())
}

/// Returns a pattern of aliases or names, in which `*` stands for anything and `?` for one character.
fn pattern(text: &str) -> Result<String, Mistake> {
    let text = plain(text)?;
    let sign = text
        .chars()
        .find(|c| matches!(c, '[' | ']' | '{' | '}' | '^' | '$' | '\\' | '|'));
    if let Some(sign) = sign {
        return Err(Mistake::new(
            format!("“{sign}” has no meaning in a pattern"),
            "write * for any characters and ? for one, such as \"payments-*\"; several patterns are several texts",
        ));
    }
    if text.chars().count() > MAX_ALIAS {
        return Err(Mistake::new(
            format!("no alias has more than {MAX_ALIAS} characters"),
            "shorten it with *",
        ));
    }
    Ok(text)
}

/// Returns a mail domain in lower case.
fn domain(text: &str) -> Result<String, Mistake> {
    let domain = plain(text)?.to_lowercase();
    let wrong = |hint: String| Mistake::new(format!("“{}” is no mail domain", neutral(text)), hint);
    if let Some((_, domain)) = domain.rsplit_once('@') {
        return Err(wrong(format!("write what stands after the @: “{}”", neutral(domain))));
    }
    let is_label = |label: &str| {
        let is_inside = |c: char| c.is_alphanumeric() || c == '-';
        !label.is_empty()
            && label.chars().count() <= 63
            && label.chars().all(is_inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if domain.len() > 253 || !domain.contains('.') || !domain.split('.').all(is_label) {
        return Err(wrong(
            "write whole domains such as \"example.com\", each for itself, without * and https://".to_owned(),
        ));
    }
    Ok(domain)
}

/// Returns the part of a mail address before the @, in lower case.
fn mailbox(text: &str) -> Result<String, Mistake> {
    let mailbox = plain(text)?.to_lowercase();
    if mailbox.contains(|c: char| c == '@' || c.is_whitespace()) {
        // What stands before the @ may be somebody's name: it is not repeated.
        return Err(Mistake::new(
            "a shared mailbox is named by what stands before the @",
            "write it like \"noc\", without the domain",
        ));
    }
    Ok(mailbox)
}

/// Returns the beginning of numbers, `+` and digits.
fn number_range(text: &str) -> Result<String, Mistake> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    // Fewer digits would declare a whole country real.
    if (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
    {
        return Ok(text.to_owned());
    }
    Err(Mistake::new(
        format!("“{}” is not how numbers begin", neutral(text)),
        "write + and the first 4 to 15 digits without spaces, such as \"+44770\"",
    ))
}

/// Returns an account id.
fn account(text: &str) -> Result<String, Mistake> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(Mistake::new(
        format!("“{}” is no account id", neutral(text)),
        "write its twelve digits between quotes, without dashes, such as \"111122223333\"",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CODES: &[&str] = &["CH01", "CH02", "ES12", "PL05"];

    fn read(text: &str) -> Result<Policy, String> {
        parse(text.as_bytes(), Path::new("policy.toml"), CODES).map_err(|failure| failure.to_string())
    }

    #[track_caller]
    fn refused(text: &str, (line, column): (u32, u32), reason: &str, hint: &str) {
        let failure = read(text).unwrap_err();
        let place = format!("The policy file policy.toml is wrong in line {line}, column {column}.\n");
        assert!(failure.starts_with(&place), "{text}: {failure}");
        assert!(failure.contains(reason) && failure.contains(hint), "{text}: {failure}");
        assert!(failure.lines().count() <= 4, "{text}: {failure}");
    }

    /// Takes the comment sign from every setting of the defaults; those of a team only if they are asked for.
    fn uncommented(has_team: bool) -> String {
        let is_setting = |line: &str| {
            line == "[[team]]"
                || line.split_once(" = ").is_some_and(|(name, _)| {
                    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                })
        };
        DEFAULTS
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|line| is_setting(line)).unwrap_or(line))
            .take_while(|line| has_team || *line != "[[team]]")
            .fold(String::new(), |text, line| text + line + "\n")
    }

    #[test]
    fn the_commented_defaults_change_nothing() {
        assert_eq!(read(DEFAULTS).unwrap(), Policy::default());
        assert_eq!(read("").unwrap(), Policy::default());
    }

    #[test]
    fn the_uncommented_defaults_are_the_defaults() {
        assert_eq!(read(&uncommented(false)).unwrap(), Policy::default());
        let with_team = read(&uncommented(true)).unwrap();
        let [team] = &*with_team.teams else {
            panic!("one team: {with_team:?}")
        };
        assert_eq!((team.name.as_str(), team.aliases.len()), ("Payments", 2));
        assert_eq!(team.limits.first_device_minutes, 2);
        assert_eq!(team.limits.second_human_minutes, Limits::default().second_human_minutes);
    }

    #[test]
    fn the_defaults_name_every_setting() {
        fn known<T: for<'de> Deserialize<'de>>() -> Vec<String> {
            let error = toml::from_str::<T>("nonsense = 1").err().unwrap().to_string();
            let names = crate::failure::written::expected(&error);
            assert!(!names.is_empty(), "{error}");
            names.into_iter().map(str::to_owned).collect()
        }
        let sections = [
            ("", known::<Written>()),
            ("limits", known::<WrittenLimits>()),
            ("addresses", known::<WrittenAddresses>()),
            ("people", known::<WrittenPeople>()),
            ("sharing", known::<WrittenSharing>()),
            ("review", known::<WrittenReview>()),
        ];
        let table: toml::Table = uncommented(true).parse().unwrap();
        for (section, mut names) in sections {
            let held = if section.is_empty() {
                Some(&table)
            } else {
                table[section].as_table()
            };
            let mut held: Vec<&str> = held.unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            held.sort_unstable();
            assert_eq!(held, names, "[{section}]");
        }
    }

    #[test]
    fn a_team_has_the_limits_above_but_for_its_own() {
        let policy = read(
            "checks_off = [\"ES12\"]\n[limits]\ncode_days = 3\nremoval_days = 0\n\
             [[team]]\nname = \"Payments\"\naliases = [\"payments-*\"]\nremoval_days = 9\n\
             [[team]]\nname = \"Rest\"\naliases = [\"*\"]\nchecks_off = [\"CH01\", \"CH02\"]\n",
        )
        .unwrap();
        let of = |alias: &str| {
            let limits = policy.limits_of(alias);
            (limits.code_days, limits.removal_days, limits.checks_off.len())
        };
        assert_eq!(of("payments-first"), (3, 9, 1));
        assert_eq!(of("anna"), (3, 0, 2));
    }

    #[test]
    fn lists_are_understood() {
        let policy = read(
            "horizon_days = 7\ncatch_all = [\"managers\"]\n\
             [addresses]\nmail_domains = [\"Example.COM\"]\ncountry_codes = [44, 1]\nshared_mailboxes = [\"NOC\"]\n\
             real_numbers = [\"+447700900\"]\nreal_domains = [\"a.example\"]\n\
             [people]\nowner_tags = []\non_call_teams = [\"Payments\"]\n\
             [sharing]\ntrusted_accounts = [\"111122223333\", \"111122223333\"]\n[review]\nbulk_percent = 0\n",
        )
        .unwrap();
        assert_eq!(policy.addresses.mail_domains, ["example.com"]);
        assert_eq!(policy.addresses.country_codes, BTreeSet::from([1, 44]));
        assert!(policy.addresses.shared_mailboxes.contains("noc"));
        assert_eq!(policy.trusted_accounts.len(), 1);
        assert_eq!((policy.horizon_days, policy.review.bulk_percent), (7, 0));
        assert!(policy.people.owner_tags.is_empty() && policy.is_catch_all("managers"));
    }

    #[test]
    fn an_unknown_setting_is_told_with_the_nearest_one_of_its_section() {
        refused(
            "[limits]\nfirst_devise_minutes = 1\n",
            (2, 1),
            "there is no setting “first_devise_minutes”",
            "did you mean “first_device_minutes”?",
        );
        refused(
            "[limit]\n",
            (1, 2),
            "there is no setting “limit”",
            "did you mean “limits”?",
        );
        refused(
            "[[team]]\nname = \"A\"\nalias = [\"a\"]\n",
            (3, 1),
            "there is no setting “alias”",
            "did you mean “aliases”?",
        );
        refused(
            "[review]\nxyz = 1\n",
            (2, 1),
            "there is no setting “xyz”",
            "checks --policy",
        );
    }

    #[test]
    fn a_wrong_type_is_told_with_its_place() {
        refused("horizon_days = \"7\"", (1, 16), "invalid type", "with an example");
        refused(
            "[sharing]\ntrusted_accounts = [111122223333]",
            (2, 21),
            "invalid type: integer",
            "with an example",
        );
        refused("checks_off = \"CH01\"", (1, 14), "invalid type", "with an example");
        refused("team = 1", (1, 8), "invalid type", "with an example");
    }

    #[test]
    fn an_impossible_value_is_told_with_what_is_possible() {
        refused("horizon_days = 0", (1, 16), "0 is out of range", "write 1 to 90 days");
        refused(
            "[limits]\ncode_days = -1",
            (2, 13),
            "-1 is out of range",
            "1 to 365 days",
        );
        refused("[limits]\nfair_share_percent = 99", (2, 22), "99", "100 to 1000");
        refused("[limits]\nsecond_human_minutes = 0", (2, 24), "0", "1 to 1440");
        refused("[review]\nbulk_percent = 101", (2, 16), "101", "0 to 100 percent");
        refused("[addresses]\ncountry_codes = [44, 0]", (2, 22), "0", "1 to 999");
        refused(
            "[[team]]\nname = \"A\"\naliases = [\"a\"]\ncode_days = 0",
            (4, 13),
            "0",
            "1 to 365",
        );
    }

    #[test]
    fn what_is_no_check_domain_number_account_or_pattern_is_told() {
        refused(
            "checks_off = [\n  \"CH01\",\n  \"ES21\",\n]",
            (3, 3),
            "there is no check “ES21”",
            "did you mean “ES12”?",
        );
        refused("checks_off = [\"ch01\"]", (1, 15), "“ch01”", "did you mean “CH01”?");
        refused(
            "checks_off = [\"?\"]",
            (1, 15),
            "“?”",
            "“callsheet checks” lists them all",
        );
        let addresses = |line: &str| format!("[addresses]\n{line}\n");
        for domain in [
            "*.example.com",
            "https://example.com",
            "localhost",
            "-a.example",
            "a..b",
            "a b.example",
        ] {
            let text = addresses(&format!("mail_domains = [\"{domain}\"]"));
            refused(&text, (2, 17), "is no mail domain", "such as \"example.com\"");
        }
        refused(
            &addresses("real_domains = [\"@example.com\"]"),
            (2, 17),
            "is no mail domain",
            "write what stands after the @: “example.com”",
        );
        for number in ["447700900", "+44", "+44 7700 900", "+0044770", ""] {
            let text = addresses(&format!("real_numbers = [\"{number}\"]"));
            refused(&text, (2, 17), "is not how numbers begin", "+44770");
        }
        refused(
            &addresses("shared_mailboxes = [\"akua@example.com\"]"),
            (2, 21),
            "by what stands before the @",
            "without the domain",
        );
        for account in ["1111-2222-3333", "11112222333", "11112222333x"] {
            let text = format!("[sharing]\ntrusted_accounts = [\"{account}\"]");
            refused(&text, (2, 21), "is no account id", "twelve digits");
        }
        for pattern in ["payments-[ab]", "^payments", "a|b", "{a,b}"] {
            refused(
                &format!("catch_all = [\"{pattern}\"]"),
                (1, 14),
                "has no meaning in a pattern",
                "write * for any",
            );
        }
        refused("catch_all = [\"\"]", (1, 14), "the value is empty", "out of the list");
        refused("catch_all = [\" a\"]", (1, 14), "with a space", "the space out of it");
        refused(
            "catch_all = [\"a\\u001b[2J\"]",
            (1, 14),
            "a control character",
            "write it again",
        );
    }

    #[test]
    fn a_team_needs_a_name_of_its_own_and_aliases() {
        refused(
            "[[team]]\naliases = [\"a\"]\n",
            (1, 1),
            "the team has no name",
            "name = ",
        );
        refused(
            "\n[[team]]\nname = \"A\"\n",
            (2, 1),
            "the team has no aliases",
            "aliases = ",
        );
        refused(
            "[[team]]\nname = \" \"\naliases = [\"a\"]\n",
            (2, 8),
            "the value is empty",
            "",
        );
        refused(
            "[[team]]\nname = \"A\"\naliases = [\"a\"]\n[[team]]\nname = \"A\"\naliases = [\"b\"]\n",
            (5, 8),
            "there is another team “A”",
            "into one",
        );
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        let failure = parse(b"\xef\xbb\xbf# fine\n\xff", Path::new("policy.toml"), CODES).unwrap_err();
        assert_eq!(failure.what(), "The policy file policy.toml could not be read.");
        assert_eq!(failure.why(), ["line 2 is not UTF-8"]);
        let with_mark = parse(b"\xef\xbb\xbfhorizon_days = 2\r\n", Path::new("p"), CODES).unwrap();
        assert_eq!(with_mark.horizon_days, 2);
    }

    #[test]
    fn the_shipped_worlds_have_policies() {
        let of = |bytes: &[u8]| parse(bytes, Path::new("world.policy.toml"), CODES).unwrap();
        let clean = of(include_bytes!("../../assets/worlds/clean.policy.toml"));
        let demo = of(include_bytes!("../../assets/worlds/demo.policy.toml"));
        assert_eq!(clean.addresses.mail_domains, demo.addresses.mail_domains);
        assert!(!demo.trusted_accounts.contains("999988887777"));
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            parse(&bytes, Path::new("policy.toml"), CODES).ok();
        }

        #[test]
        fn no_text_stops_the_reader(text in "(\\[{0,2}[a-z_]{1,8}\\]{0,2}|[a-z_]{1,12} = [0-9\"\\[\\]{},*@é-]{0,12}|\n){0,12}") {
            parse(text.as_bytes(), Path::new("policy.toml"), CODES).ok();
        }
    }
}

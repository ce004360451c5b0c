//! The waivers file: TOML, a part `[[waiver]]` for each finding that somebody has decided to live with.

use super::policy::code;
use crate::{
    domain::text::neutral,
    failure::{
        Failure, FailureKind,
        written::{Mistake, WrittenFile, position},
    },
    findings::waiver::Waiver,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, ops::Range, path::Path};
use toml::{Spanned, value::Datetime};

/// A file longer than this holds no waivers that anybody has thought about.
pub const MAX_BYTES: u64 = 4 << 20;

/// What messages about the file say.
pub const FILE: WrittenFile = WrittenFile {
    name: "waivers file",
    help: "a [[waiver]] has code, subject, owner, reason, expires and facts",
};

/// How many characters of hexadecimal the fingerprint of a finding's facts has.
const FACTS_LENGTH: usize = 16;

/// A reason longer than this belongs where it can be discussed.
const MAX_REASON: usize = 2000;

/// The file as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    waiver: Vec<Spanned<WrittenWaiver>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenWaiver {
    code: Option<Spanned<String>>,
    subject: Option<Spanned<String>>,
    owner: Option<Spanned<String>>,
    reason: Option<Spanned<String>>,
    expires: Option<Spanned<WrittenDay>>,
    facts: Option<Spanned<String>>,
}

/// A day, with or without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenDay {
    Bare(Datetime),
    Quoted(String),
}

/// The part of a new waiver.
#[derive(Serialize)]
struct NewPart<'a> {
    waiver: [NewWaiver<'a>; 1],
}

#[derive(Serialize)]
struct NewWaiver<'a> {
    code: &'a str,
    subject: &'a str,
    owner: &'a str,
    reason: &'a str,
    expires: Datetime,
    facts: &'a str,
}

/// Returns the waivers that a file of these bytes holds; `codes` are those of the checks there are.
pub fn parse(bytes: &[u8], path: &Path, codes: &[&str]) -> Result<Vec<Waiver>, Failure> {
    let text = FILE.text(bytes, path)?;
    waivers(text, path, codes).map_err(|mistake| FILE.wrong(mistake, path, text))
}

/// Returns the bytes of a waivers file with one more waiver at its end, without the addresses that somebody typed into it. What
/// is there stays as it is, comments included.
///
/// A waiver that could not be read back is refused, so that a file that was fine stays so.
pub fn with(bytes: &[u8], waiver: &Waiver, path: &Path, codes: &[&str]) -> Result<String, Failure> {
    let earlier = parse(bytes, path, codes)?;
    let mut text = FILE.text(bytes, path)?.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let waiver = &waiver.without_typed_addresses();
    text.push_str(&part(waiver)?);
    let read = parse(text.as_bytes(), path, codes)?;
    // A file that ends within a table of its own would take the part for something else.
    let is_kept = read.split_last().is_some_and(|(last, others)| {
        let same = Waiver {
            place: last.place.clone(),
            ..waiver.clone()
        };
        *last == same && others == earlier
    });
    if is_kept {
        Ok(text)
    } else {
        let what = format!("The waiver does not fit into {}.", path.display());
        Err(Failure::new(FailureKind::Bug, what).hint("add it by hand, as the others are written"))
    }
}

fn part(waiver: &Waiver) -> Result<String, Failure> {
    let wrong = |error: &(dyn std::error::Error + 'static)| {
        Failure::new(FailureKind::Bug, "The waiver cannot be written down.").because_of(error)
    };
    let expires = waiver.expires.format("%Y-%m-%d").to_string();
    let part = NewPart {
        waiver: [NewWaiver {
            code: &waiver.code,
            subject: &waiver.subject,
            owner: &waiver.owner,
            reason: &waiver.reason,
            expires: expires.parse().map_err(|error| wrong(&error))?,
            facts: &waiver.facts,
        }],
    };
    toml::to_string(&part).map_err(|error| wrong(&error))
}

fn waivers(text: &str, path: &Path, codes: &[&str]) -> Result<Vec<Waiver>, Mistake> {
    let written: Written = toml::from_str(text).map_err(|error| FILE.misread(&error, text))?;
    let file = path
        .file_name()
        .map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
    let mut lines: HashMap<(String, String), usize> = HashMap::new();
    let mut waivers = Vec::new();
    // Lines are counted from the part before: from the top each time, a long file would take its square.
    let (mut counted, mut line) = (0, 1);
    for waiver in written.waiver {
        let at = waiver.span();
        line += position(
            text.get(counted..).unwrap_or_default(),
            at.start.saturating_sub(counted),
        )
        .0 - 1;
        counted = at.start;
        let place = format!("{}:{line}", neutral(&file));
        let waiver = one(waiver.into_inner(), &at, place, codes)?;
        let key = (waiver.code.clone(), waiver.subject.clone());
        if let Some(first) = lines.insert(key, line) {
            let reason = format!(
                "line {first} waives {} of “{}” already",
                waiver.code,
                neutral(&waiver.subject)
            );
            return Err(Mistake::new(reason, "keep the one that is meant").at(at));
        }
        waivers.push(waiver);
    }
    Ok(waivers)
}

fn one(written: WrittenWaiver, at: &Range<usize>, place: String, codes: &[&str]) -> Result<Waiver, Mistake> {
    let (check, code_at) = needed(written.code, at, "code", "code = \"PL05\"")?;
    let check = code(&check, codes).map_err(|mistake| mistake.at(code_at))?;
    let (subject, _) = needed(
        written.subject,
        at,
        "subject",
        "subject = \"clara-jensen\": an ARN, an alias or a name, as the finding shows it",
    )?;
    let (owner, _) = needed(
        written.owner,
        at,
        "owner",
        "owner = \"Olga\": a waiver is somebody's decision",
    )?;
    let (reason, reason_at) = needed(
        written.reason,
        at,
        "reason",
        "reason = \"…\" that the next reviewer understands",
    )?;
    if reason.chars().count() > MAX_REASON {
        let mistake = Mistake::new(
            format!("the reason is longer than {MAX_REASON} characters"),
            "name the ticket or page that has the rest",
        );
        return Err(mistake.at(reason_at));
    }
    let where_found = format!("“callsheet scan --only {check} --format json” shows it as facts");
    let (facts, facts_at) = needed(written.facts, at, "facts", &format!("facts = \"…\"; {where_found}"))?;
    if facts.len() != FACTS_LENGTH || !facts.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        let mistake = Mistake::new(
            format!(
                "“{}” is no fingerprint of facts",
                neutral(&facts.chars().take(40).collect::<String>())
            ),
            where_found,
        );
        return Err(mistake.at(facts_at));
    }
    Ok(Waiver {
        code: check,
        subject,
        owner,
        reason,
        expires: day(written.expires, at)?,
        facts,
        place,
    })
}

/// Returns a text that has to be there and not be empty, with its place.
fn needed(
    written: Option<Spanned<String>>,
    at: &Range<usize>,
    name: &str,
    example: &str,
) -> Result<(String, Range<usize>), Mistake> {
    let hint = format!("add a line such as {example}");
    let Some(written) = written else {
        return Err(Mistake::new(format!("the waiver has no {name}"), hint).at(at.clone()));
    };
    let place = written.span();
    let text = written.into_inner();
    if text.trim().is_empty() {
        return Err(Mistake::new(format!("the {name} is empty"), hint).at(place));
    }
    Ok((text, place))
}

fn day(written: Option<Spanned<WrittenDay>>, at: &Range<usize>) -> Result<NaiveDate, Mistake> {
    let hint = "write the last day on which it holds, such as expires = 2026-12-31";
    let written = written.ok_or_else(|| Mistake::new("the waiver has no expires", hint).at(at.clone()))?;
    let place = written.span();
    let text = match written.into_inner() {
        WrittenDay::Quoted(text) => text,
        WrittenDay::Bare(day) => day.to_string(),
    };
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == "2026-12-31".len())
        .ok_or_else(|| {
            let text: String = text.chars().take(40).collect();
            Mistake::new(format!("“{}” is no day", neutral(&text)), hint).at(place)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::typed::without_addresses;
    use proptest::prelude::*;

    const CODES: &[&str] = &["CH01", "ES12", "PL05"];

    const ONE: &str = "[[waiver]]\ncode = \"PL05\"\nsubject = \"clara-jensen\"\nowner = \"Olga\"\n\
                       reason = \"The call is for emergencies.\"\nexpires = 2026-12-31\nfacts = \"0123456789abcdef\"\n";

    fn read(text: &str) -> Result<Vec<Waiver>, String> {
        parse(text.as_bytes(), Path::new("dir/waivers.toml"), CODES).map_err(|failure| failure.to_string())
    }

    fn waiver() -> Waiver {
        Waiver {
            code: "PL05".to_owned(),
            subject: "clara-jensen".to_owned(),
            owner: "Olga".to_owned(),
            reason: "The call is for emergencies.".to_owned(),
            expires: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
            facts: "0123456789abcdef".to_owned(),
            place: "waivers.toml:1".to_owned(),
        }
    }

    fn added(text: &str, waiver: &Waiver) -> Result<String, String> {
        with(text.as_bytes(), waiver, Path::new("waivers.toml"), CODES).map_err(|failure| failure.to_string())
    }

    #[track_caller]
    fn refused(text: &str, (line, column): (u32, u32), reason: &str, hint: &str) {
        let failure = read(text).unwrap_err();
        let place = format!("The waivers file dir/waivers.toml is wrong in line {line}, column {column}.\n");
        assert!(failure.starts_with(&place), "{text}: {failure}");
        assert!(failure.contains(reason) && failure.contains(hint), "{text}: {failure}");
    }

    #[test]
    fn a_waiver_is_read_with_its_place() {
        assert_eq!(read("").unwrap(), []);
        assert_eq!(read(ONE).unwrap(), [waiver()]);
        let text = format!(
            "# ours\n\n{ONE}\n{}",
            ONE.replace("PL05", "CH01").replace("2026-12-31", "\"2026-12-31\"")
        );
        let places: Vec<String> = read(&text).unwrap().into_iter().map(|waiver| waiver.place).collect();
        assert_eq!(places, ["waivers.toml:3", "waivers.toml:11"]);
    }

    #[test]
    fn what_is_missing_or_empty_is_told_with_an_example() {
        for (line, name, hint) in [
            ("code = \"PL05\"\n", "code", "code = \"PL05\""),
            ("subject = \"clara-jensen\"\n", "subject", "an ARN, an alias or a name"),
            ("owner = \"Olga\"\n", "owner", "somebody's decision"),
            (
                "reason = \"The call is for emergencies.\"\n",
                "reason",
                "the next reviewer",
            ),
            ("expires = 2026-12-31\n", "expires", "expires = 2026-12-31"),
            (
                "facts = \"0123456789abcdef\"\n",
                "facts",
                "“callsheet scan --only PL05 --format json”",
            ),
        ] {
            refused(
                &ONE.replace(line, ""),
                (1, 1),
                &format!("the waiver has no {name}"),
                hint,
            );
        }
        refused(&ONE.replace("Olga", "  "), (4, 9), "the owner is empty", "add a line");
        refused(
            &ONE.replace("The call is for emergencies.", ""),
            (5, 10),
            "the reason is empty",
            "add a line",
        );
    }

    #[test]
    fn what_cannot_be_is_told_with_its_place() {
        refused(
            &ONE.replace("PL05", "PL50"),
            (2, 8),
            "there is no check “PL50”",
            "did you mean “PL05”?",
        );
        refused(
            &ONE.replace("owner", "ownr"),
            (4, 1),
            "no setting “ownr”",
            "did you mean “owner”?",
        );
        refused(
            &ONE.replace("[[waiver]]", "[[waver]]"),
            (1, 3),
            "no setting “waver”",
            "“waiver”",
        );
        for day in [
            "\"soon\"",
            "2026-12-31T00:00:00Z",
            "10:00:00",
            "\"2026-02-30\"",
            "\"26-1-1\"",
        ] {
            refused(&ONE.replace("2026-12-31", day), (6, 11), "is no day", "such as expires");
        }
        refused(&ONE.replace("2026-12-31", "7"), (6, 11), "", "expires");
        for facts in ["abc", "0123456789ABCDEF", "0123456789abcdeg"] {
            refused(
                &ONE.replace("0123456789abcdef", facts),
                (7, 9),
                "is no fingerprint of facts",
                "--only PL05",
            );
        }
        let long = "x".repeat(MAX_REASON + 1);
        refused(
            &ONE.replace("The call is for emergencies.", &long),
            (5, 10),
            "longer than 2000",
            "ticket",
        );
        refused(
            &format!("{ONE}{ONE}"),
            (8, 1),
            "line 1 waives PL05 of “clara-jensen” already",
            "keep the one",
        );
    }

    #[test]
    fn a_new_waiver_goes_behind_what_is_there() {
        assert_eq!(added("", &waiver()).unwrap(), ONE);
        let before = format!(
            "# Agreed on in the review of spring.\n{}# the end",
            ONE.replace("PL05", "CH01")
        );
        let text = added(&before, &waiver()).unwrap();
        assert_eq!(text, format!("{before}\n\n{ONE}"));
        assert_eq!(read(&text).unwrap().len(), 2);
    }

    #[test]
    fn a_waiver_that_would_spoil_the_file_is_refused() {
        assert!(added(ONE, &waiver()).unwrap_err().contains("already"));
        let unknown = Waiver {
            code: "XX99".to_owned(),
            ..waiver()
        };
        assert!(added("", &unknown).unwrap_err().contains("there is no check"));
        // A list within one line cannot be added to.
        assert!(added("waiver = []\n", &waiver()).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            subject in "[^\\s]\\PC{0,20}[^\\s]",
            owner in "[^\\s]\\PC{0,20}",
            reason in "x[\"'\\\\\n\t\u{202e}\u{1b}#=\\[\\]a-zé]{0,30}",
        ) {
            let hostile = Waiver { subject, owner, reason, ..waiver() };
            let text = added("# first\n", &hostile).unwrap();
            let read = read(&text).unwrap();
            prop_assert_eq!(&read[0].subject, &hostile.subject);
            // What looks like an address is masked before it is written.
            prop_assert_eq!(&read[0].owner, &without_addresses(&hostile.owner));
            prop_assert_eq!(&read[0].reason, &without_addresses(&hostile.reason));
        }

        #[test]
        fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            parse(&bytes, Path::new("waivers.toml"), CODES).ok();
        }

        #[test]
        fn no_text_stops_the_reader(lines in prop::collection::vec("(\\[\\[waiver\\]\\]|(code|facts|expires|x) = [0-9\"a-f:T-]{0,14})", 0..10)) {
            parse(lines.join("\n").as_bytes(), Path::new("waivers.toml"), CODES).ok();
        }
    }
}

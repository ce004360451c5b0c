//! A ledger for people and for scripts: its records, and what was checked of it.

use super::lines::{Breaks, Cell, Layout, Lines, Row};
use crate::{
    domain::{
        ids::Scope,
        text::{json_safe, neutral},
    },
    failure::Failure,
    ledger::{
        Entry,
        chain::{Chain, Remembered, State},
        hash::RecordHash,
        record::{Record, instant},
    },
};
use anstyle::Style;
use serde_json::{Value, json};
use std::path::Path;

/// The form of the JSON object: its number changes when a field goes away or changes its meaning.
pub const SCHEMA: &str = "callsheet.ledger/1";

/// How much of a value is told in a line: enough for an ARN.
const MAX_VALUE: usize = 120;

/// How many numbers of records are told before the rest is counted.
const MAX_NUMBERS: usize = 5;

/// Which records are shown.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Those of one of these kinds; of any where none is named.
    pub kinds: Vec<String>,
    /// Those whose line holds this text, in whatever case.
    pub text: Option<String>,
    /// Whether the oldest come first.
    pub is_oldest_first: bool,
}

impl Selection {
    /// Returns the records that are shown, in their order, each with whether the chain proves it.
    fn records<'a>(&self, chain: &'a Chain) -> Vec<(bool, &'a Record)> {
        let text = self.text.as_deref().map(str::to_lowercase);
        let holds = |record: &Record, text: &str| {
            let line = record.line().unwrap_or_default();
            String::from_utf8_lossy(&line).to_lowercase().contains(text)
        };
        let proven_count = chain.proven().len();
        let mut shown: Vec<(bool, &Record)> = chain
            .records
            .iter()
            .enumerate()
            .map(|(index, record)| (index < proven_count, record))
            .filter(|(_, record)| self.kinds.is_empty() || self.kinds.contains(&record.kind))
            .filter(|(_, record)| text.as_deref().is_none_or(|text| holds(record, text)))
            .collect();
        if !self.is_oldest_first {
            shown.reverse();
        }
        shown
    }
}

/// Returns records as lines for people, after those that say which ledger it is.
pub fn table(path: &Path, chain: &Chain, selection: &Selection, layout: Layout) -> String {
    let mut lines = Lines::new(layout, Breaks::Hyphens);
    lines.labelled("ledger", "", "", &about(path, &chain.state));
    lines.whole("records", "", "", &state_in_words(&chain.state));
    let shown = selection.records(chain);
    if shown.is_empty() {
        lines.blank();
        lines.paragraph("No record is as it was asked for.");
    }
    let number_width = chain.state.proven_count.to_string().len();
    for (number, (is_proven, record)) in (1..).zip(&shown) {
        row(&mut lines, *is_proven, record, (number, shown.len()), number_width);
    }
    lines.into_text()
}

fn row(lines: &mut Lines, is_proven: bool, record: &Record, place: (usize, usize), number_width: usize) {
    let (mark, proven) = if is_proven { (' ', "yes") } else { ('?', "no") };
    let (seq, at, kind) = (record.seq, instant(record.at), neutral(&record.kind));
    let who = format!("{}@{}", neutral(&record.actor.user), neutral(&record.actor.host));
    let mut rest = vec![
        Cell::shown(format!("{kind} · ")),
        Cell::new("by", format!("{who} · "), who),
    ];
    for (index, (key, value)) in record.object().iter().enumerate() {
        let (between, key, value) = (if index == 0 { "" } else { ", " }, neutral(key), told(value));
        rest.push(Cell::new(key.clone(), format!("{between}{key}: {value}"), value));
    }
    lines.row(&Row {
        kind: "record",
        place,
        name: &kind,
        start: vec![
            Cell::new("proven", mark, proven),
            Cell::new("number", format!("{seq:>number_width$}  "), seq.to_string()),
            Cell::new("at", format!("{at}  "), at),
        ],
        hang: Some(number_width.saturating_add(3)),
        rest,
        style: Style::new(),
    });
}

fn told(value: &Value) -> String {
    let text = match value {
        Value::String(text) => neutral(text).into_owned(),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            format!("({})", items.len())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            neutral(&value.to_string()).into_owned()
        }
    };
    if text.chars().count() > MAX_VALUE {
        let start: String = text.chars().take(MAX_VALUE).collect();
        format!("{start}…")
    } else {
        text
    }
}

fn about(path: &Path, state: &State) -> String {
    let scope = state.scope().map_or_else(
        || "no account yet".to_owned(),
        |scope| neutral(&scope_in_words(scope)).into_owned(),
    );
    format!("{} · {scope}", neutral(&path.display().to_string()))
}

fn scope_in_words(scope: &Scope) -> String {
    match &scope.endpoint {
        None => format!("account {} in {}", scope.account, scope.region),
        Some(endpoint) => format!("account {} in {} at {endpoint}", scope.account, scope.region),
    }
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}

fn state_in_words(state: &State) -> String {
    let count = records(state.proven_count);
    match (&state.fault, state.torn()) {
        (Some(fault), _) => format!(
            "BROKEN at line {}: {}. Proven until there: {count}. A ? marks what comes after.",
            fault.line, fault.defect
        ),
        (None, Some(torn)) => format!(
            "{count}, head {}; after them a torn line of {} bytes",
            state.head,
            torn.len()
        ),
        (None, None) => format!("{count}, head {}", state.head),
    }
}

/// Returns records as JSON: each with all that is written in it, and what is known of the ledger as a whole.
pub fn json(path: &Path, chain: &Chain, selection: &Selection) -> String {
    let state = &chain.state;
    let (proven, unproven): (Vec<_>, Vec<_>) = selection
        .records(chain)
        .into_iter()
        .partition(|(is_proven, _)| *is_proven);
    let only = |records: Vec<(bool, &Record)>| -> Value { records.iter().map(|(_, record)| json!(record)).collect() };
    let fault = state.fault.as_ref().map(|fault| {
        json!({
            "line": fault.line,
            "what": fault.defect.to_string(),
            "remedy": fault.defect.remedy(),
        })
    });
    let object = json!({
        "schema": SCHEMA,
        "file": path.display().to_string(),
        "scope": state.scope(),
        "record_count": state.proven_count,
        "head": state.head,
        "fault": fault,
        "torn_byte_count": state.torn().map(<[u8]>::len),
        "records": only(proven),
        "unproven_records": only(unproven),
    });
    json_safe(&format!("{object:#}\n"))
}

/// What was asked of a ledger, and what came of it.
#[derive(Debug)]
pub struct Verification<'a> {
    /// The file.
    pub path: &'a Path,
    /// What stands in it.
    pub chain: &'a Chain,
    /// The hash that was noted earlier.
    pub head: Option<RecordHash>,
    /// Whether the signatures of its sign-offs were checked, and what is wrong with them.
    pub signatures: Option<Signatures>,
    /// What came of the files that its records of readings name.
    pub files: Files,
}

/// What came of the files beside a ledger: the rows that reviews looked at, and what was found in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    /// How many hold what their names say.
    pub good: usize,
    /// Which are missing or hold something else, by the record that names them, and why.
    pub bad: Vec<(u64, String)>,
    /// Why none was looked at; absent where they were.
    pub unchecked: Option<String>,
}

/// What came of the signatures of the sign-offs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signatures {
    /// Who signed which record, as the file of allowed signers names them.
    pub good: Vec<(u64, String)>,
    /// Which sign-offs are not signed, or not rightly, and why.
    pub bad: Vec<(u64, String)>,
}

impl Files {
    /// Takes in what came of the file that a record names.
    pub fn take(&mut self, seq: u64, what: &str, digest: &str, found: Result<Option<()>, Failure>) {
        match found {
            Ok(Some(())) => self.good = self.good.saturating_add(1),
            Ok(None) => self
                .bad
                .push((seq, format!("the file of the {what} {digest} is missing"))),
            Err(failure) => {
                let why = failure.why().join("; ");
                self.bad.push((seq, format!("{} {why}", failure.what())));
            }
        }
    }
}

impl Verification<'_> {
    /// Returns whether all that was asked checks.
    pub fn is_good(&self) -> bool {
        let State { fault, .. } = &self.chain.state;
        fault.is_none()
            && self.chain.state.torn().is_none()
            && self.wrong_sign_offs().is_empty()
            && self.remembered() != Some(Remembered::IsMissing)
            && self.files.bad.is_empty()
            && self
                .signatures
                .as_ref()
                .is_none_or(|signatures| signatures.bad.is_empty())
    }

    fn remembered(&self) -> Option<Remembered> {
        self.head.map(|head| self.chain.remembered(head))
    }

    /// Returns the numbers of the sign-offs that name another head than the one they stand behind.
    fn wrong_sign_offs(&self) -> Vec<u64> {
        let is_wrong = |record: &&Record| match record.entry() {
            Ok(Entry::SignOff(sign_off)) => sign_off.head != record.prev.to_string(),
            _ => false,
        };
        let sign_offs = self.chain.proven().iter().filter(|record| record.kind == "sign_off");
        sign_offs.filter(is_wrong).map(|record| record.seq).collect()
    }

    /// Returns everything that was checked and what came of it, in lines for people.
    pub fn text(&self, layout: Layout) -> String {
        let state = &self.chain.state;
        let mut lines = vec![("ledger", about(self.path, state))];
        lines.push(("records", self.extent()));
        lines.push(("head", state.head.to_string()));
        if !state.kinds.is_empty() {
            let kinds: Vec<String> = state
                .kinds
                .iter()
                .map(|(kind, count)| format!("{} {count}", neutral(kind)))
                .collect();
            lines.push(("kinds", kinds.join(", ")));
        }
        lines.extend(self.not_understood().map(|told| ("unknown", told)));
        if !state.clock_set_back.is_empty() {
            let told = numbers(
                "older than the one before, so the clock was set back",
                &state.clock_set_back,
            );
            lines.push(("clock", told));
        }
        lines.extend(self.remembered().map(|remembered| ("noted", noted(remembered))));
        lines.extend(self.signatures.iter().flat_map(signature_lines));
        lines.extend(file_lines(&self.files));
        let wrong = self.wrong_sign_offs();
        if !wrong.is_empty() {
            lines.push((
                "sign-off",
                numbers("a sign-off of another head than that of the record before it", &wrong),
            ));
        }
        lines.push(("result", self.result()));
        let mut text = Lines::new(layout, Breaks::Hyphens);
        if text.is_plain() {
            // What it comes to is what is listened for.
            lines.rotate_right(1);
        }
        for (name, line) in lines {
            let start = format!("{name:10}");
            let hang = " ".repeat(start.len());
            if name == "head" {
                text.whole(name, &start, &hang, &line);
            } else {
                text.labelled(name, &start, &hang, &line);
            }
        }
        text.into_text()
    }

    fn extent(&self) -> String {
        let state = &self.chain.state;
        let count = state.proven_count;
        match (state.first_at, state.last_at) {
            (Some(first), Some(last)) => format!("{count}, from {} to {}", instant(first), instant(last)),
            _ => count.to_string(),
        }
    }

    /// Says which records this version makes no sense of. They are proven all the same.
    fn not_understood(&self) -> Option<String> {
        let reasons: Vec<(u64, String)> = self
            .chain
            .proven()
            .iter()
            .filter_map(|record| record.entry().err().map(|why| (record.seq, why.to_string())))
            .collect();
        let (seq, why) = reasons.first()?;
        let rest = match reasons.len() {
            1 => String::new(),
            count => format!("; and {} more", count - 1),
        };
        Some(format!("record {seq}: {why}{rest}"))
    }

    fn result(&self) -> String {
        let state = &self.chain.state;
        if let Some(fault) = &state.fault {
            return format!(
                "BROKEN at line {}: {}. Next: {}.",
                fault.line,
                fault.defect,
                fault.defect.remedy()
            );
        }
        if let Some(torn) = state.torn() {
            return format!(
                "TORN: line {} has {} bytes and no end, as after a power cut. Nobody was told that it was recorded. The \
                 next record sets it aside.",
                state.line_count.saturating_add(1),
                torn.len()
            );
        }
        if !self.is_good() {
            return "NOT AS IT SHOULD BE: every record follows from the one before it, but see above.".to_owned();
        }
        let unsaid = if self.head.is_some() {
            ""
        } else {
            " That the end was not cut off only a head shows that was noted elsewhere: --head."
        };
        format!("sound: every record follows from the one before it.{unsaid}")
    }
}

fn noted(remembered: Remembered) -> String {
    match remembered {
        Remembered::IsHead => "the hash that was noted is that of the last record".to_owned(),
        Remembered::IsEarlier { seq, later_count } => format!(
            "the hash that was noted is that of record {seq}; {} came later, and nothing before is missing",
            records(later_count)
        ),
        Remembered::IsMissing => {
            "MISSING: no record that is proven has the hash that was noted, so the ledger was cut short or written anew"
                .to_owned()
        }
    }
}

fn signature_lines(signatures: &Signatures) -> Vec<(&'static str, String)> {
    let Signatures { good, bad } = signatures;
    let good = good
        .iter()
        .map(|(seq, who)| format!("record {seq}: signed by {}", neutral(who)));
    let bad = bad
        .iter()
        .map(|(seq, why)| format!("record {seq}: BAD: {}", neutral(why)));
    let all: Vec<String> = good.chain(bad).collect();
    if all.is_empty() {
        vec![("signature", "there is no sign-off".to_owned())]
    } else {
        all.into_iter().map(|line| ("signature", line)).collect()
    }
}

fn file_lines(files: &Files) -> Vec<(&'static str, String)> {
    let Files { good, bad, unchecked } = files;
    let unchecked = unchecked.iter().map(|why| format!("not checked: {why}"));
    let good = (*good > 0).then(|| match good {
        1 => "1 file of rows or findings holds what its name says".to_owned(),
        count => format!("{count} files of rows and findings hold what their names say"),
    });
    let bad = bad
        .iter()
        .map(|(seq, why)| format!("record {seq}: BAD: {}", neutral(why)));
    unchecked.chain(good).chain(bad).map(|line| ("files", line)).collect()
}

fn numbers(what: &str, numbers: &[u64]) -> String {
    let told: Vec<String> = numbers.iter().take(MAX_NUMBERS).map(u64::to_string).collect();
    let rest = match numbers.len().saturating_sub(MAX_NUMBERS) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    format!("record {}{rest}: {what}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::sample::minute,
        ledger::{
            record::Content,
            sample::{content, ledger, scope, writer},
        },
    };

    /// Returns a ledger with something of everything.
    fn chain() -> Chain {
        let raw = |kind: &str, data: &str| Content {
            kind: kind.to_owned(),
            data: serde_json::value::RawValue::from_string(data.to_owned()).unwrap(),
        };
        let mut bytes = ledger(2);
        let mut state = State::new(None);
        state.read(&bytes);
        let long = "a word and ".repeat(20);
        for (at, content) in [
            (4, content(&long)),
            (3, content("\u{1b}[2J\u{202e}hostile")),
            (5, raw("dream", r#"{"of":[1,2],"in":[{"a":1}],"at":{"x":null}}"#)),
            (6, raw("note", r#"{"said":"in another way"}"#)),
        ] {
            let composed = state.compose(&writer(), minute(at), [content]).unwrap();
            bytes.extend(composed.bytes);
            state = composed.state;
        }
        Chain::read(&bytes, Some(&scope()))
    }

    fn path() -> &'static Path {
        Path::new("data/111122223333/eu-west-1/ledger.jsonl")
    }

    fn verification(chain: &Chain) -> Verification<'_> {
        Verification {
            path: path(),
            chain,
            head: None,
            signatures: None,
            files: Files::default(),
        }
    }

    #[test]
    fn the_table_keeps_its_form() {
        insta::assert_snapshot!(table(path(), &chain(), &Selection::default(), Layout::of_width(100)));
    }

    #[test]
    fn the_object_keeps_its_form() {
        let chain = Chain::read(&ledger(1), None);
        insta::assert_snapshot!(json(path(), &chain, &Selection::default()));
    }

    #[test]
    fn what_was_checked_keeps_its_form() {
        insta::assert_snapshot!(verification(&chain()).text(Layout::of_width(100)));
    }

    #[test]
    fn lines_keep_to_their_width_and_nothing_harmful_is_left() {
        let chain = chain();
        let texts = [
            table(path(), &chain, &Selection::default(), Layout::of_width(60)),
            verification(&chain).text(Layout::of_width(80)),
        ];
        for (text, width) in texts.iter().zip([60, 80]) {
            let too_long = text.lines().find(|line| line.chars().count() > width);
            // A hash is not broken in two.
            assert!(
                too_long.is_none_or(|line| line.contains(&chain.state.head.to_string())),
                "{too_long:?}"
            );
            assert!(
                !text.replace('\n', "").chars().any(crate::domain::text::is_harmful),
                "{text}"
            );
        }
    }

    #[test]
    fn a_selection_narrows_and_turns_around() {
        let chain = chain();
        let numbers = |selection: &Selection| -> Vec<u64> {
            selection.records(&chain).iter().map(|(_, record)| record.seq).collect()
        };
        assert_eq!(numbers(&Selection::default()), [6, 5, 4, 3, 2, 1]);
        let kinds = vec!["dream".to_owned(), "other".to_owned()];
        assert_eq!(
            numbers(&Selection {
                kinds,
                ..Selection::default()
            }),
            [5]
        );
        let text = Some("NOTE 1".to_owned());
        assert_eq!(
            numbers(&Selection {
                text,
                ..Selection::default()
            }),
            [1]
        );
        let is_oldest_first = true;
        assert_eq!(
            numbers(&Selection {
                is_oldest_first,
                ..Selection::default()
            }),
            [1, 2, 3, 4, 5, 6]
        );
    }

    #[test]
    fn what_does_not_check_is_told_and_makes_it_bad() {
        let whole = ledger(3);
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let head = Chain::read(&whole, None).state.head;
        let good = Chain::read(&whole, None);
        let broken = Chain::read(&[lines[0], lines[2]].concat(), None);
        let torn = Chain::read(&whole[..whole.len() - 5], None);
        let cut = Chain::read(&[lines[0], lines[1]].concat(), None);
        let bad = Signatures {
            good: Vec::new(),
            bad: vec![(2, "the sign-off is not signed".to_owned())],
        };
        for (chain, head, signatures, told, is_good) in [
            (&good, None, None, "--head", true),
            (&good, Some(head), None, "that of the last record", true),
            (
                &good,
                Some(head),
                Some(Signatures::default()),
                "there is no sign-off",
                true,
            ),
            (
                &good,
                Some(head),
                Some(bad),
                "record 2: BAD: the sign-off is not signed",
                false,
            ),
            (
                &broken,
                None,
                None,
                "BROKEN at line 2: record 3 stands where record 2 belongs",
                false,
            ),
            (&torn, None, None, "TORN: line 3 has", false),
            (&cut, None, None, "sound", true),
            (&cut, Some(head), None, "MISSING", false),
        ] {
            let verification = Verification {
                head,
                signatures,
                ..verification(chain)
            };
            assert_eq!(verification.is_good(), is_good, "{told}");
            let text = verification.text(Layout::of_width(1000));
            assert!(text.contains(told), "{told} in\n{text}");
            assert_eq!(text.contains("sound:"), is_good, "{text}");
        }
    }

    #[test]
    fn what_comes_after_a_bad_record_is_marked() {
        let whole = ledger(3);
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let chain = Chain::read(&[lines[0], b"{}\n", lines[0], lines[2]].concat(), None);
        let text = table(path(), &chain, &Selection::default(), Layout::of_width(100));
        assert_eq!(text.lines().filter(|line| line.starts_with('?')).count(), 2, "{text}");
        let object: Value = serde_json::from_str(&json(path(), &chain, &Selection::default())).unwrap();
        assert_eq!(
            (object["records"].as_array().unwrap().len(), &object["fault"]["line"]),
            (1, &json!(2))
        );
        assert_eq!(object["unproven_records"].as_array().unwrap().len(), 2);
    }
}

//! A whole ledger, read from its first byte: the records, and whether the chain holds.
//!
//! Reading goes on after the first bad record, because what stands after it may still be wanted; but it proves nothing
//! any more, and nothing may be written. The form of broken lines is not trusted in any way: whatever the bytes are,
//! the answer is a [`State`] that names the line.

use super::{
    hash::RecordHash,
    line::{Defect, LineReader, MAX_BYTES},
    record::{Content, Record, Writer},
};
use crate::{
    domain::{Timestamp, ids::Scope, text::neutral},
    failure::{Failure, FailureKind},
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// The first bad record of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line where it stands, from 1. In a ledger that is sound, record and line have the same number.
    pub line: u64,
    /// What is wrong with it.
    pub defect: Defect,
}

impl Fault {
    /// Returns the fault as a person is told of it.
    pub fn failure(&self, path: &Path) -> Failure {
        let what = format!("The ledger {} does not check at line {}.", path.display(), self.line);
        Failure::new(FailureKind::Disk, what)
            .because(self.defect.to_string())
            .hint(self.defect.remedy())
    }
}

/// Whether a hash that was noted earlier is in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered {
    /// It is that of the last record: nothing was added and nothing is missing.
    IsHead,
    /// It is that of an earlier record: nothing is missing, and some were added.
    IsEarlier {
        /// The number of that record.
        seq: u64,
        /// How many came after it.
        later_count: u64,
    },
    /// No record has it: the ledger was cut short, or written anew.
    IsMissing,
}

/// A ledger with everything that stands in it.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Every record that could be read, in the order of the file. Those up to [`State::proven_count`] are proven.
    pub records: Vec<Record>,
    /// What is known of the ledger as a whole.
    pub state: State,
}

impl Chain {
    /// Reads the bytes of a whole ledger; of one that is known to be about `scope`, where it is.
    pub fn read(bytes: &[u8], scope: Option<&Scope>) -> Self {
        let mut state = State::new(scope);
        let records = state.read(bytes);
        Self { records, state }
    }

    /// Returns the records that the chain proves.
    pub fn proven(&self) -> &[Record] {
        let count = usize::try_from(self.state.proven_count).unwrap_or(usize::MAX);
        self.records.get(..count).unwrap_or(&self.records)
    }

    /// Looks for a hash that was noted earlier among the records that the chain proves.
    pub fn remembered(&self, hash: RecordHash) -> Remembered {
        let proven = self.proven();
        let seq = if hash == RecordHash::ZERO {
            Some(0)
        } else {
            proven
                .iter()
                .find(|record| record.hash == hash)
                .map(|record| record.seq)
        };
        match (seq, self.state.proven_count) {
            (None, _) => Remembered::IsMissing,
            (Some(seq), last) if seq == last => Remembered::IsHead,
            (Some(seq), last) => Remembered::IsEarlier {
                seq,
                later_count: last.saturating_sub(seq),
            },
        }
    }
}

/// What is known of a ledger without its records; it grows with every piece of the file.
#[derive(Debug, Clone)]
pub struct State {
    scope: Option<Arc<Scope>>,
    /// How many records are proven: those before the first fault.
    pub proven_count: u64,
    /// The hash of the last record that is proven.
    pub head: RecordHash,
    /// The first bad record.
    pub fault: Option<Fault>,
    /// When the first record that is proven was written.
    pub first_at: Option<Timestamp>,
    /// When the last record that is proven was written.
    pub last_at: Option<Timestamp>,
    /// The numbers of the records that are older than the record before them: the clock was put back. No fault.
    pub clock_set_back: Vec<u64>,
    /// How many records there are of each kind, among those that are proven.
    pub kinds: BTreeMap<String, u64>,
    /// How many bytes the whole lines take.
    pub length: u64,
    /// How many whole lines there are.
    pub line_count: u64,
    /// What stands after the last line end.
    torn: Vec<u8>,
    /// Whether the line that is under way is longer than any record, so that its bytes are not kept.
    is_overlong: bool,
    overlong_length: u64,
    reader: LineReader,
}

impl State {
    /// Returns the state of a ledger of which nothing has been read yet.
    pub fn new(scope: Option<&Scope>) -> Self {
        Self {
            scope: scope.cloned().map(Arc::new),
            proven_count: 0,
            head: RecordHash::ZERO,
            fault: None,
            first_at: None,
            last_at: None,
            clock_set_back: Vec::new(),
            kinds: BTreeMap::new(),
            length: 0,
            line_count: 0,
            torn: Vec::new(),
            is_overlong: false,
            overlong_length: 0,
            reader: LineReader::default(),
        }
    }

    /// Returns what the ledger is about, once that is known.
    pub fn scope(&self) -> Option<&Scope> {
        self.scope.as_deref()
    }

    /// Returns what stands after the last line end: a record that was not written to its end.
    pub fn torn(&self) -> Option<&[u8]> {
        (!self.torn.is_empty()).then_some(&*self.torn)
    }

    /// Forgets what stands after the last line end, because the file will be read from there again.
    pub fn forget_torn(&mut self) {
        self.torn.clear();
        self.is_overlong = false;
        self.overlong_length = 0;
    }

    /// Reads the next piece of the file, which may end anywhere, and returns the records whose lines end in it.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(end) = piece.strip_suffix(b"\n") else {
                self.keep(piece);
                break;
            };
            if self.torn.is_empty() && !self.is_overlong {
                records.extend(self.line(end));
                continue;
            }
            self.keep(end);
            let whole = std::mem::take(&mut self.torn);
            records.extend(self.line(&whole));
        }
        records
    }

    /// Keeps the beginning of a line until its end is here.
    fn keep(&mut self, piece: &[u8]) {
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if self.torn.len().saturating_add(piece.len()) > MAX_BYTES || self.is_overlong {
            let kept = u64::try_from(self.torn.len()).unwrap_or(u64::MAX);
            self.overlong_length = self.overlong_length.saturating_add(kept).saturating_add(length);
            self.torn = Vec::new();
            self.is_overlong = true;
            self.fail(self.line_count.saturating_add(1), Defect::TooLong);
        } else {
            self.torn.extend_from_slice(piece);
        }
    }

    /// Reads one whole line.
    fn line(&mut self, line: &[u8]) -> Option<Record> {
        let length = if std::mem::take(&mut self.is_overlong) {
            std::mem::take(&mut self.overlong_length)
        } else {
            u64::try_from(line.len()).unwrap_or(u64::MAX)
        };
        self.length = self.length.saturating_add(length).saturating_add(1);
        self.line_count = self.line_count.saturating_add(1);
        let read = self.reader.read(line).and_then(|record| match &self.fault {
            None => self.follow(&record).map(|()| record),
            Some(_) => Ok(record),
        });
        match read {
            Ok(record) => Some(record),
            Err(defect) => {
                self.fail(self.line_count, defect);
                None
            }
        }
    }

    fn fail(&mut self, line: u64, defect: Defect) {
        self.fault.get_or_insert(Fault { line, defect });
    }

    /// Takes a record as the next one, if it is.
    fn follow(&mut self, record: &Record) -> Result<(), Defect> {
        let expected = self.proven_count.saturating_add(1);
        if record.seq != expected {
            let found = record.seq;
            return Err(Defect::Order { found, expected });
        }
        if record.prev != self.head {
            return Err(Defect::Unlinked);
        }
        let scope = self.scope.get_or_insert_with(|| Arc::clone(&record.scope));
        if *scope != record.scope {
            return Err(Defect::OtherScope {
                found: told(&record.scope),
                expected: told(scope),
            });
        }
        if self.last_at.is_some_and(|last| record.at < last) {
            self.clock_set_back.push(record.seq);
        }
        self.first_at.get_or_insert(record.at);
        self.last_at = Some(record.at);
        self.proven_count = expected;
        self.head = record.hash;
        match self.kinds.get_mut(&record.kind) {
            Some(count) => *count = count.saturating_add(1),
            None => {
                self.kinds.insert(record.kind.clone(), 1);
            }
        }
        Ok(())
    }

    /// Returns the next lines, and the state and the records that they make when they are written.
    ///
    /// They are read back as any reader will read them, so that no record is written that does not check.
    pub fn compose(
        &self,
        writer: &Writer,
        at: Timestamp,
        contents: impl IntoIterator<Item = Content>,
    ) -> Result<Composed, Failure> {
        let unwritable = |why: &dyn std::fmt::Display| {
            Failure::new(FailureKind::Bug, "A record for the ledger could not be written.").because(why.to_string())
        };
        let mut composed = Composed {
            bytes: Vec::new(),
            records: Vec::new(),
            state: self.clone(),
        };
        composed.state.forget_torn();
        for content in contents {
            let state = &mut composed.state;
            let line = writer
                .line((state.proven_count, state.head), at, content)
                .map_err(|error| unwritable(&error))?;
            if line.contains(&b'\n') {
                return Err(unwritable(&"its data has line ends between its parts"));
            }
            let record = state.line(&line);
            if let Some(fault) = &state.fault {
                return Err(unwritable(&fault.defect));
            }
            composed.records.extend(record);
            composed.bytes.extend_from_slice(&line);
            composed.bytes.push(b'\n');
        }
        Ok(composed)
    }
}

/// Records that are ready to be written.
#[derive(Debug)]
pub struct Composed {
    /// Their lines.
    pub bytes: Vec<u8>,
    /// What they hold.
    pub records: Vec<Record>,
    /// The state of the ledger once they are written.
    pub state: State,
}

/// Returns a scope in words.
fn told(scope: &Scope) -> String {
    let Scope {
        account,
        region,
        endpoint,
    } = scope;
    let text = match endpoint {
        None => format!("account {account} in {region}"),
        Some(endpoint) => format!("account {account} in {region} at {endpoint}"),
    };
    neutral(&text).chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::sample::minute,
        ledger::sample::{content, ledger, scope, writer},
    };
    use proptest::prelude::*;

    /// How many records the ledgers have that are broken in every way.
    const COUNT: u8 = 6;

    fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
        bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    }

    /// Returns the line of the first bad record.
    fn bad_line(bytes: &[u8]) -> Option<u64> {
        Chain::read(bytes, None).state.fault.map(|fault| fault.line)
    }

    #[track_caller]
    fn check(bytes: &[u8], line: u64, told: &str) {
        let fault = Chain::read(bytes, Some(&scope())).state.fault.expect("it is broken");
        let failure = fault.failure(Path::new("dir/ledger.jsonl"));
        assert_eq!(fault.line, line, "{failure}");
        assert!(failure.to_string().contains(told), "{failure}");
        assert!(failure.what().contains("dir/ledger.jsonl"), "{failure}");
        assert!(failure.next_action().is_some());
    }

    /// Returns the line that a record of these parts has, with the right hash.
    fn forged(body: &str) -> Vec<u8> {
        let body = body.replace('\'', "\"");
        format!("{body},\"hash\":\"{}\"}}\n", RecordHash::of(body.as_bytes())).into_bytes()
    }

    #[test]
    fn a_sound_ledger_is_proven_to_its_head() {
        let bytes = ledger(3);
        let chain = Chain::read(&bytes, Some(&scope()));
        let State {
            fault, proven_count, ..
        } = &chain.state;
        assert_eq!((fault, *proven_count, chain.records.len()), (&None, 3, 3));
        assert_eq!(chain.state.head, chain.records[2].hash);
        assert_eq!(chain.state.length, u64::try_from(bytes.len()).unwrap());
        assert_eq!(
            (chain.state.first_at, chain.state.last_at),
            (Some(minute(1)), Some(minute(3)))
        );
        assert_eq!(chain.state.kinds, BTreeMap::from([("note".to_owned(), 3)]));
        assert_eq!((chain.state.torn(), chain.state.clock_set_back.len()), (None, 0));
        assert_eq!(Chain::read(b"", None).state.head, RecordHash::ZERO);
    }

    #[test]
    fn what_records_have_in_common_is_kept_once() {
        let chain = Chain::read(&ledger(2), None);
        let [one, other] = chain.records.as_slice() else {
            panic!()
        };
        assert!(Arc::ptr_eq(&one.scope, &other.scope));
        assert!(Arc::ptr_eq(&one.actor, &other.actor));
        assert!(Arc::ptr_eq(&one.tool, &other.tool));
    }

    #[test]
    fn each_byte_that_is_flipped_is_found_in_its_record() {
        let bytes = ledger(COUNT.into());
        let mut line = 1;
        for place in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[place] ^= 1 << (place % 8);
            let chain = Chain::read(&broken, None);
            if place + 1 == bytes.len() {
                assert!(chain.state.torn().is_some(), "without its end the last line is torn");
                assert_eq!(chain.state.proven_count, u64::from(COUNT) - 1);
            } else {
                assert_eq!(chain.state.fault.map(|fault| fault.line), Some(line), "byte {place}");
                assert_eq!(chain.state.proven_count, line - 1);
            }
            line += u64::from(bytes[place] == b'\n');
        }
    }

    #[test]
    fn each_line_that_is_dropped_doubled_or_swapped_is_found() {
        let whole = Chain::read(&ledger(COUNT.into()), None);
        let lines = lines(&ledger(COUNT.into()));
        for (place, line) in (0_usize..).zip(1_u64..=u64::from(COUNT)) {
            let mut dropped = lines.clone();
            dropped.remove(place);
            if place + 1 == lines.len() {
                let cut = Chain::read(&dropped.concat(), None);
                assert_eq!(cut.state.fault, None, "a ledger does not know what was cut off");
                assert_eq!(cut.remembered(whole.state.head), Remembered::IsMissing);
            } else {
                assert_eq!(bad_line(&dropped.concat()), Some(line));
            }
            let mut doubled = lines.clone();
            doubled.insert(place, lines[place].clone());
            assert_eq!(bad_line(&doubled.concat()), Some(line + 1));
            for other in place + 1..lines.len() {
                let mut swapped = lines.clone();
                swapped.swap(place, other);
                assert_eq!(bad_line(&swapped.concat()), Some(line));
            }
        }
    }

    #[test]
    fn wherever_a_ledger_is_cut_the_end_is_torn_or_the_head_is_missing() {
        let bytes = ledger(COUNT.into());
        let head = Chain::read(&bytes, None).state.head;
        for length in 0..bytes.len() {
            let cut = Chain::read(&bytes[..length], None);
            let whole_lines = lines(&bytes[..length])
                .iter()
                .filter(|line| line.ends_with(b"\n"))
                .count();
            let torn = bytes[..length].rsplit(|byte| *byte == b'\n').next().unwrap();
            assert_eq!(cut.records.len(), whole_lines);
            assert_eq!(cut.state.fault, None);
            assert_eq!(cut.state.torn().unwrap_or_default(), torn);
            assert_eq!(cut.remembered(head), Remembered::IsMissing, "cut at {length}");
        }
    }

    #[test]
    fn a_ledger_that_was_written_anew_does_not_have_the_head_that_was_noted() {
        let head = Chain::read(&ledger(3), None).state.head;
        let composed = State::new(None)
            .compose(&writer(), minute(9), [content("nothing was ever wrong")])
            .unwrap();
        let anew = Chain::read(&composed.bytes, None);
        assert_eq!(anew.state.fault, None);
        assert_eq!(anew.remembered(head), Remembered::IsMissing);
    }

    #[test]
    fn a_head_that_was_noted_says_how_many_came_later() {
        let chain = Chain::read(&ledger(3), None);
        let of = |index: usize| chain.remembered(chain.records[index].hash);
        assert_eq!(of(2), Remembered::IsHead);
        assert_eq!(of(0), Remembered::IsEarlier { seq: 1, later_count: 2 });
        assert_eq!(
            chain.remembered(RecordHash::ZERO),
            Remembered::IsEarlier { seq: 0, later_count: 3 }
        );
    }

    #[test]
    fn what_follows_a_bad_record_is_read_and_not_proven() {
        let mut lines = lines(&ledger(4));
        lines[1] = b"{}\n".to_vec();
        let chain = Chain::read(&lines.concat(), None);
        let numbers: Vec<u64> = chain.records.iter().map(|record| record.seq).collect();
        assert_eq!((numbers.as_slice(), chain.proven().len()), ([1, 3, 4].as_slice(), 1));
        assert_eq!(chain.remembered(chain.records[2].hash), Remembered::IsMissing);
    }

    #[test]
    fn it_does_not_matter_in_which_pieces_a_ledger_arrives() {
        let bytes = ledger(4);
        for size in [1, 7, 100, 457, 5000] {
            let mut state = State::new(None);
            let records: Vec<Record> = bytes.chunks(size).flat_map(|piece| state.read(piece)).collect();
            assert_eq!((records.len(), state.head), (4, Chain::read(&bytes, None).state.head));
        }
    }

    #[test]
    fn every_broken_line_is_told_with_its_number_and_a_remedy() {
        let zeros = RecordHash::ZERO;
        let scope = "'scope':{'account':'111122223333','region':'eu-west-1'}";
        let rest = "'actor':{'caller':'c','user':'u','host':'h'},'tool':{'name':'t','version':'1'}";
        let record = |start: &str, scope: &str, end: &str| {
            forged(&format!(
                "{{{start},'at':'2026-11-24T09:30:00.000Z','prev':'{zeros}',{scope},{rest},{end}"
            ))
        };
        let good = "'v':1,'seq':1";
        let end = "'kind':'note','data':{}";
        assert_eq!(bad_line(&record(good, scope, end)), None);
        let other = "'scope':{'account':'444455556666','region':'eu-west-1'}";
        let hostile = "'scope':{'account':'\\u001b[2J','region':'eu-west-1'}";
        for (line, told) in [
            (b"\n".to_vec(), "the line is empty"),
            (b"{}\n".to_vec(), "does not end with a hash"),
            (b"\xff\xfe\n".to_vec(), "does not end with a hash"),
            (b"\0\0\0\0\n".to_vec(), "does not end with a hash"),
            (
                [lines(&ledger(1))[0].trim_ascii_end(), b"\r\n"].concat(),
                "carriage return",
            ),
            (forged("{'v':1"), "is no record"),
            (forged("{'v':2,'other':'form'"), "has the form 2"),
            (record("'v':7,'seq':1", scope, end), "has the form 7"),
            (record("'v':1,'v':1,'seq':1", scope, end), "duplicate field"),
            (record("'v':1,'seq':-1", scope, end), "is no record"),
            (
                record("'v':1,'seq':2", scope, end),
                "record 2 stands where record 1 belongs",
            ),
            (
                record("'v':1,'seq':18446744073709551615", scope, end),
                "where record 1 belongs",
            ),
            (record(good, scope, "'kind':'note','data':[]"), "its data is no object"),
            (record(good, scope, "'kind':'note','data':{},'more':1"), "unknown field"),
            (record(good, scope, "'kind':7,'data':{}"), "is no record"),
            (record(good, "'scope':{}", end), "missing field"),
            (record(good, other, end), "is about account 444455556666 in eu-west-1"),
            (record(good, hostile, end), "is about account ␛[2J"),
        ] {
            check(&line, 1, told);
        }
        let two = [record(good, scope, end), record("'v':1,'seq':2", scope, end)].concat();
        check(&two, 2, "does not name the record before it");
    }

    #[test]
    fn a_hash_inside_the_data_is_not_taken_for_that_of_the_line() {
        let body = "{'v':1,'seq':1,'at':'2026-11-24T09:30:00.000Z','kind':'note','data':{'a':1";
        check(&forged(body), 1, "is no record");
    }

    #[test]
    fn a_line_longer_than_any_record_is_told_and_not_kept() {
        let bytes = [ledger(1), vec![b' '; MAX_BYTES + 1]].concat();
        let mut state = State::new(None);
        state.read(&bytes);
        assert_eq!(
            (state.fault.clone().map(|fault| fault.line), state.torn()),
            (Some(2), None)
        );
        state.read(b"\n");
        assert_eq!(state.length, u64::try_from(bytes.len() + 1).unwrap());
        check(&[bytes, b"\n".to_vec()].concat(), 2, "longer than");
    }

    #[test]
    fn a_clock_that_was_set_back_is_noticed_and_no_fault() {
        let (mut state, mut bytes) = (State::new(None), Vec::new());
        for at in [5, 3, 4, 1] {
            let composed = state.compose(&writer(), minute(at), [content("tick")]).unwrap();
            bytes.extend(composed.bytes);
            state = composed.state;
        }
        let chain = Chain::read(&bytes, None);
        assert_eq!((chain.state.fault, chain.state.clock_set_back), (None, vec![2, 4]));
    }

    #[test]
    fn nothing_is_composed_that_would_not_check() {
        let state = State::new(None);
        let raw = |text: &str| Content {
            kind: "note".to_owned(),
            data: serde_json::value::RawValue::from_string(text.to_owned()).unwrap(),
        };
        let long = format!("{{\"text\":\"{}\"}}", "x".repeat(MAX_BYTES));
        for (content, why) in [
            (raw("[]"), "its data is no object"),
            (raw("{\"a\":\n1}"), "line ends between its parts"),
            (raw(&long), "longer than"),
        ] {
            let failure = state.compose(&writer(), minute(0), [content]).unwrap_err();
            assert!(failure.to_string().contains(why), "{failure}");
        }
        let elsewhere = Writer {
            scope: Arc::new(Scope {
                region: "us-east-1".to_owned(),
                ..scope()
            }),
            ..writer()
        };
        let mut state = State::new(None);
        state.read(&ledger(1));
        assert!(state.compose(&elsewhere, minute(2), [content("lost")]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_bring_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let chain = Chain::read(&bytes, None);
            prop_assert!(chain.records.is_empty());
            prop_assert_eq!(chain.state.fault.is_some(), bytes.contains(&b'\n'));
        }

        #[test]
        fn no_change_anywhere_is_overlooked(
            place in 0_usize..1200, length in 0_usize..40, patch in prop::collection::vec(any::<u8>(), 0..40)
        ) {
            let bytes = ledger(3);
            let (start, end) = (place.min(bytes.len()), (place + length).min(bytes.len()));
            let changed = [&bytes[..start], patch.as_slice(), &bytes[end..]].concat();
            let chain = Chain::read(&changed, None);
            let is_found = chain.state.fault.is_some() || chain.state.torn().is_some()
                || chain.remembered(Chain::read(&bytes, None).state.head) == Remembered::IsMissing;
            prop_assert_eq!(is_found, changed != bytes);
        }
    }
}

//! How a sample is spoiled: a few small changes, some of them with words that mean something to a reader.

use fastrand::Rng;

/// Words that mean something to some reader. The addresses are the ones that no message may repeat.
const WORDS: &[&[u8]] = &[
    b"\x1b[2J",
    b"\x1b]0;title\x07",
    b"\x00",
    b"\r",
    b"\n",
    b"\r\n",
    b"\t",
    b"\xc2\x9b2J",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
    "\u{2066}".as_bytes(),
    "\u{200b}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{e0041}".as_bytes(),
    "e\u{301}\u{301}\u{301}".as_bytes(),
    "👩\u{200d}👧".as_bytes(),
    "李".as_bytes(),
    "٣".as_bytes(),
    "İ".as_bytes(),
    b"\"",
    b"\"\"\"",
    b"'",
    b"\\",
    b"\\u0000",
    b"\\u001b[31m",
    b"[",
    b"]",
    b"{",
    b"}",
    b"=",
    b"=1+1",
    b",",
    b";",
    b":",
    b"-",
    b"+",
    b"@",
    b"/",
    b"!",
    b"0",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"9223372036854775807",
    b"2026-02-30",
    b"0000-00-00",
    b"9999-12-31",
    b"24:00",
    b"null",
    b"true",
    b"+447700900123",
    b"anna.kovacs@example.com",
    b"</script>",
];

/// Returns one of the samples with one to eight changes.
pub(super) fn spoiled(samples: &[&[u8]], rng: &mut Rng) -> Vec<u8> {
    let sample = |rng: &mut Rng| samples[rng.usize(0..samples.len())];
    let mut bytes = sample(rng).to_vec();
    // A long file is mostly beside the point: now and then only a piece of it is kept.
    if bytes.len() > 400 && rng.bool() {
        bytes = piece(&bytes, rng).to_vec();
    }
    for _ in 0..rng.usize(1..=8) {
        let at = rng.usize(0..=bytes.len());
        match rng.u8(0..10) {
            0..4 => insert(&mut bytes, at, WORDS[rng.usize(0..WORDS.len())]),
            4 => insert(&mut bytes, at, &[rng.u8(..)]),
            5 if at < bytes.len() => bytes[at] = rng.u8(..),
            5 => bytes.truncate(at),
            6 => {
                let end = (at + rng.usize(1..40)).min(bytes.len());
                bytes.drain(at..end);
            }
            7 => {
                let again = piece(&bytes, rng).to_vec();
                insert(&mut bytes, at, &again);
            }
            8 => {
                let other = piece(sample(rng), rng).to_vec();
                insert(&mut bytes, at, &other);
            }
            _ => {
                let word = WORDS[rng.usize(0..WORDS.len())].repeat(rng.usize(2..300));
                insert(&mut bytes, at, &word);
            }
        }
    }
    bytes
}

fn insert(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    bytes.splice(at..at, new.iter().copied());
}

/// Returns some bytes that follow each other, fewer rather than many.
fn piece<'a>(bytes: &'a [u8], rng: &mut Rng) -> &'a [u8] {
    let start = rng.usize(0..=bytes.len());
    let end = (start + rng.usize(0..400)).min(bytes.len());
    &bytes[start..end]
}

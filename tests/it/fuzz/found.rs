//! What the fuzzers have found: bytes that once made something panic, or tell more than it may.

use super::targets;
use std::panic::catch_unwind;

/// What is fed.
type Target = fn(&[u8]);

/// Returns each target with bytes that it failed on. Where a piece was repeated until it hurt, it is repeated here.
fn found() -> Vec<(Target, Vec<u8>)> {
    let number = "+447700900123";
    let address = "anna.kovacs@example.com";
    vec![
        // A number behind a digit, with too many digits, or behind another one was told whole.
        (
            targets::policy,
            b"[addresses]\nreal_numbers = [\"+447700900\", \"+4+4477009001236701740\"]\n".to_vec(),
        ),
        (
            targets::waivers,
            b"[[waiver]]\ncode = \"PL05\"\nsubject = \"clara-jensen\"\nowner = \"Olga\"\nreason = \"new phone is on its way\"\n\
              expires = 2026-12-31\nfacts = \"01+44770090012323456789abcdef\"\n"
                .to_vec(),
        ),
        (
            targets::keys,
            format!("quit = [\"ctrl-q\", \"{}f10\"]\n", number.repeat(92)).into_bytes(),
        ),
        (targets::typed, b"rang him on +44770090012330:30".to_vec()),
        (
            targets::words,
            br#"{"schema": "callsheet.anna.kovacs@example.coms111122223333", "region": "eu-west-1"}"#.to_vec(),
        ),
        // A number that stood behind half of another one was left.
        (targets::typed, b"</script>2+0 7946 0000 (0)20 7946 0000".to_vec()),
        // The user of an address was taken for the end of the domain before it.
        (targets::typed, format!("rang him on +44 7700 900123 a{}t 10:30", address.repeat(3)).into_bytes()),
        (targets::typed, address.repeat(2).into_bytes()),
        (
            targets::typed,
            format!("0000-'00-00{address}'00-00{address}").into_bytes(),
        ),
        // The marks of matching letters were added up in too few bits.
        (targets::filter, "an".repeat(4_000).into_bytes()),
        // What nobody sees was a key.
        (targets::key, "\u{202e}".into()),
        (targets::key, "alt-\u{200b}".into()),
        // Names, words and reasons were repeated to their end.
        (targets::keys, format!("{} = [\"x\"]\n", "mark".repeat(1_000)).into_bytes()),
        (targets::leavers, format!("alias\n{0}\n{0}\n", "a".repeat(5_000)).into_bytes()),
        (targets::roster, format!("name,email,status\nA,a@example.com,{number}\n").into_bytes()),
        (targets::files, format!("{{\"schema\": \"{}\"}}", "x".repeat(5_000)).into_bytes()),
        (targets::time, format!("03:00 {}", "Europe/".repeat(1_000)).into_bytes()),
    ]
}

#[test]
fn what_was_found_stays_mended() {
    for (target, bytes) in found() {
        assert!(catch_unwind(|| target(&bytes)).is_ok(), "b\"{}\"", bytes.escape_ascii());
    }
}

//! Digests of what a review looked at: SHA-256, in lower-case hexadecimal digits.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Returns the digest of some bytes, as `sha256sum` prints it.
pub fn of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").ok();
        hex
    })
}

/// Returns whether a text has the form of a digest: it may become part of the name of a file.
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_what_sha256sum_prints() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(of_bytes(b""), empty);
        assert!(is_digest(empty));
        for text in ["", "e3b0", &empty.to_uppercase(), &empty.replace('e', "/")] {
            assert!(!is_digest(text), "{text}");
        }
    }
}

//! Keyed fingerprints: two reviews can tell "same phone" from "another phone" without the number on disk.
//!
//! A bare hash of a phone number is no secret, since all numbers can be tried in minutes; the key makes it one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::Sha256;
use std::fmt::Write as _;

/// The key of one scope's fingerprints. It lies beside the ledger, and is in no export.
#[derive(Debug, Clone)]
pub struct FingerprintKey(SecretSlice<u8>);

impl FingerprintKey {
    /// The length of a key in bytes: that of the hash, as HMAC advises.
    pub const LENGTH: usize = 32;

    /// Returns the key made of `bytes`.
    pub fn new(bytes: &[u8]) -> Self {
        Self(SecretSlice::from(bytes.to_vec()))
    }

    /// Returns the fingerprint of `text`: HMAC-SHA-256, the first 16 bytes in lower-case hexadecimal digits.
    pub fn fingerprint(&self, text: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()) else {
            return String::new(); // HMAC takes a key of any length, so this is never reached.
        };
        mac.update(text.as_bytes());
        mac.finalize()
            .into_bytes()
            .iter()
            .take(16)
            .fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").ok();
                hex
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_decides_the_fingerprint() {
        let (one, other) = (FingerprintKey::new(&[1; 32]), FingerprintKey::new(&[2; 32]));
        assert_eq!(one.fingerprint("+447700900123"), one.fingerprint("+447700900123"));
        assert_ne!(one.fingerprint("+447700900123"), other.fingerprint("+447700900123"));
        assert_ne!(one.fingerprint("+447700900123"), one.fingerprint("+447700900124"));
        assert_eq!(one.fingerprint("").len(), 32);
    }
}

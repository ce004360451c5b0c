//! The address of a device: personal data, masked unless it is revealed on purpose.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A phone number or mail address.
///
/// In memory it may be whole; what is printed, compared, stored or exported is only its masked form. The whole text is
/// wiped when it is dropped, and is absent in an inventory that came from a snapshot.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Address {
    whole: Option<SecretString>,
    masked: String,
    fingerprint: Option<String>,
}

/// What of an address may lie on a disk.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    masked: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
}

impl Address {
    /// Stands for the characters that are not shown.
    pub const DOT: char = '•';

    /// Returns the address that `ListContactChannels` gave.
    pub fn new(whole: &str) -> Self {
        Self {
            masked: mask(whole),
            whole: Some(SecretString::from(whole)),
            fingerprint: None,
        }
    }

    /// Adds the keyed fingerprint by which two reviews tell "same phone" from "another phone".
    #[must_use]
    pub fn with_fingerprint(mut self, key: &super::fingerprint::FingerprintKey) -> Self {
        self.fingerprint = self.whole.as_ref().map(|whole| key.fingerprint(whole.expose_secret()));
        self
    }

    /// Returns what of the address may lie on a disk: its mask and its fingerprint.
    #[must_use]
    pub fn without_whole(&self) -> Self {
        Self {
            whole: None,
            masked: self.masked.clone(),
            fingerprint: self.fingerprint.clone(),
        }
    }

    /// Returns the form that may be shown: `+44•••••••123`, `a•••@example.com`.
    pub fn masked(&self) -> &str {
        &self.masked
    }

    /// Returns the keyed fingerprint, when a key was at hand.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// Returns the whole address, for the few places that need it; absent when it came from a snapshot.
    pub fn reveal(&self) -> Option<&str> {
        self.whole.as_ref().map(SecretString::expose_secret)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Address({})", self.masked)
    }
}

impl PartialEq for Address {
    /// Two whole addresses are compared as such; otherwise by fingerprint, otherwise by what is shown.
    fn eq(&self, other: &Self) -> bool {
        match (self.reveal(), other.reveal()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => match (&self.fingerprint, &other.fingerprint) {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => self.masked == other.masked,
            },
        }
    }
}

impl Eq for Address {}

impl From<Stored> for Address {
    fn from(stored: Stored) -> Self {
        Self {
            whole: None,
            masked: stored.masked,
            fingerprint: stored.fingerprint,
        }
    }
}

impl From<Address> for Stored {
    fn from(address: Address) -> Self {
        Self {
            masked: address.masked.clone(),
            fingerprint: address.fingerprint.clone(),
        }
    }
}

/// Returns the masked form of a phone number or mail address.
///
/// Of a mail address the first letter and the domain are kept; of a number its first three and last three characters,
/// as long as at least four digits stay hidden. Anything else is hidden altogether.
fn mask(whole: &str) -> String {
    let dot = Address::DOT;
    let whole = super::text::neutral(whole);
    if let Some((user, domain)) = whole.rsplit_once('@') {
        let first: String = user.chars().take(1).collect();
        return format!("{first}{dot}{dot}{dot}@{domain}");
    }
    let characters: Vec<char> = whole.chars().collect();
    let is_number = whole.starts_with('+') && characters.iter().filter(|c| c.is_ascii_digit()).count() >= 7;
    let length = characters.len();
    if is_number && length >= 10 {
        return characters
            .iter()
            .enumerate()
            .map(|(index, c)| if index < 3 || index + 3 >= length { *c } else { dot })
            .collect();
    }
    dot.to_string().repeat(length.clamp(3, 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked() {
        for (whole, masked) in [
            ("+447700900123", "+44•••••••123"),
            ("akua@example.com", "a•••@example.com"),
            ("@example.com", "•••@example.com"),
            ("+4412345", "••••••••"),
            ("12", "•••"),
            ("", "•••"),
            ("not a number at all, and long", "••••••••••••"),
        ] {
            assert_eq!(Address::new(whole).masked(), masked, "{whole}");
        }
    }

    #[test]
    fn the_whole_address_is_neither_printed_nor_stored() {
        let address = Address::new("+447700900123");
        assert!(!format!("{address:?}").contains("700900"));
        let stored = serde_json::to_string(&address).unwrap();
        assert!(!stored.contains("700900"), "{stored}");
        let back: Address = serde_json::from_str(&stored).unwrap();
        assert_eq!((back.masked(), back.reveal()), ("+44•••••••123", None));
    }

    #[test]
    fn two_addresses_that_look_alike_are_told_apart() {
        assert_ne!(Address::new("+447700900123"), Address::new("+447700901123"));
    }
}

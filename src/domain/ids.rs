//! Names of AWS resources, parsed once and never a bare string afterwards.
//!
//! The alias of a contact sits inside its ARN, so a contact that was deleted and made again has the same name; and the
//! ARN of a contact carries a Region while that of a response plan does not.

use serde::{Deserialize, Serialize};
use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// It knows where its parts end: references are looked up by them all the time.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    text: Arc<str>,
    /// The places of the first five colons.
    colons: [u16; 5],
}

/// Values by ARN, looked up faster than in any order.
pub type ByArn<T> = std::collections::HashMap<Arn, T, foldhash::fast::RandomState>;

/// A text that should have been an ARN and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not an ARN (arn:partition:service:region:account:resource)")]
pub struct InvalidArn {
    /// The text, as a message may repeat it.
    pub text: String,
}

impl Arn {
    /// The longest ARN that the service's models allow.
    pub const MAX_LENGTH: usize = 2048;

    /// Returns the ARN that `text` holds, when it has all six parts.
    pub fn parse(text: &str) -> Result<Self, InvalidArn> {
        let mut parts = text.splitn(6, ':');
        let complete = parts.next() == Some("arn")
            && parts.next().is_some_and(|partition| !partition.is_empty())
            && parts.next().is_some_and(|service| !service.is_empty())
            && parts.next().is_some()
            && parts.next().is_some()
            && parts.next().is_some_and(|resource| !resource.is_empty());
        if complete && text.len() <= Self::MAX_LENGTH && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            let mut colons = [0; 5];
            for (colon, (place, _)) in colons.iter_mut().zip(text.match_indices(':')) {
                *colon = u16::try_from(place).unwrap_or(u16::MAX);
            }
            Ok(Self {
                text: Arc::from(text),
                colons,
            })
        } else {
            Err(InvalidArn {
                text: super::text::excerpt(text),
            })
        }
    }

    /// Returns the ARN as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the partition, such as `aws` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// Returns the service, such as `ssm-contacts`.
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// Returns the Region, empty for resources of `ssm-incidents`.
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// Returns the account that owns the resource.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// Returns the resource, such as `contact/akua` or `contact-channel/akua/1a2b…`.
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// Returns the account and the resource: what is the same in every Region.
    pub fn without_region(&self) -> &str {
        let start = usize::from(self.colons[3]) + 1;
        self.text.get(start..).unwrap_or_default()
    }

    /// Returns the resource without its type: the alias of a contact, the name of a response plan, the id of a rotation.
    pub fn name(&self) -> &str {
        let resource = self.resource();
        resource.split_once('/').map_or(resource, |(_, name)| name)
    }

    /// Returns whether both name the same resource, in whichever Region of the replication set.
    ///
    /// A response plan may name a contact by the ARN of another Region of the set.
    pub fn is_same_resource(&self, other: &Self) -> bool {
        // Two of one Region are the same or are not: the parts are compared only where Regions differ, which is rare.
        self == other
            || (self.region() != other.region()
                && self.service() == other.service()
                && self.account() == other.account()
                && self.resource() == other.resource())
    }

    fn part(&self, index: usize) -> &str {
        let colon = |index: usize| self.colons.get(index).map(|place| usize::from(*place));
        let start = index.checked_sub(1).and_then(colon).map_or(0, |place| place + 1);
        let end = colon(index).unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }
}

impl PartialEq for Arn {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Arn {}

impl PartialOrd for Arn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Arn {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Arn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl TryFrom<String> for Arn {
    type Error = InvalidArn;

    fn try_from(text: String) -> Result<Self, InvalidArn> {
        Self::parse(&text)
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.text.as_ref().to_owned()
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, out)
    }
}

/// Where a piece of the account lives: one account in one Region, at AWS or at another endpoint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The twelve digits of the account.
    pub account: String,
    /// The Region whose endpoint is read.
    pub region: String,
    /// The endpoint's address, when it is not AWS's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_gives_its_parts() {
        let arn = Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/akua/1a2b").unwrap();
        assert_eq!(
            (arn.partition(), arn.service(), arn.region(), arn.account()),
            ("aws", "ssm-contacts", "eu-west-1", "111122223333")
        );
        assert_eq!((arn.resource(), arn.name()), ("contact-channel/akua/1a2b", "akua/1a2b"));
    }

    #[test]
    fn text_that_is_no_arn_is_refused_and_neutralised() {
        for text in [
            "",
            "arn",
            "arn:aws:x:y:z:",
            "arn:aws:ssm-contacts:eu-west-1:1:contact/a b",
            "arn:aws:s:r:1:\u{1b}[2J",
        ] {
            let error = Arn::parse(text).unwrap_err();
            assert!(!error.to_string().contains('\u{1b}'));
        }
    }

    #[test]
    fn the_same_contact_is_known_in_another_region() {
        let here = Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/akua").unwrap();
        let there = Arn::parse("arn:aws:ssm-contacts:us-east-1:111122223333:contact/akua").unwrap();
        let other = Arn::parse("arn:aws:ssm-contacts:us-east-1:111122223333:contact/ben").unwrap();
        assert!(here.is_same_resource(&there) && !here.is_same_resource(&other));
    }
}

//! Misbehaviour on request: what goes wrong with which operation, how often, and from when on.

use std::str::FromStr;

use fastrand::Rng;
use serde_json::Value;

use super::permissions::{ASSOCIATE_CONTACT, Needed};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// `ThrottlingException` with this HTTP status.
    Throttle {
        /// 400 or 429, as a rule.
        status: u16,
    },
    /// HTTP 500 with a page of HTML, as a load balancer answers.
    Html500,
    /// The answer takes this long.
    Slow {
        /// Milliseconds.
        milliseconds: u64,
    },
    /// The connection is dropped without an answer.
    Reset,
    /// `AccessDeniedException` that names the action and the resource.
    AccessDenied,
    /// `ExpiredTokenException`.
    ExpiredCredentials,
    /// The connection ends in the middle of the answer.
    CutAnswer,
    /// The work is done, and then the connection is dropped without an answer.
    LostAnswer,
    /// Success, but with an empty object for an answer.
    EmptyAnswer,
    /// The answer's token leads nowhere.
    LostToken,
    /// The answer to a request with a token carries the same token again.
    RepeatedToken,
    /// An error type that is in no model.
    UnknownErrorType,
    /// A member of an enumeration or a union in the answer is a word that is in no model.
    UnknownEnumValue,
    /// `DataEncryptionException`.
    DataEncryption,
    /// `InternalServerException` with an advice when to come back.
    InternalServer {
        /// `RetryAfterSeconds`.
        retry_after_seconds: u32,
    },
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The operation's name, or `*` for all. `AssociateContact`, a permission without an operation, can be denied only: on
    /// the contacts in the plan of `CreateContact` and `UpdateContact`. `StartEngagement` is denied to `StartIncident`, too.
    pub operation: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many requests it hits; absent is every one.
    pub count: Option<u32>,
    /// How many matching requests it lets pass first.
    pub skip: u32,
    /// How many of a hundred matching requests it hits, drawn by the seed of the settings; absent is all of them.
    pub chance: Option<u8>,
    /// The access key that the request must be signed with; empty is any. A new sign-in has another one.
    pub access_key: String,
    /// What the request's body must contain, such as an alias; empty is anything.
    pub subject: String,
}

/// Why a fault could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no fault: {problem}; write OPERATION:KIND[=NUMBER][:COUNT][:after=COUNT][:chance=PERCENT][:key=ACCESS-KEY][:on=TEXT], for instance \
     GetContact:throttle=429:3, where KIND is one of {kinds}", kinds = KINDS.join(", ")
)]
pub struct FaultError {
    text: String,
    problem: String,
}

/// The words for the kinds. `throttle`, `slow` and `internal-server` take a number.
pub const KINDS: &[&str] = &[
    "throttle",
    "html-500",
    "slow",
    "reset",
    "access-denied",
    "expired-credentials",
    "cut-answer",
    "lost-answer",
    "empty-answer",
    "lost-token",
    "repeated-token",
    "unknown-error-type",
    "unknown-enum-value",
    "data-encryption",
    "internal-server",
];

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads `GetContact:throttle=429:3`: operation, kind, count. Without a count every request is hit.
    /// `after=2` lets two pass first, `chance=2` hits two of a hundred, `on=anna` hits only requests whose body contains
    /// `anna`, `key=AKIAOLD` only those that this access key has signed.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let refused = |problem: String| FaultError {
            text: text.to_owned(),
            problem,
        };
        let mut parts = text.split(':');
        let operation = parts.next().unwrap_or_default();
        let is_permission = operation == ASSOCIATE_CONTACT;
        if operation != "*" && !is_permission && !super::operations::all().any(|known| known.name == operation) {
            return Err(refused(format!("there is no operation `{operation}`")));
        }
        let Some(kind) = parts.next() else {
            return Err(refused("the kind is missing".to_owned()));
        };
        let kind = FaultKind::from_word(kind).ok_or_else(|| refused(format!("there is no kind `{kind}`")))?;
        if is_permission && kind != FaultKind::AccessDenied {
            return Err(refused(format!("`{ASSOCIATE_CONTACT}` can only meet access-denied")));
        }
        let mut fault = Self {
            operation: operation.to_owned(),
            kind,
            count: None,
            skip: 0,
            chance: None,
            access_key: String::new(),
            subject: String::new(),
        };
        while let Some(part) = parts.next() {
            let count = |text: &str| {
                text.parse()
                    .map_err(|_not_a_number| refused(format!("`{text}` is not a count")))
            };
            match part.split_once('=') {
                Some(("after", skip)) => fault.skip = count(skip)?,
                Some(("key", key)) => key.clone_into(&mut fault.access_key),
                Some(("chance", percent)) => fault.chance = Some(chance(percent).map_err(&refused)?),
                Some(("on", subject)) => {
                    // The subject comes last and may be an ARN, colons and all.
                    let rest: Vec<&str> = std::iter::once(subject).chain(parts.by_ref()).collect();
                    fault.subject = rest.join(":");
                }
                Some((word, _)) => return Err(refused(format!("`{word}` means nothing here"))),
                None => fault.count = Some(count(part)?),
            }
        }
        Ok(fault)
    }
}

impl FaultKind {
    fn from_word(text: &str) -> Option<Self> {
        let (word, number) = match text.split_once('=') {
            Some((word, number)) => (word, Some(number.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let kind = match (word, number) {
            ("throttle", status) => Self::Throttle {
                status: u16::try_from(status.unwrap_or(400)).ok()?,
            },
            ("slow", milliseconds) => Self::Slow {
                milliseconds: milliseconds.unwrap_or(1000).into(),
            },
            ("internal-server", seconds) => Self::InternalServer {
                retry_after_seconds: seconds.unwrap_or(1),
            },
            ("html-500", None) => Self::Html500,
            ("reset", None) => Self::Reset,
            ("access-denied", None) => Self::AccessDenied,
            ("expired-credentials", None) => Self::ExpiredCredentials,
            ("cut-answer", None) => Self::CutAnswer,
            ("lost-answer", None) => Self::LostAnswer,
            ("empty-answer", None) => Self::EmptyAnswer,
            ("lost-token", None) => Self::LostToken,
            ("repeated-token", None) => Self::RepeatedToken,
            ("unknown-error-type", None) => Self::UnknownErrorType,
            ("unknown-enum-value", None) => Self::UnknownEnumValue,
            ("data-encryption", None) => Self::DataEncryption,
            _ => return None,
        };
        Some(kind)
    }
}

fn chance(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(percent @ 1..=100) => Ok(percent),
        _ => Err(format!("`{text}` is not a chance from 1 to 100")),
    }
}

/// The faults that are still to come.
#[derive(Debug)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
    random: Rng,
}

impl Faults {
    /// Returns no faults. Which requests they hit by chance follows from the seed.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self {
            waiting: Vec::new(),
            random: seed.map_or_else(Rng::new, Rng::with_seed),
        }
    }

    /// Adds one more; those added first hit first.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Returns how many of them may still hit a request.
    pub(crate) fn to_come(&self) -> usize {
        self.waiting.iter().filter(|fault| fault.count != Some(0)).count()
    }

    /// Returns the fault that hits a request, and counts it.
    pub(crate) fn take(&mut self, operation: &str, body: &Value, access_key: &str) -> Option<FaultKind> {
        let has_token = ["NextToken", "nextToken"].iter().any(|name| body.get(name).is_some());
        let text = std::cell::OnceCell::new();
        self.take_first(|fault| {
            (fault.operation == "*" || fault.operation == operation)
                && (fault.kind != FaultKind::RepeatedToken || has_token)
                && (fault.access_key.is_empty() || fault.access_key == access_key)
                && (fault.subject.is_empty() || text.get_or_init(|| body.to_string()).contains(&fault.subject))
        })
    }

    /// Returns the contact on which a permission is denied, and counts the fault that denies it.
    pub(crate) fn take_denied<'a>(&mut self, needed: &'a Needed) -> Option<&'a str> {
        let denied = |contact: &&String| {
            let fault = self.take_first(|fault| {
                fault.operation == needed.permission
                    && fault.kind == FaultKind::AccessDenied
                    && contact.contains(&fault.subject)
            });
            fault.is_some()
        };
        needed.contacts.iter().find(denied).map(String::as_str)
    }

    /// Returns the first fault that hits and whose turn it is, and counts it.
    fn take_first(&mut self, hits: impl Fn(&Fault) -> bool) -> Option<FaultKind> {
        for fault in &mut self.waiting {
            if fault.count == Some(0) || !hits(fault) {
                continue;
            }
            if fault.chance.is_some_and(|percent| self.random.u8(0..100) >= percent) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if let Some(count) = &mut fault.count {
                *count -= 1;
            }
            return Some(fault.kind.clone());
        }
        None
    }
}

/// Puts a word of no model in the place of every enumeration's member in an answer, and of the one that a union has.
pub(crate) fn spoil_words(answer: &mut Value) {
    match answer {
        Value::Object(members) => {
            for (name, value) in members {
                let is_word = ["Type", "ActivationStatus", "ReceiptType", "status"].contains(&name.as_str());
                if name == "chatChannel" && value.is_object() {
                    *value = serde_json::json!({ "somethingNew": {} });
                } else if is_word && value.is_string() {
                    *value = Value::from("SOMETHING_NEW");
                } else {
                    spoil_words(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spoil_words),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_reads_as_operation_kind_and_count() {
        let fault: Fault = "GetContact:throttle=429:3:after=1:on=contact:anna".parse().unwrap();
        let expected = Fault {
            operation: "GetContact".to_owned(),
            kind: FaultKind::Throttle { status: 429 },
            count: Some(3),
            skip: 1,
            chance: None,
            access_key: String::new(),
            subject: "contact:anna".to_owned(),
        };
        assert_eq!(fault, expected);
    }

    #[test]
    fn every_kind_has_a_word_and_a_wrong_one_is_told_them() {
        for kind in KINDS {
            format!("*:{kind}").parse::<Fault>().unwrap();
        }
        for wrong in [
            "GetContacts:reset",
            "GetContact",
            "*:explode",
            "*:reset=5",
            "*:reset:often",
            "*:reset:from=1",
            "*:reset:chance=0",
            "*:reset:chance=101",
            "AssociateContact:throttle",
        ] {
            let error = wrong.parse::<Fault>().unwrap_err().to_string();
            assert!(error.contains("html-500, slow"), "{error}");
        }
    }

    #[test]
    fn a_fault_skips_counts_and_ends() {
        let mut faults = Faults::new(Some(1));
        faults.add("GetContact:reset:2:after=1:on=anna".parse().unwrap());
        let anna = json!({ "ContactId": "…/anna" });
        let hits: Vec<bool> = (0..5).map(|_| faults.take("GetContact", &anna, "").is_some()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert_eq!(faults.take("GetContact", &json!({ "ContactId": "…/ben" }), ""), None);
    }

    #[test]
    fn a_repeated_token_needs_a_token() {
        let mut faults = Faults::new(Some(1));
        faults.add("*:repeated-token:1".parse().unwrap());
        assert_eq!(faults.take("ListContacts", &json!({}), ""), None);
        assert!(
            faults
                .take("ListContacts", &json!({ "NextToken": "abc" }), "")
                .is_some()
        );
    }

    #[test]
    fn a_chance_hits_its_share_and_the_same_requests_for_the_same_seed() {
        let hits = |seed| -> Vec<usize> {
            let mut faults = Faults::new(Some(seed));
            faults.add("*:reset:chance=2".parse().unwrap());
            let is_hit = |_: &usize| faults.take("GetContact", &json!({}), "").is_some();
            (0..10_000).filter(is_hit).collect()
        };
        let first = hits(1);
        assert!((150..250).contains(&first.len()), "{} of 10,000", first.len());
        assert_eq!(first, hits(1));
        assert_ne!(first, hits(2));
    }

    #[test]
    fn a_fault_of_a_key_leaves_other_keys_alone() {
        let mut faults = Faults::new(None);
        faults.add("*:expired-credentials:key=OLD".parse().unwrap());
        assert_eq!(faults.take("GetContact", &json!({}), "NEW"), None);
        assert!(faults.take("GetContact", &json!({}), "OLD").is_some());
    }

    #[test]
    fn one_chance_leaves_the_rest_to_the_next() {
        let mut faults = Faults::new(Some(1));
        faults.add("*:throttle:chance=50".parse().unwrap());
        faults.add("*:reset".parse().unwrap());
        let kinds: Vec<_> = (0..100)
            .filter_map(|_| faults.take("GetContact", &json!({}), ""))
            .collect();
        let resets = kinds.iter().filter(|kind| **kind == FaultKind::Reset).count();
        assert_eq!(kinds.len(), 100);
        assert!((30..70).contains(&resets), "{resets} of 100");
    }
}

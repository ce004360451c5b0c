//! With whom a contact or a response plan is shared, as its resource policy says.
//!
//! Whoever has permission on a contact can page it, so that its policy is a thing to review. A policy that this version
//! does not understand to its end is an error and never "not shared".

use super::{ids::Arn, text::neutral};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, fmt};

/// Whom a resource is shared with; nobody when it is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sharing {
    /// Everybody whom a policy allows something.
    pub principals: BTreeSet<Principal>,
}

/// Somebody whom a policy allows something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Principal {
    /// `*`: every account there is.
    Anyone,
    /// Everybody in one account, by its twelve digits.
    Account(String),
    /// Everybody in one organisation, by its id: `o-…`.
    Organisation(String),
    /// One role, user or session, or an organisational unit.
    Arn(Arn),
    /// A service, a canonical user, an identity provider: as the policy has it.
    Other(String),
}

impl Principal {
    /// Returns the account that the principal is, or is in; absent where it is not in a single one.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Account(account) => Some(account),
            Self::Arn(arn) => Some(arn.account()).filter(|account| is_account(account)),
            Self::Anyone | Self::Organisation(_) | Self::Other(_) => None,
        }
    }

    /// Returns the principal as a policy spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Anyone => "*",
            Self::Account(text) | Self::Organisation(text) | Self::Other(text) => text,
            Self::Arn(arn) => arn.as_str(),
        }
    }
}

impl From<String> for Principal {
    fn from(text: String) -> Self {
        if text == "*" {
            return Self::Anyone;
        }
        if is_account(&text) {
            return Self::Account(text);
        }
        if text.starts_with("o-") {
            return Self::Organisation(text);
        }
        let Ok(arn) = Arn::parse(&text) else {
            return Self::Other(text);
        };
        match (arn.service(), arn.resource()) {
            // To IAM the root of an account and its number are two spellings of everybody in it.
            ("iam", "root") if is_account(arn.account()) => Self::Account(arn.account().to_owned()),
            ("organizations", resource) if resource.starts_with("organization/") => {
                let id = resource.rsplit('/').next().unwrap_or_default();
                Self::Organisation(id.to_owned())
            }
            _ => Self::Arn(arn),
        }
    }
}

impl From<Principal> for String {
    fn from(principal: Principal) -> Self {
        principal.as_str().to_owned()
    }
}

impl fmt::Display for Principal {
    /// Writes what the principal is, fit for a screen.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => out.write_str("anyone (*)"),
            Self::Account(account) => write!(out, "account {account}"),
            Self::Organisation(id) => write!(out, "organisation {}", neutral(id)),
            Self::Arn(arn) => write!(out, "{}", neutral(arn.as_str())),
            Self::Other(text) => write!(out, "{}", neutral(text)),
        }
    }
}

/// Why a policy does not tell whom it shares with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is not JSON, or not an object.
    #[error("the policy is not a JSON object")]
    NotAnObject,
    /// It has no statement.
    #[error("the policy has no Statement")]
    NoStatement,
    /// A statement neither allows nor denies, or is no object.
    #[error("a statement of the policy has no Effect")]
    NoEffect,
    /// A statement takes something away again, and from whom is not weighed here.
    #[error("the policy has a Deny statement, which is not weighed here")]
    Deny,
    /// A statement is for everybody but some.
    #[error("the policy has a NotPrincipal, which is not weighed here")]
    NotPrincipal,
    /// A statement is for nobody, or for what is no name.
    #[error("a statement of the policy has no Principal that can be understood")]
    NoPrincipal,
}

impl Sharing {
    /// Returns whom the policies of one resource share it with.
    pub fn of_policies<'a>(documents: impl IntoIterator<Item = &'a str>) -> Result<Self, PolicyError> {
        let mut sharing = Self::default();
        for document in documents {
            sharing.add(document)?;
        }
        Ok(sharing)
    }

    /// Returns whether nobody but the owner sees the resource.
    pub fn is_private(&self) -> bool {
        self.principals.is_empty()
    }

    /// Adds everybody whom one policy allows something. What exactly it allows is not asked: all of it can be misused.
    fn add(&mut self, document: &str) -> Result<(), PolicyError> {
        let policy: Value = serde_json::from_str(document).map_err(|_no_json| PolicyError::NotAnObject)?;
        let policy = policy.as_object().ok_or(PolicyError::NotAnObject)?;
        let statements = match policy.get("Statement") {
            Some(Value::Array(statements)) => statements.iter().collect(),
            Some(Value::Object(_)) => policy.get("Statement").into_iter().collect(),
            _ => Vec::new(),
        };
        // An empty list is a policy that allows nothing; a policy without one is none.
        if statements.is_empty() && !policy.get("Statement").is_some_and(Value::is_array) {
            return Err(PolicyError::NoStatement);
        }
        for statement in statements {
            let statement = statement.as_object().ok_or(PolicyError::NoEffect)?;
            match statement.get("Effect").and_then(Value::as_str) {
                Some("Allow") => {}
                Some("Deny") => return Err(PolicyError::Deny),
                _ => return Err(PolicyError::NoEffect),
            }
            if statement.contains_key("NotPrincipal") {
                return Err(PolicyError::NotPrincipal);
            }
            let named = statement.get("Principal").and_then(principals);
            let named = named.filter(|named| !named.is_empty());
            let named = named.ok_or(PolicyError::NoPrincipal)?;
            self.principals.extend(narrowed(named, statement));
        }
        Ok(())
    }
}

/// Returns the principals that a `Principal` names: a word, a list of them, or a map from kinds to either.
fn principals(value: &Value) -> Option<BTreeSet<Principal>> {
    match value {
        Value::String(_) | Value::Array(_) => words(value),
        Value::Object(kinds) => {
            let mut all = BTreeSet::new();
            for named in kinds.values() {
                all.extend(words(named)?);
            }
            Some(all)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Returns the principals of a word or of a list of them; nothing where anything else is among them.
fn words(value: &Value) -> Option<BTreeSet<Principal>> {
    let words = match value {
        Value::Array(words) => words.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value],
    };
    words
        .into_iter()
        .map(|word| {
            let word = word.as_str().filter(|word| !word.is_empty())?;
            Some(Principal::from(word.to_owned()))
        })
        .collect()
}

/// Returns the principals with "anyone" replaced by the organisations or accounts that a condition keeps it to.
///
/// An organisation is shared with in this form. A condition of another kind leaves "anyone": too much, never too little.
fn narrowed(named: BTreeSet<Principal>, statement: &Map<String, Value>) -> BTreeSet<Principal> {
    if !named.contains(&Principal::Anyone) {
        return named;
    }
    let condition = statement
        .get("Condition")
        .and_then(|condition| condition.get("StringEquals"));
    let members = condition.and_then(Value::as_object).into_iter().flatten();
    let mut kept = members.filter_map(|(key, value)| {
        let is_wanted =
            key.eq_ignore_ascii_case("aws:PrincipalOrgID") || key.eq_ignore_ascii_case("aws:PrincipalAccount");
        words(value).filter(|words| is_wanted && !words.is_empty())
    });
    match kept.next() {
        Some(kept) => named
            .into_iter()
            .filter(|principal| *principal != Principal::Anyone)
            .chain(kept)
            .collect(),
        None => named,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(document: &str) -> Result<Vec<String>, PolicyError> {
        let sharing = Sharing::of_policies([document])?;
        Ok(sharing.principals.into_iter().map(String::from).collect())
    }

    fn allowing(principal: &Value) -> String {
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "*" }] })
            .to_string()
    }

    #[track_caller]
    fn check(document: &str, expected: Result<&[&str], PolicyError>) {
        let expected = expected.map(|all| all.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(of(document), expected, "{document}");
    }

    #[test]
    fn a_principal_is_a_word_a_list_or_a_map() {
        check(&allowing(&json!("*")), Ok(&["*"]));
        check(&allowing(&json!("444455556666")), Ok(&["444455556666"]));
        check(&allowing(&json!(["444455556666", "*"])), Ok(&["*", "444455556666"]));
        check(
            &allowing(
                &json!({ "AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::777788889999:role/pager"],
                "Service": "ssm-incidents.amazonaws.com" }),
            ),
            Ok(&[
                "444455556666",
                "arn:aws:iam::777788889999:role/pager",
                "ssm-incidents.amazonaws.com",
            ]),
        );
        check(
            &allowing(&json!({ "AWS": "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5" })),
            Ok(&["o-a1b2c3d4e5"]),
        );
    }

    #[test]
    fn the_account_of_a_principal_is_told_where_there_is_one() {
        for (text, account) in [
            ("*", None),
            ("444455556666", Some("444455556666")),
            ("arn:aws:iam::444455556666:root", Some("444455556666")),
            ("arn:aws:iam::444455556666:role/pager", Some("444455556666")),
            ("o-a1b2c3d4e5", None),
            ("ssm-incidents.amazonaws.com", None),
            ("4444", None),
        ] {
            assert_eq!(Principal::from(text.to_owned()).account(), account, "{text}");
        }
    }

    #[test]
    fn a_condition_keeps_anyone_to_an_organisation_or_an_account() {
        let under = |condition: Value| {
            json!({ "Statement": { "Effect": "Allow", "Principal": "*", "Condition": condition } }).to_string()
        };
        check(
            &under(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })),
            Ok(&["o-a1b2c3d4e5"]),
        );
        check(
            &under(json!({ "StringEquals": { "aws:principalaccount": ["444455556666"] } })),
            Ok(&["444455556666"]),
        );
        for other in [
            json!({ "StringLike": { "aws:PrincipalOrgID": "*" } }),
            json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } }),
            json!({ "StringEquals": { "aws:PrincipalOrgID": [] } }),
            json!("odd"),
        ] {
            check(&under(other), Ok(&["*"]));
        }
    }

    #[test]
    fn all_policies_of_a_resource_count() {
        let documents = [allowing(&json!("444455556666")), allowing(&json!("777788889999"))];
        let sharing = Sharing::of_policies(documents.iter().map(String::as_str)).unwrap();
        assert_eq!(sharing.principals.len(), 2);
        assert!(Sharing::of_policies([]).unwrap().is_private());
        check(r#"{"Statement":[]}"#, Ok(&[]));
    }

    #[test]
    fn what_is_not_understood_is_never_taken_for_not_shared() {
        let statement = |statement: Value| json!({ "Statement": [statement] }).to_string();
        for (document, error) in [
            ("", PolicyError::NotAnObject),
            ("no", PolicyError::NotAnObject),
            ("[]", PolicyError::NotAnObject),
            ("{}", PolicyError::NoStatement),
            (r#"{"Statement":"*"}"#, PolicyError::NoStatement),
        ] {
            check(document, Err(error));
        }
        for (value, error) in [
            (json!("*"), PolicyError::NoEffect),
            (json!({ "Principal": "*" }), PolicyError::NoEffect),
            (json!({ "Effect": "allow", "Principal": "*" }), PolicyError::NoEffect),
            (json!({ "Effect": "Deny", "Principal": "*" }), PolicyError::Deny),
            (
                json!({ "Effect": "Allow", "NotPrincipal": "1" }),
                PolicyError::NotPrincipal,
            ),
            (json!({ "Effect": "Allow" }), PolicyError::NoPrincipal),
            (json!({ "Effect": "Allow", "Principal": [] }), PolicyError::NoPrincipal),
            (json!({ "Effect": "Allow", "Principal": {} }), PolicyError::NoPrincipal),
            (json!({ "Effect": "Allow", "Principal": 1 }), PolicyError::NoPrincipal),
            (
                json!({ "Effect": "Allow", "Principal": ["*", 1] }),
                PolicyError::NoPrincipal,
            ),
            (
                json!({ "Effect": "Allow", "Principal": { "AWS": {} } }),
                PolicyError::NoPrincipal,
            ),
            (json!({ "Effect": "Allow", "Principal": "" }), PolicyError::NoPrincipal),
        ] {
            check(&statement(value), Err(error));
        }
    }

    #[test]
    fn a_hostile_principal_is_neutral_on_a_screen_and_kept_as_it_came() {
        let principal = Principal::from("\u{1b}[2J".to_owned());
        assert!(!principal.to_string().contains('\u{1b}'));
        assert_eq!(principal.as_str(), "\u{1b}[2J");
    }
}

//! One request that was made to AWS, as the call log shows it.

use super::{
    Timestamp,
    access::Change,
    ids::Scope,
    operation::{Operation, RateClass, Service},
};
use serde::{Deserialize, Serialize};

/// One attempt of one request, redacted: names and tokens are kept, addresses and codes never get here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// When the request was sent.
    pub at: Timestamp,
    /// What was called.
    pub operation: Called,
    /// The members of the request, by the names that the `aws` command gives them.
    pub parameters: Vec<(String, String)>,
    /// Which attempt this was, from 1.
    pub attempt: u32,
    /// How long the answer took, in milliseconds.
    pub took_milliseconds: u64,
    /// How it ended.
    pub outcome: CallOutcome,
    /// The service's id of the request.
    pub request_id: Option<String>,
}

/// An operation of AWS, be it one that reads or one that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Called {
    /// One that reads.
    Read(Operation),
    /// One that changes something.
    Change(Change),
}

impl Called {
    /// Returns the operation's name, as AWS spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read(operation) => operation.name(),
            Self::Change(change) => change.name(),
        }
    }

    /// Returns the service that has the operation.
    pub fn service(self) -> Service {
        match self {
            Self::Read(operation) => operation.service(),
            Self::Change(change) => change.service(),
        }
    }

    /// Returns the operation's name on the command line of `aws`.
    pub fn command(self) -> String {
        match self {
            Self::Read(operation) => operation.command().to_owned(),
            Self::Change(change) => change.command(),
        }
    }

    /// Returns the rate that the operation counts against.
    pub fn class(self) -> RateClass {
        match self {
            Self::Read(operation) => operation.class(),
            Self::Change(Change::ListPreviewRotationShifts) => RateClass::PreviewShifts,
            Self::Change(Change::ListEngagements) => RateClass::Engagements,
            Self::Change(_) => RateClass::Writes,
        }
    }
}

impl From<Operation> for Called {
    fn from(operation: Operation) -> Self {
        Self::Read(operation)
    }
}

impl From<Change> for Called {
    fn from(change: Change) -> Self {
        Self::Change(change)
    }
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CallOutcome {
    /// It was answered.
    Answered {
        /// How many items the answer lists; 1 where it is a single thing.
        items: usize,
    },
    /// It was answered, and what it was to change is changed.
    Done,
    /// It was refused or broke.
    Failed {
        /// The error's type.
        code: String,
    },
}

impl Call {
    /// Returns the same request as a command line of the AWS CLI.
    ///
    /// The account's usual settings are taken as given; only an endpoint and the Region are named.
    pub fn aws_form(&self, scope: &Scope) -> String {
        aws_form(self.operation, &self.parameters, scope)
    }
}

/// The members that are switches on the command line: their name alone says that they are true.
const SWITCHES: [&str; 1] = ["defer-activation"];

/// Returns a request as a command line of the AWS CLI, from its members by the names that the CLI gives them.
pub fn aws_form(operation: Called, parameters: &[(String, String)], scope: &Scope) -> String {
    let mut line = format!("aws {} {}", operation.service().name(), operation.command());
    let add = |line: &mut String, name: &str, value: &str| {
        // Behind a blank the CLI would take a name such as `-x` for an option of its own.
        let between = if value.starts_with('-') { "=" } else { " " };
        line.extend([" --", name, between, &shell_quoted(value)]);
    };
    for (name, value) in parameters {
        if SWITCHES.contains(&name.as_str()) {
            line.extend([" --", name]);
        } else {
            add(&mut line, name, value);
        }
    }
    if !scope.region.is_empty() {
        add(&mut line, "region", &scope.region);
    }
    if let Some(endpoint) = &scope.endpoint {
        add(&mut line, "endpoint-url", endpoint);
    }
    line
}

/// Returns `word` in a form that a POSIX shell takes as one word.
fn shell_quoted(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c));
    if is_plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_can_be_pasted_into_a_shell() {
        let call = Call {
            at: Timestamp::UNIX_EPOCH,
            operation: Operation::GetContact.into(),
            parameters: vec![("contact-id".to_owned(), "it's".to_owned())],
            attempt: 1,
            took_milliseconds: 3,
            outcome: CallOutcome::Answered { items: 1 },
            request_id: None,
        };
        let scope = Scope {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: None,
        };
        assert_eq!(
            call.aws_form(&scope),
            r"aws ssm-contacts get-contact --contact-id 'it'\''s' --region eu-west-1"
        );
    }
}

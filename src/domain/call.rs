//! One request that was made to AWS, as the call log shows it.

use super::{Timestamp, ids::Scope, operation::Operation};
use serde::{Deserialize, Serialize};

/// One attempt of one request, redacted: names and tokens are kept, addresses and codes never get here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// When the request was sent.
    pub at: Timestamp,
    /// What was asked.
    pub operation: Operation,
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

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CallOutcome {
    /// It was answered.
    Answered {
        /// How many items the answer lists; 1 where it is a single thing.
        items: usize,
    },
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
        let mut line = format!("aws {} {}", self.operation.service().name(), self.operation.command());
        for (name, value) in &self.parameters {
            line.extend([" --", name, " ", &shell_quoted(value)]);
        }
        if !scope.region.is_empty() {
            line.extend([" --region ", &shell_quoted(&scope.region)]);
        }
        if let Some(endpoint) = &scope.endpoint {
            line.extend([" --endpoint-url ", &shell_quoted(endpoint)]);
        }
        line
    }
}

/// Returns `word` in a form that a POSIX shell takes as one word.
pub fn shell_quoted(word: &str) -> String {
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
            operation: Operation::GetContact,
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

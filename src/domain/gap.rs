//! What could not be read: unknown is never the same as fine.

use super::{Timestamp, ids::Arn, operation::Operation};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// A read that failed, was refused or was cut short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The call that gave no complete answer.
    pub operation: Operation,
    /// What the call was about; absent for a list of the whole account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Arn>,
    /// Why there is no answer.
    pub reason: GapReason,
    /// The service's id of the request, for a support case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// When it was found out.
    pub at: Timestamp,
}

/// Why a read gave no complete answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum GapReason {
    /// The caller's policy does not allow the call.
    Denied,
    /// The contact belongs to another account, which does not share this with us.
    NotShared,
    /// The service still asked to slow down after every retry.
    Throttled,
    /// No answer came in time.
    TimedOut,
    /// The service could not be reached, or the connection broke.
    Unreachable {
        /// What broke, without addresses of people.
        detail: String,
    },
    /// The sign-in is missing, expired or refused.
    Credentials {
        /// The error's type.
        code: String,
    },
    /// The service answered with an error of another type.
    Refused {
        /// The error's type, as the service spells it.
        code: String,
        /// The service's own words.
        message: String,
    },
    /// It was listed, and is gone when asked for.
    Gone,
    /// The answer lacks a required member or holds something that cannot be understood.
    Malformed {
        /// What is wrong with it.
        detail: String,
    },
    /// A list gave the same page token again, so its end was never seen.
    RepeatedToken,
    /// A list did not end within the number of pages that an account can have.
    TooManyPages,
    /// The operator stopped the load.
    Cancelled,
    /// What has to be read first could not be read.
    NotReached,
}

impl Gap {
    /// Returns the permission to ask for, when its absence is the reason.
    pub fn missing_permission(&self) -> Option<String> {
        (self.reason == GapReason::Denied).then(|| self.operation.permission())
    }
}

impl fmt::Display for Gap {
    /// Writes one sentence without a full stop: the call, the subject, the reason.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.operation.name())?;
        if let Some(subject) = &self.subject {
            write!(out, " of {}", super::text::neutral(subject.name()))?;
        }
        write!(out, ": {}", self.reason)?;
        if let Some(permission) = self.missing_permission() {
            write!(out, ", {permission} is missing")?;
        }
        Ok(())
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        use super::text::neutral;
        match self {
            Self::Denied => out.write_str("access denied"),
            Self::NotShared => out.write_str("not shared by the account that owns it"),
            Self::Throttled => out.write_str("throttled, and every retry too"),
            Self::TimedOut => out.write_str("no answer in time"),
            Self::Unreachable { detail } => write!(out, "not reachable ({})", neutral(detail)),
            Self::Credentials { code } => write!(out, "the credentials were refused ({})", neutral(code)),
            Self::Refused { code, message } if message.is_empty() => write!(out, "refused ({})", neutral(code)),
            Self::Refused { code, message } => write!(out, "refused ({}: {})", neutral(code), neutral(message)),
            Self::Gone => out.write_str("it is gone since it was listed"),
            Self::Malformed { detail } => write!(out, "the answer cannot be understood ({})", neutral(detail)),
            Self::RepeatedToken => out.write_str("the list repeats a page token and never ends"),
            Self::TooManyPages => out.write_str("the list has more pages than an account can fill"),
            Self::Cancelled => out.write_str("the load was stopped"),
            Self::NotReached => out.write_str("what it needs could not be read"),
        }
    }
}

/// A value that has to be read from the account, and may not have been.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "reading", content = "value", rename_all = "snake_case")]
pub enum Reading<T> {
    /// The answer is not here yet, or nobody asked.
    #[default]
    Pending,
    /// The answer.
    Known(T),
    /// There is no answer, and this is why.
    Unknown(Arc<Gap>),
}

impl<T> Reading<T> {
    /// Returns the value, when it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Pending | Self::Unknown(_) => None,
        }
    }

    /// Returns the gap, when the read failed.
    pub fn gap(&self) -> Option<&Arc<Gap>> {
        match self {
            Self::Unknown(gap) => Some(gap),
            Self::Pending | Self::Known(_) => None,
        }
    }

    /// Returns whether the answer may still come.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending)
    }
}

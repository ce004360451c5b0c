//! What a person sees when something goes wrong: a kind, one sentence, the chain of causes, and the next action.
//!
//! Errors inside a module are small `thiserror` enums; on their way to the screen or to standard error they become
//! a [`Failure`], which is cheap to clone and so can sit in a message or in the model.

pub mod written;

use std::{error::Error, fmt, sync::Arc};

/// What sort of thing went wrong; decides the exit status and how the screen words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The command line was wrong.
    Usage,
    /// A configuration file, the environment or an AWS profile is wrong or incomplete.
    Configuration,
    /// Nobody is signed in, the sign-in has expired, or it is refused.
    Credentials,
    /// The caller lacks a permission.
    Access,
    /// The service asked to slow down more often than we were ready to wait.
    Throttled,
    /// The service could not be reached, or it answered with an error of its own.
    Service,
    /// The account is not set up for Incident Manager in this Region.
    NotOnboarded,
    /// What was asked for does not exist.
    NotFound,
    /// A file could not be read or written.
    Disk,
    /// An invariant of ours does not hold.
    Bug,
}

/// Something that went wrong, as a person is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    kind: FailureKind,
    what: String,
    why: Vec<String>,
    hint: Option<String>,
}

impl Failure {
    /// Returns a failure that says `what` went wrong, in one sentence with a subject.
    pub fn new(kind: FailureKind, what: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            what: what.into(),
            why: Vec::new(),
            hint: None,
        }))
    }

    /// Adds `source` and everything beneath it as the reasons.
    #[must_use]
    pub fn because_of(self, source: &(dyn Error + 'static)) -> Self {
        let mut why = Vec::new();
        let mut next = Some(source);
        while let Some(error) = next {
            let text = error.to_string();
            // Many error types repeat their source's text in their own: say it once.
            if why.last() != Some(&text) {
                why.push(text);
            }
            next = error.source();
        }
        self.changed(|inner| inner.why.extend(why))
    }

    /// Adds one reason in words.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        self.changed(|inner| inner.why.push(reason.into()))
    }

    /// Names the next action: the command to type, the key to press, the permission to ask for.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.changed(|inner| inner.hint = Some(hint.into()))
    }

    /// Returns what sort of failure this is.
    pub fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// Returns the one sentence.
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// Returns the reasons, outermost first.
    pub fn why(&self) -> &[String] {
        &self.0.why
    }

    /// Returns the next action, when there is one.
    pub fn next_action(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    fn changed(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Inner {
            kind: self.0.kind,
            what: self.0.what.clone(),
            why: self.0.why.clone(),
            hint: self.0.hint.clone(),
        };
        change(&mut inner);
        Self(Arc::new(inner))
    }
}

impl fmt::Display for Failure {
    /// Writes the sentence, then one line for each reason, then the next action.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0.what)?;
        for reason in &self.0.why {
            write!(out, "\n  because: {reason}")?;
        }
        if let Some(hint) = &self.0.hint {
            write!(out, "\n  next: {hint}")?;
        }
        Ok(())
    }
}

impl Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_as_sentence_reasons_and_next_action() {
        let source = std::io::Error::other("no space left on device");
        let failure = Failure::new(FailureKind::Disk, "The snapshot was not saved.")
            .because_of(&source)
            .hint("free some space, then press r");
        assert_eq!(
            failure.to_string(),
            "The snapshot was not saved.\n  because: no space left on device\n  next: free some space, then press r"
        );
    }
}

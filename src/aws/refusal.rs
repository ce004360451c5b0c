//! What an error of the SDK means for a write: what stood against it, and whether it may have taken effect.
//!
//! Only a refusal whose type says so is one for sure. Where an answer is missing, broken, of an unknown type or the
//! service's own fault, nobody knows, and the account has to be read again.

use super::failure::{self, Course, Verdict};
use crate::{
    changes::{
        Write,
        members::CODE,
        outcome::{Dependent, NotSentKind},
    },
    domain::{address::Address, gap::GapReason, tags::without_addresses, text::neutral},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use secrecy::{ExposeSecret as _, SecretString};
use std::{error::Error, fmt::Write as _, time::Duration};

/// The types of refusals that have no kind of their own, and that leave everything as it was.
const SURE: [&str; 4] = [
    "SerializationException",
    "UnknownOperationException",
    "UnsupportedOperationException",
    "InvalidAction",
];

/// One failed attempt of a write, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What stood against it.
    pub(super) kind: NotSentKind,
    /// The same in words.
    pub(super) reason: String,
    /// Whether it took effect, where that is known.
    pub(super) took_effect: Option<bool>,
    /// The error's type, for the call log.
    pub(super) code: String,
    /// The service's id of the request.
    pub(super) request_id: Option<String>,
    /// How long the service asks to wait.
    pub(super) advice: Option<Duration>,
}

/// What a write carries that nobody may see.
#[derive(Debug, Clone, Copy)]
pub(super) struct Secrets<'a> {
    code: Option<&'a SecretString>,
    address: Option<&'a Address>,
}

impl<'a> Secrets<'a> {
    /// Returns the secrets of a write that is sent with this code.
    pub(super) fn of(write: &'a Write, code: Option<&'a SecretString>) -> Self {
        Self {
            code,
            address: write.address(),
        }
    }

    /// Returns somebody else's words without the secrets and without any other address, and neutral.
    fn hide(self, words: &str) -> String {
        let mut words = words.to_owned();
        if let Some(code) = self
            .code
            .map(SecretString::expose_secret)
            .filter(|code| !code.is_empty())
        {
            words = words.replace(code, CODE);
        }
        if let Some((whole, masked)) = self
            .address
            .and_then(|address| Some((address.reveal()?, address.masked())))
        {
            for form in [whole, whole.trim_start_matches('+')] {
                if !form.is_empty() {
                    words = words.replace(form, masked);
                }
            }
        }
        neutral(&without_addresses(&words)).into_owned()
    }
}

/// Returns what `error` means for `write`.
pub(super) fn of<E>(error: &SdkError<E, HttpResponse>, write: &Write, secrets: Secrets<'_>) -> Refusal
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let Verdict {
        code,
        request_id,
        course,
        advice,
    } = failure::judge(error);
    let words = secrets.hide(&failure::words(error));
    let body = error
        .raw_response()
        .and_then(|answer| answer.body().bytes())
        .unwrap_or_default();
    let (kind, took_effect) = match course {
        Course::SlowDown => (NotSentKind::Throttled, Some(false)),
        Course::SignIn(_) => (NotSentKind::Credentials, Some(false)),
        Course::NotOnboarded(_) => (NotSentKind::Validation, Some(false)),
        Course::GiveUp(reason) => refused(reason, write, &words, body),
        Course::AskAgain(reason) => (broken(&reason), unanswered(error)),
    };
    Refusal {
        reason: sentence(write, &kind, took_effect, &words, &code),
        kind,
        took_effect,
        code,
        request_id,
        advice,
    }
}

/// Judges an answer that no second attempt would change.
fn refused(reason: GapReason, write: &Write, words: &str, body: &[u8]) -> (NotSentKind, Option<bool>) {
    let code = match reason {
        GapReason::Denied => {
            let permission = denied_permission(words).unwrap_or_else(|| own_permission(write));
            return (NotSentKind::Denied { permission }, Some(false));
        }
        GapReason::Gone => return (NotSentKind::NotFound, Some(false)),
        GapReason::Refused { code, .. } => code,
        GapReason::NotShared
        | GapReason::Throttled
        | GapReason::TimedOut
        | GapReason::Unreachable { .. }
        | GapReason::Credentials { .. }
        | GapReason::Malformed { .. }
        | GapReason::RepeatedToken
        | GapReason::TooManyPages
        | GapReason::Cancelled
        | GapReason::NotReached => return (NotSentKind::Other, None),
    };
    match code.as_str() {
        "ValidationException" => (NotSentKind::Validation, Some(false)),
        "ConflictException" => {
            let dependents = dependents(body);
            (NotSentKind::Conflict { dependents }, Some(false))
        }
        "ServiceQuotaExceededException" => (NotSentKind::Quota, Some(false)),
        "DataEncryptionException" => (NotSentKind::Encryption, Some(false)),
        code if SURE.contains(&code) => (NotSentKind::Other, Some(false)),
        _ => (NotSentKind::Other, None),
    }
}

/// Returns the kind of an attempt that may have passed unanswered.
fn broken(reason: &GapReason) -> NotSentKind {
    match reason {
        GapReason::TimedOut => NotSentKind::TimedOut,
        GapReason::Unreachable { .. } => NotSentKind::Unreachable,
        GapReason::Denied
        | GapReason::NotShared
        | GapReason::Throttled
        | GapReason::Credentials { .. }
        | GapReason::Refused { .. }
        | GapReason::Gone
        | GapReason::Malformed { .. }
        | GapReason::RepeatedToken
        | GapReason::TooManyPages
        | GapReason::Cancelled
        | GapReason::NotReached => NotSentKind::Other,
    }
}

/// Returns whether a request without an answer took effect: surely not where no connection was ever made.
fn unanswered<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> Option<bool> {
    let was_never_connected = failure::chain(error).any(|error| {
        error
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
    });
    let was_never_built = matches!(error, SdkError::ConstructionFailure(_));
    (was_never_connected || was_never_built).then_some(false)
}

/// Returns the permission that the service says is missing.
///
/// AWS words it "… is not authorized to perform: ssm-contacts:AssociateContact on resource: …", and it need not be the one of
/// the operation's name.
fn denied_permission(words: &str) -> Option<String> {
    let (_, rest) = words.split_once("perform: ")?;
    let permission = rest.split_whitespace().next()?;
    let (service, action) = permission.split_once(':')?;
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (is_name(service) && is_name(action)).then(|| permission.to_owned())
}

fn own_permission(write: &Write) -> String {
    let change = write.change();
    format!("{}:{}", change.service().name(), change.name())
}

/// Reads what depends on the subject out of a conflict, all of it.
fn dependents(body: &[u8]) -> Vec<Dependent> {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |value: &serde_json::Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        neutral(&text).into_owned()
    };
    let entities = body.get("DependentEntities").and_then(|entities| entities.as_array());
    let entities = entities.into_iter().flatten();
    entities
        .map(|entity| Dependent {
            relation: entity.get("RelationType").map(text).unwrap_or_default(),
            resources: entity
                .get("DependentResourceIds")
                .and_then(|ids| ids.as_array())
                .into_iter()
                .flatten()
                .map(text)
                .collect(),
        })
        .collect()
}

/// Returns the reason as one sentence without a full stop.
fn sentence(write: &Write, kind: &NotSentKind, took_effect: Option<bool>, words: &str, code: &str) -> String {
    let subject = neutral(write.subject().name());
    let mut sentence = format!("{} of {subject}: {}", write.change().name(), what(kind, took_effect));
    let code = neutral(code);
    let is_said = match kind {
        NotSentKind::Credentials | NotSentKind::Other => false,
        NotSentKind::Denied { .. }
        | NotSentKind::Validation
        | NotSentKind::NotFound
        | NotSentKind::Conflict { .. }
        | NotSentKind::Quota
        | NotSentKind::Encryption
        | NotSentKind::Throttled
        | NotSentKind::TimedOut
        | NotSentKind::Unreachable
        | NotSentKind::Unsendable => true,
    };
    let detail: Vec<&str> = [(!is_said).then_some(code.as_ref()), Some(words)]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    if !detail.is_empty() {
        sentence.extend([" (", &detail.join(": "), ")"]);
    }
    if let NotSentKind::Conflict { dependents } = kind {
        for Dependent { relation, resources } in dependents {
            // Writing to a string cannot fail.
            write!(sentence, "; {relation}: {}", resources.join(", ")).ok();
        }
    }
    sentence
}

fn what(kind: &NotSentKind, took_effect: Option<bool>) -> String {
    let what = match kind {
        NotSentKind::Denied { permission } => return format!("access denied, {permission} is missing"),
        NotSentKind::Validation => "the service refuses it",
        NotSentKind::NotFound => "it is not there",
        NotSentKind::Conflict { .. } => "something else stands in its way",
        NotSentKind::Quota => "a quota is used up",
        NotSentKind::Encryption => "the account's encryption key cannot be used",
        NotSentKind::Throttled => "the service still asks to slow down",
        NotSentKind::TimedOut => "no answer came in time",
        NotSentKind::Unreachable if took_effect == Some(false) => "the service could not be reached",
        NotSentKind::Unreachable => "the connection broke before the answer",
        NotSentKind::Credentials => "the credentials were refused",
        NotSentKind::Unsendable => "it does not say all that has to be sent",
        NotSentKind::Other => "the service did not answer as it should",
    };
    if took_effect.is_none() {
        format!("{what}, whether it took effect is not known")
    } else {
        what.to_owned()
    }
}

/// Returns the refusal of a write that is not worth sending.
pub(super) fn unsendable(write: &Write, why: &str) -> Refusal {
    let kind = NotSentKind::Unsendable;
    Refusal {
        reason: sentence(write, &kind, Some(false), why, ""),
        kind,
        took_effect: Some(false),
        code: "Unsendable".to_owned(),
        request_id: None,
        advice: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{contact::ChannelKind, ids::Arn};
    use aws_sdk_ssmcontacts::operation::create_contact_channel::CreateContactChannelError;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

    type Failed = SdkError<CreateContactChannelError, HttpResponse>;

    fn write() -> Write {
        Write::CreateContactChannel {
            contact: Arn::parse("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/akua").unwrap(),
            name: "phone".to_owned(),
            kind: ChannelKind::Sms,
            address: Address::new("+447700900123"),
        }
    }

    fn judge(error: &Failed) -> Refusal {
        let (write, code) = (write(), SecretString::from("424242"));
        of(error, &write, Secrets::of(&write, Some(&code)))
    }

    fn answer(status: u16, code: Option<&str>, message: &str, body: &str) -> Refusal {
        let mut metadata = ErrorMetadata::builder().message(message);
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        judge(&SdkError::service_error(
            CreateContactChannelError::generic(metadata.build()),
            raw,
        ))
    }

    #[test]
    fn after_silence_nobody_knows() {
        let broken = || std::io::Error::other("broken pipe");
        for (error, kind) in [
            (Failed::timeout_error(broken()), NotSentKind::TimedOut),
            (
                Failed::dispatch_failure(ConnectorError::timeout(broken().into())),
                NotSentKind::TimedOut,
            ),
            (
                Failed::dispatch_failure(ConnectorError::io(broken().into())),
                NotSentKind::Unreachable,
            ),
            (
                Failed::response_error(broken(), HttpResponse::new(200.try_into().unwrap(), SdkBody::empty())),
                NotSentKind::Other,
            ),
        ] {
            let refusal = judge(&error);
            assert_eq!((&refusal.kind, refusal.took_effect), (&kind, None));
            assert!(refusal.reason.contains("is not known"), "{}", refusal.reason);
        }
        let unbuilt = judge(&Failed::construction_failure(broken()));
        assert_eq!(unbuilt.took_effect, Some(false));
    }

    #[test]
    fn the_type_of_an_answer_decides_whether_it_is_a_refusal_for_sure() {
        let conflict = || NotSentKind::Conflict { dependents: Vec::new() };
        for (status, code, kind, took_effect) in [
            (400, "ValidationException", NotSentKind::Validation, Some(false)),
            (409, "ConflictException", conflict(), Some(false)),
            (402, "ServiceQuotaExceededException", NotSentKind::Quota, Some(false)),
            (400, "DataEncryptionException", NotSentKind::Encryption, Some(false)),
            (404, "ResourceNotFoundException", NotSentKind::NotFound, Some(false)),
            (429, "ThrottlingException", NotSentKind::Throttled, Some(false)),
            (400, "ExpiredTokenException", NotSentKind::Credentials, Some(false)),
            (400, "UnknownOperationException", NotSentKind::Other, Some(false)),
            (400, "SomethingNewException", NotSentKind::Other, None),
            (500, "InternalServerException", NotSentKind::Other, None),
            (400, "InternalServerException", NotSentKind::Other, None),
        ] {
            let refusal = answer(status, Some(code), "", "");
            assert_eq!((refusal.kind, refusal.took_effect), (kind, took_effect), "{code}");
        }
        for status in [403, 408, 502] {
            assert_eq!(answer(status, None, "", "<html>").took_effect, None, "{status}");
        }
    }

    #[test]
    fn the_services_words_are_kept_without_what_nobody_may_see() {
        let words = "'+447700900123' (447700900123) for ben@example.com, code 424242\u{1b}[2J";
        let refusal = answer(400, Some("ValidationException"), words, "");
        assert_eq!(
            refusal.reason,
            "CreateContactChannel of akua: the service refuses it ('+44•••••••123' (+44•••••••123) for \
             b•••@example.com, code <code>␛[2J)"
        );
    }

    #[test]
    fn all_dependents_of_a_conflict_are_told() {
        let body = r#"{"DependentEntities":[
            {"RelationType":"ROTATION","DependentResourceIds":["one","two"]},
            {"RelationType":"PLAN","DependentResourceIds":["three"]}, {}]}"#;
        let refusal = answer(409, Some("ConflictException"), "in use", body);
        assert!(
            refusal
                .reason
                .ends_with("(in use); ROTATION: one, two; PLAN: three; : "),
            "{}",
            refusal.reason
        );
    }

    #[test]
    fn the_missing_permission_is_the_one_that_the_service_names() {
        let words = "User: x is not authorized to perform: iam:PassRole on resource: y";
        for (words, permission) in [
            (words, "iam:PassRole"),
            ("", "ssm-contacts:CreateContactChannel"),
            ("perform: nothing", "ssm-contacts:CreateContactChannel"),
        ] {
            let refusal = answer(403, Some("AccessDeniedException"), words, "");
            let permission = permission.to_owned();
            assert_eq!(refusal.kind, NotSentKind::Denied { permission });
        }
    }
}

//! What an error of the SDK means: wait and ask again, ask again, give up this question, or give up altogether.
//!
//! The decision is made by the error's *type*. The service's two published models disagree about status codes, so a
//! status only counts where there is no type at all, as in the page of a proxy.

use crate::{
    domain::{gap::GapReason, text::neutral},
    failure::{Failure, FailureKind},
};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use std::{error::Error, time::Duration};

/// The types by which services say "slow down".
const THROTTLING: [&str; 8] = [
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
];

/// The types by which services refuse whoever asks, whatever the question.
const CREDENTIALS: [&str; 14] = [
    "ExpiredTokenException",
    "ExpiredToken",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "InvalidToken",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
];

/// The types of errors that pass by themselves.
const PASSING: [&str; 8] = [
    "InternalServerException",
    "InternalServerError",
    "InternalFailure",
    "InternalServiceError",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "RequestTimeout",
    "RequestTimeoutException",
];

/// One failed attempt, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The error's type, or a word of ours where there was none.
    pub(super) code: String,
    /// The service's id of the request.
    pub(super) request_id: Option<String>,
    /// What to do.
    pub(super) course: Course,
    /// How long the service asks to wait before the next attempt.
    pub(super) advice: Option<Duration>,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Course {
    /// Slow down, and ask again.
    SlowDown,
    /// Ask again a few times; if that does not help, this is the reason.
    AskAgain(GapReason),
    /// This question has no answer.
    GiveUp(GapReason),
    /// No question will be answered: nobody is signed in, or the sign-in is refused.
    SignIn(String),
    /// No question will be answered: the account does not use Incident Manager in this Region.
    NotOnboarded(String),
}

/// Returns what `error` means.
pub(super) fn judge<E>(error: &SdkError<E, HttpResponse>) -> Verdict
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let (code, course) = match error {
        SdkError::TimeoutError(_) => ("Timeout".to_owned(), Course::AskAgain(GapReason::TimedOut)),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            ("Timeout".to_owned(), Course::AskAgain(GapReason::TimedOut))
        }
        SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) => unsent(error),
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            let reason = GapReason::Malformed {
                detail: innermost(error).to_string(),
            };
            match by_status(status) {
                Some(judged) => judged,
                None => ("Malformed".to_owned(), Course::AskAgain(reason)),
            }
        }
        SdkError::ServiceError(answer) => {
            let body = answer.raw().body().bytes().unwrap_or_default();
            let status = answer.raw().status().as_u16();
            match answer.err().code() {
                Some(code) => {
                    let message = message(answer.err().message().unwrap_or_default(), body);
                    (code.to_owned(), by_type(code, message, status))
                }
                None => by_status(status).unwrap_or_else(|| {
                    let code = format!("HTTP {status}");
                    let reason = GapReason::Refused {
                        code: code.clone(),
                        message: String::new(),
                    };
                    (code, Course::GiveUp(reason))
                }),
            }
        }
        _ => {
            let detail = innermost(error).to_string();
            ("Unknown".to_owned(), Course::GiveUp(GapReason::Unreachable { detail }))
        }
    };
    Verdict {
        code,
        request_id: error.request_id().map(str::to_owned),
        course,
        advice: error.raw_response().and_then(|answer| {
            let header = answer.headers().get("retry-after");
            advice(header, answer.body().bytes().unwrap_or_default())
        }),
    }
}

/// Judges a request that never got an answer.
fn unsent(error: &(dyn Error + 'static)) -> (String, Course) {
    if chain(error).any(<dyn Error>::is::<CredentialsError>) {
        let code = "CredentialsNotLoaded".to_owned();
        return (code.clone(), Course::SignIn(code));
    }
    let detail = innermost(error).to_string();
    (
        "Unreachable".to_owned(),
        Course::AskAgain(GapReason::Unreachable { detail }),
    )
}

/// Judges an answer that names its type.
fn by_type(code: &str, message: String, status: u16) -> Course {
    if THROTTLING.contains(&code) {
        return Course::SlowDown;
    }
    if CREDENTIALS.contains(&code) {
        return Course::SignIn(code.to_owned());
    }
    let refused = GapReason::Refused {
        code: code.to_owned(),
        message: message.clone(),
    };
    match code {
        "AccessDeniedException" | "AccessDenied" => Course::GiveUp(GapReason::Denied),
        "ResourceNotFoundException" => Course::GiveUp(GapReason::Gone),
        // Every operation of ssm-contacts answers so where the account has no replication set.
        "ValidationException" if message.contains("Account not found") => Course::NotOnboarded(message),
        _ if PASSING.contains(&code) || status >= 500 => Course::AskAgain(refused),
        _ => Course::GiveUp(refused),
    }
}

/// Judges an answer without a type: the page of a proxy or a load balancer.
fn by_status(status: u16) -> Option<(String, Course)> {
    let code = format!("HTTP {status}");
    match status {
        429 => Some((code, Course::SlowDown)),
        500.. => {
            let reason = GapReason::Refused {
                code: code.clone(),
                message: String::new(),
            };
            Some((code, Course::AskAgain(reason)))
        }
        _ => None,
    }
}

/// Returns how long the service asks to wait: a header in one of its models, a member of the body in the other.
fn advice(header: Option<&str>, body: &[u8]) -> Option<Duration> {
    let seconds = header.and_then(|text| text.trim().parse().ok()).or_else(|| {
        let body: serde_json::Value = serde_json::from_slice(body).ok()?;
        ["RetryAfterSeconds", "retryAfterSeconds"]
            .iter()
            .find_map(|name| body.get(name)?.as_u64())
    })?;
    Some(Duration::from_secs(seconds))
}

/// Returns the service's own words about a refusal, or what is known of a request without an answer.
pub(super) fn words<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let SdkError::ServiceError(answer) = error {
        let body = answer.raw().body().bytes().unwrap_or_default();
        message(answer.err().message().unwrap_or_default(), body)
    } else {
        innermost(error).to_string()
    }
}

/// Returns the service's words with the reason and the fields of a `ValidationException`, whose message may be empty.
fn message(words: &str, body: &[u8]) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |value: &serde_json::Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    let mut parts: Vec<String> = Vec::new();
    if !words.is_empty() {
        parts.push(words.to_owned());
    }
    parts.extend(text(&body, "Reason"));
    for field in body
        .get("Fields")
        .and_then(|fields| fields.as_array())
        .into_iter()
        .flatten()
    {
        let (name, words) = (text(field, "Name"), text(field, "Message"));
        parts.push([name.unwrap_or_default(), words.unwrap_or_default()].join(" "));
    }
    parts.join("; ")
}

/// Returns the failure that ends a load whose credentials are refused with this error type.
pub(super) fn sign_in(code: &str, profile: Option<&str>) -> Failure {
    let profile = profile.map(|name| format!(" --profile {name}")).unwrap_or_default();
    let (what, hint) = match code {
        "ExpiredTokenException" | "ExpiredToken" => (
            "The credentials have expired.",
            format!("sign in again with `aws sso login{profile}` or `aws login{profile}`"),
        ),
        "RequestExpired" | "RequestTimeTooSkewed" | "InvalidSignatureException" | "SignatureDoesNotMatch" => (
            "AWS refuses the request's signature: the clock of this machine is wrong, or the secret key is.",
            "compare `date -u` with a clock you trust, then `aws sts get-caller-identity".to_owned() + &profile + "`",
        ),
        "CredentialsNotLoaded" => (
            "The credentials ended, and no new ones could be had.",
            format!("sign in again with `aws sso login{profile}` or `aws login{profile}`"),
        ),
        _ => (
            "AWS does not know these credentials.",
            format!(
                "`aws sts get-caller-identity{profile}` shows what they are; `aws configure list{profile}` where from"
            ),
        ),
    };
    Failure::new(FailureKind::Credentials, what).because(code).hint(hint)
}

/// Returns the failure of a load that cannot go on, because who has signed in meanwhile is of another account.
pub(super) fn other_account(before: &str, now: &str) -> Failure {
    let (before, now) = (neutral(before), neutral(now));
    Failure::new(
        FailureKind::Configuration,
        format!("The new sign-in is of account {now}, and what was read is of account {before}."),
    )
    .hint(format!(
        "sign in to account {before}; or press R, and account {now} is read from the beginning"
    ))
}

/// Returns the failure of an account that does not use Incident Manager in `region`, but may in `regions`.
pub(super) fn not_onboarded(region: &str, regions: &[String], message: Option<&str>) -> Failure {
    let failure = match regions.first() {
        Some(first) if !regions.iter().any(|other| other == region) => Failure::new(
            FailureKind::NotOnboarded,
            format!(
                "Region {region} is not in the account's replication set ({}).",
                regions.join(", ")
            ),
        )
        .hint(format!("callsheet --region {first}")),
        _ => Failure::new(
            FailureKind::NotOnboarded,
            format!("This account does not use Incident Manager in {region}: it has no replication set there."),
        )
        .hint("callsheet --demo shows an account that does; another account: callsheet --profile NAME"),
    };
    match message {
        Some(message) => failure.because(message),
        None => failure,
    }
}

/// Returns the failure of a host that nobody answers at.
pub(super) fn unreachable(host: &str, detail: &str) -> Failure {
    let host = host.split("://").last().unwrap_or(host);
    Failure::new(FailureKind::Service, format!("{host} could not be reached."))
        .because(detail)
        .hint("check the network, HTTPS_PROXY, and the Region or the endpoint in `aws configure list`")
}

/// Returns `error` and everything beneath it.
pub(super) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// Returns the error at the bottom, which is the one that says what happened.
pub(super) fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    chain(error).last().unwrap_or(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ssmcontacts::operation::get_contact::GetContactError;
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

    fn answer(status: u16, code: Option<&str>, body: &str) -> Course {
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        judge(&SdkError::service_error(
            GetContactError::generic(metadata.build()),
            raw,
        ))
        .course
    }

    #[test]
    fn the_type_decides_and_not_the_status() {
        for status in [400, 403, 404, 429, 500] {
            assert_eq!(answer(status, Some("ThrottlingException"), ""), Course::SlowDown);
            assert_eq!(
                answer(status, Some("AccessDeniedException"), ""),
                Course::GiveUp(GapReason::Denied)
            );
            assert_eq!(
                answer(status, Some("ResourceNotFoundException"), ""),
                Course::GiveUp(GapReason::Gone)
            );
            assert_eq!(
                answer(status, Some("ExpiredTokenException"), ""),
                Course::SignIn("ExpiredTokenException".to_owned())
            );
            assert!(matches!(
                answer(status, Some("InternalServerException"), ""),
                Course::AskAgain(_)
            ));
        }
    }

    #[test]
    fn without_a_type_the_status_has_to_do() {
        assert_eq!(answer(429, None, "<html>"), Course::SlowDown);
        assert!(matches!(answer(502, None, "<html>"), Course::AskAgain(_)));
        assert!(matches!(answer(404, None, "<html>"), Course::GiveUp(_)));
    }

    #[test]
    fn advice_is_read_from_the_header_and_from_the_body() {
        let seconds = |count| Some(Duration::from_secs(count));
        assert_eq!(advice(Some(" 7"), b"{\"RetryAfterSeconds\":3}"), seconds(7));
        assert_eq!(advice(None, b"{\"RetryAfterSeconds\":3}"), seconds(3));
        assert_eq!(advice(Some("soon"), b"<html>"), None);
    }

    #[test]
    fn a_validation_error_tells_its_reason_and_fields() {
        let body =
            br#"{"Message":"","Reason":"FIELD_VALIDATION_FAILED","Fields":[{"Name":"ContactId","Message":"is odd"}]}"#;
        assert_eq!(message("", body), "FIELD_VALIDATION_FAILED; ContactId is odd");
    }

    #[test]
    fn a_region_outside_the_set_names_the_set() {
        let regions = ["us-east-1".to_owned(), "us-west-2".to_owned()];
        let failure = not_onboarded("eu-west-1", &regions, None);
        assert_eq!(failure.next_action(), Some("callsheet --region us-east-1"));
        let none = not_onboarded("eu-west-1", &[], Some("Account not found for the request"));
        assert_eq!((none.kind(), none.why().len()), (FailureKind::NotOnboarded, 1));
    }
}

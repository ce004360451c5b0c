//! The one way to AWS: every request of the program goes through [`Account::call`].
//!
//! The SDK's own retries are off. They would hide throttles from the lanes and attempts from the call log, and one slow
//! call would stall a section without a word.

use super::{
    Account,
    failure::{self, Course},
};
use crate::domain::{
    Timestamp,
    call::{Call, CallOutcome},
    gap::{Gap, GapReason},
    ids::Arn,
    load::LoadEvent,
    operation::Operation,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};
use tokio::time::Instant;

/// How often a request is sent that fails for a reason that may pass, while nothing was ever answered: once, and twice
/// more, so that a host where nobody is there is told of soon.
const ATTEMPTS: u32 = 3;

/// How often it is sent once something was answered: where one request of a hundred is lost, a load of 20,000 has no gap.
const ATTEMPTS_WHERE_SOMEBODY_ANSWERS: u32 = 5;

/// How often one request may be throttled. At the slowest pace that is most of a minute of nothing else.
const THROTTLES: u32 = 50;

/// The longest pause before the second attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// What is asked of AWS, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// The operation.
    pub(super) operation: Operation,
    /// What it is about; absent for a list of the whole account.
    pub(super) subject: Option<Arn>,
    /// Its members by the names that the `aws` command gives them: ids, times and tokens, never an address or a code.
    pub(super) parameters: Vec<(String, String)>,
}

impl Request {
    /// Returns a request about `subject`, which goes by `parameter` on the command line.
    pub(super) fn about(operation: Operation, parameter: &str, subject: &Arn) -> Self {
        Self {
            operation,
            subject: Some(subject.clone()),
            parameters: vec![(parameter.to_owned(), subject.to_string())],
        }
    }

    /// Returns a request about the whole account.
    pub(super) fn of_account(operation: Operation) -> Self {
        Self {
            operation,
            subject: None,
            parameters: Vec::new(),
        }
    }

    /// Adds a member.
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parameters.push((name.to_owned(), value.into()));
        self
    }
}

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unanswered {
    /// What to make of it.
    pub(super) why: Why,
    /// The service's id of the last attempt.
    pub(super) request_id: Option<String>,
}

/// Whether only one question is without an answer, or all are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// This one.
    Gap(GapReason),
    /// All: the credentials were refused with this error type.
    SignIn(String),
    /// All: the account does not use Incident Manager here, in the service's words.
    NotOnboarded(String),
}

impl Unanswered {
    /// Returns that one question has no answer, for `reason`.
    pub(super) fn gap_of(reason: GapReason, request_id: Option<String>) -> Self {
        Self {
            why: Why::Gap(reason),
            request_id,
        }
    }

    /// Returns that the answer cannot be understood.
    pub(super) fn malformed(detail: String, request_id: Option<String>) -> Self {
        Self::gap_of(GapReason::Malformed { detail }, request_id)
    }

    /// Returns the gap that this leaves.
    pub(super) fn gap(&self, operation: Operation, subject: Option<&Arn>, at: Timestamp) -> Arc<Gap> {
        let reason = match &self.why {
            Why::Gap(reason) => reason.clone(),
            Why::SignIn(code) => GapReason::Credentials { code: code.clone() },
            Why::NotOnboarded(message) => GapReason::Refused {
                code: "ValidationException".to_owned(),
                message: message.clone(),
            },
        };
        Arc::new(Gap {
            operation,
            subject: subject.cloned(),
            reason,
            request_id: self.request_id.clone(),
            at,
        })
    }
}

/// What happened and was not reported yet, and what time it is.
#[derive(Debug)]
pub(super) struct Log {
    started_at: Timestamp,
    since: Instant,
    events: Mutex<Vec<LoadEvent>>,
    answers: Mutex<Answers>,
}

/// Whether anybody is there.
#[derive(Debug)]
enum Answers {
    /// No request has ended.
    NoneYet,
    /// Every request has ended without an answer, of whatever kind; this is what the last one died of.
    Silence(String),
    /// There was an answer, if only an error.
    Some,
}

impl Log {
    /// Returns an empty log that begins at `now`.
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            started_at: now,
            since: Instant::now(),
            events: Mutex::new(Vec::new()),
            answers: Mutex::new(Answers::NoneYet),
        }
    }

    /// Returns the time: the one we were told at the start, and what has passed since.
    pub(super) fn now(&self) -> Timestamp {
        chrono::Duration::from_std(self.since.elapsed())
            .ok()
            .and_then(|passed| self.started_at.checked_add_signed(passed))
            .unwrap_or(self.started_at)
    }

    /// Returns how long the log has been kept.
    pub(super) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Adds something to report.
    pub(super) fn push(&self, event: LoadEvent) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Returns what requests died of, when none was ever answered.
    pub(super) fn silence(&self) -> Option<String> {
        match &*self.answers.lock().unwrap_or_else(PoisonError::into_inner) {
            Answers::Silence(detail) => Some(detail.clone()),
            Answers::NoneYet | Answers::Some => None,
        }
    }

    /// Returns how often a request is sent that fails for a reason that may pass.
    fn attempts(&self) -> u32 {
        match &*self.answers.lock().unwrap_or_else(PoisonError::into_inner) {
            Answers::NoneYet | Answers::Silence(_) => ATTEMPTS,
            Answers::Some => ATTEMPTS_WHERE_SOMEBODY_ANSWERS,
        }
    }

    fn heard(&self, answer: Result<(), &GapReason>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers = match (answer, &*answers) {
            (Err(GapReason::Unreachable { detail }), Answers::NoneYet | Answers::Silence(_)) => {
                Answers::Silence(detail.clone())
            }
            (Err(GapReason::TimedOut), Answers::NoneYet | Answers::Silence(_)) => {
                Answers::Silence(GapReason::TimedOut.to_string())
            }
            _ => Answers::Some,
        };
    }

    /// Adds a request that was made.
    pub(super) fn note(&self, call: Call) {
        let status = match &call.outcome {
            CallOutcome::Answered { .. } | CallOutcome::Done => "answered",
            CallOutcome::Failed { code } => code,
        };
        // Never the parameters: the log may lie on a disk for years.
        tracing::debug!(
            operation = call.operation.name(),
            attempt = call.attempt,
            status,
            milliseconds = call.took_milliseconds,
            "called"
        );
        self.push(LoadEvent::Call(call));
    }

    /// Takes the requests that were made, oldest first, and forgets the rest.
    pub(super) fn take_calls(&self) -> Vec<Call> {
        calls_of(self.take())
    }

    /// Takes all that is to be reported.
    pub(super) fn take(&self) -> Vec<LoadEvent> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Account {
    /// Sends a request in its turn, again where that may help, and logs each attempt. `items` counts an answer's items.
    pub(super) async fn call<T, E, F>(
        &self,
        log: &Log,
        request: &Request,
        items: impl Fn(&T) -> usize,
        send: impl Fn() -> F,
    ) -> Result<T, Unanswered>
    where
        T: RequestId,
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let class = request.operation.class();
        let (mut attempt, mut failures, mut throttles) = (0, 0, 0);
        loop {
            attempt += 1;
            let turn = self.limiter.turn(request.operation.into()).await;
            let at = log.now();
            // Boxed here, because a request of the SDK takes kilobytes, and most of the time many only wait for a turn.
            let result = Box::pin(send()).await;
            let took = turn.sent_at.elapsed();
            let sent_at = turn.sent_at;
            drop(turn);
            let note = |outcome: CallOutcome, request_id: Option<&str>| {
                log.note(Call {
                    at,
                    operation: request.operation.into(),
                    parameters: request.parameters.clone(),
                    attempt,
                    took_milliseconds: milliseconds(took),
                    outcome,
                    request_id: request_id.map(str::to_owned),
                });
            };
            let error = match result {
                Ok(answer) => {
                    self.limiter.succeeded(class);
                    log.heard(Ok(()));
                    let outcome = CallOutcome::Answered { items: items(&answer) };
                    note(outcome, answer.request_id());
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let verdict = failure::judge(&error);
            note(
                CallOutcome::Failed { code: verdict.code },
                verdict.request_id.as_deref(),
            );
            log.heard(match &verdict.course {
                Course::AskAgain(reason) => Err(reason),
                Course::SlowDown | Course::GiveUp(_) | Course::SignIn(_) | Course::NotOnboarded(_) => Ok(()),
            });
            let why = match verdict.course {
                Course::SlowDown => {
                    throttles += 1;
                    if let Some(millirequests_per_second) = self.limiter.throttled(class, sent_at, verdict.advice) {
                        log.push(LoadEvent::Slowed {
                            class,
                            millirequests_per_second,
                        });
                    }
                    if throttles < THROTTLES {
                        continue;
                    }
                    Why::Gap(GapReason::Throttled)
                }
                Course::AskAgain(reason) => {
                    failures += 1;
                    if failures < log.attempts() {
                        super::limit::pause(verdict.advice, jittered(failures)).await;
                        continue;
                    }
                    Why::Gap(reason)
                }
                Course::GiveUp(reason) => Why::Gap(reason),
                Course::SignIn(code) => {
                    self.refused.store(true, Ordering::Relaxed);
                    Why::SignIn(code)
                }
                Course::NotOnboarded(message) => Why::NotOnboarded(message),
            };
            return Err(Unanswered {
                why,
                request_id: verdict.request_id,
            });
        }
    }
}

/// Returns the requests among `events`.
pub(super) fn calls_of(events: impl IntoIterator<Item = LoadEvent>) -> Vec<Call> {
    let call = |event| match event {
        LoadEvent::Call(call) => Some(call),
        LoadEvent::Connected(_) | LoadEvent::Part(_) | LoadEvent::Progress(_) | LoadEvent::Slowed { .. } => None,
    };
    events.into_iter().filter_map(call).collect()
}

/// Returns a duration in whole milliseconds.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Returns a pause of random length, so that requests that broke together are not sent together again.
fn jittered(failures: u32) -> Duration {
    let longest = FIRST_PAUSE * 2_u32.pow(failures.saturating_sub(1).min(8));
    longest / 2 + longest.mul_f64(fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_differ() {
        for _ in 0..100 {
            assert!((100..=200).contains(&jittered(1).as_millis()));
            assert!((200..=400).contains(&jittered(2).as_millis()));
        }
    }
}

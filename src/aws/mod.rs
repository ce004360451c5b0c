//! Amazon Web Services: the only module that names a type of the SDK.
//!
//! [`Account::connect`] finds settings and credentials the way the AWS CLI does. [`Account::load`] reads everything in one
//! Region with as few requests as the service allows, at the pace it publishes, and reports parts as they come. What
//! could not be read is reported too: no path here turns a failed read into an empty one. [`Account::send`] is the one way by
//! which anything is changed.

mod call;
mod connect;
mod convert;
mod encode;
mod execute;
mod failure;
mod limit;
mod load;
mod page;
mod probe;
mod reads;
mod refusal;
mod required;
mod run;

use crate::{
    domain::{
        Timestamp,
        ids::Arn,
        inventory::{Caller, Inventory, Part},
        load::{Connected, LoadEvent},
    },
    failure::{Failure, FailureKind},
};
use load::{Job, Session};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;

pub use tokio_util::sync::CancellationToken;

/// One account in one Region, ready to be asked.
#[derive(Debug, Clone)]
pub struct Account {
    contacts: aws_sdk_ssmcontacts::Client,
    incidents: aws_sdk_ssmincidents::Client,
    sts: aws_sdk_sts::Client,
    /// Shared by all copies: the rates are the account's, not those of one load.
    limiter: Arc<limit::Limiter>,
    connected: Connected,
    /// Whether the service has refused the credentials, shared by all copies.
    refused: Arc<AtomicBool>,
    requests_in_flight: usize,
    horizon: Duration,
}

/// What a load is told.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The time at the start, from which shifts and overrides are asked for.
    pub now: Timestamp,
    /// Where to report, in batches, at most ten a second. A load never waits for a busy receiver, and ends without one.
    pub out: mpsc::Sender<Vec<LoadEvent>>,
    /// Ends the load when it is cancelled: what has not been read by then becomes a gap.
    pub stop: CancellationToken,
}

impl Account {
    /// Returns what the settings came to.
    pub fn connected(&self) -> &Connected {
        &self.connected
    }

    /// Asks for the account of who is signed in, which needs no permission.
    pub async fn caller_account(&self, now: Timestamp) -> Result<String, Failure> {
        self.who(now).await.map(|caller| caller.account)
    }

    /// Asks who is signed in, which needs no permission.
    pub async fn who(&self, now: Timestamp) -> Result<Caller, Failure> {
        let log = call::Log::new(now);
        let failed = |what: &str, why: String| Failure::new(FailureKind::Service, what).because(why);
        match self.caller(&log).await {
            Ok((caller, _)) => Ok(caller),
            Err(unanswered) => Err(match unanswered.why {
                call::Why::SignIn(code) => failure::sign_in(&code, self.connected.profile.as_deref()),
                call::Why::Gap(reason) => failed("Who is signed in could not be found out.", reason.to_string()),
                call::Why::NotOnboarded(message) => failed("Who is signed in could not be found out.", message),
            }),
        }
    }

    /// Reads everything, and reports parts as they come; what cannot be read becomes a gap.
    ///
    /// A failure means that nobody is signed in, that the account does not use Incident Manager here, or that nothing
    /// answers. What was found until then is reported all the same, and what was not asked any more is a gap.
    pub async fn load(&self, assignment: &Assignment) -> Result<(), Failure> {
        let session = Session::new(self, assignment);
        session.log.push(LoadEvent::Connected(self.connected.clone()));
        session.report(Part::Started {
            at: assignment.now,
            horizon_end: session.horizon_end(),
        });
        let result = run::Run::new(&session, Job::first()).finish(assignment).await;
        session.report(Part::Ended { at: session.log.now() });
        send_rest(&session, assignment).await;
        result
    }

    /// Goes on where an earlier load has stopped, and asks only what that has not read: see [`Inventory::reopened`].
    pub async fn go_on(&self, read: &Inventory, assignment: &Assignment) -> Result<(), Failure> {
        let session = Session::going_on(self, assignment, read);
        session.log.push(LoadEvent::Connected(self.connected.clone()));
        let run = run::Run::new(&session, Job::left(read));
        let result = match session.same_caller().await {
            Ok(()) => run.finish(assignment).await,
            Err((reason, failure)) => {
                run.give_up(&reason);
                Err(failure)
            }
        };
        session.report(Part::Ended { at: session.log.now() });
        send_rest(&session, assignment).await;
        result
    }

    /// Returns whether the credentials were refused: the account has to be connected to anew then.
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Reads one row again: a contact with its plan and devices, a rotation with its overrides and shifts, or a response
    /// plan. [`Part::Gone`] says that it is not there any more.
    pub async fn read_again(&self, subject: &Arn, assignment: &Assignment) -> Result<(), Failure> {
        let session = Session::of_rows(self, assignment);
        let result = run::Run::new(&session, Job::again(subject)).finish(assignment).await;
        send_rest(&session, assignment).await;
        result
    }
}

/// Sends what the last batch left. A receiver that has gone does not want it.
async fn send_rest(session: &Session<'_>, assignment: &Assignment) {
    let rest = session.log.take();
    if !rest.is_empty() {
        assignment.out.send(rest).await.ok();
    }
}

//! The reads around a write: one subject as it is now, and the shifts that a rotation would have.
//!
//! Both are read to the end or not at all. Half an answer would be compared with what the operator saw, and the difference
//! would look like somebody else's doing.

use super::{
    Account, Assignment, CancellationToken,
    call::{Log, Unanswered, Why, calls_of},
    failure,
    load::{Job, Session},
    run::Run,
};
use crate::{
    changes::outcome::{Engaged, Previewed, Probe, Unread},
    domain::{
        Timestamp,
        gap::{Gap, GapReason},
        ids::Arn,
        inventory::{Inventory, Part},
        load::LoadEvent,
        operation::Operation,
        schedule::RotationDraft,
        text::neutral,
    },
    failure::{Failure, FailureKind},
};
use std::sync::Arc;
use tokio::sync::mpsc;

impl Account {
    /// Reads one subject afresh: a contact, a rotation or a response plan; for a device, the person whose it is.
    pub async fn probe(&self, subject: &Arn, now: Timestamp) -> Result<Probe, Unread> {
        let row = owner_of_channel(subject).unwrap_or_else(|| subject.clone());
        let (out, mut reported) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let assignment = Assignment { now, out, stop };
        let session = Session::of_probe(self, &assignment);
        session.report(Part::Started {
            at: now,
            horizon_end: session.horizon_end(),
        });
        let jobs = Job::again(&row);
        let is_known_kind = !jobs.is_empty();
        let result = Box::pin(Run::new(&session, jobs).finish(&assignment)).await;
        session.report(Part::Ended { at: session.log.now() });

        // A run never waits for its receiver, so that one batch at most is here and the rest is still in the log.
        let mut events = reported.try_recv().unwrap_or_default();
        events.extend(session.log.take());
        let mut inventory = Inventory::empty(&self.connected.region, self.connected.endpoint.clone());
        let mut is_gone = false;
        for event in &events {
            if let LoadEvent::Part(part) = event {
                is_gone |= *part == Part::Gone(row.clone());
                inventory.apply(part.clone());
            }
        }
        let calls = calls_of(events);
        let unread = |failure: Failure| Unread {
            failure,
            calls: calls.clone(),
        };
        if !is_known_kind {
            let what = format!("{} is nothing that a write is about.", neutral(subject.as_str()));
            return Err(unread(Failure::new(FailureKind::Bug, what)));
        }
        result.map_err(&unread)?;
        if !is_gone && !is_whole(&inventory, &row) {
            return Err(unread(incomplete(
                subject,
                inventory.gaps.iter().find(|gap| is_core(gap)),
            )));
        }
        let is_there = !is_gone && (row == *subject || inventory.channel(subject).is_some());
        Ok(Probe {
            is_there,
            inventory,
            calls,
        })
    }

    /// Has the service work out the shifts in a window of a rotation that does not exist. Changes nothing.
    pub async fn preview_shifts(
        &self,
        draft: &RotationDraft,
        window: (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Previewed, Unread> {
        let log = Log::new(now);
        let answered = Box::pin(self.previewed_shifts(&log, draft, window)).await;
        let calls = log.take_calls();
        match answered {
            Ok(shifts) => Ok(Previewed { shifts, calls }),
            Err(unanswered) => {
                let what = "The shifts of the rotation could not be previewed.";
                let operation = Operation::ListPreviewRotationShifts;
                let failure = self.unanswered(what, operation, &unanswered, now);
                Err(Unread { failure, calls })
            }
        }
    }

    /// Reads what was engaged in a window: all that began in it, whether it is over or not.
    pub async fn engaged(&self, window: (Timestamp, Timestamp), now: Timestamp) -> Result<Engaged, Unread> {
        let log = Log::new(now);
        let answered = Box::pin(self.engagements(&log, window)).await;
        let calls = log.take_calls();
        match answered {
            Ok(engagements) => Ok(Engaged { engagements, calls }),
            Err(unanswered) => {
                let (what, operation) = ("Who is engaged could not be read.", Operation::ListEngagements);
                let failure = self.unanswered(what, operation, &unanswered, now);
                Err(Unread { failure, calls })
            }
        }
    }

    fn unanswered(&self, what: &str, operation: Operation, unanswered: &Unanswered, at: Timestamp) -> Failure {
        let gap = unanswered.gap(operation, None, at);
        match &unanswered.why {
            Why::SignIn(code) => failure::sign_in(code, self.connected.profile.as_deref()),
            Why::NotOnboarded(message) => failure::not_onboarded(&self.connected.region, &[], Some(message)),
            Why::Gap(_) => because_of_gap(what, &gap),
        }
    }
}

/// Returns the person whose device it is, where it is a device in any of the spellings that AWS has for one.
fn owner_of_channel(arn: &Arn) -> Option<Arn> {
    let (kind, rest) = arn.resource().split_once('/')?;
    let is_channel = ["contact-channel", "contactchannel", "device"].contains(&kind);
    let (alias, _) = rest.split_once('/').filter(|_| is_channel)?;
    let (partition, service, region, account) = (arn.partition(), arn.service(), arn.region(), arn.account());
    Arn::parse(&format!("arn:{partition}:{service}:{region}:{account}:contact/{alias}")).ok()
}

/// Returns whether all is known of a row that a write may change, but for its tags.
fn is_whole(inventory: &Inventory, row: &Arn) -> bool {
    if let Some(contact) = inventory.contacts.items.get(row) {
        // Plans and schedules have no devices, and are not asked for any.
        let has_gap = contact.channels.gap().is_some();
        let is_asked = contact.kind.may_have_channels();
        return contact.plan.known().is_some() && !has_gap && (contact.channels.known().is_some() || !is_asked);
    }
    if let Some(rotation) = inventory.rotations.items.get(row) {
        return rotation.members.known().is_some()
            && rotation.recurrence.is_some()
            && rotation.overrides.known().is_some()
            && rotation.shifts.known().is_some();
    }
    let plan = inventory.response_plans.items.get(row);
    plan.is_some_and(|plan| plan.detail.known().is_some())
}

/// Returns whether a gap is one of what must be known. Who we are and the tags need not be.
fn is_core(gap: &Arc<Gap>) -> bool {
    gap.operation != Operation::GetCallerIdentity && !gap.operation.comes_last()
}

fn incomplete(subject: &Arn, gap: Option<&Arc<Gap>>) -> Failure {
    let what = format!("{} could not be read again completely.", neutral(subject.name()));
    match gap {
        Some(gap) => because_of_gap(&what, gap),
        None => Failure::new(FailureKind::Service, what),
    }
}

fn because_of_gap(what: &str, gap: &Gap) -> Failure {
    let kind = match &gap.reason {
        GapReason::Denied | GapReason::NotShared => FailureKind::Access,
        GapReason::Throttled => FailureKind::Throttled,
        GapReason::Credentials { .. } => FailureKind::Credentials,
        GapReason::Gone => FailureKind::NotFound,
        GapReason::TimedOut
        | GapReason::Unreachable { .. }
        | GapReason::Refused { .. }
        | GapReason::Malformed { .. }
        | GapReason::RepeatedToken
        | GapReason::TooManyPages
        | GapReason::Cancelled
        | GapReason::NotReached => FailureKind::Service,
    };
    let failure = Failure::new(kind, what).because(gap.to_string());
    match gap.missing_permission() {
        Some(permission) => failure.hint(format!("ask for the permission {permission}")),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_looked_for_at_its_person_in_every_spelling() {
        for (resource, person) in [
            ("contact-channel/akua/1a2b", Some("akua")),
            ("contactchannel/akua/1a2b", Some("akua")),
            ("device/akua/1a2b", Some("akua")),
            ("contact/akua", None),
            ("rotation/1a2b", None),
            ("contact-channel/1a2b", None),
        ] {
            let arn = Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:{resource}")).unwrap();
            let owner = owner_of_channel(&arn);
            assert_eq!(owner.as_ref().map(Arn::name), person, "{resource}");
        }
    }
}

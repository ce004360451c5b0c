//! What a load consists of: a short list of questions, and which further questions each answer raises.
//!
//! ```text
//! GetCallerIdentity
//! ListReplicationSets ─── GetReplicationSet
//! ListContacts ─┬─ GetContact, for each
//!               └─ ListContactChannels, for each person
//! ListRotations ─┬─ GetRotation, where the list may hide members
//!                ├─ ListRotationOverrides, for each
//!                └─ ListRotationShifts, for each
//! ListResponsePlans ─── GetResponsePlan, for each
//!
//! and when the rest is read, for each contact and response plan with whom it is shared (GetContactPolicy,
//! GetResourcePolicies), for these and each rotation its tags (ListTagsForResource)
//! ```
//!
//! No row of a screen waits for the last two: they are asked for only when nothing else needs their rate. Of what another
//! account shares with us they are not asked at all, because only the owner sees them, and an answer without tags would
//! say that there are none.
//!
//! A question is plain data, so that those that are never asked are known as well, and become gaps.

use super::{
    Account, Assignment,
    call::{Log, Request, Unanswered, Why},
    failure,
    page::{Listing, Next, Page},
};
use crate::{
    domain::{
        Timestamp,
        contact::{Contact, ContactKind},
        gap::{Gap, GapReason, Reading},
        ids::Arn,
        inventory::{Inventory, Part, Read, SectionKind, SectionState},
        load::LoadEvent,
        operation::{Operation, Service},
        response::{ReplicationSet, ResponsePlan},
        schedule::Rotation,
        sharing::Sharing,
        tags::Tags,
    },
    failure::Failure,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::SetOnce;

/// How far ahead overrides are read: as far as they can be made, six months, since an override may be the only thing
/// that ever puts a person on call.
const OVERRIDE_HORIZON: Duration = Duration::from_hours(184 * 24);

/// How rows become a part of the inventory, and what each is called.
type Rows<T> = (fn(Vec<T>) -> Part, fn(&T) -> &Arn);

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    /// Who is signed in.
    Caller,
    /// Which replication set the account has.
    ReplicationSets,
    /// What the replication set is like.
    ReplicationSet(Arn),
    /// The next page of a list.
    List(SectionKind, Listing),
    /// What the list does not tell of one of its rows.
    Detail(Detail, Arn),
    /// A row of a list with what the list does not tell.
    Row(SectionKind, Arn),
}

/// What a list does not tell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The plan of a contact.
    Plan,
    /// The devices of a person.
    Channels,
    /// All members of a rotation.
    Members,
    /// The overrides of a rotation.
    Overrides,
    /// The shifts of a rotation.
    Shifts,
    /// The rest of a response plan.
    ResponsePlan,
    /// The tags of a contact, a rotation or a response plan.
    Tags,
    /// With whom a contact or a response plan is shared.
    Sharing,
}

/// What a question led to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What the answer adds to the inventory.
    pub(super) parts: Vec<Part>,
    /// The questions that it raises.
    pub(super) next: Vec<Job>,
    /// Why no other question will be answered, if so.
    pub(super) failure: Option<Failure>,
}

/// What the questions of one load share.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) account: &'a Account,
    pub(super) log: Log,
    started_at: Timestamp,
    /// The caller's account, absent when it cannot be known; empty until the answer is here.
    caller: SetOnce<Option<String>>,
    /// The Regions of the replication set, in the same way.
    regions: SetOnce<Vec<String>>,
    /// What an earlier load has read, which is not read again.
    read: Option<&'a Inventory>,
    /// Whether it is asked with whom things are shared, which no write of ours changes.
    asks_sharing: bool,
}

impl Job {
    /// Returns the questions that a whole load begins with. The three lists do not wait for the other answers.
    pub(super) fn first() -> Vec<Self> {
        let list = |section| Self::List(section, Listing::default());
        vec![
            list(SectionKind::Contacts),
            list(SectionKind::Rotations),
            list(SectionKind::ResponsePlans),
            Self::Caller,
            Self::ReplicationSets,
        ]
    }

    /// Returns the questions that an unfinished load has not answered. Who is signed in is asked before them.
    pub(super) fn left(inventory: &Inventory) -> Vec<Self> {
        let mut jobs = Vec::new();
        let mut list = |section, state: &SectionState| {
            if *state != SectionState::Complete {
                jobs.push(Self::List(section, Listing::default()));
            }
        };
        list(SectionKind::Contacts, &inventory.contacts.state);
        list(SectionKind::Rotations, &inventory.rotations.state);
        list(SectionKind::ResponsePlans, &inventory.response_plans.state);
        if inventory.replication_set.is_pending() {
            jobs.push(Self::ReplicationSets);
        }
        let contacts = inventory.contacts.items.values();
        let rotations = inventory.rotations.items.values();
        let plans = inventory.response_plans.items.values();
        for contact in contacts {
            jobs.extend(of_contact(contact).into_iter().filter(|job| match job.detail_asked() {
                Some(Detail::Plan) => contact.plan.is_pending(),
                Some(Detail::Channels) => contact.channels.is_pending(),
                Some(Detail::Sharing) => contact.sharing.is_pending(),
                Some(Detail::Tags) => contact.tags.is_pending(),
                Some(Detail::Members | Detail::Overrides | Detail::Shifts | Detail::ResponsePlan) | None => true,
            }));
        }
        for rotation in rotations {
            jobs.extend(
                of_rotation(rotation)
                    .into_iter()
                    .filter(|job| match job.detail_asked() {
                        Some(Detail::Overrides) => rotation.overrides.is_pending(),
                        Some(Detail::Shifts) => rotation.shifts.is_pending(),
                        Some(Detail::Tags) => rotation.tags.is_pending(),
                        // Members are asked for only where the list has hidden them and they are still to come.
                        Some(
                            Detail::Members | Detail::Plan | Detail::Channels | Detail::ResponsePlan | Detail::Sharing,
                        )
                        | None => true,
                    }),
            );
        }
        for plan in plans {
            jobs.extend(
                of_response_plan(plan)
                    .into_iter()
                    .filter(|job| match job.detail_asked() {
                        Some(Detail::ResponsePlan) => plan.detail.is_pending(),
                        Some(Detail::Sharing) => plan.sharing.is_pending(),
                        Some(Detail::Tags) => plan.tags.is_pending(),
                        Some(
                            Detail::Plan | Detail::Channels | Detail::Members | Detail::Overrides | Detail::Shifts,
                        )
                        | None => true,
                    }),
            );
        }
        jobs
    }

    /// Returns the questions that read the row of `subject` again; none where it is nothing that has a row.
    pub(super) fn again(subject: &Arn) -> Vec<Self> {
        let row = |section| Self::Row(section, subject.clone());
        match subject.resource().split('/').next() {
            // Who we are decides what a denied list of devices means, and whether tags are shown to us.
            Some("contact") => vec![row(SectionKind::Contacts), Self::Caller],
            Some("rotation") => vec![row(SectionKind::Rotations), Self::Caller],
            Some("response-plan") => vec![row(SectionKind::ResponsePlans), Self::Caller],
            _ => Vec::new(),
        }
    }

    /// Returns the operation that is called.
    pub(super) fn operation(&self) -> Operation {
        match self {
            Self::Caller => Operation::GetCallerIdentity,
            Self::ReplicationSets => Operation::ListReplicationSets,
            Self::ReplicationSet(_) => Operation::GetReplicationSet,
            Self::List(SectionKind::Contacts, _) => Operation::ListContacts,
            Self::List(SectionKind::Rotations, _) => Operation::ListRotations,
            Self::List(SectionKind::ResponsePlans, _) => Operation::ListResponsePlans,
            Self::Detail(Detail::Plan, _) | Self::Row(SectionKind::Contacts, _) => Operation::GetContact,
            Self::Detail(Detail::Channels, _) => Operation::ListContactChannels,
            Self::Detail(Detail::Members, _) | Self::Row(SectionKind::Rotations, _) => Operation::GetRotation,
            Self::Detail(Detail::Overrides, _) => Operation::ListRotationOverrides,
            Self::Detail(Detail::Shifts, _) => Operation::ListRotationShifts,
            Self::Detail(Detail::ResponsePlan, _) | Self::Row(SectionKind::ResponsePlans, _) => {
                Operation::GetResponsePlan
            }
            Self::Detail(Detail::Tags, arn) => Operation::listing_tags_of(arn),
            Self::Detail(Detail::Sharing, arn) => Operation::telling_sharing_of(arn),
        }
    }

    /// Returns whether it is a page of a list, whose rows raise further questions.
    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::List(..))
    }

    /// Returns whether it is one of the last questions, which no row of a screen waits for.
    pub(super) fn comes_last(&self) -> bool {
        self.operation().comes_last()
    }

    fn detail_asked(&self) -> Option<Detail> {
        match self {
            Self::Detail(detail, _) => Some(*detail),
            Self::Caller | Self::ReplicationSets | Self::ReplicationSet(_) | Self::List(..) | Self::Row(..) => None,
        }
    }

    fn asks_sharing(&self) -> bool {
        matches!(self, Self::Detail(Detail::Sharing, _))
    }

    /// Returns what the question is about; absent where that is the whole account.
    pub(super) fn subject(&self) -> Option<&Arn> {
        match self {
            Self::Caller | Self::ReplicationSets | Self::List(..) => None,
            Self::ReplicationSet(arn) | Self::Detail(_, arn) | Self::Row(_, arn) => Some(arn),
        }
    }

    /// Returns the part of the inventory that stays unknown because of `gap`.
    pub(super) fn unknown(&self, gap: Arc<Gap>) -> Part {
        match self {
            Self::Caller => Part::Caller(Reading::Unknown(gap)),
            Self::ReplicationSets | Self::ReplicationSet(_) => Part::ReplicationSet(Reading::Unknown(gap)),
            Self::List(section, _) => Part::SectionEnded(*section, Some(gap)),
            Self::Detail(Detail::Plan, arn) | Self::Row(SectionKind::Contacts, arn) => {
                Part::Plan(arn.clone(), Reading::Unknown(gap))
            }
            Self::Detail(Detail::Channels, arn) => Part::Channels(arn.clone(), Reading::Unknown(gap)),
            Self::Detail(Detail::Members, arn) | Self::Row(SectionKind::Rotations, arn) => {
                Part::RotationMembers(arn.clone(), Reading::Unknown(gap))
            }
            Self::Detail(Detail::Overrides, arn) => Part::Overrides(arn.clone(), Reading::Unknown(gap)),
            Self::Detail(Detail::Shifts, arn) => Part::Shifts(arn.clone(), Reading::Unknown(gap)),
            Self::Detail(Detail::ResponsePlan, arn) | Self::Row(SectionKind::ResponsePlans, arn) => {
                Part::ResponsePlanDetail(arn.clone(), Reading::Unknown(gap))
            }
            Self::Detail(Detail::Tags, arn) => Part::Tags(arn.clone(), Reading::Unknown(gap)),
            Self::Detail(Detail::Sharing, arn) => Part::Sharing(arn.clone(), Reading::Unknown(gap)),
        }
    }
}

/// Returns the questions that a listed contact raises.
fn of_contact(contact: &Contact) -> Vec<Job> {
    let wanted: &[Detail] = match contact.kind {
        // A contact of a kind that is not known may have devices: asking costs one request.
        ContactKind::Person | ContactKind::Other(_) => &[Detail::Plan, Detail::Channels, Detail::Sharing, Detail::Tags],
        ContactKind::EscalationPlan | ContactKind::Schedule => &[Detail::Plan, Detail::Sharing, Detail::Tags],
    };
    details(wanted, &contact.arn)
}

fn details(wanted: &[Detail], arn: &Arn) -> Vec<Job> {
    wanted.iter().map(|detail| Job::Detail(*detail, arn.clone())).collect()
}

/// Returns the questions that a listed rotation raises.
fn of_rotation(rotation: &Rotation) -> Vec<Job> {
    let mut jobs = details(&[Detail::Overrides, Detail::Shifts, Detail::Tags], &rotation.arn);
    if rotation.members.is_pending() {
        jobs.extend(details(&[Detail::Members], &rotation.arn));
    }
    jobs
}

/// Returns the questions that a listed response plan raises.
fn of_response_plan(plan: &ResponsePlan) -> Vec<Job> {
    details(&[Detail::ResponsePlan, Detail::Sharing, Detail::Tags], &plan.arn)
}

impl<'a> Session<'a> {
    /// Returns a session that begins now.
    pub(super) fn new(account: &'a Account, assignment: &'a Assignment) -> Self {
        Self {
            account,
            log: Log::new(assignment.now),
            started_at: assignment.now,
            caller: SetOnce::new(),
            regions: SetOnce::new(),
            read: None,
            asks_sharing: true,
        }
    }

    /// Returns a session that goes on where an earlier load has stopped, within the same windows of time.
    pub(super) fn going_on(account: &'a Account, assignment: &'a Assignment, read: &'a Inventory) -> Self {
        let session = Self {
            started_at: read.started_at.unwrap_or(assignment.now),
            read: Some(read),
            ..Self::new(account, assignment)
        };
        if let Some(set) = read.replication_set.known() {
            session
                .regions
                .set(set.as_ref().map(regions_of).unwrap_or_default())
                .ok();
        }
        session
    }

    /// Asks who is signed in, and whether that still is who has read the rest.
    pub(super) async fn same_caller(&self) -> Result<(), (GapReason, Failure)> {
        let job = Job::Caller;
        let outcome = self.ask(&job).await;
        let before = self.read.and_then(Inventory::account);
        let now = outcome.parts.iter().find_map(|part| {
            if let Part::Caller(Reading::Known(caller)) = part {
                Some(caller.account.clone())
            } else {
                None
            }
        });
        if let Some((before, now)) = before.zip(now).filter(|(before, now)| before != now) {
            return Err((GapReason::NotReached, failure::other_account(before, &now)));
        }
        outcome.parts.into_iter().for_each(|part| self.report(part));
        match outcome.failure {
            Some(failure) => {
                let code = failure.why().first().cloned().unwrap_or_default();
                Err((GapReason::Credentials { code }, failure))
            }
            None => Ok(()),
        }
    }

    /// Returns whether a row has been read by an earlier load.
    fn is_read(&self, arn: &Arn) -> bool {
        self.read.is_some_and(|read| {
            read.contacts.items.contains_key(arn)
                || read.rotations.items.contains_key(arn)
                || read.response_plans.items.contains_key(arn)
        })
    }

    /// Returns a session in which only some rows are read, so that nobody asks for the replication set.
    pub(super) fn of_rows(account: &'a Account, assignment: &'a Assignment) -> Self {
        let session = Self::new(account, assignment);
        session.regions.set(Vec::new()).ok();
        session
    }

    /// Returns a session that reads one row around a write.
    pub(super) fn of_probe(account: &'a Account, assignment: &'a Assignment) -> Self {
        Self {
            asks_sharing: false,
            ..Self::of_rows(account, assignment)
        }
    }

    /// Returns the end of the window in which shifts are read.
    pub(super) fn horizon_end(&self) -> Timestamp {
        self.after(self.account.horizon)
    }

    /// Asks one question.
    pub(super) async fn ask(&self, job: &Job) -> Outcome {
        match self.answer(job).await {
            Ok(outcome) => outcome,
            Err(unanswered) => self.give_up(job, unanswered).await,
        }
    }

    async fn answer(&self, job: &Job) -> Result<Outcome, Unanswered> {
        let (account, log) = (self.account, &self.log);
        match job {
            Job::Caller => {
                let (caller, read) = account.caller(log).await?;
                self.caller.set(Some(caller.account.clone())).ok();
                Ok(Outcome::known(Part::Caller(Reading::Known(caller)), read))
            }
            Job::ReplicationSets => self.replication_sets().await,
            Job::ReplicationSet(arn) => self.replication_set(arn).await,
            Job::List(section, listing) => self.page(*section, listing).await,
            Job::Detail(detail, arn) => self.detail(*detail, arn).await,
            Job::Row(section, arn) => self.row(*section, arn).await,
        }
    }

    async fn page(&self, section: SectionKind, listing: &Listing) -> Result<Outcome, Unanswered> {
        let (account, log, token) = (self.account, &self.log, listing.token.clone());
        let place = (section, listing);
        Ok(match section {
            SectionKind::Contacts => {
                let page = account.contacts_page(log, token).await?;
                self.listed(place, page, (Part::Contacts, |contact| &contact.arn), of_contact)
            }
            SectionKind::Rotations => {
                let page = account.rotations_page(log, token).await?;
                self.listed(place, page, (Part::Rotations, |rotation| &rotation.arn), of_rotation)
            }
            SectionKind::ResponsePlans => {
                let page = account.response_plans_page(log, token).await?;
                self.listed(place, page, (Part::ResponsePlans, |plan| &plan.arn), of_response_plan)
            }
        })
    }

    async fn detail(&self, detail: Detail, arn: &Arn) -> Result<Outcome, Unanswered> {
        let (account, log, name) = (self.account, &self.log, arn.clone());
        let (part, read) = match detail {
            Detail::Plan => {
                let ((_, plan), read) = account.contact(log, arn).await?;
                (Part::Plan(name, Reading::Known(plan)), read)
            }
            Detail::Channels => {
                let (channels, read) = account.channels(log, arn).await?;
                (Part::Channels(name, Reading::Known(channels)), read)
            }
            Detail::Members => {
                let (rotation, read) = account.rotation(log, arn).await?;
                (Part::RotationMembers(name, rotation.members), read)
            }
            Detail::Overrides => {
                let window = (self.started_at, self.after(OVERRIDE_HORIZON));
                let (overrides, read) = account.overrides(log, arn, window).await?;
                (Part::Overrides(name, Reading::Known(overrides)), read)
            }
            Detail::Shifts => {
                let window = (self.started_at, self.horizon_end());
                let (shifts, read) = account.shifts(log, arn, window).await?;
                (Part::Shifts(name, Reading::Known(shifts)), read)
            }
            Detail::ResponsePlan => {
                let ((_, detail), read) = account.response_plan(log, arn).await?;
                (Part::ResponsePlanDetail(name, Reading::Known(detail)), read)
            }
            Detail::Tags => {
                let (tags, read) = self.tags(arn).await?;
                (Part::Tags(name, Reading::Known(tags)), read)
            }
            Detail::Sharing => {
                let (sharing, read) = self.sharing(arn).await?;
                (Part::Sharing(name, Reading::Known(sharing)), read)
            }
        };
        Ok(Outcome::known(part, read))
    }

    async fn tags(&self, arn: &Arn) -> Result<(Tags, Read), Unanswered> {
        self.refuse_foreign(arn).await?;
        match Operation::listing_tags_of(arn).service() {
            Service::Incidents => self.account.response_plan_tags(&self.log, arn).await,
            Service::Contacts | Service::Sts => self.account.contact_tags(&self.log, arn).await,
        }
    }

    async fn sharing(&self, arn: &Arn) -> Result<(Sharing, Read), Unanswered> {
        self.refuse_foreign(arn).await?;
        match Operation::telling_sharing_of(arn).service() {
            Service::Incidents => self.account.resource_policies(&self.log, arn).await,
            Service::Contacts | Service::Sts => self.account.contact_policy(&self.log, arn).await,
        }
    }

    /// Refuses to ask for what only the owner sees of something that another account shares with us.
    async fn refuse_foreign(&self, arn: &Arn) -> Result<(), Unanswered> {
        if self.is_foreign(arn).await {
            return Err(Unanswered::gap_of(GapReason::NotShared, None));
        }
        Ok(())
    }

    /// Reads one row again. The row goes out with what the same answer tells beyond it, and raises the other questions.
    async fn row(&self, section: SectionKind, arn: &Arn) -> Result<Outcome, Unanswered> {
        let (account, log) = (self.account, &self.log);
        let (next, row, detail, read) = match section {
            SectionKind::Contacts => {
                let ((contact, plan), read) = account.contact(log, arn).await?;
                let detail = Part::Plan(contact.arn.clone(), Reading::Known(plan));
                (of_contact(&contact), Part::Contacts(vec![contact]), detail, read)
            }
            SectionKind::Rotations => {
                let (rotation, read) = account.rotation(log, arn).await?;
                let detail = Part::RotationMembers(rotation.arn.clone(), rotation.members.clone());
                (of_rotation(&rotation), Part::Rotations(vec![rotation]), detail, read)
            }
            SectionKind::ResponsePlans => {
                let ((plan, detail), read) = account.response_plan(log, arn).await?;
                let detail = Part::ResponsePlanDetail(plan.arn.clone(), Reading::Known(detail));
                (of_response_plan(&plan), Part::ResponsePlans(vec![plan]), detail, read)
            }
        };
        let is_answered = |job: &Job| {
            matches!(
                job,
                Job::Detail(Detail::Plan | Detail::Members | Detail::ResponsePlan, _)
            )
        };
        Ok(Outcome {
            parts: vec![row, detail, Part::Read(read)],
            next: next
                .into_iter()
                .filter(|job| !is_answered(job) && (self.asks_sharing || !job.asks_sharing()))
                .collect(),
            failure: None,
        })
    }

    async fn replication_sets(&self) -> Result<Outcome, Unanswered> {
        let (arns, read) = self.account.replication_sets(&self.log).await?;
        let mut outcome = Outcome {
            parts: vec![Part::Read(read)],
            ..Outcome::default()
        };
        if let Some(arn) = arns.into_iter().next() {
            outcome.next.push(Job::ReplicationSet(arn));
        } else {
            outcome.parts.push(Part::ReplicationSet(Reading::Known(None)));
            outcome.failure = Some(self.not_onboarded(&[], None));
        }
        Ok(outcome)
    }

    async fn replication_set(&self, arn: &Arn) -> Result<Outcome, Unanswered> {
        let (set, read) = self.account.replication_set(&self.log, arn).await?;
        let regions = regions_of(&set);
        let mut outcome = Outcome::known(Part::ReplicationSet(Reading::Known(Some(set))), read);
        if !regions.contains(&self.account.connected.region) {
            outcome.failure = Some(self.not_onboarded(&regions, None));
        }
        self.regions.set(regions).ok();
        Ok(outcome)
    }

    /// Returns what a page of a list adds, and which questions its rows raise.
    fn listed<T>(
        &self,
        (section, listing): (SectionKind, &Listing),
        mut page: Page<T>,
        (part, arn): Rows<T>,
        raise: fn(&T) -> Vec<Job>,
    ) -> Outcome {
        let mut listing = listing.clone();
        let next_page = listing.add(&page);
        page.items.retain(|row| !self.is_read(arn(row)));
        let mut outcome = Outcome {
            next: page.items.iter().flat_map(raise).collect(),
            parts: vec![part(page.items)],
            failure: None,
        };
        let reason = match next_page {
            Next::More => {
                outcome.next.push(Job::List(section, listing));
                return outcome;
            }
            Next::End => None,
            Next::CutShort(reason) => Some(reason),
        };
        let operation = Job::List(section, Listing::default()).operation();
        let gap = reason.map(|reason| Unanswered::gap_of(reason, page.request_id).gap(operation, None, self.log.now()));
        let mut read = listing.record(&Request::of_account(operation), self.log.now());
        read.is_complete = gap.is_none();
        outcome
            .parts
            .extend([Part::Read(read), Part::SectionEnded(section, gap)]);
        outcome
    }

    /// Returns what it means that a question has no answer.
    async fn give_up(&self, job: &Job, mut unanswered: Unanswered) -> Outcome {
        // Others may wait for these two answers.
        match job {
            Job::Caller => drop(self.caller.set(None)),
            Job::ReplicationSets | Job::ReplicationSet(_) => drop(self.regions.set(Vec::new())),
            Job::List(..) | Job::Detail(..) | Job::Row(..) => {}
        }
        let mut outcome = Outcome::default();
        match (&unanswered.why, job) {
            (Why::SignIn(code), _) => {
                let profile = self.account.connected.profile.as_deref();
                outcome.failure = Some(failure::sign_in(code, profile));
            }
            (Why::NotOnboarded(message), _) => {
                outcome.failure = Some(self.not_onboarded(self.regions.wait().await, Some(message)));
            }
            (Why::Gap(GapReason::Gone), Job::Row(_, arn)) => {
                outcome.parts.push(Part::Gone(arn.clone()));
                return outcome;
            }
            // Devices are not among the things that an account shares.
            (Why::Gap(GapReason::Denied), Job::Detail(Detail::Channels, arn)) if self.is_foreign(arn).await => {
                unanswered.why = Why::Gap(GapReason::NotShared);
            }
            (Why::Gap(_), _) => {}
        }
        let gap = unanswered.gap(job.operation(), job.subject(), self.log.now());
        outcome.parts.push(job.unknown(gap));
        outcome
    }

    /// Returns whether another account owns `arn`, waiting for the answer to who we are.
    async fn is_foreign(&self, arn: &Arn) -> bool {
        self.caller
            .wait()
            .await
            .as_ref()
            .is_some_and(|account| account != arn.account())
    }

    fn not_onboarded(&self, regions: &[String], message: Option<&str>) -> Failure {
        failure::not_onboarded(&self.account.connected.region, regions, message)
    }

    /// Returns the failure of a session to which nobody ever answered; nothing where somebody did.
    pub(super) fn silence(&self) -> Option<Failure> {
        let detail = self.log.silence()?;
        let connected = &self.account.connected;
        let host = match &connected.endpoint {
            Some(url) => url.clone(),
            None => format!("ssm-contacts.{}.amazonaws.com", connected.region),
        };
        Some(failure::unreachable(&host, &detail))
    }

    fn after(&self, length: Duration) -> Timestamp {
        chrono::Duration::from_std(length)
            .ok()
            .and_then(|length| self.started_at.checked_add_signed(length))
            .unwrap_or(self.started_at)
    }

    /// Reports a part.
    pub(super) fn report(&self, part: Part) {
        self.log.push(LoadEvent::Part(part));
    }
}

impl Outcome {
    fn known(part: Part, read: Read) -> Self {
        Self {
            parts: vec![part, Part::Read(read)],
            ..Self::default()
        }
    }
}

fn regions_of(set: &ReplicationSet) -> Vec<String> {
    set.regions.iter().map(|(region, _)| region.clone()).collect()
}

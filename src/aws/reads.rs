//! Every read of the program: one function for each operation, from a question in plain values to an answer in plain
//! values.

use super::{
    Account,
    call::{Log, Request, Unanswered, Why},
    convert, encode,
    page::{Listing, Next, Page},
};
use crate::{
    changes::members::{instant, overrides_json, recurrence_json},
    domain::{
        Timestamp,
        contact::{Channel, Contact, Plan},
        engagement::Engagement,
        gap::GapReason,
        ids::Arn,
        inventory::{Caller, Read},
        operation::Operation,
        response::{ReplicationSet, ResponsePlan, ResponsePlanDetail},
        schedule::{Override, Rotation, RotationDraft, Shift},
        sharing::Sharing,
        tags::Tags,
    },
};
use aws_sdk_ssmcontacts::types::{self, TimeRange};
use aws_sdk_ssmincidents::types::ResourcePolicy;
use aws_types::request_id::RequestId;

/// How many items a page may hold. The most that `ssm-incidents` allows; `ssm-contacts` would allow 1,024, but a smaller
/// first page is on the screen sooner, and ten of them hold all that an account may have.
const PAGE_SIZE: i32 = 100;

/// The members of the request that every page of a list has.
fn paged(request: Request, token: Option<&str>) -> Request {
    let request = request.with("max-results", PAGE_SIZE.to_string());
    match token {
        Some(token) => request.with("next-token", token),
        None => request,
    }
}

/// Returns the record of a read.
fn record(request: &Request, (pages, items): (usize, usize), request_ids: Vec<String>, at: Timestamp) -> Read {
    Read {
        operation: request.operation,
        parameters: request.parameters.clone(),
        pages,
        items,
        request_ids,
        at,
        is_complete: true,
    }
}

/// Returns the value that `answer` holds with the record of the read.
fn single<A: RequestId, T>(
    log: &Log,
    request: &Request,
    answer: A,
    convert: impl FnOnce(A) -> Result<T, convert::Malformed>,
) -> Result<(T, Read), Unanswered> {
    let request_id = answer.request_id().map(str::to_owned);
    match convert(answer) {
        Ok(value) => {
            let ids = request_id.into_iter().collect();
            Ok((value, record(request, (1, 1), ids, log.now())))
        }
        Err(detail) => Err(Unanswered::malformed(detail, request_id)),
    }
}

/// Reads a list to its end. Half a list of a contact's devices is no answer.
async fn whole<T, F>(
    log: &Log,
    request: &Request,
    page: impl Fn(Option<String>) -> F,
) -> Result<(Vec<T>, Read), Unanswered>
where
    F: Future<Output = Result<Page<T>, Unanswered>>,
{
    let mut listing = Listing::default();
    let mut all = Vec::new();
    loop {
        let page = page(listing.token.clone()).await?;
        let next = listing.add(&page);
        let request_id = page.request_id.clone();
        all.extend(page.items);
        match next {
            Next::More => {}
            Next::End => return Ok((all, listing.record(request, log.now()))),
            Next::CutShort(reason) => return Err(Unanswered::gap_of(reason, request_id)),
        }
    }
}

impl Listing {
    /// Returns the record of a list that was read to its end.
    pub(super) fn record(&mut self, request: &Request, at: Timestamp) -> Read {
        let ids = std::mem::take(&mut self.request_ids);
        record(request, (self.pages, self.items), ids, at)
    }
}

/// Makes a page of an answer.
macro_rules! page {
    ($answer:ident, $items:expr, $convert:expr) => {{
        let request_id = $answer.request_id().map(str::to_owned);
        let (items, malformed) = convert::each($items, $convert);
        Page {
            items,
            malformed,
            next: $answer.next_token,
            request_id,
        }
    }};
}

impl Account {
    /// Reads who is signed in.
    pub(super) async fn caller(&self, log: &Log) -> Result<(Caller, Read), Unanswered> {
        let request = Request::of_account(Operation::GetCallerIdentity);
        let send = || self.sts.get_caller_identity().send();
        let answer = self.call(log, &request, |_| 1, send).await?;
        single(log, &request, answer, convert::caller)
    }

    /// Reads the ARNs of the account's replication sets, of which there is at most one.
    pub(super) async fn replication_sets(&self, log: &Log) -> Result<(Vec<Arn>, Read), Unanswered> {
        let request = Request::of_account(Operation::ListReplicationSets);
        let request = &request;
        whole(log, request, move |token| async move {
            let send = || {
                self.incidents
                    .list_replication_sets()
                    .max_results(PAGE_SIZE)
                    .set_next_token(token.clone())
                    .send()
            };
            let request = paged(request.clone(), token.as_deref());
            let answer = self.call(log, &request, |a| a.replication_set_arns.len(), send).await?;
            Ok(page!(answer, answer.replication_set_arns, |text: String| convert::arn(
                "replicationSetArns",
                &text
            )))
        })
        .await
    }

    /// Reads one replication set.
    pub(super) async fn replication_set(&self, log: &Log, arn: &Arn) -> Result<(ReplicationSet, Read), Unanswered> {
        let request = Request::about(Operation::GetReplicationSet, "arn", arn);
        let send = || self.incidents.get_replication_set().arn(arn.as_str()).send();
        let answer = self.call(log, &request, |_| 1, send).await?;
        single(log, &request, answer, |answer| {
            convert::replication_set(arn, answer.replication_set)
        })
    }

    /// Reads one page of the contacts.
    pub(super) async fn contacts_page(&self, log: &Log, token: Option<String>) -> Result<Page<Contact>, Unanswered> {
        let request = paged(Request::of_account(Operation::ListContacts), token.as_deref());
        let send = || {
            self.contacts
                .list_contacts()
                .max_results(PAGE_SIZE)
                .set_next_token(token.clone())
                .send()
        };
        let answer = self.call(log, &request, |a| a.contacts().len(), send).await?;
        Ok(page!(
            answer,
            answer.contacts.unwrap_or_default(),
            convert::listed_contact
        ))
    }

    /// Reads one page of the rotations.
    pub(super) async fn rotations_page(&self, log: &Log, token: Option<String>) -> Result<Page<Rotation>, Unanswered> {
        let request = paged(Request::of_account(Operation::ListRotations), token.as_deref());
        let send = || {
            self.contacts
                .list_rotations()
                .max_results(PAGE_SIZE)
                .set_next_token(token.clone())
                .send()
        };
        let answer = self.call(log, &request, |a| a.rotations.len(), send).await?;
        Ok(page!(answer, answer.rotations, convert::listed_rotation))
    }

    /// Reads one page of the response plans.
    pub(super) async fn response_plans_page(
        &self,
        log: &Log,
        token: Option<String>,
    ) -> Result<Page<ResponsePlan>, Unanswered> {
        let request = paged(Request::of_account(Operation::ListResponsePlans), token.as_deref());
        let send = || {
            self.incidents
                .list_response_plans()
                .max_results(PAGE_SIZE)
                .set_next_token(token.clone())
                .send()
        };
        let answer = self
            .call(log, &request, |a| a.response_plan_summaries.len(), send)
            .await?;
        Ok(page!(
            answer,
            answer.response_plan_summaries,
            convert::listed_response_plan
        ))
    }

    /// Reads one contact with its plan.
    pub(super) async fn contact(&self, log: &Log, arn: &Arn) -> Result<((Contact, Plan), Read), Unanswered> {
        let request = Request::about(Operation::GetContact, "contact-id", arn);
        let send = || self.contacts.get_contact().contact_id(arn.as_str()).send();
        let answer = self.call(log, &request, |_| 1, send).await?;
        single(log, &request, answer, convert::contact)
    }

    /// Reads the devices of one person.
    pub(super) async fn channels(&self, log: &Log, person: &Arn) -> Result<(Vec<Channel>, Read), Unanswered> {
        let request = Request::about(Operation::ListContactChannels, "contact-id", person);
        let request = &request;
        whole(log, request, move |token| async move {
            let send = || {
                self.contacts
                    .list_contact_channels()
                    .contact_id(person.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token.clone())
                    .send()
            };
            let request = paged(request.clone(), token.as_deref());
            let answer = self.call(log, &request, |a| a.contact_channels.len(), send).await?;
            Ok(page!(answer, answer.contact_channels, convert::channel))
        })
        .await
    }

    /// Reads one rotation with all members.
    pub(super) async fn rotation(&self, log: &Log, arn: &Arn) -> Result<(Rotation, Read), Unanswered> {
        let request = Request::about(Operation::GetRotation, "rotation-id", arn);
        let send = || self.contacts.get_rotation().rotation_id(arn.as_str()).send();
        let answer = self.call(log, &request, |_| 1, send).await?;
        single(log, &request, answer, convert::rotation)
    }

    /// Reads the overrides of one rotation that begin or end in a window.
    ///
    /// The service may leave the list out, here as in that of contacts and of shifts: an answer without it is one that has none,
    /// and not one that failed.
    pub(super) async fn overrides(
        &self,
        log: &Log,
        rotation: &Arn,
        (start, end): (Timestamp, Timestamp),
    ) -> Result<(Vec<Override>, Read), Unanswered> {
        let request = windowed(Operation::ListRotationOverrides, rotation, (start, end));
        let request = &request;
        whole(log, request, move |token| async move {
            let send = || {
                self.contacts
                    .list_rotation_overrides()
                    .rotation_id(rotation.as_str())
                    .start_time(convert::to_date_time(start))
                    .end_time(convert::to_date_time(end))
                    .max_results(PAGE_SIZE)
                    .set_next_token(token.clone())
                    .send()
            };
            let request = paged(request.clone(), token.as_deref());
            let answer = self.call(log, &request, |a| a.rotation_overrides().len(), send).await?;
            Ok(page!(
                answer,
                answer.rotation_overrides.unwrap_or_default(),
                convert::rotation_override
            ))
        })
        .await
    }

    /// Reads who is on call in one rotation in a window.
    pub(super) async fn shifts(
        &self,
        log: &Log,
        rotation: &Arn,
        (start, end): (Timestamp, Timestamp),
    ) -> Result<(Vec<Shift>, Read), Unanswered> {
        let request = windowed(Operation::ListRotationShifts, rotation, (start, end));
        let request = &request;
        whole(log, request, move |token| async move {
            let send = || {
                self.contacts
                    .list_rotation_shifts()
                    .rotation_id(rotation.as_str())
                    .start_time(convert::to_date_time(start))
                    .end_time(convert::to_date_time(end))
                    .max_results(PAGE_SIZE)
                    .set_next_token(token.clone())
                    .send()
            };
            let request = paged(request.clone(), token.as_deref());
            let answer = self.call(log, &request, |a| a.rotation_shifts().len(), send).await?;
            Ok(page!(
                answer,
                answer.rotation_shifts.unwrap_or_default(),
                convert::shift
            ))
        })
        .await
    }

    /// Has the service work out the shifts of a rotation that does not exist.
    pub(super) async fn previewed_shifts(
        &self,
        log: &Log,
        draft: &RotationDraft,
        (start, end): (Timestamp, Timestamp),
    ) -> Result<Vec<Shift>, Unanswered> {
        let recurrence =
            encode::recurrence(&draft.recurrence).map_err(|error| Unanswered::malformed(error.to_string(), None))?;
        let request = preview_request(draft, (start, end));
        let (request, recurrence) = (&request, &recurrence);
        let (shifts, _) = whole(log, request, move |token| async move {
            let send = || {
                self.contacts
                    .list_preview_rotation_shifts()
                    .set_members(Some(encode::texts(&draft.members)))
                    .time_zone_id(&draft.time_zone)
                    .recurrence(recurrence.clone())
                    .set_rotation_start_time(draft.start_at.map(convert::to_date_time))
                    .set_overrides((!draft.overrides.is_empty()).then(|| encode::preview_overrides(&draft.overrides)))
                    .start_time(convert::to_date_time(start))
                    .end_time(convert::to_date_time(end))
                    .max_results(PAGE_SIZE)
                    .set_next_token(token.clone())
                    .send()
            };
            let request = paged(request.clone(), token.as_deref());
            let answer = self.call(log, &request, |a| a.rotation_shifts().len(), send).await?;
            Ok(page!(
                answer,
                answer.rotation_shifts.unwrap_or_default(),
                convert::shift
            ))
        })
        .await?;
        Ok(shifts)
    }

    /// Reads what was engaged in a window, by when it began.
    pub(super) async fn engagements(
        &self,
        log: &Log,
        (start, end): (Timestamp, Timestamp),
    ) -> Result<Vec<Engagement>, Unanswered> {
        let window = format!("StartTime={},EndTime={}", instant(start), instant(end));
        let request = Request::of_account(Operation::ListEngagements).with("time-range-value", window);
        let request = &request;
        let (engagements, _) = whole(log, request, move |token| async move {
            let range = TimeRange::builder()
                .start_time(convert::to_date_time(start))
                .end_time(convert::to_date_time(end))
                .build();
            let send = || {
                self.contacts
                    .list_engagements()
                    .time_range_value(range.clone())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token.clone())
                    .send()
            };
            let request = paged(request.clone(), token.as_deref());
            let answer = self.call(log, &request, |a| a.engagements().len(), send).await?;
            Ok(page!(answer, answer.engagements, |one: types::Engagement| {
                convert::engagement(&one)
            }))
        })
        .await?;
        Ok(engagements)
    }

    /// Reads one response plan.
    pub(super) async fn response_plan(
        &self,
        log: &Log,
        arn: &Arn,
    ) -> Result<((ResponsePlan, ResponsePlanDetail), Read), Unanswered> {
        let request = Request::about(Operation::GetResponsePlan, "arn", arn);
        let send = || self.incidents.get_response_plan().arn(arn.as_str()).send();
        let answer = self.call(log, &request, |_| 1, send).await?;
        single(log, &request, answer, convert::response_plan)
    }

    /// Reads the tags of a contact or a rotation.
    pub(super) async fn contact_tags(&self, log: &Log, arn: &Arn) -> Result<(Tags, Read), Unanswered> {
        let request = Request::about(Operation::ListContactTags, "resource-arn", arn);
        let send = || self.contacts.list_tags_for_resource().resource_arn(arn.as_str()).send();
        let answer = self.call(log, &request, |a| a.tags().len(), send).await?;
        single(log, &request, answer, convert::contact_tags)
    }

    /// Reads with whom a contact is shared.
    ///
    /// Whether the service answers for a contact without a policy with none, or says that there is no such thing, is not
    /// published: the operation declares `ResourceNotFoundException`, and makes the policy an optional member. Either means
    /// that nobody is shared with, as it does where the contact itself has gone.
    pub(super) async fn contact_policy(&self, log: &Log, arn: &Arn) -> Result<(Sharing, Read), Unanswered> {
        let request = Request::about(Operation::GetContactPolicy, "contact-arn", arn);
        let send = || self.contacts.get_contact_policy().contact_arn(arn.as_str()).send();
        match self.call(log, &request, |a| a.policy.iter().count(), send).await {
            Ok(answer) => single(log, &request, answer, convert::contact_policy),
            Err(unanswered) if unanswered.why == Why::Gap(GapReason::Gone) => {
                let ids = unanswered.request_id.into_iter().collect();
                Ok((Sharing::default(), record(&request, (1, 0), ids, log.now())))
            }
            Err(unanswered) => Err(unanswered),
        }
    }

    /// Reads the tags of a response plan.
    pub(super) async fn response_plan_tags(&self, log: &Log, arn: &Arn) -> Result<(Tags, Read), Unanswered> {
        let request = Request::about(Operation::ListResponsePlanTags, "resource-arn", arn);
        let send = || {
            self.incidents
                .list_tags_for_resource()
                .resource_arn(arn.as_str())
                .send()
        };
        let answer = self.call(log, &request, |a| a.tags.len(), send).await?;
        single(log, &request, answer, |answer| Ok(convert::response_plan_tags(answer)))
    }

    /// Reads with whom a response plan is shared. One without a policy has an empty list of them.
    pub(super) async fn resource_policies(&self, log: &Log, arn: &Arn) -> Result<(Sharing, Read), Unanswered> {
        let request = Request::about(Operation::GetResourcePolicies, "resource-arn", arn);
        let request = &request;
        let (documents, read) = whole(log, request, move |token| async move {
            let send = || {
                self.incidents
                    .get_resource_policies()
                    .resource_arn(arn.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token.clone())
                    .send()
            };
            let request = paged(request.clone(), token.as_deref());
            let answer = self.call(log, &request, |a| a.resource_policies.len(), send).await?;
            Ok(page!(answer, answer.resource_policies, |policy: ResourcePolicy| Ok(
                policy.policy_document
            )))
        })
        .await?;
        match convert::sharing(documents.iter().map(String::as_str)) {
            Ok(sharing) => Ok((sharing, read)),
            Err(detail) => Err(Unanswered::malformed(detail, read.request_ids.last().cloned())),
        }
    }
}

fn windowed(operation: Operation, rotation: &Arn, (start, end): (Timestamp, Timestamp)) -> Request {
    Request::about(operation, "rotation-id", rotation)
        .with("start-time", instant(start))
        .with("end-time", instant(end))
}

fn preview_request(draft: &RotationDraft, (start, end): (Timestamp, Timestamp)) -> Request {
    let mut request = Request::of_account(Operation::ListPreviewRotationShifts)
        .with("members", serde_json::json!(draft.members).to_string())
        .with("time-zone-id", &draft.time_zone)
        .with("recurrence", recurrence_json(&draft.recurrence).to_string());
    if let Some(at) = draft.start_at {
        request = request.with("rotation-start-time", instant(at));
    }
    if !draft.overrides.is_empty() {
        request = request.with("overrides", overrides_json(&draft.overrides).to_string());
    }
    request
        .with("start-time", instant(start))
        .with("end-time", instant(end))
}

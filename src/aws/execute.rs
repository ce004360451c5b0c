//! The only place where an operation is called that changes something.
//!
//! A write is sent once. Only where the service clearly says "slow down" is it sent again, at the pace that this brings:
//! after anything else nobody knows whether the first one arrived, and a second one could undo what somebody did meanwhile.

use super::{
    Account,
    call::{Log, milliseconds},
    convert::{self, to_date_time},
    encode,
    refusal::{self, Refusal, Secrets},
};
use crate::{
    changes::{
        Write,
        outcome::{Created, NotSent, NotSentKind, Sent},
    },
    domain::{
        Timestamp,
        address::Address,
        call::{Call, CallOutcome, Called},
        contact::{ContactKind, Plan},
        ids::Arn,
        operation::{RateClass, Service},
        schedule::Recurrence,
    },
};
use aws_sdk_ssmcontacts::types::{ChannelType, ContactChannelAddress, ContactType};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::{metadata::ProvideErrorMetadata, operation::BuildError};
use aws_types::request_id::RequestId;
use secrecy::{ExposeSecret as _, SecretString};
use std::error::Error;

/// How often a write is sent that is throttled. By then a minute may have passed, and the operator should hear of it.
const ATTEMPTS: u32 = 4;

/// What a write came to: the id of its request, and what it made.
type Answered = (Option<String>, Option<Created>);

/// One write on its way.
#[derive(Clone, Copy)]
struct Sending<'a> {
    write: &'a Write,
    code: Option<&'a SecretString>,
    log: &'a Log,
}

impl Account {
    /// Returns the seconds that pass from one write to the next at the pace now in force; none where there is no pace.
    pub fn seconds_per_write(&self) -> u64 {
        let rate = self.limiter.millirequests_per_second(RateClass::Writes);
        rate.map_or(0, |rate| 1000_u64.div_ceil(u64::from(rate.max(1))))
    }

    /// Sends a write in its turn, at most once but for throttles. `code` is for an activation only.
    ///
    /// To drop the future is to know nothing of what became of it: whoever stops waits for this first.
    pub async fn send(&self, write: &Write, code: Option<&SecretString>, now: Timestamp) -> Result<Sent, NotSent> {
        let log = Log::new(now);
        let sending = Sending { write, code, log: &log };
        let answered = match unsendable(write, code) {
            Some(why) => Err(refusal::unsendable(write, why)),
            None => Box::pin(self.dispatch(sending)).await,
        };
        let calls = log.take_calls();
        match answered {
            Ok((request_id, created)) => Ok(Sent {
                request_id,
                calls,
                created,
            }),
            Err(refusal) => Err(NotSent {
                kind: refusal.kind,
                reason: refusal.reason,
                took_effect: refusal.took_effect,
                request_id: refusal.request_id,
                calls,
            }),
        }
    }

    async fn dispatch(&self, sending: Sending<'_>) -> Result<Answered, Refusal> {
        match sending.write {
            Write::SendActivationCode { channel } => self.send_code(sending, channel).await,
            Write::ActivateContactChannel { channel } => self.activate(sending, channel).await,
            Write::DeactivateContactChannel { channel } => self.deactivate(sending, channel).await,
            Write::UpdateContactChannel { channel, name, address } => {
                self.update_channel(sending, channel, (name.as_deref(), address.as_ref()))
                    .await
            }
            Write::CreateContactChannel {
                contact,
                name,
                kind,
                address,
            } => {
                let kind = ChannelType::from(kind.as_str());
                self.create_channel(sending, contact, (name, kind, address)).await
            }
            Write::DeleteContactChannel { channel } => self.delete_channel(sending, channel).await,
            Write::UpdateContact { contact, kind, plan } => self.update_contact(sending, contact, (kind, plan)).await,
            Write::CreateContact { contact, .. } => self.create_contact(sending, contact).await,
            Write::DeleteContact { contact } => self.delete_contact(sending, contact).await,
            Write::TagResource { resource, tags } => self.tag(sending, resource, tags).await,
            Write::UntagResource { resource, keys } => self.untag(sending, resource, keys).await,
            Write::UpdateRotation {
                rotation,
                members,
                recurrence,
            } => self.update_rotation(sending, rotation, (members, recurrence)).await,
            Write::DeleteRotation { rotation } => self.delete_rotation(sending, rotation).await,
            Write::CreateRotationOverride {
                rotation,
                start_at,
                end_at,
                contacts,
            } => {
                let window = (*start_at, *end_at);
                self.create_override(sending, rotation, (window, contacts)).await
            }
            Write::DeleteRotationOverride { rotation, id } => self.delete_override(sending, rotation, id).await,
            Write::UpdateResponsePlan {
                response_plan,
                engagements,
            } => self.update_response_plan(sending, response_plan, engagements).await,
            Write::DeleteResponsePlan { response_plan } => self.delete_response_plan(sending, response_plan).await,
        }
    }

    async fn send_code(&self, sending: Sending<'_>, channel: &Arn) -> Result<Answered, Refusal> {
        let request = || {
            self.contacts
                .send_activation_code()
                .contact_channel_id(channel.as_str())
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn activate(&self, sending: Sending<'_>, channel: &Arn) -> Result<Answered, Refusal> {
        let code = sending.code.map(SecretString::expose_secret).unwrap_or_default();
        let request = || {
            self.contacts
                .activate_contact_channel()
                .contact_channel_id(channel.as_str())
                .activation_code(code)
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn deactivate(&self, sending: Sending<'_>, channel: &Arn) -> Result<Answered, Refusal> {
        let request = || {
            self.contacts
                .deactivate_contact_channel()
                .contact_channel_id(channel.as_str())
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn update_channel(
        &self,
        sending: Sending<'_>,
        channel: &Arn,
        (name, address): (Option<&str>, Option<&Address>),
    ) -> Result<Answered, Refusal> {
        let request = || {
            self.contacts
                .update_contact_channel()
                .contact_channel_id(channel.as_str())
                .set_name(name.map(str::to_owned))
                .set_delivery_address(address.map(delivery_address))
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn create_channel(
        &self,
        sending: Sending<'_>,
        contact: &Arn,
        (name, kind, address): (&str, ChannelType, &Address),
    ) -> Result<Answered, Refusal> {
        let token = idempotency_token();
        let request = || {
            self.contacts
                .create_contact_channel()
                .contact_id(contact.as_str())
                .name(name)
                .r#type(kind.clone())
                .delivery_address(delivery_address(address))
                // Without this the service sends a code at once.
                .defer_activation(true)
                .idempotency_token(&token)
        };
        let answer = self.once(sending, || request().send()).await?;
        let made = convert::arn("ContactChannelArn", answer.contact_channel_arn());
        Ok((done(&answer).0, made.ok().map(Created::Channel)))
    }

    async fn delete_channel(&self, sending: Sending<'_>, channel: &Arn) -> Result<Answered, Refusal> {
        let request = || {
            self.contacts
                .delete_contact_channel()
                .contact_channel_id(channel.as_str())
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn update_contact(
        &self,
        sending: Sending<'_>,
        contact: &Arn,
        (kind, plan): (&ContactKind, &Plan),
    ) -> Result<Answered, Refusal> {
        let plan = encode::plan(kind, plan).map_err(|error| unbuilt(sending, &error))?;
        let request = || {
            self.contacts
                .update_contact()
                .contact_id(contact.as_str())
                .plan(plan.clone())
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn create_contact(&self, sending: Sending<'_>, contact: &Arn) -> Result<Answered, Refusal> {
        let Write::CreateContact {
            display_name,
            kind,
            plan,
            tags,
            ..
        } = sending.write
        else {
            return Err(refusal::unsendable(sending.write, "it makes no contact"));
        };
        let plan = encode::plan(kind, plan).map_err(|error| unbuilt(sending, &error))?;
        let tags = (!tags.is_empty()).then(|| encode::tags(tags));
        let token = idempotency_token();
        let request = || {
            self.contacts
                .create_contact()
                .alias(contact.name())
                .set_display_name(display_name.clone())
                .r#type(ContactType::from(kind.as_str()))
                .plan(plan.clone())
                .set_tags(tags.clone())
                .idempotency_token(&token)
        };
        let answer = self.once(sending, || request().send()).await?;
        let made = convert::arn("ContactArn", answer.contact_arn());
        Ok((done(&answer).0, made.ok().map(Created::Contact)))
    }

    async fn delete_contact(&self, sending: Sending<'_>, contact: &Arn) -> Result<Answered, Refusal> {
        let request = || self.contacts.delete_contact().contact_id(contact.as_str());
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn tag(&self, sending: Sending<'_>, resource: &Arn, tags: &[(String, String)]) -> Result<Answered, Refusal> {
        let tags = encode::tags(tags);
        let request = || {
            self.contacts
                .tag_resource()
                .resource_arn(resource.as_str())
                .set_tags(Some(tags.clone()))
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn untag(&self, sending: Sending<'_>, resource: &Arn, keys: &[String]) -> Result<Answered, Refusal> {
        let request = || {
            self.contacts
                .untag_resource()
                .resource_arn(resource.as_str())
                .set_tag_keys(Some(keys.to_vec()))
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn update_rotation(
        &self,
        sending: Sending<'_>,
        rotation: &Arn,
        (members, recurrence): (&[Arn], &Recurrence),
    ) -> Result<Answered, Refusal> {
        let recurrence = encode::recurrence(recurrence).map_err(|error| unbuilt(sending, &error))?;
        // Neither the start nor the zone is sent: what is left out stays.
        let request = || {
            self.contacts
                .update_rotation()
                .rotation_id(rotation.as_str())
                .set_contact_ids(Some(encode::texts(members)))
                .recurrence(recurrence.clone())
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn delete_rotation(&self, sending: Sending<'_>, rotation: &Arn) -> Result<Answered, Refusal> {
        let request = || self.contacts.delete_rotation().rotation_id(rotation.as_str());
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn create_override(
        &self,
        sending: Sending<'_>,
        rotation: &Arn,
        ((start, end), contacts): ((Timestamp, Timestamp), &[Arn]),
    ) -> Result<Answered, Refusal> {
        // The SDK fills in no token here, though the operation takes one.
        let token = idempotency_token();
        let request = || {
            self.contacts
                .create_rotation_override()
                .rotation_id(rotation.as_str())
                .set_new_contact_ids(Some(encode::texts(contacts)))
                .start_time(to_date_time(start))
                .end_time(to_date_time(end))
                .idempotency_token(&token)
        };
        let answer = self.once(sending, || request().send()).await?;
        let id = answer.rotation_override_id();
        let made = (!id.is_empty()).then(|| Created::Override(id.to_owned()));
        Ok((done(&answer).0, made))
    }

    async fn delete_override(&self, sending: Sending<'_>, rotation: &Arn, id: &str) -> Result<Answered, Refusal> {
        let request = || {
            self.contacts
                .delete_rotation_override()
                .rotation_id(rotation.as_str())
                .rotation_override_id(id)
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn update_response_plan(
        &self,
        sending: Sending<'_>,
        response_plan: &Arn,
        engagements: &[Arn],
    ) -> Result<Answered, Refusal> {
        let token = idempotency_token();
        // The engagements and nothing else: a chat channel that is sent again posts a notice to it.
        let request = || {
            self.incidents
                .update_response_plan()
                .arn(response_plan.as_str())
                .set_engagements(Some(encode::texts(engagements)))
                .client_token(&token)
        };
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    async fn delete_response_plan(&self, sending: Sending<'_>, response_plan: &Arn) -> Result<Answered, Refusal> {
        let request = || self.incidents.delete_response_plan().arn(response_plan.as_str());
        let answer = self.once(sending, || request().send()).await?;
        Ok(done(&answer))
    }

    /// Sends a request in its turn, and again only where the service clearly throttles; logs each attempt.
    async fn once<T, E, F>(&self, sending: Sending<'_>, send: impl Fn() -> F) -> Result<T, Refusal>
    where
        T: RequestId,
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let Sending { write, code, log } = sending;
        let operation = Called::Change(write.change());
        let class = operation.class();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let turn = self.limiter.turn(operation).await;
            let (at, sent_at) = (log.now(), turn.sent_at);
            let result = Box::pin(send()).await;
            let took = sent_at.elapsed();
            drop(turn);
            let note = |outcome: CallOutcome, request_id: Option<&str>| {
                log.note(Call {
                    at,
                    operation,
                    parameters: write.parameters(),
                    attempt,
                    took_milliseconds: milliseconds(took),
                    outcome,
                    request_id: request_id.map(str::to_owned),
                });
            };
            let error = match result {
                Ok(answer) => {
                    self.limiter.succeeded(class);
                    note(CallOutcome::Done, answer.request_id());
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let refusal = refusal::of(&error, write, Secrets::of(write, code));
            if refusal.kind == NotSentKind::Credentials {
                self.refused.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            let failed = CallOutcome::Failed {
                code: refusal.code.clone(),
            };
            note(failed, refusal.request_id.as_deref());
            if refusal.kind != NotSentKind::Throttled {
                return Err(refusal);
            }
            self.limiter.throttled(class, sent_at, refusal.advice);
            if attempt >= ATTEMPTS {
                return Err(refusal);
            }
        }
    }
}

/// Returns why a write is not worth sending, if it is not.
fn unsendable(write: &Write, code: Option<&SecretString>) -> Option<&'static str> {
    let is_masked = |tags: &[(String, String)]| tags.iter().any(|(_, value)| value.contains(Address::DOT));
    if write.lacks_address() {
        return Some("only the mask of the address is known");
    }
    match write {
        Write::ActivateContactChannel { .. } => code
            .is_none_or(|code| code.expose_secret().is_empty())
            .then_some("the code is missing"),
        Write::UpdateContactChannel {
            name: None,
            address: None,
            ..
        } => Some("there is nothing to change"),
        Write::CreateContact { tags, .. } if is_masked(tags) => {
            Some("a tag holds an address of which only the mask is known")
        }
        Write::UpdateContact { kind, plan, .. } | Write::CreateContact { kind, plan, .. } => mixed(kind, plan),
        Write::TagResource { tags, .. } if is_masked(tags) => {
            Some("a tag holds an address of which only the mask is known")
        }
        Write::TagResource { resource, .. } | Write::UntagResource { resource, .. } => {
            (resource.service() != Service::Contacts.name()).then_some("only contacts and rotations are tagged")
        }
        Write::SendActivationCode { .. }
        | Write::DeactivateContactChannel { .. }
        | Write::UpdateContactChannel { .. }
        | Write::CreateContactChannel { .. }
        | Write::DeleteContactChannel { .. }
        | Write::DeleteContact { .. }
        | Write::UpdateRotation { .. }
        | Write::DeleteRotation { .. }
        | Write::CreateRotationOverride { .. }
        | Write::DeleteRotationOverride { .. }
        | Write::UpdateResponsePlan { .. }
        | Write::DeleteResponsePlan { .. } => None,
    }
}

/// Returns what a plan holds that would be lost, because its contact is sent the other half only.
fn mixed(kind: &ContactKind, plan: &Plan) -> Option<&'static str> {
    match kind {
        ContactKind::Schedule => (!plan.stages.is_empty()).then_some("a schedule has no stages"),
        ContactKind::Person | ContactKind::EscalationPlan | ContactKind::Other(_) => {
            (!plan.rotations.is_empty()).then_some("only a schedule has rotations")
        }
    }
}

fn unbuilt(sending: Sending<'_>, error: &BuildError) -> Refusal {
    refusal::unsendable(sending.write, &error.to_string())
}

/// Returns the answer of a write that makes nothing.
fn done(answer: &impl RequestId) -> Answered {
    (answer.request_id().map(str::to_owned), None)
}

fn delivery_address(address: &Address) -> ContactChannelAddress {
    let whole = address.reveal().map(str::to_owned);
    ContactChannelAddress::builder().set_simple_address(whole).build()
}

/// Returns a token by which the service tells an attempt after a throttle from a second wish.
fn idempotency_token() -> String {
    uuid::Uuid::new_v4().to_string()
}

//! The one list of operations that the emulator answers: how each is reached, whether it writes, its published rate,
//! and the function that carries it out.

use std::fmt;

use serde_json::Value;

use super::{call::Call, contacts, error::ServiceError, input::Reader, sts};

/// A service that the emulator plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// ssm-contacts: JSON 1.1, dispatched on `X-Amz-Target`.
    Contacts,
    /// ssm-incidents: REST JSON, dispatched on method and path.
    Incidents,
    /// STS: form in, XML out.
    Sts,
}

impl Service {
    /// Returns the prefix of IAM actions, which is the signing name, too.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Contacts => "ssm-contacts",
            Self::Incidents => "ssm-incidents",
            Self::Sts => "sts",
        }
    }
}

/// How a request names its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `X-Amz-Target: SSMContacts.<name>`; success is 200 with a JSON object.
    Target,
    /// A method and a path, of which `{resourceArn}` at the end stands for a percent-encoded ARN, and the status of
    /// success; 204 has no body.
    Path {
        /// `GET`, `POST` or `DELETE`.
        method: &'static str,
        /// The path.
        path: &'static str,
        /// The status of success.
        status: u16,
    },
    /// `Action=<name>` in a form.
    Form,
}

/// Whether an operation changes the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Reads,
    /// It changes something, and the state is saved afterwards.
    Writes,
}

/// The rows of the published tables of request rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateClass {
    /// `GetContact`: 20 a second.
    GetContact,
    /// Other reads of ssm-contacts: 20 a second.
    ContactReads,
    /// `ListTagsForResource` of ssm-contacts, which a setting puts with the other reads or with everything else.
    ContactTagReads,
    /// Reads of rotations: 20 a second each.
    RotationReads,
    /// `AcceptPage` and `StartEngagement`: 20 a second each.
    Engage,
    /// `StopEngagement`: 10 a second.
    StopEngagement,
    /// `DescribeEngagement` and `DescribePage`: 5 a second each.
    Describe,
    /// `ListEngagements` and `ListPagesByEngagement`: 2 a second each.
    ListEngagements,
    /// `ListPagesByContact` and `ListPageReceipts`: 1 a second each.
    ListPages,
    /// Everything else of ssm-contacts: 1 a second.
    ContactWrites,
    /// Get and List of ssm-incidents: 10 a second each.
    IncidentReads,
    /// `GetTimelineEvent` and `ListTimelineEvents`: 30 a second each.
    TimelineReads,
    /// `CreateTimelineEvent`: 10 a second.
    CreateTimelineEvent,
    /// Writes of ssm-incidents: 5 a second each.
    IncidentWrites,
    /// Changes of the replication set: 1 a second each.
    ReplicationWrites,
    /// No published rate.
    Unlimited,
}

impl RateClass {
    /// Returns the published rate in requests a second.
    pub fn per_second(self) -> Option<u32> {
        match self {
            Self::GetContact | Self::ContactReads | Self::ContactTagReads | Self::RotationReads | Self::Engage => {
                Some(20)
            }
            Self::StopEngagement | Self::IncidentReads | Self::CreateTimelineEvent => Some(10),
            Self::Describe | Self::IncidentWrites => Some(5),
            Self::ListEngagements => Some(2),
            Self::ListPages | Self::ContactWrites | Self::ReplicationWrites => Some(1),
            Self::TimelineReads => Some(30),
            Self::Unlimited => None,
        }
    }

    /// Returns whether the quota page gives the rate to the class, and not to each of its operations.
    pub fn is_shared(self) -> bool {
        matches!(self, Self::ContactReads | Self::ContactTagReads | Self::ContactWrites)
    }
}

/// The function behind an operation.
pub(crate) type Run = fn(&mut Call<'_>, &Reader<'_>) -> Result<Value, ServiceError>;

/// One operation.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The name, as the model has it.
    pub name: &'static str,
    /// The service that it belongs to.
    pub service: Service,
    /// How a request names it.
    pub route: Route,
    /// Whether it changes the account.
    pub effect: Effect,
    /// Its published rate.
    pub rate: RateClass,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// What carries it out.
    pub(crate) run: Run,
}

impl fmt::Debug for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.service.prefix(), self.name)
    }
}

impl Operation {
    /// Returns a reading operation of ssm-contacts.
    pub(crate) const fn reads(name: &'static str, rate: RateClass, summary: &'static str, run: Run) -> Self {
        Self {
            name,
            service: Service::Contacts,
            route: Route::Target,
            effect: Effect::Reads,
            rate,
            summary,
            run,
        }
    }

    /// Returns a writing operation of ssm-contacts.
    pub(crate) const fn writes(name: &'static str, rate: RateClass, summary: &'static str, run: Run) -> Self {
        Self {
            effect: Effect::Writes,
            ..Self::reads(name, rate, summary, run)
        }
    }
}

/// The operations by family: the one list. A family's rows stand in the file that carries them out.
pub(crate) const FAMILIES: &[&[Operation]] = &[
    contacts::contact::OPERATIONS,
    contacts::channel::OPERATIONS,
    contacts::activation::OPERATIONS,
    contacts::engagement::OPERATIONS,
    contacts::page::OPERATIONS,
    contacts::rotation::OPERATIONS,
    contacts::overrides::OPERATIONS,
    contacts::shifts::OPERATIONS,
    contacts::tags::OPERATIONS,
    sts::OPERATIONS,
];

/// Returns every operation, in the order of the families.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    FAMILIES.iter().chain(&super::incidents::FAMILIES).copied().flatten()
}

/// Returns the operation of ssm-contacts or STS with this name.
pub(crate) fn named(service: Service, name: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.service == service && operation.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_is_listed_once_and_documented() {
        let mut names = BTreeSet::new();
        for operation in all() {
            assert!(
                names.insert((operation.service.prefix(), operation.name)),
                "{operation:?} is listed twice"
            );
            assert!(
                operation.summary.ends_with('.') && operation.summary.len() > 10,
                "{operation:?}"
            );
        }
    }

    #[test]
    fn reads_and_writes_are_told_apart_by_their_names() {
        for operation in all().filter(|operation| operation.service == Service::Contacts) {
            let reads = ["Get", "List", "Describe"]
                .iter()
                .any(|verb| operation.name.starts_with(verb));
            assert_eq!(operation.effect == Effect::Reads, reads, "{operation:?}");
        }
    }

    #[test]
    fn every_operation_of_ssm_contacts_is_there() {
        // The 39 operations of the 2021-05-03 model.
        assert_eq!(
            all().filter(|operation| operation.service == Service::Contacts).count(),
            39
        );
    }
}

//! What a finding is about.

use super::waiver::Waiver;
use crate::domain::{
    contact::{Channel, Contact, ContactKind},
    ids::Arn,
    inventory::Inventory,
    response::ResponsePlan,
    roster::RosterEntry,
    schedule::Rotation,
    text::neutral,
};

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What makes it the same one in the next scan: its ARN, or a text that begins with its kind.
    pub id: String,
    /// Its ARN; absent for what AWS does not know.
    pub arn: Option<Arn>,
    /// The alias of a contact, the name of anything else: what patterns in a policy are compared with. A device has that
    /// of its person.
    pub alias: String,
    /// The name that people know it by, as it came.
    pub name: String,
    /// What sort of thing it is.
    pub kind: SubjectKind,
    /// The person that a device belongs to.
    pub person: Option<Arn>,
}

/// What sort of thing a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A person.
    Person,
    /// A device.
    Device,
    /// An escalation plan.
    EscalationPlan,
    /// An on-call schedule.
    Schedule,
    /// A rotation.
    Rotation,
    /// A response plan.
    ResponsePlan,
    /// A row of the roster.
    RosterEntry,
    /// A waiver.
    Waiver,
    /// The account as a whole.
    Account,
}

impl SubjectKind {
    /// Returns the word of the machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Device => "device",
            Self::EscalationPlan => "escalation_plan",
            Self::Schedule => "schedule",
            Self::Rotation => "rotation",
            Self::ResponsePlan => "response_plan",
            Self::RosterEntry => "roster_entry",
            Self::Waiver => "waiver",
            Self::Account => "account",
        }
    }
}

impl Subject {
    /// Returns a person, plan or schedule as a subject.
    pub fn of_contact(contact: &Contact) -> Self {
        let kind = match contact.kind {
            ContactKind::EscalationPlan => SubjectKind::EscalationPlan,
            ContactKind::Schedule => SubjectKind::Schedule,
            ContactKind::Person | ContactKind::Other(_) => SubjectKind::Person,
        };
        Self::of_arn(&contact.arn, &contact.alias, contact.label(), kind)
    }

    /// Returns a device as a subject.
    pub fn of_device(person: &Contact, channel: &Channel) -> Self {
        let name = format!("{} of {}", channel.name, person.label());
        Self {
            person: Some(person.arn.clone()),
            ..Self::of_arn(&channel.arn, &person.alias, &name, SubjectKind::Device)
        }
    }

    /// Returns a rotation as a subject.
    pub fn of_rotation(rotation: &Rotation) -> Self {
        Self::of_arn(&rotation.arn, &rotation.name, &rotation.name, SubjectKind::Rotation)
    }

    /// Returns a response plan as a subject.
    pub fn of_response(plan: &ResponsePlan) -> Self {
        Self::of_arn(&plan.arn, &plan.name, plan.label(), SubjectKind::ResponsePlan)
    }

    /// Returns a row of the roster as a subject.
    pub fn of_entry(entry: &RosterEntry) -> Self {
        Self::of_name(SubjectKind::RosterEntry, &entry.name)
    }

    /// Returns a waiver as a subject.
    pub fn of_waiver(waiver: &Waiver) -> Self {
        Self::of_name(SubjectKind::Waiver, &format!("{} {}", waiver.code, waiver.subject))
    }

    /// Returns the account as a subject.
    pub fn of_account(inventory: &Inventory) -> Self {
        let name = inventory.account().unwrap_or("this account");
        Self::of_name(SubjectKind::Account, name)
    }

    fn of_arn(arn: &Arn, alias: &str, name: &str, kind: SubjectKind) -> Self {
        Self {
            id: arn.as_str().to_owned(),
            arn: Some(arn.clone()),
            alias: alias.to_owned(),
            name: name.to_owned(),
            kind,
            person: None,
        }
    }

    fn of_name(kind: SubjectKind, name: &str) -> Self {
        Self {
            id: format!("{}:{}", kind.word(), neutral(name)),
            arn: None,
            alias: name.to_owned(),
            name: name.to_owned(),
            kind,
            person: None,
        }
    }
}

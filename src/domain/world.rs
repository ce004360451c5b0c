//! Small worlds for tests, in one line each.
//!
//! Times are hours after midnight of Sunday 1 November 2026 UTC, and names stand for ARNs. A device whose name begins
//! with `-` is not activated, one with `?` has a status that is not known. `phone=+44…` gives a device an address of its
//! own; its name tells its type: `mail`, `call` or anything else for text messages. The horizon is 14 days. Whatever has
//! been read has no tags and is shared with nobody, until another sentence says so.

use super::{
    Timestamp,
    address::Address,
    contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind, Plan, Stage, Target},
    gap::{Gap, GapReason, Reading},
    graph::Graph,
    ids::Arn,
    inventory::{Caller, Inventory, Part, SectionKind},
    operation::Operation,
    response::{ReplicationSet, ResponsePlan, ResponsePlanDetail},
    schedule::{HandOff, Override, Recurrence, Rotation, Shift},
    sharing::{Principal, Sharing},
    tags::Tags,
};
use std::sync::Arc;

/// The account under review.
pub(crate) const ACCOUNT: &str = "111122223333";

/// Returns the instant that lies this many hours after the beginning.
pub(crate) fn at(hours: i64) -> Timestamp {
    chrono::DateTime::from_timestamp(1_793_491_200 + hours * 3600, 0).unwrap()
}

/// Returns the ARN of a contact; a text that is one already stays as it is.
pub(crate) fn contact_arn(alias: &str) -> Arn {
    Arn::parse(alias).unwrap_or_else(|_| arn(&format!("contact/{alias}")))
}

/// Returns the ARN of a person's device.
pub(crate) fn device_arn(alias: &str, device: &str) -> Arn {
    // A name may hold blanks, an ARN may not.
    arn(&format!("contact-channel/{alias}/{}", device.replace(' ', "-")))
}

/// Returns the ARN of a rotation; a text that is one already stays as it is.
pub(crate) fn rotation_arn(name: &str) -> Arn {
    Arn::parse(name).unwrap_or_else(|_| arn(&format!("rotation/{name}")))
}

/// Returns the ARN of a response plan.
pub(crate) fn response_arn(name: &str) -> Arn {
    Arn::parse(&format!("arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{name}")).unwrap()
}

fn arn(resource: &str) -> Arn {
    Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:{ACCOUNT}:{resource}")).unwrap()
}

fn contact_arns(aliases: &[&str]) -> Vec<Arn> {
    aliases.iter().map(|alias| contact_arn(alias)).collect()
}

/// Returns why an operation gave no answer.
pub(crate) fn gap(operation: Operation, subject: Option<Arn>, reason: GapReason) -> Arc<Gap> {
    Arc::new(Gap {
        operation,
        subject,
        reason,
        request_id: None,
        at: at(0),
    })
}

/// An inventory that grows by short sentences.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// What was read.
    pub(crate) inventory: Inventory,
}

impl World {
    /// Returns a world of which only the caller has been read.
    pub(crate) fn new() -> Self {
        let mut inventory = Inventory::empty("eu-west-1", None);
        inventory.apply(Part::Started {
            at: at(0),
            horizon_end: at(14 * 24),
        });
        inventory.apply(Part::Caller(Reading::Known(Caller {
            account: ACCOUNT.to_owned(),
            arn: Arn::parse(&format!("arn:aws:iam::{ACCOUNT}:user/olga")).unwrap(),
        })));
        Self { inventory }
    }

    /// Returns who names whom.
    pub(crate) fn graph(&self) -> Graph {
        Graph::build(&self.inventory)
    }

    /// Adds a part as it would arrive.
    pub(crate) fn part(mut self, part: Part) -> Self {
        self.inventory.apply(part);
        self
    }

    /// Leaves of every address what a snapshot keeps: its mask.
    pub(crate) fn masked(mut self) -> Self {
        for contact in self.inventory.contacts.items.values_mut() {
            if let Reading::Known(channels) = &mut Arc::make_mut(contact).channels {
                for channel in channels {
                    let stored = serde_json::to_string(&channel.address).unwrap();
                    channel.address = serde_json::from_str(&stored).unwrap();
                }
            }
        }
        self
    }

    /// Ends every list.
    pub(crate) fn complete(self) -> Self {
        [
            SectionKind::Contacts,
            SectionKind::Rotations,
            SectionKind::ResponsePlans,
        ]
        .into_iter()
        .fold(self, |world, kind| world.part(Part::SectionEnded(kind, None)))
        .part(Part::Ended { at: at(0) })
    }

    /// Adds a contact of which nothing but the list entry has been read.
    pub(crate) fn contact(self, alias: &str, kind: ContactKind) -> Self {
        let arn = contact_arn(alias);
        self.part(Part::Contacts(vec![Contact {
            alias: arn.name().to_owned(),
            arn,
            display_name: None,
            kind,
            plan: Reading::Pending,
            channels: Reading::Pending,
            tags: Reading::Pending,
            sharing: Reading::Pending,
        }]))
    }

    /// Adds a person with devices and with stages of devices, joined by `+`, and a duration; `phone*2` is tried again
    /// every two minutes.
    pub(crate) fn person(self, alias: &str, devices: &[&str], stages: &[(&str, i32)]) -> Self {
        let owner = contact_arn(alias);
        let channels = devices.iter().map(|device| {
            let (name, own) = device.split_once('=').unwrap_or((device, ""));
            let name = name.trim_start_matches(['-', '?']);
            let (kind, usual) = if name.contains("mail") {
                (ChannelKind::Email, format!("{}@example.com", owner.name()))
            } else if name.contains("call") {
                (ChannelKind::Voice, "+447700900123".to_owned())
            } else {
                (ChannelKind::Sms, "+447700900123".to_owned())
            };
            let address = if own.is_empty() { usual } else { own.to_owned() };
            Channel {
                arn: device_arn(owner.name(), name),
                contact: owner.clone(),
                name: name.to_owned(),
                kind,
                address: Address::new(&address),
                status: match device.chars().next() {
                    Some('-') => ActivationStatus::NotActivated,
                    Some('?') => ActivationStatus::Other("PAUSED".to_owned()),
                    _ => ActivationStatus::Activated,
                },
            }
        });
        let channels = channels.collect();
        let stages = stages.iter().map(|(devices, duration_minutes)| Stage {
            duration_minutes: *duration_minutes,
            targets: devices
                .split('+')
                .map(|target| {
                    let (device, retry) = target.split_once('*').unwrap_or((target, ""));
                    Target::Channel {
                        channel: Arn::parse(device).unwrap_or_else(|_| device_arn(owner.name(), device)),
                        retry_minutes: retry.parse().ok(),
                    }
                })
                .collect(),
        });
        let plan = Plan {
            stages: stages.collect(),
            rotations: Vec::new(),
        };
        self.contact(alias, ContactKind::Person)
            .part(Part::Plan(contact_arn(alias), Reading::Known(plan)))
            .part(Part::Channels(contact_arn(alias), Reading::Known(channels)))
            .private(contact_arn(alias))
    }

    /// Gives a contact, a rotation or a response plan these tags.
    pub(crate) fn tagged(self, name: &str, tags: &[(&str, &str)]) -> Self {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let part = Part::Tags(self.row(name), Reading::Known(tags.collect()));
        self.part(part)
    }

    /// Shares a contact or a response plan with these accounts or other principals.
    pub(crate) fn shared(self, name: &str, principals: &[&str]) -> Self {
        let principals = principals.iter().map(|text| Principal::from((*text).to_owned()));
        let sharing = Sharing {
            principals: principals.collect(),
        };
        let part = Part::Sharing(self.row(name), Reading::Known(sharing));
        self.part(part)
    }

    /// Returns the ARN of the contact, the rotation or the response plan of this name.
    fn row(&self, name: &str) -> Arn {
        let (rotation, response) = (rotation_arn(name), response_arn(name));
        if self.inventory.rotations.items.contains_key(&rotation) {
            rotation
        } else if self.inventory.response_plans.items.contains_key(&response) {
            response
        } else {
            contact_arn(name)
        }
    }

    fn private(self, arn: Arn) -> Self {
        self.part(Part::Tags(arn.clone(), Reading::Known(Tags::default())))
            .part(Part::Sharing(arn, Reading::Known(Sharing::default())))
    }

    /// Adds an escalation plan of stages with a duration; a target whose name begins with `!` is essential.
    pub(crate) fn plan(self, alias: &str, stages: &[(i32, &[&str])]) -> Self {
        let stages = stages.iter().map(|(duration_minutes, targets)| Stage {
            duration_minutes: *duration_minutes,
            targets: targets
                .iter()
                .map(|target| Target::Contact {
                    contact: contact_arn(target.trim_start_matches('!')),
                    is_essential: target.starts_with('!'),
                })
                .collect(),
        });
        let plan = Plan {
            stages: stages.collect(),
            rotations: Vec::new(),
        };
        self.contact(alias, ContactKind::EscalationPlan)
            .part(Part::Plan(contact_arn(alias), Reading::Known(plan)))
            .private(contact_arn(alias))
    }

    /// Adds a schedule.
    pub(crate) fn schedule(self, alias: &str, rotations: &[&str]) -> Self {
        let plan = Plan {
            stages: Vec::new(),
            rotations: rotations.iter().map(|name| rotation_arn(name)).collect(),
        };
        self.contact(alias, ContactKind::Schedule)
            .part(Part::Plan(contact_arn(alias), Reading::Known(plan)))
            .private(contact_arn(alias))
    }

    /// Adds a weekly rotation that hands over on Monday at nine in Dublin; it has no overrides and no shifts yet.
    pub(crate) fn rotation(self, name: &str, members: &[&str]) -> Self {
        let arn = rotation_arn(name);
        self.part(Part::Rotations(vec![Rotation {
            arn: arn.clone(),
            name: name.to_owned(),
            members: Reading::Known(contact_arns(members)),
            time_zone: Some("Europe/Dublin".to_owned()),
            start_at: Some(at(0)),
            recurrence: Some(Recurrence {
                number_of_on_calls: 1,
                multiplier: 1,
                daily: Vec::new(),
                weekly: vec![("MON".to_owned(), HandOff { hour: 9, minute: 0 })],
                monthly: Vec::new(),
                coverages: Vec::new(),
            }),
            overrides: Reading::Known(Vec::new()),
            shifts: Reading::Pending,
            tags: Reading::Known(Tags::default()),
        }]))
    }

    /// Sets the shifts of a rotation: from, until, who.
    pub(crate) fn shifts(self, rotation: &str, shifts: &[(i64, i64, &[&str])]) -> Self {
        let shifts = shifts.iter().map(|(start, end, people)| Shift {
            start_at: at(*start),
            end_at: at(*end),
            contacts: contact_arns(people),
            overridden: Vec::new(),
            kind: "REGULAR".to_owned(),
        });
        let shifts = shifts.collect();
        self.part(Part::Shifts(rotation_arn(rotation), Reading::Known(shifts)))
    }

    /// Sets one override of a rotation, and the shift that comes of it: from, until, who instead, who is replaced.
    pub(crate) fn overridden(
        self,
        rotation: &str,
        (start, end): (i64, i64),
        people: &[&str],
        replaced: &[&str],
    ) -> Self {
        let exception = Override {
            id: "0a1b2c3d-0000-4000-8000-000000000000".to_owned(),
            start_at: at(start),
            end_at: at(end),
            contacts: contact_arns(people),
            created_at: Some(at(-24)),
        };
        let shift = Shift {
            start_at: at(start),
            end_at: at(end),
            contacts: contact_arns(people),
            overridden: contact_arns(replaced),
            kind: "OVERRIDDEN".to_owned(),
        };
        self.part(Part::Overrides(rotation_arn(rotation), Reading::Known(vec![exception])))
            .part(Part::Shifts(rotation_arn(rotation), Reading::Known(vec![shift])))
    }

    /// Adds a response plan without chat channel.
    pub(crate) fn response(self, name: &str, engagements: &[&str]) -> Self {
        let arn = response_arn(name);
        let detail = ResponsePlanDetail {
            incident_title: "Checkout is down".to_owned(),
            impact: 1,
            engagements: contact_arns(engagements),
            ..ResponsePlanDetail::default()
        };
        self.part(Part::ResponsePlans(vec![ResponsePlan {
            arn: arn.clone(),
            name: name.to_owned(),
            display_name: None,
            detail: Reading::Pending,
            tags: Reading::Pending,
            sharing: Reading::Pending,
        }]))
        .part(Part::ResponsePlanDetail(arn.clone(), Reading::Known(detail)))
        .private(arn)
    }

    /// Changes a rotation.
    pub(crate) fn changed_rotation(self, name: &str, change: impl FnOnce(&mut Rotation)) -> Self {
        let mut rotation = self.inventory.rotations.items[&rotation_arn(name)].as_ref().clone();
        change(&mut rotation);
        self.part(Part::Rotations(vec![rotation]))
    }

    /// Changes how a rotation's turns repeat.
    pub(crate) fn recurring(self, name: &str, change: impl FnOnce(&mut Recurrence)) -> Self {
        self.changed_rotation(name, |rotation| change(rotation.recurrence.as_mut().unwrap()))
    }

    /// Changes what a response plan does.
    pub(crate) fn detailed(self, name: &str, change: impl FnOnce(&mut ResponsePlanDetail)) -> Self {
        let arn = response_arn(name);
        let mut detail = self.inventory.response_plans.items[&arn]
            .detail
            .known()
            .unwrap()
            .clone();
        change(&mut detail);
        self.part(Part::ResponsePlanDetail(arn, Reading::Known(detail)))
    }

    /// Adds an active replication set that is protected from deletion, with its Regions and the state of each.
    pub(crate) fn replicated(self, regions: &[(&str, &str)]) -> Self {
        let regions = regions.iter();
        let set = ReplicationSet {
            arn: Arn::parse(&format!("arn:aws:ssm-incidents::{ACCOUNT}:replication-set/set")).unwrap(),
            status: "ACTIVE".to_owned(),
            is_deletion_protected: Some(true),
            regions: regions
                .map(|(name, status)| ((*name).to_owned(), (*status).to_owned()))
                .collect(),
            changed_at: None,
        };
        self.part(Part::ReplicationSet(Reading::Known(Some(set))))
    }

    /// Changes the state of the replication set.
    pub(crate) fn replication(self, status: &str, is_deletion_protected: Option<bool>) -> Self {
        let mut set = self.inventory.replication_set.known().unwrap().clone().unwrap();
        set.status = status.to_owned();
        set.is_deletion_protected = is_deletion_protected;
        self.part(Part::ReplicationSet(Reading::Known(Some(set))))
    }

    /// Denies a read about a contact, a rotation or a response plan.
    pub(crate) fn denied(self, operation: Operation, name: &str) -> Self {
        fn unknown<T>(operation: Operation, arn: &Arn) -> Reading<T> {
            Reading::Unknown(gap(operation, Some(arn.clone()), GapReason::Denied))
        }
        let (contact, rotation, response) = (contact_arn(name), rotation_arn(name), response_arn(name));
        let part = match operation {
            Operation::GetContact => Part::Plan(contact.clone(), unknown(operation, &contact)),
            Operation::ListContactChannels => Part::Channels(contact.clone(), unknown(operation, &contact)),
            Operation::GetRotation => Part::RotationMembers(rotation.clone(), unknown(operation, &rotation)),
            Operation::ListRotationOverrides => Part::Overrides(rotation.clone(), unknown(operation, &rotation)),
            Operation::ListRotationShifts => Part::Shifts(rotation.clone(), unknown(operation, &rotation)),
            Operation::GetResponsePlan => Part::ResponsePlanDetail(response.clone(), unknown(operation, &response)),
            Operation::ListContactTags | Operation::ListResponsePlanTags => {
                let row = self.row(name);
                Part::Tags(row.clone(), unknown(operation, &row))
            }
            Operation::GetContactPolicy | Operation::GetResourcePolicies => {
                let row = self.row(name);
                Part::Sharing(row.clone(), unknown(operation, &row))
            }
            Operation::ListContacts => {
                Part::SectionEnded(SectionKind::Contacts, Some(gap(operation, None, GapReason::Denied)))
            }
            Operation::ListReplicationSets | Operation::GetReplicationSet => {
                Part::ReplicationSet(Reading::Unknown(gap(operation, None, GapReason::Denied)))
            }
            Operation::GetCallerIdentity
            | Operation::ListRotations
            | Operation::ListPreviewRotationShifts
            | Operation::ListEngagements
            | Operation::ListResponsePlans => return self,
        };
        self.part(part)
    }
}

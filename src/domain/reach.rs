//! Whether a contact can be reached at all: the short answer that lists show beside a name.
//!
//! It looks at devices and references only, not at minutes; when somebody would be reached is the simulator's work.

use super::{
    Timestamp,
    contact::{ActivationStatus, Contact, ContactKind, Target},
    graph::Graph,
    ids::Arn,
    inventory::Inventory,
};
use std::collections::BTreeSet;

/// Whether anybody would be paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// This many activated devices (of a person) or people (of anything else) would be paged at some time.
    Reachable(usize),
    /// Nobody would be; in words.
    Unreachable(String),
    /// It cannot be told, because this was not read.
    Unknown(String),
    /// The answer is still to come.
    Pending,
}

impl Reach {
    /// Returns how urgent the state is, worst first, for sorting.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Unreachable(_) => 0,
            Self::Unknown(_) => 1,
            Self::Pending => 2,
            Self::Reachable(_) => 3,
        }
    }
}

/// Returns whether a person has a device that is activated and stands in their plan.
pub fn of_person(person: &Contact) -> Reach {
    let (plan, channels) = match (&person.plan, &person.channels) {
        (super::gap::Reading::Unknown(gap), _) | (_, super::gap::Reading::Unknown(gap)) => {
            return Reach::Unknown(gap.to_string());
        }
        (super::gap::Reading::Known(plan), super::gap::Reading::Known(channels)) => (plan, channels),
        _ => return Reach::Pending,
    };
    let planned: BTreeSet<&Arn> = plan
        .stages
        .iter()
        .flat_map(|stage| &stage.targets)
        .filter_map(Target::arn)
        .collect();
    let usable = channels
        .iter()
        .filter(|channel| channel.status == ActivationStatus::Activated && planned.contains(&channel.arn))
        .count();
    let why = if usable > 0 {
        return Reach::Reachable(usable);
    } else if channels.is_empty() {
        "no device"
    } else if planned.is_empty() {
        "no plan"
    } else if channels
        .iter()
        .any(|channel| matches!(channel.status, ActivationStatus::Other(_)))
    {
        return Reach::Unknown("the status of a device is not known".to_owned());
    } else if channels
        .iter()
        .all(|channel| channel.status != ActivationStatus::Activated)
    {
        "no active device"
    } else {
        "active device not in plan"
    };
    Reach::Unreachable(why.to_owned())
}

/// Returns whether anybody would be paged when `arn` is engaged, now or at any time of the horizon.
pub fn of_contact(inventory: &Inventory, graph: &Graph, arn: &Arn) -> Reach {
    let mut walk = Walk {
        inventory,
        graph,
        seen: BTreeSet::new(),
        people: BTreeSet::new(),
        doubt: None,
        is_pending: false,
    };
    walk.visit(arn);
    walk.result(arn)
}

/// Returns who is on call in a schedule or rotation at `now`, or nothing where the shifts were not read.
pub fn on_call(inventory: &Inventory, rotations: &[Arn], now: Timestamp) -> Option<Vec<Arn>> {
    let mut people = Vec::new();
    for rotation in rotations {
        let shifts = inventory.rotations.items.get(rotation)?.shifts.known()?;
        for shift in shifts.iter().filter(|shift| shift.covers(now)) {
            people.extend(shift.contacts.iter().cloned());
        }
    }
    people.dedup();
    Some(people)
}

struct Walk<'a> {
    inventory: &'a Inventory,
    graph: &'a Graph,
    seen: BTreeSet<Arn>,
    people: BTreeSet<Arn>,
    doubt: Option<String>,
    is_pending: bool,
}

impl Walk<'_> {
    fn visit(&mut self, named: &Arn) {
        // Plans may name each other in a circle; each is looked at once.
        let arn = self.graph.resolve(named).unwrap_or(named).clone();
        if !self.seen.insert(arn.clone()) {
            return;
        }
        let Some(contact) = self.inventory.contacts.items.get(&arn) else {
            if let Some(gap) = self.inventory.contacts.gap() {
                self.doubt = Some(gap.to_string());
            }
            return;
        };
        match &contact.kind {
            ContactKind::Person => match of_person(contact) {
                Reach::Reachable(_) => {
                    self.people.insert(arn);
                }
                Reach::Unknown(why) => self.doubt = Some(why),
                Reach::Pending => self.is_pending = true,
                Reach::Unreachable(_) => {}
            },
            ContactKind::EscalationPlan | ContactKind::Schedule => self.visit_plan(contact),
            ContactKind::Other(word) => self.doubt = Some(format!("contacts of type {word} are not known")),
        }
    }

    fn visit_plan(&mut self, contact: &Contact) {
        let plan = match &contact.plan {
            super::gap::Reading::Known(plan) => plan,
            super::gap::Reading::Unknown(gap) => {
                self.doubt = Some(gap.to_string());
                return;
            }
            super::gap::Reading::Pending => {
                self.is_pending = true;
                return;
            }
        };
        for named in plan
            .stages
            .iter()
            .flat_map(|stage| &stage.targets)
            .filter_map(Target::arn)
        {
            self.visit(named);
        }
        for rotation in &plan.rotations {
            self.visit_rotation(rotation);
        }
    }

    fn visit_rotation(&mut self, arn: &Arn) {
        let Some(rotation) = self.inventory.rotations.items.get(arn) else {
            if let Some(gap) = self.inventory.rotations.gap() {
                self.doubt = Some(gap.to_string());
            }
            return;
        };
        match &rotation.shifts {
            super::gap::Reading::Known(shifts) => {
                let people: BTreeSet<Arn> = shifts.iter().flat_map(|shift| shift.contacts.iter().cloned()).collect();
                for person in &people {
                    self.visit(person);
                }
            }
            super::gap::Reading::Unknown(gap) => self.doubt = Some(gap.to_string()),
            super::gap::Reading::Pending => self.is_pending = true,
        }
    }

    fn result(self, arn: &Arn) -> Reach {
        let kind = self
            .graph
            .resolve(arn)
            .and_then(|arn| super::graph::kind_of(self.inventory, arn));
        match (self.doubt, self.is_pending, kind) {
            (_, _, None) if self.inventory.contacts.gap().is_none() => Reach::Unreachable("does not exist".to_owned()),
            (Some(why), _, _) if self.people.is_empty() => Reach::Unknown(why),
            (_, true, _) if self.people.is_empty() => Reach::Pending,
            _ if self.people.is_empty() => Reach::Unreachable("reaches nobody".to_owned()),
            _ => Reach::Reachable(self.people.len()),
        }
    }
}

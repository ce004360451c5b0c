//! The way from a start to everybody whom it may engage: walked once, whatever the instant.
//!
//! This is the one place that knows how plans lead on. A route does not depend on the instant: where a schedule stands,
//! it holds whom the schedule stands for at every instant.

use super::{
    event::Hop,
    on_call::{End, OnCall},
    person::{BothReadings, begins},
    reason::{Bound, Doubt, DoubtReason, Silence},
};
use crate::domain::{
    contact::{Contact, ContactKind, Target},
    gap::Reading,
    graph::Graph,
    ids::Arn,
    inventory::{Inventory, Section, SectionState},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Everything that a start may engage.
#[derive(Debug)]
pub(super) struct Route {
    /// Where the ways end, in the order of stages and targets.
    pub(super) legs: Vec<Leg>,
    /// The limits that were met.
    pub(super) bounds: BTreeSet<Bound>,
}

/// One way that ends at somebody, at a schedule, or at nobody.
#[derive(Debug)]
pub(super) struct Leg {
    /// The minute at which the end is engaged.
    pub(super) minute: i64,
    /// The way.
    pub(super) path: Arc<[Hop]>,
    /// What stands at the end, as named.
    pub(super) subject: Option<Arn>,
    /// What becomes of it.
    pub(super) end: End,
}

impl Route {
    /// Returns whether a stage of anybody on the route names a removed device.
    pub(super) fn names_removed_device(&self) -> bool {
        self.legs.iter().any(|leg| match &leg.end {
            End::Person(person) => person.names_removed_device(),
            End::Schedule(schedule) => schedule.names_removed_device(),
            End::Silent(_) | End::Unknown(_) => false,
        })
    }
}

/// What was laid out already, for all routes through one inventory.
#[derive(Debug)]
pub(super) struct Surveyor<'a> {
    inventory: &'a Inventory,
    graph: &'a Graph,
    people: HashMap<&'a Arn, Arc<BothReadings>>,
    schedules: HashMap<&'a Arn, Arc<OnCall>>,
}

impl<'a> Surveyor<'a> {
    pub(super) fn new(inventory: &'a Inventory, graph: &'a Graph) -> Self {
        Self {
            inventory,
            graph,
            people: HashMap::new(),
            schedules: HashMap::new(),
        }
    }

    /// Returns everything that `start` may engage.
    pub(super) fn route(&mut self, start: &Arn) -> Route {
        let mut walk = Walk {
            own_account: self.inventory.account().unwrap_or(start.account()).to_owned(),
            surveyor: self,
            route: Route {
                legs: Vec::new(),
                bounds: BTreeSet::new(),
            },
            path: Vec::new(),
            on_path: Vec::new(),
            engagements: 0,
            left_out: 0,
            cut: None,
        };
        walk.start(start);
        walk.finish(start)
    }

    fn person(&mut self, person: &'a Contact) -> Arc<BothReadings> {
        let steps = || Arc::new(BothReadings::of(self.inventory, self.graph, person));
        Arc::clone(self.people.entry(&person.arn).or_insert_with(steps))
    }

    fn contact(&self, named: &Arn) -> Option<&'a Contact> {
        self.graph.contact(named).map(Arc::as_ref)
    }

    fn schedule(&mut self, schedule: &'a Contact, own_account: &str) -> Arc<OnCall> {
        if let Some(known) = self.schedules.get(&schedule.arn) {
            return Arc::clone(known);
        }
        let inventory = self.inventory;
        let on_call = OnCall::lay(inventory, schedule, |named| match self.contact(named) {
            None => absent(&inventory.contacts, named, own_account),
            Some(contact) => match &contact.kind {
                ContactKind::Person => End::Person(self.person(contact)),
                ContactKind::EscalationPlan | ContactKind::Schedule => {
                    End::Unknown(Doubt::new(named, DoubtReason::OnCallIsNoPerson))
                }
                ContactKind::Other(word) => End::Unknown(Doubt::new(named, DoubtReason::ContactWord(word.clone()))),
            },
        });
        let on_call = Arc::new(on_call);
        self.schedules.insert(&schedule.arn, Arc::clone(&on_call));
        on_call
    }
}

/// Returns what becomes of something that is named and not listed.
fn absent<T>(section: &Section<T>, named: &Arn, own_account: &str) -> End {
    let doubt = |why| End::Unknown(Doubt::new(named, why));
    match &section.state {
        SectionState::Complete if named.account() != own_account => doubt(DoubtReason::NotShared),
        SectionState::Complete => End::Silent(Silence::TargetDoesNotExist),
        SectionState::Partial(gap) => doubt(DoubtReason::Unread(Arc::clone(gap))),
        SectionState::Waiting | SectionState::Loading => doubt(DoubtReason::Pending),
    }
}

/// A walk on its way.
struct Walk<'a, 'b> {
    surveyor: &'b mut Surveyor<'a>,
    own_account: String,
    route: Route,
    path: Vec<Hop>,
    /// The plans that the present way leads through.
    on_path: Vec<&'a Arn>,
    engagements: usize,
    /// How many ways were left out because of a limit; they count, since each of them takes time to look at.
    left_out: usize,
    /// The earliest minute of what was left out because of a limit.
    cut: Option<(i64, Bound)>,
}

impl<'a> Walk<'a, '_> {
    fn start(&mut self, start: &Arn) {
        if start.service() != "ssm-incidents" {
            return self.visit(start, 0);
        }
        let inventory = self.surveyor.inventory;
        let listed = self
            .surveyor
            .graph
            .resolve(start)
            .and_then(|arn| inventory.response_plans.items.get(arn));
        let Some(plan) = listed else {
            let end = absent(&inventory.response_plans, start, &self.own_account);
            return self.end(0, Some(start), end);
        };
        let doubt = |why| End::Unknown(Doubt::new(start, why));
        let detail = match &plan.detail {
            Reading::Known(detail) => detail,
            Reading::Unknown(gap) => return self.end(0, Some(start), doubt(DoubtReason::Unread(Arc::clone(gap)))),
            Reading::Pending => return self.end(0, Some(start), doubt(DoubtReason::Pending)),
        };
        if detail.engagements.is_empty() {
            return self.end(0, Some(start), End::Silent(Silence::NothingEngaged));
        }
        let hop = self.hop(&plan.arn);
        self.path.push(hop);
        for engaged in &detail.engagements {
            self.visit(engaged, 0);
        }
        self.path.pop();
    }

    /// Walks on from what is engaged at `minute`.
    fn visit(&mut self, named: &Arn, minute: i64) {
        if let Some(bound) = self.met_bound(minute) {
            return self.leave_out(minute, bound);
        }
        let Some(contact) = self.surveyor.contact(named) else {
            let end = absent(&self.surveyor.inventory.contacts, named, &self.own_account);
            return self.end(minute, Some(named), end);
        };
        match &contact.kind {
            ContactKind::Person => {
                let person = self.surveyor.person(contact);
                self.end(minute, Some(named), End::Person(person));
            }
            ContactKind::Schedule => {
                let mut hop = self.hop(&contact.arn);
                hop.begins_at = minute;
                self.path.push(hop);
                let schedule = self.surveyor.schedule(contact, &self.own_account);
                self.end(minute, Some(named), End::Schedule(schedule));
                self.path.pop();
            }
            ContactKind::EscalationPlan => self.visit_plan(contact, minute),
            ContactKind::Other(word) => {
                let doubt = Doubt::new(named, DoubtReason::ContactWord(word.clone()));
                self.end(minute, Some(named), End::Unknown(doubt));
            }
        }
    }

    fn visit_plan(&mut self, contact: &'a Contact, minute: i64) {
        let arn = &contact.arn;
        if self.on_path.contains(&arn) {
            return self.end(minute, Some(arn), End::Silent(Silence::Cycle));
        }
        let doubt = |why| End::Unknown(Doubt::new(arn, why));
        let plan = match &contact.plan {
            Reading::Known(plan) => plan,
            Reading::Unknown(gap) => return self.end(minute, Some(arn), doubt(DoubtReason::Unread(Arc::clone(gap)))),
            Reading::Pending => return self.end(minute, Some(arn), doubt(DoubtReason::Pending)),
        };
        if plan.stages.is_empty() {
            return self.end(minute, Some(arn), End::Silent(Silence::NoStage));
        }
        self.on_path.push(arn);
        let hop = self.hop(arn);
        for (number, (begins, stage)) in (1..).zip(begins(plan)) {
            let begins_at = minute + begins;
            let hop = |is_essential| Hop {
                stage: Some(number),
                begins_at,
                is_essential,
                ..hop.clone()
            };
            if stage.targets.is_empty() {
                self.path.push(hop(false));
                self.end(begins_at, None, End::Silent(Silence::StageEmpty));
                self.path.pop();
            }
            for target in &stage.targets {
                match target {
                    Target::Contact { contact, is_essential } => {
                        self.path.push(hop(*is_essential));
                        self.visit(contact, begins_at);
                    }
                    Target::Channel { channel, .. } => {
                        self.path.push(hop(false));
                        self.end(begins_at, Some(channel), End::Silent(Silence::TargetMisplaced));
                    }
                    Target::Empty => {
                        self.path.push(hop(false));
                        self.end(begins_at, None, End::Silent(Silence::TargetEmpty));
                    }
                }
                self.path.pop();
            }
        }
        self.on_path.pop();
    }

    /// Returns the next hop of the path, through a plan that is engaged now.
    fn hop(&mut self, contact: &Arn) -> Hop {
        self.engagements += 1;
        Hop {
            contact: contact.clone(),
            stage: None,
            rotation: None,
            begins_at: 0,
            is_essential: false,
            engagement: self.engagements,
        }
    }

    fn end(&mut self, minute: i64, subject: Option<&Arn>, end: End) {
        if let Some(bound) = self.met_bound(minute) {
            return self.leave_out(minute, bound);
        }
        self.route.legs.push(Leg {
            minute,
            path: Arc::from(self.path.as_slice()),
            subject: subject.cloned(),
            end,
        });
    }

    fn met_bound(&self, minute: i64) -> Option<Bound> {
        if self.route.legs.len() + self.engagements + self.left_out >= Bound::ENGAGEMENTS {
            Some(Bound::Engagements)
        } else if self.on_path.len() > Bound::DEPTH {
            Some(Bound::Depth)
        } else if minute > Bound::MINUTES {
            Some(Bound::Minutes)
        } else {
            None
        }
    }

    fn leave_out(&mut self, minute: i64, bound: Bound) {
        self.left_out += 1;
        self.route.bounds.insert(bound);
        if self.cut.is_none_or(|(earlier, _)| minute < earlier) {
            self.cut = Some((minute, bound));
        }
    }

    /// Returns the route; what was left out makes everything from its minute on unknown.
    fn finish(self, start: &Arn) -> Route {
        let mut route = self.route;
        if let Some((minute, bound)) = self.cut {
            route.legs.push(Leg {
                minute,
                path: Arc::from([]),
                subject: Some(start.clone()),
                end: End::Unknown(Doubt::new(start, DoubtReason::Bounded(bound))),
            });
        }
        route
    }
}

//! What checks look at: the inventory with its references, what the owners decided, the roster, and the time.
//!
//! Indexes over the whole account are built when the first check asks for them.

use super::{judging::Judging, policy::Policy, waiver::Waiver};
use crate::domain::{
    Timestamp,
    contact::{Channel, ChannelKind, Contact, ContactKind, Target},
    graph::Graph,
    ids::Arn,
    inventory::Inventory,
    reach::{self, Reach},
    roster::Roster,
    text::neutral,
};
use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
};

/// Everything that checks look at.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// Who names whom in it.
    pub graph: &'a Graph,
    /// What the owners decided.
    pub policy: &'a Policy,
    /// Who works here, when somebody gave a roster.
    pub roster: Option<&'a Roster>,
    /// What somebody has decided to live with.
    pub waivers: &'a [Waiver],
    /// The time.
    pub now: Timestamp,
    reached: RefCell<HashMap<Arn, Reach>>,
    addresses: OnceCell<HashMap<String, Vec<(&'a Contact, &'a Channel)>>>,
    handovers: OnceCell<HashMap<Arn, Handover<'a>>>,
}

/// How long an escalation plan waits for somebody before it goes on.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'a> {
    /// The plan.
    pub plan: &'a Contact,
    /// The stage that engages them, counted from 1.
    pub stage: usize,
    /// Minutes until the next stage that engages anybody begins.
    pub minutes: i64,
}

impl<'a> Facts<'a> {
    /// Returns the facts of an inventory.
    pub fn new(inventory: &'a Inventory, graph: &'a Graph, judging: &'a Judging, now: Timestamp) -> Self {
        Self {
            inventory,
            graph,
            policy: &judging.policy,
            roster: judging.roster.as_ref(),
            waivers: &judging.waivers,
            now,
            reached: RefCell::default(),
            addresses: OnceCell::new(),
            handovers: OnceCell::new(),
        }
    }

    /// Returns whether anybody would be paged when a contact is engaged, now or at any time of the horizon.
    pub fn reach(&self, arn: &Arn) -> Reach {
        if let Some(known) = self.reached.borrow().get(arn) {
            return known.clone();
        }
        let found = reach::of_contact(self.inventory, self.graph, arn);
        self.reached.borrow_mut().insert(arn.clone(), found.clone());
        found
    }

    /// Returns a listed contact, in whichever Region its ARN was written.
    pub fn contact(&self, arn: &Arn) -> Option<&'a Contact> {
        let listed = self.graph.resolve(arn)?;
        self.inventory.contacts.items.get(listed).map(AsRef::as_ref)
    }

    /// Returns the name that people know something by, made safe to draw.
    pub fn label(&self, arn: &Arn) -> String {
        let items = &self.inventory;
        let name = match (
            self.contact(arn),
            items.rotations.items.get(arn),
            items.response_plans.items.get(arn),
        ) {
            (Some(contact), _, _) => contact.label(),
            (None, Some(rotation), _) => &rotation.name,
            (None, None, Some(plan)) => plan.label(),
            (None, None, None) => arn.name(),
        };
        neutral(name).into_owned()
    }

    /// Returns the shortest time that any escalation plan waits for a person or schedule which a stage of it names, before
    /// it goes on to the next one. Last stages wait for ever and do not count.
    pub fn handover(&self, arn: &Arn) -> Option<Handover<'a>> {
        let index = self.handovers.get_or_init(|| {
            let mut index: HashMap<Arn, Handover<'a>> = HashMap::new();
            for plan in self.inventory.contacts_of(&ContactKind::EscalationPlan) {
                for (arn, found) in self.handovers_of(plan) {
                    let shortest = index.entry(arn).or_insert(found);
                    if found.minutes < shortest.minutes {
                        *shortest = found;
                    }
                }
            }
            index
        });
        index.get(self.graph.resolve(arn)?).copied()
    }

    fn handovers_of(&self, plan: &'a Contact) -> Vec<(Arn, Handover<'a>)> {
        let mut found = Vec::new();
        let Some(stages) = plan.plan.known() else {
            return found;
        };
        // From the end, so that the next stage is known: the first later minute at which somebody is engaged.
        let starts: Vec<_> = stages.stages_with_start().enumerate().collect();
        let (mut at, mut after) = (None, None);
        for (index, (minute, stage)) in starts.into_iter().rev() {
            let mut engaged = stage.targets.iter().filter_map(Target::arn).peekable();
            if engaged.peek().is_none() {
                continue;
            }
            // Stages that begin at the same minute engage their targets together.
            if at != Some(minute) {
                after = at.replace(minute);
            }
            if let Some(next) = after {
                found.extend(engaged.filter_map(|arn| self.graph.resolve(arn)).map(|arn| {
                    let handover = Handover {
                        plan,
                        stage: index + 1,
                        minutes: next - minute,
                    };
                    (arn.clone(), handover)
                }));
            }
        }
        found
    }

    /// Returns all devices of people of this account that lead to the same place as `channel`, itself among them.
    pub fn sharing_address(&self, channel: &Channel) -> &[(&'a Contact, &'a Channel)] {
        let index = self.addresses.get_or_init(|| {
            let mut index: HashMap<String, Vec<_>> = HashMap::new();
            for contact in self.inventory.contacts_of(&ContactKind::Person) {
                for channel in contact.channels.known().into_iter().flatten() {
                    if let Some(key) = address_key(channel) {
                        index.entry(key).or_default().push((contact.as_ref(), channel));
                    }
                }
            }
            index
        });
        address_key(channel)
            .and_then(|key| index.get(&key))
            .map_or(&[], Vec::as_slice)
    }
}

/// Returns what two spellings of one address have in common: the digits of a number, a mail address in lower case.
/// Nothing when the address is not whole, since masks of different addresses may be alike.
pub fn address_key(channel: &Channel) -> Option<String> {
    let whole = channel.address.reveal()?;
    Some(match channel.kind {
        ChannelKind::Email => whole.trim().to_lowercase(),
        ChannelKind::Sms | ChannelKind::Voice => whole.chars().filter(char::is_ascii_digit).collect(),
        ChannelKind::Other(_) => whole.to_owned(),
    })
}

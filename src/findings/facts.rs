//! What checks look at: the inventory with its references, what the owners decided, the roster, and the time.
//!
//! Indexes over the whole account are built when the first check asks for them.

use super::{
    Verdict,
    engagement::Step,
    judging::Judging,
    matching::Matches,
    needs::{Missing, Need, Own, Whole},
    policy::{Limits, Policy},
    recorded::Recorded,
    waiver::Waiver,
};
use crate::domain::{
    Timestamp,
    contact::{Channel, ChannelKind, Contact, ContactKind, Target},
    graph::Graph,
    ids::{Arn, ByArn},
    inventory::{Inventory, SectionState},
    reach::{self, Behind, Reach},
    response::{Chat, ResponsePlan},
    roster::Roster,
    text::neutral,
};
use crate::paging::{
    coverage::{self, Answer, Coverage, Stretch},
    simulate::{
        ResolveSchedules, Simulator,
        minute::Minute,
        person::steps_of_person,
        stages::{self, StagesReached},
    },
    worst::WorstTime,
};
use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeSet, HashMap},
    rc::Rc,
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
    /// What the ledger remembers, when one was read.
    pub recorded: Option<&'a Recorded>,
    /// When schedules are taken to be resolved.
    pub resolve_schedules: ResolveSchedules,
    /// The time.
    pub now: Timestamp,
    reached: RefCell<ByArn<Reach>>,
    addresses: OnceCell<HashMap<String, Vec<(&'a Contact, &'a Channel)>>>,
    handovers: OnceCell<ByArn<Handover<'a>>>,
    engagements: RefCell<ByArn<Rc<Vec<Step<'a>>>>>,
    limits: RefCell<HashMap<Box<str>, usize>>,
    matches: OnceCell<Option<Matches>>,
    on_call_teams: OnceCell<BTreeSet<String>>,
    whole: OnceCell<Whole>,
    has_confirmations: OnceCell<bool>,
    simulator: RefCell<Simulator<'a>>,
    worst: RefCell<ByArn<Rc<WorstTime>>>,
    stages: RefCell<ByArn<Rc<Vec<StagesReached>>>>,
    first_audible: RefCell<ByArn<Minute>>,
    coverages: RefCell<ByArn<Rc<Answer<Coverage>>>>,
    topics: OnceCell<HashMap<&'a str, Vec<&'a ResponsePlan>>>,
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

/// Whether a contact that something names exists.
#[derive(Debug)]
pub enum Presence<'a> {
    /// It does.
    Listed(&'a Contact),
    /// It certainly does not: the list was read to its end, and its account is ours.
    Absent,
    /// It cannot be told, and this is why.
    Unknown(String),
    /// The answer is still to come.
    Pending,
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
            recorded: judging.recorded.as_deref(),
            resolve_schedules: judging.resolve_schedules,
            now,
            reached: RefCell::default(),
            addresses: OnceCell::new(),
            handovers: OnceCell::new(),
            engagements: RefCell::default(),
            limits: RefCell::default(),
            matches: OnceCell::new(),
            on_call_teams: OnceCell::new(),
            whole: OnceCell::new(),
            has_confirmations: OnceCell::new(),
            simulator: RefCell::new(Simulator::new(inventory, graph)),
            worst: RefCell::default(),
            stages: RefCell::default(),
            first_audible: RefCell::default(),
            coverages: RefCell::default(),
            topics: OnceCell::new(),
        }
    }

    /// Returns what is missing of the account as a whole, where a check has to know before it says that something is
    /// absent.
    pub(super) fn missing(&self, needs: &[Need]) -> Option<Missing> {
        let whole = self.whole.get_or_init(|| Whole::of(self.inventory));
        whole.first_missing(needs, Own::Nothing)
    }

    /// Returns whether the ledger knows of anybody who ever made sure whose a device of this account is.
    pub(super) fn has_confirmations(&self) -> bool {
        *self.has_confirmations.get_or_init(|| {
            let mut devices = self.recorded.into_iter().flat_map(|recorded| recorded.devices.values());
            devices.any(|device| device.confirmed.is_some())
        })
    }

    /// Returns the limits for an alias or name, as [`Policy::limits_of`] does: patterns are compared once for each.
    pub fn limits_of(&self, alias: &str) -> &'a Limits {
        let policy = self.policy;
        if policy.teams.is_empty() {
            return &policy.limits;
        }
        let known = self.limits.borrow().get(alias).copied();
        let place = known.unwrap_or_else(|| {
            let place = policy.team_of(alias).unwrap_or(policy.teams.len());
            self.limits.borrow_mut().insert(alias.into(), place);
            place
        });
        policy.teams.get(place).map_or(&policy.limits, |team| &team.limits)
    }

    /// Returns the resolved stages of a person's plan; `resolve` is asked once for each person.
    pub(super) fn engagement(
        &self,
        person: &Arn,
        resolve: impl FnOnce(&'a Contact) -> Vec<Step<'a>>,
    ) -> Rc<Vec<Step<'a>>> {
        if let Some(known) = self.engagements.borrow().get(person) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.contact(person).map(resolve).unwrap_or_default());
        self.engagements.borrow_mut().insert(person.clone(), Rc::clone(&found));
        found
    }

    /// Returns who of the roster is behind which contact, where there is a roster.
    pub fn matches(&self) -> Option<&Matches> {
        let found = self.matches.get_or_init(|| {
            let roster = self.roster?;
            Some(Matches::new(self.inventory, roster))
        });
        found.as_ref()
    }

    /// Returns the teams of the roster whose people have to be contacts, in lower case: those that the policy names, or
    /// else those of which somebody is.
    pub fn on_call_teams(&self) -> &BTreeSet<String> {
        self.on_call_teams.get_or_init(|| {
            let named = &self.policy.people.on_call_teams;
            if !named.is_empty() {
                return named.iter().map(|team| team.trim().to_lowercase()).collect();
            }
            let entries = self
                .roster
                .into_iter()
                .flat_map(|roster| roster.entries.iter().enumerate());
            let has_contact = |place: usize| {
                self.matches()
                    .is_some_and(|matches| !matches.contacts_of(place).is_empty())
            };
            entries
                .filter(|(place, _)| has_contact(*place))
                .filter_map(|(_, entry)| Some(entry.team.as_deref()?.trim().to_lowercase()))
                .collect()
        })
    }

    /// Returns whether a contact that something names exists.
    pub fn presence(&self, arn: &Arn) -> Presence<'a> {
        if let Some(contact) = self.contact(arn) {
            return Presence::Listed(contact);
        }
        match (&self.inventory.contacts.state, self.inventory.account()) {
            (SectionState::Partial(gap), _) => Presence::Unknown(gap.to_string()),
            (SectionState::Waiting | SectionState::Loading, _) => Presence::Pending,
            (SectionState::Complete, Some(account)) if arn.account() == account => Presence::Absent,
            // Contacts of another account are listed only while it shares them.
            (SectionState::Complete, Some(_)) => Presence::Unknown(reach::not_shared(arn)),
            (SectionState::Complete, None) if self.inventory.caller.is_pending() => Presence::Pending,
            (SectionState::Complete, None) => Presence::Unknown(reach::UNKNOWN_ACCOUNT.to_owned()),
        }
    }

    /// Returns the people who would be paged when a stage of `within` engages all of `arns`.
    pub fn people_behind(&self, arns: &[Arn], within: Option<&Arn>) -> Behind {
        reach::people_behind(self.inventory, self.graph, arns, within)
    }

    /// Returns the time from now on for which shifts were read; or the verdict where there is none.
    pub fn window(&self) -> Result<Stretch, Verdict> {
        let Some(end_at) = self.inventory.horizon_end else {
            return Err(Verdict::Pending);
        };
        if end_at <= self.now {
            let why = "the time for which shifts were read has passed: read again";
            return Err(Verdict::Unknown(why.to_owned()));
        }
        Ok(Stretch {
            start_at: self.now,
            end_at,
        })
    }

    /// Returns the worst time of the horizon to start something; or the verdict where there is no horizon.
    pub fn worst(&self, start: &Arn) -> Result<Rc<WorstTime>, Verdict> {
        if let Some(known) = self.worst.borrow().get(start) {
            return Ok(Rc::clone(known));
        }
        let window = self.window()?;
        let mut simulator = self.simulator.borrow_mut();
        let horizon_end = self.inventory.horizon_end;
        let found = simulator.worst(start, window, self.resolve_schedules, horizon_end);
        let found = Rc::new(found.ok_or(Verdict::Pending)?);
        self.worst.borrow_mut().insert(start.clone(), Rc::clone(&found));
        Ok(found)
    }

    /// Returns whom each stage of a plan engages, for each start of the horizon; or the verdict where there is none.
    pub fn stages(&self, plan: &Arn) -> Result<Rc<Vec<StagesReached>>, Verdict> {
        if let Some(known) = self.stages.borrow().get(plan) {
            return Ok(Rc::clone(known));
        }
        let window = self.window()?;
        let mut simulator = self.simulator.borrow_mut();
        let found = stages::reached(
            &mut simulator,
            plan,
            window,
            self.resolve_schedules,
            self.inventory.horizon_end,
        );
        let found = Rc::new(found);
        self.stages.borrow_mut().insert(plan.clone(), Rc::clone(&found));
        Ok(found)
    }

    /// Returns the minute at which a person's first device rings, counted from when they are engaged.
    pub fn first_audible(&self, person: &Contact) -> Minute {
        let mut found = self.first_audible.borrow_mut();
        if let Some(known) = found.get(&person.arn) {
            return known.clone();
        }
        let minute = steps_of_person(self.inventory, self.graph, person).first_audible;
        found.insert(person.arn.clone(), minute.clone());
        minute
    }

    /// Returns how well the rotations of a schedule cover the time for which shifts were read.
    pub fn coverage(&self, schedule: &Contact) -> Rc<Answer<Coverage>> {
        let mut found = self.coverages.borrow_mut();
        let answer = found.entry(schedule.arn.clone()).or_insert_with(|| {
            let rotations = coverage::rotations_of(self.inventory, schedule);
            Rc::new(rotations.and_then(|all| coverage::coverage(self.inventory, self.graph, &all, self.now)))
        });
        Rc::clone(answer)
    }

    /// Returns the response plans that have a chat topic, in the order of their ARNs.
    pub fn sharing_topic(&self, topic: &str) -> &[&'a ResponsePlan] {
        let index = self.topics.get_or_init(|| {
            let mut index: HashMap<&str, Vec<&ResponsePlan>> = HashMap::new();
            for plan in self.inventory.response_plans.items.values() {
                if let Some(Chat::Topics(topics)) = plan.detail.known().map(|detail| &detail.chat) {
                    for topic in topics {
                        let sharing = index.entry(topic).or_default();
                        if sharing.last().is_none_or(|last| last.arn != plan.arn) {
                            sharing.push(plan);
                        }
                    }
                }
            }
            index
        });
        index.get(topic).map_or(&[], Vec::as_slice)
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
        self.graph.contact(arn).map(AsRef::as_ref)
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
            let mut index: ByArn<Handover<'a>> = ByArn::default();
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

//! Everything that was read from one scope at one time, with what could not be read.
//!
//! An inventory grows by [`Part`]s in whatever order answers arrive, and ends up the same: rows are sorted by ARN. Every
//! gap is collected by [`Inventory::apply`], so that a part cannot bring one along unnoticed.

use super::{
    Timestamp,
    contact::{ActivationStatus, Channel, Contact, ContactKind, Plan},
    fingerprint::FingerprintKey,
    gap::{Gap, GapReason, Reading},
    ids::{Arn, Scope},
    operation::Operation,
    response::{ReplicationSet, ResponsePlan, ResponsePlanDetail},
    schedule::{Override, Rotation, Shift},
    sharing::Sharing,
    tags::Tags,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// One scope's snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// The Region whose endpoint was read.
    pub region: String,
    /// The endpoint's address, when it is not AWS's own.
    pub endpoint: Option<String>,
    /// Who asked.
    pub caller: Reading<Caller>,
    /// The account's replication set; known and absent when the account has none.
    pub replication_set: Reading<Option<ReplicationSet>>,
    /// People, escalation plans and schedules.
    pub contacts: Section<Contact>,
    /// Rotations.
    pub rotations: Section<Rotation>,
    /// Response plans.
    pub response_plans: Section<ResponsePlan>,
    /// What could not be read.
    pub gaps: Vec<Arc<Gap>>,
    /// The reads that produced all this.
    pub reads: Vec<Arc<Read>>,
    /// When the load began.
    pub started_at: Option<Timestamp>,
    /// When the load ended, complete or not; absent while it runs.
    pub ended_at: Option<Timestamp>,
    /// The end of the window in which shifts were asked for.
    pub horizon_end: Option<Timestamp>,
    /// Rows that are shown from an earlier load because the fresh answer is not here yet.
    #[serde(skip)]
    pub stale: BTreeSet<Arn>,
    /// Fresh rows whose tags or sharing alone are from an earlier load. They are read last, and no row waits for them.
    #[serde(skip)]
    pub stale_tags: BTreeSet<Arn>,
}

/// The masked inventory of an earlier load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// When it was saved.
    pub saved_at: Timestamp,
    /// What was read then.
    pub inventory: Inventory,
}

/// Who is signed in, as `sts:GetCallerIdentity` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The twelve digits of the account.
    pub account: String,
    /// The user or the session of a role.
    pub arn: Arn,
}

/// The rows of one list, and how far its reading has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section<T> {
    /// The rows by ARN.
    pub items: BTreeMap<Arn, Arc<T>>,
    /// How far the list was read.
    pub state: SectionState,
}

impl<T> Default for Section<T> {
    fn default() -> Self {
        Self {
            items: BTreeMap::new(),
            state: SectionState::Waiting,
        }
    }
}

/// How far a list was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", content = "gap", rename_all = "snake_case")]
pub enum SectionState {
    /// No page has arrived.
    #[default]
    Waiting,
    /// Some pages have arrived, and more are to come.
    Loading,
    /// The last page has arrived.
    Complete,
    /// The list was cut short: rows may be missing, and how many is not known.
    Partial(Arc<Gap>),
}

/// The list that a part belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// `ListContacts`.
    Contacts,
    /// `ListRotations`.
    Rotations,
    /// `ListResponsePlans`.
    ResponsePlans,
}

/// One complete read, for the record: what was asked, and in how many answers it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The operation.
    pub operation: Operation,
    /// The request's members, by the names that the `aws` command gives them; page tokens left out.
    pub parameters: Vec<(String, String)>,
    /// How many answers made up the list; 1 where it is a single thing.
    pub pages: usize,
    /// How many items they held.
    pub items: usize,
    /// The service's id of each request.
    pub request_ids: Vec<String>,
    /// When the last answer arrived.
    pub at: Timestamp,
    /// Whether the end was reached.
    pub is_complete: bool,
}

/// A piece of an inventory, as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The load begins; shifts will be asked for until `horizon_end`.
    Started {
        /// When.
        at: Timestamp,
        /// The end of the window for shifts.
        horizon_end: Timestamp,
    },
    /// Who is signed in.
    Caller(Reading<Caller>),
    /// The replication set.
    ReplicationSet(Reading<Option<ReplicationSet>>),
    /// A page of contacts.
    Contacts(Vec<Contact>),
    /// The plan of one contact.
    Plan(Arn, Reading<Plan>),
    /// The devices of one person.
    Channels(Arn, Reading<Vec<Channel>>),
    /// A page of rotations.
    Rotations(Vec<Rotation>),
    /// One rotation, asked for again because its list entry hid members.
    RotationMembers(Arn, Reading<Vec<Arn>>),
    /// The overrides of one rotation.
    Overrides(Arn, Reading<Vec<Override>>),
    /// The shifts of one rotation.
    Shifts(Arn, Reading<Vec<Shift>>),
    /// A page of response plans.
    ResponsePlans(Vec<ResponsePlan>),
    /// The rest of one response plan.
    ResponsePlanDetail(Arn, Reading<ResponsePlanDetail>),
    /// The tags of a contact, a rotation or a response plan.
    Tags(Arn, Reading<Tags>),
    /// With whom a contact or a response plan is shared.
    Sharing(Arn, Reading<Sharing>),
    /// A list has ended, or was cut short.
    SectionEnded(SectionKind, Option<Arc<Gap>>),
    /// A row that was read again is not there any more.
    Gone(Arn),
    /// A read, for the record.
    Read(Read),
    /// The load has ended.
    Ended {
        /// When.
        at: Timestamp,
    },
}

impl Inventory {
    /// Returns an inventory of which nothing has been read.
    pub fn empty(region: impl Into<String>, endpoint: Option<String>) -> Self {
        Self {
            region: region.into(),
            endpoint,
            ..Self::default()
        }
    }

    /// Adds one part.
    pub fn apply(&mut self, part: Part) {
        match part {
            Part::Started { at, horizon_end } => {
                self.started_at = Some(at);
                self.horizon_end = Some(horizon_end);
            }
            Part::Caller(caller) => {
                self.settle(Operation::GetCallerIdentity, None, caller.gap());
                self.caller = caller;
            }
            Part::ReplicationSet(set) => {
                self.note_gap(set.gap());
                self.replication_set = set;
            }
            Part::Contacts(contacts) => self.contacts.add(contacts, |contact| &contact.arn),
            Part::Rotations(rotations) => self.rotations.add(rotations, |rotation| &rotation.arn),
            Part::ResponsePlans(plans) => self.response_plans.add(plans, |plan| &plan.arn),
            Part::Plan(arn, plan) => {
                self.settle(Operation::GetContact, Some(&arn), plan.gap());
                self.contacts.change(&arn, |contact| contact.plan = plan);
            }
            Part::Channels(arn, channels) => {
                self.settle(Operation::ListContactChannels, Some(&arn), channels.gap());
                self.contacts.change(&arn, |contact| contact.channels = channels);
            }
            Part::RotationMembers(arn, members) => {
                self.settle(Operation::GetRotation, Some(&arn), members.gap());
                self.rotations.change(&arn, |rotation| rotation.members = members);
            }
            Part::Overrides(arn, overrides) => {
                self.settle(Operation::ListRotationOverrides, Some(&arn), overrides.gap());
                self.rotations.change(&arn, |rotation| rotation.overrides = overrides);
            }
            Part::Shifts(arn, shifts) => {
                self.settle(Operation::ListRotationShifts, Some(&arn), shifts.gap());
                self.rotations.change(&arn, |rotation| rotation.shifts = shifts);
            }
            Part::ResponsePlanDetail(arn, detail) => {
                self.settle(Operation::GetResponsePlan, Some(&arn), detail.gap());
                self.response_plans.change(&arn, |plan| plan.detail = detail);
            }
            Part::Tags(arn, tags) => {
                self.settle(Operation::listing_tags_of(&arn), Some(&arn), tags.gap());
                // An ARN names a row of one list at most.
                self.contacts.change(&arn, |contact| contact.tags.clone_from(&tags));
                self.rotations.change(&arn, |rotation| rotation.tags.clone_from(&tags));
                self.response_plans.change(&arn, |plan| plan.tags = tags);
            }
            Part::Sharing(arn, sharing) => {
                self.settle(Operation::telling_sharing_of(&arn), Some(&arn), sharing.gap());
                self.contacts
                    .change(&arn, |contact| contact.sharing.clone_from(&sharing));
                self.response_plans.change(&arn, |plan| plan.sharing = sharing);
            }
            Part::SectionEnded(kind, gap) => {
                self.note_gap(gap.as_ref());
                let state = gap.map_or(SectionState::Complete, SectionState::Partial);
                match kind {
                    SectionKind::Contacts => self.contacts.state = state,
                    SectionKind::Rotations => self.rotations.state = state,
                    SectionKind::ResponsePlans => self.response_plans.state = state,
                }
            }
            Part::Gone(arn) => self.remove(&arn),
            Part::Read(read) => self.reads.push(Arc::new(read)),
            Part::Ended { at } => self.ended_at = Some(at),
        }
    }

    /// Returns the account under review: the caller's, or else the one that the replication set names.
    pub fn account(&self) -> Option<&str> {
        match (&self.caller, &self.replication_set) {
            (Reading::Known(caller), _) => Some(&caller.account),
            (_, Reading::Known(Some(set))) => Some(set.arn.account()),
            _ => None,
        }
    }

    /// Returns whether it is known to be of another account or Region than this.
    pub fn is_of_another(&self, scope: &Scope) -> bool {
        self.account()
            .is_some_and(|account| account != scope.account || self.region != scope.region)
    }

    /// Returns the scope, as far as it is known; the account is empty while it is not.
    pub fn scope(&self) -> Scope {
        Scope {
            account: self.account().unwrap_or_default().to_owned(),
            region: self.region.clone(),
            endpoint: self.endpoint.clone(),
        }
    }

    /// Returns whether `arn` was shared with us by another account. False while our own account is not known.
    pub fn is_shared_in(&self, arn: &Arn) -> bool {
        // What is ours alone, such as a row of counts, is in no account.
        !arn.account().is_empty() && self.account().is_some_and(|account| arn.account() != account)
    }

    /// Returns a gap for each device of which the service says a status that is not known: it was read, and it is unknown all
    /// the same whether the device works.
    pub fn unclear_statuses(&self) -> impl Iterator<Item = Gap> {
        let at = self.ended_at.or(self.started_at).unwrap_or_default();
        self.channels().filter_map(move |channel| {
            let ActivationStatus::Other(word) = &channel.status else {
                return None;
            };
            Some(Gap {
                operation: Operation::ListContactChannels,
                subject: Some(channel.arn.clone()),
                reason: GapReason::Malformed {
                    detail: format!("the status “{word}” is not known"),
                },
                request_id: None,
                at,
            })
        })
    }

    /// Returns the contacts of one kind, in the order of their ARNs.
    pub fn contacts_of<'a>(&'a self, kind: &'a ContactKind) -> impl Iterator<Item = &'a Arc<Contact>> {
        self.contacts
            .items
            .values()
            .filter(move |contact| contact.kind == *kind)
    }

    /// Returns every device that was read.
    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.contacts
            .items
            .values()
            .filter_map(|contact| contact.channels.known())
            .flatten()
    }

    /// Returns the device with this ARN and the person it belongs to.
    pub fn channel(&self, arn: &Arn) -> Option<(&Channel, &Arc<Contact>)> {
        let alias = arn.name().split_once('/').map_or(arn.name(), |(alias, _)| alias);
        let is_it = |contact: &&Arc<Contact>| {
            contact.alias == alias
                && contact
                    .channels
                    .known()
                    .is_some_and(|all| all.iter().any(|c| c.arn == *arn))
        };
        let contact = self.contacts.items.values().find(is_it)?;
        let channel = contact.channels.known()?.iter().find(|channel| channel.arn == *arn)?;
        Some((channel, contact))
    }

    /// Adds the keyed fingerprint to every address that is whole. Which key it is, only the account tells.
    pub fn add_fingerprints(&mut self, key: &FingerprintKey) {
        for contact in self.contacts.items.values_mut() {
            if let Reading::Known(channels) = &mut Arc::make_mut(contact).channels {
                for channel in channels.iter_mut().filter(|channel| channel.address.reveal().is_some()) {
                    channel.address = channel.address.clone().with_fingerprint(key);
                }
            }
        }
    }

    /// Returns whether nothing of the account was read.
    pub fn is_bare(&self) -> bool {
        self.contacts.items.is_empty() && self.rotations.items.is_empty() && self.response_plans.items.is_empty()
    }

    /// Returns whether the load has ended without a gap.
    pub fn is_complete(&self) -> bool {
        self.ended_at.is_some() && self.gaps.is_empty()
    }

    /// Returns this inventory with rows of an earlier one wherever the fresh answer is still to come.
    ///
    /// What is shown from the earlier one is in [`Inventory::stale`] and [`Inventory::stale_tags`]. A read that failed stays unknown: an old answer
    /// never hides a gap.
    #[must_use]
    pub fn over(&self, older: &Self) -> Self {
        let mut shown = self.clone();
        if shown.caller.is_pending() {
            shown.caller.clone_from(&older.caller);
        }
        if shown.replication_set.is_pending() {
            shown.replication_set.clone_from(&older.replication_set);
        }
        // Without it the earlier shifts would have no end to be judged by.
        shown.horizon_end = shown.horizon_end.or(older.horizon_end);
        let mut stale = Stale::default();
        shown.contacts.fill(&older.contacts, &mut stale, |fresh, old| {
            let plan = fill(&mut fresh.plan, &old.plan);
            let sharing = fill(&mut fresh.sharing, &old.sharing);
            Filled {
                row: fill(&mut fresh.channels, &old.channels) || plan,
                tags: fill(&mut fresh.tags, &old.tags) || sharing,
            }
        });
        shown.rotations.fill(&older.rotations, &mut stale, |fresh, old| {
            let members = fill(&mut fresh.members, &old.members);
            let overrides = fill(&mut fresh.overrides, &old.overrides);
            Filled {
                row: fill(&mut fresh.shifts, &old.shifts) || members || overrides,
                tags: fill(&mut fresh.tags, &old.tags),
            }
        });
        shown
            .response_plans
            .fill(&older.response_plans, &mut stale, |fresh, old| {
                let sharing = fill(&mut fresh.sharing, &old.sharing);
                Filled {
                    row: fill(&mut fresh.detail, &old.detail),
                    tags: fill(&mut fresh.tags, &old.tags) || sharing,
                }
            });
        shown.stale = stale.rows;
        shown.stale_tags = stale.tags;
        shown
    }

    /// Returns this inventory as it was before credentials were refused: what is unknown for that reason alone is still to
    /// come, and the load has not ended.
    #[must_use]
    pub fn reopened(&self) -> Self {
        let mut open = self.clone();
        open.gaps.retain(|gap| !is_refused(gap));
        open.ended_at = None;
        reopen(&mut open.caller);
        reopen(&mut open.replication_set);
        open.contacts.reopen(|contact| {
            reopen(&mut contact.plan);
            reopen(&mut contact.channels);
            reopen(&mut contact.tags);
            reopen(&mut contact.sharing);
        });
        open.rotations.reopen(|rotation| {
            reopen(&mut rotation.members);
            reopen(&mut rotation.overrides);
            reopen(&mut rotation.shifts);
            reopen(&mut rotation.tags);
        });
        open.response_plans.reopen(|plan| {
            reopen(&mut plan.detail);
            reopen(&mut plan.tags);
            reopen(&mut plan.sharing);
        });
        open
    }

    /// Forgets an earlier gap of the same question, and notes the new one.
    fn settle(&mut self, operation: Operation, subject: Option<&Arn>, gap: Option<&Arc<Gap>>) {
        // Only a row that is read again has an earlier gap; without one this is a look at an empty list.
        self.gaps
            .retain(|earlier| earlier.operation != operation || earlier.subject.as_ref() != subject);
        self.note_gap(gap);
    }

    fn note_gap(&mut self, gap: Option<&Arc<Gap>>) {
        self.gaps.extend(gap.map(Arc::clone));
    }

    fn remove(&mut self, arn: &Arn) {
        self.contacts.items.remove(arn);
        self.rotations.items.remove(arn);
        self.response_plans.items.remove(arn);
        self.gaps.retain(|gap| gap.subject.as_ref() != Some(arn));
    }
}

/// What was taken over from an earlier load.
#[derive(Debug, Default)]
struct Stale {
    rows: BTreeSet<Arn>,
    tags: BTreeSet<Arn>,
}

/// Which parts of one row were taken over.
#[derive(Debug, Clone, Copy)]
struct Filled {
    /// Something that its screen shows.
    row: bool,
    /// Its tags or with whom it is shared.
    tags: bool,
}

impl<T: Clone> Section<T> {
    fn add(&mut self, rows: Vec<T>, arn: impl Fn(&T) -> &Arn) {
        for row in rows {
            self.items.insert(arn(&row).clone(), Arc::new(row));
        }
        if self.state == SectionState::Waiting {
            self.state = SectionState::Loading;
        }
    }

    fn change(&mut self, arn: &Arn, change: impl FnOnce(&mut T)) {
        if let Some(row) = self.items.get_mut(arn) {
            change(Arc::make_mut(row));
        }
    }

    /// Has a list that refused credentials cut short go on, and changes every row.
    fn reopen(&mut self, reopen_row: impl Fn(&mut T)) {
        if self.gap().is_some_and(|gap| is_refused(gap)) {
            self.state = SectionState::Loading;
        }
        for row in self.items.values_mut() {
            reopen_row(Arc::make_mut(row));
        }
    }

    /// Takes over what is missing here and was there before; `fill_row` says what it took.
    fn fill(&mut self, older: &Self, stale: &mut Stale, fill_row: impl Fn(&mut T, &T) -> Filled) {
        for (arn, old) in &older.items {
            match self.items.get_mut(arn) {
                Some(fresh) => {
                    let mut row = T::clone(fresh);
                    let filled = fill_row(&mut row, old);
                    if filled.row || filled.tags {
                        *fresh = Arc::new(row);
                    }
                    if filled.row {
                        stale.rows.insert(arn.clone());
                    }
                    if filled.tags {
                        stale.tags.insert(arn.clone());
                    }
                }
                None if self.state != SectionState::Complete => {
                    self.items.insert(arn.clone(), Arc::clone(old));
                    stale.rows.insert(arn.clone());
                }
                None => {}
            }
        }
    }

    /// Returns the gap that cut the list short, if one did.
    pub fn gap(&self) -> Option<&Arc<Gap>> {
        match &self.state {
            SectionState::Partial(gap) => Some(gap),
            SectionState::Waiting | SectionState::Loading | SectionState::Complete => None,
        }
    }
}

/// Takes an earlier answer where the fresh one is to come, or was never asked for because the operator stopped the load.
fn fill<T: Clone>(fresh: &mut Reading<T>, old: &Reading<T>) -> bool {
    let is_unasked = fresh.is_pending() || fresh.gap().is_some_and(|gap| is_cancelled(gap));
    let takes = is_unasked && old.known().is_some();
    if takes {
        fresh.clone_from(old);
    }
    takes
}

/// Takes back that something is unknown because credentials were refused.
fn reopen<T>(reading: &mut Reading<T>) {
    if reading.gap().is_some_and(|gap| is_refused(gap)) {
        *reading = Reading::Pending;
    }
}

/// Returns whether a gap only says that the credentials were refused.
fn is_refused(gap: &Gap) -> bool {
    matches!(gap.reason, GapReason::Credentials { .. })
}

/// Returns whether a gap only says that somebody stopped the load.
pub fn is_cancelled(gap: &Gap) -> bool {
    gap.reason == GapReason::Cancelled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn(alias: &str) -> Arn {
        Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{alias}")).unwrap()
    }

    fn person(alias: &str) -> Contact {
        Contact {
            arn: arn(alias),
            alias: alias.to_owned(),
            display_name: None,
            kind: ContactKind::Person,
            plan: Reading::Pending,
            channels: Reading::Pending,
            tags: Reading::Pending,
            sharing: Reading::Pending,
        }
    }

    fn gap(operation: Operation, subject: Option<Arn>) -> Arc<Gap> {
        Arc::new(Gap {
            operation,
            subject,
            reason: GapReason::Denied,
            request_id: None,
            at: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn the_order_of_arrival_leaves_no_trace() {
        let parts = [Part::Contacts(vec![person("b")]), Part::Contacts(vec![person("a")])];
        let mut one = Inventory::empty("eu-west-1", None);
        let mut other = one.clone();
        parts.clone().into_iter().for_each(|part| one.apply(part));
        parts.into_iter().rev().for_each(|part| other.apply(part));
        assert_eq!(one, other);
    }

    #[test]
    fn every_gap_is_collected_and_goes_when_the_row_is_read_again() {
        let mut inventory = Inventory::empty("eu-west-1", None);
        inventory.apply(Part::Contacts(vec![person("a")]));
        inventory.apply(Part::Plan(
            arn("a"),
            Reading::Unknown(gap(Operation::GetContact, Some(arn("a")))),
        ));
        inventory.apply(Part::SectionEnded(
            SectionKind::Contacts,
            Some(gap(Operation::ListContacts, None)),
        ));
        assert_eq!(inventory.gaps.len(), 2);
        inventory.apply(Part::Plan(arn("a"), Reading::Known(Plan::default())));
        assert_eq!(inventory.gaps.len(), 1);
        assert!(inventory.contacts.gap().is_some());
    }

    #[test]
    fn old_rows_fill_in_until_the_fresh_answer_is_here_and_never_hide_a_gap() {
        let mut older = Inventory::empty("eu-west-1", None);
        older.apply(Part::Contacts(vec![person("a"), person("b"), person("gone")]));
        for alias in ["a", "b"] {
            older.apply(Part::Plan(arn(alias), Reading::Known(Plan::default())));
        }
        let mut fresh = Inventory::empty("eu-west-1", None);
        fresh.apply(Part::Contacts(vec![person("a"), person("b")]));
        fresh.apply(Part::Plan(
            arn("b"),
            Reading::Unknown(gap(Operation::GetContact, Some(arn("b")))),
        ));

        let shown = fresh.over(&older);
        assert_eq!(shown.stale, BTreeSet::from([arn("a"), arn("gone")]));
        assert!(shown.contacts.items[&arn("b")].plan.gap().is_some());

        fresh.apply(Part::SectionEnded(SectionKind::Contacts, None));
        let shown = fresh.over(&older);
        assert!(!shown.contacts.items.contains_key(&arn("gone")));
    }

    #[test]
    fn a_row_is_fresh_before_its_tags_are() {
        let tags = |value: &str| Reading::Known(Tags::from([("team".to_owned(), value.to_owned())]));
        let mut older = Inventory::empty("eu-west-1", None);
        older.apply(Part::Contacts(vec![person("a"), person("b")]));
        older.apply(Part::Tags(arn("a"), tags("old")));
        older.apply(Part::Sharing(arn("b"), Reading::Known(Sharing::default())));
        let mut fresh = Inventory::empty("eu-west-1", None);
        fresh.apply(Part::Contacts(vec![person("a"), person("b")]));

        let shown = fresh.over(&older);
        assert!(shown.stale.is_empty());
        assert_eq!(shown.stale_tags, BTreeSet::from([arn("a"), arn("b")]));
        assert_eq!(shown.contacts.items[&arn("a")].tags, tags("old"));

        let denied = gap(Operation::GetContactPolicy, Some(arn("b")));
        fresh.apply(Part::Tags(arn("a"), tags("new")));
        fresh.apply(Part::Sharing(arn("b"), Reading::Unknown(denied)));
        let shown = fresh.over(&older);
        assert!(shown.stale_tags.is_empty());
        assert_eq!(shown.contacts.items[&arn("a")].tags, tags("new"));
        assert!(shown.contacts.items[&arn("b")].sharing.gap().is_some());
        assert_eq!(fresh.gaps.len(), 1);
        fresh.apply(Part::Sharing(arn("b"), Reading::Known(Sharing::default())));
        assert!(fresh.gaps.is_empty());
    }
}

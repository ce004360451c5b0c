//! What stops a removal until somebody answers it in words, or for good.

use super::{
    End, Removal, Turns, build, called,
    doors::{self, Unread},
    engaged::{self, Engaged, IsByCode},
    humans::{Loss, Part},
    quarantine, unused,
};
use crate::{
    changes::{Write, state::name_of_rotation},
    domain::{Timestamp, graph::Graph, ids::Arn, inventory::Inventory, text::neutral},
};
use std::collections::BTreeSet;

/// Something that stops a removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// What sort of thing it is.
    pub kind: Kind,
    /// What it is about, in a few words.
    pub what: String,
    /// Why it stops, in one sentence without a full stop.
    pub why: String,
    /// What would let it go on, in one sentence without a full stop.
    pub would_let_go_on: String,
    /// Whether an answer in words is enough.
    pub is_answerable: bool,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What sort of thing stops a removal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the word that a script knows it by.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

kinds! {
    /// Something was not read, and may name them: unknown is never "nowhere".
    NotRead = "not-read";
    /// It belongs to another account.
    SharedIn = "shared-in";
    /// They are on call at this moment.
    OnCallNow = "on-call-now";
    /// They are being paged, or whether they are was not read.
    OpenIncident = "open-incident";
    /// A stage would reach nobody.
    LastOfStage = "last-of-stage";
    /// A plan, a schedule or a response plan would reach nobody.
    LastOfPlan = "last-of-plan";
    /// A plan would reach its second person later than the policy allows.
    BelowPolicy = "below-policy";
    /// A stage, a plan, a schedule, a rotation or a response plan would reach fewer people than before.
    FewerPeople = "fewer-people";
    /// It cannot be told whether somebody would still be reached.
    UnclearReach = "unclear-reach";
    /// A rotation would have no member.
    OnlyMember = "only-member";
    /// A rotation would have more people on call at a time than members.
    MoreOnCall = "more-on-call-than-members";
    /// Code manages it, and would change it back.
    ByCode = "managed-by-code";
    /// They are in quarantine already.
    Quarantined = "quarantined";
    /// Something that cannot be looked up may start it.
    StartedUnseen = "started-unseen";
}

impl Guard {
    /// Returns the text by which an answer names this one: its kind and what it is about.
    pub fn key(&self) -> String {
        format!("{}:{}", self.kind.word(), self.what)
    }

    /// Returns whether an answer that names `key` is about this one: by its kind alone, or with what it is about.
    pub fn is_named(&self, key: &str) -> bool {
        key == self.kind.word() || key == self.key()
    }

    pub(super) fn new(kind: Kind, what: String, why: String, would_let_go_on: &str) -> Self {
        Self {
            kind,
            what,
            why,
            would_let_go_on: would_let_go_on.to_owned(),
            is_answerable: true,
        }
    }

    fn for_good(self) -> Self {
        Self {
            is_answerable: false,
            ..self
        }
    }
}

/// Returns every guard that stops a removal, the unanswerable ones first.
pub fn of(
    inventory: &Inventory,
    graph: &Graph,
    removal: &Removal,
    (writes, losses): (&[Write], &[Loss]),
    (now, is_by_code, engaged): (Timestamp, IsByCode<'_>, Engaged<'_>),
) -> Vec<Guard> {
    let mut guards: Vec<Guard> = doors::unread(inventory).iter().map(not_read).collect();
    guards.extend(owned(inventory, removal, writes, is_by_code));
    guards.extend(
        removal
            .leavers
            .iter()
            .flat_map(|leaver| of_leaver(inventory, graph, removal, leaver, (now, engaged))),
    );
    guards.extend(of_rotations(inventory, removal));
    guards.extend(losses.iter().filter_map(|loss| lost(inventory, loss, now)));
    guards.extend(fewer(inventory, losses, now));
    guards.sort_by_key(|guard| guard.is_answerable);
    guards
}

fn not_read(unread: &Unread) -> Guard {
    let what = unread.about.as_ref().map_or_else(|| "the account".to_owned(), called);
    let go_on = "allow the read, and read the account again";
    Guard::new(Kind::NotRead, what, unread.why.clone(), go_on).for_good()
}

/// Returns the guards about whose a thing is: everybody who goes, and everything that is written.
fn owned(inventory: &Inventory, removal: &Removal, writes: &[Write], is_by_code: &dyn Fn(&str) -> bool) -> Vec<Guard> {
    let mut subjects: Vec<Arn> = removal.leavers.clone();
    let mut seen: BTreeSet<Arn> = subjects.iter().cloned().collect();
    let written = writes.iter().map(Write::subject);
    subjects.extend(written.filter(|subject| seen.insert((*subject).clone())).cloned());
    unused::owned_guards(inventory, &subjects, is_by_code)
}

fn of_leaver(
    inventory: &Inventory,
    graph: &Graph,
    removal: &Removal,
    leaver: &Arn,
    (now, engaged): (Timestamp, Engaged<'_>),
) -> Vec<Guard> {
    let mut guards = Vec::new();
    let who = called(leaver);
    for (rotation, until) in doors::on_call(inventory, leaver, now) {
        let why = format!(
            "{who} is on call now in the rotation {}, until {} UTC",
            name_of_rotation(inventory, rotation),
            until.format("%Y-%m-%d %H:%M")
        );
        let go_on = "wait until the shift ends, or say who has taken over";
        guards.push(Guard::new(Kind::OnCallNow, who.clone(), why, go_on));
    }
    guards.extend(engaged::guard(inventory, graph, leaver, engaged));
    let contact = graph.contact(leaver);
    if contact.is_some_and(|contact| contact.sharing.known().is_none()) {
        let why = format!("with whom {who} is shared was not read, so that others may engage them by hand");
        let go_on = "allow ssm-contacts:GetContactPolicy, or say how you know";
        guards.push(Guard::new(Kind::UnclearReach, who.clone(), why, go_on));
    }
    let tags = contact.and_then(|contact| contact.tags.known());
    if matches!(removal.end, End::Quarantine { .. }) && tags.is_some_and(quarantine::is_quarantined) {
        let day = tags
            .and_then(|tags| tags.get(quarantine::TAG))
            .map_or("", String::as_str);
        let why = format!("{who} is in quarantine already, since {}", neutral(day));
        let go_on = "put them back or delete them, or say why the quarantine begins anew";
        guards.push(Guard::new(Kind::Quarantined, who, why, go_on));
    }
    guards
}

fn of_rotations(inventory: &Inventory, removal: &Removal) -> Vec<Guard> {
    let mut guards = Vec::new();
    for rotation in inventory.rotations.items.values() {
        let Some((turns, members)) = build::members_after(rotation, removal) else {
            continue;
        };
        if matches!(turns, Turns::Defer { .. }) {
            continue;
        }
        let name = name_of_rotation(inventory, &rotation.arn);
        let at_once = rotation
            .recurrence
            .as_ref()
            .map_or(0, |recurrence| recurrence.number_of_on_calls);
        if members.is_empty() {
            let why =
                format!("nobody else is a member of the rotation {name}, and the service has none without members");
            let go_on = "name a replacement, or take the rotation out with --unused once no schedule has it";
            guards.push(Guard::new(Kind::OnlyMember, name, why, go_on).for_good());
        } else if usize::try_from(at_once).is_ok_and(|at_once| at_once > members.len()) {
            let count = members.len();
            let why = format!("the rotation {name} has {at_once} people on call at a time, and {count} would be left");
            let go_on = "name a replacement who is not in the rotation yet";
            guards.push(Guard::new(Kind::MoreOnCall, name, why, go_on).for_good());
        }
    }
    guards
}

fn thing(inventory: &Inventory, about: &Arn) -> String {
    let name = called(about);
    if inventory.response_plans.items.contains_key(about) {
        format!("the response plan {name}")
    } else if inventory.rotations.items.contains_key(about) {
        format!("the rotation {}", name_of_rotation(inventory, about))
    } else {
        name
    }
}

/// Returns when a loss begins, where that is not now.
fn first_start(loss: &Loss, now: Timestamp) -> String {
    // A sentence that tells the time would be another one in a minute, and so would the digest of what was consented to.
    if loss.starts.start_at <= now {
        return String::new();
    }
    let from = loss.starts.start_at.format("%Y-%m-%d %H:%M");
    format!(", first for a start at {from} UTC")
}

fn passing(loss: &Loss) -> &'static str {
    if loss.is_passing {
        " for the moment between two steps"
    } else {
        ""
    }
}

/// Returns the guards about everything that would reach fewer people and not nobody, one for each.
///
/// What follows from something that is told already is not told again: that a plan reaches fewer people in all where one of
/// its stages does, and that a rotation does where a schedule that has it does.
fn fewer(inventory: &Inventory, losses: &[Loss], now: Timestamp) -> Vec<Guard> {
    let is_of_stage = |part: Part| matches!(part, Part::Stage(_) | Part::FewerOfStage(_));
    let has_it = |schedule: &Arn, rotation: &Arn| {
        let schedule = inventory.contacts.items.get(schedule);
        let plan = schedule.and_then(|schedule| schedule.plan.known());
        plan.is_some_and(|plan| plan.rotations.contains(rotation))
    };
    let is_told_by = |loss: &Loss, other: &Loss| {
        loss.part == Part::Fewer
            && (other.is_certain || !loss.is_certain)
            && (other.about == loss.about && (is_of_stage(other.part) || other.part == Part::Whole)
                || matches!(other.part, Part::Whole | Part::Fewer) && has_it(&other.about, &loss.about))
    };
    let mut of: Vec<(&Arn, Vec<&Loss>)> = Vec::new();
    for loss in losses {
        let is_meant = matches!(loss.part, Part::Fewer | Part::FewerOfStage(_));
        if !is_meant || losses.iter().any(|other| is_told_by(loss, other)) {
            continue;
        }
        match of.last_mut().filter(|(about, _)| **about == loss.about) {
            Some((_, parts)) => parts.push(loss),
            None => of.push((&loss.about, vec![loss])),
        }
    }
    let guard = |(about, parts): (&Arn, Vec<&Loss>)| {
        let is_certain = parts.iter().any(|loss| loss.is_certain);
        let words: Vec<String> = parts.iter().map(|loss| fewer_words(loss, now)).collect();
        let (thing, words) = (thing(inventory, about), words.join("; "));
        let what = name_of_rotation(inventory, about);
        if is_certain {
            let why = format!("{thing} would reach fewer people than before: {words}");
            let go_on = "name a replacement who can be reached and is not there yet, or say why fewer are enough";
            Guard::new(Kind::FewerPeople, what, why, go_on)
        } else {
            let why = format!("it cannot be told whether {thing} would reach fewer people than before: {words}");
            let go_on = "read what is missing, name another replacement, or say why fewer are enough";
            Guard::new(Kind::UnclearReach, what, why, go_on)
        }
    };
    of.into_iter().map(guard).collect()
}

fn fewer_words(loss: &Loss, now: Timestamp) -> String {
    let counts = loss.fewer.map_or_else(String::new, |fewer| {
        format!("{} instead of {}", fewer.after, fewer.before)
    });
    let part = match loss.part {
        Part::FewerOfStage(number) => format!(" in stage {number}"),
        Part::Whole | Part::Stage(_) | Part::SecondHuman { .. } | Part::Fewer => String::new(),
    };
    format!("{counts}{part}{}{}", passing(loss), first_start(loss, now))
}

/// Returns the guard about something that would reach nobody, or the second person too late.
fn lost(inventory: &Inventory, loss: &Loss, now: Timestamp) -> Option<Guard> {
    let name = called(&loss.about);
    let thing = thing(inventory, &loss.about);
    let first = first_start(loss, now);
    let when = passing(loss);
    let (kind, what, whom) = match loss.part {
        Part::Whole => (Kind::LastOfPlan, name, format!("{thing} would reach nobody")),
        Part::Stage(number) => {
            let what = format!("{name} stage {number}");
            (
                Kind::LastOfStage,
                what,
                format!("stage {number} of {thing} would reach nobody"),
            )
        }
        Part::SecondHuman { minutes } => {
            let words = format!("{thing} would not reach a second person within {minutes} minutes");
            (Kind::BelowPolicy, name, words)
        }
        Part::FewerOfStage(_) | Part::Fewer => return None,
    };
    Some(if loss.is_certain {
        let why = format!("{whom}{when}{first}");
        Guard::new(
            kind,
            what,
            why,
            "name a replacement who can be reached, or say why it may be so",
        )
    } else {
        let why = format!("it cannot be told whether {whom}{when}{first}");
        let go_on = "read what is missing, name another replacement, or say why it may be so";
        Guard::new(Kind::UnclearReach, what, why, go_on)
    })
}

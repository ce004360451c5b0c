//! Who works here: contacts without a person, people without a contact, and those who left.

use super::{Leaving, from_roster, leaving, left_words, matched, roster, surely_behind};
use crate::{
    domain::{
        contact::{Contact, Target},
        operation::Operation,
        roster::{Employment, RosterEntry},
        schedule::Rotation,
        text::neutral,
    },
    findings::{
        Check, Evidence, Family, Judge, Verdict, facts::Facts, matching::PersonMatch, needs::Need, severity::Severity,
        words,
    },
};
use chrono::Days;
use std::collections::{BTreeSet, HashSet};

/// A contact whose owner nobody knows.
pub(in crate::findings) static NOBODY_BEHIND: Check = Check {
    code: "ID01",
    name: "nobody-behind",
    family: Family::People,
    severity: Severity::High,
    title: "contact with nobody behind it",
    rationale: "A contact that is nobody of the roster pages somebody whom nobody here answers for.",
    remedy: "Find out who it is and correct the roster or the contact, or take it out of every plan.",
    command: "remove",
    needs: &[Need::Roster, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Person(nobody_behind)],
};

fn nobody_behind(facts: &Facts<'_>, person: &Contact) -> Verdict {
    match facts.matches().and_then(|matches| matches.person(&person.arn)) {
        Some(PersonMatch::One(_) | PersonMatch::Ambiguous(_)) => Verdict::Pass,
        Some(PersonMatch::Nobody) => Verdict::fail(
            format!("no row of the roster fits {}", words::name(person)),
            vec![
                Evidence::new("Alias", person.alias.clone(), Operation::ListContacts),
                Evidence::new("DisplayName", words::name(person), Operation::ListContacts),
            ],
        ),
        Some(PersonMatch::Unknown) => {
            Verdict::Unknown("the addresses that would tell who is behind it were not read".to_owned())
        }
        None => Verdict::NotApplicable,
    }
}

/// Somebody who left and should have been taken out by now.
pub(in crate::findings) static LEFT: Check = Check {
    code: "ID02",
    name: "left",
    family: Family::People,
    severity: Severity::Critical,
    title: "left; days past the removal deadline",
    rationale: "Whoever left is paged on a private phone or not at all, and may learn what is none of their business.",
    remedy: "Take the person out of every plan, rotation and response plan; a replacement goes in first.",
    command: "remove",
    needs: &[Need::Roster],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Person(left)],
};

fn left(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let (found, entry) = match surely_behind(facts, person) {
        Ok(behind) => behind,
        Err(verdict) => return verdict,
    };
    let today = facts.now.date_naive();
    if !entry.is_gone(today) {
        return Verdict::Pass;
    }
    let days = Days::new(facts.policy.limits_of(&person.alias).removal_days.into());
    let deadline = entry.left_on.and_then(|day| day.checked_add_days(days));
    if deadline.is_some_and(|deadline| today <= deadline) {
        return Verdict::Pass;
    }
    let due = deadline.map_or_else(String::new, |deadline| {
        format!(" and was to be taken out by {deadline}")
    });
    Verdict::fail(
        format!("{} {}{due}", words::name(person), left_words(entry)),
        vec![matched(found, entry), from_roster("left_on", left_words(entry))],
    )
}

/// Somebody of an on-call team whom nothing can page.
pub(in crate::findings) static NO_CONTACT: Check = Check {
    code: "ID04",
    name: "no-contact",
    family: Family::People,
    severity: Severity::High,
    title: "should be on call and has no contact",
    rationale: "Somebody of a team that takes turns is in no plan: the others carry the turns, or a turn is missing.",
    remedy: "Make a contact for the person, confirm the devices with them, and add them to the team's rotation.",
    command: "",
    needs: &[Need::Roster, Need::Contacts, Need::EveryDevice],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Entry(no_contact)],
};

fn no_contact(facts: &Facts<'_>, entry: &RosterEntry) -> Verdict {
    let (Some(matches), Some(roster), Some(team)) = (facts.matches(), roster(facts), entry.team.as_deref()) else {
        return Verdict::NotApplicable;
    };
    let is_here = entry.status == Employment::Active && !entry.is_gone(facts.now.date_naive());
    if !is_here || !facts.on_call_teams().contains(&team.trim().to_lowercase()) {
        return Verdict::NotApplicable;
    }
    let Some(place) = roster.entries.iter().position(|other| std::ptr::eq(other, entry)) else {
        return Verdict::NotApplicable;
    };
    if !matches.contacts_of(place).is_empty() {
        return Verdict::Pass;
    }
    if !matches.uncertain_contacts_of(place).is_empty() {
        return Verdict::Unknown("a contact fits this row and another one equally well".to_owned());
    }
    Verdict::fail(
        format!("{} of team {} has no contact", neutral(&entry.name), neutral(team)),
        vec![
            from_roster("team", neutral(team)),
            from_roster("line", entry.line.to_string()),
        ],
    )
}

/// A plan that counts on somebody who is not there.
pub(in crate::findings) static LEAVER_IN_PLAN: Check = Check {
    code: "ES08",
    name: "plan-names-leaver",
    family: Family::EscalationPlans,
    severity: Severity::Critical,
    title: "names somebody who left",
    rationale: "The plan pages somebody who does not work here any more, and its minutes pass meanwhile.",
    remedy: "Put somebody else in their place, then take the person out.",
    command: "remove",
    needs: &[Need::Roster, Need::Plan],
    hides: &[Need::Contacts],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Plan(leaver_in_plan)],
};

fn leaver_in_plan(facts: &Facts<'_>, plan: &Contact) -> Verdict {
    let Some(stages) = plan.plan.known() else {
        return Verdict::Pending;
    };
    let mut gone: BTreeSet<String> = BTreeSet::new();
    let mut unknown = None;
    for arn in stages.targets().filter_map(Target::arn) {
        match leaving(facts, arn) {
            Leaving::Gone(words) => {
                gone.insert(words);
            }
            Leaving::Unknown(why) => unknown = Some(why),
            Leaving::Here => {}
        }
    }
    verdict(
        &format!("{} names", words::name(plan)),
        &gone,
        unknown,
        Operation::GetContact,
    )
}

fn verdict(subject: &str, gone: &BTreeSet<String>, unknown: Option<String>, operation: Operation) -> Verdict {
    let names: Vec<String> = gone.iter().cloned().collect();
    match (names.is_empty(), unknown) {
        (false, _) => Verdict::fail(
            format!("{subject} {}", words::list(&names)),
            vec![
                Evidence::new("ContactId", words::list(&names), operation),
                from_roster("left_on", words::list(&names)),
            ],
        ),
        (true, Some(why)) => Verdict::Unknown(why),
        (true, None) => Verdict::Pass,
    }
}

/// A turn that falls to somebody who is not there.
pub(in crate::findings) static LEAVER_ON_CALL: Check = Check {
    code: "SC05",
    name: "leaver-on-call",
    family: Family::Schedules,
    severity: Severity::Critical,
    title: "somebody who left has a shift in the horizon",
    rationale: "During that shift the schedule pages somebody who does not work here any more.",
    remedy: "Take the person out of the rotation so that everybody else's shifts stay where they are.",
    command: "remove",
    needs: &[Need::Roster, Need::Shifts],
    hides: &[Need::Contacts],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Rotation(leaver_on_call)],
};

fn leaver_on_call(facts: &Facts<'_>, rotation: &Rotation) -> Verdict {
    let until = facts.now + facts.policy.horizon();
    let ahead = rotation.shifts.known().into_iter().flatten();
    let ahead = ahead.filter(|shift| shift.end_at > facts.now && shift.start_at < until);
    let (mut gone, mut unknown, mut first) = (BTreeSet::new(), None, None);
    let mut asked = HashSet::new();
    for shift in ahead {
        for arn in &shift.contacts {
            if asked.contains(arn) {
                continue;
            }
            match leaving(facts, arn) {
                Leaving::Gone(words) => {
                    gone.insert(words);
                    first = [first, Some(shift.start_at)].into_iter().flatten().min();
                }
                Leaving::Unknown(why) => unknown = Some(why),
                Leaving::Here => {}
            }
            asked.insert(arn);
        }
    }
    let subject = format!("{} has a shift for", neutral(&rotation.name));
    let verdict = verdict(&subject, &gone, unknown, Operation::ListRotationShifts);
    match first {
        Some(at) => verdict.hurting_at(at),
        None => verdict,
    }
}

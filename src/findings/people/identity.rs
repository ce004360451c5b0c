//! Whether a contact is the person it seems to be, and only once.

use super::{behind, from_roster, matched, surely_behind};
use crate::{
    domain::{
        address::Address,
        contact::{Channel, ChannelKind, Contact},
        ids::Arn,
        operation::Operation,
        text::neutral,
    },
    findings::{
        Check, Evidence, Family, Judge, Verdict,
        facts::{Facts, address_key},
        matching::{MatchedBy, PersonMatch},
        needs::Need,
        severity::Severity,
        words,
    },
};

/// One person under two aliases.
pub(in crate::findings) static TWO_CONTACTS: Check = Check {
    code: "ID05",
    name: "two-contacts",
    family: Family::People,
    severity: Severity::Medium,
    title: "two contacts for one person",
    rationale: "A plan that names both pages one person twice, and when the person leaves one of them is forgotten.",
    remedy: "Put the contact with the confirmed devices everywhere, and take the other one out.",
    command: "remove",
    needs: &[Need::Roster, Need::Devices],
    hides: &[Need::Contacts, Need::EveryDevice],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Person(two_contacts)],
};

fn two_contacts(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let (found, entry) = match behind(facts, person) {
        Ok(behind) => behind,
        Err(verdict) => return verdict,
    };
    let Some(matches) = facts.matches() else {
        return Verdict::NotApplicable;
    };
    let others: Vec<&Arn> = matches
        .contacts_of(found.entry)
        .iter()
        .filter(|arn| **arn != person.arn)
        .collect();
    if others.is_empty() {
        return Verdict::Pass;
    }
    let names: Vec<String> = others.iter().map(|arn| neutral(arn.name()).into_owned()).collect();
    Verdict::fail(
        format!(
            "{} is {} of the roster, and so is {}",
            neutral(&person.alias),
            neutral(&entry.name),
            words::list(&names)
        ),
        vec![
            matched(found, entry),
            Evidence::new("Alias", words::list(&names), Operation::ListContacts),
        ],
    )
}

/// A phone or mailbox that the people department does not know.
pub(in crate::findings) static OTHER_DEVICE: Check = Check {
    code: "ID06",
    name: "device-unlike-roster",
    family: Family::People,
    severity: Severity::Medium,
    title: "device differs from the roster",
    rationale: "The person has another number or mailbox by the roster: one of the two is out of date.",
    remedy: "Ask the person which one is right; correct the device and confirm it, or correct the roster.",
    command: "activate",
    needs: &[Need::Roster, Need::Devices],
    hides: &[],
    moot_when: &["ID02"],
    is_moving: true,
    judges: &[Judge::Person(other_device)],
};

fn other_device(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let (found, entry) = match surely_behind(facts, person) {
        Ok(behind) => behind,
        Err(verdict) => return verdict,
    };
    let channels = person.channels.known().map_or(&[][..], Vec::as_slice);
    let is_phone = |channel: &&Channel| matches!(channel.kind, ChannelKind::Sms | ChannelKind::Voice);
    let is_mail = |channel: &&Channel| channel.kind == ChannelKind::Email;
    let phones: Vec<&Channel> = channels.iter().filter(is_phone).collect();
    let mails: Vec<&Channel> = channels.iter().filter(is_mail).collect();
    if channels.iter().any(|channel| channel.address.reveal().is_none()) {
        return Verdict::Pending;
    }
    let mut faults = Vec::new();
    let mut evidence = vec![matched(found, entry)];
    for (word, known, devices) in [
        ("number", &entry.phone, &phones),
        ("mail address", &entry.email, &mails),
    ] {
        let Some(known) = known else { continue };
        if devices.is_empty() || devices.iter().any(|channel| is_same(channel, known)) {
            continue;
        }
        let masked: Vec<String> = devices.iter().map(|channel| words::device(channel)).collect();
        faults.push(format!("another {word}, {}", known.masked()));
        evidence.push(from_roster("address", known.masked()));
        evidence.push(Evidence::new(
            "SimpleAddress",
            words::list(&masked),
            Operation::ListContactChannels,
        ));
    }
    if faults.is_empty() {
        return Verdict::Pass;
    }
    Verdict::fail(
        format!("by the roster {} has {}", words::name(person), words::list(&faults)),
        evidence,
    )
}

/// Returns whether a device leads where the roster says; a mail address may have a part behind a `+`.
fn is_same(channel: &Channel, known: &Address) -> bool {
    let theirs = Channel {
        address: known.clone(),
        ..channel.clone()
    };
    let key = |channel: &Channel| address_key(channel).map(|key| without_tag(&key));
    key(channel) == key(&theirs)
}

fn without_tag(key: &str) -> String {
    match key.split_once('@') {
        Some((user, domain)) => format!("{}@{domain}", user.split('+').next().unwrap_or(user)),
        None => key.to_owned(),
    }
}

/// Somebody whom nothing would ever page.
pub(in crate::findings) static NAMED_BY_NOTHING: Check = Check {
    code: "ID07",
    name: "named-by-nothing",
    family: Family::People,
    severity: Severity::Low,
    title: "named by nothing",
    rationale: "No plan, rotation, override or response plan pages this person: a left-over, or a gap in a plan.",
    remedy: "Add the person where they belong, or take the contact out.",
    command: "remove",
    needs: &[Need::Contacts],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Person(named_by_nothing)],
};

fn named_by_nothing(facts: &Facts<'_>, person: &Contact) -> Verdict {
    // Another account's contact is named there, or not; we would not see it.
    if facts.inventory.is_shared_in(&person.arn) || !facts.graph.used_by(&person.arn).is_empty() {
        return if facts.graph.used_by(&person.arn).is_empty() {
            Verdict::NotApplicable
        } else {
            Verdict::Pass
        };
    }
    match facts.missing(&[
        Need::EveryPlan,
        Need::EveryMember,
        Need::EveryOverride,
        Need::EveryDetail,
    ]) {
        Some(missing) => missing.into(),
        None => Verdict::fail(
            format!("nothing names {}", words::name(person)),
            vec![Evidence::new("Alias", person.alias.clone(), Operation::ListContacts)],
        ),
    }
}

/// A contact that goes by another name than its person.
pub(in crate::findings) static UNLIKE: Check = Check {
    code: "ID09",
    name: "name-unlike-person",
    family: Family::People,
    severity: Severity::Low,
    title: "alias or name unlike the person matched",
    rationale: "Whoever reads a plan in the night takes this contact for somebody else.",
    remedy: "Correct the display name; an alias can only be changed by making a new contact.",
    command: "",
    needs: &[Need::Roster, Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Person(unlike)],
};

fn unlike(facts: &Facts<'_>, person: &Contact) -> Verdict {
    let found = facts.matches().and_then(|matches| matches.person(&person.arn));
    if !matches!(found, Some(PersonMatch::One(_))) {
        return Verdict::NotApplicable;
    }
    let (found, entry) = match behind(facts, person) {
        Ok(behind) => behind,
        Err(verdict) => return verdict,
    };
    // What was told by the name is like it.
    let is_by_address = matches!(found.by, MatchedBy::Email | MatchedBy::EmailButTag | MatchedBy::Phone);
    if !is_by_address || found.is_alias_alike && found.is_name_alike != Some(false) {
        return Verdict::Pass;
    }
    let which = match (found.is_alias_alike, found.is_name_alike) {
        (false, Some(false)) => "alias and name are",
        (false, _) => "the alias is",
        (true, _) => "the name is",
    };
    Verdict::fail(
        format!(
            "{} ({}) is {} by the roster: {which} unlike it",
            neutral(&person.alias),
            words::name(person),
            neutral(&entry.name)
        ),
        vec![
            matched(found, entry),
            Evidence::new("DisplayName", words::name(person), Operation::ListContacts),
        ],
    )
}

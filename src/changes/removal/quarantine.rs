//! People in quarantine: nothing pages them, and a tag says since when, until they are deleted or put back.

use super::{called, doors};
use crate::{
    changes::{Write, build::NoDraft, changeset::Draft},
    domain::{Timestamp, contact::ContactKind, graph::Graph, ids::Arn, inventory::Inventory, tags::Tags},
};
use chrono::{Days, NaiveDate};

/// The key of the tag, whose value is the day. The service takes no colon in a key.
pub const TAG: &str = "callsheet-quarantined";

/// Somebody in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The contact.
    pub contact: Arn,
    /// Since when; absent where the tag holds no date.
    pub since: Option<NaiveDate>,
}

impl Quarantined {
    /// Returns how many days are left of `days`: zero on the last one, fewer after it.
    pub fn days_left(&self, today: NaiveDate, days: u16) -> Option<i64> {
        let last = self.since?.checked_add_days(Days::new(u64::from(days)))?;
        Some((last - today).num_days())
    }
}

/// Returns whether tags say that somebody is in quarantine.
pub fn is_quarantined(tags: &Tags) -> bool {
    tags.contains_key(TAG)
}

/// Returns everybody in quarantine, the longest first, and those of whom it is not known since their tags were not read.
pub fn list(inventory: &Inventory) -> (Vec<Quarantined>, Vec<Arn>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    let people = inventory.contacts_of(&ContactKind::Person);
    // The tags of another account's people are not ours to read, and neither is their quarantine.
    for person in people.filter(|person| !inventory.is_shared_in(&person.arn)) {
        match person.tags.known() {
            None => unread.push(person.arn.clone()),
            Some(tags) => found.extend(tags.get(TAG).map(|day| Quarantined {
                contact: person.arn.clone(),
                since: day.parse().ok(),
            })),
        }
    }
    found.sort_by(|one, other| (one.since, &one.contact).cmp(&(other.since, &other.contact)));
    (found, unread)
}

/// Returns what deletes somebody for good, with their devices. Refused while anything names them or may do so.
pub fn delete(inventory: &Inventory, graph: &Graph, person: &Arn, now: Timestamp) -> Result<Draft, NoDraft> {
    let contact = inventory
        .contacts
        .items
        .get(person)
        .filter(|contact| contact.kind == ContactKind::Person)
        .ok_or_else(|| NoDraft::NotFound(format!("the person {}", called(person))))?;
    if let Some(unread) = doors::unread(inventory).into_iter().next() {
        return Err(NoDraft::NotRead(
            unread.about.as_ref().map_or_else(|| "the account".to_owned(), called),
        ));
    }
    let mut doors = doors::doors_of(inventory, graph, person, now).into_iter();
    if let Some(door) = doors.find(doors::Door::is_reference) {
        let words = door.words(inventory);
        return Err(NoDraft::AlreadySo(format!(
            "{} is still named: {words}",
            called(person)
        )));
    }
    let channels = contact
        .channels
        .known()
        .ok_or_else(|| NoDraft::NotRead(format!("the devices of {}", called(person))))?;
    let mut writes: Vec<Write> = channels
        .iter()
        .map(|channel| Write::DeleteContactChannel {
            channel: channel.arn.clone(),
        })
        .collect();
    writes.push(Write::DeleteContact {
        contact: person.clone(),
    });
    Ok(Draft {
        title: format!("Delete {} for good", called(person)),
        subjects: vec![person.clone()],
        writes,
    })
}

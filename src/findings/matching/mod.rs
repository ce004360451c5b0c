//! Who of the roster is behind which contact, how that was told, and how sure it is.
//!
//! A mail address tells most, then a phone number, then alias and name. Several rows that fit one contact are shown as
//! such and never guessed between; several contacts may be one person. Contacts that another account shares with us are
//! left out: their people are that account's.

mod keys;
mod names;

use crate::domain::{
    address::Address,
    contact::{Channel, ChannelKind, Contact, ContactKind},
    ids::Arn,
    inventory::Inventory,
    roster::Roster,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

/// Who is behind each contact, and which contacts each row of the roster has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    people: BTreeMap<Arn, PersonMatch>,
    /// For each row of the roster, the contacts that are that person.
    contacts: Vec<Vec<Arn>>,
    /// For each row of the roster, the contacts that may be that person or another one.
    uncertain: Vec<Vec<Arn>>,
}

/// Who is behind one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonMatch {
    /// One row of the roster.
    One(Match),
    /// Several rows fit equally well.
    Ambiguous(Ambiguity),
    /// No row fits, and all that could tell was read.
    Nobody,
    /// No row fits by name, and the devices could not be read, so that an address might still tell.
    Unknown,
}

/// One row of the roster that is behind a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The place of the row in [`Roster::entries`].
    pub entry: usize,
    /// What it was told by.
    pub by: MatchedBy,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why, in words without a full stop.
    pub reason: String,
    /// Whether the alias is like the person's name.
    pub is_alias_alike: bool,
    /// Whether the display name is like the person's name; absent where the contact has none.
    pub is_name_alike: Option<bool>,
}

/// Several rows of the roster that fit one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// The places of the rows in [`Roster::entries`], in their order; not more than [`MAX_CANDIDATES`].
    pub candidates: Vec<usize>,
    /// What they fit by.
    pub by: MatchedBy,
    /// Why, in words without a full stop.
    pub reason: String,
}

/// What a contact and a row of the roster have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchedBy {
    /// A mail address.
    Email,
    /// A mail address, but for a part such as `+pager` in one of them.
    EmailButTag,
    /// A phone number.
    Phone,
    /// Both the alias and the display name.
    AliasAndName,
    /// The display name.
    Name,
    /// The alias.
    Alias,
}

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It may be somebody else of a like name.
    Possible,
    /// Somebody else would be a strange coincidence.
    Probable,
    /// The address is the person's own.
    Certain,
}

/// How many rows are shown that fit one contact. More tell nobody anything, and a roster of one name a thousand times
/// must not take a thousand times the time.
pub const MAX_CANDIDATES: usize = 20;

impl MatchedBy {
    /// Returns what it is in words, as the end of "told by".
    pub fn words(self) -> &'static str {
        match self {
            Self::Email => "the mail address",
            Self::EmailButTag => "the mail address but for its part after +",
            Self::Phone => "the phone number",
            Self::AliasAndName => "alias and name",
            Self::Name => "the name only",
            Self::Alias => "the alias only",
        }
    }

    /// Returns how sure a match by this is. Phone numbers are handed on and shared, so they are not certain.
    pub fn confidence(self) -> Confidence {
        match self {
            Self::Email => Confidence::Certain,
            Self::EmailButTag | Self::Phone | Self::AliasAndName => Confidence::Probable,
            Self::Name | Self::Alias => Confidence::Possible,
        }
    }
}

impl Confidence {
    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Probable => "probable",
            Self::Certain => "certain",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl Matches {
    /// Matches every person of this account to the roster.
    pub fn new(inventory: &Inventory, roster: &Roster) -> Self {
        let people: Vec<&Contact> = inventory
            .contacts_of(&ContactKind::Person)
            .map(AsRef::as_ref)
            .filter(|contact| !inventory.is_shared_in(&contact.arn))
            .collect();
        let addresses = Addresses::of(roster);
        let told: Vec<Told> = people.iter().map(|contact| addresses.tell(contact)).collect();
        // Names are only looked at where addresses do not settle it: it is most of the work.
        let open: Vec<(usize, &Contact)> = people
            .iter()
            .zip(&told)
            .enumerate()
            .filter(|(_, (_, told))| !told.is_settled())
            .map(|(index, (contact, _))| (index, *contact))
            .collect();
        let by_name = names::fitting(&open, roster);
        let mut matches = Self {
            people: BTreeMap::new(),
            contacts: vec![Vec::new(); roster.entries.len()],
            uncertain: vec![Vec::new(); roster.entries.len()],
        };
        for (index, (contact, told)) in people.iter().zip(told).enumerate() {
            let found = told.with_names(by_name.get(&index), contact, roster);
            matches.add(contact, found);
        }
        matches
    }

    /// Returns who is behind a contact; absent for plans, schedules and what other accounts share with us.
    pub fn person(&self, contact: &Arn) -> Option<&PersonMatch> {
        self.people.get(contact)
    }

    /// Returns the contacts that are the person of a row, by the row's place in the roster.
    pub fn contacts_of(&self, entry: usize) -> &[Arn] {
        self.contacts.get(entry).map_or(&[], Vec::as_slice)
    }

    /// Returns the contacts that may be the person of a row or somebody else.
    pub fn uncertain_contacts_of(&self, entry: usize) -> &[Arn] {
        self.uncertain.get(entry).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, contact: &Contact, found: PersonMatch) {
        let note = |lists: &mut Vec<Vec<Arn>>, entry: usize| {
            if let Some(list) = lists.get_mut(entry) {
                list.push(contact.arn.clone());
            }
        };
        match &found {
            PersonMatch::One(one) => note(&mut self.contacts, one.entry),
            PersonMatch::Ambiguous(several) => {
                for entry in &several.candidates {
                    note(&mut self.uncertain, *entry);
                }
            }
            PersonMatch::Nobody | PersonMatch::Unknown => {}
        }
        self.people.insert(contact.arn.clone(), found);
    }
}

/// The rows of a roster by their addresses.
#[derive(Debug, Default)]
struct Addresses {
    emails: HashMap<String, Vec<usize>>,
    emails_but_tag: HashMap<String, Vec<usize>>,
    phones: HashMap<String, Vec<usize>>,
}

/// What the addresses of one contact tell: the rows they fit, best kind first.
#[derive(Debug, Default)]
struct Told {
    fitting: Vec<(MatchedBy, BTreeSet<usize>)>,
    /// Whether some address of the contact is not known.
    has_unread: bool,
}

impl Addresses {
    fn of(roster: &Roster) -> Self {
        let mut addresses = Self::default();
        for (index, entry) in roster.entries.iter().enumerate() {
            if let Some(key) = entry.email.as_ref().and_then(Address::reveal).and_then(keys::email) {
                let but_tag = keys::without_tag(&key);
                addresses.emails_but_tag.entry(but_tag).or_default().push(index);
                addresses.emails.entry(key).or_default().push(index);
            }
            if let Some(key) = entry.phone.as_ref().and_then(Address::reveal).and_then(keys::phone) {
                addresses.phones.entry(key).or_default().push(index);
            }
        }
        addresses
    }

    fn tell(&self, contact: &Contact) -> Told {
        let Some(channels) = contact.channels.known() else {
            return Told {
                fitting: Vec::new(),
                has_unread: true,
            };
        };
        let rows = |index: &HashMap<String, Vec<usize>>, key: &dyn Fn(&Channel) -> Option<String>| -> BTreeSet<usize> {
            channels
                .iter()
                .filter_map(key)
                .filter_map(|key| index.get(&key))
                .flat_map(|rows| rows.iter().take(MAX_CANDIDATES).copied())
                .collect()
        };
        let email = |channel: &Channel| match channel.kind {
            ChannelKind::Email => keys::email(channel.address.reveal()?),
            ChannelKind::Sms | ChannelKind::Voice | ChannelKind::Other(_) => None,
        };
        let phone = |channel: &Channel| match channel.kind {
            ChannelKind::Sms | ChannelKind::Voice => keys::phone(channel.address.reveal()?),
            ChannelKind::Email | ChannelKind::Other(_) => None,
        };
        let by_email = rows(&self.emails, &email);
        // An address that fits as it is needs no guess about its tag.
        let by_email_but_tag = if by_email.is_empty() {
            rows(&self.emails_but_tag, &|channel| {
                email(channel).map(|key| keys::without_tag(&key))
            })
        } else {
            BTreeSet::new()
        };
        Told {
            fitting: vec![
                (MatchedBy::Email, by_email),
                (MatchedBy::EmailButTag, by_email_but_tag),
                (MatchedBy::Phone, rows(&self.phones, &phone)),
            ],
            // An address of an earlier load is known by its mask only, and masks of different addresses may be alike.
            has_unread: channels.iter().any(|channel| channel.address.reveal().is_none()),
        }
    }
}

impl Told {
    /// Returns whether the best kind of address that fits anybody fits one row only.
    fn is_settled(&self) -> bool {
        let best = self.fitting.iter().find(|(_, rows)| !rows.is_empty());
        best.is_some_and(|(_, rows)| rows.len() == 1)
    }

    /// Adds what alias and name tell, and comes to an end.
    fn with_names(mut self, names: Option<&names::Fitting>, contact: &Contact, roster: &Roster) -> PersonMatch {
        if let Some(names) = names {
            let both: BTreeSet<usize> = names.by_alias.intersection(&names.by_name).copied().collect();
            if both.is_empty() && !names.by_alias.is_empty() && !names.by_name.is_empty() {
                // The alias is like one person's name, and the name is another's: neither goes before the other.
                let either = names.by_alias.union(&names.by_name).copied().collect();
                self.fitting.push((MatchedBy::Name, either));
            } else {
                self.fitting.push((MatchedBy::AliasAndName, both));
                self.fitting.push((MatchedBy::Name, names.by_name.clone()));
                self.fitting.push((MatchedBy::Alias, names.by_alias.clone()));
            }
        }
        let mut kinds = self.fitting.into_iter().filter(|(_, rows)| !rows.is_empty());
        let Some((by, mut rows)) = kinds.next() else {
            return if self.has_unread {
                PersonMatch::Unknown
            } else {
                PersonMatch::Nobody
            };
        };
        // Of several rows that fit, a weaker kind may tell which one.
        let mut narrowed_by = None;
        for (kind, others) in kinds {
            let common: BTreeSet<usize> = rows.intersection(&others).copied().collect();
            if rows.len() > 1 && !common.is_empty() && common.len() < rows.len() {
                rows = common;
                narrowed_by = Some(kind);
            }
        }
        let reason = reason(by, narrowed_by, self.has_unread);
        let candidates: Vec<usize> = rows.into_iter().take(MAX_CANDIDATES).collect();
        let &[entry] = &*candidates else {
            return PersonMatch::Ambiguous(Ambiguity { candidates, by, reason });
        };
        let likeness = roster
            .entries
            .get(entry)
            .map(|row| names::likeness(contact, &row.name))
            .unwrap_or_default();
        PersonMatch::One(Match {
            entry,
            by,
            confidence: narrowed_by.map_or(by.confidence(), |kind| kind.confidence().min(by.confidence())),
            reason,
            is_alias_alike: likeness.of_alias,
            is_name_alike: likeness.of_name,
        })
    }
}

/// Says what a match was told by, without any address.
fn reason(by: MatchedBy, narrowed_by: Option<MatchedBy>, has_unread: bool) -> String {
    let mut reason = format!("told by {}", by.words());
    if let Some(kind) = narrowed_by {
        reason = format!("{reason}, and among several by {}", kind.words());
    }
    if has_unread && by >= MatchedBy::AliasAndName {
        reason.push_str(", since the devices could not be read");
    }
    reason
}

#[cfg(test)]
mod tests;

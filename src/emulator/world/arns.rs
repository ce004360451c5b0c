//! How resources are named: ARNs out of a world's keys, and a world's keys out of ARNs.

use super::{Channel, Contact, World};

/// A full ARN. References stay text, because a reference may name nothing.
pub type Arn = String;

/// The parts of an ssm-contacts or ssm-incidents ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// `ssm-contacts` or `ssm-incidents`.
    pub service: &'a str,
    /// The Region; empty in ssm-incidents ARNs.
    pub region: &'a str,
    /// The account that owns the resource.
    pub account: &'a str,
    /// Everything behind the account, such as `contact/anna`.
    pub resource: &'a str,
}

/// Takes an ARN apart; `None` when it is not one.
pub fn split(arn: &str) -> Option<Parts<'_>> {
    let mut parts = arn.splitn(6, ':');
    if parts.next()? != "arn" {
        return None;
    }
    let _partition = parts.next()?;
    Some(Parts {
        service: parts.next()?,
        region: parts.next()?,
        account: parts.next()?,
        resource: parts.next()?,
    })
}

impl<'a> Parts<'a> {
    /// Returns the alias, when this is a contact, plan or schedule.
    pub fn contact_alias(&self) -> Option<&'a str> {
        self.resource.strip_prefix("contact/")
    }

    /// Returns alias and id, when this is a channel.
    pub fn channel(&self) -> Option<(&'a str, &'a str)> {
        self.resource.strip_prefix("contact-channel/")?.split_once('/')
    }

    /// Returns what stands behind the last slash, when the resource is of this sort (`rotation`, `engagement`, `page`,
    /// `response-plan`, …).
    pub fn id_of(&self, sort: &str) -> Option<&'a str> {
        let rest = self.resource.strip_prefix(sort)?.strip_prefix('/')?;
        Some(rest.rsplit_once('/').map_or(rest, |(_, id)| id))
    }
}

/// Returns the ARN of a channel from its owner's ARN.
pub fn channel_arn(contact_arn: &str, channel_id: &str) -> Arn {
    let owner = contact_arn.replacen(":contact/", ":contact-channel/", 1);
    format!("{owner}/{channel_id}")
}

impl World {
    /// Returns an ssm-contacts ARN of this account in its home Region, for a resource such as `rotation/<id>`.
    pub fn contacts_arn(&self, resource: &str) -> Arn {
        format!("arn:aws:ssm-contacts:{}:{}:{resource}", self.home_region, self.account)
    }

    /// Returns an ssm-incidents ARN of this account, for a resource such as `response-plan/<name>`.
    pub fn incidents_arn(&self, resource: &str) -> Arn {
        format!("arn:aws:ssm-incidents::{}:{resource}", self.account)
    }

    /// Returns the ARN of the contact with this key of [`World::contacts`].
    pub fn contact_arn(&self, key: &str) -> Arn {
        if key.starts_with("arn:") {
            return key.to_owned();
        }
        self.contacts_arn(&format!("contact/{key}"))
    }

    /// Returns whether an ARN belongs to this account.
    pub fn owns(&self, arn: &str) -> bool {
        split(arn).is_some_and(|parts| parts.account == self.account)
    }

    /// Returns whether the account is onboarded and has this Region in its replication set.
    pub fn has_region(&self, region: &str) -> bool {
        self.replication_set
            .as_ref()
            .is_some_and(|set| set.regions.contains_key(region))
    }

    /// Returns the key of [`World::contacts`] that an ARN names, whether or not there is such a contact.
    ///
    /// Contacts exist in every Region of the replication set, so any of them leads to the same contact.
    pub fn contact_key<'a>(&self, arn: &'a str) -> Option<&'a str> {
        let parts = split(arn)?;
        let alias = parts.contact_alias()?;
        if parts.service != "ssm-contacts" {
            return None;
        }
        if parts.account == self.account {
            self.has_region(parts.region).then_some(alias)
        } else {
            Some(arn)
        }
    }

    /// Returns the contact that an ARN names.
    pub fn contact(&self, arn: &str) -> Option<&Contact> {
        self.contacts.get(self.contact_key(arn)?)
    }

    /// Returns the contact that an ARN names, to change it.
    pub fn contact_mut(&mut self, arn: &str) -> Option<&mut Contact> {
        let key = self.contact_key(arn)?;
        self.contacts.get_mut(key)
    }

    /// Returns the key of the contact and the id of the channel that an ARN names, whether or not they exist.
    fn channel_key<'a>(&self, arn: &'a str) -> Option<(&'a str, &'a str)> {
        let parts = split(arn)?;
        let is_ours = parts.service == "ssm-contacts" && parts.account == self.account && self.has_region(parts.region);
        if is_ours { parts.channel() } else { None }
    }

    /// Returns the channel that an ARN names.
    pub fn channel(&self, arn: &str) -> Option<&Channel> {
        let (alias, id) = self.channel_key(arn)?;
        self.contacts
            .get(alias)?
            .channels
            .iter()
            .find(|channel| channel.id == id)
    }

    /// Returns the channel that an ARN names, to change it.
    pub fn channel_mut(&mut self, arn: &str) -> Option<&mut Channel> {
        let (alias, id) = self.channel_key(arn)?;
        self.contacts
            .get_mut(alias)?
            .channels
            .iter_mut()
            .find(|channel| channel.id == id)
    }

    /// Returns the id at the end of an ARN of this account, when it is an ssm-contacts resource of this sort in a
    /// Region of the replication set.
    pub fn contacts_id<'a>(&self, arn: &'a str, sort: &str) -> Option<&'a str> {
        let parts = split(arn)?;
        let is_ours = parts.service == "ssm-contacts" && parts.account == self.account && self.has_region(parts.region);
        if is_ours { parts.id_of(sort) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_comes_apart_at_its_colons() {
        let parts = split("arn:aws:ssm-contacts:eu-west-1:111122223333:page/anna/12:3").unwrap();
        assert_eq!(parts.id_of("page"), Some("12:3"));
        assert_eq!(parts.account, "111122223333");
        assert_eq!(split("contact/anna"), None);
    }

    #[test]
    fn every_region_of_the_set_leads_to_the_same_contact() {
        let world = World::default();
        let key = |region: &str| format!("arn:aws:ssm-contacts:{region}:111122223333:contact/anna");
        assert_eq!(world.contact_key(&key("us-east-1")), Some("anna"));
        assert_eq!(world.contact_key(&key("eu-west-1")), Some("anna"));
        assert_eq!(world.contact_key(&key("eu-north-1")), None);
    }
}

//! Whose mailboxes devices are: the company's, and one person's.

use super::{
    super::{Check, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity},
    address, lookalike, parts_of_mail, whose,
};
use crate::domain::{
    contact::{Channel, ChannelKind, Contact},
    text::neutral,
};
use std::collections::BTreeSet;

/// A mailbox outside the company.
pub(in crate::findings) static FOREIGN_DOMAIN: Check = Check {
    code: "CH08",
    name: "foreign-mail-domain",
    family: Family::Devices,
    severity: Severity::High,
    title: "mail domain not on the company list; one edit away from it is a look-alike",
    rationale: "Pages carry what is broken and where. A mailbox elsewhere outlives the job, and a look-alike domain belongs \
                to somebody who waits for mistakes.",
    remedy: "Ask the owner for their company address, or add the domain to the list in the policy.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH05", "CH17"],
    is_moving: true,
    judges: &[Judge::Device(foreign_domain)],
};

fn foreign_domain(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    let own = &facts.policy.addresses.mail_domains;
    if channel.kind != ChannelKind::Email || own.is_empty() {
        return Verdict::NotApplicable;
    }
    let Some(whole) = channel.address.reveal() else {
        return Verdict::Pending;
    };
    // What is no mail address at all is CH05's.
    let Some((_, domain)) = parts_of_mail(whole) else {
        return Verdict::NotApplicable;
    };
    if own.iter().any(|own| own.eq_ignore_ascii_case(domain)) {
        return Verdict::Pass;
    }
    let device = whose(person, channel);
    let shown = neutral(domain);
    let message = match lookalike::alike(domain, own) {
        Some(own) => format!(
            "{device} is at {shown}, which looks like {} and is another domain",
            neutral(own)
        ),
        None => format!("{device} is at {shown}, which is not a domain of the company"),
    };
    Verdict::fail(message, vec![address(channel)])
}

/// A mailbox that several people read, or nobody.
pub(in crate::findings) static SHARED_MAILBOX: Check = Check {
    code: "CH09",
    name: "shared-mailbox",
    family: Family::Devices,
    severity: Severity::Medium,
    title: "a shared mailbox or list as a person's device",
    rationale: "A page to one person has to reach that person. In a shared mailbox everybody waits for somebody else, and \
                whoever left still reads along.",
    remedy: "Ask the person for an address of their own; tell a team through an escalation plan.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH05", "CH06", "CH17"],
    is_moving: true,
    judges: &[Judge::Device(shared_mailbox)],
};

fn shared_mailbox(facts: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    if channel.kind != ChannelKind::Email {
        return Verdict::NotApplicable;
    }
    let Some(whole) = channel.address.reveal() else {
        return Verdict::Pending;
    };
    let Some((user, _)) = parts_of_mail(whole) else {
        return Verdict::NotApplicable;
    };
    if is_shared(user, &facts.policy.addresses.shared_mailboxes) {
        // Which name it is stays untold: with the domain it would be the whole address.
        let message = format!("{} is a shared mailbox or a list", whose(person, channel));
        Verdict::fail(message, vec![address(channel)])
    } else {
        Verdict::Pass
    }
}

/// Words that no person is called: one of them among the words before the `@` makes a list of it.
const ANYWHERE: [&str; 25] = [
    "alarm",
    "alarms",
    "alert",
    "alerting",
    "alerts",
    "devops",
    "helpdesk",
    "incident",
    "incidents",
    "mailbox",
    "monitoring",
    "netops",
    "noc",
    "noreply",
    "oncall",
    "operations",
    "ops",
    "pager",
    "secops",
    "servicedesk",
    "soc",
    "sre",
    "support",
    "team",
    "teams",
];

/// Words that are a list only when nothing else stands before the `@`; some are names of people, too.
const ALONE: [&str; 22] = [
    "abuse",
    "admin",
    "admins",
    "administrator",
    "all",
    "contact",
    "dev",
    "developers",
    "duty",
    "everyone",
    "group",
    "hello",
    "hostmaster",
    "info",
    "list",
    "office",
    "postmaster",
    "root",
    "security",
    "service",
    "staff",
    "webmaster",
];

/// Returns whether a name before the `@` is that of a list or shared mailbox.
fn is_shared(user: &str, policy: &BTreeSet<String>) -> bool {
    let user = user.to_lowercase();
    // What follows a plus sign only sorts the mail within one mailbox.
    let name = user.split_once('+').map_or(user.as_str(), |(name, _)| name);
    if policy.iter().any(|listed| listed.eq_ignore_ascii_case(name)) {
        return true;
    }
    // "on-call" and "noc2" are "oncall" and "noc".
    let together: String = name.chars().filter(|c| c.is_alphabetic()).collect();
    let mut words = name.split(|c: char| !c.is_alphabetic());
    ALONE.contains(&together.as_str())
        || ANYWHERE.contains(&together.as_str())
        || words.any(|word| ANYWHERE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{operation::Operation, world::World},
        findings::{policy::Policy, proof::check_with},
    };

    fn policy() -> Policy {
        let mut policy = Policy::default();
        policy.addresses.mail_domains = vec!["harbour.co".to_owned()];
        policy
    }

    #[test]
    fn a_mailbox_elsewhere_fails_and_a_look_alike_says_so() {
        let world = World::new()
            .person("anna", &["mail=anna@Harbour.co", "phone"], &[])
            .person("ben", &["mail=ben@home.net"], &[])
            .person("cleo", &["mail=cleo@harbuor.co"], &[])
            .person("dora", &["mail=dora.harbour.co"], &[])
            .person("emil", &["mail"], &[])
            .person("fred", &["mail"], &[])
            .denied(Operation::ListContactChannels, "fred");
        check_with(
            world.clone(),
            &policy(),
            None,
            "CH08",
            &[
                "mail of ben: fail: ben's mail (b•••@home.net) is at home.net, which is not a domain of the company",
                "mail of cleo: fail: cleo's mail (c•••@harbuor.co) is at harbuor.co, which looks like harbour.co and is \
                 another domain",
                "fred: unknown",
            ],
        );
        check_with(
            world,
            &policy(),
            None,
            "CH17",
            &[
                "fred: unknown",
                "mail of emil: fail: emil's mail (e•••@example.com) is at example.com, a domain that is reserved for examples",
                "phone of anna: fail: anna's phone (+44•••••••123) is a number that Ofcom, for the United Kingdom, has set \
             aside for fiction",
            ],
        );
    }

    #[test]
    fn without_a_list_of_domains_any_will_do() {
        let world = World::new().person("ben", &["mail=ben@home.net"], &[]);
        check_with(world, &Policy::default(), None, "CH08", &[]);
    }

    #[test]
    fn a_masked_mailbox_is_unknown() {
        let world = World::new().person("ben", &["mail=ben@home.net"], &[]).masked();
        check_with(world.clone(), &policy(), None, "CH08", &["mail of ben: unknown"]);
        check_with(world, &policy(), None, "CH09", &["mail of ben: unknown"]);
    }

    #[test]
    fn a_list_is_no_device_of_a_person() {
        let world = World::new()
            .person("anna", &["mail=noc@harbour.co", "phone"], &[])
            .person("ben", &["mail=ben@harbour.co"], &[])
            .person("cleo", &["mail"], &[])
            .denied(Operation::ListContactChannels, "cleo");
        let expected = [
            "mail of anna: fail: anna's mail (n•••@harbour.co) is a shared mailbox or a list",
            "cleo: unknown",
        ];
        check_with(world, &Policy::default(), None, "CH09", &expected);
    }

    #[test]
    fn lists_are_known_by_their_names() {
        let own = BTreeSet::from(["the-bridge".to_owned()]);
        for name in [
            "noc",
            "On-Call",
            "payments-team",
            "ops2",
            "it.support",
            "the-bridge",
            "info",
            "noc+eu",
        ] {
            assert!(is_shared(name, &own), "{name}");
        }
        for name in [
            "anna",
            "joe.root",
            "dev.patel",
            "franz.list",
            "anna+oncall",
            "opsahl",
            "teamer",
        ] {
            assert!(!is_shared(name, &own), "{name}");
        }
    }
}

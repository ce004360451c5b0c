//! What everything else stands on: the replication set.

use super::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity, words};
use crate::domain::{
    contact::Contact,
    gap::Reading,
    ids::Arn,
    operation::Operation,
    response::{ReplicationSet, ResponsePlan},
    sharing::{Principal, Sharing},
    text::neutral,
};

/// A contact or plan that another account can page.
pub(in crate::findings) static SHARED_OUTSIDE: Check = Check {
    code: "AC01",
    name: "shared-outside",
    family: Family::Platform,
    severity: Severity::High,
    title: "contact or plan shared with an account not on the list",
    rationale: "Anyone who holds permission on a contact or plan can page it and read whom it pages.",
    remedy: "Ask who needs it; put the account on the policy's list, or end the share.",
    command: "",
    needs: &[Need::Sharing],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[
        Judge::Person(contact_shared),
        Judge::Plan(contact_shared),
        Judge::Schedule(contact_shared),
        Judge::Response(response_shared),
    ],
};

fn contact_shared(facts: &Facts<'_>, contact: &Contact) -> Verdict {
    let name = words::name(contact);
    shared_outside(
        facts,
        (&contact.arn, &name),
        &contact.sharing,
        Operation::GetContactPolicy,
    )
}

fn response_shared(facts: &Facts<'_>, plan: &ResponsePlan) -> Verdict {
    let name = neutral(plan.label());
    shared_outside(facts, (&plan.arn, &name), &plan.sharing, Operation::GetResourcePolicies)
}

fn shared_outside(
    facts: &Facts<'_>,
    (arn, name): (&Arn, &str),
    sharing: &Reading<Sharing>,
    operation: Operation,
) -> Verdict {
    let Some(sharing) = sharing.known().filter(|_| !facts.inventory.is_shared_in(arn)) else {
        return Verdict::NotApplicable;
    };
    let trusted = &facts.policy.trusted_accounts;
    let is_expected = |principal: &&Principal| {
        let account = principal.account().unwrap_or(principal.as_str());
        Some(account) == facts.inventory.account() || trusted.contains(account)
    };
    let strange: Vec<String> = sharing
        .principals
        .iter()
        .filter(|principal| !is_expected(principal))
        .map(|principal| match principal {
            Principal::Anyone => "everybody".to_owned(),
            Principal::Account(_) | Principal::Organisation(_) | Principal::Arn(_) | Principal::Other(_) => {
                neutral(principal.as_str()).into_owned()
            }
        })
        .collect();
    if strange.is_empty() {
        return Verdict::Pass;
    }
    Verdict::fail(
        format!("{name} is shared with {}", words::list(&strange)),
        vec![Evidence::new("Principal", words::list(&strange), operation)],
    )
}

/// A replication set that may not hold.
///
/// An account without a replication set has no Incident Manager, and nothing to lose.
pub(in crate::findings) static REPLICATION_AT_RISK: Check = Check {
    code: "AC04",
    name: "replication-at-risk",
    family: Family::Platform,
    severity: Severity::High,
    title: "replication set not active, one region only, or deletion protection off",
    rationale: "Until the set is active nothing works; with one Region an outage takes paging along; and deleting the set \
                deletes all of Incident Manager's data.",
    remedy: "Wait until the set is active, add a second Region, and turn deletion protection on.",
    command: "",
    needs: &[Need::ReplicationSet],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Account(replication_at_risk)],
};

fn replication_at_risk(facts: &Facts<'_>) -> Verdict {
    let Some(Some(set)) = facts.inventory.replication_set.known() else {
        return Verdict::NotApplicable;
    };
    let faults = faults(set);
    if faults.is_empty() {
        return match set.is_deletion_protected {
            Some(_) => Verdict::Pass,
            None => Verdict::Unknown("whether the replication set is protected from deletion was not told".to_owned()),
        };
    }
    let regions: Vec<String> = set
        .regions
        .iter()
        .map(|(region, status)| format!("{} {}", neutral(region), neutral(status)))
        .collect();
    let protected = match set.is_deletion_protected {
        Some(true) => "true",
        Some(false) => "false",
        None => "not told",
    };
    let fact = |field, value: &str| Evidence::new(field, value, Operation::GetReplicationSet);
    Verdict::fail(
        format!("the replication set {}", words::list(&faults)),
        vec![
            fact("status", &neutral(&set.status)),
            fact("regionMap", &regions.join(", ")),
            fact("deletionProtected", protected),
        ],
    )
}

fn faults(set: &ReplicationSet) -> Vec<String> {
    let mut faults = Vec::new();
    if set.status != "ACTIVE" {
        faults.push(format!("is {}, not active", neutral(&set.status)));
    }
    let idle = set.regions.iter().filter(|(_, status)| status != "ACTIVE");
    let idle: Vec<String> = idle.map(|(region, _)| neutral(region).into_owned()).collect();
    if !idle.is_empty() {
        faults.push(format!("is not active in {}", words::list(&idle)));
    }
    if set.regions.len() < 2 {
        faults.push("has one Region only".to_owned());
    }
    if set.is_deletion_protected == Some(false) {
        faults.push("is not protected from deletion".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use crate::domain::{gap::Reading, inventory::Part, operation::Operation, world::World};
    use crate::findings::{
        policy::Policy,
        proof::{check, check_with},
    };

    const TWO: [(&str, &str); 2] = [("eu-west-1", "ACTIVE"), ("us-east-1", "ACTIVE")];

    #[test]
    fn two_active_regions_that_are_protected_will_do() {
        check(World::new().replicated(&TWO), "AC04", &[]);
        check(
            World::new().part(Part::ReplicationSet(Reading::Known(None))),
            "AC04",
            &[],
        );
    }

    #[test]
    fn whatever_puts_the_set_at_risk_is_told_at_once() {
        let one = World::new().replicated(&[("eu-west-1", "ACTIVE")]);
        check(
            one,
            "AC04",
            &["111122223333: fail: the replication set has one Region only"],
        );
        let all = World::new()
            .replicated(&[("eu-west-1", "FAILED")])
            .replication("UPDATING", Some(false));
        check(
            all,
            "AC04",
            &[
                "111122223333: fail: the replication set is UPDATING, not active, is not active in eu-west-1, has one \
               Region only and is not protected from deletion",
            ],
        );
    }

    #[test]
    fn what_was_not_read_or_told_is_unknown() {
        let world = World::new().replicated(&TWO).replication("ACTIVE", None);
        check(world, "AC04", &["111122223333: unknown"]);
        check(
            World::new().denied(Operation::GetReplicationSet, ""),
            "AC04",
            &["111122223333: unknown"],
        );
    }

    #[test]
    fn whoever_is_not_on_the_list_is_told_and_what_was_not_read_is_unknown() {
        let world = World::new()
            .person("anna", &["phone"], &[])
            .plan("ops", &[(5, &["anna"])])
            .plan("quiet", &[(5, &["anna"])])
            .shared("ops", &["999988887777", "444455556666"])
            .shared("quiet", &["444455556666", "111122223333"])
            .denied(Operation::GetContactPolicy, "anna");
        let mut policy = Policy::default();
        policy.trusted_accounts.insert("444455556666".to_owned());
        check_with(
            world,
            &policy,
            None,
            "AC01",
            &["ops: fail: ops is shared with 999988887777", "anna: unknown"],
        );
        check(
            World::new().plan("ops", &[]).shared("ops", &["*"]),
            "AC01",
            &["ops: fail: ops is shared with everybody"],
        );
    }
}

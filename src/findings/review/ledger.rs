//! Whether the ledger can be believed.

use crate::{
    domain::text::neutral,
    findings::{Check, Evidence, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity},
};

/// A ledger that does not check.
pub(in crate::findings) static BROKEN: Check = Check {
    code: "RV06",
    name: "ledger-broken",
    family: Family::Review,
    severity: Severity::Critical,
    title: "ledger broken or cut short",
    rationale: "What was decided and done is proven by the chain of records and by nothing else. From the first bad record on \
                it proves nothing.",
    remedy: "Find out who altered the file, and restore it from a copy whose head was noted elsewhere.",
    command: "",
    needs: &[Need::Ledger],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Account(broken)],
};

fn broken(facts: &Facts<'_>) -> Verdict {
    match facts.recorded.map(|recorded| &recorded.broken) {
        None => Verdict::NotApplicable,
        Some(None) => Verdict::Pass,
        Some(Some(why)) => {
            let why = neutral(why);
            Verdict::fail(
                format!("the ledger does not check: {why}"),
                vec![Evidence::of_ledger("fault", why)],
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::world::World,
        findings::{proof::check_recorded, recorded::Recorded},
    };

    #[test]
    fn a_broken_ledger_is_told_with_its_fault() {
        let broken = Recorded {
            broken: Some("line 7: its hash is wrong".to_owned()),
            ..Recorded::default()
        };
        let fails = "111122223333: fail: the ledger does not check: line 7: its hash is wrong";
        check_recorded(World::new(), &broken, "RV06", &[fails]);
        check_recorded(World::new(), &Recorded::default(), "RV06", &[]);
    }
}

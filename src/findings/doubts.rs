//! What is not known while a check looks at one thing after the other: a fault stands without it, "pass" does not.

use super::{Verdict, facts::Presence};
use crate::domain::{contact::Contact, reach::Reach};
use crate::paging::simulate::{minute::Minute, reason::Doubt};

/// What is not known so far.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    unknown: Option<String>,
    is_pending: bool,
}

impl Doubts {
    /// Takes in something that is not known.
    pub(super) fn unknown(&mut self, why: impl Into<String>) {
        self.unknown.get_or_insert_with(|| why.into());
    }

    /// Takes in something that is still to come.
    pub(super) fn pending(&mut self) {
        self.is_pending = true;
    }

    /// Takes in a doubt of the walk.
    pub(super) fn doubt(&mut self, doubt: &Doubt) {
        if doubt.is_pending() {
            self.pending();
        } else {
            self.unknown(doubt.to_string());
        }
    }

    /// Returns whether a contact is certainly absent; notes when that is not known.
    pub(super) fn is_absent(&mut self, presence: Presence<'_>) -> bool {
        match presence {
            Presence::Absent => return true,
            Presence::Listed(_) => {}
            Presence::Unknown(why) => self.unknown(why),
            Presence::Pending => self.pending(),
        }
        false
    }

    /// Returns the contact, when it is listed; notes when it may be there and is not listed.
    pub(super) fn listed<'a>(&mut self, presence: Presence<'a>) -> Option<&'a Contact> {
        match presence {
            Presence::Listed(contact) => return Some(contact),
            Presence::Absent => {}
            Presence::Unknown(why) => self.unknown(why),
            Presence::Pending => self.pending(),
        }
        None
    }

    /// Returns why nobody can be reached, when that is certain; notes when it is not known.
    pub(super) fn unreachable(&mut self, reach: Reach) -> Option<String> {
        match reach {
            Reach::Unreachable(why) => return Some(why),
            Reach::Reachable(_) => {}
            Reach::Unknown(why) => self.unknown(why),
            Reach::Pending => self.pending(),
        }
        None
    }

    /// Returns whether something has certainly happened by a minute; notes when that is not known.
    pub(super) fn is_by(&mut self, minute: &Minute, limit: i64) -> bool {
        match (minute.is_by(limit), minute.doubt()) {
            (Some(answer), _) => return answer,
            (None, Some(doubt)) => self.doubt(doubt),
            (None, None) => {}
        }
        true
    }

    /// Returns `verdict`, unless something is not known.
    pub(super) fn or(self, verdict: Verdict) -> Verdict {
        match (self.unknown, self.is_pending) {
            (Some(why), _) => Verdict::Unknown(why),
            (None, true) => Verdict::Pending,
            (None, false) => verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{evaluate::evaluate, facts::Facts, judging::Judging};
    use crate::domain::{
        gap::{GapReason, Reading},
        inventory::Part,
        operation::Operation,
        world::{World, at, gap},
    };

    /// What is being read: plans whose targets, a rotation whose shifts and a response plan whose plan are to come.
    fn on_its_way() -> World {
        World::new()
            .plan("lines", &[(5, &["!anna"]), (5, &["nights", "!ben"])])
            .plan("spare", &[(5, &["!anna"])])
            .rotation("weekly", &["anna", "ben"])
            .schedule("weekends", &["weekly"])
            .response("down", &["escalation", "lines"])
            .tagged("lines", &[("team", "ops")])
            .tagged("spare", &[("team", "ops")])
            .tagged("weekends", &[("team", "ops")])
            .tagged("down", &[("team", "ops")])
    }

    #[test]
    fn what_is_still_to_come_is_neither_a_fault_nor_unknown() {
        let world = on_its_way();
        let (graph, judging) = (world.graph(), Judging::default());
        let findings = evaluate(&Facts::new(&world.inventory, &graph, &judging, at(0)));
        let told: Vec<String> = findings.items.iter().map(super::super::Finding::id).collect();
        // That a response plan has no chat channel was read.
        let [only] = told.as_slice() else { panic!("{told:?}") };
        assert!(only.starts_with("RP04 "), "{only}");
        let is_pending = |code: &str| {
            findings
                .tallies
                .iter()
                .any(|tally| tally.check.code == code && tally.pending > 0)
        };
        for code in [
            "ES02", "ES03", "ES04", "ES05", "ES07", "ES09", "ES10", "ES11", "ES12", "SC01", "SC02", "SC03", "SC08",
            "SC09", "SC11", "SC12", "SC13", "RP02", "RP03", "RP20", "AC04",
        ] {
            assert!(is_pending(code), "{code}");
        }
    }

    #[test]
    fn an_account_that_is_not_known_makes_nothing_absent() {
        let denied = gap(Operation::GetCallerIdentity, None, GapReason::Denied);
        let world = World::new()
            .plan("ghost", &[(5, &["!jonas"])])
            .rotation("weekly", &["jonas", "ben"])
            .response("down", &["jonas"])
            .part(Part::Caller(Reading::Unknown(denied)))
            .complete();
        let (graph, judging) = (world.graph(), Judging::default());
        let findings = evaluate(&Facts::new(&world.inventory, &graph, &judging, at(0)));
        for code in ["ES02", "ES03", "SC03", "RP02"] {
            let told = findings.items.iter().filter(|finding| finding.check.code == code);
            let told: Vec<&str> = told.map(|finding| finding.result.word()).collect();
            assert_eq!(told, ["unknown"], "{code}");
        }
    }
}

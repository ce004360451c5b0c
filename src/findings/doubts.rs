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

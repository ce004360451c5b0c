//! What the account's owners have decided: limits, lists of their own domains and countries, checks that are off.
//!
//! This is the value; its file is read by `imports`. Defaults are what somebody gets who writes no file.

use chrono::Duration;
use std::collections::BTreeSet;

/// The decisions that checks measure an account by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How many days ahead somebody counts as next in line: severity is raised within them.
    pub horizon_days: u16,
    /// The limits that hold for everybody whom no team's own limits name.
    pub limits: Limits,
    /// Limits of teams, the first one that names an alias wins.
    pub teams: Vec<TeamPolicy>,
    /// What addresses may be.
    pub addresses: AddressPolicy,
    /// What is expected of people and their owners.
    pub people: PeoplePolicy,
    /// Aliases (patterns with `*`) of schedules, plans or people that may end an escalation plan.
    pub catch_all: Vec<String>,
    /// The accounts with which contacts and plans may be shared, and whose shared-in contacts are expected.
    pub trusted_accounts: BTreeSet<String>,
    /// How reviews are held.
    pub review: ReviewPolicy,
}

/// Limits that a team may have of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Minutes after which a person's first working device must have been tried.
    pub first_device_minutes: u16,
    /// Minutes after which a second person must have been paged, in the worst case.
    pub second_human_minutes: u16,
    /// Minutes after which somebody must have been paged by a response plan of impact 1 or 2, in the worst case.
    pub first_human_minutes: u16,
    /// Days after which a confirmation is too old.
    pub confirmation_days: u16,
    /// Days that a device may wait for its code.
    pub code_days: u16,
    /// Days after somebody's last day until which they have to be taken out.
    pub removal_days: u16,
    /// How many times a fair share of night or weekend hours one person may carry, in percent: 200 is twice.
    pub fair_share_percent: u16,
    /// The codes of the checks that are off.
    pub checks_off: BTreeSet<String>,
}

/// The limits of some aliases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamPolicy {
    /// The team's name, for messages.
    pub name: String,
    /// The aliases it is about, as patterns with `*`.
    pub aliases: Vec<String>,
    /// Its limits, complete.
    pub limits: Limits,
}

/// What addresses may be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressPolicy {
    /// The company's mail domains; empty means that any will do.
    pub mail_domains: Vec<String>,
    /// The country codes, such as `44`, that numbers may have; empty means any.
    pub country_codes: BTreeSet<u16>,
    /// Names before the `@` that are lists or shared mailboxes, besides the usual ones.
    pub shared_mailboxes: BTreeSet<String>,
    /// Beginnings of numbers that are reserved for fiction and are real here, such as `+447700900`.
    pub real_numbers: Vec<String>,
    /// Domains that are reserved for examples and are real here.
    pub real_domains: Vec<String>,
}

/// What is expected of people and their owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeoplePolicy {
    /// The keys of tags of which one has to name the owner or the team.
    pub owner_tags: Vec<String>,
    /// The teams of the roster whose people have to be contacts; empty means every team of which one person is.
    pub on_call_teams: Vec<String>,
}

/// How reviews are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewPolicy {
    /// Days between reviews.
    pub every_days: u16,
    /// Hours that an inventory may be old at sign-off.
    pub freshness_hours: u16,
    /// Days within which a decision has to be carried out.
    pub decision_days: u16,
    /// Seconds that reading a row takes at least.
    pub reading_seconds: u16,
    /// How many of a hundred rows may be decided in bulk.
    pub bulk_percent: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            horizon_days: 14,
            limits: Limits::default(),
            teams: Vec::new(),
            addresses: AddressPolicy::default(),
            people: PeoplePolicy {
                owner_tags: vec!["owner".to_owned(), "team".to_owned()],
                on_call_teams: Vec::new(),
            },
            catch_all: vec!["duty-manager*".to_owned(), "catch-all*".to_owned()],
            trusted_accounts: BTreeSet::new(),
            review: ReviewPolicy {
                every_days: 92,
                freshness_hours: 24,
                decision_days: 14,
                reading_seconds: 3,
                bulk_percent: 80,
            },
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_device_minutes: 5,
            second_human_minutes: 15,
            first_human_minutes: 10,
            confirmation_days: 92,
            code_days: 7,
            removal_days: 3,
            fair_share_percent: 200,
            checks_off: BTreeSet::new(),
        }
    }
}

impl Policy {
    /// Returns the limits for an alias (of a contact) or a name (of a rotation or response plan).
    pub fn limits_of(&self, alias: &str) -> &Limits {
        let team = self.team_of(alias).and_then(|place| self.teams.get(place));
        team.map_or(&self.limits, |team| &team.limits)
    }

    /// Returns the place of the first team that names an alias.
    pub(super) fn team_of(&self, alias: &str) -> Option<usize> {
        let named = |team: &TeamPolicy| team.aliases.iter().any(|pattern| is_match(pattern, alias));
        self.teams.iter().position(named)
    }

    /// Returns whether an alias may end an escalation plan.
    pub fn is_catch_all(&self, alias: &str) -> bool {
        self.catch_all.iter().any(|pattern| is_match(pattern, alias))
    }

    /// Returns how far ahead somebody counts as next in line.
    pub fn horizon(&self) -> Duration {
        Duration::days(i64::from(self.horizon_days))
    }
}

/// Returns whether `alias` is what `pattern` means, in which `*` stands for anything.
fn is_match(pattern: &str, alias: &str) -> bool {
    wildmatch::WildMatch::new(pattern).matches(alias)
}

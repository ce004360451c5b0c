//! The checks against organisations in which nothing is wrong but one fault: it is found, there and nowhere else; and
//! whatever cannot be read, no check says that all is well.

use crate::{demo, harness::start_of_test};
use callsheet::{
    domain::{
        Timestamp,
        address::Address,
        gap::{Gap, GapReason, Reading},
        graph::Graph,
        ids::Arn,
        inventory::{Inventory, Part, SectionKind},
        load::LoadEvent,
        operation::Operation,
        roster::{Employment, Roster, RosterEntry},
    },
    emulator::{
        generate::{
            clean::{self, Organisation},
            faults::{FAULTS, Fault, before_the_clocks_change},
        },
        world::ContactType,
    },
    findings::{
        Check, FindingResult,
        evaluate::{Findings, NO_LEDGER, evaluate_only},
        facts::Facts,
        judging::Judging,
        registry::{self, CHECKS},
    },
};
use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

/// The checks that look at the ledger and at waivers, which are no part of an account: their own tests say what they find.
const NOT_SEEDED: [&str; 14] = [
    "CH10", "CH12", "CH13", "CH16", "CH19", "RV01", "RV02", "RV03", "RV04", "RV05", "RV06", "RV07", "RV09", "",
];

/// Two teams with their managers: enough for every fault.
const PEOPLE: usize = 15;

/// Returns what an organisation is judged by: its numbers and its domain are real, and its roster is the one it came
/// with.
fn judging(organisation: &Organisation) -> Judging {
    let mut judging = Judging::default();
    judging.policy.addresses.mail_domains = vec![clean::DOMAIN.to_owned()];
    judging.policy.addresses.real_domains = vec![clean::DOMAIN.to_owned(), "elsewhere.example".to_owned()];
    // The hundred of its area code, which nobody else has.
    let hundreds = organisation
        .roster
        .iter()
        .map(|employee| employee.phone.chars().take(10).collect());
    judging.policy.addresses.real_numbers = hundreds.collect::<BTreeSet<String>>().into_iter().collect();
    judging.policy.addresses.country_codes = [1].into();
    let entries = organisation.roster.iter().zip(2..).map(|(employee, line)| RosterEntry {
        line,
        name: employee.name.clone(),
        email: Some(Address::new(&employee.email)),
        phone: Some(Address::new(&employee.phone)),
        team: Some(employee.team.clone()),
        status: if employee.status == "left" {
            Employment::Left
        } else {
            Employment::Active
        },
        left_on: employee.left_on.parse().ok(),
        manager: None,
    });
    judging.roster = Some(Roster {
        entries: entries.collect(),
        faults: Vec::new(),
    });
    judging
}

/// An organisation as it is read, and what it is judged by.
struct Account {
    parts: Vec<Part>,
    judging: Judging,
    now: Timestamp,
}

impl Account {
    fn of(organisation: Organisation) -> Self {
        let (judging, now) = (judging(&organisation), organisation.now);
        let events = demo::read(organisation.world, now);
        let parts = events.into_iter().filter_map(|event| match event {
            LoadEvent::Part(part) => Some(part),
            LoadEvent::Connected(_) | LoadEvent::Call(_) | LoadEvent::Progress(_) | LoadEvent::Slowed { .. } => None,
        });
        Self {
            parts: parts.collect(),
            judging,
            now,
        }
    }

    fn findings(&self) -> Findings {
        self.findings_of(self.parts.iter().cloned(), CHECKS)
    }

    fn findings_of(&self, parts: impl IntoIterator<Item = Part>, checks: &[&'static Check]) -> Findings {
        let mut inventory = Inventory::empty("eu-west-1", None);
        parts.into_iter().for_each(|part| inventory.apply(part));
        let graph = Graph::build(&inventory);
        evaluate_only(&Facts::new(&inventory, &graph, &self.judging, self.now), checks)
    }
}

fn organisation(people: usize, seed: u64) -> Organisation {
    clean::clean(people, seed, start_of_test())
}

/// Returns the organisations into which a fault was seeded, and where.
fn all_seeded() -> impl Iterator<Item = (&'static Fault, &'static Account, &'static BTreeSet<String>)> {
    static ALL: OnceLock<Vec<(Account, BTreeSet<String>)>> = OnceLock::new();
    let all = ALL.get_or_init(|| FAULTS.iter().map(seeded).collect());
    FAULTS
        .iter()
        .zip(all)
        .map(|(fault, (account, subjects))| (fault, account, subjects))
}

fn seeded(fault: &Fault) -> (Account, BTreeSet<String>) {
    let now = match fault.code {
        "SC11" => before_the_clocks_change(),
        _ => start_of_test(),
    };
    let mut organisation = clean::clean(PEOPLE, 1, now);
    let subjects = (fault.seed)(&mut organisation).into_iter().collect();
    (Account::of(organisation), subjects)
}

fn lines(findings: &Findings) -> Vec<String> {
    let line = |finding: &callsheet::findings::Finding| {
        format!(
            "{} {:?} {}: {}",
            finding.check.code,
            finding.result.word(),
            finding.subject.id,
            finding.message
        )
    };
    findings.items.iter().map(line).collect()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    for (people, seed) in [(0, 1), (9, 2), (PEOPLE, 1), (60, 3)] {
        let findings = Account::of(organisation(people, seed)).findings();
        assert_eq!(lines(&findings), Vec::<String>::new(), "{people} people, seed {seed}");
        assert!(!findings.is_pending());
        // The ledger is no part of an account.
        assert!(findings.not_run.iter().all(|not_run| not_run.why == NO_LEDGER));
        if people > 0 {
            let judged: usize = findings.tallies.iter().map(|tally| tally.pass).sum();
            assert!(judged > people, "{judged} answers");
        }
    }
}

#[test]
fn nothing_is_found_when_the_clocks_change_between_two_hand_overs() {
    let findings = Account::of(clean::clean(PEOPLE, 1, before_the_clocks_change())).findings();
    assert_eq!(lines(&findings), Vec::<String>::new());
}

#[test]
fn an_account_from_which_everybody_was_deleted_pages_nobody_and_says_so() {
    let mut organisation = organisation(PEOPLE, 1);
    let is_kept = |kind: ContactType| kind == ContactType::Escalation;
    organisation.world.contacts.retain(|_, contact| is_kept(contact.kind));
    let plans = organisation.world.contacts.len();
    let responses = organisation.world.response_plans.len();
    let mut account = Account::of(organisation);
    account.judging.policy.people.on_call_teams = vec!["duty".to_owned()];
    let findings = account.findings();
    let failed = |code: &str| {
        let found = findings.items.iter().filter(|finding| finding.check.code == code);
        found.filter(|finding| finding.result == FindingResult::Fail).count()
    };
    assert_eq!(
        (failed("ES02"), failed("RP02")),
        (plans, responses),
        "{:#?}",
        lines(&findings)
    );
    assert_eq!(failed("ID04"), 3, "the duty managers of the roster have no contacts");
    let unknown: Vec<String> = lines(&findings)
        .into_iter()
        .filter(|line| line.contains("unknown"))
        .collect();
    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn every_check_has_a_fault_that_is_seeded_and_every_fault_a_check() {
    let faults: BTreeSet<&str> = FAULTS.iter().map(|fault| fault.code).collect();
    assert_eq!(faults.len(), FAULTS.len(), "no code twice");
    let checks: BTreeSet<&str> = CHECKS.iter().map(|check| check.code).collect();
    let expected: BTreeSet<&str> = checks
        .iter()
        .copied()
        .filter(|code| !NOT_SEEDED.contains(code))
        .collect();
    assert_eq!(faults, expected);
}

#[test]
fn every_fault_is_found_there_and_nowhere_else() {
    let mut wrong = Vec::new();
    for (fault, account, subjects) in all_seeded() {
        let findings = account.findings();
        let found: BTreeSet<String> = findings
            .items
            .iter()
            .filter(|finding| finding.check.code == fault.code && finding.result == FindingResult::Fail)
            .map(|finding| finding.subject.id.clone())
            .collect();
        if found != *subjects || subjects.is_empty() {
            wrong.push(format!(
                "{}: seeded into {subjects:?}, found in {found:?}; all: {:#?}",
                fault.code,
                lines(&findings)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns what is left of a load when one read is denied: every read of it in turn.
fn denied_one_by_one(parts: &[Part]) -> Vec<(String, Vec<Part>)> {
    let mut all = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let Some((name, lost)) = lost(part) else { continue };
        let is_of_lost_list = |other: &Part| {
            matches!(
                (part, other),
                (Part::SectionEnded(SectionKind::Contacts, _), Part::Contacts(_))
                    | (Part::SectionEnded(SectionKind::Rotations, _), Part::Rotations(_))
                    | (
                        Part::SectionEnded(SectionKind::ResponsePlans, _),
                        Part::ResponsePlans(_)
                    )
            )
        };
        let rest = parts.iter().enumerate().filter(|(_, other)| !is_of_lost_list(other));
        let rest = rest.map(|(at, other)| if at == place { lost.clone() } else { other.clone() });
        all.push((name, rest.collect()));
    }
    all
}

/// Returns a part as it is when its read was denied; nothing for what is no answer to a read.
fn lost(part: &Part) -> Option<(String, Part)> {
    fn gap(operation: Operation, subject: Option<&Arn>) -> Arc<Gap> {
        Arc::new(Gap {
            operation,
            subject: subject.cloned(),
            reason: GapReason::Denied,
            request_id: None,
            at: start_of_test(),
        })
    }
    macro_rules! unknown {
        ($operation:ident, $arn:expr, $part:ident) => {{
            let gap = gap(Operation::$operation, Some($arn));
            Some((gap.to_string(), Part::$part($arn.clone(), Reading::Unknown(gap))))
        }};
    }
    match part {
        Part::Plan(arn, _) => unknown!(GetContact, arn, Plan),
        Part::Channels(arn, _) => unknown!(ListContactChannels, arn, Channels),
        Part::RotationMembers(arn, _) => unknown!(GetRotation, arn, RotationMembers),
        Part::Overrides(arn, _) => unknown!(ListRotationOverrides, arn, Overrides),
        Part::Shifts(arn, _) => unknown!(ListRotationShifts, arn, Shifts),
        Part::ResponsePlanDetail(arn, _) => unknown!(GetResponsePlan, arn, ResponsePlanDetail),
        Part::Tags(arn, _) if arn.service() == "ssm-incidents" => unknown!(ListResponsePlanTags, arn, Tags),
        Part::Tags(arn, _) => unknown!(ListContactTags, arn, Tags),
        Part::Sharing(arn, _) if arn.service() == "ssm-incidents" => unknown!(GetResourcePolicies, arn, Sharing),
        Part::Sharing(arn, _) => unknown!(GetContactPolicy, arn, Sharing),
        Part::ReplicationSet(_) => {
            let gap = gap(Operation::GetReplicationSet, None);
            Some((gap.to_string(), Part::ReplicationSet(Reading::Unknown(gap))))
        }
        Part::SectionEnded(kind, _) => {
            let operation = match kind {
                SectionKind::Contacts => Operation::ListContacts,
                SectionKind::Rotations => Operation::ListRotations,
                SectionKind::ResponsePlans => Operation::ListResponsePlans,
            };
            let gap = gap(operation, None);
            Some((gap.to_string(), Part::SectionEnded(*kind, Some(gap))))
        }
        Part::Started { .. }
        | Part::Caller(_)
        | Part::Contacts(_)
        | Part::Rotations(_)
        | Part::ResponsePlans(_)
        | Part::Gone(_)
        | Part::Read(_)
        | Part::Ended { .. } => None,
    }
}

#[test]
fn a_read_that_is_denied_never_makes_a_fault_look_like_nothing() {
    let mut wrong = Vec::new();
    for (fault, account, subjects) in all_seeded() {
        let Some(check) = registry::check(fault.code) else {
            continue;
        };
        // The check with those that make it moot: all others have no say in what it comes to.
        let others = check.moot_when.iter().filter_map(|code| registry::check(code));
        let checks: Vec<&'static Check> = others.chain([check]).collect();
        for (denied, parts) in denied_one_by_one(&account.parts) {
            let findings = account.findings_of(parts, &checks);
            let tally = findings.tallies.iter().find(|tally| tally.check.code == fault.code);
            // A fault that goes without saying because a worse one stands is not passed over.
            if tally.is_some_and(|tally| tally.moot > 0) {
                continue;
            }
            let said: BTreeSet<&str> = findings
                .items
                .iter()
                .filter(|finding| finding.check.code == fault.code)
                .map(|finding| finding.subject.id.as_str())
                .collect();
            let is_open = said.iter().any(|id| id.starts_with("account:"));
            for subject in subjects {
                // Of a device whose list was denied, its person is unknown.
                let alias = subject
                    .split("contact-channel/")
                    .nth(1)
                    .and_then(|rest| rest.split('/').next());
                let person = alias.map(|alias| format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{alias}"));
                let is_said =
                    said.contains(subject.as_str()) || person.is_some_and(|person| said.contains(person.as_str()));
                if !is_said && !is_open {
                    wrong.push(format!("{} in {subject} is passed over without {denied}", fault.code));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

//! Every check asked about everything it applies to.
//!
//! The rules that hold for all checks are here and nowhere else: a gap in what a check needs makes its subject unknown, a
//! gap in what could hide a fault turns "pass" into unknown, the most fatal finding makes others moot, a waiver that
//! holds lays itself over a failure.

use super::{
    Check, Fault, Finding, FindingResult, Judge, Verdict,
    facts::Facts,
    imminence::Lines,
    needs::{self, Missing, Need, Own, Whole},
    registry::CHECKS,
    severity::{self, Place, Severity},
    subject::{Subject, SubjectKind},
    waiver::WaiverState,
};
use crate::domain::{
    Timestamp,
    contact::{Channel, Contact, ContactKind},
    ids::Arn,
    response::ResponsePlan,
    roster::RosterEntry,
    schedule::Rotation,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What all checks said of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// What failed, then what is unknown, then what is waived; in each the worst first, then what hurts soonest.
    pub items: Vec<Finding>,
    /// How often each check said what, in the order of the catalogue.
    pub tallies: Vec<Tally>,
    /// The checks that were not asked, and why.
    pub not_run: Vec<NotRun>,
    /// When they were asked.
    pub at: Timestamp,
}

/// How often a check said what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The check.
    pub check: &'static Check,
    /// Subjects with which nothing is wrong.
    pub pass: usize,
    /// Subjects with which something is wrong.
    pub fail: usize,
    /// Subjects of which it cannot be told.
    pub unknown: usize,
    /// Subjects with a failure that somebody has decided to live with.
    pub waived: usize,
    /// Subjects of which something is still to come.
    pub pending: usize,
    /// Failures that go without saying, since a more fatal one stands.
    pub moot: usize,
    /// Subjects for which the policy has the check off.
    pub off: usize,
}

/// A check that was not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// The check.
    pub check: &'static Check,
    /// Why, in words.
    pub why: &'static str,
}

/// Why checks of people are not asked.
pub const NO_ROSTER: &str = "no roster was given";

/// Why checks of the review are not asked.
pub const NO_LEDGER: &str = "no ledger was read";

/// Asks every check.
pub fn evaluate(facts: &Facts<'_>) -> Findings {
    evaluate_only(facts, CHECKS)
}

/// Asks some checks. Those that make others moot have to be among them.
pub fn evaluate_only(facts: &Facts<'_>, checks: &[&'static Check]) -> Findings {
    let mut round = Round {
        facts,
        whole: Whole::of(facts.inventory),
        answers: Vec::new(),
        findings: Findings {
            at: facts.now,
            ..Findings::default()
        },
    };
    for check in checks {
        round.count_for(check);
    }
    round.ask();
    round.finish()
}

/// A check with the place of its tally.
#[derive(Clone, Copy)]
struct At {
    tally: usize,
    check: &'static Check,
}

type JudgeOfDevice = fn(&Facts<'_>, &Contact, &Channel) -> Verdict;
type JudgeOf<T> = fn(&Facts<'_>, &T) -> Verdict;
type JudgeOfAccount = fn(&Facts<'_>) -> Verdict;

/// The checks by what they are asked about.
#[derive(Default)]
struct Asked {
    /// The lists that a check's subjects come from, each once.
    lists: Vec<(Need, At)>,
    people: Vec<(At, JudgeOf<Contact>)>,
    devices: Vec<(At, JudgeOfDevice)>,
    plans: Vec<(At, JudgeOf<Contact>)>,
    schedules: Vec<(At, JudgeOf<Contact>)>,
    rotations: Vec<(At, JudgeOf<Rotation>)>,
    responses: Vec<(At, JudgeOf<ResponsePlan>)>,
    entries: Vec<(At, JudgeOf<RosterEntry>)>,
    accounts: Vec<(At, JudgeOfAccount)>,
}

impl Asked {
    fn of(tallies: &[Tally]) -> Self {
        let mut asked = Self::default();
        for (tally, check) in tallies.iter().map(|tally| tally.check).enumerate() {
            let at = At { tally, check };
            let mut lists = BTreeSet::new();
            for judge in check.judges {
                match *judge {
                    Judge::Person(judge) => asked.people.push((at, judge)),
                    Judge::Device(judge) => asked.devices.push((at, judge)),
                    Judge::Plan(judge) => asked.plans.push((at, judge)),
                    Judge::Schedule(judge) => asked.schedules.push((at, judge)),
                    Judge::Rotation(judge) => asked.rotations.push((at, judge)),
                    Judge::Response(judge) => asked.responses.push((at, judge)),
                    Judge::Entry(judge) => asked.entries.push((at, judge)),
                    Judge::Account(judge) => asked.accounts.push((at, judge)),
                    // Asked at the end, when it is known which findings there are.
                    Judge::Waiver(_) => {}
                }
                lists.extend(list_of(judge));
            }
            asked.lists.extend(lists.into_iter().map(|list| (list, at)));
        }
        asked
    }
}

/// Returns the list that a judge's subjects come from.
fn list_of(judge: &Judge) -> Option<Need> {
    match judge {
        Judge::Person(_) | Judge::Device(_) | Judge::Plan(_) | Judge::Schedule(_) => Some(Need::Contacts),
        Judge::Rotation(_) => Some(Need::Rotations),
        Judge::Response(_) => Some(Need::ResponsePlans),
        Judge::Entry(_) | Judge::Waiver(_) | Judge::Account(_) => None,
    }
}

/// One answer that is not "pass".
struct Answer {
    tally: usize,
    subject: Subject,
    result: Result<Fault, String>,
}

struct Round<'r, 'a> {
    facts: &'r Facts<'a>,
    whole: Whole,
    answers: Vec<Answer>,
    findings: Findings,
}

impl Round<'_, '_> {
    /// Begins to count what a check says; one for which there is no roster or no ledger is not asked.
    fn count_for(&mut self, check: &'static Check) {
        let facts = self.facts;
        let lacks = |need: Need, is_there: bool, why| (check.needs.contains(&need) && !is_there).then_some(why);
        let roster = lacks(Need::Roster, facts.roster.is_some(), NO_ROSTER);
        if let Some(why) = roster.or_else(|| lacks(Need::Ledger, facts.recorded.is_some(), NO_LEDGER)) {
            self.findings.not_run.push(NotRun { check, why });
            return;
        }
        self.findings.tallies.push(Tally {
            check,
            pass: 0,
            fail: 0,
            unknown: 0,
            waived: 0,
            pending: 0,
            moot: 0,
            off: 0,
        });
    }

    /// Asks every check about one subject before going on to the next: what a subject consists of is looked at by many
    /// checks, and is at hand only for a moment.
    fn ask(&mut self) {
        let facts = self.facts;
        let inventory = facts.inventory;
        let asked = Asked::of(&self.findings.tallies);
        for (list, at) in &asked.lists {
            self.population(*at, *list);
        }
        for contact in inventory.contacts.items.values() {
            let judges = match contact.kind {
                ContactKind::EscalationPlan => &asked.plans,
                ContactKind::Schedule => &asked.schedules,
                // One of a type that is not known may have devices.
                ContactKind::Person | ContactKind::Other(_) => &asked.people,
            };
            for (at, judge) in judges {
                self.answer_of_contact(*at, contact, |contact| judge(facts, contact));
            }
            if needs::has_devices(contact) {
                self.ask_devices(&asked.devices, contact);
            }
        }
        for rotation in inventory.rotations.items.values() {
            for (at, judge) in &asked.rotations {
                self.answer(
                    (*at, &rotation.name),
                    Own::Rotation(rotation),
                    || Subject::of_rotation(rotation),
                    || judge(facts, rotation),
                );
            }
        }
        for plan in inventory.response_plans.items.values() {
            for (at, judge) in &asked.responses {
                self.answer(
                    (*at, &plan.name),
                    Own::Response(plan),
                    || Subject::of_response(plan),
                    || judge(facts, plan),
                );
            }
        }
        for entry in facts.roster.into_iter().flat_map(|roster| &roster.entries) {
            for (at, judge) in &asked.entries {
                self.answer(
                    (*at, &entry.name),
                    Own::Nothing,
                    || Subject::of_entry(entry),
                    || judge(facts, entry),
                );
            }
        }
        for (at, judge) in &asked.accounts {
            self.answer(
                (*at, ""),
                Own::Nothing,
                || Subject::of_account(inventory),
                || judge(facts),
            );
        }
    }

    fn answer_of_contact(&mut self, at: At, contact: &Contact, judge: impl FnOnce(&Contact) -> Verdict) {
        self.answer(
            (at, &contact.alias),
            Own::Contact(contact),
            || Subject::of_contact(contact),
            || judge(contact),
        );
    }

    fn ask_devices(&mut self, judges: &[(At, JudgeOfDevice)], person: &Contact) {
        let facts = self.facts;
        let Some(channels) = person.channels.known() else {
            // The devices are not known one by one: the person stands for them.
            for (at, _) in judges {
                self.answer_of_contact(*at, person, |_| Verdict::Pending);
            }
            return;
        };
        for channel in channels {
            for (at, judge) in judges {
                self.answer(
                    (*at, &person.alias),
                    Own::Contact(person),
                    || Subject::of_device(person, channel),
                    || judge(facts, person, channel),
                );
            }
        }
    }

    /// Says that there may be more subjects than were read.
    fn population(&mut self, At { tally, .. }: At, list: Need) {
        let inventory = self.facts.inventory;
        match self.whole.missing(list).cloned() {
            Some(Missing::Unread(why)) => self.unknown(tally, Subject::of_account(inventory), why),
            Some(Missing::Pending) if inventory.ended_at.is_some() => {
                let subject = Subject::of_account(inventory);
                let why = needs::never_asked(&subject);
                self.unknown(tally, subject, why);
            }
            Some(Missing::Pending) | None => {}
        }
    }

    fn answer(
        &mut self,
        (At { tally, check }, alias): (At, &str),
        own: Own<'_>,
        subject: impl FnOnce() -> Subject,
        judge: impl FnOnce() -> Verdict,
    ) {
        if self.facts.limits_of(alias).checks_off.contains(check.code) {
            return self.count(tally, |tally| tally.off += 1);
        }
        let verdict = match self.whole.first_missing(check.needs, own) {
            Some(Missing::Unread(why)) => Verdict::Unknown(why),
            Some(Missing::Pending) => Verdict::Pending,
            None => judge(),
        };
        let verdict = match verdict {
            Verdict::Pass => match self.whole.first_missing(check.hides, own) {
                Some(Missing::Unread(why)) => Verdict::Unknown(why),
                Some(Missing::Pending) => Verdict::Pending,
                None => Verdict::Pass,
            },
            other @ (Verdict::NotApplicable | Verdict::Fail(_) | Verdict::Unknown(_) | Verdict::Pending) => other,
        };
        match verdict {
            Verdict::NotApplicable => {}
            Verdict::Pass => self.count(tally, |tally| tally.pass += 1),
            Verdict::Pending if self.facts.inventory.ended_at.is_none() => {
                self.count(tally, |tally| tally.pending += 1);
            }
            Verdict::Pending => {
                let subject = subject();
                let why = needs::never_asked(&subject);
                self.unknown(tally, subject, why);
            }
            Verdict::Unknown(why) => self.unknown(tally, subject(), why),
            Verdict::Fail(fault) => self.answers.push(Answer {
                tally,
                subject: subject(),
                result: Ok(fault),
            }),
        }
    }

    fn unknown(&mut self, tally: usize, subject: Subject, why: String) {
        self.answers.push(Answer {
            tally,
            subject,
            result: Err(why),
        });
    }

    fn count(&mut self, tally: usize, change: impl FnOnce(&mut Tally)) {
        if let Some(tally) = self.findings.tallies.get_mut(tally) {
            change(tally);
        }
    }

    /// Takes out what is moot, lays waivers over the rest, and puts the worst first.
    fn finish(mut self) -> Findings {
        let facts = self.facts;
        let lines = Lines::new(facts.inventory, facts.graph, facts.now, facts.policy.horizon());
        let is_moot = self.moot();
        for (answer, is_moot) in std::mem::take(&mut self.answers).into_iter().zip(is_moot) {
            let Some(check) = self.findings.tallies.get(answer.tally).map(|tally| tally.check) else {
                continue;
            };
            if is_moot {
                self.count(answer.tally, |tally| tally.moot += 1);
                continue;
            }
            let finding = self.found(check, answer.subject, answer.result, &lines);
            self.tell(answer.tally, finding);
        }
        self.judge_waivers(&lines);
        let mut findings = self.findings;
        let order: BTreeMap<&str, usize> = findings
            .tallies
            .iter()
            .enumerate()
            .map(|(index, tally)| (tally.check.code, index))
            .collect();
        findings.items.sort_by(|a, b| {
            let key = |finding: &Finding| {
                (
                    finding.result.rank(),
                    std::cmp::Reverse(finding.standing.severity),
                    finding.standing.hurts_at.unwrap_or(Timestamp::MAX_UTC),
                    order.get(finding.check.code).copied(),
                )
            };
            key(a)
                .cmp(&key(b))
                .then_with(|| a.subject.name.cmp(&b.subject.name))
                .then_with(|| a.subject.id.cmp(&b.subject.id))
        });
        findings
    }

    /// Returns for each answer whether it goes without saying, since a more fatal one stands.
    fn moot(&self) -> Vec<bool> {
        let check = |answer: &Answer| self.findings.tallies.get(answer.tally).map(|tally| tally.check);
        let failed: HashSet<(&str, &str)> = self
            .answers
            .iter()
            .filter(|answer| answer.result.is_ok())
            .filter_map(|answer| Some((check(answer)?.code, answer.subject.id.as_str())))
            .collect();
        let is_moot = |answer: &Answer| {
            let mut codes = check(answer).map_or(&[][..], |check| check.moot_when).iter();
            let person = answer.subject.person.as_ref().map(Arn::as_str);
            codes.any(|code| {
                failed.contains(&(*code, answer.subject.id.as_str()))
                    || person.is_some_and(|person| failed.contains(&(*code, person)))
            })
        };
        self.answers.iter().map(is_moot).collect()
    }

    fn found(
        &self,
        check: &'static Check,
        subject: Subject,
        result: Result<Fault, String>,
        lines: &Lines<'_>,
    ) -> Finding {
        let paged = subject.person.as_ref().or(subject.arn.as_ref());
        let mut place = paged.map_or(Place::Untold, |arn| lines.place(arn));
        // A device that no stage names is paged by nothing, however often its person is.
        if let (SubjectKind::Device, Some(arn)) = (subject.kind, &subject.arn)
            && self.facts.graph.used_by(arn).is_empty()
            && !self.facts.graph.may_miss_uses()
        {
            place = Place::Unnamed;
        }
        let (message, evidence, stands, result) = match result {
            Ok(fault) => {
                let stands = (fault.hurts_at, fault.low_because);
                (fault.message, fault.evidence, stands, FindingResult::Fail)
            }
            Err(why) => (why, Vec::new(), (None, None), FindingResult::Unknown),
        };
        Finding {
            check,
            result,
            standing: severity::standing(check, &place, stands, self.facts.now),
            subject,
            message,
            evidence,
        }
    }

    fn tell(&mut self, tally: usize, mut finding: Finding) {
        if finding.result == FindingResult::Fail {
            let today = self.facts.now.date_naive();
            let holding = self
                .facts
                .waivers
                .iter()
                .find(|waiver| waiver.is_about(&finding) && waiver.state(&finding, today) == WaiverState::Holds);
            if let Some(waiver) = holding {
                finding.result = FindingResult::Waived(Box::new(waiver.clone()));
            }
        }
        self.count(tally, |tally| match &finding.result {
            FindingResult::Fail => tally.fail += 1,
            FindingResult::Unknown => tally.unknown += 1,
            FindingResult::Waived(_) => tally.waived += 1,
        });
        self.findings.items.push(finding);
    }

    /// Asks about the waivers themselves, now that it is known what they are laid over.
    fn judge_waivers(&mut self, lines: &Lines<'_>) {
        let facts = self.facts;
        let judges: Vec<_> = self
            .findings
            .tallies
            .iter()
            .enumerate()
            .flat_map(|(index, tally)| tally.check.judges.iter().map(move |judge| (index, tally.check, judge)))
            .collect();
        for (tally, check, judge) in judges {
            let Judge::Waiver(judge) = judge else { continue };
            for waiver in facts.waivers {
                let mut about = self.findings.items.iter().filter(|finding| waiver.is_about(finding));
                let verdict = judge(facts, waiver, about.next());
                let subject = Subject::of_waiver(waiver);
                let result = match verdict {
                    Verdict::NotApplicable | Verdict::Pending => continue,
                    Verdict::Pass => {
                        self.count(tally, |tally| tally.pass += 1);
                        continue;
                    }
                    Verdict::Fail(fault) => Ok(fault),
                    Verdict::Unknown(why) => Err(why),
                };
                let finding = self.found(check, subject, result, lines);
                self.tell(tally, finding);
            }
        }
    }
}

impl Findings {
    /// Returns how many findings of a severity failed.
    pub fn failed(&self, severity: Severity) -> usize {
        let failed = self
            .items
            .iter()
            .filter(|finding| finding.result == FindingResult::Fail);
        failed.filter(|finding| finding.severity() == severity).count()
    }

    /// Returns whether something is still to come.
    pub fn is_pending(&self) -> bool {
        self.tallies.iter().any(|tally| tally.pending > 0)
    }
}

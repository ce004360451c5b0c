//! A run against an account in memory: with kills, faults and another client at every point of it.

use super::*;
use crate::{
    changes::{Changeset, apply::Previews, build, changeset::Draft, fact::ChangesetPlanned},
    domain::{
        contact::{ActivationStatus, Plan},
        gap::Reading,
        sample,
        world::{World, at, contact_arn, device_arn, response_arn, rotation_arn},
    },
};
use std::sync::Arc;

/// More instructions than any of these runs has.
const MANY: usize = 400;

/// An account, what was recorded and what was sent.
#[derive(Clone)]
struct Fake {
    account: Inventory,
    ledger: Vec<Fact>,
    sent: Vec<Write>,
    /// How many codes lie on devices.
    codes: usize,
    /// How often the operator enters a wrong code before the right one.
    wrong_codes: usize,
}

/// What goes wrong with one instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The program is killed before it is done.
    KilledBefore,
    /// The program is killed after it was done.
    KilledAfter,
    /// It fails for sure.
    Fails,
    /// It is not done, and nobody knows.
    Lost,
    /// It is done, and nobody knows.
    DoneUnknown,
}

impl Fake {
    fn new(account: Inventory) -> Self {
        Self {
            account,
            ledger: Vec::new(),
            sent: Vec::new(),
            codes: 0,
            wrong_codes: 0,
        }
    }

    fn write(&mut self, write: &Write) {
        self.sent.push(write.clone());
        self.codes += usize::from(is_code(write));
        apply::apply_one(&mut self.account, write, &Previews::new());
        // The service gives ids of its own.
        for rotation in self.account.rotations.items.values_mut() {
            if let Reading::Known(overrides) = &mut Arc::make_mut(rotation).overrides {
                for made in overrides.iter_mut().filter(|known| known.id.is_empty()) {
                    made.id = format!("made-{}", made.start_at.timestamp());
                }
            }
        }
    }

    /// Returns the run that a program makes which was just started.
    fn run(&self, planned: &ChangesetPlanned, direction: Direction) -> Run {
        let Fact::Planned(planned) = from_disk(&Fact::Planned(planned.clone())) else {
            panic!("a plan stays one");
        };
        let mut progress = Progress::new(Arc::new(planned));
        self.ledger.iter().for_each(|fact| progress.add(&from_disk(fact)));
        Run::new(progress, direction)
    }

    /// Carries a run out to its end, with this before each instruction; absent where the program was killed.
    fn drive(
        &mut self,
        run: &mut Run,
        mut before: impl FnMut(&mut Self, usize, &Instruction) -> Option<Fault>,
    ) -> Option<Outcome> {
        for count in 0..MANY {
            let instruction = run.next();
            let fault = before(self, count, &instruction);
            if fault == Some(Fault::KilledBefore) {
                return None;
            }
            let is_failing = matches!(fault, Some(Fault::Fails | Fault::Lost));
            match instruction {
                Instruction::Ended(outcome) => return Some(outcome),
                Instruction::Record(_) if is_failing => run.hear(Heard::NotRecorded("the disk is full")),
                Instruction::Record(facts) => {
                    self.ledger.extend(facts);
                    run.hear(Heard::Recorded);
                }
                Instruction::Read { .. } if is_failing => run.hear(Heard::NotRead("no answer in time")),
                Instruction::Read { .. } => run.hear(Heard::Read(&self.account)),
                Instruction::NeedsCode { .. } if self.codes == 0 => run.hear(Heard::NewCodeWanted),
                Instruction::NeedsCode { .. } => run.hear(Heard::CodeGiven),
                Instruction::Send { write, needs_code, .. } => {
                    let heard = self.send(&write, needs_code, fault);
                    if fault == Some(Fault::KilledAfter) {
                        return None;
                    }
                    run.hear(heard);
                }
            }
            if fault == Some(Fault::KilledAfter) {
                return None;
            }
        }
        panic!("the run does not end");
    }

    fn send(&mut self, write: &Write, needs_code: bool, fault: Option<Fault>) -> Heard<'static> {
        let not_sent = |took_effect, reason, is_about_code| Heard::NotSent {
            kind: match took_effect {
                Some(_) if is_about_code => &NotSentKind::Validation,
                Some(_) => &NotSentKind::Quota,
                None => &NotSentKind::TimedOut,
            },
            took_effect,
            reason,
            is_about_code,
        };
        assert_eq!(needs_code, is_activation(write));
        match fault {
            Some(Fault::Fails) => not_sent(Some(false), "access denied", false),
            Some(Fault::Lost) => not_sent(None, "no answer in time", false),
            _ if needs_code && self.wrong_codes > 0 => {
                self.wrong_codes -= 1;
                not_sent(Some(false), "the code is wrong", true)
            }
            Some(Fault::DoneUnknown) => {
                self.write(write);
                not_sent(None, "no answer in time", false)
            }
            Some(Fault::KilledBefore | Fault::KilledAfter) | None => {
                self.write(write);
                Heard::Sent { request_id: Some("r") }
            }
        }
    }

    /// Carries a changeset out in one go.
    fn finish(&mut self, planned: &ChangesetPlanned, direction: Direction) -> Outcome {
        let mut run = self.run(planned, direction);
        self.drive(&mut run, |_, _, _| None).unwrap()
    }

    /// Claims that nothing was sent twice that does more the second time.
    #[track_caller]
    fn assert_sent_once(&self, context: &str) {
        let mut seen: Vec<&Write> = Vec::new();
        for write in &self.sent {
            let counts = is_code(write) || is_creation(write);
            assert!(!counts || !seen.contains(&write), "{context}: sent twice: {write:?}");
            seen.push(write);
        }
    }

    /// Returns the account without the ids that the service gives.
    fn seen(&self) -> Inventory {
        let mut seen = self.account.clone();
        for rotation in seen.rotations.items.values_mut() {
            if let Reading::Known(overrides) = &mut Arc::make_mut(rotation).overrides {
                for known in overrides.iter_mut() {
                    known.id.clear();
                    known.created_at = None;
                }
                overrides.sort_by_key(|known| known.start_at);
            }
        }
        seen
    }

    fn is_active(&self, channel: &Arn) -> bool {
        self.account
            .channel(channel)
            .is_some_and(|(channel, _)| channel.status == ActivationStatus::Activated)
    }
}

/// Returns what is left of a fact when it was written and read again: no whole address is.
fn from_disk(fact: &Fact) -> Fact {
    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(data: &T) -> T {
        serde_json::from_str(&serde_json::to_string(data).unwrap()).unwrap()
    }
    match fact {
        Fact::Planned(data) => Fact::Planned(again(data)),
        Fact::Intended(data) => Fact::Intended(again(data)),
        Fact::Done(data) => Fact::Done(again(data)),
        Fact::Failed(data) => Fact::Failed(again(data)),
        Fact::Closed(data) => Fact::Closed(again(data)),
        Fact::CodeSent(data) => Fact::CodeSent(again(data)),
        Fact::Activated(data) => Fact::Activated(again(data)),
        Fact::ActivationFailed(data) => Fact::ActivationFailed(again(data)),
    }
}

fn account() -> Inventory {
    let mut inventory = World::new()
        .person(
            "akua",
            &["-phone", "mail=akua@example.com"],
            &[("phone", 5), ("mail", 0)],
        )
        .person("ben", &["phone=+447700900999"], &[("phone", 5)])
        .plan("database", &[(5, &["akua", "gone"]), (10, &["!ben"])])
        .rotation("r1", &["akua", "ben"])
        .schedule("nights", &["r1"])
        .response("outage", &["database", "nights"])
        .tagged("akua", &[("team", "core")])
        .overridden("r1", (10, 20), &["ben"], &["akua"])
        .complete()
        .inventory;
    inventory.add_fingerprints(&sample::key());
    // The shifts of a rotation are the service's own work, and no part of these worlds.
    let rotation = inventory.rotations.items.get_mut(&rotation_arn("r1")).unwrap();
    Arc::make_mut(rotation).shifts = Reading::Pending;
    inventory
}

fn phone() -> Arn {
    device_arn("akua", "phone")
}

fn planned(account: &Inventory, writes: Vec<Write>) -> ChangesetPlanned {
    let draft = Draft {
        title: "Try it".to_owned(),
        subjects: vec![contact_arn("akua")],
        writes,
    };
    Changeset::build(account, "c1".to_owned(), draft, &Previews::new())
        .unwrap()
        .planned()
}

fn activation(account: &Inventory) -> ChangesetPlanned {
    planned(account, build::activate(account, &phone()).unwrap().writes)
}

fn stages(account: &Inventory, alias: &str, change: impl FnOnce(&mut Plan)) -> Write {
    let contact = &account.contacts.items[&contact_arn(alias)];
    let mut plan = contact.plan.known().unwrap().clone();
    change(&mut plan);
    Write::UpdateContact {
        contact: contact.arn.clone(),
        kind: contact.kind.clone(),
        plan,
    }
}

/// Returns a changeset with a step of every kind that leaves its subject there.
fn everything(account: &Inventory) -> ChangesetPlanned {
    let rotation = &account.rotations.items[&rotation_arn("r1")];
    let known = &rotation.overrides.known().unwrap()[0];
    let mut writes = build::activate(account, &phone()).unwrap().writes;
    writes.extend([
        Write::UpdateResponsePlan {
            response_plan: response_arn("outage"),
            engagements: vec![contact_arn("nights")],
        },
        stages(account, "database", |plan| {
            plan.stages[0].targets.pop();
        }),
        stages(account, "database", |plan| {
            plan.stages.remove(0);
        }),
        Write::UpdateRotation {
            rotation: rotation.arn.clone(),
            members: vec![contact_arn("ben")],
            recurrence: rotation.recurrence.clone().unwrap(),
        },
        Write::DeleteRotationOverride {
            rotation: rotation.arn.clone(),
            id: known.id.clone(),
        },
        Write::CreateRotationOverride {
            rotation: rotation.arn.clone(),
            start_at: at(30),
            end_at: at(40),
            contacts: vec![contact_arn("ben")],
        },
        Write::DeactivateContactChannel {
            channel: device_arn("akua", "mail"),
        },
        Write::UpdateContactChannel {
            channel: device_arn("akua", "mail"),
            name: Some("old mail".to_owned()),
            address: None,
        },
        Write::TagResource {
            resource: contact_arn("akua"),
            tags: vec![
                ("team".to_owned(), "none".to_owned()),
                ("left".to_owned(), "2026".to_owned()),
            ],
        },
    ]);
    let planned = planned(account, writes);
    assert_eq!(planned.steps.len(), 11);
    planned
}

/// Returns the account after a changeset with which nothing went wrong.
fn after(account: &Inventory, planned: &ChangesetPlanned) -> Fake {
    let mut fake = Fake::new(account.clone());
    assert_eq!(fake.finish(planned, Direction::Forward), Outcome::Done);
    fake
}

/// Returns how many instructions a changeset takes with which nothing goes wrong.
fn length(account: &Inventory, planned: &ChangesetPlanned) -> usize {
    let mut length = 0;
    let mut fake = Fake::new(account.clone());
    let mut run = fake.run(planned, Direction::Forward);
    fake.drive(&mut run, |_, count, _| {
        length = count + 1;
        None
    });
    length
}

#[test]
fn a_write_is_compared_recorded_sent_verified_and_recorded_in_this_order() {
    let account = account();
    let planned = planned(
        &account,
        vec![stages(&account, "database", |plan| {
            plan.stages.remove(0);
        })],
    );
    let mut fake = Fake::new(account);
    let mut run = fake.run(&planned, Direction::Forward);
    let mut told = Vec::new();
    let outcome = fake.drive(&mut run, |_, _, instruction| {
        told.push(match instruction {
            Instruction::Record(facts) => format!("record {}", facts.iter().map(word).collect::<Vec<_>>().join("+")),
            Instruction::Read { .. } => "read".to_owned(),
            Instruction::Send { .. } => "send".to_owned(),
            Instruction::NeedsCode { .. } => "code".to_owned(),
            Instruction::Ended(_) => "end".to_owned(),
        });
        None
    });
    assert_eq!(outcome, Some(Outcome::Done));
    assert_eq!(
        told,
        [
            "read",
            "record intended",
            "send",
            "read",
            "record done",
            "record closed",
            "end"
        ]
    );
}

fn word(fact: &Fact) -> &'static str {
    match fact {
        Fact::Planned(_) => "planned",
        Fact::Intended(_) => "intended",
        Fact::Done(_) => "done",
        Fact::Failed(_) => "failed",
        Fact::Closed(_) => "closed",
        Fact::CodeSent(_) => "code sent",
        Fact::Activated(_) => "activated",
        Fact::ActivationFailed(_) => "activation failed",
    }
}

fn words(fake: &Fake) -> Vec<&'static str> {
    fake.ledger.iter().map(word).collect()
}

#[test]
fn a_device_is_active_only_after_its_code_and_a_wrong_one_keeps_the_step_open() {
    let account = account();
    let planned = activation(&account);
    let mut fake = Fake::new(account);
    fake.wrong_codes = 1;
    assert_eq!(fake.finish(&planned, Direction::Forward), Outcome::Done);
    assert!(fake.is_active(&phone()));
    assert_eq!(
        words(&fake),
        [
            "intended",
            "code sent",
            "done",
            "intended",
            "activation failed",
            "failed",
            "intended",
            "activated",
            "done",
            "closed"
        ]
    );
    assert_eq!(fake.codes, 1);
}

#[test]
fn a_new_code_is_sent_when_the_operator_wants_one() {
    let account = account();
    let planned = activation(&account);
    let mut fake = Fake::new(account);
    let mut run = fake.run(&planned, Direction::Forward);
    let mut wanted = 0;
    let outcome = fake.drive(&mut run, |fake, _, instruction| {
        if matches!(instruction, Instruction::NeedsCode { .. }) && wanted < 2 {
            wanted += 1;
            fake.codes = 0;
        }
        None
    });
    assert_eq!(outcome, Some(Outcome::Done));
    let codes = fake.sent.iter().filter(|write| is_code(write)).count();
    assert_eq!((codes, fake.is_active(&phone())), (3, true));
}

#[test]
fn a_code_that_the_service_takes_without_effect_is_no_activation() {
    let account = account();
    let planned = activation(&account);
    let mut fake = Fake::new(account.clone());
    let mut run = fake.run(&planned, Direction::Forward);
    let mut asked = 0;
    let outcome = fake.drive(&mut run, |fake, _, instruction| {
        if matches!(instruction, Instruction::Read { looks, .. } if *looks < LOOKS) && fake.is_active(&phone()) {
            fake.account = account.clone();
        }
        if let Instruction::NeedsCode { problem, .. } = instruction {
            asked += 1;
            assert_eq!(problem.is_some(), asked > 1);
            return (asked > 2).then_some(Fault::KilledBefore);
        }
        None
    });
    assert_eq!(outcome, None);
    assert!(!words(&fake).contains(&"activated"));
}

#[test]
fn killed_at_any_point_and_resumed_the_account_ends_up_the_same() {
    let account = account();
    for planned in [activation(&account), everything(&account)] {
        let expected = after(&account, &planned);
        for kill_at in 0..length(&account, &planned) {
            for fault in [Fault::KilledBefore, Fault::KilledAfter] {
                let mut fake = Fake::new(account.clone());
                let mut run = fake.run(&planned, Direction::Forward);
                let mut killed_while = String::new();
                fake.drive(&mut run, |_, count, instruction| {
                    if count == kill_at {
                        killed_while = format!("{instruction:?}");
                    }
                    (count == kill_at).then_some(fault)
                });
                let context = format!("{fault:?} at {kill_at} {killed_while}");
                let ended = fake.finish(&planned, Direction::Forward);
                assert!(matches!(ended, Outcome::Done | Outcome::Closed), "{context}: {ended:?}");
                assert_eq!(fake.seen(), expected.seen(), "{context}");
                fake.assert_sent_once(&context);
                assert_eq!(
                    fake.run(&planned, Direction::Forward).next(),
                    Instruction::Ended(Outcome::Closed)
                );
            }
        }
    }
}

#[test]
fn every_fault_at_every_instruction_is_told_and_can_be_gone_on_from() {
    let account = account();
    for planned in [activation(&account), everything(&account)] {
        let expected = after(&account, &planned);
        for fault_at in 0..length(&account, &planned) {
            for fault in [Fault::Fails, Fault::Lost, Fault::DoneUnknown] {
                let mut fake = Fake::new(account.clone());
                let mut run = fake.run(&planned, Direction::Forward);
                let mut failed_while = String::new();
                let mut sent_before = 0;
                let outcome = fake.drive(&mut run, |fake, count, instruction| {
                    if count == fault_at {
                        failed_while = format!("{instruction:?}");
                        sent_before = fake.sent.len();
                    }
                    (count == fault_at).then_some(fault)
                });
                let context = format!("{fault:?} at {fault_at} {failed_while}: {outcome:?}");
                if let Some(Outcome::Stopped(stop)) = outcome {
                    let mut places = [stop.done.clone(), stop.uncertain.clone(), stop.without_effect.clone()].concat();
                    places.sort_unstable();
                    assert_eq!(places, (0..planned.steps.len()).collect::<Vec<_>>(), "{context}");
                    assert_eq!(stop.lines(&planned).len(), planned.steps.len() + 1, "{context}");
                    let against = match stop.why {
                        Why::Refused if fault == Fault::Fails => Some(NotSentKind::Quota),
                        Why::Refused | Why::Uncertain => Some(NotSentKind::TimedOut),
                        Why::Changed | Why::NotRead | Why::NotRecorded | Why::AddressGone | Why::Operator => None,
                    };
                    assert_eq!(stop.against, against, "{context}");
                    if stop.why == Why::NotRecorded {
                        assert_eq!(fake.sent.len(), sent_before, "{context}: sent without a record");
                    }
                }
                let ended = fake.finish(&planned, Direction::Forward);
                assert!(matches!(ended, Outcome::Done | Outcome::Closed), "{context}: {ended:?}");
                assert_eq!(fake.seen(), expected.seen(), "{context}");
                fake.assert_sent_once(&context);
            }
        }
    }
}

#[test]
fn taken_back_from_any_point_the_account_is_as_it_was() {
    let account = account();
    let original = Fake::new(account.clone()).seen();
    let planned = everything(&account);
    let until = length(&account, &planned) - 2;
    for stop_at in 0..until {
        for fault in [Fault::KilledBefore, Fault::KilledAfter] {
            let mut fake = Fake::new(account.clone());
            let mut run = fake.run(&planned, Direction::Forward);
            fake.drive(&mut run, |_, count, _| (count == stop_at).then_some(fault));
            let ended = fake.finish(&planned, Direction::Back);
            let context = format!("{fault:?} at {stop_at}");
            assert_eq!(ended, Outcome::RolledBack { left: Vec::new() }, "{context}");
            assert_eq!(fake.seen(), original, "{context}");
            assert_eq!(fake.finish(&planned, Direction::Forward), Outcome::Closed, "{context}");
        }
    }
}

#[test]
fn killed_while_it_is_taken_back_it_only_goes_on_back() {
    let account = account();
    let original = Fake::new(account.clone()).seen();
    let planned = everything(&account);
    let mut half = Fake::new(account.clone());
    let mut run = half.run(&planned, Direction::Forward);
    let last = length(&account, &planned) - 2;
    half.drive(&mut run, |_, count, _| (count == last).then_some(Fault::KilledBefore));
    let mut kill_at = 0;
    loop {
        let mut ended = None;
        for fault in [Fault::KilledBefore, Fault::KilledAfter] {
            let mut fake = half.clone();
            // The code that was sent on the way there has been used.
            fake.codes = 0;
            let mut run = fake.run(&planned, Direction::Back);
            ended = fake.drive(&mut run, |_, count, _| (count == kill_at).then_some(fault));
            let has_begun = fake.run(&planned, Direction::Forward).direction() == Direction::Back;
            assert_eq!(has_begun, words(&fake).len() > words(&half).len());
            let again = fake.finish(&planned, Direction::Back);
            let context = format!("{fault:?} at {kill_at}");
            assert!(
                matches!(again, Outcome::RolledBack { .. } | Outcome::Closed),
                "{context}: {again:?}"
            );
            assert_eq!(fake.seen(), original, "{context}");
            fake.assert_sent_once(&context);
        }
        if ended.is_some() {
            break;
        }
        kill_at += 1;
    }
    assert!(kill_at > 40, "{kill_at}");
}

/// Changes the account as another client does.
type Change = fn(&mut Inventory);

fn change_phone(account: &mut Inventory, change: impl FnOnce(&mut crate::domain::contact::Channel)) {
    let owner = account.contacts.items.get_mut(&contact_arn("akua")).unwrap();
    if let Reading::Known(channels) = &mut Arc::make_mut(owner).channels {
        change(channels.iter_mut().find(|channel| channel.arn == phone()).unwrap());
    }
}

fn another_number(account: &mut Inventory) {
    // Its mask is that of the number before.
    change_phone(account, |channel| {
        channel.address = Address::new("+447700901123").with_fingerprint(&sample::key());
    });
}

fn another_name(account: &mut Inventory) {
    change_phone(account, |channel| channel.name = "work phone".to_owned());
}

fn deleted(account: &mut Inventory) {
    let write = Write::DeleteContactChannel { channel: phone() };
    apply::apply_one(account, &write, &Previews::new());
}

#[test]
fn a_device_that_somebody_changes_at_any_point_is_never_activated_unseen() {
    let account = account();
    let planned = activation(&account);
    let changes: [Change; 3] = [another_number, another_name, deleted];
    for change in changes {
        for change_at in 0..length(&account, &planned) {
            let mut fake = Fake::new(account.clone());
            let mut run = fake.run(&planned, Direction::Forward);
            let mut reads_after = 0;
            let outcome = fake.drive(&mut run, |fake, count, instruction| {
                if count == change_at {
                    change(&mut fake.account);
                }
                reads_after += usize::from(count >= change_at && matches!(instruction, Instruction::Read { .. }));
                None
            });
            match outcome {
                Some(Outcome::Done) => assert_eq!(reads_after, 0, "at {change_at}"),
                Some(Outcome::Stopped(stop)) => {
                    assert_eq!(stop.why, Why::Changed, "at {change_at}: {}", stop.sentence);
                    assert!(!words(&fake).contains(&"activated"), "at {change_at}");
                }
                other => panic!("at {change_at}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_device_that_somebody_else_activates_is_not_confirmed_by_a_wrong_code() {
    let account = account();
    let planned = activation(&account);
    for change_at in 0..length(&account, &planned) {
        let mut fake = Fake::new(account.clone());
        fake.wrong_codes = MANY;
        let mut run = fake.run(&planned, Direction::Forward);
        let mut asked = 0;
        fake.drive(&mut run, |fake, count, instruction| {
            if count == change_at {
                change_phone(&mut fake.account, |channel| {
                    channel.status = ActivationStatus::Activated;
                });
            }
            asked += usize::from(matches!(instruction, Instruction::NeedsCode { .. }));
            (asked > 5).then_some(Fault::KilledBefore)
        });
        assert!(!words(&fake).contains(&"activated"), "at {change_at}");
    }
}

#[test]
fn a_plan_that_somebody_changes_is_never_overwritten_unseen() {
    let account = account();
    let planned = planned(
        &account,
        vec![
            stages(&account, "database", |plan| {
                plan.stages[0].targets.pop();
            }),
            stages(&account, "database", |plan| {
                plan.stages.remove(0);
            }),
        ],
    );
    let foreign = stages(&account, "database", |plan| plan.stages.reverse());
    let plan_in = |account: &Inventory| {
        account.contacts.items[&contact_arn("database")]
            .plan
            .known()
            .unwrap()
            .clone()
    };
    let mut foreign_plan = account.clone();
    apply::apply_one(&mut foreign_plan, &foreign, &Previews::new());
    let mut exposed_count = 0;
    for change_at in 0..length(&account, &planned) {
        let mut fake = Fake::new(account.clone());
        let mut run = fake.run(&planned, Direction::Forward);
        let mut is_exposed = false;
        let outcome = fake.drive(&mut run, |fake, count, instruction| {
            if count == change_at {
                apply::apply_one(&mut fake.account, &foreign, &Previews::new());
                // The service has no conditional write: what comes between the last look and the call cannot be seen.
                is_exposed = matches!(instruction, Instruction::Send { .. })
                    || matches!(instruction, Instruction::Record(facts) if facts.iter().any(|fact| word(fact) == "intended"));
            }
            None
        });
        exposed_count += usize::from(is_exposed);
        if !is_exposed {
            assert_eq!(
                plan_in(&fake.account),
                plan_in(&foreign_plan),
                "at {change_at}: {outcome:?}"
            );
        }
    }
    assert_eq!(exposed_count, 4);
}

#[test]
fn what_another_client_has_done_already_is_recorded_and_not_sent() {
    let account = account();
    let planned = planned(
        &account,
        vec![stages(&account, "database", |plan| {
            plan.stages.remove(0);
        })],
    );
    let mut fake = Fake::new(account);
    apply::apply_one(&mut fake.account, &planned.steps[0].write, &Previews::new());
    assert_eq!(fake.finish(&planned, Direction::Forward), Outcome::Done);
    assert!(fake.sent.is_empty());
    assert!(matches!(&fake.ledger[0], Fact::Done(done) if done.is_found && done.request_id.is_none()));
}

#[test]
fn what_cannot_be_taken_back_is_left_and_told() {
    let account = account();
    let planned = planned(
        &account,
        vec![
            Write::DeleteResponsePlan {
                response_plan: response_arn("outage"),
            },
            stages(&account, "database", |plan| {
                plan.stages.remove(0);
            }),
        ],
    );
    assert_eq!(planned.irreversible(), [0]);
    let mut fake = Fake::new(account);
    let mut run = fake.run(&planned, Direction::Forward);
    let before_close = |_: &mut Fake, _: usize, instruction: &Instruction| {
        matches!(instruction, Instruction::Record(facts) if word(&facts[0]) == "closed").then_some(Fault::KilledBefore)
    };
    fake.drive(&mut run, before_close);
    assert_eq!(
        fake.finish(&planned, Direction::Back),
        Outcome::RolledBack { left: vec![0] }
    );
    let Some(Fact::Closed(closed)) = fake.ledger.last() else {
        panic!("it is closed");
    };
    assert_eq!(closed.note.as_deref(), Some("left as they are: steps 1"));
}

#[test]
fn a_corrected_address_is_sent_only_by_the_run_that_knows_it_whole() {
    let account = account();
    let mail = device_arn("akua", "mail");
    let address = Address::new("akua@example.org").with_fingerprint(&sample::key());
    let planned = planned(
        &account,
        build::correct_address(&account, &mail, address).unwrap().writes,
    );
    let mut fake = Fake::new(account.clone());
    let Outcome::Stopped(stop) = fake.finish(&planned, Direction::Forward) else {
        panic!("it stops");
    };
    assert_eq!((stop.why, fake.sent.len()), (Why::AddressGone, 0));

    // Whether the service keeps the status of the device or not, the address is corrected.
    for keeps_status in [false, true] {
        let mut fake = Fake::new(account.clone());
        let mut run = Run::new(Progress::new(Arc::new(planned.clone())), Direction::Forward);
        let outcome = fake.drive(&mut run, |fake, _, _| {
            if keeps_status && !fake.sent.is_empty() {
                let write = Write::ActivateContactChannel { channel: mail.clone() };
                apply::apply_one(&mut fake.account, &write, &Previews::new());
            }
            None
        });
        assert_eq!(outcome, Some(Outcome::Done));
        let told = serde_json::to_string(&planned).unwrap();
        assert!(!told.contains("akua@example"), "{told}");
    }
}

#[test]
fn the_operator_can_stop_while_a_code_is_awaited_and_go_on_later() {
    let account = account();
    let planned = activation(&account);
    let mut fake = Fake::new(account);
    let mut run = fake.run(&planned, Direction::Forward);
    fake.drive(&mut run, |_, _, instruction| {
        matches!(instruction, Instruction::NeedsCode { .. }).then_some(Fault::KilledBefore)
    });
    run.hear(Heard::Stop);
    let Instruction::Ended(Outcome::Stopped(stop)) = run.next() else {
        panic!("it stops");
    };
    assert_eq!((stop.why, stop.step, stop.done), (Why::Operator, 1, vec![0]));
    assert!(run.progress().codes.contains(&phone()));
    assert_eq!(fake.finish(&planned, Direction::Forward), Outcome::Done);
    assert_eq!(fake.codes, 1);
}

#[test]
fn an_answer_to_another_question_changes_nothing() {
    let account = account();
    let planned = activation(&account);
    let mut run = Fake::new(account.clone()).run(&planned, Direction::Forward);
    let first = run.next();
    run.hear(Heard::Recorded);
    run.hear(Heard::Sent { request_id: None });
    run.hear(Heard::CodeGiven);
    assert_eq!(run.next(), first);
}

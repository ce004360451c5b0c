//! What is done to a device or a plan, with everything that can go wrong on the way: each fault at each call, a kill after
//! each record and each call, and another client between any two calls.

use crate::{
    changeset::{self, Place},
    faults::{
        Attempt, Door, Kill, Pool, Proof, SEND_CODE, Truth, all_of, assert_nothing_twice, assert_stop_is_true, facts,
        in_memory, is_write, on_disk,
    },
};
use callsheet::{
    changes::{
        Changeset, Write,
        apply::Previews,
        build,
        changeset::Draft,
        fact::{ChangesetPlanned, Fact},
        run::{Direction, Outcome, Why},
    },
    domain::{address::Address, fingerprint::FingerprintKey, ids::Arn, inventory::Inventory},
    emulator::{CallSeen, KINDS},
};
use futures_util::FutureExt as _;
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc};

/// A person with a silent phone and mailbox and a phone that is paged, and a plan that names somebody who is not there.
const WORLD: &str = r#"{
    "contacts": {
        "anna": {
            "type": "PERSONAL", "display_name": "Anna",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/desk" }] }] },
            "channels": [
                { "id": "sms", "name": "phone", "type": "SMS", "address": "+447700900123", "status": "NOT_ACTIVATED" },
                { "id": "mail", "name": "mail", "type": "EMAIL", "address": "anna@example.com", "status": "NOT_ACTIVATED" },
                { "id": "desk", "name": "desk", "type": "VOICE", "address": "+447700900789", "status": "ACTIVATED" }
            ]
        },
        "team": {
            "type": "ESCALATION",
            "plan": { "stages": [
                { "minutes": 5, "targets": [{ "contact": "contact/anna", "essential": true }] },
                { "minutes": 5, "targets": [{ "contact": "contact/gone", "essential": true }] }
            ] }
        }
    }
}"#;

/// The address that a device is given.
const NEW_ADDRESS: &str = "+447700900555";

/// How a fault is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    /// By one call.
    Once,
    /// By that call and all like it after it.
    FromThenOn,
}

fn arn(resource: &str) -> Arn {
    Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:{resource}")).unwrap()
}

fn anna() -> Arn {
    arn("contact/anna")
}

fn team() -> Arn {
    arn("contact/team")
}

fn device(id: &str) -> Arn {
    arn(&format!("contact-channel/anna/{id}"))
}

/// Plans what `draft` makes of the account as it is.
async fn planned(place: &Place, draft: impl FnOnce(&Inventory, &FingerprintKey) -> Draft) -> ChangesetPlanned {
    let inventory = place.read(&[anna(), team()]).await;
    let draft = draft(&inventory, &place.key);
    // A changeset that is begun anew has a name of its own.
    let name = format!("c{}", place.records().len());
    Changeset::build(&inventory, name, draft, &Previews::new())
        .unwrap()
        .planned()
}

fn activated(inventory: &Inventory) -> Draft {
    build::activate(inventory, &device("sms")).unwrap()
}

fn corrected(inventory: &Inventory, key: &FingerprintKey) -> Draft {
    let address = Address::new(NEW_ADDRESS).with_fingerprint(key);
    build::correct_address(inventory, &device("desk"), address).unwrap()
}

fn renamed(inventory: &Inventory) -> Draft {
    build::rename(inventory, &device("mail"), "work mail").unwrap()
}

fn deactivated(inventory: &Inventory) -> Draft {
    build::deactivate(inventory, &device("desk")).unwrap()
}

fn added(inventory: &Inventory) -> Draft {
    build::add_device(inventory, &device("mail"), build::Placement::Stage(0)).unwrap()
}

fn dropped(inventory: &Inventory) -> Draft {
    build::drop_dangling(inventory, &team()).unwrap()
}

fn not_essential(inventory: &Inventory) -> Draft {
    build::set_essential(inventory, &team(), 0, &anna(), false).unwrap()
}

/// Everything small that a session does to a device or a plan.
const PROOFS: [Proof; 7] = [
    Proof {
        name: "activate",
        world: WORLD,
        plan: |place| planned(place, |inventory, _| activated(inventory)).boxed(),
    },
    Proof {
        name: "correct the address",
        world: WORLD,
        plan: |place| planned(place, corrected).boxed(),
    },
    Proof {
        name: "rename",
        world: WORLD,
        plan: |place| planned(place, |inventory, _| renamed(inventory)).boxed(),
    },
    Proof {
        name: "deactivate",
        world: WORLD,
        plan: |place| planned(place, |inventory, _| deactivated(inventory)).boxed(),
    },
    Proof {
        name: "add a device to the plan",
        world: WORLD,
        plan: |place| planned(place, |inventory, _| added(inventory)).boxed(),
    },
    Proof {
        name: "drop what dangles",
        world: WORLD,
        plan: |place| planned(place, |inventory, _| dropped(inventory)).boxed(),
    },
    Proof {
        name: "set essential",
        world: WORLD,
        plan: |place| planned(place, |inventory, _| not_essential(inventory)).boxed(),
    },
];

/// Many steps of many kinds in one changeset.
const MANY: Proof = Proof {
    name: "many steps",
    world: changeset::WORLD,
    plan: |place| changeset::planned(place).boxed(),
};

/// Finishes what a run has left, as the desk does in a later session: from the ledger.
async fn finish(proof: &Proof, place: &Place, planned: &ChangesetPlanned, truth: &Truth, context: &str) {
    let mut again = Attempt::new(place, on_disk(place, &planned.changeset));
    let outcome = again.run().await.unwrap();
    if let Outcome::Stopped(stop) = &outcome {
        // A whole address is in no ledger: what was not sent before is planned anew, and the rest is closed as it is.
        assert_eq!(stop.why, Why::AddressGone, "{context}: {stop:?}");
        assert_stop_is_true(place, planned, truth, stop, context);
        let anew = (proof.plan)(place).await;
        place.consent(&anew).await;
        let mut anew = Attempt::new(place, in_memory(&anew));
        assert_eq!(anew.run().await, Some(Outcome::Done), "{context}");
    } else {
        assert!(
            matches!(outcome, Outcome::Done | Outcome::Closed),
            "{context}: {outcome:?}"
        );
    }
    assert_eq!(place.seen(), *truth.worlds.last().unwrap(), "{context}");
}

/// Carries a changeset out with a fault at one of its calls, and goes on without it. Returns whether the fault was met.
async fn faulted(pool: Arc<Pool>, (operation, skip): (String, usize), kind: &str, met: Met) -> bool {
    let (proof, truth) = (&pool.proof, &pool.truth);
    let (place, planned) = pool.begin().await;
    let words = match kind {
        "throttle" => "throttle=429",
        "slow" => "slow=20",
        "internal-server" => "internal-server=0",
        kind => kind,
    };
    let fault = match met {
        Met::Once => format!("{operation}:{words}:1:after={skip}"),
        Met::FromThenOn => format!("{operation}:{words}:after={skip}"),
    };
    let context = format!("{}, {fault}", proof.name);
    let before = place.emulator.calls().len();
    place.emulator.faults(vec![fault.parse().unwrap()]);
    let mut attempt = Attempt::new(&place, in_memory(&planned));
    let outcome = attempt.run().await.unwrap();
    let is_met = met == Met::FromThenOn || place.emulator.faults_to_come() == 0;
    place.emulator.clear_faults();
    match &outcome {
        Outcome::Done => assert_eq!(place.seen(), *truth.worlds.last().unwrap(), "{context}"),
        Outcome::Stopped(stop) => assert_stop_is_true(&place, &planned, truth, stop, &context),
        Outcome::RolledBack { .. } | Outcome::Closed => panic!("{context}: {outcome:?}"),
    }
    finish(proof, &place, &planned, truth, &context).await;

    let calls = place.emulator.calls();
    let unseen = (is_met && met == Met::Once && kind == "lost-answer").then_some(operation.as_str());
    if met == Met::Once {
        let all = facts_of_all(&place);
        assert_nothing_twice(truth, (&calls[before..], unseen), (&planned, &all), &context);
    }
    place.assert_no_secrets();
    pool.end(place, planned);
    // Only a request for a later page has a token that could come again.
    assert!(is_met || kind == "repeated-token", "{context} was never met");
    is_met
}

/// Returns the facts of every changeset in the ledger. A changeset that was begun anew has the same steps.
fn facts_of_all(place: &Place) -> Vec<Fact> {
    let (_, changesets) = place.open();
    let names = changesets
        .all()
        .iter()
        .map(|known| known.progress.planned.changeset.clone());
    names.flat_map(|name| facts(place, &name)).collect()
}

/// Returns every call with how many like it come before it.
fn places_of(calls: &[String]) -> Vec<(String, usize)> {
    let mut count = BTreeMap::new();
    let places = calls.iter().map(|name| {
        let before: &mut usize = count.entry(name.as_str()).or_default();
        *before += 1;
        (name.clone(), *before - 1)
    });
    places.collect()
}

/// Takes half a minute without optimisation and with two processors to itself: more than a thousand programs are started, each on an account with a ledger of
/// its own, and each a second time to go on.
#[tokio::test(flavor = "multi_thread")]
async fn with_any_fault_at_any_call_what_is_told_is_true_and_going_on_ends_the_same() {
    let mut count = 0;
    for proof in PROOFS {
        let pool = Pool::new(proof).await;
        let kinds = KINDS.iter().map(|kind| (*kind, Met::Once));
        let kinds = kinds.chain([("access-denied", Met::FromThenOn)]);
        let cases = kinds.flat_map(|(kind, met)| {
            let places = places_of(&pool.truth.calls).into_iter();
            let pool = &pool;
            places.map(move |place| faulted(Arc::clone(pool), place, kind, met))
        });
        count += all_of(cases).await.into_iter().filter(|is_met| *is_met).count();
    }
    assert!(count > 1000, "{count}");
}

/// Takes ten seconds without optimisation, for the same reason.
#[tokio::test(flavor = "multi_thread")]
async fn killed_after_any_record_and_any_call_and_gone_on_with_it_ends_the_same() {
    for proof in PROOFS.into_iter().chain([MANY]) {
        let pool = Pool::new(proof).await;
        let cases = pool.kills().into_iter().map(|kill| {
            let pool = Arc::clone(&pool);
            async move {
                let (place, planned) = Box::pin(pool.killed(kill)).await;
                let context = format!("{}, {kill:?}", proof.name);
                finish(&proof, &place, &planned, &pool.truth, &context).await;
                let calls = writes_of(&place);
                let all = facts_of_all(&place);
                assert_nothing_twice(&pool.truth, (&calls, None), (&planned, &all), &context);
                place.assert_no_secrets();
                pool.end(place, planned);
            }
        });
        all_of(cases).await;
    }
}

/// Returns the calls that change something. On an account that is just begun there are none.
fn writes_of(place: &Place) -> Vec<CallSeen> {
    let calls = place.emulator.calls().into_iter();
    calls.filter(|call| is_write(&call.operation)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_any_record_and_any_write_and_taken_back_the_account_is_as_it_was() {
    for proof in [PROOFS[0], PROOFS[3], PROOFS[4], MANY] {
        let pool = Pool::new(proof).await;
        // A call that only reads leaves everything as the record before it did.
        let is_meant = |kill: &Kill| match *kill {
            // After the last record there is nothing that could be taken back.
            Kill::AfterRecord(count) => count + 1 < pool.truth.record_count,
            Kill::AfterCall(count) => is_write(&pool.truth.calls[count]),
        };
        let kills: Vec<Kill> = pool.kills().into_iter().filter(is_meant).collect();
        let cases = kills.into_iter().map(|kill| {
            let pool = Arc::clone(&pool);
            async move {
                let (place, planned) = Box::pin(pool.killed(kill)).await;
                let mut back = Attempt::new(&place, on_disk(&place, &planned.changeset));
                back.direction = Direction::Back;
                let context = format!("{}, {kill:?}", proof.name);
                assert_eq!(
                    back.run().await,
                    Some(Outcome::RolledBack { left: Vec::new() }),
                    "{context}"
                );
                assert_eq!(place.seen(), pool.truth.worlds[0], "{context}");
                place.assert_no_secrets();
                pool.end(place, planned);
            }
        });
        all_of(cases).await;
    }
}

/// What another client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    /// Gives the device another number.
    Address,
    /// Gives the device another name.
    Name,
    /// Switches the device off.
    Deactivates,
    /// Activates the device with a code of its own.
    Activates,
    /// Deletes the device.
    Deletes,
    /// Gives a stage of the plan another length.
    Plan,
}

impl Other {
    /// Does it on the subject of a changeset.
    async fn act(self, place: &Place, subject: &Arn) {
        let channel = || subject.clone();
        let writes = match self {
            Self::Address => vec![Write::UpdateContactChannel {
                channel: channel(),
                name: None,
                address: Some(Address::new("+447700900999")),
            }],
            Self::Name => vec![Write::UpdateContactChannel {
                channel: channel(),
                name: Some("another".to_owned()),
                address: None,
            }],
            Self::Deactivates => vec![Write::DeactivateContactChannel { channel: channel() }],
            Self::Activates => vec![
                Write::SendActivationCode { channel: channel() },
                Write::ActivateContactChannel { channel: channel() },
            ],
            Self::Deletes => vec![Write::DeleteContactChannel { channel: channel() }],
            Self::Plan => {
                let inventory = place.read(std::slice::from_ref(subject)).await;
                let contact = &inventory.contacts.items[subject];
                let mut plan = contact.plan.known().unwrap().clone();
                plan.stages[0].duration_minutes = 17;
                vec![Write::UpdateContact {
                    contact: subject.clone(),
                    kind: contact.kind.clone(),
                    plan,
                }]
            }
        };
        for write in writes {
            let code = place.emulator.outbox().last().and_then(|arrival| arrival.code.clone());
            let code = code.map(SecretString::from);
            place.account.send(&write, code.as_ref(), Place::now()).await.unwrap();
        }
    }

    /// Returns whether it makes the device one that the operator has never seen.
    fn makes_another(self) -> bool {
        match self {
            Self::Address | Self::Name | Self::Deletes => true,
            Self::Deactivates | Self::Activates | Self::Plan => false,
        }
    }
}

/// When another client acts, as the calls of the run around it tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Before the last look at what is changed begins.
    Before,
    /// Between that look and the write. The service has no conditional write, so nobody can prevent what happens then.
    Between,
    /// After the write, or where there was none.
    After,
}

/// Returns when the gap after `gap` calls is.
fn when(calls: &[CallSeen], gap: usize, subject: &Arn) -> When {
    let is_effect =
        |call: &CallSeen| is_write(&call.operation) && call.operation != SEND_CODE && call.status == Some(200);
    let Some(write) = calls.iter().position(is_effect) else {
        return When::After;
    };
    let (look, page_count) = if subject.resource().starts_with("contact/") {
        ("GetContact", 1)
    } else {
        ("ListContactChannels", 2)
    };
    let looks: Vec<usize> = (0..write).filter(|place| calls[*place].operation == look).collect();
    if gap <= looks[looks.len() - page_count] {
        When::Before
    } else if gap <= write {
        When::Between
    } else {
        When::After
    }
}

/// Has another client act after `gap` calls of a changeset; returns when that was.
async fn with_another_client(pool: Arc<Pool>, other: Other, gap: usize) -> When {
    let (place, planned) = pool.begin().await;
    let context = format!("{}, {other:?} after {gap} calls", pool.proof.name);
    let subject = planned.steps.last().unwrap().write.subject().clone();
    let before = place.emulator.calls().len();
    let (outcome, changed, calls) = if gap == 0 {
        other.act(&place, &subject).await;
        let (changed, theirs) = (place.seen(), place.emulator.calls().len());
        let outcome = Attempt::new(&place, in_memory(&planned)).run().await.unwrap();
        (outcome, changed, place.emulator.calls()[theirs..].to_vec())
    } else {
        let door = Door::holding(&place, gap - 1).await;
        let mut attempt = Attempt::new(&place, in_memory(&planned)).through(&door).await;
        let acting = async {
            door.held().await;
            let first = place.emulator.calls().len();
            other.act(&place, &subject).await;
            let (changed, last) = (place.seen(), place.emulator.calls().len());
            door.let_go();
            (changed, first, last)
        };
        let (outcome, (changed, first, last)) = tokio::join!(attempt.run(), acting);
        let calls = place.emulator.calls();
        (
            outcome.unwrap(),
            changed,
            [&calls[before..first], &calls[last..]].concat(),
        )
    };
    let when = when(&calls, gap, &subject);
    let recorded = facts(&place, &planned.changeset);
    let is_activation = planned.steps.len() == 2;
    // Who else activates the device does not make it another one: the code is asked for all the same.
    let is_same = is_activation && !other.makes_another();
    match when {
        When::Before => assert!(is_same, "{context}: it was sent over what somebody else did"),
        When::Between => {}
        When::After => assert_eq!(place.seen(), changed, "{context}: {outcome:?}"),
    }
    // The device that is activated is on the first of the two pages of the last look.
    let looks = calls.iter().enumerate();
    let mut looks = looks.filter(|(_, call)| call.operation == "ListContactChannels").rev();
    let verified = looks.nth(1).map(|(place, _)| place);
    match &outcome {
        Outcome::Done if is_activation && other.makes_another() => {
            assert!(verified < Some(gap), "{context}: it was activated unseen");
        }
        Outcome::Done => {}
        Outcome::Stopped(stop) => {
            assert_eq!(on_disk(&place, &planned.changeset).done(), stop.done, "{context}");
            let is_told = [Why::Changed, Why::Refused, Why::Uncertain].contains(&stop.why);
            assert!(is_told || (is_same && stop.why == Why::Operator), "{context}: {stop:?}");
            assert!(
                !recorded.iter().any(|fact| matches!(fact, Fact::Activated(_))),
                "{context}"
            );
        }
        Outcome::RolledBack { .. } | Outcome::Closed => panic!("{context}: {outcome:?}"),
    }
    // The device that was activated is the one that was seen.
    for fact in &recorded {
        if let Fact::Activated(activated) = fact {
            let seen = place.key.fingerprint("+447700900123");
            assert_eq!(activated.address.fingerprint(), Some(seen.as_str()), "{context}");
        }
    }
    place.assert_no_secrets();
    pool.end(place, planned);
    when
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_client_does_between_any_two_calls_is_never_overwritten_and_nothing_activated_unseen() {
    let device = [
        Other::Address,
        Other::Name,
        Other::Deactivates,
        Other::Activates,
        Other::Deletes,
    ];
    // What changes nothing of a device that is active, or that is not, is not among them.
    let active = [Other::Address, Other::Name, Other::Deactivates, Other::Deletes];
    let silent = [Other::Address, Other::Name, Other::Activates, Other::Deletes];
    let mut count = 0;
    for (proof, others) in [
        (PROOFS[0], &device[..]),
        (PROOFS[1], &active[..]),
        (PROOFS[2], &silent[..]),
        (PROOFS[3], &active[..]),
        (PROOFS[4], &[Other::Plan][..]),
        (PROOFS[5], &[Other::Plan][..]),
        (PROOFS[6], &[Other::Plan][..]),
    ] {
        let pool = Pool::new(proof).await;
        let gaps = 0..=pool.truth.calls.len() - 1;
        let cases = gaps.flat_map(|gap| others.iter().map(move |other| (gap, *other)));
        let cases = cases.map(|(gap, other)| with_another_client(Arc::clone(&pool), other, gap));
        let whens = all_of(cases).await;
        count += whens.len();
        // Were it all of them, nothing would have been claimed.
        let between = whens.iter().filter(|when| **when == When::Between).count();
        assert!(
            between * 2 < whens.len(),
            "{}: {between} of {}",
            proof.name,
            whens.len()
        );
    }
    assert!(count > 150, "{count}");
}

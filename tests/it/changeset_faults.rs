//! What is done to a device or a plan, with everything that can go wrong on the way: each fault at each call, a kill after
//! each record and each call, and another client between any two calls.

use crate::{
    changeset::Place,
    faults::{
        Attempt, Door, Proof, SEND_CODE, Truth, assert_nothing_twice, assert_stop_is_true, facts, in_memory, intents,
        is_write, on_disk,
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
    emulator::{KINDS, world::ActivationStatus},
};
use futures_util::{
    FutureExt as _,
    stream::{self, StreamExt as _},
};
use std::collections::BTreeMap;

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

/// How many cases wait at the same time. Most of a case is waiting: for answers, and for the pauses between attempts.
const AT_ONCE: usize = 24;

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
    Changeset::build(&inventory, name, draft, &Previews::new()).unwrap().planned()
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

/// Three of them in one changeset, the first of which has two steps.
const ALL: Proof = Proof {
    name: "activate, deactivate and drop",
    world: WORLD,
    plan: |place| {
        planned(place, |inventory, _| {
            let parts = [activated(inventory), deactivated(inventory), dropped(inventory)];
            Draft {
                title: "Do all of it".to_owned(),
                subjects: vec![anna(), team()],
                writes: parts.into_iter().flat_map(|draft| draft.writes).collect(),
            }
        })
        .boxed()
    },
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
        assert!(matches!(outcome, Outcome::Done | Outcome::Closed), "{context}: {outcome:?}");
    }
    assert_eq!(place.seen(), *truth.worlds.last().unwrap(), "{context}");
}

/// Carries a changeset out with a fault at one of its calls, and goes on without it. Returns whether the fault was met.
async fn faulted(proof: Proof, truth: &Truth, (operation, skip): (&str, usize), kind: &str, met: Met) -> bool {
    let (place, planned) = proof.begin().await;
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
    finish(&proof, &place, &planned, truth, &context).await;

    let calls = place.emulator.calls();
    let unseen = (is_met && met == Met::Once && kind == "lost-answer").then_some(operation);
    if met == Met::Once {
        let all = facts_of_all(&place);
        assert_nothing_twice(truth, (&calls[before..], unseen), (&planned, &all), &context);
    }
    place.assert_no_secrets();
    place.emulator.stop().await;
    is_met
}

/// Returns the facts of every changeset in the ledger. A changeset that was begun anew has the same steps.
fn facts_of_all(place: &Place) -> Vec<Fact> {
    let (_, changesets) = place.open();
    let names = changesets.all().iter().map(|known| known.progress.planned.changeset.clone());
    names.flat_map(|name| facts(place, &name)).collect()
}

/// Returns every call with how many like it come before it.
fn places_of(calls: &[String]) -> Vec<(&str, usize)> {
    let mut count = BTreeMap::new();
    let places = calls.iter().map(|name| {
        let before: &mut usize = count.entry(name.as_str()).or_default();
        *before += 1;
        (name.as_str(), *before - 1)
    });
    places.collect()
}

/// Takes most of a minute without optimisation: more than a thousand programs are started, each with an account and a
/// ledger of its own, and each twice.
#[tokio::test(flavor = "multi_thread")]
async fn with_any_fault_at_any_call_what_is_told_is_true_and_going_on_ends_the_same() {
    let mut count = 0;
    for proof in PROOFS {
        let truth = proof.truth().await;
        let truth = &truth;
        let places = places_of(&truth.calls);
        let kinds = KINDS.iter().map(|kind| (*kind, Met::Once));
        let kinds = kinds.chain([("access-denied", Met::FromThenOn)]);
        let cases = kinds.flat_map(|(kind, met)| places.iter().map(move |place| (*place, kind, met)));
        let cases = cases.map(|(place, kind, met)| async move {
            let is_met = faulted(proof, truth, place, kind, met).await;
            // Only a request for a later page has a token that could come again.
            assert!(is_met || kind == "repeated-token", "{place:?} never met {kind}");
            usize::from(is_met)
        });
        let met: Vec<usize> = stream::iter(cases).buffer_unordered(AT_ONCE).collect().await;
        count += met.iter().sum::<usize>();
    }
    eprintln!("{count} faults");
    assert!(count > 1000, "{count}");
}

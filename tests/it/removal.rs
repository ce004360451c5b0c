//! People taken out of the embedded account and put back: killed anywhere, taken back, and never over somebody else's edit.

use crate::{changeset::Place, cli::Program};
use callsheet::{
    aws::{Assignment, CancellationToken},
    changes::{
        Changeset,
        apply::Previews,
        fact::{ChangesetPlanned, Undo},
        removal::{
            End, Removal,
            definition::Definition,
            guards::Kind,
            humans::Walked,
            proof,
            proposal::{Asked, Proposal, propose},
            put_back::put_back,
            rotation::{self, Previewed},
        },
        run::{Direction, Outcome},
    },
    domain::{contact::ContactKind, graph::Graph, ids::Arn, inventory::Inventory, load::LoadEvent},
    emulator::{World, world::ActivationStatus},
    paging::{coverage::Stretch, simulate::ResolveSchedules},
};
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::sync::mpsc;

pub(crate) const WORLD: &str = r#"{
    "replication_set": { "id": "set", "status": "ACTIVE", "regions": { "eu-west-1": { "status": "ACTIVE" } } },
    "contacts": {
        "anna": {
            "type": "PERSONAL", "display_name": "Anna",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/sms" }] }] },
            "channels": [{ "id": "sms", "name": "phone", "type": "SMS", "address": "+447700900123", "status": "ACTIVATED" }],
            "tags": { "team": "core" }
        },
        "ben": {
            "type": "PERSONAL",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/ben/sms" }] }] },
            "channels": [{ "id": "sms", "name": "phone", "type": "SMS", "address": "+447700900456", "status": "ACTIVATED" }]
        },
        "cho": {
            "type": "PERSONAL",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/cho/sms" }] }] },
            "channels": [{ "id": "sms", "name": "phone", "type": "SMS", "address": "+447700900789", "status": "ACTIVATED" }]
        },
        "ops": { "type": "ONCALL_SCHEDULE", "plan": { "rotation_ids": ["rotation/weekly"] } },
        "team": {
            "type": "ESCALATION",
            "plan": { "stages": [
                { "minutes": 5, "targets": [{ "contact": "contact/anna", "essential": true }] },
                { "minutes": 10, "targets": [{ "contact": "contact/ops", "essential": false }] },
                { "minutes": 0, "targets": [{ "contact": "contact/ben", "essential": true }] }
            ] }
        }
    },
    "rotations": {
        "weekly": {
            "name": "Weekly", "contact_ids": ["contact/anna", "contact/ben"], "time_zone": "Europe/Dublin",
            "start_time": "2025-01-06T09:00:00Z",
            "recurrence": { "number_of_on_calls": 1, "multiplier": 1, "weekly": [{ "day": "MON", "at": "09:00" }] },
            "overrides": [{
                "id": "e15dc3de-305b-40f8-9686-b7476b842d0d", "new_contact_ids": ["contact/anna"],
                "start_time": "@+4d 09:00", "end_time": "@+5d 09:00", "create_time": "@-3d 15:12"
            }]
        }
    },
    "response_plans": {
        "checkout": {
            "incident_template": { "title": "Checkout is down", "impact": 1 },
            "engagements": ["contact/anna", "contact/team"]
        }
    }
}"#;

pub(crate) fn contact(alias: &str) -> Arn {
    Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{alias}")).unwrap()
}

/// Reads everything.
pub(crate) async fn read(place: &Place) -> Inventory {
    let connected = place.account.connected();
    let mut inventory = Inventory::empty(connected.region.clone(), connected.endpoint.clone());
    let (out, mut waiting) = mpsc::channel(16);
    let assignment = Assignment {
        now: Place::now(),
        out,
        stop: CancellationToken::new(),
    };
    let loading = async {
        let assignment = assignment;
        place.account.load(&assignment).await
    };
    let applying = async {
        while let Some(events) = waiting.recv().await {
            for event in events {
                if let LoadEvent::Part(part) = event {
                    inventory.apply(part);
                }
            }
        }
    };
    let (loaded, ()) = tokio::join!(loading, applying);
    loaded.unwrap();
    inventory.add_fingerprints(&place.key);
    inventory
}

pub(crate) fn removal(leavers: &[&str], replacement: Option<&str>) -> Removal {
    Removal {
        leavers: leavers.iter().map(|alias| contact(alias)).collect(),
        replacement: replacement.map(contact),
        turns: BTreeMap::new(),
        end: End::Quarantine {
            on: Place::now().date_naive(),
        },
    }
}

/// Asks the service for the shifts to come, and proposes.
pub(crate) async fn proposed(place: &Place, inventory: &Inventory, removal: Removal) -> Proposal {
    let now = Place::now();
    let end_at = inventory.horizon_end.unwrap();
    let mut previewed = Previewed::new();
    for wanted in rotation::wanted(inventory, &removal) {
        let answer = place
            .account
            .preview_shifts(&wanted.draft, (now, end_at), now)
            .await
            .unwrap();
        previewed.insert((wanted.rotation, wanted.turns), answer.shifts);
    }
    let asked = Asked {
        now,
        walked: Walked {
            window: Stretch { start_at: now, end_at },
            resolve_schedules: ResolveSchedules::StageStart,
            second_human_minutes: &|_| 15,
        },
        is_by_code: &|_| false,
        engaged: None,
    };
    propose(inventory, &Graph::build(inventory), removal, &previewed, asked)
}

pub(crate) fn answers() -> Vec<(String, String)> {
    let kinds = Kind::ALL.iter();
    kinds
        .map(|kind| (kind.word().to_owned(), "looked at".to_owned()))
        .collect()
}

/// Returns a changeset that takes anna out, and what is saved of her.
async fn planned(place: &Place) -> (ChangesetPlanned, Definition) {
    let inventory = read(place).await;
    let proposal = proposed(place, &inventory, removal(&["anna"], Some("cho"))).await;
    let saved = Definition::of(&inventory, &proposal.removal, &contact("anna"), Place::now()).unwrap();
    let changeset = proposal.changeset(&inventory, "c1".to_owned(), &answers()).unwrap();
    let undo: Vec<Undo> = changeset.steps.iter().map(|step| step.planned.undo).collect();
    assert!(!undo.contains(&Undo::Irreversible), "{undo:?}");
    (changeset.planned(), saved)
}

/// Returns the account without what the service makes anew each time.
pub(crate) fn seen(place: &Place) -> World {
    alike(place.seen())
}

/// Returns a world without what the service makes anew each time.
pub(crate) fn alike(mut world: World) -> World {
    for rotation in world.rotations.values_mut() {
        for exception in &mut rotation.overrides {
            exception.id.clear();
            exception.create_time = exception.start_time;
        }
    }
    // Who is engaged comes in no promised order, and goes back in the one in which it came.
    for plan in world.response_plans.values_mut() {
        plan.engagements.sort();
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_is_out_with_proof_and_can_be_put_back() {
    let place = Place::of(WORLD).await;
    let original = seen(&place);
    let (planned, saved) = planned(&place).await;
    let steps: Vec<&str> = planned.steps.iter().map(|step| step.write.change().name()).collect();
    assert_eq!(
        steps,
        [
            "UpdateResponsePlan",
            "UpdateContact",
            "UpdateRotation",
            "DeleteRotationOverride",
            "CreateRotationOverride",
            "DeactivateContactChannel",
            "TagResource",
        ]
    );
    place.consent(&planned).await;
    assert_eq!(place.go_on("c1", Direction::Forward, None).await, Some(Outcome::Done));
    let after = read(&place).await;
    let people = [contact("anna")];
    let proof = proof::of(&after, &people, Place::now());
    assert!(proof.is_proven(), "{proof:?}");
    assert!(
        proof
            .words(&after, &people)
            .starts_with("proven: nothing names anna in ")
    );
    assert_eq!(after.contacts_of(&ContactKind::Person).count(), 3);

    let text = saved.to_json().unwrap();
    assert!(!text.contains("7700900123"), "the file holds masks only");
    let back = put_back(&after, &saved, &BTreeMap::new(), Place::now()).unwrap();
    assert_eq!((back.is_first_of_two, back.lost.as_slice()), (false, &[][..]));
    let built = Changeset::build(&after, "c2".to_owned(), back.draft, &Previews::new()).unwrap();
    place.consent(&built.planned()).await;
    assert_eq!(place.go_on("c2", Direction::Forward, None).await, Some(Outcome::Done));
    // Nobody has confirmed whose her phone is: no code is sent, and it stays silent.
    let mut expected = original;
    expected.contacts.get_mut("anna").unwrap().channels[0].status = ActivationStatus::NotActivated;
    assert_eq!(seen(&place), expected);
    assert_eq!(place.emulator.world().outbox, []);
    place.assert_no_secrets();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_back_each_other_up_go_in_one_changeset() {
    let place = Place::of(WORLD).await;
    let inventory = read(&place).await;
    let proposal = proposed(&place, &inventory, removal(&["anna", "ben"], Some("cho"))).await;
    let changeset = proposal.changeset(&inventory, "c1".to_owned(), &answers()).unwrap();
    let plans = changeset
        .steps
        .iter()
        .filter(|step| *step.planned.write.subject() == contact("team"));
    assert_eq!(plans.count(), 1, "a plan that names both is written once");
    place.consent(&changeset.planned()).await;
    assert_eq!(place.go_on("c1", Direction::Forward, None).await, Some(Outcome::Done));
    let after = read(&place).await;
    let proof = proof::of(&after, &proposal.removal.leavers, Place::now());
    assert!(proof.is_proven(), "{proof:?}");
    let members = after.rotations.items.values().next().unwrap().members.known().unwrap();
    assert_eq!(members, &[contact("cho")]);
}

/// Returns the program with settings that do not pace.
fn program() -> Program {
    let program = Program::new();
    program.write("config.toml", "pace = \"off\"\ntime_zone = \"UTC\"\n");
    program
}

fn run(program: &Program, arguments: &[String]) -> (i32, String, String) {
    let mut command = program.command();
    command.args(["--config", "config.toml", "--demo"]).args(arguments);
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Returns the answers to every guard that an answer is enough for.
fn answered(report: &Value) -> Vec<String> {
    let guards = report["guards"].as_array().unwrap().iter();
    guards
        .flat_map(|guard| {
            assert_eq!(guard["is_answerable"], true, "{guard}");
            [
                "--answer".to_owned(),
                format!("{}=looked at", guard["key"].as_str().unwrap()),
            ]
        })
        .collect()
}

#[test]
fn on_the_command_line_guards_stop_until_they_are_answered_and_the_rest_follows() {
    let program = program();
    program.write("by-code.toml", "managed_by_code = [\"george-*\"]\n");
    let remove =
        "remove george-oconnor --replace-with lukas-weber --name r1 --plan-only --format json --config by-code.toml";
    let (status, out, err) = run(&program, &words(remove));
    assert_eq!((status, err.as_str()), (1, ""), "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["schema"], "callsheet.removal/1");
    assert_eq!(report["changeset"], Value::Null);

    let mut arguments = words(remove);
    arguments.extend(answered(&report));
    let (status, out, _) = run(&program, &arguments);
    assert_eq!(status, 0, "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let digest = report["changeset"]["digest"].as_str().unwrap().to_owned();

    let mut arguments =
        words("remove george-oconnor --replace-with lukas-weber --name r1 --config by-code.toml --arm 3333 --yes");
    arguments.push(digest);
    arguments.extend(answered(&report));
    let (status, out, err) = run(&program, &arguments);
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.contains("proven: nothing names george-oconnor in "), "{out}");
    let saved = out
        .lines()
        .find_map(|line| line.strip_prefix("Saved for putting back: "))
        .unwrap();

    let (status, listed, _) = run(&program, &words("quarantine"));
    assert_eq!(status, 0, "{listed}");
    assert!(
        listed.contains("george-oconnor: since ") && listed.contains("30 days left"),
        "{listed}"
    );
    let (_, recorded, _) = run(&program, &words("changeset list"));
    assert!(recorded.contains("proven"), "{recorded}");
    let (status, shown, err) = run(&program, &words(&format!("put-back {saved} --plan-only")));
    assert_eq!((status, err.as_str()), (1, ""), "{shown}");
    let lost = "the hours of others in the rotation Fire wardens: they move again";
    assert!(
        shown.contains("Put george-oconnor back") && shown.contains(lost),
        "{shown}"
    );
}

#[test]
fn a_list_of_leavers_is_read_and_nothing_used_is_deleted() {
    let program = program();
    program.write(
        "leavers.csv",
        "alias,left on\ngeorge-oconnor,2026-11-01\nkwame-mensah,2026-11-01\n",
    );
    let (status, out, _) = run(&program, &words("remove --from leavers.csv --plan-only"));
    assert_eq!(status, 1, "{out}");
    for expected in [
        "george-oconnor is paged through:",
        "kwame-mensah is paged through:",
        "What stops it:",
        "Who could take the places",
        "guards stand",
    ] {
        assert!(out.contains(expected), "no “{expected}” in\n{out}");
    }
    let (status, out, _) = run(&program, &words("remove --unused payments-escalation --plan-only"));
    assert_eq!(status, 1);
    assert!(out.contains("payments-escalation is used by"), "{out}");
    let (status, out, _) = run(
        &program,
        &words("remove --unused dr-drill --plan-only --answer open-incident=none"),
    );
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("Delete dr-drill, which nothing uses"), "{out}");
    let (status, _, err) = run(&program, &words("remove nobody-of-that-name --plan-only"));
    assert_eq!(status, 2, "{err}");
}

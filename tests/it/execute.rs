//! The writing side against the embedded account: each write does what it says, each fault says what is known of it, and
//! nothing secret is in anything that comes back.

use callsheet::{
    aws::Account,
    changes::{
        Write,
        outcome::{Created, Dependent, NotSent, NotSentKind, Sent},
    },
    config::{Connection, Pace},
    domain::{
        Timestamp,
        access::Change,
        address::Address,
        call::{Call, CallOutcome, Called},
        contact::{ChannelKind, ContactKind, Plan, Stage, Target},
        gap::GapReason,
        ids::Arn,
        operation::Operation,
        schedule::{HandOff, Recurrence, RotationDraft, Shift},
    },
    emulator::{
        Emulator, KINDS, Settings, World,
        settings::Rates,
        world::{ActivationStatus, Contact},
    },
    failure::FailureKind,
};
use futures_util::stream::{self, StreamExt as _};
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
};

/// Two people with devices, a plan, a schedule, a rotation with an override, and a response plan that names them.
const WORLD: &str = r#"{
    "contacts": {
        "anna": {
            "type": "PERSONAL", "display_name": "Anna",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/sms" }] }] },
            "channels": [
                { "id": "sms", "name": "phone", "type": "SMS", "address": "+447700900123", "status": "ACTIVATED" },
                { "id": "mail", "name": "mail", "type": "EMAIL", "address": "anna@example.com",
                  "codes": [{ "code": "424242", "sent_at": "2026-03-02T11:59:00Z" }] }
            ],
            "tags": { "team": "core" }
        },
        "ben": { "type": "PERSONAL" },
        "cora": { "type": "PERSONAL" },
        "team": {
            "type": "ESCALATION",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "contact": "contact/anna", "essential": true }] }] }
        },
        "nights": { "type": "ONCALL_SCHEDULE", "plan": { "rotation_ids": ["rotation/week"] } }
    },
    "rotations": {
        "week": {
            "name": "week", "contact_ids": ["contact/anna", "contact/ben"], "time_zone": "Europe/Dublin",
            "start_time": "2026-01-05T09:00:00Z",
            "recurrence": { "weekly": [{ "day": "MON", "at": "09:00" }, { "day": "THU", "at": "17:30" }] },
            "overrides": [{
                "id": "6f0c0000-0000-4000-8000-000000000001", "new_contact_ids": ["contact/cora"],
                "start_time": "2026-03-04T09:00:00Z", "end_time": "2026-03-04T17:00:00Z",
                "create_time": "2026-03-01T09:00:00Z"
            }]
        }
    },
    "response_plans": {
        "checkout": {
            "incident_template": { "title": "Checkout is down", "impact": 1 },
            "engagements": ["contact/anna"],
            "chat_topics": ["arn:aws:sns:eu-west-1:111122223333:chat"]
        }
    }
}"#;

/// The code that was sent to Anna's mailbox, and an address that a write brings.
const CODE: &str = "424242";
const NEW_ADDRESS: &str = "+447700900456";

/// What nothing that comes back may hold.
const SECRETS: [&str; 4] = [CODE, "7700900456", "7700900123", "anna@example.com"];

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        clock: Some(noon()),
        seed: Some(1),
        page_size: 2,
        ..Settings::default()
    }
}

async fn start_with(settings: Settings) -> Emulator {
    let world = World::from_json(WORLD).unwrap();
    Emulator::start((Ipv4Addr::LOCALHOST, 0).into(), world, settings)
        .await
        .unwrap()
}

async fn start() -> Emulator {
    start_with(settings()).await
}

async fn account_at(emulator: &Emulator, pace: Pace) -> Account {
    let connection = Connection {
        endpoint_url: Some(emulator.url()),
        is_demo: true,
        pace,
        ..Connection::default()
    };
    Account::connect(&connection).await.unwrap()
}

async fn account(emulator: &Emulator) -> Account {
    account_at(emulator, Pace::Off).await
}

fn contacts_arn(resource: &str) -> Arn {
    Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:{resource}")).unwrap()
}

fn contact(alias: &str) -> Arn {
    contacts_arn(&format!("contact/{alias}"))
}

fn channel(id: &str) -> Arn {
    contacts_arn(&format!("contact-channel/anna/{id}"))
}

fn rotation() -> Arn {
    contacts_arn("rotation/week")
}

fn response_plan() -> Arn {
    Arn::parse("arn:aws:ssm-incidents::111122223333:response-plan/checkout").unwrap()
}

fn hand_off(hour: i32, minute: i32) -> HandOff {
    HandOff { hour, minute }
}

/// The recurrence of the rotation, as it was read.
fn recurrence() -> Recurrence {
    Recurrence {
        number_of_on_calls: 1,
        multiplier: 1,
        daily: Vec::new(),
        weekly: vec![("MON".to_owned(), hand_off(9, 0)), ("THU".to_owned(), hand_off(17, 30))],
        monthly: Vec::new(),
        coverages: Vec::new(),
    }
}

fn stages(targets: Vec<Target>) -> Plan {
    Plan {
        stages: vec![Stage {
            duration_minutes: 10,
            targets,
        }],
        rotations: Vec::new(),
    }
}

fn channel_target(id: &str, retry_minutes: Option<i32>) -> Target {
    Target::Channel {
        channel: channel(id),
        retry_minutes,
    }
}

fn activation() -> Write {
    Write::ActivateContactChannel {
        channel: channel("mail"),
    }
}

fn created_channel() -> Write {
    Write::CreateContactChannel {
        contact: contact("anna"),
        name: "new phone".to_owned(),
        kind: ChannelKind::Sms,
        address: Address::new(NEW_ADDRESS),
    }
}

fn deleted(alias: &str) -> Write {
    Write::DeleteContact {
        contact: contact(alias),
    }
}

fn tagged(resource: Arn, value: &str) -> Write {
    Write::TagResource {
        resource,
        tags: vec![("quarantine".to_owned(), value.to_owned())],
    }
}

/// Returns one write of each kind, all of which the world allows.
fn writes() -> Vec<Write> {
    let mut writes = writes_to_contacts();
    writes.extend([
        Write::UpdateRotation {
            rotation: rotation(),
            members: vec![contact("ben"), contact("cora")],
            recurrence: recurrence(),
        },
        Write::DeleteRotation { rotation: rotation() },
        Write::CreateRotationOverride {
            rotation: rotation(),
            start_at: "2026-03-05T09:00:00Z".parse().unwrap(),
            end_at: "2026-03-05T17:00:00Z".parse().unwrap(),
            contacts: vec![contact("ben")],
        },
        Write::DeleteRotationOverride {
            rotation: rotation(),
            id: "6f0c0000-0000-4000-8000-000000000001".to_owned(),
        },
        Write::UpdateResponsePlan {
            response_plan: response_plan(),
            engagements: vec![contact("ben"), contact("team")],
        },
        Write::DeleteResponsePlan {
            response_plan: response_plan(),
        },
    ]);
    writes
}

fn writes_to_contacts() -> Vec<Write> {
    vec![
        Write::SendActivationCode {
            channel: channel("mail"),
        },
        activation(),
        Write::DeactivateContactChannel {
            channel: channel("sms"),
        },
        Write::UpdateContactChannel {
            channel: channel("sms"),
            name: None,
            address: Some(Address::new(NEW_ADDRESS)),
        },
        created_channel(),
        Write::DeleteContactChannel {
            channel: channel("mail"),
        },
        Write::UpdateContact {
            contact: contact("anna"),
            kind: ContactKind::Person,
            plan: stages(vec![channel_target("mail", Some(0)), channel_target("sms", None)]),
        },
        Write::CreateContact {
            contact: contact("dora"),
            display_name: Some("Dora".to_owned()),
            kind: ContactKind::EscalationPlan,
            plan: stages(vec![Target::Contact {
                contact: contact("ben"),
                is_essential: false,
            }]),
            tags: vec![("team".to_owned(), "core".to_owned())],
        },
        deleted("cora"),
        tagged(contact("ben"), "2026-03-02"),
        Write::UntagResource {
            resource: contact("anna"),
            keys: vec!["team".to_owned()],
        },
    ]
}

fn code_for(write: &Write) -> Option<SecretString> {
    (write.change() == Change::ActivateContactChannel).then(|| SecretString::from(CODE))
}

async fn send(account: &Account, write: &Write) -> Result<Sent, NotSent> {
    account.send(write, code_for(write).as_ref(), noon()).await
}

/// Sends a write to a new account, and returns what came of it with the account after it.
async fn carried_out(write: &Write) -> (Sent, World) {
    let emulator = start().await;
    let sent = send(&account(&emulator).await, write).await.unwrap();
    let world = emulator.world();
    emulator.stop().await;
    (sent, world)
}

/// Returns what the service remembers, without the tokens of requests, which are never the same.
fn without_tokens(mut world: World) -> World {
    world.used_tokens = BTreeMap::new();
    world
}

fn anna(world: &World) -> &Contact {
    &world.contacts["anna"]
}

fn calls_of(result: &Result<Sent, NotSent>) -> &[Call] {
    match result {
        Ok(sent) => &sent.calls,
        Err(refusal) => &refusal.calls,
    }
}

#[tokio::test]
async fn a_code_goes_to_the_device_and_only_its_right_one_activates() {
    let (_, world) = carried_out(&writes()[0]).await;
    assert_eq!(world.outbox.len(), 1);
    let (_, world) = carried_out(&activation()).await;
    assert_eq!(anna(&world).channels[1].status, ActivationStatus::Activated);

    let emulator = start().await;
    let wrong = SecretString::from("000000");
    let refusal = account(&emulator)
        .await
        .send(&activation(), Some(&wrong), noon())
        .await
        .unwrap_err();
    assert_eq!(
        (&refusal.kind, refusal.took_effect),
        (&NotSentKind::Validation, Some(false))
    );
    assert!(refusal.reason.contains("invalid or has expired"), "{}", refusal.reason);
    emulator.stop().await;
}

#[tokio::test]
async fn devices_are_switched_off_corrected_made_and_deleted() {
    let (_, world) = carried_out(&Write::DeactivateContactChannel {
        channel: channel("sms"),
    })
    .await;
    assert_eq!(anna(&world).channels[0].status, ActivationStatus::NotActivated);

    for (name, address) in [(Some("pager"), None), (None, Some(NEW_ADDRESS))] {
        let (_, world) = carried_out(&Write::UpdateContactChannel {
            channel: channel("sms"),
            name: name.map(str::to_owned),
            address: address.map(Address::new),
        })
        .await;
        let device = &anna(&world).channels[0];
        assert_eq!(device.name, name.unwrap_or("phone"));
        assert_eq!(device.address.as_deref(), Some(address.unwrap_or("+447700900123")));
    }

    let (sent, world) = carried_out(&created_channel()).await;
    let device = &anna(&world).channels[2];
    assert_eq!(device.address.as_deref(), Some(NEW_ADDRESS));
    assert_eq!(world.outbox.len(), 0, "the activation is deferred");
    assert_eq!(sent.created, Some(Created::Channel(channel(&device.id))));

    let (_, world) = carried_out(&Write::DeleteContactChannel {
        channel: channel("mail"),
    })
    .await;
    assert_eq!(anna(&world).channels.len(), 1);
}

#[tokio::test]
async fn a_plan_is_sent_as_stages_or_as_rotations_and_what_is_absent_stays_absent() {
    let (_, world) = carried_out(&writes()[6]).await;
    let plan = &anna(&world).plan;
    assert_eq!(plan.rotation_ids, None);
    let stage = &plan.stages.as_ref().unwrap()[0];
    let retries: Vec<Option<u32>> = stage.targets.iter().map(|target| target.retry_minutes).collect();
    assert_eq!((stage.minutes, retries), (10, vec![Some(0), None]));
    assert_eq!(anna(&world).display_name.as_deref(), Some("Anna"), "the name stays");

    let (_, world) = carried_out(&Write::UpdateContact {
        contact: contact("nights"),
        kind: ContactKind::Schedule,
        plan: Plan::default(),
    })
    .await;
    let plan = &world.contacts["nights"].plan;
    assert_eq!((&plan.stages, plan.rotation_ids.as_deref()), (&None, Some(&[][..])));
}

#[tokio::test]
async fn contacts_are_made_deleted_and_tagged() {
    let (sent, world) = carried_out(&writes()[7]).await;
    let dora = &world.contacts["dora"];
    assert_eq!(
        (dora.display_name.as_deref(), dora.tags["team"].as_str()),
        (Some("Dora"), "core")
    );
    let target = &dora.plan.stages.as_ref().unwrap()[0].targets[0];
    assert_eq!((target.essential, target.channel.as_deref()), (Some(false), None));
    assert_eq!(sent.created, Some(Created::Contact(contact("dora"))));

    assert!(!carried_out(&deleted("cora")).await.1.contacts.contains_key("cora"));
    let (_, world) = carried_out(&tagged(contact("ben"), "2026-03-02")).await;
    assert_eq!(world.contacts["ben"].tags["quarantine"], "2026-03-02");
    let (_, world) = carried_out(&writes()[10]).await;
    assert!(anna(&world).tags.is_empty());
}

#[tokio::test]
async fn a_rotation_keeps_all_but_its_members_and_a_response_plan_all_but_its_engagements() {
    let before = World::from_json(WORLD).unwrap();
    let (_, world) = carried_out(&writes()[11]).await;
    let mut expected = before.rotations["week"].clone();
    expected.contact_ids = vec![contact("ben").to_string(), contact("cora").to_string()];
    assert_eq!(world.rotations["week"], expected);

    let (_, world) = carried_out(&writes()[15]).await;
    let mut expected = before.response_plans["checkout"].clone();
    expected.engagements = vec![contact("ben").to_string(), contact("team").to_string()];
    assert_eq!(world.response_plans["checkout"], expected);

    assert!(carried_out(&writes()[12]).await.1.rotations.is_empty());
    assert!(carried_out(&writes()[16]).await.1.response_plans.is_empty());
}

#[tokio::test]
async fn every_kind_of_recurrence_comes_back_as_it_was() {
    let covered = ("TUE".to_owned(), vec![(hand_off(9, 0), hand_off(17, 15))]);
    let kinds = [
        recurrence(),
        Recurrence {
            weekly: Vec::new(),
            daily: vec![hand_off(6, 45), hand_off(18, 0)],
            ..recurrence()
        },
        Recurrence {
            weekly: Vec::new(),
            monthly: vec![(1, hand_off(0, 0)), (15, hand_off(12, 30))],
            number_of_on_calls: 2,
            multiplier: 3,
            coverages: vec![covered],
            ..recurrence()
        },
    ];
    for recurrence in kinds {
        let emulator = start().await;
        let account = account(&emulator).await;
        let write = Write::UpdateRotation {
            rotation: rotation(),
            members: vec![contact("ben"), contact("anna")],
            recurrence: recurrence.clone(),
        };
        send(&account, &write).await.unwrap();
        let probe = account.probe(&rotation(), noon()).await.unwrap();
        let row = &probe.inventory.rotations.items[&rotation()];
        assert_eq!(row.recurrence, Some(recurrence));
        assert_eq!(row.members.known().unwrap(), &[contact("ben"), contact("anna")]);
        assert_eq!(row.time_zone.as_deref(), Some("Europe/Dublin"));
        emulator.stop().await;
    }
}

#[tokio::test]
async fn overrides_are_made_and_taken_back() {
    let (sent, world) = carried_out(&writes()[13]).await;
    let made = &world.rotations["week"].overrides[1];
    assert_eq!(made.new_contact_ids, [contact("ben").to_string()]);
    assert_eq!(made.end_time - made.start_time, chrono::TimeDelta::hours(8));
    assert_eq!(sent.created, Some(Created::Override(made.id.clone())));
    let (_, world) = carried_out(&writes()[14]).await;
    assert!(world.rotations["week"].overrides.is_empty());
}

#[tokio::test]
async fn whatever_is_made_is_made_with_a_token() {
    let emulator = start().await;
    let account = account(&emulator).await;
    for write in [&writes()[4], &writes()[7], &writes()[13]] {
        send(&account, write).await.unwrap();
    }
    let world = emulator.world();
    let operations: Vec<&str> = world
        .used_tokens
        .keys()
        .map(|key| key.split_once('/').unwrap().0)
        .collect();
    assert_eq!(
        operations,
        ["CreateContact", "CreateContactChannel", "CreateRotationOverride"]
    );
    emulator.stop().await;
}

#[tokio::test]
async fn the_writes_and_the_preview_call_every_change_and_nothing_else() {
    let mut called = BTreeSet::new();
    for write in writes() {
        let emulator = start().await;
        let sent = send(&account(&emulator).await, &write).await.unwrap();
        let seen: Vec<String> = emulator.calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(seen, [write.change().name()]);
        assert_eq!(sent.calls.len(), 1);
        assert_eq!(sent.calls[0].operation, Called::Change(write.change()));
        assert_eq!(sent.calls[0].outcome, CallOutcome::Done);
        assert_eq!(
            (sent.request_id.is_some(), &sent.request_id),
            (true, &sent.calls[0].request_id)
        );
        called.extend(seen);
        emulator.stop().await;
    }
    let emulator = start().await;
    let reader = account(&emulator).await;
    reader.preview_shifts(&draft(), window(), noon()).await.unwrap();
    assert_eq!(reader.engaged(window(), noon()).await.unwrap().engagements, []);
    called.extend(emulator.calls().into_iter().map(|call| call.operation));
    emulator.stop().await;
    let all: BTreeSet<String> = Change::ALL.iter().map(|change| change.name().to_owned()).collect();
    assert_eq!(called, all);
}

/// What a fault leaves known of a write: nothing stood against it, or this did, and whether it took effect.
enum Known {
    Sent,
    Not(NotSentKind, Option<bool>),
    /// The answer broke, in one way or another.
    Broken,
}

fn known_after(fault: &str, write: &Write) -> Known {
    let change = write.change();
    match fault {
        "throttle" | "slow" | "empty-answer" | "lost-token" | "repeated-token" | "unknown-enum-value" => Known::Sent,
        // An answer without a body cannot be cut.
        "cut-answer" if matches!(change, Change::UpdateResponsePlan | Change::DeleteResponsePlan) => Known::Sent,
        "cut-answer" => Known::Broken,
        "reset" | "lost-answer" => Known::Not(NotSentKind::Unreachable, None),
        "access-denied" => {
            let permission = format!("{}:{}", change.service().name(), change.name());
            Known::Not(NotSentKind::Denied { permission }, Some(false))
        }
        "expired-credentials" => Known::Not(NotSentKind::Credentials, Some(false)),
        "data-encryption" => Known::Not(NotSentKind::Encryption, Some(false)),
        "html-500" | "unknown-error-type" | "internal-server" => Known::Not(NotSentKind::Other, None),
        other => panic!("what a write knows after {other} is not written down"),
    }
}

/// Returns whether the work was done in spite of the fault.
fn is_done_after(fault: &str, result: &Result<Sent, NotSent>) -> bool {
    result.is_ok() || ["lost-answer", "cut-answer"].contains(&fault)
}

/// Takes a few seconds, since after a throttle the pace is one write a second.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_on_every_write_says_what_is_known_and_is_sent_once() {
    let before = World::from_json(WORLD).unwrap();
    let before = &before;
    let cases = writes()
        .into_iter()
        .flat_map(|write| KINDS.iter().map(move |kind| (write.clone(), *kind)));
    let sent = cases.map(|(write, kind)| async move {
        let name = write.change().name();
        let fault = match kind {
            "throttle" => format!("{name}:throttle=429:1"),
            "slow" => format!("{name}:slow=30"),
            _ => format!("{name}:{kind}"),
        };
        let emulator = start().await;
        emulator.faults(vec![fault.parse().unwrap()]);
        let result = send(&account(&emulator).await, &write).await;
        let (world, seen) = (without_tokens(emulator.world()), emulator.calls());
        emulator.stop().await;

        let expected = if is_done_after(kind, &result) {
            without_tokens(carried_out(&write).await.1)
        } else {
            before.clone()
        };
        assert!(world == expected, "{fault}: the account is not as it should be");
        match (known_after(kind, &write), &result) {
            (Known::Sent, Ok(_)) => {}
            (Known::Broken, Err(refusal)) => assert_eq!(refusal.took_effect, None, "{fault}"),
            (Known::Not(kind, took_effect), Err(refusal)) => {
                assert_eq!((&refusal.kind, refusal.took_effect), (&kind, took_effect), "{fault}");
            }
            (_, result) => panic!("{fault}: {result:?}"),
        }
        let attempts = if kind == "throttle" { 2 } else { 1 };
        assert_eq!((seen.len(), calls_of(&result).len()), (attempts, attempts), "{fault}");
        let printed = format!("{result:?} {write:?}");
        for secret in SECRETS {
            assert!(!printed.contains(secret), "{fault}: {secret} in {printed}");
        }
    });
    stream::iter(sent).buffer_unordered(32).collect::<Vec<()>>().await;
}

/// Takes seven seconds: one, two and four between the attempts.
#[tokio::test]
async fn a_write_that_is_throttled_again_and_again_is_given_up_and_changed_nothing() {
    let emulator = start().await;
    emulator.faults(vec!["DeleteContact:throttle".parse().unwrap()]);
    let account = account(&emulator).await;
    let refusal = send(&account, &deleted("cora")).await.unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.took_effect),
        (NotSentKind::Throttled, Some(false))
    );
    let attempts: Vec<u32> = refusal.calls.iter().map(|call| call.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 4]);
    assert!(emulator.world().contacts.contains_key("cora"));
    assert!(account.seconds_per_write() > 1, "the preview shows the slower pace");
    emulator.stop().await;
}

/// Takes two seconds, which is what the rate allows.
#[tokio::test]
async fn writes_keep_to_one_a_second_and_the_demo_to_no_rate() {
    // Two writes fit into the bucket, so that a packet may be late, and three do not.
    let emulator = start_with(Settings {
        rates: Rates::Published,
        burst_seconds: 2.0,
        ..settings()
    })
    .await;
    let account = account_at(&emulator, Pace::Published).await;
    assert_eq!(account.seconds_per_write(), 1);
    for write in &writes()[8..11] {
        send(&account, write).await.unwrap();
    }
    assert!(
        emulator.calls().iter().all(|call| call.status == Some(200)),
        "throttled"
    );
    assert_eq!(account_at(&emulator, Pace::Off).await.seconds_per_write(), 0);
    emulator.stop().await;
}

#[tokio::test]
async fn a_conflict_is_told_whole() {
    let emulator = start().await;
    let refusal = send(&account(&emulator).await, &deleted("anna")).await.unwrap_err();
    let expected = NotSentKind::Conflict {
        dependents: vec![Dependent {
            relation: "ROTATION".to_owned(),
            resources: vec![rotation().to_string()],
        }],
    };
    assert_eq!((&refusal.kind, refusal.took_effect), (&expected, Some(false)));
    for part in ["is a member of one or more rotations", "ROTATION", rotation().as_str()] {
        assert!(refusal.reason.contains(part), "{}", refusal.reason);
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_denial_names_the_permission_that_is_missing_even_where_no_operation_has_its_name() {
    let emulator = start().await;
    emulator.faults(vec!["AssociateContact:access-denied".parse().unwrap()]);
    let write = Write::UpdateContact {
        contact: contact("team"),
        kind: ContactKind::EscalationPlan,
        plan: stages(vec![Target::Contact {
            contact: contact("ben"),
            is_essential: true,
        }]),
    };
    let refusal = send(&account(&emulator).await, &write).await.unwrap_err();
    let permission = "ssm-contacts:AssociateContact".to_owned();
    assert_eq!(refusal.kind, NotSentKind::Denied { permission });
    emulator.stop().await;
}

#[tokio::test]
async fn a_quota_and_something_that_is_gone_are_told_apart() {
    let emulator = start_with(Settings {
        codes_per_hour: Some(0),
        ..settings()
    })
    .await;
    let account = account(&emulator).await;
    let refusal = send(&account, &writes()[0]).await.unwrap_err();
    assert_eq!((refusal.kind, refusal.took_effect), (NotSentKind::Quota, Some(false)));
    let refusal = send(&account, &deleted("nobody")).await.unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.took_effect),
        (NotSentKind::NotFound, Some(false))
    );
    emulator.stop().await;
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let emulator = start().await;
    let account = account(&emulator).await;
    emulator.stop().await;
    let refusal = send(&account, &deleted("cora")).await.unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.took_effect),
        (NotSentKind::Unreachable, Some(false))
    );
}

#[tokio::test]
async fn what_does_not_say_all_is_never_sent() {
    let emulator = start().await;
    let account = account(&emulator).await;
    let masked: Address = serde_json::from_str(r#"{"masked":"+44•••••••456"}"#).unwrap();
    let with_both = Plan {
        rotations: vec![rotation()],
        ..stages(Vec::new())
    };
    let mixed = |kind: ContactKind| Write::UpdateContact {
        contact: contact("anna"),
        kind,
        plan: with_both.clone(),
    };
    let cases = [
        Write::UpdateContactChannel {
            channel: channel("sms"),
            name: None,
            address: Some(masked),
        },
        Write::UpdateContactChannel {
            channel: channel("sms"),
            name: None,
            address: None,
        },
        mixed(ContactKind::Person),
        mixed(ContactKind::Schedule),
        tagged(contact("ben"), "a•••@example.com"),
        tagged(response_plan(), "2026-03-02"),
    ];
    for write in &cases {
        let refusal = account.send(write, None, noon()).await.unwrap_err();
        let kind = (refusal.kind, refusal.took_effect, refusal.calls.len());
        assert_eq!(kind, (NotSentKind::Unsendable, Some(false), 0), "{write:?}");
    }
    for code in [None, Some(SecretString::from(""))] {
        let refusal = account.send(&activation(), code.as_ref(), noon()).await.unwrap_err();
        assert_eq!(refusal.kind, NotSentKind::Unsendable);
    }
    assert!(emulator.calls().is_empty());
    emulator.stop().await;
}

#[tokio::test]
async fn a_probe_reads_all_that_a_write_may_change() {
    let emulator = start().await;
    let account = account(&emulator).await;

    let probe = account.probe(&contact("anna"), noon()).await.unwrap();
    let row = &probe.inventory.contacts.items[&contact("anna")];
    assert_eq!(row.plan.known().unwrap().stages.len(), 1);
    assert_eq!(row.channels.known().unwrap().len(), 2);
    assert_eq!(row.tags.known().unwrap()["team"], "core");
    assert!(probe.is_there && probe.inventory.gaps.is_empty());
    assert_eq!(probe.inventory.account(), Some("111122223333"));
    let asked: Vec<&str> = probe.calls.iter().map(|call| call.operation.name()).collect();
    assert!(!asked.contains(&"GetContactPolicy"), "{asked:?}");

    let probe = account.probe(&rotation(), noon()).await.unwrap();
    let row = &probe.inventory.rotations.items[&rotation()];
    assert_eq!(row.overrides.known().unwrap().len(), 1);
    assert!(!row.shifts.known().unwrap().is_empty());

    for alias in ["team", "nights"] {
        let probe = account.probe(&contact(alias), noon()).await.unwrap();
        assert!(probe.inventory.contacts.items[&contact(alias)].plan.known().is_some());
    }
    let probe = account.probe(&response_plan(), noon()).await.unwrap();
    let detail = &probe.inventory.response_plans.items[&response_plan()].detail;
    assert_eq!(detail.known().unwrap().engagements, [contact("anna")]);
    emulator.stop().await;
}

#[tokio::test]
async fn a_probe_says_what_is_gone() {
    let emulator = start().await;
    let account = account(&emulator).await;
    for (subject, is_there, rows) in [
        (contact("anna"), true, 1),
        (contact("nobody"), false, 0),
        (channel("mail"), true, 1),
        (channel("none"), false, 1),
        (contacts_arn("contact-channel/nobody/sms"), false, 0),
        (contacts_arn("rotation/none"), false, 0),
    ] {
        let probe = account.probe(&subject, noon()).await.unwrap();
        let found = (probe.is_there, probe.inventory.contacts.items.len());
        assert_eq!(found, (is_there, rows), "{subject}");
    }
    let page = contacts_arn("page/anna/1a2b");
    let unread = account.probe(&page, noon()).await.unwrap_err();
    assert_eq!(unread.failure.kind(), FailureKind::Bug);
    emulator.stop().await;
}

/// Takes a few seconds: each request that breaks is sent three times with pauses.
#[tokio::test(flavor = "multi_thread")]
async fn a_probe_that_is_not_complete_is_no_probe() {
    let cases: [(Arn, &[&str]); 3] = [
        (channel("mail"), &["GetContact", "ListContactChannels"]),
        (
            rotation(),
            &["GetRotation", "ListRotationOverrides", "ListRotationShifts"],
        ),
        (response_plan(), &["GetResponsePlan"]),
    ];
    let faults = [
        "access-denied",
        "reset",
        "html-500",
        "expired-credentials",
        "cut-answer",
    ];
    for (subject, operations) in cases {
        for (operation, fault) in operations
            .iter()
            .flat_map(|operation| faults.iter().map(move |fault| (operation, fault)))
        {
            let emulator = start().await;
            emulator.faults(vec![format!("{operation}:{fault}").parse().unwrap()]);
            let unread = account(&emulator).await.probe(&subject, noon()).await.unwrap_err();
            assert!(!unread.calls.is_empty());
            let permission = unread.failure.next_action().unwrap_or_default().contains(operation);
            assert_eq!(
                permission,
                *fault == "access-denied",
                "{operation}:{fault}: {}",
                unread.failure
            );
            emulator.stop().await;
        }
    }
}

#[tokio::test]
async fn tags_that_cannot_be_read_are_a_gap_of_a_probe_and_no_end_of_it() {
    let emulator = start().await;
    emulator.faults(vec!["ListTagsForResource:access-denied".parse().unwrap()]);
    let probe = account(&emulator).await.probe(&contact("anna"), noon()).await.unwrap();
    let tags = &probe.inventory.contacts.items[&contact("anna")].tags;
    assert_eq!(tags.gap().unwrap().reason, GapReason::Denied);
    assert_eq!(probe.inventory.gaps.len(), 1);
    emulator.stop().await;
}

fn draft() -> RotationDraft {
    RotationDraft {
        members: vec![contact("anna"), contact("ben")],
        recurrence: recurrence(),
        time_zone: "Europe/Dublin".to_owned(),
        start_at: Some("2026-01-05T09:00:00Z".parse().unwrap()),
        overrides: Vec::new(),
    }
}

fn window() -> (Timestamp, Timestamp) {
    (noon(), noon() + chrono::Duration::days(30))
}

#[tokio::test]
async fn the_preview_of_a_rotation_as_it_is_are_its_shifts_to_the_end() {
    let emulator = start().await;
    let account = account(&emulator).await;
    let probe = account.probe(&rotation(), noon()).await.unwrap();
    let row = &probe.inventory.rotations.items[&rotation()];
    let as_it_is = RotationDraft {
        overrides: row.overrides.known().unwrap().clone(),
        ..draft()
    };
    let end = probe.inventory.horizon_end.unwrap();
    let previewed = account.preview_shifts(&as_it_is, (noon(), end), noon()).await.unwrap();
    assert_eq!(&previewed.shifts, row.shifts.known().unwrap());
    assert!(previewed.calls.len() > 1, "it comes in several pages");
    assert!(previewed.shifts.iter().any(|shift| !shift.overridden.is_empty()));

    let alone = RotationDraft {
        members: vec![contact("ben")],
        ..draft()
    };
    let previewed = account.preview_shifts(&alone, window(), noon()).await.unwrap();
    let is_bens = |shift: &Shift| shift.contacts == [contact("ben")];
    assert!(!previewed.shifts.is_empty() && previewed.shifts.iter().all(is_bens));
    emulator.stop().await;
}

#[tokio::test]
async fn half_a_preview_is_none() {
    for (fault, kind) in [
        ("access-denied", FailureKind::Access),
        ("access-denied:after=1", FailureKind::Access),
        ("repeated-token", FailureKind::Service),
        ("expired-credentials", FailureKind::Credentials),
    ] {
        let emulator = start().await;
        emulator.faults(vec![format!("ListPreviewRotationShifts:{fault}").parse().unwrap()]);
        let account = account(&emulator).await;
        let unread = account.preview_shifts(&draft(), window(), noon()).await.unwrap_err();
        assert_eq!(unread.failure.kind(), kind, "{fault}");
        assert!(
            unread
                .calls
                .iter()
                .all(|call| call.operation == Called::Read(Operation::ListPreviewRotationShifts))
        );
        emulator.stop().await;
    }
}

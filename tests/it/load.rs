//! The loader against the embedded account: with every fault on every call, what it could not read is a gap, and what it
//! says it read is what is there.

use callsheet::{
    aws::{Account, Assignment, CancellationToken},
    config::{Connection, Pace},
    domain::{
        Timestamp,
        call::CallOutcome,
        contact::ContactKind,
        gap::{GapReason, Reading},
        ids::Arn,
        inventory::{Inventory, Part, Section, SectionState},
        load::LoadEvent,
        operation::{Operation, RateClass},
        response::Chat,
    },
    emulator::{
        Emulator, KINDS, Settings, World, generate,
        settings::{AbsentPolicy, ErrorTypes, Rates, Switch, TagReads},
        world::{Contact, ContactType, ResourcePolicy},
    },
    failure::{Failure, FailureKind},
};
use futures_util::stream::{self, StreamExt as _};
use std::{fmt::Debug, net::Ipv4Addr};
use tokio::sync::mpsc;

/// A guest of the account, shared by another one.
const GUEST: &str = "arn:aws:ssm-contacts:eu-west-1:999988887777:contact/guest";

/// What a load came to.
struct Loaded {
    inventory: Inventory,
    events: Vec<LoadEvent>,
    result: Result<(), Failure>,
}

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

/// Settings that make lists come in several pages, at a time that stands still.
fn settings() -> Settings {
    Settings {
        clock: Some(noon()),
        seed: Some(1),
        page_size: 4,
        ..Settings::default()
    }
}

/// A small organisation in which every operation is needed: its first rotation has as many members as a list may hide.
fn world() -> World {
    with_members(25)
}

fn with_members(count: usize) -> World {
    organisation(8, count)
}

fn organisation(people: usize, count: usize) -> World {
    let mut world = generate::organisation(people, 1);
    let rotation = world.rotations.values_mut().next().unwrap();
    let members: Vec<_> = rotation.contact_ids.iter().cycle().take(count).cloned().collect();
    rotation.contact_ids = members;
    share(&mut world);
    world
}

/// Shares one contact with another account, and one response plan by more policies than a page holds.
fn share(world: &mut World) {
    let policy = |account: usize| {
        format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account:012}:root"}},"Action":"*"}}]}}"#
        )
    };
    let contact = world.contacts.values_mut().next().unwrap();
    contact.policy = Some(policy(4444));
    let plan = world.response_plans.keys().next().unwrap();
    let resource = world.incidents_arn(&format!("response-plan/{plan}"));
    for number in 0..5 {
        let policy = ResourcePolicy {
            resource: resource.clone(),
            document: policy(number),
            share_region: "eu-west-1".to_owned(),
        };
        world.resource_policies.insert(format!("policy-{number}"), policy);
    }
}

async fn start(world: World, settings: Settings) -> Emulator {
    Emulator::start((Ipv4Addr::LOCALHOST, 0).into(), world, settings)
        .await
        .unwrap()
}

fn connection(url: String) -> Connection {
    Connection {
        endpoint_url: Some(url),
        is_demo: true,
        pace: Pace::Off,
        ..Connection::default()
    }
}

async fn account(emulator: &Emulator) -> Account {
    Account::connect(&connection(emulator.url())).await.unwrap()
}

/// Loads, or reads one row again, into `inventory`; `react` sees each event as it arrives.
async fn run(
    account: &Account,
    row: Option<&Arn>,
    mut inventory: Inventory,
    react: impl Fn(&LoadEvent, &CancellationToken),
) -> Loaded {
    let (out, mut events_in) = mpsc::channel(2);
    let stop = CancellationToken::new();
    let assignment = Assignment {
        now: noon(),
        out,
        stop: stop.clone(),
    };
    let load = async move {
        match row {
            Some(row) => account.read_again(row, &assignment).await,
            None => account.load(&assignment).await,
        }
    };
    let collect = async {
        let mut events: Vec<LoadEvent> = Vec::new();
        while let Some(batch) = events_in.recv().await {
            for event in &batch {
                react(event, &stop);
            }
            events.extend(batch);
        }
        events
    };
    let (result, events) = tokio::join!(load, collect);
    for event in &events {
        if let LoadEvent::Part(part) = event {
            inventory.apply(part.clone());
        }
    }
    Loaded {
        inventory,
        events,
        result,
    }
}

/// Goes on where `read` ends.
async fn go_on(account: &Account, read: Inventory) -> Loaded {
    let (out, mut batches) = mpsc::channel(64);
    let assignment = Assignment {
        now: noon(),
        out,
        stop: CancellationToken::new(),
    };
    let unread = read.clone();
    let load = async move { account.go_on(&unread, &assignment).await };
    let collect = async {
        let mut events = Vec::new();
        while let Some(batch) = batches.recv().await {
            events.extend(batch);
        }
        events
    };
    let (result, events) = tokio::join!(load, collect);
    let mut inventory = read;
    for event in &events {
        if let LoadEvent::Part(part) = event {
            inventory.apply(part.clone());
        }
    }
    Loaded {
        inventory,
        events,
        result,
    }
}

async fn load(account: &Account) -> Loaded {
    run(account, None, Inventory::empty("eu-west-1", None), |_, _| {}).await
}

/// Loads `world` with these faults from a new emulator.
async fn load_with(world: World, settings: Settings, faults: &[&str]) -> Loaded {
    let emulator = start(world, settings).await;
    emulator.faults(faults.iter().map(|fault| fault.parse().unwrap()).collect());
    let loaded = load(&account(&emulator).await).await;
    emulator.stop().await;
    loaded
}

async fn truth() -> Inventory {
    let loaded = load_with(world(), settings(), &[]).await;
    loaded.result.unwrap();
    assert!(loaded.inventory.is_complete(), "{:?}", loaded.inventory.gaps);
    loaded.inventory
}

/// Fails unless everything that `seen` says it knows is so.
#[track_caller]
fn assert_no_lie(case: &str, truth: &Inventory, seen: &Inventory) {
    fn known<T: PartialEq + Debug>(case: &str, truth: &Reading<T>, seen: &Reading<T>) {
        if let Some(seen) = seen.known() {
            assert_eq!(truth.known(), Some(seen), "{case}");
        }
    }
    fn rows<T>(case: &str, truth: &Section<T>, seen: &Section<T>, compare: impl Fn(&T, &T)) {
        if seen.state == SectionState::Complete {
            assert!(
                truth.items.keys().eq(seen.items.keys()),
                "{case}: the list is not complete"
            );
        }
        for (arn, row) in &seen.items {
            compare(&truth.items[arn], row);
        }
    }
    known(case, &truth.caller, &seen.caller);
    known(case, &truth.replication_set, &seen.replication_set);
    rows(case, &truth.contacts, &seen.contacts, |truth, seen| {
        known(case, &truth.plan, &seen.plan);
        known(case, &truth.channels, &seen.channels);
        known(case, &truth.tags, &seen.tags);
        known(case, &truth.sharing, &seen.sharing);
    });
    rows(case, &truth.rotations, &seen.rotations, |truth, seen| {
        known(case, &truth.members, &seen.members);
        known(case, &truth.overrides, &seen.overrides);
        known(case, &truth.shifts, &seen.shifts);
        known(case, &truth.tags, &seen.tags);
    });
    rows(case, &truth.response_plans, &seen.response_plans, |truth, seen| {
        known(case, &truth.detail, &seen.detail);
        known(case, &truth.tags, &seen.tags);
        known(case, &truth.sharing, &seen.sharing);
    });
}

/// Fails unless both hold the same rows and no gap.
#[track_caller]
fn assert_same(truth: &Inventory, seen: &Inventory) {
    assert!(seen.is_complete(), "{:?}", seen.gaps);
    assert_eq!(truth.caller, seen.caller);
    assert_eq!(truth.replication_set, seen.replication_set);
    assert_eq!(truth.contacts, seen.contacts);
    assert_eq!(truth.rotations, seen.rotations);
    assert_eq!(truth.response_plans, seen.response_plans);
}

fn first_person(inventory: &Inventory) -> Arn {
    inventory.contacts_of(&ContactKind::Person).next().unwrap().arn.clone()
}

/// The model lets these leave out their list or their policy, so that an empty answer of theirs is one that has none.
const OPTIONAL: [Operation; 5] = [
    Operation::ListContacts,
    Operation::ListRotationOverrides,
    Operation::ListRotationShifts,
    Operation::GetContactPolicy,
    Operation::ListContactTags,
];

/// How many loads go on side by side: more would only make a busy machine time out.
const LOADS_AT_ONCE: usize = 32;

/// Takes a few seconds: each request that breaks is sent three times with pauses.
#[tokio::test(flavor = "multi_thread")]
async fn no_fault_on_any_call_becomes_an_answer() {
    // As small as it can be with lists of several pages, since there are more than two hundred loads.
    let world = || organisation(3, 25);
    let settings = || Settings {
        page_size: 2,
        ..settings()
    };
    let truth = load_with(world(), settings(), &[]).await.inventory;
    assert!(truth.is_complete(), "{:?}", truth.gaps);
    let truth = &truth;
    let cases = Operation::ALL
        .iter()
        .flat_map(|operation| KINDS.iter().map(move |kind| (operation, *kind)));
    let loads = cases.map(|(operation, kind)| async move {
        // A throttle passes, as real ones do; slow is slow enough to be seen; every other fault stays.
        let fault = match kind {
            "throttle" => format!("{}:throttle=429:2", operation.name()),
            "slow" => format!("{}:slow=30", operation.name()),
            _ => format!("{}:{kind}", operation.name()),
        };
        let loaded = load_with(world(), settings(), &[&fault]).await;
        let seen = &loaded.inventory;
        assert!(seen.ended_at.is_some(), "{fault}");
        match kind {
            "throttle" | "slow" => assert_same(truth, seen),
            // Words that are not known are kept; another test looks at them.
            "unknown-enum-value" => assert!(loaded.result.is_ok(), "{fault}"),
            // Nothing in the answer says that it was cut. Two operations have the same name, and the fault hits both.
            "empty-answer" if OPTIONAL.iter().any(|optional| optional.name() == operation.name()) => {}
            "lost-token" | "repeated-token" => assert_no_lie(&fault, truth, seen),
            _ => {
                assert_no_lie(&fault, truth, seen);
                assert!(
                    seen.gaps.iter().any(|gap| gap.operation == *operation),
                    "{fault}: {:?}",
                    seen.gaps
                );
                assert_eq!(loaded.result.is_err(), kind == "expired-credentials", "{fault}");
            }
        }
    });
    stream::iter(loads)
        .buffer_unordered(LOADS_AT_ONCE)
        .collect::<Vec<()>>()
        .await;
}

#[tokio::test]
async fn the_same_world_loaded_twice_is_the_same() {
    assert_same(&truth().await, &truth().await);
}

#[tokio::test]
async fn a_throttle_slows_a_load_down_and_never_fails_it() {
    let truth = truth().await;
    for status in [400, 429] {
        let loaded = load_with(world(), settings(), &[&format!("*:throttle={status}:5")]).await;
        assert_same(&truth, &loaded.inventory);
        assert!(
            loaded
                .events
                .iter()
                .any(|event| matches!(event, LoadEvent::Slowed { .. }))
        );
    }
}

#[tokio::test]
async fn tiny_and_empty_pages_make_no_difference() {
    let settings = Settings {
        page_size: 1,
        empty_first_page: Switch::On,
        ..settings()
    };
    assert_same(&truth().await, &load_with(world(), settings, &[]).await.inventory);
}

#[tokio::test]
async fn a_repeated_token_keeps_what_was_read_and_cuts_the_list_short() {
    let seen = load_with(world(), settings(), &["ListContacts:repeated-token"])
        .await
        .inventory;
    assert_eq!(seen.contacts.gap().unwrap().reason, GapReason::RepeatedToken);
    assert!(!seen.contacts.items.is_empty());
    assert!(
        seen.contacts
            .items
            .values()
            .all(|contact| contact.plan.known().is_some())
    );
}

#[tokio::test]
async fn members_that_the_list_hides_are_asked_for() {
    for (count, is_asked) in [(24, false), (25, true), (30, true)] {
        let emulator = start(with_members(count), settings()).await;
        let seen = load(&account(&emulator).await).await.inventory;
        let asked = emulator.calls().iter().any(|call| call.operation == "GetRotation");
        let members = seen
            .rotations
            .items
            .values()
            .next()
            .unwrap()
            .members
            .known()
            .unwrap()
            .len();
        assert_eq!((asked, members), (is_asked, count));
        emulator.stop().await;
    }
}

#[tokio::test]
async fn the_devices_of_a_shared_contact_are_not_shared() {
    let mut world = world();
    world
        .contacts
        .insert(GUEST.to_owned(), Contact::new(ContactType::Personal));
    let loaded = load_with(world, settings(), &[]).await;
    let guest = &loaded.inventory.contacts.items[&Arn::parse(GUEST).unwrap()];
    assert!(guest.plan.known().is_some());
    assert_eq!(guest.channels.gap().unwrap().reason, GapReason::NotShared);
    assert_eq!(guest.tags.gap().unwrap().reason, GapReason::NotShared);
    assert_eq!(guest.sharing.gap().unwrap().reason, GapReason::NotShared);
    assert_eq!(loaded.inventory.gaps.len(), 3);
}

#[tokio::test]
async fn nobody_asks_for_the_tags_of_what_another_account_shares() {
    let mut world = World::default();
    world
        .contacts
        .insert(GUEST.to_owned(), Contact::new(ContactType::Escalation));
    let emulator = start(world, settings()).await;
    let seen = load(&account(&emulator).await).await.inventory;
    assert_eq!(seen.gaps.len(), 2, "{:?}", seen.gaps);
    let asked: Vec<String> = emulator.calls().into_iter().map(|call| call.operation).collect();
    for operation in ["ListTagsForResource", "GetContactPolicy"] {
        assert!(!asked.iter().any(|asked| asked == operation), "{asked:?}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn tags_and_sharing_are_read_of_everything_that_has_them() {
    let seen = truth().await;
    let contacts = seen.contacts.items.values();
    let rotations = seen.rotations.items.values();
    let plans = seen.response_plans.items.values();
    let tags = contacts
        .clone()
        .map(|contact| &contact.tags)
        .chain(rotations.map(|rotation| &rotation.tags))
        .chain(plans.clone().map(|plan| &plan.tags));
    for tags in tags {
        let tags = tags.known().unwrap();
        assert!(tags.contains_key("team"), "{tags:?}");
        // The generated owners are mail addresses.
        assert!(tags["owner"].contains("•••@example.com"), "{tags:?}");
    }
    let shared: Vec<usize> = contacts
        .map(|contact| &contact.sharing)
        .chain(plans.map(|plan| &plan.sharing))
        .map(|sharing| sharing.known().unwrap().principals.len())
        .filter(|count| *count > 0)
        .collect();
    assert_eq!(shared, [1, 5]);
}

#[tokio::test]
async fn a_contact_without_a_policy_is_not_shared_however_the_service_says_so() {
    for absent_policy in [AbsentPolicy::Empty, AbsentPolicy::NotFound] {
        let settings = Settings {
            absent_policy,
            ..settings()
        };
        assert_same(&truth().await, &load_with(world(), settings, &[]).await.inventory);
    }
}

#[tokio::test]
async fn a_policy_that_is_not_understood_is_a_gap() {
    let mut world = world();
    let alias = world.contacts.keys().next().unwrap().clone();
    world.contacts.get_mut(&alias).unwrap().policy = Some(r#"{"Statement":[{"Effect":"Deny"}]}"#.to_owned());
    world.resource_policies.values_mut().next().unwrap().document = "[]".to_owned();
    let seen = load_with(world, settings(), &[]).await.inventory;
    let mut operations: Vec<Operation> = seen.gaps.iter().map(|gap| gap.operation).collect();
    operations.sort();
    assert_eq!(
        operations,
        [Operation::GetContactPolicy, Operation::GetResourcePolicies]
    );
    for gap in &seen.gaps {
        assert!(matches!(gap.reason, GapReason::Malformed { .. }), "{:?}", gap.reason);
    }
}

#[tokio::test]
async fn no_row_waits_for_tags_and_sharing() {
    let emulator = start(world(), settings()).await;
    load(&account(&emulator).await).await.result.unwrap();
    let calls: Vec<String> = emulator.calls().into_iter().map(|call| call.operation).collect();
    let comes_last = |name: &String| {
        Operation::ALL
            .iter()
            .any(|operation| operation.name() == name && operation.comes_last())
    };
    let first = calls.iter().position(comes_last).unwrap();
    assert!(calls[first..].iter().all(comes_last), "{calls:?}");
    emulator.stop().await;
}

#[tokio::test]
async fn a_word_that_is_not_known_is_kept() {
    let seen = load_with(world(), settings(), &["ListContacts:unknown-enum-value"])
        .await
        .inventory;
    assert!(
        seen.contacts
            .items
            .values()
            .all(|contact| contact.kind == ContactKind::from("SOMETHING_NEW".to_owned()))
    );
    assert!(seen.is_complete(), "{:?}", seen.gaps);
}

#[tokio::test]
async fn a_chat_channel_of_an_unknown_kind_is_neither_none_nor_a_gap() {
    let truth = truth().await;
    let seen = load_with(world(), settings(), &["GetResponsePlan:unknown-enum-value"])
        .await
        .inventory;
    assert!(seen.is_complete(), "{:?}", seen.gaps);
    let chats = |inventory: &Inventory| -> Vec<Chat> {
        let details = inventory.response_plans.items.values();
        details.map(|plan| plan.detail.known().unwrap().chat.clone()).collect()
    };
    let unrecognised = |chat: Chat| match chat {
        Chat::Topics(_) => Chat::Unrecognised,
        Chat::None | Chat::Unrecognised => chat,
    };
    let expected: Vec<Chat> = chats(&truth).into_iter().map(unrecognised).collect();
    assert!(expected.contains(&Chat::Unrecognised));
    assert_eq!(chats(&seen), expected);
}

#[tokio::test]
async fn an_empty_answer_is_no_answer() {
    for operation in Operation::ALL {
        let fault = format!("{}:empty-answer", operation.name());
        let seen = load_with(world(), settings(), &[&fault]).await.inventory;
        let gap = seen.gaps.iter().find(|gap| gap.operation == *operation);
        let is_malformed = gap.is_some_and(|gap| matches!(gap.reason, GapReason::Malformed { .. }));
        assert_eq!(is_malformed, !OPTIONAL.contains(operation), "{fault}: {:?}", seen.gaps);
    }
}

/// The protocol allows more than the bare name of an error in the body and in the header.
#[tokio::test]
async fn an_error_type_is_understood_in_both_spellings() {
    let faults = [
        "GetContact:throttle:2",
        "GetContact:access-denied:1",
        "GetRotation:data-encryption:1",
        "GetResponsePlan:access-denied:1",
        "GetReplicationSet:unknown-error-type:1",
        "ListContactChannels:internal-server=0",
    ];
    let mut reasons = Vec::new();
    for error_types in [ErrorTypes::Bare, ErrorTypes::Decorated] {
        let settings = Settings {
            error_types,
            ..settings()
        };
        let gaps = load_with(world(), settings, &faults).await.inventory.gaps;
        let mut found: Vec<String> = gaps
            .iter()
            .map(|gap| format!("{:?} {}", gap.operation, gap.reason))
            .collect();
        found.sort();
        reasons.push(found);
    }
    assert!(
        reasons[0]
            .iter()
            .any(|reason| reason.contains("DataEncryptionException"))
    );
    assert_eq!(reasons[0], reasons[1]);
}

#[tokio::test]
async fn a_load_that_is_stopped_says_what_it_did_not_read() {
    let truth = truth().await;
    let emulator = start(world(), settings()).await;
    emulator.faults(vec!["GetContact:slow=60000".parse().unwrap()]);
    let stop_at_rows = |event: &LoadEvent, stop: &CancellationToken| {
        if matches!(event, LoadEvent::Part(Part::Contacts(rows)) if !rows.is_empty()) {
            stop.cancel();
        }
    };
    let loaded = run(
        &account(&emulator).await,
        None,
        Inventory::empty("eu-west-1", None),
        stop_at_rows,
    )
    .await;
    loaded.result.unwrap();
    let seen = &loaded.inventory;
    assert_no_lie("stopped", &truth, seen);
    assert!(seen.ended_at.is_some() && !seen.gaps.is_empty());
    assert!(seen.gaps.iter().all(|gap| gap.reason == GapReason::Cancelled));
    assert!(seen.contacts.items.values().all(|contact| contact.plan.gap().is_some()));
    emulator.stop().await;
}

#[tokio::test]
async fn credentials_that_end_midway_stop_the_load_at_once() {
    let emulator = start(world(), settings()).await;
    emulator.faults(vec!["GetContact:expired-credentials:after=2".parse().unwrap()]);
    let connection = Connection {
        requests_in_flight: 1,
        ..connection(emulator.url())
    };
    let loaded = load(&Account::connect(&connection).await.unwrap()).await;
    assert_eq!(loaded.result.unwrap_err().kind(), FailureKind::Credentials);
    assert!(!loaded.inventory.is_complete());
    let refused = emulator.calls().iter().filter(|call| call.status != Some(200)).count();
    assert_eq!(refused, 1, "nobody asks on after that");
    emulator.stop().await;
}

#[tokio::test]
async fn an_account_that_is_not_onboarded_is_told_so() {
    let settings = Settings {
        onboarded: Switch::Off,
        ..settings()
    };
    let failure = load_with(world(), settings, &[]).await.result.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotOnboarded, "{failure}");
}

#[tokio::test]
async fn a_region_outside_the_replication_set_names_one_inside() {
    let emulator = start(world(), settings()).await;
    let connection = Connection {
        region: Some("ap-south-1".to_owned()),
        ..connection(emulator.url())
    };
    let failure = load(&Account::connect(&connection).await.unwrap())
        .await
        .result
        .unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotOnboarded, "{failure}");
    assert_eq!(failure.next_action(), Some("callsheet --region eu-west-1"));
    emulator.stop().await;
}

#[tokio::test]
async fn a_host_where_nobody_answers_is_named() {
    let emulator = start(world(), settings()).await;
    let (account, address) = (account(&emulator).await, emulator.address().to_string());
    emulator.stop().await;
    let failure = load(&account).await.result.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Service);
    assert!(failure.what().contains(&address), "{failure}");
}

#[tokio::test]
async fn a_row_is_read_again_with_all_that_belongs_to_it() {
    let truth = truth().await;
    let emulator = start(world(), settings()).await;
    emulator.faults(vec!["*:access-denied".parse().unwrap()]);
    let account = account(&emulator).await;
    let mut seen = truth.clone();
    let rows = [
        first_person(&truth),
        truth.rotations.items.keys().next().unwrap().clone(),
        truth.response_plans.items.keys().next().unwrap().clone(),
    ];
    for row in &rows {
        seen = run(&account, Some(row), seen, |_, _| {}).await.inventory;
    }
    assert!(!seen.gaps.is_empty());
    assert_no_lie("denied", &truth, &seen);

    emulator.clear_faults();
    for row in &rows {
        seen = run(&account, Some(row), seen, |_, _| {}).await.inventory;
    }
    assert_same(&truth, &seen);
    emulator.stop().await;
}

#[tokio::test]
async fn a_row_that_is_gone_is_taken_off() {
    let truth = truth().await;
    let person = first_person(&truth);
    let mut smaller = world();
    smaller.contacts.remove(person.name());
    let emulator = start(smaller, settings()).await;
    let seen = run(&account(&emulator).await, Some(&person), truth, |_, _| {})
        .await
        .inventory;
    assert!(!seen.contacts.items.contains_key(&person));
    assert!(seen.gaps.is_empty());
    emulator.stop().await;
}

fn failed_calls(loaded: &Loaded, code: &str) -> usize {
    let is_it = |event: &&LoadEvent| matches!(event, LoadEvent::Call(call) if matches!(&call.outcome, CallOutcome::Failed { code: failed } if failed == code));
    loaded.events.iter().filter(is_it).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_drops_three_calls_of_a_hundred_leaves_no_gap() {
    let settings = Settings {
        page_size: 50,
        ..settings()
    };
    let loaded = load_with(generate::organisation(200, 1), settings, &["*:reset:chance=3"]).await;
    loaded.result.as_ref().unwrap();
    assert!(loaded.inventory.is_complete(), "{:?}", loaded.inventory.gaps);
    assert_eq!(loaded.inventory.contacts_of(&ContactKind::Person).count(), 200);
    let broken = failed_calls(&loaded, "Unreachable");
    assert!(broken > 5, "only {broken} calls were dropped");
}

/// Takes some seconds: from its first throttle on a load keeps the published rates.
#[tokio::test(flavor = "multi_thread")]
async fn throttles_and_dropped_calls_together_leave_no_gap() {
    let settings = Settings {
        page_size: 50,
        ..settings()
    };
    let faults = ["*:throttle:chance=5", "*:reset:chance=3"];
    let loaded = load_with(generate::organisation(20, 1), settings, &faults).await;
    loaded.result.as_ref().unwrap();
    assert!(loaded.inventory.is_complete(), "{:?}", loaded.inventory.gaps);
    assert_eq!(loaded.inventory.contacts_of(&ContactKind::Person).count(), 20);
    let throttled = failed_calls(&loaded, "ThrottlingException");
    assert!(throttled > 0, "nothing was throttled");
}

#[tokio::test]
async fn a_load_goes_on_with_what_is_missing_once_somebody_has_signed_in_again() {
    let truth = truth().await;
    let calls_of_all = {
        let emulator = start(world(), settings()).await;
        load(&account(&emulator).await).await.result.unwrap();
        let count = emulator.calls().len();
        emulator.stop().await;
        count
    };
    // One at a time, so that nothing is under way when the credentials end. They end everywhere in turn.
    for after in (6..calls_of_all).step_by(9) {
        let emulator = start(world(), settings()).await;
        let fault = format!("*:expired-credentials:after={after}");
        emulator.faults(vec![fault.parse().unwrap()]);
        let connection = Connection {
            requests_in_flight: 1,
            ..connection(emulator.url())
        };
        let account = Account::connect(&connection).await.unwrap();
        let first = load(&account).await;
        assert_eq!(first.result.unwrap_err().kind(), FailureKind::Credentials, "{fault}");
        assert!(account.is_refused(), "{fault}");
        assert_no_lie(&fault, &truth, &first.inventory);

        emulator.clear_faults();
        let read = first.inventory.reopened();
        assert!(read.gaps.is_empty() && read.ended_at.is_none(), "{:?}", read.gaps);
        let rest = go_on(&account, read).await;
        rest.result.unwrap();
        assert!(rest.inventory.is_complete(), "{fault}: {:?}", rest.inventory.gaps);
        assert_same(&truth, &rest.inventory);

        let calls = emulator.calls();
        let answered = calls.iter().filter(|call| call.status == Some(200)).count();
        let pages = |name: &str| calls.iter().filter(|call| call.operation == name).count();
        // Who is signed in is asked again, and a list that was cut short is read from its first page.
        let most = calls_of_all + 1 + 2 * pages("ListContacts").max(pages("ListRotations"));
        assert!(
            answered <= most,
            "{fault}: {answered} calls, where {calls_of_all} read all"
        );
        let details = |name: &str| {
            calls
                .iter()
                .filter(|call| call.operation == name && call.status == Some(200))
                .count()
        };
        assert_eq!(details("GetContact"), truth.contacts.items.len(), "{fault}");
        emulator.stop().await;
    }
}

#[tokio::test]
async fn a_load_does_not_go_on_in_another_account() {
    let emulator = start(world(), settings()).await;
    emulator.faults(vec!["*:expired-credentials:after=20".parse().unwrap()]);
    let first = load(&account(&emulator).await).await;
    emulator.stop().await;
    let mut other = world();
    other.account = "999988887777".to_owned();
    let emulator = start(other, settings()).await;
    let read = first.inventory.reopened();
    let rest = go_on(&account(&emulator).await, read.clone()).await;
    let failure = rest.result.unwrap_err();
    assert!(failure.what().contains("999988887777"), "{failure}");
    assert_eq!(emulator.calls().len(), 1, "nothing else is asked there");
    assert_eq!(rest.inventory.account(), read.account());
    assert_eq!(rest.inventory.contacts.items.len(), read.contacts.items.len());
    assert!(!rest.inventory.is_complete());
    emulator.stop().await;
}

/// Takes about two seconds, which is what the rates allow. How close it comes to that is a figure of the benchmark.
#[tokio::test(flavor = "multi_thread")]
async fn the_published_rates_are_never_overrun() {
    // Two to four requests fit into a bucket, so that a packet may be late: a bucket for one would refuse that.
    let settings = Settings {
        rates: Rates::Published,
        burst_seconds: 0.2,
        page_size: 100,
        ..settings()
    };
    let emulator = start(generate::organisation(10, 1), settings).await;
    let connection = Connection {
        pace: Pace::Published,
        ..connection(emulator.url())
    };
    let account = Account::connect(&connection).await.unwrap();
    let loaded = load(&account).await;
    assert!(loaded.inventory.is_complete(), "{:?}", loaded.inventory.gaps);
    assert!(
        emulator.calls().iter().all(|call| call.status == Some(200)),
        "throttled"
    );
    emulator.stop().await;
}

/// The quota page does not say whether reads of tags count as reads or, with tagging, as everything else.
#[tokio::test(flavor = "multi_thread")]
async fn reads_of_tags_keep_to_the_rate_of_everything_else_once_they_are_throttled() {
    // Four times the real rates, so that it does not take long: 4 reads of tags a second, one at a time.
    let settings = Settings {
        rates: Rates::Published,
        tag_reads: TagReads::EverythingElse,
        rate_scale: 4.0,
        burst_seconds: 0.3,
        page_size: 100,
        ..settings()
    };
    let emulator = start(generate::organisation(5, 1), settings).await;
    let connection = Connection {
        pace: Pace::Published,
        ..connection(emulator.url())
    };
    let loaded = load(&Account::connect(&connection).await.unwrap()).await;
    assert!(loaded.inventory.is_complete(), "{:?}", loaded.inventory.gaps);
    let slowed: Vec<RateClass> = loaded
        .events
        .iter()
        .filter_map(|event| match event {
            LoadEvent::Slowed { class, .. } => Some(*class),
            LoadEvent::Connected(_) | LoadEvent::Part(_) | LoadEvent::Call(_) | LoadEvent::Progress(_) => None,
        })
        .collect();
    assert!(!slowed.is_empty());
    assert!(
        slowed.iter().all(|class| *class == RateClass::ContactTags),
        "{slowed:?}"
    );
    emulator.stop().await;
}

//! Changesets on the embedded account with a real ledger: killed at any point and resumed, taken back, and never told too
//! much.

use callsheet::{
    aws::Account,
    changes::{
        Changeset, Run, Write,
        apply::Previews,
        build,
        changeset::Draft,
        fact::ChangesetPlanned,
        run::{Direction, Outcome, Why},
    },
    config::{Config, Connection, Environment, Flags, Pace},
    domain::{
        Timestamp,
        fingerprint::FingerprintKey,
        ids::{Arn, Scope},
        inventory::{Inventory, SectionState},
    },
    emulator::{Emulator, Settings, World, world::ActivationStatus},
    ledger::{record::Record, replay::Changesets},
    runtime::changeset::{CodeSlot, Hands, Order, Recorder, Told},
    store::{
        Store,
        ledger::{Ledger, actor},
    },
};
use secrecy::SecretString;
use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// One person with two silent devices, a plan and a response plan that name them.
pub(crate) const WORLD: &str = r#"{
    "contacts": {
        "anna": {
            "type": "PERSONAL", "display_name": "Anna",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/sms" }] }] },
            "channels": [
                { "id": "sms", "name": "phone", "type": "SMS", "address": "+447700900123", "status": "NOT_ACTIVATED" },
                { "id": "mail", "name": "mail", "type": "EMAIL", "address": "anna@example.com", "status": "NOT_ACTIVATED" }
            ],
            "tags": { "team": "core" }
        },
        "ben": { "type": "PERSONAL" },
        "team": {
            "type": "ESCALATION",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "contact": "contact/anna", "essential": true }] }] }
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

/// What no file and nothing that is told may hold.
const SECRETS: [&str; 5] = [
    "7700900123",
    "7700900789",
    "7700900555",
    "7700900999",
    "anna@example.com",
];

/// An embedded account with a data directory beside it.
pub(crate) struct Place {
    pub(crate) emulator: Emulator,
    pub(crate) account: Account,
    store: Store,
    scope: Scope,
    pub(crate) key: FingerprintKey,
    folder: TempDir,
    /// The codes that were on the phone.
    codes: Arc<Mutex<Vec<String>>>,
    /// Everything that was told.
    pub(crate) told: Arc<Mutex<Vec<String>>>,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::of(WORLD).await
    }

    pub(crate) async fn of(world: &str) -> Self {
        Self::with(world, Settings::default()).await
    }

    /// Returns an account that behaves as `settings` say.
    pub(crate) async fn with(world: &str, settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let config = Config::load(&flags, &Environment::new([])).unwrap();
        let settings = Settings {
            seed: Some(1),
            ..settings
        };
        let world = World::from_json_at(world, Self::now()).unwrap();
        let emulator = Emulator::start((Ipv4Addr::LOCALHOST, 0).into(), world, settings)
            .await
            .unwrap();
        let account = connected(&emulator.url()).await;
        let store = Store::new(&config);
        let scope = Scope {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: Some(emulator.url()),
        };
        let key = store.fingerprint_key(&scope).unwrap();
        Self {
            emulator,
            account,
            store,
            scope,
            key,
            folder,
            codes: Arc::default(),
            told: Arc::default(),
        }
    }

    /// Makes it again what it was at the start: the account, how it is reached, and the ledger.
    pub(crate) async fn reset(&mut self) {
        self.emulator.reset();
        self.account = connected(&self.emulator.url()).await;
        std::fs::remove_file(self.open().0.path()).unwrap();
        self.codes.lock().unwrap().clear();
        self.told.lock().unwrap().clear();
    }

    pub(crate) fn now() -> Timestamp {
        chrono::Utc::now()
    }

    /// Returns where its files are.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Reads what the changesets of these tests are about.
    async fn inventory(&self) -> Inventory {
        self.read(&[contact("anna"), contact("team"), response_plan()]).await
    }

    /// Reads these subjects, and takes them for all that there is.
    pub(crate) async fn read(&self, subjects: &[Arn]) -> Inventory {
        let mut inventory = Inventory::default();
        for subject in subjects {
            let probe = self.account.probe(subject, Self::now()).await.unwrap().inventory;
            inventory.contacts.items.extend(probe.contacts.items);
            inventory.response_plans.items.extend(probe.response_plans.items);
        }
        inventory.contacts.state = SectionState::Complete;
        inventory.response_plans.state = SectionState::Complete;
        inventory.add_fingerprints(&self.key);
        inventory
    }

    pub(crate) fn open(&self) -> (Ledger, Changesets) {
        let (ledger, chain) =
            Ledger::open(&self.store, &self.scope, actor("arn:aws:iam::111122223333:user/olga")).unwrap();
        assert_eq!(chain.state.fault, None);
        (ledger, Changesets::of(&chain.records))
    }

    /// Returns all records of the ledger, which has to verify.
    pub(crate) fn records(&self) -> Vec<Record> {
        let (_, chain) = Ledger::open(&self.store, &self.scope, actor("arn:aws:iam::111122223333:user/olga")).unwrap();
        assert_eq!(chain.state.fault, None);
        chain.records
    }

    pub(crate) fn hands(&self, ledger: Ledger) -> (Hands, mpsc::Receiver<Told>) {
        let (told, waiting) = mpsc::channel(1);
        let hands = Hands {
            account: self.account.clone(),
            ledger: Recorder::of(ledger),
            key: self.key.clone(),
            code: CodeSlot::default(),
            told,
        };
        (hands, waiting)
    }

    pub(crate) async fn consent(&self, planned: &ChangesetPlanned) {
        let (hands, mut waiting) = self.hands(self.open().0);
        let (consented, _) = tokio::join!(hands.consent(planned.clone()), waiting.recv());
        consented.unwrap();
    }

    /// Consents to a changeset in place of one that stopped.
    pub(crate) async fn consent_anew(&self, planned: &ChangesetPlanned, former: &str) {
        let (ledger, changesets) = self.open();
        let (hands, mut waiting) = self.hands(ledger);
        let former = &changesets.get(former).unwrap().progress;
        let (consented, _) = tokio::join!(hands.consent_anew(planned.clone(), former), waiting.recv());
        consented.unwrap();
    }

    /// Goes on with a changeset as a program does that was just started; absent where it is killed after this many things
    /// were told.
    pub(crate) async fn go_on(&self, name: &str, direction: Direction, kill_after: Option<usize>) -> Option<Outcome> {
        let (ledger, changesets) = self.open();
        let mut run = Run::new(changesets.get(name).unwrap().progress.clone(), direction);
        let (hands, mut waiting) = self.hands(ledger);
        let (orders, mut wanted) = mpsc::channel(1);
        let slot = hands.code.clone();
        let telling = async {
            let mut count = 0;
            while let Some(told) = waiting.recv().await {
                self.told.lock().unwrap().push(format!("{told:?}"));
                if kill_after == Some(count) {
                    return;
                }
                count += 1;
                if let Told::NeedsCode { channel, .. } = told {
                    orders.send(self.operator(&channel, &slot)).await.unwrap();
                }
            }
        };
        tokio::select! {
            outcome = hands.carry_out(&mut run, &mut wanted) => Some(outcome),
            () = telling => None,
        }
    }

    /// Does what the operator does who is asked for a code.
    pub(crate) fn operator(&self, channel: &Arn, slot: &CodeSlot) -> Order {
        let world = self.emulator.world();
        let arrived = world.outbox.iter().rev().find(|arrival| {
            arrival.activates && channel.as_str().ends_with(arrival.channel.rsplit('/').next().unwrap())
        });
        match arrived.and_then(|arrival| arrival.code.clone()) {
            Some(code) => {
                self.codes.lock().unwrap().push(code.clone());
                slot.put(SecretString::from(code));
                Order::CodeGiven
            }
            None => Order::NewCode,
        }
    }

    /// Returns the account without what differs between two runs that come to the same.
    pub(crate) fn seen(&self) -> World {
        let mut world = self.emulator.world();
        world.outbox.clear();
        world.used_tokens.clear();
        for contact in world.contacts.values_mut() {
            for channel in &mut contact.channels {
                channel.codes.clear();
                channel.wrong_code_count = 0;
            }
        }
        world
    }

    fn status(&self, id: &str) -> ActivationStatus {
        let world = self.emulator.world();
        let mut channels = world.contacts["anna"].channels.iter();
        channels.find(|channel| channel.id == id).unwrap().status
    }

    /// Claims that no secret is in any file or in anything that was told.
    pub(crate) fn assert_no_secrets(&self) {
        let mut texts = self.told.lock().unwrap().clone();
        let mut waiting = vec![self.folder.path().to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.path().is_dir() {
                    waiting.push(entry.path());
                } else {
                    texts.push(String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned());
                }
            }
        }
        let codes = self.codes.lock().unwrap().clone();
        let secrets = SECRETS.iter().map(|secret| (*secret).to_owned()).chain(codes);
        for secret in secrets {
            // A code has six digits, and a hash may hold any six: only where they stand alone they are the code.
            let alone =
                regex::Regex::new(&format!("(^|[^0-9a-fA-F]){}($|[^0-9a-fA-F])", regex::escape(&secret))).unwrap();
            for text in &texts {
                assert!(!alone.is_match(text), "{secret} is in {text}");
            }
        }
    }
}

/// Returns the account behind a URL, which is asked as fast as it answers.
pub(crate) async fn connected(url: &str) -> Account {
    let connection = Connection {
        endpoint_url: Some(url.to_owned()),
        is_demo: true,
        pace: Pace::Off,
        ..Connection::default()
    };
    Account::connect(&connection).await.unwrap()
}

fn arn(resource: &str) -> Arn {
    Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:{resource}")).unwrap()
}

fn contact(alias: &str) -> Arn {
    arn(&format!("contact/{alias}"))
}

fn channel(id: &str) -> Arn {
    arn(&format!("contact-channel/anna/{id}"))
}

fn response_plan() -> Arn {
    Arn::parse("arn:aws:ssm-incidents::111122223333:response-plan/checkout").unwrap()
}

/// Returns a changeset that activates a device, puts another into the plan, names it anew, tags, and engages the team.
pub(crate) async fn planned(place: &Place) -> ChangesetPlanned {
    let inventory = place.inventory().await;
    let mut writes = build::activate(&inventory, &channel("sms")).unwrap().writes;
    writes.extend(
        build::add_device(&inventory, &channel("mail"), build::Placement::Stage(0))
            .unwrap()
            .writes,
    );
    writes.extend(build::rename(&inventory, &channel("mail"), "work mail").unwrap().writes);
    writes.extend([
        Write::TagResource {
            resource: contact("anna"),
            tags: vec![
                ("team".to_owned(), "other".to_owned()),
                ("new".to_owned(), "1".to_owned()),
            ],
        },
        Write::UpdateResponsePlan {
            response_plan: response_plan(),
            engagements: vec![contact("team")],
        },
    ]);
    let draft = Draft {
        title: "Try everything".to_owned(),
        subjects: vec![contact("anna")],
        writes,
    };
    let changeset = Changeset::build(&inventory, "c1".to_owned(), draft, &Previews::new()).unwrap();
    assert_eq!(changeset.steps.len(), 6);
    changeset.planned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_another_client_changes_is_not_activated() {
    let place = Place::new().await;
    place.consent(&planned(&place).await).await;
    let rename = Write::UpdateContactChannel {
        channel: channel("sms"),
        name: Some("a new phone".to_owned()),
        address: None,
    };
    place.account.send(&rename, None, Place::now()).await.unwrap();
    let Some(Outcome::Stopped(stop)) = place.go_on("c1", Direction::Forward, None).await else {
        panic!("it stops");
    };
    assert_eq!((stop.why, stop.step), (Why::Changed, 0));
    assert!(stop.sentence.contains("a new phone"), "{}", stop.sentence);
    assert_eq!(place.emulator.world().outbox.len(), 0);
    assert_eq!(place.status("sms"), ActivationStatus::NotActivated);
}

//! `x` on the desk: people taken out, put back and deleted, from the first key to the last record; on the core with the
//! program's own runtime against the embedded account, and screen by screen.

use crate::{
    demo,
    harness::{Desk, keys, screen_of, setup},
    keeper,
    removal::{WORLD, alike, contact},
    world,
};
use callsheet::{
    app::{
        changeset::Phase,
        key::Key,
        layout::Size,
        model::Setup,
        msg::Msg,
        overlay::Overlay,
        removal::{self, Stage, told},
    },
    changes::{
        Write,
        fact::Ending,
        removal::definition::{Definition, Place},
        run::{Outcome, Why},
    },
    config::{Config, Connection, Environment, Flags, Pace, Signing},
    domain::{
        contact::ContactKind,
        ids::{Arn, Scope},
        load::LoadEvent,
    },
    emulator::{Emulator, Settings, World, world::ActivationStatus},
    runtime::{Outside, Session, unattended::Unattended},
    store::Store,
    view::theme::Theme,
};
use std::{net::Ipv4Addr, time::Duration};
use tempfile::TempDir;

/// A desk on the embedded account.
struct Test {
    desk: Unattended,
    emulator: Emulator,
    store: Store,
    _folder: TempDir,
}

/// Whatever takes longer than this does not come any more.
const LONGEST: Duration = Duration::from_mins(2);

impl Test {
    async fn open(world: &str) -> Self {
        Self::open_with(world, setup()).await
    }

    /// Returns a desk that has read the world, on the screen of people.
    async fn open_with(world: &str, mut setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let store = Store::new(&Config::load(&flags, &Environment::new([])).unwrap());
        let world = World::from_json_at(world, chrono::Utc::now()).unwrap();
        let settings = Settings {
            seed: Some(1),
            ..Settings::default()
        };
        let emulator = Emulator::start((Ipv4Addr::LOCALHOST, 0).into(), world, settings)
            .await
            .unwrap();
        let connection = Connection {
            endpoint_url: Some(emulator.url()),
            is_demo: true,
            pace: Pace::Off,
            ..Connection::default()
        };
        setup.endpoint = Some(emulator.url());
        let session = async {
            Ok(Session {
                connection,
                asked: None,
                outbox: None,
            })
        };
        let outside = Outside {
            session: Box::pin(session),
            store: store.clone(),
            signing: Signing::default(),
            themes: vec![Theme::of(|_| ratatui::style::Style::new())],
        };
        let size = Size {
            width: 120,
            height: 200,
        };
        let mut test = Self {
            desk: Unattended::open(setup, outside, size),
            emulator,
            store,
            _folder: folder,
        };
        test.until("the account was read", |test| {
            test.desk.model.load.is_none() && test.desk.model.ledger.hindrance().is_none()
        })
        .await;
        test.keys("2");
        test
    }

    fn keys(&mut self, script: &str) {
        for key in keys(script) {
            self.desk.press(key);
        }
    }

    /// Types words into a field.
    fn type_text(&mut self, words: &str) {
        for letter in words.chars() {
            self.desk.press(Key::char(letter));
        }
    }

    async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        while !is_so(self) {
            let waited = tokio::time::timeout(LONGEST, self.desk.wait()).await;
            assert!(waited.is_ok(), "it never came to pass that {what}\n{}", self.screen());
        }
    }

    fn screen(&self) -> String {
        screen_of(&self.desk.model)
    }

    /// Claims that the screen shows these words, broken into rows as they may be.
    #[track_caller]
    fn assert_shown(&self, words: &str) {
        let screen = self.screen();
        let bare = |text: &str| text.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(bare(&screen).contains(words), "no “{words}” in\n{screen}");
    }

    fn select(&mut self, arn: &Arn) {
        self.desk
            .model
            .change_list(|list| assert!(list.select_id(arn), "{arn} is not on the list"));
    }

    /// Waits until a removal is shown whole.
    async fn shown(&mut self) {
        self.until("the removal is shown", |test| {
            let removing = test.desk.model.removing.as_ref();
            removing.is_some_and(|removing| matches!(removing.stage, Stage::Showing | Stage::Failed(_)))
        })
        .await;
    }

    /// Presses `x` on a person and waits for what comes of it.
    async fn remove(&mut self, alias: &str) {
        self.select(&contact(alias));
        self.keys("x");
        self.shown().await;
    }

    /// Goes to the line that holds these words, and chooses it.
    async fn choose(&mut self, words: &str) {
        let place = |test: &Self| {
            let removing = test.desk.model.removing.as_ref().unwrap();
            let rows = told::rows(&test.desk.model, removing, 106);
            rows.iter()
                .position(|row| row.line.text().contains(words) && row.act != told::Act::None)
        };
        let place = place(self).unwrap_or_else(|| panic!("nothing to choose holds “{words}”\n{}", self.screen()));
        self.keys("g");
        for _ in 0..place {
            self.keys("j");
        }
        self.keys("<enter>");
        self.shown().await;
    }

    /// Answers everything that stops it, one after the other.
    fn answer_guards(&mut self) {
        let mut left = removal::standing(&self.desk.model).len();
        while left > 0 {
            self.keys("x<enter>");
            self.type_text("looked at it");
            self.keys("<enter>");
            let now = removal::standing(&self.desk.model).len();
            assert!(now < left, "an answer answers\n{}", self.screen());
            left = now;
        }
    }

    /// Arms the session and agrees with this word.
    fn agree(&mut self, word: &str) {
        if self.desk.model.mode != callsheet::app::model::Mode::Armed {
            self.keys("<enter>3333<enter>");
        }
        self.type_text(word);
        self.keys("<enter>");
    }

    /// Takes somebody out with cho in their places, to the proof.
    async fn take_out(&mut self, alias: &str) {
        self.remove(alias).await;
        self.choose("cho: reachable").await;
        self.answer_guards();
        self.keys("x");
        self.agree(alias);
        self.proven().await;
    }

    async fn proven(&mut self) {
        self.until("the proof is recorded", |test| {
            let model = &test.desk.model;
            let is_shown = model
                .changing
                .as_ref()
                .is_some_and(|changing| changing.proven.is_some());
            let note = test.last_note();
            is_shown && note.is_some_and(|note| note.starts_with("proven: nothing names "))
        })
        .await;
    }

    /// Returns the note with which the newest changeset was closed.
    fn last_note(&self) -> Option<String> {
        let recorded = self.desk.model.ledger.changesets.all().last()?;
        recorded.progress.closed.as_ref()?.note.clone()
    }

    async fn ended(&mut self) -> Outcome {
        self.until("the changeset ends", |test| {
            let changing = test.desk.model.changing.as_ref();
            changing.is_some_and(|changing| matches!(changing.phase, Phase::Ended(_) | Phase::NotBegun(_)))
        })
        .await;
        match &self.desk.model.changing.as_ref().unwrap().phase {
            Phase::Ended(outcome) => outcome.clone(),
            phase @ (Phase::Drafting
            | Phase::Asking
            | Phase::Running { .. }
            | Phase::NeedsCode { .. }
            | Phase::NotBegun(_)) => panic!("it did not begin: {phase:?}"),
        }
    }

    /// Returns the account without what differs between two runs that come to the same.
    fn seen(&self) -> World {
        let mut world = alike(self.emulator.world());
        world.outbox.clear();
        world.used_tokens.clear();
        for contact in world.contacts.values_mut() {
            for channel in &mut contact.channels {
                channel.codes.clear();
            }
        }
        world
    }

    fn saved(&self, alias: &str) -> Option<Definition> {
        let scope = Scope {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: Some(self.emulator.url()),
        };
        self.store.last_definition(&scope, &contact(alias)).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_being_paged_stays_until_somebody_answers() {
    let engaged = r#"{ "engagements": { "9d4e0000-0000-4000-8000-000000000001": {
        "contact": "contact/team", "sender": "Incident Manager", "subject": "Checkout is down", "content": "Checkout is down",
        "incident_id": "arn:aws:ssm-incidents::111122223333:incident-record/checkout/1", "start_time": "@-10m"
    } },"#;
    let mut test = Test::open(&WORLD.replacen('{', engaged, 1)).await;
    test.remove("anna").await;
    test.assert_shown("an incident engages anna through team since");
    test.assert_shown("To go on: wait until it ends and plan it again, or say who has taken over");
    let is_it = |test: &Test| {
        removal::standing(&test.desk.model)
            .iter()
            .any(|guard| guard.starts_with("open-incident:"))
    };
    assert!(is_it(&test));

    let mut quiet = Test::open(WORLD).await;
    quiet.remove("anna").await;
    assert!(!is_it(&quiet), "nobody is being paged");

    let mut denied = Test::open(WORLD).await;
    let fault = "ListEngagements:access-denied".parse().unwrap();
    denied.emulator.faults(vec![fault]);
    denied.remove("anna").await;
    denied.assert_shown("whether an open incident engages anna was not read");
    denied.assert_shown("allow ssm-contacts:ListEngagements");
    assert!(is_it(&denied));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_goes_with_proof_and_comes_back_from_quarantine() {
    let mut test = Test::open(WORLD).await;
    let original = test.seen();
    test.remove("anna").await;
    for words in [
        "ANNA IS PAGED THROUGH",
        "stage 1 of the plan of team, minute 0, essential",
        "turn 1 of the rotation Weekly",
        "override of the rotation Weekly",
        "engaged by the response plan checkout",
        "WHO TAKES THE PLACES",
        "cho: reachable on 1 device",
        "THE TURNS IN WEEKLY",
        "WHAT BECOMES OF THE PAGES OF OTHERS",
        "WHAT IS DONE, IN THIS ORDER",
        "1. Change whom the response plan checkout engages",
    ] {
        test.assert_shown(words);
    }
    // A guard stops it until somebody answers.
    test.keys("x");
    assert!(test.desk.model.changing.is_none(), "{}", test.screen());
    test.choose("cho: reachable").await;
    test.assert_shown("(•) the replacement takes the turns: cho, ben; 0 hours of others move recommended");
    test.answer_guards();
    test.keys("x");
    test.assert_shown("This session is read-only.");
    test.agree("ann");
    assert_eq!(test.seen(), original, "half a name agrees to nothing");
    test.agree("a");
    test.proven().await;
    test.assert_shown("proven: nothing names anna in ");
    let world = test.emulator.world();
    assert_eq!(
        world.contacts["anna"].channels[0].status,
        ActivationStatus::NotActivated
    );
    assert!(world.contacts["anna"].tags.contains_key("callsheet-quarantined"));
    assert_eq!(
        test.saved("anna").unwrap().places.len(),
        4,
        "everywhere she was named is saved"
    );

    test.keys("<enter>:quarantine<enter>");
    test.assert_shown("30 days left");
    test.keys("<enter><enter>");
    test.shown().await;
    test.assert_shown("put anna back");
    for words in [
        "WHAT STAYS SILENT",
        "the device “phone” (+44•••••••123)",
        "WHERE NOBODY IS REACHED UNTIL THEN",
        "stage 1 of team: nobody else in it is reached",
    ] {
        test.assert_shown(words);
    }
    test.keys("x<enter>");
    assert_eq!(test.ended().await, Outcome::Done, "{}", test.screen());
    test.assert_shown("silent: the device “phone” (+44•••••••123)");
    test.assert_shown("Putting back sends no code.");
    assert_eq!(test.emulator.world().outbox, [], "no code was sent");
    let mut expected = original;
    expected.contacts.get_mut("anna").unwrap().channels[0].status = ActivationStatus::NotActivated;
    assert_eq!(test.seen(), expected, "everything else is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_whom_another_tool_has_deleted_is_taken_out_of_what_still_names_them() {
    let mut world: serde_json::Value = serde_json::from_str(WORLD).unwrap();
    world["contacts"].as_object_mut().unwrap().remove("anna").unwrap();
    let mut test = Test::open(&world.to_string()).await;
    test.keys(":remove-gone<enter>");
    test.assert_shown("gone, and still named");
    test.assert_shown("named by team, Weekly, checkout");
    test.keys("<enter>");
    test.shown().await;
    test.assert_shown("take out anna");
    test.choose("cho: reachable").await;
    test.answer_guards();
    test.keys("x");
    test.agree("anna");
    test.proven().await;
    test.keys("<enter>:remove-gone<enter>");
    test.assert_shown("nobody is named whose contact is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_back_each_other_up_go_together() {
    let mut test = Test::open(WORLD).await;
    for alias in ["anna", "ben"] {
        test.select(&contact(alias));
        test.keys("<space>");
    }
    test.keys("x");
    test.shown().await;
    test.assert_shown("ANNA IS PAGED THROUGH");
    test.assert_shown("BEN IS PAGED THROUGH");
    test.assert_shown("nobody else is a member of the rotation Weekly");
    test.choose("cho: reachable").await;
    test.answer_guards();
    test.keys("x");
    let planned = std::sync::Arc::clone(test.desk.model.changing.as_ref().unwrap().planned().unwrap());
    let of_team = planned
        .steps
        .iter()
        .filter(|step| *step.write.subject() == contact("team"));
    assert_eq!(of_team.count(), 1, "a plan that names both is written once");
    test.agree("anna");
    assert!(
        test.desk.model.ledger.changesets.all().is_empty(),
        "their number is typed"
    );
    test.keys("<ctrl-u>");
    test.agree("2");
    test.proven().await;
    let world = test.emulator.world();
    assert_eq!(world.rotations["weekly"].contact_ids.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changes_meanwhile_is_planned_anew() {
    let mut test = Test::open(WORLD).await;
    test.remove("anna").await;
    test.choose("cho: reachable").await;
    test.answer_guards();
    test.keys("x");
    // Somebody makes the first stage longer while it is looked at.
    let connection = Connection {
        endpoint_url: Some(test.emulator.url()),
        is_demo: true,
        pace: Pace::Off,
        ..Connection::default()
    };
    let other = callsheet::aws::Account::connect(&connection).await.unwrap();
    let team = &test.desk.model.shown.inventory.contacts.items[&contact("team")];
    let mut plan = team.plan.known().unwrap().clone();
    plan.stages[0].duration_minutes = 7;
    let edit = Write::UpdateContact {
        contact: contact("team"),
        kind: ContactKind::EscalationPlan,
        plan,
    };
    other.send(&edit, None, chrono::Utc::now()).await.unwrap();
    test.agree("anna");
    let Outcome::Stopped(stop) = test.ended().await else {
        panic!("it stops\n{}", test.screen());
    };
    assert_eq!((stop.why, stop.step), (Why::Changed, 1));
    test.assert_shown("n plans what is left anew");
    test.keys("n");
    test.shown().await;
    test.assert_shown("Planned anew, because step 2: ");
    test.assert_shown("1. Change the plan of team");
    assert!(
        test.desk.model.ledger.changesets.open().next().is_some(),
        "what stopped stays open until the new plan is agreed to"
    );
    test.answer_guards();
    test.keys("x");
    test.agree("anna");
    test.proven().await;
    assert_eq!(test.desk.model.ledger.changesets.open().count(), 0);
    let first = &test.desk.model.ledger.changesets.all()[0].progress;
    let closed = first.closed.as_ref().unwrap();
    assert_eq!(closed.ending, Ending::Abandoned);
    assert!(
        closed.note.as_ref().unwrap().starts_with("planned anew as "),
        "{closed:?}"
    );
    let world = test.emulator.world();
    let stages = serde_json::to_value(&world.contacts["team"]).unwrap();
    assert_eq!(stages["plan"]["stages"][0]["minutes"], 7, "the edit stays: {stages}");
    let saved = test.saved("anna").unwrap();
    let is_engaged = saved
        .places
        .iter()
        .any(|place| matches!(place, Place::Engagement { .. }));
    assert!(is_engaged, "what the first half took away is saved as well: {saved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_deleted_only_when_nothing_names_them() {
    let mut test = Test::open(WORLD).await;
    let original = test.seen();
    test.select(&contact("ben"));
    test.keys(":delete-person<enter>");
    test.shown().await;
    test.assert_shown("IT CANNOT BE DONE");
    test.assert_shown("ben is still named: ");
    test.keys("x");
    assert!(test.desk.model.changing.is_none() && test.seen() == original);
    test.keys("<esc>");

    test.take_out("anna").await;
    test.keys("<enter>:quarantine<enter><enter>j<enter>");
    test.shown().await;
    test.answer_guards();
    test.keys("x");
    test.agree("anna");
    assert_eq!(test.ended().await, Outcome::Done);
    assert!(!test.emulator.world().contacts.contains_key("anna"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_nothing_uses_is_deleted() {
    let old = r#""old": { "type": "ESCALATION", "plan": { "stages": [] } }, "ops":"#;
    let mut test = Test::open(&WORLD.replacen("\"ops\":", old, 1)).await;
    test.keys("4");
    test.remove("team").await;
    test.assert_shown("IT CANNOT BE DONE");
    test.assert_shown("team is used by checkout");
    test.keys("<esc>");
    test.remove("old").await;
    test.answer_guards();
    test.keys("x");
    test.agree("old");
    assert_eq!(test.ended().await, Outcome::Done);
    let contacts = test.emulator.world().contacts;
    assert!(!contacts.contains_key("old") && contacts.contains_key("team"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_it_is_said_in_a_sentence() {
    let quarantined = WORLD.replacen(
        r#""tags": { "team": "core" }"#,
        r#""tags": { "callsheet-quarantined": "2026-11-01" }"#,
        1,
    );
    let by_code = Setup {
        managed_by_code: vec!["an*".to_owned()],
        ..setup()
    };
    for (world, setup, sentence) in [
        (
            quarantined.as_str(),
            setup(),
            "anna is in quarantine already, since 2026-11-01. To go on: put them back or delete them",
        ),
        (
            WORLD,
            by_code,
            "anna: the configuration counts it as managed by code, which would change it back",
        ),
    ] {
        let mut test = Test::open_with(world, setup).await;
        test.remove("anna").await;
        test.assert_shown(sentence);
    }
}

/// Has the desk read the account again, as it was.
fn read(desk: &mut Desk) {
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
}

#[test]
fn whoever_belongs_to_another_account_stays() {
    let (mut desk, _keeper) = keeper::desk(140, 60);
    desk.keys("2");
    let inventory = std::sync::Arc::clone(&desk.model.shown.inventory);
    let mut people = inventory.contacts_of(&ContactKind::Person);
    let shared = people.find(|person| inventory.is_shared_in(&person.arn));
    let shared = shared.expect("somebody is shared in").arn.clone();
    desk.model.change_list(|list| assert!(list.select_id(&shared)));
    desk.keys("x");
    read(&mut desk);
    let screen = desk.screen();
    let name = shared.name();
    assert!(
        screen.contains(&format!("✗ {name}: ")) && screen.contains("No answer is enough"),
        "{screen}"
    );
    // Neither an answer nor the way on does anything.
    desk.keys("xxG<enter>");
    assert!(desk.model.changing.is_none(), "{}", desk.screen());
}

/// Returns a desk on the demo account that reads it again to take somebody out.
fn on_a_removal(width: u16, height: u16) -> Desk {
    let mut desk = demo::desk(demo::judging(), width, height);
    desk.keys("2");
    desk.model
        .change_list(|list| assert!(list.select_id(&contact("lukas-weber"))));
    desk.keys("x");
    assert!(
        matches!(desk.model.overlays.last(), Some(Overlay::Removal(_))),
        "{}",
        desk.screen()
    );
    desk
}

#[test]
fn a_removal_fits_every_screen() {
    for (width, height) in [(60, 20), (80, 24), (140, 40)] {
        let mut desk = on_a_removal(width, height);
        let check = |desk: &Desk, name: &str| {
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}-{width}x{height}"), desk.screen());
            });
        };
        assert!(desk.screen().contains("reading the account"), "{}", desk.screen());
        desk.load(demo::account());
        desk.end_load(Ok(()));
        check(&desk, "removal_shown");
        desk.keys("<tab>");
        check(&desk, "removal_guard");
        // The line with the way that is recommended for the turns.
        let removing = desk.model.removing.as_ref().unwrap();
        let rows = told::rows(
            &desk.model,
            removing,
            usize::from(desk.model.layout().overlay_inside.width),
        );
        let turns = rows.iter().position(|row| matches!(row.act, told::Act::Turns(..)));
        let turns = turns.expect("he has turns in a rotation");
        desk.keys(&format!("g{}", "j".repeat(turns)));
        check(&desk, "removal_turns");
        desk.keys("G");
        check(&desk, "removal_end");
        desk.keys("<esc>");
        assert!(desk.model.removing.is_none() && desk.model.overlays.is_empty());
    }
}

/// Returns how many lines there are, and which one is selected.
fn lines(desk: &Desk) -> (usize, usize) {
    let removing = desk.model.removing.as_ref().unwrap();
    let width = usize::from(desk.model.layout().overlay_inside.width);
    let Some(Overlay::Removal(view)) = desk.model.overlays.last() else {
        panic!("{}", desk.screen())
    };
    (told::rows(&desk.model, removing, width).len(), view.place)
}

#[test]
fn the_selected_line_of_a_removal_stays_inside_when_there_are_fewer() {
    let mut desk = on_a_removal(60, 20);
    desk.load(demo::account());
    desk.end_load(Ok(()));
    desk.keys("G");
    let (narrow, place) = lines(&desk);
    assert_eq!(place + 1, narrow);
    desk.send(Msg::Resized(Size { width: 200, height: 60 }));
    let (wide, place) = lines(&desk);
    assert!(wide < narrow, "fewer lines are broken");
    assert_eq!(place + 1, wide);
}

//! What it takes to agree: a key where all can be taken back, another one where a person is needed, and a text where nothing
//! can be, or much at once is done. And what stops a change before anybody is asked.

use crate::{
    activate::{arm, begun, taken},
    harness::{Desk, setup},
    keeper::{self, Keeper},
    world,
};
use callsheet::{
    app::effect::Effect,
    changes::{
        Write,
        changeset::Draft,
        fact::{Answer, ChangesetPlanned, Fact},
    },
    domain::{
        address::Address,
        contact::{ActivationStatus, Channel, ChannelKind, Contact, ContactKind},
        fingerprint::FingerprintKey,
        gap::Reading,
        ids::Arn,
        inventory::Part,
        load::LoadEvent,
    },
    ledger::Entry,
};

/// Returns an armed desk on the devices.
fn armed() -> (Desk, Keeper) {
    let (mut desk, keeper) = keeper::desk(80, 24);
    arm(&mut desk);
    desk.keys("3");
    (desk, keeper)
}

fn device(desk: &Desk, is_it: impl Fn(&Channel) -> bool) -> Arn {
    let ours = |channel: &&Channel| !desk.model.fresh.is_shared_in(&channel.arn) && is_it(channel);
    desk.model.fresh.channels().find(ours).unwrap().arn.clone()
}

fn select(desk: &mut Desk, id: &Arn) {
    desk.model.change_list(|list| assert!(list.select_id(id)));
}

/// Answers the guards that ask in words.
fn answer_guards(desk: &mut Desk) {
    while desk.screen().contains("all the same?") {
        desk.keys("it is changed there as well<enter>");
    }
}

#[test]
fn what_can_be_taken_back_takes_enter_and_what_needs_the_person_takes_y() {
    let (mut desk, _) = armed();
    let active = device(&desk, |channel| channel.status == ActivationStatus::Activated);
    select(&mut desk, &active);
    desk.keys(":rename<enter><ctrl-u>pager<enter>");
    answer_guards(&mut desk);
    taken(&mut desk);
    desk.keys("y");
    assert_eq!(begun(&taken(&mut desk)), None, "y is not asked for");
    desk.keys("<enter>");
    assert!(begun(&taken(&mut desk)).is_some());

    let (mut desk, _) = armed();
    select(&mut desk, &active);
    desk.keys(":deactivate<enter>");
    answer_guards(&mut desk);
    assert!(
        desk.screen().contains("needs a new code from the person"),
        "{}",
        desk.screen()
    );
    taken(&mut desk);
    desk.keys("<enter>");
    assert_eq!(begun(&taken(&mut desk)), None, "enter is a habit");
    desk.keys("y");
    assert!(begun(&taken(&mut desk)).is_some());
}

/// Has a changeset of these writes lie open in the ledger, and shows it.
fn open_changeset(writes: Vec<Write>) -> Desk {
    let (mut desk, mut keeper) = armed();
    let draft = Draft {
        title: "Try it".to_owned(),
        subjects: vec![world::contact_arn("anna")],
        writes,
    };
    let mut inventory = desk.model.fresh.clone();
    inventory.add_fingerprints(&FingerprintKey::new(&[7; 32]));
    let name = "c1".to_owned();
    let previews = callsheet::changes::apply::Previews::new();
    let changeset = callsheet::changes::Changeset::build(&inventory, name, draft, &previews).unwrap();
    let planned: ChangesetPlanned = changeset.planned();
    let records = keeper.append(&desk, vec![Entry::from(Fact::Planned(planned))]);
    desk.send(callsheet::app::msg::Msg::LedgerGrew(records));
    desk.keys(":changesets<enter><enter>");
    taken(&mut desk);
    desk
}

#[track_caller]
fn check_typed(writes: Vec<Write>, why: &str, word: &str) {
    let mut desk = open_changeset(writes);
    let screen = desk.screen();
    let words: Vec<&str> = screen.split_whitespace().filter(|word| *word != "│").collect();
    assert!(words.join(" ").contains(why), "{screen}");
    desk.keys("<enter>y<enter>");
    assert_eq!(begun(&taken(&mut desk)), None, "a key is not enough");
    assert!(
        desk.screen().contains(&format!("that is not {word}")),
        "{}",
        desk.screen()
    );
    desk.keys(&format!("<ctrl-u>{word}<enter>"));
    assert!(begun(&taken(&mut desk)).is_some(), "{}", desk.screen());
}

#[test]
fn what_cannot_be_taken_back_and_many_steps_take_a_text() {
    let (desk, _) = armed();
    let of_anna = |channel: &Channel| channel.contact == world::contact_arn("anna");
    let channel = device(&desk, of_anna);
    let delete = Write::DeleteContactChannel {
        channel: channel.clone(),
    };
    check_typed(vec![delete], "cannot be taken back", "anna");
    let rename = |number: usize| Write::UpdateContactChannel {
        channel: channel.clone(),
        name: Some(format!("name {number}")),
        address: None,
    };
    check_typed((0..12).map(rename).collect(), "there are many", "12");
}

#[test]
fn what_the_settings_count_as_managed_by_code_stops_until_somebody_says_why() {
    let mut settings = setup();
    settings.managed_by_code = vec!["an*".to_owned()];
    let (mut desk, _) = keeper::desk_of(Desk::with(settings, 80, 24));
    arm(&mut desk);
    desk.keys("3");
    let of = |desk: &Desk, alias: &str| device(desk, |channel| channel.contact == world::contact_arn(alias));
    let anna = of(&desk, "anna");
    select(&mut desk, &anna);
    desk.keys(":rename<enter><ctrl-u>pager<enter>");
    assert!(desk.screen().contains("configuration counts it"), "{}", desk.screen());
    desk.keys("<enter>");
    assert!(desk.model.changing.is_none(), "without a reason it does not go on");
    desk.keys("changed in the code, too<enter>");
    let planned = desk.model.changing.as_ref().unwrap().planned().unwrap();
    let Answer { guard, answer } = &planned.answers[0];
    assert!(guard.contains("managed by code"), "{guard}");
    assert_eq!(answer, "changed in the code, too");
    assert!(desk.screen().contains("changed in the code, too"), "{}", desk.screen());
    desk.keys("<esc>");
    // Whoever is not meant by the pattern is not stopped.
    let ben = of(&desk, "ben");
    select(&mut desk, &ben);
    desk.keys(":rename<enter><ctrl-u>pager<enter>");
    assert!(desk.model.changing.is_some(), "{}", desk.screen());
}

#[test]
fn a_device_of_another_account_is_left_alone() {
    let (mut desk, mut keeper) = armed();
    let arn = |text: &str| Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:444455556666:{text}")).unwrap();
    let device = Channel {
        arn: arn("contact-channel/vendor/1"),
        contact: arn("contact/vendor"),
        name: "hotline".to_owned(),
        kind: ChannelKind::Voice,
        address: Address::new("+447700900999"),
        status: ActivationStatus::NotActivated,
    };
    let vendor = Contact {
        arn: arn("contact/vendor"),
        alias: "vendor".to_owned(),
        display_name: None,
        kind: ContactKind::Person,
        plan: Reading::Pending,
        channels: Reading::Known(vec![device.clone()]),
        tags: Reading::Pending,
        sharing: Reading::Pending,
    };
    desk.keys("R");
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.load([LoadEvent::Part(Part::Contacts(vec![vendor]))]);
    desk.end_load(Ok(()));
    keeper.answer(&mut desk);
    desk.wait(5);
    select(&mut desk, &device.arn);
    taken(&mut desk);
    for script in [
        "a",
        ":rename<enter><ctrl-u>pager<enter>",
        ":correct-address<enter>+447700900777<enter>",
    ] {
        desk.keys(script);
        assert!(desk.model.overlays.is_empty(), "{script}: {}", desk.screen());
        let said = &desk.model.notices.back().unwrap().text;
        assert!(said.contains("444455556666"), "{script}: {said}");
        assert!(said.contains("ask that account"), "{script}: {said}");
    }
    let effects = taken(&mut desk);
    let is_change = |effect: &Effect| {
        matches!(
            effect,
            Effect::PlanChangeset { .. } | Effect::RunChangeset { .. } | Effect::Record { .. }
        )
    };
    assert!(!effects.iter().any(is_change), "{effects:?}");
    assert!(desk.model.changing.is_none());
}

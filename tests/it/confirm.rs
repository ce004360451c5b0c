//! Making sure whose a device is, by keys.

use crate::harness::Desk;
use crate::keeper::{self, Keeper};
use callsheet::domain::contact::{Channel, ChannelKind};

/// Returns a desk on which a device with a number is selected, and that number.
fn on_a_phone() -> (Desk, Keeper, String) {
    let (mut desk, keeper) = keeper::desk(80, 24);
    desk.keys("3");
    let is_phone = |channel: &&Channel| channel.kind == ChannelKind::Sms;
    let phone = desk.model.fresh.channels().find(is_phone).unwrap();
    let (arn, number) = (phone.arn.clone(), phone.address.reveal().unwrap().to_owned());
    desk.model.change_list(|list| assert!(list.select_id(&arn)));
    (desk, keeper, number)
}

fn last_digits(number: &str) -> &str {
    &number[number.len() - 4..]
}

#[test]
fn a_device_is_confirmed_by_what_the_person_reads_out() {
    let (mut desk, mut keeper, number) = on_a_phone();
    desk.keys("C");
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("confirm_method-80x24", desk.screen());
    });
    desk.keys("1<enter><enter>");
    assert!(desk.screen().contains("last four digits"), "{}", desk.screen());
    assert!(!desk.screen().contains(last_digits(&number)), "{}", desk.screen());
    desk.keys(last_digits(&number));
    desk.keys("<enter>");
    assert!(!desk.screen().contains("confirmed, and recorded"), "not before it is");
    keeper.answer(&mut desk);
    assert!(desk.screen().contains("confirmed, and recorded"), "{}", desk.screen());
    assert_eq!(keeper.kinds(), ["device_confirmed"]);
    let text = String::from_utf8(keeper.bytes).unwrap();
    assert!(
        text.contains(r#""method":"in_person""#) && text.contains(r#""fingerprint":""#),
        "{text}"
    );
    assert!(!text.contains(&number), "{text}");
}

#[test]
fn three_answers_that_do_not_agree_end_it_and_are_recorded() {
    let (mut desk, mut keeper, number) = on_a_phone();
    let wrong = if last_digits(&number) == "4711" { "4712" } else { "4711" };
    desk.keys("Cvideo<enter><enter>");
    desk.keys(&format!("{wrong}<enter>"));
    assert!(desk.screen().contains("2 more"), "{}", desk.screen());
    desk.keys(&format!("{wrong}<enter>"));
    // What is no answer at all does not count.
    desk.keys("12<enter>");
    assert!(desk.screen().contains("does not count"), "{}", desk.screen());
    desk.keys(&format!("<ctrl-u>{wrong}<enter>"));
    keeper.answer(&mut desk);
    assert!(desk.model.overlays.is_empty());
    assert_eq!(keeper.kinds(), ["device_not_confirmed"]);
    let text = String::from_utf8(keeper.bytes).unwrap();
    assert!(text.contains(r#""mismatches":3"#) && !text.contains(wrong), "{text}");
    assert!(!format!("{:?}", desk.model.notices).contains(wrong));
}

#[test]
fn giving_up_after_a_wrong_answer_is_recorded_and_before_it_is_not() {
    let (mut desk, mut keeper, _) = on_a_phone();
    desk.keys("C1<enter><enter><esc>");
    keeper.answer(&mut desk);
    assert!(keeper.kinds().is_empty());
    desk.keys("C1<enter><enter>0000<enter><esc>");
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds(), ["device_not_confirmed"]);
}

#[test]
fn a_ticket_has_a_number_and_ones_own_device_needs_somebody_else() {
    let (mut desk, mut keeper, number) = on_a_phone();
    desk.keys("C4<enter><enter>");
    assert!(desk.screen().contains("nobody can look it up"), "{}", desk.screen());
    desk.keys("OPS-12<enter><enter>");
    desk.keys(&format!("{}<enter>", last_digits(&number)));
    keeper.answer(&mut desk);
    let text = String::from_utf8(keeper.bytes.clone()).unwrap();
    assert!(text.contains(r#""reference":"OPS-12""#), "{text}");
    desk.keys("C5<enter>mei<enter>");
    assert!(
        desk.screen().contains("somebody else has to vouch"),
        "{}",
        desk.screen()
    );
}

#[test]
fn a_call_back_needs_a_number_in_the_roster() {
    let (mut desk, _, _) = on_a_phone();
    desk.keys("C3<enter>");
    assert!(desk.screen().contains("the roster has no number"), "{}", desk.screen());
}

#[test]
fn a_persons_devices_are_chosen_from() {
    let (mut desk, _) = keeper::desk(80, 24);
    let several = desk.model.fresh.contacts.items.values();
    let person = several
        .into_iter()
        .find(|person| person.channels.known().is_some_and(|all| all.len() > 1));
    let arn = person.unwrap().arn.clone();
    desk.keys("2");
    desk.model.change_list(|list| assert!(list.select_id(&arn)));
    desk.keys("C");
    assert!(desk.screen().contains("which device?"), "{}", desk.screen());
    desk.keys("<enter>");
    assert!(desk.screen().contains("how do you know"), "{}", desk.screen());
}

#[test]
fn nothing_is_confirmed_without_a_ledger() {
    let mut desk = Desk::new(80, 24);
    desk.keys("3C");
    assert!(desk.model.overlays.is_empty());
}

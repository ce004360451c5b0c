//! What has changed since the last sign-off, on the desk.

use crate::{
    harness::Desk,
    keeper::{self, Keeper},
    review_screen::{SIZES, decide_all, opened, read_again, sign, snap},
    world,
};
use callsheet::{
    app::{
        effect::{Effect, Ticket},
        model::Focus,
        msg::Msg,
    },
    domain::{address::Address, contact::ChannelKind, gap::Reading, inventory::Part, load::LoadEvent},
    failure::{Failure, FailureKind},
};

/// Returns a desk on which the account was signed off.
fn signed(width: u16, height: u16) -> (Desk, Keeper) {
    let (mut desk, mut keeper) = opened(width, height);
    decide_all(&mut desk, &mut keeper);
    sign(&mut desk, &mut keeper);
    (desk, keeper)
}

/// Reads the account again, in which a phone leads elsewhere behind the same mask and the response plan is another one.
fn read_changed(desk: &mut Desk, keeper: &mut Keeper) {
    let mut parts = world::parts();
    let mut is_changed = false;
    for part in &mut parts {
        if let Part::Channels(_, Reading::Known(channels)) = part
            && !is_changed
            && let Some(phone) = channels.iter_mut().find(|channel| channel.kind == ChannelKind::Sms)
        {
            let other = phone.address.reveal().unwrap().replace("+447700900", "+447700901");
            phone.address = Address::new(&other);
            is_changed = true;
        }
        if let Part::ResponsePlans(plans) = part {
            let other = plans[0].arn.to_string().replace("checkout-down", "checkout-slow");
            plans[0].arn = callsheet::domain::ids::Arn::parse(&other).unwrap();
            "checkout-slow".clone_into(&mut plans[0].name);
        }
    }
    assert!(is_changed);
    desk.now += chrono::Duration::days(3);
    desk.keys(":read-all-again<enter>");
    desk.load(world::connected());
    desk.load(parts.into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    desk.wait(5);
    keeper.answer(desk);
}

#[test]
fn without_a_sign_off_there_is_nothing_to_compare_with_and_it_is_said() {
    let (mut desk, _) = keeper::desk(80, 24);
    desk.keys(":since<enter>");
    assert!(
        desk.screen().contains("Nobody has signed off a review"),
        "{}",
        desk.screen()
    );
    assert!(desk.screen().contains(":review-open"), "{}", desk.screen());
}

#[test]
fn an_account_that_is_as_it_was_signed_has_no_mark() {
    let (mut desk, mut keeper) = signed(120, 40);
    desk.keys(":read-all-again<enter>");
    read_again(&mut desk, &mut keeper);
    assert!(!desk.screen().contains("changed since"), "{}", desk.screen());
    desk.keys(":since<enter>");
    let screen = desk.screen();
    assert!(screen.contains("0 new, 0 gone, 0 changed"), "{screen}");
    assert!(screen.contains("since 2026-Q4, signed off by Mei Lin"), "{screen}");
}

#[test]
fn what_changed_since_the_sign_off_is_listed_and_gone_to() {
    for (width, height) in SIZES {
        let (mut desk, mut keeper) = signed(width, height);
        read_changed(&mut desk, &mut keeper);
        desk.keys("2:since<enter>");
        snap!("since", desk);
        let listed: String = callsheet::app::since::items(&desk.model)
            .iter()
            .map(|item| item.line.text() + " ")
            .collect();
        let said = listed.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "since 2026-Q4, signed off by Mei Lin",
            "1 new, 1 gone, ",
            "new response plan checkout-slow",
            "gone response plan checkout-down",
            "another address behind the same mask",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert!(!said.contains("700901"), "{said}");
    }
    let (mut desk, mut keeper) = signed(120, 40);
    read_changed(&mut desk, &mut keeper);
    assert!(
        desk.screen().contains("changed since 2026-Q4"),
        "the header says so: {}",
        desk.screen()
    );
    desk.keys(":since<enter>");
    let new = desk.screen();
    let row = new
        .lines()
        .position(|line| line.contains("new     response plan"))
        .unwrap();
    let first = new
        .lines()
        .position(|line| line.contains("since 2026-Q4, signed"))
        .unwrap();
    desk.keys(&"j".repeat(row - first));
    desk.keys("<enter>");
    assert_eq!(desk.model.focus, Focus::List);
    assert_eq!(desk.model.selected_id().unwrap().name(), "checkout-slow");
}

#[test]
fn rows_that_cannot_be_made_are_no_account_that_is_as_it_was() {
    let (mut desk, mut keeper) = signed(120, 40);
    desk.keys("<esc><esc>:read-all-again<enter>");
    desk.load(world::connected());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    let asked: Vec<Ticket> = desk
        .effects
        .iter()
        .filter_map(|effect| {
            if let Effect::TakePopulation { ticket, .. } = effect {
                Some(*ticket)
            } else {
                None
            }
        })
        .collect();
    assert!(!asked.is_empty());
    for ticket in asked {
        let result = Err(Failure::new(FailureKind::Disk, "The key is gone."));
        desk.send(Msg::PopulationTaken { ticket, result });
    }
    desk.effects.clear();
    keeper.answer(&mut desk);
    desk.keys("<esc>");
    assert!(
        desk.screen().contains("changes since the sign-off unknown"),
        "{}",
        desk.screen()
    );
}

#[test]
fn a_population_that_is_lost_leaves_the_changes_unknown() {
    let (_, mut keeper) = signed(120, 40);
    keeper.populations.clear();
    let mut desk = Desk::new(120, 40);
    read_again(&mut desk, &mut keeper);
    desk.wait(5);
    keeper.answer(&mut desk);
    desk.keys("<esc><esc>");
    assert!(
        desk.screen().contains("changes since 2026-Q4 unknown"),
        "{}",
        desk.screen()
    );
    desk.keys(":since<enter>");
    assert!(
        desk.screen().contains("unknown the population that 2026-Q4 signed"),
        "{}",
        desk.screen()
    );
}

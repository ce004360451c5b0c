//! What follows a decision to mend or remove a row: the changeset that does it is offered, belongs to the review, and its
//! end makes the row done.

use crate::{
    harness::{Desk, start_of_test},
    keeper::Keeper,
    review_screen::{SIZES, decide_all, opened, read_again, snap},
};
use callsheet::{
    app::{
        effect::Effect,
        model::Mode,
        msg::Msg,
        overlay::{Menu, Overlay},
        review::carry_out,
    },
    changes::{
        Changeset,
        apply::Previews,
        build,
        fact::{ChangesetClosed, Ending, Fact},
    },
    domain::{contact::ActivationStatus, fingerprint::FingerprintKey, ids::Arn},
    ledger::Entry,
    review::campaign::Execution,
};

/// Returns the row of this name in the review.
fn row(desk: &Desk, name: &str) -> Arn {
    let mut rows = desk.model.review.rows.values();
    let found = rows.find(|row| row.row.name == name || row.row.subject.name() == name);
    found.expect("there is such a row").row.subject.clone()
}

/// Decides about a row by this key.
fn decide(desk: &mut Desk, keeper: &mut Keeper, row: &Arn, key: char) {
    desk.model.change_list(|list| assert!(list.select_id(row)));
    desk.keys(&format!("{key}<ctrl-u>because<enter>"));
    assert!(
        desk.model.overlays.is_empty(),
        "nothing is offered before it is recorded"
    );
    keeper.answer(desk);
}

fn menu(desk: &Desk) -> &Menu {
    match desk.model.overlays.last() {
        Some(Overlay::Menu(menu)) => menu,
        other => panic!("{other:?}\n{}", desk.screen()),
    }
}

/// Chooses the command of this name.
fn choose(desk: &mut Desk, command: &str) {
    let place = menu(desk)
        .shown()
        .position(|item| item.line.text().starts_with(command));
    let place = place.unwrap_or_else(|| panic!("{command} in\n{}", desk.screen()));
    desk.keys(&"j".repeat(place));
    desk.keys("<enter>");
}

fn execution(desk: &Desk, row: &Arn) -> Execution {
    desk.model.review.rows[row].execution.clone()
}

/// Records what the runtime records about the changeset that lies over the screen.
fn record(desk: &mut Desk, keeper: &mut Keeper, facts: Vec<Fact>) {
    let records = keeper.append(desk, facts.into_iter().map(Entry::from).collect());
    desk.send(Msg::LedgerGrew(records));
}

#[test]
fn a_row_that_is_to_be_mended_is_done_once_its_changeset_is() {
    for (width, height) in SIZES {
        let (mut desk, mut keeper) = opened(width, height);
        let payments = row(&desk, "payments");
        decide(&mut desk, &mut keeper, &payments, 'F');
        snap!("carry_out", desk);
        assert_eq!(execution(&desk, &payments), Execution::Missing);
        choose(&mut desk, "drop-dangling");
        let changing = desk.model.changing.as_ref().expect("its preview is shown");
        let planned = changing.planned().unwrap().as_ref().clone();
        assert_eq!(
            (planned.review.as_deref(), &planned.subjects),
            (Some("2026-Q4"), &vec![payments.clone()])
        );
        assert_eq!(
            planned.digest,
            planned.digest_of_all(),
            "it is part of what is agreed to"
        );
        assert_eq!(desk.model.mode, Mode::ReadOnly);
        assert!(
            !desk
                .effects
                .iter()
                .any(|effect| matches!(effect, Effect::RunChangeset { .. }))
        );
        let name = planned.changeset.clone();
        record(&mut desk, &mut keeper, vec![Fact::Planned(planned)]);
        assert_eq!(execution(&desk, &payments), Execution::UnderWay(name.clone()));
        let closed = ChangesetClosed {
            changeset: name.clone(),
            ending: Ending::Done,
            note: None,
        };
        record(&mut desk, &mut keeper, vec![Fact::Closed(closed)]);
        assert_eq!(execution(&desk, &payments), Execution::Done(name));
        assert_eq!(desk.model.review.progress.as_ref().unwrap().undone, Vec::<Arn>::new());
    }
}

#[test]
fn a_sign_off_says_what_was_decided_and_is_not_done() {
    let (mut desk, mut keeper) = opened(80, 24);
    let payments = row(&desk, "payments");
    decide(&mut desk, &mut keeper, &payments, 'F');
    desk.keys("<esc>");
    decide_all(&mut desk, &mut keeper);
    assert_eq!(desk.model.review.progress.as_ref().unwrap().undone, vec![payments]);
    desk.keys(":sign-off<enter>");
    read_again(&mut desk, &mut keeper);
    for _ in 0..50 {
        if !matches!(desk.model.overlays.last(), Some(Overlay::Prompt(_))) {
            break;
        }
        desk.keys("no permission yet<enter>");
    }
    let Some(Overlay::Pager(summary)) = desk.model.overlays.last() else {
        panic!("{}", desk.screen())
    };
    let text = summary.text();
    assert!(text.contains("Not done yet: fix"), "{text}");
}

#[test]
fn what_is_to_be_removed_leads_to_the_removal() {
    let (mut desk, mut keeper) = opened(80, 24);
    let ben = row(&desk, "ben");
    decide(&mut desk, &mut keeper, &ben, 'R');
    let first = menu(&desk).shown().next().unwrap().line.text();
    assert!(
        first.starts_with("remove ") || first.starts_with("callsheet remove"),
        "{first}"
    );
}

#[test]
fn an_activation_mends_the_row_of_its_person_and_removes_nobody() {
    for (key, is_done_by_it) in [('F', true), ('R', false)] {
        let (mut desk, mut keeper) = opened(80, 24);
        let ben = row(&desk, "ben");
        decide(&mut desk, &mut keeper, &ben, key);
        let mut inventory = desk.model.shown.inventory.as_ref().clone();
        inventory.add_fingerprints(&FingerprintKey::new(&[7; 32]));
        let is_silent = |status: &ActivationStatus| *status == ActivationStatus::NotActivated;
        let channel = inventory.channels().find(|channel| {
            is_silent(&channel.status)
                && inventory
                    .channel(&channel.arn)
                    .is_some_and(|(_, person)| person.arn == ben)
        });
        let device = channel.unwrap().arn.clone();
        let draft = build::activate(&inventory, &device).unwrap();
        let changeset = Changeset::build(&inventory, "c1".to_owned(), draft, &Previews::new()).unwrap();
        let planned = carry_out::planned(&desk.model, &changeset);
        assert_eq!(planned.review.is_some(), is_done_by_it, "{key}");
        assert!(planned.subjects.contains(&ben) && planned.subjects.contains(&device));
    }
}

#[test]
fn a_changeset_without_such_a_decision_belongs_to_no_review() {
    let (mut desk, mut keeper) = opened(80, 24);
    let payments = row(&desk, "payments");
    desk.now = start_of_test() + chrono::Duration::minutes(5);
    desk.model.change_list(|list| assert!(list.select_id(&payments)));
    desk.keys("<enter>K<esc>");
    keeper.answer(&mut desk);
    desk.keys(":drop-dangling<enter>");
    let planned = desk.model.changing.as_ref().unwrap().planned().unwrap();
    assert_eq!(planned.review, None);
}

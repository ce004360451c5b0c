//! What records come to: reviews, how far they are, and what checks are told of them.

use super::{
    baseline::{Baseline, Since},
    campaign::{Execution, RowState},
    fold::Reviews,
    gate::LedgerState,
    population::Population,
    recorded::{needed, recorded},
    remembered::Remembered,
    sample::{Book, population_of, row, world},
};
use crate::{
    domain::{
        address::Address,
        contact::ActivationStatus,
        world::{World, at, contact_arn, device_arn, response_arn},
    },
    findings::recorded::{Recorded, Rows},
    ledger::{
        Entry,
        entry::{Activated, CodeSent, DeviceConfirmed, Ending, Method, Note, ReviewScope, Verdict},
        hash::RecordHash,
    },
};
use proptest::prelude::*;
use std::sync::Arc;

fn changed_world() -> World {
    world().tagged("anna", &[("team", "web")])
}

#[test]
fn the_last_decision_holds_and_all_are_kept() {
    let population = population_of(world());
    let anna = row(&population, "anna");
    let book = Book::new()
        .open("Q4", &population)
        .decide("Q4", anna, Verdict::Keep)
        .decide("Q4", anna, Verdict::Fix);
    let reviews = book.reviews();
    let campaign = reviews.campaign("Q4").unwrap();
    assert_eq!(campaign.decision(&anna.subject).unwrap().verdict, Verdict::Fix);
    assert_eq!(campaign.decisions[&anna.subject].history.len(), 2);
    let reviews = book.decide("Q4", anna, Verdict::Undecided).reviews();
    let campaign = reviews.campaign("Q4").unwrap();
    assert_eq!(
        (campaign.decision(&anna.subject), campaign.state(anna)),
        (None, RowState::Undecided)
    );
    assert_eq!(reviews.oddities, []);
}

#[test]
fn a_row_that_changed_after_its_decision_is_open_again_and_no_other_is() {
    let (before, after) = (population_of(world()), population_of(changed_world()));
    let reviews = Book::new().open("Q4", &before).keep_all("Q4", &before).reviews();
    let campaign = reviews.campaign("Q4").unwrap();
    assert_eq!(campaign.progress(&before).open, []);
    let progress = campaign.progress(&after);
    assert_eq!(progress.open, [contact_arn("anna")]);
    assert_eq!((progress.rows, progress.decided, progress.reopened), (6, 5, 1));
    assert_eq!(campaign.state(row(&after, "anna")), RowState::Reopened);
}

#[test]
fn what_is_left_is_counted_with_the_pace_of_single_rows() {
    let population = population_of(world());
    let rows = population.in_order();
    let book = Book::new().open("Q4", &population);
    let first = book.decide_with("Q4", rows[0], Verdict::Keep, |decision| decision.seconds = 30);
    let book = first.decide_with("Q4", rows[1], Verdict::Fix, |decision| decision.seconds = 10);
    let book = book.decide_with("Q4", rows[2], Verdict::Keep, |decision| {
        (decision.seconds, decision.bulk) = (1, Some(1));
    });
    let reviews = book.reviews();
    let campaign = reviews.campaign("Q4").unwrap();
    let progress = campaign.progress(&population);
    assert_eq!((progress.seconds, progress.bulk), (41, 1));
    assert_eq!((progress.seconds_per_row, progress.seconds_left), (Some(20), Some(60)));
    assert_eq!(progress.by_verdict, [(Verdict::Keep, 2), (Verdict::Fix, 1)].into());
    assert_eq!(progress.undone, [rows[1].subject.clone()]);
    assert_eq!(campaign.days_left("2026-12-30".parse().unwrap()), 1);
    // From the row in hand on, and round to the first again.
    let next = |after: usize| campaign.next_open(&population, Some(&rows[after].subject)).unwrap();
    assert_eq!(
        (next(2), next(3), next(5)),
        (
            rows[3].subject.clone(),
            rows[4].subject.clone(),
            rows[3].subject.clone()
        )
    );
    assert_eq!(campaign.next_open(&population, None), Some(rows[3].subject.clone()));
    let empty = Book::new().open("Q4", &population).reviews();
    assert_eq!(
        empty.campaign("Q4").unwrap().progress(&population).seconds_per_row,
        None
    );
}

/// Compares how far a decision about anna is carried out.
#[track_caller]
fn check_execution(book: &Book, expected: &Execution) {
    let reviews = book.reviews();
    assert_eq!(reviews.oddities, []);
    assert_eq!(
        reviews.campaign("Q4").unwrap().execution(&contact_arn("anna")),
        *expected
    );
}

#[test]
fn a_decision_is_carried_out_by_a_changeset_that_began_after_it_and_is_done() {
    let population = population_of(world());
    let anna = row(&population, "anna");
    let open = Book::new().open("Q4", &population);
    check_execution(&open, &Execution::NotNeeded);
    check_execution(&open.clone().decide("Q4", anna, Verdict::Keep), &Execution::NotNeeded);
    let fix = open.clone().decide("Q4", anna, Verdict::Fix);
    check_execution(&fix, &Execution::Missing);
    let planned = fix.clone().plan(Some("Q4"), "c1", anna);
    check_execution(&planned, &Execution::UnderWay("c1".to_owned()));
    let done = planned.clone().close("c1", Ending::Done);
    check_execution(&done, &Execution::Done("c1".to_owned()));
    let abandoned = planned.close("c1", Ending::Abandoned);
    check_execution(&abandoned, &Execution::NotDone("c1".to_owned(), Ending::Abandoned));
    let again = abandoned.plan(Some("Q4"), "c2", anna);
    check_execution(&again, &Execution::UnderWay("c2".to_owned()));
    check_execution(&again.close("c2", Ending::Done), &Execution::Done("c2".to_owned()));
    // The same said again is the same decision; another one in between begins anew.
    check_execution(
        &done.clone().decide("Q4", anna, Verdict::Fix),
        &Execution::Done("c1".to_owned()),
    );
    let anew = done.decide("Q4", anna, Verdict::Keep).decide("Q4", anna, Verdict::Fix);
    check_execution(&anew, &Execution::Missing);
    let earlier = open.plan(Some("Q4"), "c0", anna).close("c0", Ending::Done);
    check_execution(&earlier.decide("Q4", anna, Verdict::Fix), &Execution::Missing);
    // One of no review carries out no decision.
    check_execution(
        &fix.plan(None, "c9", anna).close("c9", Ending::Done),
        &Execution::Missing,
    );
}

#[test]
fn a_row_is_looked_at_again_when_the_decision_is_carried_out() {
    let (before, after) = (population_of(world()), population_of(changed_world()));
    let book = Book::new()
        .open("Q4", &before)
        .decide("Q4", row(&before, "anna"), Verdict::Fix);
    let book = book
        .plan(Some("Q4"), "c1", row(&before, "anna"))
        .close("c1", Ending::Done);
    let reviews = book.reviews();
    let anna = row(&after, "anna");
    assert_eq!(reviews.campaign("Q4").unwrap().state(anna), RowState::CarriedOut);
    for verdict in [Verdict::Fix, Verdict::Keep] {
        let reviews = book.clone().decide("Q4", anna, verdict).reviews();
        let campaign = reviews.campaign("Q4").unwrap();
        assert_eq!(campaign.state(anna), RowState::Decided);
        assert_eq!(campaign.carried_out_by(&anna.subject), Some("c1".to_owned()));
        assert_eq!(campaign.progress(&after).undone, []);
    }
}

#[test]
fn what_was_to_be_removed_and_is_gone_is_done() {
    let before = population_of(world());
    let outage = &before.rows[&response_arn("outage")];
    let reviews = Book::new()
        .open("Q4", &before)
        .decide("Q4", outage, Verdict::Remove)
        .reviews();
    let campaign = reviews.campaign("Q4").unwrap();
    assert_eq!(campaign.progress(&before).undone, [response_arn("outage")]);
    let after = Population::new(
        before
            .rows
            .values()
            .filter(|row| row.subject != outage.subject)
            .cloned(),
    );
    assert_eq!(campaign.progress(&after).undone, []);
    assert_eq!(campaign.gone(&before, &after), [outage.as_ref()]);
}

#[test]
fn what_has_no_place_is_set_aside_with_a_reason() {
    let population = population_of(world());
    let anna = row(&population, "anna");
    let reviews = Book::new()
        .decide("Q4", anna, Verdict::Keep)
        .open("Q4", &population)
        .open("Q4", &population)
        .sign("Q4", &population)
        .decide("Q4", anna, Verdict::Keep)
        .sign("Q4", &population)
        .reviews();
    let said: Vec<&str> = reviews.oddities.iter().map(|oddity| oddity.why.as_str()).collect();
    assert_eq!(
        said,
        [
            "nobody had opened the review “Q4”",
            "there was a review “Q4” already",
            "the decision came after the sign-off of the review “Q4”",
            "there was a sign-off already of the review “Q4”",
        ]
    );
    assert_eq!(reviews.campaign("Q4").unwrap().decisions.len(), 0);
}

#[test]
fn a_name_is_new_and_fits_on_a_line() {
    let reviews = Book::new().open("Q4", &population_of(world())).reviews();
    assert_eq!(reviews.name_fault("2027-Q1"), None);
    for name in ["", " ", "Q4", " x", "a\nb", "\u{1b}[2J", &"x".repeat(65)] {
        assert!(reviews.name_fault(name).is_some(), "{name}");
    }
}

#[test]
fn reviews_follow_each_other_and_those_in_between_count_for_their_rows() {
    let (first, later) = (population_of(world()), population_of(changed_world()));
    let anna = |population: &Population| Arc::clone(row(population, "anna"));
    let book = Book::new()
        .open("Q3", &first)
        .keep_all("Q3", &first)
        .sign("Q3", &first)
        .open_with("anna", &Population::new([anna(&later)]), |opened| {
            opened.scope = ReviewScope::Alias("anna".to_owned());
            opened.is_off_cycle = true;
        })
        .decide("anna", &anna(&later), Verdict::Waive)
        .sign("anna", &Population::new([anna(&later)]))
        .open("Q4", &later);
    let reviews = book.reviews();
    let open: Vec<&str> = reviews.open().iter().map(|campaign| campaign.name.as_str()).collect();
    assert_eq!(open, ["Q4"]);
    assert_eq!(reviews.last_signed().unwrap().0.name, "Q3");
    let in_hand = reviews.campaign("Q4");
    let last = |alias: &str| {
        let (campaign, made) = reviews.last_decision(&contact_arn(alias), in_hand).unwrap();
        (campaign.name.clone(), made.verdict)
    };
    assert_eq!(last("anna"), ("anna".to_owned(), Verdict::Waive));
    assert_eq!(last("ben"), ("Q3".to_owned(), Verdict::Keep));

    let between = Population::new([anna(&later)]);
    let all = [&first, &later, &between];
    let at_hand = |digest: &str| all.into_iter().find(|population| population.digest == digest);
    let baseline = Baseline::before(&reviews, in_hand, at_hand);
    assert_eq!(baseline.since(&anna(&later)), Since::Unchanged);
    assert!(matches!(baseline.since(&anna(&first)), Since::Changed(_)));
    assert_eq!(
        (
            baseline.signed_by(&contact_arn("anna")),
            baseline.signed_by(&contact_arn("ben"))
        ),
        (Some("anna"), Some("Q3"))
    );
    assert!(baseline.diff(&later).is_empty());
    // Before the one in between was opened there was only the first.
    let baseline = Baseline::before(&reviews, reviews.campaign("anna"), at_hand);
    assert!(matches!(baseline.since(&anna(&later)), Since::Changed(_)));
    let baseline = Baseline::before(&reviews, reviews.campaign("Q3"), at_hand);
    assert_eq!(baseline.since(&anna(&later)), Since::NeverSigned);
    // Without its rows nobody can tell.
    let baseline = Baseline::before(&reviews, in_hand, |_| None);
    assert_eq!(
        (baseline.since(&anna(&later)), baseline.missing.len()),
        (Since::Unknown, 2)
    );
    assert_eq!(needed(&reviews).len(), 3);
}

#[test]
fn a_row_that_went_in_the_course_of_a_review_is_not_expected_afterwards() {
    let first = population_of(world());
    let part = Population::new([Arc::clone(row(&first, "ben"))]);
    let nobody = Population::new([]);
    let book = Book::new()
        .open("Q3", &first)
        .sign("Q3", &first)
        .open_with("ben", &part, |opened| {
            opened.scope = ReviewScope::Alias("ben".to_owned());
        });
    let reviews = book.sign("ben", &nobody).reviews();
    let all = [&first, &part, &nobody];
    let baseline = Baseline::before(&reviews, None, |digest: &str| {
        all.into_iter().find(|one| one.digest == digest)
    });
    assert!(!baseline.rows.contains_key(&contact_arn("ben")));
    assert_eq!(baseline.rows.len(), first.rows.len() - 1);
}

fn phone() -> Address {
    Address::new("+447700900123")
}

fn confirmed() -> Entry {
    Entry::DeviceConfirmed(DeviceConfirmed {
        channel: device_arn("anna", "phone"),
        contact: contact_arn("anna"),
        address: phone(),
        method: Method::Video,
        confirmed_by: "Olga".to_owned(),
        reference: None,
        status: ActivationStatus::Activated,
        review: None,
    })
}

fn code_sent() -> Entry {
    Entry::CodeSent(CodeSent {
        channel: device_arn("anna", "phone"),
        address: phone(),
        changeset: "c1".to_owned(),
    })
}

fn activated() -> Entry {
    Entry::Activated(Activated {
        channel: device_arn("anna", "phone"),
        contact: contact_arn("anna"),
        address: phone(),
        changeset: "c1".to_owned(),
    })
}

fn facts_of(book: &Book, populations: &[&Population]) -> Recorded {
    let at_hand = |digest: &str| {
        populations
            .iter()
            .copied()
            .find(|population| population.digest == digest)
    };
    recorded(&book.reviews(), at_hand, &LedgerState::Whole(RecordHash::ZERO))
}

#[test]
fn checks_are_told_what_was_done_about_a_device() {
    #[track_caller]
    fn check(entries: &[fn() -> Entry], expected: (Option<(i64, &str)>, Option<i64>)) {
        let book = entries.iter().fold(Book::new(), |book, entry| book.add(entry()));
        let facts = facts_of(&book, &[]);
        let record = &facts.devices[&device_arn("anna", "phone")];
        let confirmed = record.confirmed.as_ref();
        let confirmed = confirmed.map(|confirmed| ((confirmed.at - at(0)).num_hours(), confirmed.method.as_str()));
        let sent = record.code_sent_at.map(|sent| (sent - at(0)).num_hours());
        assert_eq!((confirmed, sent), expected);
    }
    let (video, code) = ("on a video call", "by the code that came back");
    check(&[confirmed], (Some((1, video)), None));
    check(&[confirmed, code_sent], (Some((1, video)), Some(2)));
    check(&[confirmed, code_sent, activated], (Some((3, code)), None));
    check(&[activated, confirmed], (Some((2, video)), None));
    check(&[activated, code_sent], (Some((1, code)), Some(2)));
}

#[test]
fn a_device_is_known_to_be_switched_off_by_us_when_the_step_was_done() {
    let population = population_of(world());
    let planned = Book::new().plan(None, "c1", row(&population, "anna"));
    let off = |book: &Book| {
        let facts = facts_of(book, &[]);
        facts
            .devices
            .get(&device_arn("anna", "phone"))
            .and_then(|record| record.switched_off_at)
    };
    assert_eq!(off(&planned), None);
    assert_eq!(off(&planned.clone().step_done("c2")), None);
    assert_eq!(off(&planned.step_done("c1")), Some(at(2)));
}

#[test]
fn checks_are_told_how_reviews_went_and_what_was_signed() {
    let population = population_of(world());
    let book = Book::new()
        .open("Q3", &population)
        .keep_all("Q3", &population)
        .sign("Q3", &population)
        .open("Q4", &population)
        .decide("Q4", row(&population, "ben"), Verdict::Fix);
    let facts = facts_of(&book, &[&population]);
    assert_eq!((facts.unread.as_deref(), facts.broken.as_deref()), (None, None));
    let last = facts.last_signed.as_ref().unwrap();
    assert_eq!((last.name.as_str(), last.seconds.len(), last.bulk), ("Q3", 6, 0));
    assert_eq!((last.signed_at, last.read_at), (Some(at(10)), Some(at(8))));
    assert_eq!(facts.open[0].rows, Some(Rows { all: 6, undecided: 5 }));
    let signed = &facts.signed[&device_arn("anna", "phone")];
    assert_eq!((signed.at, signed.review.as_str()), (at(10), "Q3"));
    assert_eq!(signed.status, ActivationStatus::Activated);
    // The phone and the call of the test worlds lead to one number.
    let holders: Vec<usize> = facts.holders.values().map(Vec::len).collect();
    assert_eq!(holders.iter().sum::<usize>(), 3);
    let ben = &facts.decisions[&contact_arn("ben")];
    assert_eq!((ben.review.as_str(), ben.verdict, ben.is_undone), ("Q4", "fix", true));
    let anna = &facts.decisions[&contact_arn("anna")];
    assert_eq!((anna.review.as_str(), anna.is_undone), ("Q3", false));
    assert_eq!(anna.names, ["olga", "root", "Olga Petrova"]);

    let facts = facts_of(&book, &[]);
    assert_eq!(
        facts.unread.as_deref(),
        Some("the population that Q3 signed is not at hand")
    );
    assert_eq!((facts.signed.len(), facts.open[0].rows), (0, None));
}

/// Two reviews, one after the other; each is told by records of its own.
fn two_reviews() -> (Vec<Remembered>, Vec<Remembered>) {
    let population = population_of(world());
    let anna = row(&population, "anna");
    let one = |name: &str, changeset: &str| {
        Book::new()
            .open(name, &population)
            .decide(name, anna, Verdict::Keep)
            .decide(name, row(&population, "ben"), Verdict::Remove)
            .decide(name, anna, Verdict::Fix)
            .plan(Some(name), changeset, anna)
            .add(Entry::Note(Note {
                review: Some(name.to_owned()),
                subject: None,
                text: "a note".to_owned(),
            }))
            .step_done(changeset)
            .close(changeset, Ending::Done)
            .sign(name, &population)
            .records
    };
    (one("Q3", "c1"), one("Q4", "c2"))
}

proptest! {
    #[test]
    fn it_makes_no_difference_how_the_records_of_two_reviews_interleave(turns in proptest::collection::vec(any::<bool>(), 22)) {
        let (mut one, mut other) = two_reviews();
        // Each record keeps its number, whichever way they are mixed.
        for (place, record) in (0..).zip(&mut one) {
            record.mark.seq = place * 2;
        }
        for (place, record) in (0..).zip(&mut other) {
            record.mark.seq = place * 2 + 1;
        }
        let in_turn = Reviews::fold(one.iter().chain(&other));
        let (mut one, mut other) = (one.iter(), other.iter());
        let mut mixed = Reviews::default();
        for is_first in turns {
            let next = if is_first { one.next() } else { other.next() };
            if let Some(record) = next {
                mixed.add(record);
            }
        }
        one.chain(other).for_each(|record| mixed.add(record));
        // Which of them switched the one phone off last is a matter of the order, and of no review.
        mixed.devices = in_turn.devices.clone();
        prop_assert!(in_turn.oddities.is_empty());
        prop_assert_eq!(mixed, in_turn);
    }
}

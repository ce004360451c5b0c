//! Removals, deletions and put-backs killed after everything that happens, hit by every fault at every call, and met by another
//! client between any two steps.

use crate::{
    changeset::Place,
    removal::{WORLD, answers, contact, proposed, read, removal, seen},
};
use callsheet::{
    changes::{
        Changeset, Write,
        apply::Previews,
        fact::{ChangesetPlanned, Undo},
        removal::{definition::Definition, doors::Door, proof, put_back::put_back, quarantine, rebuild},
        run::{Direction, Outcome, Why},
    },
    domain::{contact::ContactKind, graph::Graph, ids::Arn},
    emulator::{KINDS, World},
};
use futures_util::stream::{self, StreamExt as _};
use std::collections::BTreeMap;

/// How many accounts are alive at once: most of a run is waiting for another look at what was written.
const AT_ONCE: usize = 12;

/// What is done to an account.
#[derive(Debug, Clone, Copy)]
enum Case {
    /// These go, and perhaps somebody comes in.
    Removed(&'static [&'static str], Option<&'static str>),
    /// Somebody whom nothing names is deleted.
    Deleted,
    /// Anna is put back after cho came in for her.
    PutBack,
}

/// An account on which a case is tried again and again, each time from its beginning and under another name.
struct Stage {
    place: Place,
    planned: ChangesetPlanned,
    original: World,
    tries: usize,
}

impl Stage {
    async fn of(case: Case) -> Self {
        let (place, planned) = match case {
            Case::Removed(leavers, replacement) => {
                let place = Place::of(WORLD).await;
                let inventory = read(&place).await;
                let proposal = proposed(&place, &inventory, removal(leavers, replacement)).await;
                let built = proposal.changeset(&inventory, "c".to_owned(), &answers()).unwrap();
                (place, built)
            }
            Case::Deleted => {
                let place = Place::of(WORLD).await;
                let inventory = read(&place).await;
                let graph = Graph::build(&inventory);
                let draft = quarantine::delete(&inventory, &graph, &contact("cho"), Place::now()).unwrap();
                let built = Changeset::build(&inventory, "c".to_owned(), draft, &Previews::new()).unwrap();
                (place, built)
            }
            Case::PutBack => {
                let first = Place::of(WORLD).await;
                let inventory = read(&first).await;
                let proposal = proposed(&first, &inventory, removal(&["anna"], Some("cho"))).await;
                let saved = Definition::of(&inventory, &proposal.removal, &contact("anna"), Place::now()).unwrap();
                let built = proposal.changeset(&inventory, "c".to_owned(), &answers()).unwrap();
                first.consent(&built.planned()).await;
                assert_eq!(first.go_on("c", Direction::Forward, None).await, Some(Outcome::Done));
                let place = Place::of(&first.seen().to_json()).await;
                first.emulator.stop().await;
                let away = read(&place).await;
                let back = put_back(&away, &saved, &BTreeMap::new(), Place::now()).unwrap();
                let built = Changeset::build(&away, "c".to_owned(), back.draft, &Previews::new()).unwrap();
                (place, built)
            }
        };
        Self {
            original: seen(&place),
            planned: planned.planned(),
            place,
            tries: 0,
        }
    }

    /// Returns to the beginning, where somebody has consented, and returns the changeset's name.
    async fn begin(&mut self) -> String {
        self.place.emulator.reset();
        self.place.told.lock().unwrap().clear();
        self.tries += 1;
        let mut planned = ChangesetPlanned {
            changeset: format!("c{}", self.tries),
            ..self.planned.clone()
        };
        planned.digest = planned.digest_of_all();
        self.place.consent(&planned).await;
        planned.changeset
    }
}

/// Tries every way on some accounts at once, and returns what came of each.
async fn tried<W: Send + 'static>(case: Case, ways: Vec<W>, one: impl AsyncFn(&mut Stage, W) -> bool) -> Vec<bool> {
    let mut piles: Vec<Vec<W>> = Vec::new();
    piles.resize_with(AT_ONCE, Vec::new);
    for (index, way) in ways.into_iter().enumerate() {
        piles[index % AT_ONCE].push(way);
    }
    let one = &one;
    let pile = |pile: Vec<W>| async move {
        let mut stage = Box::pin(Stage::of(case)).await;
        let mut results = Vec::new();
        for way in pile {
            results.push(one(&mut stage, way).await);
        }
        stage.place.emulator.stop().await;
        results
    };
    let results: Vec<Vec<bool>> = stream::iter(piles).map(pile).buffer_unordered(AT_ONCE).collect().await;
    results.concat()
}

/// What comes of a case that nothing disturbs.
struct Undisturbed {
    case: Case,
    planned: ChangesetPlanned,
    after: World,
    /// What was told on the way.
    told: Vec<String>,
    /// How many calls were made on the way.
    calls: usize,
}

impl Undisturbed {
    async fn of(case: Case) -> Self {
        let mut stage = Box::pin(Stage::of(case)).await;
        let name = stage.begin().await;
        let (place, planned) = (stage.place, stage.planned);
        assert_eq!(place.go_on(&name, Direction::Forward, None).await, Some(Outcome::Done));
        let told = place.told.lock().unwrap().clone();
        let (calls, after) = (place.emulator.calls().len(), seen(&place));
        place.emulator.stop().await;
        Self {
            case,
            planned,
            after,
            told,
            calls,
        }
    }

    /// Claims that what was left half-done is finished or taken back.
    async fn settle(&self, stage: &Stage, name: &str, direction: Direction, how: &str) {
        let (place, original) = (&stage.place, &stage.original);
        let ended = place.go_on(name, direction, None).await.unwrap();
        let context = format!("{:?} {how}, then {direction:?}: {ended:?}", self.case);
        let is_left = matches!(&ended, Outcome::RolledBack { left } if !left.is_empty());
        match (&ended, direction) {
            // The last record was written before.
            (Outcome::Closed, _) | (Outcome::Done, Direction::Forward) => {
                assert_eq!(seen(place), self.after, "{context}");
            }
            (Outcome::RolledBack { left }, Direction::Back) if left.is_empty() => {
                assert_eq!(seen(place), *original, "{context}");
            }
            // What cannot be taken back is left, and is told: nothing else is.
            (Outcome::RolledBack { left }, Direction::Back) => {
                let undo = |place: &usize| self.planned.steps[*place].undo;
                assert!(left.iter().all(|place| undo(place) == Undo::Irreversible), "{context}");
            }
            _ => panic!("{context}"),
        }
        let (_, changesets) = place.open();
        assert!(!changesets.get(name).unwrap().progress.is_open(), "{context}");
        assert!(!is_left || matches!(self.case, Case::Deleted), "{context}");
    }
}

/// Kills a case after everything that is told, and finishes it or takes it back.
async fn check_kills(case: Case) {
    let undisturbed = &Box::pin(Undisturbed::of(case)).await;
    let counts = 0..undisturbed.told.len();
    let ways: Vec<_> = counts
        .flat_map(|count| [(count, Direction::Forward), (count, Direction::Back)])
        .collect();
    let count = ways.len();
    let tried = tried(case, ways, async |stage, (count, direction)| {
        let name = stage.begin().await;
        stage.place.go_on(&name, Direction::Forward, Some(count)).await;
        let how = format!("killed after {count}");
        undisturbed.settle(stage, &name, direction, &how).await;
        true
    });
    assert_eq!(tried.await.len(), count);
}

/// Returns every fault at every write, and one sort after the other at every call, with the way to go from there.
///
/// Each fault is tried once at each write. The way to go from there changes from one to the next, so that each sort of fault
/// and each write meets both ways: all pairs of the three, and not all three with each other, which takes twice as long.
/// With `share` 2 each write meets every second sort of fault, and the next write the others.
fn faults(undisturbed: &Undisturbed, share: usize) -> Vec<(String, Direction)> {
    let direction = |number: usize| {
        if number.is_multiple_of(2) {
            Direction::Forward
        } else {
            Direction::Back
        }
    };
    let mut faults = Vec::new();
    for (place, step) in undisturbed.planned.steps.iter().enumerate() {
        let operation = step.write.change().name();
        let before = undisturbed.planned.steps[..place].iter();
        let same = before.filter(|step| step.write.change().name() == operation).count();
        // A write has no token of a list, and comes to the same however slow it is.
        let is_of_lists = |kind: &&&str| ["slow", "lost-token", "repeated-token"].contains(kind);
        for (turn, kind) in KINDS.iter().filter(|kind| !is_of_lists(kind)).enumerate() {
            let number = match *kind {
                "throttle" => "=429",
                "internal-server" => "=0",
                _ => "",
            };
            let fault = format!("{operation}:{kind}{number}:1:after={same}");
            if (place + turn).is_multiple_of(share) {
                faults.push((fault, direction((place + turn) / share)));
            }
        }
    }
    let kinds = [
        "access-denied",
        "reset:1",
        "empty-answer:1",
        "expired-credentials",
        "cut-answer:1",
    ];
    let calls = (0..undisturbed.calls).zip(kinds.iter().cycle());
    faults.extend(calls.map(|(call, kind)| (format!("*:{kind}:after={call}"), direction(call))));
    faults
}

/// Claims that the proof tells of what was left because an answer had no list of overrides.
///
/// The service may leave that list out where it is empty: then another client has deleted the override, as far as can be told,
/// and the run goes on. The reading after the last step sees that it is still there.
async fn assert_is_told(stage: &Stage, case: Case, fault: &str) {
    let place = &stage.place;
    let Case::Removed(leavers, _) = case else {
        panic!("{case:?} with {fault}: {:?}", seen(place));
    };
    assert!(
        fault.contains("empty-answer"),
        "{case:?} with {fault}: {:?}",
        seen(place)
    );
    let people: Vec<Arn> = leavers.iter().map(|alias| contact(alias)).collect();
    let proof = proof::of(&read(place).await, &people, Place::now());
    let is_override = |door: &Door| matches!(door, Door::Override { .. });
    assert!(
        !proof.left.is_empty() && proof.left.iter().all(|(_, door)| is_override(door)),
        "{case:?} with {fault}: {proof:?}"
    );
}

/// Hits a case with faults, and finishes it or takes it back.
async fn check_faults(case: Case, share: usize) {
    let undisturbed = &Box::pin(Undisturbed::of(case)).await;
    let steps = undisturbed.planned.steps.len();
    let stopped = tried(case, faults(undisturbed, share), async |stage, (fault, direction)| {
        let name = stage.begin().await;
        stage.place.emulator.faults(vec![fault.parse().unwrap()]);
        let ended = stage.place.go_on(&name, Direction::Forward, None).await.unwrap();
        stage.place.emulator.clear_faults();
        match &ended {
            Outcome::Done if seen(&stage.place) == undisturbed.after => {}
            Outcome::Done => assert_is_told(stage, case, &fault).await,
            Outcome::Stopped(stop) => {
                let told = stop.done.len() + stop.uncertain.len() + stop.without_effect.len();
                assert_eq!(told, steps, "{case:?} with {fault}: {stop:?}");
                assert!(!stop.sentence.is_empty(), "{case:?} with {fault}");
                undisturbed.settle(stage, &name, direction, &fault).await;
            }
            Outcome::RolledBack { .. } | Outcome::Closed => panic!("{case:?} with {fault}: {ended:?}"),
        }
        matches!(ended, Outcome::Stopped(_))
    });
    let stopped = stopped.await;
    let count = stopped.iter().filter(|is_stopped| **is_stopped).count();
    assert!(count > steps, "{count} of {} stopped", stopped.len());
}

macro_rules! cases {
    ($($name:ident: $check:ident($($argument:expr),+);)*) => { $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            $check($($argument),+).await;
        }
    )* };
}

cases! {
    killed_anywhere_a_replaced_leaver_is_out_or_back: check_kills(Case::Removed(&["anna"], Some("cho")));
    killed_anywhere_a_leaver_without_replacement_is_out_or_back: check_kills(Case::Removed(&["anna"], None));
    killed_anywhere_two_who_back_each_other_up_are_out_or_back: check_kills(Case::Removed(&["anna", "ben"], Some("cho")));
    killed_anywhere_a_deletion_is_finished_or_stops_where_it_is: check_kills(Case::Deleted);
    killed_anywhere_somebody_is_put_back_or_out_again: check_kills(Case::PutBack);
    whatever_fails_a_replaced_leaver_is_out_or_back: check_faults(Case::Removed(&["anna"], Some("cho")), 1);
    whatever_fails_a_leaver_without_replacement_is_out_or_back: check_faults(Case::Removed(&["anna"], None), 2);
    whatever_fails_two_who_back_each_other_up_are_out_or_back: check_faults(Case::Removed(&["anna", "ben"], Some("cho")), 2);
    whatever_fails_a_deletion_is_finished_or_stops_where_it_is: check_faults(Case::Deleted, 1);
    whatever_fails_somebody_is_put_back_or_out_again: check_faults(Case::PutBack, 2);
}

/// Something that another client edits.
#[derive(Debug, Clone, Copy)]
enum Edited {
    Engagements,
    Plan,
    Members,
    Overrides,
    Devices,
    Tag,
}

impl Edited {
    /// What each step of the removal of anna writes.
    const OF_STEPS: [Self; 7] = [
        Self::Engagements,
        Self::Plan,
        Self::Members,
        Self::Overrides,
        Self::Overrides,
        Self::Devices,
        Self::Tag,
    ];

    /// Edits it as another client does.
    async fn edit(self, place: &Place) {
        let inventory = read(place).await;
        let rotation = inventory.rotations.items.values().next().unwrap();
        let mut writes = Vec::new();
        match self {
            Self::Engagements => {
                let plan = inventory.response_plans.items.values().next().unwrap();
                let mut engagements = plan.detail.known().unwrap().engagements.clone();
                engagements.push(contact("ops"));
                writes.push(Write::UpdateResponsePlan {
                    response_plan: plan.arn.clone(),
                    engagements,
                });
            }
            Self::Plan => {
                let mut plan = inventory.contacts.items[&contact("team")].plan.known().unwrap().clone();
                plan.stages[0].duration_minutes = 7;
                writes.push(Write::UpdateContact {
                    contact: contact("team"),
                    kind: ContactKind::EscalationPlan,
                    plan,
                });
            }
            Self::Members => {
                let mut members = rotation.members.known().unwrap().clone();
                members.reverse();
                writes.push(Write::UpdateRotation {
                    rotation: rotation.arn.clone(),
                    members,
                    recurrence: rotation.recurrence.clone().unwrap(),
                });
            }
            Self::Overrides => {
                let known = rotation.overrides.known().unwrap();
                writes.extend(known.iter().map(|one| Write::DeleteRotationOverride {
                    rotation: rotation.arn.clone(),
                    id: one.id.clone(),
                }));
                let start_at = Place::now() + chrono::TimeDelta::days(4);
                let mut contacts = known.first().map_or(Vec::new(), |one| one.contacts.clone());
                contacts.push(contact("ben"));
                writes.push(Write::CreateRotationOverride {
                    rotation: rotation.arn.clone(),
                    start_at: known.first().map_or(start_at, |one| one.start_at),
                    end_at: known
                        .first()
                        .map_or(start_at + chrono::TimeDelta::days(1), |one| one.end_at),
                    contacts,
                });
            }
            Self::Devices => {
                let channels = inventory.contacts.items[&contact("anna")].channels.known().unwrap();
                writes.push(Write::UpdateContactChannel {
                    channel: channels[0].arn.clone(),
                    name: Some("another name".to_owned()),
                    address: None,
                });
            }
            Self::Tag => writes.push(Write::TagResource {
                resource: contact("anna"),
                tags: vec![(quarantine::TAG.to_owned(), "2001-01-01".to_owned())],
            }),
        }
        for write in writes {
            place.account.send(&write, None, Place::now()).await.unwrap();
        }
    }

    /// Returns what it is now.
    fn now(self, place: &Place) -> String {
        let world = seen(place);
        let rotation = world.rotations.values().next().unwrap();
        match self {
            Self::Engagements => format!("{:?}", world.response_plans["checkout"].engagements),
            Self::Plan => format!("{:?}", world.contacts["team"].plan),
            Self::Members => format!("{:?}", rotation.contact_ids),
            Self::Overrides => format!("{:?}", rotation.overrides),
            Self::Devices => format!("{:?}", world.contacts["anna"].channels),
            Self::Tag => format!("{:?}", world.contacts["anna"].tags),
        }
    }
}

/// Returns after how many things that were told each step begins.
fn beginnings(undisturbed: &Undisturbed) -> Vec<usize> {
    let is_end = |text: &String| text.contains("StepDone") || text.contains("step_done");
    let told = undisturbed.told.iter().enumerate();
    let ends = told.filter(|(_, text)| is_end(text)).map(|(place, _)| place + 1);
    let mut beginnings: Vec<usize> = std::iter::once(0).chain(ends).collect();
    beginnings.pop();
    beginnings
}

/// Plans anna's removal anew, carries that out, and claims that nothing names her.
async fn rebuilt(place: &Place, former: &str, context: &str) {
    let latter = format!("{former}-anew");
    let (_, changesets) = place.open();
    let progress = changesets.get(former).unwrap().progress.clone();
    let inventory = read(place).await;
    let again = rebuild::again(rebuild::of(&progress).unwrap(), &inventory, Place::now());
    let people: Vec<Arn> = again.leavers.clone();
    let proposal = proposed(place, &inventory, again).await;
    let carried = rebuild::answers(&progress.planned, &proposal.guards);
    assert!(!carried.is_empty(), "{context}: what was answered is answered");
    let built = proposal.changeset(&inventory, latter.clone(), &answers()).unwrap();
    assert!(
        built.steps.len() <= progress.planned.steps.len(),
        "{context}: {:?} after {:?}",
        built.steps.iter().map(|step| &step.title).collect::<Vec<_>>(),
        progress.done()
    );
    place.consent_anew(&built.planned(), former).await;
    assert_eq!(
        place.go_on(&latter, Direction::Forward, None).await,
        Some(Outcome::Done),
        "{context}"
    );
    let (_, changesets) = place.open();
    let [old, new] = [former, &latter].map(|name| changesets.get(name).unwrap().progress.clone());
    assert_eq!(
        old.closed.unwrap().note,
        Some(format!("planned anew as {latter}")),
        "{context}"
    );
    // A kill would have come before the proof, which is missing until it is made.
    assert_eq!(proof::is_missing(&new), Some(people.as_slice()), "{context}");
    let proof = proof::of(&read(place).await, &people, Place::now());
    assert!(proof.is_proven(), "{context}: {proof:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_client_edits_between_any_two_steps_is_never_overwritten_and_the_plan_is_made_anew() {
    let undisturbed = &Undisturbed::of(Case::Removed(&["anna"], Some("cho"))).await;
    let beginnings = beginnings(undisturbed);
    assert_eq!(beginnings.len(), Edited::OF_STEPS.len());
    let ways: Vec<_> = beginnings
        .into_iter()
        .enumerate()
        .flat_map(|(gap, begins)| {
            let edits = Edited::OF_STEPS.into_iter().enumerate();
            edits.map(move |(step, edited)| (gap, begins, step, edited))
        })
        .collect();
    let stopped = tried(undisturbed.case, ways, async |stage, (gap, begins, step, edited)| {
        let name = stage.begin().await;
        let place = &stage.place;
        assert_eq!(place.go_on(&name, Direction::Forward, Some(begins)).await, None);
        edited.edit(place).await;
        let (there, context) = (edited.now(place), format!("{edited:?} edited before step {}", gap + 1));
        let ended = place.go_on(&name, Direction::Forward, None).await.unwrap();
        assert_eq!(edited.now(place), there, "{context}: {ended:?}");
        match &ended {
            Outcome::Stopped(stop) => {
                assert_eq!(stop.why, Why::Changed, "{context}: {stop:?}");
                assert!(stop.sentence.contains("there is now: "), "{context}: {stop:?}");
                rebuilt(place, &name, &context).await;
            }
            // What was written already is not looked at again.
            Outcome::Done => assert!(step < gap, "{context}"),
            other @ (Outcome::RolledBack { .. } | Outcome::Closed) => panic!("{context}: {other:?}"),
        }
        matches!(ended, Outcome::Stopped(_))
    });
    let stopped = stopped.await;
    assert!(stopped.iter().filter(|is| **is).count() >= 28, "{stopped:?}");
}

//! Claims about removals on small worlds.

use super::{
    End, Removal, Turns,
    definition::{Definition, SCHEMA},
    doors,
    guards::Kind,
    humans::Walked,
    proof,
    proposal::{Asked, Proposal, Stopped, propose},
    put_back::{put_back, silent_after},
    quarantine, rebuild,
    replacement::{Known, suggestions},
    rotation::{self, Previewed},
    unused,
};
use crate::{
    changes::{
        Changeset, Write,
        apply::{Previews, apply},
        build::NoDraft,
    },
    domain::{
        contact::{ActivationStatus, Target},
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
        operation::Operation,
        sample,
        schedule::Shift,
        world::{World, at, contact_arn, device_arn, response_arn, rotation_arn},
    },
    paging::{coverage::Stretch, simulate::ResolveSchedules},
};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// Anna is named everywhere; ben stands in for her here and there; cho could take her places.
fn world() -> World {
    let world = ["anna", "ben", "cho", "dan"]
        .into_iter()
        .fold(World::new(), |world, alias| {
            world.person(alias, &["phone"], &[("phone", 1)])
        });
    world
        .rotation("weekly", &["anna", "ben"])
        .shifts(
            "weekly",
            &[(10, 20, &["anna"]), (20, 30, &["ben"]), (30, 336, &["anna"])],
        )
        .schedule("ops", &["weekly"])
        .plan("all", &[(5, &["!anna"]), (5, &["ops"]), (0, &["dan"])])
        .plan("pair", &[(5, &["anna", "ben"])])
        .response("down", &["all", "anna"])
        .tagged("weekly", &[])
        .complete()
}

fn removal(leavers: &[&str], replacement: Option<&str>) -> Removal {
    Removal {
        leavers: leavers.iter().map(|alias| contact_arn(alias)).collect(),
        replacement: replacement.map(contact_arn),
        turns: BTreeMap::new(),
        end: End::Quarantine { on: at(0).date_naive() },
    }
}

fn proposed(world: &World, removal: Removal, previewed: &Previewed) -> Proposal {
    let asked = Asked {
        now: at(0),
        walked: Walked {
            window: Stretch {
                start_at: at(0),
                end_at: at(24),
            },
            resolve_schedules: ResolveSchedules::StageStart,
            second_human_minutes: &|_| 15,
        },
        is_by_code: &|_| false,
    };
    propose(&world.inventory, &world.graph(), removal, previewed, asked)
}

fn kinds(proposal: &Proposal) -> Vec<(Kind, &str)> {
    let guards = proposal.guards.iter();
    guards
        .filter(|guard| guard.kind != Kind::OpenIncident)
        .map(|guard| (guard.kind, guard.what.as_str()))
        .collect()
}

#[test]
fn every_door_is_found_and_a_past_override_is_none() {
    let world = world()
        .overridden("weekly", (2, 4), &["anna"], &["ben"])
        .shared("anna", &["444455556666"])
        .part(crate::domain::inventory::Part::Ended { at: at(0) });
    let words = |now| -> Vec<String> {
        let doors = doors::doors_of(&world.inventory, &world.graph(), &contact_arn("anna"), at(now));
        doors.iter().map(|door| door.words(&world.inventory)).collect()
    };
    assert_eq!(
        words(0),
        [
            "stage 1 of the plan of all, minute 0, essential",
            "stage 1 of the plan of pair, minute 0",
            "turn 1 of the rotation weekly",
            "override of the rotation weekly from 2026-11-01 02:00 to 2026-11-01 04:00 UTC",
            "engaged by the response plan down",
            "own plan of 1 stages, for whoever engages them by hand",
            "shared with 444455556666, who can engage them by hand",
        ]
    );
    assert_eq!(words(4).len(), 6);
}

#[test]
fn what_was_not_read_may_be_a_door_and_stops_for_good() {
    for (operation, name) in [
        (Operation::GetContact, "pair"),
        (Operation::GetRotation, "weekly"),
        (Operation::ListRotationOverrides, "weekly"),
        (Operation::ListRotationShifts, "weekly"),
        (Operation::GetResponsePlan, "down"),
        (Operation::ListContacts, ""),
    ] {
        let world = world().denied(operation, name);
        let proposal = proposed(&world, removal(&["anna"], Some("cho")), &Previewed::new());
        let guard = &proposal.guards[0];
        assert_eq!(
            (guard.kind, guard.is_answerable),
            (Kind::NotRead, false),
            "{operation:?}"
        );
        assert!(matches!(proposal.draft, Err(NoDraft::NotRead(_))));
        let answers = Kind::ALL
            .iter()
            .map(|kind| (kind.word().to_owned(), "because".to_owned()));
        let refused = proposal.answered(&answers.collect::<Vec<_>>()).unwrap_err();
        assert_eq!(refused, std::slice::from_ref(guard), "everything else can be answered");
    }
}

#[test]
fn with_a_replacement_each_thing_is_written_once_and_in_order() {
    let mut world = world().overridden("weekly", (2, 4), &["anna", "dan"], &["ben"]);
    world.inventory.add_fingerprints(&sample::key());
    let world = world.part(crate::domain::inventory::Part::Ended { at: at(0) });
    let proposal = proposed(&world, removal(&["anna"], Some("cho")), &Previewed::new());
    let writes = &proposal.draft.as_ref().unwrap().writes;
    let told: Vec<(&str, &str)> = writes
        .iter()
        .map(|write| (write.change().name(), write.subject().name()))
        .collect();
    assert_eq!(
        told,
        [
            ("UpdateResponsePlan", "down"),
            ("UpdateContact", "all"),
            ("UpdateContact", "pair"),
            ("UpdateRotation", "weekly"),
            ("DeleteRotationOverride", "weekly"),
            ("CreateRotationOverride", "weekly"),
            ("DeactivateContactChannel", "anna/phone"),
            ("TagResource", "anna"),
        ]
    );
    let after = apply(&world.inventory, writes, &proposal.previews);
    let plan = after.contacts.items[&contact_arn("all")].plan.known().unwrap();
    assert_eq!(
        plan.stages[0].targets,
        [Target::Contact {
            contact: contact_arn("cho"),
            is_essential: true
        }]
    );
    let members = after.rotations.items[&rotation_arn("weekly")].members.known().unwrap();
    assert_eq!(members, &["cho", "ben"].map(contact_arn));
    assert!(proof::of(&after, &proposal.removal.leavers, at(0)).is_proven());
    // The changeset takes them all, once what cannot be read is answered.
    let refused = proposal.changeset(&world.inventory, "c1".to_owned(), &[]).unwrap_err();
    assert!(matches!(refused, Stopped::Guards(guards) if guards[0].kind == Kind::OpenIncident));
    // While the override is made again, ben alone is on call where anna and dan were.
    let passing = [(Kind::FewerPeople, "all"), (Kind::FewerPeople, "ops")];
    assert_eq!(kinds(&proposal), passing);
    let answers = [
        ("open-incident".to_owned(), "none is open".to_owned()),
        ("fewer-people".to_owned(), "it takes a second".to_owned()),
    ];
    let changeset = proposal.changeset(&world.inventory, "c1".to_owned(), &answers).unwrap();
    assert_eq!((changeset.steps.len(), changeset.answers.len()), (8, 3));
}

#[test]
fn the_last_human_of_a_stage_or_plan_is_guarded_and_an_empty_stage_goes() {
    let proposal = proposed(&world(), removal(&["anna"], None), &Previewed::new());
    let expected = [
        (Kind::LastOfStage, "all stage 1"),
        (Kind::LastOfStage, "all stage 2"),
        (Kind::BelowPolicy, "all"),
        (Kind::LastOfPlan, "ops"),
        (Kind::BelowPolicy, "pair"),
        (Kind::BelowPolicy, "down"),
        (Kind::FewerPeople, "pair"),
        (Kind::FewerPeople, "down"),
    ];
    assert_eq!(kinds(&proposal), expected);
    let pair = proposal
        .guards
        .iter()
        .find(|guard| guard.key() == "fewer-people:pair")
        .unwrap();
    let why = "pair would reach fewer people than before: 1 instead of 2 in stage 1";
    assert_eq!((pair.why.as_str(), pair.is_answerable), (why, true));
    let after = apply(&world().inventory, &proposal.draft.unwrap().writes, &proposal.previews);
    let plan = after.contacts.items[&contact_arn("all")].plan.known().unwrap();
    let durations: Vec<i32> = plan.stages.iter().map(|stage| stage.duration_minutes).collect();
    assert_eq!(durations, [5, 0]);
}

#[test]
fn two_who_are_each_others_backup_are_seen_together() {
    let world = ["anna", "ben"]
        .into_iter()
        .fold(World::new(), |world, alias| {
            world.person(alias, &["phone"], &[("phone", 1)])
        })
        .person("cho", &["phone"], &[("phone", 1)])
        .plan("pair", &[(5, &["anna"]), (5, &["ben"])])
        .complete();
    let of = |leavers: &[&str], replacement| {
        let proposal = proposed(&world, removal(leavers, replacement), &Previewed::new());
        let is_dark = kinds(&proposal).contains(&(Kind::LastOfPlan, "pair"));
        let plans = proposal.draft.unwrap().writes;
        let written = plans
            .iter()
            .filter(|write| matches!(write, Write::UpdateContact { .. }))
            .count();
        (is_dark, written)
    };
    assert_eq!(of(&["anna"], None), (false, 1));
    assert_eq!(of(&["anna", "ben"], None), (true, 1));
    assert_eq!(of(&["anna", "ben"], Some("cho")), (false, 1));
}

#[test]
fn a_rotation_needs_members_and_as_many_as_are_on_call() {
    let lone = World::new()
        .person("anna", &[], &[])
        .person("ben", &[], &[])
        .rotation("lone", &["anna"])
        .shifts("lone", &[(-1, 20, &["anna"])])
        .rotation("two", &["anna", "ben"])
        .shifts("two", &[(20, 30, &["ben"])])
        .recurring("two", |recurrence| recurrence.number_of_on_calls = 2)
        .shifts("two", &[(20, 30, &["ben"])])
        .complete();
    let proposal = proposed(&lone, removal(&["anna"], None), &Previewed::new());
    let found = kinds(&proposal);
    for expected in [
        (Kind::OnlyMember, "lone"),
        (Kind::MoreOnCall, "two"),
        (Kind::OnCallNow, "anna"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert!(proposal.guards.iter().filter(|guard| !guard.is_answerable).count() == 2);
    let replaced = proposed(&lone, removal(&["anna"], Some("ben")), &Previewed::new());
    assert!(!kinds(&replaced).contains(&(Kind::OnlyMember, "lone")));
}

#[test]
fn code_and_quarantine_stop_until_they_are_answered_and_another_account_for_good() {
    let zoe = "arn:aws:ssm-contacts:eu-west-1:444455556666:contact/zoe";
    let world = world()
        .tagged("anna", &[(quarantine::TAG, "2026-10-20")])
        .tagged("all", &[("terraform", "true")])
        .person(zoe, &[], &[])
        .part(crate::domain::inventory::Part::Ended { at: at(0) });
    let proposal = proposed(&world, removal(&["anna", zoe], Some("cho")), &Previewed::new());
    let found = kinds(&proposal);
    for expected in [
        (Kind::SharedIn, "zoe"),
        (Kind::ByCode, "all"),
        (Kind::Quarantined, "anna"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let (listed, unread) = quarantine::list(&world.inventory);
    assert_eq!((listed.len(), unread.len()), (1, 0));
    assert_eq!(listed[0].days_left(at(0).date_naive(), 30), Some(18));
}

#[test]
fn the_way_that_moves_the_fewest_hours_is_recommended() {
    let world = world();
    let shift = |start, end, person: &str| Shift {
        start_at: at(start),
        end_at: at(end),
        contacts: vec![contact_arn(person)],
        overridden: Vec::new(),
        kind: "REGULAR".to_owned(),
    };
    let weekly = rotation_arn("weekly");
    let previewed = Previewed::from([
        (
            (weekly.clone(), Turns::Replace),
            vec![shift(10, 20, "cho"), shift(20, 30, "ben"), shift(30, 336, "cho")],
        ),
        ((weekly.clone(), Turns::Remove), vec![shift(10, 336, "ben")]),
    ]);
    let of = |replacement| {
        let proposal = proposed(&world, removal(&["anna"], replacement), &previewed);
        let ways = proposal.choices[0].ways.iter();
        ways.map(|way| (way.turns, way.moved.unwrap().num_hours()))
            .collect::<Vec<_>>()
    };
    let deferred = (Turns::Defer { until: at(20) }, 306);
    assert_eq!(of(Some("cho")), [(Turns::Replace, 0), deferred, (Turns::Remove, 316)]);
    assert_eq!(of(None), [deferred, (Turns::Remove, 316)]);
    assert_eq!(
        of(Some("ben")),
        [(Turns::Remove, 0), (Turns::Defer { until: at(20) }, 0)]
    );
    let wanted = rotation::wanted(&world.inventory, &removal(&["anna"], Some("cho")));
    assert_eq!(wanted.len(), 2);
    // Two people for an hour are two hours, and whoever is on call both times has not moved.
    let window = Stretch {
        start_at: at(0),
        end_at: at(100),
    };
    let moved = rotation::moved(&[shift(0, 2, "x"), shift(1, 3, "y")], &[shift(1, 3, "x")], &[], window);
    assert_eq!(moved, TimeDelta::hours(1 + 1 + 2));
}

#[test]
fn a_rotation_that_waits_is_left_as_it_is_and_so_are_the_devices() {
    let mut removal = removal(&["anna"], Some("cho"));
    removal
        .turns
        .insert(rotation_arn("weekly"), Turns::Defer { until: at(20) });
    let proposal = proposed(&world(), removal, &Previewed::new());
    let draft = proposal.draft.unwrap();
    let names: Vec<&str> = draft.writes.iter().map(|write| write.change().name()).collect();
    assert_eq!(names, ["UpdateResponsePlan", "UpdateContact", "UpdateContact"]);
    assert_eq!(
        draft.title,
        "Take anna out of everything but what waits for a hand-over"
    );
}

#[test]
fn whoever_is_reachable_of_the_team_and_not_there_yet_is_suggested_first() {
    let world = world()
        .person("eve", &["-phone"], &[("phone", 1)])
        .part(crate::domain::inventory::Part::Ended { at: at(0) });
    let known = Known {
        team: &|person| {
            ["anna", "dan", "cho"]
                .contains(&person.alias.as_str())
                .then(|| "core".to_owned())
        },
        verified: &|person| Some(person.alias != "dan"),
    };
    let graph = world.graph();
    let found = suggestions(&world.inventory, &graph, &removal(&["anna"], None), known);
    let words: Vec<String> = found.iter().map(super::replacement::Suggestion::words).collect();
    assert_eq!(
        words,
        [
            "cho: reachable on 1 device, of the same team, core, verified",
            "dan: reachable on 1 device, of the same team, core; but no device was verified lately",
            "ben: reachable on 1 device, verified; but in the same stage already, in a stage before or after, has turns in the same rotation already",
        ]
    );
}

#[test]
fn whoever_was_quarantined_is_put_back_to_where_they_were() {
    for (replacement, leavers) in [
        (Some("cho"), &["anna"][..]),
        (None, &["anna"]),
        (Some("cho"), &["anna", "dan"]),
    ] {
        let mut world = world().overridden("weekly", (2, 4), &["anna", "dan"], &["ben"]);
        world.inventory.add_fingerprints(&sample::key());
        let world = world.part(crate::domain::inventory::Part::Ended { at: at(0) });
        let proposal = proposed(&world, removal(leavers, replacement), &Previewed::new());
        let saved = Definition::of(&world.inventory, &proposal.removal, &contact_arn("anna"), at(0)).unwrap();
        let text = saved.to_json().unwrap();
        assert!(text.contains(SCHEMA) && !text.contains("700900123"), "{text}");
        let saved = Definition::from_json(text.as_bytes()).unwrap();
        let away = apply(&world.inventory, &proposal.draft.unwrap().writes, &proposal.previews);
        let back = put_back(&away, &saved, &BTreeMap::new(), at(0)).unwrap();
        assert!(!back.is_first_of_two);
        let after = apply(&away, &back.draft.writes, &Previews::new());
        if leavers.len() == 1 {
            let plans = |inventory: &Inventory| -> Vec<_> {
                let contacts = inventory.contacts.items.values();
                contacts.map(|row| (row.plan.clone(), row.tags.clone())).collect()
            };
            assert_eq!(plans(&after), plans(&world.inventory), "{replacement:?}");
            let [now, then] = [&after, &world.inventory].map(|inventory| {
                let rotation = &inventory.rotations.items[&rotation_arn("weekly")];
                let overrides = rotation.overrides.known().unwrap().iter();
                let overrides: Vec<_> = overrides
                    .map(|one| (one.start_at, one.end_at, one.contacts.clone()))
                    .collect();
                (rotation.members.clone(), overrides)
            });
            assert_eq!(now, then, "{replacement:?}");
        }
        let detail = after.response_plans.items[&response_arn("down")]
            .detail
            .known()
            .unwrap();
        assert!(detail.engagements.contains(&contact_arn("anna")));
        // Nobody has confirmed whose the device is, and so it stays silent; that is said, and where nobody else is reached.
        let channel = after.channel(&device_arn("anna", "phone")).unwrap().0;
        assert_eq!(channel.status, ActivationStatus::NotActivated);
        let is_message = |write: &Write| {
            let name = write.change().name();
            ["SendActivationCode", "ActivateContactChannel"].contains(&name)
        };
        assert!(!back.draft.writes.iter().any(is_message));
        assert_eq!(back.silent, ["the device “phone” (+44•••••••123)"]);
        for expected in [
            "stage 1 of all: nobody else in it is reached",
            "the rotation weekly: nobody else is on call during their turns",
        ] {
            assert!(
                back.alone.iter().any(|told| told == expected),
                "{replacement:?}: {:?}",
                back.alone
            );
        }
        let pair = back.alone.iter().find(|told| told.contains("of pair"));
        assert_eq!(pair, None, "ben is reached beside her");
        let planned = Changeset::build(&away, "c".to_owned(), back.draft, &Previews::new())
            .unwrap()
            .planned();
        for inventory in [&away, &after] {
            assert_eq!(silent_after(inventory, &planned), Some(back.silent.clone()));
        }
    }
}

#[test]
fn whoever_was_not_silenced_comes_back_without_a_word_about_devices() {
    let world = world().part(crate::domain::inventory::Part::Ended { at: at(0) });
    let leaves = Removal {
        end: End::Stay,
        ..removal(&["anna"], Some("cho"))
    };
    let proposal = proposed(&world, leaves, &Previewed::new());
    let saved = Definition::of(&world.inventory, &proposal.removal, &contact_arn("anna"), at(0)).unwrap();
    let away = apply(&world.inventory, &proposal.draft.unwrap().writes, &proposal.previews);
    let back = put_back(&away, &saved, &BTreeMap::new(), at(0)).unwrap();
    assert!(!back.draft.writes.is_empty());
    assert_eq!((back.silent.as_slice(), back.alone.as_slice()), (&[][..], &[][..]));
    let planned = Changeset::build(&away, "c".to_owned(), back.draft, &Previews::new())
        .unwrap()
        .planned();
    assert_eq!(silent_after(&away, &planned), None);
}

#[test]
fn whoever_is_made_anew_comes_back_silent() {
    let mut world = world();
    world.inventory.add_fingerprints(&sample::key());
    let saved = Definition::of(&world.inventory, &removal(&["anna"], None), &contact_arn("anna"), at(0)).unwrap();
    let phone = &world.inventory.channel(&device_arn("anna", "phone")).unwrap().0;
    let addresses = BTreeMap::from([(phone.arn.clone(), phone.address.clone())]);
    let gone = [Write::DeleteContact {
        contact: contact_arn("anna"),
    }];
    let away = apply(&world.inventory, &gone, &Previews::new());
    let back = put_back(&away, &saved, &addresses, at(0)).unwrap();
    assert_eq!(back.silent, ["the device “phone” (+44•••••••123)"]);
    let planned = Changeset::build(&away, "c".to_owned(), back.draft, &Previews::new())
        .unwrap()
        .planned();
    assert_eq!(silent_after(&away, &planned), Some(back.silent));
}

#[test]
fn what_cannot_be_put_back_is_said_beforehand() {
    let mut world = world();
    world.inventory.add_fingerprints(&sample::key());
    let removal = removal(&["anna"], Some("cho"));
    let saved = Definition::of(&world.inventory, &removal, &contact_arn("anna"), at(0)).unwrap();
    let gone = [
        Write::DeleteContact {
            contact: contact_arn("anna"),
        },
        Write::DeleteRotation {
            rotation: rotation_arn("weekly"),
        },
    ];
    let away = apply(&world.inventory, &gone, &Previews::new());
    let back = put_back(&away, &saved, &BTreeMap::new(), at(0)).unwrap();
    assert!(back.is_first_of_two);
    assert_eq!(
        back.lost,
        ["the device “phone” (+44•••••••123), whose whole address is not kept: make it by hand, and put back again"]
    );
    let second = apply(&away, &back.draft.writes, &Previews::new());
    let back = put_back(&second, &saved, &BTreeMap::new(), at(0)).unwrap();
    assert!(
        back.lost
            .contains(&"turn 1 of the rotation weekly, which is gone".to_owned()),
        "{:?}",
        back.lost
    );
}

#[test]
fn nobody_is_deleted_who_is_named_and_nothing_that_is_used() {
    let world = world();
    let graph = world.graph();
    let deleted = |inventory: &Inventory, alias: &str| {
        quarantine::delete(inventory, &Graph::build(inventory), &contact_arn(alias), at(0))
            .map(|draft| draft.writes.len())
    };
    assert!(matches!(deleted(&world.inventory, "anna"), Err(NoDraft::AlreadySo(_))));
    assert_eq!(deleted(&world.inventory, "cho"), Ok(2));
    let of = |arn: &Arn| {
        let found = unused::draft(&world.inventory, &graph, arn, &|_| false);
        found.map(|(draft, guards)| (draft.writes[0].change().name(), guards.len()))
    };
    assert!(matches!(of(&contact_arn("ops")), Err(NoDraft::AlreadySo(_))));
    assert!(matches!(of(&rotation_arn("weekly")), Err(NoDraft::AlreadySo(_))));
    assert!(matches!(of(&contact_arn("anna")), Err(NoDraft::AlreadySo(_))));
    assert_eq!(of(&contact_arn("pair")), Ok(("DeleteContact", 1)));
    assert_eq!(of(&response_arn("down")), Ok(("DeleteResponsePlan", 1)));
    let set = Arn::parse("arn:aws:ssm-incidents::111122223333:replication-set/set").unwrap();
    assert!(matches!(of(&set), Err(NoDraft::NotFound(_))));
}

#[test]
fn somebody_who_is_gone_already_is_taken_out_of_what_still_names_them() {
    let mut world = world().overridden("weekly", (2, 4), &["anna", "dan"], &["ben"]);
    world.inventory.contacts.items.remove(&contact_arn("anna"));
    let world = world.part(crate::domain::inventory::Part::Ended { at: at(0) });
    assert_eq!(doors::gone(&world.inventory, &world.graph()), [contact_arn("anna")]);
    let doors = doors::doors_of(&world.inventory, &world.graph(), &contact_arn("anna"), at(0));
    assert_eq!(doors.len(), 5, "{doors:?}");
    let proposal = proposed(&world, removal(&["anna"], Some("cho")), &Previewed::new());
    let writes = &proposal.draft.as_ref().unwrap().writes;
    let names: Vec<&str> = writes.iter().map(|write| write.change().name()).collect();
    assert_eq!(
        names,
        [
            "UpdateResponsePlan",
            "UpdateContact",
            "UpdateContact",
            "UpdateRotation",
            "DeleteRotationOverride",
            "CreateRotationOverride"
        ]
    );
    let after = apply(&world.inventory, writes, &proposal.previews);
    assert!(proof::of(&after, &proposal.removal.leavers, at(0)).is_proven());
    assert_eq!(doors::gone(&after, &Graph::build(&after)), []);
    // Nobody is taken for gone while the list may be missing them, and nobody at all is no leaver.
    let unread = world.denied(Operation::ListContacts, "");
    assert_eq!(doors::gone(&unread.inventory, &unread.graph()), []);
    let nobody = proposed(&unread, removal(&["zoe"], None), &Previewed::new());
    assert!(matches!(nobody.draft, Err(NoDraft::NotFound(_))));
}

#[test]
fn a_removal_is_planned_anew_from_what_is_there_and_what_was_saved_first_stays_saved() {
    let mut world = world().overridden("weekly", (2, 4), &["anna", "dan"], &["ben"]);
    world.inventory.add_fingerprints(&sample::key());
    let world = world.part(crate::domain::inventory::Part::Ended { at: at(0) });
    let proposal = proposed(&world, removal(&["anna"], Some("cho")), &Previewed::new());
    let answers: Vec<(String, String)> = Kind::ALL
        .iter()
        .map(|kind| (kind.word().to_owned(), "looked".to_owned()))
        .collect();
    let changeset = proposal.changeset(&world.inventory, "c1".to_owned(), &answers).unwrap();
    let planned = changeset.planned();
    assert!(planned.is_as_consented());
    let stored: crate::changes::fact::ChangesetPlanned =
        serde_json::from_str(&serde_json::to_string(&planned).unwrap()).unwrap();
    assert_eq!(stored, planned);
    let first = Definition::of(&world.inventory, &proposal.removal, &contact_arn("anna"), at(0)).unwrap();
    let writes = proposal.draft.unwrap().writes;
    for done in 0..=writes.len() {
        let fresh = apply(&world.inventory, &writes[..done], &proposal.previews);
        let again = rebuild::again(stored.removal.as_ref().unwrap(), &fresh, at(1));
        let second = World {
            inventory: fresh.clone(),
            ..World::new()
        };
        let second = proposed(&second, again.clone(), &Previewed::new());
        let left: Vec<&Write> = second.draft.as_ref().unwrap().writes.iter().collect();
        // What was made again has an id of the service's own, so that only the kinds of the writes are the same.
        let kinds = |writes: &[&Write]| writes.iter().map(|write| write.change().name()).collect::<Vec<_>>();
        let expected: Vec<&Write> = writes[done..].iter().collect();
        let between = matches!(writes.get(done), Some(Write::CreateRotationOverride { .. }));
        let is_tagged = done == writes.len();
        if !between && !is_tagged {
            assert_eq!(kinds(&left), kinds(&expected), "after {done}");
        }
        let later = Definition::of(&fresh, &again, &contact_arn("anna"), at(1)).unwrap();
        let joined = rebuild::joined(&first, later);
        let key = |place: &super::definition::Place| format!("{place:?}");
        let [mut joined_places, mut first_places] =
            [&joined, &first].map(|saved| saved.places.iter().map(key).collect::<Vec<_>>());
        joined_places.sort();
        first_places.sort();
        assert_eq!(joined_places, first_places, "after {done}");
        assert_eq!(
            (&joined.plan, &joined.tags, &joined.channels),
            (&first.plan, &first.tags, &first.channels)
        );
    }
    let deferred = Removal {
        turns: BTreeMap::from([(rotation_arn("weekly"), Turns::Defer { until: at(20) })]),
        ..removal(&["anna"], Some("cho"))
    };
    let turns = |removal: &Removal, hour| rebuild::again(removal, &world.inventory, at(hour)).turns.len();
    assert_eq!([turns(&deferred, 19), turns(&deferred, 20)], [1, 0]);
}

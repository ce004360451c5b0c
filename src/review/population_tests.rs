//! What rows say, that nothing but the account decides it, and that a file of them cannot be altered unnoticed.

use super::{
    diff::Diff,
    population::{NotPopulation, Population, take},
    sample::{population_of, row, taken, world},
};
use crate::{
    domain::{
        address::Address,
        contact::{ActivationStatus, Channel, ContactKind, Plan, Stage, Target},
        gap::Reading,
        graph::Graph,
        ids::Arn,
        inventory::{Inventory, Part},
        operation::Operation,
        sample::{self, key},
        world::{World, at, contact_arn, device_arn, response_arn, rotation_arn},
    },
    ledger::{entry::ReviewScope, sample::scope},
};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

#[track_caller]
fn check_row(population: &Population, subject: &Arn, expected: &[&str]) {
    let fields = &population.rows[subject].fields;
    let said: Vec<String> = fields
        .iter()
        .map(|field| format!("{}: {}", field.name, field.value))
        .collect();
    assert_eq!(said, expected, "{subject}");
}

#[test]
fn a_row_says_everything_that_somebody_has_to_decide_about() {
    let population = population_of(world());
    check_row(
        &population,
        &contact_arn("anna"),
        &[
            "alias: anna",
            "type: PERSONAL",
            "device mail: EMAIL a•••@example.com, activated",
            "device phone: SMS +44•••••••123, activated",
            "engagement plan: 2 stages",
            "stage 1: 5 minutes: phone (SMS) every 2 minutes",
            "stage 2: 5 minutes: mail (EMAIL)",
            "paged by escalation plan database: through schedule nights",
            "paged by schedule nights: through rotation weekly",
            "paged by rotation weekly: member",
            "paged by response plan outage: through escalation plan database",
            "shared with: nobody",
        ],
    );
    check_row(
        &population,
        &contact_arn("database"),
        &[
            "alias: database",
            "type: ESCALATION",
            "stages: 2 stages",
            "stage 1: 10 minutes: schedule nights",
            "stage 2: 5 minutes: ben (essential)",
            "paged by response plan outage: engages it",
            "shared with: nobody",
        ],
    );
    check_row(
        &population,
        &rotation_arn("weekly"),
        &[
            "members: anna, ben",
            "time zone: Europe/Dublin",
            "first turn: 2026-11-01 00:00:00 UTC",
            "on call at once: 1",
            "turns repeat after: 1",
            "hand-overs: MON at 09:00",
            "hours: all",
            "paged by escalation plan database: through schedule nights",
            "paged by schedule nights: rotation of it",
            "paged by response plan outage: through escalation plan database",
        ],
    );
    check_row(
        &population,
        &response_arn("outage"),
        &[
            "name: outage",
            "incident title: Checkout is down",
            "impact: 1 critical",
            "engages: escalation plan database",
            "chat channel: none",
            "runbook: none",
            "integration: none",
            "shared with: nobody",
        ],
    );
    assert!(population.rows.values().all(|row| row.is_complete()));
}

#[test]
fn what_is_named_and_not_there_is_said() {
    let population = population_of(
        World::new()
            .person("anna", &["phone"], &[("phone+gone", 1)])
            .plan("lines", &[(5, &["ghost", "anna"])]),
    );
    let gone = device_arn("anna", "gone");
    let stage = format!("1 minute: device {} (does not exist), phone (SMS)", gone.name());
    assert_eq!(row(&population, "anna").field("stage 1").unwrap().value, stage);
    let stage = &row(&population, "lines").field("stage 1").unwrap().value;
    assert_eq!(stage, "5 minutes: anna, ghost (does not exist)");
}

#[test]
fn what_was_not_read_is_unknown_in_its_row_and_in_the_population() {
    let world = world()
        .denied(Operation::ListContactChannels, "ben")
        .denied(Operation::GetContact, "nights");
    let taken = taken(world, &ReviewScope::All);
    let ben = row(&taken.population, "ben");
    let why = "ListContactChannels of ben: access denied, ssm-contacts:ListContactChannels is missing";
    assert_eq!(ben.field("devices").unwrap().value, format!("unknown ({why})"));
    let may_miss = "not everything that may page it could be read";
    assert_eq!(ben.unknown, [why, may_miss]);
    let plan = "GetContact of nights: access denied, ssm-contacts:GetContact is missing";
    assert_eq!(
        taken.unknown,
        [plan, why],
        "that more may page a row follows from the first"
    );
    assert!(!taken.is_complete());
}

#[test]
fn a_reading_that_goes_on_is_not_complete_and_cannot_be_recorded() {
    let world = world();
    let taken = take(&world.inventory, &world.graph(), &ReviewScope::All);
    assert!(
        taken.unknown.contains(&"the reading had not ended".to_owned()),
        "{:?}",
        taken.unknown
    );
    assert!(
        taken
            .unknown
            .contains(&"the list of contacts was not read to its end".to_owned())
    );
    assert_eq!(taken.entry("Q4"), None);
    let taken = super::sample::taken(world, &ReviewScope::All);
    let entry = taken.entry("Q4").unwrap();
    assert_eq!(entry.digest, taken.population.digest);
    assert_eq!(
        (entry.counts["person"], entry.counts["rotation"], entry.counts.len()),
        (2, 1, 5)
    );
}

#[test]
fn a_file_gives_back_its_population_and_holds_no_address() {
    let inventory = sample::inventory();
    let population = take(&inventory, &Graph::build(&inventory), &ReviewScope::All).population;
    let bytes = population.to_json(&scope()).unwrap();
    assert_eq!(Population::parse(&bytes, &population.digest), Ok(population.clone()));
    let text = String::from_utf8(bytes).unwrap();
    for address in sample::ADDRESSES {
        assert!(!text.contains(address));
    }
    assert!(!text.trim_end().chars().any(crate::domain::text::is_harmful), "{text}");
    assert_eq!(
        super::population::file_name(&population.digest),
        format!("{}.json", population.digest)
    );
}

#[test]
fn the_digests_are_those_that_common_tools_compute() {
    let population = population_of(world());
    let file: serde_json::Value = serde_json::from_slice(&population.to_json(&scope()).unwrap()).unwrap();
    let mut digests = String::new();
    for row in file["rows"].as_array().unwrap() {
        let mut body = row.as_object().unwrap().clone();
        let digest = body.shift_remove("digest").unwrap();
        // What `jq -c` prints: no spaces, and the members in their order.
        let compact = serde_json::to_string(&body).unwrap();
        assert_eq!(digest, super::digest::of_bytes(compact.as_bytes()));
        digests.push_str(digest.as_str().unwrap());
        digests.push('\n');
    }
    assert_eq!(file["digest"], super::digest::of_bytes(digests.as_bytes()));
}

#[test]
fn no_altered_byte_of_a_file_alters_a_row() {
    let population = population_of(World::new().person("anna", &["phone"], &[("phone", 1)]));
    let bytes = population.to_json(&scope()).unwrap();
    let mut refused = 0;
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        match Population::parse(&altered, &population.digest) {
            Ok(read) => assert_eq!(read, population, "byte {place}"),
            Err(_) => refused += 1,
        }
    }
    // What is not about rows is the scope, and white space at the end.
    assert!(refused > bytes.len() - 120, "{refused} of {}", bytes.len());
}

#[test]
fn a_file_that_is_not_the_right_one_is_told() {
    let population = population_of(world());
    let text = String::from_utf8(population.to_json(&scope()).unwrap()).unwrap();
    let refused = |text: &str| Population::parse(text.as_bytes(), &population.digest).unwrap_err();
    assert!(matches!(refused("{"), NotPopulation::Form(_)));
    let newer = text.replace("callsheet.population/1", "callsheet.population/9");
    assert_eq!(
        refused(&newer),
        NotPopulation::Schema("callsheet.population/9".to_owned())
    );
    let altered = text.replace("10 minutes: schedule nights", "20 minutes: schedule nights");
    assert_eq!(refused(&altered), NotPopulation::Row("database".to_owned()));
    let other = population_of(World::new());
    let bytes = other.to_json(&scope()).unwrap();
    assert!(matches!(
        Population::parse(&bytes, &population.digest),
        Err(NotPopulation::Other { .. })
    ));
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    file["rows"].as_array_mut().unwrap().pop();
    assert_eq!(refused(&file.to_string()), NotPopulation::Rows);
}

#[test]
fn nothing_that_passes_by_itself_is_in_a_row() {
    let later = world()
        .shifts("weekly", &[(0, 4, &["anna"])])
        .overridden("weekly", (4, 8), &["ben"], &["anna"])
        .part(Part::Started {
            at: at(100),
            horizon_end: at(1000),
        });
    assert_eq!(population_of(later), population_of(world()));
}

/// Compares which rows are in the scope of a review.
#[track_caller]
fn check_scope(world: World, scope: &ReviewScope, expected: &[&str]) {
    let rows = taken(world, scope).population;
    let names: BTreeSet<&str> = rows.rows.values().map(|row| row.name.as_str()).collect();
    assert_eq!(names, expected.iter().copied().collect(), "{scope:?}");
}

#[test]
fn a_scope_takes_in_what_belongs_to_it() {
    let world = world()
        .person("carla", &[], &[])
        .plan("other", &[(5, &["carla"])])
        .tagged("carla", &[("team", "web")])
        .tagged("weekly", &[("team", "web"), ("owner", "ops")]);
    let alias = |pattern: &str| ReviewScope::Alias(pattern.to_owned());
    check_scope(world.clone(), &alias("carla"), &["carla", "other"]);
    check_scope(
        world.clone(),
        &alias("an*"),
        &["anna", "weekly", "nights", "database", "outage"],
    );
    check_scope(world.clone(), &alias("nobody"), &[]);
    let team = ReviewScope::Team("web".to_owned());
    check_scope(world.clone(), &team, &["carla", "weekly"]);
    // Whether it has the tag cannot be told.
    let unread = world.clone().denied(Operation::ListContactTags, "ben");
    check_scope(unread, &team, &["carla", "weekly", "ben"]);
    let plan = |arn: Arn| ReviewScope::Plan(arn);
    check_scope(world.clone(), &plan(contact_arn("other")), &["other", "carla"]);
    check_scope(
        world.clone(),
        &plan(response_arn("outage")),
        &["outage", "database", "nights", "weekly", "anna", "ben"],
    );
    let stand_in = world.overridden("weekly", (4, 8), &["carla"], &["anna"]);
    check_scope(
        stand_in,
        &plan(contact_arn("nights")),
        &["nights", "weekly", "anna", "ben", "carla"],
    );
}

#[test]
fn gaps_elsewhere_do_not_concern_a_part_of_the_account() {
    let world = world()
        .person("carla", &[], &[])
        .denied(Operation::ListContactChannels, "anna");
    let taken = taken(world, &ReviewScope::Alias("carla".to_owned()));
    assert_eq!(taken.unknown, Vec::<String>::new());
}

fn change_channel(world: World, change: impl Fn(&mut Channel)) -> World {
    let mut channels = world.inventory.contacts.items[&contact_arn("anna")]
        .channels
        .known()
        .unwrap()
        .clone();
    change(&mut channels[0]);
    world.part(Part::Channels(contact_arn("anna"), Reading::Known(channels)))
}

fn change_plan(world: World, alias: &str, change: impl Fn(&mut Plan)) -> World {
    let mut plan = world.inventory.contacts.items[&contact_arn(alias)]
        .plan
        .known()
        .unwrap()
        .clone();
    change(&mut plan);
    world.part(Part::Plan(contact_arn(alias), Reading::Known(plan)))
}

fn change_name(mut world: World, alias: &str, name: &str) -> World {
    let contact = world.inventory.contacts.items.get_mut(&contact_arn(alias)).unwrap();
    Arc::make_mut(contact).display_name = Some(name.to_owned());
    world
}

/// A change of one thing, what it is called here, and the rows that show it.
type Change = (&'static str, fn(World) -> World, &'static [&'static str]);

const CHANGES: &[Change] = &[
    ("nothing", |world| world, &[]),
    (
        "a display name",
        |world| change_name(world, "anna", "Anna K."),
        &["anna"],
    ),
    (
        "a number",
        |world| change_channel(world, |c| c.address = Address::new("+447700900456")),
        &["anna"],
    ),
    (
        "another number behind the same mask",
        |world| change_channel(world, |c| c.address = Address::new("+447700901123")),
        &["anna"],
    ),
    (
        "a status",
        |world| change_channel(world, |c| c.status = ActivationStatus::NotActivated),
        &["anna"],
    ),
    (
        "an odd status",
        |world| change_channel(world, |c| c.status = ActivationStatus::Other("PAUSED".to_owned())),
        &["anna"],
    ),
    (
        "the name of a device",
        |world| change_channel(world, |c| c.name = "pager".to_owned()),
        &["anna"],
    ),
    (
        "a device less",
        |world| world.part(Part::Channels(contact_arn("anna"), Reading::Known(Vec::new()))),
        &["anna"],
    ),
    (
        "the minutes of a person's stage",
        |world| change_plan(world, "anna", |p| p.stages[0].duration_minutes = 6),
        &["anna"],
    ),
    (
        "a retry",
        |world| {
            change_plan(world, "anna", |plan| {
                if let Target::Channel { retry_minutes, .. } = &mut plan.stages[0].targets[0] {
                    *retry_minutes = None;
                }
            })
        },
        &["anna"],
    ),
    (
        "the minutes of a plan's first stage, which says when ben is paged",
        |world| change_plan(world, "database", |plan| plan.stages[0].duration_minutes = 11),
        &["database", "ben"],
    ),
    (
        "an essential target",
        |world| {
            change_plan(world, "database", |plan| {
                if let Target::Contact { is_essential, .. } = &mut plan.stages[1].targets[0] {
                    *is_essential = false;
                }
            })
        },
        &["database", "ben"],
    ),
    (
        "an empty stage at the end",
        |world| {
            change_plan(world, "database", |plan| {
                plan.stages.push(Stage {
                    duration_minutes: 1,
                    targets: Vec::new(),
                });
            })
        },
        &["database"],
    ),
    (
        "a rotation less, with everything that reached people through it",
        |world| change_plan(world, "nights", |plan| plan.rotations.clear()),
        &["nights", "weekly", "anna", "ben"],
    ),
    (
        "the order of members",
        |world| world.changed_rotation("weekly", |rotation| rotation.members = members(&["ben", "anna"])),
        &["weekly"],
    ),
    (
        "a member less",
        |world| world.changed_rotation("weekly", |rotation| rotation.members = members(&["ben"])),
        &["weekly", "anna"],
    ),
    (
        "a time zone",
        |world| world.changed_rotation("weekly", |rotation| rotation.time_zone = Some("UTC".to_owned())),
        &["weekly"],
    ),
    (
        "the first turn",
        |world| world.changed_rotation("weekly", |rotation| rotation.start_at = Some(at(1))),
        &["weekly"],
    ),
    (
        "how many are on call",
        |world| world.recurring("weekly", |r| r.number_of_on_calls = 2),
        &["weekly"],
    ),
    (
        "the length of turns",
        |world| world.recurring("weekly", |r| r.multiplier = 2),
        &["weekly"],
    ),
    (
        "a hand-over",
        |world| world.recurring("weekly", |r| r.weekly[0].1.hour = 10),
        &["weekly"],
    ),
    (
        "hours",
        |world| world.recurring("weekly", |r| r.coverages = vec![("MON".to_owned(), Vec::new())]),
        &["weekly"],
    ),
    (
        "a title",
        |world| world.detailed("outage", |d| d.incident_title = "Down".to_owned()),
        &["outage"],
    ),
    (
        "an impact",
        |world| world.detailed("outage", |d| d.impact = 2),
        &["outage"],
    ),
    (
        "a runbook",
        |world| world.detailed("outage", |d| d.runbook = Some("r".to_owned())),
        &["outage"],
    ),
    (
        "an integration",
        |world| world.detailed("outage", |d| d.integration = Some("i".to_owned())),
        &["outage"],
    ),
    (
        "one more who is engaged",
        |world| world.detailed("outage", |d| d.engagements.push(contact_arn("ben"))),
        &["outage", "ben"],
    ),
    ("a tag", |world| world.tagged("ben", &[("team", "web")]), &["ben"]),
    ("sharing", |world| world.shared("database", &["*"]), &["database"]),
    (
        "a person more",
        |world| world.contact("zoe", ContactKind::Person),
        &["zoe"],
    ),
    (
        "a plan less",
        |world| world.part(Part::Gone(response_arn("outage"))),
        &["outage", "database", "nights", "weekly", "anna", "ben"],
    ),
];

fn members(aliases: &[&str]) -> Reading<Vec<Arn>> {
    Reading::Known(aliases.iter().map(|alias| contact_arn(alias)).collect())
}

#[test]
fn a_change_changes_exactly_the_rows_that_show_it() {
    let before = population_of(world());
    for (what, change, rows) in CHANGES {
        let after = population_of(change(world()));
        let diff = Diff::between(&before, &after);
        let arns = diff.added.keys().chain(diff.gone.keys()).chain(diff.changed.keys());
        let name = |arn: &Arn| after.row(arn).or_else(|| before.row(arn)).unwrap().subject.clone();
        let changed: BTreeSet<String> = arns.map(|arn| short(&name(arn))).collect();
        assert_eq!(changed, rows.iter().map(|row| (*row).to_owned()).collect(), "{what}");
        assert_eq!(diff.apply(&before), after, "{what}");
        assert_eq!(diff.is_empty(), before.digest == after.digest, "{what}");
        assert!(diff.changed.values().all(|change| !change.words().is_empty()), "{what}");
    }
}

/// Returns the alias or the name in an ARN of the test worlds.
fn short(arn: &Arn) -> String {
    arn.name().to_owned()
}

/// Takes an inventory apart: the lists, and then everything else.
fn parts(inventory: &Inventory) -> (Vec<Part>, Vec<Part>) {
    let (mut lists, mut rest) = (Vec::new(), Vec::new());
    for contact in inventory.contacts.items.values() {
        let mut bare = contact.as_ref().clone();
        (bare.plan, bare.channels, bare.tags, bare.sharing) =
            (Reading::Pending, Reading::Pending, Reading::Pending, Reading::Pending);
        lists.push(Part::Contacts(vec![bare]));
        rest.push(Part::Plan(contact.arn.clone(), contact.plan.clone()));
        rest.push(Part::Channels(contact.arn.clone(), contact.channels.clone()));
        rest.push(Part::Tags(contact.arn.clone(), contact.tags.clone()));
        rest.push(Part::Sharing(contact.arn.clone(), contact.sharing.clone()));
    }
    for rotation in inventory.rotations.items.values() {
        lists.push(Part::Rotations(vec![rotation.as_ref().clone()]));
        rest.push(Part::Tags(rotation.arn.clone(), rotation.tags.clone()));
    }
    for plan in inventory.response_plans.items.values() {
        let mut bare = plan.as_ref().clone();
        bare.detail = Reading::Pending;
        lists.push(Part::ResponsePlans(vec![bare]));
        rest.push(Part::ResponsePlanDetail(plan.arn.clone(), plan.detail.clone()));
    }
    rest.extend(inventory.reads.iter().map(|read| Part::Read(read.as_ref().clone())));
    (lists, rest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_arrival_leaves_no_trace(
        (lists, rest) in {
            let inventory = sample::inventory();
            let (lists, rest) = parts(&inventory);
            (Just(lists).prop_shuffle(), Just(rest).prop_shuffle())
        }
    ) {
        let take = |inventory: &Inventory| {
            let taken = take(inventory, &Graph::build(inventory), &ReviewScope::All);
            (taken.population, taken.reads)
        };
        let original = sample::inventory();
        let mut shuffled = Inventory::empty(original.region.clone(), None);
        shuffled.apply(Part::Caller(original.caller.clone()));
        lists.into_iter().chain(rest).for_each(|part| shuffled.apply(part));
        shuffled.contacts.state = original.contacts.state.clone();
        shuffled.rotations.state = original.rotations.state.clone();
        shuffled.response_plans.state = original.response_plans.state.clone();
        shuffled.gaps.extend(original.response_plans.gap().cloned());
        shuffled.ended_at = original.ended_at;
        shuffled.add_fingerprints(&key());
        prop_assert_eq!(take(&shuffled), take(&original));
    }

    #[test]
    fn what_changed_leads_from_one_population_to_the_other(
        before in proptest::collection::vec(0..CHANGES.len(), 0..4),
        after in proptest::collection::vec(0..CHANGES.len(), 0..4),
    ) {
        // What takes something away comes last, since the others look it up.
        let changed = |mut places: Vec<usize>| {
            places.sort_unstable();
            places.dedup();
            population_of(places.into_iter().filter(|place| !is_taking(*place)).fold(world(), |world, place| (CHANGES[place].1)(world)))
        };
        let (before, after) = (changed(before), changed(after));
        let diff = Diff::between(&before, &after);
        prop_assert_eq!(&diff.apply(&before), &after);
        prop_assert_eq!(diff.is_empty(), before.digest == after.digest);
        let back = Diff::between(&after, &before);
        prop_assert_eq!(back.changed.len(), diff.changed.len());
        prop_assert_eq!(back.added.len(), diff.gone.len());
        prop_assert_eq!(&back.apply(&after), &before);
    }
}

fn is_taking(place: usize) -> bool {
    [
        "a device less",
        "a rotation less, with everything that reached people through it",
        "a plan less",
    ]
    .contains(&CHANGES[place].0)
}

#[test]
fn a_change_is_told_field_by_field_and_fingerprints_tell_what_masks_do_not() {
    #[track_caller]
    fn check(world_before: World, world_after: World, expected: &[&str]) {
        let diff = Diff::between(&population_of(world_before), &population_of(world_after));
        assert_eq!(diff.changed[&contact_arn("anna")].words(), expected);
    }
    let anna = |device: &str| World::new().person("anna", &[device], &[]);
    check(
        anna("phone=+447700900123"),
        anna("phone=+447700901123"),
        &["device phone: another address behind the same mask +44•••••••123"],
    );
    check(
        anna("phone"),
        anna("-phone"),
        &["device phone: SMS +44•••••••123, activated → SMS +44•••••••123, not activated"],
    );
    check(
        anna("phone"),
        anna("phone").person("anna", &["phone", "mail"], &[]),
        &["device mail: new: EMAIL a•••@example.com, activated"],
    );
    check(
        change_name(anna("phone"), "anna", "Anna"),
        anna("phone").tagged("anna", &[("team", "web")]),
        &["name: Anna → anna", "tag team: new: web"],
    );
    check(
        anna("phone").tagged("anna", &[("team", "web")]),
        anna("phone"),
        &["tag team: gone, was: web"],
    );
    let bare = |world: World| {
        let world = world.complete();
        take(&world.inventory, &world.graph(), &ReviewScope::All).population
    };
    let diff = Diff::between(&bare(anna("phone")), &population_of(anna("phone")));
    assert_eq!(
        diff.changed[&contact_arn("anna")].words(),
        ["device phone: nobody can tell whether it is the same address: a fingerprint is missing"]
    );
}

#[test]
fn fields_of_one_name_are_told_apart() {
    let mut channel = world().inventory.contacts.items[&contact_arn("anna")]
        .channels
        .known()
        .unwrap()
        .clone();
    channel[1].name = "phone".to_owned();
    let twins = world().part(Part::Channels(contact_arn("anna"), Reading::Known(channel)));
    let population = population_of(twins);
    let names: Vec<&str> = row(&population, "anna")
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert!(
        names.contains(&"device phone") && names.contains(&"device phone (2)"),
        "{names:?}"
    );
}

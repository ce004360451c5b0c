//! What the screens show: keys in, text and roles out, at the three sizes that layouts change between.

use crate::{
    demo,
    harness::{Desk, setup},
    world,
};
use callsheet::{
    app::{effect::Effect, judged::Judged, layout::Size, model::Mode, msg::Msg, style::Role},
    config::ColorDepth,
    domain::{
        contact::ContactKind,
        gap::GapReason,
        inventory::{Inventory, Part, SectionKind, Snapshot},
        load::LoadEvent,
        operation::{Operation, RateClass},
        roster::{Roster, RosterFault},
    },
    failure::{Failure, FailureKind},
    findings::judging::Judging,
    view::theme::{self, Theme},
};
use chrono::Duration;
use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

/// The sizes: the smallest, the usual one, and one at which list and detail stand side by side.
const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (120, 40)];

/// Compares what a desk shows, people first, with what it showed when somebody last looked.
#[track_caller]
fn check(name: &str, scene: impl Fn(&mut Desk)) {
    check_from_the_queue(name, |desk| {
        desk.keys("2");
        scene(desk);
    });
}

/// Compares what a desk shows from its first screen on; the roles at the usual size only.
#[track_caller]
fn check_from_the_queue(name: &str, scene: impl Fn(&mut Desk)) {
    for (width, height) in SIZES {
        let mut desk = Desk::new(width, height);
        scene(&mut desk);
        let shown = desk.shown();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), shown);
        });
    }
}

/// Loads the whole organisation, and lets the notice about it go away.
pub(crate) fn loaded(desk: &mut Desk) {
    desk.load(world::connected());
    desk.load(world::calls());
    desk.load(world::parts().into_iter().map(LoadEvent::Part));
    desk.end_load(Ok(()));
    desk.wait(5);
}

#[test]
fn first_frame() {
    check_from_the_queue("first_frame", |_| {});
}

#[test]
fn loading() {
    check("loading", |desk| {
        desk.load(world::connected());
        desk.load([world::people()].map(LoadEvent::Part));
        desk.load(world::details(4).into_iter().map(LoadEvent::Part));
        desk.load([
            world::progress(11, 42, Some(3)),
            LoadEvent::Slowed {
                class: RateClass::GetContact,
                millirequests_per_second: 2500,
            },
        ]);
    });
}

#[test]
fn rows_of_an_earlier_load() {
    check("rows_of_an_earlier_load", |desk| {
        let mut inventory = Inventory::empty("eu-west-1", None);
        for part in world::parts() {
            inventory.apply(part);
        }
        let ticket = desk.model.awaited_snapshot.unwrap();
        let saved_at = desk.now - Duration::hours(3);
        let result = Ok(Some(Box::new(Snapshot { inventory, saved_at })));
        desk.send(Msg::SnapshotRead { ticket, result });
        desk.load(world::connected());
        desk.load([world::people()].map(LoadEvent::Part));
        desk.load(world::details(3).into_iter().map(LoadEvent::Part));
        desk.load([world::progress(9, 42, None)]);
    });
}

#[test]
fn queue() {
    check_from_the_queue("queue", |desk| {
        loaded(desk);
        desk.keys("j");
    });
}

#[test]
fn finding() {
    check_from_the_queue("finding", |desk| {
        loaded(desk);
        desk.keys("<enter>");
    });
}

#[test]
fn a_finding_is_waived_by_three_answers() {
    let mut desk = Desk::new(80, 24);
    loaded(&mut desk);
    desk.keys("w<enter>");
    assert!(desk.screen().contains("a reason is what"), "{}", desk.screen());
    desk.keys("known, new phone on its way<enter><ctrl-u>400d<enter>");
    assert!(desk.screen().contains("a year at most"), "{}", desk.screen());
    desk.keys("<ctrl-u>30d<enter><ctrl-u>Olga<enter>");
    let Some(Effect::AddWaiver(waiver)) = desk.effects.pop() else {
        panic!("{:?}", desk.effects.last());
    };
    let first = &desk.model.judged.all()[0];
    assert_eq!(
        (waiver.code.as_str(), waiver.owner.as_str()),
        (first.check.code, "Olga")
    );
    assert_eq!((&waiver.subject, &waiver.facts), (&first.subject.id, &first.facts()));
    assert_eq!(waiver.expires.to_string(), "2026-12-24");
    let name = desk.model.judged.all()[0].subject.name.clone();
    desk.send(Msg::WaiverAdded { waiver, result: Ok(()) });
    let first = &desk.model.judged.all()[0];
    assert_ne!(first.subject.name, name, "it is not among those that failed any more");
    let laid_aside = desk
        .model
        .judged
        .all()
        .iter()
        .filter(|finding| finding.result.word() == "waived");
    assert_eq!(
        laid_aside
            .map(|finding| finding.subject.name.clone())
            .collect::<Vec<_>>(),
        [name]
    );
}

#[test]
fn rows_of_the_roster_that_are_not_understood_are_told_at_the_start() {
    let mut setup = setup();
    let mut judging = Judging::default();
    let fault = |line| RosterFault {
        line,
        what: "a quotation mark is not closed".to_owned(),
    };
    judging.roster = Some(Roster {
        entries: Vec::new(),
        faults: vec![fault(7), fault(9)],
    });
    setup.judging = Arc::new(judging);
    let screen = Desk::with(setup, 160, 24).screen();
    assert!(
        screen.contains("could not be understood: 2. · line 7: a quotation mark"),
        "{screen}"
    );
}

#[test]
fn help_explains_the_check_of_the_finding() {
    let mut desk = Desk::new(100, 40);
    loaded(&mut desk);
    let check = desk.model.judged.all()[0].check;
    desk.keys("?");
    let screen = desk.screen();
    assert!(screen.contains(&format!("{} {}", check.code, check.title)), "{screen}");
    assert!(screen.contains("why it matters: "), "{screen}");
    assert!(screen.contains("to put it right: "), "{screen}");
}

#[test]
fn what_is_unknown_cannot_be_waived() {
    let mut desk = Desk::new(80, 24);
    loaded(&mut desk);
    desk.keys("/result:unknown<enter>w");
    assert!(
        desk.screen().contains("what is unknown cannot be waived"),
        "{}",
        desk.screen()
    );
}

#[test]
fn only_rows_with_findings() {
    check("only_rows_with_findings", |desk| {
        loaded(desk);
        desk.keys("f");
        desk.wait(5);
    });
}

#[test]
fn people() {
    check("people", |desk| {
        loaded(desk);
        desk.keys("j<space>j");
    });
}

#[test]
fn people_just_loaded() {
    check("people_just_loaded", |desk| {
        desk.load(world::connected());
        desk.load(world::parts().into_iter().map(LoadEvent::Part));
        desk.end_load(Ok(()));
    });
}

#[test]
fn people_sorted_downwards() {
    check("people_sorted_downwards", |desk| {
        loaded(desk);
        desk.keys("sssS");
    });
}

#[test]
fn detail() {
    check("detail", |desk| {
        loaded(desk);
        desk.keys("<enter>");
    });
}

#[test]
fn filter_being_typed() {
    check("filter_being_typed", |desk| {
        loaded(desk);
        desk.keys("/reach:device !sara");
    });
}

#[test]
fn filter_that_is_kept() {
    check("filter_that_is_kept", |desk| {
        loaded(desk);
        desk.keys("/an<enter>");
    });
}

#[test]
fn filter_with_an_error() {
    check("filter_with_an_error", |desk| {
        loaded(desk);
        desk.keys("/colour:red");
    });
}

#[test]
fn filter_that_hides_all() {
    check("filter_that_hides_all", |desk| {
        loaded(desk);
        desk.keys("/qqqq<enter>");
    });
}

#[test]
fn help() {
    check("help", |desk| {
        loaded(desk);
        desk.keys("?");
    });
}

#[test]
fn end_of_the_help() {
    check("end_of_the_help", |desk| {
        loaded(desk);
        desk.keys("?G");
    });
}

#[test]
fn palette() {
    check("palette", |desk| {
        loaded(desk);
        desk.keys(":re");
    });
}

#[test]
fn used_by() {
    check("used_by", |desk| {
        loaded(desk);
        desk.keys("/alias:anna<enter>u");
    });
}

#[test]
fn unknowns() {
    check("unknowns", |desk| {
        loaded(desk);
        desk.keys("!jjj");
    });
}

#[test]
fn calls() {
    check("calls", |desk| {
        loaded(desk);
        desk.keys("@");
    });
}

#[test]
fn aws_form_of_a_call() {
    check("aws_form_of_a_call", |desk| {
        loaded(desk);
        desk.keys("@j<enter>");
    });
}

#[test]
fn export() {
    check("export", |desk| {
        loaded(desk);
        desk.keys("e<ctrl-u>people.txt<enter>");
    });
}

#[test]
fn connect_failure() {
    check("connect_failure", |desk| {
        let failure = Failure::new(
            FailureKind::Credentials,
            "The sign-in of profile “payments-prod” has expired.",
        )
        .because("the SSO session “corp” ended on Mon 23 Nov 17:05")
        .because("GetCallerIdentity: ExpiredTokenException")
        .hint("run `aws sso login --profile payments-prod`, then press R");
        desk.end_load(Err(failure));
    });
}

#[test]
fn contacts_denied() {
    check("contacts_denied", |desk| {
        desk.load(world::connected());
        let gap = world::gap(Operation::ListContacts, None, GapReason::Denied);
        desk.load([
            LoadEvent::Part(Part::SectionEnded(SectionKind::Contacts, Some(gap))),
            LoadEvent::Part(Part::Ended { at: desk.now }),
        ]);
        desk.end_load(Ok(()));
        desk.wait(5);
    });
}

#[test]
fn account_without_contacts() {
    check("account_without_contacts", |desk| {
        desk.load(world::connected());
        desk.load([
            LoadEvent::Part(Part::SectionEnded(SectionKind::Contacts, None)),
            LoadEvent::Part(Part::Ended { at: desk.now }),
        ]);
        desk.end_load(Ok(()));
        desk.wait(5);
    });
}

#[test]
fn an_error_stays_until_it_is_read() {
    let mut desk = Desk::new(80, 24);
    loaded(&mut desk);
    let failure = Failure::new(FailureKind::Disk, "The snapshot was not saved.")
        .because("no space left on device")
        .hint("free some space, then press R");
    desk.send(Msg::SnapshotSaved(Err(failure)));
    desk.wait(3600);
    assert!(
        desk.screen().contains("error: The snapshot was not saved."),
        "{}",
        desk.screen()
    );
    desk.keys("<esc>");
    assert!(!desk.screen().contains("error:"), "{}", desk.screen());
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    for (width, height, expected) in [
        (59, 20, "callsheet needs 60 x 20 cells; this terminal has 59 x 20\n"),
        (40, 10, "callsheet needs 60 x 20 cells; this\n  terminal has 40 x 10\n"),
        (10, 3, "callsheet\n  needs 60\n  x 20\n"),
        (1, 1, "c\n"),
    ] {
        let mut desk = Desk::new(80, 24);
        loaded(&mut desk);
        desk.send(Msg::Resized(Size { width, height }));
        assert_eq!(desk.screen().trim_end(), expected.trim_end(), "{width}x{height}");
    }
}

#[test]
fn no_character_of_a_name_reaches_the_terminal_as_a_command() {
    let mut desk = Desk::new(120, 40);
    loaded(&mut desk);
    for keys in ["", "2", "!", "<esc>@", "<esc>/eve<enter>J", "<esc>u"] {
        desk.keys(keys);
        let screen = desk.screen();
        let harmful = screen
            .chars()
            .find(|c| *c != '\n' && callsheet::domain::text::is_harmful(*c));
        assert_eq!(harmful, None, "{keys}\n{screen}");
    }
}

#[test]
fn the_unknown_stays_in_the_header_at_every_width() {
    for width in 60..160 {
        let mut desk = Desk::new(width, 24);
        loaded(&mut desk);
        desk.keys("R");
        desk.load(world::parts().into_iter().map(LoadEvent::Part));
        desk.load([world::progress(11, 42, Some(300))]);
        let screen = desk.screen();
        let header = screen.lines().next().unwrap();
        for word in ["111122223333", "READ-ONLY", "unknown 7"] {
            assert!(header.contains(word), "{width}: {header}");
        }
    }
}

#[test]
fn the_demo_account_is_named_as_such() {
    let mut setup = setup();
    setup.is_demo = true;
    let mut desk = Desk::with(setup, 80, 24);
    loaded(&mut desk);
    assert!(
        desk.screen().starts_with(" demo account  eu-west-1"),
        "{}",
        desk.screen()
    );
    desk.keys("9");
    assert!(
        desk.effects
            .iter()
            .any(|effect| matches!(effect, Effect::ReadPhone { .. }))
    );
}

#[test]
fn themes() {
    for name in theme::NAMES {
        let mut looks = String::new();
        for role in Role::ALL {
            looks.push_str(role.name());
            for depth in [
                ColorDepth::True,
                ColorDepth::Indexed,
                ColorDepth::Sixteen,
                ColorDepth::None,
            ] {
                let style = Theme::load(name, &BTreeMap::new(), depth).unwrap().style(*role);
                let style = format!("{style:?}").replace("Style::new()", "");
                write!(looks, "\n    {depth:?}: {style}").unwrap();
            }
            looks.push('\n');
        }
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("themes-{name}"), looks);
        });
    }
}

#[test]
fn the_desk_is_armed_by_the_last_digits_of_its_account_and_by_nothing_else() {
    let mut desk = Desk::new(80, 24);
    desk.keys(":arm<enter>");
    assert!(desk.screen().contains("could not be read yet"), "{}", desk.screen());
    desk.keys("<esc>");
    loaded(&mut desk);
    let account = desk.model.fresh.account().unwrap().to_owned();
    desk.keys(":arm<enter>");
    assert!(desk.screen().contains(&account), "{}", desk.screen());
    for wrong in ["", "0000", "y", &account] {
        desk.keys(&format!("{wrong}<enter>"));
        assert!(desk.model.mode == Mode::ReadOnly, "{wrong:?} arms the desk");
        desk.keys("<ctrl-u>");
    }
    desk.keys(&format!("{}<enter>", &account[8..]));
    assert_eq!(desk.model.mode, Mode::Armed);
    assert!(desk.screen().contains("ARMED") && !desk.screen().contains("READ-ONLY"));
    desk.keys(":disarm<enter>");
    assert!(
        desk.model.mode == Mode::ReadOnly && desk.screen().contains("READ-ONLY"),
        "{}",
        desk.screen()
    );
}

#[test]
fn a_list_that_is_empty_says_why_and_which_key_helps() {
    let mut desk = Desk::new(100, 24);
    loaded(&mut desk);
    // The account is read, and the checks have not answered.
    desk.model.judged = Judged::default();
    desk.model.awaited_judgement = Some(desk.model.next_ticket());
    desk.send(Msg::Tick);
    let screen = desk.screen();
    assert!(screen.contains("the checks are being asked"), "{screen}");
    let rows = |desk: &mut Desk, keys: &str, expected: &[&str]| {
        desk.keys(keys);
        let screen = desk.screen();
        for words in expected {
            assert!(screen.contains(words), "{words} after {keys}:\n{screen}");
        }
    };
    let total = desk.model.fresh.contacts_of(&ContactKind::Person).count();
    let none_failed = format!("a check failed on none of the {total} rows");
    rows(&mut desk, "2f", &[&none_failed, "f shows rows again"]);
    let no_match = format!("no row of {total} matches “nobody-at-all”");
    rows(
        &mut desk,
        "/nobody-at-all<enter>",
        &[&no_match, "esc clears the filter", "f shows rows again"],
    );
    // What was said goes away first, by itself or by the key.
    desk.wait(10);
    rows(&mut desk, "<esc>", &[&none_failed]);
    desk.keys("f");
    assert_eq!(desk.model.list().unwrap().len(), total);
}

#[test]
fn a_notice_does_not_cover_the_selected_row() {
    let mut desk = Desk::new(60, 20);
    desk.load(demo::account());
    desk.end_load(Ok(()));
    desk.wait(60);
    desk.keys("3G");
    let is_seen = |desk: &Desk| {
        let height = usize::from(desk.model.layout().list.height);
        let list = desk.model.list().unwrap();
        list.window(height).any(|(_, is_selected, _)| is_selected)
    };
    let height = desk.model.layout().list.height;
    assert!(is_seen(&desk) && desk.model.notice().is_none());
    desk.send(Msg::SnapshotSaved(Err(Failure::new(
        FailureKind::Disk,
        "The disk is full.",
    ))));
    assert!(desk.model.layout().list.height < height, "the notice takes a row");
    assert!(is_seen(&desk), "{}", desk.screen());
}

//! `a`: whose the device is, the code, and the proof. On the core, and in the built program on the embedded account.

use crate::{
    activate_branches,
    harness::Desk,
    keeper::{self, Keeper},
    pty::Pty,
};
use callsheet::{
    app::{
        changeset::{Order, Told},
        effect::{Effect, Ticket},
        model::Mode,
        msg::Msg,
        overlay::Overlay,
    },
    changes::{
        Write,
        fact::{ChangesetClosed, CodeSent, Ending, Fact},
        outcome::NotSentKind,
        progress::Progress,
        run::{Outcome, Stop, Why},
    },
    domain::{
        contact::{ActivationStatus, Channel, ChannelKind},
        ids::Arn,
    },
    failure::{Failure, FailureKind},
    ledger::Entry,
};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_callsheet");

/// Returns a desk on which a silent phone is selected, that phone, and the last digits of its number.
pub(crate) fn on_a_silent_phone(width: u16, height: u16) -> (Desk, Keeper, Arn, String) {
    let (mut desk, keeper) = keeper::desk(width, height);
    desk.keys("3");
    let is_it = |channel: &&Channel| {
        channel.status == ActivationStatus::NotActivated
            && channel.kind != ChannelKind::Email
            && !desk.model.fresh.is_shared_in(&channel.arn)
            && channel.address.reveal().is_some()
    };
    let phone = desk
        .model
        .fresh
        .channels()
        .find(is_it)
        .expect("the world has a silent phone");
    let number = phone.address.reveal().unwrap();
    let (arn, digits) = (phone.arn.clone(), number[number.len() - 4..].to_owned());
    desk.model.change_list(|list| assert!(list.select_id(&arn)));
    (desk, keeper, arn, digits)
}

pub(crate) fn arm(desk: &mut Desk) {
    desk.keys(":arm<enter>3333<enter>");
    assert_eq!(desk.model.mode, Mode::Armed);
}

/// Presses keys to the preview of the activation.
fn confirm(desk: &mut Desk, keeper: &mut Keeper, digits: &str) {
    desk.keys(&format!("a1<enter><enter>{digits}<enter>"));
    keeper.answer(desk);
}

/// Compares the screen with the snapshot of this name.
#[track_caller]
fn shown(desk: &Desk, name: &str) {
    let size = desk.model.size;
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}-{}x{}", size.width, size.height), desk.screen());
    });
}

pub(crate) fn taken(desk: &mut Desk) -> Vec<Effect> {
    std::mem::take(&mut desk.effects)
}

/// Returns the ticket of the changeset that is carried out, when one was begun.
pub(crate) fn begun(effects: &[Effect]) -> Option<Ticket> {
    effects.iter().find_map(|effect| {
        if let Effect::RunChangeset { ticket, .. } = effect {
            Some(*ticket)
        } else {
            None
        }
    })
}

pub(crate) fn told(desk: &mut Desk, ticket: Ticket, told: Told) {
    desk.send(Msg::Changeset { ticket, told });
}

fn needs_code(channel: &Arn, problem: Option<&str>) -> Told {
    Told::NeedsCode {
        step: 1,
        channel: channel.clone(),
        problem: problem.map(str::to_owned),
    }
}

/// Records what the runtime records when the code was sent.
fn code_sent(desk: &mut Desk, keeper: &mut Keeper, channel: &Arn) {
    let planned = desk.planned();
    let (device, _) = desk.model.fresh.channel(channel).unwrap();
    let sent = Fact::CodeSent(CodeSent {
        channel: channel.clone(),
        address: device.address.clone(),
        changeset: planned.changeset.clone(),
    });
    let entries = vec![Entry::from(Fact::Planned(planned)), Entry::from(sent)];
    let records = keeper.append(desk, entries);
    desk.send(Msg::LedgerGrew(records));
}

#[test]
fn nothing_follows_a_confirmation_that_could_not_be_recorded() {
    let (mut desk, _, _, digits) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    taken(&mut desk);
    desk.keys(&format!("a1<enter><enter>{digits}<enter>"));
    assert!(desk.model.changing.is_none(), "the preview waits for the record");
    let asked = taken(&mut desk).into_iter().find_map(|effect| {
        if let Effect::Record { ticket, .. } = effect {
            Some(ticket)
        } else {
            None
        }
    });
    let ticket = asked.expect("the confirmation is to be recorded");
    let failure = Failure::new(FailureKind::Disk, "The disk is full.");
    desk.send(Msg::Recorded {
        ticket,
        result: Err(failure),
    });
    assert!(desk.screen().contains("The disk is full"), "{}", desk.screen());
    let is_plan = |effect: &Effect| matches!(effect, Effect::PlanChangeset { .. } | Effect::RunChangeset { .. });
    assert!(desk.model.changing.is_none() && !taken(&mut desk).iter().any(is_plan));
}

#[test]
fn an_activation_takes_eight_keys_besides_what_the_person_says() {
    for (width, height) in [(60, 20), (80, 24), (160, 50)] {
        let (mut desk, mut keeper, phone, digits) = on_a_silent_phone(width, height);
        arm(&mut desk);
        let before = desk.pressed;
        confirm(&mut desk, &mut keeper, &digits);
        assert_eq!(keeper.kinds(), ["device_confirmed"], "before any message leaves");
        shown(&desk, "activate_preview");
        assert_eq!(begun(&taken(&mut desk)), None);
        desk.keys("<enter>");
        let ticket = begun(&taken(&mut desk)).expect("it is carried out");
        code_sent(&mut desk, &mut keeper, &phone);
        told(&mut desk, ticket, needs_code(&phone, None));
        desk.send(Msg::CodeTyped(6));
        shown(&desk, "activate_code");
        desk.keys("<enter>");
        let order = Order::CodeGiven;
        assert_eq!(taken(&mut desk), [Effect::OrderChangeset { ticket, order }]);
        told(&mut desk, ticket, Told::Ended(Outcome::Done));
        shown(&desk, "activate_done");
        desk.keys("<enter>");
        assert!(desk.model.overlays.is_empty() && desk.model.changing.is_none());
        // a, the way, two enters, one after the digits, one for the preview, one after the code, one to close. The digits of
        // the code are no keys to the core.
        let pressed = desk.pressed - before - digits.len();
        assert!(pressed <= 8, "{pressed}");
    }
}

#[test]
fn nothing_is_sent_while_the_session_is_read_only() {
    let (mut desk, mut keeper, _, digits) = on_a_silent_phone(80, 24);
    confirm(&mut desk, &mut keeper, &digits);
    assert!(desk.screen().contains("read-only"), "{}", desk.screen());
    desk.keys("y<space>");
    assert_eq!(begun(&taken(&mut desk)), None);
    // Enter leads to arming, and back to what was to be agreed to.
    desk.keys("<enter>9999<enter>");
    assert_eq!(desk.model.mode, Mode::ReadOnly);
    desk.keys("<ctrl-u>3333<enter>");
    assert_eq!(begun(&taken(&mut desk)), None, "arming is not agreeing");
    desk.keys("<enter>");
    assert!(begun(&taken(&mut desk)).is_some());
}

#[test]
fn digits_that_come_early_and_late_are_no_keys() {
    let (mut desk, mut keeper, phone, digits) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    confirm(&mut desk, &mut keeper, &digits);
    desk.keys("<enter>");
    let ticket = begun(&taken(&mut desk)).unwrap();
    let is_code = |desk: &Desk| matches!(desk.model.overlays.last(), Some(Overlay::Code(_)));
    assert!(is_code(&desk), "from the moment on that it is agreed to");
    desk.send(Msg::CodeTyped(6));
    desk.keys("<enter>");
    assert!(taken(&mut desk).is_empty(), "there is no code to give yet");
    told(&mut desk, ticket, needs_code(&phone, None));
    desk.send(Msg::CodeTyped(5));
    desk.keys("<enter>");
    assert!(taken(&mut desk).is_empty(), "a code has six digits at least");
    assert!(desk.screen().contains("6 to 10 digits"), "{}", desk.screen());
    told(
        &mut desk,
        ticket,
        Told::Ended(Outcome::Stopped(Stop {
            why: Why::Changed,
            step: 1,
            against: None,
            sentence: "the device is another one now".to_owned(),
            done: vec![0],
            uncertain: Vec::new(),
            without_effect: vec![1],
        })),
    );
    assert!(is_code(&desk), "until the operator has seen how it ended");
    assert!(desk.screen().contains("begin anew"), "{}", desk.screen());
}

#[test]
fn a_wrong_code_is_told_in_the_services_words_and_a_new_one_can_be_had() {
    let (mut desk, mut keeper, phone, digits) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    confirm(&mut desk, &mut keeper, &digits);
    desk.keys("<enter>");
    let ticket = begun(&taken(&mut desk)).unwrap();
    let problem = "ActivateContactChannel of phone: the service refuses it (The activation code is invalid)";
    told(&mut desk, ticket, needs_code(&phone, Some(problem)));
    assert!(desk.screen().contains("code is invalid"), "{}", desk.screen());
    desk.keys("n");
    let order = Order::NewCode;
    assert_eq!(taken(&mut desk), [Effect::OrderChangeset { ticket, order }]);
    told(&mut desk, ticket, needs_code(&phone, None));
    desk.keys("<esc>");
    let order = Order::Stop;
    assert_eq!(taken(&mut desk), [Effect::OrderChangeset { ticket, order }]);
    assert!(desk.model.changing.is_some(), "it stays until it has ended");
    // Leaving waits, too: q does not quit over a write.
    desk.keys("q<ctrl-z>");
    assert!(taken(&mut desk).is_empty());
}

#[test]
fn a_code_that_is_waited_for_survives_a_restart() {
    let (mut desk, mut keeper, phone, digits) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    confirm(&mut desk, &mut keeper, &digits);
    desk.keys("<enter>");
    code_sent(&mut desk, &mut keeper, &phone);

    let (mut desk, mut fresh, _, _) = on_a_silent_phone(80, 24);
    fresh.records = keeper.records.clone();
    fresh.reopen(&mut desk);
    assert!(
        desk.screen().contains("1 changeset was not finished"),
        "{}",
        desk.screen()
    );
    desk.keys("<esc>:changesets<enter>");
    assert!(desk.screen().contains("Activate"), "{}", desk.screen());
    desk.keys("<enter>");
    assert!(desk.screen().contains("waited for"), "{}", desk.screen());
    desk.keys("<esc>");
    // The same from the device, without asking the person who they are once more.
    arm(&mut desk);
    desk.keys("a");
    assert!(desk.screen().contains("waited for"), "{}", desk.screen());
    taken(&mut desk);
    desk.keys("<enter>");
    let effects = taken(&mut desk);
    let is_new = effects.iter().find_map(|effect| {
        if let Effect::RunChangeset { is_new, .. } = effect {
            Some(*is_new)
        } else {
            None
        }
    });
    assert_eq!(is_new, Some(false), "it was agreed to before");
}

#[test]
fn an_open_changeset_is_closed_with_a_reason() {
    let (mut desk, mut keeper, phone, digits) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    confirm(&mut desk, &mut keeper, &digits);
    desk.keys("<enter>");
    let ticket = begun(&taken(&mut desk)).unwrap();
    code_sent(&mut desk, &mut keeper, &phone);
    let stop = Stop {
        why: Why::Refused,
        step: 0,
        against: Some(NotSentKind::Quota),
        sentence: "SendActivationCode of phone: no more today".to_owned(),
        done: Vec::new(),
        uncertain: Vec::new(),
        without_effect: vec![0, 1],
    };
    told(&mut desk, ticket, Told::Ended(Outcome::Stopped(stop)));
    assert!(desk.screen().contains("wait an hour"), "{}", desk.screen());
    desk.keys("c<enter>");
    assert!(desk.screen().contains("goes by the reason"), "{}", desk.screen());
    desk.keys("They have another phone<enter>");
    keeper.answer(&mut desk);
    assert_eq!(keeper.kinds().last(), Some(&"changeset_closed"));
    assert!(desk.model.changing.is_none() && desk.model.ledger.changesets.open().next().is_none());
}

#[test]
fn an_active_device_is_only_confirmed() {
    let (mut desk, mut keeper) = keeper::desk(80, 24);
    arm(&mut desk);
    desk.keys("3");
    let active = |channel: &&Channel| {
        channel.status == ActivationStatus::Activated
            && channel.kind != ChannelKind::Email
            && !desk.model.fresh.is_shared_in(&channel.arn)
    };
    let phone = desk.model.fresh.channels().find(active).unwrap();
    let number = phone.address.reveal().unwrap();
    let (arn, digits) = (phone.arn.clone(), number[number.len() - 4..].to_owned());
    desk.model.change_list(|list| assert!(list.select_id(&arn)));
    taken(&mut desk);
    confirm(&mut desk, &mut keeper, &digits);
    assert_eq!(keeper.kinds(), ["device_confirmed"]);
    // There is no call at which anything could go wrong: what is recorded is the address that was read and compared.
    let left = taken(&mut desk);
    assert!(left.is_empty(), "{left:?}");
    assert!(desk.model.changing.is_none());
    let said: Vec<&str> = desk.model.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("no code was sent")), "{said:?}");
}

/// Returns the keys that the README's walk through an activation names, in their order, step by step.
fn readme_steps() -> Vec<Vec<String>> {
    let readme = include_str!("../../README.md");
    let (_, section) = readme
        .split_once("## Activate a device in the demo in a minute")
        .unwrap();
    let section = section.split("\n## ").next().unwrap();
    let steps = section
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    steps
        .map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect())
        .collect()
}

#[test]
fn many_devices_are_activated_one_after_the_other() {
    let (mut desk, mut keeper) = keeper::desk(100, 30);
    arm(&mut desk);
    desk.keys("3/status:not<enter>:activate-all<enter>");
    assert!(desk.model.overlays.is_empty(), "it waits for its record");
    keeper.answer(&mut desk);
    shown(&desk, "activate_all");
    let devices = desk.model.ledger.rounds.last().unwrap().devices.clone();
    assert!(devices.len() > 1, "{devices:?}");
    for device in &devices {
        let (channel, _) = desk.model.fresh.channel(device).unwrap();
        assert_eq!(channel.status, ActivationStatus::NotActivated);
        assert!(!desk.model.fresh.is_shared_in(device));
    }
    // A text for the person: the name, the end of the number, what arrives and from whom; no whole address.
    desk.keys("y");
    let effects = taken(&mut desk);
    let text = effects.iter().find_map(|effect| {
        if let Effect::Copy(text) = effect {
            Some(text.clone())
        } else {
            None
        }
    });
    let (first, _) = desk.model.fresh.channel(&devices[0]).unwrap();
    let (whole, masked) = (
        first.address.reveal().unwrap().to_owned(),
        first.address.masked().to_owned(),
    );
    let text = text.unwrap();
    assert!(
        text.contains(&masked) && text.contains("AWS Incident Manager") && text.contains("mei"),
        "{text}"
    );
    assert!(!text.contains(&whole), "{text}");
    // Left in the middle of the questions, it is back on the list.
    desk.keys("<enter>");
    assert!(desk.screen().contains("how do you know"), "{}", desk.screen());
    desk.keys("<esc>");
    assert!(desk.screen().contains("0 of "), "{}", desk.screen());
    // When one is done, the next is selected.
    let said = if whole.contains('@') {
        whole.split('@').next().unwrap().to_owned()
    } else {
        whole[whole.len() - 4..].to_owned()
    };
    desk.keys(&format!("<enter>1<enter><enter>{said}<enter>"));
    keeper.answer(&mut desk);
    desk.keys("<enter>");
    let ticket = begun(&taken(&mut desk)).unwrap();
    let planned = desk.planned();
    let closed = Fact::Closed(ChangesetClosed {
        changeset: planned.changeset.clone(),
        ending: Ending::Done,
        note: None,
    });
    let entries = vec![Entry::from(Fact::Planned(planned)), Entry::from(closed)];
    let records = keeper.append(&desk, entries);
    desk.send(Msg::LedgerGrew(records));
    told(&mut desk, ticket, Told::Ended(Outcome::Done));
    desk.keys("<enter>");
    assert!(desk.screen().contains("1 of "), "{}", desk.screen());
    let Some(Overlay::Menu(menu)) = desk.model.overlays.last() else {
        panic!("the list is back");
    };
    assert_eq!(menu.place, 1);
}

#[test]
fn small_changes_are_shown_with_what_they_change() {
    let (mut desk, mut keeper, phone, _) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    for (script, expected) in [
        (":rename<enter><ctrl-u>pager<enter>", "after   named “pager”"),
        (":correct-address<enter>+447700900777<enter>", "nobody has confirmed"),
    ] {
        desk.keys(script);
        // A device whose tags say that code manages its person stops until somebody says why.
        if desk.screen().contains("all the same?") {
            desk.keys("it is changed there as well<enter>");
        }
        assert!(desk.screen().contains(expected), "{script}: {}", desk.screen());
        assert!(!desk.screen().contains("900777"), "{}", desk.screen());
        desk.keys("<esc>");
        assert!(desk.model.overlays.is_empty());
    }
    desk.keys(":deactivate<enter>");
    assert!(desk.screen().contains("not active as it is"), "{}", desk.screen());
    keeper.answer(&mut desk);
    assert!(keeper.kinds().is_empty(), "what was dropped is not recorded: {phone}");
}

/// Returns the changeset that is to be carried out.
fn run_of(effects: Vec<Effect>) -> Option<(Ticket, Progress)> {
    effects.into_iter().find_map(|effect| {
        if let Effect::RunChangeset { ticket, progress, .. } = effect {
            Some((ticket, *progress))
        } else {
            None
        }
    })
}

#[test]
fn an_address_that_was_refused_once_is_sent_again_by_the_same_session() {
    let (mut desk, mut keeper, _, _) = on_a_silent_phone(80, 24);
    arm(&mut desk);
    desk.keys(":correct-address<enter>+447700900777<enter>");
    if desk.screen().contains("all the same?") {
        desk.keys("it is changed there as well<enter>");
    }
    desk.keys("<enter>");
    let (ticket, progress) = run_of(taken(&mut desk)).expect("it is carried out");
    let planned = progress.planned.as_ref().clone();
    let records = keeper.append(&desk, vec![Entry::from(Fact::Planned(planned))]);
    desk.send(Msg::LedgerGrew(records));
    for (against, advice) in [
        (
            NotSentKind::Denied {
                permission: "ssm-contacts:UpdateContactChannel".to_owned(),
            },
            "have ssm-contacts:UpdateContactChannel added",
        ),
        (NotSentKind::Quota, "Service Quotas"),
        (NotSentKind::Encryption, "KMS key"),
        (NotSentKind::Throttled, "wait a minute"),
        (NotSentKind::Credentials, "sign in again"),
        (NotSentKind::NotFound, "somebody deleted it"),
        (NotSentKind::Conflict { dependents: Vec::new() }, "stands in its way"),
        (NotSentKind::Validation, "begin anew"),
        (NotSentKind::Unreachable, "network"),
        (NotSentKind::Other, "put that right"),
    ] {
        let stop = Stop {
            why: Why::Refused,
            step: 0,
            against: Some(against),
            sentence: "it was not taken".to_owned(),
            done: Vec::new(),
            uncertain: Vec::new(),
            without_effect: vec![0],
        };
        let ticket = desk.model.changing.as_ref().map_or(ticket, |changing| changing.ticket);
        told(&mut desk, ticket, Told::Ended(Outcome::Stopped(stop)));
        let screen = desk.screen();
        let flat: String = screen.split(['│', '\n']).map(str::trim).collect::<Vec<_>>().join(" ");
        let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(advice), "{advice}: {screen}");
        taken(&mut desk);
        desk.keys("r<enter>");
        let (_, again) = run_of(taken(&mut desk)).expect("it goes on");
        let Write::UpdateContactChannel {
            address: Some(address), ..
        } = &again.planned.steps[0].write
        else {
            panic!("it corrects an address");
        };
        assert_eq!(address.reveal(), Some("+447700900777"));
    }
}

/// Returns the digits that stand on the screen before these words.
fn code_on(screen: &str) -> String {
    let (before, _) = screen.split_once(" is your AWS Incident").unwrap();
    before
        .chars()
        .rev()
        .take_while(char::is_ascii_digit)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect()
}

#[test]
fn a_newcomer_activates_a_device_of_the_demo_as_the_readme_says() {
    let home = TempDir::new().unwrap();
    let mut pty = Pty::start(PROGRAM, &["--demo"], home.path(), (100, 30));
    pty.wait_for("5 reads failed");
    let mut code = String::new();
    // What the reader sees before they go on with a step.
    let seen = [
        "READ-ONLY",
        "ARMED",
        "Bruno Keller",
        "last four digits",
        "send the code",
        "code",
        "Done:",
    ];
    let steps = readme_steps();
    assert_eq!(steps.len(), seen.len());
    for (key, sign) in steps.iter().zip(seen).flat_map(|(step, sign)| {
        let signs = std::iter::once(Some(sign)).chain(std::iter::repeat(None));
        step.iter().zip(signs)
    }) {
        if let Some(sign) = sign {
            pty.wait_for(sign);
        }
        match key.as_str() {
            "Enter" => pty.send("\r"),
            "the code" => {
                code = code_on(&pty.wait_for("is your AWS Incident"));
                pty.send(&code);
                pty.wait_for(&"●".repeat(code.len()));
            }
            text => pty.send(text),
        }
    }
    pty.wait_for("ARMED");
    pty.send("q");
    let (status, written) = pty.end();
    assert!(status.success());
    assert!(code.len() >= 6, "{code}");
    assert!(written.contains("Done: every step was read again"), "{written}");

    // What was typed is nowhere but where the demo shows it: its own account, and the phone that it draws.
    let all = activate_branches::files(home.path());
    let ledgers = all.iter().filter(|(name, _)| name.ends_with("ledger.jsonl")).count();
    assert_eq!(ledgers, 1);
    for (name, text) in &all {
        if !name.ends_with("account.json") {
            assert!(!text.contains(&code), "{name}");
        }
        if name.ends_with("ledger.jsonl") {
            for kind in [
                "device_confirmed",
                "changeset_planned",
                "code_sent",
                "activated",
                "changeset_closed",
            ] {
                assert!(text.contains(&format!("\"kind\":\"{kind}\"")), "{kind}: {text}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_above_the_field_for_a_code_is_scrolled_to() {
    let (mut desk, mut keeper, phone, digits) = on_a_silent_phone(60, 20);
    arm(&mut desk);
    confirm(&mut desk, &mut keeper, &digits);
    desk.keys("<enter>");
    let ticket = begun(&taken(&mut desk)).unwrap();
    let words = "because of a reason of many words ".repeat(10);
    let problem = format!("ActivateContactChannel of phone: the service refuses it ({words})");
    told(&mut desk, ticket, needs_code(&phone, Some(&problem)));
    assert!(!desk.screen().contains("SAY TO"), "{}", desk.screen());
    desk.keys("<pagedown><pagedown><pagedown>");
    assert!(desk.screen().contains("called again"), "{}", desk.screen());
    desk.keys("<pageup><pageup><pageup>");
    assert!(desk.screen().contains("ActivateContactChannel"), "{}", desk.screen());
    // What is said next is at the top again.
    desk.keys("<pagedown><pagedown>");
    desk.send(Msg::CodeTyped(3));
    desk.keys("<enter>");
    assert!(desk.screen().contains("6 to 10 digits"), "{}", desk.screen());
}

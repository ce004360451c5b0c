//! Whether devices are activated, and enough of them.

use super::{
    super::{Check, Family, Judge, Verdict, facts::Facts, needs::Need, severity::Severity, words},
    devices, is_active, odd_word,
};
use crate::domain::contact::{ActivationStatus, Channel, ChannelKind, Contact};
use std::collections::BTreeSet;

/// A device that nobody ever confirmed with a code, or that was switched off.
pub(in crate::findings) static NOT_ACTIVATED: Check = Check {
    code: "CH01",
    name: "channel-not-activated",
    family: Family::Devices,
    severity: Severity::Medium,
    title: "channel is not activated",
    rationale: "The service never pages a device that is not activated. Terraform creates every device so.",
    remedy: "Confirm with its owner that the device is right, then activate it; take it out when it is not used.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH02", "CH12", "CH16"],
    is_moving: true,
    judges: &[Judge::Device(not_activated)],
};

fn not_activated(_: &Facts<'_>, person: &Contact, channel: &Channel) -> Verdict {
    match &channel.status {
        ActivationStatus::Activated => Verdict::Pass,
        ActivationStatus::NotActivated => Verdict::fail(
            format!("{}'s {} is not activated", words::name(person), words::device(channel)),
            vec![words::status(channel)],
        ),
        ActivationStatus::Other(word) => Verdict::Unknown(words::odd_status(word)),
    }
}

/// A person whom nothing can page.
pub(in crate::findings) static NO_ACTIVE_CHANNEL: Check = Check {
    code: "CH02",
    name: "no-activated-channel",
    family: Family::Devices,
    severity: Severity::Critical,
    title: "contact has no activated channel at all",
    rationale: "Whoever engages this person pages nobody, and the minutes of the stage pass all the same.",
    remedy: "Confirm a device with its owner and activate it, or take the person out of every plan.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &[],
    is_moving: true,
    judges: &[Judge::Person(no_active_channel)],
};

fn no_active_channel(_: &Facts<'_>, person: &Contact) -> Verdict {
    let channels = devices(person);
    if channels.iter().any(is_active) {
        return Verdict::Pass;
    }
    if let Some(word) = channels.iter().find_map(odd_word) {
        return Verdict::Unknown(words::odd_status(word));
    }
    let message = match channels.len() {
        0 => format!("{} has no device", words::name(person)),
        1 => format!("{}'s only device is not activated", words::name(person)),
        count => format!("none of {}'s {count} devices is activated", words::name(person)),
    };
    Verdict::fail(message, channels.iter().map(words::status).collect())
}

/// A person whom one way of failing cuts off.
pub(in crate::findings) static ONE_CHANNEL_TYPE: Check = Check {
    code: "CH03",
    name: "one-channel-type",
    family: Family::Devices,
    severity: Severity::Medium,
    title: "fewer than two activated channel types",
    rationale: "One way of reaching somebody fails as a whole: a carrier, a mail server. AWS advises several types.",
    remedy: "Add and activate a device of another type.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH02", "CH04"],
    is_moving: true,
    judges: &[Judge::Person(one_channel_type)],
};

fn one_channel_type(_: &Facts<'_>, person: &Contact) -> Verdict {
    let channels = devices(person);
    let kinds: BTreeSet<&ChannelKind> = channels.iter().filter(|c| is_active(c)).map(|c| &c.kind).collect();
    match kinds.first() {
        None => Verdict::NotApplicable,
        Some(only) if kinds.len() == 1 => match channels.iter().find_map(odd_word) {
            Some(word) => Verdict::Unknown(words::odd_status(word)),
            None => Verdict::fail(
                format!("{} can be reached by {} only", words::name(person), words::kind(only)),
                channels.iter().map(words::status).collect(),
            ),
        },
        Some(_) => Verdict::Pass,
    }
}

/// A person whom nothing wakes.
pub(in crate::findings) static NOTHING_AUDIBLE: Check = Check {
    code: "CH04",
    name: "nothing-audible",
    family: Family::Devices,
    severity: Severity::High,
    title: "nothing audible: only e-mail is activated",
    rationale: "A mail wakes nobody at three in the morning.",
    remedy: "Add and activate a number for text messages or calls.",
    command: "activate",
    needs: &[Need::Devices],
    hides: &[],
    moot_when: &["CH02"],
    is_moving: true,
    judges: &[Judge::Person(nothing_audible)],
};

fn nothing_audible(_: &Facts<'_>, person: &Contact) -> Verdict {
    let channels = devices(person);
    let mut active = channels.iter().filter(|c| is_active(c)).peekable();
    if active.peek().is_none() {
        return Verdict::NotApplicable;
    }
    if active.any(|channel| channel.kind != ChannelKind::Email) {
        return Verdict::Pass;
    }
    match channels.iter().find_map(odd_word) {
        Some(word) => Verdict::Unknown(words::odd_status(word)),
        None => Verdict::fail(
            format!("{} has only e-mail activated", words::name(person)),
            channels.iter().map(words::status).collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::world::World;
    use crate::findings::proof::check;

    #[test]
    fn a_device_that_is_not_activated_fails_beside_one_that_is() {
        let world = World::new().person("anna", &["mail", "-phone", "?pager"], &[]);
        check(
            world,
            "CH01",
            &[
                "phone of anna: fail: anna's phone (+44•••••••123) is not activated",
                "pager of anna: unknown",
            ],
        );
    }

    #[test]
    fn a_person_without_an_active_device_fails_once() {
        let world = World::new()
            .person("anna", &["-mail", "-phone"], &[])
            .person("ben", &[], &[])
            .person("cleo", &["-mail"], &[])
            .person("dora", &["?mail"], &[]);
        check(
            world.clone(),
            "CH02",
            &[
                "anna: fail: none of anna's 2 devices is activated",
                "ben: fail: ben has no device",
                "cleo: fail: cleo's only device is not activated",
                "dora: unknown",
            ],
        );
        check(world.clone(), "CH01", &["mail of dora: unknown"]);
        check(world, "CH03", &[]);
    }

    #[test]
    fn one_type_of_device_is_too_few_and_mail_alone_wakes_nobody() {
        let world = World::new()
            .person("anna", &["phone", "-mail"], &[])
            .person("ben", &["mail", "-phone"], &[])
            .person("cleo", &["mail", "phone"], &[])
            .person("dora", &["mail", "?phone"], &[]);
        check(
            world.clone(),
            "CH03",
            &["anna: fail: anna can be reached by text message only", "dora: unknown"],
        );
        check(
            world,
            "CH04",
            &["ben: fail: ben has only e-mail activated", "dora: unknown"],
        );
    }
}

//! Activation codes: sent to the device, never to the caller.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    channel::{channel_id, found},
    limits, plan,
};
use crate::emulator::{
    call::Call,
    error::{NO_PUBLISHED_CODE, ServiceError},
    input::Reader,
    operations::{Operation, RateClass::ContactWrites},
    settings::{Answer, NewCode},
    world::{ActivationStatus, Arrival, PendingCode},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::writes(
        "SendActivationCode",
        ContactWrites,
        "Sends a code to the device.",
        send_activation_code,
    ),
    Operation::writes(
        "ActivateContactChannel",
        ContactWrites,
        "Takes the code that the owner read out.",
        activate_contact_channel,
    ),
    Operation::writes(
        "DeactivateContactChannel",
        ContactWrites,
        "Stops paging on a channel.",
        deactivate_contact_channel,
    ),
];

fn send_activation_code(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = channel_id(input);
    input.check()?;
    found(call, &arn)?;
    let an_hour_ago = call.now - TimeDelta::hours(1);
    let sent_count = call
        .world
        .outbox
        .iter()
        .filter(|arrival| arrival.activates && arrival.channel == arn && arrival.at > an_hour_ago)
        .count();
    if call.settings.codes_per_hour.is_some_and(|most| sent_count >= most) {
        return Err(plan::quota("activation codes per contact channel", NO_PUBLISHED_CODE));
    }
    send_code(call, &arn);
    Ok(json!({}))
}

fn activate_contact_channel(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = channel_id(input);
    let code = input.required_text("ActivationCode", &limits::CODE);
    input.check()?;
    let is_active = found(call, &arn)?.status == ActivationStatus::Activated;
    let settings = call.settings;
    let now = call.now;
    let Some(channel) = call.world.channel_mut(&arn) else {
        return Err(ServiceError::not_found("CONTACT_CHANNEL", &arn));
    };
    if is_active && !channel.unsubscribed {
        return match settings.activate_active {
            Answer::Accept => Ok(json!({})),
            Answer::Refuse => Err(ServiceError::invalid("The contact channel is already activated")),
        };
    }
    let lifetime = settings
        .code_lifetime_seconds
        .map(|seconds| TimeDelta::seconds(seconds.into()));
    let is_good = |pending: &PendingCode| {
        pending.code == code && lifetime.is_none_or(|lifetime| now < pending.sent_at + lifetime)
    };
    let attempts_left = settings
        .code_attempts
        .is_none_or(|most| channel.wrong_code_count < most);
    if !attempts_left || !channel.codes.iter().any(is_good) {
        channel.wrong_code_count = channel.wrong_code_count.saturating_add(1);
        return Err(ServiceError::invalid("The activation code is invalid or has expired"));
    }
    channel.status = ActivationStatus::Activated;
    channel.unsubscribed = false;
    channel.wrong_code_count = 0;
    channel.codes.clear();
    Ok(json!({}))
}

fn deactivate_contact_channel(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = channel_id(input);
    input.check()?;
    found(call, &arn)?;
    if let Some(channel) = call.world.channel_mut(&arn) {
        channel.status = ActivationStatus::NotActivated;
        channel.codes.clear();
    }
    Ok(json!({}))
}

/// Sends a new code to a channel's device, if the channel has an address.
pub(super) fn send_code(call: &mut Call<'_>, arn: &str) {
    let code = call.code();
    let (now, new_code) = (call.now, call.settings.new_code);
    let forgives = call.settings.new_code_forgives.is_on();
    let Some(channel) = call.world.channel_mut(arn) else {
        return;
    };
    if new_code == NewCode::Replaces {
        channel.codes.clear();
    }
    channel.codes.push(PendingCode {
        code: code.clone(),
        sent_at: now,
    });
    if forgives {
        channel.wrong_code_count = 0;
    }
    let Some(to) = channel.address.clone() else {
        return;
    };
    let arrival = Arrival {
        at: now,
        channel: arn.to_owned(),
        kind: channel.kind,
        to,
        text: format!(
            "{code} is your AWS Incident Manager activation code for the contact channel {}.",
            channel.name
        ),
        code: Some(code),
        activates: true,
    };
    call.world.arrive(arrival);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Settings, World, machine::Machine, settings::Switch};

    const PHONE: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/1";

    fn machine(settings: Settings) -> Machine {
        let world = r#"{ "contacts": { "anna": { "type": "PERSONAL", "channels": [
            { "id": "1", "name": "phone", "type": "SMS", "address": "+12065550100" } ] } } }"#;
        Machine::with(World::from_json(world).unwrap(), settings)
    }

    /// Sends a code and returns what arrived on the phone.
    fn sent(machine: &mut Machine) -> String {
        machine
            .call("SendActivationCode", &json!({ "ContactChannelId": PHONE }))
            .unwrap();
        machine.world.outbox.last().unwrap().code.clone().unwrap()
    }

    fn activate(machine: &mut Machine, code: &str) -> Result<Value, ServiceError> {
        machine.call(
            "ActivateContactChannel",
            &json!({ "ContactChannelId": PHONE, "ActivationCode": code }),
        )
    }

    fn status(machine: &mut Machine) -> Value {
        machine
            .call("GetContactChannel", &json!({ "ContactChannelId": PHONE }))
            .unwrap()["ActivationStatus"]
            .clone()
    }

    /// Returns a code that differs from the given one.
    fn wrong(code: &str) -> &'static str {
        if code == "000000" { "000001" } else { "000000" }
    }

    /// Puts a page with its accept code on the phone.
    fn paged(machine: &mut Machine) {
        let channel = machine.world.channel(PHONE).unwrap();
        let page = Arrival {
            at: machine.now(),
            channel: PHONE.to_owned(),
            kind: channel.kind,
            to: channel.address.clone().unwrap(),
            text: "The checkout is down. Code 123456".to_owned(),
            code: Some("123456".to_owned()),
            activates: false,
        };
        machine.world.arrive(page);
    }

    #[test]
    fn the_code_on_the_phone_activates_and_no_other() {
        let mut machine = machine(Settings::default());
        let code = sent(&mut machine);
        assert_eq!(code.len(), 6);
        activate(&mut machine, wrong(&code)).unwrap_err();
        assert_eq!(status(&mut machine), "NOT_ACTIVATED");
        activate(&mut machine, &code).unwrap();
        assert_eq!(status(&mut machine), "ACTIVATED");
        machine
            .call("DeactivateContactChannel", &json!({ "ContactChannelId": PHONE }))
            .unwrap();
        assert_eq!(status(&mut machine), "NOT_ACTIVATED");
        activate(&mut machine, &code).unwrap_err();
    }

    #[test]
    fn the_newest_code_wins_unless_told_otherwise() {
        for (new_code, is_good) in [(NewCode::Replaces, false), (NewCode::Adds, true)] {
            let mut machine = machine(Settings {
                new_code,
                ..Settings::default()
            });
            let first = sent(&mut machine);
            assert_ne!(first, sent(&mut machine));
            assert_eq!(activate(&mut machine, &first).is_ok(), is_good);
        }
    }

    #[test]
    fn codes_end_with_their_lifetime_attempts_and_quota() {
        let mut aged = machine(Settings {
            code_lifetime_seconds: Some(60),
            ..Settings::default()
        });
        let code = sent(&mut aged);
        aged.advance(TimeDelta::seconds(60));
        activate(&mut aged, &code).unwrap_err();

        for (new_code_forgives, is_good) in [(Switch::On, true), (Switch::Off, false)] {
            let mut tried = machine(Settings {
                code_attempts: Some(2),
                new_code_forgives,
                ..Settings::default()
            });
            let code = sent(&mut tried);
            activate(&mut tried, wrong(&code)).unwrap_err();
            activate(&mut tried, wrong(&code)).unwrap_err();
            activate(&mut tried, &code).unwrap_err();
            let code = sent(&mut tried);
            assert_eq!(activate(&mut tried, &code).is_ok(), is_good);
        }

        let mut limited = machine(Settings {
            codes_per_hour: Some(1),
            ..Settings::default()
        });
        // The code in a page acknowledges it, and is none of those that are counted.
        paged(&mut limited);
        sent(&mut limited);
        let error = limited
            .call("SendActivationCode", &json!({ "ContactChannelId": PHONE }))
            .unwrap_err();
        assert_eq!(error.kind.name(), "ServiceQuotaExceededException");
    }

    #[test]
    fn an_active_channel_is_activated_again_or_refused() {
        for (activate_active, is_good) in [(Answer::Accept, true), (Answer::Refuse, false)] {
            let mut machine = machine(Settings {
                activate_active,
                ..Settings::default()
            });
            let code = sent(&mut machine);
            activate(&mut machine, &code).unwrap();
            assert_eq!(activate(&mut machine, "999999").is_ok(), is_good);
            assert_eq!(status(&mut machine), "ACTIVATED");
        }
    }

    #[test]
    fn an_unsubscribed_owner_comes_back_with_a_new_code() {
        let mut machine = machine(Settings::default());
        let code = sent(&mut machine);
        activate(&mut machine, &code).unwrap();
        assert!(machine.unsubscribe(PHONE));
        assert_eq!(status(&mut machine), "ACTIVATED");
        let code = sent(&mut machine);
        activate(&mut machine, &code).unwrap();
        assert!(!machine.world.channel(PHONE).unwrap().unsubscribed);
    }
}

//! A person's channels: made, read, changed and deleted. Codes are in `activation`.

use serde_json::{Value, json};

use super::{
    activation,
    contact::{self, conflict},
    insert, limits, listed,
};
use crate::emulator::{
    call::{Call, idempotency_token},
    error::{ErrorKind, ServiceError},
    input::Reader,
    operations::{
        Operation,
        RateClass::{ContactReads, ContactWrites},
    },
    pager::{Pager, place},
    settings::{AddressChange, DuplicateChannel, UnknownOwner},
    world::{ActivationStatus, Channel, ChannelType, ContactType, channel_arn, split},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::writes(
        "CreateContactChannel",
        ContactWrites,
        "Makes a channel and sends it a code.",
        create_contact_channel,
    ),
    Operation::reads(
        "GetContactChannel",
        ContactReads,
        "Reads one channel.",
        get_contact_channel,
    ),
    Operation::writes(
        "UpdateContactChannel",
        ContactWrites,
        "Changes a channel's name or address.",
        update_contact_channel,
    ),
    Operation::writes(
        "DeleteContactChannel",
        ContactWrites,
        "Deletes a channel; plans go on naming it.",
        delete_contact_channel,
    ),
    Operation::reads(
        "ListContactChannels",
        ContactReads,
        "Lists a person's channels.",
        list_contact_channels,
    ),
];

/// The `ResourceType` of errors about channels.
const CHANNEL: &str = "CONTACT_CHANNEL";

fn create_contact_channel(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let owner = input.required_text("ContactId", &limits::ARN);
    let name = input.required_text("Name", &limits::CHANNEL_NAME);
    let kind = input.required_word("Type", ChannelType::from_word);
    let address = input
        .required_object("DeliveryAddress")
        .map(|address| address.required_text("SimpleAddress", &limits::ADDRESS));
    let is_deferred = input.flag("DeferActivation").unwrap_or(false);
    let token = idempotency_token(input);
    input.check()?;
    let Some(kind) = kind else {
        return Err(ServiceError::invalid("The contact channel has no type"));
    };
    if let Some(arn) = call.replayed(token.as_deref()) {
        return Ok(json!({ "ContactChannelArn": arn }));
    }
    let contact = contact::owned(call, &owner).map_err(|error| unknown_owner(call, error, &owner))?;
    if contact.kind != ContactType::Personal {
        return Err(ServiceError::invalid(format!(
            "Contact {owner} is not a PERSONAL contact"
        )));
    }
    let mut channel = Channel {
        id: String::new(),
        name,
        kind,
        address,
        status: ActivationStatus::NotActivated,
        codes: Vec::new(),
        wrong_code_count: 0,
        unsubscribed: false,
    };
    refuse_duplicate(call, &owner, &channel)?;
    channel.id = call.uuid();
    let owner = call.world.contact_arn(contact::found(call, &owner)?.0);
    let arn = channel_arn(&owner, &channel.id);
    if let Some(contact) = call.world.contact_mut(&owner) {
        contact.channels.push(channel);
    }
    if !is_deferred {
        activation::send_code(call, &arn);
    }
    call.remember(token.as_deref(), &arn);
    Ok(json!({ "ContactChannelArn": arn }))
}

fn get_contact_channel(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = channel_id(input);
    input.check()?;
    let channel = found(call, &arn)?;
    Ok(to_wire(&owner_of(call, &arn), channel))
}

fn update_contact_channel(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = channel_id(input);
    let name = input.text("Name", &limits::CHANNEL_NAME);
    let address = input
        .object("DeliveryAddress")
        .and_then(|address| address.text("SimpleAddress", &limits::ADDRESS));
    input.check()?;
    let mut changed = found(call, &arn)?.clone();
    if let Some(name) = name {
        changed.name = name;
    }
    if address.is_some() && address != changed.address {
        changed.address = address;
        if call.settings.address_change == AddressChange::Reset {
            changed.status = ActivationStatus::NotActivated;
            changed.codes.clear();
        }
    }
    refuse_duplicate(call, &owner_of(call, &arn), &changed)?;
    if let Some(channel) = call.world.channel_mut(&arn) {
        *channel = changed;
    }
    Ok(json!({}))
}

fn delete_contact_channel(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = channel_id(input);
    input.check()?;
    let id = found(call, &arn)?.id.clone();
    let owner = owner_of(call, &arn);
    if let Some(contact) = call.world.contact_mut(&owner) {
        contact.channels.retain(|channel| channel.id != id);
    }
    Ok(json!({}))
}

fn list_contact_channels(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactId", &limits::ARN);
    let pager = Pager::contacts(call, input)?;
    let channels = &contact::owned(call, &arn)?.channels;
    let owner = call.world.contact_arn(contact::found(call, &arn)?.0);
    let places = channels.iter().enumerate();
    let (page, token) = pager.cut(places.map(|(index, channel)| (place(index), channel)));
    Ok(listed(
        "ContactChannels",
        page.into_iter().map(|channel| to_wire(&owner, channel)).collect(),
        token,
    ))
}

/// Reads `ContactChannelId`.
pub(super) fn channel_id(input: &Reader<'_>) -> String {
    input.required_text("ContactChannelId", &limits::ARN)
}

/// Returns the channel with this ARN, or the error that there is none or that it is another account's.
pub(super) fn found<'a>(call: &'a Call<'_>, arn: &str) -> Result<&'a Channel, ServiceError> {
    if split(arn).is_some_and(|parts| parts.account != call.world.account) {
        return Err(call.denied(arn));
    }
    call.world
        .channel(arn)
        .ok_or_else(|| ServiceError::not_found(CHANNEL, arn))
}

/// Returns the ARN of the person that owns a channel.
fn owner_of(call: &Call<'_>, channel: &str) -> String {
    let alias = split(channel)
        .and_then(|parts| parts.channel())
        .map(|(alias, _)| alias)
        .unwrap_or_default();
    call.world.contact_arn(alias)
}

/// Gives the error of an unknown owner the type that the settings want.
fn unknown_owner(call: &Call<'_>, error: ServiceError, owner: &str) -> ServiceError {
    if error.kind == ErrorKind::ResourceNotFound && call.settings.unknown_owner == UnknownOwner::Validation {
        return ServiceError::invalid(format!("Invalid value provided - Invalid resource Arn {owner}"));
    }
    error
}

fn refuse_duplicate(call: &Call<'_>, owner: &str, new: &Channel) -> Result<(), ServiceError> {
    let (by_name, by_address) = match call.settings.duplicate_channel {
        DuplicateChannel::Allowed => (false, false),
        DuplicateChannel::Name => (true, false),
        DuplicateChannel::Address => (false, true),
        DuplicateChannel::Either => (true, true),
    };
    let collides = |old: &&Channel| {
        old.id != new.id
            && ((by_name && old.name == new.name)
                || (by_address && old.kind == new.kind && old.address.is_some() && old.address == new.address))
    };
    let channels = call
        .world
        .contact(owner)
        .map(|contact| contact.channels.as_slice())
        .unwrap_or_default();
    match channels.iter().find(collides) {
        None => Ok(()),
        Some(old) => {
            let arn = channel_arn(owner, &old.id);
            Err(conflict(
                format!("A contact channel like this already exists: {arn}"),
                CHANNEL,
                &arn,
            ))
        }
    }
}

fn to_wire(owner: &str, channel: &Channel) -> Value {
    let mut address = json!({});
    insert(&mut address, "SimpleAddress", channel.address.as_deref());
    json!({
        "ContactChannelArn": channel_arn(owner, &channel.id),
        "ContactArn": owner,
        "Name": channel.name,
        "Type": channel.kind.word(),
        "DeliveryAddress": address,
        "ActivationStatus": channel.status.word(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Settings, World, machine::Machine};

    const ANNA: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna";
    const PHONE: &str = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/1";

    fn machine(settings: Settings) -> Machine {
        let world = r#"{ "contacts": {
            "anna": { "type": "PERSONAL",
                "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/1" }] }] },
                "channels": [
                    { "id": "1", "name": "phone", "type": "SMS", "address": "+12065550100", "status": "ACTIVATED" } ] },
            "team": { "type": "ESCALATION" } } }"#;
        Machine::with(World::from_json(world).unwrap(), settings)
    }

    fn creation(owner: &str, address: &str) -> Value {
        json!({
            "ContactId": owner, "Name": "second phone", "Type": "SMS",
            "DeliveryAddress": { "SimpleAddress": address }, "DeferActivation": true,
        })
    }

    #[test]
    fn a_new_channel_belongs_to_its_contact_and_is_not_active() {
        let mut machine = machine(Settings::default());
        let made = machine
            .call("CreateContactChannel", &creation(ANNA, "+12065550101"))
            .unwrap();
        let arn = made["ContactChannelArn"].as_str().unwrap();
        assert!(
            arn.starts_with("arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/"),
            "{arn}"
        );
        let read = machine
            .call("GetContactChannel", &json!({ "ContactChannelId": arn }))
            .unwrap();
        assert_eq!(read["ActivationStatus"], "NOT_ACTIVATED");
        let listed = machine
            .call("ListContactChannels", &json!({ "ContactId": ANNA }))
            .unwrap();
        assert_eq!(listed["ContactChannels"][1], read);
        assert_eq!(machine.world.outbox, []);
    }

    #[test]
    fn duplicates_and_strangers_are_refused() {
        let mut machine = machine(Settings::default());
        let twin = machine
            .call("CreateContactChannel", &creation(ANNA, "+12065550100"))
            .unwrap_err();
        assert_eq!(
            (twin.kind, &twin.members["ResourceId"]),
            (ErrorKind::Conflict, &json!(PHONE))
        );
        for owner in ["nobody", "team"] {
            let owner = ANNA.replace("anna", owner);
            let error = machine
                .call("CreateContactChannel", &creation(&owner, "+12065550101"))
                .unwrap_err();
            assert_eq!(error.kind, ErrorKind::Validation);
        }
    }

    #[test]
    fn the_error_for_an_unknown_owner_is_the_one_that_was_asked_for() {
        let nobody = ANNA.replace("anna", "nobody");
        for (unknown_owner, kind) in [
            (UnknownOwner::Validation, ErrorKind::Validation),
            (UnknownOwner::NotFound, ErrorKind::ResourceNotFound),
        ] {
            let mut machine = machine(Settings {
                unknown_owner,
                ..Settings::default()
            });
            let made = machine.call("CreateContactChannel", &creation(&nobody, "+12065550101"));
            assert_eq!(made.unwrap_err().kind, kind);
        }
    }

    #[test]
    fn channels_collide_by_what_the_settings_say() {
        for (duplicate_channel, by_name, by_address) in [
            (DuplicateChannel::Allowed, false, false),
            (DuplicateChannel::Name, true, false),
            (DuplicateChannel::Address, false, true),
            (DuplicateChannel::Either, true, true),
        ] {
            let collides = |name: &str, address: &str| {
                let mut machine = machine(Settings {
                    duplicate_channel,
                    ..Settings::default()
                });
                let mut request = creation(ANNA, address);
                request["Name"] = json!(name);
                let kind = machine
                    .call("CreateContactChannel", &request)
                    .err()
                    .map(|error| error.kind);
                assert!(kind.is_none_or(|kind| kind == ErrorKind::Conflict), "{kind:?}");
                kind.is_some()
            };
            assert_eq!(collides("phone", "+12065550101"), by_name, "{duplicate_channel:?}");
            assert_eq!(collides("second", "+12065550100"), by_address, "{duplicate_channel:?}");
            assert!(!collides("second", "+12065550101"), "{duplicate_channel:?}");
        }
    }

    #[test]
    fn a_new_address_resets_the_activation_unless_told_otherwise() {
        let update = json!({ "ContactChannelId": PHONE, "DeliveryAddress": { "SimpleAddress": "+12065550199" } });
        for (address_change, status) in [
            (AddressChange::Reset, "NOT_ACTIVATED"),
            (AddressChange::Keep, "ACTIVATED"),
        ] {
            let mut machine = machine(Settings {
                address_change,
                ..Settings::default()
            });
            machine.call("UpdateContactChannel", &update).unwrap();
            let read = machine
                .call("GetContactChannel", &json!({ "ContactChannelId": PHONE }))
                .unwrap();
            assert_eq!(read["ActivationStatus"], status);
            assert_eq!(read["DeliveryAddress"]["SimpleAddress"], "+12065550199");
        }
    }

    #[test]
    fn a_deleted_channel_stays_in_the_plan() {
        let mut machine = machine(Settings::default());
        machine
            .call("DeleteContactChannel", &json!({ "ContactChannelId": PHONE }))
            .unwrap();
        let error = machine
            .call("GetContactChannel", &json!({ "ContactChannelId": PHONE }))
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResourceNotFound);
        let anna = machine.call("GetContact", &json!({ "ContactId": ANNA })).unwrap();
        let target = &anna["Plan"]["Stages"][0]["Targets"][0]["ChannelTargetInfo"];
        assert_eq!(target["ContactChannelId"], PHONE);
    }
}

//! A person's channels: eight operations, among them the ones that send and take activation codes.

use serde_json::{Value, json};

use super::{
    call::Call,
    contacts::{self, insert, listed},
    error::ServiceError,
    input::Reader,
    limits,
    operations::{Operation, RateClass},
    pages::{Pager, place},
    world::{Channel, channel_arn},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[Operation::reads(
    "ListContactChannels",
    RateClass::ContactReads,
    "Lists a person's channels with addresses and activation.",
    list_contact_channels,
)];

fn list_contact_channels(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactId", &limits::ARN);
    let pager = Pager::contacts(call, input)?;
    let (key, contact) = contacts::found(call, &arn)?;
    let owner = call.world.contact_arn(key);
    if !call.world.owns(&owner) {
        return Err(call.denied(&owner));
    }
    let places = contact.channels.iter().enumerate();
    let (page, token) = pager.cut(places.map(|(index, channel)| (place(index), channel)));
    let channels = page.into_iter().map(|channel| entry(&owner, channel)).collect();
    Ok(listed("ContactChannels", channels, token))
}

fn entry(owner: &str, channel: &Channel) -> Value {
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

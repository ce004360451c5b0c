//! Every operation of ssm-contacts, each with what comes back.

use std::collections::BTreeSet;

use aws_sdk_ssmcontacts::{
    Client,
    operation::RequestId as _,
    primitives::DateTime,
    types::{
        AcceptCodeValidation, AcceptType, ActivationStatus, ChannelTargetInfo, ChannelType, ContactChannelAddress,
        ContactType, CoverageTime, DayOfWeek, HandOffTime, Plan, PreviewOverride, Receipt, ReceiptType,
        RecurrenceSettings, ResolutionContact, ShiftType, Stage, Tag, Target, TimeRange, WeeklySetting,
    },
};
use callsheet::emulator::{
    Emulator, Settings,
    operations::{self, Service},
};

use super::{NOON, arn, ask, client, client_in, http_client, pinned, refusal, started};

#[tokio::test]
async fn the_sdk_drives_every_operation() {
    let emulator = started(pinned()).await;
    let client = client(&emulator);
    contacts(&client).await;
    policies_and_tags(&client).await;
    channels(&client, &emulator).await;
    paging(&client, &emulator).await;
    rotations(&client).await;
    overrides(&client).await;

    let seen = emulator.calls();
    assert!(seen.iter().all(|call| call.status == Some(200)), "{seen:?}");
    let driven: BTreeSet<&str> = seen.iter().map(|call| call.operation.as_str()).collect();
    let listed: BTreeSet<&str> = operations::all()
        .filter(|operation| operation.service == Service::Contacts)
        .map(|operation| operation.name)
        .collect();
    assert_eq!(driven, listed);
    emulator.stop().await;
}

async fn contacts(client: &Client) {
    let request = client.create_contact().alias("cora").r#type(ContactType::Personal);
    let made = request
        .plan(Plan::builder().build())
        .display_name("Cora")
        .send()
        .await
        .unwrap();
    assert_eq!(made.contact_arn(), arn("contact/cora"));

    let channel = ChannelTargetInfo::builder().contact_channel_id(arn("contact-channel/cora/none"));
    let target = Target::builder().channel_target_info(channel.retry_interval_in_minutes(1).build().unwrap());
    let stage = Stage::builder()
        .duration_in_minutes(5)
        .targets(target.build())
        .build()
        .unwrap();
    let plan = Plan::builder().stages(stage).build();
    client
        .update_contact()
        .contact_id(made.contact_arn())
        .plan(plan.clone())
        .send()
        .await
        .unwrap();
    let read = client
        .get_contact()
        .contact_id(made.contact_arn())
        .send()
        .await
        .unwrap();
    assert_eq!((read.plan(), read.display_name()), (Some(&plan), Some("Cora")));

    let mut pages = client.list_contacts().into_paginator().page_size(2).send();
    let mut aliases = Vec::new();
    let mut request_ids = BTreeSet::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        request_ids.insert(page.request_id().unwrap().to_owned());
        aliases.extend(page.contacts().iter().map(|contact| contact.alias().to_owned()));
    }
    assert_eq!(aliases, ["anna", "ben", "cora", "primary", "team"]);
    assert_eq!(request_ids.len(), 3);

    client
        .delete_contact()
        .contact_id(made.contact_arn())
        .send()
        .await
        .unwrap();
    let plans = client
        .list_contacts()
        .r#type(ContactType::Escalation)
        .send()
        .await
        .unwrap();
    assert_eq!(plans.contacts().len(), 1);
}

async fn policies_and_tags(client: &Client) {
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    client
        .put_contact_policy()
        .contact_arn(arn("contact/team"))
        .policy(policy)
        .send()
        .await
        .unwrap();
    let read = client
        .get_contact_policy()
        .contact_arn(arn("contact/team"))
        .send()
        .await
        .unwrap();
    assert_eq!(read.policy(), Some(policy));

    let tag = Tag::builder().key("seen").value("2026-03-02").build();
    client
        .tag_resource()
        .resource_arn(arn("rotation/day"))
        .tags(tag.clone())
        .send()
        .await
        .unwrap();
    let listed = client
        .list_tags_for_resource()
        .resource_arn(arn("rotation/day"))
        .send()
        .await
        .unwrap();
    assert_eq!(listed.tags(), [tag]);
    client
        .untag_resource()
        .resource_arn(arn("rotation/day"))
        .tag_keys("seen")
        .send()
        .await
        .unwrap();
}

async fn channels(client: &Client, emulator: &Emulator) {
    let address = ContactChannelAddress::builder()
        .simple_address("ben@example.com")
        .build();
    let request = client
        .create_contact_channel()
        .contact_id(arn("contact/ben"))
        .name("mail");
    let made = request
        .r#type(ChannelType::Email)
        .delivery_address(address)
        .send()
        .await
        .unwrap();
    let mail = made.contact_channel_arn();

    let first = emulator.outbox().pop().unwrap();
    assert_eq!((first.channel.as_str(), first.to.as_str()), (mail, "ben@example.com"));
    client
        .send_activation_code()
        .contact_channel_id(mail)
        .send()
        .await
        .unwrap();
    let newest = emulator.outbox().pop().unwrap().code.unwrap();
    let request = client.activate_contact_channel().contact_channel_id(mail);
    request.activation_code(newest).send().await.unwrap();
    let read = client
        .get_contact_channel()
        .contact_channel_id(mail)
        .send()
        .await
        .unwrap();
    assert_eq!(read.activation_status(), Some(&ActivationStatus::Activated));

    client
        .update_contact_channel()
        .contact_channel_id(mail)
        .name("office mail")
        .send()
        .await
        .unwrap();
    client
        .deactivate_contact_channel()
        .contact_channel_id(mail)
        .send()
        .await
        .unwrap();
    let listed = client
        .list_contact_channels()
        .contact_id(arn("contact/ben"))
        .send()
        .await
        .unwrap();
    let [entry] = listed.contact_channels() else {
        panic!("{listed:?}")
    };
    assert_eq!(
        (entry.name(), entry.activation_status()),
        ("office mail", &ActivationStatus::NotActivated)
    );
    client
        .delete_contact_channel()
        .contact_channel_id(mail)
        .send()
        .await
        .unwrap();
}

async fn paging(client: &Client, emulator: &Emulator) {
    let request = client
        .start_engagement()
        .contact_id(arn("contact/team"))
        .sender("the tests");
    let started = request
        .subject("Disk full")
        .content("On db-1")
        .public_subject("Look")
        .send()
        .await
        .unwrap();
    let engagement = started.engagement_arn();
    let described = client
        .describe_engagement()
        .engagement_id(engagement)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (described.subject(), described.start_time()),
        ("Disk full", Some(&DateTime::from_secs(NOON)))
    );
    let window = TimeRange::builder().start_time(DateTime::from_secs(NOON)).build();
    let listed = client.list_engagements().time_range_value(window).send().await.unwrap();
    assert_eq!(listed.engagements().len(), 1);

    let pages = client
        .list_pages_by_engagement()
        .engagement_id(engagement)
        .send()
        .await
        .unwrap();
    let page = pages.pages()[0].page_arn();
    let by_contact = client
        .list_pages_by_contact()
        .contact_id(pages.pages()[0].contact_arn())
        .send()
        .await
        .unwrap();
    assert_eq!(by_contact.pages(), pages.pages());
    let resolutions = client.list_page_resolutions().page_id(page).send().await.unwrap();
    let path: Vec<&ContactType> = resolutions
        .page_resolutions()
        .iter()
        .map(ResolutionContact::r#type)
        .collect();
    assert_eq!(
        path,
        [
            &ContactType::Escalation,
            &ContactType::OncallSchedule,
            &ContactType::Personal
        ]
    );

    let code = emulator.outbox().pop().unwrap().code.unwrap();
    let request = client
        .accept_page()
        .page_id(page)
        .accept_type(AcceptType::Read)
        .accept_code(code);
    request
        .accept_code_validation(AcceptCodeValidation::Enforce)
        .send()
        .await
        .unwrap();
    let described = client.describe_page().page_id(page).send().await.unwrap();
    assert_eq!(described.read_time(), Some(&DateTime::from_secs(NOON)));
    let receipts = client.list_page_receipts().page_id(page).send().await.unwrap();
    let kinds: Vec<&ReceiptType> = receipts.receipts().iter().map(Receipt::receipt_type).collect();
    assert_eq!(kinds, [&ReceiptType::Delivered, &ReceiptType::Read, &ReceiptType::Sent]);
    client
        .stop_engagement()
        .engagement_id(engagement)
        .reason("done")
        .send()
        .await
        .unwrap();
}

/// Returns Mondays at half past nine, covered in office hours.
fn mondays() -> RecurrenceSettings {
    let time = |hour, minute| HandOffTime::builder().hour_of_day(hour).minute_of_hour(minute).build();
    let monday = WeeklySetting::builder()
        .day_of_week(DayOfWeek::Mon)
        .hand_off_time(time(9, 30));
    let office = CoverageTime::builder().start(time(9, 0)).end(time(17, 0)).build();
    RecurrenceSettings::builder()
        .number_of_on_calls(1)
        .recurrence_multiplier(1)
        .weekly_settings(monday.build().unwrap())
        .shift_coverages(DayOfWeek::Mon, vec![office])
        .build()
        .unwrap()
}

async fn rotations(client: &Client) {
    let request = client
        .create_rotation()
        .name("mondays")
        .contact_ids(arn("contact/anna"));
    let request = request
        .time_zone_id("America/New_York")
        .start_time(DateTime::from_secs(NOON));
    let made = request.recurrence(mondays()).send().await.unwrap();
    let rotation = made.rotation_arn();
    let read = client.get_rotation().rotation_id(rotation).send().await.unwrap();
    assert_eq!(
        (read.recurrence(), read.start_time()),
        (Some(&mondays()), &DateTime::from_secs(NOON))
    );
    let request = client.update_rotation().rotation_id(rotation).recurrence(mondays());
    request.contact_ids(arn("contact/ben")).send().await.unwrap();
    let listed = client
        .list_rotations()
        .rotation_name_prefix("mon")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.rotations()[0].contact_ids(), [arn("contact/ben")]);
    client.delete_rotation().rotation_id(rotation).send().await.unwrap();

    let until = DateTime::from_secs(NOON + 7 * 86_400);
    let replacement = PreviewOverride::builder().new_members("cora");
    let replacement = replacement
        .start_time(DateTime::from_secs(NOON))
        .end_time(until)
        .build();
    let request = client
        .list_preview_rotation_shifts()
        .members("anna")
        .time_zone_id("UTC")
        .recurrence(mondays());
    let request = request
        .rotation_start_time(DateTime::from_secs(NOON))
        .end_time(until)
        .overrides(replacement);
    let previewed = request.send().await.unwrap();
    let shift = &previewed.rotation_shifts()[0];
    assert_eq!(shift.contact_ids(), ["cora"]);
    assert_eq!(shift.shift_details().unwrap().overridden_contact_ids(), ["anna"]);
}

async fn overrides(client: &Client) {
    let (start, end) = (DateTime::from_secs(NOON), DateTime::from_secs(NOON + 3600));
    let request = client.create_rotation_override().rotation_id(arn("rotation/day"));
    let request = request
        .new_contact_ids(arn("contact/ben"))
        .start_time(start)
        .end_time(end);
    let made = request.send().await.unwrap();
    let id = made.rotation_override_id();
    let request = client.get_rotation_override().rotation_id(arn("rotation/day"));
    let read = request.rotation_override_id(id).send().await.unwrap();
    assert_eq!(read.new_contact_ids(), [arn("contact/ben")]);
    let request = client.list_rotation_overrides().rotation_id(arn("rotation/day"));
    let listed = request.start_time(start).end_time(end).send().await.unwrap();
    assert_eq!(listed.rotation_overrides()[0].create_time(), &start);
    let request = client.list_rotation_shifts().rotation_id(arn("rotation/day"));
    let shifts = request.start_time(start).end_time(end).send().await.unwrap();
    assert_eq!(shifts.rotation_shifts()[0].r#type(), Some(&ShiftType::Overridden));
    let request = client.delete_rotation_override().rotation_id(arn("rotation/day"));
    request.rotation_override_id(id).send().await.unwrap();
}

#[tokio::test]
async fn strangers_are_told_that_there_is_no_account() {
    let emulator = started(pinned()).await;
    let elsewhere = client_in(&emulator, "eu-north-1").list_contacts().send().await;
    let expected = ("ValidationException", 400, "Account not found for the request");
    let (kind, status, message) = refusal(elsewhere);
    assert_eq!((kind.as_str(), status, message.as_str()), expected);
    let mut settings = pinned();
    settings.set("onboarded", "off").unwrap();
    let emulator = started(settings).await;
    let (kind, status, message) = refusal(client(&emulator).list_rotations().send().await);
    assert_eq!((kind.as_str(), status, message.as_str()), expected);
}

#[tokio::test]
async fn both_published_columns_of_statuses_are_spoken() {
    for (column, status) in [("api-reference", 400), ("smithy", 404)] {
        let mut settings = pinned();
        settings.set("error-statuses", column).unwrap();
        let emulator = started(settings).await;
        let result = client(&emulator)
            .get_contact()
            .contact_id(arn("contact/nobody"))
            .send()
            .await;
        let not_found = result.unwrap_err();
        assert_eq!(not_found.raw_response().unwrap().status().as_u16(), status);
        assert!(not_found.into_service_error().is_resource_not_found_exception());
    }
}

#[tokio::test]
async fn a_first_page_may_be_empty() {
    let mut settings = pinned();
    settings.set("empty-first-page", "on").unwrap();
    let emulator = started(settings).await;
    let client = client(&emulator);
    let first = client.list_contacts().send().await.unwrap();
    assert_eq!(first.contacts().len(), 0);
    let second = client
        .list_contacts()
        .set_next_token(first.next_token)
        .send()
        .await
        .unwrap();
    assert_eq!((second.contacts().len(), second.next_token()), (4, None));
}

#[tokio::test]
async fn the_caller_learns_its_account() {
    let emulator = started(Settings {
        user: "o'brien & co".to_owned(),
        ..pinned()
    })
    .await;
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .region(aws_sdk_sts::config::Region::new("eu-west-1"))
        .credentials_provider(super::credentials())
        .endpoint_url(emulator.url())
        .http_client(http_client())
        .build();
    let identity = aws_sdk_sts::Client::from_conf(config)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(identity.account(), Some("111122223333"));
    assert_eq!(identity.arn(), Some("arn:aws:iam::111122223333:user/o'brien & co"));
}

#[tokio::test]
async fn the_back_door_plays_the_device_and_the_clock() {
    let emulator = started(pinned()).await;
    let phone = arn("contact-channel/anna/1");
    let client = client(&emulator);
    client
        .send_activation_code()
        .contact_channel_id(&phone)
        .send()
        .await
        .unwrap();
    let (status, outbox) = ask(&emulator, "GET /_emulator/outbox", "").await;
    assert_eq!((status, outbox[0]["to"].as_str()), (200, Some("+12065550100")));
    let (_, calls) = ask(&emulator, "GET /_emulator/calls", "").await;
    assert_eq!(calls[0]["operation"], "SendActivationCode");
    let (_, clock) = ask(&emulator, "POST /_emulator/clock", r#"{"advance_seconds": 60}"#).await;
    assert_eq!(clock["now"], "2026-03-02T12:01:00Z");
    let body = format!(r#"{{"channel": "{phone}"}}"#);
    assert_eq!(ask(&emulator, "POST /_emulator/unsubscribe", &body).await.0, 200);
    let (_, state) = ask(&emulator, "GET /_emulator/state", "").await;
    assert_eq!(state["contacts"]["anna"]["channels"][0]["unsubscribed"], true);
    assert_eq!(ask(&emulator, "POST /_emulator/reset", "").await.0, 200);
    let (_, state) = ask(&emulator, "GET /_emulator/state", "").await;
    assert_eq!(state["contacts"]["anna"]["channels"][0].get("unsubscribed"), None);
    assert_eq!(ask(&emulator, "GET /_emulator/pizza", "").await.0, 404);
}

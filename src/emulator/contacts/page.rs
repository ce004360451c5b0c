//! Pages: the paging of one person within an engagement, with its receipts.

use serde_json::{Value, json};

use super::{
    contact,
    engagement::{self, insert_message, newest_first},
    insert, limits, listed, walk,
};
use crate::emulator::{
    call::Call,
    error::ServiceError,
    input::{Reader, seconds},
    operations::{
        Operation,
        RateClass::{ContactReads, Describe, Engage, ListEngagements, ListPages},
    },
    pager::{Pager, place},
    settings::{CodeValidation, Receipts},
    world::{Page, Receipt, ReceiptType},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::writes("AcceptPage", Engage, "Acknowledges a page.", accept_page),
    Operation::reads(
        "DescribePage",
        Describe,
        "Reads one page with its message.",
        describe_page,
    ),
    Operation::reads(
        "ListPagesByContact",
        ListPages,
        "Lists the pages of one person, newest first.",
        list_by_contact,
    ),
    Operation::reads(
        "ListPagesByEngagement",
        ListEngagements,
        "Lists the pages of one engagement.",
        list_by_engagement,
    ),
    Operation::reads(
        "ListPageReceipts",
        ListPages,
        "Lists what happened to a page.",
        list_receipts,
    ),
    Operation::reads(
        "ListPageResolutions",
        ContactReads,
        "Lists the way from the engaged to the person.",
        list_resolutions,
    ),
];

fn accept_page(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = page_id(input);
    let kind = input.required_word("AcceptType", accept_type);
    let code = input.required_text("AcceptCode", &limits::CODE);
    let channel = input.text("ContactChannelId", &limits::ARN);
    input.text("Note", &limits::NOTE);
    let validation = input.word("AcceptCodeValidation", code_validation);
    input.check()?;
    let validation = validation.unwrap_or(call.settings.absent_code_validation);
    let (id, page) = found(call, &arn)?;
    if validation == CodeValidation::Enforce && !page.accept_codes.contains(&code) {
        return Err(ServiceError::invalid("The accept code is invalid"));
    }
    let (id, now) = (id.to_owned(), call.now);
    let kind = kind.unwrap_or(ReceiptType::Read);
    let Some(page) = call.world.pages.get_mut(&id) else {
        return Ok(json!({}));
    };
    page.receipts.push(Receipt {
        kind,
        time: now,
        channel,
        info: Some(code),
    });
    if kind == ReceiptType::Read {
        page.read_time.get_or_insert(now);
        let page = page.clone();
        walk::acknowledge(call.world, &page);
    } else {
        page.delivery_time.get_or_insert(now);
    }
    Ok(json!({}))
}

fn accept_type(word: &str) -> Option<ReceiptType> {
    match word {
        "DELIVERED" => Some(ReceiptType::Delivered),
        "READ" => Some(ReceiptType::Read),
        _ => None,
    }
}

fn code_validation(word: &str) -> Option<CodeValidation> {
    match word {
        "IGNORE" => Some(CodeValidation::Ignore),
        "ENFORCE" => Some(CodeValidation::Enforce),
        _ => None,
    }
}

fn describe_page(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = page_id(input);
    input.check()?;
    let (id, page) = found(call, &arn)?;
    let mut answer = to_wire(call, id, page);
    if let Some(engagement) = call.world.engagements.get(&page.engagement) {
        insert_message(&mut answer, engagement);
    }
    Ok(answer)
}

fn list_by_contact(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("ContactId", &limits::ARN);
    let pager = Pager::contacts(call, input)?;
    contact::found(call, &arn)?;
    let key = call.world.contact_key(&arn);
    Ok(list_pages(call, pager, |page| {
        call.world.contact_key(&page.contact) == key
    }))
}

fn list_by_engagement(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = input.required_text("EngagementId", &limits::ARN);
    let pager = Pager::contacts(call, input)?;
    let (id, _) = engagement::found(call, &arn)?;
    Ok(list_pages(call, pager, |page| page.engagement == id))
}

fn list_pages(call: &Call<'_>, pager: Pager, matches: impl Fn(&Page) -> bool) -> Value {
    let matching = call.world.pages.iter().filter(|(_, page)| matches(page));
    let sent_at = |page: &Page| page.sent_time.map(|at| at.timestamp_millis()).unwrap_or_default();
    let mut matching: Vec<_> = matching
        .map(|(id, page)| (newest_first(sent_at(page), id), (id, page)))
        .collect();
    matching.sort_by(|one, other| one.0.cmp(&other.0));
    let (page, token) = pager.cut(matching.into_iter());
    listed(
        "Pages",
        page.into_iter().map(|(id, page)| to_wire(call, id, page)).collect(),
        token,
    )
}

fn list_receipts(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = page_id(input);
    let pager = Pager::contacts(call, input)?;
    let (_, page) = found(call, &arn)?;
    let is_untidy = call.settings.receipts == Receipts::Untidy;
    let mut receipts: Vec<&Receipt> = page.receipts.iter().collect();
    if is_untidy {
        receipts.sort_by_key(|receipt| receipt.kind.word());
    } else {
        receipts.sort_by_key(|receipt| receipt.time);
    }
    let (page, token) = pager.cut(
        receipts
            .into_iter()
            .enumerate()
            .map(|(index, receipt)| (place(index), receipt)),
    );
    let entry = |receipt: &Receipt| {
        let mut entry = json!({ "ReceiptType": receipt.kind.word(), "ReceiptTime": seconds(receipt.time) });
        let hides_channel = is_untidy && receipt.kind == ReceiptType::Read;
        insert(
            &mut entry,
            "ContactChannelArn",
            receipt.channel.as_deref().filter(|_| !hides_channel),
        );
        insert(&mut entry, "ReceiptInfo", receipt.info.as_deref());
        entry
    };
    Ok(listed("Receipts", page.into_iter().map(entry).collect(), token))
}

fn list_resolutions(call: &mut Call<'_>, input: &Reader<'_>) -> Result<Value, ServiceError> {
    let arn = page_id(input);
    let pager = Pager::contacts(call, input)?;
    let (_, page) = found(call, &arn)?;
    let steps = page.resolutions.iter().enumerate();
    let (page, token) = pager.cut(steps.map(|(index, step)| (place(index), step)));
    let entries = page.into_iter().map(|step| {
        let mut entry = json!({ "ContactArn": step.contact, "Type": step.kind.word() });
        insert(&mut entry, "StageIndex", step.stage);
        entry
    });
    Ok(listed("PageResolutions", entries.collect(), token))
}

/// Reads `PageId`.
fn page_id(input: &Reader<'_>) -> String {
    input.required_text("PageId", &limits::ARN)
}

/// Returns the page with this ARN and its id, or the error that there is none.
fn found<'a>(call: &'a Call<'_>, arn: &str) -> Result<(&'a str, &'a Page), ServiceError> {
    let entry = call
        .world
        .contacts_id(arn, "page")
        .and_then(|id| call.world.pages.get_key_value(id));
    entry
        .map(|(id, page)| (id.as_str(), page))
        .ok_or_else(|| ServiceError::not_found("PAGE", arn))
}

fn to_wire(call: &Call<'_>, id: &str, page: &Page) -> Value {
    let alias = contact::alias_of(&page.contact);
    let mut answer = json!({
        "PageArn": call.world.contacts_arn(&format!("page/{alias}/{id}")),
        "ContactArn": page.contact,
    });
    if let Some(engagement) = call.world.engagements.get(&page.engagement) {
        let engagement_arn = walk::engagement_arn(call.world, &page.engagement, engagement);
        insert(&mut answer, "EngagementArn", Some(engagement_arn));
        insert(&mut answer, "Sender", Some(engagement.sender.as_str()));
        insert(&mut answer, "IncidentId", engagement.incident_id.as_deref());
    }
    insert(&mut answer, "SentTime", page.sent_time.map(seconds));
    insert(&mut answer, "DeliveryTime", page.delivery_time.map(seconds));
    insert(&mut answer, "ReadTime", page.read_time.map(seconds));
    answer
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::emulator::{
        Settings, World,
        machine::Machine,
        settings::{DanglingChannel, Switch},
    };

    const WORLD: &str = r#"{
        "contacts": {
            "anna": { "type": "PERSONAL",
                "plan": { "stages": [
                    { "minutes": 5, "targets": [{ "channel": "contact-channel/anna/sms", "retry_minutes": 2 }] },
                    { "minutes": 0, "targets": [{ "channel": "contact-channel/anna/mail" }] } ] },
                "channels": [
                    { "id": "sms", "name": "phone", "type": "SMS", "address": "+12065550100", "status": "ACTIVATED" },
                    { "id": "mail", "name": "mail", "type": "EMAIL", "address": "anna@example.com", "status": "ACTIVATED" } ] },
            "ben": { "type": "PERSONAL",
                "plan": { "stages": [{ "minutes": 5, "targets": [
                    { "channel": "contact-channel/ben/gone" }, { "channel": "contact-channel/ben/sms" }] }] },
                "channels": [
                    { "id": "sms", "name": "phone", "type": "SMS", "address": "+12065550101", "status": "ACTIVATED" } ] },
            "primary": { "type": "ONCALL_SCHEDULE", "plan": { "rotation_ids": ["rotation/week"] } },
            "team": { "type": "ESCALATION", "plan": { "stages": [
                { "minutes": 10, "targets": [{ "contact": "contact/primary", "essential": true }] },
                { "minutes": 10, "targets": [{ "contact": "contact/ben", "essential": false },
                                             { "contact": "contact/team" }] } ] } }
        },
        "rotations": {
            "week": { "name": "week", "contact_ids": ["contact/anna"], "time_zone": "UTC",
                      "start_time": "2026-01-05T09:00:00Z", "recurrence": { "daily": ["09:00"] } }
        }
    }"#;

    fn arn(alias: &str) -> String {
        World::default().contacts_arn(&format!("contact/{alias}"))
    }

    fn engaged(alias: &str, settings: Settings) -> (Machine, Value) {
        let mut machine = Machine::with(World::from_json(WORLD).unwrap(), settings);
        let request = json!({
            "ContactId": arn(alias), "Sender": "tester", "Subject": "Disk full", "Content": "On db-1",
            "PublicSubject": "Please look",
        });
        let engagement = machine.call("StartEngagement", &request).unwrap()["EngagementArn"].clone();
        (machine, engagement)
    }

    fn only_page(machine: &mut Machine, engagement: &Value) -> Value {
        let pages = machine
            .call("ListPagesByEngagement", &json!({ "EngagementId": engagement }))
            .unwrap();
        assert_eq!(pages["Pages"].as_array().unwrap().len(), 1, "{pages}");
        pages["Pages"][0].clone()
    }

    fn receipts(machine: &mut Machine, page: &Value) -> Vec<String> {
        let listed = machine
            .call("ListPageReceipts", &json!({ "PageId": page["PageArn"] }))
            .unwrap();
        let word = |receipt: &Value| receipt["ReceiptType"].as_str().unwrap().to_owned();
        listed["Receipts"].as_array().unwrap().iter().map(word).collect()
    }

    #[test]
    fn a_plan_is_walked_through_its_schedule_to_the_person_on_call() {
        let (mut machine, engagement) = engaged("team", Settings::default());
        let page = only_page(&mut machine, &engagement);
        assert_eq!(page["ContactArn"], arn("anna"));
        let resolutions = machine
            .call("ListPageResolutions", &json!({ "PageId": page["PageArn"] }))
            .unwrap();
        assert_eq!(
            resolutions["PageResolutions"],
            json!([
                { "ContactArn": arn("team"), "Type": "ESCALATION", "StageIndex": 0 },
                { "ContactArn": arn("primary"), "Type": "ONCALL_SCHEDULE" },
                { "ContactArn": arn("anna"), "Type": "PERSONAL" },
            ])
        );
        let arrival = machine.world.outbox.last().unwrap();
        let code = arrival.code.clone().unwrap();
        assert_eq!(arrival.text, format!("Please look\nReply {code} to acknowledge."));
    }

    #[test]
    fn one_page_spans_repeats_and_channels_and_its_sent_time_moves() {
        let (mut machine, engagement) = engaged("anna", Settings::default());
        let first = only_page(&mut machine, &engagement);
        machine.advance(TimeDelta::minutes(6));
        let later = only_page(&mut machine, &engagement);
        assert_eq!(later["PageArn"], first["PageArn"]);
        let moved = later["SentTime"].as_i64().unwrap() - first["SentTime"].as_i64().unwrap();
        assert_eq!(moved, 300);
        // Three texts at 0, 2 and 4 minutes and a mail at 5, whose delivery nobody confirms; sorted by type.
        let listed = receipts(&mut machine, &later);
        assert_eq!(
            listed,
            ["DELIVERED", "DELIVERED", "DELIVERED", "SENT", "SENT", "SENT", "SENT"]
        );
        assert_eq!(machine.world.outbox.len(), 4);
    }

    #[test]
    fn an_acknowledgement_takes_the_code_that_was_sent_and_ends_the_plan() {
        let (mut machine, engagement) = engaged("team", Settings::default());
        let page = only_page(&mut machine, &engagement);
        let code = machine.world.outbox.last().unwrap().code.clone().unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let mut accept = json!({
            "PageId": page["PageArn"], "AcceptType": "READ", "AcceptCode": wrong, "AcceptCodeValidation": "ENFORCE",
            "ContactChannelId": World::default().contacts_arn("contact-channel/anna/sms"),
        });
        machine.call("AcceptPage", &accept).unwrap_err();
        accept["AcceptCode"] = json!(code);
        machine.call("AcceptPage", &accept).unwrap();
        let arrived_count = machine.world.outbox.len();
        machine.advance(TimeDelta::hours(1));
        let page = only_page(&mut machine, &engagement);
        assert_eq!(page["ReadTime"], 1_772_452_800);
        assert_eq!(machine.world.outbox.len(), arrived_count);
        let listed = machine
            .call("ListPageReceipts", &json!({ "PageId": page["PageArn"] }))
            .unwrap();
        let read = &listed["Receipts"][1];
        assert_eq!(
            (&read["ReceiptType"], read.get("ContactChannelArn")),
            (&json!("READ"), None)
        );
    }

    #[test]
    fn tidy_receipts_come_by_time_and_name_their_channels() {
        let (mut machine, engagement) = engaged(
            "anna",
            Settings {
                receipts: Receipts::Tidy,
                ..Settings::default()
            },
        );
        let page = only_page(&mut machine, &engagement);
        let code = machine.world.outbox.last().unwrap().code.clone().unwrap();
        machine.advance(TimeDelta::minutes(1));
        let channel = World::default().contacts_arn("contact-channel/anna/sms");
        let accept = json!({
            "PageId": page["PageArn"], "AcceptType": "READ", "AcceptCode": code, "ContactChannelId": channel,
        });
        machine.call("AcceptPage", &accept).unwrap();
        let listed = machine
            .call("ListPageReceipts", &json!({ "PageId": page["PageArn"] }))
            .unwrap();
        let listed = listed["Receipts"].as_array().unwrap();
        let kinds: Vec<&Value> = listed.iter().map(|receipt| &receipt["ReceiptType"]).collect();
        assert_eq!(kinds, ["SENT", "DELIVERED", "READ"]);
        assert!(
            listed.iter().all(|receipt| receipt["ContactChannelArn"] == channel),
            "{listed:?}"
        );
    }

    #[test]
    fn a_wrong_accept_code_passes_or_not_when_nothing_is_said_of_it() {
        for (absent_code_validation, passes) in [(CodeValidation::Ignore, true), (CodeValidation::Enforce, false)] {
            let (mut machine, engagement) = engaged(
                "anna",
                Settings {
                    absent_code_validation,
                    ..Settings::default()
                },
            );
            let page = only_page(&mut machine, &engagement);
            let accept = json!({ "PageId": page["PageArn"], "AcceptType": "READ", "AcceptCode": "9999999" });
            assert_eq!(machine.call("AcceptPage", &accept).is_ok(), passes);
        }
    }

    #[test]
    fn mail_is_said_to_be_delivered_only_when_asked_for() {
        for (mail_delivered, count) in [(Switch::Off, 0), (Switch::On, 1)] {
            let (mut machine, engagement) = engaged(
                "anna",
                Settings {
                    mail_delivered,
                    ..Settings::default()
                },
            );
            machine.advance(TimeDelta::minutes(6));
            let page = only_page(&mut machine, &engagement);
            let listed = machine
                .call("ListPageReceipts", &json!({ "PageId": page["PageArn"] }))
                .unwrap();
            let mail = World::default().contacts_arn("contact-channel/anna/mail");
            let delivered = listed["Receipts"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|receipt| receipt["ReceiptType"] == "DELIVERED" && receipt["ContactChannelArn"] == mail);
            assert_eq!(delivered.count(), count);
        }
    }

    #[test]
    fn a_stop_ends_what_is_still_to_come() {
        let (mut machine, engagement) = engaged("anna", Settings::default());
        machine
            .call(
                "StopEngagement",
                &json!({ "EngagementId": engagement, "Reason": "a test" }),
            )
            .unwrap();
        machine.advance(TimeDelta::hours(1));
        let page = only_page(&mut machine, &engagement);
        assert_eq!(receipts(&mut machine, &page), ["DELIVERED", "SENT", "STOP"]);
        let described = machine
            .call("DescribeEngagement", &json!({ "EngagementId": engagement }))
            .unwrap();
        assert_eq!(
            (&described["StopTime"], &described["Subject"]),
            (&json!(1_772_452_800), &json!("Disk full"))
        );
        let described = machine
            .call("DescribePage", &json!({ "PageId": page["PageArn"] }))
            .unwrap();
        assert_eq!(
            (&described["Content"], &described["EngagementArn"]),
            (&json!("On db-1"), &engagement)
        );
    }

    #[test]
    fn a_dangling_channel_silences_its_stage_unless_told_otherwise() {
        for (dangling_channel, count) in [(DanglingChannel::SkipsStage, 0), (DanglingChannel::SkipsChannel, 1)] {
            let (machine, _) = engaged(
                "ben",
                Settings {
                    dangling_channel,
                    ..Settings::default()
                },
            );
            assert_eq!(machine.world.outbox.len(), count);
        }
    }

    #[test]
    fn engagements_are_listed_newest_first_by_window_and_incident() {
        let (mut machine, _) = engaged("anna", Settings::default());
        machine.advance(TimeDelta::hours(1));
        let incident = "arn:aws:ssm-incidents::111122223333:incident-record/plan/1";
        let request = json!({
            "ContactId": arn("anna"), "Sender": "s", "Subject": "s", "Content": "c", "IncidentId": incident,
        });
        let second = machine.call("StartEngagement", &request).unwrap()["EngagementArn"].clone();
        let mut listed = |request: Value| machine.call("ListEngagements", &request).unwrap()["Engagements"].clone();
        assert_eq!(listed(json!({}))[0]["EngagementArn"], second);
        assert_eq!(listed(json!({ "IncidentId": incident })).as_array().unwrap().len(), 1);
        let early = json!({ "TimeRangeValue": { "StartTime": 1_772_452_800, "EndTime": 1_772_452_860 } });
        assert_ne!(listed(early)[0]["EngagementArn"], second);
        let pages = machine
            .call(
                "ListPagesByContact",
                &json!({ "ContactId": arn("anna"), "MaxResults": 1 }),
            )
            .unwrap();
        assert_eq!(pages["Pages"][0]["EngagementArn"], second);
        assert!(pages["NextToken"].is_string());
    }
}

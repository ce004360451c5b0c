//! Incident records, what belongs to them, and who is engaged.

use aws_sdk_ssmcontacts::config::Region;
use aws_sdk_ssmincidents::types::{
    AttributeValueList, ChatChannel, Condition, Filter, FindingSummary, IncidentRecordStatus, ItemIdentifier, ItemType,
    ItemValue, NotificationTargetItem, RelatedItem, RelatedItemsUpdate, TriggerDetails,
};
use aws_smithy_types::DateTime;
use callsheet::emulator::Settings;

use super::{Bench, contact, credentials, http_client, plan_arn, refused, template, topic};

#[tokio::test]
async fn who_may_not_engage_may_not_start_an_incident() {
    let bench = Bench::start(Settings::default()).await;
    let fault = "StartEngagement:access-denied:1".parse().unwrap();
    bench.emulator.faults(vec![fault]);
    let silent = bench.plan("silent").send().await.unwrap().arn;
    bench.started(&silent).await;
    let plan = bench.plan("checkout").engagements(contact("anna")).send().await;
    let plan = plan.unwrap().arn;
    let start = || bench.incidents.start_incident().response_plan_arn(&plan).send();
    let message = refused(start().await, "AccessDeniedException", 403);
    assert!(message.contains("ssm-contacts:StartEngagement"), "{message}");
    assert!(message.contains(&contact("anna")), "{message}");
    start().await.unwrap();
}

#[tokio::test]
async fn an_incident_engages_whom_its_plan_names() {
    let bench = Bench::start(Settings::default()).await;
    let plan = bench
        .plan("checkout")
        .engagements(contact("anna"))
        .engagements(contact("gone"))
        .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat")]));
    let plan = plan.send().await.unwrap().arn;
    let trigger = TriggerDetails::builder()
        .source("monitor")
        .timestamp(DateTime::from_secs(1_772_000_000))
        .build()
        .unwrap();
    let start = || {
        bench
            .incidents
            .start_incident()
            .response_plan_arn(&plan)
            .title("Payments fail")
            .impact(2)
            .trigger_details(trigger.clone())
            .client_token("one")
    };
    let arn = start().send().await.unwrap().incident_record_arn;
    assert!(
        arn.starts_with("arn:aws:ssm-incidents::111122223333:incident-record/checkout/"),
        "{arn}"
    );
    assert_eq!(start().send().await.unwrap().incident_record_arn, arn);

    let record = bench
        .incidents
        .get_incident_record()
        .arn(&arn)
        .send()
        .await
        .unwrap()
        .incident_record
        .unwrap();
    assert_eq!((record.title(), record.impact()), ("Payments fail", 2));
    assert_eq!(record.status(), &IncidentRecordStatus::Open);
    assert_eq!(record.creation_time().secs(), 1_772_452_800);
    assert_eq!(
        record.chat_channel(),
        Some(&ChatChannel::ChatbotSns(vec![topic("chat")]))
    );
    let source = record.incident_record_source().unwrap();
    assert_eq!(
        (source.source(), source.created_by()),
        ("monitor", "arn:aws:iam::111122223333:user/operator")
    );

    let config = aws_sdk_ssmcontacts::Config::builder()
        .behavior_version(aws_sdk_ssmcontacts::config::BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials())
        .endpoint_url(bench.emulator.url())
        .http_client(http_client())
        .build();
    let contacts = aws_sdk_ssmcontacts::Client::from_conf(config);
    let engagements = contacts.list_engagements().incident_id(&arn).send().await.unwrap();
    let [engagement] = engagements.engagements() else {
        panic!("{engagements:?}")
    };
    assert_eq!(engagement.contact_arn(), contact("anna"));
    let outbox = bench.emulator.outbox();
    assert!(outbox.iter().any(|arrival| arrival.to == "+12065550100"), "{outbox:?}");

    let missing = bench.incidents.start_incident().response_plan_arn(plan_arn("missing"));
    refused(missing.send().await, "ResourceNotFoundException", 404);
    let trigger = TriggerDetails::builder()
        .source("aws.ssm")
        .timestamp(DateTime::from_secs(1))
        .build()
        .unwrap();
    let pretender = bench
        .incidents
        .start_incident()
        .response_plan_arn(&plan)
        .trigger_details(trigger);
    refused(pretender.send().await, "ValidationException", 400);
}

#[tokio::test]
async fn one_cause_has_one_open_incident() {
    let bench = Bench::start(Settings::default()).await;
    let template = template().dedupe_string("checkout").build().unwrap();
    let plan = bench
        .plan("checkout")
        .incident_template(template)
        .send()
        .await
        .unwrap()
        .arn;
    let first = bench.started(&plan).await;
    assert_eq!(bench.started(&plan).await, first);
    let resolve = bench
        .incidents
        .update_incident_record()
        .arn(&first)
        .status(IncidentRecordStatus::Resolved);
    resolve.send().await.unwrap();
    assert_ne!(bench.started(&plan).await, first);
}

#[tokio::test]
async fn incidents_are_listed_newest_first_and_filtered() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let arn = bench.started(&plan).await;
    let old = "arn:aws:ssm-incidents::111122223333:incident-record/old/1f1b".to_owned();
    let listed = |filters: Vec<Filter>| {
        let client = bench.incidents.clone();
        async move {
            let mut pages = client
                .list_incident_records()
                .set_filters(Some(filters))
                .into_paginator()
                .send();
            let mut arns = Vec::new();
            while let Some(page) = pages.next().await {
                arns.extend(
                    page.unwrap()
                        .incident_record_summaries
                        .into_iter()
                        .map(|record| record.arn),
                );
            }
            arns
        }
    };
    let filter = |key: &str, condition| Filter::builder().key(key).condition(condition).build().unwrap();
    let words = |words: &[&str]| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Condition::Equals(AttributeValueList::StringValues(words))
    };
    let numbers = |numbers: &[i32]| Condition::Equals(AttributeValueList::IntegerValues(numbers.to_vec()));
    let noon = DateTime::from_secs(1_767_614_400);

    assert_eq!(listed(Vec::new()).await, [arn.clone(), old.clone()]);
    assert_eq!(
        listed(vec![filter("creationTime", Condition::Before(noon))]).await,
        std::slice::from_ref(&old)
    );
    assert_eq!(
        listed(vec![filter("creationTime", Condition::After(noon))]).await,
        std::slice::from_ref(&arn)
    );
    assert_eq!(
        listed(vec![filter("impact", numbers(&[2, 5]))]).await,
        std::slice::from_ref(&old)
    );
    assert_eq!(
        listed(vec![
            filter("impact", numbers(&[1, 2])),
            filter("status", words(&["RESOLVED"]))
        ])
        .await,
        [""; 0]
    );
    let operator = words(&["arn:aws:iam::111122223333:user/operator"]);
    assert_eq!(listed(vec![filter("createdBy", operator)]).await.len(), 2);
    let unknown = bench
        .incidents
        .list_incident_records()
        .filters(filter("title", words(&["x"])));
    refused(unknown.send().await, "ValidationException", 400);
    let many = vec![filter("impact", numbers(&[1])); 6];
    let many = bench.incidents.list_incident_records().set_filters(Some(many));
    refused(many.send().await, "ValidationException", 400);
}

#[tokio::test]
async fn an_incident_is_changed_resolved_and_deleted() {
    let bench = Bench::start(Settings::default()).await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let arn = bench.started(&plan).await;
    bench
        .incidents
        .update_incident_record()
        .arn(&arn)
        .title("Checkout was down")
        .summary("A certificate had ended.")
        .impact(3)
        .status(IncidentRecordStatus::Resolved)
        .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat")]))
        .notification_targets(NotificationTargetItem::SnsTopicArn(topic("status")))
        .send()
        .await
        .unwrap();
    let record = bench
        .incidents
        .get_incident_record()
        .arn(&arn)
        .send()
        .await
        .unwrap()
        .incident_record
        .unwrap();
    assert_eq!(
        (record.title(), record.summary()),
        ("Checkout was down", Some("A certificate had ended."))
    );
    assert_eq!((record.impact(), record.status()), (3, &IncidentRecordStatus::Resolved));
    assert_eq!(record.resolved_time().map(DateTime::secs), Some(1_772_452_800));
    assert_eq!(
        record.notification_targets(),
        [NotificationTargetItem::SnsTopicArn(topic("status"))]
    );
    let update = bench.incidents.update_incident_record().arn(&arn).impact(6);
    refused(update.send().await, "ValidationException", 400);

    bench.incidents.delete_incident_record().arn(&arn).send().await.unwrap();
    bench.incidents.delete_incident_record().arn(&arn).send().await.unwrap();
    let gone = bench.incidents.get_incident_record().arn(&arn).send().await;
    refused(gone, "ResourceNotFoundException", 404);
    let update = bench.incidents.update_incident_record().arn(&arn).impact(1);
    refused(update.send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn related_items_are_added_listed_and_removed() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let identifier = |kind: ItemType, url: &str| {
        ItemIdentifier::builder()
            .r#type(kind)
            .value(ItemValue::Url(url.to_owned()))
            .build()
            .unwrap()
    };
    let wiki = identifier(ItemType::Other, "https://wiki.example.com/checkout");
    let item = |identifier: &ItemIdentifier, title: &str| {
        RelatedItem::builder()
            .identifier(identifier.clone())
            .title(title)
            .build()
    };
    let start = bench
        .incidents
        .start_incident()
        .response_plan_arn(&plan)
        .related_items(item(&wiki, "Wiki"));
    let arn = start.send().await.unwrap().incident_record_arn;
    let update = |update| {
        bench
            .incidents
            .update_related_items()
            .incident_record_arn(&arn)
            .related_items_update(update)
    };
    let task = identifier(ItemType::Task, "https://tasks.example.com/1");
    update(RelatedItemsUpdate::ItemToAdd(item(&task, "Task")))
        .send()
        .await
        .unwrap();
    let listed = || async {
        let mut pages = bench
            .incidents
            .list_related_items()
            .incident_record_arn(&arn)
            .into_paginator()
            .send();
        let mut titles = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.unwrap().related_items {
                assert!(item.generated_id().is_some());
                titles.push(item.title.unwrap());
            }
        }
        titles
    };
    assert_eq!(listed().await, ["Wiki", "Task"]);
    update(RelatedItemsUpdate::ItemToAdd(item(&task, "The task")))
        .send()
        .await
        .unwrap();
    update(RelatedItemsUpdate::ItemToRemove(wiki)).send().await.unwrap();
    assert_eq!(listed().await, ["The task"]);
    let unknown = identifier(ItemType::from("RUMOUR"), "https://example.com");
    let unknown = update(RelatedItemsUpdate::ItemToAdd(item(&unknown, "Rumour")));
    refused(unknown.send().await, "ValidationException", 400);
    let nowhere = bench
        .incidents
        .update_related_items()
        .incident_record_arn(plan_arn("x").replace("response-plan", "incident-record/x"));
    let nowhere = nowhere.related_items_update(RelatedItemsUpdate::ItemToRemove(task));
    refused(nowhere.send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn findings_of_the_world_are_read() {
    let bench = Bench::start(Settings::default()).await;
    let old = "arn:aws:ssm-incidents::111122223333:incident-record/old/1f1b";
    let findings = bench
        .incidents
        .list_incident_findings()
        .incident_record_arn(old)
        .send()
        .await
        .unwrap();
    assert_eq!(
        findings.findings().iter().map(FindingSummary::id).collect::<Vec<_>>(),
        ["f1"]
    );
    let batch = bench.incidents.batch_get_incident_findings().incident_record_arn(old);
    let batch = batch.finding_ids("f1").finding_ids("f2").send().await.unwrap();
    assert_eq!(batch.findings()[0].creation_time().secs(), 1_767_607_200);
    assert_eq!(batch.errors()[0].finding_id(), "f2");
    let many = bench
        .incidents
        .list_incident_findings()
        .incident_record_arn(old)
        .max_results(21);
    refused(many.send().await, "ValidationException", 400);
    let missing = bench
        .incidents
        .list_incident_findings()
        .incident_record_arn(old.replace("old", "new"));
    refused(missing.send().await, "ResourceNotFoundException", 404);
}

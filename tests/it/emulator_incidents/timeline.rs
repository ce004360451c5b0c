//! Timelines of incidents.

use aws_sdk_ssmincidents::operation::create_timeline_event::builders::CreateTimelineEventFluentBuilder;
use aws_sdk_ssmincidents::types::{AttributeValueList, Condition, EventReference, Filter, SortOrder};
use aws_smithy_types::DateTime;
use callsheet::emulator::Settings;

use super::{Bench, refused, topic};

#[tokio::test]
async fn a_timeline_is_listed_newest_first_and_filtered() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let arn = bench.started(&plan).await;
    creation(&bench, &arn, "Note", 1_772_452_900, "{}")
        .send()
        .await
        .unwrap();
    let reference = EventReference::Resource(topic("status"));
    let custom = creation(&bench, &arn, "Custom Event", 1_772_452_700, "{}").event_references(reference);
    custom.send().await.unwrap();
    let listed = |sort: Option<SortOrder>, filters: Vec<Filter>| {
        let request = bench.incidents.list_timeline_events().incident_record_arn(&arn);
        let request = request.set_sort_order(sort).set_filters(Some(filters));
        async move {
            let mut pages = request.into_paginator().send();
            let mut kinds = Vec::new();
            while let Some(page) = pages.next().await {
                kinds.extend(page.unwrap().event_summaries.into_iter().map(|event| event.event_type));
            }
            kinds
        }
    };
    let filter = |key: &str, condition| Filter::builder().key(key).condition(condition).build().unwrap();
    let word = |word: &str| Condition::Equals(AttributeValueList::StringValues(vec![word.to_owned()]));
    assert_eq!(
        listed(None, Vec::new()).await,
        ["Note", "SSM Incident Trigger", "Custom Event"]
    );
    let ascending = listed(Some(SortOrder::Ascending), Vec::new()).await;
    assert_eq!(ascending, ["Custom Event", "SSM Incident Trigger", "Note"]);
    assert_eq!(listed(None, vec![filter("eventType", word("Note"))]).await, ["Note"]);
    assert_eq!(
        listed(None, vec![filter("eventReference", word(&topic("status")))]).await,
        ["Custom Event"]
    );
    let early = Condition::Before(DateTime::from_secs(1_772_452_800));
    assert_eq!(listed(None, vec![filter("eventTime", early)]).await, ["Custom Event"]);
}

#[tokio::test]
async fn an_event_is_written_read_changed_and_deleted() {
    let bench = Bench::start(Settings::default()).await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let arn = bench.started(&plan).await;
    let create = |kind: &str, at: i64, data: &str| creation(&bench, &arn, kind, at, data);
    let note = create("Note", 1_772_452_900, "\"called the bank\"")
        .client_token("one")
        .send()
        .await
        .unwrap();
    let again = create("Note", 1_772_452_900, "\"called the bank\"")
        .client_token("one")
        .send()
        .await
        .unwrap();
    assert_eq!(note.event_id(), again.event_id());
    let reference = EventReference::Resource(topic("status"));
    let custom = create("Custom Event", 1_772_452_700, "{}")
        .event_references(reference.clone())
        .send()
        .await
        .unwrap();

    let get = |id: &str| {
        bench
            .incidents
            .get_timeline_event()
            .incident_record_arn(&arn)
            .event_id(id)
    };
    let event = get(custom.event_id()).send().await.unwrap().event.unwrap();
    assert_eq!((event.event_data(), event.event_references()), ("{}", &[reference][..]));
    assert_eq!(event.event_time().secs(), 1_772_452_700);

    let update = |id: &str| {
        bench
            .incidents
            .update_timeline_event()
            .incident_record_arn(&arn)
            .event_id(id)
    };
    update(note.event_id())
        .event_data("\"called them twice\"")
        .send()
        .await
        .unwrap();
    let event = get(note.event_id()).send().await.unwrap().event.unwrap();
    assert_eq!(
        (event.event_data(), event.event_type()),
        ("\"called them twice\"", "Note")
    );
    refused(
        update("missing").event_data("{}").send().await,
        "ResourceNotFoundException",
        404,
    );

    let delete = || {
        bench
            .incidents
            .delete_timeline_event()
            .incident_record_arn(&arn)
            .event_id(note.event_id())
    };
    delete().send().await.unwrap();
    delete().send().await.unwrap();
    refused(get(note.event_id()).send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn an_event_that_breaks_a_rule_is_refused() {
    let bench = Bench::start(Settings::default()).await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let arn = bench.started(&plan).await;
    let create = |kind: &str, at: i64, data: &str| creation(&bench, &arn, kind, at, data);
    refused(
        create("Page", 1_772_452_900, "{}").send().await,
        "ValidationException",
        400,
    );
    refused(
        create("Note", 1_772_452_900, "no JSON").send().await,
        "ValidationException",
        400,
    );
    refused(
        create("Note", 1_772_452_900, &"1".repeat(12_001)).send().await,
        "ValidationException",
        400,
    );
    let many = vec![EventReference::Resource(topic("status")); 11];
    let many = create("Note", 1_772_452_900, "{}").set_event_references(Some(many));
    refused(many.send().await, "ValidationException", 400);
}

/// Returns a request for an event of this type, at this second, with these data.
fn creation(bench: &Bench, arn: &str, kind: &str, at: i64, data: &str) -> CreateTimelineEventFluentBuilder {
    bench
        .incidents
        .create_timeline_event()
        .incident_record_arn(arn)
        .event_type(kind)
        .event_time(DateTime::from_secs(at))
        .event_data(data)
}

//! Tags and resource policies.

use std::collections::BTreeSet;

use callsheet::emulator::Settings;

use super::{Bench, plan_arn, refused};

#[tokio::test]
async fn tags_are_set_listed_and_taken_away() {
    let bench = Bench::start(Settings::default()).await;
    let arn = bench.plan("checkout").send().await.unwrap().arn;
    let tags = || async {
        let answer = bench
            .incidents
            .list_tags_for_resource()
            .resource_arn(&arn)
            .send()
            .await
            .unwrap();
        answer.tags.into_iter().collect::<BTreeSet<_>>()
    };
    let tag = || bench.incidents.tag_resource().resource_arn(&arn);
    tag()
        .tags("cost centre", "")
        .tags("team", "shop@example.com")
        .send()
        .await
        .unwrap();
    tag().tags("team", "shop").send().await.unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        tags().await,
        BTreeSet::from([pair("cost centre", ""), pair("team", "shop")])
    );
    let untag = bench
        .incidents
        .untag_resource()
        .resource_arn(&arn)
        .tag_keys("cost centre")
        .tag_keys("absent");
    untag.send().await.unwrap();
    assert_eq!(tags().await, BTreeSet::from([pair("team", "shop")]));

    refused(tag().tags("aws:team", "shop").send().await, "ValidationException", 400);
    refused(
        tag().tags("team", "x".repeat(257)).send().await,
        "ValidationException",
        400,
    );
    let many = (0..50).fold(tag(), |request, number| request.tags(format!("key{number}"), "x"));
    refused(many.send().await, "ServiceQuotaExceededException", 402);
    let missing = bench
        .incidents
        .list_tags_for_resource()
        .resource_arn(plan_arn("missing"));
    refused(missing.send().await, "ResourceNotFoundException", 404);

    let set = bench
        .incidents
        .list_replication_sets()
        .send()
        .await
        .unwrap()
        .replication_set_arns
        .remove(0);
    bench
        .incidents
        .tag_resource()
        .resource_arn(&set)
        .tags("team", "core")
        .send()
        .await
        .unwrap();
    let answer = bench
        .incidents
        .list_tags_for_resource()
        .resource_arn(&set)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.tags()["team"], "core");
}

#[tokio::test]
async fn resource_policies_are_put_listed_and_deleted() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let arn = bench.plan("checkout").send().await.unwrap().arn;
    let put = |policy: &str| bench.incidents.put_resource_policy().resource_arn(&arn).policy(policy);
    let first = put(r#"{"Version": "2012-10-17"}"#).send().await.unwrap().policy_id;
    let second = put(r#"{"Version": "2012-10-17", "Statement": []}"#)
        .send()
        .await
        .unwrap()
        .policy_id;
    let page = bench
        .incidents
        .get_resource_policies()
        .resource_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(page.resource_policies().len(), 1);
    let next = bench
        .incidents
        .get_resource_policies()
        .resource_arn(&arn)
        .set_next_token(page.next_token.clone());
    let last = next.send().await.unwrap();
    assert_eq!(last.next_token(), None);
    let policies = page.resource_policies().iter().chain(last.resource_policies());
    let ids: BTreeSet<_> = policies.clone().map(|policy| policy.policy_id().to_owned()).collect();
    assert_eq!(ids, BTreeSet::from([first.clone(), second]));
    assert!(
        policies
            .clone()
            .all(|policy| policy.ram_resource_share_region() == "eu-west-1")
    );

    refused(put("no policy").send().await, "ValidationException", 400);
    refused(put(&" ".repeat(4001)).send().await, "ValidationException", 400);
    let delete = |id: &str| {
        bench
            .incidents
            .delete_resource_policy()
            .resource_arn(&arn)
            .policy_id(id)
    };
    delete(&first).send().await.unwrap();
    refused(delete(&first).send().await, "ResourceNotFoundException", 404);
    let missing = bench
        .incidents
        .get_resource_policies()
        .resource_arn(plan_arn("missing"));
    refused(missing.send().await, "ResourceNotFoundException", 404);
}

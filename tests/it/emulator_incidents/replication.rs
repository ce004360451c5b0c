//! The replication set: two operations that read, four that refuse.

use std::collections::BTreeSet;

use aws_sdk_ssmincidents::types::{DeleteRegionAction, RegionMapInputValue, UpdateReplicationSetAction};
use callsheet::emulator::{Settings, World, settings::Switch};

use super::{Bench, refused};

#[tokio::test]
async fn a_replication_set_can_be_read_and_not_changed() {
    let bench = Bench::start(Settings::default()).await;
    let sets = bench.incidents.list_replication_sets().send().await.unwrap();
    let [arn] = sets.replication_set_arns() else {
        panic!("{sets:?}")
    };
    let set = bench
        .incidents
        .get_replication_set()
        .arn(arn)
        .send()
        .await
        .unwrap()
        .replication_set
        .unwrap();
    assert_eq!(set.arn(), Some(arn.as_str()));
    assert_eq!(set.status().as_str(), "ACTIVE");
    let regions: BTreeSet<_> = set.region_map().keys().map(String::as_str).collect();
    assert_eq!(regions, BTreeSet::from(["eu-west-1", "us-east-1"]));
    assert!(
        set.region_map()
            .values()
            .all(|region| region.sse_kms_key_id() == Some("DefaultKey"))
    );

    let other = arn.replace("replication-set/", "replication-set/0");
    refused(
        bench.incidents.get_replication_set().arn(other).send().await,
        "ResourceNotFoundException",
        404,
    );

    let region = RegionMapInputValue::builder().build();
    let creation = bench.incidents.create_replication_set().regions("eu-north-1", region);
    refused(creation.send().await, "ConflictException", 409);
    let action = UpdateReplicationSetAction::DeleteRegionAction(
        DeleteRegionAction::builder().region_name("us-east-1").build().unwrap(),
    );
    let update = bench.incidents.update_replication_set().arn(arn).actions(action);
    refused(update.send().await, "ValidationException", 400);
    refused(
        bench.incidents.delete_replication_set().arn(arn).send().await,
        "ValidationException",
        400,
    );
    let protection = bench
        .incidents
        .update_deletion_protection()
        .arn(arn)
        .deletion_protected(false);
    refused(protection.send().await, "ValidationException", 400);
    assert_eq!(bench.emulator.world().replication_set, World::default().replication_set);
}

#[tokio::test]
async fn a_closed_service_makes_no_replication_set() {
    let settings = Settings {
        onboarded: Switch::Off,
        ..Settings::default()
    };
    let bench = Bench::start(settings).await;
    let sets = bench.incidents.list_replication_sets().send().await.unwrap();
    assert!(sets.replication_set_arns().is_empty());
    let region = RegionMapInputValue::builder().build();
    let creation = bench.incidents.create_replication_set().regions("eu-west-1", region);
    refused(creation.send().await, "UnsupportedOperationException", 400);
    refused(
        bench.incidents.list_response_plans().send().await,
        "ValidationException",
        400,
    );
}

//! The state between runs, and lists of the largest organisation.

use std::fmt::Write as _;

use aws_sdk_ssmcontacts::types::{ContactType, Plan};
use callsheet::emulator::{Emulator, World};

use super::{arn, client, pinned, started};

#[tokio::test]
async fn what_was_answered_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let emulator = started(pinned()).await;
    emulator.save_to(path.clone()).await.unwrap();
    let request = client(&emulator)
        .create_contact()
        .alias("cora")
        .r#type(ContactType::Personal);
    request.plan(Plan::builder().build()).send().await.unwrap();

    // Read while the emulator still runs: the answer came after the save.
    let saved = World::from_json(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(saved, emulator.world());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    emulator.stop().await;

    let next = Emulator::start("127.0.0.1:0".parse().unwrap(), saved, pinned())
        .await
        .unwrap();
    client(&next)
        .get_contact()
        .contact_id(arn("contact/cora"))
        .send()
        .await
        .unwrap();
    next.stop().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_reported_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = started(pinned()).await;
    let error = emulator
        .save_to(folder.path().join("no/such/folder/state.json"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_disk_that_fails_later_does_not_hold_up_requests() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = started(pinned()).await;
    emulator.save_to(folder.path().join("state.json")).await.unwrap();
    folder.close().unwrap();
    client(&emulator)
        .delete_contact()
        .contact_id(arn("contact/team"))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_thousand_contacts_are_listed_page_by_page() {
    let mut contacts = String::new();
    for index in 0..1000 {
        let comma = if index == 0 { "" } else { "," };
        write!(contacts, r#"{comma}"p{index:04}": {{ "type": "PERSONAL" }}"#).unwrap();
    }
    let world = World::from_json(&format!(r#"{{ "contacts": {{ {contacts} }} }}"#)).unwrap();
    let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), world, pinned())
        .await
        .unwrap();
    let mut pages = client(&emulator).list_contacts().into_paginator().items().send();
    let mut count = 0;
    while let Some(contact) = pages.next().await {
        assert_eq!(contact.unwrap().alias(), format!("p{count:04}"));
        count += 1;
    }
    assert_eq!(count, 1000);
    emulator.stop().await;
}

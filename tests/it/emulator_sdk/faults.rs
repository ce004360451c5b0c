//! Every kind of fault, as a client meets it.

use std::time::Duration;

use aws_sdk_ssmcontacts::{
    config::timeout::TimeoutConfig,
    error::{ProvideErrorMetadata as _, SdkError},
    types::{ContactTargetInfo, ContactType, Plan, Stage, Tag, Target},
};
use callsheet::emulator::{Emulator, KINDS};

use super::{ask, client, pinned, refusal, started};

/// Starts an emulator with one fault.
async fn faulty(fault: &str) -> Emulator {
    let emulator = started(pinned()).await;
    emulator.faults(vec![fault.parse().unwrap()]);
    emulator
}

#[track_caller]
fn check(found: &(String, u16, String), kind: &str, status: u16) {
    assert_eq!((found.0.as_str(), found.1), (kind, status), "{}", found.2);
}

#[tokio::test]
async fn refusals_have_the_types_of_the_service() {
    let cases = [
        ("throttle", "ThrottlingException", 400),
        ("throttle=429", "ThrottlingException", 429),
        ("access-denied", "AccessDeniedException", 400),
        ("expired-credentials", "ExpiredTokenException", 403),
        ("unknown-error-type", "RegionalMaintenanceException", 400),
        ("data-encryption", "DataEncryptionException", 400),
        ("internal-server=7", "InternalServerException", 500),
        ("html-500", "", 500),
    ];
    for (fault, kind, status) in cases {
        let emulator = faulty(&format!("ListContacts:{fault}:1")).await;
        let client = client(&emulator);
        check(&refusal(client.list_contacts().send().await), kind, status);
        client.list_contacts().send().await.unwrap();
        emulator.stop().await;
    }
}

#[tokio::test]
async fn an_access_error_names_action_and_resource() {
    let emulator = faulty("GetContact:access-denied:on=anna").await;
    let client = client(&emulator);
    let anna = super::arn("contact/anna");
    let (_, _, message) = refusal(client.get_contact().contact_id(&anna).send().await);
    assert_eq!(
        message,
        format!(
            "User: arn:aws:iam::111122223333:user/operator is not authorized to perform: ssm-contacts:GetContact on \
             resource: {anna} because no identity-based policy allows the ssm-contacts:GetContact action"
        )
    );
    client
        .get_contact()
        .contact_id(super::arn("contact/ben"))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn an_internal_error_says_when_to_come_back() {
    let emulator = faulty("*:internal-server=7").await;
    let error = client(&emulator).list_contacts().send().await.unwrap_err();
    let headers = error.raw_response().unwrap().headers();
    assert_eq!(headers.get("retry-after"), Some("7"));
    assert!(error.into_service_error().is_internal_server_exception());
}

#[tokio::test]
async fn connections_drop_before_and_in_the_middle_of_an_answer() {
    for fault in ["reset", "cut-answer"] {
        let emulator = faulty(&format!("ListContacts:{fault}:1")).await;
        let client = client(&emulator);
        let error = client.list_contacts().send().await.unwrap_err();
        assert_eq!(error.code(), None);
        let is_broken = matches!(error, SdkError::DispatchFailure(_) | SdkError::ResponseError(_));
        assert!(is_broken, "{fault}: {error:?}");
        client.list_contacts().send().await.unwrap();
        emulator.stop().await;
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_work_done_and_a_reset_does_not() {
    for (fault, is_done) in [("lost-answer", true), ("reset", false)] {
        let emulator = faulty(&format!("TagResource:{fault}:1")).await;
        let tag = Tag::builder().key("quarantine").value("2026-03-02").build();
        let anna = super::arn("contact/anna");
        let request = client(&emulator).tag_resource().resource_arn(&anna).tags(tag);
        let error = request.send().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{fault}: {error:?}");
        let tags = &emulator.world().contacts["anna"].tags;
        assert_eq!(tags.contains_key("quarantine"), is_done, "{fault}");
        emulator.stop().await;
    }
}

#[tokio::test]
async fn a_slow_answer_runs_into_the_clients_patience() {
    let emulator = faulty("ListContacts:slow=600000").await;
    let impatient = TimeoutConfig::builder()
        .operation_timeout(Duration::from_millis(50))
        .build();
    let config = client(&emulator)
        .config()
        .to_builder()
        .timeout_config(impatient)
        .build();
    let error = aws_sdk_ssmcontacts::Client::from_conf(config)
        .list_contacts()
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, SdkError::TimeoutError(_)), "{error:?}");
    emulator.stop().await;
}

#[tokio::test]
async fn tokens_get_lost_and_repeat() {
    let emulator = faulty("ListContacts:lost-token:1").await;
    let client = client(&emulator);
    let first = client.list_contacts().max_results(1).send().await.unwrap();
    let request = client.list_contacts().max_results(1).set_next_token(first.next_token);
    check(&refusal(request.send().await), "ValidationException", 400);

    emulator.faults(vec!["ListContacts:repeated-token:1".parse().unwrap()]);
    let first = client.list_contacts().max_results(1).send().await.unwrap();
    let token = first.next_token.unwrap();
    let second = client
        .list_contacts()
        .max_results(1)
        .next_token(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(second.contacts()[0].alias(), "ben");
    assert_eq!(second.next_token(), Some(token.as_str()));
}

#[tokio::test]
async fn a_word_of_no_model_comes_through_as_it_is() {
    let emulator = faulty("ListContacts:unknown-enum-value").await;
    let listed = client(&emulator).list_contacts().send().await.unwrap();
    let kind: &ContactType = listed.contacts()[0].r#type();
    assert_eq!(kind.as_str(), "SOMETHING_NEW");
    assert!(!ContactType::values().contains(&kind.as_str()));
}

#[tokio::test]
async fn a_plan_needs_the_permission_to_associate_each_contact() {
    let emulator = faulty("AssociateContact:access-denied:on=ben").await;
    let client = client(&emulator);
    let update = |alias: &str| {
        let target = ContactTargetInfo::builder()
            .contact_id(super::arn(&format!("contact/{alias}")))
            .is_essential(true)
            .build();
        let stage = Stage::builder()
            .duration_in_minutes(5)
            .targets(Target::builder().contact_target_info(target.unwrap()).build());
        client
            .update_contact()
            .contact_id(super::arn("contact/team"))
            .plan(Plan::builder().stages(stage.build().unwrap()).build())
            .send()
    };
    update("anna").await.unwrap();
    let found = refusal(update("ben").await);
    check(&found, "AccessDeniedException", 400);
    assert!(found.2.contains("ssm-contacts:AssociateContact"), "{}", found.2);
    assert!(found.2.contains(&super::arn("contact/ben")), "{}", found.2);
}

#[tokio::test]
async fn faults_come_and_go_through_the_back_door() {
    let emulator = started(pinned()).await;
    let client = client(&emulator);
    let (status, _) = ask(
        &emulator,
        "POST /_emulator/faults",
        r#"["ListContacts:throttle:after=1"]"#,
    )
    .await;
    assert_eq!(status, 200);
    client.list_contacts().send().await.unwrap();
    check(
        &refusal(client.list_contacts().send().await),
        "ThrottlingException",
        400,
    );
    ask(&emulator, "DELETE /_emulator/faults", "").await;
    client.list_contacts().send().await.unwrap();
    let (status, answer) = ask(&emulator, "POST /_emulator/faults", r#"["ListContacts:explode"]"#).await;
    assert_eq!(status, 400);
    let message = answer["message"].as_str().unwrap();
    assert!(KINDS.iter().all(|kind| message.contains(kind)), "{message}");
}
